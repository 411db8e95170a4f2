"""Every place of the work that has an address, with its title and a fingerprint of what stands there.

In go the review and, for pages that data make, what they show; out come
:class:`AnchoredPage` values. From them are made ``/anchors.json``, the record of
a release (``data/releases/<version>.json``), the parts that a page's citations
name, and the list of what changed between two releases.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import Any

from livingreview.block_citations import NLM_LANGUAGE, Part
from livingreview.citing_words import citing_words
from livingreview.edition import Edition, Prints, Release
from livingreview.links import address_of
from livingreview.markup import heading_of, title_of
from livingreview.model import Block, BlockKind, Chapter, Language
from livingreview.problems import Problem
from livingreview.review import Review

RELEASES_DIR = "data/releases"

#: Version of the form of ``/anchors.json``.
SCHEMA = 1

#: Kinds of places that data make; each has a title of its own.
DATA_KINDS = frozenset({"claim", "reference", "term", "part"})

#: Says what a generated place shows, where the model cannot: ``(language, slug, fragment) -> text``.
Content = Callable[[str, str, str], str | None]

#: Fields that say where something is written, not what it says.
_PLACES = frozenset({"line", "lines", "option_lines", "path", "end", "raw"})


@dataclass(frozen=True, slots=True)
class Anchor:
    """A place on a page. ``section`` is the title of the section it stands in."""

    id: str
    kind: str
    title: str
    section: str
    fingerprint: str


@dataclass(frozen=True)
class AnchoredPage:
    """A page with all its places; ``address`` is from the site's root."""

    address: str
    language: str
    slug: str
    title: str
    anchors: tuple[Anchor, ...] = ()
    own: str = field(default="", repr=False)

    @cached_property
    def fingerprint(self) -> str:
        """The fingerprint of the page: of its title, of its places in order, and of what data put on it."""
        rows = [self.title, self.own, *(f"{anchor.id} {anchor.fingerprint}" for anchor in self.anchors)]
        return fingerprint("\n".join(rows))

    @cached_property
    def by_id(self) -> dict[str, Anchor]:
        """The places by their ids."""
        return {anchor.id: anchor for anchor in self.anchors}

    def print_of(self, fragment: str) -> str:
        """Return the fingerprint of a place, or of the page for an empty fragment."""
        anchor = self.by_id.get(fragment)
        return self.fingerprint if not fragment else (anchor.fingerprint if anchor else "")


def no_content(_language: str, _slug: str, _fragment: str) -> str | None:
    """Say nothing of generated places: the model's own data are then what counts."""
    return None


def fingerprint(text: str) -> str:
    """Return the fingerprint of a wording: any change but that of white space changes it.

    Stricter than that of translations, to which a point more or less is not a change
    of meaning to follow up: what is cited must say exactly what it said, 5.3 and not 53.
    """
    spaced = " ".join(unicodedata.normalize("NFC", text).split())
    return hashlib.sha256(spaced.encode()).hexdigest()[:12]


# -- what stands at a place --------------------------------------------------------


def facts(value: Any) -> Any:
    """Return a value's content as plain data, without the places it was written at."""
    if hasattr(value, "model_dump"):
        value = value.model_dump()
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        value = {item.name: getattr(value, item.name) for item in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): facts(item) for key, item in value.items() if key not in _PLACES}
    if isinstance(value, (list, tuple)):
        return [facts(item) for item in value]
    if isinstance(value, (set, frozenset)):
        return sorted(str(item) for item in value)
    plain = value.value if isinstance(value, Enum) else value
    return plain if isinstance(plain, (str, int, float, bool)) or plain is None else str(plain)


def _data_print(value: Any) -> str:
    return fingerprint(json.dumps(facts(value), ensure_ascii=False, sort_keys=True))


def block_fingerprint(block: Block, content: str | None = None) -> str:
    """Return the fingerprint of a block: its words, caption, and the works it cites.

    ``content`` is what a generated part shows; without it, its name and options count.
    """
    if block.kind is BlockKind.DIRECTIVE:
        return fingerprint(content) if content is not None else _data_print([block.name, block.options])
    return fingerprint("\n".join([block.text, block.caption, *(citation.key for citation in block.citations)]))


def _block_title(chapter: Chapter, block: Block) -> tuple[str, str]:
    """Return a block's title and that of its section."""
    heading = heading_of(chapter, block.id or "")
    section = heading.text if heading else ""
    own = block.text if block.kind is BlockKind.HEADING else block.caption
    return own or section or chapter.title, section


