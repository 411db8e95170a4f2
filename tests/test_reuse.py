"""Another review, of another subject, in English and German, by the same engine: nothing of the first one shows."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from browser_support import opened, serve
from conftest import run_mkdocs
from livingreview.checks import report
from livingreview.loading import load_review
from livingreview.problems import format_text
from livingreview.yamlfile import parse_yaml
from reuse_support import PROJECT, SECOND, plant_second_review

PAGES = (
    "",
    "trial",
    "cause",
    "later",
    "trials",
    "trials/lind-1747",
    "audit",
    "references",
    "glossary",
    "compare",
    "about",
)
HAN = re.compile(r"[\u4e00-\u9fff]")
FIRST_SUBJECT = re.compile(r"\bMSCs?\b|stem cell|\bCLTI\b|ischemi|cell source|limb", re.IGNORECASE)
LOCALES = PROJECT / "hooks" / "livingreview" / "locales"


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return plant_second_review(tmp_path_factory.mktemp("reuse") / "second")


@pytest.fixture(scope="module")
def site(planted: Path) -> Path:
    done = run_mkdocs(planted, PYTHONPATH=str(planted / "hooks"))
    assert done.returncode == 0, done.stdout + done.stderr
    return planted / "site"


def page(site: Path, language: str, slug: str) -> str:
    prefix = f"{language}/" if language == "de" else ""
    return (site / f"{prefix}{slug}" / "index.html").read_text(encoding="utf-8")


def test_the_second_review_has_no_problem(planted: Path) -> None:
    found = report(load_review(planted))
    assert found == [], format_text(found)


def test_the_second_review_changes_no_engine() -> None:
    assert not (SECOND / "hooks").exists()


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("slug", PAGES)
def test_every_page_is_there_in_its_language(site: Path, language: str, slug: str) -> None:
    html = page(site, language, slug)
    assert f'<html lang="{language}"' in html
    assert not HAN.search(html)
    assert not FIRST_SUBJECT.search(re.sub(r"<[^>]+>", " ", html)), slug


@pytest.mark.browser
def test_every_page_has_its_looks_and_its_scripts(chromium: Browser, site: Path) -> None:
    with serve(site) as address, opened(chromium, address) as watched:
        for prefix in ("", "de/"):
            for slug in PAGES:
                page = watched.go(f"{prefix}{slug}/" if slug else prefix)
                assert page.evaluate("getComputedStyle(document.querySelector('.lr-brand')).display") == "flex", slug
        assert watched.complaints == []
        assert watched.foreign == []


def test_german_pages_speak_german(site: Path) -> None:
    html = page(site, "de", "trial")
    for words in ("Anmerkung der Redaktion", "Literatur auf dieser Seite", "Nebeneinander", "Kapitel 1"):
        assert words in html, words
    assert "Editor's note" not in html
    assert "Teilweise belegt" in page(site, "de", "audit")


def test_data_and_citations_follow_the_languages(site: Path) -> None:
    anchors = json.loads((site / "anchors.json").read_text(encoding="utf-8"))
    assert "lind-1747" in json.dumps(anchors)
    assert (site / "cite" / "references.bib").is_file()
    assert (site / "de" / "search" / "search_index.json").is_file()
    assert "/de/trial/" in (site / "sitemap.xml").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(path.name for path in LOCALES.glob("*de.yml")))
def test_the_words_of_a_language_are_nearly_complete(name: str) -> None:
    english = re.sub(r"de\.yml$", "en.yml", name)
    ours, theirs = (set(parse_yaml((LOCALES / n).read_text(encoding="utf-8"), n).lines) for n in (name, english))
    assert ours - theirs == set()
    assert len(theirs - ours) <= 0.05 * len(theirs), sorted(theirs - ours)  # English stands in for these
