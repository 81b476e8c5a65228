import type { Example } from "./example.ts";

/** Imports and exports. */
export const modules: readonly Example[] = [
  {
    name: "named, default and namespace imports",
    source: {
      "main.ts": `import square, { cube as c, type Unused } from "./lib/powers.ts"; import * as all from "./lib/powers.js"; import type { Gone } from "./gone.ts";
        export const f = (x: number) => [square(x), c(x), all.cube(x) * all.K, all.default(2), Object.keys(all)];`,
      "lib/powers.ts":
        "export interface Unused {} export const K = 2; export function cube(x: number) { return x ** 3; } export default function square(x: number) { return x * x; }",
    },
    args: [1.5],
    tangents: [1],
    tangent: [3, 6.75, 13.5, 0, [undefined, undefined, undefined]],
  },
  {
    name: "re-exports, stars, renames, default expressions",
    source: {
      "main.ts": `import { a, renamed, ns, dflt, K } from "./index.ts"; export { f as other }; function f(x: number) { return [a(x), renamed(x), ns.b(x), dflt(x), K.n * x]; }`,
      "index.ts": `export * from "./a"; export { b as renamed } from "./b.ts"; export * as ns from "./b.ts"; export { default as dflt } from "./c.ts"; export * from "./k/index.ts"; export type { T } from "./a";`,
      "a.ts": "export type T = number; export const a = (x: T) => x * 2;",
      "b.ts": "const inner = (x: number) => x ** 2; export { inner as b };",
      "c.ts": "export default (x: number) => 1 / x;",
      "k/index.ts": `import { a } from "../a.ts"; export class K { static n = a(3); }`,
    },
    args: [2],
    tangents: [1],
    tangent: [2, 4, 4, -0.25, 6],
  },
  {
    name: "live bindings and module state",
    source: {
      "main.ts": `import { count, bump, state } from "./state.ts"; export function f(x: number) { const before = count; bump(x); bump(2); state.v *= x; return [before, count, state.v]; }`,
      "state.ts":
        "export let count = 0; export const state = { v: 3 }; export function bump(by: number) { count += by; }",
    },
    args: [1.5],
    tangents: [1],
    tangent: [0, 1, 3],
  },
  {
    name: "cycles and side-effect imports in order",
    source: {
      "main.ts": `import "./first.ts"; import { even } from "./even.ts"; import { order } from "./order.ts"; export const f = (x: number) => [even(x, 6), order.slice()];`,
      "first.ts": `import { order } from "./order.ts"; order.push("first");`,
      "order.ts": `export const order: string[] = ["order"];`,
      "even.ts": `import { odd } from "./odd.ts"; import { order } from "./order.ts"; order.push("even"); export function even(x: number, n: number): number { return n === 0 ? x : odd(x * x, n - 1); }`,
      "odd.ts": `import { even } from "./even.ts"; import { order } from "./order.ts"; order.push("odd"); export function odd(x: number, n: number): number { return n === 0 ? -x : even(x - 1, n - 1); }`,
    },
    args: [1.1],
    tangents: [1],
  },
  {
    name: "a module that runs code of its own",
    source: `const table = new Float64Array(4).map((_, i) => i * i); let k = 1; for (const v of table) k += v; console.log("loaded", k); export const f = (x: number) => x * k + table[2] * x ** 2;`,
    args: [2],
    tangents: [1],
    tangent: 15 + 16,
  },
];
