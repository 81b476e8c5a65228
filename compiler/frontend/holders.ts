/**
 * Functions that a module keeps elsewhere than in declarations: in variables that are never assigned again, in properties
 * of `exports`, of functions, of objects that stay what they are.
 */

import { bodyAround, callOfWrapper, holdsModule } from "./bodies.ts";
import { declaredAround } from "./lexical.ts";
import { ts } from "./project.ts";

interface Assigned {
  /** Names of variables that something is stored in, or in something of which. */
  readonly roots: ReadonlySet<string>;
  readonly places: readonly ts.Node[];
  /** Where variables of a name are assigned in the file. */
  readonly variables: ReadonlyMap<string, readonly ts.Identifier[]>;
  /** How often a property of a name is assigned, but for `void 0`. */
  readonly properties: ReadonlyMap<string, number>;
  /** Where a property of a name is stored, the last time. */
  readonly stores: ReadonlyMap<string, ts.Expression>;
}

const assignedIn = new WeakMap<ts.SourceFile, Assigned>();

function assigned(file: ts.SourceFile): Assigned {
  const known = assignedIn.get(file);
  if (known !== undefined) return known;
  const variables = new Map<string, ts.Identifier[]>();
  const note = (node: ts.Identifier): void => {
    const before = variables.get(node.text);
    if (before === undefined) variables.set(node.text, [node]);
    else before.push(node);
  };
  const properties = new Map<string, number>();
  const stores = new Map<string, ts.Expression>();
  const roots = new Set<string>();
  const places: ts.Node[] = [];
  const target = (node: ts.Node): void => {
    const root = rootOf(node);
    if (root !== undefined) roots.add(root);
    if (root !== undefined) places.push(node);
    if (ts.isIdentifier(node)) note(node);
    const property = propertyOf(node);
    if (property !== undefined && !isOfInstance((node as ts.PropertyAccessExpression).expression)) {
      properties.set(property, (properties.get(property) ?? 0) + 1);
      stores.set(property, node as ts.Expression);
    }
    if (ts.isParenthesizedExpression(node) || ts.isNonNullExpression(node) || ts.isAsExpression(node))
      target(node.expression);
    if (ts.isArrayLiteralExpression(node) || ts.isObjectLiteralExpression(node)) ts.forEachChild(node, target);
    if (ts.isPropertyAssignment(node)) target(node.initializer);
    if (ts.isShorthandPropertyAssignment(node)) note(node.name);
    if (ts.isSpreadElement(node) || ts.isSpreadAssignment(node)) target(node.expression);
    if (ts.isBinaryExpression(node)) target(node.left);
  };
  const visit = (node: ts.Node): void => {
    if (ts.isBinaryExpression(node) && isAssignment(node.operatorToken.kind)) {
      if (!ts.isVoidExpression(lastRight(node))) target(node.left);
    } else if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) {
      if (node.operator === ts.SyntaxKind.PlusPlusToken || node.operator === ts.SyntaxKind.MinusMinusToken)
        target(node.operand);
    } else if (
      (ts.isForOfStatement(node) || ts.isForInStatement(node)) &&
      !ts.isVariableDeclarationList(node.initializer)
    ) {
      target(node.initializer);
    } else if (ts.isDeleteExpression(node)) target(node.expression);
    ts.forEachChild(node, visit);
  };
  visit(file);
  const found = { variables, properties, stores, roots, places };
  assignedIn.set(file, found);
  return found;
}

/** `this` in a constructor or a method, and `_this` in a constructor: an object made by a class, which keeps no functions. */
function isOfInstance(object: ts.Expression): boolean {
  const named = ts.isIdentifier(object) && /^(_this\d*|self|that)$/.test(object.text);
  if (!named && object.kind !== ts.SyntaxKind.ThisKeyword) return false;
  let at: ts.Node = object.parent;
  while (at !== undefined && (!ts.isFunctionLike(at) || ts.isArrowFunction(at))) at = at.parent;
  if (at === undefined) return false;
  if (ts.isClassLike(at.parent)) return true;
  if (ts.isFunctionDeclaration(at) && /^_*[A-Z]/.test(at.name?.text ?? "")) return true;
  while (ts.isPropertyAssignment(at.parent) || ts.isObjectLiteralExpression(at.parent)) at = at.parent;
  const { parent } = at;
  if (!ts.isBinaryExpression(parent) || parent.right !== at) return false;
  return /\.prototype(\.[\w$]+)?$/.test(parent.left.getText());
}

