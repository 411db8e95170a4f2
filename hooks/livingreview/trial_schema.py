"""What a trial file may say: one model a group of fields, each field described with its unit.

In goes the plain data of one file, with the vocabulary as context; out comes a
:class:`TrialRecord` or pydantic's faults, whose types name our problem codes
(``trial_field``, ``trial_range``, ``trial_registry_id``). The same models give
the JSON Schema that editors complete and check a file with. Absent means "not
reported in what was read", never zero.
"""

from __future__ import annotations

import datetime
import difflib
import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
    model_validator,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from livingreview.border import Record
from livingreview.registries import OTHER, REGISTRIES, registry_of
from livingreview.vocabulary import Vocabulary

#: How far a trial's people got, in this order; ``planned`` is what was intended.
STAGES = ("planned", "screened", "enrolled", "randomized", "treated", "analyzed")

_ID = r"^[a-z0-9]+(-[a-z0-9]+)*$"
_DATE = re.compile(r"[12][0-9]{3}(?:-(?:0[1-9]|1[0-2])(?:-[0-3][0-9])?)?\Z")


def fault(code: str, message: str, at: str = "") -> PydanticCustomError:
    """Return an error of one of our codes; ``at`` names the key below the value that it is about."""
    # The braces are pydantic's placeholders; texts of a contributor must not be taken for them.
    safe = message.replace("{", "(").replace("}", ")")
    return PydanticCustomError(code, safe, {"at": at} if at else None)


def _vocabulary(info: ValidationInfo) -> Vocabulary:
    context: Mapping[str, Any] = info.context or {}
    found = context.get("vocabulary")
    if not isinstance(found, Vocabulary):
        raise TypeError("trial records are validated with a vocabulary as context")
    return found


def _one_of(value: str, allowed: Iterable[str], what: str, at: str = "") -> None:
    values = list(allowed)
    if value not in values:
        close = difflib.get_close_matches(value, values, n=1)
        hint = f'Did you mean "{close[0]}"?' if close else f"Known: {', '.join(values)}."
        raise fault("trial_field", f'"{value}" is no {what} of data/vocabulary.yml. {hint}', at)


@dataclass(frozen=True, slots=True)
class Controlled:
    """Marks a text as a value of one of the vocabulary's sets."""

    set: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Check the value against the vocabulary given as context."""

        def check(value: str, info: ValidationInfo) -> str:
            _one_of(value, _vocabulary(info).set(self.set).terms, self.set)
            return value

        return core_schema.with_info_after_validator_function(check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Leave the name of the set, which :func:`json_schema` replaces by its values."""
        return {"type": "string", "x-set": self.set}


