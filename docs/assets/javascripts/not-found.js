/* The page for addresses that do not exist: put the reader's own language first, and search it. */
(() => {
  "use strict";

  const sections = [...document.querySelectorAll(".lr-notfound")];
  if (!sections.length) return;
  const under = (section) => location.pathname.startsWith(section.dataset.lrRoot);
  const rootLength = (section) => section.dataset.lrRoot.length;
  const own = sections.filter(under).sort((a, b) => rootLength(b) - rootLength(a))[0] ?? sections[0];
  own.parentElement.prepend(own);

  const config = document.getElementById("__config");
  const index = own.dataset.lrSearch;
  if (index) config.textContent = JSON.stringify({ ...JSON.parse(config.textContent), base: index });
})();
