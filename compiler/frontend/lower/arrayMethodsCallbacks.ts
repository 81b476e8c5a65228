/**
 * Callbacks of array methods. A function literal is written out where it would be called: its parameters become
 * declarations, each `return` becomes what the method does with the value, and a jump to the next element.
 */

import type { Atom, Callee, Expression, Jump, Type, Variable } from "../../ir/types.ts";
import { unwrapped } from "../functions.ts";
import { ts } from "../project.ts";
import { type CallbackNode, isInlined, resultOf } from "./arrayMethodsInline.ts";
import { assign, constant, declare, held, local } from "./arrayMethodsParts.ts";
import { completes, type Position, type Take, withoutReturns } from "./arrayMethodsReturns.ts";
import { memberCallee, namedCallee, namespaceMember } from "./calls.ts";
import { type Context, collect, lookup, reference, spanOf, symbolOf } from "./context.ts";
import { isGlobalNamespace, lowerAtom, lowerEffect, lowerExpression } from "./expressions.ts";
import { keywordOf } from "./functions.ts";
import { declarePattern } from "./patterns.ts";
import { lowerStatements } from "./statements.ts";

/** What a method does with a result; the jumps are there for what ends the loop early. */
export interface Outcome {
  readonly value: Expression;
  /** The argument that was asked to be kept, as the callback got it. */
  readonly kept: Atom;
  jump(kind: Jump["kind"]): void;
}

export interface Application {
  /** In the order of the callback's parameters; each is evaluated at most once. */
  readonly arguments: readonly Expression[];
  readonly types: readonly Type[];
  /** The argument that `result` asks for. */
  readonly keep?: number;
  /** The label of the loop around it, for jumps out of loops of the callback's own. */
  readonly label: () => string;
  result(outcome: Outcome): void;
}

export interface Callback {
  readonly node: ts.Expression;
  readonly result: Type;
  /** Whether it looks at an argument at all. */
  uses(position: number): boolean;
  /** The variable that a parameter can be when the loop itself gives it its values. `assigned`: also one that the callback assigns. */
  adopt(position: number, assigned?: boolean): Variable | undefined;
  apply(application: Application): void;
}

/** Evaluates the callback; nothing when it is none that can be called here. `most`: how many arguments it is given. */
export function callbackOf(cx: Context, node: ts.Expression, most: number): Callback | undefined {
  const literal = unwrapped(node);
  if (isInlined(cx.program.checker, cx.types, literal)) return inlined(cx, literal);
  if (ts.isFunctionLike(literal)) {
    const flags = ts.getCombinedModifierFlags(literal);
    if (flags & ts.ModifierFlags.Async || (ts.isFunctionExpression(literal) && literal.asteriskToken !== undefined))
      return undefined;
  }
  return called(cx, literal, most);
}

interface Known {
  readonly callee: Callee | { readonly math: string };
  /** How many arguments it looks at, where that is not what its type says. */
  readonly arity?: number;
}

/** Global functions that may be callbacks, with the number of arguments that they look at. */
const globals: ReadonlyMap<string, number> = new Map([
  ["Number", 1],
  ["String", 1],
  ["Boolean", 1],
  ["parseFloat", 1],
  ["parseInt", 2],
  ["isNaN", 1],
  ["isFinite", 1],
  ["fgrad:stopGradient", 1],
]);

const mathOfTwo: ReadonlySet<string> = new Set(["atan2", "pow", "imul"]);
const mathOfMany: ReadonlySet<string> = new Set(["max", "min", "hypot", "random"]);

/** What a function that is passed as a value is, evaluated once. */
function calleeOfValue(cx: Context, node: ts.Expression): Known | undefined {
  if (ts.isIdentifier(node)) {
    const callee = namedCallee(cx, node);
    if (callee.kind !== "global") return { callee };
    const arity = globals.get(callee.name);
    return arity === undefined ? undefined : { callee, arity };
  }
  if (ts.isPropertyAccessExpression(node)) {
    const { expression, name } = node;
    if (isGlobalNamespace(cx, expression)) {
      const text = node.getText();
      if (!text.startsWith("Math.")) return { callee: { kind: "global", name: text, pure: true }, arity: 1 };
      return mathOfMany.has(name.text)
        ? undefined
        : { callee: { math: name.text }, arity: mathOfTwo.has(name.text) ? 2 : 1 };
    }
    const imported = namespaceMember(cx, node);
    if (imported !== undefined) return imported.kind === "global" ? undefined : { callee: imported };
    const member = memberCallee(cx, node);
    if (member !== undefined) return member.kind === "static" ? { callee: member } : undefined;
    if (ts.isIdentifier(expression) && lookup(cx, expression) === undefined) {
      return expression.text === "console"
        ? { callee: { kind: "global", name: node.getText(), pure: false } }
        : undefined;
    }
  }
  return { callee: { kind: "value", function: lowerAtom(cx, node) } };
}

