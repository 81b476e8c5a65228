import * as kernels from "fgrad/kernels";
import { describe, expect, test } from "vitest";
import { fillNormal, fillUniform } from "../../../runtime/random/index.ts";

type Tangents = readonly (Float32Array | undefined)[];

/** A kernel with fixed sizes: how it is called, and the same mathematics in double precision. */
interface Case {
  readonly name: string;
  readonly operands: readonly Float32Array[];
  /** Length of the output buffer; 0 for kernels that return a number. */
  readonly out: number;
  /** What the output buffer holds before. */
  readonly initial?: Float32Array;
  readonly run: (operands: readonly Float32Array[], out: Float32Array) => number | undefined;
  readonly jvp: (
    operands: readonly Float32Array[],
    tangents: Tangents,
    out: Float32Array,
    out_t: Float32Array,
  ) => readonly [number, number] | undefined;
  readonly reference: (operands: readonly Float64Array[]) => ArrayLike<number>;
}

const normal = (length: number, seed: number) => {
  const x = new Float32Array(length);
  fillNormal(x, seed, 0);
  return x;
};

const positive = (length: number, seed: number) => {
  const x = new Float32Array(length);
  fillUniform(x, seed, 0);
  return x.map((v) => v + 0.25);
};

const at = (x: ArrayLike<number> | undefined, i: number) => Number(x?.[i]);

function product(m: number, k: number, n: number, leftTurned: boolean, rightTurned: boolean) {
  return ([a, b]: readonly Float64Array[]) =>
    Float64Array.from({ length: m * n }, (_, index) => {
      const i = Math.floor(index / n);
      const j = index % n;
      let total = 0;
      for (let p = 0; p < k; p++) {
        total += at(a, leftTurned ? p * m + i : i * k + p) * at(b, rightTurned ? j * k + p : p * n + j);
      }
      return total;
    });
}

const products = {
  matmul: [kernels.matmul, kernels.matmul_jvp],
  matmulNT: [kernels.matmulNT, kernels.matmulNT_jvp],
  matmulTN: [kernels.matmulTN, kernels.matmulTN_jvp],
  matmulTT: [kernels.matmulTT, kernels.matmulTT_jvp],
} as const;

function matmulCase(name: keyof typeof products, m: number, k: number, n: number): Case {
  const [primal, tangent] = products[name];
  return {
    name: `${name} ${m}×${k}×${n}`,
    operands: [normal(m * k, 1), normal(k * n, 2)],
    out: m * n,
    run: ([a = none, b = none], out) => void primal(a, b, out, m, k, n),
    jvp: ([a = none, b = none], [a_t, b_t], out, out_t) => void tangent(a, a_t, b, b_t, out, out_t, m, k, n),
    reference: product(m, k, n, name.includes("TN") || name.includes("TT"), name.includes("NT") || name.includes("TT")),
  };
}

const none = new Float32Array(0);

const maps = {
  relu: [kernels.relu, kernels.relu_jvp],
  tanh: [kernels.tanh, kernels.tanh_jvp],
  sigmoid: [kernels.sigmoid, kernels.sigmoid_jvp],
  gelu: [kernels.gelu, kernels.gelu_jvp],
  exp: [kernels.exp, kernels.exp_jvp],
  log: [kernels.log, kernels.log_jvp],
  sqrt: [kernels.sqrt, kernels.sqrt_jvp],
  square: [kernels.square, kernels.square_jvp],
  abs: [kernels.abs, kernels.abs_jvp],
} as const;

function mapCase(name: keyof typeof maps, length: number, f: (x: number) => number): Case {
  const [primal, tangent] = maps[name];
  return {
    name: `${name} of ${length}`,
    operands: [name === "log" || name === "sqrt" ? positive(length, 3) : normal(length, 3)],
    out: length,
    run: ([x = none], out) => void primal(x, out),
    jvp: ([x = none], [x_t], out, out_t) => void tangent(x, x_t, out, out_t),
    reference: ([x]) => Float64Array.from(x ?? [], f),
  };
}

const pairs = {
  add: [kernels.add, kernels.add_jvp],
  subtract: [kernels.subtract, kernels.subtract_jvp],
  multiply: [kernels.multiply, kernels.multiply_jvp],
  divide: [kernels.divide, kernels.divide_jvp],
} as const;

function pairCase(name: keyof typeof pairs, length: number, f: (a: number, b: number) => number): Case {
  const [primal, tangent] = pairs[name];
  return {
    name: `${name} of ${length}`,
    operands: [normal(length, 4), positive(length, 5)],
    out: length,
    run: ([a = none, b = none], out) => void primal(a, b, out),
    jvp: ([a = none, b = none], [a_t, b_t], out, out_t) => void tangent(a, a_t, b, b_t, out, out_t),
    reference: ([a, b]) => Float64Array.from(a ?? [], (x, i) => f(x, at(b, i))),
  };
}

