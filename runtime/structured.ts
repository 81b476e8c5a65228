/**
 * Directions that are not stored element by element. Where a tangent is expected, such a direction is given as an empty Float32Array
 * that carries its description: kernels know what to do with it, and code that reads elements finds none, which gives NaN and
 * never a silent zero.
 */

import type { ConvolutionShape } from "./kernels/conv2d.ts";

/** What a direction is made of. */
export type Structure =
  /**
   * V = left rightᵀ for a matrix of `left.length` rows, by rows. With `activity`, a layer X W takes the direction for its result instead: its
   * rows are moved, along `right` or each by itself, and X is kept for the estimate, which is (Xᵀ d) rightᵀ with the slopes d of the rows.
   */
  | {
      readonly kind: "rankOne";
      readonly left: Float32Array;
      readonly right: Float32Array;
      readonly activity?: Activity | undefined;
    }
  /** Element i is random number `offset` + i of the address (seed, step). */
  | {
      readonly kind: "seeded";
      readonly distribution: "normal" | "sign";
      readonly seed: number;
      readonly step: number;
      readonly offset: number;
      readonly length: number;
    };

/** How a layer's result is moved instead of its weights, and what the layer leaves behind for the estimate. */
export interface Activity {
  /** σ: results are moved by ±σ, which `right` holds, and the estimate is divided by σ². */
  readonly deviation: number;
  /** Whether each row is moved along signs of its own; else all rows are moved along `right`. */
  readonly independent: boolean;
  /** Whether a layer that ends in relu leaves results that relu makes 0 out of the estimate. */
  readonly masked: boolean;
  /** Where the signs of rows come from: fills them with ±1. */
  readonly signs: (out: Float32Array) => void;
  /** How many samples the rows belong to, the first rows to the first: as many as rows, or images of so many pixels. */
  samples: number;
  /** Of a layer that is a convolution: where its rows come from. */
  convolution: ConvolutionShape | undefined;
  /** How many rows were moved; 0 when the direction was taken for the weights themselves, or not at all. */
  rows: number;
  /** The layer's input, `rows` × inputs, by rows, in memory that is used again. */
  input: Float32Array;
  /** Whether rows were moved differently from each other. */
  apart: boolean;
  /** If so, how: `rows` × outputs, by rows. */
  moves: Float32Array;
  /** The direction of the layer's biases, when these went along with the layer. */
  biases: Float32Array | undefined;
  /** σ² times the estimate for the weights, where rows were moved differently; valid once the slopes of the rows are known. */
  gradient: Float32Array | undefined;
}

const structures = new WeakMap<Float32Array, Structure>();

/** A stand-in for the direction, to be given where its tangent is expected. */
export function structured(structure: Structure): Float32Array {
  const stand = new Float32Array(0);
  structures.set(stand, structure);
  return stand;
}

/** Makes an existing stand-in mean another direction, without allocating. */
export function restructure(stand: Float32Array, structure: Structure): void {
  structures.set(stand, structure);
}

/** The description of a stand-in; undefined for an array that is stored. */
export function structureOf(tangent: Float32Array | undefined): Structure | undefined {
  return tangent === undefined || tangent.length > 0 ? undefined : structures.get(tangent);
}

/** How many elements the direction has. */
export function lengthOf(structure: Structure): number {
  return structure.kind === "rankOne" ? structure.left.length * structure.right.length : structure.length;
}
