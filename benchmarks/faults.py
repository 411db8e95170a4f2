"""Make faults in the real content on purpose and count which of them the checks find.

In go the sources of the review; out come a table of rates on standard output and, with
``--report``, ``data/validation.json``, which ``/about/validation/`` shows. Nothing on disk is
changed otherwise. ``--full`` tries every number, key, identifier, id, link and heading;
otherwise ``--sample`` of each kind, chosen by ``--seed``.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import platform
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "hooks")]

from faultkit import data_faults, good_edits, page_faults, scoring, snapshot, spots  # noqa: E402

#: Families in which every fault must be found in the right place.
BAR = frozenset({"citations", "identifiers", "numbers", "structure", "links"})

_LOADED = (page_faults, data_faults, good_edits)


class _Run:
    """What every worker process shares: the sources, as read once."""

    snapshot: snapshot.Snapshot
    source: spots.Source


def _begin(root: Path) -> None:
    _Run.snapshot = snapshot.recorded(snapshot.take(root))
    _Run.source = spots.Source(_Run.snapshot)


def _one_kind(task: tuple[str, int | None, int]) -> scoring.Tally:
    name, sample, seed = task
    print(f"\r{name:40}", end="", file=sys.stderr, flush=True)
    counts = scoring.tally(_Run.snapshot, _Run.source, spots.KINDS[name], sample, seed)
    counts.kind = spots.Kind(counts.kind.id, counts.kind.family, counts.kind.names, _nothing, counts.kind.expected)
    return counts


def _nothing(_source: spots.Source) -> object:
    return ()


def _one_good(task: tuple[str, int | None, int]) -> tuple[str, int, list[str]]:
    name, sample, seed = task
    faults, _available = scoring.chosen(spots.GOOD[name].make(_Run.source), sample, seed, name)
    return name, len(faults), [str(problem) for _fault, problem in scoring.good_reports(_Run.snapshot, faults)]


def _row(counts: scoring.Tally) -> dict[str, object]:
    return {
        "id": counts.kind.id,
        "family": counts.kind.family,
        "expected": counts.kind.expected,
        "name": counts.kind.names,
        "available": counts.available,
        "tried": counts.tried,
        "right": counts.right,
        "elsewhere": counts.elsewhere,
        "missed": counts.missed,
        "others": round(counts.mean_others, 2),
    }


def _print_table(rows: list[scoring.Tally]) -> None:
    print("| family | fault | tried | right place | elsewhere | missed | other reports |")
    print("|---|---|--:|--:|--:|--:|--:|")
    for c in rows:
        of = f"{c.tried} of {c.available}" if c.tried < c.available else str(c.tried)
        name = c.kind.names["en"] + ("" if c.kind.expected == "bar" else f" [{c.kind.expected}]")
        share = f"{100 * c.rate:.0f}%" if c.tried else "–"
        print(f"| {c.kind.family} | {name} | {of} | {share} | {c.elsewhere} | {c.missed} | {c.mean_others:.1f} |")


def main() -> int:
    """Run, print, and return 1 where a fault of the bar was missed or a right edit was reported."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, default=ROOT)
    parser.add_argument("--sample", type=int, default=25, metavar="N", help="at most N faults of a kind")
    parser.add_argument("--full", action="store_true", help="every fault of every kind")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--report", action="store_true", help="write data/validation.json")
    parser.add_argument("--kind", action="append", help="only this kind (may be repeated)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--misses", type=int, default=3, help="how many misses of a kind to describe")
    options = parser.parse_args()
    sample = None if options.full else options.sample
    began = time.perf_counter()
    _begin(options.root)
    before = _Run.snapshot.report()
    if before:
        print("The content is not clean; faults in it cannot be told from those made here:", *before, sep="\n")
        return 2
    kinds = options.kind or [*spots.KINDS, *spots.GOOD]
    tasks = [(name, sample, options.seed) for name in kinds if name in spots.KINDS]
    goods = [(name, sample, options.seed) for name in kinds if name in spots.GOOD]
    with multiprocessing.get_context("fork").Pool(options.jobs) as pool:
        tallies = pool.map(_one_kind, tasks, chunksize=1)
        rights = pool.map(_one_good, goods, chunksize=1)
    seconds = time.perf_counter() - began
    _print_table(tallies)
    failed = [c for c in tallies if c.kind.expected != "rate" and c.kind.family in BAR and c.right < c.tried]
    reported = [(name, text) for name, _tried, texts in rights for text in texts]
    print(
        f"\n{sum(c.tried for c in tallies)} faults of {len(tallies)} kinds and {sum(r[1] for r in rights)} right edits"
    )
    print(f"of {len(rights)} kinds in {seconds:.0f} s (seed {options.seed}); reports on right edits: {len(reported)}")
    for counts in tallies:
        if counts.kind.expected != "rate":
            for example in counts.examples[: options.misses]:
                print(f"  {counts.kind.id}: {example}")
    for name, text in reported[:40]:
        print(f"  good {name}: {text}")
    if options.report:
        _write(options.root, tallies, rights, sample, options.seed)
    return 1 if failed or reported else 0


def _write(
    root: Path, tallies: list[scoring.Tally], rights: list[tuple[str, int, list[str]]], sample: int | None, seed: int
) -> None:
    path = root / "data" / "validation.json"
    data = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    data["faults"] = {
        "date": datetime.now(UTC).date().isoformat(),
        "python": platform.python_version(),
        "sample": sample,
        "seed": seed,
        "kinds": [_row(counts) for counts in tallies],
        "good": [
            {"id": name, "name": spots.GOOD[name].names, "tried": tried, "reports": len(texts)}
            for name, tried, texts in rights
        ],
    }
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
