"""What can be changed in the sources, and where a report about the change belongs.

A :class:`Fault` is a set of edits with the places they concern. :class:`Source`
finds the places: the blocks of all pages, their numbers, citations and links as
written, and the lines of the data files. Offsets are into the text of a file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from faultkit.snapshot import Snapshot
from livingreview.model import Block, BlockKind, Chapter

#: What stands in place of characters that are no text of a reader's.
HIDDEN = "\0"

_HIDDEN = (
    r"```.*?```",
    r"<!--.*?-->",
    r"`[^`\n]*`",
    r"\[[^\[\]\n]*@[^\[\]\n]*\]",
    r"\]\([^)\n]*\)",
    r"\{[^{}\n]*\}",
    r"^///[^\n|]*\|?",
    r"^    [a-z]+:[^\n]*$",
    r"\bdoi:\S+",
    r"\b(?:NCT|CTRI/|IRCT|ChiCTR|jRCT[a-z]?|KCT|ISRCTN|PMC)[\w/-]*\d",
    r"\b20\d\d-\d{6}-\d\d(?:-\d\d)?\b",
)
_HIDE = re.compile("|".join(_HIDDEN), re.MULTILINE | re.DOTALL)
NUMBER = re.compile(r"(?<![A-Za-z\d.α-ωΑ-Ω⁻−/-])\d+(?:\.\d+)?(?![A-Za-zα-ω\d]|\.\d|[-/][A-Za-z])")
_GROUP = re.compile(r"\[@[^\[\]\n]*\]")
_KEY = re.compile(r"@([\w-]+)")
_LINK = re.compile(r"(?<!!)\[([^\[\]\n]*)\]\(([^)\s]+)\)")


@dataclass(frozen=True, slots=True)
class Edit:
    """One stretch of a file and what stands there instead."""

    path: str
    start: int
    end: int
    new: str


@dataclass(frozen=True, slots=True)
class Place:
    """Lines of a file on which a report about a change would be in the right place."""

    path: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Fault:
    """A change, where reports about it belong, and what they may name instead (what is gone has no line)."""

    edits: tuple[Edit, ...]
    places: tuple[Place, ...]
    names: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
    added: tuple[tuple[str, bytes], ...] = ()

    def applied(self, snapshot: Snapshot) -> Snapshot:
        """Return the sources with this change made."""
        texts: dict[str, str] = {}
        for edit in sorted(self.edits, key=lambda e: (e.path, -e.start)):
            text = texts.get(edit.path, snapshot.text(edit.path))
            texts[edit.path] = text[: edit.start] + edit.new + text[edit.end :]
        changes: dict[str, bytes | None] = {path: text.encode("utf-8") for path, text in texts.items()}
        changes.update(dict.fromkeys(self.deleted))
        changes.update(self.added)
        return snapshot.changed(changes)


@dataclass(frozen=True, slots=True)
class Spot:
    """A stretch of text inside a block, or on a line of a data file."""

    path: str
    start: int
    end: int
    text: str
    place: Place
    block: Block | None = None
    language: str = ""
    slug: str = ""

    def replaced(self, new: str, *names: str) -> Fault:
        """Return the fault of writing something else here."""
        return Fault((self.edit(new),), (self.place,), names)

    def edit(self, new: str) -> Edit:
        """Return the edit alone."""
        return Edit(self.path, self.start, self.end, new)


def together(*faults: Fault) -> Fault:
    """Return several changes as one."""
    return Fault(
        tuple(edit for fault in faults for edit in fault.edits),
        tuple(place for fault in faults for place in fault.places),
        tuple(name for fault in faults for name in fault.names),
        tuple(path for fault in faults for path in fault.deleted),
        tuple(item for fault in faults for item in fault.added),
    )


def mask(text: str) -> str:
    """Return a text of the same length in which only what readers see as words and numbers is left."""
    body = text.find("\n---\n", 4) + 5 if text.startswith("---\n") else 0
    hidden = _HIDE.sub(lambda match: re.sub(r"[^\n]", HIDDEN, match[0]), text[body:])
    return HIDDEN * body + hidden


class Source:
    """The places of one snapshot."""

    def __init__(self, snapshot: Snapshot) -> None:
        """Take the sources as they are before any change."""
        self.snapshot = snapshot
        self.review = snapshot.review

    def text(self, path: str) -> str:
        """Return a file's text."""
        return self.snapshot.text(path)

    # -- pages -----------------------------------------------------------------------

    @cached_property
    def pages(self) -> tuple[Chapter, ...]:
        """All pages, by language and slug."""
        return tuple(self.review.chapters[key] for key in sorted(self.review.chapters))

    @cached_property
    def strict_pages(self) -> tuple[Chapter, ...]:
        """The pages on which every block has an id: home, chapters, updates."""
        return tuple(page for page in self.pages if page.slug in self.review.strict_slugs)

    @cached_property
    def _starts(self) -> dict[str, list[int]]:
        starts = {}
        for path in self.snapshot.files:
            if not path.startswith("docs/assets/"):
                text = self.text(path)
                starts[path] = [0, *(m.end() for m in re.finditer("\n", text)), len(text)]
        return starts

    @cached_property
    def _masked(self) -> dict[str, str]:
        return {page.path: mask(self.text(page.path)) for page in self.pages}

    def offset(self, path: str, line: int) -> int:
        """Return where a line (from 1) begins."""
        starts = self._starts[path]
        return starts[min(line - 1, len(starts) - 1)]

    def line_at(self, path: str, offset: int) -> int:
        """Return the line (from 1) of an offset."""
        return self.text(path).count("\n", 0, offset) + 1

    def last_line(self, block: Block) -> int:
        """Return a block's last line; nested items belong to themselves."""
        return block.line if block.kind in (BlockKind.ITEM, BlockKind.HEADING) else block.end

    def extent(self, page: Chapter, block: Block) -> tuple[int, int]:
        """Return where a block's source begins and ends, its line end included."""
        return self.offset(page.path, block.line), self.offset(page.path, self.last_line(block) + 1)

    def whole(self, page: Chapter, block: Block) -> Spot:
        """Return a block as one spot."""
        start, end = self.extent(page, block)
        place = Place(page.path, block.line, self.last_line(block))
        return Spot(page.path, start, end, self.text(page.path)[start:end], place, block, page.language, page.slug)

    def blocks(self, *kinds: BlockKind, pages: tuple[Chapter, ...] | None = None) -> Iterator[Spot]:
        """Yield all blocks of the strict pages that have an id."""
        for page in self.strict_pages if pages is None else pages:
            for block in page.blocks:
                if block.id and (not kinds or block.kind in kinds):
                    yield self.whole(page, block)

    def other(self, spot: Spot) -> Spot | None:
        """Return the same block in the other language."""
        for page in self.strict_pages:
            if page.slug == spot.slug and page.language != spot.language and spot.block is not None:
                block = page.block(str(spot.block.id))
                return self.whole(page, block) if block is not None else None
        return None

    def inside(self, whole: Spot, pattern: re.Pattern[str], *, group: int = 0, raw: bool = False) -> Iterator[Spot]:
        """Yield what an expression finds in a block, in its visible text or (``raw``) as written."""
        text = self.text(whole.path) if raw else self._masked[whole.path]
        for match in pattern.finditer(text, whole.start, whole.end):
            yield Spot(
                whole.path, match.start(group), match.end(group), match[group],
                whole.place, whole.block, whole.language, whole.slug,
            )  # fmt: skip

    def in_text(self, pattern: re.Pattern[str], *, group: int = 0) -> Iterator[Spot]:
        """Yield what an expression finds in the visible text of all blocks except directives."""
        for whole in self.blocks():
            if whole.block is not None and whole.block.kind is not BlockKind.DIRECTIVE:
                yield from self.inside(whole, pattern, group=group)

    def numbers(self) -> Iterator[Spot]:
        """Yield every number of the text that is no part of a name."""
        yield from self.in_text(NUMBER)

    def numbers_of(self, whole: Spot) -> list[Spot]:
        """Return the numbers of one block."""
        return list(self.inside(whole, NUMBER))

    def groups(self) -> Iterator[Spot]:
        """Yield every group of citations as written, ``[@a; @b]``."""
        for whole in self.blocks():
            yield from self.inside(whole, _GROUP, raw=True)

    def groups_of(self, whole: Spot) -> list[Spot]:
        """Return the groups of citations of one block."""
        return list(self.inside(whole, _GROUP, raw=True))

    def cited_keys(self) -> Iterator[Spot]:
        """Yield every cited key, without its ``@``."""
        for group in self.groups():
            yield from self.inside(group, _KEY, group=1, raw=True)

    def links(self, group: int = 2) -> Iterator[Spot]:
        """Yield every link's target (or, with ``group=1``, its text; ``0``: the whole link)."""
        for whole in self.blocks():
            yield from self.inside(whole, _LINK, group=group, raw=True)

    # -- data ------------------------------------------------------------------------

    def lines(self, path: str, pattern: str, group: int = 1) -> Iterator[Spot]:
        """Yield what an expression finds in a data file; the place is its line."""
        text = self.text(path)
        for match in re.finditer(pattern, text, re.MULTILINE):
            line = self.line_at(path, match.start(group))
            yield Spot(path, match.start(group), match.end(group), match[group], Place(path, line, line))

    def trial_lines(self, pattern: str, group: int = 1) -> Iterator[Spot]:
        """Yield what an expression finds in the files of the trials."""
        for trial in self.review.trials:
            yield from self.lines(trial.path, pattern, group)

    def entry(self, path: str, spot: Spot, begins: str) -> Spot:
        """Return the whole entry of a data file around a spot; entries begin with an expression at a line's start."""
        starts = [match.start() for match in re.finditer(begins, self.text(path), re.MULTILINE)]
        start = max(at for at in starts if at <= spot.start)
        end = min((at for at in starts if at > spot.start), default=len(self.text(path)))
        place = Place(path, self.line_at(path, start), self.line_at(path, max(start, end - 1)))
        return Spot(path, start, end, self.text(path)[start:end], place)


#: What makes the faults of one kind.
Maker = Callable[[Source], Iterator[Fault]]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of fault: its family, its name in each language, and what the engine is held to.

    ``bar``: every one must be found, by a report that stops the build, in the right place.
    ``notice``: found counts when it is a notice. Otherwise the rate is shown as it is.
    """

    id: str
    family: str
    names: dict[str, str]
    make: Maker
    expected: str = "bar"


KINDS: dict[str, Kind] = {}
GOOD: dict[str, Kind] = {}


def kind(id: str, family: str, zh: str, en: str, expected: str = "bar") -> Callable[[Maker], Maker]:  # noqa: A002
    """Register a kind of fault."""

    def register(make: Maker) -> Maker:
        assert id not in KINDS, id  # noqa: S101 - a slip of ours
        KINDS[id] = Kind(id, family, {"zh": zh, "en": en}, make, expected)
        return make

    return register


def good(id: str, zh: str, en: str) -> Callable[[Maker], Maker]:  # noqa: A002
    """Register a kind of right edit."""

    def register(make: Maker) -> Maker:
        assert id not in GOOD, id  # noqa: S101 - a slip of ours
        GOOD[id] = Kind(id, "good", {"zh": zh, "en": en}, make)
        return make

    return register
