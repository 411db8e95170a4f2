"""The commands ``livingreview new trial``, ``new reference`` and ``new chapter``.

They write what does not exist yet and never write over what does; run twice, they
say what is there already.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import click

from livingreview.addresses import new_addresses
from livingreview.atomic import locked, write_text
from livingreview.bibliography import parse_bibliography
from livingreview.commands_record import LOCK_FILE
from livingreview.commands_verify import (
    CACHE,
    ledger_data,
    open_inquiry,
    read_file,
    registry_numbers,
    service_options,
    services_from,
)
from livingreview.http_client import CouldNotCheckError, Patience
from livingreview.ledger import LEDGER_FILE, merge_results, merge_unverified
from livingreview.links import address_of
from livingreview.loading import REGISTER_FILE
from livingreview.publishing import extended_register
from livingreview.reference_scaffold import csl_year, reference_key, render_reference
from livingreview.registries import registry_of
from livingreview.scaffolds import ScaffoldError, insert_in_list, render_chapter
from livingreview.siteconfig import CONFIG_FILE, parse_site_config
from livingreview.trial_scaffold import render_trial, slug
from livingreview.verify_services import (
    NCT_FORM,
    Inquiry,
    Kind,
    Result,
    Target,
    ask_doi,
    fetch_study,
    fetch_work,
    read_study,
)
from livingreview.vocabulary import VOCABULARY_FILE, load_vocabulary
from livingreview.work import WORK_FILE
from livingreview.yamlfile import parse_yaml

#: Somebody is waiting at the keyboard: better an empty form soon than a full one in minutes.
HURRIED = Patience(connect=5.0, read=15.0, attempts=2)

_DOI = re.compile(r"10\.\d{4,9}/\S+\Z")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*(?:/[a-z0-9]+(?:-[a-z0-9]+)*)?\Z")
_KEY = re.compile(r"[a-z]+(?:-[a-z]+)*\d{4}[a-z0-9]+(?:-[a-z0-9]+)*\Z")


@click.group("new", short_help="Begin a trial, a reference or a chapter.")
def new_command() -> None:
    """Begin a trial, a reference or a chapter. Nothing that exists is written over."""


@new_command.command("trial")
@click.argument("number")
@click.option("--id", "name", default="", help="Name of the file without .yml (default: the registry number).")
@service_options
@click.pass_obj
def new_trial_command(root: Path, /, number: str, name: str, **urls: str) -> None:
    """Write data/trials/<id>.yml for the trial with registry NUMBER, e.g. NCT03006770.

    The record of ClinicalTrials.gov is fetched where the network allows; for other
    registries, and without network, the file is an annotated form.
    """
    number = number.strip()
    number = number.upper() if NCT_FORM.match(number.upper()) else number
    if registry_of(number) is None:
        raise click.ClickException(f'"{number}" has the form of no registry\'s numbers. Write it like NCT03006770.')
    known = next((path for path, other in registry_numbers(root) if other == number), None)
    if known is not None:
        click.echo(f"{number} is already in {known.relative_to(root).as_posix()}: nothing written.")
        return
    path = root / "data" / "trials" / f"{slug(name or number)}.yml"
    _must_not_exist(root, path)
    vocabulary, problems = load_vocabulary(read_file(root / VOCABULARY_FILE))
    if vocabulary is None:
        raise click.ClickException(str(problems[0]) if problems else f"{VOCABULARY_FILE} is missing. Restore it.")
    inquiry = open_inquiry(services_from(urls), HURRIED)
    study = _fetch(inquiry, number) if NCT_FORM.match(number) else None
    write_text(path, render_trial(number, path.stem, study, vocabulary, inquiry.date))
    _say_written(root, path)
    target = Target(Kind.REGISTRY, number)
    _record(root, target, inquiry.date, read_study(study, target, inquiry.date) if study is not None else None)
    click.echo("Now fill in what the file leaves open; `livingreview check` names it line by line.")


def _fetch(inquiry: Inquiry, number: str) -> Any:
    """Return the registry's record; ``None``, said aloud, where it cannot be asked."""
    try:
        study = fetch_study(inquiry, number)
        if study is None:
            raise click.ClickException(f"ClinicalTrials.gov knows no {number}. Compare the number; nothing written.")
        read_study(study, Target(Kind.REGISTRY, number), inquiry.date)
    except CouldNotCheckError as error:
        click.echo(f"ClinicalTrials.gov could not be asked ({error}): writing an empty form.", err=True)
        return None
    return study


