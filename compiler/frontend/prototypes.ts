/**
 * Classes in the style of before 2015, in JavaScript: a function that fills `this`, and methods in its `prototype`.
 *
 * What a file says of prototypes at its outermost level and in its wrappers is read once: `F.prototype.m = function`,
 * `F.prototype = { … }`, `Object.defineProperty(F.prototype, …)`, `Object.create(Base.prototype)`, `inherits(F, Base)`,
 * `_createClass(F, […])`, and the same by way of `var proto = F.prototype`.
 */

import { argumentFor, bodyAround, holdsModule, isModuleBody, valueOfWrapper } from "./bodies.ts";
import { isConstantVariable, propertyOf, solePlace } from "./holders.ts";
import { declaredAround } from "./lexical.ts";
import { ts } from "./project.ts";

/** A function that `new` makes objects with. */
export type FunctionClass = (ts.FunctionDeclaration | ts.FunctionExpression) & { readonly body: ts.Block };

type MethodNode = (ts.FunctionDeclaration | ts.FunctionExpression | ts.MethodDeclaration | ts.AccessorDeclaration) & {
  readonly body: ts.Block;
};

export interface PrototypeMember {
  readonly name: string;
  readonly role: "method" | "getter" | "setter";
  readonly node: MethodNode;
  readonly class_: FunctionClass;
  /** How the class is named there. */
  readonly holder: string;
  /** Behind the statement that puts it there. */
  readonly behind: number;
}

export interface FunctionClassInfo {
  readonly node: FunctionClass;
  /** How it is named where its prototype is filled: `Vec`, `lib.Vec`. */
  readonly name: string;
  readonly members: readonly PrototypeMember[];
  /** What it extends. */
  readonly base: ts.Expression | undefined;
  /** Something was put into the prototype, or made of it, of which is not known what. */
  readonly unclear: boolean;
  /** Behind all statements that replace the prototype as a whole. */
  readonly settled: number;
}

interface Found {
  readonly classes: ReadonlyMap<ts.Node, FunctionClassInfo>;
  readonly members: ReadonlyMap<ts.Node, PrototypeMember>;
}

const known = new WeakMap<ts.SourceFile, Found>();
const none: Found = { classes: new Map(), members: new Map() };

/** The classes of a file that are functions, and their members. */
export function prototypesIn(file: ts.SourceFile): Found {
  if (!/\.[cm]?jsx?$/.test(file.fileName) || !file.text.includes("this")) return none;
  let found = known.get(file);
  if (found === undefined) {
    found = read(file);
    known.set(file, found);
  }
  return found;
}

/** The class that a function is. */
export const functionClassOf = (node: ts.Node): FunctionClassInfo | undefined =>
  prototypesIn(node.getSourceFile()).classes.get(node);

/** What a function is in the prototype of a class. */
export const prototypeMember = (node: ts.Node): PrototypeMember | undefined =>
  prototypesIn(node.getSourceFile()).members.get(node);

/** `Base.call(this, …)` and `Base.apply(this, arguments)`: what runs a constructor on the object at hand. */
export function baseCall(node: ts.Node): { readonly of: ts.Expression; readonly applied: boolean } | undefined {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return undefined;
  const { name, expression } = node.expression;
  const [first, second, ...more] = node.arguments;
  if (first?.kind !== ts.SyntaxKind.ThisKeyword) return undefined;
  if (name.text === "call") return { of: expression, applied: false };
  const handsOn = second !== undefined && ts.isIdentifier(second) && second.text === "arguments" && more.length === 0;
  return name.text === "apply" && handsOn ? { of: expression, applied: true } : undefined;
}

/** `Base.call(this, …) || this`, and what may stand around it. */
export function baseCallIn(node: ts.Expression): ts.CallExpression | undefined {
  if (ts.isParenthesizedExpression(node)) return baseCallIn(node.expression);
  if (ts.isBinaryExpression(node)) {
    const { kind } = node.operatorToken;
    if (kind === ts.SyntaxKind.BarBarToken && node.right.kind === ts.SyntaxKind.ThisKeyword)
      return baseCallIn(node.left);
    // `_super !== null && _super.apply(this, arguments)`
    if (kind === ts.SyntaxKind.AmpersandAmpersandToken && /!==? null$/.test(node.left.getText()))
      return baseCallIn(node.right);
    return undefined;
  }
  return ts.isCallExpression(node) && baseCall(node) !== undefined ? node : undefined;
}

