/** Functions behind exports of every kind: what a name leads to, and what is said where it leads to no one function. */

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CompileResult } from "../../compiler/index.ts";
import { jvp } from "../../runtime/index.ts";
import { compile, type Exports, errorsOf, loadCompiled, makePlace } from "./support/foreign.ts";

const place = makePlace();
afterAll(() => place.dispose());

const interop = "function _interopRequireDefault(e) { return e && e.__esModule ? e : { default: e }; }";

/** One program: a module for each way to export, and a function that calls through each. */
const files = {
  "square.js": "export const square = (x) => x * x;",
  "shorthand.js": 'import { square } from "./square.js";\nexport default { square, twice: (x) => 2 * x };',
  "nested.js": "export default { deep: { cube(x) { return x * x * x; } } };",
  "namespace.js": 'import * as squares from "./square.js";\nexport { squares };',
  "required/main.cjs": "var main = require('./part.cjs');\nmodule.exports = main;",
  "required/part.cjs": "function half(x) { return x / 2; }\nmodule.exports = half;",
  "transpiled/index.cjs": `"use strict"; Object.defineProperty(exports, "__esModule", { value: true });
    Object.defineProperty(exports, "third", { enumerable: true, get: function () { return _third.default; } });
    var _third = _interopRequireDefault(require("./third.cjs")); ${interop}`,
  "transpiled/third.cjs": `"use strict"; Object.defineProperty(exports, "__esModule", { value: true }); exports.default = void 0;
    var _one = _interopRequireDefault(require("./one.cjs")); ${interop}
    const third = function (x) { return (0, _one.default)(x) / 3; };
    var _default = exports.default = third;`,
  "transpiled/one.cjs": `"use strict"; Object.defineProperty(exports, "__esModule", { value: true }); exports.default = void 0;
    const one = (x) => x; var _default = exports.default = one;`,
  "main.js": `
    import shorthand from "./shorthand.js";
    import nested from "./nested.js";
    import { squares } from "./namespace.js";
    import half from "./required/main.cjs";
    import { third } from "./transpiled/index.cjs";
    export const all = (x) => [
      shorthand.square(x), shorthand.twice(x), nested.deep.cube(x), squares.square(x), half(x), third(x),
    ];`,
};

describe("a name leads to a function", () => {
  let result: CompileResult;
  let compiled: Exports;
  let main = "";

  beforeAll(async () => {
    main = place.write(files).at(-1) ?? "";
    result = compile([main], ["all"]);
    if (errorsOf(result).length === 0) compiled = await loadCompiled(place, result, main);
  }, 60_000);

  test("through literals, namespaces, require, and what transpilers write", () => {
    expect(errorsOf(result)).toEqual([]);
    const [value, tangent] = jvp(compiled.all as (x: number) => number[], [3], [1]);
    expect(value).toEqual([9, 6, 27, 9, 1.5, 1]);
    expect(tangent).toEqual([6, 2, 27, 6, 0.5, 1 / 3]);
  });

  test("by its name in a module that exports it again, from a package without types too", () => {
    const [entry = ""] = place.write({
      "again.ts": 'import { blackScholes } from "black-scholes";\nexport { blackScholes };',
    });
    const again = compile([entry], ["blackScholes:s,v"]);
    expect(errorsOf(again)).toEqual([]);
    expect(again.files.map(({ code }) => /function blackScholes_jvp/.test(code))).toEqual([true]);
  });
});

describe("analysis comes to an end", () => {
  test("where recursion wraps what it gets, and what it gives, in ever more", () => {
    const [path = ""] = place.write({
      "wrap.js": `
        const wrap = (value, n) => n < 1 ? value : { ...value, inner: wrap(value.inner, n - 1) };
        const feed = (value, n) => n < 1 ? value.x : feed({ inner: value, x: value.x * 2 }, n - 1);
        export function f(x) { return wrap({ x, inner: { x, inner: undefined } }, 1).inner.x; }
        export function g(x) { return feed({ x, inner: undefined }, 3); }`,
    });
    expect(errorsOf(compile([path], ["f", "g"])).filter((error) => !/^FG[1-4]\d{3} /.test(error))).toEqual([]);
  });
});

test("a field of one class that is an accessor of another is refused where the object may be of either", () => {
  const [path = ""] = place.write({
    "either.ts": `
      class Plain { v: number; constructor(v: number) { this.v = v; } }
      class Kept { w: number; constructor(v: number) { this.w = v; } get v(): number { return this.w * 2; } }
      /** @fgrad */
      export function f(x: number, kind: string): number {
        const one = kind === "plain" ? new Plain(x) : new Kept(x);
        return one.v;
      }`,
  });
  expect(errorsOf(compile([path]))).toEqual([expect.stringMatching(/^FG2016 v, which is a getter in one class/)]);
});
