/**
 * Lowers calls by way of a function's own methods: `f.call(self, a)`, `f.apply(self, list)`, `f.bind(self, a)`, where it is
 * known what is called and that `this` makes no difference to it, or is the object that it would be anyway.
 */

import type { Atom, Callee, Expression, FunctionForm, Parameter, Spread } from "../../ir/types.ts";
import { holdsModule } from "../bodies.ts";
import { classOfSymbol } from "../classes.ts";
import {
  type FunctionNode,
  functionId,
  functionOfSymbol,
  isFunctionNode,
  memberSymbol,
  unwrapped,
} from "../functions.ts";
import { isConstantVariable, usesThis } from "../holders.ts";
import { standsForMath } from "../mathAlias.ts";
import { ts } from "../project.ts";
import { spreadArguments } from "./arrayMethodsSpread.ts";
import { keptFunction, lowerArguments, memberCallee, namedCallee, namespaceMember } from "./calls.ts";
import {
  type Context,
  collect,
  isPure,
  lookup,
  named,
  reference,
  snapshot,
  spanOf,
  symbolOf,
  temporary,
} from "./context.ts";
import { lowerAtom, lowerEffect } from "./expressions.ts";
import { lowerFunctionExpression } from "./functions.ts";

/** What is called in the end: its callee is made before the arguments are looked at. */
interface Target {
  readonly node: FunctionNode | undefined;
  callee(later: readonly ts.Node[]): Callee;
}

/** `f.call(…)` and `f.apply(…)`; nothing where they are no calls of a known function. */
export function lowerAppliedCall(cx: Context, node: ts.CallExpression): Expression | undefined {
  const written = methodOfFunction(cx, node);
  if (written === undefined || written.name === "bind") return undefined;
  const { of, self, more } = written;
  const given: Given | undefined = written.name === "call" ? { nodes: more } : listed(cx, more);
  if (given === undefined) return undefined;
  const span = spanOf(node);
  const math = mathNamed(cx, of);
  const target = math === undefined ? targetOf(cx, of, self) : undefined;
  if (math === undefined && target === undefined) return undefined;
  const callee = target?.callee([...(self === undefined ? [] : [self]), ...given.nodes]);
  if (self !== undefined && !isPure(self)) lowerEffect(cx, self);
  const parts =
    given.list === undefined ? lowerArguments(cx, given.nodes) : spreadOf(cx, given.list, roomOf(target?.node));
  if (callee !== undefined) return { kind: "call", callee, arguments: parts, span };
  const atoms = parts.flatMap((part) => (part.kind === "spread" ? [] : [part]));
  if (math === undefined) return undefined;
  if (atoms.length === parts.length) return { kind: "math", name: math, arguments: atoms, span };
  return { kind: "call", callee: { kind: "global", name: `Math.${math}`, pure: true }, arguments: parts, span };
}

/** A call of the module's `const g = f.bind(null, 0)`: of `f`, with what was bound, where that is written out. */
export function lowerBoundCall(cx: Context, node: ts.CallExpression): Expression | undefined {
  const { checker } = cx.program;
  const symbol = ts.isIdentifier(node.expression) ? symbolOf(checker, node.expression) : undefined;
  const declaration = symbol?.valueDeclaration;
  if (declaration === undefined || !ts.isVariableDeclaration(declaration) || !isConstantVariable(declaration))
    return undefined;
  const bind = declaration.initializer && unwrapped(declaration.initializer);
  if (bind === undefined || !ts.isCallExpression(bind) || declaration.getSourceFile() !== cx.root.getSourceFile())
    return undefined;
  if (!ts.isVariableStatement(declaration.parent.parent) || !holdsModule(declaration.parent.parent.parent))
    return undefined;
  const written = methodOfFunction(cx, bind);
  if (written?.name !== "bind" || !ts.isIdentifier(written.of) || !written.more.every(isLiteral)) return undefined;
  const { of, self, more } = written;
  if (self !== undefined && !isPure(self)) return undefined;
  const meant = checker.resolveName(of.text, node, ts.SymbolFlags.Value, false);
  const target = meant === undefined || meant !== symbolOf(checker, of) ? undefined : namedTarget(cx, of, self);
  const callee = target?.node === undefined ? undefined : target.callee([]);
  if (callee?.kind !== "function") return undefined;
  const bound = lowerArguments(cx, more);
  return {
    kind: "call",
    callee,
    arguments: [...bound, ...lowerArguments(cx, node.arguments)],
    span: spanOf(node),
  };
}

const isLiteral = (node: ts.Expression): boolean =>
  ts.isNumericLiteral(node) || (ts.isPrefixUnaryExpression(node) && ts.isNumericLiteral(node.operand));

