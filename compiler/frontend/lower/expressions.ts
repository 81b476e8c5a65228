/**
 * Lowers expressions to A-normal form: each operation takes atoms, in JavaScript's evaluation order.
 * What has no lowered form becomes `opaque`: fine where nothing active meets it, refused elsewhere.
 */

import type {
  Atom,
  Binary,
  BinaryOperator,
  Block,
  Expression,
  LogicalOperator,
  Unary,
  Variable,
} from "../../ir/types.ts";
import { unknownThis } from "../../passes/builtins.ts";
import { isFunctionNode, unwrapped } from "../functions.ts";
import { mathAlias, standsForMath } from "../mathAlias.ts";
import { isFunctionOfMath } from "../mathFunctions.ts";
import { ts } from "../project.ts";
import { isScalar } from "../types.ts";
import { lowerAccess } from "./accesses.ts";
import { lowerAssignment, lowerIncrement } from "./assignments.ts";
import { lowerBaseChoice } from "./baseCalls.ts";
import { lowerCall, lowerNew } from "./calls.ts";
import {
  type Context,
  collect,
  isAssignmentOperator,
  isAtom,
  isConstAssertion,
  isPure,
  lookup,
  named,
  reference,
  snapshot,
  spanOf,
  temporary,
  temporaryFrom,
  variablesIn,
} from "./context.ts";
import { lowerFunctionExpression } from "./functions.ts";
import { lowerObjectLiteral } from "./literals.ts";
import { mathValue } from "./mathValues.ts";
import { lowerOptionalEffect, optionalMark } from "./optional.ts";

const K = ts.SyntaxKind;

export const binaryOperators: ReadonlyMap<ts.SyntaxKind, BinaryOperator> = new Map<ts.SyntaxKind, BinaryOperator>([
  [K.PlusToken, "+"],
  [K.MinusToken, "-"],
  [K.AsteriskToken, "*"],
  [K.SlashToken, "/"],
  [K.PercentToken, "%"],
  [K.AsteriskAsteriskToken, "**"],
  [K.AmpersandToken, "&"],
  [K.BarToken, "|"],
  [K.CaretToken, "^"],
  [K.LessThanLessThanToken, "<<"],
  [K.GreaterThanGreaterThanToken, ">>"],
  [K.GreaterThanGreaterThanGreaterThanToken, ">>>"],
  [K.LessThanToken, "<"],
  [K.LessThanEqualsToken, "<="],
  [K.GreaterThanToken, ">"],
  [K.GreaterThanEqualsToken, ">="],
  [K.EqualsEqualsToken, "=="],
  [K.ExclamationEqualsToken, "!="],
  [K.EqualsEqualsEqualsToken, "==="],
  [K.ExclamationEqualsEqualsToken, "!=="],
  [K.InKeyword, "in"],
  [K.InstanceOfKeyword, "instanceof"],
]);

const logicalOperators: ReadonlyMap<ts.SyntaxKind, LogicalOperator> = new Map<ts.SyntaxKind, LogicalOperator>([
  [K.AmpersandAmpersandToken, "&&"],
  [K.BarBarToken, "||"],
  [K.QuestionQuestionToken, "??"],
]);

const unaryOperators: ReadonlyMap<ts.SyntaxKind, Unary["operator"]> = new Map<ts.SyntaxKind, Unary["operator"]>([
  [K.MinusToken, "-"],
  [K.PlusToken, "+"],
  [K.ExclamationToken, "!"],
  [K.TildeToken, "~"],
]);

/** The value of an expression as an atom, named when it is none. */
export function lowerAtom(cx: Context, node: ts.Expression): Atom {
  return named(cx, lowerExpression(cx, node), unwrapped(node));
}

/** Several values, left to right; each as it was when its turn came. */
export function lowerAtoms(cx: Context, nodes: readonly ts.Expression[]): Atom[] {
  return nodes.map((node, i) => snapshot(cx, lowerAtom(cx, node), node, nodes.slice(i + 1)));
}