/** `if (!(this instanceof F)) return new F(…)`: nothing that an object being built has to do with. */
export function isGuard(statement: ts.Statement): boolean {
  return ts.isIfStatement(statement)
    ? statement.elseStatement === undefined &&
        /^!\s*\(\s*this instanceof [\w$.]+\s*\)$/.test(statement.expression.getText())
    : isCheck(statement);
}

/** `_classCallCheck(this, F)` */
const isCheck = (statement: ts.Statement): boolean =>
  ts.isExpressionStatement(statement) &&
  ts.isCallExpression(statement.expression) &&
  /(^|\.)_*classCallCheck\d*$/.test(statement.expression.expression.getText());

/** `return this`, `return _this` of a variable that is `this`: what a constructor gives back in any case. */
export function returnsThis(statement: ts.Statement): boolean {
  if (!ts.isReturnStatement(statement)) return false;
  const { expression } = statement;
  if (expression === undefined || expression.kind === ts.SyntaxKind.ThisKeyword) return true;
  if (!ts.isIdentifier(expression)) return baseCallIn(expression) !== undefined;
  const declaration = declaredAround(expression)?.valueDeclaration;
  if (declaration === undefined || !ts.isVariableDeclaration(declaration)) return false;
  const value = declaration.initializer ?? soleValue(declaration);
  if (value === undefined || (declaration.initializer !== undefined && !isConstantVariable(declaration))) return false;
  return value.kind === ts.SyntaxKind.ThisKeyword || baseCallIn(value) !== undefined;
}

/** What a variable that is declared without a value is assigned, when that happens once. */
function soleValue(declaration: ts.VariableDeclaration): ts.Expression | undefined {
  const name = declaration.name.getText();
  const found: (ts.Expression | undefined)[] = [];
  const visit = (node: ts.Node): void => {
    const assigns = ts.isBinaryExpression(node) && ts.isIdentifier(node.left) && node.left.text === name;
    if (assigns) {
      const { kind } = node.operatorToken;
      if (kind === ts.SyntaxKind.EqualsToken) found.push(node.right);
      else if (kind > ts.SyntaxKind.EqualsToken && kind <= ts.SyntaxKind.LastAssignment) found.push(undefined);
    }
    ts.forEachChild(node, visit);
  };
  let around: ts.Node = declaration;
  while (around.parent !== undefined && !ts.isFunctionLike(around)) around = around.parent;
  visit(around);
  return found.length === 1 ? found[0] : undefined;
}

interface Draft {
  readonly node: FunctionClass;
  name: string;
  /** As it was last named. */
  named: string;
  members: PrototypeMember[];
  base: ts.Expression | undefined;
  unclear: boolean;
  settled: number;
}

