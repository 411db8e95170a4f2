"""The bibliography: from the text of a BibTeX file to references with true line numbers.

In goes the text of ``refs.bib``; out come frozen :class:`Reference` objects and one
problem for each defect, all found in one pass. The syntax is BibTeX's: braced,
quoted and numeric values, ``#``, ``@string``, ``@comment`` and ``@preamble``
(https://www.bibtex.org/Format/), the fields those of biblatex. It is read by a small
scanner of our own, because pybtex keeps no line numbers, stops at the first
duplicate key and takes longer to import than a whole check may last; the tests hold
the two to the same result.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from livingreview.problems import Problem
from livingreview.scripts import has_han

_START = re.compile(r"@[ \t]*([A-Za-z]+)[ \t]*([{(])")
_LINE_START = re.compile(r"^[ \t]*@[ \t]*[A-Za-z]+[ \t]*[{(]", re.MULTILINE)
_KEY = re.compile(r"\s*([^\s,{}()\"=#%\\]*)\s*")
_FIELD = re.compile(r"\s*([A-Za-z][\w:+.-]*)\s*=\s*")
_SWALLOWED = re.compile(r"\n\s*[A-Za-z][\w:+.-]*\s*=\s*[{\"\d]")
_SPACE = re.compile(r"\s*")
_NUMBER = re.compile(r"\d+")
_MACRO = re.compile(r"[A-Za-z][\w:+.-]*")
_BRACES = re.compile(r"\\.|[{}]", re.DOTALL)
_QUOTED = re.compile(r"\\.|[{}\"]", re.DOTALL)

_KEY_FORM = re.compile(r"[a-z]+(?:-[a-z]+)*\d{4}[a-z0-9]+(?:-[a-z0-9]+)*")
_DOI = re.compile(r"10\.\d{4,9}/[^\s{}\"<>\\^`|]*[^\s{}\"<>\\^`|.,;]")
_PMID = re.compile(r"[1-9]\d{0,7}")

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

#: Fields in which TeX's special characters mean themselves.
_VERBATIM = frozenset({"doi", "eprint", "file", "pmid", "url"})

#: What must stand in an entry, and which fields can stand for it, by type of entry (``""``: any other type).
_REQUIRED: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "article": {"journal": ("journal", "journaltitle")},
    "inproceedings": {"booktitle": ("booktitle", "journal", "journaltitle")},
    "incollection": {"booktitle": ("booktitle",)},
    "": {"publisher": ("publisher", "institution", "organization", "howpublished", "school", "journal", "url")},
}
_ALWAYS: Mapping[str, tuple[str, ...]] = {
    "author": ("author", "editor"),
    "title": ("title",),
    "year": ("year", "date"),
}

#: Names of languages as biblatex's ``langid`` has them, and their BCP 47 codes.
LANGUAGE_CODES: Mapping[str, str] = {
    "american": "en",
    "british": "en",
    "english": "en",
    "chinese": "zh",
    "chinese-simplified": "zh",
    "chinese-traditional": "zh",
    "french": "fr",
    "german": "de",
    "ngerman": "de",
    "italian": "it",
    "japanese": "ja",
    "korean": "ko",
    "polish": "pl",
    "portuguese": "pt",
    "russian": "ru",
    "spanish": "es",
}


@dataclass(frozen=True, slots=True)
class Name:
    """A person's name in the parts BibTeX knows, or an institution as ``literal``."""

    family: str = ""
    given: str = ""
    particle: str = ""
    suffix: str = ""
    literal: str = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """One work. ``fields`` hold plain text, ``raw`` what the file says; ``others`` tells that more authors follow."""

    key: str
    line: int
    type: str
    fields: Mapping[str, str]
    raw: Mapping[str, str] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)
    authors: tuple[Name, ...] = ()
    others: bool = False
    latin_authors: tuple[Name, ...] = ()

    def get(self, *names: str) -> str:
        """Return the first of the named fields that is there, or an empty text."""
        return next((self.fields[name] for name in names if self.fields.get(name)), "")

    def line_of(self, name: str) -> int:
        """Return the line a field stands on, or the entry's."""
        return self.lines.get(name, self.line)

    @property
    def title(self) -> str:
        """The title in the work's own language."""
        return self.get("title")

    @property
    def journal(self) -> str:
        """The full name of the journal, in the work's own language."""
        return self.get("journal", "journaltitle", "booktitle")

    @property
    def year(self) -> str:
        """The year of publication: four digits, or what the file says."""
        return self.get("year", "date")[:4]

    @property
    def doi(self) -> str:
        """The DOI as written, without a resolver's address before it."""
        return self.get("doi")

    @property
    def pmid(self) -> str:
        """The number in PubMed."""
        return self.get("pmid")

    @property
    def langid(self) -> str:
        """The language's name as biblatex has it."""
        return self.get("langid")

    @property
    def language(self) -> str:
        """The BCP 47 code of the work's language: from ``langid``, else from the script of the title."""
        known = LANGUAGE_CODES.get(self.langid.lower())
        return known or ("zh" if has_han(self.title) else "en")

    @property
    def kind(self) -> str:
        """What kind of work it is: the first of its keywords."""
        return self.get("keywords").split(",", 1)[0].strip()


