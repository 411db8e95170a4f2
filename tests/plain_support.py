"""Reading plain Markdown as any CommonMark renderer would, to resolve what it links to."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token

_PARSER = MarkdownIt("commonmark", {"html": True}).enable("table")
_ANCHOR = re.compile(r'<a id="([^"]+)">')
_FRONT = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)


@dataclass
class PlainFile:
    """One file: its ids, its links (target and text) and the text that follows each id."""

    ids: list[str] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    images: list[str] = field(default_factory=list)
    after: dict[str, str] = field(default_factory=dict)
    html: list[str] = field(default_factory=list)


def _read_inline(found: PlainFile, children: list[Token]) -> None:
    """Take the ids, links, images and foreign HTML of one run of text."""
    pending: list[str] = []
    target = shown = ""
    for child in children:
        if child.type == "html_inline":
            names = _ANCHOR.findall(child.content)
            found.ids.extend(names)
            pending.extend(names)
            found.html.extend([] if names or child.content == "</a>" else [child.content])
        elif child.type == "link_open":
            target, shown = str(child.attrs["href"]), ""
        elif child.type == "link_close":
            found.links.append((unquote(target), shown))
        elif child.type == "image":
            found.images.append(unquote(str(child.attrs["src"])))
        elif child.type in ("text", "code_inline"):
            shown += child.content
            for name in pending:
                found.after[name] = found.after.get(name, "") + child.content


def read_plain(text: str) -> PlainFile:
    """Parse one file."""
    found = PlainFile()
    for token in _PARSER.parse(_FRONT.sub("", text)):
        if token.type == "html_block":
            found.html.append(token.content)
            found.ids.extend(_ANCHOR.findall(token.content))
        _read_inline(found, token.children or [])
    return found


def broken_links(files: Mapping[str, bytes]) -> Iterator[str]:
    """Yield every link, image or fragment of a tree of plain files that leads nowhere in it."""
    pages = {name: read_plain(data.decode()) for name, data in files.items() if name.endswith(".md")}
    for name, page in pages.items():
        for repeated in {found for found in page.ids if page.ids.count(found) > 1}:
            yield f"{name}: id {repeated} twice"
        for target, _shown in page.links:
            parts = urlsplit(target)
            if parts.scheme or parts.netloc:
                continue
            path = posixpath.normpath(posixpath.join(posixpath.dirname(name), parts.path)) if parts.path else name
            if path not in files:
                yield f"{name}: no file {target}"
            elif parts.fragment and parts.fragment not in pages[path].ids:
                yield f"{name}: no id {target}"
        for target in page.images:
            if not urlsplit(target).scheme:
                path = posixpath.normpath(posixpath.join(posixpath.dirname(name), target))
                if path not in files:
                    yield f"{name}: no image {target}"


def wrong_numbers(files: Mapping[str, bytes]) -> Iterator[str]:
    """Yield every number of a reference whose entry has another number, or none."""
    pages = {name: read_plain(data.decode()) for name, data in files.items() if name.endswith(".md")}
    for name, page in pages.items():
        for target, shown in page.links:
            path, _, fragment = target.partition("#")
            if fragment.startswith("ref-") and re.fullmatch(r"[A-Z]?\d+|–", shown):
                there = posixpath.normpath(posixpath.join(posixpath.dirname(name), path)) if path else name
                entry = pages[there].after.get(fragment, "")
                if not entry.startswith(f"[{shown}]"):
                    yield f"{name}: {shown} leads to {fragment}, whose entry begins {entry[:20]!r}"
