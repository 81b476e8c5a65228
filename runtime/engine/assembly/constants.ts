/**
 * Vectors of equal numbers, kept in memory: V8 makes a vector constant anew by three instructions wherever it is used, where a load from a fixed
 * address is one. They lie at the same place for all instances that share a memory.
 */

/** Where they begin: address 0 means "none". */
const AT: usize = 64;

/** The first address after them. */
export const END: usize = AT + 64 * 16;

/** Numbers of the constants: of all kernels. */
export const ONE = 0;
export const SIGN = 1;
export const UNIT = 2;
export const HALF_ROOT = 3;
export const MANTISSA = 4;
export const LN2 = 5;
export const LN2_31 = 6;
export const LOG_0 = 7;
export const LOG_1 = 8;
export const LOG_2 = 9;
export const ANGLE = 10;
export const COS_1 = 11;
export const COS_2 = 12;
export const COS_3 = 13;
export const SIN_1 = 14;
export const SIN_2 = 15;
export const SIN_3 = 16;

/** The constant of a number. */
// @ts-ignore: decorator
@inline
export function constant(number: usize): v128 {
  return v128.load(AT + number * 16);
}

function float(number: usize, value: f32): void {
  v128.store(AT + number * 16, f32x4.splat(value));
}

function integer(number: usize, value: i32): void {
  v128.store(AT + number * 16, i32x4.splat(value));
}

/** Writes them. */
export function writeConstants(): void {
  float(ONE, 1);
  integer(SIGN, 0x80000000);
  integer(UNIT, 1);
  integer(HALF_ROOT, 0x3f3504f3);
  integer(MANTISSA, 0x007fffff);
  float(LN2, 0.6931471805599453);
  float(LN2_31, 31 * 0.6931471805599453);
  float(LOG_0, 2.0000002385596827);
  float(LOG_1, 0.666521914803677);
  float(LOG_2, 0.4129746736392669);
  float(ANGLE, 3.141592653589793 / 8589934592);
  float(COS_1, -0.49999856695842);
  float(COS_2, 0.041655026883953956);
  float(COS_3, -0.0013585908506897274);
  float(SIN_1, -0.16666650699201763);
  float(SIN_2, 0.008332036875130126);
  float(SIN_3, -0.00019504021997367984);
}
