/*
 * Two languages as one work: the link to the other language leads to the place
 * being read, and a reader whose browser speaks the other language is offered
 * it, once. Without this script both are plain links.
 */
(() => {
  "use strict";

  const READABLE = "h2, h3, h4, p, li, figure, aside, dt, tr, div";
  const OFFERED = "lr.language-offered";

  /** The height that the header covers, in pixels. */
  const covered = () => document.querySelector(".md-header")?.getBoundingClientRect().bottom ?? 0;

  const inView = (element) => {
    const { top, bottom } = element.getBoundingClientRect();
    return bottom > covered() && top < innerHeight;
  };

  /** The id of the last block that begins above the fold line; "" at the top of the page. */
  const blockInView = () => {
    const line = Math.max(covered(), 0) + 40;
    const labels = document.querySelectorAll("#lr-text [aria-labelledby]");
    /* Ids that name another element's label: whoever is sent there finds one line marked, not the block. */
    const naming = new Set([...labels].flatMap((element) => element.getAttribute("aria-labelledby").split(/\s+/)));
    let found = "";
    for (const element of document.querySelectorAll("#lr-text [id]")) {
      if (!element.matches(READABLE) || element.id.startsWith("__") || naming.has(element.id)) continue;
      const { top, height } = element.getBoundingClientRect();
      if (height && top <= line) found = element.id;
    }
    return found;
  };

  /** The address's own fragment while its block is on screen (or was never scrolled away), else the block in view. */
  const place = () => {
    const id = decodeURIComponent(location.hash.slice(1));
    const target = id && document.getElementById(id);
    if (id && (!target || !target.getClientRects().length || inView(target))) return id;
    return blockInView();
  };

  /** The view that the address asks for (filters are named alike in all languages), without words of the search. */
  const view = () => {
    const asked = [...new URLSearchParams(location.search)].filter(([name]) => name !== "q" && name !== "h");
    return String(new URLSearchParams(asked)).replaceAll("%2C", ",");
  };

  const keepPlace = (event) => {
    const link = event.target.closest?.("a[data-lr-language], a[data-lr-keep-place]");
    if (!link) return;
    link.hash = place();
    if (link.matches(".lr-switch")) link.search = view();
  };

  // Capturing, so that the address is right before anything else sees the click; also for "open in a new tab".
  for (const type of ["click", "auxclick", "contextmenu"]) addEventListener(type, keepPlace, { capture: true });

  const remembered = () => {
    try {
      return localStorage.getItem(OFFERED);
    } catch {
      return "no storage: never offer, or it would come back on every page";
    }
  };

  const remember = () => {
    try {
      localStorage.setItem(OFFERED, new Date().toISOString().slice(0, 10));
    } catch {
      /* nothing to remember with */
    }
  };

  /** Show the offer in the first of the reader's languages that the page has, if that is not the page's own. */
  const offer = () => {
    const here = document.documentElement.lang.split("-")[0];
    const offers = new Map([...document.querySelectorAll("[data-lr-offer]")].map((box) => [box.dataset.lrOffer, box]));
    const wanted = navigator.languages.map((tag) => tag.split("-")[0]).find((tag) => tag === here || offers.has(tag));
    const box = wanted !== here && offers.get(wanted);
    const isEntrance = document.querySelector(".lr-page--home");
    if (!box || !isEntrance || remembered()) return;
    box.hidden = false;
    remember();
    box.querySelector("button").addEventListener("click", () => box.remove());
  };

  // Whoever has used the switch has chosen; nobody need ask.
  addEventListener("click", (event) => event.target.closest?.("a[data-lr-language]") && remember());
  offer();
})();
