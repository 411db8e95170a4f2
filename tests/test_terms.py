"""Terms: what is explained on a page and what is left alone; the page of all terms and its orders."""

from __future__ import annotations

from dataclasses import replace
from string import ascii_uppercase

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html

from livingreview.loading import load_review
from livingreview.model import Term
from livingreview.review import Review
from livingreview.terms import explain_terms, latin_key, pinyin_key, render_glossary, term_index
from sites_support import CLEAN


def term(name: str, abbr: str, zh: str, en: str, **more: object) -> Term:
    return Term(name, 1, abbr, {"zh": zh, "en": en}, **more)  # type: ignore[arg-type]


TERMS = (
    term("abi", "ABI", "踝臂指数", "ankle-brachial index", definitions={"zh": "踝与臂之比。", "en": "A ratio."}),
    term(
        "pad", "PAD", "外周动脉疾病", "peripheral artery disease", source="moon1900pull", definitions={"zh": "见书。"}
    ),
    term("product", "PLX-PAD", "某制品", "a product"),
    term("iv", "IV", "静脉内", "intravenous", explicit=True),
    term("phase-iv", "", "IV 期", "phase IV"),
    term("amputation", "", "截肢", "amputation", also={"en": ("amputations",)}),
    term("afs", "", "无截肢生存率", "amputation-free survival"),
    term("graft", "", "移植", "transplantation"),
)


@pytest.fixture(scope="module")
def tides() -> Review:
    return replace(load_review(CLEAN), terms=TERMS)


def url(slug: str, fragment: str = "") -> str:
    return f"../{slug}/" + (f"#{fragment}" if fragment else "")


def explained(review: Review, html: str, language: str = "zh") -> list[tuple[str, str]]:
    """Return text and term of every explained place, in order."""
    tree = lxml_html.fragment_fromstring(explain_terms(html, term_index(review, language), url), create_parent="main")
    return [(link.text_content(), link.get("data-lr-term")) for link in tree.xpath('//a[@class="lr-term"]')]


def test_the_first_use_is_explained_and_no_other(tides: Review) -> None:
    assert explained(tides, "<p>ABI 与踝臂指数；ABI。</p><p>ABI</p>") == [("ABI", "abi")]


def test_the_longest_name_wins(tides: Review) -> None:
    assert explained(tides, "<p>无截肢生存率与截肢</p>") == [("无截肢生存率", "afs"), ("截肢", "amputation")]
    assert explained(tides, "<p>PLX-PAD</p>") == [("PLX-PAD", "product")]


def test_a_product_s_letters_are_no_abbreviation(tides: Review) -> None:
    assert explained(tides, "<p>XYZ-PAD 和 PAD-3</p>") == []


def test_short_forms_are_explained_only_where_marked(tides: Review) -> None:
    assert explained(tides, "<p>IV 期与 IV</p>") == [("IV 期", "phase-iv")]
    assert explained(tides, '<p>IV，<a href="../glossary/#term-iv">IV</a></p>') == [("IV", "iv")]


def test_a_word_inside_a_longer_chinese_word_is_not_that_word(tides: Review) -> None:
    assert explained(tides, "<p>移植物抗宿主病</p>") == []
    assert explained(tides, "<p>移植后</p>") == [("移植", "graft")]


@pytest.mark.parametrize(
    "html",
    [
        "<h2>ABI</h2>",
        "<p><code>ABI</code></p>",
        '<p><a href="x">ABI</a></p>',
        "<figure><figcaption>ABI</figcaption></figure>",
        "<table><caption>ABI</caption><tr><th>ABI</th></tr></table>",
        '<p><sup class="lr-cite">ABI</sup></p>',
        '<div class="lr-directive lr-directive--trials"><p>ABI</p></div>',
        '<p class="lr-note__label">ABI</p>',
        '<ol class="lr-refs"><li>ABI</li></ol>',
        "<p><cite>ABI</cite></p>",
        "<p>CABI ABIx</p>",
        "<!-- ABI --><p>x</p>",
        '<p title="ABI">x</p>',
    ],
)
def test_what_is_no_running_text_is_left_alone(tides: Review, html: str) -> None:
    assert explain_terms(html, term_index(tides, "zh"), url) == html


