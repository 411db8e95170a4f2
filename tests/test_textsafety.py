"""What must not stand in a source file is found at its line; what only looks like it passes."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import markdown
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from effort import no_hanging
from livingreview.textsafety import blank_code, check_characters, check_css, check_svg, check_text, decode

PATH = "docs/en/page.md"


def codes(text: str) -> list[tuple[int, str]]:
    return sorted({(problem.line, problem.code) for problem in check_text(PATH, text)})


UNSAFE = [
    "<script>alert(1)</script>",
    "text <SCRIPT SRC=x.js></SCRIPT>",
    "<script/x>1</script>",
    "<style>p{}</style>",
    "<iframe src='x'></iframe>",
    "<object data=x></object>",
    "<embed src=x>",
    "<form action=x>",
    "<base href=/>",
    "<meta http-equiv=refresh content=0>",
    "<link rel=stylesheet href=x.css>",
    "<svg/onload=alert(1)>",
    "<p onclick=alert(1)>x</p>",
    "<p ONCLICK = 'alert(1)'>x</p>",
    "<img alt=a src=x onerror=alert(1)//>",
    '<a title=">" onclick=x>y</a>',
    "a <b c <p onmouseover=x>",
    "<x:y onfocus=x tabindex=1 autofocus>",
    "<a href='javascript:x'>a</a>",
    "<a href='JaVa\tScript:x'>a</a>",
    "<a href='&#106;avascript:x'>a</a>",
    "<a href='java&Tab;script:x'>a</a>",
    "<a href=' \x20javascript:x'>a</a>",
    "<a href='vbscript:x'>a</a>",
    "<a href='data:text/html,x'>a</a>",
    "<svg><a xlink:href='javascript:x'>a</a></svg>",
    "[a](javascript:x)",
    "[a](JAVASCRIPT:x)",
    "[a](java\nscript:x)",
    "[a](&#x6A;avascript:x)",
    "[a](<javascript:x>)",
    "[a]( javascript:x)",
    "[a](javascript&colon;x)",
    "[a](javascript\\:x)",
    "[a](data:text/html;base64,x)",
    "[a][b]\n\n[b]: javascript:x",
    "<javascript:x>",
    "![a](data:image/svg+xml,x)",
    "![a map](data:image/png;base64,xyz)",
    '<img alt="a map" src="data:image/png;base64,xyz">',
    "para\n{: onclick=alert(1) }",
    "*em*{: onclick='a{}' }",
    "## H {#x onclick=a}",
    "*em*{: onclick=x {y} }",
    "*em*{ onclick=a }",
    "[a](x.md){: href='javascript:x' }",
    "para\n{: style='color:red' }",
    "/// note\n    attrs: {id: a, onclick: x}\n///",
    "/// note\n    attrs: {id: a, 'onclick': x}\n///",
    "/// note\n    attrs:\n      id: a\n      onclick: x\n///",
    "``` {.python onclick=x }\ncode\n```",
    "<!-- a --!> <p onclick=x> -->",
    "<!--> <b> -->",
    "<!DOCTYPE html>",
    "``\n\n<?</p>\n\n`<script>`</script>- /",
    "<![CDATA[><b>]]>",
    "<?php x ?>",
    "<a href=javascript:x",
    "<p onclick=x",
]


@pytest.mark.parametrize("text", [text for text in UNSAFE if not text.endswith(("=javascript:x", "onclick=x"))])
def test_active_markup_is_unsafe(text: str) -> None:
    assert "html-unsafe" in {code for _, code in codes(f"First line.\n\n{text}\n")}


NOT_CODE = [
    "`\n<script>x</script>\n`",
    "`a <!-- ` --> <script>x</script> `",
    "<!-- ` -->\n<script>x</script> `",
    "<div></div> `<script>x</script>`",
    "<div>\n`<script>x</script>`\n</div>",
    "```\n<script>x</script>\n",
    "```\n<script>x</script>\n~~~",
    "~~~\n<script>x</script>\n~~~~",
    "````\n<script>x</script>\n```",
    "``` what is this?\n<script>x</script>\n```",
    "\\`<script>x</script>\\`",
    "`a\n\n<script>x</script>`",
    "`<script>x</script>``",
    "- a `x\n- <script>x</script>` b",
    "# a `x\n<script>x</script>` b",
    "| `a | <script>x</script>` |\n|---|---|\n| b | c |",
    "~~~\n\n```\n<script>x</script>\n```",
    "a`\n```\n\n```\n`<script>x</script>`",
    "```\n`<script>` ````",
    "\t`\nx <script>x</script> `",
    "[b]: [a](`\nx <script>x</script> `",
    "a <!-- <script>x</script>\n\n-->",
    "a <!-- <script>x</script> \\-->",
    "- <!-- a\n- <script>x</script> -->",
    "| <!-- a | <script>x</script> --> |\n|---|---|\n| b | c |",
    "<b>\n<!-- `a` <script>x</script> \\-->\n</b>",
    "> ```\n<script>x</script>\n> ```",
]


@pytest.mark.parametrize("text", NOT_CODE)
def test_what_the_renderer_does_not_take_for_code_is_checked(text: str) -> None:
    assert "html-unsafe" in {code for _, code in codes(f"First line.\n\n{text}\n")}


HARMLESS = [
    "Plain text with P < 0.05, n > 3 and a<b or <5.",
    "`<script>alert(1)</script>` in code",
    "``a ` <script>`` in code",
    "```html\n<script>alert(1)</script>\n```",
    "~~~\n<iframe>\n~~~",
    "- item\n\n    ```html\n    <script>\n    ```\n",
    "> ```html\n> <script>\n> ```",
    "A multi-line `code\nspan with <b onclick=x> in it`.",
    "`{: onclick=x }` sets an attribute",
    "## Title {#top-id}",
    "- item {: #item }",
    "para\n{: #para }",
    "/// table | Caption\n    attrs: {id: some-id}\n\n| a |\n|---|\n| b |\n///",
    "/// note\n    attrs: {id: note-a}\n    for: [c001]\n\nText.\n///",
    "![A map](../assets/map.svg)",
    "[a](https://doi.org/10.1/x) and <https://doi.org/10.1/x> and <me@example.org>",
    "[a][b]\n\n[b]: https://example.org",
    "[^1]: data: a footnote",
    "<!-- parity-numbers: counted differently -->",
    "<!-- a comment\nover lines -->",
    "H<sub>2</sub>O, <kbd>Ctrl</kbd>, <br>",
    "<details><summary>More</summary>Text</details>",
    "<img src='a.png' alt='A map'>",
    "JavaScript: a language. data: a plural. [JavaScript](javascript.md)",
    "Sets {a, b} and {x: 1} and {only=1}",
    "a {% raw %} b {{ c }}",
    "x <- 3; y -> 4; a <= b",
    "\\![](x.md)",
    "[](clinical/adipose.md#noma)",
]


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless_text_passes(text: str) -> None:
    assert codes(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "<p hidden>x</p>",
        "<p style='display : none'>x</p>",
        "<p style='font-size:0px'>x</p>",
        "<p style='color:#FFF'>x</p>",
        "<p style='dis/**/play:none'>x</p>",
        "<p style='d\\69splay:none'>x</p>",
        "<p style='position:absolute;left:-9999px'>x</p>",
        "<p aria-hidden=true>x</p>",
        "<font color=white>x</font>",
        "para\n{: hidden }",
        "para\n{: style='visibility:hidden' }",
        "<template>x</template>",
        "<!--[if IE]> x <![endif]-->",
    ],
)
def test_hidden_text(text: str) -> None:
    assert {code for _, code in codes(text)} == {"html-hidden"}


@pytest.mark.parametrize(
    "text",
    [
        "![a](https://example.org/a.png)",
        "![a](//example.org/a.png)",
        "![a](HTTPS:&#47;&#47;example.org/a.png)",
        "![a](\\\\example.org/a.png)",
        "![a][m]\n\n[m]: https://example.org/a.png",
        "<img alt=a src=https://example.org/a.png>",
        "<img alt=a src=a.png srcset='a.png 1x, https://example.org/b.png 2x'>",
        "<video poster=//example.org/a.png></video>",
        "<audio src=https://example.org/a.mp3></audio>",
        "<p style='background:url(https://example.org/a.png)'>x</p>",
        "![a](a.png){: src=https://example.org/a.png }",
    ],
)
def test_requests_to_other_hosts(text: str) -> None:
    assert {code for _, code in codes(text)} == {"external-request"}


def test_the_own_host_is_no_other_host() -> None:
    assert not list(check_text(PATH, "![a](https://example.org/a.png)", own_hosts={"example.org"}))


@pytest.mark.parametrize(
    "text", ["![](a.png)", "![ ](a.png)", "<img src=a.png>", "<img src=a.png alt=''>", "![][m]\n\n[m]: a.png"]
)
def test_images_need_words(text: str) -> None:
    assert {code for _, code in codes(text)} == {"image-alt-missing"}


def test_lines_are_true() -> None:
    text = "---\ntitle: T\n---\n\n# T\n\nText.\n\n```html\n<script>\n```\n\nText <b\nonclick=x>.\n\n![](a.png)\n"
    assert codes(text) == [(13, "html-unsafe"), (16, "image-alt-missing")]


def test_blanked_code_keeps_offsets() -> None:
    text = "a `b` c\n\n```py\nd = 1\n```\n\n``e`` f\n"
    blanked = blank_code(text)
    assert len(blanked) == len(text)
    assert blanked == "a     c\n\n   py\n     \n   \n\n      f\n"


def test_bytes_that_are_not_utf8() -> None:
    text, problems = decode(PATH, "一\r\n二\r\n".encode() + b"\xe9\xff rest\n")
    assert text == "一\n二\n\ufffd\ufffd rest\n"
    assert [(problem.line, problem.code) for problem in problems] == [(3, "text-encoding")]
    assert "0xE9" in problems[0].message


def test_marks_and_line_ends_of_other_systems_are_fine() -> None:
    assert decode(PATH, b"\xef\xbb\xbfa\r\nb\rc\n") == ("a\nb\nc\n", [])
    assert "UTF-16" in decode(PATH, "a".encode("utf-16"))[1][0].message


@pytest.mark.parametrize(
    "char",
    [
        "\x00",
        "\x07",
        "\x0b",
        "\x1b",
        "\x7f",
        "\x85",
        "\x9d",
        "\u202e",
        "\u2066",
        "\u2069",
        "\u200e",
        "\u200b",
        "\ufeff",
        "\u2028",
        "\U000e0041",
    ],
)
def test_stray_characters(char: str) -> None:
    problems = list(check_characters("data/a.yml", f"a: b\nc: d{char}e{char}\n"))
    assert [(problem.line, problem.code) for problem in problems] == [(2, "text-encoding")]
    assert f"U+{ord(char):04X}" in problems[0].message


@pytest.mark.parametrize(
    "text", ["a\tb", "\u4e2d\u6587，“引号”", "👩\u200d🔬", "می\u200cخواهم", "TcPO₂ × 10⁶ ± 3 µm", "\ufeffa"]
)
def test_ordinary_characters(text: str) -> None:
    assert not list(check_characters("a.md", text))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("<svg><script>x</script></svg>", "html-unsafe"),
        ("<svg onload='x'/>", "html-unsafe"),
        ("<svg>\n<foreignObject/></svg>", "html-unsafe"),
        ("<svg><a href='javascript:x'/></svg>", "html-unsafe"),
        ("<!DOCTYPE svg [<!ENTITY a 'b'>]><svg/>", "html-unsafe"),
        ("<svg><image href='https://example.org/a.png'/></svg>", "external-request"),
        ("<svg><use xlink:href='//example.org/a.svg#b'/></svg>", "external-request"),
        ("<svg><style>@import 'https://example.org/a.css';</style></svg>", "external-request"),
        ("<svg><rect fill='url(https://example.org/a)'/></svg>", "external-request"),
    ],
)
def test_drawings(text: str, code: str) -> None:
    assert {problem.code for problem in check_svg("a.svg", text)} == {code}


def test_an_ordinary_drawing() -> None:
    text = (
        '<?xml version="1.0"?>\n<!-- drawn by hand -->\n'
        '<svg xmlns="http://www.w3.org/2000/svg" role="img"><title>T</title>'
        '<style>.a{fill:#fff}</style><g aria-hidden="true"><path fill="url(#g)" style="opacity:0" d="M0 0"/></g>'
        '<a href="https://example.org"><text>x</text></a></svg>'
    )
    assert not list(check_svg("a.svg", text))


def test_stylesheets() -> None:
    text = (
        "a{}\n/* url(https://example.org/x) */\nb{background:u\\72l( 'https://example.org/y' )}\n"
        "c{background:url(d.png)}\n"
    )
    assert [(problem.line, problem.code) for problem in check_css("a.css", text)] == [(3, "external-request")]


PIECES = [
    "<",
    ">",
    "<a ",
    "<script",
    "</div>",
    "<div>",
    "\n",
    "\n\n",
    "`",
    "``",
    "```",
    "~~~\n",
    "{",
    "}",
    "{: ",
    "=",
    '"',
    "'",
    "[",
    "](",
    ")",
    "![",
    "<!--",
    "-->",
    "--!>",
    "<!",
    "<?",
    "onclick=",
    "javascript:",
    "url(",
    "\\",
    "&#",
    "\x00",
    "\u202e",
    "attrs:\n",
    "  on: ",
    "]: ",
    "data:",
    " ",
    "x",
    "一",
]


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join) | st.text(max_size=200))
@settings(max_examples=300, deadline=None)
def test_nothing_raises(text: str) -> None:
    assert len(blank_code(text)) == len(text)
    for check in (check_text, check_svg, check_css):
        for problem in check("a.md", text):
            assert 1 <= problem.line <= text.count("\n") + 1
            assert "\n" not in problem.message


@given(st.binary(max_size=300))
def test_any_bytes_decode(data: bytes) -> None:
    text, problems = decode("a.md", data)
    assert "\r" not in text
    assert len(problems) <= 1


@pytest.mark.parametrize(
    "piece",
    [*PIECES, "<a <", "<a '", '<a x="', "[a](", "{a", "`a", "``a`", "<!--\n", "\n```", "\n> ```", "](java", "<div>\n`"],
)
def test_long_lines_end(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    with no_hanging():
        for check in (check_text, check_svg, check_css):
            list(check("a.md", text))


class Active(HTMLParser):
    """Collects what a browser would act on."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [tag] if tag in ("script", "iframe") else []
        for name, value in attrs:
            scheme = re.sub(r"[\x00-\x20]", "", value or "").lower()
            fetched = name != "href" and scheme.startswith("https://e.org")  # a link waits until it is followed
            if name.startswith("on") or name in ("style", "hidden") or scheme.startswith("javascript:") or fetched:
                self.found.append(name)


