/*
 * The page for addresses that do not exist: puts the reader's own language first, and searches it. Runs before the
 * theme's script, which sees the page as these lines leave it.
 */
(() => {
  "use strict";

  const sections = [...document.querySelectorAll(".lr-notfound")];
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
