"""Spacing and punctuation where Chinese and Latin text meet: what is found, what is mended, what is left alone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from livingreview.commands_spacing import spacing_command
from livingreview.spacing import check_spacing, fix_spacing

REPOSITORY = Path(__file__).parents[1]

MENDED = [
    ("间充质干细胞MSCs来自骨髓", "间充质干细胞 MSCs 来自骨髓"),
    ("共28项试验", "共 28 项试验"),
    ("剂量为9.3×10⁸个细胞", "剂量为 9.3×10⁸ 个细胞"),
    ("28.6%的患者", "28.6% 的患者"),
    ("测定TcPO₂值", "测定 TcPO₂ 值"),
    ("截肢 ，死亡 。", "截肢，死亡。"),
    ("截肢， 死亡", "截肢，死亡"),
    ("（ PACE ）试验", "（PACE）试验"),
    ("截肢,死亡;生存:无", "截肢，死亡；生存：无"),
    ("慢性肢体威胁性缺血(慢性缺血)患者", "慢性肢体威胁性缺血（慢性缺血）患者"),
    ("干 细胞", "干细胞"),
    ("细胞  PACE", "细胞 PACE"),
    ("到此为止.", "到此为止。"),
    ("称为 “静息痛” 的症状", "称为“静息痛”的症状"),
    ("- 骨髓MSC", "- 骨髓 MSC"),
    ("## 骨髓MSC {#bone-marrow}", "## 骨髓 MSC {#bone-marrow}"),
    ("/// table | 试验共12项", "/// table | 试验共 12 项"),
    ("---\ntitle: 骨髓MSC\nnumber: 中1\n---\n正文", "---\ntitle: 骨髓 MSC\nnumber: 中1\n---\n正文"),
    ("| 组别A | 例数 |", "| 组别 A | 例数 |"),
]

LEFT = [
    "间充质干细胞 MSCs 来自骨髓，共 28 项。",
    "English text, with commas; and (brackets): none of it Chinese.",
    "`代码code` 与文字",
    "```text\n代码code,文字\n```",
    "~~~\n代码code\n~~~",
    "能力[@peng2023extracellular; @王2020cd146]。",
    "见[静息痛](../glossary.md#term-静息痛abc)。",
    "[静息痛][静息a]\n\n[静息a]: https://例子.example/静息a",
    "第一段。\n{: #lead }",
    "- 第一项。 {: #first }",
    '<span title="中a">文</span>',
    "<!-- 注释a,乙 -->",
    "/// note\n    attrs: {id: note-a}\n    for: [中a]\n\n正文\n///",
    "95% CI 0.53–1.63，P = 0.788（PACE）",
    "- “支持”须由所读内容写明",
    "| 文献[1] | “甲”（乙） |",
    "题为“Comparison with BMMNC …”，作者未读到",
    "访问 https://doi.org/10.1093/bjs/znad437。",
    "用全角标点 ，。；：（）。 <!-- review: ignore spacing: the signs themselves are meant -->",
    "<!-- review: ignore spacing: the signs themselves are meant -->\n用全角标点 ，。；：（）。",
    "行末\\*a",
    "I/II 期、III 期与 CD73⁺ 细胞",
    "约 −5 ℃ 到 37 ℃",
]

TOLD = [
    ("共２８项", "full-width"),
    ('称为"静息痛"的', "straight quotation"),
    ("截肢，，死亡", "in a row"),
    ("等等...而后", "ellipsis"),
]


@pytest.mark.parametrize(("text", "expected"), MENDED)
def test_what_is_safe_is_mended(text: str, expected: str) -> None:
    findings = check_spacing(text)
    assert findings
    assert all(finding.fixed for finding in findings)
    assert fix_spacing(text) == expected
    assert not check_spacing(expected)


@pytest.mark.parametrize("text", LEFT)
def test_what_is_right_or_no_prose_is_left_alone(text: str) -> None:
    assert check_spacing(text) == []
    assert fix_spacing(text) == text


@pytest.mark.parametrize(("text", "words"), TOLD)
def test_what_only_a_person_can_decide_is_told(text: str, words: str) -> None:
    finding = check_spacing(text)[0]
    assert words in finding.message
    assert not finding.fixed


def test_a_finding_names_its_place() -> None:
    finding = check_spacing("一行\n\n第二行 `code` 有28项")[0]
    assert (finding.line, finding.column) == (3, 13)


def test_an_excuse_covers_its_own_line_or_the_next_and_no_more() -> None:
    text = "<!-- review: ignore spacing: meant -->\n甲a\n乙b"
    assert [finding.line for finding in check_spacing(text)] == [3]


ALPHABET = [
    *'中文干细胞AbZ09 ,.;:!?()，。；：、（）“”"%…—₂é`*_[]{}#@|/<>-\\$~\n\t',
    "[@a; b]",
    "{: #x }",
    "](a中b)",
    "```\n",
    "/// ",
]


@settings(max_examples=1500, deadline=None)
@given(st.lists(st.sampled_from(ALPHABET), max_size=30).map("".join))
def test_mending_is_idempotent_and_complete(text: str) -> None:
    """Mended text has nothing left to mend, and mending it again changes nothing."""
    mended = fix_spacing(text)
    assert fix_spacing(mended) == mended
    assert not [finding for finding in check_spacing(mended) if finding.fixed]
    assert bool([finding for finding in check_spacing(text) if finding.fixed]) == (mended != text)
    assert text.count("\n") == mended.count("\n")


@settings(max_examples=500, deadline=None)
@given(st.lists(st.sampled_from(ALPHABET), max_size=30).map("".join))
def test_mending_touches_only_spaces_and_punctuation(text: str) -> None:
    kept = re.compile(r"[^\s,.;:!?()，。；：！？（）]")
    assert kept.findall(fix_spacing(text)) == kept.findall(text)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60))
def test_no_text_breaks_it(text: str) -> None:
    check_spacing(text)
    assert fix_spacing(fix_spacing(text)) == fix_spacing(text)


def test_text_in_latin_letters_alone_is_never_touched() -> None:
    for path in sorted((REPOSITORY / "docs" / "en").rglob("*.md")):
        text = path.read_text(encoding="utf-8")
        if not re.search(r"[\u4e00-\u9fff]", text):
            assert fix_spacing(text) == text


def test_the_command_mends_files_and_says_so(tmp_path: Path) -> None:
    good, bad, odd = tmp_path / "good.md", tmp_path / "bad.md", tmp_path / "odd.md"
    good.write_bytes("好 Good\r\n".encode())
    bad.write_bytes("坏bad\r\n共２项\r\n".encode())
    odd.write_bytes(b"\xff\xfe\n")
    assert CliRunner().invoke(spacing_command, [str(good), str(odd)]).exit_code == 0
    told = CliRunner().invoke(spacing_command, [str(bad)])
    assert told.exit_code == 1
    assert "bad.md:1:2: no space between Chinese and Latin text. Put one." in told.output
    mended = CliRunner().invoke(spacing_command, ["--fix", str(good), str(bad), str(odd)])
    assert mended.exit_code == 1
    assert bad.read_bytes() == "坏 bad\r\n共２项\r\n".encode()
    assert "bad.md:2:2: a full-width letter" in mended.output
    assert odd.read_bytes() == b"\xff\xfe\n"
