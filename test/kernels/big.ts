/** Kernels on arrays that are big enough to be split between threads: sums of their results, for tests in Node and in browsers. */

import {
  axpy,
  bias_jvp,
  biasRelu_jvp,
  conv2d_jvp,
  floats,
  gelu_jvp,
  matmul_jvp,
  matmulNT,
  matmulTN_jvp,
  matmulTT,
  maxPool_jvp,
  multiply_jvp,
  relu_jvp,
  scope,
} from "../../runtime/kernels/index.ts";
import { addRandom, fillNormal, fillSigns } from "../../runtime/random/index.ts";
import { structured } from "../../runtime/structured.ts";

/** By kernel, numbers that change with any bit of any result. */
export function bigKernels(): Record<string, number[]> {
  return scope(() => {
    let step = 0;
    const normal = (length: number) => {
      const array = floats(length);
      fillNormal(array, 4, ++step, 3 * step);
      return array;
    };
    const results: Record<string, number[]> = {};
    const keep = (name: string, ...arrays: readonly Float32Array[]) => {
      results[name] = arrays.map((array) => {
        const bits = new Uint32Array(array.buffer, array.byteOffset, array.length);
        return bits.reduce((sum, word, i) => (sum + Math.imul(word, 2 * i + 1)) >>> 0, 0);
      });
    };
    const n = 70_001;
    const [x, x_t, y, y_t] = [normal(n), normal(n), floats(n), floats(n)];
    keep("normals", x, x_t);
    fillSigns(y, 1, 2, 77);
    keep("signs", y);
    addRandom(y, 0.25, "normal", 1, 3, 500);
    addRandom(y, 0.5, "sign", 1, 4, 2 ** 33 + 5);
    keep("addRandom", y);
    axpy(0.1, x, y);
    keep("axpy", y);
    relu_jvp(x, x_t, y, y_t);
    keep("relu", y, y_t);
    gelu_jvp(x, x_t, y, y_t);
    keep("gelu", y, y_t);
    multiply_jvp(x, x_t, x_t, undefined, y, y_t);
    keep("multiply", y, y_t);
    const [rows, columns] = [331, 211];
    const [z, z_t, b, b_t] = [normal(rows * columns), normal(rows * columns), normal(columns), normal(columns)];
    bias_jvp(z, z_t, b, b_t, z, z_t, rows, columns);
    keep("bias", z, z_t);
    biasRelu_jvp(z, z_t, b, undefined, z, z_t, rows, columns);
    keep("biasRelu", z, z_t);
    for (const [m, k, columnsOfB] of [
      [37, 301, 45],
      [5, 300, 401],
      [403, 200, 5],
      [2, 900, 301],
      [64, 256, 128],
    ] as const) {
      const [a, a_t, w, w_t] = [normal(m * k), normal(m * k), normal(k * columnsOfB), normal(k * columnsOfB)];
      const [c, c_t] = [floats(m * columnsOfB), floats(m * columnsOfB)];
      const title = `${m} × ${k} × ${columnsOfB}`;
      matmul_jvp(a, a_t, w, w_t, c, c_t, m, k, columnsOfB);
      keep(`matmul ${title}`, c, c_t);
      matmulTN_jvp(a, a_t, w, undefined, c, c_t, m, k, columnsOfB);
      keep(`matmulTN ${title}`, c, c_t);
      matmulNT(a, w, c, m, k, columnsOfB);
      matmulTT(a, w, c_t, m, k, columnsOfB);
      keep(`transposes ${title}`, c, c_t);
      const rankOne = structured({ kind: "rankOne", left: normal(k), right: normal(columnsOfB) });
      matmul_jvp(a, a_t, w, rankOne, c, c_t, m, k, columnsOfB);
      keep(`rank one ${title}`, c_t);
      const seeded = structured({
        kind: "seeded",
        distribution: "normal",
        seed: 1,
        step: 2,
        offset: 9,
        length: k * columnsOfB,
      });
      matmul_jvp(a, undefined, w, seeded, c, c_t, m, k, columnsOfB);
      keep(`seeded ${title}`, c_t);
    }
    const shape = { batch: 3, height: 20, width: 20, inputs: 16, outputs: 32, size: 3, padding: 1 };
    const [image, image_t, w, w_t] = [normal(19_200), normal(19_200), normal(4608), normal(4608)];
    const [out, out_t] = [floats(38_400), floats(38_400)];
    conv2d_jvp(image, image_t, w, w_t, out, out_t, shape);
    keep("conv2d", out, out_t);
    const [pooled, pooled_t] = [floats(9600), floats(9600)];
    maxPool_jvp(out, out_t, pooled, pooled_t, { batch: 3, height: 20, width: 20, channels: 32, size: 2 });
    keep("maxPool", pooled, pooled_t);
    return results;
  });
}