function crossEntropyCase(batch: number, classes: number): Case {
  const labels = Uint8Array.from({ length: batch }, (_, i) => (i * 7) % classes);
  return {
    name: `softmaxCrossEntropy ${batch}×${classes}`,
    operands: [normal(batch * classes, 6).map((x) => 3 * x)],
    out: 0,
    run: ([z = none]) => kernels.softmaxCrossEntropy(z, labels, batch, classes),
    jvp: ([z = none], [z_t]) => kernels.softmaxCrossEntropy_jvp(z, z_t, labels, batch, classes),
    reference: ([z]) => {
      let total = 0;
      for (let i = 0; i < batch; i++) {
        let sum = 0;
        for (let j = 0; j < classes; j++) sum += Math.exp(at(z, i * classes + j));
        total += Math.log(sum) - at(z, i * classes + at(labels, i));
      }
      return [total / batch];
    },
  };
}

function biasCase(rows: number, columns: number): Case {
  return {
    name: `bias ${rows}×${columns}`,
    operands: [normal(rows * columns, 7), normal(columns, 8)],
    out: rows * columns,
    run: ([x = none, b = none], out) => void kernels.bias(x, b, out, rows, columns),
    jvp: ([x = none, b = none], [x_t, b_t], out, out_t) =>
      void kernels.bias_jvp(x, x_t, b, b_t, out, out_t, rows, columns),
    reference: ([x, b]) => Float64Array.from(x ?? [], (v, i) => v + at(b, i % columns)),
  };
}

function reductionCases(length: number): Case[] {
  const x = normal(length, 9);
  const reference = (o: readonly Float64Array[]) => [o[0]?.reduce((t, v) => t + v, 0) ?? 0];
  return [
    {
      name: `sum of ${length}`,
      operands: [x],
      out: 0,
      run: ([v = none]) => kernels.sum(v),
      jvp: ([v = none], [v_t]) => kernels.sum_jvp(v, v_t),
      reference,
    },
    {
      name: `mean of ${length}`,
      operands: [x],
      out: 0,
      run: ([v = none]) => kernels.mean(v),
      jvp: ([v = none], [v_t]) => kernels.mean_jvp(v, v_t),
      reference: (o) => [at(reference(o), 0) / length],
    },
    {
      name: `dot of ${length}`,
      operands: [x, normal(length, 10)],
      out: 0,
      run: ([a = none, b = none]) => kernels.dot(a, b),
      jvp: ([a = none, b = none], [a_t, b_t]) => kernels.dot_jvp(a, a_t, b, b_t),
      reference: ([a, b]) => [a?.reduce((t, v, i) => t + v * at(b, i), 0) ?? 0],
    },
  ];
}

/** α stands as an array of one number, so that it is varied as the others are. */
function scaledCases(length: number): Case[] {
  const alpha = Float32Array.of(0.75);
  const initial = normal(length, 12);
  const number = (t: Float32Array | undefined) => (t === undefined ? undefined : at(t, 0));
  return [
    {
      name: `scale of ${length}`,
      operands: [alpha, normal(length, 11)],
      out: length,
      run: ([a, x = none], out) => void kernels.scale(at(a, 0), x, out),
      jvp: ([a, x = none], [a_t, x_t], out, out_t) => void kernels.scale_jvp(at(a, 0), number(a_t), x, x_t, out, out_t),
      reference: ([a, x]) => Float64Array.from(x ?? [], (v) => at(a, 0) * v),
    },
    {
      name: `axpy of ${length}`,
      operands: [alpha, normal(length, 11)],
      out: length,
      initial,
      run: ([a, x = none], out) => void kernels.axpy(at(a, 0), x, out),
      jvp: ([a, x = none], [a_t, x_t], out, out_t) => void kernels.axpy_jvp(at(a, 0), number(a_t), x, x_t, out, out_t),
      reference: ([a, x]) => Float64Array.from(x ?? [], (v, i) => at(initial, i) + at(a, 0) * v),
    },
  ];
}

const shapes = [
  [1, 1, 1],
  [2, 3, 4],
  [3, 5, 7],
  [4, 4, 4],
  [5, 1, 2],
  [1, 9, 6],
  [7, 13, 10],
  [0, 3, 2],
  [2, 0, 3],
  [3, 2, 0],
] as const;

const gelu = (x: number) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));

