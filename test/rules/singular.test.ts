/** The rules where derivatives end: singular points, ties, ±0, ±∞, NaN, and tangents that are the number 0. */
import { describe, expect, test } from "vitest";
import { conventions, rows } from "../../compiler/rules/conventions.ts";
import { mathRules } from "../../compiler/rules/math.ts";
import { binaryRules } from "../../compiler/rules/operators.ts";
import { activities, primal, tangent } from "./operations.ts";

const inf = Number.POSITIVE_INFINITY;
const nan = Number.NaN;
const no = undefined;

/** [arguments, tangents (`no`: inactive), expected]; −0 counts as 0. */
type Row = readonly [args: readonly number[], tangents: readonly (number | undefined)[], expected: number | undefined];

function table(name: string, tableRows: readonly Row[]): void {
  test(name, () => {
    for (const [args, tangents, expected] of tableRows) {
      const actual = tangent(name, args, tangents);
      expect
        .soft(same(actual, expected), `${name}(${args}) along (${tangents}): ${actual}, not ${expected}`)
        .toBe(true);
    }
  });
}

function same(a: number | undefined, b: number | undefined): boolean {
  return a === b || (Number.isNaN(a) && Number.isNaN(b));
}

/** Edges of a domain: at each point, along −2, 0 and 3. */
function edges(name: string, points: readonly number[], sign: 1 | -1, outside: readonly number[]): void {
  table(name, [
    ...points.flatMap((x): Row[] => [
      [[x], [3], sign * inf],
      [[x], [-2], -sign * inf],
      [[x], [0], 0],
      [[x], [-0], 0],
      [[x], [nan], nan],
    ]),
    ...[...outside, nan].flatMap((x): Row[] => [
      [[x], [3], nan],
      [[x], [-2], nan],
      [[x], [0], 0],
    ]),
  ]);
}

describe("edges of domains", () => {
  edges("sqrt", [0, -0], 1, [-1, -1e-320, -inf]);
  edges("cbrt", [0, -0], 1, []);
  edges("log", [0, -0], 1, [-1, -5e-324, -inf]);
  edges("log2", [0, -0], 1, [-1, -5e-324, -inf]);
  edges("log10", [0, -0], 1, [-1, -5e-324, -inf]);
  edges("log1p", [-1], 1, [-1.5, -inf]);
  edges("asin", [1, -1], 1, [1.5, -1.5, inf, -inf]);
  edges("acos", [1, -1], -1, [1.5, -1.5, inf, -inf]);
  edges("acosh", [1], 1, [0.5, 0, -0, -1, -3, -inf]);
  edges("atanh", [1, -1], 1, [1.5, -1.5, inf, -inf]);
});

describe("at infinity", () => {
  const flatThere = ["acosh", "asinh", "atan", "cbrt", "log", "log10", "log1p", "log2", "sqrt", "tanh"];
  for (const name of flatThere) table(name, [[[inf], [3], 0]]);
  for (const name of ["asinh", "atan", "cbrt", "exp", "expm1", "tanh"]) table(name, [[[-inf], [3], 0]]);
  for (const name of ["sin", "cos", "tan"]) {
    table(name, [
      [[inf], [1], nan],
      [[-inf], [1], nan],
    ]);
  }
  table("exp", [[[inf], [2], inf]]);
  table("expm1", [[[inf], [2], inf]]);
  table("sinh", [
    [[inf], [2], inf],
    [[-inf], [2], inf],
    [[1000], [-1], -inf],
  ]);
  table("cosh", [
    [[inf], [2], inf],
    [[-inf], [2], -inf],
    [[-1000], [-1], inf],
  ]);
  table("abs", [
    [[inf], [2], 2],
    [[-inf], [2], -2],
  ]);
  table("fround", [[[inf], [2], 2]]);
});

test("where a function of one argument has no value, it has no slope", () => {
  const special = [0, -0, 1, -1, 0.5, 2, -2, 1e308, -1e308, 5e-324, -5e-324, inf, -inf, nan];
  for (const { rule, text } of rows) {
    const name = /^Math\.(\w+)/.exec(text)?.[1];
    if (name === undefined || rule.parameters.length !== 1 || rule.variadic || rule.partials[0] === "0") continue;
    if (name === "fround") continue;
    for (const x of special) {
      if (!Number.isNaN(primal(name, [x]))) continue;
      expect.soft(tangent(name, [x], [1]), `${name}(${x})`).toBeNaN();
    }
  }
});

