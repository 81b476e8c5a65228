/**
 * The innermost loops of matrix products: a few rows of A times a panel of B.
 *
 * A panel holds its columns side by side, one row `stride` bytes after the other: packed, or where B lies. Rows of A step by `step` bytes along the depth.
 * Of a panel's `n` columns the last four make its last vector, which overlaps the one before it where they are no multiple of four: no store sticks out.
 * Eight vectors of sums stay in registers, which is as many as V8 keeps there; two rows of 16 columns load least for it.
 */

import { madd } from "./simd";

/** Stores the first `n` columns of four rows as rows, `row` bytes apart. */
// @ts-ignore: decorator
@inline
export function keepTurned(to: usize, row: usize, s0: v128, s1: v128, s2: v128, s3: v128, n: usize): void {
  const t0 = v128.shuffle<i32>(s0, s1, 0, 4, 1, 5);
  const t1 = v128.shuffle<i32>(s0, s1, 2, 6, 3, 7);
  const t2 = v128.shuffle<i32>(s2, s3, 0, 4, 1, 5);
  const t3 = v128.shuffle<i32>(s2, s3, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<i64>(t0, t2, 0, 2));
  if (n > 1) v128.store(to + row, v128.shuffle<i64>(t0, t2, 1, 3));
  if (n > 2) v128.store(to + 2 * row, v128.shuffle<i64>(t1, t3, 0, 2));
  if (n > 3) v128.store(to + 3 * row, v128.shuffle<i64>(t1, t3, 1, 3));
}

/** 2 rows of A times a packed panel of 16 columns, of which `n` > 12 are wanted. */
// @ts-ignore: decorator
@inline
export function block2x16(a0: usize, a1: usize, step: usize, panel: usize, stride: usize, k: usize, c0: usize, c1: usize, n: usize, add: bool): void {
  let s00 = f32x4.splat(0);
  let s01 = f32x4.splat(0);
  let s02 = f32x4.splat(0);
  let s03 = f32x4.splat(0);
  let s10 = f32x4.splat(0);
  let s11 = f32x4.splat(0);
  let s12 = f32x4.splat(0);
  let s13 = f32x4.splat(0);
  for (const end = panel + k * stride; panel < end; panel += stride) {
    const b0 = v128.load(panel, 0);
    const b1 = v128.load(panel, 16);
    const b2 = v128.load(panel, 32);
    const b3 = v128.load(panel, 48);
    const x0 = v128.load32_splat(a0);
    s00 = madd(x0, b0, s00);
    s01 = madd(x0, b1, s01);
    s02 = madd(x0, b2, s02);
    s03 = madd(x0, b3, s03);
    const x1 = v128.load32_splat(a1);
    s10 = madd(x1, b0, s10);
    s11 = madd(x1, b1, s11);
    s12 = madd(x1, b2, s12);
    s13 = madd(x1, b3, s13);
    a0 += step;
    a1 += step;
  }
  const last = n * 4 - 16;
  if (add) {
    s00 = f32x4.add(v128.load(c0, 0), s00);
    s01 = f32x4.add(v128.load(c0, 16), s01);
    s02 = f32x4.add(v128.load(c0, 32), s02);
    s03 = f32x4.add(v128.load(c0 + last), s03);
    s10 = f32x4.add(v128.load(c1, 0), s10);
    s11 = f32x4.add(v128.load(c1, 16), s11);
    s12 = f32x4.add(v128.load(c1, 32), s12);
    s13 = f32x4.add(v128.load(c1 + last), s13);
  }
  v128.store(c0, s00, 0);
  v128.store(c0, s01, 16);
  v128.store(c0, s02, 32);
  v128.store(c0 + last, s03);
  v128.store(c1, s10, 0);
  v128.store(c1, s11, 16);
  v128.store(c1, s12, 32);
  v128.store(c1 + last, s13);
}

