"""Citations: found where they are, left alone where they only look so, numbered once, dropped never."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from mkdocs_bibtex.citation import Citation, CitationBlock, InlineReference
from mkdocs_bibtex.plugin import BibTexPlugin

from bibtex_registry import EngineRegistry, attach_registry
from effort import calls_of, no_hanging
from livingreview.bibliography import parse_bibliography
from livingreview.cards import ReferenceBook
from livingreview.citations import (
    CitedWork,
    check_citations,
    citation_labels,
    mask,
    number_works,
    parse_citations,
    plain_numbers,
    render_group,
    shield,
    unshield,
)
from livingreview.references import Formatted
from livingreview.verified import load_ledger

KEYS = [f"work{year}a" for year in range(2001, 2009)]
FURTHER = [f"more{year}a" for year in range(2001, 2005)]
NUMBERS = number_works(KEYS, FURTHER)


def keys_of(text: str) -> list[list[str]]:
    return [[work.key for work in group.works] for group in parse_citations(text)[0]]


def faults(text: str) -> list[tuple[int, str]]:
    return [(problem.line, problem.message) for problem in parse_citations(text, "p.md")[1]]


def shown(text: str, language: str = "en") -> str:
    """Return what a reader sees of the first group of a text."""
    (group, *_), _ = parse_citations(text)
    return unescape(re.sub(r"<[^>]+>", "", render_group(group.works, NUMBERS, language)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("能力[@peng2023extracellular]。", [["peng2023extracellular"]]),
        ("text [@a2020b; @c-d2021e].", [["a2020b", "c-d2021e"]]),
        ("[@a2020b ;@c2020d ]", [["a2020b", "c2020d"]]),
        ("[@a2020b][@c2020d]", [["a2020b"], ["c2020d"]]),
        ("[@a2020b]: and on", [["a2020b"]]),
        ("[@a2020b, p. 12]", [["a2020b"]]),
        ("| [@a2020b] | x |", [["a2020b"]]),
        ("[see @a2020b]", [["a2020b"]]),
        ("> quoted [@a2020b]", [["a2020b"]]),
        ("- item [@a2020b] {: #x }", [["a2020b"]]),
        ("    - nested [@a2020b]", []),
        ("- a\n    - nested [@a2020b]", [["a2020b"]]),
        ("/// note\n    attrs: {id: x}\n\n[@a2020b]\n///", [["a2020b"]]),
    ],
)
def test_found(text: str, expected: list[list[str]]) -> None:
    assert keys_of(text) == expected
    assert faults(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "`[@a2020b]`",
        "`` [@a2020b] ` ``",
        "```\n[@a2020b]\n```",
        "~~~ md\n[@a2020b] @c\n~~~",
        "- item\n\n    ```\n    [@a2020b]\n    ```",
        "text\n\n    [@a2020b]\n",
        "<!-- [@a2020b] @c -->",
        "write me@example.org or [me@example.org]",
        "[mail](mailto:me@example.org)",
        "[@handle](https://example.org/@handle)",
        "<https://example.org/@handle> https://example.org/@x",
        "[x]: https://example.org/@handle",
        "![a @b](c@d.png)",
        r"\@a2020b and \[a2020b]",
        '<a href="x@y">z</a>',
        "---\ntitle: a @b\n---\n",
        "at 3@4",
    ],
)
def test_left_alone(text: str) -> None:
    assert keys_of(text) == []
    assert faults(text) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[@a2020b；@c2020d]", 'full-width "；"'),
        ("[@a2020b，p. 3]", 'full-width "，"'),
        ("[@a2020b、@c2020d]", 'full-width "、"'),
        ("[＠a2020b]", 'full-width "＠"'),
        ("【@a2020b】", "half-width brackets"),
        ("［@a2020b］", "half-width brackets"),
        ("as @a2020b says", "without brackets"),
        ("中文@a2020b，后文", "without brackets"),
        ("[@a2020b\n; @c]", "stands on one line"),
        ("[@a.2020]", "no key"),
        ("[@a:2020]", "no key"),
        ("[@a2020b。]", "no key"),
        ("[@]", "no key"),
        ("[-@a2020b]", "none can be left out"),
        ("[@a2020b;]", "names no work"),
        ("[@a2020b; p. 3]", "names no work"),
        ("[@a2020b, @c2020d]", "separated by ;"),
        ("[@a2020b @c2020d]", "separated by ;"),
        ("[@a2020b p. 3]", "a comma"),
        (r"\[@a2020b\]", "printed, not cited. Write [@a2020b]"),
        (r"\[@a2020b; @c2020d]", "printed, not cited. Write [@a2020b; @c2020d]"),
    ],
)
def test_faults(text: str, words: str) -> None:
    (line, message), *_ = faults(text)
    assert words in message
    assert line == 1
    assert keys_of(text) == []


def test_one_problem_a_place_with_its_line() -> None:
    text = "# T\n\n正文[@one2020a；@two2020b]。\n\n[@ok2020a]\n- @three2020c\n"
    assert [line for line, _ in faults(text)] == [3, 6]
    (group,), _ = parse_citations(text)
    assert (group.line, text[group.start : group.end]) == (5, "[@ok2020a]")
    assert text[group.works[0].start :].startswith("@ok2020a")


def test_unknown_keys_are_named_with_what_was_meant() -> None:
    text = "[@gupta2013duble; @lu2011x]\n[@zzzz1999q] [@zzzz1999q]\n"
    known = {"gupta2013double", "lu2011x"}
    assert [str(problem) for problem in check_citations(text, "docs/en/x.md", known)] == [
        'docs/en/x.md:1: [citation-unknown] no entry "gupta2013duble" in refs.bib. Did you mean "gupta2013double"?',
        'docs/en/x.md:2: [citation-unknown] no entry "zzzz1999q" in refs.bib. Add it to refs.bib, or correct the key.',
    ]


def test_locators_and_prefixes() -> None:
    (group,), _ = parse_citations("[see @a2020b, 第 12 页，图 2: b; @c2020d, pp. 3-5]")
    assert [(work.prefix, work.key, work.locator) for work in group.works] == [
        ("see", "a2020b", "第 12 页，图 2: b"),
        ("", "c2020d", "pp. 3-5"),
    ]


# -- numbers -----------------------------------------------------------------------


def test_one_numbering_two_series() -> None:
    numbering = number_works(["b", "a", "b", "c"], ["a", "x", "y", "x"])
    assert [numbering(key) for key in ("b", "a", "c", "x", "y", "unknown")] == ["1", "2", "3", "E1", "E2", ""]
    assert numbering.keys == ("b", "a", "c", "x", "y")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[@work2001a]", "[1]"),
        ("[@work2002a; @work2001a]", "[1,2]"),
        ("[@work2003a; @work2001a; @work2002a]", "[1–3]"),
        ("[@work2001a; @work2002a; @work2004a]", "[1,2,4]"),
        ("[@work2001a; @work2003a; @work2004a; @work2005a; @work2008a]", "[1,3–5,8]"),
        ("[@work2001a; @work2001a]", "[1]"),
        ("[@more2001a; @work2008a]", "[8,E1]"),
        ("[@work2007a; @work2008a; @more2001a; @more2002a; @more2003a]", "[7,8,E1–E3]"),
        ("[@work2001a, p. 12]", "[1, p. 12]"),
        ("[@work2001a; @work2002a, p. 3; @work2003a]", "[1; 2, p. 3; 3]"),
        ("[@nobody2000x]", "[?nobody2000x]"),
        ("[@work2001a; @nobody2000x]", "[1,?nobody2000x]"),
        ("[see @work2001a]", "[see 1]"),
    ],
)
def test_numbers_in_english(text: str, expected: str) -> None:
    assert shown(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[@work2001a]", "[1]"),
        ("[@work2003a; @work2001a; @work2002a]", "[1–3]"),
        ("[@work2001a, p. 12]", "[1]12"),
        ("[@work2001a, 第 12-14 页]", "[1]12-14"),
        ("[@work2001a; @work2002a, pp. 3-5; @work2003a]", "[1,2]3-5[3]"),
        ("[@work2001a, 图 2]", "[1]图 2"),
    ],
)
def test_numbers_in_chinese(text: str, expected: str) -> None:
    assert shown(text, "zh") == expected


def test_numbers_are_links_with_names() -> None:
    html = render_group([CitedWork(key) for key in KEYS[:3]], NUMBERS, "en")
    assert html == (
        '<sup class="lr-cite">[<a class="lr-cite__link" href="#fn-work2001a" '
        'data-lr-cards="work2001a work2002a work2003a" aria-label="References 1 to 3">1</a>–'
        '<a class="lr-cite__link" href="#fn-work2003a" data-lr-cards="work2001a work2002a work2003a" '
        'aria-label="References 1 to 3">3</a>]</sup>'
    )


def test_grave_states_are_marked_in_words() -> None:
    states = {"work2001a": "retracted", "work2002a": "concern"}
    html = render_group([CitedWork("work2001a"), CitedWork("work2002a")], NUMBERS, "zh", states)
    assert "lr-cite__link--retracted" in html
    assert "已撤稿" in html
    assert "表达关注" in html


def test_words_are_there_in_every_language() -> None:
    assert citation_labels("zh").words.keys() == citation_labels("en").words.keys()
    assert citation_labels("fr").words == citation_labels("en").words


# -- what the parser must survive --------------------------------------------------

PIECES = [
    "[",
    "]",
    "@",
    "＠",
    ";",
    "；",
    "，",
    ",",
    "`",
    "``",
    "\n",
    "    ",
    "\\",
    "a2020b",
    " ",
    "(",
    ")",
    "<",
    ">",
    "中",
    "-",
    ":",
]


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
@example("[@`]`")
@example("[[@a2020b]]")
@settings(max_examples=500, deadline=None)
def test_any_text(text: str) -> None:
    groups, problems = parse_citations(text, "p.md")
    lines = text.count("\n") + 1
    assert all(1 <= problem.line <= lines for problem in problems)
    for group in groups:
        assert text[group.start] == "["
        assert text[group.end - 1] == "]"
        assert all(text.startswith(f"@{work.key}", work.start) for work in group.works)
    masked = mask(text)
    assert [len(row) for row in masked.split("\n")] == [len(row) for row in text.split("\n")]
    assert unshield(shield(text)) == text
    assert shield(text).count("@") == sum(len(group.works) for group in groups)


@given(st.lists(st.sampled_from(KEYS + FURTHER), min_size=1, max_size=8))
@settings(max_examples=200, deadline=None)
def test_a_group_shows_every_work_once_and_no_run_across_series(keys: list[str]) -> None:
    text = re.sub(r"<[^>]+>", "", render_group([CitedWork(key) for key in keys], NUMBERS, "en"))
    shown_numbers: list[str] = []
    for part in text[1:-1].split(","):
        first, _, last = part.partition("–")
        if last:
            series = "E" if first.startswith("E") else ""
            assert last.startswith("E") == bool(series)
            low, high = int(first.removeprefix("E")), int(last.removeprefix("E"))
            assert high - low >= 2
            shown_numbers += [f"{series}{number}" for number in range(low, high + 1)]
        else:
            shown_numbers.append(part)
    order = [NUMBERS(key) for key in NUMBERS.keys if key in keys]
    assert shown_numbers == order


def test_work_on_citations_is_in_proportion_to_the_text() -> None:
    paragraph = "段落 {n}，内容若干[@work2001a; @work2002a]。`code [@x]`\n{{: #p{n} }}\n\n"

    def work(paragraphs: int) -> int:
        text = "".join(paragraph.format(n=n) for n in range(paragraphs))
        return calls_of(parse_citations, text, "p.md")

    assert work(4_000) < 4.5 * work(1_000)


# -- mkdocs-bibtex with our registry ----------------------------------------------

BIB = "@article{{{key}, author = {{A, B}}, title = {{T}}, journal = {{J}}, year = {{2020}}}}\n"


@pytest.fixture
def book() -> ReferenceBook:
    references, _ = parse_bibliography("".join(BIB.format(key=key) for key in KEYS + FURTHER), "refs.bib")
    formatted = {reference.key: Formatted(f"<i>{reference.key}</i>", reference.key) for reference in references}
    ledger, _ = load_ledger("works:\n  work2002a:\n    notices: {status: retracted, date: 2026-01-01}\n")
    return ReferenceBook("en", {r.key: r for r in references}, formatted, NUMBERS, ledger)


def plugin_output(markdown: str, book: ReferenceBook, **options: Any) -> str:
    """Run the plugin's own page handler on a text, as the build does: shielded before, unshielded after."""
    plugin = BibTexPlugin()
    plugin.load_config({"bib_file": "refs.bib", "bib_by_default": False, "enable_inline_citations": False, **options})
    attach_registry(SimpleNamespace(plugins={"bibtex": plugin}), book)
    return unshield(plugin.on_page_markdown(shield(markdown), None, None, None))


