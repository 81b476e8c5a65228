/** Between a run and its checkpoints: everything that changes from step to step, in and out. */

import type { Leaf, NumericArray } from "../leaves.ts";
import { checkpointError, decode, encode, type Header, type KeptCheckpoint } from "./checkpoint.ts";
import type { Stepper } from "./stepper.ts";
import { numberIn } from "./vectors.ts";

/** What a run knows beside parameters and optimizer. */
export interface Progress {
  /** How many steps are done. */
  step: number;
  ended: "steps" | "patience" | null;
  /** The sum of losses since the last report, and their number. */
  lossSum: number;
  lossCount: number;
  /** The mean loss of the last report. */
  lastLoss: number;
  /** The best validation, after so many steps, and how many have not been better since; +∞, −1 and 0 at first. */
  best: number;
  bestStep: number;
  waited: number;
  lastValidation: number;
}

/** The state of a run before its first step. */
export function beginning(): Progress {
  return {
    step: 0,
    ended: null,
    lossSum: 0,
    lossCount: 0,
    lastLoss: Number.NaN,
    best: Number.POSITIVE_INFINITY,
    bestStep: -1,
    waited: 0,
    lastValidation: Number.NaN,
  };
}

/** The numbers of `Progress` that may be infinite or NaN, which JSON can't tell. */
const NUMBERS = ["lossSum", "lossCount", "lastLoss", "best", "bestStep", "waited", "lastValidation"] as const;

/** A copy of parameters, kept because they were the best. */
export type Copy = readonly NumericArray[];

/** The parameters' numbers in fresh arrays. */
export function copyOf(leaves: readonly Leaf[]): Copy {
  return leaves.map((leaf) => (leaf.kind === "array" ? leaf.values.slice() : [numberIn(leaf)]));
}

/** Renews a copy. */
export function copyInto(copy: Copy, leaves: readonly Leaf[]): void {
  for (const [l, values] of copyless(leaves).entries()) copyNumbers(copy[l] ?? [], values);
}

/** Writes numbers back where they came from. */
export function writeBack(leaves: readonly Leaf[], copy: readonly ArrayLike<number>[]): void {
  leaves.forEach((leaf, l) => {
    const from = copy[l] ?? [];
    if (leaf.kind === "field") leaf.owner[leaf.name] = from[0];
    else for (let i = 0; i < leaf.length; i++) leaf.values[i] = from[i] as number;
  });
}

/** @param best the best parameters so far, where they are to be kept */
export function save(stepper: Stepper, progress: Progress, best: Copy | undefined): Uint8Array {
  const { state, settings } = stepper;
  const last = Math.max(0, progress.step - 1);
  const arrays = arraysOf(stepper, best);
  const numbers = NUMBERS.map((name) => progress[name]);
  const header: Header = {
    step: progress.step,
    count: state.count,
    settings,
    rates: stepper.rates(last),
    ended: progress.ended,
    names: [...arrays.map(({ name }) => name), "progress"],
  };
  return encode(header, [...arrays.map(({ values }) => values), numbers]);
}

/**
 * Puts a run back to where a checkpoint was taken.
 * @param best receives the best parameters so far, where they are to be kept
 * @param changed whether the run may differ in directions, optimizer and rates
 * @throws Error named "CheckpointError" when the checkpoint is none, damaged, or that of another run
 */
export function restore(
  stepper: Stepper,
  progress: Progress,
  best: Copy | undefined,
  { bytes, name }: KeptCheckpoint,
  changed: boolean,
): void {
  const { header, arrays } = decode(bytes, name);
  if (!changed) requireSame(stepper, header, name);
  const expected = [...arraysOf(stepper, best), { name: "progress", values: NUMBERS.map(() => 0) }].map(described);
  const found = header.names.map((array, i) => described({ name: array, values: arrays[i] ?? [] }));
  const at = expected.findIndex((array, i) => array !== found[i]);
  if (at >= 0 || found.length !== expected.length) {
    throw checkpointError(
      `${name} belongs to other parameters or another optimizer: where this run has ${expected[at] ?? "nothing"}, ` +
        `it has ${found[at < 0 ? expected.length : at] ?? "nothing"}.`,
    );
  }
  const { state } = stepper;
  const rest = arrays.slice();
  writeBack(state.parameters, rest.splice(0, state.parameters.length));
  for (const slots of state.slots) for (const slot of slots) copyNumbers(slot, rest.shift());
  writeBack(state.memory, rest.splice(0, state.memory.length));
  for (const values of best ?? []) copyNumbers(values, rest.shift());
  const numbers = rest.shift();
  for (const [i, field] of NUMBERS.entries()) progress[field] = numbers?.[i] as number;
  state.count = header.count;
  progress.step = header.step;
  progress.ended = header.ended;
}

interface Named {
  readonly name: string;
  readonly values: ArrayLike<number>;
}

/** What is compared before a checkpoint is taken over. */
function described({ name, values }: Named): string {
  return `${name} (${values.length} numbers of ${values instanceof Float32Array ? "32" : "64"} bits)`;
}

/** All arrays of a run, in the order of a checkpoint. Single numbers are copied. */
function arraysOf({ state, paths }: Stepper, best: Copy | undefined): (Named & { values: NumericArray })[] {
  const named = (l: number) => (paths[l] === "" ? "parameters" : (paths[l] ?? ""));
  const parameters = copyless(state.parameters).map((values, l) => ({ name: named(l), values }));
  const slots = state.slots.flatMap((arrays, l) =>
    arrays.map((values, s) => ({ name: `${named(l)}, state ${s + 1}`, values })),
  );
  const memory = copyless(state.memory).map((values, l) => ({ name: `${named(l)}, memory`, values }));
  const kept = (best ?? []).map((values, l) => ({ name: `${named(l)}, best`, values }));
  return [...parameters, ...slots, ...memory, ...kept];
}

function copyless(leaves: readonly Leaf[]): NumericArray[] {
  return leaves.map((leaf) => (leaf.kind === "array" ? leaf.values : [numberIn(leaf)]));
}

function copyNumbers(to: NumericArray, from: ArrayLike<number> | undefined): void {
  for (let i = 0; i < to.length; i++) to[i] = from?.[i] as number;
}

function requireSame(stepper: Stepper, header: Header, name: string): void {
  const remedy =
    "Go on with the same settings, or say `checkpoints: { changed: true }` if the run may go on differently from here.";
  if (header.settings !== stepper.settings) {
    throw checkpointError(
      `${name} was written by a run with other settings.\n  there: ${header.settings}\n  here:  ${stepper.settings}\n${remedy}`,
    );
  }
  if (header.step === 0) return;
  const rates = stepper.rates(header.step - 1);
  if (rates.length === header.rates.length && rates.every((rate, i) => Object.is(rate, header.rates[i]))) return;
  throw checkpointError(
    `${name} was written by a run whose learning rate at step ${header.step - 1} was ${header.rates.join(", ")}; here it is ` +
      `${rates.join(", ")}. ${remedy}`,
  );
}
