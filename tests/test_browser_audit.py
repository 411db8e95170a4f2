"""The audit in a real browser: its filter, its address, and that every claim shown can be read where it stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from browser_support import PREFIXES, Watched, opened
from livingreview.yamlfile import parse_yaml
from trial_support import ROOT

pytestmark = pytest.mark.browser

SHOWN = ".lr-audit__claim:not([hidden])"


@pytest.fixture
def visit(chromium: Browser, site_url: str) -> Iterator[Watched]:
    with opened(chromium, site_url) as watched:
        yield watched


def counts() -> Counter[str]:
    """Return how many claims have each verdict, as the file of claims says."""
    claims = parse_yaml((ROOT / "data" / "claims.yml").read_text(encoding="utf-8"), "data/claims.yml").data
    return Counter(claim["verdict"] if claim["kind"] == "finding" else claim["kind"] for claim in claims)


def unreadable(page: Page) -> list[str]:
    """Return the claims shown whose paragraph is shown neither with them nor with the claim they point at."""
    return page.evaluate(
        """() => [...document.querySelectorAll(".lr-audit__claim:not([hidden])")].filter((claim) => {
          if (claim.querySelector(".lr-audit__statement")) return false;
          const first = document.getElementById(claim.querySelector(".lr-audit__same a").hash.slice(1));
          const lenders = [...document.querySelectorAll(`.lr-audit__same a[href="#${first.id}"]`)]
            .map((link) => link.closest(".lr-audit__claim"));
          return ![first, ...lenders].some((one) => !one.hidden && one.querySelector(".lr-audit__statement"));
        }).map((claim) => claim.id)"""
    )


@pytest.mark.parametrize("prefix", ["", "en/"])
def test_each_verdict_filters_and_every_claim_shown_can_be_read(visit: Watched, prefix: str) -> None:
    page = visit.go(f"{prefix}audit/")
    assert page.locator(SHOWN).count() == 170
    for verdict, count in counts().items():
        page.locator(f'.lr-audit__filter button[data-verdict="{verdict}"]').click()
        assert page.locator(SHOWN).count() == count, verdict
        assert str(count) in page.locator(".lr-audit__status").inner_text()
        assert page.url.endswith(f"?verdict={verdict}")
        assert unreadable(page) == []
    page.locator('.lr-audit__filter button[data-verdict=""]').click()
    assert page.locator(".lr-audit__claim .lr-audit__statement ~ .lr-audit__same").count() == 0
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map((element) => element.id)")
    assert len(ids) == len(set(ids))
    assert visit.complaints == []


def test_a_filtered_list_can_be_linked_to(visit: Watched) -> None:
    page = visit.go("en/audit/?verdict=partly")
    assert page.locator(SHOWN).count() == counts()["partly"]
    assert page.locator("#c074 .lr-audit__statement").inner_text() == page.locator(
        "#c073 .lr-audit__statement"
    ).evaluate("(element) => element.textContent")


def test_a_claim_that_the_filter_hides_is_shown_to_who_was_sent_there(visit: Watched) -> None:
    page = visit.go("audit/?verdict=partly")
    page.locator("#c074 .lr-audit__same a").click()
    expect(page.locator("#c073")).to_be_visible()
    assert page.locator(SHOWN).count() == 170


@pytest.mark.parametrize("address", ["audit/", "audit/?verdict=no-citation"])
def test_a_note_that_serves_several_claims_unfolds_for_who_is_led_to_it(visit: Watched, address: str) -> None:
    page = visit.go(address)
    claim = page.locator(f"{SHOWN}:has(.lr-audit__see)").first
    link = claim.locator(".lr-audit__see a")
    target = page.locator(str(link.get_attribute("href")))
    expect(target).to_be_hidden()
    link.click()
    expect(target).to_be_visible()
    assert target.inner_text().strip() != ""


def test_a_note_that_the_filter_hides_is_shown_to_who_was_sent_there(visit: Watched) -> None:
    page = visit.go("audit/?verdict=no-citation#c008-note")
    expect(page.locator("#c008-note")).to_be_visible()
    assert page.locator(SHOWN).count() == 170


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("width", [320, 390])
def test_no_badge_of_the_summary_breaks(visit: Watched, prefix: str, width: int) -> None:
    page = visit.go(f"{prefix}audit/")
    page.set_viewport_size({"width": width, "height": 844})
    summary = page.locator("table:has(#tally-caption)")
    assert summary.locator(".lr-kind").count() == 2
    heights = summary.locator("tbody th > span").evaluate_all("(all) => all.map((box) => box.getClientRects().length)")
    assert set(heights) == {1}
    head = summary.locator("thead th[align=right]")
    lines = """(head) => { const range = document.createRange(); range.selectNodeContents(head);
      return range.getClientRects().length; }"""
    assert head.evaluate(lines) == 1
