/** Functions as syntax: what counts as one, what it is called, and how a name or a symbol leads to it. */

import type { FunctionId } from "../ir/types.ts";
import { argumentFor, holdsModule, isModuleBody, valueOfWrapper, wrappersAround } from "./bodies.ts";
import {
  assignedPlace,
  givenBack,
  isConstantVariable,
  isFixed,
  isGivenBack,
  isKept,
  nameOfValue,
  propertyOf,
  solePlace,
  usesThis,
} from "./holders.ts";
import { declaredAround } from "./lexical.ts";
import { implementationOf, loadedScript, moduleOf, wantImported, wantSpecifier } from "./packages.ts";
import { ts } from "./project.ts";
import { prototypeMember } from "./prototypes.ts";
import { exportedValue } from "./umd.ts";

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
  const member = prototypeMember(node);
  if (member !== undefined) return member.name;
  const holder = variableOf(node);
  if (holder !== undefined) return holder.name.getText();
  if (ts.isFunctionExpression(node) && node.name !== undefined) return node.name.text;
  if (isGivenBack(node)) return nameOfGiven(node);
  if (ts.isPropertyAssignment(node.parent) || ts.isPropertyDeclaration(node.parent)) return node.parent.name.getText();
  const place = assignedPlace(node);
  return place && propertyOf(place);
}

