"""A block changed in one language alone: its digits stay digits, unless words were confirmed for them."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from livingreview.__main__ import main
from livingreview.checks import report
from livingreview.loading import load_review
from livingreview.translations import TRANSLATIONS_FILE
from sites_support import apply_edit, copy_clean

EN, ZH = "docs/en/causes.md", "docs/zh/causes.md"
SPRING = "causes#spring"


def livingreview(root: Path, *arguments: str) -> None:
    done = CliRunner().invoke(main, ["--root", str(root), *arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output


def replace(root: Path, file: str, old: str, new: str) -> None:
    apply_edit(root, {"file": file, "replace": old, "with": new})


def codes(root: Path) -> list[str]:
    return [problem.code for problem in report(load_review(root))]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A review whose languages agree on a sentence that says "both" beside a 2."""
    copy = copy_clean(tmp_path / "潮汐 review")
    replace(copy, EN, "When the 2 bodies pull the same way", "When both pull the same way, the 2 bodies aligned,")
    replace(copy, ZH, "2 个天体同向时", "2 个天体排成一线、同向时")
    livingreview(copy, "record")
    assert codes(copy) == []
    return copy


def test_a_digit_that_a_word_could_hide_is_missed(root: Path) -> None:
    replace(root, EN, "the 2 bodies", "the bodies")
    problems = report(load_review(root))
    assert sorted(problem.code for problem in problems) == ["parity-numbers", "translation-stale"]
    found = next(problem for problem in problems if problem.code == "parity-numbers")
    assert (found.path, found.line) == (EN, 25)
    assert found.message.startswith(f"zh has 2, en does not ({ZH}:25), and only en was changed.")
    assert f"livingreview confirm {SPRING}" in found.message


def test_it_is_missed_where_it_was_deleted(root: Path) -> None:
    replace(root, EN, "When both pull the same way, the 2 bodies aligned,", "When the 2 bodies pull the same way")
    livingreview(root, "record")
    livingreview(root, "confirm", SPRING)
    replace(root, ZH, "2 个天体排成", "两个天体排成")
    assert [(problem.code, problem.path) for problem in report(load_review(root))] == [
        ("translation-stale", EN),
        ("parity-numbers", ZH),
    ]


def test_a_word_instead_of_a_digit_is_confirmed(root: Path) -> None:
    replace(root, EN, "the 2 bodies", "the bodies")
    livingreview(root, "confirm", SPRING)
    assert codes(root) == []
    assert load_review(root).translations[SPRING]["words"] == "en:2"


def test_what_was_confirmed_is_not_asked_again(root: Path) -> None:
    replace(root, EN, "the 2 bodies", "the bodies")
    livingreview(root, "confirm", SPRING)
    replace(root, EN, "pull the same way", "pull in the same way")
    assert codes(root) == ["translation-stale"]


def test_a_word_written_in_both_languages_at_once_needs_no_confirmation(root: Path) -> None:
    replace(root, EN, "the 2 bodies", "the bodies")
    replace(root, ZH, "大潮", "朔望大潮")
    assert codes(root) == []


def test_a_word_that_counts_stands_for_its_digits(root: Path) -> None:
    replace(root, EN, "bodies aligned,", "bodies aligned for 3 days,")
    replace(root, ZH, "排成一线", "排成一线 3 天")
    livingreview(root, "record")
    replace(root, EN, "for 3 days", "for three days")
    assert codes(root) == ["translation-stale"]


def test_a_block_whose_numbers_are_excused_is_not_asked(root: Path) -> None:
    replace(root, EN, "When both", "<!-- parity-numbers: worded apart -->\nWhen both")
    replace(root, EN, "the 2 bodies", "the bodies")
    assert codes(root) == ["translation-stale"]


def test_a_record_made_before_words_were_noted_is_completed(root: Path) -> None:
    replace(root, EN, "the 2 bodies", "the bodies")
    livingreview(root, "confirm", SPRING)
    record = root / TRANSLATIONS_FILE
    complete = record.read_text(encoding="utf-8")
    record.write_text(complete.replace('  words: "en:2"\n', ""), encoding="utf-8")
    livingreview(root, "record")
    assert record.read_text(encoding="utf-8") == complete
