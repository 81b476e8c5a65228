/** y ← y + α v for directions of every structure: the update of parameters, and sums of estimates. */

import { running } from "../engine/index.ts";
import { address, allHome, begin, home, read } from "../engine/transfer.ts";
import type { NumericArray } from "../leaves.ts";
import { addRandom } from "../random/index.ts";
import type { Structure } from "../structured.ts";

/** y ← y + α x. */
export function addScaled(y: NumericArray, factor: number, x: NumericArray): void {
  const wasm = running();
  if (wasm !== undefined && y instanceof Float32Array && x instanceof Float32Array && allHome(wasm, y, x)) {
    wasm.exports.axpy(factor, address(x), address(y), y.length);
    return;
  }
  for (let i = 0; i < y.length; i++) y[i] = (y[i] as number) + factor * (x[i] as number);
}

/** y ← y + α v, with v made while y is read. */
export function addStructured(y: Float32Array, factor: number, structure: Structure): void {
  if (structure.kind === "seeded") {
    const { distribution, seed, step, offset } = structure;
    addRandom(y, factor, distribution, seed, step, offset);
    return;
  }
  const { left, right } = structure;
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
