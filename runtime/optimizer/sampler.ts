/**
 * Estimates of the gradient at work: directions v_k are made, runs of the loss give f(θ) and the slopes d_k = ∇f(θ)·v_k, and
 * g = Σ c_k v_k with coefficients c that follow from the slopes. Definition 1 is c = d for one direction.
 * All memory is taken once: parameters, directions and estimate lie in parallel leaves.
 */

import { type AnyFunction, functionName, parameterName, requireCompiled } from "../compiled.ts";
import { mark, release } from "../engine/arena.ts";
import { startKeeping, stopKeeping } from "../engine/kept.ts";
import { call, interleave } from "../jvp.ts";
import { slopesDuring } from "../kernels/slopes.ts";
import { dimension, type Leaf, leavesOf, type NumericArray, write } from "../leaves.ts";
import { requireSecondOrder } from "../second.ts";
import { zeroTangent } from "../tangent.ts";
import { finishActivities, movesActivities } from "./activity.ts";
import type { HyperDual } from "./curvature.ts";
import type { Directions } from "./directions.ts";
import type { GradientPart } from "./optimizers.ts";
import { solveAbsolute, solveGram } from "./small.ts";
import { accumulate, addLeaf, type Directed, fill, type Ground, newTree, placesBeside, type Tree } from "./tree.ts";
import { clear, dot, dotArrays, pathsOf, scale, type Vector, vectorOf } from "./vectors.ts";

/** One evaluation of the loss. */
export interface Sample {
  readonly value: number;
  /** The mean of the slopes along the directions; along unit vectors, the length of the gradient. */
  readonly slope: number;
  /** With step sizes from curvature: how much the estimate was shortened for the step. */
  readonly rate: number;
}

export interface Sampler {
  /** The parameters. */
  readonly ground: Ground;
  /** Evaluates the loss along each of the step's directions; `args` follow the parameters. Changes no parameter. */
  sample(step: number, args: readonly unknown[]): Sample;
  /** The estimate of the last `sample`, leaf by leaf. */
  readonly parts: readonly GradientPart[];
  /** ‖g‖ of the last `sample`. */
  norm(): number;
  /** Multiplies the estimate of the last `sample`. */
  scale(factor: number): void;
  /** Lets directions that are guided by earlier estimates know of the last one. */
  remember(): void;
  /** What is remembered of earlier estimates, when directions are guided by it. */
  readonly memory: readonly Leaf[];
  /** The estimate of the last `sample`, in fresh memory, in the shape of the tangent of θ. */
  estimate(): unknown;
  /** The parameters: the object given, or the current number. */
  theta(): unknown;
}

export interface SamplerOptions {
  readonly directions: Directions;
  /** Slopes are brought within ± this. */
  readonly largestSlope?: number | undefined;
  readonly curvature?: HyperDual | undefined;
  /** Whether the numbers of estimates will be asked for one by one: place for them is taken at the start. */
  readonly dense?: boolean;
}

/**
 * @param caller the public function's name, for messages
 * @throws TypeError when the loss was not compiled (for second derivatives, where they are needed), does not vary with θ, or θ holds no number
 */
