"""Lists of references and the cards they open: by mouse, keyboard and touch, and as plain links without a script."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from lxml import html as lxml_html
from mkdocs_bibtex.citation import CitationBlock
from playwright.sync_api import Browser, Page, expect

from bibtex_registry import EngineRegistry
from browser_support import serve
from effort import calls_of
from livingreview import references as references_module
from livingreview.bibliography import parse_bibliography
from livingreview.cards import (
    Finding,
    Place,
    ReferenceBook,
    cited_keys,
    finish_page,
    number_occurrences,
    render_page_references,
    render_references,
    verification,
)
from livingreview.citations import CitedWork, citation_labels, number_works, render_group
from livingreview.references import format_bibliography
from livingreview.verified import VerificationLedger, load_ledger

ROOT = Path(__file__).parent.parent
ASSETS = ROOT / "docs" / "assets"

BIB = """
@article{first2020a, author = {García, Ana and others}, title = {First <work> & more}, journal = {Journal of One},
  shortjournal = {J One}, year = {2020}, volume = {1}, pages = {1--9}, doi = {10.1000/a}, pmid = {11},
  langid = {english}, keywords = {trial}}
@article{second2021b, author = {王海 and others}, author-latin = {Wang, Hai and others}, title = {第二项研究},
  title-en = {A second study}, journal = {某某杂志}, shortjournal = {Mou Mou Za Zhi}, year = {2021}, volume = {2},
  langid = {chinese}, keywords = {preclinical}}
@article{third2022c, author = {Kim, B.}, title = {Third}, journal = {J}, year = {2022}, langid = {english},
  keywords = {review}}
@article{fourth2023d, author = {Lee, C.}, title = {Fourth}, journal = {J}, year = {2023}, langid = {english},
  keywords = {guideline}}
@article{fifth2024e, author = {Das, D.}, title = {Fifth}, journal = {J}, year = {2024}, langid = {english},
  keywords = {trial}}
"""

LEDGER = """works:
  first2020a:
    date: 2026-11-23
    method: read from a public page
    read_at: publisher's page
    fields: {author: as-printed-in-review, title: verified}
    doi: {id: 10.1000/a, status: not-verified, date: 2026-11-23}
    notices: {status: none-found, date: 2026-11-23}
  second2021b:
    date: 2026-11-23
    read_at: list
    fields: {author: as-printed-in-review, title-en: ours, author-latin: ours}
    notices: {status: unknown}
  third2022c:
    date: 2026-11-23
    read_at: abstract
    fields: {author: verified}
    notices:
      status: retracted
      date: 2026-01-01
      items:
      - {type: retraction, source: publisher, doi: 10.1000/notice, date: 2025-12-03}
      - {type: retraction, source: retraction-watch, doi: 10.1000/notice, date: 2025-12-03}
      - {type: retraction, source: pubmed, pmid: "4711"}
      - {type: retraction, source: title}
