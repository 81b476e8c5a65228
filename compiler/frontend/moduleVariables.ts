/** Variables of modules, as what can hold active values while a function runs: by which name they are known, how they begin. */

import type { Span } from "../api.ts";
import type { ModuleVariable, ModuleVariableId } from "../ir/types.ts";
import { resolveAlias } from "./functions.ts";
import { isConstantVariable, placesStored, rootOf, staysAsItIs } from "./holders.ts";
import { ts } from "./project.ts";
import { isScalar, type TypeReader } from "./types.ts";

/** The sign behind the id of a variable that makes it the id of what it begins with, as a function without parameters. */
const initialMark = "=";

/** The id of a module's variable: `FILE#start offset`. */
export const moduleVariableId = (declaration: ts.VariableDeclaration): ModuleVariableId =>
  `${declaration.getSourceFile().fileName}#${declaration.getStart()}`;

/** The id of the function that gives what a variable begins with. */
export const initialId = (id: ModuleVariableId): string => id + initialMark;

/** The variable whose beginning a function gives. */
export const variableOfInitial = (id: string): ModuleVariableId | undefined =>
  id.endsWith(initialMark) ? id.slice(0, -initialMark.length) : undefined;

/** The declaration of a variable of a module that a symbol stands for, behind imports, when its module is a program's. */
export function moduleDeclaration(symbol: ts.Symbol, checker: ts.TypeChecker): ts.VariableDeclaration | undefined {
  const declarations = resolveAlias(symbol, checker).declarations ?? [];
  const [only] = declarations;
  if (only === undefined || declarations.length > 1 || !isModuleDeclaration(only)) return undefined;
  return only;
}

function isModuleDeclaration(node: ts.Node): node is ts.VariableDeclaration {
  if (!ts.isVariableDeclaration(node) || !ts.isIdentifier(node.name)) return false;
  const statement = node.parent.parent;
  if (!ts.isVariableStatement(statement) || !ts.isSourceFile(statement.parent)) return false;
  const declared = statement.modifiers?.some((one) => one.kind === ts.SyntaxKind.DeclareKeyword) === true;
  return !declared && !statement.parent.isDeclarationFile;
}

/** The variable at an offset of a file. */
export function moduleVariableAt(file: ts.SourceFile, id: ModuleVariableId): ts.VariableDeclaration | undefined {
  const start = Number(id.slice(id.lastIndexOf("#") + 1));
  for (const statement of file.statements) {
    if (statement.getEnd() <= start || !ts.isVariableStatement(statement)) continue;
    return statement.declarationList.declarations.find((one) => one.getStart() === start);
  }
  return undefined;
}

/** What activity must know of a variable. */
export function describeModuleVariable(node: ts.VariableDeclaration, types: TypeReader, at: Span): ModuleVariable {
  const constant = isConstantVariable(node);
  const type = types.at(node.name);
  const { initializer } = node;
  return {
    id: moduleVariableId(node),
    name: node.name.getText(),
    span: at,
    type,
    constant,
    fixed: constant && staysAsItIs(node),
    scalar: isScalar(type),
    ...(initializer !== undefined && { begins: isData(initializer) ? "data" : "made" }),
  };
}

/** Whether an expression makes nothing but numbers, texts and lists of them: neither functions nor objects of classes. */
function isData(node: ts.Expression): boolean {
  if (ts.isArrayLiteralExpression(node)) return node.elements.every(isData);
  if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node) || ts.isSatisfiesExpression(node))
    return isData(node.expression);
  if (ts.isPrefixUnaryExpression(node)) return isData(node.operand);
  if (ts.isNewExpression(node)) {
    const typed = ts.isIdentifier(node.expression) && /^(Float|Int|Uint)\d+(Clamped)?Array$/.test(node.expression.text);
    return typed && (node.arguments ?? []).every(isData);
  }
  if (ts.isBinaryExpression(node)) return isData(node.left) && isData(node.right);
  return (
    ts.isNumericLiteral(node) ||
    ts.isStringLiteralLike(node) ||
    ts.isOmittedExpression(node) ||
    node.kind === ts.SyntaxKind.NullKeyword ||
    node.kind === ts.SyntaxKind.TrueKeyword ||
    node.kind === ts.SyntaxKind.FalseKeyword
  );
}

/** How many elements the array that a variable begins with has, where that is written down. */
export function initialLength({ initializer }: ts.VariableDeclaration): number | undefined {
  if (initializer === undefined) return undefined;
  if (ts.isArrayLiteralExpression(initializer))
    return initializer.elements.some(ts.isSpreadElement) ? undefined : initializer.elements.length;
  const made = ts.isNewExpression(initializer) && /^(Float(32|64))?Array$/.test(initializer.expression.getText());
  const [only, ...more] = made ? (initializer.arguments ?? []) : [];
  return only !== undefined && more.length === 0 && ts.isNumericLiteral(only) ? Number(only.text) : undefined;
}

/** Whether the module stores into a variable, or into what is in it, outside of functions that start at some offsets. */
export function isStoredElsewhere(
  declaration: ts.VariableDeclaration,
  functions: ReadonlySet<number>,
  inside: boolean,
): boolean {
  const name = declaration.name.getText();
  return placesStored(declaration.getSourceFile()).some((place) => {
    if (!inside && !ts.isIdentifier(place)) return false;
    if (rootOf(place) !== name) return false;
    for (let at: ts.Node = place; !ts.isSourceFile(at); at = at.parent) if (functions.has(at.getStart())) return false;
    return true;
  });
}
