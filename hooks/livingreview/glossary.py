"""The glossary and the lexicon: how a thing is called in each language.

In go ``data/glossary.yml`` (terms with definitions) and ``data/lexicon.yml``
(ordinary words that claims name); out come :class:`~livingreview.model.Term`
records and a map from each form to all forms of the same thing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from livingreview.border import Record, Said, faults
from livingreview.model import Term
from livingreview.problems import Problem
from livingreview.yamlfile import YamlFile, parse_yaml

GLOSSARY_FILE = "data/glossary.yml"
LEXICON_FILE = "data/lexicon.yml"

#: Forms of one thing: language code to its accepted forms.
Forms = Mapping[str, tuple[str, ...]]


class _TermRecord(Record):
    """What a term has beside its name in each language."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    abbr: str = ""
    also: dict[str, list[Said]] = {}
    avoid: dict[str, list[Said]] = {}
    definition: dict[str, str] = {}
    source: str = ""
    mark: Literal["explicit", ""] = ""


def _lists(value: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    return {language: tuple(forms) for language, forms in value.items()}


def _term(file: YamlFile, index: int, value: Any, languages: Sequence[str]) -> tuple[Term | None, tuple[Problem, ...]]:
    if not isinstance(value, dict):
        return None, (Problem(file.path, file.line(index), "data-field", "a term begins with `- id:`."),)
    rest = {key: given for key, given in value.items() if key not in languages and given is not None}
    try:
        record = _TermRecord.model_validate(rest)
    except ValidationError as error:
        known = [*_TermRecord.model_fields, *languages]
        return None, tuple(faults(error, file, (index,), "data-field", known))
    names = {language: value[language] for language in languages if isinstance(value.get(language), str)}
    worded = [("name", file.line(index), names)]
    worded += [("definition", file.line(index, "definition"), record.definition)] if record.definition else []
    problems = tuple(
        Problem(file.path, line, "data-field", f'term "{record.id}" has no {what} in {language}. Add it.')
        for what, line, texts in worded
        for language in languages
        if not texts.get(language)
    )
    term = Term(
        id=record.id,
        line=file.line(index),
        abbr=record.abbr,
        names=names,
        also=_lists(record.also),
        avoid=_lists(record.avoid),
        definitions=record.definition,
        source=record.source,
        explicit=record.mark == "explicit",
    )
    return term, problems


def load_glossary(
    text: str, languages: Sequence[str], path: str = GLOSSARY_FILE
) -> tuple[tuple[Term, ...], tuple[Problem, ...]]:
    """Read all terms that fit. A term is named by one key per language code."""
    file = parse_yaml(text, path)
    if file.data is None:
        return (), file.problems
    if not isinstance(file.data, list):
        fault = Problem(path, 1, "data-field", "the file must be a list: every term begins with `- id:`.")
        return (), file.problems or (fault,)
    terms: list[Term] = []
    problems = list(file.problems)
    for index, value in enumerate(file.data):
        term, found = _term(file, index, value, languages)
        problems.extend(found)
        if term is not None:
            terms.append(term)
    return tuple(terms), tuple(problems)


def load_lexicon(
    text: str, languages: Sequence[str], path: str = LEXICON_FILE
) -> tuple[tuple[Forms, ...], tuple[Problem, ...]]:
    """Read the words that no term defines: a list of records with the forms in each language."""
    file = parse_yaml(text, path)
    if file.data is None:
        return (), file.problems
    if not isinstance(file.data, list):
        fault = Problem(path, 1, "data-field", "the file must be a list: every word has its forms by language.")
        return (), file.problems or (fault,)
    entries: list[Forms] = []
    problems = list(file.problems)
    for index, value in enumerate(file.data):
        forms = [value.get(language) for language in languages] if isinstance(value, dict) else [None]
        if all(isinstance(each, list) and all(isinstance(form, str) for form in each) for each in forms):
            entries.append({language: tuple(value[language]) for language in languages})
        else:
            message = f"a word needs a list of forms in each language ({', '.join(languages)})."
            problems.append(Problem(path, file.line(index), "data-field", message))
    return tuple(entries), tuple(problems)


def index_forms(
    terms: Iterable[Term], lexicon: Iterable[Forms], languages: Sequence[str]
) -> dict[str, tuple[Forms, ...]]:
    """Map every form, case-folded, to the things it can name."""
    index: dict[str, list[Forms]] = {}
    things: list[Forms] = [{language: term.forms(language) for language in languages} for term in terms]
    for thing in (*things, *lexicon):
        for form in {form.casefold() for forms in thing.values() for form in forms}:
            index.setdefault(form, []).append(thing)
    return {form: tuple(found) for form, found in index.items()}