"""


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> dict[str, ReferenceBook]:
    references, problems = parse_bibliography(BIB, "refs.bib")
    assert problems == ()
    ledger, problems = load_ledger(LEDGER)
    assert problems == ()
    cache = tmp_path_factory.mktemp("cache")
    places = {
        "first2020a": (Place("one", "p1"), Place("two", "p2"), Place("two", "p3")),
        "fourth2023d": (Place("two", "p9"),),
    }
    return {
        language: ReferenceBook(
            language,
            {reference.key: reference for reference in references},
            format_bibliography(references, language, ROOT, cache_dir=cache),
            number_works(["first2020a", "second2021b", "third2022c"], ["fourth2023d"]),
            ledger,
            places,
            {"first2020a": (Finding("c001", "partly", "Partly supported"),)},
        )
        for language in ("zh", "en")
    }


def url(slug: str, fragment: str) -> str:
    return f"../{slug}/#{fragment}"


def text_of(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", "", html)).split())


def page_of(book: ReferenceBook, *groups: tuple[str, ...]) -> str:
    """Return the finished HTML of a page with these groups, one a paragraph."""
    cited = [
        render_group([CitedWork(key) for key in keys], book.numbering, book.language, book.statuses) for keys in groups
    ]
    body = "".join(f"<p>Some text of paragraph {n}{group} and on.</p>" for n, group in enumerate(cited))
    return finish_page(book, body, "one", url, lambda slug: f"Page {slug}")


def test_the_foot_of_a_page(books: dict[str, ReferenceBook]) -> None:
    html = page_of(books["en"], ("third2022c",), ("first2020a", "second2021b", "third2022c"), ("first2020a",))
    tree = lxml_html.fromstring(f"<div>{html}</div>")
    assert tree.xpath("//ol/li/@id") == ["fn-first2020a", "fn-second2021b", "fn-third2022c"]
    for link in tree.xpath("//*[contains(@class,'lr-cite__link')]/@href"):
        assert tree.xpath(f"//li[@id='{link[1:]}']")
    for back in tree.xpath("//*[contains(@class,'lr-ref__back')]/@href"):
        assert tree.xpath(f"//a[@id='{back[1:]}']"), back
    assert len(set(tree.xpath("//@id"))) == len(tree.xpath("//@id"))
    (first,) = tree.xpath("//li[@id='fn-first2020a']")
    shown = " ".join(first.text_content().split())
    assert shown.startswith("[1] García A, et al. First <work> & more. J One. 2020;1:1-9. doi:10.1000/a.")
    assert "Cited in: Page two (2)" in shown
    assert first.xpath(".//a[text()='Full entry']/@href") == ["../references/#ref-first2020a"]
    (section,) = tree.xpath("//section")
    assert section.get("data-search-exclude") is not None


def test_further_passages_are_listed_in_the_language_s_own_punctuation(books: dict[str, ReferenceBook]) -> None:
    assert "Page one、Page two（2）" in text_of(render_references(books["zh"], url, lambda slug: f"Page {slug}"))
    assert "Page one, Page two (2)" in text_of(render_references(books["en"], url, lambda slug: f"Page {slug}"))


def test_a_page_without_citations_gets_no_list(books: dict[str, ReferenceBook]) -> None:
    assert finish_page(books["zh"], "<p>x</p>", "one", url, str) == "<p>x</p>"
    assert render_page_references(books["zh"], ["nobody2000x"], "one", url, str) == ""


def test_a_run_lists_the_works_between_too(books: dict[str, ReferenceBook]) -> None:
    keys = [CitedWork(key) for key in ("first2020a", "second2021b", "third2022c")]
    html = render_group(keys, books["en"].numbering, "en")
    assert cited_keys(html) == ("first2020a", "second2021b", "third2022c")
    assert number_occurrences(html * 2)[1] == {"first2020a": 2, "third2022c": 2}


def test_what_is_ours_and_what_befell_a_work_is_said(books: dict[str, ReferenceBook]) -> None:
    english = text_of(page_of(books["en"], ("second2021b",), ("third2022c",)))
    assert "[A second study]. Mou Mou Za Zhi. 2021;2. Chinese." in english
    assert "(Title translated and names transliterated by this edition)" in english
    assert "Not verified" in english
    assert english.count("Retracted") == 2  # at the number and in the list
    chinese = text_of(page_of(books["zh"], ("second2021b",)))
    assert "[2] 王海，等. 第二项研究[J]. 某某杂志，2021，2." in chinese
    assert "译文" not in chinese


def test_verification_in_words(books: dict[str, ReferenceBook]) -> None:
    ledger, words = books["zh"].ledger, citation_labels("zh")
    assert verification(ledger.works["first2020a"], words) == [
        "2026-11-23 核实：publisher's page；未核实：作者",
        "DOI 未核实",
        "所读资料中未见更正或撤稿声明（2026-11-23）",
    ]
    assert verification(ledger.works["second2021b"], words)[0] == "未核实，按原综述文献表照录"
    assert verification(None, words) == ["未核实"]
    places = {"publisher's page": {"zh": "出版社页面"}}
    assert verification(ledger.works["first2020a"], words, places)[0] == "2026-11-23 核实：出版社页面；未核实：作者"


def test_the_notices_on_a_work_are_led_to(books: dict[str, ReferenceBook]) -> None:
    html = render_references(books["en"], url, lambda slug: f"Page {slug}")
    (work,) = lxml_html.fromstring(html).xpath("//li[@id='ref-third2022c']")
    assert "This work has been retracted (looked up 2026-01-01)." in work.text_content()
    assert work.xpath(".//dt[1]/text()") == ["Notices"]
    assert work.xpath(".//dd[1]")[0].text_content() == "DOI 10.1000/notice (2025-12-03), PubMed 4711"
    assert work.xpath(".//dd[1]/a/@href") == [
        "https://doi.org/10.1000/notice",
        "https://pubmed.ncbi.nlm.nih.gov/4711/",
    ]


def test_the_page_of_all_references(books: dict[str, ReferenceBook]) -> None:
    book = books["en"]
    html = render_references(book, url, lambda slug: f"Page {slug}", {"RIS": "../cite/references.ris"})
    tree = lxml_html.fromstring(f"<div>{html}</div>")
    assert tree.xpath("//h3/@id") == ["references-main", "references-beyond"]
    assert tree.xpath("//li/@id") == [f"ref-{key}" for key in book.references]
    numbers = [node.text for node in tree.xpath("//*[@class='lr-ref__number']")]
    assert numbers == ["[1]", "[2]", "[3]", "[E1]", "[–]"]
    (first,) = tree.xpath("//li[@id='ref-first2020a']")
    hrefs = first.xpath(".//a/@href")
    assert {"https://doi.org/10.1000/a", "https://pubmed.ncbi.nlm.nih.gov/11/"} <= set(hrefs)
    assert {"../one/#p1", "../two/#p2", "../two/#p3", "../audit/#c001"} <= set(hrefs)
    assert (first.get("data-language"), first.get("data-kind")) == ("en", "trial")
    assert "Verified 2026-11-23" in first.text_content()
    assert "Not cited in the text" in tree.xpath("//li[@id='ref-fifth2024e']")[0].text_content()
    assert tree.xpath("//form/@hidden")
    for anchor in tree.xpath("//a[@href]"):
        assert anchor.text_content().strip()


def test_an_empty_bibliography_has_an_empty_page() -> None:
    book = ReferenceBook("en", {}, {}, number_works([]), VerificationLedger())
    assert "<li" not in render_references(book, url, str)


def test_a_work_cited_everywhere_names_a_few_pages_at_the_foot(books: dict[str, ReferenceBook]) -> None:
    everywhere = {"third2022c": tuple(Place(f"page{n}", "p") for n in range(40))}
    book = replace(books["en"], places=everywhere)
    foot = text_of(page_of(book, ("third2022c",)))
    assert foot.count("Page page") == 6
    assert "and 34 more pages" in foot
    assert text_of(render_references(book, url, lambda slug: f"Page {slug}")).count("Page page") == 40


@pytest.mark.slow
def test_work_grows_with_pages_and_pandoc_does_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """5,000 works, 1,000 pages of 20 citations: two runs of pandoc a language, work in proportion to the pages."""
    runs: list[str] = []
    run = references_module.run_pandoc
    monkeypatch.setattr(references_module, "run_pandoc", lambda *a: runs.append(a[2]) or run(*a))
    entry = (
        "@article{{a2020b{n}, author = {{A, B}}, title = {{T}}, journal = {{J}}, year = {{2020}}, langid = {{{l}}}}}"
    )
    text = "\n".join(entry.format(n=n, l="{chinese}" if n % 3 else "{english}") for n in range(5000))
    references = parse_bibliography(text, "refs.bib")[0]
    keys = [reference.key for reference in references]
    places = {key: tuple(Place(f"page{n % 1000}", "p") for n in range(3)) for key in keys}
    formatted = format_bibliography(references, "zh", ROOT, cache_dir=tmp_path)
    book = ReferenceBook("zh", {r.key: r for r in references}, formatted, number_works(keys), places=places)
    registry = EngineRegistry(book)

    def build(count: int) -> None:
        for page in range(count):
            groups = [f"[@{keys[(page * 5 + n) % 5000]}; @{keys[(page * 7 + n) % 5000]}]" for n in range(20)]
            html = "".join(f"<p>{registry.inline_text(CitationBlock([], raw=group[1:-1]))}</p>" for group in groups)
            assert "fn-" in finish_page(book, html, f"page{page}", url, str)

    build(5)  # what is made once, whatever the number of pages
    assert calls_of(build, 1000) < 11 * calls_of(build, 100)
    assert sorted(runs) == ["en-US", "zh-CN"]


# -- in a browser ------------------------------------------------------------------

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>t</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'self'; style-src 'self'">
<link rel="stylesheet" href="citations.css"></head><body class="md-typeset">{body}
<script src="citations.js"></script></body></html>"""


