/** A text that two expressions share when they compute the same from the same variables and memory. */

import type { Callee } from "../../ir/types.ts";
import { typeOf } from "../../ir/typing.ts";
import type { Operand } from "../../ir/walk.ts";

const keys = new WeakMap<Operand, string>();

/**
 * The key of an expression. Factors and numeric summands are put in one order, which keeps the bits. Whatever makes
 * something new, or has the user's text in it, has a key of its own.
 */
export function keyOf(expression: Operand): string {
  const known = keys.get(expression);
  if (known !== undefined) return known;
  const key = makeKey(expression);
  keys.set(expression, key);
  return key;
}

let unique = 0;

function makeKey(node: Operand): string {
  switch (node.kind) {
    case "constant":
      return typeof node.value === "string"
        ? JSON.stringify(node.value)
        : Object.is(node.value, -0)
          ? "-0"
          : String(node.value);
    case "variable":
      return `v${node.variable.id}`;
    case "unary":
      return `(${node.operator} ${keyOf(node.operand)})`;
    case "binary": {
      const sides = [keyOf(node.left), keyOf(node.right)];
      if (node.operator === "*" || (node.operator === "+" && typeOf(node).kind === "number")) sides.sort();
      return `(${node.operator} ${sides.join(" ")})`;
    }
    case "logical":
      return `(${node.operator} ${keyOf(node.left)} ${keyOf(node.right)})`;
    case "conditional":
      return `(? ${keyOf(node.test)} ${keyOf(node.whenTrue)} ${keyOf(node.whenFalse)})`;
    case "math":
      return `(Math.${node.name} ${node.arguments.map(keyOf).join(" ")})`;
    case "element":
      return `(${node.optional ? "?" : ""}[] ${keyOf(node.object)} ${keyOf(node.index)})`;
    case "field":
      return `(${node.optional ? "?" : ""}.${node.name} ${keyOf(node.object)})`;
    case "register":
      return `$${node.name}[${node.lane}]`;
    case "as":
      return `(as ${JSON.stringify(node.type)} ${keyOf(node.operand)})`;
    case "call": {
      const name = pureName(node.callee);
      if (name !== undefined) return `(${name} ${node.arguments.map(keyOf).join(" ")})`;
      return own();
    }
    case "spread":
      return `(... ${keyOf(node.operand)})`;
    case "array":
    case "object":
    case "new":
    case "function":
    case "opaque":
      return own();
  }
}

function pureName(callee: Callee): string | undefined {
  return callee.kind === "global" && callee.pure ? `call ${callee.name}` : undefined;
}

function own(): string {
  unique++;
  return `#${unique}`;
}
