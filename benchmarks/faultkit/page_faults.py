"""Faults in the text of pages: citations, numbers, structure, links, characters, words."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from faultkit.spots import HIDDEN, NUMBER, Edit, Fault, Place, Source, Spot, kind, together
from livingreview.links import TargetKind
from livingreview.model import BlockKind

_TEXTUAL = (BlockKind.PARAGRAPH, BlockKind.ITEM, BlockKind.TABLE, BlockKind.NOTE)
_PLAIN = (BlockKind.PARAGRAPH, BlockKind.ITEM)


def _other_digit(number: str) -> str:
    """Return the number with its last digit changed; a first digit never becomes 0."""
    changed = (int(number[-1]) + 3) % 10
    return number[:-1] + str(changed or 4)


def _swapped(number: str) -> str | None:
    """Return the number with its first two different neighbours exchanged."""
    for at in range(len(number) - 1):
        a, b = number[at : at + 2]
        if a.isdigit() and b.isdigit() and a != b and not (at == 0 and b == "0"):
            return number[:at] + b + a + number[at + 2 :]
    return None


def _misspelt(word: str) -> str:
    return word[:-2] + word[-1] if len(word) > 3 else word + "x"


def _without(group: str, key: str) -> str:
    keys = [part for part in group[1:-1].split(";") if f"@{key}" not in part]
    return f"[{'; '.join(part.strip() for part in keys)}]" if keys else ""


def _pairs(source: Source, *kinds: BlockKind) -> Iterator[tuple[Spot, Spot]]:
    """Yield every block of the source language with its translation."""
    for spot in source.blocks(*kinds):
        other = source.other(spot) if spot.language == source.review.source else None
        if other is not None:
            yield spot, other


# -- citations ---------------------------------------------------------------------------


@kind("citation-misspelt", "citations", "引文键拼错（一种语言）", "citation key misspelt in one language")
def _(source: Source) -> Iterator[Fault]:
    for key in source.cited_keys():
        yield key.replaced(_misspelt(key.text))


@kind("citation-misspelt-both", "citations", "引文键拼错（两种语言）", "citation key misspelt in both languages")
def _(source: Source) -> Iterator[Fault]:
    for one, two in _pairs(source):
        for left in source.groups_of(one):
            key = re.search(r"@([\w-]+)", left.text)
            same = [group for group in source.groups_of(two) if key and key[0] in group.text]
            if key and same:
                wrong = f"@{_misspelt(key[1])}"
                yield together(*(g.replaced(g.text.replace(key[0], wrong)) for g in (left, same[0])))


@kind("citation-other", "citations", "换成另一个存在的引文键（一种语言）", "another existing key in one language")
def _(source: Source) -> Iterator[Fault]:
    known = sorted(source.review.keys)
    for key in source.cited_keys():
        cited = key.block.cited_keys if key.block else frozenset()
        at = known.index(key.text)
        yield key.replaced(next(k for k in known[at + 1 :] + known if k not in cited))


@kind(
    "citation-other-both", "citations", "换成另一个存在的引文键（两种语言，论断所在的块）",
    "another existing key in both languages, in a block that holds claims",
)  # fmt: skip
def _(source: Source) -> Iterator[Fault]:
    known = sorted(source.review.keys)
    for one, two in _pairs(source, *_PLAIN, BlockKind.TABLE):
        if f"{one.slug}#{one.block.id if one.block else ''}" not in source.review.claims_by_block:
            continue
        for key in sorted(one.block.cited_keys if one.block else ()):
            at = known.index(key)
            new = next(k for k in known[at + 1 :] + known if one.block and k not in one.block.cited_keys)
            groups = [g for side in (one, two) for g in source.groups_of(side) if f"@{key}" in g.text]
            yield together(*(g.replaced(re.sub(rf"@{key}\b", f"@{new}", g.text), key, new) for g in groups))


@kind("citation-dropped", "citations", "删去一组引文（一种语言）", "a group of citations dropped in one language")
def _(source: Source) -> Iterator[Fault]:
    for group in source.groups():
        keys = set(re.findall(r"@([\w-]+)", group.text))
        rest = [g.text for g in source.groups_of(source.whole(_page(source, group), group.block)) if g != group]  # type: ignore[arg-type]
        if keys - {key for text in rest for key in re.findall(r"@([\w-]+)", text)}:
            yield group.replaced("")


def _page(source: Source, spot: Spot):  # type: ignore[no-untyped-def]  # noqa: ANN202
    return next(page for page in source.pages if page.path == spot.path)


@kind(
    "citation-key-dropped", "citations", "一组引文中少了一个（一种语言）", "one work of a group dropped in one language"
)
def _(source: Source) -> Iterator[Fault]:
    for group in source.groups():
        keys = re.findall(r"@([\w-]+)", group.text)
        text = source.text(group.path)[slice(*source.extent(_page(source, group), group.block))]  # type: ignore[arg-type]
        if len(keys) > 1 and text.count(f"@{keys[-1]}") == 1:
            yield group.replaced(_without(group.text, keys[-1]))


@kind(
    "citation-dropped-both", "citations", "删去一组引文（两种语言，论断所在的块）",
    "a group of citations dropped in both languages, in a block that holds claims",
)  # fmt: skip
def _(source: Source) -> Iterator[Fault]:
    for one, two in _pairs(source, *_PLAIN, BlockKind.TABLE):
        if f"{one.slug}#{one.block.id if one.block else ''}" in source.review.claims_by_block:
            groups = [*source.groups_of(one), *source.groups_of(two)]
            if groups:
                yield together(*(group.replaced("", *re.findall(r"@([\w-]+)", group.text)) for group in groups))


@kind("citation-moved", "citations", "引文移到下一块（一种语言）", "citations moved to the next block in one language")
def _(source: Source) -> Iterator[Fault]:
    spots = list(source.blocks(*_PLAIN))
    for one, after in itertools.pairwise(spots):
        groups = source.groups_of(one)
        if one.path != after.path or not groups or one.block is None or after.block is None:
            continue
        if one.block.cited_keys == after.block.cited_keys or len(groups) > 1:
            continue
        end = after.start + len(after.text.split("\n")[0].split("{:")[0].rstrip())
        yield Fault((groups[0].edit(""), Edit(after.path, end, end, groups[0].text)), (one.place, after.place))


@kind("citation-fullwidth", "citations", "引文之间用全角分号", "full-width semicolon between citations")
def _(source: Source) -> Iterator[Fault]:
    for group in source.groups():
        if ";" in group.text:
            yield group.replaced(group.text.replace("; ", "；", 1))


@kind("citation-comma", "citations", "引文之间用全角逗号", "full-width comma between citations")
def _(source: Source) -> Iterator[Fault]:
    for group in source.groups():
        if ";" in group.text:
            yield group.replaced(group.text.replace("; ", "，", 1))


@kind("citation-bare", "citations", "引文失去方括号", "brackets of a citation lost")
def _(source: Source) -> Iterator[Fault]:
    for group in source.groups():
        yield group.replaced(group.text[1:-1])


@kind("citation-open", "citations", "引文少了右方括号", "closing bracket of a citation lost")
def _(source: Source) -> Iterator[Fault]:
    for group in source.groups():
        yield group.replaced(group.text[:-1])


@kind("citation-brackets", "citations", "引文用全角方括号", "full-width brackets around a citation")
def _(source: Source) -> Iterator[Fault]:
    for group in source.groups():
        yield group.replaced(f"【{group.text[1:-1]}】")


@kind("citation-at", "citations", "引文键前缺少 @", "the @ of a citation key lost")
def _(source: Source) -> Iterator[Fault]:
    for group in source.groups():
        yield group.replaced(group.text.replace("@", "", 1))


@kind("citation-capital", "citations", "引文键首字母大写", "capital letter in a citation key")
def _(source: Source) -> Iterator[Fault]:
    for key in source.cited_keys():
        yield key.replaced(key.text.capitalize())


@kind(
    "citation-order",
    "citations",
    "调换首次引用的次序（两种语言）",
    "order of first citation exchanged in both languages",
)
def _(source: Source) -> Iterator[Fault]:
    listed = list(source.review.work.references) if source.review.work else []
    for before, after in itertools.pairwise(listed):
        spots = [
            key.replaced(after if key.text == before else before, before, after)
            for key in source.cited_keys()
            if key.text in (before, after)
        ]
        yield together(*spots)


# -- numbers -----------------------------------------------------------------------------


@kind("number-digit", "numbers", "改动一位数字（一种语言）", "a digit changed in one language")
def _(source: Source) -> Iterator[Fault]:
    for number in source.numbers():
        yield number.replaced(_other_digit(number.text))


@kind("number-swapped", "numbers", "相邻两位数字对调（一种语言）", "two digits exchanged in one language")
def _(source: Source) -> Iterator[Fault]:
    for number in source.numbers():
        swapped = _swapped(number.text)
        if swapped:
            yield number.replaced(swapped)


@kind("number-digit-lost", "numbers", "少写一位数字（一种语言）", "a digit lost in one language")
def _(source: Source) -> Iterator[Fault]:
    for number in source.numbers():
        if len(number.text) > 1 and number.text[-2] != "." and float(number.text[:-1]) != float(number.text):
            yield number.replaced(number.text[:-1])


@kind("number-point", "numbers", "小数点移位（一种语言）", "decimal point moved in one language")
def _(source: Source) -> Iterator[Fault]:
    for number in source.numbers():
        whole, point, part = number.text.partition(".")
        if point:
            yield number.replaced(f"{whole}{part[0]}.{part[1:]}" if len(part) > 1 else f"{whole}{part}")


@kind("number-deleted", "numbers", "删去一个数（一种语言）", "a number deleted in one language")
def _(source: Source) -> Iterator[Fault]:
    for number in source.numbers():
        yield number.replaced("")


@kind("number-comparator", "numbers", "改动比较号（一种语言）", "a comparator changed in one language")
def _(source: Source) -> Iterator[Fault]:
    turned = {"<": ">", ">": "<", "=": "<", "≥": "≤", "≤": "≥", "＜": "＞"}
    for sign in source.in_text(re.compile(r"[<>=≥≤＜](?=\s*\d)")):
        yield sign.replaced(turned[sign.text])


@kind("number-comparator-lost", "numbers", "比较号丢失（一种语言）", "a comparator lost in one language")
def _(source: Source) -> Iterator[Fault]:
    for sign in source.in_text(re.compile(r"[<>≥≤＜](?=\s*\d)")):
        yield sign.replaced("")


#: Units, and what is written in their place.
_TURNED = {
    "个月": "周", "周": "个月", "年": "个月", "天": "周", "日": "周", "例": "项", "项": "例", "条肢体": "例",
    "mmHg": "kPa", "mL": "μL", "%": "‰", "岁": "个月",
    "months": "weeks", "month": "week", "weeks": "months", "week": "month", "years": "months", "year": "month",
    "days": "weeks", "patients": "trials", "trials": "patients", "limbs": "patients",
}  # fmt: skip
_UNITS = "|".join(sorted(_TURNED, key=len, reverse=True))
_CELL = re.compile(r"(?<=\|)[^|\n]*(?=\|)")
_WITH_UNIT = re.compile(rf"(?<![\d.])(\d+(?:\.\d+)?)[ -]?({_UNITS})(?![a-z])")


def _sides(source: Source) -> Iterator[tuple[Spot, Spot]]:
    """Yield what states numbers together in both languages: the cells of tables, else whole blocks."""
    for whole in source.blocks():
        other = source.other(whole)
        if other is None or whole.block is None or whole.block.kind is BlockKind.DIRECTIVE:
            continue
        if whole.block.kind is BlockKind.TABLE:
            yield from zip(*(list(source.inside(side, _CELL, raw=True)) for side in (whole, other)), strict=True)
        else:
            yield whole, other


def _units(source: Source, *, on_both_sides: bool) -> Iterator[Fault]:
    """Yield changes of units: of numbers that have one in the other language too, or of those that have none there."""
    for here, there in _sides(source):
        units = Counter(found.text for found in source.inside(there, _WITH_UNIT, group=1))
        every = Counter(number.text for number in source.numbers_of(there))
        bare = {number for number, count in every.items() if count > units[number]}
        named = units.keys() - bare
        for unit in source.inside(here, _WITH_UNIT, group=2):
            number = re.split(r"[^\d.]", source.text(here.path)[: unit.start].rstrip(" -"))[-1]
            if number in (named if on_both_sides else bare):
                yield unit.replaced(_TURNED[unit.text])


@kind(
    "number-unit", "numbers", "改动单位（一种语言；另一种语言也写了单位）",
    "a unit changed in one language, where the other writes one too",
)  # fmt: skip
def _(source: Source) -> Iterator[Fault]:
    yield from _units(source, on_both_sides=True)


@kind(
    "number-unit-alone", "limits", "改动单位（一种语言；另一种语言没有写单位）",
    "a unit changed in one language, where the other writes none", "rate",
)  # fmt: skip
def _(source: Source) -> Iterator[Fault]:
    yield from _units(source, on_both_sides=False)


@kind("number-percent", "numbers", "百分号丢失（一种语言）", "a percent sign lost in one language")
def _(source: Source) -> Iterator[Fault]:
    for sign in source.in_text(re.compile(r"(?<=\d)%")):
        after = source.text(sign.path)[sign.end :]
        if not re.match(
            r" (?:CI|和|与|and|or)\b| ?[–至]", after
        ):  # "95% CI"; "40% and 60%" may be written "40 and 60%"
            yield sign.replaced("")


@kind("number-power", "numbers", "改动 10 的幂（一种语言）", "a power of ten changed in one language")
def _(source: Source) -> Iterator[Fault]:
    turned = str.maketrans("⁴⁵⁶⁷⁸⁹", "⁵⁶⁷⁸⁹⁶")
    for power in source.in_text(re.compile(r"(?<=10)[⁴⁵⁶⁷⁸⁹]")):
        yield power.replaced(power.text.translate(turned))


@kind("number-sign", "numbers", "负号丢失（一种语言）", "a minus sign lost in one language")
def _(source: Source) -> Iterator[Fault]:
    for sign in source.in_text(re.compile(r"−(?=\d)")):
        yield sign.replaced("")


@kind(
    "number-name",
    "numbers",
    "改动名称里的数字，如 CD73（一种语言）",
    "a digit in a name such as CD73 changed in one language",
)
def _(source: Source) -> Iterator[Fault]:
    for name in source.in_text(re.compile(r"\b[A-Z]{1,5}-?\d+\b")):
        yield name.replaced(_other_digit(name.text))


@kind("number-word", "limits", "文字写的数改动（一种语言）", "a number in words changed in one language", "rate")
def _(source: Source) -> Iterator[Fault]:
    turned = {"two": "three", "three": "four", "两": "三", "三": "四"}
    for word in source.in_text(re.compile(r"\b(?:two|three)\b|两(?=[项种组例个])|三(?=[项种组例个])")):
        yield word.replaced(turned[word.text])


def _alone(source: Source, whole: Spot, number: str) -> Spot | None:
    """Return the one place of a block where these digits stand, if there is just one."""
    if len(re.findall(rf"(?<!\d){re.escape(number)}(?!\d)", whole.text)) != 1:
        return None
    return next((spot for spot in source.numbers_of(whole) if spot.text == number), None)


def _in_both(source: Source, *, claimed: bool) -> Iterator[Fault]:
    for one, two in _pairs(source, *_TEXTUAL):
        name = f"{one.slug}#{one.block.id if one.block else ''}"
        stated = {n for claim in source.review.claims_by_block.get(name, ()) for n in claim.numbers}
        digits = {m[1] for n in stated if (m := re.fullmatch(r"\D{0,3}?(\d+(?:\.\d+)?)\W*[a-zA-Z%]*", n))}
        for number in sorted({spot.text for spot in source.numbers_of(one)}):
            left, right = _alone(source, one, number), _alone(source, two, number)
            if left and right and (number in digits) == claimed:
                yield together(*(side.replaced(_other_digit(number)) for side in (left, right)))


@kind(
    "number-both-claimed", "numbers", "同一改动（两种语言），该数属于一条论断",
    "the same digit changed in both languages, of a number that a claim states",
)  # fmt: skip
def _(source: Source) -> Iterator[Fault]:
    yield from _in_both(source, claimed=True)


@kind(
    "number-both", "limits", "同一改动（两种语言），论断未列该数",
    "the same digit changed in both languages, of a number that no claim states", "rate",
)  # fmt: skip
def _(source: Source) -> Iterator[Fault]:
    yield from _in_both(source, claimed=False)


@kind(
    "number-about", "limits", "说明页中的数字改动（一种语言）",
    "a digit changed in one language on a page about the edition", "rate",
)  # fmt: skip
def _(source: Source) -> Iterator[Fault]:
    for page in source.pages:
        if page.slug in source.review.strict_slugs or page.slug.endswith(("problems", "contributing")):
            continue
        for whole in (source.whole(page, block) for block in page.blocks if block.kind in _TEXTUAL):
            for number in source.numbers_of(whole):
                yield number.replaced(_other_digit(number.text))


# -- identifiers in the text ---------------------------------------------------------------

_REGISTRY = re.compile(r"\b(?:NCT\d{8}|IRCT\w+|ChiCTR\w+|jRCTb?\d+|KCT\d+|CTRI/\d{4}/\d\d/\d+)\b")


def _registry_numbers(source: Source) -> Iterator[Spot]:
    for whole in source.blocks(*_TEXTUAL):
        for spot in source.inside(whole, _REGISTRY, raw=True):
            before = source.text(spot.path)[max(0, spot.start - 1) : spot.start]
            if before != "/":
                yield spot


@kind(
    "registry-text",
    "identifiers",
    "正文中的注册号改一位（一种语言）",
    "a digit of a registry number in the text, one language",
)
def _(source: Source) -> Iterator[Fault]:
    for number in _registry_numbers(source):
        yield number.replaced(_other_digit(number.text))


@kind(
    "registry-text-both", "identifiers", "正文中的注册号改一位（两种语言）",
    "a digit of a registry number in the text, both languages",
)  # fmt: skip
def _(source: Source) -> Iterator[Fault]:
    found = list(_registry_numbers(source))
    for number in found:
        if number.language != source.review.source or number.block is None:
            continue
        same = [
            n for n in found
            if n.slug == number.slug and n.block is not None and n.block.id == number.block.id and n.text == number.text
        ]  # fmt: skip
        yield together(*(n.replaced(_other_digit(n.text)) for n in same))


@kind("doi-text", "identifiers", "正文链接中的 DOI 改一位（一种语言）", "a digit of a DOI in the text, one language")
def _(source: Source) -> Iterator[Fault]:
    for link in source.links():
        if "doi.org/" in link.text and link.text[-1].isdigit():
            yield link.replaced(_other_digit(link.text))


# -- structure ---------------------------------------------------------------------------


def _id_at(source: Source, spot: Spot) -> Spot:
    """Return the id of a block where it is written."""
    name = re.escape(str(spot.block.id if spot.block else ""))
    pattern = re.compile(rf"(?:#|\bid: ){name}(?=[ }}])")
    found = list(source.inside(spot, pattern, raw=True))[-1]
    start = found.end - len(str(spot.block.id if spot.block else ""))
    return Spot(
        spot.path,
        start,
        found.end,
        str(spot.block.id if spot.block else ""),
        spot.place,
        spot.block,
        spot.language,
        spot.slug,
    )


@kind("id-renamed", "structure", "块 id 改名（一种语言）", "an id renamed in one language")
def _(source: Source) -> Iterator[Fault]:
    for spot in source.blocks():
        yield _id_at(source, spot).replaced(
            f"{spot.block.id}-x" if spot.block else "", str(spot.block and spot.block.id)
        )


@kind("id-renamed-both", "structure", "已登记的块 id 改名（两种语言）", "a registered id renamed in both languages")
def _(source: Source) -> Iterator[Fault]:
    for one, two in _pairs(source):
        name = str(one.block and one.block.id)
        yield together(*(_id_at(source, side).replaced(f"{name}-x", f"#{name}") for side in (one, two)))


@kind("id-lost", "structure", "块 id 丢失（一种语言）", "an id lost in one language")
def _(source: Source) -> Iterator[Fault]:
    for spot in source.blocks(BlockKind.PARAGRAPH, BlockKind.ITEM, BlockKind.HEADING):
        for found in source.inside(spot, re.compile(r"[ \n]?\{:? ?#[\w-]+ ?\}"), raw=True):
            yield found.replaced("")


@kind("id-malformed", "structure", "块 id 形式不合（一种语言）", "an id with a capital letter or underscore")
def _(source: Source) -> Iterator[Fault]:
    for spot in source.blocks():
        found = _id_at(source, spot)
        yield found.replaced(found.text.replace("-", "_", 1) if "-" in found.text else found.text.capitalize())


@kind("id-duplicate", "structure", "同页两块同 id（一种语言）", "the same id twice on a page")
def _(source: Source) -> Iterator[Fault]:
    spots = list(source.blocks())
    for one, two in itertools.pairwise(spots):
        if one.path == two.path:
            found = _id_at(source, two)
            yield Fault((found.edit(str(one.block and one.block.id)),), (one.place, two.place))


@kind("block-lost-source", "structure", "删去一块（中文）", "a block deleted in the source language")
def _(source: Source) -> Iterator[Fault]:
    for one, two in _pairs(source):
        if one.block and one.block.kind is not BlockKind.ITEM:
            yield Fault((one.edit(""),), (two.place,), (f'"{one.block.id}"', f"#{one.block.id}"))


@kind(
    "block-lost-translation",
    "structure",
    "删去一块（英文；提示，不中止构建）",
    "a block deleted in the translation (a notice)",
    "notice",
)
def _(source: Source) -> Iterator[Fault]:
    for one, two in _pairs(source):
        if one.block and one.block.kind is not BlockKind.ITEM:
            yield Fault((two.edit(""),), (one.place,), (f'"{one.block.id}"',))


@kind("block-lost-both", "structure", "删去一块（两种语言）", "a block deleted in both languages")
def _(source: Source) -> Iterator[Fault]:
    for one, two in _pairs(source):
        if one.block and one.block.kind is not BlockKind.ITEM:
            names = (f'"{one.block.id}"', f"#{one.block.id}")
            yield together(Fault((one.edit(""),), (), names), Fault((two.edit(""),), ()))


@kind("block-moved", "structure", "两个相邻段落对调（一种语言）", "a paragraph moved in one language")
def _(source: Source) -> Iterator[Fault]:
    spots = list(source.blocks(BlockKind.PARAGRAPH))
    for one, two in itertools.pairwise(spots):
        if one.path == two.path:
            place = Place(one.path, one.place.first, two.place.last)
            yield Fault((one.edit(two.text), two.edit(one.text)), (place,))


_ROW = re.compile(r"^\|.*\|[ ]*$", re.MULTILINE)


def _rows_of(source: Source) -> Iterator[list[Spot]]:
    """Yield the rows below the head of every table, as written."""
    for whole in source.blocks(BlockKind.TABLE):
        rows = list(source.inside(whole, _ROW, raw=True))[2:]
        yield [replace(row, place=Place(row.path, line, line)) for row in rows
               for line in (source.line_at(row.path, row.start),)]  # fmt: skip


@kind(
    "table-numbers",
    "numbers",
    "表格两行的数字对调（一种语言）",
    "numbers of two rows of a table exchanged in one language",
)
def _(source: Source) -> Iterator[Fault]:
    for rows in _rows_of(source):
        for one, two in itertools.pairwise(rows):
            left, right = (next(iter(source.inside(row, NUMBER)), None) for row in (one, two))
            if left is not None and right is not None and left.text != right.text:
                yield together(left.replaced(right.text), right.replaced(left.text))


@kind("table-row-lost", "structure", "表格丢了一行（一种语言）", "a row of a table lost in one language")
def _(source: Source) -> Iterator[Fault]:
    for whole in source.blocks(BlockKind.TABLE):
        for row in list(source.inside(whole, _ROW, raw=True))[2:]:
            yield Fault((Edit(row.path, row.start, row.end + 1, ""),), (row.place,))


@kind("block-merged", "structure", "两段并为一段（一种语言）", "two paragraphs merged in one language", "notice")
def _(source: Source) -> Iterator[Fault]:
    spots = list(source.blocks(BlockKind.PARAGRAPH))
    for one, two in itertools.pairwise(spots):
        between = source.text(one.path)[one.end : two.start]
        if one.path == two.path and not between.strip():
            text = one.text.split("\n{")[0]
            place = Place(one.path, one.place.first, two.place.last)
            names = (f'"{one.block.id}"', f"#{one.block.id}") if one.block else ()
            yield Fault((Edit(one.path, one.start, two.start, text),), (place,), names)


@kind("heading-level", "structure", "标题改级（一种语言）", "a heading re-levelled in one language")
def _(source: Source) -> Iterator[Fault]:
    for spot in source.blocks(BlockKind.HEADING):
        yield Fault((Edit(spot.path, spot.start, spot.start, "#"),), (spot.place,))


@kind("heading-lost", "structure", "标题失去井号（一种语言）", "a heading turned into text in one language")
def _(source: Source) -> Iterator[Fault]:
    for spot in source.blocks(BlockKind.HEADING):
        text = spot.text.lstrip("# ")
        yield spot.replaced(text, f'"{spot.block.id}"' if spot.block else "")


@kind("item-nested", "structure", "列表项改变层级（一种语言）", "a list item nested in one language")
def _(source: Source) -> Iterator[Fault]:
    spots = list(source.blocks(BlockKind.ITEM))
    for one, two in itertools.pairwise(spots):
        if (
            one.path == two.path
            and one.end == two.start
            and one.block
            and two.block
            and one.block.level == two.block.level
        ):
            yield Fault((Edit(two.path, two.start, two.start, "    "),), (two.place,))


@kind("item-to-text", "structure", "列表项变为段落（一种语言）", "a list item turned into a paragraph in one language")
def _(source: Source) -> Iterator[Fault]:
    for spot in source.blocks(BlockKind.ITEM):
        if spot.block and spot.block.level == 1:
            text = re.sub(r"^- (.*?) (\{: #[\w-]+ \})\n", r"\n\1\n\2\n\n", spot.text)
            yield Fault((spot.edit(text),), (Place(spot.path, spot.place.first, spot.place.last + 2),))


@kind("block-unclosed", "structure", "/// 块没有结束（一种语言）", "a /// block never closed")
def _(source: Source) -> Iterator[Fault]:
    for spot in source.blocks(BlockKind.NOTE, BlockKind.TABLE, BlockKind.DIRECTIVE):
        if spot.text.rstrip().endswith("\n///"):
            start = spot.start + spot.text.rstrip().rindex("///")
            yield Fault((Edit(spot.path, start, start + 3, ""),), (spot.place,))


@kind("directive-misspelt", "structure", "指令名拼错（一种语言）", "a directive misspelt in one language")
def _(source: Source) -> Iterator[Fault]:
    for spot in source.blocks(BlockKind.DIRECTIVE):
        for name in source.inside(spot, re.compile(r"^/// ([\w-]+)", re.MULTILINE), group=1, raw=True):
            yield name.replaced(_misspelt(name.text))


@kind("directive-option", "structure", "指令选项改动（一种语言）", "a directive's option changed in one language")
def _(source: Source) -> Iterator[Fault]:
    for spot in source.blocks(BlockKind.DIRECTIVE):
        for value in source.inside(spot, re.compile(r"^    (?!attrs)[a-z]+: (\S.*)$", re.MULTILINE), group=1, raw=True):
            yield value.replaced(f"{value.text[:-1]}x{value.text[-1]}" if value.text[-1] in "}]" else f"{value.text}x")


@kind("note-claim", "structure", "编者注指向不存在的论断", "a note names a claim that does not exist")
def _(source: Source) -> Iterator[Fault]:
    for spot in source.blocks(BlockKind.NOTE):
        for claim in source.inside(spot, re.compile(r"\b(c\d{3})\b(?=[^\n]*\])"), group=1, raw=True):
            yield claim.replaced("c" + str(900 + int(claim.text[1:]) % 100))


@kind("page-lost-source", "structure", "删去一页（中文）", "a page deleted in the source language")
def _(source: Source) -> Iterator[Fault]:
    for page in source.pages:
        if page.language == source.review.source:
            yield Fault((), (), (page.slug or "index", page.path), (page.path,))


@kind(
    "page-lost-translation",
    "structure",
    "删去一页（英文；提示，不中止构建）",
    "a page deleted in the translation (a notice)",
    "notice",
)
def _(source: Source) -> Iterator[Fault]:
    for page in source.pages:
        if page.language != source.review.source:
            yield Fault((), (), (page.path,), (page.path,))


@kind("page-lost-both", "structure", "删去一页（两种语言）", "a page deleted in both languages")
def _(source: Source) -> Iterator[Fault]:
    for page in source.pages:
        if page.language == source.review.source:
            paths = tuple(p.path for p in source.pages if p.slug == page.slug)
            yield Fault((), (), (page.slug or "index",), paths)


@kind("front-matter", "structure", "页首元数据的引号不配对", "an unclosed quote in a page's front matter")
def _(source: Source) -> Iterator[Fault]:
    for page in source.pages:
        for title in source.lines(page.path, r"\A---\ntitle: (.*)$"):
            yield Fault((title.edit(f'"{title.text}'),), (Place(page.path, 1, 5),))


# -- links -------------------------------------------------------------------------------


def _is_page(source: Source, link: Spot) -> bool:
    return source.review.resolve(link.path, link.text).kind is TargetKind.PAGE


@kind("link-file", "links", "链接的文件名拼错（一种语言）", "a link's file misspelt in one language")
def _(source: Source) -> Iterator[Fault]:
    for link in source.links():
        path, _, fragment = link.text.partition("#")
        if _is_page(source, link) and "." in path:
            stem, _, suffix = path.rpartition(".")
            yield link.replaced(f"{_misspelt(stem)}.{suffix}" + (f"#{fragment}" if fragment else ""))


@kind("link-fragment", "links", "链接的锚点拼错（一种语言）", "a link's fragment misspelt in one language")
def _(source: Source) -> Iterator[Fault]:
    for link in source.links():
        if _is_page(source, link) and "#" in link.text:
            yield link.replaced(_misspelt(link.text))


@kind("link-fragment-both", "links", "链接的锚点拼错（两种语言）", "a link's fragment misspelt in both languages")
def _(source: Source) -> Iterator[Fault]:
    links = [link for link in source.links() if _is_page(source, link) and "#" in link.text]
    for one in links:
        if one.language == source.review.source and one.block is not None:
            same = [
                two for two in links
                if two.slug == one.slug and two.block and two.block.id == one.block.id and two.language != one.language
                and two.text == one.text
            ]  # fmt: skip
            if len(same) == 1:
                yield together(*(side.replaced(_misspelt(side.text)) for side in (one, same[0])))


@kind("link-other", "links", "链接改指另一处（一种语言）", "a link to another existing place in one language")
def _(source: Source) -> Iterator[Fault]:
    for link in source.links():
        target = source.review.resolve(link.path, link.text)
        if target.kind is TargetKind.PAGE and target.fragment:
            known = sorted(source.review.ids_of(link.language, target.name) - {target.fragment})
            if known:
                yield link.replaced(link.text.replace(f"#{target.fragment}", f"#{known[len(known) // 2]}"))


@kind("link-fragment-lost", "links", "链接的锚点丢失（一种语言）", "a link's fragment lost in one language")
def _(source: Source) -> Iterator[Fault]:
    for link in source.links():
        if _is_page(source, link) and "#" in link.text:
            yield link.replaced(link.text.partition("#")[0])


@kind("link-dropped", "links", "链接变为普通文字（一种语言）", "a link turned into plain text in one language")
def _(source: Source) -> Iterator[Fault]:
    for link in source.links(group=0):
        yield link.replaced(link.text[1:].partition("]")[0])


@kind("link-language", "links", "链接指向另一种语言", "a link into the other language")
def _(source: Source) -> Iterator[Fault]:
    codes = [language.code for language in source.review.languages]
    for link in source.links():
        target = source.review.resolve(link.path, link.text)
        if target.kind is TargetKind.PAGE and target.name in {page.slug for page in source.pages}:
            other = next(code for code in codes if code != link.language)
            up = "../" * link.path.removeprefix(f"docs/{link.language}/").count("/")
            name = next(p.path for p in source.pages if p.slug == target.name and p.language == link.language)
            yield link.replaced(f"{up}../{other}/{name.removeprefix(f'docs/{link.language}/')}")


@kind("link-absolute", "links", "链接写成绝对路径", "a link written as an absolute path")
def _(source: Source) -> Iterator[Fault]:
    for link in source.links():
        target = source.review.resolve(link.path, link.text)
        if target.kind is TargetKind.PAGE:
            yield link.replaced(f"/{target.name}/" + (f"#{target.fragment}" if target.fragment else ""))


@kind("link-outside", "links", "外部链接改动（一种语言）", "an outside link changed in one language")
def _(source: Source) -> Iterator[Fault]:
    for link in source.links():
        if link.text.startswith("http"):
            yield link.replaced(_misspelt(link.text))


# -- characters and markup -----------------------------------------------------------------


def _after_first_word(source: Source, new: str) -> Iterator[Fault]:
    for spot in source.blocks(BlockKind.PARAGRAPH):
        at = next((m.start() for m in re.finditer(r"[ ，、,。]", mask_of(source, spot)) if m.start() > 2), None)
        if at is not None:
            yield Fault((Edit(spot.path, spot.start + at, spot.start + at, new),), (spot.place,))


def mask_of(source: Source, spot: Spot) -> str:
    """Return a block's text with everything hidden that readers do not see."""
    return source._masked[spot.path][spot.start : spot.end].replace(HIDDEN, "x")


