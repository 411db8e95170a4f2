"""The whole of ``livingreview verify``: thousands of identifiers, every fault, kills, and what is told afterwards."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from click.testing import Result as CliResult

from effort import no_hanging
from livingreview import ledger
from livingreview.commands_verify import verify_command
from livingreview.http_client import Client, Pace, Patience
from livingreview.ledger import LEDGER_FILE, METHOD, Journal, is_fresh, merge_results
from livingreview.verify_report import MARK, find_changes, render_issue
from livingreview.verify_run import Outcome, find_targets, run
from livingreview.verify_services import Inquiry, Kind, Notice, Result, Services, Target
from livingreview.yamlfile import parse_yaml
from servers.clock import FakeClock
from servers.scholarly import FAULTS, FOREVER, Scholarly, Work, serving, study

HOOKS = Path(ledger.__file__).parents[1]
TODAY = "2026-11-30"
BIB = """
@article{{{key},
  author = {{Ann Author}}, title = {{{title}}}, journal = {{Journal of Things}}, year = {{2020}},
  doi = {{{doi}}}, pmid = {{{pmid}}},
}}
"""


@pytest.fixture
def world() -> Iterator[Scholarly]:
    with serving(Scholarly(silence=1.0)) as state:
        yield state


def services_at(url: str) -> Services:
    return Services(*(f"{url}/{name}" for name in ("doi", "crossref", "datacite", "pubmed", "trials")))


def inquiry_at(url: str) -> Inquiry:
    """Return an inquiry that waits for nothing but the wire."""
    patience = Patience(read=0.4, attempts=4, silent_after=10**6)
    return Inquiry(
        Client(clock=FakeClock(), patience=patience, paces={"127.0.0.1": Pace(0.0, 8)}), services_at(url), TODAY
    )


def data_of(text: str) -> Any:
    parsed = parse_yaml(text, LEDGER_FILE)
    assert not parsed.problems
    return parsed.data or {}


def doi_target(doi: str, key: str = "key2020word") -> Target:
    return Target(Kind.DOI, doi, key)


def answer(doi: str = "10.5555/a", status: str = "verified", **more: Any) -> Result:
    """Return a result as :func:`~livingreview.verify_services.ask_doi` would."""
    facts = {"agency": "Crossref", "title": "A title", "journal": "A journal", "year": 2020}
    more = {"facts": facts, "notices": (), **more}
    return Result(more.pop("target", doi_target(doi)), status, TODAY, more.pop("read_at", "doi.org; Crossref"), **more)


# -- scale and faults ------------------------------------------------------------------


def plan_faults(world: Scholarly, dois: list[str], share: float) -> dict[str, str]:
    """Let a share of the DOIs fail, each way of failing in turn, half at the proxy, half at the agency."""
    chance = random.Random(4)  # noqa: S311 - picks examples
    planned = {}
    for number, doi in enumerate(chance.sample(dois, int(len(dois) * share))):
        fault = FAULTS[number % len(FAULTS)]
        only_proxy = world.works[doi].agency != "Crossref" or fault in ("404-html", "410")
        service = "doi" if only_proxy or number // len(FAULTS) % 2 == 0 else "crossref"
        world.faults[f"{service}:{doi}"] = (fault, FOREVER)
        planned[doi] = fault
    return planned


def ask_thousands(world: Scholarly, tmp_path: Path, count: int) -> None:
    """Ask about ``count`` DOIs of which 5 % fail, then again when the services have recovered."""
    dois = [f"10.5555/{number:05d}" for number in range(count)]
    world.works.update({doi: Work("ISTIC" if number % 20 == 0 else "Crossref") for number, doi in enumerate(dois)})
    failing = plan_faults(world, dois, 0.05)
    assert set(failing.values()) == set(FAULTS) or count < 320
    targets = [doi_target(doi, f"key{number}") for number, doi in enumerate(dois)]
    journal = Journal(tmp_path / "journal.jsonl")

    first = inquiry_at(world.url)
    with journal:
        outcome = run(targets, first, journal)
    first.client.close()
    assert {failure.target.id for failure in outcome.failures} == set(failing)
    assert len(outcome.results) == count - len(failing)
    assert {result.target.id for result in journal.read()} == set(dois) - set(failing)

    text = merge_results("# by hand\nworks:\n  hand2000made:\n    date: 2026-11-23\n", {}, outcome.results)
    data = data_of(text)
    assert text.startswith("# by hand\nworks:\n  hand2000made:\n")
    assert len(data["works"]) == len(outcome.results) + 1
    day = date.fromisoformat(TODAY)
    still_open = [target for target in targets if not is_fresh(data, target, day, 30)]
    assert {target.id for target in still_open} == set(failing)

    world.faults.clear()
    world.asked.clear()
    second = inquiry_at(world.url)
    with journal:
        outcome = run(still_open, second, journal)
    second.client.close()
    assert not outcome.failures
    assert {name.rpartition("/10.")[2] for name in world.asked} == {doi.removeprefix("10.") for doi in failing}
    data = data_of(merge_results(text, data, outcome.results))
    assert all(is_fresh(data, target, day, 30) for target in targets)


def test_hundreds_of_identifiers_with_every_fault_are_all_accounted_for(world: Scholarly, tmp_path: Path) -> None:
    ask_thousands(world, tmp_path, 340)


@pytest.mark.slow
def test_five_thousand_identifiers_with_every_fault_are_all_accounted_for(world: Scholarly, tmp_path: Path) -> None:
    with no_hanging(600):
        ask_thousands(world, tmp_path, 5_000)


def test_all_kinds_are_asked_about_side_by_side(
    world: Scholarly, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", world.url)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    world.works["10.5555/a"] = Work()
    world.pmids = {str(number): {"title": f"Title {number}"} for number in range(1, 251)}
    world.studies["NCT00000001"] = study("NCT00000001")
    world.links["http://site.example.org/page"] = 200
    targets = [
        doi_target("10.5555/a"),
        *(Target(Kind.PMID, str(number), f"key{number}") for number in range(1, 251)),
        Target(Kind.REGISTRY, "NCT00000001"),
        Target(Kind.LINK, "http://site.example.org/page"),
        Target(Kind.LINK, "http://site.example.org/gone"),
    ]
    seen: list[int] = []
    with Journal(tmp_path / "journal") as journal:
        outcome = run(targets, inquiry_at(world.url), journal, seen.append)
    assert not outcome.failures
    assert len(outcome.results) == sum(seen) == len(targets)
    assert world.asked["pubmed esummary.fcgi"] == 3


def test_a_host_without_network_costs_no_patience(tmp_path: Path) -> None:
    client = Client(clock=FakeClock(), patience=Patience(connect=0.5, attempts=3))
    inquiry = Inquiry(client, services_at("http://127.0.0.1:9"), TODAY)
    targets = [doi_target(f"10.5555/{number}") for number in range(500)]
    with no_hanging(), Journal(tmp_path / "journal") as journal:
        outcome = run(targets, inquiry, journal)
    assert len(outcome.failures) == 500
    assert not outcome.results


def test_an_interrupt_keeps_what_was_answered(world: Scholarly, tmp_path: Path) -> None:
    world.works.update({f"10.5555/{number}": Work() for number in range(200)})
    targets = [doi_target(f"10.5555/{number}", f"key{number}") for number in range(200)]
    seen = 0

    def interrupt(number: int) -> None:
        nonlocal seen
        seen += number
        if seen == 20:
            raise KeyboardInterrupt

    with Journal(tmp_path / "journal") as journal:
        outcome = run(targets, inquiry_at(world.url), journal, interrupt)
    assert outcome.stopped
    assert len(outcome.results) == 20
    assert {reply.target for reply in (*outcome.results, *outcome.failures)} == set(targets)
    assert len(list(journal.read())) == 20


# -- the ledger --------------------------------------------------------------------------

HAND = """\
# Kept by people.
works:
  key2020word:
    date: 2026-11-23
    method: read from a public page
    read_at: publisher's page   # seen twice
    fields:
      title: verified
    doi:
      id: 10.5555/a
      status: verified
      agency: null
      title: "A title as printed"
      journal: null
      year: 2020
      date: 2026-11-23
      method: read from a public page
    notices:
      status: none-found
      date: 2026-11-23
      method: read from a public page
    note: Only the abstract.
