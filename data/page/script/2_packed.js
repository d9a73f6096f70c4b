// What is packed in the file: columns of numbers, read at once, and texts in chunks of
// so many questions, read when they are wanted.

const MARKS = ["right", "wrong", "unread", "refused", "cut", "failed"];
const FAILED = MARKS.indexOf("failed");
const NOT_ASKED = 255;
const UNKNOWN = 0xffffffff;

const loaded = new Promise((done) => {
  if (document.readyState !== "loading") done();
  else addEventListener("DOMContentLoaded", done);
});

// A part's bytes. A page that is served asks for them instead.
async function inflate(id) {
  await loaded;
  const node = byId(id);
  if (!node) throw new Error(`${id} is missing`);
  const packed = atob(node.textContent);
  const bytes = new Uint8Array(packed.length);
  for (let i = 0; i < packed.length; ++i) bytes[i] = packed.charCodeAt(i);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).arrayBuffer();
}
const textOf = async (id) => new TextDecoder().decode(await inflate(id));

// The chunks used last; what was inflated for a search alone is not kept.
const kept = new Map();
const mostKept = () => 12 + 2 * head.runs.length;
function chunk(id) {
  let found = kept.get(id);
  kept.delete(id);
  found ??= textOf(id).then(JSON.parse);
  kept.set(id, found);
  if (kept.size > mostKept()) kept.delete(kept.keys().next().value);
  return found;
}

// By row, which is a question's place in the list: `place` is its place in the chunks.
const columns = {};
const readColumns = async () => takeColumns(await inflate("columns"), await chunk("ids"));
function takeColumns(bytes, ids) {
  let at = 0;
  const take = (Type) => {
    const column = new Type(bytes, at, head.questions);
    at += column.byteLength;
    return column;
  };
  columns.place = take(Uint32Array);
  columns.key = take(Uint32Array);
  columns.runs = head.runs.map(() => ({ latency: take(Uint32Array), tokens: take(Uint32Array) }));
  columns.subject = take(Uint16Array);
  for (const run of columns.runs) {
    run.mark = take(Uint8Array);
    run.letter = take(Uint8Array);
    run.tries = take(Uint8Array);
  }
  // The chunks that a run has: another one may be missing.
  for (const run of columns.runs) {
    run.chunks = new Set();
    run.mark.forEach((mark, row) => { if (mark !== NOT_ASKED) run.chunks.add(chunkOf(row)); });
  }
  columns.id = ids;
}

const chunkOf = (row) => Math.floor(columns.place[row] / head.chunk);
const questionOf = async (row) => (await chunk("q" + chunkOf(row)))[columns.place[row]];
const repliesIn = async (run, c) => columns.runs[run].chunks.has(c) ? chunk(`r${run}-${c}`) : {};
// Undefined where it was not asked; also of a file that was cut.
const replyOf = async (run, row) => {
  const replies = await repliesIn(run, chunkOf(row)).catch(() => ({}));
  return replies[columns.place[row]];
};

const lettersOf = (bits) =>
  [...Array(26).keys()].filter((i) => bits >>> i & 1).map((i) => String.fromCharCode(65 + i));
const letterOf = (run, row) => {
  const code = columns.runs[run].letter[row];
  return code === 0 ? "–" : String.fromCharCode(code);
};
// Whether a run asked for a question, and what came of it.
const markOf = (run, row) => MARKS[columns.runs[run].mark[row]];
