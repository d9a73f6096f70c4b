// Which questions are listed, and in what order; the list itself, of which only what is
// in sight is drawn.

const ROW = 52;
const chosen = { a: 0, b: Math.min(1, head.runs.length - 1), mark: "", subject: "", flips: "",
                 sort: "", text: "" };
let rows = new Uint32Array(0);  // what passes, in order
let matching = null;            // by row: 1 where the text was found; null: no text
let current = -1;               // the row that is selected
const list = byId("list"), drawnRows = byId("rows");

// What the pictures ask for: those questions, and the list in sight.
function chooseRows(wanted, go = true) {
  if (go) forgetText();
  Object.assign(chosen, go ? { mark: "asked", flips: "" } : {}, wanted);
  showChoice();
  applyFilters();
  if (go) byId("questions").scrollIntoView();
  if (go) list.focus({ preventScroll: true });
}

function passes() {
  const a = columns.runs[chosen.a], b = columns.runs[chosen.b];
  const mark = MARKS.indexOf(chosen.mark);
  const hasMark = chosen.mark === "" ? () => true
    : chosen.mark === "asked" ? (m) => m !== NOT_ASKED : (m) => m === mark;
  const [kind, which] = [chosen.subject[0], Number(chosen.subject.slice(1))];
  const wantedSubject = Uint8Array.from(head.subjects, ([, category, also], s) =>
    Number(kind === undefined || (kind === "s" ? s === which
      : category === which || (which >= 0 && also === which))));
  const replied = (m) => m !== NOT_ASKED && m !== FAILED;
  const flips = {
    any: (x, y) => replied(x) && replied(y) && (x === 0) !== (y === 0),
    lost: (x, y) => x === 0 && y !== 0 && replied(y),
    won: (x, y) => y === 0 && x !== 0 && replied(x),
    letter: (x, y, row) => replied(x) && replied(y) && a.letter[row] !== b.letter[row],
  }[chosen.flips];
  return (row) =>
    wantedSubject[columns.subject[row]] &&
    hasMark(a.mark[row]) &&
    (!flips || flips(a.mark[row], b.mark[row], row)) &&
    (!matching || matching[row]);
}

function sorted(found) {
  if (found.length === 0) return found;
  const a = columns.runs[chosen.a];
  const known = (column) => (row) => column[row] === UNKNOWN ? -1 : column[row];
  const by = {
    latency: known(a.latency), tokens: known(a.tokens),
    tries: (row) => a.tries[row],
    mark: (row) => -a.mark[row],
    hard: (row) => -columns.runs.reduce((sum, run) => sum + (run.mark[row] === 0), 0),
  }[chosen.sort];
  if (!by) return found;
  // Value and row in one number, which sorts without a function: ten times as fast.
  const n = head.questions;
  const keys = Float64Array.from(found, (row) => row - by(row) * n).sort();
  return Uint32Array.from(keys, (key) => ((key % n) + n) % n);
}

function applyFilters() {
  if (!columns.place) return;
  const wanted = passes();
  const found = new Uint32Array(head.questions);
  let n = 0;
  for (let row = 0; row < head.questions; ++row) if (wanted(row)) found[n++] = row;
  rows = sorted(found.subarray(0, n));
  sayFound();
  drawnRows.style.height = rows.length * ROW + "px";
  if (list.scrollTop > rows.length * ROW) list.scrollTop = 0;
  drawList(true);
  if (rows.includes(current)) list.setAttribute("aria-activedescendant", "row-" + current);
  else list.removeAttribute("aria-activedescendant");
}
function sayFound(more = "") {
  byId("found").textContent =
    w("found", number(rows.length), number(head.questions)) + (more && "; " + more);
}

// ---- The list ----

function rowLetters(row) {
  const shown = head.runs.length <= (innerWidth < 640 ? 2 : 6) ? head.runs.map((_, i) => i)
    : [...new Set([chosen.a, chosen.b])];
  return [el("span", { class: "letter key-letter", title: w("key") },
             lettersOf(columns.key[row]).join("")),
    shown.map((run) => {
      const mark = markOf(run, row);
      return el("span", { class: "letter is-" + mark, title: labelOf(head.runs[run]) },
        mark ? letterOf(run, row) + (mark === "right" ? "✓" : mark === "wrong" ? "✗" : "?") : "",
        el("span", { class: "hidden" }, mark ? " " + w(mark) : w("not-asked")));
    })];
}