function called(cx: Context, node: ts.Expression, most: number): Callback | undefined {
  const known = calleeOfValue(cx, node);
  if (known === undefined) return undefined;
  const { callee } = known;
  const count = Math.min(most, known.arity ?? arityOf(cx, node, most));
  const result = resultOf(cx.program.checker, cx.types, node);
  const span = spanOf(node);
  return {
    node,
    result,
    uses: (position) => position < count,
    adopt: () => undefined,
    apply({ arguments: given, types, keep, result: take }) {
      const atoms = given.map((value, i) =>
        i < count || i === keep ? held(cx, value, types[i] ?? { kind: "unknown" }, span) : undefined,
      );
      const passed = atoms.slice(0, count).flatMap((atom) => (atom === undefined ? [] : [atom]));
      const value: Expression = callTo(callee, passed, span);
      take({ value, kept: atoms[keep ?? 0] ?? constant(undefined), jump: (kind) => cx.out.push({ kind, span }) });
    },
  };
}

function callTo(
  callee: Callee | { readonly math: string },
  parts: readonly Atom[],
  span: ReturnType<typeof spanOf>,
): Expression {
  if ("math" in callee) return { kind: "math", name: callee.math, arguments: parts, span };
  return { kind: "call", callee, arguments: parts, span };
}

/** How many arguments a function declares; all that there are when it is not known. */
function arityOf(cx: Context, node: ts.Expression, most: number): number {
  const bound = arityOfBound(cx, node, most);
  if (bound !== undefined) return bound;
  const signatures = cx.program.checker.getTypeAtLocation(node).getCallSignatures();
  if (signatures.length === 0) return most;
  return Math.max(
    ...signatures.map((signature) => {
      const rest = signature.parameters.some((one) => {
        const at = one.valueDeclaration;
        return at !== undefined && ts.isParameter(at) && at.dotDotDotToken !== undefined;
      });
      return rest ? most : signature.parameters.length;
    }),
  );
}

/** Of `f.bind(self, a)`, what is left of those that `f` declares: the checker may only say that it takes a list. */
function arityOfBound(cx: Context, whole: ts.Expression, most: number): number | undefined {
  const node = unwrapped(whole);
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return undefined;
  if (node.expression.name.text !== "bind") return undefined;
  const bound = Math.max(node.arguments.length - 1, 0);
  return Math.max(arityOf(cx, node.expression.expression, most + bound) - bound, 0);
}

function inlined(cx: Context, node: CallbackNode): Callback {
  const result = resultOf(cx.program.checker, cx.types, node);
  const parameter = (position: number): ts.ParameterDeclaration | undefined => node.parameters[position];
  /** A parameter that is a plain name, and the only thing of that name in the callback. */
  const plain = (position: number): ts.Identifier | undefined => {
    const name = parameter(position)?.name;
    if (name === undefined || !ts.isIdentifier(name) || parameter(position)?.initializer !== undefined)
      return undefined;
    return declarationsOf(node, name.text) === 1 ? name : undefined;
  };
  const uses = (position: number): boolean => {
    const one = parameter(position);
    return (
      one !== undefined &&
      (!ts.isIdentifier(one.name) || one.initializer !== undefined || isMentioned(cx, one.name, node))
    );
  };
  return {
    node,
    result,
    uses,
    adopt(position, assigned = false) {
      const name = plain(position);
      const variable = name && uses(position) ? lookup(cx, name) : undefined;
      if (name === undefined || variable === undefined || variable.captured) return undefined;
      if (variable.reassigned && !assigned) return undefined;
      const { annotated: _, ...rest } = variable;
      return setVariable(cx, name, { ...rest, reassigned: true });
    },
    apply({ arguments: given, types, keep, label, result: take }) {
      let kept: Atom = constant(undefined);
      const values = given.map((value, i) => {
        if (i !== keep) return value;
        const name = plain(i);
        const own = name !== undefined && uses(i) && lookup(cx, name)?.reassigned === false;
        if (own) return value;
        kept = held(cx, value, types[i] ?? { kind: "unknown" }, spanOf(node));
        return kept;
      });
      node.parameters.forEach((one, i) => {
        if (!uses(i)) return;
        const bound = bind(cx, one, values[i] ?? constant(undefined), types[i] ?? { kind: "undefined" });
        if (i === keep && kept.kind === "constant" && bound !== undefined) kept = bound;
      });
      writeBody(
        cx,
        node,
        (value, jumps) => {
          take({ value, kept, jump: (kind) => cx.out.push(jumps(kind)) });
        },
        label,
      );
    },
  };
}

