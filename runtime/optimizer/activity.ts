/** What becomes of a layer whose result was moved instead of its weights. */

import { matmulTN } from "../kernels/matmul.ts";
import type { Leaf } from "../leaves.ts";
import { structureOf } from "../structured.ts";

/**
 * Turns the slopes of a batch into a layer's estimate: `left` becomes Xᵀ d.
 * @throws Error when the slopes are not those of the layer's rows
 */
export function finishActivity(leaf: Leaf, slopes: Float32Array): void {
  if (leaf.kind !== "array" || !(leaf.values instanceof Float32Array)) return;
  const structure = structureOf(leaf.values);
  if (structure?.kind !== "rankOne" || structure.activity?.input === undefined) return;
  const { left, activity } = structure;
  const { input = left, rows } = activity;
  activity.input = undefined;
  if (slopes.length !== rows) {
    throw new Error(
      `A layer of ${rows} rows was perturbed in its activities, but the loss told the slopes of ${slopes.length} samples. ` +
        "It must end in softmaxCrossEntropy over the batch, and its layers must keep a row for each sample; else use rankOne.",
    );
  }
  matmulTN(input, slopes, left, left.length, rows, 1);
}
