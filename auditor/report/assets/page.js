// Theme, sorting, filtering. Without this script the page reads as a plain document.
"use strict";
document.documentElement.classList.add("js");
if (location.hash === "#print-full") document.documentElement.classList.add("print-full");

function stored(value) {
  try {
    if (value !== undefined) localStorage.setItem("auditor-theme", value);
    return localStorage.getItem("auditor-theme");
  } catch { return null; }  // storage may be closed for files; the choice then lasts as long as the page
}
if (["light", "dark"].includes(stored())) document.documentElement.dataset.theme = stored();

// A whole number with its thousands apart, as the texts of the page have it.
const grouped = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, "\u202f");

function element(tag, options = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(options)) {
    if (name === "text") made.textContent = value;
    else if (name === "class") made.className = value;
    else made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

function setUpTheme() {
  const button = document.getElementById("theme");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (document.documentElement.dataset.theme || (system.matches ? "dark" : "light")) === "dark";
  const show = () => {
    button.textContent = isDark() ? "Light" : "Dark";
    button.setAttribute("aria-label", `Switch to ${isDark() ? "light" : "dark"} colours`);
    button.removeAttribute("aria-pressed");
  };
  button.addEventListener("click", () => {
    document.documentElement.dataset.theme = isDark() ? "light" : "dark";
    stored(document.documentElement.dataset.theme);
    show();
  });
  system.addEventListener("change", show);
  show();
}

function sortKey(row, column) {
  const cell = row.cells[column];
  const key = cell.dataset.sort ?? cell.textContent.trim();
  return key !== "" && !Number.isNaN(Number(key)) ? Number(key) : key;
}

function compare(a, b) {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a).localeCompare(String(b), "en", { numeric: true });
}

function sortBy(table, column) {
  const headers = [...table.tHead.rows[0].cells];
  const numbers = headers[column].classList.contains("num");
  const before = headers[column].getAttribute("aria-sort");
  const order = before ? (before === "ascending" ? "descending" : "ascending") : numbers ? "descending" : "ascending";
  const sign = order === "ascending" ? 1 : -1;
  headers.forEach((header) => header.removeAttribute("aria-sort"));
  headers[column].setAttribute("aria-sort", order);
  const rows = [...table.tBodies[0].rows];
  rows.sort((a, b) => sign * compare(sortKey(a, column), sortKey(b, column)));
  table.tBodies[0].append(...rows);
}

function setUpSorting() {
  for (const table of document.querySelectorAll("table[data-sortable]")) {
    [...table.tHead.rows[0].cells].forEach((header, column) => {
      const button = element("button", { type: "button", text: header.textContent });
      button.addEventListener("click", () => sortBy(table, column));
      header.replaceChildren(button);
    });
  }
}

function setUpTaskFilter() {
  const input = document.getElementById("task-filter");
  if (!input) return;
  const rows = [...document.getElementById(input.dataset.filters).tBodies[0].rows];
  const texts = rows.map((row) => row.textContent.toLowerCase());
  const found = document.getElementById("tasks-found");
  const apply = () => {
    const wanted = input.value.trim().toLowerCase();
    let shown = 0;
    rows.forEach((row, place) => {
      row.hidden = !texts[place].includes(wanted);
      shown += row.hidden ? 0 : 1;
    });
    found.textContent = wanted ? `${shown} of ${rows.length} tasks` : "";
  };
  input.addEventListener("input", apply);
  apply();
}

// A table that goes on to the right fades out there.
function setUpScrolling() {
  const mark = (box) => box.classList.toggle("goes-on", box.scrollWidth - box.clientWidth - box.scrollLeft > 2);
  const sizes = new ResizeObserver((entries) => entries.forEach((entry) => mark(entry.target)));
  for (const box of document.querySelectorAll(".scroll")) {
    box.addEventListener("scroll", () => mark(box), { passive: true });
    sizes.observe(box);
  }
}

document.addEventListener("DOMContentLoaded", () => {
  if (document.documentElement.classList.contains("print-full")) {
    for (const folded of document.querySelectorAll("details.code, details.closing")) folded.open = true;
  }
  setUpTheme();
  setUpSorting();
  setUpTaskFilter();
  setUpScrolling();
  setUpCharts();
  setUpTables();
  setUpAnswer();
  if (document.getElementById("examples")) setUpExamples();
});
