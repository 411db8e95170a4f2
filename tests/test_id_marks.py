"""An id that the reader takes without a word is one that the renderer gives the block."""

from __future__ import annotations

import itertools

import markdown
import pytest

from livingreview.blocks import PageContext, ReviewBlocks
from livingreview.chapters import parse_chapter

PLACES = {
    "paragraph": "Text here.\n%s\n\nNext.",
    "heading": "## Head %s\n\nNext.",
    "heading without a space": "## Head%s\n\nNext.",
    "item": "- An item. %s\n- Another. {: #other }",
    "item without a space": "- An item.%s\n- Another. {: #other }",
}
SPELLINGS = [
    *("{: #id }", "{:#id}", "{#id}", "{ #id }", "{: #id } ", "{: #id x }", "{: #id lang=en }", "{: #id ) }"),
    *("{：#id }", "{：#id}", "{:：#id}", "{；#id }", "{;#id}", "{: ＃id }", "{：＃id}", "｛: #id ｝", "｛：＃id｝"),
    *("{: id }", "{:id}", "{：id}", "{: # id }", "{: ##id }", "{: #id, }", "{: #id： }", "{: #id.x }", "{: #id=x }"),
    *("{: #id #id2 }", "{: #id\u3000}", "{:\u3000#id }", "{:\u00a0#id }", "{\t: #id}", "{:\t#id }", "\\{: #id }"),
    *("{: #id", "{: #id }}", "{: #id }。", "{}", "{:}", "{word}", "{: lang=en }", "{: id=id }"),
]
FOLLOWING = {
    "text": ("Next.", True),
    "an item": ("- Next.", True),
    "a table": ("| a |\n|---|\n| b |", True),
    "a fence": ("```\nx\n```", True),
    "a wide space": ("\u3000", True),
    "nothing": ("", False),
    "spaces": ("  ", False),
    "a heading": ("## Next {#next}", False),
    "a note": ("/// note\n    attrs: {id: note-next}\n\nNext.\n///", False),
    "a rule": ("***", False),
    "a comment": ("<!-- next -->", False),
    "a quotation": ("> Next.", False),
}


def rendered(text: str) -> str:
    return markdown.markdown(
        text, extensions=["attr_list", "tables", "pymdownx.superfences", ReviewBlocks(PageContext())]
    )


@pytest.mark.parametrize(("place", "spelling"), list(itertools.product(PLACES, SPELLINGS)))
def test_an_id_that_is_read_is_rendered_or_reported(place: str, spelling: str) -> None:
    text = f"# T\n\n{PLACES[place] % spelling}\n"
    chapter, problems = parse_chapter(text, "p.md", "en", "p")
    if chapter.blocks[0].id is not None:
        assert [problem.code for problem in problems] in ([], ["block-id-form"])
        assert problems or 'id="id"' in rendered(text)


@pytest.mark.parametrize(
    ("place", "spelling"),
    [
        *itertools.product(("paragraph", "heading", "item"), ("{: #id }", "{:#id}", "{: #id } ")),
        *itertools.product(("paragraph", "heading"), ("{#id}", "{ #id }")),
        ("item without a space", "{: #id }"),
    ],
)
def test_what_contributors_are_told_to_write_is_read_in_silence(place: str, spelling: str) -> None:
    chapter, problems = parse_chapter(f"# T\n\n{PLACES[place] % spelling}\n", "p.md", "en", "p")
    assert (chapter.blocks[0].id, problems) == ("id", ())


@pytest.mark.parametrize("case", FOLLOWING)
def test_what_would_print_an_id_is_reported_at_the_id(case: str) -> None:
    following, wrong = FOLLOWING[case]
    text = f"# T\n\nText here.\n{{: #id }}\n{following}\n"
    chapter, problems = parse_chapter(text, "p.md", "en", "p")
    assert chapter.blocks[0].id == "id"
    assert [(problem.line, problem.code) for problem in problems] == ([(4, "block-id-form")] if wrong else [])
    assert wrong != ('<p id="id">Text here.</p>' in rendered(text))


def test_paragraphs_that_lost_the_line_between_them_keep_their_own_words_and_ids() -> None:
    chapter, _problems = parse_chapter("One.\n{: #one }\nTwo.\n{: #two }\n", "p.md", "en", "p")
    assert [(block.id, block.text, block.line) for block in chapter.blocks] == [("one", "One.", 1), ("two", "Two.", 3)]


def test_the_message_gives_the_right_spelling() -> None:
    _chapter, (problem,) = parse_chapter("One.\n{：#one }\n", "p.md", "en", "p")
    assert problem.message == '"{：#one }" is not read as an id. Write {: #one } with half-width signs.'
