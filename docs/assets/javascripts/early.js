/*
 * What has to run before the theme's script: it sees this page as these lines leave it.
 */

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
