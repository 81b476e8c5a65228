/**
 * relu: out = max(x, 0), and NaN where x is NaN.
 *
 *     ẏ = ẋ where x > 0, else 0: relu′(0) = 0
 *
 * `out` may be `x` itself; else they must not overlap.
 */

import { requireLength } from "./shape.ts";

/**
 * The map, element by element.
 * @throws RangeError when the lengths differ
 * @fgrad rule relu_jvp
 */
export function relu(x: Float32Array, out: Float32Array): void {
  requireLength("relu", "out", out, x.length);
  for (let i = 0; i < x.length; i++) {
    const v = x[i] as number;
    out[i] = Math.max(v, 0);
  }
}

/** The tangent of `relu`; `x_t` is undefined where x is constant. */
export function relu_jvp(x: Float32Array, x_t: Float32Array | undefined, out: Float32Array, out_t: Float32Array): void {
  if (x_t === undefined) {
    relu(x, out);
    out_t.fill(0);
    return;
  }
  requireLength("relu", "out", out, x.length);
  for (let i = 0; i < x.length; i++) {
    const v = x[i] as number;
    const v_t = x_t[i] as number;
    const y = Math.max(v, 0);
    out[i] = y;
    out_t[i] = v > 0 ? v_t : 0;
  }
}