const nodes = new Map();  // by position in `rows`
function drawList(anew = false) {
  if (anew) {
    nodes.clear();
    drawnRows.replaceChildren();
  }
  const first = Math.max(0, Math.floor(list.scrollTop / ROW) - 4);
  const last = Math.min(rows.length, first + Math.ceil(list.clientHeight / ROW) + 8);
  for (const [at, node] of nodes) {
    if (at >= first && at < last) continue;
    node.remove();
    nodes.delete(at);
  }
  for (let at = first; at < last; ++at) {
    if (!nodes.has(at)) nodes.set(at, drawnRows.appendChild(listedRow(at)));
  }
}

function listedRow(at) {
  const row = rows[at];
  const text = el("span", {}, "…");
  const node = el("div", { class: "row", role: "option", id: "row-" + row,
      "aria-posinset": at + 1, "aria-setsize": rows.length,
      "aria-selected": String(row === current), onclick: () => openRow(row) },
    text,
    el("span", { class: "about" }, `${columns.id[row]} · ${head.subjects[columns.subject[row]][0]}`),
    el("span", { class: "letters" }, rowLetters(row)));
  node.style.top = at * ROW + "px";
  questionOf(row).then((question) => {
    text.textContent = inert(question[0].slice(0, 300).replace(/\s+/g, " "));
  }, showBroken);
  return node;
}

function select(row, scroll = true) {
  const before = byId("row-" + current);
  before?.setAttribute("aria-selected", "false");
  current = row;
  const at = rows.indexOf(row);
  if (scroll && at >= 0) {
    const top = at * ROW;
    if (top < list.scrollTop) list.scrollTop = top;
    if (top + ROW > list.scrollTop + list.clientHeight)
      list.scrollTop = top + ROW - list.clientHeight;
    drawList();
  }
  byId("row-" + row)?.setAttribute("aria-selected", "true");
  if (at >= 0) list.setAttribute("aria-activedescendant", "row-" + row);
}

function move(by, open) {
  if (rows.length === 0) return;
  const at = rows.indexOf(current);
  const to = Math.max(0, Math.min(rows.length - 1, at < 0 ? 0 : at + by));
  if (open) openRow(rows[to], { focus: false });
  else select(rows[to]);
}

list.addEventListener("scroll", () => requestAnimationFrame(() => drawList()), { passive: true });
new ResizeObserver(() => drawList(true)).observe(list);
list.addEventListener("keydown", (event) => {
  const page = Math.max(1, Math.floor(list.clientHeight / ROW) - 1);
  const by = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -rows.length,
               End: rows.length }[event.key];
  if (by !== undefined) {
    event.preventDefault();
    move(by, byId("one").dataset.open === "1" && innerWidth >= 992);
  } else if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    if (current < 0) move(0);
    if (current >= 0) openRow(current);
  }
});
// Single letters count only inside this part of the page (WCAG 2.1.4).
byId("questions").addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest("input, select")) {
    if (event.key === "Escape") list.focus();
    return;
  }
  const key = event.key.toLowerCase();  // with Caps Lock, too
  if (key === "j" || key === "k") move(key === "j" ? 1 : -1, true);
  else if (event.key === "/") byId("text").focus();
  else if (event.key === "Escape") list.focus();
  else return;
  event.preventDefault();
});

// ---- The filters ----

function options(select, entries, value) {
  select.replaceChildren(...entries.map(([key, text, children]) => children
    ? el("optgroup", { label: text }, children.map(([k, t]) => el("option", { value: k }, t)))
    : el("option", { value: key }, text)));
  select.value = value;
}

