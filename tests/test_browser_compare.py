"""Both languages side by side in a real browser: aligned, one above the other on a phone, at the same place."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from browser_support import DESKTOP, PHONE, SCHEMES, Watched, opened, overflow

pytest_plugins = ["browser_support"]
pytestmark = pytest.mark.browser

PAGE = "compare/clinical/perinatal/"


@pytest.fixture
def visit(chromium: Browser, site_url: str) -> Iterator[Watched]:
    with opened(chromium, site_url) as watched:
        yield watched


def boxes(page: Page, block: str) -> list[dict[str, float]]:
    """Return where the visible sides of a pair are."""
    return page.eval_on_selector_all(
        f"#{block} > .lr-pair__side:not([hidden])",
        "sides => sides.map((side) => { const { x, y, width, height } = side.getBoundingClientRect();"
        " return { x, y, width, height, lang: side.lang }; })",
    )


def test_blocks_stand_side_by_side_and_begin_at_the_same_height(visit: Watched) -> None:
    page = visit.go(PAGE)
    for block in ("lead", "plx-pad", "plx-pad-survival", "note-pace", "wharton-jelly-measures"):
        left, right = boxes(page, block)
        assert (left["lang"], right["lang"]) == ("zh", "en")
        assert abs(left["y"] - right["y"]) < 1
        assert left["x"] + left["width"] <= right["x"]
    assert visit.complaints == []


def test_blocks_stand_one_above_the_other_on_a_phone(chromium: Browser, site_url: str) -> None:
    with opened(chromium, site_url, viewport=PHONE) as watched:
        page = watched.go(f"en/{PAGE}")
        above, below = boxes(page, "plx-pad-survival")
        assert (above["lang"], below["lang"]) == ("en", "zh")
        assert above["y"] + above["height"] <= below["y"] + 1
        assert overflow(page) == []


def test_without_a_script_both_languages_are_there_and_links_lead_on(chromium: Browser, site_url: str) -> None:
    with opened(chromium, site_url, java_script_enabled=False) as watched:
        watched.page.goto(f"{watched.origin}{PAGE}#plx-pad-survival")
        left, right = boxes(watched.page, "plx-pad-survival")
        assert left["x"] + left["width"] <= right["x"]
        assert not watched.page.is_visible(".lr-compare__tools")
        watched.page.click("#plx-pad-survival > .lr-pair__link")
        assert watched.page.url == f"{watched.origin}clinical/perinatal/#plx-pad-survival"


def test_one_language_can_be_read_alone_and_the_choice_is_remembered(visit: Watched) -> None:
    page = visit.go(PAGE)
    page.click('[data-view="en"]')
    (side,) = boxes(page, "plx-pad-survival")
    assert side["lang"] == "en"
    page = visit.go("compare/mechanisms/")
    assert [side["lang"] for side in boxes(page, "macrophages")] == ["en"]
    page.click('button[data-view="both"]')
    assert len(boxes(page, "macrophages")) == 2


def test_the_sides_can_be_swapped(visit: Watched) -> None:
    page = visit.go(PAGE)
    page.click("[data-swap]")
    left, right = boxes(page, "plx-pad-survival")
    assert (left["lang"], right["lang"]) == ("en", "zh")
    assert left["x"] < right["x"]
    assert page.get_attribute("[data-swap]", "aria-pressed") == "true"
    page.click("[data-swap]")
    assert boxes(page, "plx-pad-survival")[0]["lang"] == "zh"


def test_a_change_of_view_keeps_the_place(visit: Watched) -> None:
    page = visit.go(f"{PAGE}#wharton-jelly-limb-salvage")
    before = page.evaluate("document.getElementById('wharton-jelly-limb-salvage').getBoundingClientRect().top")
    page.click('button[data-view="zh"]')
    after = page.evaluate("document.getElementById('wharton-jelly-limb-salvage').getBoundingClientRect().top")
    # Blocks out of view have estimated heights, so the place is kept to within a few lines.
    assert abs(before - after) < 160
    assert 0 < after < 500


def test_compare_is_one_click_from_a_chapter_and_lands_on_the_block_being_read(visit: Watched) -> None:
    page = visit.go("clinical/perinatal/#plx-pad-survival")
    page.wait_for_timeout(100)
    link = page.locator(".lr-kicker a[data-lr-keep-place]")
    link.evaluate("link => link.click()")
    page.wait_for_url(f"**/{PAGE}#plx-pad-survival")
    top = page.evaluate("document.getElementById('plx-pad-survival').getBoundingClientRect().top")
    assert 0 < top < 300


def test_a_block_s_link_leads_back_into_the_text(visit: Watched) -> None:
    page = visit.go(f"en/{PAGE}")
    page.click("#plx-pad-survival > .lr-pair__link")
    assert page.url == f"{visit.origin}en/clinical/perinatal/#plx-pad-survival"


def test_the_language_switch_keeps_the_block(visit: Watched) -> None:
    page = visit.go(f"{PAGE}#plx-pad-survival")
    page.wait_for_timeout(100)
    page.click("header a[data-lr-language=en]")
    page.wait_for_url(f"**/en/{PAGE}#plx-pad-survival")


def test_ids_of_the_page_are_those_of_the_chapter(visit: Watched) -> None:
    ids = "nodes => nodes.map((node) => node.id).filter(Boolean)"
    chapter = set(visit.go("clinical/perinatal/").eval_on_selector_all("#lr-text [id]", ids))
    rows = visit.go(PAGE).eval_on_selector_all(".lr-pair", ids)
    assert len(rows) == len(set(rows))
    assert set(rows) <= chapter


@pytest.mark.parametrize("width", [320, 390, 720, 1280])
def test_it_fits_the_window(visit: Watched, width: int) -> None:
    visit.page.set_viewport_size({"width": width, "height": 700})
    for path in (PAGE, "en/compare/clinical/bone-marrow/", "en/compare/"):
        assert overflow(visit.go(path)) == []


def test_axe_finds_nothing_in_any_view(visit: Watched) -> None:
    from test_browser_look import show, violations

    page = visit.go(PAGE)
    for view in ("en", "both"):
        page.click(f'button[data-view="{view}"]')
        for viewport in (DESKTOP, PHONE):
            for scheme in SCHEMES:
                show(page, viewport, scheme)
                assert violations(page) == []
