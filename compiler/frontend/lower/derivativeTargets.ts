/** What a derivative in the user's code differentiates: a function of a module, or one written in the function at hand. */

import type { Callee, FunctionForm, FunctionId, Statement, Type, Variable } from "../../ir/types.ts";
import { activeParameters, type ClosureDerivative } from "../../passes/derived/derive.ts";
import { freshened } from "../../passes/normalise.ts";
import { localVariables, variablesOf } from "../../passes/variables.ts";
import { annotationOf } from "../discover.ts";
import {
  type FunctionNode,
  functionId,
  functionName,
  functionOfSymbol,
  isFunctionNode,
  isTopLevel,
  unwrapped,
} from "../functions.ts";
import { ts } from "../project.ts";
import { canCarry } from "../types.ts";
import { type Bound, type Context, reference, spanOf, symbolOf } from "./context.ts";
import { lowerFunction } from "./functions.ts";

export interface TargetParameter {
  readonly type: Type;
  readonly rest: boolean;
  /** Whether it can have a tangent, and its function's annotation does not say otherwise. */
  readonly carries: boolean;
}

export interface Target {
  readonly name: string;
  readonly node: FunctionNode;
  /** Where the user names or writes the function that is differentiated. */
  readonly place: ts.Expression;
  readonly parameters: readonly TargetParameter[];
  readonly result: Type;
  /** Lets the user's own call find the derivative along some parameters, up to an order, when it runs. */
  reach(active: readonly boolean[], order: 1 | 2): void;
  /** The derivative along some parameters, to be called; nothing when it was refused. */
  derivative(active: readonly boolean[]): Callee | undefined;
  /** The derivative of that along one of them, the tangents held. */
  second(active: readonly boolean[], varied: number): Callee | undefined;
}

/** The function that an expression means, as far as that is plain. */
export function targetOf(cx: Context, expression: ts.Expression): Target | undefined {
  const bound = boundTo(cx, expression);
  if (bound !== undefined) return targetOf(bound.cx, bound.expression);
  const node = functionMeant(cx, unwrapped(expression));
  if (node === undefined || !isPlain(node)) return undefined;
  const wrt = wrtOf(node);
  const parameters = node.parameters.map((parameter): TargetParameter => {
    const type = cx.types.at(parameter);
    const named = wrt === undefined || wrt.includes(parameter.name.getText());
    return { type, rest: parameter.dotDotDotToken !== undefined, carries: named && canCarry(type) };
  });
  const signature = cx.program.checker.getSignatureFromDeclaration(node);
  const result: Type = signature === undefined ? { kind: "unknown" } : cx.types.of(signature.getReturnType());
  const name = functionName(node) ?? "";
  const shared = { name, node, place: expression, parameters, result };
  return isTopLevel(node) ? moduleTarget(cx, shared) : closureTarget(cx, shared);
}

/** What a parameter stands for, in the copy of a function that differentiates it. */
function boundTo(cx: Context, expression: ts.Expression): Bound | undefined {
  const name = unwrapped(expression);
  const symbol = ts.isIdentifier(name) ? symbolOf(cx.program.checker, name) : undefined;
  return symbol && cx.bound.get(symbol);
}

function functionMeant(cx: Context, expression: ts.Expression): FunctionNode | undefined {
  if (isFunctionNode(expression)) return expression;
  const { checker } = cx.program;
  const name = ts.isPropertyAccessExpression(expression) ? expression.name : expression;
  if (!ts.isIdentifier(name)) return undefined;
  const symbol = symbolOf(checker, name);
  const found = symbol && functionOfSymbol(symbol, checker);
  return found !== undefined && (isTopLevel(found) || isInside(found, cx.root)) ? found : undefined;
}

function isInside(node: ts.Node, root: ts.Node): boolean {
  let at: ts.Node | undefined = node;
  while (at !== undefined && at !== root) at = at.parent;
  return at === root;
}

/** A function that is no member of a class and has no other way of giving results than to return. */
export const isPlain = (node: FunctionNode): boolean =>
  (ts.isFunctionDeclaration(node) || ts.isFunctionExpression(node) || ts.isArrowFunction(node)) &&
  node.asteriskToken === undefined &&
  !(ts.getModifiers(node) ?? []).some(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword);

function wrtOf(node: FunctionNode): readonly string[] | undefined {
  const found = annotationOf(node)?.annotation;
  return found?.kind === "compile" ? found.wrt : undefined;
}

type Shared = Pick<Target, "name" | "node" | "place" | "parameters" | "result">;

