"""The search index: one for each language, made of blocks, terms and trials rather than of whole pages.

In go the review and the sections of rendered pages; out come the files that the search
worker loads. Chapters are taken from the model, block by block, so that a result leads
to the very paragraph; pages that the model does not hold (what is generated from trials,
what is written about the edition) come section by section as they were rendered. The
reference list, the audit and the side-by-side pages, which repeat what stands elsewhere,
are found by name only.

Every entry carries, beside its text, what a reader may call the same thing: names in
any language count as one *thing*, written as a code that no text contains. The worker
translates names in a query into the same codes (``forms`` in the index).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from html import escape, unescape
from typing import Any

from livingreview.block_html import BlockRenderer
from livingreview.links import address_of
from livingreview.markup import heading_numbers, title_of
from livingreview.mentions import MentionFinder
from livingreview.model import Block, BlockKind, Chapter
from livingreview.page_sections import PageSection
from livingreview.readingwords import reading_words
from livingreview.review import Review
from livingreview.segmentation import Segmenter
from livingreview.terms import glossary_names
from livingreview.trials import Trial
from livingreview.variants import traditional_pairs

#: Where the search worker looks for the index, below the address of a language.
FILE = "search/search_index.json"

#: What separates words (a JavaScript expression): everything but letters, figures, and a point within a number.
SEPARATOR = (
    "(?:&(?:lt|gt|amp|quot|#x27);|"
    r"[\s\u200b-\u200f\u2010-\u2027\u2030-\u205e\u2190-\u23ff\u3000-\u3004\u3008-\u3020\u30fb"
    r"\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65!-\-/:-@\[-^`{-~\xa0-\xa9\xab-\xb1\xb4-\xb8\xbb\xbf\xd7\xf7]|"
    r"\.(?!\d))+"
)

#: How much a match counts, by where it is.
FIELDS: Mapping[str, Mapping[str, float]] = {
    "names": {"boost": 60.0},
    "title": {"boost": 8.0},
    "things": {"boost": 4.0},
    "text": {"boost": 1.0},
    "context": {"boost": 0.5},
    "words": {"boost": 0.5},
}

#: How much entries count against each other; what repeats or surrounds the chapters counts less.
_WEIGHTS: Mapping[str, float] = {
    "chapter": 1.0,
    "note": 0.9,
    "lead": 0.8,
    "trial": 0.35,
    "trial-section": 0.3,
    "term": 0.6,
    "beyond": 0.8,
    "page": 0.6,
    "home": 0.5,
    "other": 0.4,
    "reference": 0.3,
    "claim": 0.3,
}

#: Pages whose sections would repeat, in other words, what the chapters and data say.
_BY_NAME_ONLY = frozenset({"audit", "references", "glossary", "compare", "trials"})

#: Where side-by-side pages begin; they repeat both languages of a chapter and are not found at all.
_BESIDE = "compare/"

#: The same on a trial's own page: its summary is the page's entry; claims, works and sources have theirs.
_REPEATED_ON_TRIALS = frozenset({"summary", "review", "references", "sources"})

#: A space before a mark of punctuation that has none.
_LOOSE = re.compile(r" +([,.;:)](?:\s|$))")

_TAGS = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that can be found. ``location`` is relative to the language's address.

    ``section`` is where the results list it: entries of one section are one result, the best of them.
    ``extract`` is shown where the entry has no text of its own. ``kind`` is told to the worker where it matters.
    """

    location: str
    title: str
    text: str = ""
    section: str = ""
    extract: str = ""
    names: tuple[str, ...] = ()
    context: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    kind: str = ""
    weight: float = 1.0


def _place(slug: str) -> str:
    """Return the location of a page, relative to its language's address."""
    return address_of(slug, "").lstrip("/")


# -- what can be found -------------------------------------------------------------


def _section_titles(upto: Sequence[Block]) -> list[str]:
    """Return the titles of the sections a block is in, outermost first."""
    titles: list[tuple[int, str]] = []
    for block in upto:
        if block.kind is BlockKind.HEADING:
            titles = [*((level, title) for level, title in titles if level < block.level), (block.level, block.text)]
    return [title for _level, title in titles]


def _home(review: Review) -> str:
    return review.work.pages.home if review.work else "index"


def _beyond(review: Review) -> tuple[str, ...]:
    return tuple(review.work.pages.beyond) if review.work else ()


