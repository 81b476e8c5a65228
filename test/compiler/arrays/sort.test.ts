import { inferred, numeric } from "../../support/source.ts";
import { describeTraps } from "../../support/traps.ts";

const xs = [2.5, -0.5, 1.25, 0.75, -3];

describeTraps("sorting", [
  {
    name: "sort in place by a comparator, seen under another name",
    source: inferred(
      "xs: number[], k: number",
      "const same = xs; const back = xs.sort((a, b) => a - b); same[0]! *= k; return [back, same];",
    ),
    args: [xs, 1.5],
    more: [[[1], 2]],
  },
  {
    name: "sort of a copy leaves the array alone",
    source: inferred(
      "xs: number[], k: number",
      "const s = [...xs].sort((a, b) => b - a); const t = xs.slice().sort((a, b) => k * a - k * b); return [s, t, xs];",
    ),
    args: [xs, 1.5],
  },
  {
    name: "stable among equals",
    source: inferred(
      "xs: number[], ys: number[]",
      "const rows = xs.map((x, i) => ({ key: Math.round(x / 2), value: ys[i]! * x })); rows.sort((a, b) => a.key - b.key); return rows.map((row) => row.value);",
    ),
    args: [
      [4, 1, 4.1, 1.2, 3.9, 0.9],
      [1, 2, 3, 4, 5, 6],
    ],
  },
  {
    name: "objects keep their shadows",
    source: numeric(
      "xs: number[]",
      "const os = xs.map((x) => ({ x, twice: 2 * x })); const first = os[0]!; os.sort((a, b) => a.x - b.x); first.twice *= 3; return os[0]!.x * os[4]!.twice;",
    ),
    args: [xs],
  },
  {
    name: "a function of the module, a local one, a block body as the comparator",
    source: inferred(
      "xs: number[]",
      "const down = (a: number, b: number) => b - a; return [xs.slice().sort(up), xs.slice().sort(down), xs.slice().sort((a, b) => { if (a > b) return -1; const d = b - a; return d > 0 ? 1 : 0; })];",
      "function up(a: number, b: number) { return a - b; }\n",
    ),
    args: [xs],
  },
  {
    name: "without a comparator, by text",
    source: inferred("xs: number[]", "return xs.sort();"),
    args: [[10, 9, 1, -2, 1e21, 0.5, 100]],
  },
  {
    name: "typed arrays go by size",
    source: inferred(
      "f: Float64Array, g: Float32Array",
      "const h = f.slice().sort((a, b) => b - a); f.sort(); g.sort(); return [f, g, h];",
    ),
    args: [Float64Array.of(10, 9, -0, 0, Number.NaN, -1, 0), Float32Array.of(3, 1, 2)],
  },
  {
    name: "the order of indices by active values",
    source: numeric(
      "xs: number[], ys: number[]",
      "const order = xs.map((_, i) => i).sort((i, j) => xs[i]! - xs[j]!); return order.reduce((s, i, rank) => s + ys[i]! * rank * xs[i]!, 0);",
    ),
    args: [xs, [1, 2, 3, 4, 5]],
  },
  {
    name: "a comparator that throws leaves the array as it was",
    source: inferred(
      "xs: number[]",
      "try { xs.sort((a, b) => { if (a * b < 0) throw new Error('signs'); return a - b; }); } catch { xs[0]! *= 2; } return xs;",
    ),
    args: [xs],
    more: [[[3, 2, 1]]],
  },
  {
    name: "calls of a comparator are the primal's",
    source: inferred(
      "xs: number[]",
      "let calls = 0; xs.sort((a, b) => { calls++; console.log(a, b); return a - b; }); return [xs, [calls]];",
    ),
    args: [xs],
  },
  {
    name: "sort in a loop, median and quantiles",
    source: numeric(
      "rows: number[][], q: number",
      "let s = 0; for (const row of rows) { const sorted = row.slice().sort((a, b) => a - b); const at = (sorted.length - 1) * 0.3; const i = Math.floor(at); s += sorted[i]! * (1 - (at - i)) + sorted[i + 1]! * (at - i) * q; } return s;",
    ),
    args: [
      [
        [3, 1, 2],
        [9, 7, 8, 6],
      ],
      1.1,
    ],
  },
]);

describeTraps("methods that copy and move", [
  {
    name: "concat takes elements and arrays",
    source: inferred(
      "x: number, xs: number[]",
      "return [[1, 2].concat(x), [x].concat(3), [1].concat(xs, x * x, [2])];",
    ),
    args: [1.5, [2, 3]],
  },
  {
    name: "toReversed, at, with, indexOf, includes",
    source: inferred(
      "xs: number[], k: number",
      "return [[xs.at(-1)! * k, xs.indexOf(2.5) + 1, xs.includes(k) ? 1 : 0], xs.slice().reverse()];",
    ),
    args: [xs, 1.5],
  },
  {
    name: "spreads in literals",
    source: inferred(
      "xs: number[], f: Float32Array, k: number",
      "return [[...xs, k], [k, ...f, ...xs], [...xs.keys()]];",
    ),
    args: [xs, Float32Array.of(1, 2), 1.5],
  },
]);
