/** How far forward gradients alone get: accuracy on the test digits, nowhere a step of backpropagation. */

import { join } from "node:path";
import { batchesInOrder, type Digits, shuffledBatches } from "../../../fixtures/data/mnist.ts";
import { accuracy, floats, mark, release, softmaxCrossEntropy } from "../../../runtime/kernels/index.ts";
import { cosineDecay, plain, warmUp } from "../../../runtime/optimizer/index.ts";
import type { AfterStep, Context } from "../context.ts";
import { type LocalNetwork, localDescent, localLogits, newLocalNetwork } from "../local.ts";
import { CLASSES, PIXELS } from "../models.ts";
import { moveImages } from "../shifts.ts";
import { entryFor } from "../store.ts";
import type { RunResult, RunSettings } from "../train.ts";
import { type RunState, watch } from "../watch.ts";

/** What a run of a network with losses of its blocks' own depends on. */
export interface LocalSettings {
  readonly units: readonly number[];
  readonly groups: number;
  readonly directions: number;
  readonly logitDirections: number;
  readonly guess: "readout" | "groups";
  readonly rate: number;
  readonly readoutRate: number;
  readonly epochs: number;
  /** By how many pixels training digits are moved at most. */
  readonly shift: number;
  readonly batch: number;
  readonly seed: number;
}

/** A target, and what came of it. */
export interface Target {
  readonly name: string;
  /** The accuracy on the test digits that is to be reached. */
  readonly wanted: number;
  readonly estimator: string;
  readonly parameters: number;
  readonly steps: number;
  readonly settings: LocalSettings | RunSettings;
  readonly result: RunResult;
}

export interface AccuracyData {
  readonly targets: readonly Target[];
}

const LOGISTIC: RunSettings = {
  model: "logistic",
  method: "activity",
  rate: 1e-2,
  decay: 1e-4,
  steps: 40_000,
  batch: 64,
  seed: 1,
  looks: 20,
  held: 5000,
};

const PERCEPTRON: LocalSettings = {
  units: [256],
  groups: 1,
  directions: 64,
  logitDirections: 8,
  guess: "groups",
  rate: 0.1,
  readoutRate: 0.5,
  epochs: 8,
  shift: 0,
  batch: 64,
  seed: 1,
};

const LOCAL: LocalSettings = {
  units: [1024, 1024],
  groups: 32,
  directions: 8,
  logitDirections: 4,
  guess: "readout",
  rate: 0.2,
  readoutRate: 0.25,
  epochs: 12,
  shift: 1,
  batch: 64,
  seed: 1,
};

/** Trains towards the targets; what is known is kept after each. */
export async function reachTargets(context: Context): Promise<AccuracyData> {
  const targets: Target[] = [];
  const add = (target: Target): void => {
    targets.push(target);
    context.keep("accuracy", { targets });
  };
  const logistic = context.quick ? { ...LOGISTIC, steps: 4000 } : LOGISTIC;
  add({
    name: "Logistic regression 784-10",
    wanted: 0.92,
    estimator: "logits moved along ±1, the same for all samples of a batch",
    parameters: (PIXELS + 1) * CLASSES,
    steps: logistic.steps,
    settings: logistic,
    result: await context.train(logistic),
  });
  for (const [name, wanted, settings] of [
    ["Perceptron 784-256-10, one loss", 0.97, PERCEPTRON],
    ["Two blocks of 1,024 units, 32 losses each", 0.98, LOCAL],
  ] as const) {
    const chosen = context.quick ? { ...settings, epochs: 0.5 } : settings;
    const { units, groups, directions, logitDirections } = chosen;
    const steps = stepsOf(chosen, context.sets().train.count + context.sets().held.count);
    const result = await context.job(name, steps, (afterStep) => trainLocal(chosen, context, afterStep));
    const of = (units[0] ?? 0) / groups;
    add({
      name,
      wanted,
      estimator: `activities moved along ±1, others for each sample; ${directions} orthogonal directions of ${of} a step, ${logitDirections} for logits`,
      parameters: count(chosen),
      steps,
      settings: chosen,
      result,
    });
  }
  return { targets };
}

function stepsOf({ epochs, batch }: LocalSettings, digits: number): number {
  return Math.round(epochs * Math.floor(digits / batch));
}

function count(settings: LocalSettings): number {
  const start = mark();
  try {
    return newLocalNetwork({ ...settings, inputs: PIXELS }).arrays.reduce((sum, { length }) => sum + length, 0);
  } finally {
    release(start);
  }
}

/** Trains on all training digits, watched on the test digits, by which nothing is chosen; or finds what came of it before. */
async function trainLocal(settings: LocalSettings, context: Context, afterStep: AfterStep): Promise<RunResult> {
  const entry = entryFor<RunResult, RunState>(join(context.folder, "runs"), "local", { ...settings }, context.again);
  if (entry.result !== undefined) return entry.result;
  const { train, held, test } = context.sets();
  const all = together(train, held);
  const { batch, seed, shift, rate, guess } = settings;
  const steps = stepsOf(settings, all.count);
  const start = mark();
  try {
    const network = newLocalNetwork({ ...settings, inputs: PIXELS });
    const batches = shuffledBatches(all, batch, seed);
    const images = floats(batch * PIXELS);
    const rates = warmUp(Math.min(500, steps), cosineDecay(rate, steps));
    const found = await watch(
      {
        steps,
        looks: Math.max(4, Math.round(settings.epochs)),
        arrays: network.arrays,
        begin(first) {
          const step = localDescent(network, { ...settings, optimizer: plain(), rates, start: first, steps });
          return (i) => {
            const { images: from, labels } = batches(i);
            moveImages(from, images, 28, shift, seed, i);
            return step(i, images, labels);
          };
        },
        evaluate: () => evaluateLocal(network, test, guess),
      },
      { state: entry.state, keep: entry.keep, afterStep },
    );
    const { loss, accuracy: share } = evaluateLocal(network, test, guess);
    const result = { ...found, test: share, testLoss: loss };
    entry.finish(result);
    return result;
  } finally {
    release(start);
  }
}

/** Two sets of digits that lie in one array, one after the other. */
function together(first: Digits, second: Digits): Digits {
  const count = first.count + second.count;
  const { pixels } = first;
  const images = new Uint8Array(count * pixels);
  images.set(first.images);
  images.set(second.images, first.images.length);
  const labels = new Uint8Array(count);
  labels.set(first.labels);
  labels.set(second.labels, first.count);
  return { count, pixels, images, labels };
}

function evaluateLocal(
  network: LocalNetwork,
  digits: Digits,
  guess: LocalSettings["guess"],
): { loss: number; accuracy: number } {
  const { batch } = network.shape;
  const start = mark();
  const padded = floats(batch * digits.pixels);
  let loss = 0;
  let hits = 0;
  for (const { images, labels } of batchesInOrder(digits, batch)) {
    padded.set(images);
    const rows = labels.length;
    const logits = localLogits(network, padded, guess).subarray(0, rows * CLASSES);
    loss += softmaxCrossEntropy(logits, labels, rows, CLASSES) * rows;
    hits += accuracy(logits, labels, rows, CLASSES) * rows;
  }
  release(start);
  return { loss: loss / digits.count, accuracy: hits / digits.count };
}
