/*
 * References one hover away. A card shows the entry of the page's own list that a number leads to: on hover, on
 * keyboard focus, on the first tap. Escape closes it, so does leaving it; the pointer may move into it. Without
 * this script the number is a link to that entry. Also the filter of the page of all references.
 */
(() => {
  "use strict";

  const OPEN_AFTER = 120;
  const CLOSE_AFTER = 250;
  const GAP = 8;

  let card = null;
  let owner = null;
  let timer = 0;
  let lastPointer = "";
  let dismissed = false; // Escape gives the focus back to the number, which must not open the card again

  const linkOf = (target) => target?.closest?.("a[data-lr-cards]") ?? null;
  const inside = (target) => Boolean(card && target instanceof Node && card.contains(target));

  /** Return the entries of the page's list that a number stands for, without what only belongs there. */
  const entriesOf = (link) => {
    const entries = [];
    for (const key of link.dataset.lrCards.split(" ")) {
      const source = document.getElementById(`fn-${key}`);
      if (!source) continue;
      const entry = document.createElement("span");
      entry.className = "lr-card__entry";
      for (const child of source.cloneNode(true).childNodes) entry.append(child.cloneNode(true));
      for (const arrow of entry.querySelectorAll(".lr-ref__back")) arrow.remove();
      for (const named of entry.querySelectorAll("[id]")) named.removeAttribute("id");
      entries.push(entry);
    }
    return entries;
  };

  const place = () => {
    if (!card || !owner) return;
    const link = owner.getBoundingClientRect();
    const box = card.getBoundingClientRect();
    const width = document.documentElement.clientWidth;
    const height = document.documentElement.clientHeight;
    const left = Math.min(Math.max(GAP, link.left + link.width / 2 - box.width / 2), width - box.width - GAP);
    const below = link.bottom + GAP;
    const above = link.top - box.height - GAP;
    const top = below + box.height <= height || above < GAP ? below : above;
    card.style.setProperty("left", `${Math.max(GAP, left)}px`);
    card.style.setProperty("top", `${top}px`);
  };

  const close = () => {
    clearTimeout(timer);
    owner?.removeAttribute("aria-describedby");
    card?.remove();
    card = null;
    owner = null;
  };

  const open = (link) => {
    clearTimeout(timer);
    if (owner === link) return;
    close();
    const entries = entriesOf(link);
    if (!entries.length) return;
    // A span, because it stands in the running text: the next Tab after the number leads into it.
    card = document.createElement("span");
    card.id = "lr-card";
    card.className = "lr-card";
    card.setAttribute("role", "note");
    card.setAttribute("data-search-exclude", "");
    card.append(...entries);
    (link.closest(".lr-cite") ?? link).after(card);
    owner = link;
    owner.setAttribute("aria-describedby", card.id);
    if ("popover" in card) {
      card.popover = "manual";
      card.showPopover();
    }
    place();
  };

  const later = (action, delay) => {
    clearTimeout(timer);
    timer = setTimeout(action, delay);
  };

  addEventListener("pointerdown", (event) => {
    lastPointer = event.pointerType;
    if (card && !inside(event.target) && !linkOf(event.target)) close();
  });

  document.addEventListener("pointerover", (event) => {
    if (event.pointerType === "touch") return;
    const link = linkOf(event.target);
    if (link) later(() => open(link), OPEN_AFTER);
    else if (inside(event.target)) clearTimeout(timer);
    else if (card && !inside(document.activeElement) && document.activeElement !== owner) later(close, CLOSE_AFTER);
    else if (!card) clearTimeout(timer);
  });

  document.addEventListener("focusin", (event) => {
    const link = linkOf(event.target);
    if (link?.matches(":focus-visible") && !dismissed) open(link);
    else if (card && !link && !inside(event.target)) close();
  });

  document.addEventListener("click", (event) => {
    const link = linkOf(event.target);
    if (!link) return;
    // The first tap shows the card, a second one on the same number follows the link.
    if (lastPointer === "touch" && owner !== link) {
      event.preventDefault();
      open(link);
    } else {
      close();
    }
  });

  addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !card) return;
    const link = owner;
    const within = inside(document.activeElement);
    close();
    if (!within) return;
    dismissed = true;
    link.focus();
    dismissed = false;
  });

  addEventListener("scroll", place, { capture: true, passive: true });
  addEventListener("resize", place, { passive: true });
  addEventListener("beforeprint", close);

  const filter = document.querySelector("[data-lr-filter]");
  if (filter) {
    const works = [...document.querySelectorAll(".lr-refs--all .lr-ref")];
    const status = filter.querySelector("[data-lr-shown]");
    const apply = () => {
      const chosen = (name) => filter.querySelector(`input[name="lr-${name}"]:checked`)?.value ?? "";
      const language = chosen("language");
      const kind = chosen("kind");
      let count = 0;
      for (const work of works) {
        const fits = (!language || work.dataset.language === language) && (!kind || work.dataset.kind === kind);
        work.hidden = !fits;
        if (fits) count += 1;
      }
      for (const section of document.querySelectorAll(".lr-refs--all")) {
        section.hidden = !section.querySelector(".lr-ref:not([hidden])");
      }
      status.textContent = status.dataset.lrShown.replace("{count}", count).replace("{total}", works.length);
    };
    filter.hidden = false;
    filter.addEventListener("submit", (event) => event.preventDefault());
    filter.addEventListener("change", apply);
    // An address with a fragment shows its work, whatever the filter had hidden.
    addEventListener("hashchange", () => {
      const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
      if (!target?.hidden) return;
      filter.reset();
      apply();
      target.scrollIntoView();
    });
    apply();
  }
})();
