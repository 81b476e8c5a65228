/** `reduce` and `reduceRight`: the accumulator is a variable around the loop, the callback's own where its name is free. */

import type { Atom, Expression, Variable } from "../../ir/types.ts";
import { unwrapped } from "../functions.ts";
import { ts } from "../project.ts";
import { skipMissing, type Walk } from "./arrayMethods.ts";
import {
  assign,
  constant,
  count,
  declare,
  elementOf,
  held,
  isTyped,
  lengthOf,
  local,
  numberType,
  when,
} from "./arrayMethodsParts.ts";
import { type Context, reference, spanOf, symbolOf } from "./context.ts";
import { lowerExpression } from "./expressions.ts";

export function lowerReduce(cx: Context, walk: Walk, initial: ts.Expression | undefined): Expression {
  const { node, array, callback, length, type } = walk;
  const span = spanOf(node);
  const right = walk.name === "reduceRight";
  const start = initial && lowerExpression(cx, initial);
  const own = isFree(cx, callback.node) ? callback.adopt(0, true) : undefined;
  const accumulator = annotated(cx, own ?? local(cx, cx.types.at(node), { reassigned: true }), node, initial);
  const last = right ? held(cx, length, numberType, span) : length;
  let from: Expression = right ? { kind: "binary", operator: "-", left: last, right: constant(1), span } : constant(0);
  if (start !== undefined) declare(cx, accumulator, start, span);
  else {
    refuseEmpty(cx, walk);
    const at = right ? held(cx, from, numberType, span) : constant(0);
    declare(cx, accumulator, elementOf(array, at, span), span);
    from = right ? { kind: "binary", operator: "-", left: last, right: constant(2), span } : constant(1);
  }
  const index = callback.adopt(2) ?? local(cx, numberType, { reassigned: true });
  const at = reference(index, span);
  count(cx, { index, from, below: right ? undefined : length, span }, (label) => {
    if (walk.guarded) skipMissing(cx, walk, at);
    callback.apply({
      arguments: [reference(accumulator, span), elementOf(array, at, span), at, array],
      types: [cx.types.at(node), type.element, numberType, { kind: "array", ...type }],
      label,
      result: ({ value }) => assign(cx, accumulator, value, span),
    });
  });
  return reference(accumulator, span);
}

/** An accumulator that starts as an empty array or object needs its type. */
function annotated(
  cx: Context,
  variable: Variable,
  node: ts.CallExpression,
  initial: ts.Expression | undefined,
): Variable {
  const start = initial && unwrapped(initial);
  if (start === undefined || (!ts.isArrayLiteralExpression(start) && !ts.isObjectLiteralExpression(start)))
    return variable;
  const typeText = cx.types.text(cx.program.checker.getTypeAtLocation(node), node);
  const made: Variable = { ...variable, typeText, annotated: true };
  if (variable.role !== "user") return made;
  for (const [symbol, known] of cx.variables) if (known === variable) cx.variables.set(symbol, made);
  return made;
}

function refuseEmpty(cx: Context, { node, array, type }: Walk): void {
  const span = spanOf(node);
  const callee = unwrapped(node.expression);
  const receiver = ts.isPropertyAccessExpression(callee) ? unwrapped(callee.expression) : node;
  const filled =
    ts.isArrayLiteralExpression(receiver) &&
    receiver.elements.length > 0 &&
    !receiver.elements.some(ts.isSpreadElement);
  if (filled && !isTyped(type)) return;
  const empty: Expression = { kind: "binary", operator: "===", left: lengthOf(array, span), right: constant(0), span };
  when(
    cx,
    empty,
    () => {
      const message = constant("Reduce of empty array with no initial value");
      const error: Expression = { kind: "new", constructor_: "TypeError", arguments: [message], span };
      const value: Atom = held(cx, error, { kind: "inert", name: "TypeError" }, span);
      cx.out.push({ kind: "throw", value, span });
    },
    span,
  );
}

/** Whether the accumulator's name means nothing else anywhere in the function. */
function isFree(cx: Context, callback: ts.Expression): boolean {
  const node = unwrapped(callback);
  const name = ts.isArrowFunction(node) || ts.isFunctionExpression(node) ? node.parameters[0]?.name : undefined;
  if (name === undefined || !ts.isIdentifier(name)) return false;
  const { checker } = cx.program;
  const symbol = checker.getSymbolAtLocation(name);
  const others = (at: ts.Node): boolean => {
    if (ts.isIdentifier(at) && at.text === name.text && !isKey(at) && symbolOf(checker, at) !== symbol) return true;
    return ts.forEachChild(at, (child) => others(child) || undefined) ?? false;
  };
  return !others(cx.root);
}

const isKey = (at: ts.Identifier): boolean =>
  (ts.isPropertyAccessExpression(at.parent) && at.parent.name === at) ||
  (ts.isPropertyAssignment(at.parent) && at.parent.name === at) ||
  (ts.isBindingElement(at.parent) && at.parent.propertyName === at);
