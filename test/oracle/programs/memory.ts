import type { Example } from "./example.ts";

const round = Math.fround;
const f32 = (...xs: number[]) => new Float32Array(xs);
const f64 = (...xs: number[]) => new Float64Array(xs);

/** Arrays, typed arrays, objects: aliases, views, overwriting. */
export const memory: readonly Example[] = [
  {
    name: "array methods that change the array",
    source: `export function f(x: number) {
      const a = [x, 2, 3 * x]; const n = a.push(x * x, 5); const last = a.pop(); const first = a.shift(); const m = a.unshift(7 * x, x); const cut = a.splice(1, 2, x ** 3, 1, 2 * x); a.reverse();
      return [a, n, last, first, m, cut, a.length];
    }`,
    args: [1.5],
    tangents: [1],
  },
  {
    name: "slice, concat, fill, copyWithin, with, toSpliced, at",
    source: `export function f(x: number) {
      const a = [x, 2 * x, 3 * x, 4]; const b = a.slice(1, -1); b[0] = 0; const c = a.concat([x * x], x, [[1]] as any); const d = new Array(3).fill(x); d[1] = 1; const e = [...a].copyWithin(0, 2); const g = [...a].fill(x * x, 1, 3);
      return [a, b, c, d, e, g, a.at(-2), a.with(0, 9 * x), a.toSpliced(0, 2, x), a.toReversed()];
    }`,
    args: [1.5],
    tangents: [1],
  },
  {
    name: "search and join",
    source: `export function f(x: number) { const a = [x, 2, x, NaN]; return [a.indexOf(x), a.lastIndexOf(x), a.includes(NaN), a.indexOf(NaN), a.includes(x), a.indexOf(x, 1), [1, 2].join("-"), Array.isArray(a), [[1, 2], [3]].toString(), a.indexOf(2)]; }`,
    args: [1.5],
    tangents: [1],
  },
  {
    name: "join loses tangents",
    source: `export const f = (x: number) => [x, 1].join("; ");`,
    args: [1.5],
    tangents: [1],
    losses: ["string"],
  },
  {
    name: "Array.from, Array.of, constructors, length, holes",
    source: `export function f(x: number) {
      const a = Array.from({ length: 3 }, (_, i) => x ** i); const b = Array.of(x, 1); const c = Array(2); const d = new Array(x, 2); const e = [1, , x]; const g: number[] = []; g[2] = x; const h = [x, x, x]; h.length = 1; const i = Array.from(a.keys()); const j = Array.from("ab", (s) => s + 1);
      return [a, b, c.length, d, e, g, h, i, j, 1 in e, Array.from(new Float64Array([x]), (v) => v * 2), new Array(Math.floor(x)).length];
    }`,
    args: [1.5],
    tangents: [1],
  },
  {
    name: "aliases see writes",
    source: `export function f(a: number[]) { const b = a; b[0] *= 2; a[1] = b[0] * a[0]; const o = { a }; o.a[2] = a[1]; return [a, b === a, b[2]]; }`,
    args: [[1.5, 2, 3]],
    tangents: [[1, 0, 0]],
    tangent: [[2, 12, 12], undefined, 12],
  },
  {
    name: "overwriting by a constant ends a tangent",
    source: "export function f(x: number, a: Float64Array) { a[0] = 5; x = 2; a.fill(1, 1, 2); return [x, a]; }",
    args: [3, f64(1, 2, 3)],
    tangents: [1, f64(1, 1, 1)],
    tangent: [0, f64(0, 0, 1)],
  },
  {
    name: "arguments that share memory",
    source: "export function f(a: Float64Array, b: Float64Array) { a[1] = a[0] * 3; b[0] += 1; return [a[1], b[0]]; }",
    ...(() => {
      const whole = f64(2, 5, 7);
      return { args: [whole, whole.subarray(1)], tangents: [f64(1, 1, 1), f64(1, 1)] };
    })(),
    tangent: [3, 3],
    numeric: false,
  },
  {
    name: "Float32 storage rounds value and tangent",
    source: "export function f(a: Float32Array) { a[0] *= 1.1; a[1] = a[0] / 3; return a; }",
    args: [f32(0.1, 0)],
    tangents: [f32(1, 0)],
    tangent: f32(1.1, round(1.1) / 3),
    numeric: false,
  },
  {
    name: "typed arrays: out of range, negative, odd keys",
    source: `export function f(x: number) { const a = new Float64Array(2) as any; a[5] = x; a[-1] = x; a[1.5] = x; a["1"] = x * x; a.extra = x; return [a[5], a[-1], a[1], a.length, a["01"], 1 in a, 2 in a, a.extra, a["0"]]; }`,
    args: [1.5],
    tangents: [1],
    tangent: [undefined, undefined, 3, 0, undefined, undefined, undefined, 1, 0],
  },
  {
    name: "typed array constructors and statics",
    source: `export function f(x: number) {
      const a = new Float64Array([x, 2 * x]); const b = new Float32Array(a); const c = Float64Array.from([x], (v) => v * v); const d = Float64Array.of(x, 1); const e = new Float64Array(a.buffer, 8, 1); e[0] *= 2; const g = new Float32Array(new Set([1, 2])); const h = new Float64Array(); const i = new Float32Array({ length: 2, 0: 1 } as any);
      return [a, b, c, d, e, g, h, i, a.byteLength, e.byteOffset, Float32Array.BYTES_PER_ELEMENT, a.BYTES_PER_ELEMENT, a instanceof Float64Array, b instanceof Float64Array, ArrayBuffer.isView(a)];
    }`,
    args: [1.5],
    tangents: [1],
    tangent: [
      f64(1, 4),
      f32(1, 2),
      f64(3),
      f64(1, 0),
      f64(4),
      f32(0, 0),
      f64(),
      f32(0, 0),
      ...[0, 0, 0, 0],
      ...Array(3),
    ],
    numeric: false,
  },
  {
    name: "typed array views share storage",
    source: `export function f(a: Float64Array) { const v = a.subarray(1, 3); v[0] *= a[0]; const w = v.subarray(1); w[0] = v[0] * 2; const copy = a.slice(0, 2); copy[0] = 0; a.set(v, 2); a.set([7], 0); return [a, v, w, copy]; }`,
    args: [f64(1.5, 2, 3, 4)],
    tangents: [f64(1, 1, 0, 0)],
  },
  {
    name: "typed array set with overlap, copyWithin, reverse, fill",
    source: `export function f(a: Float64Array) { a.set(a.subarray(0, 3), 1); a.copyWithin(0, 2, 4); a.subarray(2).reverse(); const b = a.slice(); b.fill(a[0], 1, 3); let e = ""; try { b.set(a, 1); } catch (err) { e = (err as Error).name; } return [a, b, e]; }`,
    args: [f64(1, 2, 3, 4, 5)],
    tangents: [f64(1, 0.5, 0.25, -1, 2)],
  },
  {
    name: "typed array callbacks",
    source: `export function f(a: Float64Array) { let s = 0; a.forEach((v, i) => { s += v * i; }); for (const v of a) s += v * v; for (const [i, v] of a.entries()) s -= i * v;
      return [a.map((v) => Math.sin(v)), a.filter((v) => v > 1.2), a.reduce((p, v) => p * v), a.reduceRight((p, v) => p - v, 0), s, a.some((v) => v > 2), a.every(Boolean), a.find((v) => v > 1), a.findIndex((v) => v > 99), a.findLast((v) => v), a.indexOf(2.5), a.includes(9), [...a.keys()], [...a.values()], a.at(-1), [...a]]; }`,
    args: [f64(1.1, 2.5, 1.7)],
    tangents: [f64(1, -1, 0.5)],
  },
  {
    name: "typed array sort",
    source: `export function f(a: Float64Array) { const b = a.slice().sort(); const c = a.toSorted((p, q) => q - p); return [b, c, a.with(1, a[0] * a[0]), a.toReversed(), new Float64Array([0, -0, NaN, -1]).sort()]; }`,
    args: [f64(10, 9, 1.5)],
    tangents: [f64(1, 2, 3)],
    numeric: false,
    tangent: [f64(3, 2, 1), f64(1, 2, 3), f64(1, 20, 3), f64(3, 2, 1), f64(0, 0, 0, 0)],
  },
  {
    name: "destructuring and spreading typed arrays",
    source:
      "export function f(a: Float32Array) { const [x, y = 1, ...rest] = a; [a[0], a[1]] = [a[1], a[0]]; const { 2: z, length } = a; return [x, y, rest, a, Math.max(...a), z, length, { ...a.subarray(1) }]; }",
    args: [f32(1, 2, 3)],
    tangents: [f32(1, 10, 100)],
    tangent: [1, 10, [100], f32(10, 1, 100), 100, 100, 0, { 0: 1, 1: 100 }],
    numeric: false,
  },
  {
    name: "integer arrays truncate and lose tangents",
    source: `export function f(x: number) { const a = new Int32Array(3); a[0] = x; a[1] += 300.9; const b = new Uint8Array([1, 2, 300]); const c = new Uint8ClampedArray(1); c[0] = 999; a.set(b.subarray(1), 1); return [a, b, c, a[0] * x, b.reduce((s, v) => s + v * x, 0)]; }`,
    args: [2.7],
    tangents: [1],
    tangent: [undefined, undefined, undefined, 2, 1 + 2 + 44],
    losses: ["integer array"],
    step: 0.02,
  },
  {
    name: "methods of integer arrays meet active values",
    source: `export function f(x: number) { const a = new Int32Array([3, 1, 2]); const b = a.map((v) => v * x); const c = a.slice().fill(x, 1, 2); c.set([x, x].slice(1)); return [b, c, a.reduce((s, v) => s + v * x, x), a.filter((v) => x - v), a.some((v) => x - x), a.find((v) => v - x), a.indexOf(x), a.includes(Math.round(x)), Array.from(a, (v) => v * x), a.slice().sort((p, q) => (p - q) * x)]; }`,
    args: [2.25],
    tangents: [1],
    tangent: [undefined, undefined, 7, undefined, undefined, 0, 0, undefined, [3, 1, 2], undefined],
    losses: Array(5).fill("integer array"),
    step: 0.01,
  },
  {
    name: "indices computed from active values",
    source:
      "export function f(x: number, a: number[]) { const i = Math.floor(x); const t = x - i; return a[i] * (1 - t) + a[i + 1] * t; }",
    args: [1.25, [0, 10, 30]],
    tangents: [1, [0, 1, 2]],
    tangent: 20 + 0.75 + 2 * 0.25,
  },
  {
    name: "nested arrays and rows",
    source: `export function f(m: number[][]) { const n = m.map((row) => row.slice()); for (let i = 0; i < n.length; i++) for (let j = 0; j < n[i].length; j++) n[i][j] = m[j][i] * m[i][j]; [n[0], n[1]] = [n[1], n[0]]; const row = n[0]; row[0] += row[1]; return [n, m]; }`,
    args: [
      [
        [1, 2],
        [3, 4],
      ],
    ],
    tangents: [
      [
        [1, 0],
        [0.5, -1],
      ],
    ],
  },
  {
    name: "objects with arrays, partly inactive",
    source: `interface S { p: { x: number; v: number }; t: number; tag: string; w: Float64Array }
      export function f(s: S) { s.p.x += s.p.v * s.t; s.p = { ...s.p, v: s.p.v * 0.5 }; s.w[0] += s.p.x; const { p: { x }, w } = s; return { x, first: w[0], tag: s.tag + "!", s }; }`,
    args: [{ p: { x: 1, v: 2 }, t: 0.5, tag: "a", w: f64(3) }],
    tangents: [{ p: { x: 1, v: 1 }, w: f64(2) }],
    tangent: { x: 1.5, first: 3.5, s: { p: { x: 1.5, v: 0.5 }, t: 0, w: f64(3.5) } },
  },
  {
    name: "shared sub-objects and cycles",
    source:
      "export function f(x: number) { const node: any = { v: x, next: null }; node.next = { v: x * x, next: node }; node.next.next.v *= 3; const shared = [x]; const o = { a: shared, b: shared }; o.a[0] *= 2; return [node.v, node.next.v, o.b[0], o.a === o.b]; }",
    args: [1.5],
    tangents: [1],
    tangent: [3, 3, 2, undefined],
  },
  {
    name: "matrix product in place",
    source: `export function f(a: Float64Array, b: Float64Array, out: Float64Array, n: number) { for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) { let s = 0; for (let k = 0; k < n; k++) s += a[i * n + k] * b[k * n + j]; out[i * n + j] = s; } return out; }`,
    args: [f64(1, 2, 3, 4), f64(5, 6, 7, 8), f64(9, 9, 9, 9), 2],
    tangents: [f64(1, 0, 0, 0), undefined, undefined, undefined],
    tangent: f64(5, 6, 0, 0),
  },
  {
    name: "Runge-Kutta on the Lorenz system",
    source: `export function f(sigma: number, rho: number, beta: number) {
      let s = [1, 1, 1]; const h = 0.01;
      const d = ([x, y, z]: number[]) => [sigma * (y - x), x * (rho - z) - y, x * y - beta * z]; const step = (u: number[], k: number[], c: number) => u.map((v, i) => v + c * k[i]);
      for (let n = 0; n < 20; n++) { const k1 = d(s); const k2 = d(step(s, k1, h / 2)); const k3 = d(step(s, k2, h / 2)); const k4 = d(step(s, k3, h)); s = s.map((v, i) => v + (h / 6) * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i])); }
      return s;
    }`,
    args: [10, 28, 8 / 3],
    tangents: [1, 0.5, -0.25],
  },
];
