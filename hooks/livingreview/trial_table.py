"""The trial table: one row a trial, complete as delivered, sorted and filtered in the browser.

In go trials, vocabulary, language and what links lead to; out comes HTML. The
script ``trials.js`` finds everything it needs in attributes: sort keys on cells,
facet values on rows, templates on the status line. Which columns and facets
there are is declared in the vocabulary.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from livingreview.references import plain
from livingreview.trial_cells import Cell, Row, TrialLinks, render_cell
from livingreview.trial_facts import NOT_REPORTED, Facts, ordered_trials, trial_facts
from livingreview.trial_markup import Html, link, tag
from livingreview.trial_wording import Wording
from livingreview.trials import Trial
from livingreview.vocabulary import Column, Facet, Vocabulary


def _facet_values(facts: Facts, facet: Facet, vocabulary: Vocabulary) -> list[str]:
    """Return a trial's values of a facet, widened where the facet says so."""
    values = facts.get(facet.fact, ())
    terms = vocabulary.set(vocabulary.set_of_fact(facet.fact))
    found = [terms.widest(value) if facet.broader else value for value in values]
    return list(dict.fromkeys(found)) or [NOT_REPORTED]


def _hidden_text(trial: Trial, wording: Wording, facts: Facts, said: str) -> str:
    """Return what a reader may search for and no cell says, shown or not."""
    parts = [*trial.names[1:], *(entry.id for entry in trial.registry)]
    parts += [wording.text(trial.population.text)] if trial.population else []
    parts += [wording.label("country", code) for code in facts.get("country", ())]
    parts += [trial.sponsor.name] if trial.sponsor else []
    return " ".join(part for part in parts if part and part not in said)


def _said_key(cell: Cell) -> float | str | None:
    """Return what the cell sorts by; nothing where that is what it says anyway, in small letters."""
    return "" if cell.key and cell.key == plain(cell.content).strip().lower() else cell.key


def _table_row(row: Row, columns: Sequence[Column], facets: Sequence[Facet], chosen: Sequence[str]) -> Html:
    vocabulary, language = row.vocabulary, row.wording.language
    cells = []
    for column in columns:
        cell = render_cell(row, column)
        name = "th" if column.show == "name" else "td"
        cells.append(
            tag(
                name,
                cell.content,
                role="rowheader" if name == "th" else "cell",
                scope="row" if name == "th" else None,
                data_column=column.id,
                data_label=column.label.get(language, column.id),
                data_key=_said_key(cell),
                hidden=column.id not in chosen,
            )
        )
    values = {f"data-facet-{facet.id}": " ".join(_facet_values(row.facts, facet, vocabulary)) for facet in facets}
    text = _hidden_text(row.trial, row.wording, row.facts, plain(" ".join(cells))) if facets else None
    return tag("tr", *cells, role="row", data_trial=row.trial.id, data_text=text, **values)


def _facet_control(facet: Facet, counts: Counter[str], wording: Wording) -> Html:
    vocabulary, language = wording.vocabulary, wording.language
    terms = vocabulary.set(vocabulary.set_of_fact(facet.fact))
    label = facet.label.get(language) or vocabulary.fact_label(facet.fact, language)
    order = [value for value in (*terms.terms, NOT_REPORTED) if counts[value]]
    options = [
        tag(
            "li",
            tag(
                "label",
                tag("input", type="checkbox", name=facet.id, value=value),
                tag(
                    "span",
                    terms.label(value, language) if value != NOT_REPORTED else wording.words("not-reported-short"),
                ),
                tag("span", counts[value], class_="lr-facet__count"),
            ),
        )
        for value in order
    ]
    chosen = tag("span", class_="lr-facet__chosen", data_chosen=True)
    return tag(
        "details",
        tag("summary", label, chosen),
        tag("ul", *options, aria_label=label),
        class_="lr-facet",
        data_facet=facet.id,
    )


def _column_control(columns: Sequence[Column], chosen: Sequence[str], wording: Wording) -> Html:
    words, language = wording.words, wording.language
    options = [
        tag(
            "li",
            tag(
                "label",
                tag(
                    "input",
                    type="checkbox",
                    value=column.id,
                    checked=column.id in chosen,
                    disabled=column.show == "name",
                ),
                tag("span", column.label.get(language, column.id)),
            ),
        )
        for column in columns
    ]
    label = words("table.columns")
    return tag(
        "details",
        tag("summary", label),
        tag("ul", *options, aria_label=label),
        class_="lr-facet lr-facet--columns",
        data_columns=True,
    )


