r"""Citations written as other programs write them: readers would see their signs as they stand.

In goes Markdown with the keys of the bibliography; out comes a problem for ``\cite{key}``,
``[12]``, ``<sup>12</sup>``, ``[^1]``, ``{key}`` and a key in running text. Numbers in brackets
are citations only where they can be nothing else: an interval or a range has decimals, a
percentage, or a number that it belongs to before it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from livingreview.citations import parse_citations, without_literals
from livingreview.problems import Problem

_LIST = r"\d{1,3}(?:\s*[-‐-―~～,，、;；]\s*\d{1,3})*"
_LATEX = re.compile(r"\\{1,2}\w{0,12}cite\w{0,12}\*?(?:\[[^\[\]\n]*\])*\{([^{}\n]*)\}")
_NUMBERS = re.compile(rf"\\?[\[［【]\s*({_LIST})\s*\\?[\]］】](?![(\[:：])")
_RAISED = re.compile(rf"<sup>\s*[\[(]?\s*({_LIST})\s*[\])]?\s*</sup>", re.IGNORECASE)
_FOOTNOTE = re.compile(r"\\?\[\^([^\[\]\s\\]{1,40})\\?\](?![:(\[])")
_KEY = re.compile(
    r"(?:\\?[\[{]\s*)?(?<![\w@/.#&=%-])([a-z][a-z-]*[0-9]{4}[a-z0-9-]*[a-z0-9])(?![\w/=-]|\.\w)(?:\s*\\?[\]}])?"
)
#: What stands indented under ``///`` names works by their keys.
_OPTION = re.compile(r"^ {4,}[\w-]+:.*$", re.MULTILINE)
_LABEL = re.compile(r"^ {0,3}\[([^\[\]\n]+)\]:", re.MULTILINE)

#: A number, perhaps with a word or two, just before brackets: what they hold is its interval or its range.
_ITS_NUMBER = re.compile(r"\d[^\n。；;.!?！？]{0,16}\Z")
_INTERVAL = re.compile(
    r"(?:\b(?:CI|IQR|SD|range|interval|between|from|median|mean|quartiles?|scores?|scale|n)\b|区间|范围|四分位|中位|均值|评分|介于)"
    r"[^\n。；;.!?！？]{0,16}\Z",
    re.IGNORECASE,
)
_WORD_BEFORE = re.compile(r"[A-Za-z0-9_^]+\Z")


def _blank(text: str, start: int, end: int) -> str:
    return text[:start] + re.sub(r"[^\n]", " ", text[start:end]) + text[end:]


def _is_interval(text: str, start: int, numbers: str) -> bool:
    """Whether numbers in brackets may be an interval or the index of a symbol."""
    before = text[max(0, start - 60) : start]
    word = _WORD_BEFORE.search(before)
    if word and (len(word[0]) < 3 or re.search(r"\d", word[0])):
        return True
    if _INTERVAL.search(before):
        return True
    pair = len(re.findall(r"\d+", numbers)) == 2
    return bool(_ITS_NUMBER.search(before) if pair else re.search(r"[\d%％]\s*\Z", before))


def _is_exponent(text: str, start: int, end: int) -> bool:
    """Whether a raised number is an exponent, belongs to an isotope, or marks a cell of a table."""
    before, after = text[max(0, start - 40) : start], text[end : end + 1]
    word = _WORD_BEFORE.search(before)
    row = text[text.rfind("\n", 0, start) + 1 : start]
    return (
        bool(word and (len(word[0]) < 3 or word[0][-1].isdigit()))
        or ("A" <= after <= "Z")
        or row.lstrip().startswith("|")
    )


def _with_keys(bare: str, keys: frozenset[str]) -> Iterator[tuple[int, int, str]]:
    """Yield where keys stand outside of our brackets, and what to write."""
    taken = 0
    for match in sorted((*_LATEX.finditer(bare), *_KEY.finditer(bare)), key=lambda found: found.start()):
        if match.start() < taken:
            continue
        if match.re is _LATEX:
            names = [name.strip() for name in match[1].split(",") if name.strip()]
            yield *match.span(), f"[{'; '.join(f'@{name}' for name in names) or '@key'}]"
        elif match[1] in keys:
            yield *match.span(), f"[@{match[1]}]"
        else:
            continue
        taken = match.end()


def _with_numbers(bare: str, written: str, labels: set[str]) -> Iterator[tuple[int, int, str]]:
    """Yield where the numbers of citations stand; ``written`` has the tags that are blank in ``bare``."""
    for match in _FOOTNOTE.finditer(bare):
        if f"^{match[1]}" not in labels:  # reported where the note is
            yield *match.span(), "[@key]"
    for match in _NUMBERS.finditer(bare):
        if match[1] not in labels and not _is_interval(bare, match.start(), match[1]):
            yield *match.span(), "[@key]"
    for match in _RAISED.finditer(written):
        if not bare[match.start(1) : match.end(1)].isspace() and not _is_exponent(written, *match.span()):
            yield *match.span(), "[@key]"


def _found(text: str, keys: frozenset[str]) -> Iterator[tuple[int, str, str]]:
    """Yield offset, what is written there and what to write."""
    written = without_literals(text, tags=False)
    bare = _OPTION.sub(lambda match: " " * len(match[0]), without_literals(text))
    for group in parse_citations(text)[0]:
        bare = _blank(bare, group.start, group.end)
    keyed = tuple(_with_keys(bare, keys))
    for start, end, _right in keyed:
        bare = _blank(bare, start, end)
    for start, end, right in (*keyed, *_with_numbers(bare, written, set(_LABEL.findall(text)))):
        yield start, text[start:end], right


def check_handwritten(text: str, path: str, keys: frozenset[str]) -> tuple[Problem, ...]:
    """Return ``citation-syntax`` for each citation that is none of ours, one a place."""
    breaks = [match.start() for match in re.finditer("\n", text)]
    return tuple(
        Problem(
            path,
            bisect_right(breaks, at - 1) + 1,
            "citation-syntax",
            f'"{" ".join(shown.split())}" is printed, not read as a citation. Write {right}.',
        )
        for at, shown, right in _found(text, keys)
    )
