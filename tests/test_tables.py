"""Tables that data make: named, scrolled by key, figures below each other."""

from __future__ import annotations

import pytest
from lxml import html as lxml_html

from livingreview.tables import framed_table

TABLE = framed_table(
    'A & B "c"', ["Name", "n", "Meaning"], [('<a href="x">one</a>', 1, "first"), ("two", 2, "second")],
    figures={1}, name="t",
)  # fmt: skip


def test_the_region_and_the_table_are_named_by_the_caption() -> None:
    figure = lxml_html.fragment_fromstring(TABLE)
    (caption,) = figure.xpath(".//table/*[1][self::caption]")
    assert (caption.get("id"), caption.text) == ("t-caption", 'A & B "c"')
    (region,) = figure.xpath("./div[@role='region'][@tabindex='0']")
    assert region.get("aria-labelledby") == "t-caption"
    assert figure.xpath(".//table/@class"), "the theme wraps tables without a class once more"


def test_rows_are_headed_and_only_figures_are_set_below_each_other() -> None:
    figure = lxml_html.fragment_fromstring(TABLE)
    assert [cell.text_content() for cell in figure.xpath(".//tbody/tr/th[@scope='row']")] == ["one", "two"]
    assert figure.xpath(".//tbody//a/@href") == ["x"]
    assert [cell.text for cell in figure.xpath(".//*[@align='right']")] == ["n", "1", "2"]


def test_a_row_of_another_length_is_a_fault() -> None:
    with pytest.raises(ValueError, match="zip"):
        framed_table("", ["a", "b"], [("1",)], figures=(), name="t")
