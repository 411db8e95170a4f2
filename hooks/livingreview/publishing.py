"""What publishing adds to the record: new addresses, and the pairs of blocks that are in step.

In goes the review; out come the register and the translation record as they
should be next. Contributors edit neither by hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from livingreview.addresses import check_addresses, new_addresses
from livingreview.anchors import check_released_addresses
from livingreview.links import address_of
from livingreview.problems import Problem
from livingreview.review import Review, all_addresses

#: Files that scripts and other people's tools read, as stable as pages. Each language has a feed besides.
PUBLISHED_FILES: tuple[str, ...] = (
    "/data/trials.json",
    "/data/trials.csv",
    "/data/outcomes.csv",
    "/data/claims.json",
    "/data/glossary.json",
    "/data/datapackage.json",
    "/cite/references.bib",
    "/cite/references.ris",
    "/cite/references.csl.json",
    "/anchors.json",
    "/versions.json",
    "/llms.txt",
    "/sitemap.xml",
    "/robots.txt",
)


def current_addresses(review: Review) -> Iterator[str]:
    """Yield every address of the present content: pages and fragments in each language, then files."""
    for language in review.languages:
        for address, fragment in all_addresses(review, language):
            yield f"{address}#{fragment}" if fragment else address
    yield from (
        f"{address_of(slug, language.prefix)}feed.xml" for slug in review.beyond_slugs for language in review.languages
    )
    yield from PUBLISHED_FILES


def addresses_to_record(review: Review) -> tuple[str, ...]:
    """Return what the register lacks, in the order in which it is to be appended."""
    return new_addresses(review.register.addresses, current_addresses(review))


def extended_register(text: str, added: Iterable[str]) -> str:
    """Return the register with addresses appended, each on a line of its own; nothing that stands there changes."""
    rows = [*added]
    end = "" if not text or text.endswith("\n") else "\n"
    return text + end + "".join(f"{row}\n" for row in rows)


def check_register(review: Review) -> Iterator[Problem]:
    """An address that was ever published exists, or leads on by a redirect that arrives; none is deleted."""
    yield from check_released_addresses(review.register.addresses, review.released)
    yield from check_addresses(review.register, frozenset(current_addresses(review)), review.redirects)
