/**
 * axpy: y ← y + α x.       ẏ ← ẏ + α̇ x + α ẋ
 * scale: out = α x.        ẏ = α̇ x + α ẋ
 *
 * The plain engine rounds once, the WebAssembly engine rounds α and the product to single precision: a difference of at most 2⁻²³ |α x|.
 *
 * The arrays may be one and the same; else they must not overlap. Lengths that differ are a RangeError.
 */

import { running } from "../engine/index.ts";
import { address, allHome } from "../engine/transfer.ts";
import { inLanes, type Lanes } from "./lanes.ts";
import { requireLength } from "./shape.ts";

/**
 * y ← y + α x.
 * @fgrad rule axpy_jvp, axpy_jvps
 */
export function axpy(alpha: number, x: Float32Array, y: Float32Array): void {
  requireLength("axpy", "y", y, x.length);
  addMultiple(alpha, x, y);
}

function addMultiple(alpha: number, x: Float32Array, y: Float32Array): void {
  const wasm = running();
  if (wasm !== undefined && allHome(wasm, x, y)) {
    wasm.exports.axpy(alpha, address(x), address(y), x.length);
    return;
  }
  for (let i = 0; i < x.length; i++) y[i] = (y[i] as number) + alpha * (x[i] as number);
}

/** The tangent of `axpy`; the tangent of a constant operand is undefined. What `y_t` holds is added to. */
export function axpy_jvp(
  alpha: number,
  alpha_t: number | undefined,
  x: Float32Array,
  x_t: Float32Array | undefined,
  y: Float32Array,
  y_t: Float32Array,
): void {
  requireLength("axpy", "y", y, x.length);
  const wasm = running();
  if (wasm !== undefined && allHome(wasm, x, y)) {
    // Where tangents live must not change what the value is rounded to.
    if (alpha_t !== undefined) addMultiple(alpha_t, x, y_t);
    if (x_t !== undefined) addMultiple(alpha, x_t, y_t);
    wasm.exports.axpy(alpha, address(x), address(y), x.length);
    return;
  }
  for (let i = 0; i < x.length; i++) {
    const u = x[i] as number;
    const u_t = x_t === undefined ? 0 : alpha * (x_t[i] as number);
    y[i] = (y[i] as number) + alpha * u;
    y_t[i] = (y_t[i] as number) + (alpha_t === undefined ? u_t : alpha_t * u + u_t);
  }
}

/** The same along several directions. */
export function axpy_jvps(
  alpha: number,
  alpha_t: Lanes<number>,
  x: Float32Array,
  x_t: Lanes,
  y: Float32Array,
  y_t: readonly Float32Array[],
): void {
  inLanes(y, y_t, (to, to_t, lane) => axpy_jvp(alpha, alpha_t[lane], x, x_t[lane], to, to_t));
}

/**
 * out = α x.
 * @fgrad rule scale_jvp, scale_jvps
 */
export function scale(alpha: number, x: Float32Array, out: Float32Array): void {
  requireLength("scale", "out", out, x.length);
  writeMultiple(alpha, x, out);
}

function writeMultiple(alpha: number, x: Float32Array, out: Float32Array): void {
  const wasm = running();
  if (wasm !== undefined && allHome(wasm, x, out)) {
    wasm.exports.scale(alpha, address(x), address(out), x.length);
    return;
  }
  for (let i = 0; i < x.length; i++) out[i] = alpha * (x[i] as number);
}

/** The tangent of `scale`; the tangent of a constant operand is undefined. */
export function scale_jvp(
  alpha: number,
  alpha_t: number | undefined,
  x: Float32Array,
  x_t: Float32Array | undefined,
  out: Float32Array,
  out_t: Float32Array,
): void {
  requireLength("scale", "out", out, x.length);
  const wasm = running();
  if (wasm !== undefined && allHome(wasm, x, out)) {
    // Where tangents live must not change what the value is rounded to.
    if (x_t !== undefined) writeMultiple(alpha, x_t, out_t);
    else out_t.fill(0);
    if (alpha_t !== undefined) addMultiple(alpha_t, x, out_t);
    wasm.exports.scale(alpha, address(x), address(out), x.length);
    return;
  }
  for (let i = 0; i < x.length; i++) {
    const u = x[i] as number;
    const u_t = x_t === undefined ? 0 : alpha * (x_t[i] as number);
    out[i] = alpha * u;
    out_t[i] = alpha_t === undefined ? u_t : alpha_t * u + u_t;
  }
}

/** The same along several directions. */
export function scale_jvps(
  alpha: number,
  alpha_t: Lanes<number>,
  x: Float32Array,
  x_t: Lanes,
  out: Float32Array,
  out_t: readonly Float32Array[],
): void {
  inLanes(out, out_t, (to, to_t, lane) => scale_jvp(alpha, alpha_t[lane], x, x_t[lane], to, to_t));
}
