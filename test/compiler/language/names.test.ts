import { inferred, numeric } from "../../support/source.ts";
import { describeTraps } from "../../support/traps.ts";

describeTraps("names", [
  {
    name: "shadowed in a block",
    source: numeric("x: number", "let y = x; { const y = x * x; x += y; } { let x = 3; x++; y += x; } return x + y;"),
    args: [1.5],
  },
  {
    name: "shadowed in loops",
    source: numeric(
      "x: number",
      "let s = 0; for (let x = 0; x < 3; x++) s += x; for (const s of [1, 2]) x *= s; return s * x;",
    ),
    args: [1.5],
  },
  {
    name: "shadowed by a parameter of a closure",
    source: numeric(
      "x: number",
      "const g = (x: number) => x * x; const h = (y: number) => g(y) * x; return g(3) * x + h(x);",
    ),
    args: [1.5],
  },
  {
    name: "a block's variable read before an inner one of the same name",
    source: numeric("x: number", "const t = x * 2; let s = t; if (t > 1) { const t = x * x; s += t; } return s + t;"),
    args: [1.5],
  },
  {
    name: "tangent names that are taken",
    source: numeric(
      "x: number, x_t: number",
      "const x_t1 = x * x_t; const y = x_t1 + x; const y_t = y * y; return y_t * x_t;",
    ),
    args: [1.5, 2.5],
  },
  {
    name: "a module's x_t",
    source: numeric("x: number", "return x * x * x_t;", "const x_t = 3;\n"),
    args: [1.5],
  },
  {
    name: "returned_t, value, jvp, out",
    source: numeric(
      "value: number, out: number",
      "const jvp = value * out; const returned_t = jvp + g(value); return returned_t * jvp;",
      "function g(jvp: number): number {\n  const returned_t = jvp * jvp;\n  return returned_t;\n}\n",
    ),
    args: [1.5, 2.5],
  },
  {
    name: "names that temporaries take",
    source: numeric(
      "x: number",
      "const sin = Math.sin(x); const sinValue = Math.sin(sin * x); const product = sin * sinValue; const value1 = product; return value1 * Math.sin(product) + oldX(x);",
      "function oldX(oldX: number): number {\n  return oldX * oldX;\n}\n",
    ),
    args: [1.5],
  },
  {
    name: "a user's f_jvp is left alone",
    source: numeric(
      "x: number",
      "return f_jvp(x) * x;",
      "export function f_jvp(x: number): number {\n  return x * x;\n}\n",
    ),
    args: [1.5],
  },
  {
    name: "Math as a parameter",
    source: numeric("Math: number", "return Math * Math;"),
    args: [1.5],
  },
  {
    name: "undefined, NaN and Infinity as parameters' neighbours",
    source: numeric("x: number", "const undefined_t = x; return undefined_t * (x === undefined ? NaN : 1);"),
    args: [1.5],
  },
  {
    name: "unicode identifiers",
    source: numeric("θ: number, ζ: number", "const ω̇ = θ * ζ; const 速度 = ω̇ + θ; return 速度 * ω̇;"),
    args: [1.5, 2.5],
  },
  {
    name: "dollar and underscore",
    source: numeric("$: number, _: number", "const $_ = $ * _; const __ = $_ + $; return __ * $_;"),
    args: [1.5, 2.5],
  },
  { name: "escaped identifiers", source: numeric("\\u0061: number", "const b = a * \\u0061; return b;"), args: [1.5] },
  {
    name: "keywords of other grammars",
    source: numeric(
      "of: number, type: number, async: number",
      "const get = of * type; const as = get + async; const from = as * of; let let_ = from; return let_ * type;",
    ),
    args: [1.5, 2.5, 0.5],
  },
  {
    name: "a label named like a variable",
    source: numeric(
      "x: number",
      "let s = x; s_loop: for (let i = 0; i < 3; i++) { x: for (;;) { s *= 1.5; break x; } if (s > 3) break s_loop; } return s;",
    ),
    args: [1.5],
  },
  {
    name: "a property named like a variable",
    source: numeric("x: number", "const o = { x: 3, o: x, y: x * x }; return o.x * o.o + o.y * x;"),
    args: [1.5],
  },
  {
    name: "a type named like a function",
    source:
      "type g = number;\nfunction g(x: g): g {\n  return x * x;\n}\n/** @fgrad */\nexport function f(x: g): g {\n  return g(x) * x;\n}\n",
    args: [1.5],
  },
  {
    name: "a function named like its parameter",
    source: numeric("f: number", "return f * f;"),
    args: [1.5],
  },
  {
    name: "a local function named like a module function",
    source: numeric(
      "x: number",
      "function g(v: number): number { return v * 3; } return g(x) + outer(x);",
      "function g(v: number): number {\n  return v * v;\n}\nfunction outer(v: number): number {\n  return g(v);\n}\n",
    ),
    args: [1.5],
  },
  {
    name: "two closures with variables of one name",
    source: numeric(
      "x: number",
      "const g = () => { const t = x * 2; return t; }; const h = () => { const t = x * x; return t; }; const t = g() * h(); return t;",
    ),
    args: [1.5],
  },
  {
    name: "var in a block is the function's",
    source: numeric(
      "x: number",
      "if (x > 1) { var y = x * x; } else { var y = x; } for (var i = 0; i < 2; i++) { var y = y * 2; } return y + i;",
    ),
    args: [1.5],
    more: [[0.5]],
  },
  {
    name: "var read before its declaration",
    source: inferred("x: number", 'const before = typeof y; var y = x * x; return before === "undefined" ? y : 0;'),
    args: [1.5],
  },
  {
    name: "a function used before its declaration",
    source: numeric("x: number", "return g(x) * 2; function g(v: number): number { return v * x; }"),
    args: [1.5],
  },
  {
    name: "a module's function used before its declaration",
    source:
      "/** @fgrad */\nexport function f(x: number): number {\n  return g(x) * h(x);\n}\nfunction g(x: number): number {\n  return x * x;\n}\nconst h = (x: number): number => Math.sin(x);\n",
    args: [1.5],
  },
  {
    name: "catch variables shadow",
    source: numeric(
      "x: number",
      "let e = x; try { if (x > 1) throw new Error('no'); e = 2; } catch (e) { x *= String(e).length; } return e * x;",
    ),
    args: [1.5],
    more: [[0.5]],
  },
]);
