// The page of the browser of samples: filters, list, keys and the address of each sample.
const PAGE_SIZE = 100;

function setUpBrowser() {
  const root = document.getElementById("browser");
  if (!root) return;
  const { folder, parts } = root.dataset;
  const at = (name) => document.getElementById(name);
  const list = at("browser-list");
  const article = at("browser-sample");
  const filters = Object.fromEntries(["task", "outcome", "kind", "criterion", "text", "once"].map((name) => [name, at(`filter-${name}`)]));
  const state = { index: null, copies: null, hits: [], page: 0, current: -1, turn: 0 };

  const trouble = (error) => {
    at("browser-trouble").textContent = `A data file cannot be read: samples/${error.message}. The folder “${folder}” must be beside this page.`;
    at("browser-trouble").hidden = false;
    article.setAttribute("aria-busy", "false");
    root.dataset.ready = "trouble";
  };
  // Samples of one task and number, drawn under different settings, are told apart by a suffix.
  const nameOf = (sample) => `${state.index.tasks[state.index.task[sample]]} · sample ${state.index.number[sample]}`;
  const keyOf = (sample) => {
    let twice = 0;
    const { task, number } = state.index;
    while (sample - twice > 0 && task[sample - twice - 1] === task[sample] && number[sample - twice - 1] === number[sample]) twice += 1;
    return `${encodeURIComponent(state.index.tasks[task[sample]])}/${number[sample]}${twice ? `~${twice}` : ""}`;
  };
  const ofKey = (key) => {
    const hit = /^(.*)\/(\d+)(?:~(\d+))?$/.exec(key);
    if (!hit) return -1;
    let name = hit[1];
    try { name = decodeURIComponent(name); } catch { return -1; }
    const task = state.index.tasks.indexOf(name);
    const first = state.index.task.indexOf(task);
    if (task < 0 || first < 0) return -1;
    const place = state.index.number.slice(first, first + state.index.counts[task]).indexOf(Number(hit[2]));
    return place < 0 ? -1 : first + place + Number(hit[3] ?? 0);
  };

  function option(select, value, label) {
    const made = element("option", { text: label });
    made.value = value;
    select?.append(made);
  }

  function fillFilters() {
    const { index } = state;
    const times = (column, size) => { const counts = Array(size).fill(0); for (const one of index[column]) counts[one] += 1; return counts; };
    index.tasks.forEach((task, place) => option(filters.task, place, `${task} (${grouped(index.counts[place])})`));
    times("outcome", index.outcomes.length).forEach((count, place) => option(filters.outcome, place, `${OUTCOMES[index.outcomes[place]] ?? index.outcomes[place]} (${grouped(count)})`));
    times("kind", index.kinds.length).forEach((count, place) => { if (index.kinds[place]) option(filters.kind, place, `${index.kinds[place]} (${grouped(count)})`); });
    index.criteria.forEach((title, place) => option(filters.criterion, place, title));
  }

  function chosen() {
    const { index } = state;
    const value = (name) => (filters[name]?.value ? Number(filters[name].value) : -1);
    const [task, outcome, kind, criterion] = ["task", "outcome", "kind", "criterion"].map(value);
    const lacking = index.sets.map((set) => criterion < 0 || set.includes(criterion));
    const seen = new Set();
    const hits = [];
    for (let i = 0; i < index.number.length; i += 1) {
      if (task >= 0 && index.task[i] !== task) continue;
      if (outcome >= 0 && index.outcome[i] !== outcome) continue;
      if (kind >= 0 && index.kind[i] !== kind) continue;
      const program = index.program[i];
      if (criterion >= 0 && (program < 0 || !lacking[index.missed[program]])) continue;
      if (filters.once.checked && program >= 0) {
        if (seen.has(program)) continue;
        seen.add(program);
      }
      hits.push(i);
    }
    return hits;
  }

  function showList() {
    const { index, hits, page } = state;
    const last = Math.max(0, Math.ceil(hits.length / PAGE_SIZE) - 1);
    list.replaceChildren(...hits.slice(page * PAGE_SIZE, (page + 1) * PAGE_SIZE).map((sample) => {
      const outcome = index.outcomes[index.outcome[sample]];
      const kind = index.kinds[index.kind[sample]];
      const link = element("a", { href: `#${keyOf(sample)}`, "data-sample": sample },
        element("span", { class: "name", text: `${index.tasks[index.task[sample]]} · ${index.number[sample]}` }),
        element("span", { class: outcome === "false_positive" ? "what wrong" : "what", text: (OUTCOMES[outcome] ?? outcome) + (kind ? `: ${kind}` : "") }));
      if (sample === state.current) link.setAttribute("aria-current", "true");
      return element("li", {}, link);
    }));
    at("browser-page").textContent = last ? `${page + 1} of ${last + 1}` : "";
    at("browser-before").disabled = page === 0;
    at("browser-after").disabled = page === last;
    at("browser-before").parentElement.hidden = !last;
  }

  function found(text) { at("browser-found").textContent = text; }

  async function apply() {
    const mine = ++state.turn;
    root.dataset.ready = "no";
    let hits = chosen();
    const wanted = filters.text.value.trim().toLowerCase();
    if (wanted) {
      const total = hits.length;
      const report = (done, count) => found(`Searching: ${grouped(done)} of ${grouped(total)}, ${grouped(count)} found`);
      hits = await searchSamples(folder, state.index, hits, wanted, report, () => mine === state.turn);
      if (hits === null) return;
    }
    state.hits = hits;
    state.page = 0;
    found(`${grouped(hits.length)} of ${grouped(state.index.number.length)} samples`);
    showList();
    if (!hits.includes(state.current) && hits.length) await open(hits[0], false);
    root.dataset.ready = "yes";
  }

  async function open(sample, write = true) {
    state.current = sample;
    const place = state.hits.indexOf(sample);
    if (place >= 0 && Math.floor(place / PAGE_SIZE) !== state.page) { state.page = Math.floor(place / PAGE_SIZE); showList(); }
    for (const link of list.querySelectorAll("a")) {
      if (Number(link.dataset.sample) === sample) { link.setAttribute("aria-current", "true"); link.scrollIntoView({ block: "nearest" }); }
      else link.removeAttribute("aria-current");
    }
    article.setAttribute("aria-busy", "true");
    const [chunk, inside] = placeOf(state.index, sample);
    const content = await dataFile(folder, String(chunk));
    if (sample !== state.current) return;
    const entry = content.samples[inside];
    const { index } = state;
    const copies = index.program[sample] < 0 ? 0 : state.copies[index.program[sample]];
    article.replaceChildren(...sampleView(content.tasks[index.task[sample]], entry, content.programs[entry.program], index.outcomes[index.outcome[sample]], nameOf(sample), copies));
    article.dataset.sample = sample;
    article.setAttribute("aria-label", nameOf(sample));
    article.setAttribute("aria-busy", "false");
    if (write) history.replaceState(null, "", `#${keyOf(sample)}`);
  }

  function step(by) {
    const place = state.hits.indexOf(state.current) + by;
    if (place >= 0 && place < state.hits.length) open(state.hits[place]).then(() => list.querySelector("[aria-current]")?.focus(), trouble);
  }

  function listen() {
    const again = () => apply().catch(trouble);
    let pause = 0;
    for (const [name, control] of Object.entries(filters)) {
      if (name === "text") control.addEventListener("input", () => { clearTimeout(pause); pause = setTimeout(again, 250); });
      else control?.addEventListener("change", again);
    }
    for (const [name, by] of [["browser-before", -1], ["browser-after", 1]]) {
      at(name).addEventListener("click", () => { state.page += by; showList(); list.scrollTop = 0; list.querySelector("a")?.focus(); });
    }
    list.addEventListener("click", (event) => {
      const link = event.target.closest("a");
      if (!link) return;
      event.preventDefault();
      open(Number(link.dataset.sample)).then(() => { if (matchMedia("(max-width: 800px)").matches) article.scrollIntoView(); article.focus({ preventScroll: true }); }, trouble);
    });
    addEventListener("hashchange", () => { const sample = ofKey(location.hash.slice(1)); if (sample >= 0) open(sample).catch(trouble); });
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
      if (event.key === "j") step(1);
      else if (event.key === "k") step(-1);
      else if (event.key === "/") { event.preventDefault(); filters.text.focus(); }
    });
  }

  async function start() {
    state.index = await readIndex(folder, Number(parts));
    state.copies = Array(state.index.missed.length).fill(0);
    for (const program of state.index.program) if (program >= 0) state.copies[program] += 1;
    fillFilters();
    listen();
    const named = ofKey(location.hash.slice(1));
    if (named >= 0) {
      state.hits = chosen();
      state.current = named;
      state.page = Math.floor(named / PAGE_SIZE);
      found(`${grouped(state.hits.length)} of ${grouped(state.index.number.length)} samples`);
      showList();
      await open(named, false);
      root.dataset.ready = "yes";
    } else await apply();
    performance.mark("ready");
  }
  start().catch(trouble);
}

document.addEventListener("DOMContentLoaded", setUpBrowser);
