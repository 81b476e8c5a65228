/** Spread arguments whose number is known, as the arguments that they are. */

import type { Atom } from "../../ir/types.ts";
import { unwrapped } from "../functions.ts";
import { ts } from "../project.ts";
import { receiverOf } from "./arrayMethods.ts";
import { arrayOf, constant, elementOf, held } from "./arrayMethodsParts.ts";
import { type Context, snapshot, spanOf } from "./context.ts";
import { lowerAtoms } from "./expressions.ts";

/**
 * The elements of `[x, y]`, of a tuple, or of an array of which a function takes the first `room` elements; nothing for others. `later`:
 * what is evaluated after it.
 */
export function spreadArguments(
  cx: Context,
  node: ts.Expression,
  later: readonly ts.Node[],
  room: number | undefined,
): Atom[] | undefined {
  const operand = unwrapped(node);
  if (ts.isArrayLiteralExpression(operand)) {
    const plain = operand.elements.every((one) => !ts.isSpreadElement(one) && !ts.isOmittedExpression(one));
    if (!plain) return undefined;
    return lowerAtoms(cx, operand.elements).map((atom, i) => snapshot(cx, atom, operand.elements[i] ?? operand, later));
  }
  const type = cx.types.at(node);
  const size = type.kind === "tuple" ? type.elements.length : room;
  const array = arrayOf(type);
  if (size === undefined || array === undefined) return undefined;
  const span = spanOf(node);
  const whole = receiverOf(cx, node, later);
  return Array.from({ length: size }, (_, i) => {
    const element = type.kind === "tuple" ? (type.elements[i] ?? array.element) : array.element;
    const index = constant(i);
    const read = elementOf(whole, index, span);
    return held(
      cx,
      type.kind === "tuple" && read.kind === "element" ? { ...read, within: false } : read,
      element,
      span,
    );
  });
}
