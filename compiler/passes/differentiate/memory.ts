/** Allocations: where an array is made, its shadow is made beside it. */

import { floatArrays } from "../../frontend/types.ts";
import type { Expression, New } from "../../ir/types.ts";
import { typeOf } from "../../ir/typing.ts";
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
  const buffer = regionOf(valueOf(cx, source))?.constructor_ === "ArrayBuffer";
  if (buffer) {
    // A view of the same place in the shadow of the buffer.
    const view = (): Expression => {
      const shadow = source.kind === "variable" ? tangentOfAtom(cx, source) : undefined;
      return { ...expression, arguments: [shadow ?? source, ...parts.slice(1)] };
    };
    return { primal, tangents: perLane(cx, view) };
  }
  const copies = floatArrays.has(expression.constructor_) && regionOf(valueOf(cx, source)) !== undefined;
  return {
    primal,
    tangents: perLane(cx, () => {
      if (!copies) return { ...expression, arguments: [source] };
      // Elements to copy: an array without a shadow gives zeros of its length.
      const shadow = source.kind === "variable" ? tangentOfAtom(cx, source) : undefined;
      const copied: Expression = shadow ?? { kind: "field", object: source, name: "length" };
      if (typeOf(source).kind !== "unknown") return { ...expression, arguments: [copied] };
      // Of a value of an unknown type: a length makes an empty array, for the shadow too.
      const test: Expression = {
        kind: "binary",
        operator: "===",
        left: { kind: "unary", operator: "typeof", operand: source },
        right: { kind: "constant", value: "number" },
      };
      return { ...expression, arguments: [{ kind: "conditional", test, whenTrue: source, whenFalse: copied }] };
    }),
  };
}
