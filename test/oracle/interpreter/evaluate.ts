import ts from "typescript";
import { evaluateClass, superCall } from "./classes.ts";
import { primalOf, toKey, toText, truthy } from "./dual.ts";
import { makeFunction } from "./functions.ts";
import { call, construct, deleteMember, getMember, getPrivate, hasMember, sourceText } from "./members.ts";
import { DualFloats } from "./memory.ts";
import { applyBinary, applyPrefix, step, typeOf } from "./operators.ts";
import { assignPattern, type Reference, readReference, reference, writeReference } from "./references.ts";
import { OracleError } from "./run.ts";
import { findCell, findPrivate, readName, type Scope } from "./scope.ts";

const { SyntaxKind } = ts;

/** What the links of an optional chain give once one of them met undefined or null. */
const SHORT = Symbol("short-circuited");

type Evaluator = (node: never, scope: Scope) => unknown;

const inner = (node: TypeOnlyWrapper | ts.ParenthesizedExpression, scope: Scope): unknown =>
  evaluate(node.expression, scope);
const link = (node: Link, scope: Scope): unknown => {
  const value = evaluateLink(node, scope);
  return value === SHORT ? undefined : value;
};
const literal = (node: ts.StringLiteralLike): string => node.text;
const closure = (node: ts.ArrowFunction | ts.FunctionExpression, scope: Scope): unknown => makeFunction(node, scope);

/** How each kind of expression is evaluated. */
const evaluators: Readonly<Partial<Record<ts.SyntaxKind, Evaluator>>> = {
  [SyntaxKind.TrueKeyword]: () => true,
  [SyntaxKind.FalseKeyword]: () => false,
  [SyntaxKind.NullKeyword]: () => null,
  [SyntaxKind.ThisKeyword]: (_: unknown, scope) => thisValue(scope),
  [SyntaxKind.Identifier]: (node: ts.Identifier, scope) =>
    node.text === "undefined" ? undefined : readName(scope, node.text),
  [SyntaxKind.NumericLiteral]: (node: ts.NumericLiteral) => Number(node.text),
  [SyntaxKind.StringLiteral]: literal,
  [SyntaxKind.NoSubstitutionTemplateLiteral]: literal,
  [SyntaxKind.BigIntLiteral]: (node: ts.BigIntLiteral) => BigInt(node.text.slice(0, -1)),
  [SyntaxKind.RegularExpressionLiteral]: (node: ts.RegularExpressionLiteral) => {
    const end = node.text.lastIndexOf("/");
    return new RegExp(node.text.slice(1, end), node.text.slice(end + 1));
  },
  [SyntaxKind.ParenthesizedExpression]: inner,
  [SyntaxKind.AsExpression]: inner,
  [SyntaxKind.TypeAssertionExpression]: inner,
  [SyntaxKind.SatisfiesExpression]: inner,
  [SyntaxKind.ExpressionWithTypeArguments]: inner,
  [SyntaxKind.NonNullExpression]: (node: ts.NonNullExpression, scope) =>
    ts.isNonNullChain(node) ? link(node, scope) : inner(node, scope),
  [SyntaxKind.PropertyAccessExpression]: link,
  [SyntaxKind.ElementAccessExpression]: link,
  [SyntaxKind.CallExpression]: link,
  [SyntaxKind.BinaryExpression]: evaluateBinary,
  [SyntaxKind.PrefixUnaryExpression]: evaluatePrefix,
  [SyntaxKind.PostfixUnaryExpression]: (node: ts.PostfixUnaryExpression, scope) => {
    const place = reference(node.operand, scope);
    const { before, after } = step(readReference(place), node.operator === SyntaxKind.PlusPlusToken ? 1 : -1);
    writeReference(place, after);
    return before;
  },
  [SyntaxKind.ConditionalExpression]: (node: ts.ConditionalExpression, scope) =>
    evaluate(truthy(evaluate(node.condition, scope)) ? node.whenTrue : node.whenFalse, scope),
  [SyntaxKind.ArrowFunction]: closure,
  [SyntaxKind.FunctionExpression]: closure,
  [SyntaxKind.ClassExpression]: (node: ts.ClassExpression, scope) => evaluateClass(node, scope),
  [SyntaxKind.ArrayLiteralExpression]: (node: ts.ArrayLiteralExpression, scope) => evaluateArray(node, scope),
  [SyntaxKind.ObjectLiteralExpression]: (node: ts.ObjectLiteralExpression, scope) => evaluateObject(node, scope),
  [SyntaxKind.NewExpression]: (node: ts.NewExpression, scope) => {
    const callee = evaluate(node.expression, scope);
    const args = evaluateArguments(node.arguments ?? [], scope);
    return construct(callee, args, callee, () => sourceText(node.expression));
  },
  [SyntaxKind.TemplateExpression]: (node: ts.TemplateExpression, scope) => {
    let text = node.head.text;
    for (const span of node.templateSpans) text += toText(evaluate(span.expression, scope)) + span.literal.text;
    return text;
  },
  [SyntaxKind.TaggedTemplateExpression]: (node: ts.TaggedTemplateExpression, scope) => evaluateTagged(node, scope),
  [SyntaxKind.TypeOfExpression]: ({ expression }: ts.TypeOfExpression, scope) => {
    const isName = ts.isIdentifier(expression) && expression.text !== "undefined";
    return isName && !findCell(scope, expression.text) ? "undefined" : typeOf(evaluate(expression, scope));
  },
  [SyntaxKind.VoidExpression]: (node: ts.VoidExpression, scope) => {
    evaluate(node.expression, scope);
    return undefined;
  },
  [SyntaxKind.DeleteExpression]: (node: ts.DeleteExpression, scope) => evaluateDelete(node.expression, scope),
  [SyntaxKind.MetaProperty]: (node: ts.MetaProperty, scope) =>
    node.keywordToken === SyntaxKind.NewKeyword ? scope.frame.newTarget : { url: "oracle:" },
};

