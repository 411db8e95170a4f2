"""Every place of the work with its fingerprint: what counts as a change, and what is told of it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from citing_support import RELEASE, SITE, STAMP, clean_pages
from livingreview.addresses import parse_redirects
from livingreview.anchors import (
    check_released_addresses,
    differences,
    export_anchors,
    fingerprint,
    format_release,
    load_release,
    prints_of,
)
from livingreview.edition import Edition
from livingreview.review import Review, all_addresses
from sites_support import copy_clean


def edited(root: Path, file: str, old: str, new: str) -> None:
    path = root / file
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def changes_after(tmp_path: Path, file: str, old: str, new: str) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Return what an edit of the small review changes, by address."""
    before = clean_pages().prints
    edited(copy_clean(tmp_path / "site"), file, old, new)
    after = clean_pages(tmp_path / "site").prints
    return {found.address: (found.changed, found.removed, found.added) for found in differences(before, after)}


def test_every_address_of_the_work_is_listed_with_a_title_and_a_fingerprint() -> None:
    pages = clean_pages()
    listed = {(page.address, fragment) for page in pages.pages for fragment in ("", *page.by_id)}
    known = {place for language in pages.review.languages for place in all_addresses(pages.review, language)}
    assert listed == known
    assert all(page.title and page.fingerprint for page in pages.pages)
    assert all(anchor.title and anchor.fingerprint for page in pages.pages for anchor in page.anchors)


def test_the_project_s_own_places_are_all_listed(review: Review) -> None:
    from livingreview.anchors import AnchoredPages

    pages = AnchoredPages(review)
    listed = {(page.address, fragment) for page in pages.values() for fragment in ("", *page.by_id)}
    assert listed == {place for language in review.languages for place in all_addresses(review, language)}


def test_the_file_is_json_and_byte_stable() -> None:
    edition = Edition(SITE, STAMP, (RELEASE,))
    one, two = (export_anchors(clean_pages().pages, edition, "CC-BY-4.0") for _ in range(2))
    assert one == two
    record = json.loads(one)
    assert (record["schema"], record["version"], record["commit"]) == (1, "1.0.0", STAMP.commit)
    page = next(page for page in record["pages"] if page["address"] == "/en/heights/")
    ranges = next(anchor for anchor in page["fragments"] if anchor["id"] == "ranges")
    assert (page["title"], ranges["kind"], ranges["title"]) == ("2 Heights", "table", "Range of the tide")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("More tide gauges are needed.", "More tide gauges are not needed."),
        ("More tide gauges are needed.", "More tide gauges are needed"),
        ("More tide gauges are needed.", "More tide gauges are needed [@gauge1950chart]."),
    ],
)
def test_another_wording_or_another_citation_is_a_change_of_its_paragraph_alone(
    tmp_path: Path, old: str, new: str
) -> None:
    found = changes_after(tmp_path, "docs/en/heights.md", old, new)
    assert found.pop("/en/heights/") == (("gauges",), (), ())
    # The side-by-side view shows the paragraph, too.
    assert set(found) <= {"/compare/heights/", "/en/compare/heights/"}


def test_a_number_in_a_table_is_a_change_of_the_table(tmp_path: Path) -> None:
    found = changes_after(tmp_path, "docs/en/heights.md", "| Bay B | 3.5 m |", "| Bay B | 35 m |")
    assert found["/en/heights/"] == (("ranges",), (), ())


def test_other_line_breaks_are_no_change(tmp_path: Path) -> None:
    assert changes_after(tmp_path, "docs/en/heights.md", "More tide gauges", "More\ntide   gauges") == {}


def test_an_id_renamed_is_one_place_gone_and_one_new(tmp_path: Path) -> None:
    found = changes_after(tmp_path, "docs/en/heights.md", "{: #gauges }", "{: #more-gauges }")
    assert found["/en/heights/"] == ((), ("gauges",), ("more-gauges",))


def test_data_behind_generated_places_count(tmp_path: Path) -> None:
    found = changes_after(tmp_path, "refs.bib", "title = {A chart of gauges}", "title = {A chart of many gauges}")
    assert found["/en/references/"] == (("ref-gauge1950chart",), (), ())


def test_what_a_generated_part_shows_counts() -> None:
    shown = {"value": "12"}

    def directive(*_arguments: object) -> str:
        return f"<p>{shown['value']}</p>"

    before = clean_pages(directive=directive).prints
    shown["value"] = "13"
    after = clean_pages(directive=directive).prints
    found = {difference.address: difference.changed for difference in differences(before, after)}
    assert "trials-table" in found["/heights/"]
    assert "trials-table" in found["/en/heights/"]


