"""What search reads on a rendered page: its sections, their running text, nothing that is left out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livingreview.page_sections import PageSection, page_sections


def texts(html: str) -> dict[str, str]:
    return {section.fragment: section.text for section in page_sections(html)}


def test_a_section_begins_with_a_heading_that_has_an_id() -> None:
    html = (
        '<h1 id="page">The <em>page</em></h1><p>Lead.</p><h2 class="a" id="one">1 One<a href="#one"></a></h2>'
        "<p>First.</p><h3>No place</h3><p>Still first.</p><h2 id='two'>P &lt; 0.05</h2><ul><li>a</li><li>b</li></ul>"
    )
    assert page_sections(html) == (
        PageSection("", "The page", "Lead."),
        PageSection("one", "1 One", "First. Still first."),
        PageSection("two", "P < 0.05", "a b"),
    )


def test_a_page_without_headings_is_one_section() -> None:
    assert page_sections("<p>All &amp; of it</p>") == (PageSection("", "", "All & of it"),)
    assert page_sections("") == ()


def test_only_running_text_counts() -> None:
    html = (
        "<div>label</div><table><tr><td>cell <p>said in a cell</p></td></tr></table>"
        '<p>text<sup class="lr-cite">[<a href="#x">1</a>]</sup> with <b>bo</b>ld<br>line</p><pre>code</pre>'
    )
    assert texts(html) == {"": "said in a cell text with bold line code"}


@pytest.mark.parametrize(
    "left_out",
    [
        "<section data-search-exclude><p>no</p><section><p>no</p></section><p>no</p></section>",
        '<script type="application/json">{"a": "<p>no</p>"}</script>',
        "<svg><title>no</title><p>no</p></svg>",
        "<!-- <p>no</p> -->",
        '<h2 id="no" data-search-exclude>no</h2>',
        '<img src="x.png" data-search-exclude>',
    ],
)
def test_what_is_left_out_ends_where_it_ends(left_out: str) -> None:
    assert texts(f'<h2 id="a">A</h2><p>yes</p>{left_out}<p>again</p>') == {"a": "yes again"}


def test_signs_in_attributes_end_no_tag() -> None:
    assert texts('<p title="a > b" data-x=\'<p>"\'>text</p>') == {"": "text"}


def test_an_end_without_a_beginning_ends_nothing() -> None:
    assert texts("</p></sup></li><p>text</p>") == {"": "text"}


@given(st.lists(st.tuples(st.sampled_from("abc"), st.text("xyz &<>\u3000中", max_size=8)), max_size=5))
def test_every_running_text_is_found_in_order(parts: list[tuple[str, str]]) -> None:
    from html import escape

    html = "".join(f'<h2 id="{name}{n}">{name}</h2><p>{escape(text)}</p>' for n, (name, text) in enumerate(parts))
    assert [(s.fragment, s.text) for s in page_sections(html)] == [
        (f"{name}{n}", " ".join(text.split())) for n, (name, text) in enumerate(parts)
    ]
