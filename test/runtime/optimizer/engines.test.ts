/** Optimizers on the WebAssembly engine and in plain JavaScript: the same steps, within rounding. */

import { afterAll, expect, test } from "vitest";
import { floats, scope, useEngine } from "../../../runtime/kernels/index.ts";
import { adam, momentum, nesterov, type Optimizer, plain } from "../../../runtime/optimizer/index.ts";
import { fillNormal } from "../../../runtime/random/index.ts";

afterAll(() => void useEngine({}));

const LENGTH = 1003;
const STEPS = 40;

/** Where an array ends after some steps along estimates that are given, and how far each number has gone on the way. */
function steps(optimizer: Optimizer): { readonly theta: Float32Array; readonly way: Float64Array } {
  return scope(() => {
    const theta = floats(LENGTH);
    const g = floats(LENGTH);
    const state = Array.from({ length: optimizer.slots }, () => floats(LENGTH));
    const way = new Float64Array(LENGTH);
    fillNormal(theta, 1, 0);
    const part = {
      addTo(y: Float32Array | Float64Array | number[], factor: number) {
        for (let i = 0; i < LENGTH; i++) y[i] = (y[i] as number) + factor * (g[i] as number);
      },
      dense: () => g,
    };
    for (let count = 1; count <= STEPS; count++) {
      fillNormal(g, 2, count);
      // Numbers of all sizes, and none at all.
      for (let i = 0; i < LENGTH; i++) g[i] = i % 10 === 9 ? 0 : (g[i] as number) * 10 ** ((i % 7) - 3);
      const before = theta.slice();
      optimizer.update(theta, part, state, { learningRate: 0.01, count });
      for (let i = 0; i < LENGTH; i++)
        way[i] = (way[i] as number) + Math.abs((theta[i] as number) - (before[i] as number));
    }
    return { theta: theta.slice(), way };
  });
}

test.each([
  plain({ weightDecay: 0.3 }),
  plain({ weightDecay: 1e-6 }),
  momentum({ weightDecay: 0.1 }),
  nesterov({ momentum: 0.95 }),
  adam(),
  adam({ beta1: 0.5, beta2: 0.9, epsilon: 1e-3, weightDecay: 0.1 }),
  adam({ epsilon: 1e-30 }),
])("$name", (optimizer) => {
  useEngine({ name: "javascript" });
  const expected = steps(optimizer);
  useEngine({ name: "wasm", memory: 2 ** 22 });
  const { theta } = steps(optimizer);
  for (let i = 0; i < LENGTH; i++) {
    const there = expected.theta[i] as number;
    // Terms within 2⁻²¹ of themselves; what is stored is rounded at each step.
    const bound =
      2 ** -21 * 4 * (expected.way[i] as number) + 2 ** -24 * STEPS * (Math.abs(there) + (expected.way[i] as number));
    expect(Math.abs((theta[i] as number) - there), `number ${i}`).toBeLessThanOrEqual(bound);
  }
});
