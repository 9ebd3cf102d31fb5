// The slider of the cost of a wrong answer: puts the answer at one cost in the place of that at another.
async function setUpAnswer() {
  const slider = document.getElementById("answer-cost");
  if (!slider) return;
  const places = await inflated(document.getElementById("answer-data").textContent);
  const words = document.getElementById("answer-cost-words");
  const sentence = document.getElementById("answer-sentence");
  const rows = document.getElementById("answer-table").tBodies[0];
  const show = () => {
    const [cost, answer, body] = places[Number(slider.value)];
    slider.setAttribute("aria-valuetext", cost);
    words.textContent = cost;
    sentence.innerHTML = answer;
    rows.innerHTML = body;
  };
  slider.addEventListener("input", show);
  show();
  slider.dataset.ready = "yes";
}
