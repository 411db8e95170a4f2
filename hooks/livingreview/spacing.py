"""Spacing and punctuation where Chinese and Latin text meet.

In goes the Markdown of a page; out come findings with line, column and remedy, or
the text with what is safe to mend mended. Rules (after GB/T 15834 and W3C's
*Requirements for Chinese Text Layout*): a space between Chinese characters and
Latin letters or digits, none beside full-width punctuation, none between Chinese
characters; full-width punctuation between Chinese characters, half-width inside
Latin text. Left alone are code, link targets, ids, citations, HTML, formulas,
front matter other than its texts, the options of blocks, and lines beside a
comment ``<!-- review: ignore spacing: reason -->``. Mending twice is mending once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_HAN = r"\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_FULL = "，。；：！？、（）《》〈〉「」『』【】"
#: Signs that Latin text uses, too: they count as Chinese only beside a Chinese character.
_SHARED = "“”‘’…—"
_LATIN = r"A-Za-z0-9\u00c0-\u024f\u0370-\u03ff\u207a-\u209c\u00b2\u00b3\u00b9\u2070-\u2079"

#: Stands in for what is left alone, one sign for one sign, so that columns stay true. Never part of a text.
_MASK = "\ue000"


@dataclass(frozen=True, slots=True)
class Finding:
    """One place: line and column count from 1; ``fixed`` tells whether :func:`fix_spacing` mends it."""

    line: int
    column: int
    message: str
    fixed: bool


@dataclass(frozen=True, slots=True)
class _Rule:
    """What to look for, what to say, and what to put there; without a replacement a person decides."""

    form: re.Pattern[str]
    message: str
    replacement: str | Callable[[re.Match[str]], str] | None = None


_WIDE = {",": "，", ";": "；", ":": "：", "!": "！", "?": "？", "(": "（", ")": "）"}


def _wide(match: re.Match[str]) -> str:
    return _WIDE[match[1] or match[2]]


#: In this order: punctuation first, for spaces depend on it.
_RULES = (
    _Rule(
        re.compile(rf"(?<=[{_HAN}])[ ]?([,;:!?])[ ]?(?=[{_HAN}“‘（《])|(?<=[”’）》])[ ]?([,;:!?])[ ]?(?=[{_HAN}])"),
        "half-width punctuation between Chinese characters. Write it full-width.",
        _wide,
    ),
    _Rule(
        re.compile(rf"(?<=[{_HAN}])\([ ]?([^()（）\n]*[{_HAN}][^()（）\n]*)[ ]?\)"),
        "half-width brackets in Chinese text. Write （ and ）.",
        lambda match: f"（{match[1].strip()}）",
    ),
    _Rule(
        re.compile(rf"(?:(?<=[{_HAN}）》])|(?<=[{_HAN}][”’]))\.(?=[ ]*(?:$|[{_HAN}]))", re.M),
        "a Latin full stop after Chinese. Write 。 instead.",
        "。",
    ),
    _Rule(
        re.compile(
            rf"(?<=[^\s|{_MASK}])[ \t]+(?=[{_FULL}])|(?<=[{_FULL}])[ \t]+(?=[^\s|{_MASK}])"
            rf"|(?<=[{_HAN}])[ \t]+(?=[{_SHARED}])|(?<=[{_SHARED}])[ \t]+(?=[{_HAN}])"
        ),
        "a space beside full-width punctuation. Remove it.",
        "",
    ),
    _Rule(re.compile(rf"(?<=[{_HAN}])[ \t]+(?=[{_HAN}])"), "a space between Chinese characters. Remove it.", ""),
    _Rule(
        re.compile(rf"(?<=[{_HAN}])(?=[{_LATIN}])|(?<=[{_LATIN}%‰°℃])(?=[{_HAN}])"),
        "no space between Chinese and Latin text. Put one.",
        " ",
    ),
    _Rule(re.compile(rf"(?<=[{_HAN}{_LATIN}])[ ]{{2,}}(?=[{_HAN}{_LATIN}])"), "more than one space. Leave one.", " "),
    _Rule(re.compile(r"[０-９Ａ-Ｚａ-ｚ％]"), "a full-width letter, digit or percent sign. Write it half-width."),
    _Rule(re.compile(rf"(?<=[{_HAN}])\"|\"(?=[{_HAN}])"), "straight quotation marks in Chinese text. Write “ and ”."),
    _Rule(re.compile(r"[，。；：、！？][，。；：、！？]"), "two punctuation marks in a row. Leave one."),
    _Rule(re.compile(r"。。。|\.\.\.(?=[^\x00-\x7f])"), "an ellipsis made of stops. Write ……"),
)

#: What stands before a line's text: marks of quotations, lists and headings.
_LEAD = re.compile(r"(?:[ \t]*(?:>|[-*+](?=[ \t])|\d{1,9}[.)](?=[ \t])|#{1,6}(?=[ \t])))*[ \t]*")

_IGNORE = re.compile(r"<!--[ ]*review:[ ]*ignore[ ]+spacing[ ]*[:：—-][ ]*\S[^>]*-->")
_FENCE = re.compile(r"[ ]{0,3}(`{3,}|~{3,})")
_BLOCK = re.compile(r"/{3,}[ ]*[\w-]*[ ]*(?:\|.*)?$")
_FRONT_TEXT = re.compile(r"(title|description):[ ]*(?=\S)")

#: What is left alone inside a line, the longest first.
_ALONE = re.compile(
    r"(?P<code>(?P<ticks>`+)(?!`).*?(?<!`)(?P=ticks)(?!`))"
    r"|(?P<html><!--.*?-->|</?[A-Za-z][^<>]*>|<[a-z]+:[^<>\s]*>)"
    r"|(?P<attributes>\{:?[^{}]*\})"
    r"|(?P<citation>\[[^\[\]]*@[^\[\]]*\])"
    r"|(?P<target>(?<=\])\((?:[^()\s]|\([^()\s]*\))*(?:\s+\"[^\"]*\")?\)|(?<=\])\[[^\[\]]*\])"
    r"|(?P<definition>^[ ]{0,3}\[[^\[\]]+\]:[ ]*\S+)"
    r"|(?P<address>https?://[^\s<>（），。；、]+)"
    r"|(?P<formula>\$[^$\n]+\$)"
    r"|(?P<escape>\\.)"
)


def check_spacing(text: str) -> list[Finding]:
    """Return what is amiss in a page's Markdown, in its order."""
    findings: list[Finding] = []
    for number, line, start in _prose(text):
        masked = _masked(line, start)
        for rule in _RULES:
            for match in rule.form.finditer(masked):
                if match.start() >= start and _MASK not in match[0]:
                    fixed = rule.replacement is not None
                    findings.append(Finding(number, match.start() + 1, rule.message, fixed))
    return sorted(findings, key=lambda finding: (finding.line, finding.column, finding.message))


