/** Lowers calls and `new`, and says what is called. */

import type { Callee, Expression, Spread, Type } from "../../ir/types.ts";
import { computedMember } from "../../passes/builtins.ts";
import { classId, classNamed, classOfSymbol, memberOfClass } from "../classes.ts";
import { definedRule } from "../definedRules.ts";
import {
  functionId,
  functionOfSymbol,
  importOf,
  isFunctionNode,
  isTopLevel,
  loadedFunction,
  memberSymbol,
  storedFunction,
  unwrapped,
} from "../functions.ts";
import { type Program, ts } from "../project.ts";
import { ruledDeclaration } from "../rules.ts";
import { lowerAppliedCall, lowerBind, lowerBoundCall } from "./appliedCalls.ts";
import { lowerArrayMethod } from "./arrayMethods.ts";
import { spreadArguments } from "./arrayMethodsSpread.ts";
import { lowerBaseCall } from "./baseCalls.ts";
import { type Context, lookup, named, snapshot, spanOf, symbolOf } from "./context.ts";
import { lowerOperator } from "./derivativeOperators.ts";
import { lowerDerivative } from "./derivatives.ts";
import { describeSyntax, isGlobalNamespace, lowerAtom, mathFunction, opaque } from "./expressions.ts";
import { isOpenChain, lowerOptional } from "./optional.ts";
import { lowerNumberMethod } from "./prototypes.ts";

/** Global functions that depend on their arguments alone. */
const pureGlobals: ReadonlySet<string> = new Set([
  "Number",
  "String",
  "Boolean",
  "parseFloat",
  "parseInt",
  "isNaN",
  "isFinite",
]);

export function lowerCall(cx: Context, node: ts.CallExpression): Expression {
  const span = spanOf(node);
  if (isOpenChain(cx, node)) return lowerOptional(cx, node);
  const ofBase = lowerBaseCall(cx, node);
  if (ofBase !== undefined) return ofBase;
  const derivative = lowerDerivative(cx, node);
  if (derivative !== undefined) return derivative;
  const operator = lowerOperator(cx, node);
  if (operator !== undefined) return operator;
  const math = mathFunction(cx, node);
  if (math !== undefined) {
    const parts = lowerArguments(cx, node.arguments, roomOfMath(math));
    const atoms = parts.flatMap((part) => (part.kind === "spread" ? [] : [part]));
    if (atoms.length === parts.length) return { kind: "math", name: math, arguments: atoms, span };
    return { kind: "call", callee: { kind: "global", name: `Math.${math}`, pure: true }, arguments: parts, span };
  }
  const applied = lowerAppliedCall(cx, node) ?? lowerBind(cx, node) ?? lowerBoundCall(cx, node);
  if (applied !== undefined) return applied;
  const looped = lowerArrayMethod(cx, node);
  if (looped !== undefined) return looped;
  const ofNumber = lowerNumberMethod(cx, node);
  if (ofNumber !== undefined) return ofNumber;
  if (isArrayFunction(cx, node)) {
    return { kind: "new", constructor_: "Array", arguments: lowerArguments(cx, node.arguments), span };
  }
  const computed = unwrapped(node.expression);
  if (ts.isElementAccessExpression(computed) && isGlobalNamespace(cx, computed.expression))
    return opaque(cx, node, computedMember);
  const callee = lowerCallee(cx, node);
  if (callee === undefined) return opaque(cx, node, describeSyntax(node));
  const call: Expression = {
    kind: "call",
    callee,
    arguments: lowerArguments(
      cx,
      node.arguments,
      node.arguments.some(ts.isSpreadElement) ? roomOf(cx, node) : undefined,
    ),
    span,
    ...(node.typeArguments !== undefined && { typeArguments: node.typeArguments.map((t) => t.getText()).join(", ") }),
  };
  const type = resultOfOverload(cx, node);
  return type === undefined ? call : { kind: "as", operand: named(cx, call, node), type, span };
}

/** What a call of an overloaded function gives back, which the one function that is generated for all can't say. */
function resultOfOverload(cx: Context, node: ts.CallExpression): string | undefined {
  const { checker } = cx.program;
  const signature = checker.getResolvedSignature(node);
  const declaration = signature?.declaration;
  if (signature === undefined || declaration === undefined || hasBody(declaration)) return undefined;
  const name = ts.isJSDocSignature(declaration) ? undefined : declaration.name;
  const written = name && checker.getSymbolAtLocation(name)?.declarations?.some(hasBody);
  if (written !== true) return undefined;
  const text = cx.types.text(checker.getReturnTypeOfSignature(signature), node);
  return /^(void|never|any|unknown)$/.test(text) ? undefined : text;
}

