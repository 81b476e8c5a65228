/**
 * Definition 1 at work: v is sampled, one run gives f(θ) and d = ∇f(θ)·v, and d v estimates the gradient.
 * All memory is taken once: parameters, direction and, for several samples, their sum lie in parallel leaves.
 */

import { type AnyFunction, type CompiledTangent, functionName, parameterName, requireCompiled } from "../compiled.ts";
import { floats, mark, release } from "../engine/arena.ts";
import { running } from "../engine/index.ts";
import { home } from "../engine/transfer.ts";
import { call, interleave } from "../jvp.ts";
import { matmulTN } from "../kernels/matmul.ts";
import { slopesDuring } from "../kernels/slopes.ts";
import { dimension, type Leaf, leavesOf } from "../leaves.ts";
import { restructure, type Structure, structured, structureOf } from "../structured.ts";
import { zeroTangent } from "../tangent.ts";
import { addScaled, addStructured } from "./descent.ts";
import type { Directions, StructureAt } from "./directions.ts";

/** One evaluation of the loss: its value and slope, the latter the mean over the samples. */
export interface Sample {
  readonly value: number;
  readonly slope: number;
}

export interface Sampler {
  /** Evaluates the loss along each of the step's directions; `args` follow the parameters. Changes no parameter. */
  sample(step: number, args: readonly unknown[]): Sample;
  /** θ ← θ − rate g, with the estimate g of the last `sample`. */
  descend(rate: number): void;
  /** The estimate g of the last `sample`, in fresh memory, in the shape of the tangent of θ. */
  estimate(): unknown;
  /** The parameters: the object given, or the current number. */
  theta(): unknown;
}

/**
 * @param caller the public function's name, for messages
 * @throws TypeError when the loss was not compiled, does not vary with θ, or θ holds no number
 */
export function sampler(loss: AnyFunction, theta: unknown, directions: Directions, caller: string): Sampler {
  const compiled = requireCompiled(loss, caller);
  if (compiled.active[0] !== true) {
    throw new TypeError(
      `${caller}: ${functionName(loss)} was compiled with ${parameterName(loss, 0)} inactive. It holds the parameters: ` +
        "add it to the `wrt` of the @fgrad tag.",
    );
  }
  const paths = compiled.paths?.[0];
  const primal = { theta };
  const tangent = { theta: zeroTangent(theta, paths) as unknown };
  const shape = leavesOf(tangent);
  if (dimension(shape) === 0) throw new TypeError(`${caller}: the parameters hold no number to train.`);
  const primalLeaves = leavesOf(primal, tangent);
  const tangentLeaves = shape.map((leaf, l) => directed(leaf, primalLeaves[l], directions));
  const averaged = directions.samples > 1;
  const total = { theta: averaged ? (zeroTangent(theta, paths) as unknown) : undefined };
  const totalLeaves = leavesOf(total);
  let slope = 0;
  let value = 0;

  const run = (args: readonly unknown[]): void => {
    const start = mark();
    try {
      const slopes = slopesDuring(() => {
        [value, slope] = evaluate(loss, compiled, caller, [primal.theta, ...args], tangent.theta);
      });
      for (const leaf of tangentLeaves) finishActivity(leaf, slopes);
    } finally {
      release(start);
    }
  };

  return {
    sample(step, args) {
      if (!averaged) {
        fill(tangentLeaves, directions, step, 0);
        run(args);
        return { value, slope };
      }
      clear(totalLeaves);
      let mean = 0;
      for (let k = 0; k < directions.samples; k++) {
        fill(tangentLeaves, directions, step, k);
        run(args);
        accumulate(totalLeaves, 1 / directions.samples, tangentLeaves, slope);
        mean += slope / directions.samples;
      }
      return { value, slope: mean };
    },
    descend(rate) {
      if (averaged) accumulate(primalLeaves, -rate, totalLeaves, 1);
      else accumulate(primalLeaves, -rate, tangentLeaves, slope);
    },
    estimate() {
      const fresh = { theta: zeroTangent(theta, paths) as unknown };
      if (averaged) accumulate(leavesOf(fresh), 1, totalLeaves, 1);
      else accumulate(leavesOf(fresh), 1, tangentLeaves, slope);
      return fresh.theta;
    },
    theta: () => primal.theta,
  };
}

