/**
 * conv2d: cross-correlation of images with filters. Images are stored [batch, height, width, channels], filters
 * [size, size, inputs] × outputs: a matrix whose rows are the places of a patch.
 *
 *     out[b, i, j, o] = Σ x[b, i s + u − p, j s + v − p, c] w[u, v, c, o]     stride s, padding p; zeros outside of the image
 *
 *     ẏ = ẋ ∗ w + x ∗ ẇ          with ẇ = a bᵀ: x ∗ ẇ = (x ∗ a) bᵀ, a convolution to a single channel
 *
 * Patches are written out for a block of pixels at a time and multiplied as matrices. The engines differ by rounding as those of `matmul`
 * do, with k = size² · inputs. Arrays must not overlap.
 */

import { native } from "../engine/index.ts";
import { begin, fetch, place, read, room } from "../engine/transfer.ts";
import type { Wasm } from "../engine/wasm.ts";
import { structureOf } from "../structured.ts";
import { requireStructure, stored } from "./dense.ts";
import type { Lanes } from "./lanes.ts";
import { product, productTangent } from "./product.ts";
import { seededElements } from "./seeded.ts";
import { requireLength } from "./shape.ts";

/** Sizes of a convolution. */
export interface ConvolutionShape {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  /** Channels of `x`, and of `out`. */
  readonly inputs: number;
  readonly outputs: number;
  /** Height and width of a filter. */
  readonly size: number;
  /** 1 by default. */
  readonly stride?: number;
  /** Zeros around the image; 0 by default. */
  readonly padding?: number;
}

/** So many floats of patches are written out at once. */
const BLOCK = 1 << 16;

/**
 * @throws RangeError when a length does not fit
 * @fgrad rule conv2d_jvp, conv2d_jvps
 */
export function conv2d(x: Float32Array, w: Float32Array, out: Float32Array, shape: ConvolutionShape): void {
  convolve(x, undefined, w, undefined, out, undefined, shape);
}

/** The tangent of `conv2d`; the tangent of a constant operand is undefined. */
export function conv2d_jvp(
  x: Float32Array,
  x_t: Float32Array | undefined,
  w: Float32Array,
  w_t: Float32Array | undefined,
  out: Float32Array,
  out_t: Float32Array,
  shape: ConvolutionShape,
): void {
  convolve(x, x_t, w, w_t, out, out_t, shape);
}

/** The same along several directions; the value is computed once. */
export function conv2d_jvps(
  x: Float32Array,
  x_t: Lanes,
  w: Float32Array,
  w_t: Lanes,
  out: Float32Array,
  out_t: readonly Float32Array[],
  shape: ConvolutionShape,
): void {
  for (let lane = 0; lane < out_t.length; lane++) {
    convolve(x, x_t[lane], w, w_t[lane], lane === 0 ? out : undefined, out_t[lane], shape);
  }
}

/** Height or width of the result. */
export function convolvedLength(length: number, { size, stride = 1, padding = 0 }: ConvolutionShape): number {
  return Math.floor((length + 2 * padding - size) / stride) + 1;
}

function convolve(
  x: Float32Array,
  x_t: Float32Array | undefined,
  w: Float32Array,
  w_t: Float32Array | undefined,
  out: Float32Array | undefined,
  out_t: Float32Array | undefined,
  shape: ConvolutionShape,
): void {
  const { batch, height, width, inputs, outputs, size } = shape;
  const pixels = batch * convolvedLength(height, shape) * convolvedLength(width, shape);
  requireLength("conv2d", "x", x, batch * height * width * inputs);
  requireLength("conv2d", "w", w, size * size * inputs * outputs);
  if (out !== undefined) requireLength("conv2d", "out", out, pixels * outputs);
  if (out_t !== undefined) requireLength("conv2d", "out_t", out_t, pixels * outputs);
  const structure = structureOf(w_t);
  if (structure !== undefined) requireStructure("conv2d", structure, w.length);
  else if (w_t !== undefined) requireLength("conv2d", "the tangent of w", w_t, w.length);
  const images_t = stored(x_t, x);
  if (images_t !== undefined) requireLength("conv2d", "the tangent of x", images_t, x.length);
  const wasm = native();
  if (wasm !== undefined) convolveWasm(wasm, x, images_t, w, w_t, out, out_t, shape, pixels);
  else convolvePlain(x, images_t, w, stored(w_t, w), out ?? new Float32Array(pixels * outputs), out_t, shape, pixels);
}

