"""A real browser on the built site: a server like a static host's, Chromium, and what tests ask of both.

``conftest.py`` makes the fixtures known to all tests. With ``CI`` set nothing is
skipped: a machine without a browser fails there.
"""

from __future__ import annotations

import functools
import gzip
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

#: Files that a static host compresses.
COMPRESSED = {".html", ".css", ".js", ".json", ".svg", ".xml", ".txt"}

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 800}
SCHEMES = ("light", "dark")

#: One page of each kind, without the language's prefix; English is the same under "en/".
KINDS = (
    "",
    "introduction/",
    "sources/",
    "mechanisms/",
    "clinical/",
    "clinical/perinatal/",
    "administration/",
    "trials/",
    "trials/pace/",
    "references/",
    "audit/",
    "updates/",
    "glossary/",
    "compare/",
    "compare/mechanisms/",
    "about/",
    "about/cite/",
)
PREFIXES = ("", "en/")


def find_chromium() -> str | None:
    """Return the path of a Chromium installed by the system, if there is one."""
    named = os.environ.get("CHROMIUM")
    found = [named, *map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))]
    return next((path for path in found if path and Path(path).exists()), None)


class StaticHost(SimpleHTTPRequestHandler):
    """Serves a folder as a static host does: compressed, with the site's own page for what is not there."""

    protocol_version = "HTTP/1.1"
    extensions_map: ClassVar[dict[str, str]] = {
        **SimpleHTTPRequestHandler.extensions_map,
        ".js": "text/javascript",
        ".json": "application/json",
        ".svg": "image/svg+xml",
        ".xml": "application/xml",
    }

    def log_message(self, *args: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        found = path.is_file()
        path = path if found else Path(self.directory) / "404.html"
        kind = self.guess_type(str(path))
        text = kind.startswith("text/") or kind in ("application/json", "application/xml")
        body = path.read_bytes()
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", f"{kind}; charset=utf-8" if text else kind)
        if path.suffix in COMPRESSED and "gzip" in self.headers.get("Accept-Encoding", ""):
            body = gzip.compress(body, 6)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except ConnectionError:  # the page was closed before it had everything
            self.close_connection = True


@contextmanager
def serve(folder: Path, host: type[StaticHost] = StaticHost) -> Iterator[str]:
    """Serve a folder on a free port of this machine; yield its address, ending in a slash."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(host, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(scope="session")
def site_url(site_dir: Path) -> Iterator[str]:
    with serve(site_dir) as address:
        yield address


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = find_chromium()
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("no Chromium on this machine: .ci/run installs one")
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-background-networking"]
        )
        yield browser
        browser.close()


@dataclass
class Watched:
    """A page, and what went on while it was open."""

    page: Page
    origin: str
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    @property
    def foreign(self) -> list[str]:
        """Requests to other hosts."""
        return [url for url in self.requests if not url.startswith((self.origin, "data:", "blob:", "about:"))]

    def go(self, path: str = "") -> Page:
        """Open a page of the site; its scripts, all deferred, have run when it has loaded, and long lists are whole."""
        self.page.goto(self.origin + path, wait_until="load")
        self.page.locator(WAITING).first.wait_for(state="detached")
        return self.page


#: What of a long list is not laid out yet (long.js).
WAITING = "[data-lr-steps] .lr-long > :not([data-lr-laid])"

#: Reports every breach of the policy, also those that print nothing.
WATCH_POLICY = """
addEventListener("securitypolicyviolation", (e) =>
  console.error("policy:", e.violatedDirective, e.blockedURI, e.sourceFile, e.lineNumber));
"""


def watch(context: BrowserContext, origin: str) -> Watched:
    """Open a page that records its requests, its console and its failures."""
    page = context.new_page()
    watched = Watched(page, origin)
    page.add_init_script(WATCH_POLICY)
    page.on("request", lambda request: watched.requests.append(request.url))
    page.on("pageerror", lambda error: watched.complaints.append(f"exception: {error}"))

    def console(message: Any) -> None:
        if message.type in ("error", "warning"):
            watched.complaints.append(f"{message.type}: {message.text}")

    page.on("console", console)
    return watched


@contextmanager
def opened(browser: Browser, origin: str, **options: Any) -> Iterator[Watched]:
    """Yield a fresh visitor's page; ``options`` are those of a Playwright context."""
    context = browser.new_context(**{"viewport": DESKTOP, "locale": "zh-CN", **options})
    try:
        yield watch(context, origin)
    finally:
        context.close()


def overflow(page: Page) -> list[str]:
    """Return what sticks out of the page to the right: the page itself first, then elements at fault."""
    return page.evaluate(
        """() => {
          const root = document.documentElement;
          if (root.scrollWidth <= root.clientWidth) return [];
          const out = [`page is ${root.scrollWidth} wide in ${root.clientWidth}`];
          for (const element of document.body.querySelectorAll("*")) {
            const box = element.getBoundingClientRect();
            if (box.width && box.right > root.clientWidth + 1 && getComputedStyle(element).position !== "fixed")
              out.push(`${element.tagName}.${element.getAttribute("class")}#${element.id} to ${Math.round(box.right)}`);
          }
          return out.slice(0, 8);
        }"""
    )


def open_details(page: Page) -> None:
    """Unfold everything, so that nothing escapes a check by being closed."""
    page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true })")


def existing(site: Path, paths: tuple[str, ...]) -> list[str]:
    """Return the pages that the site has, of those named."""
    return [path for path in paths if (site / path / "index.html").is_file()]
