"""Lists of references as HTML: at the foot of a page, in the tooltips, on the page of all references.

In go the formatted references, their numbers, what was verified of them, where they
are cited and how their claims fared; out comes HTML. A tooltip shows an entry of the
page's own list, so that there is one source for both, and without a script the number
is a link to that entry.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from html import escape

from livingreview.bibliography import Reference
from livingreview.citations import Numbering, citation_labels
from livingreview.data_links import files_line
from livingreview.locales import Labels
from livingreview.references import Formatted
from livingreview.verified import GRAVE, VerificationLedger, WorkRecord

#: Gives the address of a page's fragment, relative to the page being rendered: ``(slug, fragment) -> url``.
Url = Callable[[str, str], str]

#: Gives number and title of a page: ``slug -> text``.
Title = Callable[[str], str]

#: How many other pages an entry at the foot of a page names; the page of all references names every one.
_PAGES_NAMED = 6

#: Full-width punctuation within a text in Latin letters: fonts draw it narrow unless it is marked as Chinese.
_WIDE = re.compile(r"[，。：；（）？！]+")

REFERENCES_SLUG = "references"

_LINK = re.compile(r'<a class="lr-cite__link[^"]*" href="#fn-([^"]+)" data-lr-cards="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Place:
    """A block that cites a work: its page and its id."""

    slug: str
    id: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What became of a claim that rests on a work: the claim's id, its verdict, and the verdict in words."""

    claim: str
    verdict: str
    label: str


@dataclass(frozen=True)
class ReferenceBook:
    """Everything a list of references shows, in one language. Made once a build and language."""

    language: str
    references: Mapping[str, Reference]
    formatted: Mapping[str, Formatted]
    numbering: Numbering
    ledger: VerificationLedger = field(default_factory=VerificationLedger)
    places: Mapping[str, Sequence[Place]] = field(default_factory=dict)
    findings: Mapping[str, Sequence[Finding]] = field(default_factory=dict)
    read_places: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def words(self) -> Labels:
        """The words about references in this language."""
        return citation_labels(self.language)

    @cached_property
    def statuses(self) -> dict[str, str]:
        """The works a reader must be warned of, with their state."""
        states = {key: self.ledger.status_of(key) for key in self.references}
        return {key: state for key, state in states.items() if state in GRAVE}


# -- parts of an entry -------------------------------------------------------------


def _link(url: str, text: str, label: str = "") -> str:
    described = f' aria-label="{escape(label)}"' if label else ""
    return f'<a href="{escape(url)}"{described}>{escape(text)}</a>'


def _marks(book: ReferenceBook, key: str) -> str:
    """Return the marks of a work: what befell it, and whether anything of it was verified."""
    words = book.words
    state = book.ledger.status_of(key)
    marks = []
    if state in ("retracted", "concern", "corrected"):
        marks.append((state, words(f"status-{state}")))
    record = book.ledger.works.get(key)
    if record is None or not record.verified_on:
        marks.append(("not-verified", words("status-not-verified")))
    return "".join(f' <span class="lr-ref__mark lr-ref__mark--{name}">{escape(text)}</span>' for name, text in marks)


def own_additions(book: ReferenceBook, key: str) -> str:
    """Say what of a reference is this edition's: a translated title, transliterated names; or nothing.

    Only where the style shows them: pages in the work's own language print what the work prints.
    """
    reference, record = book.references[key], book.ledger.works.get(key)
    if record is None or reference.language == book.language:
        return ""
    title = record.fields.get("title-en") == "ours" and "title-en" in reference.fields
    names = record.fields.get("author-latin") == "ours" and bool(reference.latin_authors)
    name = {(True, True): "ours-all", (True, False): "ours-title", (False, True): "ours-names"}.get((title, names))
    shown = book.language != "zh"
    return f' <span class="lr-ref__ours">({escape(book.words(name))})</span>' if name and shown else ""


def _sources(reference: Reference) -> str:
    """Return links to the work's own page and its record in PubMed."""
    links = []
    if reference.doi:
        links.append(_link(f"https://doi.org/{reference.doi}", "DOI"))
    if reference.pmid:
        links.append(_link(f"https://pubmed.ncbi.nlm.nih.gov/{reference.pmid}/", "PubMed"))
    return " · ".join(links)


