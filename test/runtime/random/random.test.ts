import { describe, expect, test } from "vitest";
import {
  fillNormal,
  fillSigns,
  fillUniform,
  permutation,
  randomBits,
  randomNormal,
  randomSign,
  randomUniform,
  threefry,
} from "../../../runtime/random/index.ts";

const hex = (word: number) => (word >>> 0).toString(16).padStart(8, "0");
const words = (line: string) => line.split(" ").map((word) => Number.parseInt(word, 16) | 0);

/** `tests/kat_vectors` of Random123: counter, key, result. */
test.each([
  ["00000000 00000000 00000000 00000000", "00000000 00000000 00000000 00000000", "9c6ca96a e17eae66 fc10ecd4 5256a7d8"],
  ["ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff ffffffff ffffffff", "2a881696 57012287 f6c7446e a16a6732"],
  ["243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0 082efa98 ec4e6c89", "59cd1dbb b8879579 86b5d00c ac8b6d84"],
])("threefry4x32-20 of counter %s, key %s", (counter, key, expected) => {
  const [c0 = 0, c1 = 0, c2 = 0, c3 = 0] = words(counter);
  const [k0 = 0, k1 = 0, k2 = 0, k3 = 0] = words(key);
  const out = new Int32Array(4);
  threefry(out, c0, c1, c2, c3, k0, k1, k2, k3);
  expect([...out].map(hex).join(" ")).toBe(expected);
});

