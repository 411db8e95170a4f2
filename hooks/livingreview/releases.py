"""Releasing a version: what is refused, what is written, in which order.

In go a root, a version and a function that builds the site; out come the files of
the record, a commit, the frozen copy and a tag. Nothing is pushed. A release is
made from a clean work tree of a review without a single problem, notices included;
where the build fails, files and branch are put back as they were.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

from livingreview.anchors import format_release, load_release, release_path
from livingreview.atomic import swap_directory, write_bytes, write_text
from livingreview.changes import (
    CHANGELOG_FILE,
    CHANGES_FILE,
    VERSION_FORM,
    Change,
    format_changelog,
    load_changes,
    releases_of,
    version_entry,
    version_order,
)
from livingreview.citation_file import CITATION_FILE, format_citation_file
from livingreview.edition import Prints, Release, Stamp
from livingreview.frozen import freeze_site
from livingreview.host_branch import Git, PublishError
from livingreview.problems import Problem
from livingreview.review import Review

#: How many changed files a refusal names.
_NAMED = 3

#: Builds the site of a root into a folder, with extra environment; says what went wrong, or nothing.
Builder = Callable[[Path, Path, Mapping[str, str]], str]


class ReleaseError(RuntimeError):
    """The release was refused or undone; each reason stands on a line."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be released: version, day (ISO 8601), where the site is served, where its source is."""

    version: str
    date: str
    site_url: str
    repo_url: str = ""

    @property
    def tag(self) -> str:
        """The name of the version's tag."""
        return f"v{self.version}"


def is_day(text: str) -> bool:
    """Whether a text is a day of the calendar in ISO 8601."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


# -- what stands against a release -------------------------------------------------


def objections(request: Request, changes: Sequence[Change], problems: Sequence[Problem]) -> Iterator[str]:
    """Yield every reason not to release, as far as the review itself tells."""
    if not re.match(VERSION_FORM, request.version):
        yield f'"{request.version}" is no version. Write MAJOR.MINOR.PATCH, for example 1.0.0.'
    releases = releases_of(changes)
    if releases and version_order(request.version) <= version_order(releases[-1].version):
        yield f"version {releases[-1].version} is released already; the next must be newer."
    if not is_day(request.date):
        yield f'"{request.date}" is no day. Write YYYY-MM-DD.'
    elif changes and request.date < changes[-1].date:
        yield f"the day {request.date} is before the last entry of {CHANGES_FILE} ({changes[-1].date})."
    if problems:
        yield f"{len(problems)} problem(s): a release takes none, notices included."
        yield from (f"  {problem}" for problem in problems)


def repository_objections(git: Git, tag: str) -> Iterator[str]:
    """Yield every reason not to release that the repository gives."""
    if not git.find("rev-parse", "--git-dir"):
        yield "this is no git repository: a version needs a commit."
        return
    changed = [row[2:].strip() for row in git.find("status", "--porcelain").splitlines()]
    if changed:
        named = ", ".join([*changed[:_NAMED], *["…"] * (len(changed) > _NAMED)])
        yield f"the work tree has changes that are not committed ({named}). Commit or stash them."
    if git.find("rev-parse", "--verify", "--quiet", f"refs/tags/{tag}"):
        yield f"the tag {tag} exists."


# -- what a release writes ---------------------------------------------------------


def views(review: Review, changes: Sequence[Change]) -> dict[str, str]:
    """Return the files that are views of the record of changes, by path."""
    languages = [language.code for language in review.languages]
    releases = releases_of(changes)
    files = {CHANGELOG_FILE: format_changelog(changes, languages)}
    if review.work is not None:
        files[CITATION_FILE] = format_citation_file(review.work, releases[-1] if releases else None, review.source)
    return files


def with_entry(text: str, request: Request, languages: Sequence[str]) -> str:
    """Return the record of changes with the release's entry at its end."""
    end = "" if not text or text.endswith("\n") else "\n"
    return text + end + version_entry(request.version, request.date, languages)


