"""The record of changes: evidence, corrections and versions in one dated list.

In goes ``data/changes.yml``; out come :class:`Change` values and problems. The
changelog, the list of corrections, the change log of the evidence, the list of
versions and the marks beside corrected paragraphs are views of it.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Annotated, Literal

from pydantic import Field

from livingreview.border import Record, read_list
from livingreview.citing_words import citing_words
from livingreview.edition import Release
from livingreview.model import Mark
from livingreview.problems import Problem
from livingreview.review import Review
from livingreview.yamlfile import parse_yaml

CHANGES_FILE = "data/changes.yml"
CHANGELOG_FILE = "CHANGELOG.md"

#: The page that lists corrections; each at the fragment of its id.
CORRECTIONS_PAGE = "about/corrections"

#: Gives the address of a page's fragment: ``(slug, fragment) -> url``.
Url = Callable[[str, str], str]

#: What a version may be called: MAJOR.MINOR.PATCH (https://semver.org/), without pre-releases.
VERSION_FORM = r"^(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})$"

_Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]


class _ChangeRecord(Record):
    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(?:[.-][a-z0-9]+)*$")]
    date: _Day
    kind: Literal["edition", "evidence", "correction", "version"]
    title: dict[str, str]
    text: dict[str, str] = {}
    version: Annotated[str, Field(pattern=VERSION_FORM)] | None = None
    blocks: list[str] = []
    was: dict[str, str] = {}
    now: dict[str, str] = {}
    corrects: list[str] = []


@dataclass(frozen=True, slots=True)
class Change:
    """One entry. Texts are by language code; ``blocks`` are block names, ``page#id``."""

    id: str
    date: str
    kind: str
    title: Mapping[str, str]
    text: Mapping[str, str] = field(default_factory=dict)
    version: str = ""
    blocks: tuple[str, ...] = ()
    was: Mapping[str, str] = field(default_factory=dict)
    now: Mapping[str, str] = field(default_factory=dict)
    corrects: tuple[str, ...] = ()
    line: int = 1


def _change(record: _ChangeRecord, line: int) -> Change:
    return Change(
        record.id,
        record.date,
        record.kind,
        record.title,
        record.text,
        record.version or "",
        tuple(record.blocks),
        record.was,
        record.now,
        tuple(record.corrects),
        line,
    )


def load_changes(text: str, path: str = CHANGES_FILE) -> tuple[tuple[Change, ...], tuple[Problem, ...]]:
    """Read the list; entries that do not fit are left out and reported."""
    records, problems = read_list(parse_yaml(text, path), _ChangeRecord)
    return tuple(_change(record, line) for record, line in records), problems


# -- checks ------------------------------------------------------------------------


def _is_day(text: str) -> bool:
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _entry_faults(change: Change, languages: Sequence[str], versions: Collection[str]) -> Iterator[str]:
    """Yield what is wrong with one entry by itself."""
    needed = {"title": change.title}
    if change.kind == "correction":
        needed |= {"was": change.was, "now": change.now}
        if not change.corrects:
            yield 'field "corrects" is missing. Name the released versions that are wrong.'
        if not change.blocks:
            yield 'field "blocks" is missing. Name the paragraph corrected.'
    needed |= {"text": change.text} if change.text else {}
    for name, texts in needed.items():
        missing = [code for code in languages if not texts.get(code)]
        if missing:
            yield f'field "{name}" has no text in {", ".join(missing)}. Add it.'
    if not _is_day(change.date):
        yield f'"{change.date}" is not a day of the calendar.'
    if (change.kind == "version") != bool(change.version):
        yield 'a change of kind "version" names its version, and no other does.'
    unknown = [version for version in change.corrects if version not in versions]
    if unknown:
        yield f'version "{unknown[0]}" was never released.'


def check_changes(review: Review, changes: Sequence[Change], path: str = CHANGES_FILE) -> Iterator[Problem]:
    """Report entries that contradict each other, the review or the calendar."""
    languages = [language.code for language in review.languages]
    versions = {change.version for change in changes if change.version}
    seen: dict[str, int] = {}
    latest, newest = "", (-1, -1, -1)
    for change in changes:
        for message in _entry_faults(change, languages, versions):
            yield Problem(path, change.line, "data-field", f"{change.id}: {message}")
        if change.id in seen:
            message = f'"{change.id}" is the id of line {seen[change.id]}, too. Choose another.'
            yield Problem(path, change.line, "data-field", message)
        if change.date < latest:
            message = f"{change.id}: dated {change.date}, before the entry above it ({latest}). Put the newest last."
            yield Problem(path, change.line, "data-field", message)
        if change.version and version_order(change.version) <= newest:
            yield Problem(path, change.line, "data-field", f"{change.id}: not newer than the version before it.")
        for name in change.blocks:
            if _unknown(review, name):
                message = f'{change.id}: no block "{name}". Write it as page#id.'
                yield Problem(path, change.line, "data-field", message)
        seen.setdefault(change.id, change.line)
        latest = max(latest, change.date)
        newest = max(newest, version_order(change.version)) if change.version else newest


def _unknown(review: Review, name: str) -> bool:
    slug, _, fragment = name.rpartition("#")
    return not slug or fragment not in review.ids_of(review.source, slug)


# -- versions ----------------------------------------------------------------------


def version_order(version: str) -> tuple[int, int, int]:
    """Return a version's numbers, for comparing; ``(-1, -1, -1)`` where it has another form."""
    parts = version.split(".")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() for part in parts):
        return (-1, -1, -1)
    return (int(parts[0]), int(parts[1]), int(parts[2]))


def releases_of(changes: Iterable[Change]) -> tuple[Release, ...]:
    """Return the versions released, oldest first."""
    return tuple(Release(change.version, change.date) for change in changes if change.version)


