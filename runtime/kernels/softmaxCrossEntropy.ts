/**
 * softmaxCrossEntropy: the mean over a batch of −log of the probability that softmax gives to the right class.
 *
 *     ℓᵢ = log Σⱼ exp zᵢⱼ − z_{i, yᵢ}          L = 1/batch Σᵢ ℓᵢ
 *     ℓ̇ᵢ = Σⱼ pᵢⱼ żᵢⱼ − ż_{i, yᵢ}              pᵢⱼ = exp zᵢⱼ / Σⱼ exp zᵢⱼ
 *
 * The largest logit of a row is taken out of the exponentials, so that none overflows. The mean of no rows is NaN. The WebAssembly engine
 * rounds each exponential to single precision, within 2⁻²²; sums are in double precision on every engine.
 */

import { running } from "../engine/index.ts";
import { address, begin, home, room } from "../engine/transfer.ts";
import type { Wasm } from "../engine/wasm.ts";
import { stored } from "./dense.ts";
import { type Lanes, numberInLanes } from "./lanes.ts";
import { tangentAt } from "./onEngine.ts";
import { requireLength } from "./shape.ts";
import { reportSlope, withoutSlopes } from "./slopes.ts";

/**
 * @param logits `batch` × `classes`, by rows
 * @param labels the right class of each row, from 0
 * @returns the mean loss, in nats
 * @throws RangeError when a length or a label does not fit
 * @fgrad rule softmaxCrossEntropy_jvp, softmaxCrossEntropy_jvps
 */
export function softmaxCrossEntropy(
  logits: Float32Array,
  labels: Uint8Array | Int32Array,
  batch: number,
  classes: number,
): number {
  check(logits, labels, batch, classes);
  const wasm = running();
  if (wasm !== undefined && home(wasm, logits)) return onRows(wasm, logits, undefined, labels, batch, classes)[0];
  let total = 0;
  for (let i = 0; i < batch; i++) {
    const row = i * classes;
    const largest = largestOf(logits, row, classes);
    let sum = 0;
    for (let j = 0; j < classes; j++) sum += Math.exp((logits[row + j] as number) - largest);
    total += Math.log(sum) - ((logits[row + labelOf(labels, i, classes)] as number) - largest);
  }
  return total / batch;
}

/** The tangent of `softmaxCrossEntropy`; `logits_t` is undefined where the logits are constant. */
export function softmaxCrossEntropy_jvp(
  logits: Float32Array,
  logits_t: Float32Array | undefined,
  labels: Uint8Array | Int32Array,
  batch: number,
  classes: number,
): [value: number, value_t: number] {
  if (logits_t === undefined) return [softmaxCrossEntropy(logits, labels, batch, classes), 0];
  check(logits, labels, batch, classes);
  const wasm = running();
  if (wasm !== undefined && home(wasm, logits)) return onRows(wasm, logits, logits_t, labels, batch, classes);
  let total = 0;
  let total_t = 0;
  for (let i = 0; i < batch; i++) {
    const row = i * classes;
    const largest = largestOf(logits, row, classes);
    let sum = 0;
    let sum_t = 0;
    for (let j = 0; j < classes; j++) {
      const e = Math.exp((logits[row + j] as number) - largest);
      sum += e;
      sum_t += e * (logits_t[row + j] as number);
    }
    const right = row + labelOf(labels, i, classes);
    total += Math.log(sum) - ((logits[right] as number) - largest);
    const slope = sum_t / sum - (logits_t[right] as number);
    total_t += slope;
    reportSlope(i, batch, slope / batch);
  }
  return [total / batch, total_t / batch];
}

/** The same along several directions. */
export function softmaxCrossEntropy_jvps(
  logits: Float32Array,
  logits_t: Lanes,
  labels: Uint8Array | Int32Array,
  batch: number,
  classes: number,
): [value: number, ...slopes: number[]] {
  return withoutSlopes(() =>
    numberInLanes(logits_t.length, (lane) => softmaxCrossEntropy_jvp(logits, logits_t[lane], labels, batch, classes)),
  );
}

let statistics = new Float64Array(0);

/** The exponentials by the engine, row by row, and the rest here. */
function onRows(
  wasm: Wasm,
  logits: Float32Array,
  logits_t: Float32Array | undefined,
  labels: Uint8Array | Int32Array,
  batch: number,
  classes: number,
): [value: number, value_t: number] {
  begin();
  const tangent = logits_t === undefined ? undefined : stored(logits_t, logits);
  const from_t = tangentAt(wasm, "softmaxCrossEntropy", tangent, logits);
  const at = room(wasm, 6 * batch);
  wasm.exports.softmaxRows(address(logits), from_t, at, batch, classes);
  if (statistics.buffer !== wasm.buffer || statistics.byteOffset !== at || statistics.length !== 3 * batch) {
    statistics = new Float64Array(wasm.buffer, at, 3 * batch);
  }
  let total = 0;
  let total_t = 0;
  for (let i = 0; i < batch; i++) {
    const largest = statistics[3 * i] as number;
    const sum = statistics[3 * i + 1] as number;
    const right = i * classes + labelOf(labels, i, classes);
    total += Math.log(sum) - ((logits[right] as number) - largest);
    if (tangent === undefined) continue;
    const slope = (statistics[3 * i + 2] as number) / sum - (tangent[right] as number);
    total_t += slope;
    reportSlope(i, batch, slope / batch);
  }
  return [total / batch, total_t / batch];
}

/**
 * The share of rows whose largest logit (the first of equals) stands at the label. It has no derivative.
 * @throws RangeError when a length or a label does not fit
 */
export function accuracy(
  logits: Float32Array,
  labels: Uint8Array | Int32Array,
  batch: number,
  classes: number,
): number {
  check(logits, labels, batch, classes);
  let hits = 0;
  for (let i = 0; i < batch; i++) {
    const row = i * classes;
    let best = 0;
    for (let j = 1; j < classes; j++) if ((logits[row + j] as number) > (logits[row + best] as number)) best = j;
    if (best === labelOf(labels, i, classes)) hits++;
  }
  return hits / batch;
}

function largestOf(logits: Float32Array, row: number, classes: number): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (let j = 0; j < classes; j++) if ((logits[row + j] as number) > largest) largest = logits[row + j] as number;
  return largest;
}

function labelOf(labels: Uint8Array | Int32Array, i: number, classes: number): number {
  const label = labels[i] as number;
  if (label >= 0 && label < classes) return label;
  throw new RangeError(`softmaxCrossEntropy: label ${i} is ${label}, but the classes are 0 to ${classes - 1}.`);
}

function check(logits: Float32Array, labels: Uint8Array | Int32Array, batch: number, classes: number): void {
  requireLength("softmaxCrossEntropy", "logits", logits, batch * classes);
  requireLength("softmaxCrossEntropy", "labels", labels, batch);
}
