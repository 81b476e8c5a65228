/** `for (const [i, x] of xs.entries())` and its relatives as loops over an index. */

import type { Atom, Declare, Expression, Variable } from "../../ir/types.ts";
import { unwrapped } from "../functions.ts";
import { ts } from "../project.ts";
import { receiverOf } from "./arrayMethods.ts";
import {
  arrayOf,
  constant,
  count,
  declare,
  elementOf,
  held,
  lengthOf,
  local,
  numberType,
} from "./arrayMethodsParts.ts";
import { type Context, lookup, reference, spanOf } from "./context.ts";
import { declarePattern } from "./patterns.ts";

/** Writes the loop, its body by `body`; false when the loop is none over `entries()` or `keys()` of an array. */
export function lowerEntriesLoop(cx: Context, node: ts.ForOfStatement, body: () => void): boolean {
  const call = unwrapped(node.expression);
  const { initializer } = node;
  if (!ts.isCallExpression(call) || ts.isOptionalChain(call) || call.arguments.length > 0) return false;
  const callee = unwrapped(call.expression);
  if (!ts.isPropertyAccessExpression(callee) || !ts.isVariableDeclarationList(initializer)) return false;
  const name = callee.name.text;
  const type = arrayOf(cx.types.at(callee.expression));
  const [declaration] = initializer.declarations;
  if (type === undefined || declaration === undefined || (name !== "entries" && name !== "keys")) return false;
  if ((initializer.flags & ts.NodeFlags.BlockScoped) === 0) return false;
  const target = declaration.name;
  const parts = name === "keys" ? [target] : partsOf(target);

  const span = spanOf(node);
  const array = receiverOf(cx, callee.expression, [node.statement, declaration]);
  const first = parts?.[0];
  const index = (first && counterOf(cx, first)) ?? local(cx, numberType, { reassigned: true });
  const at = reference(index, span);
  count(cx, { index, from: constant(0), below: lengthOf(array, span), span }, () => {
    const keyword: Declare["keyword"] = initializer.flags & ts.NodeFlags.Const ? "const" : "let";
    if (parts === undefined) {
      const entry: Expression = {
        kind: "array",
        as: cx.types.text(cx.program.checker.getTypeAtLocation(target), target),
        elements: [at, held(cx, elementOf(array, at, span), type.element, span)],
        span,
      };
      bindTo(cx, keyword, target, entry);
    } else {
      const [position, element] = parts;
      if (position !== undefined) bindTo(cx, keyword, position, at);
      if (element !== undefined) bindTo(cx, keyword, element, elementOf(array, at, span));
    }
    body();
  });
  return true;
}

/** What a `for…of` runs through: of `xs.values()`, the array itself. */
export function iterated(cx: Context, node: ts.Expression): ts.Expression {
  const call = unwrapped(node);
  if (!ts.isCallExpression(call) || ts.isOptionalChain(call)) return node;
  const callee = unwrapped(call.expression);
  if (!ts.isPropertyAccessExpression(callee) || callee.name.text !== "values") return node;
  return arrayOf(cx.types.at(callee.expression)) === undefined ? node : callee.expression;
}

/** The names of index and element in `[i, x]`; nothing for another pattern. */
function partsOf(target: ts.BindingName): readonly (ts.BindingName | undefined)[] | undefined {
  if (!ts.isArrayBindingPattern(target) || target.elements.length > 2) return undefined;
  const plain = target.elements.every(
    (one) => ts.isOmittedExpression(one) || (one.dotDotDotToken === undefined && one.initializer === undefined),
  );
  return plain ? target.elements.map((one) => (ts.isOmittedExpression(one) ? undefined : one.name)) : undefined;
}

/** The user's own index as the loop's counter, when nothing else changes it or keeps hold of it. */
function counterOf(cx: Context, name: ts.BindingName): Variable | undefined {
  const variable = ts.isIdentifier(name) ? lookup(cx, name) : undefined;
  if (variable === undefined || variable.reassigned || variable.captured) return undefined;
  const counter: Variable = { ...variable, reassigned: true };
  const symbol = cx.program.checker.getSymbolAtLocation(name);
  if (symbol !== undefined) cx.variables.set(symbol, counter);
  return counter;
}

function bindTo(cx: Context, keyword: Declare["keyword"], target: ts.BindingName, value: Expression): void {
  const span = spanOf(target);
  if (!ts.isIdentifier(target)) {
    const whole: Atom = held(cx, value, cx.types.at(target), span);
    return declarePattern(cx, keyword, target, whole);
  }
  const variable = lookup(cx, target);
  if (variable === undefined || (value.kind === "variable" && value.variable === variable)) return;
  if (keyword === "const") declare(cx, variable, value, span);
  else cx.out.push({ kind: "declare", keyword, variable, value, span });
}