def _controls(trials: Sequence[Trial], columns: Sequence[Column], chosen: Sequence[str], wording: Wording) -> Html:
    words, vocabulary = wording.words, wording.vocabulary
    counters: dict[str, Counter[str]] = {facet.id: Counter() for facet in vocabulary.facets}
    for trial in trials:
        facts = trial_facts(trial, vocabulary)
        for facet in vocabulary.facets:
            counters[facet.id].update(_facet_values(facts, facet, vocabulary))
    search = tag(
        "label",
        tag("span", words("table.search")),
        tag("input", type="search", autocomplete="off", placeholder=words("table.search-hint"), data_search=True),
        class_="lr-trials__search",
    )
    facets = [_facet_control(facet, counters[facet.id], wording) for facet in vocabulary.facets]
    buttons = [
        tag("button", words("table.reset"), type="button", data_reset=True),
        tag("button", words("table.share"), type="button", data_share=words("table.shared")),
    ]
    return tag(
        "div",
        search,
        tag("div", *facets, _column_control(columns, chosen, wording), class_="lr-trials__facets"),
        tag("div", *buttons, class_="lr-trials__buttons"),
        role="search",
        aria_label=words("table.controls"),
        class_="lr-trials__controls",
    )


def _header(columns: Sequence[Column], chosen: Sequence[str], wording: Wording) -> Html:
    words, language = wording.words, wording.language
    cells = []
    for column in columns:
        label = column.label.get(language, column.id)
        cells.append(
            tag(
                "th",
                tag("span", label),
                role="columnheader",
                scope="col",
                data_column=column.id,
                data_sort_label=words("table.sort", column=label),
                hidden=column.id not in chosen,
            )
        )
    return tag("thead", tag("tr", *cells, role="row"), role="rowgroup")


def render_trial_table(
    trials: Sequence[Trial],
    vocabulary: Vocabulary,
    language: str,
    links: TrialLinks,
    *,
    columns: Sequence[str] | None = None,
    controls: bool = True,
    caption: str | None = None,
) -> str:
    """Render the table of the trials given: the review's first, then by cell source and year.

    With ``controls`` it holds every column (those not default hidden), facets,
    search and status line; without, only the columns named, as it stands inside
    a chapter, with a link to the whole table.
    """
    wording = Wording(vocabulary, language)
    words = wording.words
    chosen = list(columns or [column.id for column in vocabulary.columns if column.default])
    shown = vocabulary.columns if controls else tuple(c for name in chosen if (c := vocabulary.column(name)))
    facets = vocabulary.facets if controls else ()
    rows = [
        _table_row(Row(trial, trial_facts(trial, vocabulary), wording, links), shown, facets, chosen)
        for trial in ordered_trials(trials, vocabulary, links.years)
    ]
    heading = caption if caption is not None else words("table.caption" if controls else "table.caption-small")
    table = tag(
        "table",
        tag("caption", heading),
        _header(shown, chosen, wording),
        tag("tbody", *rows, role="rowgroup", class_="lr-long" if controls else None),
        role="table",
        class_="lr-trials__table",
    )
    note = tag("p", words("table.unit"), class_="lr-trials__note")
    if not controls:
        whole = tag("p", link(links.table, words("table.all")), class_="lr-trials__whole") if links.table else None
        return tag("div", table, note, whole, class_="lr-trials lr-trials--small")
    status = tag(
        "p",
        words("table.count", shown=len(trials), total=len(trials)),
        role="status",
        class_="lr-trials__status",
        data_status=words("table.count", shown="{shown}", total="{total}"),
        data_none=words("table.none"),
    )
    off = tag("noscript", tag("p", words("table.script-off"), class_="lr-trials__note"))
    return tag(
        "div",
        _controls(trials, shown, chosen, wording),
        off,
        status,
        tag("div", table, class_="lr-trials__frame"),
        note,
        class_="lr-trials",
        data_trials=True,
    )
