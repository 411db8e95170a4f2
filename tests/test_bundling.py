"""Joined styles and scripts mean what the single files meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from livingreview.bundling import compress_style, join_scripts, join_styles

STYLES = sorted((Path(__file__).resolve().parent.parent / "docs/assets/stylesheets").glob("*.css"))


@pytest.mark.parametrize(
    ("long", "short"),
    [
        ("a {\n  color: red;\n}\n", "a{color: red}"),
        ("/* why */ a , b > c { margin : 0 auto }", "a,b > c{margin : 0 auto}"),
        ("a :hover { x: y } a:hover { x: y }", "a :hover{x: y}a:hover{x: y}"),
        ('a::before { content: "/* {; kept; } */  "; }', 'a::before{content: "/* {; kept; } */  "}'),
        ("a { width: calc(1px + 2px); b: url( x;y ) }", "a{width: calc(1px + 2px);b: url( x;y )}"),
        ("@media (a: b) and (c) { a { b: c; } }", "@media (a: b) and (c){a{b: c}}"),
        (r'a { content: "\"}" }', r'a{content: "\"}"}'),
        ("", ""),
    ],
)
def test_blanks_and_comments_go_and_nothing_else(long: str, short: str) -> None:
    assert compress_style(long) == short
    assert compress_style(short) == short


def test_paper_comes_last_and_under_its_own_rule() -> None:
    assert join_styles(["a { b: c }", "", "d { e: f }"], ["g { h: i }"]) == "a{b: c}\nd{e: f}\n@media print{g{h: i}}\n"


def test_scripts_do_not_run_into_each_other() -> None:
    assert join_scripts(["(() => 1)()\n", "\n", "(() => 2)()"]) == "(() => 1)();\n(() => 2)()\n"


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_own_styles_keep_their_braces(path: Path) -> None:
    short = compress_style(path.read_text("utf-8"))
    assert short.count("{") == short.count("}")
    assert "/*" not in short
    assert len(short) < path.stat().st_size
