/** Copies of blocks of a matrix, in the order in which the innermost loops read them. */

/**
 * Packs `columns` ≤ `width` columns of B, rows of which are contiguous, into a panel; zeros fill it up.
 * @param width 16, 12 or 8
 */
export function packRows(b: usize, stride: usize, panel: usize, k: usize, columns: usize, width: usize): void {
  const end = panel + k * width * 4;
  if (columns == 16 && width == 16) {
    for (; panel < end; panel += 64) {
      const b0 = v128.load(b);
      const b1 = v128.load(b, 16);
      const b2 = v128.load(b, 32);
      const b3 = v128.load(b, 48);
      v128.store(panel, b0);
      v128.store(panel, b1, 16);
      v128.store(panel, b2, 32);
      v128.store(panel, b3, 48);
      b += stride;
    }
    return;
  }
  for (; panel < end; panel += width * 4) {
    for (let j: usize = 0; j < width; j++) {
      store<f32>(panel + j * 4, j < columns ? load<f32>(b + j * 4) : 0);
    }
    b += stride;
  }
}

/** The same where columns of B are contiguous. */
export function packColumns(b: usize, stride: usize, panel: usize, k: usize, columns: usize, width: usize): void {
  let j: usize = 0;
  for (; j + 4 <= columns; j += 4) {
    turn4(b + j * stride, stride, panel + j * 4, width * 4, k);
  }
  for (; j < columns; j++) {
    const from = b + j * stride;
    for (let p: usize = 0; p < k; p++) store<f32>(panel + (p * width + j) * 4, load<f32>(from + p * 4));
  }
  for (; j < width; j++) {
    for (let p: usize = 0; p < k; p++) store<f32>(panel + (p * width + j) * 4, 0);
  }
}

/** Rows of a stored transpose: element (i, p) lies at a + p · stride + 4 i; row i goes to `to` + i · k floats. */
export function packTransposed(a: usize, stride: usize, to: usize, rows: usize, k: usize): void {
  let p: usize = 0;
  for (; p + 4 <= k; p += 4) {
    const from = a + p * stride;
    turn4(from, stride, to + p * 4, k * 4, rows);
  }
  for (; p < k; p++) {
    const from = a + p * stride;
    for (let i: usize = 0; i < rows; i++) store<f32>(to + (i * k + p) * 4, load<f32>(from + i * 4));
  }
}

/** Writes four contiguous lines of `count` floats, `stride` bytes apart, as `count` groups of four, `step` bytes apart. */
function turn4(from: usize, stride: usize, to: usize, step: usize, count: usize): void {
  const second = from + stride;
  const third = second + stride;
  const fourth = third + stride;
  let p: usize = 0;
  for (; p + 4 <= count; p += 4) {
    const r0 = v128.load(from + p * 4);
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
    store<f32>(to, load<f32>(from + p * 4));
    store<f32>(to, load<f32>(second + p * 4), 4);
    store<f32>(to, load<f32>(third + p * 4), 8);
    store<f32>(to, load<f32>(fourth + p * 4), 12);
    to += step;
  }
}
