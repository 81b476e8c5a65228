/** Random numbers that a product leaves for the update: found or not, they give the same bits. */

import { beforeEach, expect, test } from "vitest";
import { bytesKept, startKeeping, stopKeeping } from "../../runtime/engine/kept.ts";
import {
  conv2d_jvp,
  engine,
  floats,
  mark,
  matmul_jvp,
  matmulNT_jvp,
  release,
  scope,
  useEngine,
} from "../../runtime/kernels/index.ts";
import { addStructured } from "../../runtime/optimizer/structures.ts";
import { type Structure, structured } from "../../runtime/structured.ts";
import { normals } from "./engines.ts";

const MEMORY = 2 ** 22;

beforeEach(() => void useEngine({ name: "wasm", memory: MEMORY }));

const seeded = (length: number, offset: number): Structure => ({
  kind: "seeded",
  distribution: "normal",
  seed: 9,
  step: 4,
  offset,
  length,
});

/** A product with two seeded matrices one after the other, and an update of both. */
function step(n: number, keeping: boolean, between: () => void = () => {}): Float32Array[] {
  return scope(() => {
    const [x, y, y_t] = [normals(4 * n, 1), floats(4 * n), floats(4 * n)];
    const layers = [0, n * n].map((offset) => ({ w: normals(n * n, 2 + offset), v: seeded(n * n, offset) }));
    const results: Float32Array[] = [];
    if (keeping) startKeeping();
    layers.forEach(({ w, v }, l) => {
      const product = l === 0 ? matmul_jvp : matmulNT_jvp;
      product(x, undefined, w, structured(v), y, y_t, 4, n, n);
      results.push(y_t.slice());
    });
    stopKeeping();
    between();
    for (const { w, v } of layers) {
      addStructured(w, 0.3, v);
      results.push(w.slice());
    }
    return results;
  });
}

test.each([30, 100, 300])("two matrices of %i rows, kept whole, in part or not at all", (n) => {
  const made = step(n, false);
  expect(bytesKept()).toBe(0);
  expect(step(n, true)).toEqual(made);
  const kept = bytesKept();
  expect(kept).toBeGreaterThan(0.9 * Math.min(8 * n * n, MEMORY / 8 - 4 * n * n));
  expect(kept).toBeLessThanOrEqual(MEMORY / 8);
  // Numbers of the same address again: those of the last run are forgotten, and made anew.
  expect(step(n, true)).toEqual(made);
});

test("what the arena takes is no longer kept, whether its arrays are new or come again", () => {
  const n = 50;
  const made = step(n, false);
  const start = mark();
  const whole = engine().memory / 4 - 2 ** 17;
  floats(whole);
  release(start);
  expect(step(n, true)).toEqual(made);
  expect(bytesKept()).toBeGreaterThan(0);
  const overwritten = step(n, true, () => {
    scope(() => void floats(whole + 2 ** 16).fill(7));
    expect(bytesKept()).toBe(0);
  });
  expect(overwritten).toEqual(made);
  // With the memory full, nothing is kept.
  floats(whole + 2 ** 16);
  expect(step(n, true)).toEqual(made);
  expect(bytesKept()).toBe(0);
});

test("filters are kept as matrices are", () => {
  const shape = { batch: 2, height: 6, width: 5, inputs: 8, outputs: 16, size: 3, padding: 1 };
  const run = (keeping: boolean) =>
    scope(() => {
      const [x, w] = [normals(2 * 30 * 8, 1), normals(72 * 16, 2)];
      const [y, y_t] = [floats(2 * 30 * 16), floats(2 * 30 * 16)];
      const v = seeded(72 * 16, 5);
      if (keeping) startKeeping();
      conv2d_jvp(x, undefined, w, structured(v), y, y_t, shape);
      stopKeeping();
      addStructured(w, -0.1, v);
      return [y_t.slice(), w.slice()];
    });
  const made = run(false);
  expect(run(true)).toEqual(made);
  expect(bytesKept()).toBe(4 * 72 * 16);
});
