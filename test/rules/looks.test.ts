/** What the rules generate, as text: equal to what one would write by hand. */
import { expect, test } from "vitest";
import { binary, constant, math, unary } from "../../compiler/ir/build.ts";
import type { Atom, VariableReference } from "../../compiler/ir/types.ts";
import { type Operation, tangentOf } from "../../compiler/rules/index.ts";
import { show, variable } from "./evaluate.ts";

const [x, y, z] = [variable("x"), variable("y"), variable("z")];
const dotted = new Map([x, y, z].map((it) => [it, variable(`${it.variable.name}_t`)]));
const r = variable("r");

/** The tangent of an operation all of whose variables are active, but those named. */
function tangent(operation: Operation, args: readonly Atom[], inactive: readonly VariableReference[] = []): string {
  const tangents = args.map((arg) =>
    arg.kind === "variable" && !inactive.includes(arg) ? dotted.get(arg) : undefined,
  );
  const result = tangentOf(operation, args, tangents, r);
  return result ? show(result) : "0";
}

const n = (value: number) => constant(value);
const apply = (operator: "+" | "-" | "*" | "/" | "%" | "**", a: Atom, b: Atom, ...inactive: VariableReference[]) =>
  tangent(binary(operator, a, b), [a, b], inactive);
const call = (name: string, args: readonly Atom[], ...inactive: VariableReference[]) =>
  tangent(math(name, ...args), args, inactive);

test("operators", () => {
  expect(tangent(unary("-", x), [x])).toBe("-x_t");
  expect(tangent(unary("+", x), [x])).toBe("x_t");
  expect(apply("+", x, y)).toBe("x_t + y_t");
  expect(apply("+", x, y, y)).toBe("x_t");
  expect(apply("-", x, y)).toBe("x_t - y_t");
  expect(apply("-", x, y, x)).toBe("-y_t");
  expect(apply("*", x, y)).toBe("x_t * y + x * y_t");
  expect(apply("*", x, y, x)).toBe("x * y_t");
  expect(apply("*", n(3), y)).toBe("3 * y_t");
  expect(apply("*", x, n(-1))).toBe("-x_t");
  expect(apply("*", x, x)).toBe("2 * x * x_t");
  expect(apply("/", x, y)).toBe("(x_t - r * y_t) / y");
  expect(apply("/", x, y, y)).toBe("x_t / y");
  expect(apply("/", x, y, x)).toBe("-r * y_t / y");
  expect(apply("/", n(1), y)).toBe("-r * r * y_t");
  expect(apply("%", x, y)).toBe("x_t - Math.round((x - r) / y) * y_t");
  expect(apply("%", x, n(3))).toBe("x_t");
});

test("powers", () => {
  expect(apply("**", x, n(0))).toBe("0");
  expect(apply("**", x, n(1))).toBe("x_t");
  expect(apply("**", x, n(2))).toBe("2 * x * x_t");
  expect(apply("**", x, n(3))).toBe("3 * x ** 2 * x_t");
  expect(apply("**", x, n(4))).toBe("4 * x * x * x * x_t");
  expect(apply("**", x, n(5))).toBe("5 * x ** 2 * x ** 2 * x_t");
  expect(apply("**", x, n(10))).toBe("10 * x ** 9 * x_t");
  expect(apply("**", x, n(1.5))).toBe("1.5 * x ** 0.5 * x_t");
  expect(apply("**", x, n(0.5))).toBe("x_t && 0.5 * x_t / r");
  expect(apply("**", x, n(0.25))).toBe("x_t && 0.25 * x ** -0.75 * x_t");
  expect(apply("**", x, n(-1))).toBe("x_t && -r * r * x_t");
  expect(apply("**", x, n(-2))).toBe("x_t && -2 * r * x_t / x");
  expect(apply("**", x, n(-1.5))).toBe("x_t && -1.5 * r * x_t / Math.abs(x)");
  expect(apply("**", n(2), x)).toBe("r * Math.LN2 * x_t");
  expect(apply("**", n(10), x)).toBe("r * Math.LN10 * x_t");
  expect(apply("**", n(Math.E), x)).toBe("r * x_t");
  expect(apply("**", n(3), x)).toBe("r * Math.log(3) * x_t");
  expect(apply("**", n(1), x)).toBe("0");
  expect(apply("**", x, y)).toBe("(x_t && powSlope(x, y, r) * x_t) + (y_t && r && r * Math.log(x) * y_t)");
  expect(apply("**", x, y, y)).toBe("x_t && powSlope(x, y, r) * x_t");
  expect(apply("**", x, y, x)).toBe("y_t && r && r * Math.log(x) * y_t");
  expect(call("pow", [x, n(2)])).toBe("2 * x * x_t");
});