/** A parameter of the callback as declarations. Returns the variable when it is one. */
function bind(cx: Context, parameter: ts.ParameterDeclaration, value: Expression, type: Type): Atom | undefined {
  const { name, initializer } = parameter;
  const span = spanOf(parameter);
  if (ts.isIdentifier(name) && initializer === undefined) {
    const found = lookup(cx, name);
    if (found === undefined) return undefined;
    if (value.kind === "variable" && value.variable === found) return reference(found, span);
    const { annotated: _, ...rest } = found;
    const variable = setVariable(cx, name, rest);
    declare(cx, variable, value, span);
    return reference(variable, span);
  }
  let whole = value;
  if (initializer !== undefined) {
    const filled = local(cx, cx.types.at(name), { reassigned: true });
    declare(cx, filled, value, span);
    const then = collect(cx, () => assign(cx, filled, lowerExpression(cx, initializer), spanOf(initializer)));
    const test: Expression = {
      kind: "binary",
      operator: "===",
      left: reference(filled),
      right: constant(undefined),
      span,
    };
    cx.out.push({ kind: "if", test, then, span });
    whole = reference(filled, span);
  }
  if (ts.isIdentifier(name)) {
    const variable = lookup(cx, name);
    if (variable !== undefined) declare(cx, variable, whole, span);
  } else declarePattern(cx, keywordOf(cx, name), name, held(cx, whole, type, span));
  return undefined;
}

function setVariable(cx: Context, name: ts.Identifier, variable: Variable): Variable {
  const symbol = cx.program.checker.getSymbolAtLocation(name);
  if (symbol !== undefined) cx.variables.set(symbol, variable);
  return variable;
}

function writeBody(cx: Context, node: CallbackNode, take: Take, label: () => string): void {
  const { body } = node;
  const span = spanOf(body);
  if (!ts.isBlock(body)) {
    const value = lowerResult(cx, body, isVoid(cx, node));
    take(value, (kind) => ({ kind, span }));
    return;
  }
  const lowered = collect(cx, () => lowerStatements(cx, body.statements));
  const atEnd = completes(lowered) ? collect(cx, () => take(constant(undefined), (kind) => ({ kind, span }))) : [];
  const position: Position = { last: atEnd.length === 0, inLoop: false, inSwitch: false };
  cx.out.push(...withoutReturns(cx, lowered, position, take, label), ...atEnd);
}

/** Of `forEach`, nobody takes the value. */
function lowerResult(cx: Context, body: ts.Expression, unused: boolean): Expression {
  if (!unused) return lowerExpression(cx, body);
  lowerEffect(cx, body);
  return constant(undefined);
}

function isVoid(cx: Context, node: CallbackNode): boolean {
  const call = node.parent;
  const callee = ts.isCallExpression(call) ? unwrapped(call.expression) : undefined;
  return (
    callee !== undefined &&
    ts.isPropertyAccessExpression(callee) &&
    callee.name.text === "forEach" &&
    cx.types.at(call).kind === "void"
  );
}

/** How often a name is declared in a callback, its parameters included. */
function declarationsOf(node: ts.Node, name: string): number {
  let count = 0;
  const visit = (at: ts.Node): void => {
    if (ts.isIdentifier(at) && at.text === name && isDeclared(at)) count += 1;
    ts.forEachChild(at, visit);
  };
  visit(node);
  return count;
}

const isDeclared = ({ parent, ...at }: ts.Identifier): boolean =>
  (ts.isVariableDeclaration(parent) ||
    ts.isParameter(parent) ||
    ts.isBindingElement(parent) ||
    ts.isFunctionDeclaration(parent) ||
    ts.isClassDeclaration(parent)) &&
  parent.name?.pos === at.pos;

/** The names that a callback declares anywhere in it. */
export function declares(node: ts.Node, name: string): boolean {
  return declarationsOf(node, name) > 0;
}

function isMentioned(cx: Context, name: ts.Identifier, inside: ts.Node): boolean {
  const { checker } = cx.program;
  const symbol = checker.getSymbolAtLocation(name);
  const visit = (at: ts.Node): boolean =>
    (ts.isIdentifier(at) && at !== name && at.text === name.text && symbolOf(checker, at) === symbol) ||
    (ts.forEachChild(at, (child) => visit(child) || undefined) ?? false);
  return visit(inside);
}
