"""The build under bad treatment: killed, doubled, read-only, elsewhere, without git, without a network.

The subject is the second review, which builds in seconds; the slow tests take the real one.
"""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from livingreview.atomic import locked
from reuse_support import plant_second_review

EPOCH = "1700000000"

#: Where a build may look for the outside world, it finds a wall.
NO_NETWORK = """
import socket
def refuse(*args, **kwargs):
    raise OSError("no network in this test")
socket.socket.connect = refuse
socket.socket.connect_ex = refuse
socket.getaddrinfo = refuse
"""


def digests(folder: Path) -> dict[str, str]:
    """Return the digest of every file below a folder."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def environment(root: Path, **changes: str) -> dict[str, str]:
    env = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "SOURCE_DATE_EPOCH": EPOCH, "PYTHONPATH": str(root / "hooks")}
    env.pop("GITHUB_ACTIONS", None)
    return {**env, **changes}


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "mkdocs", "build", "--strict", *arguments]


def build(root: Path, *arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
    env = environment(root, **changes)
    return subprocess.run(command(*arguments), cwd=root, env=env, capture_output=True, text=True, check=False)


def built(root: Path, *arguments: str, **changes: str) -> None:
    done = build(root, *arguments, **changes)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The second review with its site, built once."""
    root = plant_second_review(tmp_path_factory.mktemp("good") / "review")
    built(root)
    return root


def sources(good: Path, target: Path) -> Path:
    """Copy the second review without what building it made."""
    return Path(shutil.copytree(good, target, ignore=shutil.ignore_patterns("site", ".cache", "__pycache__")))


def leftovers(root: Path) -> list[str]:
    return [path.name for path in root.iterdir() if path.name.startswith((".site", "site.")) and path.is_dir()]


def test_the_same_source_gives_the_same_bytes_anywhere(good: Path, tmp_path: Path) -> None:
    elsewhere = sources(good, tmp_path / "另一处 with spaces" / "审校")
    changes = {"TZ": "Pacific/Kiritimati", "LC_ALL": "C", "LANG": "C", "PYTHONHASHSEED": "7", "HOME": str(tmp_path)}
    built(elsewhere, **changes)
    assert digests(elsewhere / "site") == digests(good / "site")


def test_nothing_of_the_building_machine_is_in_the_site(good: Path) -> None:
    for path in (good / "site").rglob("*"):
        if path.is_file() and path.suffix in (".html", ".json", ".xml", ".txt", ".md", ".csv", ".svg", ".bib", ".ris"):
            assert str(good) not in path.read_text(encoding="utf-8"), path


def test_a_build_needs_neither_git_nor_a_network(good: Path, tmp_path: Path) -> None:
    root = sources(good, tmp_path / "offline")
    (tmp_path / "wall").mkdir()
    (tmp_path / "wall" / "sitecustomize.py").write_text(NO_NETWORK, encoding="utf-8")
    built(root, PATH="/nonexistent", PYTHONPATH=f"{tmp_path / 'wall'}:{root / 'hooks'}")
    assert digests(root / "site") == digests(good / "site")