for _id, _zh, _en, _new in (
    ("text-control", "控制字符", "a control character", "\x08"),
    ("text-bidi", "双向控制字符", "a bidirectional control character", "\u202e"),
    ("text-zero", "NUL 字符", "a NUL character", "\0"),
    ("html-script", "脚本", "a script", "<script>alert(1)</script>"),
    ("html-handler", "事件处理属性", "an event handler", '<b onclick="x()">b</b>'),
    ("html-frame", "内嵌框架", "an inline frame", '<iframe src="https://example.org"></iframe>'),
    ("html-hidden", "隐藏的文字", "hidden text", '<span style="display:none">x</span>'),
    ("html-javascript", "javascript: 链接", "a javascript: link", "[x](javascript:alert)"),
    ("image-outside", "外站图片", "an image from another host", "![x](https://example.org/x.png)"),
    ("image-no-alt", "图片没有替代文字", "an image without alternative text", "![](../assets/images/favicon.svg)"),
):

    def _make(source: Source, new: str = _new) -> Iterator[Fault]:
        yield from _after_first_word(source, new)

    kind(_id, "text", f"正文中出现{_zh}", f"{_en} in the text")(_make)


@kind("text-bytes", "text", "文件不是 UTF-8", "a byte that is not UTF-8")
def _(source: Source) -> Iterator[Fault]:
    for page in source.pages:
        data = source.snapshot.files[page.path]
        at = data.index(b"\n# ") + 3
        line = data.count(b"\n", 0, at) + 1
        yield Fault((), (Place(page.path, line, line),), (), (), ((page.path, data[:at] + b"\xff" + data[at:]),))


