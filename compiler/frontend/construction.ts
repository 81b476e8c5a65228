/** Constructors that do nothing but fill the object's fields: its shadow can then be filled after it. */

import type { ClassNode } from "./classes.ts";
import { isPure } from "./lower/context.ts";
import { ts } from "./project.ts";

/** Whether building an object has no effect but to store into it, so that its fields can be looked at afterwards. */
export function isPureConstruction(node: ClassNode): boolean {
  const pure = (part: ts.Node): boolean => {
    if (ts.isFunctionLike(part) && !ts.isConstructorDeclaration(part)) return true;
    if (isSuperCallExpression(part)) return part.arguments.every(pure);
    if (ts.isBinaryExpression(part) && part.operatorToken.kind === ts.SyntaxKind.EqualsToken && isOwnField(part.left)) {
      return pure(part.right);
    }
    if (ts.isBlock(part) || ts.isExpressionStatement(part) || ts.isVariableStatement(part) || ts.isIfStatement(part)) {
      return ts.forEachChild(part, (child) => (pure(child) ? undefined : false)) ?? true;
    }
    if (ts.isNewExpression(part)) return (part.arguments ?? []).every(pure);
    return isPure(part);
  };
  return node.members.every((member) => {
    if (ts.isPropertyDeclaration(member)) return member.initializer === undefined || pure(member.initializer);
    return (
      !ts.isConstructorDeclaration(member) ||
      member.body === undefined ||
      (pure(member.body) && storesOnce(member.body))
    );
  });
}

const isSuperCallExpression = (node: ts.Node): node is ts.CallExpression =>
  ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.SuperKeyword;

const isOwnField = (node: ts.Node): boolean =>
  ts.isPropertyAccessExpression(node) && node.expression.kind === ts.SyntaxKind.ThisKeyword;

/** No field is stored twice: what is read after the construction is what each statement of it saw. */
function storesOnce(body: ts.Block): boolean {
  const stored = new Set<string>();
  let once = true;
  const visit = (node: ts.Node, inBranch: boolean): void => {
    if (ts.isBinaryExpression(node) && isOwnField(node.left) && node.operatorToken.kind === ts.SyntaxKind.EqualsToken) {
      const name = (node.left as ts.PropertyAccessExpression).name.text;
      if (stored.has(name) && !inBranch) once = false;
      stored.add(name);
    }
    ts.forEachChild(node, (child) => visit(child, inBranch || ts.isIfStatement(node)));
  };
  visit(body, false);
  return once;
}