/** The value of an expression. */
export function evaluate(node: ts.Expression, scope: Scope): unknown {
  const evaluator = evaluators[node.kind];
  if (evaluator === undefined) throw new OracleError(`${SyntaxKind[node.kind]} is not supported: ${node.getText()}`);
  return evaluator(node as never, scope);
}

/** An expression that gets a name when it is an anonymous function or class. */
export function evaluateNamed(node: ts.Expression, scope: Scope, name: PropertyKey): unknown {
  if (ts.isArrowFunction(node) || (ts.isFunctionExpression(node) && node.name === undefined)) {
    return makeFunction(node, scope, { name });
  }
  if (ts.isClassExpression(node) && node.name === undefined) return evaluateClass(node, scope, String(name));
  if (ts.isParenthesizedExpression(node)) return evaluateNamed(node.expression, scope, name);
  return evaluate(node, scope);
}

/** `this`; ReferenceError in a derived constructor before super(). */
export function thisValue(scope: Scope): unknown {
  if (scope.frame.self !== undefined) return scope.frame.self.value;
  throw new ReferenceError(
    "Must call super constructor in derived class before accessing 'this' or returning from derived constructor",
  );
}

type TypeOnlyWrapper =
  | ts.AsExpression
  | ts.TypeAssertion
  | ts.NonNullExpression
  | ts.SatisfiesExpression
  | ts.ExpressionWithTypeArguments;

/** Syntax that exists for the type checker only and stands for its operand. */
export function isTypeOnlyWrapper(node: ts.Node): node is TypeOnlyWrapper {
  return (
    ts.isAsExpression(node) ||
    ts.isTypeAssertionExpression(node) ||
    ts.isNonNullExpression(node) ||
    ts.isSatisfiesExpression(node) ||
    ts.isExpressionWithTypeArguments(node)
  );
}

type Link = ts.PropertyAccessExpression | ts.ElementAccessExpression | ts.CallExpression | ts.NonNullChain;

function isLink(node: ts.Node): node is Link {
  return (
    ts.isPropertyAccessExpression(node) ||
    ts.isElementAccessExpression(node) ||
    ts.isCallExpression(node) ||
    ts.isNonNullChain(node)
  );
}

/** A link's value, or SHORT, which runs through to the end of the chain. */
function evaluateLink(node: Link, scope: Scope): unknown {
  if (ts.isCallExpression(node)) return evaluateCall(node, scope);
  const object = evaluateHead(node.expression, scope);
  if (object === SHORT || ts.isNonNullExpression(node)) return object;
  return readAccess(node, object, scope);
}

/** The start of a link: only a link without parentheses passes a short circuit on. */
function evaluateHead(node: ts.Expression, scope: Scope): unknown {
  if (node.kind === SyntaxKind.SuperKeyword) return superObject(scope);
  return isLink(node) && (node.flags & ts.NodeFlags.OptionalChain) !== 0
    ? evaluateLink(node, scope)
    : evaluate(node, scope);
}

function superObject(scope: Scope): unknown {
  return scope.frame.homeObject === undefined ? undefined : Object.getPrototypeOf(scope.frame.homeObject);
}

