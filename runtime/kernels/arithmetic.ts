/**
 * Arithmetic of two arrays, element by element.
 *
 *     add        ẏ = ȧ + ḃ
 *     subtract   ẏ = ȧ − ḃ
 *     multiply   ẏ = ȧ b + a ḃ
 *     divide     ẏ = (ȧ − y ḃ) / b
 *
 * The engines give the same values; the WebAssembly engine rounds each operation of a tangent to single precision.
 *
 * `out` may be `a` or `b`; else they must not overlap. Lengths that differ are a RangeError.
 */

import { inLanes, type Lanes } from "./lanes.ts";
import { paired } from "./onEngine.ts";
import { requireLength } from "./shape.ts";

/**
 * out = a + b.
 * @fgrad rule add_jvp, add_jvps
 */
export function add(a: Float32Array, b: Float32Array, out: Float32Array): void {
  check("add", a, b, out);
  if (paired("add", a, undefined, b, undefined, out, undefined)) return;
  for (let i = 0; i < a.length; i++) out[i] = (a[i] as number) + (b[i] as number);
}

/** The tangent of `add`; the tangent of a constant operand is undefined. */
export function add_jvp(
  a: Float32Array,
  a_t: Float32Array | undefined,
  b: Float32Array,
  b_t: Float32Array | undefined,
  out: Float32Array,
  out_t: Float32Array,
): void {
  check("add", a, b, out);
  if (paired("add", a, a_t, b, b_t, out, out_t)) return;
  if (a_t !== undefined && b_t !== undefined) {
    for (let i = 0; i < a.length; i++) {
      const u = a[i] as number;
      const v = b[i] as number;
      const u_t = a_t[i] as number;
      const v_t = b_t[i] as number;
      out[i] = u + v;
      out_t[i] = u_t + v_t;
    }
  } else if (a_t !== undefined) {
    for (let i = 0; i < a.length; i++) {
      const u = a[i] as number;
      const v = b[i] as number;
      const u_t = a_t[i] as number;
      out[i] = u + v;
      out_t[i] = u_t;
    }
  } else if (b_t !== undefined) {
    for (let i = 0; i < a.length; i++) {
      const u = a[i] as number;
      const v = b[i] as number;
      const v_t = b_t[i] as number;
      out[i] = u + v;
      out_t[i] = v_t;
    }
  } else {
    add(a, b, out);
    out_t.fill(0);
  }
}

/** The same along several directions. */
export function add_jvps(
  a: Float32Array,
  a_t: Lanes,
  b: Float32Array,
  b_t: Lanes,
  out: Float32Array,
  out_t: readonly Float32Array[],
): void {
  inLanes(out, out_t, (to, to_t, lane) => add_jvp(a, a_t[lane], b, b_t[lane], to, to_t));
}

/**
 * out = a − b.
 * @fgrad rule subtract_jvp, subtract_jvps
 */
export function subtract(a: Float32Array, b: Float32Array, out: Float32Array): void {
  check("subtract", a, b, out);
  if (paired("subtract", a, undefined, b, undefined, out, undefined)) return;
  for (let i = 0; i < a.length; i++) out[i] = (a[i] as number) - (b[i] as number);
}

/** The tangent of `subtract`; the tangent of a constant operand is undefined. */
export function subtract_jvp(
  a: Float32Array,
  a_t: Float32Array | undefined,
  b: Float32Array,
  b_t: Float32Array | undefined,
  out: Float32Array,
  out_t: Float32Array,
): void {
  check("subtract", a, b, out);
  if (paired("subtract", a, a_t, b, b_t, out, out_t)) return;
  if (a_t !== undefined && b_t !== undefined) {
    for (let i = 0; i < a.length; i++) {
      const u = a[i] as number;
      const v = b[i] as number;
      const u_t = a_t[i] as number;
      const v_t = b_t[i] as number;
      out[i] = u - v;
      out_t[i] = u_t - v_t;
    }
  } else if (a_t !== undefined) {
    for (let i = 0; i < a.length; i++) {
      const u = a[i] as number;
      const v = b[i] as number;
      const u_t = a_t[i] as number;
      out[i] = u - v;
      out_t[i] = u_t;
    }
  } else if (b_t !== undefined) {
    for (let i = 0; i < a.length; i++) {
      const u = a[i] as number;
      const v = b[i] as number;
      const v_t = b_t[i] as number;
      out[i] = u - v;
      out_t[i] = -v_t;
    }
  } else {
    subtract(a, b, out);
    out_t.fill(0);
  }
}

