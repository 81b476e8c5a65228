/** Lowers functions: parameters with their defaults and patterns, then the body. */

import type {
  Declare,
  Expression,
  FunctionExpression,
  FunctionForm,
  Membership,
  Parameter,
  Type,
  Variable,
} from "../../ir/types.ts";
import { type ClassNode, classId, memberOfClass } from "../classes.ts";
import { type FunctionNode, functionId, functionName, scopeOf, unwrapped } from "../functions.ts";
import { ts } from "../project.ts";
import { useOf } from "../usage.ts";
import { type Context, collect, lookup, reference, spanOf, temporary, withoutNumberLiterals } from "./context.ts";
import { lowerExpression } from "./expressions.ts";
import { declarePattern } from "./patterns.ts";
import { lowerStatements } from "./statements.ts";

export function lowerFunctionExpression(cx: Context, node: FunctionNode): FunctionExpression {
  return { kind: "function", function: lowerFunction(cx, node), span: spanOf(node) };
}

/** A function as a form; its locals are variables of the context it shares with the function around it. */
export function lowerFunction(cx: Context, node: FunctionNode): FunctionForm {
  const parameters: Parameter[] = [];
  const outer = { receiver: cx.receiver, class_: cx.class_ };
  if (!ts.isArrowFunction(node)) enterMember(cx, node);
  const { receiver } = cx;
  const body = collect(cx, () => {
    for (const parameter of node.parameters) {
      if (ts.isIdentifier(parameter.name) && parameter.name.text === "this") continue;
      parameters.push(lowerParameter(cx, parameter));
    }
    if (ts.isBlock(node.body)) lowerStatements(cx, node.body.statements);
    else lowerConciseBody(cx, node.body);
  });
  Object.assign(cx, outer);
  const signature = cx.program.checker.getSignatureFromDeclaration(node);
  const returned = signature?.getReturnType();
  const result: Type = returned === undefined ? { kind: "unknown" } : cx.types.of(returned);
  const text = node.type?.getText() ?? (returned && cx.types.text(withoutNumberLiterals(cx, returned), node));
  return {
    id: functionId(node),
    name: functionName(node) ?? "",
    style: cx.selves.has(node) ? "arrow" : styleOf(node),
    parameters,
    result,
    body,
    span: spanOf(node),
    ...(!ts.isArrowFunction(node) && !cx.selves.has(node) && receiver !== undefined && { receiver }),
    ...membershipOf(node),
    ...inScope(node),
    ...(text !== undefined && !/\bany\b/.test(text) && { resultText: text }),
    ...(isOverloaded(cx, node) && { overloaded: true }),
    ...(node.typeParameters !== undefined && {
      typeParameters: node.typeParameters.map((parameter) => parameter.getText()).join(", "),
    }),
  };
}

/** The wrappers of the module that a function stands in. */
export function inScope(node: ts.Node): { readonly scope: string } | undefined {
  const scope = scopeOf(node);
  return scope === "" ? undefined : { scope };
}

/** Whether a function has signatures of its own beside the one that it is written with. */
function isOverloaded(cx: Context, node: FunctionNode): boolean {
  const symbol = node.name && cx.program.checker.getSymbolAtLocation(node.name);
  return (
    symbol?.declarations?.some((one) => one !== node && ts.isFunctionLike(one) && !("body" in one && one.body)) ?? false
  );
}

/** `this` of a class's member; of other functions it is not known. */
function enterMember(cx: Context, node: FunctionNode): void {
  const member = memberOfClass(node);
  const self = cx.selves.get(node);
  if (self !== undefined) {
    cx.receiver = self;
    cx.class_ = undefined;
    return;
  }
  if (member === undefined || member.role === "static") {
    cx.receiver = undefined;
    cx.class_ = member && classId(member.class_);
    return;
  }
  cx.class_ = classId(member.class_);
  cx.receiver = receiverOf(cx, member.class_, node);
}

/** `this` in a class's constructor, or in a method. */
export function receiverOf(cx: Context, node: ClassNode, method: ts.Node = node): Variable {
  const { checker } = cx.program;
  const symbol = node.name && checker.getSymbolAtLocation(node.name);
  const mention = ts.isClassLike(node) ? undefined : thisIn(method);
  const type = ts.isClassLike(node)
    ? symbol && checker.getDeclaredTypeOfSymbol(symbol)
    : mention && checker.getTypeAtLocation(mention);
  return {
    id: cx.nextId(),
    name: "this",
    role: "user",
    type: type === undefined ? { kind: "unknown" } : cx.types.of(type),
    reassigned: false,
    captured: true,
  };
}

/** Where a function mentions its own `this`. */
function thisIn(node: ts.Node): ts.Node | undefined {
  return ts.forEachChild(node, (child) => {
    if (child.kind === ts.SyntaxKind.ThisKeyword) return child;
    return ts.isFunctionLike(child) && !ts.isArrowFunction(child) ? undefined : thisIn(child);
  });
}

