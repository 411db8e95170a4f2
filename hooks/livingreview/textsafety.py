"""Text that is safe to publish: its characters, and the HTML, links and images that stand in it.

Content is not trusted. In go the bytes or the text of a source file; out come the
problems: characters that deceive or break (``text-encoding``), markup that runs,
frames or submits (``html-unsafe``), that hides (``html-hidden``), that fetches from
another host (``external-request``), and images without words (``image-alt-missing``).
Code spans and closed fences are shown, not run, and are left alone.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Collection, Iterator
from html.parser import HTMLParser
from urllib.parse import urlsplit

from livingreview.problems import Problem

#: Elements that run, frame, submit, or change how the page itself is read.
UNSAFE_ELEMENTS = frozenset(
    "applet base body button canvas dialog embed form frame frameset head html iframe input link math meta noembed "
    "noframes noscript object option param plaintext portal script select slot style svg template textarea title xmp".split()
)

#: Attributes that hold an address.
_ADDRESSES = frozenset(
    "action background cite classid codebase data formaction href longdesc manifest ping poster profile src srcset usemap "
    "xlink:href".split()
)

#: Attributes of elements through which a browser fetches something by itself.
_FETCHES = {
    "img": ("src", "srcset", "longdesc"),
    "source": ("src", "srcset"),
    "audio": ("src",),
    "video": ("src", "poster"),
    "track": ("src",),
    "image": ("href", "xlink:href"),
    "feimage": ("href", "xlink:href"),
    "use": ("href", "xlink:href"),
    "table": ("background",),
    "td": ("background",),
}

_BAD_SCHEMES = ("javascript", "vbscript", "data", "livescript", "mocha", "file", "blob", "filesystem")

_FENCE = re.compile(r"^([ ]*(?:>[ ]?)*[ ]*)(`{3,}|~{3,})([^\n]*)$")
_TICKS = re.compile(r"(?<![`\\])(`+)(?!`)")
_LINK = re.compile(r"(!?)\[((?:[^\[\]\n\\]|\\.)*)\]\(\s*(<[^<>\n]*>|[^\s()]*(?:\([^\s()]*\)[^\s()]*)*)")
_DEFINITION = re.compile(r"^[ ]{0,3}\[[^\]\n]+\]:[ \t]*(\S+)", re.MULTILINE)
_AUTOLINK = re.compile(r"<([A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>]*)>")
_ATTRIBUTES = re.compile(r"\{:?([^{}\n]*)\}")
_ATTRIBUTE = re.compile(r"""([A-Za-z_:][\w:.-]*)[ ]*=[ ]*("[^"]*"|'[^']*'|[^\s"'{}]+)""")
_EXCEPTION = re.compile(r"\s*([a-z]+(?:-[a-z]+)+)\s*[:：]\s*(\S.*?)\s*\Z", re.DOTALL)
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*0(?:\.0+)?\s*(?:[;!]|$)|font-size\s*:\s*0"
    r"|(?:left|top|text-indent)\s*:\s*-\d{3,}|clip(?:-path)?\s*:",
    re.IGNORECASE,
)
_CSS_ADDRESS = re.compile(r"""url\(\s*(['"]?)(.*?)\1\s*\)|@import\s+(['"])(.*?)\3""", re.IGNORECASE | re.DOTALL)

#: Characters that are not there to be read. A tab, line ends and the joiner of scripts that need it are.
_BIDIRECTIONAL = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")
_INVISIBLE = frozenset("\u200b\u2060\ufeff\u00ad\u180e\u2028\u2029\ufff9\ufffa\ufffb")


def decode(path: str, data: bytes) -> tuple[str, list[Problem]]:
    """Decode a file as UTF-8, with or without a byte order mark, line ends of any kind made ``\\n``.

    Never fails: bytes that are no UTF-8 become replacement characters and one problem.
    """
    try:
        text = data.decode("utf-8-sig")
        problems: list[Problem] = []
    except UnicodeDecodeError as error:
        text = data.decode("utf-8-sig", errors="replace")
        line = data.count(b"\n", 0, error.start) + 1
        message = f"not UTF-8: byte {data[error.start]:#04x}. Save the file as UTF-8."
        problems = [Problem(path, line, "text-encoding", message)]
    return text.replace("\r\n", "\n").replace("\r", "\n"), problems


def _name(char: str) -> str:
    return unicodedata.name(char, "control character").lower()


def _is_stray(char: str) -> bool:
    if char in "\n\t":
        return False
    category = unicodedata.category(char)
    return category in ("Cc", "Co", "Cs") or char in _BIDIRECTIONAL or char in _INVISIBLE or 0xE0000 <= ord(char) <= 0xE007F


#: What most lines consist of, looked for first.
_PLAIN = re.compile(r"[\t\n\x20-\x7e\u00a1-\u00ac\u00ae-\u0600\u2010-\u2027\u2030-\u205e\u2070-\u20d0\u2100-\ud7ff\uf900-\ufe0f\ufe30-\ufefe\uff00-\uffef]*\Z")


