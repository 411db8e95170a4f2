"""How time and memory grow with a review, and what the engine adds to plain MkDocs.

In go synthetic reviews of 10, 100, 1,000 chapters (``--size`` measures only some of them and keeps
what the others had). For each: the time of a check, of a first build, of a second one with warm
caches, and of the same content under MkDocs, Material, static-i18n and mkdocs-bibtex without our
hooks. Times are processor time of the process and its children, which a busy machine disturbs
least; the clock is given beside it. Small reviews are built several times, with and without hooks
in turn, and the run of the median counts; the ratio is the median of the pairs' ratios. How a
chapter's time grows from 100 to 1,000 is such a ratio, too: the build of 1,000 stands still now and
then while 100 are built. Out comes a table, and ``benchmarks/results/scale.json``.
1,000 chapters (5,000 references, 1,000 trials, 6,000 pages) take a quarter of an hour and some 4 GB.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import mean, median
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "hooks")]

from record import table, write  # noqa: E402
from synthetic import write_review  # noqa: E402

MKDOCS = [sys.executable, "-m", "mkdocs", "--quiet", "build"]
SIZES = (10, 100, 1000)
#: How many times a size is built with hooks and without.
PAIRS = {10: 11, 100: 3}
#: Between which smaller builds, made while it stands still, a size is built, to see how a chapter's time grows.
BETWEEN = {1000: 100}
#: Seconds after which it stands still for one of them.
STRETCH = 20

#: Times the parts of a check inside one process: reading and parsing, then checking.
_PARTS = """
import json, resource, time
from pathlib import Path
from livingreview.loading import load_review
from livingreview.checks import report
begun = time.process_time(); review = load_review(Path('.')); loaded = time.process_time()
problems = report(review); checked = time.process_time()
print(json.dumps({"load": loaded - begun, "checks": checked - loaded, "problems": len(problems)}))
"""


def finished(
    process: subprocess.Popen[bytes], meanwhile: Callable[[], object] | None
) -> tuple[int, resource.struct_rusage, float]:
    """Wait for a process; return its status, what it used, and how many seconds it stood still.

    With something to do ``meanwhile``, it is halted every :data:`STRETCH` seconds until that is done. A processor's
    pace changes from minute to minute where others use the machine, too: both then go through the same minutes.
    """
    halted, due = 0.0, time.perf_counter() + STRETCH
    while True:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG if meanwhile else 0)
        if pid:
            return status, usage, halted
        if meanwhile and time.perf_counter() > due:
            begun = time.perf_counter()
            os.killpg(process.pid, signal.SIGSTOP)
            meanwhile()
            os.killpg(process.pid, signal.SIGCONT)
            halted += time.perf_counter() - begun
            due = time.perf_counter() + STRETCH
        time.sleep(0.05)


def measured(command: list[str], folder: Path, meanwhile: Callable[[], object] | None = None) -> dict[str, float]:
    """Run a command in a process of its own; return its processor time, its time by the clock, its peak memory."""
    env = {
        **os.environ,
        "NO_MKDOCS_2_WARNING": "1",
        "PYTHONPATH": str(folder / "hooks"),
    }
    env.pop("GITHUB_ACTIONS", None)
    env.pop("PYTHONDONTWRITEBYTECODE", None)  # packages come with their byte code; the engine's is kept as usual
    begun = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=folder, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True
    )
    try:
        status, usage, halted = finished(process, meanwhile)
    except BaseException:
        os.killpg(process.pid, signal.SIGKILL)  # halted, it would stay for good
        raise
    clock = time.perf_counter() - begun - halted
    if status:
        said = process.stderr.read().decode() if process.stderr else ""
        raise SystemExit(f"{' '.join(command)} in {folder} failed:\n{said[-3000:]}")
    return {
        "cpu_s": round(usage.ru_utime + usage.ru_stime, 2),
        "clock_s": round(clock, 2),
        "peak_mb": round(usage.ru_maxrss / (1 if sys.platform == "darwin" else 1024)),
    }


def parts(folder: Path) -> dict[str, float]:
    """Return the processor seconds of loading and of checking."""
    env = {**os.environ, "PYTHONPATH": str(folder / "hooks")}
    done = subprocess.run(
        [sys.executable, "-c", _PARTS], cwd=folder, env=env, capture_output=True, text=True, check=True
    )
    return {name: round(value, 3) for name, value in json.loads(done.stdout).items()}


def middle(runs: list[dict[str, float]]) -> dict[str, float]:
    """Return the run of the median processor time."""
    return sorted(runs, key=lambda run: run["cpu_s"])[len(runs) // 2]


def ratio(ours: list[dict[str, float]], plain: list[dict[str, float]]) -> float:
    """Return the median of what the runs of each pair take in relation to each other."""
    return round(median(run["cpu_s"] / other["cpu_s"] for run, other in zip(ours, plain, strict=True)), 2)


def first_build(folder: Path, meanwhile: Callable[[], object] | None = None) -> dict[str, float]:
    """Build a review as if for the first time; ``meanwhile`` is done now and then, the build standing still."""
    for made in ("site", ".cache"):
        shutil.rmtree(folder / made, ignore_errors=True)
    return measured([*MKDOCS, "--strict"], folder, meanwhile)


def growth(large: Path, chapters: int, scratch: Path) -> tuple[dict[str, float], float]:
    """Build a large review; return what it took, and a chapter's time in relation to that in small ones meanwhile."""
    folder, size = scratch / f"between-{chapters}", BETWEEN[chapters]
    write_review(folder, size)
    first_build(folder)  # leaves the engine compiled
    small: list[dict[str, float]] = []
    run = first_build(large, lambda: small.append(first_build(folder)))
    shutil.rmtree(folder)
    return run, round(run["cpu_s"] / chapters / (mean(one["cpu_s"] for one in small) / size), 2)


