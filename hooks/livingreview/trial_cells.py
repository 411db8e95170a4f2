"""What a cell of the trial table shows, and what it sorts by.

In go a trial, its facts, a language and what links lead to; out come cells, one
renderer for each kind of column that the vocabulary may declare.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from livingreview.registries import registry_url
from livingreview.trial_facts import Facts, first_group, participants, trial_year
from livingreview.trial_markup import Html, html, joined, link, tag
from livingreview.trial_wording import Wording
from livingreview.trials import Trial
from livingreview.vocabulary import Column, Vocabulary


def _no_link(_: str) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class TrialLinks:
    """Where links lead, relative to the page being rendered, and what is known of the works.

    ``trial`` and ``claim`` turn ids into addresses, ``reference`` a work's key into
    the address of its entry, ``citation`` a key into the HTML of its linked number.
    ``table`` is the address of the whole table; ``years`` are the works' years,
    ``places`` their places in the one numbering of references.
    """

    trial: Callable[[str], str] = _no_link
    claim: Callable[[str], str] = _no_link
    reference: Callable[[str], str] = _no_link
    citation: Callable[[str], str] | None = None
    table: str = ""
    years: Mapping[str, int] = field(default_factory=dict)
    places: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell shows, and the key it sorts by: a number, a text, or nothing (last)."""

    content: Html
    key: float | str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One trial about to be shown."""

    trial: Trial
    facts: Facts
    wording: Wording
    links: TrialLinks

    @property
    def vocabulary(self) -> Vocabulary:
        """The vocabulary of the wording."""
        return self.wording.vocabulary

    def word(self, key: str, **values: object) -> str:
        """Return one of the site's own words."""
        return self.wording.words(key, **values)

    def missing(self) -> Cell:
        """Return the cell of a value that was not reported in what was read."""
        text = self.word("not-reported-short")
        return Cell(tag("span", text, class_="lr-unread", title=self.word("not-reported")))


def trial_badges(trial: Trial, wording: Wording) -> list[Html]:
    """Return the marks a reader must not miss: beyond the review, other cells, run by the maker."""
    words = wording.words
    group = first_group(trial, wording.vocabulary.groups, wording.vocabulary)
    marks = []
    if not trial.in_review:
        marks.append(("beyond", words("badge.beyond")))
    if group is not None and group.apart:
        marks.append(("apart", words("badge.apart")))
    if trial.sponsor and trial.sponsor.maker_involved:
        marks.append(("maker", words("badge.maker")))
    return [tag("span", text, class_=f"lr-badge lr-badge--{kind}") for kind, text in marks]


def endpoint_badge(trial: Trial, wording: Wording) -> Html:
    """Return the result of the primary endpoint as a mark with a shape, not by colour alone."""
    result = trial.primary_endpoint.result
    return tag("span", wording.label("endpoint", result), class_=f"lr-endpoint lr-endpoint--{result}")


def _name(row: Row) -> Cell:
    trial, wording = row.trial, row.wording
    name = link(row.links.trial(trial.id), trial.names[0], class_="lr-trials__name")
    label = tag("span", wording.text(trial.label), class_="lr-trials__label")
    return Cell(html(name, label, *trial_badges(trial, wording)), trial.names[0].lower())


def _facts(row: Row, column: Column) -> Cell:
    vocabulary = row.vocabulary
    shown: list[tuple[str, str]] = []
    order: list[str] = []
    for fact in column.facts:
        terms = list(vocabulary.set(vocabulary.set_of_fact(fact)).terms)
        for value in row.facts.get(fact, ()):
            shown.append((fact, value))
            order.append(f"{terms.index(value):02d}" if value in terms else value.lower())
    if not shown:
        return row.missing()
    return Cell(html(row.wording.labels(shown)), " ".join(order))


def _participants(row: Row) -> Cell:
    people = participants(row.trial)
    if people is None:
        return row.missing()
    stage = row.word(f"stage.{people.stage}")
    number = tag("span", people.n, class_="lr-num", title=row.wording.sources(row.trial, people.sources))
    return Cell(html(number, " ", tag("span", stage, class_="lr-trials__stage")), people.n)


