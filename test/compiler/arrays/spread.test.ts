import { inferred, numeric } from "../../support/source.ts";
import { describeTraps } from "../../support/traps.ts";

const xs = [2.5, -0.5, 1.25, 2.5];

describeTraps("spread arguments", [
  {
    name: "Math.max and Math.min of an array, ties split evenly",
    source: numeric("xs: number[], k: number", "return Math.max(...xs) * k - Math.min(...xs.map((x) => x * x));"),
    args: [xs, 1.5],
    more: [
      [[3, 3, 3], 2],
      [[-0, 0], 1],
    ],
  },
  {
    name: "the extremum of nothing is constant",
    source: numeric("xs: number[], k: number", "const m = Math.max(...xs); return m === -Infinity ? k : m * k;"),
    args: [[], 1.5],
    more: [[[3, -4], 0.5]],
  },
  {
    name: "a choice by a condition of several parts",
    source: numeric("x: number, y: number", "return x > y * 2 + 1 ? x : Math.abs(y) > 1 || -x < 0 ? y : x * y;"),
    args: [1.5, 2],
    more: [
      [5, 1.5],
      [-2, 0.5],
    ],
  },
  {
    name: "arrays and numbers together",
    source: numeric(
      "xs: number[], f: Float32Array, k: number",
      "return Math.max(k, ...xs, 1) + Math.min(...f, k, ...xs) * Math.max(...f, 10);",
    ),
    args: [xs, Float32Array.of(-0.5, 3), 2.5],
    more: [[[], Float32Array.of(), 2]],
  },
  {
    name: "Math.hypot of an array",
    source: numeric("xs: number[], k: number", "return Math.hypot(...xs) * Math.hypot(...xs, k);"),
    args: [xs, 1.5],
    more: [[[3], 1]],
  },
  {
    name: "literals and tuples are their elements",
    source: numeric(
      "p: [number, number, number], k: number",
      "return Math.hypot(...p) + Math.max(...[k, p[0], 2]) + Math.atan2(...([k, 2] as [number, number]));",
    ),
    args: [[1, 2, 3], 1.5],
  },
  {
    name: "Math.max.apply",
    source: numeric(
      "xs: number[], k: number",
      "return Math.max.apply(null, xs) * k + Math.min.apply(Math, [k, ...xs]);",
    ),
    args: [xs, 1.5],
  },
  {
    name: "tuples and literals spread into parameters",
    source: numeric(
      "p: [number, number], k: number",
      "return area(...p) * area(...[k, 2 * k] as const) + area(k, ...[p[1]] as [number]) + scaled(...p);",
      "const area = (a: number, b: number) => a * b;\nfunction scaled(a: number, b = 2, c = a * 3) { return a * b - c; }\n",
    ),
    args: [[1.5, 2], 0.7],
  },
  {
    name: "arrays spread into rest parameters",
    source: numeric(
      "xs: number[], k: number",
      "return total(...xs) * total(k, ...xs, 2, k) + total() + weighted(k, ...xs);",
      "function total(...values: number[]): number { return values.reduce((a, b) => a + b, 0); }\nfunction weighted(w: number, ...values: number[]): number { let s = 0; for (const v of values) s += w * v; return s; }\n",
    ),
    args: [xs, 1.5],
  },
  {
    name: "evaluation order of spread arguments",
    source: numeric(
      "p: [number, number], x: number",
      "return f3(...p, (p = [x, 9])[0]) + f3(...[x, x * 2], (x = 3)) + p[0] * x;",
      "const f3 = (a: number, b: number, c: number) => a * b - c * a;\n",
    ),
    args: [[1.5, 2], 0.7],
  },
  {
    name: "push of a spread",
    source: inferred(
      "xs: number[], ys: number[], k: number",
      "xs.push(k, ...ys, 1); const zs: number[] = []; zs.push(...xs); zs.unshift(...[k]); return [xs, zs];",
    ),
    args: [xs, [1, 2], 1.5],
  },
]);

describeTraps("copies of structures", [
  {
    name: "structuredClone",
    source: {
      "globals.d.ts": "declare function structuredClone<T>(value: T): T;\n",
      "main.ts": inferred(
        "o: { a: number[]; b: number }, f: Float64Array",
        "const c = structuredClone(o); const g = structuredClone(f); c.a[0]! *= 2; g[0] = o.b; return [c.a, [c.b, g[0]!, f[0]!], o.a];",
        "/// <reference path='./globals.d.ts' />\n",
      ),
    },
    args: [{ a: [1, 2], b: 3 }, Float64Array.of(4, 5)],
  },
]);
