"""What was verified of each work and registry number, as the build reads it.

In goes the text of ``data/verification.yml`` (written by people and by ``livingreview
verify``); out come frozen records, one a work and one a registry number, and a
problem for each fault. Nothing here asks the network, and nothing depends on how
old a verification is. The comparison of a work with its record is here too: titles
agree where they differ in case, punctuation, accents, spelling of a word or a
subtitle left out; journals where one is the other's abbreviation or parallel name.
"""

from __future__ import annotations

import datetime
import difflib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from livingreview.bibliography import Reference
from livingreview.number_patterns import GREEK
from livingreview.problems import Problem
from livingreview.scripts import has_han
from livingreview.yamlfile import KeyPath, YamlFile, parse_yaml

LEDGER_FILE = "data/verification.yml"

#: What a field of an entry rests on.
FIELD_STATES = frozenset({"verified", "as-printed-in-review", "ours", "not-verified"})

#: What is known of an identifier. ``not-covered``: it resolves, its agency's metadata are not open.
IDENTIFIER_STATES = frozenset({"verified", "not-verified", "not-covered", "not-found"})

#: What is known of notices on a work. ``none-found`` speaks of what was read, ``unknown`` of nothing read.
NOTICE_STATES = frozenset({"unknown", "none-found", "corrected", "concern", "retracted"})

#: States of a work that a reader must be told of beside the text.
GRAVE = frozenset({"concern", "retracted"})

#: How alike two words must be, from 0 to 100, to be spellings of one: ischemia and ischaemia, not sun and moon.
LIKENESS = 80


@dataclass(frozen=True, slots=True)
class Registered:
    """What a service or a page says of a DOI, a PubMed number or a registry number. Empty: not seen."""

    id: str
    status: str
    line: int
    agency: str = ""
    title: str = ""
    journals: tuple[str, ...] = ()
    years: tuple[str, ...] = ()
    doi: str = ""
    date: str = ""
    method: str = ""
    read_at: str = ""
    note: str = ""

    @property
    def is_verified(self) -> bool:
        """Whether the identifier itself was confirmed, by a person or by a service."""
        return self.status in ("verified", "not-covered")


@dataclass(frozen=True, slots=True)
class NoticeState:
    """Whether a work was corrected, doubted or withdrawn, and the identifiers of the notices."""

    status: str = "unknown"
    line: int = 1
    date: str = ""
    method: str = ""
    items: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class WorkRecord:
    """What was verified of one work: its fields, its identifiers, the notices on it."""

    key: str
    line: int
    date: str = ""
    method: str = ""
    read_at: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    doi: Registered | None = None
    pmid: Registered | None = None
    notices: NoticeState = field(default_factory=NoticeState)
    note: str = ""

    @property
    def unverified_fields(self) -> tuple[str, ...]:
        """The fields nobody has read on a page of the work or in a record of it."""
        return tuple(name for name, state in self.fields.items() if state != "verified")

    @property
    def verified_on(self) -> str:
        """The latest date something of the work was verified on, or an empty text."""
        parts = [part for part in (self.doi, self.pmid) if part is not None and part.is_verified]
        dates = [part.date for part in parts]
        if "verified" in self.fields.values():
            dates.append(self.date)
        return max(dates, default="")


@dataclass(frozen=True, slots=True)
class VerificationLedger:
    """All records, by reference key and by registry number."""

    works: Mapping[str, WorkRecord] = field(default_factory=dict)
    registries: Mapping[str, Registered] = field(default_factory=dict)

    def status_of(self, key: str) -> str:
        """Return the gravest notice known of a work, ``unknown`` where there is no record."""
        record = self.works.get(key)
        return record.notices.status if record else "unknown"

    def counts(self, references: tuple[Reference, ...]) -> dict[str, int]:
        """Count works by what is known of their DOI (``no-doi``, ``no-record`` or its state)."""
        states = Counter(
            {"verified": 0, "not-covered": 0, "not-verified": 0, "not-found": 0, "no-record": 0, "no-doi": 0}
        )
        for reference in references:
            record = self.works.get(reference.key)
            if not reference.doi:
                states["no-doi"] += 1
            else:
                states[record.doi.status if record and record.doi else "no-record"] += 1
        return dict(states)

    def oldest(self) -> str:
        """Return the date of the oldest verification of a DOI, or an empty text."""
        return min((record.doi.date for record in self.works.values() if record.doi and record.doi.date), default="")


