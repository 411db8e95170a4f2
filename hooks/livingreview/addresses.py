"""Addresses that last: the register of all ever published, redirects, and the check that keeps them alive.

An address is a path from the site's root, with a fragment or without one. In go
``data/urls.txt`` (append-only, one address a line), ``data/redirects.yml`` and
the addresses of the present content; out come problems, what to append, and
the pages that lead an old address on.
"""

from __future__ import annotations

import json
import posixpath
import re
from base64 import b64encode
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from hashlib import sha256
from html import escape

from livingreview.problems import Problem
from livingreview.yamlfile import parse_yaml

REGISTER_PATH = "data/urls.txt"
REDIRECTS_PATH = "data/redirects.yml"


@dataclass(frozen=True, slots=True)
class Register:
    """Every address ever published, with the line it stands on."""

    addresses: Mapping[str, int] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    path: str = REGISTER_PATH


@dataclass(frozen=True, slots=True)
class Redirect:
    """One address that leads on to another; ``derived`` from the entry of another language."""

    source: str
    target: str
    line: int
    derived: bool = False


@dataclass(frozen=True, slots=True)
class Redirects:
    """All redirects, those of other languages derived from their prefix included."""

    entries: tuple[Redirect, ...] = ()
    problems: tuple[Problem, ...] = ()
    path: str = REDIRECTS_PATH

    @property
    def targets(self) -> dict[str, str]:
        """Where each redirected address leads next."""
        return {entry.source: entry.target for entry in self.entries}


def split(address: str) -> tuple[str, str]:
    """Return an address's page and its fragment."""
    page, _, fragment = address.partition("#")
    return page, fragment


def parse_register(text: str, path: str = REGISTER_PATH) -> Register:
    """Read the register. Empty lines and lines that begin with ``# `` say nothing."""
    addresses: dict[str, int] = {}
    problems: list[Problem] = []
    for number, row in enumerate(text.split("\n"), start=1):
        address = row.strip()
        if not address or address.startswith("# "):
            continue
        if not address.startswith("/") or " " in address:
            message = (
                f'"{address}" is no address from the site\'s root. The register is written by `livingreview record`.'
            )
            problems.append(Problem(path, number, "data-field", message))
        else:
            addresses.setdefault(address, number)
    return Register(addresses, tuple(problems), path)


def _with_prefixes(entries: list[Redirect], prefixes: tuple[str, ...]) -> tuple[Redirect, ...]:
    """Let an entry without a prefix serve the other languages too, unless they have one of their own."""
    own = {entry.source for entry in entries}
    derived = [
        Redirect(prefix + entry.source, prefix + entry.target, entry.line, derived=True)
        for prefix in prefixes
        for entry in entries
        if not any(entry.source.startswith(f"{other}/") for other in prefixes) and prefix + entry.source not in own
    ]
    return (*entries, *derived)


def parse_redirects(text: str, path: str = REDIRECTS_PATH, prefixes: tuple[str, ...] = ()) -> Redirects:
    """Read the redirects: a list of ``from`` and ``to``, both addresses from the site's root."""
    file = parse_yaml(text, path)
    if file.data is None:
        return Redirects((), file.problems, path)
    entries: list[Redirect] = []
    problems = list(file.problems)
    for index, value in enumerate(file.data if isinstance(file.data, list) else [file.data]):
        sound = isinstance(value, dict) and set(value) == {"from", "to"}
        if sound and all(isinstance(one, str) and one.startswith("/") for one in value.values()):
            entries.append(Redirect(value["from"], value["to"], file.line(index)))
        else:
            message = "a redirect has `from` and `to`, both addresses that begin with a slash."
            problems.append(Problem(path, file.line(index), "data-field", message))
    return Redirects(_with_prefixes(entries, prefixes), tuple(problems), path)


def with_companions(
    redirects: Redirects, folder: str, published: Collection[str], prefixes: tuple[str, ...] = ()
) -> Redirects:
    """Let an entry serve the published page of the same ids that stands in ``folder`` beside the page it names.

    An entry of the companion's own goes before.
    """

    def beside(address: str) -> str:
        prefix = next((prefix for prefix in prefixes if address.startswith(f"{prefix}/")), "")
        return f"{prefix}/{folder}{address.removeprefix(prefix)}"

    own = {entry.source for entry in redirects.entries}
    derived = [
        Redirect(beside(entry.source), beside(entry.target), entry.line, derived=True)
        for entry in redirects.entries
        if beside(entry.source) in published and beside(entry.source) not in own
    ]
    return replace(redirects, entries=(*redirects.entries, *derived))


