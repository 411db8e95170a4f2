"""The words that numbers live among, language by language.

Pure data for :mod:`livingreview.numbers`: units, number words, comparators,
month names, labels such as *phase* or *type*. Units and senses are named
alike in all languages, so that texts in any two of them can be compared;
another language is another entry of :data:`LANGUAGES`, keyed by its code.

A unit is a set of names because some words mean more than one thing
(期 is a phase or a stage); two units agree where their sets meet. A sense is a
set for the same reason: "over 12 months" may mean *more than* or *during*.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

#: A set of unit names or of senses, e.g. ``frozenset({"phase", "stage"})``.
Names = frozenset[str]

LESS, MORE, AT_MOST, AT_LEAST, PLAIN = "<", ">", "≤", "≥", ""


def _names(*names: str) -> Names:
    return frozenset(names)


def _unit_table(rows: Mapping[str, str]) -> Mapping[str, Names]:
    """Turn ``{"phase stage": "期 期别"}`` into ``{"期": {"phase", "stage"}, …}``; ``_`` in a form is a space."""
    table = {
        form.replace("_", " "): frozenset(names.split()) for names, forms in rows.items() for form in forms.split()
    }
    return MappingProxyType(table)


def _split(text: str) -> Names:
    return frozenset(text.split())


def _words(text: str, first: int = 1, step: int = 1) -> Mapping[str, int]:
    return MappingProxyType({word: first + step * index for index, word in enumerate(text.split())})


@dataclass(frozen=True, slots=True)
class LanguageTable:
    """What one language writes around numbers. All forms are lower case; ``_`` never stands in a form.

    ``decimal`` and ``group`` are the decimal and the thousands separator.
    ``units`` follow a number (after an optional space or hyphen); ``counted`` are the unit
    names before which a number word counts. ``labels`` stand before a numeral ("phase III"),
    ``label_suffixes`` after it ("III 期"). ``before`` and ``after`` are comparators;
    ``fillers`` may stand between one and its number ("at least about 5", 至少低 20 mmHg).
    ``over_time`` overrides ``before`` where a unit of time follows. ``scales`` multiply by a
    power of ten. ``joiners`` stand between the ends of a range, ``listers`` between the items
    of a list. ``stop_words`` end the search for the noun that a number word counts.
    ``loose_words`` and number words before ``measures`` stand for a number without having to:
    they satisfy a number of the other language and demand nothing.
    ``fractions`` are denominators in words; ``ambiguous`` counts are words of their own, too (四周).
    ``plural_only`` units need a plural after a number other than one ("3 patient groups").
    ``not_after`` lists characters that make a unit part of another word (周 in 周期).
    ``vague`` characters before a Chinese numeral make it indefinite (数十) or ordinal (第三).
    An ordinal in digits (第 2 次) demands nothing, since the other language may use a word,
    unless a ``numbered`` thing follows: parts of a text go by their numbers in both (第 3 章, chapter 3).
    """

    decimal: str = "."
    group: str = ","
    units: Mapping[str, Names] = field(default_factory=dict)
    labels: Mapping[str, Names] = field(default_factory=dict)
    label_suffixes: Mapping[str, Names] = field(default_factory=dict)
    before: Mapping[str, Names] = field(default_factory=dict)
    after: Mapping[str, Names] = field(default_factory=dict)
    fillers: tuple[str, ...] = ("=",)
    over_time: Mapping[str, Names] = field(default_factory=dict)
    scales: Mapping[str, int] = field(default_factory=dict)
    number_words: Mapping[str, int] = field(default_factory=dict)
    tens_words: Mapping[str, int] = field(default_factory=dict)
    singular_words: Names = frozenset()
    loose_words: Mapping[str, int] = field(default_factory=dict)
    months: Mapping[str, int] = field(default_factory=dict)
    month_leads: tuple[str, ...] = ()
    joiners: tuple[str, ...] = ()
    listers: tuple[str, ...] = ()
    ordinals: tuple[str, ...] = ()
    stop_words: Names = frozenset()
    fractions: Mapping[str, int] = field(default_factory=dict)
    ambiguous: Names = frozenset()
    measures: tuple[str, ...] = ()
    plural_only: Names = frozenset()
    not_after: Mapping[str, str] = field(default_factory=dict)
    han_numerals: bool = False
    vague: str = ""
    numbered: tuple[str, ...] = ()


#: Names of units before which a number word counts: time, amount, persons.
COUNTED = _names("minute", "hour", "day", "week", "month", "year", "person", "study", "times", "cell")
TIME = _names("second", "minute", "hour", "day", "week", "month", "year")

#: Symbols that all languages share. One letter is taken as written, the rest in any case.
SYMBOLS = _unit_table(
    {
        "%": "%",
        "permille": "‰",
        "second": "s sec",
        "minute": "min",
        "hour": "h hr",
        "day": "d",
        "mmhg": "mmHg",
        "kpa": "kPa",
        "litre": "l L",
        "decilitre": "dl",
        "millilitre": "ml cc",
        "microlitre": "μl ul",
        "kilogram": "kg",
        "gram": "g",
        "milligram": "mg",
        "microgram": "μg ug mcg",
        "nanogram": "ng",
        "picogram": "pg",
        "metre": "m",
        "kilometre": "km",
        "centimetre": "cm cm²",
        "millimetre": "mm mm²",
        "micrometre": "μm um",
        "nanometre": "nm",
        "celsius": "°C",
        "iu": "iu",
        "mmol": "mmol",
        "hz": "hz",
        "khz": "khz",
        "mhz": "mhz",
        "kb": "kb kib",
        "mb": "mb mib",
    }
)

_LESS, _MORE, _AT_MOST, _AT_LEAST = _names(LESS), _names(MORE), _names(AT_MOST), _names(AT_LEAST)
_MAYBE_MORE, _MAYBE_AT_MOST = _names(MORE, PLAIN), _names(AT_MOST, PLAIN)

#: Signs that all languages share, in their normalized form.
SIGNS: Mapping[str, Names] = MappingProxyType(
    {"<=": _AT_MOST, ">=": _AT_LEAST, "≤": _AT_MOST, "≥": _AT_LEAST, "<": _LESS, ">": _MORE}
)


def _senses(**rows: str) -> Mapping[str, Names]:
    """Turn ``less="below; fewer than"`` into ``{"below": {"<"}, …}``."""
    meanings = {
        "less": _LESS,
        "more": _MORE,
        "at_most": _AT_MOST,
        "at_least": _AT_LEAST,
        "maybe_more": _MAYBE_MORE,
        "maybe_at_most": _MAYBE_AT_MOST,
        "maybe_at_least": _names(AT_LEAST, PLAIN),
        "more_or_at_least": _names(MORE, AT_LEAST),
        "less_or_at_most": _names(LESS, AT_MOST),
        "plain": _names(PLAIN),
    }
    return MappingProxyType({form.strip(): meanings[key] for key, forms in rows.items() for form in forms.split(";")})


_ZH = LanguageTable(
    units=_unit_table(
        {
            "%": "percent",
            "percentage-point": "个百分点 百分点",
            "second": "秒 秒钟",
            "minute": "分钟",
            "hour": "小时 个小时 钟头",
            "day": "天 日",
            "week": "周 个星期 星期",
            "month": "个月 月龄",
            "year": "年 岁 周岁 周年",
            "decade": "年代",
            "century": "世纪",
            "person-year": "人年",
            "person-time": "人次 例次",
            "person": "例 名 位 人 患者 个患者 名患者 例患者 受试者 名受试者 例受试者",
            "study": "项 个试验 个研究",
            "limb": "条肢体 条患肢 条下肢 条腿",
            "eye": "只眼 只患眼",
            "times": "次 倍",
            "cell": "个细胞 细胞",
            "point": "分",
            "mmhg": "毫米汞柱",
            "litre": "升",
            "millilitre": "毫升",
            "microlitre": "微升",
            "kilogram": "千克 公斤",
            "gram": "克",
            "milligram": "毫克",
            "microgram": "微克",
            "metre": "米",
            "kilometre": "千米 公里",
            "centimetre": "厘米",
            "millimetre": "毫米",
            "micrometre": "微米",
            "celsius": "摄氏度 度",
            "iu": "国际单位",
        }
    ),
    label_suffixes=_unit_table({"phase stage": "期", "type": "型", "class category grade level stage": "级 类"}),
    before=_senses(
        less="少于; 低于; 小于; 不足; 不到; 未满; 短于; 未达",
        more="超过; 大于; 多于; 高于; 逾; 超; 长于; 超出; 突破",
        at_most="不超过; 不多于; 不大于; 不高于; 至多; 不超; 不长于; 小于等于; 小于或等于; 不逾",
        at_least="至少; 不少于; 不低于; 不小于; 不短于; 最少; 大于等于; 大于或等于",
        maybe_at_most="最多; 最长; 长达; 最大; 最高; 多达; 高达; 上限为; 随访至",
        maybe_at_least="最低; 最短; 最小; 下限为; 满",
    ),
    after=_senses(
        more_or_at_least="以上; 及以上; 或以上; 及其以上; 或更多; 或更高; 或更大; 之上",
        less_or_at_most="以下; 及以下; 或以下; 或更少; 或更低; 之下",
        maybe_at_most="以内; 之内; 内",
        maybe_more="多; 余",
    ),
    fillers=tuple(
        _split(
            "= 约 大约 低 高 增加 减少 升高 降低 提高 下降 延长 缩短 多 少 大 小 长 短 需 需要 有 为 是 含 随访 观察 达"
            " 达到 间隔 持续 存活 保持 入组 纳入 包括 相差 相隔 经过 完成"
        )
    ),
    scales=MappingProxyType({"万亿": 12, "千万": 7, "百万": 6, "亿": 8, "万": 4, "千": 3}),
    joiners=("至", "到", "~"),
    listers=("、", "，", ",", "和", "与", "及", "或", "以及", "；", ";"),
    measures=tuple(_split("种 组 个 类 型 级 期 臂 家 处 条 部 章 节 份 步 侧 篇 支 对 批 大 方 者 所 门 国")),
    han_numerals=True,
    ambiguous=_names("四周", "一般", "一次性"),
    not_after=MappingProxyType(
        {
            "周": "期围",
            "人": "群份类体源均口工",
            "天": "然津",
            "年": "龄轻",
            "日": "本",
            "分": "之别级",
            "次": "级要文表",
            "名": "称",
            "位": "点置于",
            "例": "如外",
            "项": "目",
            "克": "隆",
            "期": "间刊",
            "类": "似",
            "千": "克米卡帕赫",
            "多": "中次个",
            "余": "下",
        }
    ),
    vague="第数几",
    numbered=("章", "节"),
)

_EN = LanguageTable(
    units=_unit_table(
        {
            "%": "percent per_cent",
            "percentage-point": "percentage_points percentage_point",
            "second": "second seconds",
            "minute": "minute minutes mins",
            "hour": "hour hours hrs",
            "day": "day days",
            "week": "week weeks wk wks",
            "month": "month months mo",
            "year": "year years yr yrs y years_of_age year-old years-old",
            "century": "century centuries",
            "person-year": "person-years patient-years",
            "person-time": "person-times",
            "person": "patient patients participant participants people person persons subject subjects individual"
            " individuals case cases adult adults volunteer volunteers woman women man men child children donor donors"
            " recipient recipients control controls",
            "study": "trial trials study studies record records registration registrations",
            "limb": "limb limbs leg legs",
            "eye": "eye eyes",
            "times": "time times fold",
            "cell": "cell cells",
            "point": "point points",
            "litre": "litre litres liter liters",
            "millilitre": "millilitre millilitres milliliter milliliters",
            "microlitre": "microlitre microlitres microliter microliters",
            "kilogram": "kilogram kilograms",
            "gram": "gram grams",
            "milligram": "milligram milligrams",
            "microgram": "microgram micrograms",
            "metre": "metre metres meter meters",
            "kilometre": "kilometre kilometres kilometer kilometers",
            "centimetre": "centimetre centimetres centimeter centimeters",
            "millimetre": "millimetre millimetres millimeter millimeters",
            "micrometre": "micrometre micrometres micrometer micrometers",
            "celsius": "degree degrees",
        }
    ),
    labels=_unit_table(
        {
            "phase": "phase phases",
            "stage": "stage stages",
            "type": "type types",
            "class": "class classes",
            "category": "category categories",
            "grade": "grade grades",
            "level": "level levels",
        }
    ),
    before=_senses(
        less="less than; fewer than; lower than; smaller than; shorter than; younger than; below; under",
        more="more than; greater than; higher than; larger than; longer than; older than; over; above; exceeding;"
        " exceeds; exceeded; beyond; in excess of; upwards of",
        at_most="at most; no more than; not more than; no greater than; not exceeding; no longer than;"
        " not longer than; less than or equal to",
        at_least="at least; no fewer than; not fewer than; no less than; not less than; greater than or equal to;"
        " a minimum of; minimum of",
        maybe_at_most="up to; a maximum of; maximum of; as many as; as much as; as long as; within",
        maybe_at_least="as few as; as little as",
        plain="rather than; other than",
    ),
    after=_senses(
        more_or_at_least="or more; or older; and older; or above; and above; or higher; or over; and over; or longer;"
        " or greater; or later; +",
        less_or_at_most="or less; or fewer; or younger; and younger; or below; and below; or lower; or shorter;"
        " or under",
    ),
    fillers=("=", "about", "approximately", "a total of", "another", "the"),
    over_time=_senses(maybe_more="over; beyond; above", maybe_at_most="under; within"),
    scales=MappingProxyType({"hundred": 2, "thousand": 3, "million": 6, "billion": 9, "trillion": 12}),
    number_words=_words(
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
        " seventeen eighteen nineteen"
    ),
    tens_words=MappingProxyType(
        {
            word: 10 * number
            for word, number in _words("twenty thirty forty fifty sixty seventy eighty ninety", 2).items()
        }
    ),
    singular_words=_names("one", "a", "an"),
    loose_words=MappingProxyType(
        {
            "both": 2,
            "either": 2,
            "once": 1,
            "twice": 2,
            "double": 2,
            "doubled": 2,
            "twofold": 2,
            "triple": 3,
            "threefold": 3,
            "fourfold": 4,
            "fivefold": 5,
            "sixfold": 6,
            "sevenfold": 7,
            "eightfold": 8,
            "ninefold": 9,
            "tenfold": 10,
            "zero": 0,
        }
    ),
    months=MappingProxyType(
        {
            **_words("january february march april may june july august september october november december"),
            **_words("jan feb mar apr may jun jul aug sep oct nov dec"),
            "sept": 9,
        }
    ),
    month_leads=(
        "in",
        "since",
        "of",
        "by",
        "until",
        "from",
        "to",
        "between",
        "and",
        "early",
        "late",
        "mid",
        "through",
        "before",
        "after",
        "during",
        "on",
    ),
    joiners=("to", "through", "until", "~"),
    listers=(",", "and", "or", ", and", ", or", ";"),
    fractions=MappingProxyType({"third": 3, "thirds": 3, "quarter": 4, "quarters": 4, "fifth": 5, "fifths": 5}),
    ordinals=("st", "nd", "rd", "th"),
    stop_words=_split(
        "of in on at the a an and or with for to by from per is are was were be been has have had that which who"
        " whose as than into between among not no but if while when where its their these those this it they"
    ),
    plural_only=_names("person", "study", "limb", "eye"),
)

_DE = LanguageTable(
    decimal=",",
    group=".",
    units=_unit_table(
        {
            "%": "Prozent prozent",
            "percentage-point": "prozentpunkte prozentpunkten prozentpunkt",
            "second": "sekunde sekunden",
            "minute": "minute minuten",
            "hour": "stunde stunden",
            "day": "tag tage tagen",
            "week": "woche wochen wöchige wöchigen",
            "month": "monat monate monaten monats monatige monatigen",
            "year": "jahr jahre jahren jahres jährige jährigen",
            "century": "jahrhundert",
            "person": "patient patienten patientinnen teilnehmer teilnehmende teilnehmenden teilnehmern"
            " personen person menschen probanden fälle fällen",
            "study": "studie studien prüfungen einträge",
            "limb": "bein beine beinen",
            "eye": "auge augen",
            "times": "mal fach",
            "cell": "zelle zellen",
            "point": "punkte punkten punkt",
            "millilitre": "milliliter",
            "milligram": "milligramm",
            "metre": "meter metern",
        }
    ),
    labels=_unit_table(
        {
            "phase": "phase phasen",
            "stage": "stadium stadien",
            "type": "typ typen",
            "class": "klasse klassen",
            "grade": "grad",
            "level": "stufe stufen",
        }
    ),
    before=_senses(
        less="weniger als; unter; kleiner als; kürzer als; jünger als; niedriger als",
        more="mehr als; über; größer als; länger als; älter als; höher als",
        at_most="höchstens; maximal; nicht mehr als",
        at_least="mindestens; wenigstens; nicht weniger als",
        maybe_at_most="bis zu; innerhalb von",
    ),
    after=_senses(
        more_or_at_least="oder mehr; und mehr; oder älter; und älter; und darüber",
        less_or_at_most="oder weniger; oder jünger; und darunter",
    ),
    fillers=("=", "etwa", "rund", "insgesamt", "die"),
    over_time=_senses(maybe_more="über", maybe_at_most="unter; innerhalb von"),
    scales=MappingProxyType({"tausend": 3, "million": 6, "millionen": 6, "milliarde": 9, "milliarden": 9}),
    number_words=_words("ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf"),
    tens_words=MappingProxyType({}),
    singular_words=_names("ein", "eine", "einem", "einen", "einer", "eines"),
    loose_words=MappingProxyType({"beide": 2, "beiden": 2, "zweimal": 2, "dreimal": 3, "doppelt": 2, "null": 0}),
    months=_words("januar februar märz april mai juni juli august september oktober november dezember"),
    month_leads=("im", "seit", "bis", "ab", "von", "vom", "zum", "ende", "anfang", "mitte", "und"),
    joiners=("bis", "~"),
    listers=(",", "und", "oder", ";"),
    ordinals=("te", "ten", "ter"),
    stop_words=_split("von in an der die das den dem des und oder mit für zu bei pro ist sind war waren als"),
    plural_only=_names("person", "study", "limb", "eye"),
)

#: The languages known here, by code (BCP 47 primary subtag).
LANGUAGES: Mapping[str, LanguageTable] = MappingProxyType({"zh": _ZH, "en": _EN, "de": _DE})

#: What remains where a language has no table: digits, signs, symbols, identifiers.
UNKNOWN = LanguageTable()


def language_table(language: str) -> LanguageTable:
    """Return the table for a language code such as ``zh`` or ``zh-Hans``; an unknown one gets :data:`UNKNOWN`."""
    return LANGUAGES.get(language.lower().replace("_", "-").partition("-")[0], UNKNOWN)
