/** Lowers object literals of named properties, methods and spreads. */

import type { Expression, ObjectLiteral, Variable } from "../../ir/types.ts";
import { type FunctionNode, isFunctionNode, unwrapped } from "../functions.ts";
import { usesThis } from "../holders.ts";
import { ts } from "../project.ts";
import { type Context, named, reference, snapshot, spanOf, temporary } from "./context.ts";
import { lowerAtom } from "./expressions.ts";
import { lowerFunctionExpression } from "./functions.ts";

/** Nothing for literals with accessors, with names that are not known, and for copies of methods that use `this`. */
export function lowerObjectLiteral(cx: Context, node: ts.ObjectLiteralExpression): Expression | undefined {
  const supported = node.properties.every(
    (property) =>
      (ts.isPropertyAssignment(property) && propertyName(property.name, cx) !== undefined) ||
      (ts.isMethodDeclaration(property) && isPlainMethod(property) && propertyName(property.name, cx) !== undefined) ||
      ts.isShorthandPropertyAssignment(property) ||
      (ts.isSpreadAssignment(property) && !hasOwnMethods(cx, property.expression)),
  );
  if (!supported) return undefined;
  const methods = node.properties.flatMap((property) => functionOf(property) ?? []).filter(usesThis);
  // `this` of a method is the object, which its functions capture.
  const self: Variable | undefined =
    methods.length === 0 ? undefined : { ...temporary(cx, cx.types.at(node), node), captured: true };
  if (self !== undefined) for (const method of methods) cx.selves.set(method, self);
  const properties: ObjectLiteral["properties"][number][] = [];
  node.properties.forEach((property, i) => {
    const later = node.properties.slice(i + 1);
    if (ts.isPropertyAssignment(property)) {
      const name = propertyName(property.name, cx);
      if (name === undefined) return;
      const value = snapshot(cx, lowerAtom(cx, property.initializer), property.initializer, later);
      properties.push({ kind: "property", name, value });
    } else if (ts.isMethodDeclaration(property) && isFunctionNode(property)) {
      const name = propertyName(property.name, cx);
      if (name === undefined) return;
      properties.push({ kind: "property", name, value: named(cx, lowerFunctionExpression(cx, property), property) });
    } else if (ts.isShorthandPropertyAssignment(property)) {
      const value = snapshot(cx, lowerAtom(cx, property.name), property.name, later);
      properties.push({ kind: "property", name: property.name.text, value });
    } else if (ts.isSpreadAssignment(property)) {
      const operand = named(cx, lowerAtom(cx, property.expression), property.expression);
      properties.push({ kind: "spread", operand, span: spanOf(property) });
    }
  });
  const literal: ObjectLiteral = { kind: "object", properties, span: spanOf(node) };
  if (self === undefined) return literal;
  cx.out.push({ kind: "declare", keyword: "const", variable: self, value: literal, span: spanOf(node) });
  return reference(self, spanOf(node));
}

/** The function that a property holds, when `this` in it is the object. */
function functionOf(property: ts.ObjectLiteralElementLike): FunctionNode | undefined {
  if (ts.isMethodDeclaration(property)) return isFunctionNode(property) ? property : undefined;
  const value = ts.isPropertyAssignment(property) ? unwrapped(property.initializer) : undefined;
  return value !== undefined && ts.isFunctionExpression(value) && isFunctionNode(value) ? value : undefined;
}

function isPlainMethod(node: ts.MethodDeclaration): boolean {
  const isAsync = ts.getModifiers(node)?.some((one) => one.kind === ts.SyntaxKind.AsyncKeyword) === true;
  return node.asteriskToken === undefined && !isAsync && node.questionToken === undefined;
}

/** Whether an object has methods of a literal whose `this` would be another object in a copy. */
function hasOwnMethods(cx: Context, node: ts.Expression): boolean {
  const { checker } = cx.program;
  return checker.getPropertiesOfType(checker.getTypeAtLocation(node)).some((property) =>
    property.declarations?.some((declaration) => {
      const method = ts.isObjectLiteralElementLike(declaration) ? functionOf(declaration) : undefined;
      return method !== undefined && usesThis(method);
    }),
  );
}

/** A property's name when it is known as written, or by the type of what computes it. */
export function propertyName(name: ts.PropertyName, cx?: Context): string | undefined {
  if (ts.isIdentifier(name) || ts.isStringLiteral(name)) return name.text;
  if (ts.isNumericLiteral(name)) return String(Number(name.text));
  if (!ts.isComputedPropertyName(name)) return undefined;
  if (ts.isStringLiteral(name.expression)) return name.expression.text;
  const type =
    cx !== undefined && ts.isIdentifier(name.expression) && cx.program.checker.getTypeAtLocation(name.expression);
  return type !== undefined && type !== false && type.isStringLiteral() ? type.value : undefined;
}
