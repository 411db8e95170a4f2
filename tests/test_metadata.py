"""What machines read in a page's head, by what Google Scholar, Zotero and schema.org say they read."""

from __future__ import annotations

import inspect
import json
import re
import shutil
from pathlib import Path
from typing import Any

import msgspec_schemaorg.models as vocabulary
import pytest
from lxml import html as lxml_html

from citing_support import CLEAN, RELEASE, SITE, STAMP, clean_pages
from livingreview.edition import Edition
from livingreview.edition_pages import EditionPages, open_edition
from livingreview.metadata import DATA_FILES, DATA_PACKAGE, IMAGE_SIZE, image_address
from livingreview.site import Site

#: What Zotero's translator "Embedded Metadata" (2026-04-27) makes of each tag.
ZOTERO_FIELDS = {
    "citation_title": "title",
    "citation_publication_date": "date",
    "citation_inbook_title": "publicationTitle",
    "citation_publisher": "publisher",
    "citation_public_url": "url",
    "citation_language": "language",
}

#: What it takes an item for: the tag that decides, else the kind of the Open Graph page.
ZOTERO_KINDS = {
    "citation_inbook_title": "bookSection",
    "book": "book",
    "website": "webpage",
    "article": "journalArticle",
}

#: Words of JSON-LD itself.
KEYWORDS = {"@type", "@id", "@context", "@graph"}


def parsed(head: str) -> lxml_html.HtmlElement:
    return lxml_html.document_fromstring(f"<html><head>{head}</head><body></body></html>")


def metas(head: str, attribute: str = "name") -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for meta in parsed(head).xpath(f"//meta[@{attribute}]"):
        found.setdefault(meta.get(attribute), []).append(meta.get("content"))
    return found


def links(head: str) -> list[tuple[str, str]]:
    return [(link.get("rel"), link.get("href")) for link in parsed(head).xpath("//link")]


def graph(head: str) -> list[dict[str, Any]]:
    (script,) = parsed(head).xpath('//script[@type="application/ld+json"]')
    record = json.loads(script.text)
    assert record["@context"] == "https://schema.org"
    return list(record["@graph"])


def zotero_item(head: str) -> dict[str, Any]:
    """Return what Zotero would keep of a page, by the rules above."""
    tags, kinds = metas(head), metas(head, "property")
    item: dict[str, Any] = {field: tags[tag][0] for tag, field in ZOTERO_FIELDS.items() if tag in tags}
    decided = next((ZOTERO_KINDS[tag] for tag in ZOTERO_KINDS if tag in tags), ZOTERO_KINDS[kinds["og:type"][0]])
    return {**item, "itemType": decided, "creators": tags.get("citation_author", [])}


@pytest.fixture(scope="module")
def small() -> EditionPages:
    return clean_pages()


@pytest.fixture(scope="module")
def real(root: Path) -> EditionPages:
    pages = open_edition(Site.load(root), SITE)
    assert pages is not None
    return pages


# -- Highwire ----------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_landing_page_has_google_scholar_s_minimum(real: EditionPages, language: str) -> None:
    tags = metas(real.head(language, real.work.pages.home))
    assert tags["citation_title"] == [real.work.title[language]]
    assert tags["citation_author"] == [real.work.author[language]]
    (day,) = tags["citation_publication_date"]
    year, month, date = day.split("/")
    assert (len(year), len(month), len(date)) == (4, 2, 2)
    assert tags["citation_fulltext_html_url"] == [real.edition.living(real.address(language, "index"))]


def test_no_page_names_an_author_of_the_article_as_its_own(real: EditionPages) -> None:
    persons = {name for names in real.work.article.authors.values() for name in names}
    for language, slug in real.by_slug:
        head = real.head(language, slug)
        assert set(metas(head).get("citation_author", [])) <= {real.work.author[language]}
        for node in graph(head):
            assert "Person" not in str(node.get("author")), slug
            assert not persons & set(str(node.get("author", "")).split("'"))


