"""Loading: the whole source tree into one :class:`~livingreview.review.Review`.

In goes the root of a review; out comes everything in it, together with every
problem of reading it. A file that is missing is an empty one; a file that is
broken costs what it holds and nothing else.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

from livingreview.addresses import parse_redirects, parse_register, with_companions
from livingreview.anchors import load_release, release_path
from livingreview.bibliography import parse_bibliography
from livingreview.changes import CHANGES_FILE, Change, load_changes, releases_of
from livingreview.chapters import parse_chapter
from livingreview.claims import CLAIM_ID, CLAIMS_FILE, PLACES_FILE, load_claims, load_read_places
from livingreview.conflicts import without_conflicts
from livingreview.edition import Prints
from livingreview.figures import Figure, load_figure
from livingreview.glossary import GLOSSARY_FILE, LEXICON_FILE, load_glossary, load_lexicon
from livingreview.links import COMPARE_FOLDER, slug_of
from livingreview.model import Chapter
from livingreview.problems import Problem
from livingreview.registries import find_registry_numbers
from livingreview.review import Review
from livingreview.siteconfig import CONFIG_FILE, SiteConfig, parse_site_config
from livingreview.textsafety import check_characters, check_css, check_svg, check_text, decode
from livingreview.translations import TRANSLATIONS_FILE, load_translations
from livingreview.trials import TRIALS_DIR, load_trials
from livingreview.verified import LEDGER_FILE, load_ledger
from livingreview.vocabulary import VOCABULARY_FILE, load_vocabulary
from livingreview.work import WORK_FILE, load_work
from livingreview.yamlfile import YamlFile, parse_yaml

if TYPE_CHECKING:
    from concurrent.futures import Executor

    #: Begins a second process.
    Fork = Callable[[], Executor]

BIBLIOGRAPHY_FILE = "refs.bib"
REGISTER_FILE = "data/urls.txt"
REDIRECTS_FILE = "data/redirects.yml"
FIGURES_DIR = "data/figures"

#: The key of an entry of the bibliography, read even where the rest of the entry is broken.
_ENTRY_KEY = re.compile(
    r"^[ \t]*@(?!comment|string|preamble)\w+[ \t]*[{(][ \t]*([^\s,{}()]+)", re.MULTILINE | re.IGNORECASE
)

#: The id that begins a record of a list, read even where the rest of the file is broken.
_RECORD_ID = re.compile(r"^- (?:\{ *)?id: *[\"']?([\w-]+)", re.MULTILINE)

#: Folders of the source tree that hold nothing a page can link to.
_SKIPPED = frozenset({".git", ".venv", ".cache", "site", "site.old", "node_modules", "__pycache__"})

#: The generated parts every review can place. A site may not invent others.
DIRECTIVES = frozenset(
    {
        "trials",
        "bottom-line",
        "landscape",
        "evidence-ladder",
        "outcomes",
        "audit",
        "references",
        "glossary",
        "compare",
        "compare-page",
        "changes",
        "corrections",
        "translation-status",
        "versions",
        "validation",
        "problem-codes",
        "drawing",
    }
)


#: Parsing fewer characters than these costs less than a second process does.
_WORTH_A_PROCESS = 100_000


class LoadCache:
    """What earlier loads made of inputs that have not changed since: a preview reloads one file, not all.

    Every loader is a pure function, so its last inputs tell whether its last result still holds.
    """

    def __init__(self) -> None:
        """Begin empty."""
        self._last: dict[object, tuple[tuple[object, ...], object]] = {}
        self._pages: dict[_PageSource, _ParsedPage] = {}

    def once(self, loader: Callable[..., Loaded], key: object, *inputs: object) -> Loaded:
        """Return ``loader(*inputs)``, from memory where the inputs under this key are the last ones."""
        known = self._last.get(key)
        if known is None or known[0] != inputs:
            self._last[key] = known = (inputs, loader(*inputs))
        return cast("Loaded", known[1])

    def pages(self, sources: list[_PageSource], fork: Fork | None) -> Iterator[_ParsedPage]:
        """Yield the parsed pages, in order; only those with a new text are parsed."""
        known = self._pages
        missing = [source for source in sources if source not in known]
        if fork and sum(len(source.text) for source in missing) >= _WORTH_A_PROCESS:
            parsed = fork().map(_parse_page, missing, chunksize=max(1, len(missing) // 8))
        else:
            parsed = map(_parse_page, missing)
        self._pages = {source: known[source] for source in sources if source in known}

        def finish() -> Iterator[_ParsedPage]:
            self._pages.update(zip(missing, parsed, strict=True))
            yield from (self._pages[source] for source in sources)

        return finish()


Value = TypeVar("Value")
Loaded = TypeVar("Loaded")


@dataclass
class _Tree:
    """Reads files once and hands them to loaders, keeping what is wrong with their bytes and their content."""

    root: Path
    cache: LoadCache
    problems: list[Problem] = field(default_factory=list)
    read: set[str] = field(default_factory=set)

    def text(self, path: str) -> str:
        """Return a file's text, or nothing where it does not exist."""
        try:
            data = (self.root / path).read_bytes()
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            return ""
        text, found = decode(path, data)
        text, conflicts = without_conflicts(path, text)
        self.problems.extend((*found, *conflicts))
        return text

    def data_text(self, path: str) -> str:
        """Return the text of a data file, its characters checked too."""
        self.read.add(path)
        text = self.text(path)
        self.problems.extend(check_characters(path, text))
        return text

    def load(self, loader: Callable[..., tuple[Value, tuple[Problem, ...]]], *inputs: object) -> Value:
        """Return what a loader makes of its inputs; its problems are kept here."""
        value, problems = self.cache.once(loader, loader, *inputs)
        self.problems.extend(problems)
        return value

    def check(self, check: Callable[[str, str], Iterable[Problem]], path: str) -> None:
        """Keep what a check finds in a file."""
        text = self.text(path)
        self.problems.extend(self.cache.once(lambda *given: tuple(check(*given)), (check, path), path, text))


