"""Versions: what is listed of them, and what freezing changes in a copy and what it leaves."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from lxml import html as lxml_html

from citing_support import RELEASE, SITE, STAMP
from livingreview.changes import load_changes
from livingreview.edition import Edition, Release, Stamp, read_stamp
from livingreview.frozen import freeze_page, freeze_site, page_address
from livingreview.versions import embedded_json, export_versions, render_stamp, render_versions
from test_changes import RECORD

PRINTS = {"/en/heights/": {"": "p", "gauges": "a", "ranges": "b"}}
PAGE = f"""<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'">
<link rel="canonical" href="{SITE}en/heights/">
<link rel="alternate translation" hreflang="zh" href="{SITE}heights/">
<link rel="alternate feed" href="{SITE}en/beyond/feed.xml">
<link rel="cite-as" href="{SITE}v/1.0.0/en/heights/">
<meta name="citation_public_url" content="{SITE}en/heights/">
<script type="application/ld+json">{{"@id":"{SITE}en/#work","sameAs":"https://doi.org/10.5555/tides"}}</script>
</head><body class="x"><p class="lr-help"><a href="https://git.example/edit" rel="edit">Edit</a>
<a href="https://git.example/issues/new">Report</a></p>
<p id="gauges">See <a href="../causes/#moon">causes</a> and {SITE}en/heights/.</p>
<footer><p class="lr-build">Built from commit <code>0</code></p></footer></body></html>"""

STAMP_OF_RELEASE = Stamp("f" * 40, "2026-12-01")


def frozen(page: str = PAGE, name: str = "en/heights/index.html") -> lxml_html.HtmlElement:
    html = freeze_page(page, name, RELEASE, PRINTS, SITE, STAMP_OF_RELEASE, "https://git.example/r")
    return lxml_html.document_fromstring(html)


def test_versions_json_lists_releases_and_corrections() -> None:
    changes, _problems = load_changes(RECORD)
    releases = (RELEASE, Release("1.1.0", "2027-01-05"))
    record = json.loads(export_versions(Edition(SITE, STAMP, releases), changes))
    assert record["latest"] == "1.1.0"
    assert [version["path"] for version in record["versions"]] == ["/v/1.1.0/", "/v/1.0.0/"]
    assert record["corrections"][0]["blocks"] == ["heights#ranges"]
    assert record["current"] == {"commit": STAMP.commit, "date": STAMP.date, "path": "/"}
    before = json.loads(export_versions(Edition(SITE), ()))
    assert (before["latest"], before["versions"]) == (None, [])


def test_the_list_of_versions_leads_to_them_from_anywhere() -> None:
    tree = lxml_html.fragment_fromstring(render_versions(Edition(SITE, STAMP, (RELEASE,)), "zh"))
    assert tree.xpath("//a/@href") == [f"{SITE}v/1.0.0/"]
    assert "最新" in tree.text_content()
    assert "尚未发布" in render_versions(Edition(SITE), "zh")


def test_a_page_says_from_which_commit_and_day_it_is() -> None:
    line = render_stamp(STAMP, "en", "https://git.example/r")
    assert STAMP.short in line
    assert f'href="https://git.example/r/commit/{STAMP.commit}"' in line
    assert "2026-12-03" in line
    assert lxml_html.fragment_fromstring(render_stamp(Stamp(), "en")).text_content() == ""


def test_embedded_json_cannot_end_its_script() -> None:
    value = {"a": "</script><!-- \u2028"}
    assert "<" not in embedded_json(value)
    assert json.loads(embedded_json(value)) == value


# -- a frozen page -----------------------------------------------------------------


def test_a_frozen_page_cannot_be_edited_but_its_faults_reported() -> None:
    assert frozen().xpath('//p[@class="lr-help"]/a/text()') == ["Report"]


def test_a_frozen_page_is_not_indexed_and_names_the_living_page_as_canonical() -> None:
    tree = frozen()
    assert tree.xpath("//head/meta[@name='robots']/@content") == ["noindex"]
    assert tree.xpath("//link[@rel='canonical']/@href") == [f"{SITE}en/heights/"]
    assert tree.xpath("//link[contains(@rel, 'alternate')]") == []


def test_a_frozen_page_carries_version_and_day_without_a_script() -> None:
    tree = frozen()
    (bar,) = tree.xpath("//body/*[1][@id='lr-version']")
    assert "1.0.0" in bar.text_content()
    assert "2026-12-01" in bar.text_content()
    (line,) = tree.xpath("//p[@class='lr-build']")
    assert all(word in line.text_content() for word in ("1.0.0", "2026-12-01", "f" * 10))


def test_a_frozen_page_leads_to_the_same_place_in_the_current_text() -> None:
    (href,) = frozen().xpath("//a[@class='lr-version__current']/@href")
    assert href == "../../../../en/heights/"
    (home,) = frozen(name="index.html").xpath("//a[@class='lr-version__current']/@href")
    assert home == "../../"


def test_a_frozen_page_names_its_own_address_to_machines_and_no_one_else_s() -> None:
    tree = frozen()
    assert tree.xpath("//meta[@name='citation_public_url']/@content") == [f"{SITE}v/1.0.0/en/heights/"]
    assert tree.xpath("//link[@rel='cite-as']/@href") == [f"{SITE}v/1.0.0/en/heights/"]
    assert json.loads(tree.xpath("//script[@type='application/ld+json']")[0].text) == {
        "@id": f"{SITE}v/1.0.0/en/#work",
        "sameAs": "https://doi.org/10.5555/tides",
    }


def test_the_text_of_a_frozen_page_is_untouched() -> None:
    tree = frozen()
    (paragraph,) = tree.xpath("//p[@id='gauges']")
    assert paragraph.text_content() == f"See causes and {SITE}en/heights/."
    assert tree.xpath("//p[@id='gauges']/a/@href") == ["../causes/#moon"]


def test_a_frozen_page_brings_what_its_script_needs_and_no_inline_code() -> None:
    tree = frozen()
    data = json.loads(tree.xpath("//script[@id='lr-version-data']")[0].text)
    assert data["prints"] == {"gauges": "a", "ranges": "b"}
    assert (data["root"], data["address"]) == ("../../../../", "/en/heights/")
    assert tree.xpath("//script[@src]/@src") == ["../../assets/javascripts/versions.js"]
    assert all(kind in ("application/json", "application/ld+json") for kind in tree.xpath("//script[not(@src)]/@type"))


def test_a_redirect_is_copied_without_a_bar() -> None:
    page = '<!doctype html><html lang="en"><head><meta http-equiv="refresh" content="0; url=../x/"></head><body></body>'
    assert frozen(page).xpath("//*[@id='lr-version']") == []


def test_freezing_twice_gives_the_same_bytes_and_leaves_the_site_alone(tmp_path: Path) -> None:
    for name, text in {
        "index.html": PAGE,
        "en/heights/index.html": PAGE,
        "en/heights/index.md": f"Address: <{SITE}en/heights/> and {SITE}v/0.9.0/",
        "anchors.json": "{}",
        "404.html": PAGE,
        "sitemap.xml": "<x/>",
        "robots.txt": "",
        "versions.json": "{}",
        "llms.txt": "",
        "en/beyond/feed.xml": "<x/>",
        "v/0.9.0/index.html": "old",
        "assets/a b/图.png": "\0",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    one, two = (freeze_site(tmp_path, RELEASE, PRINTS, SITE, STAMP_OF_RELEASE) for _ in range(2))
    assert one == two
    assert set(one) == {
        "index.html",
        "en/heights/index.html",
        "en/heights/index.md",
        "anchors.json",
        "assets/a b/图.png",
    }
    assert one["en/heights/index.md"].decode() == f"Address: <{SITE}v/1.0.0/en/heights/> and {SITE}v/0.9.0/"
    assert {path: path.read_bytes() for path in before} == before


@pytest.mark.parametrize(("name", "address"), [("index.html", "/"), ("en/a/b/index.html", "/en/a/b/")])
def test_a_file_s_name_tells_its_address(name: str, address: str) -> None:
    assert page_address(name) == address


# -- from what a build was made ----------------------------------------------------


def test_commit_and_day_come_from_the_environment_where_there_is_no_git(tmp_path: Path) -> None:
    assert read_stamp(tmp_path, {}) == Stamp()
    given = {"SOURCE_DATE_EPOCH": "1780358400", "SOURCE_COMMIT": "a" * 40}
    assert read_stamp(tmp_path, given) == Stamp("a" * 40, "2026-06-02")


@pytest.mark.parametrize("epoch", ["", "x", "9" * 40, "-1e9"])
def test_a_nonsensical_epoch_is_no_date(tmp_path: Path, epoch: str) -> None:
    assert read_stamp(tmp_path, {"SOURCE_DATE_EPOCH": epoch}).date == ""


def test_a_nonsensical_commit_is_no_commit(tmp_path: Path) -> None:
    assert read_stamp(tmp_path, {"SOURCE_COMMIT": '"><script>'}).commit == ""
