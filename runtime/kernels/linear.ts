/**
 * linear: a layer's product and bias. out[i, j] = Σₖ x[i, k] w[k, j] + b[j].
 * linearRelu: the same, and relu: out[i, j] = max(Σₖ x[i, k] w[k, j] + b[j], 0).
 *
 *     ż = ẋ W + X Ẇ + ḃ          ẏ = ż where z > 0, else 0
 *
 * They give the bits that `matmul` with `bias` or `biasRelu` gives. When the layer's result is moved instead of its weights (see `activity`), biases go
 * along, and results that relu makes 0 can be left out of the estimate. `out` must not share memory with `x` or `w`.
 */

import { structureOf } from "../structured.ts";
import { bias, bias_jvp, bias_jvps } from "./bias.ts";
import type { Lanes } from "./lanes.ts";
import { matmul, matmul_jvp, matmul_jvps } from "./matmul.ts";
import { maskMoves, movedBy, takeBiases } from "./moved.ts";
import { biasRelu, biasRelu_jvp, biasRelu_jvps } from "./relu.ts";

/**
 * @param x `rows` × `inputs`, by rows; `out` is `rows` × `outputs`
 * @param w `inputs` × `outputs`, by rows
 * @throws RangeError when a length does not fit
 * @fgrad rule linear_jvp, linear_jvps
 */
export function linear(
  x: Float32Array,
  w: Float32Array,
  b: Float32Array,
  out: Float32Array,
  rows: number,
  inputs: number,
  outputs: number,
): void {
  matmul(x, w, out, rows, inputs, outputs);
  bias(out, b, out, rows, outputs);
}

/** The tangent of `linear`; the tangent of a constant operand is undefined. */
export function linear_jvp(
  x: Float32Array,
  x_t: Float32Array | undefined,
  w: Float32Array,
  w_t: Float32Array | undefined,
  b: Float32Array,
  b_t: Float32Array | undefined,
  out: Float32Array,
  out_t: Float32Array,
  rows: number,
  inputs: number,
  outputs: number,
): void {
  matmul_jvp(x, x_t, w, w_t, out, out_t, rows, inputs, outputs);
  const moved = movedBy(w_t);
  if (moved !== undefined) takeBiases(moved, b_t);
  bias_jvp(out, out_t, b, moved === undefined ? b_t : undefined, out, out_t, rows, outputs);
}

/** The same along several directions; the product's value is computed once. */
export function linear_jvps(
  x: Float32Array,
  x_t: Lanes,
  w: Float32Array,
  w_t: Lanes,
  b: Float32Array,
  b_t: Lanes,
  out: Float32Array,
  out_t: readonly Float32Array[],
  rows: number,
  inputs: number,
  outputs: number,
): void {
  matmul_jvps(x, x_t, w, w_t, out, out_t, rows, inputs, outputs);
  refuseMoves(w_t);
  bias_jvps(out, out_t, b, b_t, out, out_t, rows, outputs);
}

/**
 * Arguments as of `linear`.
 * @throws RangeError when a length does not fit
 * @fgrad rule linearRelu_jvp, linearRelu_jvps
 */
export function linearRelu(
  x: Float32Array,
  w: Float32Array,
  b: Float32Array,
  out: Float32Array,
  rows: number,
  inputs: number,
  outputs: number,
): void {
  matmul(x, w, out, rows, inputs, outputs);
  biasRelu(out, b, out, rows, outputs);
}

/** The tangent of `linearRelu`; the tangent of a constant operand is undefined. */
export function linearRelu_jvp(
  x: Float32Array,
  x_t: Float32Array | undefined,
  w: Float32Array,
  w_t: Float32Array | undefined,
  b: Float32Array,
  b_t: Float32Array | undefined,
  out: Float32Array,
  out_t: Float32Array,
  rows: number,
  inputs: number,
  outputs: number,
): void {
  matmul_jvp(x, x_t, w, w_t, out, out_t, rows, inputs, outputs);
  const moved = movedBy(w_t);
  if (moved !== undefined) takeBiases(moved, b_t);
  biasRelu_jvp(out, out_t, b, moved === undefined ? b_t : undefined, out, out_t, rows, outputs);
  const structure = structureOf(w_t);
  if (moved !== undefined && structure?.kind === "rankOne") maskMoves(moved, structure.right, out);
}

/** The same along several directions; the product's value is computed once. */
export function linearRelu_jvps(
  x: Float32Array,
  x_t: Lanes,
  w: Float32Array,
  w_t: Lanes,
  b: Float32Array,
  b_t: Lanes,
  out: Float32Array,
  out_t: readonly Float32Array[],
  rows: number,
  inputs: number,
  outputs: number,
): void {
  matmul_jvps(x, x_t, w, w_t, out, out_t, rows, inputs, outputs);
  refuseMoves(w_t);
  biasRelu_jvps(out, out_t, b, b_t, out, out_t, rows, outputs);
}

/** @throws Error when a layer was moved: the slopes of samples are told for one direction at a time */
function refuseMoves(w_t: Lanes): void {
  if (w_t.every((direction) => movedBy(direction) === undefined)) return;
  throw new Error(
    "A layer can't be perturbed in its activities along several directions at once: compile with one lane.",
  );
}
