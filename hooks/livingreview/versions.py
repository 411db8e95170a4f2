"""Versions as readers and scripts see them: ``/versions.json``, their list, what a page says of its own version.

In go the edition, its releases and the record of changes; out come bytes and HTML.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from html import escape

from livingreview.changes import Change, corrections_of
from livingreview.citing_words import citing_words
from livingreview.edition import Edition, Release, Stamp

#: Version of the form of ``/versions.json``.
SCHEMA = 1


def embedded_json(value: object) -> str:
    """Return a value as JSON that can stand inside a ``script`` element of any HTML document."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def export_versions(edition: Edition, changes: Iterable[Change]) -> bytes:
    """Return ``/versions.json``: every release, newest first, and the corrections since.

    Addresses are from the site's root. Frozen pages read this file to tell what became of them.
    """
    latest = edition.latest
    record = {
        "schema": SCHEMA,
        "latest": latest.version if latest else None,
        "current": {"commit": edition.stamp.commit or None, "date": edition.stamp.date or None, "path": "/"},
        "versions": [
            {
                "version": release.version,
                "date": release.date,
                "path": release.path,
                "anchors": f"{release.path}anchors.json",
            }
            for release in reversed(edition.releases)
        ],
        "corrections": [
            {
                "id": change.id,
                "date": change.date,
                "title": dict(change.title),
                "blocks": list(change.blocks),
                "corrects": list(change.corrects),
            }
            for change in corrections_of(changes)
        ],
    }
    return (json.dumps(record, ensure_ascii=False, indent=1) + "\n").encode()


def render_versions(edition: Edition, language: str) -> str:
    """Return the list of released versions as an HTML table, newest first; links are absolute.

    Relative links would lead astray inside a frozen copy of the page.
    """
    words = citing_words(language)
    if not edition.releases:
        return f'<p class="lr-versions--none">{escape(words("version.none"))}</p>'
    rows = "".join(
        f'<tr><td><a href="{escape(edition.living(release.path))}">{escape(release.version)}</a>'
        + (f" ({escape(words('version.latest'))})" if release == edition.latest else "")
        + f'</td><td><time datetime="{release.date}">{release.date}</time></td></tr>'
        for release in reversed(edition.releases)
    )
    head = f"<tr><th>{escape(words('version.head-version'))}</th><th>{escape(words('version.head-date'))}</th></tr>"
    return f'<table class="lr-versions"><thead>{head}</thead><tbody>{rows}</tbody></table>'


def render_stamp(stamp: Stamp, language: str, repo_url: str = "", release: Release | None = None) -> str:
    """Return the line that says from what a page was built; an empty line where nothing is known.

    On a frozen page ``release`` adds its version. The element's class is how freezing finds it again.
    """
    words = citing_words(language)
    parts = []
    if release is not None:
        parts.append(f"{escape(words('page.version'))} {escape(release.version)} ({release.date})")
    if stamp.commit:
        shown = f"<code>{stamp.short}</code>"
        if repo_url:
            shown = f'<a href="{escape(repo_url.rstrip("/"))}/commit/{stamp.commit}">{shown}</a>'
        parts.append(escape(words("build.from")).replace("{commit}", shown))
    if stamp.date and release is None:
        day = f'<time datetime="{stamp.date}">{stamp.date}</time>'
        parts.append(escape(words("build.dated")).replace("{date}", day))
    return f'<p class="lr-build">{" · ".join(parts)}</p>'


def render_bar(release: Release, language: str, current: str, root: str, prints: Mapping[str, str], name: str) -> str:
    """Return what stands on top of a frozen page: its version, the way to the current text, data for the script.

    ``current`` leads to the same page in the current text, ``root`` to the site's
    root, both relative; ``prints`` are the fingerprints of the page's blocks and
    ``name`` its address from the root of its version.
    """
    words = citing_words(language)
    said = escape(words("version.frozen", version=release.version, date=release.date))
    data = {
        "version": release.version,
        "address": name,
        "root": root,
        "prints": dict(prints),
        "words": {
            key: words(f"version.{key}")
            for key in ("same", "changed", "removed", "added", "newer", "corrected", "unknown", "checking")
        },
    }
    return (
        f'<aside class="lr-version" id="lr-version" aria-label="{escape(words("version.bar"))}">'
        f'<p><strong>{said}</strong> <a class="lr-version__current" href="{escape(current)}">'
        f"{escape(words('version.current'))}</a></p>"
        '<div class="lr-version__changes" role="status"></div></aside>'
        f'<script type="application/json" id="lr-version-data">{embedded_json(data)}</script>'
    )
