import { describeTraps } from "../../support/traps.ts";

describeTraps("constructors and accessors", [
  {
    name: "subclass override via base",
    source: `abstract class Shape {
  abstract area(): number;
  describe(): number { return this.area() * 2 + this.weight(); }
  protected weight(): number { return 1; }
}
class Circle extends Shape { constructor(private r: number) { super(); } area(): number { return Math.PI * this.r ** 2; } }
class Square extends Shape { constructor(private s: number) { super(); } area(): number { return this.s * this.s; } protected override weight(): number { return super.weight() + this.s; } }
/** @fgrad */
export function f(r: number, s: number): number {
  const shapes: Shape[] = [new Circle(r), new Square(s), new Circle(s)];
  return shapes.reduce((t, sh) => t + sh.describe(), 0);
}
`,
    args: [2, 1.5],
  },
  {
    name: "constructor with validation throw",
    source: `class Interval {
  constructor(readonly lo: number, readonly hi: number) {
    if (lo > hi) throw new RangeError(\`bad interval \${lo} \${hi}\`);
  }
  get mid(): number { return (this.lo + this.hi) / 2; }
  mul(o: Interval): Interval { const p = [this.lo * o.lo, this.lo * o.hi, this.hi * o.lo, this.hi * o.hi]; return new Interval(Math.min(...p), Math.max(...p)); }
}

/** @fgrad */
export function f(a: number, b: number): number {
  const i = new Interval(a, a + 1).mul(new Interval(b - 1, b));
  return i.mid * i.hi;
}
`,
    args: [2, 3],
    more: [[-1, 3]],
  },
  {
    name: "constructor calling method",
    source: `class Q {
  w: number; x: number; n: number;
  constructor(w: number, x: number) { this.w = w; this.x = x; this.n = this.norm(); this.normalize(); }
  norm(): number { return Math.hypot(this.w, this.x); }
  normalize(): void { const n = this.norm(); this.w /= n; this.x /= n; }
}
/** @fgrad */
export function f(a: number, b: number): number {
  const q = new Q(a, b);
  return q.w * 2 + q.x * q.n;
}
`,
    args: [2, 3],
  },
  {
    name: "constructor loops filling array",
    source: `class Prefix {
  private readonly sums: Float64Array;
  constructor(xs: number[]) {
    this.sums = new Float64Array(xs.length + 1);
    for (let i = 0; i < xs.length; i++) this.sums[i + 1] = this.sums[i]! + xs[i]!;
  }
  range(i: number, j: number): number { return this.sums[j]! - this.sums[i]!; }
}
/** @fgrad */
export function f(xs: number[]): number {
  const p = new Prefix(xs);
  return p.range(0, 2) * p.range(1, 3);
}
`,
    args: [[1, 2, 3]],
  },
  {
    name: "constructor twice a field",
    source: `class T { v: number; constructor(a: number, b?: number) { this.v = a; if (b !== undefined) this.v = this.v * b; this.v += 1; } }
/** @fgrad */
export function f(a: number, b: number): number { return new T(a).v * new T(a, b).v; }
`,
    args: [2, 3],
  },
  {
    name: "constructor with log effect",
    source: `declare const console: { log(...parts: unknown[]): void };
class T { constructor(public v: number) { console.log("made"); } twice(): T { return new T(this.v * 2); } }
/** @fgrad */
export function f(a: number): number { return new T(a).twice().twice().v * a; }
`,
    args: [2],
  },
  {
    name: "derived constructor uses super result",
    source: `class Base { public total: number; constructor(protected a: number) { this.total = this.compute(); } compute(): number { return this.a * 2; } }
class Derived extends Base { private k: number; constructor(a: number, k: number) { super(a); this.k = k; this.total += this.compute() * k; } override compute(): number { return this.a ** 2; } get kk(): number { return this.k; } }
/** @fgrad */
export function f(a: number, b: number): number { const d = new Derived(a, b); return d.total * d.kk; }
`,
    args: [2, 3],
  },
  {
    name: "field initialisers using others",
    source: `class P { a: number; b = 2; c = this.b * 3; constructor(a: number) { this.a = a * this.c; } d = () => this.a * this.b; }
/** @fgrad */
export function f(x: number, y: number): number { const p = new P(x); p.b = y; return p.d() + p.a; }
`,
    args: [2, 3],
  },
  {
    name: "getter on prototype via inheritance super getter",
    source: `class A1 { constructor(protected q: number) {} get v() { return this.q * 2; } }
class B1 extends A1 { override get v() { return super.v + this.q ** 3; } }
/** @fgrad */
export function f(x: number): number { const b: A1 = new B1(x); return b.v; }
`,
    args: [2],
  },
  {
    name: "matrix class with data array",
    source: `class Mat { readonly data: Float64Array; constructor(readonly n: number, data?: ArrayLike<number>) { this.data = new Float64Array(n * n); if (data) this.data.set(data); }
  static identity(n: number): Mat { const m = new Mat(n); for (let i = 0; i < n; i++) m.set(i, i, 1); return m; }
  get(i: number, j: number): number { return this.data[i * this.n + j]!; }
  set(i: number, j: number, v: number): this { this.data[i * this.n + j] = v; return this; }
  mul(o: Mat): Mat { const r = new Mat(this.n); for (let i = 0; i < this.n; i++) for (let j = 0; j < this.n; j++) { let s = 0; for (let k = 0; k < this.n; k++) s += this.get(i, k) * o.get(k, j); r.set(i, j, s); } return r; }
  trace(): number { let t = 0; for (let i = 0; i < this.n; i++) t += this.get(i, i); return t; } }
/** @fgrad */
export function f(a: number[]): number { const m = new Mat(2, a); return m.mul(m).mul(Mat.identity(2)).trace(); }
`,
    args: [[1, 2, 3, 4.5]],
  },
  {
    name: "m1",
    source: `class Mat { readonly data: Float64Array; constructor(readonly n: number, k: number) { this.data = new Float64Array(n * n); this.data[0] = k; } }
/** @fgrad */
export function f(x: number): number { return new Mat(2, x).data[0]! * x; }
`,
    args: [2],
  },
  {
    name: "union nullable object field",
    source: `interface Tree { v: number; l?: Tree | null; r?: Tree | null }
const insert = (t: Tree | null | undefined, v: number): Tree => { if (!t) return { v }; if (v < t.v) t.l = insert(t.l, v); else t.r = insert(t.r, v); return t; };
const fold = (t: Tree | null | undefined, d: number): number => (t ? t.v / d + fold(t.l, d + 1) + fold(t.r, d + 1) : 0);
/** @fgrad */
export function f(x: number): number { let t: Tree | null = null; for (const v of [3 * x, x, x * x, 1]) t = insert(t, v); return fold(t, 1); }
`,
    args: [2],
    more: [[-1]],
  },
  {
    name: "generic container",
    source: `class Box<T> { constructor(private v: T) {} map<U>(g: (t: T) => U): Box<U> { return new Box(g(this.v)); } get(): T { return this.v; } }
/** @fgrad */
export function f(x: number, y: number): number { return new Box(x).map((a) => [a, a * y]).map(([a, b]) => a! + b!).get(); }
`,
    args: [2, 3],
  },
  {
    name: "instanceof narrowing",
    source: `class A { constructor(public v: number) {} }
class B { constructor(public w: number, public s: string) {} }
function val(o: A | B | number): number {
  if (o instanceof A) return o.v * 2;
  if (o instanceof B) return o.w * o.s.length;
  return o;
}
/** @fgrad */
export function f(x: number): number {
  const xs: (A | B | number)[] = [new A(x), new B(x * x, "abc"), x];
  let t = 0;
  for (const o of xs) t += val(o) * (x > 0 ? 1 : x);
  return t;
}
`,
    args: [1.5],
    more: [[-1]],
  },
]);
