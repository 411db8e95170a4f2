/*
 * The filter of the claim audit. Without this script the list is whole and the filter stays hidden.
 * The choice lives in the address (?verdict=partly), so that a filtered list can be cited.
 */
(() => {
  "use strict";

  const filter = document.querySelector(".lr-audit__filter");
  if (!filter) return;

  const claims = [...document.querySelectorAll(".lr-audit__claim")];
  const pages = [...document.querySelectorAll(".lr-audit__page")];
  const buttons = [...filter.querySelectorAll("button[data-verdict]")];
  const status = filter.querySelector(".lr-audit__status");

  /** Of claims that share a paragraph only the first has its text; where that one is hidden, the next one shows it. */
  const lendStatements = () => {
    const lent = new Set();
    for (const claim of claims) {
      const same = claim.querySelector(".lr-audit__same a");
      if (!same) continue;
      claim.querySelector(".lr-audit__statement")?.remove();
      const first = document.getElementById(same.hash.slice(1));
      if (claim.hidden || !first.hidden || lent.has(first)) continue;
      lent.add(first);
      const copy = first.querySelector(".lr-audit__statement").cloneNode(true);
      for (const element of copy.querySelectorAll("[id]")) element.removeAttribute("id");
      same.parentElement.before(copy);
    }
  };

  const show = (verdict) => {
    let count = 0;
    for (const claim of claims) {
      const shown = !verdict || claim.dataset.verdict === verdict;
      claim.hidden = !shown;
      if (shown) count += 1;
    }
    lendStatements();
    for (const page of pages) page.hidden = !page.querySelector(".lr-audit__claim:not([hidden])");
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.verdict === verdict));
    status.textContent = status.dataset.template.replace("{count}", String(count));
  };

  const fromAddress = () => {
    const verdict = new URLSearchParams(location.search).get("verdict") ?? "";
    return buttons.some((button) => button.dataset.verdict === verdict) ? verdict : "";
  };

  /** A claim, or the note at one, that somebody was sent to is shown, whatever the filter hides. */
  const reveal = () => {
    const target = location.hash && document.getElementById(location.hash.slice(1));
    const claim = target && target.closest(".lr-audit__claim");
    if (!claim?.hidden) return;
    show("");
    const note = target.closest("details");
    if (note) note.open = true;
    target.scrollIntoView();
  };

  filter.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-verdict]");
    if (!button) return;
    const address = new URL(location.href);
    address.hash = "";
    if (button.dataset.verdict) address.searchParams.set("verdict", button.dataset.verdict);
    else address.searchParams.delete("verdict");
    history.replaceState(history.state, "", address);
    show(button.dataset.verdict);
  });
  addEventListener("popstate", () => show(fromAddress()));
  addEventListener("hashchange", reveal);

  filter.hidden = false;
  show(fromAddress());
  reveal();
})();
