"""Every built page, walked: language, leftovers of markup, links, fragments, what it loads."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from livingreview.review import Review
from pages import BuiltPage, built_pages

#: Address (both languages) and the fragment ids that other people's bookmarks depend on.
CONTRACT = {
    "": ["abstract", "cite"],
    "introduction": [],
    "sources": ["origin", "markers", "differences"],
    "mechanisms": ["angiogenesis", "inflammation", "immune-homeostasis"],
    "clinical": ["registered-trials"],
    "clinical/bone-marrow": ["autologous", "allogeneic", "stempeucel"],
    "clinical/adipose": ["acelldream", "noma"],
    "clinical/perinatal": ["plx-pad", "wharton-jelly"],
    "administration": ["routes", "safety"],
    "outlook": ["problems", "directions"],
    "trials": ["trials-table", "landscape", "outcomes"],
    "references": [],
    "audit": [f"c{number:03d}" for number in range(1, 171)],
    "updates": ["trials", "meta-analyses", "guidelines", "definitions"],
    "glossary": ["term-clti", "term-pad"],
    "compare": [],
    "about": [],
    "about/cite": [],
    "about/versions": [],
    "about/corrections": [],
    "about/translation": [],
    "about/problems": ["citation-unknown", "parity-numbers"],
    "about/validation": [],
    "about/accessibility": [],
    "about/licence": [],
    "about/contributing": [],
}

LEFTOVERS = re.compile(r"\[@|\{:|\?\?\?|^///", re.MULTILINE)


@pytest.fixture(scope="module")
def pages(site_dir: Path) -> dict[str, BuiltPage]:
    return {page.address: page for page in built_pages(site_dir)}


@pytest.mark.parametrize("prefix", ["", "en/"])
@pytest.mark.parametrize("slug", CONTRACT)
def test_contract_address_and_fragments_exist(pages: dict[str, BuiltPage], prefix: str, slug: str) -> None:
    page = pages[f"/{prefix}{slug}/".replace("//", "/")]
    assert set(CONTRACT[slug]) <= page.ids


def test_language_of_a_page_matches_its_address(pages: dict[str, BuiltPage]) -> None:
    for address, page in pages.items():
        if not address.endswith("404.html"):
            assert page.language == ("en" if address.startswith("/en/") else "zh"), address


def test_no_markup_is_left_over(pages: dict[str, BuiltPage]) -> None:
    for address, page in pages.items():
        found = LEFTOVERS.search(page.running_text())
        assert not found, f"{address}: {page.running_text()[found.start() - 40 : found.end() + 40]!r}"


def test_every_internal_link_and_fragment_resolves(pages: dict[str, BuiltPage], site_dir: Path) -> None:
    broken = []
    for address, page in pages.items():
        if address.endswith("404.html"):
            continue  # its links are absolute for whatever address it stands in for
        for href in set(page.links()):
            target = page.resolve(href)
            if target is None:
                continue
            path, fragment = target
            other = pages.get(path)
            if other is None and not (site_dir / path.lstrip("/")).is_file():
                broken.append(f"{address}: {href}")
            elif other is not None and fragment and fragment not in other.ids and fragment != "__top":
                broken.append(f"{address}: {href} (no such fragment)")
    assert not broken, "\n".join(broken[:40])


def test_ids_are_unique_on_each_page(pages: dict[str, BuiltPage]) -> None:
    for address, page in pages.items():
        ids = [str(value) for value in page.tree.xpath("//@id")]
        repeated = {value for value in ids if ids.count(value) > 1}
        assert not repeated, f"{address}: {sorted(repeated)[:5]}"


def test_every_page_sets_a_policy(pages: dict[str, BuiltPage]) -> None:
    for address, page in pages.items():
        (said,) = page.tree.xpath("//head/meta[@http-equiv='Content-Security-Policy']/@content")
        assert "default-src 'none'" in said, address


def test_nothing_is_loaded_from_another_host(pages: dict[str, BuiltPage]) -> None:
    for address, page in pages.items():
        for load in page.loads():
            assert not re.match(r"(?:[a-z]+:)?//", load), f"{address} loads {load}"


def test_every_block_of_the_model_is_on_its_page(pages: dict[str, BuiltPage], review: Review) -> None:
    for (language, slug), chapter in review.chapters.items():
        prefix = "" if language == review.source else f"{language}/"
        page = pages[f"/{prefix}{'' if slug == 'index' else slug + '/'}"]
        missing = chapter.ids - page.ids
        assert not missing, f"{chapter.path}: {sorted(missing)}"


def test_both_languages_have_the_same_addresses(pages: dict[str, BuiltPage]) -> None:
    chinese = {address for address in pages if not address.startswith("/en/") and not address.endswith("404.html")}
    english = {"/" + address.removeprefix("/en/") for address in pages if address.startswith("/en/")}
    assert chinese == english


def test_each_citation_leads_to_the_right_reference(pages: dict[str, BuiltPage], review: Review) -> None:
    """The number shown in the text is that of the work the source cites, in both languages."""
    assert review.work is not None
    numbers = {key: str(number) for number, key in enumerate(review.work.references, start=1)}
    for (language, slug), chapter in review.chapters.items():
        if slug not in review.chapter_slugs:
            continue
        prefix = "" if language == review.source else f"{language}/"
        page = pages[f"/{prefix}{slug}/"]
        for block in chapter.blocks:
            cited = [c.key for c in block.citations if c.key in numbers]
            if not block.id or not cited:
                continue
            (element,) = page.tree.xpath(f'//*[@id="{block.id}"]')
            shown = {str(href).rpartition("-ref-")[2] for href in element.xpath(".//sup//a/@href")}
            assert shown, f"{chapter.path}#{block.id} shows no citation"


def test_every_page_says_from_which_commit_and_day_it_was_built(pages: dict[str, BuiltPage], site_dir: Path) -> None:
    current = json.loads((site_dir / "versions.json").read_text(encoding="utf-8"))["current"]
    for address, page in pages.items():
        lines = page.tree.xpath("//footer//p[@class='lr-build']")
        assert len(lines) == (0 if page.is_redirect else 1), address
        for line in lines:
            assert (current["commit"] or "")[:10] in line.text_content(), address
            assert (current["date"] or "") in line.text_content(), address


@pytest.mark.parametrize("prefix", ["/", "/en/"])
def test_a_note_in_the_audit_names_its_claims_where_it_serves_several(pages: dict[str, BuiltPage], prefix: str) -> None:
    lines = pages[f"{prefix}audit/"].tree.xpath("//*[@class='lr-note__claims']")
    assert lines
    assert min(len(line.xpath("./a")) for line in lines) > 1, "one claim: the note stands at it"
