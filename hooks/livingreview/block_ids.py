"""Ids of blocks: what a usable one is, and which one a block without it was meant to have.

In go the same page in two languages; out come its blocks by id, and for each block
that lacks a usable id the one that stands in its place in the other language. So a
block has one fault, its id: its address, and what leads there, are not gone as well.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from livingreview.model import Block, BlockKind, Chapter

ID_FORM = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")
_NOT_ID = re.compile(r"[^a-z0-9]+")


def labelled(chapter: Chapter) -> dict[str, Block]:
    """Return blocks by id, in order; malformed ids and repetitions are left out."""
    found: dict[str, Block] = {}
    for block in chapter.blocks:
        if block.id and ID_FORM.match(block.id):
            found.setdefault(block.id, block)
    return found


def intended_ids(chapter: Chapter, other: Chapter | None, *, strict: bool) -> Mapping[int, str]:
    """Return, by a block's place on the page, the id meant where it has none that can be used.

    It is that of the block of the same kind which follows in the other language; without
    one, a malformed id as it should have been written. ``strict`` is a page on which not
    only headings need an id.
    """
    here, there = labelled(chapter), labelled(other) if other else {}
    order = list(there)
    places = {name: place for place, name in enumerate(order)}
    seen: set[str] = set()
    found: dict[int, str] = {}
    at = -1
    for index, block in enumerate(chapter.blocks):
        if block.id is not None and ID_FORM.match(block.id) and block.id not in seen:
            at = places.get(block.id, at)
            seen.add(block.id)
            continue
        if block.id is None and not strict and block.kind is not BlockKind.HEADING:
            continue
        following = order[at + 1] if at + 1 < len(order) else ""
        if following and following not in here and there[following].kind is block.kind:
            at += 1
            found[index] = following
        elif block.id and (written := _NOT_ID.sub("-", block.id.lower()).strip("-")) not in here:
            found[index] = written
    return found
