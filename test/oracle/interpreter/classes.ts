import ts from "typescript";
import { Dual } from "./dual.ts";
import { evaluate, evaluateNamed, propertyKey, thisValue } from "./evaluate.ts";
import { describe, makeFunction, runBody } from "./functions.ts";
import { construct } from "./members.ts";
import { dualAware } from "./overrides.ts";
import {
  type Cell,
  childScope,
  declare,
  type Frame,
  initialize,
  isAmbient,
  type PrivateName,
  readName,
  type Scope,
} from "./scope.ts";
import { executeBody } from "./statements.ts";

/** Something done to a new instance, or to the class itself for static members. */
type Initializer = (target: object) => void;

/** A class as a real constructor of the host. */
export function evaluateClass(node: ts.ClassLikeDeclaration, outer: Scope, givenName = ""): object {
  const name = node.name?.text ?? givenName;
  const scope = childScope(outer, outer.frame, new Map<string, PrivateName>());
  if (node.name !== undefined) declare(scope, name, true);
  const heritage = node.heritageClauses?.find((clause) => clause.token === ts.SyntaxKind.ExtendsKeyword)?.types[0];
  const parent = heritage === undefined ? undefined : evaluate(heritage.expression, scope);
  if (heritage !== undefined && parent !== null && typeof parent !== "function") {
    throw new TypeError(`Class extends value ${String(parent)} is not a constructor or null`);
  }
  const instance: Initializer[] = [];
  const type = makeConstructor(node, scope, name, heritage !== undefined, instance);
  const base =
    parent === undefined ? Object.prototype : parent === null ? null : Reflect.get(Object(parent), "prototype");
  const prototype = Object.create(base as object | null) as object;
  Object.defineProperty(type, "prototype", { value: prototype, writable: false, enumerable: false });
  Object.defineProperty(prototype, "constructor", { value: type, writable: true, configurable: true });
  if (typeof parent === "function") Object.setPrototypeOf(type, parent);
  declarePrivates(node, scope);
  const own: Initializer[] = [];
  const methods: Initializer[] = [];
  const ownMethods: Initializer[] = [];
  for (const member of node.members) {
    const isStatic = ts.isClassStaticBlockDeclaration(member) || hasModifier(member, ts.SyntaxKind.StaticKeyword);
    const home = isStatic ? type : prototype;
    defineMember(member, scope, home, isStatic ? own : instance, isStatic ? ownMethods : methods);
  }
  // Private methods exist before the first field is initialised.
  instance.unshift(...methods);
  if (node.name !== undefined) initialize(scope, name, type);
  for (const initializer of [...ownMethods, ...own]) initializer(type);
  return type;
}

/** super(...) */
export function superCall(
  scope: Scope,
  evaluateArguments: (args: readonly ts.Expression[]) => unknown[],
  args: readonly ts.Expression[],
): unknown {
  const { frame } = scope;
  const parent: unknown = Object.getPrototypeOf(frame.callee);
  const self = construct(parent, evaluateArguments(args), frame.newTarget, () => "Super constructor");
  if (frame.self !== undefined) throw new ReferenceError("Super constructor may only be called once");
  frame.self = { value: self };
  frame.onSuper?.(self);
  return self;
}

function makeConstructor(
  node: ts.ClassLikeDeclaration,
  scope: Scope,
  name: string,
  derived: boolean,
  instance: readonly Initializer[],
): object {
  const declaration = node.members
    .filter(ts.isConstructorDeclaration)
    .find((candidate) => candidate.body !== undefined);
  const properties = (declaration?.parameters ?? []).filter((p) => ts.isParameterPropertyDeclaration(p, p.parent));
  const prepare = (self: unknown): void => {
    for (const p of properties) defineField(self as object, (p.name as ts.Identifier).text, undefined);
    for (const initializer of instance) initializer(self as object);
  };
  const assign = (self: unknown, parameters: Scope): void => {
    for (const p of properties) {
      const key = (p.name as ts.Identifier).text;
      Reflect.set(self as object, key, readName(parameters, key));
    }
  };
  const type = function type(this: unknown, ...args: unknown[]): unknown {
    if (new.target === undefined) throw new TypeError(`Class constructor ${name} cannot be invoked without 'new'`);
    let parameters: Scope | undefined;
    const frame: Frame = {
      self: derived ? undefined : { value: this },
      homeObject: type.prototype as object,
      newTarget: new.target,
      callee: type,
      onSuper: (self) => {
        prepare(self);
        if (parameters !== undefined) assign(self, parameters);
      },
    };
    if (!derived) prepare(this);
    if (declaration === undefined) {
      if (!derived) return this;
      const self = construct(Object.getPrototypeOf(type), args, new.target, () => "Super constructor");
      prepare(self);
      return self;
    }
    const result = runBody(declaration, scope, frame, args, (bound) => {
      parameters = bound;
      if (!derived) assign(this, bound);
    });
    if (typeof result === "object" && result !== null && !(result instanceof Dual)) return result;
    if (derived && result !== undefined) {
      throw new TypeError("Derived constructors may only return object or undefined");
    }
    return thisValue(childScope(scope, frame));
  };
  describe(type, name, declaration?.parameters ?? []);
  dualAware.add(type);
  return type;
}

