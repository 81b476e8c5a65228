/**
 * Functions of one or two arrays, element by element, and their tangents in the same pass: the formulas of runtime/kernels. `n` counts floats; results may
 * take the place of operands. An address of 0 stands for the tangent of a constant, or of a result that is not wanted.
 */

import {
  ABSOLUTE, constant, GELU_CUBIC, GELU_CUBIC_3, GELU_END, GELU_SLOPE, ONE, SIGN, TANH_END, TWO,
} from "./constants";
import { exponential, exponentialLess1, logarithm, step } from "./functions";

const EXP = 0;
const LOG = 1;
const SQRT = 2;
const SQUARE = 3;
const ABS = 4;
const TANH = 5;
const SIGMOID = 6;
const GELU = 7;

const ADD = 0;
const SUBTRACT = 1;
const MULTIPLY = 2;
const DIVIDE = 3;

/** Fewer than four elements at the end of an array are worked on here: six vectors. */
let ends: usize = 0;

/** Bytes of scratch memory wanted. */
export function mapScratchSize(): usize {
  return 128;
}

export function useMapScratch(at: usize): void {
  ends = at;
}

/** ẋ times a slope that may be infinite: a zero tangent stays zero. */
// @ts-ignore: decorator
@inline
function quotient(v_t: v128, divisor: v128): v128 {
  // Adding 0 makes +0 of −0, from where neither function can be approached.
  const y = f32x4.div(v_t, f32x4.add(divisor, f32x4.splat(0)));
  return v128.and(y, f32x4.ne(v_t, f32x4.splat(0)));
}

/** ẋ times a slope that may be too large for single precision: a zero tangent stays zero. */
// @ts-ignore: decorator
@inline
function product(slope: v128, v_t: v128): v128 {
  return v128.or(v128.and(f32x4.mul(slope, v_t), f32x4.ne(v_t, f32x4.splat(0))), f32x4.ne(slope, slope));
}

/** Four elements. */
// @ts-ignore: decorator
@inline
function map4(kind: i32, x: usize, x_t: usize, y: usize, y_t: usize): void {
  const one = constant(ONE);
  const v = v128.load(x);
  const v_t = y_t ? v128.load(x_t) : v;
  if (kind == EXP) {
    const e = exponential(v);
    v128.store(y, e);
    if (y_t) v128.store(y_t, product(e, v_t));
  } else if (kind == LOG) {
    v128.store(y, logarithm(v));
    if (y_t) v128.store(y_t, quotient(v_t, v));
  } else if (kind == SQRT) {
    const root = f32x4.sqrt(v);
    v128.store(y, root);
    if (y_t) v128.store(y_t, quotient(v_t, f32x4.add(root, root)));
  } else if (kind == SQUARE) {
    v128.store(y, f32x4.mul(v, v));
    if (y_t) {
      const half = f32x4.mul(v, v_t);
      v128.store(y_t, f32x4.add(half, half));
    }
  } else if (kind == ABS) {
    v128.store(y, v128.and(v, constant(ABSOLUTE)));
    if (y_t) {
      const zero = f32x4.splat(0);
      // The sign of v goes to the tangent; 0 where v is 0, and NaN where it is.
      const turned = v128.and(v128.xor(v_t, v128.and(v, constant(SIGN))), f32x4.ne(v, zero));
      v128.store(y_t, v128.or(turned, f32x4.ne(v, v)));
    }
  } else if (kind == TANH) {
    const a = f32x4.pmin(v128.and(v, constant(ABSOLUTE)), constant(TANH_END));
    const t = exponentialLess1(f32x4.add(a, a));
    const t2 = f32x4.add(t, constant(TWO));
    v128.store(y, v128.or(f32x4.div(t, t2), v128.and(v, constant(SIGN))));
    if (y_t) {
      const w = f32x4.div(constant(TWO), t2);
      v128.store(y_t, f32x4.mul(f32x4.mul(f32x4.mul(f32x4.add(t, one), w), w), v_t));
    }
  } else if (kind == SIGMOID) {
    const e = exponential(v128.or(v, constant(SIGN)));
    const d = f32x4.div(one, f32x4.add(one, e));
    const low = f32x4.mul(e, d);
    v128.store(y, v128.bitselect(d, low, f32x4.ge(v, f32x4.splat(0))));
    if (y_t) v128.store(y_t, f32x4.mul(f32x4.mul(low, d), v_t));
  } else {
    const square = f32x4.pmin(f32x4.mul(v, v), constant(GELU_END));
    const u = f32x4.mul(f32x4.mul(v, constant(GELU_SLOPE)), step(square, constant(GELU_CUBIC), one));
    const e = exponential(v128.or(f32x4.add(u, u), constant(SIGN)));
    const d = f32x4.div(one, f32x4.add(one, e));
    const low = f32x4.mul(e, d);
    const p = v128.bitselect(d, low, f32x4.ge(u, f32x4.splat(0)));
    v128.store(y, f32x4.mul(v, p));
    if (y_t) {
      const rise = f32x4.mul(step(square, constant(GELU_CUBIC_3), one), constant(GELU_SLOPE));
      // Half of it, since 2 v may be too large.
      const bend = f32x4.mul(f32x4.mul(f32x4.mul(low, d), v), rise);
      v128.store(y_t, f32x4.mul(f32x4.add(p, f32x4.add(bend, bend)), v_t));
    }
  }
}

