"""Synthetic reviews of any size, in two languages, without a problem in them.

In goes a number of chapters and a folder; out comes a whole review: chapters of a few
blocks with citations, claims, notes and tables, five references and one trial a chapter.
The same content can be written for MkDocs without this project's hooks (``write_plain``):
what the engine generates stands there as finished HTML, citations become footnotes as
mkdocs-bibtex makes them by default, so that only the machinery differs.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SECOND = ROOT / "tests" / "reuse"
REFERENCES_PER_CHAPTER = 5
LANGUAGES = ("en", "de")

#: What a synthetic review takes from the project and from its small second review.
_ENGINE = ("hooks", "overrides", "docs/assets/javascripts", "docs/assets/stylesheets", "docs/assets/images")
_SHARED = ("data/vocabulary.yml", "data/read-places.yml", "data/lexicon.yml", "data/glossary.yml", "data/changes.yml")
_PAGES = ("audit.md", "references.md", "glossary.md", "compare.md")

_WORDS = {
    "en": [
        "sea air",
        "the crew",
        "fresh water",
        "the long voyage",
        "the harbor",
        "salted meat",
        "dry biscuit",
        "the log",
    ],
    "de": [
        "die Seeluft",
        "die Mannschaft",
        "frisches Wasser",
        "die Fahrt",
        "der Hafen",
        "Salzfleisch",
        "Zwieback",
        "das Logbuch",
    ],
}
_SENTENCE = {
    "en": "In year {year} the {count} observers of place {number} wrote of {word} and {other}, "
    "{percent}% of them twice",
    "de": "Im Jahr {year} schrieben {count} Beobachter von Ort {number} über {word} und {other}, "
    "{percent}% davon zweimal",
}


def key(number: int) -> str:
    """Return the key of a reference."""
    return f"writer{1900 + number % 120}work{_letters(number)}"


def _letters(number: int) -> str:
    text = ""
    while True:
        number, rest = divmod(number, 26)
        text += chr(ord("a") + rest)
        if not number:
            return text


def slug(chapter: int) -> str:
    """Return the slug of a chapter."""
    return f"chapter-{chapter:04}"


def _sentence(language: str, chapter: int, block: int) -> str:
    words = _WORDS[language]
    return _SENTENCE[language].format(
        year=1700 + chapter % 300,
        count=100 + (chapter * 7 + block) % 800,
        number=1000 + chapter,
        word=words[(chapter + block) % len(words)],
        other=words[(chapter + block + 3) % len(words)],
        percent=(chapter * 3 + block) % 99 + 1,
    )


def chapter_text(language: str, chapter: int) -> str:
    """Return one chapter: lead, two sections, five cited paragraphs, a list, a note, a table, links."""
    title = {"en": f"Place {chapter + 1000}", "de": f"Ort {chapter + 1000}"}[language]
    keys = [key(chapter * REFERENCES_PER_CHAPTER + n) for n in range(REFERENCES_PER_CHAPTER)]
    rows = [f'---\ntitle: {title}\ndescription: {title}.\nnumber: "{chapter + 1}"\n---\n# {title}\n']
    rows.append(f"{_sentence(language, chapter, 90)}.\n{{: #lead }}\n")
    for number, name in enumerate(keys):
        if number % 3 == 0:
            rows.append(f"## {title}: {number} {{#part-{number}}}\n")
        rows.append(f"{_sentence(language, chapter, number)} [@{name}].\n{{: #text-{number} }}\n")
    rows.append(
        f"/// note\n    attrs: {{id: note-one}}\n    for: [{claim(chapter, 0)}]\n\n"
        f"{_sentence(language, chapter, 7)}.\n///\n"
    )
    rows.append("".join(f"- {_sentence(language, chapter, 10 + n)}. {{: #item-{n} }}\n" for n in range(3)))
    body = "".join(f"| {_WORDS[language][n]} | {chapter + n} |\n" for n in range(4))
    rows.append(f"/// table | {title}\n    attrs: {{id: table}}\n\n| A | B |\n|---|---:|\n{body}///\n")
    if chapter:
        rows.append(
            f"[{title}]({slug(chapter - 1)}.md#text-1), "
            f"[Trial](../../data/trials/trial-{chapter:04}.yml).\n{{: #links }}\n"
        )
    return "\n".join(rows)


def claim(chapter: int, number: int) -> str:
    """Return the id of a claim."""
    return f"c{chapter * REFERENCES_PER_CHAPTER + number + 1:03}"


def _claims(chapter: int) -> Iterator[str]:
    for number in range(REFERENCES_PER_CHAPTER):
        name = key(chapter * REFERENCES_PER_CHAPTER + number)
        yield (
            f"- id: {claim(chapter, number)}\n  kind: finding\n  block: {slug(chapter)}#text-{number}\n"
            f'  numbers: ["{100 + (chapter * 7 + number) % 800}"]\n  entities: []\n  verdict: supported\n  checks:\n'
            f"    - reference: {name}\n      against: abstract\n      date: 2026-01-02\n"
            "      read_at: a printed copy\n      verdict: supported\n"
        )


def _reference(number: int) -> str:
    return (
        f"@article{{{key(number)},\n  author = {{Writer, {chr(65 + number % 26)}. and Other, B.}},\n"
        f"  title = {{Observations of place {number}}},\n  journal = {{Journal of Places}},\n"
        f"  year = {{{1900 + number % 120}}},\n  volume = {{{number % 90 + 1}}},\n"
        f"  pages = {{{number + 1}--{number + 9}}},\n"
        f"  doi = {{10.5555/place.{number}}},\n  langid = {{english}},\n  keywords = {{review}},\n}}\n\n"
    )


def _record(number: int) -> str:
    return (
        f"  {key(number)}:\n    date: 2026-01-02\n    method: none\n    read_at: a printed copy\n"
        f"    fields: {{author: verified, title: verified}}\n"
        f"    doi: {{id: 10.5555/place.{number}, status: not-verified, date: 2026-01-02, method: none}}\n"
        "    notices: {status: unknown, date: 2026-01-02, method: none}\n"
    )


def _trial(source: str, chapter: int) -> str:
    text = source.replace("lind-1747", f"trial-{chapter:04}").replace("[Lind 1747]", f"[Trial {chapter:04}]")
    text = text.replace("lind1753treatise", key(chapter * REFERENCES_PER_CHAPTER)).replace("Lind", "Somebody")
    return text.replace("claims: [c001, c002]", f"claims: [{claim(chapter, 0)}]")


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _nav(config: str, pages: list[str]) -> str:
    head = config[: config.index("\nnav:")]
    return head + "\nnav:\n" + "".join(f"  - {page}\n" for page in pages)


def write_review(target: Path, chapters: int) -> None:
    """Write a review with this many chapters to a folder that does not exist yet."""
    for part in _ENGINE:
        shutil.copytree(ROOT / part, target / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(SECOND / "overrides", target / "overrides", dirs_exist_ok=True)
    for name in _SHARED:
        _write(target / name, (SECOND / name).read_text(encoding="utf-8"))
    for language in LANGUAGES:
        for name in (*_PAGES, "trials/index.md"):
            _write(target / "docs" / language / name, (SECOND / "docs" / language / name).read_text(encoding="utf-8"))
        home = f"---\ntitle: Places\ndescription: Places.\n---\n# Places\n\n[1]({slug(0)}.md).\n{{: #home }}\n"
        _write(target / "docs" / language / "index.md", home)
        for chapter in range(chapters):
            _write(target / "docs" / language / f"{slug(chapter)}.md", chapter_text(language, chapter))
    references = chapters * REFERENCES_PER_CHAPTER
    _write(target / "refs.bib", "".join(map(_reference, range(references))))
    _write(target / "data" / "verification.yml", "works:\n" + "".join(map(_record, range(references))))
    _write(target / "data" / "claims.yml", "".join(row for chapter in range(chapters) for row in _claims(chapter)))
    trial = (SECOND / "data" / "trials" / "lind-1747.yml").read_text(encoding="utf-8")
    for chapter in range(chapters):
        _write(target / "data" / "trials" / f"trial-{chapter:04}.yml", _trial(trial, chapter))
    work = (SECOND / "data" / "review.yml").read_text(encoding="utf-8")
    work = work.replace("[trial, cause]", f"[{', '.join(map(slug, range(chapters)))}]").replace(
        "beyond: [later]", "beyond: []"
    )
    listed = ", ".join(map(key, range(references)))
    work = work.replace("[lind1753treatise, holst1907experimental]", f"[{listed}]")
    _write(target / "data" / "review.yml", work)
    pages = ["index.md", *(f"{slug(chapter)}.md" for chapter in range(chapters)), "trials/index.md", *_PAGES]
    _write(target / "mkdocs.yml", _nav((SECOND / "mkdocs.yml").read_text(encoding="utf-8"), pages))


def write_plain(review: Path, target: Path) -> None:
    """Write the same content for MkDocs, Material, static-i18n and mkdocs-bibtex without our hooks."""
    sys.path[:0] = [str(review / "hooks")]
    from livingreview.site import Site  # noqa: PLC0415 - the engine of that review

    site = Site.load(review)
    for (language, page), chapter in site.review.chapters.items():
        text = _without_directives(site, language, page, chapter.text)
        text = re.sub(r"^(- .*) (\{: #[\w-]+ \})$", r"\1\n  \2", text, flags=re.MULTILINE)  # where attr_list reads it
        _write(target / chapter.path, text.replace("../../data/trials/", "trials/").replace(".yml)", ".md)"))
    for language in LANGUAGES:
        for generated in site.generated_pages(language):
            text = _without_directives(site, language, generated.slug, generated.markdown)
            front = f"---\ntitle: {generated.title!r}\n---\n"
            _write(target / "docs" / language / f"{generated.slug}.md", front + text)
    shutil.copy(review / "refs.bib", target / "refs.bib")
    config = (review / "mkdocs.yml").read_text(encoding="utf-8")
    config = config.replace("  custom_dir: overrides\n", "").replace("hooks:\n  - hooks/main.py\n", "")
    config = re.sub(r"^watch: .*\n", "", config, flags=re.MULTILINE)
    config = re.sub(r"^extra_(?:css|javascript):\n(?:  - .*\n)+", "", config, flags=re.MULTILINE)
    # As mkdocs-bibtex is by default: a page ends with its references, which are footnotes.
    config = config.replace("bib_by_default: false", "bib_by_default: true")
    config = config.replace("  - attr_list\n", "  - attr_list\n  - footnotes\n")
    config = config.replace("strict: true", "strict: false\nexclude_docs: ''").replace(
        "  favicon: assets/images/favicon.svg\n", ""
    )
    # The theme's own search again, as it is without the engine's index.
    config = re.sub(r"^  - search:\n(?:      .*\n)+", "  - search:\n      lang: [en, de]\n", config, flags=re.MULTILINE)
    _write(target / "mkdocs.yml", config)


def _without_directives(site: object, language: str, page: str, text: str) -> str:
    """Put finished HTML where directives stand; tables and notes lose their slashes."""
    from livingreview.directives import DIRECTIVES  # noqa: PLC0415
    from livingreview.yamlfile import parse_yaml  # noqa: PLC0415

    def render(match: re.Match[str]) -> str:
        name, options, body = match[1], match[2] or "", match[3]
        if name not in DIRECTIVES:
            return body
        values = parse_yaml("\n".join(row[4:] for row in options.split("\n")), page).data or {}
        values.pop("attrs", None)
        html = DIRECTIVES[name](site, language, page, "generated", values)  # type: ignore[arg-type]
        return re.sub(r"\n\s*", "\n", f"<div>{html}</div>\n")

    return re.sub(r"^/// ([\w-]+)[^\n]*\n((?:    [^\n]*\n)*)(.*?)^///$", render, text, flags=re.MULTILINE | re.DOTALL)


def main() -> None:
    """Write one review."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", type=Path)
    parser.add_argument("--chapters", type=int, default=10)
    options = parser.parse_args()
    write_review(options.target, options.chapters)


if __name__ == "__main__":
    main()
