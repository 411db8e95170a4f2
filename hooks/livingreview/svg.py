"""From a plotting library's SVG to one that a page can hold.

In goes what the library drew; out comes an ``<svg>`` element without styles,
scripts, metadata or fixed size: colours of a known role become classes, other
properties attributes, ids get the plot's prefix, title and description come
first, and nothing is written longer than a screen can show. So it follows the
page's colours in light and dark and satisfies a policy that forbids inline styles.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from xml.etree import ElementTree as ET

_SVG = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"

#: The role of a colour, and the colour a drawing uses to say it.
ROLES: Mapping[str, str] = {
    "ink": "#010101",
    "muted": "#020202",
    "rule": "#030303",
    "strong": "#040404",
    "paper": "#050505",
    "ground": "#060606",
    "link": "#070707",
    "met": "#080808",
    "not-met": "#090909",
    "not-known": "#0a0a0a",
}

_BY_COLOUR = {colour: role for role, colour in ROLES.items()}

#: Properties that carry over as attributes; all others (fonts, defaults) are the page's business.
_KEPT = frozenset({"stroke-width", "stroke-dasharray", "stroke-linecap", "stroke-linejoin", "opacity", "fill-opacity"})
_TEXT = frozenset({"font-size", "text-anchor", "font-weight"})


def _declarations(style: str) -> dict[str, str]:
    pairs = (part.partition(":") for part in style.split(";") if part.strip())
    return {name.strip(): value.strip() for name, _, value in pairs}


def _from_font(shorthand: str) -> dict[str, str]:
    """Take size and weight out of the ``font`` shorthand."""
    found: dict[str, str] = {}
    size = re.search(r"([0-9.]+)px", shorthand)
    if size:
        found["font-size"] = size[1]
    weight = re.match(r"\s*(bold|[1-9]00)\b", shorthand)
    if weight:
        found["font-weight"] = weight[1]
    return found


def _restyle(element: ET.Element) -> None:
    """Turn an element's style into classes and attributes."""
    style = element.attrib.pop("style", "")
    if not style:
        return
    found = _declarations(style)
    if "font" in found:
        found = {**_from_font(found.pop("font")), **found}
    classes = []
    for name, value in found.items():
        if name in ("fill", "stroke"):
            role = _BY_COLOUR.get(value.lower())
            if role:
                classes.append(f"lr-{name[0]}-{role}")
            else:
                element.set(name, value)
        elif name in _KEPT or name in _TEXT:
            element.set(name, value.removesuffix("px"))
    if classes:
        element.set("class", " ".join(classes))


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _rename(element: ET.Element, prefix: str, used: frozenset[str]) -> None:
    """Give ids that something refers to the plot's prefix, and drop the others."""
    name = element.attrib.pop("id", None)
    if name in used:
        element.set("id", f"{prefix}-{name}")
    href = element.attrib.pop(f"{{{_XLINK}}}href", None)
    if href:
        element.set("href", f"#{prefix}-{href.removeprefix('#')}")
    clip = element.attrib.get("clip-path")
    if clip:
        element.set("clip-path", clip.replace("url(#", f"url(#{prefix}-"))


def _strip_namespaces(element: ET.Element) -> None:
    for one in element.iter():
        one.tag = _local(str(one.tag))


def _tidy(root: ET.Element) -> None:
    """Remove metadata, style elements and comments; empty definitions go too."""
    for parent in list(root.iter()):
        for child in list(parent):
            if not isinstance(child.tag, str) or _local(child.tag) in {"metadata", "style"}:
                parent.remove(child)
    for parent in list(root.iter()):
        for child in list(parent):
            if _local(str(child.tag)) == "defs" and len(child) == 0:
                parent.remove(child)


#: Decimals that coordinates keep: a hundredth of a unit is less than a screen shows.
_DECIMALS = 2
_NUMBER = re.compile(r"-?\d+\.\d+")
_GEOMETRY = ("d", "x", "y", "width", "height", "transform")
_NO_TURN = re.compile(r"rotate\(-?0(?:\.0+)?(?: [^)]*)?\)")
#: A closed path of eight curves, as the library draws a circle.
_EIGHT_CURVES = re.compile(r"M([^MCLz]+)((?:C[^MCLz]+){8})z\s*")


