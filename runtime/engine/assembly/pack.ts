/** Copies of blocks of a matrix, in the order in which the innermost loops read them. */

import { keepTurned } from "./blocks";
import { first } from "./simd";

/**
 * Packs `columns` of B, rows of which are contiguous, into a panel, of which they leave less than four free: its last vector holds the last four, or all if there are fewer.
 * @param width 16, 12, 8 or 4
 */
export function packRows(b: usize, stride: usize, panel: usize, k: usize, columns: usize, width: usize): void {
  const end = panel + k * width * 4;
  if (columns < 4) {
    for (; panel < end; panel += 16) {
      v128.store(panel, first(b, columns));
      b += stride;
    }
    return;
  }
  const last = columns * 4 - 16;
  if (width == 16) {
    for (; panel < end; panel += 64) {
      const b0 = v128.load(b);
      const b1 = v128.load(b, 16);
      const b2 = v128.load(b, 32);
      const b3 = v128.load(b + last);
      v128.store(panel, b0);
      v128.store(panel, b1, 16);
      v128.store(panel, b2, 32);
      v128.store(panel, b3, 48);
      b += stride;
    }
    return;
  }
  for (const before = width * 4 - 16; panel < end; panel += before + 16) {
    for (let j: usize = 0; j < before; j += 16) v128.store(panel + j, v128.load(b + j));
    v128.store(panel + before, v128.load(b + last));
    b += stride;
  }
}

/** The same where columns of B are contiguous. */
export function packColumns(b: usize, stride: usize, panel: usize, k: usize, columns: usize, width: usize): void {
  for (let j: usize = 0; j < width; j += 4) {
    const from = b + (columns > 4 ? min(j, columns - 4) : 0) * stride;
    const last = columns - 1;
    turn4(from, from + min<usize>(1, last) * stride, from + min<usize>(2, last) * stride, from + min<usize>(3, last) * stride, panel + j * 4, width * 4, k);
  }
}

/** Four adjacent columns of a matrix, rows of which are `stride` bytes apart, as contiguous vectors of k floats, one after the other. */
export function splitColumns(b: usize, stride: usize, to: usize, k: usize): void {
  const line = k * 4;
  let p: usize = 0;
  for (; p + 4 <= k; p += 4) {
    const b1 = b + stride;
    const b2 = b1 + stride;
    const b3 = b2 + stride;
    keepTurned(to, line, v128.load(b), v128.load(b1), v128.load(b2), v128.load(b3), 4);
    b = b3 + stride;
    to += 16;
  }
  for (; p < k; p++) {
    for (let j: usize = 0; j < 4; j++) store<f32>(to + j * line, load<f32>(b + j * 4));
    b += stride;
    to += 4;
  }
}

/** Rows of a stored transpose: element (i, p) lies at a + p · stride + 4 i; row i goes to `to` + i · `row`. Strides in bytes. */
export function packTransposed(a: usize, stride: usize, to: usize, row: usize, rows: usize, k: usize): void {
  let p: usize = 0;
  for (; p + 4 <= k; p += 4) {
    const from = a + p * stride;
    turn4(from, from + stride, from + 2 * stride, from + 3 * stride, to + p * 4, row, rows);
  }
  for (; p < k; p++) {
    const from = a + p * stride;
    for (let i: usize = 0; i < rows; i++) store<f32>(to + i * row + p * 4, load<f32>(from + i * 4));
  }
}

/** The transpose of a matrix of `rows` × `columns`. */
export function transpose(x: usize, out: usize, rows: usize, columns: usize): void {
  // A few columns at a time: their lines of the result stay in the first cache.
  for (let j: usize = 0; j < columns; j += 16) {
    packTransposed(x + j * 4, columns * 4, out + j * rows * 4, rows * 4, min<usize>(16, columns - j), rows);
  }
}

/** Writes four contiguous lines of `count` floats as `count` groups of four, `step` bytes apart. */
function turn4(line: usize, second: usize, third: usize, fourth: usize, to: usize, step: usize, count: usize): void {
  let p: usize = 0;
  for (; p + 4 <= count; p += 4) {
    const r0 = v128.load(line + p * 4);
    const r1 = v128.load(second + p * 4);
    const r2 = v128.load(third + p * 4);
    const r3 = v128.load(fourth + p * 4);
    const t0 = v128.shuffle<i32>(r0, r1, 0, 4, 1, 5);
    const t1 = v128.shuffle<i32>(r0, r1, 2, 6, 3, 7);
    const t2 = v128.shuffle<i32>(r2, r3, 0, 4, 1, 5);
    const t3 = v128.shuffle<i32>(r2, r3, 2, 6, 3, 7);
    v128.store(to, v128.shuffle<i64>(t0, t2, 0, 2));
    v128.store(to + step, v128.shuffle<i64>(t0, t2, 1, 3));
    v128.store(to + 2 * step, v128.shuffle<i64>(t1, t3, 0, 2));
    v128.store(to + 3 * step, v128.shuffle<i64>(t1, t3, 1, 3));
    to += 4 * step;
  }
  for (; p < count; p++) {
    store<f32>(to, load<f32>(line + p * 4));
    store<f32>(to, load<f32>(second + p * 4), 4);
    store<f32>(to, load<f32>(third + p * 4), 8);
    store<f32>(to, load<f32>(fourth + p * 4), 12);
    to += step;
  }
}
