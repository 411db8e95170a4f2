/*
 * On a page of a released version: says what has changed in the current text since.
 * Reads /versions.json and /anchors.json of the site it is on, and nothing else.
 */
(async () => {
  "use strict";

  const holder = document.getElementById("lr-version-data");
  const bar = document.getElementById("lr-version");
  if (!holder || !bar) return;
  const own = JSON.parse(holder.textContent);
  const words = own.words;
  const said = bar.querySelector(".lr-version__changes");
  const onward = bar.querySelector(".lr-version__current");
  const current = onward.getAttribute("href");

  const element = (name, attributes = {}, ...children) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  };

  /* The link keeps the reader's place, when the address names one. */
  const follow = () => onward.setAttribute("href", current + location.hash);
  addEventListener("hashchange", follow);
  follow();

  const read = async (name) => {
    const answer = await fetch(new URL(own.root + name, location.href));
    if (!answer.ok) throw new Error(name);
    return answer.json();
  };

  /* How a block is named: by the beginning of its own text. */
  const nameOf = (id) => {
    const block = document.getElementById(id);
    if (!block) return id;
    const copy = block.cloneNode(true);
    for (const extra of copy.querySelectorAll(".lr-permalink, .lr-cite-open, .lr-mark, sup, script")) extra.remove();
    const text = copy.textContent.trim().replace(/\s+/g, " ");
    return text.length > 48 ? `${text.slice(0, 48)}…` : text || id;
  };

  const entry = (id, there) => {
    const row = element("li", {}, element("a", { href: `#${id}` }, nameOf(id)), " ");
    if (there) row.append(element("a", { href: `${current}#${id}`, "aria-label": `${onward.textContent}: ${nameOf(id)}` }, "→"));
    else row.append(element("span", {}, words.removed));
    document.getElementById(id)?.classList.add("lr-version-changed");
    return row;
  };

  const corrections = (list, slug) => {
    for (const correction of list.filter((item) => item.corrects.includes(own.version))) {
      for (const name of correction.blocks) {
        const [page, id] = name.split("#");
        const block = page === slug && document.getElementById(id);
        if (block) {
          const text = words.corrected.replace("{date}", correction.date);
          block.append(element("a", { class: "lr-mark lr-mark--erratum", href: `${current}#${id}` }, text));
        }
      }
    }
  };

  said.textContent = words.checking;
  try {
    const [versions, anchors] = await Promise.all([read("versions.json"), read("anchors.json")]);
    const page = anchors.pages.find((item) => item.address === own.address);
    const now = new Map((page ? page.fragments : []).map((item) => [item.id, item.fingerprint]));
    const before = Object.entries(own.prints);
    const changed = before.filter(([id, print]) => now.has(id) && now.get(id) !== print).map(([id]) => id);
    const removed = before.filter(([id]) => !now.has(id)).map(([id]) => id);
    const added = [...now.keys()].filter((id) => !(id in own.prints)).length;
    said.textContent = "";
    if (versions.latest && versions.latest !== own.version) {
      said.append(element("p", {}, words.newer.replace("{version}", versions.latest)));
    }
    if (changed.length || removed.length) {
      const count = String(changed.length + removed.length);
      const rows = [...changed.map((id) => entry(id, true)), ...removed.map((id) => entry(id, false))];
      said.append(element("p", {}, words.changed.replace("{count}", count)), element("ul", {}, ...rows));
    } else if (!added) {
      said.append(element("p", {}, words.same));
    }
    if (added) said.append(element("p", {}, words.added.replace("{count}", String(added))));
    if (page) corrections(versions.corrections, page.slug);
  } catch {
    said.textContent = words.unknown;
  }
})();