/** For its effect alone. */
export function lowerEffect(cx: Context, node: ts.Expression): void {
  const inner = unwrapped(node);
  if (ts.isBinaryExpression(inner)) {
    const operator = inner.operatorToken.kind;
    if (operator === K.CommaToken) {
      lowerEffect(cx, inner.left);
      lowerEffect(cx, inner.right);
      return;
    }
    if (isAssignmentOperator(operator)) {
      if (lowerAssignment(cx, inner, false) === undefined) {
        cx.out.push({ kind: "effect", value: opaque(cx, inner, describeSyntax(inner)), span: spanOf(inner) });
      }
      return;
    }
    const logical = logicalOperators.get(operator);
    if (logical === "&&" || logical === "||") {
      const test = lowerTest(cx, inner.left);
      const then = collect(cx, () => lowerEffect(cx, inner.right));
      const negated: Expression = { kind: "unary", operator: "!", operand: test, span: spanOf(inner.left) };
      cx.out.push({ kind: "if", test: logical === "&&" ? test : negated, then, span: spanOf(inner) });
      return;
    }
  }
  if ((ts.isPrefixUnaryExpression(inner) || ts.isPostfixUnaryExpression(inner)) && lowerIncrement(cx, inner, false)) {
    return;
  }
  if (ts.isConditionalExpression(inner)) {
    const test = lowerTest(cx, inner.condition);
    const then = collect(cx, () => lowerEffect(cx, inner.whenTrue));
    const otherwise = collect(cx, () => lowerEffect(cx, inner.whenFalse));
    cx.out.push({ kind: "if", test, then, else: otherwise, span: spanOf(inner) });
    return;
  }
  if (ts.isCallExpression(inner) && lowerOptionalEffect(cx, inner)) return;
  const value = lowerExpression(cx, inner);
  if (!isAtom(value)) cx.out.push({ kind: "effect", value, span: spanOf(inner) });
}

/** A condition: kept as the user's tree where it has no effect, since only its truth matters. */
export function lowerTest(cx: Context, node: ts.Expression): Expression {
  return lowerPure(cx, node) ?? lowerAtom(cx, node);
}

/** An expression without effects as one tree, or nothing. */
export function lowerPure(cx: Context, node: ts.Expression): Expression | undefined {
  if (!isPure(node)) return undefined;
  const value = pureTree(cx, node);
  return value;
}

function pureTree(cx: Context, whole: ts.Expression): Expression | undefined {
  const evaluated = cx.evaluated.get(whole);
  if (evaluated !== undefined) return evaluated;
  const node = ts.isParenthesizedExpression(whole) ? whole.expression : whole;
  const span = spanOf(node);
  if (node !== whole) return pureTree(cx, node);
  if (ts.isBinaryExpression(node)) {
    const left = pureTree(cx, node.left);
    const right = left && pureTree(cx, node.right);
    if (left === undefined || right === undefined) return undefined;
    const operator = binaryOperators.get(node.operatorToken.kind);
    if (operator !== undefined) return { kind: "binary", operator, left, right, span };
    const logical = logicalOperators.get(node.operatorToken.kind);
    return logical && { kind: "logical", operator: logical, left, right, span };
  }
  if (ts.isPrefixUnaryExpression(node)) {
    const operator = unaryOperators.get(node.operator);
    const operand = operator && pureTree(cx, node.operand);
    if (operator === undefined || operand === undefined) return undefined;
    return foldSign({ kind: "unary", operator, operand, span }, node);
  }
  if (ts.isTypeOfExpression(node)) {
    const operand = pureTree(cx, node.expression);
    return operand && { kind: "unary", operator: "typeof", operand, span };
  }
  if (ts.isConditionalExpression(node)) {
    const test = pureTree(cx, node.condition);
    const whenTrue = test && pureTree(cx, node.whenTrue);
    const whenFalse = whenTrue && pureTree(cx, node.whenFalse);
    if (test === undefined || whenTrue === undefined || whenFalse === undefined) return undefined;
    return { kind: "conditional", test, whenTrue, whenFalse, span };
  }
  if (ts.isPropertyAccessExpression(node) && !isGlobalNamespace(cx, node.expression)) {
    // A getter may do anything.
    const { flags = 0 } = cx.program.checker.getSymbolAtLocation(node.name) ?? {};
    if ((flags & ts.SymbolFlags.Accessor) !== 0) return undefined;
    const object = pureTree(cx, node.expression);
    if (object === undefined) return undefined;
    return { kind: "field", object, name: node.name.text, span, ...optionalMark(cx, node) };
  }
  if (ts.isElementAccessExpression(node)) {
    const object = pureTree(cx, node.expression);
    const index = object && pureTree(cx, node.argumentExpression);
    if (object === undefined || index === undefined) return undefined;
    return { kind: "element", object, index, span, ...optionalMark(cx, node) };
  }
  if (ts.isNonNullExpression(node)) {
    const operand = pureTree(cx, node.expression);
    return operand && withNonNull(operand);
  }
  if (ts.isCallExpression(node)) {
    const name = mathFunction(cx, node);
    if (name === undefined || node.arguments.some(ts.isSpreadElement)) return undefined;
    const values = node.arguments.map((argument) => pureTree(cx, argument));
    const known = values.filter((value) => value !== undefined);
    return known.length === values.length ? { kind: "math", name, arguments: known, span } : undefined;
  }
  const value = simpleValue(cx, node);
  return value;
}

