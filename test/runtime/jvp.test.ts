import { compiledTangent, gradient, jvp, stopGradient, zeroTangent } from "fgrad";
import { describe, expect, test } from "vitest";
import { beale, compiled, kinetic, weighted } from "./handmade.ts";

describe("jvp", () => {
  test("gives value and slope", () => {
    const [value, slope] = jvp(beale, [1, 2], [0.5, -1]);
    const h = 1e-6;
    expect(value).toBe(beale(1, 2));
    expect(slope).toBeCloseTo((beale(1 + 0.5 * h, 2 - h) - beale(1 - 0.5 * h, 2 + h)) / (2 * h), 4);
  });

  test("takes undefined and what is left out at the end as not varying", () => {
    expect(jvp(beale, [1, 2], [1, undefined])).toEqual(jvp(beale, [1, 2], [1, 0]));
    expect(jvp(beale, [1, 2], [1])).toEqual(jvp(beale, [1, 2], [1, 0]));
    expect(jvp(beale, [1, 2], [])).toEqual([beale(1, 2), 0]);
  });

  test("says how to compile a function that was not", () => {
    function plain(x: number): number {
      return x;
    }
    expect(() => jvp(plain, [1], [1])).toThrow(/`plain` was not compiled.*@fgrad.*esbuild.*fgrad-compile/s);
    expect(() => jvp((x: number) => x, [1], [1])).toThrow(/the function was not compiled/);
  });

  test("uses one lane of a derivative compiled for several directions; gradient and jacobian use all", () => {
    let runs = 0;
    const f = compiled((x: number, y: number, z: number): number => x * y + z, {
      active: [true, true, true],
      lanes: 2,
      jvp: (
        x: number,
        x0: number,
        x1: number,
        y: number,
        y0: number,
        y1: number,
        z: number,
        z0: number,
        z1: number,
      ) => {
        runs++;
        return [x * y + z, x0 * y + x * y0 + z0, x1 * y + x * y1 + z1];
      },
    });
    expect(jvp(f, [3, 5, 7], [1, 2, undefined])).toEqual([22, 11]);
    expect(runs).toBe(1);
    expect(gradient(f)(3, 5, 7)).toEqual([22, [5, 3, 1]]);
    expect(runs).toBe(3);
  });

  test("finds no derivative on the prototype", () => {
    const child = Object.setPrototypeOf((x: number, y: number) => x + y, beale) as typeof beale;
    expect(compiledTangent(child)).toBeUndefined();
    expect(compiledTangent(beale)?.active).toEqual([true, true]);
  });

  test("refuses a tangent for an inactive parameter, by name", () => {
    const f = compiled((x: number, factor: number): number => x * factor, {
      active: [true, false],
      jvp: (x: number, x_t: number, factor: number) => [x * factor, x_t * factor],
    });
    expect(() => jvp(f, [1, 2], [1, 1])).toThrow(/parameter 2 \(`factor`\) inactive.*`wrt`/s);
    expect(jvp(f, [3, 2], [1, undefined])).toEqual([6, 2]);
  });

  test("refuses tangents of another shape", () => {
    const theta = new Float32Array(3);
    expect(() => jvp(weighted, [theta, 1], [new Float32Array(2)])).toThrow(RangeError);
    expect(() => jvp(weighted, [theta, 1], [new Float32Array(2)])).toThrow(
      /parameter 1 \(`theta`\) of `weighted` must be a Float32Array of length 3, got a Float32Array of length 2/,
    );
    expect(() => jvp(weighted, [theta, 1], [new Float64Array(3) as unknown as Float32Array])).toThrow(TypeError);
    expect(() => jvp(beale, [1, 2], ["1" as unknown as number])).toThrow(/must be a number, got a string/);
  });

  test("reaches into objects only where wrt does", () => {
    const state = { name: "a", position: [1, 2] as [number, number], velocity: Float64Array.of(3, 4) };
    expect(jvp(kinetic, [state], [{ velocity: Float64Array.of(1, 0) }])).toEqual([13.5, 3]);
    expect(jvp(kinetic, [state], [{}])).toEqual([13.5, 0]);
    expect(() => jvp(kinetic, [state], [{ position: [1, 0] }])).toThrow(/field `position`.*inactive.*`wrt`/s);
    const unknown = { mass: 1 } as unknown as { velocity: Float64Array };
    expect(() => jvp(kinetic, [state], [unknown])).toThrow(/field `mass`, which the primal lacks/);
  });

  test("hides rest, optional and default parameters", () => {
    const total = compiled((scale: number, ...xs: number[]): number => xs.reduce((t, x) => t + scale * x, 0), {
      active: [true, true],
      rest: true,
      jvp: (scale: number, scale_t: number, xs: number[], xs_t: number[]) => [
        xs.reduce((t, x) => t + scale * x, 0),
        xs.reduce((t, x, i) => t + scale_t * x + scale * Number(xs_t[i]), 0),
      ],
    });
    expect(jvp(total, [2, 1, 10, 100], [0, undefined, 1])).toEqual([222, 2]);
    expect(jvp(total, [2, 1, 10], [1])).toEqual([22, 11]);
    expect(jvp(total, [2], [1])).toEqual([0, 0]);

    const optional = compiled((x: number, y = x * x): number => x + y, {
      active: [true, true],
      jvp: (x: number, x_t: number, y = x * x, y_t = 2 * x * x_t) => [x + y, x_t + y_t],
    });
    expect(jvp(optional, [3], [1])).toEqual([12, 7]);
    expect(jvp(optional, [3, 1], [1])).toEqual([4, 1]);
    expect(jvp(optional, [3, 1], [1, 5])).toEqual([4, 6]);
  });

  test("hands tangent arrays over as they are, so that output buffers can be read", () => {
    const double = compiled(
      (x: Float32Array, out: Float32Array): void => {
        for (const [i, v] of x.entries()) out[i] = 2 * v;
      },
      {
        active: [true, true],
        jvp: (x: Float32Array, x_t: Float32Array, out: Float32Array, out_t: Float32Array) => {
          for (const [i, v] of x.entries()) {
            out[i] = 2 * v;
            out_t[i] = 2 * Number(x_t[i]);
          }
          return [undefined, undefined];
        },
      },
    );
    const out = new Float32Array(2);
    const out_t = new Float32Array(2);
    const result = jvp(double, [Float32Array.of(1, 2), out], [Float32Array.of(3, 4), out_t]);
    expect(result).toEqual([undefined, undefined]);
    expect([...out, ...out_t]).toEqual([2, 4, 6, 8]);
  });

  test("gives a zero tangent where the result turned out not to vary", () => {
    const f = compiled((x: number) => ({ kind: "a", one: 1, x }), {
      active: [true],
      jvp: (x: number, x_t: number) => [{ kind: "a", one: 1, x }, { x: x_t }],
    });
    expect(jvp(f, [2], [3])[1]).toEqual({ one: 0, x: 3 });
    const constant = compiled((_x: number): number => 5, { active: [true], jvp: () => [5, undefined] });
    expect(jvp(constant, [1], [1])).toEqual([5, 0]);
  });

  test("passes on what the function throws", () => {
    const f = compiled((x: number): number => x, {
      active: [true],
      jvp: () => {
        throw new Error("mine");
      },
    });
    expect(() => jvp(f, [1], [1])).toThrow("mine");
  });
});

