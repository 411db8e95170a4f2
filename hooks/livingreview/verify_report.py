"""What has changed since the last verification, as the text of one issue.

In go two states of the ledger, before a run and after it; out comes a list of
:class:`Change` and, from it, title and body of an issue in Markdown. The same
states give the same text, to the byte, so that a weekly run that finds nothing
new rewrites nothing. What services registered is not trusted: it is printed as
code, where it can mention nobody and link nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from livingreview.ledger import GRAVITY, LEDGER_FILE, Data, entry, read_notices

TITLE = "Verification: something has changed at the sources"

#: Lets the workflow, and people, recognize the one issue.
MARK = "<!-- livingreview:verification -->"

#: Sections of the report in the order of their urgency: heading, and what to do about it.
SECTIONS: Mapping[str, tuple[str, str]] = {
    "retracted": (
        "Retracted",
        "The build stops until an editor's note with `about:` and `status: retracted` stands where the work is cited.",
    ),
    "concern": (
        "Under an expression of concern",
        "The build stops until an editor's note with `about:` and `status: concern` stands where the work is cited.",
    ),
    "lifted": ("No longer marked", "Take back the note on the work's status, if the sources bear that out."),
    "corrected": (
        "Corrected",
        "Read the correction; if it touches a number or a statement, change what is said of the work.",
    ),
    "doi-not-found": (
        "DOIs that do not resolve",
        "Compare the DOI with the work's own page and correct it in `refs.bib`.",
    ),
    "pmid-not-found": (
        "PubMed numbers without a record",
        "Look the work up in PubMed and correct the number in `refs.bib`.",
    ),
    "pmid-mismatch": (
        "PubMed numbers of another work",
        "PubMed gives this number another DOI. Correct the one or the other in `refs.bib`.",
    ),
    "registry-not-found": (
        "Registry numbers without a record",
        "Compare the number with the trial's publication and correct it.",
    ),
    "trial-results": (
        "Trials with results posted",
        "Read the results; add them to the trial's file and to the updates page.",
    ),
    "trial-status": (
        "Trials whose status changed",
        "Change the status in the trial's file; add a line to the updates page.",
    ),
    "link-dead": ("Dead links", "Replace the link by a DOI or an archived copy, or take it out."),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is now otherwise than it was: which section it belongs to, what it concerns, what is known."""

    section: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Issue:
    """Title and body of the one issue."""

    title: str
    body: str


def find_changes(before: Data, after: Data) -> tuple[Change, ...]:
    """Return what a maintainer must know, gravest first, then by subject."""
    changes = [
        *_works(entry(before, "works"), entry(after, "works")),
        *_trials(entry(before, "registries"), entry(after, "registries")),
        *_links(entry(before, "links"), entry(after, "links")),
    ]
    order = {name: number for number, name in enumerate(SECTIONS)}
    return tuple(sorted(changes, key=lambda change: (order[change.section], change.subject)))


def _works(before: Data, after: Data) -> Iterator[Change]:
    for key in after:
        old, new = entry(before, key), entry(after, key)
        yield from _notices(key, entry(old, "notices"), entry(new, "notices"))
        for kind in ("doi", "pmid"):
            number = str(entry(new, kind).get("id", ""))
            if entry(new, kind).get("status") == "not-found" != entry(old, kind).get("status"):
                yield Change(f"{kind}-not-found", key, _code(number))
        ours, theirs = str(entry(new, "doi").get("id", "")), str(entry(new, "pmid").get("doi", ""))
        differ = bool(ours and theirs) and ours.casefold() != theirs.casefold()
        if differ and theirs != entry(old, "pmid").get("doi"):
            number = str(entry(new, "pmid").get("id", ""))
            yield Change("pmid-mismatch", key, f"{_code(number)} is {_code(theirs)} in PubMed, {_code(ours)} here")


def _notices(key: str, old: Data, new: Data) -> Iterator[Change]:
    was, now = str(old.get("status", "unknown")), str(new.get("status", "unknown"))
    fresh = [notice for notice in read_notices(new) if notice not in read_notices(old)]
    if GRAVITY.get(now, 0) < GRAVITY.get(was, 0):
        yield Change("lifted", key, f"recorded as {_code(was)} before, as {_code(now)} now")
    elif now in ("retracted", "concern", "corrected") and (was != now or fresh):
        yield Change(now, key, "; ".join(map(_notice_text, fresh)) or f"recorded as {_code(was)} before")


def _notice_text(notice: Any) -> str:
    where = f" {_code(notice.doi or 'PubMed ' + notice.pmid)}" if notice.doi or notice.pmid else ""
    when = f", {_code(notice.date)}" if notice.date else ""
    return f"{_code(notice.type.replace('_', ' '))}{where}{when} (source: {_code(notice.source)})"


def _trials(before: Data, after: Data) -> Iterator[Change]:
    for number in after:
        old, new = entry(before, number), entry(after, number)
        if new.get("status") == "not-found" != old.get("status"):
            yield Change("registry-not-found", number, _code(str(new.get("title") or "no title recorded")))
        was, now = old.get("overall-status"), new.get("overall-status")
        if was and now and was != now:
            yield Change("trial-status", number, f"{_code(str(was))} before, {_code(str(now))} now")
        posted = new.get("results-posted")
        if old.get("results-posted") == "no" and posted not in (None, "no"):
            yield Change("trial-results", number, "posted" if posted == "yes" else f"posted on {_code(str(posted))}")


def _links(before: Data, after: Data) -> Iterator[Change]:
    for link in after:
        if entry(after, link).get("status") == "dead" != entry(before, link).get("status"):
            yield Change("link-dead", link, "")


def render_issue(changes: Iterable[Change]) -> Issue | None:
    """Return the issue to open or update, ``None`` where there is nothing to say."""
    found = list(changes)
    if not found:
        return None
    lines = [MARK, "The scheduled verification found what follows. Nothing on the site has been changed by it."]
    for name, (heading, remedy) in SECTIONS.items():
        chosen = [change for change in found if change.section == name]
        if chosen:
            lines += ["", f"## {heading}", "", remedy, ""]
            lines += [f"- [ ] {_code(change.subject)}{': ' if change.text else ''}{change.text}" for change in chosen]
    lines += [
        "",
        f"To settle this: run `livingreview verify`, make the changes above, and commit them with `{LEDGER_FILE}`. "
        "This issue follows the file: what the committed file knows is not reported again.",
    ]
    return Issue(TITLE, "\n".join(lines) + "\n")


def _code(text: str) -> str:
    """Print text from outside as code, on one line, whatever it holds."""
    return f"`{' '.join(text.replace('`', ' ').split()) or ' '}`"
