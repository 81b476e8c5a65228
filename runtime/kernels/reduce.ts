/**
 * Reductions to a number, summed in order and in double precision.
 *
 *     sum    y = Σ xᵢ            ẏ = Σ ẋᵢ
 *     mean   y = 1/n Σ xᵢ        ẏ = 1/n Σ ẋᵢ         of nothing: NaN
 *     dot    y = Σ aᵢ bᵢ         ẏ = Σ (ȧᵢ bᵢ + aᵢ ḃᵢ)
 */

import { requireLength } from "./shape.ts";

/**
 * Σ xᵢ.
 * @fgrad rule sum_jvp
 */
export function sum(x: Float32Array): number {
  let total = 0;
  for (let i = 0; i < x.length; i++) total += x[i] as number;
  return total;
}

/** The tangent of `sum`; `x_t` is undefined where x is constant. */
export function sum_jvp(x: Float32Array, x_t: Float32Array | undefined): [value: number, value_t: number] {
  return [sum(x), x_t === undefined ? 0 : sum(x_t)];
}

/**
 * 1/n Σ xᵢ.
 * @fgrad rule mean_jvp
 */
export function mean(x: Float32Array): number {
  return sum(x) / x.length;
}

/** The tangent of `mean`; `x_t` is undefined where x is constant. */
export function mean_jvp(x: Float32Array, x_t: Float32Array | undefined): [value: number, value_t: number] {
  return [mean(x), x_t === undefined ? 0 : mean(x_t)];
}

/**
 * Σ aᵢ bᵢ.
 * @throws RangeError when the lengths differ
 * @fgrad rule dot_jvp
 */
export function dot(a: Float32Array, b: Float32Array): number {
  requireLength("dot", "b", b, a.length);
  let total = 0;
  for (let i = 0; i < a.length; i++) total += (a[i] as number) * (b[i] as number);
  return total;
}

/** The tangent of `dot`; the tangent of a constant operand is undefined. */
export function dot_jvp(
  a: Float32Array,
  a_t: Float32Array | undefined,
  b: Float32Array,
  b_t: Float32Array | undefined,
): [value: number, value_t: number] {
  requireLength("dot", "b", b, a.length);
  let total = 0;
  let total_t = 0;
  for (let i = 0; i < a.length; i++) {
    const u = a[i] as number;
    const v = b[i] as number;
    total += u * v;
    if (a_t !== undefined) total_t += (a_t[i] as number) * v;
    if (b_t !== undefined) total_t += u * (b_t[i] as number);
  }
  return [total, total_t];
}
