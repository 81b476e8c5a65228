import { afterAll, describe, expect, it } from "vitest";
import { checkTangent, compiledTangent, gradient, hessian, hvp, jvp } from "../../runtime/index.ts";
import { load, type Module, workspace } from "./load.ts";

afterAll(() => workspace.dispose());

type Scalar = (...args: number[]) => number;

async function one(source: string, order: number): Promise<Scalar> {
  const { f } = await load(source, { order });
  if (f === undefined) throw new Error("no f");
  return f as Scalar;
}

function expectAll(found: readonly (number | undefined)[], expected: readonly number[], digits: number): void {
  expect(found.length).toBe(expected.length);
  for (const [k, value] of expected.entries()) expect(found[k], `number ${k}`).toBeCloseTo(value, digits);
}

/** The derivatives of a function of one variable, from the value up to an order, by nothing but jvp. */
function derivatives(f: Scalar, x: number, order: number): number[] {
  let g: (...args: never[]) => unknown = f;
  let arguments_: number[] = [x];
  let tangents: number[] = [1];
  const found: number[] = [f(x)];
  for (let k = 1; k <= order; k++) {
    let result: unknown = jvp(g as Scalar, arguments_, tangents);
    while (Array.isArray(result)) result = result.at(-1);
    found.push(result as number);
    const interleaved = arguments_.flatMap((a, i) => [a, tangents[i] ?? 0]);
    g = compiledTangent(g)?.jvp ?? g;
    tangents = interleaved.map((_, i) => (i === 0 ? 1 : 0));
    arguments_ = interleaved;
  }
  return found;
}

