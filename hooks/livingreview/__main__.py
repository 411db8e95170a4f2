"""The command ``livingreview``: everything a contributor or a workflow does outside the site generator."""

from __future__ import annotations

import os
from pathlib import Path

import click

from livingreview.problems import any_stops, format_github, format_json, format_text


def find_root(start: Path) -> Path:
    """Return the nearest folder upwards that holds a site configuration, else the folder itself."""
    for folder in (start, *start.parents):
        if (folder / "mkdocs.yml").is_file():
            return folder
    return start


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--root",
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    default=None,
    help="The folder that holds mkdocs.yml (default: found from here upwards).",
)
@click.pass_context
def main(context: click.Context, root: Path | None) -> None:
    """Check, verify, record and cite a bilingual living review."""
    context.obj = root or find_root(Path.cwd())


@main.command("check")
@click.option(
    "--format", "style", type=click.Choice(["text", "json", "github"]), default=None, help="How to report."
)
@click.pass_obj
def check_command(root: Path, style: str | None) -> None:
    """Report everything wrong with the review, without building it."""
    from livingreview.checks import report  # noqa: PLC0415 (keeps `--help` instant)
    from livingreview.loading import load_review  # noqa: PLC0415

    problems = report(load_review(root))
    style = style or ("github" if os.environ.get("GITHUB_ACTIONS") == "true" else "text")
    if style == "json":
        click.echo(format_json(problems))
    elif problems:
        click.echo(format_github(problems) if style == "github" else format_text(problems), err=True)
    raise SystemExit(1 if any_stops(problems) else 0)


if __name__ == "__main__":
    main(prog_name="livingreview")
