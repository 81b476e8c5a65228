import { describe, expect, test } from "vitest";
import { runDual } from "./interpreter/index.ts";
import { dualMath } from "./interpreter/mathTable.ts";
import { derivativeAtZero, expectClose } from "./numeric.ts";

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;

/** The tangent of an expression in the variables a, b, c, … */
function tangentOf(expression: string, args: readonly number[], tangents: readonly number[]): unknown {
  const names = args.map((_, i) => "abcdef"[i]).join(", ");
  const source = `export const f = (${names}) => ${expression};`;
  return runDual({ files: { "main.ts": source }, entry: "main.ts", function: "f", args, tangents }).tangent;
}

test("every function and constant of Math is there", () => {
  expect(Object.keys(dualMath).sort()).toEqual(Object.getOwnPropertyNames(Math).sort());
});

describe("ordinary points against differences, every argument", () => {
  const unary: Readonly<Record<string, readonly number[]>> = {
    abs: [-2, 3],
    acos: [-0.6, 0, 0.9],
    acosh: [1.5, 20],
    asin: [-0.6, 0, 0.9],
    asinh: [-30, 0, 0.2],
    atan: [-5, 0, 0.3],
    atanh: [-0.7, 0, 0.5],
    cbrt: [-8, 0.3, 5],
    cos: [-1, 0, 2],
    cosh: [-1, 0, 2],
    exp: [-3, 0, 2],
    expm1: [-1, 1e-3, 2],
    log: [0.4, 1, 30],
    log10: [0.4, 1, 30],
    log1p: [-0.6, 1e-3, 3],
    log2: [0.4, 1, 30],
    sin: [-1, 0, 2],
    sinh: [-1, 0, 2],
    sqrt: [0.3, 1, 9],
    tan: [-1, 0, 1.2],
    tanh: [-1, 0, 2],
    floor: [1.5],
    ceil: [1.5],
    round: [1.2],
    trunc: [-1.5],
    sign: [-3],
  };
  for (const [name, points] of Object.entries(unary)) {
    const f = Reflect.get(Math, name) as (x: number) => number;
    test.each(points)(`${name} at %d`, (x) => {
      const { value, error } = derivativeAtZero((h) => f(x + h), { step: 0.05 });
      expect(error).toBeLessThan(1e-9 * Math.max(1, Math.abs(value)));
      expectClose(tangentOf(`Math.${name}(a)`, [x], [1]), value, 1e-9);
      expectClose(tangentOf(`Math.${name}(a)`, [x], [-0.5]), -0.5 * value, 1e-9);
    });
  }

  const several: readonly (readonly [string, (...xs: number[]) => number, readonly number[]])[] = [
    ["a + b", (a = 0, b = 0) => a + b, [1.5, -2]],
    ["a - b", (a = 0, b = 0) => a - b, [1.5, -2]],
    ["a * b", (a = 0, b = 0) => a * b, [1.5, -2]],
    ["a / b", (a = 0, b = 0) => a / b, [1.5, -2]],
    ["a % b", (a = 0, b = 0) => a % b, [7.3, -2.1]],
    ["a ** b", (a = 0, b = 0) => a ** b, [1.7, -0.6]],
    ["Math.pow(a, b)", Math.pow, [0.4, 2.5]],
    ["Math.atan2(a, b)", Math.atan2, [-1.2, -0.7]],
    ["Math.atan2(a, b)", Math.atan2, [2, 0]],
    ["Math.hypot(a, b, c)", Math.hypot, [1.2, -0.7, 3]],
    ["Math.max(a, b, c)", Math.max, [1.2, -0.7, 0.3]],
    ["Math.min(a, b, c)", Math.min, [1.2, -0.7, 0.3]],
  ];
  test.each(several)("%s", (expression, f, point) => {
    point.forEach((_, i) => {
      const direction = point.map((_, k) => (k === i ? 1 : 0));
      const { value } = derivativeAtZero((h) => f(...point.map((x, k) => (k === i ? x + h : x))), { step: 0.05 });
      expectClose(tangentOf(expression, point, direction), value, 1e-9, `argument ${i}`);
    });
  });
});

