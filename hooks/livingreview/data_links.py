"""Where a page's data can be downloaded: said above the table or list that is made from them.

In go the files with their addresses, or the name of a table and the address of its page;
out comes one line of links. The files under ``/data/`` are those of :mod:`livingreview.data_package`.
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


def files_line(heading: str, separator: str, files: Mapping[str, str]) -> str:
    """Return a paragraph of links to files, each name with its address."""
    links = (f'<a href="{escape(address)}">{escape(name)}</a>' for name, address in files.items())
    return f'<p class="lr-files">{escape(heading)}{separator.join(links)}</p>'


def render_data_links(table: str, language: str, page: str) -> str:
    """Return a paragraph of links; ``page`` is the address of the page from the site's root."""
    words = labels(f"data.{language}")
    files = {
        words("files." + name.replace(".", "-")): posixpath.relpath(f"/data/{name}", page) for name in FILES[table]
    }
    return files_line(words("heading"), words("separator"), files)
