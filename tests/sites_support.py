"""The small review under ``tests/sites``: a clean one, and edits that each make one thing wrong in it.

``tests/sites/defects/<code>.yml`` (or ``<code>.<variant>.yml``) holds ``edits`` and what is
``expected``. An edit names a file and says what to ``replace`` (once) ``with`` what, what to
``append``, what to ``write``, or ``delete: true``; ``bytes`` replaces raw bytes, in hexadecimal.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

SITES = Path(__file__).resolve().parent / "sites"
CLEAN = SITES / "clean"


def copy_clean(target: Path) -> Path:
    """Copy the clean site to a folder that does not exist yet."""
    shutil.copytree(CLEAN, target)
    return target


def apply_edit(root: Path, edit: Mapping[str, Any]) -> None:
    """Make one edit; one that changes nothing is a fault of the test."""
    path = root / edit["file"]
    if edit.get("delete"):
        path.unlink()
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    if "bytes" in edit:
        old, new = (bytes.fromhex(value) for value in edit["bytes"])
        data = path.read_bytes()
        assert data.count(old) == 1, f"{edit['file']} holds these bytes {data.count(old)} times"
        path.write_bytes(data.replace(old, new))
        return
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    if "write" in edit:
        text = edit["write"]
    if "replace" in edit:
        count = text.count(edit["replace"])
        assert count == 1, f"{edit['file']} holds {edit['replace']!r} {count} times"
        text = text.replace(edit["replace"], edit["with"])
    text += edit.get("append", "")
    path.write_text(text, encoding="utf-8", newline="")


def apply_edits(root: Path, edits: Iterable[Mapping[str, Any]]) -> None:
    """Make all edits, in order."""
    for edit in edits:
        apply_edit(root, edit)


def load_cases(folder: str) -> dict[str, dict[str, Any]]:
    """Return all cases of a folder below ``tests/sites`` by name."""
    return {
        path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted((SITES / folder).glob("*.yml"))
    }