/** `-1` is a constant. */
function foldSign(value: Unary, node: ts.PrefixUnaryExpression): Expression {
  const { operand } = value;
  if (
    value.operator === "-" &&
    operand.kind === "constant" &&
    typeof operand.value === "number" &&
    operand.value >= 0
  ) {
    const span = spanOf(node);
    if (Object.is(operand.value, 0) || operand.text === undefined)
      return { kind: "constant", value: -operand.value, span };
    if (ts.isNumericLiteral(node.operand) || operand.text === "Infinity")
      return { kind: "constant", value: -operand.value, text: `-${operand.text}`, span };
  }
  return value;
}

export function withNonNull(value: Expression): Expression {
  if (value.kind === "variable" || value.kind === "element" || value.kind === "field")
    return { ...value, nonNull: true };
  return value;
}

/** Literals and names. */
function simpleValue(cx: Context, node: ts.Expression): Expression | undefined {
  const span = spanOf(node);
  if (ts.isNumericLiteral(node)) return { kind: "constant", value: Number(node.text), text: node.getText(), span };
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) {
    return { kind: "constant", value: node.text, text: node.getText(), span };
  }
  switch (node.kind) {
    case K.TrueKeyword:
      return { kind: "constant", value: true, span };
    case K.FalseKeyword:
      return { kind: "constant", value: false, span };
    case K.NullKeyword:
      return { kind: "constant", value: null, span };
  }
  if (node.kind === K.ThisKeyword && cx.receiver !== undefined) return reference(cx.receiver, span);
  if (ts.isIdentifier(node)) {
    const variable = lookup(cx, node);
    if (variable !== undefined) return reference(variable, span);
    if (node.text === "undefined") return { kind: "constant", value: undefined, span };
    if (node.text === "NaN") return { kind: "constant", value: Number.NaN, text: "NaN", span };
    if (node.text === "Infinity") return { kind: "constant", value: Number.POSITIVE_INFINITY, text: "Infinity", span };
    return undefined;
  }
  if (ts.isPropertyAccessExpression(node) && isGlobalNamespace(cx, node.expression)) {
    const value = globalConstant(node.expression.getText(), node.name.text);
    if (value !== undefined) return { kind: "constant", value, text: node.getText(), span };
    if (node.expression.getText() === "Math" && isFunctionOfMath(node.name.text)) return mathValue(cx, node);
  }
  return undefined;
}

/** `Math.PI`, `Number.EPSILON`. */
function globalConstant(namespace: string, name: string): number | undefined {
  const holder: object = namespace === "Math" ? Math : Number;
  const value: unknown = Reflect.get(holder, name);
  return typeof value === "number" ? value : undefined;
}

/** `Math` or `Number`, and not a variable of the user's with that name. */
export function isGlobalNamespace(cx: Context, node: ts.Expression): boolean {
  return ts.isIdentifier(node) && (node.text === "Math" || node.text === "Number") && lookup(cx, node) === undefined;
}

/** The name of the Math function that a call calls, `random` apart. */
export function mathFunction(cx: Context, node: ts.CallExpression): string | undefined {
  const callee = unwrapped(node.expression);
  if (ts.isIdentifier(callee)) return mathAlias(cx.program.checker, callee);
  if (!ts.isPropertyAccessExpression(callee) || !ts.isIdentifier(callee.expression)) return undefined;
  if (!standsForMath(cx.program.checker, callee.expression)) return undefined;
  return callee.name.text === "random" ? undefined : callee.name.text;
}

