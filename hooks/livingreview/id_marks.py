"""Ids as they are written into the text: what the renderer reads, and what was only meant.

In goes a line with the place its block has for an id; out comes the id with what is wrong
with its spelling. The renderer (Python-Markdown's attribute lists, and our own for list
items) drops a misspelt list without a word or prints it, so a published address would be
gone; the reader takes the id as meant, so that the spelling is the only fault.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from livingreview.block_ids import ID_FORM


@dataclass(frozen=True, slots=True)
class IdMark:
    """An id written at ``start`` of a line; ``fault`` is what is wrong with its spelling, ``id`` may be missing."""

    start: int
    id: str | None
    fault: str = ""


#: Signs that an input method sets in the place of ``:`` and ``#``, and spaces that are none to the renderer.
_MEANT = (
    r"[{｛][\s\u200b\ufeff]*(?:(?P<colon>[:：;；])[\s:：;；\u200b\ufeff]*)?(?P<hash>[#＃]+)?[\s\u200b\ufeff]*"
    r"(?P<id>[^\s.#＃:：;；,，={}｛｝]+)(?P<rest>[^{}｛｝]*)[}｝]\s*\Z"
)
_AT_END = re.compile(rf"\s*{_MEANT}")
_ALONE = re.compile(rf"\A\s*{_MEANT}")
_LIST_ALONE = re.compile(r"\A[ ]*\{:?([^{}]*)\}[ ]*\Z")

#: What the renderer reads at the end of a heading, of a list item's first line, and on a paragraph's last line.
_HEADING = re.compile(r"[ ]+\{:?[ \t]*#[\w-]+(?:[ ][^{}#]*)?\}[ ]*\Z")
_ITEM = re.compile(r"[ ]*\{:[ ]*#[\w-]+[ ]*\}[ ]*\Z")
_PARAGRAPH = re.compile(r"\A[ ]*\{:?[ ]*#[\w-]+(?:[ ][^{}#]*)?\}[ ]*\Z")

#: With a backslash, as converters of word processors' files write, an id is printed.
_ESCAPED = re.compile(r"\\\{[^{}]*\}\s*\Z")

#: What may stand on the line after a paragraph's id, for the renderer begins a block there: a heading,
#: a ``///`` block, a rule, a quotation, HTML, the definition of a link. Lists, tables and text go on.
_BEGINS = re.compile(r"[ \t]*\Z| {0,3}(?:#|/{3}|>|<|([*_-])(?:[ ]*\1){2,}[ ]*\Z|\[[^\]]+\]:)")


def _mark(meant: re.Match[str] | None, read: re.Pattern[str], text: str, raw: str, right: str) -> IdMark | None:
    """Return the id of a line, as meant; words in braces are one only with a colon or a # before them."""
    if meant is None or not (meant["colon"] or meant["hash"]):
        return None
    name = meant["id"]
    if not meant["hash"] and (not ID_FORM.match(name) or meant["rest"].lstrip()[:1] == "="):
        return None  # other attributes
    if not ID_FORM.match(name):
        return IdMark(meant.start(), name)  # reported for its form
    sign = "\\" if _ESCAPED.search(raw) else ""
    if read.search(text) and not sign:
        return IdMark(meant.start(), name)
    return IdMark(meant.start(), name, f'"{sign}{meant[0].strip()}" is not read as an id. Write {right.format(name)}.')


def heading_mark(text: str, raw: str) -> IdMark | None:
    """Return the id at the end of a heading."""
    return _mark(_AT_END.search(text), _HEADING, text, raw, "{{#{0}}} after a space, with half-width signs")


def item_mark(text: str, raw: str) -> IdMark | None:
    """Return the id at the end of a list item's first line."""
    return _mark(_AT_END.search(text), _ITEM, text, raw, "{{: #{0} }} with half-width signs and nothing else in it")


def paragraph_mark(text: str, raw: str) -> IdMark | None:
    """Return what stands on the line below a paragraph: an id, or an attribute list without one."""
    found = _mark(_ALONE.match(text), _PARAGRAPH, text, raw, "{{: #{0} }} with half-width signs")
    if found is None and _LIST_ALONE.match(text):
        return IdMark(0, None)
    return found


def ends_paragraph(following: str) -> bool:
    """Whether the renderer ends a paragraph before this line."""
    return _BEGINS.match(following) is not None
