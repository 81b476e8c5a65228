import { Dual, dual, primalOf, term, toNumber } from "./dual.ts";
import { recordLoss } from "./run.ts";

/** ∂f/∂x at x, where y = f(x). */
type Partial1 = (x: number, y: number) => number;

/** Outside its domain a real function has no derivative, whatever the formula would say there. */
const within = (inside: boolean, partial: number): number => (inside ? partial : Number.NaN);

/**
 * Functions of one argument. At the edge of a domain the partial is the limit from inside, hence `Math.abs` where the
 * sign of a zero would otherwise show through.
 */
const unary: Readonly<Record<string, Partial1>> = {
  abs: (x) => Math.sign(x),
  acos: (x) => -1 / Math.sqrt((1 - x) * (1 + x)),
  acosh: (x) => within(x >= 1, 1 / (Math.sqrt(x - 1) * Math.sqrt(x + 1))),
  asin: (x) => 1 / Math.sqrt((1 - x) * (1 + x)),
  asinh: (x) => 1 / Math.hypot(1, x),
  atan: (x) => 1 / (1 + x * x),
  atanh: (x) => within(Math.abs(x) <= 1, 1 / Math.abs((1 - x) * (1 + x))),
  cbrt: (_, y) => 1 / (3 * y * y),
  ceil: () => 0,
  cos: (x) => -Math.sin(x),
  cosh: (x) => Math.sinh(x),
  exp: (_, y) => y,
  expm1: (x) => Math.exp(x),
  floor: () => 0,
  log: (x) => within(x >= 0, 1 / Math.abs(x)),
  log10: (x) => within(x >= 0, 1 / (Math.abs(x) * Math.LN10)),
  log1p: (x) => within(x >= -1, 1 / (1 + x)),
  log2: (x) => within(x >= 0, 1 / (Math.abs(x) * Math.LN2)),
  round: () => 0,
  sign: () => 0,
  sin: (x) => Math.cos(x),
  sinh: (x) => Math.cosh(x),
  sqrt: (_, y) => 1 / (2 * Math.abs(y)),
  tan: (_, y) => 1 + y * y,
  tanh: (x) => Math.cosh(x) ** -2,
  trunc: () => 0,
};

/** Functions of integers: their results are cut out of bits, so a tangent ends there and is recorded as lost. */
const bitwise: readonly string[] = ["clz32", "imul"];

/** ∂(a**b)/∂a = b·a^(b−1); a**0 is constantly 1, and a to +∞ is flat inside the unit circle. */
export function powPartialBase(a: number, b: number): number {
  if (b === 0) return 0;
  if ((b === Number.POSITIVE_INFINITY && Math.abs(a) < 1) || (b === Number.NEGATIVE_INFINITY && Math.abs(a) > 1)) {
    return 0;
  }
  return b * a ** (b - 1);
}

/** ∂(a**b)/∂b = a^b·ln a; zero where a^b vanishes along with its neighbours: a = 0 with b > 0, a = ∞ with b < 0. */
export function powPartialExponent(a: number, b: number): number {
  if (a === 0 && b > 0) return 0;
  if (a === Number.POSITIVE_INFINITY && b < 0) return 0;
  const power = a ** b;
  return power === 0 && a > 0 ? 0 : power * Math.log(a);
}

/** a ** b with its tangent. */
export function pow(a: number | Dual, b: number | Dual): number | Dual {
  const [x, y] = [primalOf(a) as number, primalOf(b) as number];
  let tangent = 0;
  if (a instanceof Dual) tangent += a.tangent * powPartialBase(x, y);
  if (b instanceof Dual) tangent += b.tangent * powPartialExponent(x, y);
  return dual(x ** y, tangent);
}

