/** Where the random directions of the forward gradient come from. */

import type { NumericArray } from "../leaves.ts";
import { fillNormal, fillSigns } from "../random/index.ts";

/** Directions found by (step, sample, coordinate): none depends on which were asked for before. */
export interface Directions {
  /** How many directions a step averages over, at least 1. */
  readonly samples: number;
  /**
   * Fills `out` with coordinates `offset` … `offset + out.length − 1` of a direction.
   * @param sample from 0 to `samples` − 1
   */
  fill(out: NumericArray, step: number, sample: number, offset: number): void;
}

export interface DirectionOptions {
  /** Any integer; equal seeds give equal directions. 0 by default. */
  readonly seed?: number;
  /** How many directions a step averages over; 1 by default. */
  readonly samples?: number;
}

/** Independent standard normal coordinates, as in Definition 1. @throws RangeError on a seed or number of samples that is no integer */
export function gaussian(options: DirectionOptions = {}): Directions {
  return independent(fillNormal, options);
}

/** Independent coordinates ±1 with equal chance: the estimate of least variance. @throws RangeError as `gaussian` */
export function rademacher(options: DirectionOptions = {}): Directions {
  return independent(fillSigns, options);
}

type Fill = (out: NumericArray, seed: number, step: number, offset: number) => void;

function independent(fill: Fill, { seed = 0, samples = 1 }: DirectionOptions): Directions {
  if (!Number.isSafeInteger(seed)) throw new RangeError(`The seed of directions must be an integer, got ${seed}.`);
  if (!Number.isSafeInteger(samples) || samples < 1) {
    throw new RangeError(`The number of samples must be a positive integer, got ${samples}.`);
  }
  return {
    samples,
    fill: (out, step, sample, offset) => fill(out, seed, step * samples + sample, offset),
  };
}
