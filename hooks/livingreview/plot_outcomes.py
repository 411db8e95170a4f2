"""The outcomes: effects with intervals as each source reports them, one panel for each outcome and measure.

In go trials, vocabulary and language; out comes the HTML figure with a wide and
a narrow drawing, the table of the same data, and the list of figures that are
not drawn because a source is in doubt or no interval was reported. Nothing is
pooled, converted or derived.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

from livingreview.plot_canvas import SIZES, WIDE, Canvas, draw, text_width, wrapped
from livingreview.plot_data import EffectPanel, EffectPoint, Undrawn, outcomes_data
from livingreview.plot_figure import both_widths, data_table, details, plot_figure
from livingreview.plot_ticks import even_ticks, ratio_ticks
from livingreview.trial_cells import TrialLinks
from livingreview.trial_facts import PEOPLE
from livingreview.trial_markup import Html, html, link, tag
from livingreview.trial_wording import Wording
from livingreview.trials import Trial
from livingreview.vocabulary import Vocabulary


def _cells_of(trial: Trial, arm: str, wording: Wording) -> str:
    """Say what an arm of a contrast was given, from the declared fields."""
    found = trial.arm(arm)
    if found is None:
        return arm
    label, set_of = wording.text(found.label), wording.vocabulary.set_of_fact
    said = [wording.continued(set_of(name), value, short=True) for name, value in found.intervention.items()]
    return label + wording.aside(wording.listed(part for part in said if part != label))


def _point_lines(point: EffectPoint, wording: Wording) -> list[str]:
    """Say, for one effect, the comparison, the population and the number of people."""
    trial, contrast = point.trial, point.outcome.contrast
    first, second = (_cells_of(trial, name, wording) for name in contrast) if contrast else ("", "")
    population = wording.text(trial.population.text) if trial.population else wording.words("not-reported")
    stage = wording.text(trial.population.stage) if trial.population else ""
    flow = trial.flow
    counts = [c for s in ("randomized", "treated", "enrolled") if flow and (c := getattr(flow, s)) and c.unit == PEOPLE]
    n = str(counts[0].n) if counts else "?"
    time = wording.period(point.outcome.time)
    return [
        wording.spaced(wording.words("versus", first=first, second=second)),
        wording.words("outcomes-plot.who", population=wording.clauses(population, stage), n=n)
        + (wording.words("clause") + time if time else ""),
    ]


def _effect_text(point: EffectPoint, wording: Wording) -> str:
    p = wording.p(point.outcome.p)
    return wording.effect(point.effect) + (wording.words("comma") + p if p else "")


def _panel_title(panel: EffectPanel, wording: Wording) -> str:
    return wording.words(
        "outcomes-plot.panel",
        measure=wording.label("measure", panel.panel.measure),
        effect=wording.continued("effect", panel.type),
    )


def _is_ratio(kind: str) -> bool:
    """Ratios have their line of no difference at 1 and a logarithmic axis."""
    return kind in {"HR", "RR", "OR"}


def _axis(panel: EffectPanel) -> tuple[float, float]:
    """Return the ends of a panel's axis: its intervals and the line of no difference, with room on both sides."""
    low = min(point.low for point in panel.points)
    high = max(point.high for point in panel.points)
    if _is_ratio(panel.type):
        return min(low, 1.0) / 1.6, max(high, 1.0) * 1.6
    span = max(high, 0.0) - min(low, 0.0) or 1.0
    return min(low, 0.0) - 0.1 * span, max(high, 0.0) + 0.1 * span


def _ticks(panel: EffectPanel) -> list[float]:
    low, high = _axis(panel)
    return ratio_ticks(low, high) if _is_ratio(panel.type) else even_ticks(low, high, 5)


@dataclass(frozen=True, slots=True)
class _Scale:
    """Where values stand on a panel's axis."""

    low: float
    high: float
    left: float
    right: float
    ratio: bool

    def x(self, value: float) -> float:
        """Return the place of a value; ratios are spaced by their logarithm."""
        if self.ratio:
            share = log(value / self.low) / log(self.high / self.low)
        else:
            share = (value - self.low) / (self.high - self.low)
        return self.left + share * (self.right - self.left)


