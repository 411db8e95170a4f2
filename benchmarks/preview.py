"""How long a saved change takes to show in the preview: chapters, bibliography, trial data.

In goes the review, copied to a folder of its own; out comes a table of seconds by the clock,
from the save until the page asked for shows the change, and benchmarks/results/preview.json.
The machine should have nothing else to do.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from statistics import median

from record import table, write

ROOT = Path(__file__).resolve().parent.parent

ADDRESS = "127.0.0.1:8123"
RUNS = 5

#: What is changed: file, page, and what its first title, or value, is found by.
CHANGES = (
    ("docs/en/outlook.md", "/en/outlook/", r"^# .+"),
    ("docs/zh/outlook.md", "/outlook/", r"^# .+"),
    ("refs.bib", "/en/references/", r"title\s*=\s*\{+\w+"),
    ("data/trials/pace.yml", "/en/trials/pace/", r"(?<=^  en: )\w+"),
)


def fetched(path: str) -> str:
    """Return a page of the preview, or nothing while it cannot answer."""
    with suppress(OSError), urllib.request.urlopen(f"http://{ADDRESS}{path}", timeout=30) as answer:
        return str(answer.read().decode())
    return ""


def wait_for(path: str, text: str, seconds: float = 90) -> float:
    """Ask for a page until it shows a text; return how long that took."""
    begun = time.perf_counter()
    while text not in fetched(path):
        if time.perf_counter() - begun > seconds:
            raise SystemExit(f"{path} did not show {text!r} within {seconds:.0f} s.")
        time.sleep(0.05)
    return time.perf_counter() - begun


@contextmanager
def serving(folder: Path) -> Iterator[None]:
    """Run the preview of a copy of the review, as ``make serve`` does."""
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "PYTHONPATH": str(folder / "hooks")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [sys.executable, "-m", "mkdocs", "serve", "--no-strict", "--livereload", "--dev-addr", ADDRESS]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, cwd=folder, env=environment, start_new_session=True, **quiet)
    try:
        wait_for("/en/outlook/", "</html>")
        yield
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()


def main() -> None:
    """Measure, print, write."""
    rows = []
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "review"
        left_out = shutil.ignore_patterns(".git", ".venv", ".cache", "site", "build")
        shutil.copytree(ROOT, folder, ignore=left_out)
        with serving(folder):
            for name, page, pattern in CHANGES:
                file = folder / name
                text, taken = file.read_text(encoding="utf-8"), []
                for run in range(RUNS):
                    fetched(page)
                    time.sleep(1)
                    mark = f"Changed{run}"
                    changed = re.sub(pattern, lambda found, mark=mark: found[0] + mark, text, count=1, flags=re.M)
                    file.write_text(changed, encoding="utf-8")
                    taken.append(wait_for(page, mark))
                file.write_text(text, encoding="utf-8")
                time.sleep(2)
                rows.append(
                    {"file": name, "page": page, "median_s": round(median(taken), 2), "worst_s": round(max(taken), 2)}
                )
    print(table(rows, {"file": "file saved", "page": "page asked for", "median_s": "median, s", "worst_s": "worst, s"}))
    print(f"written: {write('preview', {'runs': RUNS, 'rows': rows}).relative_to(ROOT)}")


if __name__ == "__main__":
    main()
