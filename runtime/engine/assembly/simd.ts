/** What all kernels of the engine share: sizes, the multiply-add, and the scratch memory of this instance. */

/** Bytes of a float, and of a vector of four. */
export const FLOAT: usize = 4;
export const VECTOR: usize = 16;

/** c + a b, rounded once where the host has relaxed SIMD, else twice. */
// @ts-ignore: decorator
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(c, f32x4.mul(a, b));
}

/** The sum of the four lanes. */
// @ts-ignore: decorator
@inline
export function total(v: v128): f32 {
  return (
    f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1) + (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3))
  );
}

/** The first 1, 2 or 3 of four floats; zeros for the others. */
// @ts-ignore: decorator
@inline
export function first(at: usize, count: usize): v128 {
  if (count == 1) return v128.load32_zero(at);
  const two = v128.load64_zero(at);
  return count == 2 ? two : v128.load_lane<f32>(at, two, 2, 8);
}
