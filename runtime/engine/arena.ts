/**
 * Memory for parameters, activations and tangents. It is handed out in order and taken back in reverse, by marks: nothing is searched, nothing
 * is left to the garbage collector, and a step that asks for the same sizes as the last gets the very same arrays.
 *
 * With the WebAssembly engine the arrays are views of its memory, so that kernels read and write them in place. Arrays of the user's own
 * work everywhere too; kernels copy them in and out.
 */

import { engineGeneration, native, running } from "./index.ts";
import { bytesKept, memoryTaken } from "./kept.ts";
import { forgetShape, setShape } from "./shapes.ts";
import type { Wasm } from "./wasm.ts";

interface Place {
  readonly array: Float32Array;
  /** The first free address after it. */
  readonly end: number;
}

const places: Place[] = [];
let used = 0;
let generation = -1;

/** Where a step began; what was taken since is given back by `release`. */
export type Mark = number;

/**
 * An array of zeros.
 * @throws RangeError when `length` is no integer of at least 0, or the engine's memory is used up
 * @fgrad rule floats_jvp, floats_jvps
 */
export function floats(length: number): Float32Array {
  if (!Number.isSafeInteger(length) || length < 0) {
    throw new RangeError(`floats: the length must be an integer of at least 0, got ${length}.`);
  }
  const wasm = native();
  const start = top();
  const kept = places[used];
  if (kept !== undefined && kept.array.length === length) {
    used++;
    memoryTaken(kept.end);
    kept.array.fill(0);
    forgetShape(kept.array);
    return kept.array;
  }
  const array = wasm === undefined ? new Float32Array(length) : allocate(wasm, start, length);
  places.length = used;
  places.push({ array, end: align(start + 4 * length) });
  used++;
  return array;
}

/** The tangent of `floats`: zeros beside zeros, however the length came about. */
export function floats_jvp(
  length: number,
  _length_t: number | undefined,
): [array: Float32Array, array_t: Float32Array] {
  return [floats(length), floats(length)];
}

/** The same along several directions. */
export function floats_jvps(
  length: number,
  length_t: readonly (number | undefined)[],
): [array: Float32Array, ...arrays_t: Float32Array[]] {
  return [floats(length), ...length_t.map(() => floats(length))];
}

/**
 * An array of zeros that stands for a matrix, by rows. Directions with a structure of their own need to know its shape.
 * @throws RangeError as `floats`
 */
export function matrix(rows: number, columns: number): Float32Array {
  const array = floats(rows * columns);
  setShape(array, rows, columns);
  return array;
}

/** Remembers how much is in use. */
export function mark(): Mark {
  top();
  return used;
}

/** Takes back all arrays handed out since the mark: the next ones will use their memory. */
export function release(to: Mark): void {
  if (to < used) used = to;
}

/** Runs `f`, then takes back what was handed out in it. What `f` returns must not be such an array. */
export function scope<T>(f: () => T): T {
  const start = mark();
  try {
    return f();
  } finally {
    release(start);
  }
}

/** Bytes in use: of arrays, and of random numbers that are kept for the update of a step as long as nothing else needs their place. */
export function memoryInUse(): number {
  return top() - (running()?.start ?? 0) + bytesKept();
}

/** The first free address; after a change of engines everything starts anew. */
export function top(): number {
  const now = engineGeneration();
  if (now !== generation) {
    generation = now;
    places.length = 0;
    used = 0;
  }
  return used === 0 ? (running()?.start ?? 0) : (places[used - 1]?.end ?? 0);
}

function allocate(wasm: Wasm, start: number, length: number): Float32Array {
  requireRoom(wasm.buffer, start + 4 * length);
  return new Float32Array(wasm.buffer, start, length).fill(0);
}

/** @throws RangeError when the engine's memory ends before the address */
export function requireRoom(buffer: ArrayBuffer, end: number): void {
  memoryTaken(end);
  if (end <= buffer.byteLength) return;
  throw new RangeError(
    `The engine's memory of ${Math.round(buffer.byteLength / 2 ** 20)} MiB is used up. Give back what is not needed with ` +
      "mark and release, or reserve more at the start: useEngine({ memory: 2 ** 31 }).",
  );
}

function align(address: number): number {
  return Math.ceil(address / 64) * 64;
}