class _EntryError(Exception):
    """A place where an entry cannot be read; caught where the entry began."""

    def __init__(self, at: int, message: str) -> None:
        super().__init__(message)
        self.at = at
        self.message = message


class _Scanner:
    """Reads one file; positions are offsets into the text, lines are counted from them."""

    def __init__(self, text: str, path: str) -> None:
        self.text = text
        self.path = path
        self.breaks = [match.start() for match in re.finditer("\n", text)]
        self.starts = [match.start() for match in _LINE_START.finditer(text)]
        self.macros: dict[str, str] = {name: name for name in _MONTHS}
        self.problems: list[Problem] = []

    def line(self, at: int) -> int:
        """Return the 1-based line of an offset."""
        low, high = 0, len(self.breaks)
        while low < high:
            middle = (low + high) // 2
            if self.breaks[middle] < at:
                low = middle + 1
            else:
                high = middle
        return low + 1

    def fault(self, at: int, message: str) -> None:
        self.problems.append(Problem(self.path, self.line(at), "bib-syntax", message))

    def entries(self) -> Iterator[tuple[str, str, int, list[tuple[str, str, int]]]]:
        """Yield type, key, offset and fields of each entry that can be read; go on after one that cannot."""
        at = upcoming = 0
        while (match := _START.search(self.text, at)) is not None:
            while upcoming < len(self.starts) and self.starts[upcoming] <= match.start():
                upcoming += 1
            limit = self.starts[upcoming] if upcoming < len(self.starts) else len(self.text)
            if self.commented(match.start()):
                at = match.end()
                continue
            try:
                at, entry = self.entry(match, limit)
            except _EntryError as fault:
                self.fault(fault.at, fault.message)
                at = limit
            else:
                if entry is not None:
                    yield entry

    def commented(self, at: int) -> bool:
        """Whether a line begins with ``%``: BibTeX knows no such comment, people write them."""
        begin = self.text.rfind("\n", 0, at) + 1
        return self.text[begin:at].lstrip().startswith("%")

    def entry(
        self, match: re.Match[str], limit: int
    ) -> tuple[int, tuple[str, str, int, list[tuple[str, str, int]]] | None]:
        """Read the entry that begins at ``match`` and must end before ``limit``."""
        kind, close = match[1].lower(), "}" if match[2] == "{" else ")"
        at = match.end()
        if kind in ("comment", "preamble"):
            return self.skip(at, limit, match.start()), None
        if kind == "string":
            at, rows = self.rows(at, limit, close, match.start())
            self.macros.update({name.lower(): value for name, value, _ in rows})
            return at, None
        found = _KEY.match(self.text, at, limit)
        key = found[1] if found else ""
        at = found.end() if found else at
        if not key:
            raise _EntryError(match.start(), f"this @{kind} has no key. Write it as @{kind}{{surname2024word, …")
        following = self.text[at : at + 1] if at < limit else ""
        if following == close:
            return at + 1, (kind, key, match.start(), [])
        if following != ",":
            raise _EntryError(match.start(), f'after the key "{key}" a comma is expected. Add it.')
        at, rows = self.rows(at + 1, limit, close, match.start())
        return at, (kind, key, match.start(), rows)

    def skip(self, at: int, limit: int, begin: int) -> int:
        depth = 1
        for match in _BRACES.finditer(self.text, at, limit):
            depth += {"{": 1, "}": -1}.get(match[0], 0)
            if depth == 0:
                return match.end()
        raise _EntryError(begin, "a brace opened here is never closed. Add the missing }.")

    def rows(self, at: int, limit: int, close: str, begin: int) -> tuple[int, list[tuple[str, str, int]]]:
        """Read ``name = value`` up to the closing brace; report a field that stands there twice."""
        rows: list[tuple[str, str, int]] = []
        seen: set[str] = set()
        while True:
            at = self.space(at, limit)
            if at < limit and self.text[at] == close:
                return at + 1, rows
            match = _FIELD.match(self.text, at, limit)
            if match is None:
                raise self.swallowed(rows) or self.unreadable(at, limit, begin)
            name, where = match[1].lower(), match.start(1)
            at, value = self.value(match.end(), limit, begin, name)
            if name in seen:
                self.fault(where, f'field "{name}" appears twice in this entry. Remove one of them.')
            else:
                rows.append((name, value, where))
                seen.add(name)
            at = self.space(at, limit)
            if at < limit and self.text[at] == ",":
                at += 1
            elif at >= limit or self.text[at] != close:
                raise self.swallowed(rows) or self.unreadable(at, limit, begin, name)

    def swallowed(self, rows: list[tuple[str, str, int]]) -> _EntryError | None:
        """Name the field whose missing brace let it swallow the lines of the next ones."""
        name, where = next(((name, where) for name, value, where in rows if _SWALLOWED.search(value)), ("", 0))
        message = f'the brace that opens field "{name}" is not closed on its line. Add the missing }}.'
        return _EntryError(where, message) if name else None

    def space(self, at: int, limit: int) -> int:
        match = _SPACE.match(self.text, at, limit)
        return match.end() if match else at

    def unreadable(self, at: int, limit: int, begin: int, after: str = "") -> _EntryError:
        if at >= limit:
            return _EntryError(begin, "this entry is never closed. Add the missing } at its end.")
        shown = self.text[at : at + 20].split("\n", 1)[0]
        where = f'after field "{after}"' if after else "here"
        return _EntryError(at, f'{where} a comma, "name = {{value}}" or }} is expected, found "{shown}".')

    def value(self, at: int, limit: int, begin: int, name: str) -> tuple[int, str]:
        """Read a value with its concatenations."""
        parts: list[str] = []
        while True:
            at, part = self.part(at, limit, begin, name)
            parts.append(part)
            following = self.space(at, limit)
            if following >= limit or self.text[following] != "#":
                return at, "".join(parts)
            at = self.space(following + 1, limit)

    def part(self, at: int, limit: int, begin: int, name: str) -> tuple[int, str]:
        sign = self.text[at : at + 1] if at < limit else ""
        if sign == "{":
            end = self.braced(at + 1, limit, name, at)
            return end + 1, self.text[at + 1 : end]
        if sign == '"':
            end = self.quoted(at + 1, limit, name, at)
            return end + 1, self.text[at + 1 : end]
        number = _NUMBER.match(self.text, at, limit)
        if number:
            return number.end(), number[0]
        macro = _MACRO.match(self.text, at, limit)
        if macro is None:
            raise self.unreadable(at, limit, begin, name)
        if macro[0].lower() not in self.macros:
            raise _EntryError(at, f'"{macro[0]}" in field "{name}" is no @string. Put the value in braces.')
        return macro.end(), self.macros[macro[0].lower()]

    def braced(self, at: int, limit: int, name: str, begin: int) -> int:
        depth = 1
        for match in _BRACES.finditer(self.text, at, limit):
            depth += {"{": 1, "}": -1}.get(match[0], 0)
            if depth == 0:
                return match.start()
        raise _EntryError(begin, f'the brace that opens field "{name}" is never closed. Add the missing }}.')

    def quoted(self, at: int, limit: int, name: str, begin: int) -> int:
        depth = 0
        for match in _QUOTED.finditer(self.text, at, limit):
            if match[0] == '"' and depth == 0:
                return match.start()
            depth += {"{": 1, "}": -1}.get(match[0], 0)
            if depth < 0:
                break
        raise _EntryError(begin, f'the quotation mark that opens field "{name}" is never closed. Add the missing ".')


