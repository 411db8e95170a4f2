"""Wording: forms that the glossary tells writers to avoid.

In go a block's plain text and the terms of its language; out comes every place
where an avoided form stands, with the form to write instead. A longer form that
is accepted covers an avoided one inside it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


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


def _pattern(form: str) -> str:
    """Return an expression for a form: whole words where it is written in Latin letters."""
    escaped = re.escape(form)
    before = r"(?<![A-Za-z])" if form[0].isascii() and form[0].isalpha() else ""
    after = r"(?![A-Za-z])" if form[-1].isascii() and form[-1].isalpha() else ""
    return f"{before}{escaped}{after}"


def find_avoided(text: str, terms: tuple[TermForms, ...], language: str) -> tuple[Avoided, ...]:
    """Return every avoided form in a text, in order; the longest form at a place decides."""
    del language  # forms are given in the language already
    owners: dict[str, tuple[str, str]] = {}
    allowed: set[str] = set()
    for term in terms:
        allowed.update(form.casefold() for form in term.allowed)
        for form in term.avoid:
            if form:
                owners.setdefault(form.casefold(), (term.id, term.allowed[0] if term.allowed else ""))
    if not owners:
        return ()
    # Accepted forms matter only where they could cover an avoided one.
    covering = {form for form in allowed if any(avoided in form for avoided in owners)}
    forms = sorted(covering | set(owners), key=len, reverse=True)
    found = re.finditer("|".join(map(_pattern, forms)), text, re.IGNORECASE)
    return tuple(
        Avoided(match.start(), match[0], *owners[match[0].casefold()])
        for match in found
        if match[0].casefold() in owners and match[0].casefold() not in allowed
    )
