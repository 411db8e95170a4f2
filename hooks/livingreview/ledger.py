"""The record of what was verified: which questions are open, and how answers enter ``data/verification.yml``.

In go the text of that file and the answers of the services; out comes the text
with those answers merged in and everything else, comments included, as it was.
While a run is under way its answers are kept in a journal, one line each, so
that a run that was stopped or killed loses none of them.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from livingreview.verify_services import Kind, Notice, Result, Target, notice_status
from livingreview.yamledits import REMOVE, merge_yaml

LEDGER_FILE = "data/verification.yml"

#: What stands under ``method`` where this program asked; anything else was written by people.
METHOD = "livingreview verify"

#: How grave each state of a work is. A machine never lowers what people recorded.
GRAVITY = {"unknown": 0, "none-found": 0, "corrected": 1, "concern": 2, "retracted": 3}

_PUBMED = "pubmed"
_SECTIONS = {Kind.REGISTRY: "registries", Kind.LINK: "links"}
_OPTIONAL = ("journal-short", "year-print", "year-online", "registered-as", "address", "resolved")
_ORDER = {kind: number for number, kind in enumerate(Kind)}
_PAGES = {Kind.REGISTRY: "https://clinicaltrials.gov/study/{}"}

Data = Mapping[str, Any]


def entry(data: Any, *path: str) -> Data:
    """Return the mapping at ``path``, empty where there is none."""
    for name in path:
        data = data.get(name) if isinstance(data, Mapping) else None
    return data if isinstance(data, Mapping) else {}


def record_of(data: Data, target: Target) -> Data:
    """Return what is recorded of a target."""
    if target.kind in _SECTIONS:
        return entry(data, _SECTIONS[target.kind], target.id)
    return entry(data, "works", target.key, target.kind.value)


def is_fresh(data: Data, target: Target, today: date, days: int) -> bool:
    """Whether a service answered about this very identifier less than ``days`` days ago."""
    record = record_of(data, target)
    if target.kind not in _SECTIONS and str(record.get("id", "")) != target.id:
        return False
    moment = record.get("resolved") or (record.get("date") if record.get("method") == METHOD else None)
    try:
        return (today - date.fromisoformat(str(moment))).days < days
    except ValueError:
        return False


def merge_results(text: str, data: Data, results: Iterable[Result]) -> str:
    """Return the ledger's text with the results in it; ``data`` is what ``text`` says.

    Raises ``ValueError`` where the text is not a YAML mapping.
    """
    changes: dict[str, dict[str, dict[str, Any]]] = {}
    # DOI before PubMed number whichever answered first: the same answers make the same file.
    for result in sorted(results, key=lambda result: _ORDER[result.target.kind]):
        section = _SECTIONS.get(result.target.kind, "works")
        name = result.target.id if result.target.kind in _SECTIONS else result.target.key
        fields = changes.setdefault(section, {}).setdefault(name, {})
        if result.target.kind in _SECTIONS:
            fields.update(_plain_record(result, record_of(data, result.target)))
        else:
            _work_record(fields, result, data)
    return merge_yaml(text, changes)


def merge_unverified(text: str, data: Data, targets: Iterable[Target], date: str) -> str:
    """Return the ledger's text with a record that says "not verified" for each target that has none."""
    changes: dict[str, dict[str, dict[str, Any]]] = {}
    for target in targets:
        record: dict[str, Any] = {"status": "not-verified", "date": date, "method": "none"}
        if record_of(data, target):
            continue
        if target.kind in _SECTIONS:
            changes.setdefault(_SECTIONS[target.kind], {})[target.id] = record
        else:
            work = changes.setdefault("works", {}).setdefault(target.key, {})
            if not entry(data, "works", target.key):
                work |= {"date": date, "method": "none"}
            work[target.kind.value] = {"id": target.id, **record}
    return merge_yaml(text, changes)


def _plain_record(result: Result, known: Data) -> dict[str, Any]:
    """Return the record of a registry number or a link; fields of another reading go."""
    fields: dict[str, Any] = {"status": result.status}
    if result.target.kind is Kind.REGISTRY:
        fields["title"] = result.facts.get("title", known.get("title"))
        fields |= {name: value for name, value in result.facts.items() if name != "title"}
    fields |= {"date": result.date, "method": METHOD, "read_at": result.read_at}
    if page := _PAGES.get(result.target.kind):
        fields["address"] = page.format(result.target.id)
    return fields