def resolve(address: str, redirects: Redirects) -> str | None:
    """Return where an address leads in the end: itself where nothing applies, ``None`` on a loop.

    A redirected page takes its fragments with it, unless a fragment has an entry of its own.
    """
    return _follow(address, redirects.targets)


def _follow(address: str, targets: Mapping[str, str]) -> str | None:
    seen: set[str] = set()
    while address not in seen:
        seen.add(address)
        page, fragment = split(address)
        if address in targets:
            address = targets[address]
        elif fragment and page in targets:
            target, own = split(targets[page])
            address = f"{target}#{own or fragment}"
        else:
            return address
    return None


def _redirect_fault(entry: Redirect, end: str | None, current: Collection[str]) -> tuple[str, str] | None:
    """Return code and message of what is wrong with one redirect that leads to ``end``, if anything is."""
    if end is None:
        return "redirect-loop", f"{entry.source} leads back to itself. Point it at an address that exists."
    if end not in current:
        close = get_close_matches(end, current, n=1, cutoff=0.8)
        hint = " Give it an entry of its own." if entry.derived else f" Did you mean {close[0]}?" if close else ""
        return "redirect-broken", f"{entry.source} leads to {end}, which does not exist.{hint}"
    if entry.source in current:
        return "redirect-broken", f"{entry.source} exists, so it cannot lead elsewhere. Remove the entry."
    if not _is_page(entry.source):
        return "redirect-broken", f"{entry.source} is a file, which cannot lead elsewhere. Keep it where it was."
    return None


def _is_page(address: str) -> bool:
    """Whether an address is one of a page; only a page can lead on."""
    page, _ = split(address)
    return page.endswith(("/", ".html"))


def _check_redirects(register: Register, current: Collection[str], redirects: Redirects) -> Iterator[Problem]:
    """Yield one problem a redirect; a loop, and an entry that serves several languages, count once."""
    targets = redirects.targets
    first: dict[str, int] = {}
    reported: set[tuple[int, str]] = set()
    for entry in redirects.entries:
        line = first.setdefault(entry.source, entry.line)
        if entry.derived and (line != entry.line or entry.source not in register.addresses):
            continue
        if line != entry.line:
            message = f"{entry.source} already leads elsewhere on line {line}. Keep one of them."
            yield Problem(redirects.path, entry.line, "redirect-broken", message)
            continue
        fault = _redirect_fault(entry, _follow(entry.source, targets), current)
        if fault is None:
            continue
        key = (0 if fault[0] == "redirect-loop" else entry.line, fault[0])
        if key not in reported:
            reported.add(key)
            yield Problem(redirects.path, entry.line, *fault)


def check_addresses(register: Register, current: Collection[str], redirects: Redirects) -> Iterator[Problem]:
    """Every registered address exists or leads to one that does; redirects arrive and do not go in circles."""
    known = current if isinstance(current, (set, frozenset)) else frozenset(current)
    faulty = list(_check_redirects(register, known, redirects))
    yield from faulty
    targets = redirects.targets
    for address, line in register.addresses.items():
        if address in known:
            continue
        page = split(address)[0]
        if page != address and page in register.addresses and page not in known and _follow(page, targets) == page:
            continue  # the whole page is gone, and reported as such
        end = _follow(address, targets)
        if end == address:
            message = (
                f"{address} was published and is gone. Bring it back, or say in {redirects.path} where it leads now."
            )
            yield Problem(register.path, line, "url-removed", message)
        elif end is not None and end not in known and not faulty:
            message = f"{address} leads to {end}, which does not exist. Give it a redirect of its own."
            yield Problem(register.path, line, "redirect-broken", message)


def new_addresses(registered: Collection[str], current: Iterable[str]) -> tuple[str, ...]:
    """Return the addresses that the register lacks, each once, in their order."""
    return tuple(address for address in dict.fromkeys(current) if address not in registered)


@dataclass(frozen=True, slots=True)
class RedirectPage:
    """A page to generate at an old address: where it leads, and where its fragments do."""

    address: str
    target: str
    fragments: Mapping[str, str] = field(default_factory=dict)


