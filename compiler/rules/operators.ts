/** The table of derivatives of the arithmetic operators: z of x and y, y of x. */
import { add, constantValue, div, mul, neg, sameAtom, sub } from "../ir/build.ts";
import type { ArithmeticOperator } from "../ir/types.ts";
import { round } from "./formulas.ts";
import { power } from "./power.ts";
import { at, ofX, ofXY, type Rule } from "./rule.ts";

/** Operators of one operand that carry a tangent. */
export type SignOperator = "-" | "+";

/** One row an operator of one operand. */
export const unaryRules: Readonly<Record<SignOperator, Rule>> = {
  "+": ofX("1", (_x, dx) => dx),
  "-": ofX("−1", (_x, dx) => neg(dx)),
};

/** One row an operator of two operands. */
export const binaryRules: Readonly<Record<ArithmeticOperator, Rule>> = {
  "+": ofXY(["1", "1"], (_x, dx, _y, dy) => add(dx, dy)),
  "-": ofXY(["1", "−1"], (_x, dx, _y, dy) => sub(dx, dy)),
  "*": ofXY(["y", "x"], (x, dx, y, dy) =>
    sameAtom(x, y) && sameAtom(dx, dy) ? mul(2, x, dx) : add(mul(dx, y), mul(x, dy)),
  ),
  "/": ofXY(
    ["1/y", "−z/y"],
    (x, dx, y, dy, z) => (constantValue(x) === 1 ? mul(neg(z), z, dy) : div(sub(dx, mul(z, dy)), y)),
    at("y = ±0", "as the division of the tangents gives", "±∞, or NaN for 0/0"),
  ),
  "%": ofXY(
    ["1", "−trunc(x/y)"],
    // x − z is a whole multiple of y; x/y itself may round up to the next whole number.
    (x, dx, y, dy, z) => sub(dx, mul(round(div(sub(x, z), y)), dy)),
    at("x/y whole", "the same", "the side that the value is on: z = 0"),
  ),
  "**": power,
};
