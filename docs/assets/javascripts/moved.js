/*
 * Leads an old address on: a fragment that used to be on this page and now stands on another one.
 * Fragments renamed within a page need no script; their old ids are still there.
 */
(() => {
  "use strict";

  const data = document.querySelector("script#lr-moved");
  if (!data) return;
  const moved = JSON.parse(data.textContent);

  const follow = () => {
    const target = moved[decodeURIComponent(location.hash.slice(1))];
    if (target) location.replace(target);
  };
  addEventListener("hashchange", follow);
  follow();
})();