def check_characters(path: str, text: str) -> Iterator[Problem]:
    """Yield a problem for each line with a control, bidirectional or invisible character."""
    if _PLAIN.match(text):
        return
    for number, row in enumerate(text.split("\n"), start=1):
        char = next((char for char in row if _is_stray(char)), None)
        if char is not None:
            column = row.index(char) + 1
            message = f"column {column} holds U+{ord(char):04X} ({_name(char)}), which no reader sees. Delete it."
            yield Problem(path, number, "text-encoding", message)


def _spaces(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)


def _blank_fences(text: str) -> str:
    """Blank what stands in closed fences; an open one is not taken for code by every parser."""
    rows = text.split("\n")
    at = 0
    while at < len(rows):
        opened = _FENCE.match(rows[at])
        if opened is None or (opened[2][0] == "`" and "`" in opened[3]):
            at += 1
            continue
        close = _closing(rows, at, opened)
        if close is None:
            at += 1
            continue
        for number in range(at + 1, close):
            rows[number] = " " * len(rows[number])
        at = close + 1
    return "\n".join(rows)


def _closing(rows: list[str], start: int, opened: re.Match[str]) -> int | None:
    for number in range(start + 1, len(rows)):
        match = _FENCE.match(rows[number])
        same = match and match[1] == opened[1] and match[2][0] == opened[2][0] and len(match[2]) >= len(opened[2])
        if same and match and not match[3].strip():
            return number
    return None


def _blank_spans(paragraph: str) -> str:
    """Blank the code spans of one paragraph."""
    parts: list[str] = []
    at = 0
    ticks = list(_TICKS.finditer(paragraph))
    by_length: dict[int, list[int]] = {}
    for match in ticks:
        by_length.setdefault(len(match[1]), []).append(match.start())
    for match in ticks:
        if match.start() < at:
            continue
        length = len(match[1])
        ends = by_length[length]
        while ends and ends[0] <= match.start():
            ends.pop(0)
        if ends:
            end = ends[0] + length
            parts += [paragraph[at : match.start()], _spaces(paragraph[match.start() : end])]
            at = end
    return "".join([*parts, paragraph[at:]])


def blank_code(text: str) -> str:
    """Return the text with code spans and closed fences blanked; its length and its lines stay."""
    if "`" not in text and "~~~" not in text:
        return text
    text = _blank_fences(text)
    return "".join(_blank_spans(part) for part in re.split(r"(\n[ \t]*\n)", text))


def parse_exception(comment: str) -> tuple[str, str] | None:
    """Return the code and the reason of an exception written as a comment, or nothing where either is missing."""
    match = _EXCEPTION.match(comment)
    return (match[1], match[2]) if match else None


def scheme_of(address: str) -> str:
    """Return an address's scheme as a browser would read it: entities resolved, white space and controls dropped."""
    text = html.unescape(html.unescape(address))
    text = "".join(char for char in text if not char.isspace() and unicodedata.category(char)[0] != "C")
    scheme, colon, _rest = text.partition(":")
    return scheme.casefold() if colon and re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*", scheme) else ""


def is_outside(address: str, own_hosts: Collection[str] = ()) -> bool:
    """Whether an address lies on another host."""
    text = html.unescape(address).strip().replace("\\", "/")
    try:
        host = urlsplit(text).hostname or ""
    except ValueError:
        return True
    return (text.startswith("//") or scheme_of(text) in ("http", "https", "ftp", "ws", "wss")) and host not in own_hosts


def _addresses(value: str, name: str) -> list[str]:
    return [part.split()[0] for part in value.split(",") if part.strip()] if name == "srcset" else [value]


class _Tags(HTMLParser):
    """Finds what is wrong with the tags of a text. One problem an element: the first that applies."""

    def __init__(self, path: str, own_hosts: Collection[str], *, drawing: bool = False) -> None:
        super().__init__(convert_charrefs=False)
        self.path = path
        self.own_hosts = own_hosts
        self.drawing = drawing
        self.problems: list[Problem] = []

    def fault(self, code: str, message: str) -> None:
        self.problems.append(Problem(self.path, self.getpos()[0], code, message))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        found = self.element_fault(tag) or attribute_fault(tag, given) or self.fetch_fault(tag, given)
        if found is None and tag == "img" and not given.get("alt", "").strip():
            found = ("image-alt-missing", "the image has no alt text. Say in words what it shows.")
        if found is not None:
            self.fault(*found)

    handle_startendtag = handle_starttag

    def element_fault(self, tag: str) -> tuple[str, str] | None:
        unsafe = {"script", "foreignobject", "iframe", "handler", "set"} if self.drawing else UNSAFE_ELEMENTS
        if tag in unsafe:
            return "html-unsafe", f"<{tag}> is not allowed. Remove it, or write it in Markdown."
        return None

    def fetch_fault(self, tag: str, given: dict[str, str]) -> tuple[str, str] | None:
        for name in _FETCHES.get(tag, ()):
            for address in _addresses(given.get(name, ""), name):
                if is_outside(address, self.own_hosts):
                    message = f"<{tag}> fetches {address} from another host. Keep the file in this repository."
                    return "external-request", message
        return None

    def handle_decl(self, decl: str) -> None:
        if "ENTITY" in decl.upper() or "SYSTEM" in decl.upper():
            self.fault("html-unsafe", "a document type with entities is not allowed. Remove it.")

    def unknown_decl(self, data: str) -> None:
        if self.drawing:
            return
        self.fault("html-unsafe", f"<![{data[:20]}… is not allowed. Remove it.")


