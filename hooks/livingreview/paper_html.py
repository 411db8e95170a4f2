"""HTML as nodes for the typesetter: what a page says, without how the web shows it.

In goes HTML as the engine renders it (blocks, citations, generated tables); out
come plain, JSON-ready nodes: paragraphs, lists, tables, notes, figures, and the
runs of text inside them. What only a screen needs (buttons, forms, scripts) is
left out. Nodes name places by ``href``; where that leads is for the caller to say.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

#: One node: ``t`` says what it is. A text is a plain string.
Node = dict[str, Any]
Inline = str | Node

#: Gives the place a link leads to, or nothing where it leads nowhere on paper: ``href -> to``.
Resolve = Callable[[str], str]

#: Gives a picture as an SVG that stands alone: ``svg or address -> svg``; empty where there is none.
Drawing = Callable[[str], str]

_VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "wbr", "col", "source"})
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "figcaption",
        "figure",
        "footer",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "ul",
    ]
)
_SCREEN_ONLY = frozenset({"button", "form", "input", "label", "nav", "script", "select", "style", "template"})
_STYLES = {"strong": "strong", "b": "strong", "em": "em", "i": "em", "sup": "sup", "sub": "sub", "code": "code"}
_SPACE = re.compile(r"[ \t\r\n]+")


@dataclass
class Element:
    """One element of a parsed fragment; children are elements and texts, in order."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Element | str] = field(default_factory=list)
    source: str = ""

    @property
    def classes(self) -> frozenset[str]:
        """The classes of the element."""
        return frozenset(self.attributes.get("class", "").split())

    def all(self, *tags: str) -> Iterator[Element]:
        """Yield every element below with one of these tags, in order."""
        for child in self.children:
            if isinstance(child, Element):
                if child.tag in tags:
                    yield child
                yield from child.all(*tags)

    def text(self) -> str:
        """Return all text below, its white space as a reader sees it."""
        parts = (child if isinstance(child, str) else child.text() for child in self.children)
        return _SPACE.sub(" ", "".join(parts))


