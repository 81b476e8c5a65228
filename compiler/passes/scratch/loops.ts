/** Loops that write each element of an array, from the first to the last: `for (let i = 0; i < n; i++) a[i] = …`. */

import type { Block, Expression, Loop, Variable } from "../../ir/types.ts";
import { visitStatements } from "../../ir/walk.ts";
import type { Value } from "../activity/values.ts";

export interface FullWrite {
  readonly array: Expression;
  /** How many elements from the first on; or all that there are. */
  readonly count: number | "length";
}

export function fullLoop(loop: Loop, _value: (expression: Expression) => Value): FullWrite[] | undefined {
  const counter = counterOf(loop);
  if (counter === undefined || leaves(loop.body)) return undefined;
  const { variable, bound } = counter;
  const found: FullWrite[] = [];
  // On each way through the body: not below a condition.
  const inStraight = (block: Block): void => {
    for (const statement of block) {
      if (statement.kind === "source" || statement.kind === "block") inStraight(statement.body);
      if (statement.kind !== "assign" || statement.target.kind !== "element") continue;
      const { object, index } = statement.target;
      if (index.kind !== "variable" || index.variable !== variable) continue;
      if (typeof bound === "number") found.push({ array: object, count: bound });
      else if (sameArray(object, bound)) found.push({ array: object, count: "length" });
    }
  };
  inStraight(loop.body);
  return found.length === 0 ? undefined : found;
}

const sameArray = (a: Expression, b: Expression): boolean =>
  a.kind === "variable" && b.kind === "variable" && a.variable === b.variable;

/** `let i = 0; i < bound; i++`, the counter changed nowhere else. */
function counterOf(loop: Loop): { variable: Variable; bound: number | Expression } | undefined {
  if (loop.form !== "for" || loop.before.length > 0) return undefined;
  const first = flat(loop.init).filter(({ kind }) => kind === "declare");
  const step = flat(loop.update);
  const { test } = loop;
  const [start] = first;
  if (start?.kind !== "declare" || start.value?.kind !== "constant" || start.value.value !== 0) return undefined;
  const { variable } = start;
  if (test?.kind !== "binary" || test.operator !== "<" || test.left.kind !== "variable") return undefined;
  if (test.left.variable !== variable || variable.captured || assigns(loop.body, variable)) return undefined;
  const [only, ...more] = step.filter(({ kind }) => kind === "assign");
  if (only?.kind !== "assign" || more.length > 0 || only.target.kind !== "variable") return undefined;
  if (only.target.variable !== variable || only.value.kind !== "binary" || only.value.operator !== "+")
    return undefined;
  const one = only.value.right.kind === "constant" && only.value.right.value === 1;
  if (!one || only.value.left.kind !== "variable" || only.value.left.variable !== variable) return undefined;
  const { right } = test;
  if (right.kind === "constant" && typeof right.value === "number") return { variable, bound: right.value };
  return right.kind === "field" && right.name === "length" ? { variable, bound: right.object } : undefined;
}

const flat = (block: Block): Block =>
  block.flatMap((statement) =>
    statement.kind === "source" || statement.kind === "block" ? flat(statement.body) : [statement],
  );

function assigns(block: Block, variable: Variable): boolean {
  let found = false;
  visitStatements(block, (statement) => {
    found ||=
      statement.kind === "assign" && statement.target.kind === "variable" && statement.target.variable === variable;
  });
  return found;
}

/** Whether a turn may end before its end. */
function leaves(block: Block): boolean {
  let found = false;
  visitStatements(block, ({ kind }) => {
    found ||= kind === "break" || kind === "continue" || kind === "return";
  });
  return found;
}
