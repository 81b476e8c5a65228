/** The engine's exports. Arrays are given by their addresses in bytes, tangents that are absent by 0. */

export { avgPool, maxPool, patches, spread } from "./convolution";
export { addOuter, axpy, bias, biasRelu, clear, mask, outer, relu, repeat, scale, sumRows } from "./elementwise";
export { abs, add, divide, exp, gelu, log, multiply, sigmoid, sqrt, square, subtract, tanh } from "./maps";
export { matmul } from "./matmul";
export { batchNorm, layerNorm } from "./normalise";
export { adam } from "./optimizer";
export { transpose } from "./pack";
export { addRandom, normals, signs } from "./random";
export { dot, dotTangent, dotWide, lastSlope, softmaxRows, sum } from "./reduce";
export { address } from "./threefry";

import { END, writeConstants } from "./constants";
import { mapScratchSize, useMapScratch } from "./maps";
import { productScratchSize, useProductScratch } from "./matmul";
import { randomScratchSize, useRandomScratch } from "./random";
import { reduceScratchSize, useReduceScratch } from "./reduce";

/** The first address that the module's constants leave free. */
export function constantsEnd(): usize {
  return END;
}

/** Bytes of scratch memory that `useScratch` wants. */
export function scratchSize(): usize {
  return productScratchSize() + randomScratchSize() + mapScratchSize() + reduceScratchSize();
}

/** Gives this instance memory of its own to work in, aligned to 64 bytes. */
export function useScratch(at: usize): void {
  writeConstants();
  useProductScratch(at);
  at += productScratchSize();
  useRandomScratch(at);
  at += randomScratchSize();
  useMapScratch(at);
  useReduceScratch(at + mapScratchSize());
}