RENDERED = [
    *(
        "<script>",
        "</script>",
        "<div>",
        "</div>",
        "<p onclick=x>",
        "<b ",
        ">",
        "`",
        "``",
        "```",
        "\n",
        "\n\n",
        "    ",
        "- ",
    ),
    *(
        "> ",
        "<!--",
        "-->",
        '"',
        "x",
        "[a](",
        "(javascript:x)",
        "[b]: ",
        "[a][b]",
        ")",
        "{: onclick=x }",
        "{ hidden }",
        "\\",
    ),
    *(
        "~~~\n",
        "```\n",
        "\n```\n",
        "<hr>",
        "<?",
        "?>",
        "| a |\n|--|\n| ",
        "`<script>`",
        "![a](https://e.org/x)",
        "# h ",
        "1. ",
    ),
]


@given(st.lists(st.sampled_from(RENDERED), max_size=14).map("".join))
@settings(max_examples=400, deadline=None)
def test_whatever_the_renderer_makes_active_is_reported(text: str) -> None:
    extensions = ["attr_list", "tables", "toc", "pymdownx.superfences"]
    try:
        html = markdown.Markdown(extensions=extensions).convert(text)
    except AssertionError:  # the renderer's own trouble with "<!["
        return
    active = Active()
    active.feed(html)
    if active.found:
        assert codes(text), html
