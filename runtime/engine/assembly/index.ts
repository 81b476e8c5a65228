/** The engine's exports. Arrays are given by their addresses in bytes, tangents that are absent by 0. */

export { maxPool, patches, spread } from "./convolution";
export { addOuter, axpy, bias, biasRelu, clear, mask, outer, relu, repeat, sumRows } from "./elementwise";
export { dot, matmul } from "./matmul";
export { addRandom, address, normals, signs } from "./random";

import { productScratchSize, useProductScratch } from "./matmul";
import { randomScratchSize, useRandomScratch } from "./random";

/** Bytes of scratch memory that `useScratch` wants. */
export function scratchSize(): usize {
  return productScratchSize() + randomScratchSize();
}

/** Gives this instance memory of its own to work in, aligned to 64 bytes. */
export function useScratch(at: usize): void {
  useProductScratch(at);
  useRandomScratch(at + productScratchSize());
}
