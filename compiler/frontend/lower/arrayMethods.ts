/**
 * Lowers array methods with callbacks to the loops that a person would write, as JavaScript runs them: the length is
 * read once, elements when their turn comes. Whether anything active meets them is not known here; a statement that
 * nothing active touches is printed as the user wrote it anyway.
 */

import type { Atom, Expression, Variable } from "../../ir/types.ts";
import { unwrapped } from "../functions.ts";
import { ts } from "../project.ts";
import { type Callback, callbackOf, declares, type Outcome } from "./arrayMethodsCallbacks.ts";
import { lowerArrayFrom } from "./arrayMethodsFrom.ts";
import { arrayConstructor, iterating, partsOfResult, resultOf } from "./arrayMethodsInline.ts";
import { changesLengths, mayHaveHoles } from "./arrayMethodsLengths.ts";
import {
  type ArrayType,
  arrayOf,
  assign,
  booleanType,
  callOf,
  condition,
  constant,
  count,
  declare,
  elementOf,
  emptyArray,
  held,
  isTyped,
  lengthOf,
  local,
  not,
  numberType,
  presentType,
  when,
} from "./arrayMethodsParts.ts";
import { lowerReduce } from "./arrayMethodsReduce.ts";
import { type Context, reference, snapshot, spanOf } from "./context.ts";
import { lowerAtom } from "./expressions.ts";

/** An array with what is done to each of its elements. */
export interface Walk {
  readonly node: ts.CallExpression;
  readonly name: string;
  readonly array: Atom;
  readonly type: ArrayType;
  readonly callback: Callback;
  /** The length when the walk begins, as an expression that says so all along. */
  readonly length: Expression;
  /** An element may be missing when its turn comes; it is passed over then. */
  readonly guarded: boolean;
}

/** The value of a call of an array method as loops; nothing when it is none, or one that has to stay a call. */
export function lowerArrayMethod(cx: Context, node: ts.CallExpression): Expression | undefined {
  const callee = unwrapped(node.expression);
  if (!ts.isPropertyAccessExpression(callee) || ts.isPrivateIdentifier(callee.name)) return undefined;
  const name = callee.name.text;
  const parts = node.arguments;
  if (parts.some(ts.isSpreadElement)) return undefined;
  const made = arrayConstructor(cx.program.checker, callee.expression);
  if (made !== undefined) return lowerArrayFrom(cx, node, made, name);

  const type = arrayOf(presentType(cx, callee));
  if (type === undefined) return undefined;
  if (name === "flat") return lowerFlat(cx, node, callee.expression, type);
  const [first, initial] = parts;
  if (first === undefined || parts.length > (iterating.get(name) ?? 0)) return undefined;

  if (name === "flatMap" && partsOfResult(resultOf(cx.program.checker, cx.types, first)) === undefined)
    return undefined;
  const walk = walkOf(cx, node, name, callee.expression, first, type);
  if (walk === undefined) return undefined;
  switch (name) {
    case "map":
      return isTyped(type) ? mapTyped(cx, walk) : map(cx, walk);
    case "forEach":
      each(cx, walk, ({ value }) => {
        if (value.kind !== "constant" && value.kind !== "variable")
          cx.out.push({ kind: "effect", value, span: spanOf(node) });
      });
      return constant(undefined);
    case "filter":
      return filter(cx, walk);
    case "some":
    case "every":
      return quantifier(cx, walk);
    case "find":
    case "findLast":
    case "findIndex":
    case "findLastIndex":
      return find(cx, walk);
    case "flatMap":
      return flatMap(cx, walk);
    case "reduce":
    case "reduceRight":
      return lowerReduce(cx, walk, initial);
    default:
      return undefined;
  }
}

const missesHoles: ReadonlySet<string> = new Set(["find", "findLast", "findIndex", "findLastIndex"]);

/** Evaluates the receiver, then the callback. */
function walkOf(
  cx: Context,
  node: ts.CallExpression,
  name: string,
  receiver: ts.Expression,
  first: ts.Expression,
  type: ArrayType,
): Walk | undefined {
  const span = spanOf(receiver);
  const before = cx.out.length;
  const array = receiverOf(cx, receiver, node.arguments);
  const most = name === "reduce" || name === "reduceRight" ? 4 : 3;
  const callback = callbackOf(cx, first, most);
  if (callback === undefined) {
    cx.out.length = before;
    return undefined;
  }
  const effects = isTyped(type) ? "none" : changesLengths(cx, first, callback.uses(most - 1) || !isFresh(array));
  const length = lengthOf(array, span);
  return {
    node,
    name,
    array,
    type,
    callback,
    length: effects === "none" ? length : held(cx, length, numberType, span),
    guarded: !missesHoles.has(name) && !isTyped(type) && (effects === "shrinks" || mayHaveHoles(receiver)),
  };
}

