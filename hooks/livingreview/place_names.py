"""How people name a place: by any form of its address or by a block's name; and what a wrong name may have meant.

In goes what was typed, with the addresses there are; out come the addresses from the
site's root that it can stand for, or the likeliest others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from urllib.parse import unquote

from livingreview.addresses import split
from livingreview.edition import VERSIONS_PREFIX

#: How many other addresses are offered for one that does not exist.
OFFERED = 3

_ORIGIN = re.compile(r"\A[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*")
_VERSION = re.compile(rf"\A/?{VERSIONS_PREFIX.strip('/')}/[0-9][^/]*(?:/|\Z)")
_FILE = re.compile(r"(?:\A|(?<=/))index\.(?:html|md)\Z")
_SLASHES = re.compile(r"/{2,}")


def is_elsewhere(named: str, site_url: str) -> bool:
    """Whether a whole address was given, and it is not one of this site."""
    return bool(_ORIGIN.match(named.strip())) and not named.strip().startswith(site_url.rstrip("/"))


def addresses_named(named: str, site_url: str, front: str, home: str) -> Iterator[str]:
    """Yield the addresses that a name can stand for, likeliest first; of a frozen version, the current one.

    ``front`` is where the pages of the language asked for begin (``/en/``): names
    without a slash before them count from there. ``home`` is the name of the home page.
    """
    path, fragment = split(unquote(named.strip().removeprefix(site_url.rstrip("/"))))
    path = _SLASHES.sub("/", path.partition("?")[0])
    path = _FILE.sub("", _VERSION.sub("/", path))
    name = path.strip("/")
    tail = f"{name}/" if name not in ("", home) else ""
    for start in ["/"] if path.startswith("/") else dict.fromkeys([front, "/"]):
        yield start + tail + (f"#{fragment}" if fragment else "")


def close_addresses(named: str, known: Iterable[str]) -> list[str]:
    """Return known addresses that may have been meant: those of the very name and those that look alike.

    Of a name alone, ``plx-pad``, the very name comes first; of an address, what looks alike.
    """
    everything = list(known)
    path, fragment = split(unquote(_ORIGIN.sub("", named.strip())))
    path = path.strip("/").removesuffix(".md")
    name = fragment or path.rpartition("/")[2]
    same = [address for address in everything if name and name in _names(address)]
    same.sort(key=lambda address: _names(address)[0] != name)
    whole = (f"/{path}/" if path else "/") + (f"#{fragment}" if fragment else "")
    like = get_close_matches(whole, everything, n=OFFERED, cutoff=0.7)
    alone = name in (path, f"{path}{fragment}")
    return list(dict.fromkeys([*same, *like] if alone else [*like, *same]))[:OFFERED]


def _names(address: str) -> tuple[str, ...]:
    """Return what an address is called for short: its id, also without its kind, or its page's last name."""
    page, fragment = split(address)
    return (fragment, fragment.partition("-")[2]) if fragment else (page.strip("/").rpartition("/")[2],)
