/**
 * conv2dRelu: a layer's convolution, bias and relu. out = max(x ∗ w + b, 0), with a bias for each channel of the result.
 *
 *     ż = ẋ ∗ w + x ∗ ẇ + ḃ          ẏ = ż where z > 0, else 0
 *
 * It gives the bits that `conv2d` with `biasRelu` gives. When the layer's result is moved instead of its weights (see `activity`), each pixel is moved by
 * itself; biases go along, and results that relu makes 0 can be left out of the estimate.
 */

import { structureOf } from "../structured.ts";
import { type ConvolutionShape, conv2d, conv2d_jvp, conv2d_jvps, convolvedLength } from "./conv2d.ts";
import type { Lanes } from "./lanes.ts";
import { keepInput, maskMoves, moveRows, takeBiases } from "./moved.ts";
import { biasRelu, biasRelu_jvp, biasRelu_jvps } from "./relu.ts";

/**
 * Arguments as of `conv2d`.
 * @param b a number for each channel of the result
 * @throws RangeError when a length does not fit
 * @fgrad rule conv2dRelu_jvp, conv2dRelu_jvps
 */
export function conv2dRelu(
  x: Float32Array,
  w: Float32Array,
  b: Float32Array,
  out: Float32Array,
  shape: ConvolutionShape,
): void {
  conv2d(x, w, out, shape);
  biasRelu(out, b, out, pixelsOf(shape), shape.outputs);
}

/** The tangent of `conv2dRelu`; the tangent of a constant operand is undefined. */
export function conv2dRelu_jvp(
  x: Float32Array,
  x_t: Float32Array | undefined,
  w: Float32Array,
  w_t: Float32Array | undefined,
  b: Float32Array,
  b_t: Float32Array | undefined,
  out: Float32Array,
  out_t: Float32Array,
  shape: ConvolutionShape,
): void {
  const pixels = pixelsOf(shape);
  const { outputs } = shape;
  const structure = structureOf(w_t);
  if (structure?.kind !== "rankOne" || structure.activity === undefined) {
    conv2d_jvp(x, x_t, w, w_t, out, out_t, shape);
    biasRelu_jvp(out, out_t, b, b_t, out, out_t, pixels, outputs);
    return;
  }
  const { right, activity } = structure;
  conv2d_jvp(x, x_t, w, undefined, out, out_t, shape);
  keepInput(activity, x, pixels, outputs, shape);
  moveRows(activity, right, out_t, pixels);
  takeBiases(activity, b_t);
  biasRelu_jvp(out, out_t, b, undefined, out, out_t, pixels, outputs);
  maskMoves(activity, right, out);
}

/** The same along several directions; the convolution's value is computed once. */
export function conv2dRelu_jvps(
  x: Float32Array,
  x_t: Lanes,
  w: Float32Array,
  w_t: Lanes,
  b: Float32Array,
  b_t: Lanes,
  out: Float32Array,
  out_t: readonly Float32Array[],
  shape: ConvolutionShape,
): void {
  conv2d_jvps(x, x_t, w, w_t, out, out_t, shape);
  biasRelu_jvps(out, out_t, b, b_t, out, out_t, pixelsOf(shape), shape.outputs);
}

function pixelsOf(shape: ConvolutionShape): number {
  return shape.batch * convolvedLength(shape.height, shape) * convolvedLength(shape.width, shape);
}
