// The false positives that the page carries as data: unpacked and built when asked for, as text and never as markup.
const BATCH = 20;
const KEYWORDS = new Set(("and as assert async await break class continue def del elif else except finally for from global if "
  + "import in is lambda nonlocal not or pass raise return try while with yield match case").split(" "));
const CONSTANTS = new Set(["True", "False", "None"]);
const BUILTINS = new Set(("abs all any bool bytes chr dict divmod enumerate filter float frozenset int isinstance iter len list "
  + "map max min next object ord pow print range repr reversed round set slice sorted str sum super tuple type zip").split(" "));
const MARK = /⟨(?:U\+[0-9A-F]{4,6}|… [\d\u202f]+ more characters)⟩/g;
const TOKEN = new RegExp([
  `(?<mark>${MARK.source})`,
  "(?<comment>#.*)",
  "(?<text>[rbfuRBFU]{0,2}(?:\"\"\"[\\s\\S]*?(?:\"\"\"|$)|'''[\\s\\S]*?(?:'''|$)|\"(?:\\\\.|[^\"\\\\\\n])*\"?|'(?:\\\\.|[^'\\\\\\n])*'?))",
  "(?<number>\\b\\d[\\w.]*)",
  "(?<word>[\\p{L}_][\\p{L}\\p{N}_]*)",
].join("|"), "gu");

