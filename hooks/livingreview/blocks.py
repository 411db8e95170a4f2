"""The blocks that chapters use beyond plain Markdown, as a Python-Markdown extension.

``/// note``, ``/// table``, ``/// figure`` and the directives of a site (generated
parts), written in the syntax of ``pymdownx.blocks``. In goes Markdown; out come
``aside``, ``figure`` and whatever HTML a directive's renderer returns. What the
blocks need to know of the page being rendered (its language, where the audit
is) stands in a :class:`PageContext`, which the caller sets before each page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree as etree

import markdown
from markdown.treeprocessors import Treeprocessor
from pymdownx.blocks import BlocksExtension, BlocksProcessor
from pymdownx.blocks.block import Block, type_any

from livingreview.model import Mark
from livingreview.notes import claim_ids

#: Renders one directive: ``(name, id, options) -> html``, or ``None`` where the name is unknown.
DirectiveRenderer = Callable[[str, str, Mapping[str, Any]], str | None]


def _no_directives(_name: str, _id: str, _options: Mapping[str, Any]) -> str | None:
    return None


@dataclass
class PageContext:
    """What the blocks of the page being rendered depend on; set anew for every page."""

    note_label: str = "Editor's note"
    claim_word: str = "Claim"
    permalink_label: str = ""
    untranslated_label: str = ""
    label_language: str = ""
    heading_numbers: Mapping[str, str] = field(default_factory=dict)
    marks: Mapping[str, tuple[Mark, ...]] = field(default_factory=dict)
    claim_url: Callable[[str], str | None] = field(default=lambda _claim: None)
    render_directive: DirectiveRenderer = field(default=_no_directives)


class _ContextBlock(Block):
    """A block that can see the page's context."""

    ARGUMENT = None

    @property
    def context(self) -> PageContext:
        context: PageContext = self.config["context"]
        return context

    def _create(self, parent: etree.Element) -> etree.Element:
        """Create the element; of the attributes an author gives, only those that name it get that far."""
        given = self.options["attrs"]
        self.options["attrs"] = {key: given[key] for key in ("id", "lang") if key in given}
        element: etree.Element = super()._create(parent)
        return element

    @property
    def block_id(self) -> str:
        return str(self.options["attrs"].get("id", ""))


class NoteBlock(_ContextBlock):
    """An editor's note: ``for`` names the claims it is about, ``about`` and ``status`` a work and what befell it."""

    NAME = "note"
    OPTIONS = {
        "for": (None, type_any),
        "about": (None, type_any),
        "status": (None, type_any),
    }

    def on_create(self, parent: etree.Element) -> etree.Element:
        """Create the aside with its label; a block's argument is the note's own title."""
        label_id = f"{self.block_id}-label"
        aside = etree.SubElement(parent, "aside", {"class": "lr-note", "role": "note", "aria-labelledby": label_id})
        label = etree.SubElement(aside, "p", {"class": "lr-note__label", "id": label_id})
        label.text = self.context.note_label
        if self.argument:
            title = etree.SubElement(label, "span", {"class": "lr-note__title"})
            title.text = self.argument
        return aside

    def on_end(self, block: etree.Element) -> None:
        """Close with links to the audit entries of the claims the note is about."""
        ids = [(claim, self.context.claim_url(claim)) for claim in claim_ids(self.options["for"])]
        linked = [(claim, url) for claim, url in ids if url]
        if not linked:
            return
        line = etree.SubElement(block, "p", {"class": "lr-note__claims"})
        for claim, url in linked:
            link = etree.SubElement(
                line, "a", {"href": url, "class": "lr-note__claim", "aria-label": f"{self.context.claim_word} {claim}"}
            )
            link.text = claim
            link.tail = " "


class TableBlock(_ContextBlock):
    """A table with a caption, scrolling inside its own frame where the screen is narrow."""

    NAME = "table"

    def on_create(self, parent: etree.Element) -> etree.Element:
        """Create the figure and the focusable scroll region inside it."""
        figure = etree.SubElement(parent, "figure", {"class": "lr-table"})
        region = {"class": "lr-table__scroll", "tabindex": "0", "role": "region"}
        if self.argument:
            region["aria-labelledby"] = f"{self.block_id}-caption"
        etree.SubElement(figure, "div", region)
        return figure

    def on_add(self, block: etree.Element) -> etree.Element:
        """Put the content into the scroll region."""
        return block[0]

    def on_end(self, block: etree.Element) -> None:
        """Give the table its caption, as its first child, where assistive technology looks for it."""
        table = block.find(".//table")
        if table is None:
            return
        # The theme's script wraps tables without a class once more, in a box that no key reaches.
        table.set("class", "lr-data")
        if not self.argument:
            return
        caption = etree.Element("caption", {"id": f"{self.block_id}-caption"})
        caption.text = self.argument
        table.insert(0, caption)


class FigureBlock(_ContextBlock):
    """A figure with a caption."""

    NAME = "figure"

    def on_create(self, parent: etree.Element) -> etree.Element:
        """Create the figure."""
        return etree.SubElement(parent, "figure", {"class": "lr-figure"})

    def on_end(self, block: etree.Element) -> None:
        """Close with the caption."""
        if self.argument:
            caption = etree.SubElement(block, "figcaption")
            caption.text = self.argument


