/** Calls of support functions by the names that these have in the module. */

import type { Block, Expression, FunctionForm } from "../ir/types.ts";
import { mapBlocks, mapExpressions, mapForms, mapSame, rewrite, withBody } from "../ir/walk.ts";

export function supportCalls(form: FunctionForm, nameOf: (name: string) => string | undefined): FunctionForm {
  const inExpression = (node: Expression): Expression => {
    if (node.kind !== "call" || node.callee.kind !== "global") return node;
    const name = nameOf(node.callee.name);
    return name === undefined || name === node.callee.name ? node : { ...node, callee: { ...node.callee, name } };
  };
  const inBlock = (block: Block): Block =>
    mapSame(block, (statement) =>
      mapForms(
        mapExpressions(mapBlocks(statement, inBlock), (expression) => rewrite(expression, inExpression)),
        (inner) => supportCalls(inner, nameOf),
      ),
    );
  return withBody(form, inBlock(form.body));
}
