"""From a page's source to the Markdown that the site generator renders.

In goes a page of the review; out comes its Markdown with links to data files
turned into links to their pages, empty cross-references filled, and blocks that
the translation lacks shown in the source language, marked as such.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping

from livingreview.chapters import blank_front_matter
from livingreview.links import TargetKind
from livingreview.literal import literal
from livingreview.locales import labels
from livingreview.model import Block, BlockKind, Chapter
from livingreview.review import Review
from livingreview.textsafety import blank_code

_LINK = re.compile(r"(!?)\[((?:[^\[\]\\]|\\.)*)\]\(([^()\s]*)\)")
_PARAGRAPH_ID = re.compile(r"\{:?[ ]*#([\w-]+)[^{}]*\}[ ]*\Z")
_OPTION_ID = re.compile(r"(attrs:[ ]*\{[^{}]*?)\}")


def heading_numbers(chapter: Chapter) -> dict[str, str]:
    """Number a chapter's sections below its own number: ``3.1`` has ``3.1.1``, ``3.1.2`` and ``3.1.2.1``.

    The page that stands before others of its folder leaves these numbers to them.
    """
    if not chapter.number or chapter.path.endswith("/index.md"):
        return {}
    counters: list[int] = []
    numbers: dict[str, str] = {}
    for block in chapter.blocks:
        if block.kind is BlockKind.HEADING and block.id:
            depth = max(1, block.level - 1)
            counters = [*counters[:depth], *[0] * (depth - len(counters))]
            counters[-1] += 1
            numbers[block.id] = ".".join((chapter.number, *map(str, counters)))
    return numbers


def heading_of(chapter: Chapter, block_id: str) -> Block | None:
    """Return the heading a block stands under (itself, if it is one)."""
    last = None
    for block in chapter.blocks:
        if block.kind is BlockKind.HEADING:
            last = block
        if block.id == block_id:
            return last
    return None


def title_of(review: Review, language: str, slug: str, fragment: str = "") -> str:
    """Return number and title of a page or section, as a cross-reference names it."""
    chapter = review.chapter(language, slug) or review.chapter(review.source, slug)
    if chapter is None:
        return slug.rpartition("/")[2]
    heading = heading_of(chapter, fragment) if fragment else None
    if heading is None or heading.id is None:
        return " ".join(part for part in (chapter.number, chapter.title) if part)
    return " ".join(part for part in (heading_numbers(chapter).get(heading.id, ""), heading.text) if part)


def place_title(review: Review, language: str, slug: str) -> str:
    """Return what a list of places calls a page: number and title; the home page's title is that of the whole work."""
    if review.work is not None and slug == review.work.pages.home:
        return labels(language)("home")
    return title_of(review, language, slug)


def _page_source(review: Review, language: str, slug: str) -> str:
    """Return the path, below the docs folder, that the site generator knows a page by."""
    for code in (language, review.source):
        chapter = review.chapter(code, slug)
        if chapter is not None:
            name = chapter.path.removeprefix(f"{review.config.docs_dir}/{code}/")
            return f"{language}/{name}"
    return f"{language}/{slug}.md"


def _rewrite_link(review: Review, chapter: Chapter, language: str, match: re.Match[str]) -> str:
    image, text, target = match[1], match[2], match[3]
    found = review.resolve(chapter.path, target)
    if image or found.kind is not TargetKind.PAGE:
        if found.kind is TargetKind.SOURCE:
            return text or f"`{found.name}`"
        return match[0]
    here = _page_source(review, language, chapter.slug)
    there = _page_source(review, language, found.name)
    path = posixpath.relpath(there, posixpath.dirname(here)) if there != here else ""
    fragment = f"#{found.fragment}" if found.fragment else ""
    shown = text or literal(title_of(review, language, found.name, found.fragment))
    return f"[{shown}]({path or ('' if fragment else posixpath.basename(here))}{fragment})"


def rewrite_links(review: Review, chapter: Chapter, language: str, text: str) -> str:
    """Turn links between sources into links the site generator follows; code stays as it is."""
    blanked = blank_code(text)
    parts: list[str] = []
    at = 0
    for match in _LINK.finditer(text):
        if blanked[match.start() : match.end()] != match[0]:
            continue
        parts += [text[at : match.start()], _rewrite_link(review, chapter, language, match)]
        at = match.end()
    return "".join([*parts, text[at:]])


def _marked(rows: list[str], block: Block, language: str) -> list[str]:
    """Return a block's source lines with the language and the class of untranslated text set on it."""
    text = "\n".join(rows)
    extra = f"lang={language} .lr-untranslated"
    if block.kind is BlockKind.PARAGRAPH:
        return _PARAGRAPH_ID.sub(rf"{{: #\1 {extra} }}", text).split("\n")
    if block.kind is BlockKind.HEADING:
        return re.sub(r"\{:?[ ]*#([\w-]+)[^{}]*\}[ ]*\Z", rf"{{: #\1 {extra} }}", text).split("\n")
    if block.kind is BlockKind.ITEM:
        return re.sub(r"\{:[ ]*#([\w-]+)[^{}]*\}", rf"{{: #\1 {extra} }}", text, count=1).split("\n")
    marked = _OPTION_ID.sub(rf"\1, lang: {language}, class: lr-untranslated}}", text, count=1)
    return marked.split("\n")


def _insertions(source: Chapter, translation: Chapter) -> Mapping[int, list[str]]:
    """Return, for each line of the translation, the source lines to stand in after it."""
    rows = blank_front_matter(source.text).split("\n")
    known = {block.id: block for block in translation.blocks if block.id}
    after = 0
    found: dict[int, list[str]] = {}
    covered = 0
    for block in source.blocks:
        if block.id in known:
            after = known[block.id].end
        elif block.id and block.line > covered:
            covered = block.end
            lines = _marked(rows[block.line - 1 : block.end], block, source.language)
            tight = block.kind is BlockKind.ITEM
            found.setdefault(after, []).extend(lines if tight else ["", *lines, ""])
    return found


def page_markdown(review: Review, language: str, slug: str) -> str:
    """Return the Markdown of a page in a language, ready for the site generator.

    Where the page itself is not translated, the source text stands in, all of it marked.
    """
    chapter, source = review.chapter(language, slug), review.chapter(review.source, slug)
    if chapter is None:
        return _untranslated_page(review, language, source) if source else ""
    body = blank_front_matter(chapter.text)
    if source is not None and chapter is not source:
        inserted = _insertions(source, chapter)
        if inserted:
            rows = body.split("\n")
            merged = list(inserted.get(0, ()))
            for number, row in enumerate(rows, start=1):
                merged.append(row)
                merged.extend(inserted.get(number, ()))
            body = "\n".join(merged)
    return rewrite_links(review, chapter, language, body).lstrip("\n")


def _untranslated_page(review: Review, language: str, source: Chapter) -> str:
    body = blank_front_matter(source.text)
    text = rewrite_links(review, source, language, body).lstrip("\n")
    words = labels(language)("untranslated-page")
    heading, _, rest = text.partition("\n")
    return f"{heading}\n\n{words}\n{{: .lr-untranslated-page }}\n\n{rest}"
