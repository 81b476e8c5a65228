/** Every kernel whose result is an array: its tangent against central differences in double steps, for each pattern of activity. */

import { beforeAll, describe, expect, test } from "vitest";
import {
  abs,
  abs_jvp,
  add,
  add_jvp,
  avgPool,
  avgPool_jvp,
  batchNorm,
  batchNorm_jvp,
  bias,
  bias_jvp,
  biasRelu,
  biasRelu_jvp,
  divide,
  divide_jvp,
  embedding,
  embedding_jvp,
  exp,
  exp_jvp,
  floats,
  gather,
  gather_jvp,
  gelu,
  gelu_jvp,
  layerNorm,
  layerNorm_jvp,
  log,
  log_jvp,
  multiply,
  multiply_jvp,
  relu,
  relu_jvp,
  scope,
  sigmoid,
  sigmoid_jvp,
  sqrt,
  sqrt_jvp,
  square,
  square_jvp,
  subtract,
  subtract_jvp,
  tanh,
  tanh_jvp,
  transpose,
  transpose_jvp,
  useEngine,
} from "../../runtime/kernels/index.ts";
import { ENGINES, normals } from "./engines.ts";

interface Kernel {
  readonly name: string;
  /** Lengths of the operands that may vary, and of the result. */
  readonly operands: readonly number[];
  readonly result: number;
  readonly run: (operands: readonly Float32Array[], out: Float32Array) => void;
  readonly jvp: (
    operands: readonly Float32Array[],
    tangents: readonly (Float32Array | undefined)[],
    out: Float32Array,
    out_t: Float32Array,
  ) => void;
  /** Operands must be positive. */
  readonly positive?: boolean;
}

type Map1 = (x: Float32Array, out: Float32Array) => void;
type Map1Tangent = (x: Float32Array, x_t: Float32Array | undefined, out: Float32Array, out_t: Float32Array) => void;
type Map2 = (a: Float32Array, b: Float32Array, out: Float32Array) => void;
type Map2Tangent = (
  a: Float32Array,
  a_t: Float32Array | undefined,
  b: Float32Array,
  b_t: Float32Array | undefined,
  out: Float32Array,
  out_t: Float32Array,
) => void;

const at = (list: readonly Float32Array[], i: number) => list[i] as Float32Array;

const map = (name: string, f: Map1, jvp: Map1Tangent, positive = false): Kernel => ({
  name,
  operands: [23],
  result: 23,
  run: (x, out) => f(at(x, 0), out),
  jvp: (x, t, out, out_t) => jvp(at(x, 0), t[0], out, out_t),
  positive,
});

const pair = (name: string, f: Map2, jvp: Map2Tangent, positive = false): Kernel => ({
  name,
  operands: [23, 23],
  result: 23,
  run: (x, out) => f(at(x, 0), at(x, 1), out),
  jvp: (x, t, out, out_t) => jvp(at(x, 0), t[0], at(x, 1), t[1], out, out_t),
  positive,
});

const index = Uint8Array.of(3, 0, 3, 1, 4);
const pool = { batch: 2, height: 4, width: 4, channels: 3, size: 2 };

