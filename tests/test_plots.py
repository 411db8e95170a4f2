"""Plots: themable, accessible, deterministic, true to the data; nothing drawn that was not reported."""

from __future__ import annotations

import re
import subprocess
import sys
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from livingreview import plot_canvas
from livingreview.plot_canvas import NARROW, WIDE, Canvas, draw, text_width, wrapped
from livingreview.plot_data import landscape_data, outcomes_data
from livingreview.plot_ladder import render_ladder
from livingreview.plot_landscape import draw_landscape, render_landscape
from livingreview.plot_outcomes import render_outcomes
from livingreview.svg import ROLES, clean_svg
from livingreview.trial_cells import TrialLinks
from livingreview.trial_facts import counted_on_ladder, tally
from trial_support import ROOT, project_trial, project_trials, project_vocabulary, small_trial, small_vocabulary

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
    assert not [colour for colour in ROLES.values() if colour in figure]


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


# ---- cache and library


def test_a_drawing_is_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = render_landscape(project_trials(), project_vocabulary(), "zh", LINKS, tmp_path)
    assert len(list(tmp_path.iterdir())) == 2
    monkeypatch.setattr(plot_canvas, "draw", None)
    monkeypatch.setattr("livingreview.plot_landscape.draw", None)
    assert render_landscape(project_trials(), project_vocabulary(), "zh", LINKS, tmp_path) == first


def test_a_changed_figure_is_drawn_again(tmp_path: Path) -> None:
    pace = project_trial("pace")
    render_landscape([pace], project_vocabulary(), "zh", LINKS, tmp_path)
    assert pace.flow is not None
    assert pace.flow.randomized is not None
    count = pace.flow.randomized.model_copy(update={"n": 99})
    other = pace.model_copy(update={"flow": pace.flow.model_copy(update={"randomized": count})})
    assert "PACE 99" in render_landscape([other], project_vocabulary(), "zh", LINKS, tmp_path)


def test_the_library_is_loaded_only_to_draw() -> None:
    code = (
        "import sys, livingreview.plot_landscape, livingreview.plot_ladder, livingreview.plot_outcomes; "
        "sys.exit('matplotlib' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env={"PYTHONPATH": "hooks"}, check=False)
    assert done.returncode == 0


def test_wrapping_keeps_every_character() -> None:
    text = "动脉粥样硬化所致 CLTI，小面积组织缺损，不适合血管重建；Rutherford 5 级"
    lines = wrapped(text, 12, 120)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(text_width(line, 12) <= 135 for line in lines)
    assert not [line for line in lines if line[0] in "，。；"]
    assert wrapped("one two three", 10, 45) == ["one two", "three"]


def test_clean_svg_keeps_unknown_colours_out_of_styles() -> None:
    drawn = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1" width="1pt"><defs><style>*{}</style></defs>'
        '<g id="a"><path style="fill: #010101; stroke: none; stroke-width: 2"/></g></svg>'
    )
    cleaned = clean_svg(drawn, "p", "T & t", "D", {"a": "tip"})
    assert "style" not in cleaned
    assert 'class="lr-f-ink"' in cleaned
    assert 'stroke-width="2"' in cleaned
    assert '<title id="p-title">T &amp; t</title>' in cleaned
    assert "<title>tip</title>" in cleaned


def test_clean_svg_says_nothing_at_length() -> None:
    """What the library writes: six decimals, circles as eight curves, turns by nothing, groups of one."""
    from matplotlib.patches import Circle, Ellipse

    def paint(canvas: Canvas) -> None:
        canvas.axes.add_patch(Circle((100 / 3, 50), 7.1234))
        canvas.axes.add_patch(Ellipse((200, 50), 30, 20))
        canvas.text(10 / 3, 20, "text")
        canvas.mark(250, 50, 5, "square", "link", "link", gid="named")

    (svg,) = drawings(clean_svg(draw(300, 100, paint), "p", "T", "D", {"named": "tip"}))
    (circle,) = svg.iter(f"{SVG}circle")
    assert [circle.get(name) for name in ("cx", "cy", "r")] == ["33.33", "50", "7.12"]
    assert len([path for path in svg.iter(f"{SVG}path") if "C" in (path.get("d") or "")]) == 1, (
        "an ellipse is no circle"
    )
    (text,) = svg.iter(f"{SVG}text")
    assert (text.get("x"), text.get("transform"), text.get("text-anchor")) == ("3.33", None, None)
    assert [group[0].text for group in svg.iter(f"{SVG}g")] == ["tip"]
    assert not re.findall(r"\d\.\d{3,}", ET.tostring(svg, encoding="unicode"))


def test_widths_are_those_of_the_page() -> None:
    assert NARROW <= 390 - 2 * 12
    assert WIDE > 2 * NARROW
