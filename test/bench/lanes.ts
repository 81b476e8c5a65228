/**
 * What K directions cost in one run of the multilayer perceptron at batch 64: the estimate (directions, value, slopes, their sum) against what arithmetic
 * alone would take, F the forward pass and F₁ its first layer, whose input does not vary:
 *
 *     rank-one: F + K (F − F₁)        stored: F + K (2 F − F₁)
 *
 * Each K is a build of its own, so each runs in a process of its own, beside its own forward pass.
 */

import { execFileSync } from "node:child_process";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { writeWhole } from "../../fixtures/demo/files.ts";
import * as mlp from "../../fixtures/models/mlp.ts";
import { floats, matrix, scope, useEngine } from "../../runtime/kernels/index.ts";
import { type Directions, rademacher, rankOne } from "../../runtime/optimizer/index.ts";
import { sampler } from "../../runtime/optimizer/sampler.ts";
import { fillUniform } from "../../runtime/random/index.ts";

const BATCH = 64;
const SIZES = [784, 1024, 1024, 10] as const;

/** Milliseconds of processor time, the least of many. */
interface Lanes {
  readonly lanes: number;
  readonly forward: number;
  readonly rankOne: number;
  readonly stored: number;
}

/**
 * Measures K = 1, 2, 4 and 8, prints a table, and writes `bench-lanes.json`.
 * @param args `--seconds S` for each K, 6 by default; `--plain` as in models; `--lanes K`: measures this build, and prints JSON
 * @returns the exit code
 */
export async function main(args: readonly string[], folder: string): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: "string", default: "6" },
      plain: { type: "boolean", default: false },
      lanes: { type: "string" },
    },
  });
  if (values.lanes !== undefined) {
    useEngine({ fused: !values.plain, memory: 2 ** 29 });
    console.log(JSON.stringify(measure(Number(values.lanes), Number(values.seconds))));
    return 0;
  }
  const plain = values.plain ? ["--plain"] : [];
  const run = (lanes: number): Lanes => {
    const command = [
      join(folder, "../test/bench/run.mjs"),
      "lanes",
      "--lanes",
      String(lanes),
      "--seconds",
      values.seconds,
    ];
    return JSON.parse(execFileSync(process.execPath, [...command, ...plain], { encoding: "utf8" })) as Lanes;
  };
  const rows = [1, 2, 4, 8].map((lanes) => ({ ...run(lanes), ...theory(lanes) }));
  console.log(
    `  ${["K", "forward", "rank-one", "theory", "stored", "theory"].map((cell) => cell.padStart(12)).join("")}`,
  );
  for (const { lanes, forward, rankOne: one, stored, ofRankOne, ofStored } of rows) {
    const cells = [
      String(lanes),
      `${forward.toFixed(2)} ms`,
      ...[one / forward, ofRankOne, stored / forward, ofStored].map((x) => `${x.toFixed(2)} ×`),
    ];
    console.log(`  ${cells.map((cell) => cell.padStart(12)).join("")}`);
  }
  const machine = { cpu: cpus()[0]?.model, cores: cpus().length, load: loadavg(), node: process.version };
  writeWhole(
    join(folder, "bench-lanes.json"),
    `${JSON.stringify({ date: new Date().toISOString(), machine, rows }, undefined, 2)}\n`,
  );
  console.log(`Measurements: ${join(folder, "bench-lanes.json")}`);
  return 0;
}

/** In units of the forward pass. */
function theory(lanes: number): { readonly ofRankOne: number; readonly ofStored: number } {
  const products = SIZES.slice(1).map((outputs, l) => outputs * (SIZES[l] as number));
  const first = (products[0] as number) / products.reduce((sum, product) => sum + product, 0);
  return { ofRankOne: 1 + lanes * (1 - first), ofStored: 1 + lanes * (2 - first) };
}

function measure(lanes: number, seconds: number): Lanes {
  let seed = 0;
  const uniform = (array: Float32Array, scale: number): Float32Array => {
    fillUniform(array, ++seed, 0);
    for (let i = 0; i < array.length; i++) array[i] = (2 * (array[i] as number) - 1) * scale;
    return array;
  };
  const [first, second, last] = SIZES.slice(1).map((outputs, l): mlp.Layer => {
    const inputs = SIZES[l] as number;
    return {
      weights: uniform(matrix(inputs, outputs), inputs ** -0.5),
      biases: uniform(floats(outputs), inputs ** -0.5),
    };
  }) as [mlp.Layer, mlp.Layer, mlp.Layer];
  const theta: mlp.Mlp = { first, between: [second], last };
  const images = uniform(floats(BATCH * SIZES[0]), 1);
  const labels = Uint8Array.from({ length: BATCH }, (_, i) => i % 10);
  const estimate = (directions: Directions) => {
    const source = sampler(mlp.loss as (...args: never[]) => number, theta, { directions }, "bench");
    let step = 0;
    return () => void source.sample(step++, [images, labels]);
  };
  const variants = [
    () => void scope(() => mlp.loss(theta, images, labels)),
    estimate(rankOne({ seed: 1, samples: lanes })),
    estimate(rademacher({ seed: 1, samples: lanes })),
  ];
  const least = variants.map(() => Number.POSITIVE_INFINITY);
  const end = performance.now() + 1000 * seconds;
  for (let round = 0; round < 5 || performance.now() < end; round++) {
    for (const [v, run] of variants.entries()) {
      const used = process.cpuUsage();
      run();
      const { user, system } = process.cpuUsage(used);
      least[v] = Math.min(least[v] as number, (user + system) / 1000);
    }
  }
  return { lanes, forward: least[0] as number, rankOne: least[1] as number, stored: least[2] as number };
}