function convolveWasm(
  wasm: Wasm,
  x: Float32Array,
  x_t: Float32Array | undefined,
  w: Float32Array,
  w_t: Float32Array | undefined,
  out: Float32Array | undefined,
  out_t: Float32Array | undefined,
  shape: ConvolutionShape,
  pixels: number,
): void {
  const { height, width, inputs: channels, outputs: n, size, stride = 1, padding = 0 } = shape;
  const { matmul, outer, clear, patches } = wasm.exports;
  const outHeight = convolvedLength(height, shape);
  const outWidth = convolvedLength(width, shape);
  const k = size * size * channels;
  begin();
  const to = out === undefined ? 0 : place(wasm, out);
  const to_t = out_t === undefined ? 0 : place(wasm, out_t);
  const image = read(wasm, x);
  const image_t = read(wasm, x_t);
  const filters = read(wasm, w);
  const structure = structureOf(w_t);
  const rankOne = structure?.kind === "rankOne" ? structure : undefined;
  const left = read(wasm, rankOne?.left);
  const right = read(wasm, rankOne?.right);
  const stored_t = structure === undefined ? read(wasm, w_t) : 0;
  const block = Math.max(16, Math.min(pixels, Math.floor(BLOCK / k)));
  // A filter of one pixel finds its patches where the image is.
  const inPlace = size === 1 && stride === 1 && padding === 0;
  const patch = inPlace ? 0 : room(wasm, block * k);
  const patch_t = inPlace || image_t === 0 ? 0 : room(wasm, block * k);
  const sums = rankOne === undefined ? 0 : room(wasm, block);
  const filters_t = structure?.kind === "seeded" ? seededElements(wasm, structure) : stored_t;
  for (let first = 0; first < pixels; first += block) {
    const m = Math.min(block, pixels - first);
    let a = image + 4 * first * k;
    let a_t = image_t === 0 ? 0 : image_t + 4 * first * k;
    if (!inPlace) {
      patches(image, patch, first, m, height, width, channels, size, stride, padding, outHeight, outWidth);
      a = patch;
      if (image_t !== 0) {
        patches(image_t, patch_t, first, m, height, width, channels, size, stride, padding, outHeight, outWidth);
      }
      a_t = patch_t;
    }
    const c = to === 0 ? 0 : to + 4 * first * n;
    const c_t = to_t === 0 ? 0 : to_t + 4 * first * n;
    let begun = 0;
    if (rankOne !== undefined) {
      matmul(a, 0, k, 1, left, 1, 1, sums, 0, 1, m, k, 1, 0, 0);
      outer(sums, right, c_t, m, n);
      begun = 1;
    }
    if (c !== 0 || a_t !== 0) matmul(a, a_t, k, 1, filters, n, 1, c, c_t, n, m, k, n, 0, begun);
    if (a_t !== 0) begun = 1;
    if (filters_t !== 0) matmul(a, 0, k, 1, filters_t, n, 1, c_t, 0, n, m, k, n, begun, 0);
    else if (begun === 0 && c_t !== 0) clear(c_t, m * n);
  }
  if (out !== undefined) fetch(wasm, out, to);
  if (out_t !== undefined) fetch(wasm, out_t, to_t);
}