def seen(text: str) -> str:
    return re.sub(r"<[^>]+>", "", text)


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("One [@work2001a; @work2003a].", "One [1,3]."),
        ("Twice [@work2001a], again [@work2001a].", "Twice [1], again [1]."),
        ("Place [@work2001a, p. 12].", "Place [1, p. 12]."),
        ("Unknown [@nobody2000x] stays.", "Unknown [?nobody2000x] stays."),
        ("Retracted [@work2002a].", "Retracted [2 Retracted]."),
        ("Wide [@work2001a；@work2003a] stays.", "Wide [@work2001a；@work2003a] stays."),
        ("Odd [@work.2001:a] stays.", "Odd [@work.2001:a] stays."),
        ("Code `[@work2001a]` and [@work2001a].", "Code `[@work2001a]` and [1]."),
        ("```\n[@work2001a]\n```\n", "```\n[@work2001a]\n```\n"),
        ("Mail [me@example.org] or x@y.org; @work2001a", "Mail [me@example.org] or x@y.org; @work2001a"),
        ("Link [a](b.md) and [ref][x]", "Link [a](b.md) and [ref][x]"),
        (r"Escaped \[@work2001a]", r"Escaped \[@work2001a]"),
    ],
)
def test_the_plugin_gives_what_we_mean(markdown: str, expected: str, book: ReferenceBook) -> None:
    assert seen(plugin_output(markdown, book)) == expected


