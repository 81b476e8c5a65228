import type { Example } from "./example.ts";

/** Functions, closures, generics, callbacks. */
export const functions: readonly Example[] = [
  {
    name: "default, optional and rest parameters",
    source: `function g(a: number, b = a * 2, c?: number, ...rest: number[]) { return a + b * (c ?? 1) + rest.reduce((s, v) => s + v * a, 0); }
      export const f = (x: number) => [g(x), g(x, 3), g(x, undefined, x), g(x, 1, 2, x, x * x), g.length, g.name];`,
    args: [1.5],
    tangents: [1],
  },
  {
    name: "default parameters see earlier ones and are lazy",
    source: `let calls = 0; const d = () => { calls++; return 2; };
      function g(x: number, y = x * d(), { z = y, w }: { z?: number; w?: number } = { w: x }, [u = z] = [] as number[]) { return x * y + z * (w ?? 1) + u; }
      export function f(x: number) { const before = calls; const r = [g(x), g(x, 1), g(x, 1, {}), g(x, 1, { w: 2 }, [x])]; return [...r, calls - before]; }`,
    args: [1.5],
    tangents: [1],
  },
  {
    name: "parameters may be reassigned",
    source: "export function f(x: number, y: number) { x = x * y; y += x; x = 1; return x * y; }",
    args: [2, 3],
    tangents: [1, 1],
    tangent: 1 + 3 + 2,
  },
  {
    name: "recursion and mutual recursion",
    source: `const power = (x: number, n: number): number => (n === 0 ? 1 : x * power(x, n - 1));
      function even(x: number, n: number): number { return n === 0 ? x : odd(x * 1.1, n - 1); }
      function odd(x: number, n: number): number { return n === 0 ? -x : even(x + 1, n - 1); }
      export const f = (x: number) => [power(x, 5), even(x, 7), (function fact(n: number): number { return n < 2 ? x : n * fact(n - 1); })(5)];`,
    args: [1.2],
    tangents: [1],
  },
  {
    name: "functions as values, results, compositions",
    source: `const compose = <A, B, C>(g: (b: B) => C, h: (a: A) => B) => (a: A) => g(h(a));
      const curry = (a: number) => (b: number) => (c: number) => a * b + c;
      export function f(x: number) { const table: Record<string, (v: number) => number> = { sin: Math.sin, sq: (v) => v * v };
        return [compose(table.sin, table.sq)(x), curry(x)(2)(x), [Math.exp, Math.abs].map((g) => g(x))]; }`,
    args: [0.7],
    tangents: [1],
  },
  {
    name: "spread in calls",
    source:
      "function g(a: number, b: number, ...c: number[]) { return a - b * c.length; } export const f = (x: number) => [g(...[x, 2 * x] as const), g(x, ...[1, 2, 3], ...new Set([4])), Math.max(...[x, 1])];",
    args: [1.5],
    tangents: [1],
  },
  {
    name: "call, apply, bind and this",
    source: `function g(this: { k: number }, a: number, b = 1) { return this.k * a + b; }
      export function f(x: number) { const o = { k: x, g, arrow() { return [1, 2].map((v) => v * this.k); } };
        const bound = g.bind({ k: 2 * x }, x); const loose = function (this: unknown) { return this === undefined; };
        return [g.call({ k: x }, x), g.apply({ k: 3 }, [x, x]), bound(), bound(x), o.g(x), o.arrow(), loose(), (0, o.g).call(o, 1)]; }`,
    args: [1.5],
    tangents: [1],
  },
  {
    name: "arguments object",
    source:
      "export function f(x: number, y: number) { const inner = () => arguments[1]; return [arguments.length, (arguments as any)[0] * y, inner(), Array.from(arguments as any).length]; }",
    args: [2, 3],
    tangents: [1, 1],
    tangent: [0, 5, 1, 0],
  },
  {
    name: "overloads and generics",
    source: `function g(a: number): number; function g(a: number[]): number[]; function g(a: any): any { return Array.isArray(a) ? a.map((v) => g(v)) : a * a; }
      function first<T extends { length: number }, K = T>(a: T & ArrayLike<K>): K { return a[0]; }
      export const f = (x: number) => [g(x), g([x, 2]), first<number[], number>([x]), ((v: unknown): v is number => typeof v === "number")(x)];`,
    args: [1.5],
    tangents: [1],
  },
  {
    name: "reduce with and without a seed, right to left",
    source: `export function f(a: number[]) { return [a.reduce((s, v) => s * v), a.reduce((s, v, i) => s + v * i, 0), a.reduceRight((s, v) => s / v), a.reduce((acc, v) => [...acc, v * v], [] as number[])]; }`,
    args: [[1.5, 2.5, 0.5]],
    tangents: [[1, -1, 2]],
  },
  {
    name: "map, filter, forEach, some, every, find",
    source: `export function f(a: number[]) {
      let s = 0; a.forEach(function (this: any, v, i, all) { s += v * i * all.length * this.k; }, { k: 2 });
      return [a.map((v, i) => v ** (i + 1)), a.filter((v) => v - 2), a.filter(Boolean), s, a.some((v) => v - 2), a.every((v) => v), a.find((v) => v > 1), a.findIndex((v) => v > 1.9), a.findLast((v) => v < 2), a.findLastIndex((v) => v > 99), a.map(Math.sqrt as any)];
    }`,
    args: [[1.5, 2, 0.5, 2]],
    tangents: [[1, 0, 2, 0]],
  },
  {
    name: "sort by key, stable, with and without a comparator",
    source: `export function f(a: number[]) {
      const b = [...a].sort((p, q) => p - q); const c = a.slice().sort(); const d = a.map((v, i) => ({ v, i })).sort((p, q) => Math.floor(p.v) - Math.floor(q.v)).map((o) => o.v * o.i);
      return [b, c, d, a.toSorted((p, q) => q - p), [3, , 1, undefined, 2].sort().length];
    }`,
    args: [[10.5, 9.25, 1.5, 1.25]],
    tangents: [[1, 2, 3, 4]],
  },
  {
    name: "flat, flatMap, entries, keys, values",
    source: `export function f(x: number) {
      const a = [[x, [2 * x]], [3]] as any[];
      return [a.flat(), a.flat(Infinity), [1, 2].flatMap((k) => [k, k * x]), [...[x].entries()], [...[x, x].keys()], [...[x].values()], Object.entries({ p: x }), Object.values({ p: x }), Object.fromEntries([["z", x * x]])];
    }`,
    args: [1.5],
    tangents: [1],
  },
  {
    name: "immediately invoked functions and named expressions",
    source: `export const f = (x: number) => [(() => x * x)(), (function g(n: number): number { return n > 3 ? x : g(n + 1) * x; })(1), ((a, b = a) => a * b)(x), new (function (this: any) { this.v = x; } as any)().v];`,
    args: [1.5],
    tangents: [1],
    tangent: [3, 4 * 1.5 ** 3, 3, 1],
  },
  {
    name: "inferred names",
    source: `const alpha = () => 1; const { beta = () => 2 } = {} as any; let gamma; gamma = function () {}; const o = { delta() {}, epsilon: () => 0, ["ze" + "ta"]: class {}, get eta() { return 1; } };
      export const f = (x: number, named = () => x) => [alpha.name, beta.name, (gamma as any).name, o.delta.name, o.epsilon.name, (o as any).zeta.name, named.name, x, (() => 0).name];`,
    args: [1],
    tangents: [1],
  },
  {
    name: "getters, setters, computed and shorthand members of objects",
    source: `export function f(x: number) {
      const k = "key"; const o = { x, [k]: x * x, [\`\${k}2\`]: 1, 3: 2 * x, "quoted name": x, _v: x, get v() { return this._v * 2; }, set v(n) { this._v = n * x; }, method(n: number) { return n * this.x; } };
      o.v = 3; o.v += 1; return [o.v, o.method(2), o, Object.keys(o)];
    }`.replace("o, Object.keys(o)", "Object.keys(o)"),
    args: [1.5],
    tangents: [1],
  },
  {
    name: "object spread, assign, copies and identity",
    source: `export function f(x: number) {
      const a = { p: x, q: { r: x } }; const b = { ...a, p: 2 * x, ...null, ...[7, x], ..."s" as any }; b.q.r *= x; const c = Object.assign({}, a, { p: 9 }); c.q = { r: 1 };
      return [a, b, c, a === b as any, "p" in a, Object.hasOwn(a, "z"), delete (a as any).p, a];
    }`,
    args: [1.5],
    tangents: [1],
  },
  {
    name: "maps and sets with inactive keys",
    source: `export function f(x: number) {
      const m = new Map<string, number>([["a", x], ["b", 2]]); m.set("c", x * x).delete("b"); let s = 0; m.forEach((v, k) => { s += v * k.length; }); for (const [k, v] of m) s += v * k.charCodeAt(0);
      const w = new WeakMap<object, number>(); w.set(m, x); const set = new Set(["u", "v"]); set.add("u");
      return [s, m.get("a")! * m.size, m.has("z"), w.get(m), set.size, [...m.values()], new Map([[1, x]])].slice(0, 6);
    }`,
    args: [1.5],
    tangents: [1],
  },
  {
    name: "an active map key loses its tangent",
    source:
      "export function f(x: number) { const m = new Map([[x, x]]); m.set(2 * x, 1); return [m.get(x)! * 2, m.size, m.has(2 * x), new Set([x]).has(x)]; }",
    args: [1.5],
    tangents: [1],
    tangent: [2, 0, undefined, undefined],
    losses: ["map key", "map key", "set member"],
  },
  {
    name: "side effects of callbacks in order",
    source: `export function f(x: number) { const t: unknown[] = []; const r = [x, 2].map((v) => { t.push(v); console.log("map", v); return v * x; }).filter((v) => { console.log("filter", v); return v > 1; }); console.log(t.length, { nested: [x] }); return r; }`,
    args: [1.5],
    tangents: [1],
  },
  {
    name: "deep clones",
    source:
      "export function f(x: number) { const a = { v: [x, new Float64Array([x * x])] as const }; const b = structuredClone(a) as any; b.v[0] *= 2; b.v[1][0] += x; return [a.v[0], a.v[1][0], b.v[0], b.v[1][0]]; }",
    args: [1.5],
    tangents: [1],
    tangent: [1, 3, 2, 4],
  },
  {
    name: "sum types and dispatch tables",
    source: `type Shape = { kind: "circle"; r: number } | { kind: "box"; w: number; h: number };
      const area = (s: Shape): number => { switch (s.kind) { case "circle": return Math.PI * s.r ** 2; case "box": return s.w * s.h; default: { const never: never = s; return never; } } };
      export const f = (x: number) => ([{ kind: "circle", r: x }, { kind: "box", w: x, h: 3 }] as Shape[]).map(area);`,
    args: [1.5],
    tangents: [1],
    tangent: [2 * Math.PI * 1.5, 3],
  },
];