class _Builder(HTMLParser):
    """Builds the tree. Never fails: what is not closed ends with its parent."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.html = html
        self.root = Element("")
        self.open = [self.root]
        self.starts: list[int] = [0]
        self.lines = [0, *(match.end() for match in re.finditer("\n", html))]
        self.feed(html)
        self.close()

    def _at(self) -> int:
        line, column = self.getpos()
        return self.lines[line - 1] + column

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in _VOID:
            self.open.append(element)
            self.starts.append(self._at())

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].children.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        depth = next((n for n in range(len(self.open) - 1, 0, -1) if self.open[n].tag == tag), 0)
        if depth:
            self.open[depth].source = self.html[self.starts[depth] : self._at()] + f"</{tag}>"
            del self.open[depth:], self.starts[depth:]

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def parse_html(html: str) -> Element:
    """Return the tree of a fragment; its root has no tag. Never raises because of what it holds."""
    return _Builder(html).root


# -- runs of text --------------------------------------------------------------------


def _tidy(parts: Iterable[Inline]) -> list[Inline]:
    """Join neighbouring texts, collapse white space, and take it off both ends."""
    joined: list[Inline] = []
    for part in parts:
        if isinstance(part, str) and joined and isinstance(joined[-1], str):
            joined[-1] += part
        elif part:
            joined.append(part)
    tidy = [_SPACE.sub(" ", part) if isinstance(part, str) else part for part in joined]
    for before, (number, part) in zip(tidy, enumerate(tidy[1:]), strict=False):
        if isinstance(before, str) and isinstance(part, dict) and part.get("cite"):
            tidy[number] = before.rstrip(" ")  # raised numbers stand close to the word
    if tidy and isinstance(tidy[0], str):
        tidy[0] = tidy[0].lstrip(" ")
    if tidy and isinstance(tidy[-1], str):
        tidy[-1] = tidy[-1].rstrip(" ")
    return [part for part in tidy if part != ""]


def plain(parts: Iterable[Inline]) -> str:
    """Return the text of a run."""
    return "".join(part if isinstance(part, str) else plain(part.get("c", ())) for part in parts)


def _head(row: Node) -> Node:
    """Return a row as the head of a table, which is repeated on every page and so holds no links."""
    cells = [{**cell, "c": [_unlinked_node(node) for node in cell["c"]]} for cell in row["cells"]]
    return {**row, "cells": cells}


def _is_picture(element: Element) -> bool:
    """Whether an image says something of its own; what is hidden from assistive technology repeats words beside it."""
    return element.attributes.get("aria-hidden") != "true" and element.attributes.get("alt", " ") != ""


def unlinked(parts: Iterable[Inline]) -> list[Inline]:
    """Return a run without its links: what running heads and repeated table heads take up may hold none."""
    done: list[Inline] = []
    for part in parts:
        if isinstance(part, dict) and part["t"] == "a":
            done.extend(unlinked(part["c"]))
        else:
            done.append(part if isinstance(part, str) else _unlinked_node(part))
    return done


def _unlinked_node(node: Node) -> Node:
    kept = {**node, "to": ""} if "to" in node else node
    return {**kept, "c": unlinked(node["c"])} if "c" in node else kept


class Converter:
    """Turns elements into nodes; ``resolve`` says where links lead, ``drawing`` takes pictures in."""

    def __init__(self, resolve: Resolve, drawing: Drawing = lambda _source: "") -> None:
        """Remember what depends on the document."""
        self.resolve, self.drawing = resolve, drawing

    def __call__(self, html: str) -> list[Node]:
        """Return the blocks of a fragment of HTML."""
        return self.blocks(parse_html(html).children)

    def runs(self, html: str) -> list[Inline]:
        """Return the text of a fragment that holds no blocks."""
        return _tidy(self.inline(parse_html(html).children))

    # -- inline ----------------------------------------------------------------------

    def inline(self, children: Sequence[Element | str]) -> Iterator[Inline]:
        """Yield the runs of some children."""
        for child in children:
            if isinstance(child, str):
                yield child
            elif child.tag not in _SCREEN_ONLY and "hidden" not in child.attributes:
                yield from self._run(child)

    def _run(self, element: Element) -> Iterator[Inline]:
        inner: list[Inline] = list(self.inline(element.children))
        classes = element.classes
        mark = next((name.removeprefix("lr-mark--") for name in classes if name.startswith("lr-mark--")), "")
        if mark:
            yield {"t": "mark", "verdict": mark, "to": self.resolve(element.attributes.get("href", "")), "c": inner}
        elif element.tag == "br":
            yield {"t": "br"}
        elif element.tag == "img":
            yield element.attributes.get("alt", "")
        elif element.tag == "svg":
            # Inside text, a small drawing without words of its own is a sign of the legend.
            data = "" if element.text().strip() else self.drawing(element.source)
            yield from [{"t": "sign", "data": data}] if data else []
        elif "lr-number" in classes or "lr-permalink" in classes:
            return
        elif element.tag == "a":
            to = self.resolve(element.attributes.get("href", ""))
            yield from [{"t": "a", "to": to, "c": inner}] if to and inner else inner
        elif element.tag in _STYLES:
            cite = {"cite": True} if "lr-cite" in classes else {}
            yield {"t": _STYLES[element.tag], "c": inner, **cite}
        elif element.attributes.get("lang"):
            yield {"t": "lang", "lang": element.attributes["lang"], "c": inner}
        else:
            yield from inner

    # -- blocks ----------------------------------------------------------------------

    def blocks(self, children: Sequence[Element | str]) -> list[Node]:
        """Return the blocks of some children; runs of text between blocks become paragraphs."""
        found: list[Node] = []
        waiting: list[Element | str] = []

        def flush() -> None:
            text = _tidy(self.inline(waiting))
            if text:
                found.append({"t": "p", "c": text})
            waiting.clear()

        for child in children:
            if isinstance(child, Element) and (
                child.tag in _BLOCKS or (child.tag in ("svg", "img") and _is_picture(child))
            ):
                flush()
                if "hidden" not in child.attributes:
                    found.extend(self._block(child))
            else:
                waiting.append(child)
        flush()
        return found

    def _block(self, element: Element) -> list[Node]:
        handler = getattr(self, f"_on_{element.tag}", None)
        nodes: list[Node] = handler(element) if handler else self.blocks(element.children)
        name, language = element.attributes.get("id", ""), element.attributes.get("lang", "")
        if nodes and name and "id" not in nodes[0]:
            nodes[0]["id"] = name
        if language:
            for node in nodes:
                node["lang"] = language
        return nodes

    def _on_p(self, element: Element) -> list[Node]:
        text = _tidy(self.inline(element.children))
        role = next((name for name in ("lr-note__label", "lr-note__claims") if name in element.classes), "")
        return [{"t": "p", "c": text, **({"role": role} if role else {})}] if text else []

    def _on_heading(self, element: Element) -> list[Node]:
        number = next((found.text() for found in element.all("span") if "lr-number" in found.classes), "")
        text = unlinked(_tidy(self.inline(element.children)))
        return [{"t": "h", "level": int(element.tag[1]), "number": number, "c": text}]

    _on_h1 = _on_h2 = _on_h3 = _on_h4 = _on_h5 = _on_h6 = _on_heading

    def _on_ul(self, element: Element) -> list[Node]:
        items = [
            {"id": child.attributes.get("id", ""), "c": self.blocks(child.children)}
            for child in element.children
            if isinstance(child, Element) and child.tag == "li"
        ]
        start = next((found.attributes["value"] for found in element.all("li") if "value" in found.attributes), "1")
        node = {"t": "list", "ordered": element.tag == "ol", "start": int(start), "items": items}
        return [node] if items else []

    _on_ol = _on_ul

    def _on_dl(self, element: Element) -> list[Node]:
        """A list of terms: each term in bold, what is said of it after it."""
        nodes: list[Node] = []
        for child in element.all("dt", "dd"):
            if child.tag == "dt":
                nodes.append({"t": "p", "c": [{"t": "strong", "c": _tidy(self.inline(child.children))}]})
            else:
                nodes.extend(self.blocks(child.children))
        return nodes

    def _on_aside(self, element: Element) -> list[Node]:
        inner = self.blocks(element.children)
        label: list[Inline] = next((node["c"] for node in inner if node.get("role") == "lr-note__label"), [])
        claims: list[Inline] = next((node["c"] for node in inner if node.get("role") == "lr-note__claims"), [])
        body = [node for node in inner if not node.get("role")]
        return [{"t": "note", "label": label, "claims": claims, "c": body}]

    def _on_figure(self, element: Element) -> list[Node]:
        caption = next((_tidy(self.inline(found.children)) for found in element.all("figcaption")), [])
        drawing = next((found for found in element.all("svg", "img") if _is_picture(found)), None)
        if drawing is None:
            tables = list(element.all("table"))
            return self._on_table(tables[0]) if tables else self.blocks(element.children)
        picture = [{**node, "caption": caption} for node in self._picture(drawing)]
        # What a drawing says in words stands beside it; its data, behind a click on the screen, has its own tables.
        said = [part for part in element.all("div") if part.classes & {"lr-plate__words", "lr-plate__legend"}]
        words = [node for part in said for node in self.blocks(part.children)]
        return [*picture, {"t": "legend", "c": words}] if picture and words else picture or words

    def _picture(self, element: Element) -> list[Node]:
        is_drawing = element.tag == "svg"
        data = self.drawing(element.source if is_drawing else element.attributes.get("src", ""))
        titles = [found.text() for found in element.all("title", "desc")]
        alt = " ".join(titles[:2]) if is_drawing else element.attributes.get("alt", "")
        return [{"t": "figure", "data": data, "alt": alt, "caption": []}] if data and _is_picture(element) else []

    _on_svg = _on_img = _picture

    def _on_table(self, element: Element) -> list[Node]:
        caption = next((_tidy(self.inline(found.children)) for found in element.all("caption")), [])
        heads = [row for part in element.all("thead") for row in part.all("tr")]
        rows = [row for row in element.all("tr") if row not in heads]
        kind = next((name for name in sorted(element.classes) if name.startswith("lr-")), "")
        table: Node = {
            "t": "table",
            "kind": kind,
            "caption": caption,
            "head": [_head(self._row(row)) for row in heads],
            "rows": [self._row(row) for row in rows],
        }
        return [table] if table["rows"] or table["head"] else []

    def _row(self, row: Element) -> Node:
        cells = [self._cell(cell) for cell in row.children if isinstance(cell, Element) and cell.tag in ("td", "th")]
        return {"id": row.attributes.get("id", ""), "cells": cells}

    def _cell(self, cell: Element) -> Node:
        attributes = cell.attributes
        right = attributes.get("align") == "right" or "lr-num" in cell.classes
        return {
            "c": self.blocks(cell.children),
            "head": cell.tag == "th",
            "right": right,
            "columns": int(attributes.get("colspan") or 1),
            "id": attributes.get("id", ""),
        }

    def _on_pre(self, element: Element) -> list[Node]:
        text = "".join(child if isinstance(child, str) else child.text() for child in element.children)
        return [{"t": "pre", "c": [text.strip("\n")]}]

    def _on_hr(self, _element: Element) -> list[Node]:
        return []
