"""The bibliography's reader: same result as pybtex, true lines, every defect in one run."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from effort import calls_of
from livingreview.bibliography import Name, Reference, parse_bibliography, parse_name, plain_text
from livingreview.problems import Problem

ROOT = Path(__file__).parent.parent

GOOD = """@article{garcia2024novel,
  author = {García, Ana and others},
  title = {A novel thing},
  journal = {Journal},
  year = {2024},
}
"""


def parse(text: str) -> tuple[tuple[Reference, ...], tuple[Problem, ...]]:
    return parse_bibliography(text, "refs.bib")


def found(text: str) -> list[tuple[int, str]]:
    return [(problem.line, problem.code) for problem in parse(text)[1]]


def test_own_bibliography_is_clean() -> None:
    text = (ROOT / "refs.bib").read_text(encoding="utf-8")
    references, problems = parse(text)
    assert problems == ()
    assert len(references) >= 25
    assert all(r.langid in ("english", "chinese") and r.kind for r in references)


def test_own_bibliography_is_read_as_pybtex_reads_it() -> None:
    from pybtex.database import parse_file

    references, _ = parse((ROOT / "refs.bib").read_text(encoding="utf-8"))
    entries = parse_file(str(ROOT / "refs.bib")).entries
    assert [r.key for r in references] == list(entries)
    for reference in references:
        entry = entries[reference.key]
        assert {k: v for k, v in reference.raw.items() if k != "author"} == {
            k.lower(): v for k, v in entry.fields.items()
        }
        people = entry.persons["author"]
        assert len(people) == len(reference.authors) + reference.others
        for person, name in zip(people, reference.authors, strict=False):
            if not name.literal:
                assert " ".join(person.last_names) == name.family
                assert " ".join(person.prelast_names) == name.particle
                assert " ".join(person.first_names + person.middle_names) == name.given


def test_lines_are_those_of_the_file() -> None:
    references, _ = parse("% a comment\n\n" + GOOD)
    assert references[0].line == 3
    assert references[0].line_of("year") == 7
    assert references[0].line_of("doi") == 3


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (GOOD, []),
        (GOOD + GOOD, [(7, "bib-duplicate-key")]),
        (GOOD.replace("garcia2024novel", "Garcia2024"), [(1, "bib-key-form")]),
        (GOOD.replace("  year = {2024},\n", ""), [(1, "bib-field-missing")]),
        (GOOD.replace("  title = {A novel thing},\n", "  title = {},\n"), [(1, "bib-field-missing")]),
        (GOOD.replace("{Journal},", "{Journal},\n  doi = {https://doi.org/10.1000/xyz},"), [(5, "doi-syntax")]),
        (GOOD.replace("{Journal},", "{Journal},\n  doi = {10.1000/xyz.},"), [(5, "doi-syntax")]),
        (GOOD.replace("{Journal},", "{Journal},\n  doi = {none},"), [(5, "doi-syntax")]),
        (GOOD.replace("{Journal},", "{Journal},\n  pmid = {PMC123},"), [(5, "pmid-syntax")]),
        (
            GOOD.replace("{Journal},", "{Journal}, doi = {10.1000/XYZ},")
            + GOOD.replace("novel,", "other,").replace("{Journal},", "{Journal}, doi = {10.1000/xyz},"),
            [(10, "doi-duplicate")],
        ),
        (GOOD.replace("{Journal},", "{Journal}"), [(5, "bib-syntax")]),
        (GOOD.replace("{Journal},", "{Journal,"), [(4, "bib-syntax")]),
        (GOOD.replace("{Journal},", '"Journal,'), [(4, "bib-syntax")]),
        (GOOD.replace("{Journal},", "Journal,"), [(4, "bib-syntax")]),
        (GOOD.replace("{Journal},", "{Journal},\n  year = {2023},"), [(6, "bib-syntax")]),
        (GOOD.replace("garcia2024novel,", ""), [(1, "bib-syntax")]),
        (GOOD.replace("garcia2024novel,", "garcia2024novel"), [(1, "bib-syntax")]),
        (GOOD[:-2] + "\n" + GOOD.replace("novel,", "other,"), [(1, "bib-syntax")]),
        (GOOD[:-2], [(1, "bib-syntax")]),
        ("@article", []),
        ("", []),
    ],
)
def test_each_defect_gives_one_problem_on_its_line(text: str, expected: list[tuple[int, str]]) -> None:
    assert found(text) == expected


def test_an_unreadable_entry_hides_no_other() -> None:
    broken = GOOD.replace("{Journal},", "{Journal,")
    third = GOOD.replace("novel,", "third,")
    references, problems = parse(broken + GOOD.replace("novel,", "other,") + "@article{,}\n" + third)
    assert [r.key for r in references] == ["garcia2024other", "garcia2024third"]
    assert [p.code for p in problems] == ["bib-syntax", "bib-syntax"]


def test_strings_concatenation_comments_and_other_brackets() -> None:
    text = (
        '@comment{ignored @article{x,} }\n@preamble{"\\newcommand"}\n@string{jtm = "Journal of " # {Things}}\n'
        "% @article{off2020x, title = {no}}\n"
        '@article(lee2020word, author = "Lee, A and Kim, B", title = {One} # " and " # {two},\n'
        "  journal = jtm, year = 2020)\n"
    )
    references, problems = parse(text)
    assert problems == ()
    assert [(r.key, r.title, r.journal, r.year) for r in references] == [
        ("lee2020word", "One and two", "Journal of Things", "2020")
    ]


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("García, Ana María", Name("García", "Ana María")),
        ("de la Cuesta Diaz, Antonio", Name("Cuesta Diaz", "Antonio", "de la")),
        ("van der Graaf, Y.", Name("Graaf", "Y.", "van der")),
        ("Del Rio Sola, Lourdes", Name("Del Rio Sola", "Lourdes")),
        ("King, Jr, Martin", Name("King", "Martin", "", "Jr")),
        ("Ludwig van Beethoven", Name("Beethoven", "Ludwig", "van")),
        ("June Seok Heo", Name("Heo", "June Seok")),
        ("王海妍", Name(literal="王海妍")),
        ("{GVG Writing Group}", Name(literal="GVG Writing Group")),
        ("Plato", Name("Plato")),
        ("Ort{\\'u}zar, Mar{\\'\\i}a", Name("Ortúzar", "María")),
    ],
)
def test_names(raw: str, name: Name) -> None:
    assert parse_name(raw) == name


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("Stem Cell Research \\& Therapy", "Stem Cell Research & Therapy"),
        ("152--156", "152–156"),
        ("``no-option'' limb", "“no-option” limb"),
        ("{MSCs} to {T} cells", "MSCs to T cells"),
        ('Garc{\\\'i}a \\"{o} na{\\"\\i}ve \\v{c} \\ss', "García ö naïve č ß"),
        ("100\\% of \\emph{all}, 5% too", "100% of all, 5% too"),
        ("a\n   b\tc", "a b c"),
        ("老年医学与保健", "老年医学与保健"),
        ("\\", "\\"),
    ],
)
def test_plain_text(raw: str, text: str) -> None:
    assert plain_text(raw) == text


PIECES = st.sampled_from([*'@{}(),="#%\\ \n', "article", "a2020b", "title", "year", "中", "é", "'"])


@given(st.lists(PIECES, max_size=60).map("".join))
@example("@article{a2020b,title={\\}")
@example('@string{a="b"}@article{a2020b,title=a#"c"')
@settings(max_examples=400, deadline=None)
def test_never_raises(text: str) -> None:
    references, problems = parse(text)
    lines = text.count("\n") + 1
    assert all(1 <= problem.line <= lines for problem in problems)
    assert len({r.key for r in references}) == len(references)


WORDS = (
    st.text(alphabet=st.sampled_from("abcXYZ 中文é-:&."), min_size=1, max_size=12)
    .map(lambda text: " ".join(text.split()))
    .filter(bool)
)


@given(st.dictionaries(st.sampled_from(["title", "journal", "year", "volume", "note", "x-own"]), WORDS, min_size=1))
@settings(max_examples=200, deadline=None)
def test_what_is_written_is_read_back_and_pybtex_agrees(fields: dict[str, str]) -> None:
    from pybtex.database import parse_string

    rows = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items())
    text = f"@article{{key2020word,\n{rows}\n}}\n"
    references, problems = parse(text)
    assert not [p for p in problems if p.code == "bib-syntax"]
    assert dict(references[0].raw) == fields == dict(parse_string(text, "bibtex").entries["key2020word"].fields)


def test_work_is_in_proportion_to_the_entries() -> None:
    def entries(count: int) -> str:
        entry = GOOD.replace("{2024}", "{2024},\n doi = {10.1000/N}")
        return "\n".join(entry.replace("novel", f"novel{n}").replace("1000/N", f"1000/{n}") for n in range(count))

    references, problems = parse(entries(2_000))
    assert (len(references), problems) == (2_000, ())
    assert calls_of(parse, entries(2_001)) < 4.5 * calls_of(parse, entries(500))
