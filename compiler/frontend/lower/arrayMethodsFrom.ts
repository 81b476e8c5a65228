/** `Array.from`, `Array.of` and the same of typed arrays, as the literals and loops that they stand for. */

import type { Atom, Expression, Variable } from "../../ir/types.ts";
import { unwrapped } from "../functions.ts";
import { ts } from "../project.ts";
import { receiverOf, typeTextOf } from "./arrayMethods.ts";
import { type Callback, callbackOf } from "./arrayMethodsCallbacks.ts";
import { lengthIn } from "./arrayMethodsInline.ts";
import {
  arrayOf,
  callOf,
  constant,
  count,
  declare,
  elementOf,
  emptyArray,
  held,
  lengthOf,
  local,
  numberType,
} from "./arrayMethodsParts.ts";
import { type Context, reference, snapshot, spanOf } from "./context.ts";
import { lowerAtom, lowerAtoms } from "./expressions.ts";

export function lowerArrayFrom(
  cx: Context,
  node: ts.CallExpression,
  made: string,
  name: string,
): Expression | undefined {
  const span = spanOf(node);
  if (name === "of") {
    const elements = lowerAtoms(cx, node.arguments);
    const literal: Expression = { kind: "array", elements, span };
    if (made === "Array") return elements.length > 0 ? literal : undefined;
    return { kind: "new", constructor_: made, arguments: [held(cx, literal, listType, span)], span };
  }
  const [source, mapper] = node.arguments;
  if (name !== "from" || source === undefined || node.arguments.length > 2) return undefined;
  const size = lengthIn(source);
  const type = arrayOf(cx.types.at(source));
  if (mapper === undefined) {
    if (type === undefined) return undefined;
    const array = receiverOf(cx, source, []);
    if (made === "Array") return { kind: "array", elements: [{ kind: "spread", operand: array, span }], span };
    return { kind: "new", constructor_: made, arguments: [array], span };
  }
  if (size === undefined && type === undefined) return undefined;

  const before = cx.out.length;
  const array = size === undefined ? receiverOf(cx, source, [mapper]) : undefined;
  const length = size === undefined ? undefined : snapshot(cx, lowerAtom(cx, size), size, [mapper]);
  const callback = callbackOf(cx, mapper, 2);
  if (callback === undefined) {
    cx.out.length = before;
    return undefined;
  }
  const index = callback.adopt(1) ?? local(cx, numberType, { reassigned: true });
  const at = reference(index, span);
  const element = array && elementOf(array, at, span);
  const elementType = type?.element ?? { kind: "undefined" };
  const below = array === undefined ? (length ?? constant(0)) : lengthOf(array, span);
  const result = resultOf(cx, node, made, below);
  const whole = size === undefined || isWhole(size);
  count(cx, { index, from: constant(0), below, whole, span }, (label) => {
    callback.apply({
      arguments: [element ?? constant(undefined), at],
      types: [elementType, numberType],
      label,
      result: ({ value }) => store(cx, { result, at, made, callback }, value, node),
    });
  });
  return reference(result, span);
}

const listType = { kind: "array", constructor_: "Array", element: numberType } as const;

function resultOf(cx: Context, node: ts.CallExpression, made: string, length: Expression): Variable {
  const span = spanOf(node);
  if (made === "Array") return emptyArray(cx, cx.types.at(node), typeTextOf(cx, node), span);
  const result = local(cx, { kind: "array", constructor_: made, element: numberType });
  const size = held(cx, length, numberType, span);
  declare(cx, result, { kind: "new", constructor_: made, arguments: [size], span }, span);
  return result;
}

interface Target {
  readonly result: Variable;
  readonly at: Atom;
  readonly made: string;
  readonly callback: Callback;
}

function store(cx: Context, { result, at, made, callback }: Target, value: Expression, node: ts.Node): void {
  const span = spanOf(node);
  const item = held(cx, value, callback.result, span);
  if (made === "Array") {
    cx.out.push({ kind: "effect", value: callOf(reference(result), "push", [item], span), span });
  } else {
    cx.out.push({
      kind: "assign",
      target: { kind: "element", object: reference(result), index: at, span },
      value: item,
      span,
    });
  }
}

/** Plainly an integer, so that no part of one must be cut off. */
function isWhole(node: ts.Expression): boolean {
  const at = unwrapped(node);
  if (ts.isNumericLiteral(at)) return Number.isInteger(Number(at.text));
  if (ts.isPropertyAccessExpression(at)) return at.name.text === "length";
  if (ts.isCallExpression(at)) return /^Math\.(floor|ceil|round|trunc)$/.test(at.expression.getText());
  if (!ts.isBinaryExpression(at)) return false;
  const { kind } = at.operatorToken;
  if (kind === ts.SyntaxKind.BarToken || kind === ts.SyntaxKind.GreaterThanGreaterThanGreaterThanToken) return true;
  const closed =
    kind === ts.SyntaxKind.PlusToken || kind === ts.SyntaxKind.MinusToken || kind === ts.SyntaxKind.AsteriskToken;
  return closed && isWhole(at.left) && isWhole(at.right);
}
