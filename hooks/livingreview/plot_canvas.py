"""A surface to draw plots on: texts, lines, boxes and markers in view-box units, colours by role.

In go drawing instructions; out comes the plotting library's SVG, the same bytes
for the same instructions. Nothing asks a font how wide a text is: the page's
fonts are not known here, so widths are estimated. matplotlib is imported only
when something is drawn.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from livingreview.atomic import write_text
from livingreview.svg import ROLES

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Raise when drawings change although their data do not, so that kept ones are not used.
DRAWING_VERSION = 2

#: Widths of the two drawings in units of their view box, and the size of their text.
WIDE, NARROW = 960, 360
SIZES: Mapping[int, float] = {WIDE: 13.0, NARROW: 12.0}

#: Seed of the ids that the library makes up.
_SALT = "livingreview"


def text_width(text: str, size: float) -> float:
    """Estimate the width of a text in units of the view box, without asking any font."""
    return sum(size if ord(char) > 0x2E7F else size * 0.56 for char in text)


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


@dataclass(frozen=True, slots=True)
class Canvas:
    """A drawing surface in units of the view box, y downwards; colours are roles."""

    axes: Axes
    width: float
    size: float

    def text(
        self,
        x: float,
        y: float,
        text: str,
        role: str = "ink",
        *,
        at: str = "left",
        small: bool = False,
        bold: bool = False,
    ) -> None:
        """Write a text with its baseline at ``y``."""
        self.axes.text(
            x,
            y,
            text,
            ha=at,
            va="baseline",
            fontsize=self.size * (0.88 if small else 1),
            color=ROLES[role],
            fontweight="bold" if bold else "normal",
            parse_math=False,
        )

    def line(
        self, x1: float, y1: float, x2: float, y2: float, role: str, width: float = 1, *, dashed: bool = False
    ) -> None:
        """Draw a straight line."""
        style: Any = (0, (3, 3)) if dashed else "-"
        zorder = 0.5 if role in ("rule", "strong") else 2.0
        self.axes.plot(
            [x1, x2],
            [y1, y2],
            color=ROLES[role],
            lw=width,
            ls=style,
            clip_on=False,
            solid_capstyle="butt",
            zorder=zorder,
        )

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
        from matplotlib.patches import Rectangle  # noqa: PLC0415 - see the module's docstring

        self.axes.add_patch(
            Rectangle(
                (x, y),
                width,
                height,
                fc=ROLES[fill] if fill else "none",
                ec=ROLES[edge] if edge else "none",
                lw=1,
                ls="--" if dashed else "-",
                clip_on=False,
            )
        )

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
        gid: str = "",
    ) -> None:
        """Draw a marker whose area is that of a circle of this radius."""
        from matplotlib.patches import Circle, Patch, Polygon, Rectangle  # noqa: PLC0415 - as above

        patch: Patch
        common: dict[str, Any] = {
            "fc": ROLES[fill],
            "ec": ROLES[edge],
            "lw": 1.6,
            "ls": (0, (2, 1.5)) if dashed else "-",
            "clip_on": False,
            "zorder": 3.0,
        }
        if shape == "circle":
            patch = Circle((x, y), radius, **common)
        elif shape == "square":
            side = radius * 1.77
            patch = Rectangle((x - side / 2, y - side / 2), side, side, **common)
        elif shape == "triangle":
            r = radius * 1.5
            patch = Polygon(
                [(x, y - r * 0.95), (x + r * 0.9, y + r * 0.6), (x - r * 0.9, y + r * 0.6)], closed=True, **common
            )
        else:
            r = radius * 1.25
            patch = Polygon([(x, y - r), (x + r, y), (x, y + r), (x - r, y)], closed=True, **common)
        if gid:
            patch.set_gid(gid)
        self.axes.add_patch(patch)


def nothing() -> Any:
    """Return axes that draw nothing, to measure what a painting needs."""

    class _Nothing:
        def __getattr__(self, name: str) -> Callable[..., None]:
            return lambda *_, **__: None

    return _Nothing()


def draw(width: float, height: float, paint: Callable[[Canvas], None]) -> str:
    """Let ``paint`` draw on a surface and return the library's SVG; the same input gives the same bytes."""
    import matplotlib  # noqa: PLC0415 - as above
    from matplotlib.backends.backend_svg import FigureCanvasSVG  # noqa: PLC0415 - as above
    from matplotlib.figure import Figure  # noqa: PLC0415 - as above

    settings: Any = {"svg.fonttype": "none", "svg.hashsalt": _SALT, "font.family": "DejaVu Sans"}
    with matplotlib.rc_context(settings), warnings.catch_warnings():
        # The page's fonts have the Han characters; the library's own need not.
        warnings.filterwarnings("ignore", message="Glyph .* missing")
        figure = Figure(figsize=(width / 72, height / 72), dpi=72, facecolor="none")
        FigureCanvasSVG(figure)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set_xlim(0, width)
        axes.set_ylim(height, 0)
        axes.axis("off")
        figure.patch.set_visible(False)
        paint(Canvas(axes, width, SIZES.get(int(width), 12.0)))
        buffer = io.StringIO()
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return buffer.getvalue()


def cached(cache: Path | None, key: object, make: Callable[[], str]) -> str:
    """Return what ``make`` makes, from the cache if it was made before of the same ``key``."""
    if cache is None:
        return make()
    text = json.dumps([DRAWING_VERSION, key], ensure_ascii=False, sort_keys=True, default=str)
    path = cache / f"{hashlib.sha256(text.encode()).hexdigest()}.svg"
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        drawn = make()
        with contextlib.suppress(OSError):  # sources that cannot be written to build without a cache
            cache.mkdir(parents=True, exist_ok=True)
            write_text(path, drawn)
        return drawn
