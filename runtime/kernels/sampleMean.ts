/**
 * sampleMean: the mean of the losses of a batch's samples, y = 1/n Σ ℓᵢ, as `mean` gives it, which also tells the slopes of the samples one by one: what
 * directions that move activities ask a loss for.
 *
 *     ẏ = 1/n Σ ℓ̇ᵢ
 */

import type { Lanes } from "./lanes.ts";
import { mean, mean_jvps } from "./reduce.ts";
import { reportSlope } from "./slopes.ts";

/**
 * @param losses one number a sample
 * @fgrad rule sampleMean_jvp, sampleMean_jvps
 */
export function sampleMean(losses: Float32Array): number {
  return mean(losses);
}

/** The tangent of `sampleMean`; `losses_t` is undefined where they are constant. */
export function sampleMean_jvp(
  losses: Float32Array,
  losses_t: Float32Array | undefined,
): [value: number, value_t: number] {
  const n = losses.length;
  if (losses_t === undefined) return [mean(losses), 0];
  for (let i = 0; i < n; i++) reportSlope(i, n, (losses_t[i] as number) / n);
  return [mean(losses), mean(losses_t)];
}

/** The same along several directions. */
export function sampleMean_jvps(losses: Float32Array, losses_t: Lanes): [value: number, ...slopes: number[]] {
  return mean_jvps(losses, losses_t);
}
