"""The audit: every claim with its verdict, what it was checked against, and why.

In go the review and the page it is shown on; out comes the HTML of the audit
page's generated part, and the marks that stand beside the text. Notes are
written once, in the chapters; the audit includes them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from html import escape

from livingreview.glossary import Forms, index_forms
from livingreview.locales import Labels, labels
from livingreview.markup import place_title
from livingreview.model import Check, Claim, Mark
from livingreview.review import Review
from livingreview.tables import framed_table

#: Verdicts in the order readers want them: what is worst first.
ORDER = ("not-supported", "partly", "unverified", "no-citation", "supported")

#: Only these are marked beside the text.
MARKED = frozenset({"partly", "not-supported"})

#: At the end of a note, the one claim it is about: in the audit it stands right below that claim.
_ONLY_CLAIM = re.compile(r'<p class="lr-note__claims"><a [^<>]*>[^<>]*</a>\s*</p>\s*')

#: Gives the address of a page's fragment, relative to the page being rendered: ``(slug, fragment) -> url``.
Url = Callable[[str, str], str]

#: Gives the HTML of a work's number, linked to its entry: ``key -> html``.
Cite = Callable[[str], str]

#: Gives the HTML of a block of the page's language, without ids: ``block name -> html``.
RenderBlock = Callable[[str], str]


def is_judged(claim: Claim) -> bool:
    """Opinions and needs are listed, not judged."""
    return claim.kind == "finding"


def block_marks(review: Review, slug: str, language: str, url: Url) -> dict[str, tuple[Mark, ...]]:
    """Return the marks of a page's blocks: one for each verdict that needs one, leading to its first claim."""
    words = labels(language)
    blocks: dict[str, list[Claim]] = {}
    for claim in review.claims_by_page.get(slug, ()):
        blocks.setdefault(claim.block.rpartition("#")[2], []).append(claim)
    marks: dict[str, tuple[Mark, ...]] = {}
    for block_id, claims in blocks.items():
        found = []
        for verdict in ORDER:
            hits = [claim.id for claim in claims if is_judged(claim) and claim.verdict == verdict]
            if hits and verdict in MARKED:
                title = words(f"mark.{verdict}", claim=", ".join(hits))
                found.append(Mark(verdict, url("audit", hits[0]), words(f"verdict.{verdict}"), title))
        if found:
            marks[block_id] = tuple(found)
    return marks


def tally(review: Review) -> dict[str, int]:
    """Count the findings by verdict, and the statements that are listed without one."""
    counts = Counter(claim.verdict if is_judged(claim) else claim.kind for claim in review.claims)
    return {name: counts[name] for name in (*ORDER, "opinion", "need") if counts[name]}


def _verdict(words: Labels, claim: Claim) -> str:
    if not is_judged(claim):
        return f'<span class="lr-kind">{escape(words(f"kind.{claim.kind}"))}</span>'
    name = claim.verdict
    title = escape(words(f"verdict-long.{name}"))
    return f'<span class="lr-mark lr-mark--{name}" title="{title}">{escape(words(f"verdict.{name}"))}</span>'


def place_of(review: Review, check: Check, language: str) -> str:
    """Return where a source was read, in the page's language."""
    return review.read_places.get(check.read_at, {}).get(language, check.read_at)


def _check(words: Labels, claim: Claim, check: Check, place: str, cite: Cite) -> str:
    parts = [words(f"against.{check.against}")]
    if place:
        parts.append(place)
    parts.append(words("audit.read-on", date=check.date))
    shown = escape(words("list-separator").join(parts))
    verdict = f" — {escape(words(f'verdict.{check.verdict}'))}" if is_judged(claim) and len(claim.checks) > 1 else ""
    return f"<li>{cite(check.reference)} <span>{shown}{verdict}</span></li>"


def _note(words: Labels, claim: Claim, language: str, url: Url, render: RenderBlock, notes: dict[str, str]) -> str:
    """Return the note on a claim, folded. One that serves several claims stands at the first; the others lead there.

    Browsers unfold what a link into it leads to.
    """
    first = notes.setdefault(claim.note, claim.id)
    if claim.note and first != claim.id:
        see = escape(words("audit.note-at", claim=first))
        return f'<p class="lr-audit__see"><a href="#{first}-note">{see}</a></p>'
    note = _note_text(words, claim, language, url, render)
    if not note:
        return ""
    heading = escape(words("audit.note"))
    return (
        f'<details class="lr-audit__note"><summary>{heading}</summary><div id="{claim.id}-note">{note}</div></details>'
    )


def _note_text(words: Labels, claim: Claim, language: str, url: Url, render: RenderBlock) -> str:
    if claim.note:
        slug, _, fragment = claim.note.rpartition("#")
        link = f'<p><a href="{escape(url(slug, fragment))}">{escape(words("audit.see-note"))}</a></p>'
        return _ONLY_CLAIM.sub("", render(claim.note)) + link
    text = claim.note_texts.get(language, "")
    return f"<p>{escape(text)}</p>" if text else ""


