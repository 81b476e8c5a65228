/** The random numbers of runtime/random, bit by bit the same. */

import { axpy } from "./elementwise";
import { addNormals, normalScratchSize, useNormalScratch, writeNormals } from "./normal";
import { generateInOrder } from "./threefry";

/** So many signs come of the words that are made at once. */
const SIGNS: usize = 512;

/** Words; signs made of them. */
let words: usize = 0;
let group: usize = 0;

/** Bytes of scratch memory wanted. */
export function randomScratchSize(): usize {
  return SIGNS / 8 + SIGNS * 4 + normalScratchSize();
}

export function useRandomScratch(at: usize): void {
  words = at;
  group = words + SIGNS / 8;
  useNormalScratch(group + SIGNS * 4);
}

/** Normal numbers `first` … `first + n − 1` of the address, `first` split into its lower and upper 32 bits. */
export function normals(out: usize, n: usize, firstLow: u32, firstHigh: u32): void {
  writeNormals(out, n, (<u64>firstHigh << 32) | <u64>firstLow);
}

/** Writes the 512 signs of `words`. */
function signGroup(out: usize): void {
  const bits = i32x4(1, 2, 4, 8);
  const one = f32x4.splat(1);
  const minus = f32x4.splat(-0.0);
  for (let i: usize = 0; i < 64; i += 4) {
    let w = load<u32>(words + i);
    for (let g = 0; g < 8; g++, w >>= 4) {
      const set = i32x4.eq(v128.and(i32x4.splat(w), bits), bits);
      v128.store(out, v128.or(v128.and(set, minus), one));
      out += 16;
    }
  }
}

/** Signs `first` … `first + n − 1` of the address. */
export function signs(out: usize, n: usize, firstLow: u32, firstHigh: u32): void {
  const first = (<u64>firstHigh << 32) | <u64>firstLow;
  let number = (first / SIGNS) << 2;
  let skip = <usize>(first % SIGNS);
  for (; n > 0; skip = 0, number += 4) {
    generateInOrder(words, 0, <i32>number, <i32>(number >> 32));
    const count = min<usize>(SIGNS - skip, n);
    if (count == SIGNS) {
      signGroup(out);
    } else {
      signGroup(group);
      memory.copy(out, group + skip * 4, count * 4);
    }
    out += count * 4;
    n -= count;
  }
}

/** y ← y + α v with random v that is made on the way: signs, or normal numbers. */
export function addRandom(alpha: f32, y: usize, n: usize, firstLow: u32, firstHigh: u32, sign: bool): void {
  let first = (<u64>firstHigh << 32) | <u64>firstLow;
  if (!sign) {
    addNormals(alpha, y, n, first);
    return;
  }
  let number = (first / SIGNS) << 2;
  let skip = <usize>(first % SIGNS);
  for (; n > 0; skip = 0, number += 4) {
    generateInOrder(words, 0, <i32>number, <i32>(number >> 32));
    const count = min<usize>(SIGNS - skip, n);
    signGroup(group);
    axpy(alpha, group + skip * 4, y, count);
    y += count * 4;
    n -= count;
  }
}
