// Two runs on the same questions; all figures come with the page.

const pair = { a: 0, b: Math.min(1, head.runs.length - 1) };
// Pairs stand in the order (0,1), (0,2), … (1,2), …
function pairIndex(a, b) {
  const [low, high] = a < b ? [a, b] : [b, a];
  return low * head.runs.length - low * (low + 1) / 2 + high - low - 1;
}
// [both, only a, only b, neither, difference, low, high, …, beyond chance] the other way round.
const turned = ([both, onlyA, onlyB, neither, difference, low, high, ...rest]) =>
  [both, onlyB, onlyA, neither, -difference, -high, -low, ...rest];
const inOrder = (figures, a, b) => figures && (a < b ? figures : turned(figures));
const paired = (a, b) => inOrder(head.pairs[pairIndex(a, b)], a, b);

// `reach`: from where to where the axis goes.
function forestPicture(figures, [from, to]) {
  const [, , , , difference, low, high] = figures;
  const x = (d) => 1 + 98 * Math.max(0, Math.min(1, (d - from) / (to - from)));
  return svg("svg", { class: "bar", viewBox: "0 0 100 20", preserveAspectRatio: "none",
                      "aria-hidden": "true" },
    svg("line", { class: "chance", x1: x(0), x2: x(0), y1: 0, y2: 20 }),
    svg("line", { x1: x(low), x2: x(high), y1: 10, y2: 10 }),
    svg("rect", { class: figures.at(-1) ? "sure" : "dot", x: x(difference) - 0.7, y: 5, width: 1.4,
                  height: 10 }));
}

function pairRow(name, figures, reach, bold = false) {
  const [both, onlyA, onlyB, neither, difference, low, high] = figures;
  return el("tr", { class: bold ? "category" : undefined },
    el("th", { scope: "row" }, el("bdi", {}, name)),
    el("td", { class: "picture" }, forestPicture(figures, reach)),
    el("td", { class: "n" }, points(difference)),
    el("td", { class: "n" }, `${points(low)} … ${points(high)}`),
    [onlyA, onlyB, both, neither].map((n, i) =>
      el("td", { class: i > 1 ? "n least" : "n" }, number(n))),
    el("td", { class: "n" }, number(both + onlyA + onlyB + neither)));
}

function chooser(key, which, value) {
  return el("label", {}, w(key), el("select", { id: `pair-${which}`, onchange: (event) => {
    choosePair(...(which === "a" ? [Number(event.target.value), pair.b]
                                 : [pair.a, Number(event.target.value)]));
    byId(`pair-${which}`).focus();
  } }, head.runs.map((run, i) =>
    el("option", { value: i, selected: i === value }, labelOf(run)))));
}

function choosePair(a, b) {
  Object.assign(pair, { a, b });
  drawComparison();
  chooseRows({ a, b }, false);
}

