"""Plots: themable, accessible, deterministic, true to the data; nothing drawn that was not reported."""

from __future__ import annotations

import re
from itertools import combinations, pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livingreview.plot_canvas import NARROW, ROLES, WIDE, Canvas, draw, text_width, wrapped
from livingreview.plot_data import landscape_data, outcomes_data
from livingreview.plot_ladder import render_ladder
from livingreview.plot_landscape import draw_landscape, render_landscape
from livingreview.plot_outcomes import render_outcomes
from livingreview.plot_ticks import even_ticks, ratio_ticks
from livingreview.trial_cells import TrialLinks
from livingreview.trial_facts import counted_on_ladder, tally
from trial_support import project_trial, project_trials, project_vocabulary, small_trial, small_vocabulary

SVG = "{http://www.w3.org/2000/svg}"
LINKS = TrialLinks(trial=lambda name: f"{name}/", years={"norgren2024pace": 2024})
RENDERERS = {"landscape": render_landscape, "ladder": render_ladder, "outcomes": render_outcomes}


def drawings(markup: str) -> list[ET.Element]:
    """Return the SVG elements of a figure: wide and narrow."""
    found = re.findall(r"<svg.*?</svg>", markup, flags=re.DOTALL)
    return [ET.fromstring(one) for one in found]  # noqa: S314 - our own drawings


@pytest.fixture(scope="module", params=[(name, language) for name in RENDERERS for language in ("zh", "en")], ids=str)
def figure(request: pytest.FixtureRequest) -> str:
    name, language = request.param
    return RENDERERS[name](project_trials(), project_vocabulary(), language, LINKS)


