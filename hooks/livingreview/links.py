"""Where links lead: from a link as written to the page, file or outside address it names.

In go the path of the page a link stands on and its target; out comes a
:class:`Target`. Pages that are generated from data are linked through their
data file, so that the link also works where the repository is read.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from urllib.parse import urlsplit

#: Below this folder stand the pages that set a chapter's languages side by side, under the chapter's ids.
COMPARE_FOLDER = "compare"

_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")


class TargetKind(Enum):
    """What a link leads to."""

    PAGE = "page"
    ASSET = "asset"
    SOURCE = "source"
    OUTSIDE = "outside"
    ABSOLUTE = "absolute"


@dataclass(frozen=True, slots=True)
class Target:
    """A resolved link: a page's slug with its fragment, or the path of a file, or an outside address."""

    kind: TargetKind
    name: str
    fragment: str = ""
    language: str = ""

    @property
    def block(self) -> str:
        """The name of the block, ``slug#fragment``."""
        return f"{self.name}#{self.fragment}"


def is_address(text: str) -> bool:
    """Whether an outside address can be taken apart at all; ``http://[x`` cannot."""
    try:
        urlsplit(text)
    except ValueError:
        return False
    return True


def slug_of(path: str) -> str:
    """Return a page's slug from its path below the language folder: ``clinical/index.md`` is ``clinical``."""
    stem = path.removesuffix(".md")
    if stem in ("index", "README"):
        return "index"
    return stem.removesuffix("/index")


def page_path(slug: str, index_slugs: frozenset[str]) -> str:
    """Return the path below the language folder that :func:`slug_of` maps to ``slug``."""
    return f"{slug}/index.md" if slug in index_slugs else f"{slug}.md"


def address_of(slug: str, prefix: str) -> str:
    """Return the address of a page from the site's root: ``/clinical/``, ``/en/clinical/``, ``/``, ``/en/``."""
    parts = [part for part in (prefix, "" if slug == "index" else slug) if part]
    return "/" + "".join(f"{part}/" for part in parts)


def way_to(target: str, here: str) -> str:
    """Return the way from one address to another, both from the site's root and ending in a slash: ``../b/``, ``./``.

    What :func:`posixpath.relpath` says of such addresses; every link of every page asks for it.
    """
    there, start = target.split("/")[1:-1], here.split("/")[1:-1]
    same = len(posixpath.commonprefix([there, start]))
    return "/".join([*[".."] * (len(start) - same), *there[same:], ""]) or "./"


def resolve_link(
    path: str, target: str, docs_dir: str, languages: frozenset[str], generated: Mapping[str, str]
) -> Target:
    """Resolve ``target`` as written on the page at ``path``.

    ``generated`` maps paths of data files to the slugs of the pages made from them.
    """
    if target.startswith("//") or _SCHEME.match(target):
        return Target(TargetKind.OUTSIDE, target)
    if target.startswith("/"):
        return Target(TargetKind.ABSOLUTE, target)
    file, _, fragment = target.partition("#")
    file = file.partition("?")[0]
    joined = posixpath.normpath(posixpath.join(posixpath.dirname(path), file)) if file else path
    if joined in generated:
        return Target(TargetKind.PAGE, generated[joined], fragment, "")
    parts = joined.split("/")
    if parts[0] != docs_dir:
        return Target(TargetKind.SOURCE, joined, fragment)
    if len(parts) > 2 and parts[1] in languages and joined.endswith(".md"):
        return Target(TargetKind.PAGE, slug_of("/".join(parts[2:])), fragment, parts[1])
    return Target(TargetKind.ASSET, joined, fragment)
