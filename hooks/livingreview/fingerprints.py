"""Fingerprints: whether a block still says what it said, whatever became of its markup.

In goes a block's Markdown or its plain text; out come twelve hexadecimal digits, the
same from both. They change when a word, a number, a sign or a stop does. They do not
change when lines are wrapped anew, spaces come or go, punctuation changes its width or
its style of dash and quotation mark, letters their case, or when emphasis, a link's
target, an id, a citation or a comment does: citations and links are parity's business.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from html import unescape

#: How many hexadecimal digits are kept: 48 bits tell a million blocks apart.
LENGTH = 12

_COMMENT = re.compile(r"<!--(?:[^<-]++|-(?!->)|<(?!!--))*+-->")
_TAG = re.compile(r"</?[A-Za-z][^<>]*+>")
_ATTRIBUTES = re.compile(r"\{:[^{}\n]*+\}|\{[ ]*+[#.][^{}\n]*+\}")
_OPTIONS = re.compile(r"^[ ]{4,}(?:attrs|for|about|status):.*$", re.MULTILINE)
_SLASHES = re.compile(r"^[ ]*+/{3,}(?:[ ]*+[\w-]++)?(?:[ ]*+\|)?", re.MULTILINE)
_CITATION = re.compile(r"\[[^\[\]\n]*+(?<![\w.])-?@[^\[\]\n]*+\]|\[-?@[^\[\]\n]*+\]")
_TARGET = re.compile(r"\]\([^()\n]*+(?:\([^()\n]*+\)[^()\n]*+)*+\)")
_RULE = re.compile(r"^[ ]*+\|?[ :|-]*-{3,}[ :|-]*$", re.MULTILINE)
_MARKER = re.compile(r"^[ ]*+(?:[-+*][ ]+|#{1,6}[ ]+|>[ ]?)", re.MULTILINE)
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")

_SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-", strict=True))


def _folding() -> dict[int, str | None]:
    """Build the table that gives each sign one form; markup's own signs and white space go."""
    table: dict[int, str | None] = dict.fromkeys(map(ord, "*_`|[]\\\u00ad\u200b\u200c\u200d\u2060\ufeff"))
    # Signs that nobody sees say nothing; the check of characters reports them.
    table |= dict.fromkeys([*range(9), *range(0x0E, 0x20), *range(0x7F, 0xA0), 0x061C, 0x200E, 0x200F, 0xFFFD])
    table |= dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
    for forms, plain in (
        ("‐‑‒–—―−﹣", "-"),
        ("〜∼", "~"),
        ("“”„«»「」『』″", '"'),
        ("‘’‚′", "'"),
        ("。｡", "."),
        ("、､", ","),
    ):
        table |= dict.fromkeys(map(ord, forms), plain)
    # Ten to the sixth is not one hundred and six: compatibility forms would make them equal.
    return table | {ord(char): f"^{plain}" for char, plain in _SUPERSCRIPTS.items()}


_FOLDING = _folding()
_SPACE = re.compile(r"\s+")


def plain(text: str) -> str:
    """Return the words of a Markdown text, without what only marks them up; plain text stays as it is."""
    text = _COMMENT.sub(" ", text)
    text = _ATTRIBUTES.sub(" ", text)
    text = _CITATION.sub(" ", text)
    text = _TARGET.sub("]", text)
    text = _SLASHES.sub(" ", _OPTIONS.sub(" ", text))
    text = _MARKER.sub(" ", _RULE.sub(" ", text))
    text = _TAG.sub(" ", text)
    return _ESCAPE.sub(r"\1", unescape(text) if "&" in text else text)


def folded(text: str) -> str:
    """Return a text in one case and width, without white space."""
    text = unicodedata.normalize("NFKC", text.translate(_FOLDING)).casefold()
    return _SPACE.sub("", text.translate(_FOLDING))


def fingerprint(text: str) -> str:
    """Return the fingerprint of a block, the same from its Markdown and from its plain text."""
    return hashlib.sha256(folded(plain(text)).encode("utf-8", "replace")).hexdigest()[:LENGTH]