/** The same along several directions. */
export function subtract_jvps(
  a: Float32Array,
  a_t: Lanes,
  b: Float32Array,
  b_t: Lanes,
  out: Float32Array,
  out_t: readonly Float32Array[],
): void {
  inLanes(out, out_t, (to, to_t, lane) => subtract_jvp(a, a_t[lane], b, b_t[lane], to, to_t));
}

/**
 * out = a b.
 * @fgrad rule multiply_jvp, multiply_jvps
 */
export function multiply(a: Float32Array, b: Float32Array, out: Float32Array): void {
  check("multiply", a, b, out);
  if (paired("multiply", a, undefined, b, undefined, out, undefined)) return;
  for (let i = 0; i < a.length; i++) out[i] = (a[i] as number) * (b[i] as number);
}

/** The tangent of `multiply`; the tangent of a constant operand is undefined. */
export function multiply_jvp(
  a: Float32Array,
  a_t: Float32Array | undefined,
  b: Float32Array,
  b_t: Float32Array | undefined,
  out: Float32Array,
  out_t: Float32Array,
): void {
  check("multiply", a, b, out);
  if (paired("multiply", a, a_t, b, b_t, out, out_t)) return;
  if (a_t !== undefined && b_t !== undefined) {
    for (let i = 0; i < a.length; i++) {
      const u = a[i] as number;
      const v = b[i] as number;
      const u_t = a_t[i] as number;
      const v_t = b_t[i] as number;
      out[i] = u * v;
      out_t[i] = u_t * v + u * v_t;
    }
  } else if (a_t !== undefined) {
    for (let i = 0; i < a.length; i++) {
      const u = a[i] as number;
      const v = b[i] as number;
      const u_t = a_t[i] as number;
      out[i] = u * v;
      out_t[i] = u_t * v;
    }
  } else if (b_t !== undefined) {
    for (let i = 0; i < a.length; i++) {
      const u = a[i] as number;
      const v = b[i] as number;
      const v_t = b_t[i] as number;
      out[i] = u * v;
      out_t[i] = u * v_t;
    }
  } else {
    multiply(a, b, out);
    out_t.fill(0);
  }
}

/** The same along several directions. */
export function multiply_jvps(
  a: Float32Array,
  a_t: Lanes,
  b: Float32Array,
  b_t: Lanes,
  out: Float32Array,
  out_t: readonly Float32Array[],
): void {
  inLanes(out, out_t, (to, to_t, lane) => multiply_jvp(a, a_t[lane], b, b_t[lane], to, to_t));
}

/**
 * out = a / b.
 * @fgrad rule divide_jvp, divide_jvps
 */
export function divide(a: Float32Array, b: Float32Array, out: Float32Array): void {
  check("divide", a, b, out);
  if (paired("divide", a, undefined, b, undefined, out, undefined)) return;
  for (let i = 0; i < a.length; i++) out[i] = (a[i] as number) / (b[i] as number);
}

/** The tangent of `divide`; the tangent of a constant operand is undefined. */
export function divide_jvp(
  a: Float32Array,
  a_t: Float32Array | undefined,
  b: Float32Array,
  b_t: Float32Array | undefined,
  out: Float32Array,
  out_t: Float32Array,
): void {
  check("divide", a, b, out);
  if (paired("divide", a, a_t, b, b_t, out, out_t)) return;
  if (a_t !== undefined && b_t !== undefined) {
    for (let i = 0; i < a.length; i++) {
      const u = a[i] as number;
      const v = b[i] as number;
      const u_t = a_t[i] as number;
      const v_t = b_t[i] as number;
      const y = u / v;
      out[i] = y;
      out_t[i] = (u_t - y * v_t) / v;
    }
  } else if (a_t !== undefined) {
    for (let i = 0; i < a.length; i++) {
      const u = a[i] as number;
      const v = b[i] as number;
      const u_t = a_t[i] as number;
      out[i] = u / v;
      out_t[i] = u_t / v;
    }
  } else if (b_t !== undefined) {
    for (let i = 0; i < a.length; i++) {
      const u = a[i] as number;
      const v = b[i] as number;
      const v_t = b_t[i] as number;
      const y = u / v;
      out[i] = y;
      out_t[i] = (-y * v_t) / v;
    }
  } else {
    divide(a, b, out);
    out_t.fill(0);
  }
}

/** The same along several directions. */
export function divide_jvps(
  a: Float32Array,
  a_t: Lanes,
  b: Float32Array,
  b_t: Lanes,
  out: Float32Array,
  out_t: readonly Float32Array[],
): void {
  inLanes(out, out_t, (to, to_t, lane) => divide_jvp(a, a_t[lane], b, b_t[lane], to, to_t));
}

function check(kernel: string, a: Float32Array, b: Float32Array, out: Float32Array): void {
  requireLength(kernel, "b", b, a.length);
  requireLength(kernel, "out", out, a.length);
}
