"""The parts of the printed work that data make: trials, audit, references, terms.

In go the site (the review with its references and numbers) and a language; out
come nodes for the typesetter. Links name places as ``place:<page>#<id>``; whether
a place is in the book, and where, is settled when the book is put together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from livingreview.audit import is_judged, tally
from livingreview.cards import ReferenceBook, own_additions, verification
from livingreview.locales import Labels, labels
from livingreview.markup import title_of
from livingreview.model import Claim, Term
from livingreview.paper_html import Converter, Inline, Node
from livingreview.review import Review
from livingreview.segmentation import han_runs
from livingreview.terms import latin_key, pinyin_key
from livingreview.trial_facts import facet_filter, filter_trials, participants, trial_facts
from livingreview.trial_schema import Outcome
from livingreview.trial_wording import Wording
from livingreview.trials import Trial


def print_words(language: str) -> Labels:
    """Return the words of the printed work; English stands in for a language without a file."""
    found = labels(f"print.{language}")
    return found if found.get("contents") else labels("print.en")


def place(slug: str, fragment: str = "") -> str:
    """Return how a link names a place of the work."""
    return f"place:{slug}#{fragment}"


# -- nodes ---------------------------------------------------------------------------


def heading(level: int, text: str, name: str = "", number: str = "") -> Node:
    """Return a heading."""
    return {"t": "h", "level": level, "number": number, "id": name, "c": [text]}


def paragraph(*parts: Inline, role: str = "", name: str = "") -> Node:
    """Return a paragraph."""
    return {"t": "p", "c": [part for part in parts if part], "role": role, "id": name}


def link(to: str, *parts: Inline) -> Node:
    """Return a link."""
    return {"t": "a", "to": to, "c": list(parts)}


def cell(*parts: Inline, right: bool = False, columns: int = 1, name: str = "") -> Node:
    """Return a table cell with one paragraph."""
    return {"c": [paragraph(*parts)], "right": right, "columns": columns, "id": name}


def row(*cells: Node, name: str = "") -> Node:
    """Return a table row."""
    return {"id": name, "cells": list(cells)}


def _unbroken(head: str) -> str:
    """Return the head of a column; one of a few letters stays on one line."""
    return head.replace(" ", "\N{NO-BREAK SPACE}") if len(head) < 9 else head


def table(
    caption: str, head: Sequence[str], rows: Iterable[Node], widths: Sequence[float] = (), name: str = ""
) -> Node:
    """Return a table; ``widths`` are shares of the width, measured later where none are given."""
    return {
        "t": "table",
        "id": name,
        "kind": "",
        "caption": [caption] if caption else [],
        "head": [row(*(cell(_unbroken(text)) for text in head))] if head else [],
        "rows": list(rows),
        "widths": list(widths),
    }


@dataclass(frozen=True)
class Parts:
    """What the generated parts are made from. ``cite`` gives the numbers of some works as runs of text."""

    review: Review
    book: ReferenceBook
    language: str
    convert: Converter
    cite: Callable[[tuple[str, ...]], list[Inline]]

    @property
    def words(self) -> Labels:
        """The words of the printed work."""
        return print_words(self.language)

    @property
    def wording(self) -> Wording | None:
        """How trial data are worded, where the review has a vocabulary."""
        vocabulary = self.review.vocabulary
        return Wording(vocabulary, self.language) if vocabulary else None


# -- trials --------------------------------------------------------------------------


def _joined(wording: Wording, trial: Trial, *facts: str) -> str:
    known = trial_facts(trial, wording.vocabulary)
    return wording.labels(((fact, value) for fact in facts for value in known.get(fact, ())), short=True)


def _people(parts: Parts, trial: Trial) -> str:
    found = participants(trial)
    if found is None:
        return parts.words("trials.none")
    return parts.words("trials.planned", n=found.n) if found.planned else str(found.n)


def _reports(parts: Parts, trial: Trial) -> list[Inline]:
    known = tuple(key for key in trial.reports if parts.book.numbering(key))
    return parts.cite(known) if known else [parts.words("trials.none")]


def _trial_row(parts: Parts, wording: Wording, trial: Trial, badge: bool) -> Node:
    none = parts.words("trials.none")
    name: list[Inline] = [link(place(f"trials/{trial.id}"), {"t": "strong", "c": [trial.names[0]]})]
    if badge and not trial.in_review:
        name += [{"t": "br"}, {"t": "em", "c": [wording.words("badge.beyond")]}]
    cells = _joined(wording, trial, "donor", "cell-source", "cells", "product")
    design = _joined(wording, trial, "allocation", "masking", "control")
    return row(
        cell(*name),
        cell(cells or none),
        cell(design or none),
        cell(_joined(wording, trial, "phase") or none),
        cell(_people(parts, trial), right=True),
        cell(wording.label("endpoint", trial.primary_endpoint.result)),
        cell(*_reports(parts, trial)),
    )


def trial_table(
    parts: Parts, trials: Sequence[Trial], caption: str, name: str = "", *, badge: bool = False
) -> list[Node]:
    """Return the table of some trials, or nothing where there are none; ``badge`` marks those beyond the review."""
    wording = parts.wording
    if wording is None or not trials:
        return []
    keys = ("trial", "cells", "design", "phase", "people", "endpoint", "reports")
    head = [parts.words(f"trials.{key}") for key in keys]
    rows = [_trial_row(parts, wording, trial, badge) for trial in trials]
    return [table(caption, head, rows, name=name)]


def section_trials(parts: Parts, options: Mapping[str, Any], name: str) -> list[Node]:
    """Return the table of a chapter's own trials, as its directive asks for them."""
    vocabulary = parts.review.vocabulary
    if vocabulary is None:
        return []
    given = options.get("filter")
    try:
        where = facet_filter(given if isinstance(given, Mapping) else {}, vocabulary)
    except ValueError:  # reported by the checks
        return []
    chosen = filter_trials(parts.review.trials, where, vocabulary)
    return trial_table(parts, chosen, parts.words("trials.caption-section", count=len(chosen)), name, badge=True)


