/**
 * relu: out = max(x, 0), and NaN where x is NaN.
 *
 *     ẏ = ẋ where x > 0, else 0: relu′(0) = 0
 *
 * biasRelu: a layer's bias and relu in one pass, out[i, j] = max(x[i, j] + b[j], 0).
 *
 *     ẏ[i, j] = ẋ[i, j] + ḃ[j] where x[i, j] + b[j] > 0, else 0
 *
 * `out` may be `x` itself; else they must not overlap. The engines agree bit by bit.
 */

import { running } from "../engine/index.ts";
import { address, allHome } from "../engine/transfer.ts";
import { inLanes, type Lanes } from "./lanes.ts";
import { requireLength } from "./shape.ts";

/**
 * The map, element by element.
 * @throws RangeError when the lengths differ
 * @fgrad rule relu_jvp, relu_jvps
 */
export function relu(x: Float32Array, out: Float32Array): void {
  requireLength("relu", "out", out, x.length);
  const wasm = running();
  if (wasm !== undefined && allHome(wasm, x, out)) {
    wasm.exports.relu(address(x), 0, address(out), 0, x.length);
    return;
  }
  for (let i = 0; i < x.length; i++) {
    const v = x[i] as number;
    out[i] = Math.max(v, 0);
  }
}

/** The tangent of `relu`; `x_t` is undefined where x is constant. */
export function relu_jvp(x: Float32Array, x_t: Float32Array | undefined, out: Float32Array, out_t: Float32Array): void {
  if (x_t === undefined) {
    relu(x, out);
    out_t.fill(0);
    return;
  }
  requireLength("relu", "out", out, x.length);
  const wasm = running();
  if (wasm !== undefined && allHome(wasm, x, x_t, out, out_t)) {
    wasm.exports.relu(address(x), address(x_t), address(out), address(out_t), x.length);
    return;
  }
  for (let i = 0; i < x.length; i++) {
    const v = x[i] as number;
    const v_t = x_t[i] as number;
    const y = Math.max(v, 0);
    out[i] = y;
    out_t[i] = v > 0 ? v_t : 0;
  }
}

/** The same along several directions. */
export function relu_jvps(x: Float32Array, x_t: Lanes, out: Float32Array, out_t: readonly Float32Array[]): void {
  inLanes(out, out_t, (to, to_t, lane) => relu_jvp(x, x_t[lane], to, to_t));
}

/**
 * @param x `rows` × `columns`, by rows; so is `out`
 * @param b `columns` numbers
 * @throws RangeError when a length does not fit
 * @fgrad rule biasRelu_jvp, biasRelu_jvps
 */
export function biasRelu(x: Float32Array, b: Float32Array, out: Float32Array, rows: number, columns: number): void {
  check(x, b, out, rows, columns);
  const wasm = running();
  if (wasm !== undefined && allHome(wasm, x, b, out)) {
    wasm.exports.biasRelu(address(x), 0, address(b), 0, address(out), 0, rows, columns);
    return;
  }
  for (let i = 0, at = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++, at++) out[at] = Math.max((x[at] as number) + (b[j] as number), 0);
  }
}

/** The tangent of `biasRelu`; the tangent of a constant operand is undefined. */
export function biasRelu_jvp(
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
    wasm.exports.biasRelu(
      address(x),
      address(x_t),
      address(b),
      address(b_t),
      address(out),
      address(out_t),
      rows,
      columns,
    );
    return;
  }
  for (let i = 0, at = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++, at++) {
      const z = (x[at] as number) + (b[j] as number);
      const fromX = x_t === undefined ? 0 : (x_t[at] as number);
      const fromB = b_t === undefined ? 0 : (b_t[j] as number);
      out[at] = Math.max(z, 0);
      out_t[at] = z > 0 ? fromX + fromB : 0;
    }
  }
}

/** The same along several directions. */
export function biasRelu_jvps(
  x: Float32Array,
  x_t: Lanes,
  b: Float32Array,
  b_t: Lanes,
  out: Float32Array,
  out_t: readonly Float32Array[],
  rows: number,
  columns: number,
): void {
  inLanes(out, out_t, (to, to_t, lane) => biasRelu_jvp(x, x_t[lane], b, b_t[lane], to, to_t, rows, columns));
}

function check(x: Float32Array, b: Float32Array, out: Float32Array, rows: number, columns: number): void {
  requireLength("biasRelu", "x", x, rows * columns);
  requireLength("biasRelu", "b", b, columns);
  requireLength("biasRelu", "out", out, rows * columns);
}
