/*
 * What has to run before the theme's script: it sees this page as these lines leave it.
 */

/* The page for addresses that do not exist: put the reader's own language first, and search it. */
(() => {
  "use strict";

  const sections = [...document.querySelectorAll(".lr-notfound")];
  if (!sections.length) return;
  const under = (section) => location.pathname.startsWith(section.dataset.lrRoot);
  const rootLength = (section) => section.dataset.lrRoot.length;
  const own = sections.filter(under).sort((a, b) => rootLength(b) - rootLength(a))[0] ?? sections[0];
  own.parentElement.prepend(own);

  // The language that comes first heads the page.
  for (const section of sections) {
    const heading = section.querySelector("h1, h2");
    const level = document.createElement(section === own ? "h1" : "h2");
    level.append(...heading.childNodes);
    heading.replaceWith(level);
  }

  const config = document.getElementById("__config");
  const index = own.dataset.lrSearch;
  if (index) config.textContent = JSON.stringify({ ...JSON.parse(config.textContent), base: index });
})();

/*
 * The theme loads its search index and starts its search worker on every page.
 * Most visits never search: this script, which runs before the theme's, holds
 * both back until the reader turns to the search box.
 */
(() => {
  "use strict";

  const input = document.querySelector("[data-md-component=search-query]");
  const toggle = document.getElementById("__search");
  if (!input || !toggle || new URLSearchParams(location.search).has("q")) return;
  if (document.activeElement === input || toggle.checked) return;

  const wanted = new Promise((resolve) => {
    input.addEventListener("focus", resolve, { once: true });
    toggle.addEventListener("change", resolve, { once: true });
  });

  /** Looks like a worker, becomes one when search is wanted, and loses no message. */
  const RealWorker = window.Worker;
  class LateWorker extends EventTarget {
    constructor(address) {
      super();
      this.ready = wanted.then(() => {
        const worker = new RealWorker(address);
        worker.addEventListener("message", ({ data }) => this.dispatchEvent(new MessageEvent("message", { data })));
        return worker;
      });
    }

    postMessage(message) {
      this.ready.then((worker) => worker.postMessage(message));
    }
  }
  window.Worker = LateWorker;
  wanted.then(() => {
    window.Worker = RealWorker;
  });

  const { open, send } = XMLHttpRequest.prototype;
  XMLHttpRequest.prototype.open = function (method, address, ...rest) {
    this.lrLater = String(address).endsWith("/search_index.json");
    return open.call(this, method, address, ...rest);
  };
  XMLHttpRequest.prototype.send = function (body) {
    if (this.lrLater) wanted.then(() => send.call(this, body));
    else send.call(this, body);
  };
})();
