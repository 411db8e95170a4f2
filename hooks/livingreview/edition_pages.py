"""Citing, versions and metadata of a whole build in one place.

:class:`EditionPages` is made once a build from the review, the record of changes
and the callables of other parts. It hands out, page by page, what the modules
about citing make, and the files they add to a site. Nothing is computed here
that they do not compute; only who needs what is known here.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from livingreview.addresses import resolve, split
from livingreview.anchors import (
    AnchoredPage,
    AnchoredPages,
    export_anchors,
    load_release,
    page_parts,
    prints_of,
    release_path,
)
from livingreview.block_citations import Citer, Part
from livingreview.changes import (
    CHANGES_FILE,
    Change,
    erratum_marks,
    load_changes,
    releases_of,
    render_changes,
    render_corrections,
)
from livingreview.cite_dialog import export_records, render_citing
from livingreview.citing_words import citing_words
from livingreview.edition import Edition, Prints, read_stamp
from livingreview.feeds import render_feed
from livingreview.links import address_of
from livingreview.metadata import AUTHOR_PAGE, PageFacts, page_head
from livingreview.model import Mark
from livingreview.place_names import addresses_named, close_addresses
from livingreview.plain_pages import PlainSources, PlainWork, llms_text, robots_text
from livingreview.problems import Problem
from livingreview.reporting import report_link
from livingreview.review import Review
from livingreview.versions import export_versions, render_stamp, render_versions
from livingreview.work import Work

if TYPE_CHECKING:
    from livingreview.site import Site

#: The page of the data set.
DATA_PAGE = "trials"

#: The page that says when to cite what; its section of that name is ``which``.
GUIDE_PAGE = "about/cite"

#: Generated parts whose content does not count for a fingerprint: they list what
#: has fingerprints of its own, or tell of the state of the work.
_UNCOUNTED = frozenset(
    {
        "audit",
        "changes",
        "compare",
        "corrections",
        "glossary",
        "problem-codes",
        "references",
        "translation-status",
        "validation",
        "versions",
    }
)

_TAG = re.compile(r"<[^>]*>")

#: Gives the address of a page's fragment, relative to the page being rendered.
Url = Callable[[str, str], str]


class EditionPages:
    """What the pages of one build say about citing, versions and themselves."""

    def __init__(
        self,
        review: Review,
        work: Work,
        edition: Edition,
        changes: Sequence[Change],
        sources: PlainSources,
        root: Path | None = None,
    ) -> None:
        """Take a loaded review, where the edition stands, and what renders the generated parts."""
        self.review = review
        self.work = work
        self.edition = edition
        self.changes = tuple(changes)
        self.citer = Citer(work, edition, review.source)
        self._rendered: dict[tuple[str, str, str], str | None] = {}
        self._directive = sources.directive
        self.plain = PlainWork(review, work, edition, replace(sources, directive=self._once), root)

    def _once(self, language: str, slug: str, name: str, block: str, options: Mapping[str, Any]) -> str | None:
        """Render a generated part, once a build."""
        key = (language, slug, block or name)
        if key not in self._rendered:
            self._rendered[key] = self._directive(language, slug, name, block, options)
        return self._rendered[key]

    # -- places ----------------------------------------------------------------------

    def _content(self, language: str, slug: str, fragment: str) -> str | None:
        """Return the words of a generated part, for its fingerprint."""
        block = self.review.block(language, f"{slug}#{fragment}") if fragment else None
        if block is None or block.name in _UNCOUNTED:
            return None
        html = self._once(language, slug, block.name, fragment, block.options)
        return _TAG.sub(" ", html) if html else None

    @cached_property
    def by_slug(self) -> AnchoredPages:
        """Every page with every place, by language and slug; made as they are asked for."""
        titles = {key: page.title for key, page in self.plain.generated.items()}
        return AnchoredPages(self.review, titles, self._content)

    @property
    def pages(self) -> tuple[AnchoredPage, ...]:
        """Every page with every place."""
        return tuple(self.by_slug.values())

    @property
    def prints(self) -> Prints:
        """All fingerprints, as a release keeps them."""
        return prints_of(self.pages)

    def parts(self, language: str, slug: str) -> dict[str, Part]:
        """Return the parts a reader can cite on a page, by fragment."""
        return page_parts(self.by_slug[language, slug], self.by_slug, self.work.pages.home)

    def _prefix(self, language: str) -> str:
        return next(found.prefix for found in self.review.languages if found.code == language)

    def address(self, language: str, slug: str, fragment: str = "") -> str:
        """Return an address from the site's root."""
        return address_of(slug, self._prefix(language)) + (f"#{fragment}" if fragment else "")

    def find_part(self, named: str, language: str = "") -> Part | None:
        """Return the part at an address, absolute or from the site's root, of any version, or with a block's name.

        An address that leads on to another one means that one.
        """
        home = self.work.pages.home
        front = self.address(language or self.review.source, home)
        for address in addresses_named(named, self.edition.site_url, front, home):
            path, fragment = split(resolve(address, self.review.redirects) or address)
            page = next((page for page in self.pages if page.address == path), None)
            part = self.parts(page.language, page.slug).get(fragment) if page else None
            if part is not None:
                return part
        return None

    def close_addresses(self, named: str) -> list[str]:
        """Return known addresses that may have been meant by the one given."""
        known = [
            f"{page.address}#{anchor}" if anchor else page.address
            for page in self.pages
            for anchor in ("", *page.by_id)
        ]
        return [self.edition.living(address) for address in close_addresses(named, known)]

    # -- pages -----------------------------------------------------------------------

    def _kind(self, slug: str) -> str:
        pages = self.work.pages
        if slug in pages.chapters:
            return "chapter"
        return {pages.home: "home", DATA_PAGE: "data"}.get(slug, "page")

    def _crumbs(self, language: str, slug: str) -> tuple[tuple[str, str], ...]:
        """Return the way from the home page to a page, through the pages above it."""
        home = self.work.pages.home
        parts = slug.split("/")
        above = ["/".join(parts[:depth]) for depth in range(1, len(parts) + 1)] if slug != home else []
        steps = [(citing_words(language)("meta.home"), self.address(language, home))]
        steps += [
            (self.by_slug[language, step].title, self.address(language, step))
            for step in above
            if (language, step) in self.by_slug
        ]
        return tuple(steps)

    @cached_property
    def _chapters(self) -> dict[str, tuple[str, ...]]:
        """The addresses of all chapters, by language."""
        codes = [language.code for language in self.review.languages]
        return {code: tuple(self.address(code, slug) for slug in self.work.pages.chapters) for code in codes}

    def facts(self, language: str, slug: str, title: str = "", description: str = "") -> PageFacts:
        """Return what a page's metadata are made from; title and description where the review does not know them."""
        page = self.by_slug[language, slug]
        chapter = self.review.chapter(language, slug) or self.review.chapter(self.review.source, slug)
        generated = self.plain.generated.get((language, slug))
        known = self.review.references_by_key
        said = chapter.description if chapter else generated.description if generated else ""
        codes = [found.code for found in self.review.languages]
        beyond, home = self.review.beyond_slugs, self.work.pages.home
        return PageFacts(
            language=language,
            slug=slug,
            kind=self._kind(slug),
            title=title or page.title,
            description=description or said,
            fingerprint=page.fingerprint,
            addresses={code: self.address(code, slug) for code in codes if (code, slug) in self.by_slug},
            homes={code: self.address(code, home) for code in codes},
            crumbs=self._crumbs(language, slug),
            chapters=self._chapters[language],
            references=tuple(known[key] for key in self.plain.cited(language, slug) if key in known),
            number=chapter.number if chapter else "",
            feed=f"{self.address(language, beyond[0])}feed.xml" if beyond else "",
            about=self.address(language, AUTHOR_PAGE if self.review.has_page(language, AUTHOR_PAGE) else home),
            markdown=(language, slug) in self.plain.known and not slug.startswith("compare"),
        )

    def head(self, language: str, slug: str, title: str = "", description: str = "") -> str:
        """Return a page's metadata; nothing for a page the review does not know."""
        if (language, slug) not in self.by_slug:
            return ""
        facts = self.facts(language, slug, title, description)
        return page_head(self.work, self.edition, facts, self.review.source)

    def block(self, language: str, slug: str, url: Url) -> str:
        """Return the block about citing at a page's end, with the data of its dialog."""
        if (language, slug) not in self.by_slug:
            return ""
        page = self.by_slug[language, slug]
        guide = url(GUIDE_PAGE, "which") if self.review.has_page(language, GUIDE_PAGE) else ""
        return render_citing(self.citer, page, self.parts(language, slug), guide)

    def report(self, language: str, slug: str) -> str:
        """Return where a reader reports a problem with a page, or nothing."""
        edition = self.edition
        address = edition.living(self.address(language, slug))
        return report_link(slug, address, language, repo_url=edition.repo_url, contact=edition.contact)

    def stamp(self, language: str) -> str:
        """Return the line for the footer that says from what the page was built."""
        return render_stamp(self.edition.stamp, language, self.edition.repo_url)

    def directive(self, name: str, language: str, url: Url, options: Mapping[str, Any]) -> str | None:
        """Render one of the generated parts of the record of changes, or ``None`` where the name is another's."""
        if name == "changes":
            kind = options.get("kind")
            kinds = [str(item) for item in kind] if isinstance(kind, list) else str(kind or "").split()
            return render_changes(self.changes, language, url, kinds)
        if name == "corrections":
            return render_corrections(self.changes, language, url)
        return render_versions(self.edition, language) if name == "versions" else None

    def marks(self, language: str, slug: str, url: Url) -> dict[str, tuple[Mark, ...]]:
        """Return the marks of a page's corrected blocks."""
        return erratum_marks(self.changes, language, slug, url)

    # -- files -----------------------------------------------------------------------

    def files(self) -> dict[str, bytes]:
        """Return every file these modules add to a site, by path from its root."""
        files = {
            "/anchors.json": export_anchors(self.pages, self.edition, self.work.license),
            "/versions.json": export_versions(self.edition, self.changes),
            "/llms.txt": llms_text(self.plain).encode(),
            "/robots.txt": robots_text(self.edition).encode(),
            **self.plain.clean_pages(),
        }
        for language in self.review.languages:
            code = language.code
            for slug in self.review.beyond_slugs:

                def address(page: str, fragment: str, code: str = code) -> str:
                    return self.address(code, page, fragment)

                feed = render_feed(self.work, self.edition, self.changes, code, slug, address)
                files[f"{self.address(code, slug)}feed.xml"] = feed
            home = self.address(code, self.work.pages.home)
            records = export_records(self.citer, self._whole(code))
            files |= {home + name: data for name, data in records.items()}
        return files

    def _whole(self, language: str) -> Part:
        home = (language, self.work.pages.home)
        found = self.by_slug.get(home)
        return self.parts(*home)[""] if found else Part(language, self.address(*home))


