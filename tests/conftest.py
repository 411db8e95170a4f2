"""What all tests share: the project's root, its review, and one build of the site."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from livingreview.atomic import locked
from livingreview.checks import report
from livingreview.loading import load_review
from livingreview.problems import Problem
from livingreview.review import Review

pytest_plugins = ["browser_support"]

ROOT = Path(__file__).resolve().parent.parent

#: What the built site depends on.
SOURCES = ("docs", "data", "hooks", "overrides", "mkdocs.yml", "refs.bib")


def source_hash(root: Path) -> str:
    """Return a digest of everything the site is made from."""
    digest = hashlib.sha256()
    for name in SOURCES:
        path = root / name
        files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())
        for file in files:
            if "__pycache__" not in file.parts:
                digest.update(file.relative_to(root).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]


def run_mkdocs(root: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run MkDocs as `make build` does, in another process."""
    env = {**os.environ, "NO_MKDOCS_2_WARNING": "1", **environment}
    if "GITHUB_ACTIONS" not in environment:
        env.pop("GITHUB_ACTIONS", None)
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", *arguments]
    return subprocess.run(command, cwd=root, env=env, capture_output=True, text=True, check=False)


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def review() -> Review:
    return load_review(ROOT)


@pytest.fixture(scope="session")
def problems(review: Review) -> list[Problem]:
    return report(review)


@pytest.fixture(scope="session")
def site_dir() -> Path:
    """The site, built once for all test processes; rebuilt when a source changed."""
    folder = ROOT / ".cache" / "test-site" / source_hash(ROOT)
    with locked(folder.parent / "lock", timeout=600):
        if not (folder / "index.html").is_file():
            done = run_mkdocs(ROOT, "--site-dir", str(folder))
            assert done.returncode == 0, done.stdout + done.stderr
    return folder
