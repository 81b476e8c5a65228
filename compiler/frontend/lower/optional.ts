/** Lowers optional chains with calls, `f?.(x)` and `a?.b(x).c`: to an `if` around the rest of the chain. */

import type { Expression, Variable } from "../../ir/types.ts";
import { unwrapped } from "../functions.ts";
import { ts } from "../project.ts";
import { mayBeNothing } from "../types.ts";
import { type Context, collect, named, reference, snapshot, spanOf, temporary } from "./context.ts";
import { lowerAtom, lowerEffect, lowerExpression, opaque } from "./expressions.ts";

/** A part of a chain with `?.` that was not asked yet, the innermost first. */
function openLink(cx: Context, node: ts.Node): ts.OptionalChain | undefined {
  let found: ts.OptionalChain | undefined;
  let at: ts.Node = node;
  while (ts.isOptionalChain(at)) {
    if ("questionDotToken" in at && at.questionDotToken !== undefined && !cx.asked.has(at)) found = at;
    at = at.expression;
  }
  return found;
}

/** Whether an expression is an optional chain whose parts may be missing. */
export const isOpenChain = (cx: Context, node: ts.Node): node is ts.OptionalChain => openLink(cx, node) !== undefined;

/** How a read of a chain says that its object may be missing. */
export const optionalMark = (cx: Context, node: ts.PropertyAccessExpression | ts.ElementAccessExpression) =>
  node.questionDotToken !== undefined && !cx.asked.has(node) ? { optional: true as const } : {};

/** The chain's value, `undefined` where a part is missing. */
export function lowerOptional(cx: Context, node: ts.Expression): Expression {
  const test = ask(cx, node);
  if (test === undefined) return opaque(cx, node, "an optional chain with an accessor");
  const span = spanOf(node);
  const result = mayBeMissing(temporary(cx, cx.types.at(node), node, true));
  cx.out.push({ kind: "declare", keyword: "let", variable: result, span });
  const then = collect(cx, () => {
    const value = lowerExpression(cx, node);
    cx.out.push({ kind: "assign", target: { kind: "variable", variable: result }, value, span });
  });
  test.forget();
  cx.out.push({ kind: "if", test: test.there, then, span });
  return reference(result, span);
}

/** What was narrowed to be there is asked for all the same. */
function mayBeMissing(variable: Variable): Variable {
  const { type, typeText } = variable;
  if (mayBeNothing(type) || type.kind === "unknown") return variable;
  const text =
    typeText === undefined ? {} : { typeText: `${typeText.includes("=>") ? `(${typeText})` : typeText} | undefined` };
  return { ...variable, type: { kind: "union", members: [type, { kind: "undefined" }] }, ...text };
}

/** The chain for its effects alone. */
export function lowerOptionalEffect(cx: Context, node: ts.Expression): boolean {
  const test = ask(cx, node);
  if (test === undefined) return false;
  const then = collect(cx, () => lowerEffect(cx, node));
  test.forget();
  cx.out.push({ kind: "if", test: test.there, then, span: spanOf(node) });
  return true;
}

/** Evaluates the chain up to its first `?.`; what follows is lowered with what was found there. */
function ask(cx: Context, node: ts.Expression): { there: Expression; forget(): void } | undefined {
  const link = openLink(cx, node);
  if (link === undefined) return undefined;
  const base = unwrapped(link.expression);
  const span = spanOf(base);
  const called = ts.isCallExpression(link) && ts.isPropertyAccessExpression(base) ? base : undefined;
  const known = called === undefined ? base : called.expression;
  if (called !== undefined && isAccessor(cx.program.checker.getSymbolAtLocation(called.name))) return undefined;
  const atom = snapshot(cx, lowerAtom(cx, known), known, [node]);
  cx.evaluated.set(known, atom);
  cx.asked.add(link);
  // A method keeps its object: only whether it is there is asked for.
  const held =
    called === undefined ? atom : named(cx, { kind: "field", object: atom, name: called.name.text, span }, base);
  return {
    there: { kind: "binary", operator: "!=", left: held, right: { kind: "constant", value: null }, span },
    forget() {
      cx.evaluated.delete(known);
      cx.asked.delete(link);
    },
  };
}

const isAccessor = (symbol: ts.Symbol | undefined): boolean =>
  symbol !== undefined && (symbol.flags & ts.SymbolFlags.Accessor) !== 0;