describe("no slope at kinks and jumps", () => {
  table("abs", [
    [[0], [3], 0],
    [[-0], [3], 0],
    [[nan], [1], nan],
    [[5e-324], [3], 3],
    [[-5e-324], [3], -3],
  ]);
  for (const name of ["ceil", "clz32", "floor", "round", "sign", "trunc"]) {
    table(
      name,
      [0, -0, 0.5, 1, -2.5, inf, -inf, nan].map((x): Row => [[x], [1], no]),
    );
  }
  table("imul", [
    [[3, 4], [1, 1], no],
    [[0, nan], [1, no], no],
  ]);
});

describe("max and min: ties are split evenly, a constant among the tied", () => {
  table("max", [
    [[], [], no],
    [[3], [5], 5],
    [[3, 2], [5, 7], 5],
    [[2, 3], [5, 7], 7],
    [[3, 3], [5, 7], 6],
    [[3, 3], [5, no], 2.5],
    [[3, 3], [no, 7], 3.5],
    [[2, 3], [5, no], 0],
    [[2, 3], [no, 7], 7],
    [[3, 2], [no, 7], 0],
    [[0, -0], [5, 7], 6],
    [[-0, 0], [5, no], 2.5],
    [[inf, inf], [5, 7], 6],
    [[-inf, -inf], [5, 7], 6],
    [[nan, 2], [5, 7], nan],
    [[2, nan], [5, 7], nan],
    [[nan, 2], [no, 7], nan],
    [[nan, nan], [5, 7], nan],
    [[2, 3], [inf, 7], 7],
    [[3, 2], [1, nan], 1],
    [[1, 3, 2], [5, 7, 9], 7],
    [[3, 3, 3], [1, 2, 6], 3],
    [[3, 1, 3], [1, 2, 6], 3.5],
    [[3, 3, 3], [no, no, 6], 2],
    [[3, 3, 1], [no, no, 6], 0],
    [[0, -0, -1], [4, 2, 6], 3],
    [[3, nan, 1], [4, 2, 6], nan],
    [[3, 1, 2], [4, inf, nan], 4],
    [[1, 2, 2, 2], [9, 1, no, 5], 2],
  ]);
  table("min", [
    [[], [], no],
    [[3], [5], 5],
    [[3, 2], [5, 7], 7],
    [[2, 3], [5, 7], 5],
    [[3, 3], [5, 7], 6],
    [[3, 3], [5, no], 2.5],
    [[2, 3], [no, 7], 0],
    [[-0, 0], [5, 7], 6],
    [[nan, 2], [5, 7], nan],
    [[2, nan], [no, 7], nan],
    [[1, 3, 2], [5, 7, 9], 5],
    [[1, 1, 2], [5, 7, 9], 6],
    [[1, 1, 1], [5, no, no], 5 / 3],
    [[3, nan, 1], [4, no, no], nan],
  ]);

  test("with constants, on whichever side", () => {
    const relu = (x: number, dx: number) => [
      tangent("max", [0, x], [no, dx], [true, false]),
      tangent("max", [x, 0], [dx, no], [false, true]),
    ];
    expect(relu(2, 3)).toEqual([3, 3]);
    expect(relu(-2, 3)).toEqual([0, 0]);
    expect(relu(-2, inf)).toEqual([0, 0]);
    expect(relu(0, 3)).toEqual([1.5, 1.5]);
    expect(relu(-0, 3)).toEqual([1.5, 1.5]);
    expect(relu(nan, 3)).toEqual([nan, nan]);
    expect(tangent("min", [1, 0.5, 0], [no, 4, no], [true, false, true])).toBe(0);
    expect(tangent("min", [1, 0, 0], [no, 4, no], [true, false, true])).toBe(2);
  });
});

describe("hypot", () => {
  table("hypot", [
    [[], [], no],
    [[3], [2], 2],
    [[-3], [2], -2],
    [[0], [2], 2],
    [[0], [-2], 2],
    [[0], [0], 0],
    [[3, 4], [1, 0], 0.6],
    [[3, -4], [no, 1], -0.8],
    [[0, 0], [0, 0], 0],
    [[0, 0], [3, 4], 5],
    [[0, -0], [-3, 4], 5],
    [[-0, 0], [-3, no], 3],
    [[0, 0], [no, 0], 0],
    [[0, 0, 0], [2, 3, 6], 7],
    [[0, 0, 0], [2, no, 0], 2],
    [[1, 2, 2], [3, 3, 3], 5],
    [[inf, 1], [2, 5], 2],
    [[-inf, 1], [2, 5], -2],
    [[1, -inf], [2, no], 0],
    [[nan, 1], [2, 5], nan],
    [[nan, 1], [no, 5], nan],
    [[1e300, 0], [1e300, 1], 1e300],
  ]);
});

