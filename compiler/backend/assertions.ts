/**
 * Types that are written down for the type checker's sake. Assertions on literals are kept where nothing else says the type:
 * on the value of an unannotated declaration. A copy of what may change to nothing gets its type, and so does what is
 * read at a place and stored there again: in a loop either would depend on itself.
 */

import { isScalar, mayBeNothing } from "../frontend/types.ts";
import type { Block, Declare, Expression, FunctionForm, Statement } from "../ir/types.ts";
import {
  blocksOf,
  mapBlocks,
  mapExpressions,
  mapForms,
  mapSame,
  rewrite,
  visitExpression,
  visitStatements,
  withBody,
} from "../ir/walk.ts";

export function withNeededTypes(form: FunctionForm, around: ReadonlySet<number> = new Set()): FunctionForm {
  const circular = circularIn(form.body);
  const optional = new Set([...around, ...form.parameters.flatMap((one) => (one.optional ? [one.variable.id] : []))]);
  const plain = (node: Expression): Expression => {
    if (node.kind !== "array" || node.as === undefined || node.as === "const") return node;
    const { as: _, ...rest } = node;
    return rest;
  };
  const inStatement = (given: Statement): Statement => {
    const statement = withType(given, optional, circular);
    const kept =
      statement.kind === "declare" && statement.variable.annotated !== true && statement.value?.kind === "array"
        ? statement.value.as
        : undefined;
    const mapped = mapExpressions(statement, (expression) => rewrite(expression, plain));
    if (kept === undefined || mapped.kind !== "declare" || mapped.value?.kind !== "array") return mapped;
    return { ...mapped, value: { ...mapped.value, as: kept } };
  };
  const inBlock = (block: Block): Block =>
    mapSame(block, (statement) =>
      mapForms(inStatement(mapBlocks(statement, inBlock)), (inner) => withNeededTypes(inner, optional)),
    );
  return withBody(form, inBlock(form.body));
}

function withType(statement: Statement, optional: ReadonlySet<number>, circular: ReadonlySet<number>): Statement {
  if (statement.kind !== "declare") return statement;
  const { variable, value } = statement;
  if (circular.has(variable.id) && variable.annotated !== true && isScalar(variable.type)) {
    const own = { typeText: variable.typeText ?? "number" };
    return { ...statement, variable: { ...variable, ...own, annotated: true } };
  }
  if (!isCopy(statement, optional)) return statement;
  const { typeText } = variable;
  const missing = value?.kind === "variable" && mayBeNothing(value.variable.type) && typeText !== undefined;
  const text = missing && !/\b(undefined|null|any|unknown)\b/.test(typeText) ? `${typeText} | undefined` : typeText;
  return { ...statement, variable: { ...variable, ...(text !== undefined && { typeText: text }), annotated: true } };
}

function isCopy(statement: Statement, optional: ReadonlySet<number>): statement is Declare {
  if (statement.kind !== "declare" || statement.value?.kind !== "variable") return false;
  const { variable, nonNull } = statement.value;
  const loose = optional.has(variable.id) || variable.type.kind === "union";
  return loose && variable.reassigned && nonNull !== true && statement.variable.role === "temporary";
}

/**
 * Variables that hold what stands at a place, and whose values are stored there again in the same loop: the place is looked
 * at as it may be by then, when it was narrowed before, and the type of either would depend on the other.
 */
function circularIn(body: Block): ReadonlySet<number> {
  const stores = new Map<string, number>();
  const count = (block: Block, into: Map<string, number>): void =>
    visitStatements(block, (statement) => {
      const key = statement.kind === "assign" ? placeKey(statement.target) : undefined;
      if (key !== undefined) into.set(key, (into.get(key) ?? 0) + 1);
    });
  count(body, stores);
  const found = new Set<number>();
  if (stores.size === 0) return found;
  visitStatements(body, (loop) => {
    if (loop.kind !== "loop" && loop.kind !== "forOf" && loop.kind !== "forIn") return;
    const own = new Map<string, number>();
    for (const block of blocksOf(loop)) count(block, own);
    const narrowed = new Set([...own].flatMap(([key, times]) => ((stores.get(key) ?? 0) > times ? [key] : [])));
    if (narrowed.size > 0) for (const id of storedAgain(blocksOf(loop).flat(), narrowed)) found.add(id);
  });
  return found;
}

/** Of the variables that are declared by a read of one of the places: those that a value stored there is made of. */
function storedAgain(block: Block, places: ReadonlySet<string>): number[] {
  const needs = new Map<number, number[]>();
  const reads = new Map<number, string[]>();
  const pending: number[] = [];
  const mentionsOf = (value: Expression, keys: string[]): number[] => {
    const ids: number[] = [];
    visitExpression(value, (node) => {
      if (node.kind === "variable") ids.push(node.variable.id);
      const key = node.kind === "element" || node.kind === "field" ? placeKey(node) : undefined;
      if (key !== undefined && places.has(key)) keys.push(key);
    });
    return ids;
  };
  visitStatements(block, (statement) => {
    if (statement.kind === "declare" && statement.value !== undefined) {
      const keys: string[] = [];
      needs.set(statement.variable.id, mentionsOf(statement.value, keys));
      if (keys.length > 0 && statement.variable.role !== "user") reads.set(statement.variable.id, keys);
    }
    if (statement.kind !== "assign") return;
    const key = placeKey(statement.target);
    if (key !== undefined && places.has(key)) pending.push(...mentionsOf(statement.value, []));
  });
  const seen = new Set<number>();
  for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    pending.push(...(needs.get(id) ?? []));
  }
  return [...reads.keys()].filter((id) => seen.has(id));
}

/** A place that the type checker follows: `x[1]`, `p.y`, `p.q[0]`. */
function placeKey(place: Expression): string | undefined {
  if (place.kind === "variable") return String(place.variable.id);
  if (place.kind === "as") return placeKey(place.operand);
  if (place.kind !== "element" && place.kind !== "field") return undefined;
  const object = placeKey(place.object);
  if (object === undefined) return undefined;
  if (place.kind === "field") return `${object}.${place.name}`;
  return place.index.kind === "constant" ? `${object}.${String(place.index.value)}` : undefined;
}
