/** Lowers `gradient(f)(…)` and `hvp(f)(…, v)`: a run of the derivative for each number that varies, as at run time. */

import type { Atom, Callee, Expression, Statement, Type, Variable } from "../../ir/types.ts";
import { functionOfSymbol } from "../functions.ts";
import { ts } from "../project.ts";
import { assignedIdentifier, type Context, collect, reference, spanOf, symbolOf } from "./context.ts";
import { interleaved, isUndefined, itemsOf, mayBeUndefined } from "./derivatives.ts";
import type { Target } from "./derivativeTargets.ts";
import { lowerAtoms } from "./expressions.ts";

const number: Type = { kind: "number" };
const zero: Atom = { kind: "constant", value: 0 };
const one: Atom = { kind: "constant", value: 1 };
const nothing: Atom = { kind: "constant", value: undefined };

/** Numbers that vary in one argument. */
type Shape =
  | { readonly kind: "scalar" }
  | { readonly kind: "vector"; readonly constructor_: string }
  | { readonly kind: "record"; readonly array: boolean; readonly fields: ReadonlyMap<string, Shape> };

/** One run: what is called with which arguments, and where its answer is. */
interface Runs {
  readonly cx: Context;
  readonly node: ts.CallExpression;
  readonly values: readonly Atom[];
  /** Value and slope of a run with one argument's direction. */
  run(values: readonly Atom[], argument: number, direction: Atom): readonly [value: Expression, slope: Expression];
  /** Declares what `run` calls, where that is seen by all runs. */
  prepare(argument: number): void;
  /** Arguments that live in memory must be as they were for each run. */
  readonly writes: boolean;
  value: Variable | undefined;
}

export function lowerGradient(cx: Context, node: ts.CallExpression, target: Target): Expression | string {
  if (node.arguments.some(ts.isSpreadElement)) return "its arguments are spread.";
  const values = lowerAtoms(cx, node.arguments);
  const run: Runs["run"] = (own, argument, direction) => {
    const parameter = parameterAt(target, argument);
    const callee = target.derivative(target.parameters.map((_, i) => i === parameter));
    const slopes = own.map((_, i) => (i === argument ? direction : undefined));
    const [value, slope] = halves(cx, node, called(cx, node, target, callee, parameter, own, slopes));
    return [value, slope];
  };
  const prepare: Runs["prepare"] = (argument) => {
    target.derivative(target.parameters.map((_, i) => i === parameterAt(target, argument)));
  };
  return along(cx, node, target, values, run, prepare);
}

export function lowerHvp(cx: Context, node: ts.CallExpression, target: Target): Expression | string {
  const [given, direction] = node.arguments;
  const [xs, vs] = [given && itemsOf(given), direction && itemsOf(direction)];
  if (xs === undefined || vs === undefined) return "its arguments and the direction are no arrays written in place.";
  if (vs.some((item) => !isUndefined(item) && mayBeUndefined(cx, item)))
    return "whether a direction is given is known only at run time.";
  if (target.parameters.some(({ rest }) => rest)) return "its function has a rest parameter.";
  const atoms = lowerAtoms(cx, [...xs, ...vs]);
  const [values, held] = [atoms.slice(0, xs.length), atoms.slice(xs.length)];
  const active = target.parameters.map(({ carries }) => carries);
  const zeros = values.map((value, i) => {
    const shape = active[i] === true ? shapeOf(target.parameters[i]?.type ?? number) : undefined;
    const item = vs[i];
    return item !== undefined && !isUndefined(item) ? held[i] : shape && zeroOf(cx, node, shape, value);
  });
  const run: Runs["run"] = (own, argument, basis) => {
    const callee = target.second(active, argument);
    const parts = own.flatMap((value, i): Atom[] => {
      if (active[i] !== true) return [value];
      return i === argument ? [value, basis, zeros[i] ?? zero] : [value, zeros[i] ?? zero];
    });
    const [, pairTangent, pair] = halves(cx, node, applied(callee, parts, node));
    return [element(pair, 0), element(named(cx, pairTangent, pairType, node), 1)];
  };
  return along(cx, node, target, values, run, (argument) => void target.second(active, argument));
}

const pairType: Type = { kind: "tuple", elements: [number, number] };

const parameterAt = (target: Target, argument: number): number => Math.min(argument, target.parameters.length - 1);

function called(
  cx: Context,
  node: ts.CallExpression,
  target: Target,
  callee: Callee | undefined,
  parameter: number,
  values: readonly Atom[],
  slopes: readonly (Atom | undefined)[],
): Expression {
  const active = target.parameters.map((_, i) => i === parameter);
  return applied(callee, interleaved(cx, node, target, active, values, slopes) as Atom[], node);
}

