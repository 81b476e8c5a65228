/** The models and all that trains them, to be compiled as one program: what the tests of whole models import. */

export * as cnn from "../../fixtures/models/cnn.ts";
export * as logistic from "../../fixtures/models/logistic.ts";
export * as mlp from "../../fixtures/models/mlp.ts";
export { gradient, jvp } from "../../runtime/index.ts";
export { floats, mark, matrix, memoryInUse, release, scope, useEngine } from "../../runtime/kernels/index.ts";
export * from "../../runtime/optimizer/index.ts";
export { fillNormal } from "../../runtime/random/index.ts";
export { structured } from "../../runtime/structured.ts";
export { logisticStep, mlpStep } from "../bench/models/backpropagation.ts";
export { cnnStep } from "../bench/models/cnn.ts";
