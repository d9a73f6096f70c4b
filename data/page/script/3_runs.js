// The runs: their accuracies, what became of their questions, how they were made.

const sorting = { runs: { by: "", up: false }, heat: { by: "", up: false } };
const spoken = (both) => both[language === "ja" ? 1 : 0];
// In a sentence or a list; beside a picture, with what tells it apart below.
const labelOf = (run) => [spoken(run.label), spoken(run.method)].filter(Boolean).join(" · ");
const titled = (run) => [el("bdi", {}, spoken(run.label)),
  spoken(run.method) && el("div", { class: "small" }, el("bdi", {}, spoken(run.method)))];

function sortTitle(which, key, text, redraw, attributes = {}) {
  const state = sorting[which];
  return { ...attributes, text,
    sorted: state.by === key ? (state.up ? "ascending" : "descending") : undefined,
    press: () => {
      if (state.by === key && state.up) state.by = "";
      else Object.assign(state, { up: state.by === key, by: key });
      redraw();
      byId(which === "runs" ? "runs" : "subjects").querySelector("[aria-sort] button")?.focus();
    } };
}

function barPicture(run) {
  const [right, n] = run.count;
  const x = (share) => 100 * share;
  const [low, high] = run.interval;
  return svg("svg", { class: "bar", viewBox: "0 0 100 20", preserveAspectRatio: "none",
                      "aria-hidden": "true" },
    [0, 25, 50, 75, 100].map((at) => svg("line", { class: "grid", x1: at, x2: at, y1: 0, y2: 20 })),
    svg("rect", { x: 0, y: 4, width: x(right / n), height: 12,
                  class: run.complete ? "" : "part" }),
    svg("line", { class: "chance", x1: x(run.chance), x2: x(run.chance), y1: 0, y2: 20 }),
    svg("line", { x1: x(low), x2: x(high), y1: 10, y2: 10 }),
    [low, high].map((end) => svg("line", { x1: x(end), x2: x(end), y1: 6, y2: 14 })));
}

function ledgerPicture(run) {
  const n = run.count[1];
  let at = 0;
  return svg("svg", { class: "bar", viewBox: "0 0 100 20", preserveAspectRatio: "none",
                      "aria-hidden": "true" },
    run.ledger.map((count, i) => {
      const part = svg("rect", { class: MARKS[i], x: at, y: 4, width: 100 * count / n,
                                 height: 12 });
      at += 100 * count / n;
      return part;
    }));
}

function sortedRuns() {
  const runs = head.runs.map((run, i) => ({ run, i }));
  const { by, up } = sorting.runs;
  const share = ({ run }) => run.replied ? run.count[0] / run.count[1] : -1;
  if (by === "accuracy") runs.sort((a, b) => share(b) - share(a));
  if (by === "model") runs.sort((a, b) => labelOf(b.run).localeCompare(labelOf(a.run)));
  return up ? runs.reverse() : runs;
}

function runFacts(run) {
  const lines = [
    ["dataset", run.dataset], ["split", run.split], ["subjects", run.subjects],
    ["protocol", run.protocol], ["shots", run.shots], ["reader", run.reader],
    ["answerer", run.answerer], ["imported", run.imported],
    ["first-asked", run.created && when(run.created)],
    ["last-asked", run.updated && when(run.updated)], ["version", run.version],
    ["note", run.note], ["id", run.id]];
  return el("details", {}, el("summary", {}, titled(run)),
    el("dl", {}, lines.filter(([, value]) => value !== "" && value !== null && value !== undefined)
      .map(([key, value]) => [el("dt", {}, w(key)), el("dd", {}, el("bdi", {}, value))]),
    run.command && [el("dt", {}, w("command")),
                    el("dd", {}, el("code", {}, run.command), " ", copyButton(() => run.command))]),
    el("h3", {}, w("in-words")),
    el("pre", { tabindex: "0" }, spoken(run.summary)));
}

const failed = (run) => run.ledger[FAILED];

