"""The whole work as a printed book: cover, chapters, trials, audit, references, terms, in one language.

In go the site and what is said on the cover; out comes one JSON-ready document,
the input of the typesetting template. Chapters are rendered with the engine's own
Markdown blocks, so that the book says what the pages say. A link leads to its
place in the book where it has one, else to the address on the web.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from pathlib import Path
from typing import Any

import markdown
from markdown.extensions.attr_list import AttrListExtension
from markdown.extensions.tables import TableExtension

from livingreview.audit import MARKED, block_marks
from livingreview.blocks import PageContext, ReviewBlocks
from livingreview.citations import parse_citations, render_group
from livingreview.drawings import standalone
from livingreview.links import TargetKind
from livingreview.locales import labels
from livingreview.markup import heading_numbers, page_markdown
from livingreview.model import Chapter
from livingreview.paper_html import Converter, Element, Inline, Node
from livingreview.paper_parts import (
    Parts,
    all_trials,
    audit_tables,
    heading,
    paragraph,
    place,
    print_words,
    reference_lists,
    section_trials,
    tally_table,
    term_list,
    trials_in_brief,
)
from livingreview.paper_tree import across, linked, measured, names_in, unlisted
from livingreview.site import Site
from livingreview.work import Work

#: Stand for citations and generated parts while Markdown is rendered; from the private use area.
_HELD = re.compile("\ue041([0-9]+)\ue042")

#: Addresses only this machine can follow are not printed.
_LOCAL = re.compile(r"https?://(?:127\.|localhost\b|\[::1\]|0\.0\.0\.0)")


@dataclass(frozen=True, slots=True)
class Imprint:
    """What the cover says of this edition: version and day may be unknown; ``url`` is where the site is."""

    version: str = ""
    date: str = ""
    commit: str = ""
    url: str = ""

    @property
    def public_url(self) -> str:
        """The site's address, if others can follow it; without a slash at its end."""
        return "" if not self.url or _LOCAL.match(self.url) else self.url.rstrip("/")


@dataclass
class _Pages:
    """What is collected while pages are rendered: runs held out of Markdown, generated parts, drawings."""

    held: list[str] = field(default_factory=list)
    made: list[list[Node]] = field(default_factory=list)
    drawings: list[str] = field(default_factory=list)


