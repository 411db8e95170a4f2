"""The command ``livingreview verify``: ask the public services, keep the answers, say what has changed."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from livingreview.atomic import LockTimeoutError, locked, write_text
from livingreview.bibliography import parse_bibliography
from livingreview.chapters import parse_chapter
from livingreview.http_client import Client, Patience
from livingreview.ledger import LEDGER_FILE, Data, Journal, entry, is_fresh, merge_results
from livingreview.verify_report import find_changes, render_issue
from livingreview.verify_run import Outcome, find_targets, run
from livingreview.verify_services import Inquiry, Kind, Services, Target
from livingreview.work import WORK_FILE
from livingreview.yamlfile import parse_yaml

CACHE = ".cache/livingreview"

#: Under this name the ledger knows the article that the review restates; no reference can have it.
ARTICLE = "article"

#: An e-mail address that services can write to; sent with every request where it is set.
CONTACT = "CONTACT_EMAIL"

Command = Callable[..., Any]


def service_options(command: Command) -> Command:
    """Add one hidden option a service, so that tests and mirrors can stand in for it."""
    defaults = Services()
    for name in ("doi", "crossref", "datacite", "pubmed", "trials"):
        variable = f"LIVINGREVIEW_{name.upper()}_URL"
        option = click.option(f"--{name}-url", default=getattr(defaults, name), envvar=variable, hidden=True)
        command = option(command)
    return command


def services_from(options: dict[str, str]) -> Services:
    """Return where the services are, from the values of :func:`service_options`."""
    return Services(**{name.removesuffix("_url"): url.rstrip("/") for name, url in options.items()})


def open_inquiry(services: Services, patience: Patience | None = None) -> Inquiry:
    """Return an inquiry of today under the contact that the environment names."""
    contact = os.environ.get(CONTACT, "").strip()
    client = Client(contact=contact, paces=services.paces(contact), patience=patience)
    return Inquiry(client, services, datetime.now(UTC).date().isoformat(), contact)


@click.command("verify", short_help="Ask DOI, PubMed and registry services; write data/verification.yml.")
@click.option("--max-age", type=click.IntRange(0), default=30, show_default=True, metavar="DAYS")
@click.option("--only", type=click.Choice([kind.value for kind in Kind]), multiple=True, help="Ask about these only.")
@click.option(
    "--baseline", type=click.Path(path_type=Path, dir_okay=False, exists=True), help="Compare with this file."
)
@click.option("--report", type=click.Path(path_type=Path, dir_okay=False), help="Write what has changed to this file.")
@service_options
@click.pass_obj
def verify_command(
    root: Path,
    /,
    max_age: int,
    only: tuple[str, ...],
    baseline: Path | None,
    report: Path | None,
    **urls: str,
) -> None:
    """Ask the DOI system, Crossref, DataCite, PubMed and ClinicalTrials.gov what they know.

    Answers go to data/verification.yml; what people wrote there stays. Asked is
    only what has no answer yet, or one older than DAYS. A run may be interrupted
    and run again. A service that does not answer changes nothing.

    Ends with status 1 where something has changed that needs a person, unless
    --report is given: then the text of an issue is written to that file, empty
    where nothing has changed.
    """
    try:
        with locked(root / CACHE / "verify.lock", timeout=0.1):
            outcome, before, after = _verify(root, max_age, only, services_from(urls))
    except LockTimeoutError as error:
        raise click.ClickException("another verification is under way here. Wait for it to end.") from error
    changes = find_changes(ledger_data(read_file(baseline)) if baseline else before, after)
    for change in changes:
        click.echo(f"{change.section}: {change.subject}{': ' if change.text else ''}{change.text}")
    if report is not None:
        issue = render_issue(changes)
        write_text(report, issue.body if issue else "")
    if outcome.stopped:
        raise click.exceptions.Exit(130)
    if changes and report is None:
        raise click.exceptions.Exit(1)


def _verify(root: Path, max_age: int, only: tuple[str, ...], services: Services) -> tuple[Outcome, Data, Data]:
    """Ask what is open and write the ledger; return what came of it and the ledger before and after."""
    path = root / LEDGER_FILE
    text = read_file(path)
    before = data = ledger_data(text)
    journal = Journal(root / CACHE / "verify.jsonl")
    earlier = list(journal.read())
    if earlier:
        text = merge_results(text, data, earlier)
        data = ledger_data(text)
        click.echo(f"took over {len(earlier)} answers of an earlier run that did not end", err=True)
    targets = [target for target in review_targets(root, data) if not only or target.kind.value in only]
    settled = {result.target for result in earlier}
    today = datetime.now(UTC).date()
    open_targets = [t for t in targets if t not in settled and not is_fresh(data, t, today, max_age)]
    outcome = _ask(open_targets, services, journal)
    text = merge_results(text, data, outcome.results)
    if earlier or outcome.results:
        write_text(path, text)
    journal.clear()
    _say(outcome, len(targets) - len(open_targets))
    return outcome, before, ledger_data(text)


def _ask(targets: Sequence[Target], services: Services, journal: Journal) -> Outcome:
    inquiry = open_inquiry(services)
    try:
        with journal, _progress(len(targets)) as seen:
            return run(targets, inquiry, journal, seen)
    finally:
        inquiry.client.close()


@contextmanager
def _progress(length: int) -> Iterator[Callable[[int], None]]:
    """Show a bar on a terminal and nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    with click.progressbar(length=length, label="Verifying", file=sys.stderr, show_pos=True) as bar:
        yield bar.update