function drawRuns() {
  byId("runs").hidden = head.runs.length === 0;
  const one = head.runs.length === 1 && head.runs[0];
  const rows = sortedRuns().map(({ run }) => el("tr", {},
    el("th", { scope: "row" }, titled(run),
      !run.complete && el("div", { class: "small" },
        run.count[1] === run.planned ? w("failed-n", number(failed(run)))
          : w("partial", number(run.count[1]), number(run.planned)))),
    run.replied
      ? [el("td", { class: "picture" }, barPicture(run)),
         el("td", { class: "n" }, percent(run.count[0] / run.count[1], 2) + " %"),
         el("td", { class: "n" }, range(...run.interval))]
      : [el("td", { colspan: 3 }, w("no-reply"))],
    el("td", { class: "n" }, number(run.count[1]), run.count[1] !== run.planned && failures(failed(run)))));
  const ledger = head.runs.map((run) => el("tr", {},
    el("th", { scope: "row" }, titled(run)),
    el("td", { class: "picture least" }, ledgerPicture(run)),
    run.ledger.map((count) => el("td", { class: "n" }, number(count))),
    el("td", { class: "n" }, range(...run.bounds))));
  byId("runs").replaceChildren(
    el("h2", {}, w("runs")),
    one && one.replied ? el("p", { class: "big" }, percent(one.count[0] / one.count[1], 2) + " %",
      el("span", {}, ` ${w("of-n", number(one.count[0]), number(one.count[1]))}, ${
        w("interval")} ${range(...one.interval)}`)) : "",
    table([sortTitle("runs", "model", w("model"), drawRuns), { text: "", class: "picture" },
           sortTitle("runs", "accuracy", w("accuracy"), drawRuns, { class: "n" }),
           { text: w("interval"), class: "n" }, { text: w("n"), class: "n" }],
      rows, { about: w("runs-chart"), stacks: true }),
    el("h3", {}, w("ledger")),
    table([w("model"), { text: "", class: "picture least" },
           ...MARKS.map((mark) => ({ class: "n", text: el("span", {}, markKey(mark), w(mark)) })),
           { class: "n", text: w("bounds") }], ledger, { about: w("ledger-about") }),
    el("h3", {}, w("how")),
    el("div", { class: head.runs.length > 8 ? "how" : undefined }, head.runs.map(runFacts)));
}

function markKey(mark) {
  return svg("svg", { class: "bar key", viewBox: "0 0 10 10", "aria-hidden": "true" },
    svg("rect", { class: mark, width: 10, height: 10 }));
}

// ---- Letters, calibration, latency ----

function shareCell(count, n) {
  if (!n) return el("td", { class: "n" }, "–");
  const cell = el("span", { class: "cell" }, percent(count / n));
  cell.style.setProperty("--v", Math.min(100, 100 * count / n) + "%");
  return el("td", { class: "n" }, cell);
}

function drawLetters() {
  const used = [...Array(26).keys()].filter((i) =>
    head.key[i] > 0 || head.runs.some((run) => run.letters[i] > 0));
  const line = (name, counts) => {
    const n = counts.reduce((a, b) => a + b, 0);
    return el("tr", {}, el("th", { scope: "row" }, name),
      used.map((i) => shareCell(counts[i], n)), shareCell(counts[26] ?? 0, n),
      el("td", { class: "n" }, number(n)));
  };
  byId("letters").hidden = used.length === 0;
  byId("letters").replaceChildren(el("h2", {}, w("letters")),
    table([w("run"), ...used.map((i) => ({ class: "n", text: String.fromCharCode(65 + i) })),
           { class: "n", text: w("no-letter") }, { class: "n", text: w("n") }],
      [line(w("the-key"), head.key), ...head.runs.map((run) => line(titled(run), run.letters))],
      { about: w("letters-about"), name: "heat letters" }));
}

