import { inferred, numeric } from "../../support/source.ts";
import { describeTraps } from "../../support/traps.ts";

describeTraps("control flow", [
  {
    name: "switch with fallthrough",
    source: numeric(
      "x: number, k: number",
      "let s = 0; switch (k) { case 0: s += x; case 1: s += x * x; break; case 2: s -= x; } return s * x;",
    ),
    args: [1.5, 0],
    more: [
      [1.5, 1],
      [1.5, 2],
      [1.5, 3],
    ],
  },
  {
    name: "switch with default in the middle",
    source: numeric(
      "x: number, k: number",
      "let s = 1; switch (k) { case 0: s *= x; break; default: s += x; case 1: s *= 2 * x; break; case 2: s = 7; } return s;",
    ),
    args: [1.5, 0],
    more: [
      [1.5, 1],
      [1.5, 2],
      [1.5, 5],
    ],
  },
  {
    name: "switch with return inside",
    source: numeric(
      "x: number, k: number",
      "switch (k) { case 0: return x * x; case 1: { const t = x * 3; return t * t; } default: return 1; }",
    ),
    args: [1.5, 0],
    more: [
      [1.5, 1],
      [1.5, 2],
    ],
  },
  {
    name: "switch on strings and on true",
    source: inferred(
      "x: number, k: string",
      "let s = x; switch (k) { case 'a': s *= 2; break; case `b`: s *= x; } switch (true) { case x > 2: s += 1; break; case x > 1: s += x; } return s;",
    ),
    args: [1.5, "a"],
    more: [
      [1.5, "b"],
      [2.5, "c"],
    ],
  },
  {
    name: "switch whose cases share a variable",
    source: numeric(
      "x: number, k: number",
      "switch (k) { case 0: let t = x; return t * t; case 1: t = x * 2; return t + x; } return x;",
    ),
    args: [1.5, 0],
    more: [[1.5, 2]],
  },
  {
    name: "continue in a switch in a loop",
    source: numeric(
      "x: number",
      "let s = 0; for (let i = 0; i < 5; i++) { switch (i % 3) { case 0: continue; case 1: s += x * i; break; default: s *= x; } s += 1; } return s;",
    ),
    args: [1.5],
  },
  {
    name: "labelled continue in a for with an update",
    source: numeric(
      "x: number",
      "let s = 0; outer: for (let i = 0, t = x; i < 4; i++, t *= x) { for (let j = 0; j < 4; j++) { if (j === i) continue outer; s += t * j; } s += 100; } return s;",
    ),
    args: [1.1],
  },
  {
    name: "labelled continue in a do-while with an effect in its condition",
    source: numeric(
      "x: number",
      "let s = x, n = 0; outer: do { for (;;) { s *= 1.5; if (n < 2) continue outer; break; } s += x; } while (n++ < 3 && (s += 1) > 0); return s;",
    ),
    args: [1.1],
  },
  {
    name: "labelled break out of a block",
    source: numeric("x: number", "let s = x; done: { s *= x; if (s > 2) break done; s += 10; } return s;"),
    args: [1.1],
    more: [[1.9]],
  },
  {
    name: "labelled break out of two loops and a switch",
    source: numeric(
      "x: number",
      "let s = 0; all: for (let i = 0; i < 4; i++) for (let j = 0; j < 4; j++) switch (i * j) { case 2: s += x; break; case 3: break all; default: s += x * x; } return s;",
    ),
    args: [1.1],
  },
  {
    name: "continue in a for-of over an active array",
    source: numeric(
      "a: number[]",
      "let s = 0; for (const v of a) { if (v < 0) continue; if (v > 5) break; s += v * v; } return s;",
    ),
    args: [[1.5, -1, 2, 9, 3]],
  },
  {
    name: "labelled continue in a for-of over an active array",
    source: numeric(
      "a: number[]",
      "let s = 0; each: for (const v of a) { for (let i = 0; i < 3; i++) { if (i > v) continue each; s += v * i; } s += 1; } return s;",
    ),
    args: [[1.5, -1, 2, 9, 3]],
  },
  {
    name: "early return in loops",
    source: numeric(
      "x: number",
      "let s = x; for (let i = 0; i < 100; i++) { s = s * 1.1 + x; if (s > 50) return s * i; } return -s;",
    ),
    args: [1.5],
    more: [[0.001]],
  },
  {
    name: "early return in a nested loop in a helper",
    source: numeric(
      "x: number",
      "return find(x) + find(x * 3);",
      "function find(v: number): number {\n  for (let i = 1; i < 5; i++) for (let j = 1; j < 5; j++) if (i * j * v > 7) return v * i * j;\n  return v;\n}\n",
    ),
    args: [1.5],
    more: [[0.1]],
  },
  {
    name: "a loop that does not run",
    source: numeric(
      "x: number, n: number",
      "let s = x; for (let i = 0; i < n; i++) s *= x; while (n > 5) { s = 0; break; } return s;",
    ),
    args: [1.5, 0],
    more: [[1.5, 2]],
  },
  {
    name: "for without condition, update or initial value",
    source: numeric(
      "x: number",
      "let s = x; let i = 0; for (;;) { if (++i > 3) break; s *= x; } for (; i < 6; ) { s += x; i++; } return s;",
    ),
    args: [1.5],
  },
  {
    name: "loop variable used after the loop",
    source: numeric("x: number", "let t = 0; for (t = x; t < 10; t *= 2); return t;"),
    args: [1.5],
  },
  {
    name: "active loop variable",
    source: numeric("x: number", "let s = 0; for (let t = x; t < 10; t += x) s += t * t; return s;"),
    args: [1.5],
  },
  {
    name: "loop variable changed in the body",
    source: numeric(
      "x: number",
      "let s = 0; for (let i = 0; i < 9; i++) { if (i === 2) i += 3; s += x * i; } return s;",
    ),
    args: [1.5],
  },
  {
    name: "closures capturing loop variables",
    source: inferred(
      "x: number",
      "const fs: (() => number)[] = []; for (let i = 0; i < 3; i++) { const t = x * i; fs[i] = () => t * x + i; } const [p, q, r] = fs; return [p(), q(), r()];",
    ),
    args: [1.5],
  },
  {
    name: "a closure capturing an active loop variable, called in the loop",
    source: numeric(
      "x: number",
      "let s = 0; for (let t = x; t < 5; t *= 2) { const g = () => t * t; s += g(); } return s;",
    ),
    args: [1.5],
  },
  {
    name: "try without a throw",
    source: numeric("x: number", "let s = 0; try { s = x * x; } catch { s = 1; } finally { s *= x; } return s;"),
    args: [1.5],
  },
  {
    name: "try with a throw in the middle",
    source: numeric(
      "x: number",
      "let s = x; try { s *= 2; if (s > 2) throw new Error('big'); s *= 100; } catch { s += x * x; } finally { s *= x; } return s;",
    ),
    args: [1.5],
    more: [[0.5]],
  },
  {
    name: "a throw in a callee",
    source: numeric(
      "x: number",
      "let s = x; try { s = s * g(x); } catch (e) { s = s * 7 + (e as Error).message.length; } return s;",
      "function g(v: number): number {\n  if (v > 1) throw new RangeError('v');\n  return v * v;\n}\n",
    ),
    args: [1.5],
    more: [[0.5]],
  },
  {
    name: "finally overrides a return",
    source: numeric("x: number", "try { return x * x; } finally { if (x > 1) return x * 3; }"),
    args: [1.5],
    more: [[0.5]],
  },
  {
    name: "return evaluated before finally",
    source: numeric("x: number", "let s = x; try { return s * s; } finally { s = 100; console.log(s); }"),
    args: [1.5],
  },
  {
    name: "break and continue through finally",
    source: numeric(
      "x: number",
      "let s = x; for (let i = 0; i < 5; i++) { try { if (i === 1) continue; if (i === 3) break; s *= x; } finally { s += 1; } } return s;",
    ),
    args: [1.5],
  },
  {
    name: "nested try",
    source: numeric(
      "x: number",
      "let s = x; try { try { s *= x; throw new Error('a'); } finally { s += 1; } } catch (e) { s *= 2; } return s;",
    ),
    args: [1.5],
  },
  {
    name: "a throw with a message made from active numbers",
    source: numeric(
      "x: number",
      "if (x > 1) throw new RangeError(`bad ${x}: ${x * 2}`); if (x < 0) throw new Error('bad ' + x.toFixed(2)); return x * x;",
    ),
    args: [1.5],
    more: [[-1], [0.5]],
    losses: ["string", "toFixed"],
  },
  {
    name: "a throw of a text and of an object without numbers",
    source: numeric("x: number", "if (x > 2) throw 'text'; if (x > 1) throw { code: 7 }; return x * x;"),
    args: [2.5],
    more: [[1.5], [0.5]],
  },
  {
    name: "if without braces, else if",
    source: numeric(
      "x: number",
      "let s = x; if (x < 0) s = -s; else if (x < 1) s *= s; else if (x < 2) { s *= 3; } else; return s * x;",
    ),
    args: [-1],
    more: [[0.5], [1.5], [2.5]],
  },
  {
    name: "dangling else",
    source: numeric("x: number", "let s = x; if (x > 0) if (x > 1) s *= x; else s *= 3; return s;"),
    args: [-1],
    more: [[0.5], [1.5]],
  },
  {
    name: "empty statements and blocks",
    source: numeric("x: number", ";;{} if (x > 0) {} for (let i = 0; i < 2; i++); {;} return x * x;"),
    args: [1.5],
  },
  {
    name: "type declarations inside a function",
    source: numeric("x: number", "type T = number; interface I { v: T } const o: I = { v: x }; return o.v * x;"),
    args: [1.5],
  },
  {
    name: "unreachable code",
    source: numeric("x: number", "return x * x; x = 3; return x;"),
    args: [1.5],
  },
  {
    name: "constant conditions",
    source: numeric(
      "x: number",
      "let s = x; if (true) s *= x; if (false) s = 0; while (false) s = 0; return true ? s : 0;",
    ),
    args: [1.5],
  },
  {
    name: "conditions on active values that are zero or NaN",
    source: numeric("x: number", "return x ? x * 2 : !x ? x * 3 + 1 : 0;"),
    args: [0],
    more: [[Number.NaN], [2]],
  },
  {
    name: "nested conditionals in arguments",
    source: numeric("x: number", "return Math.max(x > 1 ? x * x : x, x > 2 ? 1 : x > 1.2 ? x * 3 : 2);"),
    args: [1.5],
    more: [[2.5], [0.5], [1.1]],
  },
  {
    name: "||=, &&= and ??= on scalars",
    source: numeric(
      "x: number, y: number",
      "let a = x - x; a ||= y * y; let b = x; b &&= b * y; let c: number | undefined; c ??= x * 3; c ??= 9; return a + b * c;",
    ),
    args: [1.5, 2.5],
  },
  {
    name: "||= and ??= on elements and fields",
    source: numeric(
      "x: number, y: number",
      "const a = [0, x]; a[0] ||= y * x; a[1] ||= 100; const o: { v?: number; w: number } = { w: x }; o.v ??= y; o.v ??= 7; o.w &&= o.w * 2; return a[0] + a[1] * o.v + o.w;",
    ),
    args: [1.5, 2.5],
  },
  {
    name: "logical operators that give operands back",
    source: numeric("x: number, y: number", "const z = x - x; return (z || y) * (x && y) + (z && y) + (z ?? y);"),
    args: [1.5, 2.5],
  },
  {
    name: "recursion with an accumulator and two exits",
    source:
      "/** @fgrad */\nexport function f(x: number, n: number): number {\n  if (n <= 0) return x;\n  if (n % 2 > 1) return f(x * x, n - 1) + n;\n  return x * f(x, n - 2);\n}\n",
    args: [1.1, 5],
  },
  {
    name: "mutual recursion",
    source: numeric(
      "x: number",
      "return even(x, 5);",
      "function even(x: number, n: number): number {\n  return n === 0 ? x : odd(x * 1.1, n - 1);\n}\nfunction odd(x: number, n: number): number {\n  return n === 0 ? -x : even(x + 1, n - 1) * x;\n}\n",
    ),
    args: [1.2],
  },
  {
    name: "mutual recursion of local functions",
    source: numeric(
      "x: number",
      "const even = (v: number, n: number): number => (n === 0 ? v : odd(v * x, n - 1)); const odd = (v: number, n: number): number => (n === 0 ? -v : even(v + x, n - 1)); return even(x, 3);",
    ),
    args: [1.2],
  },
  {
    name: "a recursion that stops by an inactive argument only",
    source:
      "/** @fgrad wrt x */\nexport function f(x: number, n: number): number {\n  return n === 0 ? 1 : x * f(x, n - 1);\n}\n",
    args: [1.2, 4],
  },
  {
    name: "a recursion over halves of an array",
    source: numeric(
      "a: Float64Array",
      "return total(a, 0, a.length);",
      "function total(a: Float64Array, from: number, to: number): number {\n  if (to - from === 1) return a[from] ** 2;\n  const middle = (from + to) >> 1;\n  return total(a, from, middle) * total(a, middle, to);\n}\n",
    ),
    args: [new Float64Array([1.5, 2.5, 0.5])],
  },
]);
