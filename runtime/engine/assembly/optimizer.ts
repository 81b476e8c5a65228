/** Adam's update of parameters, in one pass over them, the estimate of their gradient and what is remembered. */

/**
 * m ← β₁ m + (1 − β₁) g, s ← β₂ s + (1 − β₂) g², θ ← θ − rate m / (√(s correction) + ε).
 * @param rest1 1 − β₁; `rest2` is 1 − β₂
 */
export function adam(
  theta: usize, mean: usize, square: usize, g: usize, n: usize,
  beta1: f32, rest1: f32, beta2: f32, rest2: f32, rate: f32, correction: f32, epsilon: f32,
): void {
  const end = n * 4;
  const whole = end & ~15;
  let i: usize = 0;
  for (; i < whole; i += 16) {
    const gi = v128.load(g + i);
    const m = f32x4.add(f32x4.mul(f32x4.splat(beta1), v128.load(mean + i)), f32x4.mul(f32x4.splat(rest1), gi));
    const s = f32x4.add(
      f32x4.mul(f32x4.splat(beta2), v128.load(square + i)),
      f32x4.mul(f32x4.splat(rest2), f32x4.mul(gi, gi)),
    );
    v128.store(mean + i, m);
    v128.store(square + i, s);
    const root = f32x4.add(f32x4.sqrt(f32x4.mul(s, f32x4.splat(correction))), f32x4.splat(epsilon));
    v128.store(theta + i, f32x4.sub(v128.load(theta + i), f32x4.div(f32x4.mul(f32x4.splat(rate), m), root)));
  }
  for (; i < end; i += 4) {
    const gi = load<f32>(g + i);
    const m = beta1 * load<f32>(mean + i) + rest1 * gi;
    const s = beta2 * load<f32>(square + i) + rest2 * (gi * gi);
    store<f32>(mean + i, m);
    store<f32>(square + i, s);
    store<f32>(theta + i, load<f32>(theta + i) - (rate * m) / (sqrt<f32>(s * correction) + epsilon));
  }
}
