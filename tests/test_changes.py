"""The record of changes: what is wrong with one is said, and its views say what it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from livingreview.changes import (
    CHANGES_FILE,
    Change,
    check_changes,
    erratum_marks,
    format_changelog,
    grouped,
    load_changes,
    releases_of,
    render_changes,
    render_corrections,
    version_entry,
    version_order,
)
from livingreview.loading import load_review
from livingreview.releases import views
from livingreview.review import Review
from sites_support import CLEAN

RECORD = """\
- id: begun
  date: "2026-01-02"
  kind: edition
  title: {zh: 开始, en: Begun}
- id: v1.0.0
  date: "2026-01-05"
  kind: version
  version: 1.0.0
  title: {zh: 发布, en: Released}
- id: range-of-bay-b
  date: "2026-02-01"
  kind: correction
  title: {zh: B 湾的潮差, en: The range in bay B}
  text: {zh: 原数有误。, en: The figure was wrong.}
  was: {zh: 5.3 m, en: 5.3 m}
  now: {zh: 3.5 m, en: "3.5 m <b>"}
  blocks: [heights#ranges]
  corrects: [1.0.0]
- id: gauges-read
  date: "2026-02-01"
  kind: evidence
  title: {zh: 查阅, en: Gauges read}
  blocks: [beyond#chart]
"""


def url(slug: str, fragment: str) -> str:
    return f"../{slug}/#{fragment}"


@pytest.fixture(scope="module")
def small() -> Review:
    return load_review(CLEAN)


def read(text: str) -> tuple[Change, ...]:
    changes, problems = load_changes(text)
    assert problems == ()
    return changes


def test_a_sound_record_has_no_problems(small: Review) -> None:
    assert list(check_changes(small, read(RECORD))) == []


def test_the_project_s_own_record_is_sound_and_its_views_are_in_step(review: Review, root: Path) -> None:
    changes, problems = load_changes((root / CHANGES_FILE).read_text(encoding="utf-8"))
    assert [*problems, *check_changes(review, changes)] == []
    for name, text in views(review, changes).items():
        assert (root / name).read_text(encoding="utf-8") == text, f"{name}: run `livingreview changelog`"


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ('date: "2026-01-05"', 'date: "2026-1-5"', 6, "date"),
        ("kind: evidence", "kind: news", 21, "kind"),
        ("kind: evidence", "kind: evidence\n  color: red", 22, 'unknown field "color"'),
        ("version: 1.0.0\n", 'version: "1.0"\n', 8, "version"),
        ("id: begun", "id: Begun!", 1, "id"),
    ],
)
def test_a_malformed_entry_is_reported_at_its_line(old: str, new: str, line: int, said: str) -> None:
    changes, problems = load_changes(RECORD.replace(old, new, 1))
    assert [(found.path, found.line, found.code) for found in problems] == [(CHANGES_FILE, line, "data-field")]
    assert said in problems[0].message
    assert len(changes) == 3


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("title: {zh: 开始, en: Begun}", "title: {zh: 开始}", 1, "no text in en"),
        ("id: gauges-read", "id: begun", 19, "line 1"),
        ('"2026-01-02"', '"2026-03-02"', 5, "before the entry above"),
        ('"2026-01-02"', '"2025-02-30"', 1, "not a day of the calendar"),
        ("[beyond#chart]", "[beyond#map]", 19, 'no block "beyond#map"'),
        ("corrects: [1.0.0]", "corrects: [2.0.0]", 10, "never released"),
        ("  corrects: [1.0.0]\n", "", 10, '"corrects" is missing'),
        ("  version: 1.0.0\n", "", 5, "names its version"),
    ],
)
def test_an_entry_that_contradicts_something_is_reported(
    small: Review, old: str, new: str, line: int, said: str
) -> None:
    changes, problems = load_changes(RECORD.replace(old, new, 1))
    found = [*problems, *check_changes(small, changes)]
    assert any(problem.line == line and said in problem.message for problem in found), found
    assert all(problem.code == "data-field" for problem in found)


def test_versions_only_go_up(small: Review) -> None:
    text = RECORD + version_entry("0.9.0", "2026-03-01", ["zh", "en"])
    (problem,) = check_changes(small, read(text))
    assert "not newer" in problem.message


def test_versions_are_ordered_by_their_numbers() -> None:
    assert version_order("1.10.0") > version_order("1.9.9") > version_order("nonsense")


def test_a_release_s_entry_is_read_as_a_release() -> None:
    changes = read(RECORD + version_entry("1.1.0", "2026-03-01", ["zh", "en"]))
    assert [(release.version, release.date) for release in releases_of(changes)] == [
        ("1.0.0", "2026-01-05"),
        ("1.1.0", "2026-03-01"),
    ]
    assert changes[-1].title["zh"]


def test_changes_are_grouped_by_the_version_that_first_had_them() -> None:
    found = [(version.version if version else None, [c.id for c in members]) for version, members in
             grouped(read(RECORD))]  # fmt: skip
    assert found == [(None, ["gauges-read", "range-of-bay-b"]), ("1.0.0", ["begun"])]


def test_the_changelog_has_every_change_in_both_languages_newest_first() -> None:
    text = format_changelog(read(RECORD), ["zh", "en"])
    order = [text.index(word) for word in ("Not yet released", "Gauges read", "The range in bay B", "1.0.0", "Begun")]
    assert order == sorted(order)
    assert "开始。" in text
    assert "B 湾的潮差。原数有误。" in text


def test_views_choose_kinds_escape_and_link() -> None:
    changes = read(RECORD)
    evidence = render_changes(changes, "en", url, ["evidence"])
    assert "Gauges read" in evidence
    assert "Begun" not in evidence
    assert 'href="../beyond/#chart"' in evidence
    corrections = render_corrections(changes, "en", url)
    assert 'id="range-of-bay-b"' in corrections
    assert "3.5 m &lt;b&gt;" in corrections
    assert "5.3 m" in corrections


def test_where_there_is_nothing_the_views_say_so() -> None:
    assert "尚" in render_changes((), "zh", url) or "没有" in render_changes((), "zh", url)
    assert "No corrections" in render_corrections((), "en", url)


def test_a_correction_is_marked_at_its_paragraph_on_its_page_only() -> None:
    changes = read(RECORD)
    marks = erratum_marks(changes, "en", "heights", url)
    assert list(marks) == ["ranges"]
    assert marks["ranges"][0].url == "../about/corrections/#range-of-bay-b"
    assert "2026-02-01" in marks["ranges"][0].text
    assert erratum_marks(changes, "en", "beyond", url) == {}
