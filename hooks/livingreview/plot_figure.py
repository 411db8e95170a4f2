"""What surrounds a drawing on a page: caption, both widths, the table of the same data.

In go drawings and tables; out comes the HTML of a figure.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from livingreview.plot_canvas import NARROW, WIDE
from livingreview.trial_markup import Html, tag
from livingreview.trial_wording import Wording


def data_table(heads: Sequence[str], rows: Sequence[Sequence[Html]]) -> Html:
    """Return a plain table of the data behind a plot."""
    head = tag("tr", *(tag("th", text, scope="col", role="columnheader") for text in heads), role="row")
    body = [
        tag(
            "tr",
            tag("th", cells[0], scope="row", role="rowheader"),
            *(tag("td", cell, role="cell", data_label=heads[n + 1]) for n, cell in enumerate(cells[1:])),
            role="row",
        )
        for cells in rows
    ]
    return tag("table", tag("thead", head, role="rowgroup"), tag("tbody", *body, role="rowgroup"), role="table")


def plot_figure(kind: str, drawings: tuple[str, str], caption: str, *below: object) -> str:
    """Return a figure: caption, the wide and the narrow drawing, and what stands below them."""
    wide, narrow = drawings
    return tag(
        "figure",
        tag("figcaption", caption),
        tag("div", Html(wide), class_="lr-plot__wide"),
        tag("div", Html(narrow), class_="lr-plot__narrow"),
        *below,
        class_=f"lr-plot lr-plot--{kind} lr-long",
    )


def details(wording: Wording, content: Html) -> Html:
    """Put the table of a plot's data behind a disclosure."""
    return tag("details", tag("summary", wording.words("landscape.data")), tag("div", content, class_="lr-tally"))


def both_widths(make: Callable[[int], str]) -> tuple[str, str]:
    """Return the wide and the narrow drawing."""
    return make(WIDE), make(NARROW)
