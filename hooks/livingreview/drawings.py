"""A drawing of a page as a picture that stands alone: the page's colours and type inside it.

In go an SVG as it stands in a page and the site's style sheets; out comes the SVG
with the rules that concern it, in the light colours, every variable replaced by
its value, so that a renderer that knows plain CSS 2 shows it as a browser does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

#: Properties that mean something inside an SVG.
_PROPERTIES = re.compile(
    r"(?:fill|stroke|opacity|paint-order|font-family|font-size|font-weight|font-style|text-anchor|visibility)(?:-[a-z]+)*\Z"
)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_VARIABLE = re.compile(r"var\(\s*(--[\w-]+)\s*(?:,((?:[^()]|\([^()]*\))*))?\)")
_COMPOUND = re.compile(r"\s*>\s*|\s+")
_CLASS = re.compile(r"\.([\w-]+)")
_CLASSES = re.compile(r'\bclass="([^"]*)"')
_TAGS = re.compile(r"<([a-z]+)\b")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a style sheet."""

    selectors: tuple[str, ...]
    declarations: tuple[tuple[str, str], ...]


def parse_rules(css: str) -> Iterator[Rule]:
    """Yield the rules that always hold: what stands inside ``@media`` and the like is left out."""
    css = _COMMENT.sub("", css)
    at, depth, start = 0, 0, 0
    for at, sign in enumerate(css):
        if sign == "{":
            depth += 1
        elif sign == "}" and depth:
            depth -= 1
            if depth == 0:
                head, _, body = css[start:at].partition("{")
                if not head.strip().startswith("@"):
                    pairs = (line.partition(":") for line in body.split(";") if ":" in line)
                    given = tuple((name.strip(), value.strip()) for name, _, value in pairs)
                    yield Rule(tuple(part.strip() for part in head.split(",")), given)
                start = at + 1


def light_values(rules: Iterable[Rule]) -> dict[str, str]:
    """Return the variables of the style sheets; the first value given is that of the light scheme."""
    values: dict[str, str] = {}
    for rule in rules:
        for name, value in rule.declarations:
            if name.startswith("--"):
                values.setdefault(name, value)
    return values


def _plain(value: str, variables: Mapping[str, str]) -> str:
    """Return a value with its variables replaced, those of their values too."""
    for _ in range(8):  # deeper chains are circles
        value, count = _VARIABLE.subn(lambda m: variables.get(m[1], (m[2] or "").strip() or "inherit"), value)
        if not count:
            break
    return value


def _inner(selector: str, classes: frozenset[str], tags: frozenset[str]) -> str:
    """Return the part of a selector that concerns the inside of a drawing, or nothing."""
    if ":" in selector or "[" in selector:
        return ""
    compounds = _COMPOUND.split(selector)
    while compounds and (compounds[0] == "svg" or (set(_CLASS.findall(compounds[0])) - classes)):
        compounds.pop(0)
    known = all(
        set(_CLASS.findall(one)) <= classes and (one[:1] == "." or one.split(".")[0] in tags) for one in compounds
    )
    return " ".join(compounds) if known else ""


def standalone(svg: str, sheets: Iterable[str]) -> str:
    """Return the drawing with its own style. A drawing without classes stays as it is."""
    svg = svg if "xmlns=" in svg else svg.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
    classes = frozenset(name for found in _CLASSES.findall(svg) for name in found.split())
    tags = frozenset(_TAGS.findall(svg))
    rules = [rule for sheet in sheets for rule in parse_rules(sheet)]
    variables = light_values(rules)
    lines = []
    for rule in rules:
        kept = [(name, _plain(value, variables)) for name, value in rule.declarations if _PROPERTIES.match(name)]
        for selector in rule.selectors:
            inner = _inner(selector, classes, tags) if kept else ""
            if inner:
                lines.append(f"{inner} {{ {'; '.join(f'{name}: {value}' for name, value in kept)} }}")
    if not lines:
        return svg
    end = svg.index(">") + 1
    style = "\n".join(lines).replace("&", "&amp;").replace("<", "&lt;")
    return f"{svg[:end]}<style>{style}</style>{svg[end:]}"
