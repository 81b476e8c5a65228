/** Several directions in one run: rules of kernels for lists of tangents give what single runs give. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pluginOver } from "../../compiler/esbuild.ts";
import { createHost } from "../../compiler/index.ts";
import { type CompiledTangent, compiledTangent } from "../../runtime/compiled.ts";
import * as arena from "../../runtime/engine/arena.ts";
import * as kernels from "../../runtime/kernels/index.ts";
import { ENGINES, normals } from "./engines.ts";

type Program = typeof import("./program.ts");
type Any = (...args: never[]) => unknown;

const LANES = 3;
const folder = mkdtempSync(join(tmpdir(), "fgrad-lanes-"));
const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
let single: Program;
let several: Program;

beforeAll(async () => {
  const host = createHost();
  const load = async (lanes: number) => {
    const outfile = join(folder, `program${lanes}.mjs`);
    await build({
      entryPoints: [at("./program.ts")],
      outfile,
      bundle: true,
      platform: "node",
      format: "esm",
      tsconfig: at("../../tsconfig.json"),
      plugins: [pluginOver(() => host, { lanes })],
    });
    return (await import(pathToFileURL(outfile).href)) as Program;
  };
  single = await load(1);
  several = await load(LANES);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const compiled = (f: unknown) => compiledTangent(f as Any) as CompiledTangent;

/** A model's parameters in the memory of a program's engine, and directions of several structures. */
function perceptron({ floats, matrix, fillNormal, structured }: Program) {
  let step = 0;
  const normal = (array: Float32Array) => {
    fillNormal(array, 7, ++step);
    return array;
  };
  const layer = (inputs: number, outputs: number) => ({
    weights: normal(matrix(inputs, outputs)),
    biases: normal(floats(outputs)),
  });
  const theta = { first: layer(9, 8), between: [layer(8, 8)], last: layer(8, 4) };
  const dense = () => ({ first: layer(9, 8), between: [layer(8, 8)], last: layer(8, 4) });
  const cheap = (inputs: number, outputs: number, kind: "rankOne" | "seeded") => ({
    weights:
      kind === "rankOne"
        ? structured({ kind, left: normal(floats(inputs)), right: normal(floats(outputs)) })
        : structured({ kind, distribution: "sign", seed: 3, step: ++step, offset: 4, length: inputs * outputs }),
    biases: normal(floats(outputs)),
  });
  const like = (kind: "rankOne" | "seeded") => ({
    first: cheap(9, 8, kind),
    between: [cheap(8, 8, kind)],
    last: cheap(8, 4, kind),
  });
  return { theta, directions: [dense(), like("rankOne"), like("seeded")], images: normal(floats(6 * 9)) };
}

describe.each(["wasm", "javascript"] as const)("on %s", (name) => {
  test("a model's slopes are those of single runs, bit by bit", () => {
    const labels = Uint8Array.of(0, 3, 1, 2, 3, 0);
    single.useEngine({ name, memory: 2 ** 24 });
    several.useEngine({ name, memory: 2 ** 24 });
    const one = perceptron(single);
    const expected = one.directions.map((v) =>
      compiled(single.mlp.loss).jvp(...([one.theta, v, one.images, labels] as never[])),
    );
    const many = perceptron(several);
    const result = compiled(several.mlp.loss).jvp(
      ...([many.theta, ...many.directions, many.images, labels] as never[]),
    ) as number[];
    const values = expected as [number, number][];
    expect(result).toEqual([values[0]?.[0], ...values.map(([, slope]) => slope)]);
    expect(compiled(several.cnn.loss).lanes).toBe(LANES);
  });

  test("the exact gradient needs fewer runs", () => {
    const run = (program: Program) => {
      program.useEngine({ name, memory: 2 ** 24 });
      const { floats, fillNormal, gradient, logistic } = program;
      const theta = { weights: floats(6), biases: floats(2) };
      fillNormal(theta.weights, 1, 1);
      const images = floats(6);
      fillNormal(images, 1, 2);
      const [value, [slopes]] = gradient(logistic.loss)(theta, images, Uint8Array.of(0, 1));
      return [value, ...(slopes?.weights ?? []), ...(slopes?.biases ?? [])];
    };
    expect(run(several)).toEqual(run(single));
  });
});

