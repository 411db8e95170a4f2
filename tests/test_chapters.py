"""Chapters: structure, ids, citations, links and true lines; no input raises."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from livingreview.chapters import parse_chapter, parse_front_matter
from livingreview.model import Block, BlockKind
from livingreview.textsafety import decode


def blocks(text: str) -> tuple[Block, ...]:
    return parse_chapter(text, "docs/zh/page.md", "zh", "page")[0].blocks


def only(text: str) -> Block:
    (block,) = blocks(text)
    return block


def test_a_heading_gives_its_id_level_and_text() -> None:
    block = only("## 机制 *two* {#mechanisms}\n")
    assert (block.kind, block.id, block.level, block.text) == (BlockKind.HEADING, "mechanisms", 2, "机制 two")


def test_the_page_title_is_no_block() -> None:
    chapter, _ = parse_chapter("# 标题\n\n文字\n{: #one }\n", "docs/zh/page.md", "zh", "page")
    assert chapter.title == "标题"
    assert [block.id for block in chapter.blocks] == ["one"]


def test_a_paragraph_takes_the_id_from_the_line_below() -> None:
    block = only("first line\nsecond line\n{: #para .wide }\n")
    assert (block.id, block.text, block.line, block.end) == ("para", "first line\nsecond line", 1, 3)


def test_an_item_takes_the_id_at_the_end_of_its_first_line() -> None:
    one, two, nested = blocks("- a {: #one }\n- b {: #two }\n    - c {: #three }\n")
    assert [(b.id, b.level, b.text) for b in (one, two, nested)] == [
        ("one", 1, "a"),
        ("two", 1, "b"),
        ("three", 2, "c"),
    ]


def test_lines_are_true_below_front_matter() -> None:
    assert only("---\ntitle: T\nnumber: '3'\n---\n# T\n\ntext\n{: #p }\n").line == 7


def test_citations_are_kept_apart_from_the_text() -> None:
    block = only("句子[@one2020a; @two2021b, p. 12]，下文 me@example.org。\n{: #p }\n")
    assert [(c.key, c.locator) for c in block.citations] == [("one2020a", ""), ("two2021b", "p. 12")]
    assert block.text == "句子，下文 me@example.org。"


def test_code_holds_no_citations_and_no_numbers() -> None:
    block = only("use `[@key] 28` here\n{: #p }\n")
    assert not block.citations
    assert "28" not in block.text


def test_a_citation_has_the_line_it_stands_on() -> None:
    assert [c.line for c in only("one [@a2000b]\ntwo [@c2000d]\n{: #p }\n").citations] == [1, 2]


def test_links_and_images_are_told_apart() -> None:
    block = only("see [PACE](../x.md#y) and ![alt](i.svg)\n{: #p }\n")
    assert [(link.target, link.text, link.image) for link in block.links] == [
        ("../x.md#y", "PACE", False),
        ("i.svg", "alt", True),
    ]


def test_a_note_owns_everything_inside_it() -> None:
    block = only(
        "/// note | Title\n    attrs: {id: note-x}\n    for: [c001, c002]\n\nText [@k2000x].\n\n- item 5\n///\n"
    )
    assert (block.kind, block.id, block.options["for"]) == (BlockKind.NOTE, "note-x", ["c001", "c002"])
    assert "item 5" in block.text
    assert block.cited_keys == {"k2000x"}


def test_a_table_block_has_its_caption_and_cells() -> None:
    block = only("/// table | Ranges of 3\n    attrs: {id: t}\n\n| a | b |\n|---|---|\n| 1 | 2 [@k2000x] |\n///\n")
    assert (block.kind, block.id, block.caption) == (BlockKind.TABLE, "t", "Ranges of 3")
    assert block.text.split("\n") == ["Ranges of 3", "a", "b", "1", "2"]
    assert block.cited_keys == {"k2000x"}


def test_a_bare_table_is_a_block_without_id() -> None:
    block = only("| a | b |\n|---|---|\n| 1 | 2 |\n")
    assert (block.kind, block.id) == (BlockKind.TABLE, None)


def test_a_directive_has_name_options_and_lines() -> None:
    block = only("/// trials\n    attrs: {id: t}\n    filter:\n      source: bone\n///\n")
    assert (block.kind, block.name, block.options) == (BlockKind.DIRECTIVE, "trials", {"filter": {"source": "bone"}})
    assert block.option_lines[("filter", "source")] == 4


def test_blocks_nest_by_the_number_of_slashes() -> None:
    table = "/// table | T\n    attrs: {id: t}\n\n| a |\n|---|\n| 1 |\n///\n"
    text = f"//// note\n    attrs: {{id: note-a}}\n\ntext\n\n{table}////\n"
    assert [(block.kind, block.id) for block in blocks(text)] == [(BlockKind.NOTE, "note-a"), (BlockKind.TABLE, "t")]


def test_an_unclosed_block_is_one_problem_at_its_line() -> None:
    _, problems = parse_chapter(
        "text\n{: #p }\n\n/// note\n    attrs: {id: note-x}\n\nrest\n", "docs/zh/p.md", "zh", "p"
    )
    assert [(p.line, p.code) for p in problems] == [(4, "data-syntax")]


def test_broken_options_are_reported_at_their_line() -> None:
    _, problems = parse_chapter("/// note\n    attrs: {id: note-x\n\nrest\n///\n", "docs/zh/p.md", "zh", "p")
    assert [p.code for p in problems] == ["data-syntax"]
    assert problems[0].line in (2, 3)


def test_broken_front_matter_is_reported_and_the_page_still_read() -> None:
    chapter, problems = parse_chapter("---\ntitle: [\n---\n# T\n\ntext\n{: #p }\n", "docs/zh/p.md", "zh", "p")
    assert [p.code for p in problems] == ["data-syntax"]
    assert chapter.block("p") is not None


def test_an_exception_needs_a_reason() -> None:
    with_reason = blocks("<!-- parity-numbers: the journal prints both -->\n\ntext 5\n{: #p }\n")[0]
    without = blocks("<!-- parity-numbers: -->\n\ntext 5\n{: #p }\n")[0]
    assert with_reason.ignores == {"parity-numbers"}
    assert not without.ignores


MARKDOWN = st.lists(
    st.sampled_from(
        [
            "# ",
            "## x {#a}\n",
            "- i {: #i }\n",
            "    - n\n",
            "/// note\n",
            "    attrs: {id: n}\n",
            "///\n",
            "////\n",
            "| a | b |\n|---|---|\n",
            "[@k2000a; @",
            "]",
            "`",
            "```\n",
            "{: #p }\n",
            "\n\n",
            "---\n",
            "> ",
            "![](",
            "<div ",
            "\0",
            "\u202e",
            "\r\n",
            "﻿",
            "1. ",
            "&#x",
            "\\",
        ]
    )
    | st.text(max_size=12),
    max_size=40,
).map("".join)


@settings(max_examples=200, deadline=None)
@given(MARKDOWN)
@example("[" * 3000 + "@")
@example("- " * 500 + "deep")
@example("x" * 1_000_000)
@example("/// " * 400)
@example("    " * 300 + "- a\n" * 50)
def test_no_input_raises(text: str) -> None:
    text, _ = decode("docs/zh/p.md", text.encode())
    chapter, problems = parse_chapter(text, "docs/zh/p.md", "zh", "p")
    for block in chapter.blocks:
        assert 1 <= block.line <= text.count("\n") + 1
    assert all(problem.path == "docs/zh/p.md" for problem in problems)


@given(st.text(max_size=200))
def test_front_matter_keeps_the_number_of_lines(text: str) -> None:
    _, body, _ = parse_front_matter(text, "p.md")
    assert body.count("\n") == text.count("\n")
