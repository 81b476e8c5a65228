/** Threefry4x32-20, four counters at a time: the generator of runtime/random/threefry.ts. */

/** The key, and the upper half of the counter. */
let k0: i32 = 0;
let k1: i32 = 0;
let k2: i32 = 0;
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

/**
 * Blocks number … number + 3, of which `number`, a multiple of 4, is given by its lower and upper 32 bits: first the four blocks' first words, then their
 * second ones, and so on. `k3` tells numbers of different kinds apart.
 */
export function generate(to: usize, k3: i32, number: i32, high: i32): void {
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

  v128.store(to, a);
  v128.store(to, b, 16);
  v128.store(to, c, 32);
  v128.store(to, d, 48);
}

/** The same 16 words block by block. */
export function generateInOrder(to: usize, k3: i32, number: i32, high: i32): void {
  generate(to, k3, number, high);
  const a = v128.load(to);
  const b = v128.load(to, 16);
  const c = v128.load(to, 32);
  const d = v128.load(to, 48);
  const t0 = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
  const t1 = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
  const t2 = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
  const t3 = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<i64>(t0, t2, 0, 2));
  v128.store(to, v128.shuffle<i64>(t0, t2, 1, 3), 16);
  v128.store(to, v128.shuffle<i64>(t1, t3, 0, 2), 32);
  v128.store(to, v128.shuffle<i64>(t1, t3, 1, 3), 48);
}
