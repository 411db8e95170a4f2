"""How the built site looks and behaves in a real browser: both languages, widths, schemes, with and without script."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from browser_support import (
    DESKTOP,
    KINDS,
    PHONE,
    PREFIXES,
    SCHEMES,
    Watched,
    existing,
    open_details,
    opened,
    overflow,
)
from pages import BuiltPage, built_pages

pytestmark = pytest.mark.browser

PAGES = [prefix + kind for prefix in PREFIXES for kind in KINDS]
#: A page of each kind, in the two languages by turns.
AXE_PAGES = [PREFIXES[turn % 2] + kind for turn, kind in enumerate(KINDS)]
AXE = Axe()
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

#: The widest text a reader is likely to set, and the narrowest window: 1280 px at 400 %.
NARROW = {"width": 320, "height": 256}

COMBINATIONS = [(viewport, scheme) for viewport in (DESKTOP, PHONE) for scheme in SCHEMES]


@pytest.fixture
def visit(chromium: Browser, site_url: str) -> Iterator[Watched]:
    """A first visit from a Chinese browser, on a desk."""
    with opened(chromium, site_url) as watched:
        yield watched


def skip_missing(site_dir: Path, path: str) -> None:
    """A page that this state of the site does not have is no failure of its look."""
    if not existing(site_dir, (path,)):
        pytest.skip(f"no page /{path}")


def show(page: Page, viewport: dict[str, int], scheme: str) -> None:
    """Show the page in a window of this size, on a system that is light or dark."""
    page.set_viewport_size(viewport)
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # or axe sees colors on their way
    page.wait_for_timeout(60)


def violations(page: Page) -> list[str]:
    """Return what axe finds, one line each."""
    result = AXE.run(page, options={"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]})
    return [
        f"{found['id']}: {node['target']} {[check['message'] for check in node['any'] + node['all']][:1]}"
        for found in result.response["violations"]
        for node in found["nodes"][:4]
    ]


def all_addresses(site_dir: Path) -> list[str]:
    """Return the addresses of all pages that show something."""
    return [page.address.lstrip("/") for page in built_pages(site_dir) if not page.is_redirect]


def found_on(visit: Watched, addresses: list[str], viewport: dict[str, int], scheme: str) -> dict[str, list[str]]:
    """Return what axe finds on pages, everything unfolded; nothing of pages without a finding."""
    show(visit.page, viewport, scheme)
    found = {}
    for address in addresses:
        page = visit.go(address)
        open_details(page)
        found[address] = violations(page)
    return {address: lines for address, lines in found.items() if lines}


# ---------- every kind of page ----------


@pytest.mark.parametrize("path", PAGES)
def test_page_stays_on_its_host_within_its_policy_and_within_the_window(
    visit: Watched, site_dir: Path, path: str
) -> None:
    skip_missing(site_dir, path)
    page = visit.go(path)
    open_details(page)
    for viewport in (DESKTOP, PHONE, NARROW):
        page.set_viewport_size(viewport)
        page.evaluate("scrollTo(0, document.body.scrollHeight)")
        page.wait_for_timeout(60)
        assert overflow(page) == []
    assert visit.foreign == []
    assert visit.complaints == []


@pytest.mark.parametrize("path", AXE_PAGES)
def test_axe_finds_nothing_in_either_scheme_at_either_width(visit: Watched, site_dir: Path, path: str) -> None:
    skip_missing(site_dir, path)
    page = visit.go(path)
    open_details(page)
    found = {}
    for viewport, scheme in COMBINATIONS:
        show(page, viewport, scheme)
        found[viewport["width"], scheme] = violations(page)
    assert not any(found.values()), found


@pytest.mark.parametrize("turn", range(4))
def test_axe_finds_nothing_on_any_page(visit: Watched, site_dir: Path, turn: int) -> None:
    """Every page once (AXE_PAGES have been through more); the four combinations of width and scheme take turns."""
    addresses = [address for address in all_addresses(site_dir) if address not in AXE_PAGES]
    assert found_on(visit, addresses[turn::4], *COMBINATIONS[turn]) == {}


@pytest.mark.slow
@pytest.mark.parametrize(("viewport", "scheme"), COMBINATIONS)
def test_axe_finds_nothing_anywhere(visit: Watched, site_dir: Path, viewport: dict[str, int], scheme: str) -> None:
    """Every page, at either width, in either scheme."""
    assert found_on(visit, all_addresses(site_dir), viewport, scheme) == {}


#: Elements of the text whose ground is nearer to white than to black.
PALE = """() => [...document.querySelectorAll("#lr-text *")].filter((element) => {
  const [red, green, blue, alpha = 1] = getComputedStyle(element).backgroundColor.match(/[\\d.]+/g).map(Number);
  return alpha > 0.5 && (red + green + blue) / 3 > 128;
}).map((element) => `${element.tagName}.${element.className}`)"""


@pytest.mark.parametrize("path", ["en/about/validation/", "audit/", "en/trials/", "about/cite/"])
def test_nothing_has_a_pale_ground_in_the_dark(visit: Watched, path: str) -> None:
    page = visit.go(path)
    show(page, DESKTOP, "dark")
    open_details(page)
    assert page.evaluate(PALE) == []


def test_the_sign_of_a_filter_points_down_and_up_where_it_is_open(visit: Watched) -> None:
    """The theme turns what it takes for its own arrow by a quarter."""
    page = visit.go("en/trials/")
    facet = page.locator("[data-facet=donor]")
    turned = """(box) => {
        const { a, b } = new DOMMatrix(getComputedStyle(box.querySelector("summary"), "::after").transform);
        return (Math.round(Math.atan2(b, a) * 180 / Math.PI) + 360) % 360;
    }"""
    assert facet.evaluate(turned) == 45
    facet.locator("summary").click()
    page.wait_for_timeout(400)  # the theme has it turn slowly
    assert facet.evaluate(turned) == 225


@pytest.mark.parametrize("path", ["", "clinical/perinatal/", "en/mechanisms/", "en/updates/"])
def test_text_at_twice_its_size_fits(chromium: Browser, site_url: str, site_dir: Path, path: str) -> None:
    skip_missing(site_dir, path)
    with opened(chromium, site_url, bypass_csp=True) as watched:
        page = watched.go(path)
        page.add_style_tag(content="html { font-size: 250% !important }")  # the theme's own is 125 %
        assert overflow(page) == []


@pytest.mark.parametrize("path", [*KINDS, "en/trials/", "en/audit/", "en/glossary/"])
def test_nothing_moves_while_the_page_loads_and_it_is_light(
    chromium: Browser, site_url: str, site_dir: Path, path: str
) -> None:
    skip_missing(site_dir, path)
    with opened(chromium, site_url, viewport=PHONE) as watched:
        sizes: list[int] = []
        watched.page.on("requestfinished", lambda request: sizes.append(request.sizes()["responseBodySize"]))
        watched.page.add_init_script(
            """window.shift = 0;
            new PerformanceObserver((list) => { for (const entry of list.getEntries()) shift += entry.value })
              .observe({type: "layout-shift", buffered: true});"""
        )
        page = watched.go(path)
        page.wait_for_timeout(400)
        assert page.evaluate("shift") == 0
        assert sum(sizes) <= 110_000  # bytes, compressed
        assert not [url for url in watched.requests if "search_index" in url or "/workers/" in url]


# ---------- two languages ----------


def test_switch_keeps_page_and_fragment(visit: Watched) -> None:
    page = visit.go("clinical/perinatal/#plx-pad-survival")
    page.click(".lr-switch")
    page.wait_for_url("**/en/clinical/perinatal/#plx-pad-survival")
    assert page.evaluate("document.querySelector(':target').id") == "plx-pad-survival"
    page.click(".lr-switch")
    page.wait_for_url(re.compile(r"/clinical/perinatal/#plx-pad-survival$"))
    assert page.evaluate("document.documentElement.lang") == "zh"
    assert visit.complaints == []


def test_switch_keeps_the_block_in_view(visit: Watched) -> None:
    page = visit.go("clinical/perinatal/")
    page.evaluate("document.getElementById('plx-pad').scrollIntoView()")
    page.wait_for_timeout(100)
    page.click(".lr-switch")
    page.wait_for_url("**/en/clinical/perinatal/#plx-pad")
    assert page.evaluate("Math.abs(document.getElementById('plx-pad').getBoundingClientRect().top) < 200")


@pytest.mark.parametrize("path", ["en/mechanisms/", "mechanisms/"])
def test_switch_leads_to_a_block_and_not_to_its_label(visit: Watched, path: str) -> None:
    page = visit.go(path)
    page.evaluate(
        """() => { const label = document.getElementById("note-angiogenesis-label");
          scrollTo(0, label.getBoundingClientRect().top + scrollY - 90); }"""
    )
    page.wait_for_timeout(100)
    page.click(".lr-switch")
    page.wait_for_url("**/mechanisms/#*")
    assert page.url.endswith("#note-angiogenesis")


def test_switch_follows_the_reader_away_from_the_fragment(visit: Watched) -> None:
    page = visit.go("clinical/perinatal/#perinatal-mscs")
    page.evaluate("document.getElementById('wharton-jelly').scrollIntoView()")
    page.wait_for_timeout(100)
    page.click(".lr-switch")
    page.wait_for_url("**/en/clinical/perinatal/#wharton-jelly")


def test_switch_keeps_a_filtered_view_but_no_words_of_the_search(visit: Watched) -> None:
    page = visit.go("trials/?source=perinatal&sort=-participants&h=PACE#table")
    page.click(".lr-switch")
    page.wait_for_url("**/en/trials/**")
    assert page.url == visit.origin + "en/trials/?source=perinatal&sort=-participants#table"
    assert page.locator('[data-facet="source"] input[value="perinatal"]').is_checked()


def test_words_of_the_search_do_not_filter_the_trials(visit: Watched) -> None:
    page = visit.go("en/trials/?q=zzzz")
    shown = page.locator("[data-trials] tbody tr:not([hidden])")
    assert shown.count() == page.locator("[data-trials] tbody tr").count()
    page.locator("[data-trials] [data-search]").fill("PACE")
    page.wait_for_url("**find=PACE**")
    page.reload()
    assert shown.count() == 1


def test_switch_at_the_top_adds_no_fragment(visit: Watched) -> None:
    page = visit.go("mechanisms/")
    page.click(".lr-switch")
    page.wait_for_url("**/en/mechanisms/")
    assert "#" not in page.url.rstrip("#")


def test_switch_serves_a_middle_click_and_the_keyboard(visit: Watched) -> None:
    page = visit.go("mechanisms/#exosomes")
    with page.context.expect_page() as other:
        page.click(".lr-switch", button="middle")
    assert other.value.url.endswith("/en/mechanisms/#exosomes")
    page.focus(".lr-switch")
    page.keyboard.press("Enter")
    page.wait_for_url("**/en/mechanisms/#exosomes")


def test_switch_is_a_plain_link_without_script(chromium: Browser, site_url: str) -> None:
    with opened(chromium, site_url, java_script_enabled=False) as watched:
        watched.page.goto(site_url + "mechanisms/")
        watched.page.click(".lr-switch")
        watched.page.wait_for_url("**/en/mechanisms/")


def test_every_page_names_its_translations(site_dir: Path) -> None:
    pages = {page.address: page for page in built_pages(site_dir)}
    for address, page in pages.items():
        if address.endswith("404.html") or page.is_redirect:
            continue
        named = translations(page)
        plain = address.removeprefix("/en") if address.startswith("/en/") else address
        assert set(named) == {"zh", "en", "x-default"}, address
        assert named["zh"].endswith(plain), address
        assert named["en"].endswith("/en" + plain), address
        assert named["x-default"] == named["zh"], address
        assert all(url.startswith("http") for url in named.values()), address
        assert {plain, "/en" + plain} <= set(pages), address


def translations(page: BuiltPage) -> dict[str, str]:
    """Return what a crawler reads: `rel` is a list of words, one of them "alternate"."""
    links = page.tree.xpath("/html/head/link[@hreflang]")
    return {link.get("hreflang"): link.get("href") for link in links if "alternate" in link.get("rel").split()}


def test_an_english_browser_is_offered_english_once_and_never_sent_there(chromium: Browser, site_url: str) -> None:
    with opened(chromium, site_url, locale="en-US") as watched:
        page = watched.go()
        offer = page.locator("[data-lr-offer=en]")
        expect(offer).to_be_visible()
        assert offer.get_attribute("lang") == "en"
        assert page.url == site_url
        page.reload()
        expect(offer).to_be_hidden()
    with opened(chromium, site_url, locale="en-US") as watched:
        page = watched.go()
        page.click("[data-lr-offer=en] a")
        page.wait_for_url("**/en/")


@pytest.mark.parametrize(("locale", "path"), [("zh-CN", ""), ("fr-FR", ""), ("en-US", "en/"), ("en-US", "mechanisms/")])
def test_nobody_else_is_asked(chromium: Browser, site_url: str, locale: str, path: str) -> None:
    with opened(chromium, site_url, locale=locale) as watched:
        assert watched.go(path).locator(".lr-offer:visible").count() == 0


def test_an_offer_declined_goes_away(chromium: Browser, site_url: str) -> None:
    with opened(chromium, site_url, locale="en-US") as watched:
        page = watched.go()
        page.click(".lr-offer button")
        assert page.locator(".lr-offer:visible").count() == 0


@pytest.mark.parametrize(("path", "first"), [("no/such/page/", "zh"), ("en/no/such/page/", "en")])
def test_a_missing_page_speaks_both_languages(chromium: Browser, site_url: str, path: str, first: str) -> None:
    with opened(chromium, site_url, bypass_csp=True) as watched:
        page = watched.go(path)
        sections = page.locator(".lr-notfound")
        assert sections.count() == 2
        assert sections.first.get_attribute("lang") == first
        assert page.locator("[data-md-component=search-query]").count() == 1
        assert page.locator("h1").count() == 1
        assert page.locator("h1, h2").first.evaluate("(h) => h.tagName + h.closest('section').lang") == f"H1{first}"
        page.click(f".lr-notfound[lang={first}] a")
        page.wait_for_url(site_url + ("en/" if first == "en" else ""))


# ---------- without script, by keyboard, by choice ----------


@pytest.mark.parametrize("path", ["", "en/", "mechanisms/", "en/clinical/perinatal/"])
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_without_script_everything_is_there(
    chromium: Browser, site_url: str, path: str, viewport: dict[str, int]
) -> None:
    with opened(chromium, site_url, viewport=viewport, java_script_enabled=False) as watched:
        page = watched.page
        page.goto(site_url + path)
        expect(page.locator("h1")).to_be_visible()
        expect(page.locator("footer .lr-footer__statement")).to_be_visible()
        expect(page.locator("[data-md-component=search]")).to_be_hidden()
        if viewport is PHONE:
            page.click(".lr-menu")
        page.locator("#lr-nav a", has_text=re.compile("引言|Introduction")).click()
        page.wait_for_url("**/introduction/")


def test_without_script_the_system_decides_on_the_dark(chromium: Browser, site_url: str) -> None:
    shades = {}
    for scheme in SCHEMES:
        with opened(chromium, site_url, color_scheme=scheme, java_script_enabled=False) as watched:
            watched.page.goto(site_url)
            shades[scheme] = watched.page.locator("body").evaluate("(b) => getComputedStyle(b).backgroundColor")
    assert shades["light"] != shades["dark"]


def test_the_reader_can_choose_light_or_dark_and_keep_it(visit: Watched) -> None:
    page = visit.go("mechanisms/")
    seen = {page.locator("body").get_attribute("data-md-color-scheme")}
    for _ in range(3):
        page.locator(".lr-palette label:visible").click()
        seen.add(page.locator("body").get_attribute("data-md-color-scheme"))
    assert {"default", "slate"} <= seen
    while page.locator("body").get_attribute("data-md-color-scheme") != "slate":
        page.locator(".lr-palette label:visible").click()
    visit.go("en/sources/")
    assert page.locator("body").get_attribute("data-md-color-scheme") == "slate"


@pytest.mark.parametrize("system", SCHEMES)
def test_a_telephone_s_bar_has_the_color_of_the_header(chromium: Browser, site_url: str, system: str) -> None:
    """Whichever of the two elements the browser takes by its ``media``."""
    bars = """() => [...document.querySelectorAll('meta[name=theme-color]')].filter((m) => matchMedia(m.media).matches)
        .map((m) => m.content)"""
    header = """() => '#' + getComputedStyle(document.querySelector('.md-header')).backgroundColor.match(/\\d+/g)
        .slice(0, 3).map((part) => (+part).toString(16).padStart(2, '0')).join('')"""
    with opened(chromium, site_url, color_scheme=system) as watched:
        page = watched.go("mechanisms/")
        for _ in range(3):
            assert page.evaluate(bars) == [page.evaluate(header)]
            page.locator(".lr-palette label:visible").click()
        page.emulate_media(color_scheme="light" if system == "dark" else "dark")
        assert page.evaluate(bars) == [page.evaluate(header)], "who follows the system does so at once"


@pytest.mark.parametrize("path", ["mechanisms/", "en/trials/"])
def test_the_sign_for_light_or_dark_stands_in_the_middle_of_its_button(visit: Watched, path: str) -> None:
    button = visit.go(path).locator(".lr-palette label:visible")
    for _ in range(3):
        around, sign = button.bounding_box(), button.locator("svg").bounding_box()
        assert around is not None
        assert sign is not None
        for place, size in (("x", "width"), ("y", "height")):
            middle = around[place] + around[size] / 2  # type: ignore[literal-required]
            assert sign[place] + sign[size] / 2 == pytest.approx(middle, abs=1)  # type: ignore[literal-required]
        button.click()


def test_light_and_dark_by_keyboard(visit: Watched) -> None:
    page = visit.go("mechanisms/")
    page.locator(".lr-palette input").first.focus()
    seen = []
    for _ in range(3):
        page.keyboard.press("Enter")
        seen.append(page.locator("body").get_attribute("data-md-color-scheme"))
        assert page.evaluate("document.activeElement.checked")
    assert seen == ["default", "slate", "auto"]


def test_the_first_key_reaches_the_skip_link(visit: Watched) -> None:
    page = visit.go("mechanisms/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('.md-skip')")
    page.keyboard.press("Enter")
    assert "#" in page.url


def test_contents_open_and_close_by_keyboard(chromium: Browser, site_url: str) -> None:
    with opened(chromium, site_url, viewport=PHONE) as watched:
        page = watched.go("mechanisms/")
        page.focus(".lr-menu")
        page.keyboard.press("Enter")
        expect(page.locator("#lr-nav")).to_be_visible()
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('#lr-nav') !== null")
        page.keyboard.press("Escape")
        expect(page.locator("#lr-nav")).to_be_hidden()
        assert page.evaluate("document.activeElement.matches('.lr-menu')")


@pytest.mark.parametrize("key", ["f", "s", "/", "n", "p", ",", "."])
def test_no_single_key_does_anything(visit: Watched, key: str) -> None:
    page = visit.go("mechanisms/")
    before = page.url
    page.keyboard.press(key)
    page.wait_for_timeout(80)
    assert page.url == before
    assert page.evaluate("document.activeElement.tagName") == "BODY"


def test_search_starts_on_first_use(visit: Watched) -> None:
    page = visit.go("mechanisms/")
    page.click(".md-header .md-search__input")
    page.keyboard.type("VEGF")
    page.keyboard.press("End")  # the theme listens for keys, not for input
    page.wait_for_selector(".md-search-result__item")
    assert visit.complaints == []


@pytest.mark.parametrize("path", ["", "en/trials/"])
def test_the_key_after_the_search_box_reaches_something_that_can_be_seen(visit: Watched, path: str) -> None:
    page = visit.go(path)
    expect(page.locator(".md-search__output")).to_be_hidden()  # or it says that it loads what it does not
    for key, other in (("Tab", "Shift+Tab"), ("Shift+Tab", "Tab")):
        page.focus(".md-search__input")
        expect(page.locator(".md-search__output")).to_be_visible()
        page.keyboard.press(key)
        height = page.evaluate("document.activeElement.getBoundingClientRect().height")
        assert height > 0, page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
        page.keyboard.press(other)
        assert page.evaluate("document.activeElement.matches('.md-search__input')")
        page.keyboard.press("Escape")


def test_focus_can_be_seen(visit: Watched) -> None:
    page = visit.go("mechanisms/")
    for _ in range(25):
        page.keyboard.press("Tab")
        seen = page.evaluate(
            """() => { const e = document.activeElement, s = getComputedStyle(e), p = e.querySelector(".lr-pin > *");
              return s.outlineStyle !== "none" || s.boxShadow !== "none" || !!p || e.matches(".md-option, input"); }"""
        )
        assert seen, page.evaluate("document.activeElement.outerHTML.slice(0, 200)")


@pytest.mark.parametrize(("path", "viewport"), [("en/clinical/perinatal/", DESKTOP), ("audit/", PHONE)])
def test_what_has_the_focus_is_not_behind_the_header(visit: Watched, path: str, viewport: dict[str, int]) -> None:
    page = visit.go(path)
    page.set_viewport_size(viewport)
    page.locator("main a").last.focus()
    for _ in range(90):
        page.keyboard.press("Shift+Tab")
        behind = page.evaluate(
            """() => { const e = document.activeElement, header = document.querySelector(".md-header");
              const { top, bottom } = e.getBoundingClientRect();
              return e.closest(".md-content") && (top < header.getBoundingClientRect().bottom - 1 || top > innerHeight)
                ? e.outerHTML.slice(0, 120) : ""; }"""
        )
        assert not behind


# ---------- type, marks, figures ----------


def test_each_script_has_its_own_leading_and_no_slanted_chinese(visit: Watched) -> None:
    def style(path: str, name: str) -> float:
        page = visit.go(path)
        return page.locator("#lr-text p").first.evaluate(f"(p) => parseFloat(getComputedStyle(p).{name})")

    chinese = style("sources/", "lineHeight") / style("sources/", "fontSize")
    english = style("en/sources/", "lineHeight") / style("en/sources/", "fontSize")
    assert chinese > english > 1.5
    page = visit.go("sources/")
    slanted = page.evaluate(
        """() => { const em = document.createElement("em"); document.querySelector("#lr-text p").append(em);
          return getComputedStyle(em).fontStyle; }"""
    )
    assert slanted == "normal"


@pytest.mark.parametrize("path", ["clinical/perinatal/", "en/clinical/perinatal/", "trials/pace/", "mechanisms/"])
def test_no_line_begins_with_a_raised_number_or_letter(visit: Watched, path: str) -> None:
    page = visit.go(path)
    for width in (390, 460, 700, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        torn = page.evaluate(
            """() => [...document.querySelectorAll("#lr-text :is(.lr-cite, .lr-sources-of)")].filter((raised) => {
              const before = raised.previousSibling;
              const text = before && document.createTreeWalker(before, NodeFilter.SHOW_TEXT);
              let last = before?.nodeType === Node.TEXT_NODE ? before : null;
              while (text?.nextNode()) last = text.currentNode;
              const end = last?.data.trimEnd().length;
              if (!end) return false;
              const range = document.createRange();
              range.setStart(last, end - 1);
              range.setEnd(last, end);
              const word = range.getBoundingClientRect(), number = raised.getBoundingClientRect();
              return word.width && number.width && number.top > word.bottom;
            }).map((raised) => raised.parentElement.textContent.slice(0, 60))"""
        )
        assert torn == [], width


def test_the_first_line_of_a_reference_begins_where_the_others_do(visit: Watched) -> None:
    page = visit.go("en/clinical/perinatal/")
    starts = page.eval_on_selector_all(
        ".lr-refs__list > li .lr-ref__text",
        "(all) => all.map((text) => [...text.getClientRects()].map((line) => Math.round(line.left)))",
    )
    assert starts
    assert all(abs(lines[0] - lines[1]) <= 1 for lines in starts if len(lines) > 1), starts


@pytest.mark.parametrize("path", ["mechanisms/", "en/mechanisms/"])
def test_lines_are_no_longer_than_reads_well(visit: Watched, path: str) -> None:
    page = visit.go(path)
    width, size = page.locator("#lr-text > p").first.evaluate(
        "(p) => [p.getBoundingClientRect().width, parseFloat(getComputedStyle(p).fontSize)]"
    )
    assert width / size < 40


@pytest.mark.parametrize("prefix", PREFIXES)
def test_numbers_of_a_figure_lead_to_their_claims(visit: Watched, site_dir: Path, prefix: str) -> None:
    audit = next(page for page in built_pages(site_dir) if page.address == f"/{prefix}audit/")
    figures = 0
    for chapter in ("sources/", "mechanisms/", "administration/"):
        page = visit.go(prefix + chapter)
        pins = page.eval_on_selector_all(".lr-plate__drawing a", "(all) => all.map((a) => a.href.baseVal)")
        key = page.eval_on_selector_all(".lr-plate__item", "(all) => all.length")
        figures += page.locator(".lr-plate").count()
        assert len(pins) == key
        for href in pins:
            assert href.split("#")[1] in audit.ids
    assert figures == 3


def test_a_figure_says_the_same_in_both_languages(visit: Watched) -> None:
    def claims(path: str) -> list[str]:
        page = visit.go(path)
        return page.eval_on_selector_all(".lr-plate .lr-claim", "(all) => all.map((a) => a.textContent)")

    for chapter in ("sources/", "mechanisms/", "administration/"):
        assert claims(chapter) == claims("en/" + chapter) != []


def test_verdicts_differ_in_shape_not_only_in_colour(visit: Watched) -> None:
    page = visit.go()
    shapes = page.evaluate(
        """() => ["supported", "partly", "not-supported", "unverified", "no-citation"].map((verdict) => {
          const mark = document.createElement("span");
          mark.className = `lr-mark lr-mark--${verdict}`;
          document.getElementById("lr-text").append(mark);
          const s = getComputedStyle(mark, "::before");
          return [s.borderTopWidth, s.borderStyle, s.borderRadius, s.transform, s.height,
                  s.backgroundImage.replace(/rgba?\\([^)]*\\)/g, "")].join(" ");
        })"""
    )
    assert len(set(shapes)) == 5


@pytest.mark.parametrize("path", ["clinical/", "en/clinical/"])
def test_the_name_of_the_work_is_never_cut(visit: Watched, path: str) -> None:
    page = visit.go(path)
    cut = "() => [...document.querySelectorAll('.lr-brand > span')].some((name) => name.scrollWidth > name.clientWidth)"
    for width in (*range(320, 1300, 20), 959, 961, 1023, 1025):
        page.set_viewport_size({"width": width, "height": 700})
        assert not page.evaluate(cut), width


@pytest.mark.parametrize("path", ["en/trials/", "compare/mechanisms/", "clinical/perinatal/", ""])
def test_at_the_end_of_a_page_no_column_covers_another(visit: Watched, path: str) -> None:
    page = visit.go(path)
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    boxes = page.evaluate(
        """() => ["#lr-nav", "main .lr-page", ".lr-toc", ".lr-footer"].flatMap((name) => {
          const box = document.querySelector(name)?.getBoundingClientRect();
          return box?.height ? [[name, box.left, box.top, box.right, box.bottom]] : [];
        })"""
    )
    assert len(boxes) >= 3
    for (one, left, top, right, bottom), (other, *box) in combinations(boxes, 2):
        apart = right <= box[0] + 1 or box[2] <= left + 1 or bottom <= box[1] + 1 or box[3] <= top + 1
        assert apart, f"{one} and {other}"


@pytest.mark.parametrize("path", ["mechanisms/", "en/clinical/bone-marrow/"])
def test_the_section_a_reader_went_to_is_the_one_marked_in_the_contents(visit: Watched, path: str) -> None:
    page = visit.go(path)
    entries = page.locator(".lr-toc a.md-nav__link")
    for number in range(entries.count()):
        entry = entries.nth(number)
        entry.click()
        if page.evaluate("scrollY + innerHeight < document.documentElement.scrollHeight - 2"):
            expect(entry).to_have_class(re.compile("md-nav__link--active"))
            expect(page.locator(".lr-toc a.md-nav__link--active").last).to_have_attribute(
                "href", entry.get_attribute("href") or ""
            )


# ---------- paper, forced colours, no motion ----------


@pytest.mark.parametrize("path", ["mechanisms/", "en/clinical/perinatal/"])
def test_on_paper_there_is_the_text_with_its_notes_and_nothing_to_click(visit: Watched, path: str) -> None:
    page = visit.go(path)
    page.emulate_media(media="print")
    for gone in (".md-header", "#lr-nav", ".lr-pager", ".lr-toc"):
        assert page.locator(f"{gone}:visible").count() == 0
    expect(page.locator(".lr-note").first).to_be_visible()
    expect(page.locator(".lr-footer__statement")).to_be_visible()
    assert page.locator("body").evaluate("(b) => getComputedStyle(b).backgroundColor") in (
        "rgb(255, 255, 255)",
        "rgba(0, 0, 0, 0)",
    )
    assert page.pdf(format="A4")[:5] == b"%PDF-"


def test_forced_colours_keep_notes_apart(chromium: Browser, site_url: str) -> None:
    with opened(chromium, site_url, forced_colors="active") as watched:
        page = watched.go("mechanisms/")
        borders = page.locator(".lr-note").first.evaluate(
            "(n) => ['Top', 'Right', 'Bottom', 'Left'].map((s) => getComputedStyle(n)[`border${s}Style`])"
        )
        assert borders == ["solid"] * 4


def test_nothing_moves_for_those_who_ask(chromium: Browser, site_url: str) -> None:
    with opened(chromium, site_url, reduced_motion="reduce") as watched:
        page = watched.go("mechanisms/")
        moving = page.evaluate(
            """() => [...document.querySelectorAll("body *")].filter((e) => {
              const s = getComputedStyle(e);
              return s.animationName !== "none" || (s.transitionDuration !== "0s" && s.transitionProperty !== "none");
            }).length"""
        )
        assert moving == 0


#: Pairs of a drawing's fill and a label's letters, as parts of a color.
PAINTED = """() => { const parts = (name) => getComputedStyle(document.querySelector(`.lr-plate__drawing ${name}`)).fill
    .match(/[\\d.]+/g).slice(0, 3).map(Number);
  return [parts(".lr-paint--tissue, .lr-paint--muscle, .lr-paint--skin"), parts("text")]; }"""


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_drawing_can_be_read_with_forced_colours(chromium: Browser, site_url: str, scheme: str) -> None:
    with opened(chromium, site_url, forced_colors="active", color_scheme=scheme) as watched:
        page = watched.go("en/mechanisms/")
        ground, letters = page.evaluate(PAINTED)
        assert min(ground) - max(letters) > 100