/** The name at the beginning of a place: `a` of `a.b[c]`. */
export function rootOf(node: ts.Node): string | undefined {
  if (ts.isIdentifier(node)) return node.text;
  const deeper =
    ts.isPropertyAccessExpression(node) ||
    ts.isElementAccessExpression(node) ||
    ts.isNonNullExpression(node) ||
    ts.isParenthesizedExpression(node) ||
    ts.isAsExpression(node);
  return deeper ? rootOf(node.expression) : undefined;
}

/** The places that are stored into anywhere in a module. */
export const placesStored = (file: ts.SourceFile): readonly ts.Node[] => assigned(file).places;

/** Whether nothing is stored into what a constant variable holds, as far as its module tells. */
export function staysAsItIs(declaration: ts.VariableDeclaration): boolean {
  const { roots, properties } = assigned(declaration.getSourceFile());
  if (roots.has(declaration.name.getText())) return false;
  const value = declaration.initializer;
  return (
    value === undefined ||
    !ts.isObjectLiteralExpression(value) ||
    !value.properties.some((one) => one.name !== undefined && properties.has(one.name.getText()))
  );
}

const isAssignment = (kind: ts.SyntaxKind): boolean =>
  kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;

/** Of `a = b = c`: c. */
function lastRight(node: ts.BinaryExpression): ts.Expression {
  return ts.isBinaryExpression(node.right) && isAssignment(node.right.operatorToken.kind)
    ? lastRight(node.right)
    : node.right;
}

/** The name of a property as it is written: `f` of `exports.f` and of `exports["f"]`. */
export function propertyOf(node: ts.Node): string | undefined {
  if (ts.isPropertyAccessExpression(node)) return node.name.text;
  if (ts.isElementAccessExpression(node) && ts.isStringLiteralLike(node.argumentExpression))
    return node.argumentExpression.text;
  return undefined;
}

/** Whether a variable holds one value from its declaration on. */
export function isConstantVariable(declaration: ts.VariableDeclaration | ts.ParameterDeclaration): boolean {
  if (ts.isVariableDeclaration(declaration) && (declaration.parent.flags & ts.NodeFlags.Const) !== 0) return true;
  if (!ts.isIdentifier(declaration.name)) return false;
  const places = assigned(declaration.getSourceFile()).variables.get(declaration.name.text) ?? [];
  return !places.some((place) => {
    const meant = declaredAround(place)?.declarations;
    return meant === undefined || meant.includes(declaration);
  });
}

/** The place `exports.f` of `exports.f = value`, when nothing else is ever stored there. */
export function assignedPlace(value: ts.Node): ts.Expression | undefined {
  let at = value;
  while (ts.isParenthesizedExpression(at.parent)) at = at.parent;
  const { parent } = at;
  if (!ts.isBinaryExpression(parent) || parent.right !== at) return undefined;
  if (parent.operatorToken.kind !== ts.SyntaxKind.EqualsToken) return undefined;
  const name = propertyOf(parent.left);
  if (name === undefined || assigned(value.getSourceFile()).properties.get(name) !== 1) return undefined;
  // In a chain of stores, the first place of all is as good as any.
  let top: ts.Node = parent;
  while (ts.isBinaryExpression(top.parent) && top.parent.right === top && isAssignment(top.parent.operatorToken.kind))
    top = top.parent;
  const plain = ts.isExpressionStatement(top.parent) && holdsModule(top.parent.parent);
  return plain && !usesThis(value) ? parent.left : undefined;
}

/** The one place of a file where a property that is written in the same way is stored: `exports.f` of `exports.f = …`. */
export function solePlace(access: ts.Expression): ts.Expression | undefined {
  const name = propertyOf(access);
  const { properties, stores } = assigned(access.getSourceFile());
  const place = name === undefined || properties.get(name) !== 1 ? undefined : stores.get(name);
  return place?.getText() === access.getText() ? place : undefined;
}

/**
 * `api.f` for a function in the literal of `const api = { f() {} }`, when the literal stays as it is; and for one that a
 * static field of a class holds.
 */
export function literalPlace(value: ts.Node): string | undefined {
  return isFixed(value) ? placeOf(value) : undefined;
}

/** Whether a function is written in an object literal of its module that stays as it is, or in a static field. */
export function isFixed(value: ts.Node): boolean {
  let at = value;
  while (ts.isParenthesizedExpression(at.parent)) at = at.parent;
  if (ts.isPropertyDeclaration(at.parent)) return staticPlace(at.parent, value) !== undefined;
  const member = ts.isMethodDeclaration(at) ? at : ts.isPropertyAssignment(at.parent) ? at.parent : undefined;
  return member !== undefined && isKept(member) && !usesThis(value);
}

