/** Why a value carries a tangent, or why not: each place where it gets a value, and what that place makes of its operands. */

import type { Explanation, ExplanationStep } from "../../api.ts";
import { canCarry } from "../../frontend/types.ts";
import type { Block, Expression, Statement, Variable } from "../../ir/types.ts";
import { blocksOf, childrenOf, expressionsOf, formsOf, visitExpression } from "../../ir/walk.ts";
import { mathHasDerivative } from "../../rules/index.ts";
import { evaluate } from "./evaluate.ts";
import type { Instance } from "./program.ts";
import { callSite, type Solver, variableValue } from "./solve.ts";
import { carries } from "./values.ts";

interface Gift {
  readonly span: Statement["span"];
  readonly value: Expression | undefined;
  /** In words, where no expression gives the value. */
  readonly words?: string;
}

/** Explanations of all variables of a name in one instance; none when it has no such variable. */
export function explain(solver: Solver, one: Instance, name: string): Explanation[] {
  const gifts = collect(one.form.body);
  const parameters = new Set(one.form.parameters.map(({ variable }) => variable));
  const variables = [...new Set([...parameters, ...gifts.keys()])].filter((variable) => variable.name === name);
  const isActive = (variable: Variable): boolean => carries(variableValue(one, variable));
  const active = (expression: Expression): boolean => carries(evaluate(solver, one, expression));

  const wordFor = (variable: Variable): string => {
    const span = variable.role === "temporary" ? gifts.get(variable)?.[0]?.span : undefined;
    if (span !== undefined) return solver.library.text(span).replace(/\s+/g, " ");
    return variable.module === true ? `${variable.name} (of the module)` : variable.name;
  };

  const stepsOf = (variable: Variable, seen: ReadonlySet<Variable>): ExplanationStep[] => {
    if (seen.has(variable)) return [];
    const inside = new Set([...seen, variable]);
    const steps: ExplanationStep[] = [];
    const add = (span: Statement["span"], reason: string): void => {
      steps.push({ reason, ...(span !== undefined && { span, text: solver.library.text(span).replace(/\s+/g, " ") }) });
    };
    if (parameters.has(variable)) {
      if (isActive(variable)) add(undefined, `${variable.name} is an active parameter`);
      else if (!canCarry(variable.type))
        add(undefined, `${variable.name} is a parameter of a type that carries no tangent`);
      else add(undefined, `${variable.name} is a parameter that is not active: it is not named after wrt`);
    }
    for (const { span, value, words } of gifts.get(variable) ?? []) {
      if (value === undefined) {
        add(span, words ?? "gets no value here");
        continue;
      }
      add(span, reasonFor(value));
      for (const operand of mentionedIn(value)) {
        const about = active(value) ? isActive(operand) : !isActive(operand);
        if (about) steps.push(...stepsOf(operand, inside));
      }
    }
    return steps;
  };

  const reasonFor = (value: Expression): string => {
    if (active(value)) {
      const from = mentionedIn(value).filter(isActive).map(wordFor);
      return from.length === 0 ? "its value is active" : `${list(from)} ${from.length === 1 ? "is" : "are"} active`;
    }
    switch (value.kind) {
      case "constant":
        return "a constant has no derivative";
      case "math":
        if (!mathHasDerivative(value.name))
          return `Math.${value.name} is flat between its jumps: its derivative is zero`;
        break;
      case "binary":
        if (/^([<>]=?|[!=]==?|in|instanceof)$/.test(value.operator)) return "a comparison has no derivative";
        if (/^([&|^]|<<|>>>?)$/.test(value.operator)) return "a bit operation on inactive integers";
        break;
      case "unary":
        if (value.operator === "!" || value.operator === "typeof") return `${value.operator} has no derivative`;
        break;
      case "field":
        if (value.name === "length") return "a length is a count, which has no derivative";
        break;
      case "opaque":
        return `${value.what} is passed through as it stands`;
      case "call": {
        const { callee } = value;
        if (callee.kind === "global" && callee.name === "fgrad:stopGradient")
          return "stopGradient cuts the tangent here";
        if (callee.kind === "function" && callSite(one, value).target === undefined) {
          return `${callee.name} gets no active argument, and gives nothing active back`;
        }
        break;
      }
      case "new":
        return "a new object, into which nothing active is stored";
      case "array":
      case "object":
        return "made of inactive parts, and nothing active is stored into it";
    }
    const inactive = mentionedIn(value).map(wordFor);
    if (inactive.length === 0) return "nothing in it is active";
    return inactive.length === 1 ? `${inactive[0]} is not active` : `neither ${list(inactive, " nor ")} is active`;
  };

  return variables.map((variable) => ({
    function: one.form.name,
    name,
    active: isActive(variable),
    steps: stepsOf(variable, new Set()),
  }));
}

const list = (words: readonly string[], between = " and "): string => [...new Set(words)].join(between);

function mentionedIn(value: Expression): Variable[] {
  const found = new Set<Variable>();
  const visit = (node: Expression): void => {
    if (node.kind === "variable") found.add(node.variable);
    if (node.kind === "opaque") for (const variable of node.reads) found.add(variable);
    childrenOf(node).forEach(visit);
  };
  visit(value);
  return [...found];
}

/** Where each variable gets a value. */
function collect(block: Block): Map<Variable, Gift[]> {
  const gifts = new Map<Variable, Gift[]>();
  const give = (variable: Variable, gift: Gift): void => {
    gifts.set(variable, [...(gifts.get(variable) ?? []), gift]);
  };
  const inStatement = (statement: Statement): void => {
    const { span } = statement;
    if (statement.kind === "declare") give(statement.variable, { span, value: statement.value });
    if (statement.kind === "assign") {
      const { target } = statement;
      const holder = target.kind === "variable" ? target : target.kind === "register" ? undefined : target.object;
      if (holder?.kind === "variable") give(holder.variable, { span, value: statement.value });
    }
    if (statement.kind === "forOf")
      give(statement.variable, { span: statement.iterable.span, value: statement.iterable });
    if (statement.kind === "forIn") give(statement.variable, { span, value: undefined, words: "an index is text" });
    for (const expression of expressionsOf(statement)) {
      visitExpression(expression, (node) => {
        if (node.kind === "function") node.function.body.forEach(inStatement);
      });
    }
    if (statement.kind === "declareFunction") for (const form of formsOf(statement)) form.body.forEach(inStatement);
    for (const inner of blocksOf(statement)) inner.forEach(inStatement);
  };
  block.forEach(inStatement);
  return gifts;
}
