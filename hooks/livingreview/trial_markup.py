"""HTML built from values: everything that is not already HTML is escaped.

In go names, attributes and children; out comes an :class:`Html` text. There is
no other way into the markup of trials, so nothing from a data file can become
markup, style or script.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

#: Elements without an end tag.
_VOID = frozenset({"br", "input", "hr", "wbr", "col"})


class Html(str):
    """A text that is markup already and is not escaped again."""

    __slots__ = ()


#: What an element may hold.
Child = "Html | str | int | None | Iterable[Child]"


def _flat(child: object) -> str:
    if child is None:
        return ""
    if isinstance(child, Html):
        return str(child)
    if isinstance(child, (str, int, float)):
        return escape(str(child), quote=False)
    if isinstance(child, Iterable):
        return "".join(_flat(one) for one in child)
    raise TypeError(f"{type(child).__name__} is no content of an element")


def html(*children: object) -> Html:
    """Join contents: markup stays, texts are escaped."""
    return Html("".join(_flat(child) for child in children))


def tag(name: str, /, *children: object, **attributes: object) -> Html:
    """Return an element. ``class_`` and ``for_`` lose their underscore, other underscores become hyphens.

    ``None`` and ``False`` leave an attribute out, ``True`` writes it without a value.
    """
    written = []
    for key, value in attributes.items():
        if value is None or value is False:
            continue
        shown = key.rstrip("_").replace("_", "-")
        written.append(f" {shown}" if value is True else f' {shown}="{escape(str(value))}"')
    start = f"<{name}{''.join(written)}>"
    return Html(start if name in _VOID else f"{start}{html(*children)}</{name}>")


def joined(separator: str, parts: Iterable[object]) -> Html:
    """Join the parts that say something."""
    shown = [_flat(part) for part in parts if part is not None]
    return Html(escape(separator, quote=False).join(part for part in shown if part))


def link(href: str, *children: object, **attributes: object) -> Html:
    """Return a link; without an address, its content."""
    return tag("a", *children, href=href, **attributes) if href else html(*children)
