/** What becomes of layers whose results were moved instead of their weights: the slopes of a batch make their estimates. */

import { filterGradient } from "../kernels/conv2d.ts";
import { matmulTN } from "../kernels/matmul.ts";
import type { Leaf } from "../leaves.ts";
import { type Structure, structureOf } from "../structured.ts";
import type { Directed } from "./tree.ts";

type Moved = Structure & { kind: "rankOne" };

/** Whether any array of a direction may have its layer's results moved instead. */
export function movesActivities(leaves: readonly Directed[]): boolean {
  return leaves.some((leaf) => structureOfLeaf(leaf)?.activity !== undefined);
}

/**
 * Turns the slopes d of a batch into the estimates of all layers that were moved: `left` becomes Xᵀ d where all rows moved alike, else
 * `gradient` becomes Xᵀ diag(d) U; biases that went along get theirs in place of their direction.
 * @param slopes of the samples, which add up to `slope`, that of the loss
 * @throws Error when they do not, or are not those of the layers' rows
 */
export function finishActivities(leaves: readonly Directed[], slopes: Float32Array, slope: number): void {
  let checked = false;
  for (const leaf of leaves) {
    const structure = structureOfLeaf(leaf);
    if (structure?.activity === undefined || structure.activity.rows === 0) continue;
    if (slopes.length !== structure.activity.samples) throw wrongRows(structure.activity.samples, slopes.length);
    if (!checked) requireSum(slopes, slope);
    checked = true;
    finish(structure, slopes, leaves);
  }
}

function structureOfLeaf(leaf: Leaf): Moved | undefined {
  if (leaf.kind !== "array" || !(leaf.values instanceof Float32Array)) return undefined;
  const structure = structureOf(leaf.values);
  return structure?.kind === "rankOne" ? structure : undefined;
}

function finish({ left, right, activity }: Moved, slopes: Float32Array, leaves: readonly Directed[]): void {
  if (activity === undefined) return;
  const { input, apart, moves, rows, samples, convolution, biases, deviation } = activity;
  const ofBiases = biases === undefined ? undefined : targetOf(biases, leaves);
  if (!apart) {
    matmulTN(input, slopes, left, left.length, rows, 1);
    const total = slopes.reduce((sum, d) => sum + d, 0) / deviation ** 2;
    for (let j = 0; j < right.length; j++) if (ofBiases !== undefined) ofBiases[j] = total * (right[j] as number);
    return;
  }
  const columns = right.length;
  for (let i = 0, at = 0; i < rows; i++) {
    const d = slopes[Math.floor((i * samples) / rows)] as number;
    for (let j = 0; j < columns; j++, at++) moves[at] = d * (moves[at] as number);
  }
  activity.gradient ??= new Float32Array(left.length * columns);
  if (convolution === undefined) matmulTN(input, moves, activity.gradient, left.length, rows, columns);
  else filterGradient(input, moves, activity.gradient, convolution);
  if (ofBiases === undefined) return;
  ofBiases.fill(0);
  for (let i = 0, at = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++, at++) {
      ofBiases[j] = (ofBiases[j] as number) + (moves[at] as number) / deviation ** 2;
    }
  }
}

/** The array of a direction that biases were given by; from now on it holds their estimate. */
function targetOf(biases: Float32Array, leaves: readonly Directed[]): Float32Array {
  const leaf = leaves.find((other) => other.kind === "array" && other.values === biases);
  if (leaf === undefined || leaf.isEstimate === true) {
    throw new Error(
      "Biases of a layer that is perturbed in its activities must be an array of their own, used once in a run; use rankOne instead.",
    );
  }
  leaf.isEstimate = true;
  return biases;
}

function wrongRows(rows: number, samples: number): Error {
  return new Error(
    `A layer of ${rows} samples was perturbed in its activities, but the loss told the slopes of ${samples} samples. ` +
      "It must end in softmaxCrossEntropy or sampleMean over the batch, and its layers must keep a row (or an image) for each sample; else use rankOne.",
  );
}

function requireSum(slopes: Float32Array, slope: number): void {
  let sum = 0;
  let size = 0;
  for (const d of slopes) {
    sum += d;
    size += Math.abs(d);
  }
  if (!Number.isFinite(slope) || Math.abs(sum - slope) <= 1e-4 * size + 1e-30) return;
  throw new Error(
    `The slopes of the samples add up to ${sum}, but the loss has the slope ${slope}. Where layers are perturbed in their activities, it must be ` +
      "the mean over the batch by softmaxCrossEntropy or sampleMean, or a sum of such means, and nothing else depend on the parameters.",
  );
}
