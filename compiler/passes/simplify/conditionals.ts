/** Restores expressions and declarations from the `let` and `if` that lowering made of them. */

import { effectsOf } from "../../ir/effects.ts";
import type { Declare, Expression, Statement, Variable } from "../../ir/types.ts";
import type { Line } from "./lines.ts";
import { widthOf } from "./size.ts";
import { countReads, isGenerated, type Usage } from "./usage.ts";

/** A chosen tangent wider than this stays an `if`. */
const widest = 80;

interface Pending {
  readonly index: number;
  readonly statement: Declare;
}

/**
 * Joins what belongs together in a list of lines, each generated variable being assigned nowhere else:
 *
 * - `let t; if (c) t = a; else t = b` becomes `const t = c ? a : b`;
 * - `let t = a; if (t) t = b` becomes `const t = a && b`, and so for `||` and `??`;
 * - `let t; t = e` becomes `const t = e`;
 * - `let t; if …; const y = t` becomes `let y; if …`, the arms assigning `y`.
 *
 * `replaced` gets the variables that stand for others from now on, `usages` is kept up to date.
 */
export function joinConditionals(
  lines: readonly Line[],
  usages: Map<number, Usage>,
  ambiguous: ReadonlySet<string>,
  replaced: Map<number, Variable>,
): Line[] {
  const result: Line[] = [...lines];
  const pending = new Map<number, Pending>();
  const drop = (index: number) => {
    result[index] = { statement: undefined, wrappers: result[index]?.wrappers ?? [] };
  };
  const settle = (variable: Variable, index: number, value: Expression, statement: Statement) => {
    const constant = { ...variable, reassigned: false };
    replaced.set(variable.id, constant);
    const usage = usages.get(variable.id);
    if (usage !== undefined) usages.set(variable.id, { ...usage, variable: constant, writes: 1 });
    pending.delete(variable.id);
    const span = statement.span === undefined ? {} : { span: statement.span };
    const wrappers = result[index]?.wrappers ?? [];
    result[index] = { statement: { kind: "declare", keyword: "const", variable: constant, value, ...span }, wrappers };
  };
  const waiting = (variable: Variable | undefined, writes: number): Pending | undefined => {
    const usage = variable && usages.get(variable.id);
    if (usage === undefined || usage.writes !== writes || usage.pinned) return undefined;
    return pending.get(usage.variable.id);
  };

  for (const [index, { statement }] of lines.entries()) {
    if (statement === undefined) continue;
    if (statement.kind === "declare" && statement.keyword === "let" && isGenerated(statement.variable)) {
      pending.set(statement.variable.id, { index, statement });
      continue;
    }
    if (statement.kind === "assign" && statement.target.kind === "variable") {
      const { variable } = statement.target;
      const start = waiting(variable, 1);
      if (start !== undefined && start.statement.value === undefined && !readsOf(statement.value).has(variable.id)) {
        drop(start.index);
        settle(variable, index, statement.value, statement);
      }
    }
    if (statement.kind === "if") {
      const chosen = choiceOf(statement);
      const start = waiting(chosen?.variable, chosen?.writes ?? 0);
      if (chosen !== undefined && start !== undefined) {
        const value = chosen.value(start.statement.value, start.index === previous(result, index));
        if (value !== undefined && (chosen.variable.role === "temporary" || widthOf(value) <= widest)) {
          drop(start.index);
          settle(chosen.variable, index, value, statement);
          const usage = usages.get(chosen.variable.id);
          if (usage !== undefined) usage.reads -= chosen.tests;
        }
      }
    }
    if (statement.kind === "declare" && statement.value?.kind === "variable") {
      const start = pending.get(statement.value.variable.id);
      const renamed =
        start !== undefined && sameWrapper(result, start.index, index)
          ? birth(statement, statement.value.variable, result.slice(start.index, index + 1), usages, ambiguous)
          : undefined;
      if (renamed !== undefined) {
        replaced.set(statement.value.variable.id, renamed);
        replaced.set(statement.variable.id, renamed);
        drop(index);
        pending.delete(statement.value.variable.id);
      }
    }
  }
  return result;
}

