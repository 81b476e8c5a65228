/** Calls of derivatives, and of rules, by the names that these have in the module at hand. */

import type { Block, Callee, Expression, FunctionForm, FunctionId, Variable } from "../../ir/types.ts";
import { mapBlocks, mapExpressions, mapForms, mapSame, rewrite, withBody } from "../../ir/walk.ts";
import { isDerivative, ruleNamed } from "./derive.ts";
import { classNamed } from "./members.ts";

export interface DerivativeNames {
  /** The name of a derivative that is printed; nothing when it is called by a name of its own already. */
  derivative(id: FunctionId): string | undefined;
  /** The name of a class. */
  className(class_: { readonly file: string; readonly className: string }): string;
  /** The name of the rule of a function. */
  rule(id: FunctionId): string | undefined;
}

export function linkDerivatives(form: FunctionForm, names: DerivativeNames): FunctionForm {
  const nameOf = (callee: Extract<Callee, { kind: "function" }>): string | undefined => {
    const rule = ruleNamed(callee.name);
    if (rule !== undefined) return names.rule(rule);
    return isDerivative(callee.id) ? names.derivative(callee.id) : undefined;
  };
  const held = new Map<string, Variable>();
  /** A derivative used as a value, or a class. */
  const inVariable = (node: Extract<Expression, { kind: "variable" }>): Expression => {
    const { holds } = node.variable;
    const class_ = classNamed(node.variable.name);
    if (class_ !== undefined) return { ...node, variable: { ...node.variable, name: names.className(class_) } };
    const name = holds !== undefined && isDerivative(holds) ? names.derivative(holds) : undefined;
    if (holds === undefined || name === undefined || name === node.variable.name) return node;
    const variable = held.get(holds) ?? { ...node.variable, name };
    held.set(holds, variable);
    return { ...node, variable };
  };
  const inExpression = (node: Expression): Expression => {
    if (node.kind === "variable") return inVariable(node);
    if (node.kind !== "call") return node;
    const [first] = node.arguments;
    // What cuts tangents has done so.
    if (node.callee.kind === "global" && node.callee.name === "fgrad:stopGradient" && first !== undefined) {
      return first.kind === "spread" ? node : first;
    }
    if (node.callee.kind !== "function") return node;
    const name = nameOf(node.callee);
    return name === undefined ? node : { ...node, callee: { ...node.callee, name } };
  };
  const inBlock = (block: Block): Block =>
    mapSame(block, (statement) =>
      mapForms(
        mapExpressions(mapBlocks(statement, inBlock), (expression) => rewrite(expression, inExpression)),
        (inner) => linkDerivatives(inner, names),
      ),
    );
  return withBody(form, inBlock(form.body));
}
