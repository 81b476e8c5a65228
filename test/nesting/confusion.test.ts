import { afterAll, describe, expect, it } from "vitest";
import { checkTangent, jvp } from "../../runtime/index.ts";
import { load, workspace } from "./load.ts";

afterAll(() => workspace.dispose());

/** One variable, its derivative by hand, at some points. */
async function derivativeIs(source: string, value: (x: number) => number, slope: (x: number) => number): Promise<void> {
  const { f } = await load(`import { jvp, gradient, hvp } from "fgrad";\n${source}`);
  if (f === undefined) throw new Error("no f");
  for (const x of [0.3, -1.2, 2, 5]) {
    const [y, y_t] = jvp(f, [x], [1]) as [number, number];
    expect(y).toBe(f(x));
    expect(y).toBeCloseTo(value(x), 12);
    expect(y_t).toBeCloseTo(slope(x), 11);
  }
}

describe("perturbation confusion", () => {
  it("d/dx x · d/dy (x + y) is 1: the textbook case", async () => {
    await derivativeIs(
      `/** @fgrad */ export function f(x: number): number {
         return x * jvp((y: number) => x + y, [1], [1])[1];
       }`,
      (x) => x,
      () => 1,
    );
  });

  it("d/dx x · d/dy (x · y) is 2x", async () => {
    await derivativeIs(
      `/** @fgrad */ export function f(x: number): number {
         const inner = (y: number): number => x * y;
         const [, d] = jvp(inner, [2], [1]);
         return x * d;
       }`,
      (x) => x * x,
      (x) => 2 * x,
    );
  });

  it("the inner point may be the outer variable itself", async () => {
    await derivativeIs(
      `/** @fgrad */ export function f(x: number): number {
         function inner(y: number) { return Math.sin(x * y) * y; }
         return jvp(inner, [x], [1])[1];
       }`,
      (x) => Math.sin(x * x) + x * x * Math.cos(x * x),
      (x) => 2 * x * Math.cos(x * x) + 2 * x * Math.cos(x * x) - 2 * x ** 3 * Math.sin(x * x),
    );
  });

  it("the inner direction may be the outer variable", async () => {
    await derivativeIs(
      `/** @fgrad */ export function f(x: number): number {
         return jvp((y: number) => y * y * x, [x], [x])[1];
       }`,
      (x) => 2 * x ** 3,
      (x) => 6 * x * x,
    );
  });

  it("holds three deep: d/dx d/dy d/dz of x² y² z² …", async () => {
    await derivativeIs(
      `/** @fgrad */ export function f(x: number): number {
         return jvp((y: number) => y * jvp((z: number) => x * x * y * y * z * z, [x * y], [1])[1], [x], [1])[1];
       }`,
      // y · 2 x² y² (x y) = 2 x³ y⁴ → 8 x³ y³ at y = x
      (x) => 8 * x ** 6,
      (x) => 48 * x ** 5,
    );
  });

  it("a local function may call another that captures", async () => {
    await derivativeIs(
      `/** @fgrad */ export function f(x: number): number {
         const scale = (t: number): number => t * x;
         const inner = (y: number): number => scale(y) * scale(y);
         return jvp(inner, [3], [1])[1];
       }`,
      (x) => 6 * x * x,
      (x) => 12 * x,
    );
  });

  it("gradient takes closures as well, by name and in place", async () => {
    await derivativeIs(
      `/** @fgrad */ export function f(x: number): number {
         const g = gradient((u: number, v: number) => x * u * u * v);
         const [value, [du, dv]] = g(x, 2);
         return value + du + dv;
       }`,
      (x) => 2 * x ** 3 + 4 * x * x + x ** 3,
      (x) => 9 * x * x + 8 * x,
    );
  });

  it("a module's function keeps its own perturbation", async () => {
    await derivativeIs(
      `function g(x: number, y: number): number { return x * x * y; }
       /** @fgrad */ export function f(x: number): number {
         const [v, d] = jvp(g, [x, x], [1, undefined]);
         const [, e] = jvp(g, [x, 3], [undefined, 1]);
         return v * d + e;
       }`,
      // x³ · 2x² + x²
      (x) => 2 * x ** 5 + x * x,
      (x) => 10 * x ** 4 + 2 * x,
    );
  });

  it("derivatives at constants stay the user's own calls", async () => {
    await derivativeIs(
      `function g(x: number): number { return x * x; }
       /** @fgrad */ export function f(x: number): number {
         const k = 3;
         const slope = jvp(g, [k], [1])[1];
         const other = jvp((y: number) => y * k, [k], [1])[1];
         const [, [third]] = gradient((y: number) => y * k)(k);
         return slope * x + other + third;
       }`,
      (x) => 6 * x + 6,
      () => 6,
    );
  });

  it("hvp inside of a function", async () => {
    await derivativeIs(
      `function g(u: number, v: number): number { return u * u * v * v * v; }
       /** @fgrad */ export function f(x: number): number {
         const [value, [du, dv]] = hvp(g)([x, 2], [1, x]);
         return value + du + dv;
       }`,
      // H = [[2v³, 6uv²], [6uv², 6u²v]] at (x, 2): [[16, 24x], [24x, 12x²]] · (1, x)
      (x) => 8 * x * x + (16 + 24 * x * x) + (24 * x + 12 * x ** 3),
      (x) => 16 * x + 48 * x + 24 + 36 * x * x,
    );
  });

  it("hvp of a closure", async () => {
    await derivativeIs(
      `/** @fgrad */ export function f(x: number): number {
         const [, [d]] = hvp((y: number) => x * y * y * y)([x], [1]);
         return d;
       }`,
      (x) => 6 * x * x,
      (x) => 12 * x,
    );
  });
});