def _paint_words(
    canvas: Canvas, panel: EffectPanel, y: float, wording: Wording, *, wide: bool
) -> tuple[list[float], float]:
    """Write what each effect compares, beside its row or above it; return the rows and the y below."""
    size = canvas.size
    room = 300 if wide else canvas.width - 4
    rows: list[float] = []
    for point in panel.points:
        y += size * 1.1
        head = y
        canvas.text(2, y, point.trial.names[0], "ink", bold=True)
        if not wide:
            canvas.text(canvas.width - 3, y, _effect_text(point, wording), "ink", at="end", small=True)
        for part in [part for text in _point_lines(point, wording) for part in wrapped(text, size * 0.88, room)]:
            y += size * 1.2
            canvas.text(2, y, part, "muted", small=True)
        rows.append((head + y) / 2 if wide else y + size * 1.6)
        y = y + size * 0.5 if wide else rows[-1] + size * 0.8
    return rows, y + size * 0.3


def _paint_effect(canvas: Canvas, point: EffectPoint, row: float, scale: _Scale) -> None:
    """Draw an estimate with its interval."""
    canvas.line(scale.x(point.low), row, scale.x(point.high), row, "link", 2.2)
    for limit in (point.low, point.high):
        canvas.line(scale.x(limit), row - 4, scale.x(limit), row + 4, "link", 2.2)
    canvas.mark(scale.x(point.effect.value), row, 5, "square", "link", "link")


def _paint_panel(canvas: Canvas, panel: EffectPanel, top: float, wording: Wording, *, wide: bool) -> float:
    """Draw one panel and return the y below it."""
    size, ratio = canvas.size, _is_ratio(panel.type)
    left, right = (330.0, canvas.width - 200.0) if wide else (10.0, canvas.width - 10.0)
    scale = _Scale(*_axis(panel), left, right, ratio)
    null = scale.x(1.0 if ratio else 0.0)
    y = top + size * 1.2
    for line in wrapped(_panel_title(panel, wording), size, canvas.width):
        canvas.text(2, y, line, "ink", bold=True)
        y += size * 1.35
    rows, end = _paint_words(canvas, panel, y, wording, wide=wide)
    canvas.line(null, y + size * 0.2 if wide else rows[0] - size * 0.9, null, end, "strong", 1.2)
    for point, row in zip(panel.points, rows, strict=True):
        _paint_effect(canvas, point, row, scale)
        if wide:
            canvas.text(right + 12, row + size * 0.36, _effect_text_short(point, wording), "ink", small=True)
            canvas.text(right + 12, row + size * 1.6, wording.p(point.outcome.p), "muted", small=True)
    canvas.line(left, end, right, end, "strong")
    for tick in _ticks(panel):
        canvas.line(scale.x(tick), end, scale.x(tick), end + 4, "strong")
        canvas.text(scale.x(tick), end + size * 1.3, f"{tick:g}", "muted", at="middle", small=True)
    return _favors(canvas, panel, null, end + size * 2.7, wording)


def _effect_text_short(point: EffectPoint, wording: Wording) -> str:
    value, interval = wording.estimate(point.effect)
    return f"{point.effect.type} {value}" + wording.aside(interval)


def _favors(canvas: Canvas, panel: EffectPanel, x: float, y: float, wording: Wording) -> float:
    """Say which side of no difference is better for whom, where all points compare the same pair of roles."""
    size = canvas.size
    point = panel.points[0]
    if point.outcome.contrast is None:
        return y
    first, second = (wording.arm(point.trial, name) for name in point.outcome.contrast)
    if panel.panel.better == "above":
        first, second = second, first
    left = wording.spaced(wording.words("outcomes-plot.favors", first=first))
    right = wording.spaced(wording.words("outcomes-plot.against", second=second))
    if len(panel.points) > 1:
        return y
    if max(text_width(left, size * 0.88) + 10 - x, x + text_width(right, size * 0.88) + 10 - canvas.width) <= 0:
        canvas.text(x - 8, y, left, "muted", at="end", small=True)
        canvas.text(x + 8, y, right, "muted", small=True)
        return y + size * 0.8
    canvas.text(2, y, left, "muted", small=True)
    canvas.text(canvas.width, y + size * 1.3, right, "muted", at="end", small=True)
    return y + size * 2.1


