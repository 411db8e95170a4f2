"""Between MkDocs and the engine: MkDocs' objects in, plain values to the engine, and back.

The only code here that knows both sides. One :class:`Build` lives as long as
the MkDocs process; each build loads the review anew and shares it between the
languages, which static-i18n builds one inside the other.
"""

from __future__ import annotations

import gc
import logging
import os
import shutil
from collections.abc import Mapping, Set
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import jinja2
import yaml
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import Abort
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page

from bibtex_registry import attach_registry
from compiled_templates import CompiledTemplates
from contents import Contents
from livingreview.atomic import recover_directory, swap_directory
from livingreview.bundling import (
    Part,
    compress_frame,
    compress_script,
    join_scripts,
    join_styles,
    parts_of,
    prune_style,
    used_words,
)
from livingreview.exports import export_site
from livingreview.generated import GeneratedPage
from livingreview.links import slug_of
from livingreview.loading import LoadCache
from livingreview.policy import apply_policy, has_policy, inline_script_hashes
from livingreview.problems import any_stops, format_github, format_text
from livingreview.search_index import join_worker, split_index
from livingreview.site import Site
from livingreview.siteconfig import LOCAL_SITE

if TYPE_CHECKING:
    from mkdocs.livereload import LiveReloadServer

    from preview import Preview

#: The dumper written in C where there is one.
_Dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)

JOINED_STYLE = "assets/stylesheets/site.css"
JOINED_SCRIPT = "assets/javascripts/site.js"
#: Word breaking and stemming for the theme's own index; the engine's index has no use for either.
UNUSED_THEME_FILES = "assets/javascripts/lunr/"
#: Scripts that some template names itself.
STANDALONE_SCRIPTS = tuple(f"assets/javascripts/{name}.js" for name in ("early", "notfound", "versions"))