/** The array itself, under a name that nothing in the callbacks hides. */
export function receiverOf(cx: Context, receiver: ts.Expression, later: readonly ts.Node[]): Atom {
  const array = snapshot(cx, lowerAtom(cx, receiver), receiver, later);
  const hidden =
    array.kind === "variable" &&
    array.variable.role === "user" &&
    later.some((one) => declares(one, array.variable.name));
  if (!hidden) return array;
  const copy = local(cx, array.variable.type);
  declare(cx, copy, array, spanOf(receiver));
  return reference(copy, spanOf(receiver));
}

/** Made by the expression itself, so that nobody else has hold of it. */
const isFresh = (array: Atom): boolean => array.kind === "variable" && array.variable.role === "temporary";

interface EachOptions {
  readonly downwards?: boolean;
  /** The outcome is told the element. */
  readonly keep?: boolean;
  readonly index?: (index: Variable) => void;
}

/** Calls the callback for each element. */
export function each(cx: Context, walk: Walk, result: (outcome: Outcome) => void, options: EachOptions = {}): void {
  const { array, callback, length, type, guarded } = walk;
  const span = spanOf(walk.node);
  const index = callback.adopt(1) ?? local(cx, numberType, { reassigned: true });
  const at = reference(index, span);
  options.index?.(index);
  const from: Expression =
    options.downwards === true
      ? { kind: "binary", operator: "-", left: held(cx, length, numberType, span), right: constant(1), span }
      : constant(0);
  count(cx, { index, from, below: options.downwards === true ? undefined : length, span }, (label) => {
    if (guarded) skipMissing(cx, walk, at);
    callback.apply({
      arguments: [elementOf(array, at, span), at, array],
      types: [type.element, numberType, { kind: "array", ...type }],
      ...(options.keep === true && { keep: 0 }),
      label,
      result,
    });
  });
}

/** `if (!(i in xs)) continue;` */
export function skipMissing(cx: Context, walk: Walk, at: Atom): void {
  const span = spanOf(walk.node);
  const present: Expression = { kind: "binary", operator: "in", left: at, right: walk.array, span };
  when(cx, not(present), () => cx.out.push({ kind: "continue", span }), span);
}

export const typeTextOf = (cx: Context, node: ts.Node): string =>
  cx.types.text(cx.program.checker.getTypeAtLocation(node), node);

/** An array's element type as text, from the type of the whole. */
function elementText(cx: Context, node: ts.Expression): string | undefined {
  const type = cx.program.checker.getTypeAtLocation(node);
  const element = cx.program.checker.getIndexTypeOfType(type, ts.IndexKind.Number);
  return element && cx.types.text(element, node);
}

function map(cx: Context, walk: Walk): Expression {
  const { node, callback } = walk;
  const span = spanOf(node);
  const type = cx.types.at(node);
  const text = elementText(cx, node);
  if (!walk.guarded) {
    const result = emptyArray(cx, type, typeTextOf(cx, node), span);
    each(cx, walk, ({ value }) => {
      const item = held(cx, value, callback.result, span);
      cx.out.push({ kind: "effect", value: callOf(reference(result), "push", [item], span), span });
    });
    return reference(result, span);
  }
  // Where the array has holes, the result has them too.
  const result = local(cx, type);
  const size = held(cx, walk.length, numberType, span);
  const made = {
    kind: "new",
    constructor_: "Array",
    arguments: [size],
    span,
    ...(text !== undefined && { typeArguments: text }),
  } as const;
  declare(cx, result, made, span);
  storeEach(cx, walk, result);
  return reference(result, span);
}

function mapTyped(cx: Context, walk: Walk): Expression {
  const span = spanOf(walk.node);
  const result = local(cx, { kind: "array", ...walk.type });
  const size = held(cx, walk.length, numberType, span);
  declare(cx, result, { kind: "new", constructor_: walk.type.constructor_, arguments: [size], span }, span);
  storeEach(cx, walk, result);
  return reference(result, span);
}

function storeEach(cx: Context, walk: Walk, result: Variable): void {
  const span = spanOf(walk.node);
  let at: Atom = constant(0);
  each(
    cx,
    walk,
    ({ value }) => {
      const item = held(cx, value, walk.callback.result, span);
      cx.out.push({
        kind: "assign",
        target: { kind: "element", object: reference(result), index: at, span },
        value: item,
        span,
      });
    },
    {
      index: (index) => {
        at = reference(index, span);
      },
    },
  );
}