describe("derivatives of higher order", () => {
  it.each([
    ["x ** 4", (x: number) => [x ** 4, 4 * x ** 3, 12 * x * x, 24 * x, 24]],
    ["Math.exp(2 * x)", (x: number) => [1, 2, 4, 8, 16].map((c) => c * Math.exp(2 * x))],
    ["Math.sin(x)", (x: number) => [Math.sin(x), Math.cos(x), -Math.sin(x), -Math.cos(x), Math.sin(x)]],
    ["1 / x", (x: number) => [1 / x, -1 / x ** 2, 2 / x ** 3, -6 / x ** 4, 24 / x ** 5]],
    ["Math.log(x)", (x: number) => [Math.log(x), 1 / x, -1 / x ** 2, 2 / x ** 3, -6 / x ** 4]],
    [
      "Math.sqrt(x)",
      (x: number) => [x ** 0.5, 0.5 * x ** -0.5, -0.25 * x ** -1.5, 0.375 * x ** -2.5, -0.9375 * x ** -3.5],
    ],
    [
      "Math.sin(x) * Math.exp(x)",
      (x: number) => {
        const [s, c, e] = [Math.sin(x), Math.cos(x), Math.exp(x)];
        return [s * e, (s + c) * e, 2 * c * e, 2 * (c - s) * e, -4 * s * e];
      },
    ],
    [
      "Math.atan2(x, 2)",
      (x: number) => {
        const d = x * x + 4;
        return [
          Math.atan2(x, 2),
          2 / d,
          (-4 * x) / d ** 2,
          (12 * x * x - 16) / d ** 3,
          (192 * x - 48 * x ** 3) / d ** 4,
        ];
      },
    ],
    ["Math.hypot(x, 0)", (x: number) => [Math.abs(x), 1, 0, 0, 0]],
    ["x ** 2.5", (x: number) => [x ** 2.5, 2.5 * x ** 1.5, 3.75 * x ** 0.5, 1.875 * x ** -0.5, -0.9375 * x ** -1.5]],
  ])("%s", async (text, expected) => {
    const f = await one(`/** @fgrad */ export function f(x: number): number { return ${text}; }`, 4);
    for (const x of [0.7, 1.9]) {
      const found = derivatives(f, x, 4);
      expectAll(found, expected(x), 9);
    }
  });

  it("goes through loops, branches, calls and closures", async () => {
    const f = await one(
      `function half(t: number): number { return t < 0 ? -t * t : t * t * t; }
       /** @fgrad */ export function f(x: number): number {
         let s = 0;
         const add = (t: number): void => { s += half(t) * x; };
         for (let i = -1; i < 3; i++) {
           if (i === 1) continue;
           add(x + i);
         }
         return s;
       }`,
      3,
    );
    for (const x of [0.25, 2]) {
      const h = (t: number) => (t < 0 ? [-t * t, -2 * t, -2, 0] : [t ** 3, 3 * t * t, 6 * t, 6]);
      const parts = [x - 1, x, x + 2].map(h);
      const sum = (k: number) => parts.reduce((total, part) => total + (part[k] ?? 0), 0);
      const expected = [x * sum(0), sum(0) + x * sum(1), 2 * sum(1) + x * sum(2), 3 * sum(2) + x * sum(3)];
      expectAll(derivatives(f, x, 3), expected, 10);
    }
  });

  it("checks against finite differences at each order", async () => {
    const module = await load(
      `/** @fgrad */ export function f(x: Float64Array, k: number): number {
         const scratch = new Float64Array(x.length);
         for (let i = 0; i < x.length; i++) scratch[i] = Math.tanh(x[i]! * k);
         let s = 0;
         for (const v of scratch) s += v * v * k;
         const { a, b } = split(s, k);
         return a * b + Math.max(a, b, k);
       }
       function split(s: number, k: number): { a: number; b: number } { return { a: Math.sin(s), b: s / k }; }`,
      { order: 3 },
    );
    const { f, f_jvp, f_jvp_jvp } = module as Module;
    if (f === undefined || f_jvp === undefined || f_jvp_jvp === undefined) throw new Error("a derivative is missing");
    const x = new Float64Array([0.3, -0.4, 0.9]);
    const t = new Float64Array([1, 0.5, -2]);
    const first = [x, t, 0.8, 0.3] as const;
    expect(checkTangent(f, [x, 0.8]).maxError).toBeLessThan(1e-9);
    expect(checkTangent(f_jvp, first as never).maxError).toBeLessThan(1e-8);
    const u = new Float64Array([0.1, 0.2, 0.3]);
    const w = new Float64Array([-0.3, 0.5, 0.7]);
    const second = [x, u, t, w, 0.8, 0.1, 0.3, 0.2];
    expect(checkTangent(f_jvp_jvp, second as never).maxError).toBeLessThan(1e-7);
    expect(f_jvp(...first)[0]).toBe(f(x, 0.8));
    expect(f_jvp_jvp(...second)[0]).toEqual(f_jvp(...first));
  });

  it("leaves what is inactive inactive, and follows paths into objects", async () => {
    const { f, f_jvp } = await load(
      `export interface State { position: number[]; mass: number; name: string }
       /** @fgrad wrt state.position */
       export function f(state: State, k: number): number {
         const [x = 0, y = 0] = state.position;
         return state.mass * (x * x * y + Math.exp(k * x));
       }`,
      { order: 2 },
    );
    if (f === undefined || f_jvp === undefined) throw new Error("no f");
    const state = { position: [0.5, -2], mass: 3, name: "m" };
    const [value, matrix] = hessian(f as (s: typeof state, k: number) => number)(state, 2);
    expect(value).toBe(f(state, 2));
    const xx = 3 * (2 * -2 + 4 * Math.exp(1));
    const expected = [xx, 3, 3, 0];
    expectAll(
      matrix.flatMap((row) => [...row]),
      expected,
      11,
    );
    expect(compiledTangent(f_jvp)?.active).toEqual([true, true, false]);
  });

  it("uses rules written by hand, and differentiates them", async () => {
    const { f } = await load(
      `/** @fgrad rule cube_jvp */ export function cube(x: number): number { return x * x * x; }
       export function cube_jvp(x: number, x_t: number | undefined): [number, number] {
         return [x * x * x, x_t === undefined ? 0 : 3 * x * x * x_t];
       }
       /** @fgrad */ export function f(x: number): number { return cube(x) * x; }`,
      { order: 3 },
    );
    if (f === undefined) throw new Error("no f");
    derivatives(f as Scalar, 1.5, 3).forEach((value, k) => {
      expect(value).toBeCloseTo([1.5 ** 4, 4 * 1.5 ** 3, 12 * 1.5 ** 2, 24 * 1.5][k] ?? Number.NaN, 11);
    });
  });

  it("stopGradient stops every order", async () => {
    const f = await one(
      `import { stopGradient } from "fgrad";
       /** @fgrad */ export function f(x: number): number { return stopGradient(x) * x * x; }`,
      3,
    );
    expect(derivatives(f, 2, 3)).toEqual([8, 8, 4, 0]);
  });
});

