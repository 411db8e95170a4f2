"""The page of one trial: summary, design, flow, arms, outcomes, safety, what the review says, what was read.

In go a trial, the others, the vocabulary, a language, links and plain values of
the review's claims; out comes Markdown whose headings carry the same ids in
every language and whose parts are HTML. Every figure carries a letter that
leads to its source, and says it on hover and focus.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from livingreview.literal import literal
from livingreview.trial_cells import TrialLinks, endpoint_badge, registry_links, trial_badges
from livingreview.trial_facts import trial_facts
from livingreview.trial_markup import Html, html, joined, link, tag
from livingreview.trial_schema import STAGES, Arm, ConflictValue, Count, Outcome
from livingreview.trial_wording import Wording
from livingreview.trials import Trial
from livingreview.vocabulary import Vocabulary

#: The sections of a page, in order, and their ids.
SECTIONS = (
    "summary",
    "glance",
    "flow",
    "arms",
    "outcomes",
    "safety",
    "review",
    "notes",
    "conflicts",
    "not-found",
    "related",
    "references",
    "sources",
    "cite",
)


@dataclass(frozen=True, slots=True)
class TrialClaim:
    """What the page shows of one of the review's claims; the HTML parts come ready to be placed.

    ``statement`` is how the chapter puts the claim, ``note`` the editor's note on it,
    ``mark`` the verdict as it is marked elsewhere. ``where`` is the address of the
    block in its chapter.
    """

    id: str
    mark: str
    statement: str = ""
    note: str = ""
    where: str = ""


def _no_reference(key: str) -> str:
    return str(html(key))


@dataclass(frozen=True, slots=True)
class TrialPageParts:
    """What a page takes from the rest of the site: claims, the HTML of references, the citation panel."""

    claims: Sequence[TrialClaim] = ()
    reference: Callable[[str], str] = _no_reference
    cite: str = ""


def _note(text: str) -> Html | None:
    """Return a note on a line of its own."""
    return html(" ", tag("span", text, class_="lr-trial__note")) if text else None


@dataclass(frozen=True, slots=True)
class _Page:
    """A page being rendered."""

    trial: Trial
    trials: Mapping[str, Trial]
    wording: Wording
    links: TrialLinks
    parts: TrialPageParts

    def word(self, key: str, **values: object) -> str:
        return self.wording.words(key, **values)

    def text(self, text: Mapping[str, str] | None) -> str:
        return self.wording.text(text)

    def letter(self, name: str) -> str:
        """Return the letter of a source on this page: a to z, then aa, ab and so on."""
        index = list(self.trial.sources).index(name) if name in self.trial.sources else -1
        if index < 0:
            return "?"
        return (chr(96 + index // 26) if index >= 26 else "") + chr(97 + index % 26)

    def mark(self, names: Sequence[str]) -> Html:
        """Return the raised letters of sources, each a link that says its source on hover and focus."""
        letters = []
        for name in dict.fromkeys(names):
            said = self.word("source.label", source=self.wording.source(self.trial, name))
            letters.append(tag("a", self.letter(name), href=f"#source-{name}", class_="lr-source", aria_label=said))
        return tag("sup", *letters, class_="lr-sources-of") if letters else html()

    def figure(self, content: object, names: Sequence[str], note: str = "") -> Html:
        """Return a content with its sources and a note; what only the review reports is marked so."""
        badge = None
        if self.wording.is_review_only(self.trial, tuple(names)):
            badge = html(" ", tag("span", self.word("badge.review-only"), class_="lr-badge lr-badge--review-only"))
        return html(content, self.mark(names), badge, _note(note))

    def unread(self) -> Html:
        return tag("span", self.word("not-reported"), class_="lr-unread")


def _definition(page: _Page, key: str, content: Html | None) -> Html:
    return html(tag("dt", page.word(f"page.{key}")), tag("dd", content if content else page.unread()))


def _registry(page: _Page) -> Html | None:
    entries = []
    for entry in page.trial.registry:
        number = registry_links(page.trial.model_copy(update={"registry": (entry,)}))
        how = page.wording.aside(page.word(f"link.{entry.link}"))
        entries.append(html(page.figure(number, entry.source), how, _note(page.text(entry.note))))
    return tag("ul", *(tag("li", entry) for entry in entries)) if entries else None


def _phase(page: _Page) -> Html | None:
    phase = page.trial.phase
    if phase is None:
        return None
    shown, notes = [], []
    for key, value in (("registered", phase.registered), ("published", phase.published)):
        if value is not None:
            said = page.word(f"verbatim.{key}", value=page.wording.continued("phase", value.value))
            shown.append(page.figure(page.wording.spaced(said), value.source))
            notes.append(_note(page.text(value.note)))
    return html(joined(page.word("clause"), shown), *notes) or None


def _design(page: _Page) -> Html | None:
    design, wording = page.trial.design, page.wording
    named = (("allocation", design.allocation), ("masking", design.masking))
    said = [wording.labels((name, value) for name, value in named if value)]
    said += [page.word("page.ratio") + " " + ":".join(map(str, design.ratio))] if design.ratio else []
    said += [page.word("page.within-patient")] if design.within_patient else []
    shown, note = page.word("comma").join(part for part in said if part), page.text(design.note)
    return page.figure(shown or note, design.source, note if shown else "") if shown or note else None


def _control(page: _Page) -> Html | None:
    design = page.trial.design
    said = page.wording.labels(("control", value) for value in design.control)
    return page.figure(said, design.source) if said else None


def _setting(page: _Page) -> Html | None:
    setting, wording = page.trial.setting, page.wording
    if setting is None:
        return None
    countries = wording.labels(("country", code) for code in setting.countries)
    word = wording.continued if countries else wording.label
    centers = word("center", setting.center_type) if setting.center_type else ""
    said, text = wording.clauses(countries, centers), page.text(setting.centers_text)
    return page.figure(said or text, setting.source, text if said else "")


def _dates(page: _Page) -> Html | None:
    dates = page.trial.dates
    shown = []
    for name in ("registered", "start", "primary_completion", "completion", "published"):
        value = getattr(dates, name) if dates else None
        if value is not None:
            on = page.word("dates.planned", date=value.on) if value.planned else value.on
            shown.append(page.figure(page.word(f"dates.{name}") + page.word("colon") + on, value.source))
    return joined(page.word("clause"), shown) or None


def _status(page: _Page) -> Html | None:
    status = page.trial.status
    if status is None:
        return None
    read = max((page.trial.sources[name].date for name in status.source if name in page.trial.sources), default="")
    when = page.word("as-of", date=status.as_of) if status.as_of else page.word("as-read", date=read) if read else ""
    return page.figure(
        page.wording.label("status", status.value) + page.wording.aside(when), status.source, page.text(status.note)
    )


def _population(page: _Page, key: str) -> Html | None:
    population = page.trial.population
    text = page.text(getattr(population, key)) if population else ""
    return page.figure(text, population.source) if population and text else None


def _endpoint(page: _Page) -> Html | None:
    endpoint = page.trial.primary_endpoint
    text = page.text(endpoint.text)
    return page.figure(text, endpoint.source) if text else None


def _endpoint_result(page: _Page) -> Html:
    endpoint = page.trial.primary_endpoint
    note = page.text(endpoint.note)
    basis = tag("span", page.figure(note, endpoint.source), class_="lr-trial__line") if note else None
    return html(endpoint_badge(page.trial, page.wording), " ", basis)


def _sponsor(page: _Page) -> Html | None:
    sponsor = page.trial.sponsor
    if sponsor is None or not sponsor.name:
        return None
    return page.figure(sponsor.name, sponsor.source)


def _funding(page: _Page) -> Html | None:
    sponsor = page.trial.sponsor
    text = page.text(sponsor.funding) if sponsor else ""
    return page.figure(text, sponsor.source) if sponsor and text else None


def _maker(page: _Page) -> Html | None:
    sponsor = page.trial.sponsor
    if sponsor is None or (sponsor.maker_involved is None and not sponsor.note):
        return None
    answer = {True: "yes", False: "no"}.get(sponsor.maker_involved) if sponsor.maker_involved is not None else None
    said = page.wording.label("maker", answer) if answer else page.word("not-reported")
    return page.figure(said, sponsor.source, page.text(sponsor.note))


def _follow_up(page: _Page) -> Html | None:
    follow_up = page.trial.follow_up
    if follow_up is None:
        return None
    return page.figure(page.wording.follow_up(follow_up), follow_up.source, page.text(follow_up.note))


def _glance(page: _Page) -> Html:
    rows = (
        ("names", html(page.word("clause").join(page.trial.names))),
        ("registry", _registry(page)),
        ("phase", _phase(page)),
        ("design", _design(page)),
        ("control", _control(page)),
        ("population", _population(page, "text")),
        ("stage", _population(page, "stage")),
        ("criteria", _population(page, "criteria")),
        ("endpoint", _endpoint(page)),
        ("result", _endpoint_result(page)),
        ("follow-up", _follow_up(page)),
        ("setting", _setting(page)),
        ("dates", _dates(page)),
        ("status", _status(page)),
        ("sponsor", _sponsor(page)),
        ("funding", _funding(page)),
        ("maker", _maker(page)),
    )
    return tag("dl", *(_definition(page, key, content) for key, content in rows), class_="lr-trial__glance")


def _flow_step(page: _Page, stage: str, count: Count | None) -> Html:
    label = tag("span", page.word(f"stage.{stage}"), class_="lr-flow__stage")
    if count is None:
        return tag(
            "li", label, tag("span", page.word("not-reported-short"), class_="lr-unread"), class_="lr-flow__step"
        )
    number = tag("span", page.wording.count(count.n, count.unit), class_="lr-flow__n")
    content = page.figure(number, count.source, page.text(count.note))
    return tag("li", label, content, class_="lr-flow__step lr-flow__step--known")


def _flow(page: _Page) -> Html:
    """Draw the stages: those always asked for, and the others where a number was read."""
    flow, randomized = page.trial.flow, page.trial.design.allocation == "randomized"
    asked = {"screened", "randomized" if randomized else "enrolled", "treated", "analyzed"}
    steps = [
        _flow_step(page, stage, getattr(flow, stage) if flow else None)
        for stage in STAGES
        if stage in asked or (flow and getattr(flow, stage))
    ]
    return tag("ol", *steps, class_="lr-flow")


def _given(page: _Page, arm: Arm) -> Html:
    said, note = page.wording.labels(arm.intervention.items()), page.text(arm.note)
    if said:
        return page.figure(said, arm.source, note)
    nothing = tag("span", "—", class_="lr-unread")
    return html(nothing, tag("span", page.figure(note, arm.source), class_="lr-trial__note")) if note else nothing


def _dose(page: _Page, arm: Arm) -> Html:
    if arm.dose is None:
        return tag("span", page.word("not-reported-short") if arm.intervention else "—", class_="lr-unread")
    return page.figure(page.wording.dose(arm.dose), arm.dose.source or arm.source, page.text(arm.dose.note))


def _arm_row(page: _Page, arm: Arm) -> Html:
    missing = tag("span", page.word("not-reported-short"), class_="lr-unread")
    number = (
        page.figure(page.wording.count(arm.n, arm.unit), arm.n_source or arm.source) if arm.n is not None else missing
    )
    route = page.wording.labels(("route", value) for value in arm.route)
    schedule = page.text(arm.schedule)
    cells = (
        ("n", number),
        ("given", _given(page, arm)),
        ("dose", _dose(page, arm)),
        ("route", page.figure(route, arm.source) if route else missing),
        ("schedule", page.figure(schedule, arm.source) if schedule else missing),
    )
    label, role = page.text(arm.label), page.word(f"role.{arm.role}")
    return tag(
        "tr",
        tag("th", label, " ", _note(role if role != label else ""), scope="row", role="rowheader"),
        *(_cell(page, key, content) for key, content in cells),
        role="row",
    )


def _cell(page: _Page, key: str, content: Html) -> Html:
    """Return a cell; short figures stay on one line."""
    short = "lr-nowrap" if key in ("n", "time", "p") else None
    return tag("td", content, role="cell", data_label=page.word(f"page.{key}"), class_=short)


def _table(page: _Page, caption: str, keys: Sequence[str], *bodies: Html) -> Html:
    heads = [tag("th", page.word(f"page.{key}"), scope="col", role="columnheader") for key in keys]
    return tag(
        "table",
        tag("caption", page.word(f"page.{caption}"), class_="lr-visually-hidden"),
        tag("thead", tag("tr", *heads, role="row"), role="rowgroup"),
        *bodies,
        role="table",
        class_="lr-trial__table",
    )


def _arms(page: _Page) -> Html:
    rows = [_arm_row(page, arm) for arm in page.trial.arms]
    if not rows:
        return tag("p", page.unread())
    return _table(
        page, "arms", ("arm", "n", "given", "dose", "route", "schedule"), tag("tbody", *rows, role="rowgroup")
    )


def _outcome_row(page: _Page, outcome: Outcome) -> Html:
    wording = page.wording
    marks = [("primary", outcome.primary), ("post-hoc", outcome.post_hoc), ("interim", outcome.interim)]
    badges = [tag("span", page.word(f"badge.{k}"), class_=f"lr-badge lr-badge--{k}") for k, shown in marks if shown]
    result: object = wording.result(page.trial, outcome)
    if outcome.n is not None and (outcome.value is None or outcome.value.of is None):
        result = html(result, wording.aside(f"n = {outcome.n}"))
    doubt = page.text(outcome.doubt)
    shown = html(
        page.figure(result, outcome.source),
        html(" ", tag("span", doubt, class_="lr-trial__note lr-doubt")) if doubt else None,
    )
    time = wording.period(outcome.time)
    cells = (
        ("time", html(time) if time else tag("span", page.word("not-reported-short"), class_="lr-unread")),
        ("compared", html(wording.arms(page.trial, outcome))),
        ("figure", shown),
        (
            "p",
            html(wording.p(outcome.p).removeprefix("P ").removeprefix("= "))
            if outcome.p
            else tag("span", "—", class_="lr-unread"),
        ),
    )
    return tag(
        "tr",
        tag("th", wording.measure(outcome), *(html(" ", badge) for badge in badges), scope="row", role="rowheader"),
        *(_cell(page, key, content) for key, content in cells),
        role="row",
        class_="lr-outcome--review-only" if wording.is_review_only(page.trial, outcome.source) else None,
    )


def _outcomes(page: _Page) -> Html:
    """Show the outcomes by domain, in the vocabulary's order."""
    if not page.trial.outcomes:
        return tag("p", page.word("page.no-outcomes"), class_="lr-unread")
    measures, domains = page.wording.vocabulary.set("measure"), page.wording.vocabulary.set("domain")
    bodies = []
    for domain in (*domains.terms, ""):
        rows = [
            _outcome_row(page, outcome)
            for outcome in page.trial.outcomes
            if (measures.terms[outcome.measure].broader if outcome.measure in measures.terms else "") == domain
        ]
        if rows:
            label = domains.label(domain, page.wording.language)
            head = tag("th", label, colspan=5, scope="rowgroup", role="rowheader", class_="lr-tally__scope")
            bodies.append(tag("tbody", tag("tr", head, role="row"), *rows, role="rowgroup"))
    return _table(page, "outcomes", ("outcome", "time", "compared", "figure", "p"), *bodies)


