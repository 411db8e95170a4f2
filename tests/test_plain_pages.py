"""The work as plain Markdown: every link, id and number resolves with no site generator at all."""

from __future__ import annotations

import posixpath
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

import pytest
import yaml

from citing_support import CLEAN, SITE, clean_numbers, clean_pages
from livingreview.edition_pages import EditionPages, open_edition
from livingreview.plain_html import markdown_from_html, quoted
from livingreview.plain_pages import llms_text, robots_text
from livingreview.site import Site
from plain_support import broken_links, read_plain, wrong_numbers
from sites_support import apply_edit, copy_clean


def references(_language: str, _slug: str, name: str, _block: str, _options: Mapping[str, Any]) -> str:
    """Stand in for the list of references, the one generated part that numbers lead to."""
    if name != "references":
        return "<table><tr><th>a</th></tr><tr><td>1 | 2</td></tr></table>"
    rows = "".join(f'<li id="ref-{escape(key)}"><p>[{number}] …</p></li>' for key, number in clean_numbers().items())
    return f"<ol>{rows}</ol>"


@pytest.fixture(scope="module")
def small() -> EditionPages:
    return clean_pages(directive=references)


@pytest.fixture(scope="module")
def real(root: Path) -> EditionPages:
    pages = open_edition(Site.load(root), SITE)
    assert pages is not None
    return pages


@pytest.fixture(scope="module")
def tree(real: EditionPages) -> dict[str, bytes]:
    return real.plain.staged_tree()


# -- the staged tree ---------------------------------------------------------------


def test_every_link_and_id_of_the_small_review_resolves(small: EditionPages) -> None:
    files = small.plain.staged_tree()
    outside = ("audit.md#", "glossary.md#", "trials/")
    assert [fault for fault in broken_links(files) if not any(part in fault for part in outside)] == []
    assert list(wrong_numbers(files)) == []


@pytest.mark.parametrize("target", ["heights.md#nowhere", "nowhere.md"])
def test_a_broken_link_would_be_found(small: EditionPages, target: str) -> None:
    files = small.plain.staged_tree()
    files["en/index.md"] += f"\n\n[x]({target})\n".encode()
    assert [fault for fault in broken_links(files) if target in fault]


def test_a_wrong_number_would_be_found(small: EditionPages) -> None:
    files = small.plain.staged_tree()
    files["en/index.md"] += b"\n\n[7](references.md#ref-moon1900pull)\n"
    assert len(list(wrong_numbers(files))) == 1


def test_every_link_of_the_whole_work_resolves(tree: dict[str, bytes]) -> None:
    assert list(broken_links(tree)) == []


def test_every_reference_number_of_the_whole_work_is_its_entry_s(tree: dict[str, bytes]) -> None:
    assert list(wrong_numbers(tree)) == []
    shown = [
        link for name, data in tree.items() if name.endswith("perinatal.md") for link in read_plain(data.decode()).links
    ]
    assert any("references.md#ref-" in target for target, _text in shown)


def test_every_id_of_the_chapters_is_kept(tree: dict[str, bytes], real: EditionPages) -> None:
    for (language, slug), chapter in real.review.chapters.items():
        ids = set(read_plain(tree[real.plain.name(language, slug)].decode()).ids)
        assert chapter.ids <= ids, f"{chapter.path}: {sorted(chapter.ids - ids)}"


def test_nothing_of_the_site_s_own_syntax_is_left(tree: dict[str, bytes]) -> None:
    for name, data in tree.items():
        if name.endswith(".md") and "/about/" not in name:
            text = re.sub(r"```.*?```|`[^`]*`", "", data.decode(), flags=re.DOTALL)
            assert not re.search(r"^/{3}|\{:|\[@|\{ ?#", text, re.MULTILINE), name
            assert read_plain(text).html == [], name


def test_staged_pages_begin_with_readable_front_matter(tree: dict[str, bytes]) -> None:
    for name, data in tree.items():
        if name.endswith(".md") and "/" in name:
            front = yaml.safe_load(data.decode().split("---\n")[1])
            assert front["title"], name
            assert front["lang"] == name.split("/")[0]


def test_no_letter_of_a_source_is_taken_for_a_part_of_what_it_stands_behind(tree: dict[str, bytes]) -> None:
    for name, page in tree.items():
        if "/trials/" in name and name.endswith(".md"):
            assert re.findall(rb"[^\s(]\[[a-z]\]\(#source-", page) == [], name


def test_the_images_shown_are_in_the_tree(tree: dict[str, bytes]) -> None:
    shown = {image for name, data in tree.items() if name.endswith(".md") for image in read_plain(data.decode()).images}
    assert all(any(name.endswith(image.rpartition("../")[2]) for name in tree) for image in shown)


def test_the_command_writes_the_tree_and_never_over_something_else(tmp_path: Path) -> None:
    root = copy_clean(tmp_path / "站 点")
    shutil.copytree(CLEAN.parents[2] / "data" / "styles", root / "data" / "styles", dirs_exist_ok=True)
    target = tmp_path / "out put"

    def stage() -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "livingreview", "--root", str(root), "stage", str(target)]
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=CLEAN.parents[2] / "hooks")

    done = stage()
    assert done.returncode == 0, done.stderr
    assert (target / "en" / "heights.md").is_file()
    (target / "en" / "old.md").write_text("from before")
    assert stage().returncode == 0
    assert not (target / "en" / "old.md").exists()
    (target / ".staged").unlink()
    done = stage()
    assert done.returncode == 1
    assert "other files" in done.stderr