def fix_spacing(text: str) -> str:
    """Return the text with everything mended that :func:`check_spacing` calls fixed; nothing else changes."""
    lines = text.split("\n")
    for number, line, start in _prose(text):
        lines[number - 1] = _fixed(line, start)
    return "\n".join(lines)


def _fixed(line: str, start: int) -> str:
    """Apply the rules to one line until none of them finds anything more."""
    for _ in range(10):
        before = line
        for rule in _RULES:
            if rule.replacement is not None:
                line = _applied(rule, line, start)
        if line == before:
            break
    return line


def _applied(rule: _Rule, line: str, start: int) -> str:
    """Replace what one rule finds, in the real line at the places found in the masked one."""
    masked = _masked(line, start)
    parts: list[str] = []
    done = 0
    for match in rule.form.finditer(masked):
        if match.start() < start or _MASK in match[0]:
            continue
        new = rule.replacement(match) if callable(rule.replacement) else rule.replacement
        parts += [line[done : match.start()], new or ""]
        done = match.end()
    return "".join([*parts, line[done:]])


def _masked(line: str, start: int) -> str:
    """Return the line with everything that is left alone masked, and what stands before ``start``."""
    lead = _LEAD.match(line)
    start = max(start, lead.end() if lead else 0)
    return _MASK * start + _ALONE.sub(_cover, line)[start:]


def _cover(match: re.Match[str]) -> str:
    return _MASK * len(match[0])


def _prose(text: str) -> Iterator[tuple[int, str, int]]:
    """Yield number, content and start of the text of every line to look at."""
    ignored = False
    for number, line, start in _text_lines(text):
        excused = bool(_IGNORE.search(line))
        if not excused and not ignored:
            yield number, line, start
        ignored = excused and not line[: line.index("<!--")].strip()


def _text_lines(text: str) -> Iterator[tuple[int, str, int]]:
    """Yield number, content and start of the text of every line that holds prose."""
    fence = ""
    front = options = False
    for number, line in enumerate(text.split("\n"), 1):
        if number == 1 and line.rstrip() == "---":
            front = True
        elif front:
            front = line.rstrip() != "---"
            if match := _FRONT_TEXT.match(line):
                yield number, line, match.end()
        elif fence:
            fence = "" if line.strip().startswith(fence) and not line.strip().strip(fence[0]) else fence
        elif match := _FENCE.match(line):
            fence = match[1]
        elif _BLOCK.match(line.strip()):
            options = True
            caption = line.find("|")
            if caption >= 0:
                yield number, line, caption + 1
        elif options and line.startswith("    ") and line.strip():
            continue
        else:
            options = False
            yield number, line, 0
