import fc from "fast-check";
import { test } from "vitest";
import { type Program, runDual, runPlain } from "./interpreter/index.ts";
import { expectClose } from "./numeric.ts";
import { expectSameBits } from "./sameBits.ts";

const number = fc.oneof(
  fc.constantFrom(0, -0, 1, -1, 2, 0.5, -3, 1e-300, 1e300, Infinity, -Infinity, Number.NaN),
  fc.double({ min: -4, max: 4, noNaN: true }),
);
const literal = number.map((x) => (Object.is(x, -0) ? "(-0)" : x < 0 ? `(${x})` : String(x)));
const variable = fc.constantFrom("a", "b", "c", "m[0]", "m[1]", "o.x", "t[0]", "t[1]");
const unary = fc.constantFrom(..."abs sqrt cbrt sin cos tan exp log log1p atan tanh floor sign fround sinh".split(" "));

/** Expressions and statements over a, b, c, an array m, an object o and a Float32Array t. */
const { expression, statements } = fc.letrec<{ expression: string; statement: string; statements: string }>((tie) => ({
  expression: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    variable,
    literal,
    fc
      .tuple(tie("expression"), fc.constantFrom("+", "-", "*", "/", "%", "**"), tie("expression"))
      .map(([x, operator, y]) => `((${x}) ${operator} (${y}))`),
    fc.tuple(unary, tie("expression")).map(([f, x]) => `Math.${f}(${x})`),
    fc
      .tuple(fc.constantFrom("max", "min", "hypot", "atan2", "pow"), tie("expression"), tie("expression"))
      .map(([f, x, y]) => `Math.${f}(${x}, ${y})`),
    fc
      .tuple(tie("expression"), tie("expression"), tie("expression"), tie("expression"))
      .map(([x, y, p, q]) => `(${x} < ${y} ? ${p} : ${q})`),
    fc
      .tuple(variable, fc.constantFrom("=", "+=", "*=", "-="), tie("expression"))
      .map((parts) => `(${parts.join(" ")})`),
    fc
      .tuple(tie("expression"), fc.constantFrom("||", "&&", "??"), tie("expression"))
      .map(([x, op, y]) => `((${x}) ${op} (${y}))`),
    variable.map((v) => `${v}++`),
  ),
  statement: fc.oneof(
    { depthSize: "small" },
    tie("expression").map((x) => `${x};`),
    fc.tuple(tie("expression"), tie("statements")).map(([x, body]) => `if (${x}) { ${body} }`),
    fc
      .tuple(fc.integer({ min: 1, max: 3 }), tie("statements"))
      .map(([n, body]) => `for (let i = 0; i < ${n}; i++) { ${body} }`),
    fc.tuple(variable, variable).map(([x, y]) => `[${x}, ${y}] = [${y}, ${x}];`),
    tie("expression").map((x) => `if (${x} > 3) return [a, ${x}];`),
  ),
  statements: fc.array(tie("statement"), { maxLength: 3 }).map((parts) => parts.join(" ")),
}));

const program = fc.tuple(statements, statements, expression, number, number, number).map(
  ([first, second, result, ...args]): Program => ({
    files: {
      "main.ts": `export function f(a: number, b: number, c: number) {
        const m = [a, b * 2]; const o = { x: c }; const t = new Float32Array([a, 1]);
        ${first} ${second}
        return [${result}, a, b, c, m, o, t];
      }`,
    },
    entry: "main.ts",
    function: "f",
    args,
  }),
);

test("random programs return the engine's bits", () => {
  fc.assert(
    fc.property(program, (sample) => {
      const dual = runDual({ ...sample, tangents: [1, -0.5, 2] });
      const plain = runPlain(sample);
      expectSameBits(dual.value, plain.value);
      expectSameBits(dual.thrown, plain.thrown, "thrown");
    }),
    { numRuns: 500, seed: 20220808 },
  );
});

test("tangents are homogeneous: twice the direction, twice the tangent", () => {
  const double = (x: unknown): unknown => {
    if (typeof x === "number") return 2 * x;
    if (x instanceof Float32Array) return x.map((v) => 2 * v);
    return Array.isArray(x)
      ? x.map(double)
      : Object.fromEntries(Object.entries(Object(x)).map(([k, v]) => [k, double(v)]));
  };
  fc.assert(
    fc.property(program, (sample) => {
      const once = runDual({ ...sample, tangents: [1, -0.5, 2] });
      // Scaling by a power of two commutes with rounding, but for overflow and underflow.
      fc.pre(!/e[+-]?\d{2,}/.test(JSON.stringify([once.tangent, once.value])));
      const twice = runDual({ ...sample, tangents: [2, -1, 4] });
      expectClose(twice.tangent, double(once.tangent), 1e-12);
    }),
    { numRuns: 500, seed: 20220808 },
  );
});
