"""Where this build of the work stands: its address, its commit and date, the versions released before it.

In go the environment, the record of releases and the fingerprints of the last
one; out comes an :class:`Edition`, which knows for every block whether its text
is the released one, and the address that will still show it in ten years.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from livingreview.history import ask_git, day_of, is_repository

#: Address to fragment (empty for the page itself) to fingerprint.
Prints = Mapping[str, Mapping[str, str]]

#: Frozen versions stand below this address.
VERSIONS_PREFIX = "/v/"

#: How many characters of a commit's name are shown.
SHORT = 10

_COMMIT = re.compile(r"[0-9a-f]{7,64}\Z")


@dataclass(frozen=True, slots=True)
class Stamp:
    """From what a build was made: the commit's full name and the day of its text (ISO 8601, UTC); empty if unknown."""

    commit: str = ""
    date: str = ""

    @property
    def short(self) -> str:
        """The commit's name as it is shown."""
        return self.commit[:SHORT]


@dataclass(frozen=True, slots=True)
class Release:
    """One released version: ``version`` without a leading ``v``, ``date`` in ISO 8601."""

    version: str
    date: str
    commit: str = ""

    @property
    def path(self) -> str:
        """Where the version is frozen, from the site's root: ``/v/1.0.0/``."""
        return f"{VERSIONS_PREFIX}{self.version}/"


class State(Enum):
    """How a block's text stands to the releases."""

    UNRELEASED = "unreleased"
    FROZEN = "frozen"
    NEWER = "newer"


@dataclass(frozen=True)
class Edition:
    """The work as this build shows it. ``released`` are the fingerprints of the last release."""

    site_url: str
    stamp: Stamp = Stamp()
    releases: tuple[Release, ...] = ()
    released: Prints = field(default_factory=dict)
    repo_url: str = ""
    contact: str = ""

    @property
    def latest(self) -> Release | None:
        """The last version released."""
        return self.releases[-1] if self.releases else None

    def living(self, address: str, fragment: str = "") -> str:
        """Return the absolute address of the current text; ``address`` is from the site's root."""
        return self.site_url.rstrip("/") + address + (f"#{fragment}" if fragment else "")

    def frozen(self, address: str, fragment: str = "") -> str:
        """Return the absolute address of the same place in the last version."""
        if self.latest is None:
            return self.living(address, fragment)
        return self.living(self.latest.path + address.removeprefix("/"), fragment)

    def is_released(self, address: str, fragment: str = "") -> bool:
        """Whether the last version has this place."""
        return fragment in self.released.get(address, {})

    def state(self, address: str, fragment: str, fingerprint: str) -> State:
        """Tell how the text at an address stands to the last version."""
        if self.latest is None:
            return State.UNRELEASED
        same = self.released.get(address, {}).get(fragment) == fingerprint
        return State.FROZEN if same else State.NEWER

    def lasting(self, address: str, fragment: str, fingerprint: str) -> str:
        """Return the address to cite: the frozen one where the text is the released one."""
        frozen = self.state(address, fragment, fingerprint) is State.FROZEN
        return self.frozen(address, fragment) if frozen else self.living(address, fragment)


def read_stamp(root: Path, environment: Mapping[str, str] | None = None) -> Stamp:
    """Return commit and day of the text below ``root``.

    ``SOURCE_DATE_EPOCH`` (https://reproducible-builds.org/specs/source-date-epoch/)
    sets the day and ``SOURCE_COMMIT`` the commit; else the last commit says both.
    Where there is no git and nothing is set, both are empty. The clock is never asked.
    """
    given = os.environ if environment is None else environment
    commit = given.get("SOURCE_COMMIT", "")
    epoch = given.get("SOURCE_DATE_EPOCH", "")
    known = ask_git(root, "log", "-1", "--format=%H %ct") if is_repository(root) else ""
    head, _, seconds = known.partition(" ")
    return Stamp(
        commit=commit if _COMMIT.match(commit) else head,
        date=day_of(epoch) or day_of(seconds),
    )