function read(file: ts.SourceFile): Found {
  const drafts = new Map<ts.Node, Draft>();
  const draftOf = (node: FunctionClass, name: string): Draft => {
    let draft = drafts.get(node);
    if (draft === undefined) {
      const settled = statementAround(node)?.getEnd() ?? node.getEnd();
      draft = { node, name, named: name, members: [], base: undefined, unclear: false, settled };
      drafts.set(node, draft);
    }
    return draft;
  };
  const classAt = (expression: ts.Expression): Draft | undefined => {
    const node = functionNamed(expression);
    const draft = node && draftOf(node, expression.getText());
    if (draft !== undefined) draft.named = expression.getText();
    return draft;
  };
  /** The class whose prototype an expression is. */
  const prototypeOf = (expression: ts.Expression): Draft | undefined => {
    if (propertyOf(expression) === "prototype") return classAt((expression as ts.PropertyAccessExpression).expression);
    if (!ts.isIdentifier(expression)) return undefined;
    const declaration = declaredAround(expression)?.valueDeclaration;
    if (declaration === undefined || !ts.isVariableDeclaration(declaration)) return undefined;
    const value = declaration.initializer;
    if (value === undefined || !isConstantVariable(declaration) || propertyOf(value) !== "prototype") return undefined;
    return classAt((value as ts.PropertyAccessExpression).expression);
  };
  const put = (draft: Draft, name: string, role: PrototypeMember["role"], value: ts.Expression | ts.Node): void => {
    const node = methodNode(value);
    if (node === undefined) {
      const other = propertyOf(value);
      const same = other === undefined ? undefined : draft.members.find((one) => one.name === other);
      if (same !== undefined && prototypeOf((value as ts.PropertyAccessExpression).expression) === draft)
        draft.members.push({ ...same, name });
      return;
    }
    const behind = statementAround(value)?.getEnd() ?? value.getEnd();
    draft.members = draft.members.filter((one) => one.name !== name || one.role !== role);
    draft.members.push({ name, role, node, class_: draft.node, holder: draft.named, behind });
  };
  const describe = (draft: Draft, name: string, descriptor: ts.Expression | undefined): void => {
    if (descriptor === undefined || !ts.isObjectLiteralExpression(descriptor)) {
      draft.unclear = true;
      return;
    }
    for (const property of descriptor.properties) {
      const key = property.name?.getText();
      const value = ts.isPropertyAssignment(property) ? property.initializer : property;
      if (key === "get") put(draft, name, "getter", value);
      if (key === "set") put(draft, name, "setter", value);
      if (key === "value") put(draft, name, "method", value);
    }
  };
  const fill = (draft: Draft, literal: ts.ObjectLiteralExpression): void => {
    for (const property of literal.properties) {
      if (property.name === undefined || ts.isComputedPropertyName(property.name)) draft.unclear = true;
      else if (ts.isGetAccessor(property)) put(draft, property.name.getText(), "getter", property);
      else if (ts.isSetAccessor(property)) put(draft, property.name.getText(), "setter", property);
      else if (ts.isMethodDeclaration(property)) put(draft, nameOf(property.name), "method", property);
      else if (ts.isPropertyAssignment(property)) put(draft, nameOf(property.name), "method", property.initializer);
      else if (ts.isShorthandPropertyAssignment(property)) put(draft, property.name.text, "method", property.name);
    }
  };
  const replace = (draft: Draft, value: ts.Expression): void => {
    draft.settled = Math.max(draft.settled, statementAround(value)?.getEnd() ?? 0);
    draft.members = [];
    const base = baseOf(value);
    if (ts.isObjectLiteralExpression(value)) fill(draft, value);
    else if (base !== undefined) draft.base = base;
    else draft.unclear = true;
  };
  const list = (draft: Draft, methods: ts.Expression | undefined): void => {
    if (methods === undefined || !ts.isArrayLiteralExpression(methods)) return;
    for (const one of methods.elements) {
      if (!ts.isObjectLiteralExpression(one)) continue;
      const key = one.properties.find((property) => property.name?.getText() === "key");
      const name = key !== undefined && ts.isPropertyAssignment(key) ? key.initializer : undefined;
      if (name !== undefined && ts.isStringLiteralLike(name)) describe(draft, name.text, one);
    }
  };
  const extend = (draft: Draft, base: ts.Expression | undefined, at: ts.Node): void => {
    draft.base = base;
    draft.settled = Math.max(draft.settled, statementAround(at)?.getEnd() ?? 0);
  };
  const called = (call: ts.CallExpression): void => {
    const callee = call.expression.getText();
    const [first, second, third] = call.arguments;
    if (first === undefined) return;
    if (/(^|\.)(_*inherits(Loose)?|__extends|_extends|_*subclass)\d*$/i.test(callee)) {
      const draft = classAt(first);
      if (draft !== undefined) extend(draft, second, call);
    } else if (/(^|\.)_*createClass\d*$/.test(callee)) {
      const draft = classAt(first);
      if (draft !== undefined) list(draft, second);
    } else if (!/^Object\./.test(callee)) {
      // What is done to a prototype elsewhere is not known.
      for (const argument of call.arguments) {
        const draft = propertyOf(argument) === "prototype" ? prototypeOf(argument) : undefined;
        if (draft !== undefined) draft.unclear = true;
      }
    } else if (/^Object\.(defineProperty|defineProperties|assign|setPrototypeOf)$/.test(callee)) {
      const draft = prototypeOf(first);
      if (draft === undefined || second === undefined) return;
      if (callee.endsWith("defineProperty")) {
        if (ts.isStringLiteralLike(second)) describe(draft, second.text, third);
        else draft.unclear = true;
      } else if (callee.endsWith("setPrototypeOf")) {
        const base =
          propertyOf(second) === "prototype" ? (second as ts.PropertyAccessExpression).expression : undefined;
        if (base === undefined) draft.unclear = true;
        else extend(draft, base, call);
      } else if (!ts.isObjectLiteralExpression(second)) draft.unclear = true;
      else if (callee.endsWith("assign")) fill(draft, second);
      else
        for (const property of second.properties) {
          if (ts.isPropertyAssignment(property)) describe(draft, nameOf(property.name), property.initializer);
          else draft.unclear = true;
        }
    }
  };
  const assigned = (node: ts.BinaryExpression): void => {
    let value: ts.Expression = node;
    const targets: ts.Expression[] = [];
    while (ts.isBinaryExpression(value) && value.operatorToken.kind === ts.SyntaxKind.EqualsToken) {
      targets.push(value.left);
      value = value.right;
    }
    while (ts.isParenthesizedExpression(value)) value = value.expression;
    for (const target of targets) {
      const name = propertyOf(target);
      if (name === undefined) {
        const whole = ts.isElementAccessExpression(target) ? prototypeOf(target.expression) : undefined;
        if (whole !== undefined) whole.unclear = true;
        continue;
      }
      const object = (target as ts.PropertyAccessExpression).expression;
      if (name === "prototype") {
        const draft = classAt(object);
        if (draft !== undefined) replace(draft, value);
      } else {
        const draft = prototypeOf(object);
        if (draft !== undefined && name !== "constructor") put(draft, name, "method", value);
      }
    }
  };
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && !isModuleBody(node)) {
      if (isClassFunction(node)) draftOf(node, referenceOf(node) ?? "");
      return;
    }
    if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.EqualsToken) {
      const chained = ts.isBinaryExpression(node.parent) && node.parent.right === node;
      if (!chained) assigned(node);
    }
    if (ts.isCallExpression(node)) called(node);
    ts.forEachChild(node, visit);
  };
  visit(file);
  const members = new Map<ts.Node, PrototypeMember>();
  for (const draft of drafts.values()) {
    draft.members = draft.members.filter(({ name }) => name !== "constructor");
    for (const member of draft.members) if (!members.has(member.node)) members.set(member.node, member);
  }
  // What is a method fills the object that it is called on, and is no class.
  for (const node of members.keys()) if (drafts.get(node)?.members.length === 0) drafts.delete(node);
  return { classes: drafts, members };
}