_ESCAPED = re.compile(r"\\([&%$#_ {}])")
_COMMAND = re.compile(
    r"\\(?:[A-Za-z]+|[^\w\s{}&%$#_])[ ]*(?:\{\\?[A-Za-z]?\}|\\[ij](?![A-Za-z])|[A-Za-z](?![A-Za-z]))?"
)
_WORDS = re.compile(r"\\[A-Za-z]*[ ]*")
_DASHES = re.compile(r"---?")
_SPACES = re.compile(r"[ \t\r\n]+")


def plain_text(raw: str) -> str:
    """Return what a value says to a reader: LaTeX commands, quotes, dashes and braces resolved, spaces joined."""
    text = raw
    if "\\" in text:
        text = _COMMAND.sub(lambda match: _without_latex(match[0]), text)
        text = _ESCAPED.sub(r"\1", text)
    if "--" in text:
        text = _DASHES.sub(lambda match: "–" if len(match[0]) == 2 else "—", text)
    text = text.replace("``", "“").replace("''", "”").replace("~", "\u00a0")
    text = text.replace("{", "").replace("}", "")
    return _SPACES.sub(" ", text).strip(" ")


@lru_cache(maxsize=1024)
def _without_latex(command: str) -> str:
    """Resolve an accent or symbol; of a command that only formats, keep what it formats."""
    import codecs  # noqa: PLC0415

    import latexcodec  # noqa: F401, PLC0415 - slow to import: only where a file has LaTeX in it

    try:
        decoded: str = codecs.decode(command, "ulatex")  # type: ignore[call-overload]
    except ValueError:
        return ""
    return _WORDS.sub("", decoded)


