"""The counts a reader takes away: trials, people and primary endpoints, by cell source and by design.

In go trials, vocabulary and language; out come two HTML tables, the bottom line
for the home page and the evidence ladder. Every number is counted from the
trial data; planned numbers are shown apart and never added to people who took
part. A trial whose primary endpoint is known is named where it is counted.
"""

from __future__ import annotations

from collections.abc import Sequence

from livingreview.trial_cells import TrialLinks
from livingreview.trial_facts import Tally, counted_on_ladder, filter_trials, grouped, tally
from livingreview.trial_markup import Html, html, joined, link, tag
from livingreview.trial_wording import Wording
from livingreview.trials import Trial
from livingreview.vocabulary import Vocabulary

#: Results of a primary endpoint, in the order they are shown.
RESULTS = ("met", "not-met", "not-known")


def _named(trial: Trial, wording: Wording, links: TrialLinks) -> Html:
    """Name a trial whose primary endpoint is known, with what the result rests on."""
    name = link(links.trial(trial.id), trial.names[0])
    note = wording.text(trial.primary_endpoint.note)
    return tag("li", name, html(wording.words("colon"), note) if note else None)


def _result(found: Tally, result: str, wording: Wording, links: TrialLinks, *, listed: bool = True) -> Html:
    """Return the cell of one result: its count and, for a known result, the trials (not once more in a total)."""
    trials = found.by_endpoint[result]
    if not trials:
        return tag("span", 0, class_="lr-num lr-zero")
    if result == "not-known":
        return tag("span", len(trials), class_="lr-num")
    mark = tag(
        "span", f"{len(trials)} ", wording.label("endpoint", result), class_=f"lr-endpoint lr-endpoint--{result}"
    )
    if not listed:
        return mark
    return html(mark, tag("ul", *(_named(trial, wording, links) for trial in trials), class_="lr-tally__trials"))


def _people(found: Tally, wording: Wording) -> Html:
    """Return the number of people, with what is not in it."""
    words = wording.words
    asides = [words("bottom.planned-people", n=found.planned_only) if found.planned_only else ""]
    asides += [words("bottom.unknown-people", n=found.without_people) if found.without_people else ""]
    said = [aside for aside in asides if aside]
    note = tag("span", words("clause").join(said), class_="lr-tally__aside") if said else None
    return html(tag("span", found.people, class_="lr-num"), " ", note)


def _names(trials: Sequence[Trial], links: TrialLinks, wording: Wording) -> Html:
    return joined(wording.words("list"), (link(links.trial(trial.id), trial.names[0]) for trial in trials))


def _row(
    label: str,
    found: Tally,
    wording: Wording,
    links: TrialLinks,
    *,
    names: bool = False,
    with_placebo: bool = False,
    total: bool = False,
) -> Html:
    words = wording.words
    counted = html(
        tag("span", len(found.trials), class_="lr-num"),
        tag("span", _names(found.trials, links, wording), class_="lr-tally__names") if names else None,
    )
    cells = [("bottom.trials", counted)]
    if with_placebo:
        cells.append(("bottom.placebo", tag("span", found.placebo, class_="lr-num")))
    cells.append(("bottom.people", _people(found, wording)))
    cells += [(f"bottom.{result}", _result(found, result, wording, links, listed=not total)) for result in RESULTS]
    return tag(
        "tr",
        tag("th", label, scope="row", role="rowheader"),
        *(tag("td", content, role="cell", data_label=words(key)) for key, content in cells),
        role="row",
        class_="lr-tally__total" if total else None,
    )


def _head(first: str, wording: Wording, *, with_placebo: bool) -> Html:
    words = wording.words
    keys = ["trials", *(["placebo"] if with_placebo else []), "people", *RESULTS]
    labels = [words(first), *(words(f"bottom.{key}") for key in keys)]
    cells = [tag("th", label, scope="col", role="columnheader") for label in labels]
    return tag("thead", tag("tr", *cells, role="row"), role="rowgroup")


def _body(title: str, rows: Sequence[Html], columns: int) -> Html:
    heading = tag(
        "tr",
        tag("th", title, scope="rowgroup", role="rowheader", colspan=columns, class_="lr-tally__scope"),
        role="row",
    )
    return tag("tbody", heading, *rows, role="rowgroup")


def render_bottom_line(trials: Sequence[Trial], vocabulary: Vocabulary, language: str, links: TrialLinks) -> str:
    """Render the table of the home page: by cell source, the review's trials first, then those beyond it.

    Groups marked ``apart`` (other cells) are not in it.
    """
    wording = Wording(vocabulary, language)
    words = wording.words
    groups = [group for group in vocabulary.groups if not group.apart]
    bodies = []
    for scope in ("in", "beyond"):
        chosen = filter_trials(trials, {"review": [scope]}, vocabulary)
        found = grouped(chosen, vocabulary.groups, vocabulary)
        shown = [(group, one) for group, one in found if group in groups]
        if not shown:
            continue
        rows = [
            _row(group.label.get(language, group.id), one, wording, links, with_placebo=True) for group, one in shown
        ]
        everything = tally([trial for _, one in shown for trial in one.trials])
        rows.append(_row(words("bottom.total"), everything, wording, links, with_placebo=True, total=True))
        bodies.append(_body(words(f"bottom.{scope}"), rows, 7))
    table = tag(
        "table",
        tag("caption", words("bottom.caption")),
        _head("bottom.group", wording, with_placebo=True),
        *bodies,
        role="table",
        class_="lr-tally__table",
    )
    whole = tag("p", link(links.table, words("table.all")), class_="lr-trials__whole") if links.table else None
    return tag("div", table, tag("p", words("bottom.unit"), class_="lr-trials__note"), whole, class_="lr-tally")


def render_ladder_table(trials: Sequence[Trial], vocabulary: Vocabulary, language: str, links: TrialLinks) -> str:
    """Render the evidence ladder as a table: by design and control, strongest first, with the trials named."""
    wording = Wording(vocabulary, language)
    words = wording.words
    counted = counted_on_ladder(trials, vocabulary)
    among = {trial.id for trial in counted}
    apart = [trial for trial in trials if trial.id not in among]
    rows = [
        _row(rung.label.get(language, rung.id), found, wording, links, names=True)
        for rung, found in grouped(counted, vocabulary.ladder, vocabulary)
    ]
    table = tag(
        "table",
        tag("caption", words("ladder.caption")),
        _head("ladder.rung", wording, with_placebo=False),
        tag("tbody", *rows, role="rowgroup"),
        role="table",
        class_="lr-tally__table",
    )
    names = wording.listed(trial.names[0] for trial in apart)
    note = tag("p", words("ladder.apart", trials=names), class_="lr-trials__note") if apart else None
    return tag("div", table, note, tag("p", words("bottom.unit"), class_="lr-trials__note"), class_="lr-tally")
