"""The commands that keep the record of what was published and translated: ``record``, ``confirm``, ``status``."""

from __future__ import annotations

import difflib
from collections import Counter
from pathlib import Path

import click

from livingreview.atomic import locked, write_text
from livingreview.checks import report
from livingreview.history import earlier_texts
from livingreview.loading import REGISTER_FILE, load_review
from livingreview.problems import Problem, any_stops, format_text
from livingreview.publishing import addresses_to_record, extended_register
from livingreview.review import Review
from livingreview.status import render_status
from livingreview.translations import TRANSLATIONS_FILE, format_record, next_record, textual_pairs
from livingreview.trial_schema import json_schema
from livingreview.waiting import waiting_blocks

SCHEMA_FILE = "data/schema/trial.schema.json"
LOCK_FILE = ".cache/record.lock"


def _sound(root: Path) -> tuple[Review, list[Problem]]:
    """Load the review; recording anything of a broken one would make its faults permanent."""
    review = load_review(root)
    problems = report(review)
    if any_stops(problems):
        click.echo(format_text(problems), err=True)
        raise click.ClickException("nothing was recorded: mend the problems above first.")
    return review, problems


def read_register(root: Path) -> str:
    """Return the register as it stands, or nothing."""
    path = root / REGISTER_FILE
    return path.read_text(encoding="utf-8") if path.is_file() else ""


@click.command("record")
@click.pass_obj
def record_command(root: Path) -> None:
    """Register new addresses and store which translations are in step (run when main is published)."""
    with locked(root / LOCK_FILE):
        review, _problems = _sound(root)
        added = addresses_to_record(review)
        if added:
            write_text(root / REGISTER_FILE, extended_register(read_register(root), added))
        record = next_record(review, review.translations)
        changed = record != review.translations
        if changed:
            write_text(root / TRANSLATIONS_FILE, format_record(record))
    state = "updated" if changed else "unchanged"
    click.echo(f"{len(added)} new addresses in {REGISTER_FILE}; {TRANSLATIONS_FILE} {state}.")


@click.command("confirm")
@click.argument("blocks", nargs=-1, required=True, metavar="BLOCK...")
@click.pass_obj
def confirm_command(root: Path, blocks: tuple[str, ...]) -> None:
    """Say that a pair of blocks agrees although only one side changed (BLOCK: page#id)."""
    with locked(root / LOCK_FILE):
        review = load_review(root)
        known = {pair.name for pair in textual_pairs(review)}
        for block in blocks:
            if block not in known:
                close = difflib.get_close_matches(block, known, n=1)
                hint = f' Did you mean "{close[0]}"?' if close else ""
                raise click.ClickException(f'there is no pair of blocks "{block}".{hint}')
        record = next_record(review, review.translations, frozenset(blocks))
        for name in set(record) - set(blocks):
            if name in review.translations:
                record[name] = dict(review.translations[name])
            else:
                del record[name]
        write_text(root / TRANSLATIONS_FILE, format_record(record))
    click.echo(f"confirmed: {', '.join(blocks)}")


@click.command("schema")
@click.pass_obj
def schema_command(root: Path) -> None:
    """Write the JSON Schema by which editors complete and check trial files."""
    review = load_review(root)
    if review.vocabulary is None:
        raise click.ClickException("data/vocabulary.yml cannot be read: run `livingreview check`.")
    write_text(root / SCHEMA_FILE, json_schema(review.vocabulary))
    click.echo(f"{SCHEMA_FILE} written.")


@click.command("status")
@click.pass_obj
def status_command(root: Path) -> None:
    """Show how far translations, claims and verifications are; of blocks that wait, since when and which words."""
    review = load_review(root)
    problems = report(review)
    waiting = waiting_blocks(review, earlier_texts(root))
    click.echo(render_status(review, Counter(problem.code for problem in problems), waiting))
