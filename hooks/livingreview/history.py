"""Earlier texts of a file, as git keeps them.

In go the folder of a repository and a path in it; out come the texts that the file
had, newest first, each with the day (UTC) it was committed. Without git, or in a
folder that is no repository, there are none. Nothing is written.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Earlier:
    """A file as it was committed on a day; ``text`` is empty where it was not there."""

    date: str
    text: str


#: Gives the texts of a file, the newest first.
EarlierTexts = Callable[[str], Iterable[Earlier]]


def ask_git(root: Path, *arguments: str) -> str:
    """Return what git says, or nothing where it, or the repository, is absent."""
    try:
        done = subprocess.run(  # noqa: S603 - own arguments, no shell
            ["git", "-C", str(root), *arguments],  # noqa: S607 - whichever git the machine has
            capture_output=True,
            check=False,
            timeout=20,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode("utf-8", "replace").strip() if done.returncode == 0 else ""


def is_repository(root: Path) -> bool:
    """Whether a folder has a repository of its own: one further up is not this text's."""
    return (root / ".git").exists()


def day_of(seconds: str) -> str:
    """Return the day (UTC) of a number of seconds since 1970, or nothing."""
    try:
        return datetime.fromtimestamp(int(seconds), UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):
        return ""


def earlier_texts(root: Path) -> EarlierTexts:
    """Return what gives the committed texts of a file below ``root``; each is read only when asked for."""

    def texts(path: str) -> Iterator[Earlier]:
        # A shallow clone knows the last commit only, and would date everything by it.
        if not is_repository(root) or ask_git(root, "rev-parse", "--is-shallow-repository") != "false":
            return
        for row in ask_git(root, "log", "--format=%H %ct", "--", path).splitlines():
            commit, _, seconds = row.partition(" ")
            text = ask_git(root, "show", f"{commit}:./{path}")
            yield Earlier(day_of(seconds), text.replace("\r\n", "\n"))

    return texts
