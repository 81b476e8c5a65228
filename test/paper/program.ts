/** What the tests of compiled experiments need, to be bundled with the compiler's plugin. */

export { mark, release, useEngine } from "../../runtime/kernels/index.ts";
export { plain } from "../../runtime/optimizer/index.ts";
export { descendValleys, sampleBeale } from "./experiments/valleys.ts";
export { localDescent, localLogits, newLocalNetwork } from "./local.ts";
export { newModel } from "./models.ts";
export { evaluate, splitDigits, trained } from "./train.ts";
