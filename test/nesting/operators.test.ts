import { afterAll, describe, expect, it } from "vitest";
import { checkTangent, jvp } from "../../runtime/index.ts";
import { diagnose, load, workspace } from "./load.ts";

afterAll(() => workspace.dispose());

const operator = `import { jvp, gradient, hvp } from "fgrad";
  function D(f: (x: number) => number, x: number): number { return jvp(f, [x], [1])[1]; }\n`;

/** One variable, value and derivative by hand, at some points. */
async function derivativeIs(source: string, value: (x: number) => number, slope: (x: number) => number): Promise<void> {
  const { f } = await load(source);
  if (f === undefined) throw new Error("no f");
  for (const x of [0.3, -1.2, 2, 5]) {
    const [y, y_t] = jvp(f, [x], [1]) as [number, number];
    expect(y).toBe(f(x));
    expect(y).toBeCloseTo(value(x), 11);
    expect(y_t).toBeCloseTo(slope(x), 10);
  }
}

describe("functions that differentiate what they are given", () => {
  it("d/dx x · D(y ↦ x + y): the textbook case of perturbation confusion", async () => {
    await derivativeIs(
      `${operator} /** @fgrad */ export function f(x: number): number { return x * D((y) => x + y, 1); }`,
      (x) => x,
      () => 1,
    );
  });

  it("d/dx x · D(y ↦ x · y) is 2x", async () => {
    await derivativeIs(
      `${operator} /** @fgrad */ export function f(x: number): number { return x * D((y) => x * y, 3); }`,
      (x) => x * x,
      (x) => 2 * x,
    );
  });

  it("one within the other, two deep", async () => {
    await derivativeIs(
      `${operator} /** @fgrad */ export function f(x: number): number {
         return D((y) => y * D((z) => x * x * y * y * z * z, x * y), x);
       }`,
      // D_z at z = xy is 2 x³ y³; y times it is 2 x³ y⁴, whose derivative at y = x is 8 x⁶.
      (x) => 8 * x ** 6,
      (x) => 48 * x ** 5,
    );
  });

  it("an arrow that returns a function: D(f)(x)", async () => {
    await derivativeIs(
      `import { jvp } from "fgrad";
       const D = (f: (x: number) => number) => (x: number): number => jvp(f, [x], [1])[1];
       /** @fgrad */ export function f(x: number): number { return D((y) => Math.sin(x * y))(x) + D(Math_square)(x); }
       function Math_square(y: number): number { return y * y; }`,
      (x) => x * Math.cos(x * x) + 2 * x,
      (x) => Math.cos(x * x) - 2 * x * x * Math.sin(x * x) + 2,
    );
  });

  it("an operator that hands its function on to another", async () => {
    await derivativeIs(
      `${operator}
       function twice(g: (x: number) => number, x: number): number { const d = D(g, x); return d * d + g(x); }
       /** @fgrad */ export function f(x: number): number { return twice((y) => x * y * y, 2); }`,
      (x) => 16 * x * x + 4 * x,
      (x) => 32 * x + 4,
    );
  });

  it("Newton's method for any function, with respect to what the function captures", async () => {
    const { root } = await load(`import { jvp } from "fgrad";
      export function newton(f: (x: number) => number, x0: number): number {
        let x = x0;
        for (let i = 0; i < 50; i++) {
          const [value, slope] = jvp(f, [x], [1]);
          if (Math.abs(value) < 1e-15) break;
          x -= value / slope;
        }
        return x;
      }
      /** @fgrad */
      export function root(a: number): number { return newton((x) => x * x * x - a, 1.5); }`);
    if (root === undefined) throw new Error("no root");
    for (const a of [2, 27, 0.5]) {
      const [x, x_t] = jvp(root, [a], [1]) as [number, number];
      expect(x).toBe(root(a));
      expect(x_t).toBeCloseTo(1 / (3 * Math.cbrt(a) ** 2), 11);
    }
  });

  it("from another module, of a local function, by its gradient", async () => {
    const { f } = await load({
      "main.ts": `import { slopes } from "./operators.ts";
        /** @fgrad */
        export function f(a: number, b: number): number {
          const plane = (u: number, v: number): number => a * u * u * v + b * v;
          return slopes(plane, a, b);
        }`,
      "operators.ts": `import { gradient } from "fgrad";
        export function slopes(g: (u: number, v: number) => number, u: number, v: number): number {
          const [, [du, dv]] = gradient(g)(u, v);
          return du + 2 * dv;
        }`,
    });
    if (f === undefined) throw new Error("no f");
    expect(checkTangent(f, [0.7, -1.3])).toMatchObject({ ok: true });
    // du + 2 dv = 2 a u v + 2 (a u² + b), at u = a, v = b
    expect(f(0.7, -1.3)).toBeCloseTo(2 * 0.7 * 0.7 * -1.3 + 2 * (0.7 ** 3 - 1.3), 12);
  });

  it("a parameter that is another function later is refused", () => {
    const found = diagnose(`import { jvp } from "fgrad";
      function D(f: (x: number) => number, x: number): number {
        f = Math.abs(x) > 1 ? f : (y) => y;
        return jvp(f, [x], [1])[1];
      }
      /** @fgrad */ export function g(x: number): number { return D((y) => x * y, x); }`);
    expect(found.map(({ severity }) => severity)).toContain("error");
  });
});
