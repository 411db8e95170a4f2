"""What a contributor begins with: full where the network allows, else an honest form, never over what exists."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from click.testing import Result as CliResult
from hypothesis import given, settings
from hypothesis import strategies as st

from livingreview.bibliography import parse_bibliography
from livingreview.commands_new import new_command
from livingreview.ledger import LEDGER_FILE
from livingreview.reference_scaffold import csl_year, reference_key, render_reference
from livingreview.scaffolds import ScaffoldError, insert_in_list, render_chapter
from livingreview.trial_scaffold import render_trial, slug
from livingreview.trials import load_trials
from livingreview.vocabulary import load_vocabulary
from livingreview.yamlfile import parse_yaml
from servers.scholarly import Scholarly, Work, serving, study

REPOSITORY = Path(__file__).parents[1]
VOCABULARY = (REPOSITORY / "data" / "vocabulary.yml").read_text(encoding="utf-8")

CONFIG = """\
# The site.
plugins:
  - i18n:
      languages:
        - {locale: zh, name: 中文, default: true, build: true}
        - {locale: en, name: English, build: true}
validation:
  nav:
    omitted_files: ignore
nav:  # the only list of pages
  - index.md
  - one.md   # the first
  - 第三部分:
      - part/index.md
      - part/two.md
  - 附录: about.md
