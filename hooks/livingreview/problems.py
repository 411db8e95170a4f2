"""What can be wrong with a review, and how it is said.

Everything that finds fault (parsers, loaders, checks) *returns* problems and
goes on; nothing here or there raises because of content. In goes where and
what; out come sorted lines for a person, annotations for GitHub, or JSON.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import Enum


class Severity(Enum):
    """How much a problem stops: errors and warnings fail a build, notices only a release."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


_E, _W, _N = Severity.ERROR, Severity.WARNING, Severity.NOTICE

#: Every code that the engine can report. A code is stable: readers of old logs,
#: the documentation at ``/about/problems/#<code>`` and tests rely on it.
SEVERITIES: dict[str, Severity] = {
    # files
    "config-syntax": _E,
    "data-syntax": _E,
    "data-field": _E,
    # text
    "text-encoding": _E,
    "html-unsafe": _E,
    "html-hidden": _E,
    "image-alt-missing": _E,
    "external-request": _E,
    # citations
    "citation-unknown": _E,
    "citation-syntax": _E,
    "citation-unused": _W,
    "citation-order": _E,
    "bib-syntax": _E,
    "bib-duplicate-key": _E,
    "bib-key-form": _E,
    "bib-field-missing": _E,
    # identifiers
    "doi-syntax": _E,
    "doi-duplicate": _E,
    "doi-unverified": _E,
    "doi-mismatch": _E,
    "registry-unverified": _E,
    "pmid-syntax": _E,
    "reference-retracted": _E,
    # structure
    "block-id-missing": _E,
    "block-id-form": _E,
    "block-id-duplicate": _E,
    "link-broken": _E,
    "anchor-broken": _E,
    "directive-unknown": _E,
    "nav-missing": _E,
    # addresses
    "url-removed": _E,
    "redirect-broken": _E,
    "redirect-loop": _E,
    # parity between the languages
    "parity-page": _E,
    "parity-block": _E,
    "parity-order": _E,
    "parity-level": _E,
    "parity-citations": _E,
    "parity-numbers": _E,
    "parity-links": _E,
    "parity-directives": _E,
    "translation-stale": _N,
    # trials
    "trial-syntax": _E,
    "trial-field": _E,
    "trial-registry-id": _E,
    "trial-registry-duplicate": _E,
    "trial-reference": _E,
    "trial-source-missing": _E,
    "trial-arms-sum": _E,
    "trial-range": _E,
    "trial-mention": _E,
    # claims
    "claim-unmapped": _E,
    "claim-block": _E,
    "claim-citations": _E,
    "claim-numbers": _E,
    "claim-entities": _E,
    "claim-verdict": _E,
    "note-target": _E,
    # terms
    "term-undefined": _E,
    "term-duplicate": _E,
    "term-wording": _W,
    "vocabulary-label": _E,
}

#: Where each code is explained; printed as the last line of a report with problems.
HELP_PAGE = "docs/en/about/problems.md"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong, at one place.

    ``path`` is relative to the root, with forward slashes; ``line`` counts from 1.
    ``level`` overrides the code's usual severity: parity of pages and blocks is an
    error where the source language lacks something, a notice where only the
    translation does.
    """

    path: str
    line: int
    code: str
    message: str
    level: Severity | None = None

    def __post_init__(self) -> None:
        """Refuse a code nobody has declared: that is a fault of the engine, not of content."""
        if self.code not in SEVERITIES:
            raise ValueError(f"undeclared problem code {self.code!r}")

    @property
    def severity(self) -> Severity:
        """The severity that counts for this problem."""
        return self.level or SEVERITIES[self.code]

    @property
    def stops(self) -> bool:
        """Whether this problem fails ``check`` and ``build``."""
        return self.severity is not Severity.NOTICE

    def __str__(self) -> str:
        """Return the line a person reads: ``path:line: [code] message``."""
        return f"{self.path}:{self.line}: [{self.code}] {printable(self.message)}"


def printable(text: str) -> str:
    """Return a text that changes nothing but the line it is printed on: content may hold escape sequences."""
    return "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in text)


def sort_problems(problems: Iterable[Problem]) -> list[Problem]:
    """Return each distinct problem once, by path, line, code and message."""
    return sorted(set(problems), key=lambda p: (p.path, p.line, p.code, p.message))


def any_stops(problems: Iterable[Problem]) -> bool:
    """Whether at least one of the problems fails a build."""
    return any(problem.stops for problem in problems)


def _counted(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def summarize(problems: list[Problem]) -> str:
    """Return the closing line of a report, e.g. ``7 problems (6 errors, 1 warning) in 4 files``."""
    if not problems:
        return "no problems"
    parts = [
        _counted(sum(p.severity is level for p in problems), level.value)
        for level in Severity
        if any(p.severity is level for p in problems)
    ]
    files = _counted(len({p.path for p in problems}), "file")
    return f"{_counted(len(problems), 'problem')} ({', '.join(parts)}) in {files}"


def format_text(problems: Iterable[Problem]) -> str:
    """Return the whole report for a terminal: one line a problem, then the count and where codes are explained."""
    ordered = sort_problems(problems)
    return "\n".join([*map(str, ordered), *_closing(ordered)])


def _closing(problems: list[Problem]) -> list[str]:
    """Return the count and, where there is one to look up, where codes are explained."""
    where = f"Each code is explained in {HELP_PAGE} (on the site: /about/problems/#<code>)."
    return [summarize(problems), *([where] if problems else [])]


def _annotation_escape(text: str, *, in_property: bool) -> str:
    """Escape for a GitHub workflow command; properties also escape their own separators."""
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return text.replace(":", "%3A").replace(",", "%2C") if in_property else text


def format_github(problems: Iterable[Problem]) -> str:
    """Return the report as GitHub workflow commands, which show as annotations on the changed lines."""
    ordered = sort_problems(problems)
    commands = [
        f"::{p.severity.value} file={_annotation_escape(p.path, in_property=True)},line={p.line},"
        f"title={_annotation_escape(p.code, in_property=True)}"
        f"::{_annotation_escape(f'[{p.code}] {p.message}', in_property=False)}"
        for p in ordered
    ]
    return "\n".join([*commands, *_closing(ordered)])


def format_json(problems: Iterable[Problem]) -> str:
    """Return the report as a JSON document: ``{"problems": [...], "summary": "..."}``."""
    ordered = sort_problems(problems)
    rows = [{**asdict(p), "level": None, "severity": p.severity.value} for p in ordered]
    for row in rows:
        del row["level"]
    return json.dumps({"problems": rows, "summary": summarize(ordered)}, ensure_ascii=False, indent=2)
