"""What the tests about citing share: the golden work, an edition in every state, a small review to cite from."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from livingreview.block_citations import Part
from livingreview.edition import Edition, Release, Stamp
from livingreview.edition_pages import EditionPages
from livingreview.loading import load_review
from livingreview.plain_pages import PlainSources
from livingreview.work import Work, load_work
from sites_support import CLEAN

GOLDEN: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parent / "golden" / "block_citations.yml").read_text(encoding="utf-8")
)
SITE = "https://example.org/"
DAY = "2026-12-05"
STAMP = Stamp("0123456789abcdef0123456789abcdef01234567", "2026-12-03")
RELEASE = Release("1.0.0", "2026-12-01")


def make_work(**article: Any) -> Work:
    """Return the golden work, its article changed as given."""
    record = json.loads(json.dumps(GOLDEN["work"]))
    record["article"] |= article
    work, problems = load_work(json.dumps(record))
    assert work is not None, problems
    return work


def make_edition(state: str, part: Part) -> Edition:
    """Return an edition in which the part's text is unreleased, frozen or newer."""
    if state == "unreleased":
        return Edition(SITE, STAMP)
    kept = part.fingerprint if state == "frozen" else "another wording"
    return Edition(SITE, STAMP, (RELEASE,), {part.address: {part.fragment: kept}})


@cache
def clean_numbers() -> dict[str, str]:
    """Return the numbers of the small review's works."""
    review = load_review(CLEAN)
    return {reference.key: str(place) for place, reference in enumerate(review.references, start=1)}


def clean_pages(root: Path = CLEAN, edition: Edition | None = None, **sources: Any) -> EditionPages:
    """Return the edition's pages of the small review, its generated parts as the callables given make them."""
    review = load_review(root)
    assert review.work is not None
    works = {reference.key: reference for reference in review.references}
    given = PlainSources(
        **{
            "number": lambda key: clean_numbers().get(key, "–"),
            "reference": lambda _language, key: f"{works[key].title}. {works[key].journal}. {works[key].year}.",
            **sources,
        }
    )
    from livingreview.changes import load_changes

    file = root / "data" / "changes.yml"
    changes, _problems = load_changes(file.read_text(encoding="utf-8") if file.is_file() else "")
    return EditionPages(review, review.work, edition or Edition(SITE, STAMP), changes, given, root)
