/**
 * What a row of the rule table is, and the row makers that let the table read as calculus does.
 *
 * In a row, `dx` is the tangent of `x`. Operands are atoms, so that naming one twice computes nothing twice; the
 * last parameter is the value of the operation itself, which is at hand already.
 */
import { and, conditional, mul } from "../ir/build.ts";
import type { Expression } from "../ir/types.ts";

/** An absent tangent is zero. */
export type Tangent = Expression | undefined;

/** What holds where a function has no derivative, or where the formula alone would not say it. */
export interface Point {
  /** Where: `x = 0`, `ties`. */
  readonly at: string;
  /** What the derivative is there. */
  readonly derivative: string;
  readonly why: string;
}

/** One function's row. */
export interface Rule {
  /** Names of the arguments as the formulas use them. */
  readonly parameters: readonly string[];
  /** True when the one parameter stands for any number of arguments. */
  readonly variadic: boolean;
  /** One partial derivative an argument, in the field's notation; `y` is the value of a function of x, `z` of x and y, `r` of any number. */
  readonly partials: readonly string[];
  /** Singular points and ties. */
  readonly points: readonly Point[];
  /**
   * The tangent of the result.
   * @param args atoms
   * @param tangents one an argument: an atom, or absent when it is zero; at least one is present
   * @param result the atom that holds the value of the operation
   */
  readonly tangent: (args: readonly Expression[], tangents: readonly Tangent[], result: Expression) => Tangent;
}

const missing: Expression = { kind: "constant", value: Number.NaN, text: "NaN" };

/** A singular point or a tie. */
export function at(where: string, derivative: string, why: string): Point {
  return { at: where, derivative, why };
}

/** A function y of x. */
export function ofX(
  partial: string,
  tangent: (x: Expression, dx: Expression, y: Expression) => Tangent,
  ...points: Point[]
): Rule {
  return {
    parameters: ["x"],
    variadic: false,
    partials: [partial],
    points,
    tangent: ([x = missing], [dx], y) => dx && tangent(x, dx, y),
  };
}

/** A function z of x and y. */
export function ofXY(
  partials: readonly [string, string],
  tangent: (x: Expression, dx: Tangent, y: Expression, dy: Tangent, z: Expression) => Tangent,
  ...points: Point[]
): Rule {
  return {
    parameters: ["x", "y"],
    variadic: false,
    partials,
    points,
    tangent: ([x = missing, y = missing], [dx, dy], z) => tangent(x, dx, y, dy, z),
  };
}

/** A function z of y and x, in this order. */
export function ofYX(...row: Parameters<typeof ofXY>): Rule {
  return { ...ofXY(...row), parameters: ["y", "x"] };
}

/** A function r of any number of arguments. */
export function ofAll(partial: string, tangent: Rule["tangent"], ...points: Point[]): Rule {
  return { parameters: ["xᵢ"], variadic: true, partials: [partial], points, tangent };
}

/** A function that is constant between its jumps: its derivative is zero, at the jumps by convention. */
export function flat(parameters: readonly string[], ...points: Point[]): Rule {
  return {
    parameters,
    variadic: false,
    partials: parameters.map(() => "0"),
    points,
    tangent: () => undefined,
  };
}

/** `dx && slope`: a zero tangent stays exactly zero where the slope is infinite, a NaN stays NaN. */
export function unlessZero(dx: Tangent, slope: (dx: Expression) => Expression): Tangent {
  return dx && and(dx, slope(dx));
}

/**
 * `inside ? tangent : dx && limit * dx`: the formula where it holds; elsewhere a zero tangent stays zero, and `limit` is
 * the one-sided limit of the slope on the edge of the domain, and NaN out of it.
 */
export function within(inside: Expression, tangent: Expression, dx: Expression, limit: Expression): Expression {
  return conditional(inside, tangent, and(dx, mul(limit, dx)));
}
