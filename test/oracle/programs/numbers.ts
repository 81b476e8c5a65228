import type { Example } from "./example.ts";

const { sin, cos, exp } = Math;

/** Operators, Math, conversions. */
export const numbers: readonly Example[] = [
  {
    name: "arithmetic operators",
    source: "export function f(x: number, y: number) { return (x + y) * (x - y) / (1 + x * y) - -x; }",
    args: [1.25, -0.5],
    tangents: [1, 2],
  },
  {
    name: "product rule",
    source: "export const f = (x: number, y: number) => x * y;",
    args: [3, 4],
    tangents: [0.5, -1],
    tangent: -1,
  },
  {
    name: "quotient rule",
    source: "export const f = (x: number, y: number) => x / y;",
    args: [3, 4],
    tangents: [1, 2],
    tangent: 1 / 4 - (3 / 16) * 2,
  },
  {
    name: "powers with constant and active exponents",
    source: "export const f = (x: number, y: number) => [x ** 3, x ** -2, 2 ** y, x ** y, (-x) ** 3, x ** 0];",
    args: [1.5, 0.7],
    tangents: [1, 1],
    tangent: [
      3 * 1.5 ** 2,
      -2 * 1.5 ** -3,
      2 ** 0.7 * Math.LN2,
      0.7 * 1.5 ** -0.3 + 1.5 ** 0.7 * Math.log(1.5),
      -3 * 1.5 ** 2,
      0,
    ],
  },
  {
    name: "remainder",
    source: "export const f = (a: number, b: number) => [a % b, -a % b, a % -b];",
    args: [7.3, 2.1],
    tangents: [1, 1],
    tangent: [1 - 3, -1 + 3, 1 - 3],
    step: 0.01,
  },
  {
    name: "compound assignments and steps",
    source: `export function f(x: number) {
      let a = x; a += x; a -= 0.5; a *= x; a /= 2; a **= 2; a %= 5;
      const before = a++; const after = --a; return [before, after, ++a, a--];
    }`,
    args: [1.3],
    tangents: [1],
  },
  {
    name: "evaluation order and effects happen once",
    source: `export function f(x: number) {
      const a = [x, 2 * x, 3 * x]; let i = 0; const seen: string[] = [];
      const at = (name: string, v: number) => { seen.push(name); return v; };
      a[i++] += at("first", i) * x;
      a[i++] = at("left", a[0]) - at("right", a[2]) + i;
      console.log(seen.join(), i);
      return a;
    }`,
    args: [0.8],
    tangents: [1],
  },
  {
    name: "every smooth Math function of one argument",
    source: `export const f = (x: number) => [
      Math.acos(x), Math.asin(x), Math.asinh(x), Math.atan(x), Math.atanh(x), Math.cbrt(x), Math.cos(x), Math.cosh(x),
      Math.exp(x), Math.expm1(x), Math.log(x), Math.log10(x), Math.log1p(x), Math.log2(x), Math.sin(x), Math.sinh(x),
      Math.sqrt(x), Math.tan(x), Math.tanh(x), Math.abs(-x), Math.acosh(1 + x)];`,
    args: [0.4],
    tangents: [1.5],
  },
  {
    name: "steps of Math have slope zero",
    source:
      "export const f = (x: number) => [Math.floor(x), Math.ceil(x), Math.round(x), Math.trunc(x), Math.sign(x)];",
    args: [2.4],
    tangents: [1],
    tangent: [0, 0, 0, 0, 0],
  },
  {
    name: "Math functions of several arguments",
    source: `export const f = (x: number, y: number) => [
      Math.atan2(x, y), Math.hypot(x, y), Math.hypot(x, y, 3), Math.pow(x, y), Math.max(x, y, 0), Math.min(x, y, 9),
      Math.max(...[x, y]), Math.hypot(x)];`,
    args: [1.2, 0.7],
    tangents: [1, -0.3],
  },
  {
    name: "Math without arguments or with text",
    source: `export const f = (x: number) => [
      Math.max(), Math.min(), Math.hypot(), (Math.sin as any)(), (Math.pow as any)(x), (Math.sqrt as any)("16"), x];`,
    args: [2],
    tangents: [1],
    tangent: [0, 0, 0, 0, Number.NaN, 0, 1],
    numeric: false,
  },
  {
    name: "fround rounds the tangent",
    source: "export const f = (x: number) => Math.fround(x * 1.1);",
    args: [0.3],
    tangents: [0.1],
    tangent: Math.fround(0.1 * 1.1),
    numeric: false,
  },
  {
    name: "bits lose the tangent",
    source:
      "export const f = (x: number) => [x | 0, x >>> 1, ~x, x & 3, x ^ 1, x << 2, x >> 1, Math.clz32(x), Math.imul(x, 3)];",
    args: [13.7],
    tangents: [1],
    tangent: [0, 0, 0, 0, 0, 0, 0, 0, 0],
    losses: [
      "operator |",
      "operator >>>",
      "operator ~",
      "operator &",
      "operator ^",
      "operator <<",
      "operator >>",
      "Math.clz32",
      "Math.imul",
    ],
  },
  {
    name: "comparisons use primals",
    source: `export const f = (x: number, y: number) =>
      [x < y, x > y, x <= x, x >= y, x === y, x !== y, x == y, x != y, !x, !(x - x), Object.is(x, x), x === 2];`,
    args: [2, 3],
    tangents: [1, 1],
  },
  {
    name: "logical operators return operands",
    source: `export function f(x: number) {
      const zero = x - x; const nothing = null as number | null;
      let a = zero || x; let b = x && 2 * x; let c = nothing ?? x; a ||= 5; b &&= b * x; let d: number | undefined; d ??= x;
      return [a, b, c, d, zero ?? 1, NaN || x, zero && 1];
    }`,
    args: [1.5],
    tangents: [1],
    tangent: [1, 6, 1, 1, 0, 1, 0],
  },
  {
    name: "conditional takes one branch",
    source: "export const f = (x: number) => (x > 0 ? Math.sqrt(x) : Math.log(-x));",
    args: [-2],
    tangents: [1],
    tangent: -0.5,
  },
  {
    name: "Number keeps the tangent, text loses it",
    source:
      "export const f = (x: number) => [Number(x), +x, Number(String(x)), parseFloat(String(x)), parseFloat(x as any), x + '!'];",
    args: [1.25],
    tangents: [1],
    tangent: [1, 1, 0, 0, 0, undefined],
    numeric: false,
    losses: ["string", "string", "parseFloat", "string"],
  },
  {
    name: "number methods and predicates",
    source: `export const f = (x: number) =>
      [x.toFixed(1), x.toString(), Number.isInteger(x), isNaN(x), Number.isFinite(x), isFinite(x), typeof x, JSON.stringify({ x })];`,
    args: [2.25],
    tangents: [1],
    losses: ["toFixed", "toString", "JSON"],
  },
  {
    name: "bigint, void, comma, typeof, in, regular expressions",
    source: `export function f(x: number) {
      const n = 2n ** 10n + 1n; let m = 5n; m++;
      const kinds = [typeof n, typeof undefinedName, typeof null, typeof (() => 1), void 0, "a" in { a: 1 }, /b+/g.test("abb")];
      return [String(n * m), kinds, (1, x * x), n > 3, -n === -1025n];
    }`,
    args: [3],
    tangents: [1],
  },
  {
    name: "template literals and tags",
    source: `const tag = (s: TemplateStringsArray, ...v: number[]) => v[0] * s.length + s.raw[0].length;
      export function f(x: number) { const label = \`n=\${1 + 1}\${""}!\`; return [label, tag\`a\\n\${x}b\${2}\`, \`plain\`]; }`,
    args: [1.5],
    tangents: [1],
  },
  {
    name: "numeric literals",
    source: "export const f = (x: number) => x * (0x1f + 1e-3 + 0b101 + 0o17 + 1_000 + .5 + 5.);",
    args: [1],
    tangents: [1],
    tangent: 0x1f + 1e-3 + 0b101 + 0o17 + 1000 + 0.5 + 5,
  },
  {
    name: "negative zero and infinities survive",
    source: "export const f = (x: number) => [-x, x * -1, 0 / x, -0 + -0, 1 / (x * 0), x / 0, Math.round(-0.2)];",
    args: [0.0],
    tangents: [undefined],
    tangent: [0, 0, 0, 0, 0, 0, 0],
    numeric: false,
  },
  {
    name: "Newton's iteration",
    source: `export function f(a: number) { let x = 1; while (Math.abs(x * x - a) > 1e-15 * a) x -= (x * x - a) / (2 * x); return x; }`,
    args: [2],
    tangents: [1],
    tangent: 1 / (2 * Math.SQRT2),
  },
  {
    name: "composition by the chain rule",
    source: "export const f = (x: number) => Math.exp(Math.sin(x * x));",
    args: [0.6],
    tangents: [1],
    tangent: exp(sin(0.36)) * cos(0.36) * 1.2,
  },
  {
    name: "stopGradient cuts a tangent",
    source: `import { stopGradient } from "fgrad";
      export const f = (x: number, a: Float64Array) => [x * stopGradient(x), stopGradient(a)[0] * a[0]];`,
    args: [3, new Float64Array([2])],
    tangents: [1, new Float64Array([1])],
    tangent: [3, 2],
    numeric: false,
  },
  {
    name: "valueOf of objects",
    source: `export function f(x: number) {
      const box = { valueOf() { return x * x; } } as any; const text = { toString: () => "7" } as any;
      const exotic = { [Symbol.toPrimitive]: (hint: string) => (hint === "number" ? x : 0) } as any;
      return [box * 2, box + x, text * 1, +exotic, exotic + 1, box > 1];
    }`,
    args: [1.5],
    tangents: [1],
    tangent: [6, 4, 0, 1, 0, undefined],
  },
];
