/**
 * Folds constants and tidies the algebra of tangents.
 *
 * Textbook: constant folding, algebraic simplification.
 * Takes for granted: a node is part of a tangent when a tangent variable, a shadow or the register is read in it.
 * Guarantees: what is not part of a tangent keeps its bits and its look, save that `-` of a number becomes that negative number.
 * Tangents keep every value to rounding (`a + (b + c)` becomes `a + b + c`), every NaN and infinity short of overflow; the sign
 * of a zero may change. A tangent that is known to be
 * zero (a constant variable holding 0) is dropped symbolically: zero times anything is zero, zero plus x is x.
 */

import { commutes, effectsOf, isPure } from "../../ir/effects.ts";
import type { Binary, Block, Constant, Expression, FunctionForm, Unary } from "../../ir/types.ts";
import {
  childrenOf,
  mapBlocks,
  mapChildren,
  mapExpressions,
  mapSame,
  rewrite,
  visitStatements,
} from "../../ir/walk.ts";
import { keyOf } from "./keys.ts";
import { everywhere, makesTangent } from "./usage.ts";

export function fold(form: FunctionForm): FunctionForm {
  return everywhere(form, (own) => foldBlock(own.body, zeroTangents(own)));
}

/** Tangent variables that hold 0 from their declaration on. */
function zeroTangents(form: FunctionForm): ReadonlySet<number> {
  const zeros = new Set<number>();
  visitStatements(form.body, (statement) => {
    if (statement.kind !== "declare" || statement.variable.role !== "tangent" || statement.variable.reassigned) return;
    if (statement.value !== undefined && isNumber(statement.value, 0)) zeros.add(statement.variable.id);
  });
  return zeros;
}

function foldBlock(block: Block, zeros: ReadonlySet<number>): Block {
  return mapSame(block, (statement) => {
    const inside = mapBlocks(statement, (inner) => foldBlock(inner, zeros));
    const makes = makesTangent(inside);
    const place = inside.kind === "assign" ? keyOf(inside.target) : undefined;
    return mapExpressions(inside, (expression) => {
      const nonzero = zeros.size === 0 ? expression : dropZeros(expression, zeros);
      // `x = x + (…)` says that something is added to x, and is printed as `x += …`.
      if (makes && nonzero.kind === "binary" && place === keyOf(nonzero.left)) return foldIncrement(nonzero);
      return makes || isTangent(nonzero) ? foldTangent(nonzero) : rewrite(nonzero, negativeConstant);
    });
  });
}

const tangents = new WeakMap<Expression, boolean>();

/** Whether an expression is made of a tangent. What a call gives back is the primal, whatever tangents it takes. */
function isTangent(expression: Expression): boolean {
  if (expression.kind === "register") return true;
  if (expression.kind === "variable") return expression.variable.role === "tangent";
  if (expression.kind === "call") return expression.callee.kind === "method" && isTangent(expression.callee.object);
  const known = tangents.get(expression);
  if (known !== undefined) return known;
  const result = childrenOf(expression).some(isTangent);
  tangents.set(expression, result);
  return result;
}

function isNumber(expression: Expression, value: number): boolean {
  return expression.kind === "constant" && expression.value === value;
}

const number = (value: number): Constant => ({ kind: "constant", value });
const zero = number(0);

/** `-` of a constant is a constant. */
function negativeConstant(node: Expression): Expression {
  if (node.kind !== "unary" || node.operator !== "-" || node.operand.kind !== "constant") return node;
  const { value, text } = node.operand;
  if (typeof value !== "number" || Number.isNaN(value)) return node;
  // What has a text of its own, like `Math.PI`, keeps it.
  if (text !== undefined && !/^[\d._]+(e[+-]?\d+)?$/i.test(text)) return node;
  const negated = text === undefined || Object.is(value, 0) ? {} : { text: `-${text}` };
  return { kind: "constant", value: -value, ...negated, ...(node.span !== undefined && { span: node.span }) };
}

/** Replaces tangents known to be zero, and what is zero because of them. */
function dropZeros(expression: Expression, zeros: ReadonlySet<number>): Expression {
  const isZero = (node: Expression): boolean => {
    switch (node.kind) {
      case "variable":
        return zeros.has(node.variable.id);
      case "unary":
        return node.operator === "-" && isZero(node.operand);
      case "binary":
        if (!isPure(effectsOf(node))) return false;
        if (node.operator === "*") return isZero(node.left) || isZero(node.right);
        if (node.operator === "/") return isZero(node.left);
        return (node.operator === "+" || node.operator === "-") && isZero(node.left) && isZero(node.right);
      case "logical":
        return node.operator === "&&" && isZero(node.left);
      case "conditional":
        return isPure(effectsOf(node.test)) && isZero(node.whenTrue) && isZero(node.whenFalse);
      default:
        return false;
    }
  };
  const drop = (node: Expression): Expression => {
    if (isZero(node)) return { ...zero, ...(node.span !== undefined && { span: node.span }) };
    if (node.kind === "binary" && (node.operator === "+" || node.operator === "-")) {
      if (isZero(node.right)) return drop(node.left);
      if (isZero(node.left)) return node.operator === "+" ? drop(node.right) : negative(drop(node.right), node);
    }
    return mapChildren(node, drop);
  };
  return drop(expression);
}

function foldIncrement(node: Binary): Expression {
  const right = foldTangent(node.right);
  const opposite = withoutSign(right);
  const reversed = node.operator === "+" ? "-" : node.operator === "-" ? "+" : undefined;
  if (opposite !== undefined && reversed !== undefined) return { ...node, operator: reversed, right: opposite };
  return right === node.right ? node : { ...node, right };
}

