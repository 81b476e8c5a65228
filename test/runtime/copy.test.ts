import { describe, expect, test } from "vitest";
import { deepCopy, unchanged } from "../../runtime/copy.ts";
import { dimension, flatten, leavesOf, unflatten, write } from "../../runtime/leaves.ts";

describe("deepCopy", () => {
  test("keeps prototypes, accessors, aliases and cycles", () => {
    class Spring {
      stiffness = 2;
      ends: number[];
      constructor(ends: number[]) {
        this.ends = ends;
      }
      get double() {
        return 2 * this.stiffness;
      }
    }
    const ends = [1, 2];
    const original = { a: new Spring(ends), b: new Spring(ends), self: undefined as unknown };
    original.self = original;
    const copy = deepCopy(original);
    copy.a.ends[0] = 9;
    copy.a.stiffness = 5;
    expect(copy.b.ends[0]).toBe(9);
    expect(copy.a.double).toBe(10);
    expect(copy.self).toBe(copy);
    expect([ends[0], original.a.stiffness]).toEqual([1, 2]);
  });

  test("keeps views of one buffer on one buffer, at their offsets", () => {
    const memory = new ArrayBuffer(64);
    const [low, high] = [new Float32Array(memory, 8, 4), new Uint8Array(memory, 12, 8)];
    low[1] = 1;
    const [a, b] = deepCopy([low, high] as const);
    a[1] = 0;
    expect([...b.subarray(0, 4)]).toEqual([0, 0, 0, 0]);
    expect(low[1]).toBe(1);
    const alone = deepCopy(low.subarray(1, 3));
    expect(alone.buffer.byteLength).toBe(8);
  });

  test("shares functions and maps, and keeps holes", () => {
    const holes = [1, 2, 3];
    delete holes[1];
    const value = { f: () => 1, map: new Map(), holes };
    const copy = deepCopy(value);
    expect(copy.f).toBe(value.f);
    expect(copy.map).toBe(value.map);
    expect(1 in copy.holes).toBe(false);
  });
});

test("unchanged tells bits, lengths and fields apart", () => {
  const value = { x: [0, Number.NaN], w: new Float32Array(2), nested: { s: "a" } };
  const earlier = deepCopy(value);
  expect(unchanged(value, earlier)).toBe(true);
  value.x[0] = -0;
  expect(unchanged(value, earlier)).toBe(false);
  value.x[0] = 0;
  value.x.push(1);
  expect(unchanged(value, earlier)).toBe(false);
  expect(unchanged({ a: 1 }, { a: 1, b: 2 })).toBe(false);
  expect(unchanged(new Float32Array(1), [0])).toBe(false);
});

describe("leaves", () => {
  const value = { n: 1, xs: [2, 3], mixed: [4, "s", [5]], w: Float32Array.of(6, 7), label: "l", ids: Int32Array.of(9) };

  test("are the numbers in order, and can be written", () => {
    const leaves = leavesOf(value);
    expect(dimension(leaves)).toBe(7);
    expect([...flatten(leaves)]).toEqual([1, 2, 3, 4, 5, 6, 7]);
    const copy = deepCopy(value);
    unflatten(
      leavesOf(copy),
      flatten(leaves).map((x) => 10 * x),
    );
    write(leavesOf(copy), 4, -1);
    expect(copy).toEqual({ ...value, n: 10, xs: [20, 30], mixed: [40, "s", [-1]], w: Float32Array.of(60, 70) });
    expect(() => write(leaves, 7, 0)).toThrow(/no coordinate 7 among 7/);
  });

  test("of a structure that another guides have the guide's offsets", () => {
    const leaves = leavesOf(value, { xs: [0, 0], w: new Float32Array(2) });
    expect([...flatten(leaves)]).toEqual([2, 3, 6, 7]);
  });
});
