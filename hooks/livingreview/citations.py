"""Citations in the text: what is cited where, and how the numbers look.

In goes Markdown; out come the groups ``[@key, p. 12; @other]`` with their offsets and
lines, and a problem for everything that looks like a citation and is none. Code,
comments, addresses, e-mails and escaped signs are left alone. A :class:`Numbering`
made from the order of first citation turns a group into superscript numbers that
lead to the page's own list of references.
"""

from __future__ import annotations

import difflib
import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from html import escape
from importlib import resources

from markdown_it import MarkdownIt

from livingreview.locales import Labels
from livingreview.problems import Problem
from livingreview.yamlfile import parse_yaml

_BLOCKS = MarkdownIt("commonmark").disable("inline")

#: What cannot hold a citation, in the order it is looked for; code blocks are found by the parser.
_LITERAL = re.compile(
    r"""
      <!--.*?-->                                            # comment
    | (?<!`)(?P<ticks>`+)(?!`)(?:(?!\n[ \t]*\n).)*?(?<!`)(?P=ticks)(?!`)   # code span, within its paragraph
    | <[A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>]*>               # address in angle brackets
    | </?[A-Za-z][^<>\n]*>                                  # HTML tag
    | \[[^\[\]\n]*\]\((?:[^()\n]|\([^()\n]*\))*\)           # link
    | \]\((?:[^()\n]|\([^()\n]*\))*\)                       # target of a link whose text holds brackets
    | ^[ ]{0,3}\[(?!@)[^\]\n]+\]:.*$                        # definition of a link
    | \bhttps?://[^\s<>]+                                   # bare address
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
_TAG = re.compile(r"</?[A-Za-z][^<>\n:]*>")
_MAYBE_CODE = re.compile(r"```|~~~|(?:\A|\n[ \t]*\n)(?: {4}|\t)")
_FRONT = re.compile(r"\A---[ \t]*\n.*?\n---[ \t]*(?:\n|\Z)", re.DOTALL)
_MAIL = re.compile(r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
#: A citation whose brackets were escaped, as converters of word processors' files write; it would be printed.
_ESCAPED_GROUP = re.compile(r"\\\[\s*\\?@[A-Za-z0-9][^\[\]\n]*?\\?\]")
_ESCAPED = re.compile(r"\\\[[^\[\]\n]*\]|\\[\\\[\]@＠]")
_GROUP = re.compile(r"\[([^\[\]\n]*[@＠][^\[\]\n]*)\](?!\(|\[(?!\s*[@^]|\d{1,3}\]))")
_ITEM = re.compile(r"\s*(?P<prefix>[^@]*?)\s*(?P<minus>-?)@(?P<key>[^\s,;，；、@\]]*)(?P<rest>.*)", re.DOTALL)
_KEY = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?")
_BARE = re.compile(r"(?<![A-Za-z0-9_/.@＠])[@＠][A-Za-z\u3400-\u9fff][\w.:-]*")
_WRAPPED = re.compile(r"\[(?:[^\[\]\n]|\n(?![ \t]*\n))*\]")
_WIDE_BRACKETS = re.compile(r"[［【〔][^\[\]［］【】〔〕\n]*[@＠][^\[\]［］【】〔〕\n]*[］】〕]")

#: Full-width signs inside a group and the half-width ones that belong there.
_WIDE = {"；": ";", "，": ",", "、": ";", "＠": "@", "：": ":"}


@dataclass(frozen=True, slots=True)
class CitedWork:
    """One work of a group: its key, what stands before it and where in the work to look."""

    key: str
    prefix: str = ""
    locator: str = ""
    start: int = 0
    line: int = 1


@dataclass(frozen=True, slots=True)
class CitationGroup:
    """One pair of brackets: where it begins and ends in the text (offsets), and the works it cites."""

    start: int
    end: int
    line: int
    works: tuple[CitedWork, ...]


class _Lines:
    """Turns offsets into 1-based lines."""

    def __init__(self, text: str) -> None:
        self.breaks = [match.start() for match in re.finditer("\n", text)]

    def __call__(self, at: int) -> int:
        return bisect_right(self.breaks, at - 1) + 1


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", match[0])


@lru_cache(maxsize=4)  # a page is looked through for several things in turn
def _blank_code_blocks(text: str) -> str:
    """Blank fenced and indented code, whose lines the parser knows."""
    if not _MAYBE_CODE.search(text):
        return text
    lines = text.split("\n")
    for token in _BLOCKS.parse(text):
        if token.type in ("fence", "code_block") and token.map:
            for number in range(token.map[0], min(token.map[1], len(lines))):
                lines[number] = " " * len(lines[number])
    return "\n".join(lines)


def without_literals(text: str, *, tags: bool = True) -> str:
    """Return the text with front matter, code, comments, links and HTML tags (unless told not to) blanked."""
    text = _FRONT.sub(_blank, text, count=1)
    text = _blank_code_blocks(text)
    if tags:
        return _LITERAL.sub(_blank, text)
    return _LITERAL.sub(lambda match: match[0] if _TAG.fullmatch(match[0]) else _blank(match), text)


def _without_escaped(text: str) -> str:
    return _ESCAPED.sub(_blank, _MAIL.sub(_blank, text))


def mask(text: str) -> str:
    """Return the text with everything blanked that can hold no citation; offsets and lines stay."""
    return _without_escaped(without_literals(text))


class _Parser:
    """Reads one text; keeps what is wrong with it."""

    def __init__(self, text: str, path: str) -> None:
        self.path = path
        self.line = _Lines(text)
        self.problems: list[Problem] = []
        bare = without_literals(text)
        for match in _ESCAPED_GROUP.finditer(bare):
            right = match[0].replace("\\", "")
            self.fault(
                match.start(), f"{match[0]} is printed, not cited. Write {right}, or put it in backticks to show it."
            )
        self.masked = _without_escaped(bare)

    def fault(self, at: int, message: str) -> None:
        self.problems.append(Problem(self.path, self.line(at), "citation-syntax", message))

    def groups(self) -> tuple[CitationGroup, ...]:
        found: list[CitationGroup] = []
        rest = self.masked
        for match in _GROUP.finditer(self.masked):
            if not _looks_like_citation(match[1]):
                continue
            rest = rest[: match.start()] + " " * len(match[0]) + rest[match.end() :]
            works = self.works(match)
            if works:
                found.append(CitationGroup(match.start(), match.end(), self.line(match.start()), works))
        for match in _WRAPPED.finditer(rest):
            if _looks_like_citation(match[0]) and "\n" in match[0]:
                self.fault(match.start(), "a pair of brackets with citations stands on one line. Put it on one.")
                rest = rest[: match.start()] + _blank(match) + rest[match.end() :]
        for match in _WIDE_BRACKETS.finditer(rest):
            self.fault(match.start(), f"citations stand in half-width brackets: [@key], not {match[0][:24]}.")
            rest = rest[: match.start()] + " " * len(match[0]) + rest[match.end() :]
        for match in _BARE.finditer(rest):
            key = match[0][1:].rstrip(".:-")
            self.fault(
                match.start(), f"@{key} stands without brackets. Write [@{key}] to cite, \\@{key} to mean the sign."
            )
        return tuple(found)

    def works(self, group: re.Match[str]) -> tuple[CitedWork, ...]:
        """Read the works of one group; a group with a fault gives one problem and no works."""
        content = group[1]
        fault = _group_fault(content)
        if fault:
            self.fault(group.start(), fault)
            return ()
        works: list[CitedWork] = []
        at = group.start(1)
        for part in content.split(";"):
            work, message = self.item(part, at)
            if work is None:
                self.fault(group.start(), message)
                return ()
            works.append(work)
            at += len(part) + 1
        return tuple(works)

    def item(self, part: str, at: int) -> tuple[CitedWork | None, str]:
        match = _ITEM.fullmatch(part)
        if match is None:
            return None, f'"{part.strip()}" names no work. Each part between ; must hold one @key.'
        key, rest = match["key"], match["rest"].strip()
        if match["minus"]:
            return None, f"-@{key}: names are not printed here, so none can be left out. Write @{key}."
        if not _KEY.fullmatch(key):
            shown = key or rest[:12]
            return None, f'"@{shown}" is no key: keys are made of a-z, 0-9 and hyphens, as in @garcia2024novel.'
        if rest and not rest.startswith(","):
            return (
                None,
                f'after @{key} a comma and a place in the work, or ; and the next @key is expected, found "{rest}".',
            )
        locator = rest[1:].strip()
        start = at + match.start("key") - 1
        return CitedWork(key, match["prefix"], locator, start, self.line(start)), ""


def _looks_like_citation(content: str) -> bool:
    """Whether an @ in a pair of brackets begins a word (an e-mail address has been blanked before)."""
    return bool(re.search(r"(?:^|[^A-Za-z0-9_./@＠])[@＠]", content))


def _group_fault(content: str) -> str:
    wide = next((sign for part in content.split(";") for sign in _wide_signs(part)), "")
    if wide:
        return f'full-width "{wide}" in a citation. Write "{_WIDE[wide]}" (several works: [@one; @two]).'
    if any(part.count("@") > 1 for part in content.split(";")):
        return "works in one pair of brackets are separated by ; as in [@one; @two]."
    return ""


def _wide_signs(part: str) -> Iterator[str]:
    """Yield the full-width signs of one part that stand where syntax does: a locator's own words may hold some."""
    key = part.find("@")
    comma = part.find(",", key) if key >= 0 else -1
    for at, sign in enumerate(part):
        in_words = sign in "，、：" and 0 <= comma < at and "@" not in part[at:]
        if sign in _WIDE and not in_words and (sign != "：" or key < at):
            yield sign


@lru_cache(maxsize=1 << 14)  # several checks ask for the same page, one after the other for all pages
def parse_citations(text: str, path: str = "") -> tuple[tuple[CitationGroup, ...], tuple[Problem, ...]]:
    """Find the citations in Markdown. Returns the groups in order and the faults, one a place.

    A group with a fault is not among the groups. Never raises because of what the text holds.
    """
    if "@" not in text and "＠" not in text:
        return (), ()
    parser = _Parser(text, path)
    groups = parser.groups()
    return groups, tuple(parser.problems)


def suggest(key: str, known: Collection[str]) -> str:
    """Return the known key most like this one, or an empty text."""
    close = difflib.get_close_matches(key.lower(), known, n=1, cutoff=0.72)
    return close[0] if close else ""


def check_citations(text: str, path: str, known: Collection[str], bibliography: str = "refs.bib") -> Iterator[Problem]:
    """Yield ``citation-syntax`` and ``citation-unknown`` of one page; an unknown key once a line."""
    groups, problems = parse_citations(text, path)
    yield from problems
    seen: set[tuple[int, str]] = set()
    for work in (work for group in groups for work in group.works):
        if work.key in known or (work.line, work.key) in seen:
            continue
        seen.add((work.line, work.key))
        close = suggest(work.key, known)
        remedy = f'Did you mean "{close}"?' if close else f"Add it to {bibliography}, or correct the key."
        yield Problem(path, work.line, "citation-unknown", f'no entry "{work.key}" in {bibliography}. {remedy}')


#: Stands for an @ that mkdocs-bibtex must not see; from the private use area, so no text holds it.
SHIELD = "\ue040"


def shield(text: str) -> str:
    """Hide every @ that begins no citation of ours, so that nothing else in the build takes it for one."""
    if "@" not in text:
        return text
    groups, _ = parse_citations(text)
    parts: list[str] = []
    at = 0
    for group in groups:
        parts += (text[at : group.start].replace("@", SHIELD), text[group.start : group.end])
        at = group.end
    return "".join([*parts, text[at:].replace("@", SHIELD)])


def unshield(text: str) -> str:
    """Undo :func:`shield`, in Markdown or in the HTML made of it."""
    return text.replace(SHIELD, "@")


# -- numbers -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Number:
    """The number of a work: its place in its series. The main series has no letter."""

    series: str
    count: int

    def __str__(self) -> str:
        """Return what a reader sees, ``12`` or ``E3``."""
        return f"{self.series}{self.count}"


@dataclass(frozen=True, slots=True)
class Numbering:
    """One numbering through the whole work. ``main`` and ``beyond`` are the keys in order."""

    numbers: Mapping[str, Number] = field(default_factory=dict)
    main: tuple[str, ...] = ()
    beyond: tuple[str, ...] = ()

    def __call__(self, key: str) -> str:
        """Return the number of a work, or an empty text."""
        number = self.numbers.get(key)
        return str(number) if number else ""

    @property
    def keys(self) -> tuple[str, ...]:
        """All numbered works, the main series first."""
        return self.main + self.beyond


def number_works(main: Iterable[str], beyond: Iterable[str] = (), series: str = "E") -> Numbering:
    """Return the numbers of works by first appearance: ``main`` from 1, the others E1 … Keys may come repeatedly."""
    first = tuple(dict.fromkeys(main))
    numbered = set(first)
    second = tuple(key for key in dict.fromkeys(beyond) if key not in numbered)
    numbers = {key: Number("", count) for count, key in enumerate(first, 1)}
    numbers.update({key: Number(series, count) for count, key in enumerate(second, 1)})
    return Numbering(numbers, first, second)


@dataclass(frozen=True, slots=True)
class _Part:
    """One printed part of a group: a single work or a run of three or more."""

    works: tuple[CitedWork, ...]

    @property
    def is_run(self) -> bool:
        return len(self.works) > 1


def _parts(works: Sequence[CitedWork], numbering: Numbering) -> list[_Part]:
    """Sort works by number, each once, and join three or more that run on in one series."""
    once = {(work.key, work.locator): work for work in works}
    located = {work.key for work in once.values() if work.locator}
    kept = [work for work in once.values() if work.locator or work.key not in located]
    order = sorted(kept, key=lambda work: (numbering.numbers[work.key].series, numbering.numbers[work.key].count))
    runs: list[list[CitedWork]] = []
    for work in order:
        number = numbering.numbers[work.key]
        last = numbering.numbers[runs[-1][-1].key] if runs else None
        plain = not work.locator and not work.prefix and bool(runs) and not runs[-1][-1].locator
        follows = last is not None and (last.series, last.count + 1) == (number.series, number.count)
        if plain and follows and not runs[-1][-1].prefix:
            runs[-1].append(work)
        else:
            runs.append([work])
    parts: list[_Part] = []
    for run in runs:
        parts += [_Part(tuple(run))] if len(run) > 2 else [_Part((work,)) for work in run]
    return parts


@cache
def citation_labels(language: str) -> Labels:
    """Return the words about references in a language; English stands in for one without a file."""
    folder = resources.files("livingreview").joinpath("locales")
    file = folder.joinpath(f"citations.{language}.yml")
    text = (file if file.is_file() else folder.joinpath("citations.en.yml")).read_text(encoding="utf-8")
    data = parse_yaml(text, f"locales/citations.{language}.yml").data
    return Labels(language, {key: str(value) for key, value in data.items()})


#: A locator that only says which pages; GB/T prints the pages alone, behind the brackets.
_PAGES = re.compile(r"(?:pp?\.?|pages?|第)?\s*([0-9A-Za-z]+(?:[-–—][0-9A-Za-z]+)?)\s*页?", re.IGNORECASE)


def _link(work: CitedWork, cards: Sequence[CitedWork], label: str, text: str, status: str) -> str:
    keys = " ".join(dict.fromkeys(card.key for card in cards))
    mark = f" lr-cite__link--{status}" if status else ""
    return (
        f'<a class="lr-cite__link{mark}" href="#fn-{escape(work.key)}" data-lr-cards="{escape(keys)}" '
        f'aria-label="{escape(label)}">{escape(text)}</a>'
    )


def _graver(works: Sequence[CitedWork], status: Mapping[str, str]) -> str:
    found = {status.get(work.key, "") for work in works}
    return next((state for state in ("retracted", "concern") if state in found), "")


def render_group(
    works: Sequence[CitedWork], numbering: Numbering, language: str, status: Mapping[str, str] | None = None
) -> str:
    """Return the superscript numbers of a group as HTML.

    Each number leads to ``#fn-<key>``, the work in the page's own list. ``status`` names the
    works that were retracted or are under concern, which are marked. An unknown key stays
    visible: nothing that an author wrote disappears.
    """
    words = citation_labels(language)
    states = status or {}
    known = [work for work in works if work.key in numbering.numbers]
    printed: list[str] = []
    for part in _parts(known, numbering):
        grave = _graver(part.works, states)
        printed.append(_printed(part, numbering, language, grave) + _status_mark(grave, words))
    for work in works:
        if work.key not in numbering.numbers:
            title = escape(words("unknown", name=work.key))
            printed.append(f'<span class="lr-cite__unknown" title="{title}">?{escape(work.key)}</span>')
    body = _joined(printed, _parts(known, numbering), language)
    return f'<sup class="lr-cite">{body}</sup>' if body else ""


def _status_mark(status: str, words: Labels) -> str:
    return f' <span class="lr-cite__status">{escape(words(f"status-{status}"))}</span>' if status else ""


def _printed(part: _Part, numbering: Numbering, language: str, status: str) -> str:
    words = citation_labels(language)
    first, last = part.works[0], part.works[-1]
    start, end = numbering(first.key), numbering(last.key)
    if part.is_run:
        label = words("run-label", first=start, last=end)
        links = (_link(first, part.works, label, start, status), _link(last, part.works, label, end, status))
        return f"{links[0]}–{links[1]}"
    link = _link(first, part.works, words("number-label", number=start), start, status)
    prefix = f"{escape(first.prefix)} " if first.prefix else ""
    locator = f", {escape(first.locator)}" if first.locator and language != "zh" else ""
    return f"{prefix}{link}{locator}"


def _joined(printed: list[str], parts: list[_Part], language: str) -> str:
    """Join the parts in one pair of brackets; GB/T closes them before the pages of a work."""
    if language != "zh" or not any(part.works[0].locator for part in parts):
        between = "; " if any(part.works[0].locator for part in parts) else ","
        return f"[{between.join(printed)}]" if printed else ""
    body = ""
    waiting: list[str] = []
    for index, text in enumerate(printed):
        waiting.append(text)
        locator = parts[index].works[0].locator if index < len(parts) else ""
        if locator:
            pages = _PAGES.fullmatch(locator)
            body += f"[{','.join(waiting)}]{escape(pages[1] if pages else locator)}"
            waiting = []
    return body + (f"[{','.join(waiting)}]" if waiting else "")


_NUMBER = re.compile(r"([A-Za-z]*)([0-9]+)\Z")


def plain_numbers(
    works: Sequence[CitedWork],
    number: Callable[[str], str],
    show: Callable[[str, str], str] = lambda _key, number: number,
) -> str:
    """Return what stands in a group's brackets where there is no HTML: the numbers that the page has.

    ``number`` gives a work's (empty: unknown, its key then stays visible) and ``show``
    prints one, of a key and its number.
    """
    matches = {work.key: _NUMBER.match(number(work.key)) for work in works}
    numbering = Numbering({key: Number(found[1], int(found[2])) for key, found in matches.items() if found})
    printed = []
    for part in _parts([work for work in works if work.key in numbering.numbers], numbering):
        first, last = part.works[0], part.works[-1]
        ends = [show(work.key, numbering(work.key)) for work in ((first, last) if part.is_run else (first,))]
        prefix = f"{first.prefix} " if first.prefix else ""
        printed.append(prefix + "–".join(ends) + (f", {first.locator}" if first.locator else ""))
    printed += [f"?{key}" for key, found in matches.items() if not found]
    return ("; " if any(work.locator for work in works) else ", ").join(printed)