/** `f.bind(…)` as a function of the arguments that are left. */
export function lowerBind(cx: Context, node: ts.CallExpression): Expression | undefined {
  const written = methodOfFunction(cx, node);
  if (written?.name !== "bind") return undefined;
  const { of, self, more } = written;
  if (isFunctionNode(of) && more.length === 0 && (self === undefined || isPure(self))) {
    if (usesThis(of)) {
      // It becomes an arrow, which has no name of its own to call itself by.
      if (self?.kind !== ts.SyntaxKind.ThisKeyword || cx.receiver === undefined || of.name !== undefined)
        return undefined;
      cx.selves.set(of, cx.receiver);
    }
    return lowerFunctionExpression(cx, of);
  }
  const target = targetOf(cx, of, self);
  const left = target?.node?.parameters.filter((one, i) => i >= more.length || one.dotDotDotToken !== undefined);
  if (target?.node === undefined || left === undefined || more.some(ts.isSpreadElement)) return undefined;
  if (target.node.parameters.some(isThis)) return undefined;
  const callee = kept(cx, target.callee([...(self === undefined ? [] : [self]), ...more]), of);
  if (self !== undefined && !isPure(self)) lowerEffect(cx, self);
  const bound = lowerArguments(cx, more).flatMap((part, i) =>
    part.kind === "spread" ? [] : [keep(cx, named(cx, part, more[i] ?? node), more[i] ?? node)],
  );
  const form = formOf(cx, node, target.node, left, (parameters) => ({
    kind: "call",
    callee,
    arguments: [
      ...bound,
      ...parameters.map(({ variable, rest }): Expression | Spread => {
        const operand = reference(variable);
        return rest ? { kind: "spread", operand } : operand;
      }),
    ],
    span: spanOf(node),
  }));
  return { kind: "function", function: form, span: spanOf(node) };
}

/** A function of parameters that are left, which calls the one that was bound. */
function formOf(
  cx: Context,
  node: ts.CallExpression,
  bound: FunctionNode,
  left: readonly ts.ParameterDeclaration[],
  call: (parameters: readonly Parameter[]) => Expression,
): FunctionForm {
  const span = spanOf(node);
  const { checker } = cx.program;
  const parameters = left.map((parameter): Parameter => {
    const type = cx.types.at(parameter);
    return {
      variable: temporary(cx, type, parameter),
      typeText: cx.types.text(checker.getTypeAtLocation(parameter), node),
      optional: parameter.questionToken !== undefined || parameter.initializer !== undefined,
      rest: parameter.dotDotDotToken !== undefined,
    };
  });
  const returned = checker.getSignatureFromDeclaration(bound)?.getReturnType();
  const body = collect(cx, () => {
    const value = named(cx, call(parameters), node);
    cx.out.push({ kind: "return", value, span });
  });
  return {
    id: `${functionId(node)}-${node.getEnd()}`,
    name: "",
    style: "arrow",
    parameters,
    result: returned === undefined ? { kind: "unknown" } : cx.types.of(returned),
    body,
    span,
  };
}

/** A value as it is now, for a function that is called later. */
function keep(cx: Context, atom: Atom, node: ts.Node): Atom {
  if (atom.kind === "constant" || (atom.variable.role === "user" && !atom.variable.reassigned)) return atom;
  const variable = { ...temporary(cx, cx.types.at(node), node), captured: true };
  cx.out.push({ kind: "declare", keyword: "const", variable, value: atom, span: spanOf(node) });
  return reference(variable, spanOf(node));
}

/** What is called, as it is now. */
function kept(cx: Context, callee: Callee, of: ts.Expression): Callee {
  if (callee.kind === "value") return { ...callee, function: keep(cx, named(cx, callee.function, of), of) };
  if (callee.kind !== "method" || !ts.isPropertyAccessExpression(of)) return callee;
  return { ...callee, object: keep(cx, named(cx, callee.object, of.expression), of.expression) };
}

/** `f.call`, `f.apply` and `f.bind` of functions, with what they are given. */
function methodOfFunction(cx: Context, node: ts.CallExpression) {
  const callee = unwrapped(node.expression);
  if (!ts.isPropertyAccessExpression(callee) || ts.isOptionalChain(node)) return undefined;
  const name = callee.name.text;
  if (name !== "call" && name !== "apply" && name !== "bind") return undefined;
  // A method of the program's own with such a name is another thing.
  const own = cx.program.checker.getSymbolAtLocation(callee.name)?.declarations ?? [];
  if (own.some((one) => !/[/\\]lib\.[^/\\]*\.d\.ts$/.test(one.getSourceFile().fileName))) return undefined;
  const [self, ...more] = node.arguments;
  if (self !== undefined && ts.isSpreadElement(self)) return undefined;
  return { name, of: unwrapped(callee.expression), self, more } as const;
}

interface Given {
  readonly nodes: readonly ts.Expression[];
  /** The nodes are one list, whose elements are the arguments. */
  readonly list?: ts.Expression;
}

/** The arguments in a list that is handed to `apply`: as they are written, or the list. */
function listed(cx: Context, [list, ...more]: readonly ts.Expression[]): Given | undefined {
  if (more.length > 0) return undefined;
  if (list === undefined || isNothing(cx, list)) return { nodes: [] };
  const literal = unwrapped(list);
  if (ts.isArrayLiteralExpression(literal))
    return literal.elements.some(ts.isOmittedExpression) ? undefined : { nodes: literal.elements };
  const { kind } = cx.types.at(list);
  return kind === "array" || kind === "tuple" ? { nodes: [list], list } : undefined;
}