def test_the_plugin_accepts_no_bare_keys_even_where_it_is_told_to(book: ReferenceBook) -> None:
    assert plugin_output("a @work2001a b", book, enable_inline_citations=True) == "a @work2001a b"


def test_a_list_asked_of_the_plugin_has_our_references(book: ReferenceBook) -> None:
    assert "[^work2001a]: <i>work2001a</i>" in plugin_output("x [@work2001a]\n\n\\bibliography", book)


def test_all_works_asked_of_the_plugin_are_ours(book: ReferenceBook) -> None:
    output = plugin_output("\\full_bibliography", book)
    assert output.count("[^") == len(book.references)


@pytest.mark.parametrize("content", [BIB.format(key="a2020b") * 2, "@article{a2020b, title = {", None])
def test_a_bad_bibliography_never_reaches_the_plugin(content: str | None, book: ReferenceBook, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "refs.bib").write_text(content, encoding="utf-8")
    plugin = BibTexPlugin()
    plugin.load_config({"bib_file": "refs.bib"})
    config = SimpleNamespace(config_file_path=str(tmp_path / "mkdocs.yml"), plugins={"bibtex": plugin})
    for _language in ("zh", "en"):
        plugin.on_config(config)
        registry = attach_registry(config, book)
        assert plugin.registry is registry


