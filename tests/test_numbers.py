"""Numbers mean the same in both languages, however they are written; what differs is reported, nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from effort import no_hanging
from livingreview.number_reader import han_value
from livingreview.numbers import Quantity, compare_numbers, contains_number, extract_numbers


def difference(left: str, right: str, languages: tuple[str, str] = ("zh", "en")) -> str:
    found = compare_numbers(extract_numbers(left, languages[0]), extract_numbers(right, languages[1]))
    return found.message(*languages) if found else ""


def one(text: str, language: str) -> Quantity:
    (quantity,) = extract_numbers(text, language)
    return quantity


SAME = [
    # digits, decimals, groups, percentages
    ("ClinicalTrials.gov 检索得到 28 项试验", "A query of ClinicalTrials.gov returned 28 trials"),
    ("２８ 项试验", "28 trials"),
    ("平均升高 0.22，踝动脉压升高 19 mmHg", "rose by 0.22, and ankle pressure by 19 mmHg"),
    ("变化 3.92 mmHg", "a change of 3.92 mmHg"),
    ("0.50", ".5"),
    ("12,345 例", "12345 patients"),
    ("15 000 例", "15,000 patients"),
    ("1 000 万个细胞", "10 million cells"),
    ("每 10 万人 5 例", "5 per 100,000 people"),
    ("保肢率 100%，60％ 截肢", "limb salvage 100%; 60 percent amputated"),
    ("40% 和 60%", "40 and 60%"),
    ("5%–10%", "5–10%"),
    ("百分之三十", "30%"),
    ("5 个百分点", "5 percentage points"),
    # signs
    ("−0.3（−0.5 至 0.1）", "-0.3 (-0.5 to 0.1)"),
    ("−0.3（–0.5 至 0.1）", "−0.3 (−0.5 to 0.1)"),
    # ranges and intervals
    ("6–12 个月", "6 to 12 months"),
    ("6～12 个月", "6–12 months"),
    ("6 至 12 个月", "6-12 months"),
    ("HR 0.93（95% CI 0.53–1.63；P = 0.788）", "HR 0.93 (95% CI, 0.53 to 1.63; P=.788)"),
    ("95% 置信区间 [0.53, 1.63]", "95% CI [0.53, 1.63]"),
    ("2012–2014 年", "2012–2014"),
    ("在 3～5 个月之间", "between 3 and 5 months"),
    # powers of ten
    ("20×10⁶ 个细胞", "20 million cells"),
    ("2000 万个细胞", "20 × 10^6 cells"),
    ("2000 万", "20 million"),
    ("1.2 亿", "120 million"),
    ("两千万个细胞", "20 million cells"),
    ("1–2 × 10⁶/kg", "1 to 2 × 10^6/kg"),
    ("(1–2)×10⁶", "1–2 million"),
    ("200 万–400 万", "2–4 million"),
    ("200–400 万", "2–4 million"),
    ("10⁻³", "10^-3"),
    ("细胞数（×10⁶）", "cells (×10⁶)"),
    ("6 袋 ×10⁶", "6 bags of 10⁶"),
    ("CD34⁺ 细胞（×10⁶/kg）", "CD34⁺ cells (×10⁶/kg)"),
    ("细胞剂量（10⁶/kg）", "cell dose (× 10⁶/kg)"),
    ("28 天时细胞数（×10⁶）", "cell number (×10⁶) at 28 days"),
    ("剂量均为 ×10⁶/kg：0.5、1、2", "0.5, 1, and 2 (all ×10⁶/kg)"),
    ("2×10⁶ 个/kg", "2 × 10⁶ cells/kg"),
    ("100 多万人", "more than 1 million people"),
    ("5 千克", "5 kg"),
    # phases, stages, types
    ("一项 I/II 期临床研究", "a phase I/II clinical study"),
    ("I/II 期", "phase 1/2"),
    ("Ⅲ期", "Phase III"),
    ("III 期和 IV 期试验", "phase III and phase IV trials"),
    ("III 期和 IV 期试验", "phases III and IV"),
    ("I–III 期", "phases I to III"),
    ("IIa 期", "phase 2a"),
    ("Fontaine III–IV 期", "Fontaine stage III or IV"),
    ("IIa 与 IIb 期", "between IIa and IIb"),
    ("Rutherford 4–6 级", "Rutherford categories 4–6"),
    ("90 名 2 型糖尿病患者", "90 patients with type 2 diabetes"),
    ("1 型和 2 型", "types 1 and 2"),
    ("由 M1 型转为 M2 型", "from the M1 phenotype to the M2 phenotype"),
    ("II 型胶原", "type II collagen"),
    ("踝压水平 19 mmHg", "an ankle pressure level 19 mmHg"),
    # dates
    ("修回日期为２０２５年３月２５日", "revised on March 25, 2025"),
    ("2025 年 3 月 25 日", "2025-03-25"),
    ("2025 年 3 月 25 日", "25 March 2025"),
    ("2025 年 3 月", "March 2025"),
    ("2025 年 3 月", "Mar. 2025"),
    ("2025 年", "in 2025"),
    ("2010 年 1 月至 3 月", "January to March 2010"),
    ("2010 年 1 月至 2012 年 12 月", "from January 2010 through December 2012"),
    ("2025 年 3 月 25–27 日", "March 25–27, 2025"),
    ("5 月", "in May"),
    ("20 世纪 90 年代", "the 1990s"),
    ("2010 年代", "the 2010s"),
    ("21 世纪", "the 21st century"),
    ("2025 年第 11 期", "2025, issue 11"),
    # identifiers
    ("CD29、CD44、CD73、CD90 和 CD105", "CD29, CD44, CD73, CD90, and CD105"),
    ("CD34 阳性", "CD34-positive"),
    ("CD34⁺ 细胞", "CD34+ cells"),
    ("CD34，CD34", "CD34"),
    ("NOMA（NCT04466007）", "NOMA (NCT04466007)"),
    ("白细胞介素-10（IL-10）", "interleukin-10 (IL-10)"),
    ("IL-10", "interleukin-10"),
    ("基质细胞衍生因子-1（SDF-1）", "stromal cell-derived factor-1 (SDF-1)"),
    ("TGF-β1", "TGF-beta1"),
    ("miR-34c", "miR-34c"),
    ("辅助性 T 细胞 1/17（Th1/17）", "T helper 1/17 (Th1/17) cells"),
    ("Th1/17 细胞", "T helper 1/17 (Th1/17) cells"),
    ("血管生成素-1/2（Ang-1/2）", "angiopoietin-1/2 (Ang-1/2)"),
    ("白介素 4 和 13（IL-4/13）", "interleukin-4/13 (IL-4/13)"),
    ("Smad 蛋白 2/3（Smad2/3）双侧", "Smad2/3 on both sides"),
    ("一例死亡，另一例截肢，第三例失访", "one died, another had an amputation, and a third was lost"),
    ("TcPO₂", "TcPO2"),
    ("COVID-19 期间", "during COVID-19"),
    ("3D 培养", "3D culture"),
    ("抗 CD3", "anti-CD3"),
    ("M1 向 M2 转变", "the M1-to-M2 shift"),
    ("SF-36 与 EQ-5D", "SF-36 and EQ-5D"),
    ("DOI 10.16352/j.issn.1001-6325.2025.11.1511。", "DOI 10.16352/j.issn.1001-6325.2025.11.1511."),
    ("GB/T 7714-2025", "GB/T 7714-2025"),
    ("EudraCT 2019-001234-28", "EudraCT 2019-001234-28"),
    # ratios, chains, parts
    ("按 2:1 随机分组", "randomized 2:1"),
    ("按 1∶1 分组", "allocated 1:1"),
    ("各组 7/7/10 例", "7/7/10 patients"),
    ("12 例中 4 例", "4 of 12 patients"),
    ("4/12 例", "4 of 12 patients"),
    ("三分之二", "two thirds"),
    # comparators
    ("不超过 5 年", "no more than 5 years"),
    ("超过 100 例", "more than 100 patients"),
    ("＜5", "<5"),
    ("少于 5 例", "fewer than 5 patients"),
    ("至少 20 例", "at least 20 patients"),
    ("失败已满 30 天", "failed at least 30 days before"),
    ("随访满 12 个月", "followed for 12 months"),
    ("见于二次文献的表格", "from a table in a secondary source"),
    ("至少低 20 mmHg", "at least 20 mmHg lower"),
    ("P < 0.05", "P<.05"),
    ("≥ 3 级", "grade ≥3"),
    ("18 岁以上", "aged 18 years or older"),
    ("18 岁及以上", "18 years and older"),
    ("20 余例", "more than 20 patients"),
    ("随访 12 个月", "over 12 months of follow-up"),
    ("随访超过 12 个月", "followed for over 12 months"),
    ("12 个月内", "within 12 months"),
    ("至多 12 个月", "up to 12 months"),
    # units
    ("24 周", "24-week"),
    ("12 个月无截肢生存率", "12-month amputation-free survival"),
    ("65 岁", "65-year-old"),
    ("第 24 周", "week 24"),
    ("第 3 天", "day 3"),
    ("28 项登记", "28 registrations"),
    ("40 条肢体", "40 limbs"),
    ("3 个患者组", "3 patient groups"),
    ("40 次", "40 times"),
    ("3 倍", "3-fold"),
    ("100 mL", "100 ml"),
    ("37 ℃", "37 °C"),
    # number words
    ("两项随机试验", "two small randomized trials"),
    ("十二个月", "twelve months"),
    ("二十八例", "twenty-eight patients"),
    ("三名患者", "3 patients"),
    ("3 名患者", "three patients"),
    ("两周后", "after two weeks"),
    ("两种细胞", "either cell type"),
    ("两种细胞", "both cells"),
    ("2 种细胞", "both cells"),
    ("2 组", "two arms"),
    ("1 次", "once"),
    ("10 倍", "tenfold"),
    ("两三个月", "two or three months"),
    ("两三个月", "2–3 months"),
    ("一百二十例", "one hundred and twenty patients"),
    ("128 例", "one hundred twenty-eight patients"),
    ("三维培养", "3D culture"),
    ("3D 培养", "three-dimensional culture"),
    ("双盲、单臂", "double-blind, single-arm"),
    ("一项研究", "a study"),
    ("1 项研究", "one study"),
    ("1 例", "a patient"),
    ("1 年", "one year"),
    ("第一个、第二附属医院", "the first; the Second Affiliated Hospital"),
    ("第 2 次", "the 2nd"),
    ("第 2 次", "the second time"),
    ("见[第 3 章](a.md)", "see [chapter 3](a.md)"),
    ("每周两次", "twice a week"),
    ("二甲双胍", "metformin"),
    ("四肢与四周组织", "limbs and surrounding tissue"),
    ("数十例", "dozens of patients"),
    ("十几例", "some patients"),
    ("一半患者", "half of the patients"),
    ("半年", "half a year"),
    # left alone
    ("见 https://doi.org/10.1/x3", "see the page"),
    ("写信到 a1@example.org", "write to b2@example.org"),
    ("3.1 节", "section 3.1"),
    ("没有数", "no number; one may march on"),
]


@pytest.mark.parametrize(("zh", "en"), SAME)
def test_the_same_in_both_languages(zh: str, en: str) -> None:
    assert difference(zh, en) == ""


DIFFERENT = [
    ("28 项试验", "82 trials", "zh has 28, en has 82"),
    ("28 项试验", "some trials", "zh has 28, en does not"),
    ("见第 3 章", "see the chapter", "zh has 3, en does not"),
    ("试验", "28 trials", "en has 28, zh does not"),
    ("12 周", "12 months", "zh has 12 周, en has 12 months"),
    ("34 条肢体", "34 patients", "zh has 34 条肢体, en has 34 patients"),
    ("1 级为低；1 年风险", "1 is low; risk at 1 month", "zh has 1 年, en has 1 month"),
    ("<5", "5", "zh has <5, en has 5"),
    ("超过 100 例", "at least 100 patients", "zh has >100 例, en has ≥100 patients"),
    ("60%", "60 patients", "zh has 60%, en has 60 patients"),
    ("60%", "70%", "zh has 60%, en has 70%"),
    ("60%", "60", "zh has 60%, en has 60"),
    ("I/II 期", "phase II/III", "zh has I/II, en has II/III"),
    ("III 期", "phase II", "zh has III, en has II"),
    ("2:1", "1:2", "zh has 2:1, en has 1:2"),
    ("CD34", "CD43", "zh has CD34, en has CD43"),
    ("NCT05854641", "NCT05854614", "zh has NCT05854641, en has NCT05854614"),
    ("2025年3月25日", "March 26, 2025", "zh has 2025年3月25日, en has March 26, 2025"),
    ("2025 年", "2024", "zh has 2025, en has 2024"),
    ("两项试验", "three trials", "zh has 两, en has three"),
    ("0.53–1.63", "0.53–1.36", "zh has 1.63, en has 1.36"),
    ("2000 万", "2 million", "zh has 2000 万, en has 2 million"),
    ("−0.3", "0.3", "zh has -0.3, en has 0.3"),
    ("12 个月、24 个月", "12 months", "zh has 24, en does not"),
    ("12 个月，12 个月", "12 months", "zh has 12, en does not"),
    ("5×10⁶", "5×10⁷", "zh has 5×10⁶, en has 5×10⁷"),
    ("两名患者", "patients", "zh has 两, en does not"),
    ("一百二十例", "one hundred and thirty patients", "zh has 一百二十, en has one hundred and thirty"),
    ("2 型糖尿病", "type 1 diabetes", "zh has 2, en has 1"),
    ("IL-10", "interleukin-6", "zh has IL-10, en does not"),
    ("白细胞介素-10（IL-10）", "interleukin-11 (IL-10)", "zh has 10, en has 11"),
    ("7/7/10", "7/10/7", "zh has 7/7/10, en has 7/10/7"),
    # a number deleted, of which something else remains
    ("至多 1 × 10⁷", "at most  × 10⁷", "zh has ≤1 × 10⁷, en has × 10⁷"),
    ("2 × 10⁵/kg，至多 × 10⁷", "2 × 10⁵/kg, at most 1 × 10⁷", "zh has × 10⁷, en has ≤1 × 10⁷"),
    ("辅助性 T 细胞 1/17（Th1/17）", "T helper /17 (Th1/17) cells", "zh has 1/17, en does not"),
    ("至多 1 × 10⁷", "at most · 10^7", "zh has ≤1 × 10⁷, en has · 10^7"),
    ("辅助性 T 细胞 1/（Th1/17）", "T helper 1/17 (Th1/17) cells", "en has 1/17, zh does not"),
]


@pytest.mark.parametrize(("zh", "en", "message"), DIFFERENT)
def test_what_differs_is_named(zh: str, en: str, message: str) -> None:
    assert difference(zh, en) == message


def test_many_differences_are_cut_short() -> None:
    message = difference("1、3、5、7、9、11、13", "text")
    assert message == "zh has 1, 3, 5, 7, 9, 11 …, en does not"


@pytest.mark.parametrize(
    ("text", "language", "kind", "value"),
    [
        ("0.220", "zh", "number", "0.22"),
        ("1,234,567.80", "en", "number", "1234567.8"),
        ("1.234.567,80", "de", "number", "1234567.8"),
        ("12\u202f000", "zh", "number", "12000"),
        ("20×10⁶", "zh", "number", "20000000"),
        ("2.5 million", "en", "number", "2500000"),
        ("I/II 期", "zh", "slash", "1/2"),
        ("phase IIb", "en", "number", "2b"),
        ("2025年3月25日", "zh", "date", "2025-03-25"),
        ("25.03.2025", "de", "date", "2025-03-25"),
        ("March 2025", "en", "date", "2025-03"),
        ("3 月 25 日", "zh", "date", "--03-25"),
        ("NCT05854641", "en", "identifier", "nct05854641"),
        ("TGF-β1", "zh", "identifier", "tgfbeta1"),
        ("2∶1", "zh", "ratio", "2:1"),
        ("3.1.2", "en", "identifier", "3.1.2"),
        ("v1.2", "xx", "identifier", "v1"),
    ],
)
def test_canonical_values(text: str, language: str, kind: str, value: str) -> None:
    quantity = extract_numbers(text, language)[0]
    assert (quantity.kind, quantity.value) == (kind, value)


@pytest.mark.parametrize(
    ("text", "language", "sense"),
    [
        ("＜ 5", "zh", {"<"}),
        ("低于 5", "zh", {"<"}),
        ("大于 5", "zh", {">"}),
        ("不超过 5", "zh", {"≤"}),
        ("不少于 5", "zh", {"≥"}),
        ("no fewer than 5", "en", {"≥"}),
        ("at most 5", "en", {"≤"}),
        ("over 5 patients", "en", {">"}),
        ("over 5 months", "en", {">", ""}),
        ("5 or more", "en", {">", "≥"}),
        ("mindestens 5", "de", {"≥"}),
        ("unhappily 5", "en", {""}),
    ],
)
def test_comparators(text: str, language: str, sense: set[str]) -> None:
    assert one(text, language).sense == sense


def test_a_quantity_keeps_how_it_was_written() -> None:
    quantity = one("超过 20×10⁶ 个细胞", "zh")
    assert quantity.text == "20×10⁶"
    assert quantity.full == ">20×10⁶ 个细胞"


GERMAN = [
    ("12 Monate", "12 个月", "zh"),
    ("0,22", "0.22", "en"),
    ("1.000 Patienten", "1000 patients", "en"),
    ("zwei Studien", "两项试验", "zh"),
    ("25. März 2025", "2025 年 3 月 25 日", "zh"),
    ("Phase I/II", "I/II 期", "zh"),
    ("Typ-2-Diabetes", "type 2 diabetes", "en"),
    ("mindestens 20 Millionen Zellen", "at least 20 million cells", "en"),
    ("60 Prozent", "60%", "en"),
    ("weniger als 5 Wochen", "少于 5 周", "zh"),
]


@pytest.mark.parametrize(("german", "other", "language"), GERMAN)
def test_another_language_is_only_data(german: str, other: str, language: str) -> None:
    assert difference(german, other, ("de", language)) == ""


def test_a_language_without_words_still_has_digits() -> None:
    assert difference("28 essais, 0.22, <5 %, CD34", "28 trials, 0.22, <5%, CD34", ("fr", "en")) == ""


CLAIMS = [
    ("剂量（×10⁶）", "10⁶", "zh", True),
    ("10⁶ 个细胞", "×10⁶", "zh", True),
    ("一项 I/II 期临床研究", "phase I/II", "zh", True),
    ("a phase I/II study", "phase I/II", "en", True),
    ("IV 期", "phase IV", "zh", True),
    ("II 期", "phase II", "zh", True),
    ("II 期", "phase I", "zh", False),
    ("I/II 期", "phase III", "zh", False),
    ("24 周", "24 weeks", "zh", True),
    ("at week 24", "24 weeks", "en", True),
    ("12 个月", "12-month", "zh", True),
    ("12 months", "12-month", "en", True),
    ("6–12 个月", "12-month", "zh", True),
    ("12 周", "12-month", "zh", False),
    ("2 型糖尿病", "type 2", "zh", True),
    ("diabetes type 2", "type 2", "en", True),
    ("M1 型", "M1", "zh", True),
    ("M2 型", "M1", "zh", False),
    ("保肢率 100%", "100%", "zh", True),
    ("100 例", "100%", "zh", False),
    ("0.22", "0.22", "zh", True),
    ("0.220", "0.22", "en", True),
    ("1.22", "0.22", "en", False),
    ("Th1/17", "Th1/17", "zh", True),
    ("踝动脉压 3.92 mmHg", "3.92 mmHg", "zh", True),
    ("（NCT05854641）", "NCT05854641", "zh", True),
    ("more than 28 trials", "28", "en", True),
    ("28 项", "90", "zh", False),
    ("24 Wochen", "24 weeks", "de", True),
    ("0,22", "0.22", "de", True),
    ("4/12 例", "12", "zh", True),
    ("12 个月", "12 个月", "zh", True),
    ("Several patients", "several", "en", True),
    ("none", "several", "en", False),
]


@pytest.mark.parametrize(("block", "number", "language", "expected"), CLAIMS)
def test_numbers_of_claims(block: str, number: str, language: str, expected: bool) -> None:
    assert contains_number(block, number, language) is expected


@pytest.mark.parametrize(
    ("numeral", "value"),
    [
        ("十", 10),
        ("十二", 12),
        ("二十八", 28),
        ("一百零五", 105),
        ("两千万", 20_000_000),
        ("二〇二五", 2025),
        ("三四", None),
    ],
)
def test_chinese_numerals(numeral: str, value: int | None) -> None:
    assert han_value(numeral) == value


PIECES = [
    *"0123456789.,/:-–~×%<>≤()^ \n",
    *(
        "10⁶",
        "万",
        "亿",
        "年",
        "月",
        "日",
        "个月",
        "期",
        "型",
        "例",
        "第",
        "两",
        "十",
        "多",
        "以上",
        "少于",
        "不",
        "至",
        "和",
    ),
    *(
        "phase ",
        "I",
        "II/",
        "type ",
        "two ",
        "twenty-",
        "million",
        "March ",
        "IL-10",
        "CD",
        "α",
        "more than ",
        "th",
        "s ",
    ),
]


@given(
    st.lists(st.sampled_from(PIECES), max_size=30).map("".join) | st.text(),
    st.sampled_from(["zh", "en", "de", "xx", ""]),
)
@settings(max_examples=400, deadline=None)
def test_any_text_agrees_with_itself(text: str, language: str) -> None:
    found = extract_numbers(text, language)
    assert not compare_numbers(found, found)
    assert not compare_numbers(found, tuple(reversed(found)))
    contains_number(text, text[:20], language)


@given(st.integers(0, 10**12), st.sampled_from(["zh", "en", "de"]))
def test_every_integer_is_found(number: int, language: str) -> None:
    assert [q.value for q in extract_numbers(f"x {number} y", language)] == [str(number)]


@given(st.integers(2, 9999))
def test_a_changed_number_never_passes(number: int) -> None:
    assert difference(f"共 {number} 例患者", f"{number + 1} patients in all")


@pytest.mark.parametrize(
    "piece",
    [
        *PIECES,
        "1,",
        "1/",
        "1:",
        "a-",
        "a1-",
        "1 ",
        "-1",
        "一",
        "十百",
        "一分之",
        "a@",
        "2025 年 3 ",
        "1–",
        "5×10⁶",
        "\x00",
    ],
)
def test_long_lines_end(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    with no_hanging():
        for language in ("zh", "en"):
            found = extract_numbers(text, language)
            compare_numbers(found, found[: len(found) // 2])