def _field_names(names: Iterable[str], words: Labels) -> str:
    return words("list-separator").join(words.get(f"field-{name}", name) for name in names)


def _read_at(record: WorkRecord, words: Labels, places: Mapping[str, Mapping[str, str]]) -> str:
    """Say in the page's language where a work was read; a place nobody has worded stays as recorded."""
    said = record.read_at or record.method
    if said in places:
        return places[said].get(words.language, said)
    parts = [places.get(part, {}).get(words.language, part) for part in said.split("; ")]
    return words("part-separator").join(parts)


def verification(
    record: WorkRecord | None, words: Labels, places: Mapping[str, Mapping[str, str]] | None = None
) -> list[str]:
    """Return in sentences what was verified of a work, and what was not.

    ``places`` words where things were read in each language.
    """
    if record is None:
        return [words("no-record")]
    sentences = []
    if not record.verified_on:
        sentences.append(words("not-verified"))
    else:
        missing = [name for name in record.unverified_fields if record.fields[name] != "ours"]
        values = {"date": record.verified_on, "read_at": _read_at(record, words, places or {})}
        name = "verified-except" if missing else "verified"
        sentences.append(words(name, **values, fields=_field_names(missing, words)))
    if record.doi is not None and record.doi.status != "verified":
        sentences.append(words(f"doi-{record.doi.status}"))
    notices = record.notices
    sentences.append(words(f"notices-{notices.status}", date=notices.date))
    return sentences


def _sentences(sentences: Iterable[str], words: Labels) -> str:
    end = words("sentence-end")
    between = "" if end == "。" else " "
    return between.join(sentence.rstrip(".。") + end for sentence in sentences)


def cited_in(book: ReferenceBook, key: str, url: Url, title: Title, here: str = "", limit: int = 0) -> str:
    """Return links to every block that cites a work, by page; the page shown itself is left out.

    With a ``limit``, only so many pages are named, and the full entry stands for the others.
    """
    words = book.words
    pages: dict[str, list[str]] = {}
    for place in book.places.get(key, ()):
        if place.slug != here:
            pages.setdefault(place.slug, []).append(place.id)
    shown = []
    named = list(pages.items())[: limit or None]
    for slug, ids in named:
        name = title(slug)
        first = _link(url(slug, ids[0]), name)
        others = [
            _link(url(slug, block), str(count), f"{name}: {words('cited-nth', count=count)}")
            for count, block in enumerate(ids[1:], 2)
        ]
        more = words("list-separator").join(others)
        shown.append(words("cited-more", page=first, others=more) if more else first)
    if len(named) < len(pages):
        further = words("more-pages", count=len(pages) - len(named))
        shown.append(_link(url(REFERENCES_SLUG, f"ref-{key}"), further))
    return words("list-separator").join(shown)


def _entry(book: ReferenceBook, key: str) -> str:
    """Return number, reference and marks of a work."""
    number = escape(book.numbering(key) or "–")
    formatted = book.formatted.get(key)
    text = formatted.html if formatted else escape(key)
    language = book.references[key].language if book.language == "zh" else "en"
    lang = ""
    if language != book.language:
        lang = f' lang="{escape(_bcp47(language))}"'
        text = _WIDE.sub(lambda match: f'<span lang="{_bcp47(book.language)}">{match[0]}</span>', text)
    return (
        f'<span class="lr-ref__number">[{number}]</span> '
        f'<span class="lr-ref__text"{lang}>{text}</span>{own_additions(book, key)}{_marks(book, key)}'
    )


def _bcp47(language: str) -> str:
    return {"zh": "zh-Hans"}.get(language, language)


# -- the foot of a page ------------------------------------------------------------


def cited_keys(html: str) -> tuple[str, ...]:
    """Return the works that the finished HTML of a page cites, in order, those within a run too."""
    found: dict[str, None] = {}
    for match in _LINK.finditer(html):
        found.update(dict.fromkeys((match[1], *match[2].split())))
    return tuple(found)


def number_occurrences(html: str) -> tuple[str, dict[str, int]]:
    """Give each number in the text an id (``cite-<key>``, ``cite-<key>-2`` …) to come back to; return how many."""
    counts: dict[str, int] = {}

    def mark(match: re.Match[str]) -> str:
        key = match[1]
        counts[key] = counts.get(key, 0) + 1
        suffix = "" if counts[key] == 1 else f"-{counts[key]}"
        return match[0].replace("<a ", f'<a id="cite-{key}{suffix}" ', 1)

    return _LINK.sub(mark, html), counts


