// One question with all that was replied to it, and the rows as a file.

const MOST_SHOWN = 20000;

function longText(text, attributes) {
  if (text === "") return el("p", { class: "small" }, w("empty"));
  const node = el("pre", { tabindex: "0", dir: "auto", ...attributes },
                  text.slice(0, MOST_SHOWN));
  if (text.length <= MOST_SHOWN) return node;
  const button = el("button", { type: "button", onclick: () => {
    node.textContent = inert(text);
    button.remove();
    node.focus();
  } }, w("show-all", number(text.length)));
  return [node, button];
}

function likelihoods(logprobs) {
  const entries = Object.entries(logprobs ?? {});
  if (entries.length === 0) return null;
  const sum = entries.reduce((total, [, p]) => total + Math.exp(p), 0);
  return el("details", { open: true }, el("summary", {}, w("logprobs")),
    table([w("letter"), { text: "", class: "picture" }, { class: "n", text: "%" },
           { class: "n", text: w("logprob") }],
      entries.map(([letter, p]) => el("tr", {}, el("th", { scope: "row" }, letter),
        el("td", { class: "picture" },
          svg("svg", { class: "bar", viewBox: "0 0 100 20", preserveAspectRatio: "none",
                       "aria-hidden": "true" },
            svg("rect", { x: 0, y: 4, height: 12, width: 100 * Math.exp(p) / sum }))),
        el("td", { class: "n" }, percent(Math.exp(p) / sum)),
        el("td", { class: "n" }, p.toFixed(3)))),
      { about: w("logprobs"), silent: true, name: "logprobs" }));
}

function replyPart(run, row, reply) {
  const mark = markOf(run, row);
  if (!mark) return null;
  const title = el("h3", {}, titled(head.runs[run]), " ",
                   el("span", { class: "chip is-" + mark }, w(mark)));
  if (!reply) return el("section", { class: "reply" }, title, el("p", {}, w("broken")));
  const column = columns.runs[run];
  const [prompt, out] = reply.tokens ?? [];
  const facts = [
    w("answer") + " " + letterOf(run, row),
    reply.rule && `${w("rule")}: ${reply.rule}`,
    reply.tokens && w("tokens", prompt ?? "–", out ?? "–"),
    column.latency[row] !== UNKNOWN && w("seconds", seconds(column.latency[row] / 1000)),
    column.tries[row] > 1 && w("tries", column.tries[row]),
    reply.again && w("second-try"),
    reply.finish && w("finish", reply.finish)];
  return el("section", { class: "reply" }, title,
    el("div", { class: "facts" }, facts.filter(Boolean).map((fact) =>
      el("span", {}, el("bdi", {}, fact)))),
    reply.error !== undefined ? longText(reply.error) : longText(reply.text ?? ""),
    reply.reasoning && el("details", {}, el("summary", {}, w("reasoning")),
                          longText(reply.reasoning)),
    likelihoods(reply.logprobs));
}

