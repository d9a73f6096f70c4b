// Subjects by runs: a table whose cells are shaded, each with its interval.

// Without a reply there is no share: [null, n, …].
function heatButton([right, n, low, high, failed], what, press) {
  const has = right !== null;
  const share = has ? percent(right / n) : "–";
  const exact = has ? `${share} % (${number(right)}/${number(n)}), ${
    w("interval")} ${range(low, high)}` : share;
  const button = el("button", { type: "button", class: "cell", onclick: press,
                                "data-tip": `${what}\n${exact}${failures(failed) || ""}` }, share,
    failed > 0 && el("small", {}, failures(failed)),
    has && el("span", { class: "hidden" }, `, ${w("interval")} ${range(low, high)}, n ${number(n)}`));
  button.style.setProperty("--v", (has ? 100 * right / n : 0) + "%");
  return el("td", {}, button);
}

function heatRow(name, counts, { bold = false, press, redrawn } = {}) {
  return el("tr", { class: bold ? "category" : undefined },
    el("th", { scope: "row" }, el("bdi", {}, name)),
    counts.map((count, i) => count && count[1] > 0
      ? heatButton(count, `${name}, ${labelOf(head.runs[i])}`, () => press(i))
      : el("td", {}, el("span", { class: "cell" }, "–"))));
}

function heatGroups() {
  const { by, up } = sorting.heat;
  const share = (s) => {
    const count = head.runs[by]?.by_subject[s];
    return count && count[0] !== null ? count[0] / count[1] : -1;
  };
  const sorted = (list) => {
    if (by === "name") list.sort((a, b) => head.subjects[b][0].localeCompare(head.subjects[a][0]));
    else if (by !== "") list.sort((a, b) => share(b) - share(a));
    return up ? list.reverse() : list;
  };
  const groups = head.categories.map((name, c) => ({ name, c,
    subjects: sorted([...head.subjects.keys()].filter((s) => head.subjects[s][1] === c)) }));
  const others = sorted([...head.subjects.keys()].filter((s) => head.subjects[s][1] < 0));
  if (others.length > 0) groups.push({ name: w("other-category"), c: -1, subjects: others });
  return groups;
}

function drawSubjects() {
  byId("subjects").hidden = head.subjects.length < 2;
  if (head.subjects.length < 2) return;
  const bodies = heatGroups().map(({ name, c, subjects }) => el("tbody", {},
    head.categories.length > 0 && heatRow(name, head.runs.map((run) => run.by_category.at(c)),
      { bold: true, press: (run) => chooseRows({ a: run, subject: "c" + c }) }),
    subjects.map((s) => heatRow(head.subjects[s][0],
      head.runs.map((run) => run.by_subject[s]),
      { press: (run) => chooseRows({ a: run, subject: "s" + s }) }))));
  const all = el("tbody", {}, heatRow(w("of-all"), head.runs.map((run) =>
    [...run.count, ...run.interval, failed(run)]), { bold: true, press: (run) => chooseRows({ a: run, subject: "" }) }));
  const root = table([sortTitle("heat", "name", w("subject"), drawSubjects),
    ...head.runs.map((run, i) => sortTitle("heat", i, labelOf(run), drawSubjects, { class: "n" }))],
    [all, ...bodies], { about: w("heat-about"), name: "heat" + (head.runs.length > 6 ? " many" : "") });
  root.querySelector(".scroll").removeAttribute("tabindex");
  byId("subjects").replaceChildren(el("h2", {}, w("subjects")), root);
  roving(root, "button.cell");
  tips(root);
}
