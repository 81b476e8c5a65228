/** Kernels that WebAssembly rounds differently: within stated bounds of the plain engine, wherever their tangents live. */

import { beforeAll, describe, expect, test } from "vitest";
import {
  abs_jvp,
  add_jvp,
  avgPool_jvp,
  batchNorm_jvp,
  divide_jvp,
  dot_jvp,
  exp_jvp,
  floats,
  gelu_jvp,
  layerNorm_jvp,
  log_jvp,
  matmul_jvp,
  mean_jvp,
  multiply_jvp,
  scope,
  sigmoid_jvp,
  softmaxCrossEntropy_jvp,
  sqrt_jvp,
  square_jvp,
  subtract_jvp,
  sum_jvp,
  tanh_jvp,
  useEngine,
} from "../../runtime/kernels/index.ts";
import { fillNormal, randomBits } from "../../runtime/random/index.ts";
import { structured } from "../../runtime/structured.ts";

beforeAll(() => void useEngine({ name: "wasm", memory: 2 ** 26 }));

type Operand = Float32Array | undefined;

/** Corners, and numbers of all magnitudes: every sign and exponent with random mantissas. */
const SWEEP = (() => {
  const bits = Int32Array.from({ length: 512 * 40 }, (_, i) => ((i % 512) << 23) | (randomBits(1, 0, i) & 0x7fffff));
  const corners = [
    0,
    -0,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    Number.NaN,
    1e-45,
    -1e-45,
    1e-40,
    1.1754943508222875e-38,
  ];
  const steep = Array.from({ length: 6000 }, (_, i) => (i - 3000) / 25 + 1e-3);
  return Float32Array.of(...corners, ...steep, ...new Float32Array(bits.buffer));
})();

/** The largest difference in units of the last place of the exact result, beyond `floor`. */
function units(actual: Float32Array, exact: Float32Array, floor = 0): number {
  let most = 0;
  for (let i = 0; i < exact.length; i++) {
    const [a, e] = [actual[i] as number, exact[i] as number];
    if (Object.is(a, e)) continue;
    if (Math.abs(a - e) <= floor) continue;
    const unit = Math.max(2 ** (Math.floor(Math.log2(Math.abs(e))) - 23), 2 ** -149);
    const apart = Math.abs(a - e) / unit;
    most = Math.max(most, Number.isNaN(apart) ? Number.POSITIVE_INFINITY : apart);
  }
  return most;
}

/** Runs a kernel on arrays of its own, on arrays of the engine, and on the engine with tangents elsewhere. */
function compare(
  inputs: readonly Float32Array[],
  tangents: readonly Operand[],
  length: number,
  run: (inputs: readonly Float32Array[], tangents: readonly Operand[], out: Float32Array, out_t: Float32Array) => void,
) {
  return scope(() => {
    const inside = (array: Float32Array) => {
      const copy = floats(array.length);
      copy.set(array);
      return copy;
    };
    const plain = [new Float32Array(length), new Float32Array(length)] as const;
    run(inputs, tangents, ...plain);
    const mixed = [floats(length), new Float32Array(length)] as const;
    run(inputs.map(inside), tangents, ...mixed);
    const native = [floats(length), floats(length)] as const;
    run(
      inputs.map(inside),
      tangents.map((x_t) => (x_t === undefined ? undefined : inside(x_t))),
      ...native,
    );
    expect(mixed[0]).toEqual(native[0]);
    expect(mixed[1]).toEqual(native[1]);
    return { plain, native: [native[0].slice(), native[1].slice()] as const };
  });
}

/**
 * Value, slope: differences in units of the last place, by which the engines may differ.
 * Ends of tails, of which less than 10⁻¹⁴ is left, count for 0, and so does what gelu's slope, a difference, is short of 2⁻²².
 */
test.each([
  ["abs", abs_jvp, 0, 0, 1e-14],
  ["square", square_jvp, 0, 0, 1e-14],
  ["sqrt", sqrt_jvp, 0, 1, 1e-14],
  ["exp", exp_jvp, 1, 2, 1e-14],
  ["log", log_jvp, 2, 0, 1e-14],
  ["tanh", tanh_jvp, 3, 4, 1e-14],
  ["sigmoid", sigmoid_jvp, 3, 4, 1e-14],
  ["gelu", gelu_jvp, 32, 32, 2 ** -22],
] as const)("%s stays within its bound, for numbers of all magnitudes", (_, jvp, bound, bound_t, floor) => {
  const direction = Float32Array.from(SWEEP, (_, i) => (i % 7 === 0 ? 0 : 1));
  const { plain, native } = compare([SWEEP], [direction], SWEEP.length, ([x], [x_t], out, out_t) =>
    jvp(x as Float32Array, x_t, out, out_t),
  );
  expect(units(native[0], plain[0], 1e-14)).toBeLessThanOrEqual(bound);
  // Where a value is too large for single precision, so is its slope.
  plain[0].forEach((value, i) => {
    if (value === Number.POSITIVE_INFINITY) plain[1][i] = native[1][i] as number;
  });
  expect(units(native[1], plain[1], floor)).toBeLessThanOrEqual(bound_t);
});

const normals = (length: number, step: number) => {
  const array = new Float32Array(length);
  fillNormal(array, 3, step);
  return array;
};

/** For every pattern of activity of the inputs. */
function patterns(inputs: readonly Float32Array[], visit: (tangents: readonly Operand[]) => void): void {
  for (let pattern = 0; pattern < 1 << inputs.length; pattern++) {
    visit(inputs.map((x, i) => ((pattern >> i) & 1 ? normals(x.length, 20 + i) : undefined)));
  }
}

