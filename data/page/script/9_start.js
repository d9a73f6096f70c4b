// The beginning: what is known at once is drawn at once, the questions when their
// columns are there.

function showBroken(error) {
  byId("found").textContent =
    w(typeof DecompressionStream === "undefined" ? "unsupported" : "broken");
  throw error;
}

function drawWords() {
  document.documentElement.lang = language;
  byId("language").value = language;
  for (const node of document.querySelectorAll("[data-w]")) node.textContent = w(node.dataset.w);
  for (const node of document.querySelectorAll("[data-wl]"))
    node.setAttribute("aria-label", w(node.dataset.wl));
  byId("title").textContent = inert(byId("title").textContent);
  document.title = inert(document.title);
  drawMade();
}
function drawMade() {
  byId("made").textContent = w(head.live ? "made-live" : "made", head.version, when(head.made));
}

function drawContents() {
  byId("contents").replaceChildren(el("ul", {},
    ["live", "runs", "subjects", "comparison", "letters", "calibration", "latency", "questions"]
      .filter((id) => byId(id) && !byId(id).hidden)
      .map((id) => el("li", {}, el("a", { href: "#" + id }, w(id))))));
}

function drawFigures() {
  if (head.live) drawLive();
  drawRuns();
  drawSubjects();
  drawComparison();
  drawLetters();
  drawCalibration();
  drawLatency();
  drawContents();
}

function drawAll() {
  drawWords();
  drawFigures();
  showChoice();
}

byId("language").addEventListener("change", (event) => {
  language = event.target.value;
  drawAll();
  applyFilters();
  if (byId("one").dataset.open === "1") openRow(current, { focus: false, follow: false });
});
byId("theme").addEventListener("change", (event) => {
  if (event.target.value === "") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = event.target.value;
});

async function followLink() {
  const row = rowOfLink(location.hash);
  if (row < 0) return;
  if (!rows.includes(row)) byId("reset").click();
  await openRow(row, { focus: false, follow: false });
  byId("questions").scrollIntoView();
}

drawAll();
watchFilters();
readColumns().then(() => {
  byId("filters").disabled = false;
  applyFilters();
  addEventListener("hashchange", followLink);
  if (head.live) {
    drawLive();
    follow();
  }
  return followLink();
}).catch(showBroken);
