"""Reads the numbers of a text: signs, words, units, comparators, dates, identifiers.

In goes the plain text of one block and a language code, out comes a tuple of
:class:`Quantity`, in order. One pass over the text: a pattern finds what may be a
number, a method for each kind reads it and says where to go on.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from livingreview.number_patterns import (
    FROM_SUPERSCRIPT,
    GREEK,
    NUMERAL,
    POWER,
    ROMANS,
    TAIL,
    YEAR,
    Patterns,
    decimal_text,
    is_han,
    normalize,
    patterns,
)
from livingreview.number_tables import COUNTED, PLAIN, SIGNS, SYMBOLS, TIME, Names, language_table

NO_SENSE: Names = frozenset({PLAIN})
NO_UNIT: Names = frozenset()
#: A unit that agrees with every other, as of the 60 in "60 and 40%".
ANY_UNIT: Names = frozenset({""})


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number, or one name with a number in it.

    ``kind`` is ``number``, ``factor`` (×10⁶ of which no number is taken, as over a column),
    ``slash`` (7/7/10, phase I/II), ``ratio`` (2:1), ``date``, ``month`` or ``day`` (parts
    of a date), or ``identifier``. ``value`` is canonical: a plain
    decimal (``20000000`` for 2000 万), an ISO 8601 date, an identifier in lower case without
    hyphens. ``sense`` holds the comparators it may have (``<``, ``≥``; the empty string for
    none), ``unit`` the names its unit may have (empty: none was found). An ``optional``
    quantity needs no partner. ``text`` is the number as written, from ``start`` to ``end``
    of the normalized text; ``written`` has its unit, too. ``power`` is the power of ten it was
    written with. ``named`` numbers belong to a name spelt out (白细胞介素-10), which the other
    language may abbreviate.
    """

    kind: str
    value: str
    sense: Names = NO_SENSE
    unit: Names = NO_UNIT
    optional: bool = False
    text: str = ""
    start: int = 0
    end: int = 0
    written: str = ""
    power: int = 0
    named: bool = False

    @property
    def full(self) -> str:
        """The quantity with comparator and unit, for a message about one of them."""
        sense = "" if PLAIN in self.sense else min(self.sense, default="")
        return sense + (self.written or self.text)


#: What is longer is no name; it is passed over.
LONGEST_NAME = 200
#: The rest of a longer block is not read: no honest paragraph or table comes near.
LONGEST_BLOCK = 200_000
#: The symbols of more than one letter, whatever their case.
_FOLDED_SYMBOLS: Mapping[str, Names] = {symbol.casefold(): names for symbol, names in SYMBOLS.items()}
_CALENDAR_YEAR = re.compile(YEAR)
_SLASHED = re.compile(rf"{NUMERAL}(?: ?/ ?{NUMERAL})*")
#: Signs that multiply a number by a power of ten.
_TIMES = ("×", "*", "·")
_NUMBER_ENDS = re.compile(r"[0-9%)]\s*$")


#: What may follow a number of hundreds, and the power of ten of a hundred.
_REST = re.compile(r" (?:and )?([A-Za-z]+(?:-[A-Za-z]+)?)(?![A-Za-z])")
_HUNDRED = 2
#: Signs after which 维 is no dimension: 维生素, 维持, 维护, 维修, 维码.
_NO_DIMENSIONS = frozenset("生持护修码")


def _neighbors(numeral: str) -> tuple[int, int] | None:
    """Return both numbers of an approximate one such as 两三 or 五六."""
    digits = ["零一二三四五六七八九".find(char.replace("两", "二")) for char in numeral]
    return (digits[0], digits[1]) if len(digits) == 2 and digits[0] > 0 and digits[1] == digits[0] + 1 else None


def _shift(number: str, exponent: int) -> str:
    whole, _, fraction = number.lstrip("-").partition(".")
    return decimal_text(whole, fraction, exponent, negative=number.startswith("-"))


def _identifier_key(name: str) -> str:
    """Return the form in which spellings of one name are equal: ``IL-10``, ``IL10``; ``TGF-β1``, ``TGF-beta1``."""
    return "".join(GREEK.get(char, char) for char in name.casefold().replace("-", ""))


