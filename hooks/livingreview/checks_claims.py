"""Claims and notes: every statement of the article has a home, its sources were weighed by rule, notes point at both.

The rules of verdicts: a claim without references is ``no-citation``; one of
whose references nothing but titles was read is ``unverified``; otherwise its
verdict is that of one of its checks. Opinions and needs are listed, not judged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from livingreview.checks_structure import closest
from livingreview.claims import CLAIMS_FILE, PLACES_FILE, READ
from livingreview.glossary import GLOSSARY_FILE, LEXICON_FILE, Forms, index_forms
from livingreview.model import CLAIM_HOMES, Block, BlockKind, Chapter, Claim
from livingreview.notes import claim_ids
from livingreview.numbers import compare_numbers, contains_number, extract_numbers
from livingreview.problems import Problem
from livingreview.review import Review

#: More claims than this and a block is too much to check or to cite.
MAX_CLAIMS = 6

_CHINESE_LINE_END = re.compile(r"(?<=[\u3000-\u9fff])[ \t]*\n[ \t]*(?=[\u3000-\u9fff])")


def _at(claim: Claim, code: str, message: str) -> Problem:
    return Problem(CLAIMS_FILE, claim.line, code, f"{claim.id}: {message}")


def _gaps(numbers: set[int], last: int) -> Iterator[tuple[int, int]]:
    """Yield the first and last number of each run that is missing between 1 and ``last``."""
    for before, after in pairwise(sorted({0, *numbers, last + 1})):
        if after - before > 1:
            yield before + 1, after - 1


def check_mapping(review: Review) -> Iterator[Problem]:
    """Claims are numbered without gaps or repetition: a claim is never dropped, only re-homed."""
    seen: dict[str, int] = {}
    for claim in review.claims:
        if claim.id in seen:
            yield _at(claim, "claim-unmapped", f"already stands on line {seen[claim.id]}. Claims are never renumbered.")
        seen.setdefault(claim.id, claim.line)
    lines = {int(name[1:]): seen.get(name, 1) for name in review.claim_ids}
    for first, last in _gaps(set(lines), max((int(name[1:]) for name in review.known_claims), default=0)):
        missing = f"c{first:03d} is missing" if first == last else f"c{first:03d} to c{last:03d} are missing"
        message = f"{missing}. Restore it: every statement of the article keeps its number and a home."
        yield Problem(CLAIMS_FILE, lines.get(first - 1, 1), "claim-unmapped", message)


def check_homes(review: Review) -> Iterator[Problem]:
    """A claim's home exists, is a block that can hold one, and does not hold too many."""
    names = [f"{slug}#{block.id}" for (language, slug), c in review.chapters.items() if language == review.source
             for block in c.blocks if block.id]  # fmt: skip
    for claim in review.claims:
        home = review.block(review.source, claim.block)
        if home is None:
            elsewhere = any(review.block(code, claim.block) for code in review.translation_codes)
            if not elsewhere and not review.lacks_only_id(review.source, claim.block):
                yield _at(claim, "claim-block", f'there is no block "{claim.block}".{closest(claim.block, names)}')
        elif home.kind not in CLAIM_HOMES:
            message = f'"{claim.block}" is a {home.kind.value}; a claim lives in a paragraph, item, table or figure.'
            yield _at(claim, "claim-block", message)
    for name, claims in review.claims_by_block.items():
        if len(claims) > MAX_CLAIMS:
            message = f'"{name}" holds {len(claims)} claims, {MAX_CLAIMS} at the most. Split the block.'
            yield _at(claims[MAX_CLAIMS], "claim-block", message)


def _sides(review: Review, name: str) -> list[tuple[Chapter, Block]]:
    """The block in every language that has it, source first."""
    slug = name.rpartition("#")[0]
    sides = []
    for language in review.languages:
        chapter, block = review.chapter(language.code, slug), review.block(language.code, name)
        if chapter is not None and block is not None:
            sides.append((chapter, block))
    return sides