/** atan2(y, x): ∂y = x/(x²+y²), ∂x = −y/(x²+y²), scaled so that squares do not overflow; flat at infinity. */
function atan2(a: number | Dual, b: number | Dual): number | Dual {
  const [y, x] = [primalOf(a) as number, primalOf(b) as number];
  const radius = Math.hypot(x, y);
  const far = radius === Number.POSITIVE_INFINITY && !Number.isNaN(x) && !Number.isNaN(y);
  const partialY = far ? 0 : x / radius / radius;
  const partialX = far ? 0 : -(y / radius / radius);
  return dual(
    Math.atan2(y, x),
    (a instanceof Dual ? term(partialY, a.tangent) : 0) + (b instanceof Dual ? term(partialX, b.tangent) : 0),
  );
}

/** √Σx²: ∂xᵢ = xᵢ/√Σx²; no derivative where all vanish; one infinite argument alone carries the length. */
function hypot(...args: readonly (number | Dual)[]): number | Dual {
  const xs = args.map((arg) => primalOf(arg) as number);
  const length = Math.hypot(...xs);
  const infinite = xs.filter((x) => Math.abs(x) === Number.POSITIVE_INFINITY).length;
  let tangent = 0;
  args.forEach((arg, i) => {
    if (!(arg instanceof Dual)) return;
    const x = xs[i] ?? 0;
    const alone = infinite === 1 && Math.abs(x) === Number.POSITIVE_INFINITY;
    tangent += arg.tangent * (alone ? Math.sign(x) : x / length);
  });
  return dual(length, tangent);
}

/** The largest or smallest: the tied share the tangent evenly, +0 and −0 are tied; NaN has no derivative. */
function extremum(choose: (...xs: number[]) => number, args: readonly (number | Dual)[]): number | Dual {
  const chosen = choose(...args.map((arg) => primalOf(arg) as number));
  const tied = args.filter((arg) => primalOf(arg) === chosen);
  const active = args.some((arg) => arg instanceof Dual);
  if (tied.length === 0) return dual(chosen, active && Number.isNaN(chosen) ? Number.NaN : 0);
  let sum = 0;
  for (const arg of tied) if (arg instanceof Dual) sum += arg.tangent;
  return dual(chosen, sum / tied.length);
}

function hostMath(name: string): (...args: number[]) => number {
  const f: unknown = Reflect.get(Math, name);
  if (typeof f !== "function") throw new Error(`Math.${name} does not exist in this engine`);
  return f as (...args: number[]) => number;
}

const variadic: Readonly<Record<string, (...args: (number | Dual)[]) => number | Dual>> = {
  atan2: (y = Number.NaN, x = Number.NaN) => atan2(y, x),
  fround: (x = Number.NaN) => (x instanceof Dual ? dual(Math.fround(x.value), Math.fround(x.tangent)) : Math.fround(x)),
  hypot,
  max: (...args) => extremum(Math.max, args),
  min: (...args) => extremum(Math.min, args),
  pow: (a = Number.NaN, b = Number.NaN) => pow(a, b),
  random: () => Math.random(),
};

function liftUnary(name: string, partial: Partial1): (x?: unknown) => number | Dual {
  const f = hostMath(name);
  return (arg) => {
    const x = toNumber(arg);
    if (!(x instanceof Dual)) return f(x);
    const y = f(x.value);
    return dual(y, x.tangent * partial(x.value, y));
  };
}

function build(): Readonly<Record<string, unknown>> {
  const table: Record<string, unknown> = {};
  for (const key of Object.getOwnPropertyNames(Math)) {
    const value: unknown = Reflect.get(Math, key);
    if (typeof value !== "function") table[key] = value;
  }
  for (const [name, partial] of Object.entries(unary)) table[name] = liftUnary(name, partial);
  for (const [name, f] of Object.entries(variadic)) {
    table[name] = (...args: unknown[]) => f(...args.map(toNumber));
  }
  for (const name of bitwise) {
    table[name] = (...args: unknown[]) => {
      const numbers = args.map(toNumber);
      if (numbers.some((x) => x instanceof Dual)) recordLoss(`Math.${name}`);
      return hostMath(name)(...numbers.map((x) => primalOf(x) as number));
    };
  }
  return table;
}

/** The `Math` of interpreted programs: every function of the host's, with tangents. */
export const dualMath: Readonly<Record<string, unknown>> = build();