def han_value(numeral: str) -> int | None:
    """Return what a Chinese numeral says (二十八, 两千万, 二〇二五), or ``None`` where it says nothing exact (三四)."""
    if len(numeral) > 20:
        return None
    digits = ["零一二三四五六七八九".find(char.replace("两", "二").replace("〇", "零")) for char in numeral]
    if min(digits) >= 0 and len(digits) > 1:
        return int("".join(map(str, digits))) if len(digits) == 4 else None
    total = section = digit = 0
    for char, value in zip(numeral, digits, strict=True):
        if value >= 0:
            digit = value
        elif char in "十百千":
            section += (digit or 1) * {"十": 10, "百": 100, "千": 1000}[char]
            digit = 0
        else:
            total = (total + section + digit) * {"万": 10**4, "亿": 10**8}[char]
            section = digit = 0
    return total + section + digit


class _Reader:
    """Walks once through a normalized text and collects its quantities, in order."""

    def __init__(self, text: str, language: str) -> None:
        self.text = text
        self.table = language_table(language)
        self.patterns = patterns(language)
        self.senses = {**self.table.before, **SIGNS}
        self.found: list[Quantity] = []

    def read(self) -> list[Quantity]:
        """Return everything found; each handler says where to go on."""
        handlers = {
            "doi": self.doi, "percent": self.percent, "fraction": self.fraction, "decade": self.decade,
            "date": self.date, "labelled": self.labelled, "roman": self.roman, "word": self.word,
            "number": self.number, "han": self.han,
        }  # fmt: skip
        at = 0
        while (match := self.patterns.token.search(self.text, at)) is not None:
            handler = handlers.get(match.lastgroup or "")
            at = max(handler(match) if handler else match.end(), match.start() + 1)
        return self.found

    def add(
        self,
        kind: str,
        value: str,
        span: tuple[int, int],
        *,
        unit: Names = NO_UNIT,
        sense: Names = NO_SENSE,
        optional: bool = False,
        stop: int = 0,
        power: int = 0,
        named: bool = False,
    ) -> int:
        """Record a quantity, which ends at ``stop`` with its unit, and return where it ends without."""
        written = self.text[span[0] : max(stop, span[1])]
        text = self.text[slice(*span)]
        quantity = Quantity(kind, value, sense, unit, optional or named, text, *span, written, power, named)
        self.found.append(quantity)
        return span[1]

    # names

    def doi(self, match: re.Match[str]) -> int:
        name = match.group().rstrip(".,;:)]}>\"'")
        return self.add("identifier", name.casefold(), (match.start(), match.start() + len(name)))

    def word(self, match: re.Match[str]) -> int:
        """Read a word: a number in words, a name with digits in it, or nothing."""
        token = match.group()
        if len(token) > LONGEST_NAME:
            return match.end()
        if not any("0" <= char <= "9" for char in token):
            return self.number_word(match)
        at, last = match.start(), ""
        for part in token.split("/"):
            before = self.found[-1] if self.found and self.found[-1].start >= match.start() else None
            if part.isdecimal() and before and (last or before.named):
                self.found[-1] = replace(
                    before,
                    kind="slash" if before.named else before.kind,
                    value=f"{before.value}/{part}",
                    text=f"{before.text}/{part}",
                    end=at + len(part),
                )
            else:
                resume, last = self.name(part, at)
                if resume is not None:
                    return resume
            at += len(part) + 1
        return match.end()

    def name(self, part: str, at: int) -> tuple[int | None, str]:
        """Read ``IL-10``, ``anti-CD3``, ``CD34-positive``, ``interleukin-10``, ``week-24`` at an offset.

        Returns where plain digits begin that are a number after all, and the key of the last name.
        """
        pieces, key, last = part.split("-"), "", ""
        for index, piece in enumerate(pieces):
            plain = piece.isalpha() and piece.islower() and len(piece) > 1
            before = pieces[index - 1] if index else ""
            if piece.isdecimal() and not key and before:
                if index + 1 < len(pieces) or before in self.table.units or _CALENDAR_YEAR.fullmatch(piece):
                    return at, last
                self.add("number", decimal_text(piece), (at, at + len(piece)), named=True)
            elif plain:
                key, last = "", self.identifier(key, at - 1) or last
            else:
                key = f"{key}-{piece}" if key else piece
            at += len(piece) + 1
        return None, self.identifier(key, at - 1) or last

    def identifier(self, name: str, end: int) -> str:
        """Record a name that has a letter and a digit in it, and return its key."""
        if not any(char.isdecimal() for char in name) or not any(char.isalpha() for char in name):
            return ""
        self.add("identifier", _identifier_key(name), (end - len(name), end))
        return name

    # numbers in words

    def number_word(self, match: re.Match[str]) -> int:
        """Read ``two``, ``twenty-eight``, ``twelve-month``; optional unless it counts time, amount or persons."""
        pieces = match.group().lower().split("-")
        word, table = pieces[0], self.table
        if word in table.loose_words and len(pieces) == 1:
            return self.add("number", str(table.loose_words[word]), match.span(), optional=True)
        value, consumed = self.below_hundred(pieces)
        if pieces[1:] == ["dimensional"] and value:
            return self.add("identifier", f"{value}d", match.span(), optional=True)
        if word in table.singular_words:
            value, consumed = 1, len(word)
        if not value:
            return match.end()
        return self.counted(match.start(), match.start() + consumed, str(value), article=word not in table.number_words)

    def below_hundred(self, pieces: list[str]) -> tuple[int, int]:
        """Return what ``twenty-eight`` or ``twelve`` says and how long it is; of another word, nothing."""
        word, table = pieces[0], self.table
        ones = table.number_words.get(pieces[1], 0) if len(pieces) > 1 else 0
        if word in table.tens_words and 0 < ones < 10:
            return table.tens_words[word] + ones, len(word) + 1 + len(pieces[1])
        return table.tens_words.get(word) or table.number_words.get(word, 0), len(word)

    def hundreds(self, value: str, end: int) -> tuple[str, int]:
        """Add what follows "one hundred": "and twenty", "twenty-eight"."""
        match = _REST.match(self.text, end)
        rest, length = self.below_hundred(match[1].lower().split("-")) if match else (0, 0)
        return (str(int(value) + rest), match.start(1) + length) if match and rest else (value, end)

    def counted(self, start: int, end: int, value: str, *, article: bool = False) -> int:
        """Record a number word with the noun it counts, which may follow some adjectives."""
        denominator = self.patterns.fraction.match(self.text, end)
        if denominator:
            name = f"{value}/{self.table.fractions[denominator['word']]}"
            return self.add("slash", name, (start, denominator.end()), optional=True)
        power, end, _ = self.scaled(value, end)
        scaled = _shift(value, power)
        if power == _HUNDRED:
            scaled, end = self.hundreds(scaled, end)
        unit, stop, _ = self.unit_at(end)
        article = article and value == "1" and scaled == "1"
        if article and not unit & COUNTED:
            return end
        noun = unit or self.noun_after(end)
        sense = self.sense(start, stop if unit else end, noun)
        demanded = bool(noun & COUNTED) and scaled not in ("0", "1")
        self.add("number", scaled, (start, end), unit=noun, sense=sense, optional=not demanded, stop=stop)
        return end

    def noun_after(self, end: int) -> Names:
        """Return the unit that follows after at most four adjectives ("two small randomized trials")."""
        for count, match in enumerate(self.patterns.word.finditer(self.text, end, end + 100)):
            word = match[1].lower()
            if count > 4 or match.start() != end or word in self.table.stop_words:
                break
            if word in self.table.units:
                singular = self.table.units[word] & self.table.plural_only and f"{word}s" in self.table.units
                return NO_UNIT if singular else self.table.units[word]
            if word.endswith("s"):
                break
            end = match.end()
        return NO_UNIT

    def han(self, match: re.Match[str]) -> int:
        """Read a Chinese numeral; it counts before a unit of time, amount or persons."""
        start, end = match.span()
        value = han_value(match.group())
        before, after = self.text[start - 1 : start], self.text[end : end + 1]
        if self.text.startswith("维", end) and value and self.text[end + 1 : end + 2] not in _NO_DIMENSIONS:
            return self.add("identifier", f"{value}d", (start, end + 1), optional=True)
        if value is None and (pair := _neighbors(match.group())):
            for number in pair if self.unit_at(end)[0] & COUNTED else ():
                self.add("number", str(number), (start, end), unit=ANY_UNIT, optional=True)
            return end
        if value is None or (before and before in self.table.vague) or (after and after in "几来数"):
            return end
        unit, stop, vague = self.unit_at(end)
        if unit & COUNTED:
            unsure = value < 2 or self.text[start:stop] in self.table.ambiguous
            sense = self.sense(start, stop, unit, vague=vague)
            self.add("number", str(value), (start, end), unit=unit, sense=sense, optional=unsure, stop=stop)
        elif self.text.startswith(self.table.measures, end) and value:
            self.add("number", str(value), (start, end), optional=True)
        return end

    def percent(self, match: re.Match[str]) -> int:
        digits = match.group()[3:].strip()
        whole, _, fraction = digits.partition(".")
        value = decimal_text(whole, fraction) if digits[0].isascii() else str(han_value(digits))
        return self.add("number", value, match.span(), unit=frozenset("%"), sense=self.sense(*match.span(), NO_UNIT))

    def fraction(self, match: re.Match[str]) -> int:
        lower, upper = map(han_value, match.group().split("分之"))
        return self.add("slash", f"{upper}/{lower}", match.span(), optional=True)

    def decade(self, match: re.Match[str]) -> int:
        century, years = re.findall("[0-9]+", match.group())
        return self.add("number", str((int(century) - 1) * 100 + int(years)), match.span(), unit=ANY_UNIT)

    # numbers in digits

    def date(self, match: re.Match[str]) -> int:
        """Read a date as ISO 8601; a month's name alone only after a word such as "in"."""
        text = match.group()
        month = self.patterns.month.search(text) if self.table.months else None
        numbers = re.findall("[0-9]+", text)
        if month and not numbers and not self.is_month(match):
            return match.end()
        year = next((number for number in numbers if len(number) == 4), "")
        rest = [number.zfill(2) for number in numbers if number != year]
        if month:
            rest.insert(0, f"{self.table.months[month.group().lower().rstrip('.')]:02}")
        elif numbers[-1] == year:
            rest.reverse()
        value = "-".join([year or "-", rest[0], *(["/".join(rest[1:])] if len(rest) > 1 else [])])
        return self.add("date", value, match.span())

    def is_month(self, match: re.Match[str]) -> bool:
        """Whether a name such as May stands for a month: after "in" and its like, or before another month."""
        before = self.text[max(0, match.start() - 12) : match.start()].rstrip(" -").lower().rpartition(" ")[2]
        gap = self.patterns.range_gap.match(self.text, match.end())
        paired = gap is not None and self.patterns.month.match(self.text, gap.end()) is not None
        return before in self.table.month_leads or paired

    def roman(self, match: re.Match[str]) -> int:
        return self.add("number", _numeral_value(match.group()), match.span())

    def labelled(self, match: re.Match[str]) -> int:
        """Read the numerals of a label; ``I/II`` is one value, ``I and II`` are two."""
        suffix = match["suffix"]
        names = self.table.label_suffixes[suffix] if suffix else self.table.labels[match["label"].lower()]
        group = "prefixed" if suffix else "numerals"
        unit, stop, _ = self.unit_at(match.end())
        sense = self.sense(match.start(), stop, NO_UNIT)
        for item in _SLASHED.finditer(match[group]):
            values = [_numeral_value(numeral) for numeral in re.split(" ?/ ?", item.group())]
            span = (match.start(group) + item.start(), match.start(group) + item.end())
            kind = "slash" if len(values) > 1 else "number"
            self.add(kind, "/".join(values), span, unit=names | unit, sense=sense, stop=stop)
        return match.end()

    def number(self, match: re.Match[str]) -> int:
        """Read digits with their sign, chain (7/7/10, 2:1), power of ten, unit and comparator."""
        start, end = match.span()
        if match.group().count(".") > 1 and self.table.group != ".":
            return self.add("identifier", match.group(), (start, end))
        chain = self.chain(match.group(), end)
        if chain:
            return chain
        negative, named = self.sign_before(start)
        value = self.value_of(match.group())
        power, end, vague = self.scaled(value, end)
        value = _shift(value, power)
        unit, stop, more = self.unit_at(end, value)
        if not unit and TAIL.match(self.text, end):
            return self.glued(start, end, value)
        if unit & {"year", "decade"} and _CALENDAR_YEAR.fullmatch(match.group()):
            unit = ANY_UNIT
        sense = self.sense(start - negative, stop, unit, vague=vague or more)
        counted = unit & TIME or self.text[end : end + 3].lstrip().startswith(self.table.numbered)
        ordinal = self.text[max(0, start - 2) : start].strip().endswith("第") and not counted
        number = f"-{value}" if negative and value != "0" else value
        span, kind = (start - negative, end), "number"
        before = self.text[:start].rstrip()
        if match.group() == "10" and power and before.endswith(_TIMES):
            span, kind = (len(before) - 1, end), "factor"
        self.add(kind, number, span, unit=unit, sense=sense, optional=ordinal, stop=stop, power=power, named=named)
        return stop

    def value_of(self, digits: str) -> str:
        """Return the canonical decimal of digits with the language's separators."""
        if self.patterns.grouped.fullmatch(digits):
            digits = digits.replace(self.table.group, "")
        whole, _, fraction = digits.replace(self.table.decimal, ".").partition(".")
        return decimal_text(whole, fraction.replace(".", ""))

    def chain(self, first: str, end: int) -> int | None:
        """Record ``7/7/10`` or ``2:1`` as one quantity and return where it ends."""
        start = end - len(first)
        for kind, separator, pattern in (("slash", "/", self.patterns.slash), ("ratio", ":", self.patterns.ratio)):
            match = pattern.match(self.text, end)
            if match:
                values = [first, *(value.strip() for value in match.group().split(separator)[1:])]
                self.add(kind, separator.join(map(self.value_of, values)), (start, match.end()))
                return self.unit_at(match.end())[1]
        return None

    def sign_before(self, start: int) -> tuple[bool, bool]:
        """Say whether a minus stands before a number, and whether it is a hyphen after a Chinese name (白介素-10)."""
        if start == 0 or self.text[start - 1] not in "-–":
            return False, False
        before = self.text[: start - 1][-8:]
        last = before[-1:]
        if last and is_han(last) and last.isalpha():
            return False, True
        joined = last.isalnum() or last in "%)]-–" if last else False
        return not joined and not _NUMBER_ENDS.search(before), False

    def scaled(self, value: str, end: int) -> tuple[int, int, bool]:
        """Return the power of ten that follows (×10⁶, 万), where it ends, and whether 多 or 余 stood between."""
        power = POWER.match(self.text, end) if value == "10" else None
        if power:
            exponent = (power[1] or "").translate(FROM_SUPERSCRIPT) or power[2]
            return int(exponent) - 1, power.end(), False
        total, vague = 0, False
        for _ in range(2):
            match = self.patterns.scale.match(self.text, end)
            if match is None:
                break
            exponent = (match["sup"] or "").translate(FROM_SUPERSCRIPT) or match["caret"] or match["e"]
            total += int(exponent) if exponent else self.table.scales[match["word"].lower()]
            vague, end = vague or bool(match["vague"]), match.end()
        return total, end, vague

    def glued(self, start: int, end: int, value: str) -> int:
        """Read digits with letters attached: ``21st``, ``1990s``, ``3D``, ``6MWD``."""
        tail = TAIL.match(self.text, end)
        letters = tail.group() if tail else ""
        if len(letters) > LONGEST_NAME:
            return end + len(letters)
        if letters.lower() in self.table.ordinals:
            following, _, _ = self.unit_at(end + len(letters))
            return self.add("number", value, (start, end), optional=not following & TIME) + len(letters)
        if letters == "s":
            return self.add("number", value, (start, end), unit=ANY_UNIT) + 1
        _, last = self.name(self.text[start:end] + letters, start)
        if not last:
            self.add("number", value, (start, end))
        return end + len(letters)

    # what stands around a number

    def unit_at(self, end: int, value: str = "") -> tuple[Names, int, bool]:
        """Return the unit at an offset, where it ends, and whether 多 or 余 stands before it."""
        match = self.patterns.unit.match(self.text, end)
        if match is None:
            return NO_UNIT, end, False
        if match["han"]:
            return self.table.units[match["han"]], match.end(), bool(match["vague"])
        if match["symbol"]:
            symbol = match["symbol"]
            known = SYMBOLS.get(symbol) or _FOLDED_SYMBOLS[symbol.casefold()]
            return known, match.end(), False
        word = match["word"].lower()
        unit = self.table.units[word]
        singular = unit & self.table.plural_only and f"{word}s" in self.table.units
        if singular and match["gap"] != "-" and value not in ("", "1"):
            return NO_UNIT, end, False
        return unit, match.end(), False

    def sense(self, start: int, stop: int, unit: Names, *, vague: bool = False) -> Names:
        """Return the comparators that the words before and after a number give it."""
        before = self.patterns.before.match(self.text[max(0, start - 40) : start][::-1])
        if before:
            form = before["form"][::-1].lower()
            return self.table.over_time.get(form, self.senses[form]) if unit & TIME else self.senses[form]
        after = self.patterns.after.match(self.text, stop)
        if after:
            return frozenset({">", "≥"}) if after["plus"] else self.table.after[after["form"].lower()]
        return frozenset({">", PLAIN}) if vague else NO_SENSE


