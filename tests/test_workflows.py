"""What runs on the host: linted by tools of the trade, held to rules they do not know, its scripts really run."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

REPOSITORY = Path(__file__).parents[1]
GITHUB = REPOSITORY / ".github"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))
FORMS = sorted((GITHUB / "ISSUE_TEMPLATE").glob("[0-9]*.yml"))
SCRIPTS = sorted((GITHUB / "scripts").glob("*.sh"))

#: What each action was pinned to, read from its own repository's tags and confirmed elsewhere.
PINNED = {
    "actions/checkout": ("3d3c42e5aac5ba805825da76410c181273ba90b1", "v7.0.1"),
    "actions/setup-python": ("5fda3b95a4ea91299a34e894583c3862153e4b97", "v7.0.0"),
    "actions/upload-artifact": ("043fb46d1a93c77aae656e7c1c64a875d1fc6a0a", "v7.0.1"),
    "actions/download-artifact": ("3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c", "v8.0.1"),
    "actions/upload-pages-artifact": ("fc324d3547104276b827a68afc52ff2a11cc49c9", "v5.0.0"),
    "actions/deploy-pages": ("cd2ce8fcbc39b97be8ca5fce6e763baed58fa128", "v5.0.0"),
}


def tool(name: str) -> str:
    """Return the path of a tool of the same environment as the tests."""
    found = shutil.which(name, path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    assert found, f"{name} is not installed"
    return found


def run(*command: str | Path, **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False, **options)


def load(path: Path) -> dict[str, Any]:
    # YAML 1.1 reads the key `on` as true.
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {("on" if key is True else key): value for key, value in data.items()}


def jobs() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path in WORKFLOWS:
        for name, job in load(path)["jobs"].items():
            yield path.stem, name, job


def steps() -> Iterator[tuple[str, dict[str, Any]]]:
    for workflow, name, job in jobs():
        for step in job["steps"]:
            yield f"{workflow}/{name}/{step.get('name', '?')}", step


# -- linters -------------------------------------------------------------------------


def audit(folder: Path) -> subprocess.CompletedProcess[str]:
    arguments = ("--offline", "--no-config", "--persona", "pedantic", "--format=json", "--collect=all")
    environment = {name: value for name, value in os.environ.items() if name not in ("GH_TOKEN", "GITHUB_TOKEN")}
    return run(tool("zizmor"), *arguments, folder, env=environment)


def test_the_security_linter_finds_nothing() -> None:
    result = audit(GITHUB)
    assert result.returncode == 0, result.stdout
    assert json.loads(result.stdout) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("  pull_request:\n", "  pull_request_target:\n"),
        ("@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1", "@v7"),
        ("permissions: {}", "permissions: write-all"),
        ("run: make lint", "run: echo ${{ github.event.pull_request.title }}"),
    ],
)
def test_the_security_linter_would_find_it(tmp_path: Path, old: str, new: str) -> None:
    (tmp_path / ".github" / "workflows").mkdir(parents=True)
    text = (GITHUB / "workflows" / "check.yml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / ".github" / "workflows" / "check.yml").write_text(text.replace(old, new, 1), encoding="utf-8")
    assert json.loads(audit(tmp_path).stdout)


@pytest.mark.parametrize(
    ("schema", "files"),
    [
        ("github-workflows", WORKFLOWS),
        ("github-issue-forms", FORMS),
        ("github-issue-config", [GITHUB / "ISSUE_TEMPLATE" / "config.yml"]),
        ("dependabot", [GITHUB / "dependabot.yml"]),
    ],
)
def test_files_fit_their_schema(schema: str, files: list[Path]) -> None:
    assert files
    result = run(tool("check-jsonschema"), "--builtin-schema", f"vendor.{schema}", *files)
    assert result.returncode == 0, result.stdout


# -- rules of our own ------------------------------------------------------------------


def test_every_action_is_pinned_to_the_commit_of_a_release() -> None:
    used = set()
    for path in WORKFLOWS:
        for line in path.read_text(encoding="utf-8").splitlines():
            if "uses:" in line:
                match = re.fullmatch(r"\s+uses: ([\w./-]+)@([0-9a-f]{40}) # (v\d+\.\d+\.\d+)", line)
                assert match, f"{path.name}: {line}"
                assert PINNED[match[1]] == (match[2], match[3])
                used.add(match[1])
    assert used == set(PINNED)


def test_pull_requests_get_no_secret_and_no_right_to_write() -> None:
    for path in WORKFLOWS:
        data = load(path)
        text = path.read_text(encoding="utf-8")
        assert data["permissions"] == {}, path.name
        assert "secrets." not in text
        assert not set(data["on"]) & {"pull_request_target", "workflow_run", "issue_comment"}
        if "pull_request" in data["on"]:
            assert "github.token" not in text
            for job in data["jobs"].values():
                assert job["permissions"] == {"contents": "read"}


def test_rights_to_write_are_few_and_given_to_single_jobs() -> None:
    writing = {
        (workflow, name, right)
        for workflow, name, job in jobs()
        for right, way in job["permissions"].items()
        if way == "write"
    }
    assert writing == {
        ("publish", "build", "contents"),
        ("publish", "deploy", "pages"),
        ("publish", "deploy", "id-token"),
        ("release", "build", "contents"),
        ("release", "deploy", "pages"),
        ("release", "deploy", "id-token"),
        ("verify", "tell", "issues"),
    }


def test_no_checkout_leaves_its_token_behind() -> None:
    checkouts = [step for _, step in steps() if str(step.get("uses", "")).startswith("actions/checkout@")]
    assert len(checkouts) >= 6
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


def test_nothing_from_outside_is_pasted_into_a_script() -> None:
    for where, step in steps():
        assert "${{" not in step.get("run", ""), where


def test_every_job_has_an_end() -> None:
    for workflow, name, job in jobs():
        assert job["timeout-minutes"] <= 120, f"{workflow}/{name}"


def test_scripts_are_sound_shell() -> None:
    for where, step in steps():
        if "run" in step:
            result = run("bash", "-n", "-c", step["run"])
            assert result.returncode == 0, f"{where}: {result.stderr}"
    for script in SCRIPTS:
        assert run("bash", "-n", script).returncode == 0
        assert "set -euo pipefail" in script.read_text(encoding="utf-8")


def test_every_make_target_that_is_called_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (REPOSITORY / "Makefile").read_text(encoding="utf-8"), re.M))
    called = {
        name for _, step in steps() for name in re.findall(r"\bmake (?:--silent )?([a-z-]+)", step.get("run", ""))
    }
    assert called
    assert called <= targets


def test_every_command_that_is_called_exists() -> None:
    from livingreview.__main__ import main

    texts = [step.get("run", "") for _, step in steps()] + [script.read_text(encoding="utf-8") for script in SCRIPTS]
    called = {name for text in texts for name in re.findall(r"^\s*\.venv/bin/livingreview ([a-z]+)", text, re.M)}
    assert called == {"check", "record", "verify", "freeze", "publish"}
    assert called <= set(main.list_commands(None))  # type: ignore[arg-type]


def test_a_new_trial_is_asked_for_what_the_tables_need() -> None:
    form = load(GITHUB / "ISSUE_TEMPLATE" / "2-new-trial.yml")
    fields = {field["id"]: field for field in form["body"] if "id" in field}
    required = {name for name, field in fields.items() if field.get("validations", {}).get("required")}
    assert {"population", "arms", "blinding", "endpoint"} <= required
    assert {"effect", "registry", "report", "read"} <= set(fields)


def test_nobody_is_invented() -> None:
    rows = (GITHUB / "CODEOWNERS").read_text(encoding="utf-8").splitlines()
    assert all(row.startswith("#") or not row.strip() for row in rows)
    texts = [path.read_text(encoding="utf-8") for path in (REPOSITORY / "SECURITY.md", *FORMS)]
    assert not [address for text in texts for address in re.findall(r"[\w.+-]+@[\w-]+\.\w+", text)]


# -- the scripts, run ----------------------------------------------------------------------


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false")
    result = run("git", *identity, *arguments, cwd=folder)
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


FAKE_COMMAND = '''#!/usr/bin/env python3
"""Stands in for gh or livingreview: keeps what it was called with, and does what the test prepared."""
import json, os, subprocess, sys
state = os.environ["FAKE_STATE"]
name = os.path.basename(sys.argv[0])
with open(os.path.join(state, "calls"), "a") as file:
    file.write(json.dumps([name, *sys.argv[1:]]) + "\\n")
script = os.path.join(state, name + ".sh")
if os.path.exists(script):
    sys.exit(subprocess.run(["bash", script, *sys.argv[1:]]).returncode)
'''


class Stage:
    """A clone with a bare remote, and commands that stand in for those of the host."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.remote = folder / "remote.git"
        self.clone = folder / "clone"
        self.state = folder / "state"
        self.output = folder / "output"
        self.state.mkdir()
        git(folder, "init", "--quiet", "--bare", "--initial-branch=main", str(self.remote))
        git(folder, "clone", "--quiet", str(self.remote), str(self.clone))
        git(self.clone, "checkout", "--quiet", "-B", "main")
        (self.clone / "data").mkdir()
        (self.clone / "data" / "urls.txt").write_text("/\n")
        (self.clone / "data" / "translations.yml").write_text("{}\n")
        git(self.clone, "add", ".")
        git(self.clone, "commit", "--quiet", "-m", "Begin")
        git(self.clone, "push", "--quiet", "origin", "main")
        (self.clone / ".venv" / "bin").mkdir(parents=True)
        (folder / "bin").mkdir()
        for path in (self.clone / ".venv" / "bin" / "livingreview", folder / "bin" / "gh"):
            path.write_text(FAKE_COMMAND)
            path.chmod(0o755)

    def does(self, command: str, script: str) -> None:
        (self.state / f"{command}.sh").write_text(script)

    def calls(self, command: str) -> list[list[str]]:
        file = self.state / "calls"
        rows = [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []
        return [row[1:] for row in rows if row[0] == command]

    def run(self, script: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        self.output.write_text("")
        given = {
            **os.environ,
            "PATH": f"{self.folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "FAKE_STATE": str(self.state),
            "GITHUB_OUTPUT": str(self.output),
            "HOME": str(self.folder),
            **environment,
        }
        return run("bash", "-e", script, *arguments, cwd=self.clone, env=given)


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


RECORD = str(GITHUB / "scripts" / "record.sh")


def test_recording_nothing_commits_nothing(stage: Stage) -> None:
    result = stage.run(RECORD)
    assert (result.returncode, result.stdout) == (0, "Nothing new to record.\n")
    assert git(stage.clone, "rev-list", "--count", "HEAD") == "1"
    assert stage.calls("livingreview") == [["record"]]


def test_what_is_recorded_is_committed_and_pushed(stage: Stage) -> None:
    stage.does("livingreview", "echo /new/ >> data/urls.txt; echo junk > other.txt")
    result = stage.run(RECORD)
    assert result.returncode == 0, result.stderr
    assert git(stage.remote, "log", "-1", "--format=%s|%an", "main") == (
        "Record new addresses and translations in step|github-actions[bot]"
    )
    assert git(stage.remote, "show", "--format=", "--name-only", "main") == "data/urls.txt"
    assert stage.output.read_text() == ""


def test_a_version_is_left_to_the_workflow_of_its_tag(stage: Stage) -> None:
    git(stage.clone, "tag", "-a", "v1.2.3", "-m", "x")
    stage.does("livingreview", "echo /new/ >> data/urls.txt")
    assert stage.run(RECORD, GITHUB_EVENT_NAME="push").returncode == 0
    assert stage.output.read_text() == "superseded=true\n"
    assert not stage.calls("livingreview")
    assert stage.run(RECORD, GITHUB_EVENT_NAME="workflow_dispatch").returncode == 0
    assert stage.output.read_text() == ""
    assert stage.calls("livingreview") == [["record"]]


def move_main(stage: Stage) -> None:
    other = stage.folder / "other"
    git(stage.folder, "clone", "--quiet", str(stage.remote), str(other))
    (other / "new.txt").write_text("new")
    git(other, "add", ".")
    git(other, "commit", "--quiet", "-m", "Move on")
    git(other, "push", "--quiet", "origin", "HEAD:main")


def test_a_newer_main_is_left_to_its_own_run(stage: Stage) -> None:
    stage.does("livingreview", "echo /new/ >> data/urls.txt")
    move_main(stage)
    result = stage.run(RECORD)
    assert result.returncode == 0, result.stderr
    assert stage.output.read_text() == "superseded=true\n"
    assert git(stage.remote, "log", "-1", "--format=%s", "main") == "Move on"


def test_a_main_that_refuses_is_an_error(stage: Stage) -> None:
    stage.does("livingreview", "echo /new/ >> data/urls.txt")
    hook = stage.remote / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    result = stage.run(RECORD)
    assert result.returncode == 1
    assert "::error::main could not be pushed to." in result.stdout


def test_publishing_lays_out_the_whole_branch(stage: Stage) -> None:
    # What `livingreview publish --push` does, in short: the branch holds an old version and the new site.
    stage.does(
        "livingreview",
        "git checkout -q --orphan gh-pages && git rm -rfq . && mkdir -p v/1.0.0 && echo old > v/1.0.0/index.html &&"
        " echo new > index.html && git add index.html v && git -c user.name=T -c user.email=t@e.org commit -qm x &&"
        " git push -q origin gh-pages",
    )
    pages = stage.folder / "pages"
    (pages / "left").mkdir(parents=True)
    result = stage.run(str(GITHUB / "scripts" / "publish.sh"), PAGES=str(pages))
    assert result.returncode == 0, result.stderr
    assert stage.calls("livingreview") == [["publish", "--branch", "gh-pages", "--remote", "origin", "--push"]]
    laid_out = sorted(path.relative_to(pages).as_posix() for path in pages.rglob("*.html"))
    assert laid_out == ["index.html", "v/1.0.0/index.html"]
    assert not (pages / "left").exists()


def test_publishing_is_tried_again_and_then_given_up(stage: Stage) -> None:
    stage.does("livingreview", "exit 1")
    result = stage.run(str(GITHUB / "scripts" / "publish.sh"), PAGES=str(stage.folder / "pages"), PAUSE="0")
    assert result.returncode != 0
    assert len(stage.calls("livingreview")) == 3


RELEASE = str(GITHUB / "scripts" / "release.sh")


def test_a_release_is_announced_with_its_part_of_the_change_log(stage: Stage) -> None:
    (stage.clone / "CHANGELOG.md").write_text(
        "# Changes\n\n## 1.10.0 (x)\n\nTen\n\n## 1.1.0 (2026-12-01)\n\n- One\n\n## 1.0.0\n\nOld\n"
    )
    (stage.clone / "site" / "v" / "1.1.0").mkdir(parents=True)
    stage.does(
        "gh", 'if [ "$2" = view ]; then exit 1; fi; if [ "$2" = create ]; then cat "$8" > "$FAKE_STATE/notes"; fi'
    )
    result = stage.run(RELEASE, "v1.1.0")
    assert result.returncode == 0, result.stderr
    create = stage.calls("gh")[-1]
    assert create[:5] == ["release", "create", "v1.1.0", "--verify-tag", "--title"]
    assert create[-1] == "site-1.1.0.tar.gz"
    assert (stage.state / "notes").read_text().strip() == "- One"


def test_a_release_is_announced_once_and_never_without_words(stage: Stage) -> None:
    (stage.clone / "CHANGELOG.md").write_text("## 1.0.0\n\n## 0.9.0\n\nOld\n")
    stage.does("gh", "exit 0")
    assert "announced already" in stage.run(RELEASE, "v1.0.0").stdout
    stage.does("gh", "exit 1")
    result = stage.run(RELEASE, "v1.0.0")
    assert result.returncode == 1
    assert "nothing is said about version 1.0.0" in result.stdout


#: Keeps one issue in files: what `gh` does for us, and no more.
GH_ISSUES = r"""
case "$1 $2" in
  "issue list") if [ -f "$FAKE_STATE/issue" ]; then echo 7; fi ;;
  "issue view") cat "$FAKE_STATE/issue" ;;
  "issue create") while [ "$1" != --body-file ]; do shift; done; cp "$2" "$FAKE_STATE/issue" ;;
  "issue edit") while [ "$1" != --body-file ]; do shift; done; cp "$2" "$FAKE_STATE/issue" ;;
  "issue close") rm "$FAKE_STATE/issue" ;;
esac
"""


def test_the_weekly_run_keeps_one_issue(stage: Stage) -> None:
    job = load(GITHUB / "workflows" / "verify.yml")["jobs"]["tell"]
    script = stage.folder / "tell.sh"
    script.write_text(job["steps"][-1]["run"])
    stage.does("gh", GH_ISSUES)
    report = stage.clone / "verification" / "issue.md"
    report.parent.mkdir()

    def tell(text: str) -> list[str]:
        report.write_text(text)
        before = len(stage.calls("gh"))
        result = stage.run(str(script))
        assert result.returncode == 0, result.stderr
        return [call[1] for call in stage.calls("gh")[before:]]

    golden = (REPOSITORY / "tests" / "golden" / "verification-issue.md").read_text(encoding="utf-8")
    assert tell("") == ["list"]
    assert tell(golden) == ["list", "create", "create"]  # the label, then the issue
    assert stage.calls("gh")[-1][:4] == [
        "issue",
        "create",
        "--title",
        "Verification: something has changed at the sources",
    ]
    assert tell(golden) == ["list", "view"]
    assert tell(golden + "more\n") == ["list", "view", "edit", "comment"]
    assert tell("") == ["list", "close"]
    assert tell("") == ["list"]


def test_the_issue_has_the_title_that_the_engine_gives_it() -> None:
    from livingreview.verify_report import TITLE

    assert f'title="{TITLE}"' in (GITHUB / "workflows" / "verify.yml").read_text(encoding="utf-8")


def test_the_summary_of_a_check_is_written(stage: Stage) -> None:
    job = load(GITHUB / "workflows" / "check.yml")["jobs"]["check"]
    script = stage.folder / "summary.sh"
    script.write_text(next(step["run"] for step in job["steps"] if "summary" in step["name"]))
    summary = stage.folder / "summary.md"
    stage.does("livingreview", 'echo "docs/en/x.md:3: [citation-unknown] no entry" >&2; exit 1')
    given = {"GITHUB_STEP_SUMMARY": str(summary), "RUNNER_TEMP": str(stage.folder)}
    assert stage.run(str(script), **given).returncode == 0
    assert "citation-unknown" in summary.read_text()
    summary.unlink()
    stage.does("livingreview", "exit 0")
    assert stage.run(str(script), **given).returncode == 0
    assert summary.read_text() == "## Check\n\nNo problems.\n"


def test_the_preview_says_what_changed(stage: Stage) -> None:
    job = load(GITHUB / "workflows" / "check.yml")["jobs"]["preview"]
    script = stage.folder / "preview.sh"
    script.write_text(next(step["run"] for step in job["steps"] if step["name"] == "Say where it is"))
    base = git(stage.clone, "rev-parse", "HEAD")
    (stage.clone / "data" / "a`b.yml").write_text("x: 1\n")
    git(stage.clone, "add", ".")
    git(stage.clone, "commit", "--quiet", "-m", "Change")
    summary = stage.folder / "summary.md"
    given = {"GITHUB_STEP_SUMMARY": str(summary), "ARTIFACT": "https://github.com/o/r/artifacts/1"}
    assert stage.run(str(script), BASE=base, **given).returncode == 0
    assert "- `data/ab.yml`" in summary.read_text()
    assert "https://github.com/o/r/artifacts/1" in (stage.clone / "comment.md").read_text()
    assert stage.run(str(script), BASE="", **given).returncode == 0


# -- before a commit -----------------------------------------------------------------------


def hooks() -> dict[str, dict[str, Any]]:
    data = yaml.safe_load((REPOSITORY / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert [repo["repo"] for repo in data["repos"]] == ["local"]
    return {hook["id"]: hook for repo in data["repos"] for hook in repo["hooks"]}


def test_hooks_download_nothing_and_call_what_exists() -> None:
    for name, hook in hooks().items():
        assert hook["language"] == "system"
        command = hook["entry"].split()[0]
        assert command == "make" or tool(Path(command).name), name


@pytest.mark.parametrize(
    "name",
    [
        "spacing",
        "spelling",
        "trial-schema",
        "workflow-schema",
        "issue-form-schema",
        "dependabot-schema",
        "citation-schema",
    ],
)
def test_hooks_pass_on_what_is_here(name: str) -> None:
    hook = hooks()[name]
    files = run("git", "ls-files", cwd=REPOSITORY).stdout.splitlines()
    wanted = [
        file for file in files if re.search(hook["files"], file) and not re.search(hook.get("exclude", "^$"), file)
    ]
    wanted = [file for file in wanted if (REPOSITORY / file).exists()]
    assert wanted
    entry = hook["entry"].replace(".venv/bin/", f"{Path(sys.executable).parent}/").replace(" --fix", "")
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY / "hooks")}
    result = run("bash", "-c", f'{entry} "$@"', "hook", *wanted, cwd=REPOSITORY, env=environment)
    assert result.returncode == 0, result.stdout + result.stderr
