"""Drawn figures: read whole or with problems, rendered safely, and stating only what the text states."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from lxml import etree
from lxml import html as lxml_html

from livingreview.claims import load_claims
from livingreview.figures import Figure, check_figure, export_figures, load_figure, render_figure
from livingreview.yamlfile import parse_yaml

LANGUAGES = ("zh", "en")
FOLDER = Path(__file__).resolve().parent.parent / "data" / "figures"
FILES = sorted(FOLDER.glob("*.yml"))

SMALL = """
id: small
size: [100, 80]
title: {zh: 小图, en: "Small <figure>"}
description: {zh: 一个圆, en: A circle}
motifs:
  dot: [{circle: [0, 0, 2]}]
drawing:
  - {paint: cell, circle: [10, 10, 5]}
  - {motif: dot, at: [30, 30], scale: 2, turn: 45}
  - {paint: label, label: {zh: "圆 & 点", en: "disc & dot"}, at: [10, 20]}
elements:
  - at: [5, 5]
    claims: [c001]
    evidence: [animal]
    text: {zh: 第一, en: "First \\"one\\""}
  - at: [9, 9]
    claims: [c002, c003]
    evidence: [not-checked]
    text: {zh: 第二, en: Second}
"""


def words(key: str) -> str:
    return f"<{key}>"


def small() -> Figure:
    figure, problems = load_figure(SMALL, "data/figures/small.yml")
    assert figure is not None
    assert not problems
    return figure


def render(figure: Figure, language: str) -> lxml_html.HtmlElement:
    return lxml_html.fragment_fromstring(render_figure(figure, language, words, lambda claim: f"../audit/#{claim}"))


def messages(text: str, checked: dict[str, bool] | None = None) -> list[str]:
    file = parse_yaml(text, "data/figures/small.yml")
    figure, problems = load_figure(text, file.path)
    found = list(problems)
    if figure is not None:
        found += check_figure(figure, file, LANGUAGES, checked or {"c001": True, "c002": False, "c003": False})
    return [str(problem) for problem in found]


def test_every_element_is_a_link_to_its_claim_in_the_drawing_and_in_the_key() -> None:
    tree = render(small(), "en")
    assert tree.xpath("//svg/a/@href") == ["../audit/#c001", "../audit/#c002"]
    assert tree.xpath("//li//a/@href") == ["../audit/#c001", "../audit/#c002", "../audit/#c003"]


def test_key_says_in_words_what_the_drawing_shows() -> None:
    tree = render(small(), "en")
    assert [item.text_content() for item in tree.xpath("//li/div/p[1]")] == ['First "one"', "Second"]
    assert "<figure.evidence.animal>" in tree.xpath("//li")[0].text_content()


def test_evidence_is_told_by_shape() -> None:
    pins = render(small(), "zh").xpath("//svg/a//g[contains(@class, 'lr-pin--')]")
    assert [pin[0].tag for pin in pins] == ["rect", "circle"]


def test_text_is_escaped() -> None:
    source = render_figure(small(), "en", words, lambda claim: f"?a=1&b={claim}")
    assert "Small &lt;figure&gt;" in source
    assert "disc &amp; dot" in source
    assert "?a=1&amp;b=c001" in source
    assert 'aria-label="1. First &quot;one&quot;' in source


def test_nothing_that_a_strict_policy_forbids() -> None:
    source = render_figure(small(), "en", words, lambda claim: claim)
    assert not re.search(r"\sstyle=|\son\w+=|<script|<style", source)


def test_exported_files_are_well_formed_and_complete() -> None:
    files = export_figures([small()], LANGUAGES, lambda _language: words, ".a > .b { fill: none }")
    assert list(files) == ["assets/figures/small.zh.svg", "assets/figures/small.en.svg"]
    root = etree.fromstring(files["assets/figures/small.en.svg"])
    text = "".join(root.itertext())
    assert "Second" in text
    assert ".a > .b" in text


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("circle: [10, 10, 5]", "circle: [10, 10]"), ":9: [data-field]"),
        (("motif: dot, ", "motif: dots, "), 'no motif "dots"'),
        (("evidence: [animal]", "evidence: [hearsay]"), "evidence"),
        (("claims: [c001]", "claims: []"), "claims"),
        (("claims: [c001]", "claims: [c999]"), "no claim c999"),
        (("evidence: [not-checked]", "evidence: [patients]"), "the evidence is not-checked"),
        (("text: {zh: 第二, en: Second}", "text: {zh: 第二}"), 'no text in "en"'),
        (("size: [100, 80]", "size: [100, 80]\nsizes: 1"), "unknown field"),
        (("circle: [10, 10, 5]", "circle: [10, 10, 5], path: M0 0"), "a shape is one of"),
        (("at: [5, 5]", "part: nowhere\n    at: [5, 5]"), 'no part "nowhere"'),
    ],
)
def test_a_defect_is_reported_with_its_line(change: tuple[str, str], expected: str) -> None:
    found = messages(SMALL.replace(*change))
    assert len(found) == 1, found
    assert expected in found[0]
    assert re.match(r"data/figures/small\.yml:\d+: \[data-field\] ", found[0])


def test_a_sound_figure_has_no_problems() -> None:
    assert messages(SMALL) == []


# ---------- the project's own ----------


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_own_figure_states_only_what_claims_state(path: Path, root: Path) -> None:
    claims, _ = load_claims((root / "data/claims.yml").read_text("utf-8"))
    # What an abstract states in whole or in part was seen there; "unverified" means that it was not.
    checked = {claim.id: claim.verdict in ("supported", "partly", "not-supported") for claim in claims}
    text = path.read_text("utf-8")
    figure, problems = load_figure(text, str(path))
    assert figure is not None
    assert not problems
    assert not list(check_figure(figure, parse_yaml(text, path.name), LANGUAGES, checked))
    assert figure.id == path.stem


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_own_figure_keeps_within_its_frame(path: Path) -> None:
    figure, _ = load_figure(path.read_text("utf-8"), str(path))
    assert figure is not None
    width, height = figure.size
    for element in figure.elements:
        assert 10 <= element.at[0] <= width - 10
        assert 10 <= element.at[1] <= height - 10


def test_there_are_the_three_figures_of_the_review() -> None:
    assert [path.stem for path in FILES] == ["mechanisms", "origins", "routes"]