def _panel_height(panel: EffectPanel, wording: Wording, width: int) -> float:
    """Measure a panel by painting it on nothing."""
    return _paint_panel(Canvas(width, SIZES[width]), panel, 0, wording, wide=width == WIDE)


def draw_outcomes(panels: Sequence[EffectPanel], vocabulary: Vocabulary, language: str, width: int) -> str:
    """Draw all panels in one width, each with its own axis."""
    wording = Wording(vocabulary, language)
    size, wide = SIZES[width], width == WIDE
    gap = size * 1.8
    heights = [_panel_height(panel, wording, width) for panel in panels]

    def paint(canvas: Canvas) -> None:
        y = 0.0
        for number, (panel, height) in enumerate(zip(panels, heights, strict=True)):
            if number:
                canvas.line(0, y - gap / 2, width, y - gap / 2, "rule")
            _paint_panel(canvas, panel, y, wording, wide=wide)
            y += height + gap

    said = wording.words("clause").join(
        _panel_title(panel, wording)
        + wording.words("colon")
        + wording.listed(
            wording.words("outcomes-plot.point", trial=point.trial.names[0], value=_effect_text(point, wording))
            for point in panel.points
        )
        for panel in panels
    )
    return draw(
        width,
        sum(heights) + gap * max(0, len(panels) - 1) + size * 0.4,
        paint,
        name=f"outcomes-{'wide' if wide else 'narrow'}",
        title=wording.words("outcomes-plot.title"),
        description=wording.words("outcomes-plot.description", panels=said),
    )


def _outcome_table(panels: Sequence[EffectPanel], wording: Wording, links: TrialLinks) -> Html:
    words = wording.words
    heads = [
        words("page.outcome"),
        words("page.trial"),
        words("page.compared"),
        words("page.population"),
        words("outcomes-plot.value"),
        words("outcomes-plot.interval"),
        words("page.p"),
    ]
    rows = []
    for panel in panels:
        for point in panel.points:
            value, interval = wording.estimate(point.effect)
            compared, who = _point_lines(point, wording)
            rows.append(
                (
                    html(_panel_title(panel, wording)),
                    link(links.trial(point.trial.id), point.trial.names[0]),
                    html(compared),
                    html(who),
                    html(f"{point.effect.type} {value}"),
                    html(interval),
                    html(wording.p(point.outcome.p) or words("not-reported-short")),
                )
            )
    return data_table(heads, rows)


def _beneath(undrawn: Sequence[Undrawn], wording: Wording, links: TrialLinks) -> Html | None:
    """List the figures that are not drawn, and why."""
    words = wording.words
    items = []
    for one in undrawn:
        why = words(f"outcomes-plot.{one.reason}")
        p = wording.p(one.outcome.p)
        said = wording.clauses(wording.result(one.trial, one.outcome), p)
        items.append(
            tag(
                "li",
                link(links.trial(one.trial.id), one.trial.names[0]),
                words("colon"),
                wording.measure(one.outcome),
                words("comma"),
                wording.arms(one.trial, one.outcome),
                words("comma"),
                said,
                wording.aside(why),
                html(wording.words("stop"), doubt) if (doubt := wording.text(one.outcome.doubt)) else None,
            )
        )
    if not items:
        return None
    return html(tag("p", tag("strong", words("outcomes-plot.beneath"))), tag("ul", *items))


def render_outcomes(trials: Sequence[Trial], vocabulary: Vocabulary, language: str, links: TrialLinks) -> str:
    """Render the effects with intervals as the sources report them; what is not drawn is listed beneath."""
    wording = Wording(vocabulary, language)
    data = outcomes_data(trials, vocabulary)
    beneath = _beneath(data.beneath, wording, links)
    if not data.panels:
        empty = tag("p", wording.words("outcomes-plot.none"))
        return tag("figure", empty, beneath, class_="lr-plot lr-plot--outcomes")
    drawings = both_widths(lambda width: draw_outcomes(data.panels, vocabulary, language, width))
    table = details(wording, _outcome_table(data.panels, wording, links))
    return plot_figure("outcomes", drawings, wording.words("outcomes-plot.caption"), beneath, table)
