/*
 * Small services to a reader: no single key does anything unasked, and what is
 * folded away is printed all the same.
 */
(() => {
  "use strict";

  // The theme opens search on "f", "s", "/" and turns pages on "p", "n", "," and ".", wherever the focus is.
  // Speech input and a slip of the finger trigger such keys (WCAG 2.2, 2.1.4), so they go no further.
  const editable = (element) => element.matches?.("input, textarea, select, [contenteditable]");
  addEventListener(
    "keydown",
    (event) => {
      const plain = event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey;
      if (plain && event.key !== " " && !editable(event.target)) event.stopImmediatePropagation();
    },
    { capture: true },
  );

  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("#lr-text details:not([open])")];
    for (const details of closed) details.open = true;
  });
  addEventListener("afterprint", () => {
    for (const details of closed) details.open = false;
  });
})();
