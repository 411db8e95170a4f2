"""The contents on every page: rendered once, and right on each."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urljoin

import pytest
from lxml import html as lxml_html

SITE = "https://reader.example/"


def contents(site_dir: Path, path: str) -> list[tuple[str, bool]]:
    """Return what the contents of a page lead to, as addresses, and whether each is marked as the page itself."""
    file = site_dir / path
    tree = lxml_html.fromstring((file / "index.html" if file.is_dir() else file).read_bytes())
    links = tree.xpath('//nav[@id="lr-nav"]//a')
    return [(urljoin(SITE + path, link.get("href")), link.get("aria-current") == "page") for link in links]


@pytest.mark.parametrize("path", ["", "mechanisms/", "clinical/", "clinical/adipose/", "en/", "en/clinical/perinatal/"])
def test_a_page_is_marked_in_its_own_contents_and_no_other(site_dir: Path, path: str) -> None:
    assert [address for address, is_here in contents(site_dir, path) if is_here] == [SITE + path]


@pytest.mark.parametrize("prefix", ["", "en/"])
def test_all_pages_of_a_language_lead_to_the_same_places(site_dir: Path, prefix: str) -> None:
    home = [address for address, _is_here in contents(site_dir, prefix)]
    assert home[0] == SITE + prefix
    assert all(address.startswith(SITE + prefix) for address in home)
    assert all((site_dir / address.removeprefix(SITE) / "index.html").is_file() for address in home)
    for path in ("sources/", "clinical/adipose/", "trials/pace/", "compare/clinical/adipose/"):
        assert [address for address, _is_here in contents(site_dir, prefix + path)] == home


def test_a_part_is_open_on_its_own_pages_only(site_dir: Path) -> None:
    def below(path: str) -> set[str]:
        return {address for address, _is_here in contents(site_dir, path) if address.startswith(f"{SITE}about/")}

    assert below("mechanisms/") == {f"{SITE}about/"}
    assert below("about/cite/") == below("about/") > below("mechanisms/")


def test_a_page_in_the_contents_of_nothing_has_no_mark(site_dir: Path) -> None:
    assert not any(is_here for _address, is_here in contents(site_dir, "trials/pace/"))


def test_the_page_of_lost_addresses_leads_from_the_root(site_dir: Path) -> None:
    links = lxml_html.fromstring((site_dir / "404.html").read_bytes()).xpath('//nav[@id="lr-nav"]//a/@href')
    assert links[0] == "/"
    assert all(link.startswith("/") for link in links)