registries:
  NCT00000001:
    status: not-verified
    title: null
    date: 2026-11-23
    method: none
    note: Printed in the abstract.
"""


def test_answers_enter_and_what_people_wrote_stays() -> None:
    text = merge_results(HAND, data_of(HAND), [answer()])
    lines = set(text.splitlines())
    assert {
        "# Kept by people.",
        "    read_at: publisher's page   # seen twice",
        "    note: Only the abstract.",
    } <= lines
    entry = data_of(text)["works"]["key2020word"]
    assert entry["method"] == "read from a public page"
    assert entry["doi"] == {
        "id": "10.5555/a",
        "status": "verified",
        "agency": "Crossref",
        "title": "A title",
        "journal": "A journal",
        "year": 2020,
        "date": TODAY,
        "method": METHOD,
        "read_at": "doi.org; Crossref",
    }
    assert entry["notices"] == {"status": "none-found", "date": TODAY, "method": METHOD, "read_at": "Crossref; doi.org"}


def test_the_same_answers_change_nothing_more() -> None:
    text = merge_results(HAND, data_of(HAND), [answer()])
    assert merge_results(text, data_of(text), [answer()]) == text


def test_an_agency_without_metadata_takes_nothing_from_what_people_read() -> None:
    text = merge_results(HAND, data_of(HAND), [answer(status="not-covered", facts={"agency": "ISTIC"}, notices=None)])
    entry = data_of(text)["works"]["key2020word"]["doi"]
    assert (entry["status"], entry["title"], entry["agency"]) == ("verified", "A title as printed", "ISTIC")
    assert entry["resolved"] == TODAY
    assert is_fresh(data_of(text), doi_target("10.5555/a"), date.fromisoformat(TODAY), 30)


def test_an_answer_about_another_doi_replaces_the_record() -> None:
    result = answer("10.5555/corrected", status="not-covered", facts={"agency": "ISTIC"}, notices=None)
    entry = data_of(merge_results(HAND, data_of(HAND), [result]))["works"]["key2020word"]["doi"]
    assert (entry["id"], entry["status"], entry["title"]) == ("10.5555/corrected", "not-covered", None)


def test_a_machine_does_not_lower_what_people_recorded() -> None:
    hand = HAND.replace("status: none-found", "status: retracted")
    text = merge_results(hand, data_of(hand), [answer()])
    assert data_of(text)["works"]["key2020word"]["notices"] == data_of(hand)["works"]["key2020word"]["notices"]


def test_notices_of_both_services_live_side_by_side() -> None:
    doi_says = answer(notices=(Notice("correction", "publisher", "10.5555/n", date="2024-01-01"),))
    pmid = Target(Kind.PMID, "123", "key2020word")
    pubmed_says = answer(
        target=pmid, facts={"title": "T"}, read_at="PubMed", notices=(Notice("retraction", "pubmed", pmid="77"),)
    )
    text = merge_results(HAND, data_of(HAND), [doi_says, pubmed_says])
    notices = data_of(text)["works"]["key2020word"]["notices"]
    assert notices["status"] == "retracted"
    assert notices["read_at"] == "Crossref; PubMed; doi.org"
    assert [item["source"] for item in notices["items"]] == ["publisher", "pubmed"]
    text = merge_results(text, data_of(text), [answer(target=pmid, read_at="PubMed", notices=())])
    assert data_of(text)["works"]["key2020word"]["notices"]["status"] == "corrected"
    text = merge_results(text, data_of(text), [answer()])
    assert "items" not in data_of(text)["works"]["key2020word"]["notices"]


def test_registry_records_and_links_enter() -> None:
    facts = {"title": "A study", "overall-status": "COMPLETED", "results-posted": "no", "updated": "2026-01-05"}
    results = [
        Result(Target(Kind.REGISTRY, "NCT00000001"), "verified", TODAY, "ClinicalTrials.gov", facts),
        Result(Target(Kind.LINK, "https://site.example.org/a?b=c&d"), "dead", TODAY, "site.example.org"),
    ]
    text = merge_results(HAND, data_of(HAND), results)
    data = data_of(text)
    assert data["registries"]["NCT00000001"] == {
        "status": "verified",
        **facts,
        "date": TODAY,
        "method": METHOD,
        "note": "Printed in the abstract.",
        "read_at": "ClinicalTrials.gov",
        "address": "https://clinicaltrials.gov/study/NCT00000001",
    }
    assert data["links"]["https://site.example.org/a?b=c&d"]["status"] == "dead"


@pytest.mark.parametrize(("days", "fresh"), [(30, True), (8, True), (7, False), (0, False)])
def test_an_answer_ages(days: int, fresh: bool) -> None:
    data = data_of(merge_results(HAND, data_of(HAND), [answer()]))
    assert is_fresh(data, doi_target("10.5555/a"), date(2026, 12, 7), days) is fresh
    assert not is_fresh(data, doi_target("10.5555/other"), date(2026, 12, 7), 30)


@pytest.mark.parametrize(
    "record", [{"date": "yesterday", "method": METHOD}, {"method": METHOD}, {"date": TODAY}, [], None]
)
def test_a_record_without_a_date_of_ours_is_asked_about_again(record: Any) -> None:
    data = {"registries": {"NCT00000001": record}}
    assert not is_fresh(data, Target(Kind.REGISTRY, "NCT00000001"), date.fromisoformat(TODAY), 30)


def test_a_journal_cut_by_a_kill_gives_what_is_whole(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    with journal:
        journal.add(answer("10.5555/a", notices=(Notice("correction", "publisher"),)))
        journal.add(answer("10.5555/b", notices=None))
    with journal.path.open("ab") as file:
        file.write(b'\n{"target": {"kind": "doi", "id": "10.55')
    with journal:
        journal.add(answer("10.5555/a"))
    assert list(journal.read()) == [answer("10.5555/a"), answer("10.5555/b", notices=None)]
    journal.clear()
    journal.clear()
    assert list(journal.read()) == []


def test_targets_are_what_can_be_asked_about() -> None:
    works = [("one", "10.1000/a", "1"), ("two", "", ""), ("one", "10.1000/a", "1")]
    links = [
        "https://site.org/a",
        "https://doi.org/10.1000/a",
        "http://10.0.0.1/x",
        "http://localhost/x",
        "mailto:a@b.c",
        "page.md",
    ]
    links += [
        "http://[::1]/x",
        "http://169.254.169.254/meta",
        "https://intranet/x",
        "https://x.local/",
        "https://pubmed.ncbi.nlm.nih.gov/1",
        "http://[no-host/",
        "http://a\u2100.org/",
    ]
    found = find_targets(works, ["NCT00000001", "CTRI/2018/06/014436", "NCT1"], links)
    assert [(target.kind.value, target.id) for target in found] == [
        ("doi", "10.1000/a"),
        ("pmid", "1"),
        ("registry", "NCT00000001"),
        ("link", "https://site.org/a"),
    ]


# -- the command ---------------------------------------------------------------------------


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A small review: two works, one trial, one page with a link."""
    (tmp_path / "data" / "trials").mkdir(parents=True)
    (tmp_path / "docs" / "en").mkdir(parents=True)
    one = BIB.format(key="one2020word", title="One", doi="10.5555/one", pmid="11")
    two = BIB.format(key="two2020word", title="Two", doi="10.5555/two", pmid="22")
    (tmp_path / "refs.bib").write_text(one + two)
    (tmp_path / "data" / "trials" / "a.yml").write_text("id: a\nregistry:\n  - id: NCT00000001\n  - id: CTRI/1\n")
    (tmp_path / "docs" / "en" / "page.md").write_text(
        "# Page\n\n[a link](http://site.example.org/page#part)\n{: #p }\n"
    )
    (tmp_path / LEDGER_FILE).write_text("# by hand\nworks:\n  one2020word:\n    note: kept\n")
    return tmp_path


