/** Expressions as text in which every operation stands in parentheses: of forms, and of what TypeScript reads. */

import { ts } from "ts-morph";
import type { Expression, Spread } from "../../compiler/ir/types.ts";

/** What an expression of a form means. */
export function meant(value: Expression | Spread): string {
  switch (value.kind) {
    case "constant":
      return constantText(value.value);
    case "variable":
      return value.nonNull === true ? `(${value.variable.name} !)` : value.variable.name;
    case "unary":
      return `(${value.operator} ${meant(value.operand)})`;
    case "binary":
    case "logical":
      if (value.operator === "||" && value.left.kind === "constant" && Object.is(value.left.value, 0))
        return meant(value.right);
      return `(${meant(value.left)} ${value.operator} ${meant(value.right)})`;
    case "conditional":
      return `(${meant(value.test)} ? ${meant(value.whenTrue)} : ${meant(value.whenFalse)})`;
    case "math":
      return `(call (get Math ${value.name}) ${list(value.arguments)})`;
    case "element": {
      const text = `(at${value.optional === true ? "?" : ""} ${meant(value.object)} ${meant(value.index)})`;
      return value.nonNull === true ? `(${text} !)` : text;
    }
    case "field": {
      const text = `(get${value.optional === true ? "?" : ""} ${meant(value.object)} ${value.name})`;
      return value.nonNull === true ? `(${text} !)` : text;
    }
    case "array": {
      const text = `(array ${list(value.elements)})`;
      return value.as === undefined ? text : `(${text} as ${value.as})`;
    }
    case "object":
      return `(object ${value.properties
        .map((each) => (each.kind === "spread" ? `... ${meant(each.operand)}` : `${each.name}: ${meant(each.value)}`))
        .join(", ")})`;
    case "new":
      return `(new ${value.constructor_} ${list(value.arguments)})`;
    case "call": {
      const { callee } = value;
      if (callee.kind === "value") return `(call ${meant(callee.function)} ${list(value.arguments)})`;
      if (callee.kind !== "method")
        return `(call ${"name" in callee ? callee.name : "super"} ${list(value.arguments)})`;
      const held = `(get${callee.optional === true ? "?" : ""} ${meant(callee.object)} ${callee.name})`;
      return `(call${callee.optional === true ? "~" : ""} ${held} ${list(value.arguments)})`;
    }
    case "function": {
      const [first] = value.function.body;
      const held = first?.kind === "return" && first.value !== undefined ? meant(first.value) : "";
      return value.function.style === "arrow" ? `(=> ${held})` : `(function ${held})`;
    }
    case "register":
      return `(at ${value.name} ${value.lane})`;
    case "opaque":
      return structureOf(parseExpression(value.text));
    case "as":
      return `(${meant(value.operand)} as ${value.type})`;
    case "spread":
      return `(... ${meant(value.operand)})`;
  }
}

const list = (values: readonly (Expression | Spread)[]): string => `[${values.map(meant).join(", ")}]`;

function constantText(value: unknown): string {
  if (typeof value === "number" && (value < 0 || Object.is(value, -0))) return `(- ${constantText(-value)})`;
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

export function parseExpression(text: string): ts.Expression {
  const file = ts.createSourceFile("x.ts", `(${text}\n)`, ts.ScriptTarget.Latest, true);
  const [statement] = file.statements;
  if (file.statements.length !== 1 || statement === undefined || !ts.isExpressionStatement(statement)) {
    throw new Error(`no expression: ${text}`);
  }
  const { expression } = statement;
  if (!ts.isParenthesizedExpression(expression) || expression.getEnd() !== file.text.length) {
    throw new Error(`no expression: ${text}`);
  }
  return expression.expression;
}

/** What TypeScript reads in an expression. A continued optional chain is marked by `~`. */
export function structureOf(node: ts.Expression): string {
  if (ts.isParenthesizedExpression(node)) return structureOf(node.expression);
  if (ts.isIdentifier(node)) return node.text;
  if (ts.isNumericLiteral(node)) return String(Number(node.text));
  if (ts.isStringLiteral(node)) return JSON.stringify(node.text);
  if (ts.isPrefixUnaryExpression(node)) return `(${ts.tokenToString(node.operator)} ${structureOf(node.operand)})`;
  if (ts.isTypeOfExpression(node)) return `(typeof ${structureOf(node.expression)})`;
  if (ts.isVoidExpression(node)) return `(void ${structureOf(node.expression)})`;
  if (ts.isAwaitExpression(node)) return `(await ${structureOf(node.expression)})`;
  if (ts.isBinaryExpression(node)) {
    // `0 || x` is x: what the printer puts in front of an operand that TypeScript would misread.
    if (node.operatorToken.getText() === "||" && node.left.getText() === "0") return structureOf(node.right);
    return `(${structureOf(node.left)} ${node.operatorToken.getText()} ${structureOf(node.right)})`;
  }
  if (ts.isConditionalExpression(node)) {
    return `(${structureOf(node.condition)} ? ${structureOf(node.whenTrue)} : ${structureOf(node.whenFalse)})`;
  }
  const mark = (): string => {
    if ("questionDotToken" in node && node.questionDotToken !== undefined) return "?";
    return ts.isOptionalChain(node) ? "~" : "";
  };
  if (ts.isPropertyAccessExpression(node)) return `(get${mark()} ${structureOf(node.expression)} ${node.name.text})`;
  if (ts.isElementAccessExpression(node)) {
    return `(at${mark()} ${structureOf(node.expression)} ${structureOf(node.argumentExpression)})`;
  }
  if (ts.isCallExpression(node)) return `(call${mark()} ${structureOf(node.expression)} ${nodes(node.arguments)})`;
  if (ts.isNewExpression(node)) return `(new ${node.expression.getText()} ${nodes(node.arguments ?? [])})`;
  if (ts.isNonNullExpression(node)) return `(${structureOf(node.expression)} !)`;
  if (ts.isAsExpression(node)) return `(${structureOf(node.expression)} as ${node.type.getText()})`;
  if (ts.isArrayLiteralExpression(node)) return `(array ${nodes(node.elements)})`;
  if (ts.isSpreadElement(node)) return `(... ${structureOf(node.expression)})`;
  if (ts.isObjectLiteralExpression(node)) return `(object ${node.properties.map(propertyOf).join(", ")})`;
  if (ts.isArrowFunction(node) || ts.isFunctionExpression(node)) {
    const word = ts.isArrowFunction(node) ? "=>" : "function";
    if (!ts.isBlock(node.body)) return `(${word} ${structureOf(node.body)})`;
    const [first] = node.body.statements;
    const held = first !== undefined && ts.isReturnStatement(first) && first.expression;
    return `(${word} ${held ? structureOf(held) : ""})`;
  }
  const { kind } = node;
  if (kind === ts.SyntaxKind.TrueKeyword || kind === ts.SyntaxKind.FalseKeyword || kind === ts.SyntaxKind.NullKeyword) {
    return node.getText();
  }
  return `<${node.getText()}>`;
}

function propertyOf(node: ts.ObjectLiteralElementLike): string {
  if (ts.isSpreadAssignment(node)) return `... ${structureOf(node.expression)}`;
  if (ts.isShorthandPropertyAssignment(node)) return `${node.name.text}: ${node.name.text}`;
  if (ts.isPropertyAssignment(node) && !ts.isComputedPropertyName(node.name)) {
    return `${node.name.text}: ${structureOf(node.initializer)}`;
  }
  return node.getText();
}

const nodes = (values: readonly ts.Expression[]): string => `[${values.map(structureOf).join(", ")}]`;
