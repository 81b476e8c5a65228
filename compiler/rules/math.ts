/**
 * The table of derivatives of `Math`. In a row, x is the argument, dx its tangent and y the value: d sin x = cos x dx.
 *
 * To add a function: a row here, a row in the tests. A missing row does not compile.
 */
import {
  add,
  and,
  binary,
  conditional,
  constant,
  constantValue,
  div,
  math,
  mathConstant,
  mul,
  neg,
  sub,
} from "../ir/build.ts";
import type { Expression } from "../ir/types.ts";
import { abs, cos, cosh, equal, fround, greater, less, sign, sin, sinh, sqrt, supported } from "./formulas.ts";
import { power } from "./power.ts";
import { at, flat, ofAll, ofX, ofYX, type Rule, type Tangent, within } from "./rule.ts";

const ln2 = mathConstant("LN2");
const ln10 = mathConstant("LN10");

type FunctionsOf<T> = { [K in keyof T]: T[K] extends (...args: never[]) => number ? K : never }[keyof T];

/** A function of `Math`: every one that the compiler's library declarations know. */
export type MathName = Extract<FunctionsOf<Math>, string>;

/** The edge of a domain, the slope there, and where the domain has ended. */
const edge = (where: string, limit: string, outside: string) => [
  at(where, `${limit}, and 0 along a zero tangent`, "the one-sided limit"),
  at(outside, "NaN, and 0 along a zero tangent", "there is no value"),
];

const steps = at("everywhere", "0", "constant between its jumps; at a jump by convention");
const integers = at("everywhere", "0", "works on 32-bit integers, constant between its jumps");
const ties = at(
  "ties",
  "the mean of the tied arguments' tangents",
  "the middle of the one-sided derivatives; a constant ties too",
);
const noValue = at("an argument is NaN", "NaN", "there is no value");
const single = at("everywhere", "the tangent, rounded by fround", "it has single precision as well");
const corner = at("all xᵢ = 0", "the length of the tangent", "the one-sided limit, 0 along a zero tangent");
const axis = at("xᵢ = ±∞", "±1 for xᵢ, 0 for finite arguments", "the limit");
const vertical = at("x = ±0", "∞, and 0 along a zero tangent", "the limit");
const origin = at("(0, 0)", "NaN, and 0 along a zero tangent", "the angle jumps there");
const far = at("x or y = ±∞", "0", "the limit");

/** One row a function, in alphabetical order. */
// biome-ignore format: a table
export const mathRules: Readonly<Record<MathName, Rule>> = {
  abs:    ofX("sign x",          (x, dx) => mul(sign(x), dx),                                                  at("x = ±0", "0", "the middle of −1 and 1")),
  acos:   ofX("−1/√(1 − x²)",    (x, dx) => and(dx, div(neg(dx), sqrt(oneMinusSquare(x)))),                    ...edge("x = ±1", "−∞", "|x| > 1")),
  acosh:  ofX("1/√(x² − 1)",     (x, dx) => and(dx, div(dx, mul(sqrt(sub(x, 1)), sqrt(add(x, 1))))),           ...edge("x = 1", "∞", "x < 1")),
  asin:   ofX("1/√(1 − x²)",     (x, dx) => and(dx, div(dx, sqrt(oneMinusSquare(x)))),                         ...edge("x = ±1", "∞", "|x| > 1")),
  asinh:  ofX("1/√(x² + 1)",     (x, dx) => div(dx, sqrt(add(mul(x, x), 1)))),
  atan:   ofX("1/(1 + x²)",      (x, dx) => div(dx, add(1, mul(x, x)))),
  atan2:  ofYX(["x/(x² + y²)", "−y/(x² + y²)"], (y, dy, x, dx) => supported("atan2Tangent", y, dy ?? 0, x, dx ?? 0), origin, far),
  atanh:  ofX("1/(1 − x²)",      (x, dx, y) => within(less(abs(x), 1), div(dx, oneMinusSquare(x)), dx, abs(y)), ...edge("x = ±1", "∞", "|x| > 1")),
  cbrt:   ofX("1/(3 y²)",        (_x, dx, y) => and(dx, div(dx, mul(3, y, y))),                                vertical),
  ceil:   flat(["x"], steps),
  clz32:  flat(["x"], integers),
  cos:    ofX("−sin x",          (x, dx) => mul(neg(sin(x)), dx)),
  cosh:   ofX("sinh x",          (x, dx) => mul(sinh(x), dx)),
  exp:    ofX("y",               (_x, dx, y) => mul(y, dx)),
  expm1:  ofX("y + 1",           (_x, dx, y) => mul(add(y, 1), dx)),
  floor:  flat(["x"], steps),
  fround: ofX("1",               (_x, dx) => fround(dx),                                                       single),
  hypot:  ofAll("xᵢ/r",          hypot,                                                                        corner, axis),
  imul:   flat(["x", "y"], integers),
  log:    ofX("1/x",             (x, dx, y) => within(greater(x, 0), div(dx, x), dx, neg(y)),                  ...edge("x = ±0", "∞", "x < 0")),
  log10:  ofX("1/(x ln 10)",     (x, dx, y) => within(greater(x, 0), div(dx, mul(x, ln10)), dx, neg(y)),       ...edge("x = ±0", "∞", "x < 0")),
  log1p:  ofX("1/(1 + x)",       (x, dx, y) => within(greater(x, -1), div(dx, add(1, x)), dx, neg(y)),         ...edge("x = −1", "∞", "x < −1")),
  log2:   ofX("1/(x ln 2)",      (x, dx, y) => within(greater(x, 0), div(dx, mul(x, ln2)), dx, neg(y)),        ...edge("x = ±0", "∞", "x < 0")),
  max:    ofAll("1 if xᵢ is greatest", extremum(">", "<"),                                                     ties, noValue),
  min:    ofAll("1 if xᵢ is least", extremum("<", ">"),                                                        ties, noValue),
  pow:    power,
  random: flat([]),
  round:  flat(["x"], steps),
  sign:   flat(["x"], steps),
  sin:    ofX("cos x",           (x, dx) => mul(cos(x), dx)),
  sinh:   ofX("cosh x",          (x, dx) => mul(cosh(x), dx)),
  sqrt:   ofX("1/(2y)",          (_x, dx, y) => and(dx, div(mul(0.5, dx), abs(y))),                            ...edge("x = ±0", "∞", "x < 0")),
  tan:    ofX("1 + y²",          (_x, dx, y) => mul(add(1, mul(y, y)), dx)),
  tanh:   ofX("1 − y²",          (_x, dx, y) => mul(sub(1, mul(y, y)), dx)),
  trunc:  flat(["x"], steps),
};

