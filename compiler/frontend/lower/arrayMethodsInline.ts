/**
 * Which callbacks of array methods are written into the loop that stands for the method: function literals that
 * mean the same there. The others stay functions, and are called for each element.
 */

import type { Type } from "../../ir/types.ts";
import { unwrapped } from "../functions.ts";
import { ts } from "../project.ts";
import type { TypeReader } from "../types.ts";
import { type ArrayType, arrayOf, isTyped } from "./arrayMethodsParts.ts";
import { isAssignmentOperator } from "./context.ts";

export type CallbackNode = ts.ArrowFunction | ts.FunctionExpression;

/** Methods that call a function for each element, with the number of arguments that they take. */
export const iterating: ReadonlyMap<string, number> = new Map([
  ["map", 1],
  ["forEach", 1],
  ["filter", 1],
  ["some", 1],
  ["every", 1],
  ["find", 1],
  ["findIndex", 1],
  ["findLast", 1],
  ["findLastIndex", 1],
  ["flatMap", 1],
  ["reduce", 2],
  ["reduceRight", 2],
]);

const typedArray = /^(Float32|Float64|Int8|Uint8|Uint8Clamped|Int16|Uint16|Int32|Uint32)Array$/;

/** `Array`, `Float64Array` and the like, when the name is not one of the user's. */
export function arrayConstructor(checker: ts.TypeChecker, node: ts.Expression): string | undefined {
  if (!ts.isIdentifier(node) || (node.text !== "Array" && !typedArray.test(node.text))) return undefined;
  const declarations = checker.getSymbolAtLocation(node)?.declarations ?? [];
  return declarations.every((one) => one.getSourceFile().isDeclarationFile) ? node.text : undefined;
}

/** The call of an array method whose callback a function literal is. */
function callAround(checker: ts.TypeChecker, types: TypeReader, node: CallbackNode): ts.CallExpression | undefined {
  let at: ts.Expression = node;
  while (ts.isParenthesizedExpression(at.parent)) at = at.parent;
  const call = at.parent;
  if (!ts.isCallExpression(call) || ts.isOptionalChain(call)) return undefined;
  const callee = unwrapped(call.expression);
  if (!ts.isPropertyAccessExpression(callee) || call.arguments.some(ts.isSpreadElement)) return undefined;
  const name = callee.name.text;
  if (name === "from" && arrayConstructor(checker, callee.expression) !== undefined) {
    const [source, mapper, ...more] = call.arguments;
    if (source === undefined || mapper !== at || more.length > 0) return undefined;
    return lengthIn(source) !== undefined || arrayOf(types.at(source)) !== undefined ? call : undefined;
  }
  const most = iterating.get(name);
  if (most === undefined || call.arguments.length > most || call.arguments[0] !== at) return undefined;
  if (name === "flatMap" && partsOfResult(resultOf(checker, types, node)) === undefined) return undefined;
  return arrayOf(types.at(callee.expression)) === undefined ? undefined : call;
}

/** What a function gives back, by its first signature. */
export function resultOf(checker: ts.TypeChecker, types: TypeReader, node: ts.Expression): Type {
  const signature = checker.getTypeAtLocation(node).getCallSignatures()[0];
  return signature === undefined ? { kind: "unknown" } : types.of(signature.getReturnType());
}

/** What `flat` takes apart: the array that a value is, `whole` for what is none; nothing for what may be either. */
export function partsOfResult(type: Type): ArrayType | "whole" | undefined {
  const inner = arrayOf(type);
  if (inner !== undefined) return isTyped(inner) ? "whole" : inner;
  return isNoArray(type) ? "whole" : undefined;
}

const isNoArray = (type: Type): boolean =>
  type.kind === "union"
    ? type.members.every(isNoArray)
    : /^(number|boolean|string|bigint|undefined|null|void)$/.test(type.kind);

/** The `n` of `{ length: n }`. */
export function lengthIn(source: ts.Expression): ts.Expression | undefined {
  const literal = unwrapped(source);
  if (!ts.isObjectLiteralExpression(literal) || literal.properties.length !== 1) return undefined;
  const [only] = literal.properties;
  if (only === undefined) return undefined;
  if (ts.isShorthandPropertyAssignment(only) && only.name.text === "length") return only.name;
  return ts.isPropertyAssignment(only) && only.name.getText() === "length" ? only.initializer : undefined;
}

/** Whether a function is a callback whose body becomes part of a loop of the function around it. */
export function isInlined(checker: ts.TypeChecker, types: TypeReader, node: ts.Node): node is CallbackNode {
  if (!ts.isArrowFunction(node) && !ts.isFunctionExpression(node)) return false;
  if ((node.modifiers?.length ?? 0) > 0 || node.asteriskToken !== undefined || node.name !== undefined) return false;
  if (node.parameters.some((one) => one.dotDotDotToken !== undefined || isThis(one))) return false;
  if (callAround(checker, types, node) === undefined) return false;
  return !holdsItsOwnScope(node.body, ts.isArrowFunction(node));
}

const isThis = (parameter: ts.ParameterDeclaration): boolean =>
  ts.isIdentifier(parameter.name) && parameter.name.text === "this";

/** Whether code means something else outside of its function: its `this`, its `var`s, its labels, a `finally` it returns from. */
function holdsItsOwnScope(node: ts.Node, arrow: boolean): boolean {
  if (node.kind === ts.SyntaxKind.ThisKeyword && !arrow) return true;
  if (ts.isVariableDeclarationList(node) && (node.flags & ts.NodeFlags.BlockScoped) === 0) return true;
  if (ts.isLabeledStatement(node)) return true;
  if (ts.isTryStatement(node) && node.finallyBlock !== undefined && returns(node)) return true;
  if (ts.isSwitchStatement(node) && returns(node) && node.caseBlock.clauses.some(isComputedCase)) return true;
  if (ts.isForInStatement(node) && !ts.isVariableDeclarationList(node.initializer) && returns(node)) return true;
  if (ts.isIdentifier(node) && node.text === "arguments") return true;
  if (ts.isFunctionLike(node) && !ts.isArrowFunction(node)) return false;
  return ts.forEachChild(node, (child) => holdsItsOwnScope(child, arrow) || undefined) ?? false;
}

const isComputedCase = (clause: ts.CaseOrDefaultClause): boolean =>
  ts.isCaseClause(clause) && (hasCall(clause.expression) || assigns(clause.expression));

const hasCall = (node: ts.Node): boolean =>
  ts.isCallExpression(node) ||
  ts.isNewExpression(node) ||
  (ts.forEachChild(node, (child) => hasCall(child) || undefined) ?? false);

const assigns = (node: ts.Node): boolean =>
  (ts.isBinaryExpression(node) && isAssignmentOperator(node.operatorToken.kind)) ||
  ts.isPostfixUnaryExpression(node) ||
  (ts.isPrefixUnaryExpression(node) && /^(\+\+|--)/.test(node.getText())) ||
  (ts.forEachChild(node, (child) => assigns(child) || undefined) ?? false);

/** Whether a statement returns from the function that it is in. */
export function returns(node: ts.Node): boolean {
  if (ts.isReturnStatement(node)) return true;
  if (ts.isFunctionLike(node)) return false;
  return ts.forEachChild(node, (child) => returns(child) || undefined) ?? false;
}
