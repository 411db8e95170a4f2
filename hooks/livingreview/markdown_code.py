"""Where Markdown shows text as code, and so nothing in it is acted on.

In goes Markdown source; out comes the same text with code replaced by spaces,
offsets and lines kept (:func:`blank_code`). The rules are those of the renderer,
Python-Markdown with pymdownx.superfences, not CommonMark's: a fence without an end
is text, a run of backticks may be cut short. Where it cannot be told for certain
(inside raw HTML, across the lines of a list), text is taken not to be code.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_NOT_NEWLINE = re.compile(r"[^\n]")


def spaces(text: str) -> str:
    """Return a text of the same length and lines that is blank."""
    return _NOT_NEWLINE.sub(" ", text)


def blank_between(text: str, opening: str, closing: str) -> str:
    """Return the text with everything from each opening to its closing mark replaced by spaces."""
    parts: list[str] = []
    at = 0
    while (start := text.find(opening, at)) >= 0 and (end := text.find(closing, start + len(opening))) >= 0:
        parts += [text[at:start], spaces(text[start : end + len(closing)])]
        at = end + len(closing)
    return "".join([*parts, text[at:]])


# --- fences ----------------------------------------------------------------------------------------------------------

_Span = tuple[int, int]

_PREFIX = "> \t"
_OPENING = re.compile(
    r"(?P<fence>`{3,}|~{3,})(?:[ \t]*+\.?[\w#.+-]++(?=[\t ]|$))?+[ \t]*+"
    r"(?:\{[^\n]*\}|(?:[A-Za-z]\w*+(?:=(?:\"[^\"]*+\"|'[^']*+'))?+(?:[ \t]++|$))*+)[ \t]*$"
)


@dataclass(slots=True)
class _Fence:
    """A fence that is open: its marks, how far it is indented, and in how many quotations it stands."""

    row: int
    marks: str
    width: int
    quotes: int
    gap: bool = False

    def takes(self, line: str) -> bool | None:
        """Say of a line whether it closes the fence (true), belongs to it (false), or breaks it (nothing)."""
        width = 0
        while width < min(self.width, len(line)) and line[width] in "> ":
            width += 1
        prefix, content = line[:width], line[width:]
        quotes = prefix.count(">")
        if not content.strip() and (self.quotes or not prefix.strip()):
            self.gap = True
            return None if quotes > self.quotes else False
        if quotes > self.quotes or (quotes < self.quotes and self.gap) or width < self.width:
            return None
        self.gap = False
        return content.startswith(self.marks) and not content[len(self.marks) :].strip()


def _fenced_rows(rows: list[str]) -> Iterator[tuple[int, int]]:
    """Yield the rows of the opening and the closing line of every closed fence."""
    fence: _Fence | None = None
    for number, row in enumerate(rows):
        line = row.expandtabs(4)
        if fence is not None:
            closes = fence.takes(line)
            if closes:
                yield fence.row, number
            if closes is not False:
                fence = None
            continue
        bare = line.lstrip(_PREFIX)
        match = _OPENING.match(bare) if bare.startswith(("```", "~~~")) else None
        if match:
            prefix = line[: len(line) - len(bare)]
            fence = _Fence(number, match["fence"], len(prefix), prefix.count(">"))


def _fenced_spans(text: str) -> list[_Span]:
    """Return where closed fences stand, from the start of the opening to the end of the closing line."""
    if "```" not in text and "~~~" not in text:
        return []
    rows = text.split("\n")
    starts = [0]
    for row in rows:
        starts.append(starts[-1] + len(row) + 1)
    return [(starts[first], starts[last + 1] - 1) for first, last in _fenced_rows(rows)]


# --- raw HTML --------------------------------------------------------------------------------------------------------

_BLOCK_TAG = re.compile(
    r"^ {0,3}</?(address|article|aside|blockquote|body|center|dd|details|dialog|div|dl|dt|fieldset|figcaption|figure"
    r"|footer|form|frame\w*|h[1-6r]|head|header|hgroup|html|iframe|legend|li|link|main|map|menu|meta|nav|noframes"
    r"|noscript|object|ol|option|output|p|param|pre|progress|script|search|section|style|summary|svg|table|tbody|td"
    r"|template|textarea|tfoot|th|thead|title|tr|ul|video|math|canvas|colgroup|col|del|ins)(?![\w-])|^ {0,3}<[!?]",
    re.MULTILINE | re.IGNORECASE,
)


def _raw_regions(text: str) -> list[tuple[int, int]]:
    """Return where raw HTML blocks may reach; the renderer reads no code spans there.

    Generous: from a block's tag at the start of a line to the last line that may end it.
    """
    regions: list[tuple[int, int]] = []
    at, folded = 0, text.lower()
    while (match := _BLOCK_TAG.search(text, at)) is not None:
        name = (match[1] or "").lower()
        if not name:
            end = text.find("-->", match.end()) if text.startswith("!--", match.end() - 1) else -1
        else:
            end = match.end() if name == "hr" else folded.rfind(f"</{name}", match.start())
        line_end = text.find("\n", end) if end >= 0 else -1
        at = line_end if line_end >= 0 else len(text)
        regions.append((match.start(), at))
    return regions


# --- spans -----------------------------------------------------------------------------------------------------------

_BACKTICKS = re.compile("`+")
_BLANK_LINE = re.compile(r"\n[ \t]*(?=\n)")
#: Lines that may be a block of their own without blank lines around them, and what divides a table's row.
_STRUCTURED = re.compile(r"^(?:[ ]*\t|[ ]{4}|[ ]*(?:[-+*#>=:<~_{!\[\\]|[0-9]+[.)]|///))|\|", re.MULTILINE)


def _escaped(text: str, offset: int) -> bool:
    """Whether an odd number of backslashes stands before an offset."""
    before = text[max(0, offset - 50) : offset]
    return (len(before) - len(before.rstrip("\\"))) % 2 == 1


def _spans(text: str, start: int, end: int) -> list[_Span]:
    """Return the code spans of a piece of running text.

    Versions of the renderer differ in where they read on after backticks that open
    nothing (some leave out as many characters again); what is a span to all of them counts.
    """
    spans = list(_paired(text, start, end, 0))
    other = set(_paired(text, start, end, 1))
    return [span for span in spans if span in other]


def _paired(text: str, start: int, end: int, skip: int) -> Iterator[_Span]:
    """Yield spans by the renderer's rule; after a run that opens nothing, ``skip`` times its length is left out.

    A run of backticks ends at the next run of its length; where there is none, the
    longest later run counts if it is shorter, and the opening one is cut to it.
    """
    runs = [match.span() for match in _BACKTICKS.finditer(text, start, end)]
    places: dict[int, list[int]] = {}
    longest = [0] * (len(runs) + 1)
    for number in range(len(runs) - 1, -1, -1):
        length = runs[number][1] - runs[number][0]
        places.setdefault(length, []).append(number)
        longest[number] = max(longest[number + 1], length)
    number, at = 0, start
    while number < len(runs):
        first, last = runs[number]
        first = max(first + _escaped(text, first), at)
        length = last - first
        number += 1
        if length <= 0:
            continue
        close = _next(places.get(length, []), number)
        if close is None and 0 < longest[number] < length:
            close = _next(places[longest[number]], number)
        if close is None:
            at = last + skip * length
        else:
            yield first, runs[close][1]
            number = close + 1


def _next(later: list[int], number: int) -> int | None:
    """Return the first run from ``number`` on, of runs kept in descending order."""
    while later and later[-1] < number:
        later.pop()
    return later[-1] if later else None


def _paragraph_spans(text: str, start: int, end: int) -> list[_Span]:
    """Return the spans of a paragraph that are code however the renderer divides it into blocks.

    In plain lines that is every span. Where a line may begin a list item, a heading or a
    table row, a span must be one in its paragraph, in its line and in its table cell.
    """
    found = _spans(text, start, end)
    if not _STRUCTURED.search(text, start, end):
        return found
    for divider in (r"\n", r"[\n|]"):
        inner: set[_Span] = set()
        at = start
        for cut in [*(match.start() for match in re.compile(divider).finditer(text, start, end)), end]:
            inner.update(_spans(text, at, cut))
            at = cut
        found = [span for span in found if span in inner]
    return found


def blank_code(text: str) -> str:
    """Return Markdown with code spans and fenced code replaced by spaces, offsets and lines kept.

    The lines that open fences stay, without their marks, for they may hold attributes.
    """
    fences = _fenced_spans(text)
    # The renderer puts a sign that is not blank in the place of fenced code before it looks for spans.
    masked = _replaced(text, fences, lambda fenced: _NOT_NEWLINE.sub("\x01", fenced))
    spans = _certain_spans(masked, fences) if "`" in masked else []
    return _replaced(_replaced(text, fences, _without_code), spans, spaces)


def _replaced(text: str, spans: list[_Span], change: Callable[[str], str]) -> str:
    """Return the text with the given spans, which do not overlap, changed; the change keeps lengths."""
    parts: list[str] = []
    at = 0
    for start, end in spans:
        parts += [text[at:start], change(text[start:end])]
        at = end
    return "".join([*parts, text[at:]]) if parts else text


def _without_code(fenced: str) -> str:
    """Blank the rows of a fence below its opening line, and the marks in that."""
    opening, newline, rest = fenced.partition("\n")
    return re.sub(r"[`~]", " ", opening) + newline + spaces(rest)


def _certain_spans(masked: str, fences: list[_Span]) -> list[_Span]:
    """Return the code spans of paragraphs that no raw HTML reaches; fences belong to the paragraphs they touch."""
    regions = _raw_regions(masked) if "<" in masked else []
    begins, opens = [first for first, _ in regions], [first for first, _ in fences]
    found: list[_Span] = []
    start = 0
    for end in [*(match.start() for match in _BLANK_LINE.finditer(masked)), len(masked)]:
        fence = bisect_right(opens, end) - 1
        if end < len(masked) and fence >= 0 and end < fences[fence][1]:
            continue
        near = bisect_left(begins, end) - 1
        if masked.find("`", start, end) >= 0 and not (near >= 0 and start < regions[near][1]):
            found += _paragraph_spans(masked, start, end)
        start = end
    return found
