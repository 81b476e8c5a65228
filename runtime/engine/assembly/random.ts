/**
 * The random numbers of runtime/random, bit by bit the same, four counters at a time: Threefry4x32-20, normal numbers by Wichura's
 * AS 241 (PPND7) in double precision, signs by bits. There the sources are named and the formulas explained.
 */

import { axpy } from "./elementwise";

/** So many numbers are made at once when they are used and forgotten. */
const CHUNK: usize = 2048;

/** 16 words; the places of those in the tails; a group of results; a chunk. */
let words: usize = 0;
let places: usize = 0;
let group: usize = 0;
let chunk: usize = 0;

/** Bytes of scratch memory wanted. */
export function randomScratchSize(): usize {
  return 64 + 64 + 2048 + CHUNK * 4;
}

export function useRandomScratch(at: usize): void {
  words = at;
  places = at + 64;
  group = at + 128;
  chunk = group + 2048;
}

/** The key, and the upper half of the counter. */
let k0: i32 = 0;
let k1: i32 = 0;
let k2: i32 = 0;
const k3: i32 = 0;
let c2: i32 = 0;
let c3: i32 = 0;

/** Sets the address of what follows. */
export function address(seedLow: i32, seedHigh: i32, stepLow: i32, stepHigh: i32, stream: i32): void {
  k0 = seedLow;
  k1 = seedHigh;
  k2 = stream;
  c2 = stepLow;
  c3 = stepHigh;
}