describe("the same bits wherever they are made", () => {
  test("bits, pinned", () => {
    const pinned = [0, 1, 2, 3, 4, 1000, 2 ** 40].map((index) => hex(randomBits(1, 7, index)));
    expect(pinned).toMatchInlineSnapshot(`
      [
        "6a67addb",
        "7b2a8026",
        "d029d05b",
        "e89aa393",
        "dbe287bf",
        "bb0090ae",
        "87df9537",
      ]
    `);
    expect([
      hex(randomBits(-1, 0, 0)),
      hex(randomBits(2 ** 40, 0, 0)),
      hex(randomBits(0, 2 ** 40, 0)),
    ]).toMatchInlineSnapshot(`
      [
        "3539de3d",
        "6de031be",
        "b93550b7",
      ]
    `);
  });

  test("normals, pinned", () => {
    const bits = (x: number) => {
      const view = new DataView(new ArrayBuffer(8));
      view.setFloat64(0, x);
      return view.getBigUint64(0).toString(16);
    };
    expect([0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((index) => bits(randomNormal(1, 7, index)))).toMatchInlineSnapshot(`
      [
        "bffe664520000000",
        "bff4c35440000000",
        "bfe42963a0000000",
        "bffa1c1d20000000",
        "bfe2f10140000000",
        "bfe0681020000000",
        "3ff490bd00000000",
        "3fdc37e7e0000000",
        "3ffa6ae200000000",
        "3fc7cb3740000000",
      ]
    `);
  });

  test.each([
    ["normals", fillNormal, randomNormal],
    ["signs", fillSigns, randomSign],
    ["uniforms", fillUniform, randomUniform],
  ])("%s do not depend on order or pieces", (_, fill, one) => {
    const whole = new Float64Array(1500);
    fill(whole, 5, 9, 0);
    for (const [i, x] of whole.entries()) if (i % 37 === 0 || i < 140) expect(x).toBe(one(5, 9, i));
    for (const [offset, length] of [
      [0, 1],
      [1, 2],
      [3, 1],
      [3, 6],
      [127, 3],
      [129, 700],
      [31, 33],
      [1000, 500],
      [4, 0],
      // All short pieces about the borders of blocks and of the groups of which they are made.
      ...[0, 507, 509, 1021].flatMap((start) =>
        Array.from({ length: 30 }, (_, i) => [start + (i % 5), 1 + Math.floor(i / 5) * 3] as const),
      ),
    ] as const) {
      const piece = new Float64Array(length);
      fill(piece, 5, 9, offset);
      expect(piece).toEqual(whole.slice(offset, offset + length));
    }
    const list = [0, 0, 0];
    fill(list, 5, 9, 2);
    expect(list).toEqual([...whole.slice(2, 5)]);
    const far = new Float64Array(9);
    fill(far, 5, 9, 2 ** 45 + 3);
    expect(far[4]).toBe(one(5, 9, 2 ** 45 + 7));
  });

  test("float32 normals are the rounded float64 ones", () => {
    const single = new Float32Array(100);
    const double = new Float64Array(100);
    fillNormal(single, 3, 1, 5);
    fillNormal(double, 3, 1, 5);
    expect(single).toEqual(Float32Array.from(double));
  });

  test("uniforms never reach 1", () => {
    const single = new Float32Array(200_000);
    fillUniform(single, 1, 0);
    expect(single.every((x) => x >= 0 && x < 1)).toBe(true);
  });

  test("addresses that are no integers are refused", () => {
    expect(() => randomBits(0.5, 0, 0)).toThrow(/seed.*0\.5/);
    expect(() => randomBits(0, Number.NaN, 0)).toThrow(/step/);
    expect(() => fillNormal(new Float32Array(1), 0, 0, 0.5)).toThrow(/offset/);
  });
});

describe("distribution", () => {
  const n = 400_000;
  const moments = (x: Float64Array) => {
    const mean = x.reduce((t, v) => t + v, 0) / x.length;
    const central = (p: number) => x.reduce((t, v) => t + (v - mean) ** p, 0) / x.length;
    const variance = central(2);
    return { mean, variance, skewness: central(3) / variance ** 1.5, kurtosis: central(4) / variance ** 2 };
  };
  const correlation = (x: Float64Array, y: Float64Array) => x.reduce((t, v, i) => t + v * Number(y[i]), 0) / x.length;

  test("normals: moments, Kolmogorov-Smirnov distance, tails", () => {
    const x = new Float64Array(n);
    fillNormal(x, 11, 0);
    const { mean, variance, skewness, kurtosis } = moments(x);
    expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(n));
    expect(Math.abs(variance - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
    expect(Math.abs(skewness)).toBeLessThan(4 * Math.sqrt(6 / n));
    expect(Math.abs(kurtosis - 3)).toBeLessThan(4 * Math.sqrt(24 / n));
    const sorted = x.slice().sort();
    let distance = 0;
    for (const [i, v] of sorted.entries()) {
      const p = normalCdf(v);
      distance = Math.max(distance, Math.abs(p - i / n), Math.abs(p - (i + 1) / n));
    }
    expect(distance).toBeLessThan(1.95 / Math.sqrt(n));
    expect(sorted.filter((v) => Math.abs(v) > 4).length).toBeGreaterThan(8);
    expect(Math.abs(Number(sorted[0]))).toBeLessThan(6.4);
  });

  test.each([
    ["normals", fillNormal],
    ["signs", fillSigns],
  ])("%s: nothing in common with neighbours in step, index, seed and stream", (_, fill) => {
    const make = (seed: number, step: number, offset: number, stream = 0) => {
      const x = new Float64Array(n);
      fill(x, seed, step, offset, stream);
      return x;
    };
    const x = make(1, 1, 0);
    const bound = 4.5 / Math.sqrt(n);
    for (const y of [make(1, 2, 0), make(2, 1, 0), make(1, 1, 0, 1), make(1, 1, 1), make(1, 1, 2), make(1, 1, 4)]) {
      expect(Math.abs(correlation(x, y))).toBeLessThan(bound);
      expect(
        Math.abs(
          correlation(
            x.map(Math.abs),
            y.map((v) => Math.abs(v) - 0.797884),
          ),
        ),
      ).toBeLessThan(fill === fillNormal ? bound : 1);
    }
    const firsts = new Float64Array(20_000);
    for (let step = 0; step < firsts.length; step++) fill(firsts.subarray(step, step + 1), 1, step);
    expect(Math.abs(moments(firsts).mean)).toBeLessThan(4 / Math.sqrt(firsts.length));
  });

  test("signs are ±1, evenly, in every bit of a word", () => {
    const x = new Float64Array(n);
    fillSigns(x, 4, 0);
    expect(x.every((v) => Math.abs(v) === 1)).toBe(true);
    const sums = new Float64Array(128);
    for (const [i, v] of x.entries()) sums[i % 128] = Number(sums[i % 128]) + v;
    for (const s of sums) expect(Math.abs(s)).toBeLessThan(5 * Math.sqrt(n / 128));
  });

  test("permutations hold each number once and reach every place", () => {
    const order = permutation(1000, 2, 3);
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
    expect(permutation(1000, 2, 3)).toEqual(order);
    expect(permutation(1000, 2, 4)).not.toEqual(order);
    const counts = new Float64Array(9);
    for (let k = 0; k < 9000; k++) {
      const p = permutation(3, 1, k);
      const at = p.indexOf(0) * 3 + p.indexOf(1);
      counts[at] = Number(counts[at]) + 1;
    }
    expect([...counts].filter((c) => c > 0).length).toBe(6);
    for (const c of counts) if (c > 0) expect(Math.abs(c - 1500)).toBeLessThan(180);
    expect([...permutation(0, 1, 1), ...permutation(1, 1, 1)]).toEqual([0]);
  });
});

/** Φ by the continued fraction in the tails and its series within. */
function normalCdf(x: number): number {
  const a = Math.abs(x);
  const density = Math.exp(-a * a * 0.5) / Math.sqrt(2 * Math.PI);
  let half = 0;
  if (a < 3) {
    let term = a;
    for (let k = 1; Math.abs(term) > 1e-17; k++) {
      half += term;
      term *= (a * a) / (2 * k + 1);
    }
    half = 0.5 - density * half;
  } else {
    let fraction = 0;
    for (let k = 60; k > 0; k--) fraction = k / (a + fraction);
    half = density / (a + fraction);
  }
  return x < 0 ? half : 1 - half;
}
