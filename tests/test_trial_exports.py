"""Downloads: valid, stable, safe in a spreadsheet, Chinese intact, numbers that are numbers."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livingreview.data_package import PackageInfo, export_claims, export_data, export_glossary
from livingreview.model import Check, Claim, Term
from livingreview.trial_exports import (
    Field,
    export_outcomes_csv,
    export_trials_csv,
    export_trials_json,
    outcome_fields,
    safe_text,
    trial_fields,
    write_csv,
)
from trial_support import project_trial, project_trials, project_vocabulary, small_trial, small_vocabulary

CLAIM = Claim(
    id="c001",
    kind="finding",
    block="x#y",
    verdict="partly",
    line=1,
    numbers=("12",),
    checks=(Check("a2020b", "abstract", "2026-11-23", "a copy", "partly", 2),),
    note="x#note",
)
TERM = Term(id="clti", line=1, abbr="CLTI", names={"zh": "慢性肢体威胁性缺血", "en": "CLTI"}, also={"zh": ("缺血",)})
INFO = PackageInfo(
    name="living-review",
    title="Living review",
    description="Trials, claims, terms",
    version="1.0.0",
    created="2026-11-23",
    homepage="https://example.org/",
    licence="CC-BY-4.0",
    licence_url="https://creativecommons.org/licenses/by/4.0/",
    contributors=("Contributors",),
    source_title="The review",
    source_url="https://doi.org/10.1000/x",
)


def data_files() -> dict[str, bytes]:
    return export_data(
        project_trials(), project_vocabulary(), {}, export_claims([CLAIM]), export_glossary([TERM]), INFO
    )


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_the_package_is_valid_for_frictionless(tmp_path: Path) -> None:
    from frictionless import validate

    for path, content in data_files().items():
        target = tmp_path / path
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(content)
    report = validate(str(tmp_path / "data" / "datapackage.json"))
    assert report.valid, report.flatten(["type", "message"])[:5]
    assert report.stats["tasks"] == 5


def test_a_changed_file_is_not_the_one_described(tmp_path: Path) -> None:
    from frictionless import validate

    for path, content in data_files().items():
        target = tmp_path / path
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(content.replace(b"pace,PACE", b"pice,PACE") if path.endswith("trials.csv") else content)
    assert not validate(str(tmp_path / "data" / "datapackage.json")).valid


def test_exports_are_byte_stable() -> None:
    assert data_files() == data_files()


def test_csv_opens_in_excel_with_chinese_intact() -> None:
    content = export_trials_csv(project_trials(), project_vocabulary(), {})
    assert content.startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in content
    row = next(row for row in rows_of(content) if row["id"] == "pace")
    assert "胎盘来源" in row["label_zh"]
    assert (row["randomized"], row["planned"], row["participants_stage"]) == ("213", "246", "randomized")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "|", "%", "\t=", "\r\n-"])
def test_no_text_becomes_a_formula(start: str) -> None:
    content = write_csv([Field("x", "string", "x")], [[f"{start}1+1"]])
    cell = rows_of(content)[0]["x"]
    assert cell.startswith("'")


@given(st.text(max_size=30))
def test_no_text_whatever_becomes_a_formula(text: str) -> None:
    assert safe_text(text)[:1] not in ("=", "+", "-", "@")
    assert "\n" not in safe_text(text)


def test_number_columns_take_numbers_only() -> None:
    with pytest.raises(TypeError):
        write_csv([Field("n", "number", "n")], [["213"]])
    content = write_csv([Field("n", "number", "n"), Field("i", "integer", "i")], [[-0.5, 3], [None, None]])
    assert [row["n"] for row in rows_of(content)] == ["-0.5", ""]


def test_every_number_column_of_the_project_holds_numbers() -> None:
    vocabulary = project_vocabulary()
    tables = (
        (trial_fields(vocabulary), export_trials_csv(project_trials(), vocabulary, {})),
        (outcome_fields(vocabulary), export_outcomes_csv(project_trials(), vocabulary)),
    )
    for fields, content in tables:
        for row in rows_of(content):
            for field in fields:
                if field.kind in ("number", "integer") and row[field.name]:
                    float(row[field.name])


def test_outcomes_keep_what_they_say() -> None:
    rows = rows_of(export_outcomes_csv([project_trial("pace")], project_vocabulary()))
    first = rows[0]
    assert (first["effect_type"], first["effect"], first["ci95_low"], first["ci95_high"]) == (
        "HR",
        "0.93",
        "0.53",
        "1.63",
    )
    assert (first["p_relation"], first["p"], first["primary"]) == ("eq", "0.788", "true")
    assert [row["review_only"] for row in rows].count("true") == 1
    assert all(row["source_en"] for row in rows)


def test_json_is_as_complete_as_the_files() -> None:
    data = json.loads(export_trials_json(project_trials(), project_vocabulary()))
    pace = next(trial for trial in data["trials"] if trial["id"] == "pace")
    assert pace["flow"]["randomized"] == {"n": 213, "unit": "patients", "source": ["abstract"]}
    assert pace["sources"]["abstract"]["address"]
    assert {conflict["field"] for conflict in pace["conflicts"]} >= {"status", "outcomes"}
    assert data["vocabulary"]["endpoint"]["terms"]["not-met"]["zh"] == "未达到"


def test_claims_and_terms() -> None:
    claims = json.loads(export_claims([CLAIM], {"c001": {"en": "Said , and done ."}}))["claims"]
    assert claims[0]["checks"][0]["reference"] == "a2020b"
    assert claims[0]["statement"] == {"en": "Said, and done."}
    terms = json.loads(export_glossary([TERM]))["terms"]
    assert terms[0]["also"] == {"zh": ["缺血"]}


def test_another_subject_has_its_own_columns() -> None:
    names = [field.name for field in trial_fields(small_vocabulary())]
    assert {"leaf", "brand", "label_de", "label_en"} <= set(names)
    assert rows_of(export_trials_csv([small_trial()], small_vocabulary(), {}))[0]["leaf"] == "matcha"


def test_a_json_file_says_its_shape_version_date_and_licence() -> None:
    files = data_files()
    for name, first in (("trials", "languages"), ("claims", "claims"), ("glossary", "terms")):
        data = json.loads(files[f"data/{name}.json"])
        assert list(data)[:5] == ["schema", "version", "date", "license", first]
        assert (data["schema"], data["version"], data["license"]) == (1, INFO.version, "CC-BY-4.0")
