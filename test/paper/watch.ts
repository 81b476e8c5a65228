/** Steps of training that are watched, and that can be broken off at any of them. */

import { packed, unpack } from "./store.ts";

/** What was seen after so many steps. */
export interface Look {
  readonly step: number;
  /** Processor time of the training steps so far, looks left out. */
  readonly seconds: number;
  /** Mean loss of the batches since the last look. */
  readonly train: number;
  /** Loss on digits that are not trained on. */
  readonly valid: number;
  /** Share of these digits that are recognised. */
  readonly accuracy: number;
  /** Euclidean length of all parameters. */
  readonly norm: number;
}

/** Where a run was broken off. */
export interface RunState {
  readonly done: number;
  readonly seconds: number;
  readonly sum: number;
  readonly count: number;
  readonly looks: readonly Look[];
  /** The bits of the parameters. */
  readonly theta: readonly string[];
}

/** Steps to be watched. */
export interface Watched {
  readonly steps: number;
  /** How many looks are taken, besides the one before the first step. */
  readonly looks: number;
  /** All that steps change. */
  readonly arrays: readonly Float32Array[];
  /** Prepares for steps from a number on. Returns what takes step i and gives the loss before it, NaN where it can't go on. */
  readonly begin: (first: number) => (i: number) => number;
  readonly evaluate: () => { readonly loss: number; readonly accuracy: number };
}

/** How a run goes on, and where it is kept. */
export interface Watching {
  readonly state: RunState | undefined;
  readonly keep: (state: RunState) => void;
  /** Called after each step; a promise is waited for. It may throw to break off. */
  readonly afterStep: (done: number, loss: number) => Promise<void> | undefined;
  /** Seconds between states that are kept. */
  readonly keepEvery?: number | undefined;
}

/** Takes the steps that are left. Returns what was seen, and the step that could not be taken if there was one. */
export async function watch(
  { steps, looks: wanted, arrays, begin, evaluate }: Watched,
  { state, keep, afterStep, keepEvery = 20 }: Watching,
): Promise<{ readonly looks: readonly Look[]; readonly diverged: number | undefined }> {
  if (state !== undefined) unpack(state.theta, arrays);
  const looks = [...(state?.looks ?? [])];
  const first = state?.done ?? 0;
  let { seconds, sum, count } = state ?? { seconds: 0, sum: 0, count: 0 };
  const every = Math.max(1, Math.floor(steps / wanted));
  const look = (done: number): void => {
    const { loss, accuracy } = evaluate();
    const norm = Math.hypot(...arrays.map(length));
    looks.push({ step: done, seconds, train: count === 0 ? loss : sum / count, valid: loss, accuracy, norm });
    sum = 0;
    count = 0;
  };
  if (looks.length === 0) look(0);
  const step = begin(first);
  let kept = performance.now();
  for (let i = first; i < steps; i++) {
    const used = process.cpuUsage();
    const value = step(i);
    const { user, system } = process.cpuUsage(used);
    seconds += (user + system) / 1e6;
    if (!Number.isFinite(value)) return { looks, diverged: i };
    sum += value;
    count++;
    const done = i + 1;
    if (done % every === 0 || done === steps) look(done);
    const now = performance.now();
    if (now - kept > 1000 * keepEvery) {
      keep({ done, seconds, sum, count, looks, theta: packed(arrays) });
      kept = now;
    }
    await afterStep(done, value);
  }
  return { looks, diverged: undefined };
}

function length(array: Float32Array): number {
  let squares = 0;
  for (const value of array) squares += value * value;
  return Math.sqrt(squares);
}
