/**
 * The random numbers of runtime/random, bit by bit the same, four counters at a time: Threefry4x32-20, normal numbers by Wichura's
 * AS 241 (PPND7) in double precision, signs by bits. There the sources are named and the formulas explained.
 */

import { axpy } from "./elementwise";

/** So many numbers are made at once when they are used and forgotten. */
const CHUNK: usize = 2048;

/** So many words are made before they are turned into normal numbers. */
const WORDS: usize = 512;

/** Words; the places of those in the tails; lanes set in a mask of four, for each mask; a group of results; a chunk. */
let words: usize = 0;
let places: usize = 0;
let lanes: usize = 0;
let group: usize = 0;
let chunk: usize = 0;

/** Bytes of scratch memory wanted. */
export function randomScratchSize(): usize {
  return WORDS * 4 + (WORDS + 4) * 4 + 256 + 2048 + CHUNK * 4;
}

export function useRandomScratch(at: usize): void {
  words = at;
  places = words + WORDS * 4;
  lanes = places + (WORDS + 4) * 4;
  group = lanes + 256;
  chunk = group + 2048;
  for (let mask: u32 = 0; mask < 16; mask++) {
    let to = lanes + mask * 16;
    for (let lane: u32 = 0; lane < 4; lane++) {
      if (((mask >> lane) & 1) == 0) continue;
      store<u32>(to, lane * 4);
      to += 4;
    }
  }
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

/** Writes the 16 words of blocks number … number + 3; `number` is a multiple of 4. */
function generate(to: usize, number: i32, high: i32): void {
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
  v128.store(to, v128.shuffle<i64>(t0, t2, 0, 2));
  v128.store(to, v128.shuffle<i64>(t0, t2, 1, 3), 16);
  v128.store(to, v128.shuffle<i64>(t1, t3, 0, 2), 32);
  v128.store(to, v128.shuffle<i64>(t1, t3, 1, 3), 48);
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

/** `tail` of two words, in the lower lanes of w; results in the lower lanes. */
// @ts-ignore: decorator
@inline
function tail(w: v128): v128 {
  const h = v128.xor(v128.xor(w, i32x4.splat(0x7fffffff)), i32x4.shr_s(w, 31));
  const k = f64x2.convert_low_i32x4_s(i32x4.add(i32x4.add(h, h), i32x4.splat(1)));
  // The exponent of a number is put beneath that of 2⁵², and read as its mantissa.
  const exponent = v128.or(i64x2.shr_u(k, 52), i64x2.splat(0x4330000000000000));
  let e = f64x2.sub(exponent, f64x2.splat(4503599627370496.0 + 1023));
  let m = v128.or(v128.and(k, i64x2.splat(0x000fffffffffffff)), i64x2.splat(0x3ff0000000000000));
  const large = f64x2.gt(m, f64x2.splat(1.4142135623730951));
  m = v128.bitselect(f64x2.mul(m, f64x2.splat(0.5)), m, large);
  e = f64x2.add(e, v128.and(large, f64x2.splat(1)));
  const f = f64x2.sub(m, f64x2.splat(1));
  const s = f64x2.div(f, f64x2.add(f64x2.splat(2), f));
  const z = f64x2.mul(s, s);
  let R = f64x2.mul(z, f64x2.splat(0.14798198605116586));
  R = f64x2.mul(z, f64x2.add(f64x2.splat(0.15313837699209373), R));
  R = f64x2.mul(z, f64x2.add(f64x2.splat(0.1818357216161805), R));
  R = f64x2.mul(z, f64x2.add(f64x2.splat(0.22222198432149784), R));
  R = f64x2.mul(z, f64x2.add(f64x2.splat(0.2857142874366239), R));
  R = f64x2.mul(z, f64x2.add(f64x2.splat(0.3999999999940942), R));
  R = f64x2.mul(z, f64x2.add(f64x2.splat(0.6666666666666735), R));
  const log = f64x2.add(
    f64x2.mul(e, f64x2.splat(0.6931471805599453)),
    f64x2.sub(f, f64x2.mul(s, f64x2.sub(f, R))),
  );
  const r = f64x2.sub(f64x2.sqrt(f64x2.sub(f64x2.splat(33 * 0.6931471805599453), log)), f64x2.splat(1.6));
  let top = f64x2.add(f64x2.mul(f64x2.splat(0.17023821103), r), f64x2.splat(1.3067284816));
  top = f64x2.add(f64x2.mul(top, r), f64x2.splat(2.75681539));
  top = f64x2.add(f64x2.mul(top, r), f64x2.splat(1.4234372777));
  let low = f64x2.add(f64x2.mul(f64x2.splat(0.12021132975), r), f64x2.splat(0.7370016425));
  low = f64x2.add(f64x2.mul(low, r), f64x2.splat(1));
  const y = f32x4.demote_f64x2_zero(f64x2.div(top, low));
  // The sign of the word becomes that of the number.
  return v128.xor(y, v128.and(w, i32x4.splat(0x80000000)));
}

/**
 * Writes the normal numbers of `n` words, a multiple of 4: those of the middle first, while the places of the others are gathered without a
 * branch that could not be foreseen.
 */
function normalGroup(out: usize, n: usize): void {
  let next = places;
  const end = n * 4;
  for (let i: usize = 0; i < end; i += 16) {
    const w = v128.load(words + i);
    const near = f32x4.demote_f64x2_zero(middle(w));
    const far = f32x4.demote_f64x2_zero(middle(v128.shuffle<i64>(w, w, 1, 1)));
    v128.store(out + i, v128.shuffle<i64>(near, far, 0, 2));
    const outer = i32x4.bitmask(i32x4.sub(i32x4.splat(1825361100), v128.xor(w, i32x4.shr_s(w, 31))));
    v128.store(next, i32x4.add(v128.load(lanes + (<usize>outer << 4)), i32x4.splat(<i32>i)));
    next += <usize>popcnt(outer) << 2;
  }
  if (next == places) return;
  store<u32>(next, load<u32>(places));
  for (let at = places; at < next; at += 8) {
    const first = <usize>load<u32>(at);
    const second = <usize>load<u32>(at, 4);
    const z = tail(v128.load32_lane(words + second, v128.load32_zero(words + first), 1));
    v128.store32_lane(out + first, z, 0);
    v128.store32_lane(out + second, z, 1);
  }
}

/** Normal numbers `first` … `first + n − 1` of the address, `first` split into its lower and upper 32 bits. */
export function normals(out: usize, n: usize, firstLow: u32, firstHigh: u32): void {
  const first = (<u64>firstHigh << 32) | <u64>firstLow;
  let number = (first >> 4) << 2;
  let skip = <usize>(first & 15);
  while (n > 0) {
    const made = min<usize>(WORDS, (skip + n + 15) & ~15);
    for (let i: usize = 0; i < made; i += 16, number += 4) {
      generate(words + i * 4, <i32>number, <i32>(number >> 32));
    }
    const count = min(made - skip, n);
    if (count == made) {
      normalGroup(out, made);
    } else {
      normalGroup(group, made);
      memory.copy(out, group + skip * 4, count * 4);
    }
    out += count * 4;
    n -= count;
    skip = 0;
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
    generate(words, <i32>number, <i32>(number >> 32));
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
