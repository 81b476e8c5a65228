/**
 * A training run that is killed again and again: `node life.mjs FOLDER [PAUSE STEPS]`. It trains a small net with everything that has a state, and
 * writes a line at each step. To be killed at work, it takes PAUSE milliseconds a step; after STEPS steps it waits for ever.
 */

import { checkpointFolder } from "fgrad/node";
import { activity, adam, cosineDecay, momentum, train } from "fgrad/optimizer";
import {
  floats,
  linear,
  linear_jvp,
  linearRelu,
  linearRelu_jvp,
  matrix,
  scope,
  softmaxCrossEntropy,
  softmaxCrossEntropy_jvp,
} from "../../../runtime/kernels/index.ts";
import { fillNormal, permutation, randomUniform } from "../../../runtime/random/index.ts";

interface Net {
  readonly first: { readonly weights: Float32Array; readonly biases: Float32Array };
  readonly last: { readonly weights: Float32Array; readonly biases: Float32Array };
}

const [BATCH, INPUTS, HIDDEN, CLASSES] = [8, 6, 10, 3];

function loss({ first, last }: Net, x: Float32Array, labels: Uint8Array): number {
  const rows = labels.length;
  const [h, z] = [floats(rows * HIDDEN), floats(rows * CLASSES)];
  linearRelu(x, first.weights, first.biases, h, rows, INPUTS, HIDDEN);
  linear(h, last.weights, last.biases, z, rows, HIDDEN, CLASSES);
  return softmaxCrossEntropy(z, labels, rows, CLASSES);
}

function loss_jvp({ first, last }: Net, { first: first_t, last: last_t }: Net, x: Float32Array, labels: Uint8Array) {
  const rows = labels.length;
  const [h, h_t] = [floats(rows * HIDDEN), floats(rows * HIDDEN)];
  const [z, z_t] = [floats(rows * CLASSES), floats(rows * CLASSES)];
  const { weights, biases } = first;
  linearRelu_jvp(x, undefined, weights, first_t.weights, biases, first_t.biases, h, h_t, rows, INPUTS, HIDDEN);
  linear_jvp(h, h_t, last.weights, last_t.weights, last.biases, last_t.biases, z, z_t, rows, HIDDEN, CLASSES);
  return softmaxCrossEntropy_jvp(z, z_t, labels, rows, CLASSES);
}

Object.defineProperty(loss, Symbol.for("fgrad.jvp"), { value: { jvp: loss_jvp, active: [true, false, false] } });

const layer = (inputs: number, outputs: number, seed: number) => {
  const weights = matrix(inputs, outputs);
  fillNormal(weights, seed, 0);
  return { weights, biases: floats(outputs) };
};
const theta: Net = { first: layer(INPUTS, HIDDEN, 1), last: layer(HIDDEN, CLASSES, 2) };
const data = floats(64 * INPUTS);
fillNormal(data, 3, 0);
const labels = Uint8Array.from(
  { length: 64 },
  (_, i) => ((data[i * INPUTS] as number) > 0 ? 1 : 0) + ((data[i * INPUTS + 1] as number) > 0 ? 1 : 0),
);
const images = floats(BATCH * INPUTS);
const answers = new Uint8Array(BATCH);

function batch(step: number): [Float32Array, Uint8Array] {
  const order = permutation(64, 4, Math.floor(step / 8));
  for (let i = 0; i < BATCH; i++) {
    const row = order[(step % 8) * BATCH + i] as number;
    images.set(data.subarray(row * INPUTS, (row + 1) * INPUTS), i * INPUTS);
    answers[i] = labels[row] as number;
  }
  return [images, answers];
}

const [folder = "", pause = "0", limit = "Infinity"] = process.argv.slice(2);
const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
let taken = 0;

const run = train(loss, theta, {
  steps: 320,
  batch,
  learningRate: cosineDecay(0.02, 320),
  directions: activity({ seed: 5, independent: true, samples: 2 }),
  optimizer: adam({ weightDecay: 1e-3 }),
  groups: [{ paths: ["last.biases"], optimizer: momentum(), learningRate: 0.01 }],
  clip: { norm: 5 },
  reportEvery: 7,
  validation: {
    every: 1,
    measure: async (net, step) => {
      if (Number(pause) > 0) await wait(Number(pause));
      while (taken >= Number(limit)) await wait(1000);
      taken++;
      return scope(() => loss(net, data, labels)) * (1 + randomUniform(6, step, 0));
    },
    patience: 300,
    restoreBest: true,
  },
  checkpoints: { store: checkpointFolder(folder), every: 5 },
});
for await (const { step, ended } of run) process.stdout.write(`${step} ${ended ?? ""}\n`);
