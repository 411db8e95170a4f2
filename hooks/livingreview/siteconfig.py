"""The site's configuration, as far as the engine needs it: languages, navigation, where pages are.

In goes the text of ``mkdocs.yml``; out comes a :class:`SiteConfig` and problems.
The file is read, never imported or executed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from livingreview.model import Language
from livingreview.problems import Problem
from livingreview.yamlfile import YamlFile, parse_yaml

CONFIG_FILE = "mkdocs.yml"

#: Where the site is when nobody says otherwise: the local preview.
LOCAL_SITE = "http://127.0.0.1:8000/"

#: Tags that MkDocs itself defines or allows.
_TAGS = frozenset({"!ENV", "!relative"})


@dataclass(frozen=True, slots=True)
class SiteConfig:
    """What ``mkdocs.yml`` says about languages and pages."""

    languages: tuple[Language, ...] = ()
    nav: tuple[tuple[str, int], ...] = ()
    docs_dir: str = "docs"
    site_names: Mapping[str, str] = field(default_factory=dict)
    section_titles: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def source(self) -> Language:
        """The language the text is written in first."""
        return next((lang for lang in self.languages if lang.is_source), self.languages[0])


def _plugin_options(data: Mapping[str, Any], name: str) -> tuple[Mapping[str, Any], tuple[str | int, ...]]:
    """Return one plugin's options and where they stand."""
    plugins = data.get("plugins")
    for index, entry in enumerate(plugins if isinstance(plugins, list) else ()):
        if isinstance(entry, dict) and isinstance(entry.get(name), dict):
            return entry[name], ("plugins", index, name)
    return {}, ("plugins",)


def _languages(options: Mapping[str, Any]) -> Iterator[Language]:
    entries = options.get("languages")
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, dict) and entry.get("locale"):
            code = str(entry["locale"])
            yield Language(code, str(entry.get("name") or code), entry.get("default") is True)


def _nav(items: Any, lines: YamlFile, at: tuple[str | int, ...]) -> Iterator[tuple[str, int]]:
    """Yield every page of the navigation with its line, in order."""
    for index, item in enumerate(items if isinstance(items, list) else ()):
        here = (*at, index)
        if isinstance(item, str):
            yield item, lines.line(*here)
        elif isinstance(item, dict):
            for title, below in item.items():
                if isinstance(below, str):
                    yield below, lines.line(*here, title)
                else:
                    yield from _nav(below, lines, (*here, title))


def parse_site_config(text: str) -> tuple[SiteConfig, tuple[Problem, ...]]:
    """Parse ``mkdocs.yml``. Without two languages there is nothing to compare, which is a problem."""
    parsed = parse_yaml(text, CONFIG_FILE, "config-syntax", _TAGS)
    if parsed.problems or not isinstance(parsed.data, dict):
        missing = Problem(CONFIG_FILE, 1, "config-syntax", "the site configuration is empty. Restore it.")
        return SiteConfig(), parsed.problems or (missing,)
    options, at = _plugin_options(parsed.data, "i18n")
    languages = tuple(_languages(options))
    if len(languages) < 2 or sum(language.is_source for language in languages) != 1:
        message = "the i18n plugin must list two languages, exactly one of them with `default: true`."
        return SiteConfig(), (Problem(CONFIG_FILE, parsed.line(*at), "config-syntax", message),)
    names = {lang.code: str(parsed.data.get("site_name") or "") for lang in languages}
    titles: dict[str, Mapping[str, str]] = {}
    for entry in options["languages"]:
        code = str(entry.get("locale"))
        names[code] = str(entry.get("site_name") or names.get(code, ""))
        titles[code] = entry.get("nav_translations") or {}
    config = SiteConfig(
        languages=languages,
        nav=tuple(_nav(parsed.data.get("nav"), parsed, ("nav",))),
        docs_dir=str(parsed.data.get("docs_dir") or "docs"),
        site_names=names,
        section_titles=titles,
    )
    return config, ()
