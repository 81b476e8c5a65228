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

/** A layer's matrix, as settings by layer see it. */
export interface LayerShape {
  /** Where it stands in the parameters: "first.weights". */
  readonly path: string;
  readonly inputs: number;
  readonly outputs: number;
}

export interface ActivityOptions extends DirectionOptions {
  /** Each sample is moved along signs of its own; else all along the same. False by default. */
  readonly independent?: boolean;
  /** Results that a layer's relu makes 0 are left out of its estimate; needs `linearRelu` or `conv2dRelu`. By default as `independent`. */
  readonly masked?: boolean;
  /** σ of a layer: how far its results are moved. 1 by default. */
  readonly scale?: (layer: LayerShape) => number;
}

/**
 * As `rankOne`, but where a layer multiplies a batch X by a matrix (`matmul` with the matrix on the right, `linear`, `linearRelu`, `conv2dRelu`), its result
 * is moved instead: ż = σ u with signs u. With the slopes d of the samples the layer's estimate is ĝ = Xᵀ diag(d) U / σ, unbiased. The layer
 * keeps its inputs. Biases of `linear`, `linearRelu` and `conv2dRelu` go along; others are moved by signs of their own.
 *
 * Shared signs: ĝ = (Xᵀd) uᵀ / σ costs next to nothing; E‖ĝ‖² = q ‖∇f‖² for a single layer of q outputs. Independent signs:
 * ĝ costs as much as a forward product; the noise of a batch of B is divided by B, 1 + (q / B) times terms by sample. Masks: only units
 * that relu lets through are counted in q. With several layers, σ² ∝ √(q E‖x‖² / E‖δ‖²) is best (x the layer's inputs, δ the
 * slopes of its outputs). Little noise does not always allow a large learning rate: that of shared signs lies along the largest
 * eigenvector of E[x xᵀ].
 *
 * The loss must be the mean over the batch by `softmaxCrossEntropy` or `sampleMean`, or a sum of these.
 * Ren, Kornblith, Liao, Hinton, "Scaling Forward Gradient With Local Losses" (2022).
 * @throws RangeError as `gaussian`, and at the start when a scale is not above 0
 */
export function activity(options: ActivityOptions = {}): Directions {
  const { seed, samples } = checked(options);
  const { independent = false, masked = independent, scale } = options;
  const settings = [
    `seed ${seed}, samples ${samples}`,
    independent ? ", independent" : "",
    masked ? ", masked" : "",
    scale === undefined ? "" : ", scaled",
  ];
  return {
    name: `activity(${settings.join("")})`,
    ...outerProducts(seed, samples, (layer, signs) => {
      const deviation = scale?.(layer) ?? 1;
      if (!(deviation > 0 && deviation < Number.POSITIVE_INFINITY)) {
        throw new RangeError(`The scale of activities must be a number above 0, got ${deviation} at ${layer.path}.`);
      }
      const [input, moves] = [new Float32Array(0), new Float32Array(0)];
      return {
        deviation,
        independent,
        masked,
        signs,
        samples: 0,
        convolution: undefined,
        rows: 0,
        input,
        apart: false,
        moves,
        biases: undefined,
        gradient: undefined,
      };
    }),
  };
}

type ActivityOf = (layer: LayerShape, signs: Activity["signs"]) => Activity | undefined;

function outerProducts(seed: number, samples: number, activityOf: ActivityOf): Directions {
  return {
    samples,
    fill: (out, step, sample, offset) => fillSigns(out, seed, step * samples + sample, offset),
    structured(array, offset, path) {
      const shape = shapeOf(array);
      if (shape === undefined) return undefined;
      const [inputs, outputs] = shape;
      const left = floats(inputs);
      const right = floats(outputs);
      let at = 0;
      const signs = (out: Float32Array) => fillSigns(out, seed, at, 0, ROWS + offset);
      const activity = activityOf({ path, inputs, outputs }, signs);
      const structure = { kind: "rankOne", left, right, activity } as const;
      return (step, sample) => {
        at = step * samples + sample;
        fillSigns(left, seed, at, offset, LEFT);
        fillSigns(right, seed, at, offset, RIGHT);
        if (activity !== undefined) {
          if (activity.deviation !== 1)
            for (let j = 0; j < outputs; j++) right[j] = activity.deviation * (right[j] as number);
          activity.rows = 0;
        }
        return structure;
      };
    },
  };
}

/** Streams of random numbers beside that of independent coordinates. */
const LEFT = 1;
const RIGHT = 2;
/** The first of those for rows of activities: each matrix has its own. */
const ROWS = 3;

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
