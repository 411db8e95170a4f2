"""The review as data: what every check reads and every renderer writes from.

Nothing here does anything. All types are frozen; lines count from 1 in the file
as its author sees it; paths are relative to the root, with forward slashes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any


class BlockKind(Enum):
    """What a block is; parity compares it between the languages."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    TABLE = "table"
    FIGURE = "figure"
    NOTE = "note"
    DIRECTIVE = "directive"


#: Where a claim can have its home.
CLAIM_HOMES = frozenset({BlockKind.PARAGRAPH, BlockKind.ITEM, BlockKind.TABLE, BlockKind.FIGURE})


@dataclass(frozen=True, slots=True)
class Citation:
    """One key inside ``[@key, locator]``, with the line it stands on."""

    key: str
    line: int
    locator: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A link or image as written: its target, the line it stands on and its text."""

    target: str
    line: int
    text: str = ""
    image: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table as a reader sees it: the line it stands on and the text of its cells."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """One citable part of a page.

    ``text`` is what a reader sees, without citations, code and link targets.
    ``level`` is a heading's level or an item's depth (from 1). ``name`` is a
    directive's name. ``options`` are what stands indented under ``///``.
    ``caption`` is the argument of a table, figure or note. ``end`` is the last line.
    ``ignores`` are the codes that a line comment with a reason excuses.
    ``rows`` are those of a table; a caption is a row of its own.
    """

    kind: BlockKind
    id: str | None
    line: int
    text: str
    level: int = 0
    name: str = ""
    caption: str = ""
    citations: tuple[Citation, ...] = ()
    links: tuple[Link, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    option_lines: Mapping[tuple[str | int, ...], int] = field(default_factory=dict)
    ignores: frozenset[str] = frozenset()
    end: int = 0
    rows: tuple[Row, ...] = ()

    @property
    def cited_keys(self) -> frozenset[str]:
        """The works this block cites."""
        return frozenset(citation.key for citation in self.citations)


@dataclass(frozen=True, slots=True)
class Chapter:
    """One hand-written page in one language."""

    path: str
    language: str
    slug: str
    title: str
    description: str
    number: str
    blocks: tuple[Block, ...]
    front: Mapping[str, Any] = field(default_factory=dict)
    text: str = ""

    def block(self, block_id: str) -> Block | None:
        """Return the block with this id, if the page has one."""
        return next((block for block in self.blocks if block.id == block_id), None)

    @property
    def ids(self) -> frozenset[str]:
        """All fragment ids of the page."""
        return frozenset(block.id for block in self.blocks if block.id)


@dataclass(frozen=True, slots=True)
class Check:
    """What one reference of a claim was checked against, when, where, and what came of it."""

    reference: str
    against: str
    date: str
    read_at: str
    verdict: str
    line: int


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement of the article and its home in the chapters.

    ``note`` is the name of a note block, ``note_texts`` its wording per language
    where no chapter holds one. ``entities`` are the article's terms in the
    language of the list of claims; the glossary and the lexicon know their forms.
    """

    id: str
    kind: str
    block: str
    verdict: str
    line: int
    numbers: tuple[str, ...] = ()
    entities: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
    note: str = ""
    note_texts: Mapping[str, str] = field(default_factory=dict)

    @property
    def references(self) -> frozenset[str]:
        """The works the claim rests on."""
        return frozenset(check.reference for check in self.checks)

    @property
    def page(self) -> str:
        """The slug of the page the claim's block is on."""
        return self.block.rpartition("#")[0]


@dataclass(frozen=True, slots=True)
class Term:
    """A glossary entry. Forms are per language code; ``explicit`` terms are explained only where marked."""

    id: str
    line: int
    abbr: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    also: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    avoid: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    definitions: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
    explicit: bool = False

    def forms(self, language: str) -> tuple[str, ...]:
        """Every accepted form in a language: abbreviation, name, others."""
        forms = (self.abbr, self.names.get(language, ""), *self.also.get(language, ()))
        return tuple(form for form in forms if form)


@dataclass(frozen=True, slots=True)
class Language:
    """A language of the edition. The first one built is the source of the other's text."""

    code: str
    name: str
    is_source: bool

    @property
    def prefix(self) -> str:
        """What stands before every address of this language, without slashes at its ends."""
        return "" if self.is_source else self.code


@dataclass(frozen=True, slots=True)
class Mark:
    """A small sign beside a block that leads to its audit entry: ``kind`` is a verdict."""

    kind: str
    url: str
    text: str
    title: str
