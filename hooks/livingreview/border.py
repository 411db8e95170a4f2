"""Where YAML becomes typed data: one pydantic model a record, every fault with its line.

In go the values of a parsed file and the model each must fit; out come the
records that fit and a problem for each fault of those that do not.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from livingreview.problems import Problem
from livingreview.yamlfile import KeyPath, YamlFile


class Record(BaseModel):
    """Base of all records read from YAML: unknown keys are errors, nothing is converted."""

    # A record that is only ever part of another needs no validator of its own: it is built with the first use.
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, populate_by_name=True, defer_build=True)


#: A text that says something.
Said = Annotated[str, Field(min_length=1)]

RecordType = TypeVar("RecordType", bound=BaseModel)


def without_misspelt(errors: Iterable[Any], known: Callable[[KeyPath], Sequence[str]]) -> list[Any]:
    """Return pydantic's faults without fields that are missing only because their name, reported too, is misspelt.

    ``known`` tells the names that may stand at a place.
    """
    faults = list(errors)
    meant: set[KeyPath] = set()
    for fault in faults:
        if fault["type"] == "extra_forbidden":
            *above, name = fault["loc"]
            close = difflib.get_close_matches(str(name), known(tuple(above)), n=1)
            meant.update((*above, one) for one in close)
    return [fault for fault in faults if fault["type"] != "missing" or fault["loc"] not in meant]


def _message(error: Any, known: Sequence[str]) -> str:
    """Word one of pydantic's faults for a contributor."""
    name = ".".join(str(part) for part in error["loc"] if not str(part).startswith("function-"))
    if error["type"] == "extra_forbidden":
        close = difflib.get_close_matches(str(error["loc"][-1]), known, n=1)
        hint = f' Did you mean "{close[0]}"?' if close else " Remove it or correct its name."
        return f'unknown field "{name}".{hint}'
    if error["type"] == "missing":
        return f'field "{name}" is missing. Add it.'
    got = error.get("input")
    shown = "" if isinstance(got, (dict, list)) or got is None else f" (found {got!r})"
    said = error["msg"].removeprefix("Value error, ")
    return f'field "{name}": {said[0].lower()}{said[1:]}{shown}.'


def faults(error: ValidationError, file: YamlFile, at: KeyPath, code: str, known: Sequence[str]) -> Iterator[Problem]:
    """Yield one problem for each fault that pydantic found in the value at ``at``."""
    seen: set[tuple[int, str]] = set()
    for fault in without_misspelt(error.errors(include_url=False, include_context=False), lambda _above: known):
        line = file.line(*at, *fault["loc"])
        if (line, str(fault["loc"])) not in seen:
            seen.add((line, str(fault["loc"])))
            yield Problem(file.path, line, code, _message(fault, known))


def read_record(
    file: YamlFile, value: Any, at: KeyPath, model: type[RecordType], code: str = "data-field"
) -> tuple[RecordType | None, tuple[Problem, ...]]:
    """Validate one value against its model."""
    try:
        return model.model_validate(value), ()
    except ValidationError as error:
        known = [field.alias or name for name, field in model.model_fields.items()]
        return None, tuple(faults(error, file, at, code, known))


def read_list(
    file: YamlFile, model: type[RecordType], code: str = "data-field"
) -> tuple[list[tuple[RecordType, int]], tuple[Problem, ...]]:
    """Validate a file that is a list of records; return those that fit, with their lines."""
    if file.data is None:
        return [], file.problems
    if not isinstance(file.data, list):
        fault = Problem(file.path, 1, code, "the file must be a list: every record begins with `- id:`.")
        return [], file.problems or (fault,)
    records: list[tuple[RecordType, int]] = []
    problems = list(file.problems)
    for index, value in enumerate(file.data):
        record, found = read_record(file, value, (index,), model, code)
        problems.extend(found)
        if record is not None:
            records.append((record, file.line(index)))
    return records, tuple(problems)
