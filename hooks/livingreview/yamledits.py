"""Changing single values in a YAML file that people edit, too.

In go the text of a file of block-style mappings and the values that change,
nested as in the file; out comes the text with those values changed and every
other byte as it was: comments, order, quoting, blank lines. New keys go to the
end of the mapping they belong to. What a program reads and writes as a whole is
better served by a YAML library; these files belong to people.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

#: Given as a value, takes the key out of the file.
REMOVE: Any = object()

_INDENT = 2
_PLAIN = re.compile(r"[^\W_][\w./+;()-]*(?: [\w./+;()-]+)*\Z")
_NUMBER = re.compile(r"[-+]?(?:0[xob])?[0-9A-Fa-f.][0-9A-Fa-f._]*(?:[eE][-+]?[0-9]+)?\Z")
_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_WORDS = {"null", "true", "false", "yes", "no", "on", "off", "y", "n"}

try:
    _Loader: Any = yaml.CSafeLoader
except AttributeError:  # pragma: no cover - PyYAML built without libyaml
    _Loader = yaml.SafeLoader


def merge_yaml(text: str, changes: Mapping[str, Any]) -> str:
    """Return ``text`` with ``changes`` merged in.

    A mapping among the changes is merged into the mapping of that name, any
    other value replaces what stands there, :data:`REMOVE` removes it. Raises
    ``ValueError`` where the text is not a mapping in valid YAML: it is then not
    for a program to mend.
    """
    try:
        root = yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as error:
        raise ValueError("not valid YAML") from error
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = text.split("\n")
    if root is None:
        lines[len(lines) - 1 : len(lines) - 1] = [line.removesuffix("\n") for line in _render(changes, 0)]
        return newline.join(line.removesuffix("\r") for line in lines)
    if not _is_block(root):
        raise ValueError("not a mapping of `key: value` lines")
    # From the end to the start, so that line numbers stay true; at one place in the order of the file.
    edits = sorted(_edits(root, changes, lines), key=lambda edit: edit[:2])
    for start, end, new in reversed(edits):
        lines[start:end] = [f"{line}\r" for line in new] if newline == "\r\n" else new
    return "\n".join(lines)


Edit = tuple[int, int, list[str]]


def _edits(mapping: yaml.Node, changes: Mapping[str, Any], lines: list[str]) -> Iterator[Edit]:
    """Yield the lines to replace (first, past the last, new ones) for changes to one block mapping."""
    present = {str(key.value): (key, value) for key, value in mapping.value}
    indent = mapping.start_mark.column
    added: list[str] = []
    for name, value in changes.items():
        if name not in present:
            added += [] if value is REMOVE else _render({name: value}, indent)
            continue
        key, node = present[name]
        start, end = key.start_mark.line, max(_last_line(node, lines), key.start_mark.line) + 1
        if value is REMOVE:
            yield start, end, []
        elif isinstance(value, Mapping) and _is_block(node):
            yield from _edits(node, value, lines)
        elif not _says(node, value):
            yield start, end, _with_comment(_render({name: value}, indent), node, lines)
    if added:
        end = _last_line(mapping, lines) + 1
        yield end, end, added


def _is_block(node: yaml.Node) -> bool:
    return isinstance(node, yaml.MappingNode) and not node.flow_style and bool(node.value)


def _last_line(node: yaml.Node, lines: list[str]) -> int:
    """Return the last line that belongs to a node, comments and blank lines after it left out."""
    if isinstance(node, yaml.MappingNode) and not node.flow_style and node.value:
        key, value = node.value[-1]
        return max(int(key.end_mark.line), _last_line(value, lines))
    if isinstance(node, yaml.SequenceNode) and not node.flow_style and node.value:
        return _last_line(node.value[-1], lines)
    if isinstance(node, yaml.ScalarNode) and node.style in ("|", ">"):
        last = int(node.end_mark.line) - (1 if node.end_mark.column == 0 else 0)
        while last > node.start_mark.line and not lines[last].strip():
            last -= 1
        return last
    return int(node.end_mark.line)


def _says(node: yaml.Node, value: Any) -> bool:
    """Whether a plain one-line scalar already reads as ``value``, however it is quoted."""
    if not isinstance(node, yaml.ScalarNode) or node.style in ("|", ">") or isinstance(value, (Mapping, list)):
        return False
    if isinstance(value, str):
        return bool(node.value == value and (node.style or yaml_scalar(value) == value))
    return node.style is None and node.value == yaml_scalar(value)


def _with_comment(new: list[str], node: yaml.Node, lines: list[str]) -> list[str]:
    """Carry a comment at the end of a replaced line over to the new line."""
    if isinstance(node, yaml.ScalarNode) and node.start_mark.line == node.end_mark.line and len(new) == 1:
        rest = lines[node.end_mark.line][node.end_mark.column :].rstrip("\r")
        if rest.lstrip().startswith("#"):
            return [f"{new[0]}{rest}"]
    return new


def _render(mapping: Mapping[str, Any], indent: int) -> list[str]:
    """Return the lines of a mapping in block style, one fact a line."""
    rows: list[str] = []
    blank = " " * indent
    for name, value in mapping.items():
        if value is REMOVE:
            continue
        if isinstance(value, Mapping):
            rows += [f"{blank}{_key(name)}:", *_render(value, indent + _INDENT)]
        elif isinstance(value, list) and value:
            rows += [f"{blank}{_key(name)}:", *_render_list(value, indent + _INDENT)]
        else:
            rows.append(f"{blank}{_key(name)}: {'[]' if value == [] else yaml_scalar(value)}")
    return rows


def _render_list(values: list[Any], indent: int) -> list[str]:
    rows: list[str] = []
    for value in values:
        if isinstance(value, Mapping):
            item = _render(value, indent + _INDENT)
            rows += [f"{' ' * indent}- {item[0].lstrip()}", *item[1:]]
        else:
            rows.append(f"{' ' * indent}- {yaml_scalar(value)}")
    return rows


def _key(name: str) -> str:
    return name if _PLAIN.match(name) and name.lower() not in _WORDS and " " not in name else _quoted(name)


def yaml_scalar(value: Any) -> str:
    """Write one value so that readers of YAML 1.1 and 1.2 get the same back (dates aside: here they are text)."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    text = str(value)
    if _PLAIN.match(text) and text.lower() not in _WORDS and not _NUMBER.match(text):
        return text
    return _quoted(text)


def _quoted(text: str) -> str:
    """Quote a text, writing what YAML does not count as printable (1.2.2, 5.1) as an escape."""
    return _UNPRINTABLE.sub(lambda match: f"\\U{ord(match[0]):08x}", json.dumps(text, ensure_ascii=False))
