"""Single blocks as HTML, away from their page: for the side-by-side pages and the audit.

In go the review and where its pages are seen from; out comes, for a block's name,
the HTML of that block alone, rendered from its own source lines with the same
Markdown extensions as its page, its links pointing from the new place, and
without ids, so that the page it is put on can give its own.
"""

from __future__ import annotations

import posixpath
import re
import xml.etree.ElementTree as etree
from collections.abc import Callable, Mapping
from functools import partial
from html import escape
from typing import Any

import markdown
from markdown.extensions import Extension
from markdown.extensions.attr_list import AttrListExtension
from markdown.extensions.tables import TableExtension
from markdown.inlinepatterns import InlineProcessor
from markdown.treeprocessors import Treeprocessor

from livingreview.audit import Url, block_marks
from livingreview.blocks import PageContext, ReviewBlocks
from livingreview.chapters import blank_front_matter
from livingreview.links import TargetKind
from livingreview.locales import labels
from livingreview.markup import heading_numbers, title_of
from livingreview.model import Block, BlockKind, Chapter
from livingreview.readingwords import reading_words
from livingreview.review import Review

#: Gives the HTML of the numbers of some works, linked to their entries: ``(key, …) -> html``.
CiteGroup = Callable[[tuple[str, ...]], str]

_GROUP = r"\[[^\[\]\n]*@[^\[\]\n]*\]"
_KEY = re.compile(r"(?<![\w.])-?@([\w:.-]*\w)")


class _Citations(InlineProcessor):
    """Puts the rendered numbers where ``[@key]`` stands; code has been taken out before."""

    def __init__(self, md: markdown.Markdown, cite: CiteGroup) -> None:
        super().__init__(_GROUP, md)
        self.cite = cite

    def handleMatch(  # type: ignore[override]  # noqa: N802 - upstream's name
        self, m: re.Match[str], data: str
    ) -> tuple[str | None, int | None, int | None]:
        """Return the stashed HTML of one group; brackets that cite nothing stay as they are."""
        del data
        keys = tuple(_KEY.findall(m[0]))
        if not keys:
            return None, None, None
        return self.md.htmlStash.store(self.cite(keys)), m.start(), m.end()


class _Links(Treeprocessor):
    """Points every link that the author wrote at the page it means, from where the block is shown."""

    def __init__(self, md: markdown.Markdown, renderer: BlockRenderer) -> None:
        super().__init__(md)
        self.renderer = renderer

    def run(self, root: etree.Element) -> None:
        """Rewrite the links and images below ``root``."""
        for element in root.iter():
            if element.tag == "a" and "class" not in element.attrib:
                self.renderer.point(element)
            elif element.tag == "img":
                element.set("src", self.renderer.asset(element.get("src", "")))


class _Detachment(Treeprocessor):
    """Takes away ids; what refers to one inside the block keeps a prefixed one."""

    def __init__(self, md: markdown.Markdown, prefix: str) -> None:
        super().__init__(md)
        self.prefix = prefix

    def run(self, root: etree.Element) -> None:
        """Rename or remove the ids below ``root``."""
        wanted = {name for element in root.iter() for name in element.get("aria-labelledby", "").split()}
        for element in root.iter():
            name = element.get("id")
            if name in wanted and self.prefix:
                element.set("id", f"{self.prefix}-{name}")
            elif name is not None:
                del element.attrib["id"]
            label = element.attrib.get("aria-labelledby")
            if label and self.prefix:
                element.set("aria-labelledby", " ".join(f"{self.prefix}-{part}" for part in label.split()))
            elif label:
                del element.attrib["aria-labelledby"]


class _Single(Extension):
    """What renders a single block differently from its page."""

    def __init__(self, renderer: BlockRenderer, cite: CiteGroup, prefix: str) -> None:
        super().__init__()
        self.renderer, self.cite, self.prefix = renderer, cite, prefix

    def extendMarkdown(self, md: markdown.Markdown) -> None:  # noqa: N802 - upstream's name
        """Register after code (190) and escapes (180), before links (170); links before marks are added (7)."""
        md.inlinePatterns.register(_Citations(md, self.cite), "review_single_citations", 175)
        md.treeprocessors.register(_Links(md, self.renderer), "review_single_links", 15)
        md.treeprocessors.register(_Detachment(md, self.prefix), "review_single_detachment", 3)


