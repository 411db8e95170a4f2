"""Trials: from the text of their files to validated records, with every fault at its line.

In go the files (path to text) and the vocabulary; out come the :class:`Trial`
records and the problems. A group of fields with a fault is left out of its
record and the rest is kept and checked, so that all faults show in one run and
links to the trial stay good. Pure: no file is opened here.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from livingreview.border import without_misspelt
from livingreview.problems import Problem
from livingreview.trial_schema import Sourced, TrialRecord
from livingreview.vocabulary import VOCABULARY_FILE, Vocabulary
from livingreview.yamlfile import KeyPath, YamlFile, parse_yaml

#: Where the files are, one a trial.
TRIALS_DIR = "data/trials/"

#: What the engine's error types are called outside.
_CODES = {"trial_field": "trial-field", "trial_range": "trial-range", "trial_registry_id": "trial-registry-id"}

#: Pydantic's errors about a number that is of the right type and out of bounds.
_RANGE_TYPES = frozenset({"greater_than", "greater_than_equal", "less_than", "less_than_equal"})

#: What pydantic expected, in a contributor's words, with the usual remedy.
_EXPECTED = {
    "bool_type": 'expected true or false, found {}. Write true or false ("NO" and "yes" are texts in YAML 1.2).',
    "int_type": "expected a whole number, found {}. Write it without quotes, unit or decimals.",
    "int_from_float": "expected a whole number, found {}.",
    "float_type": "expected a number, found {}. Write it without quotes and without a unit.",
    "string_type": "expected a text, found {}. Put it in quotes.",
    "tuple_type": "expected a list, found {}. Write [a, b] or one `- item` a line.",
    "dict_type": "expected named fields, found {}. Write `name: value` lines below it.",
    "model_type": "expected named fields, found {}. Write `name: value` lines below it.",
    "none_required": "expected nothing, found {}.",
}


class Trial(TrialRecord):
    """A validated trial, with the path of its file and the line of every value."""

    path: str
    lines: Mapping[KeyPath, int]

    def line(self, *keys: str | int) -> int:
        """Return the line of the value at ``keys``, or of its nearest ancestor that has one."""
        path = keys
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def _frozen(value: Any) -> Any:
    """Turn lists into tuples, which is what the frozen models hold."""
    if isinstance(value, dict):
        return {key: _frozen(item) for key, item in value.items()}
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """Yield the models an annotation names, however deeply."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models_in(argument)


@cache
def _fields(model: type[BaseModel]) -> Mapping[str, tuple[str, tuple[type[BaseModel], ...]]]:
    """Return a model's keys as written, with the attribute's name and the models below."""
    return {
        (field.alias or name): (name, tuple(_models_in(field.annotation))) for name, field in model.model_fields.items()
    }


def _known_keys(loc: KeyPath) -> list[str]:
    """Return the keys that may stand where ``loc`` leads."""
    models: tuple[type[BaseModel], ...] = (TrialRecord,)
    for key in loc:
        if isinstance(key, str):
            below = [_fields(model)[key][1] for model in models if key in _fields(model)]
            models = tuple(model for group in below for model in group) or models
    return [key for model in models for key in _fields(model)]


def _shown(value: Any) -> str:
    """Say what was found, briefly."""
    if value is None:
        return "nothing"
    if isinstance(value, (dict, list, tuple)):
        return "named fields" if isinstance(value, dict) else "a list"
    kind = {bool: "true or false", int: "a number", float: "a number"}.get(type(value), "the text")
    text = str(value).lower() if isinstance(value, bool) else f'"{value}"' if isinstance(value, str) else str(value)
    return text if isinstance(value, bool) else f"{kind} {text}"


#: A number with a comma: a decimal one in other countries, thousands in others again.
_COMMA_IN = re.compile(r"[-+]?\d+(?:[,，]\d+)+(?:\.\d+)?\Z")
_POINT = "Write decimals with a point (0.93), and thousands without a separator (1234)."


