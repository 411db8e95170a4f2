"""The second review of ``tests/reuse``, planted the way a new review is: this engine, its own content."""

from __future__ import annotations

import shutil
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent
SECOND = HERE / "reuse"

#: What a new review takes from this one, unchanged.
ENGINE = ("hooks", "overrides", "docs/assets/javascripts", "docs/assets/stylesheets", "docs/assets/images")


def plant_second_review(target: Path) -> Path:
    """Copy the engine and the second review's content to a folder that does not exist yet."""
    for part in ENGINE:
        shutil.copytree(PROJECT / part, target / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(SECOND, target, dirs_exist_ok=True)
    return target
