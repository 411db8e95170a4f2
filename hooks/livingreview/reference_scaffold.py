"""The entry of a new reference: from the record of the DOI system to BibTeX.

In goes a CSL record (or ``None`` where it could not be had); out come a key of
the form ``surnameYYYYword`` and the text of an entry. Fields that the record
lacks and an entry needs are left empty, so that the check names them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from livingreview.scripts import has_cjk
from livingreview.trial_scaffold import slug
from livingreview.verify_services import one_line

#: Words that begin a title without telling it from others.
_SMALL = frozenset({"a", "an", "and", "as", "at", "by", "de", "der", "des", "die", "do", "does", "el", "en", "for"}) | {
    *("from", "il", "in", "into", "is", "la", "le", "of", "on", "or", "the", "to", "und", "une", "with")
}
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_WORD = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_TWO_CAPITALS = re.compile(r"\b[\w-]*[A-Z][\w-]*[A-Z][\w-]*\b|\b[a-z]+[A-Z]\w*\b")
_SPECIAL = re.compile(r"([&%$#_])")

#: Types of CSL 1.0 and what BibTeX calls them; anything else is ``misc``.
_TYPES = {
    "article-journal": "article",
    "journal-article": "article",
    "article": "article",
    "book": "book",
    "chapter": "incollection",
    "paper-conference": "inproceedings",
    "proceedings-article": "inproceedings",
    "report": "techreport",
    "thesis": "phdthesis",
}


def reference_key(work: Any, taken: Collection[str]) -> str:
    """Return a free key of the form ``surnameYYYYword``.

    ``""`` where the record does not give one: without an author or year, or with an
    author or title that is not in Latin letters.
    """
    year = csl_year(work)
    surname = next(iter(_surnames(work)), "")
    if not (surname and year):
        return ""
    for word in _title_words(str(work.get("title") or "")):
        key = f"{surname}{year}{word}"
        if key not in taken:
            return key
    return ""


def csl_year(work: Any) -> int:
    """Return the year of publication of a CSL record, 0 where it has none."""
    for name in ("issued", "published", "published-print", "published-online"):
        value = work.get(name) if isinstance(work, dict) else None
        parts = value.get("date-parts") if isinstance(value, dict) else None
        first = parts[0] if isinstance(parts, list) and parts else None
        year = first[0] if isinstance(first, list) and first else None
        if re.fullmatch("[12][0-9]{3}", str(year)):
            return int(str(year))
    return 0


def _people(work: Any) -> list[dict[str, Any]]:
    authors = work.get("author") if isinstance(work, dict) else None
    return [person for person in authors if isinstance(person, dict)] if isinstance(authors, list) else []


def _surnames(work: Any) -> Iterator[str]:
    for person in _people(work):
        name = str(person.get("family") or person.get("literal") or person.get("name") or "")
        letters = re.sub(r"[^a-z-]+", "", slug(_plain_letters(name).replace("'", ""))).strip("-")
        if letters and not has_cjk(name):
            yield re.sub("-+", "-", letters)


def _title_words(title: str) -> list[str]:
    """Return the telling words of a title, the first ones first; what follows an apostrophe is cut off."""
    bare = re.sub(r"'\w*", "", _plain_letters(_TAG.sub("", title)))
    return [word for word in _WORD.findall(bare) if word not in _SMALL and len(word) > 1 and not word[0].isdigit()]


def _plain_letters(text: str) -> str:
    """Return a text in small ASCII letters, with one kind of hyphen and of apostrophe."""
    text = re.sub("[\u2010-\u2015\u2212]", "-", re.sub("[\u2018\u2019\u02bc`]", "'", text.casefold()))
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


def render_reference(key: str, doi: str, work: Any) -> str:
    """Return a BibTeX entry made from a CSL record, or an empty one to fill in where ``work`` is ``None``."""
    record: dict[str, Any] = work if isinstance(work, dict) else {}
    title, journal = _first_text(record.get("title")), _first_text(record.get("container-title"))
    kind = _TYPES.get(str(record.get("type")), "misc") if record else "article"
    number = _escaped(_first_text(record.get("page") or record.get("article-number")))
    fields = {
        "author": " and ".join(filter(None, map(_author, _people(record)))),
        "title": _TWO_CAPITALS.sub(lambda match: f"{{{match[0]}}}", _escaped(title)),
        ("booktitle" if kind in ("incollection", "inproceedings") else "journal"): _escaped(journal),
        "shortjournal": _escaped(
            _first_text(record.get("container-title-short") or record.get("short-container-title"))
        ),
        "publisher": _escaped(_first_text(record.get("publisher"))) if kind not in ("article",) else "",
        "year": str(csl_year(record) or ""),
        "volume": _escaped(_first_text(record.get("volume"))),
        "number": _escaped(_first_text(record.get("issue"))),
        "pages": re.sub(r"\s*[-‐‑–—]+\s*", "--", number),
        "doi": doi,
        "langid": _language(record, title),
        "keywords": "",
    }
    needed = {"author", "title", "journal", "year", "keywords"}
    if fields.get("shortjournal") == fields.get("journal"):
        del fields["shortjournal"]
    rows = [f"  {name:<12} = {{{value}}}," for name, value in fields.items() if value or name in needed]
    head = [] if record else ["% doi.org could not be asked: fill this in from the work itself."]
    return "\n".join([*head, f"@{kind}{{{key},", *rows, "}"]) + "\n"


def _author(person: Mapping[str, Any]) -> str:
    family, given = (_first_text(person.get(name)) for name in ("family", "given"))
    if not family:
        whole = _first_text(person.get("literal") or person.get("name"))
        return f"{{{_escaped(whole)}}}" if whole else ""
    if has_cjk(family):
        return f"{family}{given}"
    particle = _first_text(person.get("non-dropping-particle") or person.get("dropping-particle"))
    name = f"{particle} {family}" if particle else family
    return _escaped(f"{name}, {given}" if given else name)


def _language(record: Mapping[str, Any], title: str) -> str:
    """Return the language's name as biblatex has it, ``""`` where it must be filled in."""
    code = str(record.get("language") or "").lower()[:2]
    if has_cjk(title):
        return {"ja": "japanese", "ko": "korean"}.get(code, "chinese")
    names = {"en": "english", "zh": "chinese", "de": "german", "fr": "french", "es": "spanish", "it": "italian"}
    return names.get(code, "english" if title else "")


def _first_text(value: Any) -> str:
    """Return a text of a CSL record, of whatever shape, without markup and line breaks."""
    value = next(iter(value), "") if isinstance(value, list) else value
    return one_line(_TAG.sub("", value) if isinstance(value, str) else value)


def _escaped(text: str) -> str:
    """Escape what BibTeX and LaTeX take for themselves."""
    return _SPECIAL.sub(r"\\\1", text.replace("\\", "").replace("{", "(").replace("}", ")"))
