"""The commands about citing and versions, as a person calls them."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from livingreview.changes import CHANGES_FILE
from livingreview.commands_release import COMMANDS
from livingreview.loading import load_review
from livingreview.translations import TRANSLATIONS_FILE, format_record, next_record
from sites_support import CLEAN, copy_clean
from test_releases import git

PROJECT = CLEAN.parents[2]


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SITE_URL", "REPO_URL", "SOURCE_COMMIT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1796428800")  # 2026-12-05
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "Tester")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "tester@example.org")


@pytest.fixture
def small(tmp_path: Path) -> Path:
    root = copy_clean(tmp_path / "site")
    shutil.copytree(PROJECT / "data" / "styles", root / "data" / "styles", dirs_exist_ok=True)
    return root


def run(root: Path, name: str, *arguments: str) -> Result:
    command = next(command for command in COMMANDS if command.name == name)
    return CliRunner().invoke(command, list(arguments), obj=root)


def test_cite_prints_five_formats_and_what_the_address_is(small: Path) -> None:
    done = run(small, "cite", "https://example.org/en/heights/#gauges", "--site-url", "https://example.org/")
    assert done.exit_code == 0, done.output
    assert done.output.startswith("No version has been released yet.")
    assert [line for line in done.output.splitlines() if line.startswith("# ")] == [
        "# GB/T 7714-2025", "# Vancouver (NLM)", "# BibTeX", "# RIS", "# CSL-JSON"]  # fmt: skip
    assert "[2026-12-05]. https://example.org/en/heights/#gauges." in done.output


def test_cite_prints_one_format_for_another_program(small: Path) -> None:
    done = run(small, "cite", "heights#gauges", "--language", "en", "--format", "csl", "--accessed", "2026-12-24")
    (item,) = json.loads(done.output)
    assert item["URL"] == "http://127.0.0.1:8000/en/heights/#gauges"
    assert item["accessed"]["date-parts"] == [[2026, 12, 24]]


def test_cite_cites_the_article_when_asked(small: Path) -> None:
    done = run(small, "cite", "/", "--article", "--format", "gbt")
    assert done.output == "甲. 潮汐[J/OL]. 某刊，2020. DOI:10.5555/tides.\n"


def test_cite_says_what_an_unknown_address_may_have_meant(small: Path) -> None:
    done = run(small, "cite", "/en/heigths/#gauges", "--site-url", "https://example.org/")
    assert done.exit_code == 1
    assert "Did you mean https://example.org/en/heights/#gauges" in done.output


def test_cite_says_where_it_takes_the_site_to_be(small: Path) -> None:
    done = run(small, "cite", "https://elsewhere.org/en/heights/#gauges", "--site-url", "https://example.org/")
    assert done.exit_code == 1
    assert "Did you mean https://example.org/en/heights/#gauges ?" in done.output
    assert "taken to be at https://example.org/; say where it is with --site-url." in done.output
    assert "taken to be" not in run(small, "cite", "heigths").output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--language", "fr"], 'no language "fr". Known: zh, en.'),
        (["--accessed", "2026-13-45"], '"2026-13-45" is no day. Write YYYY-MM-DD.'),
        (["--accessed", "today"], '"today" is no day. Write YYYY-MM-DD.'),
    ],
)
def test_cite_says_what_is_wrong_with_an_option(small: Path, arguments: list[str], said: str) -> None:
    done = run(small, "cite", "/", *arguments)
    assert done.exit_code != 0
    assert said in done.output
    assert isinstance(done.exception, SystemExit)


def test_changelog_writes_its_views_and_says_when_they_are_stale(small: Path) -> None:
    assert run(small, "changelog", "--check").exit_code == 1
    assert run(small, "changelog").exit_code == 0
    assert run(small, "changelog", "--check").exit_code == 0
    assert (small / "CHANGELOG.md").is_file()
    (small / CHANGES_FILE).write_text(
        '- id: a\n  date: "2026-01-01"\n  kind: edition\n  title: {zh: 甲, en: A}\n', encoding="utf-8"
    )
    done = run(small, "changelog", "--check")
    assert "CHANGELOG.md" in done.output
    assert "CITATION.cff" not in done.output


def test_the_citation_file_fits_its_schema(small: Path, root: Path) -> None:
    run(small, "changelog")
    for folder in (small, root):
        command = [
            str(Path(sys.executable).with_name("check-jsonschema")),
            "--builtin-schema",
            "vendor.citation-file-format",
            str(folder / "CITATION.cff"),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_release_refuses_with_every_reason_at_once(small: Path) -> None:
    done = run(small, "release", "1.0")
    assert done.exit_code == 1
    assert '"1.0" is no version' in done.output
    assert "git repository" in done.output or "not committed" in done.output


def test_release_refuses_a_translation_that_waits(small: Path) -> None:
    """A notice stops neither check nor build, only this."""
    git(small, "init", "--quiet", "--initial-branch=main")
    (small / ".gitignore").write_text(".cache/\n", encoding="utf-8")
    pages = small / "docs" / "zh" / "heights.md"
    review = load_review(small)
    (small / TRANSLATIONS_FILE).write_text(format_record(next_record(review, {})), encoding="utf-8")
    text = pages.read_text(encoding="utf-8")
    block = review.block("zh", "heights#gauges")
    assert block is not None
    pages.write_text(text.replace(block.text, block.text + "另一句。"), encoding="utf-8")
    git(small, "add", "--all")
    git(small, "commit", "--quiet", "--message", "Begin")
    done = run(small, "release", "1.0.0")
    assert done.exit_code == 1
    assert "translation-stale" in done.output
    assert git(small, "log", "--format=%s") == "Begin"
    assert git(small, "status", "--porcelain") == ""


def test_freeze_needs_the_text_of_the_tag(small: Path, tmp_path: Path) -> None:
    done = run(small, "freeze", str(tmp_path))
    assert "no version has been released" in done.output


def test_publish_says_what_is_missing(small: Path) -> None:
    done = run(small, "publish")
    assert done.exit_code == 1
    assert "Build it first" in done.output


def copy_project(target: Path) -> Path:
    names = ("data", "docs", "hooks", "overrides", "mkdocs.yml", "refs.bib", "pyproject.toml", "CHANGELOG.md")
    for name in names:
        source = PROJECT / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            target.mkdir(exist_ok=True)
            shutil.copy(source, target / name)
    (target / ".gitignore").write_text("site/\nsite.next/\n.cache/\n__pycache__/\n", encoding="utf-8")
    git(target, "init", "--quiet", "--initial-branch=main")
    git(target, "add", "--all")
    git(target, "commit", "--quiet", "--message", "Begin")
    return target


@pytest.mark.slow
def test_the_whole_work_is_released_and_every_part_is_cited_frozen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = copy_project(tmp_path / "work")
    monkeypatch.setenv("PYTHONPATH", str(root / "hooks"))
    done = run(root, "release", "1.0.0", "--site-url", "https://example.org/")
    assert done.exit_code == 0, done.output
    site = root / "site"
    pages = [path for path in site.rglob("index.html") if (site / "v") not in path.parents]
    assert len(pages) > 100
    for path in pages:
        match = re.search(r'id="lr-cite-data">(.*?)</script>', path.read_text(encoding="utf-8"))
        if match:
            data = json.loads(match[1])
            assert all(name.startswith("frozen") for name in data["templates"]), path
    frozen = list((site / "v" / "1.0.0").rglob("index.html"))
    assert len(frozen) == len(pages)
    for path in frozen:
        html = path.read_text(encoding="utf-8")
        assert 'name="robots" content="noindex"' in html
        assert 'id="lr-version"' in html or "http-equiv" in html
    assert git(root, "status", "--porcelain") == ""
