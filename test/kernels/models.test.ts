/** Whole models: compiled, trained along directions of every structure, and against backpropagation. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fgrad } from "../../compiler/esbuild.ts";
import type { Cnn } from "../../fixtures/models/cnn.ts";
import type { Mlp } from "../../fixtures/models/mlp.ts";

type Program = typeof import("./program.ts");

const folder = mkdtempSync(join(tmpdir(), "fgrad-models-"));
const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
let program: Program;

beforeAll(async () => {
  await build({
    entryPoints: [at("./program.ts")],
    outfile: join(folder, "program.mjs"),
    bundle: true,
    platform: "node",
    format: "esm",
    tsconfig: at("../../tsconfig.json"),
    plugins: [fgrad()],
  });
  program = (await import(pathToFileURL(join(folder, "program.mjs")).href)) as Program;
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const BATCH = 6;
const labels = Uint8Array.of(0, 3, 1, 2, 3, 0);

function layers() {
  const { floats, matrix, fillNormal } = program;
  let seed = 0;
  const normal = (array: Float32Array, scale: number) => {
    fillNormal(array, ++seed, 0);
    for (let i = 0; i < array.length; i++) array[i] = (array[i] as number) * scale;
    return array;
  };
  const layer = (inputs: number, outputs: number) => ({
    weights: normal(matrix(inputs, outputs), 1 / Math.sqrt(inputs)),
    biases: normal(floats(outputs), 0.1),
  });
  return { normal, layer };
}

function perceptron() {
  const { normal, layer } = layers();
  const theta: Mlp = { first: layer(9, 8), between: [layer(8, 8), layer(8, 8)], last: layer(8, 4) };
  const images = normal(program.floats(BATCH * 9), 1);
  const step = (rate: number) => program.mlpStep(theta, images, labels, rate);
  return { loss: program.mlp.loss, theta, images, step };
}

function convolutional() {
  const { normal, layer } = layers();
  const theta: Cnn = {
    convolutions: [layer(9, 4), layer(36, 4), layer(36, 4), layer(36, 4)],
    hidden: layer(16, 8),
    last: layer(8, 4),
  };
  const images = normal(program.floats(BATCH * 64), 1);
  const step = (rate: number) => program.cnnStep(theta, images, labels, rate);
  return { loss: program.cnn.loss, theta, images, step };
}

function regression() {
  const { normal, layer } = layers();
  const theta = layer(9, 4);
  const images = normal(program.floats(BATCH * 9), 1);
  const step = (rate: number) => program.logisticStep(theta, images, labels, rate);
  return { loss: program.logistic.loss, theta, images, step };
}

const models = { regression, perceptron, convolutional };

/** All arrays of numbers in a structure. */
function arrays(value: unknown): Float32Array[] {
  if (value instanceof Float32Array) return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(arrays) : [];
}

/** What one step of backpropagation takes away per unit of learning rate. */
function backpropagated(model: ReturnType<(typeof models)[keyof typeof models]>): Float64Array {
  const before = arrays(model.theta).map((array) => array.slice());
  model.step(2 ** -6);
  const change = arrays(model.theta).flatMap((array, a) =>
    [...array].map((value, i) => ((before[a]?.[i] as number) - value) * 2 ** 6),
  );
  arrays(model.theta).forEach((array, a) => void array.set(before[a] as Float32Array));
  return Float64Array.from(change);
}

type AnyLoss = (theta: never, images: Float32Array, labels: Uint8Array) => number;

