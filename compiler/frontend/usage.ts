/** What a parameter without a type is used as: a number, or something with parts. Told from its uses, and its functions'. */

import { functionOfSymbol } from "./functions.ts";
import { ts } from "./project.ts";

export type Use = "number" | "memory";

/** The use of a name's value; nothing where no use tells, or where uses differ. */
export function useOf(checker: ts.TypeChecker, parameter: ts.ParameterDeclaration): Use | undefined {
  return usesOf(checker, parameter, new Set());
}

function usesOf(checker: ts.TypeChecker, parameter: ts.ParameterDeclaration, seen: Set<ts.Node>): Use | undefined {
  if (!ts.isIdentifier(parameter.name) || seen.has(parameter)) return undefined;
  seen.add(parameter);
  const symbol = checker.getSymbolAtLocation(parameter.name);
  const { parent } = parameter;
  if (symbol === undefined) return undefined;
  const found = new Set<Use>();
  const follow = (names: ReadonlySet<ts.Symbol>): void => {
    const more = new Set(names);
    const visit = (node: ts.Node): void => {
      if (ts.isIdentifier(node)) {
        const meant = checker.getSymbolAtLocation(node);
        if (meant !== undefined && names.has(meant)) note(node, more);
      }
      ts.forEachChild(node, visit);
    };
    visit(parent);
    if (more.size > names.size) follow(more);
  };
  const note = (identifier: ts.Identifier, more: Set<ts.Symbol>): void => {
    let node: ts.Node = identifier;
    while (ts.isParenthesizedExpression(node.parent)) node = node.parent;
    const at = node.parent;
    if ((ts.isPropertyAccessExpression(at) || ts.isElementAccessExpression(at)) && at.expression === node)
      found.add("memory");
    else if (ts.isForOfStatement(at) && at.expression === node) found.add("memory");
    else if (ts.isSpreadElement(at) || ts.isSpreadAssignment(at)) found.add("memory");
    else if (ts.isCallExpression(at) && at.expression !== node) argument(at, node);
    else if (ts.isPrefixUnaryExpression(at) && at.operator !== ts.SyntaxKind.ExclamationToken) found.add("number");
    else if (ts.isPostfixUnaryExpression(at)) found.add("number");
    else if (ts.isBinaryExpression(at)) operand(at, node);
    else if (ts.isVariableDeclaration(at) && at.initializer === node) {
      const held = ts.isIdentifier(at.name) ? checker.getSymbolAtLocation(at.name) : undefined;
      if (held === undefined) found.add("memory");
      else more.add(held);
    }
  };
  const operand = (at: ts.BinaryExpression, node: ts.Node): void => {
    const kind = at.operatorToken.kind;
    if (numeric.has(kind)) found.add("number");
    else if (kind === ts.SyntaxKind.PlusToken || kind === ts.SyntaxKind.PlusEqualsToken) {
      const other = at.left === node ? at.right : at.left;
      if (checker.getTypeAtLocation(other).flags & ts.TypeFlags.NumberLike) found.add("number");
    } else if (kind === ts.SyntaxKind.InKeyword && at.right === node) found.add("memory");
    else if (kind === ts.SyntaxKind.InstanceOfKeyword) found.add("memory");
  };
  const argument = (call: ts.CallExpression, node: ts.Node): void => {
    const index = call.arguments.findIndex((one) => one === node);
    if (/^Math\.\w+$/.test(call.expression.getText())) found.add("number");
    const callee = checker.getSymbolAtLocation(call.expression);
    const target = callee && functionOfSymbol(callee, checker);
    const given = target?.parameters[index];
    if (given === undefined) return;
    const type = checker.getTypeAtLocation(given);
    if (type.flags & ts.TypeFlags.NumberLike) found.add("number");
    const use = usesOf(checker, given, seen);
    if (use !== undefined) found.add(use);
  };
  follow(new Set([symbol]));
  const [only] = found;
  return found.size === 1 ? only : undefined;
}

const K = ts.SyntaxKind;

/** Operators that make a number of what they are given, comparisons by size among them. */
const numeric: ReadonlySet<ts.SyntaxKind> = new Set([
  K.MinusToken,
  K.AsteriskToken,
  K.SlashToken,
  K.PercentToken,
  K.AsteriskAsteriskToken,
  K.MinusEqualsToken,
  K.AsteriskEqualsToken,
  K.SlashEqualsToken,
  K.PercentEqualsToken,
  K.AsteriskAsteriskEqualsToken,
  K.LessThanToken,
  K.LessThanEqualsToken,
  K.GreaterThanToken,
  K.GreaterThanEqualsToken,
]);
