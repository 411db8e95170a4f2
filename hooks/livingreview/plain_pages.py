"""The work as plain Markdown: for scripts and language models, and as a way out of any site generator.

In go the review and, as callables, what other parts render (numbers, references,
generated parts); out come pages that any CommonMark renderer can show. Two forms:
*clean* pages (``<address>index.md``), each whole in itself with a list of the works it
cites, and *staged* pages (``livingreview stage``), a tree of files that keeps every
id as an empty anchor and every link as a relative path.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from livingreview.block_citations import article_mentions
from livingreview.citations import CitedWork, parse_citations, plain_numbers
from livingreview.citing_words import citing_words
from livingreview.edition import Edition
from livingreview.generated import GeneratedPage
from livingreview.links import address_of, way_to
from livingreview.locales import labels
from livingreview.markup import heading_numbers, page_markdown, title_of
from livingreview.plain_html import anchor, inert, markdown_from_html, quoted
from livingreview.review import Review
from livingreview.work import Work
from livingreview.yamlfile import parse_yaml

#: The page that lists all works, and how a page's own list names an entry.
REFERENCES_PAGE = "references"
_OWN_LIST = "#fn-"

_FENCE = re.compile(r"[ ]{0,3}(`{3,}|~{3,})")
_OPEN = re.compile(r"(/{3,})[ ]*([\w-]+)[ ]*(?:\|[ ]*(.*?)[ ]*)?\Z")
_CLOSE = re.compile(r"(/{3,})[ ]*\Z")
_HEADING = re.compile(r"(#{1,6})[ ]+(.*?)(?:[ ]*\{:?[ ]*#([\w-]+)[^{}]*\})?[ ]*\Z")
_ATTRIBUTES = re.compile(r"[ ]*\{:[ ]*(?:#([\w-]+))?[^{}]*\}[ ]*\Z")
_ITEM = re.compile(r"([ ]*(?:[-*+]|\d+[.)])[ ]+)(.*?)[ ]*\{:[ ]*#([\w-]+)[^{}]*\}[ ]*\Z")
#: Marks up words for the page's style sheet, and says nothing.
_SPAN = re.compile(r"</?span\b[^<>]*>")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_LINK = re.compile(r"(!?)\[((?:[^\[\]\\]|\\.)*)\]\(([^()\s]*)\)")
_HTML = re.compile(r"<(?:article|aside|details|div|dl|figure|h\d|ol|p|section|table|ul)[\s>]")
_HTML_TAG = re.compile(r"<(/?)(?:article|aside|details|div|dl|figure|h\d|ol|p|section|table|ul)(?=[\s>])")
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//")


def no_directive(_language: str, _slug: str, _name: str, _block: str, _options: Mapping[str, Any]) -> str | None:
    """Render nothing: a generated part then leaves only its anchor."""
    return None


@dataclass(frozen=True)
class PlainSources:
    """What other parts of the engine contribute, all by language.

    ``number`` gives a work's number by key, ``reference`` its entry as plain text
    (``(language, key)``), ``directive`` the HTML of a generated part
    (``(language, slug, name, block id, options)``), ``generated`` the pages that data make.
    """

    number: Callable[[str], str]
    reference: Callable[[str, str], str]
    directive: Callable[[str, str, str, str, Mapping[str, Any]], str | None] = no_directive
    generated: Callable[[str], Iterable[GeneratedPage]] = field(default=lambda _language: ())


@dataclass(frozen=True)
class _Form:
    """How one page is written: with or without anchors, and where its links lead."""

    anchors: bool
    link: Callable[[str], str | None]
    html_link: Callable[[str], str | None]
    cite: Callable[[Sequence[CitedWork]], str]
    numbers: Mapping[str, str]

    def mark(self, name: str | None) -> str:
        return anchor(name) if self.anchors and name else ""


# -- the tree of pages -------------------------------------------------------------


class PlainWork:
    """All pages of a review as plain Markdown."""

    def __init__(
        self, review: Review, work: Work, edition: Edition, sources: PlainSources, root: Path | None = None
    ) -> None:
        """Take the review and what renders its generated parts; ``root`` is where its images are."""
        self.root = root
        self.review = review
        self.work = work
        self.edition = edition
        self.sources = sources
        self._cited: dict[tuple[str, str], tuple[str, ...]] = {}
        self._mentions: dict[str, str] = {}

    @cached_property
    def prefixes(self) -> dict[str, str]:
        """The address prefix of each language."""
        return {language.code: language.prefix for language in self.review.languages}

    @cached_property
    def generated(self) -> dict[tuple[str, str], GeneratedPage]:
        """The pages that data make, by language and slug."""
        return {
            (language.code, page.slug): page
            for language in self.review.languages
            for page in self.sources.generated(language.code)
        }

    @cached_property
    def pages(self) -> tuple[tuple[str, str], ...]:
        """Language and slug of every page, hand-written ones first."""
        written = [(code, slug) for code in self.prefixes for slug in self.review.slugs]
        return tuple(dict.fromkeys([*written, *self.generated]))

    def address(self, language: str, slug: str) -> str:
        """Return a page's address from the site's root."""
        return address_of(slug, self.prefixes[language])

    def name(self, language: str, slug: str) -> str:
        """Return a page's file name in the staged tree: that of its source below the language's folder."""
        for code in (language, self.review.source):
            chapter = self.review.chapter(code, slug)
            if chapter is not None:
                return f"{language}/{chapter.path.removeprefix(f'{self.review.config.docs_dir}/{code}/')}"
        return f"{language}/{slug}.md"

    @cached_property
    def known(self) -> frozenset[tuple[str, str]]:
        """The same, to ask whether there is such a page."""
        return frozenset(self.pages)

    @cached_property
    def by_address(self) -> dict[str, tuple[str, str]]:
        """Language and slug by address."""
        return {self.address(*page): page for page in self.pages}

    @cached_property
    def by_name(self) -> dict[str, tuple[str, str]]:
        """Language and slug by file name."""
        return {self.name(*page): page for page in self.pages}

    def data_page(self, path: str) -> tuple[str, str] | None:
        """Return the page that data make at a staged file name, where this tree does not hold it itself."""
        language, _, rest = path.partition("/")
        slug = rest.removesuffix(".md")
        known = slug in self.review.generated_ids or slug in self.review.generated_files.values()
        return (language, slug) if language in self.prefixes and known else None

    def source(self, language: str, slug: str) -> str:
        """Return a page's Markdown as a site generator would get it, links between pages as relative file names."""
        page = self.generated.get((language, slug))
        return page.markdown if page else page_markdown(self.review, language, slug)

    def title(self, language: str, slug: str) -> str:
        """Return number and title of a page."""
        page = self.generated.get((language, slug))
        return (page.title if page else "") or title_of(self.review, language, slug)

    # -- links -----------------------------------------------------------------------

    def _file_target(self, language: str, slug: str, target: str) -> tuple[tuple[str, str] | None, str, str]:
        """Resolve a link between files: the page it leads to, or the path of another file, and the fragment."""
        path, _, fragment = target.partition("#")
        here = self.name(language, slug)
        joined = posixpath.normpath(posixpath.join(posixpath.dirname(here), path)) if path else here
        return self.by_name.get(joined) or self.data_page(joined), joined, fragment

    def _address_target(self, language: str, slug: str, target: str) -> tuple[tuple[str, str] | None, str, str]:
        """Resolve a link between addresses: the page it leads to, or the address of another file, and the fragment."""
        path, _, fragment = target.partition("#")
        here = self.address(language, slug)
        joined = posixpath.normpath(posixpath.join(here, path)) if path else here
        page = self.by_address.get(joined if joined.endswith("/") else f"{joined}/")
        return page, joined, fragment

    def _staged(self, language: str, slug: str, page: tuple[str, str], fragment: str) -> str:
        """Return the way from one staged file to another."""
        here, there = self.name(language, slug), self.name(*page)
        if here == there and fragment:
            return f"#{fragment}"
        path = posixpath.relpath(there, posixpath.dirname(here))
        return path + (f"#{fragment}" if fragment else "")

    def _own_entry(self, language: str, target: str) -> tuple[tuple[str, str], str] | None:
        """Lead a link to a page's own list of references to the list of all."""
        page = (language, REFERENCES_PAGE)
        if target.startswith(_OWN_LIST):
            return page, f"ref-{target.removeprefix(_OWN_LIST)}"
        return None

    def _staged_link(self, language: str, slug: str, target: str, resolve: Callable[..., Any]) -> str | None:
        if not target or _SCHEME.match(target):
            return target or None
        own = self._own_entry(language, target)
        page, other, fragment = (own[0], "", own[1]) if own else resolve(language, slug, target)
        if page in self.known:
            return self._staged(language, slug, page, fragment)
        if page is not None:
            return self.edition.living(self.address(*page), fragment)
        if other.startswith("assets/"):
            return posixpath.relpath(other, posixpath.dirname(self.name(language, slug)))
        # Data files and the like are not part of the tree: they are on the site.
        return self.edition.living(other if other.startswith("/") else f"/{other}", fragment)

    def _clean_link(self, language: str, slug: str, target: str, resolve: Callable[..., Any]) -> str | None:
        if not target or _SCHEME.match(target):
            return target or None
        if target.startswith(_OWN_LIST):
            return None
        page, other, fragment = resolve(language, slug, target)
        here = self.address(language, slug)
        there = self.address(*page) if page else (other if other.startswith("/") else f"/{other}")
        if there == here and fragment:
            return f"./#{fragment}"
        path = way_to(there, here) if page else posixpath.relpath(there, here)
        return path + (f"#{fragment}" if fragment else "")

    # -- forms -----------------------------------------------------------------------

    def _form(self, language: str, slug: str, staged: bool) -> _Form:
        rewrite = self._staged_link if staged else self._clean_link
        chapter = self.review.chapter(language, slug) or self.review.chapter(self.review.source, slug)

        def staged_number(key: str, number: str) -> str:
            return f"[{number}]({self._staged(language, slug, (language, REFERENCES_PAGE), f'ref-{key}')})"

        def cite(works: Sequence[CitedWork]) -> str:
            shown = plain_numbers(works, self.sources.number, *((staged_number,) if staged else ()))
            return f"\\[{shown}\\]"

        return _Form(
            staged,
            lambda target: rewrite(language, slug, target, self._file_target),
            lambda target: rewrite(language, slug, target, self._address_target),
            cite,
            heading_numbers(chapter) if chapter else {},
        )

    def _number(self, language: str, slug: str) -> str:
        chapter = self.review.chapter(language, slug) or self.review.chapter(self.review.source, slug)
        return chapter.number if chapter else ""

    def _body(self, language: str, slug: str, form: _Form) -> str:
        def directive(name: str, block: str, options: Mapping[str, Any]) -> str:
            html = self.sources.directive(language, slug, name, block, options)
            return markdown_from_html(html or "", form.html_link, anchors=form.anchors)

        text = _resolved(self.source(language, slug), form)
        writer = _Writer(form, language, directive, self._number(language, slug))
        return "\n\n".join(writer.blocks(text.split("\n"))).strip() + "\n"

    def cited(self, language: str, slug: str) -> tuple[str, ...]:
        """Return the keys a page cites, in order, the works of its notes and tables included."""
        if (language, slug) not in self._cited:
            groups, _problems = parse_citations(self.source(language, slug))
            self._cited[language, slug] = tuple(dict.fromkeys(work.key for group in groups for work in group.works))
        return self._cited[language, slug]

    def _article(self, language: str) -> str:
        """Return how a page names the article that it is an edition of."""
        if language not in self._mentions:
            said = article_mentions(self.work, language, self.review.source)["csl"]
            self._mentions[language] = inert(said)
        return self._mentions[language]

    # -- pages -----------------------------------------------------------------------

    def clean_page(self, language: str, slug: str) -> str:
        """Return a page for ``<address>index.md``: what it is, its text, the works it cites."""
        body = self._body(language, slug, self._form(language, slug, staged=False))
        title, _, rest = body.partition("\n")
        parts = [title, "\n".join(self._facts(language, slug)), rest.strip()]
        cited = self.cited(language, slug)
        if cited:
            words = citing_words(language)
            entries = [
                f"- \\[{self.sources.number(key)}\\] {inert(self.sources.reference(language, key))}" for key in cited
            ]
            parts += [f"## {words('page.references')}", "\n".join(entries)]
        return "\n\n".join(part for part in parts if part) + "\n"

    def _facts(self, language: str, slug: str) -> Iterator[str]:
        """Yield what a page that is read alone must say of itself."""
        words, edition = citing_words(language), self.edition
        colon = words("language.subtitle")
        rows = [("page.address", f"<{edition.living(self.address(language, slug))}>")]
        rows += [
            ("page.other-language", f"<{edition.living(self.address(code, slug))}index.md>")
            for code in self.prefixes
            if code != language and (code, slug) in self.known
        ]
        rows.append(("page.date", edition.stamp.date or self.work.dates.evidence_read))
        rows.append(("page.article", self._article(language)))
        rows.append(("page.license", inert(self.work.license)))
        yield from (f"- {words(key)}{colon}{value}" for key, value in rows)
        yield f"- {words('page.disclaimer')}"

    def staged_page(self, language: str, slug: str) -> str:
        """Return a page of the staged tree, with front matter (title, description, language, number)."""
        body = self._body(language, slug, self._form(language, slug, staged=True))
        page = self.generated.get((language, slug))
        chapter = self.review.chapter(language, slug) or self.review.chapter(self.review.source, slug)
        facts = {
            "title": page.title if page else chapter.title if chapter else slug,
            "description": page.description if page else chapter.description if chapter else "",
            "lang": language,
            "number": self._number(language, slug),
        }
        front = "".join(f"{name}: {_quoted(value)}\n" for name, value in facts.items() if value)
        return f"---\n{front}---\n{body}"

    def clean_pages(self) -> dict[str, bytes]:
        """Return all clean pages by path from the site's root."""
        return {
            f"{self.address(*page)}index.md": self.clean_page(*page).encode()
            for page in self.pages
            if not page[1].startswith("compare")
        }

    def staged_pages(self) -> dict[str, bytes]:
        """Return all staged pages by file name."""
        return {self.name(*page): self.staged_page(*page).encode() for page in self.pages}

    def staged_tree(self) -> dict[str, bytes]:
        """Return the whole staged tree by file name: pages, the images they show, and a list of all pages."""
        tree = self.staged_pages()
        images = sorted({name for path, page in tree.items() for name in _images(path, page.decode())})
        for name in images:
            file = self.root / self.review.config.docs_dir / name if self.root else None
            if file is not None and file.is_file():
                tree[name] = file.read_bytes()
        return {"README.md": self._contents().encode(), **tree}

    def _contents(self) -> str:
        """Return the list of all pages, in the order of the navigation."""
        rows = [f"# {inert(' / '.join(self.work.title.values()))}", ""]
        for code in self.prefixes:
            words = citing_words(code)
            rows += [f"## {words('language.name')}", "", words("page.disclaimer"), ""]
            rows += [
                f"- [{inert(self.title(code, slug))}]({self.name(code, slug)})"
                for language, slug in self.pages
                if language == code
            ]
            rows.append("")
        return "\n".join(rows)


