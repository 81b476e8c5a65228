/**
 * Types that are written down for the type checker's sake. Assertions on literals are kept where nothing else says the type:
 * on the value of an unannotated declaration. A copy of what may change to nothing gets its type, which in a loop would
 * depend on itself.
 */

import type { Block, Declare, Expression, FunctionForm, Statement } from "../ir/types.ts";
import { mapBlocks, mapExpressions, mapForms, mapSame, rewrite, withBody } from "../ir/walk.ts";

export function withNeededTypes(form: FunctionForm, around: ReadonlySet<number> = new Set()): FunctionForm {
  const optional = new Set([...around, ...form.parameters.flatMap((one) => (one.optional ? [one.variable.id] : []))]);
  const plain = (node: Expression): Expression => {
    if (node.kind !== "array" || node.as === undefined || node.as === "const") return node;
    const { as: _, ...rest } = node;
    return rest;
  };
  const inStatement = (given: Statement): Statement => {
    const statement = isCopy(given, optional) ? { ...given, variable: { ...given.variable, annotated: true } } : given;
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

function isCopy(statement: Statement, optional: ReadonlySet<number>): statement is Declare {
  if (statement.kind !== "declare" || statement.value?.kind !== "variable") return false;
  const { variable, nonNull } = statement.value;
  const loose = optional.has(variable.id) || variable.type.kind === "union";
  return loose && variable.reassigned && nonNull !== true && statement.variable.role === "temporary";
}