const hasBody = (node: ts.Node): boolean => "body" in node && node.body !== undefined;

/** Arguments in order. `room`: how many the function looks at, when that is known; the rest of a spread is left out. */
export function lowerArguments(cx: Context, nodes: readonly ts.Expression[], room?: number): (Expression | Spread)[] {
  let before = 0;
  return nodes.flatMap((node, i): (Expression | Spread)[] => {
    const later = nodes.slice(i + 1);
    before += 1;
    if (!ts.isSpreadElement(node)) return [snapshot(cx, lowerAtom(cx, node), node, later)];
    const left = room === undefined || later.length > 0 ? undefined : Math.max(room - before + 1, 0);
    const parts = spreadArguments(cx, node.expression, later, left);
    if (parts === undefined) {
      return [
        { kind: "spread", operand: snapshot(cx, lowerAtom(cx, node.expression), node, later), span: spanOf(node) },
      ];
    }
    before += parts.length - 1;
    return parts;
  });
}

const mathOfTwo: ReadonlySet<string> = new Set(["pow", "atan2", "imul"]);
const mathOfMany: ReadonlySet<string> = new Set(["max", "min", "hypot"]);

function roomOfMath(name: string): number | undefined {
  if (mathOfMany.has(name)) return undefined;
  return mathOfTwo.has(name) ? 2 : 1;
}

/** How many arguments a function declares, when it takes no others. */
function roomOf(cx: Context, node: ts.CallExpression): number | undefined {
  const declaration = cx.program.checker.getResolvedSignature(node)?.declaration;
  if (declaration === undefined || ts.isJSDocSignature(declaration)) return undefined;
  if (!isFunctionNode(declaration) || declaration.parameters.some((one) => one.dotDotDotToken !== undefined))
    return undefined;
  return declaration.parameters.length;
}

function lowerCallee(cx: Context, node: ts.CallExpression): Callee | undefined {
  const callee = withoutDetour(unwrapped(node.expression));
  if (ts.isIdentifier(callee)) return namedCallee(cx, callee);
  const member = memberCallee(cx, callee) ?? keptFunction(cx, callee);
  if (member !== undefined) return member;
  if (ts.isPropertyAccessExpression(callee)) {
    const imported = namespaceMember(cx, callee);
    if (imported !== undefined) return imported;
    if (isGlobalObject(cx, callee.expression)) {
      const name = callee.getText();
      return { kind: "global", name, pure: isGlobalNamespace(cx, callee.expression) && name !== "Math.random" };
    }
    const object = snapshot(cx, lowerAtom(cx, callee.expression), callee.expression, node.arguments);
    return { kind: "method", object, name: callee.name.text };
  }
  if (callee.kind === ts.SyntaxKind.SuperKeyword) return undefined;
  return { kind: "value", function: lowerAtom(cx, callee) };
}

/** `Array(…)`, which does what `new Array(…)` does. */
function isArrayFunction(cx: Context, { expression }: ts.CallExpression): boolean {
  return ts.isIdentifier(expression) && expression.text === "Array" && lookup(cx, expression) === undefined;
}

/** `(0, lib.f)`, as transpilers write it, calls `lib.f`. */
function withoutDetour(node: ts.Expression): ts.Expression {
  const detour = ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.CommaToken;
  return detour && ts.isNumericLiteral(node.left) ? unwrapped(node.right) : node;
}

/** `lib.f` of a module that was loaded by `require`, `api.f` of an object that stays as it is. */
export function keptFunction(cx: Context, callee: ts.Expression): Callee | undefined {
  if (!ts.isPropertyAccessExpression(callee) && !ts.isElementAccessExpression(callee)) return undefined;
  const { checker } = cx.program;
  const symbol = memberSymbol(callee, checker);
  const target =
    (symbol && functionOfSymbol(symbol, checker)) ?? storedFunction(callee, checker) ?? loadedFunction(callee, checker);
  if (target === undefined || memberOfClass(target) !== undefined || !isTopLevel(target)) return undefined;
  return { kind: "function", id: functionId(target), name: callee.getText() };
}

