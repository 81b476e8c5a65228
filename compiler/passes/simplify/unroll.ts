/**
 * Writes out loops with few, constant turns, where that makes the indices of small arrays known (see `scalars.ts`).
 *
 * Takes for granted: a `for` whose counter starts at a constant, grows by a constant and is compared with one, or with
 * the length of an array known by `lengths`. Guarantees: the statements run in the order they ran in. Loop unrolling.
 */

import type { Binary, Block, Expression, Statement, Variable } from "../../ir/types.ts";
import {
  blocksOf,
  expressionsOf,
  formsOf,
  mapBlocks,
  mapExpressions,
  rewrite,
  visitExpression,
} from "../../ir/walk.ts";
import { declaredVariables } from "../variables.ts";

export type LoopStatement = Extract<Statement, { readonly kind: "loop" }>;

/** A loop's counter, and the numbers that it takes. */
export interface Count {
  readonly counter: Variable;
  readonly values: readonly number[];
  /** The array whose length it goes up to. */
  readonly over?: Variable;
}

const mostTurns = 16;
const mostStatements = 256;

/** The turns of a loop, where they are constant and few. */
export function countOf(loop: LoopStatement, lengths: (variable: Variable) => number | undefined): Count | undefined {
  const [start, ...more] = plain(loop.init);
  const [step, ...others] = plain(loop.update);
  if (loop.form !== "for" || loop.before.length > 0 || more.length > 0 || others.length > 0) return undefined;
  if (start?.kind !== "declare" || start.keyword !== "let" || start.variable.captured) return undefined;
  const counter = start.variable;
  const first = start.value === undefined ? undefined : numberOf(start.value);
  if (first === undefined || step?.kind !== "assign" || !isVariable(step.target, counter)) return undefined;
  const { value } = step;
  if (value.kind !== "binary" || !isVariable(value.left, counter)) return undefined;
  const by = numberOf(value.right);
  if (by === undefined || (value.operator !== "+" && value.operator !== "-") || assigns(loop.body, counter))
    return undefined;
  const { test } = loop;
  if (test?.kind !== "binary" || !isVariable(test.left, counter)) return undefined;
  const over =
    test.right.kind === "field" && test.right.name === "length" && test.right.object.kind === "variable"
      ? test.right.object.variable
      : undefined;
  const end = over === undefined ? numberOf(test.right) : lengths(over);
  if (end === undefined) return undefined;
  const values: number[] = [];
  for (let at = first; holds(test.operator, at, end); at = value.operator === "+" ? at + by : at - by) {
    values.push(at);
    if (values.length > mostTurns) return undefined;
  }
  return { counter, values, ...(over !== undefined && { over }) };
}

/** The statements of a loop, one turn after the other, or nothing where they can't be written out. */
export function unroll(
  loop: LoopStatement,
  { counter, values }: Count,
  nextId: () => number,
): readonly Statement[] | undefined {
  const size = sizeOf(loop.body);
  if (size * values.length > mostStatements || !isCopyable(loop.body)) return undefined;
  return values.flatMap((value, turn) => copied(loop.body, counter, value, turn > 0, nextId));
}

