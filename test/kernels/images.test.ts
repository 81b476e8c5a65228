import { beforeAll, describe, expect, test } from "vitest";
import { stored } from "../../runtime/kernels/dense.ts";
import {
  avgPool,
  avgPool_jvp,
  type ConvolutionShape,
  conv2d,
  conv2d_jvp,
  convolvedLength,
  floats,
  maxPool,
  maxPool_jvp,
  scope,
  useEngine,
} from "../../runtime/kernels/index.ts";
import { structured } from "../../runtime/structured.ts";
import { ENGINES, normals } from "./engines.ts";

const CONVOLUTIONS: readonly ConvolutionShape[] = [
  { batch: 2, height: 5, width: 4, inputs: 3, outputs: 7, size: 3, padding: 1 },
  { batch: 3, height: 6, width: 7, inputs: 1, outputs: 16, size: 3 },
  { batch: 1, height: 9, width: 9, inputs: 4, outputs: 5, size: 3, stride: 2, padding: 1 },
  { batch: 2, height: 3, width: 3, inputs: 5, outputs: 2, size: 5, padding: 2 },
  { batch: 2, height: 4, width: 3, inputs: 6, outputs: 9, size: 1 },
  { batch: 5, height: 20, width: 20, inputs: 16, outputs: 8, size: 3, padding: 1 },
];

/** By the definition, in doubles; and the sum of magnitudes. */
function reference(x: Float32Array, w: Float32Array, shape: ConvolutionShape) {
  const { batch, height, width, inputs, outputs, size, stride = 1, padding = 0 } = shape;
  const value: number[] = [];
  const magnitude: number[] = [];
  for (let b = 0; b < batch; b++) {
    for (let i = 0; i < convolvedLength(height, shape); i++) {
      for (let j = 0; j < convolvedLength(width, shape); j++) {
        for (let o = 0; o < outputs; o++) {
          let sum = 0;
          let most = 0;
          for (let u = 0; u < size; u++) {
            for (let v = 0; v < size; v++) {
              const row = i * stride + u - padding;
              const column = j * stride + v - padding;
              if (row < 0 || row >= height || column < 0 || column >= width) continue;
              for (let c = 0; c < inputs; c++) {
                const pixel = x[((b * height + row) * width + column) * inputs + c] as number;
                const product = pixel * (w[((u * size + v) * inputs + c) * outputs + o] as number);
                sum += product;
                most += Math.abs(product);
              }
            }
          }
          value.push(sum);
          magnitude.push(most);
        }
      }
    }
  }
  return { value, magnitude };
}

describe.each(ENGINES)("on $name", (options) => {
  beforeAll(() => void useEngine(options));

  test.each(CONVOLUTIONS)("conv2d %j", (shape) => {
    const { batch, height, width, inputs, outputs, size } = shape;
    const rows = size * size * inputs;
    const length = batch * convolvedLength(height, shape) * convolvedLength(width, shape) * outputs;
    for (const own of [false, true]) {
      scope(() => {
        const take = (n: number) => (own ? new Float32Array(n) : floats(n));
        const x = normals(batch * height * width * inputs, 1, own);
        const w = normals(rows * outputs, 2, own);
        const out = take(length).fill(7);
        conv2d(x, w, out, shape);
        const exact = reference(x, w, shape);
        const near = (actual: Float32Array, parts: readonly ReturnType<typeof reference>[]) =>
          actual.every((y, i) => {
            const sum = parts.reduce((total, { value }) => total + (value[i] ?? Number.NaN), 0);
            const bound = parts.reduce((total, { magnitude }) => total + (magnitude[i] ?? Number.NaN), 0);
            return Math.abs(y - sum) <= (rows + 2) * 2 ** -23 * bound;
          });
        expect(near(out, [exact])).toBe(true);
        const directions = [
          undefined,
          normals(rows * outputs, 3, own),
          structured({ kind: "rankOne", left: normals(rows, 4, own), right: normals(outputs, 5, own) }),
          structured({ kind: "seeded", distribution: "normal", seed: 1, step: 2, offset: 3, length: rows * outputs }),
        ];
        for (const w_t of directions) {
          for (const x_t of [undefined, normals(x.length, 6, own)]) {
            const value = take(length).fill(7);
            const slope = take(length).fill(7);
            conv2d_jvp(x, x_t, w, w_t, value, slope, shape);
            expect(value).toEqual(out);
            const v = stored(w_t, w);
            const parts = [];
            if (x_t !== undefined) parts.push(reference(x_t, w, shape));
            if (v !== undefined) parts.push(reference(x, v, shape));
            expect(near(slope, parts)).toBe(true);
          }
        }
      });
    }
  });

  test.each([
    { batch: 2, height: 4, width: 6, channels: 4, size: 2 },
    { batch: 1, height: 7, width: 5, channels: 3, size: 2 },
    { batch: 2, height: 6, width: 6, channels: 7, size: 3 },
  ])("pooling %j", (shape) => {
    const { batch, height, width, channels, size } = shape;
    const down = Math.floor(height / size);
    const across = Math.floor(width / size);
    scope(() => {
      const x = normals(batch * height * width * channels, 1);
      // Ties, for the first of them to win.
      for (let i = 0; i < x.length; i += 3) x[i] = Math.max(x[i] as number, 0);
      const x_t = normals(x.length, 2);
      const largest: number[] = [];
      const largest_t: number[] = [];
      const mean: number[] = [];
      const mean_t: number[] = [];
      for (let b = 0; b < batch; b++) {
        for (let i = 0; i < down; i++) {
          for (let j = 0; j < across; j++) {
            for (let c = 0; c < channels; c++) {
              const places = Array.from({ length: size * size }, (_, p) => {
                const row = i * size + Math.floor(p / size);
                return ((b * height + row) * width + j * size + (p % size)) * channels + c;
              });
              const best = places.reduce((at, p) => ((x[p] as number) > (x[at] as number) ? p : at));
              largest.push(x[best] as number);
              largest_t.push(x_t[best] as number);
              mean.push(Math.fround(places.reduce((s, p) => s + (x[p] as number), 0) / size ** 2));
              mean_t.push(Math.fround(places.reduce((s, p) => s + (x_t[p] as number), 0) / size ** 2));
            }
          }
        }
      }
      for (const own of [false, true]) {
        const inputs = own ? x.slice() : x;
        const out = own ? new Float32Array(largest.length) : floats(largest.length);
        const out_t = own ? new Float32Array(largest.length) : floats(largest.length);
        maxPool(inputs, out, shape);
        expect([...out]).toEqual(largest);
        maxPool_jvp(inputs, own ? x_t.slice() : x_t, out.fill(9), out_t, shape);
        expect([...out]).toEqual(largest);
        expect([...out_t]).toEqual(largest_t);
        maxPool_jvp(inputs, undefined, out, out_t, shape);
        expect([...out_t]).toEqual(largest.map(() => 0));
        avgPool(inputs, out, shape);
        expect([...out]).toEqual(mean);
        avgPool_jvp(inputs, x_t, out, out_t, shape);
        expect([...out_t]).toEqual(mean_t);
      }
    });
  });
});
