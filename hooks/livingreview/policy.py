"""The content security policy that every page carries, as a meta element.

In goes the HTML of a page, out comes the same page with a policy that lets it
run the site's own scripts and nothing else. The theme has a few inline scripts,
the same on every page: their hashes are taken from a page without any content
(``404.html``), so that no script that came in with content is ever allowed.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha256
from html.parser import HTMLParser

#: The types of a ``script`` element that a browser runs; any other is data.
_RUNNABLE = frozenset({"", "text/javascript", "application/javascript", "module"})

_CHARSET = re.compile(r"<meta\s+charset=[^>]*>", re.IGNORECASE)
_POLICY = re.compile(r'<meta\s+http-equiv="Content-Security-Policy"[^>]*>', re.IGNORECASE)


class _InlineScripts(HTMLParser):
    """Collects the text of the scripts that stand in a page itself."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.scripts: list[str] = []
        self._collecting = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        runs = (given.get("type") or "").strip().lower() in _RUNNABLE
        self._collecting = tag == "script" and "src" not in given and runs
        if self._collecting:
            self.scripts.append("")

    def handle_data(self, data: str) -> None:
        if self._collecting:
            self.scripts[-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self._collecting = False


def inline_script_hashes(html: str) -> tuple[str, ...]:
    """Return the policy sources (``sha256-…``) of the inline scripts of a page, sorted, each once.

    A browser hashes the text between the tags, in UTF-8, with bare line feeds.
    """
    parser = _InlineScripts()
    parser.feed(html.replace("\r\n", "\n").replace("\r", "\n"))
    parser.close()
    digests = {sha256(script.encode()).digest() for script in parser.scripts if script}
    return tuple(sorted(f"sha256-{b64encode(digest).decode()}" for digest in digests))


def policy(hashes: Iterable[str]) -> str:
    """Return the policy: own scripts, styles, images and searches; no other host, no inline code, no forms sent."""
    scripts = " ".join(["'self'", *(f"'{one}'" for one in hashes)])
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src {scripts}",
            "style-src 'self'",
            "img-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self'",
            "manifest-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )


def has_policy(html: str) -> bool:
    """Whether the head of a page sets a policy; to write of one in the text is not to have one."""
    return _POLICY.search(html.partition("</head>")[0]) is not None


def apply_policy(html: str, hashes: Iterable[str]) -> str:
    """Return the page with the policy right after its charset; an earlier policy is replaced.

    A page without a charset in its head is returned as it is: it is none of ours.
    """
    head, end, rest = html.partition("</head>")
    bare = _POLICY.sub("", head)
    charset = _CHARSET.search(bare)
    if charset is None:
        return html
    element = f'<meta http-equiv="Content-Security-Policy" content="{policy(hashes)}">'
    return bare[: charset.end()] + element + bare[charset.end() :] + end + rest
