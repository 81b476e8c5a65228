import type { Example } from "./example.ts";

/** Classes. */
export const classes: readonly Example[] = [
  {
    name: "fields, methods, accessors, statics",
    source: `class Vec { x: number; y = 0; static count = 0; static unit = new Vec(1); static { Vec.count += 10; }
        constructor(x: number, y?: number) { this.x = x; if (y !== undefined) this.y = y; Vec.count++; }
        get norm() { return Math.hypot(this.x, this.y); } set norm(n: number) { const k = n / this.norm; this.x *= k; this.y *= k; }
        plus(o: Vec) { return new Vec(this.x + o.x, this.y + o.y); } static of(x: number) { return new this(x, x); } ["comp" + 1]() { return this.x; } }
      export function f(x: number) { const v = new Vec(x, 2).plus(Vec.of(x)).plus(Vec.unit); const before = v.norm; v.norm = 3 * x; return [before, v.x, v.y, Vec.count, (v as any).comp1(), Object.keys(v), v instanceof Vec, Vec.name, Vec.length]; }`,
    args: [1.5],
    tangents: [1],
    numeric: false,
  },
  {
    name: "an instance as result",
    source: `class P { constructor(public x: number, readonly y = x * x, protected z = 1) {} get sum() { return this.x + this.y; } } export const f = (x: number) => new P(x);`,
    args: [3],
    tangents: [1],
    tangent: { x: 1, y: 6, z: 0 },
  },
  {
    name: "private fields, methods, accessors and brand checks",
    source: `class A { #v: number; static #made = 0; #twice() { return this.#v * 2; } get #sq() { return this.#v ** 2; } set #sq(n: number) { this.#v = n; } static #s() { return 3; }
        constructor(v: number) { this.#v = v; A.#made++; } run() { this.#v += 1; this.#sq = this.#sq + 1; this.#v++; return [this.#twice(), this.#sq, A.#s(), A.#made > 0]; } static is(o: object) { return #v in o; } static peek(o: A) { return o.#v; } }
      export function f(x: number) { const a = new A(x); let name = ""; try { A.peek({} as A); } catch (e) { name = (e as Error).name; } return [a.run(), A.is(a), A.is({}), A.peek(a), Object.keys(a), name]; }`,
    args: [1.5],
    tangents: [1],
  },
  {
    name: "inheritance, super, overriding, abstract classes",
    source: `abstract class Shape { name = "shape"; constructor(protected k: number) { this.init(); } init() { this.k *= 2; } abstract area(): number; scaled() { return this.k * this.area(); } get label() { return this.name; } static make(this: any, v: number) { return new this(v); } }
      class Sq extends Shape { side: number; override name = "sq"; constructor(s: number) { super(s + 1); this.side = s; } area() { return this.side ** 2; } override scaled() { return super.scaled() + 1; } override get label() { return super.label + "!"; } }
      class Cube extends Sq { override init() { super.init(); this.k += 1; } override area() { const up = () => super.area(); return up() * this.side; } }
      export const f = (x: number) => [new Sq(x), (Sq as any).make(x), new Cube(x)].map((s: any) => [s.scaled(), s.label, s.k, s instanceof Shape, s.constructor.name]);`,
    args: [1.5],
    tangents: [1],
  },
  {
    name: "initialisation order and new.target",
    source: `const t: string[] = []; const say = (s: string, v: number) => { t.push(s); return v; };
      class A { a = say("A.a", 1); constructor(x: number) { t.push("A:" + new.target.name); } } class B extends A { b = say("B.b", 2); c; constructor(x: number) { say("before", x); super(say("arg", x)); this.c = x; t.push("B"); } } class C extends B {}
      export function f(x: number) { t.length = 0; const c = new C(x); return [t.slice(), c.c * x, c.a, c.b]; }`,
    args: [1.5],
    tangents: [1],
  },
  {
    name: "misuse of classes throws",
    source: `class A { m() {} } class B extends A { constructor(skip: boolean) { if (!skip) super(); } } class D extends A { constructor() { super(); super(); } }
      export function f(x: number) { const r: string[] = []; for (const g of [() => (A as any)(), () => new B(true), () => new D(), () => new (class extends (5 as any) {})(), () => { class Z extends Z2 {} class Z2 {} }]) { try { g(); r.push("fine"); } catch (e) { r.push((e as Error).name); } } return [r, x]; }`,
    args: [1],
    tangents: [1],
  },
  {
    name: "errors of one's own",
    source: `class Bad extends RangeError { constructor(readonly at: number, message: string) { super(message); this.name = "Bad"; } }
      export function f(x: number) { try { throw new Bad(x * x, "no"); } catch (e) { if (!(e instanceof Bad) || !(e instanceof Error)) throw e; return [e.at * 2, e.message, e.name, String(e)]; } }`,
    args: [1.5],
    tangents: [1],
    tangent: [6, undefined, undefined, undefined],
  },
  {
    name: "subclassing arrays and maps",
    source: `class Stack extends Array<number> { top() { return this[this.length - 1]; } } class Bag extends Map<string, number> { add(k: string, v: number) { return this.set(k, (this.get(k) ?? 0) + v); } }
      export function f(x: number) { const s = new Stack(); s.push(x, x * x); const d = s.map((v) => v * 2) as Stack; const b = new Bag([["a", x]]); b.add("a", x).get("a"); return [s.top(), d.top(), d instanceof Stack, s.length, b.get("a")]; }`,
    args: [1.5],
    tangents: [1],
  },
  {
    name: "class expressions, mixins, closures over classes",
    source: `const Scaled = (Base: any, k: number) => class extends Base { value() { return super.value() * k; } }; class Root { constructor(public v: number) {} value() { return this.v; } }
      export function f(x: number) { const T = Scaled(Scaled(Root, x), 3); const N = class Inner { static me() { return Inner.name; } }; return [new T(x).value(), N.me(), N.name, (class {}).name]; }`,
    args: [1.5],
    tangents: [1],
    tangent: [9, undefined, undefined, undefined],
  },
  {
    name: "iteration by one's own iterator class",
    source: `class Range { constructor(private n: number, private h: number) {} [Symbol.iterator]() { let i = 0; const { n, h } = this; return { next(): IteratorResult<number> { return i < n ? { done: false, value: h * i++ } : { done: true, value: undefined }; } }; } }
      export const f = (x: number) => { let s = 0; for (const t of new Range(4, x)) s += t * t; const [a, b] = new Range(3, x); return [s, [...new Range(3, x)], a, b, Array.from(new Range(2, x))]; };`,
    args: [1.5],
    tangents: [1],
  },
  {
    name: "methods on dual numbers written by the user",
    source: `class Complex { constructor(readonly re: number, readonly im: number) {} mul(o: Complex) { return new Complex(this.re * o.re - this.im * o.im, this.re * o.im + this.im * o.re); } abs() { return Math.sqrt(this.re ** 2 + this.im ** 2); } }
      export function f(x: number, y: number) { let z = new Complex(0, 0); const c = new Complex(x, y); for (let i = 0; i < 5; i++) { const s = z.mul(z); z = new Complex(s.re + c.re, s.im + c.im); } return [z.re, z.im, z.abs()]; }`,
    args: [-0.4, 0.3],
    tangents: [1, 0.5],
  },
  {
    name: "prototypes by hand",
    source: `function Point(this: any, x: number) { this.x = x; } Point.prototype.twice = function () { return this.x * 2; };
      export function f(x: number) { const p = new (Point as any)(x); const q = Object.create(p, { y: { value: x * x, enumerable: true } }); Object.defineProperty(q, "z", { get() { return this.y * this.x; } }); return [p.twice(), q.twice(), q.y, q.z, Object.getPrototypeOf(q) === p]; }`,
    args: [1.5],
    tangents: [1],
    tangent: [2, 2, 3, 3 * 1.5 ** 2, undefined],
  },
];
