/** Lowers what classes that are functions call of what they extend: `Base.call(this, …)`, `Base.prototype.f.call(this, …)`. */

import type { Call, Callee, Expression } from "../../ir/types.ts";
import { classId, classNamed } from "../classes.ts";
import { ts } from "../project.ts";
import { baseCall, baseCallIn } from "../prototypes.ts";
import { lowerArguments } from "./calls.ts";
import { type Context, lookup, reference, spanOf } from "./context.ts";

/** The call of a base's constructor or method on `this`; nothing for other calls. */
export function lowerBaseCall(cx: Context, node: ts.CallExpression): Call | undefined {
  const base = baseCall(node);
  const { receiver } = cx;
  if (base === undefined || receiver === undefined) return undefined;
  const span = spanOf(node);
  const callee = calleeOf(cx, base.of);
  if (callee === undefined) return undefined;
  if (!base.applied) return { kind: "call", callee, arguments: lowerArguments(cx, node.arguments.slice(1)), span };
  const own = ts.isFunctionLike(cx.root) ? cx.root.parameters : [];
  const given = own.flatMap(({ name }): Expression[] => {
    const variable = ts.isIdentifier(name) ? lookup(cx, name) : undefined;
    return variable === undefined ? [] : [reference(variable)];
  });
  return given.length === own.length ? { kind: "call", callee, arguments: given, span } : undefined;
}

function calleeOf(cx: Context, of: ts.Expression): Callee | undefined {
  const { receiver } = cx;
  if (receiver === undefined) return undefined;
  const { checker } = cx.program;
  const constructed = classNamed(of, checker);
  if (constructed !== undefined)
    return { kind: "superConstructor", class_: classId(constructed), this_: receiver, via: of.getText() };
  if (!ts.isPropertyAccessExpression(of) || !ts.isPropertyAccessExpression(of.expression)) return undefined;
  if (of.expression.name.text !== "prototype") return undefined;
  const class_ = classNamed(of.expression.expression, checker);
  if (class_ === undefined || cx.classes.member(classId(class_), of.name.text, "method") === undefined)
    return undefined;
  const via = of.expression.expression.getText();
  return { kind: "super", class_: classId(class_), name: of.name.text, this_: receiver, via };
}

/** `Base.call(this, …) || this`: the call, and then the object at hand. */
export function lowerBaseChoice(cx: Context, node: ts.BinaryExpression): Expression | undefined {
  const call = baseCallIn(node);
  const lowered = call && lowerBaseCall(cx, call);
  if (lowered === undefined || cx.receiver === undefined || lowered.callee.kind !== "superConstructor")
    return undefined;
  cx.out.push({ kind: "effect", value: lowered, span: spanOf(node) });
  return reference(cx.receiver, spanOf(node));
}
