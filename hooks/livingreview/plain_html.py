"""HTML as plain Markdown: what data put on a page, for readers without a browser.

In goes the HTML that the engine's renderers return; out comes CommonMark with
pipe tables. Ids become empty anchors where wanted, controls and drawings fall
away, what is hidden stays hidden.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import unescape

#: Turns a link's target into the one to write; ``None`` keeps the text without a link.
Link = Callable[[str], str | None]


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_VOID = _names("area base br col embed hr img input link meta source track wbr")
_DROPPED = _names("script style svg template button input select form label noscript dialog output")
_DROPPED_CLASSES = _names("lr-permalink lr-cite-open lr-cite-trial")
#: Raised letters that name sources; words that look apart from what follows them by their style alone.
_LETTERS = _names("lr-sources-of")
_LEADING_WORDS = _names("lr-flow__stage")
_HEADINGS = _names("h1 h2 h3 h4 h5 h6")
_BLOCKS = _HEADINGS | _names(
    "address article aside blockquote body caption dd details div dl dt fieldset figcaption figure footer header "
    "hr li main nav ol p pre section summary table tbody td tfoot th thead tr ul"
)

_NO_CLASSES: frozenset[str] = frozenset()

_ELEMENT = re.compile(r"<(?=[A-Za-z/!?])")

#: More than one blank, or one that is no space.
_BLANKS = re.compile(r"[ \t\n]{2,}|[\t\n]")

#: Signs that would be Markdown in running text, and at the beginning of a block.
_SIGNS = re.compile(r"([\\`*\[\]<])")
_LEADING = re.compile(r"\A(?:(#{1,6}|[-+>])(?=\s)|(\d+)([.)])(?=\s))")


@dataclass(slots=True)
class _Node:
    """An element (``name`` is empty for the root) with its children, text among them."""

    name: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[_Node | str] = field(default_factory=list)

    @property
    def dropped(self) -> bool:
        if self.name in _DROPPED:
            return True
        if not self.attributes:
            return False
        hidden = "hidden" in self.attributes or self.attributes.get("aria-hidden") == "true"
        return hidden or bool(self.classes & _DROPPED_CLASSES)

    @property
    def classes(self) -> frozenset[str]:
        return frozenset(self.attributes["class"].split()) if "class" in self.attributes else _NO_CLASSES


_TAG = re.compile(
    r"<!--.*?-->|<[!?][^>]*>|<(/?)([a-zA-Z][\w-]*)((?:\s+[^\s=<>\"'/]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s<>]+))?)*)\s*(/?)>",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r"([^\s=<>\"'/]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s<>]+)))?")
_RAW_END = {name: re.compile(rf"</{name}\s*>", re.IGNORECASE) for name in ("script", "style")}


def _attributes(text: str) -> dict[str, str]:
    if not text or text.isspace():
        return {}
    rows = _ATTRIBUTE.findall(text)
    return {name.lower(): unescape(double or single or bare) for name, double, single, bare in rows}


def _parse(html: str) -> _Node:
    """Return the tree of some HTML; an element that is never closed ends with its parent.

    Written for what renderers make: hundreds of pages become Markdown at every build,
    and the library's parser, made for any HTML there is, took most of that time.
    """
    root = _Node()
    open_nodes = [root]
    at = 0
    while (match := _TAG.search(html, at)) is not None:
        if match.start() > at:
            open_nodes[-1].children.append(unescape(html[at : match.start()]))
        at = match.end()
        closing, name, attributes, alone = match.groups()
        if name is None:  # a comment or a declaration
            continue
        name = name.lower()
        if closing and open_nodes[-1].name == name and len(open_nodes) > 1:
            open_nodes.pop()
            continue
        if closing:
            names = [node.name for node in open_nodes]
            if name in names[1:]:
                del open_nodes[len(names) - 1 - names[::-1].index(name) :]
            continue
        node = _Node(name, _attributes(attributes))
        open_nodes[-1].children.append(node)
        if name in _RAW_END:
            end = _RAW_END[name].search(html, at)
            at = end.end() if end else len(html)
        elif name not in _VOID and not alone:
            open_nodes.append(node)
    if at < len(html):
        open_nodes[-1].children.append(unescape(html[at:]))
    return root


def inert(text: str) -> str:
    """Return plain text in which nothing is an element, wherever Markdown is rendered."""
    return _ELEMENT.sub(r"\\<", text)


def anchor(name: str) -> str:
    """Return an empty element that carries an id in plain Markdown."""
    return f'<a id="{name}"></a>'


class _Writer:
    """Writes nodes as Markdown: a list of blocks, each one or several lines."""

    def __init__(self, link: Link, anchors: bool, level: int) -> None:
        self.link = link
        self.anchors = anchors
        self.level = level

    def mark(self, node: _Node) -> str:
        return anchor(node.attributes["id"]) if self.anchors and node.attributes.get("id") else ""

    # -- running text ----------------------------------------------------------------

    def inline(self, children: list[_Node | str], cell: bool = False) -> str:
        text = "".join(self.piece(child, cell) for child in children)
        return _BLANKS.sub(" ", text).replace(" \0", "\0").replace("\0 ", "\0")

    def piece(self, child: _Node | str, cell: bool) -> str:
        if isinstance(child, str):
            escaped = _SIGNS.sub(r"\\\1", child)
            return escaped.replace("|", "\\|") if cell else escaped
        if child.dropped:
            return ""
        mark = self.mark(child)
        if child.name == "br":
            return " " if cell else "\0"
        if child.name == "img":
            target = self.link(child.attributes.get("src", ""))
            return f"{mark}![{child.attributes.get('alt', '')}]({target})" if target else mark
        classes = child.classes
        if classes & _LETTERS:
            # Set close, as on the page, a letter would become part of the number it belongs to.
            return f" ({', '.join(self.piece(one, cell) for one in child.children)})"
        text = self.inline(child.children, cell)
        return f"{mark}**{text.strip()}** " if classes & _LEADING_WORDS else mark + self.dressed(child, text)

    def dressed(self, node: _Node, text: str) -> str:
        shown = text.strip()
        if not shown:
            return text
        lead, trail = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
        if node.name == "a" and node.attributes.get("href"):
            target = self.link(node.attributes["href"])
            return f"{lead}[{shown}]({target}){trail}" if target else text
        if node.name in ("strong", "b"):
            return f"{lead}**{shown}**{trail}"
        if node.name in ("em", "i", "cite"):
            return f"{lead}*{shown}*{trail}"
        if node.name == "code":
            plain = re.sub(r"\\(.)", r"\1", shown)
            return f"{lead}`{plain}`{trail}"
        if node.name in ("del", "ins"):
            return f"{lead}<{node.name}>{shown}</{node.name}>{trail}"
        # Blocks inside running text (a list in a cell) are set apart by a space.
        return f" {shown} " if node.name in _BLOCKS else text

    # -- blocks ----------------------------------------------------------------------

    def blocks(self, children: list[_Node | str]) -> Iterator[str]:
        run: list[_Node | str] = []
        for child in children:
            if isinstance(child, str) or child.name not in _BLOCKS:
                run.append(child)
                continue
            yield from self.paragraph(run)
            run = []
            if not child.dropped:
                yield from self.block(child)
        yield from self.paragraph(run)

    def paragraph(self, run: list[_Node | str], mark: str = "") -> Iterator[str]:
        text = self.inline(run).strip().strip("\0")
        if text or mark:
            text = _LEADING.sub(lambda m: f"\\{m[1]}" if m[1] else f"{m[2]}\\{m[3]}", text)
            yield mark + text.replace("\0", "  \n")

    def block(self, node: _Node) -> Iterator[str]:
        mark = self.mark(node)
        if node.name in _HEADINGS:
            level = min(6, int(node.name[1]) + self.level)
            yield f"{'#' * level} {mark}{self.inline(node.children).strip()}"
        elif node.name in ("p", "summary", "dt", "caption", "figcaption"):
            bold = node.name in ("summary", "dt", "caption", "figcaption")
            for text in self.paragraph(node.children, mark):
                yield f"**{text}**" if bold and "**" not in text and not mark else text
        elif node.name in ("ul", "ol"):
            yield from self.items(node, mark)
        elif node.name == "table":
            yield from self.table(node, mark)
        elif node.name == "pre":
            yield f"{mark}\n\n" * bool(mark) + f"```text\n{''.join(_texts(node)).strip(chr(10))}\n```"
        elif node.name in ("aside", "blockquote"):
            yield quoted("\n\n".join(self.marked(node, mark)))
        elif node.name == "hr":
            yield "---"
        else:
            yield from self.marked(node, mark)

    def marked(self, node: _Node, mark: str) -> Iterator[str]:
        """Yield an element's blocks, its own id on the first that can carry one."""
        blocks = list(self.blocks(node.children))
        if mark and blocks and re.match(r"(?:[^\s|`#>\-*]|\*\*)", blocks[0]):
            blocks[0] = mark + blocks[0]
        elif mark and blocks and blocks[0].startswith("#"):
            sharps, _, rest = blocks[0].partition(" ")
            blocks[0] = f"{sharps} {mark}{rest}"
        elif mark:
            blocks.insert(0, mark)
        yield from blocks

    def items(self, node: _Node, mark: str) -> Iterator[str]:
        rows = []
        items = [child for child in node.children if isinstance(child, _Node) and child.name == "li"]
        for number, item in enumerate(items, start=1):
            if item.dropped:
                continue
            sign = f"{number}." if node.name == "ol" else "-"
            text = "\n\n".join(self.marked(item, self.mark(item)))
            indent = " " * (len(sign) + 1)
            rows.append(f"{sign} " + text.replace("\n", f"\n{indent}").replace(f"\n{indent}\n", "\n\n"))
        if mark:
            yield mark
        if rows:
            loose = any("\n\n" in row for row in rows)
            yield ("\n\n" if loose else "\n").join(rows)

    def table(self, node: _Node, mark: str) -> Iterator[str]:
        for caption in _found(node, "caption"):
            text = self.inline(caption.children).strip()
            if text:
                yield f"{mark}{self.mark(caption)}**{text}**"
                mark = ""
        if mark:
            yield mark
        rows = [self.row(row) for row in _found(node, "tr") if not row.dropped]
        width = max(map(len, rows), default=0)
        if width:
            padded = [row + [""] * (width - len(row)) for row in rows]
            lines = ["| " + " | ".join(row) + " |" for row in padded]
            yield "\n".join([lines[0], "|" + "---|" * width, *lines[1:]])

    def row(self, node: _Node) -> list[str]:
        cells: list[str] = []
        mark = self.mark(node)
        for child in node.children:
            if isinstance(child, _Node) and child.name in ("th", "td") and not child.dropped:
                text = self.inline(child.children, cell=True).strip().replace("\0", " ")
                cells.append(mark + self.mark(child) + text)
                cells.extend([""] * (int(child.attributes.get("colspan") or 1) - 1))
                mark = ""
        return cells


def _found(node: _Node, name: str) -> Iterator[_Node]:
    """Yield the elements of a name below a node, those of nested tables excepted."""
    for child in node.children:
        if isinstance(child, _Node):
            if child.name == name:
                yield child
            elif child.name != "table":
                yield from _found(child, name)


def _texts(node: _Node) -> Iterator[str]:
    for child in node.children:
        if isinstance(child, str):
            yield child
        else:
            yield from _texts(child)


def quoted(text: str) -> str:
    """Return Markdown as a quotation."""
    return "\n".join(f"> {line}" if line else ">" for line in text.split("\n"))


def markdown_from_html(html: str, link: Link, *, anchors: bool = False, level: int = 0) -> str:
    """Return HTML as Markdown.

    ``link`` rewrites targets, ``anchors`` keeps ids as empty elements, ``level`` is
    added to the level of headings.
    """
    return "\n\n".join(_Writer(link, anchors, level).blocks(_parse(html).children))
