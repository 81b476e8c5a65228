/** One step of descent after another: estimate, clipping, groups of parameters, update; and the state that goes from step to step. */

import type { AnyFunction } from "../compiled.ts";
import type { Leaf, NumericArray } from "../leaves.ts";
import type { HyperDual } from "./curvature.ts";
import { type Directions, gaussian } from "./directions.ts";
import { type GradientPart, type Optimizer, plain } from "./optimizers.ts";
import { type Sampler, sampler } from "./sampler.ts";
import { requireRate, type Schedule } from "./schedules.ts";
import { arrayBeside } from "./tree.ts";
import { numberIn } from "./vectors.ts";

/** Parameters that are trained in another way than the rest. */
export interface ParameterGroup {
  /** Where they stand in θ, dotted: "last.weights", or "last" for all inside of it. */
  readonly paths: readonly string[];
  /** The rate of the whole when absent. */
  readonly learningRate?: number | Schedule;
  /** The optimizer of the whole when absent. */
  readonly optimizer?: Optimizer;
}

/** Limits to what a single step may do; without them there are none. */
export interface Clipping {
  /** Each slope d is brought within ± this. */
  readonly slope?: number;
  /** An estimate g that is longer than this is shortened to it. */
  readonly norm?: number;
}

/** How a descent goes; the same for `fgd` and `train`. */
export interface DescentOptions {
  /** A number, a function of the step, or `hyperDual()`. */
  readonly learningRate: number | Schedule | HyperDual;
  /** `gaussian()` by default. */
  readonly directions?: Directions;
  /** `plain()` by default. */
  readonly optimizer?: Optimizer;
  readonly clip?: Clipping;
  /** A parameter belongs to the first group that names it. */
  readonly groups?: readonly ParameterGroup[];
}

/** What one step has done. */
export interface Done {
  readonly value: number;
  readonly slope: number;
  readonly learningRate: number;
}

/** Everything that a descent carries along, beside its options. */
export interface DescentState {
  readonly parameters: readonly Leaf[];
  /** What the optimizers remember, array by array of the parameters. */
  readonly slots: readonly (readonly NumericArray[])[];
  /** What directions remember of earlier estimates. */
  readonly memory: readonly Leaf[];
  /** How many updates there have been. */
  count: number;
}

export interface Stepper {
  /** @throws Error named "NonFiniteLossError", before anything is changed; RangeError on a rate that makes no sense */
  step(index: number, args: readonly unknown[]): Done;
  theta(): unknown;
  /** The learning rates of a step: of the whole, and of each group. */
  rates(index: number): readonly number[];
  readonly state: DescentState;
  /** Dotted paths of the parameters, parallel to `state.parameters`. */
  readonly paths: readonly string[];
  /** Directions, optimizers and groups in words: what a resumed run must have in common with the one before. */
  readonly settings: string;
}

