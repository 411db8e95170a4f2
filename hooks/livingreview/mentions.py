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

_LETTERS = r"A-Za-z0-9\u00c0-\u024f\u0370-\u03ff"
_WORD = re.compile(f"[{_LETTERS}]")
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


def _beginnings(letters: Iterable[str]) -> re.Pattern[str]:
    """Return what finds where a name that begins with one of these letters can stand: never within a word."""
    inside = "".join(re.escape(letter) for letter in sorted(letters) if _WORD.match(letter))
    others = "".join(re.escape(letter) for letter in sorted(letters) if not _WORD.match(letter))
    ways = [f"(?<![{_LETTERS}])[{inside}]"] * bool(inside) + [f"[{others}]"] * bool(others)
    return re.compile("|".join(ways) or r"(?!)")


def _has_plural(text: str, end: int) -> bool:
    """Whether capitals are followed by the ``s`` of a plural."""
    return text[end - 1].isupper() and text[end : end + 1] == "s"


@dataclass(frozen=True, slots=True)
class _Name:
    """A name as it was given, and what it can stand for."""

    name: str
    strict: bool
    things: tuple[str, ...]

    def matches(self, text: str, any_case: bool) -> bool:
        """Whether a text that differs at most in capitals is this name.

        An abbreviation keeps its capitals. Of any other name only the first letter may change its case:
        capitals inside it make it part of a title or of another name (*Society for Cellular Therapy*).
        """
        return text == self.name or (not self.strict and (any_case or text[1:] == self.name[1:]))


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
            if name.strip() and thing not in things.setdefault(name, []):
                things[name].append(thing)
        self._names: dict[str, list[_Name]] = {}
        lengths: dict[str, set[int]] = {}
        for name, found in things.items():
            self._names.setdefault(name.lower(), []).append(_Name(name, is_abbreviation(name), tuple(found)))
            lengths.setdefault(name[0].lower(), set()).add(len(name))
        self._lengths = {first: sorted(sizes, reverse=True) for first, sizes in lengths.items()}
        self._beginnings = _beginnings(lengths)

    def _at(self, text: str, lowered: str, start: int) -> Mention | None:
        """Return the longest name that begins here; of several alike, all they stand for."""
        for size in self._lengths.get(lowered[start], ()):
            end = start + size
            written = text[start:end]
            known = self._names.get(lowered[start:end], ())
            found = [name for name in known if name.matches(written, self._any_case)]
            if not found or end > len(text):
                continue
            if found[0].strict and _has_plural(text, end) and _stands_alone(text, start, end + 1):
                end += 1
            if _stands_alone(text, start, end):
                return Mention(start, end, tuple(dict.fromkeys(thing for name in found for thing in name.things)))
        return None

    def may_find(self, text: str) -> bool:
        """Whether a text holds the letters of any name at all; if not, it need not be read for names."""
        lowered = text.lower()
        return any(name in lowered for name in self._names)

    def find(self, text: str) -> Iterator[Mention]:
        """Yield the names in a text, in order, none inside another."""
        lowered = text.lower()
        if len(lowered) != len(text):  # a few letters change their length; then only exact capitals are found
            lowered = text
        bounds = self._boundaries(text) if self._boundaries else None
        at = 0
        while beginning := self._beginnings.search(lowered, at):
            at = beginning.start()
            mention = self._at(text, lowered, at)
            if mention is None or (bounds is not None and not (mention.start in bounds and mention.end in bounds)):
                at += 1
            else:
                yield mention
                at = mention.end
