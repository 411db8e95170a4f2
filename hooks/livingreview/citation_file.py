"""``CITATION.cff``: the edition's citation where its repository is looked at.

The format is https://citation-file-format.github.io/, version 1.2.0. In go the record
of the work and the releases; out comes the file's text. The article is listed under
its own authors as a reference; the edition has only its corporate author.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from livingreview.block_citations import NLM_LANGUAGE
from livingreview.edition import Release
from livingreview.work import Work

CITATION_FILE = "CITATION.cff"


def _text(value: str) -> str:
    """Return a text as a YAML scalar that needs no thought: JSON's strings are YAML's."""
    return json.dumps(value, ensure_ascii=False)


def _persons(work: Work, language: str) -> Iterator[tuple[str, str]]:
    """Yield family and given names of the article's authors; the short forms tell where one ends."""
    article = work.article
    short = article.authors_short.get(language, "").split(", ")
    for place, name in enumerate(article.authors[language]):
        family = short[place].rpartition(" ")[0] if place < len(short) else ""
        known = bool(family) and name.startswith(f"{family} ")
        yield (family, name.removeprefix(family).strip()) if known else (name, "")


def _article(work: Work, language: str) -> Iterator[str]:
    article = work.article
    yield "references:"
    yield "  - type: article"
    yield f"    title: {_text(article.title[language])}"
    yield "    authors:"
    for family, given in _persons(work, language):
        yield f"      - family-names: {_text(family)}"
        if given:
            yield f"        given-names: {_text(given)}"
    yield f"    journal: {_text(article.journal[language])}"
    yield f"    year: {article.year}"
    for field, value in (("volume", article.volume), ("issue", article.issue)):
        if value:
            yield f"    {field}: {_text(str(value)) if field == 'volume' else value}"
    if article.issn:
        yield f"    issn: {_text(article.issn)}"
    yield f"    doi: {_text(article.doi)}"


def format_citation_file(work: Work, release: Release | None, source: str) -> str:
    """Return the file: in English where the work has English words, else in the source language."""
    language = NLM_LANGUAGE if NLM_LANGUAGE in work.title else source
    rows = [
        "cff-version: 1.2.0",
        "message: \"To use this edition's verdicts, notes, data or translation, cite it as below; "
        "to discuss the article's views, cite the article (see references).\"",
        "type: dataset",
        f"title: {_text(work.title[language])}",
    ]
    if work.summary.get(language):
        rows.append(f"abstract: {_text(work.summary[language])}")
    rows += ["authors:", f"  - name: {_text(work.author[language])}"]
    if release is not None:
        rows += [f"version: {_text(release.version)}", f"date-released: {_text(release.date)}"]
    rows.append(f"license: {work.license}")
    keywords = work.keywords.get(language, ())
    if keywords:
        rows += ["keywords:", *(f"  - {_text(word)}" for word in keywords)]
    rows += _article(work, language)
    return "\n".join(rows) + "\n"
