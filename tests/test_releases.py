"""Releasing and publishing: what is refused, that nothing is half done, and that old versions never change."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from citing_support import SITE, clean_pages
from livingreview.anchors import load_release, release_path
from livingreview.changes import CHANGES_FILE, Change, load_changes
from livingreview.edition_pages import read_changes
from livingreview.host_branch import Git, PublishError, publish_site
from livingreview.loading import load_review
from livingreview.problems import Problem
from livingreview.releases import (
    Builder,
    ReleaseError,
    Request,
    make_release,
    objections,
    record_files,
    repository_objections,
    with_entry,
)
from sites_support import copy_clean


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture(autouse=True)
def _identity(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "Tester")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "tester@example.org")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", "/dev/null")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository with the small review in it."""
    root = copy_clean(tmp_path / "project")
    (root / ".gitignore").write_text("site/\n.cache/\n", encoding="utf-8")
    git(root, "init", "--quiet", "--initial-branch=main")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "Begin")
    return root


def build(root: Path, folder: Path, environment: Mapping[str, str]) -> str:
    """Build a site with no site generator: every page a document with its blocks, and the files about citing."""
    edition, _changes, problems = read_changes(root, environment, environment["SITE_URL"])
    assert problems == ()
    pages = clean_pages(root, edition)
    for page in pages.pages:
        blocks = "".join(f'<p id="{anchor.id}">{anchor.title} {anchor.fingerprint}</p>' for anchor in page.anchors)
        target = folder / page.address.lstrip("/") / "index.html"
        target.parent.mkdir(parents=True, exist_ok=True)
        head = f'<link rel="canonical" href="{environment["SITE_URL"].rstrip("/")}{page.address}">'
        html = f'<html lang="{page.language}"><head>{head}</head><body>{blocks}<p class="lr-build"></p></body></html>'
        target.write_text(html, encoding="utf-8")
    for name, data in pages.files().items():
        target = folder / name.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    return ""


def fail(_root: Path, folder: Path, _environment: Mapping[str, str]) -> str:
    folder.mkdir()
    (folder / "index.html").write_text("half", encoding="utf-8")
    return "no such plugin"


def release(root: Path, version: str, date: str, builder: Builder = build) -> str:
    """Release a version of the project; return its commit."""
    review = load_review(root)
    file = root / CHANGES_FILE
    text = file.read_text(encoding="utf-8") if file.is_file() else ""
    request = Request(version, date, SITE)
    changes, _problems = load_changes(text)
    assert [*objections(request, changes, []), *repository_objections(Git(root, {}), request.tag)] == []
    files = record_files(review, text, request, clean_pages(root).prints, "/\n")
    return make_release(root, request, files, builder).commit


def edit(root: Path, old: str, new: str) -> None:
    for language, before, after in (("en", old, new), ("zh", "", "")):
        path = root / "docs" / language / "heights.md"
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace(before, after) if before else text, encoding="utf-8")
    git(root, "commit", "--quiet", "--all", "--message", "Edit")


def snapshot(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and ".git/" not in path.as_posix() and ".cache/" not in path.as_posix()
    }


# -- refusals ----------------------------------------------------------------------


def test_a_release_takes_no_problem_at_all_not_even_a_notice() -> None:
    notice = Problem("docs/en/heights.md", 6, "translation-stale", "zh changed, en did not.")
    found = list(objections(Request("1.0.0", "2026-12-01", SITE), (), [notice]))
    assert "1 problem(s)" in found[0]
    assert "docs/en/heights.md:6: [translation-stale]" in found[1]


@pytest.mark.parametrize("version", ["1", "1.0", "1.0.0-rc1", "v1.0.0", "1.0.00", "../1.0.0", ""])
def test_a_version_has_three_numbers(version: str) -> None:
    assert any("is no version" in said for said in objections(Request(version, "2026-12-01", SITE), (), []))


def test_a_version_is_newer_than_the_last_and_not_dated_before_it() -> None:
    last = Change("v1.1.0", "2026-12-01", "version", {}, version="1.1.0")
    assert list(objections(Request("1.1.1", "2026-12-01", SITE), (last,), [])) == []
    assert list(objections(Request("1.1.0", "2026-12-02", SITE), (last,), []))
    assert list(objections(Request("1.0.9", "2026-12-02", SITE), (last,), []))
    assert list(objections(Request("1.2.0", "2026-11-30", SITE), (last,), []))
    assert list(objections(Request("1.2.0", "yesterday", SITE), (last,), []))


