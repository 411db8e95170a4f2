"""The generated parts of pages: which directive renders what.

In go the site and the place (language, page, block, options); out comes HTML.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from html import escape
from typing import TYPE_CHECKING, Any

from livingreview.audit import is_judged, render_audit
from livingreview.block_html import BlockRenderer
from livingreview.cards import render_references
from livingreview.compare import render_compare, render_compare_index
from livingreview.data_links import render_data_links
from livingreview.figures import render_figure
from livingreview.locales import labels
from livingreview.model import Claim
from livingreview.plot_ladder import render_ladder
from livingreview.plot_landscape import render_landscape
from livingreview.plot_outcomes import render_outcomes
from livingreview.progress import render_translation_status
from livingreview.terms import render_glossary
from livingreview.trial_cells import TrialLinks
from livingreview.trial_facts import facet_filter, filter_trials
from livingreview.trial_page import TrialClaim, TrialPageParts, render_trial_page
from livingreview.trial_table import render_trial_table
from livingreview.trial_tallies import render_bottom_line
from livingreview.trials import Trial
from livingreview.validation_report import validation_directive
from livingreview.vocabulary import Vocabulary

if TYPE_CHECKING:
    from livingreview.site import Site

#: ``(site, language, slug, block, options) -> html``
Directive = Callable[["Site", str, str, str, Mapping[str, Any]], str]


def trial_links(site: Site, language: str, slug: str) -> TrialLinks:
    """Return where links about trials lead from a page."""
    url, cite = site.url_from(language, slug), site.cite(language)
    return TrialLinks(
        trial=lambda name: url(f"trials/{name}", ""),
        claim=lambda claim: url("audit", claim),
        reference=lambda key: url("references", f"ref-{key}"),
        citation=lambda key: cite((key,)),
        table=url("trials", "trials-table"),
        years=site.years,
        places=site.places,
    )


def _vocabulary(site: Site) -> Vocabulary:
    """Return the vocabulary; without one there are no trials to render."""
    return site.review.vocabulary or Vocabulary((), {})


def _mark(claim: Claim, language: str) -> str:
    words = labels(language)
    if not is_judged(claim):
        return f'<span class="lr-kind">{escape(words(f"kind.{claim.kind}"))}</span>'
    return f'<span class="lr-mark lr-mark--{claim.verdict}">{escape(words(f"verdict.{claim.verdict}"))}</span>'


def trial_claims(site: Site, trial: Trial, language: str, slug: str) -> tuple[TrialClaim, ...]:
    """Return what a trial's page shows of the claims that rest on it: a block or note that serves several, once."""
    url = site.url_from(language, slug)
    render = BlockRenderer(site.review, language, url, site.cite(language))
    shown: set[str] = set()

    def once(name: str) -> str:
        if not name or name in shown:
            return ""
        shown.add(name)
        return render(name)

    known = site.review.claims_by_id
    named = sorted((known[name] for name in set(trial.claims) if name in known), key=lambda claim: claim.line)
    return tuple(
        TrialClaim(
            claim.id, _mark(claim, language), once(claim.block), once(claim.note), url(*claim.block.split("#", 1))
        )
        for claim in named
    )


def trial_page(site: Site, trial: Trial, language: str) -> str:
    """Return the Markdown of a trial's page."""
    slug = f"trials/{trial.id}"
    formatted = site.book(language).formatted
    wording = escape(labels(language)("cite-trial"))
    parts = TrialPageParts(
        claims=trial_claims(site, trial, language, slug),
        reference=lambda key: formatted[key].html if key in formatted else escape(key),
        cite=f'<p class="lr-cite-trial"><a href="#lr-cite" data-lr-cite="">{wording}</a></p>',
    )
    links = trial_links(site, language, slug)
    return render_trial_page(trial, site.review.trials_by_id, _vocabulary(site), language, links, parts)


def _files(site: Site, table: str, language: str, slug: str) -> str:
    return render_data_links(table, language, site.address(language, slug))