def _message(error: Any, loc: KeyPath) -> str:
    kind, name = error["type"], ".".join(str(part) for part in loc)
    if kind in _CODES:
        return f"{name}: {error['msg']}" if name else str(error["msg"])
    if _COMMA_IN.match(str(error.get("input"))) and kind in _EXPECTED:
        return f'{name}: found "{error["input"]}". {_POINT}'
    if kind == "extra_forbidden" and str(loc[-1]).isdigit() and error.get("input") is None:
        above = ".".join(str(part) for part in loc[:-1])
        return f'{above}: the comma before "{loc[-1]}" parts one number into two. {_POINT}'
    if kind == "extra_forbidden":
        close = difflib.get_close_matches(str(loc[-1]), _known_keys(loc[:-1]), n=1)
        hint = f' Did you mean "{close[0]}"?' if close else " Remove it or correct its name."
        return f'unknown field "{name}".{hint}'
    if kind == "missing":
        return f'field "{name}" is missing. Add it.'
    if kind in _EXPECTED and error.get("input") is None and kind != "none_required":
        return f"{name}: {_EXPECTED[kind].partition(',')[0]}, found nothing. Fill it in; leave out what is not known."
    if kind in _EXPECTED:
        return f"{name}: {_EXPECTED[kind].format(_shown(error.get('input')))}"
    return f"{name}: {error['msg'][0].lower()}{error['msg'][1:]}, found {_shown(error.get('input'))}."


def _location(error: Any) -> KeyPath:
    """Return the key path of an error: without pydantic's own parts, with the key the error names."""
    loc = tuple(part for part in error["loc"] if isinstance(part, int) or not str(part).startswith("function-"))
    at = (error.get("ctx") or {}).get("at") if error["type"] in _CODES else None
    return (*loc, at) if at else loc


def _faults(error: ValidationError, file: YamlFile) -> Iterator[tuple[KeyPath, Problem]]:
    """Yield each fault once, with its place."""
    seen: set[KeyPath] = set()
    for fault in without_misspelt(error.errors(include_url=False), _known_keys):
        loc = _location(fault)
        if loc in seen:
            continue
        seen.add(loc)
        code = _CODES.get(fault["type"], "trial-range" if fault["type"] in _RANGE_TYPES else "trial-field")
        yield loc, Problem(file.path, file.line(*loc), code, _message(fault, loc))


def _inherit(node: Any, inherited: tuple[str, ...] = ()) -> Any:
    """Return the node with every sourced group below it carrying the source it inherits."""
    if isinstance(node, tuple):
        return tuple(_inherit(item, inherited) for item in node)
    if not isinstance(node, BaseModel):
        return node
    own = (node.source or inherited) if isinstance(node, Sourced) else inherited
    changed: dict[str, Any] = {}
    for name in type(node).model_fields:
        value = getattr(node, name)
        passed = _inherit(value, own)
        if passed is not value:
            changed[name] = passed
    if isinstance(node, Sourced) and not node.source and inherited:
        changed["source"] = inherited
    return node.model_copy(update=changed) if changed else node


def _validate(data: Any, vocabulary: Vocabulary) -> TrialRecord:
    return TrialRecord.model_validate(data, context={"vocabulary": vocabulary})


def _salvage(data: dict[str, Any], damaged: frozenset[str], name: str, vocabulary: Vocabulary) -> TrialRecord | None:
    """Return the record without its damaged groups, placeholders for the required ones; or nothing."""
    blank = dict.fromkeys(vocabulary.languages, "–")
    placeholders = {
        "id": name,
        "in_review": False,
        "names": (name,),
        "label": blank,
        "summary": blank,
        "design": {},
        "primary_endpoint": {"result": "not-known"},
        "sources": {
            "none": {"kind": next(iter(vocabulary.set("source-kind").terms), ""), "read_at": blank, "date": 1900}
        },
    }
    try:
        return _validate({**placeholders, **{k: v for k, v in data.items() if k not in damaged}}, vocabulary)
    except ValidationError:
        return None


