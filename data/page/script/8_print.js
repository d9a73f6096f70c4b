// On paper nothing scrolls and nothing opens: a table of many runs is printed in blocks of
// columns, each beside the names of its rows, and what can be opened stands open.

const MOST_PRINTED = 10;  // columns of numbers that fit on a page

function blockOf(grid, first) {
  const block = grid.cloneNode(true);
  block.removeAttribute("aria-labelledby");
  for (const row of block.rows)
    [...row.cells].forEach((cell, i) => {
      if (i > 0 && (i < first || i >= first + MOST_PRINTED)) cell.remove();
    });
  return block;
}
function printedBlocks(grid) {
  const blocks = [];
  for (let first = 1; first < grid.rows[0].cells.length; first += MOST_PRINTED)
    blocks.push(blockOf(grid, first));
  return el("div", { class: "blocks" }, blocks);
}

let openedForPrint = [];
addEventListener("beforeprint", () => {
  openedForPrint = [...document.querySelectorAll("details:not([open])")];
  for (const one of openedForPrint) one.open = true;
  for (const grid of document.querySelectorAll("table.heat.many")) {
    grid.after(printedBlocks(grid));
    grid.classList.add("no-print");
  }
});
addEventListener("afterprint", () => {
  for (const one of openedForPrint) one.open = false;
  for (const blocks of document.querySelectorAll(".blocks")) {
    blocks.previousElementSibling.classList.remove("no-print");
    blocks.remove();
  }
});