/** What a module calls the function that a wrapper gives back. */
function nameOfGiven(node: ts.Node): string | undefined {
  const given = givenBack(node);
  const name = given && nameOfValue(given.call);
  return name?.split(".").at(-1);
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

/**
 * The statement of the module, or of a wrapper in it, that declares a function: where its JSDoc stands, and behind which
 * its tangent is put.
 */
export function statementOf(node: ts.Node): ts.Statement | undefined {
  let at: ts.Node | undefined = node;
  while (at !== undefined && (at.parent === undefined || !holdsModule(at.parent))) at = at.parent;
  return at as ts.Statement | undefined;
}

/** The wrappers that a function stands in, named alike; nothing where it stands in none. */
export function scopeOf(node: ts.Node): string {
  return wrappersAround(node)
    .map((wrapper) => wrapper.getStart())
    .join("/");
}

/** Whether a function is declared at its module's top level, so that it can be called from anywhere in the module. */
export function isTopLevel(node: FunctionNode): boolean {
  if (isModuleBody(node) || prototypeMember(node) !== undefined) return false;
  if (ts.isFunctionDeclaration(node)) return holdsModule(node.parent);
  if (ts.isMethodDeclaration(node)) return isFixed(node);
  const holder = variableOf(node);
  if (holder === undefined)
    return (
      assignedPlace(node) !== undefined || isFixed(node) || isDefault(node) || (isGivenBack(node) && !usesThis(node))
    );
  return (
    ts.isVariableStatement(holder.parent.parent) &&
    holdsModule(holder.parent.parent.parent) &&
    isConstantVariable(holder)
  );
}

/** The function in `export default function () {}` that is written as an expression. */
function isDefault(node: ts.Node): boolean {
  let at = node;
  while (ts.isParenthesizedExpression(at.parent)) at = at.parent;
  return ts.isExportAssignment(at.parent);
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
  const file = moduleOf(node.getSourceFile(), checker);
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
export function functionOfSymbol(
  symbol: ts.Symbol,
  checker: ts.TypeChecker,
  behind: ReadonlySet<ts.Symbol> = new Set(),
): FunctionNode | undefined {
  const resolved = resolveAlias(symbol, checker);
  if (behind.has(resolved)) return undefined;
  for (const declaration of resolved.declarations ?? []) {
    const found = functionOfDeclaration(declaration);
    if (found !== undefined) return found;
    const other = otherName(declaration);
    if (other !== undefined && isFunctionNode(other) && isGivenBack(other)) return usesThis(other) ? undefined : other;
    const value = other && valueSymbol(other, checker);
    const function_ = value && functionOfSymbol(value, checker, new Set([...behind, resolved]));
    if (function_ !== undefined) return function_;
  }
  const imported = importOf(symbol);
  const from = symbol.declarations?.[0];
  if (imported === undefined || from === undefined || imported.name === "*") return undefined;
  return exportedFunction(imported.specifier, imported.name, from, checker);
}

/** The function that a module exports under a name by a wrapper that the checker does not see through. */
function exportedFunction(
  specifier: string,
  name: string,
  from: ts.Node,
  checker: ts.TypeChecker,
): FunctionNode | undefined {
  if (specifier === "fgrad" || specifier.startsWith("fgrad/")) return undefined;
  const file = loadedScript(specifier, from, checker);
  const value = file && exportedValue(file, name);
  if (value === undefined) return undefined;
  const written = unwrapped(value);
  if (isFunctionNode(written)) return isTopLevel(written) ? written : undefined;
  const symbol = valueSymbol(written, checker);
  const found = symbol && functionOfSymbol(symbol, checker);
  return found !== undefined && isTopLevel(found) ? found : undefined;
}

/** `lib.f`, of a module that was loaded as a whole. */
export function loadedFunction(access: ts.Expression, checker: ts.TypeChecker): FunctionNode | undefined {
  const name = propertyOf(access);
  const holder = name === undefined ? undefined : (access as ts.PropertyAccessExpression).expression;
  if (name === undefined || holder === undefined || !ts.isIdentifier(holder)) return undefined;
  const symbol = checker.getSymbolAtLocation(holder);
  const imported = symbol && importOf(symbol);
  if (imported !== undefined && (imported.name === "*" || imported.name === "default"))
    return exportedFunction(imported.specifier, name, holder, checker);
  const declaration = symbol?.declarations?.find(ts.isVariableDeclaration);
  const call = declaration?.initializer;
  if (declaration === undefined || call === undefined || !ts.isCallExpression(call)) return undefined;
  if (call.expression.getText() !== "require") return undefined;
  const [specifier] = call.arguments;
  if (specifier === undefined || !ts.isStringLiteralLike(specifier) || !isConstantVariable(declaration))
    return undefined;
  return exportedFunction(specifier.text, name, call, checker);
}

/** The expression behind a declaration that only gives something another name, for good: `const len = length`. */
function otherName(declaration: ts.Declaration): ts.Node | undefined {
  if (ts.isVariableDeclaration(declaration)) {
    const { initializer } = declaration;
    if (initializer === undefined || !isConstantVariable(declaration)) return undefined;
    return valueOfWrapper(initializer) ?? initializer;
  }
  if (ts.isParameter(declaration)) return isConstantVariable(declaration) ? argumentFor(declaration) : undefined;
  if (ts.isShorthandPropertyAssignment(declaration)) return isKept(declaration) ? declaration.name : undefined;
  if (ts.isPropertyAssignment(declaration)) return isKept(declaration) ? declaration.initializer : undefined;
  if (ts.isExportAssignment(declaration)) return declaration.expression;
  if (ts.isCallExpression(declaration)) return definedProperty(declaration);
  if (ts.isSourceFile(declaration)) return undefined;
  const assignment = ts.isBinaryExpression(declaration) ? declaration : declaration.parent;
  if (!ts.isBinaryExpression(assignment) || propertyOf(assignment.left) === undefined) return undefined;
  const value = lastValue(assignment);
  return assignedPlace(value) === undefined ? undefined : value;
}

/** Of `a = b = c`: c. */
function lastValue(assignment: ts.BinaryExpression): ts.Expression {
  const value = unwrapped(assignment.right);
  const chained = ts.isBinaryExpression(value) && value.operatorToken.kind === ts.SyntaxKind.EqualsToken;
  return chained ? lastValue(value) : value;
}

/** `f` of `Object.defineProperty(exports, "f", { get: function () { return f } })`, as transpilers write it. */
function definedProperty({ arguments: [, , descriptor] }: ts.CallExpression): ts.Expression | undefined {
  if (descriptor === undefined || !ts.isObjectLiteralExpression(descriptor)) return undefined;
  for (const property of descriptor.properties) {
    const name = property.name?.getText();
    if (ts.isPropertyAssignment(property) && name === "value") return property.initializer;
    const getter = ts.isPropertyAssignment(property) ? unwrapped(property.initializer) : property;
    if (name !== "get" || !isFunctionNode(getter)) continue;
    const [only, ...more] = ts.isBlock(getter.body) ? getter.body.statements : [];
    if (only !== undefined && ts.isReturnStatement(only) && more.length === 0) return only.expression;
  }
  return undefined;
}

/** What an expression names: a variable, a property, a module that is loaded by `require`. */
function valueSymbol(node: ts.Node, checker: ts.TypeChecker): ts.Symbol | undefined {
  const value = ts.isExpression(node) ? unwrapped(node) : node;
  if (ts.isIdentifier(value)) {
    const { parent } = value;
    return ts.isShorthandPropertyAssignment(parent)
      ? checker.getShorthandAssignmentValueSymbol(parent)
      : checker.getSymbolAtLocation(value);
  }
  const name = propertyOf(value);
  if (name === undefined) return ts.isExpression(value) ? requiredModule(value, checker) : undefined;
  return memberSymbol(value as ts.PropertyAccessExpression | ts.ElementAccessExpression, checker);
}

/** The symbol that a property access means: also that of a module behind a transpiler's helper. */
export function memberSymbol(
  access: ts.PropertyAccessExpression | ts.ElementAccessExpression,
  checker: ts.TypeChecker,
): ts.Symbol | undefined {
  const name = ts.isPropertyAccessExpression(access) ? access.name : access.argumentExpression;
  const module = helpedModule(access.expression, checker);
  if (module === undefined) return checker.getSymbolAtLocation(name);
  const key = propertyOf(access);
  return checker.getExportsOfModule(module).find((one) => one.getName() === key);
}

const helpers = /^_*(interopRequire(Default|Wildcard)|importDefault|importStar|toESM)\d*$/;

/** The module in `var lib = _interopRequireDefault(require("lib"))`. */
function helpedModule(node: ts.Expression, checker: ts.TypeChecker): ts.Symbol | undefined {
  if (!ts.isIdentifier(node)) return undefined;
  const declaration = checker.getSymbolAtLocation(node)?.valueDeclaration;
  if (declaration === undefined || !ts.isVariableDeclaration(declaration)) return undefined;
  const call = declaration.initializer;
  if (call === undefined || !ts.isCallExpression(call) || !isConstantVariable(declaration)) return undefined;
  const helper = ts.isPropertyAccessExpression(call.expression) ? call.expression.name : call.expression;
  const [first] = call.arguments;
  if (!helpers.test(helper.getText()) || first === undefined) return undefined;
  return requiredModule(unwrapped(first), checker);
}

/** What `require("lib")` gives. */
function requiredModule(node: ts.Expression, checker: ts.TypeChecker): ts.Symbol | undefined {
  if (!ts.isCallExpression(node) || node.expression.getText() !== "require") return undefined;
  const [specifier] = node.arguments;
  if (specifier === undefined || !ts.isStringLiteralLike(specifier)) return undefined;
  const module = checker.getSymbolAtLocation(specifier);
  if (module === undefined) wantSpecifier(specifier.text, node, checker);
  return module?.exports?.get(ts.InternalSymbolName.ExportEquals) ?? module;
}

/** `a` of `a.b.c`. */
function rootOf(node: ts.Node): ts.Identifier | undefined {
  if (ts.isIdentifier(node)) return node;
  return propertyOf(node) === undefined ? undefined : rootOf((node as ts.PropertyAccessExpression).expression);
}

/** The function that `exports.f` names where the checker knows of no such property: the only one ever stored there. */
export function storedFunction(access: ts.Expression, checker: ts.TypeChecker): FunctionNode | undefined {
  const place = solePlace(access);
  const [root, other] = [place, access].map((one) => one && rootOf(one));
  if (place === undefined || root === undefined || other === undefined) return undefined;
  if (declaredAround(root) !== declaredAround(other)) return undefined;
  const assignment = place.parent;
  if (!ts.isBinaryExpression(assignment) || assignment.left !== place) return undefined;
  const value = lastValue(assignment);
  if (isFunctionNode(value)) return assignedPlace(value) === undefined ? undefined : value;
  const symbol = valueSymbol(value, checker);
  return symbol && functionOfSymbol(symbol, checker);
}

/** The function that a declaration itself writes. */
export function functionOfDeclaration(declaration: ts.Node): FunctionNode | undefined {
  if (isFunctionNode(declaration)) return declaration;
  if (ts.isVariableDeclaration(declaration) && declaration.initializer !== undefined) {
    const value = unwrapped(declaration.initializer);
    if (isFunctionNode(value) && isConstantVariable(declaration)) return value;
  }
  if (ts.isPropertyAssignment(declaration) || ts.isPropertyDeclaration(declaration)) {
    if (declaration.initializer === undefined) return undefined;
    const value = unwrapped(declaration.initializer);
    if (isFunctionNode(value) && isFixed(value)) return value;
  }
  const assignment = ts.isBinaryExpression(declaration) ? declaration : declaration.parent;
  if (propertyOf(declaration) !== undefined || declaration === assignment) {
    if (!ts.isBinaryExpression(assignment)) return undefined;
    const value = lastValue(assignment);
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
