// One sample as elements: what became of it, its program, the nearest correct one, the task, the answer.
const OUTCOMES = {
  true_positive: "correct", false_positive: "accepted but wrong", true_negative: "not accepted",
  false_negative: "rejected, though it passes plus", error: "no verdict: the harness failed", not_judged: "not judged yet",
  truncated: "cut off at the length limit", refused: "refused", extraction_failed: "no code in the answer",
  too_long: "prompt too long for the model", rejected: "request turned down", ok: "not judged yet",
};
const SENTENCES = {
  true_positive: "It passes the base tests and the plus tests: correct.",
  false_positive: "It passes the base tests and fails the plus tests: accepted but wrong.",
  true_negative: "It does not pass the base tests: not accepted.",
  false_negative: "It fails the base tests and passes the plus tests: the base tests of this task are in doubt.",
  error: "It has no verdict, because the harness failed; that is not charged to the model.",
  not_judged: "It has not been judged on both suites.",
  truncated: "The server cut the answer at its length limit, so no program was read out of it.",
  refused: "The model or a filter declined.", extraction_failed: "The answer holds no code that could be a solution.",
  too_long: "The request did not fit into the model’s context.", rejected: "The server turned this request down.",
  ok: "It has not been judged on both suites.",
};

function section(title, ...content) {
  return [element("h3", { text: title }), ...content];
}

function folded(title, open, ...content) {
  const box = element("details", {}, element("summary", { text: title }), ...content);
  box.open = open;
  return box;
}

function textBox(shown) {
  const box = element("pre", { class: "text", tabindex: "0", text: shown.text });
  return shown.more ? [box, element("p", { class: "cutoff", text: `${grouped(shown.more)} more characters are not shown here; auditor export has them.` })] : [box];
}

function remark([line, tool, rule, message, address, criterion], withLine) {
  const name = address ? element("a", { href: address, rel: "noreferrer", text: rule }) : element("b", { text: rule });
  const where = withLine ? `line ${line}: ` : "";
  return [where, name, ` ${message} (${tool}${criterion ? `, ${criterion}` : ""})`];
}

function codeBox(source, findings, label) {
  const pieces = pythonPieces(source.lines);
  const box = element("div", { class: findings.length ? "src noted" : "src", role: "group", "aria-label": label });
  const byLine = new Map();
  for (const finding of findings) {
    const line = Math.min(Math.max(1, finding[0]), source.lines.length);
    byLine.set(line, [...(byLine.get(line) ?? []), finding]);
  }
  pieces.forEach((line, place) => {
    const notes = byLine.get(place + 1);
    const row = element("div", { class: notes ? "ln hit" : "ln" }, element("span", { class: "no", text: place + 1 }), codeOf(line));
    if (notes) row.append(element("span", { class: "rem" }, ...notes.map((note) => element("span", { title: note[3] }, ...remark(note, false)))));
    box.append(row);
  });
  return source.more ? [box, element("p", { class: "cutoff", text: `${grouped(source.more)} more lines are not shown here; auditor export has them.` })] : [box];
}

function diffBox(source, runs) {
  const box = element("div", { class: "src delta", role: "group", "aria-label": "Difference to the nearest correct program" });
  const ours = pythonPieces(source.lines);
  const row = (kind, sign, number, code) => box.append(element("div", { class: `ln ${kind}` },
    element("span", { class: "no", text: number }), element("span", { class: "sign", text: sign }), code));
  let at = 0;
  let other = 0;
  for (const [kept, dropped, added] of runs) {
    for (let i = 0; i < kept; i += 1) row("", "", at + i + 1, codeOf(ours[at + i]));
    at += kept;
    other += kept;
    for (let i = 0; i < dropped; i += 1) row("dropped", "−", at + i + 1, codeOf(ours[at + i]));
    at += dropped;
    pythonPieces(added).forEach((line, i) => row("added", "+", other + i + 1, codeOf(line)));
    other += added.length;
  }
  return box;
}

function pairs(rows) {
  const list = element("dl", { class: "pairs" });
  for (const [term, says] of rows) list.append(element("dt", { text: term }), element("dd", { text: says }));
  return list;
}

// Says which test fails and how many were not run; how many pass only where each of them has a result.
function suiteCounts({ outcome, tests, passed, not_run: rest, failing }) {
  if (outcome === "pass") return `pass, ${grouped(tests)} tests`;
  if (passed !== null) return `${outcome}, ${grouped(passed)} of ${grouped(tests)} tests pass`;
  if (!failing) return `${outcome}, ${grouped(tests)} tests${rest ? `, of which ${grouped(rest)} not run` : ""}`;
  const where = `${outcome === "fail" ? "fails" : `${outcome} at`} test ${grouped(failing.number)} of ${grouped(tests)}`;
  if (!rest) return where;
  return `${where}; ${rest === tests - 1 ? "the other" : "of the others,"} ${grouped(rest)} ${rest === 1 ? "was" : "were"} not run`;
}

