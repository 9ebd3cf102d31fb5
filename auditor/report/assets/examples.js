// The false-positive examples that the page carries as data: inflated when asked for, rendered by the page's own template.
const BATCH = 20;

async function inflated(text) {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return JSON.parse(await new Response(stream).text());
}

function built(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content.firstElementChild;
}

// Reads examples of the block by their place; each chunk is inflated once.
function exampleReader(data) {
  const chunks = new Map();
  let references = null;
  const chunk = (place) => {
    if (!chunks.has(place)) chunks.set(place, inflated(data.chunks[place]));
    return chunks.get(place);
  };
  return async (place) => {
    references ??= inflated(data.references);
    const [html, beside] = [await chunk(Math.floor(place / BATCH)), await references];
    const article = built(html[place % BATCH]);
    for (const empty of article.querySelectorAll("[data-reference]")) {
      empty.replaceWith(built(beside[Number(empty.dataset.reference)]));
    }
    return article;
  };
}

function options(select, counts) {
  const names = [...counts.keys()].sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  for (const name of names) {
    const option = element("option", { text: `${name} (${grouped(counts.get(name))})` });
    option.value = name;
    select.append(option);
  }
}

// An example that is stepped to, or whose address was given, shows its code.
function unfold(example) {
  const folded = example?.querySelector("details.code");
  if (folded) folded.open = true;
}

function stepWithKeys(list) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
    if (event.key !== "j" && event.key !== "k") return;
    const current = document.activeElement.closest(".example");
    const next = current ? (event.key === "j" ? current.nextElementSibling : current.previousElementSibling) : list.firstElementChild;
    if (!next) return;
    unfold(next);
    next.focus();
    next.scrollIntoView({ block: "start" });
  });
}

async function setUpExamples() {
  const section = document.getElementById("examples");
  const list = document.getElementById("examples-list");
  const more = document.getElementById("examples-more");
  const found = document.getElementById("examples-found");
  if (!found) return;
  const selects = ["by-task", "by-kind", "by-rule"].map((id) => document.getElementById(id));
  const block = document.getElementById("examples-data");
  const data = block ? JSON.parse(block.textContent) : { features: [], chunks: [] };
  const read = exampleReader(data);
  const written = [...list.children].map((node) => ({
    node, key: node.id, features: [[node.dataset.task], [node.dataset.kind], node.dataset.rules.split("\n").filter(Boolean)],
  }));
  const packed = data.features.map(([key, task, kind, rules], place) => ({ node: null, place, key, features: [[task], [kind], rules] }));
  const all = [...written, ...packed];
  selects.forEach((select, place) => {
    const counts = new Map();
    for (const one of all) for (const name of one.features[place]) counts.set(name, (counts.get(name) ?? 0) + 1);
    options(select, counts);
  });
  let limit = written.length;
  let turn = 0;
  const node = async (one) => (one.node ??= await read(one.place));
  const matches = () => all.filter((one) => selects.every((s, place) => !s.value || one.features[place].includes(s.value)));
  const show = async () => {
    const mine = ++turn;
    section.dataset.ready = "no";
    const wanted = matches();
    const nodes = await Promise.all(wanted.slice(0, limit).map(node));
    if (mine !== turn) return;  // asked for something else meanwhile
    list.replaceChildren(...nodes);
    found.textContent = `${grouped(nodes.length)} of ${grouped(wanted.length)} shown`;
    if (more) more.parentElement.hidden = nodes.length === wanted.length;
    section.dataset.ready = "yes";
  };
  selects.forEach((select) => select.addEventListener("change", () => { limit = written.length; show(); }));
  more?.addEventListener("click", async () => {
    const before = list.lastElementChild;
    limit += BATCH;
    await show();
    before?.nextElementSibling?.focus({ preventScroll: false });
  });
  const open = async () => {
    const place = all.findIndex((one) => `#${one.key}` === location.hash);
    if (place < 0) return;
    selects.forEach((select) => { select.value = ""; });
    limit = Math.max(limit, place + 1);
    await show();
    unfold(all[place].node);
    all[place].node?.scrollIntoView();
  };
  addEventListener("hashchange", open);
  stepWithKeys(list);
  await (location.hash.startsWith("#fp-") ? open() : show());
  if (section.dataset.ready !== "yes") await show();
  performance.mark("ready");
}
