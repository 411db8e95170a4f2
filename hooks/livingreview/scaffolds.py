"""A new chapter: the text to begin with, and the lists that name it.

In go a title, or the text of a file with a list; out comes the text of a page, or
the list's file with one line more. Nothing is written here.
"""

from __future__ import annotations

import re

from livingreview.yamledits import yaml_scalar


class ScaffoldError(Exception):
    """A text cannot be edited; ``str()`` says why and what to do."""


def render_chapter(title: str) -> str:
    """Return a chapter to begin with: front matter, title, the paragraph that opens it, one section."""
    return "\n".join(
        [
            "---",
            f"title: {yaml_scalar(title)}",
            "description:  # one or two plain sentences in the page's language",
            "---",
            f"# {title}",
            "",
            "<!-- Two or three sentences: what this chapter establishes. The line below them is their address. -->",
            "",
            "…",
            "{: #lead }",
            "",
            "## … {#section}",
            "",
            "…",
            "{: #section-first }",
            "",
        ]
    )


def insert_in_list(text: str, heading: str, after: str, item: str) -> str:
    """Return a YAML text with ``- item`` on a new line after the item ``after`` of the list under ``heading``.

    Lines are compared as text, so that comments, quotes and order stay; an item that
    is in the list already is left alone. Raises :class:`ScaffoldError` where the list
    or the item is not there, or the list is written on one line.
    """
    lines = text.split("\n")
    begin, end = _list_lines(lines, heading)
    rows = {_item(lines[number]): number for number in range(begin, end) if _item(lines[number])}
    if item in rows:
        return text
    if after not in rows:
        known = ", ".join(rows) or "no items of one line each"
        raise ScaffoldError(f'"{after}" is not in the list under `{heading}:` (there: {known}).')
    line = lines[rows[after]]
    indent = line[: len(line) - len(line.lstrip())]
    ending = "\r" if line.endswith("\r") else ""
    lines.insert(rows[after] + 1, f"{indent}- {item}{ending}")
    return "\n".join(lines)


def _list_lines(lines: list[str], heading: str) -> tuple[int, int]:
    """Return the first line after ``heading:``, where it stands outermost, and the first that is no longer its own."""
    form = re.compile(rf"( *){re.escape(heading)}:\s*(?:#.*)?$")
    found = [(len(match[1]), number) for number, line in enumerate(lines, 1) if (match := form.match(line))]
    if not found:
        raise ScaffoldError(f"there is no list `{heading}:` of one item a line.")
    indent, begin = min(found)
    for end in range(begin, len(lines)):
        row = lines[end]
        depth = len(row) - len(row.lstrip())
        belongs = not row.strip() or row.lstrip().startswith("#") or depth > indent
        if not belongs and not (depth == indent and row.lstrip().startswith("- ")):
            return begin, end
    return begin, len(lines)


def _item(line: str) -> str:
    """Return what a list's line holds, without its dash, comment and quotes; ``""`` where it holds more."""
    match = re.match(r"\s*- (?:[^:#]+: )?[\"']?([^\s\"'#:][^\"'#]*?)[\"']?\s*(?:#.*)?$", line)
    return match[1] if match and not match[1].endswith(":") else ""
