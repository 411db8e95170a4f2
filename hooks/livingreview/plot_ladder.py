"""The evidence ladder: trials and people by design and control, split by primary endpoint.

In go trials, vocabulary and language; out comes the HTML figure with a wide and
a narrow drawing and the table of the same counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from livingreview.plot_canvas import SIZES, WIDE, Canvas, draw, text_width, wrapped
from livingreview.plot_data import ladder_data
from livingreview.plot_figure import both_widths, plot_figure
from livingreview.trial_cells import TrialLinks
from livingreview.trial_facts import Tally, tally
from livingreview.trial_markup import Html, tag
from livingreview.trial_tallies import RESULTS, render_ladder_table
from livingreview.trial_wording import Wording
from livingreview.trials import Trial
from livingreview.vocabulary import Group, Vocabulary

_GLYPHS = {"met": "✓", "not-met": "×", "not-known": "?"}


@dataclass(frozen=True, slots=True)
class _Rung:
    """A rung with what is counted on it, by result."""

    label: str
    trials: tuple[int, ...]
    people: tuple[int, ...]
    planned: int


def _rungs(found: Sequence[tuple[Group, Tally]], wording: Wording) -> list[_Rung]:
    return [
        _Rung(
            wording.text(group.label),
            tuple(len(one.by_endpoint[result]) for result in RESULTS),
            tuple(tally(one.by_endpoint[result]).people for result in RESULTS),
            one.planned_only,
        )
        for group, one in found
    ]


def _bar(
    canvas: Canvas, x: float, y: float, height: float, counts: Sequence[int], scale: float, planned: int, note: str
) -> None:
    """Draw one stacked bar: segments by result with their count, then the planned number in outline."""
    size = canvas.size * 0.88
    at = x
    for result, count in zip(RESULTS, counts, strict=True):
        if not count:
            continue
        width = count * scale
        canvas.box(at, y, width, height, result, "paper")
        label = f"{_GLYPHS[result]} {count}"
        if text_width(label, size) + 4 <= width:
            role = "ink" if result == "not-known" else "paper"
            canvas.text(at + width / 2, y + height / 2 + size * 0.36, label, role, at="middle", small=True)
        elif text_width(_GLYPHS[result], size) + 2 <= width:
            role = "ink" if result == "not-known" else "paper"
            canvas.text(at + width / 2, y + height / 2 + size * 0.36, _GLYPHS[result], role, at="middle", small=True)
        at += width
    if planned:
        canvas.box(at, y + 0.5, planned * scale, height - 1, None, "strong", dashed=True)
        at += planned * scale
    canvas.text(at + 6, y + height / 2 + size * 0.36, note, "ink", small=True)


def _endpoint_key(canvas: Canvas, wording: Wording, x: float, y: float, *, planned: bool) -> float:
    """Draw the key of the results; return the y below it."""
    size = canvas.size
    items: list[tuple[str | None, str]] = [
        (result, f"{_GLYPHS[result]} {wording.words(f'bottom.{result}')}") for result in RESULTS
    ]
    if planned:
        items.append((None, wording.words("stage.planned")))
    at, row = x, y
    for fill, label in items:
        width = 20 + text_width(label, size * 0.88) + 18
        if at + width - 14 > canvas.width and at > x:
            at, row = x, row + size * 1.6
        canvas.box(
            at, row - size * 0.75, 13, size * 0.85, fill, "strong" if fill is None else None, dashed=fill is None
        )
        canvas.text(at + 19, row, label, "muted", small=True)
        at += width
    return row + size


def _rung_note(wording: Wording, counts: Sequence[int], planned: int) -> str:
    more = wording.aside(wording.words("ladder.planned", n=planned)) if planned else ""
    return f"{sum(counts)}{more}"


def draw_ladder(rungs: Sequence[_Rung], vocabulary: Vocabulary, language: str, width: int) -> str:
    """Draw the ladder in one width: trials and people beside each other, or one above the other."""
    wording = Wording(vocabulary, language)
    words, size, wide = wording.words, SIZES[width], width == WIDE
    bar = size * 1.7
    most_trials = max((sum(rung.trials) for rung in rungs), default=1) or 1
    most_people = max((sum(rung.people) + rung.planned for rung in rungs), default=1) or 1
    label_width = 236.0 if wide else width - 4
    row = bar + size * (1.1 if wide else 2.5)
    planned = any(rung.planned for rung in rungs)
    top = _endpoint_key(Canvas(width, size), wording, 2, size * 1.1, planned=planned) + size * 1.6
    # Room beside the longest bar for its number.
    beside = max((text_width(_rung_note(wording, r.people, r.planned), size * 0.88) for r in rungs), default=0) + 12
    panels: list[tuple[str, float, float, float]] = []
    if wide:
        half = (width - label_width) / 2
        panels = [("trials", label_width, half - 70, 0), ("people", label_width + half - 20, half + 20 - beside, 0)]
    else:
        block = len(rungs) * row + size * 2.6
        panels = [("trials", 2, width - 80, 0), ("people", 2, width - 4 - beside, block)]
    height = top + len(rungs) * row + (0 if wide else len(rungs) * row + size * 2.6) + size * 0.5

    def paint(canvas: Canvas) -> None:
        _endpoint_key(canvas, wording, 2, size * 1.1, planned=planned)
        for name, x, room, down in panels:
            canvas.text(x, top + down - size * 0.5, words(f"ladder-plot.{name}"), "ink", bold=True)
            for number, rung in enumerate(rungs):
                y = top + down + number * row + (size * 0.35 if wide else size * 1.6)
                counts = rung.trials if name == "trials" else rung.people
                intended = 0 if name == "trials" else rung.planned
                scale = room / (most_trials if name == "trials" else most_people)
                if wide and name == "trials":
                    lines = wrapped(rung.label, size, label_width - 16)
                    for part, text in enumerate(lines):
                        offset = bar / 2 + size * (0.36 + 1.2 * (part - (len(lines) - 1) / 2))
                        canvas.text(2, y + offset, text, "ink")
                if not wide:
                    canvas.text(2, y - size * 0.4, rung.label, "ink", small=True)
                _bar(canvas, x, y, bar, counts, scale, intended, _rung_note(wording, counts, intended))

    return draw(
        width,
        height,
        paint,
        name=f"ladder-{'wide' if wide else 'narrow'}",
        title=words("ladder-plot.title"),
        description=words("ladder-plot.description"),
    )


def render_ladder(trials: Sequence[Trial], vocabulary: Vocabulary, language: str, links: TrialLinks) -> str:
    """Render the evidence ladder: trials and people by design and control, split by primary endpoint."""
    wording = Wording(vocabulary, language)
    rungs = _rungs(ladder_data(trials, vocabulary), wording)
    drawings = both_widths(lambda width: draw_ladder(rungs, vocabulary, language, width))
    table = tag(
        "details",
        tag("summary", wording.words("landscape.data")),
        Html(render_ladder_table(trials, vocabulary, language, links)),
    )
    return plot_figure("ladder", drawings, wording.words("ladder.caption"), table)
