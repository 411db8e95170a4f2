"""Chapters: from the Markdown of one page to its blocks, with true line numbers.

In goes the text of one file; out come a :class:`~livingreview.model.Chapter` and
the problems of its syntax. The structure comes from a CommonMark parser
(markdown-it), extended by the ``///`` blocks of pymdownx; only what those
leave to us, ids and citations, is read with small expressions from text the
parser has already told apart from code, links and markup.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

from livingreview.id_marks import IdMark, ends_paragraph, heading_mark, item_mark, paragraph_mark
from livingreview.literal import plain_fault
from livingreview.model import Block, BlockKind, Chapter, Citation, Link, Row
from livingreview.problems import Problem
from livingreview.textsafety import reserved_name
from livingreview.yamlfile import YamlFile, parse_yaml

_FRONT = re.compile(r"\A---[ \t]*\n(.*?)(?:\A|\n)---[ \t]*(?:\n|\Z)", re.DOTALL)
_OPEN = re.compile(r"(/{3,})[ ]*([\w-]+)[ ]*(?:\|[ ]*(.*?)[ ]*)?\Z")
_CLOSE = re.compile(r"(/{3,})[ ]*\Z")
_CITATION_GROUP = re.compile(r"\[[^\[\]\n]*@[^\[\]\n]*\]")
_CITATION = re.compile(r"(?<![\w.])-?@([\w:.-]*\w)(?:\s*,\s*([^;]+))?")
#: ``<!-- parity-numbers: reason -->``: an exception needs a reason to count.
_IGNORE = re.compile(r"<!--[ ]*([a-z]+-[a-z-]*[a-z])[ ]*[:：][ ]*(\S[^>]*?)[ ]*-->")

#: Marks of other dialects of Markdown that readers would see as they stand, and what to write instead.
_FOREIGN = (
    (re.compile(r"(?:!!!|\?\?\?\+?)[ ]+\w"), "admonitions", "/// note"),
    (re.compile(r"\[\^[^\[\]\s]+\]:[ ]"), "footnotes", "a sentence, or /// note"),
)

#: What ``attrs`` of a block may set; anything else could run, hide or restyle.
_OWN_ATTRIBUTES = frozenset({"id", "lang"})
#: What of a page's front matter is printed elsewhere as plain text.
_PLAIN = ("title", "description", "number")
#: What a page's front matter may hold; a template trusts everything else it finds there.
_FRONT_KEYS = frozenset({*_PLAIN, "kind"})
_KIND = re.compile(r"[a-z-]+\Z")
#: What a site generator takes for front matter, though it is none of ours.
_OTHER_FRONT = re.compile(r"---[ \t]*\n| {0,3}[\w-]+:")

#: Blocks whose name is fixed; every other ``///`` block is a directive.
_NAMED = {"note": BlockKind.NOTE, "table": BlockKind.TABLE, "figure": BlockKind.FIGURE}


def _line(state: StateBlock, number: int) -> str:
    return state.src[state.bMarks[number] + state.tShift[number] : state.eMarks[number]]


def _end_of_block(state: StateBlock, start: int, end: int, length: int) -> tuple[int, bool]:
    """Return the line on which a block opened with this many slashes ends, and whether it is closed there.

    pymdownx wants as many slashes to close, and more around a block than in it: one that
    opens with as many shows that this one was never closed.
    """
    for number in range(start + 1, end):
        line = _line(state, number)
        match = _CLOSE.match(line)
        if match and len(match[1]) == length:
            return number, True
        opened = _OPEN.match(line) if state.tShift[number] < 4 else None
        if opened and len(opened[1]) == length:
            return number, False
    return end, False


def _review_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """The rule for ``/// name | argument`` … ``///`` with its indented options."""
    opened = _OPEN.match(_line(state, start)) if state.tShift[start] < 4 else None
    if opened is None:
        return False
    if silent:
        return True
    last, closed = _end_of_block(state, start, end, len(opened[1]))
    content = start + 1
    while content < last and state.src.startswith("    ", state.bMarks[content]) and _line(state, content):
        content += 1
    options = "\n".join(state.src[state.bMarks[n] : state.eMarks[n]] for n in range(start + 1, content))
    token = state.push("review_block_open", "div", 1)
    token.map, token.info, token.block = [start, last], opened[2].lower(), True
    token.meta = {"argument": opened[3] or "", "options": options, "closed": closed}
    outer, outer_parent = state.lineMax, state.parentType
    state.lineMax, state.parentType = last, "review_block"
    state.md.block.tokenize(state, content, last)
    state.lineMax, state.parentType = outer, outer_parent
    state.push("review_block_close", "div", -1)
    state.line = last + closed
    return True


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True}).enable("table")
    parser.block.ruler.before("fence", "review_block", _review_block, {"alt": ["paragraph", "reference", "list"]})
    return parser


