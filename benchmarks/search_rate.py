"""Measure how often search finds the block of a claim by the pair of its two rarest entities.

Builds nothing: `make build` first. Asks the built index in Chromium, prints the rate of each
language and writes it to data/search-rate.json, from where the page on validation takes it.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "hooks"), str(ROOT / "tests")]

from playwright.sync_api import sync_playwright  # noqa: E402

from browser_support import find_chromium, serve  # noqa: E402
from livingreview.loading import load_review  # noqa: E402
from livingreview.search_rate import claim_queries, rate  # noqa: E402
from search_support import ask_worker  # noqa: E402


def main(site: Path, target: Path) -> int:
    review = load_review(ROOT)
    languages: dict[str, object] = {}
    with serve(site) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_chromium(), args=["--no-sandbox", "--disable-background-networking"]
        )
        for language in review.languages:
            queries = claim_queries(review, language.code)
            answers = ask_worker(browser, address, language.prefix, [query.query for query in queries])
            languages[language.code] = rate(queries, answers)
            print(language.code, languages[language.code])
        browser.close()
    record = {"measured": datetime.now(UTC).date().isoformat(), "among": 3, "languages": languages}
    target.write_text(json.dumps(record, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "site"
    sys.exit(main(folder, ROOT / "data" / "search-rate.json"))
