"""Runs changes through the engine and counts: found in the right place, found elsewhere, missed, other reports."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice

from faultkit.snapshot import Snapshot
from faultkit.spots import Fault, Kind, Source
from livingreview.problems import Problem


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the engine said of one change: ``right``, ``elsewhere`` or ``missed``, and how much else it said."""

    result: str
    others: int
    reports: tuple[Problem, ...]


@dataclass
class Tally:
    """The counts of one kind."""

    kind: Kind
    available: int = 0
    tried: int = 0
    right: int = 0
    elsewhere: int = 0
    missed: int = 0
    others: int = 0
    examples: list[str] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """The share found in the right place."""
        return self.right / self.tried if self.tried else 1.0

    @property
    def mean_others(self) -> float:
        """Reports besides the one, per fault."""
        return self.others / self.tried if self.tried else 0.0


def _in_place(problem: Problem, fault: Fault) -> bool:
    """Whether a report stands at a changed place, or names it (with its line, or what is gone)."""
    for place in fault.places:
        if problem.path == place.path and place.first <= problem.line <= place.last:
            return True
        if place.last - place.first < 200 and any(
            f"{place.path}:{line}" in problem.message for line in range(place.first, place.last + 1)
        ):
            return True
    return any(name and name in problem.message for name in fault.names)


def judge(snapshot: Snapshot, fault: Fault, expected: str) -> Outcome:
    """Make a change and ask the engine. A stale translation counts only where a notice is what is expected."""
    reports = fault.applied(snapshot).report()
    counted = [p for p in reports if p.stops or expected == "notice"]
    right = [p for p in counted if _in_place(p, fault)]
    result = "right" if right else "elsewhere" if counted else "missed"
    return Outcome(result, max(0, len([p for p in reports if p.stops]) - (expected != "notice")), tuple(reports))


def chosen(faults: Iterable[Fault], sample: int | None, seed: int, name: str) -> tuple[list[Fault], int]:
    """Return the faults to try, and how many there are: all, or a sample that depends on seed and kind alone."""
    every = list(faults)
    if sample is None or len(every) <= sample:
        return every, len(every)
    picked = random.Random(f"{seed}:{name}").sample(range(len(every)), sample)  # noqa: S311 - no secret
    return [every[at] for at in sorted(picked)], len(every)


def tally(snapshot: Snapshot, source: Source, kind: Kind, sample: int | None, seed: int) -> Tally:
    """Try one kind of fault."""
    faults, available = chosen(kind.make(source), sample, seed, kind.id)
    counts = Tally(kind, available)
    for fault in faults:
        outcome = judge(snapshot, fault, kind.expected)
        counts.tried += 1
        setattr(counts, outcome.result, getattr(counts, outcome.result) + 1)
        counts.others += outcome.others
        if outcome.result != "right":
            counts.examples.append(describe(fault, outcome))
    return counts


def describe(fault: Fault, outcome: Outcome) -> str:
    """Say what was changed and what was reported, for a person who looks into a miss."""
    edits = "; ".join(f"{e.path}@{e.start}: {e.new[:60]!r} for {e.end - e.start} characters" for e in fault.edits)
    places = "; ".join(f"{p.path}:{p.first}" for p in fault.places)
    said = " | ".join(str(p)[:160] for p in islice(outcome.reports, 3))
    return f"{outcome.result}: {places} [{edits}{', '.join(fault.deleted)}] -> {said or 'nothing'}"


def good_reports(snapshot: Snapshot, faults: Sequence[Fault]) -> list[tuple[Fault, Problem]]:
    """Return what the engine wrongly says of right edits. That the translation should be looked at is no fault."""
    found = []
    for fault in faults:
        found += [(fault, p) for p in fault.applied(snapshot).report() if p.code != "translation-stale"]
    return found
