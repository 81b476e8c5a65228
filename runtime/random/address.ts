/** What all numbers of a fill have in common, made of the numbers that people give. */

import type { Exports } from "../engine/wasm.ts";
import type { Address } from "./normal.ts";

const TWO_32 = 4294967296;

/** @throws RangeError when one of them is no integer */
export function address(seed: number, step: number, stream: number): Address {
  return {
    seedLow: low(seed, "seed"),
    seedHigh: high(seed),
    stepLow: low(step, "step"),
    stepHigh: high(step),
    stream: low(stream, "stream"),
  };
}

/** The lower 32 bits. @throws RangeError when `value` is no integer */
export function low(value: number, name: string): number {
  if (!Number.isSafeInteger(value))
    throw new RangeError(`The ${name} of random numbers must be an integer, got ${value}.`);
  return value | 0;
}

/** The upper 32 bits. */
export function high(value: number): number {
  return Math.floor(value / TWO_32) | 0;
}

/** Writes numbers `offset` … `offset + count − 1` of (seed, step) to the engine's memory, from byte `to` on. */
export function writeRandom(
  wasm: Exports,
  distribution: "normal" | "sign",
  to: number,
  count: number,
  seed: number,
  step: number,
  offset: number,
  stream = 0,
): void {
  const { seedLow, seedHigh, stepLow, stepHigh, stream: purpose } = address(seed, step, stream);
  wasm.address(seedLow, seedHigh, stepLow, stepHigh, purpose);
  wasm[distribution === "normal" ? "normals" : "signs"](to, count, low(offset, "offset"), high(offset));
}