def _chapter_anchors(chapter: Chapter, content: Content) -> Iterator[Anchor]:
    for block in chapter.blocks:
        if block.id:
            title, section = _block_title(chapter, block)
            shown = content(chapter.language, chapter.slug, block.id) if block.kind is BlockKind.DIRECTIVE else None
            yield Anchor(block.id, block.kind.value, title, section, block_fingerprint(block, shown))


def _data_anchors(review: Review, language: str, slug: str) -> Iterator[tuple[str, str, str, Any]]:
    """Yield id, kind, title and data of the places that data make on a page."""
    if slug == "audit":
        yield from ((claim.id, "claim", claim.id, claim) for claim in review.claims)
    elif slug == "references":
        for reference in review.references:
            yield f"ref-{reference.key}", "reference", reference.title, dict(reference.fields)
    elif slug == "glossary":
        for term in review.terms:
            yield f"term-{term.id}", "term", term.names.get(language) or term.abbr or term.id, term
    elif slug.startswith("compare/"):
        compared = slug.removeprefix("compare/")
        chapter = review.chapter(language, compared) or review.chapter(review.source, compared)
        for block in chapter.blocks if chapter else ():
            if chapter and block.id:
                title, _section = _block_title(chapter, block)
                yield block.id, block.kind.value, title, _pair(review, compared, block.id)


def _pair(review: Review, slug: str, block_id: str) -> list[Any]:
    """Return what a side-by-side view shows of a block: every language's."""
    found = (review.block(language.code, f"{slug}#{block_id}") for language in review.languages)
    return [block_fingerprint(block) for block in found if block]


def _generated_anchors(review: Review, language: str, slug: str, content: Content) -> Iterator[Anchor]:
    known = {row[0]: row for row in _data_anchors(review, language, slug)}
    for fragment in sorted(review.generated_ids.get(slug, ())):
        _id, kind, title, data = known.get(fragment, (fragment, "part", fragment, fragment))
        shown = content(language, slug, fragment)
        yield Anchor(fragment, kind, title, "", fingerprint(shown) if shown is not None else _data_print(data))


def _page_data(review: Review, slug: str) -> Any:
    """Return the data a page without a file is made from."""
    return review.trials_by_page.get(slug)


# -- pages -------------------------------------------------------------------------


def _page(
    review: Review, language: Language, slug: str, titles: Mapping[tuple[str, str], str], content: Content
) -> AnchoredPage:
    chapter = review.chapter(language.code, slug) or review.chapter(review.source, slug)
    anchors = list(_chapter_anchors(chapter, content)) if chapter else []
    known = {anchor.id for anchor in anchors}
    generated = _generated_anchors(review, language.code, slug, content)
    anchors += [anchor for anchor in generated if anchor.id not in known]
    shown = content(language.code, slug, "")
    data = _page_data(review, slug) if chapter is None else None
    own = shown if shown is not None else (_data_print(data) if data is not None else "")
    title = titles.get((language.code, slug)) or title_of(review, language.code, slug)
    return AnchoredPage(address_of(slug, language.prefix), language.code, slug, title, tuple(anchors), own)


class AnchoredPages(Mapping[tuple[str, str], AnchoredPage]):
    """Every page with every place, by language and slug, in the order of the navigation; each made when asked for.

    ``titles`` names the pages that data make, by language and slug; ``content``
    says what generated places show, so that their fingerprints follow it.
    """

    def __init__(
        self, review: Review, titles: Mapping[tuple[str, str], str] | None = None, content: Content = no_content
    ) -> None:
        """Take a review."""
        self._review, self._titles, self._content = review, titles or {}, content
        slugs = dict.fromkeys((*review.slugs, *review.generated_ids))
        self._languages = {(language.code, slug): language for language in review.languages for slug in slugs}
        self._made: dict[tuple[str, str], AnchoredPage] = {}

    def __getitem__(self, key: tuple[str, str]) -> AnchoredPage:
        """Return a page."""
        if key not in self._made:
            self._made[key] = _page(self._review, self._languages[key], key[1], self._titles, self._content)
        return self._made[key]

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """Go through all languages and slugs."""
        return iter(self._languages)

    def __len__(self) -> int:
        """Count the pages."""
        return len(self._languages)

    def __contains__(self, key: object) -> bool:
        """Whether there is a page, without making it."""
        return key in self._languages


def prints_of(pages: Iterable[AnchoredPage]) -> dict[str, dict[str, str]]:
    """Return all fingerprints by address and fragment; the page's own stands under the empty fragment."""
    return {page.address: {"": page.fingerprint, **{a.id: a.fingerprint for a in page.anchors}} for page in pages}


# -- parts to cite -----------------------------------------------------------------


