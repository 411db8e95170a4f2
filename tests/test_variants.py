"""Traditional characters lead to the simplified ones that a text uses."""

from __future__ import annotations

from livingreview.variants import traditional_pairs


def pairs(text: str) -> dict[str, str]:
    joined = traditional_pairs(text)
    return {joined[at]: joined[at + 1] for at in range(0, len(joined), 2)}


def test_only_what_the_text_uses_is_paired() -> None:
    found = pairs("间充质干细胞")
    assert {"間": "间", "質": "质", "幹": "干", "乾": "干", "細": "细"}.items() <= found.items()
    assert "療" not in found


def test_a_character_the_text_itself_uses_stands_for_itself() -> None:
    assert "著" not in pairs("着手；显著")
    assert pairs("着手")["著"] == "着"


def test_text_without_chinese_has_none() -> None:
    assert traditional_pairs("amputation") == ""
