"""The command ``livingreview``: everything a contributor or a workflow does outside the site generator."""

from __future__ import annotations

import importlib
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


class _Commands(click.Group):
    """A group that imports a command's module when the command is asked for: `check` stays fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return sorted({*super().list_commands(ctx), *_COMMANDS})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, importing it first if it lives elsewhere."""
        if cmd_name in _COMMANDS:
            module, name = _COMMANDS[cmd_name]
            command: click.Command = getattr(importlib.import_module(module), name)
            return command
        return super().get_command(ctx, cmd_name)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
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
@click.option("--format", "style", type=click.Choice(["text", "json", "github"]), default=None, help="How to report.")
@click.pass_obj
def check_command(root: Path, style: str | None) -> None:
    """Report everything wrong with the review, without building it."""
    from livingreview.checks import report  # noqa: PLC0415 (keeps `--help` instant)
    from livingreview.loading import load_in_parallel  # noqa: PLC0415

    problems = report(load_in_parallel(root))
    style = style or ("github" if os.environ.get("GITHUB_ACTIONS") == "true" else "text")
    if style == "json":
        click.echo(format_json(problems))
    elif problems:
        click.echo(format_github(problems) if style == "github" else format_text(problems), err=True)
    raise SystemExit(1 if any_stops(problems) else 0)


#: Other commands, by name: the module they are in and what they are called there. Imported when used.
_COMMANDS = {
    "record": ("livingreview.commands_record", "record_command"),
    "confirm": ("livingreview.commands_record", "confirm_command"),
    "status": ("livingreview.commands_record", "status_command"),
    "schema": ("livingreview.commands_record", "schema_command"),
    "verify": ("livingreview.commands_verify", "verify_command"),
    "new": ("livingreview.commands_new", "new_command"),
    "cite": ("livingreview.commands_release", "cite_command"),
    "release": ("livingreview.commands_release", "release_command"),
    "pdf": ("livingreview.commands_print", "pdf_command"),
    "offline": ("livingreview.commands_print", "offline_command"),
    "freeze": ("livingreview.commands_release", "freeze_command"),
    "publish": ("livingreview.commands_release", "publish_command"),
    "changelog": ("livingreview.commands_release", "changelog_command"),
    "stage": ("livingreview.commands_release", "stage_command"),
}


if __name__ == "__main__":
    main(prog_name="livingreview")
