"""Where a page is edited: the file that holds what it shows, and its address in the repository.

In go the review, a page and the repository's address; out comes the path of a file or
the address of its editor on the host, which is the shortest way for a reader to mend
something. A page that data make leads to the data.
"""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from livingreview.claims import AUDIT_PAGE, CLAIMS_FILE
from livingreview.glossary import GLOSSARY_FILE
from livingreview.links import COMPARE_FOLDER
from livingreview.review import Review

#: Pages that hold one file's data.
_MADE_FROM = {AUDIT_PAGE: CLAIMS_FILE, "glossary": GLOSSARY_FILE, "references": "refs.bib"}

#: The branch that contributions are made to.
_BRANCH = "main"


def source_file(review: Review, language: str, slug: str) -> str:
    """Return the path of the file to edit for a page, or nothing for a page that no file makes."""
    if slug in _MADE_FROM:
        return _MADE_FROM[slug]
    trial = review.trials_by_page.get(slug)
    if trial:
        return trial.path
    slug = slug.removeprefix(f"{COMPARE_FOLDER}/")
    chapter = review.chapter(language, slug) or review.chapter(review.source, slug)
    return chapter.path if chapter else ""


def edit_link(repo_url: str, path: str) -> str:
    """Return the address at which the host edits a file, or nothing where there is no repository."""
    parts = urlsplit(repo_url.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname or not path:
        return ""
    repository = f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/').removesuffix('.git')}"
    editor = "-/edit" if "gitlab" in parts.hostname else "edit"
    return f"{repository}/{editor}/{_BRANCH}/{quote(path)}"