/** 1 row of A times a packed panel of 16 columns, of which `n` > 12 are wanted. */
// @ts-ignore: decorator
@inline
export function block1x16(a0: usize, step: usize, panel: usize, stride: usize, k: usize, c0: usize, n: usize, add: bool): void {
  let s00 = f32x4.splat(0);
  let s01 = f32x4.splat(0);
  let s02 = f32x4.splat(0);
  let s03 = f32x4.splat(0);
  for (const end = panel + k * stride; panel < end; panel += stride) {
    const b0 = v128.load(panel, 0);
    const b1 = v128.load(panel, 16);
    const b2 = v128.load(panel, 32);
    const b3 = v128.load(panel, 48);
    const x0 = v128.load32_splat(a0);
    s00 = madd(x0, b0, s00);
    s01 = madd(x0, b1, s01);
    s02 = madd(x0, b2, s02);
    s03 = madd(x0, b3, s03);
    a0 += step;
  }
  const last = n * 4 - 16;
  if (add) {
    s00 = f32x4.add(v128.load(c0, 0), s00);
    s01 = f32x4.add(v128.load(c0, 16), s01);
    s02 = f32x4.add(v128.load(c0, 32), s02);
    s03 = f32x4.add(v128.load(c0 + last), s03);
  }
  v128.store(c0, s00, 0);
  v128.store(c0, s01, 16);
  v128.store(c0, s02, 32);
  v128.store(c0 + last, s03);
}

/** 2 rows of A times a packed panel of 12 columns, of which `n` > 8 are wanted. */
// @ts-ignore: decorator
@inline
export function block2x12(a0: usize, a1: usize, step: usize, panel: usize, stride: usize, k: usize, c0: usize, c1: usize, n: usize, add: bool): void {
  let s00 = f32x4.splat(0);
  let s01 = f32x4.splat(0);
  let s02 = f32x4.splat(0);
  let s10 = f32x4.splat(0);
  let s11 = f32x4.splat(0);
  let s12 = f32x4.splat(0);
  for (const end = panel + k * stride; panel < end; panel += stride) {
    const b0 = v128.load(panel, 0);
    const b1 = v128.load(panel, 16);
    const b2 = v128.load(panel, 32);
    const x0 = v128.load32_splat(a0);
    s00 = madd(x0, b0, s00);
    s01 = madd(x0, b1, s01);
    s02 = madd(x0, b2, s02);
    const x1 = v128.load32_splat(a1);
    s10 = madd(x1, b0, s10);
    s11 = madd(x1, b1, s11);
    s12 = madd(x1, b2, s12);
    a0 += step;
    a1 += step;
  }
  const last = n * 4 - 16;
  if (add) {
    s00 = f32x4.add(v128.load(c0, 0), s00);
    s01 = f32x4.add(v128.load(c0, 16), s01);
    s02 = f32x4.add(v128.load(c0 + last), s02);
    s10 = f32x4.add(v128.load(c1, 0), s10);
    s11 = f32x4.add(v128.load(c1, 16), s11);
    s12 = f32x4.add(v128.load(c1 + last), s12);
  }
  v128.store(c0, s00, 0);
  v128.store(c0, s01, 16);
  v128.store(c0 + last, s02);
  v128.store(c1, s10, 0);
  v128.store(c1, s11, 16);
  v128.store(c1 + last, s12);
}