const cases: Case[] = [
  ...(["matmul", "matmulNT", "matmulTN", "matmulTT"] as const).flatMap((name) =>
    shapes.map(([m, k, n]) => matmulCase(name, m, k, n)),
  ),
  ...[0, 1, 17].flatMap((length) => [
    mapCase("relu", length, (x) => Math.max(x, 0)),
    mapCase("tanh", length, Math.tanh),
    mapCase("sigmoid", length, (x) => 1 / (1 + Math.exp(-x))),
    mapCase("gelu", length, gelu),
    mapCase("exp", length, Math.exp),
    mapCase("log", length, Math.log),
    mapCase("sqrt", length, Math.sqrt),
    mapCase("square", length, (x) => x * x),
    mapCase("abs", length, Math.abs),
    pairCase("add", length, (a, b) => a + b),
    pairCase("subtract", length, (a, b) => a - b),
    pairCase("multiply", length, (a, b) => a * b),
    pairCase("divide", length, (a, b) => a / b),
    ...scaledCases(length),
    ...reductionCases(length),
  ]),
  biasCase(1, 1),
  biasCase(5, 3),
  biasCase(0, 3),
  biasCase(3, 0),
  crossEntropyCase(1, 1),
  crossEntropyCase(1, 10),
  crossEntropyCase(9, 4),
];

/** Fourth-order central difference of the reference along a direction, in double precision. */
function difference(c: Case, tangents: Tangents): Float64Array {
  const along = (t: number) =>
    Float64Array.from(
      c.reference(c.operands.map((o, i) => Float64Array.from(o, (x, j) => x + t * (at(tangents[i], j) || 0)))),
    );
  const h = 1e-3;
  const [a, b, p, q] = [along(h), along(-h), along(2 * h), along(-2 * h)];
  return a.map((_, i) => (8 * (at(a, i) - at(b, i)) - (at(p, i) - at(q, i))) / (12 * h));
}

function expectClose(got: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(got.length).toBe(expected.length);
  const size = Math.max(1, ...Array.from(expected, Math.abs));
  for (let i = 0; i < expected.length; i++) {
    if (Number.isNaN(at(expected, i))) expect(at(got, i)).toBeNaN();
    else expect(Math.abs(at(got, i) - at(expected, i)), `element ${i}`).toBeLessThan(tolerance * size);
  }
}

const patterns = (count: number): boolean[][] =>
  Array.from({ length: 2 ** count }, (_, bits) => Array.from({ length: count }, (_, i) => ((bits >> i) & 1) === 1));

describe.each(cases)("$name", (c) => {
  const buffer = () => c.initial?.slice() ?? new Float32Array(c.out).fill(Number.NaN);
  const out = buffer();
  const result = c.run(c.operands, out);
  const values = result === undefined ? out : [result];

  test("value", () => {
    expectClose(values, c.reference(c.operands.map((o) => Float64Array.from(o))), 1e-6);
  });

  test.each(patterns(c.operands.length))("tangent, operands active: %s %s", (...active) => {
    const tangents = c.operands.map((o, i) => (active[i] ? normal(o.length, 20 + i) : undefined));
    const before = c.operands.map((o) => o.slice());
    const primal = buffer();
    // The tangent of what is added to counts; that of what is overwritten does not.
    const tangent = new Float32Array(c.out).fill(c.initial ? 0 : Number.NaN);
    const pair = c.jvp(c.operands, tangents, primal, tangent);
    expect(pair === undefined ? primal : [pair[0]]).toEqual(values);
    const got = pair === undefined ? tangent : [pair[1]];
    if (active.includes(true)) expectClose(got, difference(c, tangents), 2e-6);
    else expect(Array.from(got).every((x) => x === 0)).toBe(true);
    expect(c.operands).toEqual(before);
  });

  const inPlace = c.operands.flatMap((o, i) =>
    c.initial || o.length !== c.out || c.name.startsWith("matmul") ? [] : [i],
  );
  test.each(inPlace)("in place of operand %i", (i) => {
    const tangents = c.operands.map((o, j) => normal(o.length, 20 + j));
    const expected_t = new Float32Array(c.out);
    c.jvp(c.operands, tangents, new Float32Array(c.out), expected_t);

    const alone = c.operands.map((o) => o.slice());
    c.run(alone, alone[i] ?? none);
    expect(alone[i]).toEqual(out);

    const together = c.operands.map((o) => o.slice());
    const shadows = tangents.map((t) => t.slice());
    c.jvp(together, shadows, together[i] ?? none, shadows[i] ?? none);
    expect(together[i]).toEqual(out);
    expect(shadows[i]).toEqual(expected_t);
  });
});