const applied = (callee: Callee | undefined, parts: readonly Atom[], node: ts.Node): Expression =>
  callee === undefined ? nothing : { kind: "call", callee, arguments: parts, span: spanOf(node) };

const element = (object: Atom, index: number): Expression => ({
  kind: "element",
  object,
  index: { kind: "constant", value: index },
});

/** The pair that a derivative returns: its halves, and its first half named. */
function halves(cx: Context, node: ts.Node, call: Expression): readonly [Expression, Expression, Atom] {
  const pair = named(cx, call, { kind: "tuple", elements: [{ kind: "unknown" }, { kind: "unknown" }] }, node);
  const first = named(cx, element(pair, 0), { kind: "unknown" }, node);
  return [first, element(pair, 1), first];
}

function variable(cx: Context, type: Type, reassigned = false): Variable {
  const id = cx.nextId();
  const text = type.kind === "number" ? "number" : undefined;
  return {
    ...{ id, name: `%${id}`, role: "temporary", type, reassigned, captured: false },
    ...(text !== undefined && { typeText: text }),
  };
}

function named(cx: Context, value: Expression, type: Type, node: ts.Node): Atom {
  if (value.kind === "constant" || value.kind === "variable") return value;
  const held = variable(cx, type);
  cx.out.push({ kind: "declare", keyword: "const", variable: held, value, span: spanOf(node) });
  return reference(held);
}

function shapeOf(type: Type): Shape | undefined {
  switch (type.kind) {
    case "number":
      return { kind: "scalar" };
    case "array":
      return type.element.kind === "number" ? { kind: "vector", constructor_: type.constructor_ } : undefined;
    case "tuple":
    case "object": {
      const fields = new Map<string, Shape>();
      const entries =
        type.kind === "tuple" ? type.elements.map((part, i) => [String(i), part] as const) : [...type.fields()];
      for (const [name, part] of entries) {
        const shape = shapeOf(part);
        if (shape === undefined || shape.kind === "vector" || name === "*") return undefined;
        fields.set(name, shape);
      }
      return { kind: "record", array: type.kind === "tuple", fields };
    }
    default:
      return undefined;
  }
}

/** Runs along every basis direction, and puts the slopes together in the shape of the arguments. */
function along(
  cx: Context,
  node: ts.CallExpression,
  target: Target,
  values: readonly Atom[],
  run: Runs["run"],
  prepare: Runs["prepare"],
): Expression | string {
  const shapes = values.map((_, i) => {
    const parameter = target.parameters[parameterAt(target, i)];
    if (parameter === undefined || !parameter.carries) return undefined;
    const { type, rest } = parameter;
    return shapeOf(rest && type.kind === "array" ? type.element : type) ?? "unknown";
  });
  const odd = shapes.indexOf("unknown");
  if (odd >= 0)
    return `its argument ${odd + 1} is neither a number, nor an array of numbers, nor an object or tuple of numbers.`;
  const records = shapes.some((shape) => shape !== undefined && shape !== "unknown" && shape.kind === "record");
  const vectors = shapes.some((shape) => shape !== undefined && shape !== "unknown" && shape.kind === "vector");
  const writes = (records || vectors) && mayWrite(cx, target.node, new Set());
  if (writes && records) return "it may change its arguments.";
  const runs: Runs = { cx, node, values, run, prepare, writes, value: undefined };
  const kept = values.map((value, i) => (writes && isVector(shapes[i]) ? copied(runs, value) : value));
  const gradients = shapes.map((shape, i): Atom => {
    if (shape === undefined || shape === "unknown") return nothing;
    runs.prepare(i);
    return gradientOf(runs, kept, i, shape, (direction) => direction);
  });
  const value = runs.value === undefined ? undefined : reference(runs.value);
  if (value === undefined) return "none of its arguments varies.";
  const inner: Expression = { kind: "array", elements: gradients, as: `[${shapes.map(textOf).join(", ")}]` };
  const list = named(cx, inner, { kind: "tuple", elements: shapes.map(typeOfShape) }, node);
  return {
    kind: "array",
    elements: [value, list],
    as: `[number, [${shapes.map(textOf).join(", ")}]]`,
    span: spanOf(node),
  };
}

type Known = Shape | "unknown" | undefined;

const isVector = (shape: Known): boolean => shape !== undefined && shape !== "unknown" && shape.kind === "vector";

function textOf(shape: Known): string {
  if (shape === undefined || shape === "unknown") return "undefined";
  if (shape.kind === "scalar") return "number";
  if (shape.kind === "vector") return shape.constructor_ === "Array" ? "number[]" : shape.constructor_;
  const parts = [...shape.fields].map(([name, part]) =>
    shape.array ? textOf(part) : `${JSON.stringify(name)}: ${textOf(part)}`,
  );
  return shape.array ? `[${parts.join(", ")}]` : `{ ${parts.join("; ")} }`;
}

