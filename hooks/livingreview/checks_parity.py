"""Parity: the languages as one work, block by block.

Both languages have the same pages, blocks, order, kinds and levels; each pair
of blocks cites the same works, links to the same places, states the same
numbers and has the same directives. A page or block that only the
translation lacks is a notice: readers are shown the source text there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from livingreview.block_ids import labelled
from livingreview.links import TargetKind
from livingreview.model import Block, BlockKind, Chapter
from livingreview.notes import claim_ids
from livingreview.numbers import NumberDifference, compare_numbers, extract_numbers
from livingreview.problems import Problem, Severity
from livingreview.review import Review


@dataclass(frozen=True, slots=True)
class Pair:
    """One page in the source language and in a translation."""

    source: Chapter
    translation: Chapter

    def __iter__(self) -> Iterator[Chapter]:
        """Yield both sides, source first."""
        return iter((self.source, self.translation))


def page_pairs(review: Review) -> Iterator[Pair]:
    """Yield every page that exists in the source language and in a translation."""
    for (language, slug), chapter in review.chapters.items():
        if language != review.source:
            continue
        for code in review.translation_codes:
            other = review.chapters.get((code, slug))
            if other is not None:
                yield Pair(chapter, other)


def check_pages(review: Review) -> Iterator[Problem]:
    """Every page exists in every language."""
    codes = [language.code for language in review.languages]
    for (language, slug), chapter in review.chapters.items():
        for code in codes:
            if (code, slug) in review.chapters:
                continue
            expected = chapter.path.replace(f"/{language}/", f"/{code}/", 1)
            if code == review.source:
                message = f"the page has no counterpart in {code}, the source language. Write {expected} first."
                yield Problem(chapter.path, 1, "parity-page", message)
            elif language == review.source:
                message = f"not yet translated: there is no {expected}. Readers see the {language} text there."
                yield Problem(chapter.path, 1, "parity-page", message, Severity.NOTICE)


def _missing(review: Review, chapter: Chapter, other: Chapter) -> list[Block]:
    """Blocks of ``other`` that ``chapter`` lacks; one that only lacks its id is reported where it stands."""
    here, meant = labelled(chapter), review.meant_ids(chapter.language, chapter.slug).values()
    return [block for name, block in labelled(other).items() if name not in here and name not in meant]


def check_blocks(review: Review) -> Iterator[Problem]:
    """Both sides of a page have the same blocks."""
    for pair in page_pairs(review):
        source, translation = pair
        for block in _missing(review, translation, source):
            message = (
                f'not yet translated: {translation.path} has no {block.kind.value} "{block.id}". '
                f"Readers see the {source.language} text there."
            )
            yield Problem(source.path, block.line, "parity-block", message, Severity.NOTICE)
        for block in _missing(review, source, translation):
            message = f'{source.path} has no {block.kind.value} "{block.id}". Write it there first, or remove it here.'
            yield Problem(translation.path, block.line, "parity-block", message)


def _moved(source: Sequence[str], translation: Sequence[str]) -> str | None:
    """Return the id that, taken out of both, makes the orders agree; else the first that differs."""
    if source == translation:
        return None
    for name in source:
        if [n for n in source if n != name] == [n for n in translation if n != name]:
            return name
    return next(a for a, b in zip(source, translation, strict=True) if a != b)


def check_order(review: Review) -> Iterator[Problem]:
    """Shared blocks stand in the same order; one report a page, at the block that moved."""
    for pair in page_pairs(review):
        source, translation = (labelled(side) for side in pair)
        left = [name for name in source if name in translation]
        right = [name for name in translation if name in source]
        moved = _moved(left, right)
        if moved is not None:
            before = left.index(moved)
            place = f'after "{left[before - 1]}"' if before else "first"
            message = (
                f'"{moved}" stands elsewhere than in {pair.source.path}:{source[moved].line}, where it is {place}.'
            )
            yield Problem(pair.translation.path, translation[moved].line, "parity-order", message)


@dataclass(frozen=True, slots=True)
class BlockPair:
    """The same block in both languages, with the pages they stand on."""

    pages: Pair
    source: Block
    translation: Block

    @property
    def name(self) -> str:
        """The block's name, ``slug#id``."""
        return f"{self.pages.source.slug}#{self.source.id}"

    @property
    def sides(self) -> tuple[tuple[Chapter, Block], tuple[Chapter, Block]]:
        """Page and block of each language, source first."""
        return (self.pages.source, self.source), (self.pages.translation, self.translation)

    def problem(self, code: str, message: str) -> Problem:
        """Report at the translation, naming the place in the source."""
        where = f"{self.pages.source.path}:{self.source.line}"
        return Problem(self.pages.translation.path, self.translation.line, code, f"{message} ({where}).")

    def ignores(self, code: str) -> bool:
        """Whether a line comment in either file excuses this block from a check."""
        return code in self.source.ignores or code in self.translation.ignores


def block_pairs(review: Review) -> Iterator[BlockPair]:
    """Yield every block that both languages have."""
    for pair in page_pairs(review):
        source, translation = (labelled(side) for side in pair)
        for name, block in source.items():
            if name in translation:
                yield BlockPair(pair, block, translation[name])


