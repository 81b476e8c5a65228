/**
 * Whole models at batch 64: the forward pass, steps of forward gradient descent with directions of each structure (directions, value,
 * slope and update included), and backpropagation on the same kernels; beside the libraries of `peers/` where they are installed.
 *
 * All variants take turns in one run. On a busy machine the processor's time says more than the clock's; it counts all threads.
 */

import { existsSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { writeWhole } from "../../fixtures/demo/files.ts";
import * as cnn from "../../fixtures/models/cnn.ts";
import * as logistic from "../../fixtures/models/logistic.ts";
import * as mlp from "../../fixtures/models/mlp.ts";
import { axpy, engine, floats, mark, matrix, release, scope, shapeOf, useEngine } from "../../runtime/kernels/index.ts";
import {
  activity,
  adam,
  type Directions,
  fgd,
  gaussian,
  momentum,
  type Optimizer,
  plain,
  rademacher,
  rankOne,
} from "../../runtime/optimizer/index.ts";
import { addStructured } from "../../runtime/optimizer/structures.ts";
import { addRandom, fillNormal, fillSigns, fillUniform } from "../../runtime/random/index.ts";
import { logisticStep, mlpStep } from "./models/backpropagation.ts";
import { cnnStep } from "./models/cnn.ts";

const BATCH = 64;
const PIXELS = 784;
const CLASSES = 10;
const RATE = 1e-9;
/** So many normal numbers of a seeded direction are kept from the product to the update. */
const KEPT = 2 ** 21;

interface Variant {
  readonly name: string;
  /** Takes one step, and returns the loss before it. */
  readonly step: () => number | Promise<number>;
}

interface Layer {
  readonly weights: Float32Array;
  readonly biases: Float32Array;
}

type AnyLoss = (theta: never, images: Float32Array, labels: Uint8Array) => number;

interface Model {
  readonly name: string;
  readonly loss: AnyLoss;
  readonly theta: () => unknown;
  readonly backpropagation: (theta: never, images: Float32Array, labels: Uint8Array, rate: number) => number;
  /** The layers in order, of a perceptron; undefined of other models. */
  readonly layers: (theta: never) => readonly Layer[] | undefined;
}

let seed = 0;

function uniform(array: Float32Array, scale: number): Float32Array {
  fillUniform(array, ++seed, 0);
  for (let i = 0; i < array.length; i++) array[i] = (2 * (array[i] as number) - 1) * scale;
  return array;
}

const layer = (inputs: number, outputs: number): Layer => ({
  weights: uniform(matrix(inputs, outputs), 1 / Math.sqrt(inputs)),
  biases: uniform(floats(outputs), 1 / Math.sqrt(inputs)),
});

const perceptron = (name: string, between: number): Model => ({
  name,
  loss: mlp.loss as AnyLoss,
  theta: () => ({
    first: layer(PIXELS, 1024),
    between: Array.from({ length: between }, () => layer(1024, 1024)),
    last: layer(1024, CLASSES),
  }),
  backpropagation: mlpStep as Model["backpropagation"],
  layers: ({ first, between: middle, last }: mlp.Mlp) => [first, ...middle, last],
});

const MODELS: readonly Model[] = [
  {
    name: "logistic",
    loss: logistic.loss as AnyLoss,
    theta: () => layer(PIXELS, CLASSES),
    backpropagation: logisticStep as Model["backpropagation"],
    layers: (theta: Layer) => [theta],
  },
  perceptron("mlp", 1),
  {
    name: "cnn",
    loss: cnn.loss as AnyLoss,
    theta: () => ({
      convolutions: [layer(9, 64), layer(576, 64), layer(576, 64), layer(576, 64)],
      hidden: layer(3136, 1024),
      last: layer(1024, CLASSES),
    }),
    backpropagation: cnnStep as Model["backpropagation"],
    layers: () => undefined,
  },
  perceptron("depth20", 19),
];

/**
 * Measures, prints tables, and writes `bench-models.json`.
 * @param args `--seconds S` for each model, 10 by default; `--models a,b`; `--plain` for products that are rounded before they are added
 * @returns the exit code
 */
export async function main(args: readonly string[], folder: string): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: "string", default: "10" },
      models: { type: "string", default: MODELS.map(({ name }) => name).join(",") },
      plain: { type: "boolean", default: false },
      memory: { type: "string" },
      peers: { type: "string", default: join(folder, "../test/bench/peers") },
    },
  });
  const seconds = Number(values.seconds);
  if (!(seconds > 0)) {
    console.error(`--seconds wants a positive number, not "${values.seconds}".`);
    return 2;
  }
  useEngine({ fused: !values.plain, memory: 2 ** 31 });
  if (values.memory !== undefined) return peak(values.memory);
  const results: Record<string, unknown> = {};
  const splits: Record<string, unknown> = {};
  for (const model of MODELS) {
    if (!values.models.split(",").includes(model.name)) continue;
    const start = mark();
    const rows = await measure(await variants(model, values.peers), seconds, model.name);
    results[model.name] = rows;
    splits[model.name] = split(model, rows, seconds);
    release(start);
  }
  const machine = { cpu: cpus()[0]?.model, cores: cpus().length, load: loadavg(), node: process.version };
  const json = { date: new Date().toISOString(), machine, engine: engine(), batch: BATCH, results, splits };
  writeWhole(join(folder, "bench-models.json"), `${JSON.stringify(json, undefined, 2)}\n`);
  console.log(`Measurements: ${join(folder, "bench-models.json")}`);
  return 0;
}

