"""The guide for contributors, followed to the letter: its samples, commands, codes and links."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from livingreview.__main__ import main
from livingreview.checks import report
from livingreview.loading import load_review
from livingreview.problems import SEVERITIES, format_text

LANGUAGES = ("zh", "en")
SOURCES = ("docs", "data", "refs.bib", "mkdocs.yml")
READ_IN_THE_REPOSITORY = ("CONTRIBUTING.md", "README.md", "README.zh.md", "SECURITY.md")


def guide(root: Path, language: str) -> str:
    return (root / "docs" / language / "about" / "contributing.md").read_text(encoding="utf-8")


def sample(root: Path, language: str, task: str) -> str:
    """Return the code block of a task's section."""
    section = guide(root, language).partition(f"{{#{task}}}")[2].partition("\n## ")[0]
    found = re.search(r"```\w+\n(.*?)```", section, re.DOTALL)
    assert found, f"{language} {task}"
    return found[1]


@pytest.fixture
def copy(root: Path, tmp_path: Path) -> Path:
    for name in SOURCES:
        source = root / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, tmp_path / name)
    return tmp_path


def append(file: Path, text: str, after: str = "") -> None:
    """Put a text at a file's end, or after the first line that holds ``after``."""
    whole = file.read_text(encoding="utf-8")
    at = whole.index("\n", whole.index(after)) + 1 if after else len(whole)
    file.write_text(whole[:at] + text + whole[at:], encoding="utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sample_of_a_term_can_be_taken_as_it_stands(root: Path, copy: Path, language: str) -> None:
    append(copy / "data" / "glossary.yml", sample(root, language, "add-term"))
    problems = report(load_review(copy))
    assert problems == [], format_text(problems)


def test_the_sample_of_a_note_can_be_taken_as_it_stands(root: Path, copy: Path) -> None:
    for language in LANGUAGES:
        page = copy / "docs" / language / "clinical" / "perinatal.md"
        append(page, f"\n{sample(root, language, 'write-note')}", "{: #plx-pad-survival }")
    problems = report(load_review(copy))
    assert problems == [], format_text(problems)


def test_a_chapter_that_was_just_begun_passes_the_check(copy: Path) -> None:
    done = CliRunner().invoke(main, ["--root", str(copy), "new", "chapter", "imaging"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    problems = report(load_review(copy))
    assert [problem for problem in problems if problem.stops] == [], format_text(problems)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_that_is_announced_exists(root: Path, language: str) -> None:
    rows = re.findall(r"^(?:Codes you may meet: |可能遇到的代码：)(.*)$", guide(root, language), re.MULTILINE)
    assert len(rows) >= 7
    named = {code for row in rows for code in re.findall(r"`([a-z-]+)`", row)}
    assert named <= set(SEVERITIES)


def commands(text: str) -> set[tuple[str, ...]]:
    """Return the words of each ``livingreview`` command that a text shows, without what stands for the reader's own."""
    found = re.findall(r"`livingreview ([a-z]+(?: (?:trial|reference|chapter))?)", text)
    return {tuple(words.split()) for words in found}


@pytest.mark.parametrize("file", ["CONTRIBUTING.md", *(f"docs/{code}/about/contributing.md" for code in LANGUAGES)])
def test_every_command_exists(root: Path, file: str) -> None:
    text = (root / file).read_text(encoding="utf-8")
    assert {("new", "trial"), ("new", "reference"), ("new", "chapter"), ("status",), ("confirm",)} <= commands(text)
    for command in commands(text):
        assert CliRunner().invoke(main, [*command, "--help"]).exit_code == 0, command
    targets = set(re.findall(r"^([a-z-]+):", (root / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z]+)\b(?= +#|`)", text)) <= targets


@pytest.mark.parametrize("file", READ_IN_THE_REPOSITORY)
def test_links_read_in_the_repository_lead_somewhere(root: Path, file: str) -> None:
    text = (root / file).read_text(encoding="utf-8")
    headings = {re.sub(r"\W+", "-", title.lower()).strip("-") for title in re.findall(r"^#+ (.*)$", text, re.MULTILINE)}
    for target in re.findall(r"\]\(([^)]+)\)", text):
        path, _, fragment = target.partition("#")
        if target.startswith("https://"):
            continue
        if not path:
            assert fragment in headings, target
            continue
        assert (root / path).exists(), target
        page = (root / path).read_text(encoding="utf-8") if fragment else ""
        assert not fragment or f"#{fragment}}}" in page or f"## {fragment}" in page, target


def test_both_languages_have_the_same_tasks(root: Path) -> None:
    zh, en = (re.findall(r"^## .*\{#([a-z-]+)\}$", guide(root, code), re.MULTILINE) for code in LANGUAGES)
    assert zh == en
    wanted = {"fix-word", "correct-fact", "add-trial", "add-reference", "translate", "add-term", "write-note", "report"}
    assert wanted <= set(en)
    for code in LANGUAGES:
        text = (root / "CONTRIBUTING.md").read_text(encoding="utf-8")
        assert all(f"docs/{code}/about/contributing.md#{task}" in text for task in wanted)