def _shape(block: Block) -> str:
    return f"{block.kind.value} of level {block.level}" if block.level else f"a {block.kind.value}"


def check_levels(review: Review) -> Iterator[Problem]:
    """A block is the same kind, at the same level, on both sides."""
    for pair in block_pairs(review):
        left, right = pair.source, pair.translation
        if (left.kind, left.level) != (right.kind, right.level):
            found = f"{pair.pages.source.language} has {_shape(left)}"
            message = f'"{left.id}": {found}, {pair.pages.translation.language} has {_shape(right)}'
            yield pair.problem("parity-level", message)


def _level_faults(chapter: Chapter) -> Iterator[tuple[Block, str]]:
    """Yield the headings that stand more than one level below the one above, and second titles."""
    above = 1
    for block in chapter.blocks:
        if block.kind is not BlockKind.HEADING:
            continue
        if block.level == 1:
            yield block, "a page has one title, the first line with a single #. Write ## here."
        elif block.level > above + 1:
            right = "#" * (above + 1)
            found = f"a heading of level {block.level} ({'#' * block.level}) stands below one of level {above}"
            yield block, f"{found}. Write {right}, or the heading between them."
        above = block.level


def check_heading_levels(review: Review) -> Iterator[Problem]:
    """A page has one title, and its headings go down one level at a time.

    Where only one language is at fault, the difference between them is what is reported.
    """
    faults = {place: tuple(_level_faults(chapter)) for place, chapter in review.chapters.items()}
    for (language, slug), found in faults.items():
        for block, message in found:
            others = [review.chapters[place] for place in faults if place[1] == slug]
            shared = sum(chapter.block(block.id or "") is not None for chapter in others)
            agreed = sum(
                block.id in {other.id for other, _message in faults[chapter.language, slug]} for chapter in others
            )
            if agreed >= shared:
                yield Problem(review.chapters[language, slug].path, block.line, "parity-level", message)


def _keys(keys: frozenset[str]) -> str:
    return ", ".join(sorted(keys)) or "none"


def check_citations(review: Review) -> Iterator[Problem]:
    """A block cites the same works on both sides. Keys that no entry has are reported as such, not again here."""
    for pair in block_pairs(review):
        if any(review.has_citation_fault(page, block) for page, block in pair.sides):
            continue
        left, right = pair.source.cited_keys, pair.translation.cited_keys
        unknown = len((left | right) - review.keys) if review.keys else 0
        known = (left ^ right) & review.keys if review.keys else left ^ right
        if len(known) > unknown and not pair.ignores("parity-citations"):
            one, two = pair.pages.source.language, pair.pages.translation.language
            message = f"{one} cites {_keys(left)}; {two} cites {_keys(right)}"
            yield pair.problem("parity-citations", message)


def _grid(block: Block) -> tuple[int, ...]:
    """Return how many cells each row of a table has."""
    return tuple(len(row.cells) for row in block.rows)


def _form(block: Block) -> str:
    """Say how large a table is, its head counted, its caption not."""
    return f"{len(block.rows) - bool(block.caption)} rows of {max(_grid(block))} cells"


@lru_cache(maxsize=1 << 16)
def difference_of(text: str, language: str, other: str, other_language: str) -> NumberDifference:
    """Compare two texts; remembered, since a preview asks again after every save."""
    return compare_numbers(extract_numbers(text, language), extract_numbers(other, other_language))


@dataclass(frozen=True, slots=True)
class Stretch:
    """What is compared at once: a block, or a row of a table cell by cell; with its line on each side."""

    line: int
    other_line: int
    cells: tuple[tuple[str, str], ...]


def stretches(pair: BlockPair) -> Iterator[Stretch]:
    """Yield the rows of two tables of the same form; else the whole block."""
    left, right = pair.source, pair.translation
    if not left.rows or _grid(left) != _grid(right):
        yield Stretch(left.line, right.line, ((left.text, right.text),))
        return
    for ours, theirs in zip(left.rows, right.rows, strict=True):
        yield Stretch(ours.line, theirs.line, tuple(zip(ours.cells, theirs.cells, strict=True)))


def _compared(stretch: Stretch, one: str, two: str) -> NumberDifference:
    """Return what the cells of one stretch do not have in common."""
    found = [difference_of(text, one, other, two) for text, other in stretch.cells]
    return NumberDifference(
        tuple(quantity for difference in found for quantity in difference.left),
        tuple(quantity for difference in found for quantity in difference.right),
    )


def check_numbers(review: Review) -> Iterator[Problem]:
    """A block, in tables each cell, states the same numbers, comparators and units on both sides."""
    for pair in block_pairs(review):
        if pair.ignores("parity-numbers") or pair.source.kind is BlockKind.DIRECTIVE:
            continue
        if any(review.has_handwritten(page, block) for page, block in pair.sides):
            continue  # the number of a citation, or the year in a key, is none that the text states
        one, two = pair.pages.source.language, pair.pages.translation.language
        for stretch in stretches(pair):
            difference = _compared(stretch, one, two)
            if difference:
                moved = not compare_numbers(difference.left, difference.right)
                said = f"{difference.message(one, two)}{', in other cells' if moved else ''}"
                message = f"{said} ({pair.pages.source.path}:{stretch.line})."
                yield Problem(pair.pages.translation.path, stretch.other_line, "parity-numbers", message)