def _section_title(page: AnchoredPage, fragment: str) -> str:
    """Return the title of a place's section, or its own where data made it; nothing above the first section."""
    anchor = page.by_id.get(fragment)
    if anchor is None:
        return ""
    return anchor.section or (anchor.title if anchor.kind in DATA_KINDS else "")


def _label(page: AnchoredPage, fragment: str) -> str:
    """Return how a citation names a place: number and title of the page, then the section."""
    section = _section_title(page, fragment)
    return f"{page.title}{citing_words(page.language)('language.subtitle')}{section}" if section else page.title


def page_parts(page: AnchoredPage, pages: Mapping[tuple[str, str], AnchoredPage], home: str) -> dict[str, Part]:
    """Return the parts a reader can cite on a page, by fragment (empty for the page itself).

    ``pages`` are all pages by language and slug: the English names come from there.
    The page ``home`` stands for the whole work: only its sections are parts.
    """
    english = pages.get((NLM_LANGUAGE, page.slug)) if page.language != NLM_LANGUAGE else None
    name = _section_title if page.slug == home else _label

    def part(fragment: str) -> Part:
        named = name(english, fragment) if english else ""
        return Part(page.language, page.address, fragment, name(page, fragment), named, page.print_of(fragment))

    return {fragment: part(fragment) for fragment in ("", *page.by_id)}


# -- files -------------------------------------------------------------------------


def export_anchors(pages: Iterable[AnchoredPage], edition: Edition, license_id: str) -> bytes:
    """Return ``/anchors.json``: every address with its title and fingerprint, one page a line."""
    head = {
        "schema": SCHEMA,
        "license": license_id,
        "version": edition.latest.version if edition.latest else None,
        "commit": edition.stamp.commit or None,
        "date": edition.stamp.date or None,
    }
    rows = [
        {
            "address": page.address,
            "language": page.language,
            "slug": page.slug,
            "title": page.title,
            "fingerprint": page.fingerprint,
            "fragments": [
                {"id": a.id, "kind": a.kind, "title": a.title, "section": a.section, "fingerprint": a.fingerprint}
                for a in page.anchors
            ],
        }
        for page in pages
    ]
    shown = ",\n".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows)
    start = json.dumps(head, ensure_ascii=False, separators=(",", ":"))[:-1]
    return f'{start},"pages":[\n{shown}\n]}}\n'.encode()


def release_path(version: str) -> str:
    """Return where the fingerprints of a release are kept."""
    return f"{RELEASES_DIR}/{version}.json"


def format_release(release: Release, prints: Prints) -> str:
    """Return the record of a release: every address and fragment with its fingerprint, one address a line."""
    rows = ",\n".join(
        f"{json.dumps(address)}:{json.dumps(places, separators=(',', ':'))}" for address, places in prints.items()
    )
    return f'{{"version":{json.dumps(release.version)},"date":{json.dumps(release.date)},"prints":{{\n{rows}\n}}}}\n'


def load_release(text: str, path: str) -> tuple[Prints, tuple[Problem, ...]]:
    """Read the record of a release; nothing where it is malformed, which is a problem."""
    if not text:
        return {}, ()
    try:
        prints = json.loads(text)["prints"]
        return {str(address): {str(k): str(v) for k, v in places.items()} for address, places in prints.items()}, ()
    except (ValueError, KeyError, TypeError, AttributeError):
        message = "the record of a release is malformed. It is written by `livingreview release`: restore it."
        return {}, (Problem(path, 1, "data-field", message),)


def check_released_addresses(
    registered: Iterable[str], released: Prints, path: str = "data/urls.txt"
) -> Iterator[Problem]:
    """Report every address of the last release that the register no longer holds."""
    known = set(registered)
    for address, places in released.items():
        for fragment in places:
            name = f"{address}#{fragment}" if fragment else address
            if name not in known:
                message = f'"{name}" was in the last release and is missing here. Restore the line.'
                yield Problem(path, 1, "url-removed", message)


# -- what changed ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Difference:
    """What became of the places of one page between two states."""

    address: str
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()


def differences(before: Prints, after: Prints) -> Iterator[Difference]:
    """Yield, for each page that differs, which of its places changed, went or came; the page's own place excepted."""
    for address in dict.fromkeys((*before, *after)):
        old, new = before.get(address, {}), after.get(address, {})
        found = Difference(
            address,
            tuple(name for name in old if name and name in new and old[name] != new[name]),
            tuple(name for name in old if name and name not in new),
            tuple(name for name in new if name and name not in old),
        )
        if found.changed or found.removed or found.added:
            yield found
