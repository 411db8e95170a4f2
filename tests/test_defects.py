"""Each problem code on a small review with exactly that one defect; honest edits in silence; all at once."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from livingreview.checks import report
from livingreview.loading import REGISTER_FILE, load_review
from livingreview.problems import SEVERITIES, Problem, format_text
from livingreview.publishing import addresses_to_record, extended_register
from livingreview.translations import TRANSLATIONS_FILE, format_record, next_record
from sites_support import apply_edits, copy_clean, load_cases

DEFECTS = load_cases("defects")
HONEST = load_cases("honest")


def problems_after(folder: Path, edits: list[dict[str, Any]]) -> list[Problem]:
    root = copy_clean(folder / "审校 copy")
    apply_edits(root, edits)
    return report(load_review(root))


def published(root: Path) -> Path:
    """Record all addresses and pairs of blocks of a review, as publishing does; what stands there is kept."""
    review = load_review(root)
    register, record = root / REGISTER_FILE, root / TRANSLATIONS_FILE
    text = register.read_text(encoding="utf-8") if register.exists() else ""
    register.write_text(extended_register(text, addresses_to_record(review)), encoding="utf-8")
    record.write_text(format_record(next_record(review, review.translations)), encoding="utf-8")
    return root


def test_the_clean_site_has_no_problem(tmp_path: Path) -> None:
    assert problems_after(tmp_path, []) == []


@pytest.mark.parametrize("name", DEFECTS)
def test_a_defect_is_reported_once_where_it_is(name: str, tmp_path: Path) -> None:
    case = DEFECTS[name]
    found = problems_after(tmp_path, case["edits"])
    expected = case["expected"]
    assert [(p.path, p.line, p.code) for p in found] == [(expected["path"], expected["line"], expected["code"])], (
        format_text(found)
    )
    assert expected["code"] == name.partition(".")[0]


@pytest.mark.parametrize("name", DEFECTS)
def test_a_defect_of_a_published_review_is_reported_once(name: str, tmp_path: Path) -> None:
    root = published(copy_clean(tmp_path / "copy"))
    apply_edits(root, DEFECTS[name]["edits"])
    found = [p for p in report(load_review(root)) if p.code != "translation-stale" or name == "translation-stale"]
    expected = DEFECTS[name]["expected"]
    assert [(p.path, p.line, p.code) for p in found] == [(expected["path"], expected["line"], expected["code"])], (
        format_text(found)
    )


def test_an_outside_address_that_is_none_is_reported_in_both_languages(tmp_path: Path) -> None:
    edits = [
        {"file": f"docs/{language}/causes.md", "replace": "(heights.md#gauges)", "with": f"(heights.md#gauges){link}"}
        for language, link in (("zh", "，[他处](http://[no-host/)"), ("en", ", [elsewhere](http://[no-host/)"))
    ]
    found = problems_after(tmp_path, edits)
    assert [(p.path, p.line, p.code) for p in found] == [
        (f"docs/{language}/causes.md", 25, "link-broken") for language in ("en", "zh")
    ], format_text(found)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("###", "####", "level 4 (####) stands below one of level 2. Write ###"),
        ("###", "#", "one title"),
    ],
)
def test_headings_that_skip_a_level_in_both_languages_are_reported_in_both(
    old: str, new: str, words: str, tmp_path: Path
) -> None:
    titles = {"zh": " 叠加 {#together}", "en": " Together {#together}"}
    edits = [
        {"file": f"docs/{language}/causes.md", "replace": f"{old}{title}", "with": f"{new}{title}"}
        for language, title in titles.items()
    ]
    found = problems_after(tmp_path, edits)
    assert [(p.path, p.line, p.code) for p in found] == [
        (f"docs/{language}/causes.md", 23, "parity-level") for language in ("en", "zh")
    ], format_text(found)
    assert all(words in problem.message for problem in found)


@pytest.mark.parametrize("code", SEVERITIES)
def test_every_code_has_a_defect(code: str) -> None:
    assert code in {name.partition(".")[0] for name in DEFECTS}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_code_is_documented(language: str, root: Path) -> None:
    text = (root / "docs" / language / "about" / "problems.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"\{#([a-z-]+)\}", text))
    assert set(SEVERITIES) <= documented, sorted(set(SEVERITIES) - documented)


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_edit_passes_in_silence(name: str, tmp_path: Path) -> None:
    found = problems_after(tmp_path, HONEST[name]["edits"])
    assert found == [], format_text(found)


def test_there_are_thirty_honest_edits() -> None:
    assert len(HONEST) >= 30


def test_twenty_defects_in_ten_files_are_all_reported(tmp_path: Path) -> None:
    case = load_cases("many")["twenty"]
    found = {(p.path, p.line, p.code) for p in problems_after(tmp_path, case["edits"])}
    expected = {(row["path"], row["line"], row["code"]) for row in case["expected"]}
    assert len(expected) >= 20
    assert len({path for path, _line, _code in expected}) >= 10
    assert expected <= found, sorted(expected - found)
