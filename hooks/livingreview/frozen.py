"""Freezing: a finished site becomes the copy of a version that never changes again.

In go the files of a site as it was built and the release; out come the files
for ``/v/<version>/``. Pages of a static site link to each other by relative
addresses, so a copy is whole in itself. What is changed in it: each page says its
version and date, leads to the same place in the current text, is kept out of
search engines, and names its own frozen address where machines look. Files
that only make sense at the root (site map, feeds, rules for robots) stay out.

No site generator is needed for this. The tool ``mike``, which versions MkDocs
sites, was considered: it builds with MkDocs, puts every version and the newest
text below a version's name, and redirects the root; here the newest text must
stay at the root, under addresses that outlive the generator.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from livingreview.edition import VERSIONS_PREFIX, Prints, Release, Stamp
from livingreview.versions import render_bar, render_stamp

#: Root files that a copy leaves out.
_ROOT_ONLY = re.compile(
    r"(?:404\.html|sitemap\.xml(?:\.gz)?|robots\.txt|llms\.txt|versions\.json|CNAME|\.nojekyll|(?:.*/)?feed\.xml|v/.*)\Z"
)

_HEAD = re.compile(r"<head\b[^>]*>.*?</head>", re.DOTALL | re.IGNORECASE)
_BODY = re.compile(r"<body\b[^>]*>", re.IGNORECASE)
_LANGUAGE = re.compile(r"<html\b[^>]*\blang=[\"']?([\w-]+)", re.IGNORECASE)
_ALTERNATE = re.compile(r"[ \t]*<link\b[^>]*\brel=(?:\"|')?[^\"'>]*\balternate\b[^>]*>\n?", re.IGNORECASE)
_CANONICAL = re.compile(r"<link\b[^>]*\brel=[\"']?canonical\b[^>]*>", re.IGNORECASE)
_REFRESH = re.compile(r"<meta\b[^>]*http-equiv=[\"']?refresh", re.IGNORECASE)
_ROBOTS = re.compile(r"<meta\b[^>]*name=[\"']?robots\b[^>]*>", re.IGNORECASE)
_EDIT = re.compile(r"<a\b[^>]*\brel=\"edit\"[^>]*>.*?</a>\s*", re.DOTALL)
_STAMP = re.compile(r'<p class="lr-build">.*?</p>', re.DOTALL)

_SCRIPT = "assets/javascripts/versions.js"


def page_address(name: str) -> str:
    """Return a page's address from its file's name: ``clinical/index.html`` is ``/clinical/``."""
    return "/" + name.removesuffix("index.html")


def _up(address: str) -> str:
    """Return the way from a page to the root it is counted from: ``../../`` for ``/en/sources/``."""
    return "../" * (address.count("/") - 1)


def _frozen_head(head: str, site_url: str, base: str) -> str:
    """Return a page's head for the copy: no index, no alternates, own addresses; the canonical one stays."""
    kept = _CANONICAL.search(head)
    mark = "\0canonical\0"
    head = _ALTERNATE.sub("", head)
    if kept:
        head = _CANONICAL.sub(mark, head, count=1)
    # Addresses that are frozen already (below /v/) stay as they are.
    head = re.sub(re.escape(site_url) + rf"(?!{VERSIONS_PREFIX[1:]})", base, head)
    head = _ROBOTS.sub("", head)
    head = re.sub(r"</head>", '<meta name="robots" content="noindex">\n</head>', head, count=1, flags=re.IGNORECASE)
    return head.replace(mark, kept[0]) if kept else head


def freeze_page(
    html: str, name: str, release: Release, prints: Prints, site_url: str, stamp: Stamp, repo_url: str = ""
) -> str:
    """Return one page of the copy. ``name`` is its file's name below the site's root."""
    site_url = site_url.rstrip("/") + "/"
    base = site_url + release.path.removeprefix("/")
    found = _LANGUAGE.search(html)
    language = found[1] if found else ""
    html = _HEAD.sub(lambda match: _frozen_head(match[0], site_url, base), html, count=1)
    if _REFRESH.search(html):
        return html  # a redirect: nobody reads it
    address = page_address(name)
    root = _up(address) + "../" * (release.path.count("/") - 1)
    places = {fragment: value for fragment, value in prints.get(address, {}).items() if fragment}
    bar = render_bar(release, language, root + address.removeprefix("/"), root, places, address)
    html = _BODY.sub(lambda match: match[0] + bar, html, count=1)
    html = _EDIT.sub("", html)  # it leads to the newest text, which says something else by now
    html = _STAMP.sub(lambda _match: render_stamp(stamp, language, repo_url, release), html)
    script = f'<script defer src="{_up(address)}{_SCRIPT}"></script>'
    head, end, tail = html.rpartition("</body>")
    return f"{head}{script}{end}{tail}" if end else html + script


def freeze_text(text: str, site_url: str, release: Release) -> str:
    """Return a plain page of the copy, naming its own frozen address."""
    site_url = site_url.rstrip("/") + "/"
    base = site_url + release.path.removeprefix("/")
    return re.sub(re.escape(site_url) + rf"(?!{VERSIONS_PREFIX[1:]})", base, text)


def site_files(folder: Path) -> Iterator[str]:
    """Yield the names of all files of a site, sorted."""
    yield from sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def freeze_file(
    data: bytes, name: str, release: Release, prints: Prints, site_url: str, stamp: Stamp, repo_url: str = ""
) -> bytes | None:
    """Return one file of the copy, or ``None`` where the copy has none of that name."""
    if _ROOT_ONLY.match(name):
        return None
    if name.endswith(".html"):
        page = freeze_page(data.decode(), name, release, prints, site_url, stamp, repo_url)
        return page.encode()
    if posixpath.basename(name) == "index.md":
        return freeze_text(data.decode(), site_url, release).encode()
    return data


def freeze_site(
    folder: Path, release: Release, prints: Prints, site_url: str, stamp: Stamp, repo_url: str = ""
) -> Mapping[str, bytes]:
    """Return the copy of a finished site, by file name below ``/v/<version>/``.

    ``prints`` are the fingerprints at release, ``stamp`` the release's commit and day.
    """
    copy: dict[str, bytes] = {}
    for name in site_files(folder):
        data = freeze_file((folder / name).read_bytes(), name, release, prints, site_url, stamp, repo_url)
        if data is not None:
            copy[name] = data
    return copy
