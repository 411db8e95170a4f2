"""Puts what was measured where people read it: the page on validation and both READMEs.

In go the figures under ``benchmarks/results/`` and the report of ``make faults``; out come the
parts ``scale`` and ``pages`` of ``data/validation.json``, and the stretch between the two marks
in each README. What was not measured yet keeps the figures it had.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scale import BETWEEN

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results"
VALIDATION = ROOT / "data" / "validation.json"
READMES = {"en": ROOT / "README.md", "zh": ROOT / "README.zh.md"}

BEGIN, END = "<!-- figures: written by `make bench` -->", "<!-- end of figures -->"

SCORES = ("performance", "accessibility", "best-practices", "seo")

#: Families of faults of which every one must be found in the right place.
BAR = ("citations", "identifiers", "numbers", "structure", "links")

WORDS = {
    "en": {
        "space": " ",
        "head": ("chapters", "pages", "check", "build", "second build", "plain MkDocs", "build / plain", "peak memory"),
        "faults": "{right:,} of {tried:,} faults made on purpose in citations, identifiers, numbers, structure, and "
        "links ({kinds} kinds) were found in the right place; {good:,} right edits drew {reports} reports ({date}). "
        "What the checks cannot find is listed on the page on validation.",
        "sample": " At most {sample} places of each kind were tried, drawn by a seed.",
        "machine": "Processor seconds on {processor}, {cores} cores, {memory} GB, Python {python} ({date}).",
        "growth": " A chapter takes {growth:.2f} times as long in {chapters:,} chapters as in {small}.",
        "pages": "A first visit to any kind of page transfers at most {kb:.0f} kB, with {hosts} requests to other "
        "hosts.",
        "scores": "Lowest Lighthouse scores (mobile) over all kinds of pages in both languages: performance "
        "{performance}, accessibility {accessibility}, best practices {best_practices}, SEO {seo}.",
    },
    "zh": {
        "space": "",
        "head": ("章数", "页数", "检查", "构建", "再次构建", "单用 MkDocs", "构建／单用 MkDocs", "内存峰值"),
        "faults": "在引文、标识符、数字、结构和链接中有意制造的 {tried:,} 个错误（{kinds} 种），有 {right:,} 个"
        "在正确位置检出；{good:,} 处正确的改动引起 {reports} 条报告（{date}）。检查查不出什么，列在“验证”一页。",
        "sample": "每种错误最多试 {sample} 处，由种子抽取。",
        "machine": "处理器秒数，{processor}，{cores} 核，{memory} GB，Python {python}（{date}）。",
        "growth": "{chapters:,} 章时每章用时是 {small} 章时的 {growth:.2f} 倍。",
        "pages": "首次访问任何一类页面，传输量不超过 {kb:.0f} kB，对其他主机的请求为 {hosts} 次。",
        "scores": "两种语言各类页面中最低的 Lighthouse 分数（移动端）：性能 {performance}，无障碍 {accessibility}，"
        "最佳做法 {best_practices}，搜索引擎优化 {seo}。",
    },
}  # fmt: skip


def read(name: str) -> Mapping[str, Any] | None:
    """Return what a benchmark wrote, if it has run."""
    path = RESULTS / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None


def scale_part(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the figures on scale as the page shows them."""
    return {"date": record["measured"][:10], "machine": record["machine"], "rows": record["rows"]}


