"""The site elsewhere: below another path, as on a mirror, below a path of its own, and with the headers it asks for."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from lxml import etree
from playwright.sync_api import Browser

from browser_support import KINDS, PREFIXES, StaticHost, Watched, existing, opened, serve
from conftest import run_mkdocs
from pages import built_pages
from reuse_support import plant_second_review
from search_support import SearchBox

pytest_plugins = ["browser_support"]

#: Where the site is put that was built for the root of another host.
MIRROR = "some/mirror/"

#: What the second review is built for.
BASE = "https://host.example/base/"
REPOSITORY = "https://github.com/someone/scurvy"


@pytest.fixture
def mirror(chromium: Browser, site_dir: Path, tmp_path: Path) -> Iterator[Watched]:
    (tmp_path / MIRROR).parent.mkdir(parents=True)
    (tmp_path / MIRROR).symlink_to(site_dir)
    shutil.copy(site_dir / "404.html", tmp_path)
    with serve(tmp_path) as address, opened(chromium, address + MIRROR) as watched:
        yield watched


@pytest.mark.browser
def test_every_kind_of_page_works_below_another_path(mirror: Watched, site_dir: Path) -> None:
    for path in existing(site_dir, tuple(prefix + kind for prefix in PREFIXES for kind in KINDS)):
        mirror.go(path)
    assert mirror.complaints == []
    assert mirror.foreign == []


@pytest.mark.browser
def test_switch_and_search_stay_below_that_path(mirror: Watched) -> None:
    page = mirror.go("clinical/perinatal/#plx-pad-survival")
    page.click("a[data-lr-language]")
    page.wait_for_url(f"{mirror.origin}en/clinical/perinatal/#plx-pad-survival")
    search = SearchBox(page, f"{mirror.origin}en/")
    assert search.ask("amputation")
    page.locator(".md-search-result__link").first.click()
    page.wait_for_url(f"{mirror.origin}en/**")
    assert page.locator("h1").count() == 1
    assert mirror.complaints == []
    assert mirror.foreign == []


def test_no_page_but_the_one_for_lost_addresses_depends_on_where_the_site_is(site_dir: Path) -> None:
    rooted = [
        f"{page.name}: {address}"
        for page in built_pages(site_dir)
        for address in (*page.links(), *page.loads())
        if address.startswith("/") and page.name != "404.html"
    ]
    assert rooted == []


@pytest.fixture(scope="module")
def based(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A host's folder that holds the second review, built for a path below its root."""
    root = plant_second_review(tmp_path_factory.mktemp("based") / "review")
    done = run_mkdocs(root, PYTHONPATH=str(root / "hooks"), SITE_URL=BASE, REPO_URL=REPOSITORY)
    assert done.returncode == 0, done.stdout + done.stderr
    host = root.parent / "host"
    host.mkdir()
    (root / "site").rename(host / "base")
    shutil.copy(host / "base" / "404.html", host)
    return host


def test_what_names_the_site_names_its_path(based: Path) -> None:
    for page in built_pages(based / "base"):
        for canonical in page.tree.xpath("//link[@rel='canonical']/@href"):
            assert canonical == BASE.removesuffix("/") + page.address
    sitemap = etree.parse(based / "base" / "sitemap.xml")
    assert {str(text)[: len(BASE)] for text in sitemap.xpath("//*[local-name()='loc']/text()")} == {BASE}


@pytest.mark.browser
@pytest.mark.parametrize(("lost", "language"), [("nowhere/at/all/", "en"), ("de/nirgends/", "de")])
def test_a_lost_address_shows_a_page_with_all_its_parts(
    chromium: Browser, based: Path, lost: str, language: str
) -> None:
    with serve(based) as address, opened(chromium, f"{address}base/") as watched:
        page = watched.page
        page.goto(f"{address}base/{lost}", wait_until="load")
        assert page.locator(".lr-notfound").first.get_attribute("lang") == language
        assert watched.foreign == []
        assert [said for said in watched.complaints if "404" not in said] == []
        page.locator(".lr-notfound a").first.click()
        page.wait_for_url(f"{address}base/{'de/' if language == 'de' else ''}")


# -- a reader who has found a fault --------------------------------------------------


def test_every_page_leads_to_its_file_and_to_a_report(based: Path) -> None:
    for page in built_pages(based / "base"):
        if page.name == "404.html":
            continue
        (edit,) = page.tree.xpath("//a[@rel='edit']/@href")
        path = str(edit).removeprefix(f"{REPOSITORY}/edit/main/")
        assert (based.parent / "review" / path).is_file(), (page.name, edit)
        assert page.tree.xpath(f"//a[starts-with(@href, '{REPOSITORY}/issues/new?')]"), page.name


