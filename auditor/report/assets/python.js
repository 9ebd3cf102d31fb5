// Colours lines of Python. Every piece of a line becomes text, never markup.
const PYTHON_WORDS = new Set(("and as assert async await break class continue def del elif else except finally for from global if " +
  "import in is lambda nonlocal not or pass raise return try while with yield match case").split(" "));
const PYTHON_CONSTANTS = new Set(["True", "False", "None", "Ellipsis"]);
const PYTHON_TOKEN = /(#.*)|([rbufRBUF]{0,2}(?:"""|'''))|([rbufRBUF]{0,2}(?:"(?:\\.|[^"\\])*"?|'(?:\\.|[^'\\])*'?))|(\b\d[\w.]*)|([A-Za-z_]\w*)|(⟨U\+[0-9A-F]{4,6}⟩)/g;

// Splits lines into [class, text] pieces; strings in triple quotes span lines.
function pythonPieces(lines) {
  let open = "";
  return lines.map((line) => {
    const pieces = [];
    let at = 0;
    const close = (from) => {
      const end = line.indexOf(open, from);
      const stop = end < 0 ? line.length : end + 3;
      if (end >= 0) open = "";
      return stop;
    };
    const push = (name, text) => { if (text) pieces.push([name, text]); };
    if (open) { at = close(0); push("s", line.slice(0, at)); }
    let before = "";
    while (at < line.length) {
      PYTHON_TOKEN.lastIndex = at;
      const hit = PYTHON_TOKEN.exec(line);
      if (!hit) break;
      push("", line.slice(at, hit.index));
      at = hit.index + hit[0].length;
      if (hit[1]) push("c", hit[0]);
      else if (hit[2]) {
        open = hit[0].slice(-3);
        const stop = close(at);
        push("s", line.slice(hit.index, stop));
        at = stop;
      } else if (hit[3]) push("s", hit[0]);
      else if (hit[4] || PYTHON_CONSTANTS.has(hit[5])) push("n", hit[0]);
      else if (hit[6]) push("u", hit[0]);
      else push(PYTHON_WORDS.has(hit[0]) ? "k" : before === "def" || before === "class" ? "f" : "", hit[0]);
      before = hit[5] ?? (hit[0].trim() ? "" : before);
    }
    push("", line.slice(at));
    return pieces;
  });
}

function codeOf(pieces) {
  const code = element("code");
  const whole = pieces.map(([, text]) => text).join("");
  const depth = Math.min(24, whole.length - whole.trimStart().length);
  if (depth) code.className = `d${depth}`;
  pieces.forEach(([name, text], place) => {
    const bare = place ? text : text.trimStart();
    if (bare.length < text.length) code.append(element("i", { class: "w", text: text.slice(0, text.length - bare.length) }));
    if (bare) code.append(name ? element("i", { class: name, text: bare }) : bare);
  });
  return code;
}
