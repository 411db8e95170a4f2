"""A statistic stays on the line of its value, and the text stays what it was."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livingreview.keeping import keep_together


def kept(html: str) -> list[str]:
    """Return what is held together."""
    return re.findall(r'<span class="lr-keep">(.*?)</span>', keep_together(html))


def plain(html: str) -> str:
    return re.sub(r"<[^>]*>", "", html)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>0.93 (95% CI 0.53–1.63, P = 0.788).</p>", ["0.53–1.63", "P = 0.788"]),
        ("<p>On 2020-12-09, of 45–99 years, 7–10% (2015-005532-18).</p>", ["2020-12-09", "45–99", "7–10%"]),
        ("<p>风险比为 0.93（P = 0.788），n ≥ 12 例。</p>", ["P = 0.788", "n ≥ 12"]),
        ("<td>P &lt; 0.05 and <b>p &gt; 0.1</b></td>", ["P &lt; 0.05", "p &gt; 0.1"]),
        ("<td>共 150 × 10⁶ 个细胞，1 或 2 × 10⁶/kg</td>", ["150 × 10⁶", "2 × 10⁶"]),
        ("<td>（截至 2013-03）；as of 2022-12; 1750-60; 2015-13</td>", ["2013-03", "2022-12"]),
        ("<td>III 期，I/II 期；第 12 期，XIV 期，随机对照III 期</td>", ["III 期", "I/II 期", "III 期"]),
        (
            "<td>Phase III or a phase I/IIa; in phase Ib, phase 2; phase IVa1, phase in</td>",
            ["Phase III", "phase I/IIa", "phase Ib", "phase 2"],
        ),
        ("<p>TGF-β、IFN-α/β与interferon-γ, IL-10</p>", ["TGF-β", "IFN-α/β", "interferon-γ"]),
        ("<td>缺血；n = 160；n = 5</td>", ["n = 160", "n = 5"]),
        ("<p>see map = 3 and ABC = 4</p>", []),
        ("<p>P = none</p>", []),
    ],
)
def test_statistics_are_kept(html: str, expected: list[str]) -> None:
    assert kept(html) == expected
    assert plain(keep_together(html)) == plain(html)


@pytest.mark.parametrize(
    "html",
    [
        '<p title="P = 0.788" data-label="n = 3">text</p>',
        "<pre>P = 0.788</pre>",
        "<p><code>n = 3</code></p>",
        "<script>const p = 0.788; P = 0.788</script>",
        "<svg><text>P = 0.788</text></svg>",
        "<!-- P = 0.788 -->",
    ],
)
def test_what_is_no_running_text_is_left_alone(html: str) -> None:
    assert keep_together(html) == html


def test_a_raised_number_stays_with_the_end_of_what_it_follows() -> None:
    number = '<sup class="lr-cite">[<a href="#fn-a">22</a>]</sup>'
    assert kept(f"<p>only “suggested” {number}. Not seen {number}.</p>") == [f"” {number}", f"n {number}"]
    assert kept(f"<p>只是“提示”{number}。未见{number}。</p>") == [f"”{number}", f"见{number}"]
    assert kept(f"<p><b>new vessels</b> {number}, &lt; 3&gt;{number}</p>") == [f" {number}", number]


def test_text_after_code_is_running_text_again() -> None:
    assert kept("<p><code>n = 3</code> P = 0.1</p>") == ["P = 0.1"]


#: Pieces of what is held together, and of what is not, in any order.
PIECES = [
    *"nP =5.0–-/IVabβα×⁶;<> ",
    "期",
    "phase ",
    "2013",
    "-03",
    "&lt;",
    "<b>",
    "</b>",
    "TGF",
    "，",
    '<sup class="lr-cite">',
]


@given(st.lists(st.sampled_from(PIECES), max_size=24).map("".join))
def test_the_text_stays_letter_for_letter(html: str) -> None:
    done = keep_together(html)
    assert done.replace('<span class="lr-keep">', "").replace("</span>", "") == html
    assert done.count("<span") == done.count("</span>")