def _safety(page: _Page) -> Html:
    safety, conclusion = page.trial.safety, page.trial.conclusion
    parts = [tag("p", page.figure(page.text(safety.text), safety.source)) if safety else tag("p", page.unread())]
    if conclusion:
        said = tag("strong", page.word("page.conclusion"), page.word("colon"))
        parts.append(tag("p", said, page.figure(page.text(conclusion.text), conclusion.source)))
    return html(*parts)


def _verdict(page: _Page, claim: TrialClaim) -> Html:
    """Return the verdict on a claim, with the ways to its audit entry and to the text."""
    home = [link(claim.where, page.word("page.where"))] if claim.where else []
    entry = [link(page.links.claim(claim.id), f"{page.word('page.audit')} {claim.id}")]
    return tag("p", Html(claim.mark), " ", joined(" · ", [*entry, *home]), class_="lr-trial__verdict")


def _claims(page: _Page, claims: Sequence[TrialClaim]) -> Html:
    """Return the claims of one place in the text: their verdicts, then what it says, then the notes."""
    return tag(
        "li",
        *(_verdict(page, claim) for claim in claims),
        *(tag("div", Html(one.statement), class_="lr-trial__statement") for one in claims if one.statement),
        *(tag("div", Html(one.note), class_="lr-trial__editor") for one in claims if one.note),
    )