@pytest.fixture
def ready(world: Scholarly, project: Path, monkeypatch: pytest.MonkeyPatch) -> Scholarly:
    """The services know everything about the small review, and nothing is wrong with it."""
    world.works = {"10.5555/one": Work(title="One"), "10.5555/two": Work(title="Two")}
    world.pmids = {
        number: {"title": title, "articleids": [{"idtype": "doi", "value": doi}]}
        for number, title, doi in (("11", "One", "10.5555/one"), ("22", "Two", "10.5555/two"))
    }
    world.studies["NCT00000001"] = study("NCT00000001")
    world.links["http://site.example.org/page"] = 200
    for name in ("DOI", "CROSSREF", "DATACITE", "PUBMED", "TRIALS"):
        monkeypatch.setenv(f"LIVINGREVIEW_{name}_URL", f"{world.url}/{name.lower()}")
    monkeypatch.setenv("http_proxy", world.url)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr("livingreview.verify_services.Services.paces", lambda *_: {"127.0.0.1": Pace(0.0, 8)})
    return world


def verify(project: Path, *arguments: str) -> CliResult:
    return CliRunner().invoke(verify_command, arguments, obj=project, catch_exceptions=False)


def test_the_command_verifies_a_review_and_then_asks_for_nothing(ready: Scholarly, project: Path) -> None:
    result = verify(project)
    assert result.exit_code == 0, result.output
    assert result.stdout == "5 verified, 1 links alive\n"
    text = (project / LEDGER_FILE).read_text()
    assert text.startswith("# by hand\nworks:\n  one2020word:\n    note: kept\n    doi:\n      id: 10.5555/one\n")
    assert not list((project / ".cache").rglob("*.jsonl"))
    ready.asked.clear()
    assert verify(project).stdout == "6 checked recently\n"
    assert not ready.asked
    assert verify(project, "--max-age", "0", "--only", "registry").stdout == "1 verified\n"


