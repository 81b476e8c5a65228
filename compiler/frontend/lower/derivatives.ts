/**
 * Lowers derivatives that the user's code asks for, `jvp(f, …)` and `gradient(f)(…)`, to calls of the derivative as a
 * function of the program. Where it can't be one, the call stays what it is: fine where nothing active meets it,
 * refused elsewhere, with the reason that is entered here.
 */

import type { Atom, Expression, Spread } from "../../ir/types.ts";
import type { Obstacle } from "../../passes/derived/derive.ts";
import { importOf, isTopLevel, unwrapped } from "../functions.ts";
import { ts } from "../project.ts";
import { type Context, named, spanOf, symbolOf } from "./context.ts";
import { type Target, targetOf } from "./derivativeTargets.ts";
import { lowerAtoms } from "./expressions.ts";
import { lowerGradient, lowerHvp } from "./gradients.ts";

const appliers: Readonly<
  Record<string, (cx: Context, call: ts.CallExpression, target: Target) => Expression | string>
> = {
  gradient: (cx, call, target) => lowerGradient(cx, call, target),
  hvp: (cx, call, target) => lowerHvp(cx, call, target),
};

const later: ReadonlySet<string> = new Set(["jacobian", "hessian"]);

/** The call of a derivative, or nothing where the call is none that is known. */
export function lowerDerivative(cx: Context, node: ts.CallExpression): Expression | undefined {
  const callee = unwrapped(node.expression);
  if (fgradName(cx, callee) === "jvp")
    return attempt(cx, node, "jvp", node.arguments[0], (target) => lowerJvp(cx, node, target));
  const made = fgradName(cx, callee);
  const applied = ts.isCallExpression(node.parent) && unwrapped(node.parent.expression) === node;
  if (made !== undefined && !applied && (appliers[made] !== undefined || later.has(made))) {
    const advice = `Call what it gives at once: ${made}(f)(x).`;
    return obstacle(cx, node, { kind: "form", callee: made, reason: "what it gives is used as a value.", advice });
  }
  const maker = makerOf(cx, callee);
  const name = maker && fgradName(cx, unwrapped(maker.expression));
  const [f] = maker?.arguments ?? [];
  if (name === undefined || f === undefined) return undefined;
  const apply = appliers[name];
  if (apply !== undefined) {
    return attempt(cx, node, name, f, (target) => {
      const active = target.parameters.map(({ carries }) => carries);
      target.reach(active, name === "hvp" ? 2 : 1);
      return apply(cx, node, target);
    });
  }
  if (!later.has(name)) return undefined;
  const advice = "Use jvp, gradient or hvp here.";
  return obstacle(cx, node, {
    kind: "form",
    callee: name,
    reason: "there is no way to write it as one function yet.",
    advice,
  });
}

/** The name that a function of fgrad's has there. */
export function fgradName(cx: Context, callee: ts.Expression): string | undefined {
  const { checker } = cx.program;
  if (ts.isIdentifier(callee)) {
    const symbol = symbolOf(checker, callee);
    const imported = symbol && importOf(symbol);
    return imported?.specifier === "fgrad" && imported.name !== "*" ? imported.name : undefined;
  }
  if (!ts.isPropertyAccessExpression(callee) || !ts.isIdentifier(callee.expression)) return undefined;
  const symbol = symbolOf(checker, callee.expression);
  const imported = symbol && importOf(symbol);
  return imported?.specifier === "fgrad" && imported.name === "*" ? callee.name.text : undefined;
}

/** `gradient(f)` of `gradient(f)(…)`, or of a constant that holds it. */
function makerOf(cx: Context, callee: ts.Expression): ts.CallExpression | undefined {
  if (ts.isCallExpression(callee)) return callee;
  const symbol = ts.isIdentifier(callee) ? symbolOf(cx.program.checker, callee) : undefined;
  const declaration = symbol?.valueDeclaration;
  if (declaration === undefined || !ts.isVariableDeclaration(declaration)) return undefined;
  const constant = (declaration.parent.flags & ts.NodeFlags.Const) !== 0;
  const value = declaration.initializer && unwrapped(declaration.initializer);
  return constant && value !== undefined && ts.isCallExpression(value) ? value : undefined;
}

/**
 * Whether a declaration only names `gradient(f)` for calls that are lowered to calls of a derivative. In generated code it
 * has no place: `f`, written there, has no derivative beside it.
 */
