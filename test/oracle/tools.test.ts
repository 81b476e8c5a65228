import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readModules } from "./files.ts";
import { runDual, runPlain } from "./interpreter/index.ts";
import { closeTo, derivativeAtZero, directionalDerivative, expectClose, shift } from "./numeric.ts";
import { bitDifference, expectSameBits } from "./sameBits.ts";

describe("differences", () => {
  test("are accurate, and their error estimate holds", () => {
    const cases: readonly (readonly [(h: number) => number, number])[] = [
      [(h) => Math.exp(1 + h), Math.E],
      [(h) => Math.sin(3 * h), 3],
      [(h) => 1 / (0.7 + h), -1 / 0.49],
      [(h) => Math.log(2 + h), 0.5],
      [() => 4, 0],
      [(h) => 1e6 + h, 1],
    ];
    for (const [f, expected] of cases) {
      const { value, error } = derivativeAtZero(f);
      expect(Math.abs(value - expected)).toBeLessThanOrEqual(20 * error + 1e-15);
      expect(error).toBeLessThan(1e-6);
    }
  });
  test("admit that a pole or a jump has no derivative", () => {
    expect(derivativeAtZero((h) => Math.sign(h)).error).toBeGreaterThan(0.1);
    expect(derivativeAtZero(() => Number.NaN).error).toBe(Number.POSITIVE_INFINITY);
  });
  test("reach into nested arguments and results", () => {
    const f = (p: { x: number; w: Float64Array }, k: number) => ({ y: p.x * k, z: [p.w[0], "text"] });
    const estimates = directionalDerivative(
      f as (...args: unknown[]) => unknown,
      [{ x: 2, w: new Float32Array([3]) }, 5],
      [{ x: 1, w: new Float32Array([7]) }, undefined],
    );
    expectClose(
      estimates.map(({ value }) => value),
      [5, 7],
      1e-10,
    );
    expectSameBits(shift([1, { a: 2 }], [3], 0.5), [2.5, { a: 2 }]);
  });
  test("closeTo knows the special numbers", () => {
    expect(closeTo(Number.NaN, Number.NaN)).toBe(true);
    expect(closeTo(Number.NaN, 0)).toBe(false);
    expect(closeTo(Infinity, Infinity)).toBe(true);
    expect(closeTo(Infinity, -Infinity)).toBe(false);
    expect(closeTo(1e308, Infinity)).toBe(false);
    expect(closeTo(0, -0)).toBe(true);
    expect(closeTo(1e10, 1e10 + 1, 1e-9)).toBe(true);
    expect(closeTo(1, 1.1, 1e-3)).toBe(false);
  });
});

describe("same bits", () => {
  const cyclic = (): object => {
    const node: { self?: object; v: number } = { v: 1 };
    node.self = node;
    return node;
  };
  test.each<[string, unknown, unknown, string | undefined]>([
    ["numbers", 1, 1, undefined],
    ["NaN", Number.NaN, Number.NaN, undefined],
    ["signed zero", 0, -0, "value: got 0, expected -0"],
    ["typed elements", new Float32Array([1, 0]), new Float32Array([1, -0]), "value[1]: got 0, expected -0"],
    ["typed kinds", new Float32Array(1), new Float64Array(1), 'value: got "Float32Array", expected "Float64Array"'],
    ["lengths", [1], [1, 2], "value.length: got 1, expected 2"],
    ["holes", [1, undefined], Object.assign(Array(2), [1]), "value[1]: got undefined, expected nothing"],
    ["nested", { a: [{ b: 1 }] }, { a: [{ b: 2 }] }, "value.a[0].b: got 1, expected 2"],
    ["missing", { a: 1 }, { a: 1, b: undefined }, "value.b: got nothing, expected undefined"],
    ["errors", new TypeError("x"), new TypeError("y"), 'value.message: got "x", expected "y"'],
    ["maps", new Map([["a", 1]]), new Map([["a", 2]]), "value[0][1]: got 1, expected 2"],
    ["cycles", cyclic(), cyclic(), undefined],
    ["null", null, undefined, "value: got null, expected undefined"],
    ["buffers", new ArrayBuffer(2), new ArrayBuffer(2), undefined],
  ])("%s", (_, actual, expected, message) => {
    if (message === undefined) expect(bitDifference(actual, expected)).toBeUndefined();
    else expect(() => expectSameBits(actual, expected)).toThrow(message);
  });
});

