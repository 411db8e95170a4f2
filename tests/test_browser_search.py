"""Search in a real browser: what readers look for comes first, in their language, on the built site."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from browser_support import PHONE, Watched, opened
from livingreview.review import Review
from livingreview.search_rate import claim_queries, rate
from search_support import SearchBox, ask_worker, load_queries

pytest_plugins = ["browser_support"]
pytestmark = pytest.mark.browser

LANGUAGES = {"zh": "", "en": "en/"}

#: Below this share of pairs found among the first three, search has broken.
LEAST_RATE = 0.9


@pytest.fixture
def visit(chromium: Browser, site_url: str) -> Iterator[Watched]:
    with opened(chromium, site_url) as watched:
        yield watched


def box(visit: Watched, path: str = "", language: str = "zh") -> SearchBox:
    """Open a page and turn to its search box."""
    page = visit.go(f"{LANGUAGES[language]}{path}")
    return SearchBox(page, visit.origin + LANGUAGES[language])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_test_set_is_large_enough(language: str) -> None:
    queries = load_queries(language)
    assert len({query for query, _ in queries}) >= 30


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_query_of_the_test_set_finds_what_it_must_first(visit: Watched, language: str) -> None:
    search = box(visit, "introduction/", language)
    wrong = []
    for query, expected in load_queries(language):
        results = search.ask(query)
        if not results or not results[0] or results[0][0] != expected:
            wrong.append((query, expected, [places[:1] for places in results[:3]]))
    assert wrong == []
    assert visit.complaints == []
    assert visit.foreign == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_claims_are_found_by_the_pair_of_their_rarest_entities(
    chromium: Browser, site_url: str, review: Review, language: str
) -> None:
    queries = claim_queries(review, language)
    answers = ask_worker(chromium, site_url, LANGUAGES[language].rstrip("/"), [query.query for query in queries])
    result = rate(queries, answers)
    assert result["pairs"] > 100
    assert float(str(result["rate"])) >= LEAST_RATE, result


def test_nothing_of_search_is_loaded_before_it_is_wanted(visit: Watched) -> None:
    page = visit.go("introduction/")
    page.wait_for_timeout(500)
    assert not [url for url in visit.requests if "search_index" in url or "/workers/" in url]
    SearchBox(page, visit.origin).ask("截肢")
    loaded = [url.removeprefix(visit.origin) for url in visit.requests if "search_index" in url]
    assert set(loaded) == {"search/search_index.json"}


def test_results_stay_in_the_reader_s_language(visit: Watched) -> None:
    search = box(visit, "introduction/", "en")
    search.ask("amputation")
    links = visit.page.eval_on_selector_all(".md-search-result__link", "links => links.map((a) => a.href)")
    assert links
    assert all(link.startswith(f"{visit.origin}en/") for link in links)
    assert [url for url in visit.requests if "search_index" in url] == [f"{visit.origin}en/search/search_index.json"]


@pytest.mark.parametrize(("language", "query", "other"), [("zh", "外泌体", "en/"), ("en", "截肢", "")])
def test_the_other_language_is_one_click_away_on_the_same_page(
    visit: Watched, language: str, query: str, other: str
) -> None:
    search = box(visit, "mechanisms/", language)
    search.ask(query)
    visit.page.click(".lr-search-other")
    visit.page.wait_for_url(re.compile(re.escape(f"{visit.origin}{other}mechanisms/?q=")))
    first = visit.page.wait_for_selector(".md-search-result__link")
    assert first is not None
    assert visit.page.input_value("[data-md-component=search-query]") == query
    assert (first.get_attribute("href") or "").startswith(f"{visit.origin}{other}")


def test_what_one_language_does_not_know_the_other_is_offered_for(visit: Watched) -> None:
    search = box(visit)
    assert search.ask("qqqqzzzz") == []
    assert visit.page.is_visible(".lr-search-other")
    assert visit.page.inner_text(".lr-search-other") == "在 English 版中搜索“qqqqzzzz”"
    assert visit.page.locator(".lr-search-other [lang=en]").inner_text() == "English"


def test_what_comes_without_a_key_is_looked_for(visit: Watched) -> None:
    """Pasted with the mouse, dictated, or written with an input method."""
    search = box(visit, "introduction/")
    search.ask("截肢")
    search.box.fill("外泌体")
    first = ".md-search-result__item:first-child .md-search-result__link"
    visit.page.wait_for_selector(f'{first}[href*="/mechanisms/"][href$="#exosomes"]')


@pytest.mark.parametrize(
    ("language", "query", "first"),
    [
        ("en", "NCT 03006770", "trials/pace/"),
        ("zh", "nct 03006770", "trials/pace/"),
        ("zh", "ＮＣＴ０３００６７７０", "trials/pace/"),
        ("en", "plxpad", "clinical/perinatal/#plx-pad-cells"),
        ("en", "metaanalysis", "updates/#liew-2016"),
        ("en", "side effects", "administration/#safety-importance"),
        ("en", "chronic limb threatening ischaemia", "introduction/#definition"),
        ("zh", "慢性肢體威脅性缺血", "introduction/#definition"),
        ("zh", "間充質幹細胞", "introduction/#advantages"),
        ("zh", "踝臂指數", "clinical/bone-marrow/#mononuclear-measures"),
        ("zh", "副作用", "administration/#safety-importance"),
    ],
)
def test_other_ways_of_writing_lead_to_the_same_place(visit: Watched, language: str, query: str, first: str) -> None:
    assert box(visit, "introduction/", language).ask(query)[0][0] == first


@pytest.mark.parametrize("query", ["费用", "伦理", "冯·维勒布兰德"])
def test_a_word_that_the_text_lacks_is_not_taken_for_one_of_its_characters(visit: Watched, query: str) -> None:
    places = [places[0] for places in box(visit).ask(query)]
    assert not [place for place in places if not place.startswith(("about/", "trials/"))]


def test_a_rare_name_is_also_looked_for_by_its_parts(visit: Watched) -> None:
    found = [places[0] for places in box(visit, "", "en").ask("adipose stem cells")]
    assert found[0] == "glossary/#term-asc"
    assert "clinical/adipose/" in found[:5]


@pytest.mark.parametrize(("language", "query"), [("zh", "间充质干细胞 安全性"), ("en", "hazard ratio placebo")])
def test_results_are_sections_with_a_readable_extract(visit: Watched, language: str, query: str) -> None:
    search = box(visit, "", language)
    search.ask(query)
    items = visit.page.eval_on_selector_all(
        ".md-search-result__item",
        """items => items.map((item) => ({
          titles: [...item.querySelectorAll("h1, h2")].map((title) => title.textContent),
          texts: [...item.querySelectorAll("p:not(.md-search-result__terms)")].map((text) => text.textContent),
          missing: [...item.querySelectorAll(".md-search-result__terms del")].map((word) => word.textContent),
          marks: item.querySelectorAll("mark").length }))""",
    )
    assert len(items) >= 3
    for item in items:
        assert all(title.strip() for title in item["titles"])
        assert item["texts"]
        assert item["texts"][0].strip()
        assert all(len(text) < 420 for text in item["texts"])
        shown = "".join([*item["titles"], *item["texts"], *item["missing"]])
        assert not re.search(r"\u200b|_\d+_|&lt;|undefined", shown), shown
    assert items[0]["marks"] > 0


def test_the_reference_list_the_audit_and_the_comparison_do_not_swamp(visit: Watched) -> None:
    for query in ("间充质干细胞", "CLTI 治疗", "骨髓"):
        results = box(visit).ask(query)
        pages = [places[0].partition("#")[0] for places in results[:5]]
        assert not [page for page in pages if page.startswith(("references/", "audit/", "compare/"))], (query, pages)


def test_a_phrase_in_quotation_marks_is_found_as_written(visit: Watched) -> None:
    search = box(visit, "", "en")
    loose, exact = search.ask("no significant difference"), search.ask('"no significant difference"')
    assert 0 < len(exact) < len(loose)
    visit.page.wait_for_selector(".md-search-result__item mark")


def test_enter_opens_the_best_result_at_its_paragraph(visit: Watched) -> None:
    search = box(visit, "introduction/")
    search.ask("致瘤性")
    search.box.press("Enter")
    visit.page.wait_for_url(re.compile(r"/administration/(\?h=[^#]*)?#safety-endpoints$"))
    expect(visit.page.locator("#safety-endpoints")).to_be_visible()


def test_results_can_be_walked_with_the_arrow_keys(visit: Watched) -> None:
    search = box(visit, "introduction/", "en")
    search.ask("safety")
    search.box.press("ArrowDown")
    search.page.keyboard.press("ArrowDown")
    assert "md-search-result__link" in (search.page.evaluate("document.activeElement.className") or "")
    search.page.keyboard.press("Escape")
    assert not search.page.is_checked("#__search")


def test_search_works_on_a_phone(chromium: Browser, site_url: str) -> None:
    with opened(chromium, site_url, viewport=PHONE, has_touch=True, is_mobile=True) as watched:
        page = watched.go("outlook/")
        results = SearchBox(page, watched.origin).ask("PACE")
        assert results[0][0] == "trials/pace/"
        assert watched.complaints == []


def test_who_is_still_typing_finds_words_that_begin_so(visit: Watched) -> None:
    search = box(visit)
    assert search.ask("截")
    assert search.ask("Stempeu")[0][0] == "clinical/bone-marrow/#stempeucel-product"
