"""What every benchmark writes down: the figures, when, from which text, on what kind of machine.

In go rows of figures; out come a table for a person and a JSON file under
``benchmarks/results/``. A benchmark measures and records; it asserts nothing.
"""

from __future__ import annotations

import json
import os
import platform
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from livingreview.edition import read_stamp

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results"


def _first(path: str, pattern: str) -> str:
    """Return what a pattern finds in a file that only some systems have."""
    try:
        found = re.search(pattern, Path(path).read_text(encoding="utf-8"), re.MULTILINE)
    except OSError:
        return ""
    return found[1].strip() if found else ""


def machine() -> dict[str, Any]:
    """Describe the machine by what figures depend on, without naming it."""
    memory = _first("/proc/meminfo", r"^MemTotal:\s*(\d+)")
    return {
        "processor": _first("/proc/cpuinfo", r"^model name\s*:\s*(.+)$") or platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "memory_gb": round(int(memory) / 2**20) if memory else None,
        "system": f"{platform.system()} {platform.release().split('-')[0]}",
        "python": platform.python_version(),
    }


def table(rows: Sequence[Mapping[str, Any]], columns: Mapping[str, str]) -> str:
    """Return rows as a table; ``columns`` maps keys to headings. Numbers stand on the right."""
    cells = [list(columns.values())]
    cells += [["" if row.get(key) is None else str(row[key]) for key in columns] for row in rows]
    widths = [max(len(line[n]) for line in cells) for n in range(len(columns))]
    right = [all(isinstance(row.get(key), (int, float, type(None))) for row in rows) for key in columns]
    lines = [
        "  ".join(
            cell.rjust(width) if on_right else cell.ljust(width)
            for cell, width, on_right in zip(line, widths, right, strict=True)
        )
        for line in cells
    ]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])


def write(name: str, figures: Mapping[str, Any], tools: Mapping[str, str] | None = None) -> Path:
    """Write a benchmark's figures to ``benchmarks/results/<name>.json``; return the file."""
    stamp = read_stamp(ROOT)
    record = {
        "benchmark": name,
        "measured": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": stamp.commit,
        "machine": {**machine(), **(tools or {})},
        **figures,
    }
    RESULTS.mkdir(parents=True, exist_ok=True)
    path = RESULTS / f"{name}.json"
    path.write_text(json.dumps(record, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return path
