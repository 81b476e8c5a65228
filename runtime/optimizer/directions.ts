/** Where the random directions of the forward gradient come from. */

import { floats } from "../engine/arena.ts";
import { shapeOf } from "../engine/shapes.ts";
import type { NumericArray } from "../leaves.ts";
import { fillNormal, fillSigns } from "../random/index.ts";
import type { Activity, Structure } from "../structured.ts";
import type { Vector } from "./vectors.ts";

/** Directions found by (step, sample, coordinate): none depends on which were asked for before. */
export interface Directions {
  /** How many directions a step averages over, at least 1. */
  readonly samples: number;
  /**
   * Fills `out` with coordinates `offset` … `offset + out.length − 1` of a direction.
   * @param sample from 0 to `samples` − 1
   */
  fill(out: NumericArray, step: number, sample: number, offset: number): void;
  /**
   * How directions are told to an array that need not be stored for it: asked once for each array of parameters, from coordinate `offset`
   * on, and answered by what makes the direction of a step and sample; undefined where elements have to be stored.
   * @param path where the array stands in the parameters: "last.weights"
   */
  readonly structured?: (array: Float32Array, offset: number, path: string) => StructureAt | undefined;
  /** Makes the directions of a step depend on each other, or on what is known: all of them are stored, and given here once filled. */
  readonly arrange?: (directions: readonly Vector[], moment: Moment) => void;
  /**
   * How the slopes d along the directions V become the estimate. "mean" by default: V d / K. "projection": V (VᵀV)⁻¹ d. "basis": the
   * directions are the unit vectors, all of them, and the estimate is the gradient.
   */
  readonly combination?: "mean" | "projection" | "basis";
  /** β, when earlier estimates are to be remembered: m ← β m + (1 − β) g after each step. */
  readonly memory?: number;
  /** What they are, with their settings: checkpoints of others are refused. */
  readonly name?: string;
}

/** What directions may depend on. */
export interface Moment {
  readonly step: number;
  /** How many coordinates a direction has. */
  readonly size: number;
  readonly theta: unknown;
  /** The arguments of the loss after θ. */
  readonly data: readonly unknown[];
  /** m, where `memory` is set: zeros at first. */
  readonly memory: Vector | undefined;
}

/** The direction of a step and sample. What it returns is valid until the next call. */
export type StructureAt = (step: number, sample: number) => Structure;

export interface DirectionOptions {
  /** Any integer; equal seeds give equal directions. 0 by default. */
  readonly seed?: number;
  /** How many directions a step averages over; 1 by default. */
  readonly samples?: number;
}

export interface StoredOptions extends DirectionOptions {
  /**
   * False: directions of matrices (arrays with a shape, see `matrix`) are never stored, but made again wherever kernels need them. It saves as much
   * memory as the matrices take; a loss that reads these matrices other than by kernels gets NaN. True by default.
   */
  readonly stored?: boolean;
}

/** Independent standard normal coordinates, as in Definition 1. @throws RangeError on a seed or number of samples that is no integer */
export function gaussian(options: StoredOptions = {}): Directions {
  return independent("normal", options);
}

/** Independent coordinates ±1 with equal chance: the estimate of least variance. @throws RangeError as `gaussian` */
export function rademacher(options: StoredOptions = {}): Directions {
  return independent("sign", options);
}

/**
 * For each matrix (an array with a shape, see `matrix`) the product a bᵀ of two vectors of ±1, which makes a tangent cost a product with a
 * vector where a stored direction costs a product with a matrix; other arrays get independent ±1. Coordinates are uncorrelated, of
 * variance 1, so that the estimate is unbiased and its second moment that of `rademacher` within a matrix.
 *
 * Nothing is stored but the vectors. A loss that reads matrices other than by kernels gets NaN.
 * @throws RangeError as `gaussian`
 */
export function rankOne(options: DirectionOptions = {}): Directions {
  const { seed, samples } = checked(options);
  return { name: `rankOne(seed ${seed}, samples ${samples})`, ...outerProducts(seed, samples, () => undefined) };
}

/**
 * As `rankOne`, but where a layer multiplies a batch by a matrix (`matmul` with the matrix on the right), its result is moved instead: all
 * samples along the same ±1. The slopes of the samples, and the layer's inputs, which are kept, then estimate its gradient with a second moment
 * of the number of outputs instead of the number of weights. The loss must end in `softmaxCrossEntropy` over the batch.
 * Ren, Kornblith, Liao, Hinton, "Scaling Forward Gradient With Local Losses" (2022).
 * @throws RangeError as `gaussian`
 */
export function activity(options: DirectionOptions = {}): Directions {
  const { seed, samples } = checked(options);
  const moved = () => ({ input: undefined, rows: 0 });
  return { name: `activity(seed ${seed}, samples ${samples})`, ...outerProducts(seed, samples, moved) };
}

function outerProducts(seed: number, samples: number, activityOf: () => Activity | undefined): Directions {
  return {
    samples,
    fill: (out, step, sample, offset) => fillSigns(out, seed, step * samples + sample, offset),
    structured(array, offset) {
      const shape = shapeOf(array);
      if (shape === undefined) return undefined;
      const left = floats(shape[0]);
      const right = floats(shape[1]);
      const structure = { kind: "rankOne", left, right, activity: activityOf() } as const;
      return (step, sample) => {
        fillSigns(left, seed, step * samples + sample, offset, LEFT);
        fillSigns(right, seed, step * samples + sample, offset, RIGHT);
        if (structure.activity !== undefined) {
          structure.activity.input = undefined;
          structure.activity.rows = 0;
        }
        return structure;
      };
    },
  };
}

/** Streams of random numbers beside that of independent coordinates. */
const LEFT = 1;
const RIGHT = 2;

function independent(distribution: "normal" | "sign", options: StoredOptions): Directions {
  const { seed, samples } = checked(options);
  const write = distribution === "normal" ? fillNormal : fillSigns;
  const directions: Directions = {
    name: `${distribution === "normal" ? "gaussian" : "rademacher"}(seed ${seed}, samples ${samples})`,
    samples,
    fill: (out, step, sample, offset) => write(out, seed, step * samples + sample, offset),
  };
  if (options.stored !== false) return directions;
  return {
    ...directions,
    structured(array, offset) {
      if (shapeOf(array) === undefined) return undefined;
      const { length } = array;
      return (step, sample) => ({
        kind: "seeded",
        distribution,
        seed,
        step: step * samples + sample,
        offset,
        length,
      });
    },
  };
}

/** @throws RangeError on a seed or number of samples that is no integer */
export function checked({ seed = 0, samples = 1 }: DirectionOptions): Required<DirectionOptions> {
  if (!Number.isSafeInteger(seed)) throw new RangeError(`The seed of directions must be an integer, got ${seed}.`);
  if (!Number.isSafeInteger(samples) || samples < 1) {
    throw new RangeError(`The number of samples must be a positive integer, got ${samples}.`);
  }
  return { seed, samples };
}
