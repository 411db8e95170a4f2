"""The commands for reading away from the web: ``pdf`` (the whole work, typeset), ``offline`` (the site from disk)."""

from __future__ import annotations

from pathlib import Path

import click

from livingreview.atomic import write_bytes
from livingreview.edition import read_stamp
from livingreview.offline import offline_files, pack, public_address, read_site
from livingreview.problems import any_stops, format_text
from livingreview.site import Site

#: What the files are called; the folder inside the zip has the same name.
NAME = "edition"


@click.command("pdf")
@click.option("--language", "languages", multiple=True, help="Only this language (may be given several times).")
@click.option("--output", type=click.Path(path_type=Path), default=Path("build/pdf"), show_default=True, help="Folder.")
@click.option("--release", default="", help="Number of the version this text is, as printed on the cover.")
@click.option("--site-url", envvar="SITE_URL", default="", help="Where the site is served, as printed on the cover.")
@click.pass_obj
def pdf_command(root: Path, languages: tuple[str, ...], output: Path, release: str, site_url: str) -> None:
    """Typeset the whole work, one tagged PDF per language."""
    from livingreview.paper import Imprint, Paper  # noqa: PLC0415 - needs what only this command needs
    from livingreview.typeset import TypesettingError, typeset  # noqa: PLC0415

    site = Site.load(root, site_url)
    if any_stops(site.problems):
        click.echo(format_text(site.problems), err=True)
        raise click.ClickException("nothing was typeset: mend the problems above first.")
    stamp = read_stamp(root)
    imprint = Imprint(release, stamp.date, stamp.short, site_url)
    unknown = set(languages) - set(site.prefixes)
    if unknown:
        raise click.ClickException(f"no language {', '.join(sorted(unknown))}. Known: {', '.join(site.prefixes)}.")
    for language in languages or site.prefixes:
        try:
            made = typeset(Paper(site, language, imprint).document())
        except TypesettingError as error:
            raise click.ClickException(str(error)) from error
        target = root / output / f"{NAME}.{language}.pdf"
        write_bytes(target, made)
        click.echo(f"{output / target.name} ({len(made) / 1e6:.1f} MB)")


@click.command("offline")
@click.option(
    "--site", "folder", type=click.Path(path_type=Path), default=Path("site"), show_default=True, help="Built site."
)
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    default=Path(f"build/{NAME}-offline.zip"),
    show_default=True,
    help="Zip.",
)
@click.pass_obj
def offline_command(root: Path, folder: Path, output: Path) -> None:
    """Pack a built site into a zip that opens from disk, with search and both languages."""
    built = root / folder
    if not (built / "index.html").is_file():
        raise click.ClickException(f"there is no built site in {folder}. Run `make build` first.")
    site = read_site(built)
    packed = pack(offline_files(site, public_address(site)), f"{NAME}-offline", read_stamp(root).date)
    write_bytes(root / output, packed)
    click.echo(f"{output} ({len(packed) / 1e6:.1f} MB): unpack it and open {NAME}-offline/index.html")
