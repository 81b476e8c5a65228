/** Lowers assignments, `++` and `--`, to plain stores in evaluation order. */

import type { Atom, BinaryOperator, Constant, Expression, LogicalOperator, Place } from "../../ir/types.ts";
import { unwrapped } from "../functions.ts";
import { ts } from "../project.ts";
import {
  type Context,
  collect,
  lookup,
  named,
  reference,
  snapshot,
  spanOf,
  temporary,
  temporaryFrom,
} from "./context.ts";
import { binaryOperators, lowerAtom, lowerAtoms, lowerExpression } from "./expressions.ts";
import { assignPattern } from "./patterns.ts";

const K = ts.SyntaxKind;

const compound: ReadonlyMap<ts.SyntaxKind, ts.SyntaxKind> = new Map<ts.SyntaxKind, ts.SyntaxKind>([
  [K.PlusEqualsToken, K.PlusToken],
  [K.MinusEqualsToken, K.MinusToken],
  [K.AsteriskEqualsToken, K.AsteriskToken],
  [K.SlashEqualsToken, K.SlashToken],
  [K.PercentEqualsToken, K.PercentToken],
  [K.AsteriskAsteriskEqualsToken, K.AsteriskAsteriskToken],
  [K.AmpersandEqualsToken, K.AmpersandToken],
  [K.BarEqualsToken, K.BarToken],
  [K.CaretEqualsToken, K.CaretToken],
  [K.LessThanLessThanEqualsToken, K.LessThanLessThanToken],
  [K.GreaterThanGreaterThanEqualsToken, K.GreaterThanGreaterThanToken],
  [K.GreaterThanGreaterThanGreaterThanEqualsToken, K.GreaterThanGreaterThanGreaterThanToken],
]);

const logical: ReadonlyMap<ts.SyntaxKind, LogicalOperator> = new Map<ts.SyntaxKind, LogicalOperator>([
  [K.AmpersandAmpersandEqualsToken, "&&"],
  [K.BarBarEqualsToken, "||"],
  [K.QuestionQuestionEqualsToken, "??"],
]);

/** A place that can be read and stored; its object and index are evaluated here, before what follows. */
export function lowerPlace(cx: Context, target: ts.Expression, later: readonly ts.Node[]): Place | undefined {
  const node = unwrapped(target);
  const span = spanOf(node);
  if (ts.isIdentifier(node)) {
    const variable = lookup(cx, node);
    return variable && { kind: "variable", variable, span };
  }
  if (ts.isPropertyAccessExpression(node)) {
    const object = snapshot(cx, lowerAtom(cx, node.expression), node.expression, later);
    return { kind: "field", object, name: node.name.text, span, ...(isReadonly(cx, node) && { readonly: true }) };
  }
  if (ts.isElementAccessExpression(node)) {
    const [object, index] = lowerAtoms(cx, [node.expression, node.argumentExpression]);
    if (object === undefined || index === undefined) return undefined;
    return {
      kind: "element",
      object: snapshot(cx, object, node.expression, later),
      index: snapshot(cx, index, node.argumentExpression, later),
      span,
    };
  }
  return undefined;
}

/** Whether a field of `this` can be stored into by a constructor only. */
function isReadonly(cx: Context, node: ts.PropertyAccessExpression): boolean {
  if (node.expression.kind !== K.ThisKeyword) return false;
  const declared = cx.program.checker.getSymbolAtLocation(node.name)?.valueDeclaration;
  return declared !== undefined && isReadonlyField(declared);
}

/** Whether a declaration of a field, or a parameter that is one, says `readonly`. */
export function isReadonlyField(node: ts.Node): boolean {
  const modifiers = ts.canHaveModifiers(node) ? (ts.getModifiers(node) ?? []) : [];
  return modifiers.some((one) => one.kind === ts.SyntaxKind.ReadonlyKeyword);
}

/**
 * Writes the statements of an assignment. Returns its value as an atom when `needed`; nothing when the target has no
 * lowered form.
 */
export function lowerAssignment(cx: Context, node: ts.BinaryExpression, needed: boolean): Expression | undefined {
  const span = spanOf(node);
  const kind = node.operatorToken.kind;
  const target = unwrapped(node.left);
  if (ts.isArrayLiteralExpression(target) || ts.isObjectLiteralExpression(target)) {
    return assignPattern(cx, target, node.right, needed);
  }
  const shortCircuit = logical.get(kind);
  if (shortCircuit !== undefined) {
    return needed ? lowerLogicalAssignment(cx, node, shortCircuit) : lowerLogicalStatement(cx, node, shortCircuit);
  }

  const place = lowerPlace(cx, target, [node.right]);
  if (place === undefined) return undefined;
  const operator = binaryOperators.get(compound.get(kind) ?? K.Unknown);
  if (operator === undefined) {
    const value = lowerExpression(cx, node.right);
    return store(cx, place, value, node.right, needed, span);
  }
  const old = snapshot(cx, read(cx, marked(place, node.left), target), target, [node.right]);
  const right = lowerAtom(cx, node.right);
  return store(cx, place, { kind: "binary", operator, left: old, right, span }, node, needed, span);
}