// @ts-ignore: decorator
@inline
function map(kind: i32, x: usize, x_t: usize, y: usize, y_t: usize, n: usize): void {
  const whole = (n * 4) & ~15;
  const rest = n * 4 - whole;
  if (y_t) for (let i: usize = 0; i < whole; i += 16) map4(kind, x + i, x_t + i, y + i, y_t + i);
  else for (let i: usize = 0; i < whole; i += 16) map4(kind, x + i, 0, y + i, 0);
  if (rest == 0) return;
  memory.copy(ends, x + whole, rest);
  if (y_t) memory.copy(ends + 16, x_t + whole, rest);
  map4(kind, ends, ends + 16, ends + 32, y_t ? ends + 48 : 0);
  memory.copy(y + whole, ends + 32, rest);
  if (y_t) memory.copy(y_t + whole, ends + 48, rest);
}

export function exp(x: usize, x_t: usize, y: usize, y_t: usize, n: usize): void {
  map(EXP, x, x_t, y, y_t, n);
}

export function log(x: usize, x_t: usize, y: usize, y_t: usize, n: usize): void {
  map(LOG, x, x_t, y, y_t, n);
}

export function sqrt(x: usize, x_t: usize, y: usize, y_t: usize, n: usize): void {
  map(SQRT, x, x_t, y, y_t, n);
}

export function square(x: usize, x_t: usize, y: usize, y_t: usize, n: usize): void {
  map(SQUARE, x, x_t, y, y_t, n);
}

export function abs(x: usize, x_t: usize, y: usize, y_t: usize, n: usize): void {
  map(ABS, x, x_t, y, y_t, n);
}

export function tanh(x: usize, x_t: usize, y: usize, y_t: usize, n: usize): void {
  map(TANH, x, x_t, y, y_t, n);
}

export function sigmoid(x: usize, x_t: usize, y: usize, y_t: usize, n: usize): void {
  map(SIGMOID, x, x_t, y, y_t, n);
}

export function gelu(x: usize, x_t: usize, y: usize, y_t: usize, n: usize): void {
  map(GELU, x, x_t, y, y_t, n);
}

/** Four elements of two arrays. */
// @ts-ignore: decorator
@inline
function pair4(kind: i32, a: usize, a_t: usize, b: usize, b_t: usize, y: usize, y_t: usize): void {
  const u = v128.load(a);
  const v = v128.load(b);
  if (kind == ADD || kind == SUBTRACT) {
    if (y_t) {
      let s = a_t ? v128.load(a_t) : f32x4.splat(0);
      if (b_t && kind == ADD) s = a_t ? f32x4.add(s, v128.load(b_t)) : v128.load(b_t);
      if (b_t && kind == SUBTRACT) s = a_t ? f32x4.sub(s, v128.load(b_t)) : f32x4.neg(v128.load(b_t));
      v128.store(y_t, s);
    }
    v128.store(y, kind == ADD ? f32x4.add(u, v) : f32x4.sub(u, v));
  } else if (kind == MULTIPLY) {
    if (y_t) {
      let s = a_t ? f32x4.mul(v128.load(a_t), v) : f32x4.splat(0);
      if (b_t) s = a_t ? step(u, v128.load(b_t), s) : f32x4.mul(u, v128.load(b_t));
      v128.store(y_t, s);
    }
    v128.store(y, f32x4.mul(u, v));
  } else {
    const q = f32x4.div(u, v);
    if (y_t) {
      let s = a_t ? v128.load(a_t) : f32x4.splat(0);
      if (b_t) {
        const less = f32x4.mul(q, v128.load(b_t));
        s = a_t ? f32x4.sub(s, less) : f32x4.neg(less);
      }
      v128.store(y_t, f32x4.div(s, v));
    }
    v128.store(y, q);
  }
}

// @ts-ignore: decorator
@inline
function pair(kind: i32, a: usize, a_t: usize, b: usize, b_t: usize, y: usize, y_t: usize, n: usize): void {
  const whole = (n * 4) & ~15;
  const rest = n * 4 - whole;
  for (let i: usize = 0; i < whole; i += 16) {
    pair4(kind, a + i, a_t ? a_t + i : 0, b + i, b_t ? b_t + i : 0, y + i, y_t ? y_t + i : 0);
  }
  if (rest == 0) return;
  memory.copy(ends, a + whole, rest);
  memory.copy(ends + 16, b + whole, rest);
  if (a_t) memory.copy(ends + 32, a_t + whole, rest);
  if (b_t) memory.copy(ends + 48, b_t + whole, rest);
  pair4(kind, ends, a_t ? ends + 32 : 0, ends + 16, b_t ? ends + 48 : 0, ends + 64, y_t ? ends + 80 : 0);
  memory.copy(y + whole, ends + 64, rest);
  if (y_t) memory.copy(y_t + whole, ends + 80, rest);
}

export function add(a: usize, a_t: usize, b: usize, b_t: usize, y: usize, y_t: usize, n: usize): void {
  pair(ADD, a, a_t, b, b_t, y, y_t, n);
}

export function subtract(a: usize, a_t: usize, b: usize, b_t: usize, y: usize, y_t: usize, n: usize): void {
  pair(SUBTRACT, a, a_t, b, b_t, y, y_t, n);
}

export function multiply(a: usize, a_t: usize, b: usize, b_t: usize, y: usize, y_t: usize, n: usize): void {
  pair(MULTIPLY, a, a_t, b, b_t, y, y_t, n);
}

export function divide(a: usize, a_t: usize, b: usize, b_t: usize, y: usize, y_t: usize, n: usize): void {
  pair(DIVIDE, a, a_t, b, b_t, y, y_t, n);
}