def _back_links(key: str, count: int, words: Labels) -> str:
    """Return arrows back to where a work is cited; a work within a run has none of its own."""
    arrows = []
    for number in range(1, count + 1):
        suffix = "" if number == 1 else f"-{number}"
        label = words("back") if count == 1 else words("back-nth", count=number)
        arrows.append(f'<a class="lr-ref__back" href="#cite-{key}{suffix}" aria-label="{escape(label)}">↩</a>')
    return " ".join(arrows)


def _order(book: ReferenceBook, key: str) -> tuple[bool, str, int]:
    number = book.numbering.numbers.get(key)
    return (False, number.series, number.count) if number else (True, "", 0)


def render_page_references(
    book: ReferenceBook, keys: Sequence[str], slug: str, url: Url, title: Title, counts: Mapping[str, int] | None = None
) -> str:
    """Return the list at the foot of a page: the works it cites, in the order of their numbers.

    Each entry has the id ``fn-<key>``, leads on to ``references#ref-<key>`` and back to the text
    (``counts`` from :func:`number_occurrences`). Kept out of the search index: it would repeat on every page.
    """
    known = [key for key in dict.fromkeys(keys) if key in book.references]
    if not known:
        return ""
    words = book.words
    items = []
    for key in sorted(known, key=lambda one: _order(book, one)):
        elsewhere = cited_in(book, key, url, title, slug, limit=_PAGES_NAMED)
        where = (
            f'<span class="lr-ref__where">{escape(words("cited-in") + words("colon"))}{elsewhere}</span>'
            if elsewhere
            else ""
        )
        full = _link(
            url(REFERENCES_SLUG, f"ref-{key}"), words("full-entry"), f"{words('full-entry')}: {book.numbering(key)}"
        )
        back = _back_links(key, (counts or {}).get(key, 0), words)
        foot = f'<span class="lr-ref__foot"><span class="lr-ref__full">{full}</span> {where}</span>'
        items.append(f'<li class="lr-ref" id="fn-{escape(key)}">{_entry(book, key)} {back} {foot}</li>')
    heading = escape(words("page-heading"))
    return (
        f'<section class="lr-refs" aria-label="{heading}" data-search-exclude>'
        f'<h2 class="lr-refs__heading" id="page-references">{heading}</h2>'
        f'<ol class="lr-refs__list lr-long">{"".join(items)}</ol></section>'
    )


def finish_page(book: ReferenceBook, html: str, slug: str, url: Url, title: Title) -> str:
    """Return a page's HTML with ids on its citations and its list of references at the end."""
    if "lr-cite__link" not in html:
        return html
    numbered, counts = number_occurrences(html)
    return numbered + render_page_references(book, cited_keys(html), slug, url, title, counts)


# -- all references ----------------------------------------------------------------


def _audit(book: ReferenceBook, key: str, url: Url) -> str:
    findings = book.findings.get(key, ())
    if not findings:
        return ""
    links = [
        f'<a class="lr-ref__verdict lr-ref__verdict--{escape(finding.verdict)}" '
        f'href="{escape(url("audit", finding.claim))}">{escape(finding.claim)} {escape(finding.label)}</a>'
        for finding in findings
    ]
    return f"<dt>{escape(book.words('audit'))}</dt><dd>{escape(book.words('list-separator')).join(links)}</dd>"


def _notices(book: ReferenceBook, key: str) -> str:
    """Return links to the notices on a work, each with the day it appeared."""
    record = book.ledger.works.get(key)
    links: dict[str, str] = {}
    for item in record.notices.items if record else ():
        doi, pmid, date = (item.get(name, "") for name in ("doi", "pmid", "date"))
        address = f"https://doi.org/{doi}" if doi else f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/" if pmid else ""
        day = f' (<time datetime="{escape(date)}">{escape(date)}</time>)' if date else ""
        if address:
            links.setdefault(address, _link(address, f"DOI {doi}" if doi else f"PubMed {pmid}") + day)
    if not links:
        return ""
    words = book.words
    return f"<dt>{escape(words('notice-links'))}</dt><dd>{escape(words('list-separator')).join(links.values())}</dd>"


