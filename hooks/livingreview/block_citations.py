"""Citations of this edition: of a page, a section or a paragraph, in five formats.

In go the record of the work, the edition's state and a :class:`Part`; out come
GB/T 7714-2025, Vancouver (NLM's Citing Medicine), BibTeX, RIS and CSL-JSON.
Each names the edition's corporate author, the part, the version (once there is
one), date, address and day of access, and the article that the edition
restructures, whose authors are never authors of the edition.

A citation is a template with a few open places, filled with the part's values.
The templates are the same for a whole page, so a page carries each once and a
script in the browser fills them just as :func:`fill` does here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from livingreview.citing_words import citing_words
from livingreview.edition import Edition, State
from livingreview.scripts import has_cjk
from livingreview.work import Article, Work

#: The formats, in the order in which they are offered.
FORMATS = ("gbt", "vancouver", "bibtex", "ris", "csl")

#: File name extension and media type of each format.
FILES: Mapping[str, tuple[str, str]] = {
    "gbt": ("txt", "text/plain"),
    "vancouver": ("txt", "text/plain"),
    "bibtex": ("bib", "application/x-bibtex"),
    "ris": ("ris", "application/x-research-info-systems"),
    "csl": ("json", "application/vnd.citationstyles.csl+json"),
}

#: The language whose words NLM's style uses.
NLM_LANGUAGE = "en"

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_PLACE = re.compile(r"⟦([a-z-]+)⟧")
_WIDE = {", ": "，", ": ": "：", "; ": "；", "? ": "？", "! ": "！"}
_ASIDE = re.compile(r"\s+\(([^()]*)\)(?:\s+|(?=[.,:;?!]|\Z))")
_TEX = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    # BibTeX counts braces, escaped ones too: only whole pairs may stand in a field.
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    **{sign: f"\\{sign}" for sign in "&%$#_"},
}
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})\Z")


@dataclass(frozen=True, slots=True)
class Part:
    """What is cited: a place of one language's text.

    ``address`` is that of the page from the site's root, ``fragment`` the block's id.
    ``label`` names the section in the page's language, ``english`` the same in
    English where the work has it; both are empty for the work as a whole.
    """

    language: str
    address: str
    fragment: str = ""
    label: str = ""
    english: str = ""
    fingerprint: str = ""


# -- forms of names and dates ------------------------------------------------------


def full_width(text: str) -> str:
    """Return text with the full-width punctuation that GB/T 7714-2025 has in every entry, English ones too."""
    text = _ASIDE.sub(r"（\1）", text)
    for narrow, wide in _WIDE.items():
        text = text.replace(narrow, wide)
    return text


def nlm_day(day: str) -> str:
    """Return an ISO day as NLM writes it: ``2026 Dec 5``; anything else as it is."""
    match = _DAY.match(day)
    return f"{match[1]} {_MONTHS[int(match[2]) - 1]} {int(match[3])}" if match else day


def tex(text: str) -> str:
    """Return text with TeX's special characters escaped."""
    return "".join(_TEX.get(sign, sign) for sign in text)


def _json(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]


_DATE_PARTS = re.compile(r"\[\s*\[([^\[\]{}]*)\]\s*\]")


def _csl(item: Mapping[str, Any]) -> str:
    """Return a list of one CSL item; fields without a value are left out, dates stand on one line."""
    text = json.dumps([{name: value for name, value in item.items() if value}], ensure_ascii=False, indent=2)
    return _DATE_PARTS.sub(lambda match: f"[[{' '.join(match[1].split())}]]", text) + "\n"


def _line(text: str) -> str:
    return " ".join(text.split())


_ESCAPES = {"bibtex": tex, "csl": _json, "ris": _line}


# -- the article that is restructured ----------------------------------------------


def _article_language(work: Work, source: str) -> str:
    return source if source in work.article.title else next(iter(work.article.title))


def _imprint(article: Article, separators: tuple[str, str, str, str]) -> str:
    """Return year, volume, issue and pages joined by the style's separators."""
    before_volume, opening, closing, before_pages = separators
    volume = f"{before_volume}{article.volume}" if article.volume else ""
    issue = f"{opening}{article.issue}{closing}" if article.issue else ""
    pages = f"{before_pages}{article.pages}" if article.pages else ""
    return f"{article.year}{volume}{issue}{pages}"


