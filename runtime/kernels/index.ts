/**
 * Kernels: functions over Float32Array with tangents written by hand, fused with the primal. In each, output buffers
 * come after the operands and sizes come last; `NAME_jvp` has each array followed by its tangent, which is
 * undefined for an operand that does not vary.
 */

// Engines, and memory in which they work in place.
export { floats, floats_jvp, type Mark, mark, matrix, memoryInUse, release, scope } from "../engine/arena.ts";
export { type Engine, type EngineOptions, engine, useEngine } from "../engine/index.ts";
export { setShape, shapeOf } from "../engine/shapes.ts";
// Element by element, of two arrays.
export {
  add,
  add_jvp,
  divide,
  divide_jvp,
  multiply,
  multiply_jvp,
  subtract,
  subtract_jvp,
} from "./arithmetic.ts";
// To another place.
export {
  embedding,
  embedding_jvp,
  gather,
  gather_jvp,
  type Indices,
  transpose,
  transpose_jvp,
} from "./arrange.ts";
export { axpy, axpy_jvp, scale, scale_jvp } from "./axpy.ts";
// Layers.
export { bias, bias_jvp } from "./bias.ts";
// Images.
export { type ConvolutionShape, conv2d, conv2d_jvp, convolvedLength } from "./conv2d.ts";
export { gelu, gelu_jvp } from "./gelu.ts";
// A whole layer.
export { linear, linear_jvp, linearRelu, linearRelu_jvp } from "./linear.ts";
// Element by element.
export { abs, abs_jvp, exp, exp_jvp, log, log_jvp, sqrt, sqrt_jvp, square, square_jvp } from "./maps.ts";
// Products of matrices.
export {
  matmul,
  matmul_jvp,
  matmulNT,
  matmulNT_jvp,
  matmulTN,
  matmulTN_jvp,
  matmulTT,
  matmulTT_jvp,
} from "./matmul.ts";
export { batchNorm, batchNorm_jvp, layerNorm, layerNorm_jvp } from "./normalise.ts";
export { avgPool, avgPool_jvp, maxPool, maxPool_jvp, type PoolingShape } from "./pool.ts";
// To a number.
export { dot, dot_jvp, mean, mean_jvp, sum, sum_jvp } from "./reduce.ts";
export { biasRelu, biasRelu_jvp, relu, relu_jvp } from "./relu.ts";
// Losses.
export { sampleMean, sampleMean_jvp } from "./sampleMean.ts";
export { sigmoid, sigmoid_jvp } from "./sigmoid.ts";
export { accuracy, softmaxCrossEntropy, softmaxCrossEntropy_jvp } from "./softmaxCrossEntropy.ts";
export { tanh, tanh_jvp } from "./tanh.ts";