def _numeral_value(numeral: str) -> str:
    roman = numeral.rstrip("abcABC")
    return f"{ROMANS.get(roman, roman)}{numeral[len(roman) :].lower()}".lstrip("0") or "0"


# --- what numbers give each other ------------------------------------------------------------------------------------


def _share_units(found: list[Quantity], text: str, patterns: Patterns) -> list[Quantity]:
    """Give the first number of a range unit and power of the second, and let one of a list agree with any unit.

    "6–12 months" are 6 months and 12 months, "2–4 million" two and four; in "60 and 40%" the 60 may be a percentage.
    """
    result = list(found)
    for index in range(len(result) - 2, -1, -1):
        this, following = result[index], result[index + 1]
        both = this.kind == following.kind == "number" and following.start - this.end <= 12
        lacking = (not this.unit and following.unit) or (not this.power and following.power)
        if not both or not lacking or this.optional:
            continue
        if patterns.range_gap.fullmatch(text, this.end, following.start):
            shifted = _shift(this.value, following.power) if not this.power else this.value
            result[index] = replace(this, unit=this.unit or following.unit, value=shifted)
        elif patterns.list_gap.fullmatch(text, this.end, following.start):
            result[index] = replace(this, unit=this.unit or ANY_UNIT)
    return result


def _excuse_expansions(found: list[Quantity], text: str) -> list[Quantity]:
    """Make the number in the spelt-out name before "(Th1/17)" optional: "T helper 1/17 (Th1/17)"."""
    result = list(found)
    for index, name in enumerate(found):
        if name.kind != "identifier" or not text[: name.start].rstrip().endswith("("):
            continue
        digits = re.sub(r"^[^0-9]+|[^0-9/.]", "", name.text)
        for back in range(max(0, index - 3), index):
            near = found[back]
            if near.value == digits and near.kind in ("number", "slash") and name.start - near.end < 60:
                result[back] = replace(near, optional=True)
    return result


@lru_cache(maxsize=1 << 16)  # several checks, and every reload of a preview, ask for the same blocks
def extract_numbers(text: str, language: str) -> tuple[Quantity, ...]:
    """Return the quantities of a block's plain text, in order.

    The caller has removed link targets, ids, citations and code. ``language`` is a code
    such as ``zh``; of a language without a table only digits, signs and symbols are read.
    """
    plain = normalize(text[:LONGEST_BLOCK])
    reader = _Reader(plain, language)
    found = _share_units(reader.read(), plain, reader.patterns)
    return tuple(_excuse_expansions(found, plain))
