/** Allocations: where an array is made, its shadow is made beside it. */

import { floatArrays } from "../../frontend/types.ts";
import type { Expression, New } from "../../ir/types.ts";
import { carries, regionOf } from "../activity/values.ts";
import { type Context, perLane, tangentOfAtom, valueOf, zero } from "./context.ts";
import { atomOf, type Dual, inactive } from "./expressions.ts";

export function differentiateNew(cx: Context, expression: New): Dual {
  if (!carries(valueOf(cx, expression))) return inactive(cx, expression);
  const parts = expression.arguments.map((part) => {
    if (part.kind === "spread") throw new Error("a spread argument of an allocation is not lowered");
    return part;
  });
  const [first] = parts;
  if (first === undefined) return { primal: expression, tangents: perLane(cx, () => expression) };
  if (expression.constructor_ === "Array" && parts.length > 1) {
    const shadow = (): Expression => ({
      ...expression,
      arguments: parts.map((part) =>
        part.kind === "constant" || part.kind === "variable" ? (tangentOfAtom(cx, part) ?? zero) : zero,
      ),
    });
    return { primal: expression, tangents: perLane(cx, shadow) };
  }
  const source = atomOf(cx, first);
  const primal: Expression = { ...expression, arguments: [source, ...parts.slice(1)] };
  const copies = floatArrays.has(expression.constructor_) && regionOf(valueOf(cx, source)) !== undefined;
  return {
    primal,
    tangents: perLane(cx, () => {
      if (!copies) return { ...expression, arguments: [source] };
      // Elements to copy: an array without a shadow gives zeros of its length.
      const shadow = source.kind === "variable" ? tangentOfAtom(cx, source) : undefined;
      return { ...expression, arguments: [shadow ?? { kind: "field", object: source, name: "length" }] };
    }),
  };
}