def _endpoint(row: Row) -> Cell:
    endpoint = row.trial.primary_endpoint
    order = {"not-met": "0", "met": "1", "not-known": "2"}[endpoint.result]
    text = row.wording.text(endpoint.text)
    note = row.wording.text(endpoint.note) if endpoint.result != "not-known" else ""
    said = row.wording.sentences(text, note)
    measured = tag("span", said, class_="lr-trials__endpoint") if said else None
    return Cell(html(endpoint_badge(row.trial, row.wording), " ", measured), order)


def _status(row: Row) -> Cell:
    status = row.trial.status
    if status is None:
        return row.missing()
    date = row.word("as-of", date=status.as_of) if status.as_of else ""
    shown = row.wording.label("status", status.value) + row.wording.aside(date)
    terms = list(row.vocabulary.set("status").terms)
    return Cell(html(shown), f"{terms.index(status.value):02d}")


def _year(row: Row) -> Cell:
    year = trial_year(row.trial, row.links.years)
    if year is None:
        return row.missing()
    basis = tag("span", row.word(f"year.{year.of}"), class_="lr-trials__stage")
    return Cell(html(tag("span", year.year, class_="lr-num"), " ", basis), year.year)


def _population(row: Row) -> Cell:
    population = row.trial.population
    if population is None:
        return row.missing()
    text = row.wording.sentences(row.wording.text(population.text), row.wording.text(population.stage))
    return Cell(html(text), text.lower())


def _dose(row: Row) -> Cell:
    doses = dict.fromkeys(row.wording.dose(arm.dose) for arm in row.trial.arms if arm.dose and arm.role == "treatment")
    if not doses:
        return row.missing()
    first = next(arm.dose for arm in row.trial.arms if arm.dose and arm.role == "treatment")
    amount = first.value or first.from_ or (first.any_of[0] if first.any_of else None)
    return Cell(html(row.wording.clauses(*doses)), f"{first.unit} {amount or 0:020.2f}")


def _follow_up(row: Row) -> Cell:
    follow_up = row.trial.follow_up
    if follow_up is None:
        return row.missing()
    days = {"days": 1.0, "weeks": 7.0, "months": 30.44, "years": 365.25}.get(follow_up.unit, 1.0)
    longest = follow_up.value if follow_up.value is not None else follow_up.to or 0.0
    planned = row.wording.aside(row.word("planned")) if follow_up.planned else ""
    return Cell(html(row.wording.period(follow_up), planned), round(longest * days, 2))


def registry_links(trial: Trial) -> Html:
    """Return the trial's registry numbers, each linked to the registry's own page where there is one."""
    numbers = [
        link(entry.url or registry_url(entry.id), entry.id, class_="lr-registry", rel="external")
        for entry in trial.registry
    ]
    return html(*(html(number, " ") for number in numbers[:-1]), *numbers[-1:])


def _registry(row: Row) -> Cell:
    if not row.trial.registry:
        return row.missing()
    return Cell(registry_links(row.trial), row.trial.registry[0].id.lower())


def _sponsor(row: Row) -> Cell:
    sponsor = row.trial.sponsor
    if sponsor is None or not sponsor.name:
        return row.missing()
    return Cell(html(sponsor.name), sponsor.name.lower())


def _reports(row: Row) -> Cell:
    trial, cite = row.trial, row.links.citation
    cited = [Html(cite(key)) if cite else html(key) for key in trial.reports]
    papers = [link(f"https://doi.org/{p.doi}" if p.doi else "", p.title, rel="external") for p in trial.papers]
    if not cited and not papers:
        return row.missing()
    first = trial.reports[0] if trial.reports else trial.papers[0].title
    # Numbered works in the order of their numbers, then the rest by name.
    place = row.links.places.get(first, len(row.links.places))
    return Cell(joined(" ", [*cited, *papers]), f"{place:04d} {first.lower()}")


_RENDERERS: Mapping[str, Callable[[Row], Cell]] = {
    "name": _name,
    "participants": _participants,
    "endpoint": _endpoint,
    "status": _status,
    "year": _year,
    "population": _population,
    "dose": _dose,
    "follow-up": _follow_up,
    "registry": _registry,
    "sponsor": _sponsor,
    "reports": _reports,
}


def render_cell(row: Row, column: Column) -> Cell:
    """Return what a column shows of a trial."""
    return _facts(row, column) if column.show == "facts" else _RENDERERS[column.show](row)
