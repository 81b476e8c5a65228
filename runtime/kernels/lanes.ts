/** Rules for several directions at once: lists of tangents, one entry a direction, and the value computed once where that costs something. */

import { floats, mark, release } from "../engine/arena.ts";
import { running } from "../engine/index.ts";
import { home } from "../engine/transfer.ts";

/** The tangents of an operand, direction by direction; each is undefined where it does not vary. */
export type Lanes<T = Float32Array> = readonly (T | undefined)[];

/**
 * Runs a kernel once a direction. All but the last run leave the result's value in spare memory, since `out` may be an operand too.
 * @param run takes the place of the value, the place of the tangent, and the number of the direction
 */
export function inLanes(
  out: Float32Array,
  out_t: readonly Float32Array[],
  run: (out: Float32Array, out_t: Float32Array, lane: number) => void,
): void {
  const last = out_t.length - 1;
  const start = mark();
  try {
    if (last > 0) {
      const wasm = running();
      const spare = wasm !== undefined && home(wasm, out) ? floats(out.length) : new Float32Array(out.length);
      for (let lane = 0; lane < last; lane++) run(spare, out_t[lane] as Float32Array, lane);
    }
    run(out, out_t[last] as Float32Array, last);
  } finally {
    release(start);
  }
}

/** The value of a kernel that returns a number, and its slopes along `count` directions. */
export function numberInLanes(
  count: number,
  run: (lane: number) => [value: number, slope: number],
): [value: number, ...slopes: number[]] {
  let value = Number.NaN;
  const slopes: number[] = [];
  for (let lane = 0; lane < count; lane++) {
    const [same, slope] = run(lane);
    value = same;
    slopes.push(slope);
  }
  return [value, ...slopes];
}