function readsOf(expression: Expression): ReadonlySet<number> {
  return effectsOf(expression).reads;
}

function previous(lines: readonly Line[], index: number): number {
  let at = index - 1;
  while (at >= 0 && lines[at]?.statement === undefined) at--;
  return at;
}

function sameWrapper(lines: readonly Line[], first: number, second: number): boolean {
  return lines[first]?.wrappers.at(-1) === lines[second]?.wrappers.at(-1);
}

interface Choice {
  readonly variable: Variable;
  /** How often the variable is written in all, its declaration included. */
  readonly writes: number;
  /** How often the variable is read by the test. */
  readonly tests: number;
  /** The expression, from the variable's first value and whether that is set right ahead. */
  readonly value: (initial: Expression | undefined, adjacent: boolean) => Expression | undefined;
}

/** What a conditional chooses, when all that it does is to assign one variable. */
function choiceOf(statement: Extract<Statement, { readonly kind: "if" }>): Choice | undefined {
  const then = soleAssignment(statement.then);
  if (then === undefined) return undefined;
  const { variable } = then;
  const span = statement.span === undefined ? {} : { span: statement.span };
  if (readsOf(then.value).has(variable.id)) return undefined;
  if (statement.else !== undefined) {
    const otherwise = soleAssignment(statement.else);
    if (otherwise?.variable.id !== variable.id) return undefined;
    if (readsOf(otherwise.value).has(variable.id) || readsOf(statement.test).has(variable.id)) return undefined;
    const { test } = statement;
    return {
      variable,
      writes: 2,
      tests: 0,
      value: (initial) =>
        initial === undefined
          ? { kind: "conditional", test, whenTrue: then.value, whenFalse: otherwise.value, ...span }
          : undefined,
    };
  }
  const operator = continuation(statement.test, variable);
  if (operator === undefined) return undefined;
  return {
    variable,
    writes: 2,
    tests: 1,
    value: (left, adjacent) =>
      left !== undefined && adjacent ? { kind: "logical", operator, left, right: then.value, ...span } : undefined,
  };
}

function soleAssignment(block: readonly Statement[]): { variable: Variable; value: Expression } | undefined {
  const [only, more] = block;
  if (only?.kind !== "assign" || more !== undefined || only.target.kind !== "variable") return undefined;
  return { variable: only.target.variable, value: only.value };
}

/** The operator whose right side is evaluated when the test says so. */
function continuation(test: Expression, variable: Variable): "&&" | "||" | "??" | undefined {
  const isIt = (node: Expression) => node.kind === "variable" && node.variable.id === variable.id;
  if (isIt(test)) return "&&";
  if (test.kind === "unary" && test.operator === "!" && isIt(test.operand)) return "||";
  if (test.kind !== "binary" || test.operator !== "==" || !isIt(test.left)) return undefined;
  return test.right.kind === "constant" && test.right.value === null ? "??" : undefined;
}

/** The variable of `const y = t`, to be declared where `t` is; `t` must not be read after that. */
function birth(
  statement: Declare,
  from: Variable,
  between: readonly Line[],
  usages: ReadonlyMap<number, Usage>,
  ambiguous: ReadonlySet<string>,
): Variable | undefined {
  const { variable } = statement;
  const usage = usages.get(from.id);
  const own = usages.get(variable.id);
  if (usage === undefined || usage.pinned || isGenerated(variable) || own?.pinned) return undefined;
  const reads = between.reduce((sum, line) => sum + (line.statement ? countReads(line.statement, from) : 0), 0);
  if (reads !== usage.reads) return undefined;
  const typeText = variable.typeText ?? from.typeText ?? (variable.type.kind === "number" ? "number" : undefined);
  if (statement.keyword === "var" || ambiguous.has(variable.name) || typeText === undefined) return undefined;
  // What it is at first may be more than what it is in the end: `undefined`, of `a ?? b`.
  const nothing = /\b(undefined|null)\b/;
  if (nothing.test(from.typeText ?? "") && !nothing.test(typeText)) return undefined;
  return { ...variable, reassigned: true, typeText, ...(from.annotated === true && { annotated: true }) };
}