class _DirectiveBlock(_ContextBlock):
    """A generated part of the page. Subclassed once for each directive a site declares."""

    def _validate(self, parent: etree.Element, arg: Any, **options: Any) -> bool:
        """Accept any option: which ones a directive knows is the checks' business, not the renderer's."""
        del parent
        self.argument = arg
        self.options = {"attrs": {}, **options}
        return True

    def on_create(self, parent: etree.Element) -> etree.Element:
        """Create the frame and put the rendered part into it, past any further Markdown processing."""
        frame = etree.SubElement(parent, "div", {"class": f"lr-directive lr-directive--{self.NAME}"})
        options = {key: value for key, value in self.options.items() if key != "attrs"}
        html = self.context.render_directive(self.NAME, self.block_id, options) or ""
        holder = etree.SubElement(frame, "div")
        holder.text = self.md.htmlStash.store(html)
        return frame


#: An id at the end of a line, as in ``{: #id }``.
_ITEM_ID = re.compile(r"[ ]*\{:[ ]*#([\w-]+)[ ]*\}[ ]*(?=\n|\Z)")


class ItemIds(Treeprocessor):
    """Gives a list item the id that ends its first line.

    Python-Markdown's own attribute lists want a line to themselves in a list
    item, which reads badly in the source and breaks easily.
    """

    def run(self, root: etree.Element) -> None:
        """Set the ids of all items below ``root``."""
        for item in root.iter("li"):
            holder = item[0] if len(item) and item[0].tag == "p" and not (item.text or "").strip() else item
            _take_id(item, holder)


def _take_id(item: etree.Element, holder: etree.Element) -> None:
    """Move an id from the item's own text (that of its first paragraph, if it has any) to its attributes."""
    for element, attribute in _own_text(holder):
        text = getattr(element, attribute)
        match = _ITEM_ID.search(text)
        if match:
            item.set("id", match[1])
            setattr(element, attribute, text[: match.start()] + text[match.end() :])
            return


def _own_text(holder: etree.Element) -> Iterator[tuple[etree.Element, str]]:
    """Yield where text stands directly in the element, in order, up to the first nested list."""
    if holder.text:
        yield holder, "text"
    for child in holder:
        if child.tag in ("ul", "ol"):
            return
        if child.tail:
            yield child, "tail"


#: Elements that are blocks a reader can cite, when they have an id.
_CITABLE = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "p", "li", "figure", "aside"})


class Decorations(Treeprocessor):
    """Adds what a page knows of its blocks: section numbers, audit marks, permanent links."""

    def __init__(self, md: markdown.Markdown, context: PageContext) -> None:
        """Remember the page's context."""
        super().__init__(md)
        self.context = context

    def run(self, root: etree.Element) -> None:
        """Decorate every citable element below ``root``."""
        for element in root.iter():
            if element.tag in _CITABLE and element.get("id") and not element.get("id", "").endswith("-label"):
                self.decorate(element)

    def decorate(self, element: etree.Element) -> None:
        """Number a heading; add marks and the permanent link to any block."""
        name = str(element.get("id"))
        if "lr-untranslated" in element.get("class", "").split():
            self.announce(element)
        number = self.context.heading_numbers.get(name)
        if number and element.tag.startswith("h"):
            _prepend(element, "span", {"class": "lr-number"}, number, " ")
        holder = _text_holder(element)
        for mark in self.context.marks.get(name, ()):
            sign = {"class": f"lr-mark lr-mark--{mark.kind}", "href": mark.url, "title": mark.title}
            _append(holder, "a", sign, mark.text)
        if self.context.permalink_label:
            label = self.context.permalink_label
            _append(holder, "a", {"class": "lr-permalink", "href": f"#{name}", "aria-label": label})

    def announce(self, element: etree.Element) -> None:
        """Say, in the page's language, that the block stands in another."""
        attributes = {"class": "lr-untranslated__label", "lang": self.context.label_language}
        _prepend(element, "span", attributes, self.context.untranslated_label, " ")


def _text_holder(element: etree.Element) -> etree.Element:
    """Return where a block's own text ends: an item's first paragraph, a note's label, a figure's caption."""
    if element.tag == "aside":
        return element[0] if len(element) else element
    if element.tag == "figure":
        found = element.find(".//caption")
        caption = element.find("figcaption") if found is None else found
        return element if caption is None else caption
    if element.tag == "li" and len(element) and element[0].tag == "p":
        return element[0]
    return element


def _prepend(element: etree.Element, tag: str, attributes: dict[str, str], text: str, tail: str) -> None:
    child = etree.Element(tag, attributes)
    child.text, child.tail, element.text = text, tail + (element.text or ""), ""
    element.insert(0, child)


def _append(element: etree.Element, tag: str, attributes: dict[str, str], text: str = "") -> None:
    """Append an element after the block's own text, before any nested list."""
    at = next((i for i, child in enumerate(element) if child.tag in ("ul", "ol")), len(element))
    child = etree.Element(tag, attributes)
    child.text = text
    element.insert(at, child)


class ReviewBlocks(BlocksExtension):
    """The extension to hand to Python-Markdown: the three fixed blocks and the named directives."""

    def __init__(self, context: PageContext, directives: tuple[str, ...] = ()) -> None:
        """Remember the context that all blocks share and the names of the directives."""
        self.context = context
        named = (type(f"Directive_{name}", (_DirectiveBlock,), {"NAME": name}) for name in directives)
        self.blocks: tuple[Any, ...] = (NoteBlock, TableBlock, FigureBlock, *named)
        super().__init__()

    def extendMarkdownBlocks(self, md: markdown.Markdown, block_mgr: BlocksProcessor) -> None:  # noqa: N802 (upstream's name)
        """Register the blocks with one Markdown instance."""
        # After inline parsing (20), before attribute lists (8) would look at the same text.
        md.treeprocessors.register(ItemIds(md), "review_item_ids", 9)
        # After attribute lists (8), before the table of contents (5) reads the headings.
        md.treeprocessors.register(Decorations(md, self.context), "review_decorations", 7)
        for block in self.blocks:
            block_mgr.register(block, {"context": self.context})
