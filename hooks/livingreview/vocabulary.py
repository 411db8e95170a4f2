"""The controlled values of a review's data, with their labels in every language.

In goes ``data/vocabulary.yml``; out comes a :class:`Vocabulary` and what is wrong
with the file. Everything that belongs to a review's subject (what an arm may be
given, facets, columns, how plots encode a trial) is declared there; the engine
reads names and labels from it and knows none of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import ValidationError

from livingreview.border import Record, faults
from livingreview.problems import Problem
from livingreview.yamlfile import KeyPath, YamlFile, parse_yaml

VOCABULARY_FILE = "data/vocabulary.yml"

#: A text in every language of the review, by language code.
Text = dict[str, str]

#: Sets whose values the engine itself gives a meaning to, with those values.
ENGINE_SETS: Mapping[str, frozenset[str]] = {
    "review": frozenset({"in", "beyond"}),
    "endpoint": frozenset({"met", "not-met", "not-known"}),
    "maker": frozenset({"yes", "no"}),
}

#: Sets that trial files draw from, besides those of the interventions.
TRIAL_SETS = (
    "phase",
    "allocation",
    "masking",
    "control",
    "status",
    "center",
    "country",
    "route",
    "unit",
    "time-unit",
    "dose-unit",
    "dose-basis",
    "effect",
    "direction",
    "domain",
    "measure",
    "source-kind",
)


@dataclass(frozen=True, slots=True)
class Term:
    """One controlled value: its labels, the wider term it belongs to, the range of values in this unit.

    A ``proper`` one begins with a name and keeps its capital within a line.
    """

    id: str
    labels: Mapping[str, str]
    short: Mapping[str, str] = field(default_factory=dict)
    broader: str = ""
    range: tuple[float, float] | None = None
    proper: bool = False


@dataclass(frozen=True, slots=True)
class TermSet:
    """A set of controlled values, in the order of the file, with the name of the set."""

    id: str
    labels: Mapping[str, str]
    terms: Mapping[str, Term]

    def label(self, value: str, language: str) -> str:
        """Return a value's label; a value nobody declared stands for itself."""
        term = self.terms.get(value)
        return term.labels.get(language, value) if term else value

    def short(self, value: str, language: str) -> str:
        """Return a value's short label, or its label where it has none."""
        term = self.terms.get(value)
        return (term.short.get(language) if term else None) or self.label(value, language)

    def widest(self, value: str) -> str:
        """Return the widest declared term a value belongs to."""
        seen: set[str] = set()
        while value in self.terms and self.terms[value].broader in self.terms and value not in seen:
            seen.add(value)
            value = self.terms[value].broader
        return value

    def covers(self, wide: str, value: str) -> bool:
        """Whether ``value`` is ``wide`` or belongs below it."""
        seen: set[str] = set()
        while value not in seen:
            if value == wide:
                return True
            seen.add(value)
            value = self.terms[value].broader if value in self.terms else ""
        return False


class InterventionField(Record):
    """One thing an arm may say of what it is given: a controlled value, or free text without translation."""

    set: str = ""
    label: Text = {}
    description: Text = {}


class Facet(Record):
    """One filter of the trial table: its name in the address and the fact it filters."""

    id: str
    fact: str
    broader: bool = False
    label: Text = {}


class Column(Record):
    """One column of the trial table and what it shows."""

    id: str
    show: Literal[
        "name",
        "facts",
        "participants",
        "endpoint",
        "status",
        "year",
        "population",
        "dose",
        "follow-up",
        "registry",
        "sponsor",
        "reports",
    ]
    facts: list[str] = []
    default: bool = False
    label: Text


class Group(Record):
    """A named kind of trials: those whose facts are among the values given, for every fact named."""

    id: str
    label: Text
    where: dict[str, list[str]]
    apart: bool = False


class Shape(Record):
    """A marker of a plot and the trials it stands for."""

    id: str
    shape: Literal["circle", "square", "triangle", "diamond"]
    label: Text
    where: dict[str, list[str]]


class Filled(Record):
    """Which trials have a filled marker."""

    label: Text
    where: dict[str, list[str]]


class Landscape(Record):
    """How the landscape plot shows a trial."""

    shapes: list[Shape]
    filled: Filled


class OutcomePanel(Record):
    """An outcome whose effects are drawn, and the side of "no difference" on which the first arm does better."""

    measure: str
    better: Literal["below", "above"]


