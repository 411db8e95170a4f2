"""Where the names of things occur in a text: the longest wins, abbreviations keep their case.

In go names, each with what it stands for, and a text; out come the places. Latin
names count only as whole words, and not within a compound such as ``XYZ-ABC``,
whose parts are no abbreviations of their own. Where a script does not write word
boundaries, the caller may say where words end; the longest name covers the shorter
ones inside it in any case.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

_WORD = re.compile(r"[A-Za-z0-9\u00c0-\u024f\u0370-\u03ff]")
_ABBREVIATION = re.compile(r"[A-Z].*[A-Z]|[A-Z].*\d|\d.*[A-Z]|^[A-Z]$")
#: Join parts of a compound: a name before or after one of these is not a name of its own.
_JOINTS = frozenset("-‑/+⁺")


@dataclass(frozen=True, slots=True)
class Mention:
    """One place in a text and the things the name there can stand for."""

    start: int
    end: int
    things: tuple[str, ...]


def is_abbreviation(name: str) -> bool:
    """Whether a name's capitals matter: ``ABI``, ``M1``, ``TcPO₂``, but not ``Ankle pressure``."""
    return " " not in name.strip() and bool(_ABBREVIATION.search(name))


def _is_word(text: str, at: int) -> bool:
    return 0 <= at < len(text) and bool(_WORD.match(text[at]))


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether a Latin name here is a whole word: ``ABC-based`` holds ``ABC``, ``X-ABC`` and ``ABC-2`` do not."""
    joined = start > 1 and text[start - 1] in _JOINTS and _is_word(text, start - 2)
    if _WORD.match(text[start]) and (joined or _is_word(text, start - 1)):
        return False
    if _WORD.match(text[end - 1]):
        if _is_word(text, end):
            return False
        joined = end + 1 < len(text) and text[end] in _JOINTS and _is_word(text, end + 1)
        return not (joined and not text[end + 1].islower())
    return True


def _matches(text: str, lowered: str, start: int, name: str, any_case: bool) -> bool:
    """Whether a name stands at a place. Of a name that is no abbreviation only the first letter may change its case.

    Capitals inside it make it part of a title or of another name: *Society for Cellular Therapy*.
    """
    end = start + len(name)
    if is_abbreviation(name):
        return text[start:end] == name
    if any_case:
        return lowered[start:end] == name.lower()
    return text[start + 1 : end] == name[1:]


def _has_plural(name: str, text: str, end: int) -> bool:
    """Whether an abbreviation is followed by the ``s`` of its plural."""
    return is_abbreviation(name) and name[-1].isupper() and text[end : end + 1] == "s"


class MentionFinder:
    """Finds names in texts. Made once, used for many texts."""

    def __init__(
        self,
        names: Iterable[tuple[str, str]],
        *,
        any_case: bool = False,
        boundaries: Callable[[str], Collection[int]] | None = None,
    ) -> None:
        """Take pairs of a name and the thing it stands for; one name may stand for several.

        ``any_case`` also finds names written with other capitals; ``boundaries`` returns the
        offsets of a text at which a name may begin or end, where its script does not show them.
        """
        self._any_case = any_case
        self._boundaries = boundaries
        things: dict[str, list[str]] = {}
        for name, thing in names:
            known = things.setdefault(name, [])
            if thing not in known:
                known.append(thing)
        self._things = {name: tuple(found) for name, found in things.items() if name.strip()}
        self._by_start: dict[str, list[str]] = {}
        for name in sorted(self._things, key=lambda name: (-len(name), name)):
            self._by_start.setdefault(name[0].lower(), []).append(name)

    def _at(self, text: str, lowered: str, start: int) -> Mention | None:
        """Return the longest name that begins here; of several forms of one length, all they stand for."""
        found: list[str] = []
        length = 0
        for name in self._by_start.get(lowered[start], ()):
            size = len(name)
            if found and size < length:
                break
            if not _matches(text, lowered, start, name, self._any_case):
                continue
            end = start + size
            if _has_plural(name, text, end) and _stands_alone(text, start, end + 1):
                end += 1
            if _stands_alone(text, start, end):
                length, last = size, end
                found += [thing for thing in self._things[name] if thing not in found]
        return Mention(start, last, tuple(found)) if found else None

    def find(self, text: str) -> Iterator[Mention]:
        """Yield the names in a text, in order, none inside another."""
        lowered = text.lower()
        if len(lowered) != len(text):  # a few letters change their length; then only exact capitals are found
            lowered = text
        bounds = self._boundaries(text) if self._boundaries else None
        at = 0
        while at < len(text):
            mention = self._at(text, lowered, at)
            if mention is None or (bounds is not None and not (mention.start in bounds and mention.end in bounds)):
                at += 1
            else:
                yield mention
                at = mention.end
