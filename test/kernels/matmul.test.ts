import { beforeAll, describe, expect, test } from "vitest";
import { stored } from "../../runtime/kernels/dense.ts";
import {
  floats,
  matmul,
  matmul_jvp,
  matmulNT,
  matmulNT_jvp,
  matmulTN,
  matmulTN_jvp,
  matmulTT,
  matmulTT_jvp,
  scope,
  useEngine,
} from "../../runtime/kernels/index.ts";
import { structured } from "../../runtime/structured.ts";
import { ENGINES, normals } from "./engines.ts";

const FORMS = ["matmul", "matmulNT", "matmulTN", "matmulTT"] as const;
const kernels = { matmul, matmulNT, matmulTN, matmulTT };
const tangents = { matmul: matmul_jvp, matmulNT: matmulNT_jvp, matmulTN: matmulTN_jvp, matmulTT: matmulTT_jvp };
const SHAPES = [
  [1, 1, 1],
  [1, 5, 7],
  [2, 300, 3],
  [3, 4, 33],
  [4, 1, 4],
  [5, 9, 2],
  [7, 13, 5],
  [9, 261, 10],
  [5, 50, 6],
  [2, 6, 70],
  [70, 5, 3],
  [3, 270, 11],
  [13, 3, 6],
  [5, 6, 67],
  [67, 1030, 5],
  [33, 65, 17],
  [34, 520, 28],
  [65, 30, 64],
  [300, 7, 76],
] as const;
const STRUCTURES = ["none", "stored", "rankOne", "normal", "sign"] as const;

/** Σₚ over doubles, and the sum of magnitudes, which bounds the rounding. */
function reference(form: (typeof FORMS)[number], a: Float32Array, b: Float32Array, m: number, k: number, n: number) {
  const value = new Float64Array(m * n);
  const size = new Float64Array(m * n);
  const left = (i: number, p: number) =>
    a[form.endsWith("TN") || form.endsWith("TT") ? p * m + i : i * k + p] as number;
  const right = (p: number, j: number) =>
    b[form.endsWith("NT") || form.endsWith("TT") ? j * k + p : p * n + j] as number;
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      for (let p = 0; p < k; p++) {
        const product = left(i, p) * right(p, j);
        value[i * n + j] = (value[i * n + j] as number) + product;
        size[i * n + j] = (size[i * n + j] as number) + Math.abs(product);
      }
    }
  }
  return { value, size };
}

type Reference = ReturnType<typeof reference>;

/** Each element is the sum of the references' values, within a share of the sum of their sizes. */
function expectWithin(actual: Float32Array, parts: readonly Reference[], bound: number): void {
  let most = 0;
  for (let i = 0; i < actual.length; i++) {
    let excess = -(actual[i] as number);
    let size = 0;
    for (const part of parts) {
      excess += part.value[i] as number;
      size += part.size[i] as number;
    }
    most = Math.max(most, Math.abs(excess) - bound * size);
  }
  expect(most).toBeLessThanOrEqual(1e-12);
}

function sameBits(a: Float32Array, b: Float32Array): boolean {
  return a.every((value, i) => Object.is(value, b[i]));
}

function tangentOf(structure: (typeof STRUCTURES)[number], rows: number, columns: number, own: boolean) {
  if (structure === "none") return undefined;
  if (structure === "stored") return normals(rows * columns, 4, own);
  if (structure === "rankOne") {
    return structured({ kind: "rankOne", left: normals(rows, 5, own), right: normals(columns, 6, own) });
  }
  return structured({ kind: "seeded", distribution: structure, seed: 7, step: 3, offset: 5, length: rows * columns });
}

describe.each(ENGINES)("on $name", (options) => {
  beforeAll(() => void useEngine(options));

  describe.each(FORMS)("%s", (form) => {
    test.each(SHAPES)("%i × %i × %i", (m, k, n) => {
      // The numbers are the same wherever arrays live.
      const known = new Map<string, Reference>();
      const once = (name: string, x: Float32Array, y: Float32Array) => {
        const found = known.get(name) ?? reference(form, x, y, m, k, n);
        known.set(name, found);
        return found;
      };
      for (const own of [false, true]) {
        scope(() => {
          const a = normals(m * k, 1, own);
          const b = normals(k * n, 2, own);
          const c = own ? new Float32Array(m * n).fill(7) : floats(m * n).fill(7);
          kernels[form](a, b, c, m, k, n);
          const expected = once("value", a, b);
          const bound = (Math.min(k, 256) + k / 256 + 2) * 2 ** -24;
          expectWithin(c, [expected], bound);
          for (const varies of [false, true]) {
            for (const structure of STRUCTURES) {
              const a_t = varies ? normals(m * k, 3, own) : undefined;
              const turned = form === "matmulNT" || form === "matmulTT";
              const b_t = turned ? tangentOf(structure, n, k, own) : tangentOf(structure, k, n, own);
              const value = new Float32Array(m * n);
              const out = own ? value : floats(m * n);
              const out_t = own ? new Float32Array(m * n).fill(9) : floats(m * n).fill(9);
              tangents[form](a, a_t, b, b_t, out, out_t, m, k, n);
              const v = stored(b_t, b);
              const first = a_t === undefined ? undefined : once("first", a_t, b);
              const second = v === undefined ? undefined : once(structure, a, v);
              expect(sameBits(out, c)).toBe(true);
              const parts = [first, second].filter((part) => part !== undefined);
              expectWithin(out_t, parts, 2 * bound);
            }
          }
        });
      }
    });
  });
});