class BlockRenderer:
    """Renders blocks of one language for one place. Calling it with a block's name returns HTML, "" if unknown.

    ``url`` and ``cite`` are those of the place. With ``prefix``, parts that name other parts by id keep
    doing so under prefixed ids; without, they lose both. ``marks`` shows the audit's marks at the blocks.
    """

    def __init__(
        self, review: Review, language: str, url: Url, cite: CiteGroup, *, prefix: str = "", marks: bool = False
    ) -> None:
        """Set up Markdown once; blocks of any page can be rendered."""
        self.review, self.language, self.url, self.marks = review, language, url, marks
        self.file_url: Callable[[str], str] = partial(file_url, review, language, url)
        self.page: Chapter
        self._context = PageContext(
            note_label=labels(language)("note"),
            claim_word=labels(language)("claim"),
            claim_url=self._claim_url,
            render_directive=self._directive,
        )
        self._prepared: Chapter | None = None
        self._claims = review.claim_ids
        self._rows: list[str] = []
        self._md = markdown.Markdown(
            extensions=[
                AttrListExtension(),
                TableExtension(use_align_attribute=True),
                ReviewBlocks(self._context, tuple(sorted(review.directives))),
                _Single(self, cite, prefix),
            ]
        )

    def __call__(self, name: str) -> str:
        """Return the HTML of the block ``slug#id``."""
        slug, _, block_id = name.rpartition("#")
        chapter = self.review.chapter(self.language, slug)
        block = chapter.block(block_id) if chapter else None
        if chapter is None or block is None:
            return ""
        self._prepare(chapter)
        self._md.reset()
        return self._md.convert(self._source(block))

    def _prepare(self, chapter: Chapter) -> None:
        if chapter is self._prepared:
            return
        self._prepared = self.page = chapter
        self._rows = blank_front_matter(chapter.text).split("\n")
        self._context.heading_numbers = heading_numbers(chapter)
        self._context.marks = block_marks(self.review, chapter.slug, self.language, self.url) if self.marks else {}

    def _source(self, block: Block) -> str:
        """Return the block's own lines; of an item, not those of the items below it."""
        rows = self._rows[block.line - 1 : block.end]
        if block.kind is BlockKind.ITEM:
            below = [other.line for other in self.page.blocks if block.line < other.line <= block.end]
            rows = rows[: min(below) - block.line] if below else rows
            rows = [row.strip() if number == 0 else row for number, row in enumerate(rows)]
        return "\n".join(rows)

    def _claim_url(self, claim: str) -> str | None:
        return self.url("audit", claim) if claim in self._claims else None

    def _directive(self, name: str, block: str, options: Mapping[str, Any]) -> str:
        """Stand in for a generated part: it is shown once, on its own page."""
        del name, options
        words = reading_words(self.language)
        link = f'<a href="{escape(self.url(self.page.slug, block))}">{escape(words("compare.to-generated"))}</a>'
        return f'<p class="lr-generated">{escape(words("compare.generated"))} {link}</p>'

    def asset(self, target: str) -> str:
        """Return the address of a file as seen from here; pages of all languages share the files."""
        found = self.review.resolve(self.page.path, target)
        if found.kind is not TargetKind.ASSET:
            return target
        return self.file_url(found.name.removeprefix(f"{self.review.config.docs_dir}/"))

    def point(self, link: etree.Element) -> None:
        """Point a link at its page; name it where the author left that to us; a source file has no page."""
        found = self.review.resolve(self.page.path, link.get("href", ""))
        if found.kind is TargetKind.PAGE:
            link.set("href", self.url(found.name, found.fragment))
            if not len(link) and not (link.text or "").strip():
                link.text = title_of(self.review, self.language, found.name, found.fragment)
        elif found.kind is TargetKind.ASSET:
            link.set("href", self.asset(link.get("href", "")))
        elif found.kind is TargetKind.SOURCE:
            link.tag = "span"
            del link.attrib["href"]
            link.text = link.text or found.name


def file_url(review: Review, language: str, url: Url, name: str) -> str:
    """Return the address of a file below the documents' folder, from where ``url`` of a language leads away."""
    prefix = next(code.prefix for code in review.languages if code.code == language)
    return posixpath.normpath(posixpath.join(url("index", ""), "../" if prefix else "", name))


#: An address yet to be written: of a page and a fragment, or of a file. No source may hold its sign.
_OPEN_ADDRESS = re.compile(r"\0(/?)([^\0#]*)#([^\0]*)\0")


class PortableBlocks:
    """Blocks of one language, each rendered once, to be shown at any number of places.

    ``cite``, ``prefix`` and ``marks`` are those of :class:`BlockRenderer`. Calling it with a block's
    name and the place's ``url`` returns HTML, "" if the block is unknown.
    """

    def __init__(
        self, review: Review, language: str, cite: CiteGroup, *, prefix: str = "", marks: bool = False
    ) -> None:
        """Begin with nothing rendered."""
        self._review, self._language = review, language
        self._render = BlockRenderer(
            review, language, lambda slug, fragment: f"\0{slug}#{fragment}\0", cite, prefix=prefix, marks=marks
        )
        self._render.file_url = lambda name: f"\0/{name}#\0"
        self._made: dict[str, str] = {}

    def __call__(self, name: str, url: Url) -> str:
        """Return the HTML of the block ``slug#id`` with its links from a place."""
        if name not in self._made:
            self._made[name] = self._render(name)

        def address(found: re.Match[str]) -> str:
            is_file, target, fragment = found.groups()
            if is_file:
                return file_url(self._review, self._language, url, target)
            return escape(url(target, fragment))

        return _OPEN_ADDRESS.sub(address, self._made[name])
