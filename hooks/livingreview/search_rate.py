"""How well search finds the statements of the review: which queries to ask, and what the answers come to.

In go the review and a language; out come, for every claim that names two things or more,
the two rarest of them as a query and the block that must be found. A browser asks the
queries of the built index (see ``benchmarks/search_rate.py``); the rate is published.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from livingreview.glossary import Forms, index_forms
from livingreview.links import address_of
from livingreview.mentions import MentionFinder
from livingreview.review import Review

#: A block counts as found when it is among this many results from the top.
AMONG = 3


@dataclass(frozen=True, slots=True)
class ClaimQuery:
    """A claim, what to ask, and the place that must be found (relative to the language's address)."""

    claim: str
    query: str
    place: str


def _place(block: str) -> str:
    slug, _, block_id = block.rpartition("#")
    return f"{address_of(slug, '').lstrip('/')}#{block_id}"


def _frequencies(review: Review, language: str, things: Sequence[Forms]) -> Counter[int]:
    """Count the blocks of a language that name each thing."""
    names = [(form, str(number)) for number, forms in enumerate(things) for form in forms.get(language, ())]
    finder = MentionFinder(names, any_case=True)
    counts: Counter[int] = Counter()
    for (code, _slug), chapter in review.chapters.items():
        if code == language:
            for block in chapter.blocks:
                counts.update({int(thing) for found in finder.find(block.text) for thing in found.things})
    return counts


def claim_queries(review: Review, language: str) -> list[ClaimQuery]:
    """Return the pair of the rarest things of every claim that names two or more, in the language's first forms."""
    codes = [code.code for code in review.languages]
    index = index_forms(review.terms, review.lexicon, codes)
    things: list[Forms] = []
    for found in index.values():
        things += [forms for forms in found if forms not in things]
    counts = _frequencies(review, language, things)
    queries = []
    for claim in review.claims:
        rated = []
        for entity in claim.entities:
            numbers = [things.index(forms) for forms in index.get(entity.casefold(), ()) if forms.get(language)]
            if numbers:
                rarest = min(numbers, key=lambda number: (counts[number], number))
                rated.append((counts[rarest], rarest, things[rarest][language][0]))
        pair = [form for _count, _number, form in sorted(rated)[:2]]
        if len(pair) == 2:
            queries.append(ClaimQuery(claim.id, " ".join(pair), _place(claim.block)))
    return queries


def rate(queries: Sequence[ClaimQuery], answers: Mapping[str, Sequence[Sequence[str]]]) -> dict[str, object]:
    """Return how many blocks were found. ``answers`` maps each query to its results, each the places it shows."""
    found, first, missed = 0, 0, []
    for query in queries:
        results = answers.get(query.query, ())
        found += any(query.place in places for places in results[:AMONG])
        first += any(query.place in places for places in results[:1])
        if not any(query.place in places for places in results[:AMONG]):
            missed.append(query.claim)
    share = round(found / len(queries), 3) if queries else 0.0
    return {"pairs": len(queries), "found": found, "first": first, "rate": share, "missed": missed}
