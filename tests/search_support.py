"""Asking the search of a built site: through its worker alone, or through the page as a reader does."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

import yaml
from playwright.sync_api import Browser, Page

QUERIES = Path(__file__).parent / "search" / "queries.yml"

#: The theme's message types: set up, ask.
_ASK = """async ([home, queries]) => {
  const page = new DOMParser().parseFromString(await (await fetch(home)).text(), "text/html");
  const { search: worker } = JSON.parse(page.getElementById("__config").textContent);
  const search = new Worker(new URL(worker, home));
  const answer = (message) => new Promise((resolve) => {
    search.addEventListener("message", ({ data }) => resolve(data), { once: true });
    search.postMessage(message);
  });
  const data = await (await fetch(`${home}search/search_index.json`)).json();
  await answer({ type: 0, data: { ...data, options: { suggest: false } } });
  const found = {};
  for (const query of queries) {
    const { data } = await answer({ type: 2, data: query });
    found[query] = data.items.map((item) => item.filter(({ score }) => score > 0).map(({ location }) => location));
  }
  search.terminate();
  return found;
}"""

#: Whether the index has come: until then the box says, also in words, that it is still loading.
_READY = """() => {
  const { translations } = JSON.parse(document.getElementById("__config").textContent);
  const said = document.querySelector(".md-search-result__meta").textContent.trim();
  return ["placeholder", "none", "one", "other"].some((kind) =>
    said.replace(/\\d+/, "#") === translations[`search.result.${kind}`].replace(/\\d+/, "#"));
}"""

#: Counts how often the theme has drawn results, so that a test can wait for those of its query.
_WATCH = """() => {
  const count = document.querySelector(".md-search-result__meta");
  window.drawn = 0;
  new MutationObserver(() => { window.drawn += 1; }).observe(count, { childList: true });
}"""

_RESULTS = """() => [...document.querySelectorAll(".md-search-result__item")].map((item) =>
  [...item.querySelectorAll(".md-search-result__link")]
    .filter((link) => Number(link.querySelector("article").dataset.mdScore) > 0)
    .map((link) => link.href))"""


def load_queries(language: str) -> list[tuple[str, str]]:
    """Return the test set of a language: query and the place that must come first."""
    entries = yaml.safe_load(QUERIES.read_text(encoding="utf-8"))[language]
    return [(str(entry["query"]), str(entry["first"])) for entry in entries]


def ask_worker(browser: Browser, address: str, prefix: str, queries: Sequence[str]) -> dict[str, list[list[str]]]:
    """Return, for each query, the results of a language's index in order, each the places it shows."""
    page = browser.new_page()
    try:
        # A document without scripts: on the site's pages, workers wait until search is wanted.
        page.goto(f"{address}assets/images/favicon.svg")
        home = f"{address}{prefix}/" if prefix else address
        found: dict[str, list[list[str]]] = page.evaluate(_ASK, [home, list(queries)])
        return found
    finally:
        page.close()


class SearchBox:
    """The search box of an open page, used as a reader uses it."""

    def __init__(self, page: Page, base: str) -> None:
        """Turn to the box and wait until the index has come. ``base`` is the address of the page's language."""
        self.page, self.base = page, base
        self.box = page.locator("[data-md-component=search-query]")
        page.evaluate(_WATCH)
        page.wait_for_timeout(200)  # the theme closes the box an eighth of a second after it has set up the page
        if page.viewport_size and page.viewport_size["width"] < 960:
            page.click(".lr-find")
        self.box.focus()
        page.wait_for_function(_READY, timeout=20_000)

    def ask(self, query: str) -> list[list[str]]:
        """Type a query; return the results, each the places it shows, relative to the language's address."""
        before = self.page.evaluate("window.drawn")
        self.box.fill(query)
        self.box.press("End")  # the theme listens for keys, not for text
        self.page.wait_for_function("before => window.drawn > before", arg=before, timeout=20_000)
        self.page.wait_for_timeout(30)
        results: list[list[str]] = self.page.evaluate(_RESULTS)
        return [[self._place(href) for href in item] for item in results]

    def _place(self, href: str) -> str:
        """Return where a link leads, relative to the language's address."""
        parts = urlsplit(href.removeprefix(self.base))
        return parts.path + (f"#{parts.fragment}" if parts.fragment else "")
