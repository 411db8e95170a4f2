"""Changing single values of a YAML file: the values change, everything else stays, to the byte."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from livingreview.yamledits import REMOVE, merge_yaml
from livingreview.yamlfile import parse_yaml

TEXT = """\
# What was verified.

works:
  # the first of the list
  one2020word:
    date: 2026-11-23  # read on a Monday
    note: >
      Two lines
      of text.

    doi:
      id: 10.1/x
      title: "A: title"   # as printed

  two2021word: {date: 2020-01-01}
registries:
  NCT00000001:
    status: verified
# the end
"""


def test_nothing_to_change_changes_nothing() -> None:
    assert merge_yaml(TEXT, {}) == TEXT
    assert merge_yaml(TEXT, {"works": {"one2020word": {"doi": {"title": "A: title"}}}}) == TEXT


def test_a_value_changes_and_its_comment_stays() -> None:
    changed = merge_yaml(TEXT, {"works": {"one2020word": {"date": "2026-12-01", "doi": {"title": "B # c"}}}})
    assert "    date: 2026-12-01  # read on a Monday\n" in changed
    assert '      title: "B # c"   # as printed\n' in changed
    assert len(changed.splitlines()) == len(TEXT.splitlines())


def test_new_keys_go_where_their_mapping_ends() -> None:
    changes = {
        "works": {"one2020word": {"doi": {"year": 2020}, "pmid": {"id": "123"}}, "new2022word": {"date": "2022-02-02"}},
        "links": {"https://a.example/?x=1&y": {"status": "alive"}},
    }
    assert merge_yaml(TEXT, changes) == TEXT.replace(
        '      title: "A: title"   # as printed\n',
        '      title: "A: title"   # as printed\n      year: 2020\n    pmid:\n      id: "123"\n',
    ).replace(
        "  two2021word: {date: 2020-01-01}\n",
        "  two2021word: {date: 2020-01-01}\n  new2022word:\n    date: 2022-02-02\n",
    ).replace(
        "    status: verified\n",
        '    status: verified\nlinks:\n  "https://a.example/?x=1&y":\n    status: alive\n',
    )


def test_removing_and_replacing_whole_values() -> None:
    changed = merge_yaml(TEXT, {"works": {"one2020word": {"note": "short", "doi": REMOVE, "gone": REMOVE}}})
    assert "    note: short\n" in changed
    assert "10.1/x" not in changed
    assert "Two lines" not in changed
    items = merge_yaml(TEXT, {"works": {"one2020word": {"note": [{"type": "x", "doi": "10.1/y"}, {"type": "z"}]}}})
    assert "    note:\n      - type: x\n        doi: 10.1/y\n      - type: z\n" in items
    assert yaml.safe_load(items)["works"]["one2020word"]["note"] == [{"type": "x", "doi": "10.1/y"}, {"type": "z"}]


@pytest.mark.parametrize("text", ["", "# only a comment\n", "works: {}\n", "works:\n"])
def test_an_empty_file_is_filled(text: str) -> None:
    changed = merge_yaml(text, {"works": {"a": {"b": 1}}})
    assert yaml.safe_load(changed) == {"works": {"a": {"b": 1}}}
    assert ("# only a comment" in text) == ("# only a comment" in changed)


def test_windows_line_ends_stay() -> None:
    changed = merge_yaml(TEXT.replace("\n", "\r\n"), {"registries": {"NCT00000001": {"status": "gone", "title": "x"}}})
    assert not re.search(r"(?<!\r)\n", changed)
    assert changed.replace("\r\n", "\n") == TEXT.replace("status: verified\n", "status: gone\n    title: x\n")


@pytest.mark.parametrize("text", ["a: [", "- a\n- b\n", "just text", "{a: 1}"])
def test_what_is_not_lines_of_keys_is_left_to_people(text: str) -> None:
    with pytest.raises(ValueError, match="not "):
        merge_yaml(text, {"a": 2})


#: Control and format characters, halves of characters, noncharacters: no file may hold them.
UNSEEN = ["Cc", "Cf", "Cs", "Cn"]
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**9), 10**9)
    | st.text(st.characters(exclude_categories=UNSEEN, exclude_characters="\u2028\u2029"), max_size=20)
)
KEYS = st.sampled_from("abc") | st.text(st.characters(exclude_categories=[*UNSEEN, "Z"]), min_size=1, max_size=8)
TREES = st.dictionaries(
    KEYS,
    st.dictionaries(KEYS, SCALARS | st.dictionaries(KEYS, SCALARS, min_size=1, max_size=3), min_size=1),
    max_size=4,
)


def merged(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Merge plain dictionaries as the file is merged."""
    result = dict(old)
    for key, value in new.items():
        known = result.get(key)
        result[key] = merged(known, value) if isinstance(value, dict) and isinstance(known, dict) else value
    return result


@settings(max_examples=150, deadline=None)
@given(TREES, TREES)
def test_any_merge_reads_back_as_meant(old: dict[str, Any], new: dict[str, Any]) -> None:
    """What is written is what both readers of YAML see, and merging twice is merging once."""
    text = merge_yaml(merge_yaml("# top\n", old), new)
    parsed = parse_yaml(text, "x.yml")
    assert not parsed.problems
    assert (parsed.data or {}) == merged(old, new)
    assert merge_yaml(text, new) == text
