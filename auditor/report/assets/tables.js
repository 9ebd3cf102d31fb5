// Every table can be copied and saved as CSV: its figures as plain numbers, intervals in a column of their own.
function plainText(text) {
  const flat = text.replace(/\s+/g, " ").trim();
  const number = flat.replace(/[\s\u202f]/g, "").replace(/\u2212/g, "-").replace(/%$/, "");
  return /^[+-]?\d+(\.\d+)?$/.test(number) ? number.replace(/^\+/, "") : flat;
}

function csvCell(text) {
  const risky = /^[=+@\t\r-]/.test(text) && !/^-?\d+(\.\d+)?$/.test(text);  // a spreadsheet would take it for a formula
  const safe = risky ? `'${text}` : text;
  return /[",\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const quieter = { interval: "interval", behind: "tasks" };  // second lines of a cell, each a column of its own

function cellParts(cell) {
  const copy = cell.cloneNode(true);
  const spans = Object.keys(quieter).map((kind) => [...copy.querySelectorAll(`.${kind}`)]
    .map((span) => { span.remove(); return plainText(span.textContent); }).join(" "));
  copy.querySelectorAll("svg, .badge").forEach((part) => part.remove());
  return [plainText(copy.textContent), ...spans];
}

function tableRows(table) {
  const head = [...table.tHead.rows[0].cells].map((cell) => plainText(cell.textContent));
  const body = [...table.tBodies[0].rows].map((row) => [...row.cells].map(cellParts));
  const there = (column, place) => body.some((row) => row[column]?.[place]);
  const wide = (cells) => cells.flatMap((parts, column) => parts.filter((_, place) => !place || there(column, place)));
  return [wide(head.map((label) => [label, ...Object.values(quieter).map((name) => `${label}, ${name}`)])), ...body.map(wide)];
}

const asCsv = (table) => tableRows(table).map((row) => `${row.map(csvCell).join(",")}\r\n`).join("");
const asTabs = (table) => tableRows(table).map((row) => row.join("\t")).join("\n");

function download(name, text) {
  const link = element("a", { download: name, href: URL.createObjectURL(new Blob(["\ufeff", text], { type: "text/csv" })) });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

async function copyText(button, text) {
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch { button.textContent = "Copying is not allowed here"; }
  setTimeout(() => { button.textContent = "Copy"; }, 2000);
}

function setUpTables() {
  document.querySelectorAll(".scroll > table").forEach((table, place) => {
    const figure = table.closest("figure");
    const about = table.caption?.textContent ?? figure?.querySelector(".finding")?.firstChild.textContent.trim() ?? "the table";
    const copy = element("button", { type: "button", text: "Copy", "aria-label": `Copy: ${about}` });
    const save = element("button", { type: "button", text: "CSV", "aria-label": `Save as CSV: ${about}` });
    copy.addEventListener("click", () => copyText(copy, asTabs(table)));
    save.addEventListener("click", () => download(`${table.id || figure?.id || `table-${place}`}.csv`, asCsv(table)));
    (figure ?? table.parentElement).insertAdjacentElement(figure ? "beforeend" : "afterend", element("div", { class: "tools row" }, copy, save));
  });
}