def check_citations(review: Review) -> Iterator[Problem]:
    """A block cites exactly the works its claims rest on. Where the languages differ, parity says so."""
    for name, claims in review.claims_by_block.items():
        sides = _sides(review, name)
        if not sides or len({block.cited_keys for _chapter, block in sides}) > 1:
            continue
        if any(review.has_citation_fault(chapter, block) for chapter, block in sides):
            continue
        chapter, block = sides[0]
        wanted = frozenset[str]().union(*(claim.references for claim in claims))
        unknown = (wanted | block.cited_keys) - review.keys
        # A claim that could not be read may rest on what seems cited for none.
        extra = [] if CLAIMS_FILE in review.damaged else sorted(block.cited_keys - wanted)
        missing = sorted(wanted - block.cited_keys)
        if (extra or missing) and not unknown:
            parts = [f"cites {', '.join(extra)}, on which none of its claims rests"] if extra else []
            parts += [f"does not cite {', '.join(missing)}, on which its claims rest"] if missing else []
            ids = ", ".join(claim.id for claim in claims)
            message = f'"{block.id}" {"; ".join(parts)} ({ids}).'
            yield Problem(chapter.path, block.line, "claim-citations", message)


def check_references(review: Review) -> Iterator[Problem]:
    """Every reference a claim was checked against is in the bibliography."""
    for claim in review.claims:
        for check in claim.checks:
            if review.keys and check.reference not in review.keys:
                hint = closest(check.reference, review.keys)
                message = f'{claim.id}: no entry "{check.reference}" in refs.bib.{hint}'
                yield Problem(CLAIMS_FILE, check.line, "citation-unknown", message)


def _numbers_agree(sides: list[tuple[Chapter, Block]]) -> bool:
    """Whether the languages state the same numbers; if not, parity reports it."""
    if len(sides) < 2:
        return True
    (one, left), (two, right) = sides[0], sides[1]
    return not compare_numbers(extract_numbers(left.text, one.language), extract_numbers(right.text, two.language))


def check_numbers(review: Review) -> Iterator[Problem]:
    """A claim's numbers stand in its block."""
    for name, claims in review.claims_by_block.items():
        sides = _sides(review, name)
        agree = _numbers_agree(sides)
        for claim in claims:
            for number in claim.numbers:
                lacking = [side for side in sides if not contains_number(side[1].text, number, side[0].language)]
                if not lacking or (not agree and len(lacking) < len(sides)):
                    continue
                chapter, block = lacking[0]
                message = f'{claim.id} states {number}; "{block.id}" does not.'
                yield Problem(chapter.path, block.line, "claim-numbers", message)


def _on_one_line(text: str) -> str:
    """Return a text as if it were not wrapped; Chinese has no space where a line ends."""
    return " ".join(_CHINESE_LINE_END.sub("", text).split())


def _names(text: str, things: tuple[Forms, ...], language: str) -> bool:
    folded = _on_one_line(text).casefold()
    forms = (form.casefold() for thing in things for form in thing.get(language, ()))
    return any(form in folded and _stands_alone(form, folded) for form in forms)


def _stands_alone(form: str, text: str) -> bool:
    """Whether a form that ends in figures is somewhere more than the beginning of a longer number."""
    return not form[-1:].isdigit() or re.search(rf"{re.escape(form)}(?!\d)", text) is not None


def check_entities(review: Review) -> Iterator[Problem]:
    """A claim's block names what the claim is about, in a form of the glossary or the lexicon."""
    if not (review.terms or review.lexicon):
        return
    whole = not {GLOSSARY_FILE, LEXICON_FILE} & review.damaged
    codes = [language.code for language in review.languages]
    index = index_forms(review.terms, review.lexicon, codes)
    unknown: set[str] = set()
    for claim in review.claims:
        for entity in claim.entities:
            things = index.get(entity.casefold())
            if things is None and any(char.isdigit() for char in entity):
                things = (dict.fromkeys(codes, (entity,)),)  # a number or a code: the same in every language
            elif things is None:
                if whole and entity not in unknown:
                    unknown.add(entity)
                    message = f'"{entity}" is in neither the glossary nor the lexicon.{closest(entity, index)}'
                    yield _at(claim, "term-undefined", message)
                continue
            sides = _sides(review, claim.block)
            lacking = [side for side in sides if not _names(side[1].text, things, side[0].language)]
            if lacking:
                chapter, block = lacking[0]
                forms = " / ".join(dict.fromkeys(f for thing in things for f in thing.get(chapter.language, ())))
                also = f" ({len(lacking)} languages)" if len(lacking) > 1 else ""
                message = f'{claim.id} is about "{entity}"; "{block.id}" names none of: {forms}{also}.'
                yield Problem(chapter.path, block.line, "claim-entities", message)


