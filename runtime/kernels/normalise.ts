/**
 * Normalisation to mean 0 and variance 1, then a gain and a shift for each column:
 *
 *     layerNorm   over each row of x        batchNorm   over each column
 *
 *     n = (x − μ) r         r = 1 / √(σ² + ε)      σ² = mean of (x − μ)²
 *     y = g n + s
 *     ṅ = r (ẋ − mean ẋ − n mean(n ẋ))
 *     ẏ = ġ n + g ṅ + ṡ
 *
 * All is computed in double precision, on every engine; only the order of sums differs, so that results may be rounded to the next number.
 * `out` may be `x` itself; else they must not overlap.
 */

import { running } from "../engine/index.ts";
import { address, allHome, begin, fetch, room } from "../engine/transfer.ts";
import { inLanes, type Lanes } from "./lanes.ts";
import { resultAt, tangentAt } from "./onEngine.ts";
import { requireLength } from "./shape.ts";

/**
 * @param x `rows` × `columns`, by rows; so is `out`
 * @param gain `columns` numbers; so is `shift`
 * @param epsilon ε, 1e-5 by default
 * @throws RangeError when a length does not fit
 * @fgrad rule layerNorm_jvp, layerNorm_jvps
 */
export function layerNorm(
  x: Float32Array,
  gain: Float32Array,
  shift: Float32Array,
  out: Float32Array,
  rows: number,
  columns: number,
  epsilon = 1e-5,
): void {
  check("layerNorm", x, gain, shift, out, rows, columns);
  if (normalised("layerNorm", x, undefined, gain, undefined, shift, undefined, out, undefined, rows, columns, epsilon))
    return;
  for (let i = 0; i < rows; i++) {
    normalise(x, undefined, gain, undefined, shift, undefined, out, undefined, i * columns, 1, columns, 0, 1, epsilon);
  }
}

/** The tangent of `layerNorm`; the tangent of a constant operand is undefined. ε is constant. */
export function layerNorm_jvp(
  x: Float32Array,
  x_t: Float32Array | undefined,
  gain: Float32Array,
  gain_t: Float32Array | undefined,
  shift: Float32Array,
  shift_t: Float32Array | undefined,
  out: Float32Array,
  out_t: Float32Array,
  rows: number,
  columns: number,
  epsilon = 1e-5,
): void {
  check("layerNorm", x, gain, shift, out, rows, columns);
  if (normalised("layerNorm", x, x_t, gain, gain_t, shift, shift_t, out, out_t, rows, columns, epsilon)) return;
  for (let i = 0; i < rows; i++) {
    normalise(x, x_t, gain, gain_t, shift, shift_t, out, out_t, i * columns, 1, columns, 0, 1, epsilon);
  }
}

/** The same along several directions. */
export function layerNorm_jvps(
  x: Float32Array,
  x_t: Lanes,
  gain: Float32Array,
  gain_t: Lanes,
  shift: Float32Array,
  shift_t: Lanes,
  out: Float32Array,
  out_t: readonly Float32Array[],
  rows: number,
  columns: number,
  epsilon = 1e-5,
): void {
  inLanes(out, out_t, (to, to_t, lane) =>
    layerNorm_jvp(x, x_t[lane], gain, gain_t[lane], shift, shift_t[lane], to, to_t, rows, columns, epsilon),
  );
}

/**
 * With the statistics of the batch at hand: `rows` is the batch, or the pixels of a batch.
 * @param x `rows` × `columns`, by rows; so is `out`
 * @param gain `columns` numbers; so is `shift`
 * @param epsilon ε, 1e-5 by default
 * @throws RangeError when a length does not fit
 * @fgrad rule batchNorm_jvp, batchNorm_jvps
 */
export function batchNorm(
  x: Float32Array,
  gain: Float32Array,
  shift: Float32Array,
  out: Float32Array,
  rows: number,
  columns: number,
  epsilon = 1e-5,
): void {
  check("batchNorm", x, gain, shift, out, rows, columns);
  if (normalised("batchNorm", x, undefined, gain, undefined, shift, undefined, out, undefined, rows, columns, epsilon))
    return;
  for (let j = 0; j < columns; j++) {
    normalise(x, undefined, gain, undefined, shift, undefined, out, undefined, j, columns, rows, j, 0, epsilon);
  }
}

