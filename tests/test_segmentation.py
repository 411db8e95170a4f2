"""Chinese words: names whole, pieces findable, nothing lost of the text."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from livingreview.segmentation import ZERO_WIDTH_SPACE, Segmenter, han_runs

NAMES = ("间充质干细胞", "间充质基质细胞", "踝臂指数", "无截肢生存率", "外泌体", "PLX-PAD", "E-选择素")
SEGMENTER = Segmenter(NAMES)


def pieces(text: str) -> list[str]:
    return [word for word in SEGMENTER.separate(text).split(ZERO_WIDTH_SPACE) if word]


def test_a_name_is_one_word_where_the_dictionary_knows_only_its_parts() -> None:
    assert SEGMENTER.words("间充质干细胞治疗") == ["间充质干细胞", "治疗"]


def test_a_name_is_cut_into_the_words_people_look_for() -> None:
    assert pieces("间充质干细胞") == ["间充质", "干细胞"]
    assert pieces("踝臂指数") == ["踝臂", "指数"]
    assert pieces("外泌体") == ["外泌体"]


def test_a_word_from_the_middle_of_a_sentence_stands_alone() -> None:
    assert "溃疡" in pieces("患肢以静息痛、溃疡和坏死为主要表现")
    assert "截肢" in pieces("患者12个月无截肢生存率显著提高")


def test_long_words_are_kept_beside_their_pieces() -> None:
    hidden = SEGMENTER.hidden_words("自体间充质干细胞与无截肢生存率")
    assert {"间充质干细胞", "无截肢生存率", "无截肢"} <= hidden
    assert "干细胞" not in hidden, "it is shown already"


def test_latin_words_and_figures_are_left_alone() -> None:
    assert SEGMENTER.separate("PLX-PAD 28.6%") == "PLX-PAD 28.6%"
    assert ZERO_WIDTH_SPACE not in SEGMENTER.separate("ABI")


def test_boundaries_fall_between_words_only() -> None:
    text = "移植物与 MSCs"
    bounds = SEGMENTER.boundaries(text)
    assert 2 not in bounds, "移植 is part of 移植物"
    assert {0, 3, len(text)} <= bounds
    assert set(range(5, len(text) + 1)) <= bounds, "Latin text shows its own boundaries"


def test_runs_are_chinese_only() -> None:
    assert han_runs("P 选择素，E-选择素 α") == ["选择素", "选择素"]


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="间充质干细胞踝臂指数的，。 aZ9-<&", max_size=40))
def test_nothing_of_a_text_is_lost(text: str) -> None:
    assert SEGMENTER.separate(text).replace(ZERO_WIDTH_SPACE, "") == text
