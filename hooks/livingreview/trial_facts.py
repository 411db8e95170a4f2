"""What follows from a trial's data: facts to filter by, the people counted, year, group and rung.

In go a trial and the vocabulary; out come plain values. Table, pages, plots and
exports all take their numbers from here, so that they agree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from livingreview.trials import Trial
from livingreview.vocabulary import Group, Vocabulary

#: Facts of a trial: the values of each, in the order of the file; empty where nothing was read.
Facts = Mapping[str, tuple[str, ...]]

#: The value that stands for "not reported in what was read" in addresses and filters.
NOT_REPORTED = "not-reported"

#: The stage whose number counts as a trial's participants: the first of these that was read.
COUNTED_STAGES = ("randomized", "treated", "enrolled", "analyzed")

#: The unit participants are counted in.
PEOPLE = "patients"


@dataclass(frozen=True, slots=True)
class Participants:
    """A number of people, the stage it belongs to, and where it was read. ``planned`` numbers are intentions."""

    n: int
    stage: str
    sources: tuple[str, ...]

    @property
    def planned(self) -> bool:
        """Whether nobody is known to have taken part: the number is what was planned."""
        return self.stage == "planned"


@dataclass(frozen=True, slots=True)
class Year:
    """A year and what it is the year of: ``start``, ``report``, ``published``, ``registered`` or ``completion``."""

    year: int
    of: str


def _distinct(values: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))


def trial_facts(trial: Trial, vocabulary: Vocabulary) -> Facts:
    """Return the facts of a trial. What was given is that of its treatment arms, not of its comparators."""
    phase = trial.phase
    published = phase.published or phase.registered if phase else None
    treated = [arm for arm in trial.arms if arm.role == "treatment"]
    maker = trial.sponsor.maker_involved if trial.sponsor else None
    facts: dict[str, tuple[str, ...]] = {
        "review": ("in" if trial.in_review else "beyond",),
        "phase": (published.value,) if published else (),
        "allocation": (trial.design.allocation,) if trial.design.allocation else (),
        "masking": (trial.design.masking,) if trial.design.masking else (),
        "control": trial.design.control,
        "status": (trial.status.value,) if trial.status else (),
        "endpoint": (trial.primary_endpoint.result,),
        "maker": () if maker is None else ("yes" if maker else "no",),
        "country": trial.setting.countries if trial.setting else (),
        "route": _distinct([route for arm in treated for route in arm.route]),
    }
    for name in vocabulary.intervention:
        facts[name] = _distinct([arm.intervention[name] for arm in treated if name in arm.intervention])
    return facts


def matches(facts: Facts, where: Mapping[str, Sequence[str]], vocabulary: Vocabulary) -> bool:
    """Whether a trial has, for every fact named, one of the values given or a value below one of them."""
    for fact, wanted in where.items():
        values = facts.get(fact, ()) or (NOT_REPORTED,)
        terms = vocabulary.set(vocabulary.set_of_fact(fact))
        if not any(terms.covers(wide, value) for wide in wanted for value in values):
            return False
    return True


def filter_trials(
    trials: Sequence[Trial], where: Mapping[str, Sequence[str]], vocabulary: Vocabulary
) -> tuple[Trial, ...]:
    """Return the trials that match."""
    return tuple(trial for trial in trials if matches(trial_facts(trial, vocabulary), where, vocabulary))


def facet_filter(options: Mapping[str, object], vocabulary: Vocabulary) -> dict[str, list[str]]:
    """Turn a directive's filter (facet or fact names, one value or several) into facts and values.

    Raises:
        ValueError: for a name that is neither a facet nor a fact, or a value that its set does not have.
    """
    facets = {facet.id: facet.fact for facet in vocabulary.facets}
    known = {*facets, *facets.values(), *vocabulary.intervention, "masking", "maker", "country", "route"}
    where: dict[str, list[str]] = {}
    for name, value in options.items():
        if name not in known:
            raise ValueError(f'there is no filter "{name}". Known: {", ".join(sorted(known))}.')
        fact = facets.get(name, name)
        values = [str(one) for one in value] if isinstance(value, (list, tuple)) else [str(value)]
        terms = vocabulary.set(vocabulary.set_of_fact(fact)).terms
        for one in values:
            if terms and one not in terms and one != NOT_REPORTED:
                raise ValueError(f'"{one}" is no value of "{name}". Known: {", ".join(terms)}.')
        where[fact] = values
    return where


def participants(trial: Trial) -> Participants | None:
    """Return the people that count as a trial's participants, else those planned, else nothing."""
    if trial.flow is None:
        return None
    for stage in (*COUNTED_STAGES, "planned"):
        count = getattr(trial.flow, stage)
        if count is not None and count.unit == PEOPLE:
            return Participants(count.n, stage, count.source)
    return None