def test_contact_stands_in_the_agent(ready: Scholarly, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTACT_EMAIL", "editor@review.example")
    verify(project, "--only", "doi")
    assert ready.agents == {"livingreview/1 (mailto:editor@review.example)"}


def test_no_network_changes_no_earlier_result(ready: Scholarly, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    verify(project)
    before = (project / LEDGER_FILE).read_bytes()
    for name in ("DOI", "PUBMED", "TRIALS"):
        monkeypatch.setenv(f"LIVINGREVIEW_{name}_URL", "http://127.0.0.1:9")
    monkeypatch.setattr("livingreview.commands_verify.Client", quick_client)
    result = verify(project, "--max-age", "0", "--only", "doi", "--only", "pmid", "--only", "registry")
    assert result.exit_code == 0
    assert "5 could not be checked" in result.stdout
    assert "could not check doi 10.5555/one: no connection to the host" in result.stderr
    assert (project / LEDGER_FILE).read_bytes() == before


def quick_client(**options: Any) -> Client:
    """Return a client that does not wait between attempts."""
    return Client(**options | {"clock": FakeClock(), "patience": Patience(connect=0.5, read=0.3, attempts=2)})


def test_a_broken_ledger_is_not_written_over(ready: Scholarly, project: Path) -> None:
    (project / LEDGER_FILE).write_text("works: [\n")
    result = verify(project)
    assert result.exit_code == 1
    assert "data/verification.yml:" in result.output
    assert (project / LEDGER_FILE).read_text() == "works: [\n"
    assert not ready.asked


def test_an_answer_that_needs_a_person_ends_with_status_1(ready: Scholarly, project: Path) -> None:
    del ready.works["10.5555/two"]
    result = verify(project)
    assert result.exit_code == 1
    assert "doi-not-found: two2020word: `10.5555/two`" in result.stdout


AT_FULL_SPEED = """
import sys
from pathlib import Path
from livingreview import commands_verify, verify_services
from livingreview.http_client import Pace
verify_services.Services.paces = lambda *_: {"127.0.0.1": Pace(0.03, 2)}
commands_verify.verify_command(sys.argv[2:], obj=Path(sys.argv[1]))
"""


def test_a_killed_run_is_taken_over_by_the_next(ready: Scholarly, project: Path) -> None:
    """Kill the command itself, at several moments; no answer that reached the journal is asked for again."""
    dois = [f"10.5555/k{number}" for number in range(120)]
    ready.grants = 1000
    ready.works.update({doi: Work() for doi in dois})
    entries = [BIB.format(key=f"kill2020w{n}", title="T", doi=doi, pmid="") for n, doi in enumerate(dois)]
    (project / "refs.bib").write_text("".join(entries).replace(", pmid = {}", ""))
    journal = project / ".cache" / "livingreview" / "verify.jsonl"
    for _ in range(3):
        command = [sys.executable, "-c", AT_FULL_SPEED, str(project), "--only", "doi"]
        process = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(HOOKS)}, stderr=subprocess.DEVNULL)
        lines, end = journal.stat().st_size if journal.exists() else 0, time.monotonic() + 20
        while time.monotonic() < end and not (journal.exists() and journal.stat().st_size > lines + 2_000):
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.wait()
        parse_yaml((project / LEDGER_FILE).read_text(), LEDGER_FILE)
    answered = {result.target.id for result in Journal(journal).read()}
    answered |= {e["doi"]["id"] for e in data_of((project / LEDGER_FILE).read_text())["works"].values() if "doi" in e}
    assert 0 < len(answered) < 120
    ready.asked.clear()
    assert verify(project, "--only", "doi").exit_code == 0
    assert {name.removeprefix("doi api/handles/") for name in ready.asked if "handles" in name} == set(dois) - answered
    works = data_of((project / LEDGER_FILE).read_text())["works"]
    assert {entry["doi"]["id"] for entry in works.values() if "doi" in entry} == set(dois)


