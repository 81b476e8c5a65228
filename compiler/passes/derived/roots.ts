/**
 * Which derivatives are printed: those of higher order that were asked for, and those that compiled code calls without
 * differentiating them again.
 */

import type { Expression, FunctionForm, FunctionId } from "../../ir/types.ts";
import { expressionsOf, formsOf, visitExpression, visitStatements } from "../../ir/walk.ts";
import type { Instance } from "../activity/program.ts";
import { parameterValues } from "../activity/roots.ts";
import { carries, type Value } from "../activity/values.ts";
import { type ClosureDerivative, isDerivative } from "./derive.ts";

/** How the activity of one parameter is made anew, for memory of its own. */
type Maker = () => Value;

/**
 * The activity of the parameters of a function's derivative of an order: all that was active before, with its tangents.
 * Order 1 is the function itself.
 */
export function parametersOfOrder(form: FunctionForm, wrt: readonly string[] | undefined, order: number): Value[] {
  let makers = form.parameters.map((_, i): Maker => {
    return () => {
      const value = parameterValues(form, wrt)[i];
      if (value === undefined) throw new Error("a parameter without activity");
      return value;
    };
  });
  for (let k = 1; k < order; k++) makers = makers.flatMap((make) => (carries(make()) ? [make, make] : [make]));
  return makers.map((make) => make());
}

/** What `wrt` named, and the tangents of that, in the derivative of a function. */
export function wrtOfDerivative(
  wrt: readonly string[] | undefined,
  base: FunctionForm,
  parameters: readonly Value[],
  derivative: FunctionForm,
): readonly string[] | undefined {
  if (wrt === undefined) return undefined;
  const beside = new Map<string, string>();
  let at = 0;
  base.parameters.forEach(({ variable }, i) => {
    at++;
    const value = parameters[i];
    if (value === undefined || !carries(value)) return;
    const tangent = derivative.parameters[at++];
    if (tangent !== undefined) beside.set(variable.name, tangent.variable.name);
  });
  return wrt.flatMap((path) => {
    const [head = "", ...rest] = path.split(".");
    const tangent = beside.get(head);
    return tangent === undefined ? [path] : [path, [tangent, ...rest].join(".")];
  });
}

/**
 * Derivatives that instances call as they are: no active value meets the call, or it stands in a function of the function's
 * own, which may stay beside its derivative.
 */
export function calledAsTheyAre(
  instances: readonly Instance[],
  closures: Iterable<ClosureDerivative>,
): Set<FunctionId> {
  const found = new Set<FunctionId>();
  const visit = (form: FunctionForm, one: Instance | undefined): void => {
    const inExpression = (node: Expression): void => {
      if (node.kind === "variable" && node.variable.holds !== undefined && isDerivative(node.variable.holds))
        found.add(node.variable.holds);
      if (node.kind !== "call" || node.callee.kind !== "function" || !isDerivative(node.callee.id)) return;
      if (one?.form !== form || one.calls.get(node)?.target === undefined) found.add(node.callee.id);
    };
    visitStatements(form.body, (statement) => {
      for (const expression of expressionsOf(statement)) visitExpression(expression, inExpression);
      for (const inner of formsOf(statement)) visit(inner, one);
    });
  };
  for (const one of instances) visit(one.form, one);
  for (const { form, second } of closures) {
    visit(form, undefined);
    if (second !== undefined) visit(second.form, undefined);
  }
  return found;
}
