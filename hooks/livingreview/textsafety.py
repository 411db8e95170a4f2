"""What must not stand in a source file: broken text, active or hidden content, requests to other hosts.

In go the bytes or the text of one file and its path; out come problems at their
lines. Content is not trusted: whatever a pull request holds, a reader's browser
runs no script from it, asks no other host for anything, and shows all that is
there. Nothing raises, and no input takes longer than its length warrants.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator
from html import unescape

from livingreview.markdown_code import blank_between, blank_code, spaces
from livingreview.markup_scan import Link, Tag, find_attribute_lists, find_links, find_tags
from livingreview.problems import Problem

__all__ = ["blank_code", "check_characters", "check_css", "check_svg", "check_text", "decode"]

#: A finding before it has a line: offset, code, message.
_Finding = tuple[int, str, str]


def _problems(path: str, text: str, findings: Iterable[_Finding]) -> Iterator[Problem]:
    """Give findings their lines, and report the same thing on the same line once."""
    starts: list[int] | None = None
    seen: set[tuple[int, str, str]] = set()
    for offset, code, message in findings:
        if starts is None:
            starts = [match.end() for match in re.finditer("\n", text)]
        found = bisect_right(starts, offset) + 1, code, message
        if found not in seen:
            seen.add(found)
            yield Problem(path, *found)


# --- characters ------------------------------------------------------------------------------------------------------


def decode(path: str, data: bytes) -> tuple[str, list[Problem]]:
    """Return the text of a file (UTF-8, with or without a byte order mark) every line end a newline.

    Bytes that are not UTF-8 are one problem a file, at the first of them, and become
    U+FFFD, so that everything else can still be read.
    """
    problems = []
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        text = data.decode("utf-8-sig", errors="replace")
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            message = "the file is UTF-16. Save it as UTF-8."
        else:
            message = f"byte 0x{data[error.start]:02X} is not UTF-8. Save the file as UTF-8."
        line = len(re.findall(rb"\r\n?|\n", data[: error.start])) + 1
        problems.append(Problem(path, line, "text-encoding", message))
    return text.replace("\r\n", "\n").replace("\r", "\n"), problems


#: Control characters, noncharacters, signs that turn the direction, invisible signs.
_ODD = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2028\u2029\u2060-\u2064\u2066-\u206f\u061c\ufeff\ufff9-\ufffb"
    "\ufffe\uffff\U000e0000-\U000e007f]"
)
_DIRECTION = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_JOINERS = "\u200c\u200d"


def check_characters(path: str, text: str) -> Iterator[Problem]:
    """Report control, direction-changing and invisible characters (``text-encoding``), each kind once a line."""
    yield from _problems(path, text, _odd_characters(text))


def _odd_characters(text: str) -> Iterator[_Finding]:
    for match in _ODD.finditer(text):
        char, offset = match.group(), match.start()
        if char == "\r" or (char == "\ufeff" and offset == 0) or (char in _JOINERS and _joins(text, offset)):
            continue
        yield offset, "text-encoding", _character_message(char)


def _character_message(char: str) -> str:
    shown = f"U+{ord(char):04X}"
    if char in _DIRECTION:
        return f"{shown} ({unicodedata.name(char).lower()}) changes the direction of the text unseen. Delete it."
    if unicodedata.category(char) == "Cc":
        return f"the control character {shown} does not belong in text. Delete it."
    if char in "\u2028\u2029":
        return f"{shown} ({unicodedata.name(char).lower()}) ends a line unseen. Delete it or begin a new line."
    return f"the invisible character {shown} breaks search and comparison. Delete it."


def _joins(text: str, offset: int) -> bool:
    """Whether a joiner stands where scripts and emoji need one: between letters that are neither Latin nor Chinese."""
    around = (text[offset - 1 : offset], text[offset + 1 : offset + 2])
    return all(char and char > "\u024f" and not "\u2e80" <= char <= "\u9fff" for char in around)


# --- addresses and styles --------------------------------------------------------------------------------------------

_IGNORED_IN_SCHEME = re.compile(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u2060\ufeff\\]+")
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):")
_ACTIVE_SCHEMES = frozenset({"javascript", "vbscript", "livescript", "data", "blob", "file", "filesystem"})
_RASTER = re.compile(r"data:image/(?:png|jpe?g|gif|webp|avif)[;,]")
_CSS_ESCAPE = re.compile(r"\\([0-9a-fA-F]{1,6})\s?|\\(.)", re.DOTALL)
_CSS_URL = re.compile(r"url\(\s*+[\"']?([^\"')\s]{0,2000})|@import\s*+[\"']([^\"']{0,2000})")
_HIDING = re.compile(
    r"display:none|visibility:(?:hidden|collapse)|opacity:0*\.?0+(?![.\d])|font-size:0*\.?0+(?![.\d])"
    r"|content-visibility:hidden"
    r"|(?:text-indent|left|top|right|bottom):-\d{3,}|(?<![a-z-])color:(?:white|transparent|#fff(?:fff)?(?![0-9a-f])"
    r"|rgba?\(255,255,255|rgba?\([\d.,%]*,0\))|clip(?:-path)?:|(?<![a-z-])(?:max-)?(?:width|height):0(?![.\d])"
)


def _plain_url(value: str) -> str:
    """Return an address as a browser reads it: entities decoded, white space and controls gone, in lower case."""
    return _IGNORED_IN_SCHEME.sub(_slash_or_nothing, unescape(unescape(value[:2000]))).lower()


def _slash_or_nothing(match: re.Match[str]) -> str:
    """Keep backslashes as the slashes browsers take them for; drop the rest."""
    return "/" * match.group().count("\\")


def _active_scheme(value: str) -> str:
    """Return the scheme of an address that runs or carries content (``javascript``, ``data`` …), or nothing."""
    for plain in (_plain_url(value), _plain_url(value.replace("\\", ""))):
        scheme = _SCHEME.match(plain.lstrip("<"))
        if scheme and scheme[1] in _ACTIVE_SCHEMES:
            return scheme[1]
    return ""


_FOREIGN = re.compile(r"(?://+|(?:https?|ftp|wss?):/*)([^/?#]*)")


def _host(value: str) -> str:
    """Return the host that fetching an address would ask, or nothing for one of this site."""
    plain = _plain_url(value).lstrip("<")
    match = _FOREIGN.match(plain)
    return match[1].rpartition("@")[2] if match else ""


def _foreign(value: str, own_hosts: Collection[str]) -> str:
    host = _host(value)
    return "" if host in own_hosts else host


def _plain_css(text: str) -> str:
    """Return CSS without comments and escapes, in lower case; offsets hold where neither occurs."""

    def character(match: re.Match[str]) -> str:
        code = int(match[1], 16) if match[1] else ord(match[2])
        return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else " "

    return _CSS_ESCAPE.sub(character, blank_between(text, "/*", "*/")).lower()


def _css_requests(text: str, own_hosts: Collection[str]) -> Iterator[tuple[int, str]]:
    for match in _CSS_URL.finditer(text):
        host = _foreign(match[1] or match[2] or "", own_hosts)
        if host:
            yield match.start(), host


def _request_message(host: str) -> str:
    return f"asks {host} for a file on every visit. Put the file into docs/assets and refer to it there."


# --- tags and attributes ---------------------------------------------------------------------------------------------

_UNSAFE_ELEMENTS = {
    *("script", "style", "link", "meta", "base", "object", "embed", "applet", "portal", "handler", "listener"),
    *("iframe", "frame", "frameset", "fencedframe", "foreignobject", "plaintext", "xmp"),
    *("form", "input", "button", "select", "textarea"),
}
_HIDING_ELEMENTS = frozenset({"noscript", "template", "noembed", "noframes"})
#: What browsers keep from sight unless a script shows it, or hold for machines only.
_UNSEEN_ELEMENTS = frozenset({"annotation", "annotation-xml", "canvas", "datalist", "defs", "desc", "dialog"}) | {
    *("metadata", "meter", "progress", "title")
}
_FETCHING = frozenset(
    {"src", "srcset", "poster", "background", "data", "lowsrc", "dynsrc", "archive", "imagesrcset"}
) | {*("ping", "attributionsrc")}
#: What the page's own scripts and styles go by: who bears such a name is taken for a part of the frame.
_FRAME_NAME = re.compile(r"__|lr-")
_FRAME_DATA = re.compile(r"data-(?:md|lr)-")
_FETCHING_LINKS = frozenset({"image", "use", "feimage", "pattern", "lineargradient", "radialgradient", "textpath"})
_PICTURES = frozenset({"image", "feimage"})
#: All names of this form but ordinary words: browsers gain new events every year.
_EVENT = re.compile(r"on(?!(?:e|ce|ly)$)[a-z]{2,}$")


def _check_attribute(tag: Tag, name: str, value: str, own_hosts: Collection[str]) -> tuple[str, str] | None:
    """Return code and message of what is wrong with one attribute, if anything is."""
    if _EVENT.match(name):
        return "html-unsafe", f"the attribute {name} runs a script. Remove it."
    if name == "srcdoc":
        return "html-unsafe", "the attribute srcdoc holds a whole page. Remove it."
    if name == "style":
        return _check_style(value, own_hosts)
    if name == "class" or (name.startswith(".") and name[1:2].isalpha()):
        return "html-hidden", "a class takes looks of the site's own parts, and may hide text. Remove it."
    if name in ("id", "name") or name.startswith("#"):
        return reserved_name(value if name in ("id", "name") else name[1:])
    if _FRAME_DATA.match(name):
        return "html-unsafe", f"the attribute {name} is for the site's own parts. Remove it."
    if name in ("hidden", "aria-hidden", "popover") and value != "false":
        return "html-hidden", f"the attribute {name} hides text from readers. Remove it, or the text."
    if tag.name == "font" and f"{name}={value.lower()}" in {"color=white", "color=#fff", "color=#ffffff", "size=0"}:
        return "html-hidden", f'{name}="{value}" makes text invisible. Remove it, or the text.'
    scheme = _active_scheme(value)
    # Only a drawing may hold a picture: it is one file, and reviewed as one.
    in_drawing = tag.name in _PICTURES and scheme == "data" and _RASTER.match(_plain_url(value))
    if scheme and not in_drawing:
        return "html-unsafe", f"{name} leads to a {scheme}: address. Use an ordinary address."
    fetches = name in _FETCHING or (name in ("href", "xlink:href") and tag.name in _FETCHING_LINKS)
    addresses = re.split(r"[\s,]+", value) if "srcset" in name else [value]
    host = next(filter(None, (_foreign(address, own_hosts) for address in addresses)), "") if fetches else ""
    return ("external-request", _request_message(host)) if host else None


def reserved_name(value: str) -> tuple[str, str] | None:
    """Return code and message where an id is one of those that the page's own scripts look for."""
    if not _FRAME_NAME.match(value):
        return None
    return "html-unsafe", f'the id "{value}" is kept for the site\'s own parts. Choose another.'


