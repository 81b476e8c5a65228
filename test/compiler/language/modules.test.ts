import { describeTraps } from "../../support/traps.ts";

const main = (imports: string, body: string): string =>
  `${imports}\n/** @fgrad */\nexport function f(x: number): number {\n  ${body}\n}\n`;

describeTraps("modules", [
  {
    name: "named and renamed imports",
    source: {
      "main.ts": main(`import { square, cube as third } from "./lib.ts";`, "return square(x) + third(x);"),
      "lib.ts":
        "export const square = (v: number): number => v * v;\nexport function cube(v: number): number {\n  return v * square(v);\n}\n",
    },
    args: [1.5],
  },
  {
    name: "a tag behind an import on its line",
    source: {
      "main.ts": `import { K } from "./lib.ts"; /** @fgrad */ export function f(x: number): number { return x * x * K; }\n`,
      "lib.ts": "export const K = 3;\n",
    },
    args: [1.5],
  },
  {
    name: "a default import",
    source: {
      "main.ts": main(`import sq from "./lib.ts";`, "return sq(x) * 2;"),
      "lib.ts": "export default function square(v: number): number {\n  return v * v;\n}\n",
    },
    args: [1.5],
  },
  {
    name: "a default export of an expression",
    source: {
      "main.ts": main(`import sq from "./lib.ts";`, "return sq(x) * 2;"),
      "lib.ts": "const square = (v: number): number => v * v;\nexport default square;\n",
    },
    args: [1.5],
  },
  {
    name: "a namespace import",
    source: {
      "main.ts": main(`import * as lib from "./lib.ts";`, "return lib.square(x) * lib.K + lib.default(x);"),
      "lib.ts":
        "export const K = 3;\nexport function square(v: number): number {\n  return v * v;\n}\nexport default function next(v: number): number {\n  return v + 1;\n}\n",
    },
    args: [1.5],
  },
  {
    name: "re-exports, stars and renames",
    source: {
      "main.ts": main(`import { a, renamed } from "./index.ts";`, "return a(x) * renamed(x);"),
      "index.ts": `export * from "./a.ts";\nexport { b as renamed } from "./b.ts";;\n`,
      "a.ts": "export const a = (v: number): number => v * 2;\n",
      "b.ts": "const hidden = (v: number): number => v ** 2;\nexport { hidden as b };\n",
    },
    args: [1.5],
  },
  {
    name: "cyclic imports",
    source: {
      "main.ts": main(`import { even } from "./even.ts";`, "return even(x, 5);"),
      "even.ts": `import { odd } from "./odd.ts";\nexport function even(x: number, n: number): number {\n  return n === 0 ? x : odd(x * x, n - 1);\n}\n`,
      "odd.ts": `import { even } from "./even.ts";\nexport function odd(x: number, n: number): number {\n  return n === 0 ? -x : even(x - 1, n - 1);\n}\n`,
    },
    args: [1.1],
  },
  {
    name: "a cycle through the entry",
    source: {
      "main.ts": `import { half } from "./lib.ts";\n/** @fgrad */\nexport function f(x: number): number {\n  return x < 1 ? x * x : half(x) * x;\n}\n`,
      "lib.ts": `import { f } from "./main.ts";\nexport const half = (v: number): number => f(v / 2) + 1;\n`,
    },
    args: [5.5],
  },
  {
    name: "imports without an extension, and of an index",
    source: {
      "main.ts": main(
        `import { square } from "./lib";\nimport { third } from "./deep";`,
        "return square(x) + third(x);",
      ),
      "lib.ts": "export const square = (v: number): number => v * v;\n",
      "deep/index.ts": `import { square } from "../lib";\nexport const third = (v: number): number => square(v) * v;\n`,
    },
    args: [1.5],
  },
  {
    name: "imports by .js",
    source: {
      "main.ts": main(`import { square } from "./lib.js";`, "return square(x);"),
      "lib.ts": "export const square = (v: number): number => v * v;\n",
    },
    args: [1.5],
  },
  {
    name: "type-only imports",
    source: {
      "main.ts": main(
        `import type { V } from "./types.ts";\nimport { type W, norm } from "./types.ts";`,
        "const v: V = { a: x, b: 2 }; const w: W = [x, 1]; return norm(v) * w[0];",
      ),
      "types.ts":
        "export interface V { a: number; b: number }\nexport type W = [number, number];\nexport const norm = (v: V): number => v.a * v.a + v.b * v.b;\n",
    },
    args: [1.5],
  },
  {
    name: "imported constants and objects",
    source: {
      "main.ts": main(`import { K, table } from "./lib.ts";`, "return x * K[1] + table.scale * x;"),
      "lib.ts": "export const K = [1, 2];\nexport const table = { scale: 3 };\n",
    },
    args: [1.5],
  },
  {
    name: "two modules with functions of one name",
    source: {
      "main.ts": main(`import { g as g1 } from "./a.ts";\nimport { g as g2 } from "./b.ts";`, "return g1(x) * g2(x);"),
      "a.ts": "export const g = (v: number): number => v * v;\n",
      "b.ts": "export const g = (v: number): number => v + 3;\n",
    },
    args: [1.5],
  },
  {
    name: "an imported name that is taken here",
    source: {
      "main.ts": main(
        `import { square as g } from "./lib.ts";`,
        "const square = x + 1; const square_d = 2; return g(x) * square * square_d;",
      ),
      "lib.ts": "export const square = (v: number): number => v * v;\n",
    },
    args: [1.5],
  },
  {
    name: "a helper that is not exported, behind one that is",
    source: {
      "main.ts": main(`import { outer } from "./lib.ts";`, "return outer(x);"),
      "lib.ts":
        "function inner(v: number): number {\n  return v * v;\n}\nexport const outer = (v: number): number => inner(v) + inner(v * 2);\n",
    },
    args: [1.5],
  },
  {
    name: "annotated in both modules",
    source: {
      "main.ts": main(`import { square } from "./lib.ts";`, "return square(x) * x;"),
      "lib.ts": "/** @fgrad */\nexport function square(v: number): number {\n  return v * v;\n}\n",
    },
    args: [1.5],
  },
  {
    name: "arrays and objects across modules",
    source: {
      "main.ts": main(
        `import { fillIn, make } from "./lib.ts";`,
        "const a = new Float64Array(2); fillIn(a, x); const o = make(x); o.v *= a[1]; return a[0] * o.v;",
      ),
      "lib.ts":
        "export function fillIn(a: Float64Array, v: number): void {\n  a[0] = v;\n  a[1] = v * v;\n}\nexport const make = (v: number): { v: number } => ({ v: v + 1 });\n",
    },
    args: [1.5],
  },
  {
    name: "a function passed to another module",
    source: {
      "main.ts": main(`import { twice } from "./lib.ts";`, "return twice((v) => v * x, x);"),
      "lib.ts": "export function twice(g: (v: number) => number, v: number): number {\n  return g(g(v));\n}\n",
    },
    args: [1.5],
  },
  {
    name: "modules that count",
    source: {
      "main.ts": main(`import { bump, count } from "./state.ts";`, "bump(); return x * count;"),
      "state.ts": "export let count = 1;\nexport function bump(): void {\n  count += 1;\n}\n",
    },
    args: [1.5],
  },
  {
    name: "side-effect imports and code of the modules' own",
    source: {
      "main.ts": main(`import "./first.ts";\nimport { order } from "./order.ts";`, "return x * order.length;"),
      "first.ts": `import { order } from "./order.ts";\norder.push("first");\n`,
      "order.ts": "export const order: string[] = ['order'];\n",
    },
    args: [1.5],
  },
  {
    name: "a rule written by hand, in another module",
    source: {
      "main.ts": main(`import { clamp } from "./lib.ts";`, "return clamp(x) * x;"),
      "lib.ts":
        "/** @fgrad rule clamp_jvp */\nexport function clamp(v: number): number {\n  return v > 1 ? 1 : v;\n}\nexport function clamp_jvp(v: number, v_t: number): [number, number] {\n  return v > 1 ? [1, 0] : [v, v_t];\n}\n",
    },
    args: [0.5],
    more: [[1.5]],
  },
  {
    name: "a folder above",
    source: {
      "main.ts": main(`import { g } from "./deep/er/lib.ts";`, "return g(x);"),
      "deep/er/lib.ts": `import { square } from "../../util.ts";\nexport const g = (v: number): number => square(v) + 1;\n`,
      "util.ts": "export const square = (v: number): number => v * v;\n",
    },
    args: [1.5],
  },
]);
