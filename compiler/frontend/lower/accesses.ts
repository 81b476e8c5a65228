/** Lowers reads of fields and elements. */

import type { ElementAccess, Expression, FieldAccess } from "../../ir/types.ts";
import { typeOf } from "../../ir/typing.ts";
import { ts } from "../project.ts";
import { mayBeNothing } from "../types.ts";
import { type Context, lookup, spanOf } from "./context.ts";
import { describeSyntax, lowerAtom, lowerAtoms, lowerPure, opaque, withNonNull } from "./expressions.ts";
import { isOpenChain, lowerOptional } from "./optional.ts";

/** The value of `o.f` or `a[i]`. */
export function lowerAccess(cx: Context, node: ts.PropertyAccessExpression | ts.ElementAccessExpression): Expression {
  const span = spanOf(node);
  if (isOpenChain(cx, node)) return lowerPure(cx, node) ?? lowerOptional(cx, node);
  if (ts.isPropertyAccessExpression(node)) {
    if (node.expression.kind === ts.SyntaxKind.SuperKeyword)
      return superGetter(cx, node) ?? opaque(cx, node, describeSyntax(node));
    if (isUnknownGlobal(cx, node.expression)) {
      return opaque(cx, node, describeSyntax(node));
    }
    const field: FieldAccess = { kind: "field", object: lowerAtom(cx, node.expression), name: node.name.text, span };
    return isNarrowed(cx, node, field) ? withNonNull(field) : field;
  }
  const [object, index] = lowerAtoms(cx, [node.expression, node.argumentExpression]);
  if (object === undefined || index === undefined) return opaque(cx, node, describeSyntax(node));
  const element: ElementAccess = { kind: "element", object, index, span };
  return isNarrowed(cx, node, element) ? withNonNull(element) : element;
}

/** `super.name` where that is a getter. */
function superGetter(cx: Context, node: ts.PropertyAccessExpression): Expression | undefined {
  const { receiver, class_, classes } = cx;
  const base = class_ === undefined ? undefined : classes.base(class_);
  const name = node.name.text;
  if (receiver === undefined || base === undefined || base === "foreign") return undefined;
  if (classes.member(base, name, "getter") === undefined) return undefined;
  const callee = { kind: "super", class_: base, name, this_: receiver, accessor: true } as const;
  return { kind: "call", callee, arguments: [], span: spanOf(node) };
}

/** Whether something was found to be there before it is read: what is generated need not ask in the same words. */
function isNarrowed(cx: Context, node: ts.Expression, place: FieldAccess | ElementAccess): boolean {
  return mayBeNothing(typeOf(place)) && !mayBeNothing(cx.types.at(node)) && cx.types.at(node).kind !== "undefined";
}

/** A name that is no variable the compiler sees: `console`, `globalThis`, `Number`. */
function isUnknownGlobal(cx: Context, node: ts.Expression): boolean {
  return ts.isIdentifier(node) && lookup(cx, node) === undefined;
}