def _say(outcome: Outcome, recent: int) -> None:
    counts = {"verified": 0, "alive": 0, "not-covered": 0, "not-found": 0, "dead": 0}
    for result in outcome.results:
        counts[result.status] += 1
    names = {"alive": "links alive", "not-covered": "metadata not covered", "dead": "links dead"}
    parts = [f"{number} {names.get(name, name.replace('-', ' '))}" for name, number in counts.items() if number]
    parts += [f"{len(outcome.failures)} could not be checked"] if outcome.failures else []
    parts += [f"{recent} checked recently"] if recent else []
    click.echo(", ".join(parts) or "nothing to verify")
    for failure in sorted(outcome.failures, key=lambda failure: (failure.target.kind.value, failure.target.id)):
        click.echo(f"could not check {failure.target.kind.value} {failure.target.id}: {failure.reason}", err=True)


def ledger_data(text: str) -> Data:
    """Return what a ledger's text says; what cannot be parsed ends the command, so that nothing is written over it."""
    parsed = parse_yaml(text, LEDGER_FILE)
    if parsed.problems:
        raise click.ClickException(str(parsed.problems[0]))
    return parsed.data if isinstance(parsed.data, dict) else {}


def review_targets(root: Path, ledger: Data) -> tuple[Target, ...]:
    """Return everything in a review that can be asked about."""
    references, _ = parse_bibliography(read_file(root / "refs.bib"), "refs.bib")
    works = [(reference.key, reference.doi, reference.pmid) for reference in references]
    article = entry(parse_yaml(read_file(root / WORK_FILE), WORK_FILE).data, "article")
    works.append((ARTICLE, str(article.get("doi") or ""), str(article.get("pmid") or "")))
    numbers = dict.fromkeys([*(number for _, number in registry_numbers(root)), *entry(ledger, "registries")])
    return find_targets(works, numbers, dict.fromkeys(_links(root)))


def read_file(path: Path) -> str:
    """Return the text of a file as it is, line ends included; nothing where there is no file."""
    return path.read_bytes().decode("utf-8", errors="replace") if path.is_file() else ""


def registry_numbers(root: Path) -> Iterator[tuple[Path, str]]:
    """Yield each registry number of the trials, with the file it stands in."""
    for path in sorted((root / "data" / "trials").glob("*.yml")):
        data = parse_yaml(read_file(path), path.name).data
        registrations = data.get("registry") if isinstance(data, dict) else None
        for registration in registrations if isinstance(registrations, list) else ():
            if isinstance(registration, dict) and isinstance(registration.get("id"), str):
                yield path, registration["id"]


def _links(root: Path) -> Iterator[str]:
    """Yield the addresses that pages link to, fragments cut off."""
    for path in sorted((root / "docs").rglob("*.md")):
        chapter, _ = parse_chapter(read_file(path), path.name, "", "")
        for block in chapter.blocks:
            for link in block.links:
                yield link.target.partition("#")[0]
