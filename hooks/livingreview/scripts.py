"""Which writing a text is in, by the blocks of the Unicode Standard.

In goes a text, out comes yes or no: one definition for whatever asks of a whole name,
title, journal, or number. Patterns that look for single signs have ranges of their own.
"""

from __future__ import annotations

#: CJK unified ideographs with their first extension, and compatibility ideographs.
_HAN = (("\u3400", "\u4dbf"), ("\u4e00", "\u9fff"), ("\uf900", "\ufaff"))
#: Hiragana and katakana; hangul syllables.
_BESIDE_HAN = (("\u3040", "\u30ff"), ("\uac00", "\ud7af"))


def _has_any(text: str, blocks: tuple[tuple[str, str], ...]) -> bool:
    return not text.isascii() and any(first <= char <= last for char in text for first, last in blocks)


def has_han(text: str) -> bool:
    """Whether a text holds a Chinese character."""
    return _has_any(text, _HAN)


def has_cjk(text: str) -> bool:
    """Whether a text holds a character of Chinese, Japanese or Korean writing."""
    return _has_any(text, _HAN + _BESIDE_HAN)