def version_entry(version: str, date: str, languages: Iterable[str]) -> str:
    """Return the text of a release's entry, to stand at the end of the file."""
    titles = "".join(f"    {code}: {citing_words(code)('change.released', version=version)}\n" for code in languages)
    return f'- id: v{version}\n  date: "{date}"\n  kind: version\n  version: "{version}"\n  title:\n{titles}'


def grouped(changes: Sequence[Change]) -> Iterator[tuple[Change | None, list[Change]]]:
    """Yield each version (``None`` for what is not yet released) with its changes, newest first."""
    waiting: list[Change] = []
    groups: list[tuple[Change | None, list[Change]]] = []
    for change in changes:
        if change.version:
            groups.append((change, waiting))
            waiting = []
        else:
            waiting.append(change)
    if waiting:
        groups.append((None, waiting))
    for version, members in reversed(groups):
        yield version, members[::-1]


# -- views -------------------------------------------------------------------------


def format_changelog(changes: Sequence[Change], languages: Sequence[str]) -> str:
    """Return ``CHANGELOG.md``: newest first, each change in every language."""
    order = sorted(languages, key=lambda code: code != "en")
    words = [citing_words(code) for code in order]
    heading = " / ".join(dict.fromkeys(word("change.heading") for word in words))
    rows = [f"# {heading}", "", "Made from `data/changes.yml` by `livingreview changelog`; edit that file.", ""]
    for version, members in grouped(changes):
        unreleased = " / ".join(dict.fromkeys(word("change.unreleased") for word in words))
        rows += [f"## {version.version} ({version.date})" if version else f"## {unreleased}", ""]
        for change in members:
            for place, word in enumerate(words):
                said = " ".join(_sentences(change, order[place]).split())
                lead = f"- {change.date}, {word(f'change.kind.{change.kind}')}: " if not place else "  "
                rows.append(lead + said + ("  " if place + 1 < len(words) else ""))
        rows.append("")
    return "\n".join(rows)


def _sentences(change: Change, language: str) -> str:
    """Return title and text as running text."""
    title, text = change.title.get(language, ""), change.text.get(language, "")
    wide = bool(title) and ord(title[-1]) > 0x2E80
    stop = "。" if wide else ". "
    parts = [title, text] if text else [title]
    return stop.join(parts) if text else (title + stop).strip()


def _places(change: Change, language: str, url: Url) -> str:
    if not change.blocks:
        return ""
    words = citing_words(language)
    links = words("language.separator").join(
        f'<a href="{escape(url(*_split(name)))}">{escape(name)}</a>' for name in change.blocks
    )
    return f'<p class="lr-change__places">{escape(words("change.where"))}: {links}</p>'


def _split(name: str) -> tuple[str, str]:
    slug, _, fragment = name.rpartition("#")
    return slug, fragment


def render_changes(changes: Iterable[Change], language: str, url: Url, kinds: Collection[str] = ()) -> str:
    """Return changes as an HTML list, newest first; ``kinds`` chooses among them."""
    words = citing_words(language)
    chosen = [change for change in changes if not kinds or change.kind in kinds]
    if not chosen:
        return f'<p class="lr-changes lr-changes--none">{escape(words("change.none"))}</p>'
    items = "".join(
        f'<li class="lr-change lr-change--{change.kind}">'
        f'<time datetime="{change.date}">{change.date}</time> '
        f"<strong>{escape(change.title.get(language, ''))}</strong>"
        + (f"<p>{escape(change.text[language])}</p>" if change.text.get(language) else "")
        + _places(change, language, url)
        + "</li>"
        for change in reversed(chosen)
    )
    return f'<ul class="lr-changes">{items}</ul>'


def _correction(change: Change, language: str, url: Url) -> str:
    words = citing_words(language)
    versions = words("language.separator").join(change.corrects)
    rows = [
        (words("change.corrects"), escape(versions)),
        (words("change.was"), escape(change.was.get(language, ""))),
        (words("change.now"), escape(change.now.get(language, ""))),
    ]
    pairs = "".join(f"<dt>{escape(name)}</dt><dd>{value}</dd>" for name, value in rows)
    text = f"<p>{escape(change.text[language])}</p>" if change.text.get(language) else ""
    return (
        f'<article class="lr-correction" id="{change.id}"><h3>'
        f'<a href="#{change.id}"><time datetime="{change.date}">{change.date}</time></a> '
        f"{escape(change.title.get(language, ''))}</h3>{text}<dl>{pairs}</dl>{_places(change, language, url)}</article>"
    )


def corrections_of(changes: Iterable[Change]) -> list[Change]:
    """Return the corrections, newest first."""
    return [change for change in changes if change.kind == "correction"][::-1]


def render_corrections(changes: Iterable[Change], language: str, url: Url) -> str:
    """Return the corrections as HTML, each at its id, with the old wording and the new."""
    found = corrections_of(changes)
    if not found:
        return f'<p class="lr-corrections--none">{escape(citing_words(language)("change.no-corrections"))}</p>'
    return "".join(_correction(change, language, url) for change in found)


def erratum_marks(changes: Iterable[Change], language: str, slug: str, url: Url) -> dict[str, tuple[Mark, ...]]:
    """Return the marks of a page's corrected blocks, by block id, each leading to its correction."""
    words = citing_words(language)
    marks: dict[str, tuple[Mark, ...]] = {}
    for change in corrections_of(changes):
        mark = Mark(
            "erratum",
            url(CORRECTIONS_PAGE, change.id),
            words("change.mark", date=change.date),
            words("change.mark-title", date=change.date),
        )
        for name in change.blocks:
            page, fragment = _split(name)
            if page == slug:
                marks[fragment] = (*marks.get(fragment, ()), mark)
    return marks
