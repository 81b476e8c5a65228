import { describeTraps } from "../../support/traps.ts";

describeTraps("functions, literals and parts as values", [
  {
    name: "math values",
    source: `const { tanh } = Math;
const apply = (g: (v: number) => number, x: number) => g(x) * x;
const two = (g: (a: number, b: number) => number, a: number, b: number) => g(b, a);
/** @fgrad */
export function f(x: number, y: number): number { const h = y > 1 ? Math.exp : Math.sin; return apply(Math.exp, x) + apply(tanh, y) + two(Math.pow, x, y) + two(Math.max, x, y) + h(x) + [x, y].map(Math.sqrt).reduce((a, b) => a + b) + apply(Math.floor, x); }
`,
    args: [0.5, 2],
  },
  {
    name: "compose pipeline",
    source: `type Fn = (x: number) => number;
const compose = (...fs: Fn[]): Fn => (x) => fs.reduceRight((v, g) => g(v), x);
const pipe = (...fs: Fn[]): Fn => (x) => { let v = x; for (const g of fs) v = g(v); return v; };
/** @fgrad */
export function f(x: number): number { const h = compose(Math.sin, (v) => v * x, Math.exp); return h(x) + pipe((v) => v + x, Math.sqrt)(x * x); }
`,
    args: [0.5],
  },
  {
    name: "function in default param",
    source: `const apply = (x: number, g: (v: number) => number = (v) => v * x) => g(x);
/** @fgrad */
export function f(x: number): number { return apply(x) + apply(x, Math.exp) * apply(3); }
`,
    args: [2],
  },
  {
    name: "object param as options bag with callbacks",
    source: `interface O { tol?: number; max?: number; onStep?: (i: number) => void; scale?: (x: number) => number }
function solve(x: number, { tol = 1e-9, max = 5, onStep, scale = (v) => v }: O = {}): number { let y = x; for (let i = 0; i < max; i++) { y = scale(Math.sqrt(y + x)); onStep?.(i); if (Math.abs(y) < tol) break; } return y; }
/** @fgrad */
export function f(x: number): number { let n = 0; const a = solve(x); const b = solve(x, { max: 3, onStep: (i) => { n += i; }, scale: (v) => v * x }); return a * b + n; }
`,
    args: [2],
  },
  {
    name: "trampolines",
    source: `type Thunk = number | (() => Thunk);
/** @fgrad */
export function f(x: number): number { const go = (n: number, a: number): Thunk => (n === 0 ? a : () => go(n - 1, a * x + 1)); let t = go(5, x); while (typeof t === "function") t = t(); return t; }
`,
    args: [1.1],
  },
  {
    name: "local dispatch object",
    source: `/** @fgrad */
export function f(x: number, y: number): number { const ops: Record<string, (v: number) => number> = { a: (v) => v * x, b: (v) => v + y, c: Math.sqrt }; return ["a", "b", "c", "a"].reduce((v, k) => ops[k]!(v), x); }
`,
    args: [2, 3],
  },
  {
    name: "optional callback call",
    source: `function g(x: number, cb?: (v: number) => number): number { return cb?.(x) ?? x * 3; }
/** @fgrad */
export function f(x: number): number { return g(x) + g(x, (v) => v * v * x); }
`,
    args: [2],
  },
  {
    name: "optional method on possibly undefined array",
    source: `/** @fgrad */
export function f(x: number, xs?: number[]): number { const ys = xs?.map((v) => v * x); return (ys?.reduce((a, b) => a + b, 0) ?? x * x) + (ys?.length ?? 0) + (xs?.[0] ?? 1) * x; }
`,
    args: [2, [1, 2]],
    more: [[2, undefined]],
  },
  {
    name: "optional chains of calls",
    source: `interface S { cb?: (v: number) => number; list?: number[] }
/** @fgrad */
export function f(x: number): number { const s: S = x > 0 ? { cb: (v) => v * x, list: [x, 1] } : {}; s.list?.push(x * 3); const a = s.cb?.(x) ?? 7 * x; const n = s.list?.reduce((p, q) => p + q, 0); return a * (n ?? 2) + (s.list?.at(-1) ?? x); }
`,
    args: [2],
    more: [[-1]],
  },
  {
    name: "object literal methods",
    source: `/** @fgrad */
export function f(x: number, y: number): number {
  const o = { v: x, add(k: number) { this.v += k; return this; }, twice() { return this.v * 2; } };
  return o.add(y).add(y * x).twice() + o.v;
}
`,
    args: [2, 3],
  },
  {
    name: "object with methods closure style",
    source: `function counter(start: number) { let n = start; return { inc(by: number) { n += by; }, get: () => n }; }
/** @fgrad */
export function f(x: number): number { const c = counter(x); c.inc(x * x); c.inc(1); const d = counter(1); d.inc(c.get()); return c.get() * d.get(); }
`,
    args: [2],
  },
  {
    name: "accessor keyword-like names and computed constant keys",
    source: `const KEY = "alpha" as const;
/** @fgrad */
export function f(x: number): number { const o = { [KEY]: x * 2, "b-c": x, 3: x * x }; return o[KEY] + o["b-c"] * o[3]; }
`,
    args: [2],
  },
  {
    name: "object rest",
    source: `/** @fgrad */
export function f(x: number, y: number): number {
  const o = { a: x, b: y, c: x * y };
  const { a, ...rest } = o;
  rest.b *= 2;
  return a * rest.b + rest.c + o.b;
}
`,
    args: [2, 3],
  },
  {
    name: "object rest in parameter",
    source: `const g = ({ a, ...o }: { a: number; b: number; c: number }): number => a * Object.values(o).reduce((s, v) => s + v, 0);
/** @fgrad */
export function f(x: number, y: number): number { return g({ a: x, b: y, c: x * y }); }
`,
    args: [2, 3],
  },
  {
    name: "object rest index signature",
    source: `/** @fgrad */
export function f(o: Record<string, number>): number { const { a, ...rest } = o; rest.b! *= a!; let s = 0; for (const [k, v] of Object.entries(rest)) s += v * k.length; return s + Object.values(rest).reduce((p, q) => p * q, 1) + Object.entries(rest).map(([, v]) => v * v).reduce((p, q) => p + q); }
`,
    args: [{ a: 2, b: 3, c: 4 }],
  },
  {
    name: "object entries product",
    source: `/** @fgrad */
export function f(o: Record<string, number>, y: number): number {
  let s = 0;
  for (const [k, v] of Object.entries(o)) s += v * y * (k === "a" ? 2 : 3);
  return s;
}
`,
    args: [{ a: 1, b: 2 }, 3],
  },
  {
    name: "object values sum",
    source: `/** @fgrad */
export function f(o: { a: number; b: number; c: number }): number {
  let s = 0;
  for (const v of Object.values(o)) s = s * 2 + v * v;
  return s;
}
`,
    args: [{ a: 1, b: 2, c: 3 }],
  },
  {
    name: "object freeze",
    source: `/** @fgrad */
export function f(x: number): number { const o = Object.freeze({ a: x, b: x * x }); return o.a * o.b; }
`,
    args: [2],
  },
  {
    name: "buffer views same type",
    source: `/** @fgrad */
export function f(x: number, y: number): number { const buf = new ArrayBuffer(32); const a = new Float64Array(buf), b = new Float64Array(buf, 8, 2); a[1] = x; b[1] = b[0]! * y; return a[2]! * a[1]!; }
`,
    args: [2, 3],
  },
  {
    name: "reverse literal",
    source: `/** @fgrad */
export function f(x: number): number { const a = [1, 2, x]; a.reverse(); const b = [x, 5, 4]; b.sort(); const c = new Float64Array(3); c[2] = x; c.copyWithin(0, 2); c.reverse(); return a[0]! * 3 + b[0]! + b[2]! * 2 + c[0]! + c[2]! * 7; }
`,
    args: [2],
  },
  {
    name: "two typed views same buffer",
    source: `/** @fgrad */
export function f(x: number): number { const a = new Float64Array(4); const b = a.subarray(2); a[2] = x; b[1] = b[0]! * x; const c = b.subarray(1, 2); c[0]! += 1; return a[3]! * a[2]!; }
`,
    args: [2],
  },
  {
    name: "group by key into record of arrays",
    source: `/** @fgrad */
export function f(xs: number[]): number { const groups: Record<string, number[]> = {}; xs.forEach((x, i) => { (groups[i % 2 ? "odd" : "even"] ??= []).push(x); }); return groups["odd"]!.reduce((a, b) => a * b) + groups["even"]!.reduce((a, b) => a + b * b, 0); }
`,
    args: [[1.5, 2.5, 3.5, 4.5]],
  },
  {
    name: "dynamic write static read",
    source: `/** @fgrad */
export function f(x: number, k: "a" | "b"): number { const o = { a: 1, b: 2 }; o[k] = x * x; return o.a * 10 + o.b; }
`,
    args: [2, "a"],
    more: [[2, "b"]],
  },
  {
    name: "a module declares Math",
    source: `const Math = { sin: (x: number) => x * 3, abs: (x: number): number => (x < 0 ? -x * 2 : x * 2) };
/** @fgrad */
export function f(x: number): number { return Math.sin(x) * Math.abs(x); }
`,
    args: [2],
  },
  {
    name: "a module declares Float64Array",
    source: `class Float64Array { v: number; constructor(n: number) { this.v = n; } get length2() { return this.v * 2; } }
/** @fgrad */
export function f(x: number): number { const a = new Float64Array(x); return a.length2 * x + g(x); }
function g(x: number): number { return x * x; }
`,
    args: [2],
  },
  {
    name: "a module declares Number and Array",
    source: `const Number = (x: number) => x * 2;
const Array = { from: (x: number) => x ** 3 };
/** @fgrad */
export function f(x: number): number { return Number(x) + Array.from(x); }
`,
    args: [2],
  },
  {
    name: "numbers in the message of an error",
    source: `/** @fgrad */
export function f(x: number): number {
  if (x < 0) throw new RangeError(\`negative: \${x.toFixed(2)} at \${String(x)}\`);
  return Math.sqrt(x);
}
`,
    args: [2],
    more: [[-2]],
    losses: ["string", "toFixed"],
  },
]);