def _review(page: _Page) -> Html:
    wanted = {claim.id: claim for claim in page.parts.claims}
    claims = [wanted.get(name, TrialClaim(name, "")) for name in page.trial.claims]
    if not claims:
        return tag("p", page.word("page.review-none"))
    places: dict[str, list[TrialClaim]] = {}
    for claim in claims:
        places.setdefault(claim.where or claim.id, []).append(claim)
    return tag("ul", *(_claims(page, together) for together in places.values()), class_="lr-trial__claims")


def _notes(page: _Page) -> Html | None:
    notes = [tag("li", page.figure(page.text(note.text), note.source)) for note in page.trial.notes]
    return tag("ul", *notes) if notes else None


def _value_text(page: _Page, field: str, value: object) -> str:
    """Say a value of a conflict: a text, a controlled value of the field's set, or itself."""
    if isinstance(value, Mapping):
        return page.text(value)
    name = {"arms.route": "route"}.get(field, field.partition(".")[0])
    return page.wording.label(name, str(value))


def _conflict_value(page: _Page, field: str, one: ConflictValue) -> Html:
    return page.figure(_value_text(page, field, one.value), one.source)


def _field_name(page: _Page, field: str) -> str:
    """Name the field of a conflict with the words of the page."""
    words = page.wording.words
    last = field.rpartition(".")[2].replace("_", "-")
    for key in (f"stage.{last}", f"dates.{last}", f"page.{last}", f"page.{field.partition('.')[0].replace('_', '-')}"):
        if words.get(key):
            return words(key)
    return page.word("page.given") if last == "intervention" else field