const nameOf = (name: ts.PropertyName): string =>
  ts.isIdentifier(name) || ts.isStringLiteralLike(name) ? name.text : name.getText();

/** `Object.create(Base.prototype)`, `new Base()`, `Object.create(Base && Base.prototype, …)` */
function baseOf(value: ts.Expression): ts.Expression | undefined {
  if (ts.isNewExpression(value)) return value.expression;
  if (!ts.isCallExpression(value) || value.expression.getText() !== "Object.create") return undefined;
  let [from] = value.arguments;
  if (from !== undefined && ts.isBinaryExpression(from)) from = from.right;
  return from !== undefined && propertyOf(from) === "prototype"
    ? (from as ts.PropertyAccessExpression).expression
    : undefined;
}

/** The function that a name stands for where it is written. */
export function functionNamed(expression: ts.Expression, depth = 0): FunctionClass | undefined {
  if (depth > 8) return undefined;
  if (ts.isParenthesizedExpression(expression)) return functionNamed(expression.expression, depth);
  if (ts.isFunctionExpression(expression)) return isClassShaped(expression) ? expression : undefined;
  if (ts.isBinaryExpression(expression) && expression.operatorToken.kind === ts.SyntaxKind.EqualsToken)
    return functionNamed(expression.right, depth + 1);
  if (ts.isIdentifier(expression)) {
    const declaration = declaredAround(expression)?.valueDeclaration;
    if (declaration === undefined) return undefined;
    if (ts.isFunctionDeclaration(declaration)) return isClassShaped(declaration) ? declaration : undefined;
    if (ts.isFunctionExpression(declaration)) return isClassShaped(declaration) ? declaration : undefined;
    if (ts.isVariableDeclaration(declaration)) {
      const { initializer } = declaration;
      if (initializer === undefined || !isConstantVariable(declaration)) return undefined;
      return functionNamed(valueOfWrapper(initializer) ?? initializer, depth + 1);
    }
    if (!ts.isParameter(declaration) || !isConstantVariable(declaration)) return undefined;
    const given = argumentFor(declaration);
    return given && functionNamed(given, depth + 1);
  }
  const place = solePlace(expression);
  const assignment = place?.parent;
  if (assignment === undefined || !ts.isBinaryExpression(assignment) || assignment.left !== place) return undefined;
  return functionNamed(assignment.right, depth + 1);
}

