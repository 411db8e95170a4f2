"""Many small style sheets and scripts, one request each, and none that a page has no use for.

In go the texts of files that a person reads and edits; out comes one text that
a browser fetches, without comments and blanks. Names stay as they were written.
What only some pages need (:class:`Part`) stays a file of its own.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

import rjsmin

#: Strings and addresses are kept as they stand; comments go.
_STRING = r""" "(?:[^"\\]|\\.)*" | '(?:[^'\\]|\\.)*' """
_KEPT_PATTERN = rf"{_STRING} | url\(\s*(?:{_STRING}|[^)\"']*)\s*\)"
_KEPT_OR_COMMENT = re.compile(rf"({_KEPT_PATTERN}) | /\*.*?\*/", re.DOTALL | re.VERBOSE)
_KEPT = re.compile(rf"({_KEPT_PATTERN})", re.DOTALL | re.VERBOSE)
#: Signs that need no blank on either side.
_TIGHT = "{};,"


def _squeeze(text: str) -> str:
    """Drop blanks that mean nothing; before ``:``, around ``+`` and the like they can mean something in a selector."""
    text = re.sub(r"\s+", " ", text).replace(": ", ":")
    for sign in _TIGHT:
        text = text.replace(f" {sign}", sign).replace(f"{sign} ", sign)
    return text.replace(";}", "}")


def compress_style(text: str) -> str:
    """Return a style sheet that means the same, without comments and needless blanks."""
    bare = _KEPT_OR_COMMENT.sub(lambda found: found[1] or "", text)
    pieces = _KEPT.split(bare)
    return "".join(piece if index % 2 else _squeeze(piece) for index, piece in enumerate(pieces)).strip()


def join_styles(screen: Iterable[str], paper: Iterable[str] = ()) -> str:
    """Return one style sheet: the ordinary ones in their order, then those for paper."""
    parts = [compress_style(text) for text in screen]
    parts += [f"@media print{{{compress_style(text)}}}" for text in paper]
    return "\n".join(part for part in parts if part) + "\n"


def compress_script(text: str) -> str:
    """Return a script that does the same, without comments and needless blanks."""
    return str(rjsmin.jsmin(text)).strip() + "\n"


def join_scripts(texts: Iterable[str]) -> str:
    """Return one compressed script; an empty statement keeps two files from running into each other."""
    return compress_script(";\n".join(text.strip() for text in texts if text.strip()))


# ---------- pages ----------

#: What keeps its blanks: scripts are known by their digest, the others show them.
_VERBATIM = re.compile(r"<(script|style|pre|textarea)\b.*?</\1\s*>", re.DOTALL | re.IGNORECASE)


def _without_indentation(html: str) -> str:
    """Return lines without what surrounds them and without empty ones; what begins and ends the piece stays."""
    first, *lines = html.split("\n")  # by lines: the contents of a large work are long, and a pattern tries every blank
    if not lines:
        return html
    within = (line for line in map(str.strip, lines[:-1]) if line)
    return "\n".join((first.rstrip(), *within, lines[-1].lstrip()))


def _squeeze_html(html: str) -> str:
    pieces, at = [], 0
    for found in _VERBATIM.finditer(html):
        pieces += [_without_indentation(html[at : found.start()]), found[0]]
        at = found.end()
    return "".join([*pieces, _without_indentation(html[at:])])


def compress_frame(html: str) -> str:
    """Return a page without the empty lines and the indentation that templates leave around its text.

    The text itself, what the outermost ``article`` holds, stays as it is.
    """
    begin, end = html.find("<article"), html.rfind("</article>")
    if begin < 0:
        return _squeeze_html(html)
    return _squeeze_html(html[:begin]) + html[begin:end] + _squeeze_html(html[end:])


# ---------- what only some pages fetch ----------


@dataclass(frozen=True, slots=True)
class Part:
    """A style sheet, a script or both, for pages with an element of one of these classes."""

    classes: tuple[str, ...]
    style: str = ""
    script: str = ""

    def is_needed(self, stems: Collection[str]) -> bool:
        """Whether a page whose classes begin with these fetches it; ``a`` stands for ``a__b`` and ``a--b`` too."""
        return any(stem in stems for stem in self.classes)


def parts_of(html: str, parts: Sequence[Part]) -> tuple[Part, ...]:
    """Return what the page with this text fetches besides what all pages do."""
    words = stems(used_words([html], []))
    return tuple(part for part in parts if part.is_needed(words))


def stems(words: Iterable[str]) -> frozenset[str]:
    """Return what names of the form block__element--modifier begin with (BEM), each once."""
    return frozenset(word.partition("__")[0].partition("--")[0] for word in words)


# ---------- leaving out what no page uses ----------