class Build:
    """What a MkDocs process remembers from one event to the next."""

    def __init__(self) -> None:
        """Begin with nothing loaded."""
        self.command = "build"
        self.site: Site
        self.language = ""
        self.final_dir: Path | None = None
        self.not_found = ""
        self.cache = LoadCache()
        self.preview: Preview | None = None
        self.styles: list[str] = []
        self.scripts: list[str] = []
        #: Where they are, and which other files of all languages have been copied.
        self.joined: dict[str, Path] = {}
        self.placed: set[str] = set()
        self.parts: tuple[Part, ...] = ()
        self.generated: dict[tuple[str, str], GeneratedPage] = {}
        self.compiled: CompiledTemplates
        #: The sources of the theme's inline scripts in the policy, the pages that have it, and their classes.
        self.hashes: tuple[str, ...] = ()
        self.guarded: set[str] = set()
        self.classes: set[str] = set()

    # -- configuration ---------------------------------------------------------------

    @staticmethod
    def is_first_language(config: MkDocsConfig) -> bool:
        """Whether this pass begins a build, rather than adding a language to one."""
        return not config.plugins["i18n"].building

    def load(self, config: MkDocsConfig) -> None:
        """Load and check the review; a build with errors ends here, before anything is written."""
        root = Path(config.config_file_path).parent
        self.generated, self.guarded, self.classes, self.placed = {}, set(), set(), set()
        self.compiled = CompiledTemplates(root)
        config.site_url = config.site_url or LOCAL_SITE  # SITE_URL may be set, and to nothing
        if self.command == "serve":
            from preview import Preview  # noqa: PLC0415 - with MkDocs' server, which a build has no use for

            self.preview = self.preview or Preview(self.switch, self.write_extras)
            self.preview.begin()
        self.site = self._read(root, config)
        problems = self.site.problems
        if problems:
            on_github = os.environ.get("GITHUB_ACTIONS") == "true"
            click.echo(format_github(problems) if on_github else format_text(problems), err=True)
        if self.command == "serve":
            return
        if any_stops(problems):
            raise Abort("Nothing was built; an earlier site stays as it was.")
        self.final_dir = Path(config.site_dir)
        recover_directory(self.final_dir)
        config.site_dir = str(_staging_dir(self.final_dir))

    def _read(self, root: Path, config: MkDocsConfig) -> Site:
        """Read the review, without looking for garbage in it meanwhile, nor later in a build: it stays to the end."""
        gc.disable()
        try:
            site = Site.load(root, config.site_url or "", config.repo_url or "", self.cache)
        finally:
            gc.enable()
        if self.command != "serve":  # a preview reads it again after every change
            gc.freeze()
        return site

    def configure(self, config: MkDocsConfig) -> MkDocsConfig:
        """Set up what depends on the language of this pass."""
        i18n = config.plugins["i18n"]
        self.language = i18n.current_language or i18n.default_language
        config.theme["language"] = self.language
        config.extra.update(self.site.template_values(self.language))
        if not config.repo_url:
            config.edit_uri = None  # nowhere to edit; MkDocs would warn of it on every page
        extension = next((e for e in config.markdown_extensions if not isinstance(e, str)), None)
        if extension is None:
            config.markdown_extensions.append(self.site.extension())  # type: ignore[arg-type]
        attach_registry(config, self.site.book(self.language))
        self.parts = _parts(config)
        self.join_assets(config)
        return config

    def join_assets(self, config: MkDocsConfig) -> None:
        """In a build, have pages load one style sheet and one script instead of a dozen of each."""
        if self.command == "serve" or config.extra.get("joined_styles"):
            return
        self.styles, self.scripts = list(config.extra_css), [str(script) for script in config.extra_javascript]
        config.extra_css, config.extra_javascript = [JOINED_STYLE], [JOINED_SCRIPT]
        config.extra["joined_styles"] = True

    def switch(self, language: str, config: MkDocsConfig) -> None:
        """Make a language the current one, for a page rendered after the build."""
        self.language = language
        config.plugins["i18n"].current_language = language
        attach_registry(config, self.site.book(language))

    # -- pages -------------------------------------------------------------------------

    def add_generated_pages(self, files: Files, config: MkDocsConfig) -> Files:
        """Add the pages that data makes, looking as if static-i18n had sorted them."""
        i18n = config.plugins["i18n"]
        self._leave_out(files, config)
        added = [self._file(page, self.language, config) for page in self.site.generated_pages(self.language)]
        for file in added:
            file.alternates = {  # type: ignore[attr-defined]
                code: file if code == self.language else self._file_like(file, code, config)
                for code in self.site.prefixes
            }
            files.append(file)
        i18n.i18n_files_per_language[self.language].extend(added)
        return files

    def _leave_out(self, files: Files, config: MkDocsConfig) -> None:
        """Take out what no page fetches, what is joined, and what the first language has put in place already."""
        docs, is_first = Path(config.docs_dir), self.is_first_language(config)
        joined = {*self.styles, *self.scripts}
        for file in [file for file in files if file.src_dir is not None and not file.is_documentation_page()]:
            if Path(file.src_dir or "") != docs:
                if not is_first or file.src_uri.startswith(UNUSED_THEME_FILES):
                    files.remove(file)
            elif file.src_uri in joined:
                files.remove(file)
                self.joined[file.src_uri] = Path(file.abs_src_path or "")
            elif not is_first and file.dest_uri in self.placed:
                file.copy_file = _stay  # type: ignore[method-assign] - links to it are still to be found
            else:
                self.placed.add(file.dest_uri)

    def _file(self, page: GeneratedPage, language: str, config: MkDocsConfig) -> File:
        meta = {"title": page.title, "description": page.description, **page.meta}
        front = yaml.dump(meta, Dumper=_Dumper, allow_unicode=True, sort_keys=True)
        file = self._place(f"{page.slug}.md", language, config)
        file.content_string = f"---\n{front}---\n"  # the rest when the page is rendered
        self.generated[language, page.slug] = page
        return file

    def _file_like(self, file: File, language: str, config: MkDocsConfig) -> File:
        return self._place(file.norm_src_uri, language, config)  # type: ignore[attr-defined]

    def _place(self, name: str, language: str, config: MkDocsConfig) -> File:
        """Make a file that MkDocs and static-i18n take for ``docs/<language>/<name>``."""
        file = File.generated(config, f"{language}/{name}", content="")
        prefix = self.site.prefixes[language]
        plain = File.generated(config, name, content="")
        file.dest_uri = f"{prefix}/{plain.dest_uri}" if prefix else plain.dest_uri
        file.url = file._get_url(config.use_directory_urls)
        for attribute, value in {
            "locale": language,
            "locale_alternate_of": language,
            "localization": language,
            "norm_src_uri": name,
        }.items():
            setattr(file, attribute, value)
        return file

    def postpone_pages(self, nav: Navigation, config: MkDocsConfig, files: Files) -> None:
        """In a preview, leave the pages for when they are asked for; the navigation needs their titles now."""
        if self.preview is None:
            return
        for file in files.documentation_pages():
            page = file.page or Page(None, file, config)
            slug = self._slug(page)
            page.meta = {
                "title": self.site.plain_title(self.language, slug),
                **self.site.page_meta(self.language, slug),
            }
        self.preview.postpone(self.language, config, files, nav)

    def prepare_templates(self, env: jinja2.Environment, config: MkDocsConfig) -> None:
        """Give the templates the contents of the work; in a preview, keep them for pages rendered later."""
        env.globals["contents"] = Contents(env, config)
        env.bytecode_cache = self.compiled
        if self.preview is not None:
            self.preview.keep_environment(self.language, env)

    def on_server(self, server: LiveReloadServer) -> LiveReloadServer:
        """Let the preview answer first, and changes show at once."""
        if self.preview is None:
            return server
        return self.preview.serve(server)

    def _slug(self, page: Page) -> str:
        return slug_of(getattr(page.file, "norm_src_uri", page.file.src_uri))

    def markdown(self, markdown: str, page: Page) -> str:
        """Return the Markdown the engine makes of a page's source; generated pages bring their own."""
        slug = self._slug(page)
        page.meta.update(self.site.page_meta(self.language, slug))
        page.meta["search"] = {"exclude": True}  # the engine makes the index; the theme's need not read the page
        if self.site.is_handwritten(self.language, slug):
            return self.site.page_markdown(self.language, slug)
        generated = self.generated.get((self.language, slug))
        text = generated.markdown if generated else markdown
        self.site.enter(self.language, slug)
        return text

    def content(self, html: str, page: Page) -> str:
        """Return a page's finished HTML, in a preview with its problems on top."""
        html = self.site.finish_content(self.language, self._slug(page), html)
        if self.command != "serve":
            return html
        return self.site.overlay(self.language, f"docs/{page.file.src_uri}") + html

    def page_context(self, context: dict[str, Any], page: Page) -> dict[str, Any]:
        """Add what the templates print in the head of a page, and below its text what no search is to find."""
        page.content = (page.content or "") + self.site.citing(self.language, self._slug(page))
        title, description = str(page.title or ""), str(page.meta.get("description") or "")
        page.meta["head_html"] = self.site.head(self.language, self._slug(page), title, description)
        page.meta["parts"] = parts_of(page.content, self.parts)
        return context

    def keep_not_found(self, output: str, config: MkDocsConfig) -> None:
        """Keep the source language's page for lost addresses: the next language would overwrite it.

        It comes before all pages and has no content, so its inline scripts are the theme's.
        """
        if not config.plugins["i18n"].building:
            self.not_found, self.hashes = output, inline_script_hashes(output)

    def guard(self, output: str, page: Page) -> str:
        """Set the policy on a page of a build, and note the classes that its elements have."""
        if self.command == "serve":
            self.compiled.keep()
            return output
        self.guarded.add(page.file.dest_uri)
        self.classes |= used_words([output], [])
        return apply_policy(compress_frame(output), self.hashes)

    # -- the finished site ---------------------------------------------------------------

    @staticmethod
    def is_last_event(config: MkDocsConfig) -> bool:
        """Whether all languages are built."""
        return not config.plugins["i18n"].building

    def finish(self, config: MkDocsConfig) -> None:
        """Add what is not a page, set the policy on every page, and put the site in place in one step."""
        self.compiled.keep()
        folder = Path(config.site_dir)
        (folder / "404.html").write_text(self.not_found, encoding="utf-8")
        if self.preview is not None:
            self.preview.end()
            return
        self.write_extras(folder, config)
        self.write_assets(folder)
        self.guard_others(folder)
        self.prune_styles(folder, self.classes)
        if self.final_dir is not None:
            swap_directory(folder, self.final_dir)
            config.site_dir, self.final_dir = str(self.final_dir), None

    def guard_others(self, folder: Path) -> None:
        """Set the policy on what is no page of the navigation: frozen versions, pages for lost and moved addresses."""
        for path in folder.rglob("*.html"):
            if path.relative_to(folder).as_posix() in self.guarded:
                continue
            html = path.read_text(encoding="utf-8")
            self.classes |= used_words([html], [])
            if not has_policy(html):
                path.write_text(apply_policy(html, self.hashes), encoding="utf-8")

    def write_assets(self, folder: Path) -> None:
        """Write style sheets and scripts as pages fetch them: joined and compressed."""

        def take(names: list[str]) -> list[str]:
            paths = [self.joined.get(name, folder / name) for name in names]
            texts = [path.read_text(encoding="utf-8") for path in paths]
            for path in paths:
                if path.is_relative_to(folder):  # the theme's, not one of the sources
                    path.unlink()
            return texts

        (folder / JOINED_STYLE).write_text(join_styles(take(self.styles)), encoding="utf-8")
        (folder / JOINED_SCRIPT).write_text(join_scripts(take(self.scripts)), encoding="utf-8")
        for name in [*(part.script for part in self.parts if part.script), *STANDALONE_SCRIPTS]:
            path = folder / name
            path.write_text(compress_script(path.read_text(encoding="utf-8")), encoding="utf-8")

    @staticmethod
    def prune_styles(folder: Path, classes: Set[str]) -> None:
        """Leave out of every style sheet, the theme's too, what no page and no script has a use for."""
        sheets = {path: path.read_text(encoding="utf-8") for path in sorted(folder.glob("assets/stylesheets/*.css"))}
        scripts = [path.read_text(encoding="utf-8") for path in sorted(folder.glob("assets/javascripts/*.js"))]
        words = used_words([], scripts) | classes
        for path, text in sheets.items():
            others = "".join([*(other for at, other in sheets.items() if at != path), *scripts])
            path.write_text(prune_style(text, words, others), encoding="utf-8")

    def write_extras(self, folder: Path, config: MkDocsConfig) -> None:
        """Write what is no page: data files, downloads, feeds, an index for each language's search."""
        del config
        _write_files(folder, export_site(self.site))
        _split_search(folder, self.site)

    def discard(self) -> None:
        """Throw away a half-made site; the last good one was never touched."""
        if self.preview is not None:
            self.preview.end()
        if self.final_dir is not None:
            shutil.rmtree(_staging_dir(self.final_dir), ignore_errors=True)