"""
WORK = "pages:\n  home: index\n  chapters:  # in order\n    - one\n    - part\n    - part/two\n  beyond: []\n"


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scholarly]:
    with serving(Scholarly(silence=0.3)) as state:
        for name in ("DOI", "CROSSREF", "DATACITE", "PUBMED", "TRIALS"):
            monkeypatch.setenv(f"LIVINGREVIEW_{name}_URL", f"{state.url}/{name.lower()}")
        yield state


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for folder in ("data/trials", "docs/zh/part", "docs/en/part"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "data" / "vocabulary.yml").write_text(VOCABULARY, encoding="utf-8")
    (tmp_path / "data" / "review.yml").write_text(WORK, encoding="utf-8")
    (tmp_path / "data" / "urls.txt").write_text("/one/\n", encoding="utf-8")
    (tmp_path / "mkdocs.yml").write_text(CONFIG, encoding="utf-8")
    (tmp_path / "refs.bib").write_text(
        "% by hand\n@article{old2000word,\n  doi = {10.5555/OLD},\n}\n", encoding="utf-8"
    )
    (tmp_path / LEDGER_FILE).write_text("# by hand\nworks:\n  old2000word:\n    note: kept\n", encoding="utf-8")
    return tmp_path


def new(project: Path, *arguments: str) -> CliResult:
    return CliRunner().invoke(new_command, arguments, obj=project, catch_exceptions=False)


def files(project: Path) -> dict[str, bytes]:
    """Return every file of a project but those of the cache."""
    found = (path for path in project.rglob("*") if path.is_file() and ".cache" not in path.parts)
    return {path.relative_to(project).as_posix(): path.read_bytes() for path in found}


def registered(**modules: Any) -> dict[str, Any]:
    """Return a registry record as rich as they come."""
    dates = {
        "startDateStruct": {"date": "2017-05-22", "type": "ACTUAL"},
        "primaryCompletionDateStruct": {"date": "2027-01", "type": "ESTIMATED"},
    }
    group = {"label": "Cells: 300 M", "type": "EXPERIMENTAL", "interventionNames": ["Biological: ABC-1"]}
    placebo = {"label": "Placebo", "type": "PLACEBO_COMPARATOR", "interventionNames": ["Other: Placebo"]}
    found = {
        "designModule": {
            "phases": ["PHASE3"],
            "designInfo": {"allocation": "RANDOMIZED", "maskingInfo": {"masking": "QUADRUPLE"}},
            "enrollmentInfo": {"count": 213, "type": "ACTUAL"},
        },
        "conditionsModule": {"conditions": ["Critical Limb Ischemia"]},
        "contactsLocationsModule": {
            "locations": [{"country": "Germany"}, {"country": "Germany"}, {"country": "Atlantis"}]
        },
        "armsInterventionsModule": {"armGroups": [group, placebo]},
        "outcomesModule": {"primaryOutcomes": [{"measure": "Time to\n event", "timeFrame": "12 months"}]},
        "sponsorCollaboratorsModule": {"leadSponsor": {"name": "Maker & Sons: Ltd."}},
        **modules,
    }
    return study("NCT03006770", "COMPLETED", dates=dates, modules=found)


# -- trials ------------------------------------------------------------------------------


def test_a_trial_begins_with_what_its_registry_says(world: Scholarly, project: Path) -> None:
    world.studies["NCT03006770"] = registered()
    result = new(project, "trial", "nct03006770")
    assert result.exit_code == 0, result.output
    text = (project / "data" / "trials" / "nct03006770.yml").read_text(encoding="utf-8")
    parsed = parse_yaml(text, "x.yml")
    assert not parsed.problems
    data = parsed.data
    assert data["registry"] == [{"id": "NCT03006770", "source": "registry"}]
    assert data["phase"] == {"registered": {"value": "phase-3", "source": "registry"}}
    assert data["design"] == {"allocation": "randomized", "masking": "double-blind", "source": "registry"}
    assert data["dates"]["start"] == {"on": "2017-05-22"}
    assert data["dates"]["primary_completion"] == {"on": "2027-01", "planned": True}
    assert data["status"] == {"value": "completed", "as_of": "2026-01-05", "source": "registry"}
    assert data["setting"]["countries"] == ["DE"]
    assert data["flow"] == {"enrolled": {"n": 213, "unit": "patients", "source": "registry"}}
    assert [(arm["id"], arm.get("role")) for arm in data["arms"]] == [("cells-300-m", None), ("placebo", "control")]
    assert data["sponsor"]["name"] == "Maker & Sons: Ltd."
    assert "# countries that the vocabulary lacks: Atlantis" in text
    assert "# registered: Time to event, 12 months" in text
    assert data["label"] == {"zh": None, "en": None}
    ledger = parse_yaml((project / LEDGER_FILE).read_text(encoding="utf-8"), LEDGER_FILE).data
    assert ledger["registries"]["NCT03006770"]["overall-status"] == "COMPLETED"
    assert ledger["works"]["old2000word"] == {"note": "kept"}


def test_a_trial_is_not_begun_twice(world: Scholarly, project: Path) -> None:
    world.studies["NCT03006770"] = registered()
    new(project, "trial", "NCT03006770", "--id", "My Trial 2026")
    before = files(project)
    assert "data/trials/my-trial-2026.yml" in before
    again = new(project, "trial", "NCT03006770")
    assert (again.exit_code, again.stdout) == (
        0,
        "NCT03006770 is already in data/trials/my-trial-2026.yml: nothing written.\n",
    )
    other = new(project, "trial", "NCT03006771", "--id", "my-trial-2026")
    assert other.exit_code == 1
    assert "is not written over" in other.output
    assert files(project) == before


@pytest.mark.parametrize("fault", ["500", "wrong-type", "malformed", "slow"])
def test_without_the_registry_a_trial_is_an_annotated_form(world: Scholarly, project: Path, fault: str) -> None:
    world.faults["NCT03006770"] = (fault, 99)
    result = new(project, "trial", "NCT03006770")
    assert result.exit_code == 0
    assert "could not be asked" in result.output
    text = (project / "data" / "trials" / "nct03006770.yml").read_text(encoding="utf-8")
    assert not parse_yaml(text, "x.yml").problems
    assert "could not be asked: fill this in" in text
    vocabulary, _ = load_vocabulary(VOCABULARY)
    assert vocabulary is not None
    _, problems = load_trials({"data/trials/nct03006770.yml": text}, vocabulary)
    open_lines = {"label.zh", "label.en", "summary.zh", "summary.en", "status.value", "sources.registry.date"}
    asked_for = {problem.message.partition(":")[0] for problem in problems}
    assert open_lines <= asked_for
    assert all("found nothing. Fill it in; leave out what is not known." in problem.message for problem in problems)
    ledger = parse_yaml((project / LEDGER_FILE).read_text(encoding="utf-8"), LEDGER_FILE).data
    assert ledger["registries"]["NCT03006770"]["status"] == "not-verified"


def test_a_number_the_registry_does_not_know_writes_nothing(world: Scholarly, project: Path) -> None:
    before = files(project)
    result = new(project, "trial", "NCT09999999")
    assert result.exit_code == 1
    assert "knows no NCT09999999" in result.output
    assert new(project, "trial", "NCT12").exit_code == 1
    assert files(project) == before


def test_other_registries_give_a_form_without_asking(world: Scholarly, project: Path) -> None:
    assert new(project, "trial", "ChiCTR2200055885").exit_code == 0
    text = (project / "data" / "trials" / "chictr2200055885.yml").read_text(encoding="utf-8")
    assert parse_yaml(text, "x.yml").data["registry"][0]["id"] == "ChiCTR2200055885"
    assert not world.asked


GROUPS = {
    "id",
    "in_review",
    "names",
    "label",
    "summary",
    "reports",
    "registry",
    "phase",
    "design",
    "dates",
    "status",
} | {*("setting", "population", "flow", "arms", "primary_endpoint", "sponsor", "sources")}

ODD = st.recursive(
    st.none() | st.booleans() | st.integers(0, 9) | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["label", "type", "date", "country"]), inner)
    ),
    max_leaves=5,
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(list(registered()["protocolSection"])), ODD), st.text(max_size=20))
def test_any_registry_record_gives_yaml(modules: dict[str, Any], words: str) -> None:
    """Whatever a registry sends, the form is YAML that says nothing beyond its own groups."""
    vocabulary, _ = load_vocabulary(VOCABULARY)
    assert vocabulary is not None
    record = registered(**modules)
    record["protocolSection"]["armsInterventionsModule"] = {
        "armGroups": [{"label": words, "interventionNames": [words]}]
    }
    record["protocolSection"]["sponsorCollaboratorsModule"] = {"leadSponsor": {"name": words}}
    parsed = parse_yaml(render_trial("NCT03006770", "x", record, vocabulary, "2026-11-30"), "x.yml")
    assert not parsed.problems
    assert parsed.data["id"] == "x"
    assert set(parsed.data) <= GROUPS


@pytest.mark.parametrize(
    ("text", "name"), [("Ångström & Co.", "angstrom-co"), ("间充质", ""), ("--a__b--", "a-b"), ("A b", "a-b")]
)
def test_names_of_files_are_plain(text: str, name: str) -> None:
    assert slug(text) == name


# -- references ----------------------------------------------------------------------------

CSL = {
    "type": "article-journal",
    "title": "PACE: <i>cells</i> & co. in CLTI – a 100% trial",
    "author": [
        {"family": "Norgren", "given": "Lars", "sequence": "first"},
        {"family": "Berg", "given": "Jan", "non-dropping-particle": "van den"},
        {"literal": "The PACE {Study} Group"},
    ],
    "container-title": "British Journal of Surgery",
    "container-title-short": "Br J Surg",
    "issued": {"date-parts": [[2024, 1, 3]]},
    "volume": "111",
    "issue": "1",
    "page": "10-19",
    "language": "en",
    "publisher": "Publisher",
}


def test_a_reference_begins_with_what_is_registered(world: Scholarly, project: Path) -> None:
    world.works["10.1093/bjs/znad437"] = Work(title=str(CSL["title"]), csl=CSL)
    result = new(project, "reference", "https://doi.org/10.1093/bjs/znad437")
    assert result.exit_code == 0, result.output
    text = (project / "refs.bib").read_text(encoding="utf-8")
    assert text == (
        "% by hand\n@article{old2000word,\n  doi = {10.5555/OLD},\n}\n\n"
        "@article{norgren2024pace,\n"
        "  author       = {Norgren, Lars and van den Berg, Jan and {The PACE (Study) Group}},\n"
        "  title        = {{PACE}: cells \\& co. in {CLTI} – a 100\\% trial},\n"
        "  journal      = {British Journal of Surgery},\n"
        "  shortjournal = {Br J Surg},\n"
        "  year         = {2024},\n"
        "  volume       = {111},\n"
        "  number       = {1},\n"
        "  pages        = {10--19},\n"
        "  doi          = {10.1093/bjs/znad437},\n"
        "  langid       = {english},\n"
        "  keywords     = {},\n"
        "}\n"
    )
    references, problems = parse_bibliography(text, "refs.bib")
    assert not [problem for problem in problems if "norgren" in problem.message]
    assert references[-1].title == "PACE: cells & co. in CLTI – a 100% trial"
    record = parse_yaml((project / LEDGER_FILE).read_text(encoding="utf-8"), LEDGER_FILE).data["works"][
        "norgren2024pace"
    ]
    assert record["doi"]["status"] == "verified"
    assert record["notices"]["status"] == "none-found"


def test_a_reference_is_not_added_twice(world: Scholarly, project: Path) -> None:
    world.works["10.5555/old"] = Work()
    before = files(project)
    result = new(project, "reference", "doi:10.5555/old")
    assert (result.exit_code, "already in refs.bib as old2000word (line 2)" in result.stdout) == (0, True)
    assert files(project) == before


def test_without_the_network_a_reference_is_a_form(world: Scholarly, project: Path) -> None:
    world.faults["10.5555/new"] = ("503", 99)
    result = new(project, "reference", "10.5555/new", "--key", "heo2022human")
    assert result.exit_code == 0
    assert "heo2022human" in (project / "refs.bib").read_text(encoding="utf-8")
    ledger = parse_yaml((project / LEDGER_FILE).read_text(encoding="utf-8"), LEDGER_FILE).data
    assert ledger["works"]["heo2022human"]["doi"]["status"] == "not-verified"


def test_a_key_made_up_for_want_of_a_record_says_that_it_must_be_renamed(world: Scholarly, project: Path) -> None:
    world.faults["10.5555/new"] = ("503", 99)
    said = new(project, "reference", "10.5555/new").output
    assert f"is no name to keep: write surname, year and word, here and in {LEDGER_FILE}." in said


@pytest.mark.parametrize(
    "arguments", [["10.5555/unknown"], ["not-a-doi"], ["10.5555/x", "--key", "Bad Key"], ["10.5555/{x}"]]
)
def test_what_cannot_be_a_reference_writes_nothing(world: Scholarly, project: Path, arguments: list[str]) -> None:
    before = files(project)
    assert new(project, "reference", *arguments).exit_code == 1
    assert files(project) == before


def test_a_key_that_is_taken_is_refused(world: Scholarly, project: Path) -> None:
    world.works["10.5555/x"] = Work(csl=CSL)
    assert "is taken" in new(project, "reference", "10.5555/x", "--key", "old2000word").output


@pytest.mark.parametrize(
    ("family", "title", "key"),
    [
        ("Soria-Juan", "The efficacy of cells", "soria-juan2020efficacy"),
        ("Zahavi‐Goldstein", "Placenta-derived cells", "zahavi-goldstein2020placenta-derived"),
        ("Ångström", "A β test: 3 of Wharton’s jelly", "angstrom2020test"),
        ("O'Brien", "Wharton's jelly", "obrien2020wharton"),
        ("Das", "Intra‐arterial cells", "das2020intra-arterial"),
        ("王", "间充质干细胞", ""),
        ("Wang", "间充质干细胞", ""),
        ("", "Cells", ""),
    ],
)
def test_keys_have_their_form(family: str, title: str, key: str) -> None:
    work = {"title": title, "author": [{"family": family}], "issued": {"date-parts": [[2020]]}}
    found = reference_key(work, set())
    assert found == key
    if found:
        assert reference_key(work, {found}) != found


def test_a_chinese_work_keeps_its_names(world: Scholarly) -> None:
    work = {
        "title": "间充质干细胞",
        "author": [{"family": "王", "given": "巧玲"}],
        "container-title": ["基础医学与临床"],
    }
    entry = render_reference(
        "wang2020cells", "10.5555/x", work | {"type": "article-journal", "issued": {"date-parts": [["2020"]]}}
    )
    references, _ = parse_bibliography(entry, "refs.bib")
    assert references[0].fields["author"] == "王巧玲"
    assert (references[0].year, references[0].langid, references[0].journal) == ("2020", "chinese", "基础医学与临床")


CSL_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-1, 3000) | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["family", "given", "date-parts", "literal"]), inner)
    ),
    max_leaves=6,
)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from([*CSL, "article-number", "publisher"]), CSL_VALUES) | CSL_VALUES)
def test_any_record_gives_one_entry(work: Any) -> None:
    """Whatever doi.org sends, one entry with that key and DOI comes out, and nothing breaks out of it."""
    entry = render_reference("surname2020word", "10.5555/x", work)
    references, problems = parse_bibliography(entry, "refs.bib")
    assert [reference.key for reference in references] == ["surname2020word"]
    assert references[0].doi == "10.5555/x"
    assert not [problem for problem in problems if problem.code == "bib-syntax"]
    assert csl_year(work) in range(3000)
    assert isinstance(reference_key(work, set()), str)


# -- chapters --------------------------------------------------------------------------------


def test_a_chapter_begins_in_every_language_and_is_listed(project: Path) -> None:
    result = new(project, "chapter", "methods", "--title", "zh=方法", "--title", "en=Methods: an overview")
    assert result.exit_code == 0, result.output
    assert (project / "docs/zh/methods.md").read_text(encoding="utf-8").splitlines()[1] == "title: 方法"
    assert "\n# Methods: an overview\n" in (project / "docs/en/methods.md").read_text(encoding="utf-8")
    after_two = "      - part/two.md\n      - methods.md\n"
    assert (project / "mkdocs.yml").read_text(encoding="utf-8") == CONFIG.replace("      - part/two.md\n", after_two)
    assert "    - part/two\n    - methods\n  beyond" in (project / "data/review.yml").read_text(encoding="utf-8")
    assert (project / "data/urls.txt").read_text(encoding="utf-8") == "/one/\n/methods/\n/en/methods/\n"
    before = files(project)
    assert new(project, "chapter", "methods").exit_code == 0
    assert files(project) == before


def test_a_chapter_goes_where_one_says(project: Path) -> None:
    assert new(project, "chapter", "part/three", "--after", "part").exit_code == 0
    assert "      - part/index.md\n      - part/three.md\n" in (project / "mkdocs.yml").read_text(encoding="utf-8")
    assert new(project, "chapter", "between", "--after", "one").exit_code == 0
    assert "  - one.md   # the first\n  - between.md\n" in (project / "mkdocs.yml").read_text(encoding="utf-8")


def test_a_page_that_exists_is_left_and_its_counterpart_made(project: Path) -> None:
    (project / "docs/zh/methods.md").write_text("# 写好了\n", encoding="utf-8")
    assert "docs/zh/methods.md exists: left as it is." in new(project, "chapter", "methods").output
    assert (project / "docs/zh/methods.md").read_text(encoding="utf-8") == "# 写好了\n"
    assert (project / "docs/en/methods.md").exists()


@pytest.mark.parametrize(
    "arguments",
    [["Bad Slug"], ["../x"], ["a/b/c"], ["x", "--after", "nowhere"], ["x", "--title", "fr=Méthodes"], ["/abs"]],
)
def test_a_chapter_that_fits_nowhere_writes_nothing(project: Path, arguments: list[str]) -> None:
    before = files(project)
    result = new(project, "chapter", *arguments)
    assert result.exit_code == 1
    assert files(project) == before


@pytest.mark.parametrize("text", ["nav: [a.md]\n", "other:\n  - a.md\n", "nav:\n  - b.md\n"])
def test_a_list_without_the_place_is_refused(text: str) -> None:
    with pytest.raises(ScaffoldError):
        insert_in_list(text, "nav", "a.md", "c.md")


def test_lines_of_a_list_keep_their_ends() -> None:
    assert insert_in_list("nav:\r\n- a.md\r\nx: 1\r\n", "nav", "a.md", "b.md") == "nav:\r\n- a.md\r\n- b.md\r\nx: 1\r\n"


def test_a_title_is_quoted_where_yaml_needs_it() -> None:
    front = render_chapter('A "title": with #marks').split("---\n")[1]
    assert yaml.safe_load(front) == {"title": 'A "title": with #marks', "description": None}
