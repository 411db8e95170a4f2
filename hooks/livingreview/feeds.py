"""Feeds of what changed, as Atom (RFC 4287), one a language.

In go the changes and the edition's address; out come bytes. Ids are absolute
addresses made from the change's own id, so that an entry keeps its id for good.
"""

from __future__ import annotations

import xml.etree.ElementTree as etree
from collections.abc import Callable, Sequence

from livingreview.changes import CORRECTIONS_PAGE, Change
from livingreview.citing_words import citing_words
from livingreview.edition import VERSIONS_PREFIX, Edition
from livingreview.work import Work

_ATOM = "http://www.w3.org/2005/Atom"

#: How many entries a feed holds.
LENGTH = 50

#: Gives the address of a place from the site's root: ``(slug, fragment) -> address``.
Address = Callable[[str, str], str]


def _element(parent: etree.Element, name: str, text: str = "", **attributes: str) -> etree.Element:
    found = etree.SubElement(parent, f"{{{_ATOM}}}{name}", attributes)
    found.text = text or None
    return found


def _instant(day: str) -> str:
    """Return a day as the instant it begins (RFC 3339, UTC): the record knows no hours."""
    return f"{day}T00:00:00Z"


def _target(change: Change, address: Address, page: str) -> str:
    """Return where an entry leads: the version, the correction, the first place concerned, or the page of the feed."""
    if change.version:
        return f"{VERSIONS_PREFIX}{change.version}/"
    if change.kind == "correction":
        return address(CORRECTIONS_PAGE, change.id)
    if change.blocks:
        slug, _, fragment = change.blocks[0].rpartition("#")
        return address(slug, fragment)
    return address(page, "")


def render_feed(
    work: Work, edition: Edition, changes: Sequence[Change], language: str, page: str, address: Address
) -> bytes:
    """Return the feed of a language, newest first. ``page`` is the slug of the page it belongs to."""
    etree.register_namespace("", _ATOM)
    words = citing_words(language)
    here = edition.living(address(page, ""))
    newest = list(reversed(changes))[:LENGTH]
    feed = etree.Element(f"{{{_ATOM}}}feed", {"xml:lang": language})
    _element(feed, "title", words("feed.title", title=work.title[language]))
    _element(feed, "subtitle", words("feed.subtitle"))
    _element(feed, "id", here)
    _element(feed, "updated", _instant(newest[0].date if newest else work.dates.evidence_read))
    _element(feed, "link", rel="alternate", type="text/html", hreflang=language, href=here)
    _element(feed, "link", rel="self", type="application/atom+xml", href=f"{here}feed.xml")
    if work.license_url:
        _element(feed, "link", rel="license", href=work.license_url)
    _element(feed, "rights", work.license)
    author = _element(feed, "author")
    _element(author, "name", work.author[language])
    for change in newest:
        entry = _element(feed, "entry")
        _element(entry, "title", change.title.get(language, change.id))
        _element(entry, "id", f"{here}#change-{change.id}")
        _element(entry, "updated", _instant(change.date))
        _element(entry, "published", _instant(change.date))
        _element(entry, "link", rel="alternate", type="text/html", href=edition.living(_target(change, address, page)))
        _element(entry, "category", term=change.kind, label=words(f"change.kind.{change.kind}"))
        _element(entry, "summary", change.text.get(language) or change.title.get(language, change.id))
    etree.indent(feed, space="")
    data: bytes = etree.tostring(feed, encoding="utf-8", xml_declaration=True)
    return data + b"\n"
