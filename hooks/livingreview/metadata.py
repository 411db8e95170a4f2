"""What machines read in a page's head: Highwire tags, JSON-LD, signposting, Open Graph.

In go the record of the work, the edition and :class:`PageFacts`; out comes HTML
for the end of ``head``. The author is always the edition's corporate one; the
article's authors appear only where the article itself is described.

Standards: Highwire ``citation_*`` as Google Scholar's inclusion guidelines and
Zotero's "Embedded Metadata" read them; schema.org; Signposting
(https://signposting.org/FAIR/), the Open Graph protocol.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

from livingreview.bibliography import Reference
from livingreview.citing_words import citing_words
from livingreview.edition import Edition, State
from livingreview.versions import embedded_json
from livingreview.work import Work

_SCHEMA = "https://schema.org"

#: Width and height of the images that links to a page are shown with.
IMAGE_SIZE = (1200, 630)

#: What kinds of pages are to schema.org. Anything else is a page about the work.
TYPES: Mapping[str, str] = {"home": "ScholarlyArticle", "chapter": "Chapter"}

#: The data files that a data set consists of, with their media types.
DATA_FILES: tuple[tuple[str, str], ...] = (
    ("/data/trials.json", "application/json"),
    ("/data/trials.csv", "text/csv"),
    ("/data/outcomes.csv", "text/csv"),
    ("/data/claims.json", "application/json"),
    ("/data/glossary.json", "application/json"),
)
DATA_PACKAGE = "/data/datapackage.json"

#: The edition's own record in the formats of reference managers, below a language's root.
RECORD_FILES: tuple[tuple[str, str], ...] = (
    ("cite/edition.csl.json", "application/vnd.citationstyles.csl+json"),
    ("cite/edition.bib", "application/x-bibtex"),
    ("cite/edition.ris", "application/x-research-info-systems"),
)

#: The page about those who make the edition.
AUTHOR_PAGE = "about"


@dataclass(frozen=True)
class PageFacts:
    """What a page's metadata are made from. Addresses are from the site's root.

    ``kind`` is ``home``, ``chapter``, ``data`` (the page of the data set) or ``page``.
    ``addresses`` holds this page's address in each language that has it, ``homes``
    the home page's. ``crumbs`` lead from the home page to this one, titles and
    addresses. ``chapters`` are the addresses of the chapters in this language,
    ``about`` is that of the page about those who make the edition.
    """

    language: str
    slug: str
    kind: str
    title: str
    description: str
    fingerprint: str
    addresses: Mapping[str, str]
    homes: Mapping[str, str]
    crumbs: tuple[tuple[str, str], ...] = ()
    chapters: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    number: str = ""
    feed: str = ""
    about: str = ""
    markdown: bool = True

    @property
    def address(self) -> str:
        """The page's own address."""
        return self.addresses[self.language]


@dataclass(frozen=True)
class _Head:
    """Everything the parts of a head are made from."""

    work: Work
    edition: Edition
    page: PageFacts
    source: str
    image: str

    @property
    def state(self) -> State:
        return self.edition.state(self.page.address, "", self.page.fingerprint)

    @property
    def date(self) -> str:
        """The day of the page's text: of its release, or of the build, or of the evidence."""
        latest = self.edition.latest
        if self.state is State.FROZEN and latest:
            return latest.date
        return self.edition.stamp.date or self.work.dates.evidence_read

    @property
    def url(self) -> str:
        return self.edition.living(self.page.address)

    @property
    def lasting(self) -> str:
        return self.edition.lasting(self.page.address, "", self.page.fingerprint)

    def work_id(self, language: str) -> str:
        return self.edition.living(self.page.homes[language]) + "#work"

    @property
    def author_id(self) -> str:
        return self.edition.living(self.page.homes[self.page.language]) + "#author"


def _meta(name: str, content: str, attribute: str = "name") -> str:
    return f'<meta {attribute}="{name}" content="{escape(content)}">'


def _link(rel: str, href: str, **attributes: str) -> str:
    extra = "".join(f' {name}="{escape(value)}"' for name, value in attributes.items() if value)
    return f'<link rel="{rel}" href="{escape(href)}"{extra}>'


# -- Highwire ----------------------------------------------------------------------


def _highwire(head: _Head) -> Iterator[str]:
    page, work = head.page, head.work
    if page.kind not in TYPES:
        return
    yield _meta("citation_title", work.title[page.language] if page.kind == "home" else page.title)
    if page.kind == "chapter":
        yield _meta("citation_inbook_title", work.title[page.language])
    author = work.author[page.language]
    yield _meta("citation_author", author)
    yield _meta("citation_publication_date", head.date.replace("-", "/"))
    yield _meta("citation_publisher", author)
    yield _meta("citation_language", page.language)
    yield _meta("citation_public_url", head.lasting)
    yield _meta("citation_fulltext_html_url", head.lasting)
    keywords = work.keywords.get(page.language, ())
    if page.kind == "home" and keywords:
        yield _meta("citation_keywords", "; ".join(keywords))


