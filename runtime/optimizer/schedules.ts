/** Learning rates: functions of the step, from 0. */

export type Schedule = (step: number) => number;

/** The same rate η at each step. @throws RangeError when it is negative or not finite */
export function constant(rate: number): Schedule {
  requireRate(rate);
  return () => rate;
}

/**
 * η₀ e^(−ik) at step i.
 * @param rate0 η₀
 * @param k the decay per step, at least 0
 * @throws RangeError when one of them is negative or not finite
 */
export function exponentialDecay(rate0: number, k: number): Schedule {
  requireRate(rate0);
  if (!(k >= 0 && k < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`The decay of the learning rate must be a number of at least 0, got ${k}.`);
  }
  return (step) => rate0 * Math.exp(-step * k);
}

/**
 * η₁ + (η₀ − η₁) (1 + cos(π i / steps)) / 2 at step i, and η₁ from then on (Loshchilov, Hutter, "SGDR", 2017, without restarts).
 * @param rate0 η₀, the rate at the start
 * @param steps how many steps the way takes, at least 1
 * @param rate1 η₁, the rate at the end; 0 by default
 * @throws RangeError when one of them makes no sense
 */
export function cosineDecay(rate0: number, steps: number, rate1 = 0): Schedule {
  requireRate(rate0);
  requireRate(rate1);
  requireSteps("decay", steps);
  return (step) => rate1 + (rate0 - rate1) * 0.5 * (1 + Math.cos(Math.PI * Math.min(1, step / steps)));
}

/**
 * Rises in a line to what follows: at step i < steps (i + 1) / steps of its first rate, then the schedule from its own step 0 on.
 * @param steps how many steps the rise takes, at least 1
 * @param then a rate or a schedule
 * @throws RangeError when one of them makes no sense
 */
export function warmUp(steps: number, then: number | Schedule): Schedule {
  requireSteps("warm-up", steps);
  const follows = typeof then === "number" ? constant(then) : then;
  return (step) => (step < steps ? (follows(0) * (step + 1)) / steps : follows(step - steps));
}

/** @throws RangeError when a learning rate is negative or not finite */
export function requireRate(rate: number): void {
  if (rate >= 0 && rate < Number.POSITIVE_INFINITY) return;
  throw new RangeError(`The learning rate must be a number of at least 0, got ${rate}.`);
}

function requireSteps(what: string, steps: number): void {
  if (Number.isSafeInteger(steps) && steps >= 1) return;
  throw new RangeError(`The steps of a ${what} must be an integer of at least 1, got ${steps}.`);
}
