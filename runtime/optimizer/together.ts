/** Directions that depend on each other or on what is known already. All directions of a step are stored: K times the parameters. */

import { fillNormal } from "../random/index.ts";
import { checked, type DirectionOptions, type Directions, type Moment } from "./directions.ts";
import type { Vector } from "./vectors.ts";

/**
 * Uniform on the sphere of radius √n: a normal direction, brought to that length. Unbiased, with the second moment E‖g‖² = n ‖∇f‖² where
 * `gaussian` has (n + 2) ‖∇f‖². Averaged over K: (n + K − 1) / K.
 * @throws RangeError on a seed or number of samples that is no integer
 */
export function sphere(options: DirectionOptions = {}): Directions {
  return {
    ...normals("sphere", options),
    arrange(directions, { size }) {
      for (const v of directions) setLength(v, Math.sqrt(size));
    },
  };
}

/**
 * K directions at right angles, each of length √n: normal ones, made orthogonal by Gram and Schmidt. Unbiased; no two of them measure the same:
 * E‖g‖² = (n / K) ‖∇f‖², against (n + K + 1) / K for independent normal ones, and the gradient itself for K = n. It pays where K is not
 * far below n. At most n directions.
 * @throws RangeError as `sphere`, and at the first step when there are more directions than parameters
 */
export function orthogonal(options: DirectionOptions = {}): Directions {
  return {
    ...normals("orthogonal", options),
    arrange(directions, { size }) {
      if (directions.length > size) {
        throw new RangeError(`There are no ${directions.length} orthogonal directions of ${size} parameters.`);
      }
      orthogonalize(directions);
      for (const v of directions) setLength(v, Math.sqrt(size));
    },
  };
}

/**
 * The gradient projected on the plane of K normal directions: g = V (VᵀV)⁻¹ Vᵀ∇f. It is the best estimate that their slopes allow: biased
 * towards 0, E g = (K / n) ∇f, but no longer than the gradient, E‖g‖² = (K / n) ‖∇f‖², with E cos² = K / n; it takes a learning rate as
 * the gradient itself does.
 * Flügel, Coquelin, Weiel, Streit, Götz, "Beyond Backpropagation: Optimization with Multi-Tangent Forward Gradients" (2024): FROG.
 * @throws RangeError as `sphere`
 */
export function projected(options: DirectionOptions = {}): Directions {
  return { ...normals("projected", options), combination: "projection" };
}

/** All unit vectors: the estimate is the gradient, by n runs, or as many fewer as the loss was compiled with lanes. */
export function basis(): Directions {
  return {
    name: "basis()",
    samples: 1,
    combination: "basis",
    fill(out, _, sample, offset) {
      out.fill(0);
      if (sample >= offset && sample < offset + out.length) out[sample - offset] = 1;
    },
  };
}

/** A guess of the gradient, in the shape of the parameters' tangent: the gradients of local losses, say. Its length does not matter. */
export type Guess = (theta: never, data: never, step: number) => unknown;

export interface GuidedOptions {
  /** Functions of the parameters, the loss's other arguments (as a list) and the step. */
  readonly guesses?: readonly Guess[];
  /** β from 0 to 1: the mean of earlier estimates, m ← β m + (1 − β) g, is a guess too. */
  readonly memory?: number;
  /** How many random directions there are beside the guesses; 0 by default. */
  readonly samples?: number;
  /** Of the random directions: any integer, 0 by default. */
  readonly seed?: number;
}

/**
 * Slopes along guesses of the gradient, made orthonormal (u₁ … u_G, P the projection on their plane), and along K normal directions
 * v orthogonal to them: g = Σ (∇f·u) u + (1/K) Σ (∇f·v) v.
 *
 * Without random directions g = P∇f: biased, of low variance, and as good as the guesses are (Fournier, Rivaud, Belilovsky, Eickenberg, Oyallon,
 * "Can Forward Gradient Match Backpropagation?", 2023; Silver et al., "Learning by Directional Gradient Descent", 2021). With them g is
 * unbiased, E‖g‖² = ‖P∇f‖² + (n − G + K + 1) / K · ‖∇f − P∇f‖². A guess that is 0, or depends on those before it, is passed over.
 * @throws RangeError on settings that make no sense; TypeError, at a step, when a guess has not the shape of the parameters
 */
export function guided(options: GuidedOptions): Directions {
  const { guesses = [], memory, samples: others = 0, seed = 0 } = options;
  checked({ seed, samples: others + 1 });
  if (memory !== undefined && !(memory >= 0 && memory < 1)) {
    throw new RangeError(`The memory of directions must be at least 0 and below 1, got ${memory}.`);
  }
  const guessed = guesses.length + (memory === undefined ? 0 : 1);
  if (guessed === 0) throw new RangeError("Guided directions need guesses, or a memory of earlier estimates.");
  const samples = guessed + others;
  return {
    name: `guided(guesses ${guesses.length}, memory ${memory}, samples ${others}, seed ${seed})`,
    samples,
    ...(memory === undefined ? {} : { memory }),
    fill(out, step, sample, offset) {
      if (sample < guessed) out.fill(0);
      else fillNormal(out, seed, step * others + sample - guessed, offset);
    },
    arrange(directions, moment) {
      const known = directions.slice(0, guessed);
      known.forEach((v, g) => {
        take(v, guesses[g], moment);
      });
      const used = orthogonalize(known);
      for (const v of directions.slice(guessed)) {
        for (const u of used) v.add(-u.dot(v), u);
        v.scale(Math.sqrt(samples / others));
      }
      // The mean over all of them weighs a slope along u by 1, and one along v by 1 / K.
      for (const u of used) u.scale(Math.sqrt(samples));
    },
  };
}

function take(v: Vector, guess: Guess | undefined, { theta, data, step, memory }: Moment): void {
  if (guess !== undefined) v.set(guess(theta as never, data as never, step));
  else if (memory !== undefined) v.add(1, memory);
}

function normals(name: string, options: DirectionOptions): Directions {
  const { seed, samples } = checked(options);
  return {
    name: `${name}(seed ${seed}, samples ${samples})`,
    samples,
    fill: (out, step, sample, offset) => fillNormal(out, seed, step * samples + sample, offset),
  };
}

function setLength(v: Vector, length: number): void {
  const own = Math.sqrt(v.dot(v));
  if (own > 0) v.scale(length / own);
}

/**
 * Modified Gram-Schmidt, with a second pass where the first has left little. Vectors become orthonormal; those that depend on others become
 * 0. Returns the others.
 */
function orthogonalize(vectors: readonly Vector[]): Vector[] {
  const done: Vector[] = [];
  for (const v of vectors) {
    const before = Math.sqrt(v.dot(v));
    for (let pass = 0; pass < 2; pass++) for (const u of done) v.add(-u.dot(v), u);
    const after = Math.sqrt(v.dot(v));
    if (after > 1e-5 * before) {
      v.scale(1 / after);
      done.push(v);
    } else {
      v.scale(0);
    }
  }
  return done;
}