function hasModifier(node: ts.Node, kind: ts.SyntaxKind): boolean {
  const modifiers = ts.canHaveModifiers(node) ? ts.getModifiers(node) : undefined;
  return modifiers?.some((modifier) => modifier.kind === kind) ?? false;
}

function defineField(target: object, key: PropertyKey, value: unknown): void {
  Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
}

/** Makes every private name of the body known before any code of it runs. */
function declarePrivates(node: ts.ClassLikeDeclaration, scope: Scope): void {
  const accessors = new Map<string, { get?: (...args: unknown[]) => unknown; set?: (...args: unknown[]) => unknown }>();
  for (const member of node.members) {
    if (member.name === undefined || !ts.isPrivateIdentifier(member.name)) continue;
    const pair = accessors.get(member.name.text) ?? {};
    accessors.set(member.name.text, pair);
    if (ts.isGetAccessor(member)) pair.get = makeFunction(member, scope);
    if (ts.isSetAccessor(member)) pair.set = makeFunction(member, scope);
  }
  for (const [name, { get, set }] of accessors) {
    scope.privates?.set(name, { holders: new WeakMap<object, Cell>(), get, set });
  }
}

function attachPrivate(scope: Scope, name: string, target: object, value: unknown, constant: boolean): void {
  scope.privates?.get(name)?.holders.set(target, { value, initialized: true, constant });
}

function defineMember(
  member: ts.ClassElement,
  scope: Scope,
  home: object,
  fields: Initializer[],
  privateMethods: Initializer[],
): void {
  const onTarget = (target: object): Scope =>
    childScope(scope, {
      self: { value: target },
      homeObject: home,
      newTarget: undefined,
      onSuper: undefined,
      callee: undefined,
    });
  if (ts.isClassStaticBlockDeclaration(member)) {
    fields.push((target) => {
      executeBody(member.body.statements, onTarget(target));
    });
  } else if (ts.isPropertyDeclaration(member)) {
    if (isAmbient(member) || hasModifier(member, ts.SyntaxKind.AbstractKeyword)) return;
    const { name, initializer } = member;
    const key = ts.isPrivateIdentifier(name) ? name.text : propertyKey(name, scope);
    fields.push((target) => {
      const value = initializer === undefined ? undefined : evaluateNamed(initializer, onTarget(target), key);
      if (ts.isPrivateIdentifier(name)) attachPrivate(scope, name.text, target, value, false);
      else defineField(target, key, value);
    });
  } else if (ts.isMethodDeclaration(member) || ts.isGetAccessor(member) || ts.isSetAccessor(member)) {
    if (member.body === undefined) return;
    const { name } = member;
    if (ts.isPrivateIdentifier(name)) {
      const method = ts.isMethodDeclaration(member)
        ? makeFunction(member, scope, { name: name.text, homeObject: home })
        : undefined;
      privateMethods.push((target) => {
        attachPrivate(scope, name.text, target, method, true);
      });
      return;
    }
    const key = propertyKey(name, scope);
    const method = makeFunction(member, scope, { name: key, homeObject: home });
    const part = ts.isGetAccessor(member) ? { get: method } : ts.isSetAccessor(member) ? { set: method } : undefined;
    Object.defineProperty(home, key, { configurable: true, ...(part ?? { value: method, writable: true }) });
  }
}