/** @throws as `sampler`; RangeError on settings that make no sense */
export function stepper(loss: AnyFunction, theta: unknown, options: DescentOptions, caller: string): Stepper {
  const { learningRate, directions = gaussian(), optimizer = plain(), clip = {}, groups = [] } = options;
  const curvature = typeof learningRate === "object" ? learningRate : undefined;
  const rateAt = curvature?.rate ?? scheduleOf(learningRate as number | Schedule);
  requireLimit(caller, "clip.slope", clip.slope);
  requireLimit(caller, "clip.norm", clip.norm);
  const dense = clip.norm !== undefined || [optimizer, ...groups.map((group) => group.optimizer)].some((o) => o?.dense);
  const source = sampler(loss, theta, { directions, largestSlope: clip.slope, curvature, dense }, caller);
  const { leaves, paths } = source.ground;
  const groupOf = assigned(paths, groups, caller);
  const rates = groups.map((group) => (group.learningRate === undefined ? rateAt : scheduleOf(group.learningRate)));
  const optimizers = leaves.map((_, l): Optimizer => groups[groupOf[l] as number]?.optimizer ?? optimizer);
  const state: DescentState = {
    parameters: leaves,
    slots: leaves.map((leaf, l) =>
      Array.from({ length: optimizers[l]?.slots ?? 0 }, () => (leaf.kind === "array" ? arrayBeside(leaf.values) : [0])),
    ),
    memory: source.memory,
    count: 0,
  };

  return {
    step(index, args) {
      const rate = rateAt(index);
      requireRate(rate);
      const groupRates = groups.length === 0 ? NONE : rates.map((of) => of(index));
      for (const own of groupRates) requireRate(own);
      const sample = source.sample(index, args);
      const { value, slope } = sample;
      if (!Number.isFinite(value) || !Number.isFinite(slope)) throw nonFinite(caller, index, value, slope, rate);
      shorten(source, clip.norm);
      state.count++;
      for (let l = 0; l < leaves.length; l++) {
        const at = { learningRate: groupRates[groupOf[l] as number] ?? rate, count: state.count };
        const leaf = leaves[l] as Leaf;
        // A single number is an array of length 1 meanwhile.
        const y = leaf.kind === "array" ? leaf.values : [numberIn(leaf)];
        (optimizers[l] as Optimizer).update(y, source.parts[l] as GradientPart, state.slots[l] ?? NONE, at);
        if (leaf.kind === "field") leaf.owner[leaf.name] = y[0];
      }
      source.remember();
      return { value, slope, learningRate: rate * sample.rate };
    },
    theta: source.theta,
    rates: (index) => [rateAt(index), ...rates.map((of) => of(index))],
    state,
    paths,
    settings: [
      `directions ${directions.name ?? "of the user's own"}`,
      `optimizer ${optimizer.name}`,
      ...(curvature === undefined ? [] : [`hyperDual(damping ${curvature.damping})`]),
      ...(clip.slope === undefined ? [] : [`clip.slope ${clip.slope}`]),
      ...(clip.norm === undefined ? [] : [`clip.norm ${clip.norm}`]),
      ...groups.map((group) => `${group.paths.join(", ")}: ${group.optimizer?.name ?? "the same optimizer"}`),
    ].join("; "),
  };
}

const NONE: readonly never[] = [];

function shorten(source: Sampler, limit: number | undefined): void {
  if (limit === undefined) return;
  const norm = source.norm();
  if (norm > limit) source.scale(limit / norm);
}

/** For each leaf the number of its group, −1 for none. @throws RangeError when a path leads nowhere */
function assigned(paths: readonly string[], groups: readonly ParameterGroup[], caller: string): readonly number[] {
  const names = (group: ParameterGroup, path: string) =>
    group.paths.some((prefix) => prefix === path || path.startsWith(`${prefix}.`));
  for (const group of groups) {
    for (const prefix of group.paths) {
      if (paths.some((path) => path === prefix || path.startsWith(`${prefix}.`))) continue;
      throw new RangeError(`${caller}: no parameter is at ${prefix}. There are ${paths.join(", ")}.`);
    }
  }
  return paths.map((path) => groups.findIndex((group) => names(group, path)));
}

function scheduleOf(rate: number | Schedule): Schedule {
  if (typeof rate !== "number") return rate;
  requireRate(rate);
  return () => rate;
}

function requireLimit(caller: string, name: string, limit: number | undefined): void {
  if (limit === undefined || limit > 0) return;
  throw new RangeError(`${caller}: ${name} must be a number above 0, got ${limit}.`);
}

/** The error that stops a descent; named "NonFiniteLossError". */
function nonFinite(caller: string, step: number, value: number, slope: number, rate: number): Error {
  const what = Number.isFinite(value) ? `the slope is ${slope} at a loss of ${value}` : `the loss is ${value}`;
  const advice =
    step === 0 || rate === 0
      ? "Check the data and the initial parameters for NaN and Infinity, and the loss for log(0), 0 / 0 and overflow."
      : `Try a smaller learning rate (${rate / 10}, say), more samples a step, or a stronger decay, and check the data for NaN.`;
  const error = new Error(
    `${caller}: ${what} at step ${step}, learning rate ${rate}. The parameters are as before this step. ${advice}`,
  );
  error.name = "NonFiniteLossError";
  return error;
}
