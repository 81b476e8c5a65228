/**
 * Normal numbers, bit by bit those of runtime/random/normal.ts, where the sources are named and the formulas explained: blocks of 512, each by
 * eight generators sfc32 that Threefry starts, and pairs of their words turned by the method of Box and Muller in single precision.
 */

import {
  ANGLE, COS_1, COS_2, COS_3, constant, HALF_ROOT, LN2, LN2_31, LOG_0, LOG_1, LOG_2, MANTISSA, ONE, SIGN, SIN_1, SIN_2, SIN_3, UNIT,
} from "./constants";
import { step } from "./functions";
import { generate } from "./threefry";

/** Numbers in a block, which is made as a whole. */
export const BLOCK: usize = 512;

/** Generators' first states; a block of which a part is wanted. */
let states: usize = 0;
let block: usize = 0;

/** Bytes of scratch memory wanted. */
export function normalScratchSize(): usize {
  return 128 + BLOCK * 4;
}

export function useNormalScratch(at: usize): void {
  states = at;
  block = at + 128;
}

/** √(−log u) of the word's u. */
// @ts-ignore: decorator
@inline
function radius(w: v128): v128 {
  const one = constant(ONE);
  const half = constant(HALF_ROOT);
  const bits = i32x4.sub(f32x4.convert_i32x4_s(v128.or(i32x4.shr_u(w, 1), constant(UNIT))), half);
  const e = f32x4.convert_i32x4_s(i32x4.shr_s(bits, 23));
  const m = i32x4.add(v128.and(bits, constant(MANTISSA)), half);
  const s = f32x4.div(f32x4.sub(m, one), f32x4.add(m, one));
  const z = f32x4.mul(s, s);
  const log = f32x4.mul(step(step(constant(LOG_2), z, constant(LOG_1)), z, constant(LOG_0)), s);
  return f32x4.sqrt(f32x4.sub(f32x4.sub(constant(LN2_31), f32x4.mul(e, constant(LN2))), log));
}

/** Makes block number `number`, and writes it, or adds `alpha` times its numbers to what is there. */
// @ts-ignore: decorator
@inline
function makeBlock(number: u64, out: usize, add: bool, alpha: f32): void {
  number <<= 3;
  generate(states, 1, <i32>number, <i32>(number >> 32));
  generate(states + 64, 1, <i32>number + 4, <i32>(number >> 32));
  let a0 = v128.load(states);
  let b0 = v128.load(states, 16);
  let c0 = v128.load(states, 32);
  let a1 = v128.load(states, 64);
  let b1 = v128.load(states, 80);
  let c1 = v128.load(states, 96);
  let count = constant(UNIT);
  const factor = f32x4.splat(alpha);
  for (const end = out + BLOCK * 4; out < end; out += 32) {
    const w0 = i32x4.add(i32x4.add(a0, b0), count);
    const w1 = i32x4.add(i32x4.add(a1, b1), count);
    count = i32x4.add(count, constant(UNIT));
    a0 = v128.xor(b0, i32x4.shr_u(b0, 9));
    b0 = i32x4.add(c0, i32x4.shl(c0, 3));
    c0 = i32x4.add(v128.or(i32x4.shl(c0, 21), i32x4.shr_u(c0, 11)), w0);
    a1 = v128.xor(b1, i32x4.shr_u(b1, 9));
    b1 = i32x4.add(c1, i32x4.shl(c1, 3));
    c1 = i32x4.add(v128.or(i32x4.shl(c1, 21), i32x4.shr_u(c1, 11)), w1);

    const one = constant(ONE);
    const r = radius(w0);
    const t = f32x4.mul(f32x4.convert_i32x4_s(i32x4.shl(w1, 1)), constant(ANGLE));
    const t2 = f32x4.mul(t, t);
    const cos = step(step(step(constant(COS_3), t2, constant(COS_2)), t2, constant(COS_1)), t2, one);
    const sin = f32x4.mul(step(step(step(constant(SIN_3), t2, constant(SIN_2)), t2, constant(SIN_1)), t2, one), t);
    let x = v128.xor(f32x4.mul(r, f32x4.sub(cos, sin)), v128.and(w1, constant(SIGN)));
    let y = v128.xor(f32x4.mul(r, f32x4.add(cos, sin)), i32x4.shl(w1, 31));
    if (add) {
      x = f32x4.add(v128.load(out), f32x4.mul(factor, x));
      y = f32x4.add(v128.load(out, 16), f32x4.mul(factor, y));
    }
    v128.store(out, x);
    v128.store(out, y, 16);
  }
}

function writeBlock(number: u64, out: usize): void {
  makeBlock(number, out, false, 0);
}

function addBlock(number: u64, out: usize, alpha: f32): void {
  makeBlock(number, out, true, alpha);
}

/** Normal numbers `first` … `first + n − 1` of the address. */
export function writeNormals(out: usize, n: usize, first: u64): void {
  let number = first / BLOCK;
  let skip = <usize>(first % BLOCK);
  for (; n > 0; number++, skip = 0) {
    const count = min<usize>(BLOCK - skip, n);
    if (count == BLOCK) {
      writeBlock(number, out);
    } else {
      writeBlock(number, block);
      memory.copy(out, block + skip * 4, count * 4);
    }
    out += count * 4;
    n -= count;
  }
}

/** y ← y + α v with these numbers. */
export function addNormals(alpha: f32, y: usize, n: usize, first: u64): void {
  let number = first / BLOCK;
  let skip = <usize>(first % BLOCK);
  for (; n > 0; number++, skip = 0) {
    const count = min<usize>(BLOCK - skip, n);
    if (count == BLOCK) {
      addBlock(number, y, alpha);
    } else {
      writeBlock(number, block);
      for (let i: usize = 0; i < count; i++) {
        store<f32>(y + i * 4, load<f32>(y + i * 4) + alpha * load<f32>(block + (skip + i) * 4));
      }
    }
    y += count * 4;
    n -= count;
  }
}
