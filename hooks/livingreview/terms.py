"""Terms: explained where a chapter first uses them, and listed on a page of their own.

In go the glossary of the review and the HTML of a page; out comes the same HTML in
which the first use of each term leads to its entry and names its explanation, which
stands hidden at the page's end until a script shows it. Everything but the text of
paragraphs, items and cells stays untouched: headings, links, code, citations,
captions, generated parts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from html import escape, unescape
from html.parser import HTMLParser
from itertools import accumulate, groupby

from livingreview.audit import Url
from livingreview.locales import Labels
from livingreview.markup import place_title
from livingreview.mentions import MentionFinder
from livingreview.model import BlockKind, Term
from livingreview.readingwords import reading_words
from livingreview.review import Review
from livingreview.segmentation import Segmenter, han_runs

#: Gives the HTML of the numbers of some works, linked to their entries: ``(key, …) -> html``.
CiteGroup = Callable[[tuple[str, ...]], str]

#: The page of all terms; a term's id there is ``term-<id>``.
PAGE = "glossary"
_ENTRY = "term-"

#: Letters and figures.
_WORDS = re.compile(r"[^\W_]+")

_SKIPPED_TAGS = frozenset(
    {"a", "abbr", "button", "caption", "cite", "code", "dfn", "figcaption", "label", "math", "pre", "samp", "script"}
    | {"h1", "h2", "h3", "h4", "h5", "h6", "style", "sup", "svg", "th"}
)
_SKIPPED_CLASSES = ("lr-directive", "lr-note__label", "lr-note__claims", "lr-untranslated", "lr-cite", "lr-ref")
_VOID = frozenset({"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})


@dataclass(frozen=True)
class TermIndex:
    """The terms as pages in one language explain them."""

    language: str
    languages: tuple[str, ...]
    terms: Mapping[str, Term]
    finder: MentionFinder = field(repr=False)

    def url(self, url: Url, term: str) -> str:
        """Return the address of a term's entry."""
        return url(PAGE, f"{_ENTRY}{term}")


def glossary_names(review: Review) -> list[str]:
    """Return every name of every term and word, in all languages."""
    codes = [language.code for language in review.languages]
    names = [form for term in review.terms for code in codes for form in term.forms(code)]
    return names + [form for word in review.lexicon for code in codes for form in word.get(code, ())]


def term_index(review: Review, language: str, segmenter: Segmenter | None = None) -> TermIndex:
    """Return the terms of a review for pages in one language; made once a build."""
    names = [(form, term.id) for term in review.terms for form in term.forms(language)]
    boundaries = None
    if any(han_runs(name) for name, _term in names):
        boundaries = (segmenter or Segmenter(glossary_names(review))).boundaries
    return TermIndex(
        language,
        tuple(code.code for code in review.languages),
        {term.id: term for term in review.terms},
        MentionFinder(names, boundaries=boundaries),
    )


# -- in chapters -------------------------------------------------------------------


