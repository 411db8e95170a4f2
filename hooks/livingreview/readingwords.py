"""The words of the reading tools (side by side, terms, search, reporting a problem) in each language.

In goes a language code; out come the words of ``locales/reading.<code>.yml``.
"""

from __future__ import annotations

from functools import cache
from importlib import resources

from livingreview.locales import Labels, labels


@cache
def reading_words(language: str) -> Labels:
    """Return the words of a language; English stands in for a language without a file."""
    name = f"reading.{language}"
    found = resources.files("livingreview").joinpath("locales", f"{name}.yml").is_file()
    return labels(name if found else "reading.en")
