/** Digits moved by whole pixels, at random. */

import { randomBits } from "../../runtime/random/index.ts";

const SHIFT_STREAM = 9;

/**
 * Copies images, each moved by up to `reach` pixels to either side, up and down; what comes in has the value of the first pixel, paper.
 * @param from [batch, side · side] row by row; so is `to`, which must be another array
 * @param seed with the step, finds the distances
 */
export function moveImages(
  from: Float32Array,
  to: Float32Array,
  side: number,
  reach: number,
  seed: number,
  step: number,
): void {
  if (reach === 0) {
    to.set(from);
    return;
  }
  const pixels = side * side;
  const places = 2 * reach + 1;
  for (let image = 0, i = 0; image < from.length; image += pixels, i++) {
    const bits = randomBits(seed, step, i, SHIFT_STREAM);
    const dx = ((bits & 0xffff) % places) - reach;
    const dy = ((bits >>> 16) % places) - reach;
    to.fill(from[image] as number, image, image + pixels);
    const left = Math.max(0, dx);
    const width = side - Math.abs(dx);
    for (let y = Math.max(0, dy); y < side + Math.min(0, dy); y++) {
      const source = image + (y - dy) * side + left - dx;
      to.set(from.subarray(source, source + width), image + y * side + left);
    }
  }
}
