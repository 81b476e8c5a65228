/** Experiments as they run: compiled. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fgrad } from "../../compiler/esbuild.ts";
import type { Digits } from "../../fixtures/data/mnist.ts";
import type { Context } from "./context.ts";
import type { RunSettings } from "./train.ts";

const folder = mkdtempSync(join(tmpdir(), "fgrad-paper-"));
const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
let program: typeof import("./program.ts");

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
  program = (await import(pathToFileURL(join(folder, "program.mjs")).href)) as typeof program;
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ignore = (): undefined => undefined;

/** Digits that are easy to tell apart: each has ink in rows of its own. */
function easyDigits(count: number): Digits {
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 10);
  const images = new Uint8Array(count * 784);
  labels.forEach((label, i) => {
    images.fill(255, i * 784 + label * 56, i * 784 + label * 56 + 56);
  });
  return { count, pixels: 784, images, labels };
}

const context: Context = {
  quick: true,
  seeds: 1,
  most: 10,
  again: false,
  folder,
  sets: () => {
    throw new Error("no digits are needed");
  },
  job: (_, __, work) => work(ignore),
  train: () => {
    throw new Error("nothing is trained");
  },
  keep: ignore,
};

test("estimates at a point of Beale's function: along their direction, right in the mean", async () => {
  const { samples, gradient, means, moment } = await program.sampleBeale(context);
  for (const { v, g } of samples.slice(0, 20)) {
    const slope = gradient[0] * v[0] + gradient[1] * v[1];
    expect(g[0]).toBeCloseTo(slope * v[0], 5);
    expect(g[1]).toBeCloseTo(slope * v[1], 5);
  }
  const [x, y] = means.at(-1)?.mean ?? [0, 0];
  expect(Math.hypot(x - gradient[0], y - gradient[1])).toBeLessThan(0.05 * Math.hypot(...gradient));
  expect(Math.abs(moment.measured - moment.theory)).toBeLessThan(0.3);
});

test("with as many orthogonal directions as a group has units, a block's step is that of the exact gradient", () => {
  const { newLocalNetwork, localDescent, mark, release, plain } = program;
  const start = mark();
  const [batch, inputs, size, groups] = [3, 5, 4, 2];
  const network = newLocalNetwork({ inputs, units: [8], groups, batch, seed: 1 });
  const [block] = network.blocks;
  if (block === undefined) throw new Error("no block");
  const images = Float32Array.from({ length: batch * inputs }, (_, i) => Math.sin(3 * i + 1));
  const labels = Uint8Array.of(1, 7, 0);
  const before = block.weights.slice();
  const readouts = block.readouts.map(({ weights }) => weights.slice());
  const step = localDescent(network, {
    directions: size,
    logitDirections: 1,
    optimizer: plain(),
    rates: () => 1,
    readoutRate: 0,
    start: 0,
    steps: 1,
  });
  step(0, images, labels);
  const expected = before.map((w, at) => w - exactSlope(Math.floor(at / 8), at % 8));
  for (let i = 0; i < expected.length; i++) expect(block.weights[i]).toBeCloseTo(expected[i] ?? 0, 5);
  release(start);

  /** ∂L/∂W[p, j], by hand: (softmax − 1 at the label) through the readout and the relu. */
  function exactSlope(p: number, j: number): number {
    const g = Math.floor(j / size);
    const readout = readouts[g] ?? new Float32Array(0);
    let slope = 0;
    for (let i = 0; i < batch; i++) {
      const z = Array.from({ length: size }, (_, u) => {
        let sum = 0;
        for (let q = 0; q < inputs; q++) sum += (images[i * inputs + q] ?? 0) * (before[q * 8 + g * size + u] ?? 0);
        return sum;
      });
      if ((z[j % size] ?? 0) <= 0) continue;
      const logits = Array.from({ length: 10 }, (_, c) =>
        z.reduce((sum, value, u) => sum + Math.max(value, 0) * (readout[u * 10 + c] ?? 0), 0),
      );
      const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
      logits.forEach((logit, c) => {
        const delta = Math.exp(logit) / total - (c === labels[i] ? 1 : 0);
        slope += (delta * (readout[(j % size) * 10 + c] ?? 0) * (images[i * inputs + p] ?? 0)) / batch;
      });
    }
    return slope;
  }
});

test("a network of blocks learns by forward gradients alone", () => {
  const { newLocalNetwork, localDescent, localLogits, mark, release, plain } = program;
  const start = mark();
  const digits = easyDigits(40);
  const images = Float32Array.from(digits.images, (pixel) => pixel / 128 - 0.5);
  const network = newLocalNetwork({ inputs: 784, units: [32, 32], groups: 2, batch: 40, seed: 1 });
  const settings = { directions: 4, logitDirections: 2, optimizer: plain(), readoutRate: 1, start: 0, steps: 120 };
  const step = localDescent(network, { ...settings, rates: () => 0.1 });
  const first = step(0, images, digits.labels);
  let last = first;
  for (let i = 1; i < 120; i++) last = step(i, images, digits.labels);
  expect(last).toBeLessThan(0.4 * first);
  for (const by of ["readout", "groups"] as const) {
    const logits = localLogits(network, images, by);
    const right = digits.labels.filter((label, i) => {
      const row = logits.subarray(10 * i, 10 * i + 10);
      return row.indexOf(Math.max(...row)) === label;
    });
    expect(right.length).toBeGreaterThan(32);
  }
  release(start);
});

test("a run of training is found again, and goes on where it was broken off with the same bits", async () => {
  const sets = program.splitDigits({ train: easyDigits(200), test: easyDigits(50) }, 50);
  expect([sets.train.count, sets.held.count]).toEqual([150, 50]);
  for (const method of ["normal", "activity by sample", "backpropagation"] as const) {
    const settings: RunSettings = {
      model: "logistic",
      method,
      rate: 1e-3,
      decay: 1e-4,
      steps: 12,
      batch: 16,
      seed: 3,
      looks: 3,
      held: 50,
    };
    const whole = await program.trained(settings, { sets, folder: join(folder, "whole"), afterStep: ignore });
    const stop = (done: number): undefined => {
      if (done === 7) throw new Error("stop");
      return undefined;
    };
    const again = { sets, folder: join(folder, "parts"), keepEvery: -1 };
    await expect(program.trained(settings, { ...again, afterStep: stop })).rejects.toThrow("stop");
    const resumed = await program.trained(settings, { ...again, afterStep: ignore });
    const untimed = ({ looks, ...rest }: typeof whole) => ({
      ...rest,
      looks: looks.map((one) => ({ ...one, seconds: 0 })),
    });
    expect(untimed(resumed)).toEqual(untimed(whole));
    const found = await program.trained(settings, { ...again, afterStep: stop });
    expect(found).toEqual(JSON.parse(JSON.stringify(resumed)));
  }
});
