/**
 * Functions that a tangent calls where its formula needs cases: the module that calls one gets its source, once. They
 * have rows of their own, so that what calls them can be differentiated again.
 */
import { add, and, div, mul, neg, pow, sub } from "../ir/build.ts";
import type { Expression } from "../ir/types.ts";
import { ln, supported } from "./formulas.ts";
import { ofXY, type Rule, type Tangent, unlessZero } from "./rule.ts";

export const supportNames = ["atan2Tangent", "direction", "powSlope"] as const;

/** The names that support functions have in the intermediate form; emit renames one that the user has taken. */
export type SupportName = (typeof supportNames)[number];

/** A support function: its TypeScript, which needs nothing but `Math`, and its rule. */
export interface SupportFunction {
  /** The declaration, under the name it is to have. */
  readonly source: (name: string) => string;
  readonly rule: Rule;
}

/** Whether a global's name is that of a support function. */
export function isSupportName(name: string): name is SupportName {
  return Object.hasOwn(supportFunctions, name);
}

/** The support functions by name. */
export const supportFunctions: Readonly<Record<SupportName, SupportFunction>> = {
  atan2Tangent: {
    source: (name) => `\
/** d atan2(y, x) = (x dy − y dx) / (x² + y²): 0 at infinity; at the origin NaN, and 0 along a zero tangent. */
function ${name}(y: number, dy: number, x: number, dx: number): number {
  const squared = x * x + y * y;
  if (squared > 1e-280 && squared < 1e300) return (x * dy - y * dx) / squared;
  if (dy === 0 && dx === 0) return 0;
  const size = Math.max(Math.abs(x), Math.abs(y));
  if (size === Infinity) return 0;
  const c = x / size;
  const s = y / size;
  return (c * dy - s * dx) / (c * c + s * s) / size;
}
`,
    rule: {
      parameters: ["y", "v", "x", "u"],
      variadic: false,
      // q = (u + iv)/(x + iy); the value is Im q.
      partials: ["−Re(q/(x + iy))", "x/(x² + y²)", "−Im(q/(x + iy))", "−y/(x² + y²)"],
      points: [],
      tangent: atan2Second,
    },
  },
  direction: {
    source: (name) => `\
/** x / r for r = hypot(x, …): ±1 where x is infinite. */
function ${name}(x: number, r: number): number {
  return Math.abs(x) === Infinity ? Math.sign(x) : x / r;
}
`,
    rule: ofXY(["1 / y", "−z / y"], (_x, dx, r, dr, z) => div(sub(dx, mul(z, dr)), r)),
  },
  powSlope: {
    source: (name) => `\
/** ∂z/∂x = y x^(y−1) of z = x ** y, from z where it has its full precision; 0 for y = 0. */
function ${name}(x: number, y: number, z: number): number {
  const size = Math.abs(z);
  if (size > 1e-290 && size < Infinity && y !== 0) return y * (z / x);
  const power = x ** (y - 1);
  return y === 0 || power === 0 ? 0 : y * power;
}
`,
    rule: {
      parameters: ["x", "y", "z"],
      variadic: false,
      // z follows from x and y, so that its tangent is part of theirs.
      partials: ["y (y − 1) x^(y−2)", "x^(y−1) (1 + y ln x)", "0"],
      points: [],
      tangent: ([x, y], [dx, dy]) => (x && y ? powSecond(x, dx, y, dy) : undefined),
    },
  },
};

function powSecond(x: Expression, dx: Tangent, y: Expression, dy: Tangent): Tangent {
  const power = pow(x, sub(y, 1));
  return add(
    unlessZero(dx, (dx) => and(y, mul(y, supported("powSlope", x, sub(y, 1), power), dx))),
    unlessZero(dy, (dy) => and(power, mul(power, add(1, mul(y, ln(x))), dy))),
  );
}

/**
 * T = Im q for q = (u + iv)/(x + iy), so that dT = Im((du + i dv)/(x + iy)) − Im(q e) with e = (dx + i dy)/(x + iy);
 * a real part is an imaginary part turned by i.
 */
function atan2Second(args: readonly Expression[], tangents: readonly Tangent[], T: Expression): Tangent {
  const [y, v, x, u] = args;
  const [dy, dv, dx, du] = tangents;
  if (!(y && v && x && u)) return undefined;
  const imaginary = (up: Tangent, right: Tangent): Tangent =>
    (up ?? right) && supported("atan2Tangent", y, up ?? 0, x, right ?? 0);
  const direct = imaginary(dv, du);
  const real = supported("atan2Tangent", y, u, x, neg(v));
  const turned = add(mul(real, imaginary(dy, dx)), mul(T, imaginary(dx, neg(dy))));
  return sub(direct, turned);
}