let pairDrawn = 0;
async function drawComparison() {
  const R = head.runs.length;
  byId("comparison").hidden = R < 2;
  if (R < 2) return;
  const turn = ++pairDrawn;
  const { a, b } = pair;
  const figures = a === b ? null : paired(a, b);
  const parts = [el("h2", {}, w("comparison")),
    el("div", { class: "filters" }, chooser("a-is", "a", a), chooser("b-is", "b", b))];
  const place = el("div", {});
  if (!figures || figures[0] + figures[1] + figures[2] + figures[3] === 0) {
    parts.push(el("p", {}, w("no-pairs")));
  } else {
    const [, , , , difference, low, high, p, beyond] = figures;
    parts.push(el("p", { class: "big" }, points(difference), el("span", {},
      ` ${w("points")}, ${w("interval")} ${points(low)} … ${points(high)}`)),
      el("p", {}, w(beyond ? "pair-sure" : "pair-unsure", pText(p))), place);
  }
  if (R > 2) parts.push(groupsTable(), pairsTable());
  byId("comparison").replaceChildren(...parts);
  if (R > 2) {
    const root = byId("all-pairs");
    roving(root, "button.cell");
    tips(root);
  }
  if (!figures) return;
  const pairs = await chunk("pairs").catch(() => null);
  if (turn !== pairDrawn) return;
  if (!pairs) return place.replaceChildren(el("p", {}, w("broken")));
  const bySubject = pairs[pairIndex(a, b)] ?? {};
  const rows = Object.entries(bySubject).map(([s, of]) => [s, inOrder(of, a, b)]);
  // Intervals of a few questions may run off it: else they would flatten all others.
  const differences = [figures, ...rows.map(([, of]) => of)].map((of) => of[4]);
  const margin = Math.max(0.02, figures[6] - figures[4],
                          0.4 * (Math.max(0, ...differences) - Math.min(0, ...differences)));
  const reach = [Math.min(0, ...differences) - margin, Math.max(0, ...differences) + margin]
    .map((end) => Math.max(-1, Math.min(1, end)));
  rows.sort(([, one], [, other]) => other[4] - one[4]);
  const [from, to] = [labelOf(head.runs[a]), labelOf(head.runs[b])];
  place.replaceChildren(table([w("subject"),
      { class: "picture", text: `${points(reach[0])} … ${points(reach[1])}` },
      { class: "n", text: w("difference") }, { class: "n", text: w("interval") },
      { class: "n", text: w("only", "①") }, { class: "n", text: w("only", "②") },
      { class: "n least", text: w("both") }, { class: "n least", text: w("neither") },
      { class: "n", text: w("n") }],
    [pairRow(w("of-all"), figures, reach, true),
     ...(rows.length > 1 ? rows.map(([s, of]) => pairRow(head.subjects[s][0], of, reach)) : [])],
    { about: w("comparison-about", "① " + from, "② " + to), stacks: true }));
}

function groupsTable() {
  const letter = (g) => String.fromCharCode(97 + g % 26).repeat(1 + Math.floor(g / 26));
  const inGroups = head.order.map((i) => [i, head.groups.flatMap((group, g) =>
    group.includes(i) ? [letter(g)] : [])]);
  return el("div", {}, el("h3", {}, w("groups")),
    table([w("run"), { class: "n", text: w("accuracy") }, { class: "n", text: w("interval") },
           w("group")],
      inGroups.map(([i, letters]) => {
        const run = head.runs[i];
        return el("tr", {}, el("th", { scope: "row" }, titled(run)),
          el("td", { class: "n" }, percent(run.count[0] / run.count[1]) + " %"),
          el("td", { class: "n" }, range(...run.interval)),
          el("td", {}, letters.join(" ")));
      }), { about: w("groups-about") }));
}

function pairsTable() {
  const cell = (row, column) => {
    const of = row === column ? null : paired(row, column);
    if (!of || !of[0] && !of[1] && !of[2] && !of[3]) return el("td", {}, el("span", { class: "cell" }, "–"));
    const [, , , , difference, low, high, p, beyond] = of;
    const button = el("button", { type: "button",
      class: "cell" + (difference < 0 ? " minus" : "") + (beyond ? " sure" : ""),
      "data-tip": `${labelOf(head.runs[column])} − ${labelOf(head.runs[row])}\n${
        points(difference)}, ${w("interval")} ${points(low)} … ${points(high)}, p ${pText(p)}`,
      onclick: () => choosePair(row, column) }, points(difference),
      el("span", { class: "hidden" },
        `, ${w("interval")} ${points(low)} … ${points(high)}${beyond ? ", " + w("beyond") : ""}`));
    button.style.setProperty("--v", Math.min(100, 300 * Math.abs(difference)) + "%");
    return el("td", {}, button);
  };
  const root = table([w("run"), ...head.order.map((i) => ({ class: "n", text: labelOf(head.runs[i]) }))],
    head.order.map((row) => el("tr", {}, el("th", { scope: "row" }, titled(head.runs[row])),
      head.order.map((column) => cell(row, column)))),
    { about: w("all-pairs-about"), name: "heat" + (head.runs.length > 6 ? " many" : "") });
  root.querySelector(".scroll").removeAttribute("tabindex");
  root.id = "all-pairs";
  return el("div", {}, el("h3", {}, w("all-pairs")), root);
}
