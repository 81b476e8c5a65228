import { numeric } from "../../support/source.ts";
import { describeTraps } from "../../support/traps.ts";

describeTraps("optional calls, and methods in object literals", [
  {
    name: "a callback that may be missing, with effects in its arguments",
    source: numeric(
      "x: number",
      "let n = 0; const a = g(x, (v) => v * v, () => { n++; return 1; }); const b = g(x, undefined, () => { n += 10; return 1; }); return a + b * n;",
      "function g(x: number, f: ((v: number, w: number) => number) | undefined, effect: () => number): number {\n  return (f?.(x, effect()) ?? x) + x;\n}\n",
    ),
    args: [1.5],
  },
  {
    name: "a hook in options, for its effect alone",
    source: numeric(
      "x: number",
      "let seen = 0; const y = run(x, { onStep: (t, v) => { seen += v * t; } }); return y + seen + run(x, {});",
      `interface Options { onStep?: (t: number, v: number) => void }
function run(x: number, { onStep }: Options): number {
  let v = x;
  for (let t = 0; t < 3; t++) { v = v * v * 0.5; onStep?.(t, v); }
  return v;
}
`,
    ),
    args: [1.5],
  },
  {
    name: "methods behind ?., on objects and arrays, and what follows them",
    source: numeric(
      "x: number",
      `const p = make(x, x > 0), q = make(x, x < 0); const xs: number[] | undefined = x > 0 ? [x, 2 * x] : undefined; const none = missing();
       return (p?.scale(3).x ?? 1) + (q?.scale(3).x ?? x) + (xs?.map((v) => v * v)[1] ?? 0) + (none?.reduce((a, b) => a + b, 0) ?? x * x) + (p?.next?.scale(2).x ?? 7);`,
      `class P { readonly next?: P; constructor(readonly x: number, next?: P) { if (next !== undefined) this.next = next; } scale(s: number): P { return new P(this.x * s * this.x); } }
function make(x: number, there: boolean): P | undefined { return there ? new P(x, new P(x * x)) : undefined; }
function missing(): number[] | undefined { return undefined; }
`,
    ),
    args: [1.5],
  },
  {
    name: "the chain ends at what is missing: nothing behind it runs",
    source: numeric(
      "x: number",
      "let n = 0; const o: { f?: { g(v: number): number } } = {}; const y = o.f?.g(n++ + x); let z: { v: number } | null = { v: 3 }; const w = z?.v.toFixed((z = null, 2)).length; return x * (y ?? 2) + n + (w ?? 0) + (z === null ? x : 0);",
    ),
    args: [1.5],
  },
  {
    name: "an object of methods over captured state",
    source: numeric(
      "x: number",
      "const c = counter(x); c.add(2); c.add(x); const before = c.total(); c.reset(); c.add(3); return before * c.total() + c.scaled(x);",
      `function counter(rate: number) {
  let sum = 0;
  return {
    add(v: number) { sum += v * rate; },
    total() { return sum; },
    reset(): void { sum = 0; },
    scaled: (by: number) => sum * by,
  };
}
`,
    ),
    args: [1.5],
  },
  {
    name: "a method that calls a function of its own name",
    source: numeric(
      "x: number",
      "const o = { g(v: number) { return g(v) * 2; } }; return o.g(x);",
      "const g = (v: number): number => v * v;\n",
    ),
    args: [1.5],
  },
  {
    name: "a getter with an effect in a condition",
    source: numeric(
      "x: number",
      "const c = new C(x); let s = 0; if (c.next > 0 && c.next > 1) s += c.v; while (c.next < 5) s += c.v * x; return c.v + s;",
      "class C { n = 0; constructor(public v: number) {} get next(): number { this.v *= this.v * 0.9; if (this.n === 3) this.v = 2; return ++this.n; } }\n",
    ),
    args: [1.1],
  },
]);