function curve(run) {
  const x = (share) => 34 + 180 * share, y = (share) => 190 - 180 * share;
  const bins = run.calibration.bins;
  const box = 15 * 15;
  return el("figure", {}, el("figcaption", {}, titled(run)),
    svg("svg", { viewBox: `0 0 ${box} 226`, role: "img",
                 "aria-label": `${labelOf(run)}, ECE ${percent(run.calibration.ece)} %` },
      svg("rect", { class: "curve-frame", x: x(0), y: y(1), width: 180, height: 180 }),
      svg("line", { class: "curve-even", x1: x(0), y1: y(0), x2: x(1), y2: y(1) }),
      bins.map(([mean, right, n, low, high]) => [
        svg("line", { class: "curve-whisker", x1: x(mean), x2: x(mean), y1: y(low), y2: y(high) }),
        svg("circle", { class: "curve-dot", cx: x(mean), cy: y(right / n), r: 3.5 })]),
      svg("polyline", { class: "curve",
        points: bins.map(([mean, right, n]) => `${x(mean)},${y(right / n)}`).join(" ") }),
      [0, 0.5, 1].map((at) => [
        svg("text", { class: "curve-text", x: x(at), y: 205, "text-anchor": at === 1 ? "end" : "middle" }, 100 * at),
        svg("text", { class: "curve-text", x: 30, y: y(at) + 4, "text-anchor": "end" }, 100 * at)]),
      svg("text", { class: "curve-text", x: x(0.5), y: 221, "text-anchor": "middle" },
        `${w("probability")} %`),
      svg("text", { class: "curve-text", x: x(0.04), y: y(0.94) },
        `ECE ${percent(run.calibration.ece)} %`)));
}

function drawCalibration() {
  const runs = head.runs.filter((run) => run.calibration);
  byId("calibration").hidden = runs.length === 0;
  if (runs.length === 0) return;
  byId("calibration").replaceChildren(el("h2", {}, w("calibration")),
    el("p", { class: "small" }, w("calibration-about")),
    el("div", { class: "small-charts" }, runs.map(curve)),
    el("details", {}, el("summary", {}, w("as-table")),
      table([w("run"), { class: "n", text: w("probability") }, { class: "n", text: w("share-right") },
             { class: "n", text: w("interval") }, { class: "n", text: w("n") }],
        runs.flatMap((run) => run.calibration.bins.map(([mean, right, n, low, high]) =>
          el("tr", {}, el("th", { scope: "row" }, titled(run)),
            [percent(mean), percent(right / n), range(low, high), number(n)].map((text) =>
              el("td", { class: "n" }, text))))),
        { about: w("calibration"), silent: true })));
}

function drawLatency() {
  const runs = head.runs.filter((run) => run.latency);
  byId("latency").hidden = runs.length === 0;
  if (runs.length === 0) return;
  const all = runs.flatMap((run) => run.latency.slice(0, 5)).map((s) => Math.max(s, 0.001));
  const low = Math.log(Math.min(...all)), high = Math.log(Math.max(...all));
  const x = (s) => 2 + 96 * (Math.log(Math.max(s, 0.001)) - low) / (high - low || 1);
  const picture = ([p10, p25, p50, p75, p90]) =>
    svg("svg", { class: "bar", viewBox: "0 0 100 20", preserveAspectRatio: "none",
                 "aria-hidden": "true" },
      svg("line", { x1: x(p10), x2: x(p90), y1: 10, y2: 10 }),
      svg("rect", { x: x(p25), y: 4, width: Math.max(0.5, x(p75) - x(p25)), height: 12 }),
      svg("line", { x1: x(p50), x2: x(p50), y1: 2, y2: 18 }));
  byId("latency").replaceChildren(el("h2", {}, w("latency")),
    table([w("run"), { text: "", class: "picture least" }, { class: "n", text: "10 %" },
           { class: "n", text: "25 %" }, { class: "n", text: w("median") },
           { class: "n", text: "75 %" }, { class: "n", text: "90 %" },
           { class: "n", text: w("most") }],
      runs.map((run) => el("tr", {}, el("th", { scope: "row" }, titled(run)),
        el("td", { class: "picture least" }, picture(run.latency)),
        run.latency.map((s) => el("td", { class: "n" }, seconds(s))))),
      { about: w("latency-about") }));
}
