/**
 * Reductions to a number, summed in double precision: in order by the plain engine, in four parts by the WebAssembly engine, which differs by at most
 * n 2⁻⁵³ Σ |summand|.
 *
 *     sum    y = Σ xᵢ            ẏ = Σ ẋᵢ
 *     mean   y = 1/n Σ xᵢ        ẏ = 1/n Σ ẋᵢ         of nothing: NaN
 *     dot    y = Σ aᵢ bᵢ         ẏ = Σ (ȧᵢ bᵢ + aᵢ ḃᵢ)
 */

import { running } from "../engine/index.ts";
import { address, begin, home } from "../engine/transfer.ts";
import { stored } from "./dense.ts";
import { type Lanes, numberInLanes } from "./lanes.ts";
import { tangentAt } from "./onEngine.ts";
import { requireLength } from "./shape.ts";

/**
 * Σ xᵢ.
 * @fgrad rule sum_jvp, sum_jvps
 */
export function sum(x: Float32Array): number {
  const wasm = running();
  if (wasm !== undefined && home(wasm, x)) return wasm.exports.sum(address(x), x.length);
  let total = 0;
  for (let i = 0; i < x.length; i++) total += x[i] as number;
  return total;
}

/** The tangent of `sum`; `x_t` is undefined where x is constant. */
export function sum_jvp(x: Float32Array, x_t: Float32Array | undefined): [value: number, value_t: number] {
  return [sum(x), sumOf(x_t, x)];
}

/** The same along several directions. */
export function sum_jvps(x: Float32Array, x_t: Lanes): [value: number, ...slopes: number[]] {
  return numberInLanes(x_t.length, (lane) => sum_jvp(x, x_t[lane]));
}

/** Σ ẋᵢ, also of a direction that is not stored. @throws RangeError when its length does not fit */
function sumOf(x_t: Float32Array | undefined, x: Float32Array): number {
  const varying = stored(x_t, x);
  if (varying === undefined) return 0;
  requireLength("sum", "x_t", varying, x.length);
  return sum(varying);
}

/**
 * 1/n Σ xᵢ.
 * @fgrad rule mean_jvp, mean_jvps
 */
export function mean(x: Float32Array): number {
  return sum(x) / x.length;
}

/** The tangent of `mean`; `x_t` is undefined where x is constant. */
export function mean_jvp(x: Float32Array, x_t: Float32Array | undefined): [value: number, value_t: number] {
  return [mean(x), x_t === undefined ? 0 : sumOf(x_t, x) / x.length];
}

/** The same along several directions. */
export function mean_jvps(x: Float32Array, x_t: Lanes): [value: number, ...slopes: number[]] {
  return numberInLanes(x_t.length, (lane) => mean_jvp(x, x_t[lane]));
}

/**
 * Σ aᵢ bᵢ.
 * @throws RangeError when the lengths differ
 * @fgrad rule dot_jvp, dot_jvps
 */
export function dot(a: Float32Array, b: Float32Array): number {
  requireLength("dot", "b", b, a.length);
  const wasm = running();
  if (wasm !== undefined && home(wasm, a) && home(wasm, b)) return wasm.exports.dot(address(a), address(b), a.length);
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
  const wasm = running();
  if (wasm !== undefined && home(wasm, a) && home(wasm, b)) {
    begin();
    const { exports } = wasm;
    const from_a = tangentAt(wasm, "dot", a_t, a);
    const from_b = tangentAt(wasm, "dot", b_t, b);
    const value = exports.dotTangent(address(a), from_a, address(b), from_b, a.length);
    return [value, exports.lastSlope()];
  }
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

/** The same along several directions. */
export function dot_jvps(
  a: Float32Array,
  a_t: Lanes,
  b: Float32Array,
  b_t: Lanes,
): [value: number, ...slopes: number[]] {
  return numberInLanes(a_t.length, (lane) => dot_jvp(a, a_t[lane], b, b_t[lane]));
}
