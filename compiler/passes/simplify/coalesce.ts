/**
 * Lets a variable of the user's be born with its value: `const t = e; …; const y = t` becomes `const y = e; …`, so that
 * tangents that need the value read `y`.
 *
 * Textbook: copy coalescing.
 * Takes for granted: a temporary has one value, known from its declaration on.
 * Guarantees: the variable gets the same value at an earlier time, which nothing in between could have seen.
 */

import { commutes, type Effects, statementEffects, storeEffects } from "../../ir/effects.ts";
import type { Block, FunctionForm, Statement, Variable } from "../../ir/types.ts";
import { declaredBy, mapBlocks, mapExpressions, mapSame, rewrite } from "../../ir/walk.ts";
import { type Line, mapLines } from "./lines.ts";
import { countReads, everywhere, isGenerated, sharedNames, type Usage, usageOf } from "./usage.ts";

export function coalesce(form: FunctionForm): FunctionForm {
  return everywhere(form, (own) => {
    const usages = usageOf(own);
    const ambiguous = sharedNames(own);
    return mapLines(own.body, (lines) => coalesceLines(lines, usages, ambiguous));
  });
}

/** The furthest that a name is carried; what is further apart is not one thought. */
const reach = 40;

function coalesceLines(
  lines: Line[],
  usages: ReadonlyMap<number, Usage>,
  ambiguous: ReadonlySet<string>,
): readonly Line[] {
  /** Where in these lines a generated constant is declared. */
  const declared = new Map<number, number>();
  for (let j = 0; j < lines.length; j++) {
    const statement = lines[j]?.statement;
    if (statement === undefined) continue;
    const copy = copyTo(statement);
    const at = copy === undefined ? undefined : declared.get(copy.from.id);
    if (copy !== undefined && at !== undefined && !ambiguous.has(copy.to.name)) {
      const usage = usages.get(copy.from.id);
      const worthwhile = usage !== undefined && (usage.reads > 1 || lines[at]?.statement?.kind === "declarePair");
      if (worthwhile && mayCarry(lines, at, j, copy, usage.reads)) {
        carry(lines, at, j, statement, copy);
        declared.delete(copy.from.id);
        continue;
      }
    }
    if (statement.kind !== "declarePair" && (statement.kind !== "declare" || statement.value === undefined)) continue;
    for (const variable of declaredBy(statement)) {
      const usage = usages.get(variable.id);
      if (!isGenerated(variable) || variable.reassigned || usage === undefined) continue;
      if (!usage.pinned && usage.writes === 1) declared.set(variable.id, j);
    }
  }
  return lines.filter(({ statement, wrappers }) => statement !== undefined || wrappers.length > 0);
}

interface Copy {
  readonly from: Variable;
  readonly to: Variable;
}

/** What `const y = t` and `y = t` copy to a variable of the user's, or to one that is assigned in several arms. */
function copyTo(statement: Statement): Copy | undefined {
  if (statement.kind !== "declare" && statement.kind !== "assign") return undefined;
  if (statement.value?.kind !== "variable" || statement.value.nonNull) return undefined;
  if (statement.kind === "assign" && statement.target.kind !== "variable") return undefined;
  const to = statement.kind === "declare" ? statement.variable : variableAt(statement);
  if (to === undefined || to.module === true) return undefined;
  if (isGenerated(to) && statement.kind === "declare") return undefined;
  return { from: statement.value.variable, to };
}

function variableAt(statement: Extract<Statement, { readonly kind: "assign" }>): Variable | undefined {
  return statement.target.kind === "variable" ? statement.target.variable : undefined;
}

function mayCarry(
  lines: readonly Line[],
  from: number,
  copy: number,
  { from: source, to }: Copy,
  reads: number,
): boolean {
  // Both belong to what one statement of the user became.
  const wrapper = lines[copy]?.wrappers.at(-1);
  const destructured = lines[from]?.statement?.kind === "declarePair";
  // What is destructured is declared by it, and is constant.
  if (destructured && (lines[copy]?.statement?.kind !== "declare" || to.reassigned)) return false;
  if (lines[from]?.wrappers.at(-1) !== wrapper || copy - from > reach) return false;
  const store = storeEffects({ kind: "variable", variable: to });
  // Who catches an exception does not see a variable declared where it was thrown.
  const local = lines[copy]?.statement?.kind === "declare" && !to.captured;
  const stores: Effects = local ? { ...store, writesUser: false, writesKept: false } : store;
  let seen = 0;
  for (let i = from + 1; seen < reads; i++) {
    const statement = lines[i]?.statement;
    if (i >= lines.length || i - from > 2 * reach) return false;
    if (statement === undefined) continue;
    const effects = statementEffects(statement);
    if (effects.reads.has(source.id)) seen += countReads(statement, source);
    if (i === copy) continue;
    if (i < copy ? !commutes(stores, effects) : mayAssign(effects, to)) return false;
  }
  return true;
}

function mayAssign(effects: Effects, variable: Variable): boolean {
  return (
    effects.writes.has(variable.id) ||
    (variable.captured && effects.calls) ||
    (variable.captured && variable.reassigned)
  );
}

/** Makes line `from` the copy's declaration or assignment with the source's value, and reads `to` from there on. */
function carry(lines: Line[], from: number, copy: number, statement: Statement, { from: source, to }: Copy): void {
  const first = lines[from];
  const born = first?.statement && bornAs(first.statement, statement, source, to);
  if (first === undefined || born === undefined) return;
  lines[from] = { ...first, statement: born };
  lines[copy] = { statement: undefined, wrappers: lines[copy]?.wrappers ?? [] };
  for (let i = from + 1; i < lines.length && i - from <= 2 * reach; i++) {
    const line = lines[i];
    if (line?.statement === undefined || !statementEffects(line.statement).reads.has(source.id)) continue;
    lines[i] = { ...line, statement: renamed(line.statement, source, to) };
  }
}

function bornAs(origin: Statement, copy: Statement, source: Variable, to: Variable): Statement | undefined {
  if (origin.kind === "declarePair")
    return origin.primal?.id === source.id ? { ...origin, primal: to } : { ...origin, tangent: to };
  if (origin.kind !== "declare" || origin.value === undefined) return undefined;
  return copy.kind === "declare" || copy.kind === "assign" ? { ...copy, value: origin.value } : undefined;
}

function renamed(statement: Statement, from: Variable, to: Variable): Statement {
  const inBlock = (block: Block): Block => mapSame(block, (inner) => renamed(inner, from, to));
  return mapExpressions(mapBlocks(statement, inBlock), (expression) =>
    rewrite(expression, (node) =>
      node.kind === "variable" && node.variable.id === from.id ? { ...node, variable: to } : node,
    ),
  );
}
