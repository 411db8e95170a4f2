"""A surface to draw plots on: texts, lines, boxes and markers in view-box units, colours by role.

In go drawing instructions; out comes an accessible ``<svg>`` element for a page: no
styles, no fixed size, colours as classes, so that it follows the page in light and dark
and satisfies a policy that forbids inline styles. Nothing asks a font how wide a text
is: the page's fonts are not known here, so widths are estimated.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import fsum

from livingreview.trial_markup import Html, html, tag

#: Widths of the two drawings in units of their view box, and the size of their text.
WIDE, NARROW = 960, 360
SIZES: Mapping[int, float] = {WIDE: 13.0, NARROW: 12.0}

#: What colours say; the style sheet has ``lr-f-<role>`` for filling and ``lr-s-<role>`` for stroking.
ROLES = frozenset({"ink", "muted", "rule", "strong", "paper", "ground", "link", "met", "not-met", "not-known"})

#: What lies over what: rules below everything, then boxes, lines, and markers and texts on top.
_RULES, _BOXES, _LINES, _TOP = range(4)

#: A hundredth of a unit is less than a screen shows.
_DECIMALS = 2


def text_width(text: str, size: float) -> float:
    """Estimate the width of a text in units of the view box, without asking any font."""
    return fsum(size if ord(char) > 0x2E7F else size * 0.56 for char in text)


def wrapped(text: str, size: float, width: float) -> list[str]:
    """Break a text into lines that fit a width: between words, or between Han characters."""
    lines: list[str] = []
    line = ""
    pieces: list[str] = []
    for char in text:
        if pieces and ord(char) < 0x2E80 and ord(pieces[-1][-1]) < 0x2E80 and not pieces[-1].endswith(" "):
            pieces[-1] += char
        else:
            pieces.append(char)
    for piece in pieces:
        # Closing punctuation never begins a line.
        if line and text_width(line + piece.rstrip(), size) > width and piece not in "，。；：、）”":
            lines.append(line.rstrip())
            line = ""
        line += piece
    return [*lines, line.rstrip()] if line.strip() else lines


def number(value: float) -> str:
    """Write a coordinate no longer than a screen can show."""
    return f"{round(value, _DECIMALS) + 0:.{_DECIMALS}f}".rstrip("0").rstrip(".")  # plus nought: no "-0"


def _points(*points: tuple[float, float]) -> str:
    return " ".join(f"{number(x)},{number(y)}" for x, y in points)


def _painted(fill: str | None, edge: str | None) -> str:
    """Return the classes that paint an element; a role without a colour is a fault of the caller."""
    if unknown := {fill, edge} - {None} - ROLES:
        raise ValueError(f"no colour has the role {', '.join(sorted(map(str, unknown)))}")
    return " ".join(f"lr-{kind}-{role}" for kind, role in (("f", fill), ("s", edge)) if role)


@dataclass(frozen=True, slots=True)
class Canvas:
    """A drawing surface in units of the view box, y downwards; colours are roles."""

    width: float
    size: float
    #: What was drawn, as (layer, element).
    drawn: list[tuple[int, Html]] = field(default_factory=list)

    def _add(self, layer: int, element: Html) -> None:
        self.drawn.append((layer, element))

    def text(
        self,
        x: float,
        y: float,
        text: str,
        role: str = "ink",
        *,
        at: str = "start",
        small: bool = False,
        bold: bool = False,
    ) -> None:
        """Write a text with its baseline at ``y``, and its start, middle or end at ``x``."""
        element = tag(
            "text",
            text,
            x=number(x),
            y=number(y),
            font_size=number(self.size * (0.88 if small else 1)),
            font_weight=700 if bold else None,
            text_anchor=at if at != "start" else None,
            class_=_painted(role, None),
        )
        self._add(_TOP, element)

    def line(
        self, x1: float, y1: float, x2: float, y2: float, role: str, width: float = 1, *, dashed: bool = False
    ) -> None:
        """Draw a straight line."""
        element = tag(
            "line",
            **{name: number(value) for name, value in (("x1", x1), ("y1", y1), ("x2", x2), ("y2", y2))},
            stroke_width=number(width) if width != 1 else None,
            stroke_dasharray="3,3" if dashed else None,
            class_=_painted(None, role),
        )
        self._add(_RULES if role in ("rule", "strong") else _LINES, element)

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        fill: str | None,
        edge: str | None = None,
        *,
        dashed: bool = False,
    ) -> None:
        """Draw a rectangle from its upper left corner."""
        element = tag(
            "rect",
            x=number(x),
            y=number(y),
            width=number(width),
            height=number(height),
            fill=None if fill else "none",
            stroke_dasharray="3.7,1.6" if dashed else None,
            class_=_painted(fill, edge),
        )
        self._add(_BOXES, element)

    def mark(
        self,
        x: float,
        y: float,
        radius: float,
        shape: str,
        fill: str,
        edge: str,
        *,
        dashed: bool = False,
        tip: str = "",
    ) -> None:
        """Draw a marker whose area is about that of a circle of this radius; ``tip`` names it on hover."""
        look = {
            "stroke_width": 1.6,
            "stroke_dasharray": "3.2,2.4" if dashed else None,
            "class_": _painted(fill, edge),
        }
        title = tag("title", tip) if tip else None
        if shape == "circle":
            self._add(_TOP, tag("circle", title, cx=number(x), cy=number(y), r=number(radius), **look))
            return
        if shape == "square":
            r = radius * 0.885
            corners = _points((x - r, y - r), (x + r, y - r), (x + r, y + r), (x - r, y + r))
        elif shape == "triangle":
            r = radius * 1.5
            corners = _points((x, y - r * 0.95), (x + r * 0.9, y + r * 0.6), (x - r * 0.9, y + r * 0.6))
        else:
            r = radius * 1.25
            corners = _points((x, y - r), (x + r, y), (x, y + r), (x - r, y))
        self._add(_TOP, tag("polygon", title, points=corners, **look))


def draw(
    width: float, height: float, paint: Callable[[Canvas], None], *, name: str, title: str, description: str
) -> Html:
    """Let ``paint`` draw on a surface and return the ``<svg>``; ``name``, unique on the page, begins its ids.

    Title and description are what a screen reader says (SVG Accessibility API Mappings).
    """
    canvas = Canvas(width, SIZES.get(int(width), 12.0))
    paint(canvas)
    return tag(
        "svg",
        tag("title", title, id=f"{name}-title"),
        tag("desc", description, id=f"{name}-desc"),
        html(element for _layer, element in sorted(canvas.drawn, key=lambda one: one[0])),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {number(width)} {number(height)}",
        role="img",
        aria_labelledby=f"{name}-title {name}-desc",
    )