test("hypot with a constant", () => {
  expect(tangent("hypot", [0, 0], [-3, no], [false, true])).toBe(3);
  expect(tangent("hypot", [0, 2], [-3, no], [false, true])).toBe(-0);
  expect(tangent("hypot", [-1.5, 2], [-3, no], [false, true])).toBeCloseTo(1.8, 15);
});

describe("atan2", () => {
  table("atan2", [
    [[0, 0], [0, 0], 0],
    [[0, 0], [0, no], 0],
    [[0, -0], [no, 0], 0],
    [[-0, 0], [-0, 0], 0],
    [[0, 0], [1, 0], nan],
    [[0, -0], [no, 1], nan],
    [[-0, -0], [1, 1], nan],
    [[0, 2], [1, 7], 0.5],
    [[-0, 2], [1, 7], 0.5],
    [[0, -2], [1, 7], -0.5],
    [[-0, -2], [1, no], -0.5],
    [[2, 0], [7, 1], -0.5],
    [[2, -0], [7, no], 0],
    [[inf, 1], [1, 1], 0],
    [[1, -inf], [1, 1], 0],
    [[inf, inf], [1, 1], 0],
    [[nan, 1], [1, 0], nan],
    [[1, nan], [1, no], nan],
    [[inf, nan], [1, 1], nan],
    [[5e-324, 5e-324], [0, 0], 0],
    [[1e308, 1e308], [1e308, 0], 0.5],
  ]);
});

for (const name of ["**", "pow"]) {
  describe(name === "**" ? "x ** y" : "Math.pow(x, y)", () => {
    table(name, [
      // x = 0, the slope in x
      [[0, 0.5], [3, no], inf],
      [[0, 0.5], [-3, no], -inf],
      [[-0, 0.5], [3, no], inf],
      [[0, 1], [3, no], 3],
      [[-0, 1], [3, no], 3],
      [[0, 1.5], [3, no], 0],
      [[0, 2], [3, no], 0],
      [[0, 0], [3, no], 0],
      [[0, -1], [3, no], -inf],
      [[-0, -1], [3, no], -inf],
      [[0, -2], [3, no], -inf],
      [[-0, -2], [3, no], inf],
      [[0, 0.5], [0, no], 0],
      [[0, -1], [0, no], 0],
      [[0, -1], [0, 0], 0],
      [[0, inf], [3, no], 0],
      // x = 0, the slope in y
      [[0, 2], [no, 3], 0],
      [[-0, 3], [no, 3], 0],
      [[0, 0.5], [no, 3], 0],
      [[0, 1], [5, 3], 5],
      [[0, 0], [no, 3], -inf],
      [[0, 0], [no, 0], 0],
      [[0, -2], [no, 3], -inf],
      [[0, -2], [no, 0], 0],
      [[0, nan], [no, 3], nan],
      // x < 0: real for whole y alone
      [[-2, 3], [1, no], 12],
      [[-2, 3], [1, 0], 12],
      [[-2, -1], [1, 0], -0.25],
      [[-2, 3], [0, 0], 0],
      [[-2, 3], [1, 1], nan],
      [[-2, 3], [no, 1], nan],
      [[-2, 0], [1, no], 0],
      [[-8, 1 / 3], [1, no], nan],
      [[-8, 1 / 3], [0, no], 0],
      // y = 0, NaN, infinities
      [[nan, 0], [1, no], 0],
      [[inf, 0], [1, no], 0],
      [[nan, 2], [1, no], nan],
      [[1, nan], [no, 1], nan],
      [[1, nan], [1, no], nan],
      [[1, inf], [1, no], nan],
      [[-1, inf], [1, no], nan],
      [[1, 3], [no, 1], 0],
      [[1, 0], [no, 1], 0],
      [[inf, 2], [1, no], inf],
      [[inf, 1], [4, no], 4],
      [[inf, 0.5], [4, no], 0],
      [[inf, -2], [4, no], 0],
      [[inf, -2], [no, 1], 0],
      [[inf, 2], [no, 1], inf],
      [[0.5, inf], [no, 1], 0],
      [[0.5, inf], [1, no], 0],
      [[2, inf], [no, 1], inf],
      [[2, -inf], [1, no], 0],
      [[2, -inf], [no, 1], 0],
      [[0.5, -inf], [no, 1], -inf],
    ]);

    test("with a constant exponent or base the same", () => {
      const special = [0, -0, 1, -1, 0.5, -0.5, 2, -2, 3, 1e-320, -1e-320, inf, -inf, nan];
      const exponents = [0, 1, -1, 2, -2, 3, 4, 5, 6, -3, 0.5, -0.5, 1.5, 0.25, -1.5];
      const odd: string[] = [];
      for (const x of special) {
        for (const y of exponents) {
          for (const d of [1, -2, 0]) {
            const constant = tangent(name, [x, y], [d, no], [false, true]) ?? 0;
            const general = tangent(name, [x, y], [d, no]) ?? 0;
            if (!close(constant, general) && !overflows(x, y, d))
              odd.push(`${x} ** ${y}, ${d}: ${constant}, ${general}`);
          }
        }
      }
      for (const x of [0.5, 1, 2, 3, 10, Math.E]) {
        for (const y of [0, 1, -2, 0.5, 400, -2000]) {
          const constant = tangent(name, [x, y], [no, 1.5], [true, false]) ?? 0;
          const general = tangent(name, [x, y], [no, 1.5]) ?? 0;
          if (!close(constant, general)) odd.push(`${x} ** ${y}: ${constant}, ${general}`);
        }
      }
      expect(odd).toEqual([]);
    });
  });
}