def test_a_release_needs_a_clean_repository_without_its_tag(project: Path, tmp_path: Path) -> None:
    assert list(repository_objections(Git(project, {}), "v1.0.0")) == []
    git(project, "tag", "v1.0.0")
    (project / "new.txt").write_text("x", encoding="utf-8")
    dirty, tagged = repository_objections(Git(project, {}), "v1.0.0")
    assert "not committed (new.txt). Commit or stash" in dirty
    assert "v1.0.0 exists" in tagged
    (tmp_path / "empty").mkdir()
    (said,) = repository_objections(Git(tmp_path / "empty", {"GIT_CEILING_DIRECTORIES": str(tmp_path)}), "v1.0.0")
    assert "no git repository" in said


# -- a release ---------------------------------------------------------------------


def test_a_release_writes_its_record_commits_freezes_and_tags(project: Path) -> None:
    commit = release(project, "1.0.0", "2026-12-01")
    assert git(project, "rev-parse", "HEAD") == commit
    assert git(project, "rev-parse", "v1.0.0^{commit}") == commit
    assert git(project, "cat-file", "-t", "v1.0.0") == "tag"
    assert git(project, "status", "--porcelain") == ""
    changed = git(project, "show", "--name-only", "--format=", "HEAD").split()
    assert set(changed) == {CHANGES_FILE, release_path("1.0.0"), "data/urls.txt", "CHANGELOG.md", "CITATION.cff"}
    assert "1.0.0" in (project / "CITATION.cff").read_text(encoding="utf-8")
    page = (project / "site/v/1.0.0/en/heights/index.html").read_text(encoding="utf-8")
    assert commit[:10] in page
    assert "2026-12-01" in page
    assert json.loads((project / "site/versions.json").read_text())["latest"] == "1.0.0"
    assert not (project / "site/v/1.0.0/versions.json").exists()


def test_the_released_text_is_the_one_its_record_knows(project: Path) -> None:
    release(project, "1.0.0", "2026-12-01")
    prints, _problems = load_release((project / release_path("1.0.0")).read_text(encoding="utf-8"), "x")
    assert prints == clean_pages(project).prints
    anchors = json.loads((project / "site/v/1.0.0/anchors.json").read_text(encoding="utf-8"))
    frozen = {p["address"]: {"": p["fingerprint"], **{a["id"]: a["fingerprint"] for a in p["fragments"]}}
              for p in anchors["pages"]}  # fmt: skip
    assert frozen == prints


@pytest.mark.parametrize("reason", ["build", "tag", "interrupt"])
def test_a_release_that_fails_leaves_everything_as_it_was(project: Path, reason: str) -> None:
    (project / "site").mkdir()
    (project / "site" / "index.html").write_text("the last good site", encoding="utf-8")
    before, head = snapshot(project), git(project, "rev-parse", "HEAD")

    def builder(root: Path, folder: Path, environment: Mapping[str, str]) -> str:
        if reason == "build":
            return fail(root, folder, environment)
        if reason == "interrupt":
            raise KeyboardInterrupt
        git(root, "tag", "v1.0.0")  # somebody was faster
        return build(root, folder, environment)

    with pytest.raises(KeyboardInterrupt if reason == "interrupt" else ReleaseError):
        release(project, "1.0.0", "2026-12-01", builder)
    assert git(project, "rev-parse", "HEAD") == head
    assert git(project, "status", "--porcelain") == ""
    after = snapshot(project)
    if reason != "tag":  # the site had been built and is good; the release is what failed
        assert after == before
    assert {name: data for name, data in after.items() if not name.startswith("site/")} == {
        name: data for name, data in before.items() if not name.startswith("site/")
    }


def test_an_entry_is_added_at_the_end_and_nothing_else_touched() -> None:
    text = '# head\n- id: a\n  date: "2026-01-01"\n  kind: edition\n  title: {zh: 甲, en: A}'
    made = with_entry(text, Request("1.0.0", "2026-12-01", SITE), ["zh", "en"])
    assert made.startswith(text + "\n- id: v1.0.0\n")
    changes, problems = load_changes(made)
    assert problems == ()
    assert [change.id for change in changes] == ["a", "v1.0.0"]


# -- publishing --------------------------------------------------------------------


@pytest.fixture
def host(tmp_path: Path, project: Path) -> Path:
    """A bare repository that serves a branch, as the project's remote."""
    path = tmp_path / "host.git"
    subprocess.run(["git", "init", "--quiet", "--bare", str(path)], check=True)
    git(project, "remote", "add", "origin", str(path))
    return path


def published(host: Path) -> dict[str, str]:
    """Return the git objects of all files of the host's branch."""
    rows = git(host, "ls-tree", "-r", "--full-tree", "gh-pages").splitlines()
    return {path: facts.split()[2] for facts, path in (row.split("\t") for row in rows)}


def publish(project: Path) -> str:
    return publish_site(project, project / "site", "gh-pages", "Publish", remote="origin", push=True)


