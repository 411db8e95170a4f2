"""The edition as a site generator needs it: what to put on each page, which pages and files to add.

A :class:`Site` is made once a build from the review and shared by all languages.
It hands out plain values (Markdown, HTML, bytes); which generator puts them
where is not its business.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from pathlib import Path
from typing import Any

from livingreview.audit import block_marks, render_audit
from livingreview.blocks import PageContext, ReviewBlocks
from livingreview.block_html import BlockRenderer
from livingreview.cards import ReferenceBook, finish_page, render_references
from livingreview.checks import report
from livingreview.citations import CitedWork, Numbering, render_group, shield, unshield
from livingreview.citing import number_review, reference_book
from livingreview.links import address_of
from livingreview.loading import load_review
from livingreview.locales import labels
from livingreview.markup import heading_numbers, page_markdown, title_of
from livingreview.problems import Problem
from livingreview.review import Review


@dataclass(frozen=True, slots=True)
class GeneratedPage:
    """A page without a file of its own: its slug, its front matter and its Markdown."""

    slug: str
    title: str
    markdown: str
    description: str = ""
    meta: Mapping[str, Any] = field(default_factory=dict)


class Site:
    """One build of the review. ``context`` is shared with the Markdown extension and set for each page."""

    def __init__(self, root: Path, review: Review, problems: list[Problem]) -> None:
        """Take a loaded review and what is wrong with it."""
        self.root = root
        self.review = review
        self.problems = problems
        self.context = PageContext()
        self._books: dict[str, ReferenceBook] = {}

    @classmethod
    def load(cls, root: Path) -> Site:
        """Load and check the review below ``root``."""
        review = load_review(root)
        return cls(root, review, report(review))

    # -- addresses -----------------------------------------------------------------

    @cached_property
    def prefixes(self) -> dict[str, str]:
        """The address prefix of each language."""
        return {language.code: language.prefix for language in self.review.languages}

    def address(self, language: str, slug: str) -> str:
        """Return the address of a page from the site's root."""
        return address_of(slug, self.prefixes[language])

    def url_from(self, language: str, here: str) -> Callable[[str, str], str]:
        """Return a function from slug and fragment to an address relative to the page ``here``."""
        base = self.address(language, here)

        def url(slug: str, fragment: str = "") -> str:
            target = self.address(language, slug)
            path = "" if target == base and fragment else posixpath.relpath(target, base) + "/"
            return (path if path != "./" or not fragment else "") + (f"#{fragment}" if fragment else "")

        return url

    # -- pages ---------------------------------------------------------------------

    def extension(self) -> ReviewBlocks:
        """Return the Markdown extension that renders this review's blocks."""
        return ReviewBlocks(self.context, tuple(sorted(self.review.directives)))

    def page_markdown(self, language: str, slug: str) -> str:
        """Return a hand-written page's Markdown and make its context the current one."""
        self.enter(language, slug)
        return shield(page_markdown(self.review, language, slug))

    def enter(self, language: str, slug: str) -> None:
        """Make a page the one being rendered."""
        words = labels(language)
        url = self.url_from(language, slug)
        chapter = self.review.chapter(language, slug) or self.review.chapter(self.review.source, slug)
        known = {claim.id for claim in self.review.claims}
        context = self.context
        context.note_label, context.claim_word = words("note"), words("claim")
        context.permalink_label = words("permalink")
        context.untranslated_label, context.label_language = words("untranslated"), language
        context.heading_numbers = heading_numbers(chapter) if chapter else {}
        context.marks = block_marks(self.review, slug, language, url)
        context.claim_url = lambda claim: url("audit", claim) if claim in known else None
        context.render_directive = lambda name, block, options: self.directive(language, slug, name, block, options)

    def directive(self, language: str, slug: str, name: str, block: str, options: Mapping[str, Any]) -> str | None:
        """Render one generated part of a page."""
        render = _DIRECTIVES.get(name)
        return render(self, language, slug, block, options) if render else None

    def is_handwritten(self, language: str, slug: str) -> bool:
        """Whether a page has a source file, in this language or the one it is translated from."""
        return (language, slug) in self.review.chapters or (self.review.source, slug) in self.review.chapters

    def generated_pages(self, language: str) -> list[GeneratedPage]:
        """Return the pages that data makes, and those that only the source language has."""
        return [
            GeneratedPage(chapter.slug, chapter.title, "", chapter.description)
            for (code, slug), chapter in self.review.chapters.items()
            if code == self.review.source and (language, slug) not in self.review.chapters
        ]

    def template_values(self, language: str) -> dict[str, Any]:
        """Return what every page's template prints: the article, the dates, the short name."""
        work = self.review.work
        if work is None:
            return {}
        article = work.article
        authors = article.authors_short.get(language, "")
        citation = f"{authors}. {article.title[language]}. {article.journal[language]}, {article.year}({article.issue})"
        return {
            "short_name": work.short_title[language],
            "review": {
                "checked": work.dates.evidence_read,
                "article": {"doi": article.doi, "revised": article.revised, "citation": {language: citation}},
                "author": work.author[language],
                "license": work.license,
                "license_url": work.license_url,
            },
        }

    def page_meta(self, language: str, slug: str) -> dict[str, Any]:
        """Return what a page's template needs to know of it before it is rendered."""
        chapter = self.review.chapter(language, slug) or self.review.chapter(self.review.source, slug)
        meta: dict[str, Any] = {}
        if chapter is not None and chapter.number:
            meta["number"] = chapter.number
        return meta

    def page_frame(self, language: str, slug: str) -> dict[str, Any]:
        """Return what a page's template prints around the text."""
        return {}

    def finish_content(self, language: str, slug: str, html: str) -> str:
        """Return a page's HTML as readers get it: with its own list of references at the end."""
        url = self.url_from(language, slug)
        return finish_page(self.book(language), unshield(html), slug, url, self.title(language))

    @cached_property
    def numbering(self) -> Numbering:
        """The one numbering of all works."""
        return number_review(self.review)

    def book(self, language: str) -> ReferenceBook:
        """Return everything the lists of references of a language show; made once a language."""
        if language not in self._books:
            self._books[language] = reference_book(self.review, self.numbering, language, self.root)
        return self._books[language]

    def cite(self, language: str) -> Callable[[tuple[str, ...]], str]:
        """Return a function from the keys of a group to the HTML of its numbers."""
        book = self.book(language)
        statuses = book.statuses

        def group(keys: tuple[str, ...]) -> str:
            return render_group([CitedWork(key) for key in keys], book.numbering, language, statuses)

        return group

    def title(self, language: str) -> Callable[[str], str]:
        """Return a function from slug to number and title of a page."""
        return lambda slug: title_of(self.review, language, slug)

    def page_title(self, language: str, slug: str) -> str:
        """Return number and title of a page."""
        return title_of(self.review, language, slug)

    def problems_of(self, path: str) -> list[Problem]:
        """Return what is wrong with one file."""
        return [problem for problem in self.problems if problem.path == path]

    def overlay(self, language: str, path: str) -> str:
        """Return what a preview shows on top of a page with problems, or nothing."""
        found = self.problems_of(path)
        if not found:
            return ""
        items = "".join(
            f"<li><code>{escape(problem.code)}</code> {escape(f'{problem.path}:{problem.line}')} {escape(problem.message)}</li>"
            for problem in found
        )
        heading = escape(labels(language)("problems.heading", count=len(found)))
        return f'<section class="lr-problems" role="alert"><h2>{heading}</h2><ul>{items}</ul></section>'


DirectiveFunction = Callable[[Site, str, str, str, Mapping[str, Any]], str]


def _audit(site: Site, language: str, slug: str, _block: str, _options: Mapping[str, Any]) -> str:
    url, cite = site.url_from(language, slug), site.cite(language)
    render = BlockRenderer(site.review, language, url, cite)
    return render_audit(site.review, language, url, lambda key: cite((key,)), render)


def _references(site: Site, language: str, slug: str, _block: str, _options: Mapping[str, Any]) -> str:
    url = site.url_from(language, slug)
    base = site.address(language, slug)
    files = {
        name: posixpath.relpath(f"/cite/{file}", base)
        for name, file in (
            ("BibTeX", "references.bib"),
            ("RIS", "references.ris"),
            ("CSL-JSON", "references.csl.json"),
        )
    }
    return render_references(site.book(language), url, site.title(language), files)


_DIRECTIVES: dict[str, DirectiveFunction] = {"audit": _audit, "references": _references}
