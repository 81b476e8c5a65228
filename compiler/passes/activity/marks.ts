/** The result of the activity analysis for people: colours in the inspector, and a text. */

import type { ActivityMark } from "../../api.ts";
import { printForm } from "../../ir/print.ts";
import type { Expression, Statement, Variable } from "../../ir/types.ts";
import { blocksOf, expressionsOf, formsOf, visitExpression } from "../../ir/walk.ts";
import { mention } from "../variables.ts";
import type { Instance } from "./program.ts";
import { carries } from "./values.ts";

/** Each mention of a variable in the user's source, active or not. */
export function activityMarks(one: Instance): ActivityMark[] {
  const marks: ActivityMark[] = [];
  const isActive = (variable: Variable): boolean => {
    const value = one.variables.get(variable);
    return value !== undefined && carries(value);
  };
  const inExpression = (node: Expression): void => {
    if (node.kind === "variable" && node.span !== undefined)
      marks.push({ span: node.span, active: isActive(node.variable) });
    if (node.kind === "function") node.function.body.forEach(inStatement);
  };
  const inStatement = (statement: Statement): void => {
    if (statement.kind === "declare" && statement.variable.role === "user" && statement.span !== undefined) {
      const { file, start } = statement.span;
      marks.push({
        span: { file, start, end: start + statement.variable.name.length },
        active: isActive(statement.variable),
      });
    }
    if (statement.kind === "assign" && statement.target.kind === "variable" && statement.target.span !== undefined) {
      marks.push({ span: statement.target.span, active: isActive(statement.target.variable) });
    }
    for (const expression of expressionsOf(statement)) visitExpression(expression, inExpression);
    for (const form of formsOf(statement)) if (statement.kind === "declareFunction") form.body.forEach(inStatement);
    for (const block of blocksOf(statement)) block.forEach(inStatement);
  };
  one.form.body.forEach(inStatement);
  return marks;
}

/** The lowered form with a line a variable: active or not. */
export function printActivity(one: Instance): string {
  const variables = new Map<string, boolean>();
  const note = (variable: Variable): void => {
    const value = one.variables.get(variable);
    variables.set(variable.name, (variables.get(variable.name) ?? false) || (value !== undefined && carries(value)));
  };
  for (const parameter of one.form.parameters) note(parameter.variable);
  mention(one.form.body, note);
  const names = (active: boolean): string =>
    [...variables]
      .filter(([, one]) => one === active)
      .map(([name]) => name)
      .join(" ") || "none";
  return `active: ${names(true)}\ninactive: ${names(false)}\n${printForm(one.form)}`;
}