async function unpack() {
  const block = document.getElementById("cases-data");
  if (!block) return { tasks: [], rules: [], messages: [], heads: [], rows: [] };
  if (block.dataset.deflated !== "yes") return JSON.parse(block.textContent);
  const bytes = Uint8Array.from(atob(block.textContent), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return JSON.parse(await new Response(stream).text());
}

function marked(text) {
  const pieces = [];
  let start = 0;
  for (const hit of text.matchAll(MARK)) {
    pieces.push(text.slice(start, hit.index), element("i", { class: "u", text: hit[0] }));
    start = hit.index + hit[0].length;
  }
  pieces.push(text.slice(start));
  return pieces.filter((piece) => piece !== "");
}

function classOf(groups, before) {
  if (groups.mark !== undefined) return "";
  if (groups.comment !== undefined) return "c";
  if (groups.text !== undefined) return "s";
  if (groups.number !== undefined) return "n";
  if (/\b(def|class)\s+$/.test(before)) return "f";
  if (KEYWORDS.has(groups.word)) return "k";
  return CONSTANTS.has(groups.word) ? "n" : BUILTINS.has(groups.word) ? "b" : "";
}

function coloured(source) {
  const lines = [[]];
  const add = (text, name) => text.split("\n").forEach((piece, place) => {
    if (place) lines.push([]);
    if (piece) lines.at(-1).push(...(name ? [element("i", { class: name }, ...marked(piece))] : marked(piece)));
  });
  let start = 0;
  for (const hit of source.matchAll(TOKEN)) {
    add(source.slice(start, hit.index), "");
    add(hit[0], classOf(hit.groups, source.slice(Math.max(0, hit.index - 12), hit.index)));
    start = hit.index + hit[0].length;
  }
  add(source.slice(start), "");
  return lines;
}

// The browser may not break a line at its indentation, and hangs what it must break: as in code.py.
function hung(pieces) {
  const code = element("code", {}, ...pieces);
  const deep = /^ */.exec(code.textContent)[0].length;
  if (!deep) return code;
  const first = document.createTreeWalker(code, NodeFilter.SHOW_TEXT).nextNode();
  const spaces = Math.min(deep, first.data.length);
  first.data = first.data.slice(spaces);
  code.prepend(element("i", { class: "w", text: " ".repeat(spaces) }));
  code.className = `d${Math.min(24, deep)}`;
  return code;
}

function remark([, rule, message], data) {
  const [name, url] = data.rules[rule];
  const safe = url.startsWith("https://") || url.startsWith("http://");
  const label = element(safe ? "a" : "b", safe ? { href: url, rel: "noreferrer" } : {}, ...marked(name));
  return element("span", { title: data.messages[message] }, label, " ", ...marked(data.messages[message]));
}

function also(rest, data) {
  if (!rest.length) return [];
  const names = rest.flatMap(([, rule, message]) => [element("b", { title: data.messages[message] }, ...marked(data.rules[rule][0])), " "]);
  return [element("span", {}, "also ", ...names)];
}

function sourceBlock(label, source, folded, remarks, data) {
  const lines = coloured(source).map((pieces, place) => {
    const own = remarks.filter(([line]) => line === place + 1);
    const row = element("div", { class: own.length ? "ln hit" : "ln" },
      element("span", { class: "no", text: String(place + 1) }), hung(pieces));
    if (own.length) row.append(element("span", { class: "rem" }, ...own.slice(0, 3).map((one) => remark(one, data)), ...also(own.slice(3), data)));
    return row;
  });
  const block = element("div", { class: remarks === NONE ? "src" : "src noted" });
  while (folded && !lines[folded - 1]?.querySelector("code").textContent.trim()) folded -= 1;
  if (folded) {
    const head = lines.slice(0, folded);
    const signature = head.findLast((line) => /^\s*(async )?def /.test(line.querySelector("code").textContent)) ?? head[0];
    const summary = element("summary", {}, signature.querySelector("code").cloneNode(true), ` ${folded} lines of the prompt`);
    block.append(element("details", { class: "fold" }, summary, ...head));
  }
  block.append(...lines.slice(folded));
  return element("figure", {}, element("figcaption", { text: label }), block);
}
const NONE = [];

// the order of a row is that of `_packed` in exhibits.py
function exhibit(row, data) {
  const [program, task, samples, score, kind, call, expected, got, index, head, prompt, body, remarks] = row;
  const [taskId, reference, entryPoint] = data.tasks[task];
  const key = `fp-${program.slice(0, 12)}`;
  const facts = [`seen in ${samples} sample${samples === 1 ? "" : "s"}`, kind];
  if (score !== null) facts.push(`style ${Math.round(100 * score)} of 100`);
  const failing = element("dl", { class: "failing" });
  const terms = { test: index === null ? "" : `number ${index + 1} of the plus suite`, call, expected, got };
  for (const [term, text] of Object.entries(terms)) {
    if (!text) continue;
    const shown = term === "test" ? text : element("code", {}, ...marked(text));
    failing.append(element("dt", { text: term }), element("dd", { class: term }, shown));
  }
  const solution = head ? `${data.heads[prompt]}\n${body}` : body;
  const shared = head && reference.startsWith(`${data.heads[prompt]}\n`) ? head : 0;
  const pair = element("div", { class: "pair" },
    sourceBlock("False positive, with the linters’ remarks", solution, head, remarks, data));
  if (reference) pair.append(sourceBlock("Reference", reference, shared, NONE, data));
  const link = element("a", { href: `#${key}` }, ...marked(taskId));
  const heading = element("h3", {}, link);
  if (entryPoint) heading.append(element("code", {}, ...marked(entryPoint)));
  return element("article", { class: "exhibit", id: key, tabindex: "-1" },
    element("header", {}, heading, element("p", { class: "facts", text: facts.join(" · ") })), failing, pair);
}

function options(select, counts) {
  const names = [...counts.keys()].sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  for (const name of names) {
    const option = element("option", { text: `${name} (${counts.get(name)})` });
    option.value = name;
    select.append(option);
  }
}

async function setUpCases() {
  const list = document.getElementById("cases-list");
  const more = document.getElementById("cases-more");
  const found = document.getElementById("cases-found");
  if (!found) return;
  const selects = ["by-task", "by-kind", "by-rule"].map((id) => document.getElementById(id));
  const data = await unpack();
  const written = [...list.children].map((node) => ({
    node, key: node.id, features: [[node.dataset.task], [node.dataset.kind], node.dataset.rules.split(" ").filter(Boolean)],
  }));
  const packed = data.rows.map((row) => ({
    node: null, row, key: `fp-${row[0].slice(0, 12)}`,
    features: [[data.tasks[row[1]][0]], [row[4]], [...new Set(row[12].map(([, rule]) => data.rules[rule][0]))]],
  }));
  const all = [...written, ...packed];
  selects.forEach((select, place) => {
    const counts = new Map();
    for (const one of all) for (const name of one.features[place]) counts.set(name, (counts.get(name) ?? 0) + 1);
    options(select, counts);
  });
  let limit = written.length;
  const node = (one) => (one.node ??= exhibit(one.row, data));
  const matches = () => all.filter((one) => selects.every((s, place) => !s.value || one.features[place].includes(s.value)));
  const show = () => {
    const wanted = matches();
    list.replaceChildren(...wanted.slice(0, limit).map(node));
    const shown = Math.min(limit, wanted.length);
    found.textContent = `${shown} of ${wanted.length} shown`;
    if (more) more.parentElement.hidden = shown === wanted.length;
  };
  selects.forEach((select) => select.addEventListener("change", () => { limit = written.length; show(); }));
  more?.addEventListener("click", () => {
    const before = list.lastElementChild;
    limit += BATCH;
    show();
    before?.nextElementSibling?.focus({ preventScroll: false });
  });
  const open = () => {
    const place = all.findIndex((one) => `#${one.key}` === location.hash);
    if (place < 0) return;
    selects.forEach((select) => { select.value = ""; });
    limit = Math.max(limit, place + 1);
    show();
    node(all[place]).scrollIntoView();
  };
  addEventListener("hashchange", open);
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
    if (event.key !== "j" && event.key !== "k") return;
    const current = document.activeElement.closest(".exhibit");
    const next = current ? (event.key === "j" ? current.nextElementSibling : current.previousElementSibling) : list.firstElementChild;
    next?.focus();
    next?.scrollIntoView({ block: "start" });
  });
  show();
  if (location.hash.startsWith("#fp-")) open();
  document.getElementById("cases").dataset.ready = "yes";
  performance.mark("ready");
}
