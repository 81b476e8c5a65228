import { inferred, numeric } from "../../support/source.ts";
import { describeTraps } from "../../support/traps.ts";

describeTraps("functions", [
  {
    name: "default parameters of numbers",
    source: "/** @fgrad */\nexport function f(x: number, y = 2, z = -1.5): number {\n  return x * y + z;\n}\n",
    args: [1.5],
    more: [
      [1.5, 3],
      [1.5, 3, 4],
    ],
  },
  {
    name: "default parameters that depend on earlier ones",
    source: "/** @fgrad */\nexport function f(x: number, y = x * 2, z = y * x): number {\n  return x + y * z;\n}\n",
    args: [1.5],
    more: [
      [1.5, 3],
      [1.5, 3, 4],
      [1.5, undefined, 4],
    ],
  },
  {
    name: "defaults of a callee",
    source: numeric(
      "x: number",
      "return g(x) + g(x, 3) + g(x, undefined, x) + g(x, x * x, 2);",
      "function g(a: number, b = a * 2, c = b + 1): number {\n  return a * b + c;\n}\n",
    ),
    args: [1.5],
  },
  {
    name: "optional parameters",
    source: numeric(
      "x: number",
      "return g(x) + g(x, x * x);",
      "function g(a: number, b?: number): number {\n  return b === undefined ? a : a * b;\n}\n",
    ),
    args: [1.5],
  },
  {
    name: "an optional parameter of the function itself",
    source: "/** @fgrad */\nexport function f(x: number, y?: number): number {\n  return x * (y ?? 2);\n}\n",
    args: [1.5],
    more: [[1.5, 3]],
  },
  {
    name: "rest parameters",
    source: numeric(
      "x: number",
      "return g(x) + g(x, 1) + g(x, x * x, 3, x);",
      "function g(a: number, ...more: number[]): number {\n  let s = a;\n  for (const v of more) s += v * a;\n  return s * more.length;\n}\n",
    ),
    args: [1.5],
  },
  {
    name: "a rest parameter of the function itself",
    source:
      "/** @fgrad */\nexport function f(x: number, ...more: number[]): number {\n  let s = x;\n  for (const v of more) s += v * x;\n  return s;\n}\n",
    args: [1.5],
    more: [[1.5, 2.5, 3.5]],
  },
  {
    name: "parameters reassigned",
    source: numeric("x: number, y: number", "x = x * y; y += x; x = 1; x++; return x * y;"),
    args: [1.5, 2.5],
  },
  {
    name: "a parameter reassigned in a callee leaves the caller's alone",
    source: numeric(
      "x: number",
      "const y = g(x); return x * y;",
      "function g(x: number): number {\n  x *= 2;\n  x += 1;\n  return x * x;\n}\n",
    ),
    args: [1.5],
  },
  {
    name: "taken apart in the parameter list",
    source:
      "/** @fgrad */\nexport function f([a, b = 2]: number[], { p, q: { r } }: { p: number; q: { r: number } }): number {\n  return a * b + p * r;\n}\n",
    args: [[1.5, 2.5], { p: 3, q: { r: 4 } }],
    more: [[[1.5], { p: 3, q: { r: 4 } }]],
  },
  {
    name: "one function active in different arguments",
    source: numeric(
      "x: number",
      "return g(x, 2) + g(3, x) + g(x, x) + g(4, 5);",
      "function g(a: number, b: number): number {\n  return a * a * b + Math.sin(b);\n}\n",
    ),
    args: [1.5],
  },
  {
    name: "a callee that ignores an active argument",
    source: numeric(
      "x: number",
      "return g(x, x * x);",
      "function g(_a: number, b: number): number {\n  return b * 2;\n}\n",
    ),
    args: [1.5],
  },
  {
    name: "a callee whose result is inactive",
    source: numeric(
      "x: number",
      "return sign(x) * x + steps(x);",
      "function sign(v: number): number {\n  return v < 0 ? -1 : 1;\n}\nfunction steps(v: number): number {\n  let n = 0;\n  while (v > 1) {\n    v /= 2;\n    n++;\n  }\n  return n;\n}\n",
    ),
    args: [5.5],
  },
  {
    name: "a callee without a result",
    source: numeric(
      "x: number",
      "const o = { v: x }; double(o); double(o); return o.v;",
      "function double(o: { v: number }): void {\n  o.v *= 2;\n}\n",
    ),
    args: [1.5],
  },
  {
    name: "a callee that returns early without a result",
    source: numeric(
      "x: number",
      "const o = { v: x }; clamp(o); return o.v;",
      "function clamp(o: { v: number }): void {\n  if (o.v < 1) return;\n  o.v = 1 + o.v * o.v;\n}\n",
    ),
    args: [1.5],
    more: [[0.5]],
  },
  {
    name: "calls of calls",
    source: numeric(
      "x: number",
      "return g(g(g(x) * 2) + g(x));",
      "function g(v: number): number {\n  return v * v + 1;\n}\n",
    ),
    args: [0.5],
  },
  {
    name: "two calls in one expression keep their tangents apart",
    source: numeric(
      "x: number, y: number",
      "return g(x) * g(y) - g(y) / g(x);",
      "function g(v: number): number {\n  return v * v + 1;\n}\n",
    ),
    args: [0.5, 1.5],
  },
  {
    name: "arrow functions with an expression and with a block",
    source:
      "const g = (v: number): number => v * v;\nconst h = (v: number): number => { const w = g(v); return w * v; };\n/** @fgrad */\nexport const f = (x: number): number => g(x) * h(x);\n",
    args: [1.5],
  },
  {
    name: "an arrow function that gives an object back",
    source: "/** @fgrad */\nexport const f = (x: number) => ({ a: x * x, b: [x, 1] });\n",
    args: [1.5],
  },
  {
    name: "function expressions",
    source:
      "/** @fgrad */\nexport const f = function (x: number): number {\n  return x * x;\n};\n/** @fgrad */\nexport const named = function inner(x: number, n: number): number {\n  return n <= 0 ? x : inner(x * x, n - 1);\n};\n",
    args: [1.5],
  },
  {
    name: "a named function expression that calls itself",
    function: "named",
    source:
      "/** @fgrad wrt x */\nexport const named = function inner(x: number, n: number): number {\n  return n <= 0 ? x : inner(x * x, n - 1) * x;\n};\n",
    args: [1.1, 3],
  },
  {
    name: "a function that is not exported",
    source: "/** @fgrad */\nfunction f(x: number): number {\n  return x * x;\n}\nexport { f as other };\n",
    args: [1.5],
  },
  {
    name: "export default",
    source: "/** @fgrad */\nexport default function f(x: number): number {\n  return x * x;\n}\n",
    args: [1.5],
  },
  {
    name: "export { f as g }",
    source: "/** @fgrad */\nfunction f(x: number): number {\n  return x * x;\n}\nexport { f as g };\nexport { f };\n",
    args: [1.5],
  },
  {
    name: "overloads",
    source:
      "export function f(x: number): number;\nexport function f(x: number, y: number): number;\n/** @fgrad */\nexport function f(x: number, y?: number): number {\n  return y === undefined ? x * x : x * y;\n}\n",
    args: [1.5],
    more: [[1.5, 2.5]],
  },
  {
    name: "generic functions",
    source: inferred(
      "x: number",
      "const p = pair(x, x * x); return first(p) * second(p) + identity(x);",
      "function pair<A, B>(a: A, b: B): [A, B] {\n  return [a, b];\n}\nfunction first<A, B>(p: [A, B]): A {\n  return p[0];\n}\nfunction second<A, B>(p: [A, B]): B {\n  return p[1];\n}\nfunction identity<T extends number>(v: T): T {\n  return v;\n}\n",
    ),
    args: [1.5],
  },
  {
    name: "a generic function over arrays",
    source: numeric(
      "x: number",
      "return last([x, x * x]) * last([1, 2]);",
      "function last<T>(a: readonly T[]): T {\n  return a[a.length - 1] as T;\n}\n",
    ),
    args: [1.5],
  },
  {
    name: "closures that read and write active variables",
    source: numeric(
      "x: number",
      "let s = x; const add = (v: number): void => { s += v * x; }; add(2); add(s); const get = () => s; return get() * s;",
    ),
    args: [1.5],
  },
  {
    name: "closures over closures",
    source: numeric(
      "x: number",
      "let s = 1; const outer = (a: number) => { const inner = (b: number) => { s *= b; return a * b; }; return inner(a + 1) + inner(x); }; return outer(x) * s;",
    ),
    args: [1.5],
  },
  {
    name: "local function declarations",
    source: numeric(
      "x: number",
      "function square(v: number): number { return v * v; } function scaled(v: number): number { return square(v) * x; } return scaled(x) + square(3);",
    ),
    args: [1.5],
  },
  {
    name: "a local recursion",
    source: numeric(
      "x: number",
      "const power = (n: number): number => (n === 0 ? 1 : x * power(n - 1)); return power(4);",
    ),
    args: [1.5],
  },
  {
    name: "functions as parameters",
    source: numeric(
      "x: number",
      "return twice((v) => v * x, x) + twice(square, x);",
      "function twice(g: (v: number) => number, v: number): number {\n  return g(g(v));\n}\nfunction square(v: number): number {\n  return v * v;\n}\n",
    ),
    args: [1.5],
  },
  {
    name: "functions as results",
    source: numeric(
      "x: number",
      "const g = times(x); return g(2) + g(x) + times(3)(x);",
      "function times(k: number): (v: number) => number {\n  return (v) => v * k;\n}\n",
    ),
    args: [1.5],
  },
  {
    name: "functions in objects and tables",
    source: numeric(
      "x: number",
      "const ops = { sq: (v: number) => v * v, add: (v: number) => v + x }; return ops.sq(x) * ops.add(2);",
    ),
    args: [1.5],
  },
  {
    name: "a function chosen at run time",
    source: numeric("x: number", "const g = x > 1 ? (v: number) => v * v : (v: number) => v * 3; return g(x);"),
    args: [1.5],
    more: [[0.5]],
  },
  {
    name: "functions called at once",
    source: numeric(
      "x: number",
      "return ((v: number) => v * v)(x) + (() => x * 3)() + (function (v: number) { return v * x; })(x);",
    ),
    args: [1.5],
  },
  {
    name: "several annotated functions that call each other",
    source:
      "/** @fgrad */\nexport function g(x: number, y: number): number {\n  return x * y;\n}\n/** @fgrad wrt x */\nexport function f(x: number, k: number): number {\n  return g(x, k) + g(x, x) + h(x);\n}\n/** @fgrad */\nexport function h(x: number): number {\n  return x > 1 ? f(x / 2, 3) : x * x;\n}\n",
    args: [1.5, 2],
  },
  {
    name: "inactive arguments of every kind",
    source:
      "/** @fgrad wrt x */\nexport function f(x: number, name: string, on: boolean, m: Map<string, number>, k: number[]): number {\n  const v = m.get(name) ?? 1;\n  return on ? x * v + k[0] : x * k.length;\n}\n",
    args: [1.5, "a", true, new Map([["a", 3]]), [2, 4]],
    more: [[1.5, "b", false, new Map([["a", 3]]), [2, 4]]],
  },
  {
    name: "types of parameters alone say what is active",
    source: inferred(
      "x: number, n: bigint, s: string, i: Int32Array, d: Date",
      "return x * Number(n) + s.length + i[0] * d.getTime();",
    ),
    args: [1.5, 3n, "abc", new Int32Array([4]), new Date(7)],
  },
  {
    name: "inactive code passes through",
    source: numeric(
      "x: number",
      "const seen = new Map<string, number>(); seen.set('a', 1); const words = ['p', 'q'].join('-'); console.log(words, seen.size, /p/.test(words)); const date = new Date(0); return x * words.length + date.getTime();",
    ),
    args: [1.5],
  },
  {
    name: "console.log of active values",
    source: numeric("x: number", "console.log(x, 'and', x * x); return x * x;"),
    args: [1.5],
    losses: ["string"],
  },
  {
    name: "stopGradient",
    source: `import { stopGradient } from "fgrad";\n${numeric("x: number", "const k = stopGradient(x); return k * x + Number(String(stopGradient(x)));")}`,
    args: [1.5],
    losses: ["string"],
  },
  {
    name: "wrt with a dotted path",
    source:
      "interface State { position: number; velocity: number; label: string }\n/** @fgrad wrt state.velocity, dt */\nexport function f(state: State, dt: number): number {\n  return state.position + state.velocity * dt;\n}\n",
    args: [{ position: 1, velocity: 2, label: "a" }, 0.5],
    tangents: [
      [{ velocity: 0.7 }, 0.3],
      [{ velocity: 0.7 }, 0],
      [{ velocity: 0 }, 0.3],
    ],
  },
  {
    name: "wrt with a deeper dotted path",
    source:
      "/** @fgrad wrt s.a.b */\nexport function f(s: { a: { b: number; c: number }; d: number }): number {\n  return s.a.b * s.a.c * s.d + s.a.b * s.a.b;\n}\n",
    args: [{ a: { b: 1.5, c: 2.5 }, d: 3 }],
    tangents: [[{ a: { b: 0.7 } }]],
  },
  {
    name: "a JSDoc of several lines with other tags",
    source:
      "/**\n * Text with @fgrad in the middle.\n *\n * @param x the value\n * @fgrad wrt x\n * @returns its square\n */\nexport function f(x: number, k: number): number {\n  return x * x * k;\n}\n",
    args: [1.5, 2],
  },
]);