def _chapter(review: Review, language: str, slug: str) -> Chapter | None:
    return review.chapter(language, slug) or review.chapter(review.source, slug)


def _told_by_blocks(review: Review) -> frozenset[str]:
    """Return the pages whose blocks are found, each for itself."""
    return frozenset({_home(review), *review.chapter_slugs, *_beyond(review)})


def pages_told(review: Review) -> frozenset[str]:
    """Return the pages of which the review itself says all that is found: nobody need read them as rendered."""
    told = (_told_by_blocks(review) | _BY_NAME_ONLY) & frozenset(review.slugs)
    return told | {f"{_BESIDE}{slug}" for slug in review.chapter_slugs}


@dataclass(frozen=True)
class _Findable:
    """Everything in one language that can be found."""

    review: Review
    language: str

    def entries(self, sections: Mapping[str, Sequence[PageSection]]) -> Iterator[Entry]:
        """Yield all entries; a page comes before what is on it, as the worker expects."""
        trials = {f"trials/{trial.id}" for trial in self.review.trials}
        blocks = _told_by_blocks(self.review)
        for slug in dict.fromkeys((*self.review.slugs, *sections)):
            if slug in trials or slug.startswith(_BESIDE):
                continue
            yield self._page(slug, sections.get(slug, ()))
            if slug in blocks:
                yield from self._blocks(slug)
            elif slug not in _BY_NAME_ONLY:
                yield from self._sections(slug, sections.get(slug, ()), _WEIGHTS["other"])
        yield from self._trials(sections)
        yield from self._terms()
        yield from self._references()
        yield from self._claims()

    def _chapter(self, slug: str) -> Chapter | None:
        return _chapter(self.review, self.language, slug)

    def _weight(self, slug: str, block: Block) -> float:
        kind = "home" if slug == _home(self.review) else "beyond" if slug in _beyond(self.review) else "chapter"
        factor = {"lead": _WEIGHTS["lead"]}.get(block.id or "", 1.0)
        if block.kind is BlockKind.NOTE:
            factor = _WEIGHTS["note"]
        return round(_WEIGHTS[kind] * factor, 3)

    def _page(self, slug: str, sections: Sequence[PageSection]) -> Entry:
        chapter = self._chapter(slug)
        title = title_of(self.review, self.language, slug)
        if chapter is None and sections:
            title = sections[0].title
        chapters = slug in self.review.chapter_slugs
        weight = 1.0 if chapters else _WEIGHTS["beyond" if slug in _beyond(self.review) else "page"]
        return Entry(_place(slug), title, extract=chapter.description if chapter else "", weight=weight)

    def _blocks(self, slug: str) -> Iterator[Entry]:
        chapter = self._chapter(slug)
        if chapter is None:
            return
        page, numbers = _place(slug), heading_numbers(chapter)
        section, heading, count = page, "", 0
        for position, block in enumerate(chapter.blocks):
            if not block.id or block.kind is BlockKind.DIRECTIVE:
                continue
            location = f"{page}#{block.id}"
            titles = _section_titles(chapter.blocks[: position + 1])
            if block.kind is BlockKind.HEADING:
                section, heading, count = location, " ".join((numbers.get(block.id, ""), block.text)).strip(), 0
                extract = _first_text(chapter.blocks[position + 1 :], block.level)
                context = (chapter.title, *titles[:-1])
                weight = self._weight(slug, block)
                yield Entry(location, heading, section=section, extract=extract, context=context, weight=weight)
            elif block.text.strip():
                count += block.kind in (BlockKind.PARAGRAPH, BlockKind.ITEM) and block.id != "lead"
                yield Entry(
                    location,
                    self._block_title(block, heading, count),
                    self._text(slug, block),
                    section=section if heading else location,
                    context=(chapter.title, *titles),
                    weight=self._weight(slug, block),
                )

    def _text(self, slug: str, block: Block) -> str:
        """Return what a reader sees of a block. Cross-references without a text get theirs only when rendered."""
        if all(link.text or link.image for link in block.links):
            return block.text
        rendered = _plain(self._render(f"{slug}#{block.id}"))
        return rendered or block.text

    @cached_property
    def _render(self) -> BlockRenderer:
        return BlockRenderer(self.review, self.language, lambda slug, fragment: f"{slug}#{fragment}", lambda _keys: "")

    def _block_title(self, block: Block, heading: str, count: int) -> str:
        """Return what a result calls a block: its section, and what it is where it is not running text."""
        words = reading_words(self.language)
        label = {
            BlockKind.NOTE: words("search.note"),
            BlockKind.TABLE: words("search.table"),
            BlockKind.FIGURE: words("search.figure"),
        }.get(block.kind, "")
        if not heading and not label:
            label = words("search.lead") if block.id == "lead" else words("search.paragraph", number=count)
        return " · ".join(part for part in (heading, label) if part)

    def _sections(self, slug: str, sections: Sequence[PageSection], weight: float) -> Iterator[Entry]:
        """Yield the sections of a page that hold running text."""
        page = _place(slug)
        for section in sections:
            location = f"{page}#{section.fragment}"
            if section.fragment and section.text:
                context = (title_of(self.review, self.language, slug),)
                yield Entry(location, section.title, section.text, section=location, context=context, weight=weight)

    def _trials(self, sections: Mapping[str, Sequence[PageSection]]) -> Iterator[Entry]:
        for trial in self.review.trials:
            slug = f"trials/{trial.id}"
            label = trial.label.get(self.language, "") if trial.label else ""
            title = " · ".join(part for part in (trial.names[0] if trial.names else trial.id, label) if part)
            names = _trial_names(trial)
            summary = trial.summary.get(self.language, "") if trial.summary else ""
            yield Entry(_place(slug), title, summary, names=names, weight=_WEIGHTS["trial"])
            own = [part for part in sections.get(slug, ()) if part.fragment not in _REPEATED_ON_TRIALS]
            yield from self._sections(slug, own, _WEIGHTS["trial-section"])

    def _terms(self) -> Iterator[Entry]:
        page = _place("glossary")
        for term in self.review.terms:
            names = [term.names.get(code.code, "") for code in self.review.languages]
            names.sort(key=lambda name: name != term.names.get(self.language))
            title = " · ".join(dict.fromkeys(part for part in (*names[:1], term.abbr, *names[1:]) if part))
            also = [form for forms in (*term.also.values(), *term.avoid.values()) for form in forms]
            text = term.definitions.get(self.language, "")
            location = f"{page}#term-{term.id}"
            yield Entry(location, title, text, section=location, also=tuple(also), kind="term", weight=_WEIGHTS["term"])

    def _references(self) -> Iterator[Entry]:
        page = _place("references")
        for reference in self.review.references:
            authors = ", ".join(name.literal or name.family for name in reference.authors[:3])
            title = " ".join(part for part in (authors, reference.year) if part)
            location = f"{page}#ref-{reference.key}"
            text = ". ".join(part for part in (reference.title, reference.journal) if part)
            also = tuple(part for part in (reference.doi, reference.pmid) if part)
            yield Entry(location, title, text, section=location, also=also, weight=_WEIGHTS["reference"])

    def _claims(self) -> Iterator[Entry]:
        page, words = _place("audit"), reading_words(self.language)
        for claim in self.review.claims:
            block = self.review.block(self.language, claim.block)
            extract = block.text if block else ""
            title = words("search.claim", claim=claim.id)
            location = f"{page}#{claim.id}"
            yield Entry(location, title, section=location, extract=extract, names=(claim.id,), weight=_WEIGHTS["claim"])


