"""Pages that data make: no file of their own, made when somebody looks at them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any


@dataclass(frozen=True)
class GeneratedPage:
    """A page without a file of its own: its slug, its front matter, and what makes its Markdown when it is needed."""

    slug: str
    title: str
    make: Callable[[], str]
    description: str = ""
    meta: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def markdown(self) -> str:
        """The page's Markdown; made once."""
        return self.make()


def untranslated(slug: str, title: str, description: str) -> GeneratedPage:
    """Return the page that stands in for one only the source language has: without text."""
    return GeneratedPage(slug, title, str, description)
