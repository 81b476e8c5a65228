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

/** @throws RangeError when a learning rate is negative or not finite */
export function requireRate(rate: number): void {
  if (rate >= 0 && rate < Number.POSITIVE_INFINITY) return;
  throw new RangeError(`The learning rate must be a number of at least 0, got ${rate}.`);
}
