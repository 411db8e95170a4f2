"""How long a page takes to read.

In goes a page's text and its language; out come whole minutes. Chinese is
counted by character, other scripts by word; a Latin word or a number in Chinese
text counts as one character.
"""

from __future__ import annotations

import math
import re

#: Characters or words a minute. Working values for careful reading of technical prose, not a measurement.
SPEEDS = {"zh": 300, "en": 200}

_IDEOGRAPH = re.compile(r"[㐀-䶿一-鿿]")
_WORD = re.compile(r"[^\W㐀-䶿一-鿿]+(?:[-'’.][^\W㐀-䶿一-鿿]+)*")


def reading_minutes(text: str, language: str) -> int:
    """Return the minutes it takes to read the text, at least 1; an unknown language reads like English."""
    units = len(_IDEOGRAPH.findall(text)) + len(_WORD.findall(text))
    return max(1, math.ceil(units / SPEEDS.get(language, SPEEDS["en"])))
