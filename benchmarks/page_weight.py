"""How much a first visit transfers, page by page, and whether anything moves while it loads.

Needs a built site (`make build`) and Chromium. Each page kind, in both languages, is
opened on a telephone's screen with an empty cache, from a server on this machine that
compresses as a static host does; nothing is clicked, so search stays unloaded.
Prints a table and writes benchmarks/results/page_weight.json.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "hooks"), str(ROOT / "tests"), str(ROOT / "benchmarks")]

from playwright.sync_api import Browser, Request, sync_playwright  # noqa: E402

from browser_support import KINDS, PHONE, PREFIXES, existing, find_chromium, serve  # noqa: E402
from record import table, write  # noqa: E402

#: Adds up layout shifts as Cumulative Layout Shift does: the worst window of at most five seconds.
_WATCH = """
window.shifts = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts.push([entry.startTime, entry.value]);
}).observe({ type: "layout-shift", buffered: true });
"""


def layout_shift(shifts: list[tuple[float, float]]) -> float:
    """Return the cumulative layout shift of (time in ms, value) pairs (https://web.dev/articles/cls)."""
    worst = current = start = last = 0.0
    for time, value in shifts:
        if time - last > 1000 or time - start > 5000:
            start, current = time, 0.0
        current, last = current + value, time
        worst = max(worst, current)
    return round(worst, 4)


def weigh(browser: Browser, origin: str, path: str) -> dict[str, Any]:
    """Open one page as a new visitor; return what was transferred, in bytes, compressed, headers included."""
    context = browser.new_context(viewport=PHONE, device_scale_factor=2, is_mobile=True, has_touch=True)
    try:
        page = context.new_page()
        page.add_init_script(_WATCH)
        done: list[Request] = []

        def remember(request: Request) -> None:
            done.append(request)

        page.on("requestfinished", remember)
        page.goto(origin + path, wait_until="networkidle")
        page.wait_for_timeout(300)
        shifts = page.evaluate("window.shifts")
        kinds: Counter[str] = Counter()
        for request in done:
            sizes = request.sizes()
            kinds[request.resource_type] += sizes["responseBodySize"] + sizes["responseHeadersSize"]
        others = [request.url for request in done if not request.url.startswith((origin, "data:", "blob:"))]
        return {
            "page": f"/{path}",
            "bytes": sum(kinds.values()),
            "kb": round(sum(kinds.values()) / 1000, 1),
            "requests": len(done),
            "other_hosts": len(others),
            "layout_shift": layout_shift([(time, value) for time, value in shifts]),
            **{name: kinds[name] for name in ("document", "stylesheet", "script", "image", "font", "fetch", "xhr")},
        }
    finally:
        context.close()


def main(site: Path) -> int:
    chromium = find_chromium()
    if chromium is None or not (site / "index.html").is_file():
        print("page weight: needs a built site (`make build`) and Chromium; nothing was measured.")
        return 0
    paths = existing(site, tuple(prefix + kind for prefix in PREFIXES for kind in KINDS))
    with serve(site) as origin, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-background-networking"]
        )
        rows = [weigh(browser, origin, path) for path in paths]
        version = browser.version
        browser.close()
    columns = {
        "page": "page",
        "kb": "kB",
        "requests": "requests",
        "other_hosts": "other hosts",
        "layout_shift": "CLS",
        "document": "HTML",
        "stylesheet": "CSS",
        "script": "JS",
        "image": "images",
    }
    print(table(rows, columns))
    print(f"heaviest: {max(row['kb'] for row in rows)} kB, most requests: {max(row['requests'] for row in rows)}")
    print(f"written: {write('page_weight', {'pages': rows}, {'chromium': version}).relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "site"))