class _Declarations(Record):
    """The vocabulary file without its sets."""

    languages: list[str]
    sets: dict[str, Any]
    intervention: dict[str, InterventionField] = {}
    facets: list[Facet] = []
    columns: list[Column] = []
    small_columns: list[str] = []
    groups: list[Group] = []
    ladder: list[Group] = []
    landscape: Landscape | None = None
    outcome_panels: list[OutcomePanel] = []
    mentions: dict[str, list[str]] = {}
    words: dict[str, dict[str, str]] = {}


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All controlled values and declarations of a review."""

    languages: tuple[str, ...]
    sets: Mapping[str, TermSet]
    intervention: Mapping[str, InterventionField] = field(default_factory=dict)
    facets: tuple[Facet, ...] = ()
    columns: tuple[Column, ...] = ()
    small_columns: tuple[str, ...] = ()
    groups: tuple[Group, ...] = ()
    ladder: tuple[Group, ...] = ()
    landscape: Landscape | None = None
    outcome_panels: tuple[OutcomePanel, ...] = ()
    mentions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: The review's own wording of words that the engine says, per language: key and text.
    words: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)

    def set(self, name: str) -> TermSet:
        """Return a set; one nobody declared is empty."""
        return self.sets.get(name) or TermSet(name, {}, {})

    def label(self, name: str, value: str, language: str) -> str:
        """Return the label of a value of a set."""
        return self.set(name).label(value, language)

    def set_of_fact(self, fact: str) -> str:
        """Return the set that a fact's values come from; the engine's facts bear the set's own name."""
        declared = self.intervention.get(fact)
        return declared.set if declared else fact

    def fact_label(self, fact: str, language: str) -> str:
        """Return the name of a fact."""
        declared = self.intervention.get(fact)
        if declared and language in declared.label:
            return declared.label[language]
        return self.set(self.set_of_fact(fact)).labels.get(language, fact)

    def fact_value(self, fact: str, value: str, language: str) -> str:
        """Return the label of a fact's value; free text stands for itself."""
        return self.label(self.set_of_fact(fact), value, language)

    def column(self, name: str) -> Column | None:
        """Return a column by its id."""
        return next((column for column in self.columns if column.id == name), None)


class _Sets:
    """Reads the sets of a vocabulary file, collecting problems."""

    def __init__(self, file: YamlFile, languages: tuple[str, ...]) -> None:
        self.file = file
        self.languages = languages
        self.problems: list[Problem] = []

    def fault(self, at: KeyPath, code: str, message: str) -> None:
        self.problems.append(Problem(self.file.path, self.file.line(*at), code, message))

    def labels(self, data: Any, at: KeyPath, what: str) -> dict[str, str]:
        """Take the label in every language out of a mapping; one that says nothing says so in all of them."""
        found = {code: data.get(code) for code in self.languages} if isinstance(data, dict) else {}
        said = any(found.values())
        missing = [
            code for code in self.languages if not isinstance(found.get(code), str) or (said and not found[code])
        ]
        if missing:
            self.fault(at, "vocabulary-label", f"{what} has no label in {', '.join(missing)}. Add it.")
        return {code: label for code, label in found.items() if isinstance(label, str)}

    def proper(self, name: str, data: Mapping[str, Any], at: KeyPath) -> bool:
        """Whether what is named begins with a name."""
        proper = data.get("proper", False)
        if not isinstance(proper, bool):
            self.fault((*at, "proper"), "data-field", f'"proper" of "{name}" must be true or false.')
        return proper is True

    def term(self, name: str, data: Any, at: KeyPath, *, proper: bool) -> Term:
        labels = self.labels(data, at, f'"{name}"')
        extra: dict[str, Any] = {}
        if isinstance(data, dict):
            extra = {key: value for key, value in data.items() if key not in self.languages}
        for key in extra:
            if key not in {"broader", "short", "range", "proper"}:
                message = f'unknown field "{key}" of "{name}". Known: broader, proper, range, short.'
                self.fault((*at, key), "data-field", message)
        short = self.labels(extra["short"], (*at, "short"), f'the short form of "{name}"') if "short" in extra else {}
        limits = extra.get("range")
        span: tuple[float, float] | None = None
        if limits is not None:
            if isinstance(limits, list) and len(limits) == 2 and all(type(v) in (int, float) for v in limits):
                span = (float(limits[0]), float(limits[1]))
            else:
                self.fault((*at, "range"), "data-field", f'"range" of "{name}" must be two numbers: [least, most].')
        return Term(name, labels, short, str(extra.get("broader", "")), span, proper or self.proper(name, extra, at))

    def read(self, data: Mapping[str, Any]) -> dict[str, TermSet]:
        sets: dict[str, TermSet] = {}
        for name, value in data.items():
            at: KeyPath = ("sets", name)
            if not isinstance(value, dict) or not isinstance(value.get("terms"), dict):
                self.fault(at, "data-field", f'the set "{name}" must have "label" and "terms".')
                continue
            proper = self.proper(name, value, at)
            terms = {
                key: self.term(key, term, (*at, "terms", key), proper=proper) for key, term in value["terms"].items()
            }
            labels = self.labels(
                value.get("label", {}), (*at, "label") if "label" in value else at, f'the set "{name}"'
            )
            sets[name] = TermSet(name, labels, terms)
        self.check_broader(sets)
        return sets

    def check_broader(self, sets: Mapping[str, TermSet]) -> None:
        """What a term belongs below is a term too, of its own set or another."""
        known = {key for one in sets.values() for key in one.terms}
        for name, one in sets.items():
            for key, term in one.terms.items():
                if term.broader and term.broader not in known:
                    message = f'"{key}" belongs below "{term.broader}", which is no term of any set.'
                    self.fault(("sets", name, "terms", key, "broader"), "data-field", message)