@pytest.fixture(scope="module")
def address(books: dict[str, ReferenceBook], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("site")
    for name in ("javascripts/citations.js", "stylesheets/citations.css"):
        (folder / Path(name).name).write_bytes((ASSETS / name).read_bytes())
    text = page_of(books["en"], ("first2020a", "second2021b", "third2022c"), ("first2020a", "fourth2023d"))
    (folder / "index.html").write_text(PAGE.format(body="<h1>Page</h1>" + text), encoding="utf-8")
    (folder / "all.html").write_text(PAGE.format(body=render_references(books["en"], url, str)), encoding="utf-8")
    with serve(folder) as base:
        yield base


def opened(browser: Browser, address: str, **options: object) -> Page:
    page = browser.new_context(viewport={"width": 800, "height": 500}, **options).new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(address)
    assert complaints == []
    return page


@pytest.mark.browser
def test_card_by_mouse(chromium: Browser, address: str) -> None:
    page = opened(chromium, address)
    page.locator("#cite-first2020a-2").hover()
    card = page.locator(".lr-card")
    card.wait_for()
    assert "First <work> & more" in card.inner_text()
    assert "Fourth" not in card.inner_text()
    assert card.locator("a", has_text="10.1000/a").get_attribute("href") == "https://doi.org/10.1000/a"
    assert page.locator("#cite-first2020a-2").get_attribute("aria-describedby") == card.get_attribute("id")
    card.hover()  # the pointer may go into the card
    page.wait_for_timeout(400)
    expect(card).to_be_visible()
    page.mouse.move(5, 5)
    card.wait_for(state="detached")


@pytest.mark.browser
def test_card_of_a_run_shows_all_its_works(chromium: Browser, address: str) -> None:
    page = opened(chromium, address)
    page.locator("#cite-third2022c").hover()
    page.locator(".lr-card").wait_for()
    assert page.locator(".lr-card__entry").count() == 3
    box = page.locator(".lr-card").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 800


@pytest.mark.browser
def test_card_by_keyboard(chromium: Browser, address: str) -> None:
    page = opened(chromium, address)
    page.keyboard.press("Tab")
    card = page.locator(".lr-card")
    card.wait_for()
    page.keyboard.press("Escape")
    card.wait_for(state="detached")
    assert page.evaluate("document.activeElement.id") == "cite-first2020a"
    page.keyboard.press("Tab")
    card.wait_for()
    page.keyboard.press("Tab")  # into the card: its first link
    assert page.evaluate("Boolean(document.activeElement.closest('.lr-card'))")
    page.keyboard.press("Escape")
    card.wait_for(state="detached")
    assert page.evaluate("document.activeElement.id") == "cite-third2022c"
    page.keyboard.press("Enter")
    assert page.url.endswith("#fn-third2022c")


@pytest.mark.browser
def test_card_by_touch(chromium: Browser, address: str) -> None:
    page = opened(chromium, address, has_touch=True)
    number = page.locator("#cite-fourth2023d")
    number.tap()
    card = page.locator(".lr-card")
    card.wait_for()
    assert "#" not in page.url
    assert "Fourth" in card.inner_text()
    page.locator("h1").tap()
    card.wait_for(state="detached")
    number.tap()
    card.wait_for()
    number.tap()
    page.wait_for_url("**#fn-fourth2023d")


@pytest.mark.browser
def test_numbers_are_links_without_a_script(chromium: Browser, address: str) -> None:
    page = opened(chromium, address, java_script_enabled=False)
    page.locator("#cite-fourth2023d").click()
    assert page.url.endswith("#fn-fourth2023d")
    page.locator("#fn-fourth2023d .lr-ref__back").click()
    assert page.url.endswith("#cite-fourth2023d")


@pytest.mark.browser
def test_the_filter(chromium: Browser, address: str) -> None:
    page = opened(chromium, address + "all.html")
    visible = ".lr-ref:not([hidden])"
    assert page.locator(visible).count() == 5
    page.get_by_label("Trial", exact=True).check()
    assert page.locator(visible).count() == 2
    assert page.locator("[role=status]").inner_text() == "2 of 5 shown"
    page.get_by_label("Chinese", exact=True).check()
    assert page.locator(visible).count() == 0
    page.evaluate("location.hash = '#ref-second2021b'")
    page.locator("#ref-second2021b").wait_for(state="visible")
    assert page.locator(visible).count() == 5
    plain = opened(chromium, address + "all.html", java_script_enabled=False)
    assert plain.locator(visible).count() == 5
    expect(plain.locator("form")).to_be_hidden()
