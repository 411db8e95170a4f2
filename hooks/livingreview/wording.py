"""Wording: forms that the glossary tells writers to avoid.

In go a block's plain text and the terms of its language; out comes every place
where an avoided form stands, with the form to write instead. Case and line breaks
do not matter, unless case is all that tells an avoided form from an accepted one.
Latin forms are whole words, a plural "s" included; a longer form, accepted or
avoided, covers the shorter ones inside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class TermForms:
    """The forms of one term in one language: those accepted, the preferred one first, and those to avoid."""

    id: str
    allowed: tuple[str, ...]
    avoid: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Avoided:
    """One place: its offset, the form as written, the term, and the form to write."""

    offset: int
    form: str
    term: str
    use: str


@dataclass(frozen=True, slots=True)
class _Rule:
    """One avoided form, folded, with the accepted forms that could cover it."""

    form: str
    written: str
    exact: bool
    term: str
    use: str
    covers: tuple[str, ...]


_SPACE = re.compile(r"\s")


@lru_cache(maxsize=65536)
def _fold_char(char: str) -> str:
    lower = char.lower()
    return lower if len(lower) == 1 else char


def _fold(text: str) -> str:
    """Return the text in lower case with every white space a space, each character in its place."""
    lower = text.lower()
    if len(lower) != len(text):
        lower = "".join(map(_fold_char, text))
    return _SPACE.sub(" ", lower)


@lru_cache(maxsize=4096)
def _fold_form(form: str) -> str:
    return _fold(form)


def _rules(terms: tuple[TermForms, ...]) -> tuple[_Rule, ...]:
    """Return the rules, longest form first; a form that two terms avoid belongs to the first."""
    allowed = {form for term in terms for form in term.allowed if form}
    folded = {_fold_form(form) for form in allowed}
    rules: dict[str, _Rule] = {}
    for term in terms:
        for written in filter(None, term.avoid):
            form = _fold_form(written)
            covers = tuple(other for other in folded if form in other and form != other)
            use = term.allowed[0] if term.allowed else ""
            if written not in allowed:
                rules.setdefault(written, _Rule(form, written, form in folded, term.id, use, covers))
    return tuple(sorted(rules.values(), key=lambda rule: (-len(rule.form), rule.form)))


def _is_latin(char: str) -> bool:
    return char.isalnum() and char < "\u2e80"


def _whole_word(text: str, start: int, end: int) -> bool:
    """Whether no Latin letter or digit goes on at either end, but for a plural "s"."""
    if start and _is_latin(text[start]) and _is_latin(text[start - 1]):
        return False
    if not _is_latin(text[end - 1]):
        return True
    after = text[end : end + 2]
    if after[:1] == "s" and not (len(after) > 1 and _is_latin(after[1])):
        return True
    return not (after and _is_latin(after[0]))


def _places(text: str, form: str) -> Iterator[tuple[int, int]]:
    start = text.find(form)
    while start >= 0:
        end = start + len(form)
        if _whole_word(text, start, end):
            yield start, end
        start = text.find(form, start + 1)


def find_avoided(text: str, terms: tuple[TermForms, ...], language: str) -> tuple[Avoided, ...]:
    """Return every avoided form in a text, in order; the longest form at a place decides.

    ``terms`` are given in the language of the text, so the code itself changes nothing.
    """
    del language
    folded = _fold(text)
    # Most texts hold no avoided form at all, and then no rule need be made.
    if not any(form and _fold_form(form) in folded for term in terms for form in term.avoid):
        return ()
    found: list[Avoided] = []
    taken: list[tuple[int, int]] = []
    for rule in _rules(terms):
        if rule.form not in folded:
            continue
        covered = [*taken, *(span for other in rule.covers for span in _places(folded, other))]
        for start, end in _places(folded, rule.form):
            if any(first <= start and end <= last for first, last in covered):
                continue
            if rule.exact and text[start:end] != rule.written:
                continue
            taken.append((start, end))
            found.append(Avoided(start, text[start:end], rule.term, rule.use))
    return tuple(sorted(found, key=lambda place: place.offset))