_PARSER = _parser()


@dataclass(slots=True)
class _Draft:
    """A block while its tokens are still being read."""

    kind: BlockKind
    line: int
    id: str | None = None
    level: int = 0
    name: str = ""
    caption: str = ""
    parts: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)  # the line of each part
    citations: list[Citation] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    options: Mapping[str, Any] = field(default_factory=dict)
    option_lines: Mapping[tuple[str | int, ...], int] = field(default_factory=dict)
    ignores: frozenset[str] = frozenset()
    end: int = 0

    def finish(self) -> Block:
        text = "\n".join(part for part in self.parts if part)
        return Block(
            self.kind,
            self.id,
            self.line,
            text,
            self.level,
            self.name,
            self.caption,
            tuple(self.citations),
            tuple(self.links),
            self.options,
            self.option_lines,
            self.ignores,
            self.end or self.line,
            self.rows() if self.kind is BlockKind.TABLE else (),
        )

    def rows(self) -> tuple[Row, ...]:
        """Return the parts that stand on one line as the cells of one row."""
        lines = itertools.groupby(zip(self.starts, self.parts, strict=True), key=lambda part: part[0])
        return tuple(Row(line, tuple(text for _line, text in parts)) for line, parts in lines)


def blank_front_matter(text: str) -> str:
    """Return the text of a page without its front matter, in whose place empty lines stand."""
    match = _FRONT.match(text)
    return "\n" * match[0].count("\n") + text[match.end() :] if match else text


def parse_front_matter(text: str, path: str) -> tuple[Mapping[str, Any], str, tuple[Problem, ...]]:
    """Return the front matter, the text with it blanked (so that lines keep their numbers) and its problems."""
    match = _FRONT.match(text)
    if match is None:
        message = "front matter begins and ends with a line of three hyphens, and nothing else stands before the title."
        found = (Problem(path, 1, "data-syntax", message),) if _OTHER_FRONT.match(text) else ()
        return {}, text, found
    parsed = parse_yaml(match[1], path, offset=1)
    blanked = blank_front_matter(text)
    if parsed.problems or parsed.data is None:
        return {}, blanked, parsed.problems
    if not isinstance(parsed.data, dict):
        fault = Problem(path, 2, "data-syntax", "front matter must be `key: value` lines.")
        return {}, blanked, (fault,)
    return parsed.data, blanked, ()


