/** Lowers what a variable of a module begins with, as a function without parameters that is called when the module is loaded. */

import type { FunctionForm } from "../../ir/types.ts";
import { initialId, moduleVariableId } from "../moduleVariables.ts";
import type { ts } from "../project.ts";
import { type Context, collect, spanOf } from "./context.ts";
import { lowerExpression } from "./expressions.ts";

export function lowerInitial(cx: Context, node: ts.VariableDeclaration): FunctionForm {
  const { initializer } = node;
  const text = cx.types.text(cx.program.checker.getTypeAtLocation(node.name), node);
  const span = spanOf(initializer ?? node);
  const statements = collect(cx, () => {
    const value = initializer === undefined ? undefined : lowerExpression(cx, initializer);
    cx.out.push({ kind: "return", ...(value !== undefined && { value }), span });
  });
  const origin = { span, text: `return ${initializer?.getText() ?? ""};`, comments: [], spaced: false };
  return {
    id: initialId(moduleVariableId(node)),
    name: node.name.getText(),
    style: "declaration",
    parameters: [],
    result: cx.types.at(node.name),
    body: [{ kind: "source", origin, body: statements, span }],
    span,
    ...(!/\bany\b/.test(text) && { resultText: node.type?.getText() ?? text }),
  };
}
