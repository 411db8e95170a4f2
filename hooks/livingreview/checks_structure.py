"""Structure: ids of blocks, links, directives, navigation."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator

from livingreview.block_ids import ID_FORM
from livingreview.links import TargetKind, is_address, slug_of
from livingreview.model import Block, BlockKind, Chapter, Link
from livingreview.problems import Problem
from livingreview.review import Review
from livingreview.siteconfig import CONFIG_FILE
from livingreview.trial_facts import facet_filter


def closest(word: str, known: Iterable[str]) -> str:
    """Return ``Did you mean "x"?`` with a space before it, or nothing."""
    found = difflib.get_close_matches(word, list(known), n=1, cutoff=0.75)
    return f' Did you mean "{found[0]}"?' if found else ""


def _shown(block: Block) -> str:
    """Name a block without an id by its first words."""
    words = block.text.replace("\n", " ").strip()
    return f'"{words[:24]}…"' if len(words) > 24 else f'"{words}"'


def needs_id(review: Review, chapter: Chapter, block: Block) -> bool:
    """Headings need an id everywhere; other blocks on home, chapters and the pages beyond."""
    return block.kind is BlockKind.HEADING or chapter.slug in review.strict_slugs


def check_ids(review: Review) -> Iterator[Problem]:
    """Every block that must be citable has one well-formed id, once a page."""
    for chapter in review.chapters.values():
        first: dict[str, int] = {}
        meant = review.meant_ids(chapter.language, chapter.slug)
        for index, block in enumerate(chapter.blocks):
            if block.id is None:
                if needs_id(review, chapter, block):
                    remedy = _remedy(block, meant.get(index, "some-id"))
                    message = f"{block.kind.value} {_shown(block)} has no id. Add {remedy}."
                    yield Problem(chapter.path, block.line, "block-id-missing", message)
            elif not ID_FORM.match(block.id):
                message = f'id "{block.id}" must be lower-case letters, digits and single hyphens.'
                yield Problem(chapter.path, block.line, "block-id-form", message)
            elif block.id in first:
                message = f'id "{block.id}" already stands on line {first[block.id]}. Give one of them another.'
                yield Problem(chapter.path, block.line, "block-id-duplicate", message)
            else:
                first[block.id] = block.line


def _remedy(block: Block, name: str) -> str:
    if block.kind is BlockKind.HEADING:
        return f"{{#{name}}} at its end"
    if block.kind is BlockKind.ITEM:
        return f"{{: #{name} }} at the end of its first line"
    if block.kind is BlockKind.PARAGRAPH:
        return f"{{: #{name} }} on the line below"
    return f"attrs: {{id: {name}}}, indented by four spaces, under its first line"


def _check_link(review: Review, chapter: Chapter, link: Link) -> Problem | None:
    target = review.resolve(chapter.path, link.target)

    def fault(code: str, message: str) -> Problem:
        return Problem(chapter.path, link.line, code, message)

    if target.kind is TargetKind.OUTSIDE:
        return None if is_address(target.name) else fault("link-broken", f'"{target.name}" is not a web address.')
    if target.kind is TargetKind.ABSOLUTE:
        return fault("link-broken", f'"{link.target}" is absolute. Write the path of the file, relative to this one.')
    if target.kind is not TargetKind.PAGE:
        if target.name in review.files:
            return None
        known = (file.rsplit("/", 1)[-1] for file in review.files)
        hint = closest(target.name.rsplit("/", 1)[-1], known)
        return fault("link-broken", f'there is no file "{target.name}".{hint}')
    if target.language and target.language != chapter.language:
        return fault("link-broken", f'"{link.target}" leads into the other language. Link to the page of this one.')
    if not review.knows_page(target.name):
        hint = closest(target.name, (*review.slugs, *review.generated_ids))
        return fault("link-broken", f'there is no page "{target.name}".{hint}')
    if target.fragment:
        return _check_fragment(review, chapter, link, target.name, target.fragment)
    return None


def _check_fragment(review: Review, chapter: Chapter, link: Link, slug: str, fragment: str) -> Problem | None:
    known = review.known_ids(slug)
    if fragment in known:
        return None
    code = "term-undefined" if slug == "glossary" and fragment.startswith("term-") else "anchor-broken"
    return Problem(
        chapter.path, link.line, code, f'the page "{slug}" has no id "{fragment}".{closest(fragment, known)}'
    )


def check_links(review: Review) -> Iterator[Problem]:
    """Every link between sources leads to a page, a fragment or a file that exists."""
    for chapter in review.chapters.values():
        for block in chapter.blocks:
            for link in block.links:
                found = _check_link(review, chapter, link)
                if found is not None:
                    yield found


def check_directives(review: Review) -> Iterator[Problem]:
    """Every ``///`` block is one that the site knows."""
    for chapter in review.chapters.values():
        for block in chapter.blocks:
            if block.kind is BlockKind.DIRECTIVE and block.name not in review.directives:
                hint = closest(block.name, (*review.directives, "note", "table", "figure"))
                message = f'there is no directive "{block.name}".{hint}'
                yield Problem(chapter.path, block.line, "directive-unknown", message)
            elif block.kind is BlockKind.DIRECTIVE and block.name == "trials":
                yield from _check_filter(review, chapter, block)


