/**
 * Which arrays, tuples and objects never leave a function, so that variables can stand for their parts (see `scalars.ts`).
 *
 * Textbook: escape analysis, by what is ever done with a variable. A variable qualifies with all that it is copied from and
 * to, or not at all.
 */

import type {
  Block,
  ElementAccess,
  Expression,
  FieldAccess,
  FunctionForm,
  Statement,
  Variable,
} from "../../ir/types.ts";
import { blocksOf, childrenOf, expressionsOf, formsOf, visitExpression, visitStatements } from "../../ir/walk.ts";
import { mention } from "../variables.ts";

/** A variable's parts, and what holds for all variables that it is copied from or to. */
export interface Candidate {
  readonly variable: Variable;
  readonly kind: "array" | "object";
  readonly keys: readonly string[];
  /** Parts that are stored on their own. */
  readonly stored: ReadonlySet<string>;
}

/** More parts than these stay together. */
const mostParts = 16;

type Literal = Extract<Expression, { kind: "array" | "object" }>;

/** The parts of a literal by key, or nothing when it has some that are not known by name. */
export function partsOf(literal: Literal): ReadonlyMap<string, Expression> | undefined {
  const parts = new Map<string, Expression>();
  if (literal.kind === "array") {
    for (const [i, element] of literal.elements.entries()) {
      if (element.kind === "spread") return undefined;
      parts.set(String(i), element);
    }
  } else {
    for (const property of literal.properties) {
      if (property.kind === "spread" || parts.has(property.name)) return undefined;
      parts.set(property.name, property.value);
    }
  }
  return parts.size > mostParts ? undefined : parts;
}

/** What makes an array or object of known parts: a literal, or a new `Float64Array` of a constant length. */
export function literalOf(value: Expression): Literal | undefined {
  if (value.kind === "array" || value.kind === "object") return value;
  if (value.kind !== "new" || value.constructor_ !== "Float64Array" || value.arguments.length !== 1) return undefined;
  const [length] = value.arguments;
  if (length?.kind !== "constant" || typeof length.value !== "number" || !Number.isInteger(length.value))
    return undefined;
  if (length.value < 0 || length.value > mostParts) return undefined;
  const zero: Expression = { kind: "constant", value: 0 };
  return { kind: "array", elements: Array.from({ length: length.value }, () => zero) };
}

/** The key of an access whose key is known. */
export function keyOfAccess(access: ElementAccess | FieldAccess): string | undefined {
  if (access.optional === true) return undefined;
  if (access.kind === "field") return access.name;
  const { index } = access;
  return index.kind === "constant" &&
    typeof index.value === "number" &&
    Number.isInteger(index.value) &&
    index.value >= 0
    ? String(index.value)
    : undefined;
}

/** The value without what is there for the type checker's sake. */
export function unwrapped(value: Expression): Expression {
  return value.kind === "as" ? unwrapped(value.operand) : value;
}

/** `to = from`: two names for one thing, until one of them gets another. */
interface Copy {
  readonly from: Variable;
  readonly to: Variable;
  readonly position: number;
  readonly loop: Statement | undefined;
}

/** What is known of a variable's uses; positions count statements as they are written. */
interface Uses {
  readonly variable: Variable;
  /** Kind and keys of the literals given to it; `undefined` when there are none, or none yet. */
  kind?: Candidate["kind"];
  keys?: readonly string[];
  readonly read: Set<string>;
  readonly stored: Set<string>;
  readonly copies: Copy[];
  escapes: boolean;
  lastMention: number;
  lastStore: number;
  /** The innermost loop around its declaration. */
  declaredIn: Statement | undefined;
  literals: number;
}

/** The variables that can be taken apart. */
export function findCandidates(form: FunctionForm): ReadonlyMap<Variable, Candidate> {
  if (!makesParts(form.body)) return new Map();
  const all = usesIn(form);
  settle(all);
  const candidates = new Map<Variable, Candidate>();
  for (const { variable, escapes, kind, keys, stored } of all.values()) {
    if (!escapes && kind !== undefined && keys !== undefined)
      candidates.set(variable, { variable, kind, keys, stored });
  }
  return candidates;
}

/** Whether a literal is put into any variable at all. */
function makesParts(body: Block): boolean {
  let found = false;
  visitStatements(body, (statement) => {
    const given = statement.kind === "declare" || statement.kind === "assign" ? statement.value : undefined;
    if (found || given === undefined) return;
    visitExpression(given, (part) => {
      found ||= literalOf(part) !== undefined;
    });
  });
  return found;
}

