import ts from "typescript";

/** A variable's storage. Closures, and modules that import the name, share the same cell. */
export interface Cell {
  value: unknown;
  initialized: boolean;
  readonly constant: boolean;
}

/** What `this`, `super`, `new.target` and private names refer to inside one call; arrow functions share their maker's. */
export interface Frame {
  self: { readonly value: unknown } | undefined;
  readonly homeObject: object | undefined;
  readonly newTarget: unknown;
  /** Set in a derived constructor: finishes construction once super() has returned. */
  readonly onSuper: ((self: unknown) => void) | undefined;
  readonly callee: unknown;
}

/** A private name of a class body: who has it, and what it holds there. */
export interface PrivateName {
  readonly holders: WeakMap<object, Cell>;
  readonly get: ((this: unknown) => unknown) | undefined;
  readonly set: ((this: unknown, value: unknown) => void) | undefined;
}

/** A lexical environment. */
export interface Scope {
  readonly cells: Map<string, Cell>;
  readonly privates: Map<string, PrivateName> | undefined;
  readonly parent: Scope | undefined;
  readonly frame: Frame;
}

export function childScope(parent: Scope, frame: Frame = parent.frame, privates?: Map<string, PrivateName>): Scope {
  return { cells: new Map(), parent, frame, privates };
}

/** Declares a name that cannot be used before `initialize`. */
export function declare(scope: Scope, name: string, constant = false): void {
  scope.cells.set(name, { value: undefined, initialized: false, constant });
}

/** Gives a declared (or new) name of this very scope its first value. */
export function initialize(scope: Scope, name: string, value: unknown): void {
  const cell = scope.cells.get(name);
  if (cell === undefined) scope.cells.set(name, { value, initialized: true, constant: false });
  else Object.assign(cell, { value, initialized: true });
}

export function findCell(scope: Scope, name: string): Cell | undefined {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
    const cell = at.cells.get(name);
    if (cell !== undefined) return cell;
  }
  return undefined;
}

/** Reads a variable; ReferenceError when it is unknown or not yet initialised. */
export function readName(scope: Scope, name: string): unknown {
  const cell = findCell(scope, name);
  if (cell === undefined) throw new ReferenceError(`${name} is not defined`);
  if (!cell.initialized) throw new ReferenceError(`Cannot access '${name}' before initialization`);
  return cell.value;
}

/** Assigns a variable, as in strict mode. */
export function writeName(scope: Scope, name: string, value: unknown): void {
  const cell = findCell(scope, name);
  if (cell === undefined) throw new ReferenceError(`${name} is not defined`);
  if (!cell.initialized) throw new ReferenceError(`Cannot access '${name}' before initialization`);
  if (cell.constant) throw new TypeError("Assignment to constant variable.");
  cell.value = value;
}

export function findPrivate(scope: Scope, name: string): PrivateName {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
    const found = at.privates?.get(name);
    if (found !== undefined) return found;
  }
  throw new SyntaxError(`Private field '${name}' must be declared in an enclosing class`);
}

/** Names bound by a binding name or pattern. */
export function boundNames(name: ts.BindingName): string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((element) => (ts.isOmittedExpression(element) ? [] : boundNames(element.name)));
}

/** True for let, const and using, false for var. */
export function isLexical(list: ts.VariableDeclarationList): boolean {
  return (list.flags & ts.NodeFlags.BlockScoped) !== 0;
}

/** Names declared by `var` anywhere in a body, nested functions and classes excepted. */
export function varNames(root: ts.Node): string[] {
  const names: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) || ts.isClassLike(node) || ts.isTypeNode(node)) return;
    if (ts.isVariableDeclarationList(node) && !isLexical(node)) {
      for (const declaration of node.declarations) names.push(...boundNames(declaration.name));
    }
    ts.forEachChild(node, visit);
  };
  ts.forEachChild(root, visit);
  return names;
}

/** True when a declaration exists for the type checker only. */
export function isAmbient(node: ts.Node): boolean {
  const modifiers = ts.canHaveModifiers(node) ? ts.getModifiers(node) : undefined;
  return modifiers?.some((modifier) => modifier.kind === ts.SyntaxKind.DeclareKeyword) ?? false;
}
