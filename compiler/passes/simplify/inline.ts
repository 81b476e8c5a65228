/**
 * Puts values that are used once back where they are used, so that the code reads as the user's did.
 *
 * Textbook: forward substitution, the inverse of A-normal form; with if-conversion of short arms on the way.
 * Takes for granted: `copies`, `share` and `dead` have run.
 * Guarantees: a value moves only past what it commutes with, in JavaScript's evaluation order, statements and parts of
 * statements alike; never into a loop's repeated parts or a closure, and into an operand that may not be evaluated only when
 * it is pure. The expressions of the user's own statements are restored whole; others stop growing where a line is full.
 */

import { commutes, effectsOf, statementEffects } from "../../ir/effects.ts";
import type { Block, Expression, FunctionForm, Statement, Variable } from "../../ir/types.ts";
import { expressionsOf, mapBlocks, mapExpressions, mapSame, rewrite, visitExpression } from "../../ir/walk.ts";
import { joinConditionals } from "./conditionals.ts";
import { type Line, mapLines } from "./lines.ts";
import { placeIn } from "./place.ts";
import { depthOf, statementWidth } from "./size.ts";
import { everywhere, isGenerated, makesTangent, sharedNames, type Usage, usageOf, variablesOf } from "./usage.ts";

export function inline(form: FunctionForm): FunctionForm {
  return everywhere(form, (own) => {
    const usages = new Map(usageOf(own));
    const ambiguous = sharedNames(own);
    /** The variables that stand for others from now on, by id: what was assigned in two arms may have become constant. */
    const replaced = new Map<number, Variable>();
    const body = mapLines(own.body, (lines) => {
      const joined = joinConditionals(lines, usages, ambiguous, replaced);
      return inlineLines(joined, usages, ambiguous);
    });
    return replaced.size === 0 ? body : replaceVariables(body, replaced);
  });
}

/** The widest line, the deepest expression that inlining makes of generated code. */
const widest = 100;
const deepest = 8;
/** How many statements away a use is looked for. */
const reach = 60;

type Usages = ReadonlyMap<number, Usage>;

/** Moves definitions to their only use, the last definition first, so that chains form. */
function inlineLines(lines: Line[], usages: Usages, ambiguous: ReadonlySet<string>): readonly Line[] {
  for (let i = lines.length - 1; i >= 0; i--) {
    const line = lines[i];
    const definition = line?.statement;
    if (line === undefined || definition?.kind !== "declare" || definition.value === undefined) continue;
    if (!isMovable(definition.variable, usages)) continue;
    const use = findUse(lines, i, definition.variable, definition.value);
    const target = use === undefined ? undefined : lines[use];
    if (use === undefined || target?.statement === undefined) continue;
    if (entersScope(target.statement) && variablesOf(definition.value).some(({ name }) => ambiguous.has(name)))
      continue;
    const value = asDeclared(target.statement, definition.variable, definition.value);
    const placed = placeIn(target.statement, definition.variable, value);
    if (placed === undefined || !isReadable(placed, target, line, definition.value)) continue;
    if (standsAlone(placed, definition.value)) continue;
    lines[use] = { ...target, statement: placed };
    lines[i] = { ...line, statement: undefined };
  }
  return lines;
}

/** A literal of which a field is read that it does not have keeps the type that says it might. */
function asDeclared(use: Statement, variable: Variable, value: Expression): Expression {
  if (value.kind !== "object" || variable.typeText === undefined) return value;
  const names = new Set(value.properties.map((property) => (property.kind === "spread" ? "" : property.name)));
  let lacks = false;
  for (const expression of expressionsOf(use)) {
    visitExpression(expression, (node) => {
      if (node.kind !== "field" || node.object.kind !== "variable" || node.object.variable !== variable) return;
      lacks ||= !names.has(node.name);
    });
  }
  return lacks ? { kind: "as", operand: value, type: variable.typeText } : value;
}

function isMovable(variable: Variable, usages: Usages): boolean {
  const usage = usages.get(variable.id);
  if (usage === undefined || !isGenerated(variable) || variable.reassigned) return false;
  return usage.reads === 1 && usage.writes === 1 && !usage.pinned;
}

/** The line that reads the variable, when the value commutes with everything before it. */
function findUse(lines: readonly Line[], from: number, variable: Variable, value: Expression): number | undefined {
  const effects = effectsOf(value);
  for (let i = from + 1; i < lines.length && i - from <= reach; i++) {
    const statement = lines[i]?.statement;
    if (statement === undefined) continue;
    const passed = statementEffects(statement);
    if (passed.reads.has(variable.id)) return i;
    if (!commutes(effects, passed)) return undefined;
  }
  return undefined;
}

/** Whether a literal would stand where nothing says its type: an object whose field is stored, the `[]` of a `push`. */
function standsAlone(statement: Statement, value: Expression): boolean {
  const isOpen = value.kind === "object" || (value.kind === "array" && value.elements.length === 0);
  if (!isOpen) return false;
  const isBase = (node: Expression): boolean =>
    node.kind === "element" || node.kind === "field"
      ? node.object === value
      : node.kind === "call" && node.callee.kind === "method" && node.callee.object === value;
  let found = statement.kind === "assign" && isBase(statement.target);
  for (const expression of expressionsOf(statement)) {
    visitExpression(expression, (node) => {
      if (isBase(node)) found = true;
    });
  }
  return found;
}

/** Whether names mean something else in the statement's own expressions. */
function entersScope({ kind }: Statement): boolean {
  return kind === "loop" || kind === "forOf" || kind === "forIn";
}

function isReadable(placed: Statement, target: Line, origin: Line, value: Expression): boolean {
  const tangent = makesTangent(placed);
  // What one statement of the user computes for itself is put together again, however long it is.
  if (!tangent && target.wrappers.length > 0 && target.wrappers.at(-1) === origin.wrappers.at(-1)) return true;
  const choice = value.kind === "conditional" || value.kind === "logical";
  if (tangent && choice && !expressionsOf(placed).includes(value)) return false;
  if (statementWidth(placed) > widest) return false;
  return expressionsOf(placed).every((expression) => depthOf(expression) <= deepest);
}

function replaceVariables(block: Block, replaced: ReadonlyMap<number, Variable>): Block {
  const now = (variable: Variable): Variable => {
    let last = variable;
    for (let next = replaced.get(last.id); next !== undefined && next !== last; next = replaced.get(last.id))
      last = next;
    return last;
  };
  const inExpression = (expression: Expression): Expression =>
    rewrite(expression, (node) => {
      if (node.kind !== "variable") return node;
      const variable = now(node.variable);
      return variable === node.variable ? node : { ...node, variable };
    });
  const inBlock = (statements: Block): Block =>
    mapSame(statements, (statement) => {
      const inside = mapExpressions(mapBlocks(statement, inBlock), inExpression);
      if (inside.kind === "declare") {
        const variable = now(inside.variable);
        if (variable === inside.variable) return inside;
        const keyword = variable.reassigned && inside.keyword === "const" ? "let" : inside.keyword;
        return { ...inside, keyword, variable };
      }
      if (inside.kind === "assign" && inside.target.kind === "variable") {
        const variable = now(inside.target.variable);
        return variable === inside.target.variable ? inside : { ...inside, target: { ...inside.target, variable } };
      }
      return inside;
    });
  return inBlock(block);
}
