"""Reading built pages: elements, texts and addresses, with a real HTML parser."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote, urlsplit

from lxml import html as lxml_html

#: Attributes through which a page makes a browser fetch something.
LOADS = {
    "script": ("src",),
    "link": ("href",),
    "img": ("src", "srcset"),
    "source": ("src", "srcset"),
    "iframe": ("src",),
    "video": ("src", "poster"),
    "audio": ("src",),
    "object": ("data",),
    "embed": ("src",),
    "use": ("href",),
    "image": ("href",),
}

#: Relations of ``link`` elements that are addresses to know of, not things to load.
NOT_LOADED = {"canonical", "alternate", "prev", "next", "license", "author", "cite-as", "describedby", "item", "type",
              "collection", "latest-version", "bookmark"}  # fmt: skip


class BuiltPage:
    """One HTML file of a built site."""

    def __init__(self, folder: Path, file: Path) -> None:
        self.folder = folder
        self.file = file
        self.name = file.relative_to(folder).as_posix()
        self.address = "/" + self.name.removesuffix("index.html")

    @cached_property
    def tree(self) -> lxml_html.HtmlElement:
        return lxml_html.document_fromstring(self.file.read_bytes())

    @cached_property
    def ids(self) -> set[str]:
        return set(self.tree.xpath("//@id"))

    @property
    def language(self) -> str:
        return str(self.tree.get("lang"))

    @property
    def is_redirect(self) -> bool:
        return bool(self.tree.xpath('//meta[translate(@http-equiv, "REFSH", "refsh")="refresh"]'))

    def links(self) -> Iterator[str]:
        yield from (str(href) for href in self.tree.xpath("//a/@href"))

    def resolve(self, href: str) -> tuple[str, str] | None:
        """Return the site path and fragment a link leads to, or nothing for other schemes and hosts."""
        parts = urlsplit(href)
        if parts.scheme or parts.netloc:
            return None
        path = posixpath.normpath(posixpath.join(posixpath.dirname(self.address + "x"), unquote(parts.path)))
        if not parts.path:
            path = self.address
        elif parts.path.endswith("/") and path != "/":
            path += "/"
        return path, unquote(parts.fragment)

    def running_text(self) -> str:
        """Return what a reader reads, without code, scripts and styles."""
        copy = lxml_html.document_fromstring(self.file.read_bytes())
        for element in copy.xpath("//code | //pre | //script | //style | //template"):
            element.drop_tree()
        return str(copy.text_content())

    def loads(self) -> Iterator[str]:
        """Yield every address the page makes a browser fetch."""
        for tag, attributes in LOADS.items():
            for element in self.tree.iter(tag):
                if tag == "link" and set((element.get("rel") or "").split()) & NOT_LOADED:
                    continue
                for attribute in attributes:
                    value = element.get(attribute)
                    if value:
                        yield from (part.split()[0] for part in value.split(",") if part.strip())


def built_pages(folder: Path) -> list[BuiltPage]:
    """Return all pages of a built site, frozen versions apart."""
    files = sorted(path for path in folder.rglob("*.html") if path.relative_to(folder).parts[0] != "v")
    return [BuiltPage(folder, path) for path in files]