def test_fingerprints_tell_numbers_apart_that_differ_by_a_point() -> None:
    assert fingerprint("0.93") != fingerprint("93")
    assert fingerprint("a  b\n c") == fingerprint("a b c")


def test_the_record_of_a_release_is_read_back_as_it_was_written() -> None:
    prints = prints_of(clean_pages().pages)
    text = format_release(RELEASE, prints)
    assert load_release(text, "x") == (prints, ())
    assert json.loads(text)["version"] == "1.0.0"


@pytest.mark.parametrize("text", ["{", "[]", '{"prints": 3}', "nonsense"])
def test_a_malformed_record_is_a_problem_and_no_exception(text: str) -> None:
    prints, (problem,) = load_release(text, "data/releases/1.0.0.json")
    assert not prints
    assert (problem.code, problem.path) == ("data-field", "data/releases/1.0.0.json")


def test_an_address_of_the_last_release_cannot_leave_the_register_unnoticed() -> None:
    released = {"/en/heights/": {"": "a", "gauges": "b"}}
    full = ["/en/heights/", "/en/heights/#gauges"]
    assert list(check_released_addresses(full, released)) == []
    (problem,) = check_released_addresses(full[:1], released)
    assert problem.code == "url-removed"
    assert "/en/heights/#gauges" in problem.message


def test_parts_are_named_by_page_and_section_and_the_home_page_stands_for_the_whole() -> None:
    pages = clean_pages()
    home = pages.parts("zh", "index")
    assert (home[""].label, home["abstract"].label, home["abstract"].english) == ("", "摘要", "Abstract")
    heights = pages.parts("en", "heights")
    assert heights[""].label == "2 Heights"
    assert heights["gauges"].label == "2 Heights"
    beyond = pages.parts("zh", "beyond")
    assert beyond["chart"].english == "Beyond: Gauges"
    references = pages.parts("en", "references")
    assert references["ref-moon1900pull"].label.endswith(": The pull of the moon on the sea")


@pytest.mark.parametrize(
    "named",
    [
        "https://example.org/en/heights/#gauges",
        "https://example.org/v/1.0.0/en/heights/#gauges",
        "/en/heights/#gauges",
        "/en/heights/index.html#gauges",
        "/en/heights#gauges",
        "en/heights#gauges",
        "v/1.0.0/en/heights/#gauges",
        "/en//heights/?q=1#gauges",
        " /en/heights/index.md#gauges ",
        "/en/old-heights/#old-gauges",
    ],
)
def test_a_place_is_found_by_any_form_of_its_address(named: str) -> None:
    pages = clean_pages()
    moved = parse_redirects("- {from: /old-heights/#old-gauges, to: /heights/#gauges}", prefixes=("/en",))
    pages.review = replace(pages.review, redirects=moved)
    part = pages.find_part(named)
    assert part is not None
    assert (part.language, part.address, part.fragment) == ("en", "/en/heights/", "gauges")


def test_a_place_is_found_by_its_block_s_name_and_a_wrong_one_gets_a_hint() -> None:
    pages = clean_pages()
    part = pages.find_part("heights#gauges", "en")
    assert part is not None
    assert part.address == "/en/heights/"
    assert pages.find_part("heights#gauge") is None
    assert f"{SITE}heights/#gauges" in pages.close_addresses("heights/#gauge")


@pytest.mark.parametrize(
    ("named", "meant"),
    [
        ("gauges", "heights/#gauges"),
        ("#gauges", "heights/#gauges"),
        ("moon1900pull", "references/#ref-moon1900pull"),
        ("gauge-1950", "trials/gauge-1950/"),
        ("en/heigths", "en/heights/"),
        ("https://elsewhere.org/en/heigths/#gauges", "en/heights/#gauges"),
        ("heights.md#gauge", "heights/#gauges"),
    ],
)
def test_a_wrong_name_gets_the_likeliest_place_first(named: str, meant: str) -> None:
    assert clean_pages().close_addresses(named)[0] == SITE + meant


@pytest.mark.parametrize("named", ["https://doi.org/10.5555/x", "%E2", "?", ""])
def test_a_name_like_none_gets_no_hint_or_a_home_page(named: str) -> None:
    assert set(clean_pages().close_addresses(named)) <= {SITE, f"{SITE}en/"}
