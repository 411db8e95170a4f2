"""Reading trial files: what is right is kept, each fault is one problem at its line, nothing raises."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livingreview.registries import find_registry_numbers, registry_of, registry_url
from livingreview.trial_schema import json_schema
from livingreview.trials import load_trials
from livingreview.vocabulary import load_vocabulary
from trial_support import (
    PATH,
    ROOT,
    TRIAL,
    VOCABULARY,
    changed,
    line_of,
    load_small,
    project_files,
    project_trials,
    project_vocabulary,
    small_trial,
    small_vocabulary,
)


def test_reads_a_trial_without_fault() -> None:
    trial = small_trial()
    assert trial.names == ("TEA", "Leaf 2020")
    assert trial.flow is not None
    assert trial.flow.randomized is not None
    assert trial.flow.randomized.n == 213
    assert trial.path == PATH


def test_a_source_is_inherited_from_the_enclosing_group() -> None:
    trial = small_trial()
    assert trial.dates is not None
    assert trial.dates.start is not None
    assert trial.dates.start.source == ("registry",)
    assert trial.arms[0].dose is not None
    assert trial.arms[0].dose.source == ("abstract",)


#: What is wrong, the change that makes it so, the code, a word of the message, and a text on the line reported.
FAULTS: dict[str, tuple[str, str, str, str, str]] = {
    "unknown field": ("allocation: randomized", "alocation: randomized", "trial-field", "allocation", "alocation"),
    "missing field": ("names: [TEA, Leaf 2020]\n", "", "trial-field", "names", "id: tea-2020"),
    "number as text": ("n: 143", 'n: "143"', "trial-field", "whole number", 'n: "143"'),
    "decimal for a whole number": ("n: 143", "n: 143.5", "trial-field", "whole number", "143.5"),
    "NO for false": ("in_review: true", "in_review: NO", "trial-field", "true or false", "in_review: NO"),
    "unknown value": ("[oral]", "[orall]", "trial-field", 'Did you mean "oral"', "[orall]"),
    "wrong unit": ("unit: cups", "unit: patients", "trial-field", "dose-unit", "unit: patients"),
    "unknown intervention": ("brand: Leafy", "brnd: Leafy", "trial-field", "brand", "brnd"),
    "text in one language": ("{de: Tee, en: Tea}", "{de: Tee}", "trial-field", '"en"', "label: {de: Tee}"),
    "text in a third language": ("{de: Tee, en: Tea}", "{de: a, en: b, fr: c}", "trial-field", "fr", "fr: c"),
    "no date": ("on: 2018-03}", "on: March}", "trial-field", "date", "March"),
    "no day": ("on: 2019-12-31", "on: 2019-02-30", "trial-range", "calendar", "2019-02-30"),
    "swapped dates": ("on: 2018-03", "on: 2021-03", "trial-range", "before", "completion: {on"),
    "rising flow": (
        "n: 213, source",
        "n: 213, source: abstract}\n  treated: {n: 214, source",
        "trial-range",
        "more",
        "214",
    ),
    "too many cups": ("value: 3, unit: cups", "value: 300, unit: cups", "trial-range", "out of range", "300"),
    "percentage": ("value: 50, unit", "value: 150, unit", "trial-range", "150", "value: 150"),
    "swapped interval": ("[0.53, 1.63]", "[1.63, 0.53]", "trial-range", "Exchange", "[1.63, 0.53]"),
    "estimate outside": ("value: 0.93, ci95", "value: 1.93, ci95", "trial-range", "outside", "1.93"),
    "P above one": ("value: 0.788", "value: 1.788", "trial-range", "between 0 and 1", "1.788"),
    "more than all": ("{n: 41, of: 143", "{n: 144, of: 143", "trial-range", "more than", "n: 144"),
    "negative number": ("n: 70", "n: -70", "trial-range", "greater than or equal", "n: -70"),
    "form of a number": ("NCT01234567", "NCT0123456", "trial-registry-id", "NCT01234567", "NCT0123456,"),
    "number of nowhere": ("NCT01234567", "ABC-1", "trial-registry-id", "register: other", "ABC-1"),
    "no source": ("n: 70\n    source: abstract", "n: 70", "trial-source-missing", "has no source", "- id: water"),
    "unknown source": ("source: review\n", "source: revieww\n", "trial-source-missing", '"review"', "revieww"),
    "arms add up": ("n: 143", "n: 142", "trial-arms-sum", "212", "arms:"),
    "arm of nowhere": ("[tea, water]", "[tea, watr]", "trial-field", "watr", "[tea, watr]"),
    "two arms alike": ("- id: water", "- id: tea", "trial-field", "two arms", "- id: tea"),
    "another file's name": ("id: tea-2020", "id: tea-2021", "trial-field", "file", "id: tea-2021"),
    "tab": ("  allocation:", "\tallocation:", "trial-syntax", "tabs", "\tallocation"),
    "duplicate key": ("names: [TEA", "id: x\nnames: [TEA", "trial-syntax", "twice", "id: x"),
    "nothing said": (
        "    value: {n: 41, of: 143, unit: patients}\n",
        "",
        "trial-field",
        "at least one",
        "- measure: fever",
    ),
    "half a range": ("{value: 3, unit: cups", "{from: 3, unit: cups", "trial-range", "", "from: 3"),
}
FAULTS["half a range"] = ("{value: 12, unit: weeks", "{from: 12, unit: weeks", "trial-field", "to", "from: 12")
#: Two arms of the same name leave the second arm's outcomes without one.
FAULTS["two arms alike"] = ("- id: water", "- id: tea", "trial-field", "two arms", "- id: tea")


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_is_one_problem_at_its_line(name: str) -> None:
    old, new, code, word, mark = FAULTS[name]
    text = changed(old, new)
    if name == "two arms alike":
        text = text.replace("contrast: [tea, water]", "contrast: [tea, tea]")
        line = [number for number, row in enumerate(text.splitlines(), start=1) if mark in row][1]
    else:
        line = line_of(mark, text)
    _, problems = load_small(text)
    assert len(problems) == 1, problems
    assert problems[0].startswith(f"{PATH}:{line}: [{code}] "), problems
    assert word in problems[0]


def test_all_faults_are_found_in_one_run() -> None:
    files = {}
    for number, (old, new, *_) in enumerate(FAULTS.values()):
        text = changed(old, new).replace("NCT01234567", f"NCT0123{number:04d}")
        files[f"data/trials/tea-2020-{number}.yml"] = text.replace("id: tea-2020\n", f"id: tea-2020-{number}\n", 1)
    _, problems = load_trials(files, small_vocabulary())
    assert {problem.path for problem in problems} == set(files)


def test_faults_of_one_file_do_not_hide_each_other() -> None:
    text = changed("masking: double-blind", "masking: double-blindd")
    text = changed("n: 143", "n: 142", text).replace("within", "within")
    text = changed("source: review\n", "source: revieww\n", text)
    text = changed("on: 2018-03", "on: 2021-03", text)
    trials, problems = load_small(text)
    codes = [problem.split("[")[1].split("]")[0] for problem in problems]
    assert sorted(codes) == ["trial-field", "trial-range", "trial-source-missing"]
    assert trials[0].id == "tea-2020"  # links to the trial stay good
    repaired = text.replace("double-blindd", "double-blind")
    codes = [problem.split("[")[1].split("]")[0] for problem in load_small(repaired)[1]]
    assert sorted(codes) == ["trial-arms-sum", "trial-range", "trial-source-missing"]


def test_a_registry_number_belongs_to_one_trial() -> None:
    other = TRIAL.replace("id: tea-2020", "id: tea-2021", 1)
    trials, problems = load_small(TRIAL, **{"tea-2021": other})
    assert len(trials) == 2
    line = line_of("NCT01234567", other)
    assert problems[0].startswith(f"data/trials/tea-2021.yml:{line}: [trial-registry-duplicate] ")
    assert PATH in problems[0]
    assert len(problems) == 1


@pytest.mark.parametrize(
    "text",
    [
        TRIAL.replace("    n: 70\n", ""),  # an arm without a number
        TRIAL.replace("n: 143\n", "n: 100\n").replace("ratio: [2, 1]", "within_patient: true"),
        TRIAL.replace("n: 70\n", "n: 170\n    unit: ratio\n"),  # other units
    ],
)
def test_arms_are_only_added_up_where_they_can_be(text: str) -> None:
    assert load_small(text)[1] == []


def test_a_country_code_is_no_boolean() -> None:
    text = changed("dates:\n", "setting: {countries: [NO], source: abstract}\ndates:\n")
    trial = small_trial(text)
    assert trial.setting is not None
    assert trial.setting.countries == ("NO",)


def test_without_vocabulary_trials_are_one_problem() -> None:
    trials, problems = load_trials({PATH: TRIAL}, None)
    assert trials == ()
    assert [problem.code for problem in problems] == ["data-field"]
    assert load_trials({}, None) == ((), ())


@given(st.text(max_size=400))
@settings(max_examples=60, deadline=None)
def test_no_text_makes_the_loader_raise(text: str) -> None:
    trials, problems = load_trials({PATH: text}, small_vocabulary())
    assert trials or problems


_KEYS = [
    "id",
    "names",
    "arms",
    "n",
    "dose",
    "flow",
    "outcomes",
    "source",
    "text",
    "de",
    "effect",
    "ci95",
    "unit",
    "zzz",
]
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats(allow_nan=True) | st.sampled_from(["tea", "x", "2019"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_KEYS), inner, max_size=4),
    max_leaves=12,
)


@given(st.sampled_from(TRIAL.split("\n")), _VALUES)
@settings(max_examples=80, deadline=None)
def test_no_value_makes_the_loader_raise(row: str, value: Any) -> None:
    key, separator, _ = row.partition(": ")
    text = TRIAL.replace(row, f"{key}{separator}{json.dumps(value)}", 1)
    trials, problems = load_trials({PATH: text}, small_vocabulary())
    assert trials or problems


# ---- registries


@pytest.mark.parametrize(
    ("number", "registry"),
    [
        ("NCT03006770", "NCT"),
        ("CTRI/2018/06/014436", "CTRI"),
        ("IRCT20211021052828N2", "IRCT"),
        ("2015-005532-18", "EudraCT"),
        ("2023-501234-12-00", "CTIS"),
        ("ChiCTR2200055885", "ChiCTR"),
        ("ChiCTR-TRC-09000525", "ChiCTR"),
        ("ISRCTN12345678", "ISRCTN"),
        ("jRCTb040190118", "jRCT"),
        ("jRCT1080220001", "jRCT"),
        ("KCT0006001", "KCT"),
        ("NTR3349", "NTR"),
        ("NL59038.000.16", "NTR"),
    ],
)
def test_numbers_are_known_by_their_form(number: str, registry: str) -> None:
    found = registry_of(number)
    assert found is not None
    assert found.id == registry
    assert list(find_registry_numbers(f"试验{number}，见")) == [(2, number)]


@pytest.mark.parametrize("number", ["NCT1", "nct03006770", "2015-5532-18", "ChiCTR22", "KCT1", "", "NCT030067701"])
def test_other_forms_are_no_numbers(number: str) -> None:
    assert registry_of(number) is None
    assert list(find_registry_numbers(f"x {number} y")) == []


def test_only_registries_own_pages_are_addresses() -> None:
    assert registry_url("NCT03006770") == "https://clinicaltrials.gov/study/NCT03006770"
    assert registry_url("CTRI/2018/06/014436") == ""


# ---- vocabulary


@pytest.mark.parametrize(
    ("old", "new", "code", "mark"),
    [
        ("oral: {de: oral-de, en: oral-en}", "oral: {de: oral-de}", "vocabulary-label", "oral: {de"),
        ("label: {de: route-de, en: route-en}", "label: {en: route-en}", "vocabulary-label", "{en: route-en}"),
        ("label: {de: Marke, en: Brand}", "label: {de: Marke}", "vocabulary-label", "brand:"),
        ("      not-met: {de: not-met-de, en: not-met-en}\n", "", "vocabulary-label", "sets:"),
        ("range: [1, 20]", "range: [1]", "data-field", "range: [1]"),
        ("broader: green", "broder: green", "data-field", "broder"),
        ("fact: leaf", "fact: leav", "data-field", "fact: leav"),
        ("small_columns: [trial, participants]", "small_columns: [trial, people]", "data-field", "people"),
        ("shape: circle", "shape: star", "data-field", "star"),
        ("show: year", "show: century", "data-field", "century"),
        ("{set: leaf}", "{set: leaves}", "data-field", "leaves"),
    ],
)
def test_faults_of_the_vocabulary(old: str, new: str, code: str, mark: str) -> None:
    text = changed(old, new, VOCABULARY)
    _, problems = load_vocabulary(text)
    assert [problem.code for problem in problems] == [code]
    assert problems[0].line == line_of(mark, text)


def test_an_empty_vocabulary_is_none() -> None:
    assert load_vocabulary("") == (None, ())


# ---- this project's data


def test_the_project_has_its_trials() -> None:
    trials = project_trials()
    cited = {trial.id for trial in trials if trial.in_review}
    assert cited == {
        "lu-2011",
        "mohamed-2020",
        "gupta-2013",
        "gupta-2023",
        "nct05854641",
        "bura-2014-acelldream",
        "noma",
        "ashoobi-2024",
        "shirbaghaee-2023",
        "circulate-no-cli-pilot",
        "pace",
        "arango-rodriguez-2023",
    }
    assert len(trials) > len(cited)


def test_the_project_names_sources_and_no_links_to_mirrors() -> None:
    for trial in project_trials():
        for source in trial.sources.values():
            assert source.date in ("2026-11-23", "2026-11-28"), trial.id  # the days on which anything was read
            assert not any("http" in text for text in source.read_at.values()), trial.id
        for entry in trial.registry:
            assert entry.url == "" or "irct.behdasht.gov.ir" in entry.url, trial.id


@pytest.mark.parametrize("language", ["zh", "en"])
def test_summaries_are_two_sentences(language: str) -> None:
    for trial in project_trials():
        text = trial.summary[language].replace("S.Biomedics", "S Biomedics")
        ends = text.count("。") if language == "zh" else text.count(". ") + text.endswith(".")
        assert ends == 2, f"{trial.id}: {text}"


def test_schema_is_up_to_date() -> None:
    path = ROOT / "data" / "schema" / "trial.schema.json"
    assert path.read_text(encoding="utf-8") == json_schema(project_vocabulary()), "write json_schema() to this file"


def test_schema_accepts_the_project_and_rejects_faults() -> None:
    from jsonschema import Draft202012Validator

    from livingreview.yamlfile import parse_yaml

    schema = json.loads(json_schema(project_vocabulary()))
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    for path, text in project_files().items():
        assert text.startswith("# yaml-language-server: $schema=../schema/trial.schema.json\n"), path
        errors = [error.message for error in validator.iter_errors(parse_yaml(text, path).data)]
        assert errors == [], path
    data = parse_yaml(project_files()["data/trials/pace.yml"], "").data
    data["in_review"] = "NO"
    data["flow"]["randomised"] = {"n": 1}
    data["arms"][0]["intervention"]["cells"] = "stem"
    assert len(list(validator.iter_errors(data))) == 3


def test_every_field_of_the_schema_is_described() -> None:
    schema = json.loads(json_schema(project_vocabulary()))
    for name, definition in [("Trial", schema), *schema["$defs"].items()]:
        for field, described in definition.get("properties", {}).items():
            assert described.get("description"), f"{name}.{field}"
