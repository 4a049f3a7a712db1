// A line diff and its picture: the longest common subsequence of what lies between the common beginning and the common end.

import { element, word } from "./words.js";

/** What became of each line: `mark` is "+", "-" or " ". `before` null: there was nothing. */
export function diff(before, after) {
  const a = before === null ? [] : lines(before), b = lines(after);
  let head = 0, tail = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  const keep = (line) => ({ mark: " ", line });
  return [
    ...a.slice(0, head).map(keep),
    ...middle(a.slice(head, a.length - tail), b.slice(head, b.length - tail)),
    ...a.slice(a.length - tail).map(keep),
  ];
}

/** The lines of a text, each with its own end: so a last line without one differs from one that has it. */
const lines = (text) => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

const LARGEST = 4_000_000;

function middle(a, b) {
  const gone = a.map((line) => ({ mark: "-", line })), come = b.map((line) => ({ mark: "+", line }));
  if (a.length * b.length > LARGEST) return [...gone, ...come];
  const width = b.length + 1, common = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      common[i * width + j] =
        a[i] === b[j] ? common[(i + 1) * width + j + 1] + 1 : Math.max(common[(i + 1) * width + j], common[i * width + j + 1]);
  const found = [];
  let i = 0, j = 0;
  while (i < a.length && j < b.length) {
    if (a[i] === b[j]) { found.push({ mark: " ", line: a[i] }); i++; j++; }
    else if (common[(i + 1) * width + j] >= common[i * width + j + 1]) found.push(gone[i++]);
    else found.push(come[j++]);
  }
  return [...found, ...gone.slice(i), ...come.slice(j)];
}

const CONTEXT = 3, WORTH_FOLDING = 8;

/** Cut a diff into pieces: `{ folded, lines }`. Long runs of kept lines are folded, but for a few beside each change. */
function fold(found) {
  const near = new Uint8Array(found.length);
  found.forEach(({ mark }, n) => {
    if (mark !== " ") near.fill(1, Math.max(0, n - CONTEXT), n + CONTEXT + 1);
  });
  const pieces = [];
  let start = 0;
  for (let n = 1; n <= found.length; n++)
    if (n === found.length || near[n] !== near[start]) {
      const folded = !near[start] && n - start >= WORTH_FOLDING && near.includes(1);
      pieces.push({ folded, lines: found.slice(start, n) });
      start = n;
    }
  return pieces;
}

/** A line as it is shown: without its end, and with what cannot be seen made visible. */
const visible = ({ mark, line }) =>
  line.replace(mark === " " ? /\r?\n$/ : /\n$/, "").replace(HIDDEN, (char) =>
    char < " " ? String.fromCharCode(0x2400 + char.charCodeAt(0)) : `<U+${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}>`);

const HIDDEN = /[\0-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g;

/** Show what `diff` found in a node. */
export const draw = (node, found) => node.replaceChildren(...fold(found).flatMap((one) => piece(node, one)));

function piece(node, { folded, lines }) {
  if (!folded) return lines.map(diffLine);
  const button = element("button", { type: "button", className: "folded", textContent: word("unchanged", lines.length) });
  button.addEventListener("click", () => { button.replaceWith(...lines.map(diffLine)); node.focus(); });
  return [button];
}

function diffLine(line) {
  const shown = element("code", { className: { "+": "come", "-": "gone", " ": "kept" }[line.mark] }, `${line.mark} ${visible(line)}\n`);
  if (line.mark !== " " && !line.line.endsWith("\n")) shown.append(element("small", { textContent: `  ${word("noNewline")}\n` }));
  return shown;
}
