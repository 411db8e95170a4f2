"""The data behind a table can be downloaded from the page that shows it."""

from __future__ import annotations

import posixpath
from pathlib import Path
from urllib.parse import urljoin

import pytest
from lxml import html as lxml_html

from livingreview.data_links import FILES


@pytest.mark.parametrize("prefix", ["", "en/"])
@pytest.mark.parametrize(("table", "page"), [("trials", "trials"), ("audit", "audit"), ("glossary", "glossary")])
def test_the_page_of_a_table_leads_to_its_data(site_dir: Path, prefix: str, table: str, page: str) -> None:
    address = f"/{prefix}{page}/"
    text = lxml_html.fromstring((site_dir / address[1:] / "index.html").read_bytes())
    leads = [urljoin(address, one) for one in text.xpath('//p[@class="lr-files"]/a/@href')]
    assert [posixpath.basename(one) for one in leads] == list(FILES[table])
    for lead in leads:
        assert (site_dir / lead[1:]).stat().st_size > 100, lead


def test_a_chapter_s_own_table_does_not_repeat_them(site_dir: Path) -> None:
    assert "lr-files" not in (site_dir / "clinical" / "index.html").read_text(encoding="utf-8")
