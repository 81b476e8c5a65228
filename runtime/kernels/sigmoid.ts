/**
 * sigmoid: out = 1 / (1 + e⁻ˣ), computed with e = exp(−|x|), which can't overflow.
 *
 *     ẏ = e / (1 + e)² ẋ
 *
 * The engines differ by at most 3 units in the last place, in the slope by 4.
 *
 * `out` may be `x` itself; else they must not overlap.
 */

import { inLanes, type Lanes } from "./lanes.ts";
import { mapped } from "./onEngine.ts";
import { requireLength } from "./shape.ts";

/**
 * The map, element by element.
 * @throws RangeError when the lengths differ
 * @fgrad rule sigmoid_jvp, sigmoid_jvps
 */
export function sigmoid(x: Float32Array, out: Float32Array): void {
  requireLength("sigmoid", "out", out, x.length);
  if (mapped("sigmoid", x, undefined, out, undefined)) return;
  for (let i = 0; i < x.length; i++) {
    const v = x[i] as number;
    const e = Math.exp(-Math.abs(v));
    const d = 1 / (1 + e);
    out[i] = v >= 0 ? d : e * d;
  }
}

/** The tangent of `sigmoid`; `x_t` is undefined where x is constant. */
export function sigmoid_jvp(
  x: Float32Array,
  x_t: Float32Array | undefined,
  out: Float32Array,
  out_t: Float32Array,
): void {
  if (x_t === undefined) {
    sigmoid(x, out);
    out_t.fill(0);
    return;
  }
  requireLength("sigmoid", "out", out, x.length);
  if (mapped("sigmoid", x, x_t, out, out_t)) return;
  for (let i = 0; i < x.length; i++) {
    const v = x[i] as number;
    const v_t = x_t[i] as number;
    const e = Math.exp(-Math.abs(v));
    const d = 1 / (1 + e);
    const y = v >= 0 ? d : e * d;
    out[i] = y;
    out_t[i] = e * d * d * v_t;
  }
}

/** The same along several directions. */
export function sigmoid_jvps(x: Float32Array, x_t: Lanes, out: Float32Array, out_t: readonly Float32Array[]): void {
  inLanes(out, out_t, (to, to_t, lane) => sigmoid_jvp(x, x_t[lane], to, to_t));
}
