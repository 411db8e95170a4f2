"""What concerns the whole tree of a printed work: where links lead, how wide columns are, what goes across.

In go nodes; out come nodes. Nothing here knows what they say.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from livingreview.paper_html import Node, plain


def names_in(node: Any) -> Iterator[str]:
    """Yield every name a link can lead to."""
    if isinstance(node, list):
        for child in node:
            yield from names_in(child)
    elif isinstance(node, dict):
        if node.get("id"):
            yield str(node["id"])
        for child in node.values():
            if isinstance(child, (list, dict)):
                yield from names_in(child)


def linked(node: Any, settle: Callable[[str], str]) -> Any:
    """Return the tree with every link settled: to ``#name`` in the book or to an address.

    A link that leads nowhere becomes its text. ``paged`` are the links that print the page they lead to:
    all but those of raised numbers, which lead to a list that is easily found.
    """
    if isinstance(node, list):
        return [linked(child, settle) for child in node]
    if not isinstance(node, dict):
        return node
    done = {key: linked(child, settle) for key, child in node.items()}
    if "targets" in node:
        inside = [settle(to) for to in node["targets"]]
        return {**done, "targets": [to[1:] for to in inside if to.startswith("#")]}
    if "to" not in node:
        return done
    to = settle(node["to"])
    if node["t"] == "page":
        return {**done, "to": to[1:]} if to.startswith("#") else ""
    if node["t"] == "a" and not to:
        return {"t": "lang", "lang": "", "c": done["c"]}
    return {**done, "to": to, "paged": not to.startswith("#references#")}


def across(nodes: list[Node]) -> list[Node]:
    """Return the nodes with every figure, and the heading right before it, on a page across."""
    done: list[Node] = []
    for node in nodes:
        if node["t"] == "figure":
            above = [done.pop()] if done and done[-1]["t"] == "h" else []
            done.append({"t": "across", "c": [*above, node]})
        else:
            done.append(node)
    return done


def unlisted(nodes: list[Node]) -> list[Node]:
    """Return the nodes of a chapter whose sections are too small to be listed in the contents."""
    return [{**node, "listed": False} if node["t"] == "h" and node["level"] > 1 else node for node in nodes]


# -- columns -------------------------------------------------------------------------

#: About how many letters fit on a line of a table, how many the space between columns takes, the longest word that
#: no column has to hold in one piece, and what even a column of short words should hold.
_LINE, _GAP, _LONGEST, _LEAST = 98.0, 2.2, 15.0, 8.0

_WIDE = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60]")
_WORDS = re.compile(r"[\s\u2e80-\u9fff\uff00-\uff60–-]+")


def _width(text: str) -> float:
    """Return about how many letters wide a text is; an ideograph is as wide as two."""
    return len(text) + len(_WIDE.findall(text))


def _need(text: str) -> float:
    """Return the width that a text needs at least."""
    word = max((min(_width(word), _LONGEST) for word in _WORDS.split(text)), default=0.0)
    return max(word, min(_width(text), _LEAST))


def _texts(table: Node) -> list[list[str]]:
    """Return the texts of each column; rows with cells over several columns say nothing of one.

    Heads are bold: a letter more for each of their words is about what they are wider.
    """
    rows = [(row["cells"], "m") for row in table["head"]] + [(row["cells"], "") for row in table["rows"]]
    count = max((sum(cell["columns"] for cell in cells) for cells, _more in rows), default=0)
    whole = [(cells, more) for cells, more in rows if len(cells) == count]
    return [
        [
            re.sub(r"(?<=\w)\b", more, " ".join(plain(node.get("c", ())) for node in cells[n]["c"]))
            for cells, more in whole
        ]
        for n in range(count)
    ]


def _shares(table: Node) -> list[float]:
    """Return the share of the width each column needs: what it needs at least, and of the rest by what it holds."""
    columns = _texts(table)
    least = [max(map(_need, texts), default=1.0) + _GAP for texts in columns]
    most = [max(map(_width, texts), default=1.0) + _GAP for texts in columns]
    held = [
        max(0.0, min(most[n] - least[n], sum(map(_width, texts)) / max(1, len(texts))))
        for n, texts in enumerate(columns)
    ]
    room = max(0.0, _LINE - sum(least)) / (sum(held) or 1.0)
    return [low + min(max(0.0, high - low), share * room) for low, high, share in zip(least, most, held, strict=True)]


def _measured_node(node: Node) -> Node:
    if node["t"] == "table" and not node.get("widths"):
        return {**node, "widths": _shares(node)}
    return {**node, "c": measured(node["c"])} if node["t"] in ("note", "across", "legend") else node


def measured(nodes: list[Node]) -> list[Node]:
    """Return the nodes with a width for the columns of every table that has none yet."""
    return [_measured_node(node) for node in nodes]
