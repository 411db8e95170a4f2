"""The branch a site is served from: publishing adds to it and never alters a released version.

In go a repository, the folder of a finished site and the branch's name; out comes
a commit on that branch. Versions that the branch holds are taken over as git
objects, unread, so that their files stay byte for byte what they were; a site that
brings another content for a version already there is refused. The working tree
and the index of the repository are never touched, and nothing is forced.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from livingreview.edition import VERSIONS_PREFIX

#: The folder of the branch that holds the released versions.
VERSIONS_FOLDER = VERSIONS_PREFIX.strip("/")

#: Without this file the host would leave out files whose names begin with an underscore.
_NO_JEKYLL = ".nojekyll"


class PublishError(RuntimeError):
    """The site was not published; the branch is as it was."""


@dataclass(frozen=True, slots=True)
class Git:
    """Runs git in one repository, with an index of its own."""

    repository: Path
    environment: Mapping[str, str]

    def __call__(self, *arguments: str, data: bytes | None = None) -> str:
        """Return what git prints; raise :class:`PublishError` with what it complains about."""
        command = ["git", "-C", str(self.repository), *arguments]
        done = subprocess.run(  # noqa: S603 - own arguments, no shell
            command, input=data, capture_output=True, check=False, env={**os.environ, **self.environment}
        )
        if done.returncode:
            said = done.stderr.decode("utf-8", "replace").strip() or f"exit status {done.returncode}"
            raise PublishError(f"git {arguments[0]}: {said}")
        return done.stdout.decode("utf-8", "replace").strip()

    def find(self, *arguments: str) -> str:
        """Return what git prints, or nothing where it fails."""
        try:
            return self(*arguments)
        except PublishError:
            return ""


def _base(git: Git, branch: str, remote: str) -> str:
    """Return the commit to build on: the remote branch's, else the local one's, else none."""
    if remote:
        known = git("ls-remote", "--heads", remote, f"refs/heads/{branch}")
        if known:
            git("fetch", "--quiet", "--no-tags", remote, f"refs/heads/{branch}")
            return git("rev-parse", "FETCH_HEAD")
        return ""
    return git.find("rev-parse", "--verify", "--quiet", f"refs/heads/{branch}^{{commit}}")


def _versions(git: Git, tree: str) -> dict[str, str]:
    """Return the released versions of a tree: name to the git object of its folder."""
    rows = git.find("ls-tree", "-d", tree, f"{VERSIONS_FOLDER}/").splitlines() if tree else []
    found = (row.split("\t", 1) for row in rows)
    return {path.rpartition("/")[2]: facts.split()[2] for facts, path in found}


def _index_site(git: Git, site: Path) -> None:
    """Put the site's files into the index as they are: no line ends changed, nothing ignored."""
    plain = ("-c", "core.autocrlf=false", "-c", "core.attributesFile=/dev/null", "-c", "core.safecrlf=false")
    excluded = ("-c", "core.excludesFile=/dev/null")
    git(*plain, *excluded, f"--work-tree={site}", "add", "--all", "--force", ".")
    empty = git("hash-object", "-w", "--stdin", data=b"")
    git("update-index", "--add", "--cacheinfo", f"100644,{empty},{_NO_JEKYLL}")


def _keep_versions(git: Git, base: str) -> None:
    """Take the base's versions over; refuse a site that would change one."""
    old = _versions(git, base)
    new = _versions(git, git("write-tree"))
    for version, tree in old.items():
        if version not in new:
            git("read-tree", f"--prefix={VERSIONS_FOLDER}/{version}/", tree)
        elif new[version] != tree:
            message = f"version {version} is published already with other content. A released version never changes."
            raise PublishError(message)


def publish_site(
    repository: Path, site: Path, branch: str, message: str, *, remote: str = "", push: bool = False
) -> str:
    """Commit a finished site to the host's branch, every version kept; return the commit.

    With a ``remote`` the remote's branch is built on and, with ``push``, updated; without
    one the local branch. Where nothing changed, no commit is made. Raises :class:`PublishError`.
    """
    if not (site / "index.html").is_file():
        raise PublishError(f"{site} holds no site: there is no index.html. Build it first.")
    with tempfile.TemporaryDirectory() as folder:
        git = Git(repository, {"GIT_INDEX_FILE": str(Path(folder) / "index")})
        base = _base(git, branch, remote)
        _index_site(git, site.resolve())
        _keep_versions(git, base)
        tree = git("write-tree")
        if base and git("rev-parse", f"{base}^{{tree}}") == tree:
            return base
        commit = git("commit-tree", tree, *(("-p", base) if base else ()), "-m", message)
        if not remote:
            git("update-ref", f"refs/heads/{branch}", commit, base or "0" * len(commit))
        elif push:
            git("push", "--quiet", remote, f"{commit}:refs/heads/{branch}")
        return commit
