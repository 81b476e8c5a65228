/**
 * bias: adds a row to each row of a matrix. out[i, j] = x[i, j] + b[j].
 *
 *     ẏ[i, j] = ẋ[i, j] + ḃ[j]
 *
 * `out` may be `x` itself; else they must not overlap. The engines agree bit by bit.
 */

import { running } from "../engine/index.ts";
import { address, allHome } from "../engine/transfer.ts";
import { inLanes, type Lanes } from "./lanes.ts";
import { requireLength } from "./shape.ts";

/**
 * @param x `rows` × `columns`, by rows; so is `out`
 * @param b `columns` numbers
 * @throws RangeError when a length does not fit
 * @fgrad rule bias_jvp, bias_jvps
 */
export function bias(x: Float32Array, b: Float32Array, out: Float32Array, rows: number, columns: number): void {
  check(x, b, out, rows, columns);
  const wasm = running();
  if (wasm !== undefined && allHome(wasm, x, b, out)) {
    wasm.exports.bias(address(x), address(b), address(out), rows, columns);
    return;
  }
  for (let i = 0, at = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++, at++) out[at] = (x[at] as number) + (b[j] as number);
  }
}

/** The tangent of `bias`; the tangent of a constant operand is undefined. */
export function bias_jvp(
  x: Float32Array,
  x_t: Float32Array | undefined,
  b: Float32Array,
  b_t: Float32Array | undefined,
  out: Float32Array,
  out_t: Float32Array,
  rows: number,
  columns: number,
): void {
  check(x, b, out, rows, columns);
  const wasm = running();
  if (wasm !== undefined && allHome(wasm, x, b, out, out_t, x_t, b_t)) {
    const { exports } = wasm;
    exports.bias(address(x), address(b), address(out), rows, columns);
    if (x_t !== undefined && b_t !== undefined) exports.bias(address(x_t), address(b_t), address(out_t), rows, columns);
    else if (x_t !== undefined) out_t.set(x_t);
    else if (b_t !== undefined) exports.repeat(address(b_t), address(out_t), rows, columns);
    else out_t.fill(0);
    return;
  }
  for (let i = 0, at = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++, at++) {
      out[at] = (x[at] as number) + (b[j] as number);
      const fromX = x_t === undefined ? 0 : (x_t[at] as number);
      const fromB = b_t === undefined ? 0 : (b_t[j] as number);
      out_t[at] = fromX + fromB;
    }
  }
}

/** The same along several directions. */
export function bias_jvps(
  x: Float32Array,
  x_t: Lanes,
  b: Float32Array,
  b_t: Lanes,
  out: Float32Array,
  out_t: readonly Float32Array[],
  rows: number,
  columns: number,
): void {
  inLanes(out, out_t, (to, to_t, lane) => bias_jvp(x, x_t[lane], b, b_t[lane], to, to_t, rows, columns));
}

function check(x: Float32Array, b: Float32Array, out: Float32Array, rows: number, columns: number): void {
  requireLength("bias", "x", x, rows * columns);
  requireLength("bias", "b", b, columns);
  requireLength("bias", "out", out, rows * columns);
}
