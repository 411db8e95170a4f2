"""The audit tells claims apart that share a paragraph."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import html as lxml_html

from livingreview.review import Review


def about(site_dir: Path, prefix: str) -> dict[str, str]:
    """What each claim says it is about."""
    page = lxml_html.fromstring((site_dir / prefix / "audit" / "index.html").read_bytes())
    return {
        claim.get("id"): "".join(claim.xpath('./p[@class="lr-audit__about"]//text()'))
        for claim in page.xpath('//article[@class="lr-audit__claim"]')
    }


@pytest.mark.parametrize(
    ("prefix", "claim", "said"),
    [
        ("", "c121", "本条讲：PLX-PAD、血管新生"),
        ("en", "c121", "This claim: PLX-PAD, angiogenesis"),
        ("en", "c123", "This claim: endothelial cells, proliferation, migration, tube formation"),
    ],
)
def test_a_claim_names_what_it_is_about_in_the_words_of_its_paragraph(
    site_dir: Path, prefix: str, claim: str, said: str
) -> None:
    assert about(site_dir, prefix)[claim] == said


@pytest.mark.parametrize("prefix", ["", "en"])
def test_a_claim_that_has_its_paragraph_to_itself_need_not(site_dir: Path, prefix: str, review: Review) -> None:
    told = about(site_dir, prefix)
    for claims in review.claims_by_block.values():
        for claim in claims:
            assert bool(told[claim.id]) == (len(claims) > 1 and bool(claim.entities)), claim.id