@pytest.mark.parametrize(
    ("slug", "kind", "book"), [("index", "book", False), ("heights", "bookSection", True), ("beyond", "webpage", False)]
)
def test_zotero_finds_the_work_and_its_chapters(small: EditionPages, slug: str, kind: str, book: bool) -> None:
    item = zotero_item(small.head("en", slug))
    assert item["itemType"] == kind
    assert item.get("publicationTitle") == ("A review of tides" if book else None)
    if kind != "webpage":
        assert item["creators"] == ["Contributors to this edition"]
        assert item["date"] == "2026/12/03"
        assert item["language"] == "en"
        assert item["url"] == small.edition.living(small.address("en", slug))


def test_a_released_text_names_its_frozen_address_and_day() -> None:
    prints = clean_pages().prints
    released = clean_pages(edition=Edition(SITE, STAMP, (RELEASE,), prints))
    head = released.head("en", "heights")
    assert metas(head)["citation_public_url"] == [f"{SITE}v/1.0.0/en/heights/"]
    assert metas(head)["citation_publication_date"] == ["2026/12/01"]
    assert ("cite-as", f"{SITE}v/1.0.0/en/heights/") in links(head)
    chapter = next(node for node in graph(head) if node["@type"] == "Chapter")
    assert (chapter["version"], chapter["datePublished"]) == ("1.0.0", "2026-12-01")


# -- JSON-LD -----------------------------------------------------------------------


def model(name: str) -> Any:
    found = getattr(vocabulary, name, None)
    assert found is not None, f"schema.org has no type {name}"
    return found


def ranges(cls: Any, name: str) -> set[str]:
    """Return the names in the annotation of a property: the types its values may have."""
    found = (inspect.get_annotations(base).get(name) for base in cls.__mro__)
    return set(re.findall(r"\w+", next((str(text) for text in found if text), "")))


def check_value(value: Any, allowed: set[str], where: str) -> None:
    """Demand that a value is of a type that its property may have."""
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict) and set(item) != {"@id"}:
            kinds = {base.__name__ for base in model(item["@type"]).__mro__}
            assert kinds & allowed, f"{where} takes no {item['@type']}"
            check_node(item, where)


def check_node(node: dict[str, Any], where: str) -> None:
    """Demand that every type and property is in schema.org's vocabulary, and that they belong together."""
    cls = model(node["@type"])
    for name, value in node.items():
        assert name in KEYWORDS or name in cls.__struct_fields__, f"{where}: {node['@type']} has no property {name}"
        assert value not in (None, "", []), f"{where}: {name} is empty"
        if name not in KEYWORDS:
            check_value(value, ranges(cls, name), f"{where}/{name}")


def test_the_check_of_the_vocabulary_sees_faults() -> None:
    with pytest.raises(AssertionError, match="no property"):
        check_node({"@type": "Chapter", "nickname": "x"}, "test")
    with pytest.raises(AssertionError, match="no type"):
        check_node({"@type": "Chapitre", "name": "x"}, "test")
    with pytest.raises(AssertionError, match="takes no Chapter"):
        check_node({"@type": "Chapter", "author": {"@type": "Chapter", "name": "x"}}, "test")


def test_json_ld_is_schema_org_s_vocabulary_on_every_page(real: EditionPages) -> None:
    for language, slug in real.by_slug:
        for node in graph(real.head(language, slug)):
            check_node(node, f"{language}/{slug}")


def test_the_work_is_based_on_the_article_and_translated(small: EditionPages) -> None:
    source = next(node for node in graph(small.head("zh", "index")) if node["@type"] == "ScholarlyArticle")
    translation = next(node for node in graph(small.head("en", "index")) if node["@type"] == "ScholarlyArticle")
    assert source["workTranslation"] == [{"@id": translation["@id"]}]
    assert translation["translationOfWork"] == {"@id": source["@id"]}
    assert (source["inLanguage"], translation["inLanguage"]) == ("zh", "en")
    assert source["isBasedOn"]["sameAs"] == "https://doi.org/10.5555/tides"
    assert [person["name"] for person in source["isBasedOn"]["author"]] == ["甲"]
    assert source["name"] == "潮汐综述"


