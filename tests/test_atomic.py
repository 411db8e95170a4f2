"""Writing that survives a kill: real processes, really killed, a bounded number of times."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from livingreview import atomic

HOOKS = Path(atomic.__file__).parents[1]
posix = pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is a POSIX signal")

WRITE_LOOP = """
import sys
from pathlib import Path
from livingreview.atomic import write_bytes
number = 0
while True:
    write_bytes(Path(sys.argv[1]), (b"%d\\n" % number) * 40_000)
    number += 1
"""

SWAP_LOOP = """
import sys
from pathlib import Path
from livingreview import atomic
if sys.argv[2] == "two-renames":
    atomic._renameat2 = lambda: None
root = Path(sys.argv[1])
number = 0
while True:
    new = root / "site.next"
    atomic.shutil.rmtree(new, ignore_errors=True)
    new.mkdir()
    for name in range(20):
        (new / f"{name}.html").write_text(str(number))
    atomic.swap_directory(new, root / "site")
    number += 1
"""

HOLD_LOCK = """
import sys, time
from pathlib import Path
from livingreview.atomic import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def start(script: str, *arguments: str) -> subprocess.Popen[str]:
    """Start a Python process that can import the engine."""
    environment = {**os.environ, "PYTHONPATH": str(HOOKS)}
    return subprocess.Popen(
        [sys.executable, "-c", script, *arguments], env=environment, stdout=subprocess.PIPE, text=True
    )


def kill(process: subprocess.Popen[str]) -> None:
    """Kill a process as a power cut would and wait until it is gone."""
    process.send_signal(signal.SIGKILL)
    process.wait()
    if process.stdout:
        process.stdout.close()


def wait_for(path: Path) -> None:
    """Wait until ``path`` exists, at most ten seconds."""
    end = time.monotonic() + 10
    while not path.exists() and time.monotonic() < end:
        time.sleep(0.005)
    assert path.exists()


def test_written_bytes_are_read_back_and_no_temporary_file_stays(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "数据.yml"
    atomic.write_text(target, "一\r\ntwo\n")
    assert target.read_bytes() == "一\r\ntwo\n".encode()
    assert [path.name for path in target.parent.iterdir()] == ["数据.yml"]


def test_permissions_are_kept_and_links_written_through(tmp_path: Path) -> None:
    target = tmp_path / "real.txt"
    target.write_text("old")
    target.chmod(0o640)
    link = tmp_path / "link.txt"
    link.symlink_to(target)
    atomic.write_text(link, "new")
    assert link.is_symlink()
    assert target.read_text() == "new"
    assert target.stat().st_mode & 0o777 == 0o640


def test_a_failed_write_leaves_the_old_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "file"
    target.write_text("old")

    def refuse(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(OSError, match="disk full"):
        atomic.write_text(target, "new")
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_what_an_old_kill_left_is_swept(tmp_path: Path) -> None:
    old, young = tmp_path / ".file.dead.tmp", tmp_path / ".file.young.tmp"
    old.write_text("x")
    young.write_text("x")
    os.utime(old, (0, 0))
    atomic.write_text(tmp_path / "file", "content")
    assert not old.exists()
    assert young.exists()


@posix
def test_a_file_is_whole_after_every_kill(tmp_path: Path) -> None:
    target = tmp_path / "ledger"
    chance = random.Random(1)  # noqa: S311 - spreads the kills, keeps no secret
    for _ in range(15):
        process = start(WRITE_LOOP, str(target))
        wait_for(target)
        time.sleep(chance.uniform(0.0, 0.05))
        kill(process)
        lines = target.read_bytes().splitlines()
        assert len(lines) == 40_000
        assert len(set(lines)) == 1


@posix
@pytest.mark.parametrize("way", ["exchange", "two-renames"])
def test_a_directory_is_the_old_or_the_new_after_every_kill(tmp_path: Path, way: str) -> None:
    site = tmp_path / "site"
    chance = random.Random(2)  # noqa: S311 - spreads the kills, keeps no secret
    missing = 0
    for _ in range(20):
        process = start(SWAP_LOOP, str(tmp_path), way)
        wait_for(site)
        time.sleep(chance.uniform(0.05, 0.15))
        kill(process)
        missing += not site.exists()
        atomic.recover_directory(site)
        assert len(list(site.iterdir())) == 20
        assert len({page.read_text() for page in site.iterdir()}) == 1
    if way == "exchange" and sys.platform == "linux":
        assert missing == 0


def test_the_directory_set_aside_comes_back(tmp_path: Path) -> None:
    site = tmp_path / "site"
    (tmp_path / "site.old").mkdir()
    (tmp_path / "site.old" / "index.html").write_text("old")
    (tmp_path / "site.next").mkdir()
    assert atomic.recover_directory(site)
    assert (site / "index.html").read_text() == "old"
    assert not atomic.recover_directory(site)


def test_a_first_directory_is_simply_moved_in(tmp_path: Path) -> None:
    (tmp_path / "site.next").mkdir()
    atomic.swap_directory(tmp_path / "site.next", tmp_path / "site")
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_without_a_new_directory_the_old_one_stays(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    with pytest.raises(FileNotFoundError):
        atomic.swap_directory(tmp_path / "site.next", tmp_path / "site")
    assert (tmp_path / "site").is_dir()


@pytest.mark.parametrize("able", [True, False])
def test_swapping_leaves_nothing_beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, able: bool) -> None:
    if not able:
        monkeypatch.setattr(atomic, "_renameat2", lambda: None)
    for number in range(3):
        new = tmp_path / "site.next"
        new.mkdir()
        (new / "page").write_text(str(number))
        atomic.swap_directory(new, tmp_path / "site")
    assert [path.name for path in tmp_path.iterdir()] == ["site"]
    assert (tmp_path / "site" / "page").read_text() == "2"


@posix
def test_a_lock_is_exclusive_and_dies_with_its_holder(tmp_path: Path) -> None:
    path = tmp_path / "build.lock"
    holder = start(HOLD_LOCK, str(path))
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(atomic.LockTimeoutError, match=r"build\.lock"), atomic.locked(path, timeout=0.2):
        pass
    kill(holder)
    with atomic.locked(path, timeout=5):
        pass
