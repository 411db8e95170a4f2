"""Trials for tests: a small review of another subject in other languages, and this project's own data.

The small one is about tea for colds, in German and English: what the engine does
with it shows that it knows nothing of the subject or the languages of this review.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from pathlib import Path

from livingreview.trials import Trial, load_trials
from livingreview.vocabulary import Vocabulary, load_vocabulary

ROOT = Path(__file__).parents[1]


def _set(name: str, *terms: str, extra: str = "") -> str:
    rows = "".join(f"      {term}: {{de: {term}-de, en: {term}-en}}\n" for term in terms)
    return f"  {name}:\n    label: {{de: {name}-de, en: {name}-en}}\n    terms:\n{rows}{extra}"


#: The small review's vocabulary and its one trial file.
VOCABULARY = (ROOT / "tests" / "tea" / "vocabulary.yml").read_text(encoding="utf-8")
TRIAL = (ROOT / "tests" / "tea" / "tea-2020.yml").read_text(encoding="utf-8")

PATH = "data/trials/tea-2020.yml"


@functools.cache
def small_vocabulary() -> Vocabulary:
    """Return the vocabulary of the small review."""
    vocabulary, problems = load_vocabulary(VOCABULARY)
    assert problems == ()
    assert vocabulary is not None
    return vocabulary


def load_small(text: str = TRIAL, path: str = PATH, **more: str) -> tuple[tuple[Trial, ...], list[str]]:
    """Load one trial file (and more, by id) of the small review; return the trials and the problems as lines."""
    files = {path: text, **{f"data/trials/{name}.yml": other for name, other in more.items()}}
    trials, problems = load_trials(files, small_vocabulary())
    return trials, [str(problem) for problem in problems]


def small_trial(text: str = TRIAL) -> Trial:
    """Return the trial of the small review, which must be without fault."""
    trials, problems = load_small(text)
    assert problems == []
    return trials[0]


def changed(old: str, new: str, text: str = TRIAL) -> str:
    """Return the trial file with one text replaced, which must be there."""
    assert text.count(old) >= 1, old
    return text.replace(old, new, 1)


def line_of(needle: str, text: str) -> int:
    """Return the 1-based line on which a text first stands."""
    return next(number for number, line in enumerate(text.splitlines(), start=1) if needle in line)


def project_files() -> Mapping[str, str]:
    """Return this project's trial files."""
    folder = ROOT / "data" / "trials"
    return {f"data/trials/{path.name}": path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.yml"))}


@functools.cache
def project_vocabulary() -> Vocabulary:
    """Return this project's vocabulary."""
    vocabulary, problems = load_vocabulary((ROOT / "data" / "vocabulary.yml").read_text(encoding="utf-8"))
    assert problems == ()
    assert vocabulary is not None
    return vocabulary


@functools.cache
def project_trials() -> tuple[Trial, ...]:
    """Return this project's trials."""
    trials, problems = load_trials(project_files(), project_vocabulary())
    assert problems == ()
    return trials


def by_id(trials: Iterable[Trial]) -> dict[str, Trial]:
    """Return trials as their pages are rendered with them."""
    return {trial.id: trial for trial in trials}


def project_trial(name: str) -> Trial:
    """Return one of this project's trials."""
    return next(trial for trial in project_trials() if trial.id == name)