def _split_names(raw: str) -> list[str]:
    """Split a list of names at the word ``and`` outside braces."""
    if "{" not in raw:
        return [part.strip() for part in re.split(r"\s+and\s+", raw.strip()) if part.strip()]
    parts, depth, begin = [], 0, 0
    for match in re.finditer(r"\\.|[{}]|\s+and\s+", raw):
        if match[0] in "{}":
            depth += 1 if match[0] == "{" else -1
        elif match[0][0].isspace() and depth == 0:
            parts.append(raw[begin : match.start()].strip())
            begin = match.end()
    parts.append(raw[begin:].strip())
    return [part for part in parts if part]


def _is_institution(raw: str) -> bool:
    """Whether one pair of braces holds the whole name."""
    if not (raw.startswith("{") and raw.endswith("}")):
        return False
    depth = 0
    for position, sign in enumerate(raw):
        depth += {"{": 1, "}": -1}.get(sign, 0)
        if depth == 0:
            return position == len(raw) - 1
    return False


def parse_name(raw: str) -> Name:
    """Parse one name: ``von Last, Jr, First`` or ``First von Last``; a name in another script or in braces is whole."""
    if _is_institution(raw):
        return Name(literal=plain_text(raw[1:-1]))
    parts = [plain_text(part) for part in raw.split(",")]
    if len(parts) == 1:
        words = parts[0].split()
        if len(words) == 1:
            return Name(literal=words[0]) if has_han(words[0]) else Name(family=words[0])
        lower = [index for index, word in enumerate(words[:-1]) if word[0].islower()]
        if lower:
            first, last = lower[0], lower[-1] + 1
            return Name(" ".join(words[last:]), " ".join(words[:first]), " ".join(words[first:last]))
        return Name(words[-1], " ".join(words[:-1]))
    words = parts[0].split()
    count = next((index for index, word in enumerate(words[:-1]) if not word[0].islower()), max(len(words) - 1, 0))
    given, suffix = (parts[1], "") if len(parts) == 2 else (parts[2], parts[1])
    return Name(" ".join(words[count:]), given, " ".join(words[:count]), suffix)


@lru_cache(maxsize=4096)
def parse_names(raw: str) -> tuple[tuple[Name, ...], bool]:
    """Parse a field of names; the flag tells whether it ends in ``and others``."""
    parts = _split_names(raw)
    others = bool(parts) and parts[-1].lower() == "others"
    return tuple(parse_name(part) for part in (parts[:-1] if others else parts)), others


