"""A fingerprint follows what a block says and nothing else."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from effort import no_hanging
from livingreview.fingerprints import fingerprint

SAME = [
    ("One long line of text.", "One long\nline  of\ttext. "),
    ("12 个月后，升高。", "12个月后,升高."),
    ("（A）；B：C！", "(A);B:C!"),
    ("Patients with CLTI", "patients WITH clti"),
    ("“quoted” – dashed", '"quoted" - dashed'),
    ("a **bold** and *slanted* `code` word", "a bold and slanted code word"),
    ("see [PACE](../data/trials/pace.yml) here", "see PACE here"),
    ("see [PACE](a(b)c.md#d)", "see [PACE](e.md)"),
    ("text [@peng2023extracellular; @a].", "text."),
    ("text[@a]。", "text。"),
    ("text\n{: #some-id }", "text"),
    ("- item {: #item }", "item"),
    ("## Title {#top}", "Title"),
    ("> quoted", "quoted"),
    ("| a | b |\n|---|:-:|\n| 1 | 2 |", "a b 1 2"),
    ("/// table | Caption\n    attrs: {id: t}\n\n| a |\n|---|\n///", "Caption a"),
    ("<!-- why -->\ntext", "text"),
    ("H<sub>2</sub>O", "H2O"),
    ("TcPO₂", "TcPO2"),
    ("２８ 项", "28 项"),
    (r"5 \* 3", "5 * 3"),
    ("a &lt; b&nbsp;c", "a < b c"),
    ("[0.53, 1.63]", "[0.53, 1.63]"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_what_does_not_matter(one: str, other: str) -> None:
    assert fingerprint(one) == fingerprint(other)


DIFFERENT = [
    ("28 trials", "82 trials"),
    ("3.92", "39.2"),
    ("2:1", "21"),
    ("0.53–1.63", "0.531.63"),
    ("10⁶ cells", "106 cells"),
    ("P < 0.05", "P > 0.05"),
    ("−0.3", "0.3"),
    ("improved", "worsened"),
    ("60%", "60"),
    ("It helps.", "It helps?"),
    ("不能", "能"),
    ("[0.53, 1.63]", "[0.53, 1.36]"),
    ("me@example.org", "you@example.org"),
]


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_what_matters(one: str, other: str) -> None:
    assert fingerprint(one) != fingerprint(other)


def test_the_form_is_stable() -> None:
    assert fingerprint("") == "e3b0c44298fc"
    assert fingerprint("间充质干细胞（MSCs）") == fingerprint("间充质干细胞(mscs)")


@given(st.text())
def test_any_text_has_one(text: str) -> None:
    assert re.fullmatch("[0-9a-f]{12}", fingerprint(text))
    assert fingerprint(text.replace(" ", "  ")) == fingerprint(text) or "\n" in text or "    " in text


@given(st.text(alphabet="abc12,. 中", min_size=1), st.integers(0, 20))
def test_wrapping_never_matters(text: str, at: int) -> None:
    words = text.split(" ")
    wrapped = " ".join(words[:at]) + "\n" + " ".join(words[at:])
    assert fingerprint(wrapped) == fingerprint(text)


@pytest.mark.parametrize(
    "piece", ["[", "](", "](a(", "{:", "<a ", "<!--", "|--", "-", "*", "[@", "&#", "\\", "///", "    attrs:", "\n", " "]
)
def test_long_lines_end(piece: str) -> None:
    with no_hanging():
        fingerprint(piece * (200_000 // len(piece)))