def _images(path: str, text: str) -> Iterator[str]:
    """Yield the images a staged page shows, as names in the tree."""
    for match in _LINK.finditer(text):
        if match[1] and not _SCHEME.match(match[3]):
            yield posixpath.normpath(posixpath.join(posixpath.dirname(path), match[3]))


def _quoted(text: str) -> str:
    """Return text as a YAML value in double quotes."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


# -- one page ----------------------------------------------------------------------


def _resolved(text: str, form: _Form) -> str:
    """Return a page's Markdown with citations as numbers, links rewritten and comments gone; code stays."""
    groups, _problems = parse_citations(text)
    for group in reversed(groups):
        numbers = form.cite(group.works)
        text = text[: group.start] + numbers + text[group.end :]

    def link(match: re.Match[str]) -> str:
        if match[0].endswith(")") and "#ref-" in match[3] and not match[1]:
            return match[0]  # a number just written
        target = form.link(match[3])
        return f"{match[1]}[{match[2]}]({target})" if target else match[2]

    lines, fence = [], ""
    for line in _COMMENT.sub("", text).split("\n"):
        opened = _FENCE.match(line)
        if opened and not fence:
            fence = opened[1]
        elif opened and opened[1].startswith(fence) and fence:
            fence = ""
        lines.append(line if fence or opened else _LINK.sub(link, _SPAN.sub("", line)))
    return "\n".join(lines)