def _check_style(value: str, own_hosts: Collection[str]) -> tuple[str, str]:
    """A style is refused in any case; say the worst it does."""
    css = _plain_css(value)
    if _HIDING.search(re.sub(r"\s+", "", css)):
        return "html-hidden", f'the style "{value[:60]}" hides text from readers. Remove it, or the text.'
    for _, host in _css_requests(css, own_hosts):
        return "external-request", _request_message(host)
    return "html-unsafe", "the site's policy blocks style attributes. Remove it; looks belong into the stylesheet."


def _check_tag(tag: Tag, own_hosts: Collection[str]) -> Iterator[_Finding]:
    name = tag.name.rpartition(":")[2] if tag.name.startswith("svg:") else tag.name
    if name in _UNSAFE_ELEMENTS:
        yield tag.offset, "html-unsafe", f"the element <{name}> is not allowed in content. Remove it."
        return
    if name in _HIDING_ELEMENTS:
        yield tag.offset, "html-hidden", f"the element <{name}> hides its content from readers. Remove it."
    if name == "img" and not (tag.get("alt") or "").strip():
        message = "the image has no text alternative. Say in its alt attribute what it shows."
        yield tag.offset, "image-alt-missing", message
    for key, value in tag.attributes:
        wrong = _check_attribute(tag, key, value or "", own_hosts)
        if wrong:
            yield tag.offset, *wrong


