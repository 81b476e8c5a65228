import { checkTangent } from "fgrad";
import { describe, expect, test } from "vitest";
import { beale, compiled, kinetic, squareInPlace, weighted } from "./handmade.ts";

/** A function of one number with derivative `d`. */
const scalar = (f: (x: number) => number, d: (x: number) => number) =>
  compiled((x: number): number => f(x), { active: [true], jvp: (x: number, x_t: number) => [f(x), d(x) * x_t] });

describe("checkTangent passes what is right", () => {
  test.each<[string, (x: number) => number, (x: number) => number, number]>([
    ["exp", Math.exp, Math.exp, 2],
    ["exp far out", Math.exp, Math.exp, 40],
    ["log near the edge of its domain", Math.log, (x) => 1 / x, 1e-6],
    ["sqrt near the edge of its domain", Math.sqrt, (x) => 0.5 / Math.sqrt(x), 1e-5],
    ["sin at 0", Math.sin, Math.cos, 0],
    ["sin fast", (x) => Math.sin(30 * x), (x) => 30 * Math.cos(30 * x), 1.3],
    ["abs beside its kink", Math.abs, Math.sign, 0.01],
    ["abs further from its kink", Math.abs, Math.sign, -1],
    ["a constant", () => 7, () => 0, 1],
    ["floor", Math.floor, () => 0, 1.5],
    ["a power", (x) => x ** 7, (x) => 7 * x ** 6, -1.7],
    ["large numbers", (x) => 1e12 + x * x, (x) => 2 * x, 3e5],
    ["a flat point", (x) => (x - 2) ** 2, (x) => 2 * (x - 2), 2],
    ["inner float32", (x) => Math.fround(x * x), (x) => 2 * x, 1.1],
    ["tan", Math.tan, (x) => 1 + Math.tan(x) ** 2, 1.5],
  ])("%s", (_, f, d, x) => {
    const report = checkTangent(scalar(f, d), [x]);
    expect(report.message).toContain("is right");
    expect(report.ok).toBe(true);
    expect(report.maxError).toBeLessThan(1e-6);
  });

  test("several parameters, arrays, objects, functions that change their arguments", () => {
    expect(checkTangent(beale, [1, 2]).ok).toBe(true);
    expect(checkTangent(weighted, [Float32Array.of(1, -2, 0, 4), 0.5]).ok).toBe(true);
    const x = [1, 2, 3];
    expect(checkTangent(squareInPlace, [x]).ok).toBe(true);
    expect(x).toEqual([1, 2, 3]);
    const state = { name: "a", position: [1, 2] as [number, number], velocity: Float64Array.of(3, 4) };
    expect(checkTangent(kinetic, [state]).ok).toBe(true);
  });
});

describe("checkTangent finds what is wrong", () => {
  test.each<[string, number]>([
    ["by 1e-4", 1.0001],
    ["by 1e-5", 0.99999],
    ["in sign", -1],
    ["altogether", 0],
    ["not finite", Number.NaN],
  ])("%s", (_, factor) => {
    const report = checkTangent(
      scalar(Math.exp, (x) => factor * Math.exp(x)),
      [0.3],
    );
    expect(report.ok).toBe(false);
    expect(report.message).toContain("is wrong");
  });

  test("by 1e-4 over float32 memory", () => {
    const f = compiled((x: Float32Array): number => x.reduce((t, v) => t + Math.exp(v), 0), {
      active: [true],
      jvp: (x: Float32Array, x_t: Float32Array) => [
        x.reduce((t, v) => t + Math.exp(v), 0),
        x.reduce((t, v, i) => t + 1.0001 * Math.exp(v) * Number(x_t[i]), 0),
      ],
    });
    expect(checkTangent(f, [Float32Array.of(0.5, 1, -1)]).ok).toBe(false);
  });

  test("in what is written to an argument, and names it", () => {
    const wrong = compiled(
      (x: number, out: Float64Array): void => {
        out[1] = x * x;
      },
      {
        active: [true, true],
        jvp: (x: number, x_t: number, out: Float64Array, out_t: Float64Array) => {
          out[1] = x * x;
          out_t[1] = x * x_t;
          return [undefined, undefined];
        },
      },
    );
    const out = new Float64Array(2);
    const report = checkTangent(wrong, [3, out]);
    expect(report.message).toMatch(/argument 2\[1\]/);
    expect(report.ok).toBe(false);
    expect(out[1]).toBe(0);
  });

  test("in one parameter of two, one element of many", () => {
    const f = compiled((x: number[]): number => x.reduce((t, v) => t + Math.sin(v), 0), {
      active: [true],
      jvp: (x: number[], x_t: number[]) => [
        x.reduce((t, v) => t + Math.sin(v), 0),
        x.reduce((t, v, i) => t + (i === 17 ? 1.001 : 1) * Math.cos(v) * Number(x_t[i]), 0),
      ],
    });
    expect(checkTangent(f, [Array.from({ length: 20 }, (_, i) => i / 7)]).ok).toBe(false);
  });

  test("a derivative that changes the value", () => {
    const f = compiled((x: number): number => x * x, {
      active: [true],
      jvp: (x: number, x_t: number) => [x ** 2 + 1e-15, 2 * x * x_t],
    });
    expect(checkTangent(f, [1.1]).message).toContain("changes its value");
  });
});

describe("checkTangent", () => {
  test("says when differences can't tell", () => {
    const jump = scalar(
      (x) => (x < 1 ? 0 : 1),
      () => 0,
    );
    const report = checkTangent(jump, [1]);
    expect(report.ok).toBe(false);
    expect(report.message).toContain("can't tell");
    expect(checkTangent(scalar(Math.abs, Math.sign), [0]).message).toContain("can't tell");
  });

  test("throws when asked to", () => {
    expect(() => checkTangent(scalar(Math.exp, Math.cos), [1], { throws: true })).toThrow(
      /derivative of the function is wrong/,
    );
    expect(checkTangent(beale, [1, 2], { throws: true }).ok).toBe(true);
  });

  test("is the same for the same seed, and varies only what it is told to", () => {
    const a = checkTangent(beale, [1, 2], { seed: 3, parameters: [1] });
    expect(a).toEqual(checkTangent(beale, [1, 2], { seed: 3, parameters: [1] }));
    expect(a.directions[0]?.direction).toHaveLength(1);
    expect(checkTangent(beale, [1, 2], { directions: 7 }).directions).toHaveLength(7);
  });
});