def _conflicts(page: _Page) -> Html | None:
    items = []
    for conflict in page.trial.conflicts:
        values = [tag("li", _conflict_value(page, conflict.field, one)) for one in conflict.values]
        shown = ""
        if conflict.shown is not None:
            shown = page.word("page.shown") + page.word("colon") + _value_text(page, conflict.field, conflict.shown)
        note = page.wording.sentences(shown, page.text(conflict.note))
        name = tag("strong", _field_name(page, conflict.field))
        items.append(tag("li", name, tag("ul", *values), tag("p", note, class_="lr-trial__note") if note else None))
    return tag("ul", *items, class_="lr-trial__conflicts") if items else None


def _not_found(page: _Page) -> Html | None:
    items = [tag("li", page.text(text)) for text in page.trial.not_found]
    return tag("ul", *items, class_="lr-trial__not-found") if items else None


def _related(page: _Page) -> Html | None:
    items = []
    for related in page.trial.related:
        other = page.trials.get(related.trial)
        name = link(page.links.trial(related.trial), other.names[0] if other else related.trial)
        items.append(tag("li", name, page.word("colon"), page.text(related.text)))
    return tag("ul", *items) if items else None


def _references(page: _Page) -> Html | None:
    entries = [tag("li", Html(page.parts.reference(key))) for key in page.trial.reports]
    for paper in page.trial.papers:
        said = [paper.title, paper.journal, str(paper.year) if paper.year else ""]
        ids = [link(f"https://doi.org/{paper.doi}", f"DOI {paper.doi}", rel="external")] if paper.doi else []
        if paper.pmid:
            ids.append(link(f"https://pubmed.ncbi.nlm.nih.gov/{paper.pmid}/", f"PMID {paper.pmid}", rel="external"))
        shown = joined(". ", [part for part in said if part])
        entries.append(tag("li", page.figure(joined(". ", [shown, *ids]), paper.source)))
    return tag("ul", *entries, class_="lr-trial__references") if entries else None


