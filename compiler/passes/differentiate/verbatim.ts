/** Which statements of the user stay as they are: those where no tangent is computed, stored or returned. */

import { hasEffect, statementEffects } from "../../ir/effects.ts";
import type { Block, Expression, FunctionForm, Source, Statement, Variable, Verbatim } from "../../ir/types.ts";
import { blocksOf, declaredBy, expressionsOf, formsOf, visitExpression } from "../../ir/walk.ts";
import { setterOf } from "../activity/methods.ts";
import { callSite } from "../activity/solve.ts";
import { carries, heldFunction, regionOf } from "../activity/values.ts";
import { arrayMethod } from "../builtins.ts";
import { isDerivative } from "../derived/derive.ts";
import { mention } from "../variables.ts";
import { type Context, isActive, valueOf } from "./context.ts";
import { isActivePlace } from "./expressions.ts";

export function needsTangent(cx: Context, statement: Statement): boolean {
  return needs(cx, statement, false, false);
}

/** `inLoop`, `inLabel`: a jump inside stays inside. A `continue` that leaves needs the loop's own printed form. */
function needs(cx: Context, statement: Statement, inLoop: boolean, inForm: boolean): boolean {
  switch (statement.kind) {
    case "source":
      if (statement.origin.rewritten === true) return true;
      break;
    case "return":
      if (!inForm && cx.convention !== "none") return true;
      break;
    case "continue":
      if (!inLoop) return true;
      break;
    case "declare":
      if (isActive(cx, statement.variable)) return true;
      break;
    case "declareFunction":
      if (isActive(cx, statement.variable)) return true;
      break;
    case "assign": {
      const { target } = statement;
      if (target.kind === "variable" && isActive(cx, target.variable)) return true;
      if (target.kind === "element" && isActivePlace(cx, target.object, target.index)) return true;
      if (target.kind === "field" && (cx.one.calls.get(setterOf(target))?.methods.size ?? 0) > 0) return true;
      if (target.kind === "field" && isActivePlace(cx, target.object, target.name)) return true;
      break;
    }
    case "forOf":
      if (isActive(cx, statement.variable)) return true;
      break;
  }
  if (expressionsOf(statement).some((expression) => expressionNeeds(cx, expression))) return true;
  const loop = inLoop || statement.kind === "loop" || statement.kind === "forOf" || statement.kind === "forIn";
  return blocksOf(statement).some((block) => block.some((inner) => needs(cx, inner, loop, inForm)));
}

function expressionNeeds(cx: Context, expression: Expression): boolean {
  let found = false;
  visitExpression(expression, (node) => {
    if (found) return;
    if (node.kind === "call") found = callNeeds(cx, node);
    if (node.kind === "new" && node.class_ !== undefined) found = carries(valueOf(cx, node));
    if (node.kind === "field") found = (cx.one.calls.get(node)?.methods.size ?? 0) > 0;
    if (node.kind === "function") {
      // The text would pass a function without the derivative that stands beside it in the module.
      found =
        isDerivative(node.function.id) ||
        carries(valueOf(cx, node)) ||
        node.function.body.some((inner) => needs(cx, inner, false, true));
    }
    if (node.kind === "opaque") found = node.writes.some((variable) => isActive(cx, variable));
  });
  return found;
}

function callNeeds(cx: Context, call: Extract<Expression, { kind: "call" }>): boolean {
  const { callee } = call;
  const site = callSite(cx.one, call);
  if (site.methods.size > 0) return true;
  if (callee.kind === "function") return site.rule !== undefined || site.target !== undefined;
  if (callee.kind === "super" || callee.kind === "superConstructor" || callee.kind === "static") return false;
  if (callee.kind === "value") return carries(valueOf(cx, callee.function));
  if (callee.kind === "global") return callee.name.startsWith("fgrad:");
  const held = valueOf(cx, callee.object);
  const region = regionOf(held);
  if (region === undefined || !carries(held)) return false;
  return (
    heldFunction(region, callee.name) !== undefined || arrayMethod(region.constructor_, callee.name)?.writes === true
  );
}

export function verbatim(statement: Source): Verbatim {
  const { reads, writes } = mentionedIn(statement.body);
  return {
    kind: "verbatim",
    origin: statement.origin,
    reads,
    writes,
    pure: !statement.body.some((inner) => hasEffect(statementEffects(inner)) || statementEffects(inner).leaves),
    lowered: statement.body,
    ...(statement.span && { span: statement.span }),
  };
}

function mentionedIn(block: Block): { reads: Variable[]; writes: Variable[] } {
  const reads = new Set<Variable>();
  const writes = new Set<Variable>();
  const inner = innerVariables(block);
  mention(block, (variable, written) => {
    if (variable.role === "user" && !inner.has(variable)) (written ? writes : reads).add(variable);
  });
  return { reads: [...reads], writes: [...writes] };
}

/** Variables of functions and blocks inside statements: nothing outside can mean them. */
function innerVariables(block: Block): Set<Variable> {
  const inner = new Set<Variable>();
  const inFunction = (form: FunctionForm): void => {
    for (const { variable } of form.parameters) inner.add(variable);
    for (const statement of form.body) visit(statement, "function");
  };
  const visit = (statement: Statement, level: "outer" | "block" | "function"): void => {
    if (statement.kind === "source") {
      for (const part of statement.body) visit(part, level);
      return;
    }
    const hoisted = statement.kind === "declare" && statement.keyword === "var" && level === "block";
    if (level !== "outer" && !hoisted) for (const variable of declaredBy(statement)) inner.add(variable);
    for (const expression of expressionsOf(statement)) {
      visitExpression(expression, (node) => {
        if (node.kind === "function") inFunction(node.function);
      });
    }
    formsOf(statement).forEach(inFunction);
    for (const part of blocksOf(statement).flat()) visit(part, level === "outer" ? "block" : level);
  };
  for (const statement of block) visit(statement, "outer");
  return inner;
}