@new_command.command("reference")
@click.argument("doi")
@click.option("--key", default="", help="Key of the entry (default: surname, year and a word of the title).")
@service_options
@click.pass_obj
def new_reference_command(root: Path, /, doi: str, key: str, **urls: str) -> None:
    """Add the work with this DOI, e.g. 10.1093/bjs/znad437, to refs.bib and to data/verification.yml.

    What is registered of the work comes from doi.org where the network allows;
    without it, the entry is a form to fill in.
    """
    doi = re.sub(r"^(?:https?://)?(?:dx\.)?doi\.org/|^doi:\s*", "", doi.strip(), flags=re.IGNORECASE).rstrip(".,;")
    if not _DOI.match(doi) or set('{}"\\%') & set(doi):
        raise click.ClickException(f'"{doi}" is not a DOI. It looks like 10.1093/bjs/znad437.')
    if key and not _KEY.match(key):
        raise click.ClickException(f'"{key}" is not a key. Write surname, year and word, as in norgren2024pace.')
    path = root / "refs.bib"
    with locked(root / CACHE / "new.lock"):
        text = read_file(path)
        references, _ = parse_bibliography(text, path.name)
        known = next((other for other in references if other.doi.casefold() == doi.casefold()), None)
        if known is not None:
            click.echo(f"{doi} is already in refs.bib as {known.key} (line {known.line}): nothing written.")
            return
        taken = {reference.key for reference in references}
        if key in taken:
            raise click.ClickException(f"the key {key} is taken by another work. Choose another word of the title.")
        inquiry = open_inquiry(services_from(urls), HURRIED)
        work = _fetch_work(inquiry, doi)
        spare = _spare_key(work, inquiry.date, taken)
        key = key or reference_key(work, taken) or spare
        gap = "" if not text or text.endswith("\n\n") else "\n" if text.endswith("\n") else "\n\n"
        write_text(path, f"{text}{gap}{render_reference(key, doi, work)}")
    click.echo(f"refs.bib: added {key}.")
    if key == spare:
        click.echo(f"{key} is no name to keep: write surname, year and word, here and in {LEDGER_FILE}.")
    target = Target(Kind.DOI, doi, key)
    _record(root, target, inquiry.date, _ask(inquiry, target) if work is not None else None)
    click.echo("Now complete the entry (`keywords` says what kind of work it is) and cite it as " + f"[@{key}].")


def _fetch_work(inquiry: Inquiry, doi: str) -> Any:
    try:
        work = fetch_work(inquiry, doi)
    except CouldNotCheckError as error:
        click.echo(f"doi.org could not be asked ({error}): writing an empty form.", err=True)
        return None
    if work is None:
        raise click.ClickException(f"doi.org knows no {doi}. Compare it with the work's own page; nothing written.")
    return work


def _spare_key(work: Any, date: str, taken: set[str]) -> str:
    """Return a key of the right form for a person to rename: the record gave no name, year or word."""
    base = f"surname{csl_year(work) or date[:4]}word"
    return next(key for number in range(1, 10_000) if (key := base if number == 1 else f"{base}{number}") not in taken)


def _ask(inquiry: Inquiry, target: Target) -> Result | None:
    """Return what is registered of the new work, if the services say."""
    try:
        return ask_doi(inquiry, target)
    except CouldNotCheckError as error:
        click.echo(f"not verified ({error}): `livingreview verify` will ask again.", err=True)
        return None


