/** Allocations: where an array is made, its shadow is made beside it. */

import { floatArrays } from "../../frontend/types.ts";
import type { Expression, New } from "../../ir/types.ts";
import { carries, regionOf } from "../activity/values.ts";
import { type Context, tangentOfAtom, valueOf, zero } from "./context.ts";
import { atomOf, type Dual } from "./expressions.ts";

export function differentiateNew(cx: Context, expression: New): Dual {
  const held = valueOf(cx, expression);
  if (!carries(held)) return { primal: expression, tangent: undefined };
  const parts = expression.arguments;
  const [first] = parts;
  if (first === undefined) return { primal: expression, tangent: expression };
  if (first.kind === "spread") throw new Error("a spread argument of an allocation is not lowered");
  if (expression.constructor_ === "Array" && parts.length > 1) {
    const shadow = parts.map((part) => {
      if (part.kind === "spread") throw new Error("a spread argument of an allocation is not lowered");
      return part.kind === "constant" || part.kind === "variable" ? (tangentOfAtom(cx, part) ?? zero) : zero;
    });
    return { primal: expression, tangent: { ...expression, arguments: shadow } };
  }
  const source = atomOf(cx, first);
  const primal: Expression = { ...expression, arguments: [source, ...parts.slice(1)] };
  if (!floatArrays.has(expression.constructor_)) return { primal, tangent: { ...expression, arguments: [source] } };
  // A length, or elements to copy: an array without a shadow gives zeros of its length.
  if (regionOf(valueOf(cx, source)) === undefined) return { primal, tangent: { ...expression, arguments: [source] } };
  const shadow = source.kind === "variable" ? tangentOfAtom(cx, source) : undefined;
  const elements: Expression = shadow ?? { kind: "field", object: source, name: "length" };
  return { primal, tangent: { ...expression, arguments: [elements] } };
}