function copied(body: Block, counter: Variable, value: number, again: boolean, nextId: () => number): Statement[] {
  const names = new Map<Variable, Expression>([[counter, { kind: "constant", value }]]);
  const copies = new Map<Variable, Variable>();
  for (const variable of declaredVariables(body)) {
    const { annotated: _, ...rest } = variable;
    const id = nextId();
    const named = variable.role !== "tangent" && !variable.name.startsWith("%");
    const role = variable.role === "user" ? "temporary" : variable.role;
    copies.set(variable, { ...rest, id, name: `%${id}`, role, ...(named && { wanted: variable.name }) });
  }
  for (const [variable, copy] of copies) {
    const primal = variable.primal && copies.get(variable.primal);
    const own = primal === undefined ? copy : { ...copy, primal };
    copies.set(variable, own);
    names.set(variable, { kind: "variable", variable: own });
  }
  const known = (expression: Expression): Expression =>
    rewrite(expression, (node) => {
      if (node.kind === "binary") return folded(node);
      const found = node.kind === "variable" ? names.get(node.variable) : undefined;
      return found === undefined ? node : { ...found, ...(node.span && { span: node.span }) };
    });
  const now = (variable: Variable): Variable => copies.get(variable) ?? variable;
  const inBlock = (block: Block): Statement[] => block.flatMap(inStatement);
  const inStatement = (statement: Statement): Statement[] => {
    if (statement.kind === "source" || statement.kind === "verbatim") {
      const { trailing: _, ...origin } = statement.origin;
      const again_ = again ? { ...origin, comments: [], spaced: false } : statement.origin;
      const inner = statement.kind === "source" ? statement.body : (statement.lowered ?? []);
      const span = statement.span && { span: statement.span };
      return [{ kind: "source", origin: { ...again_, rewritten: true }, body: inBlock(inner), ...span }];
    }
    const inside = mapExpressions(mapBlocks(statement, inBlock), known);
    switch (inside.kind) {
      case "declare": {
        const { variable, value: given } = inside;
        // Indices that have become known are known in what follows.
        if (given?.kind === "constant" && typeof given.value === "number" && !variable.reassigned) {
          names.set(variable, given);
          if (variable.role === "temporary") return [];
        }
        return [{ ...inside, variable: now(variable) }];
      }
      case "declarePair":
        return [
          {
            ...inside,
            ...(inside.primal !== undefined && { primal: now(inside.primal) }),
            ...(inside.tangent !== undefined && { tangent: now(inside.tangent) }),
          },
        ];
      case "assign":
        if (inside.target.kind !== "variable") return [inside];
        return [{ ...inside, target: { ...inside.target, variable: now(inside.target.variable) } }];
      default:
        return [inside];
    }
  };
  return inBlock(body);
}

function folded(node: Binary): Expression {
  const left = numberOf(node.left);
  const right = numberOf(node.right);
  if (left === undefined || right === undefined) return node;
  switch (node.operator) {
    case "+":
      return { kind: "constant", value: left + right };
    case "-":
      return { kind: "constant", value: left - right };
    case "*":
      return { kind: "constant", value: left * right };
    default:
      return node;
  }
}

/** Nothing that can't stand twice in one function, or that is bound to its loop. */
function isCopyable(block: Block): boolean {
  return block.every((statement) => {
    if (formsOf(statement).length > 0) return false;
    switch (statement.kind) {
      case "verbatim":
        return statement.lowered !== undefined && isCopyable(statement.lowered);
      case "declare":
        if (statement.keyword === "var" || statement.variable.captured) return false;
        break;
      case "declarePair":
      case "assign":
      case "effect":
      case "throw":
      case "return":
      case "if":
      case "loop":
      case "block":
      case "source":
        break;
      default:
        return false;
    }
    let plainText = true;
    for (const expression of expressionsOf(statement))
      visitExpression(expression, (node) => {
        if (node.kind === "opaque" || node.kind === "function") plainText = false;
      });
    return plainText && blocksOf(statement).every(isCopyable);
  });
}

/** How many statements a block comes to, those that only frame others left out. */
export function sizeOf(block: Block): number {
  return block.reduce((sum, statement) => {
    const inner = statement.kind === "verbatim" ? [statement.lowered ?? []] : blocksOf(statement);
    return inner.reduce((total, one) => total + sizeOf(one), sum + (statement.kind === "source" ? 0 : 1));
  }, 0);
}

function assigns(block: Block, variable: Variable): boolean {
  return block.some((statement) => {
    if (statement.kind === "assign" && isVariable(statement.target, variable)) return true;
    if (statement.kind === "verbatim") return statement.writes.includes(variable);
    return blocksOf(statement).some((inner) => assigns(inner, variable));
  });
}

function holds(operator: Binary["operator"], at: number, end: number): boolean {
  switch (operator) {
    case "<":
      return at < end;
    case "<=":
      return at <= end;
    case ">":
      return at > end;
    case ">=":
      return at >= end;
    case "!==":
    case "!=":
      return at !== end;
    default:
      return false;
  }
}

const isVariable = (expression: { readonly kind: string }, variable: Variable): boolean =>
  expression.kind === "variable" && "variable" in expression && expression.variable === variable;

function numberOf(expression: Expression): number | undefined {
  return expression.kind === "constant" && typeof expression.value === "number" ? expression.value : undefined;
}

/** The statements without the frames of the user's own. */
function plain(block: Block): readonly Statement[] {
  return block.flatMap((statement) => {
    if (statement.kind === "source") return plain(statement.body);
    return statement.kind === "verbatim" && statement.lowered !== undefined ? plain(statement.lowered) : [statement];
  });
}