def list_files(root: Path) -> frozenset[str]:
    """Return the paths of all files below the root that a page could link to."""
    found: set[str] = set()
    for folder, names, files in os.walk(root):
        names[:] = [
            n for n in names if n not in _SKIPPED and not n.endswith(".egg-info") and not n.startswith(".site.")
        ]
        base = Path(folder).relative_to(root).as_posix()
        found.update(name if base == "." else f"{base}/{name}" for name in files)
    return frozenset(found)


def _page_paths(config: SiteConfig, files: frozenset[str]) -> Iterator[tuple[str, str, str]]:
    """Yield path, language and slug of every hand-written page."""
    for language in config.languages:
        prefix = f"{config.docs_dir}/{language.code}/"
        for path in sorted(files):
            if path.startswith(prefix) and path.endswith(".md"):
                yield path, language.code, slug_of(path.removeprefix(prefix))


@dataclass(frozen=True, slots=True)
class _PageSource:
    """What is needed to parse one page, in this process or another."""

    path: str
    language: str
    slug: str
    text: str


_ParsedPage = tuple[Chapter, tuple[Problem, ...]]


def _parse_page(source: _PageSource) -> _ParsedPage:
    chapter, problems = parse_chapter(source.text, source.path, source.language, source.slug)
    return chapter, (*problems, *check_text(source.path, source.text))


def _begin_pages(tree: _Tree, config: SiteConfig, files: frozenset[str], fork: Fork | None) -> Iterator[_ParsedPage]:
    """Begin to parse all pages; where that is worth it, another process works on them from now on."""
    sources = [
        _PageSource(path, language, slug, tree.text(path)) for path, language, slug in _page_paths(config, files)
    ]
    return tree.cache.pages(sources, fork)


def _finish_pages(tree: _Tree, pages: Iterator[_ParsedPage]) -> dict[tuple[str, str], Chapter]:
    chapters: dict[tuple[str, str], Chapter] = {}
    for chapter, problems in pages:
        tree.problems.extend(problems)
        chapters[chapter.language, chapter.slug] = chapter
    return chapters


def _check_assets(tree: _Tree, config: SiteConfig, files: frozenset[str]) -> None:
    """Drawings and styles that a page shows are content too, and no more trusted."""
    for path in sorted(files):
        if path.startswith(f"{config.docs_dir}/"):
            if path.endswith(".svg"):
                tree.check(check_svg, path)
            elif path.endswith(".css"):
                tree.check(check_css, path)


def _check_yaml(path: str, text: str) -> Iterable[Problem]:
    return parse_yaml(text, path).problems


def _check_json(path: str, text: str) -> Iterator[Problem]:
    try:
        json.loads(text)
    except (ValueError, RecursionError) as error:
        message = f"not valid JSON: {getattr(error, 'msg', 'nested too deeply')}. Restore the file."
        yield Problem(path, getattr(error, "lineno", 1), "data-syntax", message)


def _check_name(path: str, _text: str) -> Iterator[Problem]:
    yield Problem(path, 1, "data-field", "files of data are named .yml; this one is read by nothing. Rename it.")


#: How a file of data that no loader reads is looked at, by the end of its name.
_OTHER_DATA: Mapping[str, Callable[[str, str], Iterable[Problem]]] = {
    ".yml": _check_yaml,
    ".yaml": _check_name,
    ".json": _check_json,
}


def _check_other_data(tree: _Tree, files: frozenset[str]) -> None:
    """A file of data that no loader reads is at least well-formed."""
    for path in sorted(files - tree.read):
        check = _OTHER_DATA.get(Path(path).suffix) if path.startswith("data/") else None
        if check is not None:
            tree.check(check, path)


def _trial_files(tree: _Tree, files: frozenset[str]) -> Mapping[str, str]:
    return {
        path: tree.data_text(path) for path in sorted(files) if path.startswith(TRIALS_DIR) and path.endswith(".yml")
    }


