"""The words the site itself says: labels of notes, marks, verdicts, tables, in each language.

In goes a language code; out comes a :class:`Labels` with the words of
``locales/<code>.yml`` in this package. A review in another pair of languages
adds a file; nothing else changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from livingreview.yamlfile import parse_yaml


@dataclass(frozen=True, slots=True)
class Labels:
    """The site's own words in one language, by dotted key."""

    language: str
    words: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """Return a word, with ``{placeholders}`` filled; an unknown key is a fault of the engine."""
        return self.words[key].format(**values) if values else self.words[key]

    def get(self, key: str, default: str = "") -> str:
        """Return a word, or the default where the language has none."""
        return self.words.get(key, default)


def _flatten(data: object, prefix: str = "") -> dict[str, str]:
    if not isinstance(data, dict):
        return {prefix: str(data)}
    flat: dict[str, str] = {}
    for key, value in data.items():
        flat.update(_flatten(value, f"{prefix}.{key}" if prefix else str(key)))
    return flat


@cache
def labels(language: str) -> Labels:
    """Return the words of a language (or ``<part>.<language>``); English stands in for what its file lacks.

    Raises ValueError for a file that cannot be read: English would stand in for all of it, and nobody be told.
    """
    folder = resources.files("livingreview").joinpath("locales")
    part, dot, _code = language.rpartition(".")
    words: dict[str, str] = {}
    for name in dict.fromkeys((f"{part}{dot}en", language)):
        file = folder.joinpath(f"{name}.yml")
        if file.is_file():
            parsed = parse_yaml(file.read_text(encoding="utf-8"), f"locales/{name}.yml")
            if parsed.problems:
                raise ValueError(str(parsed.problems[0]))
            words.update(_flatten(parsed.data))
    return Labels(language, words)
