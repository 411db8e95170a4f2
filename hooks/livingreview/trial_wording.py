"""Figures and groups of a trial as words: numbers with units, doses, times, effects, sources.

In go validated values, the vocabulary and a language; out come plain texts.
What the site itself says comes from ``locales/trials.<code>.yml``, labels of
values from the vocabulary. A text is never put together from parts that would
not stand in every language.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from livingreview.locales import Labels, labels
from livingreview.trial_schema import Dose, Effect, FollowUp, Outcome, P, Period, Quantity, Text
from livingreview.trials import Trial
from livingreview.vocabulary import Vocabulary

#: Where a Latin letter or digit meets a Han character, a space belongs between them.
_SCRIPTS = re.compile(r"(?<=[A-Za-z0-9⁰¹²³⁴-⁹])(?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff])(?=[A-Za-z0-9])")

#: After full-width punctuation no space belongs.
_AFTER_PUNCTUATION = re.compile(r"(?<=[，。；：、）”]) +")

_SUPERSCRIPT = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def trial_labels(language: str) -> Labels:
    """Return the words of this part of the site; English stands in for what a language's file lacks."""
    return Labels(language, labels(f"trials.{language}").words)


@cache
def _own_labels(language: str, own: tuple[tuple[str, str], ...]) -> Labels:
    """Return the words with those that a review says in its own way (``words`` of its vocabulary)."""
    return Labels(language, {**trial_labels(language).words, **dict(own)}) if own else trial_labels(language)


def number_text(value: float, decimals: int | None = None) -> str:
    """Write a number without an exponent, with a true minus sign; ``decimals`` pads with zeros."""
    text = f"{value:.{decimals}f}" if decimals is not None else f"{value:.10f}".rstrip("0").rstrip(".")
    return text.replace("-", "−")


def _decimals(value: float) -> int:
    return len(f"{value:.10f}".rstrip("0").rpartition(".")[2])


def cells_text(value: float) -> str:
    """Write a number of cells: millions as ``300 × 10⁶``, fewer in their own power of ten."""
    power = 6 if value >= 1e6 else len(str(int(value))) - 1
    return f"{number_text(value / 10**power)} × 10{str(power).translate(_SUPERSCRIPT)}"