def _check_link(link: Link, own_hosts: Collection[str]) -> Iterator[_Finding]:
    absolute = any(sign in link.target for sign in ":&/\\")
    scheme = _active_scheme(link.target) if absolute else ""
    if scheme and link.image:
        message = f"the image is a {scheme}: address. Put the file into docs/assets and refer to it there."
        yield link.offset, "html-unsafe", message
    elif scheme:
        yield link.offset, "html-unsafe", f"the link leads to a {scheme}: address. Use an ordinary address."
    host = _foreign(link.target, own_hosts) if absolute and link.image else ""
    if host:
        yield link.offset, "external-request", _request_message(host)
    if link.image and not link.text.strip():
        message = "the image has no text alternative. Say between the brackets what it shows: ![what it shows](…)."
        yield link.offset, "image-alt-missing", message


# --- comments and declarations ---------------------------------------------------------------------------------------

_DECLARATION = re.compile(r"<(?:!(?!--)[A-Za-z\[]|\?)")
_CONDITION = re.compile(r"\[\s*(?:if|else|endif)\b|<!\[endif", re.IGNORECASE)


def _check_comments(text: str) -> Iterator[_Finding]:
    """Yield comments that browsers end elsewhere than people do, and conditional ones."""
    at = end = 0
    while (start := text.find("<!--", at)) >= 0:
        end = text.find("-->", start + 4) if end >= 0 else -1
        inside = text[start + 4 : end] if end >= 0 else ""
        if end < 0 or inside.startswith((">", "->")) or "--!>" in inside or "<!--" in inside:
            message = "the comment does not end where it seems to. Write <!-- text --> without -- or > at its edges."
            yield start, "html-unsafe", message
        elif _CONDITION.search(inside):
            yield start, "html-hidden", "a conditional comment shows its content to some readers only. Remove it."
        at = max(end, start + 4)


