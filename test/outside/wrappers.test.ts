/** Modules in the style of before 2015: functions inside of wrappers that run once, found by name from outside. */

import { afterAll, expect, test } from "vitest";
import { jvp } from "../../runtime/index.ts";
import { checkFunction, compile, errorsOf, load, loadCompiled, makePlace } from "./support/foreign.ts";

const place = makePlace();
afterAll(() => place.dispose());

type Call = (...args: unknown[]) => unknown;

/** A module, the functions selected in it, and arguments to call each with. */
const modules: readonly {
  readonly name: string;
  readonly source: string;
  readonly calls: Readonly<Record<string, readonly unknown[]>>;
}[] = [
  {
    name: "an object that a wrapper gives back, called from outside of it",
    source: `
      var lib = (function () {
        "use strict";
        var k = 2;
        function g(x) { return x * k; }
        function f(x) { return g(x) * Math.sin(x); }
        return { f: f, h: function (x) { return x * x * x; }, m(x) { return Math.exp(x) * k; } };
      })();
      function outer(x) { return lib.f(x) + lib.h(x) + lib.m(x); }
      module.exports = { f: lib.f, h: lib.h, outer: outer };`,
    calls: { f: [1.3], h: [1.2], outer: [1.1] },
  },
  {
    name: "a factory that is handed to a wrapper, and fills exports",
    source: `
      (function (root, factory) {
        if (typeof define === "function" && define.amd) define(["exports"], factory);
        else if (typeof exports === "object") factory(exports);
        else factory((root.lib = {}));
      })(this, function (exports) {
        var c = 3;
        function g(x) { return x * c; }
        exports.f = function f(x, y) { return g(x) * y; };
        exports.q = function (x) { return exports.f(x, x) + 1; };
        exports.power = function power(x, n) { return n < 1 ? 1 : x * power(x, n - 1); };
      });`,
    calls: { f: [1.3, 2], q: [2], power: [1.5, 3] },
  },
  {
    name: "a factory whose result is the module",
    source: `
      !(function (name, definition) {
        if (typeof module != "undefined" && module.exports) module.exports = definition();
        else this[name] = definition();
      })("lib", function () {
        var scale = 0.5;
        return { wave: function (x) { return inner(x) * scale; }, inner: inner };
        function inner(x) { return Math.cos(x) * x; }
      });`,
    calls: { wave: [0.4], inner: [0.4] },
  },
  {
    name: "wrappers inside of wrappers that call each other's functions, of one name",
    source: `
      (function (out) {
        var first = (function () { var k = 2; function f(x) { return k * x * x; } return { f: f }; })();
        var second = (function (one) { var k = 5; function g(x) { return one.f(x) + k * f(x); }
          function f(x) { return Math.sin(x); } return { g: g }; })(first);
        out.both = function (x) { return first.f(x) * second.g(x); };
      }).call(this, exports);`,
    calls: { both: [0.7] },
  },
  {
    name: "a list of modules, as bundlers write it",
    source: `
      module.exports = (function (list) {
        var done = {};
        function need(i) {
          if (done[i]) return done[i].exports;
          var m = (done[i] = { exports: {} });
          list[i][0].call(m.exports, need, m, m.exports);
          return m.exports;
        }
        return need(1);
      })({
        1: [function (require, module, exports) {
          var half = 0.5;
          function f(x) { return half * x * x; }
          module.exports = { f: f };
        }, {}],
      });`,
    calls: { f: [1.7] },
  },
];

test.each(modules.map((one, i) => [one.name, one, i] as const))("%s", async (_, { source, calls }, i) => {
  const [path = ""] = place.write({ [`w${i}.js`]: source });
  const result = compile([path], Object.keys(calls));
  expect(errorsOf(result)).toEqual([]);
  const original = (await load(place, path)).default as unknown as Record<string, Call>;
  const compiled = (await loadCompiled(place, result, path)).default as unknown as Record<string, Call>;
  for (const [name, args] of Object.entries(calls)) {
    const [before, after, derivative] = [original[name], compiled[name], compiled[`${name}_jvp`]];
    if (before === undefined || after === undefined) throw new Error(`${name} is not there`);
    checkFunction(before, after, { args });
    // What is exported is the very function that is found at the original.
    const moved = args.map((_arg, k) => k + 1);
    const given = args.flatMap((arg, k) => [arg, moved[k]]);
    expect(derivative?.(...given)).toEqual(jvp(after as never, args as never, moved as never));
  }
});

test("a wrapper that may run again is a function as any other", () => {
  const [path = ""] = place.write({
    "again.js": `
      function make(k) { return (function () { function f(x) { return k * x; } return f; })(); }
      exports.sum = function (x) { return make(2)(x) + make(3)(x); };`,
  });
  const result = compile([path], ["sum"]);
  const code = result.files[0]?.code ?? "";
  expect(code.includes("let f_jvp")).toBe(false);
});

test("TypeScript's wrappers type-check", async () => {
  const [path = ""] = place.write({
    "typed.ts": `
      const lib = (() => {
        const k = 2;
        /** @fgrad */
        function f(x: number, n = 1): number { return k * x * x * n; }
        return { f };
      })();
      /** @fgrad */
      export function g(x: number): number { return lib.f(x) + lib.f(x, 2); }`,
  });
  const result = compile([path]);
  expect(errorsOf(result)).toEqual([]);
  expect(result.files[0]?.code).toMatch(
    /let f_jvp1?: \(x: number, x_t: number, n\?: number, n_t\?: number\) => \[number, number\]/,
  );
  const { g } = await loadCompiled(place, result, path);
  expect(jvp(g as never, [3] as never, [1] as never)).toEqual([54, 36]);
});

test("functions of modules that export by wrappers, required and imported", async () => {
  const factory = `(function (factory) { if (typeof exports === "object") factory(exports); else factory(this.lib = {}); })(`;
  const [main = "", typed = ""] = place.write({
    "umd/main.js": `
      var lib = require("./filled.js");
      var other = require("./given.js");
      exports.f = function (x) { return lib.square(x) + other.cube(x) * other.kept(x); };`,
    "umd/main.ts": `
      // @ts-nocheck
      import { square } from "./filled.js";
      import other from "./given.js";
      /** @fgrad */
      export function g(x: number): number { return square(x) * other.cube(x); }`,
    "umd/filled.js": `${factory}function (lib) {
      var M = Math;
      var square = (function () { var k = 1.5; return function square(x) { return k * M.pow(x, 2) + M.sin(x); }; })();
      lib.square = square;
    });`,
    "umd/given.js": `
      (function (root, factory) {
        if (typeof module === "object" && module.exports) module.exports = factory();
        else root.given = factory();
      })(this, function () {
        var api = { cube: function (x) { return x * x * x; } };
        api.kept = kept;
        function kept(x) { return Math.exp(-x); }
        return api;
      });`,
  });
  const result = compile([main], ["f"]);
  expect(errorsOf(result)).toEqual([]);
  const call = async (path: string, from: typeof result | undefined, name: string): Promise<Call> => {
    const exports = from === undefined ? await load(place, path) : await loadCompiled(place, from, path);
    const found = exports[name] ?? (exports.default as unknown as Record<string, Call> | undefined)?.[name];
    if (found === undefined) throw new Error(`${name} is not there`);
    return found;
  };
  checkFunction(await call(main, undefined, "f"), await call(main, result, "f"), { args: [0.8] });
  const imported = compile([typed]);
  expect(errorsOf(imported)).toEqual([]);
  checkFunction(await call(typed, undefined, "g"), await call(typed, imported, "g"), { args: [0.8] });
});
