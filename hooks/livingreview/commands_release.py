"""The commands about citing and versions: ``cite``, ``changelog``, ``release``, ``freeze``, ``publish``, ``stage``."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click

from livingreview.atomic import locked, swap_directory, write_text
from livingreview.block_citations import FORMATS, explain
from livingreview.changes import CHANGES_FILE, load_changes
from livingreview.citing_words import citing_words
from livingreview.edition import Release, Stamp, read_stamp
from livingreview.edition_pages import EditionPages, open_edition
from livingreview.host_branch import Git, PublishError, publish_site
from livingreview.loading import REGISTER_FILE
from livingreview.place_names import is_elsewhere
from livingreview.publishing import addresses_to_record, extended_register
from livingreview.releases import (
    ReleaseError,
    Request,
    freeze_into,
    is_day,
    make_release,
    objections,
    record_files,
    repository_objections,
    views,
    write_plain,
)
from livingreview.site import Site
from livingreview.siteconfig import LOCAL_SITE

LOCK_FILE = ".cache/release.lock"

_SITE_URL = click.option(
    "--site-url", envvar="SITE_URL", default=LOCAL_SITE, show_default=True, help="Where the site is served."
)
_REPO_URL = click.option("--repo-url", envvar="REPO_URL", default="", help="Where the source can be read.")


def _today() -> str:
    """Return the day of ``SOURCE_DATE_EPOCH``, else the clock's, in UTC."""
    given = read_stamp(Path("/nonexistent"), os.environ).date
    return given or datetime.now(UTC).date().isoformat()


def _open(root: Path, site_url: str, repo_url: str = "") -> tuple[Site, EditionPages]:
    """Load the review and say where the edition stands."""
    site = Site.load(root)
    pages = open_edition(site, site_url, repo_url)
    if pages is None:
        raise click.ClickException("data/review.yml cannot be read. Run `livingreview check`.")
    return site, pages


def _text(root: Path, path: str) -> str:
    file = root / path
    return file.read_text(encoding="utf-8") if file.is_file() else ""