/** The tangent of `batchNorm`; the tangent of a constant operand is undefined. ε is constant. */
export function batchNorm_jvp(
  x: Float32Array,
  x_t: Float32Array | undefined,
  gain: Float32Array,
  gain_t: Float32Array | undefined,
  shift: Float32Array,
  shift_t: Float32Array | undefined,
  out: Float32Array,
  out_t: Float32Array,
  rows: number,
  columns: number,
  epsilon = 1e-5,
): void {
  check("batchNorm", x, gain, shift, out, rows, columns);
  if (normalised("batchNorm", x, x_t, gain, gain_t, shift, shift_t, out, out_t, rows, columns, epsilon)) return;
  for (let j = 0; j < columns; j++) {
    normalise(x, x_t, gain, gain_t, shift, shift_t, out, out_t, j, columns, rows, j, 0, epsilon);
  }
}

/** The same along several directions. */
export function batchNorm_jvps(
  x: Float32Array,
  x_t: Lanes,
  gain: Float32Array,
  gain_t: Lanes,
  shift: Float32Array,
  shift_t: Lanes,
  out: Float32Array,
  out_t: readonly Float32Array[],
  rows: number,
  columns: number,
  epsilon = 1e-5,
): void {
  inLanes(out, out_t, (to, to_t, lane) =>
    batchNorm_jvp(x, x_t[lane], gain, gain_t[lane], shift, shift_t[lane], to, to_t, rows, columns, epsilon),
  );
}

/** Runs the kernel in the engine's memory. Returns false when it must be done here. */
function normalised(
  name: "layerNorm" | "batchNorm",
  x: Float32Array,
  x_t: Float32Array | undefined,
  gain: Float32Array,
  gain_t: Float32Array | undefined,
  shift: Float32Array,
  shift_t: Float32Array | undefined,
  out: Float32Array,
  out_t: Float32Array | undefined,
  rows: number,
  columns: number,
  epsilon: number,
): boolean {
  const wasm = running();
  if (wasm === undefined || !allHome(wasm, x, gain, shift, out)) return false;
  begin();
  const at_t = tangentAt(wasm, name, x_t, x);
  const gainAt_t = tangentAt(wasm, name, gain_t, gain);
  const shiftAt_t = tangentAt(wasm, name, shift_t, shift);
  const to_t = resultAt(wasm, name, out_t, out);
  const [at, gainAt, shiftAt, to] = [address(x), address(gain), address(shift), address(out)];
  const { layerNorm: byRows, batchNorm: byColumns } = wasm.exports;
  if (name === "layerNorm") {
    byRows(at, at_t, gainAt, gainAt_t, shiftAt, shiftAt_t, to, to_t, rows, columns, epsilon);
  } else {
    const work = room(wasm, 8 * columns);
    byColumns(at, at_t, gainAt, gainAt_t, shiftAt, shiftAt_t, to, to_t, rows, columns, epsilon, work);
  }
  if (out_t !== undefined) fetch(wasm, out_t, to_t);
  return true;
}

/** One row or column: `length` elements from `start` on, `step` apart; their gains from `first` on, `gainStep` apart. */
function normalise(
  x: Float32Array,
  x_t: Float32Array | undefined,
  gain: Float32Array,
  gain_t: Float32Array | undefined,
  shift: Float32Array,
  shift_t: Float32Array | undefined,
  out: Float32Array,
  out_t: Float32Array | undefined,
  start: number,
  step: number,
  length: number,
  first: number,
  gainStep: number,
  epsilon: number,
): void {
  const end = start + length * step;
  let mean = 0;
  for (let at = start; at < end; at += step) mean += x[at] as number;
  mean /= length;
  let variance = 0;
  for (let at = start; at < end; at += step) variance += ((x[at] as number) - mean) ** 2;
  const r = 1 / Math.sqrt(variance / length + epsilon);
  let mean_t = 0;
  let along = 0;
  if (x_t !== undefined && out_t !== undefined) {
    for (let at = start; at < end; at += step) {
      const v_t = x_t[at] as number;
      mean_t += v_t;
      along += ((x[at] as number) - mean) * r * v_t;
    }
    mean_t /= length;
    along /= length;
  }
  for (let at = start, j = first; at < end; at += step, j += gainStep) {
    const n = ((x[at] as number) - mean) * r;
    const g = gain[j] as number;
    if (out_t !== undefined) {
      let slope = shift_t === undefined ? 0 : (shift_t[j] as number);
      if (gain_t !== undefined) slope += (gain_t[j] as number) * n;
      if (x_t !== undefined) slope += g * r * ((x_t[at] as number) - mean_t - n * along);
      out_t[at] = slope;
    }
    out[at] = g * n + (shift[j] as number);
  }
}

function check(
  kernel: string,
  x: Float32Array,
  gain: Float32Array,
  shift: Float32Array,
  out: Float32Array,
  rows: number,
  columns: number,
): void {
  requireLength(kernel, "x", x, rows * columns);
  requireLength(kernel, "gain", gain, columns);
  requireLength(kernel, "shift", shift, columns);
  requireLength(kernel, "out", out, rows * columns);
}
