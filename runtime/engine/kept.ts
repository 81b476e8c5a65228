/**
 * Random numbers that a run of the loss has made and the update after it will want again. They lie at the far end of the engine's memory, as long as the
 * arena does not need it: what is not found there is made anew, to the same bits.
 */

import { running } from "./index.ts";
import type { Wasm } from "./wasm.ts";

/** Bytes at most; and at most so small a share of the engine's memory. */
const MOST = 2 ** 23;
const SHARE = 1 / 8;

/** Numbers `offset` … `offset + count − 1` of the address (seed, step), from byte `at` on. */
export interface Kept {
  seed: number;
  step: number;
  offset: number;
  count: number;
  at: number;
}

const entries: Kept[] = [];
let used = 0;
let owner: Wasm | undefined;
let keeping = false;
/** The first byte that may be taken, and the next one that is. */
let first = Number.POSITIVE_INFINITY;
let next = 0;

/** Starts a run whose numbers are kept; those of the last one are forgotten. */
export function startKeeping(): void {
  owner = running();
  used = 0;
  if (owner === undefined) return;
  const { byteLength } = owner.buffer;
  first = byteLength - Math.floor(Math.min(MOST, byteLength * SHARE) / 64) * 64;
  next = first;
  keeping = true;
}

/** Ends it: what was kept stays, nothing is added. */
export function stopKeeping(): void {
  keeping = false;
}

/**
 * A place for numbers from `offset` on, of which `count` are wanted: perhaps for fewer, perhaps for none. They count as kept, so they must be written at once.
 * @param free the first address that nothing else lies at
 * @param grain the place holds a multiple of so many numbers, or all of them
 */
export function keep(
  wasm: Wasm,
  free: number,
  seed: number,
  step: number,
  offset: number,
  count: number,
  grain: number,
): Kept | undefined {
  if (!keeping || owner !== wasm || free > first) return undefined;
  const room = Math.floor((wasm.buffer.byteLength - next) / 4);
  const fitting = count <= room ? count : Math.floor(room / grain) * grain;
  if (fitting === 0) return undefined;
  entries[used] ??= { seed, step, offset, count, at: 0 };
  const entry = entries[used++] as Kept;
  entry.seed = seed;
  entry.step = step;
  entry.offset = offset;
  entry.count = fitting;
  entry.at = next;
  next += Math.ceil((4 * fitting) / 64) * 64;
  return entry;
}

/** Those from `offset` on, if they are kept. */
export function keptAt(wasm: Wasm, seed: number, step: number, offset: number): Kept | undefined {
  if (owner !== wasm) return undefined;
  for (let e = 0; e < used; e++) {
    const entry = entries[e] as Kept;
    if (entry.offset === offset && entry.step === step && entry.seed === seed) return entry;
  }
  return undefined;
}

/** Told by whoever takes memory up to an address: numbers that lay there are no longer kept. */
export function memoryTaken(end: number): void {
  if (end <= first) return;
  used = 0;
  keeping = false;
}

/** Bytes that kept numbers take. */
export function bytesKept(): number {
  return used === 0 || owner !== running() ? 0 : next - first;
}
