"""The landscape: every trial with a year, by time and cell source; size, shape and filling say the rest.

In go trials, vocabulary, language and the years of works; out comes the HTML
figure with a wide and a narrow drawing and the table of the same data.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from livingreview.plot_canvas import SIZES, WIDE, Canvas, draw, text_width, wrapped
from livingreview.plot_data import LandscapeData, Mark, landscape_data
from livingreview.plot_figure import both_widths, data_table, details, plot_figure
from livingreview.plot_ticks import even_ticks
from livingreview.trial_cells import TrialLinks
from livingreview.trial_markup import Html, html, link, tag
from livingreview.trial_wording import Wording
from livingreview.trials import Trial
from livingreview.vocabulary import Group, Vocabulary


@dataclass(frozen=True, slots=True)
class _Placed:
    """A mark with its place: centre, radius, and the label beside it."""

    mark: Mark
    x: float
    y: float
    radius: float
    label: str


def _radius(n: int | None) -> float:
    """Radius of a marker: its area grows with the number; small numbers stay visible."""
    return 3.2 if not n else max(3.2, min(13.0, 0.88 * n**0.5))


def _mark_label(mark: Mark, wording: Wording) -> str:
    if mark.n is None:
        return f"{mark.trial.names[0]} ?"
    planned = wording.aside(wording.words("planned")) if mark.planned else ""
    return f"{mark.trial.names[0]} {mark.n}{planned}"


def _first_free(ends: Sequence[float], start: float, lanes: int) -> int:
    """Return the first of so many neighboring lanes that are free at ``start``; ``ends`` says how far each is taken."""
    free = 0
    for lane, end in enumerate(ends):
        free = free + 1 if end <= start else 0
        if free == lanes:
            return lane - lanes + 1
    return len(ends) - free


def _pack(
    marks: Sequence[Mark], wording: Wording, x_of: Callable[[int], float], right: float, size: float
) -> tuple[list[_Placed], float]:
    """Put marks into lanes so that neither markers nor labels overlap; return them and the height."""
    step = size * 1.75
    ends: list[float] = []
    placed = []
    for mark in marks:
        radius = _radius(mark.n)
        label = _mark_label(mark, wording)
        x = x_of(mark.year.year)
        width = text_width(label, size) + radius * 1.5 + 9
        start, end = x - radius * 1.5 - 2, x + width
        if end > right:  # the label goes to the left of its marker
            start, end = x - width, x + radius * 1.5 + 2
        lanes = 2 if radius > step / 2 else 1
        lane = _first_free(ends, start - 4, lanes)
        ends.extend([0.0] * (lane + lanes - len(ends)))
        for k in range(lanes):
            ends[lane + k] = end
        placed.append(_Placed(mark, x, (lane + lanes / 2) * step, radius, label))
    return placed, max(1, len(ends)) * step


def _legend(canvas: Canvas, vocabulary: Vocabulary, wording: Wording, x: float, y: float) -> float:
    """Draw the key in as many rows as it needs; return the y below it."""
    words, size = wording.words, canvas.size
    items: list[tuple[str, str, str, bool]] = []
    if vocabulary.landscape:
        items = [(s.shape, wording.text(s.label), "paper", False) for s in vocabulary.landscape.shapes]
        items.append(("circle", wording.text(vocabulary.landscape.filled.label), "link", False))
    items.append(("circle", words("landscape.planned-size"), "paper", True))
    items.append(("", words("landscape.unknown-key"), "paper", False))
    at, row = x, y
    for shape, label, fill, dashed in items:
        width = 16 + text_width(label, size * 0.88) + 20
        if at + width - 14 > canvas.width and at > x:
            at, row = x, row + size * 1.7
        if shape:
            canvas.mark(at + 6, row - size * 0.33, 5, shape, fill, "link", dashed=dashed)
        canvas.text(at + (17 if shape else 2), row, label, "muted", small=True)
        at += width
    sizes = [(10, "10"), (50, "50"), (200, "200")]
    needed = text_width(words("landscape.size"), size * 0.88) + 150
    if at + needed > canvas.width:
        at, row = x, row + size * 1.9
    canvas.text(at, row, words("landscape.size"), "muted", small=True)
    at += text_width(words("landscape.size"), size * 0.88) + 10
    for n, label in sizes:
        radius = _radius(n)
        at += radius
        canvas.mark(at, row - size * 0.33, radius, "circle", "paper", "link")
        canvas.text(at + radius + 4, row, label, "muted", small=True)
        at += radius + text_width(label, size * 0.88) + 14
    return row + size * 1.2


def _year_ticks(first: int, last: int, room: float, size: float) -> list[int]:
    """Choose years for the axis that do not crowd it."""
    most = max(2, int(room / (text_width("2000", size) + 14)))
    return [int(tick) for tick in even_ticks(first, last, most, whole=True)]


def draw_landscape(data: LandscapeData, vocabulary: Vocabulary, language: str, width: int) -> str:
    """Draw the landscape in one width."""
    wording = Wording(vocabulary, language)
    size = SIZES[width]
    wide = width == WIDE
    years = [mark.year.year for _, marks in data.groups for mark in marks]
    count = len(years)
    picture = partial(
        draw,
        width,
        name=f"landscape-{'wide' if wide else 'narrow'}",
        title=wording.words("landscape.title"),
        description=wording.words("landscape.description", trials=count + len(data.undrawn), drawn=count),
    )
    if not years:
        none = wording.words("page.drawn-none")
        return picture(size * 3, lambda canvas: canvas.text(0, size * 1.5, none, "muted"))
    first, last = min(years), max(years)
    left, right = (206.0, width - 96.0) if wide else (16.0, width - 26.0)

    def x_of(year: int) -> float:
        return left + 8 + (year - first) / max(1, last - first) * (right - left - 16)

    bands: list[tuple[Group, list[_Placed], float, float]] = []
    top = _legend(Canvas(width, size), vocabulary, wording, 2, size) + size * (1.2 if wide else 0.6)
    heading = 0.0 if wide else size * 1.5
    y = top
    for group, marks in data.groups:
        placed, height = _pack(marks, wording, x_of, width - 2.0, size * 0.88)
        bands.append((group, placed, y + heading, height))
        y += heading + height + size * 0.9
    bottom = y

    def paint(canvas: Canvas) -> None:
        _legend(canvas, vocabulary, wording, 2, size)
        for year in _year_ticks(first, last, right - left, size):
            canvas.line(x_of(year), top - 4, x_of(year), bottom, "rule")
            canvas.text(x_of(year), bottom + size * 1.25, str(year), "muted", at="middle", small=True)
        canvas.text(
            left if wide else 2, bottom + size * 2.6, wording.words("landscape.year-basis"), "muted", small=True
        )
        for group, placed, start, height in bands:
            name = wording.text(group.label)
            if wide:
                lines = wrapped(name, size, 190)
                for number, part in enumerate(lines):
                    canvas.text(2, start + size * (1.25 + 1.3 * number), part, "ink", bold=True)
            else:
                canvas.text(2, start - size * 0.35, name, "ink", bold=True)
            canvas.line(0, start + height + size * 0.45, width, start + height + size * 0.45, "rule")
            for item in placed:
                _draw_mark(canvas, item, start, width, wording)

    return picture(bottom + size * 3.2, paint)


def _draw_mark(canvas: Canvas, item: _Placed, start: float, width: float, wording: Wording) -> None:
    mark = item.mark
    tip = f"{item.label} · {mark.year.year} · {wording.text(mark.trial.label)}"
    fill = "paper" if not mark.filled else "rule" if mark.planned else "link"
    y = start + item.y
    canvas.mark(
        item.x,
        y,
        item.radius,
        mark.shape,
        fill,
        "link",
        dashed=mark.planned or mark.n is None,
        tip=tip,
    )
    role = "ink" if mark.trial.in_review else "muted"
    gap = item.radius * 1.5 + 4
    size = canvas.size * 0.88
    if item.x + gap + text_width(item.label, size) > width - 2:
        canvas.text(item.x - gap, y + size * 0.36, item.label, role, at="end", small=True, bold=mark.trial.in_review)
    else:
        canvas.text(item.x + gap, y + size * 0.36, item.label, role, small=True, bold=mark.trial.in_review)


def _landscape_table(data: LandscapeData, wording: Wording, links: TrialLinks) -> Html:
    """Return the table of the data behind the landscape."""
    words = wording.words
    heads = [words(f"landscape.{name}") for name in ("group", "trial", "year", "size", "control", "allocation")]
    rows = []
    for group, marks in data.groups:
        for mark in marks:
            design = mark.trial.design
            control = wording.labels(("control", value) for value in design.control)
            allocation = wording.label("allocation", design.allocation) if design.allocation else ""
            n = words("landscape.unknown-size") if mark.n is None else str(mark.n)
            rows.append(
                (
                    html(wording.text(group.label)),
                    link(links.trial(mark.trial.id), mark.trial.names[0]),
                    html(mark.year.year, wording.aside(words(f"year.{mark.year.of}"))),
                    html(n, wording.aside(words("planned")) if mark.planned else ""),
                    html(control or words("not-reported-short")),
                    html(allocation or words("not-reported-short")),
                )
            )
    return data_table(heads, rows)


def render_landscape(trials: Sequence[Trial], vocabulary: Vocabulary, language: str, links: TrialLinks) -> str:
    """Render the landscape: time by cell source, size is participants, shape is control, filled is randomized."""
    wording = Wording(vocabulary, language)
    data = landscape_data(trials, vocabulary, links.years)
    drawings = both_widths(lambda width: draw_landscape(data, vocabulary, language, width))
    names = wording.listed(trial.names[0] for trial in data.undrawn)
    undrawn = wording.words("landscape.undrawn", trials=names) if data.undrawn else ""
    note = tag("p", undrawn, class_="lr-trials__note") if undrawn else None
    table = details(wording, _landscape_table(data, wording, links))
    return plot_figure("landscape", drawings, wording.words("landscape.caption"), note, table)
