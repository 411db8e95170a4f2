"""Terms in a real browser: by mouse, keyboard and touch, without a script, on paper; the list and its orders."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from browser_support import PHONE, SCHEMES, Watched, opened

pytest_plugins = ["browser_support"]
pytestmark = pytest.mark.browser

CHAPTER = "clinical/perinatal/"
TERM = 'a[data-lr-term="plx-pad"]'
TIP = "#lr-tip-plx-pad"


@pytest.fixture
def visit(chromium: Browser, site_url: str) -> Iterator[Watched]:
    with opened(chromium, site_url) as watched:
        yield watched


def names(page: Page) -> list[str]:
    return page.eval_on_selector_all(".lr-entry", "entries => entries.map((entry) => entry.id)")


def test_hovering_explains_in_the_page_s_language_with_the_other_s_term(visit: Watched) -> None:
    page = visit.go(CHAPTER)
    page.hover(TERM)
    page.wait_for_selector(TIP, state="visible")
    assert "间充质样细胞" in page.inner_text(TIP)
    assert page.locator(f'{TIP} [lang="en"]').count() == 1
    assert visit.complaints == []


def test_the_pointer_may_move_into_an_explanation_and_leaving_closes_it(visit: Watched) -> None:
    page = visit.go(f"en/{CHAPTER}")
    page.hover(TERM)
    page.wait_for_selector(TIP, state="visible")
    page.hover(TIP)
    page.wait_for_timeout(500)
    assert page.is_visible(TIP)
    page.mouse.move(5, 700)
    page.wait_for_selector(TIP, state="hidden")


def test_the_keyboard_explains_and_escape_closes(visit: Watched) -> None:
    page = visit.go(CHAPTER)
    first = page.locator("a.lr-term").first
    page.evaluate("document.querySelector('h1').setAttribute('tabindex', '-1'); document.querySelector('h1').focus()")
    page.keyboard.press("Tab")
    assert first.evaluate("link => link === document.activeElement")
    tip = f"#{first.get_attribute('aria-describedby')}"
    page.wait_for_selector(tip, state="visible")
    page.keyboard.press("Escape")
    page.wait_for_selector(tip, state="hidden")
    assert first.evaluate("link => link === document.activeElement"), "the focus stays where it was"


def test_an_explanation_describes_its_term_even_before_it_is_shown(visit: Watched) -> None:
    page = visit.go(CHAPTER)
    for link in page.locator("a.lr-term").all():
        tip = page.locator(f"#{link.get_attribute('aria-describedby')}")
        assert tip.count() == 1
        assert (tip.text_content() or "").strip()


def test_the_first_tap_explains_and_the_second_leads_on(chromium: Browser, site_url: str) -> None:
    with opened(chromium, site_url, viewport=PHONE, has_touch=True, is_mobile=True) as watched:
        page = watched.go(CHAPTER)
        page.tap(TERM)
        page.wait_for_selector(TIP, state="visible")
        assert page.url.endswith(CHAPTER)
        box = page.locator(TIP).bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE["width"]
        page.tap("h1")
        page.wait_for_selector(TIP, state="hidden")
        page.tap(TERM)
        page.tap(TERM)
        page.wait_for_url("**/glossary/#term-plx-pad")


def test_the_link_in_a_tapped_explanation_leads_to_the_entry(chromium: Browser, site_url: str) -> None:
    with opened(chromium, site_url, viewport=PHONE, has_touch=True, is_mobile=True) as watched:
        page = watched.go(f"en/{CHAPTER}")
        page.tap(TERM)
        page.tap(f"{TIP} .lr-tip__entry")
        page.wait_for_url("**/en/glossary/#term-plx-pad")


def test_without_a_script_a_term_is_a_link_to_its_entry(chromium: Browser, site_url: str) -> None:
    with opened(chromium, site_url, java_script_enabled=False) as watched:
        watched.page.goto(watched.origin + CHAPTER)
        assert not watched.page.is_visible(TIP)
        watched.page.click(TERM)
        assert watched.page.url == f"{watched.origin}glossary/#term-plx-pad"
        assert watched.page.is_visible("#term-plx-pad")
        assert not watched.page.is_visible(".lr-glossary__tools")


@pytest.mark.parametrize("path", ["introduction/", "mechanisms/", "en/clinical/bone-marrow/", "en/updates/"])
def test_each_term_is_marked_once_a_page_and_only_in_running_text(visit: Watched, path: str) -> None:
    page = visit.go(path)
    marked = page.eval_on_selector_all("a.lr-term", "links => links.map((link) => link.dataset.lrTerm)")
    assert marked
    assert len(marked) == len(set(marked))
    forbidden = "h1, h2, h3, h4, caption, figcaption, code, sup, th, .lr-directive, .lr-refs, a a"
    assert page.locator(f":is({forbidden}) a.lr-term").count() == 0


def test_the_letters_of_a_product_name_are_not_explained(visit: Watched) -> None:
    page = visit.go(CHAPTER)
    texts = page.eval_on_selector_all(
        "a.lr-term", "links => links.map((a) => (a.previousSibling?.textContent ?? '').slice(-4) + '|' + a.textContent)"
    )
    assert not [text for text in texts if text.endswith("-|PAD")]


def test_explanations_are_not_printed(visit: Watched) -> None:
    page = visit.go(CHAPTER)
    page.emulate_media(media="print")
    assert not page.is_visible(".lr-tips")
    assert page.locator(TERM).evaluate("link => getComputedStyle(link).textDecorationLine") == "none"


def test_axe_finds_nothing_while_an_explanation_is_open(visit: Watched) -> None:
    from test_browser_look import violations

    for scheme in SCHEMES:
        page = visit.go(CHAPTER)
        page.emulate_media(color_scheme=scheme)
        page.hover(TERM)
        page.wait_for_selector(TIP, state="visible")
        assert violations(page) == []


@pytest.mark.parametrize(("path", "own"), [("glossary/", "zh"), ("en/glossary/", "en")])
def test_the_list_can_be_put_in_every_order(visit: Watched, path: str, own: str) -> None:
    page = visit.go(path)
    at_first = names(page)
    for order in ("zh", "en", "abbr"):
        page.click(f'button[data-order="{order}"]')
        places = page.eval_on_selector_all(".lr-entry", f"all => all.map((one) => +one.getAttribute('data-{order}'))")
        assert places == sorted(places)
        assert page.get_attribute(f'button[data-order="{order}"]', "aria-pressed") == "true"
        assert sorted(names(page)) == sorted(at_first)
        letters = page.eval_on_selector_all(".lr-glossary__letters a", "links => links.map((link) => link.hash)")
        assert all(page.locator(letter).count() == 1 for letter in letters)
    page.click(f'button[data-order="{own}"]')
    assert names(page) == at_first


def test_a_term_is_found_at_its_address(visit: Watched) -> None:
    page = visit.go("en/glossary/#term-abi")
    top = page.evaluate("document.getElementById('term-abi').getBoundingClientRect().top")
    assert 0 <= top < 400