def _work_record(fields: dict[str, Any], result: Result, data: Data) -> None:
    """Add what a service said of a work's DOI or PubMed number, and of notices on the work."""
    known = entry(data, "works", result.target.key)
    if not known:
        fields.setdefault("date", result.date)
        fields.setdefault("method", METHOD)
    name = result.target.kind.value
    fields[name] = _identifier(result, entry(known, name))
    if result.notices is not None:
        pending = fields.get("notices")
        notices = _notices(result, pending if isinstance(pending, Mapping) else entry(known, "notices"))
        if notices:
            fields["notices"] = notices


def _identifier(result: Result, known: Data) -> dict[str, Any]:
    """Return the record of a DOI or PubMed number.

    An agency without open metadata confirms no more than that the DOI resolves: what
    people read about the work on a page then stands, and only that is added.
    """
    agency = {"agency": result.facts["agency"]} if "agency" in result.facts else {}
    same = str(known.get("id", "")) == result.target.id
    if result.status == "not-covered" and same and known.get("status") == "verified" and known.get("method") != METHOD:
        return {**agency, "resolved": result.date}
    fields: dict[str, Any] = {"id": result.target.id, "status": result.status, **agency}
    if result.target.kind is Kind.DOI:
        fields |= {
            name: result.facts.get(name, known.get(name) if same else None) for name in ("title", "journal", "year")
        }
    fields |= {name: value for name, value in result.facts.items() if name not in fields}
    fields |= {"date": result.date, "method": METHOD, "read_at": result.read_at}
    return fields | {name: REMOVE for name in _OPTIONAL if name in known and name not in fields}


def _notices(result: Result, known: Data) -> dict[str, Any]:
    """Return the notices on a work from both services; each replaces only what it said itself before."""
    from_pubmed = result.target.kind is Kind.PMID
    kept = [notice for notice in read_notices(known) if (notice.source == _PUBMED) is not from_pubmed]
    notices = [*kept, *(result.notices or ())]
    status = notice_status(notices)
    if known.get("method") != METHOD and GRAVITY.get(str(known.get("status")), 0) > GRAVITY[status]:
        return {}
    items = [{name: value for name, value in asdict(notice).items() if value} for notice in notices]
    sources = {part for part in str(known.get("read_at", "")).split("; ") if part and known.get("method") == METHOD}
    fields: dict[str, Any] = {"status": status, "date": result.date, "method": METHOD}
    fields["read_at"] = "; ".join(sorted(sources | set(result.read_at.split("; "))))
    if items or "items" in known:
        fields["items"] = items or REMOVE
    return fields


def read_notices(known: Data) -> tuple[Notice, ...]:
    """Return the notices that a record lists, leaving out what is not one."""
    items = known.get("items")
    names = ("type", "source", "doi", "pmid", "date")
    return tuple(
        Notice(**{name: str(item.get(name) or "") for name in names})
        for item in (items if isinstance(items, list) else [])
        if isinstance(item, Mapping) and item.get("type")
    )


class Journal:
    """The answers of a run under way, one a line, in a file that a later run takes over."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: IO[bytes] | None = None

    def __enter__(self) -> Self:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._file = self.path.open("ab")
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def add(self, result: Result) -> None:
        """Write one answer through to the file system."""
        if self._file is None:
            raise RuntimeError("the journal is not open")
        record = asdict(result) | {"target": asdict(result.target) | {"kind": result.target.kind.value}}
        # A line cut off by a kill ends here, not in this answer.
        self._file.write(b"\n" + json.dumps(record, ensure_ascii=False).encode("utf-8") + b"\n")
        self._file.flush()

    def read(self) -> Iterator[Result]:
        """Yield the answers written so far, the last of each target; lines cut by a kill are left out."""
        if not self.path.exists():
            return
        found: dict[tuple[Kind, str, str], Result] = {}
        for line in self.path.read_bytes().split(b"\n"):
            with contextlib.suppress(ValueError, TypeError, KeyError, AttributeError):
                result = _result(json.loads(line))
                found[result.target.kind, result.target.id, result.target.key] = result
        yield from found.values()

    def clear(self) -> None:
        """Remove the journal once its answers are in the ledger."""
        self.path.unlink(missing_ok=True)


def _result(record: dict[str, Any]) -> Result:
    target = Target(Kind(record["target"]["kind"]), record["target"]["id"], record["target"]["key"])
    notices = record["notices"]
    read = None if notices is None else tuple(Notice(**notice) for notice in notices)
    return Result(target, record["status"], record["date"], record["read_at"], record["facts"], read)