function showChoice() {
  const runs = head.runs.map((run, i) => [i, labelOf(run)]);
  options(byId("run-a"), runs, chosen.a);
  options(byId("run-b"), runs, chosen.b);
  options(byId("mark"), [["", w("all")], ...["asked", ...MARKS].map((mark) => [mark, w(mark)])], chosen.mark);
  const inCategory = (c) => [...head.subjects.keys()].filter((s) => head.subjects[s][1] === c)
    .map((s) => ["s" + s, head.subjects[s][0]]);
  options(byId("subject"), [["", w("all")],
    ...(head.categories.length > 0
      ? [["", w("category"), [...head.categories.map((name, c) => ["c" + c, name]),
          ...(inCategory(-1).length > 0 ? [["c-1", w("other-category")]] : [])]]] : []),
    ...head.categories.map((name, c) => ["", name, inCategory(c)]),
    ...inCategory(-1)], chosen.subject);
  options(byId("flips"), [["", w("all")], ...["any", "lost", "won", "letter"].map((key) =>
    [key, w("flips-" + key)])], chosen.flips);
  options(byId("sort"), [["", w("sort-order")],
    ...["mark", "hard", "latency", "tokens", "tries"].map((key) => [key, w("sort-" + key)])],
    chosen.sort);
  for (const label of document.querySelectorAll(".of-two")) label.hidden = head.runs.length < 2;
}

function watchFilters() {
  const watch = (id, key, read = (value) => value) =>
    byId(id).addEventListener("change", (event) => {
      chosen[key] = read(event.target.value);
      applyFilters();
    });
  watch("run-a", "a", Number);
  watch("run-b", "b", Number);
  watch("mark", "mark");
  watch("subject", "subject");
  watch("flips", "flips");
  watch("sort", "sort");
  byId("text").addEventListener("input", (event) => {
    clearTimeout(waiting);
    waiting = setTimeout(() => search(event.target.value), 150);
  });
  byId("reset").addEventListener("click", () => {
    forgetText();
    Object.assign(chosen, { mark: "", subject: "", flips: "", sort: "" });
    showChoice();
    applyFilters();
  });
  byId("csv").addEventListener("click", () => exportRows("csv"));
  byId("jsonl").addEventListener("click", () => exportRows("jsonl"));
}

// ---- Search: chunk by chunk, so that the page stays awake ----

let searching = 0, waiting = 0;
function forgetText() {
  clearTimeout(waiting);
  ++searching;
  byId("text").value = chosen.text = "";
  matching = null;
}
// `before`: by row, what was found when there were fewer replies.
async function search(text, before = new Uint8Array(head.questions)) {
  const turn = ++searching;
  const wanted = text.toLowerCase();
  chosen.text = text;
  if (wanted === "") {
    matching = null;
    return applyFilters();
  }
  matching = before;
  // As JSON has it: a chunk without it need not be taken apart.
  const packed = JSON.stringify(wanted).slice(1, -1);
  const rowAt = new Map(Array.from(columns.place, (place, row) => [String(place), row]));
  const chunks = [...new Set(Array.from(columns.place, (place) => Math.floor(place / head.chunk)))];
  let isWhole = true;
  const look = async (id) => {
    const json = await textOf(id).catch(() => { isWhole = false; return "{}"; });
    if (turn !== searching || !json.toLowerCase().includes(packed)) return;
    for (const [place, value] of Object.entries(JSON.parse(json))) {
      if (said(value).some((part) => part.toLowerCase().includes(wanted)))
        matching[rowAt.get(place)] = 1;
    }
  };
  columns.id.forEach((id, row) => { if (id.toLowerCase().includes(wanted)) matching[row] = 1; });
  let told = performance.now();
  for (const [i, c] of chunks.entries()) {
    const ids = columns.runs.flatMap((run, i) => run.chunks.has(c) ? [`r${i}-${c}`] : []);
    for (const id of ["q" + c, ...ids]) {
      await look(id);
      if (turn !== searching) return;
    }
    if (performance.now() - told < 200) continue;
    told = performance.now();
    applyFilters();
    sayFound(w("searching", Math.round(100 * (i + 1) / chunks.length)));
  }
  applyFilters();
  if (!isWhole) sayFound(w("broken"));
}
// The texts of a question, or of a reply.
const said = (value) => Array.isArray(value) ? [value[0], ...value[1]]
  : [value.text, value.reasoning, value.error, value.rule].filter(Boolean);
