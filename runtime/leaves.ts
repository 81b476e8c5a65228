/**
 * The real numbers inside a structure of numbers, float arrays, arrays and objects, as one long vector: in order of fields and
 * elements, objects met twice counted once. Basis directions, random directions and finite differences are all written so.
 */

import { isFloatArray, isRecord } from "./tangent.ts";

/** A run of consecutive coordinates: the elements of a numeric array, or one numeric field of an array or object. */
export type Leaf =
  | {
      readonly kind: "array";
      readonly owner: Record<string, unknown>;
      readonly name: string;
      readonly values: NumericArray;
      readonly offset: number;
      readonly length: number;
    }
  | {
      readonly kind: "field";
      readonly owner: Record<string, unknown>;
      readonly name: string;
      readonly offset: number;
      readonly length: 1;
    };

/** What holds numbers by index. */
export type NumericArray = Float32Array | Float64Array | number[];

type Container = readonly unknown[] | Record<string, unknown>;

/**
 * All leaves inside `root`, which is itself only their container. With `guide`, a structure of the same shape or with some
 * fields left out (a tangent), only the leaves of `root` that it has too, at the same offsets as the guide's own.
 */
export function leavesOf(root: Container, guide: Container = root): Leaf[] {
  const leaves: Leaf[] = [];
  const seen = new Set<object>();
  let offset = 0;
  const walk = (owner: Container, like: Container): void => {
    if (seen.has(like)) return;
    seen.add(like);
    for (const name of Object.keys(like)) {
      visit(owner as Record<string, unknown>, name, (like as Record<string, unknown>)[name]);
    }
  };
  const visit = (owner: Record<string, unknown>, name: string, like: unknown): void => {
    if (typeof like === "number") {
      leaves.push({ kind: "field", owner, name, offset, length: 1 });
      offset += 1;
    } else if (isFloatArray(like) || isNumbers(like)) {
      if (seen.has(like)) return;
      seen.add(like);
      leaves.push({ kind: "array", owner, name, values: owner[name] as NumericArray, offset, length: like.length });
      offset += like.length;
    } else if (Array.isArray(like) || isRecord(like)) {
      walk(owner[name] as Container, like);
    }
  };
  walk(root, guide);
  return leaves;
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((element) => typeof element === "number");
}

/** How many coordinates the leaves hold together. */
export function dimension(leaves: readonly Leaf[]): number {
  const last = leaves.at(-1);
  return last === undefined ? 0 : last.offset + last.length;
}

/** Sets the coordinate `index` of the vector. @throws RangeError outside of it */
export function write(leaves: readonly Leaf[], index: number, value: number): void {
  const leaf = leafAt(leaves, index);
  if (leaf.kind === "array") leaf.values[index - leaf.offset] = value;
  else leaf.owner[leaf.name] = value;
}

function leafAt(leaves: readonly Leaf[], index: number): Leaf {
  let low = 0;
  let high = leaves.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const leaf = leaves[middle];
    if (leaf === undefined) break;
    if (index < leaf.offset) high = middle - 1;
    else if (index >= leaf.offset + leaf.length) low = middle + 1;
    else return leaf;
  }
  throw new RangeError(`There is no coordinate ${index} among ${dimension(leaves)}.`);
}

/** Copies all coordinates into a fresh vector. */
export function flatten(leaves: readonly Leaf[]): Float64Array {
  const vector = new Float64Array(dimension(leaves));
  for (const leaf of leaves) {
    if (leaf.kind === "array") vector.set(leaf.values, leaf.offset);
    else vector[leaf.offset] = Number(leaf.owner[leaf.name]);
  }
  return vector;
}

/** Writes all coordinates from a vector of the same dimension. */
export function unflatten(leaves: readonly Leaf[], vector: Float64Array): void {
  for (const leaf of leaves) {
    if (leaf.kind === "field") leaf.owner[leaf.name] = vector[leaf.offset];
    else for (let i = 0; i < leaf.length; i++) leaf.values[i] = Number(vector[leaf.offset + i]);
  }
}
