"""Stale translations: which pairs of blocks are in step, and since when.

``data/translations.yml`` holds, for each block, the fingerprints at which its
languages were last known to agree. In go the review and that record; out come
the blocks changed on one side only, and the record as it should be next.

A number in digits that only a word such as "one" or "both" answers on the other side
passes the comparison of a pair; of a block changed alone, it may be what was deleted.
So the record also holds which numbers a pair in step has so.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from livingreview.checks_parity import BlockPair, Stretch, block_pairs, stretches
from livingreview.fingerprints import fingerprint
from livingreview.model import BlockKind
from livingreview.numbers import NumberDifference, Quantity, compare_numbers, extract_numbers, lost_digits
from livingreview.problems import Problem
from livingreview.review import Review
from livingreview.yamlfile import parse_yaml

TRANSLATIONS_FILE = "data/translations.yml"

#: The form of a fingerprint; anything else in the record is a fault.
_FORM = re.compile(r"[0-9a-f]{12,64}\Z")

_HEADER = """\
# Fingerprints at which the languages of each block were last known to agree.
# Written by `livingreview record` (a pair changed together) and `livingreview confirm` (a pair needs no change).
"""

#: Keys beside the fingerprints: how a pair came into step, and which digits of one side the other has in words.
_REMARKS = frozenset({"how", "words"})

#: Block name to language code to fingerprint (and ``how``, ``words``).
Record = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Stale:
    """A block of which one side changed since the languages last agreed."""

    pair: BlockPair
    changed: str
    waiting: str

    @property
    def name(self) -> str:
        """The block's name, ``slug#id``."""
        return self.pair.name


def load_translations(text: str, path: str = TRANSLATIONS_FILE) -> tuple[Record, tuple[Problem, ...]]:
    """Read the record of pairs in step."""
    file = parse_yaml(text, path)
    if file.problems or file.data is None:
        return {}, file.problems
    if not isinstance(file.data, dict):
        return {}, (Problem(path, 1, "data-field", "each block is a key with one fingerprint per language below it."),)
    record: dict[str, Mapping[str, str]] = {}
    problems = []
    for name, prints in file.data.items():
        if not isinstance(prints, dict):
            problems.append(Problem(path, file.line(name), "data-field", f'"{name}" must hold fingerprints.'))
            continue
        shown = {str(key): str(value) for key, value in prints.items()}
        bad = [key for key, value in shown.items() if key not in _REMARKS and not _FORM.match(value)]
        if bad:
            message = f'"{name}": the fingerprint of {bad[0]} is malformed. Run `livingreview confirm {name}`.'
            problems.append(Problem(path, file.line(name, bad[0]), "data-field", message))
        else:
            record[name] = shown
    return record, tuple(problems)


def pair_prints(pair: BlockPair) -> dict[str, str]:
    """Return the present fingerprint of each side."""
    return {
        pair.pages.source.language: fingerprint(pair.source.text),
        pair.pages.translation.language: fingerprint(pair.translation.text),
    }


def textual_pairs(review: Review) -> Iterator[BlockPair]:
    """Yield the pairs that hold text to translate."""
    for pair in block_pairs(review):
        if pair.source.kind is not BlockKind.DIRECTIVE and pair.source.text.strip():
            yield pair


def stale_pairs(review: Review, record: Record) -> Iterator[Stale]:
    """Yield every pair of which exactly one side changed since the record was made."""
    for pair in textual_pairs(review):
        known = record.get(pair.name)
        if not known:
            continue
        now = pair_prints(pair)
        changed = [code for code, value in now.items() if code in known and known[code] != value]
        if len(changed) == 1:
            waiting = next(code for code in now if code != changed[0])
            yield Stale(pair, changed[0], waiting)


