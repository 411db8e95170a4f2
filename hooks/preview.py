"""The preview: pages are rendered when a browser asks for them, not before.

A change to any file reloads and checks the whole review, which takes a fraction of a
second, and makes every page of both languages due anew; what is then rendered is the
page being looked at. Nothing needs to be known of what depends on what. The search
index and the data files are made when something asks for them.
"""

from __future__ import annotations

import copy
import posixpath
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
import jinja2
from mkdocs.commands.build import _build_page, _populate_page
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.livereload import LiveReloadServer
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.nav import Navigation
from watchdog.observers.polling import PollingObserver

#: Makes one language the current one: its registry, its words.
Switch = Callable[[str, MkDocsConfig], None]

#: How the names of files end that are made from the whole site.
_EXTRAS = (".bib", ".csv", ".json", ".md", ".ris", ".txt", ".xml")

#: How often files are looked at: a look at some hundred files takes a few milliseconds.
POLLING_SECONDS = 0.1

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


@dataclass
class LanguagePass:
    """What MkDocs had in hand when it would have built one language's pages."""

    config: MkDocsConfig
    files: Files
    nav: Navigation
    env: jinja2.Environment | None = None


def snapshot(config: MkDocsConfig) -> MkDocsConfig:
    """Return the configuration as it is for this language; the next one changes it in place."""
    kept = copy.copy(config)
    kept["extra"] = dict(config.extra)
    kept["theme"] = copy.copy(config.theme)
    return kept


class Preview:
    """Holds the pages that are due and renders them on request, one at a time."""

    def __init__(self, switch: Switch, write_files: Callable[[Path, MkDocsConfig], None]) -> None:
        """Take what makes a language current, and what writes everything that is no page."""
        self.switch = switch
        self.write_files = write_files
        self.lock = threading.RLock()
        self.passes: dict[str, LanguagePass] = {}
        self.due: dict[str, tuple[str, File]] = {}
        self.extras_due = True
        self.rebuilding = False

    def begin(self) -> None:
        """Forget the pages of the previous state of the files; requests wait until :meth:`end`."""
        if not self.rebuilding:
            self.lock.acquire()
            self.rebuilding = True
        self.passes, self.due, self.extras_due = {}, {}, True

    def end(self) -> None:
        """Let requests through again, whether the rebuild came to its end or failed."""
        if self.rebuilding:
            self.rebuilding = False
            self.lock.release()

    def postpone(self, language: str, config: MkDocsConfig, files: Files, nav: Navigation) -> None:
        """Take all pages of a language away from the build and make them due."""
        self.passes[language] = LanguagePass(snapshot(config), files, nav)
        for file in files.documentation_pages(inclusion=InclusionLevel.is_in_serve):
            self.due[file.dest_uri] = (language, file)
            file.inclusion = InclusionLevel.EXCLUDED

    def keep_environment(self, language: str, env: jinja2.Environment) -> None:
        """Remember the templates of a language."""
        if language in self.passes:
            self.passes[language].env = env

    def render(self, name: str) -> None:
        """Render the page that is written to ``name``, if it is due."""
        language, file = self.due.pop(name, ("", None))
        if file is None or file.page is None:
            return
        held = self.passes[language]
        file.inclusion = InclusionLevel.INCLUDED
        self.switch(language, held.config)
        _populate_page(file.page, held.config, held.files)
        assert held.env is not None  # noqa: S101 (set between the two events in every build)
        pages = [one for one in held.files if one.page is not None]
        _build_page(file.page, held.config, pages, held.nav, held.env)

    def provide(self, path: str) -> None:
        """Make what a request asks for: a page, or, for anything else that is not there yet, all files."""
        name = posixpath.normpath(f"/{path}").lstrip("/")
        if path.endswith("/") or not path:
            name = posixpath.join(name, "index.html") if name else "index.html"
        with self.lock:
            if name in self.due:
                self.render(name)
            elif self.extras_due and self.passes and name.endswith(_EXTRAS):
                self.provide_extras(name)

    def provide_extras(self, name: str) -> None:
        """Write the files that are no pages; the search index is made of all pages, so these come first."""
        held = next(iter(self.passes.values()))
        folder = Path(held.config.site_dir)
        if (folder / name).is_file() and not name.endswith("search_index.json"):
            return
        for due in list(self.due):
            self.render(due)
        self.extras_due = False
        search = held.config.plugins.get("material/search") or held.config.plugins.get("search")
        if search is not None:
            search.on_post_build(config=held.config)
        self.write_files(folder, held.config)

    def serve(self, server: LiveReloadServer) -> LiveReloadServer:
        """Put the preview before the server, so that what is asked for exists when it looks; show changes at once."""
        _watch_closely(server)
        answer: Wsgi = server.serve_request
        mount = urlsplit(server.url).path

        def respond(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
            path = environ["PATH_INFO"].encode("latin-1").decode("utf-8", "ignore")
            if path.startswith(mount) and not path.startswith("/livereload/"):
                try:
                    self.provide(path.removeprefix(mount))
                except Exception as error:
                    return _failed(error, start_response)
            return answer(environ, start_response)

        server.set_app(respond)
        server.builder = _patient(server.builder)
        return server


def _watch_closely(server: LiveReloadServer) -> None:
    """Have the server look for changes more often than twice a second in what it watches.

    It polls, since systems that report changes also report that a build opens files.
    """
    watched = tuple(server._watched_paths)
    for path in watched:
        server.unwatch(path)
    server.observer = PollingObserver(timeout=POLLING_SECONDS)
    for path in watched:
        server.watch(path)


def _patient(build: Callable[[], None]) -> Callable[[], None]:
    """Return a rebuild that says what is wrong and lets the last state be served on; the next change tries again."""

    def rebuild() -> None:
        try:
            build()
        except (Exception, SystemExit) as error:  # MkDocs leaves by either
            click.echo(f"Not rebuilt: {error}", err=True)

    return rebuild


def _failed(error: Exception, start_response: Any) -> Iterable[bytes]:
    """Show why a page could not be rendered; the next change of a file tries again."""
    start_response("500 Internal Server Error", [("Content-Type", "text/plain; charset=utf-8")])
    return [f"This page could not be rendered: {error}\nSave the file again, or see the terminal.".encode()]
