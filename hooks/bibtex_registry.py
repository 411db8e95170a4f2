"""mkdocs-bibtex with this edition's references behind it.

The plugin finds citations in the Markdown; what it puts there comes from the engine: one
numbering, two national styles, nothing dropped in silence. It asks a registry for two
things, the text of a citation and the text of a reference, so a registry of ours answers.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import mkdocs_bibtex.plugin
from mkdocs_bibtex.citation import Citation, CitationBlock, InlineReference
from mkdocs_bibtex.registry import ReferenceRegistry

from livingreview.cards import ReferenceBook
from livingreview.citations import parse_citations, render_group


def _read_nothing(bib_files: list[str], footnote_format: str = "{key}") -> None:
    """Stand in for the plugin's own registry until ours is attached."""


# The plugin would parse the bibliography with pybtex in its on_config, before ours has looked at it: one duplicate
# key or missing brace then ends the build with a traceback instead of a problem with file and line.
mkdocs_bibtex.plugin.SimpleRegistry = _read_nothing  # type: ignore[attr-defined, assignment]


class EngineRegistry(ReferenceRegistry):
    """Answers mkdocs-bibtex from a :class:`~livingreview.cards.ReferenceBook`.

    The base class would parse the BibTeX files with pybtex, which stops at the first
    duplicate key; the engine has read them already, so its constructor is not called.
    """

    def __init__(self, book: ReferenceBook) -> None:
        self.book = book
        self.footnote_format = "{key}"
        self.bib_data = SimpleNamespace(entries=book.references)  # type: ignore[assignment]

    def validate_citation_blocks(self, citation_blocks: list[CitationBlock]) -> None:
        """Do nothing: the engine's checks have reported unknown keys with file and line."""

    def validate_inline_references(self, inline_references: list[InlineReference]) -> set[InlineReference]:
        """Accept none: a bare ``@key`` is a fault that the engine's checks report."""
        del inline_references
        return set()

    def inline_text(self, citation_block: CitationBlock) -> str:
        """Return the numbers of a group; what is no citation of ours stays as it was written."""
        raw = str(citation_block)
        groups, _ = parse_citations(raw)
        if not groups:
            return raw
        return render_group(groups[0].works, self.book.numbering, self.book.language, self.book.statuses)

    def reference_text(self, citation: Citation | InlineReference) -> str:
        """Return a reference in the page's style."""
        formatted = self.book.formatted.get(citation.key)
        return formatted.html if formatted else str(citation.key)


def attach_registry(config: Any, book: ReferenceBook) -> EngineRegistry:
    """Put our registry behind the ``bibtex`` plugin of a MkDocs configuration.

    Call it in ``on_config`` of each language: the plugin keeps the registry of the first one
    otherwise. Returns the registry.
    """
    plugin = config.plugins["bibtex"]
    registry = EngineRegistry(book)
    plugin.registry = registry
    # Else the next pass compares the age of the bibliography, which may have gone.
    plugin.last_configured = None
    return registry
