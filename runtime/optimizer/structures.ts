/** y ← y + α v for directions that are not stored: the update of parameters, and sums of estimates. */

import { running } from "../engine/index.ts";
import { keptAt } from "../engine/kept.ts";
import { address, begin, home, read } from "../engine/transfer.ts";
import { addRandom } from "../random/index.ts";
import type { Structure } from "../structured.ts";
import { addScaled } from "./vectors.ts";

/**
 * y ← y + α v, with v made while y is read; of a layer whose result was moved, its estimate in place of v. Where results may be moved, v has the
 * variance σ², and the estimate is still to be divided by it.
 */
export function addStructured(y: Float32Array, factor: number, structure: Structure): void {
  if (structure.kind === "seeded") {
    const { distribution, seed, step, offset } = structure;
    const done = distribution === "normal" ? addKept(y, factor, seed, step, offset) : 0;
    if (done < y.length) addRandom(done === 0 ? y : y.subarray(done), factor, distribution, seed, step, offset + done);
    return;
  }
  const { left, right, activity } = structure;
  if (activity !== undefined && activity.rows > 0 && activity.apart && activity.gradient !== undefined) {
    addScaled(y, factor, activity.gradient);
    return;
  }
  const wasm = running();
  if (wasm !== undefined && home(wasm, y)) {
    begin();
    wasm.exports.addOuter(factor, read(wasm, left), read(wasm, right), address(y), left.length, right.length);
    return;
  }
  for (let i = 0, at = 0; i < left.length; i++) {
    const share = factor * (left[i] as number);
    for (let j = 0; j < right.length; j++, at++) y[at] = (y[at] as number) + share * (right[j] as number);
  }
}

/** The same with normal numbers that the run has left. Returns how many there were. */
function addKept(y: Float32Array, factor: number, seed: number, step: number, offset: number): number {
  const wasm = running();
  if (wasm === undefined || !home(wasm, y)) return 0;
  const kept = keptAt(wasm, seed, step, offset);
  if (kept === undefined) return 0;
  const count = Math.min(kept.count, y.length);
  wasm.exports.axpy(factor, kept.at, address(y), count);
  return count;
}