def test_the_registry_answers_by_itself(book: ReferenceBook) -> None:
    registry = EngineRegistry(book)
    registry.validate_citation_blocks([])
    assert registry.validate_inline_references([InlineReference("work2001a")]) == set()
    assert registry.reference_text(Citation("nobody2000x")) == "nobody2000x"
    assert registry.inline_text(CitationBlock([], raw="not a citation")) == "[not a citation]"


def test_own_texts_hold_no_fault(review: Any) -> None:
    for chapter in review.chapters.values():
        assert list(check_citations(chapter.text, chapter.path, review.keys)) == []


def test_the_words_cover_every_kind_and_language() -> None:
    text = (Path(__file__).parent.parent / "refs.bib").read_text(encoding="utf-8")
    words = citation_labels("zh").words
    for reference in parse_bibliography(text, "refs.bib")[0]:
        assert f"kind-{reference.kind}" in words
        assert f"language-{reference.language}" in words


@pytest.mark.parametrize(
    ("group", "text"),
    [
        ("[@w20; @w21; @w22]", "20–22"),
        ("[@w22; @w20]", "20, 22"),
        ("[@w20; @w21; @w22; @e1; @e2]", "20–22, E1, E2"),
        ("[@w20, p. 12; @w21; @w22]", "20, p. 12; 21; 22"),
        ("[see @w20]", "see 20"),
        ("[@w20; @nobody]", "20, ?nobody"),
    ],
)
def test_plain_text_has_the_numbers_that_the_page_has(group: str, text: str) -> None:
    numbers = {"w20": "20", "w21": "21", "w22": "22", "e1": "E1", "e2": "E2"}
    (found,) = parse_citations(group)[0]
    assert plain_numbers(found.works, lambda key: numbers.get(key, "")) == text


def test_plain_numbers_can_be_shown_as_links() -> None:
    (found,) = parse_citations("[@a; @b; @c]")[0]
    shown = plain_numbers(found.works, lambda key: str("abc".index(key) + 1), lambda key, number: f"{number}({key})")
    assert shown == "1(a)–3(c)"


def test_a_group_broken_over_lines_is_told_once() -> None:
    text = "As found [@norgren2024pace;\n@heo2022human], and\n\n[not one\n\n@bare]"
    groups, problems = parse_citations(text, "x.md")
    assert groups == ()
    assert [(problem.line, problem.message.partition(".")[0]) for problem in problems] == [
        (1, "a pair of brackets with citations stands on one line"),
        (6, "@bare stands without brackets"),
    ]


def test_a_long_run_of_letters_is_read_in_one_go() -> None:
    with no_hanging():
        assert parse_citations("a" * 1_000_000 + " [@key2020a]")[0][0].works[0].key == "key2020a"