class _Reader:
    """Walks the token stream of one page and collects its blocks."""

    def __init__(self, path: str, lines: Sequence[str]) -> None:
        self.path = path
        self.lines = lines
        self.done: list[_Draft] = []
        self.open: list[_Draft] = []  # enclosing items, tables, figures, notes
        self.depth = 0  # nesting of lists
        self.problems: list[Problem] = []
        self.title = ""
        self.pending: frozenset[str] = frozenset()

    def read(self, tokens: list[Token]) -> None:
        for index, token in enumerate(tokens):
            handler = getattr(self, f"on_{token.type}", None)
            if handler is not None:
                handler(token, tokens, index)

    # -- structure -----------------------------------------------------------------

    def on_heading_open(self, token: Token, tokens: list[Token], index: int) -> None:
        inline = tokens[index + 1]
        level = int(token.tag[1:])
        draft = _Draft(BlockKind.HEADING, _first_line(token), level=level, end=_last_line(token))
        self.take_inline(draft, inline, heading_mark)
        if level == 1 and not self.title:
            self.title = " ".join(draft.parts)
            return
        self.add(draft)

    def foreign_marks(self, inline: Token) -> Iterator[Problem]:
        """Report lines that begin an admonition or a footnote: the site has neither."""
        start = _first_line(inline)
        for number, row in enumerate(inline.content.split("\n"), start=start):
            for mark, name, instead in _FOREIGN:
                if mark.match(row):
                    message = f"{name} are not part of this site's Markdown. Write {instead}."
                    yield Problem(self.path, number, "directive-unknown", message)

    def on_paragraph_open(self, token: Token, tokens: list[Token], index: int) -> None:
        inline = tokens[index + 1]
        self.problems.extend(self.foreign_marks(inline))
        if self.open:
            owner = self.open[-1]
            id_at = item_mark if owner.kind is BlockKind.ITEM and not owner.parts else None
            self.take_inline(owner, inline, id_at, first_line=True)
            return
        rows = _rows(inline, _first_line(token))
        for number, part in enumerate(self.paragraphs(rows)):
            if number and len(part) == 1 and paragraph_mark(part[0].text, part[0].raw):
                continue
            draft = _Draft(BlockKind.PARAGRAPH, part[0].line, end=part[-1].line)
            if part[-1] is rows[-1]:
                draft.end = _last_line(token)
            mark = paragraph_mark(part[-1].text, part[-1].raw)
            if mark is not None:
                self.take_id(draft, mark, part.pop().line)
            self.take_rows(draft, part, draft.line)
            self.add(draft)

    def paragraphs(self, rows: list[_Row]) -> Iterator[list[_Row]]:
        """Divide at ids what lost the empty line between two paragraphs, as it was meant, and report it."""
        start = 0
        for at, row in enumerate(rows, start=1):
            mark = paragraph_mark(row.text, row.raw)
            following = self.lines[row.line] if row.line < len(self.lines) else ""
            if mark is not None and mark.id and not (at == 1 or ends_paragraph(following)):
                message = f'an empty line is missing below the id "{mark.id}", which would be printed. Add it.'
                self.problems.append(Problem(self.path, row.line, "block-id-form", message))
                if at < len(rows):
                    yield rows[start:at]
                    start = at
        yield rows[start:]

    def on_bullet_list_open(self, _token: Token, _tokens: list[Token], _index: int) -> None:
        self.depth += 1

    on_ordered_list_open = on_bullet_list_open

    def on_bullet_list_close(self, _token: Token, _tokens: list[Token], _index: int) -> None:
        self.depth -= 1

    on_ordered_list_close = on_bullet_list_close

    def in_note(self) -> bool:
        return any(draft.kind is not BlockKind.ITEM for draft in self.open)

    def on_list_item_open(self, token: Token, _tokens: list[Token], _index: int) -> None:
        draft = _Draft(BlockKind.ITEM, _first_line(token), level=self.depth, end=_last_line(token))
        if self.in_note():
            # Items of a note belong to the note: they need no address of their own.
            draft = self.open[-1]
        else:
            self.add(draft)
        self.open.append(draft)

    def on_list_item_close(self, _token: Token, _tokens: list[Token], _index: int) -> None:
        self.open.pop()

    def on_table_open(self, token: Token, _tokens: list[Token], _index: int) -> None:
        draft = self.open[-1] if self.open else _Draft(BlockKind.TABLE, _first_line(token), end=_last_line(token))
        if not self.open:
            self.add(draft)
        self.open.append(draft)

    def on_table_close(self, _token: Token, _tokens: list[Token], _index: int) -> None:
        self.open.pop()

    def on_inline(self, token: Token, tokens: list[Token], index: int) -> None:
        """Take the text of table cells; headings and paragraphs have taken theirs already."""
        if tokens[index - 1].type in ("th_open", "td_open") and self.open:
            self.take_inline(self.open[-1], token, None)

    def on_html_block(self, token: Token, _tokens: list[Token], _index: int) -> None:
        found = _IGNORE.findall(token.content)
        if found:
            self.pending |= {code for code, _reason in found}

    def on_review_block_open(self, token: Token, _tokens: list[Token], _index: int) -> None:
        line = _first_line(token)
        kind = _NAMED.get(token.info, BlockKind.DIRECTIVE)
        end = _last_line(token) + bool(token.meta["closed"])
        draft = _Draft(kind, line, name=token.info, caption=str(token.meta["argument"]), end=end)
        if not token.meta["closed"]:
            message = f"/// {token.info} is never closed. Add a line with as many slashes after its content."
            self.problems.append(Problem(self.path, line, "data-syntax", message))
        parsed = parse_yaml(_dedent(token.meta["options"]), self.path, offset=line)
        self.problems.extend(parsed.problems)
        options = parsed.data if isinstance(parsed.data, dict) else {}
        attrs = options.get("attrs")
        if isinstance(attrs, dict):
            self.problems.extend(self.foreign_attributes(attrs, parsed, line))
        if isinstance(attrs, dict) and attrs.get("id") is not None:
            draft.id = str(attrs["id"])
        draft.options = {key: value for key, value in options.items() if key != "attrs"}
        draft.option_lines = parsed.lines
        if draft.caption and kind in (BlockKind.TABLE, BlockKind.FIGURE, BlockKind.NOTE):
            caption = _PARSER.parseInline(draft.caption)[0]
            caption.map = [line - 1, line]
            self.take_inline(draft, caption, None)
        self.add(draft)
        self.open.append(draft)

    def foreign_attributes(self, attrs: Mapping[str, Any], parsed: YamlFile, line: int) -> Iterator[Problem]:
        """Report attributes that a block may not set, and values that would end one."""
        for key, value in attrs.items():
            at = parsed.lines.get(("attrs", key), line)
            if key.lower() not in _OWN_ATTRIBUTES:
                message = f'attrs may hold id and lang, not "{key}". Remove it.'
                yield Problem(self.path, at, "html-unsafe", message)
            elif isinstance(value, str) and re.search(r"[\"'<>=&]", value):
                message = f"{key} holds signs of markup. Write letters, digits and hyphens."
                yield Problem(self.path, at, "html-unsafe", message)
            elif key.lower() == "id" and (reserved := reserved_name(str(value))) is not None:
                yield Problem(self.path, at, *reserved)

    def on_review_block_close(self, _token: Token, _tokens: list[Token], _index: int) -> None:
        self.open.pop()

    def add(self, draft: _Draft) -> None:
        draft.ignores, self.pending = draft.ignores | self.pending, frozenset()
        self.done.append(draft)

    # -- text ----------------------------------------------------------------------

    def take_inline(
        self,
        draft: _Draft,
        inline: Token,
        id_at: Callable[[str, str], IdMark | None] | None,
        *,
        first_line: bool = False,
    ) -> None:
        """Add the text, citations and links of one run of inline Markdown to a block, and take its id."""
        start = (inline.map[0] if inline.map else draft.line - 1) + 1
        rows = _rows(inline, start)
        row = rows[0 if first_line else -1]
        mark = id_at(row.text, row.raw) if id_at is not None else None
        if mark is not None:
            self.take_id(draft, mark, row.line)
            row.text = row.text[: mark.start]
        self.take_rows(draft, rows, start)

    def take_id(self, draft: _Draft, mark: IdMark, line: int) -> None:
        """Give a block its id; one that only our reader understands is reported."""
        draft.id = mark.id
        if mark.fault:
            self.problems.append(Problem(self.path, line, "block-id-form", mark.fault))

    def take_rows(self, draft: _Draft, rows: list[_Row], start: int) -> None:
        """Add lines of text to a block."""
        for row in rows:
            draft.links.extend(row.links)
            draft.ignores |= row.ignores
            draft.citations.extend(_citations(row.text, row.line))
        text = "\n".join(_CITATION_GROUP.sub("", row.text) for row in rows).strip()
        draft.parts.append(text)
        draft.starts.append(start)


