/** Step sizes from the loss's own curvature, so that no learning rate has to be found. */

import { requireRate, type Schedule } from "./schedules.ts";

/** Steps as long as the curvature along the directions says. */
export interface HyperDual {
  readonly kind: "hyperDual";
  readonly damping: number;
  readonly rate: Schedule;
}

export interface HyperDualOptions {
  /** Added to each curvature |λ|, so that steps stay short where the loss is nearly straight; 0 by default. */
  readonly damping?: number;
  /** Which part of the step is taken: a number or a function of the step, 1 by default. */
  readonly rate?: number | Schedule;
}

/**
 * In place of a learning rate: with directions V = (v₁ … v_K), slopes d = Vᵀ∇f and curvatures H = Vᵀ∇²f V, θ ← θ − V |H|⁻¹ d, the step to
 * the minimum of the parabola over the plane of the directions; for one direction θ ← θ − v d / |vᵀ∇²f v|. |H| is H with the absolute
 * values of its eigenvalues, so that the step leads down where the loss is concave too. K directions take K (K + 1) / 2 runs of the
 * second derivative, which is nested forward mode: the loss must be compiled with order 2. It is Newton's method when the directions
 * span all parameters. A direction without any curvature is not followed, unless damped.
 *
 * Cobb, Baydin, Pearlmutter, Jha, "Second-Order Forward-Mode Automatic Differentiation for Optimization" (2024): FoMoH, for K > 1 FoMoH-KD.
 * @throws RangeError when a setting is negative or not finite
 */
export function hyperDual({ damping = 0, rate = 1 }: HyperDualOptions = {}): HyperDual {
  if (!(damping >= 0 && damping < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`The damping of curvatures must be a number of at least 0, got ${damping}.`);
  }
  if (typeof rate === "number") requireRate(rate);
  return { kind: "hyperDual", damping, rate: typeof rate === "number" ? () => rate : rate };
}
