/*
 * Search stays in the reader's language; this adds the way into the other: the same words, on the same page in the
 * other language. How that is said stands at the language switch.
 */
(() => {
  "use strict";

  const input = document.querySelector("[data-md-component=search-query]");
  const result = document.querySelector("[data-md-component=search-result]");
  const switches = [...document.querySelectorAll("header a[data-lr-language]")];
  if (!input || !result || !switches.length) return;

  result.firstElementChild.setAttribute("role", "status");

  const links = switches.map((language) => {
    const link = document.createElement("a");
    link.className = "lr-search-other";
    link.hreflang = language.dataset.lrLanguage;
    link.hidden = true;
    link.tabIndex = -1;
    // The theme opens the result with the highest score on Enter and expects one in every link.
    const text = document.createElement("span");
    text.dataset.mdScore = "-1";
    link.append(text);
    result.append(link);
    return { link, text, language };
  });

  const update = () => {
    const words = input.value.trim();
    for (const { link, text, language } of links) {
      const address = new URL(language.href);
      address.searchParams.set("q", words);
      link.href = address;
      link.hidden = !words;
      const name = document.createElement("span");
      name.lang = language.dataset.lrLanguage;
      name.textContent = language.textContent.trim();
      const said = language.dataset.lrSearchOther.split(/(\{language\}|\{words\})/);
      text.replaceChildren(...said.map((part) => ({ "{language}": name, "{words}": words })[part] ?? part));
    }
  };

  /*
   * The theme listens for keys alone: what is pasted with the mouse, dictated, or put in by an input method would wait
   * for the next key. While an input method composes, the box holds no words yet.
   */
  const tell = ({ isComposing }) => {
    if (!isComposing) input.dispatchEvent(new Event("keyup", { bubbles: true }));
  };
  input.addEventListener("input", tell);
  input.addEventListener("compositionend", () => tell({ isComposing: false }));

  for (const type of ["input", "keyup", "focus"]) input.addEventListener(type, update);
  input.form?.addEventListener("reset", () => setTimeout(update));
  update();
})();