def _local(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def test_a_drawing_has_title_description_and_text(figure: str) -> None:
    for svg in drawings(figure):
        assert svg.get("role") == "img"
        named = (svg.get("aria-labelledby") or "").split()
        ids = {element.get("id"): element for element in svg.iter() if element.get("id")}
        assert [_local(ids[name]) for name in named] == ["title", "desc"]
        assert all((ids[name].text or "").strip() for name in named)
        assert sum(_local(element) == "text" for element in svg.iter()) > 5
        assert svg.get("viewBox")
        assert svg.get("width") is None


def test_a_drawing_has_no_style_script_or_fixed_colour(figure: str) -> None:
    for svg in drawings(figure):
        for element in svg.iter():
            assert _local(element) not in ("style", "script", "metadata", "a", "image")
            assert not {"style", "onclick", "font-family"} & set(element.keys())
            for name in ("fill", "stroke"):
                assert element.get(name, "none") == "none", ET.tostring(element)[:200]
    painted = set(re.findall(r"\blr-[fs]-([a-z-]+)", figure))
    assert painted <= ROLES
    assert {"ink", "muted"} <= painted


def test_ids_are_unique_in_a_figure(figure: str) -> None:
    ids = re.findall(r'\sid="([^"]+)"', figure)
    assert len(ids) == len(set(ids))


def test_the_data_stand_in_a_table_behind(figure: str) -> None:
    assert re.search(r"<details><summary>[^<]+</summary><div[^>]*>(<div[^>]*>)?<table", figure)


@pytest.mark.parametrize("name", RENDERERS)
def test_drawings_are_deterministic(name: str) -> None:
    first, second = (RENDERERS[name](project_trials(), project_vocabulary(), "zh", LINKS) for _ in range(2))
    assert first == second


def _boxes(svg: ET.Element) -> list[tuple[str, float, float, float, float]]:
    """Return the estimated boxes of all texts."""
    boxes = []
    for element in svg.iter():
        if _local(element) == "text" and element.text:
            size = float(element.get("font-size", "12"))
            width = text_width(element.text, size)
            x = float(element.get("x", "0"))
            x -= {"middle": width / 2, "end": width}.get(element.get("text-anchor", "start"), 0)
            y = float(element.get("y", "0"))
            boxes.append((element.text, x, y - size * 0.75, x + width, y))
    return boxes


def test_texts_neither_overlap_nor_leave_the_drawing(figure: str) -> None:
    for svg in drawings(figure):
        width, height = (float(part) for part in (svg.get("viewBox") or "").split()[2:])
        boxes = _boxes(svg)
        for text, left, top, right, bottom in boxes:
            assert left >= -1, text
            assert right <= width + 4, text
            assert top >= 0, text
            assert bottom <= height, text
        for one, other in combinations(boxes, 2):
            apart = one[3] <= other[1] + 1 or other[3] <= one[1] + 1 or one[4] <= other[2] or other[4] <= one[2]
            assert apart, (one[0], other[0])


# ---- landscape


def test_every_trial_is_drawn_or_named_as_not_drawn() -> None:
    data = landscape_data(project_trials(), project_vocabulary(), LINKS.years)
    drawn = [mark.trial.id for _, marks in data.groups for mark in marks]
    assert sorted([*drawn, *(trial.id for trial in data.undrawn)]) == sorted(trial.id for trial in project_trials())
    markup = render_landscape(project_trials(), project_vocabulary(), "en", LINKS)
    assert all(trial.names[0] in markup for trial in project_trials())
    pace = next(mark for _, marks in data.groups for mark in marks if mark.trial.id == "pace")
    assert (pace.n, pace.planned, pace.shape, pace.filled, pace.year.year) == (213, False, "circle", True, 2017)


def test_area_is_the_number_of_participants() -> None:
    small = [t for t in project_trials() if t.id in ("pace", "circulate-no-cli-pilot")]
    data = landscape_data(small, project_vocabulary(), {"kwiatkowski2022combined": 2022})
    svg = draw_landscape(data, project_vocabulary(), "en", WIDE)
    assert "PACE 213" in svg
    assert "CIRCULATE N-O CLI Pilot 5" in svg


# ---- evidence ladder


def test_the_ladder_counts_what_the_data_hold() -> None:
    counted = counted_on_ladder(project_trials(), project_vocabulary())
    placebo = [t for t in counted if t.design.allocation == "randomized" and "placebo" in t.design.control]
    found = tally(placebo)
    wide = drawings(render_ladder(project_trials(), project_vocabulary(), "en", LINKS))[0]
    texts = [element.text for element in wide.iter() if _local(element) == "text"]
    assert f"{found.people} ({found.planned_only} more planned)" in texts
    assert "× 213" in texts


# ---- outcomes


def test_panels_never_mix_outcomes_or_measures_of_effect() -> None:
    data = outcomes_data(project_trials(), project_vocabulary())
    keys = [(panel.panel.measure, panel.type) for panel in data.panels]
    assert len(keys) == len(set(keys))
    for panel in data.panels:
        assert {(p.outcome.measure, p.effect.type) for p in panel.points} == {(panel.panel.measure, panel.type)}


def test_pace_is_drawn_as_the_composite_only() -> None:
    data = outcomes_data(project_trials(), project_vocabulary())
    found = [panel.panel.measure for panel in data.panels for point in panel.points if point.trial.id == "pace"]
    assert found == ["amputation-or-death"]


def test_doubtful_figures_and_such_without_interval_are_listed_not_drawn() -> None:
    data = outcomes_data(project_trials(), project_vocabulary())
    beneath = {(one.trial.id, one.reason) for one in data.beneath}
    assert ("lu-2011", "doubtful") in beneath
    assert ("powell-2012", "no-interval") in beneath
    assert all(point.outcome.doubt is None for panel in data.panels for point in panel.points)
    assert all(point.effect.ci95 for panel in data.panels for point in panel.points)
    markup = render_outcomes(project_trials(), project_vocabulary(), "en", LINKS)
    for svg in drawings(markup):
        assert "0.21" not in "".join(element.text or "" for element in svg.iter() if _local(element) == "text")
    assert "0.21" in markup


def test_each_panel_names_population_cells_and_control() -> None:
    markup = render_outcomes([project_trial("pace")], project_vocabulary(), "en", LINKS)
    for svg in drawings(markup):
        text = " ".join(element.text or "" for element in svg.iter() if _local(element) == "text")
        for word in ("MSC-like cells", "placenta", "Placebo", "atherosclerosis", "n = 213", "0.53–1.63"):
            assert word in text, word


def test_without_effects_the_plot_says_so() -> None:
    markup = render_outcomes([project_trial("noma")], project_vocabulary(), "en", LINKS)
    assert "<svg" not in markup
    assert "no effect with an interval" in markup


def test_another_subject_in_other_languages() -> None:
    for name, render in RENDERERS.items():
        markup = render([small_trial()], small_vocabulary(), "de", LINKS)
        assert len(drawings(markup)) == 2, name


# ---- canvas


def test_wrapping_keeps_every_character() -> None:
    text = "动脉粥样硬化所致 CLTI，小面积组织缺损，不适合血管重建；Rutherford 5 级"
    lines = wrapped(text, 12, 120)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(text_width(line, 12) <= 135 for line in lines)
    assert not [line for line in lines if line[0] in "，。；"]
    assert wrapped("one two three", 10, 45) == ["one two", "three"]


def _drawn(*paint: object) -> ET.Element:
    """Return a drawing of so many instructions, each a method's name and what it is given."""

    def act(canvas: Canvas) -> None:
        for name, positional, named in paint:  # type: ignore[misc]
            getattr(canvas, name)(*positional, **named)

    return drawings(draw(300, 100, act, name="p", title="T & t", description="D"))[0]


def test_a_drawing_says_nothing_at_length() -> None:
    svg = _drawn(
        ("mark", (100 / 3, 50, 7.1234, "circle", "link", "link"), {"tip": "a < b"}),
        ("line", (-0.001, 1 / 3, 10, 1 / 3, "rule"), {}),
        ("text", (10 / 3, 20, "1 & 2"), {}),
    )
    (circle,) = svg.iter(f"{SVG}circle")
    assert [circle.get(name) for name in ("cx", "cy", "r")] == ["33.33", "50", "7.12"]
    assert [child.text for child in circle] == ["a < b"]
    (line,) = svg.iter(f"{SVG}line")
    assert [line.get(name) for name in ("x1", "y1", "stroke-width")] == ["0", "0.33", None]
    (text,) = svg.iter(f"{SVG}text")
    assert (text.get("x"), text.get("text-anchor"), text.text) == ("3.33", None, "1 & 2")
    assert svg.get("viewBox") == "0 0 300 100"


def test_rules_lie_below_boxes_and_those_below_marks_whatever_came_first() -> None:
    svg = _drawn(
        ("mark", (5, 5, 3, "square", "link", "link"), {}),
        ("box", (0, 0, 9, 9, "met"), {}),
        ("line", (0, 0, 9, 9, "link"), {}),
        ("line", (0, 0, 9, 9, "rule"), {}),
    )
    assert [_local(child) for child in svg][2:] == ["line", "rect", "line", "polygon"]
    assert svg[2].get("class") == "lr-s-rule"


@pytest.mark.parametrize("shape", ["circle", "square", "triangle", "diamond"])
def test_shapes_of_one_size_look_of_one_size(shape: str) -> None:
    (mark,) = list(_drawn(("mark", (50, 50, 10, shape, "link", "link"), {})))[2:]
    if shape == "circle":
        area = 3.14159 * float(mark.get("r", "0")) ** 2
    else:
        corners = [tuple(map(float, pair.split(","))) for pair in (mark.get("points") or "").split()]
        sides = zip(corners, corners[1:] + corners[:1], strict=True)
        area = abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in sides)) / 2
    assert area == pytest.approx(314, rel=0.04)