def trial_year(trial: Trial, report_years: Mapping[str, int]) -> Year | None:
    """Return the year a trial is placed at: of its start where that was read, else of its first report.

    ``report_years`` gives the year of each work of the bibliography.
    """
    dates = trial.dates
    if dates and dates.start and not dates.start.planned:
        return Year(int(dates.start.on[:4]), "start")
    years = [report_years[key] for key in trial.reports if key in report_years]
    years += [paper.year for paper in trial.papers if paper.year is not None]
    if years:
        return Year(min(years), "report")
    for name in ("published", "registered", "start", "completion"):
        value = getattr(dates, name) if dates else None
        if value is not None:
            return Year(int(value.on[:4]), name)
    return None


def first_group(trial: Trial, groups: Sequence[Group], vocabulary: Vocabulary) -> Group | None:
    """Return the first group a trial fits."""
    facts = trial_facts(trial, vocabulary)
    return next((group for group in groups if matches(facts, group.where, vocabulary)), None)


def ordered_trials(
    trials: Sequence[Trial], vocabulary: Vocabulary, report_years: Mapping[str, int]
) -> tuple[Trial, ...]:
    """Return trials as a reader meets them: the review's first, then by group, year (unread last) and name."""
    places = {group.id: place for place, group in enumerate(vocabulary.groups)}

    def key(trial: Trial) -> tuple[bool, int, int, str]:
        group = first_group(trial, vocabulary.groups, vocabulary)
        year = trial_year(trial, report_years)
        place = places[group.id] if group else len(places)
        return (not trial.in_review, place, year.year if year else 9999, trial.names[0].lower())

    return tuple(sorted(trials, key=key))


@dataclass(frozen=True, slots=True)
class Tally:
    """Trials counted together: how many, of them placebo-controlled, their people, their primary endpoints."""

    trials: tuple[Trial, ...]
    placebo: int
    people: int
    without_people: int
    planned_only: int
    by_endpoint: Mapping[str, tuple[Trial, ...]]


def tally(trials: Sequence[Trial]) -> Tally:
    """Count trials. ``people`` adds up participants; planned numbers are counted apart, never added to them."""
    counted = [participants(trial) for trial in trials]
    by_endpoint = {
        result: tuple(trial for trial in trials if trial.primary_endpoint.result == result)
        for result in ("met", "not-met", "not-known")
    }
    return Tally(
        tuple(trials),
        sum("placebo" in trial.design.control for trial in trials),
        sum(one.n for one in counted if one and not one.planned),
        sum(one is None for one in counted),
        sum(one.n for one in counted if one and one.planned),
        by_endpoint,
    )


def grouped(
    trials: Sequence[Trial], groups: Sequence[Group], vocabulary: Vocabulary
) -> tuple[tuple[Group, Tally], ...]:
    """Sort trials into groups, in the order of the groups; groups without trials are left out."""
    found: dict[str, list[Trial]] = {group.id: [] for group in groups}
    for trial in trials:
        group = first_group(trial, groups, vocabulary)
        if group is not None:
            found[group.id].append(trial)
    return tuple((group, tally(found[group.id])) for group in groups if found[group.id])


def counted_on_ladder(trials: Sequence[Trial], vocabulary: Vocabulary) -> tuple[Trial, ...]:
    """Return the trials that the evidence ladder counts: those of no group marked ``apart``."""
    result = []
    for trial in trials:
        group = first_group(trial, vocabulary.groups, vocabulary)
        if group is None or not group.apart:
            result.append(trial)
    return tuple(result)
