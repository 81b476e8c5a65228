import { afterAll, describe, expect, it } from "vitest";
import { checkTangent, gradient } from "../../runtime/index.ts";
import type { Sources } from "../support/workspace.ts";
import { diagnose, load, workspace } from "./load.ts";

afterAll(() => workspace.dispose());

/** The derivative of `f` in a program is right at some arguments, and so are its bits. */
async function right(sources: Sources, args: readonly unknown[]): Promise<void> {
  const { f } = await load(sources);
  if (f === undefined) throw new Error("no f");
  const report = checkTangent(f, args as never);
  expect(report.message).toMatch(/is right/);
  expect(report.maxError).toBeLessThan(1e-8);
}

describe("derivatives of all forms inside of functions", () => {
  it("of functions of other modules, by name and through a namespace", async () => {
    await right(
      {
        "main.ts": `import * as fg from "fgrad";
          import { energy } from "./energy.ts";
          import * as lib from "./energy.ts";
          /** @fgrad */
          export function f(x: number, y: number): number {
            const [, [fx, fy]] = fg.gradient(energy)(x, y);
            const [v, d] = fg.jvp(lib.potential, [fx], [y]);
            const fixed = fg.jvp(energy, [1, 2], [1, undefined])[1];
            return fx * fy + v * d + fixed;
          }`,
        "energy.ts": `export function potential(r: number): number { return Math.exp(-r) / (1 + r * r); }
          export const energy = (x: number, y: number): number => potential(x * y) + x * x;`,
      },
      [0.7, -0.4],
    );
  });

  it("with respect to tuples, objects and arrays of both kinds", async () => {
    await right(
      `import { gradient, jvp } from "fgrad";
       interface Point { x: number; y: number }
       function g(p: Point, t: [number, number], a: number[], w: Float64Array): number {
         let s = p.x * p.y * p.y + t[0] * t[1];
         for (let i = 0; i < a.length; i++) s += a[i]! * a[i]! * w[i]! * p.x;
         return s;
       }
       /** @fgrad */
       export function f(x: number, y: number, w: Float64Array): number {
         const [value, [p, t, a, v]] = gradient(g)({ x, y }, [y, x], [x, y], w);
         const [, along] = jvp(g, [{ x, y }, [1, 2], [x, x], w], [{ x: 1, y: x }, undefined, [y, 0], undefined]);
         return value + p.x * p.y + t[0] * t[1] + a[0]! * a[1]! + v[0]! + v[1]! * along;
       }`,
      [0.8, -1.1, new Float64Array([0.4, 0.9])],
    );
  });

  it("in loops, branches and methods that catch", async () => {
    await right(
      `import { jvp } from "fgrad";
       function g(x: number): number { if (x > 2) throw new Error("too far"); return x * x * x; }
       /** @fgrad */
       export function f(x: number): number {
         let s = 0;
         for (let i = 0; i < 4; i++) {
           try {
             const [v, d] = jvp(g, [x * i], [x]);
             s += v > 0.5 ? d * d : d;
           } catch {
             s *= x;
           }
         }
         return s;
       }`,
      [0.9],
    );
  });

  it("with rest parameters, defaults and single precision", async () => {
    await right(
      `import { jvp } from "fgrad";
       function g(k: number, ...xs: number[]): number { let s = 0; for (const x of xs) s += x * x * k; return s; }
       function h(x: number, k = 2): number { return x ** 3 * k; }
       /** @fgrad */
       export function f(x: number, y: number): number {
         const [a, a_t] = jvp(g, [y, x, x * y], [undefined, 1, y]);
         const [b, b_t] = jvp(h, [x], [y]);
         return a * b_t + b * a_t;
       }`,
      [0.6, 1.3],
    );
  });

  it("of functions that write into an output", async () => {
    await right(
      `import { jvp } from "fgrad";
       function square(x: Float64Array, out: Float64Array): void { for (let i = 0; i < x.length; i++) out[i] = x[i]! * x[i]!; }
       /** @fgrad */
       export function f(a: number, b: number): number {
         const x = new Float64Array([a, b]);
         const out = new Float64Array(2);
         const slopes = new Float64Array(2);
         jvp(square, [x, out], [new Float64Array([b, a]), slopes]);
         return out[0]! * slopes[1]! + out[1]! * slopes[0]!;
       }`,
      [0.6, 1.3],
    );
  });

  it("closures three deep that share a counter", async () => {
    const { f } = await load(
      `import { jvp } from "fgrad";
       /** @fgrad */
       export function f(x: number): number {
         let calls = 0;
         const third = jvp(
           (y: number) => jvp((z: number) => { calls++; return jvp((w: number) => w ** 3 * z * y * x, [x], [1])[1]; }, [y], [1])[1],
           [2], [1],
         )[1];
         return third * calls;
       }`,
    );
    if (f === undefined) throw new Error("no f");
    // d/dw w³zyx = 3x³zy at w = x, d/dz of that 3x³y, and at z = y, d/dy 3x³.
    expect(f(1.5)).toBeCloseTo(3 * 1.5 ** 3, 12);
    const report = checkTangent(f, [1.5] as never);
    expect(report.message).toMatch(/is right/);
  });
});

it("functions that differentiate others carry several directions", async () => {
  const { f } = await load(
    `import { gradient, jvp } from "fgrad";
     function g(x: number, y: number): number { return Math.sin(x * y) + y * y * x; }
     /** @fgrad */
     export function f(x: number, y: number): number {
       const [, [gx, gy]] = gradient(g)(x, y);
       return gx * gy + x * jvp((t: number) => t * x * y, [y], [1])[1];
     }`,
    { lanes: 2 },
  );
  if (f === undefined) throw new Error("no f");
  const [x, y] = [0.7, -0.4];
  const [value, [dx, dy]] = gradient(f)(x, y) as [number, [number, number]];
  const [s, c] = [Math.sin(x * y), Math.cos(x * y)];
  const [gx, gy] = [y * c + y * y, x * c + 2 * x * y];
  const [gxx, gxy, gyy] = [-y * y * s, c - x * y * s + 2 * y, -x * x * s + 2 * x];
  expect(value).toBeCloseTo(gx * gy + x * x * y, 13);
  expect(dx).toBeCloseTo(gxx * gy + gx * gxy + 2 * x * y, 13);
  expect(dy).toBeCloseTo(gxy * gy + gx * gyy + x * x, 13);
});

it("several directions go with order 1 alone", () => {
  const codes = diagnose("/** @fgrad */ export function f(x: number): number { return x * x; }", {
    order: 2,
    lanes: 2,
  });
  expect(codes.map(({ code, message }) => `${code} ${message}`)).toEqual(["FG1020 The option order is 2."]);
});
