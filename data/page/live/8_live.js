// A page that is served follows its runs: it asks for the figures anew, and for what is
// looked at where that has changed. Each number that is drawn was computed by who serves
// it.

const token = new URLSearchParams(location.search).get("token");
const choice = { with: new Set(), without: new Set() };  // beside the runs that are usual
const ID = 16;  // as many digits of a run's id tell it from others
let isPaused = false, trouble = "", timer = 0, looking = null, drawing = 0;

const second = (iso) => iso.slice(0, 19).replace("T", " ") + " UTC";
const ask = (path, words) => fetch(`${path}?${new URLSearchParams(words)}`,
  { headers: { "X-Proctor-Token": token }, cache: "no-store", redirect: "error" });

async function partOf(digest) {
  const response = await ask("/part", { sha256: digest });
  if (!response.ok) throw new Error(`part ${digest}: ${response.status}`);
  return response.arrayBuffer();
}
inflate = async (id) => {
  try {
    return await partOf(head.live.parts[id]);
  } catch {
    await look();  // it has been written anew meanwhile
    return partOf(head.live.parts[id]);
  }
};

// ---- What a person has done to the page stays ----

// What an element is, whichever of its drawings it comes from: figures change, what it
// leads to or tells of does not.
function nameOf(one) {
  const tip = one.dataset.tip?.split("\n")[0];
  const text = () => one.matches(".scroll, pre") ? "" : one.textContent.replace(/\d/g, "");
  const what = one.id || one.getAttribute("href") || one.value || tip || text();
  return [one.closest("section, nav")?.id, one.tagName, what].join();
}
// By name, and of one name by their order.
function named(elements) {
  const found = new Map(), times = new Map();
  for (const one of elements) {
    const name = nameOf(one), n = times.get(name) ?? 0;
    times.set(name, n + 1);
    found.set(`${name},${n}`, one);
  }
  return found;
}

// What stands open, how far it was scrolled, and what has the focus. Gives the function
// that puts that back where it was drawn anew.
function remembered() {
  const all = (selector) => [...document.querySelectorAll(selector)];
  const summaries = () => named(all("details > summary"));
  const reached = () => named(all("a, button, select, input, summary, [tabindex]"));
  const opened = new Map([...summaries()].map(([name, one]) => [name, one.parentNode.open]));
  const scrolled = all(".scroll, pre").map((one) => [one.scrollLeft, one.scrollTop]);
  const focused = document.activeElement;
  // Where it is no more, the table it stood in.
  const places = [...reached()].filter(([, one]) => one === focused || one === focused?.closest(".scroll"))
    .map(([name]) => name).reverse();
  return () => {
    for (const [name, one] of summaries())
      one.parentNode.open = opened.get(name) ?? one.parentNode.open;
    for (const [i, one] of all(".scroll, pre").entries())
      if (scrolled[i]) [one.scrollLeft, one.scrollTop] = scrolled[i];
    if (document.activeElement === focused) return;
    const now = reached();
    const place = places.find((name) => now.has(name));
    if (place) now.get(place).focus({ preventScroll: true });
  };
}

// What was chosen of runs, subjects and rows, by what these are: their numbers change.
function rememberedChoice() {
  const runs = head.runs.map((run) => run.id);
  const [kind, which] = [chosen.subject[0], Number(chosen.subject.slice(1))];
  const subject = kind === "s" ? head.subjects[which][0] : kind && head.categories[which];
  const top = rows[Math.floor(list.scrollTop / ROW)];
  const [first, at, open] = [top, current, openedRow].map((row) =>
    row >= 0 && row < columns.id.length ? linkOf(row) : "");
  const before = { first, offset: list.scrollTop % ROW, isAtTop: list.scrollTop === 0,
                   open: open && [openedRow, cameTo(openedRow)].join() };
  const found = new Map(matching
    ? Array.from(columns.place, (place, row) => [place, matching[row]]) : []);
  return () => {
    const now = (i, usual) => {
      const found = head.runs.findIndex((run) => run.id === runs[i]);
      return found >= 0 ? found : Math.max(0, Math.min(usual, head.runs.length - 1));
    };
    for (const two of [chosen, pair]) {
      Object.assign(two, { a: now(two.a, 0), b: now(two.b, 1) });
      if (two.a === two.b && runs.length < 2) two.b = Math.max(0, Math.min(1, head.runs.length - 1));
    }
    if (typeof sorting.heat.by === "number") sorting.heat.by = now(sorting.heat.by, 0);
    if (subject !== undefined) {
      const names = kind === "s" ? head.subjects.map(([name]) => name) : head.categories;
      const found = names.indexOf(subject);
      chosen.subject = found >= 0 ? kind + found : "";
    }
    current = at ? rowOfLink(at) : -1;
    openedRow = open ? rowOfLink(open) : -1;
    if (matching)
      matching = Uint8Array.from(columns.place, (place) => found.get(place) ?? 0);
    return before;
  };
}
// What of an open question can change: its marks, and the runs beside it.
const cameTo = (row) => head.runs.map((run, i) =>
  [run.id, columns.runs[i].mark[row], columns.runs[i].letter[row], columns.runs[i].tries[row]].join());

