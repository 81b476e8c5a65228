/** Lowers destructuring to reads of elements and fields. A literal on the right is taken apart without being built. */

import type { Atom, Declare, Expression, Place, Type } from "../../ir/types.ts";
import { unwrapped } from "../functions.ts";
import { ts } from "../project.ts";
import { orMissing } from "../types.ts";
import { lowerPlace } from "./assignments.ts";
import { type Context, collect, lookup, named, reference, snapshot, spanOf, temporary } from "./context.ts";
import { lowerAtom, lowerExpression, opaque } from "./expressions.ts";
import { propertyName } from "./literals.ts";

/** How the parts of a pattern are stored: by a declaration, or into a place. */
type Store = (target: ts.Node, value: Expression) => void;

/** `const [a, { b }] = value`. */
export function declarePattern(
  cx: Context,
  keyword: Declare["keyword"],
  pattern: ts.BindingName,
  value: ts.Expression | Atom,
): void {
  const store: Store = (target, part) => {
    const variable = ts.isIdentifier(target) ? lookup(cx, target) : undefined;
    if (variable !== undefined) cx.out.push({ kind: "declare", keyword, variable, value: part, span: spanOf(target) });
  };
  takeApart(cx, pattern, value, store);
}

/** `[a[0], b] = value`. Returns the value of the expression when it is needed. */
export function assignPattern(
  cx: Context,
  pattern: ts.ArrayLiteralExpression | ts.ObjectLiteralExpression,
  value: ts.Expression | Atom,
  needed: boolean,
): Expression {
  const store: Store = (target, part) => {
    const place = ts.isExpression(target) ? lowerPlace(cx, target, []) : undefined;
    if (place !== undefined) cx.out.push({ kind: "assign", target: place, value: part, span: spanOf(target) });
    else if (ts.isExpression(target))
      cx.out.push({ kind: "effect", value: opaque(cx, target, "this target of a destructuring") });
  };
  if (needed) {
    const whole = isNode(value) ? lowerAtom(cx, value) : value;
    takeApart(cx, pattern, whole, store);
    return whole;
  }
  takeApart(cx, pattern, value, store);
  return { kind: "constant", value: undefined };
}

interface Part {
  readonly target: ts.Node;
  readonly fallback: ts.Expression | undefined;
}

function takeApart(cx: Context, pattern: ts.Node, value: ts.Expression | Atom, store: Store): void {
  if (!ts.isArrayBindingPattern(pattern) && !ts.isArrayLiteralExpression(pattern)) {
    if (ts.isObjectBindingPattern(pattern) || ts.isObjectLiteralExpression(pattern)) {
      takeObjectApart(cx, pattern, isNode(value) ? snapshotWhole(cx, value) : value, store);
    } else {
      store(pattern, isNode(value) ? lowerExpression(cx, value) : value);
    }
    return;
  }
  const elements = pattern.elements.map(arrayPart);
  const literal = isNode(value) ? unwrapped(value) : undefined;
  if (literal !== undefined && isSimpleArray(literal, elements)) {
    // All values first, then all stores: that is what makes `[a, b] = [b, a]` a swap.
    const values = literal.elements.map((element, i) =>
      copied(cx, lowerAtom(cx, element), element, literal.elements.slice(i + 1)),
    );
    elements.forEach((part, i) => {
      const atom = values[i];
      if (part !== undefined && atom !== undefined) storePart(cx, part, atom, store);
    });
    return;
  }
  const whole = isNode(value) ? snapshotWhole(cx, value) : value;
  pattern.elements.forEach((element, i) => {
    const part = elements[i];
    if (part === undefined) return;
    const span = spanOf(element);
    if ((ts.isBindingElement(element) && element.dotDotDotToken) || ts.isSpreadElement(element)) {
      const from = { kind: "constant", value: i } as const;
      const callee = { kind: "method", object: whole, name: "slice" } as const;
      storePart(cx, part, { kind: "call", callee, arguments: [from], span }, store);
    } else {
      storePart(cx, part, { kind: "element", object: whole, index: { kind: "constant", value: i }, span }, store);
    }
  });
}

/** A value of a swap must not be a variable that one of the stores changes. */
function copied(cx: Context, atom: Atom, node: ts.Expression, later: readonly ts.Node[]): Atom {
  const held = snapshot(cx, atom, node, later);
  if (held.kind !== "variable" || held.variable.role !== "user" || !held.variable.reassigned) return held;
  const variable = temporary(cx, cx.types.at(node), node);
  cx.out.push({ kind: "declare", keyword: "const", variable, value: held, span: spanOf(node) });
  return reference(variable, spanOf(node));
}

function snapshotWhole(cx: Context, value: ts.Expression): Atom {
  return copied(cx, lowerAtom(cx, value), value, []);
}

function isSimpleArray(
  literal: ts.Expression,
  parts: readonly (Part | undefined)[],
): literal is ts.ArrayLiteralExpression {
  return (
    ts.isArrayLiteralExpression(literal) &&
    literal.elements.length >= parts.length &&
    literal.elements.every((element) => !ts.isSpreadElement(element) && !ts.isOmittedExpression(element)) &&
    parts.every((part) => part === undefined || !isRest(part))
  );
}

