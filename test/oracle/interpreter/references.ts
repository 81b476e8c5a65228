import ts from "typescript";
import { toKey, truthy } from "./dual.ts";
import { evaluate, evaluateNamed, isTypeOnlyWrapper, propertyKey, spreadInto, thisValue } from "./evaluate.ts";
import { getMember, getPrivate, setMember, setPrivate } from "./members.ts";
import { OracleError } from "./run.ts";
import { findPrivate, initialize, type PrivateName, readName, type Scope, writeName } from "./scope.ts";

/** A place that can be read and written; its object and key were evaluated exactly once. */
export type Reference =
  | { readonly kind: "name"; readonly name: string; readonly scope: Scope }
  | { readonly kind: "member"; readonly object: unknown; readonly key: unknown }
  | { readonly kind: "super"; readonly home: object; readonly self: object; readonly key: PropertyKey }
  | { readonly kind: "private"; readonly object: unknown; readonly name: PrivateName; readonly text: string };

/** Evaluates the object and key of an assignment's target. */
export function reference(node: ts.Expression, scope: Scope): Reference {
  if (ts.isIdentifier(node)) return { kind: "name", name: node.text, scope };
  if (ts.isParenthesizedExpression(node) || isTypeOnlyWrapper(node)) return reference(node.expression, scope);
  if (!ts.isPropertyAccessExpression(node) && !ts.isElementAccessExpression(node)) {
    throw new OracleError(`cannot assign to ${node.getText()}`);
  }
  if (node.expression.kind === ts.SyntaxKind.SuperKeyword) {
    const key = ts.isPropertyAccessExpression(node) ? node.name.text : evaluate(node.argumentExpression, scope);
    const home = Object.getPrototypeOf(scope.frame.homeObject) as object;
    return { kind: "super", home, self: thisValue(scope) as object, key: toKey(key) };
  }
  const object = evaluate(node.expression, scope);
  if (ts.isElementAccessExpression(node)) {
    const key = evaluate(node.argumentExpression, scope);
    // An object as key is turned into text once, however often the place is used.
    return { kind: "member", object, key: object === undefined || object === null ? key : toKey(key) };
  }
  if (ts.isPrivateIdentifier(node.name)) {
    return { kind: "private", object, name: findPrivate(scope, node.name.text), text: node.name.text };
  }
  return { kind: "member", object, key: node.name.text };
}

export function readReference(place: Reference): unknown {
  switch (place.kind) {
    case "name":
      return readName(place.scope, place.name);
    case "member":
      return getMember(place.object, place.key);
    case "super":
      return Reflect.get(place.home, place.key, place.self);
    case "private":
      return getPrivate(place.object, place.name, place.text);
  }
}

export function writeReference(place: Reference, value: unknown): void {
  switch (place.kind) {
    case "name":
      writeName(place.scope, place.name, value);
      return;
    case "member":
      setMember(place.object, place.key, value);
      return;
    case "super":
      Reflect.set(place.home, place.key, value, place.self);
      return;
    case "private":
      setPrivate(place.object, place.name, place.text, value);
      return;
  }
}

/**
 * Initialises the names of a declaration, or assigns them for `var`. `origin` is the text of what is taken apart, for the
 * engine's messages; nested patterns have none.
 */
export function bind(
  name: ts.BindingName,
  value: unknown,
  scope: Scope,
  mode: "initialize" | "assign",
  origin?: string,
): void {
  if (ts.isIdentifier(name)) {
    if (mode === "initialize") initialize(scope, name.text, value);
    else writeName(scope, name.text, value);
    return;
  }
  const whole = (element: ts.BindingElement, part: unknown): void => {
    const { initializer } = element;
    const useDefault = part === undefined && initializer !== undefined;
    const label = ts.isIdentifier(element.name) ? element.name.text : "";
    bind(element.name, useDefault ? evaluateNamed(initializer, scope, label) : part, scope, mode);
  };
  if (ts.isArrayBindingPattern(name)) {
    takeFrom(value, (next, rest) => {
      for (const element of name.elements) {
        if (ts.isOmittedExpression(element)) next();
        else whole(element, element.dotDotDotToken === undefined ? next() : rest());
      }
    });
    return;
  }
  const firstElement = name.elements[0];
  requireObject(value, origin, firstElement?.dotDotDotToken ?? firstElement?.propertyName ?? firstElement?.name);
  const taken = new Set<PropertyKey>();
  for (const element of name.elements) {
    if (element.dotDotDotToken !== undefined) {
      whole(element, remaining(value, taken));
      continue;
    }
    const key = element.propertyName ?? element.name;
    if (ts.isObjectBindingPattern(key) || ts.isArrayBindingPattern(key)) throw new OracleError("pattern without key");
    const property = propertyKey(key, scope);
    taken.add(property);
    whole(element, getMember(value, property));
  }
}