class _Writer:
    """Turns the lines of a page into plain blocks."""

    def __init__(
        self, form: _Form, language: str, directive: Callable[[str, str, Mapping[str, Any]], str], number: str
    ) -> None:
        self.form = form
        self.language = language
        self.directive = directive
        self.number = number

    def blocks(self, lines: list[str]) -> Iterator[str]:
        """Yield the blocks of a run of lines."""
        run: list[str] = []
        at = 0
        while at < len(lines):
            line = lines[at]
            opened, fenced = _OPEN.match(line), _FENCE.match(line)
            if opened or fenced:
                yield from self.run(run)
                run = []
                end = _end_of_block(lines, at, len(opened[1])) if opened else _end_of_fence(lines, at)
                inner = lines[at + 1 : end]
                yield from self.named(opened, inner) if opened else ["\n".join(lines[at : end + 1])]
                at = end + 1
            elif not line.strip():
                yield from self.run(run)
                run = []
                at += 1
            elif _HTML.match(line) and not run:
                # What data make may come as HTML.
                end = _end_of_html(lines, at)
                html = "\n".join(lines[at : end + 1])
                yield markdown_from_html(html, self.form.html_link, anchors=self.form.anchors)
                at = end + 1
            else:
                run.append(line)
                at += 1
        yield from self.run(run)

    def run(self, lines: list[str]) -> Iterator[str]:
        """Yield the block that a run of lines without a blank one makes."""
        rows, mark = [], ""
        for line in lines:
            attributes, heading, item = _ATTRIBUTES.match(line), _HEADING.match(line), _ITEM.match(line)
            if item:
                rows.append(f"{item[1]}{self.form.mark(item[3])}{item[2]}")
            elif attributes:
                mark = self.form.mark(attributes[1])
            elif heading:
                rows.append(self.heading(heading))
            else:
                rows.append(line)
        if rows:
            yield mark + "\n".join(rows)

    def heading(self, match: re.Match[str]) -> str:
        name = match[3] or ""
        number = self.form.numbers.get(name, self.number if len(match[1]) == 1 else "")
        return f"{match[1]} {self.form.mark(name)}{number}{' ' if number else ''}{match[2]}"

    def named(self, opened: re.Match[str], lines: list[str]) -> Iterator[str]:
        """Yield what a ``///`` block becomes."""
        name, title = opened[2].lower(), opened[3] or ""
        options, content = _split_options(lines)
        attrs = options.pop("attrs", None)
        block = str(attrs.get("id", "")) if isinstance(attrs, dict) else ""
        mark = self.form.mark(block)
        if name == "note":
            label = labels(self.language)("note") + (f" · {title}" if title else "")
            yield quoted("\n\n".join([f"{mark}**{label}**", *self.blocks(content)]))
        elif name in ("table", "figure"):
            caption = f"**{title}**" if title else ""
            if caption or mark:
                yield mark + caption
            yield from self.blocks(content)
        else:
            shown = self.directive(name, block, options)
            if mark:
                yield mark
            if shown:
                yield shown


