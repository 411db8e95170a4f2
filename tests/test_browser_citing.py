"""Citing in a real browser: the dialog says what the engine says, by mouse, keyboard and without a script;
the bar of an old version names the paragraph that changed.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from html import escape
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from browser_support import Watched, opened, overflow, serve
from citing_support import DAY, STAMP, clean_pages
from livingreview.block_citations import FORMATS
from livingreview.edition import Edition, Release, Stamp
from livingreview.edition_pages import EditionPages
from livingreview.frozen import freeze_site
from livingreview.versions import render_stamp
from sites_support import copy_clean

pytest_plugins = ["browser_support"]
pytestmark = pytest.mark.browser

ASSETS = Path(__file__).resolve().parent.parent / "docs" / "assets"
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:"
CHANGED = "More tide gauges are needed."


def url(slug: str, fragment: str = "") -> str:
    return f"/en/{slug}/" + (f"#{fragment}" if fragment else "")


def document(pages: EditionPages, language: str, slug: str) -> str:
    """Return a page with its blocks, their permanent links, and what the engine adds about citing."""
    chapter = pages.review.chapter(language, slug)
    assert chapter is not None
    up = "../" * (pages.address(language, slug).count("/") - 1)
    blocks = "".join(
        f'<p id="{block.id}">{escape(block.text or block.caption)}'
        f'<a class="lr-permalink" href="#{block.id}" aria-label="Permanent link"></a></p>'
        for block in chapter.blocks
        if block.id
    )
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}"><title>{escape(chapter.title)}</title>'
        '<link rel="icon" href="data:,">'
        f'<link rel="stylesheet" href="{up}assets/stylesheets/base.css">'
        f'<link rel="stylesheet" href="{up}assets/stylesheets/cite.css">'
        f'{pages.head(language, slug)}</head><body><main class="md-typeset"><h1>{escape(chapter.title)}</h1>{blocks}'
        f"{pages.block(language, slug, url)}</main>{render_stamp(pages.edition.stamp, language)}"
        f'<script defer src="{up}assets/javascripts/cite.js"></script></body></html>'
    )


def write_site(pages: EditionPages, folder: Path) -> None:
    """Write a site without any site generator."""
    for language, slug in pages.review.chapters:
        target = folder / pages.address(language, slug).lstrip("/") / "index.html"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(document(pages, language, slug), encoding="utf-8")
    for name, data in pages.files().items():
        target = folder / name.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    for name in ("javascripts/cite.js", "javascripts/versions.js", "stylesheets/base.css", "stylesheets/cite.css"):
        target = folder / "assets" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ASSETS / name, target)


def change(root: Path, language: str = "en") -> None:
    path = root / "docs" / language / "heights.md"
    text = path.read_text(encoding="utf-8")
    assert CHANGED in text
    path.write_text(text.replace(CHANGED, "Many more tide gauges are needed."), encoding="utf-8")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, EditionPages]]:
    """A served site of which version 1.0.0 is frozen and one paragraph has changed since."""
    folder = tmp_path_factory.mktemp("citing")
    root, site = copy_clean(folder / "root"), folder / "site"
    site.mkdir()
    with serve(site) as origin:
        release = Release("1.0.0", "2026-12-01", "f" * 40)
        before = clean_pages(root, Edition(origin, STAMP))
        prints = before.prints
        write_site(clean_pages(root, Edition(origin, STAMP, (release,), prints)), site)
        copy = freeze_site(site, release, prints, origin, Stamp(release.commit, release.date))
        change(root)
        record = root / "data" / "changes.yml"
        record.write_text(
            '- id: v1.0.0\n  date: "2026-12-01"\n  kind: version\n  version: 1.0.0\n  title: {zh: 发布, en: Out}\n'
            '- id: range\n  date: "2026-12-04"\n  kind: correction\n  title: {zh: 改, en: Corrected}\n'
            "  was: {zh: a, en: a}\n  now: {zh: b, en: b}\n  blocks: [heights#ranges]\n  corrects: [1.0.0]\n",
            encoding="utf-8",
        )
        now = clean_pages(root, Edition(origin, STAMP, (release,), prints))
        write_site(now, site)
        for name, data in copy.items():
            target = site / "v" / "1.0.0" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        yield origin, now


@pytest.fixture
def visit(chromium: Browser, place: tuple[str, EditionPages]) -> Iterator[Watched]:
    origin, _pages = place
    with opened(chromium, origin, permissions=["clipboard-read", "clipboard-write"]) as watched:
        watched.page.clock.set_fixed_time(f"{DAY}T12:00:00")
        yield watched
        assert watched.foreign == []
        assert watched.complaints == []


def open_for(page: Page, fragment: str) -> None:
    page.locator(f"#{fragment}").hover()
    page.locator(".lr-cite-open").click()


def choose(page: Page, name: str, value: str) -> None:
    page.locator(f'.lr-cite-dialog input[name="{name}"][value="{value}"]').check()


def shown(page: Page) -> str:
    return page.locator(".lr-cite-dialog .lr-citing__text").inner_text().strip()


@pytest.mark.parametrize(
    ("language", "slug"), [("zh", "heights"), ("en", "heights"), ("zh", "index"), ("en", "beyond")]
)
def test_the_dialog_says_for_every_block_what_the_engine_says(
    visit: Watched, place: tuple[str, EditionPages], language: str, slug: str
) -> None:
    _origin, pages = place
    page = visit.go(pages.address(language, slug).lstrip("/"))
    for fragment, part in pages.parts(language, slug).items():
        if fragment:
            open_for(page, fragment)
        else:
            page.locator('[data-lr-cite=""]').click()
        expected = pages.citer.cite(part, DAY)
        for style in FORMATS:
            choose(page, "lr-cite-format", style)
            assert shown(page) == expected[style].strip(), f"{fragment} {style}"
        page.keyboard.press("Escape")
        expect(page.locator("dialog[open]")).to_have_count(0)


def test_a_released_paragraph_is_cited_frozen_and_a_newer_one_is_said_to_be_newer(visit: Watched) -> None:
    page = visit.go("en/heights/")
    open_for(page, "ranges")
    assert "/v/1.0.0/en/heights/#ranges" in shown(page)
    assert "no longer changes" in page.locator(".lr-cite-dialog__state").inner_text()
    expect(page.locator(".lr-cite-dialog__old")).to_be_hidden()
    page.keyboard.press("Escape")
    open_for(page, "gauges")
    assert "/v/" not in shown(page)
    said = page.locator(".lr-cite-dialog__state").inner_text()
    assert all(word in said for word in ("newer than the last release", "1.0.0", STAMP.date, STAMP.short))
    expect(page.locator(".lr-cite-dialog__old")).to_have_attribute("href", f"{visit.origin}v/1.0.0/en/heights/#gauges")


def test_the_article_can_be_cited_instead_and_the_guidance_says_when(
    visit: Watched, place: tuple[str, EditionPages]
) -> None:
    _origin, pages = place
    page = visit.go("en/heights/")
    open_for(page, "gauges")
    assert "cite the article" in page.locator(".lr-cite-dialog__guidance").inner_text()
    choose(page, "lr-cite-which", "article")
    for style, text in pages.citer.article.items():
        choose(page, "lr-cite-format", style)
        assert shown(page) == text.strip()
    expect(page.locator(".lr-cite-dialog__state")).to_be_hidden()


def test_everything_works_by_keyboard(visit: Watched) -> None:
    page = visit.go("en/heights/")
    page.locator("#gauges .lr-permalink").focus()
    page.keyboard.press("Tab")
    expect(page.locator(".lr-cite-open")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Cite")).to_be_visible()
    page.locator('input[name="lr-cite-format"][value="gbt"]').focus()
    page.keyboard.press("ArrowRight")
    assert "[Internet]" in shown(page)
    page.get_by_role("button", name="Copy").focus()
    page.keyboard.press("Space")
    expect(page.locator(".lr-cite-dialog__said")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()").strip() == shown(page)
    page.keyboard.press("Escape")
    expect(page.locator(".lr-cite-open")).to_be_focused()


@pytest.mark.parametrize("scheme", ["default", "slate"])
def test_axe_finds_nothing_in_the_open_dialog_or_the_bar(visit: Watched, scheme: str) -> None:
    for path in ("en/heights/", "v/1.0.0/en/heights/"):
        page = visit.go(path)
        page.evaluate("scheme => document.body.setAttribute('data-md-color-scheme', scheme)", scheme)
        open_for(page, "gauges")
        for opened_dialog in (True, False):
            found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]})
            assert found.response["violations"] == [], f"{path} {opened_dialog}"
            page.keyboard.press("Escape")


def test_the_last_format_is_remembered(visit: Watched) -> None:
    page = visit.go("en/heights/")
    open_for(page, "gauges")
    choose(page, "lr-cite-format", "bibtex")
    page = visit.go("en/beyond/")
    open_for(page, "chart")
    assert shown(page).startswith("@incollection{")


@pytest.mark.parametrize(("style", "name"), [("bibtex", ".bib"), ("ris", ".ris"), ("csl", ".json"), ("gbt", ".txt")])
def test_a_citation_is_downloaded_as_a_file(visit: Watched, style: str, name: str) -> None:
    page = visit.go("en/heights/")
    open_for(page, "gauges")
    choose(page, "lr-cite-format", style)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download").click()
    assert waiting.value.suggested_filename == f"livingreview-en-heights-gauges{name}"
    assert Path(waiting.value.path()).read_text(encoding="utf-8").strip() == shown(page)


def test_a_permanent_link_is_copied_with_one_click(visit: Watched) -> None:
    page = visit.go("en/heights/")
    page.locator("#gauges").hover()
    page.locator("#gauges .lr-permalink").click()
    expect(page.locator(".lr-cite-status")).to_have_text("Address of this paragraph copied")
    assert page.evaluate("navigator.clipboard.readText()") == f"{visit.origin}en/heights/#gauges"
    assert page.url.endswith("#gauges")


def test_without_a_script_the_citation_stands_at_the_end(chromium: Browser, place: tuple[str, EditionPages]) -> None:
    origin, _pages = place
    with opened(chromium, origin, java_script_enabled=False) as watched:
        watched.page.goto(f"{origin}en/heights/")
        block = watched.page.locator("#lr-cite")
        expect(block.locator('pre[data-format="gbt"]').first).to_be_visible()
        expect(block.locator("pre")).to_have_count(7)
        assert "[date of access]" in block.inner_text()


# -- on the built site: with the style sheets as they are served --------------------


@pytest.fixture
def built(chromium: Browser, site_url: str) -> Iterator[Watched]:
    with opened(chromium, site_url, permissions=["clipboard-read", "clipboard-write"]) as watched:
        yield watched
        assert watched.complaints == []


@pytest.mark.parametrize("path", ["clinical/perinatal/", "en/clinical/perinatal/"])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_dialog_is_closed_at_its_upper_corner(built: Watched, path: str, width: int) -> None:
    page = built.go(path)
    page.set_viewport_size({"width": width, "height": 844})
    page.locator("#lr-cite [data-lr-cite]").click()
    around = page.locator(".lr-cite-dialog").bounding_box()
    close = page.locator(".lr-cite-dialog__close").bounding_box()
    assert around is not None
    assert close is not None
    assert close["y"] - around["y"] < 40
    assert around["x"] + around["width"] - (close["x"] + close["width"]) < 40


@pytest.mark.parametrize("how", ["escape", "button"])
def test_who_closes_the_dialog_is_back_in_the_paragraph_it_was_about(built: Watched, how: str) -> None:
    """The pointer then stands on another paragraph, to which the one button for all goes."""
    page = built.go("en/clinical/perinatal/")
    page.locator("#plx-pad-survival").hover()
    page.locator("#plx-pad-survival .lr-cite-open").click()
    page.get_by_role("dialog").get_by_role("button", name="Copy").click()
    if how == "escape":
        page.keyboard.press("Escape")
    else:
        page.locator(".lr-cite-dialog__close").click()
    page.locator("#plx-pad").hover()
    page.wait_for_timeout(100)
    assert page.evaluate("document.activeElement.closest('[id]').id") == "plx-pad-survival"


@pytest.mark.parametrize("path", ["clinical/perinatal/", "en/clinical/perinatal/"])
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_the_button_beside_a_link_moves_no_text(built: Watched, path: str, width: int) -> None:
    page = built.go(path)
    page.set_viewport_size({"width": width, "height": 844})
    links = page.locator("#lr-text a.lr-permalink")
    height = page.evaluate("document.documentElement.scrollHeight")
    for number in range(links.count()):
        links.nth(number).focus()
        assert page.evaluate("document.documentElement.scrollHeight") == height, number
        assert overflow(page) == []


# -- an old version ----------------------------------------------------------------


def test_the_bar_of_an_old_version_names_the_paragraph_that_changed(visit: Watched) -> None:
    page = visit.go("v/1.0.0/en/heights/")
    bar = page.locator("#lr-version")
    expect(bar.locator("li")).to_have_count(1)
    expect(bar.locator("li")).to_contain_text(CHANGED)
    assert bar.locator("li a").first.get_attribute("href") == "#gauges"
    expect(page.locator("#gauges")).to_have_class("lr-version-changed")
    expect(page.locator("#ranges")).not_to_have_class("lr-version-changed")
    bar.locator("li a").nth(1).click()
    page.wait_for_url("**/en/heights/#gauges")
    assert "/v/" not in page.url
    assert "Many more" in page.locator("#gauges").inner_text()


def test_a_page_that_did_not_change_says_so(visit: Watched) -> None:
    page = visit.go("v/1.0.0/en/beyond/")
    expect(page.locator(".lr-version__changes")).to_have_text("Nothing on this page has changed since.")
    page = visit.go("v/1.0.0/heights/")
    expect(page.locator(".lr-version__changes")).to_have_text("本页自这一版以来没有改动。")


def test_the_way_to_the_current_text_keeps_the_reader_s_place(visit: Watched) -> None:
    page = visit.go("v/1.0.0/en/heights/#ranges")
    link = page.locator(".lr-version__current")
    assert link.evaluate("link => link.href") == f"{visit.origin}en/heights/#ranges"
    page.evaluate("location.hash = 'gauges'")
    expect(link).to_have_attribute("href", "../../../../en/heights/#gauges")


def test_a_correction_since_is_shown_at_its_paragraph_in_the_old_version(visit: Watched) -> None:
    page = visit.go("v/1.0.0/en/heights/")
    expect(page.locator("#ranges .lr-mark--erratum")).to_have_text("corrected on 2026-12-04")
    expect(page.locator("#gauges .lr-mark--erratum")).to_have_count(0)


def test_an_old_version_cites_itself(visit: Watched) -> None:
    page = visit.go("v/1.0.0/en/heights/")
    open_for(page, "gauges")
    assert "/v/1.0.0/en/heights/#gauges" in shown(page)


def test_an_old_version_reads_well_when_the_current_text_cannot_be_read(
    chromium: Browser, place: tuple[str, EditionPages]
) -> None:
    origin, _pages = place
    with opened(chromium, origin) as watched:
        watched.page.route("**/anchors.json", lambda route: route.abort())
        page = watched.go("v/1.0.0/en/heights/")
        expect(page.locator(".lr-version__changes")).to_have_text(
            "The current text could not be read, so nothing can be compared."
        )


def test_the_data_of_the_dialog_are_small(place: tuple[str, EditionPages]) -> None:
    _origin, pages = place
    block = pages.block("en", "heights", url)
    data = block.partition('id="lr-cite-data">')[2].partition("</script>")[0]
    assert json.loads(data)["key"] == "livingreview-en-heights"
    assert len(data) < 12_000