test("functions of Math", () => {
  const one = (name: string) => call(name, [x]);
  expect(one("abs")).toBe("Math.sign(x) * x_t");
  expect(one("sin")).toBe("Math.cos(x) * x_t");
  expect(one("cos")).toBe("-Math.sin(x) * x_t");
  expect(one("exp")).toBe("r * x_t");
  expect(one("log")).toBe("x > 0 ? x_t / x : x_t && -r * x_t");
  expect(one("sqrt")).toBe("x_t && 0.5 * x_t / Math.abs(r)");
  expect(one("tanh")).toBe("(1 - r * r) * x_t");
  expect(one("asin")).toBe("x_t && x_t / Math.sqrt((1 - x) * (1 + x))");
  expect(one("floor")).toBe("0");
  expect(call("atan2", [y, x])).toBe("atan2Tangent(y, y_t, x, x_t)");
  expect(call("atan2", [y, x], y)).toBe("atan2Tangent(y, 0, x, x_t)");
});

test("functions of any number of arguments", () => {
  expect(call("max", [x])).toBe("x_t");
  expect(call("max", [n(0), x])).toBe("x > 0 ? x_t : x < 0 ? 0 : x === 0 ? 0.5 * x_t : NaN");
  expect(call("min", [x, y])).toBe("x < y ? x_t : x > y ? y_t : x === y ? 0.5 * (x_t + y_t) : NaN");
  expect(call("max", [x, y, z], y)).toBe(
    "((x === r ? x_t : 0) + (z === r ? z_t : 0)) / ((x === r ? 1 : 0) + (y === r ? 1 : 0) + (z === r ? 1 : 0))",
  );
  expect(call("hypot", [x, y])).toBe("r === 0 ? Math.hypot(x_t, y_t) : direction(x, r) * x_t + direction(y, r) * y_t");
  expect(call("hypot", [x, n(1)])).toBe("direction(x, r) * x_t");
});

test("a tangent that is the constant 0 or 1 leaves no trace", () => {
  const product = binary("*", x, y);
  const shown = (dx: Atom, dy: Atom) => {
    const result = tangentOf(product, [x, y], [dx, dy], r);
    return result && show(result);
  };
  expect(shown(n(1), n(0))).toBe("y");
  expect(shown(n(0), n(1))).toBe("x");
  expect(shown(n(0), n(-0))).toBeUndefined();
  const root = tangentOf(math("sqrt", x), [x], [n(1)], r);
  expect(root && show(root)).toBe("0.5 / Math.abs(r)");
});

test("what has no rule is an error when a tangent arrives, and zero when none does", () => {
  const or: Operation = { kind: "binary", operator: "|", left: x, right: n(0) };
  expect(() => tangentOf(or, [x, n(0)], [y, undefined], r)).toThrow("no rule for the operator |");
  expect(() => tangentOf(math("f16round", x), [x], [y], r)).toThrow("no rule for Math.f16round");
  expect(tangentOf(or, [x, n(0)], [undefined, undefined], r)).toBeUndefined();
  expect(tangentOf(binary("<", x, y), [x, y], [y, z], r)).toBeUndefined();
});