def _end_of_block(lines: list[str], start: int, length: int) -> int:
    """Return the line that closes a block opened with this many slashes, or the last."""
    for at in range(start + 1, len(lines)):
        match = _CLOSE.match(lines[at])
        if match and len(match[1]) == length:
            return at
    return len(lines)


def _end_of_fence(lines: list[str], start: int) -> int:
    opened = _FENCE.match(lines[start])
    for at in range(start + 1, len(lines)):
        match = _FENCE.match(lines[at])
        if opened and match and match[1].startswith(opened[1]):
            return at
    return len(lines)


def _end_of_html(lines: list[str], start: int) -> int:
    """Return the line on which the element that begins at ``start`` is closed, or the last."""
    depth = 0
    for at in range(start, len(lines)):
        depth += sum(-1 if match[1] else 1 for match in _HTML_TAG.finditer(lines[at]))
        if depth <= 0:
            return at
    return len(lines)


def _split_options(lines: list[str]) -> tuple[dict[str, Any], list[str]]:
    """Return a block's options and the lines of its content."""
    at = 0
    while at < len(lines) and lines[at].startswith("    ") and lines[at].strip():
        at += 1
    data = parse_yaml("\n".join(line[4:] for line in lines[:at]), "").data if at else None
    return (dict(data) if isinstance(data, dict) else {}), lines[at:]


