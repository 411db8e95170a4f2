"""Reads the numbers of a text: signs, words, units, comparators, dates, identifiers.

In goes the plain text of one block and a language code, out comes a tuple of
:class:`Quantity`. One pass over the text with one pattern a language; every
repetition is possessive or bounded, so the time grows with the length only.
All words of a language are in :mod:`livingreview.number_tables`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from livingreview.number_tables import COUNTED, PLAIN, SIGNS, SYMBOLS, TIME, LanguageTable, Names, language_table

NO_SENSE: Names = frozenset({PLAIN})
NO_UNIT: Names = frozenset()
#: A unit that agrees with every other, as of the 60 in "60 and 40%".
ANY_UNIT: Names = frozenset({""})


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number, or one name with a number in it.

    ``kind`` is ``number``, ``slash`` (7/7/10, phase I/II), ``ratio`` (2:1), ``date``,
    ``month`` or ``day`` (parts of a date), or ``identifier``. ``value`` is canonical: a plain
    decimal (``20000000`` for 2000 万), an ISO 8601 date, an identifier in lower case without
    hyphens. ``sense`` holds the comparators it may have (``<``, ``≥``; the empty string for
    none), ``unit`` the names its unit may have (empty: none was found). An ``optional``
    quantity needs no partner. ``text`` is the number as written, from ``start`` to ``end``
    of the normalized text.
    """

    kind: str
    value: str
    sense: Names = NO_SENSE
    unit: Names = NO_UNIT
    optional: bool = False
    text: str = ""
    start: int = 0
    end: int = 0

    @property
    def full(self) -> str:
        """The quantity with comparator and unit, for a message about one of them."""
        sense = "" if PLAIN in self.sense else min(self.sense, default="")
        unit = min(self.unit - {""}, default="")
        tail = "" if not unit else "%" if unit == "%" else f" {unit}"
        return f"{sense}{self.text}{tail}"


# --- one way of writing ----------------------------------------------------------------------------------------------

_SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_FROM_SUPERSCRIPT = str.maketrans(f"{_SUPERSCRIPTS}⁻⁺", "0123456789-+")
_GREEK = dict(
    zip(
        "αβγδεζηθικλμνξοπρστυφχψω",
        "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon phi"
        " chi psi omega".split(),
        strict=True,
    )
)
_ROMANS = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "VI": 6, "VII": 7, "VIII": 8, "IX": 9, "X": 10}


def _translation() -> dict[int, str]:
    """Build the table that gives every sign one form; Chinese commas and stops stay, they never group digits."""
    table = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F) if chr(code) not in "，；！？"}
    table |= {0x2080 + digit: str(digit) for digit in range(10)}
    for forms, plain in (
        ("−‐‑⁃﹣", "-"),
        ("—―", "—"),
        ("〜∼˜", "~"),
        ("≧⩾", "≥"),
        ("≦⩽", "≤"),
        ("∶ː꞉", ":"),
        ("✕✖⨯╳", "×"),
        ("⋅∙•‧", "·"),
        ("µ", "μ"),
        ("⁄∕", "/"),
        ("\u00a0\u2002\u2003\u2004\u2005\u2007\u2008\u200a\u3000\t\r\n\f\v\u2028\u2029", " "),
        ("\u200b\u200c\u200d\u2060\ufeff\u00ad", ""),
    ):
        table |= dict.fromkeys(map(ord, forms), plain)
    table |= {start + index: roman for start in (0x2160, 0x2170) for index, roman in enumerate(_ROMANS)}
    table[ord("℃")] = "°C"
    return table


_TRANSLATION = _translation()
_GROUPING_SPACE = re.compile(r"(?<=[0-9])[\u2009\u202f](?=[0-9]{3}(?![0-9]))")
_THIN_SPACE = re.compile(r"[\u2009\u202f]")


def normalize(text: str) -> str:
    """Return the text with one form for each sign, space and digit; superscripts stay superscripts."""
    return _THIN_SPACE.sub(" ", _GROUPING_SPACE.sub("", text.translate(_TRANSLATION)))


def _decimal(whole: str, fraction: str = "", exponent: int = 0, *, negative: bool = False) -> str:
    """Return a decimal without idle zeros, shifted by a power of ten; exact at any length."""
    digits, point = whole + fraction, len(whole) + exponent
    digits = digits.ljust(point, "0") if point >= 0 else "0" * -point + digits
    point = max(point, 0)
    left, right = digits[:point].lstrip("0") or "0", digits[point:].rstrip("0")
    number = f"{left}.{right}" if right else left
    return f"-{number}" if negative and number != "0" else number


def _shift(number: str, exponent: int) -> str:
    whole, _, fraction = number.lstrip("-").partition(".")
    return _decimal(whole, fraction, exponent, negative=number.startswith("-"))


def _identifier_key(name: str) -> str:
    """Return the form in which spellings of one name are equal: ``IL-10`` and ``IL10``, ``TGF-β1`` and ``TGF-beta1``."""
    return "".join(_GREEK.get(char, char) for char in name.casefold().replace("-", ""))


