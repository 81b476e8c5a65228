import { inferred, numeric } from "../../support/source.ts";
import { describeTraps } from "../../support/traps.ts";

describeTraps("objects, tuples and destructuring", [
  {
    name: "a tuple returned and taken apart",
    source: numeric(
      "x: number",
      "const [s, c] = g(x); return s * c;",
      "function g(v: number): [number, number] {\n  return [Math.sin(v), Math.cos(v)];\n}\n",
    ),
    args: [1.5],
  },
  {
    name: "a field that only some members of a union have, read and written",
    source: numeric(
      "x: number",
      `const a = area({ kind: "disc", r: x }); const all: Shape = { kind: "all", of: [{ kind: "disc", r: x * x }, { kind: "box", w: x, h: 2 }] };
       grow(all); return a * area(all);`,
      `type Shape = { kind: "disc"; r: number } | { kind: "box"; w: number; h: number } | { kind: "all"; of: Shape[] };
function area(s: Shape): number {
  switch (s.kind) {
    case "disc": return Math.PI * s.r * s.r;
    case "box": return s.w * s.h;
    case "all": { let sum = 0; for (const one of s.of) sum += area(one); return sum; }
  }
}
function grow(s: Shape): void {
  if (s.kind === "all") s.of.forEach(grow);
  else if (s.kind === "disc") s.r *= s.r;
  else s.w = s.w * s.h;
}
`,
    ),
    args: [1.5],
  },
  {
    name: "fields by keys that are known at run time only",
    source: numeric(
      "x: number",
      `const env: Record<string, number> = { x, y: 2, z: 3 }; const names = ["x", "y", "z", "x"];
       let s = 1; for (const n of names) s = s * 0.5 + env[n]! * env[n]!;
       const o = { a: x * x, b: 1 }; for (const k in o) s += o[k as "a" | "b"] * o.a;
       const p = { ...o, c: 4 }; p[pick(2)] = s; p[pick(1)] *= 3;
       return p.a + p.b * 2 + p.c * 5;`,
      `const keys = ["a", "b", "c"] as const;
function pick(i: number): "a" | "b" | "c" { return keys[i]!; }
`,
    ),
    args: [1.5],
  },
  {
    name: "an environment that a tree of functions reads by name",
    source: numeric(
      "x: number, c: number",
      `const e = times(named("x"), times(named("y"), named("x"))); return e({ x, y: c, z: 1 }) + e({ x: 2, y: 1 });`,
      `type Env = { readonly [name: string]: number };
type Term = (env: Env) => number;
const named = (name: string): Term => (env) => env[name] ?? NaN;
const times = (a: Term, b: Term): Term => (env) => a(env) * b(env);
`,
    ),
    args: [1.5, 2.5],
  },
  {
    name: "a tuple with a text in it",
    source: numeric(
      "x: number",
      "const [s, name, c] = g(x); return s * c + name.length;",
      "function g(v: number): [number, string, number] {\n  return [v * v, 'ab', v + 1];\n}\n",
    ),
    args: [1.5],
  },
  {
    name: "defaults, holes and a rest",
    source: numeric(
      "a: number[]",
      "const [p, , q = p * 2, ...more] = a; return p * q + more.length + (more[0] ?? 3) * p;",
    ),
    args: [[1.5, 2.5, 3.5, 4.5]],
    more: [[[1.5]]],
  },
  {
    name: "nested patterns",
    source: numeric(
      "x: number",
      "const { a, b: { c, d: [e, f2] } } = { a: x, b: { c: x * 2, d: [x * x, 3] } }; return a * c + e * f2;",
    ),
    args: [1.5],
  },
  {
    name: "renamed, with a default, and by a quoted name",
    source: numeric(
      "x: number",
      "const o: { a: number; 'b-c': number; d?: number } = { a: x, 'b-c': x * x }; const { a: p, 'b-c': q, d = p * q } = o; return p + q * d;",
    ),
    args: [1.5],
  },
  {
    name: "destructuring into places",
    source: numeric(
      "x: number",
      "const a = [0, 0]; const o = { v: 0, w: { z: 0 } }; [a[1], o.v] = [x, x * x]; ({ p: o.w.z, q: a[0] } = { p: x * 3, q: a[1] * 2 }); return a[0] * a[1] + o.v * o.w.z;",
    ),
    args: [1.5],
  },
  {
    name: "the value of a destructuring assignment",
    source: numeric("x: number", "let a = 0, b = 0; const t = ([a, b] = [x, x * x]); return a * b + t[1];"),
    args: [1.5],
  },
  {
    name: "destructuring an array that is named on both sides",
    source: numeric(
      "x: number",
      "let a = [x, 2 * x]; let b = 0; [a, b] = [[a[1], a[0]], a[0]]; return a[0] * b + a[1];",
    ),
    args: [1.5],
  },
  {
    name: "let bound by a pattern and changed later",
    source: numeric("a: number[]", "let [p, q] = a; p *= q; q += p; return p * q + a[0];"),
    args: [[1.5, 2.5]],
  },
  {
    name: "objects by reference",
    source: numeric(
      "x: number",
      "const o = { v: x }; const p = o; p.v *= 2; const q = { o, p }; q.o.v += 1; return o.v * p.v;",
    ),
    args: [1.5],
  },
  {
    name: "shorthand properties",
    source: numeric("x: number", "const y = x * x; const o = { x, y }; return o.x * o.y;"),
    args: [1.5],
  },
  {
    name: "optional chaining on objects that may be missing",
    source: numeric(
      "x: number",
      "const o: { a?: { v: number } } = x > 1 ? { a: { v: x * x } } : {}; return (o.a?.v ?? x) * 2;",
    ),
    args: [1.5],
    more: [[0.5]],
  },
  {
    name: "optional chaining on elements",
    source: numeric(
      "x: number",
      "const a: (number[] | undefined)[] = [[x, x * x]]; return (a[0]?.[1] ?? 1) * (a[1]?.[0] ?? x);",
    ),
    args: [1.5],
  },
  {
    name: "a missing value and ??",
    source: numeric(
      "x: number",
      "const o: { v?: number } = {}; const a = o.v ?? x; o.v = x * 2; const b = o.v ?? 1; return a * b;",
    ),
    args: [1.5],
  },
  {
    name: "null in a variable",
    source: numeric(
      "x: number",
      "let best: number | null = null; for (const v of [x, x * x, 2]) if (best === null || v > best) best = v; return best ?? 0;",
    ),
    args: [1.5],
  },
  {
    name: "an object in a variable that may be null",
    source: numeric(
      "x: number",
      "let o: { v: number } | null = null; if (x > 1) o = { v: x * x }; return o === null ? x : o.v;",
    ),
    args: [1.5],
    more: [[0.5]],
  },
  {
    name: "objects returned",
    source: inferred("x: number", "return { value: x * x, parts: [x, 1], name: 'n', inner: { k: 2, z: x } };"),
    args: [1.5],
  },
  {
    name: "an object with a text and a function's result in it",
    source: inferred("x: number, tag: string", "const o = { tag, v: x }; o.v *= 2; o.tag = 'b'; return o;"),
    args: [1.5, "a"],
  },
  {
    name: "an object parameter changed in place",
    source: inferred("s: { x: number; v: number }, dt: number", "s.x += s.v * dt; s.v *= 0.9; return s;"),
    args: [{ x: 1.5, v: 2 }, 0.1],
  },
  {
    name: "nested object parameter with arrays",
    source: numeric(
      "p: { w: number[]; b: { c: number } }",
      "let s = p.b.c; for (const w of p.w) s += w * w; p.w[0] = s; let t = 0; for (const w of p.w) t += w; return t * p.b.c;",
    ),
    args: [{ w: [1.5, 2.5], b: { c: 3 } }],
  },
  {
    name: "an object of objects by fixed names",
    source: numeric(
      "x: number",
      "const c = { re: x, im: 1 }; const d = { re: c.re * c.re - c.im * c.im, im: 2 * c.re * c.im }; return d.re * d.im;",
    ),
    args: [1.5],
  },
  {
    name: "complex numbers by functions",
    source:
      "interface C { re: number; im: number }\nconst mul = (a: C, b: C): C => ({ re: a.re * b.re - a.im * b.im, im: a.re * b.im + a.im * b.re });\n/** @fgrad */\nexport function f(x: number, y: number): number {\n  let z: C = { re: x, im: y };\n  for (let i = 0; i < 3; i++) z = mul(z, z);\n  return z.re - z.im;\n}\n",
    args: [0.9, 0.3],
  },
  {
    name: "a field named length",
    source: numeric(
      "rod: { length: number; mass: number }",
      "rod.length *= 2; return rod.length * rod.mass + rod.length;",
    ),
    args: [{ length: 1.5, mass: 2 }],
  },
  {
    name: "fields named like methods of arrays",
    source: numeric("x: number", "const o = { push: x, map: x * x, at: 2 }; return o.push * o.map * o.at;"),
    args: [1.5],
  },
  {
    name: "numeric and quoted keys",
    source: numeric("x: number", "const o = { 1: x, 'two words': x * x, 3: 2 }; return o[1] * o['two words'] + o[3];"),
    args: [1.5],
  },
  {
    name: "readonly arrays and as const",
    source: numeric(
      "x: number",
      "const k = [1, 2] as const; const a: readonly number[] = [x, k[1] * x]; return a[0] * a[1] + k[0];",
    ),
    args: [1.5],
  },
  {
    name: "as, satisfies and !",
    source: numeric(
      "x: number",
      "const a = [x, x * x] as [number, number]; const o = { v: a[1] } satisfies { v: number }; const p: { w?: number } = { w: x }; return (o.v as number) * p.w! + (<number>x);",
    ),
    args: [1.5],
  },
  {
    name: "as any and back",
    source: numeric("x: number", "const y = (x * x) as unknown as number; return y * x;"),
    args: [1.5],
  },
  {
    name: "type parameters and branded numbers",
    source:
      "type Metres = number & { readonly unit?: 'm' };\n/** @fgrad */\nexport function f(x: Metres, y: Metres): number {\n  return x * y;\n}\n",
    args: [1.5, 2.5],
  },
  {
    name: "enum constants",
    source:
      "enum Mode { Square, Cube = 3 }\nconst enum Kind { A = 2, B = A * 2 }\n/** @fgrad wrt x */\nexport function f(x: number, mode: Mode): number {\n  switch (mode) {\n    case Mode.Square:\n      return x * x * Kind.B;\n    case Mode.Cube:\n      return x ** 3 * Mode.Cube;\n  }\n}\n",
    args: [1.5, 0],
    more: [[1.5, 3]],
  },
  {
    name: "module constants, arrays and objects",
    source: numeric(
      "x: number",
      "let s = OFFSET; for (let i = 0; i < K.length; i++) s += K[i] * x ** i; return s * table.scale;",
      "const OFFSET = 2;\nconst K = [1, 2, 3];\nconst table = { scale: 2, inner: { z: 1 } };\n",
    ),
    args: [1.5],
  },
  {
    name: "a module variable that changes",
    source: numeric("x: number", "count += 1; return x * count;", "let count = 0;\n"),
    args: [1.5],
  },
  {
    name: "an accumulator object made anew each turn",
    source: numeric(
      "a: number[]",
      "let acc = { sum: 0, product: 1 }; for (const v of a) acc = { sum: acc.sum + v, product: acc.product * v }; return acc.sum * acc.product;",
    ),
    args: [[1.5, 2.5, 0.5]],
  },
  {
    name: "object spread copies one level",
    source: numeric(
      "x: number",
      "const o = { v: x, w: { z: x } }; const p = { ...o, v: x * x }; p.w.z *= 3; o.v = 7; return p.v + o.w.z * o.v;",
    ),
    args: [1.5],
  },
  {
    name: "object spread over earlier fields",
    source: numeric(
      "x: number",
      "const o = { v: x, w: 2 * x }; const p = { v: 1, ...o, w: 3 }; const q = { ...p, ...{ v: x * x } }; return p.v + q.v * q.w;",
    ),
    args: [1.5],
  },
  {
    name: "an accessor that one of several unrelated classes has",
    source: `interface Shape { area(): number }
class Disc implements Shape { constructor(private readonly r: number) {} area(): number { return this.r * this.r * 3; } }
class Square implements Shape { constructor(public side: number) {} area(): number { return this.side * this.side; } set diagonal(d: number) { this.side = d / Math.SQRT2; } get diagonal(): number { return this.side * Math.SQRT2; } }
/** @fgrad */
export function f(x: number, y: number): number { const shapes: Shape[] = [new Disc(x), new Square(y)]; const square = shapes[1] as Square; square.diagonal += x; square.diagonal *= 2; return shapes.reduce((sum, shape) => sum + shape.area(), square.side); }
`,
    args: [1.5, 0.5],
  },
  {
    name: "a number or null, beside a function as parameter",
    source: `function march(distance: (t: number) => number): number | null { let t = 0; for (let i = 0; i < 9; i++) { const step = distance(t); if (step < 0.1) return t; t += step; if (t > 20) return null; } return t; }
/** @fgrad */
export function f(x: number): number { return (march((t) => x - t / 2) ?? -1) * x + (march(() => x * 30) ?? x * x); }
`,
    args: [1.5],
  },
  {
    name: "a generic class of objects",
    source: `class Stack<T extends { value: number }> { private readonly items: T[] = []; push(...more: T[]): number { return this.items.push(...more); } pop(): T { const top = this.items.pop(); if (!top) throw new RangeError("empty"); return top; } get top(): T { return this.items[this.items.length - 1]!; } }
/** @fgrad */
export function f(x: number, y: number): number { const stack = new Stack<{ value: number }>(); stack.push({ value: x }, { value: y }); const b = stack.pop().value; stack.push({ value: b * stack.top.value }); return stack.pop().value * stack.pop().value; }
`,
    args: [1.5, 0.5],
  },
  {
    name: "a tree that may be empty, copied on the way",
    source: `type Tree = { v: number; l?: Tree; r?: Tree } | undefined;
const insert = (t: Tree, v: number): NonNullable<Tree> => (t ? (v < t.v ? { ...t, l: insert(t.l, v) } : { ...t, r: insert(t.r, v) }) : { v });
const sum = (t: Tree, k: number): number => (t ? t.v * k + sum(t.l, k * 2) + sum(t.r, k * k) : 0);
/** @fgrad */
export function f(a: number[], k: number): number { return sum(a.reduce<Tree>((t, v) => insert(t, v), undefined), k); }
`,
    args: [[5, 2, 8, 1], 1.5],
  },
  {
    name: "a cycle that meets objects of unknown and of recursive types",
    source: `type T = number | string | { v: number; next?: T } | T[];
const g = (a: any, b: any, c: boolean): any => (c ? a : b);
/** @fgrad wrt x, p, q */
export function f(x: number, p: any, q: T): number { const node: any = { v: x, next: undefined }; node.next = node; const at = x > 0 ? node : p; const other: any = x > 0 ? node : q; return at.next.next.v * x + other.next.next.v + g(node, p, x > 0).next.v * g(node, q, x > 0).next.next.v; }
`,
    args: [1.5, { v: 3 }, { v: 2 }],
  },
]);
