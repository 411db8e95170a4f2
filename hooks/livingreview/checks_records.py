"""The record of changes and the drawings against the review: what they name exists."""

from __future__ import annotations

from collections.abc import Iterator

from livingreview.changes import check_changes as check_changes_of
from livingreview.figures import check_figure
from livingreview.problems import Problem
from livingreview.review import Review

#: Verdicts that show that something of a claim's sources was read and bears on it.
_CHECKED = frozenset({"supported", "partly", "not-supported"})


def check_changes(review: Review) -> Iterator[Problem]:
    """What the record of changes points at exists, and its versions follow each other."""
    yield from check_changes_of(review, review.changes)


def check_figures(review: Review) -> Iterator[Problem]:
    """A drawing names claims that exist, in every language, with evidence that was read."""
    languages = tuple(language.code for language in review.languages)
    checked = {claim.id: claim.verdict in _CHECKED for claim in review.claims}
    known = {name: checked.get(name, True) for name in review.known_claims}
    for figure, file in review.figures.values():
        yield from check_figure(figure, file, languages, known)