def pages_part(weights: Mapping[str, Any], scores: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return what a visit to each kind of page costs, with Lighthouse's scores where they were taken."""
    by_page = {row["page"]: row for row in scores["pages"]} if scores else {}
    rows = [
        {
            **{name: row[name] for name in ("page", "kb", "requests", "other_hosts", "layout_shift")},
            **{name: by_page[row["page"]][name] for name in SCORES if row["page"] in by_page},
        }
        for row in weights["pages"]
    ]
    return {"date": weights["measured"][:10], "machine": weights["machine"], "rows": rows}


def gathered(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the data of the page on validation with what has been measured since."""
    found = dict(data)
    scale, weights = read("scale"), read("page_weight")
    if scale:
        found["scale"] = scale_part(scale)
    if weights:
        found["pages"] = pages_part(weights, read("lighthouse"))
    return found


def _machine(part: Mapping[str, Any]) -> dict[str, Any]:
    machine = part["machine"]
    names = {"processor": "processor", "cores": "cores", "memory": "memory_gb", "python": "python"}
    return {name: machine[key] for name, key in names.items()} | {"date": part["date"]}


def _faults(faults: Mapping[str, Any], words: Mapping[str, Any]) -> str:
    held = [row for row in faults["kinds"] if row["family"] in BAR and row["expected"] != "rate"]
    good = faults["good"]
    counts = {name: sum(row[name] for row in held) for name in ("tried", "right")}
    sampled = str(words["sample"]).format(sample=faults["sample"]) if faults["sample"] else ""
    return (
        str(words["faults"]).format(
            **counts,
            kinds=len(held),
            good=sum(row["tried"] for row in good),
            reports=sum(row["reports"] for row in good),
            date=faults["date"],
        )
        + sampled
    )


def _scale(scale: Mapping[str, Any], words: Mapping[str, Any]) -> str:
    rows = [
        (
            f"{row['chapters']:,}",
            f"{row['pages']:,}",
            *(f"{row[name]['cpu_s']:.1f} s" for name in ("check", "build", "rebuild", "plain")),
            f"{row['ratio']:.2f}",
            f"{row['build']['peak_mb']:,} MB",
        )
        for row in scale["rows"]
    ]
    lines = [f"| {' | '.join(cells)} |" for cells in (words["head"], *rows)]
    lines.insert(1, "|" + "--:|" * len(words["head"]))
    return "\n".join(lines)


def _growth(scale: Mapping[str, Any], words: Mapping[str, Any]) -> str:
    said = str(words["growth"])
    rows = (row for row in scale["rows"] if "growth" in row)
    return "".join(said.format(small=BETWEEN[row["chapters"]], **row) for row in rows)


def _pages(pages: Mapping[str, Any], words: Mapping[str, Any]) -> str:
    rows = pages["rows"]
    heaviest, hosts = max(row["kb"] for row in rows), sum(row["other_hosts"] for row in rows)
    text = str(words["pages"]).format(kb=heaviest, hosts=hosts)
    if not all(name in row for row in rows for name in SCORES):
        return text  # Lighthouse needs Node; where it was not there, nothing is said of it
    lowest = {name.replace("-", "_"): min(row[name] for row in rows) for name in SCORES}
    return text + str(words["space"]) + str(words["scores"]).format(**lowest)


def readme_figures(data: Mapping[str, Any], language: str) -> str:
    """Return what a README says of the figures, in Markdown."""
    words = WORDS[language]
    machine = str(words["machine"]).format(**_machine(data["scale"])) + _growth(data["scale"], words)
    return "\n\n".join(
        (_faults(data["faults"], words), _scale(data["scale"], words), machine, _pages(data["pages"], words))
    )


def with_figures(readme: str, figures: str) -> str:
    """Return a README with other figures between its two marks."""
    head, _, rest = readme.partition(BEGIN)
    _old, _, tail = rest.partition(END)
    return f"{head}{BEGIN}\n\n{figures}\n\n{END}{tail}"


def main() -> int:
    data = gathered(json.loads(VALIDATION.read_text(encoding="utf-8")) if VALIDATION.is_file() else {})
    VALIDATION.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    lacking = [part for part in ("faults", "scale", "pages") if part not in data]
    if lacking:
        print(f"report: not measured yet: {', '.join(lacking)}. The READMEs keep their figures.")
        return 0
    for language, path in READMES.items():
        text = path.read_text(encoding="utf-8")
        path.write_text(with_figures(text, readme_figures(data, language)), encoding="utf-8")
    print(f"written: {VALIDATION.relative_to(ROOT)}, {', '.join(path.name for path in READMES.values())}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
