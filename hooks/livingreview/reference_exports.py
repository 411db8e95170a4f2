"""The bibliography as files for reference managers: BibTeX, RIS, CSL-JSON.

In go references, out come bytes, the same for the same references on any machine.
Works are in the order given (that of their numbers). Chinese stays Chinese; the English title
and the Latin names go along where a format has a place for them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from livingreview.bibliography import Name, Reference
from livingreview.references import csl_item

_RIS_TYPES = {
    "article": "JOUR",
    "book": "BOOK",
    "dataset": "DATA",
    "incollection": "CHAP",
    "inproceedings": "CPAPER",
    "mastersthesis": "THES",
    "online": "ELEC",
    "phdthesis": "THES",
    "report": "RPRT",
    "techreport": "RPRT",
    "thesis": "THES",
    "unpublished": "UNPB",
}


def export_bibtex(references: Iterable[Reference]) -> bytes:
    """Return BibTeX, UTF-8, every field as the source has it."""
    entries = []
    for reference in references:
        rows = "".join(f"  {name} = {{{value}}},\n" for name, value in reference.raw.items() if value)
        entries.append(f"@{reference.type}{{{reference.key},\n{rows}}}\n")
    return "\n".join(entries).encode()


def _ris_name(name: Name) -> str:
    if name.literal:
        return name.literal
    family = f"{name.particle} {name.family}".strip()
    return ", ".join(part for part in (family, name.given, name.suffix) if part)


def _ris_rows(reference: Reference) -> Iterable[tuple[str, str]]:
    first, _, last = reference.get("pages").replace("–", "-").partition("-")
    number = reference.get("number", "issue")
    yield "TY", _RIS_TYPES.get(reference.type, "GEN")
    yield "ID", reference.key
    yield from (("AU", _ris_name(name)) for name in reference.authors)
    yield "TI", reference.title
    yield "TT", reference.get("title-en")
    yield "T2", reference.journal
    yield "JA", reference.get("shortjournal")
    yield "PY", reference.year
    yield "VL", reference.get("volume")
    yield "IS", number
    yield "ET", reference.get("edition")
    yield "SP", first
    yield "EP", last
    yield "PB", reference.get("publisher", "institution", "organization", "school")
    yield "CY", reference.get("address", "location")
    yield "DO", reference.doi
    yield "UR", reference.get("url")
    yield "AN", f"PMID:{reference.pmid}" if reference.pmid else ""
    yield "LA", reference.langid or reference.language
    yield "KW", reference.kind
    yield from (("N1", note) for note in _notes(reference))


def export_ris(references: Iterable[Reference]) -> bytes:
    """Return RIS, UTF-8, lines ended by CR LF as the format has them; tags without value are left out."""
    lines: list[str] = []
    for reference in references:
        lines += [f"{tag}  - {_one_line(value)}" for tag, value in _ris_rows(reference) if value]
        lines += ["ER  - ", ""]
    return "".join(f"{line}\r\n" for line in lines).encode()


def _one_line(value: str) -> str:
    return re.sub(r"\s+", " ", value).strip()


def _notes(reference: Reference) -> list[str]:
    """Return in sentences what a format has no field for."""
    notes = []
    if reference.latin_authors:
        names = "; ".join(_ris_name(name) for name in reference.latin_authors)
        notes.append(f"Names in Latin letters: {names}.")
    if reference.others:
        notes.append("More authors follow that are not named here.")
    return notes


def _portable(reference: Reference) -> dict[str, Any]:
    """Return the CSL-JSON item with what only other programs need: keyword, English title, Latin names."""
    item = csl_item(reference)
    item["keyword"] = reference.kind
    english = reference.get("title-en")
    notes = [f"English title: {english}." if english else "", *_notes(reference)]
    item["note"] = " ".join(filter(None, notes))
    return {name: value for name, value in item.items() if value}


def export_csl_json(references: Sequence[Reference]) -> bytes:
    """Return CSL-JSON (https://github.com/citation-style-language/schema, csl-data), one item a work."""
    items = [_portable(reference) for reference in references]
    return (json.dumps(items, ensure_ascii=False, indent=2) + "\n").encode()


def export_references(references: Sequence[Reference]) -> dict[str, bytes]:
    """Return the downloads by address, from the site's root."""
    return {
        "/cite/references.bib": export_bibtex(references),
        "/cite/references.ris": export_ris(references),
        "/cite/references.csl.json": export_csl_json(references),
    }