# --- patterns --------------------------------------------------------------------------------------------------------

_L = "A-Za-zÀ-ÖØ-öø-ÿΑ-Ωα-ω"
_END = f"(?![{_L}0-9])"
_HAN_DIGITS = "零〇一二两三四五六七八九十"
_HAN_NUMERAL = f"[{_HAN_DIGITS}][{_HAN_DIGITS}百千万亿]*+"
_YEAR = "(?:1[5-9]|2[01])[0-9]{2}(?![0-9])"
_MONTH = "(?:1[0-2]|0?[1-9])(?![0-9])"
_DAY = "(?:3[01]|[12][0-9]|0?[1-9])(?![0-9])"
_ROMAN = "(?:IX|IV|V?I{1,3}|V|X)"
_NUMERAL = rf"(?:{_ROMAN}|[0-9]{{1,2}})[a-cA-C]?(?![{_L}0-9]|[.,][0-9])"
_FILLERS = ("约", "大约", "about", "approximately", "a total of", "the", "=", "etwa")


def _choice(forms: Iterable[str]) -> str:
    """Return an alternation that prefers the longest form; without forms it matches nothing."""
    ordered = sorted(forms, key=lambda form: (-len(form), form))
    return f"(?:{'|'.join(map(re.escape, ordered))})" if ordered else "(?!)"


def _is_han(form: str) -> bool:
    return form[:1] >= "\u2e80"


def _forms(table: LanguageTable, forms: Iterable[str]) -> str:
    """Return an alternation of words: Latin ones end at a word's end, Han ones where they do not go on as another word."""
    longest_first = sorted(forms, key=lambda form: (-len(form), form))
    guards = table.not_after
    parts = [
        re.escape(form) + ((f"(?![{guards[form]}])" if form in guards else "") if _is_han(form) else _END)
        for form in longest_first
    ]
    return f"(?:{'|'.join(parts)})" if parts else "(?!)"


@dataclass(frozen=True, slots=True)
class _Patterns:
    """What is compiled once for a language."""

    token: re.Pattern[str]
    number: re.Pattern[str]
    unit: re.Pattern[str]
    scale: re.Pattern[str]
    before: re.Pattern[str]
    after: re.Pattern[str]
    range_gap: re.Pattern[str]
    list_gap: re.Pattern[str]
    month: re.Pattern[str]


def _number_source(table: LanguageTable) -> str:
    decimal, group = re.escape(table.decimal), re.escape(table.group)
    # A point is a decimal sign in every language here: journals print P = 0.04 everywhere.
    point = f"[{re.escape(table.decimal + '.')}]"
    grouped = rf"[0-9]{{1,3}}(?:{group}[0-9]{{3}})++(?![0-9])(?:{decimal}[0-9]++)?"
    return rf"(?:{grouped}|[0-9]++(?:{point}[0-9]++)*+|(?<![0-9.])\.[0-9]++)"


def _month_source(table: LanguageTable) -> str:
    return rf"(?:{_choice(name.capitalize() for name in table.months)}\.?(?![{_L}]))"


def _date_source(table: LanguageTable) -> str:
    sources = [
        rf"{_YEAR}-(?:1[0-2]|0[1-9])(?:-{_DAY})?(?![0-9]|-[0-9])",
        rf"{_YEAR}/{_MONTH}/{_DAY}(?!/[0-9])",
        rf"{_YEAR}\.{_MONTH}\.{_DAY}(?!\.[0-9])",
    ]
    if table.han_numerals:
        day = rf"{_DAY}(?: ?[-–~至到] ?{_DAY})? ?[日号]"
        sources.append(rf"(?:{_YEAR} ?年 ?)?{_MONTH} ?月(?![龄经])(?: ?{day})?")
    if table.months:
        month = _month_source(table)
        day = rf"{_DAY.replace('(?![0-9])', '')}(?![0-9])(?:{_choice(table.ordinals)}|\.)?(?: ?[-–] ?{_DAY})?"
        sources += [
            rf"{month} {day}(?:,? {_YEAR})?(?![.,]?[0-9%])",
            rf"{day} (?:of )?{month}(?:,? {_YEAR})?",
            rf"{month},? {_YEAR}",
            month,
            rf"{_DAY}\.{_MONTH}\.{_YEAR}",
        ]
    return "|".join(sources)


def _label_source(table: LanguageTable) -> str:
    """Match a label with its numerals: ``phase I/II``, ``types I and II``, ``III 期``, ``4–6 级``."""
    joint = rf"(?: ?[/~–-] ?{_NUMERAL}|(?: ?[、和与或及至到] ?|,? (?:and|or|to|und|oder|bis) )(?={_ROMAN}){_NUMERAL})"
    before = rf"(?P<label>(?i:{_choice(table.labels)}))[ -]?(?P<numerals>{_NUMERAL}{joint}*)"
    after = rf"(?P<prefixed>{_NUMERAL}{joint}*) ?(?P<suffix>{_forms(table, table.label_suffixes)})"
    return f"{before}|{after}"