/** 3 rows of A times a panel of 5 to 8 columns, the last four of which lie `last` bytes after the first, in the panel `gap` bytes. */
// @ts-ignore: decorator
@inline
export function block3x8(a0: usize, a1: usize, a2: usize, step: usize, panel: usize, gap: usize, stride: usize, k: usize, c0: usize, c1: usize, c2: usize, last: usize, add: bool): void {
  let s00 = f32x4.splat(0);
  let s01 = f32x4.splat(0);
  let s10 = f32x4.splat(0);
  let s11 = f32x4.splat(0);
  let s20 = f32x4.splat(0);
  let s21 = f32x4.splat(0);
  let tail = panel + gap;
  for (const end = panel + k * stride; panel < end; panel += stride) {
    const b0 = v128.load(panel);
    const b1 = v128.load(tail);
    const x0 = v128.load32_splat(a0);
    s00 = madd(x0, b0, s00);
    s01 = madd(x0, b1, s01);
    const x1 = v128.load32_splat(a1);
    s10 = madd(x1, b0, s10);
    s11 = madd(x1, b1, s11);
    const x2 = v128.load32_splat(a2);
    s20 = madd(x2, b0, s20);
    s21 = madd(x2, b1, s21);
    a0 += step;
    a1 += step;
    a2 += step;
    tail += stride;
  }
  if (add) {
    s00 = f32x4.add(v128.load(c0), s00);
    s01 = f32x4.add(v128.load(c0 + last), s01);
    s10 = f32x4.add(v128.load(c1), s10);
    s11 = f32x4.add(v128.load(c1 + last), s11);
    s20 = f32x4.add(v128.load(c2), s20);
    s21 = f32x4.add(v128.load(c2 + last), s21);
  }
  v128.store(c0, s00);
  v128.store(c0 + last, s01);
  v128.store(c1, s10);
  v128.store(c1 + last, s11);
  v128.store(c2, s20);
  v128.store(c2 + last, s21);
}

/** 4 rows of A times a panel of 5 to 8 columns, the last four of which lie `last` bytes after the first, in the panel `gap` bytes. `flip`: columns are stored as rows. */
// @ts-ignore: decorator
@inline
export function block4x8(a0: usize, a1: usize, a2: usize, a3: usize, step: usize, panel: usize, gap: usize, stride: usize, k: usize, c0: usize, c1: usize, c2: usize, c3: usize, last: usize, add: bool, flip: bool): void {
  let s00 = f32x4.splat(0);
  let s01 = f32x4.splat(0);
  let s10 = f32x4.splat(0);
  let s11 = f32x4.splat(0);
  let s20 = f32x4.splat(0);
  let s21 = f32x4.splat(0);
  let s30 = f32x4.splat(0);
  let s31 = f32x4.splat(0);
  let tail = panel + gap;
  for (const end = panel + k * stride; panel < end; panel += stride) {
    const b0 = v128.load(panel);
    const b1 = v128.load(tail);
    const x0 = v128.load32_splat(a0);
    s00 = madd(x0, b0, s00);
    s01 = madd(x0, b1, s01);
    const x1 = v128.load32_splat(a1);
    s10 = madd(x1, b0, s10);
    s11 = madd(x1, b1, s11);
    const x2 = v128.load32_splat(a2);
    s20 = madd(x2, b0, s20);
    s21 = madd(x2, b1, s21);
    const x3 = v128.load32_splat(a3);
    s30 = madd(x3, b0, s30);
    s31 = madd(x3, b1, s31);
    a0 += step;
    a1 += step;
    a2 += step;
    a3 += step;
    tail += stride;
  }
  if (flip) {
    keepTurned(c0, c1 - c0, s00, s10, s20, s30, 4);
    keepTurned(c0 + last, c1 - c0, s01, s11, s21, s31, 4);
    return;
  }
  if (add) {
    s00 = f32x4.add(v128.load(c0), s00);
    s01 = f32x4.add(v128.load(c0 + last), s01);
    s10 = f32x4.add(v128.load(c1), s10);
    s11 = f32x4.add(v128.load(c1 + last), s11);
    s20 = f32x4.add(v128.load(c2), s20);
    s21 = f32x4.add(v128.load(c2 + last), s21);
    s30 = f32x4.add(v128.load(c3), s30);
    s31 = f32x4.add(v128.load(c3 + last), s31);
  }
  v128.store(c0, s00);
  v128.store(c0 + last, s01);
  v128.store(c1, s10);
  v128.store(c1 + last, s11);
  v128.store(c2, s20);
  v128.store(c2 + last, s21);
  v128.store(c3, s30);
  v128.store(c3 + last, s31);
}