def check_tables(review: Review) -> Iterator[Problem]:
    """A table has the same rows and columns on both sides; where its numbers differ too, they are what is reported."""
    for pair in block_pairs(review):
        left, right = pair.source, pair.translation
        if not (left.rows and right.rows) or _grid(left) == _grid(right) or pair.ignores("parity-level"):
            continue
        one, two = pair.pages.source.language, pair.pages.translation.language
        if difference_of(left.text, one, right.text, two):
            continue
        yield pair.problem("parity-level", f'"{left.id}": {one} has {_form(left)}, {two} has {_form(right)}')


def _targets(review: Review, page: Chapter, block: Block) -> Counter[str]:
    """Where a block's links lead, told apart from how they are written; addresses outside count as written."""
    found: Counter[str] = Counter()
    for link in block.links:
        target = review.resolve(page.path, link.target)
        name = target.name
        if target.kind is TargetKind.ASSET:
            name = name.replace(f".{page.language}.", ".")  # one drawing, a file per language
        found[f"{name}#{target.fragment}" if target.fragment else name] += 1
    return found


def check_links(review: Review) -> Iterator[Problem]:
    """A block links to the same places on both sides. A link that leads nowhere is reported as such, not again here."""
    for pair in block_pairs(review):
        left = _targets(review, pair.pages.source, pair.source)
        right = _targets(review, pair.pages.translation, pair.translation)
        missing, extra = left - right, right - left
        if not missing and not extra:
            continue
        if missing and extra and _some_broken(review, pair):
            continue
        if any(link.target.startswith("data:") for _page, block in pair.sides for link in block.links):
            continue  # refused as such
        if pair.ignores("parity-links"):
            continue
        parts = [f"{pair.pages.source.language} links to {name}" for name in missing]
        parts += [f"{pair.pages.translation.language} links to {name}" for name in extra]
        yield pair.problem("parity-links", "; ".join(parts) + "; the other side does not")


def _some_broken(review: Review, pair: BlockPair) -> bool:
    """Whether a link of either side leads nowhere, which explains the difference."""
    for page, block in pair.sides:
        for link in block.links:
            target = review.resolve(page.path, link.target)
            if target.kind is TargetKind.ABSOLUTE:
                return True
            if target.kind is TargetKind.PAGE:
                if not review.knows_page(target.name):
                    return True
                if target.fragment and target.fragment not in review.known_ids(target.name):
                    return True
            elif target.kind is not TargetKind.OUTSIDE and target.name not in review.files:
                return True
    return False


def check_directives(review: Review) -> Iterator[Problem]:
    """A generated part is the same directive with the same options on both sides."""
    for pair in block_pairs(review):
        left, right = pair.source, pair.translation
        if BlockKind.DIRECTIVE not in (left.kind, right.kind) or left.kind is not right.kind:
            continue
        if {left.name, right.name} - review.directives:
            continue
        if (left.name, dict(left.options)) != (right.name, dict(right.options)):
            message = f'"{left.id}": the directive or its options differ between the languages'
            yield pair.problem("parity-directives", message)


def _about(block: Block) -> dict[str, object]:
    """Return what a note says of itself; the order of its claims is no difference."""
    return {**block.options, "for": frozenset(claim_ids(block.options.get("for")))}


def check_notes(review: Review) -> Iterator[Problem]:
    """A note is for the same claims, and about the same work, on both sides.

    A claim or work that does not exist, and a note that names none, are reported as such, not again here.
    """
    for pair in block_pairs(review):
        if not pair.source.kind is pair.translation.kind is BlockKind.NOTE or _is_aimless(review, pair):
            continue
        left, right = _about(pair.source), _about(pair.translation)
        differing = [name for name in dict.fromkeys((*left, *right)) if left.get(name) != right.get(name)]
        for name in differing:
            one, two = (f"{page.language} has {_shown(block.options.get(name))}" for page, block in pair.sides)
            where = f"{pair.pages.source.path}:{pair.source.option_lines.get((name,), pair.source.line)}"
            line = pair.translation.option_lines.get((name,), pair.translation.line)
            message = f'"{pair.source.id}", `{name}`: {one}, {two} ({where}). Make them the same.'
            yield Problem(pair.pages.translation.path, line, "parity-directives", message)


def _shown(value: object) -> str:
    return (", ".join(map(str, value)) if isinstance(value, list) else str(value or "")) or "none"


def _is_aimless(review: Review, pair: BlockPair) -> bool:
    """Whether a note of either side names nothing, or what does not exist."""
    for _page, block in pair.sides:
        named, about = claim_ids(block.options.get("for")), block.options.get("about")
        if (not named and about is None) or not review.known_claims.issuperset(named):
            return True
        if about is not None and review.keys and str(about) not in review.keys:
            return True
    return False
