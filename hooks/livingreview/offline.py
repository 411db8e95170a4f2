"""The site as a folder that opens from disk: no server, and still search and the other language.

In go the files of a finished site; out come those of the copy, and a zip of them,
the same bytes each time. A page opened from disk (``file://``) finds no page behind
the address of a folder, may fetch nothing and start no worker from a file. So links
to folders lead to the page in them; each search index becomes a script; and the
search worker is started from its own source, kept in a script. Both are loaded when
the reader first searches. The theme looks for ``__index`` in ``search/search_index.js``
where there is no server; its own offline plugin was considered, but rebuilds the site
under other addresses and asks another host for a script. The pages' policy stays,
worded for files.
"""

from __future__ import annotations

import io
import json
import posixpath
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from html import escape, unescape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

#: Files that make no sense away from a server: for crawlers, for the error page, frozen versions, source maps.
_LEFT_OUT = re.compile(
    r"(?:404\.html|sitemap\.xml(?:\.gz)?|robots\.txt|llms\.txt|CNAME|\.nojekyll|(?:.*/)?feed\.xml|v/.*"
    r"|.*\.map|assets/javascripts/lunr/.*)\Z"
)

_INDEX = re.compile(r"(?P<base>(?:.*/)?)search/search_index\.json\Z")
_WORKER = re.compile(r"(?P<stem>assets/javascripts/workers/search\.[\w.]*?)\.js\Z")
_REFRESH = re.compile(r"<meta\b[^>]*http-equiv=[\"']?refresh", re.IGNORECASE)
_POLICY = re.compile(r'(<meta\s+http-equiv="Content-Security-Policy"\s+content=")([^"]*)(")')
_ATTRIBUTE = re.compile(
    r"""(\s(?:href|src|poster|xlink:href)\s*=\s*)(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE
)
_FIRST_SCRIPT = re.compile(r"<script\b[^>]*\bsrc=", re.IGNORECASE)
_CANONICAL = re.compile(r'<link\b[^>]*\brel="canonical"[^>]*\bhref="([^"]*)"')

#: Where the script stands that starts the worker, and what the worker's source is called in its own script.
LOADER = "assets/javascripts/offline.js"
_SOURCE_SUFFIX = ".source.js"

#: Runs before the theme's scripts. A worker is made from its source, which is loaded when a worker is first wanted.
LOADER_SCRIPT = """\
/*
 * Opened from disk, a page may start no worker from a file and fetch no index: the
 * worker is started from its source, and what it is to search comes as a script.
 */
(() => {
  "use strict";

  if (location.protocol !== "file:") return;
  const RealWorker = window.Worker;
  const SETUP = 0;

  const load = (address) =>
    new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.addEventListener("load", resolve);
      script.addEventListener("error", reject);
      script.src = address;
      document.head.append(script);
    });

  /** What the theme tells the worker to search is only where that is. */
  const filled = async (message) => {
    if (message.type !== SETUP) return message;
    await load(window.__index.source);
    return { ...message, data: { ...message.data, ...window.lrSearchIndex } };
  };

  window.Worker = class extends EventTarget {
    constructor(address) {
      super();
      this.ready = load(String(address).replace(/\\.js$/, "SUFFIX")).then(() => {
        const source = window.lrWorkerSource;
        const worker = new RealWorker(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
        worker.addEventListener("message", ({ data }) => this.dispatchEvent(new MessageEvent("message", { data })));
        return worker;
      });
    }

    postMessage(message) {
      // One after the other: a query waits until the index is there.
      this.ready = this.ready.then(async (worker) => {
        worker.postMessage(await filled(message));
        return worker;
      });
    }
  };
})();
""".replace("SUFFIX", _SOURCE_SUFFIX)


def read_site(folder: Path) -> dict[str, bytes]:
    """Return the files of a built site by their path below it."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


