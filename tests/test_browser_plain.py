"""Without JavaScript, and on paper: everything can be read, followed and printed."""

from __future__ import annotations

import io
import posixpath
import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

from browser_support import DESKTOP, KINDS, PHONE, PREFIXES, Watched, existing, open_details, opened, overflow

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("plain")]

#: What is said elsewhere on the page, or is a help that a click without a script cannot reach.
REPEATED = ".lr-tip, [role=status], template, .md-search"

#: Text that has no box although nothing closed hides it, and that the page does not show elsewhere.
UNSEEN = """(repeated) => {
  const text = document.getElementById("lr-text");
  const all = [...text.querySelectorAll("h1, h2, h3, h4, p, li, td, th, dt, dd, figcaption, caption")];
  const said = (e) => e.textContent.trim().replace(/\\s+/g, " ");
  const seen = new Set(all.filter((e) => e.getClientRects().length).map(said));
  return all.filter((e) => said(e) && !seen.has(said(e)) && !e.getClientRects().length && !e.closest(repeated)
      && !e.closest("details:not([open])") && !e.closest("[hidden]"))
    .map((e) => `${e.tagName}.${e.className}: ${said(e).slice(0, 60)}`);
}"""

#: Controls that do nothing without a script, and are shown.
IDLE = """() => [...document.querySelectorAll(
    "main button:not([popovertarget]), main input, main select, .md-search__input, .lr-find, .lr-palette")]
  .filter((e) => e.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && e.getClientRects().length)
  .map((e) => `${e.tagName}.${e.className}`)"""


@pytest.fixture(params=[PHONE, DESKTOP], ids=["phone", "desktop"])
def plain(chromium: Browser, site_url: str, request: pytest.FixtureRequest) -> Iterator[Watched]:
    with opened(chromium, site_url, java_script_enabled=False, viewport=request.param) as watched:
        yield watched


def kinds(site: Path) -> list[str]:
    return existing(site, tuple(prefix + kind for prefix in PREFIXES for kind in KINDS))


def test_every_kind_of_page_can_be_read_without_javascript(plain: Watched, site_dir: Path):
    faults: dict[str, object] = {}
    for kind in kinds(site_dir):
        plain.page.goto(plain.origin + kind)
        found = plain.page.evaluate(UNSEEN, REPEATED) + plain.page.evaluate(IDLE) + overflow(plain.page)
        if found or not plain.page.locator("h1").first.is_visible():
            faults[kind] = found
    assert not faults
    assert not plain.foreign


def test_navigation_language_and_citations_can_be_followed_without_javascript(plain: Watched):
    page = plain.page
    page.goto(plain.origin + "clinical/perinatal/")
    page.locator("a.lr-cite__link").first.click()
    assert re.search(r"#fn-[\w-]+$", page.url)
    page.locator("a[data-lr-language=en]").first.click()
    assert "/en/clinical/perinatal/" in page.url
    page.locator("a[rel=next]").first.click()
    assert "/en/administration/" in page.url
    menu = page.locator(".lr-menu")
    if menu.is_visible():
        menu.click()
    page.locator("#lr-nav a[href*=references], .lr-nav a[href*=references]").first.click()
    assert "/en/references/" in page.url


def test_details_open_without_javascript(plain: Watched):
    page = plain.page
    page.goto(plain.origin + "audit/")
    first = page.locator("details.lr-audit__note").first
    first.locator("summary").click()
    expect(first.locator("p").first).to_be_visible()


# -- links, in the files themselves ----------------------------------------------------


