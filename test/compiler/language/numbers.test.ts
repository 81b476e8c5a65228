import { inferred, numeric } from "../../support/source.ts";
import { describeTraps } from "../../support/traps.ts";

describeTraps("numbers", [
  {
    name: "negative zero",
    source: inferred("x: number", "return [-x, x * -1, -0 + x, 0 * x, -(x - x)];"),
    args: [0],
    more: [[-0], [2]],
  },
  {
    name: "negative zero through a literal and a product",
    source: inferred("x: number", "const z = -0; const p = z * x; return [1 / z, p, z + p, Math.sign(z) * x, x + -0];"),
    args: [2],
    tangents: [[0.5]],
  },
  {
    name: "x - x keeps its sign",
    source: inferred("x: number", "const d = x - x; return [d, -d, d === 0];"),
    args: [-0],
  },
  {
    name: "adding zero is not left out",
    source: inferred("x: number", "return [x + 0, 0 + x, x - 0, x + -0];"),
    args: [-0],
    more: [[1]],
  },
  {
    name: "multiplying by one and minus one",
    source: inferred("x: number", "return [x * 1, 1 * x, x / 1, x * -1, -1 * x, x / -1];"),
    args: [-0],
    more: [[Number.NaN], [2]],
  },
  { name: "multiplying by zero", source: inferred("x: number", "return [x * 0, 0 * x];"), args: [-2], more: [[2]] },
  {
    name: "multiplying infinity by zero",
    source: inferred("x: number", "return x * 0;"),
    args: [Number.POSITIVE_INFINITY],
    tangents: [[1]],
  },
  {
    name: "NaN passes through",
    source: inferred("x: number", "return [x + 1, Math.max(x, 1), x > 1, x ** 0];"),
    args: [Number.NaN],
    tangents: [[1]],
  },
  {
    name: "constants beyond the integers",
    source: inferred("x: number", "return [x + 9007199254740993, x * 1e308 * 10, x / 1e-320, x + 0.1 + 0.2];"),
    args: [1],
  },
  {
    name: "numeric literals of every kind",
    source: inferred("x: number", "return x * (0x1f + 0b101 + 0o17 + 1_000 + .5 + 5. + 1e-3 + 1E3);"),
    args: [1.5],
  },
  {
    name: "association is kept",
    source: inferred(
      "x: number, y: number",
      "return [x + y + 0.1, x + (y + 0.1), x * (y * 0.1), x * y * 0.1, x - (y - x), x / (y / x), x / y / x];",
    ),
    args: [0.7, 0.3],
  },
  {
    name: "powers with constant exponents",
    source: inferred("x: number", "return [x ** 2, x ** 3, x ** -1, x ** 0.5, x ** 1, x ** 0, x ** -2];"),
    args: [1.5],
  },
  {
    name: "powers of negative numbers",
    source: inferred("x: number", "return [x ** 2, x ** 3, x ** -1, x ** 4, Math.pow(x, 2), Math.pow(x, 3)];"),
    args: [-1.5],
  },
  {
    name: "power of a power",
    source: inferred("x: number", "return [x ** 2 ** 2, (x ** 2) ** 3, (-x) ** 2, -(x ** 2), 2 ** x, 2 ** -x];"),
    args: [1.5],
  },
  {
    name: "powers with an active exponent",
    source: inferred("x: number, y: number", "return [x ** y, Math.pow(x, y), (x + 1) ** (y - 1)];"),
    args: [1.5, 0.7],
  },
  {
    name: "**= and compound powers",
    source: inferred("x: number, y: number", "let a = x; a **= 2; a **= y; return a;"),
    args: [1.5, 0.7],
  },
  {
    name: "signs of %",
    source: inferred("a: number, b: number", "return [a % b, -a % b, a % -b, -a % -b];"),
    args: [7.3, 2.1],
    more: [[5.5, 10]],
  },
  {
    name: "%= and % of integers",
    source: inferred("x: number", "let a = x * 7; a %= 3; return [a, x % 1, (x * 10) % 4];"),
    args: [1.3],
  },
  {
    name: "Math.max ties",
    source: inferred(
      "x: number, y: number",
      "return [Math.max(x, y), Math.min(x, y), Math.max(x, y, 1.5), Math.max(x, x)];",
    ),
    args: [1.5, 1.5],
  },
  {
    name: "Math.max of none, one and many",
    source: inferred(
      "x: number, y: number",
      "return [Math.max(), Math.max(x), Math.min(x, 1, y, 2), Math.hypot(x, y, 3), Math.hypot()];",
    ),
    args: [1.5, 2.5],
  },
  {
    name: "Math.max of zeros of both signs",
    source: inferred("x: number", "return [Math.max(x, 0), Math.min(x, 0), Math.max(-0, x)];"),
    args: [0],
    more: [[-0]],
  },
  {
    name: "abs and sign at zero",
    source: inferred("x: number", "return [Math.abs(x), Math.sign(x), Math.abs(x) * x];"),
    args: [0],
    more: [[-0], [-2]],
  },
  {
    name: "rounding has slope zero",
    source: inferred(
      "x: number",
      "return [Math.floor(x) * x, Math.round(x) + x, Math.trunc(x) * x, Math.ceil(x) * x];",
    ),
    args: [2.5],
    more: [[-2.5]],
  },
  {
    name: "Math.floor(x) | 0 is an index",
    source: numeric(
      "x: number",
      "const i = Math.floor(x) | 0; const t = x - i; const a = [1, 4, 9]; return a[i] * (1 - t) + a[i + 1] * t;",
    ),
    args: [1.25],
  },
  {
    name: "bit operations on inactive integers",
    source: numeric(
      "x: number",
      "let s = x; for (let i = 0; i < 8; i++) { if (i & 1) s *= x; if ((i >>> 1) ^ 1) s += i << 1; } return s;",
    ),
    args: [1.1],
  },
  { name: "fround", source: inferred("x: number", "return [Math.fround(x * 1.1), Math.fround(x) * x];"), args: [0.3] },
  {
    name: "comparisons are about values",
    source: inferred(
      "x: number, y: number",
      "return [x < y, x > y, x <= x, x >= y, x === y, x !== y, x == y, x != y, !x, Object.is(x, y)];",
    ),
    args: [2, 3],
  },
  {
    name: "Number, unary plus and double negation",
    source: inferred("x: number", "return [Number(x), +x, - -x, +(+x), -(-x)];"),
    args: [-0],
    more: [[1.5]],
  },
  {
    name: "number predicates",
    source: inferred("x: number", "return isNaN(x) || !Number.isFinite(x) || Number.isInteger(x) ? 0 : x * x;"),
    args: [1.5],
    more: [[2], [Number.NaN]],
  },
  {
    name: "integer overflow stays a number",
    source: inferred("x: number", "let s = x; for (let i = 0; i < 12; i++) s = s * 1000 + i; return [s, s % 7];"),
    args: [3],
  },
  {
    name: "imul and clz32 of inactive integers",
    source: numeric("x: number", "return x * Math.imul(3, 5) + Math.clz32(7);"),
    args: [1.5],
  },
  {
    name: "Math.random is called once a place, as the original does",
    source: numeric(
      "x: number",
      "const a = [1, 2]; let n = 0; const r = () => { n += 1; return n; }; return x * r() + r() * a[0];",
    ),
    args: [1.5],
  },
  {
    name: "constants of Math and Number",
    source: inferred(
      "x: number",
      "return x * Math.PI + Math.E * Number.EPSILON + Number.MAX_SAFE_INTEGER * x + Math.SQRT2 ** x;",
    ),
    args: [1.5],
  },
  {
    name: "common subexpressions of primal and tangent",
    source: inferred(
      "x: number",
      "return [Math.exp(x) * Math.exp(x), Math.sin(x) / Math.cos(x), Math.sqrt(x) * Math.sqrt(x)];",
    ),
    args: [1.5],
  },
  {
    name: "an expression of many factors",
    source: numeric(
      "a: number, b: number, c: number, d: number",
      "return a * b * c * d + (a * b) * (c * d) - a * b / c / d;",
    ),
    args: [1.5, 2.5, 0.5, 0.7],
  },
  {
    name: "a square written three ways",
    source: inferred(
      "x: number",
      "const y = 3 * x; return [y * y, x * x, (x + 1) * (x + 1), x ** 2, 2 * x * x, x * 2 * x];",
    ),
    args: [1.5],
  },
  {
    name: "zero tangents stay zero at singular points",
    source: inferred("x: number, y: number", "return [Math.sqrt(x), Math.log(y), Math.cbrt(x), Math.hypot(x, x)];"),
    args: [0, 1],
    tangents: [[0, 1]],
  },
  { name: "sqrt at zero", source: numeric("x: number", "return Math.sqrt(x);"), args: [0], tangents: [[1], [-1]] },
  {
    name: "a division by zero in an untaken branch",
    source: numeric("x: number", "return x === 0 ? 1 : Math.sin(x) / x;"),
    args: [0],
    more: [[1]],
  },
  {
    name: "all of Math of one argument",
    source: inferred(
      "x: number",
      "return [Math.acos(x), Math.asin(x), Math.asinh(x), Math.atan(x), Math.atanh(x), Math.cbrt(x), Math.cos(x), Math.cosh(x), Math.exp(x), Math.expm1(x), Math.log(x), Math.log10(x), Math.log1p(x), Math.log2(x), Math.sin(x), Math.sinh(x), Math.sqrt(x), Math.tan(x), Math.tanh(x), Math.abs(-x), Math.acosh(1 + x)];",
    ),
    args: [0.4],
  },
  {
    name: "atan2 in all quadrants",
    source: inferred(
      "y: number, x: number",
      "return [Math.atan2(y, x), Math.atan2(-y, x), Math.atan2(y, -x), Math.atan2(-y, -x)];",
    ),
    args: [1.5, 0.5],
  },
  {
    name: "void, typeof and in",
    source: inferred(
      "x: number",
      "const o = { a: x }; return typeof x === 'number' && 'a' in o && void 0 === undefined ? o.a * x : 0;",
    ),
    args: [1.5],
  },
  {
    name: "text beside numbers",
    source: inferred(
      "x: number",
      "const label = `n=${1 + 1}`; const s = 'a' + label + 'b'; return { s, length: s.length, v: x * s.length };",
    ),
    args: [1.5],
  },
  {
    name: "bigint beside numbers",
    source: inferred("x: number", "let n = 2n ** 10n; n++; const k = Number(n % 7n); return { n, v: x * k };"),
    args: [1.5],
  },
]);
