/** Lowers object literals of named properties and spreads. */

import type { ObjectLiteral } from "../../ir/types.ts";
import { ts } from "../project.ts";
import { type Context, named, snapshot, spanOf } from "./context.ts";
import { lowerAtom } from "./expressions.ts";

/** Nothing for literals with methods, accessors or computed names. */
export function lowerObjectLiteral(cx: Context, node: ts.ObjectLiteralExpression): ObjectLiteral | undefined {
  const supported = node.properties.every(
    (property) =>
      (ts.isPropertyAssignment(property) && propertyName(property.name) !== undefined) ||
      ts.isShorthandPropertyAssignment(property) ||
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
    } else if (ts.isSpreadAssignment(property)) {
      const operand = named(cx, lowerAtom(cx, property.expression), property.expression);
      properties.push({ kind: "spread", operand, span: spanOf(property) });
    }
  });
  return { kind: "object", properties, span: spanOf(node) };
}

/** A property's name when it is known as written. */
export function propertyName(name: ts.PropertyName): string | undefined {
  if (ts.isIdentifier(name) || ts.isStringLiteral(name)) return name.text;
  if (ts.isNumericLiteral(name)) return String(Number(name.text));
  if (ts.isComputedPropertyName(name) && ts.isStringLiteral(name.expression)) return name.expression.text;
  return undefined;
}
