"""Fingerprints: whether a block still says what it said, whatever became of its markup.

In goes a block's Markdown or its plain text; out come twelve hexadecimal digits
that change when a word or a number does, and not when lines are wrapped anew,
punctuation changes its width, a link leads elsewhere or a citation is added:
those are other checks' business.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

#: How many hexadecimal digits are kept: 48 bits tell a million blocks apart.
LENGTH = 12

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_ATTRIBUTES = re.compile(r"\{:?[ ]*[#.][^{}\n]*\}")
_OPTIONS = re.compile(r"^[ ]{4,}[\w-]+:.*$", re.MULTILINE)
_SLASHES = re.compile(r"^[ ]*/{3,}[ ]*(?:[\w-]+[ ]*)?(?:\|)?", re.MULTILINE)
_CITATION = re.compile(r"\[[^\[\]\n]*@[^\[\]\n]*\]")
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*\)")
_RULE = re.compile(r"^[ ]*\|?[ :|-]*-{3,}[ :|-]*$", re.MULTILINE)


def plain(text: str) -> str:
    """Return the words of a Markdown text, without what only marks them up."""
    text = _COMMENT.sub(" ", text)
    text = _ATTRIBUTES.sub(" ", text)
    text = _CITATION.sub(" ", text)
    text = _LINK.sub(r"\1", text)
    text = _SLASHES.sub(" ", text)
    text = _OPTIONS.sub(" ", text)
    return _RULE.sub(" ", text)


def folded(text: str) -> str:
    """Return letters, digits and the signs that carry meaning (``% < > ± ×``), in one width and case."""
    text = unicodedata.normalize("NFKC", text).casefold()
    return "".join(char for char in text if _counts(char))


def _counts(char: str) -> bool:
    category = unicodedata.category(char)
    return category[0] in "LNM" or category == "Sm" and char not in "|~" or char == "%"


def fingerprint(text: str) -> str:
    """Return the fingerprint of a block, the same from its Markdown and from its plain text."""
    return hashlib.sha256(folded(plain(text)).encode()).hexdigest()[:LENGTH]