/** Fills `words` with the 16 words of blocks number … number + 3; `number` is a multiple of 4. */
function generate(number: i32, high: i32): void {
  const k4: i32 = 0x1bd11bda ^ k0 ^ k1 ^ k2 ^ k3;
  let a = i32x4.add(v128.add<i32>(i32x4.splat(number), i32x4(0, 1, 2, 3)), i32x4.splat(k0));
  let b = i32x4.splat(high + k1);
  let c = i32x4.splat(c2 + k2);
  let d = i32x4.splat(c3 + k3);
  a = i32x4.add(a, b);
  b = v128.xor(v128.or(i32x4.shl(b, 10), i32x4.shr_u(b, 22)), a);
  c = i32x4.add(c, d);
  d = v128.xor(v128.or(i32x4.shl(d, 26), i32x4.shr_u(d, 6)), c);
  a = i32x4.add(a, d);
  d = v128.xor(v128.or(i32x4.shl(d, 11), i32x4.shr_u(d, 21)), a);
  c = i32x4.add(c, b);
  b = v128.xor(v128.or(i32x4.shl(b, 21), i32x4.shr_u(b, 11)), c);
  a = i32x4.add(a, b);
  b = v128.xor(v128.or(i32x4.shl(b, 13), i32x4.shr_u(b, 19)), a);
  c = i32x4.add(c, d);
  d = v128.xor(v128.or(i32x4.shl(d, 27), i32x4.shr_u(d, 5)), c);
  a = i32x4.add(a, d);
  d = v128.xor(v128.or(i32x4.shl(d, 23), i32x4.shr_u(d, 9)), a);
  c = i32x4.add(c, b);
  b = v128.xor(v128.or(i32x4.shl(b, 5), i32x4.shr_u(b, 27)), c);

  a = i32x4.add(a, i32x4.splat(k1));
  b = i32x4.add(b, i32x4.splat(k2));
  c = i32x4.add(c, i32x4.splat(k3));
  d = i32x4.add(d, i32x4.splat(k4 + 1));

  a = i32x4.add(a, b);
  b = v128.xor(v128.or(i32x4.shl(b, 6), i32x4.shr_u(b, 26)), a);
  c = i32x4.add(c, d);
  d = v128.xor(v128.or(i32x4.shl(d, 20), i32x4.shr_u(d, 12)), c);
  a = i32x4.add(a, d);
  d = v128.xor(v128.or(i32x4.shl(d, 17), i32x4.shr_u(d, 15)), a);
  c = i32x4.add(c, b);
  b = v128.xor(v128.or(i32x4.shl(b, 11), i32x4.shr_u(b, 21)), c);
  a = i32x4.add(a, b);
  b = v128.xor(v128.or(i32x4.shl(b, 25), i32x4.shr_u(b, 7)), a);
  c = i32x4.add(c, d);
  d = v128.xor(v128.or(i32x4.shl(d, 10), i32x4.shr_u(d, 22)), c);
  a = i32x4.add(a, d);
  d = v128.xor(v128.or(i32x4.shl(d, 18), i32x4.shr_u(d, 14)), a);
  c = i32x4.add(c, b);
  b = v128.xor(v128.or(i32x4.shl(b, 20), i32x4.shr_u(b, 12)), c);

  a = i32x4.add(a, i32x4.splat(k2));
  b = i32x4.add(b, i32x4.splat(k3));
  c = i32x4.add(c, i32x4.splat(k4));
  d = i32x4.add(d, i32x4.splat(k0 + 2));

  a = i32x4.add(a, b);
  b = v128.xor(v128.or(i32x4.shl(b, 10), i32x4.shr_u(b, 22)), a);
  c = i32x4.add(c, d);
  d = v128.xor(v128.or(i32x4.shl(d, 26), i32x4.shr_u(d, 6)), c);
  a = i32x4.add(a, d);
  d = v128.xor(v128.or(i32x4.shl(d, 11), i32x4.shr_u(d, 21)), a);
  c = i32x4.add(c, b);
  b = v128.xor(v128.or(i32x4.shl(b, 21), i32x4.shr_u(b, 11)), c);
  a = i32x4.add(a, b);
  b = v128.xor(v128.or(i32x4.shl(b, 13), i32x4.shr_u(b, 19)), a);
  c = i32x4.add(c, d);
  d = v128.xor(v128.or(i32x4.shl(d, 27), i32x4.shr_u(d, 5)), c);
  a = i32x4.add(a, d);
  d = v128.xor(v128.or(i32x4.shl(d, 23), i32x4.shr_u(d, 9)), a);
  c = i32x4.add(c, b);
  b = v128.xor(v128.or(i32x4.shl(b, 5), i32x4.shr_u(b, 27)), c);

  a = i32x4.add(a, i32x4.splat(k3));
  b = i32x4.add(b, i32x4.splat(k4));
  c = i32x4.add(c, i32x4.splat(k0));
  d = i32x4.add(d, i32x4.splat(k1 + 3));

  a = i32x4.add(a, b);
  b = v128.xor(v128.or(i32x4.shl(b, 6), i32x4.shr_u(b, 26)), a);
  c = i32x4.add(c, d);
  d = v128.xor(v128.or(i32x4.shl(d, 20), i32x4.shr_u(d, 12)), c);
  a = i32x4.add(a, d);
  d = v128.xor(v128.or(i32x4.shl(d, 17), i32x4.shr_u(d, 15)), a);
  c = i32x4.add(c, b);
  b = v128.xor(v128.or(i32x4.shl(b, 11), i32x4.shr_u(b, 21)), c);
  a = i32x4.add(a, b);
  b = v128.xor(v128.or(i32x4.shl(b, 25), i32x4.shr_u(b, 7)), a);
  c = i32x4.add(c, d);
  d = v128.xor(v128.or(i32x4.shl(d, 10), i32x4.shr_u(d, 22)), c);
  a = i32x4.add(a, d);
  d = v128.xor(v128.or(i32x4.shl(d, 18), i32x4.shr_u(d, 14)), a);
  c = i32x4.add(c, b);
  b = v128.xor(v128.or(i32x4.shl(b, 20), i32x4.shr_u(b, 12)), c);

  a = i32x4.add(a, i32x4.splat(k4));
  b = i32x4.add(b, i32x4.splat(k0));
  c = i32x4.add(c, i32x4.splat(k1));
  d = i32x4.add(d, i32x4.splat(k2 + 4));

  a = i32x4.add(a, b);
  b = v128.xor(v128.or(i32x4.shl(b, 10), i32x4.shr_u(b, 22)), a);
  c = i32x4.add(c, d);
  d = v128.xor(v128.or(i32x4.shl(d, 26), i32x4.shr_u(d, 6)), c);
  a = i32x4.add(a, d);
  d = v128.xor(v128.or(i32x4.shl(d, 11), i32x4.shr_u(d, 21)), a);
  c = i32x4.add(c, b);
  b = v128.xor(v128.or(i32x4.shl(b, 21), i32x4.shr_u(b, 11)), c);
  a = i32x4.add(a, b);
  b = v128.xor(v128.or(i32x4.shl(b, 13), i32x4.shr_u(b, 19)), a);
  c = i32x4.add(c, d);
  d = v128.xor(v128.or(i32x4.shl(d, 27), i32x4.shr_u(d, 5)), c);
  a = i32x4.add(a, d);
  d = v128.xor(v128.or(i32x4.shl(d, 23), i32x4.shr_u(d, 9)), a);
  c = i32x4.add(c, b);
  b = v128.xor(v128.or(i32x4.shl(b, 5), i32x4.shr_u(b, 27)), c);

  a = i32x4.add(a, i32x4.splat(k0));
  b = i32x4.add(b, i32x4.splat(k1));
  c = i32x4.add(c, i32x4.splat(k2));
  d = i32x4.add(d, i32x4.splat(k3 + 5));

  const t0 = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
  const t1 = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
  const t2 = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
  const t3 = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
  v128.store(words, v128.shuffle<i64>(t0, t2, 0, 2));
  v128.store(words, v128.shuffle<i64>(t0, t2, 1, 3), 16);
  v128.store(words, v128.shuffle<i64>(t1, t3, 0, 2), 32);
  v128.store(words, v128.shuffle<i64>(t1, t3, 1, 3), 48);
}

