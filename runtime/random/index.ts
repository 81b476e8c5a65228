/**
 * Random numbers that are found by their address (seed, step, index), not drawn one after the other: the same bits in any
 * order, in pieces of any size, on every engine and thread.
 */

import { running } from "../engine/index.ts";
import type { Exports } from "../engine/wasm.ts";
import type { FloatArray } from "../tangent.ts";
import { address, high, low, writeRandom } from "./address.ts";
import { type Address, NORMAL_BLOCK, normalAt, normalBlock } from "./normal.ts";
import { threefry } from "./threefry.ts";

export { threefry } from "./threefry.ts";

const TWO_32 = 4294967296;

const block = new Int32Array(4);

/** Fills `block` with the four words at indices 4 number … 4 number + 3. */
function generate(at: Address, number: number): void {
  threefry(block, number | 0, high(number), at.stepLow, at.stepHigh, at.seedLow, at.seedHigh, at.stream, 0);
}

/** The engine whose memory an array lies in. */
function engineOf(out: FloatArray | number[]): Exports | undefined {
  const wasm = running();
  return wasm !== undefined && out instanceof Float32Array && out.buffer === wasm.buffer ? wasm.exports : undefined;
}

/**
 * `y[i] ← y[i] + factor · v[offset + i]` with the numbers that `fillNormal` or `fillSigns` would write, none of which is stored.
 */
export function addRandom(
  y: Float32Array,
  factor: number,
  distribution: "normal" | "sign",
  seed: number,
  step: number,
  offset = 0,
): void {
  const wasm = engineOf(y);
  if (wasm !== undefined) {
    const at = address(seed, step, 0);
    low(offset, "offset");
    wasm.address(at.seedLow, at.seedHigh, at.stepLow, at.stepHigh, at.stream);
    wasm.addRandom(factor, y.byteOffset, y.length, offset | 0, high(offset), distribution === "sign" ? 1 : 0);
    return;
  }
  const fill = distribution === "normal" ? fillNormal : fillSigns;
  for (let i = 0; i < y.length; i += piece.length) {
    const part = piece.subarray(0, Math.min(piece.length, y.length - i));
    fill(part, seed, step, offset + i);
    const rounded = Math.fround(factor);
    for (let j = 0; j < part.length; j++) {
      y[i + j] = (y[i + j] as number) + Math.fround(rounded * (part[j] as number));
    }
  }
}

const piece = new Float32Array(1024);

const normals = new Float32Array(NORMAL_BLOCK);

/**
 * 32 random bits.
 * @param seed any integer within ±2⁵³; so are `step` and `index` (from 0)
 * @param stream numbers for another purpose under the same seed, an integer of 32 bits
 * @returns an integer from 0 to 2³² − 1
 * @throws RangeError when one of them is no integer
 */
export function randomBits(seed: number, step: number, index: number, stream = 0): number {
  low(index, "index");
  generate(address(seed, step, stream), Math.floor(index / 4));
  return (block[index & 3] as number) >>> 0;
}

/** A number from [0, 1), a multiple of 2⁻³². Arguments as of `randomBits`. */
export function randomUniform(seed: number, step: number, index: number, stream = 0): number {
  return randomBits(seed, step, index, stream) / TWO_32;
}

/** A standard normal number, in single precision; its absolute value is at most 6.56. Arguments as of `randomBits`. */
export function randomNormal(seed: number, step: number, index: number, stream = 0): number {
  low(index, "index");
  return normalAt(address(seed, step, stream), index);
}

/** +1 or −1 with equal chance. Bit `index` mod 32 of word ⌊`index` / 32⌋. Arguments as of `randomBits`. */
export function randomSign(seed: number, step: number, index: number, stream = 0): number {
  low(index, "index");
  const word = randomBits(seed, step, Math.floor(index / 32), stream);
  return 1 - (((word >>> (index & 31)) & 1) << 1);
}

/**
 * `out[i] = randomNormal(seed, step, offset + i)`.
 * @param out what is filled, whole
 */
export function fillNormal(out: FloatArray | number[], seed: number, step: number, offset = 0, stream = 0): void {
  const wasm = engineOf(out);
  if (wasm !== undefined && offset >= 0) {
    writeRandom(wasm, "normal", (out as Float32Array).byteOffset, out.length, seed, step, offset, stream);
    return;
  }
  low(offset, "offset");
  const at = address(seed, step, stream);
  for (let number = Math.floor(offset / NORMAL_BLOCK), i = 0; i < out.length; number++) {
    const skip = offset + i - number * NORMAL_BLOCK;
    const count = Math.min(NORMAL_BLOCK - skip, out.length - i);
    normalBlock(at, number, normals, skip, skip + count);
    for (let j = 0; j < count; j++) out[i + j] = normals[skip + j] as number;
    i += count;
  }
}

/**
 * `out[i] = randomUniform(seed, step, offset + i)`; in a Float32Array rounded down to a multiple of 2⁻²⁴, so that 1 is never
 * reached.
 */
export function fillUniform(out: FloatArray | number[], seed: number, step: number, offset = 0, stream = 0): void {
  low(offset, "offset");
  const at = address(seed, step, stream);
  const dropped = out instanceof Float32Array ? 8 : 0;
  const unit = 2 ** dropped / TWO_32;
  for (let number = Math.floor(offset / 4), i = 0; i < out.length; number++) {
    generate(at, number);
    for (let lane = (offset + i) & 3; lane < 4 && i < out.length; lane++, i++) {
      out[i] = ((block[lane] as number) >>> dropped) * unit;
    }
  }
}

/** `out[i] = randomSign(seed, step, offset + i)`. */
export function fillSigns(out: FloatArray | number[], seed: number, step: number, offset = 0, stream = 0): void {
  const wasm = engineOf(out);
  if (wasm !== undefined && offset >= 0) {
    writeRandom(wasm, "sign", (out as Float32Array).byteOffset, out.length, seed, step, offset, stream);
    return;
  }
  low(offset, "offset");
  const at = address(seed, step, stream);
  for (let number = Math.floor(offset / 128), i = 0; i < out.length; number++) {
    generate(at, number);
    for (let lane = ((offset + i) % 128) >> 5; lane < 4 && i < out.length; lane++) {
      const word = block[lane] as number;
      const bit = (offset + i) & 31;
      const end = Math.min(out.length, i + 32 - bit);
      for (let rest = word >>> bit; i < end; i++, rest >>>= 1) out[i] = 1 - ((rest & 1) << 1);
    }
  }
}

/**
 * The integers 0 … length − 1 in random order (Fisher and Yates, Durstenfeld's form).
 * @param step for instance the number of the epoch
 */
export function permutation(length: number, seed: number, step: number, stream = 0): Uint32Array {
  const order = Uint32Array.from({ length }, (_, i) => i);
  for (let last = length - 1; last > 0; last--) {
    const other = Math.floor(randomUniform(seed, step, last, stream) * (last + 1));
    const held = Number(order[last]);
    order[last] = Number(order[other]);
    order[other] = held;
  }
  return order;
}
