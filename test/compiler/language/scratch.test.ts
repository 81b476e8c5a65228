import { describeTraps } from "../../support/traps.ts";

// Memory of modules that each call writes before it reads it; what is made when a module is loaded, and called later.

const vec = `class Vec3 {
  x: number; y: number; z: number;
  constructor(x = 0, y = 0, z = 0) { this.x = x; this.y = y; this.z = z; }
  set(x: number, y: number, z: number): this { this.x = x; this.y = y; this.z = z; return this; }
  copy(v: Vec3): this { this.x = v.x; this.y = v.y; this.z = v.z; return this; }
  dot(v: Vec3): number { return this.x * v.x + this.y * v.y + this.z * v.z; }
  scale(s: number): this { this.x *= s; this.y *= s; this.z *= s; return this; }
  cross(v: Vec3, target = new Vec3()): Vec3 {
    const { x, y, z } = this;
    target.x = y * v.z - z * v.y;
    target.y = z * v.x - x * v.z;
    target.z = x * v.y - y * v.x;
    return target;
  }
}
`;

const f = (before: string, body: string, parameters = "x: number, y: number"): string =>
  `${before}\n/** @fgrad */\nexport function f(${parameters}): number {\n  ${body}\n}\n`;

describeTraps("memory of modules", [
  {
    name: "an object of a class, written by its methods",
    source: f(
      `${vec}const a = new Vec3(), b = new Vec3(1, 2, 3), c = new Vec3();
function twist(x: number, y: number): number {
  a.set(x, y, x * y);
  b.copy(a).scale(y);
  b.z = 2;
  a.cross(b, c);
  return c.dot(a) + c.x * b.y;
}`,
      "return twist(x, y) * twist(y, x) + twist(1, x);",
    ),
    args: [1.5, 0.7],
  },
  {
    name: "numbers, with and without a beginning",
    source: f(
      "let sum = 0, last: number;\nvar product;\nfunction add(v: number): void { sum += v * v; }",
      "sum = 0; last = x; product = 1; for (let i = 0; i < 3; i++) { add(last * y); product *= last; last = last * x; } return sum + last * product;",
    ),
    args: [1.5, 0.7],
    untyped: true,
  },
  {
    name: "a number set to a constant by a function that no active value meets",
    source: f(
      "let sum = 0;\nfunction reset(): void { sum = 0; }\nfunction total(x: number, y: number): number { reset(); sum += x; sum += y * x; return sum; }",
      "return total(x, y) * total(y, y) + total(x, 2);",
    ),
    args: [1.5, 0.7],
  },
  {
    name: "arrays filled by loops, to the end or by fill, and matrices written out",
    source: f(
      "const t = new Float64Array(4), m = [0, 0, 0, 0], n: number[] = [1, 2];\nfunction once(x: number, y: number): number { for (let i = 0; i < 4; i++) t[i] = x * i; for (let i = 0; i < t.length; i++) t[i]! += y; n.fill(x * y); m[0] = x; m[1] = y; m[2] = -y; m[3] = x * x; let s = 0; for (let i = 0; i < 4; i++) s += t[i]! * m[i]!; return s * n[1]!; }",
      "return once(x, y) + once(y, 3) * x;",
    ),
    args: [1.5, 0.7],
  },
  {
    name: "a list that is emptied, pushed and popped",
    source: f(
      "const stack: number[] = [];\nfunction run(x: number, y: number): number { stack.length = 0; stack.push(x, y); stack.push(x * y); const top = stack.pop()!; return top * stack[0]! + stack[1]!; }",
      "return run(x, y) + run(y, y);",
    ),
    args: [1.5, 0.7],
  },
  {
    name: "a cache of what does not vary",
    source: f(
      "let table: number[] | undefined;\nlet count = 0;\nconst lazy = (): number[] => { count += 1; return (table ??= [1, 2, 3]); };",
      "return lazy()[1]! * x + lazy()[2]! * y + count;",
    ),
    args: [1.5, 0.7],
  },
  {
    name: "written on both ways of a condition, and through a switch and a loop that ends early",
    source: f(
      "const p = { a: 0, b: [0, 0] };\nfunction g(x: number, y: number): number { if (x > y) { p.a = x; p.b[0] = y; } else { p.b[0] = x * x; p.a = y; } switch (Math.floor(x)) { case 0: p.b[1] = x; break; case 1: p.b[1] = y * x; break; default: p.b[1] = 1; } for (;;) { p.a *= 2; if (p.a > 10) break; } return p.a * p.b[0]! + p.b[1]!; }",
      "return g(x, y) + g(y, x) * g(2.5, x);",
    ),
    args: [1.5, 0.7],
    more: [[0.4, 0.9]],
  },
  {
    name: "a new object each time in a variable of the module",
    source: f(
      `${vec}let sum = new Vec3();\nfunction add(v: number): void { sum.x += v; }`,
      "sum = new Vec3(y); add(x * y); add(x); return sum.x * sum.y + sum.x;",
    ),
    args: [1.5, 0.7],
  },
  {
    name: "memory of another module",
    source: {
      "main.ts": f(`import { length } from "./lib.ts";`, "return length(x, y) * length(y, 2);"),
      "lib.ts":
        "const tmp = [0, 0];\nlet sum = 0;\nexport function length(x: number, y: number): number { tmp[0] = x; tmp[1] = y; sum = tmp[0] * tmp[0] + tmp[1] * tmp[1]; return Math.sqrt(sum); }\n",
    },
    args: [1.5, 0.7],
  },
]);