describe("singular points, infinities, NaN", () => {
  type Row = readonly [expression: string, args: readonly number[], tangents: readonly number[], expected: number];
  const rows: readonly Row[] = [
    ["Math.abs(a)", [0], [1], 0],
    ["Math.abs(a)", [-0], [1], 0],
    ["Math.abs(a)", [nan], [1], nan],
    ["Math.abs(a)", [-inf], [1], -1],
    ["Math.sign(a)", [0], [1], 0],
    ["Math.floor(a)", [2], [1], 0],
    ["Math.round(a)", [0.5], [1], 0],
    ["Math.max(a, b)", [2, 2], [1, 3], 2],
    ["Math.max(a, b, c)", [2, 2, 2], [1, 0, 5], 2],
    ["Math.max(a, b, c)", [2, 1, 2], [1, 9, 4], 2.5],
    ["Math.min(a, b)", [0, -0], [1, 0], 0.5],
    ["Math.max(a, b)", [inf, inf], [1, 0], 0.5],
    ["Math.max(a, b)", [nan, 1], [0, 1], nan],
    ["Math.max(a, 0)", [0], [1], 0.5],
    ["a > 0 ? a : 0", [0], [1], 0],
    ["Math.sqrt(a)", [0], [1], inf],
    ["Math.sqrt(a)", [0], [-1], -inf],
    ["Math.sqrt(a)", [0], [0], 0],
    ["Math.sqrt(a)", [-0], [1], inf],
    ["Math.sqrt(a)", [-1], [1], nan],
    ["Math.sqrt(a)", [inf], [1], 0],
    ["Math.cbrt(a)", [0], [1], inf],
    ["Math.cbrt(a)", [-0], [1], inf],
    ["Math.cbrt(a)", [0], [0], 0],
    ["Math.log(a)", [0], [1], inf],
    ["Math.log(a)", [-0], [1], inf],
    ["Math.log(a)", [0], [0], 0],
    ["Math.log(a)", [-1], [1], nan],
    ["Math.log2(a)", [0], [1], inf],
    ["Math.log10(a)", [-2], [1], nan],
    ["Math.log1p(a)", [-1], [1], inf],
    ["Math.log1p(a)", [-2], [1], nan],
    ["Math.log(a)", [inf], [1], 0],
    ["Math.asin(a)", [1], [1], inf],
    ["Math.acos(a)", [-1], [1], -inf],
    ["Math.asin(a)", [2], [1], nan],
    ["Math.acosh(a)", [1], [1], inf],
    ["Math.acosh(a)", [-2], [1], nan],
    ["Math.atanh(a)", [1], [1], inf],
    ["Math.atanh(a)", [-1], [1], inf],
    ["Math.atanh(a)", [2], [1], nan],
    ["Math.atan(a)", [inf], [1], 0],
    ["Math.tanh(a)", [-inf], [1], 0],
    ["Math.tanh(a)", [1000], [1], 0],
    ["Math.exp(a)", [-inf], [1], 0],
    ["Math.exp(a)", [inf], [1], inf],
    ["Math.sin(a)", [inf], [1], nan],
    ["Math.sin(a)", [nan], [1], nan],
    ["Math.sin(a)", [nan], [0], 0],
    ["Math.hypot(a, b)", [0, 0], [1, 1], nan],
    ["Math.hypot(a, b)", [0, 0], [0, 0], 0],
    ["Math.hypot(a, b)", [0, -2], [1, 1], -1],
    ["Math.hypot(a, b)", [-inf, 2], [1, 0], -1],
    ["Math.hypot(a, b)", [-inf, 2], [0, 1], 0],
    ["Math.hypot(a, b)", [1e200, 1e200], [1, 0], Math.SQRT1_2],
    ["Math.atan2(a, b)", [0, 0], [1, 0], nan],
    ["Math.atan2(a, b)", [0, 0], [0, 0], 0],
    ["Math.atan2(a, b)", [inf, 1], [1, 1], 0],
    ["Math.atan2(a, b)", [1e-200, 1e-200], [1, 0], 0.5e200],
    ["a ** 2", [0], [1], 0],
    ["a ** 3", [-2], [1], 12],
    ["a ** 1", [0], [1], 1],
    ["a ** 0", [0], [1], 0],
    ["a ** 0", [nan], [1], 0],
    ["a ** -1", [0], [1], -inf],
    ["a ** 0.5", [0], [1], inf],
    ["a ** 0.5", [0], [0], 0],
    ["a ** 0.5", [-1], [1], nan],
    ["a ** b", [0, 2], [0, 1], 0],
    ["a ** b", [0, 2], [1, 1], 0],
    ["a ** b", [0, 0], [0, 1], -inf],
    ["a ** b", [0, -1], [0, 1], -inf],
    ["a ** b", [-2, 2], [0, 1], nan],
    ["a ** b", [-2, 2], [1, 0], -4],
    ["a ** b", [inf, -1], [0, 1], 0],
    ["a ** b", [0.5, inf], [1, 1], 0],
    ["1 / a", [0], [1], -inf],
    ["1 / a", [-0], [1], -inf],
    ["a / b", [0, 0], [1, 0], inf],
    ["a / b", [1, inf], [1, 1], 0],
    ["a * b", [inf, 2], [1, 0], 2],
    ["a % b", [7, 2], [1, 1], -2],
    ["a % b", [-7, 2], [1, 1], 4],
    ["a % b", [6, 3], [0, 1], -2],
    ["a % b", [5, inf], [1, 1], 1],
    ["Math.fround(a)", [0.1], [0.1], Math.fround(0.1)],
    ["Math.fround(a)", [1], [1e300], inf],
  ];
  test.each(rows)("%s at %j along %j", (expression, args, tangents, expected) => {
    expectClose(tangentOf(expression, args, tangents), expected, 1e-15);
  });
});