function readAccess(
  node: ts.PropertyAccessExpression | ts.ElementAccessExpression,
  object: unknown,
  scope: Scope,
): unknown {
  if (node.questionDotToken !== undefined && (object === undefined || object === null)) return SHORT;
  if (ts.isPropertyAccessExpression(node) && ts.isPrivateIdentifier(node.name)) {
    return getPrivate(object, findPrivate(scope, node.name.text), node.name.text);
  }
  const key = ts.isPropertyAccessExpression(node) ? node.name.text : evaluate(node.argumentExpression, scope);
  if (node.expression.kind === SyntaxKind.SuperKeyword) {
    return Reflect.get(object as object, toKey(key), thisValue(scope));
  }
  return getMember(object, key);
}

function evaluateCall(node: ts.CallExpression, scope: Scope): unknown {
  if (node.expression.kind === SyntaxKind.SuperKeyword) {
    return superCall(scope, (args) => evaluateArguments(args, scope), node.arguments);
  }
  if (node.expression.kind === SyntaxKind.ImportKeyword) throw new OracleError("import() is not supported");
  const { callee, self } = evaluateCallee(node.expression, scope);
  if (callee === SHORT) return SHORT;
  if (node.questionDotToken !== undefined && (callee === undefined || callee === null)) return SHORT;
  return call(callee, self, evaluateArguments(node.arguments, scope), () => sourceText(node.expression));
}

/** The function of a call and its `this`. */
function evaluateCallee(node: ts.Expression, scope: Scope): { readonly callee: unknown; readonly self: unknown } {
  if (ts.isParenthesizedExpression(node) || isTypeOnlyWrapper(node)) {
    const inner = evaluateCallee(node.expression, scope);
    const ends = ts.isParenthesizedExpression(node) && inner.callee === SHORT;
    return ends ? { callee: undefined, self: undefined } : inner;
  }
  if (!ts.isPropertyAccessExpression(node) && !ts.isElementAccessExpression(node)) {
    return { callee: evaluateHead(node, scope), self: undefined };
  }
  const object = evaluateHead(node.expression, scope);
  if (object === SHORT) return { callee: SHORT, self: undefined };
  const self = node.expression.kind === SyntaxKind.SuperKeyword ? thisValue(scope) : object;
  return { callee: readAccess(node, object, scope), self };
}

function evaluateArguments(args: readonly ts.Expression[], scope: Scope): unknown[] {
  const values: unknown[] = [];
  for (const arg of args) {
    if (ts.isSpreadElement(arg)) values.push(...(evaluate(arg.expression, scope) as Iterable<unknown>));
    else values.push(evaluate(arg, scope));
  }
  return values;
}

function evaluateArray(node: ts.ArrayLiteralExpression, scope: Scope): unknown[] {
  const values: unknown[] = [];
  for (const element of node.elements) {
    if (ts.isOmittedExpression(element)) values.length += 1;
    else if (ts.isSpreadElement(element)) values.push(...(evaluate(element.expression, scope) as Iterable<unknown>));
    else values.push(evaluate(element, scope));
  }
  return values;
}

/** The key of a property, computed ones evaluated. */
export function propertyKey(name: ts.PropertyName, scope: Scope): PropertyKey {
  if (ts.isComputedPropertyName(name)) return toKey(evaluate(name.expression, scope));
  if (ts.isNumericLiteral(name)) return String(Number(name.text));
  return name.text;
}

function evaluateObject(node: ts.ObjectLiteralExpression, scope: Scope): object {
  const object: Record<PropertyKey, unknown> = {};
  const define = (key: PropertyKey, descriptor: PropertyDescriptor): void => {
    Object.defineProperty(object, key, { enumerable: true, configurable: true, ...descriptor });
  };
  for (const property of node.properties) {
    if (ts.isSpreadAssignment(property)) {
      spreadInto(object, evaluate(property.expression, scope));
    } else if (ts.isShorthandPropertyAssignment(property)) {
      define(property.name.text, { value: evaluate(property.name, scope), writable: true });
    } else if (ts.isPropertyAssignment(property)) {
      const key = propertyKey(property.name, scope);
      define(key, { value: evaluateNamed(property.initializer, scope, key), writable: true });
    } else {
      const key = propertyKey(property.name, scope);
      const method = makeFunction(property, scope, { name: key, homeObject: object });
      if (ts.isGetAccessor(property)) define(key, { get: method });
      else if (ts.isSetAccessor(property)) define(key, { set: method });
      else define(key, { value: method, writable: true });
    }
  }
  return object;
}

/** Copies own enumerable properties, as object spread does. */
export function spreadInto(target: Record<PropertyKey, unknown>, rawSource: unknown): void {
  const source = primalOf(rawSource);
  if (source === undefined || source === null) return;
  if (source instanceof DualFloats) {
    source.forEach((value, i) => {
      target[i] = value;
    });
  }
  const own = new Set<PropertyKey>(Reflect.ownKeys(Object(source) as object));
  for (const key of own) {
    const descriptor = Object.getOwnPropertyDescriptor(Object(source), key);
    if (descriptor?.enumerable) {
      Object.defineProperty(target, key, {
        value: getMember(source, key),
        writable: true,
        enumerable: true,
        configurable: true,
      });
    }
  }
}