# -- JSON-LD -----------------------------------------------------------------------


def _article_node(work: Work, source: str) -> dict[str, Any]:
    article = work.article
    language = source if source in article.title else next(iter(article.title))
    others = [title for code, title in article.title.items() if code != language]
    return {
        "@type": "ScholarlyArticle",
        "@id": f"https://doi.org/{article.doi}",
        "name": article.title[language],
        **({"alternateName": others} if others else {}),
        "author": [{"@type": "Person", "name": name} for name in article.authors[language]],
        "datePublished": str(article.year),
        "inLanguage": language,
        "isPartOf": {
            "@type": "PublicationIssue",
            "issueNumber": str(article.issue),
            "isPartOf": {
                "@type": "Periodical",
                "name": article.journal[language],
                **({"issn": article.issn} if article.issn else {}),
            },
        },
        "sameAs": f"https://doi.org/{article.doi}",
    }


def _reference_node(reference: Reference) -> dict[str, Any]:
    node: dict[str, Any] = {"@type": "ScholarlyArticle", "name": reference.title}
    if reference.doi:
        node["@id"] = node["sameAs"] = f"https://doi.org/{reference.doi}"
    elif reference.pmid:
        node["sameAs"] = f"https://pubmed.ncbi.nlm.nih.gov/{reference.pmid}/"
    if reference.year:
        node["datePublished"] = reference.year
    return node


def _author_node(head: _Head) -> dict[str, Any]:
    return {
        "@type": "Organization",
        "@id": head.author_id,
        "name": head.work.author[head.page.language],
        "url": head.edition.living(head.page.about or head.page.homes[head.page.language]),
    }


def _common(head: _Head) -> dict[str, Any]:
    """Return what is said of any text of the edition."""
    page = head.page
    fields: dict[str, Any] = {
        "name": page.title,
        "description": page.description,
        "inLanguage": page.language,
        "url": head.url,
        "author": {"@id": head.author_id},
        "publisher": {"@id": head.author_id},
        "license": head.work.license_url,
        "dateModified": head.date,
        "isAccessibleForFree": True,
    }
    if head.state is State.FROZEN and head.edition.latest:
        fields |= {"version": head.edition.latest.version, "datePublished": head.date}
    return {name: value for name, value in fields.items() if value}


def _translations(head: _Head, ids: Mapping[str, str]) -> dict[str, Any]:
    """Return how a text hangs together with the same text in the other languages."""
    own = head.page.language
    if own == head.source:
        others = [{"@id": ids[code]} for code in ids if code != own]
        return {"workTranslation": others} if others else {}
    return {"translationOfWork": {"@id": ids[head.source]}} if head.source in ids else {}


def _work_node(head: _Head) -> dict[str, Any]:
    page, work = head.page, head.work
    ids = {code: head.work_id(code) for code in page.homes}
    return {
        "@type": "ScholarlyArticle",
        "@id": ids[page.language],
        **_common(head),
        "name": work.title[page.language],
        "headline": work.title[page.language],
        "keywords": ", ".join(work.keywords.get(page.language, ())),
        "isBasedOn": _article_node(work, head.source),
        **_translations(head, ids),
        "hasPart": [
            *({"@type": "Chapter", "@id": head.edition.living(address)} for address in page.chapters),
            {"@id": head.edition.living(DATA_PACKAGE)},
        ],
        "citation": [_reference_node(reference) for reference in page.references],
    }


def _chapter_node(head: _Head) -> dict[str, Any]:
    page = head.page
    ids = {code: head.edition.living(address) for code, address in page.addresses.items()}
    return {
        "@type": "Chapter",
        "@id": ids[page.language],
        **_common(head),
        "isPartOf": {"@type": "ScholarlyArticle", "@id": head.work_id(page.language)},
        "isBasedOn": _article_node(head.work, head.source),
        **({"position": page.number} if page.number else {}),
        **_translations(head, ids),
        "citation": [_reference_node(reference) for reference in page.references],
    }


def _page_node(head: _Head) -> dict[str, Any]:
    work = {"@type": "ScholarlyArticle", "@id": head.work_id(head.page.language)}
    return {"@type": "WebPage", "@id": head.url, **_common(head), "isPartOf": work}


