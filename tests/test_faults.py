"""Faults made on purpose in the real text and data: a sample of every kind is found where it was made.

``make faults`` tries them all and writes the figures that ``/about/validation/`` shows.
Here the tool itself is tried: what it asks in memory is what the disk would answer.
"""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path

import pytest

import faults
from faultkit.scoring import chosen, describe, good_reports, judge
from faultkit.snapshot import Snapshot, recorded, take
from faultkit.spots import GOOD, KINDS, Source
from livingreview.checks import report
from livingreview.loading import load_review

ROOT = Path(__file__).resolve().parent.parent
SEED = 20261128
SAMPLE = 2

HELD = [name for name, kind in KINDS.items() if kind.expected != "rate"]


@cache
def sources() -> tuple[Snapshot, Source]:
    snapshot = recorded(take(ROOT))
    return snapshot, Source(snapshot)


def test_there_are_fifty_kinds_of_faults_and_thirty_of_right_edits() -> None:
    assert len(KINDS) >= 50
    assert len(GOOD) >= 30


def test_every_family_of_the_bar_is_tried() -> None:
    assert {KINDS[name].family for name in HELD} >= faults.BAR


@pytest.mark.parametrize("name", HELD)
def test_a_fault_is_found_where_it_was_made(name: str) -> None:
    snapshot, source = sources()
    tried, _available = chosen(KINDS[name].make(source), SAMPLE, SEED, name)
    outcomes = [(fault, judge(snapshot, fault, KINDS[name].expected)) for fault in tried]
    assert [describe(fault, outcome) for fault, outcome in outcomes if outcome.result != "right"] == []


@pytest.mark.parametrize("name", GOOD)
def test_a_right_edit_raises_nothing(name: str) -> None:
    snapshot, source = sources()
    tried, _available = chosen(GOOD[name].make(source), SAMPLE, SEED, name)
    assert tried
    assert [str(problem) for _fault, problem in good_reports(snapshot, tried)] == []


@pytest.mark.parametrize(
    "name", ["number-digit", "id-renamed", "doi-digit", "claim-lost", "yaml-tab", "page-lost-both"]
)
def test_memory_answers_as_the_disk_does(name: str, tmp_path: Path) -> None:
    snapshot, source = sources()
    (fault, *_rest), _available = chosen(KINDS[name].make(source), 1, SEED, name)
    changed = fault.applied(snapshot)
    for path, data in changed.files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    shutil.copytree(ROOT / "hooks", tmp_path / "hooks")  # mkdocs.yml names it
    found = report(load_review(tmp_path))
    assert found
    assert found == changed.report()


def test_the_sources_have_no_problem_before() -> None:
    assert sources()[0].report() == []
