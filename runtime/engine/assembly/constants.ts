/**
 * Vectors of equal numbers, kept in memory: V8 makes a vector constant anew by three instructions wherever it is used, where a load from a fixed
 * address is one. They lie at the same place for all instances that share a memory.
 */

/** Where they begin: address 0 means "none". */
const AT: usize = 64;

/** The first address after them. */
export const END: usize = AT + 64 * 16;

/** Numbers of the constants. */
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
export const LOG2E = 17;
export const SHIFTER = 18;
export const LN2_HIGH = 19;
export const LN2_LOW = 20;
export const EXP_2 = 21;
export const EXP_3 = 22;
export const EXP_4 = 23;
export const EXP_5 = 24;
export const EXP_6 = 25;
export const LARGEST_EXP = 26;
export const LEAST_EXP = 27;
export const BIAS = 28;
export const ABSOLUTE = 29;
export const TWO = 30;
export const TANH_END = 31;
export const GELU_SLOPE = 32;
export const GELU_CUBIC = 33;
export const GELU_CUBIC_3 = 34;
export const GELU_END = 35;
export const LOG_FINE_0 = 36;
export const LOG_FINE_1 = 37;
export const LOG_FINE_2 = 38;
export const LOG_FINE_3 = 39;
export const NORMAL_LEAST = 40;
export const TWO_23 = 41;
export const HALF = 42;
export const INFINITE = 43;

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
  float(LOG2E, 1.4426950408889634);
  float(SHIFTER, 12582912);
  float(LN2_HIGH, 0.693359375);
  float(LN2_LOW, -0.00021219444005469057);
  float(EXP_2, 0.500000006227359);
  float(EXP_3, 0.16666542545687282);
  float(EXP_4, 0.04166628062839534);
  float(EXP_5, 0.008366643938330058);
  float(EXP_6, 0.0013946554594796118);
  float(LARGEST_EXP, 89);
  float(LEAST_EXP, -104);
  integer(BIAS, 127);
  integer(ABSOLUTE, 0x7fffffff);
  float(TWO, 2);
  float(TANH_END, 44);
  float(GELU_SLOPE, 0.7978845608028654);
  float(GELU_CUBIC, 0.044715);
  float(GELU_CUBIC_3, 0.134145);
  float(GELU_END, 1e9);
  float(LOG_FINE_0, 1.999999998614445);
  float(LOG_FINE_1, 0.6666681637197147);
  float(LOG_FINE_2, 0.39974756780781623);
  float(LOG_FINE_3, 0.2992651449544783);
  float(NORMAL_LEAST, 1.1754943508222875e-38);
  float(TWO_23, 8388608);
  float(HALF, 0.5);
  integer(INFINITE, 0x7f800000);
}