describe("the interpreter's interface", () => {
  const run = (source: string, args: unknown[], tangents: unknown[], f = "f") =>
    runDual({ files: { "main.ts": source }, entry: "main.ts", function: f, args, tangents });

  test("arguments are copied, and told after the call with their tangents", () => {
    const a = new Float32Array([1, 2]);
    const result = run(
      "export function f(a: Float32Array, o: any) { a[1] = a[0] * 2; o.x = a[1]; }",
      [a, { x: 0, s: "t" }],
      [new Float32Array([3, 0]), undefined],
    );
    expectSameBits(a, new Float32Array([1, 2]));
    expectSameBits(result.argsAfter, [new Float32Array([1, 2]), { x: 2, s: "t" }]);
    expectSameBits(result.argTangentsAfter, [new Float32Array([3, 6]), { x: 6 }]);
    expect(result.value).toBeUndefined();
  });
  test("functions that are not exported, and methods, can be called", () => {
    const source = "function g(x: number) { return x * x; } class A { k = 3; m(x: number) { return this.k * x; } }";
    expect(run(source, [3], [1], "g").tangent).toBe(6);
    expect(run(source, [3], [1], "(x) => new A().m(x)").tangent).toBe(3);
  });
  test("what the function throws is a result", () => {
    const { thrown, value } = run("export function f(x: number) { throw new RangeError('no ' + 1); }", [1], [1]);
    expect(thrown?.error).toBeInstanceOf(RangeError);
    expect(value).toBeUndefined();
    expect(run("export function f() { throw undefined; }", [], []).thrown).toEqual({ error: undefined });
  });
  test("failures of the oracle are not results and cannot be caught", () => {
    expect(() =>
      run("export function f() { try { return g(); } catch { return 1; } } async function g() {}", [], []),
    ).toThrow(/async functions are not supported/);
    const endless = { files: { "main.ts": "export function f() { for (;;); }" }, entry: "main.ts", function: "f" };
    expect(() => runDual({ ...endless, args: [], tangents: [], fuel: 1000 })).toThrow(/out of fuel/);
    expect(() => run("import { a } from './gone.ts'; export const f = () => a;", [], [])).toThrow(/no module/);
  });
  test("functions of the host get primals, and the loss is told", () => {
    const program = {
      files: { "main.ts": `import { twice } from "host"; export const f = (x: number) => twice(x) + x;` },
      entry: "main.ts",
      function: "f",
      args: [2],
      externals: { host: { twice: (x: number) => 2 * x } },
    };
    const result = runDual({ ...program, tangents: [1] });
    expect(result).toMatchObject({ value: 6, tangent: 1, losses: ["twice"] });
    expect(runPlain(program).value).toBe(6);
  });
  test("modules are read from disk along their imports", () => {
    const folder = mkdtempSync(join(tmpdir(), "oracle-"));
    try {
      writeFileSync(
        join(folder, "a.ts"),
        `import { b } from "./b.ts"; import { k } from "pack"; export const f = (x: number) => b(x) * k;`,
      );
      writeFileSync(join(folder, "b.ts"), "export const b = (x: number) => x * x;");
      writeFileSync(join(folder, "k.ts"), "export const k = 5;");
      const modules = readModules(join(folder, "a.ts"), { pack: join(folder, "k.ts") });
      expect(runDual({ ...modules, function: "f", args: [3], tangents: [1] })).toMatchObject({
        value: 45,
        tangent: 30,
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
