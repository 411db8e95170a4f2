"""What a rendered page says, section by section, for search.

In goes the HTML of a page's text; out come its sections: each begins with a heading that has an id, the first with
the page's own heading or none. Only running text counts, that of paragraphs and items: what stands outside of them
are labels and cells. Citation numbers, and whatever an element asks to be left out (``data-search-exclude``), are no
part of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape

from livingreview.segmentation import ZERO_WIDTH_SPACE

_TAG = re.compile(
    r"""<!--.*?--> | <(?P<end>/?)(?P<name>[a-z][a-z0-9-]*)(?P<rest>(?:[^>"']|"[^"]*"|'[^']*')*)>""",
    re.DOTALL | re.IGNORECASE | re.VERBOSE,
)
_ID = re.compile(r"""\sid=(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")

_RUNNING = frozenset({"p", "li", "pre"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
#: Elements whose text is no text of the page.
_SKIPPED = frozenset({"script", "style", "svg", "object", "template"})
#: Elements without an end, which hold nothing that could be left out.
_VOID = frozenset({"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})
#: Elements that part words.
_PARTING = _RUNNING | {"ul", "ol", "br"}


@dataclass(frozen=True, slots=True)
class PageSection:
    """A section: the id of its heading (none where that is the page's own), its words, and the running text below."""

    fragment: str
    title: str
    text: str


def _words(pieces: list[str]) -> str:
    return " ".join(unescape("".join(pieces).replace(ZERO_WIDTH_SPACE, "")).split())


@dataclass(slots=True)
class _Reader:
    """Reads a page from its first tag to its last; elements it has no name for only carry their text."""

    fragment: str = ""
    title: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    heading: str = ""
    #: How deep in paragraphs and items, and in raised text.
    running: int = 0
    raised: int = 0
    #: The element left out, and how many of its name are open.
    left_out: str = ""
    depth: int = 0

    def read(self, html: str) -> Iterator[PageSection]:
        """Yield the sections of a page that have a place or say something."""
        at = 0
        for tag in _TAG.finditer(html):
            start = tag.start()
            if start > at:
                self.add(html[at:start])
            at = tag.end()
            end, name, rest = tag.groups("")
            name = name.lower()
            if self.left_out:
                self.depth += {self.left_out: -1 if end else 1}.get(name, 0)
                self.left_out = self.left_out if self.depth else ""
            elif end:
                self.close(name)
            elif name in _SKIPPED or ("data-search-exclude" in rest and name not in _VOID):
                self.left_out, self.depth = name, 1
            elif name in _HEADINGS and (found := _ID.search(rest)):
                yield from self.section()
                # The page's own heading is the page's: what follows it has no place of its own.
                self.fragment = next(value for value in found.groups() if value is not None) if name != "h1" else ""
                self.heading = name
            else:
                self.open(name)
        yield from self.section()

    def section(self) -> Iterator[PageSection]:
        """Yield what was read since the last heading, and begin anew."""
        found = PageSection(self.fragment, _words(self.title), _words(self.text))
        if found.fragment or found.title or found.text:
            yield found
        self.title, self.text = [], []

    def add(self, text: str) -> None:
        """Take a text as part of the heading, as running text, or not at all."""
        if self.left_out:
            return
        if self.heading:
            self.title.append(text)
        elif self.running and not self.raised:
            self.text.append(text)

    def open(self, name: str) -> None:
        """Go into an element."""
        self.running += name in _RUNNING
        self.raised += name == "sup"
        if name in _PARTING:
            self.text.append(" ")

    def close(self, name: str) -> None:
        """Go out of an element; an end without a beginning ends nothing."""
        self.running = max(0, self.running - (name in _RUNNING))
        self.raised = max(0, self.raised - (name == "sup"))
        if name == self.heading:
            self.heading = ""


def page_sections(html: str) -> tuple[PageSection, ...]:
    """Return the sections of a page, in order."""
    return tuple(_Reader().read(html))
