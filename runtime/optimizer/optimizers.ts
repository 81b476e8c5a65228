/**
 * How an estimate g of the gradient moves the parameters θ, η being the learning rate. Weight decay λ is decoupled from the gradient in all
 * of them: θ ← θ − η λ θ first (Loshchilov, Hutter, "Decoupled Weight Decay Regularization", 2019).
 */

import { running } from "../engine/index.ts";
import { address, home } from "../engine/transfer.ts";
import type { NumericArray } from "../leaves.ts";
import { addScaled, scale } from "./vectors.ts";

/** The part of an estimate that belongs to one array of the parameters. */
export interface GradientPart {
  /** y ← y + factor g. A direction that is not stored is made while y is read. */
  addTo(y: NumericArray, factor: number): void;
  /** The numbers of g, valid until the next call: for optimizers that need them one by one. */
  dense(): NumericArray;
}

/** What an update is told of its step. */
export interface UpdateStep {
  readonly learningRate: number;
  /** How many updates there have been, this one included: 1, 2, … */
  readonly count: number;
}

/** An optimizer is a rule alone; what it remembers is kept for it, and goes into checkpoints. */
export interface Optimizer {
  /** What it is, with its settings: checkpoints of another one are refused. */
  readonly name: string;
  /** How many arrays of the parameters' shape it remembers, zeros at first. */
  readonly slots: number;
  /** Whether it asks for the numbers of g one by one: place for them is then taken at the start. */
  readonly dense?: boolean;
  /** Updates one array of the parameters in place. A parameter that is a single number comes as an array of length 1. */
  update(theta: NumericArray, gradient: GradientPart, state: readonly NumericArray[], step: UpdateStep): void;
}

export interface DecayOptions {
  /** λ, 0 by default. */
  readonly weightDecay?: number;
}

/** θ ← θ − η g, as in Algorithm 1. @throws RangeError when the decay is negative or not finite */
export function plain({ weightDecay = 0 }: DecayOptions = {}): Optimizer {
  requireAtLeastZero("weight decay", weightDecay);
  return {
    name: `plain(weightDecay ${weightDecay})`,
    slots: 0,
    update(theta, gradient, _, { learningRate }) {
      decay(theta, learningRate * weightDecay);
      gradient.addTo(theta, -learningRate);
    },
  };
}

export interface MomentumOptions extends DecayOptions {
  /** μ, at least 0 and below 1; 0.9 by default. */
  readonly momentum?: number;
}

/**
 * v ← μ v + g, θ ← θ − η v (Polyak, "Some methods of speeding up the convergence of iteration methods", 1964).
 * @throws RangeError when a setting makes no sense
 */
export function momentum(options: MomentumOptions = {}): Optimizer {
  const { momentum: mu = 0.9, weightDecay = 0 } = options;
  requireShare("momentum", mu);
  requireAtLeastZero("weight decay", weightDecay);
  return {
    name: `momentum(${mu}, weightDecay ${weightDecay})`,
    slots: 1,
    update(theta, gradient, state, { learningRate }) {
      const velocity = state[0] as NumericArray;
      decay(theta, learningRate * weightDecay);
      scale(velocity, mu);
      gradient.addTo(velocity, 1);
      addScaled(theta, -learningRate, velocity);
    },
  };
}

/**
 * v ← μ v + g, θ ← θ − η (g + μ v): Nesterov's accelerated gradient, in the form whose g is taken at θ itself (Sutskever, Martens, Dahl,
 * Hinton, "On the importance of initialization and momentum in deep learning", 2013).
 * @throws RangeError when a setting makes no sense
 */
export function nesterov(options: MomentumOptions = {}): Optimizer {
  const { momentum: mu = 0.9, weightDecay = 0 } = options;
  requireShare("momentum", mu);
  requireAtLeastZero("weight decay", weightDecay);
  return {
    name: `nesterov(${mu}, weightDecay ${weightDecay})`,
    slots: 1,
    update(theta, gradient, state, { learningRate }) {
      const velocity = state[0] as NumericArray;
      decay(theta, learningRate * weightDecay);
      scale(velocity, mu);
      gradient.addTo(velocity, 1);
      addScaled(theta, -learningRate * mu, velocity);
      gradient.addTo(theta, -learningRate);
    },
  };
}

