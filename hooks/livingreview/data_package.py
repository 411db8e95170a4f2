"""The data of a review as one Frictionless Data Package, and the two files that are not about trials.

In go claims, terms and the files of :mod:`livingreview.trial_exports`; out come
``claims.json``, ``glossary.json`` and the ``datapackage.json`` that describes
every file with its columns, size and hash (https://specs.frictionlessdata.io).
Byte-stable: dates are those given, none is taken from a clock.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from livingreview.model import Claim, Term
from livingreview.trial_exports import (
    Field,
    export_outcomes_csv,
    export_trials_csv,
    export_trials_json,
    outcome_fields,
    trial_fields,
    write_json,
)
from livingreview.trials import Trial
from livingreview.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Resource:
    """One file of the package: its name in ``data/``, what it is, its bytes, its columns if it is a table."""

    path: str
    title: str
    content: bytes
    fields: tuple[Field, ...] = ()
    primary_key: tuple[str, ...] = ()
    foreign_key: Mapping[str, tuple[str, str]] | None = None


#: The shape of the JSON files; goes up when a key changes its meaning or goes away, not when one is added.
SCHEMA = 1


@dataclass(frozen=True, slots=True)
class PackageInfo:
    """What a package says of itself. ``created`` is a date of the data, ISO 8601; addresses may be empty."""

    name: str
    title: str
    description: str
    version: str
    created: str
    homepage: str = ""
    licence: str = ""
    licence_url: str = ""
    contributors: tuple[str, ...] = ()
    source_title: str = ""
    source_url: str = ""


def _uncited(text: str) -> str:
    """Close the gap that a citation leaves before a full stop or a comma."""
    return re.sub(r" +(?=[.,;:!?)])", "", text)


def export_claims(claims: Sequence[Claim], statements: Mapping[str, Mapping[str, str]] | None = None) -> bytes:
    """Return all claims with their verdicts, what each was checked against, and where each lives.

    ``statements`` gives, by claim, how its block puts it in each language.
    """
    records = []
    for claim in claims:
        record: dict[str, Any] = {"id": claim.id, "kind": claim.kind, "verdict": claim.verdict, "block": claim.block}
        record |= {"numbers": list(claim.numbers), "entities": list(claim.entities)}
        if statements and claim.id in statements:
            record["statement"] = {code: _uncited(text) for code, text in statements[claim.id].items()}
        record["checks"] = [
            {
                "reference": check.reference,
                "against": check.against,
                "read": check.date,
                "read_at": check.read_at,
                "verdict": check.verdict,
            }
            for check in claim.checks
        ]
        record |= {"note": claim.note} if claim.note else {}
        record |= {"note_texts": dict(claim.note_texts)} if claim.note_texts else {}
        records.append(record)
    return write_json({"claims": records})


def export_glossary(terms: Sequence[Term]) -> bytes:
    """Return all terms with their forms in every language, in the order of the file."""
    records = []
    for term in terms:
        record: dict[str, Any] = {"id": term.id, "names": dict(term.names)}
        record |= {"abbreviation": term.abbr} if term.abbr else {}
        also = {code: list(forms) for code, forms in term.also.items() if forms}
        avoid = {code: list(forms) for code, forms in term.avoid.items() if forms}
        record |= {"also": also} if also else {}
        record |= {"avoid": avoid} if avoid else {}
        record |= {"definitions": dict(term.definitions)} if term.definitions else {}
        record |= {"source": term.source} if term.source else {}
        records.append(record)
    return write_json({"terms": records})


def _schema(resource: Resource) -> dict[str, Any]:
    fields = [
        {"name": field.name, "type": field.kind, "description": field.description, "title": field.name}
        for field in resource.fields
    ]
    schema: dict[str, Any] = {"fields": fields, "missingValues": [""]}
    if resource.primary_key:
        schema["primaryKey"] = list(resource.primary_key)
    if resource.foreign_key:
        schema["foreignKeys"] = [
            {"fields": [column], "reference": {"resource": name, "fields": [other]}}
            for column, (name, other) in resource.foreign_key.items()
        ]
    return schema


def _described(resource: Resource) -> dict[str, Any]:
    name, _, suffix = resource.path.partition(".")
    described: dict[str, Any] = {
        "name": name if suffix == "csv" else f"{name}-{suffix}",
        "path": resource.path,
        "title": resource.title,
        "format": suffix,
        "mediatype": "text/csv" if suffix == "csv" else "application/json",
        "bytes": len(resource.content),
        "hash": f"sha256:{hashlib.sha256(resource.content).hexdigest()}",
    }
    if resource.fields:
        # The byte order mark that Excel needs is part of this encoding's name.
        return {
            **described,
            "profile": "tabular-data-resource",
            "encoding": "utf-8-sig",
            "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "header": True},
            "schema": _schema(resource),
        }
    return {**described, "profile": "data-resource", "type": "json", "encoding": "utf-8"}


def export_data_package(info: PackageInfo, resources: Sequence[Resource]) -> bytes:
    """Return ``datapackage.json``: the description of the resources given, in their order."""
    package: dict[str, Any] = {
        "profile": "data-package",
        "name": info.name,
        "title": info.title,
        "description": info.description,
        "version": info.version,
        "created": f"{info.created}T00:00:00Z",
    }
    if info.homepage:
        package["homepage"] = info.homepage
    if info.licence:
        package["licenses"] = [{"name": info.licence, "path": info.licence_url}]
    if info.contributors:
        package["contributors"] = [{"title": name, "role": "author"} for name in info.contributors]
    if info.source_title:
        package["sources"] = [{"title": info.source_title, "path": info.source_url}]
    package["resources"] = [_described(resource) for resource in resources]
    return write_json(package)


def _headed(content: bytes, info: PackageInfo) -> bytes:
    """Put in front of a JSON file what tells it apart once it has left the site: shape, version, date, licence."""
    head = {"schema": SCHEMA, "version": info.version, "date": info.created, "license": info.licence}
    return write_json({**{key: value for key, value in head.items() if value}, **json.loads(content)})


def export_data(
    trials: Sequence[Trial],
    vocabulary: Vocabulary,
    years: Mapping[str, int],
    claims: bytes,
    glossary: bytes,
    info: PackageInfo,
) -> dict[str, bytes]:
    """Return every file of ``/data/`` by its path from the site's root.

    ``claims`` and ``glossary`` are what :func:`export_claims` and :func:`export_glossary` return.
    """
    resources = (
        Resource(
            "trials.csv",
            "Trials, one a row",
            export_trials_csv(trials, vocabulary, years),
            trial_fields(vocabulary),
            ("id",),
        ),
        Resource(
            "outcomes.csv",
            "Outcomes of the trials, one a row",
            export_outcomes_csv(trials, vocabulary),
            outcome_fields(vocabulary),
            ("trial", "number"),
            {"trial": ("trials", "id")},
        ),
        Resource(
            "trials.json",
            "Trials, complete, with sources and conflicts",
            _headed(export_trials_json(trials, vocabulary), info),
        ),
        Resource("claims.json", "Claims of the review and how far they could be checked", _headed(claims, info)),
        Resource("glossary.json", "Terms in every language", _headed(glossary, info)),
    )
    files = {f"data/{resource.path}": resource.content for resource in resources}
    return {**files, "data/datapackage.json": export_data_package(info, resources)}
