"""YAML is read as contributors write it: YAML 1.2 values, a line for each, one problem where it is broken."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from effort import no_hanging
from livingreview.problems import Problem
from livingreview.yamlfile import MAX_BYTES, parse_yaml


def faults(text: str) -> list[tuple[int, str]]:
    return [(problem.line, problem.code) for problem in parse_yaml(text, "data/a.yml").problems]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("NO", "NO"),
        ("yes", "yes"),
        ("on", "on"),
        ("true", True),
        ("FALSE", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("12", 12),
        ("-3", -3),
        ("0.93", 0.93),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("2026-11-23", "2026-11-23"),
        ("12:30", "12:30"),
        ("1_000", "1_000"),
        ("0x10", "0x10"),
        ("010", 10),
        ("12345678901234567890", "12345678901234567890"),
        ('"12"', "12"),
        ("'true'", "true"),
        ("|\n  a\n  b\n", "a\nb\n"),
        ("[CD29, CD73]", ["CD29", "CD73"]),
        ("[0.53, 1.63]", [0.53, 1.63]),
        ("{n: 246, unit: patients}", {"n": 246, "unit": "patients"}),
        ("=", "="),
        ("<<", "<<"),
        ("间充质干细胞：多能", "间充质干细胞：多能"),
    ],
)
def test_values_follow_the_core_schema(text: str, value: Any) -> None:
    file = parse_yaml(f"key: {text}\n", "data/a.yml")
    assert file.data == {"key": value}
    assert type(file.data["key"]) is type(value)
    assert not file.problems


def test_every_value_has_its_line() -> None:
    text = "# comment\n- id: c001\n  numbers: [1,\n    2]\n\n- id: c002\n  block:\n    a#b\n"
    file = parse_yaml(text, "data/a.yml")
    assert file.data == [{"id": "c001", "numbers": [1, 2]}, {"id": "c002", "block": "a#b"}]
    assert file.line(0, "id") == 2
    assert file.line(0, "numbers") == 3
    assert file.line(0, "numbers", 1) == 4
    assert file.line(1, "block") == 7
    assert file.line(1, "unknown", "deeper") == 6
    assert file.line("nowhere") == 2


def test_lines_inside_another_file_are_shifted() -> None:
    assert parse_yaml("a: 1\nb: 2\n", "a.md", offset=10).line("b") == 12
    assert parse_yaml("a: 1\na: 2\n", "a.md", offset=10).problems[0].line == 12
    assert parse_yaml("a: &x 1\n", "a.md", offset=10).problems[0].line == 11
    assert parse_yaml("a: [\n", "a.md", offset=10).problems[0].line >= 11


def test_a_repeated_key_is_named_with_its_first_line() -> None:
    file = parse_yaml("a: 1\nb:\n  c: 1\n  c: 2\na: 3\n", "data/a.yml")
    assert file.data == {"a": 1, "b": {"c": 1}}
    assert file.problems == (
        Problem("data/a.yml", 4, "data-syntax", 'key "c" appears twice (first on line 3). Remove one of them.'),
        Problem("data/a.yml", 5, "data-syntax", 'key "a" appears twice (first on line 1). Remove one of them.'),
    )


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: b: c\n", 1),
        ("a: 1\nb:\n\t- 2\n", 3),
        ("a: 1\nb: [1, 2\nc: 3\n", 3),
        ("a: 1\nb: 'x\n", 2),
        ("a: 1\n  b: 2\n", 2),
        ("a: 1\n---\nb: 2\n", 2),
        ("a: &anchor 1\n", 1),
        ("a: 1\nb: *anchor\n", 2),
        ("a: 1\nb: !!python/object:os.system x\n", 2),
        ("a: !tag 1\n", 1),
        ("{a: 1}: 2\n", 1),
        ("a: " + "[" * 60 + "]" * 60, 1),
        ("a: 1\nb: @x\n", 2),
        ("a: %x\n", 1),
        ("- id: a\n  en:Text\n\n- id: b\n", 2),
    ],
)
def test_broken_yaml_is_one_problem(text: str, line: int) -> None:
    assert faults(text) == [(line, "data-syntax")]


def test_tabs_and_colons_get_their_own_remedy() -> None:
    assert "spaces, not tabs" in parse_yaml("a:\n\t- 2\n", "a.yml").problems[0].message
    assert "Quote values" in parse_yaml("a: b: c\n", "a.yml").problems[0].message


def test_named_tags_may_pass() -> None:
    tag = "!ENV"
    assert parse_yaml("a: !ENV B\n", "mkdocs.yml", "config-syntax", tags=frozenset({tag})).data == {"a": "B"}


def test_the_code_is_the_callers() -> None:
    assert parse_yaml("a: [", "mkdocs.yml", "config-syntax").problems[0].code == "config-syntax"


def test_what_is_too_large_or_too_deep_is_refused() -> None:
    assert faults("a" * (MAX_BYTES + 1)) == [(1, "data-syntax")]
    for text in (
        "[" * 100_000,
        "- " * 50_000,
        "{a: " * 20_000,
        "".join(" " * n + "a:\n" for n in range(400)),
        "? " * 9_999,
    ):
        with no_hanging():
            file = parse_yaml(text, "data/a.yml")
        assert file.data is None
        assert len(file.problems) == 1


def test_an_empty_file_is_nothing() -> None:
    for text in ("", "\n", "# only a comment\n", "---\n", "\ufeff"):
        file = parse_yaml(text, "data/a.yml")
        assert file.data is None
        assert not file.problems


def test_comments_windows_lines_and_marks_do_not_matter() -> None:
    plain = parse_yaml("a: 1\nb: [2, 3]\n", "a.yml")
    for text in ("a: 1 # why\n# more\nb: [2, 3]\n", "a: 1\r\nb: [2, 3]\r\n", "\ufeffa: 1\nb: [2, 3]\n"):
        assert parse_yaml(text, "a.yml").data == plain.data


PIECES = [
    *("a", ": ", "- ", "\n", "  ", "[", "]", "{", "}", '"', "'", "#", "|", ">", "&", "*", "!", "\t", "---\n", "1", ","),
    *("?", "%", "@", "\x00", "\u202e", "\ufeff", "\r\n", "间", "\\x", "\ud800"),
]


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join) | st.text(max_size=200))
@settings(max_examples=400, deadline=None)
def test_no_text_raises(text: str) -> None:
    file = parse_yaml(text, "data/a.yml")
    for problem in file.problems:
        assert 1 <= problem.line <= text.count("\n") + text.count("\r") + 2
        assert problem.path == "data/a.yml"
    if file.data is None and text.strip("\ufeff\n ") and not file.problems:
        assert file.lines == {} or file.lines.get(()) is not None


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text("abc :#-[]{}'\"\n间", max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text("abc -", min_size=1, max_size=4), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(VALUES)
def test_what_is_written_plainly_is_read_back(value: Any) -> None:
    def write(item: Any) -> str:
        if isinstance(item, dict):
            return "{" + ", ".join(f"{write(key)}: {write(inner)}" for key, inner in item.items()) + "}"
        if isinstance(item, list):
            return "[" + ", ".join(map(write, item)) + "]"
        if isinstance(item, str):
            escaped = item.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
            return f'"{escaped}"'
        return (
            {None: "null", True: "true", False: "false"}.get(item, str(item))
            if not isinstance(item, int) or isinstance(item, bool)
            else str(item)
        )

    assert parse_yaml(f"key: {write(value)}\n", "data/a.yml").data == {"key": value}


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("- id: a\n  block：x\n  verdict: y\n", 2, 'full-width "："'),
        ("- id: a\n  verdict: y\n  block：x\n", 3, 'full-width "："'),
        ("- id: a\n\u00a0 block: x\n", 2, "spaces of another kind"),
        ("- id: a\n\u3000\u3000block: x\n", 2, "spaces of another kind"),
        ("- id: a\n  block:x\n  verdict: y\n", 2, "A space is missing after the colon"),
        ("- id: a\n  block: x\n   verdict: y\n", 3, "Check the indentation"),
        ("- id: a\n block: x\n", 2, "Check the indentation"),
        ("- id: a\n  block: “x: y”\n", 2, "straight ones"),
        ("- id: a\n  block: [“x”, “y\n", 2, "straight ones"),
        ("- id: a\n\tblock: x\n", 2, "not tabs"),
        ("- id: a\n  block: x: y\n", 2, "Quote values"),
    ],
)
def test_a_fault_of_syntax_has_the_remedy_of_its_cause(text: str, line: int, words: str) -> None:
    (problem,) = parse_yaml(text, "a.yml").problems
    assert problem.line == line
    assert words in problem.message