describe.each(["wasm", "javascript"] as const)("on %s", (name) => {
  beforeAll(() => void program.useEngine({ name, memory: 2 ** 26 }));

  // The baseline of the convolutional network is written for one engine only.
  const comparable = (Object.keys(models) as (keyof typeof models)[]).filter(
    (which) => name === "wasm" || which !== "convolutional",
  );

  describe.each(comparable)("%s", (which) => {
    test("slopes along any direction are those of backpropagation", () => {
      const model = models[which]();
      const exact = backpropagated(model);
      const { gaussian, rademacher, rankOne, forwardGradient, scope } = program;
      for (const directions of [
        gaussian({ seed: 5 }),
        gaussian({ seed: 5, stored: false }),
        rademacher({ seed: 5 }),
        rademacher({ seed: 5, stored: false }),
        rankOne({ seed: 5 }),
      ]) {
        scope(() => {
          const options = { directions, step: 3, data: [model.images, labels] };
          const { value, slope, gradient } = forwardGradient(
            model.loss as AnyLoss,
            model.theta as never,
            options as never,
          );
          expect(value).toBe(scope(() => (model.loss as AnyLoss)(model.theta as never, model.images, labels)));
          const g = arrays(gradient).flatMap((array) => [...array]);
          const expected = g.reduce((sum, d, i) => sum + (d / slope) * (exact[i] as number), 0);
          expect(slope).toBeCloseTo(expected, 4);
        });
      }
    });
  });

  test("a direction that is never stored is the stored one", () => {
    const { gaussian, rademacher, fgd, scope } = program;
    for (const make of [gaussian, rademacher]) {
      const run = (stored: boolean) =>
        scope(() => {
          const { loss, theta, images } = perceptron();
          const options = { steps: 3, learningRate: 0.01, batch: () => [images, labels] as [Float32Array, Uint8Array] };
          const values = [...fgd(loss, theta, { ...options, directions: make({ seed: 2, stored }) })].map(
            (s) => s.value,
          );
          return [...values, ...arrays(theta).map((array) => array.reduce((sum, value) => sum + value, 0))];
        });
      const kept = run(true);
      run(false).forEach((value, i) => {
        expect(value).toBeCloseTo(kept[i] as number, 5);
      });
    }
  });

  test.each(["rankOne", "activity"] as const)(
    "%s estimates are unbiased, with the second moment of theory",
    (which) => {
      const { forwardGradient, scope } = program;
      const model = regression();
      const exact = backpropagated(model);
      const norm = exact.reduce((sum, g) => sum + g * g, 0);
      const mean = new Float64Array(exact.length);
      const moments = { weights: 0, biases: 0 };
      const samples = 4000;
      const data: [Float32Array, Uint8Array] = [model.images, labels];
      for (let step = 0; step < samples; step++) {
        scope(() => {
          const options = { directions: program[which]({ seed: 1 }), step, data };
          const { gradient } = forwardGradient(model.loss, model.theta, options);
          for (const name of ["weights", "biases"] as const) {
            moments[name] += gradient[name].reduce((sum, g) => sum + g * g, 0) / samples;
          }
          arrays(gradient)
            .flatMap((array) => [...array])
            .forEach((g, i) => {
              mean[i] = (mean[i] as number) + g / samples;
            });
        });
      }
      // An estimate has E‖g‖² = c ‖∇f‖², at most n times; the mean of 4,000 is off by √(n / 4000) of the gradient's length: thrice that at most.
      const error = mean.reduce((sum, g, i) => sum + (g - (exact[i] as number)) ** 2, 0);
      expect(Math.sqrt(error / norm)).toBeLessThan(3 * Math.sqrt(exact.length / samples));
      if (which === "rankOne") {
        // All coordinates are uncorrelated signs: c is their number.
        const moment = (moments.weights + moments.biases) / norm / exact.length;
        expect(moment).toBeGreaterThan(0.8);
        expect(moment).toBeLessThan(1.2);
      } else {
        // Biases are weights of an input that is 1: c is the number of outputs.
        const moment = (moments.weights + moments.biases) / norm / 4;
        expect(moment).toBeGreaterThan(0.9);
        expect(moment).toBeLessThan(1.1);
      }
    },
  );

  test("activities can be perturbed in deep models, on the way to a smaller loss", () => {
    const { activity, fgd, scope } = program;
    scope(() => {
      const { loss, theta, images } = perceptron();
      const batch = (): [Float32Array, Uint8Array] => [images, labels];
      const steps = [...fgd(loss, theta, { steps: 400, learningRate: 0.02, batch, directions: activity({ seed: 3 }) })];
      expect(steps.at(-1)?.value).toBeLessThan(0.6 * (steps[0]?.value ?? 0));
    });
  });

  test("a step allocates nothing after the first, whatever the estimator and the optimizer", () => {
    const { activity, adam, basis, fgd, forwardGradient, gaussian, guided, memoryInUse, momentum, nesterov } = program;
    const { orthogonal, plain, projected, rankOne, rademacher, sphere } = program;
    // The plain engine writes a seeded direction out where a product needs it.
    const seeded = name === "wasm" ? [rademacher({ stored: false }), gaussian({ stored: false })] : [];
    const estimators = [
      ...[rankOne(), rankOne({ samples: 3 }), rademacher(), activity(), activity({ independent: true }), ...seeded],
      ...[
        sphere(),
        orthogonal({ samples: 3 }),
        projected({ samples: 2 }),
        guided({ memory: 0.9, samples: 1 }),
        basis(),
      ],
    ];
    const optimizers = [momentum(), nesterov(), adam({ weightDecay: 1e-3 }), plain({ weightDecay: 1e-3 })];
    const { loss, theta, images } = perceptron();
    const data: [Float32Array, Uint8Array] = [images, labels];
    for (const [directions, optimizer] of [
      ...estimators.map((directions) => [directions, plain()] as const),
      ...optimizers.map((optimizer) => [rankOne(), optimizer] as const),
    ]) {
      const clip = optimizer.name.startsWith("nesterov") ? { norm: 1e3 } : {};
      const descent = fgd(loss, theta, { learningRate: 1e-6, batch: () => data, directions, optimizer, clip });
      for (let i = 0; i < (directions.combination === "basis" ? 10 : 200); i++) descent.next();
      const inUse = memoryInUse();
      let buffers = 0;
      const heap: number[] = [];
      let before = process.memoryUsage();
      // The exact gradient takes hundreds of runs a step.
      const steps = directions.combination === "basis" ? 50 : 1000;
      for (let i = 0; i < steps; i += 10) {
        for (let k = 0; k < 10; k++) descent.next();
        const after = process.memoryUsage();
        buffers += Math.max(0, after.arrayBuffers - before.arrayBuffers);
        heap.push((after.heapUsed - before.heapUsed) / 10);
        before = after;
      }
      expect([directions.name, memoryInUse()]).toEqual([directions.name, inUse]);
      expect([directions.name, buffers]).toEqual([directions.name, 0]);
      // A step's own report, lists of arguments and views, but no array of numbers; per run where there are many. Most of the time, that is: V8 is compiling meanwhile.
      const runs = directions.combination === "basis" ? 200 : directions.samples;
      const grown = heap.filter((bytes) => bytes > 0).sort((a, b) => a - b);
      expect((grown[grown.length >> 2] ?? 0) / runs, `${directions.name} with ${optimizer.name}`).toBeLessThan(15_000);
    }
    const before = memoryInUse();
    for (const directions of estimators) forwardGradient(loss, theta, { directions, data });
    expect(memoryInUse()).toBe(before);
  });
});