# -- clean pages -------------------------------------------------------------------


def test_a_clean_page_is_whole_in_itself(small: EditionPages) -> None:
    text = small.plain.clean_page("en", "heights")
    assert text.startswith("# 2 Heights\n\n- Address: <https://example.org/en/heights/>\n")
    assert "took no part in this edition" in text
    assert "**Range of the tide**\n\n| Place | Range |" in text
    assert "| 1 \\| 2 |" in text
    assert "<a id" not in text


def test_a_clean_page_resolves_its_citations(small: EditionPages) -> None:
    text = small.plain.clean_page("en", "beyond")
    number = clean_numbers()["gauge1950chart"]
    assert f"gauges \\[{number}\\], and" in text
    assert f"## References\n\n- \\[{number}\\] A chart of gauges. Journal of the Shore. 1950." in text
    assert "](../trials/gauge-1950/)" in text


def test_no_title_or_work_becomes_an_element_where_the_pages_are_rendered(tmp_path: Path) -> None:
    root = copy_clean(tmp_path / "review")
    element = "<img src=x onerror=alert(1)>"
    edit = {"file": "data/review.yml", "replace": "A review of tides", "with": element}
    apply_edit(root, edit)
    pages = clean_pages(root, reference=lambda _language, key: f"{key} {element}")
    made = {**pages.plain.clean_pages(), "README.md": pages.plain.staged_tree()["README.md"]}
    made["llms.txt"] = llms_text(pages.plain).encode()
    assert f"\\{element}" in made["llms.txt"].decode()
    assert [name for name, data in made.items() if re.search(r"(?<!\\)<img", data.decode())] == []


def test_links_of_clean_pages_lead_to_addresses_of_the_work(real: EditionPages) -> None:
    known = {page.address for page in real.pages}
    files = {"/data/", "/cite/", "/assets/"}
    for (language, slug), chapter in real.review.chapters.items():
        address = real.address(language, slug)
        for target, _text in read_plain(real.plain.clean_page(language, slug)).links:
            if target.startswith(("http", "mailto")):
                continue
            path = posixpath.normpath(posixpath.join(address, target.partition("#")[0]))
            path = path if path.endswith("/") else f"{path}/"
            assert path in known or path.startswith(tuple(files)), f"{chapter.path}: {target}"


def test_the_same_review_gives_the_same_bytes(small: EditionPages) -> None:
    assert small.files() == clean_pages(directive=references).files()


def test_the_list_for_language_models_names_every_page_once(small: EditionPages) -> None:
    text = llms_text(small.plain)
    assert text.startswith("# 潮汐综述 / A review of tides\n")
    assert text.count("https://example.org/en/heights/index.md") == 1
    assert "took no part" in text
    listed = set(re.findall(r"\((https://example\.org/[^)]*index\.md)\)", text))
    assert listed == {SITE.rstrip("/") + path for path in small.plain.clean_pages()}


def test_robots_may_read_everything_and_find_the_map(small: EditionPages) -> None:
    text = robots_text(small.edition)
    assert "Disallow" not in text
    assert "Sitemap: https://example.org/sitemap.xml" in text


# -- HTML --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<p>a <b>b</b> <i>c</i> <code>d*</code></p>", "a **b** *c* `d*`"),
        ("<p>1. not a list</p>", "1\\. not a list"),
        ("<p># no heading, [no link], a*b</p>", "\\# no heading, \\[no link\\], a\\*b"),
        ("<h3 id='x'>T</h3>", '### <a id="x"></a>T'),
        ("<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>", "- a\n\n- b\n\n  - c"),
        ("<ol><li>a</li><li>b</li></ol>", "1. a\n2. b"),
        ("<p>a<br>b</p>", "a  \nb"),
        ("<pre>a\n  b</pre>", "```text\na\n  b\n```"),
        ("<aside><p>a</p><p>b</p></aside>", "> a\n>\n> b"),
        ("<p hidden>a</p><p>b<svg><text>c</text></svg></p><button>d</button>", "b"),
        ("<p>x</div></p></p>", "x"),
        ("<img src='a.png' alt='A'>", "![A](a.png)"),
        ("<p>&lt;b&gt; &amp;</p>", "\\<b> &"),
        (
            "<table><tr><th colspan='2'>h</th></tr><tr><td>1</td><td>2</td></tr></table>",
            "| h |  |\n|---|---|\n| 1 | 2 |",
        ),
        ("<p>a < b > c</p><p title='x > y'>d</p><!-- <p>e</p> --><script>f = '<p>';</script>", "a \\< b > c\n\nd"),
        ("<IMG SRC=a.png ALT=A><br/>", "![A](a.png)"),
        (
            "<p>NCT1<sup class='lr-sources-of'><a href='#source-x'>b</a><a href='#source-y'>c</a></sup></p>",
            "NCT1 ([b](#source-x), [c](#source-y))",
        ),
        ("<ol><li><span class='lr-flow__stage'>Planned</span><span>246</span></li></ol>", "1. **Planned** 246"),
        ("", ""),
    ],
)
def test_html_becomes_markdown(html: str, markdown: str) -> None:
    assert markdown_from_html(html, lambda target: target, anchors=True) == markdown


def test_a_link_without_a_target_keeps_its_text() -> None:
    assert markdown_from_html('<p><a href="x">a</a></p>', lambda _target: None) == "a"


def test_a_quotation_marks_every_line() -> None:
    assert quoted("a\n\nb") == "> a\n>\n> b"
