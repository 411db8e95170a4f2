"""The site's own words: every file can be read, and says in its language what the English one says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from livingreview.locales import labels

FOLDER = Path(__file__).resolve().parent.parent / "hooks" / "livingreview" / "locales"
FILES = sorted(path.stem for path in FOLDER.glob("*.yml"))
#: The name of a place to fill; how its value is written (`:,` for thousands) is each language's own affair.
PLACE = re.compile(r"\{([a-z_]+)(?::[^}]*)?\}")


@pytest.mark.parametrize("name", FILES)
def test_a_language_says_all_that_english_says(name: str) -> None:
    english = re.sub(r"(^|\.)\w+$", r"\1en", name)
    assert english in FILES
    ours, theirs = labels(name).words, labels(english).words
    assert ours.keys() == theirs.keys()
    for key, text in theirs.items():
        assert set(PLACE.findall(ours[key])) <= set(PLACE.findall(text)), key


@pytest.mark.parametrize("name", [name for name in FILES if name.endswith("zh")])
def test_nothing_chinese_is_left_in_english(name: str) -> None:
    english = labels(re.sub(r"zh$", "en", name)).words
    left = {
        key for key, text in labels(name).words.items() if text == english[key] and re.search("[a-z]{3} [a-z]{3}", text)
    }
    assert left == set()


def test_a_file_that_cannot_be_read_is_a_fault(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "locales").mkdir()
    for code, text in (("en", "word: A word"), ("zh", "word: {date}，一")):
        (tmp_path / "locales" / f"odd.{code}.yml").write_text(text, encoding="utf-8")
    monkeypatch.setattr("livingreview.locales.resources.files", lambda _package: tmp_path)
    with pytest.raises(ValueError, match=r"locales/odd\.zh\.yml:1"):
        labels("odd.zh")
