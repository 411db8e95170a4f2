"""What was verified: read as written, compared with tolerance, never taken for more than it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from effort import calls_of
from livingreview.bibliography import Reference, parse_bibliography
from livingreview.checks_citations import (
    Mention,
    StatusNote,
    check_doi_matches,
    check_doi_records,
    check_registry_records,
    check_retractions,
    check_unused,
)
from livingreview.verified import (
    Registered,
    VerificationLedger,
    differences,
    fold,
    journals_agree,
    load_ledger,
    titles_agree,
)

ROOT = Path(__file__).parent.parent

WORK = """works:
  garcia2024novel:
    date: 2026-11-23
    method: read from a public page
    read_at: publisher's page
    fields:
      author: verified
      volume: as-printed-in-review
      title-en: ours
    doi:
      id: 10.1000/xyz
      status: verified
      agency: Crossref
      title: A novel thing
      journal: Journal of Things
      journal-short: J Things
      year: 2024
      year-online: 2023
      date: 2026-11-20
      method: livingreview verify
    pmid:
      id: "123"
      status: verified
      doi: 10.1000/xyz
      date: 2026-11-24
    notices:
      status: corrected
      date: 2026-11-24
      method: livingreview verify
      items:
        - type: correction
          source: publisher
          doi: 10.1000/c
registries:
  NCT00000001:
    status: verified
    title: null
    date: 2026-11-23
links:
  "https://example.org/": {status: alive, date: 2026-11-23, method: livingreview verify}
