// A line diff: the longest common subsequence of what lies between the common beginning and the common end.

export function diff(before, after) {
  const a = before.split("\n"), b = after.split("\n");
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

const LARGEST = 4_000_000;

function middle(a, b) {
  const gone = a.map((line) => ({ mark: "-", line })), come = b.map((line) => ({ mark: "+", line }));
  if (a.length * b.length > LARGEST) return [...gone, ...come];
  const width = b.length + 1, common = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      common[i * width + j] =
        a[i] === b[j] ? common[(i + 1) * width + j + 1] + 1 : Math.max(common[(i + 1) * width + j], common[i * width + j + 1]);
  const lines = [];
  let i = 0, j = 0;
  while (i < a.length && j < b.length) {
    if (a[i] === b[j]) { lines.push({ mark: " ", line: a[i] }); i++; j++; }
    else if (common[(i + 1) * width + j] >= common[i * width + j + 1]) lines.push(gone[i++]);
    else lines.push(come[j++]);
  }
  return [...lines, ...gone.slice(i), ...come.slice(j)];
}