def _first_text(blocks: Iterable[Block], level: int) -> str:
    """Return the first text of the section that a heading of this level begins."""
    for block in blocks:
        if block.kind is BlockKind.HEADING and block.level <= level:
            break
        if block.text.strip() and block.kind not in (BlockKind.HEADING, BlockKind.DIRECTIVE):
            return block.text
    return ""


def _plain(html: str) -> str:
    """Return the text of a piece of HTML: no tags, no entities."""
    return " ".join(unescape(_TAGS.sub(" ", html)).split())


# -- as the worker loads it --------------------------------------------------------


def _trial_names(trial: Trial) -> tuple[str, ...]:
    """Return what a trial is called: its names and its numbers in registries."""
    return (*trial.names, *(entry.id for entry in trial.registry))


class _Encoder:
    """Turns entries into the documents of an index."""

    def __init__(self, review: Review) -> None:
        codes = [language.code for language in review.languages]
        things = [
            [form for code in codes for form in (*term.forms(code), *term.avoid.get(code, ()))] for term in review.terms
        ]
        things += [[form for code in codes for form in word.get(code, ())] for word in review.lexicon]
        trials = [_trial_names(trial) for trial in review.trials]
        #: The code of each trial's name: a name counts as a whole, its words do not.
        self._names = {name: f"_{len(things) + at}_" for at, names in enumerate(trials) for name in names}
        #: The forms of each thing; its number, between underscores, is its code.
        self.things = [*things, *map(list, trials)]
        pairs = [(form, f"_{number}_") for number, forms in enumerate(self.things) for form in forms]
        self.segmenter = Segmenter(glossary_names(review))
        self._finder = MentionFinder(pairs, any_case=True)

    def codes(self, *texts: str) -> list[str]:
        """Return the codes of the things that texts name, each once."""
        return list(dict.fromkeys(code for text in texts for found in self._finder.find(text) for code in found.things))

    def document(self, entry: Entry) -> dict[str, Any]:
        """Return the entry as the worker wants it; what is empty is left out."""
        cut = self.segmenter.separate
        hidden = self.segmenter.hidden_words(f"{entry.title} {entry.text}")
        # A term is found by its code; words of its name, each for itself, are no titles.
        title, label = ("", entry.title) if entry.kind == "term" else (entry.title, "")
        words = [*sorted(hidden), *map(cut, entry.also), *([cut(label)] if label else [])]
        context = [*map(cut, entry.context), *self.codes(*entry.context)]
        section = entry.section if entry.section != entry.location else ""
        document = {
            "location": entry.location,
            "title": escape(cut(_one_line(title)), quote=False),
            "label": label,
            "text": escape(cut(_one_line(entry.text)), quote=False),
            "names": " ".join(dict.fromkeys(self._names.get(name, name) for name in entry.names)),
            "things": " ".join(self.codes(entry.title, entry.text)),
            "words": " ".join(words),
            "context": " ".join(context),
            "section": section,
            "extract": _one_line(entry.extract),
            "kind": entry.kind,
            "boost": entry.weight if entry.weight != 1.0 else 0,
        }
        return {name: value for name, value in document.items() if value or name in ("location", "title", "text")}

    @cached_property
    def forms(self) -> list[str]:
        """Return the forms of each thing, as one text a thing, in the order of their numbers."""
        return ["|".join(dict.fromkeys(forms)) for forms in self.things]


