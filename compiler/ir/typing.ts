/** Types of expressions, told from the types of the variables in them. */

import type { Expression, Type } from "./types.ts";

/** Arithmetic on it runs no code: a number, boolean, string or nothing at all. */
export function isPrimitive(type: Type): boolean {
  switch (type.kind) {
    case "number":
    case "boolean":
    case "string":
    case "undefined":
    case "null":
    case "void":
    case "never":
      return true;
    case "union":
      return type.members.every(isPrimitive);
    default:
      return false;
  }
}

const number: Type = { kind: "number" };
const boolean: Type = { kind: "boolean" };
const string: Type = { kind: "string" };
const unknown: Type = { kind: "unknown" };

const ofType = new WeakMap<Expression, Type>();

/** The type of an expression as far as its variables tell; `unknown` where they don't. */
export function typeOf(expression: Expression): Type {
  const known = ofType.get(expression);
  if (known !== undefined) return known;
  const type = inferType(expression);
  ofType.set(expression, type);
  return type;
}

function inferType(expression: Expression): Type {
  switch (expression.kind) {
    case "constant":
      if (expression.value === null) return { kind: "null" };
      if (typeof expression.value === "number") return number;
      if (typeof expression.value === "string") return string;
      return typeof expression.value === "boolean" ? boolean : { kind: "undefined" };
    case "variable":
      return expression.variable.type;
    case "unary":
      if (expression.operator === "!") return boolean;
      if (expression.operator === "typeof") return string;
      if (expression.operator === "void") return { kind: "undefined" };
      return expression.operator === "+" ? number : numeric([expression.operand]);
    case "binary":
      if (/^([<>]=?|[=!]=+|in|instanceof)$/.test(expression.operator)) return boolean;
      if (expression.operator === ">>>") return number;
      if (expression.operator !== "+") return numeric([expression.left, expression.right]);
      return [expression.left, expression.right].some((side) => typeOf(side).kind === "string")
        ? string
        : numeric([expression.left, expression.right]);
    case "math":
    case "register":
      return number;
    case "logical":
      return same(typeOf(expression.left), typeOf(expression.right));
    case "conditional":
      return same(typeOf(expression.whenTrue), typeOf(expression.whenFalse));
    case "element": {
      const type = something(typeOf(expression.object));
      if (type.kind === "array") return type.element;
      const { index } = expression;
      if (type.kind !== "tuple") return unknown;
      return (index.kind === "constant" ? type.elements[Number(index.value)] : type.elements.reduce(same)) ?? unknown;
    }
    case "field": {
      const type = something(typeOf(expression.object));
      if (type.kind === "object") return type.fields().get(expression.name) ?? unknown;
      const sized = type.kind === "array" || type.kind === "tuple" || type.kind === "string";
      return sized && expression.name === "length" ? number : unknown;
    }
    case "opaque":
      return expression.type;
    case "function":
      return { kind: "function", parameters: () => [], result: () => expression.function.result };
    case "array":
    case "object":
    case "new":
      return { kind: "inert", name: "object" };
    case "call":
      return expression.callee.kind === "global" && expression.callee.yields === "number"
        ? { kind: "number" }
        : unknown;
    case "as":
      return unknown;
  }
}

/** What a type is where it is read from: of `undefined` there is nothing to read. */
function something(type: Type): Type {
  if (type.kind !== "union") return type;
  const [only, ...more] = type.members.filter(({ kind }) => kind !== "undefined" && kind !== "null");
  return only !== undefined && more.length === 0 ? only : type;
}

function numeric(operands: readonly Expression[]): Type {
  const types = operands.map(typeOf);
  if (types.some((type) => type.kind === "bigint")) return { kind: "bigint" };
  return types.every((type) => type.kind === "number" || type.kind === "boolean") ? number : unknown;
}

function same(first: Type, second: Type): Type {
  return first === second || (first.kind === second.kind && isPrimitive(first)) ? first : unknown;
}