describe("Hessians", () => {
  const rosenbrock = `/** @fgrad */ export function f(x: number, y: number): number {
    const a = 1 - x;
    const b = y - x * x;
    return a * a + 100 * b * b;
  }`;

  it("of Rosenbrock's valley", async () => {
    const f = await one(rosenbrock, 2);
    const [x, y] = [-1.2, 0.7];
    const [value, matrix] = hessian(f)(x, y);
    expect(value).toBe(f(x, y));
    expect(matrix[0]?.[0]).toBeCloseTo(2 - 400 * y + 1200 * x * x, 9);
    expect(matrix[0]?.[1]).toBeCloseTo(-400 * x, 10);
    expect(matrix[1]).toEqual(new Float64Array([matrix[0]?.[1] ?? Number.NaN, 200]));
  });

  it("of Beale's function, and hvp is its product with a vector", async () => {
    const f = await one(
      `/** @fgrad */ export function f(x: number, y: number): number {
         const a = 1.5 - x + x * y;
         const b = 2.25 - x + x * y * y;
         const c = 2.625 - x + x * y * y * y;
         return a * a + b * b + c * c;
       }`,
      2,
    );
    const [x, y] = [0.8, -0.6];
    const parts = [1.5, 2.25, 2.625].map((k, i) => {
      const n = i + 1;
      return {
        r: k - x + x * y ** n,
        x: y ** n - 1,
        y: n * x * y ** (n - 1),
        xy: n * y ** (n - 1),
        yy: n * (n - 1) * x * y ** (n - 2),
      };
    });
    const sum = (g: (part: (typeof parts)[number]) => number) => parts.reduce((total, part) => total + 2 * g(part), 0);
    const h = [sum((p) => p.x * p.x), sum((p) => p.x * p.y + p.r * p.xy), sum((p) => p.y * p.y + p.r * p.yy)] as const;
    const [, [row0, row1]] = hessian(f)(x, y);
    expectAll([row0?.[0], row0?.[1], row1?.[1]], h, 10);
    const [value, [px, py]] = hvp(f as (x: number, y: number) => number)([x, y], [2, -3]);
    expect(value).toBe(f(x, y));
    expect(px).toBeCloseTo(2 * h[0] - 3 * h[1], 10);
    expect(py).toBeCloseTo(2 * h[1] - 3 * h[2], 10);
    const [, [qx, qy]] = hvp(f as (x: number, y: number) => number)([x, y], [1, undefined]);
    expect([qx, qy]).toEqual([row0?.[0], row0?.[1]]);
  });

  it("of a quadratic form is its matrix, symmetric to rounding", async () => {
    const { f } = await load(
      `/** @fgrad wrt x */ export function f(x: Float64Array, a: readonly number[]): number {
         const n = x.length;
         let s = 0;
         for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) s += 0.5 * x[i]! * a[i * n + j]! * x[j]!;
         return s;
       }`,
      { order: 2 },
    );
    if (f === undefined) throw new Error("no f");
    const a = [4, 1, -2, 1, 3, 0.5, -2, 0.5, 5];
    const x = new Float64Array([1, -2, 0.5]);
    const g = f as (x: Float64Array, a: readonly number[]) => number;
    const [, matrix] = hessian(g)(x, a);
    expectAll(
      matrix.flatMap((row) => [...row]),
      a,
      13,
    );
    const v = new Float64Array([0.3, 0.6, -1]);
    const [, [product, none]] = hvp(g)([x, a], [v]);
    expect(none).toBeUndefined();
    for (let i = 0; i < 3; i++) {
      expect(product?.[i]).toBeCloseTo(
        [0, 1, 2].reduce((s, j) => s + (a[3 * i + j] ?? 0) * (v[j] ?? 0), 0),
        13,
      );
    }
    expect([...v]).toEqual([0.3, 0.6, -1]);
  });

  it("of a function that changes its argument are those at what it was given", async () => {
    const { f } = await load(
      `/** @fgrad */ export function f(x: number[]): number {
         for (let i = 0; i < x.length; i++) x[i] = x[i]! * x[i]!;
         return x[0]! * x[1]!;
       }`,
      { order: 2 },
    );
    const x = [3, 2];
    const [value, matrix] = hessian(f as (x: number[]) => number)(x);
    expect(value).toBe(36);
    expect(matrix.map((row) => [...row])).toEqual([
      [8, 24],
      [24, 18],
    ]);
    expect(x).toEqual([9, 4]);
  });

  it("need order 2, and say so", async () => {
    const f = await one(rosenbrock, 1);
    expect(() => hessian(f)).toThrow(/`f` was compiled for first derivatives only.*--order 2.*`order: 2`/);
    expect(() => hvp(f)).toThrow(/^hvp: `f` was compiled for first/);
    expect(() => hvp((x: number) => x)).toThrow(/was not compiled by fgrad/);
    expect(gradient(f)(1, 1)[0]).toBe(0);
  });
});
