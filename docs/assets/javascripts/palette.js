/*
 * Light, dark, or what the system says. The choice is kept where the theme's script would keep it, in the same form;
 * that script itself is not used, since it has every page styled anew three times while it loads. Without this script
 * the page follows the system.
 */
(() => {
  "use strict";

  const form = document.querySelector("[data-lr-palette]");
  if (!form) return;

  const inputs = [...form.querySelectorAll("input")];
  const bars = [...document.querySelectorAll('meta[name="theme-color"]')];
  const [light, dark] = bars.map((bar) => bar.content);

  /** Check the choice, show the button that leads to the next one, color the bars of a telephone. */
  const show = (index) => {
    inputs[index].checked = true;
    inputs.forEach((input, place) => {
      input.nextElementSibling.hidden = place !== index;
    });
    const scheme = inputs[index].dataset.mdColorScheme;
    bars.forEach((bar, place) => {
      bar.content = { default: light, slate: dark }[scheme] ?? [light, dark][place];
    });
    return scheme;
  };

  const choose = (index) => {
    const { mdColorMedia: media, mdColorPrimary: primary, mdColorAccent: accent } = inputs[index].dataset;
    const scheme = show(index);
    document.body.setAttribute("data-md-color-scheme", scheme);
    __md_set("__palette", { index, color: { media, scheme, primary, accent } });
  };

  form.addEventListener("change", (event) => choose(inputs.indexOf(event.target)));
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    const next = (inputs.findIndex((input) => input.checked) + 1) % inputs.length;
    choose(next);
    inputs[next].focus();
  });

  const kept = __md_get("__palette");
  show(Math.max(0, inputs.findIndex((input) => input.dataset.mdColorMedia === kept?.color?.media)));
})();
