/** Functions selected by name from outside, wherever a module of JavaScript keeps them. */

import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { jvp } from "../../runtime/index.ts";
import { compile, errorsOf, installed, load, loadCompiled, makePlace } from "./support/foreign.ts";

const place = makePlace();
afterAll(() => place.dispose());

/** A module, what is selected in it, how it is reached when it runs, and its derivative at 2 along 1. */
const modules: readonly {
  readonly name: string;
  readonly file: string;
  readonly source: string;
  readonly select: string;
  readonly reach?: (exports: Readonly<Record<string, unknown>>) => unknown;
  readonly slope: number;
}[] = [
  {
    name: "not exported",
    file: "a.js",
    source: "function f(x) { return x * x; }\nexport const g = f;",
    select: "f",
    reach: (m) => m.g,
    slope: 4,
  },
  {
    name: "default",
    file: "b.mjs",
    source: "export default function f(x) { return x * x; }",
    select: "default",
    reach: (m) => m.default,
    slope: 4,
  },
  {
    name: "a var that stays",
    file: "c.js",
    source: "export var f = function (x) { return x * x; };",
    select: "f",
    slope: 4,
  },
  {
    name: "in an object",
    file: "d.js",
    source: "export const api = { f(x) { return api.g(x) * 2; }, g: (x) => x * x };",
    select: "api.f",
    reach: (m) => (m.api as { f: unknown }).f,
    slope: 8,
  },
  {
    name: "exports.f",
    file: "e.cjs",
    source: "exports.g = (x) => x * x;\nexports.f = function (x) { return exports.g(x) + x; };",
    select: "f",
    reach: (m) => (m.default as { f: unknown }).f,
    slope: 5,
  },
  {
    name: "module.exports = function",
    file: "g.cjs",
    source: "module.exports = function power(x, n) { return n < 1 ? 1 : x * power(x, n - 1); };",
    select: "power:x",
    reach: (m) => m.default,
    slope: 12,
  },
  {
    name: "module.exports = { f }",
    file: "h.cjs",
    source: "const { sin } = Math;\nconst f = (x) => sin(x) * x;\nmodule.exports = { f };",
    select: "f",
    reach: (m) => (m.default as { f: unknown }).f,
    slope: Math.sin(2) + 2 * Math.cos(2),
  },
  {
    name: "an object of an unknown shape",
    file: "i.js",
    source: "export function f(p) { return p.a.x * p.a.x + p.b[0]; }",
    select: "f",
    slope: Number.NaN,
  },
  {
    name: "typed by JSDoc",
    file: "j.js",
    source:
      "/** @param {number} x @param {string} how */\nexport function f(x, how) { return how === 'sq' ? x * x : x; }",
    select: "f:x",
    slope: 1,
  },
];

describe("from outside", () => {
  test.each(modules.map((one) => [one.name, one] as const))("%s", async (_, { file, source, select, reach, slope }) => {
    const [path = ""] = place.write({ [file]: source });
    const result = compile([path], [select]);
    expect(errorsOf(result)).toEqual([]);
    expect(basename(result.files[0]?.path ?? "")).toBe(file.replace(/\.(\w+)$/, ".fgrad.$1"));
    const exports = await loadCompiled(place, result, path);
    const f = (reach ?? ((m) => m.f))(exports) as (...args: unknown[]) => number;
    if (Number.isNaN(slope)) {
      expect(jvp(f, [{ a: { x: 3 }, b: [1] }], [{ a: { x: 1 }, b: [0.5] }] as never)).toEqual([10, 6.5]);
      return;
    }
    const more = select === "power:x" ? [3] : [];
    const [value, tangent] = jvp(f, [2, ...more], [1, ...more.map(() => undefined)] as never);
    expect(value).toBe(f(2, ...more));
    expect(tangent).toBeCloseTo(slope, 12);
  });

  test("a module that another requires is compiled for it", async () => {
    const [path = "", other = ""] = place.write({
      "k/main.cjs": "const lib = require('./lib.cjs');\nexports.f = (x) => lib.square(x) + lib.half(x);",
      "k/lib.cjs": "exports.square = (x) => x * x;\nexports.half = half;\nfunction half(x) { return x / 2; }",
    });
    const result = compile([path], ["f"]);
    expect(errorsOf(result)).toEqual([]);
    expect(result.files.map(({ source }) => source).sort()).toEqual([other, path].sort());
    const { default: exports } = (await loadCompiled(place, result, path)) as unknown as {
      default: { f: (x: number) => number };
    };
    expect(jvp(exports.f, [3], [1])).toEqual([10.5, 6.5]);
  });

  test("a function of a package, by the path of its module", async () => {
    const path = `${installed}/satellite.js/dist/satellite.es.js`;
    const result = compile([path], ["sgp4:satrec.t,satrec,tsince"], `${place.folder}/out`);
    expect(errorsOf(result)).toEqual([]);
    expect(result.files[0]?.path).toBe(`${place.folder}/out/fgrad_modules/satellite.js/dist/satellite.es.fgrad.js`);
    const module = await loadCompiled(place, result, path);
    expect(Object.keys(module)).toContain("sgp4_jvp");
    expect(await load(place, path)).toBeDefined();
  });
});

describe("clocks and random numbers", () => {
  const refused: readonly [string, string][] = [
    ["x * Math.random()", "Math.random()"],
    ["x + Date.now()", "Date.now()"],
    ["x + new Date().getTime()", "new Date()"],
    ["Math.max(x, performance.now())", "performance.now()"],
    ["Math.random() < 0.5 ? x : 2 * x", "Math.random()"],
    ["x + noise()", "Math.random()"],
  ];
  test.each(refused)("%s is refused", (expression, source) => {
    const noise = "function noise() { return Math.random() - 0.5; }\n";
    const [path = ""] = place.write({ "random.js": `${noise}export function f(x) { return ${expression}; }` });
    expect(errorsOf(compileFresh(path))).toEqual([
      expect.stringContaining(`has no derivative: it depends on ${source}`),
    ]);
  });

  test("beside the computation they do no harm", () => {
    const [path = ""] = place.write({
      "log.js":
        "export function f(x) { const t = Date.now(); if (Math.random() < 0.1) console.log(t, x); return x * x; }",
    });
    expect(errorsOf(compileFresh(path))).toEqual([]);
  });

  let copies = 0;
  /** The same text is never read twice from one path. */
  function compileFresh(path: string) {
    const [copy = ""] = place.write({ [`copy${++copies}.js`]: readFileSync(path, "utf8") });
    return compile([copy], ["f"]);
  }
});