class Links(HTMLParser):
    """Collects ids and links of one page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if given.get("id"):
            self.ids.add(str(given["id"]))
        if tag == "a" and given.get("href") is not None:
            self.links.append(str(given["href"]))


@cache
def links_of(path: Path) -> Links:
    return Links(path.read_text(encoding="utf-8"))


def test_every_link_of_every_page_arrives_fragment_included(site_dir: Path):
    lost: dict[str, str] = {}
    for path in site_dir.rglob("*.html"):
        name = path.relative_to(site_dir).as_posix()
        if name == "404.html":
            continue
        for href in links_of(path).links:
            parts = urlsplit(href)
            if parts.scheme or parts.netloc:
                continue
            folder = "" if parts.path.startswith("/") else posixpath.dirname(name)
            inside = posixpath.normpath(posixpath.join(folder, unquote(parts.path).lstrip("/"))) if parts.path else name
            target = site_dir / inside
            target = target / "index.html" if target.is_dir() else target
            known = target.is_file() and (
                not parts.fragment or target.suffix != ".html" or unquote(parts.fragment) in links_of(target).ids
            )
            if not known:
                lost[f"{inside}#{parts.fragment}"] = name
    assert not lost


# -- on paper --------------------------------------------------------------------------


def printed(page: Page) -> PdfReader:
    return PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True, format="A4")))


#: Chromium's PDFs name some glyphs as the radicals that look the same, and say in ActualText what was written; the
#: reader used here does not know ActualText. Radicals that Unicode itself does not map to their characters:
RADICALS = str.maketrans("⻄⻅⻆⻉⻋⻓⻔⻘⻚⻛⻜⻝⻢⻣⻥⻦⻨⻩⻬⻮⻰", "西见角贝车长门青页风飞食马骨鱼鸟麦黄齐齿龙")


def text_of(reader: PdfReader) -> str:
    text = "".join(page.extract_text() for page in reader.pages)
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text.translate(RADICALS)))


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_a_chapter_prints_with_the_right_characters_its_notes_and_its_references(
    chromium: Browser, site_url: str, review, script: bool
):
    with opened(chromium, site_url, java_script_enabled=script) as watched:
        watched.page.goto(site_url + "clinical/perinatal/")
        text = text_of(printed(watched.page))
    chapter = review.chapter("zh", "clinical/perinatal")
    assert "编者注" in text
    for name in ("pmscs-interest", "versus-adult", "note-pace"):
        pieces = [piece for piece in re.split(r"[^\u3400-\u9fff]+", chapter.block(name).text) if len(piece) > 7]
        assert pieces
        assert sum(piece in text for piece in pieces) >= 0.8 * len(pieces), name
    assert re.search(r"DOI:10\.\d{4,}/", text)


def test_navigation_and_tools_stay_off_the_paper(chromium: Browser, site_url: str):
    with opened(chromium, site_url) as watched:
        page = watched.go("clinical/perinatal/")
        page.emulate_media(media="print")
        shown = page.evaluate(
            """() => [...document.querySelectorAll(
                 "header, .lr-nav, .lr-toc, .lr-pager, .md-search, .lr-offer, main button, dialog")]
               .filter((e) => e.getClientRects().length && getComputedStyle(e).visibility !== "hidden")
               .map((e) => e.tagName + "." + e.className)"""
        )
        assert not shown


def test_what_is_folded_on_the_screen_is_open_on_paper(chromium: Browser, site_url: str):
    with opened(chromium, site_url) as watched:
        page = watched.go("audit/")
        page.emulate_media(media="print")
        closed = page.evaluate(
            """() => [...document.querySelectorAll("#lr-text details:not([open]) p")]
               .filter((p) => p.textContent.trim() && !p.getClientRects().length && !p.closest("#lr-cite")).length"""
        )
        assert closed == 0


#: The sizes of letters in a table, and the heads that are one character wide.
SIZES = """(table) => {
  const size = (element) => parseFloat(getComputedStyle(element).fontSize);
  const beside = ".lr-trials__label, .lr-trials__stage, .lr-badge, .lr-tally__aside, .lr-tally__names";
  return [size(table), Math.max(0, ...[...table.querySelectorAll(beside)].map(size))];
}"""
SLENDER = """(all) => all.filter((head) => {
  const range = document.createRange();
  range.selectNodeContents(head);
  const box = range.getBoundingClientRect();
  return head.textContent.trim().length > 1 && box.height > 3 * box.width;
}).map((head) => head.textContent)"""
#: What of a sheet of A4 is left between the margins, in pixels.
SHEET = {"width": 658, "height": 960}


@pytest.mark.parametrize(("path", "head"), [("trials/", "例数"), ("en/trials/", "Participants")])
@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_each_sheet_of_the_trials_begins_with_the_heads_of_the_columns(
    chromium: Browser, site_url: str, path: str, head: str, script: bool
):
    with opened(chromium, site_url, java_script_enabled=script) as watched:
        watched.page.goto(site_url + path)
        sheets = [page.extract_text() for page in printed(watched.page).pages]
    with_trials = [sheet for sheet in sheets[:3] if len(re.findall(r"NCT\d{8}|20\d\d", sheet)) > 3]
    assert len(with_trials) == 3
    assert all(head in sheet for sheet in with_trials)


@pytest.mark.parametrize("path", ["trials/", "en/trials/"])
def test_tables_of_trials_can_be_read_on_paper(chromium: Browser, site_url: str, path: str):
    with opened(chromium, site_url, viewport=SHEET) as watched:
        page = watched.go(path)
        page.emulate_media(media="print")
        open_details(page)
        for table in page.locator("#lr-text table").all():
            size, beside = table.evaluate(SIZES)
            assert beside < size, table.inner_text()[:80]
        assert page.locator("#lr-text thead th").evaluate_all(SLENDER) == []


@pytest.mark.parametrize("path", ["clinical/perinatal/", "en/clinical/perinatal/"])
def test_what_programs_read_and_ways_back_stay_off_the_paper(chromium: Browser, site_url: str, path: str):
    with opened(chromium, site_url) as watched:
        page = watched.go(path)
        page.emulate_media(media="print")
        open_details(page)
        expect(page.locator('#lr-cite [data-format="vancouver"]').first).to_be_visible()
        for gone in ("bibtex", "ris", "csl"):
            expect(page.locator(f'#lr-cite details:has([data-format="{gone}"])')).to_be_hidden()
        assert page.locator(".lr-ref__back:visible").count() == 0
