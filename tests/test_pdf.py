"""The printed work: what the book holds, what its links and columns are, and what is in the PDF in the end."""

from __future__ import annotations

import atexit
import json
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from livingreview.commands_print import pdf_command
from livingreview.drawings import light_values, parse_rules, standalone
from livingreview.model import BlockKind
from livingreview.paper import Imprint, Paper
from livingreview.paper_html import Converter, plain
from livingreview.paper_tree import across, linked, measured, names_in
from livingreview.site import Site
from livingreview.typeset import TypesettingError, choose_fonts, typeset

#: One process typesets, and remembers.
pytestmark = pytest.mark.xdist_group("pdf")

ROOT = Path(__file__).resolve().parent.parent


@cache
def clean() -> Path:
    """Return a copy of the small site, with the citation style that Chinese references need."""
    folder = Path(tempfile.mkdtemp(prefix="clean-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    shutil.copytree(ROOT / "tests" / "sites" / "clean", folder, dirs_exist_ok=True)
    shutil.copytree(ROOT / "data" / "styles", folder / "data" / "styles", dirs_exist_ok=True)
    return folder


IMPRINT = Imprint("1.2.0", "2026-11-23", "0123456789", "https://review.example/")


def nodes_of(html: str, resolve: dict[str, str] | None = None) -> list[dict[str, Any]]:
    return Converter(lambda href: (resolve or {}).get(href, href))(html)


def every(node: Any, kind: str) -> Iterator[dict[str, Any]]:
    if isinstance(node, list):
        for child in node:
            yield from every(child, kind)
    elif isinstance(node, dict):
        if node.get("t") == kind:
            yield node
        for child in node.values():
            yield from every(child, kind)


# -- HTML as nodes -------------------------------------------------------------------


def test_paragraphs_lists_and_runs_keep_their_text_and_names():
    nodes = nodes_of(
        '<p id="a">One <strong>two</strong>\n three<sup>2</sup></p><ul><li id="b">x<ul><li>y</li></ul></li></ul>'
    )
    assert [node["t"] for node in nodes] == ["p", "list"]
    assert nodes[0]["id"] == "a"
    assert plain(nodes[0]["c"]) == "One two three2"
    assert nodes[1]["items"][0]["id"] == "b"
    assert nodes[1]["items"][0]["c"][1]["t"] == "list"


def test_what_only_a_screen_needs_is_left_out():
    html = "<div><form><input><button>Go</button></form><p>kept</p><p hidden>not</p><script>alert(1)</script></div>"
    assert [plain(node["c"]) for node in nodes_of(html)] == ["kept"]


def test_a_note_has_its_label_its_claims_and_its_text():
    html = (
        '<aside class="lr-note" id="note-x"><p class="lr-note__label">Note</p><p>Text.</p>'
        '<p class="lr-note__claims"><a href="place:audit#c001">c001</a></p></aside>'
    )
    (note,) = nodes_of(html)
    assert (note["t"], note["id"], plain(note["label"]), plain(note["claims"])) == ("note", "note-x", "Note", "c001")
    assert [plain(node["c"]) for node in note["c"]] == ["Text."]


def test_a_table_in_a_figure_has_its_caption_and_its_name_and_no_links_in_its_head():
    html = (
        '<figure id="t"><div><table><caption>Cap</caption><thead><tr><th>A <a href="x">1</a></th></tr></thead>'
        '<tbody><tr><td align="right"><a href="y">2</a></td></tr></tbody></table></div></figure>'
    )
    (table,) = nodes_of(html)
    assert (table["id"], plain(table["caption"])) == ("t", "Cap")
    assert not list(every(table["head"], "a"))
    assert list(every(table["rows"], "a"))
    assert table["rows"][0]["cells"][0]["right"] is True


def test_verdict_marks_are_nodes_and_raised_numbers_stand_close_to_their_word():
    cited = '<sup class="lr-cite">[<a href="#fn-k">1</a>]</sup>'
    html = f'<p>word {cited}. <a class="lr-mark lr-mark--partly" href="m">part</a></p>'
    (paragraph,) = nodes_of(html)
    assert paragraph["c"][0] == "word"
    (mark,) = every(paragraph, "mark")
    assert (mark["verdict"], mark["to"], plain(mark["c"])) == ("partly", "m", "part")


def test_broken_html_never_raises():
    for html in ("<p>open", "</p>", "<ul><li>a<li>b</ul>", "<table><tr></table>", "<figure></figure>", "<svg", "\0"):
        nodes_of(html)


# -- the tree ------------------------------------------------------------------------


def test_links_lead_into_the_book_or_to_the_web_or_become_text():
    settle = {"place:in#x": "#in#x", "place:out": "https://a.example/", "place:gone": ""}.__getitem__
    tree = [{"t": "a", "to": to, "c": ["w"]} for to in ("place:in#x", "place:out", "place:gone")]
    inside, outside, gone = linked(tree, settle)
    assert (inside["to"], outside["to"], gone) == ("#in#x", "https://a.example/", {"t": "lang", "lang": "", "c": ["w"]})


def test_a_figure_takes_its_heading_with_it_onto_a_page_across():
    nodes = across([{"t": "p"}, {"t": "h"}, {"t": "figure"}, {"t": "p"}])
    assert [node["t"] for node in nodes] == ["p", "across", "p"]
    assert [node["t"] for node in nodes[1]["c"]] == ["h", "figure"]


def test_columns_are_as_wide_as_what_they_hold():
    def row(*texts: str) -> dict[str, Any]:
        return {"id": "", "cells": [{"c": [{"t": "p", "c": [text]}], "columns": 1} for text in texts]}

    long = "a long sentence that goes on and on " * 3
    table = {"t": "table", "head": [row("N", "Says")], "rows": [row("1", long), row("2", long)]}
    (done,) = measured([table])
    assert done["widths"][1] > 4 * done["widths"][0] > 0


# -- drawings ------------------------------------------------------------------------

SHEET = """
/* colours */ :root { --ink: #111; --line: var(--ink); }
[data-scheme="dark"] { --ink: #eee; }
@media print { .shape { fill: red; } }
.page .shape, .other .gone { fill: var(--line); display: grid }
.page svg text:hover { fill: blue }
.page svg text { font-size: 9px; fill: var(--none, green) }
"""


def test_rules_of_other_media_are_left_out_and_the_first_value_counts():
    rules = list(parse_rules(SHEET))
    assert all("red" not in value for rule in rules for _name, value in rule.declarations)
    assert light_values(rules)["--ink"] == "#111"


def test_a_drawing_carries_the_rules_that_concern_it():
    made = standalone('<svg viewBox="0 0 1 1"><path class="shape"/><text>x</text></svg>', [SHEET])
    assert 'xmlns="http://www.w3.org/2000/svg"' in made
    assert ".shape { fill: #111 }" in made
    assert "text { font-size: 9px; fill: green }" in made
    assert "blue" not in made
    assert "grid" not in made


def test_a_drawing_without_classes_stays_as_it_is():
    svg = '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0"/></svg>'
    assert standalone(svg, [".shape { fill: red }"]) == svg


# -- the book ------------------------------------------------------------------------


@cache
def document(root: Path, language: str, url: str = IMPRINT.url) -> dict[str, Any]:
    imprint = Imprint(IMPRINT.version, IMPRINT.date, IMPRINT.commit, url)
    return Paper(Site.load(root), language, imprint).document()


@pytest.fixture(params=["zh", "en"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_the_cover_says_what_the_work_is_and_is_not(language: str, review):
    made = document(ROOT, language)
    work = review.work
    said = json.dumps(made["cover"], ensure_ascii=False)
    assert made["title"] == work.title[language]
    assert made["author"] == work.author[language]
    for wanted in ("1.2.0", "2026-11-23", work.article.doi, work.article.title[language], work.license):
        assert wanted in said
    assert {"zh": "没有参与", "en": "took no part"}[language] in said
    assert {"zh": "不是医疗建议", "en": "not medical advice"}[language] in said


def test_every_block_of_every_chapter_is_in_the_book(language: str, review):
    names = set(names_in(document(ROOT, language)["sections"]))
    for slug in (*review.chapter_slugs, *review.beyond_slugs):
        chapter = review.chapter(language, slug)
        missing = [block.id for block in chapter.blocks if block.id and f"{slug}#{block.id}" not in names]
        # A generated part that the book words in another way may have no name of its own.
        missing = [name for name in missing if chapter.block(name).kind is not BlockKind.DIRECTIVE]
        assert not missing, (slug, missing)


def test_every_reference_claim_trial_and_term_is_in_the_book(language: str, review):
    names = set(names_in(document(ROOT, language)["sections"]))
    wanted = {f"references#ref-{key}" for key in review.keys}
    wanted |= {f"audit#{claim.id}" for claim in review.claims}
    wanted |= {f"trials/{trial.id}" for trial in review.trials}
    wanted |= {f"glossary#term-{term.id}" for term in review.terms}
    assert wanted <= names


def test_no_name_stands_twice_and_no_link_leads_nowhere(language: str):
    sections = document(ROOT, language)["sections"]
    names = list(names_in(sections))
    assert len(names) == len(set(names))
    targets = [node["to"] for node in every(sections, "a")] + [node["to"] for node in every(sections, "mark")]
    lost = [to for to in targets if to.startswith("#") and to[1:] not in set(names)]
    assert not lost
    assert not [to for to in targets if to and not to.startswith(("#", "https://", "http://", "mailto:"))]


def test_without_a_public_address_no_link_leads_to_this_machine(language: str):
    text = json.dumps(document(ROOT, language, "http://127.0.0.1:8000/"), ensure_ascii=False)
    assert "127.0.0.1" not in text


def test_levels_of_headings_follow_each_other(language: str):
    level = 0
    for heading in every(document(ROOT, language)["sections"], "h"):
        assert heading["level"] <= level + 1, plain(heading["c"])
        level = heading["level"]


# -- the PDF -------------------------------------------------------------------------


@cache
def pdf(root: Path, language: str) -> bytes:
    return typeset(document(root, language))


def reader(root: Path, language: str) -> PdfReader:
    return PdfReader(BytesIO(pdf(root, language)))


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def test_no_chinese_font_is_said_with_the_remedy():
    with pytest.raises(TypesettingError, match="fonts-noto-cjk"):
        choose_fonts({"Libertinus Serif", "DejaVu Sans"})


def test_the_same_document_gives_the_same_bytes():
    assert typeset(document(clean(), "zh")) == pdf(clean(), "zh")


@pytest.mark.parametrize("site", [clean, lambda: ROOT], ids=["small", "own"])
def test_the_pdf_claims_what_the_compiler_checked_and_says_its_language_and_title(
    site: Callable[[], Path], language: str
):
    root = site()
    found = reader(root, language)
    catalog = found.trailer["/Root"]
    metadata = catalog["/Metadata"].get_object().get_data().decode()
    assert catalog["/MarkInfo"]["/Marked"] is True or catalog["/MarkInfo"]["/Marked"].value is True
    assert "/StructTreeRoot" in catalog
    assert str(catalog["/Lang"]).startswith(language)
    assert catalog["/ViewerPreferences"]["/DisplayDocTitle"]
    assert re.search(r"pdfuaid:part>1<", metadata)
    assert re.search(r"pdfaid:part>2<", metadata)
    assert found.metadata is not None
    assert found.metadata.title == document(root, language)["title"]


def tagged(node: Any) -> Iterator[DictionaryObject]:
    """Yield the elements of a structure tree."""
    node = node.get_object()
    if isinstance(node, list):
        for child in node:
            yield from tagged(child)
    elif isinstance(node, dict):
        if "/S" in node:
            yield node
        if "/K" in node:
            yield from tagged(node["/K"])


def test_headings_lists_tables_and_figures_are_tagged_and_figures_described(language: str):
    elements = list(tagged(reader(ROOT, language).trailer["/Root"]["/StructTreeRoot"]))
    roles = Counter(str(element["/S"]) for element in elements)
    for role in ("/H1", "/H2", "/H3", "/P", "/L", "/LI", "/Table", "/TR", "/TH", "/TD", "/Caption", "/Link", "/TOC"):
        assert roles[role], role
    figures = [element for element in elements if element["/S"] == "/Figure"]
    assert figures
    assert all(str(figure.get("/Alt", "")).strip() for figure in figures)
    assert any("/Lang" in element for element in elements)


def fonts_of(found: PdfReader) -> Iterator[DictionaryObject]:
    for page in found.pages:
        for font in page["/Resources"].get("/Font", {}).values():
            yield font.get_object()


@pytest.mark.parametrize("site", [clean, lambda: ROOT], ids=["small", "own"])
def test_every_font_is_inside_and_knows_its_characters(site: Callable[[], Path], language: str):
    root = site()
    names = set()
    for font in fonts_of(reader(root, language)):
        inner = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
        names.add(str(inner["/BaseFont"]))
        assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(inner["/FontDescriptor"]), inner["/BaseFont"]
        assert "/ToUnicode" in font
    assert any("CJK" in name or "Han" in name for name in names) or language == "en"


def titles(outline: list[Any]) -> Iterator[str]:
    for entry in outline:
        if isinstance(entry, list):
            yield from titles(entry)
        else:
            yield str(entry.title)


def test_bookmarks_lead_to_every_chapter(language: str, review):
    found = [squeezed(title) for title in titles(reader(ROOT, language).outline)]
    for slug in review.chapter_slugs:
        chapter = review.chapter(language, slug)
        assert any(title.endswith(squeezed(chapter.title)) for title in found), chapter.title


#: What the book adds to a paragraph's own text: raised numbers, pages, marks.
ADDED = re.compile(r"\[[\dE,–;]+\]|（第\d+页）|\(p\.\d+\)")


def sentences(text: str) -> list[str]:
    """Cut a text into pieces between what the book may add or break."""
    return [piece for piece in re.split(r"[^\u3400-\u9fff]+", text) if len(piece) > 7]


def test_text_taken_from_the_pdf_is_the_chinese_that_was_written(review):
    found = reader(ROOT, "zh")
    pages = range(4, min(30, len(found.pages)))
    text = ADDED.sub("", squeezed("".join(found.pages[number].extract_text() for number in pages)))
    wanted = [
        piece
        for slug in review.chapter_slugs
        for block in review.chapter("zh", slug).blocks
        if block.kind is BlockKind.PARAGRAPH
        for piece in sentences(block.text)
    ]
    lost = [piece for piece in wanted if piece not in text]
    # A page may end inside a piece; then the running heads stand between its halves.
    assert len(wanted) > 150
    assert len(lost) <= len(pages), lost


def test_the_text_of_a_small_book_is_whole_and_in_order():
    text = squeezed("".join(page.extract_text() for page in reader(clean(), "en").pages))
    review = Site.load(clean()).review
    for slug in review.chapter_slugs:
        for block in review.chapter("en", slug).blocks:
            if block.kind is BlockKind.HEADING:
                assert squeezed(block.text) in text


# -- the command ---------------------------------------------------------------------


def test_the_command_writes_one_file_a_language(tmp_path: Path):
    out = tmp_path / "pdf"
    done = CliRunner().invoke(pdf_command, ["--output", str(out), "--language", "en"], obj=clean())
    assert done.exit_code == 0, done.output
    assert [path.name for path in out.iterdir()] == ["edition.en.pdf"]
    assert (out / "edition.en.pdf").read_bytes().startswith(b"%PDF-1.7")


def test_the_command_names_the_languages_it_knows(tmp_path: Path):
    done = CliRunner().invoke(pdf_command, ["--output", str(tmp_path), "--language", "fr"], obj=clean())
    assert done.exit_code == 1
    assert "zh" in done.output
    assert "en" in done.output