def _day(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    """Take a day of the calendar; anything else is told before anything is done."""
    if value is not None and not is_day(value):
        raise click.BadParameter(f'"{value}" is no day. Write YYYY-MM-DD.')
    return value


# -- citing ------------------------------------------------------------------------


@click.command("cite")
@click.argument("address")
@click.option("--format", "style", type=click.Choice(FORMATS), default=None, help="Only this format.")
@click.option("--article", is_flag=True, help="Cite the article that the edition restructures instead.")
@click.option("--language", default="", help="The language of a place named without its address (page#id).")
@click.option("--accessed", default=None, callback=_day, help="The day of access (YYYY-MM-DD; default: today).")
@_SITE_URL
@click.pass_obj
def cite_command(
    root: Path, address: str, style: str | None, article: bool, language: str, accessed: str | None, site_url: str
) -> None:
    """Print the citation of the page, section or paragraph at ADDRESS in five formats."""
    site, pages = _open(root, site_url)
    if language and language not in site.prefixes:
        raise click.ClickException(f'no language "{language}". Known: {", ".join(site.prefixes)}.')
    part = pages.find_part(address, language)
    if part is None:
        close = pages.close_addresses(address)
        hint = (
            f" Did you mean {close[0]} ?"
            if close
            else " Give the address of a page or paragraph, or its name, page#id."
        )
        if is_elsewhere(address, site_url):
            hint += f" The site is taken to be at {site_url}; say where it is with --site-url."
        raise click.ClickException(f'there is nothing at "{address}".{hint}')
    found = pages.citer.article if article else pages.citer.cite(part, accessed or _today())
    if style:
        click.echo(found[style].rstrip("\n"))
        return
    words = citing_words(part.language)
    if not article:
        click.echo(explain(pages.edition, part))
    for name, text in found.items():
        click.echo(f"\n# {words(f'format.{name}')}\n{text.rstrip()}")


# -- views of the record -----------------------------------------------------------


@click.command("changelog")
@click.option("--check", is_flag=True, help="Only say whether the files are up to date.")
@click.pass_obj
def changelog_command(root: Path, check: bool) -> None:
    """Write CHANGELOG.md and CITATION.cff anew from data/changes.yml and data/review.yml."""
    site, _pages = _open(root, LOCAL_SITE)
    changes, _problems = load_changes(_text(root, CHANGES_FILE))
    stale = {name: text for name, text in views(site.review, changes).items() if _text(root, name) != text}
    if check and stale:
        raise click.ClickException(f"not up to date: {', '.join(stale)}. Run `livingreview changelog`.")
    for name, text in stale.items():
        write_text(root / name, text)
    click.echo(f"written: {', '.join(stale)}" if stale else "up to date.")


# -- versions ----------------------------------------------------------------------


def build_site(root: Path, folder: Path, environment: Mapping[str, str]) -> str:
    """Build the site into a folder, in another process; return what went wrong, or nothing."""
    command = [sys.executable, "-m", "mkdocs", "--quiet", "build", "--strict", "--site-dir", str(folder)]
    given = {**os.environ, "NO_MKDOCS_2_WARNING": "1", **environment}
    done = subprocess.run(  # noqa: S603 - own arguments, no shell
        command, cwd=root, env=given, capture_output=True, text=True, check=False
    )
    return "" if done.returncode == 0 else (done.stderr or done.stdout).strip() or f"exit status {done.returncode}"


def _record(site: Site, root: Path, request: Request) -> dict[str, str]:
    """Return the files of a release: its fingerprints are those of the text as it stands."""
    pages = open_edition(site, request.site_url, request.repo_url)
    if pages is None:
        raise click.ClickException("data/review.yml cannot be read. Run `livingreview check`.")
    register = extended_register(_text(root, REGISTER_FILE), addresses_to_record(site.review))
    return record_files(site.review, _text(root, CHANGES_FILE), request, pages.prints, register)


@click.command("release")
@click.argument("version")
@click.option("--date", default=None, help="The day of the release (YYYY-MM-DD; default: today).")
@_SITE_URL
@_REPO_URL
@click.pass_obj
def release_command(root: Path, version: str, date: str | None, site_url: str, repo_url: str) -> None:
    """Check, build, freeze and tag VERSION (MAJOR.MINOR.PATCH). Nothing is pushed."""
    request = Request(version.removeprefix("v"), date or _today(), site_url, repo_url)
    with locked(root / LOCK_FILE):
        site = Site.load(root)
        changes, found = load_changes(_text(root, CHANGES_FILE))
        against = [
            *objections(request, changes, [*site.problems, *found]),
            *repository_objections(Git(root, {}), request.tag),
        ]
        if against:
            raise click.ClickException("not released:\n" + "\n".join(against))
        try:
            release = make_release(root, request, _record(site, root, request), build_site)
        except ReleaseError as error:
            raise click.ClickException(f"not released; everything is as it was. {error}") from error
    click.echo(f"Version {request.version} is committed ({release.commit[:10]}) and tagged {request.tag}.")
    click.echo(f"It is frozen in site/v/{request.version}/. To publish: git push --follow-tags, then")
    click.echo("  livingreview publish --remote origin --push")


@click.command("freeze")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@_SITE_URL
@_REPO_URL
@click.pass_obj
def freeze_command(root: Path, folder: Path, site_url: str, repo_url: str) -> None:
    """Put the frozen copy of the last version into the built site in FOLDER (built from that version's tag)."""
    _site, pages = _open(root, site_url, repo_url)
    latest = pages.edition.latest
    if latest is None:
        raise click.ClickException("no version has been released.")
    commit = Git(root, {}).find("rev-parse", f"refs/tags/v{latest.version}^{{commit}}")
    head: Stamp = pages.edition.stamp
    if commit != head.commit:
        raise click.ClickException(f"the text is not that of the tag v{latest.version}: check it out and build first.")
    release: Release = replace(latest, commit=commit)
    number = freeze_into(folder, release, root, site_url, repo_url)
    click.echo(f"{number} files of version {latest.version} in {folder / latest.path.strip('/')}.")


@click.command("publish")
@click.option("--site", "folder", type=click.Path(file_okay=False, path_type=Path), default=None, help="Default: site/")
@click.option("--branch", default="gh-pages", show_default=True, help="The branch the site is served from.")
@click.option("--remote", default="", help="Build on this remote's branch instead of the local one.")
@click.option("--push", is_flag=True, help="Push the branch to the remote.")
@click.pass_obj
def publish_command(root: Path, folder: Path | None, branch: str, remote: str, push: bool) -> None:
    """Commit the built site to the host's branch; every version there stays byte for byte what it was."""
    stamp = read_stamp(root)
    message = f"Publish {stamp.short or 'the site'}"
    try:
        commit = publish_site(root, folder or root / "site", branch, message, remote=remote, push=push)
    except PublishError as error:
        raise click.ClickException(f"not published. {error}") from error
    click.echo(f"{branch}: {commit[:10]}{' (pushed)' if remote and push else ''}")


# -- a way out ---------------------------------------------------------------------


@click.command("stage")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@_SITE_URL
@click.pass_obj
def stage_command(root: Path, folder: Path, site_url: str) -> None:
    """Write the whole work as plain Markdown into FOLDER, one folder a language; what is there is replaced."""
    if folder.exists() and any(folder.iterdir()) and not (folder / ".staged").is_file():
        raise click.ClickException(f"{folder} holds other files. Name a new folder, or one staged before.")
    _site, pages = _open(root, site_url)
    tree = {**pages.plain.staged_tree(), ".staged": b""}
    beside = folder.resolve().with_name(f".{folder.name}.next")
    for name, data in tree.items():
        write_plain(beside / name, data)
    swap_directory(beside, folder.resolve())
    click.echo(f"{len(tree) - 1} files in {folder}.")


#: The commands, for the group that holds them.
COMMANDS: tuple[click.Command, ...] = (
    cite_command,
    changelog_command,
    release_command,
    freeze_command,
    publish_command,
    stage_command,
)