describe("derivatives inside of functions", () => {
  it("Newton's method with its own derivative", async () => {
    const { root } = await load(`import { jvp } from "fgrad";
      function residual(x: number, a: number): number { return x * x * x - a; }
      /** @fgrad */
      export function root(a: number): number {
        let x = 1;
        for (let i = 0; i < 60; i++) {
          const [r, slope] = jvp(residual, [x, a], [1, undefined]);
          x -= r / slope;
          if (Math.abs(r) < 1e-15) break;
        }
        return x;
      }`);
    if (root === undefined) throw new Error("no root");
    for (const a of [2, 27, 0.5]) {
      const [x, x_t] = jvp(root, [a], [1]) as [number, number];
      expect(x).toBe(root(a));
      expect(x).toBeCloseTo(Math.cbrt(a), 13);
      expect(x_t).toBeCloseTo(1 / (3 * Math.cbrt(a) ** 2), 12);
    }
  });

  it("a loss after a step of gradient descent on another (meta-learning)", async () => {
    const { meta } = await load(`import { gradient } from "fgrad";
      function loss(w: Float64Array, x: number, y: number): number {
        let s = 0;
        for (let i = 0; i < w.length; i++) s = s * x + w[i]!;
        return (s - y) * (s - y);
      }
      /** @fgrad */
      export function meta(w: Float64Array, rate: number): number {
        const [value, [g]] = gradient((u: Float64Array) => loss(u, 0.5, 2))(w);
        const moved = new Float64Array(w.length);
        for (let i = 0; i < w.length; i++) moved[i] = w[i]! - rate * g[i]!;
        return loss(moved, -1, 3) + 0.1 * value;
      }`);
    if (meta === undefined) throw new Error("no meta");
    const report = checkTangent(meta, [new Float64Array([0.3, -0.2, 0.7]), 0.05]);
    expect(report.message).toMatch(/is right/);
    expect(report.maxError).toBeLessThan(1e-9);
  });

  it("gradient of a function that writes into its argument sees it as it was", async () => {
    const { f } = await load(`import { gradient } from "fgrad";
      function g(a: number[]): number {
        let s = 0;
        for (let i = 0; i < a.length; i++) { a[i] = a[i]! * a[i]!; s += a[i]! * (i + 1); }
        return s;
      }
      /** @fgrad */
      export function f(x: number, y: number): number {
        const a = [x, y, x * y];
        const [value, [d]] = gradient(g)(a);
        return value + d[0]! * d[1]! + d[2]! + a[0]!;
      }`);
    if (f === undefined) throw new Error("no f");
    const [v, v_t] = jvp(f, [1.5, -0.7], [1, 0]) as [number, number];
    const [x, y] = [1.5, -0.7];
    expect(v).toBe(f(x, y));
    expect(v).toBeCloseTo(x * x + 2 * y * y + 3 * x * x * y * y + 2 * x * 4 * y + 6 * x * y + x * x, 12);
    expect(v_t).toBeCloseTo(2 * x + 6 * x * y * y + 8 * y + 6 * y + 2 * x, 11);
  });
});