function evaluate(
  loss: AnyFunction,
  compiled: CompiledTangent,
  caller: string,
  primals: readonly unknown[],
  tangent: unknown,
): [value: number, slope: number] {
  const [value, slope = 0] = call(compiled, interleave(loss, compiled, primals, [[tangent]]));
  if (typeof value !== "number" || typeof slope !== "number") {
    throw new TypeError(`${caller}: ${functionName(loss)} must return a number.`);
  }
  return [value, slope];
}

/** A leaf of the direction, and what makes it when it is not stored. */
type Directed = Leaf & { readonly structureAt?: StructureAt | undefined };

/**
 * Puts the direction of an array where it serves the kernels best: nowhere, when its structure says it all; beside the parameters when these
 * lie in the engine's memory.
 */
function directed(leaf: Leaf, primal: Leaf | undefined, directions: Directions): Directed {
  if (leaf.kind !== "array" || primal?.kind !== "array") return leaf;
  if (!(primal.values instanceof Float32Array)) return leaf;
  const structureAt = directions.structured?.(primal.values, leaf.offset);
  const wasm = running();
  let { values } = leaf;
  if (structureAt !== undefined) values = structured(structureAt(0, 0));
  else if (wasm !== undefined && home(wasm, primal.values)) values = floats(leaf.length);
  leaf.owner[leaf.name] = values;
  return { ...leaf, values, structureAt };
}

function fill(leaves: readonly Directed[], directions: Directions, step: number, sample: number): void {
  for (const leaf of leaves) {
    if (leaf.kind === "field") {
      directions.fill(single, step, sample, leaf.offset);
      leaf.owner[leaf.name] = single[0];
    } else if (leaf.structureAt !== undefined) {
      restructure(leaf.values as Float32Array, leaf.structureAt(step, sample));
    } else {
      directions.fill(leaf.values, step, sample, leaf.offset);
    }
  }
}

const single = [0];

function clear(leaves: readonly Leaf[]): void {
  for (const leaf of leaves) {
    if (leaf.kind === "array") leaf.values.fill(0);
    else leaf.owner[leaf.name] = 0;
  }
}

/** y ← y + factor d v, leaf by leaf; where a layer's result was moved, the estimate holds the slopes d already. */
function accumulate(to: readonly Leaf[], factor: number, from: readonly Leaf[], slope: number): void {
  for (let l = 0; l < to.length; l++) {
    const y = to[l];
    const x = from[l];
    if (y?.kind === "array" && x?.kind === "array") {
      const structure = x.values instanceof Float32Array ? structureOf(x.values) : undefined;
      if (structure === undefined) addScaled(y.values, factor * slope, x.values);
      else addStructured(y.values as Float32Array, wasMoved(structure) ? factor : factor * slope, structure);
    } else if (y?.kind === "field" && x?.kind === "field") {
      y.owner[y.name] = (y.owner[y.name] as number) + factor * slope * (x.owner[x.name] as number);
    }
  }
}

function wasMoved(structure: Structure): boolean {
  return structure.kind === "rankOne" && structure.activity !== undefined && structure.activity.rows > 0;
}

/** Turns the slopes of a batch into a layer's estimate: `left` becomes Xᵀ d. */
function finishActivity(leaf: Leaf, slopes: Float32Array): void {
  if (leaf.kind !== "array" || !(leaf.values instanceof Float32Array)) return;
  const structure = structureOf(leaf.values);
  if (structure?.kind !== "rankOne" || structure.activity?.input === undefined) return;
  const { left, activity } = structure;
  const { input = left, rows } = activity;
  activity.input = undefined;
  if (slopes.length !== rows) {
    throw new Error(
      `A layer of ${rows} rows was perturbed in its activities, but the loss told the slopes of ${slopes.length} samples. ` +
        "It must end in softmaxCrossEntropy over the batch, and its layers must keep a row for each sample; else use rankOne.",
    );
  }
  matmulTN(input, slopes, left, left.length, rows, 1);
}
