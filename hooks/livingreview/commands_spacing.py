"""The command behind the pre-commit check of Chinese and Latin spacing: ``python -m livingreview.commands_spacing``."""

from __future__ import annotations

from pathlib import Path

import click

from livingreview.atomic import write_bytes
from livingreview.spacing import check_spacing, fix_spacing


@click.command("spacing", short_help="Check spacing and punctuation where Chinese and Latin text meet.")
@click.option("--fix", is_flag=True, help="Mend what is safe to mend, and report the rest.")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, dir_okay=False, exists=True))
def spacing_command(fix: bool, files: tuple[Path, ...]) -> None:
    """Check spacing and punctuation in FILES; ends with status 1 where anything was found or mended."""
    found = 0
    for path in files:
        text = path.read_bytes().decode("utf-8", errors="surrogateescape")
        new = fix_spacing(text) if fix else text
        if new != text:
            write_bytes(path, new.encode("utf-8", errors="surrogateescape"))
            click.echo(f"{path}: mended.")
            found += 1
        for finding in check_spacing(new):
            click.echo(f"{path}:{finding.line}:{finding.column}: {finding.message}")
            found += 1
    raise SystemExit(1 if found else 0)


if __name__ == "__main__":
    spacing_command()
