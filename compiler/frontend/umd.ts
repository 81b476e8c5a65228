/**
 * What modules export whose wrappers the checker does not see through: by a factory that is handed `exports`, or by one
 * whose result becomes `module.exports`.
 */

import { argumentFor, callOfWrapper, isModuleBody, valueOfWrapper } from "./bodies.ts";
import { isConstantVariable, propertyOf } from "./holders.ts";
import { declaredAround } from "./lexical.ts";
import { ts } from "./project.ts";

/** The expression that a module exports under a name; nothing where that is not plain to see. */
export function exportedValue(file: ts.SourceFile, name: string): ts.Expression | undefined {
  if (!/\.c?jsx?$/.test(file.fileName) || !file.text.includes("exports")) return undefined;
  const found = new Set<ts.Expression | undefined>();
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && !isModuleBody(node)) return;
    if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.EqualsToken) {
      const bag = propertyOf(node.left) === name ? (node.left as ts.PropertyAccessExpression).expression : undefined;
      if (bag !== undefined && isExports(bag)) found.add(node.right);
      if (node.left.getText() === "module.exports") {
        const value = memberOf(node.right, name);
        if (value !== undefined) found.add(value);
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  const [only] = found;
  return found.size === 1 ? only : undefined;
}

/** Whether an expression is the object that the module exports: by its name, or as what a wrapper is handed. */
function isExports(node: ts.Expression, depth = 0): boolean {
  if (depth > 4) return false;
  if (ts.isParenthesizedExpression(node)) return isExports(node.expression, depth);
  if (node.getText() === "module.exports") return true;
  if (ts.isConditionalExpression(node)) return isExports(node.whenTrue, depth) || isExports(node.whenFalse, depth);
  if (ts.isBinaryExpression(node)) {
    const { kind } = node.operatorToken;
    const chooses = kind === ts.SyntaxKind.EqualsToken || kind === ts.SyntaxKind.BarBarToken;
    return chooses && (isExports(node.left, depth) || isExports(node.right, depth));
  }
  if (!ts.isIdentifier(node)) return false;
  const declaration = declaredAround(node)?.valueDeclaration;
  if (declaration === undefined || ts.isSourceFile(declaration)) return node.text === "exports";
  if (ts.isVariableDeclaration(declaration))
    return (
      declaration.initializer !== undefined &&
      isConstantVariable(declaration) &&
      isExports(declaration.initializer, depth + 1)
    );
  if (!ts.isParameter(declaration) || !isConstantVariable(declaration)) return false;
  return givenTo(declaration).some((given) => isExports(given, depth + 1));
}

/** All that a wrapper, or a factory that wrappers call, may be handed for a parameter. */
function givenTo(parameter: ts.ParameterDeclaration): ts.Expression[] {
  const own = argumentFor(parameter);
  if (own !== undefined) return [own];
  const factory = parameter.parent;
  if (!isModuleBody(factory) || ts.isSourceFile(factory)) return [];
  const index = factory.parameters.indexOf(parameter);
  let at: ts.Node = factory;
  while (ts.isParenthesizedExpression(at.parent)) at = at.parent;
  const call = at.parent;
  if (!ts.isCallExpression(call)) return [];
  const wrapper = unparenthesized(call.expression);
  const body = ts.isPropertyAccessExpression(wrapper) ? unparenthesized(wrapper.expression) : wrapper;
  const found: ts.Expression[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression)) {
      const meant = declaredAround(node.expression)?.valueDeclaration;
      const same = meant !== undefined && ts.isParameter(meant) && argumentFor(meant) === at;
      const given = same ? node.arguments[index] : undefined;
      if (given !== undefined) found.push(given);
    }
    ts.forEachChild(node, visit);
  };
  visit(body);
  return found;
}

/** What an object has under a name. */
function memberOf(value: ts.Expression, name: string, depth = 0): ts.Expression | undefined {
  if (depth > 6) return undefined;
  if (ts.isParenthesizedExpression(value)) return memberOf(value.expression, name, depth);
  if (ts.isBinaryExpression(value) && value.operatorToken.kind === ts.SyntaxKind.EqualsToken)
    return memberOf(value.right, name, depth + 1);
  if (ts.isObjectLiteralExpression(value)) {
    const property = value.properties.find((one) => one.name?.getText() === name);
    if (property === undefined) return undefined;
    if (ts.isShorthandPropertyAssignment(property)) return property.name;
    return ts.isPropertyAssignment(property) ? property.initializer : undefined;
  }
  if (ts.isCallExpression(value)) {
    const result = valueOfWrapper(value) ?? resultOfFactory(value);
    return result && memberOf(result, name, depth + 1);
  }
  if (!ts.isIdentifier(value)) return undefined;
  const declaration = declaredAround(value)?.valueDeclaration;
  if (declaration === undefined || !ts.isVariableDeclaration(declaration) || !isConstantVariable(declaration))
    return undefined;
  const stored = storedIn(declaration, name);
  const { initializer } = declaration;
  return stored ?? (initializer && memberOf(initializer, name, depth + 1));
}

/** What `factory()` gives back, of a factory that the wrapper around it was handed. */
function resultOfFactory(call: ts.CallExpression): ts.Expression | undefined {
  const callee = unparenthesized(call.expression);
  const meant = ts.isIdentifier(callee) ? declaredAround(callee)?.valueDeclaration : undefined;
  const factory = meant !== undefined && ts.isParameter(meant) ? argumentFor(meant) : undefined;
  const body = factory && unparenthesized(factory);
  if (body === undefined || !ts.isFunctionExpression(body) || callOfWrapper(body) !== undefined) return undefined;
  const last = body.body.statements.filter(ts.isReturnStatement);
  return last.length === 1 ? last[0]?.expression : undefined;
}

/** The only value that is stored in a property of a variable. */
function storedIn(declaration: ts.VariableDeclaration, name: string): ts.Expression | undefined {
  const found: ts.Expression[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.EqualsToken) {
      const object = propertyOf(node.left) === name ? (node.left as ts.PropertyAccessExpression).expression : undefined;
      if (object !== undefined && ts.isIdentifier(object)) {
        if (declaredAround(object)?.valueDeclaration === declaration) found.push(node.right);
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(declaration.getSourceFile());
  return found.length === 1 ? found[0] : undefined;
}

function unparenthesized(node: ts.Expression): ts.Expression {
  return ts.isParenthesizedExpression(node) ? unparenthesized(node.expression) : node;
}