function typeOfShape(shape: Known): Type {
  if (shape === undefined || shape === "unknown") return { kind: "undefined" };
  if (shape.kind === "scalar") return number;
  if (shape.kind === "vector") return { kind: "array", constructor_: shape.constructor_, element: number };
  const fields = new Map([...shape.fields].map(([name, part]) => [name, typeOfShape(part)] as const));
  if (shape.array) return { kind: "tuple", elements: [...fields.values()] };
  return { kind: "object", name: "", fields: () => fields };
}

/** The derivatives along the numbers of one argument; `wrap` puts the direction of a part into that of the whole. */
function gradientOf(
  runs: Runs,
  kept: readonly Atom[],
  argument: number,
  shape: Shape,
  wrap: (direction: Atom) => Atom,
): Atom {
  const { cx, node } = runs;
  switch (shape.kind) {
    case "scalar": {
      const own = runs.writes && runs.value !== undefined ? fresh(runs, kept) : runs.values;
      const [value, slope] = runs.run(own, argument, wrap(one));
      keepValue(runs, value);
      return named(cx, slope, number, node);
    }
    case "vector":
      return alongVector(runs, kept, argument, shape.constructor_);
    case "record": {
      const parts = [...shape.fields].map(([name, part]) => {
        const inside = (direction: Atom): Atom => wrap(recordWith(cx, node, shape, name, direction));
        return [name, gradientOf(runs, kept, argument, part, inside)] as const;
      });
      return record(cx, node, shape, new Map(parts));
    }
  }
}

function keepValue(runs: Runs, value: Expression): void {
  if (runs.value !== undefined) return;
  const held = variable(runs.cx, number);
  runs.cx.out.push({ kind: "declare", keyword: "const", variable: held, value, span: spanOf(runs.node) });
  runs.value = held;
}

function record(
  cx: Context,
  node: ts.Node,
  shape: Extract<Shape, { kind: "record" }>,
  parts: ReadonlyMap<string, Atom>,
): Atom {
  const built: Expression = shape.array
    ? { kind: "array", elements: [...parts.values()], as: textOf(shape) }
    : { kind: "object", properties: [...parts].map(([name, value]) => ({ kind: "property", name, value })) };
  return named(cx, built, typeOfShape(shape), node);
}

/** A direction that is zero but for one field. */
function recordWith(
  cx: Context,
  node: ts.Node,
  shape: Extract<Shape, { kind: "record" }>,
  name: string,
  direction: Atom,
): Atom {
  const parts = [...shape.fields].map(
    ([key, part]) => [key, key === name ? direction : zeroOf(cx, node, part, zero)] as const,
  );
  return record(cx, node, shape, new Map(parts));
}

/** Zeros in a shape; `like` says how many where that is not known. */
function zeroOf(cx: Context, node: ts.Node, shape: Shape, like: Atom): Atom {
  if (shape.kind === "scalar") return zero;
  if (shape.kind === "vector") return zeros(cx, node, shape.constructor_, lengthOf(cx, node, like));
  const parts = [...shape.fields].map(([name, part]) => [name, zeroOf(cx, node, part, zero)] as const);
  return record(cx, node, shape, new Map(parts));
}

const lengthOf = (cx: Context, node: ts.Node, array: Atom): Atom =>
  named(cx, { kind: "field", object: array, name: "length", span: spanOf(node) }, number, node);

/** A new array of zeros. */
function zeros(cx: Context, node: ts.Node, constructor_: string, length: Atom): Atom {
  const type: Type = { kind: "array", constructor_, element: number };
  const typed = constructor_ === "Array" ? { typeArguments: "number" } : {};
  const made = named(cx, { kind: "new", constructor_, ...typed, arguments: [length], span: spanOf(node) }, type, node);
  if (constructor_ !== "Array") return made;
  const callee: Callee = { kind: "method", object: made, name: "fill" };
  cx.out.push({
    kind: "effect",
    value: { kind: "call", callee, arguments: [zero], span: spanOf(node) },
    span: spanOf(node),
  });
  return made;
}