@dataclass(slots=True)
class _Row:
    """One source line of inline text: as a reader sees it, and as written."""

    line: int
    text: str = ""
    raw: str = ""
    links: list[Link] = field(default_factory=list)
    ignores: frozenset[str] = frozenset()


def _rows(inline: Token, start: int) -> list[_Row]:
    """Split inline tokens at line breaks, keeping visible text and links of each line."""
    rows = [_Row(start)]
    opened: list[tuple[str, int]] = []
    for token in inline.children or []:
        row = rows[-1]
        if token.type in ("softbreak", "hardbreak"):
            rows.append(_Row(row.line + 1))
        elif token.type == "text":
            row.text += token.content
        elif token.type == "code_inline":
            row.text += " "
        elif token.type == "link_open":
            opened.append((_target(token, "href"), len(row.text)))
        elif token.type == "link_close" and opened:
            target, at = opened.pop()
            row.links.append(Link(target, row.line, row.text[at:]))
        elif token.type == "image":
            row.links.append(Link(_target(token, "src"), row.line, token.content, image=True))
        elif token.type == "html_inline":
            row.ignores |= {code for code, _reason in _IGNORE.findall(token.content)}
    for row, raw in zip(rows, inline.content.split("\n"), strict=False):
        row.raw = raw
    return rows


