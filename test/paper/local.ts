/**
 * Networks of blocks that learn from losses of their own, by forward gradients of activities alone.
 *
 *     x → [ z = x W + b → y = relu(z) / rms ] → … → readout        no tangent goes from block to block
 *
 * The units of a block stand in groups, and each group guesses the digit by itself (fixtures/models/groups.ts). The pre-activations z_i of a sample i
 * are moved along u_i, a ±1 for each unit, other ones for each sample; a run of the compiled losses gives the slope d_i of each sample's loss in each group.
 * Then d_i u_i estimates ∂ℓ_i/∂z_i, unbiased, with the second moment of the number of units of a group, and
 *
 *     ∂L/∂W ≈ 1/batch Σᵢ xᵢ (d_i u_i)ᵀ        where relu(z_i) is active, elsewhere ∂ℓ_i/∂z_i is 0 anyway
 *
 * With K directions per step that are orthogonal over a group of m units (rows of Hadamard's matrix, signs turned at random for each sample), the part
 * of the noise that directions bring falls from m − 1 to m/K − 1 times the squared gradient. Readouts learn likewise, along moved logits.
 * Ren, Kornblith, Liao, Hinton, "Scaling Forward Gradient With Local Losses" (ICLR 2023).
 */

import { jvp } from "fgrad";
import { groupLogits, groupLosses, type Readout } from "../../fixtures/models/groups.ts";
import * as logistic from "../../fixtures/models/logistic.ts";
import { axpy, bias, floats, matmul, matmulTN, matrix, scope } from "../../runtime/kernels/index.ts";
import { activity, fgd, type GradientPart, type Optimizer, type Schedule } from "../../runtime/optimizer/index.ts";
import { fillSigns, fillUniform } from "../../runtime/random/index.ts";
import { CLASSES } from "./models.ts";

/** How a network is built. */
export interface LocalShape {
  readonly inputs: number;
  /** Units of each block. */
  readonly units: readonly number[];
  /** Groups of each block; the units of a group must be a power of two. */
  readonly groups: number;
  readonly batch: number;
  readonly seed: number;
}

/** What is estimated, and how well. */
export interface LocalEstimates {
  /** Directions of a step for pre-activations: K. */
  readonly directions: number;
  /** Directions of a step for the logits of groups. */
  readonly logitDirections: number;
}

interface Block {
  readonly inputs: number;
  readonly units: number;
  readonly weights: Float32Array;
  readonly biases: Float32Array;
  readonly readouts: readonly Readout[];
  /** Pre-activations, [batch, units], and what the next block is given. */
  readonly z: Float32Array;
  readonly y: Float32Array;
  /** Estimates of ∂ℓ/∂z, [batch, units], and of the logits, [groups, batch, classes]. */
  readonly slopes: Float32Array;
  readonly logitSlopes: Float32Array;
}

export interface LocalNetwork {
  readonly shape: LocalShape;
  readonly blocks: readonly Block[];
  /** Logistic regression on what the last block gives. */
  readonly readout: logistic.Logistic;
  /** All that is learnt, each array once, in order. */
  readonly arrays: readonly Float32Array[];
}

const INITIAL_STREAM = 7;
const SIGN_STREAM = 20;
const LOGIT_STREAM = 40;

/** A fresh network in the engine's memory; readouts of the whole begin at zero. */
export function newLocalNetwork(shape: LocalShape): LocalNetwork {
  const { units, groups, batch, seed } = shape;
  const arrays: Float32Array[] = [];
  const learnt = (array: Float32Array, scale: number): Float32Array => {
    if (scale > 0) fillUniform(array, seed, arrays.length, 0, INITIAL_STREAM);
    for (let i = 0; i < array.length; i++) array[i] = (2 * (array[i] as number) - 1) * scale;
    arrays.push(array);
    return array;
  };
  const blocks = units.map((width, b): Block => {
    const inputs = units[b - 1] ?? shape.inputs;
    const size = width / groups;
    if (!Number.isInteger(Math.log2(size)))
      throw new RangeError(`A group of ${size} units: it must be a power of two.`);
    return {
      inputs,
      units: width,
      weights: learnt(matrix(inputs, width), Math.sqrt(3 / inputs)),
      biases: learnt(floats(width), 0),
      readouts: Array.from({ length: groups }, () => ({
        weights: learnt(floats(size * CLASSES), 1 / Math.sqrt(size)),
        biases: learnt(floats(CLASSES), 0),
      })),
      z: floats(batch * width),
      y: floats(batch * width),
      slopes: floats(batch * width),
      logitSlopes: floats(groups * batch * CLASSES),
    };
  });
  const features = units.at(-1) ?? 0;
  const readout = { weights: learnt(matrix(features, CLASSES), 0), biases: learnt(floats(CLASSES), 0) };
  return { shape, blocks, readout, arrays };
}

