/**
 * The innermost loops of matrix products: a few rows of A, each contiguous, times a packed panel of B.
 *
 * A panel holds its columns side by side, one row `stride` bytes after the other: packed, or where B lies. Eight vectors of sums stay in registers, which is as many as V8
 * keeps there; two rows of 16 columns load least for it. A row of A may be given twice when rows run out.
 */

import { first, madd } from "./simd";

/** 2 rows of A times a panel of 16 columns, of which `n` are wanted. */
// @ts-ignore: decorator
@inline
export function block2x16(a0: usize, a1: usize, panel: usize, stride: usize, k: usize, c0: usize, c1: usize, n: usize, add: bool): void {
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
    a0 += 4;
    a1 += 4;
  }
  if (n < 16) {
    keepPart(c0, s00, s01, s02, s03, n, add);
    keepPart(c1, s10, s11, s12, s13, n, add);
    return;
  }
  if (add) {
    s00 = f32x4.add(v128.load(c0, 0), s00);
    s01 = f32x4.add(v128.load(c0, 16), s01);
    s02 = f32x4.add(v128.load(c0, 32), s02);
    s03 = f32x4.add(v128.load(c0, 48), s03);
    s10 = f32x4.add(v128.load(c1, 0), s10);
    s11 = f32x4.add(v128.load(c1, 16), s11);
    s12 = f32x4.add(v128.load(c1, 32), s12);
    s13 = f32x4.add(v128.load(c1, 48), s13);
  }
  v128.store(c0, s00, 0);
  v128.store(c0, s01, 16);
  v128.store(c0, s02, 32);
  v128.store(c0, s03, 48);
  v128.store(c1, s10, 0);
  v128.store(c1, s11, 16);
  v128.store(c1, s12, 32);
  v128.store(c1, s13, 48);
}

/** 1 row of A times a panel of 16 columns, of which `n` are wanted. */
// @ts-ignore: decorator
@inline
export function block1x16(a0: usize, panel: usize, stride: usize, k: usize, c0: usize, n: usize, add: bool): void {
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
    a0 += 4;
  }
  if (n < 16) {
    keepPart(c0, s00, s01, s02, s03, n, add);
    return;
  }
  if (add) {
    s00 = f32x4.add(v128.load(c0, 0), s00);
    s01 = f32x4.add(v128.load(c0, 16), s01);
    s02 = f32x4.add(v128.load(c0, 32), s02);
    s03 = f32x4.add(v128.load(c0, 48), s03);
  }
  v128.store(c0, s00, 0);
  v128.store(c0, s01, 16);
  v128.store(c0, s02, 32);
  v128.store(c0, s03, 48);
}

/** 2 rows of A times a panel of 12 columns, of which `n` are wanted. */
// @ts-ignore: decorator
@inline
export function block2x12(a0: usize, a1: usize, panel: usize, stride: usize, k: usize, c0: usize, c1: usize, n: usize, add: bool): void {
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
    a0 += 4;
    a1 += 4;
  }
  if (n < 12) {
    keepPart(c0, s00, s01, s02, s02, n, add);
    keepPart(c1, s10, s11, s12, s12, n, add);
    return;
  }
  if (add) {
    s00 = f32x4.add(v128.load(c0, 0), s00);
    s01 = f32x4.add(v128.load(c0, 16), s01);
    s02 = f32x4.add(v128.load(c0, 32), s02);
    s10 = f32x4.add(v128.load(c1, 0), s10);
    s11 = f32x4.add(v128.load(c1, 16), s11);
    s12 = f32x4.add(v128.load(c1, 32), s12);
  }
  v128.store(c0, s00, 0);
  v128.store(c0, s01, 16);
  v128.store(c0, s02, 32);
  v128.store(c1, s10, 0);
  v128.store(c1, s11, 16);
  v128.store(c1, s12, 32);
}

/** 4 rows of A times a panel of 8 columns, of which `n` are wanted. */
// @ts-ignore: decorator
@inline
export function block4x8(a0: usize, a1: usize, a2: usize, a3: usize, panel: usize, stride: usize, k: usize, c0: usize, c1: usize, c2: usize, c3: usize, n: usize, add: bool): void {
  let s00 = f32x4.splat(0);
  let s01 = f32x4.splat(0);
  let s10 = f32x4.splat(0);
  let s11 = f32x4.splat(0);
  let s20 = f32x4.splat(0);
  let s21 = f32x4.splat(0);
  let s30 = f32x4.splat(0);
  let s31 = f32x4.splat(0);
  for (const end = panel + k * stride; panel < end; panel += stride) {
    const b0 = v128.load(panel, 0);
    const b1 = v128.load(panel, 16);
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
    a0 += 4;
    a1 += 4;
    a2 += 4;
    a3 += 4;
  }
  if (n < 8) {
    keepPart(c0, s00, s01, s01, s01, n, add);
    keepPart(c1, s10, s11, s11, s11, n, add);
    keepPart(c2, s20, s21, s21, s21, n, add);
    keepPart(c3, s30, s31, s31, s31, n, add);
    return;
  }
  if (add) {
    s00 = f32x4.add(v128.load(c0, 0), s00);
    s01 = f32x4.add(v128.load(c0, 16), s01);
    s10 = f32x4.add(v128.load(c1, 0), s10);
    s11 = f32x4.add(v128.load(c1, 16), s11);
    s20 = f32x4.add(v128.load(c2, 0), s20);
    s21 = f32x4.add(v128.load(c2, 16), s21);
    s30 = f32x4.add(v128.load(c3, 0), s30);
    s31 = f32x4.add(v128.load(c3, 16), s31);
  }
  v128.store(c0, s00, 0);
  v128.store(c0, s01, 16);
  v128.store(c1, s10, 0);
  v128.store(c1, s11, 16);
  v128.store(c2, s20, 0);
  v128.store(c2, s21, 16);
  v128.store(c3, s30, 0);
  v128.store(c3, s31, 16);
}

/** 4 rows of A times a panel of 4 columns, of which `n` are wanted. */
// @ts-ignore: decorator
@inline
export function block4x4(a0: usize, a1: usize, a2: usize, a3: usize, panel: usize, stride: usize, k: usize, c0: usize, c1: usize, c2: usize, c3: usize, n: usize, add: bool): void {
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
    a0 += 4;
    a1 += 4;
    a2 += 4;
    a3 += 4;
  }
  keep4(c0, s0, n, add);
  keep4(c1, s1, n, add);
  keep4(c2, s2, n, add);
  keep4(c3, s3, n, add);
}

/** Stores the first `n` of four sums, or adds them. */
function keep4(c: usize, s: v128, n: usize, add: bool): void {
  if (n == 4) {
    v128.store(c, add ? f32x4.add(v128.load(c), s) : s);
    return;
  }
  if (add) s = f32x4.add(first(c, n), s);
  if (n == 1) {
    v128.store_lane<f32>(c, s, 0);
    return;
  }
  v128.store_lane<f64>(c, s, 0);
  if (n == 3) v128.store_lane<f32>(c, s, 2, 8);
}

/** The same of up to four vectors of sums. */
function keepPart(c: usize, s0: v128, s1: v128, s2: v128, s3: v128, n: usize, add: bool): void {
  keep4(c, s0, min<usize>(4, n), add);
  if (n > 4) keep4(c + 16, s1, min<usize>(4, n - 4), add);
  if (n > 8) keep4(c + 32, s2, min<usize>(4, n - 8), add);
  if (n > 12) keep4(c + 48, s3, min<usize>(4, n - 12), add);
}
