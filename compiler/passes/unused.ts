/** Drops local functions that nothing calls any more: a differentiated function calls their tangents instead. */

import type { Block, FunctionForm, Statement, Variable } from "../ir/types.ts";
import { mapBlocks, mapForms, withBody } from "../ir/walk.ts";
import { mention } from "./variables.ts";

export function withoutUnusedFunctions(form: FunctionForm): FunctionForm {
  const candidates = functionVariables(form.body);
  if (candidates.size === 0) return form;
  const used = new Set<Variable>();
  mention(form.body, (variable, written) => {
    if (!written) used.add(variable);
  });
  // A function that only calls itself, or one that goes with it, is not used either; that is seen one round later.
  const unused = new Set([...candidates].filter((variable) => !used.has(variable)));
  if (unused.size === 0) return form;
  return withoutUnusedFunctions(withBody(form, without(form.body, unused)));
}

function functionVariables(block: Block): Set<Variable> {
  const found = new Set<Variable>();
  const visit = (body: Block): void => {
    for (const statement of body) {
      if (declaresFunction(statement) && statement.variable.role === "user") found.add(statement.variable);
      mapBlocks(statement, (inner) => {
        visit(inner);
        return inner;
      });
      mapForms(statement, (inner) => {
        visit(inner.body);
        return inner;
      });
    }
  };
  visit(block);
  return found;
}

const declaresFunction = (
  statement: Statement,
): statement is Extract<Statement, { kind: "declare" | "declareFunction" }> =>
  statement.kind === "declareFunction" || (statement.kind === "declare" && statement.value?.kind === "function");

function without(block: Block, unused: ReadonlySet<Variable>): Block {
  return block.flatMap((statement): Statement[] => {
    if (declaresFunction(statement) && unused.has(statement.variable)) return [];
    const inner = mapBlocks(statement, (body) => without(body, unused));
    const mapped = mapForms(inner, (form) => withBody(form, without(form.body, unused)));
    return mapped.kind === "source" && mapped.body.length === 0 ? [] : [mapped];
  });
}
