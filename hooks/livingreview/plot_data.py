"""What the plots show, before anything is drawn: points, rows and panels as plain values.

In go trials and the vocabulary; out come the numbers of each plot. The drawings
and the tables behind them are both made from these values, so they cannot differ.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from livingreview.trial_facts import (
    Tally,
    Year,
    counted_on_ladder,
    first_group,
    grouped,
    matches,
    participants,
    trial_facts,
    trial_year,
)
from livingreview.trial_schema import Effect, Outcome
from livingreview.trials import Trial
from livingreview.vocabulary import Group, OutcomePanel, Vocabulary


@dataclass(frozen=True, slots=True)
class Mark:
    """One trial on the landscape. ``n`` is ``None`` where no number was read."""

    trial: Trial
    year: Year
    n: int | None
    planned: bool
    shape: str
    filled: bool


@dataclass(frozen=True, slots=True)
class LandscapeData:
    """The marks by group, in order, and the trials without a year."""

    groups: tuple[tuple[Group, tuple[Mark, ...]], ...]
    undrawn: tuple[Trial, ...]


def landscape_data(trials: Sequence[Trial], vocabulary: Vocabulary, years: Mapping[str, int]) -> LandscapeData:
    """Place every trial that has a year; the rest is listed."""
    encoding = vocabulary.landscape
    marks: dict[str, list[Mark]] = {group.id: [] for group in vocabulary.groups}
    undrawn: list[Trial] = []
    for trial in trials:
        year = trial_year(trial, years)
        group = first_group(trial, vocabulary.groups, vocabulary)
        if year is None or group is None or encoding is None:
            undrawn.append(trial)
            continue
        facts = trial_facts(trial, vocabulary)
        shape = next((s.shape for s in encoding.shapes if matches(facts, s.where, vocabulary)), "diamond")
        people = participants(trial)
        marks[group.id].append(
            Mark(
                trial,
                year,
                people.n if people else None,
                bool(people and people.planned),
                shape,
                matches(facts, encoding.filled.where, vocabulary),
            )
        )
    ordered = tuple(
        (group, tuple(sorted(marks[group.id], key=lambda mark: (mark.year.year, -(mark.n or 0), mark.trial.id))))
        for group in vocabulary.groups
        if marks[group.id]
    )
    return LandscapeData(ordered, tuple(undrawn))


def ladder_data(trials: Sequence[Trial], vocabulary: Vocabulary) -> tuple[tuple[Group, Tally], ...]:
    """Count the trials on each rung, strongest design first."""
    return grouped(counted_on_ladder(trials, vocabulary), vocabulary.ladder, vocabulary)


@dataclass(frozen=True, slots=True)
class EffectPoint:
    """One effect with its interval, as its source reports it."""

    trial: Trial
    outcome: Outcome
    effect: Effect
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class EffectPanel:
    """The effects of one outcome in one measure of effect. Panels never share an axis."""

    panel: OutcomePanel
    type: str
    points: tuple[EffectPoint, ...]


@dataclass(frozen=True, slots=True)
class Undrawn:
    """A figure that is listed beneath the plot: ``doubtful`` or ``no-interval``."""

    trial: Trial
    outcome: Outcome
    reason: str


@dataclass(frozen=True, slots=True)
class OutcomesData:
    """The panels, and what is listed beneath them."""

    panels: tuple[EffectPanel, ...]
    beneath: tuple[Undrawn, ...]


def outcomes_data(trials: Sequence[Trial], vocabulary: Vocabulary) -> OutcomesData:
    """Sort the effects of the declared outcomes into panels; nothing is pooled, converted or derived.

    Drawn is only an effect between two named arms with a reported interval and
    no doubt. Other comparisons with a number or a P value are listed beneath.
    """
    panels: dict[tuple[str, str], list[EffectPoint]] = {}
    beneath: list[Undrawn] = []
    wanted = {panel.measure for panel in vocabulary.outcome_panels}
    for trial in trials:
        for outcome in trial.outcomes:
            if outcome.measure not in wanted:
                continue
            effect = outcome.effect
            if outcome.doubt is not None:
                beneath.append(Undrawn(trial, outcome, "doubtful"))
            elif effect is not None and effect.ci95 is not None and outcome.contrast is not None:
                point = EffectPoint(trial, outcome, effect, *effect.ci95)
                panels.setdefault((outcome.measure, effect.type), []).append(point)
            elif effect is not None or (outcome.contrast is not None and (outcome.p or outcome.value)):
                beneath.append(Undrawn(trial, outcome, "no-interval"))
    types = list(vocabulary.set("effect").terms)
    ordered = tuple(
        EffectPanel(panel, kind, tuple(panels[panel.measure, kind]))
        for panel in vocabulary.outcome_panels
        for kind in types
        if (panel.measure, kind) in panels
    )
    return OutcomesData(ordered, tuple(beneath))
