/**
 * gelu: out = x Φ(x) in its usual approximation, ½ x (1 + t) with t = tanh u, u = √(2/π) (x + 0.044715 x³).
 *
 *     ẏ = (½ (1 + t) + ½ x (1 − t²) √(2/π) (1 + 0.134145 x²)) ẋ
 *
 * The engines differ by at most 32 units in the last place, in the slope, which is a difference, by as many and 2⁻²².
 *
 * `out` may be `x` itself; else they must not overlap.
 */

import { inLanes, type Lanes } from "./lanes.ts";
import { mapped } from "./onEngine.ts";
import { requireLength } from "./shape.ts";

/** √(2/π) */
const SLOPE = 0.7978845608028654;
const CUBIC = 0.044715;

/**
 * The map, element by element.
 * @throws RangeError when the lengths differ
 * @fgrad rule gelu_jvp, gelu_jvps
 */
export function gelu(x: Float32Array, out: Float32Array): void {
  requireLength("gelu", "out", out, x.length);
  if (mapped("gelu", x, undefined, out, undefined)) return;
  for (let i = 0; i < x.length; i++) {
    const v = x[i] as number;
    const u = SLOPE * v * (1 + CUBIC * v * v);
    const t = Math.tanh(u);
    out[i] = 0.5 * v * (1 + t);
  }
}

/** The tangent of `gelu`; `x_t` is undefined where x is constant. */
export function gelu_jvp(x: Float32Array, x_t: Float32Array | undefined, out: Float32Array, out_t: Float32Array): void {
  if (x_t === undefined) {
    gelu(x, out);
    out_t.fill(0);
    return;
  }
  requireLength("gelu", "out", out, x.length);
  if (mapped("gelu", x, x_t, out, out_t)) return;
  for (let i = 0; i < x.length; i++) {
    const v = x[i] as number;
    const v_t = x_t[i] as number;
    const u = SLOPE * v * (1 + CUBIC * v * v);
    const t = Math.tanh(u);
    const y = 0.5 * v * (1 + t);
    out[i] = y;
    out_t[i] = (0.5 * (1 + t) + 0.5 * v * (1 - t * t) * SLOPE * (1 + 3 * CUBIC * v * v)) * v_t;
  }
}

/** The same along several directions. */
export function gelu_jvps(x: Float32Array, x_t: Lanes, out: Float32Array, out_t: readonly Float32Array[]): void {
  inLanes(out, out_t, (to, to_t, lane) => gelu_jvp(x, x_t[lane], to, to_t));
}
