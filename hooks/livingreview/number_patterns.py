"""One way of writing numbers, and the patterns that find them.

In goes text with every sign Unicode has for a digit, a minus or a space; out comes text
with one (:func:`normalize`). In goes a language code; out come the compiled patterns for
it (:func:`patterns`), built from the words in :mod:`livingreview.number_tables`. Every
repetition is possessive or bounded, so that matching time grows with the length only.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache

from livingreview.number_tables import SIGNS, SYMBOLS, LanguageTable, language_table

# --- one way of writing ----------------------------------------------------------------------------------------------

_SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
#: What superscripts say in plain digits.
FROM_SUPERSCRIPT = str.maketrans(f"{_SUPERSCRIPTS}⁻⁺", "0123456789-+")
_GREEK_NAMES = """alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau
upsilon phi chi psi omega"""
#: The name of each Greek letter, so that TGF-β1 and TGF-beta1 are one.
GREEK = dict(zip("αβγδεζηθικλμνξοπρστυφχψω", _GREEK_NAMES.split(), strict=True))
#: Roman numerals as they number phases, stages and types.
ROMANS = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "VI": 6, "VII": 7, "VIII": 8, "IX": 9, "X": 10}


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
    table |= {start + index: roman for start in (0x2160, 0x2170) for index, roman in enumerate(ROMANS)}
    table[ord("℃")] = "°C"
    return table


_TRANSLATION = _translation()
_GROUPING_SPACE = re.compile(r"(?<=[0-9])[\u2009\u202f](?=[0-9]{3}(?![0-9]))")
#: Digits in groups of three, as 15 000 is often typed, with the space bar.
_SPACED_GROUPS = re.compile(r"(?<![0-9A-Za-z.,])[1-9][0-9]{0,2}(?:[ \u00a0][0-9]{3})++(?![0-9])")
_THIN_SPACE = re.compile(r"[\u2009\u202f]")


def normalize(text: str) -> str:
    """Return the text with one form for each sign, space and digit; superscripts stay superscripts."""
    joined = _SPACED_GROUPS.sub(lambda match: re.sub("[ \u00a0]", "", match[0]), text)
    return _THIN_SPACE.sub(" ", _GROUPING_SPACE.sub("", joined.translate(_TRANSLATION)))


def decimal_text(whole: str, fraction: str = "", exponent: int = 0, *, negative: bool = False) -> str:
    """Return a decimal without idle zeros, shifted by a power of ten; exact at any length."""
    digits, point = whole + fraction, len(whole) + exponent
    digits = digits.ljust(point, "0") if point >= 0 else "0" * -point + digits
    point = max(point, 0)
    left, right = digits[:point].lstrip("0") or "0", digits[point:].rstrip("0")
    number = f"{left}.{right}" if right else left
    return f"-{number}" if negative and number != "0" else number


# --- patterns --------------------------------------------------------------------------------------------------------

_L = "A-Za-zÀ-ÖØ-öø-ÿΑ-Ωα-ω"
_END = f"(?![{_L}0-9])"
_HAN_DIGITS = "零〇一二两三四五六七八九十"
_HANNUMERAL = f"[{_HAN_DIGITS}][{_HAN_DIGITS}百千万亿]*+"
YEAR = "(?:1[5-9]|2[01])[0-9]{2}(?![0-9])"
_MONTH = "(?:1[0-2]|0?[1-9])(?![0-9])"
_DAY = "(?:3[01]|[12][0-9]|0?[1-9])(?![0-9])"
_ROMAN = "(?:IX|IV|V?I{1,3}|V|X)"
NUMERAL = rf"(?:{_ROMAN}|[0-9]{{1,2}})[a-cA-C]?(?![{_L}0-9]|[.,][0-9])"


def _choice(forms: Iterable[str]) -> str:
    """Return an alternation that prefers the longest form; without forms it matches nothing."""
    ordered = sorted(forms, key=lambda form: (-len(form), form))
    return f"(?:{'|'.join(map(re.escape, ordered))})" if ordered else "(?!)"


def is_han(form: str) -> bool:
    """Whether a form begins with a Chinese character (or another of that region's scripts)."""
    return form[:1] >= "\u2e80"


def _forms(table: LanguageTable, forms: Collection[str]) -> str:
    """Return an alternation of words that stand alone: Latin ones end there, Han ones do not go on as another word."""
    han = sorted((form for form in forms if is_han(form)), key=lambda form: (-len(form), form))
    latin = [form for form in forms if not is_han(form)]
    guards = table.not_after
    parts = [re.escape(form) + (f"(?![{guards[form]}])" if form in guards else "") for form in han]
    if latin:
        parts.append(_choice(latin) + _END)  # one end for all: an end for each would take long to compile
    return f"(?:{'|'.join(parts)})" if parts else "(?!)"


#: A power of ten written out: the ⁶ or ^6 of 10⁶.
POWER = re.compile(rf"([⁺⁻]?[{_SUPERSCRIPTS}]{{1,3}})|\^[({{]?([-+]?[0-9]{{1,3}})[)}}^]?")
#: Letters and digits that go on after digits: the D of 3D.
TAIL = re.compile(rf"[{_L}][{_L}0-9]*+(?:-[{_L}0-9]++)*+")
#: Letters at the end of a text.
LAST_WORD = re.compile(rf"[{_L}]+$")


@dataclass(frozen=True, slots=True)
class Patterns:
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
    word: re.Pattern[str]
    grouped: re.Pattern[str]
    slash: re.Pattern[str]
    ratio: re.Pattern[str]
    fraction: re.Pattern[str]


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
        rf"{YEAR}-(?:1[0-2]|0[1-9])(?:-{_DAY})?(?![0-9]|-[0-9])",
        rf"{YEAR}/{_MONTH}/{_DAY}(?!/[0-9])",
        rf"{YEAR}\.{_MONTH}\.{_DAY}(?!\.[0-9])",
    ]
    if table.han_numerals:
        day = rf"{_DAY}(?: ?[-–~至到] ?{_DAY})? ?[日号]"
        sources.append(rf"(?:{YEAR} ?年 ?)?{_MONTH} ?月(?![龄经])(?: ?{day})?")
    if table.months:
        month = _month_source(table)
        day = rf"{_DAY.replace('(?![0-9])', '')}(?![0-9])(?:{_choice(table.ordinals)}|\.)?(?: ?[-–] ?{_DAY})?"
        sources += [
            rf"{month} {day}(?:,? {YEAR})?(?![.,]?[0-9%])",
            rf"{day} (?:of )?{month}(?:,? {YEAR})?",
            rf"{month},? {YEAR}",
            month,
            rf"{_DAY}\.{_MONTH}\.{YEAR}",
        ]
    return "|".join(sources)