/** `super(…)`, `super.f(…)`, `Class.f(…)`. */
export function memberCallee(cx: Context, callee: ts.Expression): Callee | undefined {
  const { receiver, class_, classes } = cx;
  const base = class_ === undefined ? undefined : classes.base(class_);
  if (callee.kind === ts.SyntaxKind.SuperKeyword) {
    if (receiver === undefined || base === undefined || base === "foreign") return undefined;
    return { kind: "superConstructor", class_: base, this_: receiver };
  }
  if (!ts.isPropertyAccessExpression(callee)) return undefined;
  const { name } = callee;
  if (callee.expression.kind === ts.SyntaxKind.SuperKeyword) {
    if (receiver === undefined || base === undefined || base === "foreign") return undefined;
    return { kind: "super", class_: base, name: name.text, this_: receiver };
  }
  const symbol = ts.isIdentifier(callee.expression) ? symbolOf(cx.program.checker, callee.expression) : undefined;
  const node = symbol && classOfSymbol(symbol, cx.program.checker);
  if (node === undefined || classes.static_(classId(node), name.text) === undefined) return undefined;
  return { kind: "static", class_: classId(node), className: callee.expression.getText(), name: name.text };
}

/** The declaration that a called name stands for: a rule's function comes before its own body. */
function calledFunction(symbol: ts.Symbol, program: Program): ts.Node | undefined {
  const { checker } = program;
  return definedRule(symbol, program) ?? functionOfSymbol(symbol, checker) ?? ruledDeclaration(symbol, checker);
}

/** What a name calls. */
export function namedCallee(cx: Context, callee: ts.Identifier): Callee {
  const { checker } = cx.program;
  const symbol = symbolOf(checker, callee);
  const imported = symbol && importOf(symbol);
  if (imported?.specifier === "fgrad") return ofRuntime(imported.name, callee.text);
  const target = symbol && calledFunction(symbol, cx.program);
  if (target !== undefined && (!isFunctionNode(target) || isTopLevel(target))) {
    return { kind: "function", id: functionId(target), name: callee.text };
  }
  const variable = lookup(cx, callee);
  if (variable !== undefined) {
    return { kind: "value", function: { kind: "variable", variable, span: spanOf(callee) } };
  }
  return { kind: "global", name: callee.text, pure: pureGlobals.has(callee.text) };
}

/** A function of fgrad's own, which is never looked into. */
function ofRuntime(name: string, text: string): Callee {
  const cuts = name === "stopGradient";
  return { kind: "global", name: cuts ? "fgrad:stopGradient" : text, pure: cuts };
}

/** `lib.f` of `import * as lib`. */
export function namespaceMember(cx: Context, callee: ts.PropertyAccessExpression): Callee | undefined {
  if (!ts.isIdentifier(callee.expression)) return undefined;
  const { checker } = cx.program;
  const symbol = symbolOf(checker, callee.expression);
  if (symbol === undefined || importOf(symbol)?.name !== "*") return undefined;
  if (importOf(symbol)?.specifier === "fgrad") return ofRuntime(callee.name.text, callee.getText());
  const member = checker.getSymbolAtLocation(callee.name);
  const target = member && calledFunction(member, cx.program);
  if (target === undefined || (isFunctionNode(target) && !isTopLevel(target)))
    return { kind: "global", name: callee.getText(), pure: false };
  return { kind: "function", id: functionId(target), name: callee.getText() };
}

/** `console`, `Number`, `Array`: a global that is no variable of the program's. */
function isGlobalObject(cx: Context, node: ts.Expression): boolean {
  return ts.isIdentifier(node) && lookup(cx, node) === undefined && node.text !== "undefined";
}

const isArray = (type: Type): boolean =>
  type.kind === "union" ? type.members.every(isArray) : type.kind === "array" && !type.constructor_.startsWith("Big");

export function lowerNew(cx: Context, node: ts.NewExpression): Expression {
  const callee = unwrapped(node.expression);
  if (ts.isPropertyAccessExpression(callee) && isArray(cx.types.at(node))) {
    // A constructor of arrays that is kept somewhere: which one, makes no difference to what it makes.
    return {
      kind: "new",
      constructor_: callee.getText(),
      arguments: lowerArguments(cx, node.arguments ?? []),
      span: spanOf(node),
    };
  }
  const named_ = ts.isPropertyAccessExpression(callee) ? classNamed(callee, cx.program.checker) : undefined;
  if (!ts.isIdentifier(callee) && named_ === undefined) return opaque(cx, node, describeSyntax(node));
  const symbol = ts.isIdentifier(callee) ? symbolOf(cx.program.checker, callee) : undefined;
  const node_ = named_ ?? (symbol && classOfSymbol(symbol, cx.program.checker));
  return {
    kind: "new",
    constructor_: callee.getText(),
    ...(node_ !== undefined && {
      class_: classId(node_),
      pure: cx.classes.isPureConstruction(classId(node_)),
      instance: cx.types.text(cx.program.checker.getTypeAtLocation(node), node),
    }),
    arguments: lowerArguments(cx, node.arguments ?? []),
    span: spanOf(node),
    ...(node.typeArguments !== undefined && { typeArguments: node.typeArguments.map((t) => t.getText()).join(", ") }),
  };
}
