"""Side by side: rows in order, one id a pair, links from the new place, what is missing or stale said so."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import html as lxml_html

from livingreview.block_html import BlockRenderer
from livingreview.chapters import parse_chapter
from livingreview.compare import (
    align,
    compare_slug,
    compare_title,
    render_compare,
    render_compare_index,
    stale_blocks,
)
from livingreview.fingerprints import fingerprint
from livingreview.loading import load_review
from livingreview.review import Review
from sites_support import CLEAN


@pytest.fixture(scope="module")
def tides() -> Review:
    return load_review(CLEAN)


def url(code: str):
    prefix = {"zh": "../..", "en": "../../en"}[code]
    return lambda slug, fragment="": (
        f"{prefix}/{'' if slug == 'index' else slug + '/'}" + (f"#{fragment}" if fragment else "")
    )


def cite(code: str):
    return lambda keys: f'<sup lang="{code}">[{",".join(keys)}]</sup>'


def page(review: Review, slug: str = "causes", language: str = "zh") -> lxml_html.HtmlElement:
    return lxml_html.fragment_fromstring(render_compare(review, language, slug, url, cite), create_parent="main")


def without(review: Review, slug: str, block_id: str) -> Review:
    """Return the review with one paragraph or item of the translation taken out."""
    chapter = review.chapters["en", slug]
    rows = [row for row in chapter.text.split("\n") if f"#{block_id}" not in row]
    shorter, _ = parse_chapter("\n".join(rows), chapter.path, "en", slug)
    return replace(review, chapters={**review.chapters, ("en", slug): shorter})


def test_every_block_is_one_row_in_the_order_of_the_text_with_its_id(tides: Review) -> None:
    rows = page(tides).xpath('//div[contains(@class, "lr-pair ")]')
    assert [row.get("id") for row in rows] == [block.id for block in tides.chapters["zh", "causes"].blocks]
    for row in rows:
        sides = row.xpath('./div[contains(@class, "lr-pair__side")]')
        assert [side.get("lang") for side in sides] == ["zh", "en"]


def test_ids_are_unique_and_labels_point_at_ids_that_exist(tides: Review) -> None:
    tree = page(tides)
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    for name in tree.xpath("//@aria-labelledby"):
        assert name in ids


def test_the_page_s_own_language_comes_first(tides: Review) -> None:
    sides = page(tides, language="en").xpath('(//div[contains(@class, "lr-pair ")])[1]/div/@lang')
    assert sides == ["en", "zh"]


def test_links_lead_into_the_pages_of_their_own_language(tides: Review) -> None:
    tree = page(tides)
    links = tree.xpath('//div[@id="spring"]//div[@lang]//a/@href')
    assert links == ["../../heights/#gauges", "../../en/heights/#gauges"]
    (back,) = tree.xpath('//div[@id="spring"]/a[@class="lr-pair__link"]/@href')
    assert back == "../../causes/#spring"


def test_citations_are_rendered_by_the_caller_for_each_language(tides: Review) -> None:
    tree = page(tides)
    assert tree.xpath('//div[@id="moon"]//sup/@lang') == ["zh", "en"]
    assert "[@" not in tree.text_content()


def test_notes_tables_figures_and_items_keep_their_form(tides: Review) -> None:
    tree, heights = page(tides), page(tides, "heights")
    assert len(tree.xpath('//div[@id="note-sun"]//aside[@role="note"]')) == 2
    assert tree.xpath('//div[@id="fig-bodies"]//img/@src') == ["../../assets/bodies.svg"] * 2
    assert len(tree.xpath('//div[@id="moon"]//li')) == 2
    assert len(heights.xpath('//div[@id="ranges"]//table/caption')) == 2
    assert not heights.xpath("//*[@style]")


def test_a_generated_part_is_linked_not_repeated(tides: Review) -> None:
    links = page(tides, "heights").xpath('//div[@id="trials-table"]//p[@class="lr-generated"]/a/@href')
    assert links == ["../../heights/#trials-table", "../../en/heights/#trials-table"]


def test_sections_are_numbered_as_in_the_text(tides: Review) -> None:
    assert page(tides).xpath('//div[@id="together"]//h3/span/text()') == ["1.1.1", "1.1.1"]


def test_what_is_not_translated_is_said(tides: Review) -> None:
    tree = page(without(tides, "causes", "moon"))
    (row,) = tree.xpath('//div[@id="moon"]')
    assert row.get("data-state") == "missing"
    assert row.xpath('./div[@data-lang="en"]//p')[0].text_content() == "此段尚无译文"


def test_what_changed_in_one_language_only_is_said(tides: Review) -> None:
    prints = {code: fingerprint(tides.block(code, "causes#moon").text) for code in ("zh", "en")}  # type: ignore[union-attr]
    stale = replace(tides, translations={"causes#moon": {**prints, "zh": "0" * 12}})
    assert stale_blocks(stale) == {"causes#moon": "zh"}
    (row,) = page(stale).xpath('//div[@id="moon"]')
    assert row.get("data-state") == "stale"
    assert "中文" in row.xpath('./p[@class="lr-pair__state"]')[0].text_content()


def test_a_block_only_the_translation_has_follows_its_neighbour(tides: Review) -> None:
    chapter = tides.chapters["zh", "causes"]
    source, _ = parse_chapter(re.sub(r"(?m)^- 太阳.*\n", "", chapter.text), chapter.path, "zh", "causes")
    ids = [row.id for row in align(replace(tides, chapters={**tides.chapters, ("zh", "causes"): source}), "causes", {})]
    assert ids[ids.index("moon") + 1] == "sun"


def test_the_overview_counts_the_blocks_of_every_chapter(tides: Review) -> None:
    html = render_compare_index(without(tides, "causes", "moon"), "en", "table", url("en"))
    tree = lxml_html.fragment_fromstring(html)
    rows = [[cell.text_content() for cell in row] for row in tree.xpath("//tbody/tr")]
    assert [row[0] for row in rows] == ["1 Causes", "2 Heights"]
    assert rows[0][1:] == ["8", "7", "0", "1"]
    assert tree.xpath("//tbody/tr/th/a/@href")[0] == f"../../en/{compare_slug('causes')}/"


def test_a_block_alone_has_no_ids_and_unknown_ones_are_nothing(tides: Review) -> None:
    render = BlockRenderer(tides, "zh", url("zh"), cite("zh"))
    html = render("causes#note-sun")
    assert "id=" not in html
    assert "aria-labelledby" not in html
    assert "sun1901pull" in html
    assert render("causes#nothing") == render("nowhere#moon") == ""


def test_no_block_text_can_break_out_of_its_row(tides: Review, tmp_path: Path) -> None:
    del tmp_path
    chapter = tides.chapters["zh", "causes"]
    text = chapter.text.replace("潮汐有两个成因。", "潮汐 a < b && `[@x]` [@moon1900pull; @unknown]。")
    altered, _ = parse_chapter(text, chapter.path, "zh", "causes")
    tree = page(replace(tides, chapters={**tides.chapters, ("zh", "causes"): altered}))
    (lead,) = tree.xpath('//div[@id="lead"]/div[@lang="zh"]')
    assert "a < b && [@x] [moon1900pull,unknown]" in " ".join(lead.text_content().split())


def test_titles_name_the_chapter(tides: Review) -> None:
    assert compare_title(tides, "en", "causes") == "Side by side: 1 Causes"
