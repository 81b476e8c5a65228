/**
 * Lowers calls of functions that differentiate what they are given, `D(f, x)` where `D` calls `jvp(f, …)`: to a local copy
 * of `D` in which the derivative of `f` is at hand, since `f` is known where `D` is called. (Specialisation of a
 * higher-order function by its functional argument.)
 */

import type { Expression, FunctionForm, Variable } from "../../ir/types.ts";
import { freshened } from "../../passes/normalise.ts";
import { type FunctionNode, functionName, functionOfSymbol, isTopLevel, unwrapped } from "../functions.ts";
import { ts } from "../project.ts";
import { lowerArguments } from "./calls.ts";
import { type Bound, type Context, reference, spanOf, symbolOf, usageOf } from "./context.ts";
import { fgradName } from "./derivatives.ts";
import { isPlain, targetOf } from "./derivativeTargets.ts";
import { lowerFunction } from "./functions.ts";

const derivatives: ReadonlySet<string> = new Set(["jvp", "gradient", "hvp", "jacobian", "hessian"]);

/** The call of a function that differentiates one of its arguments, or nothing when it does not. */
export function lowerOperator(cx: Context, node: ts.CallExpression): Expression | undefined {
  const operator = functionCalled(cx, node);
  if (operator === undefined || !isPlain(operator) || cx.operators.has(operator)) return undefined;
  const positions = known.get(operator) ?? differentiated(cx, operator, new Set([operator]));
  known.set(operator, positions);
  const dropped = (position: number): boolean => positions.get(position) === "alone";
  if (positions.size === 0 || node.arguments.some(ts.isSpreadElement)) return undefined;
  const bound = new Map(cx.bound);
  for (const position of positions.keys()) {
    const parameter = operator.parameters[position];
    const given = node.arguments[position];
    const symbol = parameter && cx.program.checker.getSymbolAtLocation(parameter.name);
    if (symbol === undefined || given === undefined || targetOf(cx, given) === undefined) return undefined;
    bound.set(symbol, { cx, expression: given });
  }
  const span = spanOf(node);
  const form = copyOf(cx, operator, bound);
  if (form === undefined) return undefined;
  const parts = lowerArguments(
    cx,
    node.arguments.filter((_, i) => !dropped(i)),
  );
  const variable: Variable = {
    id: cx.nextId(),
    name: functionName(operator) ?? "derivative",
    role: "temporary",
    type: { kind: "function", parameters: () => [], result: () => form.result },
    reassigned: false,
    captured: false,
  };
  cx.out.push({
    kind: "declare",
    keyword: "const",
    variable,
    value: {
      kind: "function",
      function: { ...form, parameters: form.parameters.filter((_, i) => !dropped(i)) },
      span,
    },
    span,
  });
  return { kind: "call", callee: { kind: "value", function: reference(variable, span) }, arguments: parts, span };
}

function functionCalled(cx: Context, node: ts.CallExpression): FunctionNode | undefined {
  const callee = unwrapped(node.expression);
  const name = ts.isPropertyAccessExpression(callee) ? callee.name : callee;
  const symbol = ts.isIdentifier(name) ? symbolOf(cx.program.checker, name) : undefined;
  return symbol && functionOfSymbol(symbol, cx.program.checker);
}

/** Whether a parameter is differentiated `alone`, or the function has other uses for it as well. */
type Use = "alone" | "also";

const known = new WeakMap<FunctionNode, ReadonlyMap<number, Use>>();

/** The parameters, by position, that a function differentiates or hands to one that does. */
function differentiated(cx: Context, operator: FunctionNode, seen: ReadonlySet<FunctionNode>): Map<number, Use> {
  const { checker } = cx.program;
  const symbols = operator.parameters.map(({ name }) => checker.getSymbolAtLocation(name));
  const uses = new Map<ts.Node, Use>();
  const visit = (at: ts.Node): void => {
    if (ts.isCallExpression(at)) {
      const name = fgradName(cx, unwrapped(at.expression));
      const [first] = at.arguments;
      if (name !== undefined && derivatives.has(name) && first !== undefined) uses.set(unwrapped(first), "alone");
      const called = name === undefined ? functionCalled(cx, at) : undefined;
      if (called !== undefined && !seen.has(called) && mentions(at.arguments, symbols, checker)) {
        for (const [position, use] of differentiated(cx, called, new Set([...seen, called]))) {
          const given = at.arguments[position];
          if (given !== undefined) uses.set(unwrapped(given), use);
        }
      }
    }
    ts.forEachChild(at, visit);
  };
  if (symbols.length > 0 && operator.body !== undefined) visit(operator.body);
  const found = new Map<number, Use>();
  const others = new Set<number>();
  const count = (at: ts.Node): void => {
    const symbol = ts.isIdentifier(at) ? symbolOf(checker, at) : undefined;
    const position = symbol === undefined ? -1 : symbols.indexOf(symbol);
    const use = uses.get(at);
    if (position >= 0 && use !== "alone") others.add(position);
    if (position >= 0 && use !== undefined) found.set(position, use);
    ts.forEachChild(at, count);
  };
  if (uses.size > 0 && operator.body !== undefined) count(operator.body);
  return new Map([...found.keys()].map((position) => [position, others.has(position) ? "also" : "alone"]));
}

const mentions = (
  given: readonly ts.Expression[],
  symbols: readonly (ts.Symbol | undefined)[],
  checker: ts.TypeChecker,
): boolean =>
  given.some((argument) => {
    const inner = unwrapped(argument);
    const symbol = ts.isIdentifier(inner) ? symbolOf(checker, inner) : undefined;
    return symbol !== undefined && symbols.includes(symbol);
  });

/** A copy of the operator, in which its parameters stand for the functions that are bound to them. */
function copyOf(cx: Context, operator: FunctionNode, bound: ReadonlyMap<ts.Symbol, Bound>): FunctionForm | undefined {
  const operators = new Set([...cx.operators, operator]);
  const local = !isTopLevel(operator);
  const elsewhere = operator.getSourceFile() !== cx.root.getSourceFile();
  const inner: Context = {
    ...cx,
    ...(elsewhere && { moduleVariables: new Map() }),
    ...(!local && { root: operator, variables: new Map(), usage: usageOf(cx.program.checker, operator) }),
    ...(!local && { receiver: undefined, class_: undefined }),
    out: [],
    labels: new Set(),
    bound,
    operators,
  };
  if ([...bound.keys()].some((symbol) => inner.usage.get(symbol)?.reassigned === true)) return undefined;
  const form = lowerFunction(inner, operator);
  if (!local) {
    const named = elsewhere ? [...inner.variables, ...inner.moduleVariables] : inner.variables;
    for (const [symbol, variable] of named) {
      if (variable.module !== true) continue;
      // A module's own variables are out of reach from another module.
      if (elsewhere && variable.holds === undefined) return undefined;
      cx.variables.set(symbol, cx.variables.get(symbol) ?? variable);
    }
  }
  return { ...freshened(form, cx.nextId), name: "" };
}
