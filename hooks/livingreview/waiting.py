"""What waits for a translator: which blocks, since when, and which words changed.

In go the review and the earlier texts of its pages; out come the blocks that one
language has not followed or does not have. Since when they wait, and the words, come
from the history; where there is none, only the block is named.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from livingreview.chapters import parse_chapter
from livingreview.fingerprints import fingerprint, plain
from livingreview.history import Earlier, EarlierTexts
from livingreview.model import Block, Chapter
from livingreview.review import Review
from livingreview.translations import Stale, stale_pairs

#: A Chinese sign, a word or number with what holds it together, white space, any other sign.
_WORD = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]|[^\W_]+(?:[.,'’/-][^\W_]+)*|\s+|.", re.DOTALL)
_SPACE = re.compile(r"\s+")
#: How much of what is the same is shown around a change, in signs.
_AROUND = 32


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a compared text: ``kind`` is ``same``, ``gone`` or ``new``."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A block that waits: ``state`` is ``stale`` or ``missing``, ``language`` the one that waits.

    ``since`` is the day the other language went ahead, empty where no commit tells it;
    ``changes`` are the words of the language ``changed`` since both agreed.
    """

    name: str
    state: str
    language: str
    since: str = ""
    changed: str = ""
    changes: tuple[Piece, ...] = ()


def word_changes(old: str, new: str) -> tuple[Piece, ...]:
    """Return two texts as one: what both have, what is gone, what is new, word by word."""
    before, after = (_WORD.findall(_SPACE.sub(" ", text).strip()) for text in (old, new))
    pieces: list[Piece] = []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append(Piece("same", "".join(before[a:b])))
            continue
        found = (("gone", "".join(before[a:b])), ("new", "".join(after[c:d])))
        pieces += [Piece(name, text) for name, text in found if text]
    return tuple(pieces)


def shortened(pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """Return compared texts with only the neighborhood of what changed."""
    last = len(pieces) - 1
    return tuple(
        Piece("same", _around(piece.text, head=number > 0, tail=number < last)) if piece.kind == "same" else piece
        for number, piece in enumerate(pieces)
    )


def _around(text: str, *, head: bool, tail: bool) -> str:
    """Cut what is far from a change; ``head`` and ``tail`` say on which sides there is one."""
    kept = _AROUND * (head + tail)
    if len(text) <= kept + 1:
        return text
    return (text[:_AROUND] if head else "") + "…" + (text[-_AROUND:] if tail else "")


def waiting_blocks(review: Review, earlier: EarlierTexts) -> tuple[Waiting, ...]:
    """Return every block that waits, in the order of the site and of the text."""
    stale: dict[str, list[Stale]] = {}
    for item in stale_pairs(review, review.translations):
        stale.setdefault(item.pair.pages.source.slug, []).append(item)
    found: list[Waiting] = []
    for slug in review.slugs:
        found += (_stale(review, item, earlier) for item in stale.get(slug, ()))
        found += _missing(review, slug, earlier)
    return tuple(found)


def _stale(review: Review, stale: Stale, earlier: EarlierTexts) -> Waiting:
    """Go back to the text at which the languages agreed."""
    agreed = review.translations[stale.name][stale.changed]
    page, block = next(side for side in stale.pair.sides if side[0].language == stale.changed)
    since = ""
    for version in earlier(page.path):
        old = _block(version, page, block.id)
        if old is not None and fingerprint(old.text) == agreed:
            changes = word_changes(plain(old.text), plain(block.text))
            return Waiting(stale.name, "stale", stale.waiting, since, stale.changed, changes)
        since = version.date
    return Waiting(stale.name, "stale", stale.waiting, changed=stale.changed)


def _block(version: Earlier, page: Chapter, block_id: str | None) -> Block | None:
    chapter, _problems = parse_chapter(version.text, page.path, page.language, page.slug)
    return chapter.block(block_id) if block_id else None


def _missing(review: Review, slug: str, earlier: EarlierTexts) -> Iterator[Waiting]:
    source = review.chapter(review.source, slug)
    for block in source.blocks if source else ():
        for code in review.translation_codes:
            page = review.chapter(code, slug)
            if source is None or not block.id or (page is not None and block.id in page.ids):
                continue
            since = _first_day(earlier, source, block.id, present=True)
            lost = _first_day(earlier, page, block.id, present=False) if page else ""
            yield Waiting(f"{slug}#{block.id}", "missing", code, max(since, lost) if since else "")


def _first_day(earlier: EarlierTexts, page: Chapter, block_id: str, *, present: bool) -> str:
    """Return the day from which on a page has had, or lacked, a block without a break."""
    day = ""
    for version in earlier(page.path):
        if (_block(version, page, block_id) is not None) is not present:
            break
        day = version.date
    return day
