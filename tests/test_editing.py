"""Where a page is edited: every page leads to the file that holds what it shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from livingreview.editing import edit_link, source_file
from livingreview.review import Review

REPOSITORY = "https://github.com/someone/tides"


@pytest.mark.parametrize(
    ("language", "slug", "path"),
    [
        ("zh", "index", "docs/zh/index.md"),
        ("en", "clinical", "docs/en/clinical/index.md"),
        ("en", "clinical/perinatal", "docs/en/clinical/perinatal.md"),
        ("zh", "trials", "docs/zh/trials/index.md"),
        ("en", "trials/pace", "data/trials/pace.yml"),
        ("zh", "glossary", "data/glossary.yml"),
        ("en", "audit", "data/claims.yml"),
        ("zh", "references", "refs.bib"),
        ("en", "compare/mechanisms", "docs/en/mechanisms.md"),
        ("en", "compare", "docs/en/compare.md"),
        ("zh", "about/contributing", "docs/zh/about/contributing.md"),
    ],
)
def test_a_page_leads_to_its_file(review: Review, language: str, slug: str, path: str) -> None:
    assert source_file(review, language, slug) == path


def test_every_page_has_a_file_that_exists(review: Review, root: Path) -> None:
    pages = {*review.slugs, *review.generated_ids}
    for language in review.languages:
        files = {slug: source_file(review, language.code, slug) for slug in pages}
        assert [slug for slug, file in files.items() if not file or not (root / file).is_file()] == []


def test_a_page_that_is_not_translated_leads_to_the_text_it_shows(review: Review) -> None:
    assert source_file(review, "fr", "mechanisms") == "docs/zh/mechanisms.md"
    assert source_file(review, "en", "nowhere") == ""


@pytest.mark.parametrize(
    ("repository", "link"),
    [
        (REPOSITORY, f"{REPOSITORY}/edit/main/docs/en/a%20b.md"),
        (f"{REPOSITORY}/", f"{REPOSITORY}/edit/main/docs/en/a%20b.md"),
        (f"{REPOSITORY}.git", f"{REPOSITORY}/edit/main/docs/en/a%20b.md"),
        ("https://gitlab.com/some/one", "https://gitlab.com/some/one/-/edit/main/docs/en/a%20b.md"),
        ("", ""),
        ("javascript:alert(1)", ""),
        ("git@github.com:someone/tides.git", ""),
    ],
)
def test_the_host_s_editor_opens_the_file(repository: str, link: str) -> None:
    assert edit_link(repository, "docs/en/a b.md") == link


def test_without_a_file_there_is_nothing_to_edit() -> None:
    assert edit_link(REPOSITORY, "") == ""