/** What a function is in its class. */
export function membershipOf(node: FunctionNode): { readonly memberOf: Membership } | undefined {
  const member = memberOfClass(node);
  if (member === undefined) return undefined;
  return { memberOf: { class_: classId(member.class_), className: member.className, role: member.role } };
}

function styleOf(node: FunctionNode): FunctionForm["style"] {
  if (ts.isFunctionDeclaration(node)) return "declaration";
  if (ts.isArrowFunction(node)) return "arrow";
  if (ts.isMethodDeclaration(node) && ts.isObjectLiteralExpression(node.parent)) return "arrow";
  return ts.isFunctionExpression(node) ? "expression" : "method";
}

function lowerConciseBody(cx: Context, body: ts.Expression): void {
  const statements = collect(cx, () => {
    const value = lowerExpression(cx, body);
    cx.out.push({ kind: "return", value, span: spanOf(body) });
  });
  const origin = { span: spanOf(body), text: `return ${body.getText()};`, comments: [], spaced: false };
  cx.out.push({ kind: "source", origin, body: statements, span: spanOf(body) });
}

export function lowerParameter(cx: Context, parameter: ts.ParameterDeclaration): Parameter {
  const span = spanOf(parameter);
  const type = cx.types.at(parameter);
  const declared = parameter.type?.getText();
  const inferred = cx.types.text(cx.program.checker.getTypeAtLocation(parameter), parameter);
  const typeText = declared ?? inferred;
  const fallback = parameter.initializer;
  const simple = fallback !== undefined && isLiteral(unwrapped(fallback)) ? lowerExpression(cx, fallback) : undefined;

  const known = ts.isIdentifier(parameter.name) ? lookup(cx, parameter.name) : undefined;
  const assigned = fallback !== undefined && simple === undefined;
  const plain = known ?? temporary(cx, type, parameter, assigned);
  // A function inside knows of a variable what its declaration says, not what was found out about it since.
  const apart = assigned && known?.captured === true;
  const variable: Variable = apart
    ? { ...temporary(cx, type, parameter, true), name: known.name }
    : assigned && !plain.reassigned
      ? markReassigned(cx, plain, parameter)
      : plain;
  if (assigned) {
    const then = collect(cx, () => {
      const value = lowerExpression(cx, fallback);
      cx.out.push({ kind: "assign", target: { kind: "variable", variable }, value, span: spanOf(fallback) });
    });
    const test: Expression = {
      kind: "binary",
      operator: "===",
      left: reference(variable, span),
      right: { kind: "constant", value: undefined },
    };
    cx.out.push({ kind: "if", test, then, span });
  }
  if (apart) {
    const keyword = known.reassigned ? "let" : "const";
    cx.out.push({ kind: "declare", keyword, variable: known, value: reference(variable, span), span });
  }
  if (!ts.isIdentifier(parameter.name))
    declarePattern(cx, keywordOf(cx, parameter.name), parameter.name, reference(variable, span));
  const use =
    type.kind === "unknown" && parameter.dotDotDotToken === undefined
      ? useOf(cx.program.checker, parameter)
      : undefined;
  return {
    variable,
    typeText,
    ...(use !== undefined && { use }),
    ...(type.kind === "array" && isAny(cx, parameter) && { assumed: true }),
    optional: parameter.questionToken !== undefined || assigned,
    rest: parameter.dotDotDotToken !== undefined,
    ...(simple !== undefined && { default: simple }),
  };
}

const isAny = (cx: Context, parameter: ts.ParameterDeclaration): boolean =>
  (cx.program.checker.getTypeAtLocation(parameter).flags & ts.TypeFlags.Any) !== 0;

/** A parameter that its own default assigns. */
function markReassigned(cx: Context, variable: Variable, parameter: ts.ParameterDeclaration): Variable {
  const changed: Variable = { ...variable, reassigned: true };
  const symbol = cx.program.checker.getSymbolAtLocation(parameter.name);
  if (symbol !== undefined) cx.variables.set(symbol, changed);
  return changed;
}

/** Names bound by a pattern are declared `let` when one of them is assigned later. */
export function keywordOf(cx: Context, pattern: ts.BindingName): Declare["keyword"] {
  const visit = (name: ts.BindingName): boolean =>
    ts.isIdentifier(name)
      ? lookup(cx, name)?.reassigned === true
      : name.elements.some((element) => !ts.isOmittedExpression(element) && visit(element.name));
  return visit(pattern) ? "let" : "const";
}

const isLiteral = (node: ts.Expression): boolean =>
  ts.isNumericLiteral(node) ||
  ts.isStringLiteral(node) ||
  node.kind === ts.SyntaxKind.TrueKeyword ||
  node.kind === ts.SyntaxKind.FalseKeyword ||
  node.kind === ts.SyntaxKind.NullKeyword ||
  (ts.isPrefixUnaryExpression(node) && ts.isNumericLiteral(node.operand));
