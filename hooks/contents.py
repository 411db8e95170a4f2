"""The contents of the whole work, which stand on every page: rendered once, not once a page.

Rendered by the template for every page, a work of n pages would have n² entries
rendered. They differ from page to page only in what their links are relative to,
in the entry that is the page itself, and in the sections that are open; only the
last needs rendering anew.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import jinja2
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.utils import get_relative_url

TEMPLATE = "partials/nav-items.html"

#: Stands in for the way from a page to its language's home until the page is known.
_HOME = "\x00"


@dataclass
class Contents:
    """The contents of one language; called by the template of every page."""

    env: jinja2.Environment
    config: MkDocsConfig
    rendered: dict[tuple[int, ...], str] = field(default_factory=dict)

    def __call__(self, nav: Navigation, page: Page | None, base_url: str) -> str:
        """Return the list of all pages as HTML, relative to ``page``; to the site for the page of lost addresses."""
        home = _below(nav.homepage.url, "") if nav.homepage else ""
        html = self._rendered(nav, page, home)
        if page is None:
            way = f"{base_url.rstrip('/')}/{home}"
        else:
            way = get_relative_url(home, page.url).rstrip("/") + "/"
            here = f'href="{_HOME}{_below(page.url, home)}"'
            html = html.replace(here, f'{here} aria-current="page"', 1)
        html = html.replace(f'{_HOME}"', f'{way}"')
        return html.replace(_HOME, way.removeprefix("./"))

    def _rendered(self, nav: Navigation, page: Page | None, home: str) -> str:
        """Return the list with the sections open that are open on this page."""
        opened = tuple(id(section) for section in page.ancestors) if page else ()
        if opened not in self.rendered:
            values: dict[str, Any] = {"config": self.config, "nav": nav, "href": lambda target: _href(target.url, home)}
            self.rendered[opened] = self.env.get_template(TEMPLATE).render(values)
        return self.rendered[opened]


def _below(url: str, home: str) -> str:
    """Return an address relative to the home page; MkDocs writes the site's own as ``./``."""
    return url.removeprefix("./").removeprefix(home)


def _href(url: str, home: str) -> str:
    return url if "://" in url else f"{_HOME}{_below(url, home)}"