/** In the derivative along some parameters, each of these is followed by its tangent: of all that, one parameter varies. */
const alone = (active: readonly boolean[], varied: number): boolean[] =>
  active.flatMap((one, i) => (one ? [i === varied, false] : [false]));

function moduleTarget(cx: Context, shared: Shared): Target {
  const id = functionId(shared.node);
  const callee = (derivative: FunctionId, order: number): Callee => ({
    kind: "function",
    id: derivative,
    name: `${shared.name}${"_jvp".repeat(order)}`,
  });
  return {
    ...shared,
    reach(active, order) {
      const reached = cx.derivations.reached.get(id) ?? { active: new Set(), order: 1 };
      active.forEach((one, i) => {
        if (one) reached.active.add(i);
      });
      reached.order = Math.max(reached.order, order);
      cx.derivations.reached.set(id, reached);
    },
    derivative: (active) => callee(cx.derivations.derivativeFor(id, active), 1),
    second(active, varied) {
      const first = cx.derivations.derivativeFor(id, active);
      return callee(cx.derivations.derivativeFor(first, alone(active, varied)), 2);
    },
  };
}

function closureTarget(cx: Context, shared: Shared): Target {
  const { node } = shared;
  const span = spanOf(node);
  const known = new Map<string, Callee | undefined>();
  const firstForm = (active: readonly boolean[]): FunctionForm | undefined => {
    const form = closedForm(cx, node);
    return cx.derivations.closure(form, activeParameters(form, active), span);
  };
  const declared = (form: FunctionForm | undefined, order: number): Callee | undefined => {
    if (form === undefined) return undefined;
    const name = `${shared.name || "derivative"}${"_jvp".repeat(shared.name === "" ? order - 1 : order)}`;
    const variable: Variable = {
      id: cx.nextId(),
      name,
      role: "temporary",
      type: { kind: "function", parameters: () => [], result: () => form.result },
      reassigned: false,
      captured: true,
    };
    const value = { kind: "function", function: { ...form, name: "" }, span } as const;
    cx.out.push({ kind: "declare", keyword: "const", variable, value, span });
    return { kind: "value", function: reference(variable, span) };
  };
  const once = (key: string, make: () => Callee | undefined): Callee | undefined => {
    if (!known.has(key)) known.set(key, make());
    return known.get(key);
  };
  const all = (active: readonly boolean[]): boolean[] => active.flatMap((one) => (one ? [true, true] : [false]));
  return {
    ...shared,
    reach(active, order) {
      const at = shared.place;
      const { file, start, end } = spanOf(at);
      const key = `${file}#${start}`;
      if ((cx.derivations.closures.get(key)?.order ?? 0) >= order) return;
      const first = firstForm(active);
      if (first === undefined) return;
      const attached: ClosureDerivative = { file, start, end, order, form: first, active, named: ts.isIdentifier(at) };
      const again = order === 2 ? freshened(first, cx.nextId) : undefined;
      const second = again && cx.derivations.closure(again, activeParameters(again, all(active)), span);
      const both = second === undefined ? {} : { second: { form: second, active: all(active) } };
      cx.derivations.closures.set(key, { ...attached, ...both });
    },
    derivative: (active) => once(`1 ${active.join()}`, () => declared(firstForm(active), 1)),
    second: (active, varied) =>
      once(`2 ${active.join()} ${varied}`, () => {
        const first = firstForm(active);
        if (first === undefined) return undefined;
        const form = freshened(first, cx.nextId);
        return declared(cx.derivations.closure(form, activeParameters(form, alone(active, varied)), span), 2);
      }),
  };
}

/** A closure with the local functions that it calls inside of it, and with variables of its own. */
function closedForm(cx: Context, node: FunctionNode): FunctionForm {
  const form = lowerFunction(cx, node);
  const inside: Statement[] = [];
  const added = new Set<Variable>();
  const add = (from: FunctionForm): void => {
    const own = localVariables(from);
    for (const variable of variablesOf(from.body)) {
      if (own.has(variable) || added.has(variable) || variable.module === true) continue;
      const symbol = [...cx.variables].find(([, known]) => known === variable)?.[0];
      const held = symbol && functionOfSymbol(symbol, cx.program.checker);
      if (held === undefined || !isPlain(held)) continue;
      added.add(variable);
      const captured = lowerFunction(cx, held);
      add(captured);
      inside.push({ kind: "declareFunction", variable, function: { ...captured, name: variable.name } });
    }
  };
  add(form);
  return freshened({ ...form, body: [...inside, ...form.body] }, cx.nextId);
}