const KERNELS: readonly Kernel[] = [
  map("abs", abs, abs_jvp),
  map("exp", exp, exp_jvp),
  map("gelu", gelu, gelu_jvp),
  map("log", log, log_jvp, true),
  map("relu", relu, relu_jvp),
  map("sigmoid", sigmoid, sigmoid_jvp),
  map("sqrt", sqrt, sqrt_jvp, true),
  map("square", square, square_jvp),
  map("tanh", tanh, tanh_jvp),
  pair("add", add, add_jvp),
  pair("subtract", subtract, subtract_jvp),
  pair("multiply", multiply, multiply_jvp),
  pair("divide", divide, divide_jvp, true),
  {
    name: "bias",
    operands: [35, 7],
    result: 35,
    run: (x, out) => bias(at(x, 0), at(x, 1), out, 5, 7),
    jvp: (x, t, out, out_t) => bias_jvp(at(x, 0), t[0], at(x, 1), t[1], out, out_t, 5, 7),
  },
  {
    name: "biasRelu",
    operands: [35, 7],
    result: 35,
    run: (x, out) => biasRelu(at(x, 0), at(x, 1), out, 5, 7),
    jvp: (x, t, out, out_t) => biasRelu_jvp(at(x, 0), t[0], at(x, 1), t[1], out, out_t, 5, 7),
  },
  {
    name: "layerNorm",
    operands: [35, 7, 7],
    result: 35,
    run: (x, out) => layerNorm(at(x, 0), at(x, 1), at(x, 2), out, 5, 7),
    jvp: (x, t, out, out_t) => layerNorm_jvp(at(x, 0), t[0], at(x, 1), t[1], at(x, 2), t[2], out, out_t, 5, 7),
  },
  {
    name: "batchNorm",
    operands: [35, 7, 7],
    result: 35,
    run: (x, out) => batchNorm(at(x, 0), at(x, 1), at(x, 2), out, 5, 7),
    jvp: (x, t, out, out_t) => batchNorm_jvp(at(x, 0), t[0], at(x, 1), t[1], at(x, 2), t[2], out, out_t, 5, 7),
  },
  {
    name: "transpose",
    operands: [18 * 35],
    result: 18 * 35,
    run: (x, out) => transpose(at(x, 0), out, 18, 35),
    jvp: (x, t, out, out_t) => transpose_jvp(at(x, 0), t[0], out, out_t, 18, 35),
  },
  {
    name: "gather",
    operands: [6],
    result: 5,
    run: (x, out) => gather(at(x, 0), index, out),
    jvp: (x, t, out, out_t) => gather_jvp(at(x, 0), t[0], index, out, out_t),
  },
  {
    name: "embedding",
    operands: [15],
    result: 15,
    run: (x, out) => embedding(at(x, 0), index, out, 3),
    jvp: (x, t, out, out_t) => embedding_jvp(at(x, 0), t[0], index, out, out_t, 3),
  },
  {
    name: "avgPool",
    operands: [96],
    result: 24,
    run: (x, out) => avgPool(at(x, 0), out, pool),
    jvp: (x, t, out, out_t) => avgPool_jvp(at(x, 0), t[0], out, out_t, pool),
  },
];

describe.each(ENGINES)("on $name", (options) => {
  beforeAll(() => void useEngine(options));

  describe.each(KERNELS)("$name", ({ operands, result, run, jvp, positive }) => {
    test.each([
      ["in the engine's memory", false],
      ["in arrays of the user's own", true],
    ])("%s", (_, own) => {
      scope(() => {
        const take = (length: number) => (own ? new Float32Array(length) : floats(length));
        const primals = operands.map((length, o) => {
          const x = normals(length, o + 1, own);
          if (positive === true) for (let i = 0; i < length; i++) x[i] = Math.abs(x[i] as number) + 0.5;
          // Away from the corners of abs and relu, so that differences see one side.
          else for (let i = 0; i < length; i++) x[i] = (x[i] as number) + 0.05 * Math.sign(x[i] as number);
          return x;
        });
        const out = take(result);
        run(primals, out);
        for (let pattern = 0; pattern < 1 << operands.length; pattern++) {
          const tangents = operands.map((length, o) => ((pattern >> o) & 1 ? normals(length, o + 9, own) : undefined));
          const value = take(result).fill(9);
          const slope = take(result).fill(9);
          jvp(primals, tangents, value, slope);
          expect([...value]).toEqual([...out]);
          const h = 2 ** -9;
          const moved = (sign: number) => {
            const result_ = take(result);
            run(
              primals.map((x, o) => {
                const y = take(x.length);
                y.set(x.map((u, i) => u + sign * h * (tangents[o]?.[i] ?? 0)));
                return y;
              }),
              result_,
            );
            return result_;
          };
          const high = moved(1);
          const low = moved(-1);
          slope.forEach((v, i) => {
            const difference = ((high[i] as number) - (low[i] as number)) / (2 * h);
            expect(Math.abs(v - difference)).toBeLessThan(2e-3 * (1 + Math.abs(v)));
          });
        }
      });
    });
  });
});