def _sources(page: _Page) -> Html:
    items = []
    for name, source in page.trial.sources.items():
        work = html(" ", link(page.links.reference(source.work), source.work)) if source.work else None
        if source.work and page.links.citation:
            work = html(" ", Html(page.links.citation(source.work)))
        letter = tag("span", page.letter(name), class_="lr-source__letter")
        items.append(tag("li", letter, " ", page.wording.source(page.trial, name), work, id=f"source-{name}"))
    return html(tag("p", page.word("source.note"), class_="lr-trial__note"), tag("ol", *items, class_="lr-source-list"))


def _head(page: _Page) -> Html:
    badges = trial_badges(page.trial, page.wording)
    return html(
        tag("p", page.text(page.trial.label), class_="lr-trial__label"),
        tag("p", *(html(badge, " ") for badge in badges), class_="lr-trial__badges") if badges else None,
        tag("p", page.text(page.trial.summary), class_="lr-trial__summary"),
        tag(
            "p",
            page.word("page.endpoint"),
            page.word("colon"),
            endpoint_badge(page.trial, page.wording),
            class_="lr-trial__badges",
        )
        if page.trial.primary_endpoint.result != "not-known"
        else None,
    )


_RENDERERS: Mapping[str, Callable[[_Page], Html | None]] = {
    "summary": _head,
    "glance": _glance,
    "flow": _flow,
    "arms": _arms,
    "outcomes": _outcomes,
    "safety": _safety,
    "review": _review,
    "notes": _notes,
    "conflicts": _conflicts,
    "not-found": _not_found,
    "related": _related,
    "references": _references,
    "sources": _sources,
    "cite": lambda page: Html(page.parts.cite) if page.parts.cite else None,
}


