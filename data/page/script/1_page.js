"use strict";
// What all parts stand on: the words, elements, numbers. Whatever a model or a data set
// has said reaches the page as text, never as markup.

const byId = (id) => document.getElementById(id);
let head = JSON.parse(byId("head").textContent);
const words = JSON.parse(byId("words").textContent);
let language = head.language;

function w(key, ...values) {
  const text = words[key][language === "ja" ? 1 : 0];
  return text.replace(/\{(\d)\}/g, (_, i) => values[i]);
}

// Control characters and marks that turn the direction of what follows, made visible.
function inert(text) {
  return text.replace(
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]/g,
    (c) => c === "\r" ? "" : `⟨U+${c.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}⟩`);
}

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : inert(String(value)));
  }
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child.nodeType ? child : inert(String(child)));
  }
  return node;
}
const el = (tag, attributes, ...children) =>
  fill(document.createElement(tag), attributes, children);
const svg = (tag, attributes, ...children) =>
  fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);

const number = (value) => value.toLocaleString("en");
// A tie goes to the even digit, as in a terminal: toFixed takes it up. Only where twice
// as many binary digits show an odd number is a value in the middle of two decimals.
function fixed(value, digits) {
  const isTie = Math.abs(value * 2 ** (digits + 1)) % 2 === 1;
  const even = 2 * Math.round(value * 10 ** digits / 2) / 10 ** digits;
  return (isTie ? even : value).toFixed(digits);
}
const percent = (share, digits = 1) => fixed(100 * share, digits);
const range = (low, high) => `${percent(low)}–${percent(high)}`;
const points = (share) => (share > 0 ? "+" : share < 0 ? "−" : "") + percent(Math.abs(share));
const seconds = (value) =>
  value < 10 ? fixed(value, 2) : value < 100 ? fixed(value, 1) : number(Math.round(value));
const pText = (p) => p < 0.001 ? "< 0.001" : "= " + fixed(p, 3);
const failures = (n) => n > 0 && ` (${w("failed-n", number(n))})`;
const when = (iso) => iso.slice(0, 16).replace("T", " ") + " UTC";

// A table below what is said of it. A title {text, press} can be pressed; `stacks`: on a
// narrow page a row's name and picture stand above its numbers.
let tables = 0;
function table(titles, rows, { about, name = "", stacks = false, silent = false }) {
  const id = "table-" + ++tables;
  const grid = el("table", { class: name + (stacks ? " stacks" : ""), "aria-labelledby": id },
    el("thead", {}, el("tr", {}, titles.map((title) =>
      el("th", { scope: "col", class: title.class, "aria-sort": title.sorted }, title.press
        ? el("button", { type: "button", onclick: title.press,
                         "aria-label": w("sorted", title.text) }, title.text)
        : el("span", { class: title.text === "" ? "hidden" : undefined },
             title.text === "" ? w("picture") : title.text ?? title))))),
    rows[0]?.tagName === "TBODY" ? rows : el("tbody", {}, rows));
  if (stacks) keepRoles(grid, titles);
  return el("div", { class: "figure" }, el("p", { class: silent ? "hidden" : "small", id }, about),
    el("div", { class: "scroll", tabindex: "0", role: "group", "aria-labelledby": id }, grid));
}
// Rows that are no rows to the eye stay rows to a screen reader.
function keepRoles(grid, titles) {
  grid.setAttribute("role", "table");
  for (const row of grid.tBodies[0].rows)
    for (const [i, cell] of [...row.cells].entries())
      if (i > 0 && titles[i].text && !cell.matches(".picture")) cell.dataset.label = titles[i].text.textContent ?? titles[i].text;
  for (const [selector, role] of [["thead, tbody", "rowgroup"], ["tr", "row"], ["td", "cell"],
                                  ["thead th", "columnheader"], ["tbody th", "rowheader"]])
    for (const node of grid.querySelectorAll(selector)) node.setAttribute("role", role);
}

function copyButton(text) {
  const button = el("button", { type: "button", onclick: async () => {
    try {
      await navigator.clipboard.writeText(text());
    } catch {
      const area = el("textarea", { class: "hidden" });
      area.value = text();
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    button.textContent = w("copied");
    setTimeout(() => { button.textContent = w("copy"); }, 1500);
  } }, w("copy"));
  return button;
}

// Focus moves by arrows inside a table whose cells are buttons: one stop of Tab.
function roving(root, selector) {
  const cells = () => [...root.querySelectorAll(selector)];
  cells().forEach((cell, i) => { cell.tabIndex = i === 0 ? 0 : -1; });
  root.addEventListener("focusin", (event) => {
    if (!event.target.matches(selector)) return;
    for (const cell of cells()) cell.tabIndex = cell === event.target ? 0 : -1;
  });
  root.addEventListener("keydown", (event) => {
    const cell = event.target.closest?.(selector);
    const [down, right] = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1],
                            ArrowRight: [0, 1] }[event.key] ?? [];
    if (!cell || down === undefined) return;
    event.preventDefault();
    const at = cell.closest("td").cellIndex;
    const rows = [...root.querySelectorAll("tr")].filter((row) => row.querySelector(selector));
    let row = rows.indexOf(cell.closest("tr")), column = at;
    for (;;) {
      row += down;
      column += right;
      const next = rows[row]?.cells[column];
      if (!next) return;
      const button = next.querySelector(selector);
      if (button) return button.focus();
    }
  });
}

// What a cell has to say besides its number, beside the pointer or the focus.
const tip = byId("tip");
function showTip(cell) {
  tip.hidden = !cell;
  if (!cell) return;
  tip.textContent = cell.dataset.tip;
  const box = cell.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = tip;
  const above = box.top - height - 4;
  tip.style.left = Math.max(4, Math.min(box.right - width, innerWidth - width - 4)) + "px";
  tip.style.top = (above > 0 ? above : box.bottom + 4) + "px";
}
const told = () => document.activeElement?.closest("[data-tip]");
function tips(root) {
  const under = (event) => showTip(event.target.closest?.("[data-tip]") ?? told());
  root.addEventListener("pointerover", under);
  root.addEventListener("focusin", under);
  root.addEventListener("pointerleave", () => showTip(told()));
  root.addEventListener("focusout", () => showTip(null));
}
addEventListener("keydown", (event) => { if (event.key === "Escape") showTip(null); });
addEventListener("scroll", () => { if (!tip.hidden) showTip(told()); },
  { capture: true, passive: true });