def redirect_pages(redirects: Redirects, current: Collection[str]) -> tuple[RedirectPage, ...]:
    """Return the pages to generate: one for each redirected page address that does not exist any more."""
    pages = []
    for entry in redirects.entries:
        page, fragment = split(entry.source)
        target = resolve(entry.source, redirects)
        if not fragment and _is_page(page) and page not in current and target is not None:
            pages.append(RedirectPage(page, target, fragment_map(page, redirects)))
    return tuple(pages)


def fragment_map(page: str, redirects: Redirects) -> dict[str, str]:
    """Return where the redirected fragments of one page lead."""
    targets = redirects.targets
    found: dict[str, str] = {}
    for source in targets:
        place, fragment = split(source)
        target = _follow(source, targets) if place == page and fragment else None
        if target is not None:
            found[fragment] = target
    return found


def aliases(page: str, redirects: Redirects) -> dict[str, tuple[str, ...]]:
    """Return the old ids of fragments that were renamed within one page: new id to old ids."""
    found: dict[str, list[str]] = {}
    for old, target in fragment_map(page, redirects).items():
        place, fragment = split(target)
        if place == page and fragment:
            found.setdefault(fragment, []).append(old)
    return {fragment: tuple(old) for fragment, old in found.items()}


_START_TAG = re.compile(r"<(?P<name>[a-zA-Z][\w-]*)(?:\s[^<>]*?)?\sid=[\"'](?P<id>[\w-]+)[\"'][^<>]*>")
#: Elements in which nothing but their own parts may stand.
_STRICT_PARENTS = frozenset({"table", "thead", "tbody", "tr", "ul", "ol", "dl", "img", "hr", "input"})


def insert_aliases(html: str, names: Mapping[str, tuple[str, ...]]) -> str:
    """Return a page's HTML with an empty anchor for each old id where the new one is, so that no script is needed."""

    def anchored(match: re.Match[str]) -> str:
        anchors = "".join(f'<span id="{escape(old)}"></span>' for old in names.get(match["id"], ()))
        strict = match["name"].lower() in _STRICT_PARENTS
        return anchors + match[0] if strict else match[0] + anchors

    return _START_TAG.sub(anchored, html) if names else html


def relative_address(source: str, target: str) -> str:
    """Return ``target`` as a link from the page ``source``; both are addresses from the site's root."""
    page, fragment = split(target)
    path = posixpath.relpath(page, source) + ("/" if page.endswith("/") else "")
    return f"{path}#{fragment}" if fragment else path


def render_fragment_map(fragments: Mapping[str, str]) -> str:
    """Return a map of fragments as JSON that may stand inside a script element."""
    text = json.dumps(fragments, ensure_ascii=False, sort_keys=True)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


_SCRIPT = """\
const moved = JSON.parse(document.getElementById("moved").textContent);
const here = location.hash.slice(1);
const link = document.querySelector("a");
const page = link.getAttribute("href").split("#")[0];
location.replace(Object.hasOwn(moved, here) ? moved[here] : page + (location.hash || link.hash));
"""

_MOVED = {"zh": "本页已移至新地址", "en": "This page has moved", "de": "Diese Seite ist umgezogen"}


def render_redirect(to: str, canonical: str, language: str, fragments: Mapping[str, str] | None = None) -> str:
    """Return a page that leads on at once: by script with the fragment, without one as far as HTML can.

    ``to`` is relative to the page, ``canonical`` absolute; ``fragments`` are relative too. The
    script is allowed by its hash alone.
    """
    digest = b64encode(sha256(_SCRIPT.encode()).digest()).decode()
    policy = f"default-src 'none'; script-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    words = _MOVED.get(language.partition("-")[0], _MOVED["en"])
    return (
        f'<!doctype html>\n<html lang="{escape(language)}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">\n'
        f"<title>{escape(words)}</title>\n"
        f'<link rel="canonical" href="{escape(split(canonical)[0])}">\n<meta name="robots" content="noindex">\n'
        f'<noscript><meta http-equiv="refresh" content="0; url={escape(to)}"></noscript>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n</head>\n<body>\n'
        f'<p><a href="{escape(to)}">{escape(words)}</a></p>\n'
        f'<script type="application/json" id="moved">{render_fragment_map(fragments or {})}</script>\n'
        f"<script>{_SCRIPT}</script>\n</body>\n</html>\n"
    )
