"""Many small style sheets and scripts, one request each.

In go the texts of files that a person reads and edits; out comes one text that
a browser fetches. Styles lose their comments and their blanks; scripts are
only put one after the other, each in its own statement.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

#: Strings and addresses are kept as they stand; comments go.
_KEPT_OR_COMMENT = re.compile(r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|url\([^)]*\))|/\*.*?\*/""", re.DOTALL)
_KEPT = re.compile(r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|url\([^)]*\))""", re.DOTALL)
_AROUND = re.compile(r"\s*([{};,])\s*")


def _squeeze(text: str) -> str:
    """Drop blanks that mean nothing; around ``:``, ``+`` and the like they can mean something in a selector."""
    return _AROUND.sub(r"\1", re.sub(r"\s+", " ", text)).replace(";}", "}")


def compress_style(text: str) -> str:
    """Return a style sheet that means the same, without comments and needless blanks."""
    bare = _KEPT_OR_COMMENT.sub(lambda found: found[1] or "", text)
    pieces = _KEPT.split(bare)
    return "".join(piece if index % 2 else _squeeze(piece) for index, piece in enumerate(pieces)).strip()


def join_styles(screen: Iterable[str], paper: Iterable[str] = ()) -> str:
    """Return one style sheet: the ordinary ones in their order, then those for paper."""
    parts = [compress_style(text) for text in screen]
    parts += [f"@media print{{{compress_style(text)}}}" for text in paper]
    return "\n".join(part for part in parts if part) + "\n"


def join_scripts(texts: Iterable[str]) -> str:
    """Return one script; an empty statement keeps two files from running into each other."""
    return ";\n".join(text.strip() for text in texts if text.strip()) + "\n"