def test_running_text_in_items_cells_and_notes_is_explained(tides: Review) -> None:
    html = '<ul><li>ABI</li></ul><table><tr><td>PAD</td></tr></table><aside class="lr-note"><p>截肢</p></aside>'
    assert [term for _, term in explained(tides, html)] == ["abi", "pad", "amputation"]


def test_everything_else_of_the_page_stays_byte_for_byte(tides: Review) -> None:
    html = '<P CLASS=a>x &amp; y<br/>&#8212; ABI <img src="a.png" alt="ABI">\n<svg><linearGradient/></svg></P>'
    out = explain_terms(html, term_index(tides, "zh"), url)
    link = out[out.index("<a ") : out.index("</a>") + 4]
    assert out[: out.index('<div class="lr-tips"')].replace(link, "ABI") == html


def test_an_explanation_names_the_term_in_both_languages_and_says_what_backs_it(tides: Review) -> None:
    html = explain_terms("<p>ABI, peripheral artery disease</p>", term_index(tides, "en"), url)
    tree = lxml_html.fragment_fromstring(html, create_parent="main")
    for link in tree.xpath('//a[@class="lr-term"]'):
        (tip,) = tree.xpath(f'//*[@id="{link.get("aria-describedby")}"]')
        assert tip.get("role") == "tooltip"
        assert link.get("href") == f"../glossary/#term-{link.get('data-lr-term')}"
    abi, pad = tree.xpath('//div[@role="tooltip"]')
    assert abi.xpath('.//span[@lang="zh"]/text()') == ["踝臂指数"]
    assert "Working definition" in abi.text_content()
    assert "Working definition" not in pad.text_content()


def test_explanations_stand_hidden_and_out_of_search_and_policy_s_way(tides: Review) -> None:
    tree = lxml_html.fragment_fromstring(explain_terms("<p>ABI</p>", term_index(tides, "zh"), url), create_parent="m")
    (box,) = tree.xpath('//div[@class="lr-tips"]')
    assert box.get("hidden") is not None
    assert box.get("data-search-exclude") is not None
    assert not tree.xpath("//@style | //@onclick | //script")


def test_a_page_without_terms_is_returned_as_it_is(tides: Review) -> None:
    assert explain_terms("<p>x</p>", term_index(tides, "zh"), url) == "<p>x</p>"


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="<p>/ABI&;=\"'!-a截肢 ", max_size=40))
def test_no_html_makes_it_fail(text: str) -> None:
    review = replace(load_review(CLEAN), terms=())
    index = term_index(replace(review, terms=TERMS), "en")
    explain_terms(text, index, url)


# -- the page of all terms ---------------------------------------------------------


def glossary(review: Review, language: str) -> lxml_html.HtmlElement:
    html = render_glossary(review, language, url, lambda keys: f"[{keys[0]}]")
    return lxml_html.fragment_fromstring(html)


def test_chinese_names_are_in_pinyin_order() -> None:
    names = ["重症", "溃疡", "安慰剂", "踝臂指数", "骨髓", "ABI 表", "长期", "α 干扰素", "2 型"]
    assert sorted(names, key=pinyin_key) == [
        "2 型", "ABI 表", "安慰剂", "长期", "骨髓", "踝臂指数", "溃疡", "重症", "α 干扰素"
    ]  # fmt: skip


def test_tones_order_syllables_that_are_alike() -> None:
    assert sorted(["骂", "麻", "妈", "马"], key=pinyin_key) == ["妈", "麻", "马", "骂"]


