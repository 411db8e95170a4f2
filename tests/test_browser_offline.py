"""The copy that opens from disk, in a browser, from disk: every kind of page, search, the other language."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from browser_support import KINDS, PREFIXES, Watched, existing, opened
from livingreview.offline import offline_files, pack, read_site

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("offline")]


@pytest.fixture(scope="module")
def copy(site_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The zip, unpacked, in a folder whose name needs escaping in an address."""
    folder = tmp_path_factory.mktemp("from disk")
    packed = pack(offline_files(read_site(site_dir)), "edition-offline", "2026-11-23")
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        archive.extractall(folder)
    return folder / "edition-offline"


@pytest.fixture
def disk(chromium: Browser, copy: Path) -> Iterator[Watched]:
    with opened(chromium, copy.as_uri() + "/") as watched:
        yield watched


def page_of(kind: str) -> str:
    return f"{kind}index.html"


def search(page: Page, words: str) -> list[str]:
    """Type into the search box; return where the results lead."""
    page.keyboard.press("/")
    page.locator("[data-md-component=search-query]").fill(words)
    page.keyboard.press("Shift")
    page.locator(".md-search-result__link").first.wait_for()
    return [link.get_attribute("href") or "" for link in page.locator(".md-search-result__link").all()]


def test_every_kind_of_page_opens_without_complaint_and_asks_no_host(disk: Watched, copy: Path):
    kinds = existing(copy, tuple(prefix + kind for prefix in PREFIXES for kind in KINDS))
    assert len(kinds) > 20
    for kind in kinds:
        page = disk.go(page_of(kind))
        assert page.locator("h1").first.is_visible(), kind
    assert not disk.complaints
    assert not disk.foreign


@pytest.mark.parametrize(("language", "words"), [("", "间充质"), ("", "PACE"), ("en/", "amputation"), ("en/", "PACE")])
def test_search_works_from_disk_and_leads_to_pages(disk: Watched, copy: Path, language: str, words: str):
    page = disk.go(page_of(language))
    found = search(page, words)
    assert found
    for address in found:
        path = address.split("?")[0].split("#")[0]
        assert path.startswith(copy.as_uri() + "/" + language), address
        assert path.endswith(".html"), address
    page.locator(".md-search-result__link").first.click()
    page.wait_for_load_state()
    expect(page.locator("h1").first).to_be_visible()
    assert not disk.complaints
    assert not disk.foreign


def test_the_index_is_loaded_when_the_reader_searches_not_before(disk: Watched):
    page = disk.go(page_of("clinical/perinatal/"))
    page.wait_for_timeout(300)
    assert not [url for url in disk.requests if "search_documents" in url or ".source.js" in url]
    search(page, "PLX-PAD")
    assert [url for url in disk.requests if "search_documents" in url]


def test_the_switch_keeps_page_and_paragraph(disk: Watched, copy: Path):
    page = disk.go(page_of("clinical/perinatal/") + "#plx-pad-survival")
    page.locator("a[data-lr-language=en]").first.click()
    page.wait_for_url(re.compile(r"/en/"))
    assert page.url == (copy / "en/clinical/perinatal/index.html").as_uri() + "#plx-pad-survival"
    assert page.evaluate("document.documentElement.lang") == "en"
    assert not disk.complaints


def test_every_link_of_every_page_leads_to_a_file_of_the_copy(copy: Path):
    attribute = re.compile(r"<(?!link\b)[^>]*?\s(?:href|src)=\"([^\"]*)\"")
    lost = []
    for path in copy.rglob("*.html"):
        html = re.sub(r"<script\b(?![^>]*\bsrc=).*?</script>|<!--.*?-->", "", path.read_text("utf-8"), flags=re.DOTALL)
        for address in attribute.findall(html):
            target = address.split("#")[0].split("?")[0]
            if target and not re.match(r"[a-z][a-z0-9+.-]*:|//", target) and not (path.parent / target).is_file():
                lost.append((path.relative_to(copy).as_posix(), address))
    assert not lost[:10]


def test_without_javascript_it_can_be_read_and_followed(chromium: Browser, copy: Path):
    with opened(chromium, copy.as_uri() + "/", java_script_enabled=False) as watched:
        page = watched.page
        page.goto(watched.origin + page_of(""))
        page.locator("a[href*='introduction/index.html']").first.click()
        assert page.url.endswith("/introduction/index.html")
        page.locator("a[data-lr-language=en]").first.click()
        assert page.url.endswith("/en/introduction/index.html")
