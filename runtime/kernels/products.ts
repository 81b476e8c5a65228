/**
 * Products of matrices on the engine in use, with tangents of every structure:
 *
 *     C = A B            Ċ = Ȧ B + A Ḃ
 *     Ḃ = u wᵀ           A Ḃ = (A u) wᵀ, a product with a vector and an outer product
 *     Ḃ from a seed      A Ḃ = Σ over blocks of rows of Ḃ, each made where it is used
 */

import { native } from "../engine/index.ts";
import { address, allHome, begin, fetch, home, place, read, room } from "../engine/transfer.ts";
import type { Wasm } from "../engine/wasm.ts";
import { structureOf } from "../structured.ts";
import { requireStructure, stored } from "./dense.ts";
import type { Lanes } from "./lanes.ts";
import { keepInput, moveRows } from "./moved.ts";
import { type Layout, product, productTangent } from "./product.ts";
import { seededLines } from "./seeded.ts";
import { requireLength } from "./shape.ts";

/** Products with fewer multiplications than this are not worth copying arrays to the engine for. */
const WORTH_COPYING = 1 << 13;

/** C = A B, C by rows. */
export function multiply(
  a: Float32Array,
  la: Layout,
  b: Float32Array,
  lb: Layout,
  c: Float32Array,
  m: number,
  k: number,
  n: number,
): void {
  const wasm = native();
  if (wasm !== undefined && allHome(wasm, a, b, c)) {
    const [left, right, to] = [address(a), address(b), address(c)];
    wasm.exports.matmul(left, 0, la.row, la.column, right, lb.row, lb.column, to, 0, n, m, k, n, 0, 0);
    return;
  }
  if (wasm === undefined || m * k * n < WORTH_COPYING) {
    product(a, la, b, lb, c, m, k, n);
    return;
  }
  begin();
  const to = place(wasm, c);
  const left = read(wasm, a);
  const right = read(wasm, b);
  wasm.exports.matmul(left, 0, la.row, la.column, right, lb.row, lb.column, to, 0, n, m, k, n, 0, 0);
  fetch(wasm, c, to);
}

/** C = A B, and Ċ = Ȧ B + A Ḃ along several directions. */
export function multiplyTangents(
  a: Float32Array,
  a_t: Lanes,
  la: Layout,
  b: Float32Array,
  b_t: Lanes,
  lb: Layout,
  c: Float32Array,
  c_t: readonly Float32Array[],
  m: number,
  k: number,
  n: number,
): void {
  for (let lane = 0; lane < c_t.length; lane++) {
    const value = lane === 0 ? c : undefined;
    multiplyTangent(a, a_t[lane], la, b, b_t[lane], lb, value, c_t[lane] as Float32Array, m, k, n, c);
  }
}

/**
 * C = A B and Ċ = Ȧ B + A Ḃ, where an undefined tangent is that of a constant. Without `c` the value is left out.
 * @param like the value's array: it says which engine is worth its while
 */
