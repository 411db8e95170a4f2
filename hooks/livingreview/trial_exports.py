"""Trials for machines: JSON as complete as the files, and two tables for spreadsheets.

In go trials and the vocabulary; out come bytes, the same for the same input,
and the description of every column. A text that a spreadsheet could take for a
formula is preceded by an apostrophe; number columns hold numbers only. CSV
begins with a byte order mark, so that Excel reads Chinese.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from livingreview.trial_facts import participants, trial_facts, trial_year
from livingreview.trial_schema import STAGES, Outcome, Quantity
from livingreview.trial_wording import Wording, number_text
from livingreview.trials import Trial
from livingreview.vocabulary import Vocabulary

#: Types of columns, as Table Schema names them.
Kind = Literal["string", "integer", "number", "boolean"]

#: What may stand in a cell before it is written.
Value = str | int | float | bool | None

#: Relations in a form that no spreadsheet takes for a formula.
RELATIONS: Mapping[str, str] = {"=": "eq", "<": "lt", ">": "gt", "≤": "le", "≥": "ge", "≈": "approx"}

#: Separates several values in one cell.
SEPARATOR = "; "


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a table: its name, type, and what it holds, with the unit."""

    name: str
    kind: Kind
    description: str


def safe_text(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula, on one line."""
    flat = " ".join(text.split())
    return f"'{flat}" if flat[:1] in ("=", "+", "-", "@", "|", "%") else flat


def _written(field: Field, value: Value) -> str:
    """Write one cell; what was not reported is empty."""
    if value is None or value == "":
        return ""
    if field.kind == "boolean":
        return "true" if value else "false"
    if field.kind in ("integer", "number"):
        if isinstance(value, (str, bool)):
            raise TypeError(f"column {field.name} takes numbers, not {value!r}")
        return str(int(value)) if field.kind == "integer" else number_text(float(value)).replace("−", "-")
    return safe_text(str(value))


def write_csv(fields: Sequence[Field], rows: Iterable[Sequence[Value]]) -> bytes:
    """Write a table: UTF-8 with byte order mark, comma, RFC 4180 line ends."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([field.name for field in fields])
    for row in rows:
        writer.writerow([_written(field, value) for field, value in zip(fields, row, strict=True)])
    return b"\xef\xbb\xbf" + buffer.getvalue().encode("utf-8")


def write_json(value: Any) -> bytes:
    """Write JSON: UTF-8, two spaces, the order of the keys as given."""
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode("utf-8")


def _pruned(value: Any) -> Any:
    """Leave out what is empty: absent means not reported."""
    if isinstance(value, dict):
        pruned = {key: _pruned(item) for key, item in value.items()}
        return {key: item for key, item in pruned.items() if item not in (None, "", [], {})}
    return [_pruned(item) for item in value] if isinstance(value, (list, tuple)) else value


def export_trials_json(trials: Sequence[Trial], vocabulary: Vocabulary) -> bytes:
    """Return all trials as their files say them, every figure with its source, and the labels of all values."""
    records = [
        _pruned(trial.model_dump(mode="json", by_alias=True, exclude={"path", "lines"}, exclude_none=True))
        for trial in trials
    ]
    sets = {
        name: {"label": dict(terms.labels), "terms": {key: dict(term.labels) for key, term in terms.terms.items()}}
        for name, terms in vocabulary.sets.items()
    }
    return write_json({"languages": list(vocabulary.languages), "trials": records, "vocabulary": sets})


@dataclass(frozen=True, slots=True)
class _Column:
    """A column with what it shows of a trial."""

    field: Field
    value: Callable[[Trial], Value]


def _text(text: Mapping[str, str] | None, language: str) -> str:
    return text.get(language, "") if text else ""


def _many(values: Iterable[str]) -> str:
    return SEPARATOR.join(value for value in values if value)


def _count(stage: str) -> Callable[[Trial], Value]:
    def value(trial: Trial) -> Value:
        count = getattr(trial.flow, stage) if trial.flow else None
        return count.n if count is not None and count.unit == "patients" else None

    return value


def _fact(name: str, vocabulary: Vocabulary) -> Callable[[Trial], Value]:
    return lambda trial: _many(trial_facts(trial, vocabulary).get(name, ()))


def _date(name: str) -> Callable[[Trial], Value]:
    def value(trial: Trial) -> Value:
        found = getattr(trial.dates, name) if trial.dates else None
        return found.on if found is not None else None

    return value


def _in_languages(
    name: str, what: str, languages: Sequence[str], value: Callable[[Trial], Mapping[str, str] | None]
) -> list[_Column]:
    """Return one column a language."""

    def column(code: str) -> _Column:
        field = Field(f"{name}_{code}", "string", f"{what}, in language {code}.")
        return _Column(field, lambda t: _text(value(t), code))

    return [column(code) for code in languages]


def _doses(language: str, vocabulary: Vocabulary) -> Callable[[Trial], Value]:
    wording = Wording(vocabulary, language)
    return lambda trial: _many(
        f"{wording.text(arm.label)}: {wording.dose(arm.dose)}" for arm in trial.arms if arm.dose is not None
    )


def _follow_up(which: str) -> Callable[[Trial], Value]:
    def value(trial: Trial) -> Value:
        found = trial.follow_up
        if found is None:
            return None
        return found.value if found.value is not None else (found.from_ if which == "least" else found.to)

    return value


def _people(trial: Trial) -> Value:
    found = participants(trial)
    return None if found is None else found.n


def _people_stage(trial: Trial) -> Value:
    found = participants(trial)
    return None if found is None else found.stage


def _sponsor(trial: Trial) -> Value:
    return trial.sponsor.name if trial.sponsor else None


def _maker(trial: Trial) -> Value:
    return trial.sponsor.maker_involved if trial.sponsor else None


def _papers(trial: Trial) -> Value:
    return _many(
        _many([paper.title, f"doi:{paper.doi}" if paper.doi else "", f"pmid:{paper.pmid}" if paper.pmid else ""])
        for paper in trial.papers
    )


def _identity(vocabulary: Vocabulary) -> list[_Column]:
    languages = vocabulary.languages
    return [
        _Column(Field("id", "string", "Id of the trial; its page is /trials/<id>/."), lambda t: t.id),
        _Column(Field("name", "string", "Name that is shown."), lambda t: t.names[0]),
        _Column(Field("other_names", "string", "Further names."), lambda t: _many(t.names[1:])),
        _Column(Field("in_review", "boolean", "Whether the review cites the trial."), lambda t: t.in_review),
        *_in_languages("label", "What it is, in one line", languages, lambda t: t.label),
        _Column(
            Field("registry_numbers", "string", "Numbers under which it is registered."),
            lambda t: _many(entry.id for entry in t.registry),
        ),
        _Column(Field("reports", "string", "Keys of its reports in references.bib."), lambda t: _many(t.reports)),
        _Column(Field("other_reports", "string", "Reports that are not in references.bib."), _papers),
    ]


def _design(vocabulary: Vocabulary) -> list[_Column]:
    registered = Field("phase_registered", "string", "Phase as registered.")
    published = Field("phase_published", "string", "Phase as published.")
    return [
        _Column(registered, lambda t: t.phase.registered.value if t.phase and t.phase.registered else None),
        _Column(published, lambda t: t.phase.published.value if t.phase and t.phase.published else None),
        _Column(Field("allocation", "string", "How arms were formed."), lambda t: t.design.allocation),
        _Column(Field("masking", "string", "Masking."), lambda t: t.design.masking),
        _Column(Field("control", "string", "What the treated are compared with."), lambda t: _many(t.design.control)),
        _Column(Field("within_patient", "boolean", "Whether arms share patients."), lambda t: t.design.within_patient),
        _Column(Field("countries", "string", "ISO 3166 codes."), _fact("country", vocabulary)),
        _Column(Field("centers", "integer", "Number of centers."), lambda t: t.setting.centers if t.setting else None),
        _Column(Field("status", "string", "Status."), lambda t: t.status.value if t.status else None),
        _Column(
            Field("status_as_of", "string", "Date of that status."), lambda t: t.status.as_of if t.status else None
        ),
        _Column(Field("start", "string", "Start, ISO 8601, as exact as read."), _date("start")),
        _Column(Field("completion", "string", "Completion, ISO 8601, as exact as read."), _date("completion")),
    ]


def _population(vocabulary: Vocabulary) -> list[_Column]:
    languages = vocabulary.languages
    stage = Field(
        "participants_stage", "string", "Stage of that number: randomized, treated, enrolled, analyzed, planned."
    )
    return [
        *_in_languages("population", "Who took part", languages, lambda t: t.population.text if t.population else None),
        *_in_languages("stage", "Stage of disease", languages, lambda t: t.population.stage if t.population else None),
        *(_Column(Field(name, "integer", f"Patients {name}."), _count(name)) for name in STAGES),
        _Column(Field("participants", "integer", "Patients that count as participants."), _people),
        _Column(stage, _people_stage),
    ]


def _treatment(vocabulary: Vocabulary) -> list[_Column]:
    given = [
        _Column(
            Field(name.replace("-", "_"), "string", "Of what was given: " + vocabulary.fact_label(name, code) + "."),
            _fact(name, vocabulary),
        )
        for code in vocabulary.languages[-1:]
        for name in vocabulary.intervention
    ]
    doses = [
        _Column(Field(f"dose_{code}", "string", f"Doses by arm, in language {code}."), _doses(code, vocabulary))
        for code in vocabulary.languages
    ]
    return [
        *given,
        _Column(Field("route", "string", "Route or routes."), _fact("route", vocabulary)),
        *doses,
        _Column(Field("follow_up_least", "number", "Shortest follow-up, in follow_up_unit."), _follow_up("least")),
        _Column(Field("follow_up_most", "number", "Longest follow-up, in follow_up_unit."), _follow_up("most")),
        _Column(
            Field("follow_up_unit", "string", "Unit of follow-up."), lambda t: t.follow_up.unit if t.follow_up else None
        ),
    ]


def _result(vocabulary: Vocabulary) -> list[_Column]:
    languages = vocabulary.languages
    endpoint = Field("endpoint_result", "string", "Primary endpoint: met, not-met, not-known.")
    return [
        *_in_languages("endpoint", "Primary endpoint", languages, lambda t: t.primary_endpoint.text),
        _Column(endpoint, lambda t: t.primary_endpoint.result),
        *_in_languages("summary", "Summary", languages, lambda t: t.summary),
        *_in_languages("safety", "Safety", languages, lambda t: t.safety.text if t.safety else None),
        _Column(Field("sponsor", "string", "Sponsor as printed."), _sponsor),
        _Column(Field("maker_involved", "boolean", "Whether the maker ran or paid for it; empty: not shown."), _maker),
        _Column(Field("claims", "string", "Ids of the review's claims on it."), lambda t: _many(t.claims)),
        _Column(Field("conflicts", "integer", "Fields on which sources differ."), lambda t: len(t.conflicts)),
        _Column(
            Field("source_kinds", "string", "Kinds of what was read."),
            lambda t: _many(dict.fromkeys(source.kind for source in t.sources.values())),
        ),
        _Column(
            Field("read", "string", "Latest day of reading, ISO 8601."),
            lambda t: max(source.date for source in t.sources.values()),
        ),
    ]


def _trial_columns(vocabulary: Vocabulary, years: Mapping[str, int]) -> list[_Column]:
    def year(trial: Trial) -> Value:
        found = trial_year(trial, years)
        return found.year if found else None

    def year_of(trial: Trial) -> Value:
        found = trial_year(trial, years)
        return found.of if found else None

    return [
        *_identity(vocabulary),
        *_design(vocabulary),
        _Column(Field("year", "integer", "Year the trial is placed at."), year),
        _Column(Field("year_of", "string", "What that is the year of."), year_of),
        *_population(vocabulary),
        *_treatment(vocabulary),
        *_result(vocabulary),
    ]


def trial_fields(vocabulary: Vocabulary) -> tuple[Field, ...]:
    """Return the columns of ``trials.csv``."""
    return tuple(column.field for column in _trial_columns(vocabulary, {}))


def export_trials_csv(trials: Sequence[Trial], vocabulary: Vocabulary, years: Mapping[str, int]) -> bytes:
    """Return one row a trial. ``years`` gives the year of each work of the bibliography."""
    columns = _trial_columns(vocabulary, years)
    rows = [[column.value(trial) for column in columns] for trial in trials]
    return write_csv([column.field for column in columns], rows)


def _figures(quantity: Quantity | None) -> list[Value]:
    if quantity is None:
        return [None] * 11
    relation = RELATIONS[quantity.is_] if quantity.value is not None else None
    return [
        relation,
        *(quantity.value, quantity.from_, quantity.to, quantity.before, quantity.after),
        *(quantity.n, quantity.of, quantity.unit, quantity.sd, quantity.se),
    ]


_FIGURE_FIELDS = (
    Field("relation", "string", "How the value is to be read: eq, lt, gt, le, ge, approx."),
    Field("value", "number", "Value, in unit."),
    Field("value_from", "number", "Least value, in unit."),
    Field("value_to", "number", "Greatest value, in unit."),
    Field("before", "number", "Value before treatment, in unit."),
    Field("after", "number", "Value after treatment, in unit."),
    Field("n", "integer", "Number with the outcome."),
    Field("of", "integer", "Number looked at."),
    Field("unit", "string", "Unit."),
    Field("sd", "number", "Standard deviation, in unit."),
    Field("se", "number", "Standard error, as printed."),
)


def outcome_fields(vocabulary: Vocabulary) -> tuple[Field, ...]:
    """Return the columns of ``outcomes.csv``."""
    languages = vocabulary.languages
    texts = [
        [Field(f"{name}_{code}", "string", f"{what}, in language {code}.") for code in languages]
        for name, what in (("measure", "Outcome"), ("detail", "What precisely"), ("finding", "Result in words"))
    ]
    doubts = [Field(f"doubt_{code}", "string", f"Why not to use the figure, in language {code}.") for code in languages]
    sources = [Field(f"source_{code}", "string", f"Where it was read, in language {code}.") for code in languages]
    return (
        Field("trial", "string", "Id of the trial."),
        Field("number", "integer", "Number of the outcome within the trial, from 1."),
        Field("measure", "string", "Outcome, as a controlled value."),
        *texts[0],
        *texts[1],
        Field("primary", "boolean", "Whether this is the primary endpoint."),
        Field("post_hoc", "boolean", "Whether the analysis was thought of afterwards."),
        Field("interim", "boolean", "Whether this is from an interim report."),
        Field("review_only", "boolean", "Whether only the review itself reports it."),
        Field("time_from", "number", "Time, or its lower end, in time_unit."),
        Field("time_to", "number", "Upper end of the time, in time_unit."),
        Field("time_unit", "string", "Unit of time."),
        Field("arm", "string", "Id of the arm it is about; empty with a contrast or for all."),
        Field("contrast_first", "string", "Id of the first arm of a comparison."),
        Field("contrast_second", "string", "Id of the second arm of a comparison."),
        Field("people", "integer", "How many people the outcome is about."),
        *_FIGURE_FIELDS,
        Field("effect_type", "string", "Measure of effect."),
        Field("effect", "number", "Estimate of the effect, first arm against second."),
        Field("ci95_low", "number", "Lower end of the 95% confidence interval."),
        Field("ci95_high", "number", "Upper end of the 95% confidence interval."),
        Field("p_relation", "string", "How the P value is to be read: eq, lt, gt."),
        Field("p", "number", "P value."),
        Field("direction", "string", "Direction of the finding, of the first arm of a comparison."),
        *texts[2],
        *doubts,
        Field("source_kinds", "string", "Kinds of what was read."),
        *sources,
    )


def _outcome_row(trial: Trial, number: int, outcome: Outcome, wordings: Sequence[Wording]) -> list[Value]:
    time, effect, p, finding = outcome.time, outcome.effect, outcome.p, outcome.finding
    low, high = effect.ci95 if effect and effect.ci95 else (None, None)
    first, second = outcome.contrast or (None, None)
    languages = [wording.language for wording in wordings]
    kinds = dict.fromkeys(trial.sources[name].kind for name in outcome.source if name in trial.sources)
    return [
        *(trial.id, number, outcome.measure),
        *(wording.label("measure", outcome.measure) for wording in wordings),
        *(_text(outcome.detail, code) for code in languages),
        *(outcome.primary, outcome.post_hoc, outcome.interim),
        wordings[0].is_review_only(trial, outcome.source),
        (time.value if time.value is not None else time.from_) if time else None,
        time.to if time else None,
        time.unit if time else None,
        *(outcome.arm, first, second, outcome.n),
        *_figures(outcome.value),
        *((effect.type, effect.value) if effect else (None, None)),
        *(low, high),
        *((RELATIONS[p.is_], p.value) if p else (None, None)),
        finding.direction if finding else None,
        *(wording.finding(trial, outcome) for wording in wordings),
        *(_text(outcome.doubt, code) for code in languages),
        _many(kinds),
        *(wording.sources(trial, outcome.source) for wording in wordings),
    ]


def export_outcomes_csv(trials: Sequence[Trial], vocabulary: Vocabulary) -> bytes:
    """Return one row an outcome, in the order of the trials."""
    wordings = [Wording(vocabulary, code) for code in vocabulary.languages]
    rows = [
        _outcome_row(trial, number, outcome, wordings)
        for trial in trials
        for number, outcome in enumerate(trial.outcomes, start=1)
    ]
    return write_csv(outcome_fields(vocabulary), rows)
