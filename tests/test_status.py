"""What waits for a translator: which blocks, since when, and which words changed."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from livingreview.__main__ import main
from livingreview.history import earlier_texts
from livingreview.loading import load_review
from livingreview.plain_html import markdown_from_html
from livingreview.progress import render_translation_status
from livingreview.waiting import Piece, waiting_blocks, word_changes
from sites_support import apply_edit, copy_clean

EN = "docs/en/index.md"
SENTENCE = "The sea rises and falls 2 times a day"


def git(root: Path, *arguments: str, day: str = "2026-01-01") -> None:
    identity = ("-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false")
    moment = {"GIT_COMMITTER_DATE": f"{day}T12:00:00Z", "GIT_AUTHOR_DATE": f"{day}T12:00:00Z"}
    command = ["git", "-C", str(root), *identity, *arguments]
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, **moment})


def commit(root: Path, day: str) -> None:
    git(root, "add", ".", day=day)
    git(root, "commit", "--quiet", "--message", day, day=day)


def livingreview(root: Path, *arguments: str) -> str:
    done = CliRunner().invoke(main, ["--root", str(root), *arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clean review, its translations recorded, committed on New Year's Day."""
    root = copy_clean(tmp_path_factory.mktemp("status") / "review")
    livingreview(root, "record")
    git(root, "init", "--quiet")
    commit(root, "2026-01-01")
    return root


@pytest.fixture
def root(recorded: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(recorded, tmp_path / "潮汐 review"))


def replace(root: Path, file: str, old: str, new: str) -> None:
    apply_edit(root, {"file": file, "replace": old, "with": new})


def test_status_says_since_when_and_which_words(root: Path) -> None:
    replace(root, EN, "The sea rises", "The ocean rises")
    commit(root, "2026-02-03")
    replace(root, EN, "The ocean rises", "The ocean slowly rises")
    commit(root, "2026-03-04")
    report = livingreview(root, "status")
    assert "stale: index#summary (en changed, zh waits since 2026-02-03)" in report
    assert "The [-sea-]{+ocean slowly+} rises and falls" in report


def test_a_change_taken_back_waits_for_nobody(root: Path) -> None:
    replace(root, EN, "The sea rises", "The ocean rises")
    commit(root, "2026-02-03")
    replace(root, EN, "The ocean rises", "The sea rises")
    assert waiting_blocks(load_review(root), earlier_texts(root)) == ()


def test_a_change_not_committed_yet_shows_its_words(root: Path) -> None:
    replace(root, "docs/zh/index.md", "海面每天升降", "海面每天约升降")
    (found,) = waiting_blocks(load_review(root), earlier_texts(root))
    assert (found.name, found.language, found.since) == ("index#summary", "en", "")
    assert Piece("new", "约") in found.changes
    assert "stale: index#summary (zh changed, en waits)" in livingreview(root, "status")


def test_without_git_a_block_still_waits(root: Path, tmp_path: Path) -> None:
    replace(root, EN, "The sea rises", "The ocean rises")
    (found,) = waiting_blocks(load_review(root), earlier_texts(tmp_path))
    assert (found.name, found.since, found.changes) == ("index#summary", "", ())


def test_a_block_that_lacks_its_translation_waits_since_it_was_written(root: Path) -> None:
    file = "docs/zh/index.md"
    apply_edit(root, {"file": file, "append": "\n新的一段。\n{: #new }\n"})
    commit(root, "2026-02-03")
    replace(root, file, "新的一段。", "新的一段话。")
    commit(root, "2026-03-04")
    (found,) = waiting_blocks(load_review(root), earlier_texts(root))
    assert (found.name, found.state, found.language, found.since) == ("index#new", "missing", "en", "2026-02-03")
    assert "missing: index#new (en waits since 2026-02-03)" in livingreview(root, "status")


def test_a_translation_taken_away_waits_since_then(root: Path) -> None:
    text = (root / EN).read_text(encoding="utf-8")
    paragraph = text[text.index(SENTENCE) : text.index("{: #summary }") + len("{: #summary }")]
    replace(root, EN, paragraph, "")
    commit(root, "2026-02-03")
    found = {item.name: item.since for item in waiting_blocks(load_review(root), earlier_texts(root))}
    assert found["index#summary"] == "2026-02-03"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_readers_see_what_waits_since_when_and_which_words(root: Path, language: str) -> None:
    replace(root, EN, "The sea rises", "The <b>ocean</b> & rises")
    commit(root, "2026-02-03")
    review = load_review(root)
    html = render_translation_status(review, language, "status", lambda slug, part: f"/{slug}/#{part}", root)
    assert '<a href="/index/#summary">index#summary</a>' in html
    assert "2026-02-03" in html
    assert "<del>sea</del><ins>ocean &amp;</ins>" in html
    assert 'lang="en"' in html
    assert "<del>sea</del><ins>ocean &</ins>" in markdown_from_html(html, lambda target: target)


@pytest.mark.parametrize(
    ("old", "new", "pieces"),
    [
        ("血流增加", "血流明显增加", (("same", "血流"), ("new", "明显"), ("same", "增加"))),
        ("HR 0.93", "HR 0.39", (("same", "HR "), ("gone", "0.93"), ("new", "0.39"))),
        ("a b", "a b", (("same", "a b"),)),
        ("", "a", (("new", "a"),)),
        ("P < 0.05", "P > 0.05", (("same", "P "), ("gone", "<"), ("new", ">"), ("same", " 0.05"))),
    ],
)
def test_words_are_compared_and_numbers_are_words(old: str, new: str, pieces: tuple[tuple[str, str], ...]) -> None:
    assert word_changes(old, new) == tuple(Piece(*piece) for piece in pieces)
