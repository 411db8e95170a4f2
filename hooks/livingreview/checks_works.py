"""Works and trials against the text: what is cited, in which order, what its records say, what its data say.

The functions that take plain values stand in ``checks_citations`` and
``trial_checks``; here they are given what a review holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from livingreview import checks_citations as works
from livingreview.checks_citations import Mention, StatusNote
from livingreview.checks_structure import closest
from livingreview.citations import check_citations as check_citations_in
from livingreview.links import TargetKind
from livingreview.model import Block, BlockKind, Chapter
from livingreview.problems import Problem
from livingreview.review import Review, numbering_keys
from livingreview.trial_checks import check_trial_mentions, check_trial_references, index_trials
from livingreview.trials import TRIALS_DIR, trial_id
from livingreview.work import WORK_FILE


def check_citations(review: Review) -> Iterator[Problem]:
    """Every citation is written as one, and its key is in the bibliography, if there is one."""
    named = cited_keys(review)
    if named and not review.keys and not review.damaged & {works.BIBLIOGRAPHY_FILE}:
        message = "no entry can be read, yet works are cited: the file is missing, empty or no BibTeX. Restore it."
        yield Problem(works.BIBLIOGRAPHY_FILE, 1, "bib-syntax", message)
    for chapter in review.chapters.values():
        yield from check_citations_in(chapter.text, chapter.path, review.keys or named)
        yield from review.handwritten[chapter.path]


def _first_lines(review: Review, language: str) -> dict[str, tuple[int, Chapter, int]]:
    """Return, for each key of the article, its rank among first citations, with page and line."""
    wanted = set(review.work.references) if review.work else set()
    found = [item for item in numbering_keys(review, language, review.chapter_slugs) if item[0] in wanted]
    return {key: (rank, chapter, line) for rank, (key, chapter, line) in enumerate(found)}


def check_order(review: Review) -> Iterator[Problem]:
    """The article's references are first cited in the article's order, or its numbers would change.

    A citation changed in one language only is parity's business; what counts here is
    what all languages have.
    """
    if review.work is None:
        return
    ranks = [_first_lines(review, language.code) for language in review.languages]
    listed = [key for key in review.work.references if all(key in rank for rank in ranks)]
    for number, (before, after) in enumerate(pairwise(listed), start=1):
        if all(rank[after][0] < rank[before][0] for rank in ranks):
            _rank, chapter, line = ranks[0][after]
            message = (
                f'"{after}" is first cited before "{before}", so the numbers {number} and {number + 1} would change '
                "places. Keep the order of the article's list."
            )
            yield Problem(chapter.path, line, "citation-order", message)


def check_listed(review: Review) -> Iterator[Problem]:
    """The record of the work names works and pages that exist, and says everything in every language."""
    work = review.work
    if work is None:
        return
    for index, key in enumerate(work.references):
        if review.keys and key not in review.keys:
            message = f'no entry "{key}" in refs.bib.{closest(key, review.keys)}'
            yield Problem(WORK_FILE, work.line("references", index), "citation-unknown", message)
    for at, texts in work.worded():
        missing = [language.code for language in review.languages if not texts.get(language.code)]
        if missing:
            message = f'"{".".join(map(str, at))}" has no text in {" and ".join(missing)}. Add it.'
            yield Problem(WORK_FILE, work.line(*at), "data-field", message)
    named = [("chapters", index, slug) for index, slug in enumerate(work.pages.chapters)]
    named += [("beyond", index, slug) for index, slug in enumerate(work.pages.beyond)]
    for name, index, slug in named:
        if not any(slug == known for _language, known in review.chapters):
            message = f'there is no page "{slug}".{closest(slug, review.slugs)}'
            yield Problem(WORK_FILE, work.line("pages", name, index), "data-field", message)


def cited_keys(review: Review) -> frozenset[str]:
    """Return every key that a chapter, note, trial, claim or term names."""
    keys: set[str] = set()
    for chapter in review.chapters.values():
        for block in chapter.blocks:
            keys |= block.cited_keys
            if block.options.get("about") is not None:
                keys.add(str(block.options["about"]))
    for trial in review.trials:
        keys.update(trial.reports)
        keys.update(source.work for source in trial.sources.values() if source.work)
    for claim in review.claims:
        keys |= claim.references
    keys.update(term.source for term in review.terms if term.source)
    return frozenset(keys)


def check_unused(review: Review) -> Iterator[Problem]:
    """Every work of the bibliography is named somewhere. A key misspelled elsewhere explains one that seems unused."""
    unknown = cited_keys(review) - review.keys or review.damaged
    for problem in works.check_unused(review.references, cited_keys(review)):
        if not unknown:
            yield problem


def check_dois(review: Review) -> Iterator[Problem]:
    """Every DOI has a record that names the same work. A key or an identifier that is malformed is said once."""
    if review.ledger is None:
        return
    faulty = {p.line for p in review.problems if p.path == works.BIBLIOGRAPHY_FILE}
    sound = [r for r in review.references if faulty.isdisjoint((r.line, r.line_of("doi"), r.line_of("pmid")))]
    yield from works.check_doi_records(sound, review.ledger)
    yield from works.check_doi_matches(sound, review.ledger)


def check_registries(review: Review) -> Iterator[Problem]:
    """Every registry number of a trial has a record."""
    if review.ledger is None:
        return
    mentions = [
        Mention(entry.id, trial.path, trial.line("registry", index, "id"))
        for trial in review.trials
        for index, entry in enumerate(trial.registry)
        if entry.register_ != "other"  # a sponsor's own number has no registry to ask
    ]
    yield from works.check_registry_records(mentions, review.ledger)


def check_retractions(review: Review) -> Iterator[Problem]:
    """A retracted work is cited only beside a note that says so.

    Asked of the source language; the note is then due in the translation like any other block.
    """
    if review.ledger is None:
        return
    citations: list[Mention] = []
    notes: list[StatusNote] = []
    for (language, slug), chapter in review.chapters.items():
        if language != review.source and (review.source, slug) in review.chapters:
            continue
        for block in chapter.blocks:
            citations += [Mention(c.key, chapter.path, c.line) for c in block.citations]
            if block.kind is BlockKind.NOTE and block.options.get("about") is not None:
                about, status = str(block.options["about"]), str(block.options.get("status", ""))
                notes.append(StatusNote(chapter.path, about, status))
    yield from works.check_retractions(citations, review.ledger, notes)


def check_trials(review: Review) -> Iterator[Problem]:
    """What trials name exists."""
    unread = {trial_id(path) for path in review.damaged if path.startswith(TRIALS_DIR)}
    yield from check_trial_references(review.trials, review.keys, review.known_claims, unread)


def _linked_trials(review: Review, chapter: Chapter, block: Block) -> set[str]:
    found = set()
    for link in block.links:
        target = review.resolve(chapter.path, link.target)
        if target.kind is TargetKind.PAGE and target.name.startswith("trials/"):
            found.add(target.name.removeprefix("trials/"))
        elif target.kind is TargetKind.SOURCE and target.name.startswith(TRIALS_DIR):
            found.add(trial_id(target.name))  # a file that cannot be read makes no page
    return found


def check_mentions(review: Review) -> Iterator[Problem]:
    """Registry numbers and numbers of people in the text are those of the data.

    Held to the source language; where a translation states another number, parity says so.
    """
    if review.vocabulary is None:
        return
    sound = [trial for trial in review.trials if trial.path not in review.damaged]
    trials = index_trials(sound, review.declared_numbers)
    for (language, slug), chapter in review.chapters.items():
        source = review.chapter(review.source, slug)
        for block in chapter.blocks:
            if language != review.source and source is not None and block.id and source.block(block.id):
                continue
            linked = _linked_trials(review, chapter, block)
            for problem in check_trial_mentions(
                block.text, linked, trials, review.vocabulary, language, chapter.path, block.line
            ):
                yield replace(problem, line=_written_at(chapter, block, problem.message.partition(" ")[0]))


def _written_at(chapter: Chapter, block: Block, words: str) -> int:
    """Return the source line of a block on which words first stand; its text has lines of its own (cells, items)."""
    rows = chapter.text.split("\n")[block.line - 1 : max(block.end, block.line)]
    return next((line for line, row in enumerate(rows, start=block.line) if words in row), block.line)