function drawRowsAgain({ first, offset, isAtTop, open }) {
  showChoice();
  applyFilters();
  const at = isAtTop || !first ? -1 : rows.indexOf(rowOfLink(first));
  if (at >= 0) list.scrollTop = at * ROW + offset;
  drawList();
  if (openedRow >= 0 && [openedRow, cameTo(openedRow)].join() !== open)
    openRow(openedRow, { focus: false, follow: false, again: true });
  if (chosen.text !== "") search(chosen.text, matching);
}

// ---- Following ----

// Whether what is drawn anew would be taken out of a person's hands.
const isInUse = () => byId("csv").disabled || [...document.querySelectorAll("select")]
  .some((one) => { try { return one.matches(":open"); } catch { return false; } });

// Whether it is what the page shows now.
async function take(next) {
  const wanted = [...new Set(["columns", "ids", "pairs", ...kept.keys()])].filter((id) =>
    id in next.live.parts &&
    (id === "columns" || id === "ids" || next.live.parts[id] !== head.live.parts[id]));
  // What was written anew before it could be asked for comes with the next look.
  const fresh = await Promise.all(wanted.map(async (id) =>
    [id, await partOf(next.live.parts[id])])).then((parts) => new Map(parts), () => null);
  if (!fresh || isInUse()) return false;
  // Nothing is waited for from here on: the page is never half of one time.
  const begun = performance.now();
  const restoreChoice = rememberedChoice();
  const restore = remembered();
  const before = head;
  for (const id of [...kept.keys()])
    if (next.live.parts[id] !== head.live.parts[id]) kept.delete(id);
  const read = (id) => JSON.parse(new TextDecoder().decode(fresh.get(id)));
  for (const id of wanted) if (id !== "columns") kept.set(id, Promise.resolve(read(id)));
  head = next;
  takeColumns(fresh.get("columns"), read("ids"));
  const rowsBefore = restoreChoice();
  drawFigures();
  drawMade();
  drawRowsAgain(rowsBefore);
  restore();
  tellProgress(before);
  drawing = performance.now() - begun;
  return true;
}

async function lookOnce() {
  const list = (ids) => [...ids].join(",");
  const response = await ask("/head", { at: head.made, with: list(choice.with),
                                        without: list(choice.without) }).catch(() => null);
  let said = "";
  if (response?.status === 403) said = w("denied");
  else if (!response?.ok) said = w("lost", second(head.made));
  else if (response.status === 200) {
    const next = await response.json();
    if (next.problem) said = w("trouble", next.problem, second(head.made));
    else if (!await take(next)) return;
  }
  if (said === trouble) return;
  trouble = said;
  if (said) byId("told").textContent = said;
  drawState();
}
// One at a time.
const look = () => looking ??= lookOnce().finally(() => { looking = null; });

async function follow() {
  clearTimeout(timer);
  drawing = 0;
  try {
    if (!isPaused && !document.hidden) await look();
  } finally {
    // A page that has much to draw draws less often.
    clearTimeout(timer);
    timer = setTimeout(follow, Math.max(1000, 10 * drawing));
  }
}
document.addEventListener("visibilitychange", () => { if (!document.hidden) follow(); });

// To who listens: no question by itself, but each tenth of a run, and its end.
function tellProgress(before) {
  const tenth = (run) => Math.floor(10 * run.count[1] / run.planned);
  const lines = head.runs.filter((run) => {
    const was = before.runs.find((one) => one.id === run.id);
    return !was || tenth(was) !== tenth(run);
  }).map((run) => w("told-run", labelOf(run), number(run.count[1]), number(run.planned),
                    run.replied ? percent(run.count[0] / run.count[1]) : "–"));
  if (lines.length > 0) byId("told").textContent = lines.join("; ");
}
