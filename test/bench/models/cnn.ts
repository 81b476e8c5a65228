/** Backpropagation of the convolutional network, written by hand on the same kernels, updates fused into the products. */

import type { Cnn, Layer } from "../../../fixtures/models/cnn.ts";
import { native } from "../../../runtime/engine/index.ts";
import { begin, room } from "../../../runtime/engine/transfer.ts";
import type { Wasm } from "../../../runtime/engine/wasm.ts";
import {
  bias,
  biasRelu,
  type ConvolutionShape,
  conv2d,
  floats,
  matmul,
  matmulNT,
  maxPool,
  scope,
} from "../../../runtime/kernels/index.ts";
import { crossEntropyGradient, mask, update } from "./backpropagation.ts";

/** A step of gradient descent on the WebAssembly engine, all arrays in its memory. Returns the loss before it. */
export function cnnStep(theta: Cnn, images: Float32Array, labels: Uint8Array, rate: number): number {
  const wasm = native();
  if (wasm === undefined) throw new Error("This baseline runs on the WebAssembly engine only.");
  return scope(() => {
    const batch = labels.length;
    const [first, second, third, fourth] = theta.convolutions;
    const side = Math.round(Math.sqrt(images.length / batch));
    const channels = first.biases.length;
    const half = side >> 1;
    const quarter = half >> 1;
    const one = { batch, height: side, width: side, inputs: 1, outputs: channels, size: 3, padding: 1 };
    const full = { ...one, inputs: channels };
    const small = { ...full, height: half, width: half };
    const apply = (x: Float32Array, layer: Layer, shape: ConvolutionShape): Float32Array => {
      const pixels = batch * shape.height * shape.width;
      const y = floats(pixels * channels);
      conv2d(x, layer.weights, y, shape);
      biasRelu(y, layer.biases, y, pixels, channels);
      return y;
    };
    const y1 = apply(images, first, one);
    const y2 = apply(y1, second, full);
    const p2 = floats(batch * half * half * channels);
    maxPool(y2, p2, { batch, height: side, width: side, channels, size: 2 });
    const y3 = apply(p2, third, small);
    const y4 = apply(y3, fourth, small);
    const features = quarter * quarter * channels;
    const p4 = floats(batch * features);
    maxPool(y4, p4, { batch, height: half, width: half, channels, size: 2 });
    const width = theta.hidden.biases.length;
    const classes = theta.last.biases.length;
    const h = floats(batch * width);
    matmul(p4, theta.hidden.weights, h, batch, features, width);
    biasRelu(h, theta.hidden.biases, h, batch, width);
    const logits = floats(batch * classes);
    matmul(h, theta.last.weights, logits, batch, width, classes);
    bias(logits, theta.last.biases, logits, batch, classes);
    const value = crossEntropyGradient(logits, labels, batch, classes);

    const h_d = floats(h.length);
    matmulNT(logits, theta.last.weights, h_d, batch, classes, width);
    update(theta.last, h, logits, batch, width, classes, rate);
    mask(h_d, h);
    const p4_d = floats(p4.length);
    matmulNT(h_d, theta.hidden.weights, p4_d, batch, width, features);
    update(theta.hidden, p4, h_d, batch, features, width, rate);

    const y4_d = floats(y4.length);
    spreadBack(wasm, y4, p4, p4_d, y4_d, batch, half, channels);
    mask(y4_d, y4);
    const y3_d = floats(y3.length);
    back(y4_d, fourth, y3_d, small);
    updateFilters(wasm, fourth, y3, y4_d, small, rate);
    mask(y3_d, y3);
    const p2_d = y4_d;
    back(y3_d, third, p2_d, small);
    updateFilters(wasm, third, p2, y3_d, small, rate);
    const y2_d = floats(y2.length);
    spreadBack(wasm, y2, p2, p2_d, y2_d, batch, side, channels);
    mask(y2_d, y2);
    const y1_d = floats(y1.length);
    back(y2_d, second, y1_d, full);
    updateFilters(wasm, second, y1, y2_d, full, rate);
    mask(y1_d, y1);
    updateFilters(wasm, first, images, y1_d, one, rate);
    return value;
  });
}

function spreadBack(
  wasm: Wasm,
  x: Float32Array,
  y: Float32Array,
  delta: Float32Array,
  to: Float32Array,
  batch: number,
  side: number,
  channels: number,
): void {
  const places = [x, y, delta, to].map((array) => array.byteOffset) as [number, number, number, number];
  wasm.exports.spread(...places, batch, side, side, channels, 2);
}

/** δ of the input: a convolution of δ with the filters turned about, inputs and outputs exchanged. */
function back(delta: Float32Array, { weights }: Layer, to: Float32Array, shape: ConvolutionShape): void {
  scope(() => {
    const { inputs, outputs, size } = shape;
    const turned = floats(weights.length);
    for (let p = 0; p < size * size; p++) {
      const other = size * size - 1 - p;
      for (let c = 0; c < inputs; c++) {
        for (let o = 0; o < outputs; o++) {
          turned[(other * outputs + o) * inputs + c] = weights[(p * inputs + c) * outputs + o] as number;
        }
      }
    }
    conv2d(delta, turned, to, { ...shape, inputs: outputs, outputs: inputs });
  });
}

/** w ← w − η Σ patchᵀ δ and b ← b − η Σ δ. */
function updateFilters(
  wasm: Wasm,
  { weights, biases }: Layer,
  x: Float32Array,
  delta: Float32Array,
  { batch, height, width, inputs, outputs, size }: ConvolutionShape,
  rate: number,
): void {
  const { patches, matmul: product, axpy, sumRows } = wasm.exports;
  const k = size * size * inputs;
  const pixels = batch * height * width;
  const block = Math.max(16, Math.floor((1 << 16) / k) & ~15);
  begin();
  const patch = room(wasm, block * k);
  const gradient = room(wasm, k * outputs);
  const sums = room(wasm, outputs);
  for (let first = 0; first < pixels; first += block) {
    const m = Math.min(block, pixels - first);
    patches(x.byteOffset, patch, first, m, height, width, inputs, size, 1, 1, height, width);
    const d = delta.byteOffset + 4 * first * outputs;
    product(patch, 0, 1, k, d, outputs, 1, gradient, 0, outputs, k, m, outputs, first > 0 ? 1 : 0, 0);
  }
  axpy(-rate, gradient, weights.byteOffset, weights.length);
  sumRows(delta.byteOffset, sums, pixels, outputs);
  axpy(-rate, sums, biases.byteOffset, outputs);
}