/** The value of an expression: an atom, or one operation on atoms. */
export function lowerExpression(cx: Context, whole: ts.Expression): Expression {
  const evaluated = cx.evaluated.get(whole);
  if (evaluated !== undefined) return evaluated;
  const node = ts.isParenthesizedExpression(whole) ? whole.expression : whole;
  if (node !== whole) return lowerExpression(cx, node);
  const span = spanOf(node);
  const simple = simpleValue(cx, node);
  if (simple !== undefined) return simple;

  if (ts.isBinaryExpression(node)) return lowerBinary(cx, node);
  if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) {
    const changed = lowerIncrement(cx, node, true);
    if (changed !== undefined && changed !== true) return changed;
    const operator = unaryOperators.get(node.operator);
    if (operator !== undefined) {
      return foldSign(
        { kind: "unary", operator, operand: lowerAtom(cx, node.operand), span },
        node as ts.PrefixUnaryExpression,
      );
    }
  }
  if (ts.isTypeOfExpression(node)) {
    return { kind: "unary", operator: "typeof", operand: lowerAtom(cx, node.expression), span };
  }
  if (ts.isVoidExpression(node)) {
    lowerEffect(cx, node.expression);
    return { kind: "constant", value: undefined, span };
  }
  if (ts.isConditionalExpression(node)) {
    return lowerConditional(cx, node);
  }
  if (ts.isNonNullExpression(node)) {
    const value = lowerExpression(cx, node.expression);
    return withNonNull(value.kind === "call" ? named(cx, value, node.expression) : value);
  }
  if (ts.isAsExpression(node) || ts.isTypeAssertionExpression(node) || ts.isSatisfiesExpression(node)) {
    const operand = lowerExpression(cx, node.expression);
    const type = node.type.getText();
    if (ts.isSatisfiesExpression(node) || type === "const") return operand;
    if (cx.types.at(node).kind === "number") {
      const from = cx.types.at(node.expression);
      if (from.kind === "number") return operand;
      const place = operand.kind === "element" || operand.kind === "field" || operand.kind === "variable";
      if (place && from.kind === "union" && isScalar(from)) return withNonNull(operand);
    }
    return { kind: "as", operand: named(cx, operand, node.expression), type, span };
  }
  if (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)) return lowerAccess(cx, node);
  if (ts.isCallExpression(node)) return lowerCall(cx, node);
  if (ts.isNewExpression(node)) return lowerNew(cx, node);
  if (ts.isArrayLiteralExpression(node)) {
    const plain = node.elements.every((element) => !ts.isOmittedExpression(element));
    if (plain) return lowerArrayLiteral(cx, node);
  }
  if (ts.isObjectLiteralExpression(node)) {
    const literal = lowerObjectLiteral(cx, node);
    if (literal !== undefined) return literal;
  }
  if ((ts.isFunctionExpression(node) || ts.isArrowFunction(node)) && isFunctionNode(node)) {
    return lowerFunctionExpression(cx, node);
  }
  return opaque(cx, node, node.kind === K.ThisKeyword ? unknownThis : describeSyntax(node));
}

function lowerArrayLiteral(cx: Context, node: ts.ArrayLiteralExpression): Expression {
  const parts = node.elements.map((element) => (ts.isSpreadElement(element) ? element.expression : element));
  const atoms = parts.map((part, i) => {
    const later = parts.slice(i + 1);
    const atom = snapshot(cx, lowerAtom(cx, part), part, later);
    const element = node.elements[i];
    if (element === undefined || !ts.isSpreadElement(element) || later.every(isPure)) return atom;
    // Its elements are taken now, whatever the parts behind it do to it.
    const span = spanOf(element);
    return named(cx, { kind: "array", elements: [{ kind: "spread", operand: atom, span }], span }, part);
  });
  const constant = isConstAssertion(node);
  const contextual = cx.types.at(node);
  return {
    kind: "array",
    elements: atoms.map((atom, i) => {
      const element = node.elements[i];
      return element !== undefined && ts.isSpreadElement(element)
        ? { kind: "spread", operand: atom, span: spanOf(element) }
        : atom;
    }),
    span: spanOf(node),
    ...(constant
      ? { as: "const" }
      : contextual.kind === "tuple" && !typedByPlace(node)
        ? { as: tupleText(cx, node) }
        : {}),
  };
}

/** Whether the place where a literal stands says that it is a tuple. */
function typedByPlace(node: ts.Expression): boolean {
  const { parent } = node;
  if (ts.isVariableDeclaration(parent)) return parent.type !== undefined;
  return ts.isReturnStatement(parent) || ts.isCallExpression(parent) || ts.isArrowFunction(parent);
}

function tupleText(cx: Context, node: ts.Expression): string {
  return cx.types.text(cx.program.checker.getTypeAtLocation(node), node);
}

/** Something with no lowered form, as it stands. */
export function opaque(cx: Context, node: ts.Expression, what: string): Expression {
  const { reads, writes } = variablesIn(cx, node);
  return {
    kind: "opaque",
    text: node.getText(),
    span: spanOf(node),
    type: cx.types.at(node),
    reads,
    writes,
    pure: isPure(node),
    what,
  };
}

