/** Which lines two texts share: a longest common subsequence of lines. */

/** A line of the newer text, or one of the older text that is gone. Numbers count from 0. */
export type DiffLine =
  | { readonly kind: "same"; readonly before: number; readonly after: number }
  | { readonly kind: "added"; readonly after: number }
  | { readonly kind: "removed"; readonly before: number };

/** Beyond this many cells the table would be slow, and what lies between the common ends is shown as replaced. */
const MOST_CELLS = 4_000_000;

/** Compares texts line by line, ends first; removed lines stand before those added in their place. */
export function diffLines(before: readonly string[], after: readonly string[]): readonly DiffLine[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head++;
  let tail = 0;
  const shorter = Math.min(before.length, after.length) - head;
  while (tail < shorter && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;

  const rows = before.length - head - tail;
  const columns = after.length - head - tail;
  const width = columns + 1;
  const comparable = rows * columns <= MOST_CELLS;
  const length = new Uint32Array(comparable ? (rows + 1) * width : 0);
  const at = (i: number, j: number) => length[i * width + j] ?? 0;
  const equal = (i: number, j: number) => before[head + i] === after[head + j];
  if (comparable) {
    for (let i = rows - 1; i >= 0; i--) {
      for (let j = columns - 1; j >= 0; j--) {
        length[i * width + j] = equal(i, j) ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
      }
    }
  }

  const lines: DiffLine[] = [];
  for (let k = 0; k < head; k++) lines.push({ kind: "same", before: k, after: k });
  let i = 0;
  let j = 0;
  while (i < rows || j < columns) {
    if (comparable && i < rows && j < columns && equal(i, j)) {
      lines.push({ kind: "same", before: head + i++, after: head + j++ });
    } else if (i < rows && (j >= columns || at(i + 1, j) >= at(i, j + 1))) {
      lines.push({ kind: "removed", before: head + i++ });
    } else {
      lines.push({ kind: "added", after: head + j++ });
    }
  }
  for (let k = tail; k > 0; k--) lines.push({ kind: "same", before: before.length - k, after: after.length - k });
  return lines;
}