/** `middle` of two words, the lower lanes of w. */
// @ts-ignore: decorator
@inline
function middle(w: v128): v128 {
  const q = f64x2.mul(
    f64x2.add(f64x2.convert_low_i32x4_s(w), f64x2.splat(0.5)),
    f64x2.splat(2.3283064365386963e-10),
  );
  const r = f64x2.sub(f64x2.splat(0.180625), f64x2.mul(q, q));
  let top = f64x2.add(f64x2.mul(f64x2.splat(59.10937472), r), f64x2.splat(159.29113202));
  top = f64x2.add(f64x2.mul(top, r), f64x2.splat(50.434271938));
  top = f64x2.add(f64x2.mul(top, r), f64x2.splat(3.3871327179));
  let low = f64x2.add(f64x2.mul(f64x2.splat(67.1875636), r), f64x2.splat(78.757757664));
  low = f64x2.add(f64x2.mul(low, r), f64x2.splat(17.895169469));
  low = f64x2.add(f64x2.mul(low, r), f64x2.splat(1));
  return f64x2.div(f64x2.mul(q, top), low);
}

/** `tail` of a word. */
function tail(w: i32): f32 {
  const k: f64 = w < 0 ? (<f64>w + 2147483648) * 2 + 1 : (2147483647 - <f64>w) * 2 + 1;
  const n = <u32>k;
  let e: i32 = 31 - <i32>clz(n);
  let m: f64 = k / <f64>(<u32>1 << e);
  if (m > 1.4142135623730951) {
    m *= 0.5;
    e += 1;
  }
  const f = m - 1;
  const s = f / (2 + f);
  const z = s * s;
  const R =
    z *
    (0.6666666666666735 +
      z *
        (0.3999999999940942 +
          z *
            (0.2857142874366239 +
              z *
                (0.22222198432149784 +
                  z * (0.1818357216161805 + z * (0.15313837699209373 + z * 0.14798198605116586))))));
  const log = <f64>e * 0.6931471805599453 + (f - s * (f - R));
  const r = sqrt<f64>(33 * 0.6931471805599453 - log) - 1.6;
  const y =
    (((0.17023821103 * r + 1.3067284816) * r + 2.75681539) * r + 1.4234372777) /
    ((0.12021132975 * r + 0.7370016425) * r + 1);
  return <f32>(w < 0 ? -y : y);
}

/** Writes the 16 normal numbers of `words`. */
function normalGroup(out: usize): void {
  let tails: usize = 0;
  for (let i: usize = 0; i < 64; i += 16) {
    const w = v128.load(words + i);
    const near = f32x4.demote_f64x2_zero(middle(w));
    const far = f32x4.demote_f64x2_zero(middle(v128.shuffle<i64>(w, w, 1, 1)));
    v128.store(out + i, v128.shuffle<i64>(near, far, 0, 2));
    const outer = i32x4.bitmask(
      i32x4.sub(i32x4.splat(1825361100), v128.xor(w, i32x4.shr_s(w, 31))),
    );
    for (let rest = outer; rest != 0; rest &= rest - 1) {
      store<u32>(places + tails, <u32>(i + (<usize>ctz(rest) << 2)));
      tails += 4;
    }
  }
  for (let t: usize = 0; t < tails; t += 4) {
    const i = <usize>load<u32>(places + t);
    store<f32>(out + i, tail(load<i32>(words + i)));
  }
}

/** Normal numbers `first` … `first + n − 1` of the address, `first` split into its lower and upper 32 bits. */
export function normals(out: usize, n: usize, firstLow: u32, firstHigh: u32): void {
  const first = (<u64>firstHigh << 32) | <u64>firstLow;
  let number = (first >> 4) << 2;
  let skip = <usize>(first & 15);
  while (n > 0) {
    generate(<i32>number, <i32>(number >> 32));
    const count = min<usize>(16 - skip, n);
    if (count == 16) {
      normalGroup(out);
    } else {
      normalGroup(group);
      memory.copy(out, group + skip * 4, count * 4);
    }
    out += count * 4;
    n -= count;
    skip = 0;
    number += 4;
  }
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
  let number = (first >> 9) << 2;
  let skip = <usize>(first & 511);
  while (n > 0) {
    generate(<i32>number, <i32>(number >> 32));
    const count = min<usize>(512 - skip, n);
    if (count == 512) {
      signGroup(out);
    } else {
      signGroup(group);
      memory.copy(out, group + skip * 4, count * 4);
    }
    out += count * 4;
    n -= count;
    skip = 0;
    number += 4;
  }
}

/** y ← y + α v with random v that is made on the way: signs, or normal numbers. */
export function addRandom(alpha: f32, y: usize, n: usize, firstLow: u32, firstHigh: u32, sign: bool): void {
  let first = (<u64>firstHigh << 32) | <u64>firstLow;
  while (n > 0) {
    // Chunks end where groups do, so that only the first one is pieced together.
    const count = min<usize>(CHUNK - <usize>(first & 511), n);
    if (sign) signs(chunk, count, <u32>first, <u32>(first >> 32));
    else normals(chunk, count, <u32>first, <u32>(first >> 32));
    axpy(alpha, chunk, y, count);
    y += count * 4;
    n -= count;
    first += <u64>count;
  }
}
