/** How the variables of a function are used: what most of the passes ask before they touch one. */

import type { Block, Expression, FunctionForm, Statement, Variable } from "../../ir/types.ts";
import {
  declaredBy,
  expressionsOf,
  formsOf,
  mapBlocks,
  mapForms,
  mapSame,
  visitExpression,
  visitStatements,
  withBody,
} from "../../ir/walk.ts";

export interface Usage {
  readonly variable: Variable;
  /** References that read it; an assigned variable is not read. */
  reads: number;
  /** Those of the reads that stand in a statement which makes a tangent. */
  tangentReads: number;
  /** Assignments, a declaration with a value among them. */
  writes: number;
  /** Named by a nested function or by the user's own text, where it can't be replaced. */
  pinned: boolean;
}

/** The usage of every variable that a function names, by id; nested functions pin what they name. */
export function usageOf(form: FunctionForm): ReadonlyMap<number, Usage> {
  const usages = new Map<number, Usage>();
  const of = (variable: Variable): Usage => {
    const known = usages.get(variable.id);
    if (known !== undefined) return known;
    const usage = { variable, reads: 0, tangentReads: 0, writes: 0, pinned: variable.captured };
    usages.set(variable.id, usage);
    return usage;
  };
  const pin = (variables: readonly Variable[]) => {
    for (const variable of variables) of(variable).pinned = true;
  };
  for (const parameter of form.parameters) {
    of(parameter.variable).writes++;
    if (parameter.default !== undefined) pin(variablesOf(parameter.default));
  }
  visitStatements(form.body, (statement) => {
    const tangent = makesTangent(statement);
    for (const expression of expressionsOf(statement))
      visitExpression(expression, (node) => {
        if (node.kind === "opaque") pin([...node.reads, ...node.writes]);
        if (node.kind !== "variable") return;
        const usage = of(node.variable);
        usage.reads++;
        if (tangent) usage.tangentReads++;
      });
    for (const nested of formsOf(statement)) visitVariablesOfForm(nested, (variable) => pin([variable]));
    switch (statement.kind) {
      case "declare":
        if (statement.value !== undefined) of(statement.variable).writes++;
        else of(statement.variable);
        break;
      case "declareFunction":
      case "forOf":
      case "forIn":
        of(statement.variable).writes++;
        break;
      case "declarePair":
        for (const variable of declaredBy(statement)) of(variable).writes++;
        break;
      case "assign":
        if (statement.target.kind === "variable") of(statement.target.variable).writes++;
        break;
      case "try":
        if (statement.parameter !== undefined) of(statement.parameter).writes++;
        break;
      case "verbatim":
        pin([...statement.reads, ...statement.writes]);
        break;
    }
  });
  return usages;
}

/** Whether a statement stores a tangent: in a tangent variable, in a shadow, in the register. */
export function makesTangent(statement: Statement): boolean {
  if (statement.kind === "declare") return statement.variable.role === "tangent";
  if (statement.kind !== "assign") return false;
  let place: Expression = statement.target;
  while (place.kind === "element" || place.kind === "field") place = place.object;
  return place.kind === "register" || (place.kind === "variable" && place.variable.role === "tangent");
}

/** Every variable that an expression names, nested functions and the user's text included. */
export function variablesOf(expression: Expression): readonly Variable[] {
  const found: Variable[] = [];
  visitVariables(expression, (variable) => found.push(variable));
  return found;
}

function visitVariables(expression: Expression, visit: (variable: Variable) => void): void {
  visitExpression(expression, (node) => {
    if (node.kind === "variable") visit(node.variable);
    if (node.kind === "opaque") {
      node.reads.forEach(visit);
      node.writes.forEach(visit);
    }
    if (node.kind === "function") visitVariablesOfForm(node.function, visit);
    if (node.kind === "call" && "this_" in node.callee) visit(node.callee.this_);
  });
}

/** Meets every variable that a function names or declares. */
export function visitVariablesOfForm(form: FunctionForm, visit: (variable: Variable) => void): void {
  for (const { variable } of form.parameters) visit(variable);
  if (form.receiver !== undefined) visit(form.receiver);
  for (const parameter of form.parameters)
    if (parameter.default !== undefined) visitVariables(parameter.default, visit);
  visitStatements(form.body, (statement) => {
    declaredBy(statement).forEach(visit);
    for (const expression of expressionsOf(statement)) visitVariables(expression, visit);
    if (statement.kind === "assign" && statement.target.kind === "variable") visit(statement.target.variable);
    if (statement.kind === "verbatim") {
      statement.reads.forEach(visit);
      statement.writes.forEach(visit);
    }
    if (statement.kind === "forOf" || statement.kind === "forIn") visit(statement.variable);
    if (statement.kind === "try" && statement.parameter !== undefined) visit(statement.parameter);
    if (statement.kind === "declareFunction") visitVariablesOfForm(statement.function, visit);
  });
}

/**
 * Whether a reference to a variable may be put where another variable of the same name could be in scope: the names
 * that more than one variable has are the ones to stay away from.
 */
export function sharedNames(form: FunctionForm): ReadonlySet<string> {
  const owner = new Map<string, number>();
  const shared = new Set<string>();
  visitVariablesOfForm(form, ({ name, id }) => {
    if (name === "") return;
    const known = owner.get(name);
    if (known === undefined) owner.set(name, id);
    else if (known !== id) shared.add(name);
  });
  return shared;
}

/** Numbers for new variables: above every number that the function or one nested in it uses. */
export function freshIds(form: FunctionForm): () => number {
  let last = 0;
  visitVariablesOfForm(form, ({ id }) => {
    last = Math.max(last, id);
  });
  return () => {
    last++;
    return last;
  };
}

/** How often a statement, with everything in it, reads a variable. */
export function countReads(statement: Statement, variable: Variable): number {
  let count = 0;
  visitStatements([statement], (inner) => {
    for (const expression of expressionsOf(inner))
      visitExpression(expression, (node) => {
        if (node.kind === "variable" && node.variable.id === variable.id) count++;
      });
  });
  return count;
}

/** A variable that lowering or differentiation introduced, and that no name of the user's stands for. */
export function isGenerated(variable: Variable): boolean {
  if (variable.role === "temporary") return true;
  return variable.role === "tangent" && variable.primal?.role !== "user";
}

/** Applies a pass to the functions nested in a block, at any depth of statements. */
export function mapNested(block: Block, pass: (form: FunctionForm) => FunctionForm): Block {
  return mapSame(block, (statement) =>
    mapForms(
      mapBlocks(statement, (inner) => mapNested(inner, pass)),
      pass,
    ),
  );
}

/** Makes a pass over a body one over a function and all functions nested in it, innermost first. */
export function everywhere(form: FunctionForm, pass: (form: FunctionForm) => Block): FunctionForm {
  const inside = withBody(
    form,
    mapNested(form.body, (nested) => everywhere(nested, pass)),
  );
  return withBody(inside, pass(inside));
}