def _form_in(text: str, entity: str, things: Iterable[Forms], language: str) -> str:
    """Return what a text calls an entity: the longest of its names that stands there, else its name in the language."""
    forms = [form for thing in things for form in thing.get(language, ())]
    standing = [form for form in forms if form.casefold() in text]
    return max(standing, key=len, default=(forms or [entity])[0])


def claim_subjects(review: Review, language: str) -> Callable[[Claim], tuple[str, ...]]:
    """Return what tells what a claim is about, in the words of its block: several claims can share a paragraph."""
    index = index_forms(review.terms, review.lexicon, [one.code for one in review.languages])

    def subjects(claim: Claim) -> tuple[str, ...]:
        block = review.block(language, claim.block)
        text = block.text.casefold() if block else ""
        names = (_form_in(text, entity, index.get(entity.casefold(), ()), language) for entity in claim.entities)
        return tuple(dict.fromkeys(names))

    return subjects


def _row(
    review: Review,
    claim: Claim,
    first: str,
    about: str,
    language: str,
    url: Url,
    cite: Cite,
    render: RenderBlock,
    notes: dict[str, str],
) -> str:
    words = labels(language)
    slug, _, fragment = claim.block.rpartition("#")
    home = f'<a href="{escape(url(slug, fragment))}">{escape(words("audit.back"))}</a>'
    checks = "".join(_check(words, claim, check, place_of(review, check, language), cite) for check in claim.checks)
    verdict = claim.verdict if is_judged(claim) else claim.kind
    statement = (
        f'<div class="lr-audit__statement">{render(claim.block)}</div>'
        if first == claim.id
        else f'<p class="lr-audit__same"><a href="#{first}">{escape(words("audit.same-block", claim=first))}</a></p>'
    )
    note = _note(words, claim, language, url, render, notes)
    return (
        f'<article class="lr-audit__claim" id="{claim.id}" data-verdict="{verdict}">'
        f'<h4><a href="#{claim.id}">{claim.id}</a> {_verdict(words, claim)}</h4>'
        f"{statement}{about}"
        + (f'<ul class="lr-audit__checks">{checks}</ul>' if checks else "")
        + f'{note}<p class="lr-audit__home">{home}</p></article>'
    )


def _tally_table(review: Review, language: str) -> str:
    words = labels(language)
    rows = []
    for name, count in tally(review).items():
        judged = name not in ("opinion", "need")
        label = words(f"verdict.{name}") if judged else words(f"kind.{name}")
        meaning = words(f"verdict-long.{name}") if judged else words("audit.not-judged")
        mark = f"lr-mark lr-mark--{name}" if judged else "lr-kind"
        rows.append((f'<span class="{mark}">{escape(label)}</span>', count, escape(meaning)))
    heads = [escape(words(f"audit.{key}")) for key in ("verdict", "count", "meaning")]
    return framed_table(words("audit.heading"), heads, rows, figures={1}, name="tally")


def _filter(review: Review, language: str) -> str:
    """The filter: buttons that a script brings to life; without it the list is whole and this stays hidden."""
    words = labels(language)
    options = [("", words("audit.all"))]
    options += [
        (name, words(f"verdict.{name}" if name not in ("opinion", "need") else f"kind.{name}"))
        for name in tally(review)
    ]
    buttons = "".join(
        f'<button type="button" data-verdict="{value}" aria-pressed="{str(not value).lower()}">{escape(text)}</button>'
        for value, text in options
    )
    label = escape(words("audit.filter"))
    return (
        f'<div class="lr-audit__filter" role="group" aria-label="{label}" hidden>{buttons}'
        f'<span class="lr-audit__status" role="status" data-template="{escape(words("audit.shown"))}"></span></div>'
    )


def render_audit(review: Review, language: str, url: Url, cite: Cite, render: RenderBlock) -> str:
    """Return the audit: a tally, a filter, and all claims by page in the order of the article."""
    words = labels(language)
    parts = [_tally_table(review, language), f"<p>{escape(words('audit.tally-note'))}</p>", _filter(review, language)]
    order = {slug: number for number, slug in enumerate(review.slugs)}
    notes: dict[str, str] = {}
    subjects = claim_subjects(review, language)
    for slug in sorted(review.claims_by_page, key=lambda slug: order.get(slug, len(order))):
        claims = review.claims_by_page[slug]
        title = escape(place_title(review, language, slug))
        parts.append(f'<section class="lr-audit__page lr-long"><h3><a href="{escape(url(slug, ""))}">{title}</a></h3>')
        if not any(claim.checks for claim in claims):
            parts.append(f'<p class="lr-audit__nosource">{escape(words("audit.chapter-without-source"))}</p>')
        blocks: dict[str, str] = {}
        sharing = Counter(claim.block for claim in claims)
        for claim in claims:
            first = blocks.setdefault(claim.block, claim.id)
            names = words("audit.separator").join(subjects(claim)) if sharing[claim.block] > 1 else ""
            about = f'<p class="lr-audit__about">{escape(words("audit.about") + names)}</p>' if names else ""
            parts.append(_row(review, claim, first, about, language, url, cite, render, notes))
        parts.append("</section>")
    return "".join(parts)
