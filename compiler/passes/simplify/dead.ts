/**
 * Removes tangents and temporaries that nothing reads.
 *
 * Textbook: dead code elimination, mark and sweep over definitions.
 * Takes for granted: nothing; a variable that a nested function or the user's own text names is left alone.
 * Guarantees: statements of the user's keep their effects, their exceptions and their order; the user's variables keep
 * their declarations and assignments. Of a generated definition whose value has an effect, the value stays.
 */

import { effectsOf, isPure } from "../../ir/effects.ts";
import type { Block, Expression, FunctionForm, Statement, Variable } from "../../ir/types.ts";
import { blocksOf, expressionsOf, formsOf, mapBlocks, placeOperands, visitStatements } from "../../ir/walk.ts";
import { everywhere, variablesOf, visitVariablesOfForm } from "./usage.ts";

export function dead(form: FunctionForm): FunctionForm {
  return everywhere(form, (own) => {
    let body = own.body;
    for (;;) {
      const candidates = candidatesIn({ ...own, body });
      const live = mark(body, candidates);
      const swept = sweep(body, (variable) => candidates.has(variable.id) && !live.has(variable.id));
      if (swept === body) return body;
      body = swept;
    }
  });
}

/** Generated variables declared in this very function. */
function candidatesIn(form: FunctionForm): ReadonlySet<number> {
  const candidates = new Set<number>();
  const pinned = new Set<number>();
  const consider = (variable: Variable | undefined) => {
    if (variable !== undefined && variable.role !== "user" && !variable.captured) candidates.add(variable.id);
  };
  visitStatements(form.body, (statement) => {
    if (statement.kind === "declare") consider(statement.variable);
    if (statement.kind === "declarePair") {
      consider(statement.primal);
      consider(statement.tangent);
    }
    for (const nested of formsOf(statement)) visitVariablesOfForm(nested, ({ id }) => pinned.add(id));
    if (statement.kind === "verbatim") for (const { id } of statement.reads) pinned.add(id);
  });
  for (const id of pinned) candidates.delete(id);
  return candidates;
}

/** The candidates that something reads whose result, in the end, matters. */
function mark(body: Block, candidates: ReadonlySet<number>): ReadonlySet<number> {
  const live = new Set<number>();
  const pending: Variable[] = [];
  /** What the definitions of each candidate read. */
  const needs = new Map<number, Variable[]>();
  const scratch = scratchIn(body, candidates);
  const define = (variable: Variable, value: Expression | undefined) => {
    if (value === undefined) return;
    const variables = variablesOf(value);
    // A value with an effect is evaluated in any case.
    if (!isDroppable(value, variable)) pending.push(...variables);
    else needs.set(variable.id, [...(needs.get(variable.id) ?? []), ...variables]);
  };
  visitStatements(body, (statement) => {
    if (statement.kind === "declare" && candidates.has(statement.variable.id)) {
      define(statement.variable, statement.value);
    } else if (statement.kind === "assign") {
      const root = targetRoot(statement);
      if (
        root !== undefined &&
        candidates.has(root.id) &&
        (statement.target.kind === "variable" || scratch.has(root.id))
      ) {
        for (const value of expressionsOf(statement)) if (!isRoot(value, root)) define(root, value);
      } else for (const value of expressionsOf(statement)) pending.push(...variablesOf(value));
    } else {
      if (statement.kind === "if" && isRemovable(statement, candidates, scratch)) {
        for (const variable of assignedIn(statement))
          needs.set(variable.id, [...(needs.get(variable.id) ?? []), ...variablesOf(statement.test)]);
      } else for (const value of expressionsOf(statement)) pending.push(...variablesOf(value));
      if (statement.kind === "verbatim") pending.push(...statement.reads);
      for (const nested of formsOf(statement)) visitVariablesOfForm(nested, (variable) => pending.push(variable));
    }
  });
  for (let variable = pending.pop(); variable !== undefined; variable = pending.pop()) {
    if (live.has(variable.id)) continue;
    live.add(variable.id);
    pending.push(...(needs.get(variable.id) ?? []));
  }
  return live;
}

/** Whether evaluating the value of a variable can be left out when nothing needs it. */
function isDroppable(value: Expression, variable: Variable): boolean {
  const effects = effectsOf(value);
  if (isPure(effects)) return true;
  if (variable.role !== "tangent" || effects.calls || effects.writes.size > 0) return false;
  // A shadow is made as large as an array that has just been made, so that cannot throw.
  return (
    value.kind === "new" &&
    value.arguments.every((argument) => argument.kind !== "spread" && isPure(effectsOf(argument)))
  );
}

type AssignStatement = Extract<Statement, { readonly kind: "assign" }>;

/** The variable that an assignment changes, or whose array it stores into directly. */
function targetRoot({ target }: AssignStatement): Variable | undefined {
  if (target.kind === "variable") return target.variable;
  if (target.kind !== "element" || target.object.kind !== "variable") return undefined;
  return target.object.variable;
}

function isRoot(expression: Expression, root: Variable): boolean {
  return expression.kind === "variable" && expression.variable.id === root.id;
}

