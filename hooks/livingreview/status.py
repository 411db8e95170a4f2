"""How far the edition is: translations in step, claims checked, works verified.

In goes the review; out come counts per page and the report of ``livingreview status``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from livingreview.audit import tally
from livingreview.review import Review
from livingreview.translations import stale_pairs, textual_pairs
from livingreview.waiting import Waiting, shortened


@dataclass(frozen=True, slots=True)
class PageStatus:
    """The blocks of one page: how many both languages have in step, how many wait, how many are missing."""

    slug: str
    in_step: int
    stale: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def total(self) -> int:
        """All blocks of the source language."""
        return self.in_step + len(self.stale) + len(self.missing)


def page_statuses(review: Review) -> tuple[PageStatus, ...]:
    """Return the state of the translation of every hand-written page, in the order of the site."""
    pairs = Counter(pair.pages.source.slug for pair in textual_pairs(review))
    stale: dict[str, list[str]] = {}
    for item in stale_pairs(review, review.translations):
        stale.setdefault(item.pair.pages.source.slug, []).append(item.name)
    statuses = []
    for slug in review.slugs:
        source = review.chapter(review.source, slug)
        if source is None:
            continue
        missing = tuple(
            f"{slug}#{block.id}"
            for block in source.blocks
            if block.id
            for code in review.translation_codes
            if (chapter := review.chapter(code, slug)) is None or block.id not in chapter.ids
        )
        waiting = tuple(stale.get(slug, ()))
        statuses.append(PageStatus(slug, pairs[slug] - len(waiting), waiting, missing))
    return tuple(statuses)


#: How a terminal shows what is gone and what is new.
_SIGNS = {"same": "{}", "gone": "[-{}-]", "new": "{{+{}+}}"}


def _waiting_rows(found: Waiting) -> Iterator[str]:
    since = f" since {found.since}" if found.since else ""
    changed = f"{found.changed} changed, " if found.changed else ""
    yield f"  {found.state}: {found.name} ({changed}{found.language} waits{since})"
    if found.changes:
        yield "    " + "".join(_SIGNS[piece.kind].format(piece.text) for piece in shortened(found.changes))


def render_status(review: Review, problems: Mapping[str, int], waiting: Iterable[Waiting]) -> str:
    """Return the report for a terminal."""
    rows = [f"{'page':<28} {'in step':>8} {'stale':>6} {'missing':>8}"]
    by_page: dict[str, list[Waiting]] = {}
    for found in waiting:
        by_page.setdefault(found.name.rpartition("#")[0], []).append(found)
    for status in page_statuses(review):
        rows.append(f"{status.slug:<28} {status.in_step:>8} {len(status.stale):>6} {len(status.missing):>8}")
        for found in by_page.get(status.slug, ()):
            rows.extend(_waiting_rows(found))
    rows.append("")
    rows.append("claims: " + ", ".join(f"{count} {name}" for name, count in tally(review).items()))
    if review.ledger is not None:
        counts = review.ledger.counts(review.references)
        rows.append("DOIs: " + ", ".join(f"{count} {state}" for state, count in counts.items() if count))
        rows.append(f"oldest verification: {review.ledger.oldest() or 'none'}")
    rows.append("problems: " + (", ".join(f"{n} {code}" for code, n in sorted(problems.items())) or "none"))
    return "\n".join(rows)