def test_an_unknown_role_is_a_fault() -> None:
    with pytest.raises(ValueError, match="mauve"):
        _drawn(("box", (0, 0, 1, 1, "mauve"), {}))


# ---- ticks


@pytest.mark.parametrize(
    ("low", "high", "most", "whole", "expected"),
    [
        (2005, 2025, 10, True, [2006, 2008, 2010, 2012, 2014, 2016, 2018, 2020, 2022, 2024]),
        (2005, 2025, 5, True, [2005, 2010, 2015, 2020, 2025]),
        (2021, 2022, 9, True, [2021, 2022]),
        (-0.25, 0.31, 5, False, [-0.2, 0.0, 0.2]),
        (0, 1, 10, False, [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]),
        (7, 7, 5, False, [7]),
    ],
)
def test_ticks_are_round(low: float, high: float, most: int, whole: bool, expected: list[float]) -> None:
    assert even_ticks(low, high, most, whole=whole) == expected


def test_ticks_of_ratios_are_spaced_by_their_logarithm() -> None:
    assert ratio_ticks(0.33, 2.6) == [0.5, 1.0, 2.0]
    assert ratio_ticks(0.04, 30) == [0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0]


@given(
    st.floats(-1e6, 1e6, allow_nan=False),
    st.floats(1e-3, 1e6, allow_nan=False),
    st.integers(2, 20),
    st.booleans(),
)
def test_ticks_stand_on_the_axis_evenly_and_not_too_many(low: float, span: float, most: int, whole: bool) -> None:
    high = low + span
    ticks = even_ticks(low, high, most, whole=whole)
    assert len(ticks) <= most + 1
    assert all(low - span * 1e-6 <= tick <= high + span * 1e-6 for tick in ticks)
    gaps = [after - before for before, after in pairwise(ticks)]
    assert all(gap == pytest.approx(gaps[0], rel=1e-4) for gap in gaps)
    if whole:
        assert all(tick == int(tick) for tick in ticks)
    else:
        assert len(ticks) * 5 >= most - 1, "and enough of them"


def test_widths_are_those_of_the_page() -> None:
    assert NARROW <= 390 - 2 * 12
    assert WIDE > 2 * NARROW