def _missing_sets(file: YamlFile, sets: Mapping[str, TermSet]) -> Iterator[Problem]:
    """Every set and every value that the engine gives a meaning to must be there."""
    at = file.line("sets")
    for name in TRIAL_SETS:
        if name not in sets:
            yield Problem(file.path, at, "data-field", f'the set "{name}" is missing. Add it, with at least one term.')
    for name, values in ENGINE_SETS.items():
        missing = sorted(values - set(sets[name].terms)) if name in sets else sorted(values)
        for value in missing:
            yield Problem(file.path, at, "vocabulary-label", f'"{value}" of the set "{name}" has no label. Add it.')


def _missing_labels(file: YamlFile, found: _Declarations) -> Iterator[Problem]:
    """Every declared column, group and shape needs its label in every language."""
    labelled: list[tuple[KeyPath, str, Text]] = []
    labelled += [(("columns", n), f'the column "{c.id}"', c.label) for n, c in enumerate(found.columns)]
    labelled += [(("groups", n), f'the group "{g.id}"', g.label) for n, g in enumerate(found.groups)]
    labelled += [(("ladder", n), f'the rung "{g.id}"', g.label) for n, g in enumerate(found.ladder)]
    if found.landscape:
        at: KeyPath = ("landscape", "shapes")
        labelled += [((*at, n), f'the shape "{s.id}"', s.label) for n, s in enumerate(found.landscape.shapes)]
    for name, one in found.intervention.items():
        if not one.set:
            labelled.append((("intervention", name), f'the field "{name}"', one.label))
    for path, what, label in labelled:
        missing = [code for code in found.languages if code not in label]
        if missing:
            message = f"{what} has no label in {', '.join(missing)}. Add it."
            yield Problem(file.path, file.line(*path), "vocabulary-label", message)


def _unknown_names(file: YamlFile, found: _Declarations, sets: Mapping[str, TermSet]) -> Iterator[Problem]:
    """Facets, columns and groups may only name facts, sets and terms that exist."""
    facts = {"review", "phase", "allocation", "masking", "control", "status", "endpoint", "maker", "route", "country"}
    facts |= set(found.intervention)
    for name, one in found.intervention.items():
        if one.set and one.set not in sets:
            message = f'"{name}" draws from the set "{one.set}", which does not exist.'
            yield Problem(file.path, file.line("intervention", name), "data-field", message)
    named: list[tuple[KeyPath, str]] = [(("facets", n, "fact"), facet.fact) for n, facet in enumerate(found.facets)]
    for n, column in enumerate(found.columns):
        named += [(("columns", n, "facts", k), fact) for k, fact in enumerate(column.facts)]
    for where, groups in (("groups", found.groups), ("ladder", found.ladder)):
        for n, group in enumerate(groups):
            named += [((where, n, "where", fact), fact) for fact in group.where]
    for path, fact in named:
        if fact not in facts:
            known = ", ".join(sorted(facts))
            yield Problem(file.path, file.line(*path), "data-field", f'there is no fact "{fact}". Known: {known}.')
    ids = {column.id for column in found.columns}
    for n, name in enumerate(found.small_columns):
        if name not in ids:
            message = f'there is no column "{name}".'
            yield Problem(file.path, file.line("small_columns", n), "data-field", message)


def load_vocabulary(text: str, path: str = VOCABULARY_FILE) -> tuple[Vocabulary | None, tuple[Problem, ...]]:
    """Read a vocabulary; an empty file is none. Problems: ``data-syntax``, ``data-field``, ``vocabulary-label``."""
    file = parse_yaml(text, path)
    if file.problems or file.data is None:
        return None, file.problems
    try:
        found = _Declarations.model_validate(file.data)
    except ValidationError as error:
        known = list(_Declarations.model_fields)
        return None, tuple(faults(error, file, (), "data-field", known))
    languages = tuple(found.languages)
    reader = _Sets(file, languages)
    sets = reader.read(found.sets)
    problems = (
        *reader.problems,
        *_missing_sets(file, sets),
        *_missing_labels(file, found),
        *_unknown_names(file, found, sets),
    )
    vocabulary = Vocabulary(
        languages,
        sets,
        found.intervention,
        tuple(found.facets),
        tuple(found.columns),
        tuple(found.small_columns),
        tuple(found.groups),
        tuple(found.ladder),
        found.landscape,
        tuple(found.outcome_panels),
        {code: tuple(words) for code, words in found.mentions.items()},
        {code: tuple(words.items()) for code, words in found.words.items()},
    )
    return vocabulary, problems