/** A slope that is infinite in the middle of the domain times a tangent of 0. */
function overflows(x: number, y: number, d: number): boolean {
  return d === 0 && !Number.isFinite(primal("**", [x, y])) && y > 1;
}

function close(a: number, b: number): boolean {
  return same(a, b) || Math.abs(a - b) <= 1e-14 * Math.abs(a) + 1e-300;
}

describe("operators", () => {
  table("/", [
    [[1, 0], [2, no], inf],
    [[1, -0], [2, no], -inf],
    [[0, 0], [0, no], nan],
    [[1, 0], [no, 2], -inf],
    [[1, inf], [1, 1], 0],
    [[inf, 2], [3, no], 1.5],
  ]);
  test("1 / y", () => {
    const inverse = (y: number, dy: number) => tangent("/", [1, y], [no, dy], [true, false]);
    expect(inverse(4, 2)).toBe(-0.125);
    expect(inverse(0, 2)).toBe(-inf);
    expect(inverse(-0, 2)).toBe(-inf);
    expect(inverse(inf, 2)).toBe(-0);
    expect(inverse(nan, 2)).toBeNaN();
  });
  table("%", [
    [[7, 3], [1, 1], -1],
    [[6, 3], [1, 1], -1],
    [[-7, 3], [1, 1], 3],
    [[7, inf], [1, 5], 1],
    [[0, 3], [2, 5], 2],
    [[7, 0], [no, 1], nan],
    [[7, 0], [1, 1], nan],
    [[inf, 3], [1, 1], nan],
    [[nan, 3], [1, 1], nan],
  ]);
  table("*", [
    [[0, -0], [1, 1], 0],
    [[inf, 2], [1, 1], inf],
    [[nan, 2], [no, 1], nan],
  ]);
});

describe("a tangent that is the number 0 stays exactly 0", () => {
  const special = [
    0,
    -0,
    1,
    -1,
    0.5,
    -0.5,
    2,
    -2,
    3,
    7.5,
    5e-324,
    -5e-324,
    1e-160,
    1e160,
    1e308,
    -1e308,
    inf,
    -inf,
    nan,
  ];
  const arity = (parameters: number, variadic: boolean) => (variadic ? [1, 2, 3] : [parameters]);
  for (const [name, rule] of [...Object.entries(binaryRules), ...Object.entries(mathRules)]) {
    test(name, () => {
      const guarded = rule.points.some(({ derivative }) => derivative.includes("0 along a zero tangent"));
      for (const n of arity(rule.parameters.length, rule.variadic)) {
        for (const args of tuples(special, n)) {
          const ordinary = [...args, primal(name, args), slopeOfRemainder(name, args)].every(Number.isFinite);
          if (!ordinary && !(guarded && !rule.variadic && !args.some(Number.isNaN))) continue;
          for (const active of activities(n)) {
            const actual = tangent(
              name,
              args,
              active.map((it) => (it ? 0 : no)),
            );
            if ((actual ?? 0) !== 0) expect.soft(actual, `${name}(${args}), active ${active}`).toBe(0);
          }
        }
      }
    });
  }
});

/** The whole quotient is the slope of `%`; it overflows where the value does not. */
function slopeOfRemainder(name: string, [x = 0, y = 0]: readonly number[]): number {
  return name === "%" ? x / y : 0;
}

function tuples(values: readonly number[], n: number): readonly (readonly number[])[] {
  if (n === 0) return [[]];
  return tuples(values, n - 1).flatMap((head) => values.map((value) => [...head, value]));
}

test("every convention is a row that names its function", () => {
  expect(conventions.length).toBeGreaterThan(30);
  for (const { function: text, at, derivative, why } of conventions) {
    expect(rows.some((row) => row.text === text)).toBe(true);
    for (const part of [at, derivative, why]) expect(part).not.toBe("");
  }
});
