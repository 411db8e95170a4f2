"""What each service's answers are turned into."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from livingreview.http_client import Answer, Client, CouldNotCheckError, Pace, Patience
from livingreview.verify_services import (
    Failure,
    Inquiry,
    Kind,
    Notice,
    Result,
    Services,
    Target,
    ask_doi,
    ask_link,
    ask_pmids,
    ask_registry,
    notice_status,
)
from servers.clock import FakeClock
from servers.scholarly import FOREVER, Scholarly, Work, serving, study

TODAY = "2026-11-30"


def services_at(url: str) -> Services:
    """Return the services of one loopback server."""
    return Services(*(f"{url}/{name}" for name in ("doi", "crossref", "datacite", "pubmed", "trials")))


@pytest.fixture
def world() -> Iterator[Scholarly]:
    with serving(Scholarly(silence=0.5)) as state:
        yield state


@pytest.fixture
def inquiry(world: Scholarly) -> Iterator[Inquiry]:
    client = Client(clock=FakeClock(), patience=Patience(read=0.2, attempts=3), paces={"127.0.0.1": Pace(0.0, 4)})
    yield Inquiry(client, services_at(world.url), TODAY)
    client.close()


def doi(number: str) -> Target:
    return Target(Kind.DOI, number, "key2020word")


def update(kind: str, **more: Any) -> dict[str, Any]:
    """Return one entry of ``updated-by`` as Crossref gives it."""
    return {
        "type": kind,
        "label": kind.title(),
        "DOI": "10.5555/Notice",
        "source": "publisher",
        "updated": {"date-parts": [[2024, 2, 3]], "timestamp": 1706918400000},
        **more,
    }


def test_a_crossref_work_is_read(world: Scholarly, inquiry: Inquiry) -> None:
    title = "Cells <i>in vitro</i>:\n  a  trial"
    dates = {"published-online": {"date-parts": [[2019, 12, 30]]}, "published-print": {"date-parts": [[2020]]}}
    world.works["10.5555/a"] = Work(title=title, extra=dates)
    assert ask_doi(inquiry, doi("10.5555/a")) == Result(
        doi("10.5555/a"),
        "verified",
        TODAY,
        "doi.org; Crossref",
        {
            "agency": "Crossref",
            "title": "Cells in vitro: a trial",
            "journal": "Journal of Things",
            "journal-short": "J Things",
            "year": 2020,
            "year-online": 2019,
        },
        (),
    )


def test_a_datacite_record_is_read(world: Scholarly, inquiry: Inquiry) -> None:
    world.works["10.5061/dryad.1"] = Work("DataCite", "Data on things", "Dryad", year=2021)
    result = ask_doi(inquiry, doi("10.5061/dryad.1"))
    assert result.facts == {"agency": "DataCite", "title": "Data on things", "journal": "Dryad", "year": 2021}
    world.works["10.5061/dryad.1"].extra = {"publisher": {"name": "Dryad Repository"}}
    assert ask_doi(inquiry, doi("10.5061/dryad.1")).facts["journal"] == "Dryad Repository"


@pytest.mark.parametrize("agency", ["ISTIC", "CNKI", "JaLC", "mEDRA", ""])
def test_other_agencies_are_checked_for_resolution_only(world: Scholarly, inquiry: Inquiry, agency: str) -> None:
    world.works["10.16352/j.issn.1"] = Work(agency)
    result = ask_doi(inquiry, doi("10.16352/j.issn.1"))
    assert (result.status, result.facts, result.notices) == ("not-covered", {"agency": agency} if agency else {}, None)
    assert not any(name.startswith("crossref") for name in world.asked)


def test_a_doi_nobody_registered_is_not_found(world: Scholarly, inquiry: Inquiry) -> None:
    assert ask_doi(inquiry, doi("10.5555/none")).status == "not-found"
    assert world.asked == {"doi api/handles/10.5555/none": 1}


@pytest.mark.parametrize(
    ("kind", "status"), [("10320/loc", "verified"), ("HS_ALIAS", "verified"), ("EMAIL", "not-found")]
)
def test_a_doi_resolves_by_whatever_the_proxy_follows(
    world: Scholarly, inquiry: Inquiry, kind: str, status: str
) -> None:
    world.works["10.5555/a"] = Work(leads=kind)
    assert ask_doi(inquiry, doi("10.5555/a")).status == status


@pytest.mark.parametrize("fault", ["410", "404-html"])
def test_an_agency_without_the_record_covers_nothing(world: Scholarly, inquiry: Inquiry, fault: str) -> None:
    world.works["10.5555/a"] = Work()
    world.faults["crossref:10.5555/a"] = (fault, FOREVER)
    assert ask_doi(inquiry, doi("10.5555/a")).status == "not-covered"


@pytest.mark.parametrize("fault", ["410", "404-html", "500", "malformed", "redirect-loop", "wrong-type", "slow"])
def test_a_proxy_that_does_not_answer_as_documented_says_nothing(
    world: Scholarly, inquiry: Inquiry, fault: str
) -> None:
    world.works["10.5555/a"] = Work()
    world.faults["doi:10.5555/a"] = (fault, FOREVER)
    with pytest.raises(CouldNotCheckError):
        ask_doi(inquiry, doi("10.5555/a"))


def test_odd_characters_of_a_doi_survive_the_way(world: Scholarly, inquiry: Inquiry) -> None:
    odd = "10.1002/(SICI)1097-0142(19960101)77:1<1::AID-CNCR1>3.0.CO;2-#?a%2F b"
    world.works[odd] = Work()
    assert ask_doi(inquiry, doi(odd)).status == "verified"


def test_an_alias_is_told(world: Scholarly, inquiry: Inquiry) -> None:
    world.works["10.5555/OLD"] = Work(extra={"DOI": "10.5555/new"})
    assert ask_doi(inquiry, doi("10.5555/OLD")).facts["registered-as"] == "10.5555/new"
    world.works["10.5555/OLD"].extra = {"DOI": "10.5555/old"}
    assert "registered-as" not in ask_doi(inquiry, doi("10.5555/OLD")).facts


def test_notices_of_publisher_and_retraction_watch_are_both_kept(world: Scholarly, inquiry: Inquiry) -> None:
    both = [update("retraction"), update("retraction", source="retraction-watch", **{"record-id": 4711})]
    world.works["10.5555/a"] = Work(updated_by=[*both, both[0]])
    result = ask_doi(inquiry, doi("10.5555/a"))
    assert result.notices == (
        Notice("retraction", "publisher", "10.5555/notice", date="2024-02-03"),
        Notice("retraction", "retraction-watch", "10.5555/notice", date="2024-02-03"),
    )


def test_a_notice_deposited_in_the_work_s_own_record_counts(world: Scholarly, inquiry: Inquiry) -> None:
    own = update("retraction", DOI="10.5555/A")
    other = update("correction", DOI="10.5555/another-work")
    world.works["10.5555/a"] = Work(extra={"update-to": [own, other]})
    result = ask_doi(inquiry, doi("10.5555/a"))
    assert result.notices == (Notice("retraction", "publisher", "10.5555/a", date="2024-02-03"),)
    world.works["10.5555/a"].updated_by = [own]
    assert ask_doi(inquiry, doi("10.5555/a")).notices == result.notices


@pytest.mark.parametrize(
    "title", ["RETRACTED: Cells", "Retracted Article: Cells", "WITHDRAWN — Cells", "[Retracted] : x"]
)
def test_a_title_that_says_retracted_counts(world: Scholarly, inquiry: Inquiry, title: str) -> None:
    world.works["10.5555/a"] = Work(title=title)
    assert notice_status(ask_doi(inquiry, doi("10.5555/a")).notices or ()) == "retracted"


@pytest.mark.parametrize("title", ["Retracted skin flaps: a trial", "Removed plaques in carotid disease"])
def test_a_title_about_retracted_things_does_not(world: Scholarly, inquiry: Inquiry, title: str) -> None:
    world.works["10.5555/a"] = Work(title=title)
    assert ask_doi(inquiry, doi("10.5555/a")).notices == ()


@pytest.mark.parametrize(
    ("types", "status"),
    [
        ([], "none-found"),
        (["correction"], "corrected"),
        (["erratum", "expression_of_concern"], "concern"),
        (["expression_of_concern", "retraction", "correction"], "retracted"),
        (["withdrawal"], "retracted"),
        (["removal"], "retracted"),
        (["partial_retraction"], "retracted"),
        (["something_new"], "corrected"),
    ],
)
def test_the_gravest_notice_counts(types: list[str], status: str) -> None:
    assert notice_status(Notice(kind, "publisher") for kind in types) == status


def test_a_reinstated_work_is_not_retracted() -> None:
    retraction, back = Notice("retraction", "x", date="2020-01-01"), Notice("reinstatement", "x", date="2021-01-01")
    assert notice_status([retraction, back]) == "corrected"
    assert notice_status([back, Notice("retraction", "x", date="2022-01-01")]) == "retracted"


def test_pubmed_records_come_in_one_answer(world: Scholarly, inquiry: Inquiry) -> None:
    world.pmids["1"] = {
        "title": "A trial of cells.",
        "fulljournalname": "Journal of things",
        "source": "J Things",
        "pubdate": "2020 Mar-Apr",
        "epubdate": "2019 Dec 30",
        "pubtype": ["Journal Article"],
        "articleids": [{"idtype": "pubmed", "value": "1"}, {"idtype": "doi", "value": "10.5555/a"}],
        "references": [{"refsource": "J Things. 2021", "reftype": "Erratum in", "pmid": 77, "note": ""}],
    }
    world.pmids["2"] = {"title": "Another", "pubdate": "2001", "pubtype": ["Retracted Publication"], "references": []}
    targets = [Target(Kind.PMID, number, "key") for number in ("1", "2", "3")]
    first, second, third = ask_pmids(inquiry, targets)
    assert first == Result(
        targets[0],
        "verified",
        TODAY,
        "PubMed",
        {
            "title": "A trial of cells",
            "journal": "Journal of things",
            "journal-short": "J Things",
            "year": 2020,
            "year-online": 2019,
            "doi": "10.5555/a",
        },
        (Notice("erratum", "pubmed", pmid="77"),),
    )
    assert isinstance(second, Result)
    assert second.notices == (Notice("retraction", "pubmed"),)
    assert isinstance(third, Result)
    assert third.status == "not-found"
    assert world.asked["pubmed esummary.fcgi"] == 1


def test_a_record_that_pubmed_leaves_out_was_not_checked(world: Scholarly, inquiry: Inquiry) -> None:
    world.pmids["1"] = {"title": "x"}
    answer = Answer(200, "", {"content-type": "application/json"}, b'{"result": {"uids": []}}')
    inquiry.client.get = lambda *_args, **_kw: answer  # type: ignore[method-assign]
    assert list(ask_pmids(inquiry, [Target(Kind.PMID, "1", "key")])) == [
        Failure(Target(Kind.PMID, "1", "key"), "PubMed left this record out of its answer")
    ]


def test_pubmed_is_told_who_asks(world: Scholarly, inquiry: Inquiry) -> None:
    known = Inquiry(inquiry.client, inquiry.services, TODAY, "editor@review.example")
    list(ask_pmids(known, [Target(Kind.PMID, "1", "key")]))
    assert "tool=livingreview&email=editor%40review.example" in world.queries[-1]


def test_a_registered_trial_is_read(world: Scholarly, inquiry: Inquiry) -> None:
    dates = {"resultsFirstPostDateStruct": {"date": "2026-02-01", "type": "ACTUAL"}}
    world.studies["NCT00000001"] = study("NCT00000001", "COMPLETED", dates=dates, hasResults=True)
    result = ask_registry(inquiry, Target(Kind.REGISTRY, "NCT00000001"))
    assert result.facts == {
        "title": "A Study of Cells",
        "overall-status": "COMPLETED",
        "results-posted": "2026-02-01",
        "updated": "2026-01-05",
    }
    world.studies["NCT00000001"] = study("NCT00000009")
    assert ask_registry(inquiry, Target(Kind.REGISTRY, "NCT00000001")).facts["registered-as"] == "NCT00000009"
    assert ask_registry(inquiry, Target(Kind.REGISTRY, "NCT00000002")).status == "not-found"


@pytest.mark.parametrize("answer", [{}, [], {"protocolSection": []}, {"protocolSection": {"identificationModule": 1}}])
def test_a_trial_without_its_parts_is_no_answer(world: Scholarly, inquiry: Inquiry, answer: Any) -> None:
    world.studies["NCT00000001"] = answer
    with pytest.raises(CouldNotCheckError):
        ask_registry(inquiry, Target(Kind.REGISTRY, "NCT00000001"))


@pytest.mark.parametrize(
    ("status", "expected"), [(200, "alive"), (405, "alive"), (404, "dead"), (410, "dead"), (403, None), (500, None)]
)
def test_a_link_is_dead_only_when_the_server_says_so(
    world: Scholarly, inquiry: Inquiry, monkeypatch: pytest.MonkeyPatch, status: int, expected: str | None
) -> None:
    monkeypatch.setenv("http_proxy", world.url)
    world.links = {"http://site.example.org/page": status, "http://site.example.org/moved": "/page"}
    target = Target(Kind.LINK, "http://site.example.org/moved")
    if expected is None:
        with pytest.raises(CouldNotCheckError):
            ask_link(inquiry, target)
    else:
        assert ask_link(inquiry, target) == Result(target, expected, TODAY, "site.example.org")


#: The names that the readers look for, so that what is drawn gets deep into them.
NAMES = """
    title titles titleType message data attributes updated-by update-to type DOI doi updated date-parts issued
    publisher container container-title result 1 error pubtype references reftype articleids idtype value pubdate
    protocolSection status RA identificationModule statusModule nctId overallStatus responseCode values
