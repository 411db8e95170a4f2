"""The search index: what can be found, under which name, in which language; the same review gives the same bytes."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from livingreview.loading import load_review
from livingreview.page_sections import PageSection
from livingreview.review import Review
from livingreview.search_index import SEPARATOR, join_worker, pages_told, split_index
from sites_support import CLEAN

#: What was rendered, by language and slug.
PAGES = {
    ("zh", "index"): (PageSection("", "潮汐", ""),),
    ("zh", "about"): (PageSection("", "关于", "开头"), PageSection("how", "怎样", "P < 0.05，编写说明")),
    ("zh", "causes"): (PageSection("moon", "成因", "来自网页的文字"),),
    ("zh", "compare/causes"): (PageSection("", "对照", "重复"),),
    ("zh", "references"): (PageSection("all", "参考文献", "所有文献的长长的列表"),),
    ("zh", "audit"): (PageSection("all", "核查", "所有论断"),),
    ("zh", "trials/gauge-1950"): (PageSection("", "Gauge 1950", ""), PageSection("results", "结果", "晕船")),
    ("en", "about"): (PageSection("how", "How", "Written by hand"),),
}


@pytest.fixture(scope="module")
def tides() -> Review:
    return load_review(CLEAN)


@pytest.fixture(scope="module")
def indexes(tides: Review) -> dict[str, dict[str, Any]]:
    files = split_index(PAGES, tides)
    assert list(files) == ["search/search_index.json", "en/search/search_index.json"]
    return {code: json.loads(data) for code, data in zip(("zh", "en"), files.values(), strict=True)}


def documents(index: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {document["location"]: document for document in index["docs"]}


def plain(text: str) -> str:
    return text.replace("\u200b", "")


def codes(index: dict[str, Any], form: str) -> list[str]:
    return [f"_{at}_" for at, forms in enumerate(index["config"]["forms"]) if form in forms.split("|")]


def test_chapters_are_found_block_by_block_each_at_its_own_place(indexes: dict[str, dict[str, Any]]) -> None:
    for index in indexes.values():
        found = documents(index)
        assert {"causes/#lead", "causes/#moon", "causes/#sun", "causes/#spring", "causes/#note-sun"} <= set(found)
        assert found["causes/#moon"]["section"] == "causes/#bodies"
        assert found["causes/#spring"]["section"] == "causes/#together"
    assert plain(documents(indexes["zh"])["causes/#moon"]["text"]) == "月球的引力使潮汐每天出现 2 次。"
    assert "网页" not in json.dumps(indexes["zh"], ensure_ascii=False), "a chapter comes from the model"


def test_a_block_is_called_by_its_section_and_its_kind(indexes: dict[str, dict[str, Any]]) -> None:
    found = documents(indexes["zh"])
    assert plain(found["causes/#note-sun"]["title"]) == "1.1 天体 · 编者注"
    assert plain(found["causes/#lead"]["title"]) == "导语"
    assert plain(found["heights/#gauges"]["title"]) == "第 1 段"


def test_a_heading_shows_the_beginning_of_its_section(indexes: dict[str, dict[str, Any]]) -> None:
    assert documents(indexes["en"])["causes/#bodies"]["extract"].startswith("The pull of the moon")


def test_each_language_is_on_its_own_with_places_relative_to_it(indexes: dict[str, dict[str, Any]]) -> None:
    chinese, english = documents(indexes["zh"]), documents(indexes["en"])
    assert not any(place.startswith("en/") for place in (*chinese, *english))
    assert plain(chinese["about/#how"]["text"]) == "P &lt; 0.05，编写说明"
    assert english["about/#how"]["text"] == "Written by hand"


def test_a_page_comes_before_what_is_on_it(indexes: dict[str, dict[str, Any]]) -> None:
    for index in indexes.values():
        seen: set[str] = set()
        for document in index["docs"]:
            page, mark, _ = document["location"].partition("#")
            assert not mark or page in seen, document["location"]
            seen.add(document["location"])


def test_what_repeats_the_text_is_found_by_name_only(indexes: dict[str, dict[str, Any]]) -> None:
    found = documents(indexes["zh"])
    assert not any(place.startswith("compare/") for place in found)
    assert "references/#all" not in found
    assert "audit/#all" not in found
    assert found["audit/#c002"]["names"] == "c002"
    assert found["audit/#c002"]["text"] == ""
    assert found["references/#ref-moon1900pull"]["boost"] < 0.5


def test_a_trial_is_found_by_name_and_number_and_so_is_what_mentions_it(indexes: dict[str, dict[str, Any]]) -> None:
    index = indexes["en"]
    (code,) = codes(index, "NCT00000101")
    assert codes(index, "Gauge 1950") == [code]
    assert documents(index)["trials/gauge-1950/"]["names"] == code
    assert "trials/gauge-1950/#results" not in documents(index), "the English page has no such section"
    assert "trials/gauge-1950/#results" in documents(indexes["zh"])


def test_names_in_either_language_are_one_thing(indexes: dict[str, dict[str, Any]]) -> None:
    for index in indexes.values():
        (tide,) = codes(index, "潮汐")
        assert codes(index, "tide") == [tide]
        assert tide in documents(index)["causes/#moon"]["things"].split()
        (moon,) = codes(index, "月球")
        assert codes(index, "moon") == [moon]
        assert moon in documents(index)["causes/#moon"]["things"].split()
        assert codes(index, "tidal swell") == [tide], "what the text avoids can be searched for"


def test_chinese_words_are_kept_apart(indexes: dict[str, dict[str, Any]]) -> None:
    text = documents(indexes["zh"])["causes/#moon"]["text"]
    words = re.split(SEPARATOR, text)
    assert {"月球", "引力", "潮汐", "2"} <= set(words)


def test_a_cross_reference_without_a_text_is_found_with_the_text_readers_see(tides: Review) -> None:
    from dataclasses import replace

    from livingreview.chapters import parse_chapter

    chapter = tides.chapters["zh", "causes"]
    text = chapter.text.replace("[潮高](heights.md#gauges)", "[](heights.md#gauges)")
    altered, _ = parse_chapter(text, chapter.path, "zh", "causes")
    files = split_index({}, replace(tides, chapters={**tides.chapters, ("zh", "causes"): altered}))
    found = documents(json.loads(files["search/search_index.json"]))
    assert "见2 潮高" in plain(found["causes/#spring"]["text"]).replace(" ", "").replace("见2潮高", "见2 潮高")


def test_the_separator_is_an_expression_both_sides_understand() -> None:
    assert re.split(SEPARATOR, "PLX-PAD（P = 0.788）。End. 28.6% a_b") == [
        "PLX", "PAD", "P", "0.788", "End", "28.6", "a_b"
    ]  # fmt: skip


def test_the_same_review_gives_the_same_bytes(tides: Review) -> None:
    assert split_index(PAGES, tides) == split_index(PAGES, tides)


def test_what_the_review_says_itself_need_not_be_rendered(tides: Review) -> None:
    told = pages_told(tides)
    assert {"index", "causes", "compare/causes", "references"} <= told
    assert not {"about", "trials/gauge-1950"} & told
    rest = {key: sections for key, sections in PAGES.items() if key[1] not in told}
    assert split_index(rest, tides) == split_index(PAGES, tides)


def test_chapters_are_found_without_a_page_rendered(tides: Review) -> None:
    found = documents(json.loads(split_index({}, tides)["search/search_index.json"]))
    assert "causes/#moon" in found


def test_the_worker_is_joined_once() -> None:
    once = join_worker("theirs()", "ours()\n")
    assert once.index("ours()") < once.index("theirs()")
    assert join_worker(once, "newer()") == join_worker("theirs()", "newer()")


def test_a_term_is_found_by_its_code_and_shown_by_its_names(indexes: dict[str, dict[str, Any]]) -> None:
    index = indexes["en"]
    entry = documents(index)["glossary/#term-spring-tide"]
    assert (entry["title"], entry["label"], entry["kind"]) == ("", "spring tide · 大潮", "term")
    assert codes(index, "大潮")[0] in entry["things"].split()
