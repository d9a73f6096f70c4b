// What a page that is served shows of runs under way: how far they are, how their
// accuracy came to be, what ended last.

function progressPicture(run) {
  let at = 0;
  return svg("svg", { class: "bar", viewBox: "0 0 100 20", preserveAspectRatio: "none",
                      "aria-hidden": "true" },
    svg("rect", { class: "planned", x: 0, y: 4, width: 100, height: 12 }),
    run.ledger.map((count, i) => {
      const width = 100 * count / run.planned;
      at += width;
      return svg("rect", { class: MARKS[i], x: at - width, y: 4, width, height: 12 });
    }));
}

function progressTable() {
  return table([w("run"), { text: "", class: "picture" }, { class: "n", text: w("ended") },
      ...MARKS.map((mark) => ({ class: "n", text: el("span", {}, markKey(mark), w(mark)) })),
      { class: "n", text: w("accuracy") }, { class: "n", text: w("interval") }],
    head.runs.map((run) => el("tr", {}, el("th", { scope: "row" }, titled(run)),
      el("td", { class: "picture" }, progressPicture(run)),
      el("td", { class: "n" }, w("ended-of", number(run.count[1]), number(run.planned))),
      run.ledger.map((count) => el("td", { class: "n" }, number(count))),
      run.replied
        ? [el("td", { class: "n" }, percent(run.count[0] / run.count[1], 2) + " %"),
           el("td", { class: "n" }, range(...run.interval))]
        : el("td", { colspan: 2 }, w("no-reply")))),
    { about: w("live-about"), stacks: true, name: "progress" });
}

function runningPicture(run, points, most) {
  const x = (n) => 34 + 236 * n / most, y = (share) => 150 - 140 * share;
  const line = (share) => points.map((point) => `${x(point[1])},${y(share(point))}`);
  const [right, n, low, high] = points.at(-1);
  return el("figure", {}, el("figcaption", {}, titled(run)),
    svg("svg", { viewBox: "0 0 280 184", role: "img", "aria-label": `${labelOf(run)}: ${
      percent(right / n)} %, ${w("interval")} ${range(low, high)}, n ${number(n)}` },
      svg("rect", { class: "curve-frame", x: x(0), y: y(1), width: 236, height: 140 }),
      svg("polygon", { class: "curve-band",
        points: [...line((point) => point[3]), ...line((point) => point[2]).reverse()].join(" ") }),
      svg("line", { class: "curve-even", x1: x(0), x2: x(most), y1: y(run.chance), y2: y(run.chance) }),
      svg("polyline", { class: "curve", points: line(([right, n]) => right / n).join(" ") }),
      svg("circle", { class: "curve-dot", cx: x(n), cy: y(right / n), r: 3 }),
      [0, 0.5, 1].map((share) => svg("text", { class: "curve-text", x: 30, y: y(share) + 4,
                                               "text-anchor": "end" }, 100 * share)),
      svg("text", { class: "curve-text", x: x(0), y: 165, "text-anchor": "middle" }, 0),
      svg("text", { class: "curve-text", x: x(most), y: 165, "text-anchor": "end" }, number(most)),
      svg("text", { class: "curve-text", x: x(most / 2), y: 180, "text-anchor": "middle" }, w("n"))));
}

function runningTable(runs) {
  return el("details", {}, el("summary", {}, w("as-table")),
    table([w("run"), { class: "n", text: w("n") }, { class: "n", text: w("right") },
           { class: "n", text: w("accuracy") }, { class: "n", text: w("interval") }],
      runs.flatMap(([run, points]) => points.map(([right, n, low, high]) =>
        el("tr", {}, el("th", { scope: "row" }, titled(run)),
          [number(n), number(right), percent(right / n) + " %", range(low, high)].map((text) =>
            el("td", { class: "n" }, text))))),
      { about: w("running"), silent: true }));
}

// Wanted before the columns are there: then it has no letters yet.
function newestTable() {
  const rowAt = new Map(Array.from(columns.place ?? [], (place, row) => [place, row]));
  const titles = ["time", "run", "question", "subject", "answer", "key", "mark"];
  return table(titles.map((key) => ({ text: w(key) })),
    head.live.newest.filter(([, place]) => rowAt.has(place)).map(([run, place, at]) => {
      const row = rowAt.get(place), mark = markOf(run, row);
      return el("tr", {}, el("td", { class: "time" }, at.slice(11, 19)),
        el("td", {}, titled(head.runs[run])),
        el("td", {}, el("a", { href: linkOf(row) }, el("bdi", {}, columns.id[row]))),
        el("td", {}, el("bdi", {}, head.subjects[columns.subject[row]][0])),
        el("td", { class: "is-" + mark }, letterOf(run, row)),
        el("td", {}, lettersOf(columns.key[row]).join(", ")),
        el("td", { class: "is-" + mark }, w(mark)));
    }), { about: w("newest-about"), stacks: true, name: "newest" });
}

function runsChooser() {
  const shown = new Set(head.runs.map((run) => run.id));
  const box = (run) => el("label", {}, el("input", { type: "checkbox", value: run.id,
    checked: shown.has(run.id), onchange: (event) => {
      const id = run.id.slice(0, ID);
      const [to, from] = event.target.checked ? ["with", "without"] : ["without", "with"];
      choice[from].delete(id);
      choice[to].add(id);
      look();
    } }), " ", el("bdi", {}, [run.name || run.id.slice(0, 8), run.model, run.dataset, run.protocol,
                               `${w("n")} ${number(run.results)}`].join(" · ")));
  return el("details", {}, el("summary", {}, w("choose-runs", number(shown.size),
                                                number(head.live.stored.length))),
    el("div", { class: "choose" }, head.live.stored.map(box)));
}

function drawState() {
  const button = byId("pause");
  button.textContent = w(isPaused ? "go-on" : "pause");
  byId("state").textContent =
    trouble || w(isPaused ? "stands" : "follows", second(head.made));
  byId("state").className = trouble ? "is-wrong" : "small";
}

function drawLive() {
  if (!byId("live")) {
    byId("runs").before(el("section", { id: "live" }, el("h2", { "data-w": "live" }),
      el("div", { class: "buttons" }, el("button", { type: "button", id: "pause", onclick: () => {
        isPaused = !isPaused;
        drawState();
        follow();
      } }), el("span", { id: "state" })),
      el("p", { id: "told", class: "hidden", role: "status" }), el("div", { id: "live-figures" })));
  }
  byId("live").firstElementChild.textContent = w("live");
  drawState();
  const runs = head.runs.map((run, i) => [run, head.live.curves[i]]).filter(([, points]) => points.length > 0);
  const most = Math.max(1, ...runs.map(([run]) => run.count[1]));
  byId("live-figures").replaceChildren(
    ...(head.runs.length === 0 ? [el("p", {}, w("none-yet"))] : [progressTable()]),
    ...(head.live.stored.length > 0 ? [runsChooser()] : []),
    ...(runs.length === 0 ? [] : [
      el("h3", {}, w("running")), el("p", { class: "small" }, w("running-about")),
      el("div", { class: "small-charts running" },
        runs.map(([run, points]) => runningPicture(run, points, most))),
      runningTable(runs),
      el("h3", {}, w("newest")), newestTable()]));
}
