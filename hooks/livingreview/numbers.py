"""The numbers a text states, so that two languages can be compared.

In goes the plain text of one block and the code of its language; out come
:class:`Quantity` values with a canonical value, the comparator before or after
it and its unit. :func:`compare_numbers` says which of them have no partner in
the other language.

Numbers are compared as a multiset, identifiers (CD73, NCT05854641) as a set: a
translation may name a thing once more or once less, but not count it so. What
a language may say with or without a number ("both", 一项, "interleukin-10" for
IL-10) is *optional*: it satisfies a number of the other side and demands none.
All words of a language are in :mod:`livingreview.number_tables`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from livingreview.number_tables import (
    COUNTED,
    LANGUAGES,
    PLAIN,
    SIGNS,
    SYMBOLS,
    TIME,
    LanguageTable,
    Names,
    language_table,
)

_NO_SENSE: Names = frozenset({PLAIN})
_NO_UNIT: Names = frozenset()
_ANY_UNIT: Names = frozenset({""})


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number, or one name with a number in it.

    ``kind`` is ``number``, ``slash`` (7/7/10, phase I/II), ``ratio`` (2:1), ``date``,
    ``month`` or ``day`` (parts of a date), or ``identifier``. ``value`` is canonical: a plain
    decimal (``20000000`` for 2000 万), an ISO 8601 date, an identifier without hyphens in
    lower case. ``sense`` holds the comparators it may have (``<``, ``≥``, empty for none),
    ``unit`` the names its unit may have (empty: none was found). ``optional`` quantities need
    no partner. ``text`` is the number as written, ``start`` its offset.
    """

    kind: str
    value: str
    sense: Names = _NO_SENSE
    unit: Names = _NO_UNIT
    optional: bool = False
    text: str = ""
    start: int = 0
    end: int = 0

    @property
    def full(self) -> str:
        """The quantity with its comparator and its unit, for a message that is about one of them."""
        sense = "" if PLAIN in self.sense else "/".join(sorted(self.sense))
        unit = "/".join(sorted(self.unit - {""}))
        return f"{sense}{self.text}{'%' if unit == '%' else unit and f' ({unit})'}"


# --- one way of writing ----------------------------------------------------------------------------------------------

_SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_FROM_SUPERSCRIPT = str.maketrans(_SUPERSCRIPTS + "⁻⁺", "0123456789-+")


def _translation() -> dict[int, str]:
    """Build the table that gives every sign one form; Chinese commas and stops are left alone."""
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
        ("⋅∙•", "·"),
        ("µ", "μ"),
        ("\u00a0\u2002\u2003\u2004\u2005\u2007\u2008\u200a\u3000\t\r\n\f\v", " "),
        ("⁄∕", "/"),
    ):
        table |= {ord(form): plain for form in forms}
    table |= dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"), "")
    romans = "I II III IV V VI VII VIII IX X".split()
    table |= {start + index: roman for start in (0x2160, 0x2170) for index, roman in enumerate(romans)}
    table |= {ord("℃"): "°C", ord("‧"): "·"}
    return table


_TRANSLATION = _translation()
_THIN_SPACES = re.compile(r"(?<=[0-9])[\u2009\u202f](?=[0-9]{3}(?![0-9]))")


def _normalize(text: str) -> str:
    text = _THIN_SPACES.sub("", text.translate(_TRANSLATION))
    return text.replace("\u2009", " ").replace("\u202f", " ").replace("\u2003", " ")


def _canonical(whole: str, fraction: str = "", exponent: int = 0, negative: bool = False) -> str:
    """Return a decimal without leading or trailing zeros, shifted by a power of ten; exact at any length."""
    digits, point = whole + fraction, len(whole) + exponent
    if point > len(digits) + 400 or point < -400:
        return f"{'-' if negative else ''}{digits.strip('0') or '0'}e{point}"
    digits = digits.ljust(point, "0") if point >= 0 else "0" * -point + digits
    point = max(point, 0)
    left, right = digits[:point].lstrip("0") or "0", digits[point:].rstrip("0")
    number = f"{left}.{right}" if right else left
    return f"-{number}" if negative and number != "0" else number


_ROMANS = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "VI": 6, "VII": 7, "VIII": 8, "IX": 9, "X": 10}
_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta",
    "κ": "kappa", "λ": "lambda", "μ": "mu", "ω": "omega",
}  # fmt: skip


def _identifier_key(name: str) -> str:
    """Return the form in which two spellings of one identifier are equal: ``IL-10``, ``IL10``; ``TGF-β1``, ``TGF-beta1``."""
    folded = name.casefold().replace("-", "")
    return "".join(_GREEK.get(char, char) for char in folded)