function linkOf(row) {
  const id = columns.id[row];
  const same = columns.id.slice(0, row).filter((other) => other === id).length;
  return "#q=" + encodeURIComponent(id).replaceAll("~", "%7E") + (same > 0 ? "~" + same : "");
}
function rowOfLink(hash) {
  if (!hash.startsWith("#q=")) return -1;
  const [, word, same] = hash.match(/^#q=(.*?)(?:~(\d+))?$/s);
  let id;
  try { id = decodeURIComponent(word); } catch { return -1; }
  let left = Number(same ?? 0);
  return columns.id.findIndex((other) => other === id && left-- === 0);
}

let opened = 0, openedRow = -1;
// `again`: what is shown already, with what is new.
async function openRow(row, { focus = true, follow = true, again = false } = {}) {
  const turn = ++opened;
  openedRow = row;
  if (!again) select(row);
  const [question, ...replies] = await Promise.all(
    [questionOf(row), ...head.runs.map((_, run) => replyOf(run, row))]).catch(showBroken);
  if (turn !== opened) return;
  const key = lettersOf(columns.key[row]);
  const [text, choices] = question;
  const first = [...new Set([chosen.a, chosen.b])];
  const others = head.runs.map((_, i) => i).filter((i) => !first.includes(i));
  const part = (run) => replyPart(run, row, replies[run]);
  const whoSaid = (letter) => head.runs.filter((_, run) => markOf(run, row) &&
    letterOf(run, row) === letter).map(labelOf);
  const one = byId("one");
  one.dataset.open = "1";
  const restore = again ? remembered(one) : () => {};
  one.replaceChildren(...[
    el("h3", {}, el("bdi", {}, columns.id[row])),
    el("div", { class: "buttons" },
      el("button", { type: "button", onclick: () => move(-1, true) }, w("previous")),
      el("button", { type: "button", onclick: () => move(1, true) }, w("next")),
      el("a", { href: linkOf(row), class: "small" }, w("link")),
      copyButton(() => plainText(row, question, replies)),
      el("button", { type: "button", class: "to-list", onclick: () => {
        list.scrollIntoView();
        list.focus({ preventScroll: true });
      } }, w("to-list"))),
    el("p", { class: "small" }, el("bdi", {}, head.subjects[columns.subject[row]][0])),
    el("div", { class: "question-text", dir: "auto" }, text),
    el("ul", { class: "choices" }, choices.map((choice, i) => {
      const letter = String.fromCharCode(65 + i);
      const who = whoSaid(letter);
      return el("li", { class: key.includes(letter) ? "right-choice" : undefined, dir: "auto" },
        el("strong", {}, letter + ". "), el("bdi", {}, choice),
        key.includes(letter) && el("span", { class: "is-right" }, ` ✓ ${w("right-choice")}`),
        who.length > 0 && el("span", { class: "small" },
          ` ${w("answered-by", who.length > 3 ? number(who.length) : who.join(", "))}`));
    })),
    ...first.map(part),
    others.length === 0 ? null : head.runs.length <= 4 ? others.map(part)
      : el("details", {}, el("summary", {}, w("other-replies")), others.map(part)),
  ].flat().filter(Boolean));
  restore();
  if (follow) history.replaceState(null, "", linkOf(row));
  if (focus) one.focus({ preventScroll: innerWidth >= 992 });
}

function plainText(row, [text, choices], replies) {
  return [columns.id[row], text,
    ...choices.map((choice, i) => `${String.fromCharCode(65 + i)}. ${choice}`),
    `${w("key")}: ${lettersOf(columns.key[row]).join(",")}`,
    ...head.runs.flatMap((run, i) => markOf(i, row)
      ? ["", `${labelOf(run)}: ${letterOf(i, row)} (${w(markOf(i, row))})`,
         replies[i] ? replies[i].text ?? replies[i].error ?? "" : w("broken")] : [])].join("\n");
}

// ---- The rows as a file: a line for each run and question ----

// As `proctor export` writes it: control characters are pictures of them, and no
// spreadsheet takes a reply for a formula.
function csvCell(value) {
  let text = value === null || value === undefined ? "" : String(value);
  text = text.replace(/[\0-\x08\x0b\x0c\x0e-\x1f]/g, (c) => String.fromCharCode(0x2400 + c.charCodeAt(0)))
    .replaceAll("\x7f", "\u2421");
  if (/^[=+\-@\t\r]/.test(text) && !/^[+-][\d.]+$/.test(text)) text = "'" + text;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
function exported(run, row, [text, choices, index], reply) {
  const column = columns.runs[run];
  const [prompt, out] = reply.tokens ?? [];
  const replied = reply.error === undefined;
  return { run: head.runs[run].id, id: columns.id[row],
    subject: head.subjects[columns.subject[row]][0], index, question: text, choices,
    right: lettersOf(columns.key[row]).join(","),
    letter: column.letter[row] === 0 ? null : letterOf(run, row), mark: markOf(run, row),
    rule: reply.rule ?? "", reply: replied ? reply.text ?? "" : null,
    reasoning: reply.reasoning ?? "", finish_reason: replied ? reply.finish ?? "" : null,
    logprobs: reply.logprobs ?? {}, tokens: { prompt: prompt ?? null, reply: out ?? null },
    latency_ms: column.latency[row] === UNKNOWN ? null : column.latency[row],
    attempts: column.tries[row], second_try: Boolean(reply.again), error: reply.error ?? null };
}
// What a cell cannot hold is flattened or left out.
function csvObject({ logprobs, tokens, latency_ms, ...object }) {
  const { attempts, second_try, error, ...first } = object;
  return { ...first, choices: object.choices.map((choice, c) =>
      `${String.fromCharCode(65 + c)}. ${choice}`).join("\n"),
    prompt_tokens: tokens.prompt, reply_tokens: tokens.reply, latency_ms, attempts,
    second_try: second_try ? 1 : 0, error };
}
const FORMS = {
  jsonl: (object) => JSON.stringify(object) + "\n",
  csv: (object) => Object.values(csvObject(object)).map(csvCell).join(",") + "\n",
};
const CSV_TITLES = "run,id,subject,index,question,choices,right,letter,mark,rule,reply,reasoning," +
  "finish_reason,prompt_tokens,reply_tokens,latency_ms,attempts,second_try,error\n";

// In the order of the list, but read chunk by chunk: each is inflated once.
async function exportedRows(form) {
  const listed = rows;  // filters may be changed meanwhile
  const parts = new Array(listed.length);
  const places = Map.groupBy(listed.keys(), (i) => chunkOf(listed[i]));
  let lines = 0, done = 0;
  for (const [c, at] of places) {
    const [questions, ...replies] = await Promise.all(
      [chunk("q" + c), ...head.runs.map((_, run) => repliesIn(run, c))]);
    for (const i of at) {
      const row = listed[i], place = columns.place[row];
      const asked = [...head.runs.keys()].filter((run) => markOf(run, row));
      parts[i] = asked.map((run) =>
        FORMS[form](exported(run, row, questions[place], replies[run][place]))).join("");
      lines += asked.length;
    }
    done += at.length;
    sayFound(w("exporting", Math.floor(100 * done / listed.length)));
    await new Promise((next) => setTimeout(next));
  }
  return { parts, lines };
}

async function exportRows(form) {
  const buttons = ["csv", "jsonl"].map(byId), pressed = document.activeElement;
  for (const button of buttons) button.disabled = true;
  try {
    const { parts, lines } = await exportedRows(form);
    const name = `proctor.${form}`;
    if (form === "csv") parts.unshift(CSV_TITLES);
    const url = URL.createObjectURL(new Blob(parts, { type: "text/plain;charset=utf-8" }));
    el("a", { href: url, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(url), 60000);
    sayFound(w("exported", name, number(lines)));
  } catch (error) {
    showBroken(error);
  } finally {
    for (const button of buttons) button.disabled = false;
    if (document.activeElement === document.body && buttons.includes(pressed)) pressed.focus();
  }
}
