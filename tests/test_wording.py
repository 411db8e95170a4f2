"""Avoided forms are found as whole words, outside longer accepted forms, with the form to write."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from effort import no_hanging
from livingreview.wording import TermForms, find_avoided

EN = (
    TermForms("multipotent", ("multipotent", "multipotent stem cell"), ("pluripotent", "pluripotent stem cell")),
    TermForms("rest-pain", ("rest pain",), ("resting pain",)),
    TermForms("msc", ("MSC",), ("Msc", "mesenchymal cell")),
    TermForms("ips", ("induced pluripotent stem cell",), ()),
)
ZH = (
    TermForms("multipotent", ("多能", "多能干细胞"), ("全能干细胞",)),
    TermForms("perinatal", ("围产组织",), ("围生组织", "围生")),
    TermForms("period", ("围生期",), ()),
)


def forms(text: str, terms: tuple[TermForms, ...], language: str) -> list[tuple[int, str, str]]:
    return [(place.offset, place.form, place.use) for place in find_avoided(text, terms, language)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Pluripotent cells", [(0, "Pluripotent", "multipotent")]),
        ("a pluripotent stem cell", [(2, "pluripotent stem cell", "multipotent")]),
        ("pluripotent\nstem cells", [(0, "pluripotent\nstem cell", "multipotent")]),
        ("an induced pluripotent stem cell", []),
        ("unpluripotent, pluripotently, pluripotent2", []),
        ("pluripotent—and (pluripotent).", [(0, "pluripotent", "multipotent"), (17, "pluripotent", "multipotent")]),
        ("Resting pain; interesting pain", [(0, "Resting pain", "rest pain")]),
        ("MSC and MSCs but Msc", [(17, "Msc", "MSC")]),
        ("mesenchymal cells", [(0, "mesenchymal cell", "MSC")]),
        ("", []),
    ],
)
def test_latin_forms(text: str, expected: list[tuple[int, str, str]]) -> None:
    assert forms(text, EN, "en") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("来自围生组织的全能干细胞", [(2, "围生组织", "围产组织"), (7, "全能干细胞", "多能")]),
        ("围生期", []),
        ("围生医学", [(0, "围生", "围产组织")]),
        ("多能干细胞", []),
    ],
)
def test_chinese_forms(text: str, expected: list[tuple[int, str, str]]) -> None:
    assert forms(text, ZH, "zh") == expected


def test_without_terms_there_is_nothing_to_avoid() -> None:
    assert find_avoided("any text", (), "en") == ()
    assert find_avoided("any text", (TermForms("a", (), ("",)),), "en") == ()


def test_a_form_that_another_term_accepts_is_accepted() -> None:
    terms = (TermForms("a", ("alpha",), ("beta",)), TermForms("b", ("beta",), ()))
    assert find_avoided("beta", terms, "en") == ()


@given(st.text(), st.sampled_from(["en", "zh", "de"]))
def test_offsets_hold_for_any_text(text: str, language: str) -> None:
    for place in find_avoided(text + " İß pluripotent " + text, EN + ZH, language):
        assert (text + " İß pluripotent " + text)[place.offset :].startswith(place.form)


def test_a_long_text_ends() -> None:
    with no_hanging():
        assert len(list(find_avoided("pluripotent x " * 2_000 + "x" * 1_000_000, EN, "en"))) == 2_000
