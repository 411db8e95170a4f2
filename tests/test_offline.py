"""The copy of the site that opens from disk: links, search, policy, and the zip."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from livingreview.commands_print import offline_command
from livingreview.offline import (
    LOADER,
    Copy,
    file_policy,
    is_redirect,
    offline_files,
    pack,
    public_address,
)

POLICY = (
    "default-src 'none'; script-src 'self' 'sha256-abc='; style-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; worker-src 'self'; base-uri 'none'"
)

PAGE = """<!doctype html><html><head><meta charset="utf-8">\
<meta http-equiv="Content-Security-Policy" content="{policy}">
<link rel="canonical" href="https://review.example/chapters/one/">
<link rel="stylesheet" href="../../assets/a.css"></head>
<body><a href="../two/#x">two</a> <a href="../..">home</a> <a href="#here">here</a> <a href="/en/">en</a>
<a href="https://doi.org/10.1/x">doi</a> <a href="../../v/1.0.0/">old</a> <a href='../two'>two</a>
<!-- <a href="../two/"> --> <code>&lt;a href="../two/"&gt;</code>
<script>const text = '<a href="../two/">';</script>
<script defer src="../../assets/javascripts/bundle.js"></script></body></html>
""".replace("{policy}", POLICY)

INDEX = {
    "config": {"lang": ["en"], "separator": "\\s+", "pipeline": ["stemmer"], "forms": ["a"]},
    "docs": [
        {"location": "", "title": "Home", "text": ""},
        {"location": "chapters/one/#x", "section": "chapters/one/", "title": "One", "text": "words"},
    ],
}


@pytest.fixture
def site() -> dict[str, bytes]:
    redirect = '<!doctype html><meta http-equiv="refresh" content="0; url=../two/">'
    return {
        "index.html": b'<link rel="canonical" href="https://review.example/"><a href="chapters/one/">x</a>',
        "404.html": b"<a href='/'>home</a>",
        "chapters/one/index.html": PAGE.encode(),
        "chapters/two/index.html": b"<p id=x>two</p>",
        "chapters/old/index.html": redirect.encode(),
        "en/index.html": b'<a href="../">zh</a>',
        "assets/a.css": b"a{}",
        "assets/javascripts/bundle.js": b"1",
        "assets/javascripts/bundle.js.map": b"{}",
        "assets/javascripts/workers/search.abc123.min.js": b'self.onmessage = () => "\xe4\xb8\xad</script>"',
        "search/search_index.json": json.dumps(INDEX).encode(),
        "v/1.0.0/index.html": b"frozen",
        "sitemap.xml": b"<urlset/>",
        "data/trials.csv": b"id\n",
    }


@pytest.fixture
def copy(site: dict[str, bytes]) -> dict[str, bytes]:
    return dict(offline_files(site, "https://review.example/"))


def hrefs(html: str) -> list[str]:
    return re.findall(r'<a href="([^"]*)"', html)


def test_links_to_folders_lead_to_their_pages(copy: dict[str, bytes]):
    html = copy["chapters/one/index.html"].decode()
    assert hrefs(html.split("<!--")[0]) == [
        "../two/index.html#x",
        "../../index.html",
        "#here",
        "../../en/index.html",
        "https://doi.org/10.1/x",
        "https://review.example/v/1.0.0/",
        "../two/index.html",
    ]
    assert 'href="../../assets/a.css"' in html


def test_comments_code_and_scripts_stay_as_they_are(copy: dict[str, bytes]):
    html = copy["chapters/one/index.html"].decode()
    assert '<!-- <a href="../two/"> -->' in html
    assert '&lt;a href="../two/"&gt;' in html
    assert """'<a href="../two/">'""" in html


def test_what_makes_no_sense_from_disk_is_left_out(copy: dict[str, bytes]):
    assert not {"404.html", "sitemap.xml", "v/1.0.0/index.html", "chapters/old/index.html"} & set(copy)
    assert not [name for name in copy if name.endswith((".map", "search_index.json"))]
    assert "data/trials.csv" in copy


def test_a_link_to_what_is_left_out_is_no_link_without_a_public_address(site: dict[str, bytes]):
    html = dict(offline_files(site))["chapters/one/index.html"].decode()
    assert "v/1.0.0" not in html
    assert "<a>old</a>" in html


def test_the_search_index_is_a_script_that_names_files(copy: dict[str, bytes]):
    head = copy["search/search_index.js"].decode()
    assert head.startswith("var __index = ")
    assert "forms" not in head
    whole = copy["search/search_documents.js"].decode()
    index = json.loads(whole.removeprefix("window.lrSearchIndex = ").rstrip(";\n"))
    assert [entry["location"] for entry in index["docs"]] == ["index.html", "chapters/one/index.html#x"]
    assert index["docs"][1]["section"] == "chapters/one/index.html"
    assert index["config"]["forms"] == ["a"]


def test_the_worker_is_kept_as_text_and_its_loader_runs_first(copy: dict[str, bytes]):
    script = copy["assets/javascripts/workers/search.abc123.min.source.js"].decode()
    source = json.loads(script.removeprefix("window.lrWorkerSource = ").rstrip(";\n"))
    assert source == 'self.onmessage = () => "中</script>"'
    html = copy["chapters/one/index.html"].decode()
    scripts = re.findall(r'<script defer src="([^"]*)"', html)
    assert scripts[0] == "../../" + LOADER
    assert LOADER in copy


def test_the_policy_is_worded_for_files(copy: dict[str, bytes]):
    rules = dict(rule.split(" ", 1) for rule in file_policy(POLICY).split("; "))
    assert rules["script-src"] == "file: 'sha256-abc='"
    assert rules["worker-src"] == "blob:"
    assert rules["connect-src"] == "'none'"
    assert rules["default-src"] == "'none'"
    assert file_policy(POLICY) in copy["chapters/one/index.html"].decode()


def test_redirects_are_told_from_pages():
    assert is_redirect('<head><meta http-equiv="refresh" content="0; url=x"></head>')
    assert not is_redirect("<p>refresh</p>")


def test_a_local_address_is_no_public_one(site: dict[str, bytes]):
    assert public_address(site) == "https://review.example/"
    site["index.html"] = b'<link rel="canonical" href="http://127.0.0.1:8000/">'
    assert public_address(site) == ""
    assert public_address({}) == ""


def test_links_that_climb_out_of_the_site_lead_nowhere():
    assert Copy({"index.html"}).link("index.html", "../../etc/") is None
    assert Copy({"index.html"}).link("index.html", "mailto:a@b.example") == "mailto:a@b.example"
    assert Copy({"a b.txt", "index.html"}).link("index.html", "a%20b.txt") == "a b.txt"


def test_the_zip_holds_one_folder_and_is_the_same_each_time(copy: dict[str, bytes]):
    packed = pack(copy.items(), "edition", "2026-11-23")
    assert packed == pack(reversed(list(copy.items())), "edition", "2026-11-23")
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        names = archive.namelist()
        assert names == sorted(f"edition/{name}" for name in copy)
        assert {info.date_time[:3] for info in archive.infolist()} == {(2026, 11, 23)}


def test_the_command_asks_for_a_built_site(tmp_path: Path):
    done = CliRunner().invoke(offline_command, [], obj=tmp_path)
    assert done.exit_code == 1
    assert "make build" in done.output


def test_the_command_writes_the_zip(tmp_path: Path, site: dict[str, bytes]):
    for name, data in site.items():
        file = tmp_path / "site" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    done = CliRunner().invoke(offline_command, ["--output", "out.zip"], obj=tmp_path)
    assert done.exit_code == 0, done.output
    assert zipfile.is_zipfile(tmp_path / "out.zip")