def _dataset_node(head: _Head) -> dict[str, Any]:
    words, page = citing_words(head.page.language), head.page
    return {
        "@type": "Dataset",
        "@id": head.edition.living(DATA_PACKAGE),
        "name": words("meta.dataset", title=head.work.title[page.language]),
        "description": words("meta.dataset-text"),
        "inLanguage": list(page.homes),
        "license": head.work.license_url,
        "creator": {"@id": head.author_id},
        "dateModified": head.date,
        "isAccessibleForFree": True,
        "url": head.edition.living(page.address),
        "distribution": [
            {"@type": "DataDownload", "contentUrl": head.edition.living(path), "encodingFormat": media}
            for path, media in DATA_FILES
        ],
    }


def _crumbs_node(head: _Head) -> dict[str, Any]:
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": place, "name": title, "item": head.edition.living(address)}
            for place, (title, address) in enumerate(head.page.crumbs, start=1)
        ],
    }


def _nodes(head: _Head) -> Iterator[dict[str, Any]]:
    kind = head.page.kind
    main = {"home": _work_node, "chapter": _chapter_node}.get(kind, _page_node)
    yield main(head)
    yield _author_node(head)
    if kind in ("home", "data"):
        yield _dataset_node(head)
    if len(head.page.crumbs) > 1:
        yield _crumbs_node(head)


def json_ld(work: Work, edition: Edition, page: PageFacts, source: str) -> dict[str, Any]:
    """Return a page's JSON-LD as a value. ``source`` is the language translated from."""
    head = _Head(work, edition, page, source, "")
    graph = [{name: value for name, value in node.items() if value not in ("", [], None)} for node in _nodes(head)]
    return {"@context": _SCHEMA, "@graph": graph}


# -- signposting -------------------------------------------------------------------


def _signposting(head: _Head) -> Iterator[str]:
    page, edition = head.page, head.edition
    home = page.homes[page.language]
    yield _link("cite-as", head.lasting)
    yield _link("author", edition.living(page.about or home))
    yield _link("type", f"{_SCHEMA}/{TYPES.get(page.kind, 'WebPage')}")
    if page.kind == "home":
        for path, media in RECORD_FILES:
            yield _link("describedby", edition.living(home + path), type=media)
        for address in page.chapters:
            yield _link("item", edition.living(address), type="text/html")
    elif page.kind == "chapter":
        yield _link("collection", edition.living(home), type="text/html")
    if page.kind in ("home", "data"):
        yield _link("describedby", edition.living(DATA_PACKAGE), type="application/json")
        for path, media in DATA_FILES:
            yield _link("item", edition.living(path), type=media)
    # A second word in `rel`, because the theme's script takes over every link[rel=alternate].
    if page.markdown:
        yield _link("alternate markdown", edition.living(f"{page.address}index.md"), type="text/markdown")
    if page.feed:
        title = citing_words(page.language)("feed.title", title=head.work.short_title[page.language])
        yield _link("alternate feed", edition.living(page.feed), type="application/atom+xml", title=title)


# -- Open Graph --------------------------------------------------------------------


def _open_graph(head: _Head) -> Iterator[str]:
    page, words = head.page, citing_words(head.page.language)
    width, height = IMAGE_SIZE
    site = head.work.short_title[page.language]
    # Zotero takes a "book" for one, an "article" for a journal's.
    kinds = {"home": "book", "chapter": "article"}
    others = [code for code in page.addresses if code != page.language]
    rows = [
        ("og:type", kinds.get(page.kind, "website")),
        ("og:site_name", site),
        ("og:title", head.work.title[page.language] if page.kind == "home" else page.title),
        ("og:description", page.description),
        ("og:url", head.url),
        ("og:locale", words("meta.locale")),
        *(("og:locale:alternate", citing_words(code)("meta.locale")) for code in others),
        ("og:image", head.edition.living(head.image)),
        ("og:image:type", "image/png"),
        ("og:image:width", str(width)),
        ("og:image:height", str(height)),
        ("og:image:alt", words("meta.image-alt", title=head.work.title[page.language])),
    ]
    yield from (_meta(name, content, "property") for name, content in rows if content)
    yield _meta("twitter:card", "summary_large_image")


def image_address(language: str) -> str:
    """Return where a language's image is, from the site's root."""
    return f"/assets/images/og-{language}.png"


def page_head(work: Work, edition: Edition, page: PageFacts, source: str) -> str:
    """Return the metadata of a page as HTML, for the end of its head.

    The description, the canonical address, the alternates by language and the
    licence are the template's. ``source`` is the language translated from.
    """
    head = _Head(work, edition, page, source, image_address(page.language))
    rows: Iterable[str] = (*_highwire(head), *_signposting(head), *_open_graph(head))
    data = embedded_json(json_ld(work, edition, page, source))
    return "\n".join([*rows, f'<script type="application/ld+json">{data}</script>'])