def _one_line(text: str) -> str:
    """Return a text on one line, without the spaces that citations taken out have left before punctuation."""
    return _LOOSE.sub(r"\1", " ".join(text.split()))


def split_index(pages: Mapping[tuple[str, str], Sequence[PageSection]], review: Review) -> dict[str, bytes]:
    """Return the index of each language, by path below the site.

    ``pages`` are the sections of the rendered pages by language and slug; of those that :func:`pages_told` names
    none are needed. Byte-stable: the same review gives the same bytes.
    """
    encoder = _Encoder(review)
    files: dict[str, bytes] = {}
    for language in review.languages:
        sections = {slug: found for (code, slug), found in pages.items() if code == language.code}
        entries = _Findable(review, language.code).entries(sections)
        documents = [encoder.document(entry) for entry in _distinct(entries)]
        index = {
            "config": {
                "lang": ["en"],
                "separator": SEPARATOR,
                "pipeline": ["stemmer"],
                "fields": FIELDS,
                "forms": encoder.forms,
                "sameSection": reading_words(language.code)("search.same-section"),
                "variants": traditional_pairs(json.dumps([documents, encoder.forms], ensure_ascii=False)),
            },
            "docs": documents,
        }
        path = f"{language.prefix}/{FILE}" if language.prefix else FILE
        files[path] = json.dumps(index, ensure_ascii=False, separators=(",", ":")).encode()
    return files


def _distinct(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Yield the entries, the first at each location; the worker knows one entry a location."""
    seen: set[str] = set()
    for entry in entries:
        if entry.location not in seen:
            seen.add(entry.location)
            yield replace(entry, section=entry.section or entry.location)


#: Ends what was put before the theme's worker, so that it is never put there twice.
_SEAM = "\n/* the theme's own worker follows */\n"


def join_worker(theme: str, ours: str) -> str:
    """Return the search worker to serve: ours, which sees every message first, then the theme's."""
    _before, seam, after = theme.partition(_SEAM)
    return ours.rstrip() + _SEAM + (after if seam else theme)