def three_releases(project: Path, host: Path) -> Iterator[dict[str, str]]:
    wording = "More tide gauges are needed."
    for number in range(3):
        release(project, f"1.{number}.0", f"2026-12-0{number + 1}")
        publish(project)
        yield published(host)
        edit(project, wording, f"More tide gauges are needed ({number}).")
        wording = f"More tide gauges are needed ({number})."


def test_three_releases_in_a_row_keep_every_file_of_the_old_ones(project: Path, host: Path) -> None:
    states = list(three_releases(project, host))
    last = states[-1]
    assert {path.split("/")[1] for path in last if path.startswith("v/")} == {"1.0.0", "1.1.0", "1.2.0"}
    for state in states:
        old = {path: blob for path, blob in state.items() if path.startswith("v/")}
        assert old
        assert {path: last.get(path) for path in old} == old
    assert git(host, "rev-list", "--count", "gh-pages") == "3"
    texts = [git(host, "show", f"gh-pages:v/1.{n}.0/anchors.json") for n in range(3)]
    assert len(set(texts)) == 3


def test_publishing_without_a_release_keeps_the_versions_and_takes_away_what_is_gone(project: Path, host: Path) -> None:
    release(project, "1.0.0", "2026-12-01")
    publish(project)
    before = published(host)
    shutil.rmtree(project / "site" / "v")
    (project / "site" / "en" / "heights" / "index.html").unlink()
    publish(project)
    after = published(host)
    assert "en/heights/index.html" not in after
    versions = {path: blob for path, blob in before.items() if path.startswith("v/")}
    assert {path: blob for path, blob in after.items() if path.startswith("v/")} == versions
    assert ".nojekyll" in after


def test_a_released_version_cannot_be_published_with_another_content(project: Path, host: Path) -> None:
    release(project, "1.0.0", "2026-12-01")
    publish(project)
    before = published(host)
    (project / "site/v/1.0.0/index.html").write_text("changed", encoding="utf-8")
    with pytest.raises(PublishError, match=r"1\.0\.0 is published already"):
        publish(project)
    assert published(host) == before


def test_publishing_twice_the_same_makes_one_commit(project: Path, host: Path) -> None:
    release(project, "1.0.0", "2026-12-01")
    assert publish(project) == publish(project)


def test_publishing_touches_neither_work_tree_nor_index_nor_main(project: Path, host: Path) -> None:
    release(project, "1.0.0", "2026-12-01")
    (project / "docs/en/heights.md").write_text("half written", encoding="utf-8")
    (project / "staged.txt").write_text("x", encoding="utf-8")
    git(project, "add", "staged.txt")
    before = (git(project, "status", "--porcelain"), git(project, "rev-parse", "HEAD"), snapshot(project))
    publish(project)
    assert (git(project, "status", "--porcelain"), git(project, "rev-parse", "HEAD"), snapshot(project)) == before


def test_files_are_published_byte_for_byte(project: Path, host: Path) -> None:
    release(project, "1.0.0", "2026-12-01")
    odd = project / "site" / "a b" / "图.txt"
    odd.parent.mkdir()
    odd.write_bytes(b"one\r\ntwo\n\xff")
    (project / ".gitattributes").write_text("* text=auto eol=lf\n", encoding="utf-8")
    (project / "site" / ".gitignore").write_text("*\n", encoding="utf-8")
    publish(project)
    show = ["git", "-C", str(host), "show", "gh-pages:a b/图.txt"]
    assert subprocess.run(show, capture_output=True, check=True).stdout == odd.read_bytes()


def test_somebody_else_s_push_in_between_is_built_on(project: Path, host: Path, tmp_path: Path) -> None:
    release(project, "1.0.0", "2026-12-01")
    publish(project)
    other = tmp_path / "other"
    subprocess.run(["git", "clone", "--quiet", "--branch", "gh-pages", str(host), str(other)], check=True)
    (other / "v" / "0.9.0").mkdir(parents=True)
    (other / "v" / "0.9.0" / "index.html").write_text("older", encoding="utf-8")
    git(other, "add", "--all")
    git(other, "commit", "--quiet", "--message", "Add an older version")
    git(other, "push", "--quiet", "origin", "gh-pages")
    (project / "site" / "index.html").write_text("newer", encoding="utf-8")
    publish(project)
    assert "v/0.9.0/index.html" in published(host)


def test_without_a_remote_the_local_branch_is_extended(project: Path) -> None:
    release(project, "1.0.0", "2026-12-01")
    commit = publish_site(project, project / "site", "gh-pages", "Publish")
    assert git(project, "rev-parse", "gh-pages") == commit


def test_a_folder_without_a_site_is_not_published(project: Path, tmp_path: Path) -> None:
    with pytest.raises(PublishError, match="Build it first"):
        publish_site(project, tmp_path, "gh-pages", "Publish")