def _label_source(table: LanguageTable) -> str:
    """Match a label with its numerals: ``phase I/II``, ``types I and II``, ``III 期``, ``4–6 级``."""
    joint = rf"(?: ?[/~–-] ?{NUMERAL}|(?: ?[、和与或及至到] ?|,? (?:and|or|to|und|oder|bis) )(?={_ROMAN}){NUMERAL})"
    before = rf"(?P<label>(?i:{_choice(table.labels)}))[ -]?(?P<numerals>{NUMERAL}{joint}{{0,9}}+)"
    after = rf"(?P<prefixed>{NUMERAL}{joint}{{0,9}}+) ?(?P<suffix>{_forms(table, table.label_suffixes)})"
    return f"{before}|{after}"


def _token_source(table: LanguageTable) -> str:
    """Match whatever begins at a character that can begin a number or a name, longest sense first."""
    han = (
        rf"|(?P<percent>百分之 ?(?:{_HANNUMERAL}|[0-9]++(?:\.[0-9]++)?))"
        rf"|(?P<fraction>{_HANNUMERAL}分之{_HANNUMERAL})"
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
        rf"|(?P<roman>(?<![{_L}0-9-])(?:VIII|VII|VI|IX|III|II|(?:III?|IV)[ab])(?![{_L}0-9-]))"
        rf"|(?P<word>[{_L}][{_L}0-9]*+(?:[-/][{_L}0-9]++)*+)"
        rf"|(?P<number>{_number_source(table)})" + (f"|(?P<han>{_HANNUMERAL})" if table.han_numerals else "") + ")"
    )


def _scale_source(table: LanguageTable) -> str:
    return (
        rf"\)? ?[×x*·] ?10(?:(?P<sup>[⁺⁻]?[{_SUPERSCRIPTS}]{{1,3}})|\^[({{]?(?P<caret>[-+]?[0-9]{{1,3}})[)}}^]?)"
        rf"|[eE](?P<e>[-+]?[0-9]{{1,3}}){_END}"
        rf"|(?P<vague> ?[多余])?[ -]?(?P<word>(?i:{_forms(table, table.scales)}))"
    )


def _unit_source(table: LanguageTable) -> str:
    """Match a unit after a number: the longest form of the language, or a symbol."""
    han = [form for form in table.units if is_han(form)]
    latin = [form for form in table.units if not is_han(form)]
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
    latin = _choice(form[::-1] for form in forms if form[0].isalpha() and not is_han(form))
    others = _choice(form[::-1] for form in forms if not form[0].isalpha() or is_han(form))
    fillers = _choice(filler[::-1] for filler in table.fillers)
    return rf"\s*(?:{fillers}\s*)?(?P<form>(?i:{latin})(?![{_L}])|{others})"


@lru_cache(maxsize=16)
def patterns(language: str) -> Patterns:
    """Return the patterns of a language, compiled once."""
    table = language_table(language)
    listers, number = _forms(table, table.listers), _number_source(table)
    decimal, group = re.escape(table.decimal), re.escape(table.group)
    return Patterns(
        token=re.compile(_token_source(table)),
        number=re.compile(number),
        unit=re.compile(_unit_source(table)),
        scale=re.compile(_scale_source(table)),
        before=re.compile(_before_source(table)),
        after=re.compile(rf" ?(?P<form>{_forms(table, table.after)})|(?P<plus>\+)(?![0-9])"),
        range_gap=re.compile(rf"\)?\s*(?:[-–~—]|{_forms(table, table.joiners)})\s*\(?"),
        list_gap=re.compile(rf"\)?\s*(?:/|{listers})(?:\s*{listers})?\s*\(?"),
        month=re.compile(_month_source(table)),
        word=re.compile(rf"[ -]([{_L}]++)"),
        grouped=re.compile(rf"[0-9]{{1,3}}(?:{group}[0-9]{{3}})+(?:{decimal}[0-9]+)?"),
        slash=re.compile(rf"(?: ?/ ?{number}){{1,9}}+(?![{_L}0-9%])"),
        ratio=re.compile(rf"(?::{number}){{1,9}}+(?![{_L}0-9%])"),
        fraction=re.compile(rf"[ -](?P<word>{_forms(table, table.fractions)})"),
    )
