/** How large an expression will be when it is printed: near enough to say where a line is full. */

import { printConstant } from "../../ir/print.ts";
import type { Expression, Statement } from "../../ir/types.ts";
import { childrenOf, expressionsOf, type Operand } from "../../ir/walk.ts";

const widths = new WeakMap<Operand, number>();
const depths = new WeakMap<Operand, number>();

/** Characters that the expression takes on one line. */
export function widthOf(expression: Operand): number {
  const known = widths.get(expression);
  if (known !== undefined) return known;
  const width = childrenOf(expression).reduce((sum, child) => sum + widthOf(child), ownWidth(expression));
  widths.set(expression, width);
  return width;
}

function ownWidth(node: Operand): number {
  switch (node.kind) {
    case "constant":
      return (node.text ?? printConstant(node.value)).length;
    case "variable":
      // A temporary has no name yet; it will get a short one.
      return node.variable.name.startsWith("%") || node.variable.name === "" ? 3 : node.variable.name.length;
    case "unary":
      return node.operator.length;
    case "binary":
    case "logical":
      return (
        node.operator.length + 2 + parenthesesOf(node.left, node.operator) + parenthesesOf(node.right, node.operator)
      );
    case "conditional":
      return 6;
    case "math":
      return "Math.()".length + node.name.length + 2 * (node.arguments.length - 1);
    case "element":
      return 2;
    case "field":
      return node.name.length + 1;
    case "spread":
      return 3;
    case "array":
      return 2 + 2 * node.elements.length;
    case "object":
      return 4 + node.properties.reduce((sum, part) => sum + (part.kind === "spread" ? 5 : part.name.length + 4), 0);
    case "new":
      return 6 + node.constructor_.length + 2 * node.arguments.length;
    case "call": {
      const { callee } = node;
      const name = callee.kind === "value" || callee.kind === "superConstructor" ? 0 : callee.name.length;
      return name + 2 + 2 * node.arguments.length;
    }
    case "function":
      return 1000;
    case "register":
      return node.name.length + 3;
    case "opaque":
      return node.text.length;
    case "as":
      return 6 + node.type.length;
  }
}

function parenthesesOf(operand: Expression, operator: string): number {
  if (operand.kind === "conditional" || operand.kind === "logical") return 2;
  const loose = operand.kind === "binary" && (operand.operator === "+" || operand.operator === "-");
  return loose && operator !== "+" && operator !== "-" ? 2 : 0;
}

/** Levels of operations; an atom has none. A chain of sums or products counts as one level. */
export function depthOf(expression: Operand): number {
  const known = depths.get(expression);
  if (known !== undefined) return known;
  let depth = 0;
  for (const child of childrenOf(expression)) {
    const chained =
      child.kind === "binary" && expression.kind === "binary" && isChain(child.operator, expression.operator);
    depth = Math.max(depth, depthOf(child) + (chained ? 0 : 1));
  }
  depths.set(expression, depth);
  return depth;
}

function isChain(inner: string, outer: string): boolean {
  const sums = "+-";
  return (sums.includes(inner) && sums.includes(outer)) || (inner === "*" && outer === "*");
}

/** Characters of the statement's own line. */
export function statementWidth(statement: Statement): number {
  const parts = expressionsOf(statement).reduce((sum, part) => sum + widthOf(part), 0);
  switch (statement.kind) {
    case "declare":
      return parts + statement.variable.name.length + "const  = ;".length;
    case "assign":
      return parts + 5 + (statement.target.kind === "variable" ? statement.target.variable.name.length : 0);
    default:
      return parts + "return ;".length;
  }
}
