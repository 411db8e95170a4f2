"""The whole review in one frozen value, and what follows from it.

:class:`Review` holds what :func:`~livingreview.loading.load_review` read.
The functions below derive what several checks and renderers need: which ids
a page has, which addresses exist, in which order works are cited.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from livingreview.addresses import Redirects, Register
from livingreview.block_ids import intended_ids
from livingreview.citations import parse_citations
from livingreview.claims import AUDIT_PAGE, CLAIM_ID
from livingreview.glossary import Forms
from livingreview.handwritten import check_handwritten
from livingreview.links import COMPARE_FOLDER, Target, address_of, resolve_link, slug_of
from livingreview.model import Block, BlockKind, Chapter, Claim, Language, Term
from livingreview.problems import Problem
from livingreview.siteconfig import SiteConfig
from livingreview.work import Work

if TYPE_CHECKING:
    from livingreview.bibliography import Reference
    from livingreview.changes import Change
    from livingreview.edition import Prints
    from livingreview.figures import Figure
    from livingreview.trials import Trial
    from livingreview.verified import VerificationLedger
    from livingreview.vocabulary import Vocabulary
    from livingreview.yamlfile import YamlFile

#: Kinds whose citations number the references: a chapter's own text.
_NUMBERING = frozenset({BlockKind.PARAGRAPH, BlockKind.ITEM, BlockKind.TABLE})


@dataclass(frozen=True)
class Review:
    """Everything read from the source, with the problems of reading it."""

    config: SiteConfig
    work: Work | None
    chapters: Mapping[tuple[str, str], Chapter]
    references: tuple[Reference, ...] = ()
    declared_keys: frozenset[str] = frozenset()
    claims: tuple[Claim, ...] = ()
    read_places: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    terms: tuple[Term, ...] = ()
    lexicon: tuple[Forms, ...] = ()
    trials: tuple[Trial, ...] = ()
    vocabulary: Vocabulary | None = None
    ledger: VerificationLedger | None = None
    translations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    register: Register = field(default_factory=Register)
    redirects: Redirects = field(default_factory=Redirects)
    changes: tuple[Change, ...] = ()
    released: Prints = field(default_factory=dict)
    figures: Mapping[str, tuple[Figure, YamlFile]] = field(default_factory=dict)
    #: What can be told of data that could not be read: the ids of its records, the numbers of its trials.
    declared_claims: frozenset[str] = frozenset()
    declared_terms: frozenset[str] = frozenset()
    declared_numbers: frozenset[str] = frozenset()
    files: frozenset[str] = frozenset()
    directives: frozenset[str] = frozenset()
    problems: tuple[Problem, ...] = ()

    @cached_property
    def damaged(self) -> frozenset[str]:
        """Files that could not be read whole: what they seem to lack may only be unreadable."""
        return frozenset(problem.path for problem in self.problems if problem.stops)

    @property
    def languages(self) -> tuple[Language, ...]:
        """The languages, source first."""
        return tuple(sorted(self.config.languages, key=lambda language: not language.is_source))

    @property
    def source(self) -> str:
        """The code of the source language."""
        return self.config.source.code

    @property
    def translation_codes(self) -> tuple[str, ...]:
        """The codes of the languages translated into."""
        return tuple(language.code for language in self.languages if not language.is_source)

    @cached_property
    def slugs(self) -> tuple[str, ...]:
        """Slugs of the hand-written pages, in the order of the navigation, then of their names."""
        order = {slug: number for number, slug in enumerate(nav_slugs(self.config))}
        found = {slug for _language, slug in self.chapters}
        return tuple(sorted(found, key=lambda slug: (order.get(slug, len(order)), slug)))

    @cached_property
    def keys(self) -> frozenset[str]:
        """The keys of all references; an entry that could not be read has one too, a malformed key also as meant."""
        declared = self.declared_keys | {reference.key for reference in self.references}
        return declared | {key.lower() for key in declared}

    @cached_property
    def claim_ids(self) -> frozenset[str]:
        """The ids of all claims; one that could not be read has its id too."""
        return self.declared_claims | {claim.id for claim in self.claims}

    @cached_property
    def published_claims(self) -> frozenset[str]:
        """The ids of all claims that ever had an address."""
        start = f"{address_of(AUDIT_PAGE, '')}#"
        fragments = (a.removeprefix(start) for a in self.register.addresses if a.startswith(start))
        return frozenset(filter(CLAIM_ID.match, fragments))

    @property
    def known_claims(self) -> frozenset[str]:
        """All claims that are or were: one that is gone is missed once, not wherever it is named."""
        return self.claim_ids | self.published_claims

    @cached_property
    def handwritten(self) -> dict[str, tuple[Problem, ...]]:
        """The citations that are written as other programs write them, by path; read once, as several checks ask."""
        keys = self.declared_keys
        return {chapter.path: check_handwritten(chapter.text, chapter.path, keys) for chapter in self.chapters.values()}

    @cached_property
    def citation_faults(self) -> dict[str, frozenset[int]]:
        """Lines on which a citation is malformed, by path: what it cites there cannot be told."""
        faults: dict[str, frozenset[int]] = {}
        for chapter in self.chapters.values():
            found = parse_citations(chapter.text, chapter.path)[1] + self.handwritten[chapter.path]
            lines = frozenset(problem.line for problem in found)
            if lines:
                faults[chapter.path] = lines
        return faults

    def has_citation_fault(self, chapter: Chapter, block: Block) -> bool:
        """Whether a citation inside a block is malformed."""
        return any(block.line <= line <= block.end for line in self.citation_faults.get(chapter.path, ()))

    def has_handwritten(self, chapter: Chapter, block: Block) -> bool:
        """Whether a block holds a citation as other programs write it."""
        return any(block.line <= problem.line <= block.end for problem in self.handwritten[chapter.path])

    @cached_property
    def generated_files(self) -> dict[str, str]:
        """Data files that have a page of their own, with its slug."""
        return {trial.path: f"trials/{trial.id}" for trial in self.trials}

    @cached_property
    def generated_ids(self) -> dict[str, frozenset[str]]:
        """Fragment ids that are generated, by page."""
        from livingreview.trial_page import section_ids  # noqa: PLC0415 (only where there are trials to list)

        ids = {
            AUDIT_PAGE: self.claim_ids,
            "references": frozenset(f"ref-{key}" for key in self.keys),
            "glossary": frozenset(f"term-{name}" for name in (*self.declared_terms, *(term.id for term in self.terms))),
        }
        for trial in self.trials:
            ids[f"trials/{trial.id}"] = frozenset(section_ids(trial))
        for slug in self.chapter_slugs:
            sides = (self._written_ids(language.code, slug) for language in self.languages)
            ids[f"{COMPARE_FOLDER}/{slug}"] = frozenset[str]().union(*sides)
        return ids

    @property
    def chapter_slugs(self) -> tuple[str, ...]:
        """Slugs of the chapters, in order."""
        return tuple(self.work.pages.chapters) if self.work else ()

    @property
    def beyond_slugs(self) -> tuple[str, ...]:
        """Slugs of the pages with evidence the article does not have."""
        return tuple(self.work.pages.beyond) if self.work else ()

    @cached_property
    def strict_slugs(self) -> frozenset[str]:
        """Slugs of the pages on which every block needs an id."""
        return self.work.strict_pages if self.work else frozenset()

    def chapter(self, language: str, slug: str) -> Chapter | None:
        """Return one page in one language."""
        return self.chapters.get((language, slug))

    def lacks_only_id(self, language: str, name: str) -> bool:
        """Whether a block stands on its page, but without the id it was meant to have."""
        slug, _, block_id = name.rpartition("#")
        return block_id in self.meant_ids(language, slug).values()

    def block(self, language: str, name: str) -> Block | None:
        """Return a block by its name, ``slug#id``."""
        slug, _, block_id = name.rpartition("#")
        chapter = self.chapters.get((language, slug))
        return chapter.block(block_id) if chapter else None

    def resolve(self, path: str, target: str) -> Target:
        """Resolve a link written on the page at ``path``."""
        codes = frozenset(language.code for language in self.config.languages)
        return resolve_link(path, target, self.config.docs_dir, codes, self.generated_files)

    @cached_property
    def _meant(self) -> dict[tuple[str, str], Mapping[int, str]]:
        found: dict[tuple[str, str], Mapping[int, str]] = {}
        for (language, slug), chapter in self.chapters.items():
            others = self.translation_codes if language == self.source else (self.source,)
            known = (self.chapters[code, slug] for code in others if (code, slug) in self.chapters)
            found[language, slug] = intended_ids(chapter, next(known, None), strict=slug in self.strict_slugs)
        return found

    def meant_ids(self, language: str, slug: str) -> Mapping[int, str]:
        """Return the ids meant for blocks that have no usable one, by their place on the page."""
        return self._meant.get((language, slug), {})

    def _written_ids(self, language: str, slug: str) -> frozenset[str]:
        """All ids of a hand-written page, those meant included."""
        chapter = self.chapters.get((language, slug))
        return (chapter.ids if chapter else frozenset()) | frozenset(self.meant_ids(language, slug).values())

    def has_page(self, language: str, slug: str) -> bool:
        """Whether an address exists for this page: hand-written, here or in the source language, or generated."""
        written = (language, slug) in self.chapters or (self.source, slug) in self.chapters
        return written or slug in self.generated_ids

    def ids_of(self, language: str, slug: str) -> frozenset[str]:
        """All fragment ids of a page in one language: what is not translated stands there in the source language."""
        written = self._written_ids(language, slug) | self._written_ids(self.source, slug)
        return written | self.generated_ids.get(slug, frozenset())

    def knows_page(self, slug: str) -> bool:
        """Whether a page is there in any language; where another lacks it, parity says so."""
        return slug in self.slugs or slug in self.generated_ids

    @cached_property
    def _known_ids(self) -> dict[str, frozenset[str]]:
        return {
            slug: frozenset[str]().union(*(self.ids_of(language.code, slug) for language in self.languages))
            for slug in (*self.slugs, *self.generated_ids)
        }

    def known_ids(self, slug: str) -> frozenset[str]:
        """All fragment ids of a page in any language; where another lacks one, parity says so."""
        return self._known_ids.get(slug, frozenset())

    @cached_property
    def claims_by_id(self) -> dict[str, Claim]:
        """The claims by id, in the order of the article."""
        return {claim.id: claim for claim in self.claims}

    @cached_property
    def claims_by_page(self) -> dict[str, tuple[Claim, ...]]:
        """The claims whose home is on each page."""
        found: dict[str, list[Claim]] = {}
        for claim in self.claims:
            found.setdefault(claim.page, []).append(claim)
        return {page: tuple(claims) for page, claims in found.items()}

    @cached_property
    def references_by_key(self) -> dict[str, Reference]:
        """The works by key."""
        return {reference.key: reference for reference in self.references}

    @cached_property
    def trials_by_id(self) -> dict[str, Trial]:
        """The trials by id."""
        return {trial.id: trial for trial in self.trials}

    @cached_property
    def trials_by_page(self) -> dict[str, Trial]:
        """The trials by the slug of their page."""
        pages = self.generated_files
        return {pages[trial.path]: trial for trial in self.trials}

    @cached_property
    def claims_by_block(self) -> dict[str, tuple[Claim, ...]]:
        """The claims whose home each block is."""
        found: dict[str, list[Claim]] = {}
        for claim in self.claims:
            found.setdefault(claim.block, []).append(claim)
        return {block: tuple(claims) for block, claims in found.items()}