def test_latin_names_are_ordered_without_regard_to_case_and_hyphens() -> None:
    assert sorted(["Wharton's jelly", "ABI", "adipose tissue", "AD-MSCs"], key=latin_key) == [
        "ABI", "adipose tissue", "AD-MSCs", "Wharton's jelly"
    ]  # fmt: skip


@pytest.mark.parametrize(("language", "first", "last"), [("zh", "phase-iv", "graft"), ("en", "product", "graft")])
def test_the_list_is_in_the_order_of_the_page_s_language(tides: Review, language: str, first: str, last: str) -> None:
    ids = glossary(tides, language).xpath('//li[contains(@class, "lr-entry")]/@id')
    assert sorted(ids) == sorted(f"term-{term.id}" for term in TERMS)
    names = {term.id: term.names[language] for term in TERMS}
    key = pinyin_key if language == "zh" else latin_key
    assert ids == [f"term-{name}" for name in sorted(names, key=lambda term: (key(names[term]), term))]


def test_every_order_places_every_term_once(tides: Review) -> None:
    tree = glossary(tides, "en")
    orders = tree.xpath("string(//@data-orders)").split(" ")
    assert orders == ["zh", "en", "abbr"]
    said = {li.get("id"): dict(zip(orders, li.get("data-places").split(" "), strict=True)) for li in tree.xpath("//li")}
    assert {places["en"] for places in said.values()} <= {"#", *ascii_uppercase}, "the page's own order is the list's"
    for order in ("zh", "abbr"):
        places = sorted(int(place[order].rstrip("#" + ascii_uppercase)) for place in said.values())
        assert places == list(range(len(TERMS)))
    assert int(said["term-graft"]["abbr"]) >= 4, "it has no letter; terms without an abbreviation come last"
    assert tree.xpath('//div[@role="group"]/@hidden'), "buttons are for those who have a script"


def test_an_entry_says_what_it_is_and_where_it_is_used() -> None:
    review = load_review(CLEAN)
    tree = lxml_html.fragment_fromstring(render_glossary(review, "en", url, lambda keys: f"[{keys[0]}]"))
    (entry,) = tree.xpath('//li[@id="term-spring-tide"]')
    assert entry.xpath('.//p[@class="lr-entry__name"]/span/@lang') == ["zh"], (
        "the page's own language goes without saying"
    )
    assert entry.xpath('.//p[@class="lr-entry__uses"]/a/@href') == ["../causes/#spring"]
    assert "Working definition" in entry.text_content()
    (tide,) = tree.xpath('//li[@id="term-tide"]')
    assert "tidal swell" in tide.xpath('.//p[@class="lr-entry__avoid"]')[0].text_content()
    assert tide.xpath('.//p[@class="lr-entry__uses"]/a')[0].text_content().endswith("Causes")


def test_a_sourced_definition_cites_its_work(tides: Review) -> None:
    (entry,) = glossary(tides, "zh").xpath('//li[@id="term-pad"]')
    assert "定义依据 [moon1900pull]" in entry.text_content()
    assert "工作定义" not in entry.text_content()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_name_that_is_the_same_in_both_languages_is_said_once(tides: Review, language: str) -> None:
    review = replace(tides, terms=(*TERMS, term("cd29", "CD29", "CD29", "CD29"), term("il", "IL", "白介素", "IL")))
    (entry,) = glossary(review, language).xpath('//li[@id="term-cd29"]/p[@class="lr-entry__name"]')
    assert entry.text_content() == "CD29"
    (entry,) = glossary(review, language).xpath('//li[@id="term-il"]/p[@class="lr-entry__name"]')
    assert sorted(entry.text_content().split()) == ["IL", "白介素"]
    html = explain_terms("<p>CD29, IL</p>", term_index(review, language), url)
    tips = lxml_html.fragment_fromstring(html, create_parent="m").xpath('//p[@class="lr-tip__name"]')
    assert [sorted(tip.text_content().split()) for tip in tips] == [["CD29"], ["IL", "白介素"]]
