/** What constructors do: those that only fill the object's fields leave all that its shadow needs in them. */

import type { ClassNode } from "./classes.ts";
import { isPure } from "./lower/context.ts";
import { ts } from "./project.ts";
import { baseCall, type FunctionClass, functionClassOf, isGuard, returnsThis } from "./prototypes.ts";

/**
 * Whether building an object of the last class of a chain of classes, each of which extends the one before, has no effect
 * but to store into it, and leaves in each field what every part of the construction saw there.
 */
export function isPureConstruction(
  chain: readonly ClassNode[],
  isPureClass: (made: ts.Expression) => boolean,
): boolean {
  const own = chain.at(-1);
  if (own === undefined) return false;
  const stored = new Map<string, number>();
  const read = new Set<string>();
  for (const node of chain) noteFields(node, stored, read);
  // A field that changes while it is looked at.
  if ([...read].some((name) => (stored.get(name) ?? 0) !== 1)) return false;
  const pure = (part: ts.Node): boolean => {
    if (part === own) return false;
    if (ts.isFunctionLike(part) && !ts.isConstructorDeclaration(part)) return true;
    if (isSuperCallExpression(part)) return part.arguments.every(pure);
    const base = baseCall(part);
    if (base !== undefined) return (part as ts.CallExpression).arguments.slice(1).every(pure);
    if (ts.isBinaryExpression(part) && part.operatorToken.kind === ts.SyntaxKind.EqualsToken && isOwnField(part.left)) {
      return pure(part.right);
    }
    if (part.kind === ts.SyntaxKind.ThisKeyword) return false;
    if (isOwnField(part)) return true;
    if (ts.isNewExpression(part)) return isPureClass(part.expression) && (part.arguments ?? []).every(pure);
    if (ts.isCallExpression(part) || ts.isTaggedTemplateExpression(part) || ts.isAwaitExpression(part)) {
      return isPure(part) && ts.forEachChild(part, (child) => (pure(child) ? undefined : true)) === undefined;
    }
    if (changes(part) || ts.isThrowStatement(part) || ts.isReturnStatement(part)) return false;
    return ts.forEachChild(part, (child) => (pure(child) ? undefined : true)) === undefined;
  };
  if (!ts.isClassLike(own)) {
    const { statements } = own.body;
    return (
      extendsOnce(own) &&
      own.parameters.every(({ initializer }) => initializer === undefined || pure(initializer)) &&
      statements.every((statement) => isGuard(statement) || pure(statement))
    );
  }
  return own.members.every((member) => {
    if (ts.isPropertyDeclaration(member)) return member.initializer === undefined || pure(member.initializer);
    return !ts.isConstructorDeclaration(member) || member.body === undefined || pure(member.body);
  });
}

/** Assigns something that is no field of the object's, or deletes. */
function changes(part: ts.Node): boolean {
  if (ts.isDeleteExpression(part)) return true;
  if (ts.isPrefixUnaryExpression(part) || ts.isPostfixUnaryExpression(part)) {
    return part.operator === ts.SyntaxKind.PlusPlusToken || part.operator === ts.SyntaxKind.MinusMinusToken;
  }
  if (!ts.isBinaryExpression(part)) return false;
  const { kind } = part.operatorToken;
  return kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;
}

const isSuperCallExpression = (node: ts.Node): node is ts.CallExpression =>
  ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.SuperKeyword;

const isOwnField = (node: ts.Node): node is ts.PropertyAccessExpression =>
  ts.isPropertyAccessExpression(node) && node.expression.kind === ts.SyntaxKind.ThisKeyword;

