/**
 * z = x ** y, as an operator and as `Math.pow`:  dz = y x^(y−1) dx + z ln x dy.
 *
 * A constant exponent needs no logarithm, and a small whole one no power beyond a square, which engines multiply out.
 */

import { add, and, constantValue, div, mathConstant, mul, neg, pow } from "../ir/build.ts";
import type { Constant, Expression } from "../ir/types.ts";
import { abs, ln, supported } from "./formulas.ts";
import { at, ofXY, type Rule, type Tangent, unlessZero } from "./rule.ts";

/** The row of `**` and of `Math.pow`. */
export const power: Rule = ofXY(
  ["y x^(y−1)", "z ln x"],
  (x, dx, y, dy, z) => {
    const [base, exponent] = [constantValue(x), constantValue(y)];
    if (exponent !== undefined && Number.isFinite(exponent)) return constantExponent(x, dx, exponent, y, z);
    if (base === 1) return undefined;
    if (base !== undefined && base > 0 && base < Infinity) return mul(z, lnOf(base, x), dy);
    return add(
      unlessZero(dx, (dx) => mul(supported("powSlope", x, y, z), dx)),
      unlessZero(dy, (dy) => and(z, mul(z, ln(x), dy))),
    );
  },
  at("y = 0", "∂x = 0", "x⁰ = 1 for every x, 0 and NaN included"),
  at("x = 0, y < 1", "∂x = ±∞, and 0 along a zero tangent", "the one-sided limit"),
  at("x = 0, y > 0", "∂y = 0", "0^y = 0 for every y > 0"),
  at("x = 0, y ≤ 0", "∂y = −∞", "the limit of z ln x"),
  at("x < 0", "∂y = NaN, and 0 along a zero tangent", "x^y is real for whole y alone"),
  at("x ** n, n a constant", "n x^(n−1), no logarithm", "so that x may be negative and dy does not exist"),
);

function constantExponent(x: Expression, dx: Tangent, n: number, exponent: Expression, y: Expression): Tangent {
  if (dx === undefined || n === 0) return undefined;
  if (n === 1) return dx;
  if (n === -1) return and(dx, mul(neg(y), y, dx));
  if (n === 0.5) return and(dx, div(mul(0.5, dx), y));
  if (n < 0) return and(dx, div(mul(exponent, y, dx), Number.isInteger(n) ? x : abs(x)));
  const slope = mul(exponent, ...(products[n - 1]?.(x) ?? [pow(x, n - 1)]), dx);
  return n < 1 ? and(dx, slope) : slope;
}

/** Powers of x up to the fourth as products: a power costs tens of multiplications, all but a square. */
const products: Readonly<Record<number, (x: Expression) => readonly Expression[]>> = {
  1: (x) => [x],
  2: (x) => [pow(x, 2)],
  3: (x) => [x, x, x],
  4: (x) => [pow(x, 2), pow(x, 2)],
};

function lnOf(base: number, text: Expression): Expression | number {
  const known: Readonly<Record<number, Constant | number>> = {
    2: mathConstant("LN2"),
    10: mathConstant("LN10"),
    [Math.E]: 1,
  };
  return known[base] ?? ln(text);
}
