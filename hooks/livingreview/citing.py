"""Who cites what: the one numbering of the whole work, and where and how each work is used.

In goes the review; out come the numbers and, for a language, everything a list
of references shows.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from livingreview.audit import is_judged
from livingreview.cards import Finding, Place, ReferenceBook
from livingreview.citations import Numbering, number_works
from livingreview.locales import labels
from livingreview.model import Block, BlockKind, Chapter
from livingreview.references import format_bibliography
from livingreview.review import Review, numbering_keys
from livingreview.verified import VerificationLedger


def _blocks(review: Review, language: str) -> Iterator[tuple[Chapter, Block]]:
    """Yield every block of a language in the order of the site."""
    for slug in review.slugs:
        chapter = review.chapter(language, slug)
        for block in chapter.blocks if chapter else ():
            assert chapter is not None  # noqa: S101 (for the type checker: the loop is empty otherwise)
            yield chapter, block


def _appearances(review: Review) -> Iterator[str]:
    """Yield keys in the order in which works beyond the article appear: pages beyond, then elsewhere."""
    for slug in review.beyond_slugs:
        chapter = review.chapter(review.source, slug)
        for block in chapter.blocks if chapter else ():
            yield from (citation.key for citation in block.citations)
    for _chapter, block in _blocks(review, review.source):
        yield from (citation.key for citation in block.citations)
    for trial in review.trials:
        yield from trial.reports
    for term in review.terms:
        if term.source:
            yield term.source


def number_review(review: Review) -> Numbering:
    """Number all works: the article's by first citation in the chapters' own text, the others E1, E2 and so on."""
    main = [key for key, _chapter, _line in numbering_keys(review, review.source, review.chapter_slugs)]
    known = review.keys
    return number_works((k for k in main if k in known), (k for k in _appearances(review) if k in known))


def places_of(review: Review) -> dict[str, list[Place]]:
    """Return the blocks that cite each work, in the order of the site."""
    places: dict[str, list[Place]] = {}
    for chapter, block in _blocks(review, review.source):
        if block.id and block.kind is not BlockKind.HEADING:
            for key in dict.fromkeys(citation.key for citation in block.citations):
                places.setdefault(key, []).append(Place(chapter.slug, block.id))
    return places


def findings_of(review: Review, language: str) -> dict[str, list[Finding]]:
    """Return what became of the claims that rest on each work."""
    words = labels(language)
    found: dict[str, list[Finding]] = {}
    for claim in review.claims:
        for check in claim.checks:
            verdict = check.verdict if is_judged(claim) else claim.kind
            label = words(f"verdict.{verdict}") if is_judged(claim) else words(f"kind.{claim.kind}")
            found.setdefault(check.reference, []).append(Finding(claim.id, verdict, label))
    return found


def reference_book(review: Review, numbering: Numbering, language: str, root: Path) -> ReferenceBook:
    """Return everything the lists of references of a language show."""
    return ReferenceBook(
        language=language,
        references={reference.key: reference for reference in review.references},
        formatted=format_bibliography(review.references, language, root),
        numbering=numbering,
        ledger=review.ledger or VerificationLedger(),
        places=places_of(review),
        findings=findings_of(review, language),
        read_places=review.read_places,
    )
