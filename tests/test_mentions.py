"""Names in texts: the longest wins, abbreviations keep their case, compounds stay whole."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livingreview.mentions import MentionFinder, is_abbreviation

NAMES = [
    ("PAD", "pad"),
    ("PLX-PAD", "product"),
    ("ABI", "abi"),
    ("CLTI", "clti"),
    ("limb ischemia", "limb"),
    ("chronic limb-threatening ischemia", "clti"),
    ("cell therapy", "therapy"),
    ("TcPO₂", "tcpo2"),
    ("IV", "iv"),
    ("phase IV", "phase"),
    ("移植", "transplant"),
    ("截肢", "amputation"),
    ("无截肢生存率", "afs"),
    ("hazard ratio", "hr"),
    ("hazard ratio", "ratio"),
]


def found(text: str, **options: bool) -> list[tuple[str, str]]:
    finder = MentionFinder(NAMES, **options)  # type: ignore[arg-type]
    return [(text[m.start : m.end], m.things[0]) for m in finder.find(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("PLX-PAD in PAD", [("PLX-PAD", "product"), ("PAD", "pad")]),
        ("X-PAD, PAD-2, PADS, SPAD", []),
        ("ABI-based, ABIs, (ABI)", [("ABI", "abi"), ("ABIs", "abi"), ("ABI", "abi")]),
        ("abi Abi", []),
        ("in phase IV, given IV", [("phase IV", "phase"), ("IV", "iv")]),
        ("chronic limb-threatening ischemia", [("chronic limb-threatening ischemia", "clti")]),
        ("in limb ischemia", [("limb ischemia", "limb")]),
        ("Limb ischemia", [("Limb ischemia", "limb")]),
        ("Society for Cell Therapy; cell therapy", [("cell therapy", "therapy")]),
        ("无截肢生存率与截肢", [("无截肢生存率", "afs"), ("截肢", "amputation")]),
        ("TcPO₂升高", [("TcPO₂", "tcpo2")]),
        ("ABI", [("ABI", "abi")]),
        ("", []),
    ],
)  # fmt: skip
def test_names_are_found_as_a_reader_would(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


def test_a_name_can_stand_for_several_things() -> None:
    (mention,) = MentionFinder(NAMES).find("the hazard ratio")
    assert mention.things == ("hr", "ratio")


def test_any_case_finds_titles_but_keeps_abbreviations_apart() -> None:
    assert found("Cell Therapy, iv", any_case=True) == [("Cell Therapy", "therapy")]


def test_the_caller_says_where_words_end() -> None:
    bounds = MentionFinder(NAMES, boundaries=lambda text: {0, 3, len(text)})
    assert [m.things for m in bounds.find("移植物抗")] == []
    assert [m.things for m in MentionFinder(NAMES, boundaries=lambda _text: {0, 2}).find("移植")] == [("transplant",)]


@pytest.mark.parametrize("name", ["ABI", "M1", "TcPO₂", "PLX-PAD", "IL-10"])
def test_abbreviations(name: str) -> None:
    assert is_abbreviation(name)


@pytest.mark.parametrize("name", ["Ankle pressure", "截肢", "amputation", "Stempeucel"])
def test_words(name: str) -> None:
    assert not is_abbreviation(name)


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="PADLX-ABI 移植截肢无sß\u0130", max_size=30))
def test_mentions_stand_in_order_and_do_not_overlap(text: str) -> None:
    at = 0
    for mention in MentionFinder(NAMES).find(text):
        assert at <= mention.start < mention.end <= len(text)
        at = mention.end


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="PADLX-ABI 移植截肢无sß\u0130", max_size=30))
def test_a_text_that_holds_no_name_s_letters_has_no_mention(text: str) -> None:
    finder = MentionFinder(NAMES)
    assert finder.may_find(text) or not list(finder.find(text))


def test_other_capitals_are_letters_of_a_name() -> None:
    assert MentionFinder(NAMES).may_find("Cell Therapy")
    assert not MentionFinder(NAMES).may_find("nothing of the kind")
