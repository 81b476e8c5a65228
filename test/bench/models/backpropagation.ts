/**
 * Backpropagation written by hand on the same kernels, as the opponent that forward gradients are measured against: the loss, its
 * gradient, and θ ← θ − η ∇f, each layer's update fused into the product that makes its gradient, so that no gradient is ever stored.
 */

import type { Logistic } from "../../../fixtures/models/logistic.ts";
import type { Layer, Mlp } from "../../../fixtures/models/mlp.ts";
import { running } from "../../../runtime/engine/index.ts";
import { bias, biasRelu, floats, matmul, matmulNT, scope } from "../../../runtime/kernels/index.ts";

/** A step of gradient descent. Returns the loss before it. */
export function logisticStep(theta: Logistic, images: Float32Array, labels: Uint8Array, rate: number): number {
  return scope(() => {
    const batch = labels.length;
    const classes = theta.biases.length;
    const pixels = images.length / batch;
    const logits = floats(batch * classes);
    matmul(images, theta.weights, logits, batch, pixels, classes);
    bias(logits, theta.biases, logits, batch, classes);
    const value = crossEntropyGradient(logits, labels, batch, classes);
    update(theta, images, logits, batch, pixels, classes, rate);
    return value;
  });
}

/** A step of gradient descent. Returns the loss before it. */
export function mlpStep(theta: Mlp, images: Float32Array, labels: Uint8Array, rate: number): number {
  return scope(() => {
    const batch = labels.length;
    const width = theta.first.biases.length;
    const classes = theta.last.biases.length;
    const pixels = images.length / batch;
    const layers = [theta.first, ...theta.between];
    const inputs = [images];
    for (const layer of layers) {
      const x = inputs.at(-1) as Float32Array;
      const y = floats(batch * width);
      matmul(x, layer.weights, y, batch, x.length / batch, width);
      biasRelu(y, layer.biases, y, batch, width);
      inputs.push(y);
    }
    const logits = floats(batch * classes);
    const last = inputs.at(-1) as Float32Array;
    matmul(last, theta.last.weights, logits, batch, width, classes);
    bias(logits, theta.last.biases, logits, batch, classes);
    const value = crossEntropyGradient(logits, labels, batch, classes);

    let delta = floats(batch * width);
    let next = floats(batch * width);
    matmulNT(logits, theta.last.weights, delta, batch, classes, width);
    update(theta.last, last, logits, batch, width, classes, rate);
    for (let l = layers.length - 1; l >= 0; l--) {
      const x = inputs[l] as Float32Array;
      const layer = layers[l] as Layer;
      mask(delta, inputs[l + 1] as Float32Array);
      if (l > 0) matmulNT(delta, layer.weights, next, batch, width, width);
      update(layer, x, delta, batch, l > 0 ? width : pixels, width, rate);
      const free = delta;
      delta = next;
      next = free;
    }
    return value;
  });
}

/** The mean cross-entropy; the logits become its gradient. */
export function crossEntropyGradient(z: Float32Array, labels: Uint8Array, batch: number, classes: number): number {
  let total = 0;
  for (let i = 0; i < batch; i++) {
    const row = i * classes;
    let largest = Number.NEGATIVE_INFINITY;
    for (let j = 0; j < classes; j++) largest = Math.max(largest, z[row + j] as number);
    const right = row + (labels[i] as number);
    const shifted = (z[right] as number) - largest;
    let sum = 0;
    for (let j = 0; j < classes; j++) {
      const e = Math.exp((z[row + j] as number) - largest);
      z[row + j] = e;
      sum += e;
    }
    total += Math.log(sum) - shifted;
    for (let j = 0; j < classes; j++) z[row + j] = (z[row + j] as number) / (sum * batch);
    z[right] = (z[right] as number) - 1 / batch;
  }
  return total / batch;
}

/** δ ← δ where the layer's output is positive, else 0. */
export function mask(delta: Float32Array, y: Float32Array): void {
  const wasm = running();
  if (wasm !== undefined && delta.buffer === wasm.buffer && y.buffer === wasm.buffer) {
    wasm.exports.mask(y.byteOffset, delta.byteOffset, y.length);
    return;
  }
  for (let i = 0; i < y.length; i++) if (!((y[i] as number) > 0)) delta[i] = 0;
}

/** W ← W − η Xᵀ δ and b ← b − η Σ δ. δ is scaled by −η on the way. */
export function update(
  { weights, biases }: Layer,
  x: Float32Array,
  delta: Float32Array,
  batch: number,
  inputs: number,
  outputs: number,
  rate: number,
): void {
  const wasm = running();
  for (let i = 0; i < delta.length; i++) delta[i] = -rate * (delta[i] as number);
  if (wasm !== undefined && [weights, x, delta].every((array) => array.buffer === wasm.buffer)) {
    const { byteOffset } = weights;
    const { matmul: product } = wasm.exports;
    product(
      x.byteOffset,
      0,
      1,
      inputs,
      delta.byteOffset,
      outputs,
      1,
      byteOffset,
      0,
      outputs,
      inputs,
      batch,
      outputs,
      1,
      0,
    );
  } else {
    for (let p = 0; p < inputs; p++) {
      for (let j = 0; j < outputs; j++) {
        let sum = 0;
        for (let i = 0; i < batch; i++) sum += (x[i * inputs + p] as number) * (delta[i * outputs + j] as number);
        weights[p * outputs + j] = (weights[p * outputs + j] as number) + sum;
      }
    }
  }
  for (let i = 0; i < batch; i++) {
    for (let j = 0; j < outputs; j++) biases[j] = (biases[j] as number) + (delta[i * outputs + j] as number);
  }
}