type Inputs = readonly [Float32Array, Float32Array, Float32Array];

test.each([
  ["add", add_jvp, 0],
  ["subtract", subtract_jvp, 0],
  ["multiply", multiply_jvp, 2 ** -22],
  ["divide", divide_jvp, 2 ** -19],
] as const)("%s: equal values, and tangents within rounding", (_, jvp, bound) => {
  for (const length of [1, 3, 4, 30]) {
    const inputs = [normals(length, 1), normals(length, 2)];
    patterns(inputs, (tangents) => {
      const { plain, native } = compare(inputs, tangents, length, (x, x_t, out, out_t) =>
        jvp(x[0] as Float32Array, x_t[0], x[1] as Float32Array, x_t[1], out, out_t),
      );
      expect(native[0]).toEqual(plain[0]);
      native[1].forEach((slope, i) => {
        const [u = 0, v = 0] = inputs.map((x) => Math.abs(x[i] as number));
        const most = _ === "divide" ? (4 * (1 + u / v)) / v : 4 * (1 + u + v);
        expect(Math.abs(slope - (plain[1][i] as number))).toBeLessThanOrEqual(bound * most);
      });
    });
  }
});

test.each([
  ["layerNorm", layerNorm_jvp],
  ["batchNorm", batchNorm_jvp],
] as const)("%s: the same numbers, or their neighbours", (_, jvp) => {
  for (const [rows, columns] of [
    [1, 1],
    [5, 7],
    [8, 16],
    [31, 2],
  ] as const) {
    const inputs = [normals(rows * columns, 1).map((x) => 3 + x), normals(columns, 2), normals(columns, 3)];
    patterns(inputs, (tangents) => {
      const { plain, native } = compare(inputs, tangents, rows * columns, (x, x_t, out, out_t) => {
        const [a, gain, shift] = x as unknown as Inputs;
        jvp(a, x_t[0], gain, x_t[1], shift, x_t[2], out, out_t, rows, columns);
      });
      expect(units(native[0], plain[0], 1e-11)).toBeLessThanOrEqual(1);
      expect(units(native[1], plain[1], 1e-11)).toBeLessThanOrEqual(1);
    });
  }
});

test("averages are the same bits", () => {
  for (const channels of [1, 4, 7]) {
    const shape = { batch: 2, height: 5, width: 4, channels, size: 2 };
    const { plain, native } = compare(
      [normals(40 * channels, 1)],
      [normals(40 * channels, 2)],
      8 * channels,
      ([x], [x_t], out, out_t) => avgPool_jvp(x as Float32Array, x_t, out, out_t, shape),
    );
    expect(native).toEqual(plain);
  }
});

test("softmaxCrossEntropy, sum, mean and dot within rounding, with the same value whatever varies", () => {
  for (const [batch, classes] of [
    [3, 1],
    [4, 10],
    [2, 64],
    [3, 133],
  ] as const) {
    const length = batch * classes;
    const labels = Int32Array.from({ length: batch }, (_, i) => (7 * i) % classes);
    const inputs = [normals(length, 1).map((x) => 20 * x), normals(length, 2)];
    patterns(inputs, (tangents) => {
      const { plain, native } = compare(inputs, tangents, 8, (x, x_t, out, out_t) => {
        const [a, b] = x as unknown as Inputs;
        const results = [
          softmaxCrossEntropy_jvp(a, x_t[0], labels, batch, classes),
          sum_jvp(a, x_t[0]),
          mean_jvp(a, x_t[0]),
          dot_jvp(a, x_t[0], b, x_t[1]),
        ];
        out.set(results.map(([value]) => value));
        out_t.set(results.map(([, slope]) => slope));
      });
      plain.forEach((exact, k) => {
        exact.forEach((value, i) => {
          expect(Math.abs((native[k]?.[i] as number) - value)).toBeLessThanOrEqual(2 ** -21 * (1 + Math.abs(value)));
        });
      });
    });
  }
});

describe("a direction that is not stored", () => {
  test("is written out where a kernel reads elements", () => {
    scope(() => {
      const seeded = structured({ kind: "seeded", distribution: "normal", seed: 3, step: 9, offset: 0, length: 10 });
      const dense = normals(10, 9);
      const x = floats(10).fill(0.5);
      const [out, out_t] = [floats(10), floats(10)];
      tanh_jvp(x, seeded, out, out_t);
      const expected = floats(10);
      tanh_jvp(x, dense, out, expected);
      expect(out_t).toEqual(expected);
      expect(sum_jvp(x, seeded)).toEqual(sum_jvp(x, dense));
      expect(sum_jvp(x.slice(), seeded)[1]).toBeCloseTo(sum_jvp(x, dense)[1], 12);
    });
  });

  test("of another length is refused, as is any tangent", () => {
    const x = floats(4);
    const out = floats(4);
    expect(() => tanh_jvp(x, floats(3), out, floats(4))).toThrow(RangeError);
    expect(() => tanh_jvp(x, floats(4), out, floats(5))).toThrow(RangeError);
    expect(() => sum_jvp(x, floats(3))).toThrow(RangeError);
    expect(() => matmul_jvp(x, undefined, x, new Float32Array(0), out, floats(4), 2, 2, 2)).toThrow(RangeError);
    expect(() => matmul_jvp(x, floats(3), x, undefined, out, floats(4), 2, 2, 2)).toThrow(RangeError);
  });
});