# -- the weekly report -------------------------------------------------------------------------


def test_the_weekly_run_tells_of_a_retraction_a_changed_trial_and_a_dead_link_once(
    ready: Scholarly, project: Path
) -> None:
    report = project / "report.md"
    assert verify(project, "--report", str(report)).exit_code == 0
    assert report.read_text() == ""
    baseline = project / "baseline.yml"
    baseline.write_bytes((project / LEDGER_FILE).read_bytes())

    notice = {
        "type": "retraction",
        "DOI": "10.5555/notice",
        "source": "retraction-watch",
        "updated": {"date-parts": [[2026, 11, 1]]},
    }
    ready.works["10.5555/one"].updated_by = [notice]
    dates = {"resultsFirstPostDateStruct": {"date": "2026-11-02"}}
    ready.studies["NCT00000001"] = study("NCT00000001", "TERMINATED", dates=dates, hasResults=True)
    ready.links["http://site.example.org/page"] = 410
    arguments = ("--max-age", "0", "--baseline", str(baseline), "--report", str(report))
    assert verify(project, *arguments).exit_code == 0
    text = report.read_text()
    golden = Path(__file__).parent / "golden" / "verification-issue.md"
    assert text == golden.read_text(encoding="utf-8")

    assert verify(project, *arguments).exit_code == 0
    assert report.read_text() == text
    assert verify(project, "--max-age", "0", "--report", str(report)).exit_code == 0
    assert report.read_text() == ""