def _token_source(table: LanguageTable) -> str:
    """Match whatever begins at a character that can begin a number or a name, longest sense first."""
    han = (
        rf"|(?P<percent>百分之 ?(?:{_HAN_NUMERAL}|[0-9]++(?:\.[0-9]++)?))"
        rf"|(?P<fraction>{_HAN_NUMERAL}分之{_HAN_NUMERAL})"
        r"|(?P<decade>[0-9]{1,2} ?世纪 ?[0-9]0 ?年代)"
    )
    starts = rf"{_L}0-9." + (f"百{_HAN_DIGITS}" if table.han_numerals else "")
    return (
        rf"(?=[{starts}])(?:"
        rf"(?P<skip>(?<![{_L}0-9])(?:https?://|www\.)[!-~]++|(?<![{_L}0-9._%+-])[A-Za-z0-9._%+-]++@[A-Za-z0-9.-]++)"
        r"|(?P<doi>(?<![0-9.])10\.[0-9]{4,9}/[!-~]++)"
        + (han if table.han_numerals else "")
        + rf"|(?P<date>(?<![{_L}0-9.])(?<![0-9][-/])(?:{_date_source(table)}))"
        rf"|(?P<labelled>(?<![{_L}0-9.])(?:{_label_source(table)}))"
        rf"|(?P<roman>(?<![{_L}0-9-])(?:VIII|VII|VI|IX|III|II)(?![{_L}0-9-]))"
        rf"|(?P<word>[{_L}][{_L}0-9]*+(?:[-/'’][{_L}0-9]++)*+)"
        rf"|(?P<number>{_number_source(table)})"
        + (f"|(?P<han>{_HAN_NUMERAL})" if table.han_numerals else "")
        + ")"
    )


def _scale_source(table: LanguageTable) -> str:
    return (
        rf"\)? ?[×x*·] ?10(?:(?P<sup>[⁺⁻]?[{_SUPERSCRIPTS}]{{1,3}})|\^[({{]?(?P<caret>[-+]?[0-9]{{1,3}})[)}}^]?)"
        rf"|[eE](?P<e>[-+]?[0-9]{{1,3}}){_END}"
        rf"|(?P<vague> ?[多余])?[ -]?(?P<word>(?i:{_forms(table, table.scales)}))"
    )


def _unit_source(table: LanguageTable) -> str:
    """Match a unit after a number: the longest form of the language, or a symbol."""
    han = [form for form in table.units if _is_han(form)]
    latin = [form for form in table.units if not _is_han(form)]
    short = [symbol for symbol in SYMBOLS if len(symbol) == 1 and symbol.isalpha()]
    long = [symbol for symbol in SYMBOLS if len(symbol) > 1]
    return (
        rf"(?P<vague> ?[多余])? ?(?P<han>{_forms(table, han)})"
        rf"|(?P<gap>[ -]?)(?P<word>(?i:{_forms(table, latin)}))"
        rf"| ?(?P<symbol>[%‰]|{_choice(short)}{_END}|(?i:{_choice(long)}){_END})"
    )


def _before_source(table: LanguageTable) -> str:
    """Match, in the reversed text before a number, a comparator that ends there."""
    forms = {**table.before, **SIGNS}
    latin = _choice(form[::-1] for form in forms if form[0].isalpha() and not _is_han(form))
    others = _choice(form[::-1] for form in forms if not form[0].isalpha() or _is_han(form))
    fillers = _choice(filler[::-1] for filler in _FILLERS)
    return rf"\s*(?:{fillers}\s*)?(?P<form>(?i:{latin})(?![{_L}])|{others})"


@lru_cache(maxsize=16)
def _patterns(table: LanguageTable) -> _Patterns:
    listers = _forms(table, table.listers)
    return _Patterns(
        token=re.compile(_token_source(table)),
        number=re.compile(_number_source(table)),
        unit=re.compile(_unit_source(table)),
        scale=re.compile(_scale_source(table)),
        before=re.compile(_before_source(table)),
        after=re.compile(rf" ?(?P<form>{_forms(table, (f for f in table.after if f != '+'))}|\+)"),
        range_gap=re.compile(rf"\)?\s*(?:[-–~—]|{_forms(table, table.joiners)})\s*\(?"),
        list_gap=re.compile(rf"\)?\s*(?:/|{listers})(?:\s*{listers})?\s*\(?"),
        month=re.compile(_month_source(table)),
    )


# --- reading ---------------------------------------------------------------------------------------------------------


class _Reader:
    """Walks once through a normalized text and collects its quantities."""

    def __init__(self, text: str, table: LanguageTable) -> None:
        self.text = text
        self.table = table
        self.patterns = _patterns(table)
        self.found: list[Quantity] = []

    def read(self) -> list[Quantity]:
        at = 0
        while (match := self.patterns.token.search(self.text, at)) is not None:
            handle = getattr(self, f"_{match.lastgroup if match.lastgroup in _HANDLED else _outer(match)}")
            at = max(handle(match), match.start() + 1)
        return self.found