@dataclass(frozen=True, slots=True)
class Wording:
    """Words trial data in one language."""

    vocabulary: Vocabulary
    language: str

    @property
    def words(self) -> Labels:
        """What the site itself says."""
        return _own_labels(self.language, self.vocabulary.words.get(self.language, ()))

    def text(self, text: Text | Mapping[str, str] | None) -> str:
        """Return a text in this language, or nothing."""
        return text.get(self.language, "") if text else ""

    def label(self, name: str, value: str) -> str:
        """Return the label of a controlled value."""
        return self.vocabulary.label(name, value, self.language)

    def continued(self, name: str, value: str, *, short: bool = False) -> str:
        """Return the label of a controlled value as it stands within a line, where a language has two forms.

        Names and abbreviations keep their capitals.
        """
        terms = self.vocabulary.set(name)
        label = terms.short(value, self.language) if short else terms.label(value, self.language)
        term = terms.terms.get(value)
        small = self.words.get("labels-within") == "small" and label[1:2].islower()
        return label[:1].lower() + label[1:] if small and term and not term.proper else label

    def labels(self, values: Iterable[tuple[str, str]], *, short: bool = False) -> str:
        """List the labels of values, each given with its set or fact; the first as it begins a line."""
        shown: list[str] = []
        for name, value in values:
            terms = self.vocabulary.set(self.vocabulary.set_of_fact(name))
            first = terms.short(value, self.language) if short else terms.label(value, self.language)
            shown.append(self.continued(terms.id, value, short=short) if shown else first)
        return self.listed(shown)

    def sentences(self, *parts: str) -> str:
        """Join sentences; the last stands as it is, the others end as sentences do."""
        said = [part for part in parts if part]
        ended = [part.rstrip("。.") + self.words("stop") for part in said[:-1]]
        return "".join((*ended, *said[-1:]))

    def listed(self, parts: Iterable[str]) -> str:
        """Join parts as a list."""
        return self.words("list").join(part for part in parts if part)

    def clauses(self, *parts: str) -> str:
        """Join clauses that say something."""
        return self.words("clause").join(part for part in parts if part)

    def aside(self, text: str) -> str:
        """Put a text in the language's parentheses."""
        return f"{self.words('open')}{text}{self.words('close')}" if text else ""

    def unit(self, name: str, unit: str, value: float | None) -> str:
        """Return a unit's label, with the space that belongs before it."""
        terms = self.vocabulary.set(name)
        label = terms.short(unit, self.language) if value == 1 else terms.label(unit, self.language)
        return label if not label or label.startswith("%") else f" {label}"

    def spaced(self, text: str) -> str:
        """Put the space between Latin and Han characters that a template could not know of."""
        return _AFTER_PUNCTUATION.sub("", _SCRIPTS.sub(" ", text))

    def count(self, n: int, unit: str) -> str:
        """Write a number of people or limbs."""
        return f"{n}{self.unit('unit', unit, n)}"

    def related(self, is_: str, text: str) -> str:
        """Put the relation before a value, where it is not plain equality."""
        return text if is_ == "=" else f"{is_}{text}"

    def period(self, period: Period | None) -> str:
        """Write a time."""
        if period is None:
            return ""
        if period.value is not None:
            shown, last = number_text(period.value), period.value
        else:
            low, high = number_text(period.from_ or 0), number_text(period.to or 0)
            shown, last = f"{low}{self.words('range')}{high}", period.to or 0
        return self.related(period.is_, shown + self.unit("time-unit", period.unit, last))

    def follow_up(self, follow_up: FollowUp | None) -> str:
        """Write the length of follow-up."""
        if follow_up is None:
            return ""
        return self.period(follow_up) + self.aside(self.words("planned") if follow_up.planned else "")

    def amount(self, value: float, unit: str) -> str:
        """Write one amount of a unit; cells in powers of ten."""
        return cells_text(value) if unit.startswith("cells") else number_text(value)

    def dose(self, dose: Dose | None) -> str:
        """Write a dose with its unit and basis, without its note."""
        if dose is None:
            return ""
        if dose.value is not None:
            shown = self.amount(dose.value, dose.unit)
            if dose.sd is not None:
                shown = f"{shown} ± {self.amount(dose.sd, dose.unit)}"
        elif dose.any_of:
            shown = " / ".join(self.amount(value, dose.unit) for value in dose.any_of)
        else:
            low, high = (self.amount(value or 0, dose.unit) for value in (dose.from_, dose.to))
            shown = f"{low}{self.words('range')}{high}"
        basis = self.label("dose-basis", dose.per) if dose.per else ""
        return f"{shown}{self.unit('dose-unit', dose.unit, None)}{self.aside(basis)}"

    def quantity(self, quantity: Quantity) -> str:
        """Write a figure with its unit and dispersion."""
        unit = self.unit("unit", quantity.unit, quantity.value)
        if quantity.n is not None and quantity.of is not None:
            return self.words("of", n=quantity.n, of=quantity.of) + self.unit("unit", quantity.unit, quantity.of)
        if quantity.before is not None and quantity.after is not None:
            before, after = (self.amount(v, quantity.unit) for v in (quantity.before, quantity.after))
            return self.words("change", before=before, after=after) + unit
        if quantity.value is not None:
            shown = self.amount(quantity.value, quantity.unit)
        else:
            shown = self.words("range").join(self.amount(v or 0, quantity.unit) for v in (quantity.from_, quantity.to))
        spread = [f"SD {number_text(quantity.sd)}"] if quantity.sd is not None else []
        spread += [f"SE {number_text(quantity.se)}"] if quantity.se is not None else []
        return self.related(quantity.is_, shown) + unit + self.aside(self.words("comma").join(spread))

    def estimate(self, effect: Effect) -> tuple[str, str]:
        """Return estimate and interval of an effect, with the same number of decimals."""
        figures = (effect.value, *(effect.ci95 or ()))
        decimals = max(_decimals(value) for value in figures)
        value = number_text(effect.value, decimals)
        if effect.ci95 is None:
            return value, ""
        low, high = (number_text(limit, decimals) for limit in effect.ci95)
        return value, f"{low}{self.words('range')}{high}"

    def effect(self, effect: Effect) -> str:
        """Write an effect with its interval."""
        value, interval = self.estimate(effect)
        name = self.vocabulary.set("effect").short(effect.type, self.language)
        return f"{name} {value}" + self.aside(f"95% CI {interval}" if interval else "")

    def p(self, p: P | None) -> str:
        """Write a P value."""
        return f"P {p.is_} {number_text(p.value, p.decimals)}" if p else ""

    def arm(self, trial: Trial, name: str) -> str:
        """Return an arm's label."""
        arm = trial.arm(name)
        return self.text(arm.label) if arm else name

    def arms(self, trial: Trial, outcome: Outcome) -> str:
        """Say which arms an outcome is about."""
        if outcome.contrast:
            first, second = (self.arm(trial, name) for name in outcome.contrast)
            return self.spaced(self.words("versus", first=first, second=second))
        if outcome.arm:
            return self.arm(trial, outcome.arm)
        finding = outcome.finding
        between = finding is not None and finding.direction == "no-difference" and len(trial.arms) > 1
        return self.words("between-arms") if between else self.words("all-arms")

    def finding(self, trial: Trial, outcome: Outcome) -> str:
        """Write a finding; the better arm of a contrast is named."""
        finding = outcome.finding
        if finding is None:
            return ""
        label = self.label("direction", finding.direction)
        if outcome.contrast and finding.direction in ("better", "worse"):
            label = self.spaced(self.words(finding.direction, arm=self.arm(trial, outcome.contrast[0])))
        text = self.text(finding.text)
        if finding.direction in ("described",) and text:
            return text
        return f"{label}{self.words('colon')}{text}" if text and outcome.contrast else text or label

    def result(self, trial: Trial, outcome: Outcome) -> str:
        """Write everything an outcome reports, except P and sources."""
        parts = [
            self.quantity(outcome.value) if outcome.value else "",
            self.effect(outcome.effect) if outcome.effect else "",
        ]
        return self.clauses(*parts, self.finding(trial, outcome))

    def measure(self, outcome: Outcome) -> str:
        """Name what an outcome measured, with its detail."""
        return self.label("measure", outcome.measure) + self.aside(self.text(outcome.detail))

    def source(self, trial: Trial, name: str) -> str:
        """Say what a source is, where and when it was read."""
        source = trial.sources.get(name)
        if source is None:
            return name
        kind = self.label("source-kind", source.kind)
        return self.words("source.read", kind=kind, where=self.text(source.read_at), date=source.date)

    def sources(self, trial: Trial, names: tuple[str, ...]) -> str:
        """Say what several sources are."""
        return self.words("clause").join(self.source(trial, name) for name in names)

    def is_review_only(self, trial: Trial, names: tuple[str, ...]) -> bool:
        """Whether nothing but the review itself reports something."""
        known = [trial.sources[name].kind for name in names if name in trial.sources]
        return bool(known) and all(kind == "review-only" for kind in known)