describeTraps("what is made when a module is loaded", [
  {
    name: "tables of functions reached by a computed key, and lists of functions",
    source: f(
      "const cube = (t: number): number => t * t * t;\nconst easings: Record<string, (t: number) => number> = { linear: (t) => t, quad: (t) => t * t, cube };\nconst list = [Math.sin, cube, (t: number): number => 1 / t];\nfunction ease(name: string, t: number): number { return easings[name]!(t); }",
      "let s = 0; for (const name of ['linear', 'quad', 'cube']) s += ease(name, x); for (let i = 0; i < 3; i++) s *= list[i]!(y); return s;",
    ),
    args: [1.5, 0.7],
  },
  {
    name: "an activation chosen by a field of an object",
    source: f(
      "const activations = { relu: (v: number): number => Math.max(0, v), tanh: Math.tanh, square(v: number): number { return v * v; } };\nclass Layer { constructor(public w: number, public act: keyof typeof activations) {} run(v: number): number { return activations[this.act](this.w * v); } }",
      "return new Layer(x, 'tanh').run(y) + new Layer(y, 'square').run(new Layer(2, 'relu').run(x));",
    ),
    args: [1.5, 0.7],
  },
  {
    name: "functions made by functions",
    source: f(
      "const power = (n: number) => (t: number): number => t ** n;\nconst square = power(2);\nconst compose = (a: (t: number) => number, b: (t: number) => number) => (t: number): number => a(b(t));\nconst both = compose(square, Math.sin);\nexport const sized = (function make(k: number) { function scaled(t: number): number { return k * t; } scaled.k = k; return scaled; })(3);",
      "return both(x) + sized(square(y)) * sized.k;",
    ),
    args: [1.5, 0.7],
  },
  {
    name: "objects of functions from a factory, and an object of a class that keeps constants",
    source: f(
      "function api(k: number) { const twice = (t: number): number => 2 * t * k; return { twice, more: (t: number, u: number): number => twice(t) * u }; }\nconst lib = api(3);\nclass Model { constructor(readonly k: number) {} eval(t: number): number { return this.k * t * t; } }\nconst model = new Model(4);",
      "return lib.more(x, y) + lib.twice(y) + model.eval(x);",
    ),
    args: [1.5, 0.7],
  },
]);
