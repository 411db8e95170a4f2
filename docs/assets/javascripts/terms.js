/*
 * Terms explained where a chapter first uses them: on hover, on keyboard focus, on the first tap. Escape closes an
 * explanation, so does leaving it; the pointer may move into it. Without this script a term is a link to its entry.
 * Also the orders of the page of all terms.
 */
(() => {
  "use strict";

  const OPEN_AFTER = 160;
  const CLOSE_AFTER = 250;
  const GAP = 8;

  const box = document.querySelector(".lr-tips");
  let tip = null;
  let owner = null;
  let timer = 0;
  let lastPointer = "";

  const linkOf = (target) => target?.closest?.("a[data-lr-term]") ?? null;
  const inside = (target) => Boolean(tip && target instanceof Node && tip.contains(target));

  const place = () => {
    if (!tip || !owner) return;
    // A term that breaks across lines is explained below the part the reader is at: its first line.
    const [link] = owner.getClientRects();
    const size = tip.getBoundingClientRect();
    const { clientWidth: width, clientHeight: height } = document.documentElement;
    const left = Math.min(Math.max(GAP, link.left), width - size.width - GAP);
    const below = link.bottom + GAP;
    const above = link.top - size.height - GAP;
    tip.style.setProperty("left", `${Math.max(GAP, left)}px`);
    tip.style.setProperty("top", `${below + size.height <= height || above < GAP ? below : above}px`);
  };

  const close = () => {
    clearTimeout(timer);
    if (!tip) return;
    tip.querySelector(".lr-tip__entry")?.remove();
    if (tip.matches(":popover-open")) tip.hidePopover();
    tip.removeAttribute("popover");
    tip.hidden = true;
    box.append(tip);
    tip = null;
    owner = null;
  };

  const open = (link, { byTouch = false } = {}) => {
    clearTimeout(timer);
    if (owner === link) return;
    close();
    const found = document.getElementById(`lr-tip-${link.dataset.lrTerm}`);
    if (!found) return;
    tip = found;
    owner = link;
    if (byTouch) {
      const entry = document.createElement("a");
      entry.className = "lr-tip__entry";
      entry.href = link.href;
      entry.textContent = box.dataset.entry;
      tip.append(entry);
    }
    document.getElementById("lr-text").append(tip);
    tip.hidden = false;
    if ("popover" in tip) {
      tip.popover = "manual";
      tip.showPopover();
    }
    place();
  };

  const later = (action, delay) => {
    clearTimeout(timer);
    timer = setTimeout(action, delay);
  };

  const explain = () => {
    addEventListener("pointerdown", (event) => {
      lastPointer = event.pointerType;
      if (tip && !inside(event.target) && !linkOf(event.target)) close();
    });

    document.addEventListener("pointerover", (event) => {
      if (event.pointerType === "touch") return;
      const link = linkOf(event.target);
      if (link) later(() => open(link), OPEN_AFTER);
      else if (inside(event.target)) clearTimeout(timer);
      else if (tip && document.activeElement !== owner) later(close, CLOSE_AFTER);
      else if (!tip) clearTimeout(timer);
    });

    document.addEventListener("focusin", (event) => {
      const link = linkOf(event.target);
      if (link?.matches(":focus-visible")) open(link);
      else if (tip && !link && !inside(event.target)) close();
    });

    document.addEventListener("click", (event) => {
      const link = linkOf(event.target);
      if (!link) return;
      // The first tap explains, a second one on the same term follows the link.
      if (lastPointer === "touch" && owner !== link) {
        event.preventDefault();
        open(link, { byTouch: true });
      } else {
        close();
      }
    });

    addEventListener("keydown", (event) => event.key === "Escape" && close());
    addEventListener("scroll", place, { capture: true, passive: true });
    addEventListener("resize", place, { passive: true });
    addEventListener("beforeprint", close);
  };

  if (box) explain();

  // -- the page of all terms ---------------------------------------------------

  const orderTerms = (glossary) => {
    const list = glossary.querySelector(".lr-glossary__list");
    const letters = glossary.querySelector(".lr-glossary__letters");
    const tools = glossary.querySelector(".lr-glossary__tools");
    const delivered = [...list.children];
    const entries = [...delivered];

    const orders = glossary.dataset.orders.split(" ");

    const show = (order) => {
      // For each order the place and the first letter, "12B"; without a place the page came in this order.
      const said = (entry) => entry.dataset.places.split(" ")[orders.indexOf(order)];
      const place = (entry) => (/^\d/.test(said(entry)) ? parseInt(said(entry), 10) : delivered.indexOf(entry));
      entries.sort((a, b) => place(a) - place(b));
      list.replaceChildren(...entries);
      const first = new Map();
      for (const entry of entries) {
        const letter = said(entry).replace(/^\d+/, "") || glossary.dataset.others;
        if (!first.has(letter)) first.set(letter, entry.id);
      }
      letters.replaceChildren(
        ...[...first].flatMap(([letter, id]) => {
          const link = document.createElement("a");
          link.href = `#${id}`;
          link.textContent = letter;
          return [link, " "];
        }),
      );
      for (const button of tools.children) button.setAttribute("aria-pressed", String(button.dataset.order === order));
    };

    tools.hidden = false;
    tools.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button) show(button.dataset.order);
    });
  };

  document.querySelectorAll("[data-lr-glossary]").forEach(orderTerms);
})();
