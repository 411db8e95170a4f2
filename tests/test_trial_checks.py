"""Trials against works, claims, each other and the running text."""

from __future__ import annotations

import pytest

from livingreview.trial_checks import (
    check_trial_mentions,
    check_trial_references,
    find_people,
    index_trials,
    numbers_of_people,
)
from trial_support import (
    PATH,
    TRIAL,
    changed,
    line_of,
    project_trials,
    project_vocabulary,
    small_trial,
    small_vocabulary,
)

KEYS = {"leaf2020tea"}


def _mentions(text: str, linked: set[str], language: str = "zh") -> list[str]:
    trials = index_trials(project_trials())
    problems = check_trial_mentions(text, linked, trials, project_vocabulary(), language, "page.md", 7)
    return [str(problem) for problem in problems]


def test_known_works_claims_and_trials_are_no_problem() -> None:
    assert list(check_trial_references([small_trial()], KEYS, [])) == []


@pytest.mark.parametrize(
    ("old", "new", "mark"),
    [
        ("reports: [leaf2020tea]", "reports: [leaf2020te]", "reports:"),
        ("work: leaf2020tea", "work: leaf2021tea", "work: leaf2021tea"),
        ("design:\n", "claims: [c999]\ndesign:\n", "claims: [c999]"),
        ("design:\n", "related:\n  - {trial: coffee, text: {de: a, en: b}}\ndesign:\n", "trial: coffee"),
    ],
)
def test_an_unknown_name_is_one_problem(old: str, new: str, mark: str) -> None:
    text = changed(old, new)
    problems = list(check_trial_references([small_trial(text)], KEYS, ["c001"]))
    assert [problem.code for problem in problems] == ["trial-reference"]
    assert problems[0].path == PATH
    assert problems[0].line == line_of(mark, text)


def test_a_registry_number_must_be_in_the_data() -> None:
    assert _mentions("NOMA（NCT04466007）", set()) == []
    problems = _mentions("第一行\n见 NCT04466008。", set())
    assert len(problems) == 1
    assert problems[0].startswith("page.md:8: [trial-mention] NCT04466008")


@pytest.mark.parametrize("text", ["共 213 例患者", "计划 246 例", "其中 121 例的事后分析", "70 例用安慰剂", "12 个月"])
def test_numbers_of_the_trial_may_stand_in_the_text(text: str) -> None:
    assert _mentions(text, {"pace"}) == []


def test_another_number_of_people_is_one_problem() -> None:
    problems = _mentions("共 312 例，后来仍是 312 例", {"pace"})
    assert len(problems) == 1
    assert "312" in problems[0]
    assert "213" in problems[0]
    assert "[trial-mention]" in problems[0]


def test_a_block_about_two_trials_or_none_is_not_held_to_one() -> None:
    assert _mentions("共 312 例", {"pace", "noma"}) == []
    assert _mentions("共 312 例", set()) == []


def test_english_numbers_stand_directly_before_people() -> None:
    assert _mentions("Of 213 patients, 41 legs", {"pace"}, "en") == []
    assert len(_mentions("312 patients took part", {"pace"}, "en")) == 1
    assert list(find_people("1,280 patients and 3.5 participants", "en", project_vocabulary())) == [1280]


def test_words_in_another_language_come_from_the_vocabulary() -> None:
    vocabulary = small_vocabulary()
    assert list(find_people("213 Personen, 5 patients", "de", vocabulary)) == [213]
    assert {213, 240, 143, 70, 41} <= numbers_of_people(small_trial(TRIAL), "de", vocabulary)
