"""Words of Chinese text, so that a search index can hold them one by one.

In go a text and the names the review uses; out comes the text with a zero-width
space between words, and the longer and overlapping words that such a cut hides.
The general dictionary is jieba's; the review's own names are added to it, so
that 间充质 stays whole although the dictionary knows only its parts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache, cached_property
from itertools import pairwise
from typing import Any

import jieba as untyped_jieba

#: The package carries no types.
jieba: Any = untyped_jieba

#: Stands between words of a segmented text: seen by the index, not by readers.
ZERO_WIDTH_SPACE = "\u200b"

#: Runs of Chinese characters (the unified ideographs and their first extension).
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]+")


@cache
def _general() -> Any:
    """Return the tokenizer that knows only the general dictionary."""
    jieba.setLogLevel("WARNING")
    tokenizer = jieba.Tokenizer()
    tokenizer.initialize()
    return tokenizer


def han_runs(text: str) -> list[str]:
    """Return the runs of Chinese characters of a text."""
    return _HAN.findall(text)


def _parts(word: str) -> list[str]:
    """Cut a word by the general dictionary; characters it cannot join (间, 充, 质) stay together."""
    parts: list[str] = []
    single = False
    for part in _general().cut(word, HMM=False):
        if single and len(part) == 1:
            parts[-1] += part
        else:
            parts.append(part)
        single = len(part) == 1
    return parts


class Segmenter:
    """Cuts Chinese text with the general dictionary and the names given."""

    def __init__(self, names: Iterable[str]) -> None:
        """Remember the Chinese parts (two characters or more) of the names."""
        self._names = sorted({run for name in names for run in han_runs(name) if len(run) > 1})

    @cached_property
    def _own(self) -> Any:
        """The tokenizer that knows the names, too; a review without Chinese text never loads its dictionary."""
        general, own = _general(), jieba.Tokenizer()
        own.FREQ, own.total, own.initialized = dict(general.FREQ), general.total, True
        for word in self._names:
            own.add_word(word)
        return own

    def words(self, run: str) -> list[str]:
        """Cut a run into words, the review's own names whole."""
        return list(self._own.cut(run, HMM=False))

    def pieces(self, run: str) -> list[str]:
        """Cut a run into the shortest words that people look for: names into what they are made of."""
        return [piece for word in self.words(run) for piece in _parts(word)]

    def boundaries(self, text: str) -> set[int]:
        """Return the offsets at which a word may begin or end: all of them outside Chinese, between words in it."""
        found = set(range(len(text) + 1))
        for match in _HAN.finditer(text):
            found.difference_update(range(match.start() + 1, match.end()))
            at = match.start()
            for word in self.words(match[0]):
                found.add(at)
                at += len(word)
        return found

    def separate(self, text: str) -> str:
        """Return the text with a zero-width space around and between its Chinese words."""

        def cut(match: re.Match[str]) -> str:
            return ZERO_WIDTH_SPACE + ZERO_WIDTH_SPACE.join(self.pieces(match[0])) + ZERO_WIDTH_SPACE

        return _HAN.sub(cut, text).strip(ZERO_WIDTH_SPACE)

    def hidden_words(self, text: str) -> set[str]:
        """Return the words of a text that its pieces do not show: whole names, and words across pieces."""
        found: set[str] = set()
        shown: set[str] = set()
        for run in han_runs(text):
            shown.update(self.pieces(run))
            found.update(self._overlapping(run))
        return {word for word in found - shown if len(word) > 1}

    def _overlapping(self, run: str) -> Iterator[str]:
        """Yield every dictionary word in a run, and a name's single characters joined to their neighbours."""
        yield from self._own.cut(run, cut_all=True)
        for word in self.words(run):
            for left, right in pairwise(_parts(word)):
                if 1 in (len(left), len(right)):
                    yield left + right