def _target(token: Token, attribute: str) -> str:
    return unquote(str(token.attrs.get(attribute, "")))


def _citations(text: str, line: int) -> Iterator[Citation]:
    for group in _CITATION_GROUP.finditer(text):
        for match in _CITATION.finditer(group[0][1:-1]):
            yield Citation(match[1], line, (match[2] or "").strip())


def _first_line(token: Token) -> int:
    return (token.map[0] if token.map else 0) + 1


def _last_line(token: Token) -> int:
    return token.map[1] if token.map else 0


def _dedent(options: str) -> str:
    """Take the four spaces off that mark options, keeping what is indented further."""
    return "\n".join(row[4:] for row in options.split("\n"))


def parse_chapter(text: str, path: str, language: str, slug: str) -> tuple[Chapter, tuple[Problem, ...]]:
    """Parse one page. ``text`` is decoded, with Unix line ends; never raises because of what it holds."""
    front, body, problems = parse_front_matter(text, path)
    reader = _Reader(path, body.split("\n"))
    reader.read(_PARSER.parse(body))
    chapter = Chapter(
        path=path,
        language=language,
        slug=slug,
        title=str(front.get("title") or reader.title),
        description=str(front.get("description") or ""),
        number=str(front.get("number") or ""),
        blocks=tuple(draft.finish() for draft in reader.done),
        front=front,
        text=text,
    )
    return chapter, (*problems, *reader.problems, *_check_plain(chapter))


def _check_plain(chapter: Chapter) -> Iterator[Problem]:
    """Report markup in what other pages, lists and the head repeat as plain text, however YAML spells it."""
    for name, value in chapter.front.items():
        if name not in _FRONT_KEYS or (name == "kind" and not _KIND.match(str(value))):
            message = f'front matter holds title, description, number and kind, not "{name}: {value}". Remove it.'
            yield Problem(chapter.path, 2, "data-field", message)
    for name in _PLAIN:
        found = plain_fault(str(getattr(chapter, name)))
        if found is not None:
            given = re.search(
                rf"^[\"']?{name}[\"']?[ ]*:" if name in chapter.front else r"^# ", chapter.text, re.MULTILINE
            )
            line = chapter.text.count("\n", 0, given.start()) + 1 if given else 1
            yield Problem(chapter.path, line, found[0], f"{name}: {found[1]}")
