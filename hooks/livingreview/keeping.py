"""What stays on one line: a statistic with its value, a range, a date, a phase, a statement with its raised number.

In goes the HTML of a page; out comes the same with "P = 0.788" and its like, and a
raised number with the letter before it, held together. The text stays letter for
letter what it was: it is wrapped, not joined by other kinds of space, so that who
copies or searches it finds what is written.
"""

from __future__ import annotations

import re

#: Elements whose text is no running text, or may hold no markup.
_SKIPPED = "code|pre|script|style|svg|textarea|title|option|button"
#: What is no text: a comment, such an element as a whole, a tag.
_NO_TEXT = re.compile(
    rf"<!--.*?-->|<(?P<name>{_SKIPPED})(?=[\s>])[^>]*(?<!/)>.*?</(?P=name)\s*>|<[^>]*>", re.DOTALL | re.I
)

#: A statistic, a relation and a number; a range; a day or a month; a power of ten; a phase; a name that ends in Greek.
_STATISTIC = r"(?<![A-Za-z])[A-Za-z]{1,2} (?:=|&lt;|&gt;|[≤≥≈]) −?\d+(?:\.\d+)?(?![\d.]*\d)"
_RANGE = r"(?<![\d.–])\d+(?:\.\d+)?–\d+(?:\.\d+)?%?(?![\d–])"
_DATE = r"(?<![\d-])(?:\d{4}-\d\d-\d\d|(?:19|20)\d\d-(?:0[1-9]|1[0-2]))(?![\d-])"
_POWER = r"(?<![\d.])\d+(?:\.\d+)? × 10[⁰¹²³⁴-⁹⁻]+"
_STAGE = r"(?:I{1,3}|IV|[1-4])[ab]?"
_STAGES = rf"{_STAGE}(?:/{_STAGE})?"
_PHASE = rf"(?<![A-Za-z\d/.–-]){_STAGES} 期|\b[Pp]hase {_STAGES}(?![\w/])"
_GREEK = r"(?<![A-Za-z])[A-Za-z]{2,12}-[α-ω](?:/[α-ω])?(?![A-Za-zα-ω])"
#: What every figure has some of; most text has none and need not be searched.
_SIGN = re.compile(r"[=≤≥≈–×]|&[lg]t;|\d-\d|[IV1-4ab] 期|[Pp]hase |-[α-ω]")
_FIGURE = re.compile(f"{_STATISTIC}|{_RANGE}|{_DATE}|{_POWER}|{_PHASE}|{_GREEK}")

_RAISED = re.compile(r'<sup class="lr-cite">.*?</sup>', re.DOTALL)


def keep_together(html: str) -> str:
    """Return the HTML with every figure, and every statement's end with its raised number, on one line."""
    return _keep_raised(_keep_figures(html))


def _keep_raised(html: str) -> str:
    """Hold each raised number and the letter before it; after a tag, the style sheet's word joiner holds them."""
    pieces, at = [], 0
    for found in _RAISED.finditer(html):
        start = found.start()
        if start > at and html[start - 1] == " ":
            start -= 1
        if start > at and not html[start - 1].isspace() and html[start - 1] not in "<>;":
            start -= 1
        pieces += [html[at:start], f'<span class="lr-keep">{html[start : found.end()]}</span>']
        at = found.end()
    return "".join([*pieces, html[at:]])


def _keep_figures(html: str) -> str:
    """Hold the figures of each text between two tags; what has none is taken over as it stands, tags and all."""
    pieces, at, taken = [], 0, 0
    for start, end in [*(found.span() for found in _NO_TEXT.finditer(html)), (len(html), len(html))]:
        if start > at and _SIGN.search(html, at, start):
            pieces += [html[taken:at], _FIGURE.sub(r'<span class="lr-keep">\g<0></span>', html[at:start])]
            taken = start
        at = end
    return "".join([*pieces, html[taken:]])