# -- for scripts and language models -----------------------------------------------


def llms_text(plain: PlainWork) -> str:
    """Return ``/llms.txt`` (https://llmstxt.org): what this is and where each page is as Markdown."""
    work, edition, review = plain.work, plain.edition, plain.review
    first = review.source
    rows = [f"# {inert(' / '.join(work.title.values()))}", ""]
    summary = inert(" / ".join(text for text in work.summary.values() if text))
    rows += [f"> {summary}", ""] if summary else []
    for code in plain.prefixes:
        words = citing_words(code)
        mention = inert(article_mentions(work, code, first)["csl"])
        rows += [f"{words('page.disclaimer')} {words('page.article')}{words('language.subtitle')}{mention}", ""]
    main = frozenset({work.pages.home, *work.pages.chapters, *work.pages.beyond})
    for code in plain.prefixes:
        words = citing_words(code)
        slugs = [slug for language, slug in plain.pages if language == code and not slug.startswith("compare")]
        for key, chosen in (
            ("page.pages", [slug for slug in slugs if slug in main]),
            ("page.more-pages", [slug for slug in slugs if slug not in main]),
        ):
            if chosen:
                rows += [f"## {words('language.name')}{words('language.subtitle')}{words(key)}", ""]
                rows += [_llms_entry(plain, code, slug) for slug in chosen] + [""]
    rows += [f"## {' / '.join(dict.fromkeys(citing_words(code)('page.data') for code in plain.prefixes))}", ""]
    for path in ("/data/datapackage.json", "/cite/references.csl.json", "/anchors.json", "/versions.json"):
        rows.append(f"- [{path.rpartition('/')[2]}]({edition.living(path)})")
    return "\n".join(rows) + "\n"


def _llms_entry(plain: PlainWork, language: str, slug: str) -> str:
    page = plain.generated.get((language, slug))
    chapter = plain.review.chapter(language, slug) or plain.review.chapter(plain.review.source, slug)
    said = page.description if page else chapter.description if chapter else ""
    address = plain.edition.living(plain.address(language, slug))
    colon = citing_words(language)("language.subtitle")
    return f"- [{inert(plain.title(language, slug))}]({address}index.md)" + (f"{colon}{inert(said)}" if said else "")


def robots_text(edition: Edition) -> str:
    """Return ``/robots.txt``: everything may be read; where the map of the site is.

    Released versions keep themselves out of search engines by their own pages,
    which a robot must be able to read for that.
    """
    return f"User-agent: *\nAllow: /\n\nSitemap: {edition.living('/sitemap.xml')}\n"