def record_files(review: Review, changes_text: str, request: Request, prints: Prints, register: str) -> dict[str, str]:
    """Return everything a release writes before it builds, by path.

    ``prints`` are the fingerprints of the text released, ``register`` the register of
    addresses with all of them in it.
    """
    text = with_entry(changes_text, request, [language.code for language in review.languages])
    changes, _problems = load_changes(text)
    release = Release(request.version, request.date)
    return {
        CHANGES_FILE: text,
        release_path(request.version): format_release(release, prints),
        "data/urls.txt": register,
        **views(review, changes),
    }


# -- freezing ----------------------------------------------------------------------


def freeze_into(site: Path, release: Release, root: Path, site_url: str, repo_url: str = "") -> int:
    """Put the frozen copy of a finished site into it, below the version's address; return the number of files.

    ``root`` holds the release's record of fingerprints; ``release.commit`` is the
    commit that the copy names.
    """
    path = release_path(release.version)
    file = root / path
    prints, _problems = load_release(file.read_text(encoding="utf-8") if file.is_file() else "", path)
    stamp = Stamp(release.commit, release.date)
    target = site / release.path.strip("/")
    copy = freeze_site(site, release, prints, site_url, stamp, repo_url)
    for name, data in copy.items():
        write_plain(target / name, data)
    return len(copy)


def write_plain(path: Path, data: bytes) -> None:
    """Write one file of a site that is not in place yet: if it is lost, it is built again."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


# -- releasing ---------------------------------------------------------------------


@dataclass(frozen=True)
class _Undo:
    """How to put files and branch back."""

    root: Path
    git: Git
    head: str
    before: Mapping[str, bytes | None]

    def __call__(self) -> None:
        self.git.find("reset", "--quiet", "--mixed", self.head)
        for name, data in self.before.items():
            if data is None:
                (self.root / name).unlink(missing_ok=True)
            else:
                write_bytes(self.root / name, data)


def make_release(root: Path, request: Request, files: Mapping[str, str], build: Builder) -> Release:
    """Write the record, commit it, build, freeze, put the site in place and tag; return the release.

    The objections must have been asked for before. Raises :class:`ReleaseError`,
    everything then being as it was.
    """
    git = Git(root, {})
    head = git("rev-parse", "HEAD")
    before = {name: (root / name).read_bytes() if (root / name).is_file() else None for name in files}
    undo = _Undo(root, git, head, before)
    try:
        for name, text in files.items():
            write_text(root / name, text)
        git("add", "--force", "--", *files)
        git("commit", "--quiet", "-m", f"Release version {request.version}", "--", *files)
        commit = git("rev-parse", "HEAD")
        release = Release(request.version, request.date, commit)
        _build_and_freeze(root, request, release, build)
        git("tag", "--annotate", request.tag, "-m", f"Version {request.version}", commit)
    except (PublishError, ReleaseError, OSError) as error:
        undo()
        raise ReleaseError(str(error)) from error
    except BaseException:
        undo()
        raise
    return release


def _build_and_freeze(root: Path, request: Request, release: Release, build: Builder) -> None:
    """Build the site beside the one in place, add the frozen copy, and exchange the two."""
    cache = root / ".cache"
    cache.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache, prefix="release-") as folder:
        site = Path(folder) / "site"
        midnight = datetime.combine(date.fromisoformat(release.date), time(), UTC)
        environment = {
            "SITE_URL": request.site_url,
            "REPO_URL": request.repo_url,
            "SOURCE_COMMIT": release.commit,
            "SOURCE_DATE_EPOCH": str(int(midnight.timestamp())),
        }
        fault = build(root, site, environment)
        if fault:
            raise ReleaseError(f"the build failed:\n{fault}")
        freeze_into(site, release, root, request.site_url, request.repo_url)
        swap_directory(site, root / "site")
