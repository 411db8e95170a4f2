"""Which writing a text is in."""

from __future__ import annotations

import pytest

from livingreview.scripts import has_cjk, has_han


@pytest.mark.parametrize(
    ("text", "han", "cjk"),
    [
        ("", False, False),
        ("Cytotherapy", False, False),
        ("Wharton’s jelly – α, β", False, False),
        ("，。：（）", False, False),
        ("基础医学与临床", True, True),
        ("PACE 试验", True, True),
        ("㐀", True, True),  # the first extension
        ("\uf900", True, True),  # a compatibility ideograph
        ("ほねの", False, True),
        ("줄기세포", False, True),
    ],
)
def test_what_a_text_holds(text: str, han: bool, cjk: bool) -> None:
    assert (has_han(text), has_cjk(text)) == (han, cjk)
