"""Tables that data make, in the frame that tables of authors have (:class:`livingreview.blocks.TableBlock`).

In go heads and cells as HTML; out comes a figure with a caption and a region that scrolls by key.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from html import escape


def framed_table(
    caption: str, heads: Sequence[str], rows: Iterable[Sequence[object]], *, figures: Collection[int], name: str
) -> str:
    """Return a table whose first column names its rows.

    ``heads`` and cells are HTML, ``caption`` is text; the columns at the places ``figures`` hold numbers, which are
    set below each other. ``name``, unique on the page, begins the id of the caption.
    """
    aligned = [' align="right"' if place in figures else "" for place in range(len(heads))]
    head = "".join(f'<th scope="col"{align}>{text}</th>' for text, align in zip(heads, aligned, strict=True))
    body = "".join(f"<tr>{''.join(_cells(row, aligned))}</tr>" for row in rows)
    # The theme's script wraps tables without a class once more, in a box that no key reaches.
    return (
        f'<figure class="lr-table"><div class="lr-table__scroll" tabindex="0" role="region" '
        f'aria-labelledby="{escape(name)}-caption"><table class="lr-data">'
        f'<caption id="{escape(name)}-caption">{escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div></figure>"
    )


def _cells(row: Sequence[object], aligned: Sequence[str]) -> Iterable[str]:
    yield f'<th scope="row">{row[0]}</th>'
    for cell, align in zip(row[1:], aligned[1:], strict=True):
        yield f'<td class="lr-num"{align}>{cell}</td>' if align else f"<td>{cell}</td>"
