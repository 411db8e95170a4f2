"""Finds what a browser would act on in Markdown and SVG source: tags, attributes, links, images.

In goes source text, out come tags, attribute lists and links with their offsets.
Nothing here judges. Two readers see every text, Markdown's and the browser's, and
they do not agree on where a tag ends (``<a title=">" …>``); a tag is reported as
each of them would read it. Time grows with the length of the text only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser

#: Attribute names in lower case with their values, entities decoded; ``None``: no value.
Attributes = tuple[tuple[str, str | None], ...]


@dataclass(frozen=True, slots=True)
class Tag:
    """An opening tag, or an attribute list (``name`` is empty then)."""

    offset: int
    name: str
    attributes: Attributes

    def get(self, name: str) -> str | None:
        """Return the value of an attribute, the empty string where it has none, ``None`` where it is absent."""
        return next((value or "" for key, value in self.attributes if key == name), None)


@dataclass(frozen=True, slots=True)
class Link:
    """A Markdown link, image or definition. ``target`` is as written, perhaps with white space in it."""

    offset: int
    target: str
    image: bool = False
    text: str = ""


# --- tags ------------------------------------------------------------------------------------------------------------

#: A tag as browsers delimit it: a ``>`` inside a quoted value does not end it.
_BROWSER_TAG = re.compile(r"<[A-Za-z](?:[^>=]++|=\s*+(?:\"[^\"]*+\"|'[^']*+')?)*+>")
#: A tag as Markdown delimits it.
_MARKDOWN_TAG = re.compile(r"<[A-Za-z][^<>]*+>")
_LOOSE_ATTRIBUTE = re.compile(r"([^\s\"'<>/=]++)(?:\s*+=\s*+(\"[^\"]*+\"|'[^']*+'|[^\s\"'>]++))?+")
#: What is longer than this is read by the loose pattern alone.
_LONGEST_TAG = 20_000


class _TagParser(HTMLParser):
    """Keeps the first opening tag it is fed."""

    found: tuple[str, Attributes] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the tag if it is the first."""
        if self.found is None:
            self.found = tag, tuple(attrs)


def _read_tag(source: str, offset: int) -> Tag:
    """Read one tag with the standard library's tokenizer, or by a loose pattern what that cannot read."""
    if len(source) <= _LONGEST_TAG:
        parser = _TagParser()
        with suppress(AssertionError):  # the tokenizer's answer to "<![" (python/cpython#77057)
            parser.feed(source)
        if parser.found is not None:
            return Tag(offset, *parser.found)
    words = _LOOSE_ATTRIBUTE.findall(source[1:])
    name = words[0][0].lower() if words else ""
    return Tag(offset, name, tuple((key.lower(), unescape(value.strip("\"'")) or None) for key, value in words[1:]))


def find_tags(text: str) -> Iterator[Tag]:
    """Yield every opening tag, as browsers and as Markdown delimit it."""
    text = text[: text.rfind(">") + 1]
    if "<" not in text:
        return
    spans = {match.span() for pattern in (_BROWSER_TAG, _MARKDOWN_TAG) for match in pattern.finditer(text)}
    for start, end in sorted(spans):
        yield _read_tag(text[start:end], start)


# --- attribute lists -------------------------------------------------------------------------------------------------

_BRACE = re.compile(r"\{(?!\{)")
_LIST_ITEM = re.compile(
    r"[\s,:]*+(?:(?P<close>[{}])|(?P<key>[^\s=:,}\"']++|\"[^\"]*+\"|'[^']*+')"
    r"(?:\s*+[=:]\s*+(?P<value>\"[^\"]*+\"|'[^']*+'|[^\s,}\"']*+))?+|.)"
)
_ATTRS_BLOCK = re.compile(r"^(?P<indent>[ \t]*)attrs:[ \t]*$", re.MULTILINE)
_YAML_PAIR = re.compile(r"\s*[\"']?([\w:-]+)[\"']?[ \t]*:[ \t]*(.*)$")
_LONGEST_LIST = 500


def find_attribute_lists(text: str) -> Iterator[Tag]:
    """Yield attribute lists: ``{: key=value }``, ``{ key=value }``, and ``attrs:`` of blocks in either YAML style."""
    for match in _BRACE.finditer(text):
        end = text.find("\n", match.end(), match.end() + _LONGEST_LIST)
        attributes = _list_attributes(text[match.end() : end if end >= 0 else match.end() + _LONGEST_LIST])
        if attributes:
            yield Tag(match.start(), "", attributes)
    for match in _ATTRS_BLOCK.finditer(text):
        at = match.end() + 1
        for row in text[at : at + 2000].split("\n"):
            pair = _YAML_PAIR.match(row)
            if pair is None or len(row) - len(row.lstrip()) <= len(match["indent"]):
                break
            yield Tag(at, "", ((pair[1].lower(), pair[2].strip("\"' ")),))
            at += len(row) + 1


def _list_attributes(source: str) -> Attributes:
    """Read keys and values up to the next brace; without one there is no list."""
    found: list[tuple[str, str | None]] = []
    for match in _LIST_ITEM.finditer(source):
        if match["close"]:
            return tuple(found)
        if match["key"]:
            value = match["value"]
            found.append((match["key"].strip("\"'").lower(), None if value is None else unescape(value.strip("\"'"))))
    return ()


# --- links -----------------------------------------------------------------------------------------------------------

_BRACKET = re.compile(r"\\.|!\[|\[|\]|\n[ \t]*\n", re.DOTALL)
_TARGET = re.compile(r"\(\s*+([^)]{0,1000})")
_LABEL = re.compile(r"[ ]?\[([^\[\]\n]{0,200})\]")
_DEFINITION = re.compile(r"^ {0,3}\[(?!\^)([^\[\]\n]{1,200})\]:[ \t]*\n?[ \t]*<?([^\s>]{1,2000})", re.MULTILINE)
_AUTOLINK = re.compile(r"<([A-Za-z][A-Za-z0-9+.-]{1,30}:[^<>\s]{0,2000})>")


def find_links(text: str) -> Iterator[Link]:
    """Yield links and images in every Markdown form, definitions and autolinks included."""
    definitions: dict[str, str] = {}
    for match in _DEFINITION.finditer(text):
        definitions.setdefault(_label(match[1]), match[2])
        yield Link(match.start(), match[2])
    for match in _AUTOLINK.finditer(text):
        yield Link(match.start(), match[1])
    for start, image, label, end in _brackets(text):
        target = _TARGET.match(text, end)
        if target:
            yield Link(start, target[1], image, label)
            continue
        name = _LABEL.match(text, end)
        key = _label((name[1] if name else "") or label)
        if key in definitions:
            yield Link(start, definitions[key], image, label)


def _label(text: str) -> str:
    return " ".join(text.casefold().split())


def _brackets(text: str) -> Iterator[tuple[int, bool, str, int]]:
    """Yield each pair of square brackets: where it starts, whether as an image, its content, where it ends."""
    if "](" not in text and "[" not in text:
        return
    open_at: list[tuple[int, bool]] = []
    for match in _BRACKET.finditer(text):
        mark = match.group()
        if mark == "]":
            if open_at:
                start, image = open_at.pop()
                inner = start + (2 if image else 1)
                yield start, image, text[inner : min(match.start(), inner + 500)], match.end()
        elif mark in ("[", "!["):
            open_at.append((match.start(), mark == "!["))
        elif mark[0] == "\n":
            open_at.clear()