def _registry_numbers(tree: _Tree, trials: Mapping[str, str]) -> frozenset[str]:
    """Return the registry numbers in files of trials with a fault, in capitals: the record may lack them."""
    damaged = {problem.path for problem in tree.problems}
    texts = (text for path, text in trials.items() if path in damaged)
    return frozenset(number.upper() for text in texts for _at, number in find_registry_numbers(text))


def _last_release(tree: _Tree, changes: tuple[Change, ...]) -> Prints:
    """Return the fingerprints of the last release, if there was one."""
    releases = releases_of(changes)
    if not releases:
        return {}
    path = release_path(releases[-1].version)
    return tree.load(load_release, tree.data_text(path), path)


def _figures(tree: _Tree, files: frozenset[str]) -> dict[str, tuple[Figure, YamlFile]]:
    """Return the drawings by id, each with its file, in which checks find lines."""
    found: dict[str, tuple[Figure, YamlFile]] = {}
    for path in sorted(files):
        if path.startswith(f"{FIGURES_DIR}/") and path.endswith(".yml"):
            text = tree.data_text(path)
            figure, problems = tree.cache.once(load_figure, path, text, path)
            tree.problems.extend(problems)
            if figure is not None:
                found[figure.id] = (figure, parse_yaml(text, path))
    return found


def load_in_parallel(root: Path, cache: LoadCache | None = None) -> Review:
    """Read the review with the pages parsed in a second process, where the system can fork one."""
    if not hasattr(os, "fork") or (os.cpu_count() or 1) < 2:
        return load_review(root, cache=cache)
    with ExitStack() as stack:

        def fork() -> Executor:
            import multiprocessing  # noqa: PLC0415 - slow to import, and a small review has no use for it
            from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415

            return stack.enter_context(ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("fork")))

        return load_review(root, fork, cache)


def load_review(root: Path, fork: Fork | None = None, cache: LoadCache | None = None) -> Review:
    """Read the review below ``root``.

    ``fork``, if given, begins a process in which many pages are parsed; ``cache`` is what an
    earlier load of the same root left, so that only what changed is read again.
    """
    tree = _Tree(root, cache or LoadCache())
    config = tree.load(parse_site_config, tree.text(CONFIG_FILE))
    files = list_files(root)
    codes = tuple(language.code for language in config.languages)
    if not codes:
        return Review(config, None, {}, files=files, problems=tuple(tree.problems))
    pages = _begin_pages(tree, config, files, fork)
    _check_assets(tree, config, files)
    bibliography = tree.data_text(BIBLIOGRAPHY_FILE)
    vocabulary = tree.load(load_vocabulary, tree.data_text(VOCABULARY_FILE), VOCABULARY_FILE)
    register = tree.cache.once(parse_register, parse_register, tree.data_text(REGISTER_FILE), REGISTER_FILE)
    claims, glossary = tree.data_text(CLAIMS_FILE), tree.data_text(GLOSSARY_FILE)
    broken = any(problem.path == VOCABULARY_FILE for problem in tree.problems)
    trials = _trial_files(tree, files) if vocabulary is not None or not broken else {}
    changes = tree.load(load_changes, tree.data_text(CHANGES_FILE))
    prefixes = tuple(f"/{language.code}" for language in config.languages if not language.is_source)
    redirects = parse_redirects(tree.data_text(REDIRECTS_FILE), REDIRECTS_FILE, prefixes)
    redirects = with_companions(redirects, COMPARE_FOLDER, register.addresses, prefixes)
    tree.problems.extend((*register.problems, *redirects.problems))
    review = Review(
        config=config,
        work=tree.load(load_work, tree.data_text(WORK_FILE), WORK_FILE),
        chapters={},
        references=tree.load(parse_bibliography, bibliography, BIBLIOGRAPHY_FILE),
        declared_keys=frozenset(_ENTRY_KEY.findall(bibliography)),
        declared_claims=frozenset(filter(CLAIM_ID.match, _RECORD_ID.findall(claims))),
        declared_terms=frozenset(_RECORD_ID.findall(glossary)),
        claims=tree.load(load_claims, claims),
        read_places=tree.load(load_read_places, tree.data_text(PLACES_FILE), codes),
        terms=tree.load(load_glossary, glossary, codes),
        lexicon=tree.load(load_lexicon, tree.data_text(LEXICON_FILE), codes),
        trials=tree.load(load_trials, trials, vocabulary),
        vocabulary=vocabulary,
        ledger=tree.load(load_ledger, tree.data_text(LEDGER_FILE)),
        translations=tree.load(load_translations, tree.data_text(TRANSLATIONS_FILE)),
        register=register,
        redirects=redirects,
        changes=changes,
        released=_last_release(tree, changes),
        figures=_figures(tree, files),
        files=files,
        directives=DIRECTIVES,
    )
    _check_other_data(tree, files)
    review = replace(review, declared_numbers=_registry_numbers(tree, trials))
    return replace(review, chapters=_finish_pages(tree, pages), problems=tuple(tree.problems))