export function sampler(loss: AnyFunction, theta: unknown, options: SamplerOptions, caller: string): Sampler {
  const { directions, largestSlope = Number.POSITIVE_INFINITY, curvature } = options;
  const compiled = requireCompiled(loss, caller);
  if (compiled.active[0] !== true) {
    throw new TypeError(
      `${caller}: ${functionName(loss)} was compiled with ${parameterName(loss, 0)} inactive. It holds the parameters: ` +
        "add it to the `wrt` of the @fgrad tag.",
    );
  }
  const second = curvature === undefined ? undefined : requireSecondOrder(loss, caller).second;
  const within = compiled.paths?.[0];
  const primal = { theta };
  const zeros = { theta: zeroTangent(theta, within) as unknown };
  const shape = leavesOf(zeros);
  const size = dimension(shape);
  if (size === 0) throw new TypeError(`${caller}: the parameters hold no number to train.`);
  const primalLeaves = leavesOf(primal, zeros);
  const ground: Ground = { theta, within, leaves: primalLeaves, paths: pathsOf(theta, primalLeaves) };

  const basis = directions.combination === "basis";
  const projected = directions.combination === "projection";
  const samples = basis ? size : directions.samples;
  const lanes = Math.min(compiled.lanes ?? 1, samples);
  // Directions that depend on each other are all kept; others follow each other through the same memory.
  const kept = !basis && (directions.arrange !== undefined || projected || second !== undefined);
  const stored = kept || basis;
  const trees = Array.from({ length: kept ? samples : lanes }, () => newTree(ground, stored ? undefined : directions));
  const moving = movesActivities((trees[0] as Tree).leaves);
  if (moving && (compiled.lanes ?? 1) > 1) {
    throw new TypeError(
      `${caller}: directions that move activities need ${functionName(loss)} compiled without lanes.`,
    );
  }
  const spare = (compiled.lanes ?? 1) > 1 || second !== undefined ? newTree(ground) : undefined;
  const vectors = kept ? trees.map(({ leaves }) => vectorOf(leaves)) : [];
  const total = basis || samples > 1 ? newTree(ground) : undefined;
  const memory = directions.memory === undefined ? undefined : newTree(ground);
  const remembered = memory === undefined ? undefined : vectorOf(memory.leaves);
  const result = total ?? (trees[0] as Tree);
  const slopes = new Float64Array(kept || basis ? samples : lanes);
  let value = Number.NaN;
  // The estimate is `factor` times the total, or times the only direction: c for its own numbers, `moved` for results of layers.
  let factor = 1;
  let moved = 1;

  /** Slopes along some of the trees, in one run. */
  const run = (group: readonly Tree[], args: readonly unknown[], at: number): void => {
    const start = mark();
    startKeeping();
    try {
      const tangents = group.map((tree) => [tree.theta]);
      while (spare !== undefined && tangents.length < (compiled.lanes ?? 1)) tangents.push([spare.theta]);
      const bySample = slopesDuring(() => {
        const [v, ...s] = call(compiled, interleave(loss, compiled, [primal.theta, ...args], tangents));
        value = numeric(v);
        for (let k = 0; k < group.length; k++) slopes[at + k] = numeric(s[k] ?? 0);
      });
      if (moving) finishActivities((group[0] as Tree).leaves, bySample, slopes[at] as number);
    } finally {
      stopKeeping();
      release(start);
    }
  };

  const numeric = (v: unknown): number => {
    if (typeof v === "number") return v;
    throw new TypeError(`${caller}: ${functionName(loss)} must return a number.`);
  };

  /** All partial derivatives, as many in a run as it has lanes. */
  const alongBasis = (args: readonly unknown[]): Sample => {
    const into = result.leaves;
    for (let from = 0; from < size; from += lanes) {
      const group = trees.slice(0, Math.min(lanes, size - from));
      for (const [k, { leaves }] of group.entries()) write(leaves, from + k, 1);
      run(group, args, from);
      for (const [k, { leaves }] of group.entries()) {
        write(leaves, from + k, 0);
        write(into, from + k, slopes[from + k] as number);
      }
    }
    return { value, slope: Math.sqrt(dot(into, into)), rate: 1 };
  };

  /** Directions one after the other, each forgotten once its share is added. */
  const independently = (step: number, args: readonly unknown[]): Sample => {
    let mean = 0;
    if (total !== undefined) clear(total.leaves);
    for (let from = 0; from < samples; from += lanes) {
      const group = from + lanes <= samples ? trees : trees.slice(0, samples - from);
      for (let k = 0; k < group.length; k++) fill((group[k] as Tree).leaves, directions, step, from + k);
      run(group, args, 0);
      for (let k = 0; k < group.length; k++) {
        const slope = slopes[k] as number;
        mean += slope / samples;
        const share = clipped(slope) / samples;
        const shareOfMoved = slope === 0 ? 1 / samples : share / slope;
        if (total !== undefined) accumulate(total.leaves, 1, (group[k] as Tree).leaves, share, shareOfMoved);
        else [factor, moved] = [share, shareOfMoved];
      }
    }
    return { value, slope: mean, rate: 1 };
  };

  const clipped = (slope: number): number => Math.max(-largestSlope, Math.min(slope, largestSlope));

  /** Directions that are kept together. */
  const together = (step: number, args: readonly unknown[]): Sample => {
    for (let k = 0; k < samples; k++) fill((trees[k] as Tree).leaves, directions, step, k);
    directions.arrange?.(vectors, { step, size, theta: primal.theta, data: args, memory: remembered });
    const coefficients = new Float64Array(samples);
    let rate = 1;
    if (second === undefined || curvature === undefined) {
      for (let from = 0; from < samples; from += lanes) run(trees.slice(from, from + lanes), args, from);
    }
    const hessian = second === undefined ? undefined : curvatures(args);
    for (let k = 0; k < samples; k++) coefficients[k] = clipped(slopes[k] as number);
    if (hessian !== undefined && curvature !== undefined) {
      if (!hessian.every(Number.isFinite)) return { value, slope: Number.NaN, rate };
      const before = coefficients.slice();
      solveAbsolute(hessian, coefficients, curvature.damping);
      const length = dotArrays(before as Float64Array, before);
      rate = length === 0 ? 1 : dotArrays(before, coefficients) / length;
    } else if (projected) {
      const gram = new Float64Array(samples * samples);
      for (let i = 0; i < samples; i++) {
        for (let j = 0; j <= i; j++) {
          const product = (vectors[i] as Vector).dot(vectors[j] as Vector);
          gram[i * samples + j] = product;
          gram[j * samples + i] = product;
        }
      }
      solveGram(gram, coefficients);
    } else {
      scale(coefficients, 1 / samples);
    }
    if (total === undefined) {
      factor = coefficients[0] as number;
    } else {
      clear(total.leaves);
      for (let k = 0; k < samples; k++) {
        accumulate(total.leaves, 1, (trees[k] as Tree).leaves, coefficients[k] as number, 0);
      }
    }
    return { value, slope: slopes.reduce((sum, d) => sum + d, 0) / samples, rate };
  };

  /** The Hessian between the directions, and the slopes on the way. */
  const curvatures = (args: readonly unknown[]): Float64Array => {
    const h = new Float64Array(samples * samples);
    if (second === undefined) return h;
    for (let i = 0; i < samples; i++) {
      const inner = interleave(loss, compiled, [primal.theta, ...args], [[(trees[i] as Tree).theta]]);
      for (let j = 0; j <= i; j++) {
        const start = mark();
        try {
          const outer = [(trees[j] as Tree).theta, spare?.theta];
          const [pair, pairTangent] = call(second, interleave(compiled.jvp, second, inner, [outer]));
          const [v, d = 0] = pair as readonly unknown[];
          const [, along = 0] = (pairTangent ?? []) as readonly unknown[];
          value = numeric(v);
          slopes[i] = numeric(d);
          h[i * samples + j] = numeric(along);
          h[j * samples + i] = numeric(along);
        } finally {
          release(start);
        }
      }
    }
    return h;
  };

  const scratch: NumericArray[] = options.dense === true ? placesBeside(ground.leaves) : [];
  const parts = ground.leaves.map((leaf, l): GradientPart => {
    const addTo = (y: NumericArray, by: number): void => {
      addLeaf(y, by, result.leaves[l] as Directed, factor, moved);
    };
    return {
      addTo,
      dense() {
        // Not from the arena: whoever asks may be about to give back what is taken now.
        scratch[l] ??= leaf.kind === "array" ? leaf.values.slice() : [0];
        const out = scratch[l];
        out.fill(0);
        addTo(out, 1);
        return out;
      },
    };
  });

  return {
    ground,
    sample(step, args) {
      factor = 1;
      moved = 1;
      if (basis) return alongBasis(args);
      return kept ? together(step, args) : independently(step, args);
    },
    parts,
    norm: () => Math.sqrt(parts.reduce((sum, part) => sum + squared(part.dense()), 0)),
    scale(by) {
      factor *= by;
      moved *= by;
    },
    remember() {
      if (remembered === undefined || directions.memory === undefined) return;
      remembered.scale(directions.memory);
      accumulate(remembered.leaves, 1 - directions.memory, result.leaves, factor, moved);
    },
    memory: remembered?.leaves ?? [],
    estimate() {
      const fresh = { theta: zeroTangent(theta, within) as unknown };
      accumulate(leavesOf(fresh), 1, result.leaves, factor, moved);
      return fresh.theta;
    },
    theta: () => primal.theta,
  };
}

function squared(x: NumericArray): number {
  return dotArrays(x, x);
}
