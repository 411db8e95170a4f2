"""One run of verification: what to ask, asking it, and what came of it.

In go the works, registry numbers and links of a review; out comes an
:class:`Outcome` with every answer and every question that got none. Each kind of
identifier is asked about in its own threads, so that a slow registry holds up no
DOI. Answers go to the journal as they arrive; :func:`run` may be stopped at any
time and the next run asks only what is still open.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import ExitStack
from dataclasses import dataclass
from urllib.parse import urlsplit

from livingreview.http_client import CouldNotCheckError
from livingreview.ledger import Journal
from livingreview.links import is_address
from livingreview.verify_services import (
    NCT_FORM,
    PMIDS_AT_ONCE,
    Failure,
    Inquiry,
    Kind,
    Result,
    Target,
    ask_doi,
    ask_link,
    ask_pmids,
    ask_registry,
)

#: Threads for each kind of identifier; what a host allows at once is the client's to keep.
THREADS = {Kind.DOI: 4, Kind.PMID: 1, Kind.REGISTRY: 1, Kind.LINK: 6}

#: Hosts whose pages stand for an identifier that is asked about itself.
_ASKED_BY_IDENTIFIER = (
    "doi.org",
    "dx.doi.org",
    "clinicaltrials.gov",
    "www.clinicaltrials.gov",
    "pubmed.ncbi.nlm.nih.gov",
)

Reply = Result | Failure
Ask = Callable[[], Iterable[Reply]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run brought: answers, questions without one, and whether it was stopped before its end."""

    results: tuple[Result, ...] = ()
    failures: tuple[Failure, ...] = ()
    stopped: bool = False


def find_targets(
    works: Iterable[tuple[str, str, str]], registry_ids: Iterable[str], links: Iterable[str]
) -> tuple[Target, ...]:
    """Return what there is to ask about, each thing once.

    ``works`` are triples of key, DOI and PubMed number, the latter two possibly
    empty. Of registry numbers only those of ClinicalTrials.gov can be asked about.
    Links to hosts without a public name are nobody's to check.
    """
    found: dict[tuple[Kind, str, str], Target] = {}
    for target in _all_targets(works, registry_ids, links):
        found.setdefault((target.kind, target.id, target.key), target)
    return tuple(found.values())


def _all_targets(
    works: Iterable[tuple[str, str, str]], registry_ids: Iterable[str], links: Iterable[str]
) -> Iterator[Target]:
    for key, doi, pmid in works:
        if doi:
            yield Target(Kind.DOI, doi, key)
        if pmid:
            yield Target(Kind.PMID, pmid, key)
    yield from (Target(Kind.REGISTRY, number) for number in registry_ids if NCT_FORM.match(number))
    yield from (Target(Kind.LINK, link) for link in links if _worth_asking(link))


def _worth_asking(link: str) -> bool:
    """Whether a link leads to a public host that no identifier stands for."""
    if not is_address(link):
        return False
    parts = urlsplit(link)
    host = (parts.hostname or "").lower()
    if parts.scheme not in ("http", "https") or "." not in host or host in _ASKED_BY_IDENTIFIER:
        return False
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return not host.endswith((".local", ".internal", ".localhost", ".example", ".invalid", ".test"))
    return False


def run(
    targets: Sequence[Target], inquiry: Inquiry, journal: Journal, seen: Callable[[int], None] = lambda _: None
) -> Outcome:
    """Ask about all targets; ``seen`` is told how many more have been dealt with.

    Every target ends up among the results or among the failures, once. An
    interrupt (Ctrl-C) lets what is under way end, keeps it, and returns.
    """
    results: list[Result] = []
    failures: list[Failure] = []
    open_targets = dict.fromkeys(targets)
    stopped = False
    with ExitStack() as stack:
        futures = _start(stack, targets, inquiry)
        try:
            for future in as_completed(futures):
                for reply in future.result():
                    open_targets.pop(reply.target, None)
                    if isinstance(reply, Result):
                        journal.add(reply)
                        results.append(reply)
                    else:
                        failures.append(reply)
                    seen(1)
        except KeyboardInterrupt:
            stopped = True
            inquiry.client.stop()
            for future in futures:
                future.cancel()
    failures += [Failure(target, "the run was stopped") for target in open_targets]
    order = {target: number for number, target in enumerate(targets)}
    results.sort(key=lambda result: order[result.target])
    return Outcome(tuple(results), tuple(failures), stopped)


def _start(stack: ExitStack, targets: Sequence[Target], inquiry: Inquiry) -> list[Future[list[Reply]]]:
    """Set the questions going, each kind in threads of its own."""
    futures = []
    for kind, threads in THREADS.items():
        chosen = [target for target in targets if target.kind is kind]
        if chosen:
            pool = stack.enter_context(ThreadPoolExecutor(threads, thread_name_prefix=f"verify-{kind.value}"))
            futures += [
                pool.submit(_ask, group, inquiry)
                for group in _groups(chosen, PMIDS_AT_ONCE if kind is Kind.PMID else 1)
            ]
    return futures


def _groups(targets: Sequence[Target], size: int) -> Iterator[Sequence[Target]]:
    for start in range(0, len(targets), size):
        yield targets[start : start + size]


def _ask(group: Sequence[Target], inquiry: Inquiry) -> list[Reply]:
    """Ask one question; a service without an answer makes failures, never an exception."""
    first = group[0]
    try:
        if first.kind is Kind.DOI:
            return [ask_doi(inquiry, first)]
        if first.kind is Kind.PMID:
            return list(ask_pmids(inquiry, group))
        if first.kind is Kind.REGISTRY:
            return [ask_registry(inquiry, first)]
        return [ask_link(inquiry, first)]
    except CouldNotCheckError as error:
        return [Failure(target, str(error)) for target in group]
