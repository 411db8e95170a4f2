"""Both languages side by side: one page a chapter, block by block, under the same ids.

In go the review and a chapter; out comes HTML in which each pair of blocks is one row
whose id is theirs. What a language lacks, or where one side has changed since the two
were last known to agree, is said in the row. Without a script the rows are two columns,
one above the other where the screen is narrow; a script adds the other views.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from html import escape

from livingreview.audit import Url
from livingreview.block_html import CiteGroup, PortableBlocks
from livingreview.links import COMPARE_FOLDER
from livingreview.literal import literal
from livingreview.locales import Labels
from livingreview.markup import title_of
from livingreview.model import Block, BlockKind
from livingreview.readingwords import reading_words
from livingreview.review import Review
from livingreview.tables import framed_table
from livingreview.translations import stale_pairs

#: Gives the HTML of the block of a name.
Show = Callable[[str], str]
#: Front matter of a generated page: wide, and not searched, because all its text is in the chapters.
META: Mapping[str, object] = {"kind": "wide"}


@dataclass(frozen=True, slots=True)
class Row:
    """A block in each language that has it, and whether the languages agree: ``step``, ``stale`` or ``missing``."""

    id: str
    blocks: Mapping[str, Block]
    state: str
    changed: str = ""

    @property
    def kind(self) -> BlockKind:
        """What the block is, in the first language that has it."""
        return next(iter(self.blocks.values())).kind

    @property
    def level(self) -> int:
        """A heading's level or an item's depth."""
        return next(iter(self.blocks.values())).level


def compare_slug(slug: str) -> str:
    """Return the slug of the page that sets a chapter's languages side by side."""
    return f"{COMPARE_FOLDER}/{slug}"


def compare_title(review: Review, language: str, slug: str) -> str:
    """Return the title of that page."""
    return reading_words(language)("compare.title", title=title_of(review, language, slug))


def compare_heading(review: Review, language: str, slug: str) -> str:
    """Return that title as Markdown in which the chapter's own title stays on one line where there is room for it."""
    before, _, after = reading_words(language)("compare.title", title="\0").partition("\0")
    whole = literal(title_of(review, language, slug))
    return f'{before}<span class="lr-compare__chapter">{whole}</span>{after}'


def compare_description(review: Review, language: str, slug: str) -> str:
    """Return the description of that page."""
    return reading_words(language)("compare.description", title=title_of(review, language, slug))


def _aligned_ids(review: Review, slug: str) -> list[str]:
    """Return the ids of a chapter in the source language's order; what only a translation has follows its neighbour."""
    ordered: list[str] = []
    for language in review.languages:
        chapter = review.chapter(language.code, slug)
        after = -1
        for block in chapter.blocks if chapter else ():
            if not block.id:
                continue
            if block.id in ordered:
                after = ordered.index(block.id)
            else:
                after += 1
                ordered.insert(after if language is not review.languages[0] else len(ordered), block.id)
    return ordered


def align(review: Review, slug: str, stale: Mapping[str, str]) -> list[Row]:
    """Return a chapter's rows in order. ``stale`` maps a block's name to the language that has changed."""
    rows = []
    for block_id in _aligned_ids(review, slug):
        found = {code.code: review.block(code.code, f"{slug}#{block_id}") for code in review.languages}
        blocks = {code: block for code, block in found.items() if block is not None}
        name = f"{slug}#{block_id}"
        state = "missing" if len(blocks) < len(found) else "stale" if name in stale else "step"
        rows.append(Row(block_id, blocks, state, stale.get(name, "")))
    return rows


def stale_blocks(review: Review) -> dict[str, str]:
    """Return the names of the blocks that changed in one language only, with that language."""
    return {stale.name: stale.changed for stale in stale_pairs(review, review.translations)}


def compared_blocks(review: Review, cite: Callable[[str], CiteGroup]) -> dict[str, PortableBlocks]:
    """Return every language's blocks as side-by-side pages show them, rendered when first asked for."""
    codes = [language.code for language in review.languages]
    return {code: PortableBlocks(review, code, cite(code), prefix=code, marks=True) for code in codes}


def _side(words: Labels, code: str, html: str) -> str:
    if not html:
        missing = escape(words("compare.missing"))
        return f'<div class="lr-pair__side lr-pair__side--missing" data-lang="{code}"><p>{missing}</p></div>'
    return f'<div class="lr-pair__side" lang="{code}" data-lang="{code}">{html}</div>'


