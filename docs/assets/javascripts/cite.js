/*
 * Citing: copies the address of a block, and opens a dialog with its citation.
 * All texts come from the page (#lr-cite-data); without this script the block at
 * the page's end says the same. Nothing is requested from anywhere.
 */
(() => {
  "use strict";

  const holder = document.getElementById("lr-cite-data");
  if (!holder || typeof HTMLDialogElement === "undefined") return;
  const data = JSON.parse(holder.textContent);
  const words = data.words;
  const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  const TEX = {
    "\\": "\\textbackslash{}", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}",
    "{": "\\textbraceleft{}", "}": "\\textbraceright{}",
  };
  const REMEMBERED = "lr-cite-format";

  const element = (name, attributes = {}, ...children) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  };

  /* ---------- the citation: the same rules as in block_citations.py ---------- */

  const two = (number) => String(number).padStart(2, "0");
  const today = () => {
    const now = new Date();
    return [now.getFullYear(), now.getMonth() + 1, now.getDate()];
  };

  const dayOf = (style, [year, month, day]) => {
    if (style === "vancouver") return `${year} ${MONTHS[month - 1]} ${day}`;
    const sign = style === "ris" ? "/" : "-";
    return [year, two(month), two(day)].join(sign) + (style === "ris" ? "/" : "");
  };

  const escapes = {
    bibtex: (text) => text.replace(/[\\~^&%$#_{}]/g, (sign) => TEX[sign] || `\\${sign}`),
    csl: (text) => JSON.stringify(text).slice(1, -1),
    ris: (text) => text.split(/\s+/).filter(Boolean).join(" "),
  };

  const isFrozen = (fragment) => data["frozen-ids"].includes(fragment);
  const addressOf = (fragment, frozen) => (frozen ? data.frozen : data.living) + (fragment ? `#${fragment}` : "");

  const labelOf = (fragment, style) => {
    const forms = data.labels[data.ids[fragment]];
    if (!forms) return "";
    const form = (style === "gbt" && forms[1]) || (style === "vancouver" && forms[2]) || forms[0];
    return form.replace("⟦id⟧", fragment);
  };

  const citation = (fragment, style, day) => {
    const frozen = isFrozen(fragment);
    const set = (frozen ? "frozen" : "living") + (fragment in data.ids ? "" : "-whole");
    const address = addressOf(fragment, frozen);
    const escape = escapes[style] || String;
    const values = {
      part: escape(labelOf(fragment, style)),
      address: style === "vancouver" && address.endsWith("/") ? `${address}.` : address,
      key: escape(fragment ? `${data.key}-${fragment}` : data.key),
      article: escape(data.mentions[style]),
      day: dayOf(style, day),
    };
    let template = data.templates[set][style];
    if (style === "csl") template = template.replace('["⟦day⟧"]', `[${day.join(", ")}]`);
    return template.replace(/⟦([a-z-]+)⟧/g, (_all, name) => values[name]);
  };

  /* ---------- reporting a problem with a block ---------- */

  /* Addresses that are too long are cut off on the way; a Chinese sign takes nine characters of one. */
  const EXCERPT = 80;

  /** What a block says, without the marks and tools that stand beside its words. */
  const wordsOf = (block) => {
    const copy = block.cloneNode(true);
    for (const beside of copy.querySelectorAll(".lr-mark, .lr-permalink, .lr-cite-open, [hidden]")) beside.remove();
    return copy.textContent.replace(/\s+/g, " ").trim();
  };

  const reportOf = (fragment) => {
    const block = document.getElementById(fragment);
    const signs = block ? [...wordsOf(block)] : [];
    const values = {
      id: `#${fragment}`,
      address: addressOf(fragment, false),
      excerpt: signs.slice(0, EXCERPT).join("") + (signs.length > EXCERPT ? "…" : ""),
    };
    return data.report.replace(/%E2%9F%A6([a-z]+)%E2%9F%A7/g, (_all, name) => encodeURIComponent(values[name]));
  };

  /* ---------- copying ---------- */

  const status = element("div", { class: "lr-cite-status", role: "status" });
  document.body.append(status);
  let clearing;
  const say = (text) => {
    status.textContent = text;
    clearTimeout(clearing);
    clearing = setTimeout(() => (status.textContent = ""), 4000);
  };

  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      /* Not every context may write to the clipboard: fall back to a selection. */
      const area = element("textarea", { class: "lr-visually-hidden", readonly: "" });
      area.value = text;
      (document.querySelector("dialog[open]") || document.body).append(area);
      area.select();
      const done = document.execCommand("copy");
      area.remove();
      return done;
    }
  };

  /* ---------- the dialog ---------- */

  let dialog;
  let current = "";
  const parts = {};

  const recall = () => {
    try {
      const kept = localStorage.getItem(REMEMBERED);
      return kept in data.formats ? kept : "gbt";
    } catch {
      return "gbt";
    }
  };
  const remember = (style) => {
    try {
      localStorage.setItem(REMEMBERED, style);
    } catch {
      /* private browsing: the choice lasts as long as the page */
    }
  };

  const chosen = (name) => dialog.querySelector(`input[name="${name}"]:checked`).value;

  const show = () => {
    const style = chosen("lr-cite-format");
    const ofArticle = chosen("lr-cite-which") === "article";
    parts.text.textContent = ofArticle ? data.article[style] : citation(current, style, today());
    const frozen = isFrozen(current);
    parts.what.textContent = labelOf(current, "") || words.whole;
    parts.state.textContent = data.sentences[frozen ? "frozen" : "living"] || "";
    parts.state.hidden = parts.subject.hidden = ofArticle;
    parts.old.hidden = ofArticle || !data["old-ids"].includes(current);
    parts.old.href = addressOf(current, true);
    parts.report.hidden = !data.report || !current;
    if (!parts.report.hidden) parts.report.href = reportOf(current);
    remember(style);
  };

  const choices = (name, legend, entries, first) => {
    const set = element("fieldset", { class: "lr-cite-dialog__choice" }, element("legend", {}, legend));
    for (const [value, text] of entries) {
      const input = element("input", { type: "radio", name, value });
      input.checked = value === first;
      input.addEventListener("change", show);
      set.append(element("label", {}, input, element("span", {}, text)));
    }
    return set;
  };

  const button = (text, action, kind = "") => {
    const made = element("button", { type: "button", class: `lr-cite-dialog__button ${kind}`.trim() }, text);
    made.addEventListener("click", action);
    return made;
  };

  const download = () => {
    const style = chosen("lr-cite-format");
    const [extension, type] = data.files[style];
    const name = chosen("lr-cite-which") === "article" ? "article" : current ? `${data.key}-${current}` : data.key;
    const address = URL.createObjectURL(new Blob([parts.text.textContent], { type: `${type};charset=utf-8` }));
    const link = element("a", { href: address, download: `${name}.${extension}` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 1000);
  };

  const copyText = async () => {
    const done = await copy(parts.text.textContent);
    parts.said.textContent = done ? words.copied : words["copy-failed"];
    if (!done) getSelection().selectAllChildren(parts.text);
  };

  const build = () => {
    parts.what = element("strong");
    parts.subject = element("p", { class: "lr-cite-dialog__what" }, parts.what);
    parts.state = element("p", { class: "lr-cite-dialog__state" });
    parts.old = element("a", { class: "lr-cite-dialog__old" }, words.released.replace("{version}", data.version));
    parts.text = element("pre", { class: "lr-citing__text", tabindex: "0", "aria-label": words.heading });
    parts.report = element("a", {}, data["report-label"]);
    parts.said = element("span", { class: "lr-cite-dialog__said", role: "status" });
    const guide = data.guide ? element("a", { href: data.guide }, words.more) : "";
    const close = button("×", () => dialog.close(), "lr-cite-dialog__close");
    close.setAttribute("aria-label", words.close);
    const which = [["edition", words["this-edition"]], ["article", words.article]];
    dialog = element("dialog", { class: "lr-cite-dialog", "aria-labelledby": "lr-cite-dialog-heading" });
    dialog.append(
      element("h2", { id: "lr-cite-dialog-heading" }, words.heading), close,
      choices("lr-cite-which", words.which, which, "edition"),
      element("p", { class: "lr-cite-dialog__guidance" }, `${words.guidance} `, guide),
      parts.subject, parts.state, element("p", {}, parts.old),
      choices("lr-cite-format", words.format, Object.entries(data.formats), recall()),
      parts.text,
      element("p", { class: "lr-cite-dialog__actions" },
        button(words.copy, copyText, "lr-cite-dialog__button--main"), button(words.download, download), parts.said),
      element("p", { class: "lr-cite-dialog__report" }, parts.report),
    );
    /* A click on the backdrop closes, as people expect. */
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog) dialog.close();
    });
    document.body.append(dialog);
  };

  const open = (fragment) => {
    current = fragment in data.ids || data.whole.includes(fragment) ? fragment : "";
    if (!dialog) build();
    parts.said.textContent = "";
    show();
    dialog.showModal();
  };

  /* ---------- where it opens from ---------- */

  /* One button for all blocks: it moves beside the permanent link that is pointed at or has the focus. */
  const opener = element("button", { type: "button", class: "lr-cite-open", "aria-haspopup": "dialog" }, words.heading);
  opener.setAttribute("aria-label", words["open-block"]);
  opener.addEventListener("click", () => open(opener.dataset.fragment));

  const fragmentOf = (link) => decodeURIComponent(link.hash.slice(1));
  const place = (link) => {
    if (link && fragmentOf(link) in data.ids && opener.previousElementSibling !== link) {
      /* What is moved loses the focus to nothing: it stays in the block, on the link beside which the button was. */
      if (document.activeElement === opener) opener.previousElementSibling.focus({ preventScroll: true });
      opener.dataset.fragment = fragmentOf(link);
      opener.classList.remove("lr-cite-open--below");
      link.after(opener);
      const room = opener.parentElement.getBoundingClientRect().right;
      opener.classList.toggle("lr-cite-open--below", opener.getBoundingClientRect().right > room);
    }
  };
  const linkIn = (block) => {
    for (let at = block; at && at !== document.body; at = at.parentElement) {
      if (at.id && at.id in data.ids) return at.querySelector(`a.lr-permalink[href$="#${CSS.escape(at.id)}"]`);
    }
    return null;
  };
  document.addEventListener("pointerover", (event) => place(linkIn(event.target)), { passive: true });
  document.addEventListener("focusin", (event) => {
    if (event.target.matches("a.lr-permalink")) place(event.target);
  });

  document.addEventListener("click", async (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const asked = target && target.closest("[data-lr-cite]");
    if (asked) {
      event.preventDefault();
      open(asked.dataset.lrCite);
      return;
    }
    const link = target && target.closest("a.lr-permalink");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    if (await copy(link.href)) say(words["link-copied"]);
  });

  /* The page's own button stands at the head of the block at its end. */
  const block = document.getElementById("lr-cite");
  if (block) {
    const own = element("button", { type: "button", class: "lr-cite-dialog__button", "data-lr-cite": "" }, words.open);
    own.setAttribute("aria-haspopup", "dialog");
    block.querySelector("h2").after(element("p", {}, own));
  }
})();
