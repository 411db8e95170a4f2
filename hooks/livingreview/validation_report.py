"""What trying the checks out has shown, as tables for readers.

In goes ``data/validation.json`` (written by the project's benchmarks: faults made on
purpose and what became of them, times and sizes) and a language; out comes HTML.
A part that was not measured yet is said to be so.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from livingreview.locales import Labels, labels
from livingreview.tables import framed_table

if TYPE_CHECKING:
    from livingreview.site import Site

VALIDATION_FILE = "data/validation.json"

#: Kinds of fault that are shown as what cannot be found, not as what must be.
_LIMITS = "rate"


def load_validation(root: Path) -> Mapping[str, Any]:
    """Return what was measured; nothing where there is no file."""
    path = root / VALIDATION_FILE
    data = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return data if isinstance(data, dict) else {}


def _table(words: Labels, name: str, heads: Iterable[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table of figures; ``name`` is that of its caption, ``heads`` are those of its columns."""
    shown = [escape(words(f"head.{head}")) for head in heads]
    cells = ([escape(f"{cell:,}" if isinstance(cell, int) else str(cell)) for cell in row] for row in rows)
    figures = range(1, len(shown))
    return framed_table(words(f"caption.{name}"), shown, cells, figures=figures, name=f"validation-{name}")


def _share(part: int, whole: int) -> str:
    """Return a percentage that never rounds up to all or down to none."""
    if not whole:
        return "–"
    percent = 100 * part / whole
    return f"{percent:.0f}%" if percent in (0, 100) else f"{min(99.9, max(0.1, percent)):.1f}%"


def _tried(kind: Mapping[str, Any], words: Labels) -> str:
    if kind["tried"] < kind["available"]:
        return words("tried-of", tried=kind["tried"], available=kind["available"])
    return f"{kind['tried']:,}"


def _kind_rows(kinds: Iterable[Mapping[str, Any]], language: str, words: Labels) -> Iterable[Sequence[object]]:
    for kind in kinds:
        name = kind["name"].get(language) or kind["name"].get("en") or kind["id"]
        right, tried = kind["right"], kind["tried"]
        yield name, _tried(kind, words), _share(right, tried), kind["elsewhere"], kind["missed"], kind["others"]


def _family_rows(kinds: Sequence[Mapping[str, Any]], words: Labels) -> Iterable[Sequence[object]]:
    for family in dict.fromkeys(kind["family"] for kind in kinds):
        own = [kind for kind in kinds if kind["family"] == family]
        tried, right, elsewhere, missed = (sum(k[n] for k in own) for n in ("tried", "right", "elsewhere", "missed"))
        name = words.get(f"family.{family}", family)
        yield name, len(own), tried, _share(right, tried), elsewhere, missed


def render_faults(data: Mapping[str, Any], language: str) -> str:
    """Return the tables of faults made on purpose: by family, each kind, what is not found, right edits."""
    words = labels(f"validation.{language}")
    faults = data.get("faults")
    if not faults:
        return f"<p>{escape(words('none'))}</p>"
    kinds = faults["kinds"]
    held = [kind for kind in kinds if kind["expected"] != _LIMITS]
    limits = [kind for kind in kinds if kind["expected"] == _LIMITS]
    good = faults["good"]
    intro = words(
        "intro",
        date=faults["date"],
        tried=sum(kind["tried"] for kind in kinds),
        kinds=len(kinds),
        right=sum(one["tried"] for one in good),
        right_kinds=len(good),
        reports=sum(one["reports"] for one in good),
    )
    heads = ("kind", "tried", "right", "elsewhere", "missed", "others")
    families = ("family", "kinds", "tried", "right", "elsewhere", "missed")
    return (
        f"<p>{escape(intro)}</p>"
        + _table(words, "families", families, _family_rows(held, words))
        + f"<details><summary>{escape(words('caption.kinds'))}</summary>"
        + _table(words, "kinds", heads, _kind_rows(held, language, words))
        + "</details>"
        + _table(words, "limits", heads, _kind_rows(limits, language, words))
    )


def _machine(figures: Mapping[str, Any], words: Labels, name: str) -> str:
    machine = figures["machine"]
    note = words(
        name,
        date=figures["date"],
        processor=machine["processor"],
        cores=machine["cores"],
        memory=machine["memory_gb"],
        python=machine["python"],
    )
    return f"<p>{escape(note)}</p>"


def _scale_row(row: Mapping[str, Any]) -> Iterable[object]:
    yield f"{row['chapters']:,}"
    yield f"{row['pages']:,}"
    for name in ("check", "build", "rebuild", "plain"):
        yield f"{row[name]['cpu_s']:.1f}" if name in row else "–"
    yield f"{row['ratio']:.2f}" if "ratio" in row else "–"
    yield f"{100 * row['checks_share']:.1f}%"
    yield f"{1000 * row['build']['cpu_s'] / row['chapters']:.0f}"
    yield f"{row['growth']:.2f}" if "growth" in row else "–"
    yield f"{row['build']['peak_mb']:,}"


def render_scale(data: Mapping[str, Any], language: str) -> str:
    """Return the table of times and memory by size of the review."""
    words = labels(f"validation.{language}")
    scale = data.get("scale")
    if not scale:
        return f"<p>{escape(words('none'))}</p>"
    heads = ("chapters", "pages", "check", "build", "rebuild", "plain", "ratio", "share", "each", "growth", "memory")
    rows = map(tuple, map(_scale_row, scale["rows"]))
    return _table(words, "scale", heads, rows) + _machine(scale, words, "machine")


def _page_row(row: Mapping[str, Any]) -> Iterable[object]:
    yield row["page"]
    yield f"{row['kb']:.0f}"
    yield row["requests"]
    yield f"{row['layout_shift']:.3f}".rstrip("0").rstrip(".")
    for name in ("performance", "accessibility", "best-practices", "seo"):
        yield row.get(name, "–")


def render_pages(data: Mapping[str, Any], language: str) -> str:
    """Return the table of what a first visit transfers and of Lighthouse's scores, by kind of page."""
    words = labels(f"validation.{language}")
    pages = data.get("pages")
    if not pages:
        return f"<p>{escape(words('none'))}</p>"
    heads = ("page", "kb", "requests", "shift", "performance", "accessibility", "best-practices", "seo")
    rows = map(tuple, map(_page_row, pages["rows"]))
    return _table(words, "pages", heads, rows) + _machine(pages, words, "machine-pages")


_PARTS = {"faults": render_faults, "scale": render_scale, "pages": render_pages}


def validation_directive(site: Site, language: str, _slug: str, _block: str, options: Mapping[str, Any]) -> str:
    """Render ``/// validation``; the option ``part`` is ``faults`` (the default), ``scale`` or ``pages``."""
    return _PARTS.get(str(options.get("part")), render_faults)(load_validation(site.root), language)