#: A class in a selector; what ``:not()``, ``:is()`` and brackets hold is never a reason to drop a rule.
_CLASS = re.compile(r"\.(-?[A-Za-z_][\w-]*)")
_NO_REASON = re.compile(r":(?:not|is|where|has)\([^()]*(?:\([^()]*\)[^()]*)*\)|\[[^\]]*\]")
#: The blank before a name is looked at last: a pattern that begins with letters is found several times sooner.
_CLASS_ATTRIBUTE = re.compile(r"""class=(?<=\sclass=)(?:"([^"]*)"|'([^']*)')""")
#: How a script gives an element a class: as an attribute, as a property, through its list. Begins with letters, too.
_GIVEN_CLASS = re.compile(
    r"""class(?:(?<=\bclass)(?:Name)?["']?\s*[:=]|List\.\w+\(|(?<="class)"\s*,)\s*["'`]([^"'`]*)["'`]"""
)
#: Whether a page is written from right to left, and the word that says so.
_RIGHT_TO_LEFT = re.compile(r"""dir=(?<=\sdir=)["']?rtl\b""")
RIGHT_TO_LEFT = "dir=rtl"
#: A class of the engine's own, alone in a script's string or among others there: however it is handed on, an element
#: gets it in the end. A selector (``.lr-…``) looks for an element and gives nothing; the theme's script has none.
_OWN_CLASS = re.compile(r"""lr-(?<=["'`\s]lr-)[\w-]+(?=["'`\s])""")
#: Statements whose blocks hold rules.
_HOLDING_RULES = ("@media", "@supports", "@container", "@layer")
_REFERENCE = re.compile(r"var\(\s*(--[\w-]+)")
_KEPT_OR_SIGN = re.compile(rf"{_KEPT_PATTERN} | [{{}};]", re.DOTALL | re.VERBOSE)
_PROPERTY = re.compile(rf"(?<=[{{;])(--[\w-]+)\s*:(?:{_KEPT_PATTERN}|[^;{{}}\"'])*;?", re.DOTALL | re.VERBOSE)


def used_words(pages: Iterable[str], scripts: Iterable[str]) -> frozenset[str]:
    """Return every class that a page has or a script gives; and, as a word of its own, whether a page runs leftward."""
    words: set[str] = set()
    for page in pages:
        for double, single in set(_CLASS_ATTRIBUTE.findall(page)):
            words.update((double or single).split())
        if _RIGHT_TO_LEFT.search(page):
            words.add(RIGHT_TO_LEFT)
    for script in scripts:
        words.update(word for given in _GIVEN_CLASS.findall(script) for word in given.split())
        words.update(_OWN_CLASS.findall(script))
    return frozenset(words)


def _blocks(text: str) -> Iterator[tuple[str, str | None]]:
    """Yield the rules of a style sheet as (prelude, body); a statement such as ``@charset`` has no body."""
    depth = start = opened = 0
    for found in _KEPT_OR_SIGN.finditer(text):
        sign = found[0]
        if sign == "{":
            depth += 1
            opened = found.start() if depth == 1 else opened
        elif sign == "}":
            depth -= 1
            if depth == 0:
                yield text[start:opened], text[opened + 1 : found.start()]
                start = found.end()
        elif sign == ";" and depth == 0:
            yield text[start : found.end()], None
            start = found.end()


def _selectors(prelude: str) -> list[str]:
    """Split a prelude at the commas that stand in no bracket."""
    if "(" not in prelude and "[" not in prelude:
        return prelude.split(",")
    parts, depth, last = [], 0, 0
    for index, sign in enumerate(prelude):
        depth += (sign in "([") - (sign in ")]")
        if sign == "," and depth == 0:
            parts.append(prelude[last:index])
            last = index + 1
    return [*parts, prelude[last:]]


def selectors(text: str) -> Iterator[str]:
    """Yield every selector of a compressed style sheet, those inside ``@media`` and the like too."""
    for prelude, body in _blocks(text):
        if body is not None and prelude.lstrip().startswith(_HOLDING_RULES):
            yield from selectors(body)
        elif body is not None and not prelude.lstrip().startswith("@"):
            yield from _selectors(prelude)


def _is_used(selector: str, words: frozenset[str]) -> bool:
    if "[dir=rtl]" in selector and RIGHT_TO_LEFT not in words:
        return False
    if "(" in selector or "[" in selector:
        selector = _NO_REASON.sub("", selector)
    return "." not in selector or words.issuperset(_CLASS.findall(selector))


def _prune(text: str, words: frozenset[str]) -> Iterator[str]:
    for prelude, body in _blocks(text):
        if body is None:
            yield prelude
        elif prelude.lstrip().startswith(_HOLDING_RULES):
            inner = "".join(_prune(body, words))
            if inner:
                yield f"{prelude}{{{inner}}}"
        elif prelude.lstrip().startswith("@"):
            yield f"{prelude}{{{body}}}"
        else:
            kept = [selector for selector in _selectors(prelude) if _is_used(selector, words)]
            if kept:
                yield f"{','.join(kept)}{{{body}}}"


def _drop_properties(text: str, named: Collection[str]) -> str:
    """Leave out custom properties that nothing refers to."""
    return _PROPERTY.sub(lambda found: found[0] if found[1] in named else "", text).replace(";}", "}")


def prune_style(text: str, words: Collection[str], others: str = "") -> str:
    """Return a compressed style sheet without rules for classes that are none of ``words``.

    ``others`` is what else may refer to its custom properties: other style
    sheets, scripts. Rules on elements, attributes and ids all stay.
    """
    pruned = "".join(_prune(compress_style(text), frozenset(words)))
    return _drop_properties(pruned, frozenset(_REFERENCE.findall(pruned + others)))