/** Destructuring assignment: targets are any places, evaluated before the value is taken. */
export function assignPattern(
  pattern: ts.ObjectLiteralExpression | ts.ArrayLiteralExpression,
  value: unknown,
  scope: Scope,
  origin?: string,
): void {
  if (ts.isArrayLiteralExpression(pattern)) {
    takeFrom(value, (next, rest) => {
      for (const element of pattern.elements) {
        if (ts.isOmittedExpression(element)) next();
        else if (ts.isSpreadElement(element)) assignElement(element.expression, rest, scope);
        else assignElement(element, next, scope);
      }
    });
    return;
  }
  requireObject(value, origin, pattern.properties[0]?.name);
  const taken = new Set<PropertyKey>();
  for (const property of pattern.properties) {
    if (ts.isSpreadAssignment(property)) {
      assignElement(property.expression, () => remaining(value, taken), scope);
    } else if (ts.isShorthandPropertyAssignment(property)) {
      const key = property.name.text;
      taken.add(key);
      const part = getMember(value, key);
      const initializer = property.objectAssignmentInitializer;
      const useDefault = part === undefined && initializer !== undefined;
      writeName(scope, key, useDefault ? evaluateNamed(initializer, scope, key) : part);
    } else if (ts.isPropertyAssignment(property)) {
      const key = propertyKey(property.name, scope);
      taken.add(key);
      assignElement(property.initializer, () => getMember(value, key), scope);
    }
  }
}

function assignElement(node: ts.Expression, take: () => unknown, scope: Scope): void {
  const hasDefault = ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.EqualsToken;
  const target = hasDefault ? node.left : node;
  const orDefault = (part: unknown): unknown => {
    if (part !== undefined || !hasDefault) return part;
    return evaluateNamed(node.right, scope, ts.isIdentifier(target) ? target.text : "");
  };
  if (ts.isObjectLiteralExpression(target) || ts.isArrayLiteralExpression(target)) {
    assignPattern(target, orDefault(take()), scope);
    return;
  }
  const place = reference(target, scope);
  writeReference(place, orDefault(take()));
}

/** Hands out the items of an iterable one by one, and closes it when not all were taken. */
function takeFrom(value: unknown, use: (next: () => unknown, rest: () => unknown[]) => void): void {
  if (value === undefined || value === null) throw new TypeError(`${String(value)} is not iterable`);
  const method = (value as Partial<Iterable<unknown>>)[Symbol.iterator];
  if (typeof method !== "function") throw new TypeError("object is not iterable");
  const iterator = method.call(value) as Iterator<unknown>;
  let done = false;
  const next = (): unknown => {
    if (done) return undefined;
    // An iterator that throws is not closed.
    done = true;
    const result = iterator.next();
    done = truthy(result.done);
    return done ? undefined : result.value;
  };
  const rest = (): unknown[] => {
    const items: unknown[] = [];
    for (let item = next(); !done; item = next()) items.push(item);
    return items;
  };
  try {
    use(next, rest);
  } finally {
    if (!done) iterator.return?.();
  }
}

/** Throws the engine's TypeError when there is nothing to take apart. */
function requireObject(value: unknown, origin: string | undefined, firstKey: ts.Node | undefined): void {
  if (value !== undefined && value !== null) return;
  const key = firstKey !== undefined && ts.isIdentifier(firstKey) ? firstKey.text : undefined;
  if (origin === undefined && key !== undefined) getMember(value, key);
  const what = key === undefined ? "" : `property '${key}' of `;
  throw new TypeError(`Cannot destructure ${what}'${origin ?? String(value)}' as it is ${String(value)}.`);
}

function remaining(value: unknown, taken: ReadonlySet<PropertyKey>): object {
  const rest: Record<PropertyKey, unknown> = {};
  spreadInto(rest, value);
  for (const key of taken) delete rest[key];
  return rest;
}
