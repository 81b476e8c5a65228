/** Builders fold what is exact, and nothing else. */
import { expect, test } from "vitest";
import { add, and, binary, constant, div, mul, neg, pow, sub, unary } from "../../compiler/ir/build.ts";
import type { Expression } from "../../compiler/ir/types.ts";
import { show, variable } from "./evaluate.ts";

const [x, y] = [variable("x"), variable("y")];
const text = (e: Expression | undefined) => e && show(e);

test("an absent tangent vanishes", () => {
  expect(add(undefined, undefined)).toBeUndefined();
  expect(mul(x, undefined, y)).toBeUndefined();
  expect(div(undefined, y)).toBeUndefined();
  expect(neg(undefined)).toBeUndefined();
  expect(text(add(undefined, y))).toBe("y");
  expect(text(sub(x, undefined))).toBe("x");
  expect(text(sub(undefined, y))).toBe("-y");
  expect(text(sub(undefined, mul(x, y)))).toBe("-x * y");
});

test("signs move to where they read best", () => {
  expect(text(add(x, neg(y)))).toBe("x - y");
  expect(text(add(neg(x), y))).toBe("y - x");
  expect(text(add(mul(neg(x), y), y))).toBe("y - x * y");
  expect(text(sub(x, mul(neg(x), y)))).toBe("x + x * y");
  expect(text(neg(neg(x)))).toBe("x");
  expect(text(neg(binary("+", x, y)))).toBe("-(x + y)");
  expect(text(neg(3))).toBe("-3");
});

test("factors of 1 and −1", () => {
  expect(text(mul(1, x, 1, y))).toBe("x * y");
  expect(text(mul(-1, x))).toBe("-x");
  expect(text(mul(x, unary("-", 1)))).toBe("-x");
  expect(text(div(x, 1))).toBe("x");
  expect(text(div(x, -1))).toBe("-x");
  expect(text(pow(x, 1))).toBe("x");
  expect(text(and(constant(2), x))).toBe("x");
});

test("what NaN, ∞ or ±0 would tell apart stays", () => {
  expect(text(mul(0, x))).toBe("0 * x");
  expect(text(add(x, 0))).toBe("x + 0");
  expect(text(sub(x, x))).toBe("x - x");
  expect(text(and(constant(0), x))).toBe("0 && x");
  expect(text(and(constant(Number.NaN), x))).toBe("NaN && x");
});