function convolvePlain(
  x: Float32Array,
  x_t: Float32Array | undefined,
  w: Float32Array,
  w_t: Float32Array | undefined,
  out: Float32Array,
  out_t: Float32Array | undefined,
  shape: ConvolutionShape,
  pixels: number,
): void {
  const { inputs, outputs: n, size } = shape;
  const k = size * size * inputs;
  const block = Math.max(16, Math.min(pixels, Math.floor(BLOCK / k)));
  const patch = new Float32Array(block * k);
  const patch_t = x_t === undefined ? undefined : new Float32Array(block * k);
  const rows = { row: k, column: 1 };
  const columns = { row: n, column: 1 };
  for (let first = 0; first < pixels; first += block) {
    const m = Math.min(block, pixels - first);
    writePatches(x, patch, first, m, shape);
    if (x_t !== undefined && patch_t !== undefined) writePatches(x_t, patch_t, first, m, shape);
    const c = out.subarray(first * n, (first + m) * n);
    const c_t = out_t?.subarray(first * n, (first + m) * n);
    if (c_t === undefined) product(patch, rows, w, columns, c, m, k, n);
    else productTangent(patch, patch_t, rows, w, w_t, columns, c, c_t, m, k, n);
  }
}

/** The patches under `count` output pixels, from number `first` on, each as a row. */
function writePatches(x: Float32Array, to: Float32Array, first: number, count: number, shape: ConvolutionShape): void {
  const { height, width, inputs: channels, size, stride = 1, padding = 0 } = shape;
  const outHeight = convolvedLength(height, shape);
  const outWidth = convolvedLength(width, shape);
  for (let i = 0, at = 0; i < count; i++) {
    const pixel = first + i;
    const left = (pixel % outWidth) * stride - padding;
    const top = (Math.floor(pixel / outWidth) % outHeight) * stride - padding;
    const image = Math.floor(pixel / (outWidth * outHeight)) * height;
    for (let u = top; u < top + size; u++) {
      for (let v = left; v < left + size; v++, at += channels) {
        if (u < 0 || u >= height || v < 0 || v >= width) {
          to.fill(0, at, at + channels);
        } else {
          const from = ((image + u) * width + v) * channels;
          for (let c = 0; c < channels; c++) to[at + c] = x[from + c] as number;
        }
      }
    }
  }
}

/**
 * gradient = Σ patchᵀ δ over all pixels: what filters get from what their results get, when the loss is differentiated backwards, or a layer's result
 * is moved.
 * @param delta as `out`
 * @param gradient as `w`
 */
export function filterGradient(
  x: Float32Array,
  delta: Float32Array,
  gradient: Float32Array,
  shape: ConvolutionShape,
): void {
  const { height, width, inputs, outputs: n, size, stride = 1, padding = 0 } = shape;
  const k = size * size * inputs;
  const pixels = delta.length / n;
  const block = Math.max(16, Math.min(pixels, Math.floor(BLOCK / k)));
  const wasm = native();
  if (wasm === undefined) {
    const patch = new Float32Array(block * k);
    const part = new Float32Array(k * n);
    gradient.fill(0);
    for (let first = 0; first < pixels; first += block) {
      const m = Math.min(block, pixels - first);
      writePatches(x, patch, first, m, shape);
      const rows = delta.subarray(first * n, (first + m) * n);
      product(patch, { row: 1, column: k }, rows, { row: n, column: 1 }, part, k, m, n);
      for (let i = 0; i < part.length; i++) gradient[i] = (gradient[i] as number) + (part[i] as number);
    }
    return;
  }
  begin();
  const { matmul, patches } = wasm.exports;
  const to = place(wasm, gradient);
  const image = read(wasm, x);
  const moved = read(wasm, delta);
  const patch = room(wasm, block * k);
  const [outHeight, outWidth] = [convolvedLength(height, shape), convolvedLength(width, shape)];
  for (let first = 0; first < pixels; first += block) {
    const m = Math.min(block, pixels - first);
    patches(image, patch, first, m, height, width, inputs, size, stride, padding, outHeight, outWidth);
    matmul(patch, 0, 1, k, moved + 4 * first * n, n, 1, to, 0, n, k, m, n, first > 0 ? 1 : 0, 0);
  }
  fetch(wasm, gradient, to);
}
