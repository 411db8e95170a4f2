"""Joined styles and scripts mean what the single files meant."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from livingreview.bundling import (
    Part,
    compress_frame,
    compress_script,
    compress_style,
    join_scripts,
    join_styles,
    parts_of,
    prune_style,
    selectors,
    used_words,
)

ROOT = Path(__file__).resolve().parent.parent
STYLES = sorted((ROOT / "docs/assets/stylesheets").glob("*.css"))


@pytest.mark.parametrize(
    ("long", "short"),
    [
        ("a {\n  color: red;\n}\n", "a{color:red}"),
        ("/* why */ a , b > c { margin : 0 auto }", "a,b > c{margin :0 auto}"),
        ("a :hover { x: y } a:hover { x: y }", "a :hover{x:y}a:hover{x:y}"),
        ('a::before { content: "/* {; kept; } */  "; }', 'a::before{content:"/* {; kept; } */  "}'),
        ("a { width: calc(1px + 2px); b: url( x;y ) }", "a{width:calc(1px + 2px);b:url( x;y )}"),
        ("@media (a: b) and (c) { a { b: c; } }", "@media (a:b) and (c){a{b:c}}"),
        (r'a { content: "\"}" }', r'a{content:"\"}"}'),
        ("", ""),
    ],
)
def test_blanks_and_comments_go_and_nothing_else(long: str, short: str) -> None:
    assert compress_style(long) == short
    assert compress_style(short) == short


def test_paper_comes_last_and_under_its_own_rule() -> None:
    assert join_styles(["a { b: c }", "", "d { e: f }"], ["g { h: i }"]) == "a{b:c}\nd{e:f}\n@media print{g{h:i}}\n"


def test_scripts_do_not_run_into_each_other() -> None:
    assert join_scripts(["(() => 1)()\n", "\n", "(() => 2)()"]) == "(()=>1)();(()=>2)()\n"


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_own_styles_keep_their_braces(path: Path) -> None:
    short = compress_style(path.read_text("utf-8"))
    assert short.count("{") == short.count("}")
    assert "/*" not in short
    assert len(short) < path.stat().st_size


SHEET = """
@charset "UTF-8";
:root { --used: 1px; --from-outside: 2px; --unused: url("data:image/svg+xml;utf8,<path d='M0 0;}{'/>"); --last: 3 }
html { margin: 0 }
.known, .unknown { a: b }
.unknown > p { c: d }
.known:not(.unknown) { e: var(--used) }
.known:is(.unknown, .other(.x)) i { f: g }
[data-x=".unknown"] { h: i }
@media print { .unknown { j: k } .known { l: m } }
@media screen { .unknown { n: o } }
@keyframes unknown { from { p: q } to { r: s } }
.known { content: "}.unknown{" }
"""


def test_rules_for_classes_that_nobody_has_are_left_out() -> None:
    short = prune_style(SHEET, {"known"}, "x { y: var(--from-outside) }")
    assert short == (
        '@charset "UTF-8";:root{--used:1px;--from-outside:2px}html{margin:0}.known{a:b}'
        ".known:not(.unknown){e:var(--used)}.known:is(.unknown,.other(.x)) i{f:g}"
        '[data-x=".unknown"]{h:i}@media print{.known{l:m}}@keyframes unknown{from{p:q}to{r:s}}'
        '.known{content:"}.unknown{"}'
    )


def test_with_every_class_known_only_properties_nobody_names_go() -> None:
    text = ".a{b:c}.d .e{f:g}@media print{.h{i:j}}"
    assert prune_style(text, {"a", "d", "e", "h"}) == text


def test_words_come_from_pages_and_from_what_scripts_give() -> None:
    pages = ['<p class="a b"><i data-class="no" class=\'c\'></i></p>']
    scripts = [
        'x("div",{class:"d e"}); el.classList.toggle("f", on); g.className="h"; s.setAttribute("class","i")',
        "m = { class: `j ${k}` }; document.querySelector('.not-given')",
    ]
    words = used_words(pages, scripts)
    assert {"a", "b", "c", "d", "e", "f", "h", "i", "j"} <= words
    assert not {"no", "not-given"} & words


def test_a_class_of_ours_counts_however_a_script_hands_it_on() -> None:
    scripts = [
        'button("×",go,"lr-one__close"); list.add("a","lr-two");x.className=on?"lr-three lr-four":`lr-five ${y}`',
        'document.querySelector(\'.lr-sought\'); box.matches(".lr-a .lr-b, :is(.lr-c)"); theme("md-button")',
    ]
    words = used_words([], scripts)
    assert {"lr-one__close", "lr-two", "lr-three", "lr-four", "lr-five"} <= words
    assert not {"lr-sought", "lr-a", "lr-b", "lr-c", "md-button"} & words


@given(st.lists(st.sampled_from(["a", "b", "c"]), max_size=3).map(frozenset))
def test_pruning_twice_changes_nothing_more(words: frozenset[str]) -> None:
    text = ".a{x: y}.b .c{x: y}@media print{.c{x: y}.a{x: y}}p{x: y}"
    once = prune_style(text, words)
    assert prune_style(once, words) == once
    assert "p{x:y}" in once


def test_a_script_keeps_its_strings_templates_and_expressions() -> None:
    text = "// gone\nconst a = `x  // kept ${b + 1}`;\n/* gone */ if (/\\/  c/.test(x)) { y('a  b'); }\n"
    assert compress_script(text) == "const a=`x  // kept ${b + 1}`;if(/\\/  c/.test(x)){y('a  b');}\n"


# ---------- what only some pages fetch ----------

PLOTS = Part(("lr-plot",), style="plots.css")
TABLES = Part(("lr-table", "lr-tally"), style="tables.css", script="tables.js")


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<p class="lr-other">lr-plot</p>', ()),
        ('<p class="lr-plotting"></p>', ()),
        ('<figure class="a lr-plot"></figure>', (PLOTS,)),
        ('<div class="lr-plot__wide"></div>', (PLOTS,)),
        ('<i class="lr-tally--small"></i><i class="lr-plot"></i>', (PLOTS, TABLES)),
    ],
)
def test_a_page_fetches_the_parts_of_which_it_has_an_element(html: str, expected: tuple[Part, ...]) -> None:
    assert parts_of(html, (PLOTS, TABLES)) == expected


class _Plain(yaml.SafeLoader):
    """Takes mkdocs.yml's own tags for nothing."""


