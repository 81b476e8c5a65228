/** The paper's models: how they begin, their losses, and their steps of backpropagation. */

import * as cnn from "../../fixtures/models/cnn.ts";
import * as logistic from "../../fixtures/models/logistic.ts";
import * as mlp from "../../fixtures/models/mlp.ts";
import { floats, matrix } from "../../runtime/kernels/index.ts";
import { fillUniform } from "../../runtime/random/index.ts";
import { logisticStep, mlpStep } from "../bench/models/backpropagation.ts";
import { cnnStep } from "../bench/models/cnn.ts";

export const CLASSES = 10;
export const PIXELS = 784;

/** A model whose parameters are kept in arrays; `never` hides which. */
export interface Model {
  readonly theta: never;
  /** Each array once, in order. */
  readonly arrays: readonly Float32Array[];
  readonly loss: (theta: never, images: Float32Array, labels: Uint8Array) => number;
  readonly logits: (theta: never, images: Float32Array, batch: number) => Float32Array;
  /** A step of gradient descent; returns the loss before it. */
  readonly backpropagate: (theta: never, images: Float32Array, labels: Uint8Array, rate: number) => number;
}

export type ModelName = "logistic" | "mlp" | "cnn" | `depth ${number}`;

/** Streams of random numbers, apart from those of directions and shuffles. */
const INITIAL_STREAM = 7;

interface Layer {
  readonly weights: Float32Array;
  readonly biases: Float32Array;
}

/**
 * Fresh parameters in the engine's memory, uniform within ±1/√inputs, as PyTorch has it.
 * @param seed equal seeds give equal parameters
 */
export function newModel(name: ModelName, seed: number): Model {
  const arrays: Float32Array[] = [];
  const uniform = (array: Float32Array, scale: number): Float32Array => {
    fillUniform(array, seed, arrays.length, 0, INITIAL_STREAM);
    for (let i = 0; i < array.length; i++) array[i] = (2 * (array[i] as number) - 1) * scale;
    arrays.push(array);
    return array;
  };
  const layer = (inputs: number, outputs: number): Layer => ({
    weights: uniform(matrix(inputs, outputs), 1 / Math.sqrt(inputs)),
    biases: uniform(floats(outputs), 1 / Math.sqrt(inputs)),
  });
  const perceptron = (between: number): Model => {
    const theta = {
      first: layer(PIXELS, 1024),
      between: Array.from({ length: between }, () => layer(1024, 1024)),
      last: layer(1024, CLASSES),
    };
    return { ...(mlp as Functions), theta: theta as never, arrays, backpropagate: mlpStep as Model["backpropagate"] };
  };
  if (name === "logistic") {
    const theta = layer(PIXELS, CLASSES);
    const backpropagate = logisticStep as Model["backpropagate"];
    return { ...(logistic as Functions), theta: theta as never, arrays, backpropagate };
  }
  if (name === "cnn") {
    const theta = {
      convolutions: [layer(9, 64), layer(576, 64), layer(576, 64), layer(576, 64)],
      hidden: layer(3136, 1024),
      last: layer(1024, CLASSES),
    };
    return { ...(cnn as Functions), theta: theta as never, arrays, backpropagate: cnnStep as Model["backpropagate"] };
  }
  // The paper counts the hidden layers; the first of them reads the images.
  return perceptron(name === "mlp" ? 1 : Number(name.slice("depth ".length)) - 1);
}

type Functions = Pick<Model, "loss" | "logits">;

/** How many numbers a model learns. */
export function parameterCount({ arrays }: Model): number {
  return arrays.reduce((sum, { length }) => sum + length, 0);
}