def mute_progress() -> None:
    """Print warnings and errors only. MkDocs' own ``--quiet`` would also keep ``--strict`` from counting them."""
    logger = logging.getLogger("mkdocs")
    if logger.getEffectiveLevel() < logging.INFO:
        return  # --verbose asks for everything
    for handler in logger.handlers:
        if isinstance(handler, logging.StreamHandler):
            handler.setLevel(logging.WARNING)


def _parts(config: MkDocsConfig) -> tuple[Part, ...]:
    """Return what mkdocs.yml says only some pages need."""
    said = config.extra.get("parts") or []
    return tuple(Part(tuple(one["for"]), one.get("style", ""), one.get("script", "")) for one in said)


def _stay(dirty: bool = False) -> None:
    """Copy nothing: the file is in place."""


def _staging_dir(final: Path) -> Path:
    """Return the folder in which this process builds; those of processes that were killed are removed."""
    stem = f".{final.name}.build-"
    for path in final.parent.glob(f"{stem}*"):
        if not _is_running(path.name.removeprefix(stem)):
            shutil.rmtree(path, ignore_errors=True)
    return final.with_name(f"{stem}{os.getpid()}")


def _is_running(pid: str) -> bool:
    if pid == str(os.getpid()):
        return True
    try:
        os.kill(int(pid), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        pass
    return True


def _write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    for name, data in files.items():
        target = folder / name.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)


def _split_search(folder: Path, site: Site) -> None:
    """Give each language an index of its own, and the worker that reads it."""
    index = folder / "search" / "search_index.json"
    if not index.is_file():
        return
    _write_files(folder, split_index(site.sections, site.review))
    ours = site.root / "docs" / "assets" / "javascripts" / "search-worker.js"
    for worker in (folder / "assets" / "javascripts" / "workers").glob("search.*.min.js"):
        text = join_worker(worker.read_text(encoding="utf-8"), ours.read_text(encoding="utf-8"))
        worker.write_text(text, encoding="utf-8")
