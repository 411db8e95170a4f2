"""Long lists are laid out in steps, and nobody loses a place by it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from browser_support import DESKTOP, PHONE, WAITING, Watched, opened

pytestmark = pytest.mark.browser

#: Pages with long lists, and how much of them waits at least.
LISTS = {"glossary/": 500, "en/audit/": 500, "trials/": 100, "en/references/": 100}
#: A place far down each list.
PLACES = ["glossary/#term-placebo", "en/glossary/#term-whartons-jelly", "audit/#c150", "en/audit/#c088"]

#: What of the long lists is not drawn now.
UNDRAWN = """() => [...document.querySelectorAll(".lr-long > * > *")]
    .filter((e) => e.checkVisibility() && !e.checkVisibility({ contentVisibilityAuto: true })).length"""
TARGET_TOP = "() => Math.round(document.querySelector(':target').getBoundingClientRect().top)"


@pytest.fixture
def visit(chromium: Browser, site_url: str) -> Iterator[Watched]:
    """A first visit on a phone."""
    with opened(chromium, site_url, viewport=PHONE) as watched:
        yield watched


def settled(page: Page) -> None:
    """Wait until every list is whole."""
    page.locator(WAITING).first.wait_for(state="detached")


@pytest.mark.parametrize(("path", "least"), LISTS.items())
def test_what_is_out_of_view_waits_for_the_script_and_is_then_laid_out(visit: Watched, path: str, least: int) -> None:
    page = visit.page
    page.route("**/site*.js", lambda route: route.abort())
    page.goto(visit.origin + path)
    assert page.evaluate(UNDRAWN) >= least
    page.unroute("**/site*.js")
    page.goto("about:blank")
    visit.go(path)
    assert page.evaluate(UNDRAWN) == 0
    assert visit.foreign == []


@pytest.mark.parametrize("path", LISTS)
def test_without_script_lists_are_whole(chromium: Browser, site_url: str, path: str) -> None:
    with opened(chromium, site_url, viewport=PHONE, java_script_enabled=False) as watched:
        assert watched.go(path).evaluate(UNDRAWN) == 0


@pytest.mark.parametrize("path", LISTS)
def test_on_a_desk_lists_are_whole(chromium: Browser, site_url: str, path: str) -> None:
    with opened(chromium, site_url, viewport=DESKTOP) as watched:
        watched.page.route("**/site*.js", lambda route: route.abort())
        watched.page.goto(site_url + path)
        assert watched.page.evaluate(UNDRAWN) == 0


@pytest.mark.parametrize("path", PLACES)
def test_a_reader_sent_to_a_place_arrives_and_stays_there(visit: Watched, path: str) -> None:
    page = visit.page
    page.goto(visit.origin + path)
    before = page.evaluate(TARGET_TOP)
    assert 0 <= before < PHONE["height"] / 2
    settled(page)
    page.wait_for_timeout(200)
    assert page.evaluate(TARGET_TOP) == before


def test_a_link_within_the_page_lands_while_the_list_is_laid_out(visit: Watched) -> None:
    page = visit.page
    page.goto(visit.origin + "glossary/", wait_until="commit")
    page.locator(".lr-glossary__letters a").last.click()
    settled(page)
    page.wait_for_timeout(200)
    assert 0 <= page.evaluate(TARGET_TOP) < PHONE["height"] / 2


def test_a_reader_who_loads_again_or_comes_back_is_where_they_were(visit: Watched) -> None:
    page = visit.go("glossary/")
    entry = "document.getElementById('term-placebo')"
    page.evaluate(f"{entry}.nextElementSibling.scrollIntoView()")
    top = page.evaluate(f"{entry}.getBoundingClientRect().top")
    page.reload()
    assert abs(page.evaluate(f"{entry}.getBoundingClientRect().top") - top) <= 2
    page.goto(visit.origin + "about/")
    page.go_back()
    assert abs(page.evaluate(f"{entry}.getBoundingClientRect().top") - top) <= 2