describe("at the edges", () => {
  const one = (x: number, jvp: typeof kernels.relu_jvp, x_t = 1) => {
    const y = new Float32Array(1);
    const y_t = new Float32Array(1);
    jvp(Float32Array.of(x), Float32Array.of(x_t), y, y_t);
    return [at(y, 0), at(y_t, 0)];
  };

  test("relu′(0) = 0, also at −0; NaN stays NaN", () => {
    expect(one(0, kernels.relu_jvp)).toEqual([0, 0]);
    expect(one(-0, kernels.relu_jvp)[1]).toBe(0);
    expect(one(Number.NaN, kernels.relu_jvp)[0]).toBeNaN();
    expect(one(Number.POSITIVE_INFINITY, kernels.relu_jvp)).toEqual([Number.POSITIVE_INFINITY, 1]);
  });

  test("abs′(0) = 0; log and sqrt at 0", () => {
    expect(one(0, kernels.abs_jvp)).toEqual([0, 0]);
    for (const zero of [0, -0]) {
      expect(one(zero, kernels.log_jvp)[1]).toBe(Number.POSITIVE_INFINITY);
      expect(one(zero, kernels.sqrt_jvp)[1]).toBe(Number.POSITIVE_INFINITY);
      expect(one(zero, kernels.sqrt_jvp, -1)[1]).toBe(Number.NEGATIVE_INFINITY);
      expect(one(zero, kernels.log_jvp, 0)[1]).toBe(0);
      expect(one(zero, kernels.sqrt_jvp, 0)[1]).toBe(0);
    }
  });

  test("saturated maps have a slope of 0, not NaN", () => {
    for (const x of [1e30, -1e30, 200, -200, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      expect(one(x, kernels.sigmoid_jvp)).toEqual([x > 0 ? 1 : at([Math.fround(Math.exp(x))], 0), expect.closeTo(0)]);
      expect(one(x, kernels.tanh_jvp)).toEqual([Math.sign(x), 0]);
    }
    expect(one(1e15, kernels.gelu_jvp)).toEqual([Math.fround(1e15), 1]);
    expect(one(-1e15, kernels.gelu_jvp)[1]).toBeCloseTo(0);
  });

  test("softmaxCrossEntropy survives large logits and refuses labels out of range", () => {
    const z = Float32Array.of(1e4, -1e4, 0);
    const z_t = Float32Array.of(1, 2, 3);
    expect(kernels.softmaxCrossEntropy_jvp(z, z_t, Uint8Array.of(0), 1, 3)).toEqual([0, 0]);
    expect(kernels.softmaxCrossEntropy_jvp(z, z_t, Int32Array.of(2), 1, 3)).toEqual([1e4, -2]);
    const masked = Float32Array.of(0, Number.NEGATIVE_INFINITY);
    expect(kernels.softmaxCrossEntropy_jvp(masked, Float32Array.of(5, 7), Uint8Array.of(0), 1, 2)).toEqual([0, 0]);
    expect(() => kernels.softmaxCrossEntropy(z, Uint8Array.of(3), 1, 3)).toThrow(
      /label 0 is 3, but the classes are 0 to 2/,
    );
    expect(() => kernels.softmaxCrossEntropy(z, Int32Array.of(-1), 1, 3)).toThrow(RangeError);
  });

  test("accuracy counts the first of equals", () => {
    const z = Float32Array.of(1, 2, 3, 3, 0, -1);
    expect(kernels.accuracy(z, Uint8Array.of(2, 0), 2, 3)).toBe(1);
    expect(kernels.accuracy(Float32Array.of(1, 1), Uint8Array.of(1), 1, 2)).toBe(0);
  });

  test("matmul after a larger one, and one that grows its scratch", () => {
    for (const [m, k, n] of [
      [3, 40, 5],
      [2, 3, 2],
      [9, 65, 11],
    ] as const) {
      const c = matmulCase("matmulTT", m, k, n);
      const out = new Float32Array(c.out);
      c.run(c.operands, out);
      expectClose(out, c.reference(c.operands.map((o) => Float64Array.from(o))), 1e-6);
    }
  });

  test("sizes that do not fit are refused", () => {
    const [a, b, out] = [new Float32Array(6), new Float32Array(6), new Float32Array(4)];
    expect(() => kernels.matmul(a, b, out, 2, 3, 3)).toThrow(/matmul: b must hold 9 elements, got 6/);
    expect(() => kernels.matmul(a, out, out, 2, 3, 2)).toThrow(RangeError);
    const square = new Float32Array(4);
    expect(() => kernels.matmul(square, square, square, 2, 2, 2)).toThrow(/out must not be one of the operands/);
    expect(() => kernels.relu(a, out)).toThrow(/relu: out must hold 6 elements, got 4/);
    expect(() => kernels.add(a, out, a)).toThrow(/add: b/);
    expect(() => kernels.bias(a, b, a, 2, 3)).toThrow(/bias: b must hold 3/);
    expect(() => kernels.softmaxCrossEntropy(a, new Uint8Array(3), 2, 3)).toThrow(/labels/);
    expect(() => kernels.dot(a, out)).toThrow(RangeError);
  });
});