def _gbt_authors(article: Article, language: str) -> str:
    """Return up to three authors, then ``等`` or ``et al``; initials apart and without dots."""
    names = list(article.authors.get(language, ()))
    eastern = bool(names) and has_cjk(names[0])
    if not eastern and article.authors_short.get(language):
        names = [_spaced_initials(name) for name in article.authors_short[language].split(", ")]
    shown = "，".join(names[:3])
    return f"{shown}，{'等' if eastern else 'et al'}" if len(names) > 3 else shown


def _spaced_initials(name: str) -> str:
    family, _, initials = name.rpartition(" ")
    return f"{family} {' '.join(initials)}" if initials.isupper() else name


def _nlm_names(article: Article) -> list[str]:
    """Return the names in Latin letters as NLM has them, six and ``et al.`` at most."""
    short = article.authors_short.get(NLM_LANGUAGE) or next(iter(article.authors_short.values()), "")
    names = short.split(", ") if short else list(next(iter(article.authors.values()), ()))
    return [*names[:6], "et al"] if len(names) > 6 else names


def _nlm_title(titles: Mapping[str, str], language: str) -> tuple[str, str]:
    """Return a title as NLM gives it (in English; in brackets where translated) and the language to name, if any."""
    if language == NLM_LANGUAGE:
        return titles[language], ""
    named = citing_words(language)("language.english")
    if NLM_LANGUAGE in titles:
        return f"[{titles[NLM_LANGUAGE]}]", named
    return titles[language], named