/** Prints how many bytes of memory this process has taken for two steps of one variant at depth 100. */
async function peak(variant: string): Promise<number> {
  const chosen = (await variants(perceptron("depth100", 99), undefined, variant)).find(({ name }) => name === variant);
  if (chosen === undefined) {
    console.error(`There is no variant "${variant}".`);
    return 2;
  }
  await chosen.step();
  await chosen.step();
  console.log(String(1024 * process.resourceUsage().maxRSS));
  return 0;
}

/** Milliseconds of processor time of the parts of a step: directions made before the loss runs, primal, tangent, update. */
type Parts = readonly [random: number, primal: number, tangent: number, update: number];

/** What the parts of a step take, measured by themselves; the tangent is what is left of the whole. Where nothing is stored, it makes the numbers. */
function split(model: Model, rows: readonly Row[], seconds: number): Record<string, Parts> {
  const leaves = arrays(model.theta()).map((values) => ({ values, shape: shapeOf(values) }));
  const largest = Math.max(...leaves.map(({ values }) => values.length));
  const v = floats(largest);
  const starts = new Map<Float32Array, number>();
  let size = 0;
  for (const { values } of leaves) {
    starts.set(values, size);
    size += values.length;
  }
  const each = (f: (values: Float32Array, shape: readonly [number, number] | undefined) => void) =>
    least(() => {
      for (const { values, shape } of leaves) f(values, shape);
    }, seconds / 20);
  const of = (name: string) => rows.find((row) => row.name === name)?.processor ?? Number.NaN;
  const primal = of("forward");
  const parts = (name: string, random: number, update: number): Parts => [
    random,
    primal,
    of(name) - random - primal - update,
    update,
  ];
  const result: Record<string, Parts> = {
    "rank-one": parts(
      "rank-one",
      each((values, shape) =>
        fillSigns(v.subarray(0, shape === undefined ? values.length : shape[0] + shape[1]), 1, 0),
      ),
      each((values, shape) => {
        if (shape === undefined) return axpy(RATE, v.subarray(0, values.length), values);
        const [left, right] = [v.subarray(0, shape[0]), v.subarray(0, shape[1])];
        addStructured(values, RATE, { kind: "rankOne", left, right });
      }),
    ),
    "seeded signs": parts(
      "seeded signs",
      0,
      each((values) => addRandom(values, RATE, "sign", 1, 0)),
    ),
    "seeded normals": parts(
      "seeded normals",
      0,
      // The first numbers are those that the product has left.
      each((values) => {
        const place = starts.get(values) ?? 0;
        const kept = Math.max(0, Math.min(values.length, KEPT - place));
        axpy(RATE, v.subarray(0, kept), values.subarray(0, kept));
        addRandom(values.subarray(kept), RATE, "normal", 1, 0, kept);
      }),
    ),
    "stored signs": parts(
      "stored signs",
      each((values) => fillSigns(v.subarray(0, values.length), 1, 0)),
      each((values) => axpy(RATE, v.subarray(0, values.length), values)),
    ),
    "stored normals": parts(
      "stored normals",
      each((values) => fillNormal(v.subarray(0, values.length), 1, 0)),
      each((values) => axpy(RATE, v.subarray(0, values.length), values)),
    ),
  };
  const head = ["directions", "primal", "tangent", "update"].map((cell) => cell.padStart(13)).join("");
  console.log(`\n  ${"milliseconds".padEnd(24)}${head}`);
  for (const [name, cells] of Object.entries(result)) {
    console.log(`  ${name.padEnd(24)}${cells.map((cell) => cell.toFixed(3).padStart(13)).join("")}`);
  }
  return result;
}

/** All arrays in a structure. */
function arrays(value: unknown): Float32Array[] {
  if (value instanceof Float32Array) return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(arrays) : [];
}

/** Milliseconds of processor time of the quickest of many calls. */
function least(f: () => void, seconds: number): number {
  let best = Number.POSITIVE_INFINITY;
  const end = performance.now() + 1000 * seconds;
  for (let round = 0; round < 5 || performance.now() < end; round++) {
    const used = process.cpuUsage();
    // The processor's clock counts in steps too coarse for one.
    for (let i = 0; i < 8; i++) f();
    const { user, system } = process.cpuUsage(used);
    best = Math.min(best, (user + system) / 8000);
  }
  return best;
}