class Paper:
    """Makes the document of one language."""

    def __init__(self, site: Site, language: str, imprint: Imprint) -> None:
        """Take a loaded review; nothing is rendered yet."""
        self.site, self.language, self.imprint = site, language, imprint
        self.review = site.review
        self.words, self.print = labels(language), print_words(language)
        self.context = PageContext()
        self._kept = _Pages()
        self._page: tuple[str, str] = ("", "")
        self._markdown = markdown.Markdown(
            extensions=[
                AttrListExtension(),
                TableExtension(use_align_attribute=True),
                ReviewBlocks(self.context, tuple(sorted(self.review.directives))),
            ]
        )

    # -- what everything shares ------------------------------------------------------

    @cached_property
    def parts(self) -> Parts:
        """What the generated parts are made from."""
        book = self.site.book(self.language)
        cite = self.site.cite(self.language)
        converter = Converter(self.resolve)
        return Parts(self.review, book, self.language, converter, lambda keys: converter.runs(cite(keys)))

    @property
    def work(self) -> Work:
        """The record of the work; without it there is nothing to put on a cover."""
        if self.review.work is None:
            raise ValueError("data/review.yml is missing or damaged")
        return self.review.work

    # -- links -----------------------------------------------------------------------

    def resolve(self, href: str) -> str:
        """Return the place or address that a link of the current page leads to."""
        if href.startswith("place:") or re.match(r"(?:https?|mailto):", href):
            return href
        slug, path = self._page
        if href.startswith("#fn-"):
            return place("references", "ref-" + href.removeprefix("#fn-"))
        if href.startswith("#"):
            return place(slug, href[1:])
        file, _, fragment = href.partition("#")
        if file.endswith(".md"):
            found = self.review.resolve(path, href)
            return place(found.name, found.fragment) if found.kind is TargetKind.PAGE else ""
        address = posixpath.normpath(posixpath.join(self.site.address(self.language, slug), file))
        known = self._slugs.get(address.rstrip("/") + "/")
        return place(known, fragment) if known is not None else ""

    @cached_property
    def _slugs(self) -> dict[str, str]:
        slugs = dict.fromkeys((*self.review.slugs, *self.review.generated_ids))
        return {self.site.address(self.language, slug): slug for slug in slugs}

    # -- chapters --------------------------------------------------------------------

    def _citations(self, text: str) -> str:
        """Hold the numbers of all citations out of Markdown."""
        groups, _problems = parse_citations(text)
        book = self.parts.book
        shown: list[str] = []
        at = 0
        for group in groups:
            html = render_group(group.works, book.numbering, self.language, book.statuses)
            shown += [text[at : group.start], self._hold(html)]
            at = group.end
        return "".join([*shown, text[at:]])

    def _hold(self, html: str) -> str:
        self._kept.held.append(html)
        return f"\ue041{len(self._kept.held) - 1}\ue042"

    def _directive(self, slug: str, name: str, block: str, options: Mapping[str, Any]) -> str:
        """Return the HTML of a generated part: as the site has it, except what paper wants otherwise."""
        own = self._own_parts().get(name)
        if own is None:
            html = self.site.directive(self.language, slug, name, block, options)
            return html if html is not None else f"<p>{escape(self.print('elsewhere'))}</p>"
        whole = name == "trials" and slug == self._host("trials") and not options.get("filter")
        self._kept.made.append(all_trials(self.parts) if whole else own(options, block))
        return f'<div data-made="{len(self._kept.made) - 1}"></div>'

    def _own_parts(self) -> dict[str, Callable[[Mapping[str, Any], str], list[Node]]]:
        parts = self.parts
        return {
            "trials": lambda options, block: section_trials(parts, options, block),
            "audit": lambda _options, _block: audit_tables(parts),
            "references": lambda _options, _block: reference_lists(parts),
            "glossary": lambda _options, _block: term_list(parts),
        }

    def _host(self, directive: str) -> str:
        """Return the page that shows the whole of a generated part: the one named for it, else the last that has it."""
        hosts = [
            slug
            for slug in self.review.slugs
            if (chapter := self.review.chapter(self.review.source, slug))
            and any(block.name == directive for block in chapter.blocks)
        ]
        return directive if directive in hosts else (hosts or [""])[-1]

    def _enter(self, chapter: Chapter, slug: str) -> None:
        """Make a page the one being rendered."""
        self._page = (slug, chapter.path.replace(f"/{chapter.language}/", f"/{self.language}/", 1))
        known = {claim.id for claim in self.review.claims}
        context = self.context
        context.note_label, context.claim_word = self.words("note"), self.words("claim")
        context.untranslated_label, context.label_language = self.words("untranslated"), self.language
        context.heading_numbers = heading_numbers(chapter)
        context.marks = block_marks(self.review, slug, self.language, place)
        context.claim_url = lambda claim: place("audit", claim) if claim in known else None
        context.render_directive = lambda name, block, options: self._directive(slug, name, block, options)

    def page(self, slug: str) -> list[Node]:
        """Return a hand-written page as nodes, its title first; nothing where there is no such page."""
        chapter = self.review.chapter(self.language, slug) or self.review.chapter(self.review.source, slug)
        if chapter is None:
            return []
        self._enter(chapter, slug)
        self._markdown.reset()
        text = self._citations(page_markdown(self.review, self.language, slug))
        html = _HELD.sub(lambda match: self._kept.held[int(match[1])], self._markdown.convert(text))
        nodes = _BookConverter(self.resolve, self._draw, self._kept.made)(html)
        base = chapter.number.count(".") + 1 if chapter.number else 1
        title = next((node for node in nodes if node["t"] == "h" and node["level"] == 1), None)
        shown = title["c"] if title else [chapter.title]
        first = {"t": "h", "level": base, "number": chapter.number, "id": slug, "c": shown}
        return [first, *(self._placed(node, slug, base - 1) for node in nodes if node is not title)]

    def _draw(self, source: str) -> str:
        """Take a drawing in; a picture named by its address is read from the docs folder."""
        if not source.startswith("<svg"):
            found = self.review.resolve(self._page[1], source)
            file = self.site.root / found.name
            if found.kind is not TargetKind.ASSET or file.suffix != ".svg" or not file.is_file():
                return ""
            source = file.read_text(encoding="utf-8")
        return standalone(source, self._sheets)

    @cached_property
    def _sheets(self) -> tuple[str, ...]:
        folder = self.site.root / self.review.config.docs_dir / "assets" / "stylesheets"
        return tuple(path.read_text(encoding="utf-8") for path in _in_order(folder.glob("*.css")))

    def _placed(self, node: Node, slug: str, deeper: int) -> Node:
        """Give a page's nodes the names they have in the whole work, and headings their level in it."""
        if node.get("id"):
            node = {**node, "role": "lead" if node["id"] == "lead" else node.get("role", "")}
            node["id"] = f"{slug}#{node['id']}" if "#" not in node["id"] else node["id"]
        if node["t"] == "h":
            node = {**node, "level": node["level"] + deeper}
        if node["t"] == "list":
            items = [
                {"id": f"{slug}#{i['id']}" if i["id"] else "", "c": [self._placed(n, slug, deeper) for n in i["c"]]}
                for i in node["items"]
            ]
            node = {**node, "items": items}
        return node

    # -- the book --------------------------------------------------------------------

    def home(self) -> list[Node]:
        """Return the home page as a chapter; its title is the book's, so it gets another."""
        nodes = self.page(self.work.pages.home)
        return [{**nodes[0], "c": [self.print("home")]}, *nodes[1:]] if nodes else []

    def reading(self) -> list[Node]:
        """Return the page that says how to read the book."""
        paper = self.print
        example = next((claim.id for claim in self.review.claims), "")
        title = self.site.title(self.language)
        names = {name: title(self._host(name)) for name in ("audit", "references")} | {"example": example}
        nodes = [
            heading(1, paper("reading.title"), "reading"),
            paragraph(paper("reading.text", **names)),
            paragraph(paper("reading.references", **names)),
        ]
        if self.review.claims:
            nodes += [paragraph(paper("reading.marks")), tally_table(self.review, self.language, only=MARKED)]
        return nodes

    def sections(self) -> Iterator[list[Node]]:
        """Yield the parts of the book in order."""
        pages = self.work.pages
        yield self.reading()
        yield unlisted(self.home())
        for slug in (*pages.chapters, *pages.beyond):
            yield self.page(slug)
        trials = self.page(self._host("trials"))
        yield [*across(trials), *trials_in_brief(self.parts)] if trials else []
        yield unlisted(self.page(self._host("audit")))
        # How to get at works and terms on the screen is of no use on paper: title and list are.
        yield self._bare("references", reference_lists(self.parts))
        yield self._bare("glossary", term_list(self.parts))

    def _bare(self, directive: str, nodes: list[Node]) -> list[Node]:
        """Return a generated part under the title of the page that shows it."""
        title = self.page(self._host(directive))[:1]
        return unlisted([*title, *nodes]) if title and nodes else []

    def document(self) -> Node:
        """Return the whole document."""
        sections = [measured(section) for section in self.sections() if section]
        places = frozenset(names_in(sections))
        settled: list[Any] = linked(sections, self._settle(places))
        work, language = self.work, self.language
        return {
            "language": language,
            "region": self.print("region"),
            "script": self.print("script"),
            "dense-languages": [code for code in self.site.prefixes if print_words(code)("script") == "dense"],
            "title": work.title[language],
            "subtitle": work.summary.get(language, ""),
            "author": work.author[language],
            "description": work.summary.get(language, ""),
            "keywords": work.keywords.get(language, []),
            "day": [int(part) for part in self.imprint.date.split("-")] if self.imprint.date else None,
            "running": work.short_title[language],
            "foot": self._version(),
            "words": {"contents": self.print("contents"), "on-page": self.print("on-page")},
            "cover": self._cover(),
            "sections": settled,
        }

    def _version(self) -> str:
        imprint = self.imprint
        if imprint.version:
            return self.print("cover.version", version=imprint.version, date=imprint.date)
        return self.print("cover.unreleased", date=imprint.date) if imprint.date else self.print("cover.undated")

    def _cover(self) -> Node:
        work, paper, language = self.work, self.print, self.language
        article, imprint = work.article, self.imprint
        commit = [paper("cover.commit", commit=imprint.commit)] if imprint.commit else []
        citation = paper.get("cover.citation") or _citation(work, language)
        doi: list[Inline] = [
            {"t": "a", "to": f"https://doi.org/{article.doi}", "c": [f"https://doi.org/{article.doi}"]}
        ]
        lines: list[list[Inline]] = [
            [paper("cover.restates", citation=citation), " ", *doi],
            [{"t": "strong", "c": [paper("cover.no-part")]}],
            [paper("cover.advice")],
            [paper("cover.checked", date=work.dates.evidence_read, revised=article.revised)],
            [paper("cover.licence", licence=work.license)],
        ]
        if imprint.public_url:
            home = imprint.public_url + self.site.address(language, work.pages.home)
            lines.append([paper("cover.site", url=""), {"t": "a", "to": home, "c": [home]}])
        return {"author": work.author[language], "version": " · ".join([self._version(), *commit]), "lines": lines}

    def _settle(self, places: frozenset[str]) -> Callable[[str], str]:
        """Return where a link leads in the end: ``#name`` in the book, an address, or nowhere."""
        site, public = self.site, self.imprint.public_url

        def settle(to: str) -> str:
            if not to.startswith("place:"):
                return to
            slug, _, fragment = to.removeprefix("place:").partition("#")
            name = f"{slug}#{fragment}" if fragment else slug
            if name in places:
                return f"#{name}"
            if public:
                return public + site.address(self.language, slug) + (f"#{fragment}" if fragment else "")
            return f"#{slug}" if slug in places else ""

        return settle


class _BookConverter(Converter):
    """Puts generated parts that are nodes already where their frame stands."""

    def __init__(self, resolve: Callable[[str], str], drawing: Callable[[str], str], made: list[list[Node]]) -> None:
        super().__init__(resolve, drawing)
        self.made = made

    def _on_div(self, element: Element) -> list[Node]:
        number = element.attributes.get("data-made", "")
        return self.made[int(number)] if number.isdigit() else self.blocks(element.children)


def _citation(work: Work, language: str) -> str:
    article = work.article
    authors = article.authors_short.get(language, "")
    return f"{authors}. {article.title[language]}. {article.journal[language]}, {article.year}({article.issue})."


def _in_order(sheets: Iterable[Path]) -> list[Path]:
    """Return the style sheets, the one with the colours first; that for paper knows only black."""
    return sorted((path for path in sheets if path.stem != "print"), key=lambda path: (path.stem != "base", path.stem))