# -- terms and words -----------------------------------------------------------------------


@kind("term-avoided", "terms", "用了术语表要求避免的写法", "a form that the glossary tells writers to avoid")
def _(source: Source) -> Iterator[Fault]:
    for term in source.review.terms:
        for language, forms in term.avoid.items():
            for spot in source.blocks(BlockKind.PARAGRAPH):
                used = next((f for f in term.forms(language) if f in mask_of(source, spot)), None)
                if spot.language == language and used and forms:
                    at = mask_of(source, spot).index(used)
                    yield Fault(
                        (Edit(spot.path, spot.start + at, spot.start + at + len(used), forms[0]),), (spot.place,)
                    )


@kind("term-link", "terms", "术语链接拼错（一种语言）", "a link to a term misspelt")
def _(source: Source) -> Iterator[Fault]:
    for link in source.links():
        if "#term-" in link.text:
            yield link.replaced(_misspelt(link.text))


@kind(
    "translation-stale",
    "parity",
    "只改一种语言的一个词（提示，不中止构建）",
    "a word changed in one language (a notice)",
    "notice",
)
def _(source: Source) -> Iterator[Fault]:
    for one, two in _pairs(source, BlockKind.PARAGRAPH):
        word = next(iter(source.inside(one, re.compile(r"[\u4e00-\u9fff]{2}"))), None)
        if word is not None:
            yield Fault((word.edit("其他"),), (one.place, two.place))


