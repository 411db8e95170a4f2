"""Checks of trials against the rest of a review: works, claims, each other, and the running text.

In go trials and plain values (known keys, a block's text); out come problems.
What can be seen inside one file is checked where it is read, in
:mod:`livingreview.trials`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from pydantic import BaseModel

from livingreview.problems import Problem
from livingreview.registries import find_registry_numbers
from livingreview.trial_schema import STAGES, Quantity
from livingreview.trials import Trial
from livingreview.vocabulary import Vocabulary
from livingreview.yamlfile import KeyPath

_WHOLE_NUMBER = r"(?<![\d.,/–-])([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)"


def _unknown(trial: Trial, at: KeyPath, what: str, name: str, known: Collection[str], where: str) -> Iterator[Problem]:
    if name in known:
        return
    close = difflib.get_close_matches(name, known, n=1)
    hint = f' Did you mean "{close[0]}"?' if close else " Correct or remove it."
    yield Problem(trial.path, trial.line(*at), "trial-reference", f'no {what} "{name}" in {where}.{hint}')


def check_trial_references(
    trials: Sequence[Trial], keys: Collection[str], claims: Collection[str], unread: Collection[str] = ()
) -> Iterator[Problem]:
    """Every work, claim and trial that a trial names must exist (``trial-reference``).

    ``keys`` are those of the bibliography, ``claims`` the ids of the claims,
    ``unread`` those of trials whose file cannot be read.
    """
    ids = {trial.id for trial in trials}.union(unread)
    for trial in trials:
        for index, key in enumerate(trial.reports if keys else ()):
            yield from _unknown(trial, ("reports", index), "entry", key, keys, "refs.bib")
        for name, source in trial.sources.items():
            if source.work and keys:
                yield from _unknown(trial, ("sources", name, "work"), "entry", source.work, keys, "refs.bib")
        for index, claim in enumerate(trial.claims):
            yield from _unknown(trial, ("claims", index), "claim", claim, claims, "data/claims.yml")
        for index, related in enumerate(trial.related):
            yield from _unknown(trial, ("related", index, "trial"), "trial", related.trial, ids, "data/trials")


@cache
def _people(words: tuple[str, ...]) -> re.Pattern[str]:
    """A whole number directly before one of the words for people."""
    latin = [re.escape(word) for word in words if word.isascii()]
    other = [re.escape(word) for word in words if not word.isascii()]
    ends = [f"(?:{'|'.join(latin)})\\b"] if latin else []
    ends += [f"(?:{'|'.join(other)})"] if other else []
    return re.compile(f"{_WHOLE_NUMBER}\\s*(?:{'|'.join(ends)})", re.IGNORECASE)


def find_people(text: str, language: str, vocabulary: Vocabulary) -> Iterator[int]:
    """Yield every number of people that a text states, by the vocabulary's words for people."""
    words = vocabulary.mentions.get(language, ())
    if words:
        for match in _people(tuple(words)).finditer(text):
            yield int(match[1].replace(",", ""))


def _texts(node: object, language: str) -> Iterator[str]:
    """Yield every text of a trial in one language."""
    if isinstance(node, dict):
        if isinstance(node.get(language), str):
            yield node[language]
        else:
            for value in node.values():
                yield from _texts(value, language)
    elif isinstance(node, tuple):
        for value in node:
            yield from _texts(value, language)
    elif isinstance(node, BaseModel):
        for name in type(node).model_fields:
            yield from _texts(getattr(node, name), language)


def _counts(quantity: Quantity | None) -> Iterator[int]:
    if quantity is not None:
        yield from (value for value in (quantity.n, quantity.of) if value is not None)


def numbers_of_people(trial: Trial, language: str, vocabulary: Vocabulary) -> frozenset[int]:
    """Return every number of people (or limbs) that a trial's data hold, in figures or in words."""
    found: set[int] = set()
    if trial.flow:
        found |= {count.n for stage in STAGES if (count := getattr(trial.flow, stage))}
    found |= {arm.n for arm in trial.arms if arm.n is not None}
    for outcome in trial.outcomes:
        found |= {*_counts(outcome.value)} | ({outcome.n} if outcome.n is not None else set())
    for conflict in trial.conflicts:
        found |= {one.value for one in conflict.values if type(one.value) is int}
    for text in _texts(trial, language):
        found |= set(find_people(text, language, vocabulary))
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class TrialIndex:
    """What a text is held to, found once for all texts: trials by id, and the registry numbers of all of them."""

    by_id: Mapping[str, Trial]
    registered: frozenset[str]


def index_trials(trials: Sequence[Trial], numbers: Collection[str] = ()) -> TrialIndex:
    """Return the index of a review's trials; ``numbers`` are further registry numbers that the data hold."""
    registered = {entry.id.upper() for trial in trials for entry in trial.registry}
    return TrialIndex({trial.id: trial for trial in trials}, frozenset(registered.union(numbers)))


def check_trial_mentions(
    text: str,
    linked: Collection[str],
    trials: TrialIndex,
    vocabulary: Vocabulary,
    language: str,
    path: str,
    line: int,
) -> Iterator[Problem]:
    """Hold one block of text to the trial data (``trial-mention``).

    ``text`` is the block's plain text, ``linked`` the ids of the trials it links.
    A registry number must be in the data; a number of people in a block that
    links exactly one trial must be one of that trial's numbers.
    """
    for offset, number in find_registry_numbers(text):
        if number.upper() not in trials.registered:
            at = line + text.count("\n", 0, offset)
            message = f"{number} is in no file of data/trials. Add the trial, or correct the number."
            yield Problem(path, at, "trial-mention", message)
    if len(set(linked)) != 1:
        return
    trial = trials.by_id.get(next(iter(linked)))
    if trial is None:
        return
    known = numbers_of_people(trial, language, vocabulary)
    for people in dict.fromkeys(find_people(text, language, vocabulary)):
        if people not in known:
            numbers = ", ".join(map(str, sorted(known)))
            message = f"{people} is none of the numbers of people in {trial.path} ({numbers}). Correct one of them."
            yield Problem(path, line, "trial-mention", message)
