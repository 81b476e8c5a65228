/**
 * tanh: out = tanh x.
 *
 *     ẏ = (1 − y²) ẋ
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
 * @fgrad rule tanh_jvp, tanh_jvps
 */
export function tanh(x: Float32Array, out: Float32Array): void {
  requireLength("tanh", "out", out, x.length);
  if (mapped("tanh", x, undefined, out, undefined)) return;
  for (let i = 0; i < x.length; i++) {
    const v = x[i] as number;
    out[i] = Math.tanh(v);
  }
}

/** The tangent of `tanh`; `x_t` is undefined where x is constant. */
export function tanh_jvp(x: Float32Array, x_t: Float32Array | undefined, out: Float32Array, out_t: Float32Array): void {
  if (x_t === undefined) {
    tanh(x, out);
    out_t.fill(0);
    return;
  }
  requireLength("tanh", "out", out, x.length);
  if (mapped("tanh", x, x_t, out, out_t)) return;
  for (let i = 0; i < x.length; i++) {
    const v = x[i] as number;
    const v_t = x_t[i] as number;
    const y = Math.tanh(v);
    out[i] = y;
    out_t[i] = (1 - y * y) * v_t;
  }
}

/** The same along several directions. */
export function tanh_jvps(x: Float32Array, x_t: Lanes, out: Float32Array, out_t: readonly Float32Array[]): void {
  inLanes(out, out_t, (to, to_t, lane) => tanh_jvp(x, x_t[lane], to, to_t));
}
