"""Texts in data: what trials, terms and claims say in two languages states the same numbers.

They stand on pages of their own, next to the figures read by machine, and nobody reads
them against each other as chapters are; so a number altered in one of them is looked for here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pydantic import BaseModel

from livingreview.checks_parity import difference_of
from livingreview.claims import CLAIMS_FILE
from livingreview.glossary import GLOSSARY_FILE
from livingreview.problems import Problem
from livingreview.review import Review
from livingreview.trials import Trial
from livingreview.yamlfile import KeyPath


@dataclass(frozen=True, slots=True)
class DataText:
    """One text by language, its file, and the line of each language."""

    path: str
    lines: Mapping[str, int]
    texts: Mapping[str, str]


def _texts_in(node: object, source: str, at: KeyPath = ()) -> Iterator[tuple[KeyPath, Mapping[str, str]]]:
    """Yield every text by language in a record, with where it stands."""
    if isinstance(node, Mapping) and isinstance(node.get(source), str):
        yield at, node
    elif isinstance(node, BaseModel):
        for name, value in node:
            yield from _texts_in(value, source, (*at, name))
    elif isinstance(node, Mapping):
        for name, value in node.items():
            yield from _texts_in(value, source, (*at, name))
    elif isinstance(node, tuple):
        for place, value in enumerate(node):
            yield from _texts_in(value, source, (*at, place))


def _of_trial(trial: Trial, source: str) -> Iterator[DataText]:
    for at, texts in _texts_in(trial, source):
        yield DataText(trial.path, {code: trial.line(*at, code) for code in texts}, texts)


def _on_one_line(path: str, line: int, texts: Mapping[str, str]) -> DataText:
    return DataText(path, dict.fromkeys(texts, line), texts)


def data_texts(review: Review) -> Iterator[DataText]:
    """Yield the texts of trials, the definitions of terms and the notes of claims."""
    for trial in review.trials:
        yield from _of_trial(trial, review.source)
    for term in review.terms:
        yield _on_one_line(GLOSSARY_FILE, term.line, term.definitions)
    for claim in review.claims:
        yield _on_one_line(CLAIMS_FILE, claim.line, claim.note_texts)


def _differences(review: Review, text: DataText, codes: Iterable[str]) -> Iterator[Problem]:
    source = review.source
    for code in codes:
        if source not in text.texts or code not in text.texts:
            continue
        difference = difference_of(text.texts[source], source, text.texts[code], code)
        if difference:
            where = f"{text.path}:{text.lines[source]}"
            yield Problem(
                text.path, text.lines[code], "parity-numbers", f"{difference.message(source, code)} ({where})."
            )


def check_numbers(review: Review) -> Iterator[Problem]:
    """A text of the data states the same numbers in every language."""
    codes = tuple(review.translation_codes)
    for text in data_texts(review):
        yield from _differences(review, text, codes)
