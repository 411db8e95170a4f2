"""Faults made on purpose in the real text and data: a sample of every kind is found where it was made.

``make faults`` tries them all and writes the figures that ``/about/validation/`` shows.
Here the tool itself is tried: what it asks in memory is what the disk would answer.
"""

from __future__ import annotations

import json
import shutil
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import faults
from faultkit.scoring import chosen, describe, good_reports, judge
from faultkit.snapshot import Snapshot, recorded, take
from faultkit.spots import GOOD, KINDS, Source
from livingreview.checks import report as problems_of
from livingreview.loading import load_review
from report import READMES, readme_figures, with_figures

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
    found = problems_of(load_review(tmp_path))
    assert found
    assert found == changed.report()


def test_the_sources_have_no_problem_before() -> None:
    assert sources()[0].report() == []


# -- the figures that readers see ----------------------------------------------------


@pytest.fixture(scope="module")
def figures() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / "data" / "validation.json").read_text(encoding="utf-8"))
    return found["faults"]


def test_the_figures_are_of_the_kinds_there_are(figures: dict[str, Any]) -> None:
    """After a change to the kinds: ``make faults``."""
    assert [row["id"] for row in figures["kinds"]] == list(KINDS)
    assert [row["id"] for row in figures["good"]] == list(GOOD)


def test_a_readme_says_what_was_measured() -> None:
    data = json.loads((ROOT / "data" / "validation.json").read_text(encoding="utf-8"))
    for language, path in READMES.items():
        text = path.read_text(encoding="utf-8")
        assert with_figures(text, readme_figures(data, language)) == text, f"{path.name}: run `make bench`"


def test_every_fault_of_the_bar_was_found_in_the_right_place(figures: dict[str, Any]) -> None:
    held = [row for row in figures["kinds"] if row["expected"] != "rate" and row["family"] in faults.BAR]
    assert [row["id"] for row in held if row["right"] < row["tried"]] == []
    assert [row["id"] for row in figures["good"] if row["reports"]] == []
