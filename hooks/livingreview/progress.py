"""How far the translation is, as readers see it.

In goes the review; out comes a table with a row a page, and the blocks that wait.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from pathlib import Path

from livingreview.history import earlier_texts
from livingreview.locales import Labels, labels
from livingreview.markup import place_title
from livingreview.readingwords import reading_words
from livingreview.review import Review
from livingreview.status import page_statuses
from livingreview.tables import framed_table
from livingreview.waiting import Waiting, shortened, waiting_blocks

Url = Callable[[str, str], str]


_ELEMENTS = {"same": "{}", "gone": "<del>{}</del>", "new": "<ins>{}</ins>"}


def _item(found: Waiting, words: Labels, url: Url) -> str:
    slug, _, fragment = found.name.rpartition("#")
    names = {
        "waiting": words(f"language-name.{found.language}"),
        "changed": words(f"language-name.{found.changed}") if found.changed else "",
    }
    said = words(f"waiting.{found.state}", **names) + (words("waiting.since", date=found.since) if found.since else "")
    text = f'<a href="{escape(url(slug, fragment))}">{escape(found.name)}</a>{escape(said)}'
    if not found.changes:
        return f"<li>{text}</li>"
    pieces = "".join(_ELEMENTS[piece.kind].format(escape(piece.text)) for piece in shortened(found.changes))
    return f'<li>{text}<p lang="{escape(found.changed)}">{pieces}</p></li>'


def render_translation_status(review: Review, language: str, block: str, url: Url, root: Path) -> str:
    """Return the table of pages with blocks in step, stale and missing, and what exactly waits."""
    words = labels(language)
    heads = [escape(words(f"status.{key}")) for key in ("page", "in-step", "stale", "missing")]
    rows = []
    for status in page_statuses(review):
        title = escape(place_title(review, language, status.slug))
        link = f'<a href="{escape(url(status.slug, ""))}">{title}</a>'
        rows.append((link, status.in_step, len(status.stale), len(status.missing)))
    waiting = [_item(found, reading_words(language), url) for found in waiting_blocks(review, earlier_texts(root))]
    rest = f"<ul>{''.join(waiting)}</ul>" if waiting else f"<p>{escape(words('status.all'))}</p>"
    return framed_table(words("status.caption"), heads, rows, figures={1, 2, 3}, name=block) + rest