/** Counts the stores into each field, and notes which are read while the object is built. */
function noteFields(node: ClassNode, stored: Map<string, number>, read: Set<string>): void {
  const store = (name: string): void => {
    stored.set(name, (stored.get(name) ?? 0) + 1);
  };
  const visit = (part: ts.Node): void => {
    if (ts.isFunctionLike(part) && !ts.isConstructorDeclaration(part)) return;
    if (ts.isBinaryExpression(part) && part.operatorToken.kind === ts.SyntaxKind.EqualsToken && isOwnField(part.left)) {
      store(part.left.name.text);
      visit(part.right);
      return;
    }
    if (isOwnField(part)) read.add(part.name.text);
    ts.forEachChild(part, visit);
  };
  if (!ts.isClassLike(node)) {
    for (const statement of node.body.statements) if (!isGuard(statement)) visit(statement);
    return;
  }
  for (const member of node.members) {
    const isStatic = (ts.canHaveModifiers(member) ? (ts.getModifiers(member) ?? []) : []).some(
      (one) => one.kind === ts.SyntaxKind.StaticKeyword,
    );
    if (ts.isPropertyDeclaration(member) && !isStatic && member.initializer !== undefined) {
      if (ts.isIdentifier(member.name) || ts.isPrivateIdentifier(member.name)) store(member.name.text);
      visit(member.initializer);
    }
    if (ts.isConstructorDeclaration(member) && member.body !== undefined) {
      for (const parameter of member.parameters) {
        if (ts.isParameterPropertyDeclaration(parameter, member) && ts.isIdentifier(parameter.name))
          store(parameter.name.text);
      }
      visit(member.body);
    }
  }
}

/** Whether an object of the class can be made without its constructor: `#x` is there only where that has run. */
export function canBeBuiltWhole(node: ClassNode): boolean {
  const fine = (part: ts.Node): boolean => {
    if (ts.isPrivateIdentifier(part) || ts.isMetaProperty(part)) return false;
    return ts.forEachChild(part, (child) => (fine(child) ? undefined : true)) === undefined;
  };
  if (!ts.isClassLike(node)) {
    const own = node.body.statements.filter((statement) => !isGuard(statement) && !returnsThis(statement));
    return extendsOnce(node) && own.every((statement) => fine(statement) && !returnsValue(statement));
  }
  return fine(node) && node.members.every((member) => !ts.isConstructorDeclaration(member) || !returnsValue(member));
}

/** Whether a function runs the constructor of what it extends once, before anything else is done to `this`. */
function extendsOnce(node: FunctionClass): boolean {
  const calls: ts.Node[] = [];
  const visit = (at: ts.Node): void => {
    if (ts.isFunctionLike(at) && !ts.isArrowFunction(at)) return;
    if (baseCall(at) !== undefined) calls.push(at);
    else ts.forEachChild(at, visit);
  };
  const statements = node.body.statements.filter((statement) => !isGuard(statement));
  statements.forEach(visit);
  const [only] = calls;
  if (only === undefined) return functionClassOf(node)?.base === undefined;
  const first = statements.find(mentionsThis);
  return calls.length === 1 && first !== undefined && first === statementOfCall(only) && !isConditional(first);
}

function statementOfCall(call: ts.Node): ts.Node {
  let at = call;
  while (!ts.isStatement(at)) at = at.parent;
  return at;
}

const isConditional = (statement: ts.Node): boolean =>
  !ts.isExpressionStatement(statement) && !ts.isVariableStatement(statement) && !ts.isReturnStatement(statement);

function mentionsThis(node: ts.Node): boolean {
  if (node.kind === ts.SyntaxKind.ThisKeyword) return true;
  if (ts.isFunctionLike(node) && !ts.isArrowFunction(node)) return false;
  return ts.forEachChild(node, (child) => mentionsThis(child) || undefined) ?? false;
}

function returnsValue(node: ts.Node): boolean {
  if (ts.isReturnStatement(node)) return node.expression !== undefined;
  if (ts.isFunctionLike(node) && !ts.isConstructorDeclaration(node)) return false;
  return ts.forEachChild(node, (child) => returnsValue(child) || undefined) ?? false;
}
