import { expect, test } from "vitest";
import { compileFiles, errorsOf } from "../../support/compile.ts";
import { describeTraps } from "../../support/traps.ts";
import { loose, makeWorkspace } from "../../support/workspace.ts";

const helpers = `const sq = function (a: number, b: number): number { return a * a + b; };
function three(a: number, b: number, c = 2): number { return a * b * b + c * a; }
function series(start: number, step: number, x: number): number { let s = 0; for (let k = start; k < 3; k += step) s += Math.sin(k * x); return s; }
function sum(...xs: number[]): number { let s = 0; for (const x of xs) s += x * x; return s; }
const j0 = series.bind(null, 0, 1);
class P { constructor(public k: number) {} m(x: number): number { return this.k * x * x; } go(xs: number[]): number { return xs.map(function (this: P, v: number) { return v * this.k; }.bind(this)).reduce((a, b) => a + b, 0) + this.m.call(this, xs[0] ?? 0); } }
class Q extends P { override m(x: number): number { return this.k + x; } }
function own(this: { k: number }, a: number): number { return this.k * a; }
function each(xs: readonly number[], cb: (v: number, i: number) => number): number { let s = 0; for (let i = 0; i < xs.length; i++) s += cb.call(null, xs[i] ?? 0, i); return s; }
`;
const f = (body: string, parameters = "x: number, y: number"): string =>
  `${helpers}/** @fgrad */\nexport function f(${parameters}): number { ${body} }\n`;

describeTraps("functions called by their own methods", [
  {
    name: "call, whose arguments change each other",
    source: f("let n = x; return three.call(null, n, (n = y * x), n) + sq.call({}, x, y);"),
    args: [1.5, 0.7],
  },
  {
    name: "apply of lists, and of functions of Math",
    source: f(
      "return sum.apply(null, xs) + three.apply(undefined, [x, x * x]) + Math.max.apply(null, xs) + Math.max.apply(Math, [x, 2 * x]) + Math.sin.call(null, x);",
      "x: number, xs: number[]",
    ),
    args: [1.5, [0.3, 0.9, 0.2]],
  },
  {
    name: "bind keeps what its arguments were",
    source: f("let k = x; const g = three.bind(null, k); k = 5; return g(y) + g(y, x) * k;"),
    args: [1.5, 0.7],
  },
  {
    name: "closures, one of them in a variable that held another",
    source: f(
      "const k = (a: number) => a * y; let g = k; const h = k.bind(null, x); g = (a) => a * a; return h() + g.call(null, x * x) + (function (p: number) { return p * y; }).call(null, x);",
    ),
    args: [1.5, 0.7],
  },
  {
    name: "methods on their own object, also when the variable changes",
    source: f("let p = new P(x); const m = p.m.bind(p); p = new P(y); return m(y) + p.m.call(p, x) + p.go([x, y]);"),
    args: [1.5, 0.7],
  },
  {
    name: "a callback that is called, and a rest that is bound in part",
    source: f("const g = sum.bind(null, x, y); return each([x, y], (v, i) => v * y + i) + g(x * y, 3);"),
    args: [1.5, 0.7],
  },
  {
    name: "what this is to be has an effect",
    source: f("let n = 0; const t = () => { n += x; return null; }; return three.call(t(), n, y, n * x) + j0(x) * y;"),
    args: [1.5, 0.7],
  },
  {
    name: "the name of what the module bound is taken",
    source: f("const series = x * y; return j0(x) * series;"),
    args: [1.5, 0.7],
  },
]);

test("another object, another this and a method that is kept are refused", () => {
  const bodies = [
    "return own.call({ k: x }, y);",
    "const g = own.bind({ k: x }); return g(y);",
    "const p = new P(x), q = new Q(y); return p.m.call(q, x);",
    "const p = new P(x); const m = p.m; return m.call(p, y);",
  ];
  const workspace = makeWorkspace(loose);
  try {
    const entries = bodies.map((body, i) => workspace.add(`p${i}`, f(body)).entry);
    const found = errorsOf(compileFiles(entries, { tsconfig: workspace.tsconfig }));
    for (const entry of entries) expect(found.filter(({ span }) => span?.file === entry).length).toBeGreaterThan(0);
  } finally {
    workspace.dispose();
  }
});
