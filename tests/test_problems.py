"""Problems are sorted, counted once, and said alike to people, GitHub and machines."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livingreview.problems import (
    HELP_PAGE,
    SEVERITIES,
    Problem,
    Severity,
    any_stops,
    format_github,
    format_json,
    format_text,
    sort_problems,
    summarize,
)

ERROR = Problem("docs/en/b.md", 14, "parity-numbers", "zh has 28, en has 82 (docs/zh/b.md:14).")
WARNING = Problem("refs.bib", 3, "citation-unused", 'nothing cites "a". Cite it, or remove the entry.')
NOTICE = Problem("docs/en/b.md", 8, "translation-stale", "zh changed, en did not.")
DOWNGRADED = Problem("docs/zh/b.md", 9, "parity-block", "not yet translated.", Severity.NOTICE)


def test_a_problem_is_one_line() -> None:
    assert str(ERROR) == "docs/en/b.md:14: [parity-numbers] zh has 28, en has 82 (docs/zh/b.md:14)."


def test_an_undeclared_code_is_the_engines_fault() -> None:
    with pytest.raises(ValueError, match="no-such-code"):
        Problem("a", 1, "no-such-code", "")


def test_severity_belongs_to_the_code_unless_the_problem_says_otherwise() -> None:
    assert [p.severity for p in (ERROR, WARNING, NOTICE, DOWNGRADED)] == [
        Severity.ERROR,
        Severity.WARNING,
        Severity.NOTICE,
        Severity.NOTICE,
    ]
    assert [p.stops for p in (ERROR, WARNING, NOTICE, DOWNGRADED)] == [True, True, False, False]
    assert any_stops([NOTICE, WARNING])
    assert not any_stops([NOTICE, DOWNGRADED])
    assert not any_stops([])


def test_each_problem_once_in_order() -> None:
    assert sort_problems([WARNING, ERROR, NOTICE, ERROR]) == [NOTICE, ERROR, WARNING]


@pytest.mark.parametrize(
    ("problems", "line"),
    [
        ([], "no problems"),
        ([ERROR], "1 problem (1 error) in 1 file"),
        ([ERROR, NOTICE], "2 problems (1 error, 1 notice) in 1 file"),
        ([ERROR, WARNING, NOTICE, DOWNGRADED], "4 problems (1 error, 1 warning, 2 notices) in 3 files"),
    ],
)
def test_the_closing_line_counts(problems: list[Problem], line: str) -> None:
    assert summarize(problems) == line


def test_the_report_ends_with_where_to_read_on() -> None:
    lines = format_text([WARNING, ERROR]).split("\n")
    assert lines[:2] == [str(ERROR), str(WARNING)]
    assert lines[2] == "2 problems (1 error, 1 warning) in 2 files"
    assert HELP_PAGE in lines[3]
    assert format_text([]) == "no problems"


def test_annotations_for_github() -> None:
    tricky = Problem("docs/a,b:c.md", 2, "link-broken", "100% of\nlinks: broken, all")
    lines = format_github([ERROR, tricky, NOTICE]).split("\n")
    assert lines[0] == (
        "::error file=docs/a%2Cb%3Ac.md,line=2,title=link-broken::[link-broken] 100%25 of%0Alinks: broken, all"
    )
    assert lines[1].startswith("::notice file=docs/en/b.md,line=8,")
    assert lines[2].startswith("::error file=docs/en/b.md,line=14,")
    assert lines[3].startswith("3 problems")


def test_json_for_machines() -> None:
    report = json.loads(format_json([ERROR, DOWNGRADED]))
    assert report["summary"] == "2 problems (1 error, 1 notice) in 2 files"
    assert report["problems"][0] == {
        "path": "docs/en/b.md",
        "line": 14,
        "code": "parity-numbers",
        "message": "zh has 28, en has 82 (docs/zh/b.md:14).",
        "severity": "error",
    }
    assert report["problems"][1]["severity"] == "notice"


def test_codes_are_kebab_case_and_the_page_of_explanations_exists(root: Path) -> None:
    assert all(code == code.lower() and " " not in code and "_" not in code for code in SEVERITIES)
    assert (root / HELP_PAGE).is_file()


@given(st.lists(st.builds(Problem, st.text(), st.integers(1, 99), st.sampled_from(sorted(SEVERITIES)), st.text())))
def test_every_format_takes_every_problem(problems: list[Problem]) -> None:
    distinct = sort_problems(problems)
    assert len(json.loads(format_json(problems))["problems"]) == len(distinct)
    assert len(format_github(problems).split("\n")) == len(distinct) + 1 + bool(distinct)
    assert summarize(distinct) in format_text(problems)
