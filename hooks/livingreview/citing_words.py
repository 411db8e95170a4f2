"""The words of citations, versions and changes, in each language.

In goes a language code; out come the words of ``locales/citing.<code>.yml``,
which stand apart from the site's other words because only the parts about
citing need them. English stands in for a language without such a file.
"""

from __future__ import annotations

from functools import cache

from livingreview.locales import Labels, labels


@cache
def citing_words(language: str) -> Labels:
    """Return the words about citing in a language."""
    found = labels(f"citing.{language}")
    return found if found.get("cite.heading") else labels("citing.en")
