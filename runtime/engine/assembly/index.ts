/** The engine's exports. Arrays are given by their addresses in bytes, tangents that are absent by 0. */

export { maxPool, patches, spread } from "./convolution";
export { addOuter, axpy, bias, biasRelu, clear, mask, outer, relu, repeat, sumRows } from "./elementwise";
export { dot, matmul } from "./matmul";
export { addRandom, normals, signs } from "./random";
export { address } from "./threefry";

import { END, writeConstants } from "./constants";
import { productScratchSize, useProductScratch } from "./matmul";
import { randomScratchSize, useRandomScratch } from "./random";

/** The first address that the module's constants leave free. */
export function constantsEnd(): usize {
  return END;
}

/** Bytes of scratch memory that `useScratch` wants. */
export function scratchSize(): usize {
  return productScratchSize() + randomScratchSize();
}

/** Gives this instance memory of its own to work in, aligned to 64 bytes. */
export function useScratch(at: usize): void {
  writeConstants();
  useProductScratch(at);
  useRandomScratch(at + productScratchSize());
}