def _sources_of(node: Any, at: KeyPath) -> Iterator[tuple[KeyPath, Sourced]]:
    """Yield every sourced group with its place."""
    if isinstance(node, tuple):
        for index, item in enumerate(node):
            yield from _sources_of(item, (*at, index))
    elif isinstance(node, BaseModel):
        if isinstance(node, Sourced):
            yield at, node
        for key, (name, _) in _fields(type(node)).items():
            yield from _sources_of(getattr(node, name), (*at, key))


#: Groups that only hold others which name a source of their own.
_CONTAINERS = frozenset({("flow",), ("phase",), ("dates",)})

#: Groups that say nothing where they say nothing else.
_EMPTY = frozenset({("design",), ("primary_endpoint",)})


def _says_nothing(at: KeyPath, node: Sourced) -> bool:
    return at in _EMPTY and set(node.model_fields_set) <= {"source", "result"}


def _source_problems(trial: Trial, damaged: frozenset[str]) -> Iterator[Problem]:
    """Every figure names a source, and every source named exists."""
    if "sources" in damaged:
        return
    known = ", ".join(trial.sources)
    groups = list(_sources_of(trial, ()))
    for at, node in groups:
        if not node.source and at not in _CONTAINERS and not _says_nothing(at, node):
            name = ".".join(map(str, at))
            message = f'"{name}" has no source. Add `source:` with one of: {known}.'
            yield Problem(trial.path, trial.line(*at), "trial-source-missing", message)
    for at, name in _named_sources(trial, groups):
        if name not in trial.sources:
            close = difflib.get_close_matches(name, trial.sources, n=1)
            hint = f'Did you mean "{close[0]}"?' if close else f"Known: {known}."
            message = f'there is no source "{name}" under `sources`. {hint}'
            yield Problem(trial.path, trial.line(*at), "trial-source-missing", message)


def _named_sources(trial: Trial, groups: list[tuple[KeyPath, Sourced]]) -> Iterator[tuple[KeyPath, str]]:
    """Yield each source where it is written, not where it is inherited."""
    for at, node in groups:
        for key, names in (("source", node.source), ("n_source", getattr(node, "n_source", ()))):
            if (*at, key) in trial.lines:
                for name in names:
                    yield (*at, key), name


def _arm_problems(trial: Trial, damaged: frozenset[str]) -> Iterator[Problem]:
    """Arms have different names, and outcomes are about arms that exist."""
    if "arms" in damaged:
        return
    names = [arm.id for arm in trial.arms]
    for index, name in enumerate(names):
        if name in names[:index]:
            yield Problem(trial.path, trial.line("arms", index, "id"), "trial-field", f'there are two arms "{name}".')
    for index, outcome in enumerate(trial.outcomes):
        named = [("arm", outcome.arm)] if outcome.arm is not None else []
        named += [("contrast", name) for name in outcome.contrast or ()]
        for key, name in named:
            if name not in names:
                message = f'the outcome is about an arm "{name}", which is not under `arms`. Known: {", ".join(names)}.'
                yield Problem(trial.path, trial.line("outcomes", index, key), "trial-field", message)