const isRest = (part: Part): boolean => {
  const { parent } = part.target;
  return ts.isSpreadElement(parent) || (ts.isBindingElement(parent) && parent.dotDotDotToken !== undefined);
};

function arrayPart(element: ts.ArrayBindingElement | ts.Expression): Part | undefined {
  if (ts.isOmittedExpression(element)) return undefined;
  if (ts.isBindingElement(element)) return { target: element.name, fallback: element.initializer };
  if (ts.isSpreadElement(element)) return { target: element.expression, fallback: undefined };
  return assignmentPart(element);
}

function assignmentPart(element: ts.Expression): Part {
  if (ts.isBinaryExpression(element) && element.operatorToken.kind === ts.SyntaxKind.EqualsToken) {
    return { target: element.left, fallback: element.right };
  }
  return { target: element, fallback: undefined };
}

function takeObjectApart(
  cx: Context,
  pattern: ts.ObjectBindingPattern | ts.ObjectLiteralExpression,
  whole: Atom,
  store: Store,
): void {
  const taken: string[] = [];
  const parts = ts.isObjectBindingPattern(pattern) ? pattern.elements : pattern.properties;
  for (const element of parts) {
    const span = spanOf(element);
    if (isObjectRest(element)) {
      const target = ts.isBindingElement(element) ? element.name : element.expression;
      const callee = { kind: "global", name: "fgrad:without", pure: true } as const;
      const names = taken.map((name) => ({ kind: "constant", value: name }) as const);
      storePart(
        cx,
        { target, fallback: undefined },
        { kind: "call", callee, arguments: [whole, ...names], span },
        store,
      );
      continue;
    }
    const [name, part] = objectPart(element);
    if (name === undefined || part === undefined) {
      cx.out.push({ kind: "effect", value: opaquePattern(cx, element) });
      continue;
    }
    taken.push(name);
    storePart(cx, part, { kind: "field", object: whole, name, span }, store);
  }
}

const isObjectRest = (element: ts.Node): element is ts.BindingElement | ts.SpreadAssignment =>
  (ts.isBindingElement(element) && element.dotDotDotToken !== undefined) || ts.isSpreadAssignment(element);

function objectPart(element: ts.Node): readonly [string | undefined, Part | undefined] {
  if (ts.isBindingElement(element)) {
    const { propertyName: key, name, initializer } = element;
    const text = key !== undefined ? propertyName(key) : ts.isIdentifier(name) ? name.text : undefined;
    return [text, { target: name, fallback: initializer }];
  }
  if (ts.isShorthandPropertyAssignment(element)) {
    return [element.name.text, { target: element.name, fallback: element.objectAssignmentInitializer }];
  }
  if (ts.isPropertyAssignment(element)) return [propertyName(element.name), assignmentPart(element.initializer)];
  return [undefined, undefined];
}

function opaquePattern(cx: Context, element: ts.Node): Expression {
  const around = element.parent;
  const node = ts.isExpression(around) ? around : undefined;
  if (node !== undefined) return opaque(cx, node, "a destructuring by a computed name");
  return {
    kind: "opaque",
    text: element.getText(),
    span: spanOf(element),
    type: { kind: "unknown" },
    reads: [],
    writes: [],
    pure: false,
    what: "a destructuring by a computed name",
  };
}

/** Stores one part, its default in place of `undefined`. */
function storePart(cx: Context, part: Part, value: Expression, store: Store): void {
  const { target, fallback } = part;
  if (fallback === undefined) {
    if (ts.isIdentifier(target) || (ts.isExpression(target) && !isPattern(target))) store(target, value);
    else takeApart(cx, target, named(cx, value, target as ts.Expression), store);
    return;
  }
  const type = cx.types.at(target);
  // What is taken apart is there when it is; of its shadow the type checker has to be told so.
  const given: Type = isPattern(target) || type.kind === "function" ? orMissing(type) : type;
  const result = temporary(cx, given, target, true);
  cx.out.push({ kind: "declare", keyword: "let", variable: result, value, span: spanOf(target) });
  const filled = collect(cx, () => {
    const place: Place = { kind: "variable", variable: result };
    cx.out.push({ kind: "assign", target: place, value: lowerExpression(cx, fallback), span: spanOf(fallback) });
  });
  const test: Expression = {
    kind: "binary",
    operator: "===",
    left: reference(result),
    right: { kind: "constant", value: undefined },
  };
  cx.out.push({ kind: "if", test, then: filled, span: spanOf(target) });
  if (isPattern(target)) takeApart(cx, target, reference(result), store);
  else store(target, reference(result));
}

const isPattern = (node: ts.Node): boolean =>
  ts.isArrayBindingPattern(node) ||
  ts.isObjectBindingPattern(node) ||
  ts.isArrayLiteralExpression(node) ||
  ts.isObjectLiteralExpression(node);

function isNode(value: ts.Expression | Atom): value is ts.Expression {
  return typeof value.kind === "number";
}
