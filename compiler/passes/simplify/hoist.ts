/**
 * Takes costly computations that don't vary out of loops.
 *
 * Textbook: loop-invariant code motion.
 * Takes for granted: `share` has named the parts of tangents; `dead` has run.
 * Guarantees: only generated variables move, and only those that tangents have a part in; what moves is pure and cannot
 * throw, so that it makes no difference when the loop does not run at all.
 */

import { effectsOf, isPure, statementEffects } from "../../ir/effects.ts";
import type { Block, Expression, FunctionForm, Statement } from "../../ir/types.ts";
import { childrenOf, mapBlocks } from "../../ir/walk.ts";
import { blockOf, type Line, linesOf } from "./lines.ts";
import { everywhere, isGenerated, type Usage, usageOf } from "./usage.ts";

export function hoist(form: FunctionForm): FunctionForm {
  return everywhere(form, (own) => hoistBlock(own.body, usageOf(own)));
}

type Usages = ReadonlyMap<number, Usage>;
type LoopStatement = Extract<Statement, { readonly kind: "loop" | "forOf" | "forIn" }>;

function hoistBlock(block: Block, usages: Usages): Block {
  const lines = linesOf(block).flatMap(({ statement, wrappers }): Line[] => {
    if (statement === undefined) return [{ statement, wrappers }];
    const { moved, rest } = hoistFrom(statement, usages);
    return [...moved, rest].map((line) => ({ statement: line, wrappers }));
  });
  return blockOf(lines, block);
}

/** The declarations that can run ahead of a statement, and the statement without them. */
function hoistFrom(
  statement: Statement,
  usages: Usages,
): { readonly moved: readonly Statement[]; readonly rest: Statement } {
  if (statement.kind === "labelled") {
    const { moved, rest } = hoistFrom(statement.body, usages);
    return { moved, rest: rest === statement.body ? statement : { ...statement, body: rest } };
  }
  const inside = mapBlocks(statement, (inner) => hoistBlock(inner, usages));
  if (inside.kind !== "loop" && inside.kind !== "forOf" && inside.kind !== "forIn") return { moved: [], rest: inside };
  const moved: Statement[] = [];
  const body = takeOut(inside, usages, moved);
  return { moved, rest: body === inside.body ? inside : { ...inside, body } };
}

/** The loop's body without what does not vary, which goes to `moved`. */
function takeOut(loop: LoopStatement, usages: Usages, moved: Statement[]): Block {
  const written = new Set(statementEffects(loop).writes);
  const lines = linesOf(loop.body).filter(({ statement }) => {
    if (statement === undefined || !isMovable(statement, written, usages)) return true;
    moved.push(statement);
    if (statement.kind === "declare") written.delete(statement.variable.id);
    return false;
  });
  // Cheap ones go only along with a costly one that needs them.
  const needed = new Set<number>();
  const kept: Statement[] = [];
  for (const statement of moved.reverse()) {
    if (statement.kind !== "declare" || statement.value === undefined) continue;
    if (!isCostly(statement.value) && !needed.has(statement.variable.id)) continue;
    for (const id of effectsOf(statement.value).reads) needed.add(id);
    kept.unshift(statement);
  }
  moved.splice(0, moved.length, ...kept);
  if (kept.length === 0) return loop.body;
  const gone = new Set<Statement>(kept);
  const remaining = linesOf(loop.body).filter(({ statement }) => statement === undefined || !gone.has(statement));
  return lines.length === remaining.length ? blockOf(lines, loop.body) : blockOf(remaining, loop.body);
}

function isMovable(statement: Statement, written: ReadonlySet<number>, usages: Usages): boolean {
  if (statement.kind !== "declare" || statement.value === undefined || statement.variable.reassigned) return false;
  if (!isGenerated(statement.variable)) return false;
  const usage = usages.get(statement.variable.id);
  if (usage === undefined || usage.pinned || usage.writes !== 1) return false;
  if (usage.tangentReads === 0 && statement.variable.role !== "tangent") return false;
  const effects = effectsOf(statement.value);
  if (!isPure(effects) || effects.memoryRead !== 0 || effects.allocates || effects.readsShared) return false;
  for (const id of effects.reads) if (written.has(id)) return false;
  return true;
}

const cheap: ReadonlySet<string> = new Set(["abs", "ceil", "floor", "round", "trunc", "sign", "max", "min", "fround"]);

/** Worth a line of its own: a division, a power, a function. */
function isCostly(expression: Expression): boolean {
  if (expression.kind === "binary" && /^(\/|%|\*\*)$/.test(expression.operator)) return true;
  if (expression.kind === "math" && !cheap.has(expression.name)) return true;
  return childrenOf(expression).some(isCostly);
}