/** Shadows that are made here and only ever stored into: each mention is `shadow[i] = …`. */
function scratchIn(body: Block, candidates: ReadonlySet<number>): ReadonlySet<number> {
  const made = new Set<number>();
  const mentioned = new Set<number>();
  visitStatements(body, (statement) => {
    if (statement.kind === "declare" && statement.variable.role === "tangent" && statement.value !== undefined) {
      const { value, variable } = statement;
      if (candidates.has(variable.id) && !variable.reassigned && (value.kind === "new" || value.kind === "array"))
        made.add(variable.id);
    }
    const root = statement.kind === "assign" && statement.target.kind === "element" ? targetRoot(statement) : undefined;
    const [first, ...rest] = expressionsOf(statement);
    const read = root !== undefined && first !== undefined && isRoot(first, root) ? rest : expressionsOf(statement);
    for (const expression of read) for (const { id } of variablesOf(expression)) mentioned.add(id);
  });
  for (const id of mentioned) made.delete(id);
  return made;
}

/** Whether nothing but pure assignments of candidates happens in a conditional. */
function isRemovable(
  statement: Extract<Statement, { readonly kind: "if" }>,
  candidates: ReadonlySet<number>,
  scratch: ReadonlySet<number>,
): boolean {
  const removable = (inner: Statement): boolean => {
    if (inner.kind === "declare")
      return (
        candidates.has(inner.variable.id) && (inner.value === undefined || isDroppable(inner.value, inner.variable))
      );
    if (inner.kind === "assign") {
      const root = targetRoot(inner);
      if (root === undefined || !candidates.has(root.id)) return false;
      if (inner.target.kind !== "variable" && !scratch.has(root.id)) return false;
      return placeOperands(inner.target).every((part) => isPure(effectsOf(part))) && isDroppable(inner.value, root);
    }
    // An empty one is the user's.
    return (
      inner.kind === "if" &&
      isPure(effectsOf(inner.test)) &&
      blocksOf(inner).some((block) => block.length > 0) &&
      blocksOf(inner).every((block) => block.every(removable))
    );
  };
  return removable(statement);
}

function assignedIn(statement: Statement): readonly Variable[] {
  const found: Variable[] = [];
  visitStatements([statement], (inner) => {
    if (inner.kind === "declare") found.push(inner.variable);
    if (inner.kind === "assign") {
      const root = targetRoot(inner);
      if (root !== undefined) found.push(root);
    }
  });
  return found;
}

/** Takes out the definitions of dead variables, and conditionals that have become empty by it. */
function sweep(block: Block, isDead: (variable: Variable) => boolean): Block {
  let changed = false;
  const swept = block.flatMap((statement): readonly Statement[] => {
    const kept = sweepStatement(statement, isDead);
    if (kept.length !== 1 || kept[0] !== statement) changed = true;
    return kept;
  });
  return changed ? swept : block;
}

function remains(value: Expression | undefined, statement: Statement, variable?: Variable): readonly Statement[] {
  if (value === undefined || isPure(effectsOf(value))) return [];
  if (variable !== undefined && isDroppable(value, variable)) return [];
  return [{ kind: "effect", value, ...(statement.span !== undefined && { span: statement.span }) }];
}

function sweepStatement(statement: Statement, isDead: (variable: Variable) => boolean): readonly Statement[] {
  switch (statement.kind) {
    case "declare":
      return isDead(statement.variable) ? remains(statement.value, statement, statement.variable) : [statement];
    case "declarePair": {
      const { primal, tangent, ...rest } = statement;
      const keepPrimal = primal !== undefined && !isDead(primal);
      const keepTangent = tangent !== undefined && !isDead(tangent);
      if (!keepPrimal && !keepTangent) return remains(statement.value, statement);
      if (keepPrimal === (primal !== undefined) && keepTangent === (tangent !== undefined)) return [statement];
      return [{ ...rest, ...(keepPrimal && { primal }), ...(keepTangent && { tangent }) }];
    }
    case "assign": {
      const root = targetRoot(statement);
      const { target, value } = statement;
      const itself = root !== undefined && target.kind === "variable" && isRoot(value, root) && root.role !== "user";
      if (itself && !root.captured) return [];
      if (root === undefined || !isDead(root)) return [statement];
      // Before its parts: object and index are atoms or pure.
      return expressionsOf(statement).flatMap((part) => (isRoot(part, root) ? [] : remains(part, statement, root)));
    }
    case "if": {
      const inside = mapBlocks(statement, (inner) => sweep(inner, isDead));
      if (inside.kind !== "if" || inside === statement) return [inside];
      const otherwise = inside.else !== undefined && inside.else.length > 0 ? inside.else : undefined;
      if (inside.then.length > 0) {
        const { else: _, ...bare } = inside;
        return [otherwise === undefined ? bare : inside];
      }
      if (otherwise === undefined) return isPure(effectsOf(inside.test)) ? [] : [inside];
      if (statement.then.length === 0) return [inside];
      const { else: then, ...bare } = { ...inside, else: otherwise };
      return [{ ...bare, test: { kind: "unary", operator: "!", operand: inside.test }, then }];
    }
    default:
      return [mapBlocks(statement, (inner) => sweep(inner, isDead))];
  }
}
