/** Vectors of the shape of the parameters, as parallel leaves: what directions, estimates and the state of optimizers are. */

import { running } from "../engine/index.ts";
import { address, allHome, home } from "../engine/transfer.ts";
import { type Leaf, leavesOf, type NumericArray } from "../leaves.ts";
import { isRecord } from "../tangent.ts";

/** A direction as a whole. All vectors of one descent have the same shape. */
export interface Vector {
  /** The inner product, summed in double precision. */
  dot(other: Vector): number;
  /** v ← factor v. */
  scale(factor: number): void;
  /** v ← v + factor w. */
  add(factor: number, other: Vector): void;
  /** Takes the numbers of a tangent of the parameters. @throws TypeError when its shape is another one */
  set(tangent: unknown): void;
  /** Where its numbers lie. */
  readonly leaves: readonly Leaf[];
}

/** The vector whose numbers lie in these leaves. */
export function vectorOf(leaves: readonly Leaf[]): Vector {
  return {
    leaves,
    dot: (other) => dot(leaves, other.leaves),
    scale(factor) {
      for (const leaf of leaves) {
        if (leaf.kind === "array") scale(leaf.values, factor);
        else leaf.owner[leaf.name] = factor * numberIn(leaf);
      }
    },
    add(factor, other) {
      for (let l = 0; l < leaves.length; l++) {
        const y = leaves[l];
        const x = other.leaves[l];
        if (y?.kind === "array" && x?.kind === "array") addScaled(y.values, factor, x.values);
        else if (y?.kind === "field" && x?.kind === "field") y.owner[y.name] = numberIn(y) + factor * numberIn(x);
      }
    },
    set(tangent) {
      copyInto(leaves, leavesOf({ theta: tangent }));
    },
  };
}

/** Sets all numbers to 0. */
export function clear(leaves: readonly Leaf[]): void {
  for (const leaf of leaves) {
    if (leaf.kind === "array") leaf.values.fill(0);
    else leaf.owner[leaf.name] = 0;
  }
}

/** y ← x. @throws TypeError when the shapes differ */
export function copyInto(to: readonly Leaf[], from: readonly Leaf[]): void {
  const fits =
    from.length === to.length && to.every((y, l) => y.kind === from[l]?.kind && y.length === from[l]?.length);
  if (!fits) throw new TypeError("A guess must have the shape of the parameters' tangent.");
  for (let l = 0; l < to.length; l++) {
    const y = to[l];
    const x = from[l];
    if (y?.kind === "array" && x?.kind === "array")
      for (let i = 0; i < y.length; i++) y.values[i] = x.values[i] as number;
    else if (y?.kind === "field" && x?.kind === "field") y.owner[y.name] = numberIn(x);
  }
}

/** Σᵢ xᵢ yᵢ. */
export function dot(x: readonly Leaf[], y: readonly Leaf[]): number {
  let total = 0;
  for (let l = 0; l < x.length; l++) {
    const a = x[l];
    const b = y[l];
    if (a?.kind === "array" && b?.kind === "array") total += dotArrays(a.values, b.values);
    else if (a?.kind === "field" && b?.kind === "field") total += numberIn(a) * numberIn(b);
  }
  return total;
}

/** Σᵢ xᵢ yᵢ of two arrays, summed in double precision. */
export function dotArrays(x: NumericArray, y: NumericArray): number {
  const wasm = running();
  if (wasm !== undefined && x instanceof Float32Array && y instanceof Float32Array && allHome(wasm, x, y)) {
    return wasm.exports.dotWide(address(x), address(y), x.length);
  }
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += (x[i] as number) * (y[i] as number);
  return sum;
}

/** y ← factor y. In the engine's memory the factor, too, is rounded to single precision. */
export function scale(y: NumericArray, factor: number): void {
  const wasm = running();
  if (wasm !== undefined && y instanceof Float32Array && home(wasm, y)) {
    wasm.exports.scale(factor, address(y), address(y), y.length);
    return;
  }
  for (let i = 0; i < y.length; i++) y[i] = factor * (y[i] as number);
}

/** y ← y + factor x. */
export function addScaled(y: NumericArray, factor: number, x: NumericArray): void {
  const wasm = running();
  if (wasm !== undefined && y instanceof Float32Array && x instanceof Float32Array && allHome(wasm, y, x)) {
    wasm.exports.axpy(factor, address(x), address(y), y.length);
    return;
  }
  for (let i = 0; i < y.length; i++) y[i] = (y[i] as number) + factor * (x[i] as number);
}

/** The number in a field. */
export function numberIn(leaf: Leaf & { kind: "field" }): number {
  return leaf.owner[leaf.name] as number;
}

/**
 * Where each leaf of the parameters stands in them, dotted: "last.weights", "layers.0"; "" for parameters that are one array or number.
 * @param theta the parameters, whose leaves these are
 */
export function pathsOf(theta: unknown, leaves: readonly Leaf[]): string[] {
  const trails = new Map<unknown, string>();
  const walk = (value: unknown, trail: string): void => {
    if (!(Array.isArray(value) || isRecord(value)) || trails.has(value)) return;
    trails.set(value, trail);
    for (const name of Object.keys(value)) {
      walk((value as Record<string, unknown>)[name], trail === "" ? name : `${trail}.${name}`);
    }
  };
  walk(theta, "");
  return leaves.map(({ owner, name }) => {
    const trail = trails.get(owner);
    if (trail === undefined) return "";
    return trail === "" ? name : `${trail}.${name}`;
  });
}
