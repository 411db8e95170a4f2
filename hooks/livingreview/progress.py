"""How far the translation is, as readers see it.

In goes the review; out comes a table with a row a page, and the blocks that wait.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from livingreview.locales import labels
from livingreview.markup import title_of
from livingreview.review import Review
from livingreview.status import page_statuses

Url = Callable[[str, str], str]


def _links(names: tuple[str, ...], url: Url) -> str:
    links = []
    for name in names:
        slug, _, fragment = name.rpartition("#")
        links.append(f'<a href="{escape(url(slug, fragment))}">{escape(name)}</a>')
    return ", ".join(links)


def render_translation_status(review: Review, language: str, block: str, url: Url) -> str:
    """Return the table of pages with blocks in step, stale and missing, and what exactly waits."""
    words = labels(language)
    heads = "".join(
        f'<th scope="col"{align}>{escape(words(f"status.{key}"))}</th>'
        for key, align in (
            ("page", ""),
            ("in-step", ' align="right"'),
            ("stale", ' align="right"'),
            ("missing", ' align="right"'),
        )
    )
    rows, waiting = [], []
    for status in page_statuses(review):
        numbers = "".join(
            f'<td class="lr-num" align="right">{count}</td>'
            for count in (status.in_step, len(status.stale), len(status.missing))
        )
        title = escape(title_of(review, language, status.slug))
        rows.append(f'<tr><th scope="row"><a href="{escape(url(status.slug, ""))}">{title}</a></th>{numbers}</tr>')
        if status.stale:
            waiting.append(f"<li>{escape(words('status.stale'))}: {_links(status.stale, url)}</li>")
        if status.missing:
            waiting.append(f"<li>{escape(words('status.missing'))}: {_links(status.missing, url)}</li>")
    caption = escape(words("status.caption"))
    rest = f"<ul>{''.join(waiting)}</ul>" if waiting else f"<p>{escape(words('status.all'))}</p>"
    return (
        '<figure class="lr-table"><div class="lr-table__scroll" tabindex="0" role="region" '
        f'aria-labelledby="{block}-caption"><table class="lr-data"><caption id="{block}-caption">{caption}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table></div></figure>{rest}"
    )
