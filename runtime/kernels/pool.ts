/**
 * Pooling of images stored [batch, height, width, channels], in windows of size × size side by side; rows and columns that fill no
 * window are left out.
 *
 *     maxPool   y = max over the window         ẏ = ẋ at the first place of the largest
 *     avgPool   y = mean over the window        ẏ = mean of ẋ
 *
 * The place of the largest is not kept: the tangent goes along with the search. Arrays must not overlap. The engines agree bit by bit.
 */

import { running } from "../engine/index.ts";
import { address, allHome } from "../engine/transfer.ts";
import { inLanes, type Lanes } from "./lanes.ts";
import { requireLength } from "./shape.ts";

/** Sizes of a pooling. */
export interface PoolingShape {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** Height, width and distance of windows. */
  readonly size: number;
}

/**
 * @throws RangeError when a length does not fit
 * @fgrad rule maxPool_jvp, maxPool_jvps
 */
export function maxPool(x: Float32Array, out: Float32Array, shape: PoolingShape): void {
  check("maxPool", x, out, shape);
  const wasm = running();
  if (wasm !== undefined && allHome(wasm, x, out)) {
    const { batch, height, width, channels, size } = shape;
    wasm.exports.maxPool(address(x), 0, address(out), 0, batch, height, width, channels, size);
    return;
  }
  largest(x, undefined, out, undefined, shape);
}

/** The tangent of `maxPool`; `x_t` is undefined where x is constant. */
export function maxPool_jvp(
  x: Float32Array,
  x_t: Float32Array | undefined,
  out: Float32Array,
  out_t: Float32Array,
  shape: PoolingShape,
): void {
  if (x_t === undefined) {
    maxPool(x, out, shape);
    out_t.fill(0);
    return;
  }
  check("maxPool", x, out, shape);
  const wasm = running();
  if (wasm !== undefined && allHome(wasm, x, out, x_t, out_t)) {
    const { batch, height, width, channels, size } = shape;
    const { exports } = wasm;
    exports.maxPool(address(x), address(x_t), address(out), address(out_t), batch, height, width, channels, size);
    return;
  }
  largest(x, x_t, out, out_t, shape);
}

/** The same along several directions. */
export function maxPool_jvps(
  x: Float32Array,
  x_t: Lanes,
  out: Float32Array,
  out_t: readonly Float32Array[],
  shape: PoolingShape,
): void {
  inLanes(out, out_t, (to, to_t, lane) => maxPool_jvp(x, x_t[lane], to, to_t, shape));
}

/**
 * @throws RangeError when a length does not fit
 * @fgrad rule avgPool_jvp, avgPool_jvps
 */
export function avgPool(x: Float32Array, out: Float32Array, shape: PoolingShape): void {
  check("avgPool", x, out, shape);
  const { batch, height, width, channels, size } = shape;
  const wasm = running();
  if (wasm !== undefined && allHome(wasm, x, out)) {
    wasm.exports.avgPool(address(x), address(out), batch, height, width, channels, size);
    return;
  }
  forWindows(shape, (from, down, to) => {
    for (let c = 0; c < channels; c++) {
      let total = 0;
      for (let u = 0; u < size; u++) {
        for (let v = 0; v < size; v++) total += x[from + u * down + v * channels + c] as number;
      }
      out[to + c] = total / (size * size);
    }
  });
}

/** The tangent of `avgPool`; `x_t` is undefined where x is constant. */
export function avgPool_jvp(
  x: Float32Array,
  x_t: Float32Array | undefined,
  out: Float32Array,
  out_t: Float32Array,
  shape: PoolingShape,
): void {
  avgPool(x, out, shape);
  if (x_t === undefined) out_t.fill(0);
  else avgPool(x_t, out_t, shape);
}

/** The same along several directions. */
export function avgPool_jvps(
  x: Float32Array,
  x_t: Lanes,
  out: Float32Array,
  out_t: readonly Float32Array[],
  shape: PoolingShape,
): void {
  inLanes(out, out_t, (to, to_t, lane) => avgPool_jvp(x, x_t[lane], to, to_t, shape));
}

function largest(
  x: Float32Array,
  x_t: Float32Array | undefined,
  out: Float32Array,
  out_t: Float32Array | undefined,
  shape: PoolingShape,
): void {
  const { channels, size } = shape;
  forWindows(shape, (from, down, to) => {
    for (let c = 0; c < channels; c++) {
      let best = x[from + c] as number;
      let place = from + c;
      for (let u = 0; u < size; u++) {
        for (let v = 0; v < size; v++) {
          const at = from + u * down + v * channels + c;
          const other = x[at] as number;
          if (!(best >= other)) place = at;
          best = Math.max(best, other);
        }
      }
      out[to + c] = best;
      if (x_t !== undefined && out_t !== undefined) out_t[to + c] = x_t[place] as number;
    }
  });
}

/** Calls back with the place of each window's first pixel, the distance of its rows, and the place of its result. */
function forWindows(
  { batch, height, width, channels, size }: PoolingShape,
  visit: (from: number, down: number, to: number) => void,
): void {
  let to = 0;
  for (let b = 0; b < batch; b++) {
    for (let i = 0; i + size <= height; i += size) {
      for (let j = 0; j + size <= width; j += size, to += channels) {
        visit(((b * height + i) * width + j) * channels, width * channels, to);
      }
    }
  }
}

function check(kernel: string, x: Float32Array, out: Float32Array, shape: PoolingShape): void {
  const { batch, height, width, channels, size } = shape;
  requireLength(kernel, "x", x, batch * height * width * channels);
  requireLength(kernel, "out", out, batch * Math.floor(height / size) * Math.floor(width / size) * channels);
}