/** 3 rows of A times a panel of 4 columns. */
// @ts-ignore: decorator
@inline
export function block3x4(a0: usize, a1: usize, a2: usize, step: usize, panel: usize, stride: usize, k: usize, c0: usize, c1: usize, c2: usize, add: bool): void {
  let s0 = f32x4.splat(0);
  let s1 = f32x4.splat(0);
  let s2 = f32x4.splat(0);
  for (const end = panel + k * stride; panel < end; panel += stride) {
    const b = v128.load(panel);
    s0 = madd(v128.load32_splat(a0), b, s0);
    s1 = madd(v128.load32_splat(a1), b, s1);
    s2 = madd(v128.load32_splat(a2), b, s2);
    a0 += step;
    a1 += step;
    a2 += step;
  }
  v128.store(c0, add ? f32x4.add(v128.load(c0), s0) : s0);
  v128.store(c1, add ? f32x4.add(v128.load(c1), s1) : s1);
  v128.store(c2, add ? f32x4.add(v128.load(c2), s2) : s2);
}

/** 4 rows of A times a panel of 4 columns. `flip`: the first `n` columns are stored as rows. */
// @ts-ignore: decorator
@inline
export function block4x4(a0: usize, a1: usize, a2: usize, a3: usize, step: usize, panel: usize, stride: usize, k: usize, c0: usize, c1: usize, c2: usize, c3: usize, n: usize, add: bool, flip: bool): void {
  let s0 = f32x4.splat(0);
  let s1 = f32x4.splat(0);
  let s2 = f32x4.splat(0);
  let s3 = f32x4.splat(0);
  for (const end = panel + k * stride; panel < end; panel += stride) {
    const b = v128.load(panel);
    s0 = madd(v128.load32_splat(a0), b, s0);
    s1 = madd(v128.load32_splat(a1), b, s1);
    s2 = madd(v128.load32_splat(a2), b, s2);
    s3 = madd(v128.load32_splat(a3), b, s3);
    a0 += step;
    a1 += step;
    a2 += step;
    a3 += step;
  }
  if (flip) {
    keepTurned(c0, c1 - c0, s0, s1, s2, s3, n);
    return;
  }
  v128.store(c0, add ? f32x4.add(v128.load(c0), s0) : s0);
  v128.store(c1, add ? f32x4.add(v128.load(c1), s1) : s1);
  v128.store(c2, add ? f32x4.add(v128.load(c2), s2) : s2);
  v128.store(c3, add ? f32x4.add(v128.load(c3), s3) : s3);
}

/** 5 rows of A times a panel of 4 columns. */
// @ts-ignore: decorator
@inline
export function block5x4(a0: usize, a1: usize, a2: usize, a3: usize, a4: usize, step: usize, panel: usize, stride: usize, k: usize, c0: usize, c1: usize, c2: usize, c3: usize, c4: usize, add: bool): void {
  let s0 = f32x4.splat(0);
  let s1 = f32x4.splat(0);
  let s2 = f32x4.splat(0);
  let s3 = f32x4.splat(0);
  let s4 = f32x4.splat(0);
  for (const end = panel + k * stride; panel < end; panel += stride) {
    const b = v128.load(panel);
    s0 = madd(v128.load32_splat(a0), b, s0);
    s1 = madd(v128.load32_splat(a1), b, s1);
    s2 = madd(v128.load32_splat(a2), b, s2);
    s3 = madd(v128.load32_splat(a3), b, s3);
    s4 = madd(v128.load32_splat(a4), b, s4);
    a0 += step;
    a1 += step;
    a2 += step;
    a3 += step;
    a4 += step;
  }
  v128.store(c0, add ? f32x4.add(v128.load(c0), s0) : s0);
  v128.store(c1, add ? f32x4.add(v128.load(c1), s1) : s1);
  v128.store(c2, add ? f32x4.add(v128.load(c2), s2) : s2);
  v128.store(c3, add ? f32x4.add(v128.load(c3), s3) : s3);
  v128.store(c4, add ? f32x4.add(v128.load(c4), s4) : s4);
}
