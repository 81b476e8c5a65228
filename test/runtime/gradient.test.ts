import { gradient, jacobian } from "fgrad";
import { describe, expect, expectTypeOf, test } from "vitest";
import { beale, compiled, kinetic, squareInPlace, weighted } from "./handmade.ts";

describe("gradient", () => {
  test("of scalars", () => {
    const [value, [fx, fy]] = gradient(beale)(3, 0.5);
    expect([value, fx + 0, fy + 0]).toEqual([0, 0, 0]);
    const [, [gx, gy]] = gradient(beale)(1, 2);
    expect(gx).toBe(2 * (2.5 * 1 + 5.25 * 3 + 9.625 * 7));
    expect(gy).toBe(2 * (2.5 * 1 + 5.25 * 4 + 9.625 * 12));
  });

  test("has the shape of the parameters; inactive ones have none", () => {
    const theta = Float32Array.of(1, 2, 3);
    const [value, gradients] = gradient(weighted)(theta, 0.5);
    expect(value).toBe(18);
    expect(gradients).toEqual([Float32Array.of(1, 4, 9), undefined]);
    expectTypeOf(gradients[0]).toEqualTypeOf<Float32Array>();
  });

  test("of a field named by wrt", () => {
    const state = { name: "a", position: [1, 2] as [number, number], velocity: Float64Array.of(3, 4) };
    const [, [g]] = gradient(kinetic)(state);
    expect(g).toEqual({ velocity: Float64Array.of(3, 4) });
  });

  test("of a function that changes its argument: every run is pristine, the argument ends as after one call", () => {
    const x = [1, 2, 3];
    const [value, [g]] = gradient(squareInPlace)(x);
    expect(value).toBe(14);
    expect(g).toEqual([2, 4, 6]);
    expect(x).toEqual([1, 4, 9]);
  });

  test("keeps views of one buffer together in the copies", () => {
    const f = compiled(
      (all: Float64Array, head: Float64Array): number => {
        head[0] = 10;
        return Number(all[0]) * Number(all[1]);
      },
      {
        active: [true, false],
        jvp: (all: Float64Array, all_t: Float64Array, head: Float64Array) => {
          head[0] = 10;
          all_t[0] = 0;
          return [Number(all[0]) * Number(all[1]), Number(all[0]) * Number(all_t[1])];
        },
      },
    );
    const all = Float64Array.of(1, 2);
    expect(gradient(f)(all, all.subarray(0, 1))).toEqual([20, [Float64Array.of(0, 10), undefined]]);
    expect(all).toEqual(Float64Array.of(10, 2));
  });

  test("runs once where nothing varies", () => {
    let runs = 0;
    const f = compiled((xs: number[]): number => xs.length, {
      active: [true],
      jvp: (xs: number[]) => {
        runs++;
        return [xs.length, 0];
      },
    });
    expect(gradient(f)([])).toEqual([0, [[]]]);
    expect(runs).toBe(1);
  });

  test("of rest parameters", () => {
    const f = compiled((...xs: number[]): number => xs.reduce((t, x) => t + x * x, 0), {
      active: [true],
      rest: true,
      jvp: (xs: number[], xs_t: number[]) => [
        xs.reduce((t, x) => t + x * x, 0),
        xs.reduce((t, x, i) => t + 2 * x * Number(xs_t[i]), 0),
      ],
    });
    expect(gradient(f)(1, 2, 3)).toEqual([14, [2, 4, 6]]);
  });

  test("refuses results that are no number", () => {
    const f = compiled((x: number): number[] => [x], { active: [true], jvp: (x: number, x_t: number) => [[x], [x_t]] });
    expect(() => gradient(f as unknown as (x: number) => number)(1)).toThrow(/returned an array of length 1.*jacobian/);
  });
});

test("jacobian has a row per result and a column per argument", () => {
  const polar = compiled(
    (r: number, phi: number): { x: number; y: number } => ({ x: r * Math.cos(phi), y: r * Math.sin(phi) }),
    {
      active: [true, true],
      jvp: (r: number, r_t: number, phi: number, phi_t: number) => [
        { x: r * Math.cos(phi), y: r * Math.sin(phi) },
        {
          x: r_t * Math.cos(phi) - r * Math.sin(phi) * phi_t,
          y: r_t * Math.sin(phi) + r * Math.cos(phi) * phi_t,
        },
      ],
    },
  );
  const [value, matrix] = jacobian(polar)(2, 0);
  expect(value).toEqual({ x: 2, y: 0 });
  expect(matrix).toEqual([Float64Array.of(1, 0), Float64Array.of(0, 2)]);
});