def _check_filter(review: Review, chapter: Chapter, block: Block) -> Iterator[Problem]:
    """A table of trials filters by facts and values that the vocabulary has."""
    options = block.options.get("filter")
    if options is None or review.vocabulary is None:
        return
    try:
        facet_filter(options if isinstance(options, dict) else {str(options): ""}, review.vocabulary)
    except ValueError as error:
        line = block.option_lines.get(("filter",), block.line)
        yield Problem(chapter.path, line, "directive-unknown", str(error))


#: What may lie under the docs folder: pages, pictures, styles, fonts, the site's own scripts.
_FILE_KINDS = frozenset({"md", "svg", "png", "jpg", "jpeg", "gif", "webp", "avif", "css", "woff2", "txt", "pdf"})
#: Letters of any script, digits, hyphens, dots and spaces, the first of them no dot.
_FILE_NAME = re.compile(r"(?:\w[\w. -]*/)*\w[\w. -]*\Z")


def check_files(review: Review) -> Iterator[Problem]:
    """Nothing reaches the site unchecked: pages stand below a language, other files show or style."""
    docs = f"{review.config.docs_dir}/"
    folders = tuple(f"{docs}{language.code}/" for language in review.languages)
    for path in sorted(review.files):
        if not path.startswith(docs) or path.rpartition("/")[2] in (".nojekyll", "CNAME", "_headers"):
            continue
        kind = path.rpartition(".")[2]
        own_script = kind == "js" and path.startswith(f"{docs}assets/javascripts/")
        if not _FILE_NAME.match(path.removeprefix(docs)):
            message = "the name holds signs that do not belong in an address. Use letters, digits and hyphens."
            yield Problem(path, 1, "html-unsafe", message)
        elif kind == "md" and not path.startswith(folders):
            message = "a page outside of the languages' folders would be published unchecked. Move or delete it."
            yield Problem(path, 1, "html-unsafe", message)
        elif kind not in _FILE_KINDS and not own_script:
            message = f"files of this kind can run in a reader's browser. Under {docs} use Markdown and pictures."
            yield Problem(path, 1, "html-unsafe", message)


def check_navigation(review: Review) -> Iterator[Problem]:
    """Every page is in the navigation, and the navigation names only pages that exist."""
    prefix = f"{review.config.docs_dir}/{review.source}/"
    pages = {c.path.removeprefix(prefix): c for c in review.chapters.values() if c.language == review.source}
    listed = {slug_of(path) for path, _line in review.config.nav}
    unlisted = {path: chapter for path, chapter in pages.items() if chapter.slug not in listed}
    for path, line in review.config.nav:
        if slug_of(path) not in review.slugs:
            hint = closest(path, unlisted or pages)
            message = f'nav names "{path}", which does not exist in {review.source}.{hint}'
            yield Problem(CONFIG_FILE, line, "nav-missing", message)
            # A page that is named wrongly is not missing besides.
            unlisted = {name: chapter for name, chapter in unlisted.items() if f'"{name}"' not in hint}
    for name, chapter in unlisted.items():
        message = f'the page is not in the navigation. Add "{name}" under nav in {CONFIG_FILE}.'
        yield Problem(chapter.path, 1, "nav-missing", message)
