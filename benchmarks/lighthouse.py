"""What Lighthouse (mobile) says of each page kind in both languages.

Needs a built site (`make build`), Chromium, Node and Lighthouse (`npm install --global lighthouse`,
or LIGHTHOUSE set to its path); says so where one is missing, and measures nothing. The site is served
from this machine, compressed as a static host does. Prints a table of scores and of the figures behind
them, names every audit that is not passed, and writes benchmarks/results/lighthouse.json.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "hooks"), str(ROOT / "tests"), str(ROOT / "benchmarks")]

from browser_support import KINDS, PREFIXES, existing, find_chromium, serve  # noqa: E402
from record import table, write  # noqa: E402

CATEGORIES = ("performance", "accessibility", "best-practices", "seo")

#: Figures shown beside the scores: name in Lighthouse, factor, decimals.
FIGURES = {
    "fcp_ms": ("first-contentful-paint", 1, 0),
    "lcp_ms": ("largest-contentful-paint", 1, 0),
    "tbt_ms": ("total-blocking-time", 1, 0),
    "cls": ("cumulative-layout-shift", 1, 4),
    "kb": ("total-byte-weight", 0.001, 1),
}


def find_lighthouse() -> str | None:
    """Return the program, if the machine has it."""
    named = os.environ.get("LIGHTHOUSE")
    return next((path for path in (named, shutil.which("lighthouse")) if path and Path(path).exists()), None)


def run(program: str, chromium: str, address: str) -> dict[str, Any]:
    """Return Lighthouse's report on one address."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [
            program,
            address,
            "--quiet",
            "--output=json",
            f"--output-path={report}",
            f"--only-categories={','.join(CATEGORIES)}",
            "--chrome-flags=--headless=new --no-sandbox --disable-background-networking",
        ]
        subprocess.run(command, env={**os.environ, "CHROME_PATH": chromium}, check=True, capture_output=True)
        report_data: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
        return report_data


def failed(report: dict[str, Any]) -> list[str]:
    """Return the audits of a report that count towards a score and are not passed, with what each points at."""
    found: list[str] = []
    for category in report["categories"].values():
        for reference in category["auditRefs"]:
            audit = report["audits"][reference["id"]]
            counted = reference["weight"] > 0 and audit.get("score") is not None
            if counted and audit["score"] < 0.9:
                items = (audit.get("details") or {}).get("items") or []
                where = next((str((item.get("node") or {}).get("selector", "")) for item in items), "")
                found.append(f"{audit['id']} {audit.get('displayValue', '')} {where}".strip())
    return found


def row_of(path: str, reports: list[dict[str, Any]]) -> dict[str, Any]:
    """Return one page's row: the median of each score and figure."""
    row: dict[str, Any] = {"page": f"/{path}"}
    for name in CATEGORIES:
        row[name] = round(100 * median(report["categories"][name]["score"] or 0 for report in reports))
    for name, (audit, factor, decimals) in FIGURES.items():
        value = median(report["audits"][audit].get("numericValue", 0) * factor for report in reports)
        row[name] = round(value, decimals) if decimals else round(value)
    row["failed"] = sorted({one for report in reports for one in failed(report)})
    return row


def missing(site: Path) -> str:
    """Say what is missing, or nothing."""
    if not (site / "index.html").is_file():
        return "a built site: run `make build`"
    if find_chromium() is None:
        return "Chromium"
    if shutil.which("node") is None:
        return "Node (https://nodejs.org)"
    return "" if find_lighthouse() else "Lighthouse: `npm install --global lighthouse`, or set LIGHTHOUSE to its path"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("site", nargs="?", type=Path, default=ROOT / "site")
    parser.add_argument("--runs", type=int, default=1, help="runs of each page; the median counts")
    parser.add_argument("--page", action="append", help="only this page, as en/audit/ (may be given several times)")
    given = parser.parse_args()
    lacking = missing(given.site)
    if lacking:
        print(f"lighthouse: not measured, for want of {lacking}.")
        return 0
    program, chromium = str(find_lighthouse()), str(find_chromium())
    paths = existing(given.site, tuple(given.page or (prefix + kind for prefix in PREFIXES for kind in KINDS)))
    rows: list[dict[str, Any]] = []
    version = ""
    with serve(given.site) as origin:
        run(program, chromium, origin)  # the first run of a browser is slower; nobody's page pays for it
        for path in paths:
            reports = [run(program, chromium, origin + path) for _ in range(given.runs)]
            version = reports[0]["lighthouseVersion"]
            rows.append(row_of(path, reports))
            for one in rows[-1]["failed"]:
                print(f"/{path}: {one}")
    headings = {"page": "page", **{name: name for name in (*CATEGORIES, *FIGURES)}}
    print(table(rows, headings))
    worst = {name: min(row[name] for row in rows) for name in CATEGORIES}
    print("lowest:", ", ".join(f"{name} {score}" for name, score in worst.items()))
    if given.page is None:
        target = write("lighthouse", {"runs": given.runs, "pages": rows}, {"lighthouse": version})
        print(f"written: {target.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