/** Every kernel with a result in an array, in place where that is allowed. */
describe.each(ENGINES)("rules on $name", (options) => {
  beforeAll(() => void kernels.useEngine(options));

  const rules: Record<string, unknown> = { ...kernels, floats_jvps: arena.floats_jvps };
  const image = { batch: 2, height: 4, width: 4, channels: 3, size: 2 };
  const convolution = { batch: 2, height: 4, width: 4, inputs: 3, outputs: 5, size: 3, padding: 1 };
  const index = Uint8Array.of(3, 0, 3, 1, 4);
  const cases: readonly (readonly [
    name: string,
    operands: readonly number[],
    before: readonly unknown[],
    result: number,
    rest: readonly unknown[],
  ])[] = [
    ...["relu", "tanh", "sigmoid", "gelu", "exp", "log", "sqrt", "square", "abs"].map(
      (name) => [name, [7], [], 7, []] as const,
    ),
    ...["add", "subtract", "multiply", "divide"].map((name) => [name, [7, 7], [], 7, []] as const),
    ...["matmul", "matmulNT", "matmulTN", "matmulTT"].map(
      (name) => [name, [4 * 20, 20 * 9], [], 36, [4, 20, 9]] as const,
    ),
    ["linear", [4 * 20, 20 * 9, 9], [], 36, [4, 20, 9]],
    ["linearRelu", [4 * 20, 20 * 9, 9], [], 36, [4, 20, 9]],
    ["bias", [15, 3], [], 15, [5, 3]],
    ["biasRelu", [15, 3], [], 15, [5, 3]],
    ["layerNorm", [15, 3, 3], [], 15, [5, 3]],
    ["batchNorm", [15, 3, 3], [], 15, [5, 3]],
    ["maxPool", [96], [], 24, [image]],
    ["avgPool", [96], [], 24, [image]],
    ["conv2d", [96, 135], [], 160, [convolution]],
    ["conv2dRelu", [96, 135, 5], [], 160, [convolution]],
    ["transpose", [15], [], 15, [5, 3]],
    ["gather", [6], [index], 5, []],
    ["embedding", [15], [index], 15, [3]],
  ];

  test.each(cases)("%s", (name, operands, before, result, rest) => {
    for (const own of [false, true]) {
      kernels.scope(() => {
        const take = (length: number) => (own ? new Float32Array(length) : kernels.floats(length)).fill(9);
        const primals = operands.map((length, o) => normals(length, o + 1, own).map(Math.abs));
        const inputs = primals.map((x) => take(x.length));
        for (const [o, x] of primals.entries()) inputs[o]?.set(x);
        for (let pattern = 0; pattern < 1 << operands.length; pattern++) {
          const tangents = operands.map((length, o) =>
            Array.from({ length: LANES }, (_, lane) =>
              (pattern >> o) & 1 ? normals(length, 10 * o + lane + 5, own) : undefined,
            ),
          );
          const value = take(result);
          const slopes = Array.from({ length: LANES }, () => take(result));
          const laned = inputs.flatMap((x, o) => [x, tangents[o]]);
          (rules[`${name}_jvps`] as Any)(...([...laned, ...before, value, slopes, ...rest] as never[]));
          for (let lane = 0; lane < LANES; lane++) {
            const [out, out_t] = [take(result), take(result)];
            const plain = inputs.flatMap((x, o) => [x, tangents[o]?.[lane]]);
            (rules[`${name}_jvp`] as Any)(...([...plain, ...before, out, out_t, ...rest] as never[]));
            expect(value).toEqual(out);
            expect(slopes[lane]).toEqual(out_t);
          }
        }
      });
    }
  });

  test("axpy, scale and reductions", () => {
    kernels.scope(() => {
      const [x, y, out] = [normals(9, 1), normals(9, 2), kernels.floats(9)];
      const x_t = [normals(9, 3), normals(9, 4), normals(9, 5)];
      const y_t = [normals(9, 6), normals(9, 7), normals(9, 8)];
      const expected = x_t.map((v, lane) => {
        const [value, slope] = [normals(9, 2), normals(9, 6 + lane)];
        kernels.axpy_jvp(0.5, lane, x, v, value, slope);
        return [value, slope, kernels.dot_jvp(x, v, y, undefined)[1], kernels.sum_jvp(x, v)[1]] as const;
      });
      const none = [undefined, undefined, undefined];
      const dots = kernels.dot_jvps(x, x_t, y, none);
      expect(dots).toEqual([kernels.dot(x, y), ...expected.map(([, , slope]) => slope)]);
      expect(kernels.sum_jvps(x, x_t)).toEqual([kernels.sum(x), ...expected.map(([, , , slope]) => slope)]);
      expect(kernels.mean_jvps(x, x_t)[2]).toBe(kernels.mean_jvp(x, x_t[1])[1]);
      kernels.axpy_jvps(0.5, [0, 1, 2], x, x_t, y, y_t);
      for (const [lane, [value, slope]] of expected.entries()) {
        expect(y).toEqual(value);
        expect(y_t[lane]).toEqual(slope);
      }
      kernels.scale_jvps(2, none, x, x_t, out, y_t);
      expect([...(y_t[2] as Float32Array)]).toEqual([...(x_t[2] as Float32Array)].map((v) => 2 * v));
      const labels = Uint8Array.of(1, 0, 2);
      const losses = kernels.softmaxCrossEntropy_jvps(x, x_t, labels, 3, 3);
      expect(losses).toEqual([
        kernels.softmaxCrossEntropy(x, labels, 3, 3),
        ...x_t.map((v) => kernels.softmaxCrossEntropy_jvp(x, v, labels, 3, 3)[1]),
      ]);
    });
  });

  test("in place: each direction sees the operand as it was", () => {
    kernels.scope(() => {
      const [x, v] = [normals(9, 1), normals(9, 2)];
      const [out, out_t] = [kernels.floats(9), kernels.floats(9)];
      kernels.tanh_jvp(x, v, out, out_t);
      const tangents = [v.slice(), v.slice(), v.slice()];
      kernels.tanh_jvps(x, tangents, x, tangents);
      expect(x).toEqual(out);
      const near = tangents.map((slope) => slope.every((s, i) => Math.abs(s - (out_t[i] as number)) < 1e-6));
      expect(near).toEqual([true, true, true]);
    });
  });
});
