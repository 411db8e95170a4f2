"""The file of a new trial: what its registry says, and what a person has to add.

In goes a registry's record (or ``None`` where it could not be asked); out comes
YAML text. Taken over are facts; sentences of the registry stand in comments, to
be put in one's own words in every language. What only a person can say is left
empty, so that the check names it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from livingreview.registries import registry_name, registry_url
from livingreview.verify_services import one_line, section
from livingreview.vocabulary import Vocabulary
from livingreview.yamledits import yaml_scalar

#: Words of ClinicalTrials.gov's API and the vocabulary's values that they may mean. Used only where declared.
_PHASES = {
    "EARLY_PHASE1": "first-in-human",
    "PHASE1": "phase-1",
    "PHASE2": "phase-2",
    "PHASE3": "phase-3",
    "PHASE4": "phase-4",
    "PHASE1/PHASE2": "phase-1-2",
    "PHASE2/PHASE3": "phase-2-3",
}
_ALLOCATIONS = {"RANDOMIZED": "randomized", "NON_RANDOMIZED": "non-randomized"}
_MASKINGS = {
    "NONE": "open-label",
    "SINGLE": "single-blind",
    "DOUBLE": "double-blind",
    "TRIPLE": "double-blind",
    "QUADRUPLE": "double-blind",
}
_STATUSES = {
    "ACTIVE_NOT_RECRUITING": "active",
    "COMPLETED": "completed",
    "RECRUITING": "recruiting",
    "TERMINATED": "terminated",
    "UNKNOWN": "unknown",
    "WITHDRAWN": "withdrawn",
}
_ROLES = {
    "ACTIVE_COMPARATOR": "comparator",
    "NO_INTERVENTION": "control",
    "PLACEBO_COMPARATOR": "control",
    "SHAM_COMPARATOR": "control",
}


def slug(text: str) -> str:
    """Return a name for files and ids: a-z, 0-9 and single hyphens."""
    plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def render_trial(number: str, name: str, study: Any, vocabulary: Vocabulary, date: str) -> str:
    """Return the file of a trial: what its registry says, and what a person has to add.

    ``name`` is the file's name without ``.yml``, ``study`` the registry's record or
    ``None``, ``date`` the day of reading (ISO 8601).
    """
    file = _TrialFile(vocabulary, study)
    registry = registry_name(number) or "the registry"
    origin = f"From the record at {registry}; compare it." if study else f"{registry} could not be asked: fill this in."
    rows = [
        "# yaml-language-server: $schema=../schema/trial.schema.json",
        f"# {origin}",
        "# Whatever is not known is left out (remove the line), never guessed; every group names its source.",
        f"id: {name}",
        "in_review: false  # true only for a trial that the review itself cites",
        f"names: [{yaml_scalar(file.text('identificationModule', 'acronym') or number)}]",
        *file.texts("label", "what was given, against what, in one line"),
        *file.texts("summary", "two sentences: who and how many, and what came out"),
        "reports: []  # keys in refs.bib; `livingreview new reference <DOI>` adds one",
        "registry:",
        f"  - id: {yaml_scalar(number)}",
        "    source: registry",
        *file.design(),
        *file.dates_and_status(),
        *file.people(),
        *file.arms(),
        *file.endpoint(),
        *file.sponsor(),
        "# outcomes: one entry a result, as a report gives it; see the other files of this folder",
        "sources:",
        "  registry:",
        "    kind: registry",
        *(f"    {row}" for row in file.same_text("read_at", registry)),
    ]
    address = registry_url(number)
    rows += [f"    address: {yaml_scalar(address)}"] if address else []
    rows += [f"    date: {date}" if study else "    date:  # the day you read the record, as 2026-01-31"]
    return "\n".join(rows) + "\n"


@dataclass(frozen=True, slots=True)
class _TrialFile:
    """Writes the groups of a trial's file from a registry record; empty ones where there is none."""

    vocabulary: Vocabulary
    study: Any

    def text(self, module: str, *names: str) -> str:
        """Return a text of the record, on one line."""
        value: Any = section(self.study, module)
        for name in names:
            value = value.get(name) if isinstance(value, dict) else None
        return one_line(value) if isinstance(value, str) else ""

    def rows(self, module: str, *names: str) -> list[dict[str, Any]]:
        """Return a list of groups of the record."""
        value: Any = section(self.study, module)
        for name in names:
            value = value.get(name) if isinstance(value, dict) else None
        return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []

    def texts(self, name: str, what: str) -> Iterator[str]:
        """Yield a text that a person must write in every language."""
        yield f"{name}:  # {what}; in your own words, in every language"
        yield from (f"  {code}:" for code in self.vocabulary.languages)

    def same_text(self, name: str, text: str) -> Iterator[str]:
        """Yield a text that is the same in every language: a name."""
        yield f"{name}:"
        yield from (f"  {code}: {yaml_scalar(text)}" for code in self.vocabulary.languages)

    def value(self, set_name: str, word: str, meaning: Mapping[str, str]) -> str:
        """Return the vocabulary's value for a word of the registry, or a comment that shows the word."""
        known = meaning.get(word, "")
        if known and set_name in self.vocabulary.sets and known in self.vocabulary.set(set_name).terms:
            return known
        return f" # one of the vocabulary's; the registry says {word}" if word else " # one of the vocabulary's"

    def design(self) -> Iterator[str]:
        """Yield phase and design."""
        phases = "/".join(one_line(phase) for phase in self.list("designModule", "phases"))
        if phases not in ("", "NA"):
            yield from ("phase:", "  registered:", f"    value: {self.value('phase', phases, _PHASES)}")
            yield "    source: registry"
        single = len(self.rows("armsInterventionsModule", "armGroups")) == 1
        allocations = {**_ALLOCATIONS, "NA": "single-arm"} if single else _ALLOCATIONS
        allocation = self.text("designModule", "designInfo", "allocation")
        masking = self.text("designModule", "designInfo", "maskingInfo", "masking")
        yield "design:"
        yield f"  allocation: {self.value('allocation', allocation, allocations)}"
        yield f"  masking: {self.value('masking', masking, _MASKINGS)}"
        yield "  # control: [placebo]  # what the treated are compared with"
        yield "  source: registry"

    def list(self, module: str, name: str) -> list[Any]:
        """Return a list of the record."""
        value = section(self.study, module).get(name)
        return value if isinstance(value, list) else []

    def dates_and_status(self) -> Iterator[str]:
        """Yield when the trial ran and where it stands."""
        dates = []
        for name, key in (
            ("start", "start"),
            ("primary_completion", "primaryCompletion"),
            ("completion", "completion"),
        ):
            struct = f"{key}DateStruct"
            planned = ", planned: true" if self.text("statusModule", struct, "type") == "ESTIMATED" else ""
            if day := self.text("statusModule", struct, "date"):
                dates.append(f"  {name}: {{on: {day}{planned}}}")
        yield from (["dates:", *dates, "  source: registry"] if dates else [])
        yield "status:"
        yield f"  value: {self.value('status', self.text('statusModule', 'overallStatus'), _STATUSES)}"
        updated = self.text("statusModule", "lastUpdatePostDateStruct", "date")
        yield from ([f"  as_of: {updated}"] if updated else [])
        yield "  source: registry"

    def people(self) -> Iterator[str]:
        """Yield where the trial took place, who took part and how many."""
        names = dict.fromkeys(one_line(row.get("country")) for row in self.rows("contactsLocationsModule", "locations"))
        codes = [code for name in names if (code := self.country(name))]
        if codes:
            yield from ("setting:", f"  countries: [{', '.join(codes)}]", "  source: registry")
        if left := [name for name in names if name and not self.country(name)]:
            yield f"# countries that the vocabulary lacks: {', '.join(left)}"
        conditions = ", ".join(one_line(condition) for condition in self.list("conditionsModule", "conditions"))
        yield "population:"
        who = f"who took part (registered: {conditions})" if conditions else "who took part"
        yield from (f"  {row}" for row in self.texts("text", who))
        yield "  source: registry"
        found = section(self.study, "designModule").get("enrollmentInfo")
        enrollment: dict[str, Any] = found if isinstance(found, dict) else {}
        if type(enrollment.get("count")) is int:
            stage = "enrolled" if enrollment.get("type") == "ACTUAL" else "planned"
            yield from ("flow:", f"  {stage}: {{n: {enrollment['count']}, unit: patients, source: registry}}")

    def country(self, name: str) -> str:
        """Return the code under which the vocabulary knows a country, or nothing."""
        if "country" not in self.vocabulary.sets:
            return ""
        terms = self.vocabulary.set("country").terms
        return next((code for code, term in terms.items() if name in term.labels.values()), "")

    def arms(self) -> Iterator[str]:
        """Yield the arms, their names still to be put in every language."""
        groups = self.rows("armsInterventionsModule", "armGroups")
        yield from (
            ["arms:"] if groups else ["# arms:  # one entry a group: id, label, n, intervention, dose, route, source"]
        )
        taken: set[str] = set()
        for number, group in enumerate(groups, 1):
            label = one_line(group.get("label")) or f"Arm {number}"
            name = slug(label) or f"arm-{number}"
            name = name if name not in taken else f"{name}-{number}"
            taken.add(name)
            yield f"  - id: {name}"
            if role := _ROLES.get(str(group.get("type"))):
                yield f"    role: {role}"
            yield f"    label:  # as registered: {label}"
            yield from (f"      {code}:" for code in self.vocabulary.languages)
            given = group.get("interventionNames")
            if isinstance(given, list) and given:
                yield f"    # registered as given: {'; '.join(map(one_line, given))}"
            yield f"    # intervention: {{{', '.join(self.vocabulary.intervention)}}}"
            yield "    # n, dose, route, schedule"
            yield "    source: registry"

    def endpoint(self) -> Iterator[str]:
        """Yield the primary endpoint, as registered in a comment."""
        yield "primary_endpoint:"
        for outcome in self.rows("outcomesModule", "primaryOutcomes"):
            words = (one_line(outcome.get(name)) for name in ("measure", "timeFrame"))
            yield f"  # registered: {', '.join(word for word in words if word)}"
        yield "  result: not-known  # met or not-met once a report says so"
        yield "  source: registry"

    def sponsor(self) -> Iterator[str]:
        """Yield who runs the trial."""
        name = self.text("sponsorCollaboratorsModule", "leadSponsor", "name")
        if name:
            yield from ("sponsor:", f"  name: {yaml_scalar(name)}", "  source: registry")
            yield "  # maker_involved: true  # only where evidence shows that its maker ran or paid for the trial"
