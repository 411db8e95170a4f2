"""What `make bench` compares: a review without a fault in it, and the same content for MkDocs without our hooks."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import ROOT, run_mkdocs
from livingreview.checks import report
from livingreview.loading import load_review
from livingreview.problems import format_text
from synthetic import LANGUAGES, slug, write_review

CHAPTERS = 3
_SOURCE = re.compile(r"\[@\w+|\[\^\w+|\{: ?#|^///", re.MULTILINE)


@pytest.fixture(scope="module")
def review(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("synthetic") / "review"
    write_review(folder, CHAPTERS)
    return folder


@pytest.fixture(scope="module")
def ours(review: Path) -> Path:
    done = run_mkdocs(review, PYTHONPATH=str(review / "hooks"))
    assert done.returncode == 0, done.stdout + done.stderr
    return review / "site"


@pytest.fixture(scope="module")
def plain(review: Path) -> Path:
    folder = review.parent / "plain"
    code = f"from synthetic import *; write_plain(Path({str(review)!r}), Path({str(folder)!r}))"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT / "benchmarks", check=True)
    done = subprocess.run([sys.executable, "-m", "mkdocs", "--quiet", "build"], cwd=folder, check=False)
    assert done.returncode == 0
    return folder / "site"


def chapter(site: Path, language: str, number: int) -> str:
    prefix = "" if language == LANGUAGES[0] else f"{language}/"
    return (site / prefix / slug(number) / "index.html").read_text(encoding="utf-8")


def test_a_synthetic_review_has_no_problem(review: Path) -> None:
    found = report(load_review(review))
    assert found == [], format_text(found)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("number", range(CHAPTERS))
def test_the_plain_site_shows_no_source(plain: Path, language: str, number: int) -> None:
    shown = re.sub(r"<script.*?</script>", "", chapter(plain, language, number), flags=re.DOTALL)
    assert _SOURCE.findall(shown) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("number", range(CHAPTERS))
def test_the_plain_site_gives_every_reference_that_ours_gives(
    ours: Path, plain: Path, language: str, number: int
) -> None:
    cited = [set(re.findall(r"10\.5555/place\.\d+", chapter(site, language, number))) for site in (ours, plain)]
    assert len(cited[0]) == 5
    assert cited[0] == cited[1]


def test_the_plain_site_has_the_pages_of_ours(ours: Path, plain: Path) -> None:
    pages = [{path.parent.relative_to(site).as_posix() for path in site.rglob("index.html")} for site in (ours, plain)]
    assert pages[0] == pages[1]