/** Whether `Math[name]` has a rule. Later additions to the language (`f16round`, `sumPrecise`) have none: they are refused. */
export function isMathRule(name: string): name is MathName {
  return Object.hasOwn(mathRules, name);
}

/** 1 − x² without cancellation near ±1. */
function oneMinusSquare(x: Expression): Expression {
  return mul(sub(1, x), add(1, x));
}

function hypot(xs: readonly Expression[], dxs: readonly Tangent[], r: Expression): Tangent {
  const slope = xs.reduce<Tangent>((sum, x, i) => add(sum, mul(supported("direction", x, r), dxs[i])), undefined);
  const [dx, ...others] = dxs.filter((dx) => dx !== undefined);
  if (slope === undefined || dx === undefined || xs.some((x) => constantValue(x))) return slope;
  return conditional(equal(r, 0), others.length === 0 ? abs(dx) : math("hypot", dx, ...others), slope);
}

function extremum(wins: ">" | "<", loses: ">" | "<"): Rule["tangent"] {
  return (xs, dxs, r) => {
    const [x, y] = xs;
    const [dx, dy] = dxs;
    if (x === undefined || y === undefined) return dx;
    if (xs.length > 2) return meanOfTied(xs, dxs, r);
    if (constantValue(x) !== undefined) return ofTwo(y, dy, x, dx, wins, loses);
    return ofTwo(x, dx, y, dy, wins, loses);
  };
}

function ofTwo(x: Expression, dx: Tangent, y: Expression, dy: Tangent, wins: ">" | "<", loses: ">" | "<"): Tangent {
  const tied = mul(0.5, add(dx, dy)) ?? 0;
  const unlessNaN = conditional(equal(x, y), tied, constant(Number.NaN));
  return conditional(binary(wins, x, y), dx ?? 0, conditional(binary(loses, x, y), dy ?? 0, unlessNaN));
}

/** The sum of the tied arguments' tangents over their number; 0/0 where the result is NaN. */
function meanOfTied(xs: readonly Expression[], dxs: readonly Tangent[], r: Expression): Tangent {
  const tied = (x: Expression, share: Tangent | 1) => share && conditional(equal(x, r), share, 0);
  const sum = xs.reduce<Tangent>((sum, x, i) => add(sum, tied(x, dxs[i])), undefined);
  const count = xs.reduce<Tangent>((sum, x) => add(sum, tied(x, 1)), undefined);
  return sum && count && div(sum, count);
}
