/**
 * Layers whose results z = X W are moved instead of their weights: ż = σ u for a row, with signs u. What the layer leaves behind becomes the
 * estimate Xᵀ diag(d) U / σ² once the loss has told the slopes d of its samples.
 */

import { type Activity, structureOf } from "../structured.ts";
import type { ConvolutionShape } from "./conv2d.ts";

/**
 * Keeps a copy of a layer's input.
 * @param convolution of a layer that is one
 * @throws Error when the layer's matrix was used in the same run already
 */
export function keepInput(
  activity: Activity,
  x: Float32Array,
  rows: number,
  columns: number,
  convolution?: ConvolutionShape,
): void {
  if (activity.rows > 0) {
    throw new Error(
      "A matrix whose layer is perturbed in its activities was used twice in one run; use rankOne instead.",
    );
  }
  activity.input = roomFor(activity.input, x.length);
  activity.input.set(x);
  activity.rows = rows;
  activity.samples = convolution?.batch ?? rows;
  activity.convolution = convolution;
  // The pixels of an image are moved apart, also where images are moved alike.
  activity.apart = activity.independent || convolution !== undefined;
  if (activity.apart) activity.moves = roomFor(activity.moves, rows * columns);
  activity.biases = undefined;
}

/** out ← out + how the rows are moved. */
export function moveRows(activity: Activity, right: Float32Array, out: Float32Array, rows: number): void {
  const columns = right.length;
  if (!activity.apart) {
    for (let i = 0, at = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++, at++) out[at] = (out[at] as number) + (right[j] as number);
    }
    return;
  }
  const { moves, deviation, independent, samples } = activity;
  const pattern = independent ? moves.length : moves.length / samples;
  activity.signs(moves.subarray(0, pattern));
  for (let at = pattern; at < moves.length; at += pattern) moves.copyWithin(at, 0, pattern);
  for (let i = 0; i < moves.length; i++) {
    const move = deviation * (moves[i] as number);
    moves[i] = move;
    out[i] = (out[i] as number) + move;
  }
}

/** How the layer of a matrix with this direction was moved; undefined when it was not. */
export function movedBy(w_t: Float32Array | undefined): Activity | undefined {
  const structure = structureOf(w_t);
  const activity = structure?.kind === "rankOne" ? structure.activity : undefined;
  return activity !== undefined && activity.rows > 0 ? activity : undefined;
}

/** Biases are weights of an input that is always 1: they go along with their layer, and their own direction is not to be used elsewhere. */
export function takeBiases(activity: Activity, b_t: Float32Array | undefined): void {
  if (b_t === undefined) return;
  activity.biases = b_t;
  b_t.fill(Number.NaN);
}

/** Leaves out what relu has made 0: nothing depends on it. @param out the layer's result, after relu */
export function maskMoves(activity: Activity, right: Float32Array, out: Float32Array): void {
  if (!activity.masked) return;
  if (!activity.apart) {
    activity.apart = true;
    activity.moves = roomFor(activity.moves, out.length);
    for (let at = 0; at < out.length; at += right.length) activity.moves.set(right, at);
  }
  const { moves } = activity;
  for (let i = 0; i < moves.length; i++) if (!((out[i] as number) > 0)) moves[i] = 0;
}

/** An array of this length, the old one where it fits. */
function roomFor(old: Float32Array, length: number): Float32Array {
  return old.length === length ? old : new Float32Array(length);
}
