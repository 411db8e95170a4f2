"""Reading time: counted by script, never less than a minute."""

from __future__ import annotations

import pytest

from livingreview.readingtime import reading_minutes


@pytest.mark.parametrize(
    ("text", "language", "minutes"),
    [
        ("", "zh", 1),
        ("缺" * 300, "zh", 1),
        ("缺" * 301, "zh", 2),
        ("word " * 200, "en", 1),
        ("limb-threatening " * 201, "en", 2),
        ("MSCs 治疗 CLTI " * 75, "zh", 1),
        ("word " * 401, "fr", 3),
    ],
)
def test_minutes(text: str, language: str, minutes: int) -> None:
    assert reading_minutes(text, language) == minutes