def _reading(name: str, value: str) -> str:
    """Return a value as text; identifiers and addresses are taken as they stand."""
    return value.strip().replace("\\_", "_") if name in _VERBATIM else plain_text(value)


def _reference(kind: str, key: str, line: int, rows: list[tuple[str, str, int]], scanner: _Scanner) -> Reference:
    raw = {name: _SPACES.sub(" ", value).strip(" ") for name, value, _ in rows}
    fields = {name: _reading(name, value) for name, value in raw.items() if value}
    authors, others = parse_names(raw.get("author") or raw.get("editor", ""))
    latin, _ = parse_names(raw.get("author-latin", ""))
    lines = {name: scanner.line(at) for name, _, at in rows}
    return Reference(key, line, kind, fields, raw, lines, authors, others, latin)


def _missing(reference: Reference, path: str) -> Iterator[Problem]:
    wanted = {**_ALWAYS, **_REQUIRED.get(reference.type, _REQUIRED[""])}
    for name, choices in wanted.items():
        if not reference.get(*choices):
            message = f'"{reference.key}" has no {name}. Add {name} = {{…}} as the work itself prints it.'
            yield Problem(path, reference.line, "bib-field-missing", message)


def _doi_fault(doi: str) -> str:
    if _DOI.fullmatch(doi):
        return ""
    bare = re.sub(r"^(?:https?://)?(?:dx\.)?doi\.org/|^doi:\s*", "", doi, flags=re.IGNORECASE).rstrip(".,; ")
    remedy = f'Write "{bare}".' if _DOI.fullmatch(bare) else "A DOI looks like 10.1000/182: copy it from the work."
    return f'"{doi}" is not a DOI. {remedy}'


def _identifiers(reference: Reference, path: str) -> Iterator[Problem]:
    if reference.doi and (message := _doi_fault(reference.doi)):
        yield Problem(path, reference.line_of("doi"), "doi-syntax", message)
    if reference.pmid and not _PMID.fullmatch(reference.pmid):
        message = f'"{reference.pmid}" is not a PubMed number (1 to 8 digits, no zero first, no prefix).'
        yield Problem(path, reference.line_of("pmid"), "pmid-syntax", message)


def _key_form(reference: Reference, path: str) -> Iterator[Problem]:
    if not _KEY_FORM.fullmatch(reference.key):
        message = (
            f'key "{reference.key}" should be surname, year and a word of the title '
            "in a-z, 0-9 and hyphens, as in garcia-lopez2024novel."
        )
        yield Problem(path, reference.line, "bib-key-form", message)


def _same_doi(references: list[Reference], path: str) -> Iterator[Problem]:
    first: dict[str, Reference] = {}
    for reference in references:
        earlier = first.setdefault(reference.doi.lower(), reference) if reference.doi else reference
        if earlier is not reference:
            message = (
                f'DOI {reference.doi} is also that of "{earlier.key}" (line {earlier.line}). '
                "Keep one entry, or correct the DOI."
            )
            yield Problem(path, reference.line_of("doi"), "doi-duplicate", message)


def parse_bibliography(text: str, path: str) -> tuple[tuple[Reference, ...], tuple[Problem, ...]]:
    """Parse a BibTeX file; ``path`` (from the root) goes into the problems.

    Never raises because of what the file holds. Of entries with one key the first
    counts. An entry that cannot be read gives one problem and is left out.
    """
    scanner = _Scanner(text, path)
    references: dict[str, Reference] = {}
    problems: list[Problem] = []
    for kind, key, at, rows in scanner.entries():
        line = scanner.line(at)
        earlier = references.get(key)
        if earlier is not None:
            message = f'key "{key}" is already used on line {earlier.line}. Rename or remove one of the entries.'
            problems.append(Problem(path, line, "bib-duplicate-key", message))
            continue
        reference = _reference(kind, key, line, rows, scanner)
        references[key] = reference
        problems += [*_key_form(reference, path), *_missing(reference, path), *_identifiers(reference, path)]
    problems += _same_doi(list(references.values()), path)
    return tuple(references.values()), tuple(scanner.problems + problems)
