/*
 * The trial table: sort, filter, search, choose columns; the state lives in the address.
 * The table comes complete from the server; this only reorders, hides and shows what is there.
 * Words come from attributes, so one script serves every language. No request is made.
 */
(() => {
  "use strict";

  const language = document.documentElement.lang || "en";
  const collator = new Intl.Collator(language, { numeric: true, sensitivity: "base" });

  /** More columns than this do not fit on a sheet of paper. */
  const MOST_ON_PAPER = 10;

  /** Words of a list in the address; an absent parameter is an empty list. */
  const listed = (value) => (value || "").split(",").filter(Boolean);

  const fold = (text) => text.normalize("NFKC").toLocaleLowerCase(language);

  function start(root) {
    const table = root.querySelector("table");
    const frame = table.parentElement;
    const body = table.tBodies[0];
    const status = root.querySelector("[data-status]");
    const search = root.querySelector("[data-search]");
    const facets = [...root.querySelectorAll("[data-facet]")];
    const columnBox = root.querySelector("[data-columns]");
    const heads = [...table.tHead.rows[0].cells];
    const defaults = heads.filter((head) => !head.hidden).map((head) => head.dataset.column);

    const rows = [...body.rows].map((element, index) => ({
      element,
      index,
      text: null,
      facets: Object.fromEntries(
        facets.map((facet) => [
          facet.dataset.facet,
          new Set((element.getAttribute("data-facet-" + facet.dataset.facet) || "").split(" ")),
        ]),
      ),
    }));

    const state = { sort: "", down: false, columns: defaults };

    /** What a row can be found by: its cells and what the server added. Read once, on first need. */
    const textOf = (row) => {
      if (row.text === null) {
        row.text = fold(row.element.textContent + " " + (row.element.dataset.text || ""));
      }
      return row.text;
    };

    const chosenIn = (facet) => [...facet.querySelectorAll("input:checked")].map((input) => input.value);

    // ---- sorting

    const keyOf = (row, position) => {
      const cell = row.element.cells[position];
      const key = cell.dataset.key;
      if (key === undefined) return null;
      return key || fold(cell.textContent); // an empty key: the cell sorts by what it says
    };

    function compare(position, down) {
      const direction = down ? -1 : 1;
      return (left, right) => {
        const a = keyOf(left, position);
        const b = keyOf(right, position);
        if (a === null || b === null) {
          return (a === null) - (b === null) || left.index - right.index; // unread values stay last, both ways
        }
        const numbers = [Number(a), Number(b)];
        const order = numbers.some(Number.isNaN) ? collator.compare(a, b) : numbers[0] - numbers[1];
        return order * direction || left.index - right.index;
      };
    }

    let shownOrder = rows;

    function sort() {
      const position = heads.findIndex((head) => head.dataset.column === state.sort);
      const ordered = position < 0 ? rows : [...rows].sort(compare(position, state.down));
      if (ordered.some((row, index) => row !== shownOrder[index])) {
        const fragment = document.createDocumentFragment();
        for (const row of ordered) {
          fragment.append(row.element);
        }
        body.append(fragment);
        shownOrder = ordered;
      }
      heads.forEach((head, index) => {
        if (index === position) {
          head.setAttribute("aria-sort", state.down ? "descending" : "ascending");
        } else {
          head.removeAttribute("aria-sort");
        }
      });
    }

    // ---- filtering

    function filter() {
      const wanted = facets
        .map((facet) => [facet, chosenIn(facet)])
        .filter(([, values]) => values.length > 0);
      const terms = fold(search.value).split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const row of rows) {
        const hit =
          wanted.every(([facet, values]) => values.some((value) => row.facets[facet.dataset.facet].has(value))) &&
          (terms.length === 0 || terms.every((term) => textOf(row).includes(term)));
        if (row.element.hidden === hit) {
          row.element.hidden = !hit;
        }
        shown += hit ? 1 : 0;
      }
      for (const facet of facets) {
        const values = chosenIn(facet);
        facet.querySelector("[data-chosen]").textContent = values.length > 0 ? String(values.length) : "";
        facet.classList.toggle("lr-facet--active", values.length > 0);
      }
      const counted = status.dataset.status.replace("{shown}", shown).replace("{total}", rows.length);
      status.textContent = shown > 0 ? counted : counted + " " + status.dataset.none;
    }

    // ---- columns

    function showColumns() {
      const chosen = new Set(state.columns);
      heads.forEach((head, index) => {
        const hidden = !chosen.has(head.dataset.column);
        if (head.hidden !== hidden) {
          head.hidden = hidden;
          for (const row of rows) {
            row.element.cells[index].hidden = hidden;
          }
        }
      });
      root.classList.toggle("lr-trials--many", chosen.size > MOST_ON_PAPER);
      for (const input of columnBox.querySelectorAll("input")) {
        input.checked = chosen.has(input.value);
      }
    }

    /** With more columns than fit, the frame scrolls instead of the page, and can be scrolled from the keyboard. */
    function fit() {
      const wide = table.offsetWidth > frame.offsetWidth + 1;
      frame.classList.toggle("lr-trials__frame--wide", wide);
      if (wide) {
        frame.tabIndex = 0;
        frame.setAttribute("role", "region");
        frame.setAttribute("aria-label", table.caption.textContent);
      } else {
        for (const name of ["tabindex", "role", "aria-label"]) {
          frame.removeAttribute(name);
        }
      }
    }

    // ---- the address

    function address() {
      const query = new URLSearchParams(location.search);
      const put = (name, value) => (value ? query.set(name, value) : query.delete(name));
      for (const facet of facets) {
        put(facet.dataset.facet, chosenIn(facet).join(","));
      }
      put("find", search.value.trim()); // "q" is the search of the whole site
      put("sort", state.sort ? (state.down ? "-" : "") + state.sort : "");
      put("columns", state.columns.join(",") === defaults.join(",") ? "" : state.columns.join(","));
      const text = query.toString().replaceAll("%2C", ",");
      return location.pathname + (text ? "?" + text : "") + location.hash;
    }

    const remember = () => history.replaceState(history.state, "", address());

    function recall() {
      const query = new URLSearchParams(location.search);
      for (const facet of facets) {
        const values = new Set(listed(query.get(facet.dataset.facet)));
        for (const input of facet.querySelectorAll("input")) {
          input.checked = values.has(input.value);
        }
      }
      search.value = query.get("find") || "";
      const sorted = query.get("sort") || "";
      const name = sorted.replace(/^-/, "");
      const known = heads.some((head) => head.dataset.column === name);
      state.sort = known ? name : "";
      state.down = known && sorted.startsWith("-");
      const names = heads.map((head) => head.dataset.column);
      const columns = listed(query.get("columns")).filter((column) => names.includes(column));
      state.columns = columns.length > 0 ? names.filter((column, at) => at === 0 || columns.includes(column)) : defaults;
    }

    function refresh() {
      showColumns();
      sort();
      filter();
    }

    // ---- controls

    for (const head of heads) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "lr-sort";
      button.title = head.dataset.sortLabel;
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const same = state.sort === head.dataset.column;
        // First click upwards, second downwards, third back to the order of the page.
        state.sort = same && state.down ? "" : head.dataset.column;
        state.down = same && !state.down;
        sort();
        remember();
      });
    }

    root.addEventListener("change", (event) => {
      if (event.target.closest("[data-columns]")) {
        const chosen = [...columnBox.querySelectorAll("input:checked")].map((input) => input.value);
        state.columns = heads.map((head) => head.dataset.column).filter((name) => chosen.includes(name));
        showColumns();
      } else if (event.target.closest("[data-facet]")) {
        filter();
      }
      remember();
    });

    search.addEventListener("input", () => {
      filter();
      remember();
    });

    root.querySelector("[data-reset]").addEventListener("click", () => {
      for (const input of root.querySelectorAll("[data-facet] input")) {
        input.checked = false;
      }
      search.value = "";
      state.sort = "";
      state.down = false;
      state.columns = defaults;
      refresh();
      remember();
    });

    const share = root.querySelector("[data-share]");
    const shareText = share.textContent;
    if (navigator.clipboard) {
      share.addEventListener("click", async () => {
        await navigator.clipboard.writeText(new URL(address(), location.href).href);
        share.textContent = share.dataset.share;
        setTimeout(() => {
          share.textContent = shareText;
        }, 2000);
      });
    } else {
      share.hidden = true;
    }

    // An open list closes on Escape and when the focus or a click goes elsewhere; one is open at a time.
    const boxes = [...root.querySelectorAll("details")];
    root.addEventListener("keydown", (event) => {
      const box = event.target.closest("details[open]");
      if (event.key === "Escape" && box) {
        box.open = false;
        box.querySelector("summary").focus();
      }
    });
    const closeOthers = (target) => {
      for (const box of boxes) {
        if (box.open && !box.contains(target)) {
          box.open = false;
        }
      }
    };
    // A list that would leave the page at its end is put at the other side. Seen as the attribute changes, before
    // anything is painted: the "toggle" event comes later, and the list would be seen to jump.
    const opened = new MutationObserver((changes) => {
      for (const { target: box } of changes) {
        box.classList.remove("lr-facet--end");
        const list = box.querySelector("ul").getBoundingClientRect();
        box.classList.toggle("lr-facet--end", box.open && list.right > document.documentElement.clientWidth);
      }
    });
    for (const box of boxes) {
      opened.observe(box, { attributeFilter: ["open"] });
    }
    document.addEventListener("click", (event) => closeOthers(event.target));
    root.addEventListener("focusin", (event) => closeOthers(event.target));

    addEventListener("popstate", () => {
      recall();
      refresh();
    });

    recall();
    refresh();
    const sizes = new ResizeObserver(() => requestAnimationFrame(fit)); // in the callback itself a change of size is an error
    sizes.observe(table);
    sizes.observe(frame);
    root.classList.add("lr-trials--ready");
  }

  for (const root of document.querySelectorAll("[data-trials]")) {
    start(root);
  }
})();