def _ended(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."


def article_gbt(work: Work, source: str) -> str:
    """Return the article's citation by GB/T 7714-2025, in the article's own language."""
    article, language = work.article, _article_language(work, source)
    title = full_width(article.title[language])
    imprint = _imprint(article, ("，", "（", "）", "："))
    return (
        f"{_gbt_authors(article, language)}. {title}[J/OL]. {article.journal[language]}，{imprint}. DOI:{article.doi}."
    )


def article_vancouver(work: Work, source: str) -> str:
    """Return the article's citation in NLM's style."""
    article, language = work.article, _article_language(work, source)
    title, named = _nlm_title(article.title, language)
    journal = article.journal.get(NLM_LANGUAGE) or article.journal[language]
    names = ", ".join(_nlm_names(article))
    imprint = _imprint(article, (";" if article.volume else "", "(", ")", ":"))
    if not article.volume and article.issue:
        imprint = imprint.replace("(", ";(", 1)
    parts = [_ended(names), _ended(title), f"{journal}.", f"{imprint}.", f"doi:{article.doi}."]
    return " ".join([*parts, f"{named}."] if named else parts)


def _article_key(article: Article) -> str:
    names = _nlm_names(article)
    family = re.sub(r"[^a-z]", "", (names[0].rpartition(" ")[0] or names[0]).lower()) if names else ""
    return f"{family or 'article'}{article.year}"


def _article_fields(work: Work, language: str) -> dict[str, str]:
    article = work.article
    return {
        "title": article.title[language],
        "journal": article.journal[language],
        "year": str(article.year),
        "volume": article.volume,
        "number": str(article.issue),
        "pages": article.pages,
        "issn": article.issn,
        "doi": article.doi,
    }


def _bibtex(kind: str, key: str, fields: Mapping[str, str]) -> str:
    width = max(map(len, fields))
    rows = "".join(f"  {name.ljust(width)} = {{{value}}},\n" for name, value in fields.items() if value)
    return f"@{kind}{{{key},\n{rows}}}\n"


def article_bibtex(work: Work, source: str) -> str:
    """Return the article as a BibTeX entry, in its own language."""
    language = _article_language(work, source)
    fields = {name: tex(value) for name, value in _article_fields(work, language).items()}
    title = f"{{{fields.pop('title')}}}"
    authors = " and ".join(f"{{{tex(name)}}}" for name in work.article.authors[language])
    langid = citing_words(language)("language.langid")
    doi = work.article.doi
    entry = {"author": authors, "title": title, **fields, "doi": doi, "langid": langid}
    return _bibtex("article", _article_key(work.article), entry)


def article_ris(work: Work, source: str) -> str:
    """Return the article as a RIS record, in its own language."""
    language = _article_language(work, source)
    article = work.article
    rows = [
        ("TY", "JOUR"),
        *(("AU", name) for name in article.authors[language]),
        ("TI", article.title[language]),
        *(("TT", title) for code, title in article.title.items() if code != language),
        ("T2", article.journal[language]),
        ("SN", article.issn),
        ("PY", str(article.year)),
        ("VL", article.volume),
        ("IS", str(article.issue)),
        ("SP", article.pages),
        ("DO", article.doi),
        ("LA", language),
        ("UR", f"https://doi.org/{article.doi}"),
    ]
    return _ris(rows)


def _ris(rows: list[tuple[str, str]]) -> str:
    return "".join(f"{tag}  - {_line(value)}\n" for tag, value in rows if value) + "ER  - \n"


def article_csl(work: Work, source: str) -> str:
    """Return the article as a CSL-JSON list of one item, in its own language."""
    language = _article_language(work, source)
    article = work.article
    item = {
        "id": _article_key(article),
        "type": "article-journal",
        "title": article.title[language],
        "container-title": article.journal[language],
        "author": [{"literal": name} for name in article.authors[language]],
        "issued": {"date-parts": [[article.year]]},
        "volume": article.volume,
        "issue": str(article.issue),
        "page": article.pages,
        "ISSN": article.issn,
        "DOI": article.doi,
        "language": language,
    }
    return _csl(item)


_ARTICLE = {
    "gbt": article_gbt,
    "vancouver": article_vancouver,
    "bibtex": article_bibtex,
    "ris": article_ris,
    "csl": article_csl,
}


def article_citations(work: Work, source: str) -> dict[str, str]:
    """Return the article's own citation in every format. ``source`` is the language it is written in."""
    return {name: render(work, source) for name, render in _ARTICLE.items()}


# -- templates for parts of this edition -------------------------------------------


@dataclass(frozen=True, slots=True)
class _Setting:
    """What the templates of one language and state are made of."""

    work: Work
    language: str
    state: State
    whole: bool
    version: str
    date: str
    commit: str

    @property
    def title(self) -> str:
        return self.work.title[self.language]

    @property
    def author(self) -> str:
        return self.work.author[self.language]

    def note(self, language: str, colon: str = "") -> str:
        """Return the closing words: the article restructured, and the commit of a text that is not frozen."""
        words = citing_words(language)
        colon = colon or words("language.subtitle")
        tail = f" {words('cite.commit')}{colon}{self.commit}." if self.commit else ""
        return f"{words('cite.adapted-from')}{colon}⟦article⟧{tail}"


def _gbt(setting: _Setting) -> str:
    author, title = full_width(setting.author), full_width(setting.title)
    version = f" V{setting.version}." if setting.version else ""
    date = f"（{setting.date}）" if setting.date else ""
    part = "" if setting.whole else f"⟦part⟧[EB/OL]//{author}. "
    mark = "[EB/OL]" if setting.whole else ""
    note = setting.note(setting.language, "：")
    return f"{author}. {part}{title}{mark}.{version} {date}[⟦day⟧]. ⟦address⟧. {note}"


def _vancouver(setting: _Setting) -> str:
    work = setting.work
    title, named = _nlm_title(work.title, setting.language)
    author = work.author.get(NLM_LANGUAGE) or setting.author
    version = f" Version {setting.version}." if setting.version else ""
    if setting.state is State.FROZEN:
        when = f"{nlm_day(setting.date)} [cited ⟦day⟧]"
    elif setting.date:
        when = f"{setting.date[:4]} [updated {nlm_day(setting.date)}; cited ⟦day⟧]"
    else:
        when = "[date unknown] [cited ⟦day⟧]"
    part = "" if setting.whole else " ⟦part⟧."
    language = f" {named}." if named else ""
    note = setting.note(NLM_LANGUAGE)
    # Citing Medicine, chapter 22: place and publisher are named even where unknown or the author itself.
    imprint = f"[place unknown]: {author}; {when}."
    return f"{author}. {title} [Internet].{version} {imprint}{part} Available from: ⟦address⟧{language} {note}"


def _bibtex_template(setting: _Setting) -> str:
    words = citing_words(setting.language)
    author = f"{{{tex(setting.author)}}}"
    title = f"{{{tex(setting.title)}}}"
    titles = {"title": title} if setting.whole else {"title": "{⟦part⟧}", "booktitle": title}
    note = setting.note(setting.language)
    fields = {
        "author": author,
        **titles,
        "publisher": author,
        "version": setting.version,
        "year": setting.date[:4],
        "date": setting.date,
        "url": "⟦address⟧",
        "urldate": "⟦day⟧",
        "langid": words("language.langid"),
        "note": tex(note.replace("⟦article⟧", "\0")).replace("\0", "⟦article⟧"),
    }
    return _bibtex("misc" if setting.whole else "incollection", "⟦key⟧", fields)


def _ris_template(setting: _Setting) -> str:
    titles = [("TI", setting.title)] if setting.whole else [("TI", "⟦part⟧"), ("T2", setting.title)]
    return _ris(
        [
            ("TY", "ELEC" if setting.whole else "CHAP"),
            # A comma at the end keeps reference managers from taking a corporate name apart.
            ("AU", f"{setting.author},"),
            *titles,
            ("PB", setting.author),
            ("ET", setting.version),
            ("PY", setting.date[:4]),
            ("DA", setting.date.replace("-", "/") + "/" if setting.date else ""),
            ("LA", setting.language),
            ("UR", "⟦address⟧"),
            ("Y2", "⟦day⟧"),
            ("N1", setting.note(setting.language)),
        ]
    )


def _csl_template(setting: _Setting) -> str:
    titles = {"title": setting.title} if setting.whole else {"title": "⟦part⟧", "container-title": setting.title}
    issued = [[int(number) for number in setting.date.split("-")]] if _DAY.match(setting.date) else None
    item: dict[str, Any] = {
        "id": "⟦key⟧",
        "type": "webpage" if setting.whole else "chapter",
        **titles,
        "author": [{"literal": setting.author}],
        "publisher": setting.author,
        "issued": {"date-parts": issued} if issued else None,
        "accessed": {"date-parts": [["⟦day⟧"]]},
        "version": setting.version,
        "URL": "⟦address⟧",
        "language": setting.language,
        "note": setting.note(setting.language),
    }
    return _csl(item)


_TEMPLATES = {
    "gbt": _gbt,
    "vancouver": _vancouver,
    "bibtex": _bibtex_template,
    "ris": _ris_template,
    "csl": _csl_template,
}


def citation_templates(
    work: Work, edition: Edition, language: str, state: State, *, whole: bool = False
) -> dict[str, str]:
    """Return the templates of every format for texts of one language and state.

    ``whole`` is for the work itself, else they are for a part of it. Open places
    are written ``⟦name⟧`` and filled by :func:`fill`.
    """
    frozen = edition.latest if state is State.FROZEN else None
    setting = _Setting(
        work,
        language,
        state,
        whole,
        version=frozen.version if frozen else "",
        date=frozen.date if frozen else edition.stamp.date,
        commit="" if frozen else edition.stamp.short,
    )
    return {name: render(setting) for name, render in _TEMPLATES.items()}


# -- filling -----------------------------------------------------------------------


def _day_of(style: str, day: str) -> str:
    """Return the day of access in a style's form."""
    if style == "vancouver":
        return nlm_day(day) if _DAY.match(day) or not day else citing_words(NLM_LANGUAGE)("cite.access-date")
    return day.replace("-", "/") + "/" if style == "ris" and _DAY.match(day) else day


def _without_day(style: str, template: str) -> str:
    """Take the day of access out of a record format: a record cannot say "some day"."""
    if style == "bibtex":
        return re.sub(r"  urldate *= \{⟦day⟧\},\n", "", template)
    if style == "ris":
        return template.replace("Y2  - ⟦day⟧\n", "")
    return re.sub(r'    "accessed": \{.*?\n    \},\n', "", template, flags=re.DOTALL)


def fill(style: str, template: str, values: Mapping[str, str]) -> str:
    """Fill a template: ``part``, ``address``, ``key``, ``article`` and ``day``, each as the format needs it.

    ``day`` is in ISO 8601; anything else (words such as "day of access") stays as it
    is in the two text styles, and leaves the day out of the three record formats.
    """
    day = values.get("day", "")
    dated = _DAY.match(day)
    if not dated and style in ("bibtex", "ris", "csl"):
        template = _without_day(style, template)
    if style == "csl" and dated:
        numbers = ", ".join(str(int(number)) for number in dated.groups())
        template = template.replace('["⟦day⟧"]', f"[{numbers}]")
    escape = _ESCAPES.get(style, str)

    def value(match: re.Match[str]) -> str:
        name = match[1]
        if name == "day":
            return _day_of(style, day)
        if name == "address":
            # Citing Medicine: a full stop follows an address only where it ends with a slash.
            address = values["address"]
            return f"{address}." if style == "vancouver" and address.endswith("/") else address
        return escape(values.get(name, ""))

    return _PLACE.sub(value, template)


def citation_key(address: str, fragment: str) -> str:
    """Return the key of a part's record: the address with hyphens, so that it is the same in every version."""
    name = address.strip("/").replace("/", "-") or "index"
    return f"livingreview-{name}-{fragment}" if fragment else f"livingreview-{name}"


def part_name(style: str, part: Part) -> str:
    """Return how a style names the part: GB/T with full-width punctuation, NLM in English."""
    if style == "gbt":
        return full_width(part.label)
    if style == "vancouver" and part.language != NLM_LANGUAGE and part.english:
        return f"[{part.english}]"
    return part.label


def part_state(edition: Edition, part: Part) -> State:
    """Tell how the part's text stands to the last version."""
    return edition.state(part.address, part.fragment, part.fingerprint)


def article_mentions(work: Work, language: str, source: str) -> dict[str, str]:
    """Return how each format names the article in its note: the records in the style of the page's language."""
    forms = {"gbt": article_gbt(work, source), "vancouver": article_vancouver(work, source)}
    records = forms[citing_words(language)("language.style")]
    return {style: forms.get(style, records) for style in FORMATS}


@dataclass(frozen=True, eq=False)
class Citer:
    """Cites the parts of one edition; what is the same for many of them is made once.

    ``source`` is the language of the article.
    """

    work: Work
    edition: Edition
    source: str
    _templates: dict[tuple[str, State, bool], dict[str, str]] = field(default_factory=dict, repr=False)
    _mentions: dict[str, dict[str, str]] = field(default_factory=dict, repr=False)

    @cached_property
    def article(self) -> dict[str, str]:
        """The citation of the article in every format."""
        return article_citations(self.work, self.source)

    def mentions(self, language: str) -> dict[str, str]:
        """Return how each format names the article in the note of a text in a language."""
        if language not in self._mentions:
            self._mentions[language] = article_mentions(self.work, language, self.source)
        return self._mentions[language]

    def templates(self, language: str, state: State, *, whole: bool) -> dict[str, str]:
        """Return what :func:`citation_templates` does."""
        key = (language, state, whole)
        if key not in self._templates:
            self._templates[key] = citation_templates(self.work, self.edition, language, state, whole=whole)
        return self._templates[key]

    def cite(self, part: Part, day: str) -> dict[str, str]:
        """Return a part's citation in every format; ``day`` is the day of access (ISO 8601) or words for it."""
        templates = self.templates(part.language, part_state(self.edition, part), whole=not part.label)
        address = self.edition.lasting(part.address, part.fragment, part.fingerprint)
        articles = self.mentions(part.language)
        return {
            style: fill(
                style,
                templates[style],
                {
                    "part": part_name(style, part),
                    "address": address,
                    "key": citation_key(part.address, part.fragment),
                    "article": articles[style],
                    "day": day,
                },
            )
            for style in FORMATS
        }


def explain(edition: Edition, part: Part) -> str:
    """Return one sentence, in the part's language, on what the address in its citation shows."""
    words = citing_words(part.language)
    state = part_state(edition, part)
    stamp = edition.stamp
    if state is State.UNRELEASED:
        dated = bool(stamp.date and stamp.commit)
        name = "cite.unreleased-dated" if dated else "cite.unreleased"
        return words(name, date=stamp.date, commit=stamp.short) if dated else words(name)
    release = edition.latest
    if release is None:  # pragma: no cover - the state says there is one
        return ""
    return words(
        f"cite.{state.value}",
        version=release.version,
        date=release.date if state is State.FROZEN else stamp.date,
        commit=stamp.short,
    )
