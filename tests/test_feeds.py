"""Feeds: valid Atom by an independent reader, with ids that stay."""

from __future__ import annotations

import xml.etree.ElementTree as etree

import feedparser
import pytest

from citing_support import SITE, STAMP, make_work
from livingreview.changes import load_changes, version_entry
from livingreview.edition import Edition
from livingreview.feeds import LENGTH, render_feed
from test_changes import RECORD

ATOM = "{http://www.w3.org/2005/Atom}"


def address(slug: str, fragment: str) -> str:
    return f"/en/{slug}/" + (f"#{fragment}" if fragment else "")


def feed(text: str = RECORD, language: str = "en", site: str = SITE) -> bytes:
    changes, _problems = load_changes(text)
    return render_feed(make_work(), Edition(site, STAMP), changes, language, "beyond", address)


def test_an_independent_reader_finds_no_fault() -> None:
    read = feedparser.parse(feed())
    assert not read.bozo
    assert read.version == "atom10"
    assert [entry.title for entry in read.entries] == ["Gauges read", "The range in bay B", "Released", "Begun"]
    assert all(entry.updated_parsed and entry.link.startswith(SITE) for entry in read.entries)


def test_what_rfc_4287_demands_is_there_once() -> None:
    root = etree.fromstring(feed())  # noqa: S314 - our own bytes
    for name in ("id", "title", "updated"):
        assert len(root.findall(ATOM + name)) == 1
    assert root.find(f"{ATOM}author/{ATOM}name") is not None
    own = [link for link in root.findall(f"{ATOM}link") if link.get("rel") == "self"]
    assert [link.get("href") for link in own] == [f"{SITE}en/beyond/feed.xml"]
    for entry in root.findall(f"{ATOM}entry"):
        for name in ("id", "title", "updated", "summary"):
            assert len(entry.findall(ATOM + name)) == 1
    ids = [element.text for element in root.iter(f"{ATOM}id")]
    assert len(ids) == len(set(ids))
    assert all(text and text.startswith(SITE) for text in ids)


def test_an_entry_keeps_its_id_when_others_come_and_titles_change() -> None:
    before = {entry.id for entry in feedparser.parse(feed()).entries}
    later = RECORD.replace("Gauges read", "Gauges read again") + version_entry("1.1.0", "2026-03-01", ["zh", "en"])
    after = {entry.id for entry in feedparser.parse(feed(later)).entries}
    assert before < after


def test_the_feed_is_in_its_language_and_byte_stable() -> None:
    assert feed() == feed()
    chinese = feed(language="zh").decode()
    assert 'xml:lang="zh"' in chinese
    assert "B 湾的潮差" in chinese


@pytest.mark.parametrize(
    ("title", "target"),
    [
        ("Released", f"{SITE}v/1.0.0/"),
        ("The range in bay B", f"{SITE}en/about/corrections/#range-of-bay-b"),
        ("Gauges read", f"{SITE}en/beyond/#chart"),
        ("Begun", f"{SITE}en/beyond/"),
    ],
)
def test_an_entry_leads_to_what_it_is_about(title: str, target: str) -> None:
    links = {entry.title: entry.link for entry in feedparser.parse(feed()).entries}
    assert links[title] == target


def test_a_feed_without_changes_and_one_with_many_are_feeds() -> None:
    assert not feedparser.parse(feed("")).bozo
    many = "".join(version_entry(f"1.{n}.0", "2026-03-01", ["zh", "en"]) for n in range(LENGTH + 5))
    assert len(feedparser.parse(feed(many)).entries) == LENGTH