function alongVector(runs: Runs, kept: readonly Atom[], argument: number, constructor_: string): Atom {
  const { cx, node } = runs;
  const span = spanOf(node);
  const array = runs.values[argument] ?? nothing;
  const length = lengthOf(cx, node, array);
  const slopes = zeros(cx, node, constructor_, length);
  const isFirst = runs.value === undefined;
  const value = runs.value ?? variable(cx, number, true);
  if (isFirst) {
    const unknown: Atom = { kind: "constant", value: Number.NaN, text: "NaN" };
    cx.out.push({ kind: "declare", keyword: "let", variable: value, value: unknown, span });
    runs.value = value;
  }
  const once = runs.writes ? undefined : zeros(cx, node, constructor_, length);
  const index = variable(cx, number, true);
  const at = reference(index);
  const store = (target: Atom, key: Atom, stored: Atom): Statement => ({
    kind: "assign",
    target: { kind: "element", object: target, index: key },
    value: stored,
    span,
  });
  const runOnce = (own: readonly Atom[], direction: Atom): Expression => {
    const [found, slope] = runs.run(own, argument, direction);
    if (isFirst) cx.out.push({ kind: "assign", target: { kind: "variable", variable: value }, value: found, span });
    return slope;
  };
  // Without a number to vary, the value is still asked for.
  if (isFirst) {
    const then = collect(cx, () => void runOnce(runs.values, zeros(cx, node, constructor_, length)));
    cx.out.push({ kind: "if", test: { kind: "binary", operator: "===", left: length, right: zero }, then, span });
  }
  const body = collect(cx, () => {
    const direction = once ?? zeros(cx, node, constructor_, length);
    cx.out.push(store(direction, at, one));
    const slope = named(cx, runOnce(runs.writes ? own(runs, kept, isFirst, at) : runs.values, direction), number, node);
    cx.out.push(store(slopes, at, slope));
    if (once !== undefined) cx.out.push(store(direction, at, zero));
  });
  const next: Expression = { kind: "binary", operator: "+", left: at, right: one };
  cx.out.push({
    kind: "loop",
    form: "for",
    init: [{ kind: "declare", keyword: "let", variable: index, value: zero, span }],
    before: [],
    test: { kind: "binary", operator: "<", left: at, right: length },
    update: [{ kind: "assign", target: { kind: "variable", variable: index }, value: next, span }],
    body,
    span,
  });
  return slopes;
}

/** The first run gets the caller's own arrays, each other one copies of what they held. */
function own(runs: Runs, kept: readonly Atom[], isFirst: boolean, at: Atom): readonly Atom[] {
  if (!isFirst) return fresh(runs, kept);
  const { cx, node, values } = runs;
  const span = spanOf(node);
  return values.map((value, i) => {
    const held = kept[i] ?? value;
    if (held === value) return value;
    const chosen = { ...variable(cx, held.kind === "variable" ? held.variable.type : { kind: "unknown" }, true) };
    cx.out.push({ kind: "declare", keyword: "let", variable: chosen, value, span });
    const then = collect(cx, () => {
      const copy = copied(runs, held);
      cx.out.push({ kind: "assign", target: { kind: "variable", variable: chosen }, value: copy, span });
    });
    cx.out.push({ kind: "if", test: { kind: "binary", operator: ">", left: at, right: zero }, then, span });
    return reference(chosen);
  });
}

const fresh = (runs: Runs, kept: readonly Atom[]): readonly Atom[] =>
  runs.values.map((value, i) => {
    const held = kept[i] ?? value;
    return held === value ? value : copied(runs, held);
  });

function copied(runs: Runs, array: Atom): Atom {
  const callee: Callee = { kind: "method", object: array, name: "slice" };
  const type: Type = array.kind === "variable" ? array.variable.type : { kind: "unknown" };
  return named(runs.cx, { kind: "call", callee, arguments: [], span: spanOf(runs.node) }, type, runs.node);
}

const changing = /^(fill|set|push|unshift|pop|shift|splice|copyWithin|reverse|sort)$/;

/** Whether a function, or one that it calls, stores into memory at all. */
function mayWrite(cx: Context, node: ts.Node, seen: Set<ts.Node>): boolean {
  if (seen.has(node)) return false;
  seen.add(node);
  let found = false;
  const visit = (at: ts.Node): void => {
    if (found) return;
    if (ts.isBinaryExpression(at) && at.operatorToken.kind >= ts.SyntaxKind.FirstAssignment) {
      found ||= at.operatorToken.kind <= ts.SyntaxKind.LastAssignment && !ts.isIdentifier(at.left);
    }
    if (ts.isPrefixUnaryExpression(at) || ts.isPostfixUnaryExpression(at)) {
      found ||= assignedIdentifier(at)?.length === 0;
    }
    if (ts.isCallExpression(at)) {
      if (ts.isPropertyAccessExpression(at.expression)) found ||= changing.test(at.expression.name.text);
      const symbol = ts.isIdentifier(at.expression) ? symbolOf(cx.program.checker, at.expression) : undefined;
      const called = symbol && functionOfSymbol(symbol, cx.program.checker);
      if (called !== undefined) found ||= mayWrite(cx, called, seen);
    }
    ts.forEachChild(at, visit);
  };
  visit(node);
  return found;
}
