/** Drops local functions that nothing calls any more: a differentiated function calls their tangents instead. */

import type { Block, FunctionForm, Statement, Variable } from "../ir/types.ts";
import { formsOf, mapBlocks, mapForms, visitStatements, withBody } from "../ir/walk.ts";
import { mention } from "./variables.ts";

export function withoutUnusedFunctions(form: FunctionForm): FunctionForm {
  const candidates = functionVariables(form.body);
  if (candidates.size === 0) return form;
  const used = new Set<Variable>();
  mention(form.body, (variable, written) => {
    if (!written) used.add(variable);
  });
  for (const variable of otherwiseWritten(form.body)) used.add(variable);
  // A function that only calls itself, or one that goes with it, is not used either; that is seen one round later.
  const unused = new Set([...candidates].filter((variable) => !used.has(variable)));
  if (unused.size === 0) return form;
  return withoutUnusedFunctions(withBody(form, without(form.body, unused)));
}

function functionVariables(block: Block): Set<Variable> {
  const found = new Set<Variable>();
  const visit = (body: Block): void => {
    for (const statement of body) {
      if (declaresFunction(statement)) found.add(statement.variable);
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

const storesFunction = (statement: Statement): Variable | undefined =>
  statement.kind === "assign" && statement.target.kind === "variable" && statement.value.kind === "function"
    ? statement.target.variable
    : undefined;

/** Variables that statements write which can't be left out with them. */
function otherwiseWritten(block: Block): Set<Variable> {
  const found = new Set<Variable>();
  visitStatements(block, (statement) => {
    if (statement.kind === "verbatim") for (const variable of statement.writes) found.add(variable);
    if (statement.kind === "assign" && statement.target.kind === "variable" && storesFunction(statement) === undefined)
      found.add(statement.target.variable);
    for (const inner of formsOf(statement)) for (const variable of otherwiseWritten(inner.body)) found.add(variable);
  });
  return found;
}

function without(block: Block, unused: ReadonlySet<Variable>): Block {
  return block.flatMap((statement): Statement[] => {
    if (declaresFunction(statement) && unused.has(statement.variable)) return [];
    const stored = storesFunction(statement);
    if (stored !== undefined && unused.has(stored)) return [];
    const inner = mapBlocks(statement, (body) => without(body, unused));
    const mapped = mapForms(inner, (form) => withBody(form, without(form.body, unused)));
    return mapped.kind === "source" && mapped.body.length === 0 ? [] : [mapped];
  });
}