@pytest.mark.browser
def test_a_block_s_dialog_reports_that_block(chromium: Browser, based: Path) -> None:
    with serve(based) as address, opened(chromium, f"{address}base/") as watched:
        page = watched.go("trial/#six-pairs")
        page.locator("#six-pairs").hover()
        page.locator(".lr-cite-open").click()
        link = urlsplit(str(page.locator(".lr-cite-dialog__report a").get_attribute("href")))
        fields = parse_qs(link.query)
        assert f"{link.scheme}://{link.netloc}{link.path}" == f"{REPOSITORY}/issues/new"
        assert "trial#six-pairs" in fields["title"][0]
        assert f"{BASE}trial/#six-pairs" in fields["body"][0]
        assert str(page.locator("#six-pairs").inner_text())[:40] in fields["body"][0]
        assert watched.complaints == []


@pytest.mark.browser
def test_a_report_quotes_the_block_s_words_and_not_its_tools(chromium: Browser, based: Path) -> None:
    with serve(based) as address, opened(chromium, f"{address}base/") as watched:
        page = watched.go("trial/")
        words = page.evaluate(
            """() => { const block = [...document.querySelectorAll("#lr-text > p[id], #lr-text li[id]")]
              .find((one) => one.textContent.trim().length < 78);
              return [block.id, block.textContent.trim().replace(/\\s+/g, " ")]; }"""
        )
        page.locator(f"#{words[0]}").hover()
        page.locator(".lr-cite-open").click()
        link = urlsplit(str(page.locator(".lr-cite-dialog__report a").get_attribute("href")))
        assert f"> {words[1]}\n" in parse_qs(link.query)["body"][0]


@pytest.mark.browser
def test_without_a_repository_nobody_is_sent_anywhere(chromium: Browser, site_url: str) -> None:
    with opened(chromium, site_url) as watched:
        page = watched.go("en/clinical/perinatal/")
        assert page.locator(".lr-help, a[rel=edit]").count() == 0


# -- the headers that the page on hosting asks for -----------------------------------


def asked_headers(root: Path, language: str) -> list[tuple[str, str, str]]:
    """Return pattern, name and value of each header, in the order of the page."""
    text = (root / "docs" / language / "about" / "hosting.md").read_text(encoding="utf-8")
    block = text.partition("{#headers}")[2].partition("```text\n")[2].partition("```")[0]
    rules, pattern = [], ""
    for row in block.splitlines():
        if row.startswith("/"):
            pattern = row
        else:
            name, _, value = row.strip().partition(": ")
            rules.append((pattern, name, value))
    return rules


@pytest.fixture
def host(root: Path) -> type[StaticHost]:
    """A host that sends the headers asked for; of two with one name, the later."""
    rules = asked_headers(root, "en")

    class WithHeaders(StaticHost):
        def end_headers(self) -> None:
            path = self.path.partition("?")[0]
            found = {name: value for pattern, name, value in rules if fnmatch(path, pattern)}
            for name, value in found.items():
                if name != "Content-Type":
                    self.send_header(name, value)
            super().end_headers()

    return WithHeaders


@pytest.mark.browser
def test_the_site_works_with_the_headers_it_asks_for(chromium: Browser, site_dir: Path, host: type[StaticHost]) -> None:
    with serve(site_dir, host) as address, opened(chromium, address) as watched:
        for path in ("", "en/trials/", "audit/", "compare/mechanisms/"):
            watched.go(path)
        page = watched.go("en/clinical/perinatal/")
        assert SearchBox(page, f"{address}en/").ask("amputation")
        assert watched.complaints == []
        assert watched.foreign == []
        home, data = (page.request.get(address + name).headers for name in ("", "data/trials.json"))
        assert home["x-content-type-options"] == "nosniff"
        assert "access-control-allow-origin" not in home
        assert data["access-control-allow-origin"] == "*"


def test_both_languages_ask_for_the_same_headers_and_of_files_that_exist(root: Path, site_dir: Path) -> None:
    rules = asked_headers(root, "en")
    assert rules == asked_headers(root, "zh")
    files = ["/" + path.relative_to(site_dir).as_posix() for path in site_dir.rglob("*") if path.is_file()]
    for pattern in {pattern for pattern, _, _ in rules} - {"/v/*"}:
        assert any(fnmatch(file, pattern) for file in files), pattern