/** Whether a property of an object literal of the module is never stored again. */
export function isKept(member: ts.ObjectLiteralElementLike): boolean {
  if (member.name === undefined || (!ts.isIdentifier(member.name) && !ts.isStringLiteral(member.name))) return false;
  if (assigned(member.getSourceFile()).properties.has(member.name.text)) return false;
  const literal = outermost(member.parent);
  const { parent } = literal;
  if (ts.isPropertyAssignment(parent)) return isKept(parent);
  return ts.isExportAssignment(parent) || isGivenBack(literal) || holderOf(member.parent) !== undefined;
}

/** Whether an object is what a wrapper gives back to its module: `return { f: f }`. */
export function isGivenBack(literal: ts.Node): boolean {
  const { parent } = literal;
  return ts.isReturnStatement(parent) && holdsModule(parent.parent);
}

/** The call whose value a function that a wrapper gives back is, or is a property of, and its name there. */
export function givenBack(value: ts.Node): { readonly call: ts.Node; readonly name?: string } | undefined {
  let at = value;
  while (ts.isParenthesizedExpression(at.parent)) at = at.parent;
  if (isGivenBack(at)) {
    const around = bodyAround(at);
    return { call: callOfWrapper(around) ?? around };
  }
  const member = ts.isMethodDeclaration(at) ? at : ts.isPropertyAssignment(at.parent) ? at.parent : undefined;
  if (member === undefined || !ts.isIdentifier(member.name) || !isGivenBack(outermost(member.parent))) return undefined;
  const wrapper = bodyAround(member);
  return { call: callOfWrapper(wrapper) ?? wrapper, name: member.name.text };
}

/** How a module names what a wrapper gives back: the variable or the property that it is stored in. */
export function nameOfValue(call: ts.Node): string | undefined {
  const at = outermost(call);
  const { parent } = at;
  if (ts.isVariableDeclaration(parent) && ts.isIdentifier(parent.name) && isConstantVariable(parent))
    return parent.name.text;
  return assignedPlace(at)?.getText();
}

function outermost(node: ts.Node): ts.Node {
  let at = node;
  while (ts.isParenthesizedExpression(at.parent) || ts.isAsExpression(at.parent) || ts.isSatisfiesExpression(at.parent))
    at = at.parent;
  return at;
}

/** How a module names a function in a literal of its own. */
function placeOf(value: ts.Node): string | undefined {
  let at = value;
  while (ts.isParenthesizedExpression(at.parent)) at = at.parent;
  if (ts.isPropertyDeclaration(at.parent)) return staticPlace(at.parent, value);
  const member = ts.isMethodDeclaration(at) ? at : ts.isPropertyAssignment(at.parent) ? at.parent : undefined;
  if (member === undefined || !ts.isObjectLiteralExpression(member.parent)) return undefined;
  if (!ts.isIdentifier(member.name) && !ts.isStringLiteral(member.name)) return undefined;
  const holder = holderOf(member.parent);
  if (holder === undefined) return undefined;
  return ts.isIdentifier(member.name)
    ? `${holder}.${member.name.text}`
    : `${holder}[${JSON.stringify(member.name.text)}]`;
}

function staticPlace(field: ts.PropertyDeclaration, value: ts.Node): string | undefined {
  const isStatic = (ts.getModifiers(field) ?? []).some((one) => one.kind === ts.SyntaxKind.StaticKeyword);
  const holder = field.parent;
  if (!isStatic || !ts.isIdentifier(field.name) || field.initializer === undefined || usesThis(value)) return undefined;
  if (!ts.isClassDeclaration(holder) || holder.name === undefined || !holdsModule(holder.parent)) return undefined;
  const { text } = field.name;
  return assigned(value.getSourceFile()).properties.has(text) ? undefined : `${holder.name.text}.${text}`;
}

/** How a module names an object literal of its own that is there for good. */
function holderOf(literal: ts.Node): string | undefined {
  const at = outermost(literal);
  const { parent } = at;
  if (ts.isVariableDeclaration(parent) && ts.isIdentifier(parent.name) && isConstantVariable(parent)) {
    const statement = parent.parent.parent;
    return ts.isVariableStatement(statement) && holdsModule(statement.parent) ? parent.name.text : undefined;
  }
  if (ts.isPropertyAssignment(parent)) return placeOf(at);
  return assignedPlace(at)?.getText();
}

/** Whether a function mentions its own `this`. */
export function usesThis(node: ts.Node): boolean {
  const visit = (at: ts.Node): boolean => {
    if (at.kind === ts.SyntaxKind.ThisKeyword || at.kind === ts.SyntaxKind.SuperKeyword) return true;
    const own = ts.isFunctionDeclaration(at) || ts.isFunctionExpression(at) || ts.isClassLike(at);
    return own && at !== node ? false : (ts.forEachChild(at, (child) => visit(child) || undefined) ?? false);
  };
  return visit(node);
}
