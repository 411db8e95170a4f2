"""What git leaves in a file when two changes do not fit together.

In goes the text of a file; out come the text with one side of each conflict, the rest blank
(so that lines keep their numbers), and one problem a file. Read as they stand, the marks and
the doubled lines would be reported many times over, as everything but what they are.
"""

from __future__ import annotations

import re

from livingreview.markdown_code import blank_code
from livingreview.problems import Problem

_BEGIN, _BASE, _MIDDLE, _END = "<<<<<<< ", "||||||| ", "=======", ">>>>>>> "
_MARK = re.compile(rf"^(?:{_BEGIN}|{_END})", re.MULTILINE)


def _code(path: str) -> str:
    """Return the code under which a file's syntax is reported."""
    if path.endswith(".bib"):
        return "bib-syntax"
    if "/" not in path:
        return "config-syntax"
    return "trial-syntax" if path.startswith("data/trials/") else "data-syntax"


def without_conflicts(path: str, text: str) -> tuple[str, tuple[Problem, ...]]:
    """Return the text with the first side of every conflict, and the problem at the first of its marks.

    A page may show marks in a block of code.
    """
    if not _MARK.search(text):
        return text, ()
    shown = blank_code(text) if path.endswith(".md") else text
    if not (first := _MARK.search(shown)):
        return text, ()
    rows, kept = text.split("\n"), True
    inside = False
    for number, row in enumerate(shown.split("\n")):
        if row.startswith(_BEGIN):
            rows[number], inside = "", True
        elif row.startswith(_END):
            rows[number], inside, kept = "", False, True
        elif inside and (row.startswith(_BASE) or row.rstrip() == _MIDDLE):
            rows[number], kept = "", False
        elif not kept:
            rows[number] = ""
    line = text.count("\n", 0, first.start()) + 1
    message = "a conflict left by git: keep one of the two sides, and delete the lines <<<<<<<, ======= and >>>>>>>."
    return "\n".join(rows), (Problem(path, line, _code(path), message),)