export function describeSyntax(node: ts.Node): string {
  if (ts.isTemplateExpression(node)) return "a template string";
  if (ts.isAwaitExpression(node)) return "an await expression";
  if (ts.isYieldExpression(node)) return "a yield expression";
  if (ts.isDeleteExpression(node)) return "a delete expression";
  if (node.kind === K.ThisKeyword) return "this";
  const words = (K[node.kind] ?? "this syntax").replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
  return /^[aeiou]/.test(words) ? `an ${words}` : `a ${words}`;
}

function lowerBinary(cx: Context, node: ts.BinaryExpression): Expression {
  const operatorKind = node.operatorToken.kind;
  const span = spanOf(node);
  if (operatorKind === K.CommaToken) {
    lowerEffect(cx, node.left);
    return lowerExpression(cx, node.right);
  }
  if (isAssignmentOperator(operatorKind)) {
    return lowerAssignment(cx, node, true) ?? opaque(cx, node, "this assignment");
  }
  const logical = logicalOperators.get(operatorKind);
  if (logical !== undefined) return lowerLogical(cx, node, logical);
  const operator = binaryOperators.get(operatorKind);
  if (operator === undefined || ts.isPrivateIdentifier(node.left)) return opaque(cx, node, describeSyntax(node));
  const [left, right] = lowerAtoms(cx, [node.left, node.right]);
  if (left === undefined || right === undefined) return opaque(cx, node, describeSyntax(node));
  const value: Binary = { kind: "binary", operator, left, right, span };
  return value;
}

function lowerLogical(cx: Context, node: ts.BinaryExpression, operator: LogicalOperator): Expression {
  const span = spanOf(node);
  const base = operator === "||" ? lowerBaseChoice(cx, node) : undefined;
  if (base !== undefined) return base;
  const left = lowerAtom(cx, node.left);
  let right: Expression | undefined;
  const body = collect(cx, () => {
    right = lowerExpression(cx, node.right);
  });
  if (right === undefined) return opaque(cx, node, describeSyntax(node));
  if (body.length === 0 && isAtom(right)) return { kind: "logical", operator, left, right, span };
  const result = temporaryFrom(cx, node, node.left);
  const target = { kind: "variable", variable: result } as const;
  cx.out.push({ kind: "declare", keyword: "let", variable: result, value: left, span: spanOf(node.left) });
  const store = { kind: "assign", target, value: right, span: spanOf(node.right) } as const;
  cx.out.push({ kind: "if", test: continues(operator, target), then: [...body, store], span });
  return reference(result, span);
}

/** Whether `left OPERATOR …` goes on to its right side. */
function continues(operator: LogicalOperator, left: Atom): Expression {
  if (operator === "&&") return left;
  if (operator === "||") return { kind: "unary", operator: "!", operand: left };
  return { kind: "binary", operator: "==", left, right: { kind: "constant", value: null } };
}

/** `test ? a : b`, as an expression where the arms are atoms, else by a variable and `if`. */
function lowerConditional(cx: Context, node: ts.ConditionalExpression): Expression {
  const span = spanOf(node);
  const test = lowerTest(cx, node.condition);
  const result = temporary(cx, cx.types.at(node), node, true);
  const then = armOf(cx, result, node.whenTrue);
  const otherwise = armOf(cx, result, node.whenFalse);
  const [first] = then;
  const [second] = otherwise;
  if (then.length === 1 && otherwise.length === 1 && first?.kind === "assign" && second?.kind === "assign") {
    if (isAtom(first.value) && isAtom(second.value)) {
      return { kind: "conditional", test, whenTrue: first.value, whenFalse: second.value, span };
    }
  }
  cx.out.push({ kind: "declare", keyword: "let", variable: result, span });
  cx.out.push({ kind: "if", test, then, else: otherwise, span });
  return reference(result, span);
}

/** One arm, stored into the variable of the whole; a choice inside it goes to the same variable. */
function armOf(cx: Context, result: Variable, arm: ts.Expression): Block {
  return collect(cx, () => {
    let node = arm;
    while (ts.isParenthesizedExpression(node)) node = node.expression;
    if (ts.isConditionalExpression(node)) {
      const test = lowerTest(cx, node.condition);
      const then = armOf(cx, result, node.whenTrue);
      cx.out.push({ kind: "if", test, then, else: armOf(cx, result, node.whenFalse), span: spanOf(node) });
      return;
    }
    const value = lowerExpression(cx, node);
    cx.out.push({ kind: "assign", target: { kind: "variable", variable: result }, value, span: spanOf(node) });
  });
}
