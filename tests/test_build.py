"""The build, as a maintainer meets it: quiet when all is well, one clear line and the old site when not."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from conftest import SOURCES, run_mkdocs

SENTINEL = "the last good site"


@pytest.fixture
def copy(root: Path, tmp_path: Path) -> Path:
    """A copy of the project with a site from an earlier build."""
    target = tmp_path / "审校 copy"
    for name in SOURCES:
        source = root / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target / name)
    (target / "site").mkdir()
    (target / "site" / "index.html").write_text(SENTINEL, encoding="utf-8")
    return target


@pytest.mark.parametrize(
    ("name", "old", "new", "code"),
    [
        ("refs.bib", "@article{norgren2024pace,", "@article{norgren2024pace", "bib-syntax"),
        ("data/claims.yml", "- id: c002", "- id: [c002", "data-syntax"),
        ("data/trials/pace.yml", "id: pace", "id: pace\nid: pace", "trial-syntax"),
        ("data/glossary.yml", "- id: clti", "- id: clti\n  colour: red", "data-field"),
        ("docs/en/outlook.md", "## ", "<script>x()</script>\n\n## ", "html-unsafe"),
    ],
)
def test_a_fault_is_named_and_the_old_site_stays(copy: Path, name: str, old: str, new: str, code: str) -> None:
    path = copy / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    done = run_mkdocs(copy)
    assert done.returncode == 1
    assert f"{name}:" in done.stderr
    assert f"[{code}]" in done.stderr
    assert "Traceback" not in done.stderr
    assert (copy / "site" / "index.html").read_text(encoding="utf-8") == SENTINEL
    assert [path.name for path in copy.iterdir() if path.name.startswith(".site")] == []


def test_a_broken_configuration_is_named_and_the_old_site_stays(copy: Path) -> None:
    path = copy / "mkdocs.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("plugins:\n", "plugins: [\n", 1), encoding="utf-8")
    done = run_mkdocs(copy)
    assert done.returncode == 1
    assert "mkdocs.yml" in done.stderr + done.stdout
    assert (copy / "site" / "index.html").read_text(encoding="utf-8") == SENTINEL


def test_problems_become_annotations_on_github(copy: Path) -> None:
    path = copy / "docs/en/outlook.md"
    path.write_text(path.read_text(encoding="utf-8") + "\nunlabelled\n", encoding="utf-8")
    done = run_mkdocs(copy, GITHUB_ACTIONS="true")
    assert done.returncode == 1
    assert "::error file=docs/en/outlook.md,line=" in done.stderr + done.stdout


def test_a_good_build_replaces_the_old_site_and_says_nothing(copy: Path) -> None:
    done = run_mkdocs(copy)
    assert (done.returncode, done.stdout.strip(), done.stderr.strip()) == (0, "", "")
    assert SENTINEL not in (copy / "site" / "index.html").read_text(encoding="utf-8")
    assert [path.name for path in copy.iterdir() if path.name.startswith(".site")] == []


def test_an_address_that_is_set_to_nothing_is_not_set(copy: Path) -> None:
    """As a workflow hands over a variable that nobody has given a value."""
    done = run_mkdocs(copy, SITE_URL="", REPO_URL="")
    assert (done.returncode, done.stderr.strip()) == (0, "")
    sitemap = (copy / "site" / "sitemap.xml").read_text(encoding="utf-8")
    assert "<loc>http://127.0.0.1:8000/en/audit/</loc>" in sitemap
    assert "None" not in sitemap