def measure(chapters: int, scratch: Path, *, plain: bool) -> dict[str, Any]:
    """Measure one size."""
    folder, bare = scratch / f"review-{chapters}", scratch / f"plain-{chapters}"
    write_review(folder, chapters)
    row: dict[str, Any] = {"chapters": chapters, "references": 5 * chapters, "trials": chapters, **parts(folder)}
    row["check"] = measured([sys.executable, "-m", "livingreview", "check"], folder)
    if plain:
        subprocess.run(
            [sys.executable, "-c", f"from synthetic import *; write_plain(Path({str(folder)!r}), Path({str(bare)!r}))"],
            cwd=ROOT / "benchmarks",
            check=True,
        )
    builds: list[dict[str, float]] = []
    plains, rebuilds = [], []

    for _ in range(PAIRS.get(chapters, 1)):
        if chapters in BETWEEN:
            run, row["growth"] = growth(folder, chapters, scratch)
            builds.append(run)
        else:
            builds.append(first_build(folder))
        if plain:
            plains.append(measured(MKDOCS, bare))
        rebuilds.append(measured([*MKDOCS, "--strict"], folder))
    row |= {"build": middle(builds), "rebuild": middle(rebuilds), "pairs": len(builds)}
    row["pages"] = sum(1 for _ in (folder / "site").rglob("index.html"))
    row["checks_share"] = round(row["checks"] / row["build"]["cpu_s"], 4)
    if plain:
        row["plain"] = middle(plains)
        row["plain_pages"] = sum(1 for _ in (bare / "site").rglob("index.html"))
        row["ratio"], row["ratio_rebuild"] = ratio(builds, plains), ratio(rebuilds, plains)
    shutil.rmtree(folder)
    shutil.rmtree(bare, ignore_errors=True)
    return row


def measured_before() -> dict[int, dict[str, Any]]:
    """Return the rows of the last run by size."""
    path = ROOT / "benchmarks" / "results" / "scale.json"
    rows = json.loads(path.read_text(encoding="utf-8"))["rows"] if path.is_file() else []
    return {row["chapters"]: row for row in rows}


def show(rows: list[dict[str, Any]]) -> None:
    """Print the table."""
    columns = {"chapters": "chapters", "pages": "pages", "references": "references"}
    flat = [
        {
            **{name: row[name] for name in columns},
            **{name: row[name]["cpu_s"] for name in ("check", "build", "rebuild", "plain") if name in row},
            "ratio": row.get("ratio"),
            "share": f"{100 * row['checks_share']:.1f}%",
            "each": round(1000 * row["build"]["cpu_s"] / row["chapters"]),
            "growth": row.get("growth"),
            "peak": row["build"]["peak_mb"],
        }
        for row in rows
    ]
    timed = {name: f"{name}, s" for name in ("check", "build", "rebuild", "plain")}
    rest = {"ratio": "build / plain", "share": "checks of build", "each": "build ms / chapter", "peak": "peak MB"}
    rest["growth"] = "a chapter to one of 100"
    print(table(flat, {**columns, **timed, **rest}))


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, action="append", choices=SIZES, help="only this number of chapters")
    parser.add_argument("--no-plain", action="store_true", help="leave out plain MkDocs")
    options = parser.parse_args()
    rows = measured_before() if options.size else {}
    with tempfile.TemporaryDirectory() as scratch:
        for chapters in options.size or SIZES:
            rows[chapters] = measure(chapters, Path(scratch), plain=not options.no_plain)
            print(json.dumps(rows[chapters]), file=sys.stderr, flush=True)
    found = [rows[chapters] for chapters in sorted(rows)]
    show(found)
    print(f"written: {write('scale', {'rows': found}).relative_to(ROOT)}")


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