export interface AdamOptions extends DecayOptions {
  /** β₁, the decay of the mean; 0.9 by default. */
  readonly beta1?: number;
  /** β₂, the decay of the mean square; 0.999 by default. */
  readonly beta2?: number;
  /** ε, above 0; 1e-8 by default. */
  readonly epsilon?: number;
}

/**
 * m ← β₁ m + (1 − β₁) g, s ← β₂ s + (1 − β₂) g², θ ← θ − η m̂ / (√ŝ + ε) with m̂ = m / (1 − β₁ᵗ), ŝ = s / (1 − β₂ᵗ) at update t
 * (Kingma, Ba, "Adam: A Method for Stochastic Optimization", 2015); with weight decay, AdamW.
 * @throws RangeError when a setting makes no sense
 */
export function adam(options: AdamOptions = {}): Optimizer {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0 } = options;
  requireShare("beta1", beta1);
  requireShare("beta2", beta2);
  requireAtLeastZero("weight decay", weightDecay);
  if (!(epsilon > 0 && epsilon < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`Adam's epsilon must be a number above 0, got ${epsilon}.`);
  }
  return {
    name: `adam(${beta1}, ${beta2}, ${epsilon}, weightDecay ${weightDecay})`,
    slots: 2,
    dense: true,
    update(theta, gradient, state, { learningRate, count }) {
      const mean = state[0] as NumericArray;
      const square = state[1] as NumericArray;
      decay(theta, learningRate * weightDecay);
      const g = gradient.dense();
      const ofMean = 1 / (1 - beta1 ** count);
      const ofSquare = 1 / (1 - beta2 ** count);
      if (
        epsilon >= LEAST_EPSILON &&
        adamThere(theta, mean, square, g, beta1, beta2, learningRate * ofMean, ofSquare, epsilon)
      )
        return;
      for (let i = 0; i < theta.length; i++) {
        const gi = g[i] as number;
        const m = beta1 * (mean[i] as number) + (1 - beta1) * gi;
        const s = beta2 * (square[i] as number) + (1 - beta2) * gi * gi;
        mean[i] = m;
        square[i] = s;
        theta[i] = (theta[i] as number) - (learningRate * m * ofMean) / (Math.sqrt(s * ofSquare) + epsilon);
      }
    },
  };
}

/** Below it, squares that underflow in single precision would matter. */
const LEAST_EPSILON = 1e-12;

/** Adam's update on the engine. Returns false when it must be done here. */
function adamThere(
  theta: NumericArray,
  mean: NumericArray,
  square: NumericArray,
  g: NumericArray,
  beta1: number,
  beta2: number,
  rate: number,
  correction: number,
  epsilon: number,
): boolean {
  const wasm = running();
  if (wasm === undefined) return false;
  for (const array of [theta, mean, square, g]) {
    if (!(array instanceof Float32Array && home(wasm, array))) return false;
  }
  const at = (array: NumericArray): number => address(array as Float32Array);
  const { length } = theta;
  const [rest1, rest2] = [1 - beta1, 1 - beta2];
  wasm.exports.adam(
    at(theta),
    at(mean),
    at(square),
    at(g),
    length,
    beta1,
    rest1,
    beta2,
    rest2,
    rate,
    correction,
    epsilon,
  );
  return true;
}

/** θ ← θ − share θ. */
function decay(theta: NumericArray, share: number): void {
  // Not 1 − share times θ: in single precision 1 would swallow a small share.
  if (share !== 0) addScaled(theta, -share, theta);
}

function requireShare(name: string, value: number): void {
  if (value >= 0 && value < 1) return;
  throw new RangeError(`${name} must be at least 0 and below 1, got ${value}.`);
}

function requireAtLeastZero(name: string, value: number): void {
  if (value >= 0 && value < Number.POSITIVE_INFINITY) return;
  throw new RangeError(`The ${name} must be a number of at least 0, got ${value}.`);
}
