"""YAML as a contributor writes it, with the line of every value.

In goes the text of one file; out come plain Python values, a map from the path
of each value (a tuple of keys and indexes) to its 1-based line, and the
problems found. Read as YAML 1.2, core schema (https://yaml.org/spec/1.2.2/#103-core-schema):
only ``true`` and ``false`` are booleans (so Norway's ``NO`` stays text), dates
stay text, a duplicate key is an error. Anchors, aliases and tags other than the
core's are refused, nesting and size are limited: content is not trusted.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import yaml

from livingreview.problems import Problem
from livingreview.textsafety import check_characters

#: A key path: the keys and list indexes that lead to a value.
KeyPath = tuple[str | int, ...]

#: Far above any honest file, far below what hurts.
MAX_BYTES = 4_000_000
MAX_DEPTH = 40

_INT = re.compile(r"[-+]?[0-9]+\Z")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
_NULLS = {"", "~", "null", "Null", "NULL"}
_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}

try:
    _Parser: Any = yaml.CSafeLoader
except AttributeError:  # pragma: no cover - PyYAML built without libyaml
    _Parser = yaml.SafeLoader


@dataclass(frozen=True, slots=True)
class YamlFile:
    """The content of one YAML file. ``data`` is ``None`` where nothing could be read."""

    path: str
    data: Any = None
    lines: Mapping[KeyPath, int] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    def line(self, *keys: str | int) -> int:
        """Return the line of the value at ``keys``, or of its nearest ancestor that has one."""
        path = keys
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


class _Reader:
    """Builds values from composed nodes, keeping lines and collecting problems."""

    def __init__(self, path: str, code: str, offset: int) -> None:
        self.path = path
        self.code = code
        self.offset = offset
        self.lines: dict[KeyPath, int] = {}
        self.problems: list[Problem] = []

    def fault(self, node: yaml.Node, message: str) -> None:
        self.problems.append(Problem(self.path, self.line_of(node), self.code, message))

    def line_of(self, node: yaml.Node) -> int:
        return int(node.start_mark.line) + 1 + self.offset

    def build(self, node: yaml.Node, at: KeyPath) -> Any:
        self.lines.setdefault(at, self.line_of(node))
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, at)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(item, (*at, index)) for index, item in enumerate(node.value)]
        return self.scalar(node)

    def mapping(self, node: yaml.MappingNode, at: KeyPath) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self.fault(key_node, "a key must be plain text. Quote a value that begins with { or [.")
                continue
            key = str(key_node.value)
            if key in result:
                first = self.lines[(*at, key)]
                self.fault(key_node, f'key "{key}" appears twice (first on line {first}). Remove one of them.')
                continue
            self.lines[(*at, key)] = self.line_of(key_node)
            result[key] = self.build(value_node, (*at, key))
        return result

    def scalar(self, node: yaml.Node) -> Any:
        text = str(node.value)
        if getattr(node, "style", None) == '"':
            # An escape spells what the text of the file does not show.
            hidden = next(check_characters(self.path, text), None)
            if hidden is not None:
                self.problems.append(replace(hidden, line=self.line_of(node)))
        quoted = isinstance(node, yaml.ScalarNode) and node.style in ("'", '"', "|", ">")
        return text if quoted else _core_scalar(text)


def _core_scalar(text: str) -> Any:
    """Resolve a plain scalar by the core schema (integers and floats in base ten only)."""
    if text in _NULLS:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if _INT.match(text):
        return int(text) if len(text) < 19 else text
    number = float(text) if _FLOAT.match(text) else math.nan
    return number if math.isfinite(number) else text


#: What could begin an anchor, an alias or a tag; where none occurs, none need be looked for.
_INDICATORS = re.compile(r"(?:^|[\s\[{,:?-])[&*!]", re.MULTILINE)
_LEADING = re.compile(r"^(?:[ ]|[-?][ ])*", re.MULTILINE)
_BRACKETS = re.compile(r"[\[\]{}]")


def _is_plain(text: str) -> bool:
    """Whether a text is too shallow to nest deeply and holds no anchor, alias or tag: most files.

    A block nests by what stands before its first word, a flow by its open brackets;
    their sum bounds the depth, so that the slower look at every event can be left out.
    """
    if _INDICATORS.search(text):
        return False
    depth = deepest = 0
    for match in _BRACKETS.finditer(text):
        depth = depth + 1 if match[0] in "[{" else max(0, depth - 1)
        deepest = max(deepest, depth)
    return deepest + max(match.end() - match.start() for match in _LEADING.finditer(text)) < MAX_DEPTH


def _depth_and_aliases(text: str, path: str, code: str, tags: frozenset[str]) -> Problem | None:
    """Refuse anchors, aliases, explicit tags and deep nesting before any value is built."""
    depth = 0
    for event in yaml.parse(text, Loader=_Parser):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            return Problem(path, line, code, f"nested more than {MAX_DEPTH} levels deep. Flatten this part.")
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            return Problem(path, line, code, "anchors and aliases (& and *) are not allowed. Write the value out.")
        tag = getattr(event, "tag", None)
        if tag not in (None, "!") and tag not in tags:
            return Problem(path, line, code, f"the tag {tag} is not allowed. Remove it.")
    return None


_FIELD = r"^[ ]*(?:- +)*[\w-]+"
#: What people type that YAML does not read, by how it looks in its line, and what to do about it.
_CAUSES = tuple(
    (re.compile(sign), words)
    for sign, words in (
        (r"\t", "Indent with spaces, not tabs."),
        (
            r"^[ -]*[\u00a0\u2000-\u200a\u202f\u3000]",
            "The indentation holds spaces of another kind (no-break or full-width). Type ordinary ones.",
        ),
        (rf"{_FIELD}[ ]*：", 'A full-width "：" stands after the key. Write ": ", half-width and followed by a space.'),
        (
            r"(?:: |- |[\[{,][ ]*)[“”„‘’「『＂]",
            "Curly quotes are letters to YAML. Quote the value with straight ones, \"…\" or '…'.",
        ),
        (rf"{_FIELD}:(?![\s:/]|$)", 'A space is missing after the colon. Write "key: value".'),
    )
)
#: A line with nothing but one key, and perhaps a value, in it: only its place can be wrong.
_PLAIN_FIELD = re.compile(rf"{_FIELD}:(?:[ ](?!.*(?:: | #)).*)?$")
_MISPLACED = ("mapping values are not allowed", "did not find expected key", "did not find expected '-'", "block end")
_INDENTATION = "Check the indentation: the fields of one record begin in the same column, below the first of them."


def _syntax_problem(error: yaml.YAMLError, text: str, path: str, code: str) -> Problem:
    """Say in one line what the YAML parser could not read, with the usual cause as remedy."""
    marks = [getattr(error, name, None) for name in ("problem_mark", "context_mark")]
    if getattr(error, "context", "") == "while scanning a simple key":
        marks.reverse()  # a key without its colon is noticed lines later
    mark = marks[0] or marks[1]
    number = mark.line + 1 if mark is not None else 1
    rows = text.splitlines()
    number = max(1, min(number, len(rows) or 1))
    row = rows[number - 1] if rows else ""
    what = getattr(error, "problem", None) or str(error).split("\n", 1)[0]
    before = next((earlier for earlier in reversed(rows[: number - 1]) if earlier.strip()), "")
    found = next((words for one in (row, before) for sign, words in _CAUSES if sign.search(one)), "")
    indented = _PLAIN_FIELD.match(row) and any(words in what for words in _MISPLACED)
    remedy = found or (_INDENTATION if indented else 'Quote values that contain ": " or " #".')
    return Problem(path, number, code, f"not valid YAML: {what}. {remedy}")


def parse_yaml(
    text: str, path: str, code: str = "data-syntax", tags: frozenset[str] = frozenset(), offset: int = 0
) -> YamlFile:
    """Parse the text of one file; ``path`` (from the root) and ``code`` go into the problems.

    ``tags`` are explicit tags that are let through and ignored (a site
    configuration's ``!ENV``); ``offset`` is added to every line, for YAML that
    stands inside another file.

    Never raises because of what the text holds. Where the syntax is broken, ``data``
    is ``None`` and there is exactly one problem.
    """
    if len(text) > MAX_BYTES:
        return YamlFile(path, problems=(Problem(path, 1, code, f"larger than {MAX_BYTES} characters. Split it."),))
    try:
        refused = None if _is_plain(text) else _depth_and_aliases(text, path, code, tags)
        if refused is not None:
            return YamlFile(path, problems=(replace(refused, line=refused.line + offset),))
        root = yaml.compose(text, Loader=_Parser)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        fault = error if isinstance(error, yaml.YAMLError) else yaml.YAMLError(str(error))
        found = _syntax_problem(fault, text, path, code)
        return YamlFile(path, problems=(replace(found, line=found.line + offset),))
    if root is None:
        return YamlFile(path)
    reader = _Reader(path, code, offset)
    data = reader.build(root, ())
    return YamlFile(path, data, reader.lines, tuple(reader.problems))
