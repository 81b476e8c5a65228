/** How tightly expressions bind (ECMA-262, chapter 13), loosest first. */

import type { BinaryOperator, LogicalOperator } from "../../ir/types.ts";

export const Precedence = {
  comma: 0,
  /** Assignment, arrow functions, `yield`. */
  assignment: 1,
  conditional: 2,
  coalesce: 3,
  or: 4,
  and: 5,
  bitOr: 6,
  bitXor: 7,
  bitAnd: 8,
  equality: 9,
  relational: 10,
  shift: 11,
  additive: 12,
  multiplicative: 13,
  power: 14,
  unary: 15,
  postfix: 16,
  /** Calls, member accesses, `new` with arguments. */
  member: 17,
  primary: 18,
} as const;

const binary: Readonly<Record<BinaryOperator, number>> = {
  "|": Precedence.bitOr,
  "^": Precedence.bitXor,
  "&": Precedence.bitAnd,
  "==": Precedence.equality,
  "!=": Precedence.equality,
  "===": Precedence.equality,
  "!==": Precedence.equality,
  "<": Precedence.relational,
  "<=": Precedence.relational,
  ">": Precedence.relational,
  ">=": Precedence.relational,
  in: Precedence.relational,
  instanceof: Precedence.relational,
  "<<": Precedence.shift,
  ">>": Precedence.shift,
  ">>>": Precedence.shift,
  "+": Precedence.additive,
  "-": Precedence.additive,
  "*": Precedence.multiplicative,
  "/": Precedence.multiplicative,
  "%": Precedence.multiplicative,
  "**": Precedence.power,
};

const logical: Readonly<Record<LogicalOperator, number>> = {
  "??": Precedence.coalesce,
  "||": Precedence.or,
  "&&": Precedence.and,
};

export const binaryPrecedence = (operator: BinaryOperator): number => binary[operator];
export const logicalPrecedence = (operator: LogicalOperator): number => logical[operator];

/** Whether an operator compares: chains of these read badly, and `a < b > (c)` is a call with type arguments. */
export const isComparison = (operator: BinaryOperator): boolean =>
  binary[operator] === Precedence.relational || binary[operator] === Precedence.equality;
