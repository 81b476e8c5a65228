/**
 * Elementary functions, element by element.
 *
 *     exp      ẏ = y ẋ
 *     log      ẏ = ẋ / x       at 0: ±∞, and 0 for a zero tangent
 *     sqrt     ẏ = ẋ / 2y      at 0: ±∞, and 0 for a zero tangent
 *     square   ẏ = 2x ẋ
 *     abs      ẏ = sign(x) ẋ   at 0: 0
 *
 * The engines give the same values, but for exp (1 unit in the last place) and log (2), and slopes within 2 units.
 *
 * `out` may be `x` itself; else they must not overlap. Lengths that differ are a RangeError. Adding 0 to a divisor makes of −0,
 * from where neither function can be approached, +0.
 */

import { inLanes, type Lanes } from "./lanes.ts";
import { mapped } from "./onEngine.ts";
import { requireLength } from "./shape.ts";

/**
 * out = exp x.
 * @fgrad rule exp_jvp, exp_jvps
 */
export function exp(x: Float32Array, out: Float32Array): void {
  requireLength("exp", "out", out, x.length);
  if (mapped("exp", x, undefined, out, undefined)) return;
  for (let i = 0; i < x.length; i++) {
    const v = x[i] as number;
    out[i] = Math.exp(v);
  }
}

/** The tangent of `exp`; `x_t` is undefined where x is constant. */
export function exp_jvp(x: Float32Array, x_t: Float32Array | undefined, out: Float32Array, out_t: Float32Array): void {
  if (x_t === undefined) {
    exp(x, out);
    out_t.fill(0);
    return;
  }
  requireLength("exp", "out", out, x.length);
  if (mapped("exp", x, x_t, out, out_t)) return;
  for (let i = 0; i < x.length; i++) {
    const v = x[i] as number;
    const v_t = x_t[i] as number;
    const y = Math.exp(v);
    out[i] = y;
    out_t[i] = y * v_t;
  }
}

/** The same along several directions. */
export function exp_jvps(x: Float32Array, x_t: Lanes, out: Float32Array, out_t: readonly Float32Array[]): void {
  inLanes(out, out_t, (to, to_t, lane) => exp_jvp(x, x_t[lane], to, to_t));
}

/**
 * out = log x.
 * @fgrad rule log_jvp, log_jvps
 */
export function log(x: Float32Array, out: Float32Array): void {
  requireLength("log", "out", out, x.length);
  if (mapped("log", x, undefined, out, undefined)) return;
  for (let i = 0; i < x.length; i++) {
    const v = x[i] as number;
    out[i] = Math.log(v);
  }
}

/** The tangent of `log`; `x_t` is undefined where x is constant. */
export function log_jvp(x: Float32Array, x_t: Float32Array | undefined, out: Float32Array, out_t: Float32Array): void {
  if (x_t === undefined) {
    log(x, out);
    out_t.fill(0);
    return;
  }
  requireLength("log", "out", out, x.length);
  if (mapped("log", x, x_t, out, out_t)) return;
  for (let i = 0; i < x.length; i++) {
    const v = x[i] as number;
    const v_t = x_t[i] as number;
    out[i] = Math.log(v);
    out_t[i] = v_t === 0 ? 0 : v_t / (v + 0);
  }
}

/** The same along several directions. */
export function log_jvps(x: Float32Array, x_t: Lanes, out: Float32Array, out_t: readonly Float32Array[]): void {
  inLanes(out, out_t, (to, to_t, lane) => log_jvp(x, x_t[lane], to, to_t));
}

/**
 * out = √x.
 * @fgrad rule sqrt_jvp, sqrt_jvps
 */
export function sqrt(x: Float32Array, out: Float32Array): void {
  requireLength("sqrt", "out", out, x.length);
  if (mapped("sqrt", x, undefined, out, undefined)) return;
  for (let i = 0; i < x.length; i++) {
    const v = x[i] as number;
    out[i] = Math.sqrt(v);
  }
}

/** The tangent of `sqrt`; `x_t` is undefined where x is constant. */
export function sqrt_jvp(x: Float32Array, x_t: Float32Array | undefined, out: Float32Array, out_t: Float32Array): void {
  if (x_t === undefined) {
    sqrt(x, out);
    out_t.fill(0);
    return;
  }
  requireLength("sqrt", "out", out, x.length);
  if (mapped("sqrt", x, x_t, out, out_t)) return;
  for (let i = 0; i < x.length; i++) {
    const v = x[i] as number;
    const v_t = x_t[i] as number;
    const y = Math.sqrt(v);
    out[i] = y;
    out_t[i] = v_t === 0 ? 0 : v_t / (2 * y + 0);
  }
}

/** The same along several directions. */
export function sqrt_jvps(x: Float32Array, x_t: Lanes, out: Float32Array, out_t: readonly Float32Array[]): void {
  inLanes(out, out_t, (to, to_t, lane) => sqrt_jvp(x, x_t[lane], to, to_t));
}

/**
 * out = x².
 * @fgrad rule square_jvp, square_jvps
 */
export function square(x: Float32Array, out: Float32Array): void {
  requireLength("square", "out", out, x.length);
  if (mapped("square", x, undefined, out, undefined)) return;
  for (let i = 0; i < x.length; i++) {
    const v = x[i] as number;
    out[i] = v * v;
  }
}

/** The tangent of `square`; `x_t` is undefined where x is constant. */
export function square_jvp(
  x: Float32Array,
  x_t: Float32Array | undefined,
  out: Float32Array,
  out_t: Float32Array,
): void {
  if (x_t === undefined) {
    square(x, out);
    out_t.fill(0);
    return;
  }
  requireLength("square", "out", out, x.length);
  if (mapped("square", x, x_t, out, out_t)) return;
  for (let i = 0; i < x.length; i++) {
    const v = x[i] as number;
    const v_t = x_t[i] as number;
    out[i] = v * v;
    out_t[i] = 2 * v * v_t;
  }
}

/** The same along several directions. */
export function square_jvps(x: Float32Array, x_t: Lanes, out: Float32Array, out_t: readonly Float32Array[]): void {
  inLanes(out, out_t, (to, to_t, lane) => square_jvp(x, x_t[lane], to, to_t));
}

/**
 * out = |x|.
 * @fgrad rule abs_jvp, abs_jvps
 */
export function abs(x: Float32Array, out: Float32Array): void {
  requireLength("abs", "out", out, x.length);
  if (mapped("abs", x, undefined, out, undefined)) return;
  for (let i = 0; i < x.length; i++) {
    const v = x[i] as number;
    out[i] = Math.abs(v);
  }
}

/** The tangent of `abs`; `x_t` is undefined where x is constant. */
export function abs_jvp(x: Float32Array, x_t: Float32Array | undefined, out: Float32Array, out_t: Float32Array): void {
  if (x_t === undefined) {
    abs(x, out);
    out_t.fill(0);
    return;
  }
  requireLength("abs", "out", out, x.length);
  if (mapped("abs", x, x_t, out, out_t)) return;
  for (let i = 0; i < x.length; i++) {
    const v = x[i] as number;
    const v_t = x_t[i] as number;
    out[i] = Math.abs(v);
    out_t[i] = v > 0 ? v_t : v < 0 ? -v_t : v === 0 ? 0 : Number.NaN;
  }
}

/** The same along several directions. */
export function abs_jvps(x: Float32Array, x_t: Lanes, out: Float32Array, out_t: readonly Float32Array[]): void {
  inLanes(out, out_t, (to, to_t, lane) => abs_jvp(x, x_t[lane], to, to_t));
}
