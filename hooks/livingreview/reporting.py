"""Reporting a problem with a paragraph: where a reader's click leads.

In go a block's name and address and what the edition knows of its repository
and its mailbox; out comes the address of a prefilled issue (GitHub's own query
parameters, https://docs.github.com/issues) or of a letter (RFC 6068), or nothing.
"""

from __future__ import annotations

import re
from urllib.parse import quote, urlencode, urlsplit

from livingreview.readingwords import reading_words

#: Longer addresses are cut off by servers and mail programs; the excerpt gives way.
LONGEST = 2000

_GITHUB = re.compile(r"/[\w.-]+/[\w.-]+")
_MAILBOX = re.compile(r"[^\s@,;<>?&]+@[^\s@,;<>?&]+")


def _issue(repo_url: str, title: str, body: str) -> str:
    """Return the address of a new issue, or nothing where the repository is not GitHub's."""
    parts = urlsplit(repo_url.strip())
    path = parts.path.rstrip("/").removesuffix(".git")
    if parts.scheme not in ("http", "https") or parts.hostname != "github.com" or not _GITHUB.fullmatch(path):
        return ""
    return f"https://github.com{path}/issues/new?" + urlencode({"title": title, "body": body}, quote_via=quote)


def _letter(contact: str, title: str, body: str) -> str:
    """Return the address of a new letter, or nothing where there is no mailbox. Lines end as RFC 6068 wants."""
    mailbox = contact.strip().removeprefix("mailto:")
    if not _MAILBOX.fullmatch(mailbox):
        return ""
    fields = urlencode({"subject": title, "body": body.replace("\n", "\r\n")}, quote_via=quote)
    return f"mailto:{quote(mailbox, safe='@')}?{fields}"


#: What a page's script puts in place of a block's name, address and text.
PLACEHOLDERS = {"id": "⟦id⟧", "address": "⟦address⟧", "excerpt": "⟦excerpt⟧"}


def report_template(slug: str, language: str, *, repo_url: str = "", contact: str = "") -> str:
    """Return the link of any block of a page, with :data:`PLACEHOLDERS` percent-encoded in it, or nothing."""
    name, address, excerpt = (f"{slug}{PLACEHOLDERS['id']}", PLACEHOLDERS["address"], PLACEHOLDERS["excerpt"])
    return report_link(name, address, language, repo_url=repo_url, contact=contact, excerpt=excerpt)


def _cut(text: str, length: int) -> str:
    """Return a text on one line, at most this many characters long."""
    line = " ".join(text.split())
    return line if len(line) <= length else line[:length].rstrip() + "…"


def report_link(
    name: str, address: str, language: str, *, repo_url: str = "", contact: str = "", excerpt: str = ""
) -> str:
    """Return where to report a problem with the block ``name`` (``slug#id``), or nothing where nobody can be told.

    ``address`` is the block's absolute address, ``excerpt`` its text, which is cut to keep the result below
    :data:`LONGEST` characters. An issue is preferred to a letter.
    """
    words = reading_words(language)
    spoken = words(f"language-name.{language}")
    for length in (160, 80, 20, 0):
        body = words("report.body", address=address, language=spoken, excerpt=_cut(excerpt, length))
        title = words("report.title", name=name)
        link = _issue(repo_url, title, body) or _letter(contact, title, body)
        if len(link) <= LONGEST:
            break
    return link
