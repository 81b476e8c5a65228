/** Type assertions on literals are kept where nothing else says the type: on the value of an unannotated declaration. */

import type { Block, Expression, FunctionForm, Statement } from "../ir/types.ts";
import { mapBlocks, mapExpressions, mapForms, mapSame, rewrite, withBody } from "../ir/walk.ts";

export function withoutNeedlessAssertions(form: FunctionForm): FunctionForm {
  const plain = (node: Expression): Expression => {
    if (node.kind !== "array" || node.as === undefined || node.as === "const") return node;
    const { as: _, ...rest } = node;
    return rest;
  };
  const inStatement = (statement: Statement): Statement => {
    const kept =
      statement.kind === "declare" && statement.variable.annotated !== true && statement.value?.kind === "array"
        ? statement.value.as
        : undefined;
    const mapped = mapExpressions(statement, (expression) => rewrite(expression, plain));
    if (kept === undefined || mapped.kind !== "declare" || mapped.value?.kind !== "array") return mapped;
    return { ...mapped, value: { ...mapped.value, as: kept } };
  };
  const inBlock = (block: Block): Block =>
    mapSame(block, (statement) => mapForms(inStatement(mapBlocks(statement, inBlock)), withoutNeedlessAssertions));
  return withBody(form, inBlock(form.body));
}
