"""Reporting a problem: a prefilled issue, or a letter, or nothing."""

from __future__ import annotations

from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from livingreview.reporting import LONGEST, report_link

ADDRESS = "https://example.org/review/causes/#moon"
REPOSITORY = "https://github.com/someone/tides"


def test_nothing_where_nobody_can_be_told() -> None:
    assert report_link("causes#moon", ADDRESS, "en") == ""


@pytest.mark.parametrize("url", [REPOSITORY, f"{REPOSITORY}/", f"{REPOSITORY}.git", "http://github.com/someone/tides"])
def test_an_issue_is_prefilled_in_the_language_of_the_page(url: str) -> None:
    link = report_link("causes#moon", ADDRESS, "zh", repo_url=url, contact="a@b.example", excerpt="月球 & 太阳\n#1")
    parts = urlsplit(link)
    fields = parse_qs(parts.query, strict_parsing=True)
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{REPOSITORY}/issues/new"
    assert "causes#moon" in fields["title"][0]
    assert ADDRESS in fields["body"][0]
    assert "> 月球 & 太阳 #1" in fields["body"][0]
    assert "+" not in parts.query, "spaces are %20, which every reader of the address understands"


@pytest.mark.parametrize(
    "url", ["https://gitlab.com/someone/tides", "https://github.com/someone", "javascript:alert(1)", "not an address"]
)
def test_other_repositories_have_no_issue_form_we_know(url: str) -> None:
    assert report_link("causes#moon", ADDRESS, "en", repo_url=url) == ""
    assert report_link("causes#moon", ADDRESS, "en", repo_url=url, contact="a@b.example").startswith("mailto:")


def test_a_letter_carries_subject_and_body() -> None:
    link = report_link("causes#moon", ADDRESS, "en", contact="mailto:team@example.org", excerpt="Two tides a day.")
    target, _, query = link.partition("?")
    fields = {name: unquote(value) for name, _, value in (part.partition("=") for part in query.split("&"))}
    assert target == "mailto:team@example.org"
    assert "causes#moon" in fields["subject"]
    assert "\r\n> Two tides a day.\r\n" in fields["body"]


@pytest.mark.parametrize("contact", ["", "nobody", "a@b@c", "a@b.example?bcc=x@y.example", "a b@c.example"])
def test_a_mailbox_that_is_none_is_not_used(contact: str) -> None:
    assert report_link("causes#moon", ADDRESS, "en", contact=contact) == ""


def test_the_excerpt_gives_way_before_the_address_gets_too_long() -> None:
    link = report_link("causes#moon", ADDRESS, "zh", repo_url=REPOSITORY, excerpt="潮" * 5000)
    assert len(link) <= LONGEST
    assert "%E6%BD%AE" in link
