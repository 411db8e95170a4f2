"""Terms: one meaning a form, the accepted form in the text, a source that exists."""

from __future__ import annotations

from collections.abc import Iterator

from livingreview.checks_structure import closest
from livingreview.glossary import GLOSSARY_FILE
from livingreview.problems import Problem
from livingreview.review import Review
from livingreview.wording import TermForms, find_avoided


def check_duplicates(review: Review) -> Iterator[Problem]:
    """No two terms share an id, an abbreviation or a name."""
    for language in (language.code for language in review.languages):
        first: dict[str, str] = {}
        for term in review.terms:
            for form in dict.fromkeys((term.abbr, term.names.get(language, ""))):
                owner = first.setdefault(form, term.id)
                if form and owner != term.id:
                    message = f'"{form}" is also a form of the term "{owner}". Keep it at one of them.'
                    yield Problem(GLOSSARY_FILE, term.line, "term-duplicate", message)
    seen: dict[str, int] = {}
    for term in review.terms:
        if term.id in seen:
            message = f'the term "{term.id}" already stands on line {seen[term.id]}. Merge them.'
            yield Problem(GLOSSARY_FILE, term.line, "term-duplicate", message)
        seen.setdefault(term.id, term.line)


def check_wording(review: Review) -> Iterator[Problem]:
    """Running text uses no form that the glossary tells writers to avoid."""
    for language in (language.code for language in review.languages):
        forms = tuple(TermForms(term.id, term.forms(language), term.avoid.get(language, ())) for term in review.terms)
        for (code, _slug), chapter in review.chapters.items():
            if code != language:
                continue
            for block in chapter.blocks:
                if "term-wording" in block.ignores:
                    continue
                for avoided in find_avoided(block.text, forms, language):
                    message = f'"{avoided.form}": write "{avoided.use}" (glossary: {avoided.term}).'
                    yield Problem(chapter.path, block.line, "term-wording", message)


def check_sources(review: Review) -> Iterator[Problem]:
    """A definition's source is an entry of the bibliography."""
    for term in review.terms:
        if term.source and review.keys and term.source not in review.keys:
            message = f'the source of "{term.id}", "{term.source}", is no entry of refs.bib.'
            yield Problem(GLOSSARY_FILE, term.line, "citation-unknown", message + closest(term.source, review.keys))
