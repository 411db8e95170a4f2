"""Traditional Chinese characters for simplified ones, so that a query in either script finds the text.

In goes the text of an index; out come the pairs that a query on it can need. A
character that the text itself uses stands for itself (著 in 显著) and is in no pair.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

_TABLE = Path(__file__).parent / "tables" / "hant-hans.txt"


@cache
def _pairs() -> tuple[str, ...]:
    rows = _TABLE.read_text(encoding="utf-8").splitlines()
    return tuple(pair for row in rows if not row.startswith("#") for pair in row.split())


def traditional_pairs(text: str) -> str:
    """Return, one after the other, each traditional character and the one of the text that it stands for."""
    used = set(text)
    return "".join(pair for pair in _pairs() if pair[1] in used and pair[0] not in used)
