"""All checks of a review, in one explicit list.

A check is a function from a :class:`~livingreview.review.Review` to problems.
It has no state and no network, and knows nothing of the other checks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from livingreview import (
    checks_claims,
    checks_parity,
    checks_records,
    checks_structure,
    checks_terms,
    checks_texts,
    checks_works,
    publishing,
    translations,
)
from livingreview.problems import Problem, sort_problems
from livingreview.review import Review

Check = Callable[[Review], Iterable[Problem]]

CHECKS: tuple[Check, ...] = (
    checks_structure.check_ids,
    checks_structure.check_links,
    checks_structure.check_directives,
    checks_structure.check_files,
    checks_structure.check_navigation,
    checks_works.check_citations,
    checks_works.check_order,
    checks_works.check_listed,
    checks_works.check_unused,
    checks_works.check_dois,
    checks_works.check_registries,
    checks_works.check_retractions,
    checks_works.check_trials,
    checks_works.check_mentions,
    checks_parity.check_pages,
    checks_parity.check_blocks,
    checks_parity.check_order,
    checks_parity.check_levels,
    checks_parity.check_citations,
    checks_parity.check_numbers,
    checks_parity.check_tables,
    checks_parity.check_links,
    checks_parity.check_directives,
    checks_texts.check_numbers,
    checks_parity.check_notes,
    checks_parity.check_heading_levels,
    translations.check_translations,
    checks_claims.check_mapping,
    checks_claims.check_homes,
    checks_claims.check_citations,
    checks_claims.check_references,
    checks_claims.check_numbers,
    checks_claims.check_entities,
    checks_claims.check_verdicts,
    checks_claims.check_notes,
    checks_claims.check_places,
    checks_terms.check_duplicates,
    checks_terms.check_wording,
    checks_terms.check_sources,
    publishing.check_register,
    checks_records.check_changes,
    checks_records.check_figures,
)


def check(review: Review) -> Iterator[Problem]:
    """Yield everything wrong with a review: what loading found, then what each check finds.

    Without its languages a review has no pages to check: the configuration is what is wrong.
    """
    yield from review.problems
    if not review.config.languages:
        return
    for one in CHECKS:
        yield from one(review)


def report(review: Review) -> list[Problem]:
    """Return everything wrong with a review, each problem once, sorted."""
    return sort_problems(check(review))
