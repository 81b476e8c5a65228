/**
 * Forward gradients and forward gradient descent: Baydin, Pearlmutter, Syme, Wood, Torr, "Gradients without Backpropagation"
 * (arXiv 2202.08587), Definition 1 and Algorithm 1.
 */

import { mark, release } from "../engine/arena.ts";
import type { Tangent } from "../tangent.ts";
import { type Directions, gaussian } from "./directions.ts";
import { sampler } from "./sampler.ts";
import { type DescentOptions, stepper } from "./stepper.ts";

/** A function of parameters, and of data that do not vary, whose value is to become small. */
export type Loss = (theta: never, ...data: never[]) => number;

/** What the loss takes after the parameters. */
export type LossData<L extends Loss> = Parameters<L> extends [unknown, ...infer D] ? D : [];

export interface ForwardGradientOptions<L extends Loss> {
  /** The arguments of the loss after θ. */
  readonly data?: LossData<L>;
  /** `gaussian()` by default. */
  readonly directions?: Directions;
  /** Which of the directions: those of this step. 0 by default. */
  readonly step?: number;
}

export interface ForwardGradient<T> {
  /** f(θ). */
  readonly value: number;
  /** d = ∇f(θ)·v; with several samples their mean. */
  readonly slope: number;
  /** g = d v; with several samples their mean. An unbiased estimate of ∇f(θ). */
  readonly gradient: Tangent<T>;
}

/**
 * The forward gradient of Definition 1: v is sampled, one run of the loss gives f(θ) and ∇f(θ)·v, and the estimate is
 * (∇f(θ)·v) v. No parameter is changed.
 *
 * @param theta a number, an array or a (nested) object of arrays: the first parameter of the loss
 * @throws TypeError when the loss was not compiled, does not vary with θ, or returns no number
 */
export function forwardGradient<L extends Loss>(
  loss: L,
  theta: Parameters<L>[0],
  options: ForwardGradientOptions<L> = {},
): ForwardGradient<Parameters<L>[0]> {
  const { data = [], directions = gaussian(), step = 0 } = options;
  const start = mark();
  try {
    const source = sampler(loss, theta, { directions }, "forwardGradient");
    const { value, slope } = source.sample(step, data);
    return { value, slope, gradient: source.estimate() as Tangent<Parameters<L>[0]> };
  } finally {
    release(start);
  }
}

export interface FgdOptions<L extends Loss> extends DescentOptions {
  /** Steps are numbered `start` … `steps` − 1; without it there is no end. */
  readonly steps?: number;
  /**
   * The number of the first step, 0 by default. A run resumed here takes the directions and rates of an undisturbed one; what an optimizer
   * remembers is carried on by `train` and its checkpoints.
   */
  readonly start?: number;
  /** The arguments of the loss after θ, at a step. */
  readonly batch?: (step: number) => LossData<L>;
  /** Looked at before each step: once aborted, its reason is thrown, and θ is as the last step left it. */
  readonly signal?: AbortSignal;
  /** Called after each step, before it is yielded. */
  readonly onStep?: (step: Step<Parameters<L>[0]>) => void;
}

/** A loss that takes data can't do without `batch`. */
export type RequiredBatch<L extends Loss> =
  [] extends LossData<L> ? unknown : { readonly batch: (step: number) => LossData<L> };

/** What one step of descent has done. */
export interface Step<T> {
  readonly index: number;
  /** f(θ) before the step. */
  readonly value: number;
  /** d = ∇f(θ)·v before the step; with several samples their mean. */
  readonly slope: number;
  readonly learningRate: number;
  /** The parameters after the step: the object that was given, or the new number. */
  readonly theta: T;
}

/**
 * Forward gradient descent, Algorithm 1: at each step v is sampled, one run of the loss gives f(θ) and d = ∇f(θ)·v, and
 * θ ← θ − η d v. With K samples a step averages d v over K directions on the same data. Other directions and optimizers make
 * another estimate and another update of it.
 *
 * It is lazy: a step is taken when it is asked for, and `break` ends it. θ is updated in place and must be left alone by the
 * loss; a number, which can't be, is found in `step.theta`.
 *
 * @param theta a number, an array or a (nested) object of arrays: the first parameter of the loss
 * @throws TypeError when the loss was not compiled, does not vary with θ, or returns no number; RangeError on a rate or number of
 *   steps that makes no sense, at once; Error named "NonFiniteLossError" when a step meets a value or slope that is not finite, θ
 *   being as before that step; the signal's reason when it is aborted
 */
export function fgd<L extends Loss>(
  loss: L,
  theta: Parameters<L>[0],
  options: FgdOptions<L> & RequiredBatch<L>,
): Generator<Step<Parameters<L>[0]>, void, undefined> {
  const { steps = Number.POSITIVE_INFINITY, start = 0 } = options;
  requireCount("fgd", "start", start);
  if (steps !== Number.POSITIVE_INFINITY) requireCount("fgd", "steps", steps);
  const descent = stepper(loss, theta, options, "fgd");

  return (function* descend() {
    for (let index = start; index < steps; index++) {
      options.signal?.throwIfAborted();
      const { value, slope, learningRate } = descent.step(index, options.batch?.(index) ?? []);
      const step = { index, value, slope, learningRate, theta: descent.theta() as Parameters<L>[0] };
      options.onStep?.(step);
      yield step;
    }
  })();
}

/** @throws RangeError unless `count` is an integer of at least 0 */
export function requireCount(caller: string, name: string, count: number): void {
  if (Number.isSafeInteger(count) && count >= 0) return;
  throw new RangeError(`${caller}: ${name} must be an integer of at least 0, got ${count}.`);
}
