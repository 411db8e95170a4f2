"""Claims: what the article states, where each statement lives, what it was checked against.

In goes ``data/claims.yml``; out come :class:`~livingreview.model.Claim` records.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from livingreview.border import Record, Said, read_list
from livingreview.model import Check, Claim
from livingreview.problems import Problem
from livingreview.yamlfile import parse_yaml

CLAIMS_FILE = "data/claims.yml"
PLACES_FILE = "data/read-places.yml"

#: The page on which every claim has its address, and the form of that address's fragment.
AUDIT_PAGE = "audit"
CLAIM_ID = re.compile(r"c[0-9]{3,}\Z")

Verdict = Literal["supported", "partly", "not-supported", "unverified", "no-citation"]
Against = Literal[
    "full-text", "paper-part", "abstract", "registry", "regulator", "secondary-table", "press", "title", "nothing"
]

#: From the one that says least for a claim to the one that says most.
VERDICTS: tuple[str, ...] = ("not-supported", "partly", "unverified", "no-citation", "supported")

#: What counts as having read a source: more than its title.
READ = frozenset({"full-text", "paper-part", "abstract", "registry", "regulator", "secondary-table", "press"})


def _iso_date(value: str) -> str:
    """Accept a calendar date as ISO 8601 writes it, and only such a one."""
    try:
        sound = datetime.date.fromisoformat(value).isoformat() == value
    except ValueError:
        sound = False
    if not sound:
        raise ValueError("a date is written as 2026-01-31")
    return value


Date = Annotated[str, AfterValidator(_iso_date)]


class CheckRecord(Record):
    """One reference of a claim: what of it was read, when, where, and what it says of the claim."""

    reference: str
    against: Against
    date: Date
    read_at: str = ""
    verdict: Verdict


class ClaimRecord(Record):
    """One claim as it stands in the file."""

    id: Annotated[str, Field(pattern=r"^c[0-9]{3,}$")]
    kind: Literal["finding", "opinion", "need"]
    block: Annotated[str, Field(pattern=r"^[a-z0-9/-]+#[a-z0-9-]+$")]
    numbers: list[Said] = []
    entities: list[Said] = []
    verdict: Verdict
    checks: list[CheckRecord] = []
    note: str | dict[str, str] = ""


def load_claims(text: str, path: str = CLAIMS_FILE) -> tuple[tuple[Claim, ...], tuple[Problem, ...]]:
    """Read all claims that fit; the problems say what is wrong with the others."""
    file = parse_yaml(text, path)
    records, problems = read_list(file, ClaimRecord)
    claims = []
    positions = {str(v.get("id")): i for i, v in enumerate(file.data) if isinstance(v, dict)} if records else {}
    for record, line in records:
        at = positions.get(record.id, 0)
        checks = tuple(
            Check(c.reference, c.against, c.date, c.read_at, c.verdict, file.line(at, "checks", number))
            for number, c in enumerate(record.checks)
        )
        note, texts = (record.note, {}) if isinstance(record.note, str) else ("", record.note)
        claims.append(
            Claim(
                record.id,
                record.kind,
                record.block,
                record.verdict,
                line,
                tuple(record.numbers),
                tuple(record.entities),
                checks,
                note,
                texts,
            )
        )
    return tuple(claims), problems


def load_read_places(
    text: str, languages: Sequence[str], path: str = PLACES_FILE
) -> tuple[Mapping[str, Mapping[str, str]], tuple[Problem, ...]]:
    """Read how the places where sources were read are worded in each language: any wording to all of them."""
    file = parse_yaml(text, path)
    if file.data is not None and not isinstance(file.data, list):
        fault = Problem(path, 1, "data-field", "the file must be a list: every place has its words by language.")
        return {}, file.problems or (fault,)
    places: dict[str, Mapping[str, str]] = {}
    problems: list[Problem] = list(file.problems)
    for index, value in enumerate(file.data or ()):
        if isinstance(value, dict) and all(value.get(language) for language in languages):
            words = {language: str(value[language]) for language in languages}
            places.update(dict.fromkeys(words.values(), words))
        else:
            message = f"a place needs its wording in each language ({', '.join(languages)})."
            problems.append(Problem(path, file.line(index), "vocabulary-label", message))
    return places, tuple(problems)
