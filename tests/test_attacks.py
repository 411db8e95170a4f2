"""Attacks on what is published: each is refused by name, honest text is left alone, nothing raises."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from livingreview.textsafety import blank_code, check_characters, check_css, check_svg, check_text, decode


def codes(text: str) -> list[str]:
    return [problem.code for problem in check_text("p.md", text)]


@pytest.mark.parametrize(
    "text",
    [
        "<script>x()</script>",
        "<SCRIPT SRC=//example.org/x.js>",
        "a <b onclick=x()>b</b>",
        '<a href="javascript:x()">a</a>',
        '<a href=" java&#x09;script:x()">a</a>',
        "[a](javascript:x())",
        "[a](JaVaScRiPt:x())",
        "[a](&#106;avascript:x())",
        "[a](data:text/html;base64,eA==)",
        "[a]: vbscript:x",
        "<javascript:alert(1)>",
        "![a](javascript:x)",
        "<iframe src=x></iframe>",
        "<form action=x>",
        "<svg onload=x()>",
        '<math href="javascript:x()">',
        "<object data=x>",
        "<embed src=x>",
        "<base href=x>",
        "<meta http-equiv=refresh content=0>",
        "<link rel=stylesheet href=x>",
        "<style>b{}</style>",
        '<b style="color:red">x</b>',
        'text\n{: onclick="x()" }',
        'text\n{: style="color:red" }',
        '## a {#b onmouseover="x()"}',
        '[a](b){: href="javascript:x()" }',
        "<details ontoggle=x() open>",
        '<img src=x onerror="x()" alt="a">',
    ],
)
def test_markup_that_runs_is_refused(text: str) -> None:
    assert "html-unsafe" in codes(text)


@pytest.mark.parametrize(
    "text",
    [
        "<p hidden>x</p>",
        '<span style="display:none">x</span>',
        '<span style="font-size: 0">x</span>',
        '<span style="opacity:0">x</span>',
        '<span aria-hidden="true">x</span>',
        "text\n{: hidden=1 }",
    ],
)
def test_text_that_hides_is_refused(text: str) -> None:
    assert codes(text) == ["html-hidden"]


@pytest.mark.parametrize(
    "text",
    [
        "![a](https://example.org/a.png)",
        "![a](//example.org/a.png)",
        '<img src="https://example.org/a.png" alt="a">',
        '<img srcset="https://example.org/a.png 2x" alt="a">',
        '<video src="https://example.org/a.mp4"></video>',
    ],
)
def test_what_would_be_fetched_elsewhere_is_refused(text: str) -> None:
    assert codes(text) == ["external-request"]


@pytest.mark.parametrize("text", ["![](a.svg)", '<img src="a.svg">', '<img src="a.svg" alt=" ">'])
def test_an_image_needs_words(text: str) -> None:
    assert codes(text) == ["image-alt-missing"]


@pytest.mark.parametrize(
    "text",
    [
        "P < 0.05 and a > b",
        "`<script>` and `{: onclick=x }`",
        "```html\n<script>x()</script>\n```",
        "[a](https://example.org/)",
        "<https://example.org/>",
        "[a](mailto:a@example.org)",
        "text\n{: #some-id }",
        "## a {#b}",
        "![a](a.svg)",
        "<!-- a remark -->",
        "间充质干细胞（MSCs）；“引号”——破折号……",
        "TcPO₂ × 10⁶ ≤ 5 µg α/β",
        "family 👩‍👩‍👧 joined by joiners",
    ],
)
def test_honest_text_is_left_alone(text: str) -> None:
    assert codes(text) == []


@pytest.mark.parametrize("char", "\0\x07\x7f\x85\u200b\u202a\u202e\u2066\u2069\u200f\ufeff\u2028")
def test_characters_that_nobody_sees_are_refused_with_their_line(char: str) -> None:
    (problem,) = check_characters("p.md", f"one\ntwo {char} three\n")
    assert (problem.line, problem.code) == (2, "text-encoding")
    assert f"U+{ord(char):04X}" in problem.message


def test_bytes_that_are_no_utf8_cost_one_problem_and_not_the_text() -> None:
    text, problems = decode("p.md", b"one\ntwo \xff three\r\nfour\rfive")
    assert text == "one\ntwo \ufffd three\nfour\nfive"
    assert [(problem.line, problem.code) for problem in problems] == [(2, "text-encoding")]


def test_a_byte_order_mark_is_no_text() -> None:
    assert decode("p.md", b"\xef\xbb\xbf# a") == ("# a", [])


def test_an_open_fence_hides_nothing() -> None:
    assert codes("```\n<script>x()</script>\n") == ["html-unsafe"]


def test_lines_are_true() -> None:
    (problem,) = check_text("p.md", "one\n\ntwo <b onclick=x>\n")
    assert problem.line == 3


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("<svg><script>x()</script></svg>", "html-unsafe"),
        ('<svg onload="x()"/>', "html-unsafe"),
        ("<svg><foreignObject><p>x</p></foreignObject></svg>", "html-unsafe"),
        ('<svg><image href="https://example.org/a.png"/></svg>', "external-request"),
        ('<svg><use href="data:image/svg+xml,x"/></svg>', "html-unsafe"),
        ('<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/hosts">]><svg/>', "html-unsafe"),
        ("<svg><style>a{fill:url(https://example.org/x)}</style></svg>", "external-request"),
    ],
)
def test_a_drawing_that_runs_or_fetches_is_refused(text: str, code: str) -> None:
    assert code in [problem.code for problem in check_svg("a.svg", text)]


def test_a_style_sheet_that_fetches_is_refused() -> None:
    text = (
        "@import 'https://example.org/a.css';\nb { background: url(//example.org/b.png) }\nc { background: url(c.png) }"
    )
    assert [(p.line, p.code) for p in check_css("a.css", text)] == [(1, "external-request"), (2, "external-request")]


@given(st.text(alphabet="`~\n a<>", max_size=200))
def test_blanking_keeps_length_and_lines(text: str) -> None:
    blanked = blank_code(text)
    assert len(blanked) == len(text)
    assert [i for i, c in enumerate(blanked) if c == "\n"] == [i for i, c in enumerate(text) if c == "\n"]


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300))
@example("<" * 5000)
@example("[" * 5000)
@example("`" * 5000 + "x")
@example("![" * 3000)
@example("{:" * 3000)
@example("<a " + "b=c " * 5000)
@example("x" * 1_000_000)
def test_no_input_raises_or_hangs(text: str) -> None:
    list(check_text("p.md", text))
    list(check_svg("p.svg", text))
    list(check_css("p.css", text))