function store(
  cx: Context,
  place: Place,
  value: Expression,
  node: ts.Expression,
  needed: boolean,
  span: ReturnType<typeof spanOf>,
): Expression {
  // What an assignment yields is its right side, not what the place makes of it (a Float32Array rounds).
  const stored = needed ? named(cx, value, node) : value;
  cx.out.push({ kind: "assign", target: place, value: stored, span });
  return stored;
}

/** A place as it is read: `xs[0]! += 1` says that something is there. */
function marked(place: Place, target: ts.Expression): Place {
  return ts.isNonNullExpression(target) && place.kind !== "register" ? { ...place, nonNull: true } : place;
}

/** The value that a place holds now. */
function read(cx: Context, place: Place, node: ts.Expression): Atom {
  return named(cx, place, node);
}

/** `place ||= value` for its effect alone is `if (!place) place = value`. */
function lowerLogicalStatement(
  cx: Context,
  node: ts.BinaryExpression,
  operator: LogicalOperator,
): Expression | undefined {
  const span = spanOf(node);
  const place = lowerPlace(cx, node.left, [node.right]);
  if (place === undefined) return undefined;
  const then = collect(cx, () => {
    const value = lowerExpression(cx, node.right);
    cx.out.push({ kind: "assign", target: place, value, span });
  });
  cx.out.push({ kind: "if", test: goesOn(operator, place), then, span });
  return { kind: "constant", value: undefined };
}

/** Whether `left OPERATOR= …` goes on to its right side. */
function goesOn(operator: LogicalOperator, left: Expression): Expression {
  if (operator === "&&") return left;
  if (operator === "||") return { kind: "unary", operator: "!", operand: left };
  return { kind: "binary", operator: "==", left, right: { kind: "constant", value: null } };
}

function lowerLogicalAssignment(
  cx: Context,
  node: ts.BinaryExpression,
  operator: LogicalOperator,
): Expression | undefined {
  const span = spanOf(node);
  const place = lowerPlace(cx, node.left, [node.right]);
  if (place === undefined) return undefined;
  const result = temporaryFrom(cx, node, node.left);
  const target = { kind: "variable", variable: result } as const;
  cx.out.push({ kind: "declare", keyword: "let", variable: result, value: place, span: spanOf(node.left) });
  const then = collect(cx, () => {
    const value = lowerExpression(cx, node.right);
    cx.out.push({ kind: "assign", target, value, span: spanOf(node.right) });
    cx.out.push({ kind: "assign", target: place, value: reference(result), span });
  });
  cx.out.push({ kind: "if", test: goesOn(operator, target), then, span });
  return reference(result, span);
}

/**
 * `++` and `--`: writes the store, and returns the value of the expression when `needed`, else `true`.
 * Nothing for other operators.
 */
export function lowerIncrement(
  cx: Context,
  node: ts.PrefixUnaryExpression | ts.PostfixUnaryExpression,
  needed: boolean,
): Expression | true | undefined {
  const operator: BinaryOperator | undefined =
    node.operator === K.PlusPlusToken ? "+" : node.operator === K.MinusMinusToken ? "-" : undefined;
  if (operator === undefined || cx.types.at(node.operand).kind === "bigint") return undefined;
  const span = spanOf(node);
  const place = lowerPlace(cx, node.operand, []);
  if (place === undefined) return undefined;
  const one: Constant = { kind: "constant", value: 1 };
  let old = read(cx, marked(place, node.operand), node.operand);
  const postfix = ts.isPostfixUnaryExpression(node);
  if (postfix && needed && old.kind === "variable" && old.variable.role === "user") {
    const copy = temporary(cx, cx.types.at(node), node);
    cx.out.push({ kind: "declare", keyword: "const", variable: copy, value: old, span });
    old = reference(copy, span);
  }
  const value: Expression = { kind: "binary", operator, left: old, right: one, span };
  const stored = needed && !postfix ? named(cx, value, node) : value;
  cx.out.push({ kind: "assign", target: place, value: stored, span });
  if (!needed) return true;
  return postfix ? old : stored;
}