/** How parameters move. */
export interface LocalDescent extends LocalEstimates {
  readonly optimizer: Optimizer;
  readonly rates: Schedule;
  /** The readout's rate in parts of that of the blocks. */
  readonly readoutRate: number;
  /** The number of the first step. */
  readonly start: number;
  readonly steps: number;
}

/**
 * A function that takes step i on a batch, and returns the mean loss of the last block's groups before it.
 * @param images [batch, inputs], in the engine's memory; so must be `labels`' length
 */
export function localDescent(
  network: LocalNetwork,
  descent: LocalDescent,
): (step: number, images: Float32Array, labels: Uint8Array) => number {
  const { blocks, readout, shape } = network;
  const { optimizer, rates, readoutRate, start, steps } = descent;
  const features = blocks.at(-1)?.y as Float32Array;
  let current: Uint8Array = new Uint8Array(0);
  const readoutSteps = fgd(logistic.loss, readout, {
    start,
    steps,
    learningRate: (step) => readoutRate * rates(step),
    directions: activity({ seed: shape.seed, samples: descent.logitDirections }),
    batch: () => [features, current],
  });
  const states = new Map<Float32Array, Float32Array[]>();
  const move = (array: Float32Array, gradient: GradientPart, step: number): void => {
    let state = states.get(array);
    if (state === undefined) {
      state = Array.from({ length: optimizer.slots }, () => new Float32Array(array.length));
      states.set(array, state);
    }
    optimizer.update(array, gradient, state, { learningRate: rates(step), count: step + 1 });
  };
  return (step, images, labels) => {
    let x = images;
    let loss = Number.NaN;
    blocks.forEach((block, b) => {
      forward(block, x, shape.batch);
      loss = scope(() => estimate(block, labels, descent, shape, step, b));
      scope(() => update(block, x, shape.batch, (array, gradient) => move(array, gradient, step)));
      x = block.y;
    });
    current = labels;
    readoutSteps.next();
    return loss;
  };
}

/** z = x W + b, and y = relu(z), scaled so that its mean square over a sample's units is 1. */
function forward({ inputs, units, weights, biases, z, y }: Block, x: Float32Array, batch: number): void {
  matmul(x, weights, z, batch, inputs, units);
  bias(z, biases, z, batch, units);
  for (let first = 0; first < batch * units; first += units) {
    let squares = 0;
    for (let at = first; at < first + units; at++) {
      const active = Math.max(z[at] as number, 0);
      y[at] = active;
      squares += active * active;
    }
    const scale = 1 / Math.sqrt(squares / units + 1e-5);
    for (let at = first; at < first + units; at++) y[at] = scale * (y[at] as number);
  }
}

/** Fills the slopes of a block from forward runs of its losses; returns the mean of these. */
function estimate(
  { units, readouts, z, slopes, logitSlopes }: Block,
  labels: Uint8Array,
  { directions, logitDirections }: LocalEstimates,
  { seed, batch, groups }: LocalShape,
  step: number,
  number: number,
): number {
  const size = units / groups;
  const signs = floats(slopes.length);
  const z_t = floats(slopes.length);
  const nudges = floats(logitSlopes.length);
  const nudges_t = floats(logitSlopes.length);
  const run = (): readonly [Float32Array, Float32Array] =>
    jvp(groupLosses, [z, nudges, readouts, labels], [z_t, nudges_t, undefined, undefined]);
  let total = 0;

  slopes.fill(0);
  fillSigns(signs, seed, step, 0, SIGN_STREAM + number);
  for (let k = 0; k < directions; k++) {
    hadamard(signs, z_t, size, (step * directions + k) % size);
    scope(() => {
      const [losses, losses_t] = run();
      if (k === 0) for (const loss of losses) total += loss;
      for (let g = 0; g < groups; g++) {
        for (let i = 0; i < batch; i++) {
          const slope = (losses_t[g * batch + i] as number) / directions;
          const first = i * units + g * size;
          for (let at = first; at < first + size; at++) {
            slopes[at] = (slopes[at] as number) + slope * (z_t[at] as number);
          }
        }
      }
    });
  }
  for (let at = 0; at < slopes.length; at++) if (!((z[at] as number) > 0)) slopes[at] = 0;

  z_t.fill(0);
  logitSlopes.fill(0);
  for (let k = 0; k < logitDirections; k++) {
    fillSigns(nudges_t, seed, step * logitDirections + k, 0, LOGIT_STREAM + number);
    scope(() => {
      const [, losses_t] = run();
      for (let at = 0; at < logitSlopes.length; at++) {
        const slope = (losses_t[Math.floor(at / CLASSES)] as number) / logitDirections;
        logitSlopes[at] = (logitSlopes[at] as number) + slope * (nudges_t[at] as number);
      }
    });
  }
  return total / (groups * batch);
}