describe("zeroTangent", () => {
  test("mirrors the shape and leaves out what carries nothing", () => {
    const value = {
      a: 1,
      s: "x",
      xs: [1, 2],
      nested: { label: "y" },
      w: new Float32Array(2),
      ids: new Int32Array(2),
      f: () => 1,
    };
    expect(zeroTangent(value)).toEqual({ a: 0, xs: [0, 0], w: new Float32Array(2) });
    expect(zeroTangent("x")).toBeUndefined();
    expect(zeroTangent([])).toEqual([]);
    expect(zeroTangent(["a", "b"])).toBeUndefined();
    expect(zeroTangent(new Map([[1, 2]]))).toBeUndefined();
    expect(zeroTangent(null)).toBeUndefined();
  });

  test("aliases as its primal does, and ends on cycles", () => {
    const w = new Float64Array(3);
    const shadow = zeroTangent({ first: w, second: w });
    expect(shadow.first).toBe(shadow.second);
    interface Node {
      value: number;
      next?: Node;
    }
    const node: Node = { value: 1 };
    node.next = node;
    const ring = zeroTangent(node);
    expect(ring.next).toBe(ring);
  });

  test("takes public fields of instances", () => {
    class Body {
      mass = 2;
      readonly name = "b";
    }
    expect(zeroTangent(new Body())).toEqual({ mass: 0 });
  });
});

test("stopGradient is the identity", () => {
  const theta = new Float32Array(1);
  expect(stopGradient(theta)).toBe(theta);
});