function filter(cx: Context, walk: Walk): Expression {
  const { node, type } = walk;
  const span = spanOf(node);
  const callee = unwrapped(node.expression);
  const receiver = ts.isPropertyAccessExpression(callee) ? callee.expression : node;
  const [before, after] = [elementText(cx, receiver), elementText(cx, node)];
  const typed = isTyped(type);
  const kept = typed
    ? emptyArray(cx, { kind: "array", constructor_: "Array", element: numberType }, "number[]", span)
    : emptyArray(cx, cx.types.at(node), typeTextOf(cx, node), span);
  each(
    cx,
    walk,
    ({ value, kept: element }) => {
      if (value.kind === "constant" && !value.value) return;
      when(
        cx,
        condition(cx, value, span),
        () => {
          const narrowed: Expression =
            after !== undefined && after !== before && !typed
              ? { kind: "as", operand: element, type: after, span }
              : element;
          const item = held(cx, narrowed, type.element, span);
          cx.out.push({ kind: "effect", value: callOf(reference(kept), "push", [item], span), span });
        },
        span,
      );
    },
    { keep: true },
  );
  if (!typed) return reference(kept, span);
  return { kind: "new", constructor_: type.constructor_, arguments: [reference(kept)], span };
}

/** `some` and `every`. */
function quantifier(cx: Context, walk: Walk): Expression {
  const span = spanOf(walk.node);
  const every = walk.name === "every";
  const result = local(cx, booleanType, { reassigned: true });
  declare(cx, result, constant(every), span);
  each(cx, walk, ({ value, jump }) => {
    if (value.kind === "constant" && !value.value && !every) return;
    const test = condition(cx, value, span);
    const decided = (): void => {
      assign(cx, result, constant(!every), span);
      jump("break");
    };
    when(cx, every ? not(test) : test, decided, span);
  });
  return reference(result, span);
}

/** `find` and its relatives. */
function find(cx: Context, walk: Walk): Expression {
  const { node, name, type } = walk;
  const span = spanOf(node);
  const position = name.endsWith("Index");
  const result = position
    ? local(cx, numberType, { reassigned: true })
    : local(
        cx,
        { kind: "union", members: [type.element, { kind: "undefined" }] },
        { reassigned: true, typeText: typeTextOf(cx, node), annotated: true },
      );
  declare(cx, result, position ? constant(-1) : constant(undefined), span);
  let at: Atom = constant(-1);
  const options: EachOptions = {
    keep: !position,
    downwards: name.includes("Last"),
    index: (index) => {
      at = reference(index, span);
    },
  };
  each(
    cx,
    walk,
    ({ value, kept, jump }) => {
      if (value.kind === "constant" && !value.value) return;
      const found = (): void => {
        assign(cx, result, position ? at : kept, span);
        jump("break");
      };
      when(cx, condition(cx, value, span), found, span);
    },
    options,
  );
  return reference(result, span);
}

/** What a callback of `flatMap` gives is taken apart when it is an array; what may be either is left alone. */
function flatMap(cx: Context, walk: Walk): Expression | undefined {
  const { node, callback } = walk;
  const span = spanOf(node);
  const inner = partsOfResult(callback.result);
  if (inner === undefined) return undefined;
  const result = emptyArray(cx, cx.types.at(node), typeTextOf(cx, node), span);
  each(cx, walk, ({ value }) => {
    if (inner === "whole") return push(cx, result, held(cx, value, callback.result, span), node);
    if (value.kind === "array" && !value.elements.some((one) => one.kind === "spread")) {
      const items: Expression[] = [];
      for (const one of value.elements) if (one.kind !== "spread") items.push(one);
      if (items.length > 0)
        cx.out.push({ kind: "effect", value: callOf(reference(result), "push", items, span), span });
      return;
    }
    pushAll(cx, result, held(cx, value, callback.result, span), inner, node);
  });
  return reference(result, span);
}

function push(cx: Context, result: Variable, item: Atom, node: ts.Node): void {
  const span = spanOf(node);
  cx.out.push({ kind: "effect", value: callOf(reference(result), "push", [item], span), span });
}

function pushAll(cx: Context, result: Variable, array: Atom, type: ArrayType, node: ts.Node): void {
  const span = spanOf(node);
  const index = local(cx, numberType, { reassigned: true });
  count(cx, { index, from: constant(0), below: lengthOf(array, span), span }, () => {
    push(cx, result, held(cx, elementOf(array, reference(index), span), type.element, span), node);
  });
}

/** `flat()` of an array of arrays. */
function lowerFlat(
  cx: Context,
  node: ts.CallExpression,
  receiver: ts.Expression,
  type: ArrayType,
): Expression | undefined {
  const [depth] = node.arguments;
  const inner = partsOfResult(type.element);
  if (inner === undefined || node.arguments.length > 1 || (depth !== undefined && depth.getText() !== "1"))
    return undefined;
  const span = spanOf(node);
  if (inner === "whole") return callOf(receiverOf(cx, receiver, []), "slice", [], span);
  const array = receiverOf(cx, receiver, []);
  const result = emptyArray(cx, cx.types.at(node), typeTextOf(cx, node), span);
  const index = local(cx, numberType, { reassigned: true });
  count(cx, { index, from: constant(0), below: lengthOf(array, span), span }, () => {
    const row = held(cx, elementOf(array, reference(index), span), type.element, span);
    pushAll(cx, result, row, inner, node);
  });
  return reference(result, span);
}
