// The data files of the browser of samples: scripts that hand over one string each, loaded when asked for.
const waiting = new Map();
let kept = [];
const KEPT = 6;  // data files held in memory, each a few million characters at most

// Called by the data files.
function auditorData(key, text) {
  waiting.get(key)?.(text);
}

async function unpacked(text) {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  return JSON.parse(await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"))).text());
}

function loaded(folder, key) {
  return new Promise((resolve, reject) => {
    const script = element("script", { src: `${folder}/${key}.js` });
    const done = (act) => (value) => { waiting.delete(key); script.remove(); act(value); };
    waiting.set(key, done(resolve));
    script.addEventListener("error", () => done(reject)(new Error(`${folder}/${key}.js`)));
    document.head.append(script);
  }).then(unpacked);
}

// Reads a data file; the last few stay in memory.
function dataFile(folder, key) {
  const found = kept.find((one) => one.key === key);
  if (found) return found.content;
  const content = loaded(folder, key);
  content.catch(() => { kept = kept.filter((one) => one.content !== content); });
  kept = [{ key, content }, ...kept].slice(0, KEPT);
  return content;
}

// Reads the index: the columns of all parts joined.
async function readIndex(folder, parts) {
  const [first, ...others] = await Promise.all([...Array(parts).keys()].map((part) => loaded(folder, `index-${part}`)));
  for (const part of others) for (const name of ["number", "outcome", "kind", "program"]) first[name] = first[name].concat(part[name]);
  first.task = new Int32Array(first.number.length);
  let at = 0;
  first.counts.forEach((count, task) => { first.task.fill(task, at, at + count); at += count; });
  return first;
}

// The data file that holds a sample, and the sample's place in it.
function placeOf(index, sample) {
  let low = 0;
  let high = index.starts.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (index.starts[middle] <= sample) low = middle; else high = middle;
  }
  return [low, sample - index.starts[low]];
}

function searchable(content, entry) {
  const program = content.programs[entry.program];
  const tests = program ? Object.values(program.suites).filter(Boolean).flatMap((one) => [one.detail, ...Object.values(one.failing ?? {})]) : [];
  return [entry.raw?.text ?? "", program ? program.source.lines.join("\n") : "", ...tests].join("\n").toLowerCase();
}

// Finds a text in samples, file by file; `report` hears how far it is, `going` says whether it is still wanted.
async function searchSamples(folder, index, samples, wanted, report, going) {
  const found = [];
  const texts = new Map();
  let file = -1;
  let content = null;
  for (const [done, sample] of samples.entries()) {
    const [chunk, place] = placeOf(index, sample);
    if (chunk !== file) {
      report(done, found.length);
      content = await loaded(folder, String(chunk));
      file = chunk;
      texts.clear();
      if (!going()) return null;
    }
    const entry = content.samples[place];
    const key = entry.raw ? null : entry.program;
    if (key === null || !texts.has(key)) texts.set(key, searchable(content, entry).includes(wanted));
    if (texts.get(key)) found.push(sample);
  }
  return found;
}