function evaluateTagged(node: ts.TaggedTemplateExpression, scope: Scope): unknown {
  const { callee, self } = evaluateCallee(node.tag, scope);
  const literal = node.template;
  const pieces = ts.isTemplateExpression(literal)
    ? [literal.head, ...literal.templateSpans.map((span) => span.literal)]
    : [literal];
  const strings: string[] & { raw?: string[] } = pieces.map((piece) => piece.text);
  strings.raw = pieces.map((piece) => piece.rawText ?? piece.text);
  const values = ts.isTemplateExpression(literal)
    ? literal.templateSpans.map((span) => evaluate(span.expression, scope))
    : [];
  return call(callee, self, [strings, ...values], () => sourceText(node.tag));
}

function evaluateDelete(node: ts.Expression, scope: Scope): boolean {
  if (ts.isParenthesizedExpression(node) || isTypeOnlyWrapper(node)) return evaluateDelete(node.expression, scope);
  if (!ts.isPropertyAccessExpression(node) && !ts.isElementAccessExpression(node)) {
    evaluate(node, scope);
    return true;
  }
  const object = evaluateHead(node.expression, scope);
  const absent = object === undefined || object === null;
  if (object === SHORT || (node.questionDotToken !== undefined && absent)) return true;
  const key = ts.isPropertyAccessExpression(node) ? node.name.text : evaluate(node.argumentExpression, scope);
  return deleteMember(object, key);
}

function evaluatePrefix(node: ts.PrefixUnaryExpression, scope: Scope): unknown {
  if (node.operator === SyntaxKind.PlusPlusToken || node.operator === SyntaxKind.MinusMinusToken) {
    const place = reference(node.operand, scope);
    const { after } = step(readReference(place), node.operator === SyntaxKind.PlusPlusToken ? 1 : -1);
    writeReference(place, after);
    return after;
  }
  return applyPrefix(ts.tokenToString(node.operator) ?? "", evaluate(node.operand, scope));
}

function evaluateBinary(node: ts.BinaryExpression, scope: Scope): unknown {
  const operator = ts.tokenToString(node.operatorToken.kind) ?? "";
  if (node.operatorToken.kind === SyntaxKind.EqualsToken) return evaluateAssignment(node, scope);
  if (isCompoundAssignment(node.operatorToken.kind)) {
    return evaluateCompound(reference(node.left, scope), operator.slice(0, -1), node, scope);
  }
  if (operator === "in" && ts.isPrivateIdentifier(node.left)) {
    return findPrivate(scope, node.left.text).holders.has(evaluate(node.right, scope) as object);
  }
  const left = evaluate(node.left, scope);
  if (shortCircuits(operator, left)) return left;
  const right = evaluate(node.right, scope);
  if (operator === "&&" || operator === "||" || operator === "??") return right;
  if (operator === "in" && typeof right === "object" && right !== null) return hasMember(right, left);
  return applyBinary(operator, left, right);
}

function isCompoundAssignment(kind: ts.SyntaxKind): boolean {
  return kind >= SyntaxKind.FirstCompoundAssignment && kind <= SyntaxKind.LastCompoundAssignment;
}

function shortCircuits(operator: string, left: unknown): boolean {
  if (operator === "&&") return !truthy(left);
  if (operator === "||") return truthy(left);
  return operator === "??" && left !== undefined && left !== null;
}

function evaluateAssignment(node: ts.BinaryExpression, scope: Scope): unknown {
  const target = node.left;
  if (ts.isObjectLiteralExpression(target) || ts.isArrayLiteralExpression(target)) {
    const value = evaluate(node.right, scope);
    assignPattern(target, value, scope, sourceText(node.right));
    return value;
  }
  const place = reference(target, scope);
  const value = ts.isIdentifier(target) ? evaluateNamed(node.right, scope, target.text) : evaluate(node.right, scope);
  writeReference(place, value);
  return value;
}

function evaluateCompound(place: Reference, operator: string, node: ts.BinaryExpression, scope: Scope): unknown {
  const old = readReference(place);
  if (operator === "&&" || operator === "||" || operator === "??") {
    if (shortCircuits(operator, old)) return old;
    const value = ts.isIdentifier(node.left)
      ? evaluateNamed(node.right, scope, node.left.text)
      : evaluate(node.right, scope);
    writeReference(place, value);
    return value;
  }
  const value = applyBinary(operator, old, evaluate(node.right, scope));
  writeReference(place, value);
  return value;
}
