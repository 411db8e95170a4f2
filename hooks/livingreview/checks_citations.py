"""Checks of citations and identifiers: known keys, verified records, retractions, unused works.

In go plain values (references, the ledger, what is cited where); out come problems.
A work recorded as not verified is no problem here: readers are told so instead.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from livingreview.bibliography import Reference
from livingreview.problems import Problem
from livingreview.verified import GRAVE, Registered, VerificationLedger, differences

BIBLIOGRAPHY_FILE = "refs.bib"


@dataclass(frozen=True, slots=True)
class Mention:
    """A key or a registry number where it stands: in a page, a trial, a claim."""

    id: str
    path: str
    line: int


@dataclass(frozen=True, slots=True)
class StatusNote:
    """An editor's note on what befell a work (``about:`` and ``status:``), and the page it is on."""

    path: str
    about: str
    status: str


def check_doi_records(
    references: Iterable[Reference], ledger: VerificationLedger, path: str = BIBLIOGRAPHY_FILE
) -> Iterator[Problem]:
    """Yield ``doi-unverified``: a DOI without a record, with one of another DOI, or one that does not exist."""
    for reference in references:
        if not reference.doi:
            continue
        work = ledger.works.get(reference.key)
        record = work.doi if work else None
        message = _doi_fault(reference, record)
        if message:
            yield Problem(path, reference.line_of("doi"), "doi-unverified", message)


def _doi_fault(reference: Reference, record: Registered | None) -> str:
    remedy = "Run `livingreview verify`, or record it in data/verification.yml as not-verified."
    if record is None:
        return f'no record of DOI {reference.doi} ("{reference.key}"). {remedy}'
    if record.id.casefold() != reference.doi.casefold():
        return f'"{reference.key}" has DOI {reference.doi}, its record is of {record.id or "none"}. {remedy}'
    if record.status == "not-found":
        return f'DOI {reference.doi} ("{reference.key}") was not found on {record.date}. Correct or remove it.'
    return ""


def check_doi_matches(
    references: Iterable[Reference], ledger: VerificationLedger, path: str = BIBLIOGRAPHY_FILE
) -> Iterator[Problem]:
    """Yield ``doi-mismatch``: title, year or journal other than registered, or a PubMed number other than recorded."""
    for reference in references:
        work = ledger.works.get(reference.key)
        if work is None:
            continue
        for name, record, own in (("doi", work.doi, reference.doi), ("pmid", work.pmid, reference.pmid)):
            if record is None or not own:
                continue
            if record.id.casefold() != own.casefold():
                if name == "pmid":  # a DOI of another record is reported as unverified
                    message = (
                        f'"{reference.key}" has PubMed number {own}, its record is of {record.id or "none"}. '
                        "Correct the entry, or run `livingreview verify`."
                    )
                    yield Problem(path, reference.line_of("pmid"), "doi-mismatch", message)
                continue
            for field, ours, theirs in differences(reference, record):
                label = f"DOI {own}" if name == "doi" else f"PubMed number {own}"
                message = (
                    f'"{reference.key}": {field} is "{ours}", registered under {label} is "{theirs}". '
                    "Correct the entry, or the identifier."
                )
                yield Problem(path, reference.line_of(field), "doi-mismatch", message)


def check_registry_records(mentions: Iterable[Mention], ledger: VerificationLedger) -> Iterator[Problem]:
    """Yield ``registry-unverified``: a registry number without a record, or one its registry does not know."""
    seen: set[str] = set()
    for mention in mentions:
        if mention.id in seen:
            continue
        seen.add(mention.id)
        record = ledger.registries.get(mention.id)
        if record is None:
            message = (
                f"no record of {mention.id}. Run `livingreview verify`, "
                "or record it in data/verification.yml as not-verified."
            )
            yield Problem(mention.path, mention.line, "registry-unverified", message)
        elif record.status == "not-found":
            message = f"{mention.id} was not found in its registry on {record.date}. Correct or remove it."
            yield Problem(mention.path, mention.line, "registry-unverified", message)


def check_retractions(
    citations: Iterable[Mention], ledger: VerificationLedger, notes: Iterable[StatusNote]
) -> Iterator[Problem]:
    """Yield ``reference-retracted`` for each page that cites such a work without a note on it on that page."""
    told = {(note.path, note.about, note.status) for note in notes}
    seen: set[tuple[str, str]] = set()
    for citation in citations:
        status = ledger.status_of(citation.id)
        place = (citation.path, citation.id)
        if status not in GRAVE or place in seen or (*place, status) in told:
            continue
        seen.add(place)
        what = "has been retracted" if status == "retracted" else "is under an expression of concern"
        message = (
            f'"{citation.id}" {what}. Add a note with `about: {citation.id}` and `status: {status}` to this page, '
            "or cite another work."
        )
        yield Problem(citation.path, citation.line, "reference-retracted", message)


def check_unused(
    references: Iterable[Reference], used: Collection[str], path: str = BIBLIOGRAPHY_FILE
) -> Iterator[Problem]:
    """Yield ``citation-unused``: a work that no chapter, note, trial or claim names."""
    for reference in references:
        if reference.key not in used:
            message = f'nothing cites "{reference.key}". Cite it, or remove the entry.'
            yield Problem(path, reference.line, "citation-unused", message)