function spreadOf(cx: Context, list: ts.Expression, room: number | undefined): (Expression | Spread)[] {
  const parts = spreadArguments(cx, list, [], room);
  return parts ?? [{ kind: "spread", operand: lowerAtom(cx, list), span: spanOf(list) }];
}

/** How many arguments a function looks at. */
function roomOf(node: FunctionNode | undefined): number | undefined {
  if (node === undefined || node.parameters.some((one) => one.dotDotDotToken !== undefined)) return undefined;
  return node.parameters.length;
}

/** What a function is called as, when `this` is what it is handed. */
function targetOf(cx: Context, of: ts.Expression, self: ts.Expression | undefined): Target | undefined {
  if (isFunctionNode(of)) {
    if (usesThis(of)) return undefined;
    return { node: of, callee: () => ({ kind: "value", function: lowerAtom(cx, of) }) };
  }
  return ts.isIdentifier(of) ? namedTarget(cx, of, self) : memberTarget(cx, of, self);
}

function namedTarget(cx: Context, of: ts.Identifier, self: ts.Expression | undefined): Target | undefined {
  const { checker } = cx.program;
  const symbol = symbolOf(checker, of);
  const node = symbol && functionOfSymbol(symbol, checker);
  if (node !== undefined && usesThis(node)) return undefined;
  // Of a function that is not known, it is known what it does without `this`.
  if (node === undefined && self !== undefined && !isNothing(cx, self)) return undefined;
  const variable = lookup(cx, of);
  if (node === undefined && (variable === undefined || !isCallable(cx, of))) return undefined;
  return {
    node,
    callee(later) {
      const callee = namedCallee(cx, of);
      if (callee.kind !== "value" || callee.function.kind !== "variable") return callee;
      return { kind: "value", function: snapshot(cx, callee.function, of, later) };
    },
  };
}

function memberTarget(cx: Context, of: ts.Expression, self: ts.Expression | undefined): Target | undefined {
  if (!ts.isPropertyAccessExpression(of)) return undefined;
  const { checker } = cx.program;
  const symbol = memberSymbol(of, checker);
  const node = symbol && (functionOfSymbol(symbol, checker) ?? symbol.declarations?.find(isFunctionNode));
  const member = keptFunction(cx, of) ?? memberCallee(cx, of) ?? namespaceMember(cx, of);
  if (member?.kind === "function" || member?.kind === "static") {
    if (node === undefined || usesThis(node)) return undefined;
    return { node, callee: () => member };
  }
  if (node === undefined || !ts.isMethodDeclaration(node) || !ts.isClassLike(node.parent)) return undefined;
  if (self === undefined || !isSame(cx, of.expression, self)) return undefined;
  const object = of.expression;
  return {
    node,
    callee: (later) => ({
      kind: "method",
      object: snapshot(cx, lowerAtom(cx, object), object, later),
      name: of.name.text,
    }),
  };
}

/** Whether two expressions are the same variable. */
function isSame(cx: Context, one: ts.Expression, other: ts.Expression): boolean {
  const [a, b] = [unwrapped(one), unwrapped(other)];
  if (a.kind === ts.SyntaxKind.ThisKeyword) return b.kind === ts.SyntaxKind.ThisKeyword;
  if (!ts.isIdentifier(a) || !ts.isIdentifier(b)) return false;
  const symbol = symbolOf(cx.program.checker, a);
  if (symbol === undefined || symbol !== symbolOf(cx.program.checker, b)) return false;
  // A class is no object of the class.
  return classOfSymbol(symbol, cx.program.checker) === undefined;
}

const isThis = (parameter: ts.ParameterDeclaration): boolean =>
  ts.isIdentifier(parameter.name) && parameter.name.text === "this";

/** `null`, `undefined`, `void 0`. */
function isNothing(cx: Context, node: ts.Expression): boolean {
  const value = unwrapped(node);
  if (value.kind === ts.SyntaxKind.NullKeyword || (ts.isVoidExpression(value) && isPure(value.expression))) return true;
  return ts.isIdentifier(value) && value.text === "undefined" && lookup(cx, value) === undefined;
}

const isCallable = (cx: Context, of: ts.Expression): boolean => {
  const { kind } = cx.types.at(of);
  return kind === "function" || kind === "unknown";
};

/** `max` of `Math.max`. */
function mathNamed(cx: Context, of: ts.Expression): string | undefined {
  if (!ts.isPropertyAccessExpression(of) || !ts.isIdentifier(of.expression)) return undefined;
  const known =
    standsForMath(cx.program.checker, of.expression) && typeof Reflect.get(Math, of.name.text) === "function";
  return known && of.name.text !== "random" ? of.name.text : undefined;
}
