"""Addresses that last: what was published is refused to vanish, and with a redirect it arrives, in a browser."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from browser_support import serve
from conftest import SOURCES, run_mkdocs
from livingreview.checks import report
from livingreview.loading import load_review
from livingreview.publishing import addresses_to_record

LANGUAGES = ("zh", "en")

#: What each old address must lead to: renamed on its page, moved to another page, page renamed.
REDIRECTS = {
    "/about/accessibility/#aim": "/about/accessibility/#goal",
    "/about/accessibility/#tests": "/about/validation/#accessibility-tests",
    "/about/licence/": "/about/license/",
}


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text, path
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture(scope="module")
def moved(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project, all of it published, in which a block is renamed, one moved and a page renamed."""
    copy = tmp_path_factory.mktemp("moved") / "review"
    for name in SOURCES:
        source = root / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, copy / name)
    missing = addresses_to_record(load_review(copy))
    with (copy / "data" / "urls.txt").open("a", encoding="utf-8") as register:
        register.writelines(f"{address}\n" for address in missing)
    for language in LANGUAGES:
        docs = copy / "docs" / language
        edit(docs / "about" / "accessibility.md", "{#aim}", "{#goal}")
        edit(docs / "about" / "accessibility.md", "{#tests}", "{#other-tests}")
        validation = docs / "about" / "validation.md"
        text = validation.read_text(encoding="utf-8")
        validation.write_text(f"{text}\n## X {{#accessibility-tests}}\n\nX.\n", encoding="utf-8")
        (docs / "about" / "licence.md").rename(docs / "about" / "license.md")
        for page in docs.rglob("*.md"):
            page.write_text(page.read_text(encoding="utf-8").replace("licence.md", "license.md"), encoding="utf-8")
    edit(copy / "mkdocs.yml", "about/licence.md", "about/license.md")
    return copy


def gone(copy: Path) -> set[str]:
    return {
        problem.message.split(" ", 1)[0].strip('"')
        for problem in report(load_review(copy))
        if problem.code == "url-removed"
    }


def test_each_lost_address_is_refused_by_name_in_both_languages(moved: Path) -> None:
    found = gone(moved)
    for address in REDIRECTS:
        assert {address, f"/en{address}"} <= found, sorted(found)


@pytest.mark.browser
@pytest.mark.xdist_group("addresses")
def test_with_a_redirect_the_old_address_arrives(moved: Path, chromium: Browser) -> None:
    rows = [f"- from: {old}\n  to: {new}\n" for old, new in REDIRECTS.items()]
    (moved / "data" / "redirects.yml").write_text("".join(rows), encoding="utf-8")
    assert [str(problem) for problem in report(load_review(moved)) if problem.stops] == []
    done = run_mkdocs(moved)
    assert done.returncode == 0, done.stderr
    with serve(moved / "site") as address:
        for script in (True, False):
            context = chromium.new_context(java_script_enabled=script)
            page = context.new_page()
            for prefix in ("", "/en"):
                for old, new in REDIRECTS.items():
                    if not script and "validation" in new:
                        continue  # without a script a fragment cannot leave a page that still exists
                    page.goto("about:blank")
                    page.goto(f"{address}{prefix}{old}")
                    path = new.partition("#")[0]
                    page.wait_for_url(lambda url, want=f"{prefix}{path}": want in url)
                    fragment = new.partition("#")[2]
                    if script and fragment:
                        expect(page.locator(f"#{fragment}")).to_be_visible()
                    if not fragment:
                        assert page.locator("h1").count() == 1
            context.close()
    html = (moved / "site" / "about" / "licence" / "index.html").read_text(encoding="utf-8")
    assert 'rel="canonical"' in html
    assert "/about/license/" in html