def _trials(site: Site, language: str, slug: str, block: str, options: Mapping[str, Any]) -> str:
    del block
    vocabulary = _vocabulary(site)
    whole = slug == "trials"
    try:
        where = facet_filter(options.get("filter") or {}, vocabulary)
    except ValueError:
        where = {}  # reported by the checks; a preview shows all trials meanwhile
    if not whole:
        where.setdefault("review", ["in"])  # a chapter lists what it speaks of
    trials = filter_trials(site.review.trials, where, vocabulary)
    columns = options.get("columns") or (None if whole else list(vocabulary.small_columns) or None)
    table = render_trial_table(
        trials, vocabulary, language, trial_links(site, language, slug), columns=columns, controls=whole
    )
    return (_files(site, "trials", language, slug) if whole else "") + table


def _bottom_line(site: Site, language: str, slug: str, _block: str, _options: Mapping[str, Any]) -> str:
    cited = [trial for trial in site.review.trials if trial.in_review]
    return render_bottom_line(cited, _vocabulary(site), language, trial_links(site, language, slug))


def _plot(render: Callable[..., str]) -> Directive:
    """Return the directive of a plot."""

    def directive(site: Site, language: str, slug: str, _block: str, _options: Mapping[str, Any]) -> str:
        return render(site.review.trials, _vocabulary(site), language, trial_links(site, language, slug))

    return directive


def _audit(site: Site, language: str, slug: str, _block: str, _options: Mapping[str, Any]) -> str:
    url, cite = site.url_from(language, slug), site.cite(language)
    render = BlockRenderer(site.review, language, url, cite)
    audit = render_audit(site.review, language, url, lambda key: cite((key,)), render)
    return _files(site, "audit", language, slug) + audit


def _references(site: Site, language: str, slug: str, _block: str, _options: Mapping[str, Any]) -> str:
    base = site.address(language, slug)
    files = {
        name: posixpath.relpath(f"/cite/references.{suffix}", base)
        for name, suffix in (("BibTeX", "bib"), ("RIS", "ris"), ("CSL-JSON", "csl.json"))
    }
    return render_references(site.book(language), site.url_from(language, slug), site.title(language), files)


def _glossary(site: Site, language: str, slug: str, _block: str, _options: Mapping[str, Any]) -> str:
    url, cite = site.url_from(language, slug), site.cite(language)
    glossary = render_glossary(site.review, language, url, cite, site.terms(language))
    return _files(site, "glossary", language, slug) + glossary


def _compare(site: Site, language: str, slug: str, block: str, _options: Mapping[str, Any]) -> str:
    return render_compare_index(site.review, language, block, site.url_from(language, slug))


def _compare_page(site: Site, language: str, slug: str, _block: str, options: Mapping[str, Any]) -> str:
    def url(code: str) -> Callable[[str, str], str]:
        return site.url_between(language, slug, code)

    return render_compare(site.review, language, str(options["chapter"]), url, site.cite, site.stale, site.compared)


def _drawing(site: Site, language: str, slug: str, _block: str, options: Mapping[str, Any]) -> str:
    figure = site.figures.get(str(options.get("figure", "")))
    if figure is None:
        return ""
    url = site.url_from(language, slug)
    return render_figure(figure, language, labels(language), lambda claim: url("audit", claim))


def _translation_status(site: Site, language: str, slug: str, block: str, _options: Mapping[str, Any]) -> str:
    return render_translation_status(site.review, language, block, site.url_from(language, slug), site.root)


DIRECTIVES: dict[str, Directive] = {
    "audit": _audit,
    "bottom-line": _bottom_line,
    "compare": _compare,
    "compare-page": _compare_page,
    "drawing": _drawing,
    "evidence-ladder": _plot(render_ladder),
    "glossary": _glossary,
    "landscape": _plot(render_landscape),
    "outcomes": _plot(render_outcomes),
    "references": _references,
    "translation-status": _translation_status,
    "trials": _trials,
    "validation": validation_directive,
}