export function multiplyTangent(
  a: Float32Array,
  a_t: Float32Array | undefined,
  la: Layout,
  b: Float32Array,
  b_t: Float32Array | undefined,
  lb: Layout,
  c: Float32Array | undefined,
  c_t: Float32Array,
  m: number,
  k: number,
  n: number,
  like = c ?? c_t,
): void {
  const structure = structureOf(b_t);
  const x_t = stored(a_t, a);
  if (x_t !== undefined) requireLength("a product", "the tangent of a", x_t, a.length);
  if (structure !== undefined) requireStructure("a product", structure, b.length);
  else if (b_t !== undefined) requireLength("a product", "the tangent of b", b_t, b.length);
  requireLength("a product", "the tangent of out", c_t, m * n);
  const activity = structure?.kind === "rankOne" ? structure.activity : undefined;
  const moved = activity !== undefined && storedByRows(lb, n) && la.column === 1;
  if (moved) keepInput(activity, a, m, n);
  const alike = moved && !activity.independent;
  const wasm = engineFor(a, b, like, m * k * n);
  if (wasm === undefined) {
    const rankOne = structure?.kind === "rankOne" ? structure : undefined;
    const value = c ?? new Float32Array(m * n);
    productTangent(a, x_t, la, b, rankOne === undefined ? stored(b_t, b) : undefined, lb, value, c_t, m, k, n);
    if (rankOne === undefined) return;
    const { left, right } = rankOne;
    if (moved) moveRows(activity, right, c_t, m);
    else if (storedByRows(lb, n)) addOuterProduct(a, la, left, right, c_t, m);
    else addOuterProduct(a, la, right, left, c_t, m);
    return;
  }
  begin();
  const { matmul, outer } = wasm.exports;
  const to = c === undefined ? 0 : place(wasm, c);
  const to_t = place(wasm, c_t);
  const left = read(wasm, a);
  const left_t = read(wasm, x_t);
  const right = read(wasm, b);
  let begun = 0;
  if (structure?.kind === "rankOne") {
    const byRows = storedByRows(lb, n);
    if (alike) {
      wasm.exports.repeat(read(wasm, structure.right), to_t, m, n);
      begun = 1;
    } else if (!moved) {
      const u = read(wasm, byRows ? structure.left : structure.right);
      const w = read(wasm, byRows ? structure.right : structure.left);
      const s = room(wasm, m);
      matmul(left, 0, la.row, la.column, u, 1, 1, s, 0, 1, m, k, 1, 0, 0);
      outer(s, w, to_t, m, n);
      begun = 1;
    }
  }
  if (to !== 0 || left_t !== 0) {
    matmul(left, left_t, la.row, la.column, right, lb.row, lb.column, to, to_t, n, m, k, n, 0, begun);
  }
  if (left_t !== 0) begun = 1;
  if (structure?.kind === "seeded") {
    const byRows = storedByRows(lb, n);
    const lines = byRows ? k : n;
    const line = byRows ? n : k;
    const made = seededLines(wasm, structure, lines, line);
    for (let first = 0; first < lines; first += made.block) {
      const count = Math.min(made.block, lines - first);
      const at = made.at(first, count);
      if (byRows) {
        const from = left + 4 * first * la.column;
        matmul(from, 0, la.row, la.column, at, n, 1, to_t, 0, n, m, count, n, begun | (first > 0 ? 1 : 0), 0);
      } else {
        matmul(left, 0, la.row, la.column, at, 1, k, to_t + 4 * first, 0, n, m, k, count, begun, 0);
      }
    }
  } else if (structure === undefined && b_t !== undefined) {
    matmul(left, 0, la.row, la.column, read(wasm, b_t), lb.row, lb.column, to_t, 0, n, m, k, n, begun, 0);
  } else if (begun === 0) {
    wasm.exports.clear(to_t, m * n);
  }
  if (c !== undefined) fetch(wasm, c, to);
  fetch(wasm, c_t, to_t);
  if (moved && !alike && structure?.kind === "rankOne") moveRows(activity, structure.right, c_t, m);
}

/** C ← C + (A u) wᵀ. */
function addOuterProduct(
  a: Float32Array,
  { row, column }: Layout,
  u: Float32Array,
  w: Float32Array,
  c: Float32Array,
  m: number,
): void {
  for (let i = 0, at = 0; i < m; i++) {
    let sum = 0;
    for (let p = 0, from = i * row; p < u.length; p++, from += column) sum += (a[from] as number) * (u[p] as number);
    for (let j = 0; j < w.length; j++, at++) c[at] = (c[at] as number) + sum * (w[j] as number);
  }
}

/** Whether B is stored as it is multiplied, not transposed. */
function storedByRows({ row, column }: Layout, n: number): boolean {
  return column === 1 && row === n;
}

function engineFor(a: Float32Array, b: Float32Array, c: Float32Array, size: number): Wasm | undefined {
  const wasm = native();
  if (wasm === undefined || size >= WORTH_COPYING) return wasm;
  return home(wasm, a) && home(wasm, b) && home(wasm, c) ? wasm : undefined;
}
