"""The preview, as a contributor uses it: a change is shown, a fault is shown on top of the page, the server stays."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

SOURCES = ("docs", "data", "hooks", "overrides", "mkdocs.yml", "refs.bib")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """A running preview of a copy of the project."""

    def __init__(self, root: Path, port: int, process: subprocess.Popen[bytes]) -> None:
        self.root = root
        self.port = port
        self.process = process

    def get(self, path: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=60) as answer:
            return str(answer.read().decode())

    def wait(self, path: str, found: Callable[[str], bool], seconds: float = 60) -> str:
        """Ask for a page until it shows what is waited for."""
        deadline = time.monotonic() + seconds
        text = ""
        while time.monotonic() < deadline:
            assert self.process.poll() is None, "the server ended"
            try:
                text = self.get(path)
                if found(text):
                    return text
            except OSError:
                pass
            time.sleep(0.2)
        raise AssertionError(f"{path} never showed it; last: {text[:300]}")

    def edit(self, name: str, old: str, new: str) -> None:
        path = self.root / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.fixture(scope="module")
def server(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    copy = tmp_path_factory.mktemp("preview") / "审校 copy"
    for name in SOURCES:
        source = root / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, copy / name)
    port = free_port()
    command = [sys.executable, "-m", "mkdocs", "--quiet", "serve", "--no-strict", "--livereload"]
    env = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "PYTHONPATH": str(copy / "hooks")}
    process = subprocess.Popen(
        [*command, "--dev-addr", f"127.0.0.1:{port}"],
        cwd=copy,
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    running = Server(copy, port, process)
    try:
        running.wait("/", lambda text: "</html>" in text, 120)
        yield running
    finally:
        process.terminate()
        process.wait(20)


pytestmark = pytest.mark.xdist_group("preview")


def test_both_languages_are_there_at_once(server: Server) -> None:
    assert 'lang="zh"' in server.get("/mechanisms/")
    assert 'lang="en"' in server.get("/en/mechanisms/")


def test_a_change_is_shown(server: Server) -> None:
    server.edit("docs/en/outlook.md", "# ", "# Changed: ")
    server.wait("/en/outlook/", lambda text: "Changed: " in text)


def test_a_fault_is_shown_on_top_of_its_page_in_the_pages_language(server: Server) -> None:
    server.edit("docs/en/clinical/perinatal.md", "[@norgren2024pace]", "[@norgren2024pac]")
    text = server.wait("/en/clinical/perinatal/", lambda text: "lr-problems" in text)
    assert "citation-unknown" in text
    assert "norgren2024pace" in text
    assert "This page has" in text
    assert "lr-problems" not in server.get("/en/clinical/adipose/")
    server.edit("docs/en/clinical/perinatal.md", "[@norgren2024pac]", "[@norgren2024pace]")
    server.wait("/en/clinical/perinatal/", lambda text: "lr-problems" not in text)


def test_a_change_of_data_is_shown_wherever_it_appears(server: Server) -> None:
    server.edit("data/trials/pace.yml", "PLX-CLI-03", "PLX-CLI-99")
    server.wait("/en/trials/pace/", lambda text: "PLX-CLI-99" in text)
    assert "PLX-CLI-99" in server.get("/trials/pace/")


@pytest.mark.parametrize(
    ("name", "half_saved"),
    [
        ("docs/zh/outlook.md", b"---\ntitle: ["),
        ("docs/zh/outlook.md", b"\xff\xfe\x00"),
        ("data/claims.yml", b"- id: c0"),
        ("data/review.yml", b""),
        ("refs.bib", b"@article{a"),
        ("data/vocabulary.yml", b"sets: {"),
        ("mkdocs.yml", b"site_name: [\n"),
    ],
)
def test_the_server_outlives_any_state_of_the_files(server: Server, name: str, half_saved: bytes) -> None:
    path = server.root / name
    whole = path.read_bytes()
    path.write_bytes(half_saved)
    time.sleep(2.5)
    for address in ("/", "/en/outlook/", "/trials/pace/"):
        with contextlib.suppress(urllib.error.HTTPError):
            server.get(address)
    assert server.process.poll() is None
    path.write_bytes(whole)
    server.wait("/en/mechanisms/", lambda text: "</html>" in text and "Traceback" not in text)
