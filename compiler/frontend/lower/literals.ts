/** Lowers object literals of named properties and spreads. */

import type { FunctionExpression, ObjectLiteral } from "../../ir/types.ts";
import { ts } from "../project.ts";
import { type Context, named, snapshot, spanOf } from "./context.ts";
import { lowerAtom } from "./expressions.ts";
import { lowerFunctionExpression } from "./functions.ts";

/** Nothing for literals with accessors, computed names, or methods that use their object as `this`. */
export function lowerObjectLiteral(cx: Context, node: ts.ObjectLiteralExpression): ObjectLiteral | undefined {
  const supported = node.properties.every(
    (property) =>
      (ts.isPropertyAssignment(property) && propertyName(property.name) !== undefined) ||
      ts.isShorthandPropertyAssignment(property) ||
      (isFreeMethod(property) && propertyName(property.name) !== undefined) ||
      ts.isSpreadAssignment(property),
  );
  if (!supported) return undefined;
  const properties: ObjectLiteral["properties"][number][] = [];
  node.properties.forEach((property, i) => {
    const later = node.properties.slice(i + 1);
    if (ts.isPropertyAssignment(property)) {
      const name = propertyName(property.name);
      if (name === undefined) return;
      const value = snapshot(cx, lowerAtom(cx, property.initializer), property.initializer, later);
      properties.push({ kind: "property", name, value });
    } else if (ts.isShorthandPropertyAssignment(property)) {
      const value = snapshot(cx, lowerAtom(cx, property.name), property.name, later);
      properties.push({ kind: "property", name: property.name.text, value });
    } else if (isFreeMethod(property)) {
      const name = propertyName(property.name);
      if (name === undefined) return;
      properties.push({ kind: "property", name, value: named(cx, asFunction(cx, property), property) });
    } else if (ts.isSpreadAssignment(property)) {
      const operand = named(cx, lowerAtom(cx, property.expression), property.expression);
      properties.push({ kind: "spread", operand, span: spanOf(property) });
    }
  });
  return { kind: "object", properties, span: spanOf(node) };
}

/** The method as a function without a name, which would hide what its body means by it. */
function asFunction(cx: Context, method: ts.MethodDeclaration & { body: ts.Block }): FunctionExpression {
  const { function: form, ...rest } = lowerFunctionExpression(cx, method);
  return { ...rest, function: { ...form, name: "", style: "expression" } };
}

/** A method that could as well be a function: nothing in it means the object that it is called on. */
function isFreeMethod(property: ts.ObjectLiteralElementLike): property is ts.MethodDeclaration & { body: ts.Block } {
  if (!ts.isMethodDeclaration(property) || property.asteriskToken !== undefined) return false;
  if ((property.modifiers?.length ?? 0) > 0) return false;
  const meansObject = (node: ts.Node): boolean => {
    if (node.kind === ts.SyntaxKind.ThisKeyword || node.kind === ts.SyntaxKind.SuperKeyword) return true;
    if (ts.isFunctionLike(node) && !ts.isArrowFunction(node)) return false;
    return ts.forEachChild(node, (child) => meansObject(child) || undefined) ?? false;
  };
  return property.body !== undefined && !property.parameters.some(meansObject) && !meansObject(property.body);
}

/** A property's name when it is known as written. */
export function propertyName(name: ts.PropertyName): string | undefined {
  if (ts.isIdentifier(name) || ts.isStringLiteral(name)) return name.text;
  if (ts.isNumericLiteral(name)) return String(Number(name.text));
  if (ts.isComputedPropertyName(name) && ts.isStringLiteral(name.expression)) return name.expression.text;
  return undefined;
}