# --- patterns --------------------------------------------------------------------------------------------------------

_L = "A-Za-zÀ-ÖØ-öø-ÿΑ-Ωα-ω"
_YEAR = r"(?:1[5-9]|2[01])[0-9]{2}"
_MONTH = r"(?:1[0-2]|0?[1-9])(?![0-9])"
_DAY = r"(?:3[01]|[12][0-9]|0?[1-9])(?![0-9])"
_ROMAN = "(?:IX|IV|V?I{1,3}|V|X)"
_NUMERAL = rf"(?:{_ROMAN}|[0-9]{{1,2}})[a-cA-C]?(?![{_L}0-9]|[.,][0-9])"


def _choice(forms: Iterable[str]) -> str:
    """Return an alternation that prefers the longest form and matches nothing where there is no form."""
    ordered = sorted(forms, key=lambda form: (-len(form), form))
    return "(?:" + "|".join(map(re.escape, ordered)) + ")" if ordered else r"(?!)"


@dataclass(frozen=True, slots=True)
class _Patterns:
    """What is compiled once for a language."""

    token: re.Pattern[str]
    dates: re.Pattern[str]
    number: re.Pattern[str]
    unit: re.Pattern[str]
    scale: re.Pattern[str]
    before: re.Pattern[str]
    after: re.Pattern[str]
    joiner: re.Pattern[str]
    lister: re.Pattern[str]
    ordinal: re.Pattern[str]


def _number_source(table: LanguageTable) -> str:
    decimal, group = re.escape(table.decimal), re.escape(table.group)
    # A point is accepted as a decimal sign everywhere: journals of all languages print P = 0.04.
    point = f"[{re.escape(table.decimal + '.')}]"
    grouped = rf"[0-9]{{1,3}}(?:{group}[0-9]{{3}})+(?![0-9])(?:{decimal}[0-9]+)?"
    return rf"{grouped}|[0-9]+(?:{point}[0-9]+)*|\.[0-9]+"


def _label_source(table: LanguageTable) -> str:
    """Match a label with its numerals: ``phase I/II``, ``types 1 and 2``, ``III 期``, ``4–6 级``."""
    joined = rf"(?P<{{0}}>{_NUMERAL}(?: ?[/~–-] ?{_NUMERAL}| ?(?:[、和与或及至到]|,? (?:and|or|to|und|oder|bis) ) ?(?={_ROMAN}){_NUMERAL})*)"
    before = rf"(?P<label>{_choice(table.labels)})[ -]?{joined.format('numerals')}"
    suffixes = "|".join(
        re.escape(form) + (f"(?![{table.not_after[form]}])" if form in table.not_after else "")
        for form in table.label_suffixes
    )
    after = rf"(?<![0-9.]){joined.format('prefixed')} ?(?P<suffix>{suffixes or '(?!)'})"
    return f"{before}|{after}"


def _date_source(table: LanguageTable) -> str:
    """Match dates as the language writes them; groups are read back by the date's own pattern."""
    iso = rf"{_YEAR}-(?:1[0-2]|0[1-9])(?:-{_DAY})?(?![0-9]|-[0-9])|{_YEAR}([/.]){_MONTH}\1{_DAY}(?![0-9]|[/.][0-9])"
    sources = [iso.replace(r"\1", r"(?P=separator)").replace("([/.])", "(?P<separator>[/.])")]
    if table.han_numerals:
        sources.append(rf"{_YEAR} ?年 ?{_MONTH} ?月(?!龄)(?: ?{_DAY}(?: ?[-–~至到] ?{_DAY})? ?[日号])?")
        sources.append(rf"{_MONTH} ?月(?!龄)(?: ?{_DAY}(?: ?[-–~至到] ?{_DAY})? ?[日号])?")
    if table.months:
        month = _month_choice(table)
        day = rf"{_DAY}(?:{_choice(table.ordinals)}|\.)?(?: ?[-–] ?{_DAY})?"
        sources.append(rf"{month} {day}(?:,? {_YEAR}(?![0-9]))?(?![0-9.%]*[0-9%])")
        sources.append(rf"{day} (?:of )?{month}(?:,? {_YEAR}(?![0-9]))?")
        sources.append(rf"{month},? {_YEAR}(?![0-9])")
        sources.append(month)
        sources.append(rf"{_DAY}\.{_MONTH}\.{_YEAR}(?![0-9])")
    return "|".join(sources)


def _month_choice(table: LanguageTable) -> str:
    return rf"(?:{_choice(name.capitalize() for name in table.months)}\.?(?![{_L}]))"


