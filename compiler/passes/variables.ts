/** Which variables a piece of the intermediate form mentions. */

import type { Block, Expression, FunctionForm, Statement, Variable } from "../ir/types.ts";
import { blocksOf, declaredBy, expressionsOf, formsOf, visitExpression, visitStatements } from "../ir/walk.ts";

/** All variables that statements read, assign or declare, nested functions included. */
export function variablesOf(block: Block): Set<Variable> {
  const found = new Set<Variable>();
  mention(block, (variable) => found.add(variable));
  return found;
}

export function mention(block: Block, visit: (variable: Variable, written: boolean) => void): void {
  const inExpression = (node: Expression): void => {
    if (node.kind === "variable") visit(node.variable, false);
    if (node.kind === "opaque") {
      for (const variable of node.reads) visit(variable, false);
      for (const variable of node.writes) visit(variable, true);
    }
    if (node.kind === "function") {
      for (const parameter of node.function.parameters) visit(parameter.variable, true);
      mention(node.function.body, visit);
    }
  };
  const inStatement = (statement: Statement): void => {
    for (const variable of declaredBy(statement)) visit(variable, true);
    if (statement.kind === "assign" && statement.target.kind === "variable") visit(statement.target.variable, true);
    if (statement.kind === "verbatim") {
      for (const variable of statement.reads) visit(variable, false);
      for (const variable of statement.writes) visit(variable, true);
    }
    for (const expression of expressionsOf(statement)) visitExpression(expression, inExpression);
    for (const form of formsOf(statement)) {
      for (const parameter of form.parameters) visit(parameter.variable, true);
      mention(form.body, visit);
    }
    for (const inner of blocksOf(statement)) inner.forEach(inStatement);
  };
  block.forEach(inStatement);
}

/** The variables that a function declares, in it and in the functions within it: parameters included. */
export function localVariables(form: FunctionForm): Set<Variable> {
  const found = new Set<Variable>(form.parameters.map(({ variable }) => variable));
  const inForm = (inner: FunctionForm): void => {
    for (const variable of localVariables(inner)) found.add(variable);
  };
  visitStatements(form.body, (statement) => {
    for (const variable of declaredBy(statement)) found.add(variable);
    if (statement.kind === "forOf" || statement.kind === "forIn") found.add(statement.variable);
    if (statement.kind === "try" && statement.parameter !== undefined) found.add(statement.parameter);
    for (const inner of formsOf(statement)) inForm(inner);
  });
  return found;
}

/** The variables that statements declare, in all their blocks, statements kept as text included; nested functions stay closed. */
export function declaredVariables(block: Block): Variable[] {
  return block.flatMap((statement) => [
    ...(statement.kind === "source" ? [] : declaredBy(statement)),
    ...(statement.kind === "forOf" || statement.kind === "forIn" ? [statement.variable] : []),
    ...(statement.kind === "verbatim" && statement.lowered !== undefined ? declaredVariables(statement.lowered) : []),
    ...blocksOf(statement).flatMap(declaredVariables),
  ]);
}

/** Names of functions, methods and module variables that a function's body mentions, nested functions included. */
export function calledNames(form: FunctionForm): Set<string> {
  const found = new Set<string>();
  const inExpression = (node: Expression): void => {
    if (node.kind === "call" && "name" in node.callee) found.add(node.callee.name);
    if (node.kind === "variable" && node.variable.module === true) found.add(node.variable.name);
    if (node.kind === "function") for (const name of calledNames(node.function)) found.add(name);
  };
  const inStatement = (statement: Statement): void => {
    for (const expression of expressionsOf(statement)) visitExpression(expression, inExpression);
    for (const inner of formsOf(statement)) for (const name of calledNames(inner)) found.add(name);
    for (const block of blocksOf(statement)) block.forEach(inStatement);
  };
  form.body.forEach(inStatement);
  return found;
}
