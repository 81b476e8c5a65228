/**
 * Matrix products. All matrices are stored by rows, without gaps.
 *
 *     matmul     C = A B        A: m × k   B: k × n
 *     matmulNT   C = A Bᵀ       A: m × k   B: n × k
 *     matmulTN   C = Aᵀ B       A: k × m   B: k × n
 *     matmulTT   C = Aᵀ Bᵀ      A: k × m   B: n × k
 *
 *     Ċ = Ȧ B + A Ḃ, and likewise
 *
 * The plain engine sums in double precision. The WebAssembly engine sums in single precision: at most 256 products in a row, then these
 * sums; an element differs by at most (min(k, 256) + k / 256 + 1) 2⁻²⁴ Σₚ |A[i, p] B[p, j]|.
 *
 * `out` (m × n) must not share memory with `a` or `b`. A length that does not fit is a RangeError.
 */

import type { Lanes } from "./lanes.ts";
import { multiply, multiplyTangent, multiplyTangents } from "./products.ts";
import { requireLength } from "./shape.ts";

/**
 * out = A B.
 * @fgrad rule matmul_jvp, matmul_jvps
 */
export function matmul(a: Float32Array, b: Float32Array, out: Float32Array, m: number, k: number, n: number): void {
  check("matmul", a, b, out, m, k, n);
  multiply(a, { row: k, column: 1 }, b, { row: n, column: 1 }, out, m, k, n);
}

/** The tangent of `matmul`; the tangent of a constant operand is undefined. */
export function matmul_jvp(
  a: Float32Array,
  a_t: Float32Array | undefined,
  b: Float32Array,
  b_t: Float32Array | undefined,
  out: Float32Array,
  out_t: Float32Array,
  m: number,
  k: number,
  n: number,
): void {
  check("matmul", a, b, out, m, k, n);
  multiplyTangent(a, a_t, { row: k, column: 1 }, b, b_t, { row: n, column: 1 }, out, out_t, m, k, n);
}

/** The same along several directions; the value is computed once. */
export function matmul_jvps(
  a: Float32Array,
  a_t: Lanes,
  b: Float32Array,
  b_t: Lanes,
  out: Float32Array,
  out_t: readonly Float32Array[],
  m: number,
  k: number,
  n: number,
): void {
  check("matmul", a, b, out, m, k, n);
  multiplyTangents(a, a_t, { row: k, column: 1 }, b, b_t, { row: n, column: 1 }, out, out_t, m, k, n);
}

/**
 * out = A Bᵀ.
 * @fgrad rule matmulNT_jvp, matmulNT_jvps
 */
export function matmulNT(a: Float32Array, b: Float32Array, out: Float32Array, m: number, k: number, n: number): void {
  check("matmulNT", a, b, out, m, k, n);
  multiply(a, { row: k, column: 1 }, b, { row: 1, column: k }, out, m, k, n);
}

/** The tangent of `matmulNT`; the tangent of a constant operand is undefined. */
export function matmulNT_jvp(
  a: Float32Array,
  a_t: Float32Array | undefined,
  b: Float32Array,
  b_t: Float32Array | undefined,
  out: Float32Array,
  out_t: Float32Array,
  m: number,
  k: number,
  n: number,
): void {
  check("matmulNT", a, b, out, m, k, n);
  multiplyTangent(a, a_t, { row: k, column: 1 }, b, b_t, { row: 1, column: k }, out, out_t, m, k, n);
}

/** The same along several directions; the value is computed once. */
export function matmulNT_jvps(
  a: Float32Array,
  a_t: Lanes,
  b: Float32Array,
  b_t: Lanes,
  out: Float32Array,
  out_t: readonly Float32Array[],
  m: number,
  k: number,
  n: number,
): void {
  check("matmulNT", a, b, out, m, k, n);
  multiplyTangents(a, a_t, { row: k, column: 1 }, b, b_t, { row: 1, column: k }, out, out_t, m, k, n);
}

/**
 * out = Aᵀ B.
 * @fgrad rule matmulTN_jvp, matmulTN_jvps
 */
export function matmulTN(a: Float32Array, b: Float32Array, out: Float32Array, m: number, k: number, n: number): void {
  check("matmulTN", a, b, out, m, k, n);
  multiply(a, { row: 1, column: m }, b, { row: n, column: 1 }, out, m, k, n);
}

/** The tangent of `matmulTN`; the tangent of a constant operand is undefined. */
export function matmulTN_jvp(
  a: Float32Array,
  a_t: Float32Array | undefined,
  b: Float32Array,
  b_t: Float32Array | undefined,
  out: Float32Array,
  out_t: Float32Array,
  m: number,
  k: number,
  n: number,
): void {
  check("matmulTN", a, b, out, m, k, n);
  multiplyTangent(a, a_t, { row: 1, column: m }, b, b_t, { row: n, column: 1 }, out, out_t, m, k, n);
}

/** The same along several directions; the value is computed once. */
export function matmulTN_jvps(
  a: Float32Array,
  a_t: Lanes,
  b: Float32Array,
  b_t: Lanes,
  out: Float32Array,
  out_t: readonly Float32Array[],
  m: number,
  k: number,
  n: number,
): void {
  check("matmulTN", a, b, out, m, k, n);
  multiplyTangents(a, a_t, { row: 1, column: m }, b, b_t, { row: n, column: 1 }, out, out_t, m, k, n);
}

/**
 * out = Aᵀ Bᵀ.
 * @fgrad rule matmulTT_jvp, matmulTT_jvps
 */
export function matmulTT(a: Float32Array, b: Float32Array, out: Float32Array, m: number, k: number, n: number): void {
  check("matmulTT", a, b, out, m, k, n);
  multiply(a, { row: 1, column: m }, b, { row: 1, column: k }, out, m, k, n);
}

/** The tangent of `matmulTT`; the tangent of a constant operand is undefined. */
export function matmulTT_jvp(
  a: Float32Array,
  a_t: Float32Array | undefined,
  b: Float32Array,
  b_t: Float32Array | undefined,
  out: Float32Array,
  out_t: Float32Array,
  m: number,
  k: number,
  n: number,
): void {
  check("matmulTT", a, b, out, m, k, n);
  multiplyTangent(a, a_t, { row: 1, column: m }, b, b_t, { row: 1, column: k }, out, out_t, m, k, n);
}

/** The same along several directions; the value is computed once. */
export function matmulTT_jvps(
  a: Float32Array,
  a_t: Lanes,
  b: Float32Array,
  b_t: Lanes,
  out: Float32Array,
  out_t: readonly Float32Array[],
  m: number,
  k: number,
  n: number,
): void {
  check("matmulTT", a, b, out, m, k, n);
  multiplyTangents(a, a_t, { row: 1, column: m }, b, b_t, { row: 1, column: k }, out, out_t, m, k, n);
}

function check(
  kernel: string,
  a: Float32Array,
  b: Float32Array,
  out: Float32Array,
  m: number,
  k: number,
  n: number,
): void {
  requireLength(kernel, "a", a, m * k);
  requireLength(kernel, "b", b, k * n);
  requireLength(kernel, "out", out, m * n);
  if (out === a || out === b) throw new RangeError(`${kernel}: out must not be one of the operands.`);
}