@kind(
    "negation-one",
    "limits",
    "否定词丢失（一种语言；提示译文可能过时）",
    "a negation lost in one language (a notice)",
    "notice",
)
def _(source: Source) -> Iterator[Fault]:
    for spot in source.in_text(re.compile(r"\b(?:not|no) |没有|未(?=[能见显达])|不(?=[能是同])")):
        other = source.other(spot)
        yield Fault((spot.edit(""),), (spot.place, *((other.place,) if other else ())))


@kind("negation-both", "limits", "否定词丢失（两种语言）", "a negation lost in both languages", "rate")
def _(source: Source) -> Iterator[Fault]:
    for one, two in _pairs(source, *_TEXTUAL):
        left = list(source.inside(one, re.compile(r"没有|未(?=[能见显达])|不(?=[能是同])")))
        right = list(source.inside(two, re.compile(r"\b(?:not|no) ")))
        if len(left) == 1 and len(right) == 1:
            yield together(left[0].replaced(""), right[0].replaced(""))


@kind(
    "word-both",
    "limits",
    "换成意思相反却说得通的词（两种语言）",
    "a plausible word of the opposite sense in both languages",
    "rate",
)
def _(source: Source) -> Iterator[Fault]:
    zh = {"提高": "降低", "促进": "抑制", "增强": "减弱", "显著": "轻微", "改善": "恶化", "增加": "减少"}
    en = {
        "improve": "worsen", "promote": "inhibit", "enhance": "reduce", "significant": "slight", "increase": "decrease",
        "improved": "worsened", "better": "worse", "more": "less", "higher": "lower",
    }  # fmt: skip
    for one, two in _pairs(source, *_TEXTUAL):
        left = list(source.inside(one, re.compile("|".join(zh))))
        right = list(source.inside(two, re.compile(rf"\b(?:{'|'.join(en)})\b")))
        if left and right:
            yield together(left[0].replaced(zh[left[0].text]), right[0].replaced(en[right[0].text]))
