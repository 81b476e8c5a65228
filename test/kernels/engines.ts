/** What the tests of kernels share: engines to run on, arrays in and out of their memory, and random numbers. */

import { type EngineOptions, floats } from "../../runtime/kernels/index.ts";
import { randomNormal } from "../../runtime/random/index.ts";

/** The engines that this host can run. */
export const ENGINES: readonly EngineOptions[] = [{ name: "javascript" }, { name: "wasm", memory: 2 ** 27 }];

/** An array of normal numbers, in the engine's memory or of its own. */
export function normals(length: number, seed: number, own = false): Float32Array {
  const array = own ? new Float32Array(length) : floats(length);
  for (let i = 0; i < length; i++) array[i] = randomNormal(seed, 0, i);
  return array;
}