/** out = signs ⊙ row of Hadamard's matrix, over and over: (−1) to the number of ones that the row and the place within a group share. */
function hadamard(signs: Float32Array, out: Float32Array, size: number, row: number): void {
  for (let j = 0; j < size; j++) {
    let odd = false;
    for (let shared = row & j; shared !== 0; shared &= shared - 1) odd = !odd;
    for (let at = j; at < out.length; at += size) out[at] = odd ? -(signs[at] as number) : (signs[at] as number);
  }
}

/** Moves the parameters of a block by its slopes, means over the batch. */
function update(
  { inputs, units, weights, biases, readouts, z, slopes, logitSlopes }: Block,
  x: Float32Array,
  batch: number,
  move: (array: Float32Array, gradient: GradientPart) => void,
): void {
  const size = units / readouts.length;
  for (let at = 0; at < slopes.length; at++) slopes[at] = (slopes[at] as number) / batch;
  for (let at = 0; at < logitSlopes.length; at++) logitSlopes[at] = (logitSlopes[at] as number) / batch;
  move(weights, product(x, slopes, inputs, batch, units));
  move(biases, sum(slopes, batch, units));
  const h = floats(batch * size);
  readouts.forEach((readout, g) => {
    for (let i = 0; i < batch; i++) {
      const first = i * units + g * size;
      for (let j = 0; j < size; j++) h[i * size + j] = Math.max(z[first + j] as number, 0);
    }
    const own = logitSlopes.subarray(g * batch * CLASSES, (g + 1) * batch * CLASSES);
    move(readout.weights, product(h, own, size, batch, CLASSES));
    move(readout.biases, sum(own, batch, CLASSES));
  });
}

/** The estimate xᵀ δ of a matrix. */
function product(x: Float32Array, delta: Float32Array, inputs: number, batch: number, outputs: number): GradientPart {
  const g = floats(inputs * outputs);
  matmulTN(x, delta, g, inputs, batch, outputs);
  return { addTo: (y, factor) => axpy(factor, g, y as Float32Array), dense: () => g };
}

/** The estimate Σᵢ δ_i of a row of biases. */
function sum(delta: Float32Array, batch: number, outputs: number): GradientPart {
  const g = floats(outputs);
  for (let i = 0, at = 0; i < batch; i++) {
    for (let j = 0; j < outputs; j++, at++) g[j] = (g[j] as number) + (delta[at] as number);
  }
  return { addTo: (y, factor) => axpy(factor, g, y as Float32Array), dense: () => g };
}

/**
 * What the network gives the classes for a full batch, [batch, classes] in fresh memory: by its readout, or the mean over the last block's groups.
 */
export function localLogits(network: LocalNetwork, images: Float32Array, by: "readout" | "groups"): Float32Array {
  const { blocks, readout, shape } = network;
  let x = images;
  for (const block of blocks) {
    forward(block, x, shape.batch);
    x = block.y;
  }
  if (by === "readout") return scope(() => logistic.logits(readout, x, shape.batch).slice());
  const { z, readouts } = blocks.at(-1) as Block;
  const mean = new Float32Array(shape.batch * CLASSES);
  readouts.forEach((_, g) => {
    scope(() => {
      axpy(1 / readouts.length, groupLogits(z, readouts, g, shape.batch), mean);
    });
  });
  return mean;
}