class _Explainer(HTMLParser):
    """Reads a page and collects what to put where; the page itself is never written anew."""

    def __init__(self, index: TermIndex, url: Url, html: str) -> None:
        super().__init__(convert_charrefs=False)
        self.index, self.url_of = index, url
        self.explained: list[str] = []
        self.edits: list[tuple[int, int, str]] = []
        self._open: list[tuple[str, bool]] = []
        self._lines = [0, *accumulate(len(line) for line in html.splitlines(keepends=True))]
        self._entries = {escape(index.url(url, term)): term for term in index.terms}
        self.feed(html)
        self.close()

    @property
    def _at(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column

    @property
    def _skipping(self) -> bool:
        return bool(self._open) and self._open[-1][1]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a" and not self._skipping:
            self._mark_link(given)
        if tag not in _VOID:
            classes = (given.get("class") or "").split()
            skips = tag in _SKIPPED_TAGS or any(name.startswith(_SKIPPED_CLASSES) for name in classes)
            self._open.append((tag, skips or self._skipping))

    def handle_endtag(self, tag: str) -> None:
        for depth in range(len(self._open) - 1, -1, -1):
            if self._open[depth][0] == tag:
                del self._open[depth:]
                return

    def handle_data(self, data: str) -> None:
        if self._skipping or not data.strip():
            return
        start = self._at
        for mention in self.index.finder.find(data):
            term = next((name for name in mention.things if name not in self.explained), None)
            if term is None or term != mention.things[0] or self.index.terms[term].explicit:
                continue
            self.explained.append(term)
            link = f'<a{self._attributes(term)} href="{escape(self.index.url(self.url_of, term))}">'
            text = data[mention.start : mention.end]
            self.edits.append((start + mention.start, start + mention.end, f"{link}{text}</a>"))

    def _mark_link(self, given: Mapping[str, str | None]) -> None:
        """Let the link that an author has set to a term explain it, unless the page has explained it before."""
        term = self._entries.get(escape(given.get("href") or ""))
        if term is None or "class" in given or term in self.explained:
            return
        self.explained.append(term)
        after = self._at + len("<a")
        self.edits.append((after, after, self._attributes(term)))

    @staticmethod
    def _attributes(term: str) -> str:
        return f' class="lr-term" data-lr-term="{term}" aria-describedby="lr-tip-{term}"'


def _new_names(said: str, given: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield, of pairs of a mark and a name, those whose name nobody has said yet."""
    names = {said}
    for mark, name in given:
        if name and name not in names:
            names.add(name)
            yield mark, name


def _other_names(term: Term, language: str, languages: Iterable[str]) -> str:
    """Return a term's abbreviation and its names in the other languages, each marked as such, none of them twice."""
    others = [(f'lang="{code}"', term.names.get(code, "")) for code in languages if code != language]
    own = term.names.get(language, term.abbr)
    given = _new_names(own, [('class="lr-tip__abbr"', term.abbr), *others])
    return "".join(f" <span {mark}>{escape(name)}</span>" for mark, name in given)


def _tip(index: TermIndex, term: Term) -> str:
    words = reading_words(index.language)
    name = escape(term.names.get(index.language, term.abbr or term.id))
    parts = [f'<p class="lr-tip__name"><b>{name}</b>{_other_names(term, index.language, index.languages)}</p>']
    definition = term.definitions.get(index.language, "")
    if definition:
        kind = "" if term.source else f' <span class="lr-tip__kind">{escape(words("terms.working"))}</span>'
        parts.append(f"<p>{escape(definition)}{kind}</p>")
    return f'<div class="lr-tip" id="lr-tip-{term.id}" role="tooltip" hidden>{"".join(parts)}</div>'


def explain_terms(html: str, index: TermIndex, url: Url) -> str:
    """Return a page's HTML with the first use of each term explained; all of a page's text counts as one chapter."""
    if f"#{_ENTRY}" not in html and not index.finder.may_find(html):
        return html
    found = _Explainer(index, url, html)
    if not found.explained:
        return html
    parts: list[str] = []
    at = 0
    for start, end, text in sorted(found.edits):
        parts += [html[at:start], text]
        at = end
    tips = "".join(_tip(index, index.terms[term]) for term in found.explained)
    label = escape(reading_words(index.language)("terms.entry"))
    box = f'<div class="lr-tips" data-entry="{label}" data-search-exclude hidden>{tips}</div>'
    return "".join([*parts, html[at:], box])


# -- the page of all terms ---------------------------------------------------------


def pinyin_key(text: str) -> tuple[str, ...]:
    """Return what orders names by Pinyin: syllables with tones, Latin words and figures as they are, case ignored."""
    # Its dictionary takes a fifth of a second to load: only where Chinese names are put in order.
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415

    syllables = lazy_pinyin(text, style=Style.TONE3, neutral_tone_with_five=True)
    return tuple(part for syllable in syllables for part in _WORDS.findall(syllable.lower()))


def _first_letter(key: Iterable[str]) -> str:
    first = next((part[0].upper() for part in key if part), "")
    return first if "A" <= first <= "Z" else "#"


def latin_key(text: str) -> tuple[str, ...]:
    """Return what orders Latin names: letters and figures, case and punctuation ignored."""
    return ("".join(sign for sign in text.lower() if sign.isalnum()),)


@dataclass(frozen=True)
class _Orders:
    """The places of all terms in each order: by name in each language, and by abbreviation.

    An entry carries its place and first letter in each order, as in ``data-places="A 12B 7"``; in the order of the
    page's own language it stands at its place already.
    """

    terms: tuple[Term, ...]
    languages: tuple[str, ...]

    @cached_property
    def keys(self) -> dict[str, dict[str, tuple[str, ...]]]:
        found: dict[str, dict[str, tuple[str, ...]]] = {}
        for code in self.languages:
            key = pinyin_key if any(han_runs(term.names.get(code, "")) for term in self.terms) else latin_key
            found[code] = {term.id: key(term.names.get(code, term.id)) for term in self.terms}
        found["abbr"] = {term.id: latin_key(term.abbr) if term.abbr else ("\uffff",) for term in self.terms}
        return found

    @cached_property
    def places(self) -> dict[str, dict[str, int]]:
        return {
            name: {term: place for place, term in enumerate(sorted(keys, key=lambda term: (keys[term], term)))}
            for name, keys in self.keys.items()
        }

    def letter(self, order: str, term: Term) -> str:
        if order == "abbr" and not term.abbr:
            return ""
        return _first_letter(self.keys[order][term.id])


def _uses(review: Review, index: TermIndex) -> dict[str, list[tuple[str, str]]]:
    """Return, for each term, the chapters that use it with the first block that does."""
    found: dict[str, list[tuple[str, str]]] = {}
    for slug in review.chapter_slugs:
        chapter = review.chapter(index.language, slug)
        seen: set[str] = set()
        for block in chapter.blocks if chapter else ():
            if block.kind is BlockKind.DIRECTIVE or not block.id:
                continue
            for mention in index.finder.find(block.text):
                for term in mention.things:
                    if term not in seen:
                        seen.add(term)
                        found.setdefault(term, []).append((slug, block.id))
    return found


def _other(code: str, language: str) -> str:
    """Return the attribute that names a text's language, where it is not that of the page."""
    return f' lang="{code}"' if code != language else ""


def _names_html(term: Term, language: str, languages: Iterable[str]) -> str:
    """Return a term's names as its entry begins with them: none twice, as an abbreviation often is a name."""
    order = sorted(languages, key=lambda code: code != language)
    names = [
        (f'class="lr-entry__{place}"{_other(code, language)}', term.names.get(code, ""))
        for code, place in zip(order, ("main", *["other"] * len(order)), strict=False)
    ]
    given = _new_names("", [*names[:1], ('class="lr-entry__abbr"', term.abbr), *names[1:]])
    return " ".join(f"<span {mark}>{escape(name)}</span>" for mark, name in given)


def _forms_html(words: Labels, term: Term, languages: Iterable[str]) -> str:
    rows = []
    for key, given in (("also", term.also), ("avoid", term.avoid)):
        # A form that several languages share is said once, in the last of them.
        language_of = {form: code for code in languages for form in given.get(code, ())}
        runs = groupby(language_of, language_of.__getitem__)
        said = [f'<span lang="{code}">{escape(" · ".join(forms))}</span>' for code, forms in runs]
        if said:
            label = f'<span class="lr-entry__label">{escape(words(f"terms.{key}"))}</span>'
            rows.append(f'<p class="lr-entry__{key}">{label} {" · ".join(said)}</p>')
    return "".join(rows)


def _definition_html(words: Labels, term: Term, language: str, languages: Iterable[str], cite: CiteGroup) -> str:
    order = sorted(languages, key=lambda code: code != language)
    rows = [
        f"<p{_other(code, language)}>{escape(term.definitions[code])}</p>" for code in order if code in term.definitions
    ]
    if not rows:
        return ""
    if term.source:
        origin = f"{escape(words('terms.source'))} {cite((term.source,))}"
    else:
        origin = f'<span class="lr-entry__working">{escape(words("terms.working"))}</span>'
    return "".join([*rows, f'<p class="lr-entry__origin">{origin}</p>'])


def _uses_html(review: Review, words: Labels, uses: list[tuple[str, str]], language: str, url: Url) -> str:
    links = [
        f'<a href="{escape(url(slug, block))}">{escape(place_title(review, language, slug))}</a>'
        for slug, block in uses
    ]
    if not links:
        return f'<p class="lr-entry__uses">{escape(words("terms.unused"))}</p>'
    label = f'<span class="lr-entry__label">{escape(words("terms.used-in"))}</span>'
    return f'<p class="lr-entry__uses">{label} {" · ".join(links)}</p>'


def _tools_html(words: Labels, codes: Iterable[str], language: str) -> str:
    """The buttons that reorder the list: brought to life by a script, hidden without it."""
    buttons = "".join(
        f'<button type="button" data-order="{name}" aria-pressed="{"true" if name == language else "false"}">'
        f"{escape(words(f'terms.order-{name}'))}</button>"
        for name in (*codes, "abbr")
        if words.get(f"terms.order-{name}")
    )
    label = escape(words("terms.tools"))
    return f'<div class="lr-glossary__tools" role="group" aria-label="{label}" hidden>{buttons}</div>'


def _letters_html(words: Labels, orders: _Orders, terms: Iterable[Term], language: str) -> str:
    """Links to the first term of each letter, in the page's own order."""
    first: dict[str, str] = {}
    for term in terms:
        first.setdefault(orders.letter(language, term), term.id)
    links = "".join(f'<a href="#term-{term}">{escape(letter)}</a> ' for letter, term in first.items())
    label = escape(words("terms.letters"))
    return f'<nav class="lr-glossary__letters" aria-label="{label}">{links}</nav>'


def render_glossary(review: Review, language: str, url: Url, cite: CiteGroup, index: TermIndex | None = None) -> str:
    """Return the list of all terms, in the order of the page's language, each at ``#term-<id>``."""
    words = reading_words(language)
    index = index or term_index(review, language)
    codes = tuple(code.code for code in review.languages)
    orders = _Orders(review.terms, codes)
    uses = _uses(review, index)
    terms = sorted(review.terms, key=lambda term: orders.places[language][term.id])
    rows = []
    for term in terms:
        places = " ".join(
            f"{'' if name == language else place[term.id]}{orders.letter(name, term)}"
            for name, place in orders.places.items()
        )
        rows.append(
            f'<li class="lr-entry" id="term-{term.id}" data-places="{places}">'
            f'<p class="lr-entry__name">{_names_html(term, language, codes)}</p>'
            f"{_definition_html(words, term, language, codes, cite)}"
            f"{_forms_html(words, term, codes)}"
            f"{_uses_html(review, words, uses.get(term.id, []), language, url)}</li>"
        )
    return (
        f'<div class="lr-glossary" data-lr-glossary data-orders="{" ".join(orders.places)}"'
        f' data-others="{escape(words("terms.others"))}">'
        f"{_tools_html(words, codes, language)}{_letters_html(words, orders, terms, language)}"
        f'<ul class="lr-glossary__list lr-long">{"".join(rows)}</ul></div>'
    )


def plain_definition(term: Term, language: str) -> str:
    """Return a term's definition as text, as search results show it."""
    return unescape(term.definitions.get(language, ""))