_Plain.add_constructor("!ENV", lambda _loader, _node: None)


def declared() -> list[dict[str, Any]]:
    """What mkdocs.yml says of parts."""
    config = yaml.load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"), Loader=_Plain)  # noqa: S506
    return list(config["extra"]["parts"])


@pytest.mark.parametrize("part", [one for one in declared() if "style" in one], ids=lambda one: one["style"][19:-4])
def test_a_part_s_rules_are_for_its_own_classes_only(part: dict[str, Any]) -> None:
    """A rule for anything else would be missing on the pages that do not fetch the part."""
    style = compress_style((ROOT / "docs" / part["style"]).read_text(encoding="utf-8"))
    found = list(selectors(style))
    own = re.compile(rf"\.(?:{'|'.join(part['for'])})(?:__|--|[^\w-]|$)|\[data-trials\]")
    assert found
    assert [selector for selector in found if not own.search(selector)] == []


def test_rules_for_pages_from_right_to_left_stay_only_where_there_are_such_pages() -> None:
    text = "[dir=rtl] .a{left:0}[dir=ltr] .a{right:0}"
    assert prune_style(text, used_words(['<html dir="ltr"><p class="a">'], [])) == "[dir=ltr] .a{right:0}"
    assert prune_style(text, used_words(['<html dir="rtl"><p class="a">'], [])) == text


def test_only_the_frame_of_a_page_loses_its_blanks() -> None:
    page = "<head>\n\n   <script>a\n   b</script>\n</head>\n  <article>\n\n <pre>\n  <i>x</i></pre>"
    rest = "<article>\n </article>\n\n"
    rest += "</article>\n   \n  <footer>\n <a>one</a>\n    <a>two</a></footer>"
    assert compress_frame(page + rest) == (
        "<head>\n<script>a\n   b</script>\n</head>\n<article>\n\n <pre>\n  <i>x</i></pre><article>\n </article>\n\n"
        "</article>\n<footer>\n<a>one</a>\n<a>two</a></footer>"
    )