function foldTangent(expression: Expression): Expression {
  return rewrite(expression, (node) => {
    const folded = constantResult(negativeConstant(node));
    return isTangent(folded) ? tidy(folded) : folded;
  });
}

/** An operation on two numbers, where its result is as short to read. */
function constantResult(node: Expression): Expression {
  if (node.kind !== "binary" || node.left.kind !== "constant" || node.right.kind !== "constant") return node;
  const left = node.left.value;
  const right = node.right.value;
  if (typeof left !== "number" || typeof right !== "number") return node;
  const value = arithmetic(node.operator, left, right);
  if (value === undefined || !Number.isFinite(value) || String(value).length > 6) return node;
  return { ...number(value), ...(node.span !== undefined && { span: node.span }) };
}

function arithmetic(operator: Binary["operator"], left: number, right: number): number | undefined {
  switch (operator) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "/":
      return left / right;
    default:
      return undefined;
  }
}

/** One step of algebra at the root of a tangent whose operands are tidy. */
function tidy(node: Expression): Expression {
  switch (node.kind) {
    case "unary":
      return node.operator === "-" ? negative(node.operand, node) : node;
    case "binary":
      if (node.operator === "+") return tidySum(node);
      if (node.operator === "-") return tidyDifference(node);
      if (node.operator === "*") return tidyProduct(node);
      return node.operator === "/" ? tidyQuotient(node) : node;
    case "conditional":
      return keyOf(node.whenTrue) === keyOf(node.whenFalse) && isPure(effectsOf(node)) ? node.whenTrue : node;
    default:
      return node;
  }
}

function spanned<T extends Expression>(node: T, origin: Expression): T {
  return origin.span === undefined ? node : { ...node, span: origin.span };
}

function binary(operator: Binary["operator"], left: Expression, right: Expression, origin: Expression): Binary {
  return spanned({ kind: "binary", operator, left, right }, origin);
}

/** `-operand`, without two signs in a row. */
function negative(operand: Expression, origin: Expression): Expression {
  const opposite = withoutSign(operand);
  if (opposite !== undefined) return opposite;
  if (operand.kind === "binary" && operand.operator === "-" && mayTrade(operand.left, operand.right))
    return binary("-", operand.right, operand.left, origin);
  const unary: Unary = { kind: "unary", operator: "-", operand };
  return negativeConstant(spanned(unary, origin));
}

/** The expression that this one is the exact negative of, where a sign is there to take away. */
function withoutSign(node: Expression): Expression | undefined {
  if (node.kind === "unary" && node.operator === "-") return node.operand;
  if (node.kind === "constant" && typeof node.value === "number" && node.value < 0) {
    const text = node.text?.startsWith("-") ? { text: node.text.slice(1) } : {};
    return node.text === undefined || "text" in text ? spanned({ ...number(-node.value), ...text }, node) : undefined;
  }
  if (node.kind !== "binary" || (node.operator !== "*" && node.operator !== "/")) return undefined;
  const left = withoutSign(node.left);
  if (left !== undefined) return node.operator === "*" && isNumber(left, 1) ? node.right : { ...node, left };
  const right = withoutSign(node.right);
  return right === undefined ? undefined : { ...node, right };
}

function mayTrade(left: Expression, right: Expression): boolean {
  return commutes(effectsOf(left), effectsOf(right));
}

function tidySum(node: Binary): Expression {
  const { left, right } = node;
  if (isNumber(right, 0)) return left;
  if (isNumber(left, 0)) return right;
  if (sameTerm(left, right)) return twice(left, node);
  const opposite = withoutSign(right);
  if (opposite !== undefined) return binary("-", left, opposite, node);
  if (right.kind === "binary" && (right.operator === "+" || right.operator === "-"))
    return { ...right, left: tidySum(binary("+", left, right.left, node)) };
  const leading = withoutSign(left);
  if (leading !== undefined && mayTrade(left, right)) return binary("-", right, leading, node);
  return node;
}

/** `2 * x * x_t`: the primal factor ahead, as one writes it. */
function twice(term: Expression, origin: Expression): Expression {
  if (term.kind !== "binary" || isTangent(term.left) === isTangent(term.right))
    return binary("*", number(2), term, origin);
  const [factor, slope] = isTangent(term.left) ? [term.right, term.left] : [term.left, term.right];
  return binary("*", binary("*", number(2), factor, origin), slope, origin);
}

function tidyDifference(node: Binary): Expression {
  const { left, right } = node;
  if (isNumber(right, 0)) return left;
  if (isNumber(left, 0)) return negative(right, node);
  const opposite = withoutSign(right);
  if (opposite !== undefined) return binary("+", left, opposite, node);
  return node;
}

function tidyProduct(node: Binary): Expression {
  const { left, right } = node;
  if (isNumber(right, 1)) return left;
  if (isNumber(left, 1)) return right;
  if (isNumber(right, -1)) return negative(left, node);
  if (isNumber(left, -1)) return negative(right, node);
  const positiveLeft = withoutSign(left);
  const positiveRight = positiveLeft === undefined ? undefined : withoutSign(right);
  if (positiveLeft !== undefined && positiveRight !== undefined)
    return tidyProduct(binary("*", positiveLeft, positiveRight, node));
  return node;
}

function tidyQuotient(node: Binary): Expression {
  const { left, right } = node;
  if (isNumber(right, 1)) return left;
  return isNumber(right, -1) ? negative(left, node) : node;
}

/** The same term twice: the very same, or a product with its factors in the other order. */
function sameTerm(left: Expression, right: Expression): boolean {
  if (left.kind !== right.kind) return false;
  if (left.kind === "binary" && (right.kind !== "binary" || left.operator !== "*" || right.operator !== "*"))
    return false;
  if (!isPure(effectsOf(left)) || !isPure(effectsOf(right))) return false;
  return keyOf(left) === keyOf(right);
}