def _row(words: Labels, row: Row, slug: str, sides: Mapping[str, Show], url: Url) -> str:
    shown = "".join(_side(words, code, show(f"{slug}#{row.id}")) for code, show in sides.items())
    state = ""
    if row.state == "stale":
        language = words(f"language-name.{row.changed}")
        state = f'<p class="lr-pair__state">{escape(words("compare.stale", language=language))}</p>'
    page = next(iter(sides))
    label = escape(words("compare.in-text-label", language=words(f"language-name.{page}")))
    link = f'<a class="lr-pair__link" href="{escape(url(slug, row.id))}" title="{label}" aria-label="{label}">↗</a>'
    level = f" lr-pair--level-{row.level}" if row.kind is BlockKind.ITEM and row.level > 1 else ""
    return (
        f'<div class="lr-pair lr-pair--{row.kind.value}{level}" id="{escape(row.id)}" data-state="{row.state}">'
        f"{shown}{link}{state}</div>"
    )


def _tools(words: Labels, codes: tuple[str, ...]) -> str:
    """The views: buttons that a script brings to life, hidden without it."""
    options = [("both", words("compare.both"))]
    options += [(code, words("compare.only", language=words(f"language-name.{code}"))) for code in codes]
    buttons = "".join(
        f'<button type="button" data-view="{view}" aria-pressed="{"true" if view == "both" else "false"}">'
        f"{escape(text)}</button>"
        for view, text in options
    )
    swap = f'<button type="button" data-swap aria-pressed="false">{escape(words("compare.swap"))}</button>'
    label = escape(words("compare.tools"))
    return f'<div class="lr-compare__tools" role="group" aria-label="{label}" hidden>{buttons}{swap}</div>'


def _summary(words: Labels, rows: list[Row]) -> str:
    counts = Counter(row.state for row in rows)
    if counts["step"] == len(rows):
        return words("compare.all-in-step", blocks=len(rows))
    return words(
        "compare.summary", blocks=len(rows), step=counts["step"], stale=counts["stale"], missing=counts["missing"]
    )


def render_compare(
    review: Review,
    language: str,
    slug: str,
    url: Callable[[str], Url],
    cite: Callable[[str], CiteGroup],
    stale: Mapping[str, str] | None = None,
    blocks: Mapping[str, PortableBlocks] | None = None,
) -> str:
    """Return the rows of a chapter, the page's language first.

    ``url(code)`` and ``cite(code)`` lead into the pages of a language, seen from this page. Callers who
    render many pages give ``stale`` and ``blocks``, which :func:`stale_blocks` and :func:`compared_blocks` return.
    """
    words = reading_words(language)
    codes = tuple(sorted((code.code for code in review.languages), key=lambda code: code != language))
    blocks = compared_blocks(review, cite) if blocks is None else blocks
    sides = {code: partial(blocks[code], url=url(code)) for code in codes}
    rows = align(review, slug, stale_blocks(review) if stale is None else stale)
    head = "".join(f'<span data-lang="{code}">{escape(words(f"language-name.{code}"))}</span>' for code in codes)
    shown = "".join(_row(words, row, slug, sides, url(language)) for row in rows)
    return (
        f'<p class="lr-compare__intro">{escape(words("compare.page-intro"))}</p>'
        f'<p class="lr-compare__intro">{escape(_summary(words, rows))}</p>'
        f'<div class="lr-compare" data-lr-compare data-view="both">{_tools(words, codes)}'
        f'<div class="lr-compare__head" aria-hidden="true">{head}</div>{shown}</div>'
    )


def render_compare_index(review: Review, language: str, block_id: str, url: Url) -> str:
    """Return the table of all chapters side by side, with how many of their blocks are in step."""
    words = reading_words(language)
    stale = stale_blocks(review)
    rows = []
    for slug in review.chapter_slugs:
        counts = Counter(row.state for row in align(review, slug, stale))
        link = f'<a href="{escape(url(compare_slug(slug), ""))}">{escape(title_of(review, language, slug))}</a>'
        rows.append((link, counts.total(), counts["step"], counts["stale"], counts["missing"]))
    heads = [escape(words(f"compare.{key}")) for key in ("chapter", "blocks", "in-step", "waiting", "lacking")]
    return framed_table(words("compare.heading"), heads, rows, figures=range(1, len(heads)), name=block_id)