export function namesDerivative(cx: Context, declaration: ts.VariableDeclaration): boolean {
  const value = declaration.initializer && unwrapped(declaration.initializer);
  if (value === undefined || !ts.isCallExpression(value) || !ts.isIdentifier(declaration.name)) return false;
  const name = fgradName(cx, unwrapped(value.expression));
  const [f] = value.arguments;
  if (name === undefined || appliers[name] === undefined || f === undefined) return false;
  const target = targetOf(cx, f);
  if (target === undefined || isTopLevel(target.node)) return false;
  const { checker } = cx.program;
  const symbol = symbolOf(checker, declaration.name);
  const isOtherUse = (node: ts.Node): boolean => {
    if (ts.isIdentifier(node) && node !== declaration.name && symbolOf(checker, node) === symbol) {
      return !ts.isCallExpression(node.parent) || node.parent.expression !== node;
    }
    return ts.forEachChild(node, (child) => isOtherUse(child) || undefined) ?? false;
  };
  return !isOtherUse(cx.root);
}

function attempt(
  cx: Context,
  node: ts.CallExpression,
  callee: string,
  f: ts.Expression | undefined,
  lower: (target: Target) => Expression | string,
): Expression | undefined {
  if (f === undefined) return undefined;
  const target = targetOf(cx, f);
  if (target === undefined) return obstacle(cx, node, { kind: "unclear", callee, function: short(f) });
  const lowered = lower(target);
  if (typeof lowered !== "string") return lowered;
  const advice = "Give it the numbers one by one: jvp(f, [x, y], [x_t, y_t]) with undefined where a parameter is held.";
  return obstacle(cx, node, { kind: "form", callee, reason: lowered, advice });
}

function short(node: ts.Node): string {
  const text = node.getText().replace(/\s+/g, " ");
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function obstacle(cx: Context, node: ts.CallExpression, what: Obstacle): undefined {
  const { file, start, end } = spanOf(node);
  cx.derivations.obstacles.set(`${file}#${start}-${end}`, what);
  return undefined;
}

function lowerJvp(cx: Context, node: ts.CallExpression, target: Target): Expression | string {
  const [, primals, tangents] = node.arguments;
  if (primals === undefined || tangents === undefined) return "it takes a function, its arguments and their tangents.";
  const [xs, ts_] = [itemsOf(primals), itemsOf(tangents)];
  if (xs === undefined) return "its arguments are no array written in place.";
  if (ts_ === undefined) return "its tangents are no array written in place.";
  const active = target.parameters.map(({ rest, carries }, i) => {
    const given = rest ? ts_.slice(i) : ts_.slice(i, i + 1);
    return carries && given.some((one) => !isUndefined(one));
  });
  const parts = [...xs, ...ts_];
  const atoms = lowerAtoms(cx, parts);
  const [values, slopes] = [atoms.slice(0, xs.length), atoms.slice(xs.length)];
  if (ts_.some((one) => !isUndefined(one) && mayBeUndefined(cx, one)))
    return "whether a tangent is given is known only at run time.";
  target.reach(active, 1);
  const callee = target.derivative(active);
  // What is wrong with the function has been told.
  if (callee === undefined) return { kind: "constant", value: undefined };
  return { kind: "call", callee, arguments: interleaved(cx, node, target, active, values, slopes), span: spanOf(node) };
}

/** Arguments with their tangents behind them; those of a rest parameter are two arrays. */
export function interleaved(
  cx: Context,
  node: ts.Node,
  target: Target,
  active: readonly boolean[],
  values: readonly Atom[],
  slopes: readonly (Atom | undefined)[],
): (Expression | Spread)[] {
  const zero: Atom = { kind: "constant", value: 0 };
  const given = (slope: Atom | undefined): Atom =>
    slope === undefined || (slope.kind === "constant" && slope.value === undefined) ? zero : slope;
  return target.parameters.flatMap(({ rest }, i): Expression[] => {
    if (rest) {
      const whole = named(cx, { kind: "array", elements: values.slice(i) }, node);
      if (active[i] !== true) return [whole];
      const beside: Expression = { kind: "array", elements: values.slice(i).map((_, j) => given(slopes[i + j])) };
      return [whole, named(cx, beside, node)];
    }
    const value = values[i];
    if (value === undefined) return [];
    return active[i] === true ? [value, given(slopes[i])] : [value];
  });
}

export function itemsOf(node: ts.Expression): readonly ts.Expression[] | undefined {
  const list = unwrapped(node);
  if (!ts.isArrayLiteralExpression(list)) return undefined;
  const plain = list.elements.every((one) => !ts.isSpreadElement(one) && !ts.isOmittedExpression(one));
  return plain ? list.elements : undefined;
}

export const isUndefined = (node: ts.Expression): boolean => {
  const inner = unwrapped(node);
  return (ts.isIdentifier(inner) && inner.text === "undefined") || ts.isVoidExpression(inner);
};

export function mayBeUndefined(cx: Context, node: ts.Expression): boolean {
  const type = cx.types.at(node);
  return type.kind === "undefined" || (type.kind === "union" && type.members.some(({ kind }) => kind === "undefined"));
}
