/** Sums in double precision: two or four partial sums, added in a fixed order. */

import { exponential } from "./functions";

/** The second result of the last call. */
let slope: f64 = 0;

/** The tangent that came with the last `dotTangent`. */
export function lastSlope(): f64 {
  return slope;
}

// @ts-ignore: decorator
@inline
function low(v: v128): v128 {
  return f64x2.promote_low_f32x4(v);
}

// @ts-ignore: decorator
@inline
function high(v: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<i64>(v, v, 1, 1));
}

// @ts-ignore: decorator
@inline
function both(v: v128): f64 {
  return f64x2.extract_lane(v, 0) + f64x2.extract_lane(v, 1);
}

/** Σ xᵢ. */
export function sum(x: usize, n: usize): f64 {
  let s0 = f64x2.splat(0);
  let s1 = f64x2.splat(0);
  let i: usize = 0;
  for (const whole = (n * 4) & ~15; i < whole; i += 16) {
    const v = v128.load(x + i);
    s0 = f64x2.add(s0, low(v));
    s1 = f64x2.add(s1, high(v));
  }
  let total = both(f64x2.add(s0, s1));
  for (const end = n * 4; i < end; i += 4) total += <f64>load<f32>(x + i);
  return total;
}

/** Σ aᵢ bᵢ. */
export function dot(a: usize, b: usize, n: usize): f64 {
  let s0 = f64x2.splat(0);
  let s1 = f64x2.splat(0);
  let i: usize = 0;
  for (const whole = (n * 4) & ~15; i < whole; i += 16) {
    const u = v128.load(a + i);
    const v = v128.load(b + i);
    s0 = f64x2.add(s0, f64x2.mul(low(u), low(v)));
    s1 = f64x2.add(s1, f64x2.mul(high(u), high(v)));
  }
  let total = both(f64x2.add(s0, s1));
  for (const end = n * 4; i < end; i += 4) total += <f64>load<f32>(a + i) * <f64>load<f32>(b + i);
  return total;
}

/** Σ aᵢ bᵢ, and as `lastSlope` Σ (ȧᵢ bᵢ + aᵢ ḃᵢ); a tangent of 0 is that of a constant, not of both. */
export function dotTangent(a: usize, a_t: usize, b: usize, b_t: usize, n: usize): f64 {
  let s0 = f64x2.splat(0);
  let s1 = f64x2.splat(0);
  let t0 = f64x2.splat(0);
  let t1 = f64x2.splat(0);
  let i: usize = 0;
  for (const whole = (n * 4) & ~15; i < whole; i += 16) {
    const u = v128.load(a + i);
    const v = v128.load(b + i);
    s0 = f64x2.add(s0, f64x2.mul(low(u), low(v)));
    s1 = f64x2.add(s1, f64x2.mul(high(u), high(v)));
    if (a_t) {
      const u_t = v128.load(a_t + i);
      t0 = f64x2.add(t0, f64x2.mul(low(u_t), low(v)));
      t1 = f64x2.add(t1, f64x2.mul(high(u_t), high(v)));
    }
    if (b_t) {
      const v_t = v128.load(b_t + i);
      t0 = f64x2.add(t0, f64x2.mul(low(u), low(v_t)));
      t1 = f64x2.add(t1, f64x2.mul(high(u), high(v_t)));
    }
  }
  let total = both(f64x2.add(s0, s1));
  slope = both(f64x2.add(t0, t1));
  for (const end = n * 4; i < end; i += 4) {
    const u = <f64>load<f32>(a + i);
    const v = <f64>load<f32>(b + i);
    total += u * v;
    if (a_t) slope += <f64>load<f32>(a_t + i) * v;
    if (b_t) slope += u * <f64>load<f32>(b_t + i);
  }
  return total;
}

/** So many exponentials of a row at a time. */
const CHUNK: usize = 64;

let chunk: usize = 0;

/** Bytes of scratch memory wanted. */
export function reduceScratchSize(): usize {
  return CHUNK * 4;
}

export function useReduceScratch(at: usize): void {
  chunk = at;
}

/**
 * For each row z of a matrix three doubles to `out`: its largest element m, Σ exp(zⱼ − m), and Σ exp(zⱼ − m) żⱼ, which is 0 without a tangent.
 */
export function softmaxRows(z: usize, z_t: usize, out: usize, rows: usize, columns: usize): void {
  const lowest = f32x4.splat(-Infinity);
  for (let i: usize = 0; i < rows; i++) {
    let most: f32 = -Infinity;
    for (let j: usize = 0; j < columns; j++) {
      const v = load<f32>(z + j * 4);
      if (v > most) most = v;
    }
    const largest = f32x4.splat(most);
    let total: f64 = 0;
    let total_t: f64 = 0;
    for (let j: usize = 0; j < columns; j += CHUNK) {
      const count = min(CHUNK, columns - j);
      let from = z + j * 4;
      if (count & 3) {
        v128.store(chunk + ((count * 4) & ~15), lowest);
        memory.copy(chunk, from, count * 4);
        from = chunk;
      }
      let s0 = f64x2.splat(0);
      let s1 = f64x2.splat(0);
      for (let p: usize = 0; p < count * 4; p += 16) {
        const e = exponential(f32x4.sub(v128.load(from + p), largest));
        s0 = f64x2.add(s0, low(e));
        s1 = f64x2.add(s1, high(e));
        v128.store(chunk + p, e);
      }
      total += both(f64x2.add(s0, s1));
      if (z_t) total_t += dot(chunk, z_t + j * 4, count);
    }
    store<f64>(out, most);
    store<f64>(out, total, 8);
    store<f64>(out, total_t, 16);
    out += 24;
    z += columns * 4;
    if (z_t) z_t += columns * 4;
  }
}

/** Σ xᵢ yᵢ, each product exact, summed in double precision. */
export function dotWide(x: usize, y: usize, n: usize): f64 {
  let s0 = f64x2.splat(0);
  let s1 = f64x2.splat(0);
  const end = n * 4;
  let i: usize = 0;
  for (const whole = end & ~15; i < whole; i += 16) {
    const a = v128.load(x + i);
    const b = v128.load(y + i);
    s0 = f64x2.add(s0, f64x2.mul(f64x2.promote_low_f32x4(a), f64x2.promote_low_f32x4(b)));
    const a1 = f64x2.promote_low_f32x4(v128.shuffle<i64>(a, a, 1, 1));
    s1 = f64x2.add(s1, f64x2.mul(a1, f64x2.promote_low_f32x4(v128.shuffle<i64>(b, b, 1, 1))));
  }
  const both = f64x2.add(s0, s1);
  let s = f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1);
  for (; i < end; i += 4) s += <f64>load<f32>(x + i) * <f64>load<f32>(y + i);
  return s;
}