function usesIn(form: FunctionForm): ReadonlyMap<Variable, Uses> {
  const all = new Map<Variable, Uses>();
  let position = 0;
  let loop: Statement | undefined;

  const of = (variable: Variable): Uses => {
    const known = all.get(variable);
    if (known !== undefined) {
      known.lastMention = position;
      return known;
    }
    const uses: Uses = {
      ...{ variable, read: new Set<string>(), stored: new Set<string>(), copies: [], literals: 0 },
      escapes: variable.captured || variable.module === true,
      ...{ lastMention: position, lastStore: -1, declaredIn: undefined },
    };
    all.set(variable, uses);
    return uses;
  };
  const escape = (variable: Variable): void => {
    of(variable).escapes = true;
  };

  const give = (variable: Variable, given: Expression): void => {
    const value = unwrapped(given);
    const uses = of(variable);
    if (value.kind === "conditional" && (value.test.kind === "variable" || value.test.kind === "constant")) {
      inExpression(value.test);
      give(variable, value.whenTrue);
      give(variable, value.whenFalse);
      return;
    }
    if (value.kind === "variable") {
      const copy: Copy = { from: value.variable, to: variable, position, loop };
      uses.copies.push(copy);
      of(value.variable).copies.push(copy);
      return;
    }
    const literal = literalOf(value);
    const parts = literal && partsOf(literal);
    if (literal === undefined || parts === undefined) {
      uses.escapes = true;
      inExpression(value);
      return;
    }
    uses.literals++;
    const keys = [...parts.keys()];
    if (uses.kind === undefined) Object.assign(uses, { kind: literal.kind, keys });
    else if (uses.kind !== literal.kind || !sameKeys(uses.keys ?? [], keys)) uses.escapes = true;
    for (const part of parts.values()) inExpression(part);
  };

  const inExpression = (value: Expression): void => {
    if ((value.kind === "element" || value.kind === "field") && value.object.kind === "variable") {
      const key = keyOfAccess(value);
      const uses = of(value.object.variable);
      if (key === undefined) uses.escapes = true;
      else uses.read.add(key);
      if (value.kind === "element") inExpression(value.index);
      return;
    }
    if (value.kind === "variable") escape(value.variable);
    if (value.kind === "opaque") for (const variable of [...value.reads, ...value.writes]) escape(variable);
    childrenOf(value).forEach(inExpression);
  };

  const inStatement = (statement: Statement): void => {
    position++;
    for (const nested of formsOf(statement)) mention(nested.body, escape);
    if (statement.kind === "verbatim") {
      if (statement.lowered !== undefined) statement.lowered.forEach(inStatement);
      else for (const variable of [...statement.reads, ...statement.writes]) escape(variable);
      return;
    }
    if (statement.kind === "declarePair") {
      for (const half of [statement.primal, statement.tangent]) if (half !== undefined) escape(half);
    }
    if (statement.kind === "forOf" || statement.kind === "forIn" || statement.kind === "declareFunction")
      escape(statement.variable);
    if (statement.kind === "try" && statement.parameter !== undefined) escape(statement.parameter);
    if (statement.kind === "declare") {
      if (statement.keyword === "var") escape(statement.variable);
      of(statement.variable).declaredIn = loop;
      if (statement.value !== undefined) give(statement.variable, statement.value);
      return;
    }
    if (statement.kind === "assign") {
      const { target, value } = statement;
      if (target.kind === "variable") {
        give(target.variable, value);
        return;
      }
      if ((target.kind === "element" || target.kind === "field") && target.object.kind === "variable") {
        const key = keyOfAccess(target);
        const uses = of(target.object.variable);
        if (key === undefined || key === "length") uses.escapes = true;
        else {
          uses.read.add(key);
          uses.stored.add(key);
          uses.lastStore = position;
        }
        if (target.kind === "element") inExpression(target.index);
        inExpression(value);
        return;
      }
    }
    for (const value of expressionsOf(statement)) inExpression(value);
    if (statement.kind === "loop" || statement.kind === "forOf" || statement.kind === "forIn") {
      // What a loop's head declares lives on from turn to turn.
      if (statement.kind === "loop") statement.init.forEach(inStatement);
      const outer = loop;
      loop = statement;
      const inner = statement.kind === "loop" ? [statement.before, statement.body, statement.update] : [statement.body];
      for (const block of inner) block.forEach(inStatement);
      loop = outer;
      return;
    }
    for (const block of blocksOf(statement)) block.forEach(inStatement);
  };
  for (const { variable } of form.parameters) escape(variable);
  form.body.forEach(inStatement);
  return all;
}

/** Lets variables learn their parts from those that they are copies of, and drops all that touch one that escapes. */
function settle(all: ReadonlyMap<Variable, Uses>): void {
  const partners = (uses: Uses): Uses[] =>
    uses.copies
      .flatMap(({ from, to }) => [from, to].flatMap((one) => all.get(one) ?? []))
      .filter((one) => one !== uses);
  const pending = new Set(all.values());
  for (const uses of pending) {
    pending.delete(uses);
    const others = partners(uses);
    const before = uses.escapes;
    const learnt =
      uses.keys === undefined ? others.find(({ escapes, keys }) => !escapes && keys !== undefined) : undefined;
    if (learnt?.kind !== undefined && learnt.keys !== undefined) {
      uses.kind = learnt.kind;
      uses.keys = learnt.keys;
    }
    uses.escapes ||= !fits(uses, others, all);
    if (learnt !== undefined || uses.escapes !== before) for (const other of others) pending.add(other);
  }
}

function fits(uses: Uses, others: readonly Uses[], all: ReadonlyMap<Variable, Uses>): boolean {
  const { keys, kind } = uses;
  if (others.some(({ escapes }) => escapes)) return false;
  // Not known yet is not the same as unfit.
  if (keys === undefined || kind === undefined) return true;
  const known = (key: string): boolean => keys.includes(key) || (kind === "array" && key === "length");
  return (
    [...uses.read].every(known) &&
    others.every((other) => other.keys === undefined || (other.kind === kind && sameKeys(other.keys, keys))) &&
    uses.copies.every((copy) => isSeparate(copy, all))
  );
}

/** Whether no store through one name of a copy is ever seen through the other. */
function isSeparate({ from, to, position, loop }: Copy, all: ReadonlyMap<Variable, Uses>): boolean {
  const [source, target] = [all.get(from), all.get(to)];
  if (source === undefined || target === undefined || from === to) return false;
  if (source.stored.size === 0 && target.stored.size === 0) return true;
  // What was written before is copied with it, when both are in the same turn of the same loop.
  if (source.declaredIn !== loop || source.lastStore > position) return false;
  if (target.stored.size === 0) return true;
  // The copy takes the place of an array that nobody else knows, and that is not looked at again.
  return source.lastMention <= position && source.copies.length === 1 && source.literals > 0;
}

const sameKeys = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((key) => b.includes(key));
