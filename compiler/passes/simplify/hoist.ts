/**
 * Takes costly computations that don't vary out of loops.
 *
 * Textbook: loop-invariant code motion.
 * Takes for granted: `share` has named the parts of tangents; `dead` has run.
 * Guarantees: only generated variables move, and only those that tangents have a part in; what moves is pure and cannot
 * throw, so that it makes no difference when the loop does not run at all.
 */

import { effectsOf, isPure, statementEffects } from "../../ir/effects.ts";
import type { Block, Declare, Expression, FunctionForm, Statement } from "../../ir/types.ts";
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
  const constant: Declare[] = [];
  for (const { statement } of linesOf(loop.body)) {
    if (statement?.kind !== "declare" || !isInvariant(statement, written, usages)) continue;
    constant.push(statement);
    written.delete(statement.variable.id);
  }
  // Only the costly that tangents have a part in are worth it; the cheap go along where those need them.
  const needed = new Set<number>();
  for (const statement of constant.reverse()) {
    if (statement.value === undefined) continue;
    if (!needed.has(statement.variable.id) && !isWorthwhile(statement, statement.value, usages)) continue;
    for (const id of effectsOf(statement.value).reads) needed.add(id);
    moved.unshift(statement);
  }
  if (moved.length === 0) return loop.body;
  const gone = new Set(moved);
  const left = linesOf(loop.body).map(
    (line): Line =>
      line.statement !== undefined && gone.has(line.statement) ? { ...line, statement: undefined } : line,
  );
  return blockOf(left, loop.body);
}

/** Whether a generated variable has the same value each time, and computing it is pure. */
function isInvariant(statement: Declare, written: ReadonlySet<number>, usages: Usages): boolean {
  if (statement.value === undefined || statement.variable.reassigned || !isGenerated(statement.variable)) return false;
  const usage = usages.get(statement.variable.id);
  if (usage === undefined || usage.pinned || usage.writes !== 1) return false;
  const effects = effectsOf(statement.value);
  if (!isPure(effects) || effects.memoryRead !== 0 || effects.allocates || effects.readsShared) return false;
  for (const id of effects.reads) if (written.has(id)) return false;
  return true;
}

function isWorthwhile({ variable }: Declare, value: Expression, usages: Usages): boolean {
  const reads = usages.get(variable.id)?.tangentReads ?? 0;
  return (reads > 0 || variable.role === "tangent") && isCostly(value);
}

const cheap: ReadonlySet<string> = new Set(["abs", "ceil", "floor", "round", "trunc", "sign", "max", "min", "fround"]);

/** Worth a line of its own: a division, a power, a function. */
function isCostly(expression: Expression): boolean {
  if (expression.kind === "binary" && /^(\/|%|\*\*)$/.test(expression.operator)) return true;
  if (expression.kind === "math" && !cheap.has(expression.name)) return true;
  return childrenOf(expression).some(isCostly);
}