function suiteRows(name, suite) {
  if (!suite) return [[name, "not run"]];
  const trust = suite.trust === "separate" ? "" : "; tests ran in the solution’s process";
  return [[name, `${suiteCounts(suite)}${suite.flaky ? "; flaky, a second run came out differently" : ""}${trust}`]];
}

function failingOf(name, suite, input) {
  if (!suite || suite.outcome === "pass") return [];
  const failing = suite.failing;
  const nothing = input === "input" ? "(nothing)" : "";
  const rows = failing ? [["test", `number ${grouped(failing.number)} of the ${name} suite: ${failing.kind}`], [input, failing.call || nothing], ["expected", failing.expected || nothing], ["got", failing.got]] : [];
  if (suite.detail && !(failing && failing.got.includes(suite.detail))) rows.push(["why", suite.detail]);
  if (!rows.length) return [];
  const list = element("dl", { class: "failing" });
  for (const [term, says] of rows.filter((row) => row[1])) {
    list.append(element("dt", { text: term }), element("dd", { class: term }, term === "test" || term === "why" ? says : element("code", { text: says })));
  }
  return [list];
}

function programParts(program) {
  const score = program.score === null ? "" : `, style ${Math.round(100 * program.score)} of 100`;
  const missed = program.met.filter(([, met]) => !met);
  const parts = [...section(`The program${score}`, ...codeBox(program.source, program.findings, "The program"))];
  if (program.met.length) {
    const list = element("ul", { class: "criteria" });
    for (const [title] of missed) list.append(element("li", { class: "missed", text: `not met: ${title}` }));
    list.append(element("li", { text: `${program.met.length - missed.length} of ${program.met.length} criteria met` }));
    parts.push(list);
  }
  if (program.others.length) {
    const list = element("ul", { class: "remarks" }, ...program.others.map((one) => element("li", {}, ...remark(one, true))));
    parts.push(folded(`${program.others.length} linter remark${program.others.length === 1 ? "" : "s"} that the rubric does not count`, false, list));
  }
  if (program.findings_cut) parts.push(element("p", { class: "cutoff", text: `${program.findings_cut} more findings are not shown here.` }));
  if (program.nearest) {
    const near = program.nearest;
    const lines = (amount) => `${grouped(amount)} line${amount === 1 ? "" : "s"}`;
    const out = near.runs.reduce((sum, [, dropped]) => sum + dropped, 0), added = near.runs.reduce((sum, [, , texts]) => sum + texts.length, 0);
    const about = `${lines(out)} out (−), ${lines(added)} in (+); the correct program is seen in ${grouped(near.samples)} sample${near.samples === 1 ? "" : "s"}.`;
    parts.push(...section("Against the nearest correct program of this model", element("p", { class: "note", text: about }), diffBox(program.source, near.runs)));
  }
  return parts;
}

// Builds the elements of a sample.
function sampleView(task, entry, program, outcome, name, copies) {
  const head = element("header", {}, element("h2", { text: name }), element("p", { class: "verdict-words", text: SENTENCES[outcome] ?? outcome }));
  const parts = [head];
  if (program) {
    const seen = copies > 1 ? `the same program in ${grouped(copies)} of this model’s samples` : "the only sample with this program";
    parts.push(pairs([...suiteRows("Base tests", program.suites.base), ...suiteRows("Plus tests", program.suites.plus), ["Seen", seen]]));
    const input = task.entry ? "call" : "input";
    for (const suite of ["base", "plus"]) parts.push(...failingOf(suite, program.suites[suite], input));
  }
  parts.push(folded("What was asked", true, ...textBox(task.prompt)));
  if (program) parts.push(...programParts(program));
  if (entry.raw) parts.push(...section("The raw answer", ...textBox(entry.raw)));
  else parts.push(...section("The raw answer", element("p", { class: "note", text: "It is the program above and nothing else." })));
  if (task.reference.lines.join("").trim()) parts.push(folded("The reference solution", false, ...codeBox(task.reference, [], "The reference")));
  const facts = [...entry.facts, ...task.facts];
  if (task.left_out) facts.push(["Task", `left out of the analysis: ${task.left_out}`]);
  if (program) facts.push(["Program", program.id]);
  parts.push(...section("How it was sampled and read", pairs(facts)));
  return parts;
}
