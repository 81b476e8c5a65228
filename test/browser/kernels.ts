/** What the test of kernels in a browser runs there, and in Node beside it: a few kernels, their tangents and random numbers on one engine. */

import {
  conv2d_jvp,
  engine,
  floats,
  matmul_jvp,
  matmulTT,
  maxPool_jvp,
  scope,
  useEngine,
} from "../../runtime/kernels/index.ts";
import { fillNormal, fillSigns } from "../../runtime/random/index.ts";
import { bigKernels } from "../kernels/big.ts";

/** The engine that was started, and numbers that came of it. */
export function run(name: "wasm" | "javascript"): { engine: string; numbers: number[][] } {
  useEngine({ name, fused: false, memory: 2 ** 24 });
  const numbers = scope(() => {
    let seed = 0;
    const normal = (length: number): Float32Array => {
      const array = floats(length);
      fillNormal(array, 1, ++seed);
      return array;
    };
    const signs = floats(33);
    fillSigns(signs, 5, 6, 7);
    const [a, a_t, b, b_t] = [normal(9 * 70), normal(9 * 70), normal(70 * 21), normal(70 * 21)];
    const [c, c_t, d] = [floats(9 * 21), floats(9 * 21), floats(9 * 21)];
    matmul_jvp(a, a_t, b, b_t, c, c_t, 9, 70, 21);
    matmulTT(a, b, d, 9, 70, 21);
    const [x, x_t, w, w_t] = [normal(2 * 36 * 3), normal(2 * 36 * 3), normal(27 * 5), normal(27 * 5)];
    const [y, y_t] = [floats(2 * 36 * 5), floats(2 * 36 * 5)];
    conv2d_jvp(x, x_t, w, w_t, y, y_t, { batch: 2, height: 6, width: 6, inputs: 3, outputs: 5, size: 3, padding: 1 });
    const [p, p_t] = [floats(2 * 9 * 5), floats(2 * 9 * 5)];
    maxPool_jvp(y, y_t, p, p_t, { batch: 2, height: 6, width: 6, channels: 5, size: 2 });
    return [signs, a, c, c_t, d, y, y_t, p, p_t].map((array) => [...array]);
  });
  return { engine: engine().name, numbers };
}

/** What one thread and two give, where the page may share memory. */
export async function threads(): Promise<{ isolated: boolean; threads: number; same: boolean }> {
  useEngine({ memory: 2 ** 26 });
  const alone = JSON.stringify(bigKernels());
  useEngine({ memory: 2 ** 26, threads: 2 });
  const shares = typeof SharedArrayBuffer === "function";
  for (let i = 0; shares && i < 2000 && engine().threads < 2; i++)
    await new Promise((resolve) => setTimeout(resolve, 5));
  const same = JSON.stringify(bigKernels()) === alone;
  const result = { isolated: Reflect.get(globalThis, "crossOriginIsolated") === true, threads: engine().threads, same };
  useEngine({ name: "javascript" });
  return result;
}