def _details(book: ReferenceBook, key: str, url: Url, title: Title) -> str:
    words, reference = book.words, book.references[key]
    places = cited_in(book, key, url, title) or escape(words("not-cited"))
    sources = _sources(reference)
    kind = words.get(f"kind-{reference.kind or 'other'}", reference.kind)
    facts = " · ".join(part for part in (escape(kind), sources) if part)
    checked = escape(_sentences(verification(book.ledger.works.get(key), words, book.read_places), words))
    return (
        f'<p class="lr-ref__facts">{facts}</p><p class="lr-ref__verified">{checked}</p>'
        f'<dl class="lr-ref__uses">{_notices(book, key)}'
        f"<dt>{escape(words('cited-in'))}</dt><dd>{places}</dd>{_audit(book, key, url)}</dl>"
    )


def _language_group(reference: Reference) -> str:
    return reference.language if reference.language in ("zh", "en") else "other"


def _series(book: ReferenceBook, keys: Sequence[str], name: str, level: int, url: Url, title: Title) -> str:
    if not keys:
        return ""
    items = "".join(
        f'<li class="lr-ref" id="ref-{escape(key)}" data-language="{_language_group(book.references[key])}" '
        f'data-kind="{escape(book.references[key].kind or "other")}">'
        f'<p class="lr-ref__entry">{_entry(book, key)}</p>{_details(book, key, url, title)}</li>'
        for key in keys
    )
    words = book.words
    count = escape(words("count-works", count=len(keys)))
    return (
        f'<section class="lr-refs lr-refs--all"><h{level} id="references-{name}">{escape(words(f"series-{name}"))} '
        f'<span class="lr-refs__count">{count}</span></h{level}>'
        f'<ol class="lr-refs__list lr-long">{items}</ol></section>'
    )


def _options(name: str, legend: str, values: Sequence[tuple[str, str]], everything: str) -> str:
    radios = "".join(
        f'<label><input type="radio" name="lr-{name}" value="{escape(value)}"{" checked" if not value else ""}> '
        f"{escape(text)}</label>"
        for value, text in (("", everything), *values)
    )
    return f"<fieldset><legend>{escape(legend)}</legend>{radios}</fieldset>"


def _filter(book: ReferenceBook, keys: Sequence[str]) -> str:
    """Return the filter, hidden until the script that works it has run."""
    words = book.words
    works = [book.references[key] for key in keys]
    groups = [(group, words(f"language-{group}")) for group in sorted({_language_group(work) for work in works})]
    kinds = {work.kind or "other" for work in works}
    order = [name.removeprefix("kind-") for name in words.words if name.startswith("kind-")]
    named = [(kind, words(f"kind-{kind}")) for kind in order if kind in kinds]
    named += [(kind, kind) for kind in sorted(kinds - set(order))]
    shown = escape(words("shown", count="{count}", total="{total}"))
    return (
        f'<form class="lr-filter" aria-label="{escape(words("filter"))}" data-lr-filter hidden>'
        f"{_options('language', words('filter-language'), groups, words('filter-all'))}"
        f"{_options('kind', words('filter-kind'), named, words('filter-all'))}"
        f'<p class="lr-filter__count" role="status" data-lr-shown="{shown}"></p></form>'
    )


def render_references(
    book: ReferenceBook, url: Url, title: Title, files: Mapping[str, str] | None = None, level: int = 3
) -> str:
    """Return the generated part of the page of all references, its headings of the given level.

    First the main series, then the works beyond it, then those nobody cites yet; each at
    ``ref-<key>`` with its links, every block that cites it, its audit and its verification.
    ``files`` maps the names of downloads to their addresses.
    """
    main = [key for key in book.numbering.main if key in book.references]
    beyond = [key for key in book.numbering.beyond if key in book.references]
    numbered = {*main, *beyond}
    rest = [key for key in book.references if key not in numbered]
    words = book.words
    downloads = files_line(words("downloads") + words("colon"), words("list-separator"), files) if files else ""
    series = [
        _series(book, keys, name, level, url, title) for name, keys in (("main", main), ("beyond", [*beyond, *rest]))
    ]
    return f"{downloads}{_filter(book, [*main, *beyond, *rest])}{''.join(series)}"