"""

ENTRY = """@article{garcia2024novel,
  author = {García, Ana},
  title = {A novel thing},
  journal = {Journal of Things},
  year = {2024},
  doi = {10.1000/xyz},
  pmid = {123},
  langid = {english},
}
"""


def ledger(text: str = WORK) -> VerificationLedger:
    found, problems = load_ledger(text)
    assert problems == ()
    return found


def references(text: str = ENTRY) -> tuple[Reference, ...]:
    found, problems = parse_bibliography(text, "refs.bib")
    assert problems == ()
    return found


def test_a_record_is_read_whole() -> None:
    record = ledger().works["garcia2024novel"]
    assert record.doi is not None
    assert record.doi.journals == ("Journal of Things", "J Things")
    assert record.doi.years == ("2024", "2023")
    assert record.doi.line == 10
    assert record.unverified_fields == ("volume", "title-en")
    assert record.verified_on == "2026-11-24"
    assert record.notices.status == "corrected"
    assert record.notices.items[0]["doi"] == "10.1000/c"
    assert ledger().registries["NCT00000001"].is_verified
    assert ledger().status_of("nobody") == "unknown"


def test_own_ledger_fits_own_bibliography() -> None:
    found, problems = load_ledger((ROOT / "data/verification.yml").read_text(encoding="utf-8"))
    own, _ = parse_bibliography((ROOT / "refs.bib").read_text(encoding="utf-8"), "refs.bib")
    assert problems == ()
    assert {reference.key for reference in own} == set(found.works)
    assert list(check_doi_records(own, found)) == []
    assert list(check_doi_matches(own, found)) == []
    for reference in own:
        states = found.works[reference.key].fields
        if states:
            content = {*reference.fields} - {"langid", "keywords"}
            assert content == set(states), reference.key


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("status: verified\n      agency", "status: ok\n      agency", 12),
        ("volume: as-printed-in-review", "volume: fine", 8),
        ("status: corrected", "status: bad", 27),
        ("date: 2026-11-20", "date: 20 Nov 2026", 19),
        ("    fields:\n      author: verified", "    fields: none\n    x:\n      author: verified", 6),
        (
            "  NCT00000001:\n    status: verified\n",
            "  NCT00000001: verified\n  NCT00000002:\n    status: verified\n",
            35,
        ),
    ],
)
def test_each_fault_gives_one_problem(old: str, new: str, line: int) -> None:
    assert old in WORK
    _, problems = load_ledger(WORK.replace(old, new))
    assert [(p.code, p.path) for p in problems] == [("data-field", "data/verification.yml")]
    assert problems[0].line == line


@pytest.mark.parametrize("text", ["", "# nothing\n", "works:\nregistries:\n", "works: {}\n"])
def test_an_empty_ledger_is_no_fault(text: str) -> None:
    assert load_ledger(text) == (VerificationLedger(), ())


@pytest.mark.parametrize("text", ["- a\n", "works: [1]\n", "works: {a: 1}\n", "works: {\n", "a: b: c"])
def test_a_broken_ledger_is_a_problem(text: str) -> None:
    _, problems = load_ledger(text)
    assert len(problems) == 1


@given(st.text(alphabet="works:\n {}[]a1-#'\"", max_size=60))
@settings(max_examples=200, deadline=None)
def test_any_text(text: str) -> None:
    load_ledger(text)


# -- comparing ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("A Novel Thing", "a novel thing"),
        ("E-selectin therapy – a trial", "E‐Selectin Therapy: A Trial"),
        (
            "allogeneic Wharton jelly-derived mesenchymal stem cells",
            "allogenic Wharton jelly-derived mesenchymal stem cells",
        ),
        ("Phase I trial of something in <i>Homo sapiens</i>", "Phase I trial of something in Homo sapiens"),
        ("Cell therapy for critical limb ischemia: a meta-analysis", "Cell therapy for critical limb ischemia"),
        ("Postępy w kardiologii i chirurgii serca", "Postepy w Kardiologii i Chirurgii Serca"),
        ("3 种不同来源 CD146 阳性细胞", "3种不同来源CD146阳性细胞"),
        ("“No-option” ischaemia in the leg of man", '"No-option" ischemia in the leg of man'),
        ("Randomised trial of limb threatening ischaemia", "A randomized trial of limbthreatening ischemia"),
        ("TNF-α in chronic limb ischemia of the leg", "TNF-alpha in chronic limb ischemia of the leg"),
        ("慢性肢体缺血患者的生活质量与影响因素", "慢性肢体缺血患者生活质量及影响因素"),
    ],
)
def test_titles_that_agree(one: str, other: str) -> None:
    assert titles_agree(one, other)
    assert titles_agree(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("A novel thing", "Another matter altogether"),
        ("Short", "Short story of a long life in the mountains of the north"),
        ("脐带来源间充质干细胞抑制巨噬细胞M1极化", "脐带来源细胞治疗肢体缺血的实验研究"),
        ("The use of autologous cell therapy in limb ischemia", "The use of allogeneic cell therapy in limb ischemia"),
        ("A phase I trial of cells in chronic limb ischemia", "A phase II trial of cells in chronic limb ischemia"),
        ("Cell therapy of the leg: one-year results", "Correction to: Cell therapy of the leg: one-year results"),
        ("自体间充质干细胞治疗慢性肢体缺血的临床研究", "异体间充质干细胞治疗慢性肢体缺血的临床研究"),
        ("Phase II trial of cells in limb ischemia", "Rationale and design of a phase II trial of cells in hearts"),
    ],
)
def test_titles_that_differ(one: str, other: str) -> None:
    assert not titles_agree(one, other)


@pytest.mark.parametrize(
    ("names", "registered", "expected"),
    [
        (("Journal of Vascular Surgery",), ("J Vasc Surg",), True),
        (("J. Vasc. Surg.",), ("Journal of Vascular Surgery",), True),
        (("Stem Cell Research & Therapy",), ("Stem Cell Research and Therapy",), True),
        (("The Lancet",), ("Lancet",), True),
        (("Advances in Cardiology / Postępy w Kardiologii",), ("Postepy w Kardiologii",), True),
        (("基础医学与临床",), ("基础医学与临床",), True),
        (("Cytotherapy",), ("Stem Cells",), False),
        (("Journal of Vascular Surgery",), ("Journal of Vascular Access",), False),
        (("Circulation",), ("Circulation Research",), False),
        (("Stem Cells",), ("Stem Cells Translational Medicine", "Stem Cells Transl Med"), False),
    ],
)
def test_journals(names: tuple[str, ...], registered: tuple[str, ...], expected: bool) -> None:
    assert journals_agree(names, registered) is expected


@given(st.text(max_size=40), st.text(max_size=40))
@example("\U0001d6e2", "")  # a mathematical capital alpha: lower case only after its plain form is taken
@settings(deadline=None)
def test_comparing_is_symmetric_and_safe(one: str, other: str) -> None:
    assert titles_agree(one, one)
    assert titles_agree(one, other) == titles_agree(other, one)
    assert fold(fold(one)) == fold(one)


def test_a_chinese_work_under_an_english_title_is_not_compared() -> None:
    text = (
        "@article{wang2020cd146, author = {王巧玲}, title = {间充质干细胞亚群}, title-en = {Our own words for it},"
        " journal = {基础医学与临床}, shortjournal = {Ji Chu Yi Xue Yu Lin Chuang}, year = {2020}}"
    )
    (reference,) = references(text)
    registered = Registered("x", "verified", 1, title="Comparison of cells", journals=("Basic & Clinical Medicine",))
    assert list(differences(reference, registered)) == []
    other = Registered("x", "verified", 1, title="完全不同的题名研究", years=("2019",), journals=("军事医学",))
    assert [name for name, *_ in differences(reference, other)] == ["title", "year", "journal"]


# -- checks ------------------------------------------------------------------------


def codes(problems: object) -> list[tuple[int, str]]:
    return [(problem.line, problem.code) for problem in problems]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (WORK, []),
        (WORK.replace("status: verified\n      agency", "status: not-verified\n      agency"), []),
        (WORK.replace("status: verified\n      agency", "status: not-covered\n      agency"), []),
        (WORK.replace("status: verified\n      agency", "status: not-found\n      agency"), [(6, "doi-unverified")]),
        (WORK.replace("id: 10.1000/xyz", "id: 10.1000/XYZ"), []),
        (WORK.replace("id: 10.1000/xyz", "id: 10.1000/other"), [(6, "doi-unverified")]),
        ("", [(6, "doi-unverified")]),
    ],
)
def test_doi_records(text: str, expected: list[tuple[int, str]]) -> None:
    assert codes(check_doi_records(references(), ledger(text))) == expected


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (WORK, 0),
        (WORK.replace("title: A novel thing", "title: Something else altogether"), 3),
        (WORK.replace("year: 2024\n      year-online: 2023", "year: 2025"), 5),
        (WORK.replace("year: 2024\n      year-online: 2023", "year: 2023\n      year-print: 2024"), 0),
        (WORK.replace("journal: Journal of Things\n      journal-short: J Things", "journal: Other Things"), 4),
        (WORK.replace("status: verified\n      doi: 10.1000/xyz", "status: verified\n      doi: 10.1000/q"), 6),
        (WORK.replace("title: A novel thing", "title: null"), 0),
    ],
)
def test_doi_matches(text: str, line: int) -> None:
    assert codes(check_doi_matches(references(), ledger(text))) == ([(line, "doi-mismatch")] if line else [])


def test_registry_records() -> None:
    mentions = [
        Mention("NCT00000001", "a.yml", 1),
        Mention("NCT00000002", "b.yml", 2),
        Mention("NCT00000002", "c.yml", 3),
    ]
    (problem,) = check_registry_records(mentions, ledger())
    assert (problem.code, problem.path, problem.line) == ("registry-unverified", "b.yml", 2)
    gone = ledger(WORK.replace("NCT00000001:\n    status: verified", "NCT00000001:\n    status: not-found"))
    assert [p.line for p in check_registry_records(mentions[:1], gone)] == [1]


@pytest.mark.parametrize("status", ["retracted", "concern"])
def test_a_grave_state_stops_each_page_until_it_says_so(status: str) -> None:
    found = ledger(WORK.replace("status: corrected", f"status: {status}"))
    cited = [Mention("garcia2024novel", "docs/zh/a.md", 4), Mention("garcia2024novel", "docs/zh/a.md", 9)]
    cited.append(Mention("garcia2024novel", "docs/en/a.md", 4))
    problems = list(check_retractions(cited, found, []))
    assert [(p.path, p.line, p.code) for p in problems] == [
        ("docs/zh/a.md", 4, "reference-retracted"),
        ("docs/en/a.md", 4, "reference-retracted"),
    ]
    notes = [
        StatusNote("docs/zh/a.md", "garcia2024novel", status),
        StatusNote("docs/en/a.md", "garcia2024novel", "corrected"),
    ]
    assert [p.path for p in check_retractions(cited, found, notes)] == ["docs/en/a.md"]


def test_a_correction_stops_nothing() -> None:
    assert list(check_retractions([Mention("garcia2024novel", "docs/zh/a.md", 4)], ledger(), [])) == []


def test_unused() -> None:
    assert codes(check_unused(references(), set())) == [(1, "citation-unused")]
    assert codes(check_unused(references(), {"garcia2024novel"})) == []


def test_counts_for_status() -> None:
    counts = ledger().counts(references())
    assert counts["verified"] == 1
    assert sum(counts.values()) == 1
    assert ledger("").counts(references())["no-record"] == 1
    assert ledger().oldest() == "2026-11-20"


def test_comparing_a_work_costs_the_same_among_a_thousand_records() -> None:
    block = WORK.split("works:\n")[1].split("registries:", maxsplit=1)[0]
    found = ledger("works:\n" + "".join(block.replace("garcia2024novel", f"garcia2024novel{n}") for n in range(1000)))
    (reference,) = references()
    many, one = found.works["garcia2024novel7"].doi, ledger().works["garcia2024novel"].doi
    assert many is not None
    assert one is not None
    assert list(differences(reference, many)) == []
    assert calls_of(lambda: list(differences(reference, many))) == calls_of(lambda: list(differences(reference, one)))
