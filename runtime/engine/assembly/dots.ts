/** Dot products of the rows of two matrices, a few of each at a time: each vector that is loaded serves several. */

import { first, madd, total } from "./simd";

/**
 * Element (i, j) is the dot product of row i of x and row j of y, of k contiguous floats each, and goes to c + i · `down` + j · `across`.
 * Strides in bytes. All rows of y are read for a few rows of x.
 */
export function dots(
  x: usize, xRow: usize, m: usize, y: usize, yRow: usize, n: usize, k: usize, c: usize, down: usize, across: usize, add: bool,
): void {
  for (let i: usize = 0; i < m; ) {
    const rows = min<usize>(2, m - i);
    for (let j: usize = 0; j < n; ) {
      const columns = taken(n - j);
      const a = x + i * xRow;
      const b = y + j * yRow;
      const to = c + i * down + j * across;
      if (rows == 2 && columns == 3) dots3x2(b, yRow, a, xRow, k, to, across, down, add);
      else if (rows == 2 && columns == 2) dots2x2(a, xRow, b, yRow, k, to, down, across, add);
      else {
        for (let v: usize = 0; v < rows; v++) {
          for (let w: usize = 0; w < columns; w++) {
            keep(to + v * down + w * across, dot(a + v * xRow, b + w * yRow, k), add);
          }
        }
      }
      j += columns;
    }
    i += rows;
  }
}

/** How many rows of y that are left are taken: three, or two where that leaves none alone. */
// @ts-ignore: decorator
@inline
function taken(left: usize): usize {
  return left == 4 ? 2 : min<usize>(3, left);
}

// @ts-ignore: decorator
@inline
function keep(to: usize, s: f32, add: bool): void {
  store<f32>(to, add ? load<f32>(to) + s : s);
}

/** 3 × 2 dot products at once: element (i, j) goes to c + i · `down` + j · `across`. */
// @ts-ignore: decorator
@inline
function dots3x2(x: usize, xRow: usize, y: usize, yRow: usize, k: usize, c: usize, down: usize, across: usize, add: bool): void {
  const x1 = x + xRow;
  const x2 = x + 2 * xRow;
  const y1 = y + yRow;
  let s00 = f32x4.splat(0);
  let s01 = f32x4.splat(0);
  let s10 = f32x4.splat(0);
  let s11 = f32x4.splat(0);
  let s20 = f32x4.splat(0);
  let s21 = f32x4.splat(0);
  let i: usize = 0;
  for (const end = k * 4 & ~15; i < end; i += 16) {
    const b0 = v128.load(y + i);
    const b1 = v128.load(y1 + i);
    const a0 = v128.load(x + i);
    s00 = madd(a0, b0, s00);
    s01 = madd(a0, b1, s01);
    const a1 = v128.load(x1 + i);
    s10 = madd(a1, b0, s10);
    s11 = madd(a1, b1, s11);
    const a2 = v128.load(x2 + i);
    s20 = madd(a2, b0, s20);
    s21 = madd(a2, b1, s21);
  }
  if (k & 3) {
    const b0 = first(y + i, k & 3);
    const b1 = first(y1 + i, k & 3);
    const a0 = first(x + i, k & 3);
    s00 = madd(a0, b0, s00);
    s01 = madd(a0, b1, s01);
    const a1 = first(x1 + i, k & 3);
    s10 = madd(a1, b0, s10);
    s11 = madd(a1, b1, s11);
    const a2 = first(x2 + i, k & 3);
    s20 = madd(a2, b0, s20);
    s21 = madd(a2, b1, s21);
  }
  keep(c, total(s00), add);
  keep(c + across, total(s01), add);
  keep(c + down, total(s10), add);
  keep(c + down + across, total(s11), add);
  keep(c + 2 * down, total(s20), add);
  keep(c + 2 * down + across, total(s21), add);
}

/** 2 × 2 dot products at once: element (i, j) goes to c + i · `down` + j · `across`. */
// @ts-ignore: decorator
@inline
function dots2x2(x: usize, xRow: usize, y: usize, yRow: usize, k: usize, c: usize, down: usize, across: usize, add: bool): void {
  const x1 = x + xRow;
  const y1 = y + yRow;
  let s00 = f32x4.splat(0);
  let s01 = f32x4.splat(0);
  let s10 = f32x4.splat(0);
  let s11 = f32x4.splat(0);
  let i: usize = 0;
  for (const end = k * 4 & ~15; i < end; i += 16) {
    const b0 = v128.load(y + i);
    const b1 = v128.load(y1 + i);
    const a0 = v128.load(x + i);
    s00 = madd(a0, b0, s00);
    s01 = madd(a0, b1, s01);
    const a1 = v128.load(x1 + i);
    s10 = madd(a1, b0, s10);
    s11 = madd(a1, b1, s11);
  }
  if (k & 3) {
    const b0 = first(y + i, k & 3);
    const b1 = first(y1 + i, k & 3);
    const a0 = first(x + i, k & 3);
    s00 = madd(a0, b0, s00);
    s01 = madd(a0, b1, s01);
    const a1 = first(x1 + i, k & 3);
    s10 = madd(a1, b0, s10);
    s11 = madd(a1, b1, s11);
  }
  keep(c, total(s00), add);
  keep(c + across, total(s01), add);
  keep(c + down, total(s10), add);
  keep(c + down + across, total(s11), add);
}

/** Σ xᵢ yᵢ of contiguous floats. */
export function dot(x: usize, y: usize, n: usize): f32 {
  let s0 = f32x4.splat(0);
  let s1 = f32x4.splat(0);
  let s2 = f32x4.splat(0);
  let s3 = f32x4.splat(0);
  let i: usize = 0;
  for (const end = n * 4 & ~63; i < end; i += 64) {
    s0 = madd(v128.load(x + i), v128.load(y + i), s0);
    s1 = madd(v128.load(x + i, 16), v128.load(y + i, 16), s1);
    s2 = madd(v128.load(x + i, 32), v128.load(y + i, 32), s2);
    s3 = madd(v128.load(x + i, 48), v128.load(y + i, 48), s3);
  }
  for (const end = n * 4 & ~15; i < end; i += 16) s0 = madd(v128.load(x + i), v128.load(y + i), s0);
  let s = total(f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3)));
  for (const end = n * 4; i < end; i += 4) s += load<f32>(x + i) * load<f32>(y + i);
  return s;
}