def _expected(claim: Claim) -> frozenset[str]:
    """The verdicts that a claim's checks allow."""
    if not claim.checks:
        return frozenset({"no-citation"})
    if claim.kind != "finding" or not any(check.against in READ for check in claim.checks):
        return frozenset({"unverified"})
    return frozenset(check.verdict for check in claim.checks)


def check_verdicts(review: Review) -> Iterator[Problem]:
    """Verdicts follow the rules, and what is less than supported says why in every language."""
    for claim in review.claims:
        unread = [c for c in claim.checks if c.against not in READ and c.verdict != "unverified"]
        allowed = _expected(claim)
        if claim.verdict not in allowed and not unread:
            message = (
                f"the verdict {claim.verdict} does not follow from its checks. Expected {' or '.join(sorted(allowed))}."
            )
            yield _at(claim, "claim-verdict", message)
        for check in unread:
            message = f"{claim.id}: {check.reference} was not read ({check.against}): its verdict is unverified."
            yield Problem(CLAIMS_FILE, check.line, "claim-verdict", message)
        if claim.verdict in ("partly", "not-supported") and not claim.note:
            lacking = [lang.code for lang in review.languages if not claim.note_texts.get(lang.code)]
            if lacking:
                yield _at(claim, "claim-verdict", f"{claim.verdict} needs a note in {' and '.join(lacking)}.")


def check_notes(review: Review) -> Iterator[Problem]:
    """Claims name notes that exist; notes name claims or a work, and have ids that begin with ``note-``."""
    for claim in review.claims:
        if claim.note and not any(block.kind is BlockKind.NOTE for _chapter, block in _sides(review, claim.note)):
            names = [f"{c.slug}#{b.id}" for c in review.chapters.values() for b in c.blocks if b.kind is BlockKind.NOTE]
            yield _at(claim, "note-target", f'there is no note "{claim.note}".{closest(claim.note, names)}')
    known = review.known_claims
    for chapter in review.chapters.values():
        for block in chapter.blocks:
            if block.kind is BlockKind.NOTE:
                yield from _check_note(review, chapter, block, known)


def _check_note(review: Review, chapter: Chapter, block: Block, known: frozenset[str]) -> Iterator[Problem]:
    if block.id and not block.id.startswith("note-"):
        yield Problem(chapter.path, block.line, "note-target", f'the id of a note begins with "note-": "{block.id}".')
    named = claim_ids(block.options.get("for"))
    about = block.options.get("about")
    if not named and about is None and chapter.slug in review.strict_slugs:
        yield Problem(chapter.path, block.line, "note-target", "the note names no claim. Add `for: [c001]`.")
    for claim in named:
        if claim not in known:
            line = block.option_lines.get(("for",), block.line)
            message = f'the note is for "{claim}", which is no claim.{closest(claim, known)}'
            yield Problem(chapter.path, line, "note-target", message)
    if about is not None and review.keys and str(about) not in review.keys:
        message = f'the note is about "{about}", which is no entry of refs.bib.{closest(str(about), review.keys)}'
        yield Problem(chapter.path, block.option_lines.get(("about",), block.line), "note-target", message)


def check_places(review: Review) -> Iterator[Problem]:
    """Where a source was read is worded in every language."""
    if PLACES_FILE in review.damaged:
        return
    seen: set[str] = set()
    for claim in review.claims:
        for check in claim.checks:
            if check.read_at and check.read_at not in review.read_places and check.read_at not in seen:
                seen.add(check.read_at)
                hint = closest(check.read_at, review.read_places)
                message = f'{PLACES_FILE} does not word "{check.read_at}" in each language. Add it there.{hint}'
                yield Problem(CLAIMS_FILE, check.line, "vocabulary-label", message)
