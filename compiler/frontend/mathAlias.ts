/** Functions of `Math` under names of a program's own: `const { sin } = Math`, `var abs = Math.abs`. */

import { resolveAlias } from "./functions.ts";
import { isConstantVariable } from "./holders.ts";
import { ts } from "./project.ts";

/** The name in `Math` of the function that an identifier stands for all along; `random` apart. */
export function mathAlias(checker: ts.TypeChecker, identifier: ts.Identifier): string | undefined {
  const symbol = checker.getSymbolAtLocation(identifier);
  const declaration = symbol && resolveAlias(symbol, checker).declarations?.[0];
  if (declaration === undefined) return undefined;
  const name = ts.isVariableDeclaration(declaration)
    ? ofVariable(checker, declaration)
    : ts.isBindingElement(declaration)
      ? ofPattern(checker, declaration)
      : undefined;
  return name === "random" || name === undefined || typeof Reflect.get(Math, name) !== "function" ? undefined : name;
}

function ofVariable(checker: ts.TypeChecker, declaration: ts.VariableDeclaration): string | undefined {
  let value = declaration.initializer;
  // A substitute for engines of long ago: where there is the function, it is the function.
  if (value !== undefined && ts.isBinaryExpression(value) && value.operatorToken.kind === ts.SyntaxKind.BarBarToken) {
    value = value.left;
  }
  if (value === undefined || !isConstantVariable(declaration)) return undefined;
  return ts.isPropertyAccessExpression(value) && isMath(checker, value.expression) ? value.name.text : undefined;
}

function ofPattern(checker: ts.TypeChecker, element: ts.BindingElement): string | undefined {
  const declaration = element.parent.parent;
  const plain = ts.isObjectBindingPattern(element.parent) && ts.isVariableDeclaration(declaration);
  if (!plain || !ts.isVariableDeclaration(declaration) || declaration.initializer === undefined) return undefined;
  if ((declaration.parent.flags & ts.NodeFlags.Const) === 0 || element.dotDotDotToken !== undefined) return undefined;
  if (!isMath(checker, declaration.initializer) || !ts.isIdentifier(element.name)) return undefined;
  const name = element.propertyName ?? element.name;
  return ts.isIdentifier(name) ? name.text : undefined;
}

/** `Math`, or a variable that is `Math` all along: `var M = Math`. */
export function standsForMath(checker: ts.TypeChecker, node: ts.Identifier): boolean {
  if (isMath(checker, node)) return true;
  const declaration = checker.getSymbolAtLocation(node)?.valueDeclaration;
  if (declaration === undefined || !ts.isVariableDeclaration(declaration)) return false;
  const { initializer } = declaration;
  return initializer !== undefined && isConstantVariable(declaration) && isMath(checker, initializer);
}

/** The global `Math`, and not a variable of the program's with its name. */
function isMath(checker: ts.TypeChecker, node: ts.Expression): boolean {
  if (!ts.isIdentifier(node) || node.text !== "Math") return false;
  const declarations = checker.getSymbolAtLocation(node)?.declarations ?? [];
  return declarations.every((one) => one.getSourceFile().isDeclarationFile);
}