/** All variants of a model, or the one that is named; others take no memory. The libraries' where they are installed in `peers`. */
async function variants(model: Model, peers: string | undefined, only?: string): Promise<Variant[]> {
  const images = uniform(floats(BATCH * PIXELS), 1);
  const labels = Uint8Array.from({ length: BATCH }, (_, i) => i % CLASSES);
  const theta = model.theta() as never;
  const batch = (): [Float32Array, Uint8Array] => data;
  const data: [Float32Array, Uint8Array] = [images, labels];
  const descent = (name: string, directions: Directions, optimizer: Optimizer = plain()): Variant[] => {
    if (only !== undefined && only !== name) return [];
    const steps = fgd(model.loss, theta, { learningRate: RATE, directions, batch, optimizer });
    return [{ name, step: () => steps.next().value?.value ?? Number.NaN }];
  };
  const layers = model.layers(theta);
  const others = peers === undefined ? [] : await peersOf(peers, model, theta, images, labels);
  return [
    { name: "forward", step: () => scope(() => model.loss(theta, images, labels)) },
    ...descent("rank-one", rankOne({ seed: 1 })),
    ...descent("seeded signs", rademacher({ seed: 1, stored: false })),
    ...descent("seeded normals", gaussian({ seed: 1, stored: false })),
    ...descent("stored signs", rademacher({ seed: 1 })),
    ...descent("stored normals", gaussian({ seed: 1 })),
    ...descent("rank-one, momentum", rankOne({ seed: 1 }), momentum()),
    ...descent("rank-one, Adam", rankOne({ seed: 1 }), adam()),
    // Convolutions keep their weights' directions: what they give is moved by no rule.
    ...(layers === undefined ? [] : descent("activity", activity({ seed: 1 }))),
    { name: "backpropagation", step: () => model.backpropagation(theta, images, labels, RATE) },
    ...others,
  ];
}

/** The same model in other libraries, where they are installed. */
async function peersOf(
  peers: string,
  model: Model,
  theta: never,
  images: Float32Array,
  labels: Uint8Array,
): Promise<readonly Variant[]> {
  if (!existsSync(join(peers, "node_modules"))) return [];
  const library = (await import(pathToFileURL(join(peers, "index.mjs")).href)) as {
    peers(model: object): Promise<Variant[]>;
    cnnPeers(model: object): Promise<Variant[]>;
  };
  const copies = (layers: readonly Layer[]) =>
    layers.map(({ weights, biases }) => ({ weights: weights.slice(), biases: biases.slice() }));
  const data = { images: images.slice(), labels, batch: BATCH, classes: CLASSES };
  const layers = model.layers(theta);
  if (layers !== undefined) return library.peers({ layers: copies(layers), ...data });
  const { convolutions, hidden, last } = theta as cnn.Cnn;
  return library.cnnPeers({ convolutions: copies(convolutions), dense: copies([hidden, last]), ...data });
}

interface Row {
  readonly name: string;
  /** Milliseconds. */
  readonly median: number;
  readonly fastest: number;
  /** The processor's time of the turn that took least of it. */
  readonly processor: number;
}

/** Lets the variants take turns for some seconds. @throws Error when two of them do not see the same loss */
async function measure(list: readonly Variant[], seconds: number, title: string): Promise<Row[]> {
  const samples = list.map(() => [] as number[]);
  const least = list.map(() => Number.POSITIVE_INFINITY);
  const first = await list[0]?.step();
  for (const { name, step } of list) {
    const value = await step();
    if (Math.abs(value - (first ?? Number.NaN)) < 1e-3) continue;
    throw new Error(`${title}: ${name} sees a loss of ${value}, the forward pass one of ${first}.`);
  }
  const end = performance.now() + 1000 * seconds;
  for (let round = 0; round < 5 || performance.now() < end; round++) {
    for (let turn = 0; turn < list.length; turn++) {
      const chosen = (round + turn) % list.length;
      const used = process.cpuUsage();
      const before = performance.now();
      await list[chosen]?.step();
      samples[chosen]?.push(performance.now() - before);
      const { user, system } = process.cpuUsage(used);
      least[chosen] = Math.min(least[chosen] ?? 0, (user + system) / 1000);
    }
  }
  const rows = list.map(({ name }, i) => {
    const sorted = (samples[i] ?? []).toSorted((a, b) => a - b);
    return {
      name,
      median: sorted[sorted.length >> 1] ?? Number.NaN,
      fastest: sorted[0] ?? Number.NaN,
      processor: least[i] ?? Number.NaN,
    };
  });
  const unit = rows[0];
  console.log(
    `\n  ${title.padEnd(24)}${["median", "fastest", "processor", "× forward"].map((cell) => cell.padStart(13)).join("")}`,
  );
  for (const { name, median, fastest, processor } of rows) {
    const cells = [
      `${median.toFixed(3)} ms`,
      `${fastest.toFixed(3)} ms`,
      `${processor.toFixed(3)} ms`,
      `${(processor / (unit?.processor ?? Number.NaN)).toFixed(2)} ×`,
    ];
    console.log(`  ${name.padEnd(24)}${cells.map((cell) => cell.padStart(13)).join("")}`);
  }
  return rows;
}