def read_changes(
    root: Path, environment: Mapping[str, str] | None, site_url: str, repo_url: str = ""
) -> tuple[Edition, tuple[Change, ...], tuple[Problem, ...]]:
    """Read the record of changes and the last release below ``root``; say where the edition stands."""

    def text(path: str) -> str:
        file = root / path
        return file.read_text(encoding="utf-8", errors="replace") if file.is_file() else ""

    changes, problems = load_changes(text(CHANGES_FILE))
    releases = releases_of(changes)
    path = release_path(releases[-1].version) if releases else ""
    released, found = load_release(text(path), path) if path else ({}, ())
    given = os.environ if environment is None else environment
    stamp = read_stamp(root, environment)
    edition = Edition(site_url, stamp, releases, released, repo_url, given.get("CONTACT_EMAIL", ""))
    return edition, changes, (*problems, *found)


def open_edition(site: Site, site_url: str, repo_url: str = "") -> EditionPages | None:
    """Return the edition's pages for a loaded site, or nothing where the record of the work is missing."""
    work = site.review.work
    if work is None:
        return None
    edition, changes, _problems = read_changes(site.root, None, site_url, repo_url)

    def reference(language: str, key: str) -> str:
        found = site.book(language).formatted.get(key)
        return found.text if found else key

    sources = PlainSources(
        number=lambda key: str(site.numbering(key)),
        reference=reference,
        directive=site.directive,
        generated=lambda language: [
            page for page in site.generated_pages(language) if not site.is_handwritten(language, page.slug)
        ],
    )
    return EditionPages(site.review, work, edition, changes, sources, site.root)