#: What elements say without saying it: the defaults, and what the whole drawing says.
_WHOLE = {"stroke-linejoin": "miter", "stroke-linecap": "butt"}
_GIVEN = {**_WHOLE, "transform": "", "text-anchor": "start"}


def _short(number: float) -> str:
    return f"{round(number, _DECIMALS) + 0:.{_DECIMALS}f}".rstrip("0").rstrip(".")  # plus nought: no "-0"


def _as_circle(path: str) -> tuple[float, float, float] | None:
    """Return center and radius of a path that is a circle: all its points are as far from their middle."""
    found = _EIGHT_CURVES.fullmatch(path.strip())
    if not found:
        return None
    curves = [[float(part) for part in curve.split()] for curve in found[2].split("C")[1:]]
    points = [(curve[-2], curve[-1]) for curve in curves]
    x, y = (sum(values) / len(points) for values in zip(*points, strict=True))
    distances = [math.hypot(px - x, py - y) for px, py in points]
    radius = sum(distances) / len(distances)
    return (x, y, radius) if max(distances) - min(distances) < 10**-_DECIMALS else None


def _condense(element: ET.Element) -> None:
    """Write an element's geometry no longer than needed."""
    if element.tag == "path" and (circle := _as_circle(element.attrib.get("d", ""))):
        element.tag = "circle"
        del element.attrib["d"]
        element.attrib.update(zip(("cx", "cy", "r"), map(_short, circle), strict=True))
    for name in _GEOMETRY:
        if name in element.attrib:
            shorter = _NUMBER.sub(lambda found: _short(float(found[0])), _NO_TURN.sub("", element.attrib[name]))
            element.set(name, " ".join(shorter.split()).replace(" z", "z"))
    for name, value in _GIVEN.items():
        if element.attrib.get(name) == value:
            del element.attrib[name]


def _unwrap(element: ET.Element) -> None:
    """Put what stands in groups that say nothing in their place."""
    for child in list(element):
        _unwrap(child)
        if child.tag == "g" and not child.attrib and all(one.tag != "title" for one in child):
            place = list(element).index(child)
            element[place : place + 1] = list(child)


def clean_svg(drawn: str, prefix: str, title: str, description: str, tooltips: Mapping[str, str] | None = None) -> str:
    """Return a drawing as an accessible, themable ``<svg>`` element for a page.

    ``prefix`` must be unique on the page. ``tooltips`` gives the title of a group
    by the id that the drawing gave it.
    """
    root = ET.fromstring(re.sub(r"<!DOCTYPE[^>]*>", "", drawn))  # noqa: S314 - our own drawing, not content
    _tidy(root)
    hrefs = {one.attrib.get(f"{{{_XLINK}}}href", "").removeprefix("#") for one in root.iter()}
    clips = {match for one in root.iter() for match in re.findall(r"url\(#([^)]+)\)", one.attrib.get("clip-path", ""))}
    used = frozenset(hrefs | clips)
    for element in root.iter():
        tip = (tooltips or {}).get(element.attrib.get("id", ""))
        _restyle(element)
        _rename(element, prefix, used)
        if tip:
            label = ET.Element(f"{{{_SVG}}}title")
            label.text = tip
            element.insert(0, label)
    _strip_namespaces(root)
    for element in root.iter():
        _condense(element)
    _unwrap(root)
    root.attrib = {
        "xmlns": _SVG,
        "viewBox": root.attrib.get("viewBox", ""),
        "role": "img",
        "aria-labelledby": f"{prefix}-title {prefix}-desc",
        **_WHOLE,
    }
    for index, (name, text) in enumerate((("title", title), ("desc", description))):
        child = ET.Element(name, {"id": f"{prefix}-{name}"})
        child.text = text
        root.insert(index, child)
    written = ET.tostring(root, encoding="unicode", short_empty_elements=True)
    return re.sub(r">\s+<", "><", written).strip()
