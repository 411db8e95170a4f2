"""What was measured is shown as it was measured: on the page on validation and in the READMEs."""

from __future__ import annotations

from typing import Any

import pytest

from livingreview.validation_report import render_faults, render_pages, render_scale
from report import BEGIN, END, pages_part, readme_figures, scale_part, with_figures

MACHINE = {"processor": "Loom", "cores": 2, "memory_gb": 8, "python": "3.12.1"}


def _kind(name: str, family: str, tried: int, right: int, expected: str = "bar") -> dict[str, Any]:
    return {
        "id": name, "family": family, "expected": expected, "name": {"en": name, "zh": name}, "available": tried,
        "tried": tried, "right": right, "elsewhere": 0, "missed": tried - right, "others": 0.5,
    }  # fmt: skip


def _times(seconds: float) -> dict[str, float]:
    return {"cpu_s": seconds, "clock_s": 2 * seconds, "peak_mb": 1234}


SCALE = {
    "measured": "2026-02-03T04:05:06+00:00",
    "machine": MACHINE,
    "rows": [
        {
            "chapters": 1000, "pages": 6010, "references": 5000, "checks_share": 0.0512, "ratio": 1.17, "growth": 1.08,
            "check": _times(9.24), "build": _times(512.3), "rebuild": _times(500.1), "plain": _times(437.9),
        }
    ],
}  # fmt: skip
WEIGHTS = {
    "measured": "2026-02-03T04:05:06+00:00",
    "machine": MACHINE,
    "pages": [
        {"page": "/", "kb": 99.4, "requests": 7, "other_hosts": 0, "layout_shift": 0.0},
        {"page": "/en/", "kb": 101.6, "requests": 7, "other_hosts": 0, "layout_shift": 0.0},
    ],
}
SCORES = {
    "pages": [
        {"page": "/", "performance": 99, "accessibility": 100, "best-practices": 100, "seo": 100},
        {"page": "/en/", "performance": 97, "accessibility": 100, "best-practices": 100, "seo": 100},
    ]
}


def _data() -> dict[str, Any]:
    kinds = [_kind("digit", "numbers", 1200, 1199), _kind("word", "limits", 40, 3, "rate")]
    good = [{"id": "bold", "name": {"en": "bold", "zh": "bold"}, "tried": 30, "reports": 1}]
    faults = {"date": "2026-02-03", "sample": 30, "kinds": kinds, "good": good}
    return {"faults": faults, "scale": scale_part(SCALE), "pages": pages_part(WEIGHTS, SCORES)}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_readme_gives_the_worst_not_the_best(language: str) -> None:
    text = readme_figures(_data(), language)
    assert "1,199" in text
    assert "1,200" in text
    assert "30" in text.split("\n")[0]
    assert "40" not in text.split("\n")[0]  # what the checks are not held to is no part of their rate
    assert "| 1,000 | 6,010 | 9.2 s | 512.3 s | 500.1 s | 437.9 s | 1.17 | 1,234 MB |" in text
    assert "1.08" in text
    assert "102 kB" in text
    assert "97" in text
    assert "Loom" in text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_readme_says_nothing_of_what_was_not_measured(language: str) -> None:
    text = readme_figures(_data() | {"pages": pages_part(WEIGHTS, None)}, language)
    assert "102 kB" in text
    assert "Lighthouse" not in text


def test_a_readme_keeps_what_stands_around_the_figures() -> None:
    readme = f"# A\n\n{BEGIN}\n\nold\n\n{END}\n\nB\n"
    changed = with_figures(readme, "new")
    assert changed == readme.replace("old", "new")
    assert with_figures(changed, "new") == changed


@pytest.mark.parametrize("language", ["en", "zh", "de"])
def test_the_page_shows_what_was_measured(language: str) -> None:
    data = _data()
    faults = render_faults(data, language)
    assert ">99.9%</td>" in faults
    assert ">1,200</td>" in faults
    scale = render_scale(data, language)
    for cell in ("6,010", "9.2", "512.3", "500.1", "437.9", "1.17", "5.1%", "512", "1.08"):
        assert f">{cell}</td>" in scale
    pages = render_pages(data, language)
    assert ">102</td>" in pages
    assert ">97</td>" in pages


@pytest.mark.parametrize("render", [render_faults, render_scale, render_pages])
def test_what_was_not_measured_is_said_to_be_so(render: Any) -> None:
    assert render({}, "en") == "<p>Not measured yet.</p>"


def test_scores_may_be_missing() -> None:
    assert ">–</td>" in render_pages({"pages": pages_part(WEIGHTS, None)}, "en")
