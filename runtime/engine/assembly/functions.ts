/**
 * Elementary functions of four numbers at a time, in single precision: no fused multiply-add, so that all builds of the engine round alike. Argument
 * reduction as in Cephes (Moshier); coefficients by minimax fits.
 */

import {
  ABSOLUTE, BIAS, constant, EXP_2, EXP_3, EXP_4, EXP_5, EXP_6, HALF_ROOT, INFINITE, LARGEST_EXP, LEAST_EXP, LN2_HIGH, LN2_LOW, LOG2E, LOG_FINE_0,
  LOG_FINE_1, LOG_FINE_2, LOG_FINE_3, MANTISSA, NORMAL_LEAST, ONE, SHIFTER, TWO_23,
} from "./constants";

/** a b + c, each rounded: the same bits on every build. */
// @ts-ignore: decorator
@inline
export function step(a: v128, b: v128, c: v128): v128 {
  return f32x4.add(f32x4.mul(a, b), c);
}

/** x / ln 2, rounded to a whole number n, plus a number whose lowest bits then are n. */
// @ts-ignore: decorator
@inline
function shifted(x: v128): v128 {
  return step(x, constant(LOG2E), constant(SHIFTER));
}

/** eʳ − 1 where x = n ln 2 + r. */
// @ts-ignore: decorator
@inline
function remainder(x: v128, shift: v128): v128 {
  const n = f32x4.sub(shift, constant(SHIFTER));
  const r = f32x4.sub(f32x4.sub(x, f32x4.mul(n, constant(LN2_HIGH))), f32x4.mul(n, constant(LN2_LOW)));
  let p = step(constant(EXP_6), r, constant(EXP_5));
  p = step(p, r, constant(EXP_4));
  p = step(p, r, constant(EXP_3));
  p = step(p, r, constant(EXP_2));
  return step(f32x4.mul(p, r), r, r);
}

/** 2ⁿ for −127 < n < 128, in whole numbers. */
// @ts-ignore: decorator
@inline
function power(n: v128): v128 {
  return i32x4.shl(i32x4.add(n, constant(BIAS)), 23);
}

/** eˣ, within 2 units in the last place; 0, denormal or infinite where it should be. */
// @ts-ignore: decorator
@inline
export function exponential(x: v128): v128 {
  x = f32x4.pmax(f32x4.pmin(x, constant(LARGEST_EXP)), constant(LEAST_EXP));
  const shift = shifted(x);
  const n = i32x4.sub(shift, constant(SHIFTER));
  const half = i32x4.shr_s(n, 1);
  const y = f32x4.add(remainder(x, shift), constant(ONE));
  return f32x4.mul(f32x4.mul(y, power(half)), power(i32x4.sub(n, half)));
}

/** eˣ − 1 for |x| ≤ 88, precise for small ones. */
// @ts-ignore: decorator
@inline
export function exponentialLess1(x: v128): v128 {
  const shift = shifted(x);
  const scale = power(i32x4.sub(shift, constant(SHIFTER)));
  return step(remainder(x, shift), scale, f32x4.sub(scale, constant(ONE)));
}

/** log x: NaN below 0, −∞ at 0. */
// @ts-ignore: decorator
@inline
export function logarithm(x: v128): v128 {
  const one = constant(ONE);
  const half = constant(HALF_ROOT);
  // Numbers too small for a full mantissa are scaled up first.
  const small = f32x4.lt(x, constant(NORMAL_LEAST));
  const scaled = v128.bitselect(f32x4.mul(x, constant(TWO_23)), x, small);
  const bits = i32x4.sub(scaled, half);
  const e = f32x4.sub(
    f32x4.convert_i32x4_s(i32x4.shr_s(bits, 23)),
    v128.and(small, f32x4.convert_i32x4_s(i32x4.splat(23))),
  );
  const m = i32x4.add(v128.and(bits, constant(MANTISSA)), half);
  const s = f32x4.div(f32x4.sub(m, one), f32x4.add(m, one));
  const z = f32x4.mul(s, s);
  let p = step(constant(LOG_FINE_3), z, constant(LOG_FINE_2));
  p = step(p, z, constant(LOG_FINE_1));
  p = step(p, z, constant(LOG_FINE_0));
  let y = f32x4.add(f32x4.add(f32x4.mul(p, s), f32x4.mul(e, constant(LN2_LOW))), f32x4.mul(e, constant(LN2_HIGH)));
  const infinite = constant(INFINITE);
  // ∞ and NaN are their own logarithms; 0 has −∞, and what is below 0 has none.
  y = v128.bitselect(y, x, f32x4.lt(v128.and(x, constant(ABSOLUTE)), infinite));
  const zero = i32x4.splat(0);
  y = v128.bitselect(f32x4.neg(infinite), y, f32x4.eq(x, zero));
  return v128.or(y, f32x4.lt(x, zero));
}
