"""The edition as a site generator needs it: what to put on each page, which pages and files to add.

A :class:`Site` is made once a build from the review and shared by all languages.
It hands out plain values (Markdown, HTML, bytes); which generator puts them
where is not its business.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property, partial
from html import escape
from pathlib import Path
from typing import Any

from livingreview.addresses import aliases, fragment_map, insert_aliases, relative_address, render_fragment_map
from livingreview.audit import block_marks
from livingreview.block_html import PortableBlocks
from livingreview.blocks import PageContext, ReviewBlocks
from livingreview.cards import ReferenceBook, finish_page
from livingreview.checks import report
from livingreview.citations import CitedWork, Numbering, render_group, shield, unshield
from livingreview.citing import number_review, reference_book
from livingreview.compare import META as COMPARE_META
from livingreview.compare import (
    compare_description,
    compare_heading,
    compare_slug,
    compare_title,
    compared_blocks,
    stale_blocks,
)
from livingreview.directives import DIRECTIVES, trial_page
from livingreview.editing import edit_link, source_file
from livingreview.edition_pages import EditionPages, open_edition
from livingreview.figures import Figure
from livingreview.generated import GeneratedPage, untranslated
from livingreview.keeping import keep_together
from livingreview.links import address_of, way_to
from livingreview.loading import LoadCache, load_in_parallel
from livingreview.locales import labels
from livingreview.markup import heading_numbers, page_markdown, place_title, title_of
from livingreview.model import Mark
from livingreview.page_sections import PageSection, page_sections
from livingreview.problems import Problem
from livingreview.readingtime import reading_minutes
from livingreview.review import Review
from livingreview.search_index import pages_told
from livingreview.terms import TermIndex, explain_terms, term_index
from livingreview.trial_page import trial_keywords, trial_title
from livingreview.vocabulary import Vocabulary


class Site:
    """One build of the review. ``context`` is shared with the Markdown extension and set for each page."""

    def __init__(
        self, root: Path, review: Review, problems: list[Problem], site_url: str = "", repo_url: str = ""
    ) -> None:
        """Take a loaded review, what is wrong with it, and where it is served and edited."""
        self.root = root
        self.review = review
        self.problems = problems
        self.site_url = site_url
        self.repo_url = repo_url
        self.context = PageContext()
        self._books: dict[str, ReferenceBook] = {}
        self._terms: dict[str, TermIndex] = {}
        self._generated: dict[str, list[GeneratedPage]] = {}
        self._parts: dict[tuple[str, str, str], str | None] = {}
        #: What rendered pages say, by language and slug, for search.
        self.sections: dict[tuple[str, str], tuple[PageSection, ...]] = {}

    @classmethod
    def load(cls, root: Path, site_url: str = "", repo_url: str = "", cache: LoadCache | None = None) -> Site:
        """Load and check the review below ``root``; ``cache`` is what an earlier load left."""
        review = load_in_parallel(root, cache)
        return cls(root, review, report(review), site_url, repo_url)

    # -- what is made once a build -----------------------------------------------------

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The controlled values; empty where the review declares none."""
        return self.review.vocabulary or Vocabulary((), {})

    @cached_property
    def edition(self) -> EditionPages | None:
        """What pages say about citing, versions and themselves."""
        return open_edition(self, self.site_url, self.repo_url)

    @cached_property
    def stale(self) -> dict[str, str]:
        """The blocks whose translation waits."""
        return stale_blocks(self.review)

    @cached_property
    def compared(self) -> dict[str, PortableBlocks]:
        """The blocks of every language as side-by-side pages show them."""
        return compared_blocks(self.review, self.cite)

    @property
    def figures(self) -> Mapping[str, Figure]:
        """The drawings, by id."""
        return {name: figure for name, (figure, _file) in self.review.figures.items()}

    @cached_property
    def years(self) -> Mapping[str, int]:
        """The year of every work that has one."""
        return {one.key: int(one.year) for one in self.review.references if one.year.isdigit()}

    @cached_property
    def places(self) -> Mapping[str, int]:
        """The place of every cited work in the one numbering."""
        return {key: place for place, key in enumerate(self.numbering.keys)}

    @cached_property
    def told_to_search(self) -> frozenset[str]:
        """The pages that need not be read for search."""
        return pages_told(self.review)

    def terms(self, language: str) -> TermIndex:
        """Return the terms explained on a language's pages; made once a language."""
        if language not in self._terms:
            self._terms[language] = term_index(self.review, language)
        return self._terms[language]

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
        return self.url_between(language, here, language)

    def url_between(self, language: str, here: str, other: str) -> Callable[[str, str], str]:
        """Return the same for links from a page in one language to pages in another."""
        base = self.address(language, here)

        def url(slug: str, fragment: str = "") -> str:
            target = self.address(other, slug)
            path = "" if target == base and fragment else way_to(target, base)
            return path + (f"#{fragment}" if fragment else "")

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
        known = self.review.claim_ids
        context = self.context
        context.note_label, context.claim_word = words("note"), words("claim")
        context.permalink_label = words("permalink")
        context.untranslated_label, context.label_language = words("untranslated"), language
        context.heading_numbers = heading_numbers(chapter) if chapter else {}
        context.marks = self.marks(language, slug, url)
        context.claim_url = lambda claim: url("audit", claim) if claim in known else None
        context.render_directive = lambda name, block, options: self.directive(language, slug, name, block, options)

    def marks(self, language: str, slug: str, url: Callable[[str, str], str]) -> dict[str, tuple[Mark, ...]]:
        """Return the marks of a page's blocks: those of the audit, then those of corrections."""
        found = block_marks(self.review, slug, language, url)
        for block, marks in (self.edition.marks(language, slug, url) if self.edition else {}).items():
            found[block] = (*found.get(block, ()), *marks)
        return found

    def directive(self, language: str, slug: str, name: str, block: str, options: Mapping[str, Any]) -> str | None:
        """Render one generated part of a page; one with an id of its own, once a build."""
        key = (language, slug, block)
        if block and key in self._parts:
            return self._parts[key]
        html = self._render_part(language, slug, name, block, options)
        if block:
            self._parts[key] = html
        return html

    def _render_part(self, language: str, slug: str, name: str, block: str, options: Mapping[str, Any]) -> str | None:
        render = DIRECTIVES.get(name)
        if render is not None:
            return render(self, language, slug, block, options)
        return self.edition.directive(name, language, self.url_from(language, slug), options) if self.edition else None

    def is_handwritten(self, language: str, slug: str) -> bool:
        """Whether a page has a source file, in this language or the one it is translated from."""
        return (language, slug) in self.review.chapters or (self.review.source, slug) in self.review.chapters

    def generated_pages(self, language: str) -> list[GeneratedPage]:
        """Return the pages that data makes, and those that only the source language has; made once a language."""
        if language not in self._generated:
            self._generated[language] = self._make_pages(language)
        return self._generated[language]

    def _make_pages(self, language: str) -> list[GeneratedPage]:
        missing = [
            untranslated(chapter.slug, chapter.title, chapter.description)
            for (code, slug), chapter in self.review.chapters.items()
            if code == self.review.source and (language, slug) not in self.review.chapters
        ]
        return [*missing, *self._trial_pages(language), *self._compare_pages(language)]

    def _trial_pages(self, language: str) -> Iterator[GeneratedPage]:
        for trial in self.review.trials:
            meta = {"kind": "trial", "keywords": list(trial_keywords(trial, self.vocabulary, language))}
            yield GeneratedPage(
                f"trials/{trial.id}",
                trial_title(trial),
                partial(trial_page, self, trial, language),
                trial.label.get(language, ""),
                meta,
            )

    def _compare_pages(self, language: str) -> Iterator[GeneratedPage]:
        for slug in self.review.chapter_slugs:
            if (self.review.source, slug) not in self.review.chapters:
                continue
            title, heading = (name(self.review, language, slug) for name in (compare_title, compare_heading))
            text = f"# {heading}\n\n/// compare-page\n    attrs: {{id: side-by-side}}\n    chapter: {slug}\n///\n"
            description = compare_description(self.review, language, slug)
            yield GeneratedPage(compare_slug(slug), title, partial(str, text), description, COMPARE_META)

    def template_values(self, language: str) -> dict[str, Any]:
        """Return what every page's template prints: the article, the dates, the short name, where the index is."""
        work = self.review.work
        if work is None:
            return {}
        article = work.article
        authors = article.authors_short.get(language, "")
        citation = f"{authors}. {article.title[language]}. {article.journal[language]}, {article.year}({article.issue})"
        prefix = self.prefixes[language]
        links = [
            ("licence", "about/licence"),
            ("contributing", "about/contributing"),
            ("corrections", "about/corrections"),
        ]
        return {
            "short_name": work.short_title[language],
            "search_split": True,
            "search_base": f"{prefix}/" if prefix else "",
            "footer_links": [
                {"path": self.address(language, slug).lstrip("/"), "title": self.page_title(language, slug)}
                for _name, slug in links
                if self.review.has_page(language, slug)
            ],
            "review": {
                "checked": work.dates.evidence_read,
                "article": {"doi": article.doi, "revised": article.revised, "citation": {language: citation}},
                "author": work.author[language],
                "license": work.license,
                "license_url": work.license_url,
                "build": self.edition.stamp(language) if self.edition else "",
            },
        }

    def page_meta(self, language: str, slug: str) -> dict[str, Any]:
        """Return what a page's template needs to know of it."""
        chapter = self.review.chapter(language, slug) or self.review.chapter(self.review.source, slug)
        meta: dict[str, Any] = {
            "edit_link": edit_link(self.repo_url, source_file(self.review, language, slug)),
            "report_link": self.edition.report(language, slug) if self.edition else "",
        }
        if chapter is None:
            return meta
        if chapter.number:
            meta["number"] = chapter.number
        if slug in self.review.chapter_slugs:
            text = "\n".join(block.text for block in chapter.blocks)
            meta["reading_minutes"] = reading_minutes(text, language)
            meta["compare_url"] = self.address(language, compare_slug(slug)).lstrip("/")
        return meta

    def head(self, language: str, slug: str, title: str, description: str) -> str:
        """Return a page's metadata for machines."""
        return self.edition.head(language, slug, title, description) if self.edition else ""

    def finish_content(self, language: str, slug: str, html: str) -> str:
        """Return the HTML of a page's text as readers get it: terms explained, references at its end."""
        url = self.url_from(language, slug)
        html = unshield(html)
        if slug in self.review.strict_slugs:
            html = explain_terms(html, self.terms(language), url)
        if slug not in self.told_to_search:
            self.sections[language, slug] = page_sections(html)
        html = self.keep_old_ids(language, slug, keep_together(html))
        if slug != "references":
            html = finish_page(self.book(language), html, slug, url, self.title(language))
        return html

    def citing(self, language: str, slug: str) -> str:
        """Return what stands below a page's text: how to cite it, with the data of the dialog."""
        return self.edition.block(language, slug, self.url_from(language, slug)) if self.edition else ""

    def keep_old_ids(self, language: str, slug: str, html: str) -> str:
        """Let fragments that were renamed on a page arrive without a script, and those moved elsewhere with one."""
        address = self.address(language, slug)
        html = insert_aliases(html, aliases(address, self.review.redirects))
        moved = {
            old: relative_address(address, target)
            for old, target in fragment_map(address, self.review.redirects).items()
            if target.partition("#")[0] != address
        }
        if not moved:
            return html
        return f'{html}<script type="application/json" id="lr-moved">{render_fragment_map(moved)}</script>'

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
        """Return a function from slug to what a list of places calls a page."""
        return lambda slug: place_title(self.review, language, slug)

    def page_title(self, language: str, slug: str) -> str:
        """Return number and title of a page."""
        return title_of(self.review, language, slug)

    def plain_title(self, language: str, slug: str) -> str:
        """Return a page's title without its number; a generated page has that of its data."""
        chapter = self.review.chapter(language, slug) or self.review.chapter(self.review.source, slug)
        return chapter.title if chapter else slug.rpartition("/")[2]

    def problems_of(self, path: str) -> list[Problem]:
        """Return what is wrong with one file."""
        return [problem for problem in self.problems if problem.path == path]

    def overlay(self, language: str, path: str) -> str:
        """Return what a preview shows on top of a page with problems, or nothing."""
        found = self.problems_of(path)
        if not found:
            return ""
        items = "".join(
            f"<li><code>{escape(one.code)}</code> {escape(one.path)}:{one.line} {escape(one.message)}</li>"
            for one in found
        )
        heading = escape(labels(language)("problems.heading", count=len(found)))
        return f'<section class="lr-problems" role="alert"><h2>{heading}</h2><ul>{items}</ul></section>'
