"""Compares the numbers that two languages state, block by block.

In go the quantities of one block in both languages (:func:`extract_numbers`), out
comes what has no partner (:class:`NumberDifference`) and a sentence for the report.
Numbers are compared as a multiset, identifiers (CD73, NCT05854641) as a set: a
translation may name a thing once more or once less, but not count it so. What a
language may say with or without a number ("both", 一项, "interleukin-10" for IL-10)
is *optional*: it satisfies a number of the other side and demands none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from livingreview.number_patterns import normalize
from livingreview.number_reader import ANY_UNIT, NO_SENSE, Quantity, extract_numbers
from livingreview.number_tables import LANGUAGES, Names
from livingreview.scripts import has_han

__all__ = ["NumberDifference", "Quantity", "compare_numbers", "contains_number", "extract_numbers", "lost_digits"]

#: More than this many numbers are not listed in one message.
_SHOWN = 6


@dataclass(frozen=True, slots=True)
class NumberDifference:
    """The quantities of each side that have no partner on the other; false where there are none."""

    left: tuple[Quantity, ...] = ()
    right: tuple[Quantity, ...] = ()

    def __bool__(self) -> bool:
        """Whether the two sides differ."""
        return bool(self.left or self.right)

    def message(self, left_name: str, right_name: str) -> str:
        """Say what each side has and the other lacks: ``zh has 28, en has 82``."""
        alike = {quantity.value for quantity in self.left} & {quantity.value for quantity in self.right}
        shown_left, shown_right = _shown(self.left, alike), _shown(self.right, alike)
        if not self.right:
            return f"{left_name} has {shown_left}, {right_name} does not"
        if not self.left:
            return f"{right_name} has {shown_right}, {left_name} does not"
        return f"{left_name} has {shown_left}, {right_name} has {shown_right}"


def _shown(quantities: Sequence[Quantity], alike: set[str]) -> str:
    """List quantities as written; where both sides have the same value, with what tells them apart."""
    texts = [q.full if q.value in alike or "%" in q.unit else _bare(q) for q in quantities[:_SHOWN]]
    return ", ".join(texts) + (" …" if len(quantities) > _SHOWN else "")


def _bare(quantity: Quantity) -> str:
    return " ".join(quantity.text.split())


# --- matching --------------------------------------------------------------------------------------------------------


def _units_agree(left: Names, right: Names) -> bool:
    """Whether two units may be the same; a percentage needs its sign on both sides, others only must not conflict."""
    if "" in left or "" in right:
        return True
    if not left or not right:
        return "%" not in (left or right)
    return not left.isdisjoint(right)


#: Where a quantity stands: its offset and its text, which the parts of a chain share.
Place = tuple[int, str]
#: What tells quantities of one value apart. Few exist, however long the text is.
_Signature = tuple[Names, Names, bool]


def _signature(quantity: Quantity) -> _Signature:
    return quantity.sense, quantity.unit, quantity.optional


def _closeness(left: _Signature, right: _Signature) -> int:
    """Rank a possible pair: the more the two have in common, the sooner they are paired. 0: no pair."""
    if left[0].isdisjoint(right[0]) or not _units_agree(left[1], right[1]):
        return 0
    both_demand = not left[2] and not right[2]
    known = (bool(left[1] - ANY_UNIT) + bool(right[1] - ANY_UNIT)) * 2
    return 1 + known + 10 * both_demand + 2 * (left[0] == right[0]) + 4 * (left[1] == right[1])


def _pair(left: list[Quantity], right: list[Quantity]) -> tuple[list[Quantity], list[Quantity]]:
    """Return what is left over of two lists of one kind and value when all that agree are paired off."""
    counts = Counter(map(_signature, left)), Counter(map(_signature, right))
    pairs = [(_closeness(a, b), a, b) for a in counts[0] for b in counts[1]]
    for rank, a, b in sorted(pairs, key=lambda pair: -pair[0]):
        matched = min(counts[0][a], counts[1][b]) if rank else 0
        counts[0][a] -= matched
        counts[1][b] -= matched
    return _take(left, counts[0]), _take(right, counts[1])


def _take(quantities: list[Quantity], wanted: Counter[_Signature]) -> list[Quantity]:
    """Return the last quantities of each signature, as many as wanted, in order."""
    taken = []
    for quantity in reversed(quantities):
        if wanted[_signature(quantity)] > 0:
            wanted[_signature(quantity)] -= 1
            taken.append(quantity)
    return taken[::-1]


def _unpaired(left: Iterable[Quantity], right: Iterable[Quantity]) -> tuple[list[Quantity], list[Quantity]]:
    groups: dict[tuple[str, str], tuple[list[Quantity], list[Quantity]]] = {}
    for side, quantities in enumerate((left, right)):
        for quantity in quantities:
            groups.setdefault((quantity.kind, quantity.value), ([], []))[side].append(quantity)
    rests: tuple[list[Quantity], list[Quantity]] = ([], [])
    for (kind, _), (ours, theirs) in groups.items():
        over = _pair(ours, theirs) if kind != "identifier" else _lonely(ours, theirs)
        rests[0].extend(over[0])
        rests[1].extend(over[1])
    return sorted(rests[0], key=lambda q: q.start), sorted(rests[1], key=lambda q: q.start)


def _lonely(left: list[Quantity], right: list[Quantity]) -> tuple[list[Quantity], list[Quantity]]:
    """Identifiers: one mention answers any number of mentions."""
    return ([], []) if left and right else (left[:1], right[:1])


def _parts(quantity: Quantity) -> list[Quantity]:
    """Return the numbers that a date, a ratio or a chain is made of."""

    def part(kind: str, value: str) -> Quantity:
        return Quantity(
            kind, value, NO_SENSE, quantity.unit or ANY_UNIT, quantity.optional, quantity.text, quantity.start
        )

    if quantity.kind in ("slash", "ratio"):
        return [part("number", value) for value in re.split("[/:]", quantity.value)]
    if quantity.kind != "date":
        return [quantity]
    year, month, *days = _date_fields(quantity.value)
    numbers = [part("number", year)] if year else []
    return [*numbers, part("month", month), *(part("day", day) for day in days)]


def _date_fields(value: str) -> list[str]:
    """Split ``2025-03-25/27``, ``2025-03``, ``---03-25`` into year (or nothing), month and days."""
    year, rest = ("", value[2:]) if value.startswith("-") else value.split("-", 1)
    month, _, days = rest.partition("-")
    return [year, month, *filter(None, days.split("/"))]


def _take_apart(rests: tuple[list[Quantity], list[Quantity]]) -> tuple[list[Quantity], list[Quantity]]:
    """Take apart what only one side writes as a whole: 4/12 and "4 of 12", March–May 2025 and two dates."""
    sides: tuple[list[Quantity], list[Quantity]] = ([], [])
    for side, other in ((0, 1), (1, 0)):
        whole = {quantity.kind for quantity in rests[other]} - {"date"}
        bare = {quantity.value for quantity in rests[other] if quantity.text.startswith("10")}
        for quantity in rests[side]:
            if quantity.kind == "factor" and quantity.value in bare:
                sides[side].append(replace(quantity, kind="number"))  # "(×10⁶)" and "(10⁶)" say the same
            else:
                sides[side].extend([quantity] if quantity.kind in whole else _parts(quantity))
    return sides


def _excuse_names(left: list[Quantity], right: list[Quantity]) -> list[Quantity]:
    """Drop identifiers that the other side spells out ("IL-10": "interleukin-10")."""
    spelt = {quantity.value for quantity in right if quantity.optional}
    return [q for q in left if q.kind != "identifier" or re.sub("^.*[^0-9/]", "", q.value) not in spelt]


def compare_numbers(left: Iterable[Quantity], right: Iterable[Quantity]) -> NumberDifference:
    """Return what two lists of quantities do not have in common, as written on each side."""
    rests = _unpaired(left, right)
    if not rests[0] and not rests[1]:
        return NumberDifference()
    parts = _take_apart(rests)
    rests = _unpaired(*parts)
    ours, theirs = _excuse_names(*rests), _excuse_names(rests[1], rests[0])
    # Where both sides spell a name out, they have to spell out the same one.
    both_named = any(q.named for q in ours) and any(q.named for q in theirs)
    return NumberDifference(
        _demanded(ours, names=both_named, torn=_torn(parts[0], ours, parts[1])),
        _demanded(theirs, names=both_named, torn=_torn(parts[1], theirs, parts[0])),
    )


def _demanded(quantities: list[Quantity], *, names: bool, torn: Container[Place]) -> tuple[Quantity, ...]:
    """Return what needs a partner, once for each place in the text."""
    demanded = (q for q in quantities if not q.optional or (names and q.named) or _place(q) in torn)
    return tuple({_place(q): replace(q, optional=False) for q in demanded}.values())


def _place(quantity: Quantity) -> Place:
    return quantity.start, quantity.text


def _torn(parts: list[Quantity], rest: list[Quantity], others: list[Quantity]) -> set[Place]:
    """Return the chains in digits of which the other side has a part only: 1/17 where it has 17.

    A word that may mean anything answers no part of a chain.
    """
    firm = {quantity.value for quantity in others if not quantity.optional or _in_digits(quantity.text)}
    left = Counter((_place(quantity), quantity.value) for quantity in rest)
    paired = Counter((_place(quantity), quantity.value) for quantity in parts) - left
    torn = {place for place, value in paired if value in firm} & {place for place, _value in left}
    return {place for place in torn if _in_digits(place[1])}


def lost_digits(changed: Iterable[Quantity], kept: Iterable[Quantity]) -> tuple[Quantity, ...]:
    """Return each 1 or 2 that one side has in digits and the other answers with a word at best that may mean anything.

    "One" or "both" may answer such a digit, so that a deleted one can hide behind it. Whoever knows that the
    other side alone was changed can ask for more than :func:`compare_numbers` does.
    """
    exact = [q for q in changed if not q.optional or q.kind != "number" or _in_digits(q.text)]
    lost = compare_numbers(exact, (q for q in kept if _in_digits(q.text))).right
    return tuple(quantity for quantity in lost if quantity.text in ("1", "2"))


def _in_digits(text: str) -> bool:
    return any("0" <= char <= "9" for char in text)


# --- numbers of claims -----------------------------------------------------------------------------------------------


def contains_number(block_text: str, number: str, language: str) -> bool:
    """Whether a block states a number given as data, such as ``24 weeks``, ``phase I/II``, ``0.22`` or ``M1``.

    The number may be written in the block's language or in any other known one. A unit has
    to agree where both name one; a comparator only where the number itself has one. What
    holds no number that can be read is looked for literally, in any case.
    """
    stated = extract_numbers(block_text, language)
    stated = (*stated, *(part for quantity in stated for part in _parts(quantity)))
    readings = [extract_numbers(number, code) for code in _languages_of(number, language)]
    understood = max(map(_units_read, readings))
    if not any(readings):
        return _folded(number) in _folded(block_text)
    return any(
        all(any(_states(have, want) for have in stated) for want in reading)
        for reading in readings
        if reading and _units_read(reading) == understood
    )


def _languages_of(number: str, first: str) -> Iterator[str]:
    """Yield the languages a number may be written in: those of Chinese characters only where it has some."""
    yield first
    for code, table in LANGUAGES.items():
        if code != first and (not table.han_numerals or has_han(number)):
            yield code


def _units_read(reading: Sequence[Quantity]) -> int:
    """How many units a reading understands: a number is read in the language that knows its words."""
    return sum(bool(quantity.unit) for quantity in reading)


def _states(have: Quantity, want: Quantity) -> bool:
    senses_agree = want.sense == NO_SENSE or not have.sense.isdisjoint(want.sense)
    same = (_plain(have.kind), have.value) == (_plain(want.kind), want.value)
    return same and senses_agree and _units_agree(have.unit, want.unit)


def _plain(kind: str) -> str:
    return "number" if kind == "factor" else kind


def _folded(text: str) -> str:
    return " ".join(normalize(text).casefold().split())