@lru_cache(maxsize=16)
def _patterns(table_key: str) -> _Patterns:
    table = language_table(table_key)
    han = r"|(?P<fraction>百分之|[一二两三四五六七八九十]+分之[一二两三四五六七八九十]+)" if table.han_numerals else ""
    han += r"|(?P<decade>[0-9]{1,2} ?世纪 ?[0-9]0 ?年代)" if table.han_numerals else ""
    numerals = r"|(?P<han>[零〇一二两三四五六七八九十][零〇一二两三四五六七八九十百千万亿]*+)" if table.han_numerals else ""
    token = (
        rf"(?P<skip>(?<![{_L}0-9])(?:https?://|www\.)[!-~]+|(?<![{_L}0-9._%+-])[A-Za-z0-9._%+-]++@[A-Za-z0-9.-]+)"
        rf"|(?P<doi>(?<![{_L}0-9.])10\.[0-9]{{4,9}}/[!-~]+)"
        rf"{han}"
        rf"|(?P<date>(?<![{_L}0-9.])(?<![0-9][-/])(?:{_date_source(table)}))"
        rf"|(?<![{_L}0-9])(?i:(?P<labelled>{_label_source(table)}))"
        rf"|(?<![{_L}0-9-])(?P<roman>VIII|VII|VI|IX|III|II)(?![{_L}0-9-])"
        rf"|(?P<word>[{_L}][{_L}0-9]*+(?:[-/'’][{_L}0-9]++)*+)"
        rf"|(?P<number>{_number_source(table)})"
        rf"{numerals}"
    )
    return _Patterns(
        token=re.compile(token),
        dates=re.compile(_date_source(table)),
        number=re.compile(_number_source(table)),
        unit=_unit_pattern(table),
        scale=re.compile(
            rf"\)? ?[×x*·] ?10(?:(?P<sup>[⁺⁻]?[{_SUPERSCRIPTS}]{{1,3}})|\^\(?\{{?(?P<caret>[-+]?[0-9]{{1,3}})[\}})^]?)"
            rf"|[eE](?P<e>[-+]?[0-9]{{1,3}})(?![{_L}0-9])"
            rf"|(?P<vague> ?[多余])?[ -]?(?P<word>{_choice(table.scales)})(?![a-zäöüß])"
        ),
        before=_backwards({**table.before, **SIGNS}),
        after=re.compile(rf" ?(?P<after>{_choice(table.after)})(?![a-zäöüß])"),
        joiner=re.compile(rf"\s*(?:[-–~—]|(?<![{_L}])(?:{_choice(table.joiners)})(?![a-zäöüß]))\s*\(?"),
        lister=re.compile(rf"\s*(?:{_choice(table.listers)}(?![a-zäöüß])|/|%|\))*\s*(?:{_choice(table.listers)}(?![a-zäöüß]))?\s*\(?"),
        ordinal=re.compile(rf"{_choice(table.ordinals)}(?![{_L}0-9])"),
    )


def _unit_pattern(table: LanguageTable) -> re.Pattern[str]:
    """Match a unit after a number: a symbol, or the longest form of the language."""
    han = [form for form in table.units if not form[0].isascii() and form[0] >= "\u2e80"]
    latin = [form for form in table.units if form not in han]
    guarded = "|".join(
        re.escape(form) + (f"(?![{table.not_after[form]}])" if form in table.not_after else "")
        for form in sorted(han, key=len, reverse=True)
    )
    words = rf"(?P<gap>[ -]?)(?P<word>(?i:{_choice(latin)}))(?![{_L}0-9])"
    symbols = rf" ?(?P<symbol>%|‰|°C|{_choice(key for key in SYMBOLS if key[0].isalpha() or key[0] == 'μ')}(?![{_L}0-9]))"
    return re.compile(rf"(?P<vague> ?[多余])? ?(?P<han>{guarded or '(?!)'})|{words}|(?i:{symbols})")


def _backwards(forms: Mapping[str, Names]) -> re.Pattern[str]:
    """Match a comparator that ends where a number begins, in the reversed text before it."""
    reversed_forms = _choice(form[::-1] for form in forms)
    fillers = _choice(word[::-1] for word in ("约", "about", "approximately", "a total of", "the", "=", "有", "了", "etwa"))
    return re.compile(rf"\s*(?:{fillers}\s*)?(?P<form>(?i:{reversed_forms}))(?![a-zäöüß](?<=[a-zäöüß]))")


# --- reading ---------------------------------------------------------------------------------------------------------


def extract_numbers(text: str, language: str) -> tuple[Quantity, ...]:
    """Return the quantities of a block's plain text, in order.

    The caller has removed link targets, ids, citations and code. ``language`` is a code
    such as ``zh``; of a language without a table only digits, signs and symbols are read.
    """
    reader = _Reader(_normalize(text), language)
    return tuple(_settle(reader.read(), reader))
