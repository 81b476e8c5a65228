/**
 * Elements put in another place: each moves its tangent along. Arrays must not overlap. The engines agree bit by bit.
 *
 *     transpose   out[j, i] = x[i, j]
 *     gather      out[i] = x[index[i]]
 *     embedding   out[i, j] = table[index[i], j]
 */

import { running } from "../engine/index.ts";
import { address, allHome } from "../engine/transfer.ts";
import { structureOf } from "../structured.ts";
import { stored } from "./dense.ts";
import { inLanes, type Lanes } from "./lanes.ts";
import { requireLength } from "./shape.ts";

/** Integers that name rows or elements, from 0. */
export type Indices = Uint8Array | Uint16Array | Uint32Array | Int32Array;

/**
 * @param x `rows` × `columns`, by rows
 * @param out `columns` × `rows`, by rows
 * @throws RangeError when a length does not fit
 * @fgrad rule transpose_jvp, transpose_jvps
 */
export function transpose(x: Float32Array, out: Float32Array, rows: number, columns: number): void {
  requireLength("transpose", "x", x, rows * columns);
  requireLength("transpose", "out", out, rows * columns);
  const wasm = running();
  if (wasm !== undefined && allHome(wasm, x, out)) {
    wasm.exports.transpose(address(x), address(out), rows, columns);
    return;
  }
  // In squares, of which both sides stay in the cache.
  for (let top = 0; top < rows; top += SQUARE) {
    const bottom = Math.min(rows, top + SQUARE);
    for (let left = 0; left < columns; left += SQUARE) {
      const right = Math.min(columns, left + SQUARE);
      for (let i = top; i < bottom; i++) {
        for (let j = left; j < right; j++) out[j * rows + i] = x[i * columns + j] as number;
      }
    }
  }
}

const SQUARE = 16;

/** The tangent of `transpose`; `x_t` is undefined where x is constant. */
export function transpose_jvp(
  x: Float32Array,
  x_t: Float32Array | undefined,
  out: Float32Array,
  out_t: Float32Array,
  rows: number,
  columns: number,
): void {
  transpose(x, out, rows, columns);
  const varying = stored(x_t, x);
  if (varying === undefined) out_t.fill(0);
  else transpose(varying, out_t, rows, columns);
}

/** The same along several directions. */
export function transpose_jvps(
  x: Float32Array,
  x_t: Lanes,
  out: Float32Array,
  out_t: readonly Float32Array[],
  rows: number,
  columns: number,
): void {
  inLanes(out, out_t, (to, to_t, lane) => transpose_jvp(x, x_t[lane], to, to_t, rows, columns));
}

/**
 * @throws RangeError when a length does not fit, or an index lies outside of x
 * @fgrad rule gather_jvp, gather_jvps
 */
export function gather(x: Float32Array, index: Indices, out: Float32Array): void {
  requireLength("gather", "out", out, index.length);
  for (let i = 0; i < index.length; i++) out[i] = x[place("gather", index, i, x.length)] as number;
}

/** The tangent of `gather`; `x_t` is undefined where x is constant. */
export function gather_jvp(
  x: Float32Array,
  x_t: Float32Array | undefined,
  index: Indices,
  out: Float32Array,
  out_t: Float32Array,
): void {
  gather(x, index, out);
  const varying = stored(x_t, x);
  if (varying === undefined) out_t.fill(0);
  else gather(varying, index, out_t);
}

/** The same along several directions. */
export function gather_jvps(
  x: Float32Array,
  x_t: Lanes,
  index: Indices,
  out: Float32Array,
  out_t: readonly Float32Array[],
): void {
  inLanes(out, out_t, (to, to_t, lane) => gather_jvp(x, x_t[lane], index, to, to_t));
}

/**
 * @param table rows of `width` numbers
 * @param out `index.length` × `width`, by rows
 * @throws RangeError when a length does not fit, or an index names no row
 * @fgrad rule embedding_jvp, embedding_jvps
 */
export function embedding(table: Float32Array, index: Indices, out: Float32Array, width: number): void {
  requireLength("embedding", "out", out, index.length * width);
  const rows = Math.floor(table.length / width);
  for (let i = 0, to = 0; i < index.length; i++) {
    let from = place("embedding", index, i, rows) * width;
    for (const end = to + width; to < end; to++, from++) out[to] = table[from] as number;
  }
}

/** The tangent of `embedding`; `table_t` is undefined where the table is constant. */
export function embedding_jvp(
  table: Float32Array,
  table_t: Float32Array | undefined,
  index: Indices,
  out: Float32Array,
  out_t: Float32Array,
  width: number,
): void {
  embedding(table, index, out, width);
  if (table_t === undefined) {
    out_t.fill(0);
    return;
  }
  const structure = structureOf(table_t);
  if (structure?.kind === "rankOne" && structure.right.length === width) {
    const { left, right } = structure;
    for (let i = 0, to = 0; i < index.length; i++) {
      const factor = left[index[i] as number] as number;
      for (let j = 0; j < width; j++, to++) out_t[to] = factor * (right[j] as number);
    }
    return;
  }
  embedding(stored(table_t, table) as Float32Array, index, out_t, width);
}

/** The same along several directions. */
export function embedding_jvps(
  table: Float32Array,
  table_t: Lanes,
  index: Indices,
  out: Float32Array,
  out_t: readonly Float32Array[],
  width: number,
): void {
  inLanes(out, out_t, (to, to_t, lane) => embedding_jvp(table, table_t[lane], index, to, to_t, width));
}

function place(kernel: string, index: Indices, i: number, count: number): number {
  const at = index[i] as number;
  if (at >= 0 && at < count) return at;
  throw new RangeError(`${kernel}: index ${i} is ${at}, but there are 0 to ${count - 1}.`);
}
