"""Citations as a page offers them: a plain block at its end, and the data of a script's dialog.

In go a page's parts; out comes HTML. The block needs no script. The data hold
each template once, and for every block only which section it belongs to: the
script fills the templates as :func:`livingreview.block_citations.fill` does,
which the tests hold it to.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from livingreview.anchors import AnchoredPage
from livingreview.block_citations import (
    FILES,
    FORMATS,
    Citer,
    Part,
    citation_key,
    explain,
    part_name,
    part_state,
)
from livingreview.citing_words import citing_words
from livingreview.edition import State
from livingreview.locales import Labels
from livingreview.readingwords import reading_words
from livingreview.reporting import report_template
from livingreview.versions import embedded_json

#: Formats that read as text; the others are records for programs.
TEXTS = ("gbt", "vancouver")

#: Stands in a name for the id of the part; the script puts it back.
ID_MARK = "⟦id⟧"

_WORDS = (
    "open",
    "open-block",
    "heading",
    "what",
    "which",
    "this-edition",
    "article",
    "guidance",
    "more",
    "format",
    "copy",
    "copied",
    "copy-failed",
    "link-copied",
    "download",
    "close",
    "released",
    "whole",
)


def _set_name(state: State, whole: bool) -> str:
    return ("frozen" if state is State.FROZEN else "living") + ("-whole" if whole else "")


def _without_id(form: str, fragment: str) -> str:
    """Return a name with a mark where it ends with the id itself, as those of claims do: one then serves them all."""
    body = form.removesuffix("]")
    before = body.removesuffix(fragment)
    if not fragment or before == body or before[-1:].isalnum():
        return form
    return before + ID_MARK + form[len(body) :]


def _labels(parts: Mapping[str, Part]) -> tuple[list[list[str]], dict[str, int]]:
    """Return the distinct names of parts, each as the styles have it, and which one each part has."""
    names: dict[tuple[str, ...], int] = {}
    indexes: dict[str, int] = {}
    for fragment, part in parts.items():
        if part.label:
            named = (part.label, part_name("gbt", part), part_name("vancouver", part))
            forms = tuple(_without_id(form, fragment) for form in named)
            indexes[fragment] = names.setdefault(forms, len(names))
    # A form that is the plain one is left empty: most are.
    return [[form if not place or form != row[0] else "" for place, form in enumerate(row)] for row in names], indexes


def dialog_data(citer: Citer, page: AnchoredPage, parts: Mapping[str, Part], guide_url: str) -> dict[str, Any]:
    """Return what the dialog's script reads."""
    words, edition = citing_words(page.language), citer.edition
    labels, indexes = _labels(parts)
    states = {fragment: part_state(edition, part) for fragment, part in parts.items()}
    used = {_set_name(state, not parts[fragment].label): state for fragment, state in states.items()}
    sentences = {_set_name(state, False): explain(edition, parts[fragment]) for fragment, state in states.items()}
    latest = edition.latest
    return {
        "key": citation_key(page.address, ""),
        "living": edition.living(page.address),
        "frozen": edition.frozen(page.address) if latest else "",
        "version": latest.version if latest else "",
        "labels": labels,
        "ids": indexes,
        "whole": [fragment for fragment in parts if fragment not in indexes],
        "frozen-ids": [fragment for fragment, state in states.items() if state is State.FROZEN],
        "old-ids": [
            fragment
            for fragment, state in states.items()
            if state is State.NEWER and edition.is_released(page.address, fragment)
        ],
        "templates": {
            name: citer.templates(page.language, state, whole=name.endswith("-whole")) for name, state in used.items()
        },
        "sentences": sentences,
        "mentions": citer.mentions(page.language),
        "article": citer.article,
        "formats": {name: words(f"format.{name}") for name in FORMATS},
        "files": {name: list(FILES[name]) for name in FORMATS},
        "guide": guide_url,
        "report": report_template(page.slug, page.language, repo_url=edition.repo_url, contact=edition.contact),
        "report-label": reading_words(page.language)("report.label"),
        "words": {name: words(f"cite.{name}") for name in _WORDS},
    }


def _shown(words: Labels, style: str, text: str) -> str:
    return (
        f'<div class="lr-citing__form"><p class="lr-citing__name">{escape(words(f"format.{style}"))}</p>'
        f'<pre class="lr-citing__text" data-format="{style}">{escape(text)}</pre></div>'
    )


def _folded(summary: str, content: str) -> str:
    return f'<details class="lr-citing__more"><summary>{escape(summary)}</summary>{content}</details>'


def render_citing(citer: Citer, page: AnchoredPage, parts: Mapping[str, Part], guide_url: str) -> str:
    """Return the block about citing at a page's end, with the data of the dialog.

    ``parts`` are the page's parts by fragment (:func:`livingreview.anchors.page_parts`),
    ``guide_url`` leads to the page about citing, if there is one. The day of access is left in words:
    only a browser knows it.
    """
    words = citing_words(page.language)
    whole = parts[""]
    citations = citer.cite(whole, words("cite.access-date"))
    shown = {style: _shown(words, style, citations[style]) for style in FORMATS}
    records = "".join(_folded(words(f"format.{style}"), shown[style]) for style in FORMATS if style not in TEXTS)
    original = _folded(words("cite.article"), "".join(_shown(words, style, citer.article[style]) for style in TEXTS))
    guide = f' <a href="{escape(guide_url)}">{escape(words("cite.more"))}</a>' if guide_url else ""
    data = embedded_json(dialog_data(citer, page, parts, guide_url))
    return (
        '<section class="lr-citing" id="lr-cite" aria-labelledby="lr-cite-heading" data-search-exclude>'
        f'<h2 id="lr-cite-heading">{escape(words("cite.heading-page"))}</h2>'
        f'<p class="lr-citing__state">{escape(explain(citer.edition, whole))}</p>'
        f"<p>{escape(words('cite.guidance'))}{guide}</p>"
        + "".join(shown[style] for style in TEXTS)
        + records
        + original
        + f'</section><script type="application/json" id="lr-cite-data">{data}</script>'
    )


def export_records(citer: Citer, home: Part) -> dict[str, bytes]:
    """Return the edition's own record in the formats of reference managers, by path below a language's root."""
    citations = citer.cite(home, "")
    names = {"bibtex": "cite/edition.bib", "ris": "cite/edition.ris", "csl": "cite/edition.csl.json"}
    return {path: citations[style].encode() for style, path in names.items()}
