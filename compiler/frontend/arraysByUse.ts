/** Arrays that JavaScript has no type for, known by what is done with them: methods that only arrays have. */

import type { Type } from "../ir/types.ts";
import { isConstantVariable } from "./holders.ts";
import { ts } from "./project.ts";

/** An array whose elements may be anything. */
const someArray: Type = { kind: "array", constructor_: "Array", element: { kind: "unknown" } };

/** Methods of arrays that no other collection has. */
const telling = /^(map|reduce|reduceRight|filter|some|every|find|findIndex|flatMap)$/;

/** Methods that make an array of an array. */
const making = /^(map|filter|slice|concat|flatMap|flat|sort|reverse|toSorted|toReversed)$/;

/** The type of an expression or declaration that the checker takes for `any`: an array, or nothing known. */
export function arrayByUse(checker: ts.TypeChecker, node: ts.Node): Type | undefined {
  if (!/\.[cm]?jsx?$/.test(node.getSourceFile().fileName)) return undefined;
  if (ts.isParenthesizedExpression(node)) return arrayByUse(checker, node.expression);
  if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
    const { expression, name } = node.expression;
    return making.test(name.text) ? arrayByUse(checker, expression) : undefined;
  }
  if (ts.isParameter(node) || ts.isVariableDeclaration(node)) return arrayByUse(checker, node.name);
  if (!ts.isIdentifier(node)) return undefined;
  const symbol = checker.getSymbolAtLocation(node);
  const declaration = symbol?.valueDeclaration;
  if (symbol === undefined || declaration === undefined) return undefined;
  if (ts.isVariableDeclaration(declaration) && declaration.initializer !== undefined) {
    return isConstantVariable(declaration) ? arrayByUse(checker, declaration.initializer) : undefined;
  }
  const plain =
    ts.isParameter(declaration) && declaration.type === undefined && declaration.dotDotDotToken === undefined;
  return plain && isUsedAsArray(checker, symbol, declaration.parent) ? someArray : undefined;
}

function isUsedAsArray(checker: ts.TypeChecker, symbol: ts.Symbol, scope: ts.Node): boolean {
  let found = false;
  let other = false;
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && node.text === symbol.getName() && checker.getSymbolAtLocation(node) === symbol) {
      const { parent } = node;
      const call = ts.isPropertyAccessExpression(parent) && parent.expression === node ? parent.parent : undefined;
      if (call !== undefined && ts.isCallExpression(call) && ts.isPropertyAccessExpression(parent)) {
        const [first] = call.arguments;
        const callback = first !== undefined && (ts.isArrowFunction(first) || ts.isFunctionExpression(first));
        found ||= call.expression === parent && callback && telling.test(parent.name.text);
      }
      other ||= ts.isBinaryExpression(parent) && parent.operatorToken.kind === ts.SyntaxKind.InstanceOfKeyword;
      other ||=
        ts.isBinaryExpression(parent) &&
        parent.left === node &&
        parent.operatorToken.kind === ts.SyntaxKind.EqualsToken;
      other ||= ts.isTypeOfExpression(parent);
    }
    ts.forEachChild(node, visit);
  };
  visit(scope);
  return found && !other;
}
