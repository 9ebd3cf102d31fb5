// Charts say their values: at the point nearest to the pointer, and by arrow keys where a chart has the focus.
function middle(point) {
  const box = point.getBoundingClientRect();
  return [box.left + box.width / 2, box.top + box.height / 2];
}

function setUpChart(svg, line) {
  const points = [...svg.querySelectorAll(".pt")];
  if (!points.length) return;
  const rest = line.textContent;
  let at = -1;
  const show = (place) => {
    points[at]?.classList.remove("on");
    at = place;
    points[at]?.classList.add("on");
    line.textContent = points[at]?.querySelector("title").textContent ?? rest;
  };
  svg.setAttribute("tabindex", "0");
  svg.addEventListener("pointermove", (event) => {
    const far = points.map((point) => { const [x, y] = middle(point); return Math.hypot(x - event.clientX, y - event.clientY); });
    show(far.indexOf(Math.min(...far)));
  });
  svg.addEventListener("pointerleave", () => { if (document.activeElement !== svg) show(-1); });
  svg.addEventListener("focus", () => { if (at < 0) show(0); });
  svg.addEventListener("blur", () => show(-1));
  svg.addEventListener("keydown", (event) => {
    const steps = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: points.length - 1 };
    if (!(event.key in steps)) return;
    event.preventDefault();
    show(Math.min(Math.max(steps[event.key], 0), points.length - 1));
  });
}

function setUpCharts() {
  for (const box of document.querySelectorAll(".chart-box")) {
    const line = box.querySelector(".values");
    box.querySelectorAll("svg.chart").forEach((svg) => setUpChart(svg, line));
    if (!box.querySelector(".pt")) line.remove();
  }
}
