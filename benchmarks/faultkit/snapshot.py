"""The sources in memory, and the engine run on them as if they were on disk.

:func:`take` reads every source file of a review once. :meth:`Snapshot.report` loads
and checks a changed copy with the engine's own functions; only reading files is
replaced. Work on files that did not change is remembered: the parsers are pure
functions of their arguments, so the same arguments give the same answer. The whole
is checked against the disk in ``tests/test_faults.py``.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

from livingreview import (
    addresses,
    changes,
    chapters,
    checks_claims,
    checks_parity,
    checks_terms,
    checks_works,
    figures,
    loading,
    review,
    translations,
    trial_checks,
    trials,
)
from livingreview.checks import report
from livingreview.problems import Problem
from livingreview.publishing import addresses_to_record, extended_register
from livingreview.review import Review
from livingreview.translations import TRANSLATIONS_FILE, format_record, next_record

#: Folders and files that make a review.
SOURCES = ("docs", "data", "mkdocs.yml", "refs.bib")

#: Changed or added files; ``None`` for one that is deleted.
Changes = Mapping[str, bytes | None]


def _remembered(function: Callable[..., Any]) -> Callable[..., Any]:
    """Remember the answers of a pure function; arguments that cannot be keys are asked about anew."""
    known: dict[Any, Any] = {}

    @functools.wraps(function)
    def ask(*args: Any, **kwargs: Any) -> Any:
        key = (*args, *sorted(kwargs.items()))
        try:
            if key not in known:
                known[key] = function(*args, **kwargs)
        except TypeError:
            return function(*args, **kwargs)
        return known[key]

    return ask


def _by_identity(function: Callable[..., Any], at: int) -> Callable[..., Any]:
    """Remember answers; one argument is known by its identity and kept alive, so that no other takes its place."""
    known: dict[Any, tuple[Any, Any]] = {}

    def ask(*args: Any) -> Any:
        key = (*args[:at], id(args[at]), *args[at + 1 :])
        if key not in known:
            known[key] = (args[at], function(*args))
        return known[key][1]

    return ask


def _of_one(function: Callable[..., Any]) -> Callable[..., Any]:
    """Remember answers about things that are read once and never changed: known by identity, texts by value."""
    known: dict[Any, tuple[Any, Any]] = {}

    def ask(*args: Any) -> Any:
        key = tuple(arg if isinstance(arg, str) else id(arg) for arg in args)
        if key not in known:
            known[key] = (args, function(*args))
        return known[key][1]

    return ask


def _interned(function: Callable[..., Any]) -> Callable[..., Any]:
    """Remember what avoided forms a text has; the long tuple of forms is compared once a check, not once a block."""
    known: dict[tuple[int, str, str], Any] = {}
    numbers: dict[Any, int] = {}
    last: list[Any] = [None, 0]

    def ask(text: str, forms: Any, language: str) -> Any:
        if forms is not last[0]:
            last[:] = [forms, numbers.setdefault(forms, len(numbers))]
        key = (last[1], text, language)
        if key not in known:
            known[key] = function(text, forms, language)
        return known[key]

    return ask


def _with_codes(function: Callable[..., Any]) -> Callable[..., Any]:
    known: dict[Any, Any] = {}

    def ask(text: str, codes: Any) -> Any:
        key = (text, tuple(codes))
        if key not in known:
            known[key] = function(text, codes)
        return known[key]

    return ask


def _generator(function: Callable[..., Any]) -> Callable[..., Any]:
    return _remembered(lambda *args: tuple(function(*args)))


def _trial_by_file(function: Callable[..., Any]) -> Callable[..., Any]:
    return _by_identity(function, 2)


#: Where the engine looks a pure function up, and how its answers are remembered.
_PURE: tuple[tuple[Any, str, Callable[[Callable[..., Any]], Callable[..., Any]]], ...] = (
    (addresses, "parse_yaml", _remembered),
    (changes, "parse_yaml", _remembered),
    (chapters, "parse_yaml", _remembered),
    (figures, "parse_yaml", _remembered),
    (loading, "parse_yaml", _remembered),
    (loading, "_parse_page", _remembered),
    (loading, "parse_site_config", _remembered),
    (loading, "load_work", _remembered),
    (loading, "parse_bibliography", _remembered),
    (loading, "load_claims", _remembered),
    (loading, "load_read_places", _with_codes),
    (loading, "load_glossary", _with_codes),
    (loading, "load_lexicon", _with_codes),
    (loading, "load_vocabulary", _remembered),
    (loading, "load_ledger", _remembered),
    (loading, "load_translations", _remembered),
    (loading, "check_svg", _generator),
    (loading, "check_css", _generator),
    (loading, "check_characters", _generator),
    (trials, "_load_one", _trial_by_file),
    (review, "parse_citations", _remembered),
    (checks_works, "check_citations_in", _generator),
    (checks_parity, "extract_numbers", _remembered),
    (checks_claims, "extract_numbers", _remembered),
    (checks_claims, "contains_number", _remembered),
    (translations, "fingerprint", _remembered),
    (trial_checks, "find_registry_numbers", _generator),
    (trial_checks, "numbers_of_people", _of_one),
    (checks_claims, "_on_one_line", _remembered),
    (checks_terms, "find_avoided", _interned),
)

#: The same with their memory. What the engine no longer has under a name is simply not remembered.
_MEMORY = tuple(
    (module, name, remember(getattr(module, name))) for module, name, remember in _PURE if hasattr(module, name)
)


@dataclass
class _MemoryTree(loading._Tree):
    """Reads from memory what the engine would read from disk."""

    files: Mapping[str, bytes] = field(default_factory=dict)

    def text(self, path: str) -> str:
        data = self.files.get(path)
        if data is None:
            return ""
        text, found = loading.decode(path, data)
        self.problems.extend(found)
        return text


@dataclass(frozen=True)
class Snapshot:
    """All source files of a review, by path from its root."""

    files: Mapping[str, bytes]

    def text(self, path: str) -> str:
        """Return a file's text, or nothing where there is none."""
        return self.files.get(path, b"").decode("utf-8")

    def changed(self, changes: Changes) -> Snapshot:
        """Return a snapshot with some files changed, added or deleted."""
        merged = {**self.files, **changes}
        return Snapshot({path: data for path, data in merged.items() if data is not None})

    @functools.cached_property
    def review(self) -> Review:
        """The review as the engine loads it."""
        with ExitStack() as stack:
            for module, name, function in _MEMORY:
                stack.enter_context(mock.patch.object(module, name, function))
            stack.enter_context(mock.patch.object(loading, "list_files", return_value=frozenset(self.files)))
            stack.enter_context(mock.patch.object(loading, "_Tree", functools.partial(_MemoryTree, files=self.files)))
            return loading.load_review(Path())

    def report(self) -> list[Problem]:
        """Return what the engine says is wrong."""
        loaded = self.review
        with ExitStack() as stack:
            for module, name, function in _MEMORY:
                stack.enter_context(mock.patch.object(module, name, function))
            return report(loaded)


def take(root: Path) -> Snapshot:
    """Read all sources below ``root``."""
    files: dict[str, bytes] = {}
    for name in SOURCES:
        path = root / name
        for file in [path] if path.is_file() else sorted(path.rglob("*")):
            if file.is_file():
                files[file.relative_to(root).as_posix()] = file.read_bytes()
    return Snapshot(files)


def recorded(snapshot: Snapshot) -> Snapshot:
    """Return the snapshot as it is after publishing: its addresses registered, its pairs of blocks recorded."""
    loaded = snapshot.review
    register = extended_register(snapshot.text(loading.REGISTER_FILE), addresses_to_record(loaded))
    record = format_record(next_record(loaded, loaded.translations))
    return snapshot.changed({loading.REGISTER_FILE: register.encode(), TRANSLATIONS_FILE: record.encode()})


__all__ = ["Changes", "Snapshot", "recorded", "take"]