def _sum_problems(trial: Trial, damaged: frozenset[str]) -> Iterator[Problem]:
    """Arms add up to their stage's total, where every arm has a number in the same unit and no patients are shared."""
    if {"arms", "flow", "design"} & damaged or not trial.arms or trial.flow is None or trial.design.within_patient:
        return
    if any(arm.n is None for arm in trial.arms) or len({(arm.unit, arm.stage) for arm in trial.arms}) != 1:
        return
    stage, unit = trial.arms[0].stage, trial.arms[0].unit
    stages = (stage,) if stage else ("randomized", "enrolled", "treated", "analyzed", "planned")
    # In a trial that treated fewer than it enrolled, arms without a stage may be arms as treated.
    totals = [(name, count) for name in stages if (count := getattr(trial.flow, name)) and count.unit == unit]
    total = sum(arm.n or 0 for arm in trial.arms)
    if totals and not any(total == count.n for _, count in totals):
        name, count = totals[0]
        message = (
            f"arms add up to {total}, {name} says {count.n}. Correct one of them, or say which `stage` the arms are."
        )
        yield Problem(trial.path, trial.line("arms"), "trial-arms-sum", message)


_CHECKS: tuple[Callable[[Trial, frozenset[str]], Iterator[Problem]], ...] = (
    _source_problems,
    _arm_problems,
    _sum_problems,
)


def trial_id(path: str) -> str:
    """Return the id of the trial in a file, which is the file's name."""
    return re.sub(r"\.ya?ml\Z", "", path.rpartition("/")[2])


def _load_one(path: str, text: str, vocabulary: Vocabulary) -> tuple[Trial | None, tuple[Problem, ...]]:
    """Read one file."""
    file = parse_yaml(text, path, "trial-syntax")
    if not isinstance(file.data, dict):
        missing = Problem(path, 1, "trial-syntax", "a trial file holds named fields, beginning with `id:`.")
        return None, file.problems or (missing,)
    data = _frozen(file.data)
    problems = list(file.problems)
    damaged: frozenset[str] = frozenset()
    record: TrialRecord | None
    try:
        record = _validate(data, vocabulary)
    except ValidationError as error:
        faults = list(_faults(error, file))
        problems.extend(problem for _, problem in faults)
        damaged = frozenset(str(loc[0]) for loc, _ in faults if loc)
        record = _salvage(data, damaged, trial_id(path), vocabulary)
    if record is None:
        return None, tuple(problems)
    record = _inherit(record)
    values = {name: getattr(record, name) for name in TrialRecord.model_fields}
    if record.id != trial_id(path):
        message = f'id is "{record.id}", the file is named "{trial_id(path)}". They must be the same.'
        problems.append(Problem(path, file.line("id"), "trial-field", message))
    trial = Trial.model_construct(None, **{**values, "id": trial_id(path)}, path=path, lines=file.lines)
    for check in _CHECKS:
        problems.extend(check(trial, damaged))
    return trial, tuple(problems)


def _shared_numbers(trials: tuple[Trial, ...]) -> Iterator[Problem]:
    """A registry number belongs to one trial."""
    first: dict[str, tuple[Trial, int]] = {}
    for trial in trials:
        for index, entry in enumerate(trial.registry):
            key = entry.id.upper()
            if key in first:
                other, line = first[key]
                message = (
                    f"{entry.id} already stands at {other.path}:{line}. Later papers of a trial are further reports."
                )
                yield Problem(trial.path, trial.line("registry", index, "id"), "trial-registry-duplicate", message)
            else:
                first[key] = (trial, trial.line("registry", index, "id"))


def load_trials(
    files: Mapping[str, str], vocabulary: Vocabulary | None
) -> tuple[tuple[Trial, ...], tuple[Problem, ...]]:
    """Read all trial files (path to text). Trials come in the order of their ids; nothing raises because of content."""
    if vocabulary is None:
        message = f"{VOCABULARY_FILE} is missing or empty; trials cannot be read without it. Restore it."
        return (), (Problem(VOCABULARY_FILE, 1, "data-field", message),) if files else ()
    trials: list[Trial] = []
    problems: list[Problem] = []
    for path in sorted(files):
        trial, found = _load_one(path, files[path], vocabulary)
        problems.extend(found)
        if trial is not None:
            trials.append(trial)
    ordered = tuple(sorted(trials, key=lambda trial: trial.id))
    return ordered, (*problems, *_shared_numbers(ordered))
