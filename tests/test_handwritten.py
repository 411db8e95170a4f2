"""Citations as other programs write them are reported; what only looks like one is left alone."""

from __future__ import annotations

import pytest

from livingreview.handwritten import check_handwritten

KEYS = frozenset({"norgren2024pace", "a2020b"})


@pytest.mark.parametrize(
    ("text", "right"),
    [
        (r"shown \cite{norgren2024pace}.", "[@norgren2024pace]"),
        (r"shown \citep[p. 3]{norgren2024pace, a2020b}.", "[@norgren2024pace; @a2020b]"),
        (r"shown \parencite{other}.", "[@other]"),
        ("证实[1]。", "[@key]"),
        ("shown [1].", "[@key]"),
        ("shown [24–26], and", "[@key]"),
        ("shown [1, 2,5].", "[@key]"),
        (r"shown \[1\].", "[@key]"),
        ("证实【1】。", "[@key]"),
        ("证实［3］。", "[@key]"),
        ("for pain<sup>12</sup>.", "[@key]"),
        ("疼痛<sup>12,13</sup>。", "[@key]"),
        ("shown [^1].", "[@key]"),
        ("shown [norgren2024pace].", "[@norgren2024pace]"),
        ("shown {norgren2024pace}.", "[@norgren2024pace]"),
        ("as norgren2024pace says", "[@norgren2024pace]"),
    ],
)
def test_reported(text: str, right: str) -> None:
    (problem,) = check_handwritten(f"# T\n\n{text}\n", "p.md", KEYS)
    assert (problem.line, problem.code) == (3, "citation-syntax")
    assert problem.message.endswith(f"Write {right}.")


@pytest.mark.parametrize(
    "text",
    [
        "[1](x.md) ![1](a.png)",
        "[text][1] and [1]\n\n[1]: x.md",
        "0.9 [0.53, 1.63], [0.5–1.6], [5%, 9%]",
        "12 [8–15], 12 months [6–24], 12 个月[6, 24]",
        "the median was 12 (IQR [8, 15]), the 95% CI [1, 3], a range [3, 9]",
        "markers [CD29, CD73], x[1], in [2024]",
        "10<sup>6</sup> cells, kg/m<sup>2</sup>, CD34<sup>+</sup>, <sup>18</sup>F-FDG",
        "`[1]` and `norgren2024pace` and <!-- [1] -->",
        "```\n[1] <sup>1</sup> norgren2024pace\n```",
        "[@norgren2024pace; @a2020b, p. 3]",
        "[PACE](references.md#ref-norgren2024pace)",
        "/// note\n    attrs: {id: note-x}\n    about: norgren2024pace\n\nText.\n///",
        "other2024word",
        "[^1]: a footnote, reported as such; its mark [^1] is not besides",
    ],
)
def test_left_alone(text: str) -> None:
    assert check_handwritten(text, "p.md", KEYS) == ()