def _letters(trial: Trial) -> dict[str, str]:
    """Give each source of a trial the letter it has in the tables."""
    return {name: _letter(number) for number, name in enumerate(trial.sources)}


def _letter(number: int) -> str:
    return chr(ord("a") + number) if number < 26 else _letter(number // 26 - 1) + _letter(number % 26)


def _outcome_row(wording: Wording, trial: Trial, outcome: Outcome, letters: Mapping[str, str]) -> Node:
    marks = [("primary", outcome.primary), ("post-hoc", outcome.post_hoc), ("interim", outcome.interim)]
    said = wording.listed(wording.words(f"badge.{kind}") for kind, shown in marks if shown)
    n = wording.aside(f"n = {outcome.n}") if outcome.n is not None and not (outcome.value and outcome.value.of) else ""
    doubt = wording.text(outcome.doubt)
    result: list[Inline] = [wording.result(trial, outcome) + n]
    if doubt:
        result += [{"t": "br"}, doubt]
    sign = ",".join(letters[name] for name in outcome.source if name in letters)
    return row(
        cell(wording.measure(outcome), {"t": "em", "c": [wording.aside(said)]} if said else ""),
        cell(wording.period(outcome.time)),
        cell(wording.arms(trial, outcome)),
        cell(*result, {"t": "sup", "c": [sign]} if sign else ""),
        cell(wording.p(outcome.p)),
    )


def _facts_line(parts: Parts, wording: Wording, trial: Trial) -> list[Inline]:
    """Return one paragraph of what a reader looks up first."""
    words = parts.words
    numbers = wording.listed(entry.id for entry in trial.registry)
    stage = wording.text(trial.population.stage) if trial.population else ""
    status = wording.label("status", trial.status.value) if trial.status else ""
    sponsor = trial.sponsor.name if trial.sponsor else ""
    made = words("trials.maker") if trial.sponsor and trial.sponsor.maker_involved else ""
    follow_up_note = wording.text(trial.follow_up.note) if trial.follow_up else ""
    pairs = [
        ("design", _joined(wording, trial, "allocation", "masking", "control")),
        ("phase", _joined(wording, trial, "phase")),
        ("people", _people(parts, trial)),
        ("cells", _joined(wording, trial, "donor", "cell-source", "cells", "product")),
        ("population", stage),
        ("follow-up", wording.sentences(wording.follow_up(trial.follow_up), follow_up_note)),
        ("status", status),
        ("sponsor", wording.clauses(sponsor, made)),
        ("registry", numbers),
    ]
    shown: list[Inline] = []
    for key, text in pairs:
        if text:
            shown += [
                {"t": "strong", "c": [words(f"trials.{key}") + words("colon")]},
                text.rstrip("。. ") + words("stop") + " ",
            ]
    if trial.reports:
        shown += [{"t": "strong", "c": [words("trials.reports") + words("colon")]}, *_reports(parts, trial)]
    return shown


def trial_entry(parts: Parts, trial: Trial) -> list[Node]:
    """Return what the book says of one trial: summary, facts, outcomes, sources."""
    wording = parts.wording
    if wording is None:
        return []
    words, letters = wording.words, _letters(trial)
    nodes = [
        heading(3, trial.names[0], f"trials/{trial.id}"),
        paragraph({"t": "strong", "c": [wording.text(trial.label)]}, role="label"),
        paragraph(wording.text(trial.summary)),
        paragraph(*_facts_line(parts, wording, trial), role="fine"),
    ]
    if trial.outcomes:
        head = [words(f"page.{key}") for key in ("outcome", "time", "compared", "figure", "p")]
        rows = [_outcome_row(wording, trial, outcome, letters) for outcome in trial.outcomes]
        nodes.append(table("", head, rows))
    read = [f"{letters[name]} {wording.source(trial, name)}" for name in trial.sources]
    nodes.append(
        paragraph(
            {"t": "strong", "c": [parts.words("trials.read") + parts.words("colon")]},
            wording.words("clause").join(read),
            role="fine",
        )
    )
    return nodes


def all_trials(parts: Parts) -> list[Node]:
    """Return the tables of all trials: those the review cites, then those beyond it."""
    nodes: list[Node] = []
    for key, inside in (("in", True), ("beyond", False)):
        group = [trial for trial in parts.review.trials if trial.in_review is inside]
        nodes += trial_table(parts, group, parts.words(f"trials.caption-{key}", count=len(group)))
    return nodes


def trials_in_brief(parts: Parts) -> list[Node]:
    """Return every trial on its own, those the review cites first."""
    trials = sorted(parts.review.trials, key=lambda trial: not trial.in_review)
    if not trials or parts.wording is None:
        return []
    nodes = [heading(2, parts.words("trials.brief"), "trials#brief"), paragraph(parts.words("trials.text"))]
    return [*nodes, *(node for trial in trials for node in trial_entry(parts, trial))]


# -- audit ---------------------------------------------------------------------------


def mark(language: str, claim: Claim) -> Node | str:
    """Return a claim's verdict as a mark, or what kind of statement it is."""
    words = labels(language)
    if not is_judged(claim):
        return words(f"kind.{claim.kind}")
    return {"t": "mark", "verdict": claim.verdict, "to": "", "c": [words(f"verdict.{claim.verdict}")]}


def tally_table(review: Review, language: str, caption: str = "", only: Iterable[str] | None = None) -> Node:
    """Return the table of results: how many claims have each, and what it means."""
    words, paper = labels(language), print_words(language)
    rows = []
    for name, count in tally(review).items():
        if only is not None and name not in only:
            continue
        judged = name not in ("opinion", "need")
        shown: Inline = (
            {"t": "mark", "verdict": name, "to": "", "c": [words(f"verdict.{name}")]}
            if judged
            else words(f"kind.{name}")
        )
        meaning = words(f"verdict-long.{name}") if judged else words("audit.not-judged")
        rows.append(row(cell(shown), cell(meaning), cell(str(count), right=True)))
    head = [words("audit.verdict"), words("audit.meaning"), words("audit.count")]
    return table(caption or paper("reading.mark-caption"), head, rows)


def _checks(parts: Parts, claim: Claim) -> list[Inline]:
    """Say what a claim was checked against, and where the reason for its verdict stands."""
    words = labels(parts.language)
    shown: list[Inline] = []
    for check in claim.checks:
        numbers = parts.cite((check.reference,)) if parts.book.numbering(check.reference) else [check.reference]
        flat = [
            item for run in numbers for item in (run["c"] if isinstance(run, dict) and run["t"] == "sup" else [run])
        ]
        said = f" {words(f'against.{check.against}')}"
        if is_judged(claim) and len(claim.checks) > 1:
            said += parts.words("colon") + words(f"verdict.{check.verdict}")
        shown += [parts.words("semicolon") if shown else "", *flat, said]
    note = claim.note_texts.get(parts.language, "")
    if note:
        shown += [parts.words("semicolon") if shown else "", note]
    elif claim.note:
        to = place(*claim.note.split("#", 1))
        shown += [parts.words("semicolon") if shown else "", link(to, words("audit.see-note"))]
    return [part for part in shown if part]


def _claim_row(parts: Parts, claim: Claim) -> Node:
    where = place(*claim.block.split("#", 1))
    return row(
        cell(claim.id, name=f"audit#{claim.id}"),
        cell(link(where, {"t": "page", "to": where})),
        cell(mark(parts.language, claim)),
        cell(*_checks(parts, claim)),
    )


def audit_tables(parts: Parts) -> list[Node]:
    """Return the audit: the tally, then every claim, by page in the order of the article."""
    review, words, paper = parts.review, labels(parts.language), parts.words
    nodes = [tally_table(review, parts.language, words("audit.heading")), paragraph(words("audit.tally-note"))]
    order = {slug: number for number, slug in enumerate(review.slugs)}
    pages = sorted(dict.fromkeys(claim.page for claim in review.claims), key=lambda slug: order.get(slug, len(order)))
    head = [paper(f"audit.{key}") for key in ("claim", "place", "verdict", "against")]
    for slug in pages:
        claims = [claim for claim in review.claims if claim.page == slug]
        caption = paper("audit.caption", title=title_of(review, parts.language, slug), count=len(claims))
        nodes.append(table(caption, head, [_claim_row(parts, claim) for claim in claims], (1, 0.9, 2.9, 7.3)))
    return nodes


# -- references and terms ------------------------------------------------------------


def _entry(parts: Parts, key: str) -> list[Inline]:
    """Return a reference, in the language its work is in; then the pages that cite it and what was verified of it."""
    book, words = parts.book, parts.words
    runs = parts.convert.runs(book.formatted[key].html + own_additions(book, key))
    shown: list[Inline] = [{"t": "lang", "lang": book.references[key].language, "c": runs}, {"t": "br"}]
    places = [place(found.slug, found.id) for found in book.places.get(key, ())]
    cited: list[Inline] = []
    if places:
        before, _, after = words("references.cited").partition("{}")
        cited = [before, {"t": "pages", "targets": places, "between": words("separator")}, after]
    sentences = verification(book.ledger.works.get(key), book.words)
    said = "".join(text.rstrip("。.") + words("stop") + " " for text in sentences).strip()
    fine = [*cited, words("stop") + " " if cited else "", said]
    return [*shown, {"t": "fine", "c": [part for part in fine if part]}]


def reference_lists(parts: Parts) -> list[Node]:
    """Return the references: the article's, then those beyond it and those nobody cites."""
    book, paper = parts.book, parts.words
    main = [key for key in book.numbering.main if key in book.references]
    beyond = [key for key in book.numbering.beyond if key in book.references]
    rest = [key for key in book.references if key not in {*main, *beyond}]
    nodes: list[Node] = []
    for name, keys in (("main", main), ("beyond", [*beyond, *rest])):
        entries = [
            {
                "id": f"references#ref-{key}",
                "sign": [f"[{book.numbering(key) or paper('trials.none')}]"],
                "c": _entry(parts, key),
            }
            for key in keys
        ]
        if entries:
            nodes.append(heading(2, paper(f"references.{name}"), f"references#{name}"))
            nodes.append({"t": "entries", "columns": 1, "entries": entries})
    return nodes


def _term(parts: Parts, term: Term) -> list[Inline]:
    """Return a term: its name, its name in the other languages, its definition and where that comes from."""
    language = parts.language
    name = term.names.get(language, "")
    abbr = f" ({term.abbr})" if term.abbr and term.abbr not in name else ""
    shown: list[Inline] = [{"t": "strong", "c": [name + abbr]}]
    for code, other in term.names.items():
        if code != language and other and other != name:
            shown += [" · ", {"t": "lang", "lang": code, "c": [other]}]
    definition = term.definitions.get(language, "")
    if not definition:
        return shown
    if term.source and parts.book.numbering(term.source):
        return [*shown, {"t": "br"}, definition, *parts.cite((term.source,))]
    return [*shown, {"t": "br"}, definition, {"t": "em", "c": [parts.words("glossary.working")]}]


def term_list(parts: Parts) -> list[Node]:
    """Return the terms, in the order of the language."""
    names = {term.id: term.names.get(parts.language, term.id) for term in parts.review.terms}
    key = pinyin_key if any(han_runs(name) for name in names.values()) else latin_key
    terms = sorted(parts.review.terms, key=lambda term: (key(names[term.id]), term.id))
    entries = [{"id": f"glossary#term-{term.id}", "sign": [], "c": _term(parts, term)} for term in terms]
    return [{"t": "entries", "columns": 2, "entries": entries}] if entries else []