def attribute_fault(tag: str, given: dict[str, str]) -> tuple[str, str] | None:
    """Return what is wrong with an element's attributes, if anything."""
    for name, value in given.items():
        if name.startswith("on"):
            return "html-unsafe", f"the event handler {name} is not allowed. Remove it."
        if name == "style":
            code = "html-hidden" if _HIDING.search(html.unescape(value)) else "html-unsafe"
            return code, "styles in the text are not allowed. Use a class of the style sheets."
        if name == "srcdoc":
            return "html-unsafe", "srcdoc is not allowed. Remove it."
        if name in _ADDRESSES and any(scheme_of(one) in _BAD_SCHEMES for one in _addresses(value, name)):
            return "html-unsafe", f"{name} holds a {scheme_of(value)}: address. Link to a page instead."
        hides = name == "hidden" or (name == "aria-hidden" and value.strip().lower() == "true" and tag != "svg")
        if hides:
            return "html-hidden", f"{name} hides text from some readers. Remove it."
    return None


def _line(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1


def _links(text: str) -> Iterator[tuple[int, str]]:
    """Yield where an address stands in Markdown, and the address."""
    for match in _LINK.finditer(text):
        yield match.start(), match[3].strip("<>")
    for match in _DEFINITION.finditer(text):
        yield match.start(), match[1].strip("<>")
    for match in _AUTOLINK.finditer(text):
        yield match.start(), match[1]


def _check_links(path: str, text: str) -> Iterator[Problem]:
    for offset, address in _links(text):
        scheme = scheme_of(address)
        if scheme in _BAD_SCHEMES:
            message = f"a link holds a {scheme}: address. Link to a page instead."
            yield Problem(path, _line(text, offset), "html-unsafe", message)


def _check_images(path: str, text: str, own_hosts: Collection[str]) -> Iterator[Problem]:
    for match in _LINK.finditer(text):
        if not match[1]:
            continue
        address = match[3].strip("<>")
        if is_outside(address, own_hosts):
            message = f"the image is fetched from another host ({address}). Keep the file in this repository."
            yield Problem(path, _line(text, match.start()), "external-request", message)
        elif not match[2].strip():
            message = "the image has no alt text. Write ![what it shows](file)."
            yield Problem(path, _line(text, match.start()), "image-alt-missing", message)


def _check_attribute_lists(path: str, text: str) -> Iterator[Problem]:
    """Attribute lists set any attribute on any element, so they are held to the same rules as tags."""
    for match in _ATTRIBUTES.finditer(text):
        given = {name.lower(): value.strip("\"'") for name, value in _ATTRIBUTE.findall(match[1])}
        words = {word.lower(): "" for word in _ATTRIBUTE.sub(" ", match[1]).split() if word.isalpha()}
        found = attribute_fault("", {**words, **given} if match[0].startswith("{:") else given)
        if found is not None:
            yield Problem(path, _line(text, match.start()), *found)


def check_text(path: str, text: str, own_hosts: Collection[str] = ()) -> Iterator[Problem]:
    """Yield everything unsafe in the text of a Markdown page, with true lines."""
    yield from check_characters(path, text)
    blanked = blank_code(text)
    if "<" in blanked:
        tags = _Tags(path, own_hosts)
        tags.feed(blanked)
        tags.close()
        yield from tags.problems
    if "](" in blanked or "]:" in blanked or "<" in blanked:
        yield from _check_links(path, blanked)
    if "![" in blanked:
        yield from _check_images(path, blanked, own_hosts)
    if "{" in blanked:
        yield from _check_attribute_lists(path, blanked)


def check_svg(path: str, text: str) -> Iterator[Problem]:
    """Yield everything in a drawing that would run or fetch something."""
    yield from check_characters(path, text)
    tags = _Tags(path, (), drawing=True)
    tags.feed(text)
    tags.close()
    yield from tags.problems
    yield from check_css(path, text)


def check_css(path: str, text: str) -> Iterator[Problem]:
    """Yield every address of a style sheet that lies on another host."""
    for match in _CSS_ADDRESS.finditer(text):
        address = (match[2] or match[4] or "").strip()
        if is_outside(address):
            message = f"fetches {address} from another host. Keep the file in this repository."
            yield Problem(path, _line(text, match.start()), "external-request", message)
        elif scheme_of(address) in ("javascript", "vbscript"):
            yield Problem(path, _line(text, match.start()), "html-unsafe", "a script address in a style. Remove it.")