def nav_slugs(config: SiteConfig) -> Iterator[str]:
    """Yield the slugs of the navigation in its order."""
    for path, _line in config.nav:
        yield slug_of(path)


def numbering_keys(review: Review, language: str, slugs: tuple[str, ...]) -> list[tuple[str, Chapter, int]]:
    """Return each key at its first citation in the pages' own text, in order, with page and line.

    Leads, notes, headings, captions and generated parts never start a number.
    """
    seen: set[str] = set()
    found: list[tuple[str, Chapter, int]] = []
    for slug in slugs:
        chapter = review.chapters.get((language, slug))
        for block in chapter.blocks if chapter else ():
            if block.kind not in _NUMBERING or block.id == "lead":
                continue
            for citation in block.citations:
                if citation.key not in seen and chapter is not None:
                    seen.add(citation.key)
                    found.append((citation.key, chapter, citation.line))
    return found


def all_addresses(review: Review, language: Language) -> Iterator[tuple[str, str]]:
    """Yield every address of a language with its fragment (empty for the page itself)."""
    slugs = dict.fromkeys((*review.slugs, *review.generated_ids))
    for slug in slugs:
        if not review.has_page(language.code, slug):
            continue
        address = address_of(slug, language.prefix)
        yield address, ""
        for fragment in sorted(review.ids_of(language.code, slug)):
            yield address, fragment
