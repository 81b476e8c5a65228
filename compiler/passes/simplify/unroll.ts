/**
 * Writes out loops with few, constant turns, where that makes the indices of small arrays known (see `scalars.ts`).
 *
 * Takes for granted: a `for` whose counter starts at a constant, grows by a constant and is compared with one, or with
 * the length of an array known by `lengths`. Guarantees: the statements run in the order they ran in. Loop unrolling.
 */

import type { Binary, Block, Expression, FunctionForm, Statement, Variable } from "../../ir/types.ts";
import {
  blocksOf,
  expressionsOf,
  formsOf,
  mapBlocks,
  mapExpressions,
  rewrite,
  visitExpression,
  visitStatements,
  withBody,
} from "../../ir/walk.ts";
import { declaredVariables } from "../variables.ts";
import { findCandidates, keyOfAccess, literalOf, unwrapped } from "./candidates.ts";

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

const mostNested = 3;

/** The function with those loops written out that keep a small array from being taken apart. */
export function withCountedLoops(form: FunctionForm, nextId: () => number): FunctionForm {
  const lengths = lengthsIn(form.body);
  if (lengths.size === 0) return form;
  const length = (variable: Variable): number | undefined => {
    const known = lengths.get(variable);
    // Literals of different lengths are put into it.
    return known === undefined || Number.isNaN(known) ? undefined : known;
  };
  for (let height = 1; height <= mostNested; height++) {
    const tried = new Map<LoopStatement, Tried>();
    const attempt = withBody(form, writtenOut(form.body, { height, length, tried, nextId }));
    if (tried.size === 0) continue;
    const gained = findCandidates(attempt);
    const useful = new Set(
      [...tried].flatMap(([loop, { accessed, over }]) =>
        accessed.some((one) => gained.has(one)) && over.every((one) => gained.has(one)) ? [loop] : [],
      ),
    );
    if (useful.size === 0) continue;
    if (useful.size === tried.size) return attempt;
    const chosen = new Map<LoopStatement, Tried>();
    const written = withBody(form, writtenOut(form.body, { height, length, tried: chosen, nextId, only: useful }));
    const kept = findCandidates(written);
    // A loop that runs to the length of an array is only known while that array is taken apart.
    if ([...chosen.values()].every(({ over }) => over.every((one) => kept.has(one)))) return written;
  }
  return form;
}

/** A loop that was written out, with those in it. */
interface Tried {
  /** Small arrays that it reaches by an index that isn't constant. */
  readonly accessed: readonly Variable[];
  /** Those that it is as long as. */
  readonly over: readonly Variable[];
}

interface Attempt {
  /** How deep loops may be nested. */
  readonly height: number;
  readonly length: (variable: Variable) => number | undefined;
  readonly tried: Map<LoopStatement, Tried>;
  readonly nextId: () => number;
  readonly only?: ReadonlySet<LoopStatement>;
}

function writtenOut(block: Block, attempt: Attempt): Block {
  let changed = false;
  const statements = block.flatMap((statement): readonly Statement[] => {
    const turns = statement.kind === "loop" ? turnsOf(statement, attempt) : undefined;
    const inside = turns ?? [mapBlocks(statement, (inner) => writtenOut(inner, attempt))];
    if (turns !== undefined || inside[0] !== statement) changed = true;
    if (turns !== undefined || statement.kind !== "source" || inside[0] === statement) return inside;
    return inside.map((one) => (one.kind === "source" ? { ...one, origin: { ...one.origin, rewritten: true } } : one));
  });
  return changed ? statements : block;
}

function turnsOf(loop: LoopStatement, attempt: Attempt): readonly Statement[] | undefined {
  const count = countOf(loop, attempt.length);
  if (count === undefined || (attempt.only !== undefined && !attempt.only.has(loop))) return undefined;
  const accessed = accessedIn(loop.body, attempt.length);
  if (accessed.length === 0 || heightOf(loop, attempt.length) > attempt.height) return undefined;
  const { only: _, ...within } = attempt;
  const tried = new Map<LoopStatement, Tried>();
  const body = writtenOut(loop.body, { ...within, height: attempt.height - 1, tried });
  const turns = unroll({ ...loop, body }, count, attempt.nextId);
  if (turns === undefined) return undefined;
  const over = [...tried.values()].flatMap((inner) => inner.over);
  attempt.tried.set(loop, { accessed, over: count.over === undefined ? over : [...over, count.over] });
  return turns;
}

/** How deep counted loops are nested in a loop, itself included. */
function heightOf(loop: LoopStatement, length: Attempt["length"]): number {
  let most = 0;
  const look = (block: Block): void => {
    for (const statement of block) {
      if (statement.kind === "loop") most = Math.max(most, heightOf(statement, length));
      else blocksOf(statement).forEach(look);
    }
  };
  look(loop.body);
  return countOf(loop, length) === undefined ? most : most + 1;
}

/** How many parts the variables have that small arrays are put into, where it is always the same number. */
function lengthsIn(block: Block): ReadonlyMap<Variable, number> {
  const lengths = new Map<Variable, number>();
  const copies: (readonly [to: Variable, from: Variable])[] = [];
  visitStatements(block, (statement) => {
    const target =
      statement.kind === "declare"
        ? statement.variable
        : statement.kind === "assign" && statement.target.kind === "variable"
          ? statement.target.variable
          : undefined;
    const given = statement.kind === "declare" || statement.kind === "assign" ? statement.value : undefined;
    if (target === undefined || given === undefined) return;
    const value = unwrapped(given);
    if (value.kind === "variable") copies.push([target, value.variable]);
    const literal = literalOf(value);
    if (literal?.kind !== "array") return;
    const { length } = literal.elements;
    lengths.set(target, (lengths.get(target) ?? length) === length ? length : Number.NaN);
  });
  for (let changed = true; changed; ) {
    changed = false;
    for (const [to, from] of copies) {
      const length = lengths.get(from);
      if (length === undefined || lengths.has(to)) continue;
      lengths.set(to, length);
      changed = true;
    }
  }
  return lengths;
}

/** The small arrays that a block reaches by an index that isn't constant. */
function accessedIn(block: Block, length: Attempt["length"]): readonly Variable[] {
  const found = new Set<Variable>();
  const look = (node: Expression): void => {
    if (node.kind !== "element" || node.object.kind !== "variable" || keyOfAccess(node) !== undefined) return;
    if (length(node.object.variable) !== undefined) found.add(node.object.variable);
  };
  visitStatements(block, (statement) => {
    if (statement.kind === "assign" && statement.target.kind === "element") look(statement.target);
    for (const expression of expressionsOf(statement)) visitExpression(expression, look);
  });
  return [...found];
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
      if (found === undefined || node.kind !== "variable") return node;
      const mark = node.nonNull === true && found.kind === "variable" && { nonNull: true };
      return { ...found, ...(node.span && { span: node.span }), ...mark };
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