def _record(root: Path, target: Target, date: str, result: Result | None) -> None:
    """Enter an answer into the ledger, or that there is none yet."""
    path = root / LEDGER_FILE
    with locked(root / CACHE / "verify.lock"):
        text = read_file(path)
        data = ledger_data(text)
        new = merge_results(text, data, [result]) if result else merge_unverified(text, data, [target], date)
        if new != text:
            write_text(path, new)
    state = "what is registered" if result else "not verified yet"
    click.echo(f"{LEDGER_FILE}: {target.key or target.id}: {state}.")


@new_command.command("chapter")
@click.argument("name", metavar="SLUG")
@click.option("--title", "titles", multiple=True, metavar="LANGUAGE=TITLE", help="Title in one language; repeatable.")
@click.option("--after", default="", metavar="SLUG", help="The page it follows (default: the last chapter).")
@click.pass_obj
def new_chapter_command(root: Path, name: str, titles: tuple[str, ...], after: str) -> None:
    """Begin a chapter: a page in every language, and its place among the pages.

    SLUG is its address, in a-z, 0-9 and hyphens; it is the same in every language
    and, once published, for good: it is entered into the register of addresses.
    """
    if not _SLUG.match(name):
        raise click.ClickException(f'"{name}" is no address. Use a-z, 0-9 and hyphens, as in routes-of-administration.')
    config_text, work_text = read_file(root / CONFIG_FILE), read_file(root / WORK_FILE)
    config, problems = parse_site_config(config_text)
    if problems:
        raise click.ClickException(str(problems[0]))
    given = dict(title.partition("=")[::2] for title in titles)
    if unknown := set(given) - {language.code for language in config.languages}:
        raise click.ClickException(f"{', '.join(sorted(unknown))}: no language of this review. Write en=Title.")
    after = after or _last_chapter(work_text)
    pages = {path.removesuffix("/index.md").removesuffix(".md"): path for path, _ in config.nav}
    try:
        new_config = insert_in_list(config_text, "nav", pages.get(after, after), f"{name}.md")
        new_work = insert_in_list(work_text, "chapters", after, name)
    except ScaffoldError as error:
        raise click.ClickException(f"{error} Nothing was written.") from error
    for language in config.languages:
        path = root / config.docs_dir / language.code / f"{name}.md"
        if path.exists() or path.with_suffix("").joinpath("index.md").exists():
            click.echo(f"{path.relative_to(root).as_posix()} exists: left as it is.")
            continue
        write_text(
            path, render_chapter(given.get(language.code) or name.rpartition("/")[2].replace("-", " ").capitalize())
        )
        _say_written(root, path)
    for file, old, new in ((CONFIG_FILE, config_text, new_config), (WORK_FILE, work_text, new_work)):
        if new != old:
            write_text(root / file, new)
            click.echo(f"{file}: added {name} after {after}.")
    _register(root, [address_of(name, language.prefix) for language in config.languages])
    click.echo("A name is for good once it is published; until then it can still be changed, in all these files.")


def _register(root: Path, addresses: list[str]) -> None:
    """Enter a page's addresses into the register; those of its blocks follow when main is published."""
    with locked(root / LOCK_FILE):
        text = read_file(root / REGISTER_FILE)
        added = new_addresses(text.splitlines(), addresses)
        if added:
            write_text(root / REGISTER_FILE, extended_register(text, added))
            click.echo(f"{REGISTER_FILE}: added {', '.join(added)}.")


def _last_chapter(text: str) -> str:
    """Return the last item of the list of chapters."""
    data = parse_yaml(text, WORK_FILE).data
    pages = data.get("pages") if isinstance(data, dict) else None
    chapters = pages.get("chapters") if isinstance(pages, dict) else None
    if not isinstance(chapters, list) or not chapters:
        raise click.ClickException(f"{WORK_FILE} lists no chapters. Say with --after where the new one belongs.")
    return str(chapters[-1])


def _must_not_exist(root: Path, path: Path) -> None:
    if path.exists():
        shown = path.relative_to(root).as_posix()
        raise click.ClickException(f"{shown} exists and is not written over. Choose another name with --id.")


def _say_written(root: Path, path: Path) -> None:
    click.echo(f"{path.relative_to(root).as_posix()}: written.")
