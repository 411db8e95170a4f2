/*
 * Long lists without a long wait: what is out of view is laid out in small steps after the page has been seen, so that
 * no step keeps a tap or a key waiting. Without script nothing waits: long.css acts on what a script said first.
 */
(() => {
  "use strict";

  if (!document.documentElement.hasAttribute("data-lr-steps")) return;

  const STEP = 6; // ms: a phone four times as slow still stays below the 50 ms that a reader notices
  const waiting = [...document.querySelectorAll(".lr-long > *")];

  const lay = () => {
    const until = performance.now() + STEP;
    do {
      const next = waiting.splice(0, 4);
      for (const element of next) element.dataset.lrLaid = "";
      next.at(-1)?.getBoundingClientRect();
    } while (waiting.length && performance.now() < until);
    if (waiting.length) setTimeout(lay);
  };
  setTimeout(lay);
})();
