"""Where a page's data can be downloaded: said above the table that is made from them.

In go the name of the page's table and the address of the page; out comes one line of
links to files under ``/data/``, which :mod:`livingreview.data_package` makes.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from html import escape

from livingreview.locales import labels

#: The files behind each table, and what describes their fields.
FILES: Mapping[str, tuple[str, ...]] = {
    "trials": ("trials.csv", "outcomes.csv", "trials.json", "datapackage.json"),
    "audit": ("claims.json", "datapackage.json"),
    "glossary": ("glossary.json", "datapackage.json"),
}


def render_data_links(table: str, language: str, page: str) -> str:
    """Return a paragraph of links; ``page`` is the address of the page from the site's root."""
    words = labels(f"data.{language}")

    def link(name: str) -> str:
        said = words("files." + name.replace(".", "-"))
        return f'<a href="{posixpath.relpath(f"/data/{name}", page)}">{escape(said)}</a>'

    return f'<p class="lr-files">{escape(words("heading"))}{words("separator").join(map(link, FILES[table]))}</p>'