function methodNode(value: ts.Node): MethodNode | undefined {
  if (ts.isParenthesizedExpression(value)) return methodNode(value.expression);
  if (ts.isFunctionExpression(value) || ts.isMethodDeclaration(value) || ts.isAccessor(value))
    return isMethodShaped(value) ? value : undefined;
  if (!ts.isIdentifier(value)) return undefined;
  const declaration = declaredAround(value)?.valueDeclaration;
  if (declaration === undefined) return undefined;
  if (ts.isFunctionDeclaration(declaration)) return isMethodShaped(declaration) ? declaration : undefined;
  if (!ts.isVariableDeclaration(declaration) || !isConstantVariable(declaration)) return undefined;
  const { initializer } = declaration;
  return initializer !== undefined && ts.isFunctionExpression(initializer) ? methodNode(initializer) : undefined;
}

const isMethodShaped = (node: ts.FunctionLikeDeclaration): node is MethodNode => node.body !== undefined;

const isClassShaped = (node: ts.FunctionDeclaration | ts.FunctionExpression): node is FunctionClass =>
  node.body !== undefined && node.asteriskToken === undefined && statementAround(node) !== undefined;

/** A function of the module that stores into `this`, and can be named. */
function isClassFunction(node: ts.Node): node is FunctionClass {
  if (!ts.isFunctionDeclaration(node) && !ts.isFunctionExpression(node)) return false;
  if (!isClassShaped(node) || referenceOf(node) === undefined) return false;
  const stores = (at: ts.Node): boolean => {
    if (ts.isFunctionLike(at) && !ts.isArrowFunction(at)) return false;
    const target =
      ts.isBinaryExpression(at) && at.operatorToken.kind === ts.SyntaxKind.EqualsToken ? at.left : undefined;
    if (target !== undefined && ts.isPropertyAccessExpression(target)) {
      if (target.expression.kind === ts.SyntaxKind.ThisKeyword) return true;
    }
    return ts.forEachChild(at, (child) => stores(child) || undefined) ?? false;
  };
  return stores(node.body);
}

/** How a function is named where it stands. */
function referenceOf(node: FunctionClass): string | undefined {
  if (ts.isFunctionDeclaration(node)) return holdsModule(node.parent) ? node.name?.text : undefined;
  let at: ts.Node = node;
  while (ts.isParenthesizedExpression(at.parent)) at = at.parent;
  const { parent } = at;
  if (ts.isVariableDeclaration(parent) && ts.isIdentifier(parent.name)) {
    const statement = parent.parent.parent;
    return ts.isVariableStatement(statement) && holdsModule(statement.parent) ? parent.name.text : undefined;
  }
  const stored = ts.isBinaryExpression(parent) && parent.right === at ? parent : undefined;
  if (stored === undefined || stored.operatorToken.kind !== ts.SyntaxKind.EqualsToken) return undefined;
  return propertyOf(stored.left) === undefined ? undefined : stored.left.getText();
}

/** The statement of the module, or of a wrapper in it, that a node stands in: not inside of another function. */
function statementAround(node: ts.Node): ts.Node | undefined {
  const body = bodyAround(node);
  let at: ts.Node = node;
  while (at.parent !== undefined && !holdsModule(at.parent)) {
    if (at !== node && ts.isFunctionLike(at)) return undefined;
    at = at.parent;
  }
  return bodyAround(at) === body ? at : undefined;
}
