/** Functions as syntax: what counts as one, what it is called, and how a name or a symbol leads to it. */

import type { FunctionId } from "../ir/types.ts";
import { assignedPlace, isConstantVariable, literalPlace, propertyOf } from "./holders.ts";
import { implementationOf, wantImported } from "./packages.ts";
import { ts } from "./project.ts";

/** A function that has a body and can be compiled. */
export type FunctionNode = (
  | ts.FunctionDeclaration
  | ts.FunctionExpression
  | ts.ArrowFunction
  | ts.MethodDeclaration
  | ts.ConstructorDeclaration
  | ts.AccessorDeclaration
) & { readonly body: ts.ConciseBody };

export function isFunctionNode(node: ts.Node): node is FunctionNode {
  return (
    (ts.isFunctionDeclaration(node) ||
      ts.isFunctionExpression(node) ||
      ts.isArrowFunction(node) ||
      ts.isMethodDeclaration(node) ||
      ts.isConstructorDeclaration(node) ||
      ts.isAccessor(node)) &&
    node.body !== undefined
  );
}

/** The same for the same text: its file and where it starts. */
export function functionId(node: ts.Node): FunctionId {
  return `${node.getSourceFile().fileName}#${node.getStart()}`;
}

/** `(f)`, `f as T`, `f satisfies T`, `f!` stand for f. */
export function unwrapped(node: ts.Expression): ts.Expression {
  let at = node;
  while (
    ts.isParenthesizedExpression(at) ||
    ts.isAsExpression(at) ||
    ts.isSatisfiesExpression(at) ||
    ts.isTypeAssertionExpression(at) ||
    ts.isNonNullExpression(at)
  ) {
    at = at.expression;
  }
  return at;
}

/** The name under which a function is known: its own, its variable's, its property's. */
export function functionName(node: ts.Node): string | undefined {
  if (ts.isConstructorDeclaration(node)) return "constructor";
  if (ts.isFunctionDeclaration(node) && node.name !== undefined) return node.name.text;
  if (ts.isMethodDeclaration(node) || ts.isAccessor(node)) return node.name.getText();
  if (ts.isFunctionDeclaration(node)) return "default";
  const holder = variableOf(node);
  if (holder !== undefined) return holder.name.getText();
  if (ts.isFunctionExpression(node) && node.name !== undefined) return node.name.text;
  if (ts.isPropertyAssignment(node.parent) || ts.isPropertyDeclaration(node.parent)) return node.parent.name.getText();
  const place = assignedPlace(node);
  return place && propertyOf(place);
}

/** The declaration `const f = …` whose value a function expression is. */
export function variableOf(node: ts.Node): ts.VariableDeclaration | undefined {
  let at: ts.Node = node;
  while (
    ts.isParenthesizedExpression(at.parent) ||
    ts.isAsExpression(at.parent) ||
    ts.isSatisfiesExpression(at.parent)
  ) {
    at = at.parent;
  }
  return ts.isVariableDeclaration(at.parent) && at.parent.initializer === at && ts.isIdentifier(at.parent.name)
    ? at.parent
    : undefined;
}

/** The statement of the module that declares a function: where its JSDoc stands, and behind which its tangent is put. */
export function statementOf(node: ts.Node): ts.Statement | undefined {
  let at: ts.Node | undefined = node;
  while (at !== undefined && !ts.isSourceFile(at.parent)) at = at.parent;
  return at as ts.Statement | undefined;
}

/** Whether a function is declared at its module's top level, so that it can be called from anywhere in the module. */
export function isTopLevel(node: FunctionNode): boolean {
  if (ts.isFunctionDeclaration(node)) return ts.isSourceFile(node.parent);
  if (ts.isMethodDeclaration(node)) return literalPlace(node) !== undefined;
  const holder = variableOf(node);
  if (holder === undefined) return assignedPlace(node) !== undefined || literalPlace(node) !== undefined;
  return (
    ts.isVariableStatement(holder.parent.parent) &&
    ts.isSourceFile(holder.parent.parent.parent) &&
    isConstantVariable(holder)
  );
}

/** Whether a module is JavaScript without `import` and `export`: `require` and `module.exports` are its way. */
export function isCommonJs(file: ts.SourceFile): boolean {
  return /\.c?jsx?$/.test(file.fileName) && !ts.isExternalModule(file);
}

