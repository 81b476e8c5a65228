/** One run of training: forward gradient descent or backpropagation, watched on digits that it does not train on. */

import { batchesInOrder, type Digits, shuffledBatches } from "../../fixtures/data/mnist.ts";
import { accuracy, floats, mark, release, scope, softmaxCrossEntropy } from "../../runtime/kernels/index.ts";
import {
  activity,
  type Directions,
  exponentialDecay,
  fgd,
  gaussian,
  rademacher,
  rankOne,
} from "../../runtime/optimizer/index.ts";
import { CLASSES, type Model, type ModelName, newModel } from "./models.ts";
import { entryFor } from "./store.ts";
import { type Look, type RunState, type Watching, watch } from "./watch.ts";

/** How the parameters move: along the gradient, or along a forward gradient of some kind. */
export type Method = "backpropagation" | "normal" | "sign" | "rank-one" | "activity" | "activity by sample";

/** All that a run depends on. */
export interface RunSettings {
  readonly model: ModelName;
  readonly method: Method;
  /** η₀ of the rate η₀ e^(−ki). */
  readonly rate: number;
  /** k of the rate. */
  readonly decay: number;
  readonly steps: number;
  readonly batch: number;
  readonly seed: number;
  /** How often the held-out digits are looked at. */
  readonly looks: number;
  /** How many of the held-out digits are looked at. */
  readonly held: number;
}

/** What came of a run. */
export interface RunResult {
  readonly looks: readonly Look[];
  /** The step at which loss or slope were no longer finite. */
  readonly diverged?: number | undefined;
  /** Share of the test digits that are recognised at the end. */
  readonly test: number;
  readonly testLoss: number;
}

/** The digits: for training, held out, and for testing. */
export interface Sets {
  readonly train: Digits;
  readonly held: Digits;
  readonly test: Digits;
}

/** What a run is told about besides its settings. */
export interface RunContext {
  readonly sets: Sets;
  /** Where results are kept. */
  readonly folder: string;
  readonly afterStep: Watching["afterStep"];
  readonly keepEvery?: number;
  /** True: a result of before does not count. */
  readonly again?: boolean;
}

/** Splits off the last digits of the training set. */
export function splitDigits(all: { readonly train: Digits; readonly test: Digits }, held: number): Sets {
  const { train, test } = all;
  const part = (from: number, to: number): Digits => ({
    count: to - from,
    pixels: train.pixels,
    images: train.images.subarray(from * train.pixels, to * train.pixels),
    labels: train.labels.subarray(from, to),
  });
  const cut = train.count - Math.min(held, Math.floor(train.count / 2));
  return { train: part(0, cut), held: part(cut, train.count), test };
}

/** Directions of a method. @throws RangeError for backpropagation, which has none */
export function directionsOf(method: Method, seed: number): Directions {
  if (method === "normal") return gaussian({ seed });
  if (method === "sign") return rademacher({ seed });
  if (method === "rank-one") return rankOne({ seed });
  if (method === "activity") return activity({ seed });
  if (method === "activity by sample") return activity({ seed, independent: true });
  throw new RangeError("Backpropagation takes no direction.");
}

/** Trains, or finds what came of it before. */
export async function trained(settings: RunSettings, context: RunContext): Promise<RunResult> {
  const name = `${settings.model}-${settings.method}`.replaceAll(" ", "-");
  const entry = entryFor<RunResult, RunState>(context.folder, name, { ...settings }, context.again);
  if (entry.result !== undefined) return entry.result;
  const { sets, afterStep, keepEvery } = context;
  const { steps, looks, held, seed } = settings;
  const start = mark();
  try {
    const model = newModel(settings.model, seed);
    const watched = {
      steps,
      looks,
      arrays: model.arrays,
      begin: (first: number) => stepOf(settings, model, sets.train, first),
      evaluate: () => evaluate(model, sets.held, held),
    };
    const found = await watch(watched, { state: entry.state, keep: entry.keep, afterStep, keepEvery });
    const { loss, accuracy } = evaluate(model, sets.test, Math.min(sets.test.count, 2 * held));
    const result = { ...found, test: accuracy, testLoss: loss };
    entry.finish(result);
    return result;
  } finally {
    release(start);
  }
}

/** A function that takes step i and returns the loss before it, or NaN where loss or slope are not finite. */
function stepOf(settings: RunSettings, model: Model, train: Digits, first: number): (i: number) => number {
  const { method, rate, decay, batch, seed, steps } = settings;
  const shuffled = shuffledBatches(train, batch, seed);
  // In the engine's memory, where every method finds them without copying.
  const images = floats(batch * train.pixels);
  const batches = (i: number): { images: Float32Array; labels: Uint8Array } => {
    const { images: from, labels } = shuffled(i);
    images.set(from);
    return { images, labels };
  };
  const rates = exponentialDecay(rate, decay);
  if (method === "backpropagation") {
    return (i) => {
      const { labels } = batches(i);
      return model.backpropagate(model.theta, images, labels, rates(i));
    };
  }
  const descent = fgd(model.loss, model.theta, {
    start: first,
    steps,
    batch: (i) => [images, batches(i).labels],
    learningRate: rates,
    directions: directionsOf(method, seed),
  });
  return () => {
    try {
      const next = descent.next();
      return next.done === true ? Number.NaN : next.value.value;
    } catch (error) {
      if (error instanceof Error && error.name === "NonFiniteLossError") return Number.NaN;
      throw error;
    }
  };
}

/** Mean loss and accuracy over the first digits of a set. */
export function evaluate(model: Model, digits: Digits, count: number): { loss: number; accuracy: number } {
  let loss = 0;
  let hits = 0;
  let seen = 0;
  for (const { images, labels } of batchesInOrder(digits, Math.min(250, count))) {
    const rows = Math.min(labels.length, count - seen);
    if (rows <= 0) break;
    scope(() => {
      const out = model.logits(model.theta, images.subarray(0, rows * digits.pixels), rows);
      const right = labels.subarray(0, rows);
      loss += softmaxCrossEntropy(out, right, rows, CLASSES) * rows;
      hits += accuracy(out, right, rows, CLASSES) * rows;
    });
    seen += rows;
  }
  return { loss: loss / seen, accuracy: hits / seen };
}
