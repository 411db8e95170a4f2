"""The work itself: titles, people, source article, which page is what.

In goes ``data/review.yml``; out comes a :class:`Work` and problems.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated

from pydantic import AfterValidator, Field, PrivateAttr

from livingreview.border import Record, Said, read_record
from livingreview.problems import Problem
from livingreview.yamlfile import KeyPath, parse_yaml

WORK_FILE = "data/review.yml"

#: A text in each language.
Texts = Mapping[str, str]


def _address(value: str) -> str:
    """Accept the address of a page on the web, or nothing."""
    if value and not re.fullmatch(r"https?://[^\s\"'<>]+", value):
        raise ValueError("expected an address that begins with https://")
    return value


def _doi(value: str) -> str:
    """Accept a DOI."""
    if not re.fullmatch(r"10\.\d{4,9}/[^\s\"'<>]+", value):
        raise ValueError("expected a DOI, as in 10.1000/182, without https://doi.org/")
    return value


class Article(Record):
    """The article that the edition restructures; its authors are not the edition's."""

    title: dict[str, Said]
    authors: dict[str, list[Said]]
    authors_short: dict[str, Said] = {}
    journal: dict[str, Said]
    issn: str = ""
    year: int
    volume: str = ""
    issue: int | str = ""
    pages: str = ""
    doi: Annotated[str, AfterValidator(_doi)]
    received: str = ""
    revised: str = ""
    funding: dict[str, Said] = {}


class Pages(Record):
    """What each page is: slugs, in order."""

    home: str = "index"
    chapters: list[str] = []
    beyond: list[str] = []


class Dates(Record):
    """Days that texts and data refer to (ISO 8601)."""

    evidence_read: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]


class Work(Record):
    """The whole record."""

    title: dict[str, Said]
    short_title: dict[str, Said]
    summary: dict[str, Said] = {}
    author: dict[str, Said]
    license: str
    license_url: Annotated[str, AfterValidator(_address)] = ""
    article: Article
    keywords: dict[str, list[Said]] = {}
    dates: Dates
    pages: Pages = Pages()
    references: list[str] = []

    _lines: Mapping[KeyPath, int] = PrivateAttr(default_factory=dict)

    def line(self, *keys: str | int) -> int:
        """Return the line of the value at ``keys`` in the record's file, or 1 where that is not known."""
        return self._lines.get(keys, 1)

    def worded(self) -> Iterator[tuple[KeyPath, Mapping[str, str | list[str]]]]:
        """Yield every text that each language has a wording of, with its place."""
        for at, record in (((), self), (("article",), self.article)):
            for name in type(record).model_fields:
                value = getattr(record, name)
                if isinstance(value, dict) and value:
                    yield (*at, name), value

    @property
    def strict_pages(self) -> frozenset[str]:
        """Slugs of the pages on which every block needs an id."""
        return frozenset({self.pages.home, *self.pages.chapters, *self.pages.beyond})


def load_work(text: str, path: str = WORK_FILE) -> tuple[Work | None, tuple[Problem, ...]]:
    """Read the record of the work; ``None`` where it does not fit."""
    file = parse_yaml(text, path)
    if file.problems or file.data is None:
        empty = Problem(path, 1, "data-field", "the record of the work is empty. Restore it.")
        return None, file.problems or (empty,)
    work, problems = read_record(file, file.data, (), Work)
    if work is not None:
        work._lines = file.lines
    return work, problems