def section_ids(trial: Trial, *, with_citation: bool = True) -> tuple[str, ...]:
    """Return the fragment ids of a trial's page, the same in every language: sections and sources."""
    empty = {
        "notes": not trial.notes,
        "conflicts": not trial.conflicts,
        "not-found": not trial.not_found,
        "related": not trial.related,
        "references": not (trial.reports or trial.papers),
        "cite": not with_citation,
    }
    sections = [name for name in SECTIONS if not empty.get(name, False)]
    return (*sections, *(f"source-{name}" for name in trial.sources))


def trial_title(trial: Trial) -> str:
    """Return the title of a trial's page: its first two names."""
    return " · ".join(trial.names[:2])


def trial_keywords(trial: Trial, vocabulary: Vocabulary, language: str) -> tuple[str, ...]:
    """Return what a search should find a trial's page by."""
    facts = trial_facts(trial, vocabulary)
    labels = [vocabulary.fact_value(fact, value, language) for fact in vocabulary.intervention for value in facts[fact]]
    return (*trial.names, *(entry.id for entry in trial.registry), *labels)


def render_trial_page(
    trial: Trial,
    trials: Mapping[str, Trial],
    vocabulary: Vocabulary,
    language: str,
    links: TrialLinks,
    parts: TrialPageParts | None = None,
) -> str:
    """Render the page of a trial as Markdown, without front matter, beginning with its title.

    ``trials`` are all that have a page, by id: those that a trial is related to are named as they name themselves.
    Headings are Markdown with explicit ids; everything below them is HTML, in
    which no Markdown is read. Sections that would be empty are left out.
    """
    page = _Page(trial, trials, Wording(vocabulary, language), links, parts or TrialPageParts())
    written = [f"# {literal(trial_title(trial))}"]
    for name in SECTIONS:
        content = _RENDERERS[name](page)
        if content:
            block = tag("div", content, class_=f"lr-trial lr-trial--{name}")
            written.append(f"## {page.word(f'page.{name}')} {{#{name}}}\n\n{block}")
    if links.table:
        whole = tag("p", link(links.table, page.word("page.table")), class_="lr-trials__whole")
        written.append(tag("div", whole, class_="lr-trial"))
    return "\n\n".join(written) + "\n"
