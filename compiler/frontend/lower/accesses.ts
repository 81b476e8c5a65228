/** Lowers reads of fields and elements. */

import type { ElementAccess, Expression, FieldAccess, Variable } from "../../ir/types.ts";
import { typeOf } from "../../ir/typing.ts";
import { ts } from "../project.ts";
import { mayBeNothing } from "../types.ts";
import { type Context, lookup, reference, spanOf } from "./context.ts";
import {
  describeSyntax,
  isGlobalNamespace,
  lowerAtom,
  lowerAtoms,
  lowerPure,
  opaque,
  withNonNull,
} from "./expressions.ts";
import { isOpenChain, lowerOptional } from "./optional.ts";

/** The value of `o.f` or `a[i]`. */
export function lowerAccess(cx: Context, node: ts.PropertyAccessExpression | ts.ElementAccessExpression): Expression {
  const span = spanOf(node);
  if (isOpenChain(cx, node)) return lowerPure(cx, node) ?? lowerOptional(cx, node);
  if (ts.isPropertyAccessExpression(node)) {
    if (isUnknownGlobal(cx, node.expression) || node.expression.kind === ts.SyntaxKind.SuperKeyword) {
      return mathAsValue(cx, node) ?? opaque(cx, node, describeSyntax(node));
    }
    const field: FieldAccess = { kind: "field", object: lowerAtom(cx, node.expression), name: node.name.text, span };
    return isNarrowed(cx, node, field) ? withNonNull(field) : field;
  }
  const [object, index] = lowerAtoms(cx, [node.expression, node.argumentExpression]);
  if (object === undefined || index === undefined) return opaque(cx, node, describeSyntax(node));
  const element: ElementAccess = { kind: "element", object, index, span };
  return isNarrowed(cx, node, element) ? withNonNull(element) : element;
}

/** How many arguments functions of `Math` take that may be values: those that take any number are left as they are. */
const arities: ReadonlyMap<string, number> = new Map([
  ...["pow", "atan2", "imul"].map((name) => [name, 2] as const),
  ...["max", "min", "hypot", "random"].map((name) => [name, 0] as const),
]);

/** `Math.sin` that is passed or kept: `(x) => Math.sin(x)`, which has a tangent beside it like any function. */
function mathAsValue(cx: Context, node: ts.PropertyAccessExpression): Expression | undefined {
  const name = node.name.text;
  const count = arities.get(name) ?? 1;
  const known = typeof Reflect.get(Math, name) === "function" && count > 0;
  if (!known || !isGlobalNamespace(cx, node.expression) || node.expression.getText() !== "Math") return undefined;
  const span = spanOf(node);
  const names = ["x", "y"].slice(0, count);
  const variables = names.map((wanted): Variable => {
    const id = cx.nextId();
    const type = { kind: "number" } as const;
    return {
      id,
      name: `%${id}`,
      wanted,
      role: "temporary",
      type,
      typeText: "number",
      reassigned: false,
      captured: false,
    };
  });
  const value: Expression = { kind: "math", name, arguments: variables.map((one) => reference(one)), span };
  return {
    kind: "function",
    span,
    function: {
      ...{
        id: `${span.file}#${span.start}`,
        name: "",
        style: "arrow",
        result: { kind: "number" },
        resultText: "number",
      },
      parameters: variables.map((variable) => ({ variable, typeText: "number", optional: false, rest: false })),
      body: [{ kind: "return", value, span }],
      span,
    },
  };
}

/** Whether something was found to be there before it is read: what is generated need not ask in the same words. */
function isNarrowed(cx: Context, node: ts.Expression, place: FieldAccess | ElementAccess): boolean {
  return mayBeNothing(typeOf(place)) && !mayBeNothing(cx.types.at(node)) && cx.types.at(node).kind !== "undefined";
}

/** A name that is no variable the compiler sees: `console`, `globalThis`, `Number`. */
function isUnknownGlobal(cx: Context, node: ts.Expression): boolean {
  return ts.isIdentifier(node) && lookup(cx, node) === undefined;
}