_COMMENT = re.compile(r"<!--(?!-?>)(?:[^<-]++|-(?!->|-!>)|<(?!!--))*+-->")
_COMMENT_BLOCK = re.compile(rf"^ {{0,3}}{_COMMENT.pattern}", re.MULTILINE)
_BLANK_LINE = re.compile(r"\n[ \t]*\n")


def _blank_comments(text: str) -> str:
    """Blank comments that every reader takes for one: those at the start of a line, outside of inline tags.

    What a comment within a line holds is checked like any text: Markdown may end it elsewhere.
    """
    parts: list[str] = []
    at = paragraph = 0
    breaks = (match.end() for match in _BLANK_LINE.finditer(text))
    following = next(breaks, len(text) + 1)
    for match in _COMMENT_BLOCK.finditer(text):
        while following <= match.start():
            paragraph, following = following, next(breaks, len(text) + 1)
        if text.find("<", max(paragraph, at), match.start()) < 0:
            parts += [text[at : match.start()], spaces(match.group())]
            at = match.end()
    return "".join([*parts, text[at:]])


# --- whole files -----------------------------------------------------------------------------------------------------


def check_text(path: str, text: str, own_hosts: Collection[str] = ()) -> Iterator[Problem]:
    """Report everything of this module's concern in a Markdown file; code spans and fences are exempt from markup."""
    yield from check_characters(path, text)
    yield from _problems(path, text, _markup(text, own_hosts))


def _markup(text: str, own_hosts: Collection[str]) -> Iterator[_Finding]:
    text = blank_code(text)
    if "<!" in text or "<?" in text:
        yield from _check_comments(text)
        text = _blank_comments(text)
        for match in _DECLARATION.finditer(text):
            yield match.start(), "html-unsafe", "a declaration is not allowed in content. Remove it."
    for tag in find_tags(text):
        yield from _check_tag(tag, own_hosts)
        if tag.name in _UNSEEN_ELEMENTS:
            yield tag.offset, "html-hidden", f"readers do not see what the element <{tag.name}> holds. Remove it."
    for tag in find_attribute_lists(text):
        for key, value in tag.attributes:
            wrong = _check_attribute(tag, key, value or "", own_hosts)
            if wrong:
                yield tag.offset, *wrong
    for link in find_links(text):
        yield from _check_link(link, own_hosts)


#: What a drawing may say of its own parts: it is shown as an image, apart from the page.
_OF_DRAWINGS = frozenset({"style", "aria-hidden", "class", "id", "name"})


def check_svg(path: str, text: str, own_hosts: Collection[str] = ()) -> Iterator[Problem]:
    """Report scripts, foreign content and requests in an SVG file. Its own styles are allowed."""
    yield from check_characters(path, text)
    yield from _problems(path, text, _svg(text, own_hosts))


def _svg(text: str, own_hosts: Collection[str]) -> Iterator[_Finding]:
    text = _COMMENT.sub(lambda match: spaces(match.group()), text)
    for match in re.finditer(r"<!ENTITY|<\?xml-stylesheet", text, re.IGNORECASE):
        yield match.start(), "html-unsafe", f"{match.group()} brings in other content. Remove it."
    for tag in find_tags(text):
        kept = tuple(pair for pair in tag.attributes if pair[0] not in _OF_DRAWINGS)
        if tag.name not in ("style", "title"):
            # In XML a name may carry any prefix: what follows it is what a browser goes by.
            yield from _check_tag(Tag(tag.offset, tag.name.rpartition(":")[2], kept), own_hosts)
    for offset, host in _css_requests(_plain_css(text), own_hosts):
        yield offset, "external-request", _request_message(host)


def check_css(path: str, text: str, own_hosts: Collection[str] = ()) -> Iterator[Problem]:
    """Report requests to other hosts in a stylesheet."""
    yield from check_characters(path, text)
    findings = (
        (offset, "external-request", _request_message(host))
        for offset, host in _css_requests(_plain_css(text), own_hosts)
    )
    yield from _problems(path, text, findings)