def test_what_changed_is_told_section_by_section() -> None:
    def works(notices: dict[str, Any], **more: Any) -> dict[str, Any]:
        return {"works": {"key": {"notices": notices, **more}}}

    retracted = {"status": "retracted", "items": [{"type": "retraction", "source": "publisher", "doi": "10.1/n"}]}
    assert [c.section for c in find_changes({}, works(retracted))] == ["retracted"]
    assert find_changes(works(retracted), works(retracted)) == ()
    assert [c.section for c in find_changes(works(retracted), works({"status": "none-found"}))] == ["lifted"]
    assert [c.section for c in find_changes(works({"status": "unknown"}), works({"status": "concern"}))] == ["concern"]
    another = works({"status": "corrected", "items": [{"type": "erratum", "source": "pubmed", "pmid": "7"}]})
    assert [c.section for c in find_changes(works({"status": "corrected"}), another)] == ["corrected"]
    mismatch = works({}, doi={"id": "10.1/A", "status": "verified"}, pmid={"id": "7", "doi": "10.1/b"})
    assert [c.section for c in find_changes({}, mismatch)] == ["pmid-mismatch"]
    assert find_changes(mismatch, mismatch) == ()
    same = works({}, doi={"id": "10.1/A"}, pmid={"id": "7", "doi": "10.1/a"})
    assert find_changes({}, same) == ()
    gone = {
        "registries": {"NCT00000001": {"status": "not-found"}},
        "works": {"key": {"pmid": {"id": "7", "status": "not-found"}}},
    }
    assert [c.section for c in find_changes({}, gone)] == ["pmid-not-found", "registry-not-found"]


def test_a_trial_seen_for_the_first_time_is_no_change() -> None:
    after = {"registries": {"NCT00000001": {"overall-status": "COMPLETED", "results-posted": "2020-01-01"}}}
    assert find_changes({}, after) == ()


def test_what_services_registered_can_mention_nobody() -> None:
    items = [{"type": "retraction` @everyone <b>#1", "source": "x\n# heading", "doi": "10.1/`n`"}]
    issue = render_issue(find_changes({}, {"works": {"key": {"notices": {"status": "retracted", "items": items}}}}))
    assert issue is not None
    assert issue.body.startswith(MARK)
    row = next(line for line in issue.body.splitlines() if line.startswith("- [ ]"))
    outside = "".join(row.split("`")[0::2])
    assert "@" not in outside
    assert "<b>" not in outside
    assert "\n# heading" not in issue.body


def test_odd_ledgers_are_compared_without_complaint() -> None:
    odd: list[Any] = [
        {},
        {"works": []},
        {"works": {"a": None}},
        {"works": {"a": {"notices": [], "doi": 3}}},
        {"links": {"x": 1}},
    ]
    for before in odd:
        for after in odd:
            assert find_changes(before, after) == ()


def test_an_empty_outcome_is_one() -> None:
    assert Outcome() == Outcome((), (), stopped=False)
    assert json.dumps(Services().paces("a@b.c").keys().__len__()) == "5"
