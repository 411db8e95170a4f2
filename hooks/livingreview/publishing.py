"""What publishing adds to the record: new addresses, and the pairs of blocks that are in step.

In goes the review; out come the register and the translation record as they
should be next. Contributors edit neither by hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from livingreview.addresses import check_addresses, new_addresses
from livingreview.anchors import check_released_addresses
from livingreview.claims import AUDIT_PAGE, CLAIM_ID, CLAIMS_FILE
from livingreview.glossary import GLOSSARY_FILE
from livingreview.links import COMPARE_FOLDER, address_of
from livingreview.problems import Problem
from livingreview.review import Review, all_addresses
from livingreview.trials import TRIALS_DIR, trial_id
from livingreview.work import WORK_FILE

#: Files whose content has its addresses on one generated page.
_GENERATED_FROM = {CLAIMS_FILE: AUDIT_PAGE, GLOSSARY_FILE: "glossary"}

#: Codes that say a file could not be read whole.
_UNREAD = frozenset({"data-syntax", "data-field", "text-encoding", "trial-syntax"})

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


def _awaited_addresses(review: Review) -> Iterator[str]:
    """Yield every address of the source language that only a translation has: parity asks for its text."""
    prefix = review.config.source.prefix
    for (language, slug), chapter in review.chapters.items():
        if language != review.source:
            address = address_of(slug, prefix)
            yield address
            yield from (f"{address}#{fragment}" for fragment in chapter.ids)


def addresses_to_record(review: Review) -> tuple[str, ...]:
    """Return what the register lacks, in the order in which it is to be appended."""
    return new_addresses(review.register.addresses, current_addresses(review))


def extended_register(text: str, added: Iterable[str]) -> str:
    """Return the register with addresses appended, each on a line of its own; nothing that stands there changes."""
    rows = [*added]
    end = "" if not text or text.endswith("\n") else "\n"
    return text + end + "".join(f"{row}\n" for row in rows)


def _unread_pages(review: Review) -> frozenset[str]:
    """Return slugs of pages made from files that could not be read whole: what these lack may only be unreadable."""
    unread = {problem.path for problem in review.problems if problem.code in _UNREAD}
    slugs = {slug for path, slug in _GENERATED_FROM.items() if path in unread}
    slugs |= set() if review.keys else {"references"}
    trials = review.damaged if review.vocabulary else review.files
    slugs |= {f"trials/{trial_id(path)}" for path in trials if path.startswith(TRIALS_DIR)}
    for (_language, slug), chapter in review.chapters.items():
        if chapter.path in unread:
            slugs |= {slug, f"{COMPARE_FOLDER}/{slug}"}
    return frozenset(slugs)


def check_register(review: Review) -> Iterator[Problem]:
    """An address that was ever published exists, or leads on by a redirect that arrives; none is deleted.

    While the files that make a page cannot be read, its addresses are not counted as gone. A claim
    that is gone is reported as such, and so is what only a translation still has.
    """
    yield from check_released_addresses(review.register.addresses, review.released)
    found = check_addresses(
        review.register, frozenset((*current_addresses(review), *_awaited_addresses(review))), review.redirects
    )
    if WORK_FILE in review.damaged:
        return
    audit = {address_of(AUDIT_PAGE, language.prefix) for language in review.languages}
    unread = {address_of(slug, language.prefix) for slug in _unread_pages(review) for language in review.languages}
    for problem in found:
        page, _, fragment = problem.message.partition(" ")[0].partition("#")
        excused = page in unread or (page in audit and CLAIM_ID.match(fragment))
        if problem.code != "url-removed" or not excused:
            yield problem
