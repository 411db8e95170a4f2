/*
 * Views of the two languages side by side: both, one of them, the sides swapped. The choice is remembered; the block
 * being read stays where it is. Without this script both stand side by side, or one above the other on a phone.
 */
(() => {
  "use strict";

  const root = document.querySelector("[data-lr-compare]");
  const tools = root?.querySelector(".lr-compare__tools");
  if (!tools) return;

  const CHOICE = "lr.compare-view";
  const swapButton = tools.querySelector("[data-swap]");
  const viewButtons = [...tools.querySelectorAll("[data-view]")];
  const rows = [...root.querySelectorAll(".lr-compare__head, .lr-pair")];

  const remembered = () => {
    try {
      return JSON.parse(localStorage.getItem(CHOICE)) ?? {};
    } catch {
      return {};
    }
  };

  const remember = (choice) => {
    try {
      localStorage.setItem(CHOICE, JSON.stringify(choice));
    } catch {
      /* nothing to remember with */
    }
  };

  const covered = () => document.querySelector(".md-header")?.getBoundingClientRect().bottom ?? 0;

  /** Change the page without moving the block that the reader is at. */
  const keepingPlace = (change) => {
    const line = covered() + 1;
    const block = rows.find((row) => row.id && row.getBoundingClientRect().bottom > line);
    const before = block?.getBoundingClientRect().top;
    change();
    if (block && scrollY > 0) scrollBy(0, block.getBoundingClientRect().top - before);
  };

  const state = { view: "both", swapped: false };

  const show = ({ view, swapped }) => {
    if (swapped !== state.swapped) {
      for (const row of rows) {
        const [first, second] = [...row.children].filter((side) => side.dataset.lang);
        second.after(first);
      }
    }
    Object.assign(state, { view, swapped });
    root.dataset.view = view;
    for (const row of rows) {
      for (const side of row.children) if (side.dataset.lang) side.hidden = view !== "both" && side.dataset.lang !== view;
    }
    for (const button of viewButtons) button.setAttribute("aria-pressed", String(button.dataset.view === view));
    swapButton.setAttribute("aria-pressed", String(swapped));
    swapButton.disabled = view !== "both";
  };

  tools.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const view = button.dataset.view ?? state.view;
    const swapped = button === swapButton ? !state.swapped : state.swapped;
    keepingPlace(() => show({ view, swapped }));
    remember(state);
  });

  tools.hidden = false;
  const choice = remembered();
  const known = viewButtons.some((button) => button.dataset.view === choice.view);
  show({ view: known ? choice.view : "both", swapped: choice.swapped === true });
  // The view may have moved the block that the address names.
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target && (state.view !== "both" || state.swapped)) target.scrollIntoView();
})();
