"""Downloads: read back by other programs, Chinese intact, the same bytes every time."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import rispy
from jsonschema import Draft202012Validator
from pybtex.database import parse_bytes

from livingreview.bibliography import Reference, parse_bibliography
from livingreview.reference_exports import export_references

ROOT = Path(__file__).parent.parent

#: What of the CSL-JSON schema (csl-data, version 1.0) a bibliography of articles and books can touch.
_NAME = {
    "type": "object",
    "properties": {
        part: {"type": "string"} for part in ("family", "given", "non-dropping-particle", "suffix", "literal")
    },
    "additionalProperties": False,
    "minProperties": 1,
}
_TEXTS = [
    "container-title",
    "container-title-short",
    "DOI",
    "edition",
    "issue",
    "keyword",
    "language",
    "note",
    "page",
    "PMID",
    "publisher",
    "publisher-place",
    "title",
    "URL",
    "volume",
]
SCHEMA: dict[str, Any] = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["type", "id"],
        "properties": {
            "id": {"type": "string"},
            "type": {
                "enum": [
                    "article",
                    "article-journal",
                    "book",
                    "chapter",
                    "dataset",
                    "document",
                    "paper-conference",
                    "report",
                    "thesis",
                    "webpage",
                ]
            },
            "author": {"type": "array", "items": _NAME},
            "issued": {
                "type": "object",
                "properties": {
                    "date-parts": {
                        "type": "array",
                        "minItems": 1,
                        "items": {"type": "array", "minItems": 1, "maxItems": 3, "items": {"type": "integer"}},
                    },
                    "literal": {"type": "string"},
                },
                "additionalProperties": False,
            },
            **{name: {"type": "string"} for name in _TEXTS},
        },
        "additionalProperties": False,
    },
}


@pytest.fixture(scope="module")
def references() -> tuple[Reference, ...]:
    return parse_bibliography((ROOT / "refs.bib").read_text(encoding="utf-8"), "refs.bib")[0]


@pytest.fixture(scope="module")
def files(references: tuple[Reference, ...]) -> dict[str, bytes]:
    return export_references(references)


def test_addresses_are_the_promised_ones(files: dict[str, bytes]) -> None:
    assert sorted(files) == ["/cite/references.bib", "/cite/references.csl.json", "/cite/references.ris"]


def test_the_same_bytes_every_time(references: tuple[Reference, ...], files: dict[str, bytes]) -> None:
    assert export_references(references) == files


def test_bibtex_is_read_back_by_pybtex_and_by_us(references: tuple[Reference, ...], files: dict[str, bytes]) -> None:
    data = files["/cite/references.bib"]
    entries = parse_bytes(data, "bibtex").entries
    assert list(entries) == [reference.key for reference in references]
    again, problems = parse_bibliography(data.decode(), "references.bib")
    assert problems == ()
    for reference, copy in zip(references, again, strict=True):
        assert (copy.key, copy.type, copy.raw) == (reference.key, reference.type, reference.raw)
        assert entries[reference.key].fields["title"] == reference.raw["title"]


def test_ris_is_read_back(references: tuple[Reference, ...], files: dict[str, bytes]) -> None:
    text = files["/cite/references.ris"].decode()
    assert text.count("\r\n") == text.count("\n")
    entries = rispy.loads(text)
    assert len(entries) == len(references)
    for reference, entry in zip(references, entries, strict=True):
        assert entry["id"] == reference.key
        assert entry["title"] == reference.title
        assert entry["year"] == reference.year
        assert len(entry["authors"]) == len(reference.authors)
        assert entry.get("doi", "") == reference.doi
        assert entry.get("start_page", "") == reference.get("pages").replace("–", "-").partition("-")[0]
    chinese = next(entry for entry in entries if entry["id"] == "wang2020cd146")
    assert chinese["authors"] == ["王巧玲", "张晓彤", "徐衍"]
    assert chinese["secondary_title"] == "基础医学与临床"
    assert chinese["notes"][0] == "Names in Latin letters: Wang, Qiaoling; Zhang, Xiaotong; Xu, Yan."


def test_csl_json_fits_its_schema(references: tuple[Reference, ...], files: dict[str, bytes]) -> None:
    items = json.loads(files["/cite/references.csl.json"])
    assert [error.message for error in Draft202012Validator(SCHEMA).iter_errors(items)] == []
    assert [item["id"] for item in items] == [reference.key for reference in references]
    chinese = next(item for item in items if item["id"] == "wang2020cd146")
    assert chinese["title"] == "3种不同来源CD146阳性间充质干细胞亚群的生物学特性比较"
    assert chinese["note"] == (
        "English title: Comparison of the biological characteristics of CD146-positive mesenchymal stem cell "
        "subpopulations from 3 different sources. Names in Latin letters: Wang, Qiaoling; Zhang, Xiaotong; Xu, Yan. "
        "More authors follow that are not named here."
    )


def test_odd_values_break_no_format() -> None:
    text = (
        "@book{a2020b, editor = {{An Institute} and de la Cruz, Jr., Ana}, title = {Line\n\n break -- \\& {X}},"
        " publisher = {P}, year = {2020/2021}, pages = {7}}\n@online{c2020d, author = {B, C}, title = {T},"
        " url = {https://example.org/~x_y}, year = {n.d.}, organization = {O}}"
    )
    references, problems = parse_bibliography(text, "refs.bib")
    assert problems == ()
    files = export_references(references)
    items = json.loads(files["/cite/references.csl.json"])
    assert [error.message for error in Draft202012Validator(SCHEMA).iter_errors(items)] == []
    book, site = rispy.loads(files["/cite/references.ris"].decode())
    assert book["title"] == "Line break – & X"
    assert book["authors"] == ["An Institute", "de la Cruz, Ana, Jr."]
    assert site["urls"] == ["https://example.org/~x_y"]
    assert parse_bibliography(files["/cite/references.bib"].decode(), "x")[1] == ()