def kills(root: Path, count: int, seed: int, longest: float) -> int:
    """Kill that many builds at random times; after each the site must be whole. Return how many were cut short."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    wanted = digests(root / "site")
    cut = 0
    for _ in range(count):
        process = subprocess.Popen(
            command(), cwd=root, env=environment(root), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
        time.sleep(chance.uniform(0.2, longest))
        cut += process.poll() is None
        with suppress(ProcessLookupError):  # It may have ended in time.
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        assert digests(root / "site") == wanted
    return cut


def test_a_killed_build_leaves_the_last_good_site(good: Path, tmp_path: Path) -> None:
    root = shutil.copytree(good, tmp_path / "killed")
    kills(root, 3, seed=1, longest=5)
    wanted = digests(root / "site")
    built(root)
    assert digests(root / "site") == wanted
    assert leftovers(root) == []


@pytest.mark.slow
def test_many_kills_at_any_moment(good: Path, tmp_path: Path) -> None:
    root = shutil.copytree(good, tmp_path / "killed")
    begun = time.monotonic()
    built(root)
    assert kills(root, 25, seed=2, longest=(time.monotonic() - begun) * 1.1) >= 5
    built(root)
    assert leftovers(root) == []


def test_a_failing_build_leaves_the_last_good_site(good: Path, tmp_path: Path) -> None:
    root = shutil.copytree(good, tmp_path / "failing")
    wanted = digests(root / "site")
    page = root / "docs" / "en" / "trial.md"
    page.write_text(page.read_text(encoding="utf-8").replace("@lind1753treatise", "@lind1753", 1), encoding="utf-8")
    done = build(root)
    assert done.returncode == 1
    assert "docs/en/trial.md:13: [citation-unknown]" in done.stderr
    assert "Traceback" not in done.stderr
    assert digests(root / "site") == wanted
    assert leftovers(root) == []


def test_two_builds_at_once_do_not_mix(good: Path, tmp_path: Path) -> None:
    root = shutil.copytree(good, tmp_path / "twice")
    wanted = digests(root / "site")
    both = [
        subprocess.Popen(command(), cwd=root, env=environment(root), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        for _ in range(2)
    ]
    for process in both:
        said, _ = process.communicate()
        assert process.returncode == 0, said.decode()
    assert digests(root / "site") == wanted
    assert leftovers(root) == []


def test_a_killed_record_leaves_the_register_whole(good: Path, tmp_path: Path) -> None:
    root = sources(good, tmp_path / "record")
    run = [sys.executable, "-m", "livingreview", "record"]
    chance = random.Random(3)  # noqa: S311 - no secret
    register, pairs = root / "data" / "urls.txt", root / "data" / "translations.yml"
    whole = subprocess.run(run, cwd=root, env=environment(root), capture_output=True, text=True, check=False)
    assert whole.returncode == 0, whole.stderr
    wanted = register.read_bytes(), pairs.read_bytes()
    for _ in range(6):
        register.unlink(missing_ok=True)
        pairs.unlink(missing_ok=True)
        process = subprocess.Popen(run, cwd=root, env=environment(root), stdout=subprocess.DEVNULL)
        time.sleep(chance.uniform(0.1, 2.5))
        process.kill()
        process.wait()
        for path, data in zip((register, pairs), wanted, strict=True):
            assert not path.exists() or path.read_bytes() == data
    subprocess.run(run, cwd=root, env=environment(root), capture_output=True, check=True)
    assert (register.read_bytes(), pairs.read_bytes()) == wanted
    assert not [path for path in (root / "data").iterdir() if path.suffix == ".tmp"]


def test_records_at_once_write_each_address_once(good: Path, tmp_path: Path) -> None:
    root = sources(good, tmp_path / "records")
    run = [sys.executable, "-m", "livingreview", "record"]
    both = [subprocess.Popen(run, cwd=root, env=environment(root), stdout=subprocess.DEVNULL) for _ in range(3)]
    assert [process.wait() for process in both] == [0, 0, 0]
    rows = (root / "data" / "urls.txt").read_text(encoding="utf-8").split()
    assert len(rows) == len(set(rows))


def _read_only_prefix(root: Path) -> list[str]:
    """Return what to run a command under, so that it cannot write to the sources."""
    if os.geteuid() != 0:
        for path in [root, *root.rglob("*")]:
            path.chmod(path.stat().st_mode & ~0o222)
        return []
    script = f'mount --bind "{root}" "{root}" && mount -o remount,ro,bind "{root}" && cd "{root}" && exec "$@"'
    prefix = ["unshare", "--mount", "sh", "-c", script, "sh"]
    if (
        shutil.which("unshare") is None
        or subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode
    ):
        pytest.skip("cannot make a folder read-only for this user")
    return prefix


def test_a_read_only_source_tree_builds(good: Path, tmp_path: Path) -> None:
    root = sources(good, tmp_path / "sources")
    target = tmp_path / "elsewhere"
    run = [*_read_only_prefix(root), *command("--site-dir", str(target))]
    done = subprocess.run(run, cwd=root, env=environment(root), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert digests(target) == digests(good / "site")


def _pythons() -> list[str]:
    """Return every Python from 3.11 on that can be found here and runs."""
    found = [path for n in range(11, 15) if (path := shutil.which(f"python3.{n}"))]
    found += [str(path) for path in sorted(Path.home().glob(".pyenv/versions/3.1[1-4].*/bin/python3"))]
    return [path for path in found if not subprocess.run([path, "-c", ""], capture_output=True, check=False).returncode]


@pytest.mark.parametrize("python", _pythons())
def test_every_python_here_can_read_the_engine(python: str, root: Path) -> None:
    check = "import ast, pathlib, sys\nfor p in pathlib.Path(sys.argv[1]).rglob('*.py'): ast.parse(p.read_bytes())"
    subprocess.run([python, "-c", check, str(root / "hooks")], check=True)


@pytest.mark.slow
def test_the_real_site_is_the_same_bytes_anywhere(root: Path, tmp_path: Path) -> None:
    folders = []
    for name, changes in (
        ("one", {"TZ": "America/Los_Angeles", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "1"}),
        ("两 二", {"TZ": "Asia/Shanghai", "LC_ALL": "C", "PYTHONHASHSEED": "2"}),
    ):
        copy = tmp_path / name
        for part in ("docs", "data", "hooks", "overrides"):
            shutil.copytree(root / part, copy / part, ignore=shutil.ignore_patterns("__pycache__"))
        for part in ("mkdocs.yml", "refs.bib", "CITATION.cff", "CHANGELOG.md"):
            if (root / part).exists():
                shutil.copy(root / part, copy / part)
        with locked(tmp_path / "lock", timeout=600):
            built(copy, **changes)
        folders.append(copy / "site")
    assert digests(folders[0]) == digests(folders[1])


def test_templates_that_were_kept_are_read_again_and_spoilt_ones_made_anew(good: Path, tmp_path: Path) -> None:
    root = sources(good, tmp_path / "review")
    built(root)
    first = digests(root / "site")
    (kept,) = (root / ".cache" / "livingreview").glob("templates-*")
    written, whole = kept.stat().st_mtime_ns, kept.read_bytes()
    built(root)
    assert digests(root / "site") == first
    assert kept.stat().st_mtime_ns == written, "nothing was compiled again"
    for spoilt in (b"", whole[:20], whole[: len(whole) // 2], whole[:-1] + bytes([whole[-1] ^ 1])):
        kept.write_bytes(spoilt)
        built(root)
        assert digests(root / "site") == first
        assert len(kept.read_bytes()) > len(whole) // 2, "what was spoilt was compiled again"


def test_a_changed_template_shows_though_an_older_one_was_kept(good: Path, tmp_path: Path) -> None:
    root = sources(good, tmp_path / "review")
    built(root)
    footer = root / "overrides" / "partials" / "footer.html"
    footer.write_text(footer.read_text(encoding="utf-8") + "<!-- changed -->", encoding="utf-8")
    built(root)
    assert "<!-- changed -->" in (root / "site" / "index.html").read_text(encoding="utf-8")
    assert "<!-- changed -->" in (root / "site" / "de" / "index.html").read_text(encoding="utf-8")


def test_what_the_theme_brings_for_its_own_index_is_not_published(good: Path) -> None:
    scripts = good / "site" / "assets" / "javascripts"
    assert list(scripts.glob("bundle.*.min.js"))
    assert list(scripts.glob("workers/search.*.min.js"))
    assert not (scripts / "lunr").exists()