#: The fields a person writes.
_FIELDS = frozenset(
    {"date", "method", "read_at", "address", "fields", "notices", "note", "doi", "pmid"}
    | {"id", "status", "agency", "title", "journal", "year", "items"}
)

#: The fields of a work whose verification is recorded.
_WORK_FIELDS = frozenset(
    {"author", "author-latin", "title", "title-en", "journal", "journal-en", "shortjournal", "year", "volume"}
    | {"number", "issue", "pages", "publisher", "address", "url", "doi", "pmid", "langid", "keywords"}
)


class _Reader:
    """Takes values out of the parsed file and notes what does not fit."""

    def __init__(self, file: YamlFile) -> None:
        self.file = file
        self.problems: list[Problem] = []

    def fault(self, at: KeyPath, message: str) -> None:
        self.problems.append(Problem(self.file.path, self.file.line(*at), "data-field", message))

    def mapping(self, data: Mapping[str, Any], name: str, at: KeyPath) -> Mapping[str, Any]:
        """Return the mapping under a name; nothing there is an empty one."""
        value = data.get(name)
        if value is None or isinstance(value, dict):
            return value or {}
        self.fault((*at, name), f'"{name}" must hold fields, one a line.')
        return {}

    def names(self, data: Mapping[str, Any], at: KeyPath, known: frozenset[str] = _FIELDS) -> None:
        """Report names that look like a known field misspelt; services may add fields of their own."""
        for name in data:
            close = [] if name in known else difflib.get_close_matches(str(name), known, n=1, cutoff=0.8)
            if close:
                self.fault((*at, name), f'unknown field "{name}". Did you mean "{close[0]}"?')

    def text(self, data: Mapping[str, Any], name: str, at: KeyPath) -> str:
        """Return the text under a name; nothing there is an empty one."""
        value = data.get(name)
        if isinstance(value, (dict, list)):
            self.fault((*at, name), f'"{name}" must be a text.')
            return ""
        return "" if value is None else str(value)

    def date(self, data: Mapping[str, Any], at: KeyPath) -> str:
        value = self.text(data, "date", at)
        if value and not _is_date(value):
            self.fault((*at, "date"), f'"{value}" is not a date as 2026-01-31.')
            return ""
        return value

    def state(self, value: Any, allowed: frozenset[str], at: KeyPath) -> str:
        """Return the state if it is a known one; else note it and return the most careful one."""
        if isinstance(value, str) and value in allowed:
            return value
        self.fault(at, f'"{value}" is none of {", ".join(sorted(allowed))}.')
        return "unknown" if "unknown" in allowed else "not-verified"

    def identifier(self, name: str, data: Mapping[str, Any], at: KeyPath) -> Registered:
        self.names(data, at)
        years = (self.text(data, part, at) for part in ("year", "year-print", "year-online"))
        journals = (self.text(data, part, at) for part in ("journal", "journal-short"))
        return Registered(
            id=name,
            status=self.state(data.get("status"), IDENTIFIER_STATES, (*at, "status")),
            line=self.file.line(*at),
            agency=self.text(data, "agency", at),
            title=self.text(data, "title", at),
            journals=tuple(journal for journal in journals if journal),
            years=tuple(year for year in years if year),
            doi=self.text(data, "doi", at),
            date=self.date(data, at),
            method=self.text(data, "method", at),
            read_at=self.text(data, "read_at", at),
            note=self.text(data, "note", at),
        )

    def of_work(self, work: Mapping[str, Any], name: str, at: KeyPath) -> Registered | None:
        data = self.mapping(work, name, at)
        return self.identifier(self.text(data, "id", (*at, name)), data, (*at, name)) if data else None

    def notices(self, work: Mapping[str, Any], at: KeyPath) -> NoticeState:
        data = self.mapping(work, "notices", at)
        if not data:
            return NoticeState(line=self.file.line(*at))
        where = (*at, "notices")
        self.names(data, where)
        items = data.get("items")
        listed = [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
        return NoticeState(
            status=self.state(data.get("status"), NOTICE_STATES, (*where, "status")),
            line=self.file.line(*where),
            date=self.date(data, where),
            method=self.text(data, "method", where),
            items=tuple({name: str(value) for name, value in item.items()} for item in listed),
        )

    def work(self, key: str, work: Mapping[str, Any]) -> WorkRecord:
        at = ("works", key)
        self.names(work, at)
        fields = self.mapping(work, "fields", at)
        self.names(fields, (*at, "fields"), _WORK_FIELDS)
        return WorkRecord(
            key=key,
            line=self.file.line(*at),
            date=self.date(work, at),
            method=self.text(work, "method", at),
            read_at=self.text(work, "read_at", at),
            fields={name: self.state(state, FIELD_STATES, (*at, "fields", name)) for name, state in fields.items()},
            doi=self.of_work(work, "doi", at),
            pmid=self.of_work(work, "pmid", at),
            notices=self.notices(work, at),
            note=self.text(work, "note", at),
        )

    def records(self, name: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield the entries of a section that are mappings."""
        section = self.mapping(self.file.data, name, ())
        for key, value in section.items():
            if isinstance(value, dict):
                yield key, value
            else:
                self.fault((name, key), f'"{key}" must hold fields, one a line.')


def _is_date(value: str) -> bool:
    try:
        return datetime.date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def load_ledger(text: str, path: str = LEDGER_FILE) -> tuple[VerificationLedger | None, tuple[Problem, ...]]:
    """Read the ledger; never raises because of what it holds. An empty file is an empty ledger, a broken one none."""
    file = parse_yaml(text, path)
    if file.data is None:
        return None if file.problems else VerificationLedger(), file.problems
    if not isinstance(file.data, dict):
        fault = Problem(path, 1, "data-field", 'the file must hold "works:" and "registries:".')
        return None, file.problems or (fault,)
    reader = _Reader(file)
    works = {key: reader.work(key, work) for key, work in reader.records("works")}
    registries = {
        number: reader.identifier(number, record, ("registries", number))
        for number, record in reader.records("registries")
    }
    return VerificationLedger(works, registries), (*file.problems, *reader.problems)


_NOT_WORDS = re.compile(r"[^0-9a-z\u0370-\u03ff\u0400-\u04ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+")
_MARKUP = re.compile(r"</?[A-Za-z][^<>]*>")
_PARALLEL = re.compile(r"\s*[/=|]\s*")
#: What stands between a title and its subtitle; a title cut short elsewhere is another title.
_SUBTITLE = re.compile(r"[:：.。?？!！;；—–(（]")
_SMALL = frozenset({"a", "an", "and", "de", "der", "des", "et", "for", "in", "la", "of", "on", "the", "und", "y"})

#: What a Chinese title may have or lack, and letters that a title may spell out.
_PARTICLES = str.maketrans("", "", "的与和及之")
_GREEK = str.maketrans(GREEK)

#: Letters that do not decompose into a plain one and an accent.
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i", "&": " and "})


def _caseless(text: str) -> str:
    """Return a text without case or compatibility forms (Unicode Standard, D146: compatibility caseless matching).

    Twice, because a sign may hide a capital: 𝛢 has no lower case of its own, but is a form of Α.
    """
    once = unicodedata.normalize("NFKD", unicodedata.normalize("NFD", text).casefold())
    return unicodedata.normalize("NFKD", once.casefold())


def fold(text: str) -> str:
    """Reduce a text to what two printings of it share: no case, accents, punctuation, markup; words by one space."""
    plain = _caseless(_MARKUP.sub("", text)).translate(_LETTERS)
    bare = "".join(sign for sign in plain if not unicodedata.combining(sign))
    folded = _NOT_WORDS.sub(" ", bare).strip()
    return folded.replace(" ", "") if has_han(folded) else folded


def titles_agree(one: str, other: str) -> bool:
    """Whether two titles are of the same work; one may lack the other's subtitle."""
    first, second = sorted((fold(one), fold(other)), key=len)
    if first == second:
        return True
    long_enough = len(first) >= (8 if has_han(first) else 24)
    longer = max((one, other), key=lambda title: len(fold(title)))
    if long_enough and any(fold(longer[: sign.start()]) == first for sign in _SUBTITLE.finditer(longer)):
        return True
    return _same_words(*sorted((first, second)))


def _same_words(one: str, other: str) -> bool:
    """Whether two folded titles have the same words, some of them spelt otherwise or written together."""
    from rapidfuzz import fuzz  # noqa: PLC0415 - only where two titles differ at all

    if has_han(one + other):
        return one.translate(_PARTICLES) == other.translate(_PARTICLES)
    left, right = (title.translate(_GREEK).split() for title in (one, other))
    for kind, *ends in difflib.SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        parts = left[ends[0] : ends[1]], right[ends[2] : ends[3]]
        spelt = ["".join(word for word in words if word not in _SMALL) for words in parts]
        if kind != "equal" and spelt[0] != spelt[1] and fuzz.ratio(*spelt) < LIKENESS:
            return False
    return True


def _abbreviates(short: list[str], full: list[str]) -> bool:
    """Whether each word of one name begins the next word of the other, little words left out."""
    words = [word for word in full if word not in _SMALL]
    parts = [word for word in short if word not in _SMALL]
    return len(parts) == len(words) and all(word.startswith(part) for part, word in zip(parts, words, strict=True))


def _names_agree(one: str, other: str) -> bool:
    first, second = fold(one).split(), fold(other).split()
    bare = [[word for word in words if word not in _SMALL] for words in (first, second)]
    return bare[0] == bare[1] or _abbreviates(first, second) or _abbreviates(second, first)


def journals_agree(names: tuple[str, ...], registered: tuple[str, ...]) -> bool:
    """Whether any name of a journal is any registered one: in full, abbreviated, or one half of a double name."""
    ours = [part for name in names for part in (name, *_PARALLEL.split(name)) if fold(part)]
    theirs = [part for name in registered for part in (name, *_PARALLEL.split(name)) if fold(part)]
    return any(_names_agree(one, other) for one in ours for other in theirs)


def _in_script(texts: tuple[str, ...], chinese: bool) -> tuple[str, ...]:
    return tuple(text for text in texts if text and has_han(text) is chinese)


def differences(reference: Reference, registered: Registered) -> Iterator[tuple[str, str, str]]:
    """Yield field, what the bibliography says and what is registered, where the two differ.

    A name or title is compared only with one in the same script: an agency may have
    registered a Chinese work under an English title that the journal does not print.
    """
    titles = (reference.title, reference.get("title-en"))
    comparable = _in_script(titles, has_han(registered.title))
    ours = "title-en" in reference.fields and not has_han(registered.title)
    if registered.title and comparable and not ours and not any(titles_agree(t, registered.title) for t in comparable):
        yield "title", comparable[0], registered.title
    if registered.years and reference.year not in registered.years:
        yield "year", reference.year, " or ".join(dict.fromkeys(registered.years))
    if registered.doi and reference.doi and registered.doi.casefold() != reference.doi.casefold():
        yield "doi", reference.doi, registered.doi
    yield from _journal_difference(reference, registered)


def _journal_difference(reference: Reference, registered: Registered) -> Iterator[tuple[str, str, str]]:
    chinese = has_han(reference.journal)
    # A right abbreviation does not excuse a wrong name, unless the name is in another script than the registered one.
    short = (reference.get("shortjournal"),) if chinese or not reference.journal else ()
    names = (reference.journal, *short, reference.get("journal-en"))
    theirs = registered.journals if not chinese else _in_script(registered.journals, chinese=True)
    ours = tuple(name for name in names if name)
    if theirs and ours and not journals_agree(ours, theirs):
        yield "journal", ours[0], theirs[0]