"""

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3000) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES.split()), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(JSON_VALUES, min_size=3, max_size=3), st.sampled_from(["Crossref", "DataCite"]))
def test_no_json_however_odd_breaks_a_reader(values: list[Any], agency: str) -> None:
    """Any JSON gives a result or *could not check*, never another exception."""

    def answer(data: Any) -> Answer:
        return Answer(200, "", {"content-type": "application/json"}, json.dumps(data).encode())

    class Scripted:
        """Answers the handle and agency questions well, the next ones with whatever was drawn."""

        def get(self, url: str, **_: str) -> Answer:
            if "/api/handles/" in url:
                return answer({"responseCode": 1, "values": [{"type": "URL"}]})
            return answer([{"RA": agency}]) if "/doiRA/" in url else answer(values[0])

    inquiry = Inquiry(Scripted(), Services(), TODAY)  # type: ignore[arg-type]
    for ask, target in (
        (ask_doi, Target(Kind.DOI, "10.5555/a", "key")),
        (ask_registry, Target(Kind.REGISTRY, "NCT00000001")),
    ):
        with contextlib.suppress(CouldNotCheckError):
            assert ask(inquiry, target).target == target
    with contextlib.suppress(CouldNotCheckError):
        assert len(list(ask_pmids(inquiry, [Target(Kind.PMID, "1", "key")]))) == 1


def test_asking_from_several_threads_mixes_nothing_up(world: Scholarly, inquiry: Inquiry) -> None:
    for number in range(40):
        world.works[f"10.5555/{number}"] = Work(title=f"Title {number}")
    found: dict[int, Any] = {}

    def ask(number: int) -> None:
        found[number] = ask_doi(inquiry, doi(f"10.5555/{number}")).facts["title"]

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {number: f"Title {number}" for number in range(40)}
