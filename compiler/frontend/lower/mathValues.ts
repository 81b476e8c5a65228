/** Functions of `Math` that are no callees. */

import type { Expression, Variable } from "../../ir/types.ts";
import { mathId } from "../mathFunctions.ts";
import type { ts } from "../project.ts";
import { type Context, reference, spanOf } from "./context.ts";

/** `Math.exp` as a value: a function like one of the module's. */
export function mathValue(cx: Context, node: ts.PropertyAccessExpression): Expression {
  const name = node.name.text;
  const key = `Math.${name}`;
  const known = cx.mathValues.get(key);
  const variable: Variable = known ?? {
    ...{ id: cx.nextId(), name: key, role: "user", reassigned: false, captured: false, module: true },
    type: cx.types.at(node),
    holds: mathId(cx.root.getSourceFile().fileName, name),
  };
  cx.mathValues.set(key, variable);
  return reference(variable, spanOf(node));
}
