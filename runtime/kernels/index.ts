/**
 * Kernels: functions over Float32Array with tangents written by hand, fused with the primal. In each, output buffers
 * come after the operands and sizes come last; `NAME_jvp, NAME_jvps` has each array followed by its tangent, which is
 * undefined for an operand that does not vary.
 */

// Engines, and memory in which they work in place.
export {
  floats,
  floats_jvp,
  floats_jvps,
  type Mark,
  mark,
  matrix,
  memoryInUse,
  release,
  scope,
} from "../engine/arena.ts";
export { type Engine, type EngineOptions, engine, useEngine } from "../engine/index.ts";
export { setShape, shapeOf } from "../engine/shapes.ts";
// Element by element, of two arrays.
export {
  add,
  add_jvp,
  add_jvps,
  divide,
  divide_jvp,
  divide_jvps,
  multiply,
  multiply_jvp,
  multiply_jvps,
  subtract,
  subtract_jvp,
  subtract_jvps,
} from "./arithmetic.ts";
// To another place.
export {
  embedding,
  embedding_jvp,
  embedding_jvps,
  gather,
  gather_jvp,
  gather_jvps,
  type Indices,
  transpose,
  transpose_jvp,
  transpose_jvps,
} from "./arrange.ts";
export { axpy, axpy_jvp, axpy_jvps, scale, scale_jvp, scale_jvps } from "./axpy.ts";
// Layers.
export { bias, bias_jvp, bias_jvps } from "./bias.ts";
export { type ConvolutionShape, conv2d, conv2d_jvp, conv2d_jvps, convolvedLength } from "./conv2d.ts";
// Images.
export { conv2dRelu, conv2dRelu_jvp, conv2dRelu_jvps } from "./conv2dRelu.ts";
export { gelu, gelu_jvp, gelu_jvps } from "./gelu.ts";
// A whole layer.
export { linear, linear_jvp, linear_jvps, linearRelu, linearRelu_jvp, linearRelu_jvps } from "./linear.ts";
// Element by element.
export {
  abs,
  abs_jvp,
  abs_jvps,
  exp,
  exp_jvp,
  exp_jvps,
  log,
  log_jvp,
  log_jvps,
  sqrt,
  sqrt_jvp,
  sqrt_jvps,
  square,
  square_jvp,
  square_jvps,
} from "./maps.ts";
// Products of matrices.
export {
  matmul,
  matmul_jvp,
  matmul_jvps,
  matmulNT,
  matmulNT_jvp,
  matmulNT_jvps,
  matmulTN,
  matmulTN_jvp,
  matmulTN_jvps,
  matmulTT,
  matmulTT_jvp,
  matmulTT_jvps,
} from "./matmul.ts";
export { batchNorm, batchNorm_jvp, batchNorm_jvps, layerNorm, layerNorm_jvp, layerNorm_jvps } from "./normalise.ts";
export { avgPool, avgPool_jvp, avgPool_jvps, maxPool, maxPool_jvp, maxPool_jvps, type PoolingShape } from "./pool.ts";
// To a number.
export { dot, dot_jvp, dot_jvps, mean, mean_jvp, mean_jvps, sum, sum_jvp, sum_jvps } from "./reduce.ts";
export { biasRelu, biasRelu_jvp, biasRelu_jvps, relu, relu_jvp, relu_jvps } from "./relu.ts";
// Losses.
export { sampleMean, sampleMean_jvp, sampleMean_jvps } from "./sampleMean.ts";
export { sigmoid, sigmoid_jvp, sigmoid_jvps } from "./sigmoid.ts";
export {
  accuracy,
  softmaxCrossEntropy,
  softmaxCrossEntropy_jvp,
  softmaxCrossEntropy_jvps,
} from "./softmaxCrossEntropy.ts";
export { tanh, tanh_jvp, tanh_jvps } from "./tanh.ts";