def check_translations(review: Review) -> Iterator[Problem]:
    """Report the side that has not followed a change of the other."""
    for stale in stale_pairs(review, review.translations):
        sides = {
            stale.pair.pages.source.language: (stale.pair.pages.source, stale.pair.source),
            stale.pair.pages.translation.language: (stale.pair.pages.translation, stale.pair.translation),
        }
        page, block = sides[stale.waiting]
        other_page, other = sides[stale.changed]
        message = (
            f"{stale.changed} changed ({other_page.path}:{other.line}), {stale.waiting} did not. Change it too, "
            f"or run `livingreview confirm {stale.name}` if it needs no change."
        )
        yield Problem(page.path, block.line, "translation-stale", message)
        if not stale.pair.ignores("parity-numbers"):
            yield from _lost_digits(stale, review.translations[stale.name].get("words", ""))


def _lost_digits(stale: Stale, words: str) -> Iterator[Problem]:
    """Report the digits that a side changed alone no longer has, though a word there might stand for them."""
    pair, allowed = stale.pair, Counter(words.split())
    paths = {page.language: page.path for page, _block in pair.sides}
    for stretch in stretches(pair):
        lost = [
            quantity
            for quantity in _lost(pair, stretch, stale.changed)
            if not _allow(allowed, f"{stale.changed}:{quantity.value}")
        ]
        if lost:
            lines = dict(zip(paths, (stretch.line, stretch.other_line), strict=True))
            said = NumberDifference(right=tuple(lost)).message(stale.changed, stale.waiting)
            message = (
                f"{said} ({paths[stale.waiting]}:{lines[stale.waiting]}), and only {stale.changed} was changed. "
                f"Write data in digits. Where a word says it and {stale.waiting} needs no change, "
                f"run `livingreview confirm {stale.name}`."
            )
            yield Problem(paths[stale.changed], lines[stale.changed], "parity-numbers", message)


def _allow(counts: Counter[str], name: str) -> bool:
    """Whether there is one more of a name; then it is used up."""
    counts[name] -= 1
    return counts[name] >= 0


def _lost(pair: BlockPair, stretch: Stretch, changed: str) -> Iterator[Quantity]:
    """Yield what the other side has in digits and the changed one has not; nothing where the comparison says so."""
    codes = [page.language for page, _block in pair.sides]
    for cell in stretch.cells:
        numbers = dict(zip(codes, map(extract_numbers, cell, codes), strict=True))
        kept = next(found for code, found in numbers.items() if code != changed)
        if not compare_numbers(numbers[changed], kept):
            yield from lost_digits(numbers[changed], kept)


def _in_step(pair: BlockPair, how: str) -> dict[str, str]:
    """Return what the record says of a pair in step: its fingerprints, how so, which digits a side has in words."""
    words = [
        f"{page.language}:{quantity.value}"
        for page, _block in pair.sides
        for stretch in stretches(pair)
        for quantity in _lost(pair, stretch, page.language)
    ]
    entry = {**pair_prints(pair), "how": how}
    return {**entry, "words": " ".join(words)} if words else entry


def next_record(review: Review, record: Record, confirmed: frozenset[str] = frozenset()) -> dict[str, dict[str, str]]:
    """Return the record with every pair in step stored; a pair gone stale keeps what it had, unless confirmed."""
    stale = {item.name for item in stale_pairs(review, record)}
    result: dict[str, dict[str, str]] = {}
    for pair in textual_pairs(review):
        known = dict(record.get(pair.name, {}))
        now = pair_prints(pair)
        if pair.name in confirmed:
            result[pair.name] = _in_step(pair, "confirmed")
        elif pair.name in stale:
            result[pair.name] = known
        elif {code: known.get(code) for code in now} == now:
            result[pair.name] = _in_step(pair, known.get("how", "written-together"))
        else:
            result[pair.name] = _in_step(pair, "changed-together" if known else "written-together")
    return result


def format_record(record: Record) -> str:
    """Return the record as the text of its file, sorted, one line a fact."""
    rows = [_HEADER]
    for name in sorted(record):
        rows.append(f"{name}:\n")
        rows.extend(f'  {key}: "{value}"\n' for key, value in record[name].items())
    return "".join(rows)
