"""Plain text as Markdown, and what a plain text may not hold.

A title is plain text in its file, but it is printed in Markdown, in HTML and in a
browser's title bar. :func:`literal` writes it so that Markdown reads no markup in
it; :func:`plain_fault` says of a page's own title, which other pages repeat, what
markup it holds.
"""

from __future__ import annotations

import re

from livingreview.textsafety import check_text

_SPACES = re.compile(r"\s+")
_MARKUP = re.compile(r"[\\`*_{}\[\]#!]")
#: The start of a tag, a declaration or a character reference; "P < 0.05" and "R&D" are none.
_HTML = re.compile(r"<[A-Za-z!/?]|&#?\w{1,40};")


def literal(text: str) -> str:
    """Return Markdown, on one line, that says just this text."""
    one_line = _SPACES.sub(" ", text).strip()
    escaped = one_line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _MARKUP.sub(lambda match: f"\\{match[0]}", escaped)


def plain_fault(text: str) -> tuple[str, str] | None:
    """Return code and message of the markup or the unseen characters in what should be plain text, if there are any."""
    for problem in check_text("", text):
        return problem.code, problem.message
    found = _HTML.search(text)
    if found is None:
        return None
    return "html-unsafe", f'"{found[0]}" is markup, which plain text does not hold. Write the words alone.'
