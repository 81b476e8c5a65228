/** One direction of the parameters: a structure of the tangent's shape whose arrays are stored or only described, and refilled step by step. */

import { floats } from "../engine/arena.ts";
import { running } from "../engine/index.ts";
import { home } from "../engine/transfer.ts";
import { type Leaf, leavesOf, type NumericArray } from "../leaves.ts";
import { restructure, structured, structureOf } from "../structured.ts";
import { zeroTangent } from "../tangent.ts";
import type { Directions, StructureAt } from "./directions.ts";
import { addStructured } from "./structures.ts";
import { addScaled, numberIn } from "./vectors.ts";

/** A leaf of a direction, and what makes it when it is not stored. */
export type Directed = Leaf & {
  readonly structureAt?: StructureAt | undefined;
  /** Whether what is stored has become an estimate by itself: biases of a layer whose result was moved. */
  isEstimate?: boolean;
};

/** A direction. */
export interface Tree {
  /** The tangent of θ, as compiled code takes it. */
  readonly theta: unknown;
  readonly leaves: readonly Directed[];
}

/** Where trees are made from: the parameters and how each of their leaves is called. */
export interface Ground {
  readonly theta: unknown;
  /** Paths of `wrt` into the parameters. */
  readonly within: readonly string[] | undefined;
  /** The parameters' own leaves, parallel to those of any tree. */
  readonly leaves: readonly Leaf[];
  /** Their dotted paths, for messages, groups and settings by layer. */
  readonly paths: readonly string[];
}

/**
 * A zero direction, its arrays where they serve the kernels best: beside the parameters when these lie in the engine's memory, and nowhere when
 * a structure says it all.
 * @param directions when given, may leave arrays unstored
 */
export function newTree(ground: Ground, directions?: Directions): Tree {
  const root = { theta: zeroTangent(ground.theta, ground.within) as unknown };
  const leaves = leavesOf(root).map((leaf, l) => placed(leaf, ground.leaves[l], ground.paths[l] ?? "", directions));
  return {
    get theta() {
      return root.theta;
    },
    leaves,
  };
}

function placed(leaf: Leaf, primal: Leaf | undefined, path: string, directions: Directions | undefined): Directed {
  if (leaf.kind !== "array" || primal?.kind !== "array") return leaf;
  if (!(primal.values instanceof Float32Array)) return leaf;
  const structureAt = directions?.structured?.(primal.values, leaf.offset, path);
  const values = structureAt === undefined ? arrayBeside(primal.values) : structured(structureAt(0, 0));
  leaf.owner[leaf.name] = values;
  return { ...leaf, values, structureAt };
}

/** Zeros of the same type and length as an array, in the engine's memory when it lies there. */
export function arrayBeside(array: NumericArray): NumericArray {
  if (Array.isArray(array)) return array.map(() => 0);
  if (array instanceof Float64Array) return new Float64Array(array.length);
  const wasm = running();
  return wasm !== undefined && home(wasm, array) ? floats(array.length) : new Float32Array(array.length);
}

/** For each leaf an array of its kind and length; those in the engine's memory share one place, and hold one thing at a time. */
export function placesBeside(leaves: readonly Leaf[]): NumericArray[] {
  const wasm = running();
  const inside = (leaf: Leaf): leaf is Leaf & { kind: "array"; values: Float32Array } =>
    wasm !== undefined && leaf.kind === "array" && leaf.values instanceof Float32Array && home(wasm, leaf.values);
  const longest = Math.max(0, ...leaves.filter(inside).map((leaf) => leaf.length));
  const shared = longest === 0 ? undefined : floats(longest);
  return leaves.map((leaf) => {
    if (shared !== undefined && inside(leaf)) return shared.subarray(0, leaf.length);
    return leaf.kind === "array" ? arrayBeside(leaf.values) : [0];
  });
}

/** Makes it the direction of a step and sample. */
export function fill(leaves: readonly Directed[], directions: Directions, step: number, sample: number): void {
  for (const leaf of leaves) {
    if (leaf.kind === "field") {
      directions.fill(single, step, sample, leaf.offset);
      leaf.owner[leaf.name] = single[0];
    } else if (leaf.structureAt !== undefined) {
      restructure(leaf.values as Float32Array, leaf.structureAt(step, sample));
    } else {
      leaf.isEstimate = false;
      directions.fill(leaf.values, step, sample, leaf.offset);
    }
  }
}

const single = [0];

/**
 * y ← y + factor · coefficient · v, leaf by leaf.
 * @param coefficient that of the direction in the estimate, its slope for instance
 * @param moved the same where a layer's result was moved: there the estimate holds the slopes already
 */
export function accumulate(
  to: readonly Leaf[],
  factor: number,
  from: readonly Directed[],
  coefficient: number,
  moved: number,
): void {
  for (let l = 0; l < to.length; l++) {
    const y = to[l];
    const x = from[l];
    if (y?.kind === "array" && x?.kind === "array") addLeaf(y.values, factor, x, coefficient, moved);
    else if (y?.kind === "field" && x?.kind === "field") {
      y.owner[y.name] = numberIn(y) + factor * coefficient * numberIn(x);
    }
  }
}

/** The same for one array. */
export function addLeaf(y: NumericArray, factor: number, x: Directed, coefficient: number, moved: number): void {
  if (x.kind === "field") {
    y[0] = (y[0] as number) + factor * coefficient * numberIn(x);
    return;
  }
  const structure = x.values instanceof Float32Array ? structureOf(x.values) : undefined;
  if (structure === undefined) {
    addScaled(y, factor * (x.isEstimate === true ? moved : coefficient), x.values);
    return;
  }
  const activity = structure.kind === "rankOne" ? structure.activity : undefined;
  const share = activity !== undefined && activity.rows > 0 ? moved : coefficient;
  const variance = activity === undefined ? 1 : activity.deviation ** 2;
  addStructured(y as Float32Array, (factor * share) / variance, structure);
}
