/*
 * The reader's words as the index knows them. This stands before the theme's own
 * search worker, in one file, and sees every message first: queries on their way
 * in, results on their way out. Matching and scoring stay the theme's (lunr's).
 *
 * - Words are folded: case, accents, British spelling, plural, Greek letters.
 * - A name in any language becomes the code of the thing it names (see search_index.py).
 * - Chinese is cut into words that the index has.
 * - Results are sections, best paragraph first, each with a readable extract.
 */
(() => {
  "use strict";

  const SETUP = 0;
  const QUERY = 2;
  const RESULT = 3;

  const MOST_RESULTS = 40;
  /** How much more an entry counts that is called just what was typed. */
  const NAMED = 2.5;
  /** ... and one that has all the words typed, one after the other. */
  const PHRASE = 1.5;
  /** A name that occurs less often is looked for by its parts as well; an entry with all of them counts so much. */
  const RARE = 4;
  const NEAR = 0.5;
  /** Further paragraphs of a section are shown with the best one if they are nearly as good. */
  const MORE_BLOCKS = 2;
  const CLOSE = 0.6;
  const HAN = /\p{sc=Han}/u;
  const ATOMS = /\p{sc=Han}|[^\p{sc=Han}]+/gu;
  const ABBREVIATION = /^\S*\p{Lu}\S*[\p{Lu}\p{N}]\S*$/u;
  /** How much shows of a text, in characters; a Chinese one says about as much as two Latin ones. */
  const EXTRACT = { han: 110, latin: 240 };

  // Particles and the like, which say nothing about what is looked for.
  const HAN_STOP = new Set("的了和与及或在是对其之等有为中被把从由于以也都就还而并吗呢吧么");
  const LATIN_STOP = new Set(
    ("a an and are as at be been by can did do does for from had has have how in into is it its may not of on or " +
      "than that the their them then there these they this those to versus vs was were what when which who why with")
      .split(" "),
  );

  const GREEK = { α: "alpha", β: "beta", γ: "gamma", δ: "delta", κ: "kappa", λ: "lambda", μ: "mu", ω: "omega" };
  const SPELLINGS = [
    [/aem/g, "em"],
    [/aesth/g, "esth"],
    [/oedem/g, "edem"],
    [/^oes/, "es"],
    [/^((?:ortho)?)paed/, "$1ped"],
    [/leuco/g, "leuko"],
    [/(behavi|col|fav|hum|lab|neighb|od|tum)our/g, "$1or"],
    [/(cent|fib|lit|met)re(s?)$/, "$1er$2"],
    [/l(l)(ed|er|ing|ers)$/, "l$2"],
    [/logue(s?)$/, "log$1"],
    [/lys(e|ed|es|ing)$/, "lyz$1"],
    [/(...)is(e|ed|es|er|ing|able|ation|ations)$/, "$1iz$2"],
    [/gramme(s?)$/, "gram$1"],
    [/(..)ies$/, "$1y"],
    [/([^isu])s$/, "$1"],
  ];

  /**
   * A Chinese word as the index holds it: its characters apart. The theme cuts up every run of Chinese characters
   * in a query once more and loses the last one where the index knows the others (更正 becomes 更).
   */
  const joined = (word) => (HAN.test(word) ? [...word].join("_") : word);

  /** A word in the one spelling that stands for all its variants; folding twice changes nothing. */
  const fold = (word) => {
    if (word.includes("_")) return word;
    if (HAN.test(word)) return joined(word);
    let folded = word.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
    folded = folded.replace(/[α-ω]/g, (letter) => GREEK[letter] ?? letter);
    if (folded.length < 4 || /\d/.test(folded)) return folded.length > 2 ? folded.replace(/([a-z0-9])s$/, "$1") : folded;
    for (const [pattern, replacement] of SPELLINGS) folded = folded.replace(pattern, replacement);
    return folded;
  };

  let separator;
  let forms; // folded atoms of a name, joined by spaces -> codes of what it names
  let longest = 1; // atoms in the longest name
  let names; // code -> folded atoms of all its names
  let documents;
  let variants; // traditional characters -> those that the index has
  let sameSection; // what further paragraphs are called
  let vocabulary; // lunr's own table: word -> where it occurs
  let allWords;
  let query = { key: "", isAbbreviation: false, units: [], phrases: [] };

  /** The atoms of a text: folded words, and single Chinese characters, with their places. */
  const atomsOf = (text) => {
    const atoms = [];
    let at = 0;
    for (const piece of text.split(separator)) {
      const start = text.indexOf(piece, at);
      at = start + piece.length;
      for (const match of piece.matchAll(ATOMS)) {
        const word = fold(match[0]);
        if (word) atoms.push({ word, start: start + match.index, end: start + match.index + match[0].length });
      }
    }
    return atoms;
  };

  const keyOf = (atoms) => atoms.map((atom) => atom.word).join(" ");

  const learnNames = (lists) => {
    forms = new Map();
    names = new Map();
    lists.forEach((list, number) => {
      const code = `_${number}_`;
      const keys = new Set(list.split("|").map((form) => keyOf(atomsOf(form))));
      names.set(code, keys);
      for (const key of keys) {
        if (!forms.has(key)) forms.set(key, []);
        forms.get(key).push(code);
        longest = Math.max(longest, key.split(" ").length);
      }
    });
  };

  // -- the index ---------------------------------------------------------------

  /** The theme hands lunr a recipe; what it builds is kept, for its vocabulary. */
  const watchLunr = () => {
    const { lunr } = self;
    lunr.Pipeline.registerFunction((token) => token.update(fold), "fold");
    lunr.stemmer = lunr.Pipeline.registeredFunctions.fold;
    self.lunr = new Proxy(lunr, {
      apply: (build, self_, given) => {
        const index = Reflect.apply(build, self_, given);
        vocabulary = index.invertedIndex;
        allWords = Object.keys(vocabulary);
        return index;
      },
    });
  };

  const setUp = ({ config, docs, ...rest }) => {
    separator = new RegExp(config.separator, "g");
    documents = new Map(docs.map((document) => [document.location, document]));
    sameSection = config.sameSection;
    variants = new Map((config.variants?.match(/../gu) ?? []).map(([traditional, simplified]) => [traditional, simplified]));
    learnNames(config.forms);
    watchLunr();
    return { config, docs, ...rest };
  };

  const known = (word) => Object.hasOwn(vocabulary, word);

  /** In how many entries a word occurs, at most. */
  const frequency = (word) => {
    if (!known(word)) return 0;
    const { _index, ...fields } = vocabulary[word];
    return Math.max(0, ...Object.values(fields).map((postings) => Object.keys(postings).length));
  };

  const weigh = (words) => {
    const common = Math.max(0, ...words.map(frequency));
    return Math.log(1 + documents.size / (1 + common));
  };

  // -- the query ---------------------------------------------------------------

  /** Cut Chinese characters into words of the index: as few as possible, as little unknown as possible. */
  const cutHan = (characters) => {
    const best = [{ cost: 0, words: [] }];
    for (let end = 1; end <= characters.length; end++) {
      for (let start = Math.max(0, end - 12); start < end; start++) {
        const word = characters.slice(start, end);
        const found = known(joined(word));
        if (!found && word.length > 1) continue;
        const cost = best[start].cost + (found ? 1 : 4);
        if (!best[end] || cost < best[end].cost) best[end] = { cost, words: [...best[start].words, word] };
      }
    }
    return best[characters.length].words;
  };

  /** The same, but an unknown character and the single ones beside it are one unknown word: 费用 is not 用. */
  const wordsOf = (characters) => {
    const words = [];
    let singles = [];
    const endSingles = () => {
      words.push(...(singles.every(known) ? singles : [singles.join("")]));
      singles = [];
    };
    for (const word of cutHan(characters)) {
      if (word.length === 1 && !HAN_STOP.has(word)) {
        singles.push(word);
      } else {
        endSingles();
        words.push(word);
      }
    }
    endSingles();
    return words;
  };

  /** Words of the index one letter away from a mistyped one. */
  const similar = (word) => {
    const found = [];
    for (const other of allWords) {
      if (Math.abs(other.length - word.length) > 1 || other[0] !== word[0] || HAN.test(other)) continue;
      let start = 0;
      while (start < word.length && word[start] === other[start]) start++;
      let ends = 0;
      const room = Math.min(word.length, other.length) - start;
      while (ends < room && word.at(-1 - ends) === other.at(-1 - ends)) ends++;
      const differs = Math.max(word.length, other.length) - start - ends;
      const swapped =
        differs === 2 && word.length === other.length && word[start] === other[start + 1] && word[start + 1] === other[start];
      if (differs <= 1 || swapped) found.push(other);
    }
    return found;
  };

  /** Two words of the index, or a name of two, written as one: "metaanalysis", "plxpad". */
  const halvesOf = ({ word, start, end }) => {
    let best = null;
    for (let at = 2; at <= word.length - 2; at++) {
      const halves = [word.slice(0, at), word.slice(at)];
      const isName = forms.has(halves.join(" "));
      if (!isName && !(halves.every((half) => half.length > 2 && known(half)))) continue;
      const count = isName ? Infinity : Math.min(...halves.map(frequency));
      if (!best || count > best.count) best = { halves, count, at };
    }
    if (!best) return null;
    const middle = Math.min(end, start + best.at);
    return [
      { word: best.halves[0], start, end: middle },
      { word: best.halves[1], start: middle, end },
    ];
  };

  /** Atoms as the index spells them: "NCT 03006770" is one word there, "metaanalysis" are two. */
  const respell = (atoms) => {
    const spelled = [];
    for (const atom of atoms) {
      const before = spelled.at(-1);
      const whole = before && /^\d+$/.test(atom.word) && !HAN.test(before.word) ? before.word + atom.word : "";
      if (whole && known(whole)) {
        spelled[spelled.length - 1] = { word: whole, start: before.start, end: atom.end };
        continue;
      }
      const isStrange = !HAN.test(atom.word) && atom.word.length > 4 && !known(atom.word) && !forms.has(atom.word);
      const halves = isStrange && !beginsSomething(atom.word) && !similar(atom.word).length ? halvesOf(atom) : null;
      spelled.push(...(halves ?? [atom]));
    }
    return spelled;
  };

  const beginsSomething = (word) => allWords.some((other) => other.startsWith(word));

  /** The things that may be meant by who is still typing: a few names that begin with the word, or none. */
  const codesFrom = (word) => {
    const codes = new Set();
    for (const [key, found] of forms) if (key.startsWith(word) && !key.includes(" ")) found.forEach((code) => codes.add(code));
    return word.length > 2 && codes.size <= 2 ? [...codes] : [];
  };

  /** One thing looked for: what to ask the index for, and what to mark in an extract. */
  const wordUnit = (surface, word, isLast) => {
    const isHan = HAN.test(word);
    const exact = known(word) ? [word] : [];
    const open = (isLast || !exact.length) && (isHan || word.length > 1) && beginsSomething(word);
    const near = !exact.length && !open && !isHan && word.length > 4 ? similar(word) : [];
    const codes = open && !exact.length ? codesFrom(word) : [];
    const tokens = [
      ...exact.map((one) => `${one}^10`),
      ...codes.map((one) => `${one}^10`),
      ...near.map((one) => `${one}^6`),
      ...(open ? [word] : []),
    ];
    const needles = new Set([word.replaceAll("_", " "), ...near]);
    const terms = [...exact, ...codes, ...near, word];
    return { surface, tokens, terms, needles, open, weight: weigh([...exact, ...codes, ...near]) };
  };

  /** Of a name that hardly occurs, the words it is made of: who finds little by it may want what is near. */
  const partsOf = (codes, atoms) => {
    if (Math.max(...codes.map(frequency)) >= RARE) return [];
    const words = HAN.test(atoms[0].word) ? wordsOf(atoms.map(({ word }) => word).join("")) : atoms.map(({ word }) => word);
    return words.length < 2 ? [] : words.map(joined).filter((word) => word.length > 2 && known(word));
  };

  const thingUnit = (surface, codes, atoms) => {
    const exact = new Set([keyOf(atoms)]);
    for (const code of codes) for (const key of names.get(code)) exact.add(key);
    const parts = partsOf(codes, atoms);
    const tokens = [...codes.map((code) => `${code}^20`), ...parts];
    const terms = [...codes];
    // Also where the name is part of another; for who is still typing, a word that begins like it.
    const word = joined(atoms.map((atom) => atom.word).join(""));
    if ((atoms.length === 1 || HAN.test(word)) && known(word)) {
      tokens.push(word);
      terms.push(word);
    }
    const needles = new Set([...exact, ...parts.map((part) => part.replaceAll("_", " "))]);
    return { surface, tokens, terms, parts, needles, exact, open: false, weight: weigh(codes) };
  };

  /** The name that begins at an atom, the longest there is. */
  const nameAt = (atoms, at) => {
    for (let size = Math.min(longest, atoms.length - at); size > 0; size--) {
      const codes = forms.get(keyOf(atoms.slice(at, at + size)));
      if (codes) return { codes, size };
    }
    return null;
  };

  const readQuery = (typed) => {
    const text = typed.replace(/\p{sc=Han}/gu, (character) => variants.get(character) ?? character);
    const atoms = respell(atomsOf(text));
    const units = [];
    let run = "";
    const endRun = (isLast) => {
      for (const word of run ? wordsOf(run) : []) units.push(wordUnit(word, joined(word), isLast && run.endsWith(word)));
      run = "";
    };
    let at = 0;
    while (at < atoms.length) {
      const name = nameAt(atoms, at);
      const size = name?.size ?? 1;
      const part = atoms.slice(at, at + size);
      const surface = text.slice(part[0].start, part.at(-1).end);
      const isLast = at + size === atoms.length;
      if (name) {
        endRun(false);
        units.push(thingUnit(surface, name.codes, part));
      } else if (HAN.test(part[0].word)) {
        run += part[0].word;
      } else {
        endRun(false);
        units.push(wordUnit(surface, part[0].word, isLast));
      }
      at += size;
    }
    endRun(true);
    const telling = units.filter(({ surface }) => !HAN_STOP.has(surface) && !LATIN_STOP.has(surface.toLowerCase()));
    const phrases = [...text.matchAll(/["“]([^"“”]+)["”]/g)].map((match) => ` ${keyOf(atomsOf(match[1]))} `);
    const isAbbreviation = atoms.length === 1 ? !HAN.test(text) : ABBREVIATION.test(text.trim());
    return { key: keyOf(atoms), isAbbreviation, units: telling.length ? telling : units, phrases };
  };

  // -- the results -------------------------------------------------------------

  const plain = (text) =>
    text
      .replaceAll("\u200b", "")
      .replaceAll("&lt;", "<")
      .replaceAll("&gt;", ">")
      .replaceAll("&amp;", "&");

  /** What an entry is called; a term's name is no title to the index. */
  const titleOf = ({ label, title }) => label ?? plain(title);

  const escape = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

  /** Where a text names what is looked for: [start, end, number of the unit]. */
  const places = (text) => {
    const atoms = atomsOf(text);
    const found = [];
    for (let at = 0; at < atoms.length; at++) {
      for (let size = Math.min(longest, atoms.length - at); size > 0; size--) {
        const key = keyOf(atoms.slice(at, at + size));
        const unit = query.units.findIndex(
          ({ needles, open }) =>
            needles.has(key) || (open && size === 1 && [...needles].some((needle) => key.startsWith(needle))),
        );
        if (unit >= 0) {
          found.push([atoms[at].start, atoms[at + size - 1].end, unit]);
          at += size - 1;
          break;
        }
      }
    }
    return found;
  };

  const mark = (text, spans, from, to) => {
    let html = "";
    let at = from;
    for (const [start, end] of spans) {
      if (start < at || end > to) continue;
      html += `${escape(text.slice(at, start))}<mark>${escape(text.slice(start, end))}</mark>`;
      at = end;
    }
    return (html + escape(text.slice(at, to))).replaceAll("</mark><mark>", "");
  };

  /** The place after the first mark of punctuation or space in a stretch of text, or where the stretch begins. */
  const afterPause = (text, from, to) => {
    const pause = /[。；，：、]|[.;,:]? /u.exec(text.slice(from, to));
    return pause ? from + pause.index + pause[0].length : from;
  };

  /** What to show of a text: as many of the things looked for as possible, whole words, not much before the first. */
  const windowOf = (text, spans, length) => {
    if (text.length <= length * 1.2) return [0, text.length];
    let best = { from: 0, count: -1 };
    for (const [from] of spans) {
      const inside = spans.filter(([start, end]) => start >= from && end <= from + length * 0.85);
      const count = new Set(inside.map(([, , unit]) => unit)).size;
      if (count > best.count) best = { from, count };
    }
    const earliest = Math.floor(Math.max(0, best.from - length * 0.15));
    const from = earliest ? afterPause(text, earliest, best.from) : 0;
    const to = Math.min(text.length, from + length);
    return [from, to < text.length && !HAN.test(text[to]) ? text.lastIndexOf(" ", to) : to];
  };

  const extract = (text) => {
    const spans = places(text);
    const length = (text.match(/\p{sc=Han}/gu)?.length ?? 0) > text.length / 4 ? EXTRACT.han : EXTRACT.latin;
    const [from, to] = windowOf(text, spans, length);
    return (from > 0 ? "… " : "") + mark(text, spans, from, to).trim() + (to < text.length ? " …" : "");
  };

  const holdsPhrases = (document) => query.phrases.every((phrase) => learn(document).words.includes(phrase));

  /** What is worked out of an entry when first wanted: its folded words, and the names in its title. */
  const learned = new Map();
  const learn = (document) => {
    let entry = learned.get(document.location);
    if (!entry) {
      const title = titleOf(document);
      const names = title.split(" · ").map((name) => ({
        key: keyOf(atomsOf(name.replace(/^[\d.]+ /, ""))),
        isAbbreviation: ABBREVIATION.test(name),
      }));
      const words = ` ${keyOf(atomsOf(`${title} · ${plain(document.text || document.extract || "")}`))} `;
      entry = { names, words };
      learned.set(document.location, entry);
    }
    return entry;
  };

  /**
   * Whether an entry is called just what was typed. Who types an abbreviation wants to know what it stands for;
   * who types a word in full wants to read about it, so there the glossary does not come first.
   */
  const isNamed = (document) =>
    learn(document).names.some(({ key, isAbbreviation }) => {
      if (document.kind === "term") return key === query.key && isAbbreviation;
      return key === query.key || (query.units.length === 1 && query.units[0].exact?.has(key));
    });

  /** Whether an entry gives a name and, right after it, another name of the same: where a text introduces a thing. */
  const introduces = (document) => {
    const [unit] = query.units;
    if (!unit?.exact || query.units.length > 1 || query.isAbbreviation || document.kind === "term") return false;
    const { words } = learn(document);
    const exact = [...unit.exact].filter((name) => words.includes(` ${name} `));
    return exact.some((name) => exact.some((other) => other !== name && words.includes(` ${name} ${other} `)));
  };

  const isPhrase = () => query.units.length > 1 && query.key.includes(" ");

  /** lunr's score without the theme's additions, times how much of what was looked for is there. */
  const rate = (found, document) => {
    const values = Object.values(found.terms);
    const share = (found.parent ? 0 : 1) + values.filter(Boolean).length / (values.length || 1);
    const all = query.units.reduce((sum, unit) => sum + unit.weight, 0) || 1;
    const isHit = ({ terms }) => terms.some((term) => found.terms[term]);
    const nearness = ({ parts = [] }) => (parts.filter((part) => found.terms[part]).length / (parts.length || 1)) * NEAR;
    const hit = query.units.filter((unit) => isHit(unit) || nearness(unit));
    const coverage = hit.reduce((sum, unit) => sum + unit.weight * (isHit(unit) ? 1 : nearness(unit)), 0) / all;
    const named = isNamed(document) ? NAMED : 1;
    const phrase = (isPhrase() && learn(document).words.includes(` ${query.key} `)) || introduces(document) ? PHRASE : 1;
    return { hit, score: (found.score / (1 + share ** 2)) * coverage ** 3 * named * phrase };
  };

  const shown = ({ document, score, hit }, title) => {
    const missing = query.units.filter((unit) => !hit.includes(unit));
    return {
      location: document.location,
      title: mark(title, places(title), 0, title.length),
      text: `<p>${extract(plain(document.text || document.extract || ""))}</p>`,
      score,
      terms: Object.fromEntries(missing.map(({ surface }) => [surface, false])),
    };
  };

  /** A result as the theme draws it: what was found, best first, then the page that heads it. */
  const render = ([best, ...others]) => {
    const [path, fragment] = best.document.location.split("#");
    const result = shown(best, titleOf(best.document));
    if (fragment === undefined) return [result];
    const more = others
      .filter(({ score, document }) => score > best.score * CLOSE && places(plain(document.text)).length)
      .slice(0, MORE_BLOCKS)
      .map((found) => ({ ...shown(found, sameSection), score: best.score, terms: {} }));
    const page = documents.get(path);
    const head = { location: path, title: escape(page ? titleOf(page) : path), text: "", score: 0, terms: {} };
    return [result, ...more, head];
  };

  const arrange = (items) => {
    const sections = new Map();
    for (const found of items.flat()) {
      const document = documents.get(found.location);
      if (!document || !(found.score > 0) || !holdsPhrases(document)) continue;
      const rated = { document, ...rate(found, document) };
      const section = document.section ?? document.location;
      if (rated.score > 0) sections.set(section, [...(sections.get(section) ?? []), rated]);
    }
    const byScore = (a, b) => b.score - a.score;
    const ranked = [...sections.values()].map((found) => found.sort(byScore)).sort(([a], [b]) => byScore(a, b));
    return ranked.slice(0, MOST_RESULTS).map(render);
  };

  // -- messages ----------------------------------------------------------------

  const incoming = ({ type, data }) => {
    if (type === SETUP) return { type, data: setUp(data) };
    if (type === QUERY) {
      query = readQuery(data);
      return { type, data: query.units.flatMap(({ tokens }) => tokens).join(" ") };
    }
    return { type, data };
  };

  const outgoing = ({ type, data }) => (type === RESULT ? { type, data: { ...data, items: arrange(data.items) } } : { type, data });

  const listen = self.addEventListener.bind(self);
  const send = self.postMessage.bind(self);
  let theirs = () => {};
  self.addEventListener = (type, listener, options) => {
    if (type === "message") theirs = listener;
    else listen(type, listener, options);
  };
  self.postMessage = (message) => send(outgoing(message));
  listen("message", (event) => theirs({ data: incoming(event.data) }));
})();
