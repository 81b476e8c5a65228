import { inferred, numeric } from "../../support/source.ts";
import { describeTraps } from "../../support/traps.ts";

const f64 = (...values: number[]): Float64Array => new Float64Array(values);
const f32 = (...values: number[]): Float32Array => new Float32Array(values);

describeTraps("arrays and their aliases", [
  {
    name: "two names of one array",
    source: numeric(
      "x: number",
      "const a = [x, 1]; const b = a; b[1] = x * x; a[0] = 2; return a[0] * a[1] + b[0] * b[1];",
    ),
    args: [1.5],
  },
  {
    name: "a second name chosen at run time",
    source: numeric(
      "x: number",
      "const a = [x, 1]; const b = [2, x]; const c = x > 1 ? a : b; c[0] *= x; return a[0] * 10 + b[0];",
    ),
    args: [1.5],
    more: [[0.5]],
  },
  {
    name: "overwriting by a constant clears the tangent",
    source: numeric("a: Float64Array", "const before = a[0]; a[0] = 3; return before + a[0] * a[0];"),
    args: [f64(2)],
  },
  {
    name: "writes through a subarray",
    source: numeric(
      "a: Float64Array",
      "const v = a.subarray(1, 3); v[0] = a[0] * a[0]; v[1] = 7; return a[1] + a[2] * a[0];",
    ),
    args: [f64(2, 3, 4)],
  },
  {
    name: "subarray of a subarray",
    source: numeric(
      "a: Float64Array",
      "const v = a.subarray(1); const w = v.subarray(1); w[0] += v[0]; return a[2] * a[1];",
    ),
    args: [f64(2, 3, 4)],
  },
  {
    name: "slice is a copy",
    source: numeric("a: Float64Array", "const c = a.slice(0, 2); c[0] = a[1] * 2; return a[0] + c[0] * c[1];"),
    args: [f64(2, 3, 4)],
  },
  {
    name: "set with an offset, and overlapping",
    source: inferred("a: Float64Array", "a.set(a.subarray(0, 2), 1); a.set([5], 0); return a;"),
    args: [f64(2, 3, 4)],
  },
  {
    name: "set from an inactive array clears tangents",
    source: inferred("a: Float64Array", "const k = new Float64Array([7, 8]); a.set(k, 1); return a;"),
    args: [f64(2, 3, 4)],
  },
  {
    name: "fill by an active value, then by a constant",
    source: inferred("a: Float64Array, x: number", "a.fill(x * x); a.fill(1, 1, 2); return a;"),
    args: [f64(2, 3, 4), 1.5],
  },
  {
    name: "copyWithin and reverse",
    source: inferred("a: Float64Array", "a.copyWithin(0, 2); a.reverse(); return a;"),
    args: [f64(2, 3, 4, 5)],
  },
  {
    name: "swap by destructuring",
    source: numeric("x: number, y: number", "[x, y] = [y * 2, x]; [x, y] = [y, x]; return x - y * 3;"),
    args: [1.5, 2.5],
  },
  {
    name: "swap of elements by destructuring",
    source: inferred("a: Float64Array", "[a[0], a[2]] = [a[2], a[0]]; return a;"),
    args: [f64(1, 2, 3)],
  },
  {
    name: "rotation of three by destructuring with indices",
    source: inferred("a: number[]", "let i = 0; [a[i++], a[i++], a[i++]] = [a[1], a[2], a[0]]; return [...a, i];"),
    args: [[1, 2, 3]],
  },
  {
    name: "swap by a temporary",
    source: inferred("a: number[]", "const t = a[0]; a[0] = a[1]; a[1] = t; return a;"),
    args: [[1, 2]],
  },
  {
    name: "rows that are one and the same",
    source: numeric(
      "x: number",
      "const row = [x, 2]; const m = [row, row]; m[0][1] = x * x; return m[1][1] + m[1][0];",
    ),
    args: [1.5],
  },
  {
    name: "rows exchanged",
    source: inferred("m: number[][]", "[m[0], m[1]] = [m[1], m[0]]; m[0][0] *= m[1][0]; return m;"),
    args: [
      [
        [1.5, 2],
        [3, 4],
      ],
    ],
  },
  {
    name: "the same array as two arguments",
    source: numeric(
      "x: number",
      "const a = [x, 1]; return both(a, a);",
      "function both(p: number[], q: number[]): number {\n  p[0] *= 2;\n  q[1] = p[0] * q[0];\n  return p[1] + q[0];\n}\n",
    ),
    args: [1.5],
  },
  {
    name: "arguments that share a buffer",
    source: numeric("a: Float64Array, b: Float64Array", "a[1] = a[0] * 3; b[0] += 1; return a[1] * b[0];"),
    ...(() => {
      const [whole, slope] = [f64(2, 5, 7), f64(1, 1, 1)];
      return { args: [whole, whole.subarray(1)], tangents: [[slope, slope.subarray(1)]] };
    })(),
  },
  {
    name: "output buffer filled by a callee",
    source: numeric(
      "x: number",
      "const out = new Float64Array(2); fillIn(out, x); return out[0] + out[1];",
      "function fillIn(out: Float64Array, v: number): void {\n  out[0] = v * v;\n  out[1] = Math.sin(v);\n}\n",
    ),
    args: [1.5],
  },
  {
    name: "scratch memory reused",
    source: numeric(
      "x: number",
      "const t = new Float64Array(1); t[0] = x; let s = 0; for (let i = 0; i < 3; i++) { s += t[i - i]; t[i - i] *= i; } return s;",
    ),
    args: [1.5],
  },
  {
    name: "growing by index",
    source: inferred(
      "x: number",
      "const a: number[] = []; a[0] = x; a[2] = x * x; a[a.length] = 5; return [a[0], a[2], a[3], a.length];",
    ),
    args: [1.5],
  },
  {
    name: "push, pop, shift, unshift",
    source: inferred(
      "x: number",
      "const a = [x]; a.push(x * x, 3); a.unshift(7, x * 3); const p = a.pop() ?? 0; const q = a.shift() ?? 0; return [a[0], a[1], a[2], p, q, a.length];",
    ),
    args: [1.5],
  },
  {
    name: "shrinking by length",
    source: numeric(
      "x: number",
      "const a = [x, x * x, 3]; a.length = 1; a.push(x * 5); return a[0] + a[1] + a.length;",
    ),
    args: [1.5],
  },
  {
    name: "splice",
    source: inferred(
      "a: number[]",
      "const cut = a.splice(1, 2, a[0] * a[1]); return [a[0], a[1], cut[0] * cut[1], a.length];",
    ),
    args: [[1.5, 2.5, 3.5]],
  },
  {
    name: "concat, with, toReversed, at",
    source: inferred(
      "a: number[], x: number",
      "const c = a.concat([x], x * 2 > 0 ? [x * x] : []); return [c[2], c[3], c.at(-1), c.length];",
    ),
    args: [[1.5, 2.5], 3],
  },
  {
    name: "spread into a literal",
    source: inferred("a: number[], x: number", "const b = [x, ...a, ...[1, 2], x * x]; b[1] *= b[4]; return [...b];"),
    args: [[1.5, 2.5], 3],
  },
  {
    name: "spread of a typed array",
    source: inferred("a: Float64Array", "const b = [...a, 1]; b[0] = b[1] * b[0]; return [b[0], a[0]];"),
    args: [f64(1.5, 2.5)],
  },
  {
    name: "typed-array writes out of range are dropped",
    source: inferred(
      "a: Float64Array, i: number",
      "a[2] = a[0] * 2; a[-1] = a[1]; a[0.5] = a[1]; a[1] += a[0]; return a;",
    ),
    args: [f64(1.5, 2.5), 5],
  },
  {
    name: "typed-array writes out of range by a variable index",
    source:
      "/** @fgrad wrt a */\nexport function f(a: Float64Array, n: number): number {\n  let s = 0;\n  for (let i = -1; i <= n; i++) { a[i] = (a[i + 1] ?? 1) * 2; s += a[i] ?? 0; }\n  return s;\n}\n",
    args: [f64(1.5, 2.5), 4],
  },
  {
    name: "reading out of range",
    source: numeric("a: number[]", "let s = a[0]; for (let i = 0; i < 4; i++) s += a[i] ?? 1; return s;"),
    args: [[1.5, 2.5]],
  },
  {
    name: "Float32Array rounds what is stored",
    source: inferred("a: Float32Array, x: number", "a[0] = x * 0.1; a[1] += x; a[0] *= 1.1; return a;"),
    args: [f32(0.1, 0.2), 1.1],
  },
  {
    name: "Float32Array from a Float64Array, and back",
    source: inferred(
      "a: Float64Array",
      "const s = new Float32Array(a); s[0] *= 1.1; const d = new Float64Array(s); return [s[0], d[0], d[1]];",
    ),
    args: [f64(0.1, 0.2)],
  },
  {
    name: "typed array from a literal",
    source: numeric("x: number", "const a = new Float64Array([x, 2, x * x]); a[1] *= a[2]; return a[1] + a[0];"),
    args: [1.5],
  },
  {
    name: "arrays of zeros by new Array and fill",
    source: numeric(
      "x: number",
      "const a = new Array<number>(3).fill(0); a[1] = x; a[2] = a[1] * a[1]; return a[0] + a[1] + a[2];",
    ),
    args: [1.5],
  },
  {
    name: "new Array of elements",
    source: numeric("x: number", "const a = new Array(x, x * x); return a[0] * a[1];"),
    args: [1.5],
  },
  {
    name: "for-of over an array that grows",
    source: numeric(
      "x: number",
      "const a = [x]; let s = 0; for (const v of a) { s += v; if (a.length < 4) a.push(v * x); } return s;",
    ),
    args: [1.5],
  },
  {
    name: "for-of over an array that is replaced",
    source: numeric(
      "x: number",
      "let a = [x, 2 * x]; let s = 0; for (const v of a) { s += v; a = [9, 9, 9]; } return s + a[0];",
    ),
    args: [1.5],
  },
  {
    name: "for-of with writes to elements ahead",
    source: numeric(
      "a: number[]",
      "let s = 0; let i = 0; for (const v of a) { s += v; i++; if (i < a.length) a[i] *= v; } return s;",
    ),
    args: [[1.5, 2.5, 0.5]],
  },
  {
    name: "for-of whose variable is reassigned",
    source: numeric("a: Float64Array", "let s = 0; for (let v of a) { v *= v; s += v; } return s + a[0];"),
    args: [f64(1.5, 2.5)],
  },
  {
    name: "for-of into a variable from outside",
    source: numeric("a: Float64Array", "let v = 1; let s = 0; for (v of a) s += v * v; return s + v;"),
    args: [f64(1.5, 2.5)],
  },
  {
    name: "for-of over a literal",
    source: numeric("x: number", "let s = 0; for (const v of [x, 2, x * x]) s += v * v; return s;"),
    args: [1.5],
  },
  {
    name: "for-of over pairs, taken apart",
    source: numeric(
      "x: number",
      "let s = 0; for (const [p, q] of [[x, 2], [3, x]] as [number, number][]) s += p * q; return s;",
    ),
    args: [1.5],
  },
  {
    name: "for-of over rows",
    source: numeric("m: number[][]", "let s = 0; for (const row of m) for (const v of row) s += v * row[0]; return s;"),
    args: [
      [
        [1.5, 2],
        [3, 4],
      ],
    ],
  },
  {
    name: "for-in over an array",
    source: numeric("a: number[]", "let s = 0; for (const i in a) s += a[i] * a[i] * Number(i); return s;"),
    args: [[1.5, 2.5]],
  },
  {
    name: "an inactive array beside an active one",
    source:
      "/** @fgrad wrt a */\nexport function f(a: Float64Array, k: Float64Array): number {\n  let s = 0;\n  for (let i = 0; i < a.length; i++) { s += a[i] * k[i]; k[i] = i; }\n  return s * k[0];\n}\n",
    args: [f64(1.5, 2.5), f64(3, 4)],
  },
  {
    name: "array kept in an object",
    source: numeric(
      "x: number",
      "const o = { a: [x, 1], n: 2 }; const b = o.a; b[1] = x * x; o.a = [b[1], b[0]]; return o.a[0] * 10 + o.a[1] + b[0] * o.n;",
    ),
    args: [1.5],
  },
  {
    name: "objects in an array",
    source: numeric(
      "x: number",
      "const list = [{ v: x, m: 2 }, { v: x * x, m: 3 }]; for (const p of list) p.v *= p.m; let s = 0; for (const p of list) s += p.v; return s;",
    ),
    args: [1.5],
  },
  {
    name: "two-dimensional table",
    source: numeric(
      "x: number",
      "const t: number[][] = []; for (let i = 0; i < 3; i++) { t[i] = []; for (let j = 0; j <= i; j++) t[i][j] = j === 0 || j === i ? x : t[i - 1][j - 1] * t[i - 1][j]; } return t[2][1] + t[2][2];",
    ),
    args: [1.5],
  },
  {
    name: "array given back whole, with a shadow of its own",
    source: inferred("a: number[]", "const b = a; b[0] = 1; return { a, b };"),
    args: [[1.5, 2.5]],
  },
  {
    name: "length, indexOf, includes are inactive",
    source: numeric("a: number[]", "return a[0] * a.length + a.indexOf(2.5) + (a.includes(1.5) ? a[1] : 0);"),
    args: [[1.5, 2.5]],
  },
  {
    name: "an element read as a condition",
    source: numeric("a: number[]", "return a[0] ? a[1] : a[1] * 2;"),
    args: [[0, 2.5]],
    more: [[[1, 2]]],
  },
  {
    name: "delete-free clearing of an accumulator",
    source: numeric(
      "a: Float64Array",
      "const s = new Float64Array(2); for (let k = 0; k < 2; k++) { s.fill(0); for (let i = 0; i < a.length; i++) s[i % 2] += a[i] * (k + 1); } return s[0] * s[1];",
    ),
    args: [f64(1.5, 2.5, 3.5)],
  },
  {
    name: "an array made in a loop is new each time",
    source: numeric(
      "x: number",
      "let last = [0]; let s = 0; for (let i = 0; i < 3; i++) { const a = [x * i, last[0]]; s += a[0] * a[1]; last = a; } return s;",
    ),
    args: [1.5],
  },
  {
    name: "an active value stored into memory that was made inactive",
    source: numeric(
      "x: number",
      "const a = new Float64Array(2); a[0] = 1; const s = a[0]; a[0] = x; return s + a[0] * a[0];",
    ),
    args: [1.5],
  },
]);
