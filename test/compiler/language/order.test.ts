import { numeric as f } from "../../support/source.ts";
import { describeTraps } from "../../support/traps.ts";

describeTraps("evaluation order", [
  { name: "x + (x = 3)", source: f("x: number", "return x + (x = 3);"), args: [2] },
  { name: "(x = 3) + x", source: f("x: number", "return (x = 3) + x;"), args: [2] },
  { name: "x * (x = x * x) * x", source: f("x: number", "return x * (x = x * x) * x;"), args: [1.5] },
  {
    name: "x = y = x * y",
    source: f("x: number, y: number", "x = y = x * y; return x + 2 * y;"),
    args: [2, 3],
  },
  {
    name: "a[i++] = i",
    source: f(
      "x: number",
      "const a = [x, x * 2, 0]; let i = 0; a[i++] = i * x; a[i++] += i * x; return a[0] + a[1] * 10 + i;",
    ),
    args: [1.5],
  },
  {
    name: "a[i] = i = …",
    source: f("x: number", "const a = [x, 2 * x, 3 * x]; let i = 0; a[i] = x * (i = 2); return a[0] * 100 + a[2] + i;"),
    args: [1.5],
  },
  {
    name: "f() + g() with effects",
    source: f(
      "x: number",
      "let s = x; const g = () => { s *= 2; return s; }; const h = () => { s += x; return s; }; return g() - h() * s + g();",
    ),
    args: [1.2],
  },
  {
    name: "logged order",
    source: f(
      "x: number, y: number",
      'return show("a", x) * show("b", y) + show("c", x + y);',
      "function show(name: string, v: number): number {\n  console.log(name, v);\n  return v * v;\n}\n",
    ),
    args: [1.2, 0.3],
  },
  {
    name: "compound assignment whose right side changes the target",
    source: f("x: number", "let s = x; s += (s = s * 3) + 1; return s;"),
    args: [1.2],
  },
  {
    name: "compound element assignment whose right side changes the element",
    source: f("x: number", "const a = [x]; a[0] *= (a[0] = a[0] + x); return a[0];"),
    args: [1.2],
  },
  {
    name: "compound assignment whose right side calls what changes it",
    source: f("x: number", "let s = x; const g = () => { s = s * 10; return x; }; s -= g(); return s;"),
    args: [1.2],
  },
  {
    name: "arguments of a call",
    source: f(
      "x: number",
      "return g(x, (x = x * x), x, x++, x);",
      "function g(a: number, b: number, c: number, d: number, e: number): number {\n  return a + 2 * b + 4 * c + 8 * d + 16 * e;\n}\n",
    ),
    args: [1.2],
  },
  {
    name: "elements of a literal",
    source: f(
      "x: number",
      "const a = [x, (x *= 2), x, x++, --x]; return a[0] + 3 * a[1] + 5 * a[2] + 7 * a[3] + 9 * a[4];",
    ),
    args: [1.2],
  },
  {
    name: "properties of a literal",
    source: f("x: number", "const o = { a: x, b: (x = x * x), c: x }; return o.a + 3 * o.b + 5 * o.c;"),
    args: [1.2],
  },
  {
    name: "arguments of Math functions",
    source: f("x: number", "return Math.pow(x, (x = 2)) + Math.max(x, (x = 5), x) + Math.hypot((x = 3), x, x++);"),
    args: [1.2],
  },
  {
    name: "postfix and prefix in one expression",
    source: f("x: number", "return x++ * ++x - x-- * --x;"),
    args: [1.2],
  },
  {
    name: "increment of an element",
    source: f("x: number", "const a = [x, x * x]; let i = 0; return a[i++]++ + a[i]-- * 3 + ++a[0] * a[1] + i;"),
    args: [1.2],
  },
  {
    name: "increment of a field",
    source: f("x: number", "const o = { v: x }; return o.v++ + --o.v * o.v;"),
    args: [1.2],
  },
  {
    name: "comma",
    source: f("x: number", "let y = (x++, x * 2, x * x); y = (y += x, y * 2); return (0, y) + x;"),
    args: [1.2],
  },
  {
    name: "comma in for",
    source: f("x: number", "let s = 0; for (let i = 0, t = x; i < 3; i++, t *= x) s += t, s *= 1.1; return s;"),
    args: [1.2],
  },
  {
    name: "while with assignment in its condition",
    source: f("x: number", "let s = 0, t = x; while ((t = t * 0.5) > 0.1) s += t; return s + t;"),
    args: [1.7],
  },
  {
    name: "do-while with an effect in its condition",
    source: f("x: number", "let s = 0, t = x; do { s += t; } while ((t *= 0.5) > 0.1); return s + t;"),
    args: [1.7],
  },
  {
    name: "if with an assignment in its condition",
    source: f("x: number", "let t: number; if ((t = x * x) > 1) return t * x; return t;"),
    args: [1.7],
    more: [[0.5]],
  },
  {
    name: "short circuit skips effects",
    source: f(
      "x: number",
      "let s = x; const g = (v: number) => { s *= v; return s > 2; }; const ok = x > 1 && g(3) || g(5); return ok ? s : -s;",
    ),
    args: [1.7],
    more: [[0.3], [0.5]],
  },
  {
    name: "effects in the arms of a conditional",
    source: f("x: number", "let s = x; const t = x > 1 ? (s *= 2, s + 1) : (s = 7); return s * 10 + t;"),
    args: [1.7],
    more: [[0.3]],
  },
  {
    name: "conditional as a statement",
    source: f("x: number", "let s = x; x > 1 ? (s *= 2) : (s *= x, s += x); return s;"),
    args: [1.7],
    more: [[0.3]],
  },
  {
    name: "logical operators as statements",
    source: f("x: number", "let s = x; x > 1 && (s *= 2); x > 1 || (s *= 5); return s;"),
    args: [1.7],
    more: [[0.3]],
  },
  {
    name: "an untaken branch is not evaluated",
    source: f("x: number", "return x > 0 ? Math.log(x) : x < 0 ? Math.sqrt(-x) : 1 / (1 + x);"),
    args: [1.7],
    more: [[-2], [0]],
  },
  {
    name: "an untaken branch is not evaluated: statements",
    source: f("x: number", "let y = 0; if (x > 0) { y = Math.sqrt(x); } else { y = Math.sqrt(-x); } return y;"),
    args: [1.7],
    more: [[-2]],
  },
  {
    name: "object of a call evaluated before its arguments",
    source: f(
      "x: number",
      "let a = [x, 2 * x]; const b = a; const v = a.at((a = [9, 9], 1)) ?? 0; return v + b[0] + a[0];",
    ),
    args: [1.7],
  },
  {
    name: "array read before it is replaced",
    source: f("x: number", "let a = [x, 2 * x]; const v = a[0] + (a = [x * x, 3])[0] + a[1]; return v;"),
    args: [1.7],
  },
  {
    name: "index changed by the value stored",
    source: f("a: number[]", "let i = 0; a[i] = a[(i = 1)] * 2; return a[0] + 3 * a[1] + i;"),
    args: [[1.5, 2.5]],
  },
  {
    name: "nested assignment to elements",
    source: f(
      "x: number",
      "const a = [0, 0, 0]; a[0] = a[1] = a[2] = x * x; a[1] += a[0]; return a[0] + a[1] * 2 + a[2] * 3;",
    ),
    args: [1.5],
  },
  {
    name: "value of an assignment to a Float32Array element is not rounded",
    source: f("x: number", "const a = new Float32Array(1); const v = (a[0] = x * 0.1); return v * 1000 + a[0];"),
    args: [1.1],
  },
  {
    name: "a getter of length evaluated at each turn",
    source: f(
      "x: number",
      "const a = [x]; let s = 0; for (let i = 0; i < a.length; i++) { s += a[i]; if (a.length < 4) a.push(a[i] * x); } return s;",
    ),
    args: [1.3],
  },
  {
    name: "effects between the operands of a comparison",
    source: f("x: number", "let t = x; if (t < (t = t * t)) return t * 2; return t * 3;"),
    args: [1.3],
    more: [[0.4]],
  },
  {
    name: "a call inside an index",
    source: f(
      "x: number",
      "const a = [x, 2 * x, 3 * x]; return a[next()] + a[next()] * a[next() - 1];",
      "let n = -1;\nfunction next(): number {\n  n = (n + 1) % 3;\n  return n;\n}\n",
    ),
    args: [1.3],
  },
  {
    name: "return of an assignment",
    source: f("x: number", "let y = 1; return (y = x * x) * y;"),
    args: [1.3],
  },
  {
    name: "statement that only reads",
    source: f("x: number", "x; x * 2; Math.sin(x); return x * x;"),
    args: [1.3],
  },
  {
    name: "void of an effect",
    source: f("x: number", "let s = x; void (s = s * s); return s;"),
    args: [1.3],
  },
]);
