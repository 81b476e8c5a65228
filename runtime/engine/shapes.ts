/** Which arrays stand for matrices, and of what shape: directions with a structure of their own are made by it. */

/** Rows and columns. */
export type Shape = readonly [rows: number, columns: number];

const shapes = new WeakMap<Float32Array, Shape>();

/** @throws RangeError unless the array holds rows × columns elements */
export function setShape(array: Float32Array, rows: number, columns: number): void {
  if (array.length !== rows * columns) {
    throw new RangeError(`An array of length ${array.length} is no matrix of ${rows} × ${columns}.`);
  }
  shapes.set(array, [rows, columns]);
}

/** The shape that was set, or undefined. */
export function shapeOf(array: Float32Array): Shape | undefined {
  return shapes.get(array);
}

export function forgetShape(array: Float32Array): void {
  shapes.delete(array);
}
