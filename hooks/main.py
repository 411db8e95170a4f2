"""MkDocs' events, in the order they come, each handed to the engine as plain values.

static-i18n builds the second language inside the first one's ``on_post_build``,
so everything from ``on_config`` to ``on_post_build`` runs once a language.
"""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Any, Literal

import jinja2
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import event_priority
from mkdocs.structure.files import Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page

gc.disable()  # what is imported stays for good: looking through it for garbage takes a twentieth of a small build
import mkdocs_adapter as adapter  # noqa: E402

gc.enable()

if TYPE_CHECKING:
    from mkdocs.livereload import LiveReloadServer

BUILD = adapter.Build()


def on_startup(command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
    """Remember whether this is a build or a preview; a build says only what is wrong."""
    gc.freeze()  # nor is it looked through later
    BUILD.command = command
    if command == "build":
        adapter.mute_progress()


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Load and check the review (once a build), then set up what depends on the language."""
    if BUILD.is_first_language(config):
        BUILD.load(config)
    return BUILD.configure(config)


@event_priority(-200)
def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add generated pages, after static-i18n has sorted the hand-written ones by language."""
    return BUILD.add_generated_pages(files, config)


@event_priority(-200)
def on_nav(nav: Navigation, config: MkDocsConfig, files: Files) -> Navigation:
    """In a preview, leave the pages for when a browser asks for them."""
    BUILD.postpone_pages(nav, config, files)
    return nav


def on_env(env: jinja2.Environment, config: MkDocsConfig, files: Files) -> jinja2.Environment:
    """Give the templates what they call."""
    BUILD.prepare_templates(env, config)
    return env


@event_priority(100)
def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Hand over the page's Markdown before mkdocs-bibtex looks for citations in it."""
    return BUILD.markdown(markdown, page)


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Finish the page's HTML; in a preview, put its problems on top."""
    return BUILD.content(html, page)


def on_page_context(context: dict[str, Any], page: Page, config: MkDocsConfig, nav: Navigation) -> dict[str, Any]:
    """Give the templates what they print around the page."""
    return BUILD.page_context(context, page)


@event_priority(-200)
def on_post_template(output_content: str, template_name: str, config: MkDocsConfig) -> str:
    """Keep the page for lost addresses before static-i18n builds the next language."""
    if template_name == "404.html":
        BUILD.keep_not_found(output_content, config)
    return output_content


@event_priority(-200)
def on_post_page(output: str, page: Page, config: MkDocsConfig) -> str:
    """Set the policy on the finished page."""
    return BUILD.guard(output, page)


@event_priority(-200)
def on_post_build(config: MkDocsConfig) -> None:
    """After the last language, add the data files and put the finished site in place."""
    if BUILD.is_last_event(config):
        BUILD.finish(config)


def on_serve(server: LiveReloadServer, config: MkDocsConfig, builder: Any) -> LiveReloadServer:
    """Let the preview answer requests first."""
    return BUILD.on_server(server)


def on_build_error(error: Exception) -> None:
    """Leave the last good site as it was."""
    BUILD.discard()