class _Languages:
    """Marks a mapping as a text in every language of the review."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        def check(value: dict[str, str], info: ValidationInfo) -> dict[str, str]:
            languages = _vocabulary(info).languages
            for code in value:
                if code not in languages:
                    raise fault("trial_field", f'"{code}" is no language of this review. Remove it.', code)
            for code in languages:
                if not value.get(code, "").strip():
                    raise fault("trial_field", f'the text in "{code}" is missing. Add it.')
            return value

        return core_schema.with_info_after_validator_function(check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "object", "x-text": True}


def _year_as_text(value: Any) -> Any:
    """A bare year is read as a number; as a date it is text."""
    return str(value) if type(value) is int else value


def _calendar_date(value: str) -> str:
    if not _DATE.match(value):
        raise fault("trial_field", f'"{value}" is no date. Write 2019, 2019-08 or 2019-08-23.')
    try:
        datetime.date.fromisoformat((value + "-01-01")[:10])
    except ValueError:
        raise fault("trial_range", f'"{value}" is no day of the calendar.') from None
    return value


def _as_tuple(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise fault("trial_range", "the number must be finite.")
    return value


Text = Annotated[dict[str, str], _Languages()]
_DATE_SCHEMA = {"type": ["string", "integer"], "pattern": "^" + _DATE.pattern.removesuffix("\\Z") + "$"}
PartialDate = Annotated[
    str, BeforeValidator(_year_as_text), AfterValidator(_calendar_date), WithJsonSchema(_DATE_SCHEMA)
]
Number = Annotated[float, AfterValidator(_finite)]
Sources = Annotated[tuple[str, ...], BeforeValidator(_as_tuple)]
Relation = Literal["=", "<", ">", "≤", "≥", "≈"]
Stage = Literal["planned", "screened", "enrolled", "randomized", "treated", "analyzed"]


class Sourced(Record):
    """A group of figures or statements with the source they were read in."""

    source: Sources = Field((), description="Id or ids under `sources`. Inherited from the enclosing group if absent.")


def _spread(low: float | None, high: float | None) -> None:
    if low is not None and high is not None and low > high:
        raise fault("trial_range", f'"from" ({low:g}) is greater than "to" ({high:g}). Exchange them.', "from")


def _in_range(value: float | None, unit: str, name: str, set_name: str, info: ValidationInfo) -> None:
    term = _vocabulary(info).set(set_name).terms.get(unit)
    if value is None or term is None or term.range is None:
        return
    low, high = term.range
    if not low <= value <= high:
        raise fault("trial_range", f'{value:g} is out of range for "{unit}" ({low:g} to {high:g}).', name)


class Paper(Sourced):
    """A report that the bibliography cannot hold because its author, title, journal or year was not read."""

    title: str = Field(description="Title as printed where it was read.")
    journal: str = Field("", description="Journal as printed.")
    year: int | None = Field(None, ge=1900, le=2100, description="Year of publication.")
    doi: str = Field("", pattern=r"^$|^10\.[0-9]{4,9}/\S+$", description="DOI without address.")
    pmid: str = Field("", pattern=r"^[0-9]{0,9}$", description="PubMed id, as text.")


class RegistryEntry(Sourced):
    """One number under which the trial is registered, and how it was tied to the reports."""

    id: str = Field(min_length=1, description="Number as the registry writes it.")
    register_: Literal["other"] | None = Field(
        None, alias="register", description="`other` for a number of a form that the engine does not know."
    )
    link: Literal["printed", "matched"] = Field(
        "printed",
        description="`printed`: stands in what was read of the trial; `matched`: tied by sponsor, design, size.",
    )
    url: str = Field("", pattern=r"^$|^https://\S+$", description="The registry's own page, where it does not follow.")
    note: Text | None = Field(None, description="What the link rests on.")

    @model_validator(mode="after")
    def _form(self) -> RegistryEntry:
        if self.register_ == OTHER or registry_of(self.id) is not None:
            return self
        near = next((r for r in REGISTRIES if self.id.upper().startswith(r.id.upper()[:3])), None)
        forms = near.example if near else ", ".join(registry.example for registry in REGISTRIES)
        message = f'"{self.id}" has the form of no known registry. Write it like {forms}, or add `register: other`.'
        raise fault("trial_registry_id", message, "id")


class PhaseValue(Sourced):
    """A phase and where it stands."""

    value: Annotated[str, Controlled("phase")] = Field(description="Phase.")
    note: Text | None = Field(None, description="What must be known about it.")


class Phase(Sourced):
    """The phase as registered and as published; they may differ."""

    registered: PhaseValue | None = Field(None, description="As the registry has it.")
    published: PhaseValue | None = Field(None, description="As the report has it.")


class Design(Sourced):
    """How people were allocated, blinded and compared."""

    allocation: Annotated[str, Controlled("allocation")] | None = Field(None, description="How arms were formed.")
    ratio: tuple[Annotated[int, Field(ge=1, le=100)], ...] = Field((), description="Allocation ratio, [2, 1] for 2:1.")
    within_patient: bool = Field(False, description="Whether arms share patients (one limb against the other).")
    masking: Annotated[str, Controlled("masking")] | None = Field(None, description="Masking.")
    control: tuple[Annotated[str, Controlled("control")], ...] = Field(
        (), description="What the treated are compared with; `none` for an uncontrolled trial."
    )
    note: Text | None = Field(None, description="Details in words.")


class Setting(Sourced):
    """Where the trial took place."""

    countries: tuple[Annotated[str, Controlled("country")], ...] = Field((), description="ISO 3166 codes.")
    center_type: Annotated[str, Controlled("center")] | None = Field(None, description="One center or several.")
    centers: int | None = Field(None, ge=0, le=10_000, description="Number of centers.")
    centers_text: Text | None = Field(None, description="Names, and what the number rests on.")


class DateValue(Sourced):
    """A date, as exact as it was read."""

    on: PartialDate = Field(description="2019, 2019-08 or 2019-08-23.")
    planned: bool = Field(False, description="Whether the date was an intention when read.")


class Dates(Sourced):
    """When the trial was registered, began, ended and appeared."""

    registered: DateValue | None = Field(None, description="First registered.")
    start: DateValue | None = Field(None, description="First patient.")
    primary_completion: DateValue | None = Field(None, description="Last visit for the primary endpoint.")
    completion: DateValue | None = Field(None, description="Last visit.")
    published: DateValue | None = Field(
        None, description="First report, where it is not in `reports` (its year is then taken from there)."
    )

    @model_validator(mode="after")
    def _order(self) -> Dates:
        earlier: tuple[str, str] | None = None
        for name in ("start", "primary_completion", "completion"):
            value: DateValue | None = getattr(self, name)
            if value is None:
                continue
            if earlier is not None:
                common = min(len(value.on), len(earlier[1]))
                if value.on[:common] < earlier[1][:common]:
                    message = (
                        f'"{name}" ({value.on}) is before "{earlier[0]}" ({earlier[1]}). Exchange or correct them.'
                    )
                    raise fault("trial_range", message, name)
            earlier = (name, value.on)
        return self


class Status(Sourced):
    """Where the trial stands."""

    value: Annotated[str, Controlled("status")] = Field(description="Status.")
    as_of: PartialDate | None = Field(None, description="Date of the record; without it the date of reading counts.")
    note: Text | None = Field(None, description="What must be known about it.")


class Population(Sourced):
    """Who took part."""

    text: Text = Field(description="Condition, in the report's own terms.")
    stage: Text | None = Field(None, description="Stage or category, with its system.")
    criteria: Text | None = Field(None, description="Key criteria for inclusion and exclusion.")


class Count(Sourced):
    """A number of people (or limbs) at one stage."""

    n: int = Field(ge=0, description="Number, whole.")
    unit: Annotated[str, Controlled("unit")] = Field("patients", description="What is counted.")
    note: Text | None = Field(None, description="What must be known about it.")


class Flow(Sourced):
    """How many were planned, screened, enrolled, randomized, treated and analyzed."""

    planned: Count | None = Field(None, description="Intended, by protocol or registry.")
    screened: Count | None = Field(None, description="Assessed for eligibility.")
    enrolled: Count | None = Field(None, description="Included.")
    randomized: Count | None = Field(None, description="Randomized.")
    treated: Count | None = Field(None, description="Given the intervention or its control.")
    analyzed: Count | None = Field(None, description="In the analysis.")

    @model_validator(mode="after")
    def _falling(self) -> Flow:
        earlier: tuple[str, Count] | None = None
        for name in STAGES[1:]:
            count: Count | None = getattr(self, name)
            if count is None:
                continue
            if earlier is not None and earlier[1].unit == count.unit and count.n > earlier[1].n:
                message = f'"{name}" ({count.n}) is more than "{earlier[0]}" ({earlier[1].n}).'
                raise fault("trial_range", message, name)
            earlier = (name, count)
        return self


class Dose(Sourced):
    """How much was given: one value, a range, or one of several."""

    value: Annotated[Number, Field(gt=0)] | None = Field(None, description="Amount in `unit`.")
    from_: Annotated[Number, Field(gt=0)] | None = Field(None, alias="from", description="Least amount in `unit`.")
    to: Annotated[Number, Field(gt=0)] | None = Field(None, description="Greatest amount in `unit`.")
    any_of: tuple[Annotated[Number, Field(gt=0)], ...] = Field((), description="Amounts in `unit`, one or the other.")
    sd: Annotated[Number, Field(ge=0)] | None = Field(None, description="Standard deviation in `unit`.")
    unit: Annotated[str, Controlled("dose-unit")] = Field(description="Unit.")
    per: Annotated[str, Controlled("dose-basis")] | None = Field(None, description="What the amount is for.")
    note: Text | None = Field(None, description="What must be known about it.")

    @model_validator(mode="after")
    def _plausible(self, info: ValidationInfo) -> Dose:
        if sum((self.value is not None, self.from_ is not None or self.to is not None, bool(self.any_of))) != 1:
            raise fault("trial_field", 'a dose needs exactly one of "value", "from" and "to", or "any_of".')
        _spread(self.from_, self.to)
        amounts = [("value", self.value), ("from", self.from_), ("to", self.to), *(("any_of", v) for v in self.any_of)]
        for name, amount in amounts:
            _in_range(amount, self.unit, name, "dose-unit", info)
        return self


class Arm(Sourced):
    """One group of people (or limbs) and what it was given."""

    id: str = Field(pattern=_ID, description="Name of the arm inside this file.")
    role: Literal["treatment", "comparator", "control"] = Field(
        "treatment", description="`treatment`, `comparator` (another active treatment) or `control`."
    )
    label: Text = Field(description="Name of the arm.")
    n: int | None = Field(None, ge=0, description="Number in the arm, whole.")
    unit: Annotated[str, Controlled("unit")] = Field("patients", description="What `n` counts.")
    stage: Stage | None = Field(
        None, description="Stage that `n` belongs to; without it randomized, else enrolled, else treated."
    )
    n_source: Sources = Field((), description="Source of `n`, if it is not the arm's.")
    intervention: dict[str, str] = Field({}, description="What was given, in the fields that the vocabulary declares.")
    dose: Dose | None = Field(None, description="How much.")
    route: tuple[Annotated[str, Controlled("route")], ...] = Field((), description="Route or routes.")
    schedule: Text | None = Field(None, description="When, how often, where.")
    note: Text | None = Field(None, description="What must be known about it.")

    @field_validator("intervention")
    @classmethod
    def _declared(cls, value: dict[str, str], info: ValidationInfo) -> dict[str, str]:
        vocabulary = _vocabulary(info)
        for name, what in value.items():
            _one_of(name, vocabulary.intervention, "field of an intervention", name)
            allowed = vocabulary.intervention[name].set
            if allowed:
                _one_of(what, vocabulary.set(allowed).terms, name, name)
        return value


class Period(Record):
    """A time: one value or a range, in one unit."""

    is_: Relation = Field("=", alias="is", description="How the value is to be read.")
    value: Annotated[Number, Field(ge=0)] | None = Field(None, description="Time in `unit`.")
    from_: Annotated[Number, Field(ge=0)] | None = Field(None, alias="from", description="Least time in `unit`.")
    to: Annotated[Number, Field(ge=0)] | None = Field(None, description="Greatest time in `unit`.")
    unit: Annotated[str, Controlled("time-unit")] = Field(description="Unit of time.")

    @model_validator(mode="after")
    def _plausible(self, info: ValidationInfo) -> Period:
        if (self.value is None) == (self.from_ is None or self.to is None):
            raise fault("trial_field", 'a time needs "value", or "from" and "to".')
        _spread(self.from_, self.to)
        for name, value in (("value", self.value), ("from", self.from_), ("to", self.to)):
            _in_range(value, self.unit, name, "time-unit", info)
        return self


class FollowUp(Period, Sourced):
    """How long people were followed."""

    planned: bool = Field(False, description="Whether this is the plan only.")
    note: Text | None = Field(None, description="What must be known about it.")


class PrimaryEndpoint(Sourced):
    """What the trial was to decide, and whether it did."""

    text: Text | None = Field(None, description="The endpoint in words.")
    measure: Annotated[str, Controlled("measure")] | None = Field(None, description="Its outcome measure.")
    result: Literal["met", "not-met", "not-known"] = Field(
        description="`not-met` also for a neutral result; `not-known` where no criterion or no result was read."
    )
    note: Text | None = Field(None, description="What the result rests on.")


class Quantity(Record):
    """A figure: a value, a range, a change, or a number of a number."""

    is_: Relation = Field("=", alias="is", description="How the value is to be read.")
    value: Number | None = Field(None, description="Value in `unit`.")
    from_: Number | None = Field(None, alias="from", description="Least value in `unit`.")
    to: Number | None = Field(None, description="Greatest value in `unit`.")
    before: Number | None = Field(None, description="Value before treatment in `unit`.")
    after: Number | None = Field(None, description="Value after treatment in `unit`.")
    n: int | None = Field(None, ge=0, description="Number with the outcome.")
    of: int | None = Field(None, ge=1, description="Number looked at.")
    unit: Annotated[str, Controlled("unit")] = Field(description="Unit.")
    sd: Annotated[Number, Field(ge=0)] | None = Field(None, description="Standard deviation in `unit`.")
    se: Annotated[Number, Field(ge=0)] | None = Field(None, description="Standard error, as printed.")

    @model_validator(mode="after")
    def _one_form(self, info: ValidationInfo) -> Quantity:
        pairs = (("from", self.from_, self.to), ("before", self.before, self.after), ("n", self.n, self.of))
        forms = [self.value is not None, *(a is not None and b is not None for _, a, b in pairs)]
        halves = any((a is None) != (b is None) for _, a, b in pairs)
        if halves or sum(forms) != 1:
            raise fault("trial_field", 'a value needs one of "value", "from"/"to", "before"/"after", "n"/"of".')
        _spread(self.from_, self.to)
        if self.n is not None and self.of is not None and self.n > self.of:
            raise fault("trial_range", f'"n" ({self.n}) is more than "of" ({self.of}). Exchange or correct them.', "n")
        figures = ("value", self.value), ("from", self.from_), ("to", self.to), ("before", self.before)
        for name, value in (*figures, ("after", self.after)):
            _in_range(value, self.unit, name, "unit", info)
        return self


class Effect(Record):
    """An effect between two arms as the source reports it, with its interval where it has one."""

    type: Annotated[str, Controlled("effect")] = Field(description="Measure of effect.")
    value: Number = Field(description="Estimate; ratios have no unit.")
    ci95: tuple[Number, Number] | None = Field(None, description="95% confidence interval: [lower, upper].")

    @model_validator(mode="after")
    def _inside(self) -> Effect:
        if self.ci95 is not None:
            low, high = self.ci95
            if low > high:
                raise fault(
                    "trial_range", f"the interval begins with {low:g} and ends with {high:g}. Exchange them.", "ci95"
                )
            if not low <= self.value <= high:
                message = f"the estimate {self.value:g} is outside its interval {low:g} to {high:g}."
                raise fault("trial_range", message, "value")
        return self


class P(Record):
    """A P value as printed."""

    is_: Relation = Field(alias="is", description="=, < or >.")
    value: Number = Field(description="P value, 0 to 1.")
    decimals: int | None = Field(None, ge=1, le=8, description="Decimals printed, where the last is a zero.")

    @field_validator("value")
    @classmethod
    def _probability(cls, value: float) -> float:
        if not 0 <= value <= 1:
            raise fault("trial_range", f"a P value lies between 0 and 1, not at {value:g}.")
        return value


class Finding(Record):
    """A result in words, where no number was read or a number does not say it all."""

    direction: Annotated[str, Controlled("direction")] = Field(description="Direction; of the first arm of a contrast.")
    text: Text | None = Field(None, description="In words.")


class Outcome(Sourced):
    """One result: what was measured, when, in whom, and what came out."""

    measure: Annotated[str, Controlled("measure")] = Field(description="What was measured.")
    detail: Text | None = Field(None, description="What precisely, where the measure's name does not say it.")
    primary: bool = Field(False, description="Whether this is the primary endpoint.")
    post_hoc: bool = Field(False, description="Whether the analysis was thought of afterwards.")
    interim: bool = Field(False, description="Whether this is from an interim report.")
    time: Period | None = Field(None, description="When, counted from treatment or randomization.")
    arm: str | None = Field(None, description="The arm it is about.")
    contrast: tuple[str, str] | None = Field(None, description="The two arms compared: first against second.")
    n: int | None = Field(None, ge=0, description="How many people this outcome is about.")
    value: Quantity | None = Field(None, description="The figure.")
    effect: Effect | None = Field(None, description="The effect between the arms.")
    p: P | None = Field(None, description="P value.")
    finding: Finding | None = Field(None, description="In words.")
    doubt: Text | None = Field(None, description="Why the figure must not be drawn or compared.")

    @model_validator(mode="after")
    def _says_something(self) -> Outcome:
        if not any((self.value, self.effect, self.p, self.finding)):
            raise fault("trial_field", 'an outcome needs at least one of "value", "effect", "p" and "finding".')
        if self.arm is not None and self.contrast is not None:
            raise fault("trial_field", 'an outcome is about one "arm" or about a "contrast", not both.', "contrast")
        return self


class Statement(Sourced):
    """A statement in words, with its source."""

    text: Text = Field(description="The statement.")


class Sponsor(Sourced):
    """Who ran and paid for the trial."""

    name: str = Field("", description="Sponsor as printed.")
    funding: Text | None = Field(None, description="Who paid.")
    maker_involved: bool | None = Field(
        None,
        description="Whether the maker of the product ran or paid for the trial; only where the evidence shows it.",
    )
    note: Text | None = Field(None, description="What that rests on.")


class Related(Record):
    """Another trial of the data that a reader should know of."""

    trial: str = Field(description="Id of the other trial.")
    text: Text = Field(description="How they are related.")


def _plain_or_text(value: Any, info: ValidationInfo) -> Any:
    """A value in a conflict is a number, a controlled value or a text in every language."""
    if isinstance(value, Mapping):
        missing = [code for code in _vocabulary(info).languages if not isinstance(value.get(code), str)]
        if missing:
            raise fault("trial_field", f"the text in {', '.join(missing)} is missing. Add it.")
    elif type(value) not in (str, int, float):
        raise fault("trial_field", "a value is a number, a text, or a text in every language.")
    return value


PlainOrText = Annotated[Any, AfterValidator(_plain_or_text)]


class ConflictValue(Sourced):
    """What one source says."""

    value: PlainOrText = Field(description="Its value.")


class Conflict(Record):
    """A field on which sources differ, with every value."""

    field: str = Field(pattern=r"^[a-z_]+(\.[a-z_]+)*$", description="Path of the field, as `flow.enrolled`.")
    values: Annotated[tuple[ConflictValue, ...], Field(min_length=2)] = Field(description="What each source says.")
    shown: PlainOrText | None = Field(None, description="The value that is used here.")
    note: Text | None = Field(None, description="Why.")


class Source(Record):
    """One thing that was read."""

    kind: Annotated[str, Controlled("source-kind")] = Field(description="What kind of thing was read.")
    work: str = Field("", description="Key in refs.bib, where it is a work of the bibliography.")
    read_at: Text = Field(description="Where it was read, as text.")
    address: str = Field("", description="Its address when it was read. Data only, never a link.")
    date: PartialDate = Field(description="Day it was read.")


class TrialRecord(Record):
    """One trial, as its file says it."""

    id: str = Field(pattern=_ID, description="File name without `.yml`.")
    in_review: bool = Field(description="Whether the review cites it.")
    names: Annotated[tuple[str, ...], Field(min_length=1)] = Field(description="Names; the first is shown.")
    label: Text = Field(description="What it is, in one line.")
    summary: Text = Field(description="The trial in two sentences.")
    reports: tuple[str, ...] = Field((), description="Keys in refs.bib of its reports, the first one first.")
    papers: tuple[Paper, ...] = Field((), description="Reports that refs.bib cannot hold.")
    registry: tuple[RegistryEntry, ...] = Field((), description="Numbers under which it is registered.")
    phase: Phase | None = Field(None, description="Phase.")
    design: Design = Field(description="Design.")
    setting: Setting | None = Field(None, description="Countries and centers.")
    dates: Dates | None = Field(None, description="Dates.")
    status: Status | None = Field(None, description="Status.")
    population: Population | None = Field(None, description="Who took part.")
    flow: Flow | None = Field(None, description="How many took part.")
    arms: tuple[Arm, ...] = Field((), description="The arms.")
    follow_up: FollowUp | None = Field(None, description="Length of follow-up.")
    primary_endpoint: PrimaryEndpoint = Field(description="The primary endpoint and its result.")
    outcomes: tuple[Outcome, ...] = Field((), description="Results as published.")
    safety: Statement | None = Field(None, description="Safety in words.")
    conclusion: Statement | None = Field(None, description="The authors' conclusion, restated.")
    sponsor: Sponsor | None = Field(None, description="Sponsor and funding.")
    claims: tuple[str, ...] = Field((), description="Ids of the review's claims that rest on this trial.")
    notes: tuple[Statement, ...] = Field((), description="What a reader must know besides.")
    related: tuple[Related, ...] = Field((), description="Other trials of the data.")
    conflicts: tuple[Conflict, ...] = Field((), description="Where sources differ.")
    not_found: tuple[Text, ...] = Field((), description="What was looked for and not reported in what was read.")
    sources: Annotated[dict[str, Source], Field(min_length=1)] = Field(description="What was read, by id.")

    def arm(self, name: str) -> Arm | None:
        """Return an arm by its id."""
        return next((arm for arm in self.arms if arm.id == name), None)


def _resolve(node: Any, vocabulary: Vocabulary) -> Any:
    """Replace the marks of controlled values and texts by what the vocabulary allows."""
    if isinstance(node, list):
        return [_resolve(item, vocabulary) for item in node]
    if not isinstance(node, dict):
        return node
    if "x-set" in node:
        rest = {key: value for key, value in node.items() if key != "x-set"}
        return {**rest, "enum": list(vocabulary.set(node["x-set"]).terms)}
    if "x-text" in node:
        rest = {key: value for key, value in node.items() if key != "x-text"}
        languages = {code: {"type": "string", "minLength": 1} for code in vocabulary.languages}
        return {**rest, "properties": languages, "required": [*languages], "additionalProperties": False}
    return {key: _resolve(value, vocabulary) for key, value in node.items()}


def json_schema(vocabulary: Vocabulary) -> str:
    """Return the JSON Schema (draft 2020-12) of a trial file, byte-stable, for editors and other tools."""
    schema = _resolve(TrialRecord.model_json_schema(by_alias=True), vocabulary)
    fields = {
        name: {"enum": list(vocabulary.set(field.set).terms)} if field.set else {"type": "string"}
        for name, field in vocabulary.intervention.items()
    }
    arm = schema["$defs"]["Arm"]["properties"]["intervention"]
    arm.update({"properties": fields, "additionalProperties": False})
    source = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
    for definition in schema["$defs"].values():
        for name in ("source", "n_source"):
            if name in definition.get("properties", {}):
                described = definition["properties"][name]
                definition["properties"][name] = {**source, "description": described.get("description", "")}
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "Trial"
    return json.dumps(schema, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
