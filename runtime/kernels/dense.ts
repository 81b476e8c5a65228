/** Structured directions written out, for kernels that have no better use for their structure. */

import { fillNormal, fillSigns } from "../random/index.ts";
import { lengthOf, type Structure, structureOf } from "../structured.ts";

/**
 * A tangent that is stored: itself, or, of a structured direction, its elements in fresh memory.
 * @throws RangeError when a structured direction has another length than its primal
 */
export function stored(tangent: Float32Array | undefined, primal: Float32Array): Float32Array | undefined {
  const structure = structureOf(tangent);
  if (structure === undefined) return tangent;
  requireStructure("a kernel", structure, primal.length);
  const out = new Float32Array(primal.length);
  writeElements(structure, 0, out);
  return out;
}

/** @throws RangeError unless the direction has so many elements */
export function requireStructure(kernel: string, structure: Structure, length: number): void {
  if (lengthOf(structure) === length) return;
  throw new RangeError(`${kernel}: a direction of ${lengthOf(structure)} elements does not fit an array of ${length}.`);
}

/** Writes elements `from` … `from + out.length − 1` of a structured direction. */
export function writeElements(structure: Structure, from: number, out: Float32Array): void {
  if (structure.kind === "seeded") {
    const fill = structure.distribution === "normal" ? fillNormal : fillSigns;
    fill(out, structure.seed, structure.step, structure.offset + from);
    return;
  }
  const { left, right } = structure;
  const columns = right.length;
  let row = Math.floor(from / columns);
  let column = from % columns;
  for (let i = 0; i < out.length; i++) {
    out[i] = (left[row] as number) * (right[column] as number);
    if (++column === columns) {
      column = 0;
      row++;
    }
  }
}