/** How a module exports a function: by name, by default, or not at all. */
export function isExported(node: FunctionNode, checker: ts.TypeChecker): boolean {
  const statement = statementOf(node);
  if (statement === undefined) return false;
  const modifiers = ts.canHaveModifiers(statement) ? ts.getModifiers(statement) : undefined;
  if (modifiers?.some((modifier) => modifier.kind === ts.SyntaxKind.ExportKeyword) === true) return true;
  if (/^(module\.)?exports\b/.test(assignedPlace(node)?.getText() ?? "")) return true;
  const file = checker.getSymbolAtLocation(node.getSourceFile());
  const own = declaredSymbol(node, checker);
  if (file === undefined || own === undefined) return false;
  return checker.getExportsOfModule(file).some((symbol) => resolveAlias(symbol, checker) === own);
}

/** What a name stands for in the end: behind imports, and behind declarations of what is written in JavaScript. */
export function resolveAlias(symbol: ts.Symbol, checker: ts.TypeChecker): ts.Symbol {
  if ((symbol.flags & ts.SymbolFlags.Alias) === 0) return implementationOf(symbol, checker) ?? symbol;
  const resolved = checker.getAliasedSymbol(symbol);
  if (resolved.declarations === undefined) wantImported(symbol, checker);
  return implementationOf(resolved, checker, symbol) ?? resolved;
}

function declaredSymbol(node: FunctionNode, checker: ts.TypeChecker): ts.Symbol | undefined {
  const name = variableOf(node)?.name ?? ("name" in node ? node.name : undefined);
  return name === undefined ? undefined : checker.getSymbolAtLocation(name);
}

/** The function that a symbol stands for, when it is declared with a body. Of overloads, the implementation. */
export function functionOfSymbol(symbol: ts.Symbol, checker: ts.TypeChecker): FunctionNode | undefined {
  const resolved = resolveAlias(symbol, checker);
  for (const declaration of resolved.declarations ?? []) {
    const found = functionOfDeclaration(declaration);
    if (found !== undefined) return found;
    // `const len = length`: another name.
    if (!ts.isVariableDeclaration(declaration) || declaration.initializer === undefined) continue;
    const value = unwrapped(declaration.initializer);
    const other = ts.isIdentifier(value) && isConstantVariable(declaration) && checker.getSymbolAtLocation(value);
    if (other !== undefined && other !== false && other !== resolved) return functionOfSymbol(other, checker);
  }
  return undefined;
}

export function functionOfDeclaration(declaration: ts.Node): FunctionNode | undefined {
  if (isFunctionNode(declaration)) return declaration;
  if (ts.isVariableDeclaration(declaration) && declaration.initializer !== undefined) {
    const value = unwrapped(declaration.initializer);
    if (isFunctionNode(value) && isConstantVariable(declaration)) return value;
  }
  if (ts.isPropertyAssignment(declaration) || ts.isPropertyDeclaration(declaration)) {
    if (declaration.initializer === undefined) return undefined;
    const value = unwrapped(declaration.initializer);
    if (isFunctionNode(value) && literalPlace(value) !== undefined) return value;
  }
  const assignment = ts.isBinaryExpression(declaration) ? declaration : declaration.parent;
  if (propertyOf(declaration) !== undefined || declaration === assignment) {
    if (!ts.isBinaryExpression(assignment)) return undefined;
    const value = unwrapped(assignment.right);
    if (isFunctionNode(value) && assignedPlace(value) !== undefined) return value;
  }
  if (ts.isExportAssignment(declaration)) {
    const value = unwrapped(declaration.expression);
    if (isFunctionNode(value)) return value;
  }
  return undefined;
}

/** The module specifier through which an identifier was imported into its file, if it was. */
export function importOf(symbol: ts.Symbol): { readonly specifier: string; readonly name: string } | undefined {
  for (const declaration of symbol.declarations ?? []) {
    if (ts.isImportSpecifier(declaration)) {
      const from = declaration.parent.parent.parent.moduleSpecifier;
      if (ts.isStringLiteral(from)) {
        return { specifier: from.text, name: (declaration.propertyName ?? declaration.name).text };
      }
    }
    if (ts.isImportClause(declaration)) {
      const from = declaration.parent.moduleSpecifier;
      if (ts.isStringLiteral(from)) return { specifier: from.text, name: "default" };
    }
    if (ts.isNamespaceImport(declaration)) {
      const from = declaration.parent.parent.moduleSpecifier;
      if (ts.isStringLiteral(from)) return { specifier: from.text, name: "*" };
    }
  }
  return undefined;
}