def test_a_chapter_is_part_of_the_work_and_cites_each_reference(small: EditionPages) -> None:
    nodes = graph(small.head("en", "causes"))
    chapter = next(node for node in nodes if node["@type"] == "Chapter")
    work = next(node for node in graph(small.head("en", "index")) if node["@type"] == "ScholarlyArticle")
    assert chapter["isPartOf"]["@id"] == work["@id"]
    assert {"@type": "Chapter", "@id": chapter["@id"]} in work["hasPart"]
    assert {cited["name"] for cited in chapter["citation"]} == {
        reference.title for reference in small.review.references if reference.key in small.plain.cited("en", "causes")
    }
    assert chapter["translationOfWork"] == {"@id": f"{SITE}causes/"}
    crumbs = next(node for node in nodes if node["@type"] == "BreadcrumbList")["itemListElement"]
    assert [(crumb["position"], crumb["item"]) for crumb in crumbs] == [(1, f"{SITE}en/"), (2, f"{SITE}en/causes/")]


@pytest.mark.parametrize("slug", ["index", "trials"])
def test_the_data_set_is_described_with_its_files(small: EditionPages, slug: str) -> None:
    data = next(node for node in graph(small.head("en", slug)) if node["@type"] == "Dataset")
    assert len(data["description"]) >= 50
    assert data["distribution"][0] == {
        "@type": "DataDownload",
        "contentUrl": f"{SITE}data/trials.json",
        "encodingFormat": "application/json",
    }


def test_no_title_can_end_the_script(tmp_path: Path) -> None:
    root = tmp_path / "site"
    shutil.copytree(CLEAN, root)
    page = root / "docs" / "en" / "heights.md"
    nasty = 'description: "</script><script>alert(1)</script> & \\"x\\""'
    page.write_text(page.read_text("utf-8").replace("description: How high tides are.", nasty), "utf-8")
    head = clean_pages(root).head("en", "heights")
    assert head.count("<script") == 1
    assert len(parsed(head).xpath("//script")) == 1
    assert "alert(1)" in str(graph(head))
    assert metas(head, "property")["og:description"] == ['</script><script>alert(1)</script> & "x"']


# -- signposting, Open Graph -------------------------------------------------------


def test_the_author_is_described_where_there_is_a_page_for_it(real: EditionPages) -> None:
    assert ("author", f"{SITE}en/about/") in links(real.head("en", "index"))


def test_signposting_leads_to_what_it_names(real: EditionPages) -> None:
    files = {SITE.rstrip("/") + path for path in real.files()}
    files |= {SITE.rstrip("/") + path for path, _media in DATA_FILES} | {SITE.rstrip("/") + DATA_PACKAGE}
    known = files | {real.edition.living(page.address) for page in real.pages}
    for language, slug in real.by_slug:
        for rel, href in links(real.head(language, slug)):
            assert href in known or rel in ("license", "type"), f"{language}/{slug}: {rel} {href}"


def test_the_landing_page_names_its_parts_and_records(small: EditionPages) -> None:
    found = links(small.head("en", "index"))
    assert ("item", f"{SITE}en/causes/") in found
    assert ("item", f"{SITE}data/trials.json") in found
    assert ("describedby", f"{SITE}en/cite/edition.csl.json") in found
    assert ("author", f"{SITE}en/") in found  # there is no page about those who make it
    assert ("collection", f"{SITE}en/") in links(small.head("en", "heights"))


def test_no_link_lets_the_theme_s_script_ask_for_a_site_map(small: EditionPages) -> None:
    assert all(rel != "alternate" for language, slug in small.by_slug for rel, _ in links(small.head(language, slug)))


def test_open_graph_has_what_it_demands_and_an_image_that_exists(real: EditionPages, root: Path) -> None:
    for language in ("zh", "en"):
        tags = metas(real.head(language, "index"), "property")
        assert all(tags[name][0] for name in ("og:title", "og:type", "og:url", "og:image", "og:description"))
        image = root / "docs" / image_address(language).lstrip("/")
        data = image.read_bytes()
        assert data[:8] == b"\x89PNG\r\n\x1a\n"
        assert (int.from_bytes(data[16:20]), int.from_bytes(data[20:24])) == IMAGE_SIZE
        assert len(data) < 100_000


def test_a_page_the_review_does_not_know_gets_no_metadata(small: EditionPages) -> None:
    assert small.head("en", "nowhere") == ""