class _Tags(HTMLParser):
    """Finds where start tags stand, so that nothing else in the page is touched."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=False)
        self.found: list[tuple[int, str]] = []
        self._lines = [0, *(match.end() for match in re.finditer("\n", html))]
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del tag, attrs
        line, column = self.getpos()
        self.found.append((self._lines[line - 1] + column, self.get_starttag_text() or ""))

    handle_startendtag = handle_starttag


class Copy:
    """A site's pages, made to work from disk. ``names`` are the copy's files, ``site_url`` is the site's address."""

    def __init__(self, names: Iterable[str], site_url: str = "") -> None:
        """Remember which files links can lead to."""
        self.names = frozenset(names)
        self.site_url = site_url.rstrip("/")

    def link(self, page: str, address: str) -> str | None:
        """Return where a link of a page leads in the copy; ``None`` where it leads nowhere."""
        parts = urlsplit(address)
        if parts.scheme or parts.netloc or not parts.path:
            return address
        path = unquote(parts.path)
        here = posixpath.dirname(page)
        wanted = path.lstrip("/") if path.startswith("/") else posixpath.join(here, path)
        target = posixpath.normpath(wanted) if wanted else "."
        if target.startswith(".."):
            return None
        index = "index.html" if target == "." else f"{target}/index.html"
        found = target if target in self.names else index if index in self.names else None
        rest = (f"?{parts.query}" if parts.query else "") + (f"#{parts.fragment}" if parts.fragment else "")
        if found is not None:
            return posixpath.relpath(found, here or ".") + rest
        if self.site_url:
            slash = "/" if path.endswith("/") and target != "." else ""
            return f"{self.site_url}/{'' if target == '.' else target}{slash}{rest}"
        return None

    def page(self, name: str, html: str) -> str:
        """Return a page of the copy."""
        parts: list[str] = []
        at = 0
        for start, tag in _Tags(html).found:
            parts += [html[at:start], self._tag(name, tag)]
            at = start + len(tag)
        return self._prepared(name, "".join([*parts, html[at:]]))

    def _tag(self, page: str, tag: str) -> str:
        def moved(match: re.Match[str]) -> str:
            given = next(value for value in match.groups()[1:] if value is not None)
            to = self.link(page, unescape(given))
            return f'{match[1]}"{escape(to)}"' if to is not None else ""

        # What names a page's address on the web (canonical, alternates) keeps doing so.
        return _ATTRIBUTE.sub(moved, tag)

    def _prepared(self, page: str, html: str) -> str:
        """Word the policy for files, and put the script before all others that stand outside the page."""
        html = _POLICY.sub(lambda match: match[1] + file_policy(match[2]) + match[3], html, count=1)
        first = _FIRST_SCRIPT.search(html)
        if first is None:
            return html
        source = posixpath.relpath(LOADER, posixpath.dirname(page) or ".")
        return f'{html[: first.start()]}<script defer src="{source}"></script>\n    {html[first.start() :]}'

    def index(self, base: str, data: bytes) -> Iterator[tuple[str, bytes]]:
        """Yield a search index as two scripts: what every page needs of it, and the rest. Its locations are files."""
        index = json.loads(data)
        for entry in index.get("docs", ()):
            for field in ("location", "section"):
                if field in entry:
                    entry[field] = self._location(base, str(entry[field]))
        needed = {name: index["config"][name] for name in ("lang", "separator", "pipeline") if name in index["config"]}
        head = json.dumps({"config": needed, "docs": []}, ensure_ascii=False, separators=(",", ":"))
        source = 'new URL("search_documents.js", document.currentScript.src).href'
        yield f"{base}search/search_index.js", f"var __index = {{ ...{head}, source: {source} }};\n".encode()
        whole = json.dumps(index, ensure_ascii=False, separators=(",", ":"))
        yield f"{base}search/search_documents.js", f"window.lrSearchIndex = {whole};\n".encode()

    def _location(self, base: str, location: str) -> str:
        path, hash_, fragment = location.partition("#")
        folder = path.rstrip("/")
        file = f"{folder}/index.html" if folder else "index.html"
        return (file if f"{base}{file}" in self.names else path) + hash_ + fragment


def file_policy(policy: str) -> str:
    """Return a policy that means on disk what it means on the web: own files only, no other host, nothing sent."""
    rules = [rule.split() for rule in policy.split(";") if rule.strip()]
    named = {rule[0]: ["file:" if source == "'self'" else source for source in rule[1:]] for rule in rules}
    named["connect-src"], named["worker-src"] = ["'none'"], ["blob:"]
    return "; ".join(" ".join([name, *sources]) for name, sources in named.items())


def is_redirect(html: str) -> bool:
    """Whether a page only leads on to another: nobody holds an address of the copy from before."""
    return bool(_REFRESH.search(html[:4000]))


def offline_files(site: Mapping[str, bytes], site_url: str = "") -> Iterator[tuple[str, bytes]]:
    """Yield the files of the copy, in order. ``site_url``, where given, leads on to what the copy leaves out."""
    kept = {
        name: data
        for name, data in site.items()
        if not _LEFT_OUT.match(name) and not (name.endswith(".html") and is_redirect(data.decode("utf-8", "replace")))
    }
    copy = Copy(kept, site_url)
    made: dict[str, bytes] = {LOADER: LOADER_SCRIPT.encode()}
    for name, data in kept.items():
        index, worker = _INDEX.match(name), _WORKER.match(name)
        if index:
            made.update(copy.index(index["base"], data))
        elif worker:
            made[worker["stem"] + _SOURCE_SUFFIX] = _as_script(data)
        elif name.endswith(".html"):
            made[name] = copy.page(name, data.decode("utf-8")).encode()
        else:
            made[name] = data
    yield from sorted(made.items())


def _as_script(worker: bytes) -> bytes:
    """Return a worker's source as a script that holds it as a text."""
    return f"window.lrWorkerSource = {json.dumps(worker.decode('utf-8'))};\n".encode()


def public_address(site: Mapping[str, bytes]) -> str:
    """Return the address a built site says it has (the canonical one of its home page), if others can reach it."""
    found = _CANONICAL.search(site.get("index.html", b"").decode("utf-8", "replace"))
    host = urlsplit(found[1]).hostname or "" if found else ""
    local = host in ("", "localhost", "::1", "0.0.0.0") or host.startswith("127.")  # noqa: S104 - compared, not bound
    return "" if local or found is None else found[1]


def pack(files: Iterable[tuple[str, bytes]], folder: str, date: str = "") -> bytes:
    """Return a zip with all files in one folder. The same files give the same bytes; ``date`` is ISO 8601."""
    year, month, day = (int(part) for part in (date or "1980-01-01").split("-"))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, data in sorted(files):
            info = zipfile.ZipInfo(f"{folder}/{name}", (max(year, 1980), month, day, 0, 0, 0))
            info.compress_type, info.external_attr, info.create_system = zipfile.ZIP_DEFLATED, 0o644 << 16, 3
            archive.writestr(info, data)
    return buffer.getvalue()
